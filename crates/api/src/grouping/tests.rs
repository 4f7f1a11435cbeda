//! Groups hold each row as often as it has something, and are asked for by what they say of themselves.

use super::*;

const COLUMNS: [(&str, ()); 1] = [("team", ())];

/// Rows by number: in which teams they are.
const ROWS: [&[(&str, &str)]; 5] = [
    &[("b", "Bridges")],
    &[],
    &[("r", "roads"), ("b", "Bridges")],
    &[("nothing", "Nothing in particular")],
    &[("b2", "Bridges")],
];

fn teams(row: usize) -> Vec<Named<'static>> {
    ROWS[row].iter().map(|(key, name)| Named::new(*key, *name)).collect()
}

/// The group that is asked for by each `in`, with its rows.
fn all() -> Vec<(String, Option<String>, Vec<usize>)> {
    let told = |part: Part<'_, usize>| {
        let rows = part.rows.clone();
        let group = RowGroup::from(part);
        assert_eq!(group.rows, rows.len());
        (group.of, group.name, rows)
    };
    parts(0..ROWS.len(), teams).map(told).collect()
}

#[test]
fn groups_are_by_name_and_nothing_is_last() {
    let name = |name: &str| Some(name.to_owned());
    let groups = [
        ("is:b".to_owned(), name("Bridges"), vec![0, 2]),
        ("is:b2".to_owned(), name("Bridges"), vec![4]),
        // A key that looks like the word for none is a key.
        ("is:nothing".to_owned(), name("Nothing in particular"), vec![3]),
        ("is:r".to_owned(), name("roads"), vec![2]),
        ("nothing".to_owned(), None, vec![1]),
    ];
    assert_eq!(all(), groups);
}

/// What a group says of itself gives its rows, and no others.
#[test]
fn a_group_is_asked_for_by_what_it_says() {
    for (of, _, rows) in all() {
        let grouping = Grouping::read(Some("team"), Some(&of), &COLUMNS).unwrap();
        let kept = (0..ROWS.len()).filter(|row| grouping.keeps(|()| teams(*row)));
        assert_eq!(kept.collect::<Vec<_>>(), rows, "{of}");
    }
    let grouping = Grouping::read(Some("team"), Some("is:b"), &COLUMNS).unwrap();
    assert_eq!(grouping.words().as_deref(), Some("team b"));
    let grouping = Grouping::read(None, None, &COLUMNS).unwrap();
    assert!(grouping.keeps(|()| Vec::new()), "without a group there is every row");
}

#[test]
fn what_is_no_group_is_refused() {
    for (group, one, help) in [
        (Some("colour"), None, "group by team"),
        (Some("team"), Some("b"), "use the `in` of a group as it is"),
        (None, Some("is:b"), "use the `in` of a group as it is"),
    ] {
        let why = Grouping::read(group, one, &COLUMNS).unwrap_err();
        assert_eq!((why.code, why.help.as_ref()), ("bad-group", help), "{group:?} {one:?}");
    }
}
