//! The smoothed bound, its slope and its bend.

use super::Expected;
use super::live::Open;
use super::matrix::Matrix;
use super::model::{Model, Node};

/// Choices this many ε above the best one weigh nothing.
const FAR: f64 = 40.0;

pub(super) struct Soft {
    pub(super) value: f64,
    pub(super) slope: Vec<f64>,
    /// The bend downwards: positive semidefinite.
    pub(super) bend: Matrix,
}

/// An outcome of somebody's choice: what it costs at the prices, and its amounts by coordinate.
struct Outcome {
    cost: f64,
    amounts: Vec<(usize, f64)>,
}

#[expect(
    clippy::cast_precision_loss,
    reason = "prices are estimates; bounds are computed in integers"
)]
fn float(whole: i64) -> f64 {
    whole as f64
}

pub(super) fn look(model: &Model, node: &Node, prices: &[f64], epsilon: f64) -> Soft {
    let size = model.coordinates();
    let mut soft = Soft {
        value: decided(model, node, prices),
        slope: slopes(model, node),
        bend: Matrix::new(size),
    };
    let mut choices: Vec<Outcome> = Vec::new();
    let mut costs: Vec<f64> = Vec::new();
    for open in &node.live.people {
        let least = person_costs(model, prices, open, &mut costs);
        let is_near = |cost: &f64| *cost < least + FAR * epsilon;
        let near = open.ways.iter().zip(&costs).filter(|(_, cost)| is_near(cost));
        if near.clone().count() == 1 {
            for ((place, way), cost) in near {
                soft.value += cost;
                soft.certain(model, *place, way.tokens);
            }
            continue;
        }
        choices.clear();
        choices.extend(near.map(|((place, way), cost)| Outcome {
            cost: *cost,
            amounts: amounts(model, *place, way.tokens),
        }));
        soft.choose(&choices, epsilon);
    }
    for (coordinate, points) in supplies(model, node).iter().enumerate() {
        choices.clear();
        choices.extend(points.outcomes(coordinate, prices.get(coordinate).copied().unwrap_or(0.0)));
        soft.choose(&choices, points.epsilon(epsilon));
    }
    let minima = model.minima.iter().enumerate();
    for (place, (_, minimum)) in minima {
        let coordinate = model.first_minimum().saturating_add(place);
        let people = f64::from(minimum.people);
        soft.value += prices.get(coordinate).copied().unwrap_or(0.0) * people;
        if let Some(slope) = soft.slope.get_mut(coordinate) {
            *slope += people;
        }
    }
    soft
}

/// What the decided cost.
#[expect(clippy::cast_precision_loss, reason = "prices are estimates")]
fn decided(model: &Model, node: &Node, prices: &[f64]) -> f64 {
    let first = model.first_minimum();
    let amounts = node.live.amounts.iter().zip(prices).enumerate();
    amounts.fold(node.live.money as f64, |sum, (coordinate, (amount, price))| {
        let paid = float(*amount) * price;
        if coordinate < first { sum + paid } else { sum - paid }
    })
}

/// What the decided use.
fn slopes(model: &Model, node: &Node) -> Vec<f64> {
    let first = model.first_minimum();
    let amounts = node.live.amounts.iter().enumerate();
    amounts.map(|(at, amount)| if at < first { float(*amount) } else { -float(*amount) }).collect()
}

/// What each of a person's ways costs at the prices; the least of it.
fn person_costs(model: &Model, prices: &[f64], open: &Open, costs: &mut Vec<f64>) -> f64 {
    let first = model.first_minimum();
    let tau = prices.first().copied().unwrap_or(0.0);
    costs.clear();
    costs.extend(open.ways.iter().map(|(place, way)| {
        let own = float(way.money) + tau * float(way.tokens);
        model.terms(*place).fold(own, |sum, coordinate| {
            let price = prices.get(coordinate).copied().unwrap_or(0.0);
            if coordinate < first { sum + price } else { sum - price }
        })
    }));
    costs.iter().copied().fold(f64::INFINITY, f64::min)
}

fn amounts(model: &Model, place: usize, tokens: i64) -> Vec<(usize, f64)> {
    let first = model.first_minimum();
    let signed = |coordinate: usize| (coordinate, if coordinate < first { 1.0 } else { -1.0 });
    core::iter::once((0, float(tokens))).chain(model.terms(place).map(signed)).collect()
}

/// The corners of what a supply costs: amounts (negative, as they meet demand) and costs.
struct Points {
    corners: Vec<(f64, f64)>,
    wide: f64,
}

impl Points {
    fn new(corners: Vec<(f64, f64)>, unit: f64) -> Self {
        let costs = || corners.iter().map(|(_, cost)| *cost);
        let range = costs().fold(0.0, f64::max) - costs().fold(f64::INFINITY, f64::min);
        let wide = (range / unit).max(1.0).sqrt();
        Self { corners, wide }
    }

    /// The least that so much costs on the straight lines between corners.
    fn straight(&self, used: f64) -> f64 {
        let beyond = self.corners.iter().filter(|(amount, _)| -amount >= used - 0.5);
        let before = || self.corners.iter().filter(|(amount, _)| -amount < used);
        let least = |(right, dear): &(f64, f64)| {
            let between = before().map(|(left, cheap)| {
                let share = (used + left) / (left - right);
                cheap + (dear - cheap) * share.min(1.0)
            });
            between.fold(*dear, f64::min)
        };
        beyond.map(least).fold(f64::INFINITY, f64::min)
    }

    /// One supply stands for many people, and is smoothed more.
    fn epsilon(&self, epsilon: f64) -> f64 {
        epsilon * self.wide
    }

    fn outcomes(&self, coordinate: usize, price: f64) -> impl Iterator<Item = Outcome> + '_ {
        let outcome = move |(amount, cost): &(f64, f64)| Outcome {
            cost: cost + price * amount,
            amounts: vec![(coordinate, *amount)],
        };
        self.corners.iter().map(outcome)
    }
}

/// Tokens first, then the coupled offerings.
fn supplies(model: &Model, node: &Node) -> Vec<Points> {
    let tokens = &model.problem.tokens;
    let unit = unit(model);
    // No more is ever bought than all could use.
    let all = model.columns.iter().map(|ways| ways.iter().map(|way| way.tokens).max().unwrap_or(0));
    let all = crate::portfolio::bands::need(tokens, all.fold(0, i64::saturating_add));
    let share = 1.0 + f64::from(tokens.buffer_millionths) / 1e6;
    let bands = model.bands(node).flat_map(|band| {
        let most = band.most.min(all.max(band.least));
        [band.least, most].map(|quantity| {
            let usable = float(quantity.saturating_add(tokens.carried)) / share;
            (-usable, float(band.fixed) + float(band.price) * float(quantity))
        })
    });
    let seats = model.open_stretches(node).map(|stretches| {
        let corners = stretches.iter().flat_map(|one| {
            [one.low, one.high].map(|held| {
                (-f64::from(held), float(one.price) * f64::from(held.saturating_sub(one.owned)))
            })
        });
        Points::new(corners.collect(), unit)
    });
    core::iter::once(Points::new(bands.collect(), unit)).chain(seats).collect()
}

/// What a person is about: the mean price of a seat.
pub(super) fn unit(model: &Model) -> f64 {
    let prices = model.problem.offerings.iter().map(|offering| float(offering.price));
    let count = float(i64::try_from(model.problem.offerings.len()).unwrap_or(1)).max(1.0);
    (prices.sum::<f64>() / count).max(1.0)
}

impl Soft {
    /// Adds what somebody uses who has no second thoughts.
    fn certain(&mut self, model: &Model, place: usize, tokens: i64) {
        let first = model.first_minimum();
        if let Some(slope) = self.slope.first_mut() {
            *slope += float(tokens);
        }
        for coordinate in model.terms(place) {
            if let Some(slope) = self.slope.get_mut(coordinate) {
                *slope += if coordinate < first { 1.0 } else { -1.0 };
            }
        }
    }

    /// Adds a soft least over outcomes.
    fn choose(&mut self, outcomes: &[Outcome], epsilon: f64) {
        let least = outcomes.iter().map(|outcome| outcome.cost).fold(f64::INFINITY, f64::min);
        if let [only] = outcomes {
            self.value += only.cost;
            return self.slope(&only.amounts, 1.0);
        }
        let weights: Vec<f64> =
            outcomes.iter().map(|o| ((least - o.cost) / epsilon).exp()).collect();
        let sum: f64 = weights.iter().sum();
        self.value += least - epsilon * sum.ln();
        let mut mean: Vec<(usize, f64)> = Vec::new();
        for (outcome, weight) in outcomes.iter().zip(&weights) {
            let share = weight / sum;
            for (coordinate, amount) in &outcome.amounts {
                match mean.iter_mut().find(|(known, _)| known == coordinate) {
                    Some((_, known)) => *known += share * amount,
                    None => mean.push((*coordinate, share * amount)),
                }
            }
        }
        self.slope(&mean, 1.0);
        // Differences from the mean lose no digits.
        for (outcome, weight) in outcomes.iter().zip(&weights) {
            let share = weight / sum / epsilon;
            let apart: Vec<(usize, f64)> = mean
                .iter()
                .map(|(coordinate, mean)| {
                    let own = outcome.amounts.iter().find(|(other, _)| other == coordinate);
                    (*coordinate, own.map_or(0.0, |(_, amount)| *amount) - mean)
                })
                .collect();
            for (row, left) in &apart {
                for (column, right) in &apart {
                    self.bend.add(*row, *column, share * left * right);
                }
            }
        }
    }

    fn slope(&mut self, amounts: &[(usize, f64)], share: f64) {
        for (coordinate, amount) in amounts {
            if let Some(slope) = self.slope.get_mut(*coordinate) {
                *slope += share * amount;
            }
        }
    }
}

pub(super) fn expect(model: &Model, node: &Node, prices: &[f64], epsilon: f64) -> Expected {
    let first = model.first_minimum();
    let mut used: Vec<f64> = slopes(model, node).into_iter().take(first).collect();
    let mut undecided: Option<(f64, usize)> = None;
    let mut costs: Vec<f64> = Vec::new();
    for (at, open) in node.live.people.iter().enumerate() {
        let least = person_costs(model, prices, open, &mut costs);
        let weights: Vec<f64> = costs.iter().map(|cost| ((least - cost) / epsilon).exp()).collect();
        let sum: f64 = weights.iter().sum();
        for ((place, way), weight) in
            open.ways.iter().zip(&weights).filter(|(_, weight)| **weight > 1e-9)
        {
            let share = weight / sum;
            for (coordinate, amount) in amounts(model, *place, way.tokens) {
                if let Some(used) = used.get_mut(coordinate) {
                    *used += share * amount;
                }
            }
        }
        // The best one weighs 1.
        let certain = 1.0 / sum;
        if undecided.is_none_or(|(known, _)| certain < known) {
            undecided = Some((certain, at));
        }
    }
    let supplies = supplies(model, node);
    let cost = supplies.iter().zip(&used).map(|(points, used)| points.straight(*used)).collect();
    Expected { used, cost, undecided: undecided.map(|(_, at)| at) }
}

/// Prices to begin with: what the first of each costs.
pub(super) fn first_prices(model: &Model) -> super::Prices {
    let unit = unit(model);
    let tokens = model.frame.bands.iter().map(|band| float(band.price)).fold(0.0, f64::max);
    let seats = model.seats.iter().map(|(place, _)| {
        model
            .problem
            .offerings
            .get(*place)
            .map_or(unit, |offering| float(offering.price).max(unit / 1e3))
    });
    let minima = model.minima.iter().map(|_| unit / 20.0);
    let by = core::iter::once(tokens.max(unit / 1e5)).chain(seats).chain(minima).collect();
    super::Prices { by, epsilon: unit * 2.0 }
}
