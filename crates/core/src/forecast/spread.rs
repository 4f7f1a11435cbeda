//! How far totals may be off: split conformal on the logarithm of what came over what was expected.
//!
//! A total's log error is divided by what is expected of its size: the noise of its days, the doubt about the
//! level, and the drift of the level until then. The quantiles of past errors, so divided, give the bands
//! (Lei et al., Distribution-Free Predictive Inference for Regression, 2018, section 5.2).

use super::backtest::{Miss, Misses};
use super::shape::Shape;
use super::{Day, LEVELS};

/// Both ends of a band, in tokens.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Band {
    /// As often as above `high`, the truth lies below this.
    pub low: f64,
    /// As often as below `low`, the truth lies above this.
    pub high: f64,
}

/// The tokens of some days together.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Total {
    /// Expected.
    pub expected: f64,
    /// Where it lies one time in two, four times in five, nineteen times in twenty; each within the next.
    pub bands: [Band; 3],
}

/// Two-sided quantiles of the normal distribution at [`LEVELS`].
const NORMAL: [f64; 3] = [0.674_489_750_196, 1.281_551_565_545, 1.959_963_984_540];
/// The drift of a level is half done after so many days: estates come back to their usual use.
const DRIFT_DAYS: f64 = 60.0;
/// Before anything was seen, a level is off by so much, …
const LEVEL_PRIOR: f64 = 0.08;
/// … and drifts by so much.
const DRIFT_PRIOR: f64 = 0.2;
/// The priors weigh as much as so many past errors.
const PRIOR_WEIGHT: f64 = 3.0;
/// The normal quantiles weigh as much as so many past errors.
const NORMAL_WEIGHT: f64 = 30.0;

/// What the errors of the past say of those to come.
#[derive(Clone, Debug)]
pub(super) struct Spread {
    noise: super::shape::Noise,
    /// Variance of the level's logarithm now.
    level: f64,
    /// Variance that it gains in the long run.
    drift: f64,
    /// Added to both sides before logarithms are taken, so that nothing is not infinitely far from little.
    offset: f64,
    /// Quantiles of log errors in units of their expected size, below and above, at [`LEVELS`].
    quantiles: Quantiles,
    /// The same of single days, busy and quiet.
    of_day: [Quantiles; 2],
}

type Quantiles = [(f64, f64); 3];

/// Sums over the days of a total.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Sums {
    pub(super) tokens: f64,
    variance: f64,
    ahead: f64,
    learned: f64,
    days: u32,
    quiet_days: u32,
}

impl Spread {
    pub(super) fn of(shape: &Shape, misses: &Misses) -> Self {
        let offset = shape.noise.by_mean + 0.01 * shape.mean_level;
        let mut spread = Self {
            noise: shape.noise,
            level: LEVEL_PRIOR * LEVEL_PRIOR,
            drift: DRIFT_PRIOR * DRIFT_PRIOR,
            offset,
            quantiles: NORMAL.map(|z| (-z, z)),
            of_day: [NORMAL.map(|z| (-z, z)); 2],
        };
        spread.learn_size(&misses.totals);
        spread.quantiles = spread.learned_quantiles(&misses.totals);
        let [busy, quiet] = &misses.days;
        spread.of_day = [spread.learned_quantiles(busy), spread.learned_quantiles(quiet)];
        spread
    }

    pub(super) fn add(&self, sums: &mut Sums, day: &Day) {
        sums.tokens += day.tokens;
        sums.variance += self.noise.variance(day.learned);
        sums.learned += day.learned;
        sums.ahead += day.learned * day.ahead;
        sums.days = sums.days.saturating_add(1);
        sums.quiet_days = sums.quiet_days.saturating_add(u32::from(day.is_quiet));
    }

    /// The total of some days.
    pub(super) fn total(&self, sums: &Sums) -> Total {
        let bands = [0, 1, 2].map(|place| Band {
            low: self.quantile(sums, place, false),
            high: self.quantile(sums, place, true),
        });
        Total { expected: sums.tokens, bands }
    }

    /// Of the bands at [`LEVELS`], the end of one.
    pub(super) fn quantile(&self, sums: &Sums, place: usize, is_high: bool) -> f64 {
        if sums.learned <= 0.0 {
            return sums.tokens;
        }
        let (low, high) = self.quantiles_of(sums).get(place).copied().unwrap_or_default();
        let score = if is_high { high } else { low };
        let moved = (sums.tokens + self.offset) * (score * self.size(sums)).exp() - self.offset;
        moved.max(0.0)
    }

    /// Those of totals, drawn to those of single days the fewer days there are.
    fn quantiles_of(&self, sums: &Sums) -> Quantiles {
        let [busy, quiet] = &self.of_day;
        let of_day = if sums.quiet_days == sums.days { quiet } else { busy };
        let share = 1.0 / f64::from(sums.days.max(1));
        let mix = |total: f64, day: f64| total + share * (day - total);
        let mut mixed = self.quantiles;
        for (slot, day) in mixed.iter_mut().zip(of_day) {
            *slot = (mix(slot.0, day.0), mix(slot.1, day.1));
        }
        mixed
    }

    /// How probable it is that a total is above an amount.
    pub(super) fn above(&self, sums: &Sums, tokens: f64) -> f64 {
        let size = self.size(sums);
        if sums.learned <= 0.0 || size <= 0.0 {
            return if sums.tokens > tokens { 1.0 } else { 0.0 };
        }
        let score = ((tokens.max(0.0) + self.offset) / (sums.tokens + self.offset)).ln() / size;
        1.0 - self.below(sums, score)
    }

    /// The share of scores below one: straight between the quantiles in units of the normal distribution.
    fn below(&self, sums: &Sums, score: f64) -> f64 {
        let mut known: Vec<(f64, f64)> = vec![(0.0, 0.0)];
        for ((low, high), z) in self.quantiles_of(sums).iter().zip(NORMAL) {
            known.insert(0, (*low, -z));
            known.push((*high, z));
        }
        let of_pair = |a: (f64, f64), b: (f64, f64)| {
            let width = b.0 - a.0;
            if width > 0.0 { a.1 + (score - a.0) / width * (b.1 - a.1) } else { b.1 }
        };
        let pairs = || known.iter().copied().zip(known.iter().copied().skip(1));
        let inside = pairs().find(|(a, b)| a.0 <= score && score <= b.0);
        let end = if score < 0.0 { pairs().next() } else { pairs().next_back() };
        let z = inside.or(end).map_or(0.0, |(a, b)| of_pair(a, b));
        crate::shadow::normal_below(z)
    }

    /// The expected size of a log error.
    fn size(&self, sums: &Sums) -> f64 {
        let whole = sums.tokens + self.offset;
        if whole <= 0.0 {
            return 0.0;
        }
        let learned = sums.learned / whole;
        let ahead = if sums.learned > 0.0 { sums.ahead / sums.learned } else { 0.0 };
        let level = (self.level + self.drift * drifted(ahead)) * learned * learned;
        (sums.variance / (whole * whole) + level).ln_1p().sqrt()
    }

    /// Fits what noise leaves of the squared errors: one part that is there at once, one that comes with time.
    fn learn_size(&mut self, misses: &[Miss]) {
        // Weighted least squares with two unknowns, the priors as further observations.
        let (mut a, mut b, mut c, mut y, mut z) = (0.0, 0.0, 0.0, 0.0, 0.0);
        let mut observe = |squared: f64, drifted: f64, weight: f64| {
            a += weight;
            b += weight * drifted;
            c += weight * drifted * drifted;
            y += weight * squared;
            z += weight * squared * drifted;
        };
        for (ahead, weight) in [(4.0, PRIOR_WEIGHT), (45.0, PRIOR_WEIGHT)] {
            let drifted = drifted(ahead);
            observe(LEVEL_PRIOR.powi(2) + DRIFT_PRIOR.powi(2) * drifted, drifted, weight);
        }
        for miss in misses {
            let noise = miss.sums.variance / (miss.sums.tokens + self.offset).powi(2);
            let error = self.error(miss).clamp(-1.5, 1.5);
            let ahead = miss.sums.ahead / miss.sums.learned.max(f64::MIN_POSITIVE);
            observe(error * error - noise, drifted(ahead), miss.weight);
        }
        let whole = a * c - b * b;
        let drift = if whole > 0.0 { (a * z - b * y) / whole } else { 0.0 };
        let level = if a > 0.0 { (y - drift * b) / a } else { 0.0 };
        (self.level, self.drift) = match (level >= 0.0, drift >= 0.0) {
            (true, true) => (level, drift),
            (true, false) => ((y / a).max(0.0), 0.0),
            (false, _) => (0.0, (z / c).max(0.0)),
        };
    }

    fn learned_quantiles(&self, misses: &[Miss]) -> Quantiles {
        let mut scores: Vec<f64> = misses
            .iter()
            .map(|miss| self.error(miss) / self.size(&miss.sums))
            .filter(|score| score.is_finite())
            .collect();
        scores.sort_unstable_by(f64::total_cmp);
        let weight: f64 = misses.iter().map(|miss| miss.weight).sum();
        let share = weight / (weight + NORMAL_WEIGHT);
        let (mut inner, mut levels) = ((0.0_f64, 0.0_f64), LEVELS.into_iter());
        NORMAL.map(|z| {
            let tail = (1.0 - levels.next().unwrap_or_default()) / 2.0;
            let low = share * quantile(&scores, tail).unwrap_or(-z) - (1.0 - share) * z;
            let high = share * quantile(&scores, 1.0 - tail).unwrap_or(z) + (1.0 - share) * z;
            inner = (low.min(inner.0), high.max(inner.1));
            inner
        })
    }

    fn error(&self, miss: &Miss) -> f64 {
        ((miss.came + self.offset) / (miss.sums.tokens + self.offset)).ln()
    }
}

/// Which part of the drift is done after so many days.
fn drifted(ahead: f64) -> f64 {
    1.0 - 0.5_f64.powf(ahead / DRIFT_DAYS)
}

/// A quantile of sorted values, the further out of the two where it lies between.
#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a place in a list"
)]
fn quantile(sorted: &[f64], share: f64) -> Option<f64> {
    // The conformal correction: one more value, infinitely far out.
    let place = share * (sorted.len() as f64 + 1.0) - 1.0;
    let place = if share < 0.5 { place.floor() } else { place.ceil() };
    let last = sorted.len().saturating_sub(1);
    sorted.get((place.max(0.0) as usize).min(last)).copied()
}

impl Sums {
    /// Of days that were all learned, so many days ahead on average.
    pub(super) fn learned(tokens: f64, variance: f64, ahead: f64) -> Self {
        Self { tokens, variance, ahead: ahead * tokens, learned: tokens, ..Self::default() }
    }
}
