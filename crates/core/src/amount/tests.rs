use super::*;

#[test]
fn a_micro_token_an_hour_is_exact_per_second() {
    // F1: 5 tokens/h for one second is 5,000,000 ticks.
    let per_hour = Ticks::from_tokens(5).unwrap();
    assert_eq!(per_hour.0 / 3_600, 5_000_000);
    assert_eq!(per_hour.0 % 3_600, 0);
}

#[test]
fn decimals_are_read_exactly_or_not_at_all() {
    let check =
        |text: &str, expected: Option<i64>| assert_eq!(parse_micros(text).ok(), expected, "{text}");
    check("9", Some(9_000_000));
    check("0.5", Some(500_000));
    check("-3.000001", Some(-3_000_001));
    for bad in ["", ".", "1.", ".5", "1e3", "1,5", "0.0000001", "--1", "99999999999999"] {
        check(bad, None);
    }
}

#[test]
fn amounts_print_without_trailing_zeros() {
    assert_eq!(Ticks::from_tokens(412).unwrap().to_string(), "412");
    assert_eq!(Ticks::from_micro_tokens(-500_000).unwrap().to_string(), "-0.5");
    assert_eq!(Money { micros: 1_236_000_000, currency: Currency::USD }.to_string(), "1236.00");
}

#[test]
fn money_rounds_half_to_even() {
    let price = |micros| Money { micros, currency: Currency::USD };
    let half_token = Ticks(TICKS_PER_TOKEN / 2);
    assert_eq!(price(1).for_tokens(half_token).micros, 0);
    assert_eq!(price(3).for_tokens(half_token).micros, 2);
    assert_eq!(price(3_000_000).for_tokens(Ticks::from_tokens(10).unwrap()).micros, 30_000_000);
}

#[test]
fn currencies_do_not_add_up() {
    let euro = Money { micros: 1, currency: Currency::new("EUR").unwrap() };
    assert_eq!(Money { micros: 1, currency: Currency::USD }.plus(euro), None);
}

#[test]
fn parts_sum_to_the_whole() {
    let parts = split(Ticks(100), &[Ticks(1), Ticks(1), Ticks(1)]);
    assert_eq!(parts, [Ticks(34), Ticks(33), Ticks(33)]);
    assert_eq!(split(Ticks(7), &[Ticks(0), Ticks(5)]), [Ticks(0), Ticks(7)]);
    assert_eq!(split(Ticks(7), &[Ticks(0)]), [Ticks(0)]);
}
