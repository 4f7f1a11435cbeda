use super::*;
use proptest::prelude::*;

fn check(text: &str, decimal: Option<Decimal>, expected: Result<&str, BadNumber>) {
    let expected = expected.map(|micros| parse_micros(micros).unwrap());
    assert_eq!(read(text, decimal), expected, "{text} {decimal:?}");
}

#[test]
fn a_number_that_says_what_it_means_needs_no_column() {
    for (text, value) in [
        ("140.0", "140"),
        ("7", "7"),
        ("-3", "-3"),
        ("−3", "-3"),
        ("+3", "3"),
        (" 0,5 ", "0.5"),
        ("12,50", "12.5"),
        ("1,234.50", "1234.5"),
        ("1.234,50", "1234.5"),
        ("1,234,567", "1234567"),
        ("1.234.567", "1234567"),
        ("1 234", "1234"),
        ("1\u{a0}234,5", "1234.5"),
        ("1'234.5", "1234.5"),
        ("0.125", "0.125"),
        ("1234.500", "1234.5"),
        (".5", "0.5"),
        ("123456789012", "123456789012"),
        ("2.50000000", "2.5"),
    ] {
        check(text, None, Ok(value));
    }
}

#[test]
fn one_sign_and_three_digits_is_asked_about() {
    for (text, point, comma) in
        [("1,234", "1234", "1.234"), ("1.234", "1.234", "1234"), ("-12,500", "-12500", "-12.5")]
    {
        check(text, None, Err(BadNumber::Ambiguous));
        check(text, Some(Decimal::Point), Ok(point));
        check(text, Some(Decimal::Comma), Ok(comma));
    }
    check("12,50", Some(Decimal::Point), Err(BadNumber::Unreadable));
    check("1,234.5", Some(Decimal::Comma), Err(BadNumber::Unreadable));
}

#[test]
fn what_is_no_number_is_none() {
    for text in [
        "",
        "-",
        "lots",
        "1e3",
        "1,23,4",
        "1234,567.5",
        "1.2.3",
        "1,,234",
        "5 tokens",
        "1 23",
        "0.1234567",
        "99999999999999",
        "١",
        "1.,5",
    ] {
        check(text, None, Err(BadNumber::Unreadable));
    }
}

#[test]
fn a_column_is_decided_by_what_can_only_be_read_one_way() {
    let decide = |values: &[&str]| {
        let mut evidence = Evidence::default();
        values.iter().zip(2..).for_each(|(value, line)| evidence.see(line, value));
        evidence.decide()
    };
    assert_eq!(decide(&["1", "", "lots", "1 234"]), Ok(None));
    assert_eq!(decide(&["1,234", "140.0"]), Ok(Some(Decimal::Point)));
    assert_eq!(decide(&["1,234", "0,5"]), Ok(Some(Decimal::Comma)));
    let ambiguous = Unclear::Ambiguous { line: 3, value: "1,234".to_owned() };
    assert_eq!(decide(&["5", "1,234", "2,500"]), Err(ambiguous));
    let (point, comma) = ((2, "1.5".to_owned()), (3, "2,5".to_owned()));
    assert_eq!(decide(&["1.5", "2,5"]), Err(Unclear::Mixed { point, comma }));
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_written_is_read(micros in -9_000_000_000_000_000_i64..9_000_000_000_000_000, decimal in prop::sample::select(vec![Decimal::Point, Decimal::Comma]), group in any::<bool>()) {
        let (whole, fraction) = (micros.unsigned_abs() / 1_000_000, micros.unsigned_abs() % 1_000_000);
        let digits = whole.to_string();
        let groups: Vec<&str> = digits.as_bytes().rchunks(3).rev().map(|group| core::str::from_utf8(group).unwrap()).collect();
        let other = decimal.other().sign().to_string();
        let whole = if group { groups.join(&other) } else { digits.clone() };
        let sign = if micros < 0 { "-" } else { "" };
        let text = format!("{sign}{whole}{}{fraction:06}", decimal.sign());
        prop_assert_eq!(read(&text, Some(decimal)), Ok(micros), "{}", text);
        // Six decimals can only be decimals.
        prop_assert_eq!(read(&text, None), Ok(micros), "{}", text);
    }

    #[test]
    fn any_text_is_a_number_or_none(text in "[-+0-9., '\u{a0}a]{0,12}") {
        let read_one = |decimal| read(&text, decimal);
        // Whoever says how to read it never gets another number than whoever does not say.
        if let Ok(micros) = read_one(None) {
            for decimal in [Decimal::Point, Decimal::Comma] {
                prop_assert!(read_one(Some(decimal)).is_err() || read_one(Some(decimal)) == Ok(micros));
            }
        }
    }
}
