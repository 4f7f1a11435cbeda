//! Where the month will end: a first, plain forecast. Everything here is an *estimate*, never booked.
//!
//! Each remaining day is expected to burn what its weekday burned on average over the last eight weeks; the
//! band is ±1.28 standard deviations of the days around their weekday's mean, independent day by day (80 %).

use crate::burn::total;
use crate::state::State;
use crate::when::{DAY, Date, Instant};

/// How many days back the weekday means look.
pub const HISTORY_DAYS: i32 = 56;
/// Two-sided 80 % of a normal distribution.
const Z80: f64 = 1.281_551_565_545;

/// Tokens expected by the end of the month, with an 80 % band.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MonthEnd {
    /// Expected tokens in the whole month.
    pub tokens: f64,
    /// One in ten months ends below.
    pub low: f64,
    /// One in ten months ends above.
    pub high: f64,
    /// How many days of history the means stand on.
    pub history_days: u32,
}

/// Projects the burn of the month that `now` lies in.
#[must_use]
#[expect(clippy::cast_precision_loss, reason = "an estimate in floats")]
pub fn month_end(state: &State, now: Instant) -> MonthEnd {
    let today = state.zone().date(now);
    let so_far = total(state, today.month_start(), today).ticks.tokens();
    let first_known = state.charges().span().map_or(today, |(first, _)| first);
    let start = first_known.max(today.plus(-HISTORY_DAYS)).min(today);
    let history: Vec<(Date, f64)> = (start.0..today.0)
        .map(Date)
        .map(|date| (date, total(state, date, date).ticks.tokens()))
        .collect();
    let days = history.len() as f64;
    if history.is_empty() {
        return MonthEnd { tokens: so_far, low: so_far, high: so_far, history_days: 0 };
    }
    let overall = history.iter().map(|(_, tokens)| tokens).sum::<f64>() / days;
    let expected = |date: Date| {
        let same: Vec<f64> = history
            .iter()
            .filter(|(day, _)| day.weekday() == date.weekday())
            .map(|(_, tokens)| *tokens)
            .collect();
        if same.is_empty() { overall } else { same.iter().sum::<f64>() / same.len() as f64 }
    };
    let variance =
        history.iter().map(|(date, tokens)| (tokens - expected(*date)).powi(2)).sum::<f64>() / days;
    let tomorrow = today.plus(1)..today.next_month_start();
    let remaining: f64 = (tomorrow.start.0..tomorrow.end.0).map(|day| expected(Date(day))).sum();
    let rest_of_today = (expected(today) - total(state, today, today).ticks.tokens()).max(0.0)
        * share_left(state, now);
    let tokens = so_far + rest_of_today + remaining;
    let left_days =
        f64::from(tomorrow.end.0.saturating_sub(tomorrow.start.0)) + share_left(state, now);
    let band = Z80 * (variance * left_days).sqrt();
    let history_days = u32::try_from(history.len()).unwrap_or(u32::MAX);
    MonthEnd { tokens, low: (tokens - band).max(so_far), high: tokens + band, history_days }
}

/// The share of the local day that is still to come, 0 to 1.
#[expect(clippy::cast_precision_loss, reason = "an estimate in floats")]
fn share_left(state: &State, now: Instant) -> f64 {
    let end = state.zone().start_of(state.zone().date(now).plus(1));
    (end.since(now) as f64 / DAY as f64).clamp(0.0, 1.0)
}

#[cfg(test)]
mod tests;
