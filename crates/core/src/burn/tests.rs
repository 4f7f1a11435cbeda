use super::*;
use crate::amount::Currency;
use crate::estate::{BucketId, PersonId};
use crate::event::{Charge, Event, Source};
use crate::state::tests::{T0, World, dollars, rate, tariff, tokens};
use crate::tariff::{Meter, TariffParts, TokenPrice};

mod pace;
mod periods;
mod rows;

const MONDAY: Date = Date(20_605);

/// A charge of whole tokens on a day counted from Monday 2026-06-01, not covered by any bucket.
fn charge(day: i64, person: u32, product: u16, whole: i64) -> Charge {
    Charge {
        at: T0.plus(day * DAY + 9 * 3_600),
        ticks: tokens(whole),
        person: PersonId(person),
        product: ProductId(product),
        bucket: BucketId(u16::from(person == 1)),
        meter: Meter::Window24h,
        source: Source::Log,
        paid: false,
    }
}

fn world(charges: &[Charge], prices: Vec<TokenPrice>) -> World {
    let mut world = World::new();
    let rates = vec![rate("revit", Meter::Window24h, 10)];
    world.must(Event::TariffAdopted(TariffParts { prices, ..tariff(rates) }));
    world.must(Event::UsageCharged(charges.to_vec()));
    world
}

fn three_dollars() -> Vec<TokenPrice> {
    vec![TokenPrice { per_token: dollars(3_000_000), from: None }]
}

/// Rows as `key tokens charges money`, then the total.
fn check(name: &str, world: &World, by: Dimension, days: (i32, i32), expected: &[&str]) {
    let all = Filter::default();
    let report = burn(&world.state, &by, &all, MONDAY.plus(days.0), MONDAY.plus(days.1));
    let text = |key: &str, sum: &Sum| {
        let money = sum.money().map_or("-".to_owned(), |money| money.to_string());
        format!("{key} {} {} {money}", sum.ticks, sum.charges)
    };
    let mut found: Vec<String> = report.rows.iter().map(|row| text(&row.key, &row.sum)).collect();
    found.push(text("=", &report.total));
    assert_eq!(found, expected, "{name}");
    let straight = total(&world.state, MONDAY.plus(days.0), MONDAY.plus(days.1));
    assert_eq!(straight, report.total, "{name}: the total");
}

#[test]
fn rows_sum_to_the_total_in_every_dimension() {
    let charges =
        [charge(0, 0, 0, 10), charge(0, 1, 0, 10), charge(1, 1, 1, 5), charge(2, 2, 4, 9)];
    let world = world(&charges, three_dollars());
    let whole = "= 34 4 102.00";
    let days = ["2026-06-01 20 2 60.00", "2026-06-02 5 1 15.00", "2026-06-03 9 1 27.00", whole];
    check("days by date", &world, Dimension::Day, (0, 30), &days);
    let products = ["revit 20 2 60.00", "civil-3d 9 1 27.00", "hourly 5 1 15.00", whole];
    check("products", &world, Dimension::Product, (0, 30), &products);
    let people = ["ben 15 2 45.00", "anna 10 1 30.00", "cleo 9 1 27.00", whole];
    check("people", &world, Dimension::Person, (0, 30), &people);
    let buckets = ["general 19 2 57.00", "design 15 2 45.00", whole];
    check("buckets", &world, Dimension::Bucket, (0, 30), &buckets);
    check("both ends count", &world, Dimension::Day, (1, 1), &[days[1], "= 5 1 15.00"]);
    check("nothing", &world, Dimension::Person, (5, 9), &["= 0 0 -"]);
    check("backwards", &world, Dimension::Product, (3, 0), &["= 0 0 -"]);
}

#[test]
fn ties_go_by_key() {
    let world = world(&[charge(0, 2, 0, 10), charge(0, 0, 0, 10)], three_dollars());
    let rows = ["anna 10 1 30.00", "cleo 10 1 30.00", "= 20 2 60.00"];
    check("ties", &world, Dimension::Person, (0, 0), &rows);
}

#[test]
fn money_is_at_the_price_of_its_day_and_rounded_once() {
    let from = Some(MONDAY.plus(1));
    let third = dollars(333_333);
    let prices = vec![TokenPrice { per_token: third, from }, three_dollars().remove(0)];
    let world = world(&[charge(0, 0, 0, 1), charge(1, 0, 0, 1)], prices);
    let rows = ["revit 2 2 3.333333", "= 2 2 3.333333"];
    check("two prices", &world, Dimension::Product, (0, 9), &rows);
    let mut half = Sum::default();
    (0..3).for_each(|_| half.add(Ticks(TICKS_PER_TOKEN / 2), 1, Some(dollars(1))));
    assert_eq!(half.money(), Some(dollars(2)), "1.5 micro-units, to even, and not 3 × 0");
}

#[test]
fn there_is_no_sum_across_currencies() {
    let euro = Money { micros: 2_000_000, currency: Currency::new("EUR").unwrap() };
    let later = TokenPrice { per_token: euro, from: Some(MONDAY.plus(1)) };
    let world =
        world(&[charge(0, 0, 0, 1), charge(1, 0, 0, 1)], vec![three_dollars().remove(0), later]);
    let days = ["2026-06-01 1 1 3.00", "2026-06-02 1 1 2.00", "= 2 2 -"];
    check("mixed days", &world, Dimension::Day, (0, 9), &days);
    check("a mixed row", &world, Dimension::Product, (0, 9), &["revit 2 2 -", "= 2 2 -"]);
}

#[test]
fn without_a_price_there_is_no_money() {
    let world = world(&[charge(0, 0, 0, 1)], Vec::new());
    check("no price", &world, Dimension::Day, (0, 9), &["2026-06-01 1 1 -", "= 1 1 -"]);
}

#[test]
fn a_series_has_a_value_for_every_day() {
    let world = world(&[charge(0, 0, 0, 10), charge(2, 0, 0, 10)], three_dollars());
    let (days, series) = daily_by_product(&world.state, MONDAY.plus(-1), MONDAY.plus(2));
    assert_eq!(days.len(), 4);
    let expected = [0, 10, 0, 10].map(tokens);
    assert_eq!(series.into_iter().collect::<Vec<_>>(), [(ProductId(0), expected.to_vec())]);
}

#[test]
fn the_plan_spreads_each_pack_evenly_over_its_term() {
    let mut world = World::new();
    let on = |world: &World, day: i32| planned(&world.state, MONDAY.plus(day));
    assert_eq!(on(&world, -1), None);
    assert_eq!(on(&world, 365), None);
    let year = Ticks(tokens(1_000).0 / 365);
    assert_eq!(on(&world, 0), Some(year));
    world.buy("month", 300, 10, 40);
    assert_eq!(on(&world, 9), Some(year));
    assert_eq!(on(&world, 10), year.plus(tokens(10)));
    assert_eq!(on(&world, 40), Some(year));
}
