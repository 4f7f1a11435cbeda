//! Depletion, its probability, and the scoring of what was kept.

use super::super::*;
use super::{FIRST, days, office, shake};

fn noisy(date: Date) -> f64 {
    office(date) * (1.0 + 0.15 * shake(date.0))
}

#[test]
fn a_balance_lasts_until_the_path_crosses_it() {
    let known = days(364, office);
    let forecast = fit(&known, &Calendar::default()).project(known.end(), known.end().plus(99));
    let check = |left: f64, day: Option<i32>| {
        let expected = day.map(|day| known.end().plus(day));
        assert_eq!(forecast.depletion(left).expected, expected, "{left}");
    };
    check(0.0, Some(0));
    check(99.0, Some(0));
    check(101.0, Some(1));
    // A week burns 510.
    check(511.0, Some(7));
    check(5_101.0, Some(70));
    check(1e6, None);
}

#[test]
fn depletion_has_bands_and_a_probability() {
    let known = days(500, noisy);
    let from = known.end();
    let forecast = fit(&known, &Calendar::default()).project(from, from.plus(199));
    let depletion = forecast.depletion(4_000.0);
    let expected = depletion.expected.unwrap();
    for (early, late) in depletion.bands {
        assert!(early.unwrap() <= expected && expected <= late.unwrap(), "{depletion:?}");
    }
    let [_, likely, _] = depletion.bands;
    let p = |date: Date| forecast.depleted_before(4_000.0, date);
    assert!(forecast.depleted_before(0.0, from) == 1.0, "it is used up already");
    assert!(p(from) == 0.0 && p(from.plus(190)) > 0.999);
    assert!((0.2..0.8).contains(&p(expected.plus(1))), "{}", p(expected.plus(1)));
    assert!((0.1..0.9).contains(&p(likely.0.unwrap().plus(1))), "{}", p(likely.0.unwrap().plus(1)));
    assert!(p(likely.0.unwrap()) <= 0.1 + 1e-9 && p(likely.1.unwrap().plus(1)) >= 0.9 - 1e-9);
}

#[test]
fn what_is_planned_does_not_stray() {
    let known = days(500, noisy);
    let from = known.end();
    let total = |tokens: f64| {
        let plan = Planned { from, to: from, effect: Effect::TokensADay(tokens) };
        let calendar = Calendar { planned: vec![plan], ..Calendar::default() };
        fit(&known, &calendar).project(from, from.plus(27)).total(from, from.plus(27))
    };
    let (without, with) = (total(0.0), total(10_000.0));
    assert!((with.expected - without.expected - 10_000.0).abs() < 1e-6);
    let width = |total: Total| total.bands.map(|band| band.high - band.low);
    for (one, other) in width(without).into_iter().zip(width(with)) {
        assert!((other / one - 1.0).abs() < 0.25, "{one} {other}");
    }
}

fn kept(expected: f64, day: f64) -> Kept {
    let band = |low: f64, high: f64| Band { low, high };
    let bands = [band(38.0, 42.0), band(35.0, 45.0), band(30.0, 50.0)];
    Kept {
        from: FIRST,
        to: FIRST.plus(3),
        days: vec![day; 4],
        total: Total { expected, bands },
        week_apart: Some(2.0),
    }
}

#[test]
fn kept_forecasts_are_scored_by_what_came() {
    let came = |tokens: &[f64]| Series { first: FIRST.plus(-1), tokens: tokens.to_vec() };
    let actual = came(&[99.0, 8.0, 12.0, 8.0, 12.0, 99.0]);
    let scored = score(&kept(44.0, 11.0), &actual).unwrap();
    assert_eq!((scored.came, scored.error), (40.0, Some(0.1)));
    assert_eq!((scored.wape, scored.mase), (Some(0.2), Some(1.0)));
    assert_eq!(scored.held, [true, true, true]);
    let outside = score(&kept(40.0, 10.0), &came(&[0.0, 12.0, 12.0, 12.0, 12.0])).unwrap();
    assert_eq!(outside.held, [false, false, true]);
    assert_eq!(score(&kept(40.0, 10.0), &came(&[0.0, 12.0, 12.0])), None, "not over yet");
    assert_eq!(score(&kept(40.0, 10.0), &days(0, office)), None, "nothing known");
    let only_total = score(&Kept { days: Vec::new(), ..kept(44.0, 0.0) }, &actual).unwrap();
    assert_eq!((only_total.error, only_total.wape, only_total.mase), (Some(0.1), None, None));
    let nothing = score(&kept(40.0, 10.0), &came(&[0.0; 6])).unwrap();
    assert_eq!((nothing.error, nothing.wape, nothing.mase), (None, None, Some(5.0)));
    let both = record(&[scored, outside]);
    assert_eq!((both.forecasts, both.held), (2, [0.5, 0.5, 1.0]));
    let close = |found: Option<f64>, right: f64| (found.unwrap() - right).abs() < 1e-12;
    assert!(
        close(both.mape, (0.1 + 8.0 / 48.0) / 2.0) && close(both.bias, (0.1 - 8.0 / 48.0) / 2.0)
    );
    assert_eq!(record(&[]), Record::default());
}

#[test]
fn a_week_apart_is_the_yardstick() {
    assert_eq!(week_apart(&days(7, office)), None);
    let known = days(14, |d| if d < FIRST.plus(7) { 10.0 } else { 13.0 });
    assert_eq!(week_apart(&known), Some(3.0));
}

/// Bands made of half of a noisy series hold the other half about as often as they say.
#[test]
fn bands_hold_as_often_as_they_say() {
    let series =
        days(1_000, |d| office(d) * (1.0 + 0.15 * shake(d.0) + 0.1 * shake(d.0 / 28 + 7_000)));
    let mut scores = Vec::new();
    for origin in (300..960).step_by(9) {
        let known =
            Series { tokens: series.tokens.iter().take(origin).copied().collect(), ..series };
        let from = known.end();
        let forecast = fit(&known, &Calendar::default()).project(from, from.plus(27));
        let (to, total) = (from.plus(27), forecast.total(from, from.plus(27)));
        let days = forecast.days().map(|(_, tokens)| tokens).collect();
        scores.push(
            score(&Kept { from, to, days, total, week_apart: week_apart(&known) }, &series)
                .unwrap(),
        );
    }
    let [half, likely, nearly] = record(&scores).held;
    assert!((0.35..0.65).contains(&half), "{half}");
    assert!((0.65..0.93).contains(&likely), "{likely}");
    assert!(nearly >= 0.88, "{nearly}");
}
