//! F14: the balance at which to buy again, so that the tokens last until the top-up arrives.

use super::{Invalid, count, finite, index, not_negative};
use crate::numeric::normal_quantile;
use crate::sizing::chance::Chance;

/// Fewer days of history say too little about weeks.
pub const HISTORY_MIN: usize = 28;
/// Days that are drawn together, so that weekdays and busy weeks stay together.
const BLOCK: usize = 7;
/// Drawn lead times: the standard error of a 99 % quantile's level is then 0.1 points.
const DRAWS: usize = 10_000;
/// Longer lead times are no lead times.
const LEAD_MAX: usize = 3_660;

/// r = μL + zσ√L, in tokens: daily mean and deviation in tokens, lead time in days (Silver, Pyke and Thomas,
/// Inventory and Production Management, 4th ed., §6.7). Days are taken as independent.
///
/// ```
/// use faregate_plan::sizing::reorder::reorder_point;
///
/// assert_eq!(reorder_point(192.3, 90.0, 5.0, 0.99)?.round(), 1_430.0);
/// # Ok::<(), faregate_plan::sizing::Invalid>(())
/// ```
///
/// # Errors
/// Anything negative or not a number; a service level that is not strictly between 0 and 1.
pub fn reorder_point(
    mean: f64,
    deviation: f64,
    lead_days: f64,
    service: f64,
) -> Result<f64, Invalid> {
    not_negative("the daily mean", mean)?;
    not_negative("the daily deviation", deviation)?;
    not_negative("the lead time", lead_days)?;
    inside("the service level", service)?;
    Ok((mean * lead_days + normal_quantile(service) * deviation * lead_days.sqrt()).max(0.0))
}

/// The same from daily totals, without a model: the quantile of lead times drawn in blocks of up to a week
/// (the circular block bootstrap: Politis and Romano 1992). The same seed gives the same answer.
///
/// # Errors
/// Fewer than 28 days, a day that is negative or not a number, a lead time of none or over ten years, a service
/// level that is not strictly between 0 and 1.
pub fn reorder_point_drawn(
    daily: &[f64],
    lead_days: usize,
    service: f64,
    seed: u64,
) -> Result<f64, Invalid> {
    if daily.len() < HISTORY_MIN {
        return Err(Invalid::TooShort { days: daily.len(), needed: HISTORY_MIN });
    }
    for tokens in daily {
        not_negative("a day's tokens", *tokens)?;
    }
    inside("the service level", service)?;
    if lead_days == 0 {
        return Err(Invalid::NotPositive("the lead time", 0.0));
    }
    if lead_days > LEAD_MAX {
        return Err(Invalid::TooMany("days of lead time", lead_days));
    }
    let mut chance = Chance::new(seed, 0);
    let draw = |_| {
        let mut left = lead_days;
        let mut tokens = 0.0;
        while left > 0 {
            let days = left.min(BLOCK);
            let start = index(chance.unit() * count(daily.len()));
            tokens += daily.iter().cycle().skip(start).take(days).sum::<f64>();
            left = left.saturating_sub(days);
        }
        tokens
    };
    let drawn = super::demand::Demand::empirical((0..DRAWS).map(draw).collect())?;
    Ok(drawn.quantile(service))
}

fn inside(what: &'static str, value: f64) -> Result<f64, Invalid> {
    let value = finite(what, value)?;
    if value > 0.0 && value < 1.0 { Ok(value) } else { Err(Invalid::NotAShare(what, value)) }
}
