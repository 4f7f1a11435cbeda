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
fn the_empty_text_is_always_the_first() {
    let mut names = Names::default();
    assert_eq!(names.intern(b""), NameId::EMPTY);
    assert_eq!(names.text(NameId(99)), "");
}
