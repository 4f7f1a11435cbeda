//! Which uses are there already, by the UTC day of their opening.
//!
//! A day's identities are read from the store when the day is first met, and put out again when too many
//! are held and the day rests. Logs come in order of time, so few days are at work at once; a file in the order
//! of its people has all of its days at work, and reading one again for each row would never end.

use crate::ports::{BlockKind, Memo, Store, StoreError, Use, UseBlock};
use faregate_core::when::{DAY, Date, Instant};
use rustc_hash::FxHashMap;
use std::collections::BTreeMap;

/// Uses of one day that wait to be stored as a block.
const BLOCK: usize = 4_096;
/// Identities held in memory before days that rest are put out, 20 to 40 bytes each.
const RESTING_MAX: usize = if cfg!(test) { 40 } else { 400_000 };
/// Identities held in memory before days at work are put out as well; a single day may exceed it.
const IDENTITIES_MAX: usize = if cfg!(test) { 200 } else { 8_000_000 };
/// A day rests once so many uses of others came.
const USES_UNTIL_REST: u64 = if cfg!(test) { 20 } else { 1_000_000 };
/// After so many uses it is looked for days to put out, and with each day that is brought in.
const USES_UNTIL_ROOM: u64 = if cfg!(test) { 1 } else { 4_096 };

/// Where a use stands that is there already, and what it was told with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Seen {
    /// Its place among all uses ever told of the day; [`Seen::OWN`] when the batch at work told of it.
    pub(super) place: u32,
    /// How long it lasted.
    pub(super) seconds: u32,
}

impl Seen {
    pub(super) const OWN: u32 = u32::MAX;

    fn of(place: u32, one: &Use) -> Self {
        Self { place, seconds: Self::seconds(one.opened, one.closed) }
    }

    /// Seconds between two instants, as far as 136 years reach.
    pub(super) fn seconds(opened: Instant, closed: Instant) -> u32 {
        u32::try_from(closed.since(opened).max(0)).unwrap_or(u32::MAX)
    }
}

/// Identities of the uses opened on one day, and what is not stored yet.
#[derive(Default)]
struct Day {
    seen: FxHashMap<u64, Seen>,
    waiting: Vec<Use>,
    /// Places of uses that the batch told of in the words in which they were there already.
    again: Vec<u32>,
    /// Uses that were there already, told with another end.
    otherwise: Vec<Use>,
    touched: u64,
}

/// The days at work.
#[derive(Default)]
pub(super) struct Days {
    /// The number of the import that they are of.
    batch: u32,
    days: FxHashMap<Date, Day>,
    /// What else the batch told of days, in memory or not.
    memos: BTreeMap<Date, Memo>,
    held: usize,
    clock: u64,
}

/// The UTC day of an instant.
pub(super) fn day_of(at: Instant) -> Date {
    Date(i32::try_from(at.0.div_euclid(DAY)).unwrap_or(0))
}

impl Days {
    pub(super) fn of(batch: u32) -> Self {
        Self { batch, ..Self::default() }
    }

    /// The use that is there already, if it is. Brings its day into memory.
    pub(super) fn find(
        &mut self,
        store: &mut dyn Store,
        date: Date,
        identity: u64,
        identify: impl Fn(&Use) -> u64,
    ) -> Result<Option<Seen>, StoreError> {
        self.clock += 1;
        if self.clock.is_multiple_of(USES_UNTIL_ROOM) || !self.days.contains_key(&date) {
            self.make_room(store, date)?;
        }
        if let Some(day) = self.days.get_mut(&date) {
            day.touched = self.clock;
            return Ok(day.seen.get(&identity).copied());
        }
        let seen = seen_in(store.blocks_of(date)?, self.batch, identify);
        let found = seen.get(&identity).copied();
        self.held += seen.len();
        self.days.insert(date, Day { seen, touched: self.clock, ..Day::default() });
        Ok(found)
    }

    /// Adds a use of a day that is in memory; says whether a block of the day is full.
    pub(super) fn add(&mut self, date: Date, identity: u64, one: Use) -> bool {
        let day = self.days.entry(date).or_default();
        self.held += usize::from(day.seen.insert(identity, Seen::of(Seen::OWN, &one)).is_none());
        day.waiting.push(one);
        day.waiting.len() >= BLOCK
    }

    /// Remembers that the batch told of a use that others told of before: so it stays when they are undone.
    pub(super) fn again(&mut self, date: Date, seen: Seen, one: Use) {
        if seen.place == Seen::OWN {
            return;
        }
        let day = self.days.entry(date).or_default();
        if seen.seconds == Seen::seconds(one.opened, one.closed) {
            day.again.push(seen.place);
        } else if day.otherwise.last() != Some(&one) {
            day.otherwise.push(one);
        }
    }

    /// The same of a use that was told in the same words.
    pub(super) fn tell_again(&mut self, date: Date, seen: Seen) {
        if seen.place != Seen::OWN {
            self.days.entry(date).or_default().again.push(seen.place);
        }
    }

    /// Remembers what else the batch told of a day.
    pub(super) fn remember(&mut self, date: Date) -> &mut Memo {
        self.memos.entry(date).or_default()
    }

    /// Stores what of a day waits.
    pub(super) fn flush(&mut self, store: &mut dyn Store, date: Date) -> Result<(), StoreError> {
        let Some(day) = self.days.get_mut(&date) else { return Ok(()) };
        if !day.waiting.is_empty() {
            store.add_uses(self.batch, date, BlockKind::Told, &day.waiting)?;
            day.waiting.clear();
        }
        Ok(())
    }

    /// Stores all of a day that is not stored.
    fn put_out(&mut self, store: &mut dyn Store, date: Date) -> Result<(), StoreError> {
        self.flush(store, date)?;
        let Some(day) = self.days.remove(&date) else { return Ok(()) };
        self.held = self.held.saturating_sub(day.seen.len());
        let (again, otherwise) = (runs(day.again), day.otherwise);
        store.add_memo(self.batch, date, &Memo { again, otherwise, ..Memo::default() })
    }

    /// Stores what waits, day by day, and forgets all.
    pub(super) fn finish(&mut self, store: &mut dyn Store) -> Result<(), StoreError> {
        let mut dates: Vec<Date> = self.days.keys().copied().collect();
        dates.sort_unstable();
        dates.into_iter().try_for_each(|date| self.put_out(store, date))?;
        for (date, memo) in &self.memos {
            store.add_memo(self.batch, *date, memo)?;
        }
        *self = Self::of(self.batch);
        Ok(())
    }

    /// Puts out the days untouched for longest, as long as they rest or there is no room for another.
    fn make_room(&mut self, store: &mut dyn Store, at_work: Date) -> Result<(), StoreError> {
        while self.held >= RESTING_MAX {
            let others = self.days.iter().filter(|(date, _)| **date != at_work);
            let days = others.map(|(date, day)| (day.touched, *date));
            let Some((touched, oldest)) = days.min() else { break };
            let rests = self.clock.saturating_sub(touched) > USES_UNTIL_REST;
            if !rests && self.held < IDENTITIES_MAX {
                break;
            }
            self.put_out(store, oldest)?;
        }
        Ok(())
    }
}

/// The uses of a day that stand, by identity; those of the batch at work are its own.
fn seen_in(
    blocks: Vec<UseBlock>,
    batch: u32,
    identify: impl Fn(&Use) -> u64,
) -> FxHashMap<u64, Seen> {
    let mut seen = FxHashMap::default();
    let mut place = 0_u32;
    for block in blocks {
        for one in &block.uses {
            match block.kind {
                BlockKind::Told => {
                    let at = if block.batch == batch { Seen::OWN } else { place };
                    seen.insert(identify(one), Seen::of(at, one));
                    place = place.saturating_add(1);
                }
                BlockKind::TakenBack => {
                    seen.remove(&identify(one));
                }
            }
        }
    }
    seen
}

/// Places as runs: a file that is imported again with more in it is one run a day.
fn runs(mut places: Vec<u32>) -> Vec<(u32, u32)> {
    places.sort_unstable();
    places.dedup();
    let mut runs: Vec<(u32, u32)> = Vec::new();
    for place in places {
        match runs.last_mut() {
            Some((first, count)) if first.saturating_add(*count) == place => *count += 1,
            _ => runs.push((place, 1)),
        }
    }
    runs
}

#[cfg(test)]
mod tests;
