//! The usual periods, worked out by hand.

use super::*;
use crate::estate::Schedule;
use crate::when::{HOUR, Zone};

/// A unit of so many tokens at a local wall-clock time, `days` after Monday 2026-06-01.
fn unit(zone: &Zone, days: i32, hour: i64, whole: i64) -> Charge {
    let at = zone.start_of(MONDAY.plus(days)).plus(hour * HOUR);
    Charge { at, meter: Meter::StartedHour, product: ProductId(1), ..charge(0, 0, 1, whole) }
}

fn world_of(zone: &str, units: &[(i32, i64, i64)]) -> World {
    let mut world = World::in_zone(zone);
    let rates = vec![rate("hourly", Meter::StartedHour, 5)];
    world.must(Event::TariffAdopted(TariffParts { prices: three_dollars(), ..tariff(rates) }));
    let zone = world.state.zone().clone();
    let units = units.iter().map(|(day, hour, whole)| unit(&zone, *day, *hour, *whole));
    world.must(Event::UsageCharged(units.collect()));
    world
}

fn whole(sum: Sum) -> i64 {
    sum.ticks.0 / TICKS_PER_TOKEN
}

fn usual(usual: Option<Usual>) -> Option<(i64, i64, i64, u32)> {
    usual.map(|usual| (whole(usual.mean), whole(usual.low), whole(usual.high), usual.days))
}

/// Spans as `key from..to now before`.
fn lines(found: &Periods) -> Vec<String> {
    let line = |span: &Span| {
        let (now, before) = (whole(span.sum), whole(span.before));
        format!("{} {}..{} {now} {before}", span.key, span.from, span.to)
    };
    core::iter::once(&found.today).chain(&found.spans).map(line).collect()
}

fn at(world: &World, day: i32, hour: i64) -> Periods {
    let now = world.state.zone().start_of(MONDAY.plus(day)).plus(hour * HOUR);
    periods(&world.state, &Filter::default(), now)
}

#[test]
fn periods_stand_beside_the_ones_before() {
    // Wednesday 2026-07-15 is day 44. The pack is of 2026-06-01.
    let units = [
        (44, 9, 1),
        (44, 12, 2),
        (44, 13, 1_000), // after now
        (43, 9, 4),
        (43, 13, 8),
        (42, 0, 16),
        (38, 0, 32),   // the first of the last seven days
        (37, 9, 64),   // a week before now
        (37, 13, 128), // a week before, after the time of day
        (17, 0, 256),  // the first of the last 28 days
        (16, 12, 512), // 28 days before, up to now
        (14, 9, 1_024),
        (0, 0, 2_048),
    ];
    let found = at(&world_of("UTC", &units), 44, 12);
    let expected = [
        "today 2026-07-15..2026-07-15 3 4",
        "yesterday 2026-07-14..2026-07-14 12 16",
        "last-7-days 2026-07-09..2026-07-15 63 64",
        "last-28-days 2026-06-18..2026-07-15 511 3584",
        "month-to-date 2026-07-01..2026-07-15 255 3072",
        "contract-year-to-date 2026-06-01..2026-07-15 4095 0",
    ];
    assert_eq!(lines(&found), expected);
    let money = found.today.sum.money().map(|money| money.to_string());
    assert_eq!(money.as_deref(), Some("9.00"), "at three dollars a token");
}

#[test]
fn today_stands_beside_the_same_hour_on_comparable_days() {
    // Mondays: up to 10:00, day 7·k has k tokens; 100 more come later in each.
    let units: Vec<(i32, i64, i64)> = (0..12)
        .flat_map(|week| [(week * 7, 9, i64::from(week) + 1), (week * 7, 11, 100)])
        .collect();
    let mut world = world_of("UTC", &units);
    let found = at(&world, 77, 10);
    // Weeks 3 to 10 with 4 to 11 tokens.
    assert_eq!(whole(found.today.sum), 12);
    assert_eq!(usual(found.usual), Some((7, 4, 11, 8)), "7.5 in whole tokens");
    let mean = found.usual.map(|usual| usual.mean.ticks);
    assert_eq!(mean, Some(Ticks(15 * TICKS_PER_TOKEN / 2)));
    // Two holidays are left out: weeks 1 and 2 come in their place.
    let except = vec![MONDAY.plus(70), MONDAY.plus(21)];
    let (key, zone) = ("office".to_owned(), Zone::utc());
    let office = Schedule { key, zone, hours: Vec::new(), except, from: None, until: None };
    world.must(Event::SchedulesSet(vec![office]));
    let found = at(&world, 77, 10);
    assert_eq!(usual(found.usual), Some((6, 2, 10, 8)), "2, 3, 5 to 10");
    // Early on there are few days to compare with, and none on the first.
    assert_eq!(usual(at(&world, 14, 10).usual), Some((1, 1, 2, 2)));
    assert_eq!(usual(at(&world, 0, 10).usual), None);
    // The second that goes on is in it.
    assert_eq!(whole(at(&world, 77, 9).today.sum), 12);
    assert_eq!(whole(at(&world, 77, 8).today.sum), 0);
}

#[test]
fn velocity_is_of_the_last_hour_day_and_week() {
    let units = [
        (7, 9, 1),
        (7, 8, 2),
        (6, 11, 4),
        (6, 9, 8),
        (1, 0, 16),
        (0, 9, 32),
        (0, 10, 64),
        (-1, 9, 128),
    ];
    let found = at(&world_of("UTC", &units), 7, 9);
    let line = |one: &Velocity| format!("{} {} {:?}", one.key, whole(one.sum), usual(one.usual));
    // The hour from 08:00:01 to 09:00:00: the unit of eight o'clock sharp is just before it.
    let expected = [
        "hour 1 Some((32, 32, 32, 1))",
        "day 7 Some((32, 32, 32, 1))",
        "week 95 Some((160, 160, 160, 1))",
    ];
    assert_eq!(found.velocity.iter().map(line).collect::<Vec<_>>(), expected);
}

/// In Madrid Sunday 2026-03-29 has 23 hours, Sunday 2026-10-25 has 25: noon is compared with noon.
#[test]
fn the_same_hour_is_that_of_the_clock_on_the_wall() {
    let zone = Zone::named("Europe/Madrid").unwrap();
    let autumn = Date::from_ymd(2026, 10, 25).unwrap();
    let day = autumn.0 - MONDAY.0;
    let noon = |date: Date, seconds: i64| zone.start_of(date.plus(1)).plus(seconds - 12 * HOUR);
    let mut world = World::in_zone("Europe/Madrid");
    let one = |at: Instant, whole: i64| Charge { at, ..unit(&zone, 0, 0, whole) };
    let units = vec![
        one(noon(autumn, 0), 1),
        one(noon(autumn, 1), 2),
        one(noon(autumn.plus(7), 0), 4),
        one(noon(autumn.plus(7), 1), 8),
    ];
    world.must(Event::UsageCharged(units));
    let found = periods(&world.state, &Filter::default(), noon(autumn.plus(7), 0));
    assert_eq!((whole(found.today.sum), usual(found.usual)), (4, Some((1, 1, 1, 1))));
    let found = periods(&world.state, &Filter::default(), noon(autumn, 0));
    assert_eq!(whole(found.today.sum), 1, "{day}");
}

#[test]
fn the_contract_year_is_counted_from_its_pack() {
    let mut world = World::new();
    let year = |world: &World, date: &str| {
        let date: Date = date.parse().unwrap();
        contract_year(&world.state, world.state.zone().start_of(date)).to_string()
    };
    assert_eq!(year(&world, "2026-06-01"), "2026-06-01");
    assert_eq!(year(&world, "2027-05-31"), "2026-06-01");
    assert_eq!(year(&world, "2027-06-01"), "2027-01-01", "no pack is valid: the calendar year");
    // Three years from 2028-02-29: where there is none, years begin on 1 March.
    let leap = Date::from_ymd(2028, 2, 29).unwrap().0 - MONDAY.0;
    world.buy("leap", 10, i64::from(leap), i64::from(leap) + 1_096);
    assert_eq!(year(&world, "2028-03-01"), "2028-02-29");
    assert_eq!(year(&world, "2029-02-28"), "2028-02-29");
    assert_eq!(year(&world, "2029-03-01"), "2029-03-01");
}
