//! Where the month will end.

use super::scope::{Scope, series_since};
use super::{Band, Calendar, Model, fit};
use crate::burn::total;
use crate::state::State;
use crate::when::{DAY, Instant};

/// How many days back [`month_end`] looks: a year for its holidays, and the weeks before it that they stand out of.
/// It is asked for several times a second, which all that is known would make dear.
pub const HISTORY_DAYS: i32 = 425;

/// Tokens expected by the end of the month, with an 80 % band.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MonthEnd {
    /// Expected tokens in the whole month.
    pub tokens: f64,
    /// One in ten months ends below.
    pub low: f64,
    /// One in ten months ends above.
    pub high: f64,
    /// The bands at [`LEVELS`](super::LEVELS); the second is from `low` to `high`.
    pub bands: [Band; 3],
    /// On how many whole days it stands, from the first with use on.
    pub history_days: u32,
}

/// Projects the burn of the month that `now` lies in, by the last [`HISTORY_DAYS`].
#[must_use]
pub fn month_end(state: &State, now: Instant) -> MonthEnd {
    let today = state.zone().date(now);
    let since = today.plus(HISTORY_DAYS.saturating_neg());
    let model = fit(&series_since(state, &Scope::Pool, since, today), &Calendar::default());
    month_end_by(&model, state, now)
}

/// Projects the burn of the month that `now` lies in, by a model of the contract's burn until yesterday.
///
/// Of today it expects what is left of a usual day, in proportion to the hours that are left.
#[must_use]
pub fn month_end_by(model: &Model, state: &State, now: Instant) -> MonthEnd {
    let today = state.zone().date(now);
    let so_far = total(state, today.month_start(), today).ticks.tokens();
    let burned_today = total(state, today, today).ticks.tokens();
    let last = today.next_month_start().plus(-1);
    let forecast = model.project(today, last);
    let usual_today = forecast.total(today, today).expected;
    let rest_of_today = (usual_today - burned_today).max(0.0) * share_left(state, now);
    let rest = forecast.starting_with(rest_of_today).total(today, last);
    let bands = rest.bands.map(|band| Band { low: so_far + band.low, high: so_far + band.high });
    let [_, likely, _] = bands;
    MonthEnd {
        tokens: so_far + rest.expected,
        low: likely.low,
        high: likely.high,
        bands,
        history_days: model.history_days(),
    }
}

/// The share of the local day that is still to come, 0 to 1.
#[expect(clippy::cast_precision_loss, reason = "an estimate in floats")]
#[must_use]
pub fn share_left(state: &State, now: Instant) -> f64 {
    let end = state.zone().start_of(state.zone().date(now).plus(1));
    (end.since(now) as f64 / DAY as f64).clamp(0.0, 1.0)
}

#[cfg(test)]
mod tests;
