//! What seats of one offering cost, as stretches of seats held in which each costs the same.

use super::problem::Offering;

/// From `low` to `high` seats held, each beyond the owned ones at one price.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Stretch {
    pub(super) low: u32,
    pub(super) high: u32,
    pub(super) price: i64,
    pub(super) owned: u32,
}

impl Stretch {
    /// Of so many seats held, in micro-units.
    pub(super) fn cost(&self, held: u32) -> i128 {
        let bought = held.saturating_sub(self.owned);
        i128::from(self.price).saturating_mul(i128::from(bought))
    }
}

/// All stretches of an offering that a mix for so many people can need, ascending.
pub(super) fn stretches(offering: &Offering, people: u32) -> Vec<Stretch> {
    let owned = offering.owned;
    let floor = offering.least.max(owned);
    let last = offering.tiers.last().map_or(0, |tier| owned.saturating_add(tier.from));
    let top = offering.most.unwrap_or_else(|| people.max(last).max(floor));
    let starts = offering.tiers.iter().map(|tier| (owned.saturating_add(tier.from), tier.price));
    let starts: Vec<(u32, i64)> = core::iter::once((0, offering.price)).chain(starts).collect();
    let ends = starts.iter().skip(1).map(|(start, _)| start.checked_sub(1)).chain([Some(top)]);
    starts
        .iter()
        .zip(ends)
        .filter_map(|((start, price), end)| {
            let (low, high) = ((*start).max(floor), end?.min(top));
            (low <= high).then_some(Stretch { low, high, price: *price, owned })
        })
        .collect()
}

/// How many seats to hold for so many people, and what they cost; `None` when so many may not be held.
pub(super) fn cheapest(offering: &Offering, count: u32) -> Option<(u32, i128)> {
    let fitting = stretches(offering, count).into_iter().filter(|stretch| stretch.high >= count);
    let priced = fitting.map(|stretch| {
        let held = stretch.low.max(count);
        (held, stretch.cost(held))
    });
    priced.min_by_key(|(_, cost)| *cost)
}
