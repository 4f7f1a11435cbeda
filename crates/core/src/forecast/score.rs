//! How good past forecasts were: what was kept of one, against what came.

use super::spread::Total;
use super::{LEVELS, Series};
use crate::when::Date;

/// What is kept of a forecast to score it by.
#[derive(Clone, Debug, PartialEq)]
pub struct Kept {
    /// The first day that it told of.
    pub from: Date,
    /// The last one.
    pub to: Date,
    /// Expected tokens of each of its days; empty when only the total was kept.
    pub days: Vec<f64>,
    /// Their total, with its bands.
    pub total: Total,
    /// The mean difference between a day and the day a week before, in the days then known; the yardstick of
    /// the mean absolute scaled error. `None` when fewer than eight days were known.
    pub week_apart: Option<f64>,
}

/// What came of a forecast.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Score {
    /// Tokens that came.
    pub came: f64,
    /// The total's error, relative to what came: positive when too much was expected. `None` when nothing came.
    pub error: Option<f64>,
    /// Sum of the days' absolute errors over the sum of what came. `None` when nothing came, or no days were kept.
    pub wape: Option<f64>,
    /// Mean absolute error of the days in units of [`Kept::week_apart`].
    pub mase: Option<f64>,
    /// Whether each band of the total held it.
    pub held: [bool; 3],
}

/// How good many forecasts were together.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Record {
    /// How many were scored.
    pub forecasts: u32,
    /// The mean of the totals' absolute relative errors.
    pub mape: Option<f64>,
    /// The mean of the totals' relative errors: which way they err.
    pub bias: Option<f64>,
    /// The mean of the weighted absolute errors of the days.
    pub wape: Option<f64>,
    /// The mean of the scaled errors of the days.
    pub mase: Option<f64>,
    /// Which share of the bands held; to be compared with [`LEVELS`].
    pub held: [f64; 3],
}

/// Scores a forecast once all of its days are known; `None` before.
#[must_use]
pub fn score(kept: &Kept, actual: &Series) -> Option<Score> {
    let place = |date: Date| usize::try_from(date.0.checked_sub(actual.first.0)?).ok();
    let came = actual.tokens.get(place(kept.from)?..=place(kept.to)?)?;
    if came.iter().any(|tokens| !tokens.is_finite()) {
        return None;
    }
    let total: f64 = came.iter().sum();
    let errors = kept.days.iter().zip(came).map(|(day, came)| (day - came).abs());
    let apart = (kept.days.len() == came.len()).then(|| errors.sum::<f64>());
    let relative = |error: f64| (total > 0.0).then(|| error / total);
    let count = f64::from(u32::try_from(came.len()).unwrap_or(u32::MAX));
    let scale = kept.week_apart.filter(|scale| *scale > 0.0);
    Some(Score {
        came: total,
        error: relative(kept.total.expected - total),
        wape: apart.and_then(relative),
        mase: apart.zip(scale).map(|(apart, scale)| apart / count / scale),
        held: kept.total.bands.map(|band| band.holds(total)),
    })
}

/// Sums scores up.
#[must_use]
pub fn record(scores: &[Score]) -> Record {
    let of = |figure: fn(&Score) -> Option<f64>| mean(scores.iter().filter_map(figure));
    let mut held = [0.0; LEVELS.len()];
    for (place, slot) in held.iter_mut().enumerate() {
        let inside = scores.iter().filter_map(|score| score.held.get(place));
        *slot = mean(inside.map(|held| f64::from(u8::from(*held)))).unwrap_or(0.0);
    }
    Record {
        forecasts: u32::try_from(scores.len()).unwrap_or(u32::MAX),
        mape: of(|score| score.error.map(f64::abs)),
        bias: of(|score| score.error),
        wape: of(|score| score.wape),
        mase: of(|score| score.mase),
        held,
    }
}

/// The mean difference between a day and the day a week before.
#[must_use]
pub fn week_apart(series: &Series) -> Option<f64> {
    let pairs = series.tokens.iter().zip(series.tokens.iter().skip(7));
    mean(pairs.map(|(before, after)| (after - before).abs()).filter(|apart| apart.is_finite()))
}

fn mean(values: impl Iterator<Item = f64>) -> Option<f64> {
    let (sum, count) = values.fold((0.0, 0.0), |(sum, count), value| (sum + value, count + 1.0));
    (count > 0.0).then(|| sum / count)
}
