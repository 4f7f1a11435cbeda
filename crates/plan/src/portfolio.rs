//! The mix of seats and tokens that costs least, with its certificate (F11).
//!
//! min over price bands k of Σ cᵢⱼ + p_k·max(L_k, (1+b)·Σ tᵢⱼ − R₀, 0), with Q ≤ U_k.
//! For given prices of a token, of scarce seats and of departments' minima, each person decides alone: the sum of
//! these decisions is a lower bound (Lagrange), and the bound is the certificate that comes with the answer.
//!
//! - Where only tokens couple people ([`Problem`] without quantity discounts, owned seats, counts and minima),
//!   `separable` finds each band's best price in one sorted list, and `closing` proves the last cents by
//!   fixing with reduced costs and a dynamic program on whole tokens.
//! - Else `search` branches on bands, discount tiers and, in the end, people; `dual` finds the prices of a node
//!   by Newton's method on a smoothed bound, and `repair` makes a mix of them.
//!
//! Everything that is stated as a bound is computed in integers; floats only suggest prices.
//! `certificate::check` shares no code with the solver.
//! To add a constraint: its field in `problem`, its refusals in `contradiction`, its coordinate in `dual`, its
//! cost in `repair`, and its lines in `certificate` and in the brute force of the tests.

mod bands;
pub mod certificate;
mod closing;
mod contradiction;
mod dual;
mod frame;
mod options;
mod problem;
mod repair;
mod search;
mod separable;
mod solution;
mod supply;
#[cfg(test)]
mod tests;
mod values;

pub use bands::{Band, Origin};
pub use certificate::{BandBound, Certificate, Multipliers};
pub use contradiction::{Contradiction, Side};
pub use problem::{
    Commitment, FlatFee, Minimum, Offering, Person, Problem, Product, SeatTier, TokenTier, Tokens,
    Use,
};
pub use solution::{Choice, Cost, Solution};
pub use values::{Marginal, Point, frontier, marginal_values};

use frame::Frame;

/// How much work a solution is worth.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Effort {
    /// How many times a choice of a person may be looked at while branching; about 10⁸ a second.
    pub looks: u64,
    /// The search ends when cost and bound are so many millionths of the cost apart.
    pub gap_millionths: u32,
}

impl Default for Effort {
    /// About half a minute at most, and no gap where that is enough.
    fn default() -> Self {
        Self { looks: 3_000_000_000, gap_millionths: 0 }
    }
}

/// The mix that costs least, with its certificate.
///
/// # Errors
/// What contradicts itself, with the numbers.
///
/// ```
/// use faregate_plan::portfolio::{Offering, Person, Problem, Product, Tokens, TokenTier, Use, solve};
///
/// // One product at 10 tokens a day and $3 a token, used on 120 days; a seat costs $2,910.
/// let problem = Problem {
///     products: vec![Product { on_flex: true }],
///     offerings: vec![Offering::simple(2_910_000_000, 0b1)],
///     people: vec![Person::new(vec![Use { product: 0, tokens: 1_200 }])],
///     tokens: Tokens::at(3_000_000),
///     ..Problem::default()
/// };
/// let solution = solve(&problem).unwrap();
/// assert_eq!(solution.cost.total(), 2_910_000_000);
/// assert_eq!(solution.certificate.lower_bound, 2_910_000_000);
/// ```
pub fn solve(problem: &Problem) -> Result<Solution, Contradiction> {
    solve_within(problem, Effort::default())
}

/// As [`solve`], with a limit of one's own.
///
/// # Errors
/// What contradicts itself, with the numbers; [`Contradiction::Undecided`] when the limit was too low to find
/// any mix.
pub fn solve_within(problem: &Problem, effort: Effort) -> Result<Solution, Contradiction> {
    contradiction::find(problem)?;
    let frame = Frame::new(problem)?;
    let solution = if frame.is_separable() {
        separable::solve(problem, &frame)
    } else {
        search::solve(problem, &frame, effort)
    }?;
    match problem.budget {
        Some(budget) if solution.cost.total() > budget => {
            let least_cost = solution.certificate.lower_bound;
            Err(Contradiction::BudgetTooSmall { budget, least_cost })
        }
        _ => Ok(solution),
    }
}
