//! Golden series by tables, and what holds of every series.

mod properties;
mod scopes;
mod special;

use super::*;

/// Monday 2024-01-01, the first day of the series here.
pub(super) const FIRST: Date = Date(19_723);

pub(super) fn date(text: &str) -> Date {
    text.parse().unwrap()
}

/// So many days from [`FIRST`] on.
pub(super) fn days(count: i32, on: impl Fn(Date) -> f64) -> Series {
    Series { first: FIRST, tokens: (0..count).map(|day| on(FIRST.plus(day))).collect() }
}

/// A hundred tokens a working day, five on each day of the weekend.
pub(super) fn office(date: Date) -> f64 {
    if date.weekday() < 5 { 100.0 } else { 5.0 }
}

/// What is expected of the 28 days after a series, relative to what is right.
#[track_caller]
fn check(name: &str, series: &Series, right: f64, tolerance: f64) {
    let from = series.end();
    let total =
        fit(series, &Calendar::default()).project(from, from.plus(27)).total(from, from.plus(27));
    let error = (total.expected - right).abs() / right.max(1.0);
    assert!(error <= tolerance, "{name}: {} and not {right}", total.expected);
}

/// Chance that is the same each time: uniform between -1 and 1.
pub(super) fn shake(day: i32) -> f64 {
    let mixed = u64::from(day.unsigned_abs()).wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let mixed = (mixed ^ (mixed >> 31)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    f64::from((mixed >> 40) as u32) / f64::from(1_u32 << 23) - 1.0
}

#[test]
fn plain_series_go_on_as_they_are() {
    let month = 20.0 * 100.0 + 8.0 * 5.0;
    check("nothing known", &Series::default(), 0.0, 0.0);
    check("one day", &days(1, |_| 7.0), 28.0 * 7.0, 1e-9);
    check("all zero", &days(200, |_| 0.0), 0.0, 0.0);
    check("ten days", &days(10, office), month, 1e-9);
    check("a year", &days(365, office), month, 1e-9);
    check("three years", &days(1_096, office), month, 1e-6);
    check(
        "idle before it began",
        &days(400, |d| if d < FIRST.plus(300) { 0.0 } else { office(d) }),
        month,
        1e-6,
    );
    let noisy = |d: Date| office(d) * (1.0 + 0.2 * shake(d.0));
    check("noise", &days(500, noisy), month, 0.04);
}

#[test]
fn what_is_wrong_in_the_data_does_not_wreck_the_forecast() {
    let month = 20.0 * 100.0 + 8.0 * 5.0;
    let noisy = |d: Date| office(d) * (1.0 + 0.1 * shake(d.0));
    let end = FIRST.plus(400);
    let burst = |d: Date| if d == end.plus(-3) { 2_500.0 } else { noisy(d) };
    check("a training burst three days ago", &days(400, burst), month, 0.05);
    let unknown = |d: Date| if (390..394).contains(&(d.0 - FIRST.0)) { f64::NAN } else { noisy(d) };
    check("days that are not known", &days(400, unknown), month, 0.03);
    let outage = |d: Date| if (380..382).contains(&(d.0 - FIRST.0)) { 0.0 } else { noisy(d) };
    check("two days without a log", &days(400, outage), month, 0.04);
    let odd = |d: Date| if d == end.plus(-9) { f64::INFINITY } else { noisy(d) };
    check("infinity", &days(400, odd), month, 0.03);
    let negative = |d: Date| if d == end.plus(-9) { -40.0 } else { noisy(d) };
    check("less than nothing", &days(400, negative), month, 0.04);
}

#[test]
fn a_new_level_is_followed() {
    let month = 20.0 * 100.0 + 8.0 * 5.0;
    let half = |d: Date| office(d) * if d < FIRST.plus(350) { 1.0 } else { 0.5 };
    check("a project stopped ten weeks ago", &days(420, half), month / 2.0, 0.08);
    let double = |d: Date| office(d) * if d < FIRST.plus(350) { 1.0 } else { 2.0 };
    check("an office opened ten weeks ago", &days(420, double), month * 2.0, 0.08);
}

#[test]
fn a_yearly_dip_is_repeated_once_it_was_earned() {
    let august =
        |d: Date| office(d) * if d.ymd().1 == 8 { 0.7 } else { 1.0 } * (1.0 + 0.05 * shake(d.0));
    // To the end of July of the third year.
    let known = days(943, august);
    let model = fit(&known, &Calendar::default());
    let (from, to) = (date("2026-08-01"), date("2026-08-31"));
    assert_eq!(known.end(), from);
    let right: f64 = (from.0..=to.0).map(|day| august(Date(day))).sum();
    let found = model.project(from, to).total(from, to).expected;
    assert!(
        (found / right - 1.0).abs() < 0.10,
        "{found}, not {right}; share {}",
        model.yearly_share()
    );
    assert!(model.yearly_share() > 0.5);
    let flat = fit(&days(943, |d| office(d) * (1.0 + 0.05 * shake(d.0))), &Calendar::default());
    assert!(flat.yearly_share() == 0.0, "what does not help is left out: {}", flat.yearly_share());
}

#[test]
fn holidays_are_learned_or_given() {
    let off = |d: Date| {
        matches!(d.ymd(), (_, 12, 25) | (_, 5, 1))
            || d == date("2024-04-01")
            || d == date("2025-04-21")
    };
    let with = |d: Date| if off(d) { 4.0 } else { office(d) * (1.0 + 0.05 * shake(d.0)) };
    let model = fit(&days(790, with), &Calendar::default());
    let on = |text: &str| {
        let day = date(text);
        model.project(day, day).total(day, day).expected
    };
    assert!(on("2026-05-01") < 12.0, "a fixed date: {}", on("2026-05-01"));
    assert!(on("2026-04-06") < 12.0, "Easter Monday: {}", on("2026-04-06"));
    assert!(on("2026-04-20") > 80.0, "where it was last year: {}", on("2026-04-20"));
    let given = Calendar { holidays: [date("2024-03-12")].into(), ..Calendar::default() };
    let model = fit(&days(50, office), &given);
    let expected = model
        .project(date("2024-03-12"), date("2024-03-12"))
        .total(date("2024-03-12"), date("2024-03-12"));
    assert!((expected.expected - 10.0).abs() < 1e-6, "one never seen burns a tenth: {expected:?}");
}

#[test]
fn what_is_planned_is_used_before_and_after() {
    let training =
        |d: Date| office(d) + if (60..65).contains(&(d.0 - FIRST.0)) { 300.0 } else { 0.0 };
    let known = days(70, training);
    let plan =
        |from: i32, to: i32, effect| Planned { from: FIRST.plus(from), to: FIRST.plus(to), effect };
    let past = plan(60, 64, Effect::TokensADay(300.0));
    let from = known.end();
    let total = |planned: Vec<Planned>| {
        let calendar = Calendar { planned, ..Calendar::default() };
        fit(&known, &calendar).project(from, from.plus(6)).total(from, from.plus(6)).expected
    };
    let usual = 5.0 * 100.0 + 2.0 * 5.0;
    assert!((total(vec![past]) - usual).abs() < 1e-6, "{}", total(vec![past]));
    let again = plan(70, 71, Effect::TokensADay(50.0));
    assert!((total(vec![past, again]) - usual - 100.0).abs() < 1e-6);
    let closed = plan(70, 76, Effect::Factor(0.5));
    assert!((total(vec![past, closed]) - usual / 2.0).abs() < 1e-6);
    let nonsense = plan(70, 76, Effect::Factor(f64::NAN));
    assert!((total(vec![past, nonsense]) - usual).abs() < 1e-6);
}
