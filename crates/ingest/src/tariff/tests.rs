use super::*;
use faregate_core::when::Instant;

const HEAD: &str = "name = \"t\"\ntitle = \"T\"\nsource = \"s\"\n[price]\namount = \"3.00\"\ncurrency = \"USD\"\n[rules]\nmeter = \"window-24h\"\ngrace_minutes = 5\nidle_minutes = 15\n";
const RATE: &str = "[[rate]]\nproduct = \"revit\"\ntokens = 10\nsource = \"s\"\n";

/// What is wrong with `HEAD` (10 lines) followed by `rest`, or `fine`.
fn check(rest: &str, expected: &str) {
    let text = format!("{HEAD}{rest}");
    check_text(&text, expected);
}

fn check_text(text: &str, expected: &str) {
    let found = match TariffFile::parse(text) {
        Ok(_) => "fine".to_owned(),
        Err(bad) => bad.to_string(),
    };
    assert_eq!(found, expected, "in:\n{text}");
}

#[test]
fn each_fault_names_line_value_and_remedy() {
    check(RATE, "fine");
    check("", "line 1: `rate` is missing; write at least one [[rate]]");
    check(
        "[[rate]]\nproduct = \"revit\"\ntokens = -1\nsource = \"s\"\n",
        "line 13: `tokens` is `-1`; write 0 or more",
    );
    check(
        "[[rate]]\nproduct = \"revit\"\ntokens = \"0.1234567\"\nsource = \"s\"\n",
        "line 13: `tokens` is `0.1234567`; write at most 6 decimals",
    );
    check(
        "[[rate]]\nproduct = \"revit\"\ntokens = \"seven\"\nsource = \"s\"\n",
        "line 13: `tokens` is `seven`; write a decimal number such as 7 or \"2.5\"",
    );
    check(
        "[[rate]]\nproduct = \"revit\"\ntokens = 1e2\nsource = \"s\"\n",
        "line 13: `tokens` is `1e2`; write a decimal number such as 7 or \"2.5\"",
    );
    check(
        "[[rate]]\nproduct = \"revit\"\ntokens = true\nsource = \"s\"\n",
        "line 13: `tokens` is `true`; write a decimal number such as 7 or \"2.5\"",
    );
    check(
        "[[rate]]\nproduct = \"revit\"\ntokens = 99999999999\nsource = \"s\"\n",
        "line 13: `tokens` is more than the ledger can hold; write less",
    );
    check(
        "[[rate]]\nproduct = \"Revit LT\"\ntokens = 1\nsource = \"s\"\n",
        "line 12: `Revit LT` is no key; write lower-case letters and digits joined by hyphens, as in `civil-3d`",
    );
    check(
        "[[rate]]\nproduct = \"revit\"\ntokens = 1\n",
        "line 11: `source` is missing; write a text in quotes",
    );
    check(
        "[[rate]]\nproduct = \"revit\"\ntokens = 1\nsource = \" \"\n",
        "line 14: `source` is empty; say what it is, or what it rests on",
    );
    check(
        "[[rate]]\nproduct = \"revit\"\ntokens = 1\nsource = \"s\"\nmeter = \"daily\"\n",
        "line 15: unknown meter `daily`; write one of window-24h, calendar-day, started-hour, minute, result",
    );
    check(
        "[[rate]]\nproduct = \"revit\"\ntokens = 1\nsource = \"s\"\nrate = 2\n",
        "line 15: unknown key `rate`; known here: name, product, tokens, meter, from, until, source",
    );
    check(
        "[[rate]]\nproduct = \"revit\"\ntokens = 1\nsource = \"s\"\nfrom = \"soon\"\n",
        "line 15: `from` is `\"soon\"`; write a date such as 2026-01-31",
    );
    check(
        "[[rate]]\nproduct = \"revit\"\ntokens = 1\nsource = \"s\"\nfrom = 2026-02-01\nuntil = 2026-01-01\n",
        "line 11: a rate of `revit` ends before it begins; put `until` after `from`",
    );
    check(
        &format!("{RATE}\n{RATE}"),
        "line 16: `revit` has another rate in force on the same date, on line 11; end one with `until` where the other begins with `from`",
    );
    check(
        &format!(
            "{RATE}[[seat]]\noffering = \"revit\"\nname = \"Revit\"\nprice = \"1\"\ncovers = []\nsource = \"s\"\n"
        ),
        "line 19: `covers` is `[]`; write a list of texts, such as [\"revit\"]",
    );
}

#[test]
fn the_head_is_checked_as_well() {
    let with = |from: &str, to: &str| format!("{HEAD}{RATE}").replace(from, to);
    check_text(&with("title = \"T\"\n", ""), "line 1: `title` is missing; write a text in quotes");
    check_text(
        &with("\"USD\"", "\"dollar\""),
        "line 6: unknown currency `dollar`; write three capital letters such as `USD`",
    );
    check_text(
        &with("\"window-24h\"", "\"hour\""),
        "line 8: unknown meter `hour`; write one of window-24h, calendar-day, started-hour, minute, result",
    );
    check_text(
        &with("grace_minutes = 5", "grace_minutes = -5"),
        "line 9: `grace_minutes` is `-5`; write whole minutes, 0 or more",
    );
    check_text(
        &with("source = \"s\"\n[price]", "source = \"s\"\nzone = \"Mars\"\n[price]"),
        "line 4: unknown time zone `Mars`; write an IANA name such as `Europe/Madrid`",
    );
    check_text(
        &with("amount = \"3.00\"", "amount = \"three\""),
        "line 5: `amount` is `three`; write a decimal number such as 7 or \"2.5\"",
    );
    let broken = TariffFile::parse("name = \n").unwrap_err().to_string();
    assert!(broken.starts_with("line 1: not TOML: "), "{broken}");
}

#[test]
fn every_fault_is_reported_at_once() {
    let text = format!("{HEAD}[[rate]]\nproduct = \"x y\"\ntokens = -1\nsource = \"s\"\n");
    assert_eq!(TariffFile::parse(&text).unwrap_err().0.len(), 2);
}

#[test]
fn numbers_are_exact_and_dates_may_follow_each_other() {
    let file = TariffFile::parse(&format!(
        "{HEAD}[[rate]]\nproduct = \"a\"\ntokens = 0.1\nuntil = 2026-01-01\nsource = \"s\"\n[[rate]]\nproduct = \"a\"\ntokens = \"0.000001\"\nfrom = \"2026-01-01\"\nmeter = \"minute\"\nsource = \"s\"\n"
    ))
    .unwrap();
    let at = |text: &str| {
        file.tariff.rate("a", text.parse::<Instant>().unwrap(), &Zone::utc()).unwrap().ticks.0
    };
    assert_eq!(at("2025-12-31T23:59:59Z"), 360_000_000);
    assert_eq!(at("2026-01-01T00:00:00Z"), 3_600);
}

#[test]
fn prices_may_change_but_not_their_currency() {
    let prices = "[[price]]\namount = 3\ncurrency = \"USD\"\n[[price]]\namount = 4\ncurrency = \"EUR\"\nfrom = 2027-01-01\n";
    let text =
        format!("{HEAD}{RATE}").replace("[price]\namount = \"3.00\"\ncurrency = \"USD\"\n", prices);
    check_text(&text, "line 9: `EUR` is a second currency; write one tariff for each currency");
    let text = text.replace("EUR", "USD");
    assert_eq!(TariffFile::parse(&text).unwrap().tariff.parts().prices.len(), 2);
}

fn shipped(text: &str) -> TariffFile {
    TariffFile::parse(text).unwrap_or_else(|bad| panic!("{bad}"))
}

#[test]
fn the_shipped_tariffs_say_what_their_sources_say() {
    let flex = shipped(include_str!("../../../../tariffs/flex-daily.toml"));
    let hourly = shipped(include_str!("../../../../tariffs/guide-hourly.toml"));
    let daily = shipped(include_str!("../../../../tariffs/guide-daily.toml"));
    let tokens = |file: &TariffFile, product: &str| {
        let rate = file.tariff.rate(product, Instant(1_700_000_000), &Zone::utc()).unwrap();
        (rate.ticks.0 / 3_600_000_000, rate.meter)
    };
    assert_eq!(tokens(&flex, "autocad"), (7, Meter::Window24h));
    assert_eq!(tokens(&flex, "revit"), (10, Meter::Window24h));
    assert_eq!(tokens(&flex, "cfd-solve-large"), (35, Meter::Result));
    assert_eq!(tokens(&hourly, "maya"), (15, Meter::StartedHour));
    assert_eq!(tokens(&daily, "civil-3d"), (9, Meter::CalendarDay));
    let seats: Vec<i64> =
        hourly.tariff.parts().seats.iter().map(|seat| seat.per_year.micros / 1_000_000).collect();
    assert_eq!(seats, [2030, 2910, 2910, 2580, 1785, 3375]);
    assert_eq!(flex.tariff.parts().seats, hourly.tariff.parts().seats);
    assert_eq!(hourly.product_names["civil-3d"], "Civil 3D");
}

#[test]
fn tariffs_and_the_feature_table_speak_of_the_same_products() {
    let table = crate::features::FeatureTable::shipped();
    let known: Vec<&str> = table.families().into_iter().map(|(family, _)| family).collect();
    let flex = shipped(include_str!("../../../../tariffs/flex-daily.toml"));
    let parts = flex.tariff.parts();
    let rated =
        parts.rates.iter().filter(|rate| rate.meter != Meter::Result).map(|rate| &rate.product);
    for product in rated.chain(parts.seats.iter().flat_map(|seat| &seat.covers)) {
        assert!(known.contains(&product.as_str()), "{product}");
    }
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig { failure_persistence: None, ..Default::default() })]

    #[test]
    fn any_text_is_a_tariff_or_a_list_of_faults(
        parts in proptest::collection::vec(proptest::sample::select(vec![
            HEAD, RATE, "\n", "[[seat]]\n", "[rules]\n", "[[price]]\n", "tokens = ", "-", "1", ".5", "inf", "nan", "0x10",
            "\"", "é", "covers = [1]\n", "from = 2026-02-30\n", "until = 2026-01-01T00:00:00Z\n", "rate = 1\n", "[", "]", "{}",
            "product = \"a\"\n", "meter = 7\n", "source = ''\n", "zone = \"UTC\"\n", "= ", "99999999999999999999\n",
        ]), 0..12)
    ) {
        if let Err(bad) = TariffFile::parse(&parts.concat()) {
            proptest::prop_assert!(!bad.0.is_empty());
            proptest::prop_assert!(!bad.to_string().is_empty());
        }
    }
}
