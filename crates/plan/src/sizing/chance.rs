//! Chance as an argument: a counter-based generator and the draws that simulations need.
//!
//! Philox4x32-10 (Salmon, Moraes, Dror and Shaw, Parallel Random Numbers: As Easy as 1, 2, 3, SC 2011) makes the
//! n-th numbers of a stream from the seed, the stream and n alone. Every simulated year has a stream of its own,
//! so it does not matter which thread draws it, nor how many there are.

/// Philox's multipliers and the steps of its key.
const MULTIPLIERS: [u32; 2] = [0xD251_1F53, 0xCD9E_8D57];
const STEPS: [u32; 2] = [0x9E37_79B9, 0xBB67_AE85];
const ROUNDS: usize = 10;

/// Four words of a counter, scrambled under a key.
#[must_use]
pub fn philox(mut counter: [u32; 4], mut key: [u32; 2]) -> [u32; 4] {
    for _ in 0..ROUNDS {
        let [a, b, c, d] = counter;
        let (low0, high0) = wide(MULTIPLIERS[0], a);
        let (low1, high1) = wide(MULTIPLIERS[1], c);
        counter = [high1 ^ b ^ key[0], low1, high0 ^ d ^ key[1], low0];
        key = [key[0].wrapping_add(STEPS[0]), key[1].wrapping_add(STEPS[1])];
    }
    counter
}

#[expect(clippy::cast_possible_truncation, reason = "the two halves of a product")]
fn wide(one: u32, other: u32) -> (u32, u32) {
    let product = u64::from(one).wrapping_mul(u64::from(other));
    (product as u32, (product >> 32) as u32)
}

/// A stream of chance.
#[derive(Clone, Debug)]
pub struct Chance {
    key: [u32; 2],
    stream: [u32; 2],
    block: u64,
    spare: Option<u64>,
}

impl Chance {
    /// The stream of this number under this seed.
    #[must_use]
    pub fn new(seed: u64, stream: u64) -> Self {
        Self { key: halves(seed), stream: halves(stream), block: 0, spare: None }
    }

    /// 64 bits.
    pub fn bits(&mut self) -> u64 {
        if let Some(bits) = self.spare.take() {
            return bits;
        }
        let [low, high] = halves(self.block);
        self.block = self.block.wrapping_add(1);
        let [a, b, c, d] = philox([low, high, self.stream[0], self.stream[1]], self.key);
        self.spare = Some(u64::from(c) | u64::from(d) << 32);
        u64::from(a) | u64::from(b) << 32
    }

    /// Uniform, from 0 to 1 without 1; a multiple of 2⁻⁵³.
    #[expect(clippy::cast_precision_loss, reason = "53 bits are exact")]
    pub fn unit(&mut self) -> f64 {
        (self.bits() >> 11) as f64 / 9_007_199_254_740_992.0
    }

    /// Exponential with the mean 1, by inversion.
    pub fn exponential(&mut self) -> f64 {
        -(1.0 - self.unit()).ln()
    }

    /// Standard normal, by Box and Muller.
    pub fn normal(&mut self) -> f64 {
        let radius = (2.0 * self.exponential()).sqrt();
        radius * (core::f64::consts::TAU * self.unit()).cos()
    }

    /// How many of `trials` succeed, each with this probability: exactly binomial.
    ///
    /// By inversion while few are expected, else by Hörmann's transformed rejection with squeeze (BTRS: The
    /// generation of binomial random variates, J. Stat. Comput. Simul. 46, 1993).
    pub fn binomial(&mut self, trials: f64, probability: f64) -> f64 {
        if trials < 1.0 || probability <= 0.0 {
            return 0.0;
        }
        if probability >= 1.0 {
            return trials;
        }
        if probability > 0.5 {
            return trials - self.binomial(trials, 1.0 - probability);
        }
        if trials * probability < 10.0 {
            return self.binomial_by_inversion(trials, probability);
        }
        self.binomial_by_rejection(trials, probability)
    }

    fn binomial_by_inversion(&mut self, trials: f64, probability: f64) -> f64 {
        let odds = probability / (1.0 - probability);
        let mut left = self.unit();
        let mut mass = (trials * (-probability).ln_1p()).exp();
        let mut hits = 0.0;
        while left >= mass && hits < trials {
            left -= mass;
            hits += 1.0;
            mass *= odds * (trials - hits + 1.0) / hits;
            // What is left is rounding: the masses above are below 2⁻⁶⁴ of it.
            if mass < 1e-300 {
                break;
            }
        }
        hits
    }

    fn binomial_by_rejection(&mut self, trials: f64, probability: f64) -> f64 {
        let deviation = (trials * probability * (1.0 - probability)).sqrt();
        let b = 1.15 + 2.53 * deviation;
        let a = -0.0873 + 0.0248 * b + 0.01 * probability;
        let centre = trials * probability + 0.5;
        let squeeze = 0.92 - 4.2 / b;
        loop {
            let u = self.unit() - 0.5;
            let v = self.unit();
            let edge = 0.5 - u.abs();
            let hits = ((2.0 * a / edge + b) * u + centre).floor();
            if edge >= 0.07 && v <= squeeze {
                return hits;
            }
            if hits < 0.0 || hits > trials {
                continue;
            }
            let odds = probability / (1.0 - probability);
            let alpha = (2.83 + 5.1 / b) * deviation;
            let mode = ((trials + 1.0) * probability).floor();
            let bound = (v * alpha / (a / (edge * edge) + b)).ln();
            let others = trials - hits + 1.0;
            let others_of_mode = trials - mode + 1.0;
            let log_mass = (mode + 0.5) * ((mode + 1.0) / (odds * others_of_mode)).ln()
                + (trials + 1.0) * (others_of_mode / others).ln()
                + (hits + 0.5) * (odds * others / (hits + 1.0)).ln()
                + stirling(mode)
                + stirling(trials - mode)
                - stirling(hits)
                - stirling(trials - hits);
            if bound <= log_mass {
                return hits;
            }
        }
    }
}

/// What Stirling's formula lacks of ln k!, in the form of (k + ½)·ln(k + 1) − (k + 1) + ½·ln 2π: the table that
/// goes with BTRS, and its series from 10 on.
fn stirling(k: f64) -> f64 {
    const TABLE: [f64; 10] = [
        0.081_061_466_795_327_8,
        0.041_340_695_955_409_5,
        0.027_677_925_684_998_3,
        0.020_790_672_103_765_1,
        0.016_644_691_189_821_1,
        0.013_876_128_823_070_7,
        0.011_896_709_945_891_8,
        0.010_411_265_261_972_0,
        0.009_255_462_182_712_73,
        0.008_330_563_433_362_87,
    ];
    if let Some(found) = TABLE.get(super::index(k)) {
        return *found;
    }
    let next = k + 1.0;
    let square = next * next;
    (1.0 / 12.0 - (1.0 / 360.0 - 1.0 / 1260.0 / square) / square) / next
}

#[expect(clippy::cast_possible_truncation, reason = "the two halves of a word")]
fn halves(word: u64) -> [u32; 2] {
    [word as u32, (word >> 32) as u32]
}

#[cfg(test)]
mod tests;
