//! Prices for what couples people: those of tokens, of seats with conditions, and of minima.
//!
//! The Lagrangian bound is smoothed (each least of several becomes a soft least, −ε·ln Σ exp(−c/ε), after Nesterov,
//! *Smooth minimization of non-smooth functions*, Math. Programming 103 (2005)), and Newton's method climbs it for
//! smaller and smaller ε, with a barrier that keeps prices positive.
//! There are few coordinates, so that a step costs little more than a look at everybody's ways.
//! The prices are a suggestion: what they are worth is computed in integers, by [`Model::bound`].

mod live;
mod matrix;
mod model;
mod soft;

pub(super) use live::Live;
pub(super) use model::{Model, Node, Whole};

use soft::Soft;

/// Prices and what people and supplies are expected to do at them.
#[derive(Clone, Debug)]
pub(super) struct Prices {
    /// In micro-units, by coordinate.
    pub(super) by: Vec<f64>,
    /// The smoothing with which they were found.
    pub(super) epsilon: f64,
}

/// The smoothing falls by this factor from stage to stage.
const FALL: f64 = 6.0;
const STEPS_MAX: usize = 40;
const SHORTENINGS_MAX: usize = 40;
/// Gains below this share of the bound are not worth a step; on the way there, below this one.
const FINE_ENOUGH: f64 = 2e-9;
const ROUGHLY: f64 = 2e-6;

/// The prices at which a node's bound is highest, or nearly.
pub(super) fn climb(
    model: &Model,
    node: &Node,
    start: &Prices,
    until: f64,
    looks: &mut u64,
) -> Prices {
    let mut prices = start.clone();
    while prices.epsilon > until {
        prices.epsilon = (prices.epsilon / FALL).max(until);
        let is_last = prices.epsilon <= until;
        let mut here = soft::look(model, node, &prices.by, prices.epsilon);
        *looks = looks.saturating_add(node.live.ways);
        #[expect(clippy::cast_precision_loss, reason = "a threshold")]
        if here.value > model.dearest as f64 * 1.001 {
            return prices;
        }
        let little = if is_last { FINE_ENOUGH } else { ROUGHLY };
        for _ in 0..STEPS_MAX {
            match step(model, node, &mut prices, &here, little, looks) {
                Some(reached) => here = reached,
                None => break,
            }
        }
    }
    prices
}

/// One step of Newton's method; `None` when there is nothing more to gain.
fn step(
    model: &Model,
    node: &Node,
    prices: &mut Prices,
    here: &Soft,
    little: f64,
    looks: &mut u64,
) -> Option<Soft> {
    let epsilon = prices.epsilon;
    let mut slope = here.slope.clone();
    let mut bend = here.bend.clone();
    for (place, (slope, price)) in slope.iter_mut().zip(&prices.by).enumerate() {
        *slope += epsilon / price;
        bend.add(place, place, epsilon / (price * price));
    }
    let way = bend.solve(&slope)?;
    let gain: f64 = slope.iter().zip(&way).map(|(slope, way)| slope * way).sum();
    if gain.is_nan() || gain < (epsilon * 0.2).max(little * here.value.abs()) {
        return None;
    }
    let falling = prices.by.iter().zip(&way).filter(|(_, way)| **way < 0.0);
    let mut length = falling.map(|(price, way)| -0.95 * price / way).fold(1.0, f64::min);
    let value = here.value + barrier(&prices.by, epsilon);
    for _ in 0..SHORTENINGS_MAX {
        let next: Vec<f64> =
            prices.by.iter().zip(&way).map(|(price, way)| price + length * way).collect();
        let reached = soft::look(model, node, &next, epsilon);
        *looks = looks.saturating_add(node.live.ways);
        if reached.value + barrier(&next, epsilon) >= value + 0.1 * length * gain {
            prices.by = next;
            return Some(reached);
        }
        length *= 0.3;
    }
    None
}

fn barrier(prices: &[f64], epsilon: f64) -> f64 {
    epsilon * prices.iter().map(|price| price.ln()).sum::<f64>()
}

/// What is expected at prices: the seats, tokens and costs of each supply, and who is least decided.
pub(super) struct Expected {
    /// By coordinate of a supply (tokens first, then seats): what people use of it.
    pub(super) used: Vec<f64>,
    /// And the least that this costs on straight lines, as the bound sees it.
    pub(super) cost: Vec<f64>,
    /// The place, among the undecided, of the person whose choice is least certain.
    pub(super) undecided: Option<usize>,
}

pub(super) fn expect(model: &Model, node: &Node, prices: &Prices) -> Expected {
    soft::expect(model, node, &prices.by, prices.epsilon)
}

/// Where the climb begins.
pub(super) fn first_prices(model: &Model) -> Prices {
    soft::first_prices(model)
}

/// The finest smoothing that is worth its steps.
pub(super) fn finest(model: &Model) -> f64 {
    let people = model.problem.people.len().min(1 << 20);
    soft::unit(model) * 1e-5_f64.max(1e-8 * f64::from(u32::try_from(people).unwrap_or(u32::MAX)))
}
