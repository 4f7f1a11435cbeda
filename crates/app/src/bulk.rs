//! Importing an estate: rows against what is there, as a plan to be read first and carried out at once.
//!
//! [`plan`] is pure. It adds and changes, and never takes away what no row is about; rows equal to what is
//! there give no event, so that the same files can be imported every night. What is replaced as a whole by
//! the core (regions, territories, caps, exchange rates) is merged by key here; a territory's key is what it
//! is of and since when. One fault anywhere, and there is no plan.
//!
//! To add a kind: its rows in `faregate_ingest::estate`, a function here that turns them into one event, its
//! place in the order of [`plan`], its table in `export`.

mod buckets;
mod change;
mod draft;
mod export;
mod groups;
mod names;
mod people;
mod places;
mod rules;
mod seats;
mod tree;

pub use change::{Change, Count, Plan, Verb};
pub use export::export;

use crate::engine::{Engine, Failure};
use draft::Draft;
use faregate_core::event::Event;
use faregate_core::state::State;
use faregate_core::when::Instant;
pub use faregate_ingest::estate::Document;
use faregate_ingest::estate::{Fault, Reader, Source};
pub use faregate_ingest::sheet::date::Order;

/// Reads files, each a name that says what it is (`estate.toml`, `people.csv`) and what is in it.
///
/// # Errors
/// [`NotApplied::Faulty`] with every fault of every file.
pub fn read<'a>(files: impl Iterator<Item = (&'a str, &'a str)>) -> Result<Document, NotApplied> {
    read_dated(files.map(|(name, text)| (name, text.as_bytes())), None)
}

/// The same of bytes, knowing whether days or months come first in the dates of other departments' lists.
///
/// # Errors
/// [`NotApplied::Faulty`] with every fault of every file.
pub fn read_dated<'a>(
    files: impl Iterator<Item = (&'a str, &'a [u8])>,
    dates: Option<Order>,
) -> Result<Document, NotApplied> {
    let mut reader = Reader::default();
    if let Some(order) = dates {
        reader = reader.with_dates(order);
    }
    files.for_each(|(name, bytes)| reader.file(name, bytes));
    reader.finish().map_err(NotApplied::Faulty)
}

/// What rows come down to.
///
/// # Errors
/// Every fault found, with its file and line; then nothing is to be done.
pub fn plan(state: &State, now: Instant, document: &Document) -> Result<Plan, Vec<Fault>> {
    let mut draft = Draft::new(state, now.max(state.at()), document);
    draft.notes.extend(document.passed_over.iter().map(|column| {
        let Source { file, line } = &column.source;
        format!("{file}:{line}: the column `{}` says nothing that is kept", column.value)
    }));
    groups::plan(&mut draft);
    let rows = buckets::open(&mut draft);
    let names = people::plan(&mut draft);
    names::plan(&mut draft, names);
    buckets::agree(&mut draft, &rows);
    let seats_added = seats::plan(&mut draft);
    places::sites(&mut draft);
    let regions = places::regions(&mut draft);
    places::territories(&mut draft, &regions, seats_added);
    rules::schedules(&mut draft);
    rules::caps(&mut draft);
    rules::terms(&mut draft);
    rules::exchange_rates(&mut draft);
    buckets::endow(&mut draft, &rows);
    draft.finish()
}

/// A plan, carried out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Applied {
    /// Number of the last event afterwards.
    pub seq: u64,
    /// How many events were appended, the order itself included; none where nothing changes.
    pub events_count: usize,
}

/// Why a plan was not carried out. Nothing of it was.
#[derive(Debug, thiserror::Error)]
pub enum NotApplied {
    /// Something happened since the plan was made.
    #[error("the contract has changed since the plan was made; plan again")]
    Moved {
        /// Number of the last event that the plan knew.
        planned: u64,
        /// Number of the last event there is.
        now: u64,
    },
    /// Rows that contradict each other or what is there.
    #[error("the files have {} faults", .0.len())]
    Faulty(Vec<Fault>),
    /// The engine failed.
    #[error(transparent)]
    Failure(#[from] Failure),
}

/// Carries out a plan: all of it in one transaction, the order itself first.
///
/// # Errors
/// [`NotApplied`]; nothing was booked.
pub fn apply(engine: &mut Engine, by: &str, plan: Plan) -> Result<Applied, NotApplied> {
    engine.ready()?;
    let now = engine.state().read().seq();
    if now != plan.seq {
        return Err(NotApplied::Moved { planned: plan.seq, now });
    }
    if plan.events.is_empty() {
        return Ok(Applied { seq: now, events_count: 0 });
    }
    let what = format!("bulk import: {}", plan.summary());
    let mut events = vec![Event::Ordered { by: by.to_owned(), what }];
    events.extend(plan.events);
    let events_count = events.len();
    engine.append(events)?;
    let seq = engine.state().read().seq();
    Ok(Applied { seq, events_count })
}

/// Plans and carries out in one step: on the deciding thread nothing happens in between.
///
/// # Errors
/// [`NotApplied`]; nothing was booked.
pub fn import(
    engine: &mut Engine,
    by: &str,
    document: &Document,
) -> Result<(Plan, Applied), NotApplied> {
    let now = engine.ready()?;
    let plan = plan(&engine.state().read(), now, document).map_err(NotApplied::Faulty)?;
    let applied = apply(engine, by, plan.clone())?;
    Ok((plan, applied))
}
