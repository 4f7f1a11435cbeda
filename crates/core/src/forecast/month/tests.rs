use super::*;
use crate::amount::Ticks;
use crate::estate::{BucketId, PersonId, ProductId};
use crate::event::{Charge, Event, Source};
use crate::forecast::series;
use crate::state::tests::{T0, World, tokens};
use crate::tariff::Meter;
use crate::when::Date;

/// Whole tokens on each of some days, the first counted from Monday 2026-06-01.
fn world(first: i64, days: i64, on: impl Fn(Date) -> i64) -> World {
    let mut world = World::new();
    let charge = |day: i64| {
        let at = T0.plus(day * DAY);
        let ticks = tokens(on(world.state.zone().date(at)));
        ticks.is_positive().then_some(charge(at, ticks))
    };
    let charges = (first..first + days).filter_map(charge).collect();
    world.must(Event::UsageCharged(charges));
    world
}

fn charge(at: Instant, ticks: Ticks) -> Charge {
    let (person, product, bucket) = (PersonId(0), ProductId(0), BucketId(0));
    let meter = Meter::CalendarDay;
    Charge { at, ticks, person, product, bucket, meter, source: Source::Log, paid: false }
}

fn working_day(date: Date) -> i64 {
    if date.weekday() < 5 { 40 } else { 6 }
}

/// The month's end as seen on a day of June 2026, at a UTC hour; and whether the 80 % band is a band.
fn check(name: &str, world: &World, day: i64, hour: i64, expected: (f64, u32, bool)) {
    let end = month_end(&world.state, T0.plus((day - 1) * DAY + hour * 3_600));
    let (tokens, history, is_band) = expected;
    assert!((end.tokens - tokens).abs() < 1e-6 * tokens.max(1.0), "{name}: {end:?}");
    let [half, likely, nearly] = end.bands;
    assert_eq!((end.low, end.high), (likely.low, likely.high), "{name}");
    let ends = [nearly.low, likely.low, half.low, end.tokens, half.high, likely.high, nearly.high];
    assert!(ends.is_sorted(), "{name}: {end:?}");
    assert_eq!(end.low < end.tokens && end.tokens < end.high, is_band, "{name}: {end:?}");
    assert_eq!(end.history_days, history, "{name}");
}

#[test]
fn a_flat_weekday_pattern_is_forecast_exactly() {
    // June 2026 has 22 working days and 8 of weekends: 22 × 40 + 8 × 6.
    let world = world(-56, 70, working_day);
    check("start of the 15th, nothing burned yet", &world, 15, 0, (928.0, 70, true));
    let busy = self::world(-56, 71, working_day);
    check("during the 15th, all of it burned", &busy, 15, 13, (928.0, 70, true));
    let whole = self::world(-56, 86, working_day);
    check("end of the month", &whole, 30, 23, (928.0, 85, false));
}

#[test]
fn a_weekday_without_history_is_expected_at_the_mean() {
    // Three days at 10: Monday to Wednesday known, Thursday not.
    let world = world(0, 3, |_| 10);
    check("fourth day", &world, 4, 0, (300.0, 3, true));
}

#[test]
fn nothing_known_is_nothing_forecast() {
    check("no charges", &World::new(), 15, 12, (0.0, 0, false));
    let today = world(0, 1, |_| 10);
    check("only today", &today, 1, 12, (10.0, 0, false));
}

#[test]
fn what_varies_has_a_wider_band() {
    let width = |on: fn(Date) -> i64| {
        let end = month_end(&world(-140, 154, on).state, T0.plus(14 * DAY));
        end.high - end.low
    };
    let calm = width(|_| 40);
    let noisy = width(|date| if (date.0 / 7) % 2 == 0 { 20 } else { 60 });
    assert!(calm > 0.0 && noisy > 2.0 * calm, "{calm} {noisy}");
}

#[test]
fn the_rest_of_a_day_counts_by_its_share() {
    let world = world(-56, 70, |_| 24);
    check("six in the evening", &world, 15, 18, (29.0 * 24.0 + 6.0, 70, true));
}

#[test]
fn a_model_of_all_that_is_known_gives_the_same_words() {
    let world = world(-56, 70, working_day);
    let now = T0.plus(14 * DAY);
    let today = world.state.zone().date(now);
    let model = fit(&series(&world.state, &Scope::Pool, today), &Calendar::default());
    assert_eq!(month_end_by(&model, &world.state, now), month_end(&world.state, now));
}
