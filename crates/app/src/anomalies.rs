//! What looks unusual: puts together what the core's detectors read, of reported use and of the journal.
//!
//! It reads much, and runs on a reader's own store, never on the thread that decides.

use crate::engine::{Engine, Failure};
use crate::ports::{Entry, Store};
use crate::reports::leakage::Names;
use crate::sources::Assessed;
use faregate_core::anomaly::{
    self, About, Burst, Class, Finding, Opening, Scene, Silence, Stretch, Thresholds, bursts_now,
    common_place, find, place_words,
};
use faregate_core::double_dip;
use faregate_core::estate::{PersonId, Place, ProductId};
use faregate_core::event::{Event, Opened, SessionId};
use faregate_core::state::State;
use faregate_core::when::{DAY, Date, Instant};
use rustc_hash::FxHashMap;
use std::collections::BTreeMap;

/// Days that are looked at when nobody says: five whole weeks.
pub const DAYS: i32 = 35;
/// Nothing is open for longer: what a journal tells of before this cannot reach into the span.
const OPEN_MAX: i64 = 35 * DAY;
/// A use that a log shows as going on counts for a day: nobody knows when those ended whose end was never logged.
const GOES_ON: i64 = DAY;
/// What opened longer ago is in no burst that goes on. It is a minute more than the detector's own window, which
/// decides.
const RECENT: i64 = 660;
/// A term, where no pack says when it began.
const TERM_DAYS: i32 = 365;

/// Everything worth a look between two dates, both included, the dearest first. What was dismissed is left out.
///
/// # Errors
/// [`Failure`] when the store cannot be read.
pub fn findings(
    engine: &mut Engine,
    from: Date,
    to: Date,
    silent: &[Silence],
) -> Result<Vec<Finding>, Failure> {
    let now = engine.now()?;
    let shared = engine.state();
    let state = shared.read();
    let zone = state.zone();
    let span = (zone.start_of(from), zone.start_of(to.plus(1)).min(now));
    let gathered = Gathered::read(&state, &mut *engine.store, span)?;
    let dips = double_dip::report(&state, from, to).rows;
    let scene = Scene {
        state: &state,
        stretches: &gathered.stretches,
        hosts: &gathered.hosts.texts,
        dips: &dips,
        silent,
        first_used: &first_used(&state, &gathered.stretches),
        known_from: known_from(&state, &gathered.stretches).unwrap_or(span.0),
        term: term(&state, span.1),
        from: span.0,
        until: span.1,
    };
    Ok(find(&scene, &Thresholds::taught(state.judgements().all())))
}

/// What is usual, for bursts that go on: how many openings at which time of the day, and where workstations are.
#[derive(Clone, Debug)]
pub struct Pace {
    usual: anomaly::Pace,
    /// Where a workstation was when its last session opened, by its name in lower case.
    places: FxHashMap<String, Place>,
}

/// What was usual in the five weeks until now. It reads all use of them; once an hour is often enough.
///
/// # Errors
/// [`Failure`] when the store cannot be read.
pub fn pace(engine: &mut Engine) -> Result<Pace, Failure> {
    let now = engine.now()?;
    let shared = engine.state();
    let state = shared.read();
    let zone = state.zone();
    let today = zone.date(now);
    let from = zone.start_of(today.plus(1 - DAYS));
    let Gathered { stretches, hosts, .. } =
        Gathered::read(&state, &mut *engine.store, (from, now))?;
    // Days of which nobody told do not say that nothing is usual.
    let first = stretches.first().map_or(now, |one| one.opened.max(from));
    let opened = |one: &Stretch| opening_of(one.person, one.product, one.opened);
    let usual = anomaly::Pace::new(stretches.iter().map(opened), zone, zone.date(first), today);
    let mut places = FxHashMap::default();
    for one in stretches.iter().filter(|one| one.place != Place::default()) {
        let host = one.host.and_then(|host| hosts.texts.get(usize::try_from(host).ok()?));
        places.extend(host.map(|host| (host.to_lowercase(), one.place)));
    }
    Ok(Pace { usual, places })
}

/// Bursts of the last ten minutes, of what runs: sessions, and uses that logs show as going on. It takes one look at
/// each, so it may be asked every second.
#[must_use]
pub fn bursts_going_on(state: &State, pace: &Pace, now: Instant) -> Vec<Burst> {
    let same = |person| state.estate().same_as(person);
    let sessions = state.sessions().values();
    let sessions = sessions.map(|one| (one.host.as_str(), one.person, one.product, one.opened));
    let logged = state.elsewhere().filter_map(|one| {
        one.product.map(|product| (one.host.as_str(), one.person, product, one.opened))
    });
    let recent: Vec<(&str, Opening)> = sessions
        .chain(logged)
        .filter(|(.., opened)| now.since(*opened) < RECENT)
        .map(|(host, person, product, at)| (host, opening_of(same(person), product, at)))
        .collect();
    let openings = recent.iter().map(|(_, opening)| *opening);
    let mut found = bursts_now(&pace.usual, openings, now, &Thresholds::default());
    if found.is_empty() {
        return found;
    }
    let taught = Thresholds::taught(state.judgements().all());
    found.retain(|one| {
        let subject = About::Product(one.product).key(state);
        one.strength(&taught) >= taught.factor(Class::Burst, &subject)
    });
    for burst in &mut found {
        let of_burst = recent.iter().filter(|(_, one)| {
            one.product == burst.product && burst.from <= one.at && one.at <= burst.until
        });
        burst.place =
            common_place(of_burst.map(|(host, _)| (host.trim(), pace.place(state, host))));
    }
    found
}

impl Pace {
    fn place(&self, state: &State, host: &str) -> String {
        let place = self.places.get(&host.trim().to_lowercase());
        place.map_or(String::new(), |place| place_words(state, *place))
    }
}

fn opening_of(person: PersonId, product: ProductId, at: Instant) -> Opening {
    Opening { at, product, person }
}

/// The sources that are late.
#[must_use]
pub fn silences(assessed: &[Assessed]) -> Vec<Silence> {
    let late = assessed.iter().filter(|one| one.is_stale);
    let silence = |one: &Assessed| {
        Some(Silence {
            source: one.name.clone(),
            until: one.last_data?,
            late_seconds: one.stale_after,
        })
    };
    late.filter_map(silence).collect()
}

/// Names of workstations, whatever their case, by number.
#[derive(Default)]
struct Hosts {
    texts: Vec<String>,
    numbers: FxHashMap<String, u32>,
}

impl Hosts {
    fn number(&mut self, text: &str) -> Option<u32> {
        let folded = text.trim().to_lowercase();
        if folded.is_empty() {
            return None;
        }
        let next = u32::try_from(self.texts.len()).ok()?;
        let number = *self.numbers.entry(folded).or_insert(next);
        if number == next {
            self.texts.push(text.trim().to_owned());
        }
        Some(number)
    }
}

/// All use within a span.
struct Gathered {
    from: Instant,
    until: Instant,
    hosts: Hosts,
    stretches: Vec<Stretch>,
}

impl Gathered {
    fn read(
        state: &State,
        store: &mut dyn Store,
        (from, until): (Instant, Instant),
    ) -> Result<Self, Failure> {
        let mut all = Self { from, until, hosts: Hosts::default(), stretches: Vec::new() };
        all.reported(state, store)?;
        all.elsewhere(state);
        all.gated(state, store)?;
        all.stretches.sort_unstable_by_key(|one| (one.opened, one.person, one.product, one.closed));
        Ok(all)
    }

    /// Uses that ended, as logs and other sources told of them.
    fn reported(&mut self, state: &State, store: &mut dyn Store) -> Result<(), Failure> {
        let names = Names::new(state, store.names()?);
        let mut hosts: FxHashMap<u32, Option<u32>> = FxHashMap::default();
        for day in store.days_with_uses(self.from)? {
            if Instant(i64::from(day.0) * DAY) >= self.until {
                break;
            }
            for one in store.uses_of(day)?.iter().filter(|one| names.is_logged(one.host)) {
                let person = names.person(state, one.user, one.opened);
                let Some((person, product)) = person.zip(names.product(one.feature)) else {
                    continue;
                };
                let host = *hosts
                    .entry(one.host)
                    .or_insert_with(|| self.hosts.number(names.text(one.host)));
                let (opened, closed) = (one.opened, one.closed);
                let place = Place::default();
                self.add(Stretch { person, product, host, place, opened, closed, on_seat: None });
            }
        }
        Ok(())
    }

    /// Uses that a log shows as going on.
    fn elsewhere(&mut self, state: &State) {
        for open in state.elsewhere() {
            let Some(product) = open.product else { continue };
            let person = state.estate().same_as(open.person);
            let host = self.hosts.number(&open.host);
            let (opened, place) = (open.opened, Place::default());
            let closed = self.until.min(opened.plus(GOES_ON));
            self.add(Stretch { person, product, host, place, opened, closed, on_seat: None });
        }
    }

    /// Sessions of our own gate: with their place, and those that run.
    fn gated(&mut self, state: &State, store: &mut dyn Store) -> Result<(), Failure> {
        let mut running: FxHashMap<SessionId, Stretch> = FxHashMap::default();
        let after = last_before(store, state.seq(), self.from.plus(-OPEN_MAX))?;
        let until = self.until;
        store.replay(after, &mut |Entry { seq, at, event }| {
            match &event {
                Event::Opened(opened) => {
                    let host = self.hosts.number(&opened.ask.host);
                    running.insert(SessionId(seq), opening(state, opened, host, at));
                }
                Event::Closed { session, at, .. } => {
                    if let Some(one) = running.remove(session) {
                        self.add(Stretch { closed: *at, ..one });
                    }
                }
                _ => {}
            }
            at < until
        })?;
        running.into_values().for_each(|one| self.add(Stretch { closed: until, ..one }));
        Ok(())
    }

    fn add(&mut self, one: Stretch) {
        if one.opened < self.until && one.closed >= self.from {
            self.stretches
                .push(Stretch { closed: one.closed.min(self.until).max(one.opened), ..one });
        }
    }
}

fn opening(state: &State, opened: &Opened, host: Option<u32>, at: Instant) -> Stretch {
    Stretch {
        person: state.estate().same_as(opened.person),
        product: opened.product,
        host,
        place: opened.basis.place,
        opened: at,
        closed: at,
        on_seat: Some(!matches!(opened.route, faregate_core::event::Route::Tokens { .. })),
    }
}

/// The last event that was appended before an instant: the journal is in the order of time.
fn last_before(store: &mut dyn Store, last: u64, at: Instant) -> Result<u64, Failure> {
    let (mut low, mut high) = (0, last);
    while low < high {
        let middle = low + (high - low).div_ceil(2);
        match store.entry(middle)?.is_some_and(|entry| entry.at < at) {
            true => low = middle,
            false => high = middle - 1,
        }
    }
    Ok(low)
}

fn first_used(state: &State, stretches: &[Stretch]) -> BTreeMap<ProductId, Instant> {
    let mut first: BTreeMap<ProductId, Instant> = BTreeMap::new();
    let used = stretches.iter().map(|one| (one.product, one.opened));
    for (product, at) in state.charges().iter().map(|one| (one.product, one.at)).chain(used) {
        first.entry(product).and_modify(|known| *known = at.min(*known)).or_insert(at);
    }
    first
}

fn known_from(state: &State, stretches: &[Stretch]) -> Option<Instant> {
    let charged = state.charges().span().map(|(first, _)| state.zone().start_of(first));
    let used = stretches.first().map(|one| one.opened);
    charged.into_iter().chain(used).min()
}

/// When the term began that is in force: with the first of the packs that are.
fn term(state: &State, at: Instant) -> Date {
    let in_force = state.ledger().packs().iter().filter(|pack| pack.from <= at && at < pack.until);
    let first = in_force.map(|pack| pack.from).min();
    let date = |at: Instant| state.zone().date(at);
    first.map_or_else(|| date(at).plus(-TERM_DAYS), date)
}
