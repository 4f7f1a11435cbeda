//! What can be wrong with a row, in words for the person who wrote it.

use super::Source;
use std::sync::Arc;

/// So many faults of one import are told; whoever has more mends these first.
pub const FAULTS_MAX: usize = 1_000;

/// One thing that is wrong, where, and what to do about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The file.
    pub file: Arc<str>,
    /// The line, from 1.
    pub line: u32,
    /// What is wrong.
    pub message: String,
    /// What to do about it.
    pub help: String,
}

impl core::fmt::Display for Fault {
    /// `people.csv:12: …; …`
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "{}:{}: {}; {}", self.file, self.line, self.message, self.help)
    }
}

/// Faults as they are found, the first [`FAULTS_MAX`] of them.
#[derive(Clone, Debug, Default)]
pub struct Faults(Vec<Fault>);

impl Faults {
    /// Adds one.
    pub fn add(&mut self, at: &Source, message: impl Into<String>, help: impl Into<String>) {
        if self.0.len() < FAULTS_MAX {
            let (message, help) = (message.into(), help.into());
            self.0.push(Fault { file: at.file.clone(), line: at.line, message, help });
        }
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether no more are told.
    #[must_use]
    pub fn is_full(&self) -> bool {
        self.0.len() >= FAULTS_MAX
    }

    /// The value, unless there was a fault.
    ///
    /// # Errors
    /// All faults, in the order found.
    pub fn or<T>(self, value: T) -> Result<T, Vec<Fault>> {
        if self.0.is_empty() { Ok(value) } else { Err(self.0) }
    }
}

/// The known word that is the most like `word`, for a hint; `None` when none is much like it.
#[must_use]
pub fn nearest<'w>(word: &str, known: impl IntoIterator<Item = &'w str>) -> Option<&'w str> {
    // A word of a hostile length is like none, and comparing is quadratic.
    if word.len() > 64 {
        return None;
    }
    let farthest = word.chars().count().div_ceil(2);
    let rated = known.into_iter().map(|other| (distance(word, other), other));
    rated.min().filter(|(apart, _)| *apart <= farthest).map(|(_, other)| other)
}

/// How many letters to add, drop or replace (Levenshtein), one row of the table at a time.
fn distance(one: &str, other: &str) -> usize {
    let mut row: Vec<usize> = (0..=other.chars().count()).collect();
    for (place, letter) in (1_usize..).zip(one.chars()) {
        let mut diagonal = place.saturating_sub(1);
        let mut left = place;
        let mut cells = row.iter_mut();
        if let Some(first) = cells.next() {
            *first = place;
        }
        for (cell, wanted) in cells.zip(other.chars()) {
            let replaced = diagonal.saturating_add(usize::from(letter != wanted));
            diagonal = *cell;
            left = replaced.min(diagonal.saturating_add(1)).min(left.saturating_add(1));
            *cell = left;
        }
    }
    row.last().copied().unwrap_or(0)
}
