//! A problem as the solvers look at it: bands made, prices in rows, what couples people told apart.

use super::bands::{self, Band};
use super::contradiction::{Contradiction, bit};
use super::problem::{Minimum, Offering, Person, Problem};
use std::collections::BTreeMap;

pub(super) struct Frame<'a> {
    pub(super) bands: Vec<Band>,
    /// Products that can be paid with tokens.
    pub(super) on_flex: u64,
    /// The offerings there are.
    pub(super) all: u64,
    /// Offerings whose cost depends on how many others hold them.
    pub(super) coupled: u64,
    pub(super) offerings: &'a [Offering],
    /// By department: its minima, each with its place in the problem.
    pub(super) minima: BTreeMap<u32, Vec<(usize, Minimum)>>,
}

impl<'a> Frame<'a> {
    pub(super) fn new(problem: &'a Problem) -> Result<Self, Contradiction> {
        let bands = bands::of(problem);
        if bands.is_empty() {
            return Err(super::contradiction::tokens_short(problem, 0));
        }
        let flex = problem.products.iter().enumerate().filter(|(_, product)| product.on_flex);
        let offerings = problem.offerings.as_slice();
        let coupled = offerings.iter().enumerate().filter(|(_, offering)| is_coupled(offering));
        let mut minima: BTreeMap<u32, Vec<(usize, Minimum)>> = BTreeMap::new();
        for (place, minimum) in problem.minima.iter().enumerate().filter(|(_, m)| m.people > 0) {
            minima.entry(minimum.department).or_default().push((place, *minimum));
        }
        Ok(Self {
            bands,
            on_flex: flex.fold(0, |mask, (place, _)| mask | bit(place)),
            all: (0..offerings.len()).fold(0, |mask, place| mask | bit(place)),
            coupled: coupled.fold(0, |mask, (place, _)| mask | bit(place)),
            offerings,
            minima,
        })
    }

    /// Whether nothing but tokens couples people.
    pub(super) fn is_separable(&self) -> bool {
        self.coupled == 0 && self.minima.is_empty()
    }

    pub(super) fn minima_of(&self, person: &Person) -> &[(usize, Minimum)] {
        self.minima.get(&person.department).map_or(&[], Vec::as_slice)
    }

    /// What the seats of a set cost that cost everybody the same.
    pub(super) fn plain_price(&self, set: u64) -> i64 {
        places(set & !self.coupled)
            .filter_map(|place| self.offerings.get(place))
            .fold(0, |sum, offering| sum.saturating_add(offering.price))
    }

    /// Which minima of the department a set counts for, by place in the department's list.
    pub(super) fn counts_for(minima: &[(usize, Minimum)], set: u64) -> u64 {
        let met =
            minima.iter().enumerate().filter(|(_, (_, minimum))| minimum.offerings & set != 0);
        met.fold(0, |mask, (place, _)| mask | bit(place))
    }
}

fn is_coupled(offering: &Offering) -> bool {
    !offering.tiers.is_empty()
        || offering.owned > 0
        || offering.least > 0
        || offering.most.is_some()
}

/// The places of the bits that are set.
pub(super) fn places(mut mask: u64) -> impl Iterator<Item = usize> {
    core::iter::from_fn(move || {
        let place = mask.trailing_zeros();
        let rest = mask & mask.checked_sub(1)?;
        mask = rest;
        usize::try_from(place).ok()
    })
}
