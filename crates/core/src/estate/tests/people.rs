//! Groups and dated names.

use super::*;

fn group(key: &str, dimension: &str, parents: &[u32]) -> Group {
    Group {
        key: key.to_owned(),
        name: key.to_owned(),
        dimension: (!dimension.is_empty()).then(|| dimension.to_owned()),
        parents: parents.iter().map(|id| GroupId(*id)).collect(),
    }
}

/// 0 `firm`; 1 `design` and 2 `build` departments within; 3 `gold` and 4 `silver` fares; 5 `team` within 1.
fn grouped() -> Estate {
    let mut estate = estate();
    for (key, dimension, parents) in [
        ("firm", "", &[][..]),
        ("design", "department", &[0]),
        ("build", "department", &[0]),
        ("gold", "fare", &[]),
        ("silver", "fare", &[]),
        ("team", "", &[1, 0]),
    ] {
        estate.set_group(group(key, dimension, parents)).unwrap();
    }
    estate
}

fn stands(groups: &[u32]) -> Standing {
    Standing { groups: groups.iter().map(|id| GroupId(*id)).collect(), ..Standing::default() }
}

#[test]
fn members_are_members_of_what_lies_above() {
    let mut estate = grouped();
    let of =
        |estate: &Estate| estate.groups_of(PersonId(0)).iter().map(|id| id.0).collect::<Vec<_>>();
    assert_eq!(of(&estate), [0; 0]);
    estate.set_standing(PersonId(0), stands(&[5, 3]));
    assert_eq!(of(&estate), [0, 1, 3, 5]);
    assert_eq!(estate.group_in(PersonId(0), "fare"), Some(GroupId(3)));
    assert_eq!(estate.group_in(PersonId(0), "department"), Some(GroupId(1)));
    assert_eq!(estate.group_in(PersonId(0), "floor"), None);
    assert_eq!(estate.group_in(PersonId(1), "fare"), None);
    // When a group moves, its members move along.
    estate.set_group(group("TEAM", "", &[2])).unwrap();
    assert_eq!(of(&estate), [0, 2, 3, 5]);
    assert_eq!(estate.groups().len(), 6);
    estate.set_group(group("firm", "", &[4])).unwrap();
    assert_eq!(of(&estate), [0, 2, 3, 4, 5]);
}

#[test]
fn no_group_lies_above_itself_or_below_none() {
    let rows = [
        (group("firm", "", &[0]), 0),
        (group("firm", "", &[1]), 0),
        (group("firm", "", &[3, 5]), 0),
        (group("new", "", &[6]), 6),
        (group("new", "", &[77]), 6),
        (group("new", "", &[77, 0]), 6),
        (group("team", "", &[0, 77]), 5),
    ];
    for (group, refused) in rows {
        let mut estate = grouped();
        let before = estate.clone();
        assert_eq!(estate.set_group(group.clone()), Err(GroupId(refused)), "{group:?}");
        assert_eq!(estate, before, "{group:?}");
    }
    assert_eq!(grouped().set_group(group("new", "", &[5])), Ok(GroupId(6)));
}

#[test]
fn groups_of_one_dimension_exclude_each_other() {
    let estate = grouped();
    let rows: [(&[u32], Option<u32>); 7] = [
        (&[], None),
        (&[1, 3, 5], None),
        (&[1, 2], Some(2)),
        (&[3, 0, 4], Some(4)),
        (&[4, 1, 3, 2], Some(3)),
        (&[3, 3], None),
        (&[0, 5], None),
    ];
    for (groups, expected) in rows {
        let found = estate.excluded(&stands(groups).groups);
        assert_eq!(found, expected.map(GroupId), "{groups:?}");
    }
    let mut estate = grouped();
    estate.set_standing(PersonId(1), stands(&[1, 5]));
    assert_eq!(estate.clash(GroupId(5), Some("department")), Some(PersonId(1)));
    assert_eq!(estate.clash(GroupId(5), Some("fare")), None);
    assert_eq!(estate.clash(GroupId(1), Some("department")), None);
    assert_eq!(estate.clash(GroupId(5), None), None);
}

/// What a change of groups costs depends on who is in the groups that moved, not on how many people there are.
#[test]
fn only_members_of_groups_that_moved_are_looked_at_again() {
    let mut estate = Estate::default();
    let named = |number: u32, name: &str, parents: &[u32]| Group {
        name: name.to_owned(),
        ..group(&format!("g{number}"), "team", parents)
    };
    estate.set_groups(&(0..200).map(|n| named(n, "", &[])).collect::<Vec<_>>()).unwrap();
    estate.set_group(group("top", "", &[])).unwrap();
    (0..20_000).for_each(|person| estate.set_standing(PersonId(person), stands(&[person % 200])));
    let looked_at = |estate: &mut Estate, groups: &[Group]| {
        let before = crate::estate::people::CLOSURES.get();
        let done = estate.set_groups(groups);
        (done, crate::estate::people::CLOSURES.get() - before)
    };
    let renamed: Vec<Group> = (0..200).map(|n| named(n, "renamed", &[])).collect();
    assert_eq!(looked_at(&mut estate, &renamed), (Ok(()), 0));
    assert_eq!(estate.groups()[7].name, "renamed");
    // A hundred people each; whoever is in two that moved is looked at once.
    estate.set_standing(PersonId(7), stands(&[7, 8]));
    let moved = [named(7, "", &[200]), named(8, "", &[200])];
    assert_eq!(looked_at(&mut estate, &moved), (Ok(()), 200));
    assert_eq!(estate.groups_of(PersonId(7)), [GroupId(7), GroupId(8), GroupId(200)]);
    // What lies below a group that moves, moves along.
    assert_eq!(looked_at(&mut estate, &[group("top", "", &[9])]), (Ok(()), 200));
    assert_eq!(estate.groups_of(PersonId(208)), [GroupId(8), GroupId(9), GroupId(200)]);
    // All or none.
    let before = estate.clone();
    let bad = [named(3, "", &[200]), named(9, "", &[7])];
    assert_eq!(looked_at(&mut estate, &bad), (Err(BadGroup::Above(GroupId(9))), 0));
    assert_eq!(estate, before);
    estate.set_group(Group { dimension: None, ..named(8, "", &[200]) }).unwrap();
    let before = estate.clone();
    let bad = [named(3, "new", &[]), named(8, "", &[200])];
    assert_eq!(looked_at(&mut estate, &bad).0, Err(BadGroup::Exclusive(GroupId(8))));
    assert_eq!(estate, before);
}

fn term(alias: &str, person: u32, from: i64, until: i64) -> AliasTerm {
    let (person, from, until) = (PersonId(person), Instant(from), Instant(until));
    AliasTerm { alias: alias.to_owned(), person, from, until }
}

#[test]
fn a_dated_name_is_whose_it_was_then() {
    let mut estate = estate();
    for one in
        [term("Pool-PC", 1, 200, 300), term("pool-pc", 0, 100, 200), term("POOL-PC", 0, 400, 500)]
    {
        assert_eq!(estate.add_alias(one), Ok(()));
    }
    let rows = [(99, None), (100, Some(0)), (199, Some(0)), (200, Some(1)), (299, Some(1))];
    let later = [(300, None), (400, Some(0)), (500, None)];
    for (at, expected) in rows.into_iter().chain(later) {
        let found = estate.person_known_as(" pool-PC ", Instant(at));
        assert_eq!(found, expected.map(PersonId), "at {at}");
    }
    assert_eq!(estate.person_known_as("anna", Instant(0)), Some(PersonId(0)));
    assert_eq!(estate.person_called("pool-pc"), Some(PersonId(0)), "whose it was last");
    assert_eq!(estate.person_keyed("pool-pc"), None);
    assert_eq!(estate.names_of(PersonId(1), Instant(250)), ["Pool-PC", "alopez", "ben"]);
    assert_eq!(estate.names_of(PersonId(1), Instant(300)), ["alopez", "ben"]);
    assert_eq!(estate.names_of(PersonId(9), Instant(300)), Vec::<String>::new());
}

#[test]
fn a_name_is_one_persons_at_a_time() {
    let mut estate = estate();
    estate.add_alias(term("desk", 0, 100, 200)).unwrap();
    let rows = [
        (term("desk", 1, 150, 160), Err(PersonId(0))),
        (term("DESK", 1, 0, 101), Err(PersonId(0))),
        (term("desk", 1, 199, 900), Err(PersonId(0))),
        (term("desk", 1, 0, 100), Ok(())),
        (term("desk", 1, 200, 900), Ok(())),
        (term("desk", 0, 90, 300), Err(PersonId(1))),
        (term("alopez", 1, 0, 1), Err(PersonId(0))),
        (term("alopez", 0, 0, 1), Ok(())),
        (term("anna", 1, 0, 1), Err(PersonId(0))),
    ];
    for (term, expected) in rows {
        assert_eq!(estate.add_alias(term.clone()), expected, "{term:?}");
    }
}

/// A term said again with another end replaces itself: so a name is given up, and can be somebody else's.
#[test]
fn a_name_can_be_given_up() {
    let mut estate = estate();
    estate.add_alias(term("desk", 0, 100, i64::MAX)).unwrap();
    assert_eq!(estate.add_alias(term("desk", 1, 200, 300)), Err(PersonId(0)));
    assert_eq!(estate.add_alias(term("desk", 0, 100, 200)), Ok(()));
    assert_eq!(estate.add_alias(term("desk", 1, 200, 300)), Ok(()));
    assert_eq!(estate.alias_terms(), [term("desk", 0, 100, 200), term("desk", 1, 200, 300)]);
    assert_eq!(estate.person_known_as("desk", Instant(200)), Some(PersonId(1)));
}
