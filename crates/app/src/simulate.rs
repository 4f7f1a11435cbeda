//! What another set of rules would have done: the asks of a past period are decided twice, in order, by the same
//! gate: under the rules in force and under the others, each time on a copy of the contract that they have not been
//! charged in yet. What differs between the two runs is what the rules change, and nothing else is.
//!
//! Reported use counts as an ask at its opening; what was turned away then and is not in a run counts with its
//! first unit, as nobody knows how long it would have lasted. [`BASIS`] says on whose tokens and seats: so a rule is
//! judged by what it changes, not by what was bought meanwhile. What really happened is told beside it, as a sum.

use crate::engine::{Engine, Failure};
use crate::ports::{GateUse, Store, Use};
use crate::rules::Rules;
use crate::views::grouped;
use faregate_core::amount::Ticks;
use faregate_core::estate::{PersonId, ProductId};
use faregate_core::event::{Ask, Cause, Event, Fare, OpenUse, Reason, SessionId, Unit};
use faregate_core::gate::{self, Seen};
use faregate_core::state::{Broken, State};
use faregate_core::when::{DAY, Date, Instant};
use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};

mod compare;
pub use compare::compare;

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

/// How the answers of two sets of rules differ.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Answers {
    /// How many asks both decided.
    pub asks: u64,
    /// Those that they decided otherwise: how many of each.
    pub changed: BTreeMap<Changed, u64>,
}

impl Answers {
    /// How many asks they decided otherwise.
    #[must_use]
    pub fn changes(&self) -> u64 {
        self.changed.values().sum()
    }
}

/// What another set of rules would have done in a period.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Simulation {
    /// How the answers of the rules in force differ from those of the others.
    pub answers: Answers,
    /// Tokens that the period costs under the rules in force.
    pub before: Ticks,
    /// Tokens that it costs under the others.
    pub after: Ticks,
    /// What really happened.
    pub happened: Happened,
}

/// What really happened in a period, under the rules, budgets and seats of its days.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Happened {
    /// How many asks ended otherwise than they do under the rules in force.
    pub otherwise: u64,
    /// Tokens that were charged.
    pub charged: Ticks,
}

/// On which tokens and seats both runs decide.
pub const BASIS: &str = "both runs spend from the buckets as they stand today, with what the period was charged \
     given back; caps begin at zero; seats are held as they were then, people and groups are as they are today";

impl Simulation {
    /// What really happened, where it is not what the rules in force come to on these budgets.
    #[must_use]
    pub fn departure(&self) -> Option<String> {
        let Happened { otherwise, charged } = self.happened;
        let is_other = otherwise > 0 || charged != self.before;
        is_other.then(|| {
            let charged = grouped(charged.tokens());
            format!("when it happened, {otherwise} of these asks ended otherwise than they do under the rules in force on this basis, and {charged} tokens were charged")
        })
    }
}

/// Decides the asks of a period twice, under the rules in force and under others.
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
    let today = Rules::of(&actual);
    let start = unused(&actual, from, until)?;
    let mut runs = Runs {
        before: World::new(start.clone(), &today, actual.at()),
        after: World::new(start, rules, actual.at()),
        found: Simulation::default(),
    };
    each_day(&mut *engine.store, &actual, (from, until), &mut |asks| {
        asks.into_iter().try_for_each(|past| runs.ask(past))
    })?;
    // What goes on past the end of the period owes the units that begin in it.
    runs.before.close_until(Instant(i64::MAX))?;
    runs.after.close_until(Instant(i64::MAX))?;
    let in_period = |at: Instant| from <= at && at < until;
    let charged = |state: &State| {
        let period = state.charges().iter().filter(|charge| in_period(charge.at));
        period.map(|charge| charge.ticks).sum()
    };
    let Runs { before, after, mut found } = runs;
    (found.before, found.after) = (charged(&before.books), charged(&after.books));
    found.happened.charged = charged(&actual);
    Ok(found)
}

/// Calls `visit` with all asks of a period, a UTC day's at a time, in order.
pub(crate) fn each_day(
    store: &mut dyn Store,
    actual: &State,
    (from, until): (Instant, Instant),
    visit: &mut dyn FnMut(Vec<Past>) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let decisions = decisions(store, from, until)?;
    let names = store.names()?;
    let in_period = |at: Instant| from <= at && at < until;
    let mut going_on: Vec<Past> =
        actual.elsewhere().filter_map(|open| Past::going_on(actual, open)).collect();
    going_on.retain(|past| in_period(past.at));
    let mut decided = decisions.into_iter().peekable();
    let mut day = utc_day(from);
    while day <= utc_day(until) {
        let reported = store.uses_of(day)?;
        let reported = reported.into_iter().filter(|one| in_period(one.opened));
        let mut asks: Vec<Past> =
            reported.filter_map(|one| Past::reported(actual, &names, &one)).collect();
        let end = Instant(i64::from(day.plus(1).0) * DAY);
        while let Some(past) = decided.next_if(|past| past.at < end) {
            asks.push(past);
        }
        asks.extend(going_on.extract_if(.., |past| past.at < end));
        asks.sort_by_key(|past| past.at);
        visit(asks)?;
        day = day.plus(1);
    }
    Ok(())
}

/// The rule that turned somebody away.
fn rule_of(event: &Event) -> Option<String> {
    match event {
        Event::Refused(refused) => refused.basis.rule.clone(),
        _ => None,
    }
}

fn utc_day(at: Instant) -> Date {
    Date(i32::try_from(at.0.div_euclid(DAY)).unwrap_or(i32::MAX))
}

/// An ask of the past, and how it ended.
pub(crate) struct Past {
    pub(crate) at: Instant,
    closed: Option<Instant>,
    ask: Ask,
    happened: Outcome,
}

impl Past {
    /// Use that a log reported; nothing, where nobody knows whose or of what it was.
    fn reported(state: &State, names: &[String], one: &Use) -> Option<Self> {
        let name = |number: u32| names.get(number as usize);
        let (user, host) = (name(one.user)?, name(one.host)?);
        let person = state.estate().person_known_as(user, one.opened)?;
        let product = state.product_of_feature(name(one.feature)?)?;
        let happened = Self::through(state, person, product, one.opened);
        let key = state.estate().product(product)?.key.clone();
        let ask = Ask { person: user.clone(), product: key, host: host.clone(), ..Ask::default() };
        Some(Self { at: one.opened, closed: Some(one.closed), ask, happened })
    }

    /// Use that a log shows as going on: for as long as it was charged, as nobody knows of more.
    fn going_on(state: &State, open: &OpenUse) -> Option<Self> {
        let (person, product) = (state.estate().same_as(open.person), open.product?);
        let happened = Self::through(state, person, product, open.opened);
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
        Some(Self { at: open.opened, closed, ask, happened })
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
                let Some(happened) = Outcome::of(event) else { return true };
                if matches!(happened, Outcome::Through(_)) {
                    open.insert(SessionId(entry.seq), found.len());
                }
                found.push(Past { at: entry.at, closed: None, ask, happened });
            }
            _ => {}
        }
        true
    })?;
    Ok(found)
}

/// The same asks, decided under two sets of rules.
struct Runs<'r> {
    before: World<'r, State>,
    after: World<'r, State>,
    found: Simulation,
}

impl Runs<'_> {
    fn ask(&mut self, past: Past) -> Result<(), Failure> {
        let (before, _) = self.before.ask(&past)?;
        let (after, rule) = self.after.ask(&past)?;
        self.found.answers.asks += 1;
        self.found.happened.otherwise += u64::from(before != past.happened);
        if before != after {
            let Ask { person, product, .. } = past.ask;
            let changed = Changed { person, product, before, after, rule };
            *self.found.answers.changed.entry(changed).or_default() += 1;
        }
        Ok(())
    }
}

/// Where it is booked what was decided again.
pub(crate) trait Bookkeeping {
    /// The contract as it stands.
    fn state(&self) -> &State;

    /// Books an event, at this time or at that of the last; returns its number.
    fn book(&mut self, at: Instant, event: Event) -> Result<u64, Failure>;

    /// Notes a use on tokens that has ended.
    fn note(&mut self, _: GateUse) {}
}

impl Bookkeeping for State {
    fn state(&self) -> &State {
        self
    }

    fn book(&mut self, at: Instant, event: Event) -> Result<u64, Failure> {
        let seq = self.seq() + 1;
        self.apply(seq, at.max(self.at()), &event)?;
        Ok(seq)
    }
}

/// A contract in which the asks are decided again.
pub(crate) struct World<'r, B> {
    pub(crate) books: B,
    rules: &'r Rules,
    ends: BinaryHeap<Reverse<(Instant, SessionId)>>,
    /// The newest that is on record: what runs then is not known to have run longer.
    known: Instant,
}

impl<'r, B: Bookkeeping> World<'r, B> {
    pub(crate) fn new(books: B, rules: &'r Rules, known: Instant) -> Self {
        Self { books, rules, ends: BinaryHeap::new(), known }
    }

    /// How an ask ends here, and the rule that turns it away.
    pub(crate) fn ask(&mut self, past: &Past) -> Result<(Outcome, Option<String>), Failure> {
        self.close_until(past.at)?;
        let event = gate::open(self.books.state(), self.rules.policies(), &past.ask, past.at);
        let outcome = Outcome::of(&event).unwrap_or(past.happened);
        let rule = rule_of(&event);
        let id = SessionId(self.books.book(past.at, event)?);
        if let Outcome::Through(_) = outcome {
            let closed = past.closed.unwrap_or_else(|| self.end_of(past));
            self.ends.push(Reverse((closed.max(past.at), id)));
        }
        Ok((outcome, rule))
    }

    /// When a session ended of which no end is on record: it runs still; or nobody let it begin, then it would
    /// have lasted so long that its first unit is owed.
    fn end_of(&self, past: &Past) -> Instant {
        match past.happened {
            Outcome::Through(_) => self.known,
            Outcome::Refused(_) => {
                let tariff = self.books.state().tariff();
                past.at.plus(tariff.map_or(0, |(_, tariff)| tariff.parts().grace_seconds))
            }
        }
    }

    /// Ends the sessions that ended before an instant, having charged what they owed.
    pub(crate) fn close_until(&mut self, until: Instant) -> Result<(), Failure> {
        while let Some(Reverse((at, id))) = self.ends.pop() {
            if at > until {
                self.ends.push(Reverse((at, id)));
                break;
            }
            while let Some(event) = gate::owed(self.books.state(), id, Seen { previous: at, at }) {
                self.books.book(at, event)?;
            }
            let ended = self.books.state().sessions().get(&id).and_then(|session| {
                let (person, product) = session.metered_pair()?;
                let (person, product, opened) = (person.0, product.0, session.opened);
                Some(GateUse { person, product, opened, closed: at.max(opened) })
            });
            if let Ok(event) = gate::close(self.books.state(), id, at, Cause::Closed) {
                self.books.book(at, event)?;
            }
            ended.into_iter().for_each(|one| self.books.note(one));
        }
        Ok(())
    }
}

/// The contract as it would stand at the beginning of a period had nobody used anything since: nothing runs, nothing is
/// held, and what the period was charged is given back.
fn unused(actual: &State, from: Instant, until: Instant) -> Result<State, Broken> {
    let mut state = actual.clone();
    let all = state.charges().iter().map(|charge| charge.unit());
    let units: Vec<Unit> = all.filter(|unit| from <= unit.at && unit.at < until).collect();
    state.apply(state.seq() + 1, state.at(), &Event::UsageReversed(units))?;
    let mut checkpoint = state.checkpoint();
    checkpoint.at = from;
    // Later use stays paid for, but it covers nothing of the period.
    checkpoint.charges.retain(|charge| charge.at < from);
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
    State::restore(checkpoint)
}
