//! Which uses are there already, by the UTC day of their opening.
//!
//! A day's identities are read from the store when the day is first met, and put out again when too many
//! are held. Logs come in order of time, so few days are at work at once.

use crate::ports::{BlockKind, Store, StoreError, Use};
use faregate_core::when::{DAY, Date, Instant};
use rustc_hash::{FxHashMap, FxHashSet};

/// Uses of one day that wait to be stored as a block.
const BLOCK: usize = 4_096;
/// Identities held in memory at once, 10 to 20 bytes each; a day at work may exceed it.
const IDENTITIES_MAX: usize = if cfg!(test) { 40 } else { 400_000 };

/// Identities of the uses opened on one day, and those not stored yet.
#[derive(Default)]
struct Day {
    seen: FxHashSet<u64>,
    waiting: Vec<Use>,
    touched: u64,
}

/// The days at work.
#[derive(Default)]
pub(super) struct Days {
    /// The number of the import that they are of.
    batch: u32,
    days: FxHashMap<Date, Day>,
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

    /// Whether a use is there already. Brings its day into memory.
    pub(super) fn has(
        &mut self,
        store: &mut dyn Store,
        date: Date,
        identity: u64,
        identify: impl Fn(&Use) -> u64,
    ) -> Result<bool, StoreError> {
        self.clock += 1;
        self.make_room(store, date)?;
        if let Some(day) = self.days.get_mut(&date) {
            day.touched = self.clock;
            return Ok(day.seen.contains(&identity));
        }
        let seen: FxHashSet<u64> = store.uses_of(date)?.iter().map(identify).collect();
        let found = seen.contains(&identity);
        self.held += seen.len();
        self.days.insert(date, Day { seen, waiting: Vec::new(), touched: self.clock });
        Ok(found)
    }

    /// Adds a use of a day that is in memory; says whether a block of the day is full.
    pub(super) fn add(&mut self, date: Date, identity: u64, one: Use) -> bool {
        let day = self.days.entry(date).or_default();
        self.held += usize::from(day.seen.insert(identity));
        day.waiting.push(one);
        day.waiting.len() >= BLOCK
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

    /// Stores what waits, day by day, and forgets all.
    pub(super) fn finish(&mut self, store: &mut dyn Store) -> Result<(), StoreError> {
        let mut dates: Vec<Date> = self.days.keys().copied().collect();
        dates.sort_unstable();
        dates.into_iter().try_for_each(|date| self.flush(store, date))?;
        *self = Self::of(self.batch);
        Ok(())
    }

    /// Puts out the days untouched for longest, but for the one at work.
    fn make_room(&mut self, store: &mut dyn Store, at_work: Date) -> Result<(), StoreError> {
        while self.held >= IDENTITIES_MAX {
            let others = self.days.iter().filter(|(date, _)| **date != at_work);
            let oldest = others.min_by_key(|(_, day)| day.touched).map(|(date, _)| *date);
            let Some(oldest) = oldest else { break };
            self.flush(store, oldest)?;
            let freed = self.days.remove(&oldest).map_or(0, |day| day.seen.len());
            self.held = self.held.saturating_sub(freed);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
