use super::*;
use crate::amount::Ticks;
use crate::estate::{BucketId, PersonId, ProductId};
use crate::event::{Charge, Event, Source};
use crate::state::tests::{T0, World, dollars, tokens};
use crate::tariff::Meter;

#[test]
fn the_golden_numbers_of_the_domain() {
    let check = |balance: f64, expected: &str| {
        let demand = Demand { mean: 10_000.0, deviation: 1_200.0 };
        assert_eq!(format!("{:.2}", worth(3.0, 0.0, demand, balance)), expected, "{balance}");
    };
    check(9_000.0, "2.39");
    check(10_000.0, "1.50");
    check(12_000.0, "0.14");
    check(0.0, "3.00");
    check(100_000.0, "0.00");
}

#[test]
fn the_normal_distribution_agrees_with_tables() {
    let check = |z: f64, expected: f64| {
        assert!((normal_below(z) - expected).abs() < 1e-12, "{z}: {}", normal_below(z));
    };
    check(0.0, 0.5);
    check(1.0, 0.841_344_746_068_543);
    check(-1.0, 0.158_655_253_931_457);
    check(1.959_963_984_540_054, 0.975);
    check(-5.0, 2.866_515_718_791_939e-7);
    check(9.0, 1.0);
    check(-9.0, 0.0);
    check(f64::INFINITY, 1.0);
}

#[test]
fn a_token_that_is_missing_costs_more_than_its_price() {
    let demand = Demand { mean: 10.0, deviation: 0.0 };
    assert_eq!(worth(3.0, 12.0, demand, 9.0).to_string(), "15");
    assert_eq!(worth(3.0, 12.0, demand, 10.0).to_string(), "0");
}

/// So many whole tokens on each of the days before T0 + 28 days.
fn world(daily: impl Fn(i64) -> i64) -> World {
    let mut world = World::new();
    let charge = |day: i64| Charge {
        at: T0.plus(day * DAY),
        ticks: tokens(daily(day)),
        person: PersonId(0),
        product: ProductId(0),
        bucket: BucketId(0),
        meter: Meter::CalendarDay,
        source: Source::Log,
        paid: false,
    };
    let charges = (0..28).map(charge).filter(|charge| charge.ticks > Ticks::ZERO);
    world.must(Event::UsageCharged(charges.collect()));
    world
}

#[test]
fn the_price_rises_with_what_will_be_missing() {
    // 1,000 tokens are left for the 337 days to come.
    let now = T0.plus(28 * DAY);
    let worth_at = |daily: &dyn Fn(i64) -> i64| price(&world(daily).state, now);
    assert_eq!(worth_at(&|_| 2), Some(dollars(0)));
    assert_eq!(worth_at(&|_| 3), Some(dollars(3_000_000)));
    let between = worth_at(&|day| if day % 2 == 0 { 1 } else { 5 }).unwrap().micros;
    assert!((0..3_000_000).contains(&between), "{between}");
    let demand = remaining(&world(|day| 2 + day % 3).state, now).unwrap();
    assert!((demand.mean - 337.0 * (27.0 * 3.0 + 2.0) / 28.0).abs() < 1e-9, "{demand:?}");
}

#[test]
fn without_a_pack_or_history_there_is_no_price() {
    let world = world(|_| 3);
    assert_eq!(price(&world.state, T0.plus(400 * DAY)), None, "no valid pack");
    assert_eq!(price(&world.state, T0.plus(60)), None, "no whole day yet");
    assert_eq!(price(&World::new().state, T0.plus(DAY)), None, "no use");
}
