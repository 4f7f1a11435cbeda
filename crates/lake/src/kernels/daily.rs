//! How many persons used how many products on each day: each person and product once a day.

use super::Key;
use super::days::{DaySet, ForeignDay, all_within};
use super::runs::Runs;
use rustc_hash::FxHashMap;

/// Days of a month at most.
pub const MONTH_DAYS_MAX: usize = 31;

/// Counts by day of the month.
pub type Days = [u64; MONTH_DAYS_MAX];

/// Which of a month's days each person used each product on.
#[derive(Debug, Default)]
pub struct Daily {
    runs: Runs,
    of: FxHashMap<Key, DaySet>,
}

impl Daily {
    /// Adds rows of the month that begins on day `first`.
    /// `dims` are what to count by, and behind it what counts once a day: person and product.
    ///
    /// # Errors
    /// [`ForeignDay`] when a day is of another month; nothing was added then.
    pub fn add(
        &mut self,
        first: i32,
        dims: &[&[i32]],
        kept: Option<&[bool]>,
        days: &[i32],
    ) -> Result<(), ForeignDay> {
        all_within(days, first)?;
        let of = &mut self.of;
        self.runs.visit(days.len(), dims, kept, |key, rows| {
            let found = DaySet::of(days.get(rows).unwrap_or_default(), first);
            let known = of.entry(key).or_default();
            *known = known.with(found);
        });
        Ok(())
    }

    /// Adds what was found in other rows of the same month.
    pub fn merge(&mut self, other: Self) {
        if self.of.is_empty() {
            self.of = other.of;
            return;
        }
        for (key, days) in other.of {
            let known = self.of.entry(key).or_default();
            *known = known.with(days);
        }
    }

    /// By the first `dims` ids of the key: how many different rests there were each day.
    #[must_use]
    pub fn counts(&self, dims: usize) -> FxHashMap<Key, Days> {
        let mut counts: FxHashMap<Key, Days> = FxHashMap::default();
        for (key, days) in &self.of {
            let counted = counts.entry(key.first(dims)).or_insert([0; MONTH_DAYS_MAX]);
            for offset in days.offsets() {
                if let Some(count) = counted.get_mut(offset) {
                    *count += 1;
                }
            }
        }
        counts
    }
}
