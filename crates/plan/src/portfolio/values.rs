//! What lies beside the answer: other buffers, and what each constraint costs.

use super::certificate::FINE;
use super::contradiction::Contradiction;
use super::problem::Problem;
use super::solution::Solution;
use super::{Effort, solve_within};
use crate::numeric::normal_below;

/// One mix along the curve of cost and risk.
#[derive(Clone, Debug, PartialEq)]
pub struct Point {
    /// b, in millionths of what is expected to be used.
    pub buffer_millionths: u32,
    /// What it costs, in micro-units.
    pub cost: i64,
    /// Seats held.
    pub seats: u64,
    /// Tokens bought.
    pub bought: i64,
    /// Tokens expected to be used.
    pub used: i64,
    /// How probable it is that the tokens last, 0 to 1, when use is normal with the given spread.
    pub service: f64,
    /// The whole mix.
    pub solution: Solution,
}

/// The cheapest mix at each of these buffers; those that contradict something are left out.
///
/// `spread` is the standard deviation of what all use together, relative to its mean.
///
/// # Errors
/// The contradiction, when no buffer is possible.
pub fn frontier(
    problem: &Problem,
    buffers: &[u32],
    spread: f64,
    effort: Effort,
) -> Result<Vec<Point>, Contradiction> {
    let mut points = Vec::with_capacity(buffers.len());
    let mut last = None;
    for buffer in buffers {
        let mut asked = problem.clone();
        asked.tokens.buffer_millionths = *buffer;
        match solve_within(&asked, effort) {
            Ok(solution) => points.push(point(&asked, solution, spread)),
            Err(contradiction) => last = Some(contradiction),
        }
    }
    match last {
        Some(contradiction) if points.is_empty() => Err(contradiction),
        _ => Ok(points),
    }
}

#[expect(clippy::cast_precision_loss, reason = "an estimate")]
fn point(problem: &Problem, solution: Solution, spread: f64) -> Point {
    let have = solution.bought.saturating_add(problem.tokens.carried);
    let spare = have.saturating_sub(solution.used) as f64;
    let deviation = spread * solution.used as f64;
    let service = if deviation > 0.0 {
        normal_below(spare / deviation)
    } else {
        f64::from(u8::from(spare >= 0.0))
    };
    Point {
        buffer_millionths: problem.tokens.buffer_millionths,
        cost: solution.cost.total(),
        seats: solution.held.iter().map(|held| u64::from(*held)).sum(),
        bought: solution.bought,
        used: solution.used,
        service,
        solution,
    }
}

/// What one constraint costs.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "a variant says what happened, its fields with what numbers")]
pub enum Marginal {
    /// One unit of tokens more or less, at the best band's price, in 1/[`FINE`] micro-units.
    Token { value: i64 },
    /// Without the budget or the end of what can be bought, it would cost so much less.
    TokenLimit { saves: i64 },
    /// The whole budget leaves so much.
    Budget { left: i64 },
    /// One person less under this minimum saves so much.
    Minimum { minimum: usize, saves: i64 },
    /// One owned seat more of this offering saves so much.
    OwnedSeat { offering: usize, saves: i64 },
    /// One seat more that may be held of this offering saves so much.
    SeatsMost { offering: usize, saves: i64 },
    /// Without this commitment it would cost so much more.
    Commitment { commitment: usize, saves: i64 },
    /// Were this person free to move, it would cost so much less.
    Keeps { person: usize, saves: i64 },
}

/// What each constraint is worth: by solving again with it relaxed by one, people on the no-move list by the
/// prices of the certificate (their saving alone, which others' moves may change).
#[must_use]
pub fn marginal_values(problem: &Problem, solution: &Solution, effort: Effort) -> Vec<Marginal> {
    let cost = solution.cost.total();
    let without = |change: &dyn Fn(&mut Problem)| {
        let mut relaxed = problem.clone();
        relaxed.budget = None;
        change(&mut relaxed);
        solve_within(&relaxed, effort).map_or(0, |other| cost.saturating_sub(other.cost.total()))
    };
    let mut values = Vec::new();
    if let Some(bound) = own_bound(solution) {
        values.push(Marginal::Token { value: bound.multipliers.tokens });
    }
    if problem.tokens.budget.is_some() || problem.tokens.most.is_some() {
        let saves = without(&|p| (p.tokens.budget, p.tokens.most) = (None, None));
        values.push(Marginal::TokenLimit { saves });
    }
    values.extend(
        problem.budget.map(|budget| Marginal::Budget { left: budget.saturating_sub(cost) }),
    );
    for (minimum, _) in problem.minima.iter().enumerate().filter(|(_, minimum)| minimum.people > 0)
    {
        let fewer = |p: &mut Problem| {
            p.minima
                .iter_mut()
                .skip(minimum)
                .take(1)
                .for_each(|m| m.people = m.people.saturating_sub(1));
        };
        values.push(Marginal::Minimum { minimum, saves: without(&fewer) });
    }
    for (offering, seats) in problem.offerings.iter().enumerate() {
        if seats.owned > 0 {
            let more = |p: &mut Problem| {
                let seats = p.offerings.iter_mut().skip(offering).take(1);
                seats.for_each(|o| {
                    o.owned = o.owned.saturating_add(1);
                    o.most = o.most.map(|most| most.max(o.owned));
                });
            };
            values.push(Marginal::OwnedSeat { offering, saves: without(&more) });
        }
        if seats.most.is_some() {
            let more = |p: &mut Problem| {
                let seats = p.offerings.iter_mut().skip(offering).take(1);
                seats.for_each(|o| o.most = o.most.map(|most| most.saturating_add(1)));
            };
            values.push(Marginal::SeatsMost { offering, saves: without(&more) });
        }
    }
    for commitment in 0..problem.tokens.commitments.len() {
        let dropped = |p: &mut Problem| {
            p.tokens.commitments.remove(commitment);
        };
        values.push(Marginal::Commitment { commitment, saves: without(&dropped).saturating_neg() });
    }
    values.extend(kept(problem, solution));
    values
}

/// The bound of the box in which the solution lies.
fn own_bound(solution: &Solution) -> Option<&super::BandBound> {
    let lies_in = |bound: &&super::BandBound| {
        let mut seats = bound.held.iter().zip(&solution.held);
        bound.bands.contains(&solution.band)
            && seats.all(|((low, high), held)| (low..=high).contains(&held))
    };
    let all = &solution.certificate.bounds;
    all.iter()
        .find(lies_in)
        .or_else(|| all.iter().find(|bound| bound.bands.contains(&solution.band)))
}

fn kept(problem: &Problem, solution: &Solution) -> Vec<Marginal> {
    let Some(bound) = own_bound(solution) else { return Vec::new() };
    let prices = super::certificate::Prices::new(problem, bound);
    let people = problem.people.iter().enumerate().filter(|(_, person)| person.keeps.is_some());
    let value = |(place, person): (usize, &super::Person)| {
        let free = super::Person { keeps: None, ..person.clone() };
        let saves = prices.least(problem, person)?.saturating_sub(prices.least(problem, &free)?);
        let saves = super::solution::narrow(saves.div_euclid(i128::from(FINE)));
        Some(Marginal::Keeps { person: place, saves })
    };
    people.filter_map(value).collect()
}
