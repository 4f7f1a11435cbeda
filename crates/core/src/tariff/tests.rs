use super::*;
use crate::state::tests::{dollars, rate, tariff};

fn day(text: &str) -> Option<Date> {
    (!text.is_empty()).then(|| text.parse().unwrap())
}

fn dated(tokens: i64, from: &str, until: &str) -> Rate {
    Rate { from: day(from), until: day(until), ..rate("revit", Meter::Window24h, tokens) }
}

/// The rate of Revit at each instant, in whole tokens, dates read in a zone.
fn check(zone: &str, rates: Vec<Rate>, expected: &[(&str, Option<i64>)]) {
    let (zone, tariff) = (Zone::named(zone).unwrap(), Tariff::new(tariff(rates)).unwrap());
    for (at, whole) in expected {
        let rate = tariff.rate("revit", at.parse().unwrap(), &zone);
        let wanted = whole.map(|whole| Ticks::from_tokens(whole).unwrap());
        assert_eq!(rate.map(|rate| rate.ticks), wanted, "{at} in {}", zone.name());
    }
}

#[test]
fn a_dated_rate_starts_and_ends_with_the_local_date() {
    let rates = || vec![dated(10, "", "2026-07-01"), dated(12, "2026-07-01", "2027-01-01")];
    check(
        "UTC",
        rates(),
        &[
            ("2020-01-01T00:00:00Z", Some(10)),
            ("2026-06-30T23:59:59Z", Some(10)),
            ("2026-07-01T00:00:00Z", Some(12)),
            ("2026-12-31T23:59:59Z", Some(12)),
            ("2027-01-01T00:00:00Z", None),
        ],
    );
    check(
        "Europe/Madrid",
        rates(),
        &[
            ("2026-06-30T21:59:59Z", Some(10)),
            ("2026-06-30T22:00:00Z", Some(12)),
            ("2026-12-31T22:59:59Z", Some(12)),
            ("2026-12-31T23:00:00Z", None),
        ],
    );
    check(
        "America/Los_Angeles",
        rates(),
        &[("2026-07-01T06:59:59Z", Some(10)), ("2026-07-01T07:00:00Z", Some(12))],
    );
}

#[test]
fn a_gap_between_rates_has_no_rate_and_an_undated_one_is_in_force_for_ever() {
    let gap = vec![dated(10, "2026-01-01", "2026-02-01"), dated(12, "2026-03-01", "")];
    let expected = [
        ("2025-12-31T23:59:59Z", None),
        ("2026-01-31T00:00:00Z", Some(10)),
        ("2026-02-15T00:00:00Z", None),
        ("2400-01-01T00:00:00Z", Some(12)),
    ];
    check("UTC", gap, &expected);
    check("UTC", vec![dated(10, "", "")], &[("1999-01-01T00:00:00Z", Some(10))]);
    check("UTC", Vec::new(), &[("2026-01-01T00:00:00Z", None)]);
}

fn check_refused(name: &str, parts: TariffParts, expected: Result<(), BadTariff>) {
    assert_eq!(Tariff::new(parts).map(|_| ()), expected, "{name}");
}

#[test]
fn what_cannot_be_computed_with_is_refused() {
    let product = || "revit".to_owned();
    let overlap = |first, second| Err(BadTariff::Overlap { product: product(), first, second });
    let two = |a: Rate, b: Rate| tariff(vec![a, b]);
    let empty = Err(BadTariff::EmptySpan { product: product(), rate: 0 });
    let negative = Err(BadTariff::NegativeRate { product: product(), rate: 1 });
    let end = "2026-07-01";
    check_refused("two for ever", two(dated(1, "", ""), dated(1, "", "")), overlap(0, 1));
    check_refused("one day", two(dated(1, "", end), dated(2, "2026-06-30", "")), overlap(0, 1));
    check_refused("within", two(dated(1, "", ""), dated(2, "2026-01-01", end)), overlap(0, 1));
    check_refused(
        "in any order",
        two(dated(1, end, ""), dated(2, "", "2026-07-02")),
        overlap(0, 1),
    );
    check_refused("touching", two(dated(1, "", end), dated(2, end, "")), Ok(()));
    let others = two(dated(1, "", ""), rate("maya", Meter::Window24h, 6));
    check_refused("other products", others, Ok(()));
    let third = vec![dated(1, "", end), rate("maya", Meter::Minute, 6), dated(2, "", end)];
    check_refused("indexes count all rates", tariff(third), overlap(0, 2));
    check_refused("empty", tariff(vec![dated(1, end, end)]), empty.clone());
    check_refused("backwards", tariff(vec![dated(1, end, "2026-06-30")]), empty);
    check_refused("negative", two(dated(1, "", end), dated(-1, end, "")), negative);
    check_refused("a rate of zero is a rate", tariff(vec![dated(0, "", "")]), Ok(()));
    let rules = |grace_seconds, idle_seconds| TariffParts {
        grace_seconds,
        idle_seconds,
        ..tariff(Vec::new())
    };
    check_refused("grace", rules(-1, 0), Err(BadTariff::NegativeRule));
    check_refused("idle", rules(0, -1), Err(BadTariff::NegativeRule));
    let prices = vec![TokenPrice { per_token: dollars(-1), from: None }];
    let parts = TariffParts { prices, ..tariff(Vec::new()) };
    check_refused("price", parts, Err(BadTariff::NegativePrice));
}

#[test]
fn the_price_of_a_token_changes_at_local_midnight() {
    let price = |micros, from| TokenPrice { per_token: dollars(micros), from: day(from) };
    let prices = vec![price(3_000_000, "2026-07-01"), price(2_000_000, "")];
    let tariff = Tariff::new(TariffParts { prices, ..tariff(Vec::new()) }).unwrap();
    let zone = Zone::named("Europe/Madrid").unwrap();
    let at = |text: &str| tariff.token_price(text.parse().unwrap(), &zone).unwrap().micros;
    assert_eq!(at("2026-06-30T21:59:59Z"), 2_000_000);
    assert_eq!(at("2026-06-30T22:00:00Z"), 3_000_000);
    let none = Tariff::new(self::tariff(Vec::new())).unwrap().token_price(Instant(0), &zone);
    assert_eq!(none, Some(dollars(3_000_000)));
}

#[test]
fn meters_have_keys_and_units() {
    let madrid = Zone::named("Europe/Madrid").unwrap();
    let start: Instant = "2026-10-24T22:30:00Z".parse().unwrap();
    let lasts = |meter: Meter| meter.unit_end(start, &madrid).since(start);
    assert_eq!(Meter::ALL.map(lasts), [86_400, 88_200, 3_600, 60, 0]);
    for meter in Meter::ALL {
        assert_eq!(Meter::from_key(meter.key()), Some(meter));
    }
    assert_eq!(Meter::from_key("fortnight"), None);
}
