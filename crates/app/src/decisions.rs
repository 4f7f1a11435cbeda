//! The gate's decisions, newest first, as the journal has them.
//!
//! Nothing is kept in memory: an answer looks at so many entries of the journal and no more, and says where the next
//! one goes on. It never holds the state while it reads, so that no decision waits for it.
//!
//! To filter by something else: a field of [`Wanted`], and its line in [`Wanted::takes`].

use crate::engine::{Engine, Failure, SharedState};
use crate::ports::{Entry, Store};
use crate::sight::Sight;
use faregate_core::estate::{PersonId, folded};
use faregate_core::event::{Ask, Event, Reason};
use faregate_core::state::State;
use faregate_core::when::Instant;

/// So many entries of the journal are looked at for one answer.
pub const LOOKED_AT_MAX: u64 = 200_000;
/// So many decisions are read between two looks at the state.
const AT_ONCE: usize = 256;

/// Which decisions.
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    /// Those that let somebody through, or those that turned somebody away.
    pub allowed: Option<bool>,
    /// Those that turned somebody away for this reason.
    pub reason: Option<Reason>,
    /// Those about a person, by any name of theirs, or by the name that was asked with.
    pub person: Option<String>,
    /// Those about a product, by its key.
    pub product: Option<String>,
    /// Those decided at or after an instant.
    pub from: Option<Instant>,
    /// Those decided before an instant.
    pub until: Option<Instant>,
}

/// Where to look, and how far.
#[derive(Clone, Debug)]
pub struct Look {
    /// Which decisions.
    pub wanted: Wanted,
    /// Only what stands in the journal before this place; `None`: everything.
    pub before: Option<u64>,
    /// Only what stands in the journal after this place.
    pub after: u64,
    /// So many decisions.
    pub rows_max: usize,
    /// So many entries of the journal are looked at.
    pub looked_at_max: u64,
}

/// What was found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Found {
    /// Decisions, newest first; fewer than were asked for where the look ended before.
    pub decisions: Vec<Entry>,
    /// Where to go on: before this place; `None`: there is no more.
    pub next: Option<u64>,
}

impl Wanted {
    /// Whether a decision is wanted, as far as it can be said without the state.
    fn takes(&self, event: &Event) -> bool {
        let Some(ask) = asked(event) else { return false };
        let refused = match event {
            Event::Refused(refused) => Some(refused.reason),
            _ => None,
        };
        let product = self.product.as_deref();
        self.allowed.is_none_or(|allowed| allowed == refused.is_none())
            && self.reason.is_none_or(|reason| refused == Some(reason))
            && product.is_none_or(|product| folded(product) == folded(&ask.product))
    }
}

/// What a decision was asked; `None` for what is no decision.
#[must_use]
pub fn asked(event: &Event) -> Option<&Ask> {
    match event {
        Event::Opened(opened) => Some(&opened.ask),
        Event::Refused(refused) => Some(&refused.ask),
        _ => None,
    }
}

/// The person whom a decision is about, by what is known today; `None` when nobody knew the name.
#[must_use]
pub fn about(state: &State, event: &Event, at: Instant) -> Option<PersonId> {
    match event {
        Event::Opened(opened) => Some(state.estate().same_as(opened.person)),
        Event::Refused(refused) => state.estate().person_known_as(&refused.ask.person, at),
        _ => None,
    }
}

/// The latest decisions that a caller sees, in the store of an engine.
///
/// # Errors
/// [`Failure`] when the store cannot be read.
pub fn latest_of(
    engine: &mut Engine,
    look: &Look,
    sight: impl FnOnce(&State) -> Sight,
) -> Result<Found, Failure> {
    let state = engine.state();
    latest(&mut *engine.store, &state, look, sight)
}

/// The latest decisions that a caller sees, in a store that may be read beside the gate.
///
/// # Errors
/// [`Failure`] when the store cannot be read.
pub fn latest(
    store: &mut dyn Store,
    state: &SharedState,
    look: &Look,
    sight: impl FnOnce(&State) -> Sight,
) -> Result<Found, Failure> {
    let (end, seen) = {
        let state = state.read();
        (state.seq(), Seen::new(&state, look, sight))
    };
    let (first, last) = span(store, look, end)?;
    let floor = first.max((last + 1).saturating_sub(look.looked_at_max));
    let mut found: Vec<Entry> = Vec::new();
    let mut place = last;
    while place >= floor && found.len() <= look.rows_max {
        let chunk = read(store, &look.wanted, (floor, place))?;
        place = match chunk.last() {
            Some(entry) if chunk.len() == AT_ONCE => entry.seq - 1,
            _ => floor.saturating_sub(1),
        };
        let state = state.read();
        found.extend(chunk.into_iter().filter(|entry| seen.shows(&state, entry)));
    }
    let more = found.len() > look.rows_max;
    found.truncate(look.rows_max);
    let next = match found.last() {
        Some(last) if more => Some(last.seq),
        _ => (floor > first).then_some(floor),
    };
    Ok(Found { decisions: found, next })
}

/// The places of the first and the last entry that may hold what is wanted; the last is before the first where none
/// does.
fn span(store: &mut dyn Store, look: &Look, end: u64) -> Result<(u64, u64), Failure> {
    let mut first = look.after + 1;
    let mut last = look.before.map_or(end, |before| end.min(before.saturating_sub(1)));
    if let Some(from) = look.wanted.from {
        first = first.max(place_at(store, from, end)?);
    }
    if let Some(until) = look.wanted.until {
        last = last.min(place_at(store, until, end)? - 1);
    }
    Ok((first, last))
}

/// The place of the first entry that was appended at or after an instant; one past the end when there is none.
/// Ledger time never goes back, so halving finds it.
fn place_at(store: &mut dyn Store, at: Instant, end: u64) -> Result<u64, Failure> {
    let (mut low, mut high) = (1, end + 1);
    while low < high {
        let middle = low + (high - low) / 2;
        let is_before = store.entry(middle)?.is_some_and(|entry| entry.at < at);
        if is_before {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    Ok(low)
}

/// The latest of the decisions in a span that are wanted, as far as it can be said without the state.
fn read(
    store: &mut dyn Store,
    wanted: &Wanted,
    (first, last): (u64, u64),
) -> Result<Vec<Entry>, Failure> {
    let mut chunk = Vec::new();
    store.decisions(first, last, &mut |entry| {
        if wanted.takes(&entry.event) {
            chunk.push(entry);
        }
        chunk.len() < AT_ONCE
    })?;
    Ok(chunk)
}

/// Whose decisions are told.
struct Seen {
    sight: Sight,
    /// The name that was asked for, and whose it is or was.
    wanted: Option<(String, Option<PersonId>)>,
}

impl Seen {
    fn new(state: &State, look: &Look, sight: impl FnOnce(&State) -> Sight) -> Self {
        let named = |name: &String| (folded(name), state.estate().person_called(name));
        Self { sight: sight(state), wanted: look.wanted.person.as_ref().map(named) }
    }

    fn shows(&self, state: &State, entry: &Entry) -> bool {
        let person = about(state, &entry.event, entry.at);
        let is_wanted = self.wanted.as_ref().is_none_or(|(name, wanted)| {
            let said = asked(&entry.event).is_some_and(|ask| folded(&ask.person) == *name);
            said || (wanted.is_some() && person == *wanted)
        });
        is_wanted
            && (self.sight == Sight::Everything || person.is_some_and(|id| self.sight.person(id)))
    }
}
