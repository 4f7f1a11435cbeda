//! F16: what it costs to wall buckets off from each other.
//!
//! Buckets do not all run dry in the same year, so together they need less safety than each by itself:
//! z·√Σσ² instead of z·Σσ when their demands are independent (Eppen, Effects of Centralization on Expected Costs
//! in a Multi-Location Newsboy Problem, Management Science 25, 1979). Demands that rise together gain less.

use super::demand::Demand;
use super::order::{Prices, Sized, order};
use super::{Invalid, finite, not_negative, positive};

/// A bucket's demand: mean tokens and their coefficient of variation.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bucket {
    /// Tokens.
    pub mean: f64,
    /// Deviation over mean.
    pub cv: f64,
}

impl Bucket {
    fn deviation(&self) -> f64 {
        self.mean * self.cv
    }
}

/// Tokens beyond the mean.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Safety {
    /// When each bucket keeps its own.
    pub separate: f64,
    /// When they share.
    pub pooled: f64,
}

/// The safety that z deviations ask for, separate and pooled.
///
/// # Errors
/// No buckets; means or variations that are not above zero; a z below zero.
pub fn safety(buckets: &[Bucket], z: f64) -> Result<Safety, Invalid> {
    check(buckets)?;
    not_negative("z", z)?;
    let separate: f64 = buckets.iter().map(Bucket::deviation).sum();
    Ok(Safety { separate: z * separate, pooled: z * pooled_deviation(buckets) })
}

/// Three ways to share a pool, each ordered as well as it can be.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Walls {
    /// Every bucket buys for itself, and one that is dry buys more while others have tokens left.
    pub hard: Sized,
    /// Everybody draws on one pool.
    pub pool: Sized,
    /// Each bucket has its part of the pool's order in reserve, and borrows what others do not need, on approval:
    /// tokens that are borrowed in a year, on average.
    pub borrowed: f64,
    /// Money a year: the pool's cost, and the approvals.
    pub reserve_and_borrow: f64,
    /// Money a year: what the hard wall costs beyond the pool.
    pub wall_price: f64,
}

/// What a hard wall costs, beside a pool and beside reserve and borrowing at `approval` a borrowed token.
///
/// Demands are normal and independent. With borrowing, what is short over all buckets after borrowing is what the
/// pool is short, so borrowed = Σ E\[(D_i − Q_i)⁺\] − E\[(ΣD − ΣQ)⁺\], with the pool's order divided so that every
/// bucket has the same z.
///
/// # Errors
/// As [`safety`] and [`order`]; a negative cost of approval.
pub fn wall_price(buckets: &[Bucket], prices: Prices, approval: f64) -> Result<Walls, Invalid> {
    check(buckets)?;
    not_negative("the cost of an approval", approval)?;
    let mean: f64 = buckets.iter().map(|bucket| bucket.mean).sum();
    let pooled = Demand::normal(mean, pooled_deviation(buckets))?;
    let pool = order(&pooled, prices)?;
    let mut hard = Sized {
        tokens: 0.0,
        service_level: 1.0,
        expected_waste: 0.0,
        expected_short: 0.0,
        expected_cost: 0.0,
        ..pool
    };
    let spread: f64 = buckets.iter().map(Bucket::deviation).sum();
    let z = (pool.tokens - mean) / spread;
    let mut short = 0.0;
    for bucket in buckets {
        let demand = Demand::normal(bucket.mean, bucket.deviation())?;
        let own = order(&demand, prices)?;
        hard.tokens += own.tokens;
        hard.service_level *= own.service_level;
        hard.expected_waste += own.expected_waste;
        hard.expected_short += own.expected_short;
        hard.expected_cost += own.expected_cost;
        short += demand.excess(bucket.mean + z * bucket.deviation());
    }
    let borrowed = (short - pool.expected_short).max(0.0);
    Ok(Walls {
        hard,
        pool,
        borrowed,
        reserve_and_borrow: pool.expected_cost + approval * borrowed,
        wall_price: hard.expected_cost - pool.expected_cost,
    })
}

fn check(buckets: &[Bucket]) -> Result<(), Invalid> {
    for bucket in buckets {
        positive("a bucket's mean", bucket.mean)?;
        positive("a bucket's variation", bucket.cv)?;
        finite("a bucket's deviation", bucket.deviation())?;
    }
    if buckets.is_empty() { Err(Invalid::Empty("bucket")) } else { Ok(()) }
}

fn pooled_deviation(buckets: &[Bucket]) -> f64 {
    buckets.iter().map(|bucket| bucket.deviation().powi(2)).sum::<f64>().sqrt()
}
