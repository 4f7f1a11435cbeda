//! Taking in reported use: deduplicated, stored, rated and charged as one atomic batch.
//!
//! A [`Recording`] is one transaction. Uses go in one by one, in any order, from any source; at the end the
//! pairs that have new use are rated again from the earliest new use on, and a receipt closes the batch.
//! Dropped without [`Recording::finish`], it leaves no trace.

use crate::engine::{Engine, Failure, Work};
use crate::ports::Use;
use days::{Days, day_of};
use faregate_core::charges::Pair;
use faregate_core::event::{Counts, Event, OpenUse, Receipt, Source};
use faregate_core::state::State;
use faregate_core::tariff::Meter;
use faregate_core::when::{DAY, Instant};
pub use faregate_ingest::features::FeatureTable;
use faregate_ingest::vendor::VendorRow;
use names::Names;
use rustc_hash::{FxHashMap, FxHashSet};
use std::collections::BTreeMap;
use vendor::Prices;

pub mod agent;
mod days;
pub mod delivery;
pub mod flexnet;
pub mod intake;
pub mod known;
pub(crate) mod names;
mod open;
pub mod overlap;
mod quarantine;
pub(crate) mod rate;
pub mod receipts;
pub mod uncharged;
pub mod undo;
pub mod usage;
pub mod vendor;

pub use quarantine::{Outcome, Quarantined, Uncharged};

/// One use as a source reports it. Names are numbers of [`Recording::intern`].
#[derive(Clone, Copy, Debug)]
pub struct Reported {
    /// The user's name.
    pub user: u32,
    /// The workstation's name.
    pub host: u32,
    /// The feature code or product key.
    pub feature: u32,
    /// Tells apart identical openings in one second.
    pub ordinal: u32,
    /// When it was opened.
    pub opened: Instant,
    /// When it was closed; `None` while it is going on.
    pub closed: Option<Instant>,
}

impl Reported {
    /// The use, once it has ended.
    fn ended(&self, closed: Instant) -> Use {
        let Self { user, host, feature, ordinal, opened, closed: _ } = *self;
        Use { user, host, feature, ordinal, opened, closed }
    }
}

/// One batch of reported use on its way into the store.
pub struct Recording<'e> {
    engine: &'e mut Engine,
    names: Names<'e>,
    days: Days,
    /// The number that the import gets.
    batch: u32,
    /// Pairs with new use, and the earliest of it.
    pairs: FxHashSet<Pair>,
    from: Option<Instant>,
    begun: BTreeMap<u64, OpenUse>,
    /// Uses begun in an earlier batch that this one reports again, as still going on.
    going_on: FxHashMap<u64, (Pair, Instant)>,
    ended: Vec<u64>,
    /// Uses that the source at work shows as going on.
    shown_open: Vec<u64>,
    /// Uses that the batch shows as going on, and does not see end.
    shown: FxHashMap<u64, Reported>,
    /// Whether it remembers of those that others began only what it charges: a log that is followed shows the
    /// same ones every few seconds.
    follows: bool,
    /// The import that is being taken back: units on record then say nothing of when units begin.
    undoing: Option<u32>,
    /// Until when uses are known to have gone on: to the end of the last source that shows them.
    open_until: FxHashMap<u64, Instant>,
    counts: Counts,
    /// What the vendor charged, where uses say it themselves.
    priced: Vec<VendorRow>,
    /// Sessions kept and not charged, by feature.
    quarantined: BTreeMap<u32, u64>,
    /// What the batch makes of leases.
    leased: agent::Leased,
    /// Use that begins or ends after this is not believed.
    believed_until: Instant,
    finished: bool,
}

/// Sessions added under one lock of the state.
const SESSIONS_AT_ONCE: usize = 4_096;
/// How far a source's clock may be ahead of ours, zones mistaken included.
const AHEAD_MAX_SECONDS: i64 = DAY;

impl<'e> Recording<'e> {
    /// Begins a batch.
    ///
    /// # Errors
    /// [`Failure`] when the store cannot be read or another transaction is open.
    pub fn begin(engine: &'e mut Engine, features: &'e FeatureTable) -> Result<Self, Failure> {
        engine.ready()?;
        let believed_until = engine.now()?.plus(AHEAD_MAX_SECONDS);
        let batch = engine.state().read().imports().next();
        engine.store.begin()?;
        let mut recording = Self {
            engine,
            names: Names::new(features),
            days: Days::of(batch),
            batch,
            pairs: FxHashSet::default(),
            from: None,
            begun: BTreeMap::new(),
            going_on: FxHashMap::default(),
            ended: Vec::new(),
            shown_open: Vec::new(),
            shown: FxHashMap::default(),
            follows: false,
            undoing: None,
            open_until: FxHashMap::default(),
            counts: Counts::default(),
            priced: Vec::new(),
            quarantined: BTreeMap::new(),
            leased: agent::Leased::default(),
            believed_until,
            finished: false,
        };
        recording.names.know(recording.engine.store.names()?);
        Ok(recording)
    }

    /// Says that this is one of many batches of a log that is followed.
    pub(crate) fn follow(&mut self) {
        self.follows = true;
    }

    /// The number of a name, new or known.
    pub fn intern(&mut self, text: &str) -> u32 {
        self.names.intern(text)
    }

    /// Counts lines that the source rejected and events that it recognised.
    pub fn tally(&mut self, events: u64, rejected: u64) {
        self.counts.events += events;
        self.counts.rejected += rejected;
    }

    /// Whether use that begins or ends at this instant can be true: what is charged ahead of time would be free then.
    #[must_use]
    pub fn believes(&self, at: Instant) -> bool {
        at <= self.believed_until
    }

    /// Adds one use, unless it is there already or lies in the future.
    ///
    /// # Errors
    /// [`Failure`] when the store fails.
    pub fn add(&mut self, reported: Reported) -> Result<(), Failure> {
        self.add_all(&[reported])
    }

    /// Adds many uses, those that are not there already.
    ///
    /// # Errors
    /// [`Failure`] when the store fails.
    pub fn add_all(&mut self, reported: &[Reported]) -> Result<(), Failure> {
        let shared = self.engine.state();
        let state = shared.read();
        reported.iter().try_for_each(|one| self.add_one(&state, one))
    }

    fn add_one(&mut self, state: &State, reported: &Reported) -> Result<(), Failure> {
        if !self.believes(reported.opened) {
            self.counts.rejected += 1;
            return Ok(());
        }
        let (day, identity) = (day_of(reported.opened), identity(&self.names, reported));
        let (names, store) = (&self.names, &mut *self.engine.store);
        let seen = self.days.find(store, day, identity, |one| identify(names, one))?;
        let known_open = self.begun.contains_key(&identity) || state.is_open_elsewhere(identity);
        if reported.closed.is_some() {
            self.shown.remove(&identity);
        }
        match reported.closed {
            _ if seen.is_some() => self.known_again(identity, reported, seen),
            None if known_open => self.goes_on(state, identity, reported),
            None => self.begin_use(state, identity, reported),
            Some(closed) => {
                if !known_open {
                    self.count_new(state, reported);
                } else if self.begun.remove(&identity).is_none() {
                    self.lift_open(state, identity, reported);
                    self.going_on.remove(&identity);
                    self.ended.push(identity);
                    self.counts.closed += 1;
                }
                self.counts.seconds += closed.since(reported.opened).max(0);
                self.keep(state, identity, reported, closed.max(reported.opened))?;
            }
        }
        Ok(())
    }

    /// Says that all of one of several sources was added, which knows of nothing after this instant: uses
    /// that it shows as going on are charged up to then, whatever the others know of.
    pub fn source_ended(&mut self, last: Option<Instant>) {
        let shown = std::mem::take(&mut self.shown_open);
        for identity in shown {
            let Some(last) = last else { continue };
            let until = self.open_until.entry(identity).or_insert(last);
            *until = last.max(*until);
        }
    }

    /// Rates what is new, books the charges and the receipt, and makes all of it durable.
    ///
    /// `span` is the first and last instant that the sources know of: open uses are charged up to the last,
    /// those of a source that [`Recording::source_ended`] told of up to its end.
    ///
    /// # Errors
    /// [`Failure`]; then nothing of the batch is kept.
    pub fn finish(
        self,
        kind: &str,
        files: Vec<String>,
        source: Source,
        span: Option<(Instant, Instant)>,
    ) -> Result<Counts, Failure> {
        Ok(self.complete(kind, files, source, span)?.counts)
    }

    /// The same as [`Recording::finish`], telling more.
    ///
    /// # Errors
    /// [`Failure`]; then nothing of the batch is kept.
    pub fn complete(
        mut self,
        kind: &str,
        files: Vec<String>,
        source: Source,
        span: Option<(Instant, Instant)>,
    ) -> Result<Outcome, Failure> {
        let quarantined_by = self.quarantined_by();
        let released = self.names.released();
        let counts = self.end(kind, files, source, span)?;
        Ok(Outcome { counts, quarantined_by, released })
    }

    /// What [`Recording::complete`] would add. Nothing of the batch is kept.
    pub(crate) fn rehearse(mut self, span: Option<(Instant, Instant)>) -> Outcome {
        let (quarantined_by, released) = (self.quarantined_by(), self.names.released());
        self.count_span(span);
        Outcome { counts: self.counts, quarantined_by, released }
    }

    fn count_span(&mut self, span: Option<(Instant, Instant)>) {
        self.counts.first = span.map(|(first, _)| first);
        self.counts.last = span.map(|(_, last)| last);
        self.counts.open_sessions = self.begun.len() as u64;
    }

    fn end(
        &mut self,
        kind: &str,
        files: Vec<String>,
        source: Source,
        span: Option<(Instant, Instant)>,
    ) -> Result<Counts, Failure> {
        let now = self.engine.now()?;
        self.count_span(span);
        self.source_ended(self.counts.last);
        self.touch_going_on();
        let is_empty = self.pairs.is_empty() && self.leased.is_empty();
        let mut prices = None;
        if self.counts.sessions == 0 && self.counts.closed == 0 && is_empty {
            let shared = self.engine.state();
            prices = self.judge_prices(&shared.read())?.filter(Prices::changes);
            if prices.is_none() {
                // Nothing new: dropping the batch leaves the store exactly as it was.
                return Ok(self.counts);
            }
        }
        self.flush()?;
        let shared = self.engine.state();
        // Readers wait until the commit: they never see what is not durable.
        let mut work = Work::on(shared.write(), now);
        let before = work.guard.seq();
        let booked = self.book(&mut work, source, (kind, files), prices);
        let done = booked.and_then(|()| Ok(self.engine.store.commit()?));
        self.finished = true;
        if let Err(failure) = done {
            self.engine.store.rollback();
            self.engine.give_up(work, failure)?;
            return Ok(self.counts);
        }
        let events = work.guard.seq() - before;
        drop(work);
        self.engine.committed(events);
        Ok(self.counts)
    }

    fn book(
        &mut self,
        work: &mut Work<'_>,
        source: Source,
        (kind, files): (&str, Vec<String>),
        prices: Option<Prices>,
    ) -> Result<(), Failure> {
        for event in self.names.take_events() {
            work.apply(event)?;
        }
        self.free_leased(work)?;
        if let Some(from) = self.from {
            self.rate(work, from, source)?;
        }
        self.end_empty_leases(work)?;
        let recognised = self.recognised(&work.guard);
        let begun = std::mem::take(&mut self.begun).into_values().chain(recognised).collect();
        let ended = std::mem::take(&mut self.ended);
        let mut overlap = self.overlap(&work.guard, kind)?;
        // What the batch adds is priced once it is charged.
        let prices = match prices {
            Some(prices) => Some(prices),
            None => self.judge_prices(&work.guard)?,
        };
        // Prices release what was kept of a report.
        for event in self.names.take_events() {
            work.apply(event)?;
        }
        if let Some(prices) = prices {
            overlap.prices = self.book_prices(work, prices)?;
        }
        let counts = self.counts;
        work.apply(Event::Imported(Receipt {
            kind: kind.to_owned(),
            files,
            counts,
            begun,
            ended,
            batch: self.batch,
            by: self.engine.acting().to_owned(),
            overlap,
        }))?;
        self.store_work(work)
    }

    /// Puts what was applied so far into the open transaction.
    fn store_work(&mut self, work: &mut Work<'_>) -> Result<(), Failure> {
        Ok(self.engine.store.append(&std::mem::take(&mut work.batch))?)
    }

    fn flush(&mut self) -> Result<(), Failure> {
        self.remember_open();
        let (first, fresh) = self.names.take_fresh();
        self.engine.store.add_names(first, &fresh)?;
        Ok(self.days.finish(&mut *self.engine.store)?)
    }

    fn keep(
        &mut self,
        state: &State,
        identity: u64,
        reported: &Reported,
        closed: Instant,
    ) -> Result<(), Failure> {
        self.meet(state, reported);
        let day = day_of(reported.opened);
        if self.days.add(day, identity, reported.ended(closed)) {
            self.days.flush(&mut *self.engine.store, day)?;
        }
        Ok(())
    }

    /// Notes that there is new use of this user's and feature's pair.
    fn meet(&mut self, state: &State, Reported { user, feature, opened, .. }: &Reported) {
        let person = self.names.person(state, *user, *opened);
        let Some(pair) = person.zip(self.names.product(state, *feature)) else { return };
        if self.names.is_first(*user, pair.1) {
            self.touch(pair, *opened);
        } else {
            self.from = self.from.min(Some(*opened));
        }
    }

    fn touch(&mut self, pair: Pair, from: Instant) {
        self.pairs.insert(pair);
        self.from = Some(self.from.map_or(from, |earliest| earliest.min(from)));
    }

    fn count_new(&mut self, state: &State, reported: &Reported) {
        self.counts.sessions += 1;
        let person = self.names.person(state, reported.user, reported.opened);
        let pair = person.zip(self.names.product(state, reported.feature));
        let quarantined = pair.is_none_or(|pair| !self.can_rate(state, pair, reported.opened));
        if quarantined {
            self.counts.quarantined += 1;
            *self.quarantined.entry(reported.feature).or_default() += 1;
        }
    }

    fn can_rate(&self, state: &State, pair: Pair, at: Instant) -> bool {
        can_rate(&self.names, state, pair, at)
    }
}

/// Whether a use is on a seat or the tariff has a rate for it: else it is quarantined, never free.
fn can_rate(names: &Names<'_>, state: &State, (person, product): Pair, at: Instant) -> bool {
    let Some(key) = names.product_key(state, product) else { return false };
    let rate = state.tariff().and_then(|(_, tariff)| tariff.rate(key, at, state.zone()));
    // Of use that is charged by its results nobody says how many there were.
    rate.is_some_and(|rate| rate.meter != Meter::Result)
        || state.estate().covering_seat(person, product, at).is_some()
}

impl Drop for Recording<'_> {
    fn drop(&mut self) {
        if !self.finished {
            self.engine.store.rollback();
        }
    }
}

/// How long a use is of which nobody says how long it was, in seconds: long enough to be charged, and no longer.
fn grace(engine: &Engine) -> i64 {
    let state = engine.state();
    let state = state.read();
    state.tariff().map_or(0, |(_, tariff)| tariff.parts().grace_seconds).max(1)
}

/// The same for the same use, in every batch and every copy of a log.
fn identity(names: &Names<'_>, reported: &Reported) -> u64 {
    let mut bytes = [0; 36];
    let parts = [
        names.hash(reported.user),
        names.hash(reported.host),
        names.hash(reported.feature),
        reported.opened.0.cast_unsigned(),
    ];
    for (slot, part) in bytes.chunks_exact_mut(8).zip(parts) {
        slot.copy_from_slice(&part.to_le_bytes());
    }
    bytes[32..].copy_from_slice(&reported.ordinal.to_le_bytes());
    // Stores know identities from when the number had two bytes.
    let is_small = reported.ordinal <= u32::from(u16::MAX);
    xxhash_rust::xxh3::xxh3_64(if is_small { &bytes[..34] } else { &bytes })
}

fn identify(names: &Names<'_>, one: &Use) -> u64 {
    let Use { user, host, feature, ordinal, opened, closed } = *one;
    identity(names, &Reported { user, host, feature, ordinal, opened, closed: Some(closed) })
}
