//! The shape of a series: weekdays, a slow level through it, how far days stray, and which days are special.
//!
//! Learned by going round: each of the parts is estimated with the others as they are, three times.

use super::holidays::Holidays;
use super::{Calendar, Series};
use crate::when::Date;

/// Half of the weight of the slow level lies within so many days on either side.
const SLOW_HALF_LIFE: f64 = 14.0;
/// The same of the level that the next year looks back at.
const SEASON_HALF_LIFE: f64 = 3.0;
/// Half of the weight of the weekdays lies within so many weeks before the end.
const WEEKDAY_HALF_LIFE: f64 = 26.0;
const ROUNDS: usize = 3;
/// A day counts as strayed at so many standard deviations, and pulls the level no further than that.
const STRAYED: f64 = 4.0;
/// A weekday with less than this of a mean day is quiet.
const QUIET: f64 = 0.3;
/// A year in whole weeks, so that the same weekday is looked at.
const YEAR: usize = 364;

/// What a series looks like, apart from where it is going. All lists have one value a day, from `first` on.
#[derive(Clone, Debug)]
pub(super) struct Shape {
    pub(super) first: Date,
    /// Factor of each weekday, Monday first; the mean is 1.
    pub(super) weekday: [f64; 7],
    /// What was burned beyond what was planned; not a number where nothing is known.
    pub(super) tokens: Vec<f64>,
    /// The same, with what strayed too far pulled in.
    pub(super) calm: Vec<f64>,
    /// What weekday and plan make of each day, relative to the level.
    pub(super) usual: Vec<f64>,
    /// Whether a day tells of the level: known, and not special.
    pub(super) counts: Vec<bool>,
    /// The slow level, tokens a day.
    pub(super) level: Vec<f64>,
    /// Its mean.
    pub(super) mean_level: f64,
    /// A level that is quick enough for a month of holidays, for the year after.
    seasonal: Vec<f64>,
    pub(super) noise: Noise,
}

/// The variance of a day with the mean μ: `by_mean`·μ + `by_square`·μ².
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Noise {
    pub(super) by_mean: f64,
    pub(super) by_square: f64,
}

impl Noise {
    pub(super) fn variance(self, mean: f64) -> f64 {
        self.by_mean * mean + self.by_square * mean * mean
    }
}

/// The shape of a series, and the holidays that it shows.
pub(super) fn learn(series: &Series, calendar: &Calendar) -> (Shape, Holidays) {
    let mut shape = Shape::raw(series, calendar);
    let mut holidays = Holidays::learned(calendar, &shape);
    for _ in 0..ROUNDS {
        shape.usual = shape.usual_days(calendar);
        shape.level = shape.slow_level(SLOW_HALF_LIFE);
        shape.weekday = shape.weekdays(calendar);
        shape.usual = shape.usual_days(calendar);
        shape.level = shape.slow_level(SLOW_HALF_LIFE);
        shape.noise = shape.stray();
        holidays = Holidays::learned(calendar, &shape);
        shape.calm_down(&holidays);
    }
    shape.mean_level = mean(&shape.level);
    shape.seasonal = shape.slow_level(SEASON_HALF_LIFE);
    (shape, holidays)
}

impl Shape {
    fn raw(series: &Series, calendar: &Calendar) -> Self {
        let days = (series.first.0..series.end().0).map(Date);
        let known = series.tokens.iter().zip(days);
        let tokens: Vec<f64> =
            known.map(|(tokens, date)| (tokens.max(0.0) - calendar.on(date).1).max(0.0)).collect();
        // `max` takes the number of the two, so that the unknown has to be put back.
        let given = series.tokens.iter().zip(tokens);
        let tokens: Vec<f64> =
            given.map(|(was, now)| if was.is_finite() { now } else { f64::NAN }).collect();
        let counts: Vec<bool> = tokens.iter().map(|tokens| tokens.is_finite()).collect();
        Self {
            first: series.first,
            weekday: plain_weekdays(&tokens, series.first),
            calm: tokens.clone(),
            usual: vec![1.0; tokens.len()],
            level: vec![0.0; tokens.len()],
            mean_level: 0.0,
            seasonal: vec![0.0; tokens.len()],
            counts,
            tokens,
            noise: Noise::default(),
        }
    }

    pub(super) fn days(&self) -> usize {
        self.tokens.len()
    }

    pub(super) fn date(&self, day: usize) -> Date {
        self.first.plus(i32::try_from(day).unwrap_or(i32::MAX))
    }

    /// The place of a date in the lists; `None` outside.
    pub(super) fn place(&self, date: Date) -> Option<usize> {
        let day =
            usize::try_from(i64::from(date.0).saturating_sub(i64::from(self.first.0))).ok()?;
        (day < self.days()).then_some(day)
    }

    pub(super) fn weekday_of(&self, date: Date) -> f64 {
        self.weekday.get(usize::from(date.weekday())).copied().unwrap_or(1.0)
    }

    /// Whether next to nothing is done on a date's weekday.
    pub(super) fn is_quiet(&self, date: Date) -> bool {
        self.weekday_of(date) < QUIET
    }

    /// What was expected of each day that is known, beside what came.
    pub(super) fn expected(&self) -> impl Iterator<Item = (f64, f64)> + '_ {
        let expected = self.usual.iter().zip(&self.level).map(|(usual, level)| usual * level);
        expected.zip(self.tokens.iter().copied())
    }

    /// The level a year before a date, relative to the mean; 1 where nothing was known then.
    ///
    /// Before the second year it is that of the first day, so that levels before and after can be compared.
    pub(super) fn season(&self, date: Date) -> f64 {
        let days = i64::from(date.0).saturating_sub(i64::from(self.first.0));
        let mut place = usize::try_from(days).unwrap_or(0).saturating_sub(YEAR);
        while place >= self.days() && place >= YEAR {
            place = place.saturating_sub(YEAR);
        }
        let mean = self.mean_level;
        let level = self.seasonal.get(place).copied().unwrap_or(mean);
        // A level of nothing would leave nothing to compare with.
        if mean > 0.0 { (level / mean).clamp(0.1, 10.0) } else { 1.0 }
    }

    fn usual_days(&self, calendar: &Calendar) -> Vec<f64> {
        let days = (0..self.days()).map(|day| self.date(day));
        days.map(|date| self.weekday_of(date) * calendar.on(date).0).collect()
    }

    /// The ratio of two sums with weights that fall off on both sides: what came, and what was usual.
    fn slow_level(&self, half_life: f64) -> Vec<f64> {
        let parts: Vec<(f64, f64)> = self.parts().collect();
        let mut forth = falling(parts.iter().copied(), half_life);
        let back = falling(parts.iter().rev().copied(), half_life);
        let whole = parts.iter().fold((0.0, 0.0), |sum, part| (sum.0 + part.0, sum.1 + part.1));
        let overall = ratio(whole, 0.0);
        for ((sum, back), part) in forth.iter_mut().zip(back.iter().rev()).zip(&parts) {
            *sum = (sum.0 + back.0 - part.0, sum.1 + back.1 - part.1);
        }
        forth.into_iter().map(|sums| ratio(sums, overall)).collect()
    }

    /// Of each day what came and what was usual; nothing of days that do not count.
    pub(super) fn parts(&self) -> impl Iterator<Item = (f64, f64)> + '_ {
        let days = self.calm.iter().zip(&self.usual).zip(&self.counts);
        days.map(|((calm, usual), counts)| if *counts { (*calm, *usual) } else { (0.0, 0.0) })
    }

    fn weekdays(&self, calendar: &Calendar) -> [f64; 7] {
        let mut sums = [(0.0, 0.0); 7];
        let keep = keep(WEEKDAY_HALF_LIFE);
        for (day, ((calm, level), counts)) in
            self.calm.iter().zip(&self.level).zip(&self.counts).enumerate()
        {
            let date = self.date(day);
            let Some(sum) = sums.get_mut(usize::from(date.weekday())) else { continue };
            let apart = calendar.on(date).0;
            *sum = (sum.0 * keep, sum.1 * keep);
            if *counts {
                *sum = (sum.0 + calm, sum.1 + level * apart);
            }
        }
        normal(sums)
    }

    /// How far days stray, from busy days and from quiet ones: the two tell what grows with the mean from
    /// what grows with its square.
    fn stray(&self) -> Noise {
        let known = || {
            let days = self.expected().zip(&self.counts);
            days.filter(|((mean, _), counts)| **counts && *mean > 0.0).map(|(day, _)| day)
        };
        let middle = mean(&known().map(|(mean, _)| mean).collect::<Vec<_>>());
        let limit =
            STRAYED * robust(known().map(|(mean, tokens)| (tokens - mean).abs() / mean).collect());
        let mut sums = [(0.0, 0.0, 0.0); 2];
        for (mean, tokens) in known() {
            let Some(sum) = sums.get_mut(usize::from(mean >= middle / 2.0)) else { continue };
            let is_busy = mean >= middle / 2.0;
            let error = (tokens - mean).abs();
            let error = if is_busy && limit > 0.0 { error.min(limit * mean) } else { error };
            *sum = (sum.0 + error * error, sum.1 + mean, sum.2 + mean * mean);
        }
        let [quiet, busy] = sums.map(|(errors, means, squares)| {
            (squares > 0.0).then(|| (errors / squares, means / squares))
        });
        both(busy, quiet)
    }

    /// Pulls in what strayed, and leaves out what is special.
    fn calm_down(&mut self, holidays: &Holidays) {
        let noise = self.noise;
        let special = holidays.special(self);
        let pulled = self.expected().map(|(mean, tokens)| {
            let far = STRAYED * noise.variance(mean).sqrt();
            tokens.clamp((mean - far).max(0.0), mean + far)
        });
        self.calm = pulled.collect();
        let known = self.tokens.iter().zip(special);
        self.counts = known.map(|(tokens, special)| tokens.is_finite() && !special).collect();
    }
}

/// By how much a weight falls in a day.
pub(super) fn keep(half_life: f64) -> f64 {
    0.5_f64.powf(1.0 / half_life)
}

/// Sums whose weights fall off into the past, one a day.
pub(super) fn falling(parts: impl Iterator<Item = (f64, f64)>, half_life: f64) -> Vec<(f64, f64)> {
    let keep = keep(half_life);
    let step = |sum: &mut (f64, f64), part: (f64, f64)| {
        *sum = (sum.0 * keep + part.0, sum.1 * keep + part.1);
        Some(*sum)
    };
    parts.scan((0.0, 0.0), step).collect()
}

pub(super) fn ratio((above, below): (f64, f64), or: f64) -> f64 {
    if below > 0.0 { above / below } else { or }
}

#[expect(clippy::cast_precision_loss, reason = "an estimate")]
pub(super) fn mean(values: &[f64]) -> f64 {
    if values.is_empty() { 0.0 } else { values.iter().sum::<f64>() / values.len() as f64 }
}

/// The standard deviation that the median deviation stands for, were they normal.
fn robust(mut deviations: Vec<f64>) -> f64 {
    deviations.sort_unstable_by(f64::total_cmp);
    1.4826 * deviations.get(deviations.len() / 2).copied().unwrap_or(0.0)
}

/// The means of the weekdays before anything else is known.
fn plain_weekdays(tokens: &[f64], first: Date) -> [f64; 7] {
    let mut sums = [(0.0, 0.0); 7];
    for (tokens, day) in tokens.iter().zip(0..) {
        if let Some(sum) = sums.get_mut(usize::from(first.plus(day).weekday()))
            && tokens.is_finite()
        {
            *sum = (sum.0 + tokens, sum.1 + 1.0);
        }
    }
    normal(sums)
}

/// Ratios with the mean 1; a weekday that was not seen is taken as the mean.
fn normal(sums: [(f64, f64); 7]) -> [f64; 7] {
    let seen: Vec<f64> =
        sums.iter().filter(|sum| sum.1 > 0.0).map(|sum| ratio(*sum, 0.0)).collect();
    let mean = mean(&seen);
    if mean > 0.0 { sums.map(|sum| ratio(sum, mean) / mean) } else { [1.0; 7] }
}

/// Solves `variance = by_mean · x + by_square` for two kinds of days, neither part below nothing.
fn both(busy: Option<(f64, f64)>, quiet: Option<(f64, f64)>) -> Noise {
    let Some((variance, share)) = busy else {
        return Noise { by_mean: 0.0, by_square: quiet.map_or(0.0, |(variance, _)| variance) };
    };
    let slope = quiet.map_or(0.0, |quiet| ratio((quiet.0 - variance, quiet.1 - share), 0.0));
    let most = if share > 0.0 { variance / share } else { 0.0 };
    let by_mean = slope.clamp(0.0, most);
    Noise { by_mean, by_square: (variance - by_mean * share).max(0.0) }
}
