//! Files of whatever kind, taken in: what each one is, is told by what is in it.
//!
//! The one entry for whoever has files and wants their use in the books: the command line, a folder that is watched,
//! an inbox of pulled files. [`take_in`] looks at all of them first: it goes into containers, finds the kind of each
//! part, and surveys tables to their end. Whatever has to be refused or asked about is so before anything is
//! written. Then each kind is one batch with a receipt of its own, logs before the vendor's reports, which is the
//! better order (`docs/adr/0012-vendor-reports.md`): a batch is in the books as a whole or not at all.
//!
//! What a reader cannot tell is never guessed: it is an argument ([`How`]), and where it is missing the refusal names
//! it. What is recognised and says nothing that is booked, such as a second sheet or a list of users, is passed over,
//! and [`Watch`] is told.
//!
//! To add a kind: a variant of [`Kind`] and of `Found`, how `look` knows it, and a module that reads it.

mod events;
mod kinds;
mod look;
mod open;
mod polls;
mod refused;
mod tables;

pub use refused::Refused;

use super::flexnet;
use super::vendor::{self, PoolComparison};
use super::{Outcome, Quarantined};
use crate::engine::Engine;
use faregate_core::event::Counts;
use faregate_core::when::{Date, Instant};
use faregate_ingest::cloudevents::Fields;
use faregate_ingest::features::FeatureTable;
use faregate_ingest::flexnet::Tally;
use faregate_ingest::mapping::Map;
use faregate_ingest::usage::Said;
use std::io::{Read, Seek};
use std::sync::Arc;

pub use super::usage::Rejected;
pub use faregate_ingest::sheet::date::Order;

/// Bytes that can be read more than once, as those of a file.
pub trait Source: Read + Seek {}

impl<T: Read + Seek> Source for T {}

/// A file that is handed in.
pub struct Offered<'a> {
    /// Its name, for messages and the receipt.
    pub name: String,
    /// Its bytes.
    pub source: Box<dyn Source + 'a>,
    /// When it was written: the moment of a poll of `lmstat` that does not say so itself.
    pub written: Option<Instant>,
}

/// Which files are expected. Anything else is refused by what it is instead.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Kind {
    /// Whatever Faregate reads.
    #[default]
    Any,
    /// Debug logs of a licence server.
    Logs,
    /// Events in JSON.
    Events,
    /// Outputs of `lmstat`, in any order.
    Polls,
    /// The vendor's tables of use, in all generations.
    Usage,
    /// Tables that [`How::map`] explains.
    Mapped,
}

/// What somebody says of files that leave it open.
#[derive(Clone, Debug, Default)]
pub struct How {
    /// Which files are expected.
    pub kind: Kind,
    /// The order of dates, what parts decimals, the zone of times that name none.
    pub said: Said,
    /// The date of the first line, for a log that says none.
    pub start_date: Option<Date>,
    /// What explains tables that nobody knows.
    pub map: Option<Arc<Map>>,
    /// The sheet of a workbook; without a name, the first that is not hidden.
    pub sheet: Option<String>,
    /// Where events say what.
    pub fields: Fields,
    /// Whether the value of an event is what was charged for it, in tokens.
    pub value_is_tokens: bool,
    /// So many of the files, the first ones, are in the books already: what their polls show as going on is read on
    /// from there, and nothing of them is booked or told of.
    pub in_books: usize,
    /// Whether everything is done but the booking.
    pub dry_run: bool,
}

/// What an import is at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Finding out what the files are.
    Looking,
    /// Reading what is in them.
    Reading,
    /// Charging what is new.
    Rating,
}

/// What the caller is told while files are taken in.
pub trait Watch {
    /// So many more bytes were read of the files as they lie there, packed or not. `false` stops the import.
    fn read(&mut self, step: Step, bytes: u64) -> bool;
    /// A line was rejected.
    fn rejected(&mut self, file: &str, rejected: &Rejected);
    /// Something was recognised and left out: what, and why.
    fn passed_over(&mut self, what: &str, why: &str);
    /// A batch is in the books, or would be.
    fn taken(&mut self, taken: Taken);
}

/// What one batch added.
#[derive(Clone, Debug)]
pub struct Taken {
    /// Its kind, as the receipt says it: `flexnet`, `lmstat`, `cloudevents`, `csv:NAME`, `vendor`.
    pub kind: String,
    /// Its files.
    pub files: Vec<String>,
    /// Its number; `None` when it brought nothing new, or was only tried.
    pub batch: Option<u32>,
    /// How many of what. `events` are lines, rows or events that were recognised.
    pub counts: Counts,
    /// What was kept and not charged, most sessions first.
    pub quarantined_by: Vec<Quarantined>,
    /// Sessions of earlier imports that were quarantined and are charged now.
    pub released: u64,
    /// What only this kind tells.
    pub more: More,
}

/// What only some kinds tell.
#[derive(Clone, Debug)]
pub enum More {
    /// Nothing.
    Nothing,
    /// What the reader of a log saw.
    Log(Box<Tally>),
    /// Of a table: rows that the map leaves out, and rows that add up others.
    Table {
        /// Rows that the map leaves out.
        left_out: u64,
        /// Rows that add up others.
        summaries: u64,
    },
    /// Of a series of polls.
    Polls {
        /// How many there are.
        polls: u64,
        /// How many left something open, so that nobody is known to have ended there.
        unknown: u64,
        /// The servers that were polled.
        servers: Vec<Polled>,
    },
    /// Of the vendor's report.
    Vendor {
        /// What became of its rows.
        report: Box<vendor::Report>,
        /// Rows with tokens.
        rows: u64,
        /// Rows of zero tokens.
        zero_rows: u64,
        /// Rows that add up others.
        summaries: u64,
    },
    /// Of a report that names nobody: it is compared, and books nothing.
    Compared(Box<PoolComparison>),
}

/// A server that was polled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Polled {
    /// Its name, or those of the servers that answer together; empty where the output names none.
    pub server: String,
    /// Whether its last poll shows everything that may go on: then no poll before it is needed to read on.
    pub shows_all: bool,
}

impl Taken {
    fn of(kind: String, files: Vec<String>, outcome: Outcome, more: More) -> Self {
        let Outcome { counts, quarantined_by, released } = outcome;
        Self { kind, files, batch: None, counts, quarantined_by, released, more }
    }

    /// What debug logs added.
    #[must_use]
    pub fn log(files: Vec<String>, report: flexnet::Report) -> Self {
        let flexnet::Report { counts, quarantined_by, released, tally } = report;
        let outcome = Outcome { counts, quarantined_by, released };
        Self::of("flexnet".to_owned(), files, outcome, More::Log(Box::new(tally)))
    }
}

/// Takes files in, each kind as one batch; [`Watch::taken`] is told of each.
///
/// # Errors
/// [`Refused`]: nothing of the batch at hand was taken in, nor of those after it. Whatever can be known of a file
/// by looking at all of it is known before the first batch.
pub fn take_in(
    engine: &mut Engine,
    features: &FeatureTable,
    mut offered: Vec<Offered<'_>>,
    how: &How,
    watch: &mut dyn Watch,
) -> Result<(), Refused> {
    let watching = open::Watching::new(watch);
    let done = take_all(engine, features, &mut offered, (how, &watching));
    done.map_err(|refused| watching.or_stopped(refused))
}

fn take_all(
    engine: &mut Engine,
    features: &FeatureTable,
    offered: &mut Vec<Offered<'_>>,
    (how, watching): (&How, &open::Watching<'_>),
) -> Result<(), Refused> {
    let zone = engine.state().read().zone().clone();
    let parts = look::look(offered, how, &zone, watching)?;
    for batch in kinds::batches(parts) {
        watching.step(Step::Reading);
        let before = engine.state().read().imports().next();
        let mut desk = kinds::Desk { engine, features, offered, how, watching };
        let mut taken = desk.take(batch)?;
        let after = engine.state().read().imports().next();
        taken.batch = (after > before).then_some(before);
        watching.taken(taken);
    }
    Ok(())
}
