//! Seats that pass from hand to hand, buckets that lie in each other.

use super::*;
use crate::usage::Interval;
use crate::when::Date;
use proptest::prelude::*;

/// Seat 0 covers product 1, seats 1 and 2 products 1 and 2. All from 0 to 100.
fn seated() -> Estate {
    let mut estate = estate();
    for (offering, person) in [(0, Some(PersonId(0))), (1, None), (1, None)] {
        let (from, until) = (Instant(0), Instant(100));
        estate.add_seat(Seat { offering: OfferingId(offering), person, from, until });
    }
    estate
}

/// Moves as `(seat, at, person)`, negative for nobody.
fn moved(moves: &[(u32, i64, i64)]) -> Estate {
    let mut estate = seated();
    for (seat, at, person) in moves {
        estate.move_seat(SeatId(*seat), u32::try_from(*person).ok().map(PersonId), Instant(*at));
    }
    estate
}

#[test]
fn who_held_a_seat_stays_on_record() {
    let estate = moved(&[(0, 10, -1), (0, 20, 1), (0, 30, -1), (0, 40, 0)]);
    for (at, expected) in [
        (-1, None),
        (0, Some(0)),
        (10, None),
        (20, Some(1)),
        (30, None),
        (40, Some(0)),
        (100, None),
    ] {
        assert_eq!(estate.holder(SeatId(0), Instant(at)), expected.map(PersonId), "{at}");
    }
    assert_eq!(estate.seats_of(PersonId(0), Instant(50)), [SeatId(0)]);
    assert_eq!(estate.seats_of(PersonId(1), Instant(50)), []);
    assert_eq!(estate.seats_ever(PersonId(1)), [SeatId(0)]);
    let day = |at: Instant| Date(i32::try_from(at.0 / 25).unwrap());
    let counts = [0, 1, 2, 3].map(|date| estate.moves_on(SeatId(0), Date(date), day));
    assert_eq!(counts, [1, 1, 0, 0]);
}

/// Whichever seat came first: a snapshot read back must look at them in the same order.
#[test]
fn seats_are_looked_at_in_the_order_of_their_ids() {
    let estate = moved(&[(2, 10, 0), (1, 20, 0)]);
    let (anna, civil) = (PersonId(0), ProductId(1));
    let all: Vec<SeatId> = estate.covering_seats(anna, civil, Instant(50)).collect();
    assert_eq!(all, [SeatId(0), SeatId(1), SeatId(2)]);
    assert_eq!(estate.covering_seat(anna, ProductId(2), Instant(15)), Some(SeatId(2)));
    assert_eq!(estate.covering_seat(anna, ProductId(2), Instant(25)), Some(SeatId(1)));
    assert_eq!(estate.free_seat(civil, Instant(15), |_| true), Some(SeatId(1)));
    assert_eq!(estate.free_seat(civil, Instant(25), |_| true), None);
    assert_eq!(estate.free_seat(civil, Instant(5), |seat| seat != SeatId(1)), Some(SeatId(2)));
    assert_eq!(estate.free_seat(ProductId(0), Instant(5), |_| true), None);
    assert_eq!(estate.free_seat(civil, Instant(100), |_| true), None);
}

/// The index of free seats finds what looking at all of them finds, and looks at no seat that somebody holds or
/// whose term is over.
#[test]
fn a_free_seat_is_found_without_looking_at_all_seats() {
    let seats =
        proptest::collection::vec((0..3_u16, proptest::option::of(0..2_u32), 0..3_i64), 0..12);
    let moves = proptest::collection::vec((0..12_u32, proptest::option::of(0..2_u32)), 0..20);
    let cases = (seats, moves, 0..3_u16, -10..70_i64, 0..4_u32);
    proptest!(|((seats, moves, product, at, odd) in cases)| {
        let mut estate = estate();
        for (offering, person, term) in seats {
            let (from, until) = (Instant(term * 10), Instant(term * 10 + 30));
            let (offering, person) = (OfferingId(offering), person.map(PersonId));
            estate.add_seat(Seat { offering, person, from, until });
        }
        for (at, (seat, person)) in (0..).zip(moves) {
            estate.move_seat(SeatId(seat), person.map(PersonId), Instant(at));
        }
        let (product, at) = (ProductId(product), Instant(at));
        let fits = |seat: SeatId| seat.0 % 4 != odd;
        let slowly = estate.free_seat_then(product, at, fits);
        prop_assert_eq!(estate.free_seat(product, at, fits), slowly);
    });
    let mut estate = estate();
    for number in 0..1_000 {
        let person = (number % 10 != 0).then_some(PersonId(0));
        let (from, until) = (Instant(0), Instant(if number < 500 { 10 } else { 100 }));
        estate.add_seat(Seat { offering: OfferingId(1), person, from, until });
    }
    let looked_at = core::cell::Cell::new(0);
    let none = estate.free_seat(ProductId(1), Instant(50), |_| {
        looked_at.set(looked_at.get() + 1);
        false
    });
    assert_eq!((none, looked_at.get()), (None, 50));
    assert_eq!(estate.free_seat(ProductId(1), Instant(50), |_| true), Some(SeatId(500)));
}

#[test]
fn what_no_seat_covers_is_found() {
    let estate =
        moved(&[(0, 10, -1), (1, 20, 0), (1, 30, -1), (2, 25, 0), (2, 40, -1), (0, 90, 0)]);
    let (anna, civil, autocad) = (PersonId(0), ProductId(1), ProductId(2));
    for (product, at, expected) in [
        (civil, -5, -5),
        (civil, 0, 10),
        (civil, 10, 10),
        (civil, 20, 40),
        (civil, 29, 40),
        (civil, 95, 100),
        (civil, 100, 100),
        (autocad, 5, 5),
        (autocad, 26, 40),
    ] {
        let found = estate.uncovered_from(anna, product, Instant(at));
        assert_eq!(found, Instant(expected), "{product:?} {at}");
    }
    let parts = |product, start, end| -> Vec<(i64, i64)> {
        let stretch = Interval { start: Instant(start), end: Instant(end) };
        let parts = estate.uncovered_parts(anna, product, stretch);
        parts.iter().map(|part| (part.start.0, part.end.0)).collect()
    };
    assert_eq!(parts(civil, -10, 200), [(-10, 0), (10, 20), (40, 90), (100, 200)]);
    assert_eq!(parts(civil, 22, 50), [(40, 50)]);
    assert_eq!(parts(civil, 22, 28), []);
    assert_eq!(parts(autocad, 0, 19), [(0, 19)]);
    assert_eq!(parts(ProductId(0), 0, 99), [(0, 99)]);
}

fn bucketed() -> Estate {
    let mut estate = estate();
    for key in ["a", "b", "c"] {
        estate.open_bucket(Bucket { key: key.to_owned(), name: String::new() });
    }
    for (id, parent) in [(1, 0), (2, 1)] {
        estate.set_bucket_terms(BucketId(id), below(parent)).unwrap();
    }
    estate
}

fn below(parent: u16) -> BucketTerms {
    BucketTerms { parent: Some(BucketId(parent)), ..BucketTerms::default() }
}

#[test]
fn buckets_are_a_tree() {
    let estate = bucketed();
    assert_eq!(estate.buckets_above(BucketId(2)), [BucketId(1), BucketId(0)]);
    assert_eq!(estate.buckets_below(BucketId(0)), [BucketId(1)]);
    for (id, parent) in [(0, 0), (0, 1), (0, 2), (1, 2), (2, 2), (2, 9), (9, 9)] {
        let mut refused = estate.clone();
        let answer = refused.set_bucket_terms(BucketId(id), below(parent));
        assert_eq!(answer, Err(BucketId(id)), "{id} below {parent}");
        assert_eq!(refused, estate);
    }
    let mut moved = estate.clone();
    moved.set_bucket_terms(BucketId(2), below(0)).unwrap();
    assert_eq!(moved.buckets_below(BucketId(0)), [BucketId(1), BucketId(2)]);
}

#[test]
fn the_nearest_owners_decide() {
    let mut estate = bucketed();
    assert_eq!(estate.deciders(BucketId(2)), []);
    let owned = |parent, owner| BucketTerms { owners: vec![PersonId(owner)], ..parent };
    estate.set_bucket_terms(BucketId(0), owned(BucketTerms::default(), 0)).unwrap();
    assert_eq!(estate.deciders(BucketId(2)), [PersonId(0)]);
    estate.set_bucket_terms(BucketId(1), owned(below(0), 1)).unwrap();
    assert_eq!(estate.deciders(BucketId(2)), [PersonId(1)]);
    assert_eq!(estate.deciders(BucketId(0)), [PersonId(0)]);
}

#[test]
fn periods_are_those_of_the_calendar() {
    let date = |text: &str| text.parse::<Date>().unwrap();
    let rows = [
        (1, "2026-02-14", "2026-02-01", "2026-03-01"),
        (1, "2026-12-31", "2026-12-01", "2027-01-01"),
        (3, "2026-06-30", "2026-04-01", "2026-07-01"),
        (3, "2026-10-01", "2026-10-01", "2027-01-01"),
        (6, "2026-07-01", "2026-07-01", "2027-01-01"),
        (12, "2026-11-22", "2026-01-01", "2027-01-01"),
        (0, "2026-02-14", "2026-02-01", "2026-03-01"),
        (99, "2026-02-14", "2026-01-01", "2027-01-01"),
    ];
    for (months, day, start, end) in rows {
        let found = Period::Months(months).around(date(day));
        assert_eq!(found, Some((date(start), date(end))), "{months} {day}");
    }
    assert_eq!(Period::Open.around(Date(0)), None);
    assert_eq!(Period::Dates(Date(3), Date(7)).around(Date(90)), Some((Date(3), Date(7))));
    let mut estate = bucketed();
    let period = Period::Dates(Date(3), Date(7));
    estate.set_bucket_terms(BucketId(1), BucketTerms { period, ..below(0) }).unwrap();
    let in_force = [2, 3, 6, 7].map(|day| estate.in_force(BucketId(1), Date(day)));
    assert_eq!(in_force, [false, true, true, false]);
    assert!(estate.in_force(BucketId(0), Date(0)));
}
