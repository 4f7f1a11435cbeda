//! One contract, loaded: its store, its state, and the rule that the state changes only with the journal.
//!
//! There is one engine per contract and one thread that owns it. Readers share the state and only ever see
//! what was committed, because the writer holds the lock until the store has acknowledged.

use crate::ports::{Batch, Clock, Entry, GateUse, Request, Store, StoreError};
use crate::rules::{Books, Rules};
use faregate_core::event::Event;
use faregate_core::invariants;
use faregate_core::state::{Broken, State};
use faregate_core::when::{Date, Instant};
use std::sync::{Arc, RwLock, RwLockReadGuard, RwLockWriteGuard};

pub(crate) mod rehearsal;
pub(crate) use rehearsal::rehearse;

/// How far the wall clock may lie behind the last commit before the engine refuses to write, in seconds.
pub const CLOCK_BEHIND_MAX_SECONDS: i64 = 300;
/// A snapshot is taken after this many events.
const EVENTS_PER_SNAPSHOT: u64 = 1_000_000;

/// Begins the keys of requests that Faregate makes up itself; whatever a client sends is told apart from them
/// by [`outside`].
pub(crate) const RESERVED: char = '\u{1}';

/// The key of a client's request as it is stored: never one that Faregate made up.
pub(crate) fn outside(key: String) -> String {
    // What begins like ours gets a second sign in front, and ours go on with a word.
    if key.starts_with(RESERVED) { format!("{RESERVED}{key}") } else { key }
}

/// Why something could not be done. Nothing of it was.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The core refuses an event: a broken invariant or an input that contradicts the journal.
    #[error("{0}")]
    Broken(Broken),
    /// The wall clock is behind the journal.
    #[error("the clock is {seconds} s behind the last entry of the journal; set it right")]
    ClockBehind {
        /// How far behind.
        seconds: i64,
    },
    /// The same idempotency key was used for another request.
    #[error("this idempotency key was used for another request")]
    KeyReused,
    /// There is no such session.
    #[error("there is no session `{0}`")]
    NoSession(faregate_core::event::SessionId),
    /// More wait for an answer already than can be served soon.
    #[error("too many requests to open wait for an answer")]
    Busy,
    /// The server is stopping.
    #[error("the server is stopping")]
    Stopping,
}

impl From<Broken> for Failure {
    fn from(broken: Broken) -> Self {
        Self::Broken(broken)
    }
}

/// The state, shared with readers.
#[derive(Clone, Default)]
pub struct SharedState(Arc<RwLock<State>>);

impl SharedState {
    /// The state as of the last commit.
    pub fn read(&self) -> RwLockReadGuard<'_, State> {
        self.0.read().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    /// A copy to try things on.
    pub(crate) fn copy(&self) -> Self {
        Self(Arc::new(RwLock::new(self.read().clone())))
    }

    pub(crate) fn write(&self) -> RwLockWriteGuard<'_, State> {
        self.0.write().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

/// One contract, loaded.
pub struct Engine {
    pub(crate) store: Box<dyn Store>,
    state: SharedState,
    clock: Arc<dyn Clock>,
    rules: Rules,
    /// What the rules were compiled to, and what is about to be adopted.
    pub(crate) books: Books,
    /// The day on which the tokens' worth was last reckoned.
    priced: Option<Date>,
    since_snapshot: u64,
    /// Who acts, for receipts of imports.
    acting: String,
    /// The state could not be brought back to what is stored: it must be before anything else is decided.
    stale: bool,
}

impl Engine {
    /// Loads the newest snapshot and replays what came after.
    ///
    /// # Errors
    /// [`Failure`] when the store cannot be read or its journal contradicts itself.
    pub fn load(store: Box<dyn Store>, clock: Arc<dyn Clock>) -> Result<Self, Failure> {
        let state = SharedState::default();
        let (rules, books) = (Rules::default(), Books::default());
        let mut engine = Self {
            store,
            state,
            clock,
            rules,
            books,
            priced: None,
            since_snapshot: 0,
            acting: String::new(),
            stale: true,
        };
        engine.reload()?;
        Ok(engine)
    }

    /// Throws the state away and loads it anew: after a failed commit, when memory is ahead of the disk.
    ///
    /// # Errors
    /// As [`Engine::load`].
    pub fn reload(&mut self) -> Result<(), Failure> {
        let shared = self.state();
        self.undo(&mut shared.write())
    }

    /// Brings the state, under its lock, back to what is stored, so that no reader sees what is not.
    pub(crate) fn undo(&mut self, state: &mut State) -> Result<(), Failure> {
        self.stale = true;
        (*state, self.since_snapshot) = loaded(&mut *self.store)?;
        self.stale = false;
        Ok(())
    }

    /// The state, to be shared with readers.
    #[must_use]
    pub fn state(&self) -> SharedState {
        self.state.clone()
    }

    /// Says who acts from now on, by the name of their key or of the operating system's account: receipts of
    /// imports name them.
    pub fn act_as(&mut self, name: &str) {
        name.clone_into(&mut self.acting);
    }

    /// Does something in somebody's name: receipts of imports name them.
    pub fn acting_as<T>(&mut self, name: &str, work: impl FnOnce(&mut Self) -> T) -> T {
        let before = std::mem::replace(&mut self.acting, name.to_owned());
        let done = work(self);
        self.acting = before;
        done
    }

    /// Who acts; empty when nobody said.
    #[must_use]
    pub(crate) fn acting(&self) -> &str {
        &self.acting
    }

    /// The time to write with: never before the last commit.
    ///
    /// # Errors
    /// [`Failure::ClockBehind`] when the wall clock is further behind than [`CLOCK_BEHIND_MAX_SECONDS`].
    pub fn now(&self) -> Result<Instant, Failure> {
        let (now, last) = (self.clock.now(), self.state.read().at());
        let seconds = last.0.saturating_sub(now.0);
        if last.0 != i64::MIN && seconds > CLOCK_BEHIND_MAX_SECONDS {
            return Err(Failure::ClockBehind { seconds });
        }
        Ok(now.max(last))
    }

    /// The time to write with, once the state is what is stored.
    ///
    /// # Errors
    /// As [`Engine::now`] and [`Engine::load`].
    pub(crate) fn ready(&mut self) -> Result<Instant, Failure> {
        if self.stale {
            self.reload()?;
        }
        if !self.rules.hold_in(&self.state.read()) {
            self.rules = Rules::kept(&mut self.books, &self.state.read());
        }
        self.now()
    }

    /// Whether this day is asked about for the first time.
    pub(crate) fn is_first_on(&mut self, day: Date) -> bool {
        self.priced.replace(day) != Some(day)
    }

    /// The rules that decide, as of the last time they were looked at.
    #[must_use]
    pub(crate) fn rules(&self) -> Rules {
        self.rules.clone()
    }

    /// Appends events that were decided outside of the gate: setting up, importing.
    ///
    /// # Errors
    /// [`Failure`]; nothing was appended.
    pub fn append(&mut self, events: Vec<Event>) -> Result<(), Failure> {
        let now = self.ready()?;
        self.append_at(now, events, None)
    }

    /// Appends events at the instant for which they were decided; the first answers the request of a key and a
    /// digest. What the state would refuse is refused before it is touched.
    pub(crate) fn append_at(
        &mut self,
        now: Instant,
        events: Vec<Event>,
        request: Option<(String, u128)>,
    ) -> Result<(), Failure> {
        let shared = self.state();
        rehearse(&shared.read(), now, &events)?;
        let mut work = Work::on(shared.write(), now);
        let first = work.guard.seq() + 1;
        if let Some((key, digest)) = request {
            work.answer(key, digest, first);
        }
        match events.into_iter().try_for_each(|event| work.apply(event).map(|_| ())) {
            Ok(()) => self.commit(work),
            Err(broken) => self.give_up(work, broken.into()),
        }
    }

    /// Makes work durable, or undoes it.
    pub(crate) fn commit(&mut self, work: Work<'_>) -> Result<(), Failure> {
        let count = work.batch.entries.len() as u64;
        let stored = if work.batch.is_empty() { Ok(()) } else { self.store.append(&work.batch) };
        match stored {
            Ok(()) => {
                drop(work);
                self.committed(count);
                Ok(())
            }
            Err(failure) => self.give_up(work, failure.into()),
        }
    }

    /// Undoes work that was not stored; hands the reason back as the failure.
    pub(crate) fn give_up(&mut self, mut work: Work<'_>, why: Failure) -> Result<(), Failure> {
        self.undo(&mut work.guard)?;
        Err(why)
    }

    /// So many events were stored: takes a snapshot when one is due.
    pub(crate) fn committed(&mut self, count: u64) {
        self.since_snapshot += count;
        // A snapshot is a cache: when it cannot be kept, the events are stored all the same.
        if self.since_snapshot >= EVENTS_PER_SNAPSHOT && self.keep_snapshot().is_err() {
            self.since_snapshot = EVENTS_PER_SNAPSHOT / 2;
        }
    }

    /// Writes a snapshot, so that the next start replays little.
    ///
    /// # Errors
    /// [`Failure`]; the older snapshot stays then.
    pub fn keep_snapshot(&mut self) -> Result<(), Failure> {
        if self.since_snapshot > 0 {
            let checkpoint = self.state.read().checkpoint();
            self.store.keep_snapshot(&checkpoint)?;
            self.since_snapshot = 0;
        }
        Ok(())
    }

    /// The invariants that do not hold, with what is wrong.
    #[must_use]
    pub fn violations(&self) -> Vec<(&'static str, String)> {
        invariants::violations(&self.state.read())
    }
}

/// The state as stored, and how many events of it no snapshot holds.
///
/// A snapshot is only a cache: one that contradicts itself or the journal is left aside.
fn loaded(store: &mut dyn Store) -> Result<(State, u64), Failure> {
    if let Some(restored) = restored(store)? {
        match replayed(store, restored, u64::MAX) {
            Err(Failure::Broken(_)) => {}
            done => return done,
        }
    }
    replayed(store, State::default(), u64::MAX)
}

fn restored(store: &mut dyn Store) -> Result<Option<State>, Failure> {
    let Some(checkpoint) = store.snapshot()? else { return Ok(None) };
    let (seq, at) = (checkpoint.seq, checkpoint.at);
    let follows = store.entry(seq)?.is_some_and(|entry| entry.at == at);
    Ok(State::restore(checkpoint).ok().filter(|_| follows))
}

/// Applies the journal up to and with `last` to a state; returns how many events that were.
///
/// # Errors
/// [`Failure`] when the journal cannot be read or contradicts itself.
pub fn replayed(store: &mut dyn Store, state: State, last: u64) -> Result<(State, u64), Failure> {
    let (mut state, mut count, mut outcome) = (state, 0, Ok(()));
    store.replay(state.seq(), &mut |entry| {
        if entry.seq > last {
            return false;
        }
        count += 1;
        outcome = state.apply(entry.seq, entry.at, &entry.event);
        outcome.is_ok()
    })?;
    outcome?;
    Ok((state, count))
}

/// Events applied to the state under its lock and collected to be stored in one transaction.
pub(crate) struct Work<'a> {
    pub(crate) guard: RwLockWriteGuard<'a, State>,
    pub(crate) batch: Batch,
    pub(crate) now: Instant,
}

impl<'a> Work<'a> {
    pub(crate) fn on(guard: RwLockWriteGuard<'a, State>, now: Instant) -> Self {
        Self { guard, batch: Batch::default(), now }
    }

    /// Applies the next event; returns its sequence number.
    pub(crate) fn apply(&mut self, event: Event) -> Result<u64, Broken> {
        let seq = self.guard.seq() + 1;
        self.guard.apply(seq, self.now, &event)?;
        self.batch.entries.push(Entry { seq, at: self.now, event });
        Ok(seq)
    }

    pub(crate) fn answer(&mut self, key: String, digest: u128, seq: u64) {
        self.batch.requests.push(Request { key, digest, seq });
    }

    pub(crate) fn ended(&mut self, gate_use: GateUse) {
        self.batch.gate_uses.push(gate_use);
    }
}
