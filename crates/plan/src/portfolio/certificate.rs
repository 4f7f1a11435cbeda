//! The certificate of a mix, and its check.
//!
//! The check shares no code with the solver: it makes the bands anew, reckons cost and feasibility anew, and finds
//! each person's cheapest way by another method (over sets of products, not of offerings).
//! It may be slow; it must be plain.
//!
//! A certificate says: *in this box (these bands, these counts of seats held) nothing costs less than `dual`, as
//! you can see by giving everybody these prices.* The boxes cover all there is.
//! Where `proved` is above `dual`, the difference was closed by enumeration, which the check does not repeat.

mod bound;
pub(super) use bound::Prices;
mod facts;

use super::bands::Band;
use super::problem::Problem;
use super::solution::Solution;
use core::fmt;

/// Multipliers are in so many parts of a micro-unit.
pub const FINE: i64 = 1 << 16;

/// Why nothing cheaper exists.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Certificate {
    /// Of the mix, in micro-units.
    pub cost: i64,
    /// No mix costs less, in micro-units.
    pub lower_bound: i64,
    /// Boxes that cover everything.
    pub bounds: Vec<BandBound>,
    /// Bands in which nothing can be bought, as even with all seats that are allowed more is needed.
    pub out_of_reach: Vec<Band>,
}

impl Certificate {
    /// Cost above bound, as a share of the cost.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "a ratio for display")]
    pub fn gap(&self) -> f64 {
        let apart = self.cost.saturating_sub(self.lower_bound);
        if apart <= 0 { 0.0 } else { apart as f64 / (self.cost as f64).max(1.0) }
    }

    /// The least of the boxes' bounds that need no enumeration, in micro-units.
    #[must_use]
    pub fn dual_bound(&self) -> i64 {
        self.bounds.iter().map(|bound| bound.dual).min().unwrap_or(self.cost)
    }
}

/// A bound for a box: some bands, and some counts of seats held.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BandBound {
    /// The bands.
    pub bands: Vec<Band>,
    /// By offering, the seats held: at least and at most. Empty when any.
    pub held: Vec<(u32, u32)>,
    /// The prices that show it.
    pub multipliers: Multipliers,
    /// Nothing in the box costs less, as the multipliers show; in micro-units.
    pub dual: i64,
    /// Nothing in the box costs less, or less than the mix; in micro-units.
    pub proved: i64,
}

/// Prices of what couples people, in 1/[`FINE`] micro-units, none negative.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Multipliers {
    /// λ: of one unit of tokens bought.
    pub tokens: i64,
    /// μ: of one seat held, by offering; of an offering without conditions it is not read, its price counts.
    pub seats: Vec<i64>,
    /// ν: of one person more under a minimum, by minimum.
    pub minima: Vec<i64>,
}

/// What is wrong with a solution or its certificate.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "a variant says what happened, its fields with what numbers")]
pub enum Fault {
    /// There is not one choice, or one count, for each.
    Length { what: &'static str },
    /// A person holds what they may not, or not what they keep.
    Forbidden { person: usize },
    /// A product that must be covered is not.
    Uncovered { person: usize, product: u8 },
    /// The tokens told of a person are not those of their products on tokens.
    Tokens { person: usize },
    /// Fewer seats are held than assigned, or not as many as must or may be.
    Seats { offering: usize },
    /// A minimum is not met.
    Minimum { minimum: usize, people: u32 },
    /// The sum of tokens is another one.
    Used { found: i64 },
    /// Tokens cannot be bought like this.
    Purchase { bought: i64 },
    /// A cost is another one.
    Cost { what: &'static str, found: i64 },
    /// A multiplier is negative or missing.
    Multipliers { bound: usize },
    /// The multipliers show less than is said.
    Bound { bound: usize, said: i64, shown: i64 },
    /// Something lies in no box.
    NotCovered,
    /// A band is in reach.
    InReach { band: usize },
    /// The lower bound is above that of a box, or above the cost.
    LowerBound,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the certificate does not hold: {self:?}")
    }
}

impl core::error::Error for Fault {}

/// Checks a solution against its problem, and its certificate against both.
///
/// # Errors
/// The first thing that is wrong.
pub fn check(problem: &Problem, solution: &Solution) -> Result<(), Fault> {
    facts::check(problem, solution)?;
    bound::check(problem, &solution.certificate)
}

/// Bit `place` of a mask.
fn has(mask: u64, place: usize) -> bool {
    u32::try_from(place).is_ok_and(|place| mask.checked_shr(place).unwrap_or(0) & 1 == 1)
}

/// The union of what a set of offerings covers.
fn covered(problem: &Problem, set: u64) -> u64 {
    let held = problem.offerings.iter().enumerate().filter(|(place, _)| has(set, *place));
    held.fold(0, |covered, (_, offering)| covered | offering.covers)
}
