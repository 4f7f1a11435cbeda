//! Sessions, seconds and distinct days of whatever they are counted by.

use super::Key;
use super::days::{DaySet, ForeignDay, all_within};
use super::runs::Runs;
use rustc_hash::FxHashMap;

/// What one key used in a month.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Total {
    /// How many sessions began.
    pub sessions: u64,
    /// Their lengths together, in seconds; concurrent sessions count each.
    pub seconds: i64,
    /// The days on which they began.
    pub days: DaySet,
}

impl Total {
    fn add(&mut self, other: &Self) {
        self.sessions += other.sessions;
        self.seconds += other.seconds;
        self.days = self.days.with(other.days);
    }
}

/// Columns of equal length; what a question does not need is left out, and counts as nothing.
#[derive(Clone, Copy, Debug, Default)]
pub struct Columns<'a> {
    /// How many rows.
    pub rows: usize,
    /// Which rows count; all when absent.
    pub kept: Option<&'a [bool]>,
    /// When each began: day since 1970.
    pub days: Option<&'a [i32]>,
    /// How long each took, in seconds.
    pub seconds: Option<&'a [i64]>,
}

/// The totals of one month.
#[derive(Debug, Default)]
pub struct Totals {
    runs: Runs,
    of: FxHashMap<Key, Total>,
}

impl Totals {
    /// Adds rows of the month that begins on day `first`.
    ///
    /// # Errors
    /// [`ForeignDay`] when a day is of another month; nothing was added then.
    pub fn add(
        &mut self,
        first: i32,
        dims: &[&[i32]],
        columns: Columns<'_>,
    ) -> Result<(), ForeignDay> {
        if let Some(days) = columns.days {
            all_within(days, first)?;
        }
        let of = &mut self.of;
        self.runs.visit(columns.rows, dims, columns.kept, |key, rows| {
            let days = columns.days.and_then(|days| days.get(rows.clone()));
            let seconds = columns.seconds.and_then(|seconds| seconds.get(rows.clone()));
            of.entry(key).or_default().add(&Total {
                sessions: rows.len() as u64,
                seconds: seconds.map_or(0, |seconds| seconds.iter().sum()),
                days: days.map_or_else(DaySet::default, |days| DaySet::of(days, first)),
            });
        });
        Ok(())
    }

    /// Adds the totals of other rows of the same month.
    pub fn merge(&mut self, other: Self) {
        if self.of.is_empty() {
            self.of = other.of;
            return;
        }
        for (key, total) in other.of {
            self.of.entry(key).or_default().add(&total);
        }
    }

    /// Every key's total, in no order.
    pub fn into_totals(self) -> impl Iterator<Item = (Key, Total)> {
        self.of.into_iter()
    }
}
