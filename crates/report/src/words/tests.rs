//! How cells are written, in each language.

use super::*;

fn check(language: &str, kind: &Kind, cell: &Cell, expected: &str) {
    let written = Words::of(language).figure(kind, cell);
    assert_eq!(written, expected, "{cell:?} as {kind:?} in {language}");
}

#[test]
fn cells_are_written_as_the_language_does() {
    let money = |digits| Kind::Money { currency: "EUR".to_owned(), digits };
    for (language, kind, cell, expected) in [
        ("en", Kind::Whole, Cell::Whole(1_234_567), "1,234,567"),
        ("en-GB", Kind::Whole, Cell::Whole(-999), "\u{2212}999"),
        ("de", Kind::Whole, Cell::Whole(1_234), "1.234"),
        ("fr", Kind::Whole, Cell::Whole(1_234), "1\u{202f}234"),
        ("xx", Kind::Number { digits: 2 }, Cell::Whole(7), "7.00"),
        ("en", Kind::Number { digits: 1 }, Cell::Number(0.25), "0.2"),
        ("en", Kind::Number { digits: 0 }, Cell::Number(-0.4), "0"),
        ("de-AT", Kind::Share, Cell::Number(0.1249), "12,5\u{a0}%"),
        ("en", Kind::Share, Cell::Number(1.0), "100.0%"),
        ("en", money(2), Cell::Number(-1234.5), "EUR\u{a0}\u{2212}1,234.50"),
        ("de", money(0), Cell::Whole(1_000), "1.000\u{a0}EUR"),
        ("en", money(0), Cell::text("on request"), "on request"),
        ("en", Kind::Date, Cell::date(2026, 1, 5), "2026-01-05"),
        ("en", Kind::Text, Cell::Empty, ""),
    ] {
        check(language, &kind, &cell, expected);
    }
}

#[test]
fn exact_amounts_are_rounded_half_to_even() {
    for (micros, digits, expected) in [
        (1_125_000, 2, "1.12"),
        (1_135_000, 2, "1.14"),
        (-1_135_001, 2, "\u{2212}1.14"),
        (500_000, 0, "0"),
        (1_500_000, 0, "2"),
        (-400_000, 0, "0"),
        (999_999, 3, "1.000"),
        (1, 6, "0.000001"),
        (1, 8, "0.00000100"),
        (i64::MIN, 0, "\u{2212}9,223,372,036,855"),
    ] {
        check("en", &Kind::Number { digits }, &Cell::Micros(micros), expected);
    }
}
