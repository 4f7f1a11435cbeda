//! What happened around the day at work, by person and product. What no later day needs is forgotten, so
//! memory grows with a few days and not with the history.

use super::judge::Scene;
use super::{Day, Known, Name, Settings};
use crate::amount::Ticks;
use crate::charges::Pair;
use crate::event::{self, Event, Opened, Refused, Route, VendorCharge};
use crate::state::State;
use crate::usage::Interval;
use crate::when::{DAY, Date, HOUR, Instant, Zone};
use rustc_hash::{FxHashMap, FxHashSet};

/// Seconds of the slots in which a log is known to have told of anybody.
const SLOT: i64 = 600;
/// Use is taken to end so long after the last sign of life where the tariff does not say it (F2).
const IDLE: i64 = 900;

/// A use that a licence-server log tells of. Names are numbers of [`Known::name`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Logged {
    /// Who and what.
    pub pair: Pair,
    /// Under which name; `None` for a use that is not closed yet.
    pub name: Option<Name>,
    /// On which workstation.
    pub host: Name,
    /// When it was opened.
    pub opened: Instant,
    /// When it was closed, as far as is known.
    pub closed: Instant,
}

/// A session that ran through the gate.
#[derive(Clone, Copy, Debug)]
pub(super) struct Session {
    pub(super) decision: u64,
    pub(super) host: Name,
    pub(super) opened: Instant,
    /// When it ended; the greatest instant while it goes on.
    pub(super) end: Instant,
    pub(super) on_seat: bool,
}

/// A decision that refused.
#[derive(Clone, Copy, Debug)]
pub(super) struct Refusal {
    pub(super) decision: u64,
    pub(super) at: Instant,
    pub(super) host: Name,
    pub(super) name: Name,
}

/// A use, and whether anybody had asked for it so far.
#[derive(Clone, Copy, Debug)]
pub(super) struct Running {
    pub(super) logged: Logged,
    pub(super) asked: bool,
}

/// A charge of the vendor's.
#[derive(Clone, Copy, Debug)]
pub(super) struct Charged {
    /// The UTC day.
    pub(super) utc: Date,
    /// The local date that it is judged on.
    pub(super) day: Date,
    pub(super) name: Name,
    pub(super) ticks: Ticks,
}

/// All that is known of a person and a product around the day at work.
#[derive(Clone, Debug, Default)]
pub(super) struct Slot {
    pub(super) sessions: Vec<Session>,
    pub(super) refusals: Vec<Refusal>,
    pub(super) uses: Vec<Running>,
    pub(super) vendor: Vec<Charged>,
}

/// The three sources, side by side.
#[derive(Clone, Debug)]
pub struct Watch {
    pub(super) settings: Settings,
    pub(super) known: Known,
    pub(super) idle: i64,
    slots: FxHashMap<Pair, Slot>,
    running: FxHashMap<u64, Pair>,
    /// Who asked from where, whatever came of it.
    asks: Vec<(Instant, Name)>,
    told: FxHashSet<i64>,
    /// What ended before this is of no use to any day to come.
    keep: Instant,
}

impl Watch {
    /// Begins with a first local date. Of what was before it, sessions that go on and uses that reach into it
    /// have to be told as well.
    #[must_use]
    pub fn new(settings: Settings, known: Known, state: &State, first: Date) -> Self {
        let idle = state.tariff().map_or(IDLE, |(_, tariff)| tariff.parts().idle_seconds);
        let keep = state.zone().start_of(first).plus(reach(&settings).saturating_neg());
        Self {
            settings,
            known,
            idle,
            slots: FxHashMap::default(),
            running: FxHashMap::default(),
            asks: Vec::new(),
            told: FxHashSet::default(),
            keep,
        }
    }

    /// Until when all sources have to be told before a date can be judged: a day after its end.
    #[must_use]
    pub fn horizon(state: &State, day: Date) -> Instant {
        state.zone().start_of(day.plus(1)).plus(DAY)
    }

    /// What ended before this need not be told.
    #[must_use]
    pub fn needs(&self) -> Instant {
        self.keep
    }

    /// The names met so far.
    pub fn known(&mut self) -> &mut Known {
        &mut self.known
    }

    /// What is known of the sources as a whole.
    #[must_use]
    pub fn finish(self) -> Known {
        self.known
    }

    /// Takes the next event of the journal.
    pub fn see(&mut self, state: &State, seq: u64, at: Instant, event: &Event) {
        match event {
            Event::Opened(opened) => self.opened(state, seq, at, opened),
            Event::Refused(refused) => self.refused(state, seq, at, refused),
            Event::Closed { session, at, cause, .. } => {
                let silent = *cause == event::Cause::Silent;
                self.closed(session.0, if silent { at.plus(self.idle) } else { *at });
            }
            _ => {}
        }
    }

    fn opened(&mut self, state: &State, decision: u64, at: Instant, opened: &Opened) {
        let host = self.asked(at, &opened.ask.host);
        let on_seat = !matches!(opened.route, Route::Tokens { .. });
        let pair = (state.estate().same_as(opened.person), opened.product);
        let end = Instant(i64::MAX);
        self.running.insert(decision, pair);
        let session = Session { decision, host, opened: at, end, on_seat };
        self.slots.entry(pair).or_default().sessions.push(session);
    }

    fn closed(&mut self, decision: u64, end: Instant) {
        let Some(pair) = self.running.remove(&decision) else { return };
        let Some(slot) = self.slots.get_mut(&pair) else { return };
        let mut sessions = slot.sessions.iter_mut().rev();
        if let Some(session) = sessions.find(|session| session.decision == decision) {
            session.end = end.max(session.opened);
        }
        // A use that began before and reaches into the first day was asked for by then.
        let latest = end.plus(self.settings.tolerance_seconds);
        let needed = slot.uses.iter().any(|running| running.logged.opened <= latest);
        if end < self.keep && !needed {
            slot.sessions.retain(|session| session.decision != decision);
            self.drop_empty(pair);
        }
    }

    fn refused(&mut self, state: &State, decision: u64, at: Instant, refused: &Refused) {
        let host = self.asked(at, &refused.ask.host);
        let person = state.estate().person_known_as(&refused.ask.person, at);
        let pair = person.zip(state.estate().product_called(&refused.ask.product));
        let Some(pair) = pair.filter(|_| at >= self.keep) else { return };
        let name = self.known.name(&refused.ask.person);
        let refusal = Refusal { decision, at, host, name };
        self.slots.entry(pair).or_default().refusals.push(refusal);
    }

    fn asked(&mut self, at: Instant, host: &str) -> Name {
        let host = self.known.name(host);
        if at >= self.keep {
            self.asks.push((at, host));
        }
        host
    }

    /// Takes a use that a log tells of.
    pub fn logged(&mut self, logged: Logged) {
        let slot = |at: Instant| at.0.div_euclid(SLOT);
        self.told.extend([slot(logged.opened), slot(logged.closed)]);
        let running = Running { logged, asked: false };
        self.slots.entry(logged.pair).or_default().uses.push(running);
    }

    /// Takes a charge of the vendor's.
    pub fn charged(&mut self, state: &State, charge: &VendorCharge) {
        let name = self.known.name(&charge.alias);
        let day = local_day(state.zone(), charge.day);
        let charged = Charged { utc: charge.day, day, name, ticks: charge.ticks };
        self.slots.entry((charge.person, charge.product)).or_default().vendor.push(charged);
    }

    /// Judges a local date. Dates come in order, each once all sources were told up to its
    /// [`Watch::horizon`].
    pub fn day(&mut self, state: &State, day: Date) -> Day {
        let bounds = bounds(state.zone(), day);
        let mut slots = core::mem::take(&mut self.slots);
        let scene = Scene::new(self, state, day, bounds, self.hosts_on(bounds, &slots));
        let mut found = scene.empty_day();
        for (pair, slot) in &mut slots {
            scene.judge(*pair, slot, &mut found);
        }
        found.rows.sort_by(|a, b| {
            let key = |row: &super::Row| (row.person, row.product, row.kind);
            key(a).cmp(&key(b)).then_with(|| a.host.cmp(&b.host))
        });
        self.slots = slots;
        self.forget(day, bounds.end);
        found
    }

    /// The workstations that asked on a day, or ran a session.
    fn hosts_on(&self, bounds: Interval, slots: &FxHashMap<Pair, Slot>) -> FxHashSet<Name> {
        let asked = self.asks.iter().filter(|(at, _)| bounds.start <= *at && *at < bounds.end);
        let sessions = slots.values().flat_map(|slot| &slot.sessions);
        let ran = sessions.filter(|one| one.opened < bounds.end && bounds.start < one.end);
        asked.map(|(_, host)| *host).chain(ran.map(|session| session.host)).collect()
    }

    fn forget(&mut self, day: Date, end: Instant) {
        let keep = end.plus(reach(&self.settings).saturating_neg());
        self.keep = keep;
        self.asks.retain(|(at, _)| *at >= end);
        self.told.retain(|slot| slot.saturating_mul(SLOT) >= keep.0);
        self.slots.retain(|_, slot| {
            slot.sessions.retain(|session| session.end >= keep);
            slot.refusals.retain(|refusal| refusal.at >= keep);
            slot.uses.retain(|running| running.logged.closed >= keep);
            slot.vendor.retain(|charge| charge.day > day);
            !slot.is_empty()
        });
    }

    fn drop_empty(&mut self, pair: Pair) {
        if self.slots.get(&pair).is_some_and(Slot::is_empty) {
            self.slots.remove(&pair);
        }
    }

    /// Whether a log tells of anybody within so many seconds of an instant.
    pub(super) fn tells_around(&self, at: Instant, seconds: i64) -> bool {
        let slot = |at: Instant| at.0.div_euclid(SLOT);
        (slot(at.plus(seconds.saturating_neg()))..=slot(at.plus(seconds)))
            .any(|slot| self.told.contains(&slot))
    }

    /// Whether a log tells of anybody in a stretch of time.
    pub(super) fn tells_in(&self, stretch: Interval) -> bool {
        let slots = stretch.start.0.div_euclid(SLOT)..=stretch.end.plus(-1).0.div_euclid(SLOT);
        slots.into_iter().any(|slot| self.told.contains(&slot))
    }
}

impl Slot {
    fn is_empty(&self) -> bool {
        let Self { sessions, refusals, uses, vendor } = self;
        sessions.is_empty() && refusals.is_empty() && uses.is_empty() && vendor.is_empty()
    }
}

/// How long before a day's end something still matters to the next one.
fn reach(settings: &Settings) -> i64 {
    let longest = settings.refusal_seconds.max(settings.gap_seconds).max(DAY);
    longest.saturating_add(settings.tolerance_seconds).saturating_add(DAY).saturating_add(HOUR)
}

/// From the first instant of a local date to the first of the next.
pub(super) fn bounds(zone: &Zone, day: Date) -> Interval {
    Interval { start: zone.start_of(day), end: zone.start_of(day.plus(1)) }
}

/// The local date of a UTC day's noon.
pub(super) fn local_day(zone: &Zone, utc: Date) -> Date {
    zone.date(Instant(i64::from(utc.0).saturating_mul(DAY).saturating_add(DAY / 2)))
}
