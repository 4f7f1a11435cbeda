//! Personas: how likely somebody is to use their products, working day by working day.

use crate::chance::Chance;

/// The spread of a person's months around their usual level.
const MONTH_SIGMA: f64 = 0.25;

/// What kind of user somebody is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Persona {
    /// Nearly every working day.
    Power,
    /// Three days of five.
    Regular,
    /// Now and then.
    Occasional,
    /// Daily while a project needs it, hardly at all in between.
    ProjectPhase,
    /// Ten weeks a year.
    Seasonal,
    /// Daily from an arrival to a departure.
    Contractor,
    /// Holds a seat and hardly uses it.
    IdleSeat,
    /// Their level moves over the whole history, up or down.
    Drifting,
    /// No human: runs around the clock for days.
    ServiceAccount,
    /// The second account of somebody who holds a seat.
    SecondAccount,
}

impl Persona {
    /// The personas of humans with one account, and the share of each.
    pub const SHARES: [(Self, f64); 8] = [
        (Self::Power, 0.16),
        (Self::Regular, 0.20),
        (Self::Occasional, 0.32),
        (Self::ProjectPhase, 0.13),
        (Self::Seasonal, 0.04),
        (Self::Contractor, 0.07),
        (Self::IdleSeat, 0.05),
        (Self::Drifting, 0.03),
    ];

    /// How likely such a person is to hold a seat.
    pub(crate) fn seat_chance(self) -> f64 {
        match self {
            Self::Power => 0.88,
            Self::Regular => 0.40,
            Self::Occasional => 0.03,
            Self::ProjectPhase => 0.12,
            Self::Seasonal => 0.05,
            Self::Contractor => 0.10,
            Self::IdleSeat => 1.0,
            Self::Drifting => 0.30,
            Self::ServiceAccount | Self::SecondAccount => 0.0,
        }
    }

    /// The chance of use on each day, before weekdays, holidays and seasons.
    ///
    /// `months` numbers each day's month; each has its own level.
    pub(crate) fn levels(self, months: &[usize], chance: &mut Chance) -> Vec<f64> {
        let mut levels = self.course(months.len(), chance);
        let count = months.last().map_or(0, |last| last + 1);
        let effects: Vec<f64> = (0..count).map(|_| chance.lognormal(1.0, MONTH_SIGMA)).collect();
        for (level, month) in levels.iter_mut().zip(months) {
            *level = (*level * effects.get(*month).copied().unwrap_or(1.0)).min(0.98);
        }
        levels
    }

    fn course(self, days: usize, chance: &mut Chance) -> Vec<f64> {
        let mut constant = |a, b| vec![chance.beta(a, b); days];
        match self {
            Self::Power => constant(30.0, 3.0),
            Self::Regular => constant(9.0, 6.0),
            Self::Occasional => constant(1.6, 14.0),
            Self::IdleSeat => constant(1.0, 60.0),
            Self::SecondAccount => constant(3.0, 9.0),
            Self::ServiceAccount => vec![0.0; days],
            Self::ProjectPhase => phases(days, chance),
            Self::Seasonal => season(days, chance),
            Self::Contractor => stay(days, chance),
            Self::Drifting => drift(days, chance),
        }
    }
}

/// On and off in turns, begun somewhere in the middle of one.
fn phases(days: usize, chance: &mut Chance) -> Vec<f64> {
    let (busy, quiet) = (chance.beta(12.0, 3.0), chance.beta(1.0, 25.0));
    // The expected lengths are 108 and 252 days.
    let mut on = chance.is(108.0 / (108.0 + 252.0));
    let passed = chance.unit();
    let mut length = |on: bool| if on { chance.gamma(9.0, 12.0) } else { chance.gamma(6.0, 42.0) };
    let mut left = length(on) * (1.0 - passed);
    let mut levels = Vec::with_capacity(days);
    while levels.len() < days {
        for _ in 0..(left.ceil() as usize).max(1).min(days - levels.len()) {
            levels.push(if on { busy } else { quiet });
        }
        on = !on;
        left = length(on);
    }
    levels
}

fn season(days: usize, chance: &mut Chance) -> Vec<f64> {
    let (busy, quiet) = (chance.beta(8.0, 4.0), chance.beta(1.0, 40.0));
    let start = chance.below(365);
    (0..days).map(|day| if (day + start) % 365 < 70 { busy } else { quiet }).collect()
}

fn stay(days: usize, chance: &mut Chance) -> Vec<f64> {
    let level = chance.beta(14.0, 3.0);
    let length = chance.gamma(4.0, 38.0);
    let arrival = chance.between(-length * 0.6, days as f64 - length * 0.4);
    let is_here = |day: usize| (arrival..arrival + length).contains(&(day as f64));
    (0..days).map(|day| if is_here(day) { level } else { 0.0 }).collect()
}

fn drift(days: usize, chance: &mut Chance) -> Vec<f64> {
    let (low, high) = (chance.beta(2.0, 12.0), chance.beta(10.0, 4.0));
    let (start, end) = if chance.is(0.5) { (low, high) } else { (high, low) };
    let span = days.saturating_sub(1).max(1) as f64;
    (0..days).map(|day| start + (end - start) * day as f64 / span).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chance::Stream;

    /// The mean level over many people and a year, and on how many days anybody is there at all.
    #[track_caller]
    fn check(persona: Persona, mean: f64, present: f64) {
        let months: Vec<usize> = (0..365).map(|day| day / 31).collect();
        let person = |n| persona.levels(&months, &mut Chance::new(5, Stream::Levels, n));
        let levels: Vec<f64> = (0..2_000).flat_map(person).collect();
        let days = levels.len() as f64;
        let got = levels.iter().sum::<f64>() / days;
        let there = levels.iter().filter(|level| **level > 0.0).count() as f64 / days;
        assert!((got - mean).abs() < 0.03, "{persona:?}: level {got}, not {mean}");
        assert!((there - present).abs() < 0.05, "{persona:?}: there on {there}");
        assert!(levels.iter().all(|level| (0.0..=0.98).contains(level)));
    }

    #[test]
    fn personas_use_their_products_as_often_as_described() {
        // A month above the usual level cannot bring more than every day: power users lose a little.
        check(Persona::Power, 0.84, 1.0);
        check(Persona::Regular, 0.595, 1.0);
        check(Persona::Occasional, 0.1026, 1.0);
        check(Persona::ProjectPhase, 0.3 * 0.77 + 0.7 * 0.0385, 1.0);
        check(Persona::Seasonal, 70.0 / 365.0 * 0.66 + 0.02, 1.0);
        check(Persona::Contractor, 0.27, 0.34);
        check(Persona::IdleSeat, 0.0164, 1.0);
        check(Persona::Drifting, 0.42, 1.0);
        check(Persona::ServiceAccount, 0.0, 0.0);
    }
}
