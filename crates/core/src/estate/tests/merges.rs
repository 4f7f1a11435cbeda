//! Who is whom, by which name, and which seats are whose then.

use super::*;

const ANNA: PersonId = PersonId(0);
const BEN: PersonId = PersonId(1);

fn term(alias: &str, person: PersonId, from: i64, until: i64) -> AliasTerm {
    AliasTerm { alias: alias.to_owned(), person, from: Instant(from), until: Instant(until) }
}

/// Anna, Ben and Eve; Ben has a desk's name for a while, and the seat of AutoCAD and Civil 3D.
fn known() -> Estate {
    let mut estate = estate();
    let (key, name, aliases) = ("eve".to_owned(), "Eve".to_owned(), vec!["e.v".to_owned()]);
    estate.add_person(Person { key, name, bucket: GENERAL, aliases });
    estate.add_alias(term("desk", BEN, 10, 20)).unwrap();
    let (from, until) = (Instant(0), Instant(100));
    estate.add_seat(Seat { offering: OfferingId(1), person: Some(BEN), from, until });
    estate
}

#[test]
fn every_name_of_who_is_merged_is_the_other_s() {
    let mut estate = known();
    let apart = estate.clone();
    assert!(estate.merge_person(BEN, Some(ANNA)));
    let at = Instant(15);
    for name in ["ben", "BEN ", "desk", "anna"] {
        assert_eq!(estate.person_known_as(name, at), Some(ANNA), "{name}");
    }
    assert_eq!(estate.person_known_as("desk", Instant(20)), None, "no term is longer for it");
    assert_eq!(
        (estate.person_called("desk"), estate.person_keyed("ben")),
        (Some(ANNA), Some(ANNA))
    );
    assert_eq!(estate.identity_keyed("ben"), Some(BEN));
    assert_eq!(estate.identity_known_as("desk", at), Some(BEN));
    let names = ["ALopez", "alopez", "anna", "anna@example.com", "ben", "desk"];
    assert_eq!(estate.names_of(ANNA, at), names);
    assert_eq!(estate.names_of(BEN, at), Vec::<String>::new());
    assert_eq!((estate.same_as(BEN), estate.same_as(ANNA)), (ANNA, ANNA));
    assert_eq!(estate.identities(ANNA), [ANNA, BEN]);
    assert!(estate.merge_person(BEN, None));
    assert_eq!(estate, apart);
}

#[test]
fn seats_are_held_by_whom_the_holder_is() {
    let mut estate = known();
    let (civil, at) = (ProductId(1), Instant(50));
    assert_eq!(estate.covering_seat(ANNA, civil, at), None);
    assert!(estate.merge_person(BEN, Some(ANNA)));
    assert_eq!(estate.covering_seat(ANNA, civil, at), Some(SeatId(0)));
    assert_eq!(
        (estate.holder(SeatId(0), at), estate.seats_of(ANNA, at)),
        (Some(ANNA), vec![SeatId(0)])
    );
    assert_eq!(estate.seats_ever(BEN), []);
    assert_eq!(estate.uncovered_from(ANNA, civil, at), Instant(100));
    // What passes on while they are one was told of Anna, and stays hers.
    estate.move_seat(SeatId(0), None, Instant(60));
    estate.move_seat(SeatId(0), Some(BEN), Instant(70));
    assert_eq!(estate.seats_ever(ANNA), [SeatId(0)]);
    assert!(estate.merge_person(BEN, None));
    assert_eq!((estate.seats_ever(ANNA), estate.seats_ever(BEN)), (&[][..], &[SeatId(0)][..]));
    assert_eq!(estate.covering_seat(BEN, civil, Instant(75)), Some(SeatId(0)));
}

/// A chain, and what cannot be: nobody is somebody else twice, nobody themselves, no circle.
#[test]
fn only_who_is_nobody_else_is_merged() {
    let (eve, nobody) = (PersonId(2), PersonId(9));
    let mut estate = known();
    assert!(estate.merge_person(BEN, Some(ANNA)));
    let rows = [
        (BEN, Some(eve)),
        (eve, Some(BEN)),
        (ANNA, Some(BEN)),
        (ANNA, Some(ANNA)),
        (nobody, Some(ANNA)),
        (ANNA, Some(nobody)),
        (ANNA, None),
        (nobody, None),
    ];
    for (id, into) in rows {
        let before = estate.clone();
        assert!(!estate.can_merge(id, into), "{id:?} {into:?}");
        assert!(!estate.merge_person(id, into));
        assert_eq!(estate, before);
    }
    assert!(estate.merge_person(ANNA, Some(eve)));
    assert_eq!((estate.same_as(BEN), estate.identities(eve)), (eve, vec![eve, ANNA, BEN]));
    assert_eq!(estate.merges(), [(ANNA, eve), (BEN, ANNA)]);
    assert!(estate.merge_person(BEN, None));
    assert_eq!((estate.same_as(BEN), estate.same_as(ANNA)), (BEN, eve));
}

/// Whose a name was stays written down: a merge could not be taken back otherwise.
#[test]
fn a_name_of_who_is_merged_is_given_to_nobody() {
    let mut estate = known();
    assert!(estate.merge_person(BEN, Some(ANNA)));
    assert_eq!(estate.add_alias(term("ben", ANNA, 0, 9)), Err(BEN));
    assert_eq!(estate.add_alias(term("desk", ANNA, 15, 30)), Err(BEN));
    assert_eq!(estate.add_alias(term("desk", ANNA, 20, 30)), Ok(()));
}

/// A damaged snapshot is no reason to hang.
#[test]
fn a_circle_ends() {
    let mut estate = known();
    estate.restore_merges(vec![(ANNA, BEN), (BEN, ANNA)]);
    assert!([ANNA, BEN].contains(&estate.same_as(ANNA)));
}

/// Groups and lists know one person: what was said of the identity alone gives them nothing.
#[test]
fn who_is_merged_is_in_no_list_and_no_group() {
    let mut estate = known();
    let (key, name) = ("staff".to_owned(), "Staff".to_owned());
    let group = estate.set_group(Group { key, name, dimension: None, parents: Vec::new() });
    let standing = Standing { groups: vec![GroupId(0)], ..Standing::default() };
    estate.set_standing(BEN, standing);
    assert_eq!((group, estate.groups_of(BEN)), (Ok(GroupId(0)), &[GroupId(0)][..]));
    assert!(estate.merge_person(BEN, Some(ANNA)));
    let all: Vec<PersonId> = estate.everybody().map(|(id, _)| id).collect();
    assert_eq!(all, [ANNA, PersonId(2)]);
    assert_eq!((estate.groups_of(BEN), estate.groups_of(ANNA)), (&[][..], &[][..]));
    let names: Vec<&str> = estate.undated_names(ANNA).collect();
    assert_eq!(names, ["ALopez", "anna@example.com", "anna", "alopez", "ben"]);
    assert_eq!(estate.undated_names(BEN).count(), 0);
    assert!(estate.merge_person(BEN, None));
    assert_eq!(estate.groups_of(BEN), [GroupId(0)]);
}
