//! Plans and the pace beside them, worked out by hand.

use super::*;
use crate::burn::{BadCurve, Course, Pace, Plan, Point, course, pace, paces};
use crate::estate::{BucketTerms, Period};
use crate::event::BucketSet;
use crate::state::{Broken, State};
use crate::statement::Scope;
use crate::when::HOUR;

const POOL: Scope = Scope::Contract;
const DESIGN: Scope = Scope::Bucket(BucketId(1));

/// A charge that `design` paid for.
fn paid(day: i64, whole: i64) -> Charge {
    Charge { paid: true, ..charge(day, 1, 0, whole) }
}

/// `design` has 40 tokens for the ten days from Monday on, and used some.
fn world(used: &[(i64, i64)]) -> World {
    let mut world = World::new();
    let period = Period::Dates(MONDAY, MONDAY.plus(10));
    let terms = BucketTerms { period, ..BucketTerms::default() };
    let (key, name) = ("design".to_owned(), "design".to_owned());
    world.must(Event::BucketsSet(vec![BucketSet { key, name, terms }]));
    let charges = used.iter().map(|(day, whole)| paid(*day, *whole)).collect();
    world.must(Event::UsageCharged(charges));
    world
}

fn set(world: &mut World, bucket: Option<u16>, plan: Plan) {
    world.must(Event::PlanSet { bucket: bucket.map(BucketId), plan });
}

fn curve(points: &[(i32, u32)]) -> Plan {
    let point = |(day, share): &(i32, u32)| Point { date: MONDAY.plus(*day), share: *share };
    Plan::Curve(points.iter().map(point).collect())
}

fn on(world: &World, scope: Scope, day: i64) -> Pace {
    pace(&world.state, scope, T0.plus(day * DAY)).unwrap()
}

/// `plan: used of allotted, planned, days ahead`.
fn line(pace: &Pace) -> String {
    let Pace { plan, used, allotted, planned, days_ahead, .. } = pace;
    format!("{plan}: {used} of {allotted}, {planned} planned, {days_ahead:.2} days")
}

#[test]
fn a_straight_plan_spreads_the_allotment_over_the_period() {
    let world = world(&[(0, 10), (1, 10)]);
    assert_eq!(line(&on(&world, DESIGN, 2)), "straight: 20 of 40, 8 planned, 3.00 days");
    assert_eq!(line(&on(&world, DESIGN, 5)), "straight: 20 of 40, 20 planned, 0.00 days");
    assert_eq!(line(&on(&world, DESIGN, 8)), "straight: 20 of 40, 32 planned, -3.00 days");
    assert_eq!(on(&world, DESIGN, 2).ratio, Some(2.5));
    assert_eq!(on(&world, DESIGN, 0).ratio, None, "nothing is planned yet");
    // 1,000 for 365 days: after 73 of them 200 are to be used.
    assert_eq!(line(&on(&world, POOL, 73)), "straight: 20 of 1000, 200 planned, -65.70 days");
    // The period is over: all of it was to be used.
    assert_eq!(line(&on(&world, DESIGN, 20)), "straight: 20 of 40, 40 planned, -15.00 days");
}

#[test]
fn tokens_that_come_later_count_as_if_they_had_been_there() {
    let mut world = world(&[(0, 10)]);
    world.allocate(1, 60);
    assert_eq!(line(&on(&world, DESIGN, 1)), "straight: 10 of 100, 10 planned, 0.00 days");
}

#[test]
fn use_that_nothing_covered_is_no_use_of_an_allotment() {
    let mut world = world(&[(0, 10)]);
    world.must(Event::UsageCharged(vec![Charge { paid: false, ..paid(1, 30) }]));
    assert_eq!(line(&on(&world, DESIGN, 5)), "straight: 10 of 40, 20 planned, -2.50 days");
}

#[test]
fn an_owners_curve_goes_through_their_points() {
    let mut world = world(&[(0, 10)]);
    // Nothing on the first two days, half by the end of the fourth, nothing more before the ninth.
    set(&mut world, Some(1), curve(&[(1, 0), (3, 500_000), (8, 500_000)]));
    assert_eq!(line(&on(&world, DESIGN, 1)), "curve: 10 of 40, 0 planned, 2.00 days");
    assert_eq!(line(&on(&world, DESIGN, 3)), "curve: 10 of 40, 10 planned, 0.00 days");
    assert_eq!(line(&on(&world, DESIGN, 7)), "curve: 10 of 40, 20 planned, -4.00 days");
    let half = T0.plus(9 * DAY + 12 * HOUR);
    let late = pace(&world.state, DESIGN, half).unwrap();
    assert_eq!(line(&late), "curve: 10 of 40, 30 planned, -6.50 days");
    assert_eq!(late.straight, tokens(38), "the straight one stands beside it");
    assert_eq!(on(&world, POOL, 7).plan, "straight", "the pool has a plan of its own");
    // Its dates are of another period.
    set(&mut world, Some(1), curve(&[(40, 100_000)]));
    let other = on(&world, DESIGN, 5);
    assert_eq!((other.plan, other.curve, other.instead.is_some()), ("straight", None, true));
    set(&mut world, Some(1), Plan::Straight);
    assert_eq!(on(&world, DESIGN, 5).instead, None);
}

/// On a flat stretch of the plan nobody is behind who used what was planned.
#[test]
fn flat_stretches_are_neither_ahead_nor_behind() {
    let mut world = world(&[(0, 20)]);
    set(&mut world, Some(1), curve(&[(1, 500_000), (5, 500_000)]));
    assert_eq!(line(&on(&world, DESIGN, 4)), "curve: 20 of 40, 20 planned, 0.00 days");
    // A little more was used: that is planned for after the flat stretch.
    world.must(Event::UsageCharged(vec![paid(2, 5)]));
    assert_eq!(line(&on(&world, DESIGN, 4)), "curve: 25 of 40, 20 planned, 3.00 days");
}

#[test]
fn a_seasonal_plan_follows_the_weekdays() {
    // Eight weeks before: 6 tokens a working day, 0 at weekends.
    let before = (-56..0).filter(|day| MONDAY.plus(*day).weekday() < 5);
    let charges = before.map(|day| Charge { paid: false, ..paid(i64::from(day), 6) });
    let mut world = world(&[(0, 10)]);
    world.must(Event::UsageCharged(charges.collect()));
    set(&mut world, Some(1), Plan::Seasonal);
    // Ten days from Monday on: five working days, a weekend, three more: 40 in eight parts.
    assert_eq!(line(&on(&world, DESIGN, 3)), "seasonal: 10 of 40, 15 planned, -1.00 days");
    assert_eq!(line(&on(&world, DESIGN, 6)), "seasonal: 10 of 40, 25 planned, -4.00 days");
    assert_eq!(on(&world, DESIGN, 5).straight, tokens(20));
}

#[test]
fn a_seasonal_plan_follows_the_months_once_a_year_is_known() {
    // The year before: 1 token a day, but 3 in August.
    let mut world = World::new();
    let before = (-365..0).map(|day| {
        let whole = if MONDAY.plus(day).ymd().1 == 8 { 3 } else { 1 };
        Charge { paid: false, ..paid(i64::from(day), whole) }
    });
    world.must(Event::UsageCharged(before.collect()));
    set(&mut world, None, Plan::Seasonal);
    let planned = |day: i64| on(&world, POOL, day).planned.tokens();
    let (august, september) = (92 - 31, 92);
    let (in_july, in_august) = (planned(61) - planned(30), planned(september) - planned(august));
    let ratio = in_august / in_july;
    assert!((2.7..=3.3).contains(&ratio), "August is to see three times July: {ratio}");
}

#[test]
fn without_history_there_is_no_season() {
    let mut world = world(&[(0, 10)]);
    set(&mut world, Some(1), Plan::Seasonal);
    let found = on(&world, DESIGN, 5);
    assert_eq!((found.plan, found.seasonal), ("straight", None));
    assert_eq!(found.instead, Some("less than four weeks of use are known"));
}

#[test]
fn who_has_no_period_has_no_pace() {
    let world = world(&[]);
    let after = T0.plus(400 * DAY);
    let found = |at| -> Vec<Scope> {
        paces(&world.state, |_| true, at).iter().map(|pace| pace.scope).collect()
    };
    let [general, lab] = [0, 2].map(|id| Scope::Bucket(BucketId(id)));
    assert_eq!(found(T0), [POOL, general, DESIGN, lab]);
    assert_eq!(found(after), [DESIGN], "no pack is valid; the project has dates of its own");
    let empty = pace(&world.state, lab, T0.plus(DAY)).unwrap();
    assert_eq!((empty.allotted, empty.ratio, empty.days_ahead), (Ticks::ZERO, None, 0.0));
}

#[test]
fn a_course_draws_the_plan_beside_what_was_used() {
    let world = world(&[(0, 10), (2, 5)]);
    let now = T0.plus(3 * DAY + HOUR);
    let Course { days, planned, used } = course(&world.state, DESIGN, now).unwrap();
    assert_eq!((days.len(), days[0], days[9]), (10, MONDAY, MONDAY.plus(9)));
    assert_eq!(planned, (1..=10).map(|day| tokens(4 * day)).collect::<Vec<_>>());
    assert_eq!(used, [10, 10, 15, 15].map(tokens));
}

#[test]
fn a_curve_that_makes_no_sense_is_refused() {
    let check = |name: &str, plan: Plan, bucket: Option<u16>, expected: Broken| {
        let mut world = world(&[]);
        let before = world.state.checkpoint();
        let event = Event::PlanSet { bucket: bucket.map(BucketId), plan };
        assert_eq!(world.happen(&event), Err(expected), "{name}");
        assert_eq!(world.state.checkpoint(), before, "{name}");
    };
    let bad = Broken::Curve;
    check("no points", curve(&[]), None, bad(BadCurve::Points(0)));
    let many: Vec<(i32, u32)> = (0..401).map(|day| (day, 0)).collect();
    check("too many", curve(&many), None, bad(BadCurve::Points(401)));
    let order = bad(BadCurve::Order(MONDAY));
    check("a date twice", curve(&[(0, 1), (0, 2)]), None, order);
    let share = bad(BadCurve::Share(MONDAY.plus(1)));
    check("falling", curve(&[(0, 2), (1, 1)]), None, share.clone());
    check("more than there is", curve(&[(0, 2), (1, 1_000_001)]), None, share);
    check("no such bucket", Plan::Seasonal, Some(99), Broken::UnknownId);
}

#[test]
fn plans_are_in_the_checkpoint() {
    let mut world = world(&[]);
    set(&mut world, None, Plan::Seasonal);
    set(&mut world, Some(1), curve(&[(3, 1)]));
    set(&mut world, Some(0), Plan::Seasonal);
    set(&mut world, Some(0), Plan::Straight);
    let plans = world.state.checkpoint().budgets.plans;
    let expected = vec![(None, Plan::Seasonal), (Some(BucketId(1)), curve(&[(3, 1)]))];
    assert_eq!(plans, expected);
    let back = State::restore(world.state.checkpoint()).unwrap();
    assert_eq!(back.plan(Some(BucketId(1))), &curve(&[(3, 1)]));
    assert_eq!(back.checkpoint(), world.state.checkpoint());
}
