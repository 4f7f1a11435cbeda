//! The units of the pairs with new use, derived again from the earliest new use on.

use super::{Recording, vendor};
use crate::engine::{Failure, Work};
use crate::ports::Use;
use faregate_core::charges::Pair;
use faregate_core::estate::{PersonId, ProductId};
use faregate_core::event::{Event, Source, Unit};
use faregate_core::rating::Rating;
use faregate_core::state::State;
use faregate_core::usage::Interval;
use faregate_core::when::Instant;
use rustc_hash::FxHashSet;

/// Charges booked with one event.
const CHARGES_PER_EVENT: usize = 8_192;
/// Uses whose pairs are fetched together.
const USES_AT_ONCE: usize = 64;

impl Recording<'_> {
    /// Books the difference between the units derived and those on record.
    pub(super) fn rate(
        &mut self,
        work: &mut Work<'_>,
        from: Instant,
        source: Source,
    ) -> Result<(), Failure> {
        let others = self.other_uses(&work.guard, from)?;
        let mut rating = Rating::new(&work.guard, from, source);
        if self.undoing.is_some() {
            rating = rating.explained_by(self.explained(&work.guard, from, &others)?);
        }
        let mut others = others.into_iter().peekable();
        for (pair, span, bucket) in self.leased.payers() {
            rating.pay_from(*pair, *span, *bucket);
        }
        for pair in std::mem::take(&mut self.pairs) {
            rating.touch(&work.guard, pair);
        }
        for day in self.engine.store.days_with_uses(from)? {
            let mut uses = self.engine.store.uses_of(day)?;
            uses.retain(|one| {
                one.closed >= from && vendor::counts(&work.guard, &mut self.names, one)
            });
            uses.sort_unstable_by_key(|one| one.opened);
            for some in uses.chunks(USES_AT_ONCE) {
                let pair =
                    |one: &Use| self.names.pair(&work.guard, one.user, one.feature, one.opened);
                let pairs: Vec<Option<Pair>> = some.iter().map(pair).collect();
                rating.fetch(pairs.iter().copied().flatten());
                for (one, pair) in some.iter().zip(pairs) {
                    while let Some((pair, interval)) =
                        others.next_if(|(_, other)| other.start <= one.opened)
                    {
                        rating.session(&work.guard, pair, interval);
                    }
                    if let Some(pair) = pair {
                        let whole = Interval { start: one.opened, end: one.closed };
                        rating.session(&work.guard, pair, whole);
                    }
                }
                if rating.ready() >= CHARGES_PER_EVENT {
                    work.apply(Event::UsageCharged(rating.take_ready()))?;
                    self.store_work(work)?;
                }
            }
        }
        for (pair, interval) in others {
            rating.session(&work.guard, pair, interval);
        }
        let (surplus, charges) = rating.finish(&work.guard);
        if !surplus.is_empty() {
            work.apply(Event::UsageReversed(surplus))?;
        }
        for some in charges.chunks(CHARGES_PER_EVENT) {
            work.apply(Event::UsageCharged(some.to_vec()))?;
            self.store_work(work)?;
        }
        Ok(())
    }

    /// Units of touched pairs on record that begin with a use, or with the end of a seat within one.
    fn explained(
        &mut self,
        state: &State,
        from: Instant,
        others: &[(Pair, Interval)],
    ) -> Result<FxHashSet<(Pair, Instant)>, Failure> {
        let mut explained = FxHashSet::default();
        let mut add = |pair: Pair, whole: Interval| {
            for part in state.estate().uncovered_parts(pair.0, pair.1, whole) {
                let unit = Unit { person: pair.0, product: pair.1, at: part.start };
                if state.charges().get(unit).is_some() {
                    explained.insert((pair, part.start));
                }
            }
        };
        others.iter().for_each(|(pair, whole)| add(*pair, *whole));
        for day in self.engine.store.days_with_uses(from)? {
            for one in self.engine.store.uses_of(day)? {
                let pair = self.names.pair(state, one.user, one.feature, one.opened);
                if let Some(pair) = pair.filter(|pair| self.pairs.contains(pair)) {
                    add(pair, Interval { start: one.opened, end: one.closed });
                }
            }
        }
        Ok(explained)
    }

    /// Uses of touched pairs that are in no block: of our own gate, and those still going on.
    pub(super) fn other_uses(
        &mut self,
        state: &State,
        from: Instant,
    ) -> Result<Vec<(Pair, Interval)>, Failure> {
        self.recall_open(state)?;
        let (pairs, mut others) = (&self.pairs, Vec::new());
        self.engine.store.gate_uses(from, &mut |one| {
            let pair = (state.estate().same_as(PersonId(one.person)), ProductId(one.product));
            if pairs.contains(&pair) {
                others.push((pair, Interval { start: one.opened, end: one.closed }));
            }
        })?;
        // What a running session owes beyond its charges is the gate's to book, once it is heard of again.
        let running = state.sessions().values().filter_map(|session| {
            // A lease is no use: what it was used for is told by its workstation.
            let pair = session.metered_pair().filter(|_| session.lease.is_none())?;
            let end = charged_through(state, pair, session.opened);
            Some((pair, Interval { start: session.opened, end }))
        });
        let all = running.chain(self.open_uses(state, from));
        others.extend(all.filter(|(pair, _)| self.pairs.contains(pair)));
        others.sort_unstable_by_key(|(pair, interval)| (interval.start, *pair));
        Ok(others)
    }

    /// Uses that logs show as going on: to the end of the last log that does. Those of imports that kept no memo of it,
    /// as far as they were charged.
    fn open_uses<'a>(
        &'a self,
        state: &'a State,
        from: Instant,
    ) -> impl Iterator<Item = (Pair, Interval)> + 'a {
        let last = move |identity| self.open_until.get(&identity).copied().unwrap_or(from);
        let ended: FxHashSet<u64> = self.ended.iter().copied().collect();
        let earlier = state.elsewhere().filter(move |open| !ended.contains(&open.identity));
        let earlier = earlier.filter_map(move |open| {
            let pair = self.pair_of_open(state, open)?;
            let known = self.open_until.get(&open.identity).copied();
            let end = known.unwrap_or_else(|| charged_through(state, pair, open.opened));
            Some((pair, Interval { start: open.opened, end: end.max(open.opened) }))
        });
        let begun = self.begun.values().filter_map(move |open| {
            let end = last(open.identity).max(open.opened);
            Some((self.pair_of_open(state, open)?, Interval { start: open.opened, end }))
        });
        earlier.chain(begun)
    }
}

/// The end of the units on record that follow each other without a gap from an instant on, up to the last of which
/// somebody else than the vendor tells: those after it have a use of their own.
///
/// A log that nobody goes on with leaves uses open for ever: they must not be charged for ever.
pub(crate) fn charged_through(state: &State, pair: Pair, opened: Instant) -> Instant {
    let (mut end, mut told) = (opened, opened);
    for charge in state.charges().of_pair(pair) {
        if charge.at > end {
            break;
        }
        end = end.max(charge.meter.unit_end(charge.at, state.zone()));
        if charge.source != Source::Vendor {
            told = end;
        }
    }
    told
}
