//! What everybody's past says of how far the past can be trusted.

use super::Counts;
use super::outlook::ln_chance;

/// How much of the past holds for the future, learned from people.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Population {
    /// Shapes of the beta distribution of people's levels.
    pub prior: (f64, f64),
    /// A month counts this much of the one after it: 1 when older months say as much as newer ones.
    pub decay: f64,
    /// An exposed day counts for so many independent ones, 0 to 1: days of one person resemble each other.
    pub worth: f64,
    /// Probability that somebody becomes another kind of user within [`Population::span`].
    pub change: f64,
    /// Exposed days over which `change` was seen.
    pub span: f64,
}

/// Of larger populations every so-manieth is enough.
const PEOPLE_MAX: usize = 2_000;
const DECAYS: [f64; 6] = [1.0, 0.95, 0.9, 0.8, 0.65, 0.5];
const WORTHS: [f64; 7] = [1.0, 0.5, 0.25, 0.12, 0.06, 0.03, 0.015];
const CHANGES: [f64; 9] = [0.0, 0.01, 0.02, 0.04, 0.07, 0.1, 0.15, 0.2, 0.3];

impl Default for Population {
    /// What is assumed where nobody's past is long enough to learn from: half the days of half the people, an eighth of
    /// a day's evidence a day, and one in ten changing within half a year.
    fn default() -> Self {
        Self { prior: (0.6, 1.2), decay: 0.95, worth: 0.12, change: 0.1, span: 125.0 }
    }
}

impl Population {
    /// Learns from people's months, oldest first: how levels are distributed, and how well first halves foretell second
    /// halves. The past is split in two, and of all settings on a grid the one is taken under which the second halves
    /// were most likely.
    ///
    /// Fewer than ten people with use, or less than two months, teach nothing: then it is [`Population::default`].
    #[must_use]
    pub fn fit(people: &[Vec<Counts>]) -> Self {
        let step = people.len().div_ceil(PEOPLE_MAX).max(1);
        let some: Vec<&Vec<Counts>> = people
            .iter()
            .filter(|months| months.iter().any(|month| month.active > 0.0))
            .step_by(step)
            .collect();
        let halves: Vec<(&[Counts], Counts)> =
            some.iter().filter_map(|months| halved(months)).collect();
        if halves.len() < 10 {
            return Self::default();
        }
        let span =
            halves.iter().map(|(_, second)| second.exposed).sum::<f64>() / count(halves.len());
        let mut best = (f64::NEG_INFINITY, Self { span, ..Self::default() });
        for decay in DECAYS {
            let levels: Vec<Counts> =
                halves.iter().map(|(first, _)| Counts::faded(first, decay)).collect();
            let prior = moments(&levels);
            for worth in WORTHS {
                let found = Self { prior, decay, worth, change: 0.0, span };
                let (likely, change) = found.likelihood(&halves, &levels);
                if likely > best.0 {
                    best = (likely, Self { change, ..found });
                }
            }
        }
        let whole: Vec<Counts> =
            some.iter().map(|months| Counts::faded(months, best.1.decay)).collect();
        Self { prior: moments(&whole), ..best.1 }
    }

    /// How likely the second halves are, and the probability of change that makes them likeliest.
    fn likelihood(&self, halves: &[(&[Counts], Counts)], levels: &[Counts]) -> (f64, f64) {
        let (a, b) = self.prior;
        let chances = halves.iter().zip(levels).map(|((_, second), first)| {
            let idle = (first.exposed - first.active).max(0.0);
            let (alpha, beta) = (a + self.worth * first.active, b + self.worth * idle);
            let own = ln_chance(second.active, second.exposed, alpha, beta).exp();
            (own, ln_chance(second.active, second.exposed, a, b).exp())
        });
        let chances: Vec<(f64, f64)> = chances.collect();
        let total = |change: f64| {
            let one = |(own, others): &(f64, f64)| {
                ((1.0 - change) * own + change * others).max(1e-300).ln()
            };
            chances.iter().map(one).sum::<f64>()
        };
        let tried = CHANGES.map(|change| (total(change), change));
        tried
            .into_iter()
            .fold((f64::NEG_INFINITY, 0.0), |best, next| if next.0 > best.0 { next } else { best })
    }

    /// The probability of change within so many exposed days, changes coming at a constant pace.
    #[must_use]
    pub fn change_within(&self, exposed: f64) -> f64 {
        if self.span > 0.0 { 1.0 - (1.0 - self.change).powf(exposed / self.span) } else { 0.0 }
    }
}

/// The first half of somebody's months, and the sum of the second.
fn halved(months: &[Counts]) -> Option<(&[Counts], Counts)> {
    let middle = months.len().div_euclid(2);
    let (first, second) = (months.get(..middle)?, months.get(middle..)?);
    let second = Counts::faded(second, 1.0);
    let second = Counts { active: second.active.min(second.exposed), ..second };
    let known = Counts::faded(first, 1.0).exposed;
    (known > 0.0 && second.exposed > 0.0).then_some((first, second))
}

/// The beta distribution with the mean and the variance of people's levels.
fn moments(people: &[Counts]) -> (f64, f64) {
    let levels: Vec<f64> =
        people.iter().filter(|one| one.exposed >= 1.0).map(|one| one.level()).collect();
    let total = count(levels.len()).max(1.0);
    let mean = (levels.iter().sum::<f64>() / total).clamp(0.01, 0.99);
    let variance = levels.iter().map(|level| (level - mean).powi(2)).sum::<f64>() / total;
    let strength = (mean * (1.0 - mean) / variance.max(1e-6) - 1.0).clamp(0.2, 200.0);
    (mean * strength, (1.0 - mean) * strength)
}

#[expect(clippy::cast_precision_loss, reason = "people, far fewer than 2^53")]
fn count(people: usize) -> f64 {
    people as f64
}
