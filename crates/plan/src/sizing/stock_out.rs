//! What a missing token costs, when some people lose more by it than others.
//!
//! Two rules. *Mixed*: whoever opens first is served, so a missing token hits everybody in proportion to their
//! demand, and s is the weighted mean; this is how a pool without allocations behaves, and the default.
//! *Cheapest first*: policies keep the last tokens for those who lose most, so a shortage hits the cheapest
//! persona until all of its demand is refused, then the next. It is right only where such a policy is in force,
//! and it never orders more than the mix of the same costs would at small shortages.

use super::demand::Demand;
use super::order::{Prices, Sized, at, order};
use super::{Invalid, crossing, not_negative, share};

/// Some of the demand, and what one missing token costs it beyond the top-up.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Loss {
    /// Of all tokens; the shares are taken relative to their sum.
    pub share_of_demand: f64,
    /// Units of money.
    pub cost_a_token: f64,
}

/// s by the mix: Σ share·cost / Σ share.
///
/// # Errors
/// No personas, shares outside 0 to 1 or all zero, negative costs.
pub fn mixed(personas: &[Loss]) -> Result<f64, Invalid> {
    let total = checked(personas)?;
    let sum: f64 = personas.iter().map(|one| one.share_of_demand * one.cost_a_token).sum();
    Ok(sum / total)
}

/// s a token, cheapest first, when this share of the demand is missing.
///
/// # Errors
/// As [`mixed`]; and a share outside 0 to 1.
pub fn cheapest_first(personas: &[Loss], missing: f64) -> Result<f64, Invalid> {
    share("the share that is missing", missing)?;
    let steps = steps(personas)?;
    if missing <= 0.0 {
        return Ok(steps.first().map_or(0.0, |step| step.dearer_by));
    }
    let cost = |step: &Step| step.dearer_by * (missing - step.cheaper).max(0.0);
    Ok(steps.iter().map(cost).sum::<f64>() / missing)
}

/// The order that costs least, when a shortage hits the cheapest first; `prices.stock_out` is not used.
///
/// With W the share of those cheaper, the dearer part of a shortage is (D − Q − W·D)⁺ = (1−W)(D − Q/(1−W))⁺, so
/// the cost is p·Q + p_up·E\[(D−Q)⁺\] + Σ (c_i − c_{i−1})(1−W_i)·E\[(D − Q/(1−W_i))⁺\], convex in Q.
/// The `critical_ratio` of the answer is its service level.
///
/// # Errors
/// As [`mixed`] and [`order`].
pub fn order_cheapest_first(
    demand: &Demand,
    prices: Prices,
    personas: &[Loss],
) -> Result<Sized, Invalid> {
    let steps = steps(personas)?;
    let bare = Prices { stock_out: 0.0, ..prices };
    let least = order(demand, bare)?.tokens;
    let rate = |tokens: f64| {
        let reached = |step: &Step| step.dearer_by * (1.0 - demand.below(tokens / step.kept()));
        let dearer: f64 = steps.iter().map(reached).sum();
        let (below, above) = (demand.below(tokens), 1.0 - demand.below(tokens));
        prices.topup * above + dearer + prices.salvage * below - prices.price
    };
    let tokens = if rate(least) > 0.0 { crossing(least, demand.highest(), rate) } else { least };
    let sized = at(demand, bare, tokens)?;
    let loss = |step: &Step| step.dearer_by * step.kept() * demand.excess(tokens / step.kept());
    let losses: f64 = steps.iter().map(loss).sum();
    Ok(Sized {
        critical_ratio: sized.service_level,
        expected_cost: sized.expected_cost + losses,
        ..sized
    })
}

/// From this share of the demand on, a missing token costs so much more.
struct Step {
    cheaper: f64,
    dearer_by: f64,
}

impl Step {
    /// The share of the demand that is not cheaper; never quite zero.
    fn kept(&self) -> f64 {
        (1.0 - self.cheaper).max(1e-12)
    }
}

fn steps(personas: &[Loss]) -> Result<Vec<Step>, Invalid> {
    let total = checked(personas)?;
    let mut sorted = personas.to_vec();
    sorted.sort_unstable_by(|one, other| one.cost_a_token.total_cmp(&other.cost_a_token));
    let (mut cheaper, mut cost) = (0.0, 0.0);
    let step = |one: &Loss| {
        let step = Step { cheaper, dearer_by: one.cost_a_token - cost };
        cheaper += one.share_of_demand / total;
        cost = one.cost_a_token;
        step
    };
    Ok(sorted.iter().filter(|one| one.share_of_demand > 0.0).map(step).collect())
}

fn checked(personas: &[Loss]) -> Result<f64, Invalid> {
    for one in personas {
        share("a share of demand", one.share_of_demand)?;
        not_negative("a stock-out cost", one.cost_a_token)?;
    }
    let total: f64 = personas.iter().map(|one| one.share_of_demand).sum();
    if total > 0.0 { Ok(total) } else { Err(Invalid::Empty("share of demand")) }
}
