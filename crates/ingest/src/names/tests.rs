use super::*;

#[test]
fn one_name_has_one_id_in_either_encoding() {
    let mut names = Names::default();
    let utf8 = names.intern("Núñez".as_bytes());
    let windows = names.intern(b"N\xfa\xf1ez");
    assert_eq!(utf8, windows);
    assert_eq!(names.text(utf8), "Núñez");
    assert_eq!(names.count(), 2);
}

#[test]
fn the_encoding_seen_first_does_not_matter() {
    let mut names = Names::default();
    let windows = names.intern(b"O\x92Neil");
    assert_eq!(names.text(windows), "O’Neil");
    assert_eq!(names.intern("O’Neil".as_bytes()), windows);
}

#[test]
fn a_head_cuts_no_letter_in_two() {
    for (text, bytes_max, expected) in [
        ("Núñez".as_bytes(), 2, "N"),
        ("Núñez".as_bytes(), 3, "Nú"),
        ("Núñez".as_bytes(), 99, "Núñez"),
        (b"N\xfa\xf1ez", 3, "Núñ"),
    ] {
        assert_eq!(decode(head(text, bytes_max)), expected);
    }
}

#[test]
fn the_empty_text_is_always_the_first() {
    let mut names = Names::default();
    assert_eq!(names.intern(b""), NameId::EMPTY);
    assert_eq!(names.text(NameId(99)), "");
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig { failure_persistence: None, ..Default::default() })]

    #[test]
    fn a_byte_table_is_a_map(keys in proptest::collection::vec("[a-c]{0,4}", 0..300)) {
        let (mut table, mut map) = (ByteTable::default(), std::collections::HashMap::new());
        for (number, key) in (0_u32..).zip(&keys) {
            proptest::prop_assert_eq!(table.get(key.as_bytes()), map.get(key).copied());
            map.entry(key).or_insert_with(|| {
                table.insert(key.as_bytes(), number);
                number
            });
        }
        for (key, number) in map {
            proptest::prop_assert_eq!(table.get(key.as_bytes()), Some(number));
        }
    }
}

#[test]
fn a_byte_table_keeps_no_huge_key() {
    let mut table = ByteTable::default();
    assert_eq!(table.get(b""), None);
    let huge = vec![b'x'; 1 << 24];
    table.insert(&huge, 1);
    table.insert(&huge[1..], 2);
    table.insert(b"", 3);
    assert_eq!([&huge, &huge[1..], b""].map(|key| table.get(key)), [None, Some(2), Some(3)]);
}
