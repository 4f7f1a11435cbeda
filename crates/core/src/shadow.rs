//! What a token is worth just now (F10): the price of topping up, as far as it is probable that one has to.
//! Everything here is an *estimate*, never booked as tokens.
//!
//! λ = (p_topup + s) · P(D_remaining > balance), where D is what will be used until the last valid pack ends,
//! s what a token that is missing costs beyond its price. D is taken as normal: the mean and the variance of a
//! day, times the days that are left.

use crate::amount::Money;
use crate::burn::total;
use crate::ledger::Pack;
use crate::state::State;
use crate::when::{DAY, Date, Instant};

/// How many whole days back the daily burn is looked at.
pub const HISTORY_DAYS: i32 = 28;

/// What will be used until the packs end, in tokens.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Demand {
    /// Expected.
    pub mean: f64,
    /// Its standard deviation.
    pub deviation: f64,
}

impl Demand {
    /// How probable it is that more than this is used, 0 to 1.
    #[must_use]
    pub fn exceeds(&self, tokens: f64) -> f64 {
        if self.deviation > 0.0 {
            return normal_below((self.mean - tokens) / self.deviation);
        }
        if self.mean > tokens { 1.0 } else { 0.0 }
    }
}

/// The worth of one token, in units of money: `topup` a token, and `stock_out` beyond it when one is missing.
///
/// ```
/// use faregate_core::shadow::{Demand, worth};
///
/// // F10: D ~ N(10,000; 1,200), $3 a token.
/// let demand = Demand { mean: 10_000.0, deviation: 1_200.0 };
/// assert_eq!(format!("{:.2}", worth(3.0, 0.0, demand, 9_000.0)), "2.39");
/// assert_eq!(format!("{:.2}", worth(3.0, 0.0, demand, 12_000.0)), "0.14");
/// ```
#[must_use]
pub fn worth(topup: f64, stock_out: f64, demand: Demand, balance: f64) -> f64 {
    (topup + stock_out) * demand.exceeds(balance)
}

/// The shadow price now, without a cost of missing tokens: nobody has told of one.
///
/// `None` without a token price, without a valid pack, and before the first whole day of use.
#[must_use]
#[expect(clippy::cast_precision_loss, clippy::cast_possible_truncation, reason = "an estimate")]
pub fn price(state: &State, now: Instant) -> Option<Money> {
    let topup = state.tariff()?.1.token_price(now, state.zone())?;
    let demand = remaining(state, now)?;
    let balance = valid(state, now).map(|pack| pack.remaining.tokens()).sum();
    let micros = worth(topup.micros as f64, 0.0, demand, balance).round() as i64;
    Some(Money { micros, currency: topup.currency })
}

/// What will be used from now to the end of the last valid pack, from the last [`HISTORY_DAYS`] whole days.
#[must_use]
#[expect(clippy::cast_precision_loss, reason = "an estimate")]
pub fn remaining(state: &State, now: Instant) -> Option<Demand> {
    let until = valid(state, now).map(|pack| pack.until).max()?;
    let today = state.zone().date(now);
    let (first_known, _) = state.charges().span()?;
    let first = first_known.max(today.plus(HISTORY_DAYS.saturating_neg()));
    let history = (first.0..today.0).map(Date);
    let burned: Vec<f64> = history.map(|day| total(state, day, day).ticks.tokens()).collect();
    if burned.is_empty() {
        return None;
    }
    let days = burned.len() as f64;
    let mean = burned.iter().sum::<f64>() / days;
    let squares = burned.iter().map(|tokens| (tokens - mean).powi(2)).sum::<f64>();
    let variance = squares / (days - 1.0).max(1.0);
    let left = until.since(now) as f64 / DAY as f64;
    Some(Demand { mean: mean * left, deviation: (variance * left).sqrt() })
}

fn valid(state: &State, now: Instant) -> impl Iterator<Item = &Pack> {
    let packs = state.ledger().packs().iter();
    packs.filter(move |pack| pack.from <= now && now < pack.until)
}

/// Φ(z), by Marsaglia's series (Evaluating the Normal Distribution, 2004): ½ + φ(z)·(z + z³/3 + z⁵/15 + …).
#[must_use]
pub fn normal_below(z: f64) -> f64 {
    if z.abs() > 8.0 {
        return if z > 0.0 { 1.0 } else { 0.0 };
    }
    let (mut term, mut sum, mut odd) = (z, z, 1.0);
    while term.abs() > 1e-17 {
        odd += 2.0;
        term *= z * z / odd;
        sum += term;
    }
    let density = (-z * z / 2.0).exp() / (2.0 * core::f64::consts::PI).sqrt();
    (0.5 + density * sum).clamp(0.0, 1.0)
}

#[cfg(test)]
mod tests;
