//! What another set of rules would have done: the asks of a past period are decided again, in order, by the
//! same gate, on a copy of the contract that they have not been charged in yet.
//!
//! Reported use counts as an ask at its opening; what was turned away then and would not be now counts with its
//! first unit, as nobody knows how long it would have lasted. Budgets, seats and people are those of today, with what the
//! period spent given back: so a rule is judged by what it changes, not by what was bought meanwhile.

use crate::engine::{Engine, Failure};
use crate::ports::{Store, Use};
use crate::rules::Rules;
use faregate_core::amount::Ticks;
use faregate_core::estate::{PersonId, ProductId};
use faregate_core::event::{Ask, Cause, Event, Fare, OpenUse, Reason, SessionId, Unit};
use faregate_core::gate::{self, Seen};
use faregate_core::state::{Broken, Checkpoint, State};
use faregate_core::when::{DAY, Date, Instant};
use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};

/// How an ask ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Outcome {
    /// Through, on this fare.
    Through(Fare),
    /// Turned away.
    Refused(Reason),
}

impl Outcome {
    fn of(event: &Event) -> Option<Self> {
        match event {
            Event::Opened(opened) => Some(Self::Through(opened.route.fare())),
            Event::Refused(refused) => Some(Self::Refused(refused.reason)),
            _ => None,
        }
    }

    /// Stable name: a fare's key, or a reason's code.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Through(fare) => fare.key(),
            Self::Refused(reason) => reason.code(),
        }
    }
}

/// Asks of one person for one product that would have ended otherwise.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Changed {
    /// Any alias of the person, as they asked.
    pub person: String,
    /// Key of the product.
    pub product: String,
    /// How they ended.
    pub before: Outcome,
    /// How they would have ended.
    pub after: Outcome,
    /// The policy or cap that would have turned them away.
    pub rule: Option<String>,
}

/// What another set of rules would have done.
#[derive(Clone, Debug, Default)]
pub struct Simulation {
    /// How many asks were decided again.
    pub asks: u64,
    /// Those that would have ended otherwise: how many of each.
    pub changed: BTreeMap<Changed, u64>,
    /// Tokens that the period cost.
    pub before: Ticks,
    /// Tokens that it would have cost.
    pub after: Ticks,
}

/// Decides the asks of a period again, under other rules.
///
/// # Errors
/// [`Failure`] when the journal cannot be read.
pub fn simulate(
    engine: &mut Engine,
    rules: &Rules,
    from: Instant,
    until: Instant,
) -> Result<Simulation, Failure> {
    let shared = engine.state();
    let actual = shared.read();
    let mut world = World::new(&actual, rules, from, until)?;
    let decisions = decisions(&mut *engine.store, from, until)?;
    let names = engine.store.names()?;
    let in_period = |at: Instant| from <= at && at < until;
    let mut going_on: Vec<Past> =
        actual.elsewhere().filter_map(|open| Past::going_on(&actual, open)).collect();
    going_on.retain(|past| in_period(past.at));
    let mut decided = decisions.into_iter().peekable();
    let mut day = utc_day(from);
    while day <= utc_day(until) {
        let reported = engine.store.uses_of(day)?;
        let reported = reported.into_iter().filter(|one| in_period(one.opened));
        let mut asks: Vec<Past> =
            reported.filter_map(|one| Past::reported(&actual, &names, &one)).collect();
        let end = Instant(i64::from(day.plus(1).0) * DAY);
        while let Some(past) = decided.next_if(|past| past.at < end) {
            asks.push(past);
        }
        asks.extend(going_on.extract_if(.., |past| past.at < end));
        asks.sort_by_key(|past| past.at);
        asks.into_iter().try_for_each(|past| world.ask(past))?;
        day = day.plus(1);
    }
    let charged = |state: &State| {
        let period = state.charges().iter().filter(|charge| in_period(charge.at));
        period.map(|charge| charge.ticks).sum()
    };
    world.simulation.before = charged(&actual);
    world.close_until(until)?;
    world.simulation.after = charged(&world.state);
    Ok(world.simulation)
}

/// How the answers of two sets of rules differ today, for every person and product: on a workstation that
/// nothing is known of, on the bucket that pays for the person.
#[must_use]
pub fn compare(state: &State, old: &Rules, new: &Rules, now: Instant) -> Simulation {
    let mut found = Simulation::default();
    for person in state.estate().people() {
        for product in state.estate().products() {
            let (person, product) = (person.key.clone(), product.key.clone());
            let ask = Ask { person, product, ..Ask::default() };
            let answer = |rules: &Rules| gate::open(state, rules.policies(), &ask, now);
            let (before, after) = (answer(old), answer(new));
            found.asks += 1;
            let outcomes = Outcome::of(&before).zip(Outcome::of(&after));
            let Some((before, then)) = outcomes.filter(|(before, then)| before != then) else {
                continue;
            };
            let rule = match after {
                Event::Refused(refused) => refused.basis.rule,
                _ => None,
            };
            let Ask { person, product, .. } = ask;
            let changed = Changed { person, product, before, after: then, rule };
            *found.changed.entry(changed).or_default() += 1;
        }
    }
    found
}

fn utc_day(at: Instant) -> Date {
    Date(i32::try_from(at.0.div_euclid(DAY)).unwrap_or(i32::MAX))
}

/// An ask of the past, and how it ended.
struct Past {
    at: Instant,
    closed: Option<Instant>,
    ask: Ask,
    before: Outcome,
}

impl Past {
    /// Use that a log reported; nothing, where nobody knows whose or of what it was.
    fn reported(state: &State, names: &[String], one: &Use) -> Option<Self> {
        let name = |number: u32| names.get(number as usize);
        let (user, host) = (name(one.user)?, name(one.host)?);
        let person = state.estate().person_known_as(user, one.opened)?;
        let product = state.product_of_feature(name(one.feature)?)?;
        let before = Self::through(state, person, product, one.opened);
        let key = state.estate().product(product)?.key.clone();
        let ask = Ask { person: user.clone(), product: key, host: host.clone(), ..Ask::default() };
        Some(Self { at: one.opened, closed: Some(one.closed), ask, before })
    }

    /// Use that a log shows as going on: for as long as it was charged, as nobody knows of more.
    fn going_on(state: &State, open: &OpenUse) -> Option<Self> {
        let (person, product) = (open.person, open.product?);
        let before = Self::through(state, person, product, open.opened);
        let (who, what) = (state.estate().person(person)?, state.estate().product(product)?);
        let (person_key, product_key) = (who.key.clone(), what.key.clone());
        let units = state.charges().of_pair((person, product));
        let units = units.map(|unit| (unit.at, unit.meter.unit_end(unit.at, state.zone())));
        let charged = units.fold(
            open.opened,
            |end, (start, unit_end)| {
                if start <= end { end.max(unit_end) } else { end }
            },
        );
        // The last second of the last unit: one more would begin the next.
        let closed = Some(charged.plus(-1).max(open.opened));
        let ask = Ask {
            person: person_key,
            product: product_key,
            host: open.host.clone(),
            ..Ask::default()
        };
        Some(Self { at: open.opened, closed, ask, before })
    }

    /// How reported use went through.
    fn through(state: &State, person: PersonId, product: ProductId, at: Instant) -> Outcome {
        let covered = state.estate().covering_seat(person, product, at).is_some();
        Outcome::Through(if covered { Fare::Seat } else { Fare::Tokens })
    }
}

/// The decisions of a period, in order, and when the sessions that they began ended.
fn decisions(store: &mut dyn Store, from: Instant, until: Instant) -> Result<Vec<Past>, Failure> {
    let mut found: Vec<Past> = Vec::new();
    let mut open: BTreeMap<SessionId, usize> = BTreeMap::new();
    store.replay(0, &mut |entry| {
        let in_period = from <= entry.at && entry.at < until;
        match &entry.event {
            Event::Closed { session, at, .. } => {
                let place = open.remove(session);
                if let Some(past) = place.and_then(|place| found.get_mut(place)) {
                    past.closed = Some(*at);
                }
            }
            event @ (Event::Opened(_) | Event::Refused(_)) if in_period => {
                let ask = match event {
                    Event::Opened(opened) => opened.ask.clone(),
                    Event::Refused(refused) => refused.ask.clone(),
                    _ => return true,
                };
                let Some(before) = Outcome::of(event) else { return true };
                if matches!(before, Outcome::Through(_)) {
                    open.insert(SessionId(entry.seq), found.len());
                }
                found.push(Past { at: entry.at, closed: None, ask, before });
            }
            _ => {}
        }
        true
    })?;
    Ok(found)
}

/// The contract in which the asks are decided again.
struct World<'r> {
    state: State,
    rules: &'r Rules,
    ends: BinaryHeap<Reverse<(Instant, SessionId)>>,
    /// The newest that is on record: what runs then is not known to have run longer.
    known: Instant,
    simulation: Simulation,
}

impl<'r> World<'r> {
    fn new(
        actual: &State,
        rules: &'r Rules,
        from: Instant,
        until: Instant,
    ) -> Result<Self, Failure> {
        let mut state = actual.clone();
        let in_period = |at: Instant| from <= at && at < until;
        let units: Vec<Unit> = state
            .charges()
            .iter()
            .map(|charge| charge.unit())
            .filter(|u| in_period(u.at))
            .collect();
        let (seq, at) = (state.seq() + 1, state.at());
        state.apply(seq, at, &Event::UsageReversed(units))?;
        let state = State::restore(before(state.checkpoint(), from))?;
        let (ends, simulation) = (BinaryHeap::new(), Simulation::default());
        Ok(Self { state, rules, ends, known: at, simulation })
    }

    fn ask(&mut self, past: Past) -> Result<(), Failure> {
        self.close_until(past.at)?;
        let event = gate::open(&self.state, self.rules.policies(), &past.ask, past.at);
        let rule = match &event {
            Event::Refused(refused) => refused.basis.rule.clone(),
            _ => None,
        };
        let id = SessionId(self.apply(past.at, &event)?);
        self.simulation.asks += 1;
        let after = Outcome::of(&event).unwrap_or(past.before);
        if let Outcome::Through(_) = after {
            let closed = past.closed.unwrap_or_else(|| self.end_of(&past));
            self.ends.push(Reverse((closed.max(past.at), id)));
        }
        if after != past.before {
            let Ask { person, product, .. } = past.ask;
            let changed = Changed { person, product, before: past.before, after, rule };
            *self.simulation.changed.entry(changed).or_default() += 1;
        }
        Ok(())
    }

    /// When a session ended of which no end is on record: it runs still; or nobody let it begin, then it would
    /// have lasted so long that its first unit is owed.
    fn end_of(&self, past: &Past) -> Instant {
        match past.before {
            Outcome::Through(_) => self.known,
            Outcome::Refused(_) => {
                let grace =
                    self.state.tariff().map_or(0, |(_, tariff)| tariff.parts().grace_seconds);
                past.at.plus(grace)
            }
        }
    }

    /// Ends the sessions that ended before an instant, having charged what they owed.
    fn close_until(&mut self, until: Instant) -> Result<(), Failure> {
        while let Some(Reverse((at, id))) = self.ends.pop() {
            if at > until {
                self.ends.push(Reverse((at, id)));
                break;
            }
            while let Some(event) = gate::owed(&self.state, id, Seen { previous: at, at }) {
                self.apply(at, &event)?;
            }
            if let Ok(event) = gate::close(&self.state, id, at, Cause::Closed) {
                self.apply(at, &event)?;
            }
        }
        Ok(())
    }

    fn apply(&mut self, at: Instant, event: &Event) -> Result<u64, Broken> {
        let seq = self.state.seq() + 1;
        self.state.apply(seq, at.max(self.state.at()), event)?;
        Ok(seq)
    }
}

/// The contract as it would stand at an instant had nobody used anything since: nothing runs, nothing is held.
fn before(mut checkpoint: Checkpoint, at: Instant) -> Checkpoint {
    checkpoint.at = at;
    checkpoint.sessions.clear();
    checkpoint.pairs.clear();
    checkpoint.elsewhere.clear();
    checkpoint.tally.held =
        checkpoint.tally.posted + checkpoint.tally.voided + checkpoint.tally.expired;
    for balance in &mut checkpoint.bucket_balances {
        balance.available = balance.available.plus(balance.held).unwrap_or(balance.available);
        balance.held = Ticks::ZERO;
    }
    checkpoint.rulebook.counts.tapes.clear();
    checkpoint.rulebook.counts.running.clear();
    checkpoint
}
