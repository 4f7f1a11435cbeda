//! The mix when nothing but tokens couples people.
//!
//! At a price τ of a used token each person takes the cheapest of their ways; as τ rises they change along the lower
//! hull of their (tokens, money), at thresholds that do not depend on others. All thresholds in one sorted row give
//! use and cost at any price, and each band's best bound by one search in it.

use super::bands::{self, Band};
use super::certificate::{BandBound, Certificate, FINE, Multipliers};
use super::closing::{self, Gap};
use super::contradiction::{Contradiction, tokens_short};
use super::frame::Frame;
use super::options::{Columns, Way};
use super::problem::{Problem, Tokens};
use super::solution::{Solution, narrow};

const MILLION: i128 = 1_000_000;

/// From this price on everybody on the row up to here has changed; what all use and pay then.
#[derive(Clone, Copy)]
struct Step {
    threshold: i64,
    tokens: i64,
    money: i64,
}

/// One person's change to a way with fewer tokens.
#[derive(Clone, Copy)]
struct Edge {
    threshold: i64,
    tokens: i64,
    money: i64,
}

/// What a band comes to at its best price.
#[derive(Clone, Copy)]
pub(super) struct Priced {
    pub(super) place: usize,
    pub(super) band: Band,
    /// λ, of a token bought; and τ, of a token used; in 1/[`FINE`] micro-units.
    pub(super) lambda: i64,
    pub(super) tau: i64,
    /// Without what people pay: all of the bound that does not depend on anybody's choice.
    pub(super) constant: i128,
    /// The bound.
    pub(super) bound: i128,
    /// The cost of everybody's choice at this price, in micro-units.
    cost: i64,
}

impl Priced {
    /// How much dearer buying for this use is than the bound reckons; `None` when it cannot be bought here.
    pub(super) fn excess(&self, tokens: &Tokens, used: i64) -> Option<i128> {
        let need = bands::need(tokens, used);
        let bought = need.max(self.band.least);
        let at_price = i128::from(self.tau).saturating_mul(i128::from(used));
        let paid = fine(self.band.cost(bought)).saturating_sub(at_price);
        (need <= self.band.most).then(|| paid.saturating_sub(self.constant))
    }
}

pub(super) fn solve(problem: &Problem, frame: &Frame) -> Result<Solution, Contradiction> {
    let columns = Columns::new(frame, &problem.people)?;
    let steps = steps(&columns);
    let tokens = &problem.tokens;
    let bands = frame.bands.iter().enumerate();
    let mut priced: Vec<Priced> =
        bands.filter_map(|(place, band)| price(place, *band, tokens, &steps)).collect();
    priced.sort_by_key(|priced| (priced.bound, priced.place));
    let Some(best) = priced.iter().min_by_key(|priced| priced.cost).copied() else {
        let least = steps.last().map_or(0, |step| step.tokens);
        return Err(tokens_short(problem, least));
    };
    let mut gap = Gap { priced: best, cost: best.cost, picks: Vec::new() };
    let closed: Vec<bool> =
        priced.iter().map(|priced| closing::close(tokens, &columns, *priced, &mut gap)).collect();
    let certificate = certificate(problem, frame, &priced, &closed, gap.cost);
    let sets = sets(&columns, &gap);
    let solution = Solution::of(problem, frame, &sets, certificate);
    solution.ok_or_else(|| tokens_short(problem, steps.last().map_or(0, |step| step.tokens)))
}

/// In 1/[`FINE`] micro-units.
pub(super) fn fine(micros: i128) -> i128 {
    micros.saturating_mul(i128::from(FINE))
}

/// The least whole amount of micro-units that is not below.
pub(super) fn whole(fine: i128) -> i64 {
    let less = i128::from(FINE).saturating_sub(1);
    narrow(fine.saturating_add(less).div_euclid(i128::from(FINE)))
}

/// What all pay and use, from the price 0 on.
fn steps(columns: &Columns) -> Vec<Step> {
    let mut edges = Vec::with_capacity(columns.len());
    let mut hull: Vec<(Way, i64)> = Vec::new();
    let (mut tokens, mut money) = (0_i64, 0_i64);
    for ways in columns.iter() {
        lower_hull(ways, &mut hull);
        if let Some((first, _)) = hull.first() {
            tokens = tokens.saturating_add(first.tokens);
            money = money.saturating_add(first.money);
        }
        edges.extend(hull.iter().zip(hull.iter().skip(1)).map(|((from, _), (to, threshold))| {
            Edge {
                threshold: *threshold,
                tokens: from.tokens.saturating_sub(to.tokens),
                money: to.money.saturating_sub(from.money),
            }
        }));
    }
    edges.sort_unstable_by_key(|edge| edge.threshold);
    let mut steps = Vec::with_capacity(edges.len().saturating_add(1));
    steps.push(Step { threshold: 0, tokens, money });
    steps.extend(edges.iter().map(|edge| {
        tokens = tokens.saturating_sub(edge.tokens);
        money = money.saturating_add(edge.money);
        Step { threshold: edge.threshold, tokens, money }
    }));
    steps
}

/// The corners from most tokens to fewest, each with the price from which on it is taken.
fn lower_hull(ways: &[Way], hull: &mut Vec<(Way, i64)>) {
    hull.clear();
    for way in ways.iter().rev() {
        loop {
            let Some((last, since)) = hull.last() else {
                hull.push((*way, 0));
                break;
            };
            let threshold = threshold(last, way);
            if threshold > *since || hull.len() == 1 {
                hull.push((*way, threshold));
                break;
            }
            hull.pop();
        }
    }
}

/// The least price in 1/[`FINE`] micro-units at which fewer tokens are no dearer.
fn threshold(from: &Way, to: &Way) -> i64 {
    let money = fine(i128::from(to.money.saturating_sub(from.money)));
    let tokens = i128::from(from.tokens.saturating_sub(to.tokens)).max(1);
    narrow(money.saturating_add(tokens).saturating_sub(1).div_euclid(tokens))
}

/// A band at the price that gives the highest bound; `None` when no mix can be bought in it.
fn price(place: usize, band: Band, tokens: &Tokens, steps: &[Step]) -> Option<Priced> {
    let own = narrow(fine(i128::from(band.price)));
    let at = |tau: i64| {
        let next = steps.partition_point(|step| step.threshold <= tau);
        steps.get(next.saturating_sub(1)).or(steps.first())
    };
    let (low, high) = (bands::usable(tokens, band.least), bands::usable(tokens, band.most));
    let free = at(used_price(tokens, own))?.tokens;
    let lambda = if low < free && free <= high {
        own
    } else {
        let end = if free <= low { low } else { high };
        let reached = steps.partition_point(|step| step.tokens > end);
        bought_price(tokens, steps.get(reached)?.threshold)
    };
    let tau = used_price(tokens, lambda);
    let step = at(tau)?;
    let constant = constant(&band, tokens, lambda);
    let paid = i128::from(tau).saturating_mul(i128::from(step.tokens));
    let bound = fine(i128::from(step.money)).saturating_add(paid).saturating_add(constant);
    let bought = bands::need(tokens, step.tokens).max(band.least);
    let cost = narrow(band.cost(bought).saturating_add(i128::from(step.money)));
    Some(Priced { place, band, lambda, tau, constant, bound, cost })
}

/// min over B in the band of (p − λ)·B, plus what is fixed, less what was carried over.
pub(super) fn constant(band: &Band, tokens: &Tokens, lambda: i64) -> i128 {
    let margin = fine(i128::from(band.price)).saturating_sub(i128::from(lambda));
    let end = if margin >= 0 { band.least } else { band.most };
    let carried = i128::from(lambda).saturating_mul(i128::from(tokens.carried));
    let bought = margin.saturating_mul(i128::from(end));
    fine(i128::from(band.fixed)).saturating_add(bought).saturating_sub(carried)
}

/// τ = λ·(1+b), rounded down, which keeps the bound a bound.
pub(super) fn used_price(tokens: &Tokens, lambda: i64) -> i64 {
    let share = MILLION.saturating_add(i128::from(tokens.buffer_millionths));
    narrow(i128::from(lambda).saturating_mul(share).div_euclid(MILLION))
}

/// The least λ whose τ is no less than this.
pub(super) fn bought_price(tokens: &Tokens, tau: i64) -> i64 {
    let share = MILLION.saturating_add(i128::from(tokens.buffer_millionths));
    let scaled = i128::from(tau).saturating_mul(MILLION);
    narrow(scaled.saturating_add(share).saturating_sub(1).checked_div(share).unwrap_or(0))
}

/// Everybody's way at the best band's price, but for those whom closing the gap moved.
fn sets(columns: &Columns, gap: &Gap) -> Vec<u64> {
    let mut sets: Vec<u64> = columns
        .iter()
        .map(|ways| at_price(ways, gap.priced.tau).map_or(0, |(way, _)| way.set))
        .collect();
    for (person, way) in &gap.picks {
        if let Some((set, way)) = sets.get_mut(*person).zip(columns.of(*person).get(*way)) {
            *set = way.set;
        }
    }
    sets
}

/// The cheapest way at a price of used tokens, of equals the one with fewest tokens, and what it costs then.
pub(super) fn at_price(ways: &[Way], tau: i64) -> Option<(&Way, i128)> {
    let priced = ways.iter().map(|way| (way, way_price(way, tau)));
    priced.min_by_key(|(_, price)| *price)
}

pub(super) fn way_price(way: &Way, tau: i64) -> i128 {
    fine(i128::from(way.money))
        .saturating_add(i128::from(tau).saturating_mul(i128::from(way.tokens)))
}

fn certificate(
    problem: &Problem,
    frame: &Frame,
    priced: &[Priced],
    closed: &[bool],
    cost: i64,
) -> Certificate {
    let mut bounds: Vec<(usize, BandBound)> = priced
        .iter()
        .zip(closed)
        .map(|(priced, closed)| {
            let dual = whole(priced.bound);
            let multipliers = Multipliers {
                tokens: priced.lambda,
                seats: vec![0; problem.offerings.len()],
                minima: vec![0; problem.minima.len()],
            };
            let proved = if *closed { dual.max(cost) } else { dual };
            (
                priced.place,
                BandBound { bands: vec![priced.band], held: Vec::new(), multipliers, dual, proved },
            )
        })
        .collect();
    bounds.sort_by_key(|(place, _)| *place);
    let out_of_reach = frame
        .bands
        .iter()
        .enumerate()
        .filter(|(place, _)| priced.iter().all(|p| p.place != *place));
    let out_of_reach = out_of_reach.map(|(_, band)| *band).collect();
    let bounds: Vec<BandBound> = bounds.into_iter().map(|(_, bound)| bound).collect();
    let lower_bound = bounds.iter().map(|bound| bound.proved).min().unwrap_or(cost).min(cost);
    Certificate { cost, lower_bound, bounds, out_of_reach }
}
