use super::*;
use crate::estate::BucketId;
use crate::event::{Charge, Event, Source, VendorCharge};
use crate::state::tests::{T0, World, dollars, tokens};
use crate::tariff::Meter;

const MONDAY: Date = Date(20_605);
const CIVIL: ProductId = ProductId(4);
const ANNA: PersonId = PersonId(0);
const CLEO: PersonId = PersonId(2);

/// Anna's seat for Civil 3D passes to Cleo on Wednesday at noon.
fn world() -> World {
    let mut world = World::new();
    world.now = T0.plus(2 * DAY + DAY / 2);
    world.must(Event::SeatMoved { seat: crate::estate::SeatId(0), person: None });
    world.must(Event::SeatMoved { seat: crate::estate::SeatId(0), person: Some(CLEO) });
    world
}

#[test]
fn a_cause_is_told_from_the_name_and_the_seat() {
    let state = world().state;
    let check =
        |person: PersonId, product: u16, who: &str, day: i32, expected: Option<DipCause>| {
            let found = cause(&state, (person, ProductId(product)), who, MONDAY.plus(day));
            assert_eq!(found, expected, "{who} on day {day}");
        };
    use DipCause::{SameIdentity, SeatCameLater, SecondIdentity};
    check(ANNA, 4, "anna", 0, Some(SameIdentity));
    check(ANNA, 4, " ANNA@example.com", 0, Some(SameIdentity));
    check(ANNA, 4, "lopez_a", 0, Some(SecondIdentity));
    check(ANNA, 0, "anna", 0, None);
    check(ANNA, 4, "anna", 2, None);
    check(CLEO, 4, "cleo", 1, None);
    check(CLEO, 4, "cleo", 2, Some(SeatCameLater));
    check(CLEO, 4, "c.second", 2, Some(SecondIdentity));
    check(CLEO, 4, "cleo", 3, Some(SameIdentity));
    check(CLEO, 4, "cleo", 30, None);
}

#[test]
fn what_a_seat_leaves_uncovered_begins_when_it_is_gone() {
    let state = world().state;
    let check = |person: PersonId, day: i32, expected: Option<i64>| {
        let (start, _) = bounds(MONDAY.plus(day));
        let found = uncovered_from(&state, (person, CIVIL), start, MONDAY.plus(day));
        assert_eq!(found, expected.map(|seconds| T0.plus(seconds)), "day {day}");
    };
    check(ANNA, 0, None);
    check(ANNA, 2, Some(2 * DAY + DAY / 2));
    check(ANNA, 3, Some(3 * DAY));
    check(CLEO, 2, Some(2 * DAY));
    check(CLEO, 3, None);
}

fn reported(day: i32, alias: &str, whole: i64, finding: Finding) -> VendorCharge {
    let (day, alias, ticks) = (MONDAY.plus(day), alias.to_owned(), tokens(whole));
    VendorCharge { day, alias, person: ANNA, product: CIVIL, ticks, finding }
}

/// What is said of a name, a day and a product is said as a whole, and kept in one order.
#[test]
fn what_is_said_of_a_name_replaces_what_was_said() {
    let dip = Finding::DoubleDip(DipCause::SecondChargeInWindow);
    let (one, other) = (reported(1, "anna", 9, Finding::Matched), reported(1, "anna", 9, dip));
    let (second, early) = (reported(1, "lopez_a", 9, dip), reported(0, "anna", 9, dip));
    let check = |events: &[&[&VendorCharge]], expected: &[&VendorCharge]| {
        let mut known = Vec::new();
        for event in events {
            let event: Vec<VendorCharge> = event.iter().copied().cloned().collect();
            take_over(&mut known, &event);
        }
        assert_eq!(known.iter().collect::<Vec<_>>(), expected);
    };
    check(&[&[&one, &other]], &[&one, &other]);
    check(&[&[&one], &[&one, &other]], &[&one, &other]);
    check(&[&[&second], &[&one, &other], &[&early]], &[&early, &one, &other, &second]);
    check(&[&[&early, &one, &other, &second], &[&one]], &[&early, &one, &second]);
    check(&[&[]], &[]);
}

#[test]
fn the_report_lists_each_once() {
    let mut world = world();
    let (second, same) = (DipCause::SecondIdentity, DipCause::SameIdentity);
    world.must(Event::VendorReported(vec![
        reported(0, "lopez_a", 9, Finding::DoubleDip(second)),
        reported(0, "anna", 9, Finding::Matched),
        reported(1, "anna", 9, Finding::DoubleDip(same)),
    ]));
    // Reported again, with another price: it replaces the first.
    world.must(Event::VendorReported(vec![reported(1, "anna", 8, Finding::DoubleDip(same))]));
    let (ticks, person, product, bucket) = (tokens(9), CLEO, CIVIL, BucketId(0));
    let (at, meter, source) = (T0.plus(3 * DAY), Meter::Window24h, Source::Gate);
    let ours = Charge { at, ticks, person, product, bucket, meter, source, paid: true };
    world.must(Event::UsageCharged(vec![ours]));
    let found = report(&world.state, MONDAY, MONDAY.plus(9));
    let rows: Vec<_> = found
        .rows
        .iter()
        .map(|dip| (dip.day.0 - MONDAY.0, dip.person, dip.ticks, dip.cause))
        .collect();
    assert_eq!(
        rows,
        [(0, ANNA, tokens(9), second), (1, ANNA, tokens(8), same), (3, CLEO, tokens(9), same)]
    );
    assert_eq!((found.ticks, found.cost), (tokens(26), Some(dollars(78_000_000))));
    assert_eq!(
        found.by_cause.into_iter().collect::<Vec<_>>(),
        [(second, tokens(9)), (same, tokens(17))]
    );
    assert_eq!(report(&world.state, MONDAY.plus(1), MONDAY.plus(2)).rows.len(), 1);
    assert_eq!(report(&World::new().state, MONDAY, MONDAY), Dips::default());
}
