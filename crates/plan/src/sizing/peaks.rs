//! How far the busiest day, week and month are above the mean: the guide's peak-to-average ratio.

use super::{Invalid, count, not_negative};
use faregate_core::when::Date;

/// Peak over mean. Only whole weeks (from Monday) and whole calendar months count; `None` without two of them.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Peaks {
    /// Of days, idle ones included.
    pub daily: Option<f64>,
    /// Of weeks.
    pub weekly: Option<f64>,
    /// Of months, of whatever length.
    pub monthly: Option<f64>,
}

/// The ratios of daily totals, in tokens, from the `first` date on.
///
/// # Errors
/// No days, or one that is negative or not a number.
pub fn peaks(first: Date, daily: &[f64]) -> Result<Peaks, Invalid> {
    for tokens in daily {
        not_negative("a day's tokens", *tokens)?;
    }
    if daily.is_empty() {
        return Err(Invalid::Empty("day"));
    }
    let end = first.plus(i32::try_from(daily.len()).unwrap_or(i32::MAX));
    let next_week = |date: Date| date.plus(7_i32.saturating_sub(i32::from(date.weekday())));
    Ok(Peaks {
        daily: ratio(daily),
        weekly: ratio(&totals(first, end, daily, next_week)),
        monthly: ratio(&totals(first, end, daily, Date::next_month_start)),
    })
}

/// The totals of the periods that are whole.
fn totals(first: Date, end: Date, daily: &[f64], next: impl Fn(Date) -> Date) -> Vec<f64> {
    // A period that begins on the first day is whole when the day before was in another one.
    let before = first.plus(-1);
    let mut from = if next(before) == first { first } else { next(first) };
    let mut totals = Vec::new();
    while next(from) <= end {
        let skip = usize::try_from(from.0.saturating_sub(first.0)).unwrap_or(0);
        let days = usize::try_from(next(from).0.saturating_sub(from.0)).unwrap_or(0);
        totals.push(daily.iter().skip(skip).take(days).sum());
        from = next(from);
    }
    totals
}

fn ratio(totals: &[f64]) -> Option<f64> {
    let mean = totals.iter().sum::<f64>() / count(totals.len());
    let peak = totals.iter().copied().max_by(f64::total_cmp)?;
    (totals.len() > 1 && mean > 0.0).then_some(peak / mean)
}
