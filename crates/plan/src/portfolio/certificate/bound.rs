//! Whether the multipliers show what is said, and the boxes cover everything.

use super::facts::{known_bands, same_band, seat_cost};
use super::{BandBound, Certificate, FINE, Fault, covered, has};
use crate::portfolio::bands::Band;
use crate::portfolio::problem::{Offering, Person, Problem};
use std::collections::BTreeMap;

type Checked = Result<(), Fault>;

pub(super) fn check(problem: &Problem, certificate: &Certificate) -> Checked {
    let bounds = &certificate.bounds;
    for (place, bound) in bounds.iter().enumerate() {
        let shown = shown(problem, bound).ok_or(Fault::Multipliers { bound: place })?;
        // The costs are whole micro-units: a bound in between says as much as the next whole one.
        let whole =
            shown.saturating_add(i128::from(FINE.saturating_sub(1))).div_euclid(i128::from(FINE));
        if whole < i128::from(bound.dual) {
            let shown = i64::try_from(whole).unwrap_or(i64::MIN);
            return Err(Fault::Bound { bound: place, said: bound.dual, shown });
        }
        let is_sound =
            bound.proved <= certificate.cost.max(bound.dual) && bound.dual <= bound.proved;
        if !is_sound || certificate.lower_bound > bound.proved {
            return Err(Fault::LowerBound);
        }
    }
    if certificate.lower_bound > certificate.cost {
        return Err(Fault::LowerBound);
    }
    let reach = least_tokens(problem);
    for (place, band) in known_bands(problem).iter().enumerate() {
        if certificate.out_of_reach.iter().any(|other| same_band(other, band)) {
            let tokens = &problem.tokens;
            let buffer = i128::from(tokens.buffer_millionths).saturating_add(1_000_000);
            let have = i128::from(band.most).saturating_add(i128::from(tokens.carried));
            if reach.saturating_mul(buffer) <= have.saturating_mul(1_000_000) {
                return Err(Fault::InReach { band: place });
            }
            continue;
        }
        // Buying nothing costs no less where something cheaper begins at nothing.
        let in_band =
            |bound: &&BandBound| bound.bands.iter().any(|other| at_least_as_good(other, band));
        let boxes: Vec<&BandBound> = bounds.iter().filter(in_band).collect();
        let all: Vec<(u32, u32)> = problem.offerings.iter().map(|_| (0, u32::MAX)).collect();
        if !is_covered(&all, &boxes) {
            return Err(Fault::NotCovered);
        }
    }
    Ok(())
}

/// Whether whatever can be bought in the second can be bought in the first for as much.
fn at_least_as_good(one: &Band, other: &Band) -> bool {
    let is_wider = one.least <= other.least && one.most >= other.most;
    let nothing = other.most == 0 && one.fixed == 0;
    is_wider && one.fixed <= other.fixed && (one.price <= other.price || nothing)
}

/// Whether boxes cover all of these counts of seats held.
fn is_covered(all: &[(u32, u32)], boxes: &[&BandBound]) -> bool {
    let holds = |bound: &&BandBound| {
        bound.held.iter().zip(all).all(|((low, high), (from, to))| low <= from && high >= to)
    };
    let touches = |bound: &&&BandBound| {
        bound.held.iter().zip(all).all(|((low, high), (from, to))| low <= to && high >= from)
    };
    let near: Vec<&BandBound> = boxes.iter().filter(touches).copied().collect();
    let Some(first) = near.first() else { return false };
    if near.iter().any(holds) {
        return true;
    }
    // Cut along an edge of the first box that crosses.
    let sides = first.held.iter().zip(all).enumerate();
    let cut = sides.into_iter().find_map(|(place, ((low, high), (from, to)))| {
        let edge = if low > from { low.checked_sub(1)? } else { *high };
        (edge < *to).then_some((place, edge))
    });
    let Some((place, edge)) = cut else { return false };
    let part = |range: fn((u32, u32), u32) -> (u32, u32)| {
        let sides = all.iter().enumerate();
        sides
            .map(|(side, ends)| if side == place { range(*ends, edge) } else { *ends })
            .collect::<Vec<_>>()
    };
    is_covered(&part(|(from, _), edge| (from, edge)), &near)
        && is_covered(&part(|(_, to), edge| (edge.saturating_add(1), to)), &near)
}

/// The bound at the multipliers, in 1/[`FINE`] micro-units; `None` when they are none.
fn shown(problem: &Problem, bound: &BandBound) -> Option<i128> {
    let multipliers = &bound.multipliers;
    let are_there = multipliers.seats.len() == problem.offerings.len()
        && multipliers.minima.len() == problem.minima.len()
        && (bound.held.is_empty() || bound.held.len() == problem.offerings.len());
    let all = multipliers.seats.iter().chain(&multipliers.minima).chain([&multipliers.tokens]);
    if !are_there || all.into_iter().any(|multiplier| *multiplier < 0) {
        return None;
    }
    let prices = Prices::new(problem, bound);
    let people = problem.people.iter().map(|who| prices.least(problem, who));
    let people = total(people)?;
    let seats = problem.offerings.iter().enumerate().map(|(place, offering)| {
        if is_plain(offering) {
            return Some(0);
        }
        let range = bound.held.get(place).copied().unwrap_or((0, u32::MAX));
        least_supply(offering, *multipliers.seats.get(place)?, range, problem.people.len())
    });
    let seats = total(seats)?;
    let minima =
        problem.minima.iter().zip(&multipliers.minima).fold(0_i128, |sum, (minimum, price)| {
            sum.saturating_add(i128::from(minimum.people).saturating_mul(i128::from(*price)))
        });
    let bought =
        bound.bands.iter().map(|band| least_band(problem, band, multipliers.tokens)).min()?;
    Some(people.saturating_add(seats).saturating_add(minima).saturating_add(bought))
}

/// The sum, when there is one of each.
fn total(mut parts: impl Iterator<Item = Option<i128>>) -> Option<i128> {
    parts.try_fold(0_i128, |sum, part| Some(sum.saturating_add(part?)))
}

fn is_plain(offering: &Offering) -> bool {
    offering.tiers.is_empty()
        && offering.owned == 0
        && offering.least == 0
        && offering.most.is_none()
}

/// min over quantities of the band of what it costs less what it is worth.
fn least_band(problem: &Problem, band: &Band, tokens: i64) -> i128 {
    let fine = |micros: i64| i128::from(micros).saturating_mul(i128::from(FINE));
    let at = |quantity: i64| {
        let margin = fine(band.price).saturating_sub(i128::from(tokens));
        margin.saturating_mul(i128::from(quantity))
    };
    let carried = i128::from(tokens).saturating_mul(i128::from(problem.tokens.carried));
    at(band.least).min(at(band.most)).saturating_add(fine(band.fixed)).saturating_sub(carried)
}

/// min over counts held within the range of what they cost less what they are worth; no count, no bound.
fn least_supply(
    offering: &Offering,
    price: i64,
    (low, high): (u32, u32),
    people: usize,
) -> Option<i128> {
    let floor = offering.owned.max(offering.least).max(low);
    let last = offering.tiers.last().map_or(0, |tier| tier.from.saturating_add(offering.owned));
    let people = u32::try_from(people).ok()?;
    // Beyond what all could hold and the last discount, more never helps.
    let useful = people.max(last).max(floor);
    let top = offering.most.unwrap_or(u32::MAX).min(high).min(useful);
    let edges = offering.tiers.iter().flat_map(|tier| {
        let from = tier.from.saturating_add(offering.owned);
        [Some(from), from.checked_sub(1)]
    });
    let edges = edges.flatten().chain([floor, top]).filter(|held| (floor..=top).contains(held));
    let value = |held: u32| {
        let cost = seat_cost(offering, held.saturating_sub(offering.owned))
            .saturating_mul(i128::from(FINE));
        cost.saturating_sub(i128::from(price).saturating_mul(i128::from(held)))
    };
    edges.map(value).min()
}

/// What everything costs one person under the multipliers.
pub(in crate::portfolio) struct Prices {
    seats: Vec<i128>,
    used: i128,
    minima: Vec<(u32, u64, i128)>,
}

impl Prices {
    pub(in crate::portfolio) fn new(problem: &Problem, bound: &BandBound) -> Self {
        let multipliers = &bound.multipliers;
        let seats = problem.offerings.iter().zip(&multipliers.seats).map(|(offering, price)| {
            let plain = i128::from(offering.price).saturating_mul(i128::from(FINE));
            if is_plain(offering) { plain } else { i128::from(*price) }
        });
        let buffer = i128::from(problem.tokens.buffer_millionths).saturating_add(1_000_000);
        let minima =
            problem.minima.iter().zip(&multipliers.minima).filter(|(_, price)| **price > 0);
        Self {
            seats: seats.collect(),
            used: i128::from(multipliers.tokens).saturating_mul(buffer).div_euclid(1_000_000),
            minima: minima
                .map(|(m, price)| (m.department, m.offerings, i128::from(*price)))
                .collect(),
        }
    }

    /// The least that this person can cost; `None` when they cannot be served.
    pub(in crate::portfolio) fn least(&self, problem: &Problem, who: &Person) -> Option<i128> {
        let switching = i128::from(who.switching).saturating_mul(i128::from(FINE));
        if let Some(kept) = who.keeps {
            let moved = if kept == who.present { 0 } else { switching };
            return Some(self.of(problem, who, kept)?.saturating_add(moved));
        }
        let free = self.cover(problem, who).map(|least| least.saturating_add(switching));
        let is_allowed = (0..64).all(|place| {
            !has(who.present, place)
                || (place < problem.offerings.len() && has(who.may_hold, place))
        });
        let present =
            if is_allowed && switching > 0 { self.of(problem, who, who.present) } else { None };
        free.into_iter().chain(present).min()
    }

    /// Of exactly this set.
    fn of(&self, problem: &Problem, who: &Person, set: u64) -> Option<i128> {
        let seats = self.seats.iter().enumerate().filter(|(place, _)| has(set, *place));
        let paid = seats.fold(0_i128, |sum, (_, price)| sum.saturating_add(*price));
        let met = self.minima.iter().filter(|(department, offerings, _)| {
            *department == who.department && offerings & set != 0
        });
        let gained = met.fold(0_i128, |sum, (_, _, price)| sum.saturating_add(*price));
        let rest = self.rest(problem, who, covered(problem, set))?;
        Some(paid.saturating_add(rest).saturating_sub(gained))
    }

    /// What remains on tokens; `None` when something may not.
    fn rest(&self, problem: &Problem, who: &Person, covers: u64) -> Option<i128> {
        let open = who.uses.iter().filter(|used| !has(covers, usize::from(used.product)));
        total(open.map(|used| {
            let on_flex = problem.products.get(usize::from(used.product))?.on_flex;
            let tokens = i128::from(used.tokens).saturating_mul(self.used);
            (on_flex && who.may_use_tokens).then_some(tokens)
        }))
    }

    /// Over all that offerings can cover and count for: the least that this costs, then the rest on tokens.
    fn cover(&self, problem: &Problem, who: &Person) -> Option<i128> {
        let used = who.uses.iter().fold(0_u64, |mask, used| {
            mask | 1_u64.checked_shl(u32::from(used.product)).unwrap_or(0)
        });
        let own: Vec<_> =
            self.minima.iter().filter(|(department, ..)| *department == who.department).collect();
        let mut least: BTreeMap<(u64, u64), i128> = BTreeMap::from([((0, 0), 0)]);
        for (place, (offering, price)) in problem.offerings.iter().zip(&self.seats).enumerate() {
            let counts =
                own.iter().enumerate().filter(|(_, (_, offerings, _))| has(*offerings, place));
            let counts = counts.fold(0_u64, |mask, (bit, _)| {
                mask | u32::try_from(bit).ok().and_then(|bit| 1_u64.checked_shl(bit)).unwrap_or(0)
            });
            let covers = offering.covers & used;
            if !has(who.may_hold, place) || (covers == 0 && counts == 0) {
                continue;
            }
            let with: Vec<_> = least
                .iter()
                .map(|((old, met), cost)| {
                    ((old | covers, met | counts), cost.saturating_add(*price))
                })
                .collect();
            for (state, cost) in with {
                let known = least.entry(state).or_insert(cost);
                *known = cost.min(*known);
            }
        }
        let total = |((covers, met), cost): (&(u64, u64), &i128)| {
            let gained = own.iter().enumerate().filter(|(bit, _)| has(*met, *bit));
            let gained = gained.fold(0_i128, |sum, (_, (_, _, price))| sum.saturating_add(*price));
            Some(cost.saturating_add(self.rest(problem, who, *covers)?).saturating_sub(gained))
        };
        least.iter().filter_map(total).min()
    }
}

/// The fewest tokens that all can use together.
fn least_tokens(problem: &Problem) -> i128 {
    let least = problem.people.iter().map(|who| {
        let may = who.keeps.unwrap_or(who.may_hold);
        let covers = covered(problem, may);
        let open = who.uses.iter().filter(|used| !has(covers, usize::from(used.product)));
        open.fold(0_i128, |sum, used| sum.saturating_add(i128::from(used.tokens)))
    });
    least.fold(0, i128::saturating_add)
}
