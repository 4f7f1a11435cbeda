//! Uses with times from any table: the general road, row by row, into one batch.
//!
//! Whoever reads a format hands its rows over one by one, and the lines that it could not read; nothing is held but
//! what a day at work needs and, where rows say what the vendor charged, the price of each use until the batch ends:
//! about 30 bytes a use.
//! A use is known again by who, where, what and when: the same row in another file, or in another export, is one.
//! Events that have ids of their own are told apart by these as well.
//!
//! Where rows say what was charged, the vendor's price holds. Within a batch each use is priced once, however many
//! rows and files tell of it; where they tell of two prices, the greater one holds, for a use that goes on costs more
//! in the later export, and the order of files says nothing. What stands of a batch is the sum of a day. An import
//! that tells of the day again with another sum adds its own to the one before, as two of the vendor's reports do,
//! and an equal sum is the same one: so take back the earlier import of an export that has grown. Of times, what is
//! on record within the clocks' tolerance stays; beyond it, the earliest beginning does, and the receipt counts the
//! difference.

use super::{Outcome, Recording, Reported, SESSIONS_AT_ONCE, identity};
use crate::engine::{Engine, Failure};
use faregate_core::amount::Ticks;
use faregate_core::event::Source;
use faregate_core::when::{Date, Instant, Zone};
use faregate_ingest::features::FeatureTable;
use faregate_ingest::vendor::VendorRow;
use rustc_hash::FxHashMap;
use std::collections::BTreeMap;

/// One use, as a row tells of it.
#[derive(Clone, Copy, Debug)]
pub struct Row<'a> {
    /// Its line, from 1.
    pub line: u64,
    /// Who: any name of theirs.
    pub who: &'a str,
    /// On which workstation; empty where the table does not say.
    pub host: &'a str,
    /// The product's key or name, or a feature code.
    pub product: &'a str,
    /// When it was opened.
    pub opened: Instant,
    /// When it was closed; `None` while it goes on.
    pub closed: Option<Instant>,
    /// A hash of what the source calls it, if it has ids that it never uses twice.
    pub id: Option<u128>,
    /// What the vendor charged for it, where the row says so.
    pub tokens: Option<Ticks>,
}

/// A line that could not be taken in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rejected {
    /// Its number, from 1.
    pub line: u64,
    /// Why, for machines: stable, in kebab-case.
    pub code: &'static str,
    /// Why, in words.
    pub reason: String,
    /// Its beginning.
    pub text: String,
}

/// A table on its way into the store, as one batch. Dropped without [`Usage::finish`], it leaves no trace.
pub struct Usage<'e> {
    recording: Recording<'e>,
    rejected: &'e mut dyn FnMut(&str, &Rejected),
    files: Vec<String>,
    waiting: Vec<Reported>,
    span: Option<(Instant, Instant)>,
    /// The last instant that the file at hand knows of.
    last: Option<Instant>,
    rows: u64,
    lines_rejected: u64,
    /// What the vendor charged for each use, by its identity.
    prices: FxHashMap<u64, Ticks>,
    /// The sums of these prices, by day, person and product.
    paid: BTreeMap<(Date, u32, u32), Paid>,
}

/// What the vendor charged to somebody for a product on a UTC day.
#[derive(Clone, Copy)]
struct Paid {
    /// The first line that tells of it.
    line: u64,
    ticks: Ticks,
}

impl<'e> Usage<'e> {
    /// Begins a batch. `rejected` is told of each line that is not taken in, with its file.
    ///
    /// # Errors
    /// [`Failure`] when the store cannot be read.
    pub fn begin(
        engine: &'e mut Engine,
        features: &'e FeatureTable,
        rejected: &'e mut dyn FnMut(&str, &Rejected),
    ) -> Result<Self, Failure> {
        let mut recording = Recording::begin(engine, features)?;
        recording.lift_quarantine()?;
        Ok(Self {
            recording,
            rejected,
            files: Vec::new(),
            waiting: Vec::with_capacity(SESSIONS_AT_ONCE),
            span: None,
            last: None,
            rows: 0,
            lines_rejected: 0,
            prices: FxHashMap::default(),
            paid: BTreeMap::new(),
        })
    }

    /// Goes on to a file: uses that the one before shows as going on are known up to its last instant.
    ///
    /// # Errors
    /// [`Failure`] when the store fails.
    pub fn file(&mut self, name: &str) -> Result<(), Failure> {
        self.source_ends()?;
        self.files.push(name.to_owned());
        Ok(())
    }

    /// Says that what comes now is known up to an instant of its own, and not to that of what came before.
    ///
    /// # Errors
    /// [`Failure`] when the store fails.
    pub fn source_ends(&mut self) -> Result<(), Failure> {
        self.hand_over()?;
        self.recording.source_ended(self.last.take());
        Ok(())
    }

    /// Takes a row in, or rejects it; `text` gives its own words for the list of rejected lines.
    ///
    /// # Errors
    /// [`Failure`] when the store fails.
    pub fn add(&mut self, row: &Row<'_>, text: impl FnOnce() -> String) -> Result<(), Failure> {
        self.rows += 1;
        if let Some((code, reason)) = self.fault(row) {
            self.reject(row.line, code, reason, text());
            return Ok(());
        }
        let Row { who, host, product, opened, closed, .. } = *row;
        let (user, host) = (self.recording.intern(who), self.recording.intern(host));
        let feature = self.recording.intern(product);
        let ordinal = ordinal(row.id);
        let reported = Reported { user, host, feature, ordinal, opened, closed };
        self.waiting.push(reported);
        let last = closed.unwrap_or(opened).max(opened);
        self.span = Some(self.span.map_or((opened, last), |(a, b)| (a.min(opened), b.max(last))));
        self.last = self.last.max(Some(last));
        if let Some(ticks) = row.tokens.filter(|ticks| ticks.is_positive()) {
            self.price(&reported, row.line, ticks);
        }
        if self.waiting.len() >= SESSIONS_AT_ONCE { self.hand_over() } else { Ok(()) }
    }

    /// Puts what the vendor charged for a use to the sum of its day, as far as the sum does not hold it already.
    fn price(&mut self, reported: &Reported, line: u64, ticks: Ticks) {
        let id = identity(&self.recording.names, reported);
        let known = self.prices.entry(id).or_insert(Ticks::ZERO);
        let more = ticks.0.saturating_sub(known.0).max(0);
        *known = ticks.max(*known);
        let key = (Zone::utc().date(reported.opened), reported.user, reported.feature);
        let paid = self.paid.entry(key).or_insert(Paid { line, ticks: Ticks::ZERO });
        paid.ticks = Ticks(paid.ticks.0.saturating_add(more));
        paid.line = paid.line.min(line);
    }

    /// Lists a line that could not be read.
    pub fn reject(
        &mut self,
        line: u64,
        code: &'static str,
        reason: impl Into<String>,
        text: String,
    ) {
        self.lines_rejected += 1;
        let file = self.files.last().map_or("", String::as_str);
        (self.rejected)(file, &Rejected { line, code, reason: reason.into(), text });
    }

    /// Whether a line was rejected.
    pub(super) fn has_rejected(&self) -> bool {
        self.lines_rejected > 0
    }

    /// Why a row cannot be true.
    fn fault(&self, row: &Row<'_>) -> Option<(&'static str, &'static str)> {
        match row {
            _ if row.who.trim().is_empty() => Some(("nobody", "no name of anybody")),
            _ if row.product.trim().is_empty() => Some(("no-product", "no product")),
            _ if row.closed.is_some_and(|closed| closed < row.opened) => {
                Some(("ends-before-it-begins", "it ends before it begins"))
            }
            _ if row.tokens.is_some_and(|ticks| ticks.0 < 0) => {
                Some(("negative-tokens", "fewer than no tokens; a credit is no use"))
            }
            _ if !self.recording.believes(row.opened) => {
                Some(("in-the-future", "it begins more than a day after now"))
            }
            // It would be charged up to its end, ahead of time.
            _ if row.closed.is_some_and(|closed| !self.recording.believes(closed)) => {
                Some(("ends-in-the-future", "it ends more than a day after now"))
            }
            _ => None,
        }
    }

    fn hand_over(&mut self) -> Result<(), Failure> {
        let added = self.recording.add_all(&self.waiting);
        self.waiting.clear();
        added
    }

    /// Says that the file at hand knows of everything up to this instant: uses that go on are known up to it.
    pub fn known_until(&mut self, last: Instant) {
        self.last = self.last.max(Some(last));
        self.span = self.span.map(|(first, before)| (first, before.max(last)));
    }

    /// Rates what is new, books the charges and the receipt of this kind, and makes all of it durable.
    ///
    /// # Errors
    /// [`Failure`]; then nothing of the batch is kept.
    pub fn finish(mut self, kind: &str) -> Result<Outcome, Failure> {
        self.end()?;
        self.recording.priced = self.priced();
        self.recording.complete(kind, self.files, Source::Log, self.span)
    }

    /// What [`Usage::finish`] would add. Nothing of the batch is kept.
    ///
    /// # Errors
    /// [`Failure`] when the store fails.
    pub fn rehearse(mut self) -> Result<Outcome, Failure> {
        self.end()?;
        Ok(self.recording.rehearse(self.span))
    }

    fn end(&mut self) -> Result<(), Failure> {
        self.source_ends()?;
        self.recording.tally(self.rows, self.lines_rejected);
        Ok(())
    }

    /// What the vendor charged, by day, person and product.
    fn priced(&mut self) -> Vec<VendorRow> {
        let names = &self.recording.names;
        let row =
            |((day, who, product), Paid { line, ticks }): ((Date, u32, u32), Paid)| VendorRow {
                line: u32::try_from(line).unwrap_or(u32::MAX),
                day,
                who: names.text(who).to_owned(),
                hashed: None,
                product: names.text(product).to_owned(),
                tokens: ticks,
            };
        std::mem::take(&mut self.paid).into_iter().map(row).collect()
    }
}

/// What a [`Row`] says of a source's own name for it; nothing, if it has none.
#[must_use]
pub fn id_of(name: &str) -> Option<u128> {
    (!name.is_empty()).then(|| xxhash_rust::xxh3::xxh3_128(name.as_bytes()))
}

/// Tells apart events of the same person, product, workstation and second by their ids.
fn ordinal(id: Option<u128>) -> u32 {
    id.map_or(0, |id| u32::try_from(id & u128::from(u32::MAX)).unwrap_or_default().max(1))
}
