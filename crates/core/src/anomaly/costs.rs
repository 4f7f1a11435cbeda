//! What was charged to whom when, to be summed over pairs and periods.

use super::charges_of;
use crate::amount::Ticks;
use crate::charges::Pair;
use crate::estate::PersonId;
use crate::event::Charge;
use crate::state::State;
use crate::when::Instant;
use std::collections::BTreeMap;

/// Charges by pair, each pair's by their start.
pub(super) struct Costs(BTreeMap<Pair, Vec<Charge>>);

impl Costs {
    /// Those from `from` on.
    pub(super) fn new(state: &State, from: Instant) -> Self {
        let mut all: BTreeMap<Pair, Vec<Charge>> = BTreeMap::new();
        for charge in charges_of(state, from) {
            all.entry((charge.person, charge.product)).or_default().push(charge);
        }
        all.values_mut().for_each(|charges| charges.sort_unstable_by_key(|charge| charge.at));
        Self(all)
    }

    /// A pair's charges that begin in a period, its last instant included.
    pub(super) fn of_pair(&self, pair: Pair, from: Instant, until: Instant) -> &[Charge] {
        let all = self.0.get(&pair).map_or(&[][..], Vec::as_slice);
        let first = all.partition_point(|charge| charge.at < from);
        let last = all.partition_point(|charge| charge.at <= until).max(first);
        all.get(first..last).unwrap_or_default()
    }

    /// What a pair's charges that begin in a period come to.
    pub(super) fn pair(&self, pair: Pair, from: Instant, until: Instant) -> Ticks {
        sum(self.of_pair(pair, from, until))
    }

    /// What all charges of somebody that begin in a period come to.
    pub(super) fn person(&self, person: PersonId, from: Instant, until: Instant) -> Ticks {
        let pairs = self.pairs_of(person);
        let sums = pairs.map(|pair| self.pair(pair, from, until));
        sums.fold(Ticks::ZERO, |sum, ticks| sum.plus(ticks).unwrap_or(sum))
    }

    /// The pairs of somebody.
    pub(super) fn pairs_of(&self, person: PersonId) -> impl Iterator<Item = Pair> + '_ {
        use crate::estate::ProductId;
        let range = (person, ProductId(0))..=(person, ProductId(u16::MAX));
        self.0.range(range).map(|(pair, _)| *pair)
    }

    /// All pairs.
    pub(super) fn pairs(&self) -> impl Iterator<Item = Pair> + '_ {
        self.0.keys().copied()
    }
}

/// What charges come to.
pub(super) fn sum(charges: &[Charge]) -> Ticks {
    charges.iter().fold(Ticks::ZERO, |sum, charge| sum.plus(charge.ticks).unwrap_or(sum))
}
