//! Seeded chance: xoshiro256++ and the few distributions that the estate is made of.
//!
//! Each thing draws from its own generator, keyed by seed, stream and number, so that more people or a
//! new draw in one place leave everybody else as they were.

/// What a generator is for. Values are part of the output: append, never reorder.
#[derive(Clone, Copy)]
pub(crate) enum Stream {
    Person = 1,
    Levels = 2,
    Days = 3,
    Planting = 4,
    Workstations = 5,
    Order = 6,
    End = 7,
    Travel = 8,
    Series = 9,
}

/// A generator.
#[derive(Clone, Debug)]
pub(crate) struct Chance {
    state: [u64; 4],
}

impl Chance {
    pub(crate) fn new(seed: u64, stream: Stream, number: u64) -> Self {
        let mut mixed = mix(seed) ^ mix((stream as u64) << 48 | number);
        let mut state = [0; 4];
        for word in &mut state {
            mixed = mixed.wrapping_add(0x9e37_79b9_7f4a_7c15);
            *word = mix(mixed);
        }
        Self { state }
    }

    fn next(&mut self) -> u64 {
        let [a, b, c, d] = &mut self.state;
        let result = a.wrapping_add(*d).rotate_left(23).wrapping_add(*a);
        let shifted = *b << 17;
        *c ^= *a;
        *d ^= *b;
        *b ^= *c;
        *a ^= *d;
        *c ^= shifted;
        *d = d.rotate_left(45);
        result
    }

    /// Uniform in [0, 1).
    pub(crate) fn unit(&mut self) -> f64 {
        (self.next() >> 11) as f64 / 9_007_199_254_740_992.0
    }

    /// Uniform in [low, high).
    pub(crate) fn between(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * self.unit()
    }

    /// True with this probability.
    pub(crate) fn is(&mut self, probability: f64) -> bool {
        self.unit() < probability
    }

    /// Uniform in 0..count; 0 when there is nothing to choose from.
    pub(crate) fn below(&mut self, count: usize) -> usize {
        ((self.unit() * count as f64) as usize).min(count.saturating_sub(1))
    }

    /// One of them, each as likely.
    pub(crate) fn pick<'a, T>(&mut self, from: &'a [T]) -> Option<&'a T> {
        from.get(self.below(from.len()))
    }

    /// The index of one of them, in proportion to the weights.
    pub(crate) fn weighted(&mut self, weights: impl Iterator<Item = f64> + Clone) -> usize {
        let mut left = self.unit() * weights.clone().sum::<f64>();
        let mut last = 0;
        for (index, weight) in weights.enumerate() {
            left -= weight;
            last = index;
            if left < 0.0 {
                break;
            }
        }
        last
    }

    /// Normal, by Box and Muller.
    pub(crate) fn normal(&mut self, mean: f64, deviation: f64) -> f64 {
        let radius = (-2.0 * (1.0 - self.unit()).ln()).sqrt();
        mean + deviation * radius * (core::f64::consts::TAU * self.unit()).cos()
    }

    /// Lognormal with this mean.
    pub(crate) fn lognormal(&mut self, mean: f64, sigma: f64) -> f64 {
        mean * self.normal(-sigma * sigma / 2.0, sigma).exp()
    }

    /// Gamma, by Marsaglia and Tsang.
    pub(crate) fn gamma(&mut self, shape: f64, scale: f64) -> f64 {
        if shape < 1.0 {
            let boost = (1.0 - self.unit()).powf(1.0 / shape);
            return boost * self.gamma(shape + 1.0, scale);
        }
        let d = shape - 1.0 / 3.0;
        let c = 1.0 / (9.0 * d).sqrt();
        // A draw is rejected one time in twenty at most; the bound only makes the loop end for certain.
        for _ in 0..64 {
            let x = self.normal(0.0, 1.0);
            let v = (1.0 + c * x).powi(3);
            let u = 1.0 - self.unit();
            if v > 0.0 && u.ln() < 0.5 * x * x + d * (1.0 - v + v.ln()) {
                return d * v * scale;
            }
        }
        shape * scale
    }

    /// Beta, as a ratio of two gammas.
    pub(crate) fn beta(&mut self, a: f64, b: f64) -> f64 {
        let (x, y) = (self.gamma(a, 1.0), self.gamma(b, 1.0));
        if x + y > 0.0 { x / (x + y) } else { 0.0 }
    }

    /// Puts them into an order of chance.
    pub(crate) fn shuffle<T>(&mut self, things: &mut [T]) {
        for end in (1..things.len()).rev() {
            things.swap(end, self.below(end + 1));
        }
    }
}

/// The finalizer of splitmix64.
pub(crate) fn mix(value: u64) -> u64 {
    let value = (value ^ (value >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let value = (value ^ (value >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    value ^ (value >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(draw: impl Fn(&mut Chance) -> f64, mean: f64, deviation: f64) {
        let mut chance = Chance::new(7, Stream::Days, 0);
        let draws: Vec<f64> = (0..40_000).map(|_| draw(&mut chance)).collect();
        let n = draws.len() as f64;
        let got = draws.iter().sum::<f64>() / n;
        let spread = (draws.iter().map(|x| (x - got).powi(2)).sum::<f64>() / n).sqrt();
        assert!((got - mean).abs() < 0.03 * mean.abs().max(deviation), "mean {got}, not {mean}");
        assert!((spread - deviation).abs() < 0.05 * deviation, "deviation {spread}");
    }

    #[test]
    fn distributions_have_their_moments() {
        check(Chance::unit, 0.5, 0.288_675);
        check(|c| c.normal(8.75, 0.7), 8.75, 0.7);
        check(|c| c.gamma(9.0, 12.0), 108.0, 36.0);
        check(|c| c.gamma(0.5, 4.0), 2.0, 2.828_4);
        check(|c| c.beta(9.0, 6.0), 0.6, 0.122_474);
        check(|c| c.beta(1.6, 14.0), 0.102_56, 0.074_45);
        check(|c| c.lognormal(2.6, 0.5), 2.6, 1.386);
    }

    #[test]
    fn weighted_choices_keep_their_shares() {
        let mut chance = Chance::new(1, Stream::Person, 3);
        let thirds =
            (0..30_000).filter(|_| chance.weighted([2.0, 1.0].into_iter()) == 1).count() as f64;
        assert!((thirds / 30_000.0 - 1.0 / 3.0).abs() < 0.01);
        assert_eq!(chance.below(0), 0);
    }
}
