//! All use of a span, in order of its opening, whoever told of it; and what it would cost if nobody held a seat.
//!
//! Uses are read as an import reads them when it rates: what was taken back is left out, names are the people's whose
//! they were at that time, merged identities are one, and what only the vendor told of counts while a unit on record
//! begins with it. Use that goes on is known up to where a source shows it.

use crate::engine::Failure;
use crate::import::names::Names;
use crate::import::rate::charged_through;
use crate::import::{undo, vendor};
use crate::ports::{Store, Use};
use faregate_core::charges::Pair;
use faregate_core::estate::{PersonId, ProductId};
use faregate_core::event::{Event, OpenUse, Opened, Route, SessionId};
use faregate_core::state::State;
use faregate_core::usage::Interval;
use faregate_core::when::{DAY, Date, Instant};
use faregate_ingest::features::FeatureTable;
use std::collections::BTreeMap;

mod shadow;
pub use shadow::{Shadow, ShadowUnit, shadow_units};

/// Who tells of a use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum By {
    /// A licence server, a table or an agent.
    Report,
    /// The vendor's report, and nobody else.
    Vendor,
    /// Our own gate, on tokens.
    Gate,
    /// Our own gate, on a seat.
    Seat,
    /// A log or the gate that shows it as going on.
    Open,
}

/// One use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Told {
    /// From when until when.
    pub whole: Interval,
    /// Who used what.
    pub pair: Pair,
    /// Who tells of it.
    pub by: By,
    /// For how many seconds it was open: longer than `whole` where it is the part of it that was in use.
    pub lasted: i64,
}

impl Told {
    fn all(whole: Interval, pair: Pair, by: By) -> Self {
        Self { whole, pair, by, lasted: whole.seconds() }
    }
}

/// Use that is told of and not charged.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Uncounted {
    /// How many uses.
    pub uses: u64,
    /// How long they lasted together.
    pub seconds: u64,
}

impl Uncounted {
    /// Adds one use.
    pub fn add(&mut self, whole: Interval) {
        self.uses += 1;
        self.seconds += whole.seconds().unsigned_abs();
    }
}

/// Calls `visit` with all uses that touch a span, a UTC day's at a time, in order of their opening; tells of those
/// that belong to nobody or to no product that is known, by their feature code.
///
/// # Errors
/// [`Failure`] when the store cannot be read, and whatever `visit` answers.
pub fn each_day(
    store: &mut dyn Store,
    state: &State,
    span: Interval,
    visit: &mut dyn FnMut(&[Told]) -> Result<(), Failure>,
) -> Result<BTreeMap<String, Uncounted>, Failure> {
    // A code that nobody found to be a product so far stays unknown: no table is asked.
    let no_features = FeatureTable::default();
    let mut names = Names::new(&no_features);
    names.know(store.names()?);
    let mut others = others(store, state, &names, span)?.into_iter().peekable();
    let vendors = names.number(vendor::HOST);
    let mut unknown: BTreeMap<u32, Uncounted> = BTreeMap::new();
    for day in store.days_with_uses(span.start)? {
        let (start, end) = bounds(day);
        if start >= span.end {
            break;
        }
        let uses = store.uses_of(day)?;
        let mut told = Vec::with_capacity(uses.len());
        for one in uses.iter().filter(|one| touches(span, one.opened, one.closed)) {
            let is_vendors = vendors == Some(one.host);
            if is_vendors && !vendor::counts(state, &mut names, one) {
                continue;
            }
            let whole = Interval { start: one.opened, end: one.closed };
            match names.pair(state, one.user, one.feature, one.opened) {
                Some(pair) => {
                    let by = if is_vendors { By::Vendor } else { By::Report };
                    told.push(Told::all(whole, pair, by));
                }
                None => unknown.entry(one.feature).or_default().add(whole),
            }
        }
        while let Some(other) = others.next_if(|other| other.whole.start < end) {
            told.push(other);
        }
        told.sort_unstable();
        visit(&told)?;
    }
    let rest: Vec<Told> = others.collect();
    visit(&rest)?;
    let code = |(number, found)| (names.text(number).to_owned(), found);
    Ok(unknown.into_iter().map(code).collect())
}

/// The days between the first and the last of which any use is known, both of them included, in UTC.
///
/// # Errors
/// [`Failure`] when the store cannot be read.
pub fn known_days(store: &mut dyn Store, state: &State) -> Result<Option<(Date, Date)>, Failure> {
    let days = store.days_with_uses(Instant(i64::MIN))?;
    let reported = days.first().copied().zip(days.last().copied());
    let mut known: Vec<Date> = reported.into_iter().flat_map(|(a, b)| [a, b]).collect();
    store.gate_uses(Instant(i64::MIN), &mut |one| known.push(day_of(one.opened)))?;
    known.extend(state.elsewhere().map(|open| day_of(open.opened)));
    known.extend(state.sessions().values().map(|session| day_of(session.opened)));
    Ok(known.iter().min().copied().zip(known.iter().max().copied()))
}

/// Uses that are in no block: of our own gate, and those still going on; by their opening.
fn others(
    store: &mut dyn Store,
    state: &State,
    names: &Names<'_>,
    span: Interval,
) -> Result<Vec<Told>, Failure> {
    let mut found = Vec::new();
    let same = |person: PersonId| state.estate().same_as(person);
    store.gate_uses(span.start, &mut |one| {
        let pair = (same(PersonId(one.person)), ProductId(one.product));
        let whole = Interval { start: one.opened, end: one.closed };
        let (by, lasted) = (By::Gate, whole.seconds());
        let parts = in_use(state, pair, whole).unwrap_or_else(|| vec![whole]);
        found.extend(parts.into_iter().map(|whole| Told { whole, pair, by, lasted }));
    })?;
    for session in state.sessions().values() {
        // A lease is no use: what it was used for is told by its workstation. What a session owes beyond its charges
        // is the gate's to book, once it is heard of again.
        let metered = session.metered_pair().filter(|_| session.lease.is_none());
        let Some((person, product)) = metered else { continue };
        let pair = (same(person), product);
        let whole = Interval { start: session.opened, end: state.at() };
        let (by, lasted) = (By::Open, whole.seconds());
        let parts = in_use(state, pair, whole).unwrap_or_default().into_iter();
        found.extend(parts.map(|whole| Told { whole, pair, by, lasted }));
    }
    found.extend(going_on(store, state, names)?);
    found.extend(on_seats(store, state)?);
    found.retain(|told| touches(span, told.whole.start, told.whole.end));
    found.sort_unstable();
    Ok(found)
}

/// When a session of our own gate was in use, as units on record say: the gate was told of idle time, which costs
/// nothing, and keeps of the use no more than its opening and its close. `None` where there is no unit.
fn in_use(state: &State, pair: Pair, whole: Interval) -> Option<Vec<Interval>> {
    let mut parts: Vec<Interval> = Vec::new();
    for charge in state.charges().of_pair(pair) {
        let end = charge.meter.unit_end(charge.at, state.zone());
        if charge.at > whole.end {
            break;
        }
        if end <= whole.start {
            continue;
        }
        let start = charge.at.max(whole.start);
        // A unit that began when the session was heard of last was in use then.
        let end = end.min(whole.end).max(start.plus(1));
        match parts.last_mut() {
            Some(last) if start <= last.end => last.end = end,
            _ => parts.push(Interval { start, end }),
        }
    }
    (!parts.is_empty()).then_some(parts)
}

/// Uses that logs show as going on: up to where one of them shows it, else as far as they were charged.
fn going_on(store: &mut dyn Store, state: &State, names: &Names<'_>) -> Result<Vec<Told>, Failure> {
    let mut by_day: BTreeMap<Date, Vec<&OpenUse>> = BTreeMap::new();
    for open in state.elsewhere() {
        by_day.entry(day_of(open.opened)).or_default().push(open);
    }
    let mut found = Vec::new();
    for (date, opens) in by_day {
        let shown: rustc_hash::FxHashMap<u64, Use> = undo::shown(store, state, names, date, None)?;
        for open in opens {
            let Some(product) = open.product else { continue };
            let pair = (state.estate().same_as(open.person), product);
            let known = shown.get(&open.identity).map(|one| one.closed);
            let end = known.unwrap_or_else(|| charged_through(state, pair, open.opened));
            let whole = Interval { start: open.opened, end: end.max(open.opened) };
            found.push(Told::all(whole, pair, By::Open));
        }
    }
    Ok(found)
}

/// Sessions that our gate let through on seats; those that run, as long as the journal reaches.
fn on_seats(store: &mut dyn Store, state: &State) -> Result<Vec<Told>, Failure> {
    let mut found = Vec::new();
    // Where nobody ever asked the gate, the journal says nothing of it.
    if state.tally().opened == 0 {
        return Ok(found);
    }
    let mut open: BTreeMap<SessionId, Told> = BTreeMap::new();
    store.replay(0, &mut |entry| {
        match entry.event {
            Event::Opened(Opened { person, product, route, basis, .. })
                if !matches!(route, Route::Tokens { .. }) && basis.lease.is_none() =>
            {
                let pair = (state.estate().same_as(person), product);
                let whole = Interval { start: entry.at, end: state.at() };
                open.insert(SessionId(entry.seq), Told::all(whole, pair, By::Seat));
            }
            Event::Closed { session, at, .. } => {
                found.extend(open.remove(&session).map(|Told { whole, pair, by, .. }| {
                    Told::all(Interval { end: at.max(whole.start), ..whole }, pair, by)
                }));
            }
            _ => {}
        }
        true
    })?;
    found.extend(open.into_values());
    Ok(found)
}

fn touches(span: Interval, opened: Instant, closed: Instant) -> bool {
    opened < span.end && span.start <= closed
}

pub(super) fn day_of(at: Instant) -> Date {
    Date(i32::try_from(at.0.div_euclid(DAY)).unwrap_or_default())
}

/// The first instant of a UTC day, and the first after.
pub(super) fn bounds(day: Date) -> (Instant, Instant) {
    (Instant(i64::from(day.0) * DAY), Instant((i64::from(day.0) + 1) * DAY))
}
