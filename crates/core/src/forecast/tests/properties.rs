//! What holds of every series.

use super::super::*;
use super::{FIRST, shake};
use proptest::prelude::*;

/// Series of all kinds: empty, constant, noisy, with zeros, bursts and days that are not known.
fn any_series() -> impl Strategy<Value = Series> {
    let day = prop_oneof![
        8 => 0.0..200.0_f64,
        2 => Just(0.0),
        1 => 1e3..1e5_f64,
        1 => Just(f64::NAN),
    ];
    let wild = proptest::collection::vec(day, 0..160);
    let calm = (0..900_i32, 0.0..1.0_f64).prop_map(|(count, noise)| {
        let usual = |day: i32| if day % 7 < 5 { 100.0 } else { 3.0 };
        (0..count).map(|day| usual(day) * (1.0 + noise * shake(day))).collect()
    });
    prop_oneof![wild, calm].prop_map(|tokens| Series { first: FIRST, tokens })
}

fn forecast(series: &Series, days: i32) -> Forecast {
    let from = series.end();
    fit(series, &Calendar::default()).project(from, from.plus(days - 1))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn bands_are_nested_numbers(series in any_series(), days in 1..120_i32) {
        let forecast = forecast(&series, days);
        for (_, total) in forecast.running() {
            let [half, likely, nearly] = total.bands;
            let ends =
                [0.0, nearly.low, likely.low, half.low, total.expected, half.high, likely.high, nearly.high];
            prop_assert!(ends.iter().all(|end| end.is_finite()), "{total:?}");
            prop_assert!(ends.is_sorted_by(|a, b| *a <= *b + 1e-9 * b.abs()), "{total:?}");
        }
    }

    #[test]
    fn more_tokens_last_longer(series in any_series(), less in 0.0..5e3_f64, more in 0.0..5e3_f64) {
        let forecast = forecast(&series, 200);
        let late = |date: Option<Date>| date.map_or(i32::MAX, |date| date.0);
        let (few, many) = (forecast.depletion(less), forecast.depletion(less + more));
        prop_assert!(late(few.expected) <= late(many.expected));
        for (few, many) in few.bands.iter().zip(many.bands) {
            prop_assert!(late(few.0) <= late(few.1));
            prop_assert!(late(few.0) <= late(many.0) && late(few.1) <= late(many.1));
        }
        let by = forecast.from().plus(60);
        let (p, q) = (forecast.depleted_before(less, by), forecast.depleted_before(less + more, by));
        prop_assert!((0.0..=1.0).contains(&p) && q <= p + 1e-9, "{p} {q}");
        prop_assert!(forecast.depleted_before(less, by.plus(60)) >= p);
    }

    #[test]
    fn other_units_give_the_same_forecast(series in any_series(), power in -8..8_i32) {
        // Powers of two change no digit.
        let unit = 2.0_f64.powi(power);
        let scaled = Series { tokens: series.tokens.iter().map(|t| t * unit).collect(), ..series };
        let (one, other) = (forecast(&series, 28), forecast(&scaled, 28));
        let to = one.from().plus(27);
        let (one, other) = (one.total(one.from(), to), other.total(other.from(), to));
        let is_close = |a: f64, b: f64| (a * unit - b).abs() <= 1e-6 * b.abs().max(1e-9 * unit);
        prop_assert!(is_close(one.expected, other.expected), "{one:?} {other:?}");
        for (a, b) in one.bands.iter().zip(other.bands) {
            prop_assert!(is_close(a.low, b.low) && is_close(a.high, b.high), "{one:?} {other:?}");
        }
    }

    #[test]
    fn parts_sum_to_the_whole(series in any_series(), cut in 1..27_i32) {
        let forecast = forecast(&series, 28);
        let from = forecast.from();
        let sum = |a: i32, b: i32| forecast.total(from.plus(a), from.plus(b)).expected;
        let whole = sum(0, 27);
        prop_assert!((sum(0, cut - 1) + sum(cut, 27) - whole).abs() <= 1e-9 * whole.max(1.0));
    }
}
