//! What forecasters are asked, what they answer, and how both are held against what came.

use faregate_core::forecast::{Calendar, Series, fit};
use faregate_core::when::Date;

/// A series up to a day, and what came after it.
#[derive(Clone, Debug)]
pub(crate) struct Task {
    /// Date of the first value.
    pub(crate) first: Date,
    pub(crate) known: Vec<f64>,
    pub(crate) came: Vec<f64>,
}

/// A forecast, day by day.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    pub(crate) mean: Vec<f64>,
    /// The ends of the 80 % and of the 95 % band.
    pub(crate) bands: [Vec<(f64, f64)>; 2],
}

impl Task {
    /// Of a series the part before a day, and so many days after.
    pub(crate) fn cut(series: &Series, at: usize, days: usize) -> Option<Self> {
        let (known, after) = series.tokens.split_at_checked(at)?;
        let came = after.get(..days)?.to_vec();
        Some(Self { first: series.first, known: known.to_vec(), came })
    }

    pub(crate) fn series(&self) -> Series {
        Series { first: self.first, tokens: self.known.clone() }
    }
}

/// Our own answer: learned from the task alone, without a calendar.
pub(crate) fn ours(task: &Task) -> Answer {
    let series = task.series();
    let from = series.end();
    let days = i32::try_from(task.came.len()).unwrap_or(0);
    let forecast = fit(&series, &Calendar::default()).project(from, from.plus(days - 1));
    let totals: Vec<_> = forecast.days().map(|(date, _)| forecast.total(date, date)).collect();
    let band = |place: usize| {
        totals.iter().filter_map(|total| total.bands.get(place)).map(|b| (b.low, b.high)).collect()
    };
    Answer { mean: totals.iter().map(|total| total.expected).collect(), bands: [band(1), band(2)] }
}

/// The pinball losses of five quantiles, averaged, relative to the mean of what was known.
pub(crate) fn pinball(task: &Task, answer: &Answer) -> f64 {
    let [likely, nearly] = &answer.bands;
    let low = |band: &[(f64, f64)]| band.iter().map(|ends| ends.0).collect::<Vec<_>>();
    let high = |band: &[(f64, f64)]| band.iter().map(|ends| ends.1).collect::<Vec<_>>();
    let quantiles = [
        (0.025, low(nearly)),
        (0.1, low(likely)),
        (0.5, answer.mean.clone()),
        (0.9, high(likely)),
        (0.975, high(nearly)),
    ];
    let losses = quantiles.iter().flat_map(|(share, values)| {
        let pairs = task.came.iter().zip(values);
        pairs.map(move |(came, value)| {
            let above = came - value;
            if above >= 0.0 { share * above } else { (share - 1.0) * above }
        })
    });
    mean(losses) / mean(task.known.iter().copied())
}

/// The sum of the days' errors over the sum of what came.
pub(crate) fn wape(task: &Task, answer: &Answer) -> f64 {
    let errors = task.came.iter().zip(&answer.mean).map(|(came, mean)| (came - mean).abs());
    errors.sum::<f64>() / task.came.iter().sum::<f64>()
}

pub(crate) fn mean(values: impl IntoIterator<Item = f64>) -> f64 {
    let add = |(sum, count): (f64, f64), value: f64| (sum + value, count + 1.0);
    let (sum, count) = values.into_iter().fold((0.0, 0.0), add);
    sum / count
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn losses_are_those_of_the_books() {
        let task = Task { first: Date(0), known: vec![10.0], came: vec![12.0, 8.0] };
        let mean = vec![10.0, 10.0];
        let answer = Answer { mean, bands: [vec![(9.0, 11.0); 2], vec![(5.0, 15.0); 2]] };
        assert!((wape(&task, &answer) - 0.2).abs() < 1e-12);
        // 0.025: 0.175, 0.075; 0.1: 0.3, 0.9; 0.5: 1, 1; 0.9: 0.9, 0.3; 0.975: 0.075, 0.175.
        assert!((pinball(&task, &answer) - 4.9 / 10.0 / 10.0).abs() < 1e-12);
    }
}
