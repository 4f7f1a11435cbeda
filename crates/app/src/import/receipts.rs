//! What was taken in, import by import: the receipts, and which of them were undone.

use crate::engine::{Engine, Failure};
use crate::looking::Looking;
use faregate_core::event::{Event, Receipt, Undone};
use faregate_core::when::Instant;

/// So many receipts are looked at for one answer.
pub const LOOKED_AT_MAX: usize = 5_000;

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

/// Where to look, and how far.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// Part of the kind or of a file's name, without regard to case; `None`: everything.
    pub part: Option<String>,
    /// Only imports with a smaller number; `None`: all.
    pub before: Option<u32>,
    /// So many at most.
    pub rows_max: usize,
}

/// What was found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Found {
    /// The newest first; fewer than were asked for where the look ended before.
    pub imports: Vec<Listed>,
    /// Where to go on: before this number; `None`: there is no more.
    pub next: Option<u32>,
    /// How many imports there are, found or not.
    pub count: u32,
}

/// The last imports that are wanted. It looks at so many receipts and no more, and says where the next look goes on.
///
/// # Errors
/// [`Failure`] when the store cannot be read.
pub fn latest(looking: &mut Looking<'_>, wanted: &Wanted) -> Result<Found, Failure> {
    let count = looking.state.read().imports().next() - 1;
    let last = wanted.before.map_or(count, |before| before.saturating_sub(1).min(count));
    let part = wanted.part.as_deref().map(str::to_lowercase);
    let mut found = Found { count, ..Found::default() };
    for (looked_at, batch) in (1..=last).rev().enumerate() {
        if found.imports.len() >= wanted.rows_max || looked_at >= LOOKED_AT_MAX {
            found.next = Some(batch + 1);
            break;
        }
        let import = one(looking, batch)?;
        found.imports.extend(import.filter(|import| is_wanted(import, part.as_deref())));
    }
    Ok(found)
}

fn is_wanted(import: &Listed, part: Option<&str>) -> bool {
    let Some(part) = part else { return true };
    let Receipt { kind, files, .. } = &import.receipt;
    core::iter::once(kind).chain(files).any(|text| text.to_lowercase().contains(part))
}

/// The last imports, at most so many, the newest first; and how many there are.
///
/// # Errors
/// [`Failure`] when the store cannot be read.
pub fn list(engine: &mut Engine, limit: usize) -> Result<(Vec<Listed>, u32), Failure> {
    let mut imports = Vec::new();
    let (mut before, mut left) = (None, limit);
    loop {
        let wanted = Wanted { part: None, before, rows_max: left };
        let found = latest(&mut engine.looking(), &wanted)?;
        imports.extend(found.imports);
        left = limit.saturating_sub(imports.len());
        before = found.next;
        if before.is_none() || left == 0 {
            return Ok((imports, found.count));
        }
    }
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
    one(&mut engine.looking(), batch)
}

/// One import, looked at beside the engine that decides; `None` when no import has the number.
///
/// # Errors
/// [`Failure`] when the store cannot be read.
pub fn one(looking: &mut Looking<'_>, batch: u32) -> Result<Option<Listed>, Failure> {
    let import = looking.state.read().imports().get(batch).copied();
    let Some(import) = import else { return Ok(None) };
    let Some(entry) = looking.store.entry(import.seq)? else { return Ok(None) };
    let Event::Imported(receipt) = entry.event else { return Ok(None) };
    let undone = looking.store.entry(import.undone)?;
    let undone = undone.and_then(|entry| match entry.event {
        Event::ImportUndone(undone) => Some((entry.at, undone)),
        _ => None,
    });
    Ok(Some(Listed { at: entry.at, receipt, undone }))
}
