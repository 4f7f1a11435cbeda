//! F12: how many tokens to buy, when missing ones are topped up at a price and cost something besides.
//!
//! Buying Q costs p·Q + (p_up + s)·E\[(D−Q)⁺\] − v·E\[(Q−D)⁺\], which is least where
//! F(Q) = (p_up + s − p)/(p_up + s − v): the newsvendor's critical ratio (Arrow, Harris and Marschak, Optimal
//! Inventory Policy, 1951; Porteus, Foundations of Stochastic Inventory Theory, 2002, ch. 1).

use super::demand::Demand;
use super::{Invalid, count, not_negative, positive};

/// The guide's buffers over the baseline: 15 to 25 %.
pub const GUIDE_BUFFERS: [f64; 3] = [1.15, 1.20, 1.25];

/// Units of money a token.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Prices {
    /// p: bought ahead.
    pub price: f64,
    /// p_up: bought when the pool has run dry.
    pub topup: f64,
    /// s: what it costs beyond the top-up when a token is missing, see [`super::stock_out`].
    pub stock_out: f64,
    /// v: what an unused token is worth at the end; zero where tokens expire.
    pub salvage: f64,
}

impl Prices {
    /// One list price for both, and nothing for unused tokens.
    #[must_use]
    pub const fn list(price: f64, stock_out: f64) -> Self {
        Self { price, topup: price, stock_out, salvage: 0.0 }
    }

    /// p_up + s: what a missing token costs.
    #[must_use]
    pub fn missing(&self) -> f64 {
        self.topup + self.stock_out
    }

    pub(crate) fn check(&self) -> Result<(), Invalid> {
        positive("the price", self.price)?;
        not_negative("the top-up price", self.topup)?;
        not_negative("the stock-out cost", self.stock_out)?;
        not_negative("the salvage", self.salvage)?;
        if self.salvage >= self.price {
            return Err(Invalid::WorthKeeping { worth: self.salvage, price: self.price });
        }
        Ok(())
    }

    /// (p_up + s − p)/(p_up + s − v); zero when topping up is never dearer.
    fn critical_ratio(&self) -> f64 {
        let gain = self.missing() - self.price;
        if gain > 0.0 { gain / (self.missing() - self.salvage) } else { 0.0 }
    }

    fn cost(&self, demand: &Demand, tokens: f64) -> f64 {
        self.price * tokens + self.missing() * demand.excess(tokens)
            - self.salvage * demand.spare(tokens)
    }
}

/// A quantity, and what it means.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sized {
    /// To buy ahead.
    pub tokens: f64,
    /// The service level that would cost least.
    pub critical_ratio: f64,
    /// P(D ≤ tokens): the share of years without a top-up.
    pub service_level: f64,
    /// Tokens left, on average.
    pub expected_waste: f64,
    /// Tokens missing, and topped up, on average.
    pub expected_short: f64,
    /// Money, on average: purchase, top-ups, stock-outs, less the salvage.
    pub expected_cost: f64,
}

/// The order that costs least.
///
/// ```
/// use faregate_plan::sizing::{demand::Demand, order::{Prices, order}};
///
/// let demand = Demand::normal(50_000.0, 7_500.0)?;
/// let prices = Prices { price: 2.70, topup: 3.0, stock_out: 12.0, salvage: 0.0 };
/// assert_eq!(order(&demand, prices)?.tokens.round(), 56_865.0);
/// # Ok::<(), faregate_plan::sizing::Invalid>(())
/// ```
///
/// # Errors
/// A price that is negative or not a number; a salvage that is not below the price.
pub fn order(demand: &Demand, prices: Prices) -> Result<Sized, Invalid> {
    prices.check()?;
    let ratio = prices.critical_ratio();
    at(demand, prices, if ratio > 0.0 { demand.quantile(ratio) } else { 0.0 })
}

/// What buying `tokens` means.
///
/// # Errors
/// As [`order`]; and a negative quantity.
pub fn at(demand: &Demand, prices: Prices, tokens: f64) -> Result<Sized, Invalid> {
    prices.check()?;
    not_negative("the quantity", tokens)?;
    Ok(Sized {
        tokens,
        critical_ratio: prices.critical_ratio(),
        service_level: demand.below(tokens),
        expected_waste: demand.spare(tokens),
        expected_short: demand.excess(tokens),
        expected_cost: prices.cost(demand, tokens),
    })
}

/// The service-level curve: `points` quantities whose service levels are evenly spaced between 0 and 1.
///
/// # Errors
/// As [`order`].
pub fn curve(demand: &Demand, prices: Prices, points: usize) -> Result<Vec<Sized>, Invalid> {
    let steps = count(points) + 1.0;
    let point = |n: usize| at(demand, prices, demand.quantile(count(n) / steps));
    (1..=points).map(point).collect()
}

/// The guide's rule beside the better one: the baseline and each of [`GUIDE_BUFFERS`] on it.
///
/// # Errors
/// As [`order`]; and a baseline below zero.
pub fn guide(demand: &Demand, prices: Prices, baseline: f64) -> Result<[(f64, Sized); 3], Invalid> {
    let buffer = |factor: f64| Ok((factor, at(demand, prices, baseline * factor)?));
    let [low, middle, high] = GUIDE_BUFFERS;
    Ok([buffer(low)?, buffer(middle)?, buffer(high)?])
}
