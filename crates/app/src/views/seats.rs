//! Seats: who holds which, on which workstations it is used now, and when it was last.

use crate::engine::{Engine, Failure};
use crate::ports::Entry;
use faregate_core::estate::{PersonId, ProductId, SeatId};
use faregate_core::event::{Event, Route, SessionId};
use faregate_core::state::State;
use faregate_core::when::{DAY, Instant};
use rustc_hash::FxHashMap;

/// A seat that its holder has not used for so many seconds is idle.
pub const IDLE_SECONDS: i64 = 30 * DAY;
/// Entries of the journal that are read on at once: between two of these, the gate decides.
const ENTRIES_AT_ONCE: u64 = 20_000;

/// When seats were last used, as the gate saw it: a projection of the journal that is read on as it grows.
///
/// Use that only a log tells of is not in it.
#[derive(Debug, Default)]
pub struct SeatUse {
    seen: u64,
    since: Option<Instant>,
    used: FxHashMap<SeatId, Instant>,
    given: FxHashMap<SeatId, Instant>,
    running: FxHashMap<SessionId, SeatId>,
}

impl SeatUse {
    /// Reads on in the journal, some entries at a time; returns whether it has caught up.
    ///
    /// # Errors
    /// [`Failure`] when the store cannot be read.
    pub fn read_on(&mut self, engine: &mut Engine) -> Result<bool, Failure> {
        let last = self.seen.saturating_add(ENTRIES_AT_ONCE);
        engine.store.replay(self.seen, &mut |entry| {
            self.note(&entry);
            entry.seq < last
        })?;
        Ok(self.seen >= engine.state().read().seq())
    }

    fn note(&mut self, entry: &Entry) {
        self.seen = entry.seq;
        self.since.get_or_insert(entry.at);
        match &entry.event {
            Event::Opened(opened) => match opened.route {
                Route::Seat(seat) | Route::FreeSeat(seat) => {
                    self.used.insert(seat, entry.at);
                    self.running.insert(SessionId(entry.seq), seat);
                }
                Route::Tokens { .. } => {}
            },
            Event::Closed { session, at, .. } => {
                if let Some(seat) = self.running.remove(session) {
                    let used = self.used.entry(seat).or_insert(*at);
                    *used = (*used).max(*at);
                }
            }
            Event::SeatMoved { seat, .. } => {
                self.given.insert(*seat, entry.at);
            }
            _ => {}
        }
    }

    /// When a seat was last used; `None` when the gate never saw it used.
    #[must_use]
    pub fn last_used(&self, state: &State, seat: SeatId, now: Instant) -> Option<Instant> {
        let in_use = !state.sessions_on(seat).is_empty();
        if in_use { Some(now) } else { self.used.get(&seat).copied() }
    }

    /// Whether somebody has held a seat for a month without using it.
    #[must_use]
    pub fn is_idle(&self, state: &State, seat: SeatId, now: Instant) -> bool {
        let Some(known) = state.estate().seat(seat) else { return false };
        let touched = [
            self.since,
            self.used.get(&seat).copied(),
            self.given.get(&seat).copied(),
            Some(known.from),
        ];
        let latest = touched.into_iter().flatten().max();
        let long_ago = self.since.is_some() && latest <= Some(now.plus(-IDLE_SECONDS));
        long_ago && state.sessions_on(seat).is_empty()
    }
}

/// The seats of colleagues that cover a product and have not been used for a month.
#[must_use]
pub fn idle_seats(
    state: &State,
    used: &SeatUse,
    (person, product): (PersonId, ProductId),
    now: Instant,
) -> usize {
    let estate = state.estate();
    let ids = (0u32..).map(SeatId).take(estate.seats().len());
    let others = |id: &SeatId| estate.holder(*id, now).is_some_and(|holder| holder != person);
    let covering = ids.filter(|id| estate.covers(*id, product) && others(id));
    covering.filter(|id| used.is_idle(state, *id, now)).count()
}

/// The workstations on which a seat is used now.
#[must_use]
pub fn hosts(state: &State, seat: SeatId) -> Vec<String> {
    let sessions = state.sessions_on(seat).iter().filter_map(|id| state.sessions().get(id));
    let mut hosts: Vec<String> = sessions.map(|session| session.host.clone()).collect();
    hosts.sort_unstable();
    hosts.dedup();
    hosts
}
