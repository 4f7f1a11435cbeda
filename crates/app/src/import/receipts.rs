//! What was taken in, import by import: the receipts, and which of them were undone.

use crate::engine::{Engine, Failure};
use faregate_core::event::{Event, Receipt, Undone};
use faregate_core::when::Instant;

/// An import as it is on record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// When it was made durable.
    pub at: Instant,
    /// What it took in.
    pub receipt: Receipt,
    /// When it was undone, and what became of it; `None` while it stands.
    pub undone: Option<(Instant, Undone)>,
}

/// The last imports, at most so many, the newest first; and how many there are.
///
/// # Errors
/// [`Failure`] when the store cannot be read.
pub fn list(engine: &mut Engine, limit: usize) -> Result<(Vec<Listed>, u32), Failure> {
    let last = engine.state().read().imports().next() - 1;
    let batches = (1..=last).rev().take(limit);
    let found: Result<Vec<Option<Listed>>, Failure> =
        batches.map(|batch| show(engine, batch)).collect();
    Ok((found?.into_iter().flatten().collect(), last))
}

/// One import; `None` when no import has the number.
///
/// # Errors
/// [`Failure`] when the store cannot be read.
pub fn show(engine: &mut Engine, batch: u32) -> Result<Option<Listed>, Failure> {
    let Some(import) = engine.state().read().imports().get(batch).copied() else { return Ok(None) };
    let Some(entry) = engine.store.entry(import.seq)? else { return Ok(None) };
    let Event::Imported(receipt) = entry.event else { return Ok(None) };
    let undone = engine.store.entry(import.undone)?;
    let undone = undone.and_then(|entry| match entry.event {
        Event::ImportUndone(undone) => Some((entry.at, undone)),
        _ => None,
    });
    Ok(Some(Listed { at: entry.at, receipt, undone }))
}
