//! What drawn years came to.

use crate::sizing::demand::Demand;
use crate::sizing::{Invalid, count, index};

/// More bars than this cannot be told apart in a picture.
pub const BINS_MAX: usize = 60;

/// The totals of drawn years, in tokens.
#[derive(Clone, Debug, PartialEq)]
pub struct Distribution {
    demand: Demand,
    /// Ascending.
    totals: Vec<f64>,
}

/// One bar: totals from `from` to `to`, and how many.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bin {
    /// Tokens.
    pub from: f64,
    /// Tokens; of the last bar included.
    pub to: f64,
    /// Years.
    pub years: usize,
}

impl Distribution {
    /// Of these totals.
    ///
    /// # Errors
    /// No totals, or one that is negative or not a number.
    pub fn new(mut totals: Vec<f64>) -> Result<Self, Invalid> {
        let demand = Demand::empirical(totals.clone())?;
        totals.sort_unstable_by(f64::total_cmp);
        Ok(Self { demand, totals })
    }

    /// As a demand to order for.
    #[must_use]
    pub fn demand(&self) -> &Demand {
        &self.demand
    }

    /// Ascending, in tokens.
    #[must_use]
    pub fn totals(&self) -> &[f64] {
        &self.totals
    }

    /// The mean, in tokens.
    #[must_use]
    pub fn mean(&self) -> f64 {
        self.demand.mean()
    }

    /// The total that this share of the years stays within.
    #[must_use]
    pub fn quantile(&self, share: f64) -> f64 {
        self.demand.quantile(share)
    }

    /// The standard error of a quantile, from the distance of the order statistics one deviation of their rank
    /// away: √(nq(1−q)) (David and Nagaraja, Order Statistics, 3rd ed., §7.1).
    #[must_use]
    pub fn quantile_error(&self, share: f64) -> f64 {
        let apart = (share * (1.0 - share) / count(self.totals.len())).sqrt();
        (self.quantile(share + apart) - self.quantile(share - apart)) / 2.0
    }

    /// The share of the years that need more than this.
    #[must_use]
    pub fn exceeds(&self, tokens: f64) -> f64 {
        1.0 - self.demand.below(tokens)
    }

    /// Up to [`BINS_MAX`] bars of equal width from the least total to the largest; one bar when all are the same.
    #[must_use]
    pub fn histogram(&self, bins: usize) -> Vec<Bin> {
        let (Some(least), Some(most)) = (self.totals.first(), self.totals.last()) else {
            return Vec::new();
        };
        let bins = if most > least { bins.clamp(1, BINS_MAX) } else { 1 };
        let width = (most - least) / count(bins);
        let bar = |n: usize| {
            let from = least + width * count(n);
            Bin { from, to: from + width, years: 0 }
        };
        let mut bars: Vec<Bin> = (0..bins).map(bar).collect();
        for total in &self.totals {
            let at = if width > 0.0 { index((total - least) / width) } else { 0 };
            let bar = bars.get_mut(at.min(bins.saturating_sub(1)));
            bar.into_iter().for_each(|bar| bar.years = bar.years.saturating_add(1));
        }
        bars
    }
}
