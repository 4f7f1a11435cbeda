//! Uses that go on at the end of a source, and those that are told of again: what the batch makes of them, and what it
//! remembers, so that they stay when others are undone.

use super::days::{Seen, day_of};
use super::{Recording, Reported, undo};
use crate::engine::Failure;
use faregate_core::charges::Pair;
use faregate_core::event::OpenUse;
use faregate_core::state::State;
use faregate_core::tariff::Meter;
use faregate_core::when::{Date, Instant};
use rustc_hash::FxHashSet;
use std::collections::BTreeMap;

impl Recording<'_> {
    /// Remembers a use that is there already, as it is told now.
    pub(super) fn known_again(&mut self, identity: u64, reported: &Reported, seen: Option<Seen>) {
        self.counts.duplicates += 1;
        let day = day_of(reported.opened);
        match (reported.closed, seen) {
            (Some(closed), Some(seen)) => {
                let one = reported.ended(closed.max(reported.opened));
                self.days.again(day, seen, one);
            }
            _ => self.show_open(identity, reported),
        }
    }

    /// Notes that the source at work shows this use as going on.
    pub(super) fn show_open(&mut self, identity: u64, reported: &Reported) {
        self.shown_open.push(identity);
        self.shown.insert(identity, *reported);
    }

    /// Remembers which uses the batch shows as going on, and until when at least.
    pub(super) fn remember_open(&mut self) {
        for (identity, reported) in std::mem::take(&mut self.shown) {
            let opened = reported.opened;
            let until = self.open_until.get(&identity).copied().unwrap_or(opened);
            let is_own = self.begun.contains_key(&identity);
            let charges = || {
                let pair = self.going_on.get(&identity).map(|(pair, _)| *pair);
                pair.is_some_and(|pair| self.pairs.contains(&pair))
            };
            if !self.follows || is_own || charges() {
                let memo = self.days.remember(day_of(opened));
                memo.open.push(reported.ended(until.max(opened)));
            }
        }
    }

    pub(super) fn begin_use(&mut self, state: &State, identity: u64, reported: &Reported) {
        self.count_new(state, reported);
        let who = self.names.identity(state, reported.user, reported.opened);
        let Some(person) = who else { return };
        let product = self.names.product(state, reported.feature);
        let host = self.names.text(reported.host).to_owned();
        let opened = reported.opened;
        self.begun.insert(identity, OpenUse { identity, person, product, host, opened });
        self.show_open(identity, reported);
        self.meet(state, reported);
    }

    pub(super) fn goes_on(&mut self, state: &State, identity: u64, reported: &Reported) {
        self.lift_open(state, identity, reported);
        self.counts.duplicates += 1;
        self.show_open(identity, reported);
        let person = self.names.person(state, reported.user, reported.opened);
        let product = self.names.product(state, reported.feature);
        if let Some(pair) = person.zip(product).filter(|_| !self.begun.contains_key(&identity)) {
            self.going_on.insert(identity, (pair, reported.opened));
        }
    }

    /// Whose use this is and of what: what the batch knows of it is newer than what the one knew that began it.
    pub(super) fn pair_of_open(&self, state: &State, open: &OpenUse) -> Option<Pair> {
        let goes_on = self.going_on.get(&open.identity).map(|(pair, _)| *pair);
        goes_on.or_else(|| Some((state.estate().same_as(open.person), open.product?)))
    }

    /// Finds until when uses of the pairs at hand that still go on are known to, by all imports that stand: what this
    /// batch shows of them may be less than another did.
    pub(super) fn recall_open(&mut self, state: &State) -> Result<(), Failure> {
        let ended: FxHashSet<u64> = self.ended.iter().copied().collect();
        let is_wanted = |open: &&OpenUse| {
            let pair = self.pair_of_open(state, open);
            pair.is_some_and(|pair| self.pairs.contains(&pair)) && !ended.contains(&open.identity)
        };
        let mut by_day: BTreeMap<Date, Vec<u64>> = BTreeMap::new();
        for open in state.elsewhere().filter(is_wanted) {
            by_day.entry(day_of(open.opened)).or_default().push(open.identity);
        }
        for (date, identities) in by_day {
            let Recording { names, engine, undoing, .. } = &mut *self;
            let shown = undo::shown(&mut *engine.store, state, names, date, *undoing)?;
            for (identity, shown) in identities.iter().filter_map(|id| shown.get_key_value(id)) {
                let until = self.open_until.entry(*identity).or_insert(shown.closed);
                *until = shown.closed.max(*until);
            }
        }
        Ok(())
    }

    /// Uses that go on past the units charged so far are rated on from there.
    pub(super) fn touch_going_on(&mut self) {
        let shared = self.engine.state();
        let state = shared.read();
        let owing = self.going_on.iter().filter_map(|(identity, (pair, opened))| {
            let last = *self.open_until.get(identity)?;
            Some((*pair, owes_from(&state, *pair, *opened, last)?))
        });
        let owing: Vec<(Pair, Instant)> = owing.collect();
        owing.into_iter().for_each(|(pair, from)| self.touch(pair, from));
    }
}

/// From when on a use that goes on at `last` is not charged yet; `None` when it owes nothing.
fn owes_from(state: &State, pair: Pair, opened: Instant, last: Instant) -> Option<Instant> {
    let (_, tariff) = state.tariff()?;
    let rate = state.rate(pair.1, opened).filter(|rate| rate.meter != Meter::Result)?;
    let on_seat = state.estate().covering_seat(pair.0, pair.1, opened).is_some();
    let outlasts_grace = last.since(opened) >= tariff.parts().grace_seconds.max(1);
    // A unit that ends with its use says nothing of the use after it, however long the unit could have been.
    let covered = if rate.meter.ends_with_use() {
        None
    } else {
        state.charges().covered_until(pair, state.zone())
    };
    let from = covered.map_or(opened, |end| end.max(opened));
    (!on_seat && outlasts_grace && from < last).then_some(from)
}
