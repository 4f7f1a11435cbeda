//! Taking an import back: by further events and blocks, as one atomic batch.
//!
//! Every use that the import told of goes, unless another import that stands told of it as well: then it is that
//! import's from now on, with the end that it told. The charges of the people and products that this touches are
//! derived again from what is left, and uses that the import began or ended are as the others show them. Where the
//! vendor reported as well, its days are reckoned anew, as though its reports had come after the logs. Nothing is
//! removed: people, products and feature codes stay known. See `docs/adr/0021-undo-and-overlap.md`.

use super::{Recording, vendor};
use crate::engine::{Engine, Failure, Work};
use crate::ports::{BlockKind, Use};
use faregate_core::amount::Ticks;
use faregate_core::charges::Pair;
use faregate_core::event::{Event, OpenUse, Receipt, Source, Undone};
use faregate_core::ledger::Account;
use faregate_core::state::State;
use faregate_core::when::{Date, Instant};
use faregate_ingest::features::FeatureTable;
use std::collections::BTreeMap;

mod day;
pub(super) use day::Day;
pub(crate) use day::shown;

/// Uses of one block: what reads blocks holds one at a time.
const BLOCK: usize = 4_096;
/// No meter's clocks may differ by more.
pub(super) const TOLERANCE_MAX_SECONDS: i64 = 300;

/// Why nothing was taken back.
#[derive(Debug, thiserror::Error)]
pub enum UndoError {
    /// There is no import with this number.
    #[error("there is no import {batch}; the last one is {last}")]
    NoSuch {
        /// The number asked for.
        batch: u32,
        /// The last number given out.
        last: u32,
    },
    /// It was taken back before.
    #[error("import {batch} was undone already, on {at}")]
    UndoneAlready {
        /// Its number.
        batch: u32,
        /// When.
        at: Instant,
    },
    /// The store or the core refused.
    #[error(transparent)]
    Failed(#[from] Failure),
}

/// What an undo does, or would do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// The receipt of the import.
    pub receipt: Receipt,
    /// Sessions that nobody tells of any more.
    pub sessions: u64,
    /// Sessions that stay, since another import tells of them.
    pub kept: u64,
    /// Uses that go on again.
    pub reopened: u64,
    /// Charges taken back.
    pub reversed: u64,
    /// Charges made anew.
    pub charged: u64,
    /// What it comes to, by bucket; those that stay as they are left out.
    pub buckets: Vec<BucketChange>,
    /// Tokens charged that no bucket covered, before and after.
    pub uncovered: (Ticks, Ticks),
}

/// A bucket before and after an undo.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BucketChange {
    /// Its key.
    pub key: String,
    /// Its name.
    pub name: String,
    /// Tokens spent, before and after.
    pub spent: (Ticks, Ticks),
    /// Tokens available, before and after.
    pub available: (Ticks, Ticks),
}

/// Takes an import back, or says what that would do.
///
/// # Errors
/// [`UndoError`]; nothing was taken back.
pub fn undo(
    engine: &mut Engine,
    features: &FeatureTable,
    batch: u32,
    is_rehearsal: bool,
) -> Result<Report, UndoError> {
    engine.ready()?;
    let receipt = receipt_of(engine, batch)?;
    let mut undoing = Undoing::begin(engine, features, receipt)?;
    undoing.sift_all()?;
    let report = if is_rehearsal { undoing.rehearse() } else { undoing.carry_out() };
    Ok(report?)
}

/// The receipt of an import that stands.
fn receipt_of(engine: &mut Engine, batch: u32) -> Result<Receipt, UndoError> {
    let shared = engine.state();
    let (found, last) = {
        let state = shared.read();
        (state.imports().get(batch).copied(), state.imports().next() - 1)
    };
    let import = found.ok_or(UndoError::NoSuch { batch, last })?;
    let mut entry = |seq| Ok::<_, Failure>(engine.store.entry(seq)?);
    if let Some(undone) = entry(import.undone)? {
        return Err(UndoError::UndoneAlready { batch, at: undone.at });
    }
    match entry(import.seq)?.map(|entry| entry.event) {
        Some(Event::Imported(receipt)) => Ok(receipt),
        _ => Err(UndoError::NoSuch { batch, last }),
    }
}

/// An undo on its way into the store.
struct Undoing<'e> {
    recording: Recording<'e>,
    features: &'e FeatureTable,
    receipt: Receipt,
    undone: Undone,
    /// The pairs whose use changes, each from when on.
    touched: BTreeMap<Pair, Instant>,
    /// What the vendor no longer tells, by pair and day, with the days' remaining rows.
    lost: vendor::Lost,
}

impl<'e> Undoing<'e> {
    fn begin(
        engine: &'e mut Engine,
        features: &'e FeatureTable,
        receipt: Receipt,
    ) -> Result<Self, Failure> {
        let mut recording = Recording::begin(engine, features)?;
        recording.undoing = Some(receipt.batch);
        let by = recording.engine.acting().to_owned();
        let undone = Undone { batch: receipt.batch, by, ..Undone::default() };
        let (touched, lost) = (BTreeMap::new(), vendor::Lost::default());
        Ok(Self { recording, features, receipt, undone, touched, lost })
    }

    /// Sorts what the import told of into what goes and what stays, a day at a time.
    fn sift_all(&mut self) -> Result<(), Failure> {
        let days = self.recording.engine.store.days_of_batch(self.receipt.batch)?;
        let shared = self.recording.engine.state();
        for day in days {
            self.sift(&shared.read(), day)?;
        }
        self.undone.ended.sort_unstable();
        self.recording.ended.clone_from(&self.undone.ended);
        Ok(())
    }

    fn sift(&mut self, state: &State, date: Date) -> Result<(), Failure> {
        let Recording { names, engine, .. } = &mut self.recording;
        let day = Day::read(&mut *engine.store, state, names, date, self.receipt.batch)?;
        let mut taken: Vec<Use> = Vec::with_capacity(day.own.len());
        let mut told: BTreeMap<u32, Vec<Use>> = BTreeMap::new();
        for (identity, one) in &day.own {
            taken.push(*one);
            match day.told_by.get(identity) {
                Some((batch, same)) => {
                    told.entry(*batch).or_default().push(*same);
                    self.undone.kept += 1;
                    if same != one {
                        self.touch(state, one);
                    }
                }
                None => self.take(state, *identity, one, day.shown_by.get(identity)),
            }
        }
        for one in &day.open {
            self.close(state, one, &day);
        }
        self.lost.note(state, &self.recording.names, self.features, date, &day);
        let store = &mut *self.recording.engine.store;
        for some in taken.chunks(BLOCK) {
            store.add_uses(self.receipt.batch, date, BlockKind::TakenBack, some)?;
        }
        for (batch, uses) in told {
            for some in uses.chunks(BLOCK) {
                store.add_uses(batch, date, BlockKind::Told, some)?;
            }
        }
        Ok(())
    }

    /// Takes back a use that has ended, and that no other import saw end.
    fn take(&mut self, state: &State, identity: u64, one: &Use, shown: Option<&Use>) {
        self.touch(state, one);
        match shown {
            Some(shown) => self.reopen(state, identity, shown),
            None => self.gone(state, one),
        }
    }

    /// Others show the use as going on.
    fn reopen(&mut self, state: &State, identity: u64, shown: &Use) {
        let names = &mut self.recording.names;
        let Some(person) = names.identity(state, shown.user, shown.opened) else { return };
        let product = names.pair(state, shown.user, shown.feature, shown.opened);
        let product = product.map(|(_, product)| product);
        let (host, opened) = (names.text(shown.host).to_owned(), shown.opened);
        let open = OpenUse { identity, person, product, host, opened };
        self.recording.begun.insert(identity, open);
        self.recording.open_until.insert(identity, shown.closed);
    }

    /// A use that the import showed as going on ends with it, unless others show it as well.
    fn close(&mut self, state: &State, one: &Use, day: &Day) {
        let identity = super::identify(&self.recording.names, one);
        if !state.is_open_elsewhere(identity) || day.own.contains_key(&identity) {
            return;
        }
        self.touch(state, one);
        if !day.shown_by.contains_key(&identity) {
            self.undone.ended.push(identity);
            self.gone(state, one);
        } else {
            self.undone.kept += 1;
        }
    }

    /// Counts a session that nobody tells of any more.
    fn gone(&mut self, state: &State, one: &Use) {
        if !vendor::is_session(&self.recording.names, one.host) {
            return;
        }
        let Use { user, feature, opened, .. } = *one;
        let pair = self.recording.names.pair(state, user, feature, opened);
        let is_doubted = vendor::is_doubted(&self.recording.names, one.host);
        let rated = pair.is_some_and(|pair| self.recording.can_rate(state, pair, opened));
        self.undone.sessions += 1;
        self.undone.quarantined += u64::from(is_doubted || !rated);
    }

    fn touch(&mut self, state: &State, one: &Use) {
        let names = &mut self.recording.names;
        let Some(pair) = names.pair(state, one.user, one.feature, one.opened) else { return };
        let from = self.touched.entry(pair).or_insert(one.opened);
        *from = one.opened.min(*from);
    }

    /// Does it on a copy of the state, and leaves the store as it was.
    fn rehearse(mut self) -> Result<Report, Failure> {
        let now = self.recording.engine.now()?;
        let copy = self.recording.engine.state().copy();
        let before = Balances::of(&copy.read());
        let mut work = Work::on(copy.write(), now);
        self.book(&mut work)?;
        let (seq, after) = (work.guard.seq(), Balances::of(&work.guard));
        drop(work);
        self.report(&before, &after, seq)
    }

    fn carry_out(mut self) -> Result<Report, Failure> {
        let now = self.recording.engine.now()?;
        let shared = self.recording.engine.state();
        // Readers wait until the commit: they never see what is not durable.
        let mut work = Work::on(shared.write(), now);
        let (first, before) = (work.guard.seq(), Balances::of(&work.guard));
        let booked = self.book(&mut work);
        let (last, after) = (work.guard.seq(), Balances::of(&work.guard));
        let report = booked.and_then(|()| self.report(&before, &after, last));
        let done = report.and_then(|report| {
            self.recording.engine.store.commit()?;
            Ok(report)
        });
        self.recording.finished = true;
        match done {
            Ok(report) => {
                drop(work);
                self.recording.engine.committed(last - first);
                Ok(report)
            }
            Err(failure) => {
                self.recording.engine.store.rollback();
                let why = self.recording.engine.give_up(work, failure);
                why.and(Err(Failure::Stopping))
            }
        }
    }

    fn book(&mut self, work: &mut Work<'_>) -> Result<(), Failure> {
        let reckoned = vendor::Reckoned::of(&work.guard, &self.touched, &self.lost);
        let plain = self.touched.iter().filter(|(pair, _)| !reckoned.has(**pair));
        let plain: Vec<(Pair, Instant)> = plain.map(|(pair, from)| (*pair, *from)).collect();
        let plan = reckoned.plan(&mut self.recording, &work.guard, self.features)?;
        if let Some(from) = plain.iter().map(|(_, from)| *from).min() {
            self.recording.pairs = plain.iter().map(|(pair, _)| *pair).collect();
            let from = from.plus(-TOLERANCE_MAX_SECONDS);
            self.recording.rate(work, from, Source::Log)?;
        }
        self.undone.begun = std::mem::take(&mut self.recording.begun).into_values().collect();
        self.undone.sessions = self.undone.sessions.saturating_add_signed(plan.unbooked);
        self.undone.unreported.clone_from(&plan.unreported);
        let undone = self.undone.clone();
        plan.book(&mut self.recording, work, Event::ImportUndone(undone))
    }

    /// What was done, with what it comes to; `last` is the number of its last event.
    fn report(
        &mut self,
        before: &Balances,
        after: &Balances,
        last: u64,
    ) -> Result<Report, Failure> {
        let mut report = Report {
            receipt: self.receipt.clone(),
            sessions: self.undone.sessions,
            kept: self.undone.kept,
            reopened: self.undone.begun.len() as u64,
            reversed: 0,
            charged: 0,
            buckets: before.changes(after),
            uncovered: (before.uncovered, after.uncovered),
        };
        self.recording.engine.store.replay(before.seq, &mut |entry| {
            match entry.event {
                Event::UsageReversed(units) => report.reversed += units.len() as u64,
                Event::UsageCharged(charges) => report.charged += charges.len() as u64,
                _ => {}
            }
            entry.seq < last
        })?;
        Ok(report)
    }
}

/// Whose tokens are where, at one moment.
struct Balances {
    seq: u64,
    buckets: Vec<(String, String, Ticks, Ticks)>,
    uncovered: Ticks,
}

impl Balances {
    fn of(state: &State) -> Self {
        let buckets = state.estate().buckets().iter().zip(state.ledger().buckets());
        let buckets = buckets.map(|(bucket, balance)| {
            (bucket.key.clone(), bucket.name.clone(), balance.spent, balance.available)
        });
        let uncovered = state.ledger().balance(Account::Uncovered).negated();
        Self { seq: state.seq(), buckets: buckets.collect(), uncovered }
    }

    fn changes(&self, after: &Self) -> Vec<BucketChange> {
        let both = self.buckets.iter().zip(&after.buckets);
        let change = |(before, after): (&(String, String, Ticks, Ticks), &(_, _, Ticks, Ticks))| {
            let (key, name, spent, available) = before.clone();
            BucketChange { key, name, spent: (spent, after.2), available: (available, after.3) }
        };
        let differs = |change: &BucketChange| {
            change.spent.0 != change.spent.1 || change.available.0 != change.available.1
        };
        both.map(change).filter(differs).collect()
    }
}
