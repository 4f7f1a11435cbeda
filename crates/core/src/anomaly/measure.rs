//! The arithmetic of detectors: medians, tails, rounding. All of it estimates, never booked.

use crate::amount::Ticks;

/// What the median of absolute deviations has to be multiplied by to be a normal distribution's deviation.
const MAD: f64 = 1.482_602_218_505_602;

/// A count as a float. Counts here are far below 2^53.
#[expect(clippy::cast_precision_loss, reason = "an estimate in floats")]
pub(super) fn float(count: i64) -> f64 {
    count as f64
}

/// How many there are, as a float.
#[expect(clippy::cast_precision_loss, reason = "an estimate in floats")]
pub(super) fn count(number: usize) -> f64 {
    number as f64
}

/// An amount, times a factor.
pub(super) fn scaled(ticks: Ticks, factor: f64) -> Ticks {
    // A cast to an integer saturates.
    Ticks((float(ticks.0) * factor).round() as i64)
}

/// The middle of some values, the mean of the two in the middle of an even number; `None` of none.
pub(super) fn median(values: &mut [f64]) -> Option<f64> {
    values.sort_unstable_by(f64::total_cmp);
    let middle = values.len() / 2;
    let upper = *values.get(middle)?;
    let even = values.len().is_multiple_of(2);
    let lower = middle.checked_sub(1).filter(|_| even).and_then(|below| values.get(below));
    Some(lower.map_or(upper, |lower| f64::midpoint(*lower, upper)))
}

/// The deviation of values around zero as outliers do not move it: 1.4826 times the median of what they are without
/// their sign.
pub(super) fn spread(values: &[f64]) -> Option<f64> {
    let mut sizes: Vec<f64> = values.iter().map(|value| value.abs()).collect();
    Some(median(&mut sizes)? * MAD)
}

/// The chance of at least `count` where `mean` are expected and the variance is `dispersion` times that: the tail of
/// the negative binomial distribution, or of Poisson's where the dispersion is 1.
///
/// ```
/// // 20 opens where 2.5 are expected (F21).
/// let p = faregate_core::anomaly::tail(20, 2.5, 1.6);
/// assert!((p - 1.8e-6).abs() < 0.05e-6);
/// ```
#[must_use]
pub fn tail(count: usize, mean: f64, dispersion: f64) -> f64 {
    if count == 0 {
        return 1.0;
    }
    if mean <= 0.0 {
        return 0.0;
    }
    // The chance of 0, then each from the one before it. Summed from `count` on, so that a small tail keeps its
    // digits; a thousand terms past the mean are below what a float can add.
    let excess = (dispersion - 1.0).max(1e-9);
    let (size, odds) = (mean / excess, excess / dispersion.max(1.0 + 1e-9));
    let mut log = size * (1.0 - odds).ln();
    let mut sum = 0.0;
    let last = count.saturating_add(1_000).saturating_add((mean * 4.0) as usize);
    for number in 0..last {
        if number >= count {
            sum += log.exp();
        }
        let number = self::count(number);
        log += odds.ln() + ((size + number) / (number + 1.0)).ln();
    }
    sum.min(1.0)
}
