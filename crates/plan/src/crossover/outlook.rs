//! What the past of one person says of a year to come (F6).
//!
//! The people who were most like them, by their level over all and lately, say how such people go on. F6's own
//! beta-binomial with a chance of change was tried beside it on generated estates and was neither as sharp nor as
//! well calibrated (`docs/adr/0030-outlook-by-likeness.md`).

use super::Population;
use super::population::Case;
use crate::numeric::{normal_below, normal_density};

/// So many of the likest people are asked: a fifth of all, within these.
const LIKE: (usize, usize) = (25, 100);
/// Half of how much more or less somebody did than one of their like carries over.
const CARRIES: f64 = 0.5;
/// How far levels move from one year to the next even of people who do not change.
const DRIFT: f64 = 0.04;

/// Active days of one person among exposed days.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Counts {
    /// Days of use.
    pub active: f64,
    /// Days on which use was to be expected, in usual working days.
    pub exposed: f64,
}

impl Counts {
    /// All months together.
    #[must_use]
    pub fn sum(months: &[Self]) -> Self {
        let add = |sum: Self, one: &Self| Self {
            active: sum.active + one.active,
            exposed: sum.exposed + one.exposed,
        };
        months.iter().fold(Self::default(), add)
    }

    /// The share of exposed days with use, 0 to 1.
    #[must_use]
    pub fn level(self) -> f64 {
        if self.exposed > 0.0 { (self.active / self.exposed).clamp(0.0, 1.0) } else { 0.0 }
    }
}

/// How many days of use somebody will have: an equal mixture of normals, one for each of their like.
#[derive(Clone, Debug, PartialEq)]
pub struct Outlook {
    /// Days of use, and their standard deviation.
    parts: Vec<(f64, f64)>,
}

impl Outlook {
    /// Of one person: their months, oldest first, and the exposed days to come.
    #[must_use]
    pub fn new(population: &Population, months: &[Counts], exposed: f64) -> Self {
        let (level, recent) = population.look(months);
        let apart = |case: &Case| (case.level - level).abs() + (case.recent - recent).abs();
        let mut like: Vec<(f64, &Case)> =
            population.cases.iter().map(|case| (apart(case), case)).collect();
        let wanted = like.len().div_euclid(5).clamp(LIKE.0, LIKE.1);
        if wanted < like.len() {
            like.select_nth_unstable_by(wanted, |a, b| a.0.total_cmp(&b.0));
            like.truncate(wanted);
        }
        let part = |(_, case): (f64, &Case)| {
            let next = (case.next + CARRIES * (level - case.level)).clamp(0.0, 1.0);
            let days = next * exposed;
            let chance = (days * (1.0 - next)).max(1.0);
            (days, (chance + (DRIFT * exposed).powi(2)).sqrt())
        };
        Self { parts: like.into_iter().map(part).collect() }
    }

    /// Somebody of whom it is known how many days they will have, give or take.
    #[must_use]
    pub fn of(days: f64, deviation: f64) -> Self {
        Self { parts: vec![(days, deviation)] }
    }

    fn mean(&self, of: impl Fn(f64, f64) -> f64) -> f64 {
        let (sum, count) = self.parts.iter().fold((0.0, 0.0), |(sum, count), (days, deviation)| {
            (sum + of(*days, *deviation), count + 1.0)
        });
        if count > 0.0 { sum / count } else { 0.0 }
    }

    /// Expected days of use.
    #[must_use]
    pub fn days(&self) -> f64 {
        self.mean(|days, _| days)
    }

    /// The probability of more than so many days of use.
    #[must_use]
    pub fn exceeds(&self, days: f64) -> f64 {
        let above = |mean: f64, deviation: f64| match deviation > 0.0 {
            true => normal_below((mean - days) / deviation),
            false => f64::from(u8::from(mean > days)),
        };
        self.mean(above).clamp(0.0, 1.0)
    }

    /// What is expected beyond so many days: `E[(X − days)⁺]`, in days.
    #[must_use]
    pub fn beyond(&self, days: f64) -> f64 {
        self.mean(|mean, deviation| {
            if deviation <= 0.0 {
                return (mean - days).max(0.0);
            }
            let z = (mean - days) / deviation;
            deviation * (normal_density(z) + z * normal_below(z))
        })
    }
}
