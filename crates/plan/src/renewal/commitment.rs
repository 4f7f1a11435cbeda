//! F18: the least discount that is worth a commitment.

use crate::sizing::demand::Demand;
use crate::sizing::{Invalid, finite, positive};

/// What committing to a quantity risks.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Commitment {
    /// k: the tokens committed to.
    pub tokens: f64,
    /// P(D < k): how likely some of them are paid for and not used.
    pub probability_below: f64,
    /// E\[(k−D)⁺\]: tokens.
    pub expected_waste: f64,
    /// E\[(k−D)⁺\]/k: a discount on the commitment below this does not pay for what is wasted.
    pub least_discount: f64,
}

/// What a commitment to `tokens` risks under this demand.
///
/// The discount is the least beside buying every token when it is needed, at the undiscounted price:
/// (1−d)·k + E\[(D−k)⁺\] ≤ E\[D\] exactly when d ≥ E\[(k−D)⁺\]/k.
///
/// # Errors
/// A commitment that is not above zero, or not a number.
pub fn commitment(demand: &Demand, tokens: f64) -> Result<Commitment, Invalid> {
    positive("the commitment", tokens)?;
    let expected_waste = demand.spare(tokens);
    Ok(Commitment {
        tokens,
        probability_below: demand.below(tokens),
        expected_waste,
        least_discount: expected_waste / tokens,
    })
}

/// The vendor's proposal, and the same commitment at the trend.
#[derive(Clone, Debug, PartialEq)]
pub struct Stressed {
    /// Last year's tokens, grown as the vendor says.
    pub proposal: Commitment,
    /// The growth that the vendor assumes, 0.12 for 12 %.
    pub assumed: f64,
    /// How likely demand grows by less.
    pub probability_of_less: f64,
    /// What the measured trend says: lognormal, last year's tokens × (1 + trend).
    pub demand: Demand,
}

/// Tests a proposal of last year's tokens × (1 + `growth`) against a measured `trend` with its coefficient of
/// variation: −0.04 and 0.08 for −4 % ± 8 %.
///
/// ```
/// use faregate_plan::renewal::commitment::stress;
///
/// let stressed = stress(48_000.0, 0.12, -0.04, 0.08)?;
/// assert_eq!(stressed.proposal.tokens.round(), 53_760.0);
/// assert!((stressed.proposal.least_discount - 0.1436).abs() < 5e-5);
/// # Ok::<(), faregate_plan::sizing::Invalid>(())
/// ```
///
/// # Errors
/// Last year's tokens, a variation, 1 + growth or 1 + trend that are not above zero, or not numbers.
pub fn stress(last_year: f64, growth: f64, trend: f64, cv: f64) -> Result<Stressed, Invalid> {
    positive("last year's tokens", last_year)?;
    finite("the growth", growth)?;
    positive("what the trend leaves", 1.0 + finite("the trend", trend)?)?;
    let demand = Demand::lognormal(last_year * (1.0 + trend), cv)?;
    let proposal = commitment(&demand, last_year * (1.0 + growth))?;
    let probability_of_less = proposal.probability_below;
    Ok(Stressed { proposal, assumed: growth, probability_of_less, demand })
}
