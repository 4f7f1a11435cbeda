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

/// The numbers of the imports of a file that stand, the newest first; of a packed one, also those of what is in it.
///
/// # Errors
/// [`Failure`] when the store cannot be read.
pub fn standing_of(engine: &mut Engine, file: &str) -> Result<Vec<u32>, Failure> {
    let standing: Vec<(u32, u64)> = {
        let shared = engine.state();
        let state = shared.read();
        let all = (1..state.imports().next()).rev();
        let found = all.filter_map(|batch| Some((batch, state.imports().get(batch)?)));
        found.filter(|(_, one)| one.stands()).map(|(batch, one)| (batch, one.seq)).collect()
    };
    let is_of = |name: &String| {
        name.strip_prefix(file).is_some_and(|rest| rest.is_empty() || rest.starts_with(": "))
    };
    let mut found = Vec::new();
    for (batch, seq) in standing {
        let event = engine.store.entry(seq)?.map(|entry| entry.event);
        if let Some(Event::Imported(receipt)) = event
            && receipt.files.iter().any(is_of)
        {
            found.push(batch);
        }
    }
    Ok(found)
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
