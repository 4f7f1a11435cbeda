//! What was taken in, import by import, and what taking one back does: the API answers with it, and the command line
//! prints it.

use super::Tokens;
use faregate_app::import::receipts::Listed;
use faregate_app::import::undo::{BucketChange, Report};
use faregate_core::amount::Ticks;
use faregate_core::event::{self, Counts};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// An import as it is on record.
#[derive(Debug, Serialize, ToSchema)]
pub struct Import {
    /// Its number, to take it back by.
    pub number: u32,
    /// When it was made durable.
    pub at: String,
    /// Its kind: `flexnet`, `lmstat`, `cloudevents`, `csv:NAME`, `vendor`, `generated` or `agent`.
    pub kind: String,
    /// Its files.
    pub files: Vec<String>,
    /// Who took it in; empty when nobody said.
    pub by: String,
    /// Lines, rows or events that were recognised.
    pub events: u64,
    /// Sessions that were new.
    pub sessions: u64,
    /// Sessions without an end yet, then.
    pub open_sessions: u64,
    /// Sessions of earlier imports that ended here.
    pub closed: u64,
    /// Lines that could not be read.
    pub rejected: u64,
    /// Sessions that were kept and not charged, then: what is so now, `GET /v1/uncharged` says.
    pub quarantined: u64,
    /// Sessions that were there already.
    pub duplicates: u64,
    /// How long the new sessions lasted together, in seconds.
    pub session_seconds: i64,
    /// When the first began.
    pub first: Option<String>,
    /// When the last ended.
    pub last: Option<String>,
    /// How much of it sources of another kind tell of as well.
    pub overlap: ImportOverlap,
    /// What became of it when it was taken back; `null` while it stands.
    pub undone: Option<ImportUndone>,
}

/// How much of an import sources of another kind tell of as well.
#[derive(Debug, Serialize, ToSchema)]
pub struct ImportOverlap {
    /// Uses that they tell of.
    pub uses: u64,
    /// Those of them that begin or end otherwise there.
    pub times: u64,
    /// Where the vendor's price was not ours, and holds.
    pub prices: u64,
}

/// What became of an import that was taken back.
#[derive(Debug, Serialize, ToSchema)]
pub struct ImportUndone {
    /// When.
    pub at: String,
    /// Who took it back; empty when nobody said.
    pub by: String,
    /// Sessions that went.
    pub sessions: u64,
    /// Sessions that stayed, since another import tells of them.
    pub kept: u64,
    /// Uses that went on again.
    pub reopened: u64,
}

impl From<&Listed> for Import {
    fn from(Listed { at, receipt, undone }: &Listed) -> Self {
        let counts: Counts = receipt.counts;
        let [first, last] = [counts.first, counts.last].map(|at| at.map(|at| at.to_string()));
        Self {
            number: receipt.batch,
            at: at.to_string(),
            kind: receipt.kind.clone(),
            files: receipt.files.clone(),
            by: receipt.by.clone(),
            events: counts.events,
            sessions: counts.sessions,
            open_sessions: counts.open_sessions,
            closed: counts.closed,
            rejected: counts.rejected,
            quarantined: counts.quarantined,
            duplicates: counts.duplicates,
            session_seconds: counts.seconds,
            first,
            last,
            overlap: receipt.overlap.into(),
            undone: undone.as_ref().map(|(at, undone)| ImportUndone {
                at: at.to_string(),
                by: undone.by.clone(),
                sessions: undone.sessions,
                kept: undone.kept,
                reopened: undone.begun.len() as u64,
            }),
        }
    }
}

impl From<event::Overlap> for ImportOverlap {
    fn from(event::Overlap { uses, times, prices }: event::Overlap) -> Self {
        Self { uses, times, prices }
    }
}

/// What taking an import back did, or would do.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct ImportUndo {
    /// The import's number.
    pub number: u32,
    /// Its kind.
    pub kind: String,
    /// Whether nothing was done, because nothing was to be.
    pub dry_run: bool,
    /// Sessions that nobody else tells of: they go.
    pub sessions: u64,
    /// Sessions that stay, since another import tells of them.
    pub kept: u64,
    /// Uses that go on again, as other imports show them.
    pub reopened: u64,
    /// Charges taken back.
    pub reversed: u64,
    /// Charges made anew.
    pub charged: u64,
    /// Tokens charged that no bucket covered.
    pub uncovered: BeforeAfter,
    /// Those whose balance changes.
    pub buckets: Vec<BucketUndo>,
}

/// An amount before and after.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct BeforeAfter {
    /// Before.
    pub before: Tokens,
    /// After.
    pub after: Tokens,
}

/// A bucket before and after an import is taken back.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct BucketUndo {
    /// Its key.
    pub bucket: String,
    /// Its name.
    pub name: String,
    /// Tokens spent.
    pub spent: BeforeAfter,
    /// Tokens available.
    pub available: BeforeAfter,
}

impl ImportUndo {
    /// What an undo did, or what a try of it says.
    #[must_use]
    pub fn new(report: &Report, dry_run: bool) -> Self {
        Self {
            number: report.receipt.batch,
            kind: report.receipt.kind.clone(),
            dry_run,
            sessions: report.sessions,
            kept: report.kept,
            reopened: report.reopened,
            reversed: report.reversed,
            charged: report.charged,
            uncovered: report.uncovered.into(),
            buckets: report.buckets.iter().map(BucketUndo::from).collect(),
        }
    }
}

impl From<&BucketChange> for BucketUndo {
    fn from(BucketChange { key, name, spent, available }: &BucketChange) -> Self {
        let (bucket, name) = (key.clone(), name.clone());
        Self { bucket, name, spent: (*spent).into(), available: (*available).into() }
    }
}

impl From<(Ticks, Ticks)> for BeforeAfter {
    fn from((before, after): (Ticks, Ticks)) -> Self {
        Self { before: before.into(), after: after.into() }
    }
}
