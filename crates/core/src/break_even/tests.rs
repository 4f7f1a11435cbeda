use super::*;
use crate::amount::{Currency, Money};
use crate::state::tests::{dollars, rate, tariff};
use crate::tariff::{SeatPrice, TariffParts, TokenPrice};
use crate::when::Date;

fn seat(key: &str, per_year: i64, covers: &[&str]) -> SeatPrice {
    SeatPrice {
        offering: key.to_owned(),
        name: key.to_owned(),
        per_year: dollars(per_year * 1_000_000),
        covers: covers.iter().map(|&key| key.to_owned()).collect(),
        source: "guide 004".to_owned(),
    }
}

/// Rates and list prices of guide 004, at the $0.30 a token that its table implies.
fn guide() -> TariffParts {
    let hourly = |(key, tokens)| rate(key, Meter::StartedHour, tokens);
    let rates = [("autocad", 1), ("revit", 5), ("civil-3d", 5), ("inventor", 5), ("maya", 15)];
    TariffParts {
        prices: vec![TokenPrice { per_token: dollars(300_000), from: None }],
        seats: vec![
            seat("autocad", 2_030, &["autocad"]),
            seat("revit", 2_910, &["revit"]),
            seat("civil-3d", 2_910, &["civil-3d"]),
            seat("inventor", 2_580, &["inventor"]),
            seat("maya", 1_785, &["maya"]),
            seat("aec", 3_375, &["revit", "civil-3d", "autocad"]),
        ],
        ..tariff(rates.into_iter().map(hourly).collect())
    }
}

/// Offerings and their break-evens, to the unit.
fn check(name: &str, parts: TariffParts, terms: Terms, expected: &[(&str, f64)]) {
    let rows = table(&Tariff::new(parts).unwrap(), terms);
    let found: Vec<(&str, f64)> =
        rows.iter().map(|row| (row.offering.as_str(), row.units_per_year.round())).collect();
    assert_eq!(found, expected, "{name}");
}

#[test]
fn the_table_of_guide_004_holds_to_the_hour() {
    let expected = [
        ("autocad", 6_767.0),
        ("revit", 1_940.0),
        ("civil-3d", 1_940.0),
        ("inventor", 1_720.0),
        ("maya", 397.0),
        ("aec", 2_250.0),
    ];
    check("list prices", guide(), Terms::default(), &expected);
    let rows = table(&Tariff::new(guide()).unwrap(), Terms::default());
    assert_eq!((rows[5].product.as_str(), rows[5].meter), ("revit", Meter::StartedHour));
    assert_eq!((rows[4].tokens_per_unit, rows[4].seat_per_year), (15.0, 1_785.0));
}

#[test]
fn discounts_move_the_break_even_as_f4_says() {
    let revit = || TariffParts { seats: vec![seat("revit", 2_910, &["revit"])], ..guide() };
    let terms = Terms { seat_discount: 0.25, ..Terms::default() };
    check("a cheaper seat lowers it", revit(), terms, &[("revit", 1_455.0)]);
    let terms = Terms { token_discount: 0.25, ..Terms::default() };
    check("cheaper tokens raise it", revit(), terms, &[("revit", 2_587.0)]);
    let terms = Terms { token_price: Some(3.0), ..Terms::default() };
    check("another price", revit(), terms, &[("revit", 194.0)]);
    let terms = Terms { token_discount: 1.0, ..Terms::default() };
    check("free tokens never break even", revit(), terms, &[]);
}

#[test]
fn revit_by_the_day_breaks_even_after_97_days() {
    let parts = TariffParts {
        prices: vec![TokenPrice { per_token: dollars(3_000_000), from: None }],
        seats: vec![seat("revit", 2_910, &["revit"])],
        ..tariff(vec![rate("revit", Meter::Window24h, 10)])
    };
    check("per 24 hours", parts, Terms::default(), &[("revit", 97.0)]);
}

#[test]
fn the_latest_rate_and_price_count_and_what_has_none_is_left_out() {
    let from = Date::from_ymd(2027, 1, 1);
    let mut later = rate("revit", Meter::StartedHour, 10);
    later.from = from;
    let mut earlier = rate("revit", Meter::StartedHour, 5);
    earlier.until = from;
    let mut parts = tariff(vec![later, earlier, rate("free", Meter::StartedHour, 0)]);
    parts.prices = vec![Some(600_000), None].into_iter().map(|dated| price(dated, from)).collect();
    parts.seats = vec![
        seat("revit", 3_000, &["revit"]),
        seat("free", 3_000, &["free"]),
        seat("unrated", 3_000, &["unrated"]),
        seat("nothing", 3_000, &[]),
    ];
    check("dated", parts.clone(), Terms::default(), &[("revit", 500.0)]);
    parts.prices.clear();
    check("without a price", parts, Terms::default(), &[]);
}

fn price(dated: Option<i64>, from: Option<Date>) -> TokenPrice {
    let money = |micros| Money { micros, currency: Currency::USD };
    match dated {
        Some(micros) => TokenPrice { per_token: money(micros), from },
        None => TokenPrice { per_token: money(300_000), from: None },
    }
}
