//! F13: what the right to carry unused tokens forward is worth.
//!
//! Of the Q tokens bought, at most φQ may be carried; a carried token is worth v next year. The cost becomes
//! p·Q + (p_up+s)·E\[(D−Q)⁺\] − v·E\[min(φQ, (Q−D)⁺)\], whose derivative is zero where
//! (p_up+s)·P(D>Q) + v·(P((1−φ)Q < D ≤ Q) + φ·P(D ≤ (1−φ)Q)) = p.

use super::demand::Demand;
use super::order::{Prices, Sized, at, order};
use super::{Invalid, crossing, not_negative, share};

/// A token next year is worth its price less three per cent: what waiting costs, and what will not be used.
/// The worked examples of F13 and F19 are reproduced with it.
pub const WORTH_OF_PRICE: f64 = 0.97;

/// The order under a right to carry forward, and what the right is worth.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Carried {
    /// The best order; its cost counts carried tokens, its waste does not.
    pub sized: Sized,
    /// Tokens carried into the next year, on average.
    pub expected_carried: f64,
    /// Money: the cost of the best order without the right, less that with it.
    pub value: f64,
}

/// The best order when up to `share_kept` (φ) of it may be carried, at `worth` (v) a token.
///
/// # Errors
/// As [`order`]; φ outside 0 to 1; a worth that is negative, above what a missing token costs, or so high that
/// buying never ends (v·φ ≥ p).
pub fn carry(
    demand: &Demand,
    prices: Prices,
    share_kept: f64,
    worth: f64,
) -> Result<Carried, Invalid> {
    let without = order(demand, prices)?;
    share("the share carried", share_kept)?;
    not_negative("the worth of a carried token", worth)?;
    let gain = (worth - prices.salvage).max(0.0);
    if gain * share_kept + prices.salvage >= prices.price || worth > prices.missing() {
        return Err(Invalid::WorthKeeping { worth, price: prices.price });
    }
    let kept = 1.0 - share_kept;
    let rate = |tokens: f64| {
        let (below, far_below) = (demand.below(tokens), demand.below(kept * tokens));
        let carried = below - far_below + share_kept * far_below;
        prices.missing() * (1.0 - below) + prices.salvage * below + gain * carried - prices.price
    };
    // With φ near 1 the best order may be beyond any demand: the guard above bounds it by far_below = 1.
    let end = demand.highest() / kept.max(0.01) + 1.0;
    let tokens = if share_kept > 0.0 && rate(without.tokens) > 0.0 {
        crossing(without.tokens, end, rate)
    } else {
        without.tokens
    };
    let expected_carried = demand.spare(tokens) - demand.spare(kept * tokens);
    let sized = at(demand, prices, tokens)?;
    let expected_cost = sized.expected_cost - gain * expected_carried;
    let expected_waste = sized.expected_waste - expected_carried;
    Ok(Carried {
        sized: Sized { expected_cost, expected_waste, ..sized },
        expected_carried,
        value: without.expected_cost - expected_cost,
    })
}
