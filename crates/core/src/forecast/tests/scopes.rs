//! Series of scopes, and what-if, from a state.

use super::super::*;
use crate::amount::Ticks;
use crate::estate::{BucketId, PersonId, ProductId};
use crate::event::{BucketSet, Charge, Event, Source};
use crate::state::tests::{T0, World, tokens};
use crate::tariff::Meter;
use crate::when::DAY;

const MONDAY: Date = Date(20_605);
const REVIT: ProductId = ProductId(0);
const CIVIL: ProductId = ProductId(4);

/// Eight weeks from Monday 2026-06-01: Anna burns 10 tokens of Revit a day in `general`, Ben 20 of Revit in
/// `design` and 30 of Civil 3D in `lab`, which lies below `design`.
fn world() -> World {
    let mut world = World::new();
    let (lab, design) = (world.state.estate().bucket_called("lab").unwrap(), BucketId(1));
    let mut terms = world.state.estate().bucket_terms(lab);
    terms.parent = Some(design);
    world.must(Event::BucketsSet(vec![BucketSet { key: "lab".into(), name: "Lab".into(), terms }]));
    let daily = [(0, REVIT, BucketId(0), 10), (1, REVIT, design, 20), (1, CIVIL, lab, 30)];
    let charges = (0..56).flat_map(|day| {
        daily.map(|(person, product, bucket, whole)| Charge {
            at: T0.plus(day * DAY + 9 * 3_600),
            ticks: tokens(whole),
            person: PersonId(person),
            product,
            bucket,
            meter: Meter::CalendarDay,
            source: Source::Log,
            paid: false,
        })
    });
    world.must(Event::UsageCharged(charges.collect()));
    world
}

#[test]
fn a_series_is_the_burn_of_its_scope() {
    let world = world();
    let check = |scope: Scope, a_day: f64| {
        let found = series(&world.state, &scope, MONDAY.plus(58));
        let mut right = vec![a_day; 56];
        right.extend([0.0, 0.0]);
        assert_eq!(found, Series { first: MONDAY, tokens: right }, "{scope:?}");
    };
    check(Scope::Pool, 60.0);
    check(Scope::Bucket(BucketId(0)), 10.0);
    check(Scope::Bucket(BucketId(1)), 50.0);
    check(Scope::Bucket(BucketId(2)), 30.0);
    check(Scope::Product(REVIT), 30.0);
    check(Scope::ProductOf(REVIT, BucketId(1)), 20.0);
    check(Scope::ProductOf(REVIT, BucketId(2)), 0.0);
    let today = series(&world.state, &Scope::Pool, MONDAY.plus(3));
    assert_eq!(today.tokens, [60.0; 3], "today and later are left out");
    let before = series(&world.state, &Scope::Pool, MONDAY.plus(-3));
    assert!(before.tokens.is_empty());
    let none = series(&World::new().state, &Scope::Pool, MONDAY);
    assert_eq!(none, Series { first: MONDAY, tokens: Vec::new() });
}

#[test]
fn a_series_can_be_of_some_people() {
    let world = world();
    let ben = series_where(&world.state, MONDAY.plus(56), |charge| charge.person == PersonId(1));
    assert_eq!(ben.tokens, [50.0; 56]);
    let some = series_where(&world.state, MONDAY.plus(56), |charge| {
        charge.ticks > Ticks::from_tokens(25).unwrap()
    });
    assert_eq!(some.tokens, [30.0; 56]);
}

/// What a scope burns in the ten days after the eight weeks, with changes; and how many had no part in it.
#[track_caller]
fn check(name: &str, scope: &Scope, changes: &[Change], right: (f64, usize)) {
    let (today, to) = (MONDAY.plus(56), MONDAY.plus(65));
    let world = world();
    let found = what_if(&world.state, scope, &Calendar::default(), changes, (today, to));
    let total = found.forecast.total(today, to).expected;
    assert!((total - right.0).abs() < 1e-6, "{name}: {total}, not {}", right.0);
    assert_eq!(found.without_part.len(), right.1, "{name}");
}

#[test]
fn changes_work_on_their_part_of_the_burn() {
    let from = MONDAY.plus(60);
    let (general, design, lab) = (BucketId(0), BucketId(1), BucketId(2));
    let stop = |bucket| Change::Bucket { bucket, factor: 0.0, from };
    let rate = |product, factor| Change::Rate { product, factor, from };
    let people = |product, count| Change::People { product, count, from };
    // Six of the ten days come after the change.
    check("nothing", &Scope::Pool, &[], (600.0, 0));
    check("a project stops", &Scope::Pool, &[stop(design)], (600.0 - 6.0 * 50.0, 0));
    check("below the scope", &Scope::Bucket(design), &[stop(lab)], (500.0 - 6.0 * 30.0, 0));
    check("above the scope", &Scope::Bucket(lab), &[stop(design)], (300.0 - 6.0 * 30.0, 0));
    check("elsewhere", &Scope::Bucket(general), &[stop(design)], (100.0, 1));
    check("a rate doubles", &Scope::Pool, &[rate(REVIT, 2.0)], (600.0 + 6.0 * 30.0, 0));
    check("of another product", &Scope::Product(CIVIL), &[rate(REVIT, 2.0)], (300.0, 1));
    check("in a bucket", &Scope::Bucket(design), &[rate(REVIT, 0.5)], (500.0 - 6.0 * 10.0, 0));
    // Two people use Revit, 30 tokens a day together.
    check("people come", &Scope::Pool, &[people(REVIT, 20.0)], (600.0 + 6.0 * 300.0, 0));
    check(
        "a person leaves",
        &Scope::Product(REVIT),
        &[people(REVIT, -1.0)],
        (300.0 - 6.0 * 15.0, 0),
    );
    check("a product nobody uses", &Scope::Pool, &[people(ProductId(1), 5.0)], (600.0, 1));
    check(
        "two at once",
        &Scope::Pool,
        &[stop(general), people(CIVIL, 1.0)],
        (600.0 - 60.0 + 180.0, 0),
    );
}

#[test]
fn what_is_planned_for_the_whole_is_no_part_of_its_parts() {
    let (today, to) = (MONDAY.plus(56), MONDAY.plus(65));
    let plan = Planned { from: today, to: today, effect: Effect::TokensADay(1_000.0) };
    let calendar = Calendar { planned: vec![plan], ..Calendar::default() };
    let stop = Change::Bucket { bucket: BucketId(1), factor: 0.0, from: today };
    let found = what_if(&world().state, &Scope::Pool, &calendar, &[stop], (today, to));
    assert!((found.forecast.total(today, to).expected - 1_100.0).abs() < 1e-6);
}
