//! A past period once more, under another tariff, plan, set of rules, layout of buckets or price.
//!
//! [`replay`] makes a journal of its own: what defines the contract is taken over from the actual one, with the change
//! applied, and the use of the period is booked anew. So every report works on the result as on any other store, and
//! the actual one is only read.
//!
//! Without other policies, reported use is rated once more ([`Mode::Rated`]): who used what is taken as it was, and
//! who was turned away stays so. With other policies the gate is asked anew for every use, in order
//! ([`Mode::Decided`]): what is refused is not used, and what was refused and is let through counts with its first
//! unit. [`uses`] reads all that is known to have been used, as the imports read it.

use crate::bulk::Document;
use crate::engine::{Engine, Failure};
use crate::ports::{Store, StoreError};
use crate::rules::Rules;
use books::Books;
use faregate_core::amount::Money;
use faregate_core::estate::{OfferingId, PersonId};
use faregate_core::event::PolicySet;
use faregate_core::state::{Broken, State};
use faregate_core::tariff::{BadTariff, Tariff};
use faregate_core::usage::Interval;
use faregate_core::when::{Date, Instant};
use faregate_ingest::estate::Fault;
use faregate_ingest::tariff::TariffFile;
use script::Script;

mod books;
mod copy;
mod decided;
mod rated;
mod script;
pub mod seats;
mod summary;
pub mod uses;

pub use summary::{DECIDED, PEOPLE_MAX, RATED, Row, SeatRow, Spent, Summary, seats_cost};

/// What is changed. By default nothing is.
#[derive(Clone, Debug, Default)]
pub struct Change {
    /// Use costs this.
    pub tariff: Option<Tariff>,
    /// A token costs this, ever since.
    pub token_price: Option<Money>,
    /// Who gains or loses seats.
    pub seats: Vec<SeatChange>,
    /// These policies hold, and no others.
    pub policies: Option<Vec<PolicySet>>,
    /// Who belongs where, and which bucket is given how much, in the form of estate files. Where a bucket is given
    /// tokens here, all that buckets were given otherwise counts no more.
    pub buckets: Option<Document>,
    /// The first and the last date that are replayed; all that is known by default.
    pub period: Option<(Date, Date)>,
}

/// Somebody has a seat from an instant on, or has it no longer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SeatChange {
    /// Who.
    pub person: PersonId,
    /// What of.
    pub offering: OfferingId,
    /// From when.
    pub from: Instant,
    /// Whether one is bought for them, up to the end of the period; else the term of theirs ends.
    pub gains: bool,
}

/// How the use of the period is booked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// As reported, by the rating of imports.
    Rated,
    /// By the gate, use by use, under other policies.
    Decided,
}

/// A period that was replayed.
#[derive(Clone, Debug)]
pub struct Replayed {
    /// The contract at the end of it.
    pub state: State,
    /// What changed.
    pub summary: Summary,
}

/// Why nothing was replayed.
#[derive(Debug, thiserror::Error)]
pub enum NotReplayed {
    /// No use is known at all.
    #[error("no use is known yet")]
    NothingKnown,
    /// None is known of that period.
    #[error("no use is known from {} to {}: what is known is from {} to {}", .asked.0, .asked.1, .known.0, .known.1)]
    OutsideKnown {
        /// The first and the last date that were asked for.
        asked: (Date, Date),
        /// Those of which something is known.
        known: (Date, Date),
    },
    /// Somebody would lose a seat that they do not have.
    #[error("`{person}` holds no seat of `{offering}` on {date} or later")]
    NoSeat {
        /// Who.
        person: String,
        /// What of.
        offering: String,
        /// When.
        date: Date,
    },
    /// No tariff was adopted, and none is given.
    #[error("the contract has no tariff")]
    NoTariff,
    /// The tariff with the other price is none.
    #[error("{0}")]
    Tariff(BadTariff),
    /// The policies cannot be read.
    #[error("{}", .0.join("\n"))]
    Policies(Vec<String>),
    /// The layout contradicts itself or the contract.
    #[error("the files have {} faults", .0.len())]
    Layout(Vec<Fault>),
    /// The store or the core refused.
    #[error(transparent)]
    Failed(#[from] Failure),
}

impl From<StoreError> for NotReplayed {
    fn from(failed: StoreError) -> Self {
        Self::Failed(failed.into())
    }
}

impl From<Broken> for NotReplayed {
    fn from(broken: Broken) -> Self {
        Self::Failed(broken.into())
    }
}

/// Replays a period of the contract in `store`, whose state is `actual`, into another store: an empty one, or none
/// where only the outcome is wanted. The actual store is read and nothing else.
///
/// Takes about a hundred bytes a person and product, and of uses and charges a day's at a time.
///
/// # Errors
/// [`NotReplayed`]; what was written to `into` by then is not to be used.
pub fn replay<'s>(
    store: &mut dyn Store,
    actual: &State,
    change: &Change,
    mut into: Option<&mut (dyn Store + 's)>,
) -> Result<Replayed, NotReplayed> {
    let known = uses::known_days(store, actual)?.ok_or(NotReplayed::NothingKnown)?;
    let period = period(actual, change, known)?;
    let policies = change.policies.as_deref().map(rules).transpose()?;
    let span = Interval {
        start: actual.zone().start_of(period.0),
        end: actual.zone().start_of(period.1.plus(1)),
    };
    let script = Script::read(store, actual, change, (span, uses::bounds(known.0).0))?;
    if let Some(into) = &mut into {
        into.begin()?;
    }
    let mut books = Books::new(actual, change, span, into);
    let refused_before = script.refused;
    books.open(script)?;
    let frame = books.frame()?;
    match &policies {
        None => rated::book(store, &frame, change, &mut books)?,
        Some(rules) => decided::book(store, rules, &mut books)?,
    }
    let mode = if policies.is_some() { Mode::Decided } else { Mode::Rated };
    let mut copied = books.close()?;
    copied.copy_uses(store)?;
    let state = copied.state;
    let found =
        summary::Found { caveats: copied.caveats, refused_before, uncounted: copied.uncounted };
    let summary = summary::summary(actual, &state, (period, known), mode, found);
    Ok(Replayed { state, summary })
}

/// The same of a contract that is loaded.
///
/// # Errors
/// As [`replay`].
pub fn what_if(
    engine: &mut Engine,
    change: &Change,
    into: Option<&mut dyn Store>,
) -> Result<Replayed, NotReplayed> {
    let shared = engine.state();
    let actual = shared.read();
    replay(&mut *engine.store, &actual, change, into)
}

/// A tariff, from the text of a tariff file.
///
/// # Errors
/// What is wrong with it, in words.
pub fn tariff_of(text: &str) -> Result<Tariff, String> {
    TariffFile::parse(text).map(|file| file.tariff).map_err(|bad| bad.to_string())
}

fn rules(sets: &[PolicySet]) -> Result<Rules, NotReplayed> {
    let read = Rules::from_sets(sets);
    read.map_err(|faults| NotReplayed::Policies(faults.iter().map(ToString::to_string).collect()))
}

/// The period that is replayed: what was asked for, as long as something of it is known.
fn period(
    actual: &State,
    change: &Change,
    known: (Date, Date),
) -> Result<(Date, Date), NotReplayed> {
    // Days of use are counted in UTC, those of the contract in its zone: they may begin the day before, or end after.
    let zone = actual.zone();
    let (first, last) = (uses::bounds(known.0).0, uses::bounds(known.1).1.plus(-1));
    let local = (zone.date(first), zone.date(last));
    let charged = actual.charges().span().unwrap_or(local);
    let ever = (local.0.min(charged.0), local.1.max(charged.1));
    let asked = change.period.unwrap_or(ever);
    let overlaps = asked.0 <= ever.1 && ever.0 <= asked.1 && asked.0 <= asked.1;
    if overlaps { Ok(asked) } else { Err(NotReplayed::OutsideKnown { asked, known }) }
}
