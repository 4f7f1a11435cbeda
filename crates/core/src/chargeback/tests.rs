use super::*;
use crate::estate::{Group, Standing};
use crate::event::{Event, ExchangeRate, PersonSet, Source};
use crate::ledger::PackKind;
use crate::state::tests::{T0, World, dollars, rate, tariff, tokens};
use crate::tariff::{Meter, TariffParts, TokenPrice};
use crate::when::DAY;
use proptest::prelude::*;

const MONDAY: Date = Date(20_605);

fn euro() -> Currency {
    Currency::new("EUR").unwrap()
}

fn charge(day: i64, person: u32, product: u16, ticks: Ticks, paid: bool) -> Charge {
    Charge {
        at: T0.plus(day * DAY + 9 * 3_600),
        ticks,
        person: PersonId(person),
        product: ProductId(product),
        bucket: BucketId(u16::from(person == 1)),
        meter: Meter::Window24h,
        source: Source::Log,
        paid,
    }
}

fn world(charges: &[Charge], prices: Vec<TokenPrice>) -> World {
    let mut world = World::new();
    let rates = vec![rate("revit", Meter::Window24h, 10)];
    world.must(Event::TariffAdopted(TariffParts { prices, ..tariff(rates) }));
    world.must(Event::UsageCharged(charges.to_vec()));
    world
}

fn at_dollars(micros: i64) -> Vec<TokenPrice> {
    vec![TokenPrice { per_token: dollars(micros), from: None }]
}

fn report(world: &World, by: &By, currency: Currency) -> Result<Chargeback, NoSum> {
    chargeback(&world.state, by, MONDAY, MONDAY.plus(30), currency)
}

/// Rows as `key tokens charges money`, the total, then what is not covered.
fn check(name: &str, world: &World, by: &By, expected: &[&str]) {
    let found = report(world, by, Currency::USD).unwrap();
    let text = |row: &Row| format!("{} {} {} {}", row.key, row.ticks, row.charges, row.money);
    let lines = |part: &Part| part.rows.iter().chain([&part.total]).map(text).collect::<Vec<_>>();
    let mut all = lines(&found.paid);
    if found.uncovered.total.charges > 0 {
        all.push("uncovered".to_owned());
        all.extend(lines(&found.uncovered));
    }
    assert_eq!(all, expected, "{name}");
}

fn departments(world: &mut World) {
    let group = |key: &str| Group {
        key: key.to_owned(),
        name: key.to_owned(),
        dimension: Some("department".to_owned()),
        parents: Vec::new(),
    };
    world.must(Event::GroupsSet(["bridges", "roads"].map(group).to_vec()));
    let person = |(key, group): (&str, u32)| PersonSet {
        key: key.to_owned(),
        name: key.to_owned(),
        standing: Standing { groups: vec![GroupId(group)], ..Standing::default() },
        ..PersonSet::default()
    };
    world.must(Event::PeopleSet([("anna", 0), ("ben", 1)].map(person).to_vec()));
}

#[test]
fn cost_is_split_by_group_bucket_product_and_person() {
    let charges = [
        charge(0, 0, 0, tokens(10), true),
        charge(0, 1, 0, tokens(10), true),
        charge(1, 1, 4, tokens(9), true),
        charge(2, 2, 0, tokens(10), true),
        charge(3, 2, 0, tokens(4), false),
        charge(99, 2, 0, tokens(5), true),
    ];
    let mut world = world(&charges, at_dollars(3_000_000));
    departments(&mut world);
    let (total, tail) = ("total 39 4 117.00", "total 4 1 12.00");
    let groups = [
        "roads 19 2 57.00",
        " 10 1 30.00",
        "bridges 10 1 30.00",
        total,
        "uncovered",
        " 4 1 12.00",
        tail,
    ];
    check("departments", &world, &By::Group("department".to_owned()), &groups);
    let buckets =
        ["general 20 2 60.00", "design 19 2 57.00", total, "uncovered", "general 4 1 12.00", tail];
    check("buckets", &world, &By::Bucket, &buckets);
    let products =
        ["revit 30 3 90.00", "civil-3d 9 1 27.00", total, "uncovered", "revit 4 1 12.00", tail];
    check("products", &world, &By::Product, &products);
    let people = [
        "ben 19 2 57.00",
        "anna 10 1 30.00",
        "cleo 10 1 30.00",
        total,
        "uncovered",
        "cleo 4 1 12.00",
        tail,
    ];
    check("people", &world, &By::Person, &people);
    check(
        "nobody is in a cost centre",
        &world,
        &By::Group("cost-centre".to_owned()),
        &[" 39 4 117.00", total, "uncovered", " 4 1 12.00", tail],
    );
}

#[test]
fn parts_sum_to_the_whole_to_the_micro_unit() {
    // A third of a micro-unit each: one of three gets the micro-unit that the whole is.
    let third = Ticks(TICKS_PER_TOKEN / 3);
    let charges = [0, 1, 2].map(|person| charge(0, person, 0, third, true));
    let world = world(&charges, at_dollars(1));
    let rows = ["anna 0.333333 1 0.000001", "ben 0.333333 1 0.00", "cleo 0.333333 1 0.00"];
    check("thirds", &world, &By::Person, &[rows[0], rows[1], rows[2], "total 1 3 0.000001"]);
}

#[test]
fn packs_with_a_price_are_blended_by_what_was_bought() {
    let charges = [charge(0, 0, 0, tokens(10), true), charge(20, 0, 0, tokens(10), true)];
    let mut world = world(&charges, at_dollars(3_000_000));
    let mut add = |whole: i64, micros: i64, until: i64| {
        let (name, kind, ticks) = ("lot".to_owned(), PackKind::Flex, tokens(whole));
        let (from, until) = (T0, T0.plus(until * DAY));
        let price = Some(dollars(micros));
        world.must(Event::PackAdded { name, kind, ticks, from, until, price });
    };
    add(300, 2_000_000, 10);
    add(100, 3_000_000, 365);
    // (300 × 2 + 100 × 3) / 400 = 2.25 on the first day, 3 when the cheaper one has ended.
    check("blended", &world, &By::Product, &["revit 20 2 52.50", "total 20 2 52.50"]);
}

#[test]
fn other_currencies_need_a_dated_rate() {
    let charges = [charge(0, 0, 0, tokens(10), true), charge(2, 0, 0, tokens(10), true)];
    let mut world = world(&charges, at_dollars(3_000_000));
    let missing = |on| Err(NoSum::NoRate { of: Currency::USD, to: euro(), on });
    assert_eq!(report(&world, &By::Product, euro()), missing(MONDAY));
    let rate = |from: i32, micros: i64| ExchangeRate {
        price: Money { micros, currency: euro() },
        of: Currency::USD,
        from: MONDAY.plus(from),
    };
    world.must(Event::ExchangeRatesSet(vec![rate(1, 900_000)]));
    assert_eq!(report(&world, &By::Product, euro()), missing(MONDAY));
    world.must(Event::ExchangeRatesSet(vec![rate(2, 800_000), rate(-9, 900_000)]));
    let found = report(&world, &By::Product, euro()).unwrap();
    assert_eq!(found.paid.total.money, Money { micros: 51_000_000, currency: euro() });
    let words = NoSum::NoRate { of: Currency::USD, to: euro(), on: MONDAY }.to_string();
    assert_eq!(words, "no exchange rate from USD to EUR is in force on 2026-06-01");
}

#[test]
fn without_a_price_there_is_no_sum() {
    let world = world(&[charge(0, 0, 0, tokens(1), true)], Vec::new());
    assert_eq!(report(&world, &By::Product, Currency::USD), Err(NoSum::NoPrice(MONDAY)));
}

/// Each part within a micro-unit of its exact value, and all of them the whole, rounded once.
fn fair(values: &[i128], unit: i128, (whole, parts): (i64, Vec<i64>)) -> bool {
    let exact: i128 = values.iter().sum();
    let sum: i128 = parts.iter().map(|part| i128::from(*part)).sum();
    let near = |(value, part): (&i128, &i64)| (i128::from(*part) * unit - value).abs() < unit;
    // What is left over went to the largest remainders.
    let ups = values
        .iter()
        .zip(&parts)
        .map(|(value, part)| (value.rem_euclid(unit), i128::from(*part) > value.div_euclid(unit)));
    let ups: Vec<(i128, bool)> = ups.collect();
    let least_up = ups.iter().filter(|(_, up)| *up).map(|(rest, _)| *rest).min();
    let most_down = ups.iter().filter(|(_, up)| !up).map(|(rest, _)| *rest).max();
    let by_remainder = least_up.zip(most_down).is_none_or(|(up, down)| up >= down);
    by_remainder
        && i128::from(whole) == div_half_even(exact, unit)
        && sum == i128::from(whole)
        && parts.len() == values.len()
        && values.iter().zip(&parts).all(near)
}

fn values() -> impl Strategy<Value = (Vec<i128>, i128)> {
    let unit = 1..1_000_000_i128;
    (prop::collection::vec(0..1_000_000_000_i128, 0..40), unit)
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn parts_are_fair((values, unit) in values()) {
        prop_assert!(fair(&values, unit, apportioned(&values, unit).unwrap()));
    }
}

#[test]
fn planted_faults_are_caught() {
    let (values, unit) = (vec![3, 6, 4, 14], 10);
    let each =
        |round: fn(i128) -> i64| values.iter().map(|value| round(*value)).collect::<Vec<_>>();
    let (whole, right) = apportioned(&values, unit).unwrap();
    assert!(fair(&values, unit, (whole, right.clone())));
    let check = |fault: &str, parts: Vec<i64>, whole: i64| {
        assert!(!fair(&values, unit, (whole, parts)), "{fault} was not noticed");
    };
    check("each part is rounded", each(|value| ((value + 5) / 10) as i64), whole);
    check("each part is cut", each(|value| (value / 10) as i64), whole);
    check("the whole is the sum of rounded parts", vec![1, 1, 1, 1], 4);
    check("the first comes first", vec![1, 1, 0, 1], whole);
    check("the first takes all that is left", vec![2, 0, 0, 1], whole);
    check("a part is lost", right[1..].to_vec(), whole);
}
