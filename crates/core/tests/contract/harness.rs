//! Drives a subject and the reference side by side, and checks after every step all that is promised.

use crate::commands::{Command, Said};
use crate::model::{self, Answer, DAY, Model, Pair};
use crate::subject::Subject;
use faregate_core::access::Policies;
use faregate_core::amount::Ticks;
use faregate_core::estate::{BucketId, PersonId, ProductId};
use faregate_core::event::{
    AgentSaid, Ask, Cause, Circumstances, Event, MoveCause, Route, SessionId,
};
use faregate_core::gate::{self, Seen};
use faregate_core::invariants;
use faregate_core::ledger::Account;
use faregate_core::state::State;
use faregate_core::when::Instant;
use std::collections::BTreeMap;

mod budget;
mod import;
mod setup;

/// Monday 2026-06-01, midnight in UTC.
pub(crate) const T0: i64 = 1_780_272_000;
const TIME_TO_LIVE: i64 = 900;

/// Which check found something wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Caught {
    /// An invariant of the registry, by name.
    Invariant(&'static str, String),
    /// The reference says otherwise.
    Model(String),
    /// The state refused an event that the gate had just decided.
    Refused(String),
    /// Replaying the journal, or reading a snapshot back, gives another state.
    Differs(&'static str),
}

/// Runs commands on a fresh contract.
pub(crate) fn run<S: Subject>(commands: &[Command]) -> Result<(), Caught> {
    let mut harness = Harness::<S>::new()?;
    for command in commands {
        harness.step(command)?;
        harness.check()?;
    }
    harness.check_replay()
}

struct Harness<S> {
    subject: S,
    model: Model,
    journal: Vec<(Instant, Event)>,
    now: i64,
    seen: BTreeMap<u64, i64>,
    uses: Vec<(Pair, i64, i64)>,
    last_import: Vec<(Pair, i64, i64)>,
}

impl<S: Subject> Harness<S> {
    fn new() -> Result<Self, Caught> {
        let mut harness = Self {
            subject: S::default(),
            model: Model::default(),
            journal: Vec::new(),
            now: T0,
            seen: BTreeMap::new(),
            uses: Vec::new(),
            last_import: Vec::new(),
        };
        setup::setup(S::cap).into_iter().try_for_each(|event| harness.book(event))?;
        harness.buy(70, 30)?;
        harness.allocate(0, 40)?;
        harness.allocate(1, 15)?;
        Ok(harness)
    }

    fn step(&mut self, command: &Command) -> Result<(), Caught> {
        match command {
            Command::Buy { tokens, days } => self.buy(*tokens, *days),
            Command::Allocate { bucket, tokens } => self.allocate(*bucket, *tokens),
            Command::Open { person, product, bucket, agent } => {
                self.open(*person, *product, *bucket, *agent)
            }
            Command::Alive(index) => self.nth(*index).map_or(Ok(()), |id| self.alive(id)),
            Command::Close(index) => {
                self.nth(*index).map_or(Ok(()), |id| self.end(id, Cause::Closed))
            }
            Command::Wait(seconds) => {
                self.now += seconds;
                Ok(())
            }
            Command::Reconcile => self.reconcile(),
            Command::Import(reported) => {
                let ending = |&(person, product, ago, minutes): &(u32, u16, i64, i64)| {
                    let open = self.now - ago * 60;
                    ((person, product), open, self.now.min(open + minutes * 45))
                };
                self.last_import = reported.iter().map(ending).collect();
                self.import()
            }
            Command::ImportAgain => self.import(),
            Command::RepeatEvent => self.repeat_event(),
            _ => self.settle_budgets(command),
        }
    }

    fn settle_budgets(&mut self, command: &Command) -> Result<(), Caught> {
        match *command {
            Command::MoveSeat { seat, person } => self.move_seat(seat, person),
            Command::SeatVisits { session, seconds } => {
                self.nth(session).map_or(Ok(()), |id| self.seat_visits(id, seconds))
            }
            Command::Name { person, hours } => self.name(person, hours),
            Command::Transfer { from, to, tokens } => self.transfer(from, to, tokens),
            Command::Ask { by, bucket, tokens, loan_days } => {
                self.ask(by, bucket, tokens, loan_days)
            }
            Command::Answer { index, by, yes } => self.answer(index, by, yes),
            Command::Correct { pack, bucket, tokens } => self.correct(pack, bucket, tokens),
            Command::Project { days } => self.project(days),
            _ => Ok(()),
        }
    }

    fn nth(&self, index: usize) -> Option<u64> {
        let ids: Vec<u64> = self.subject.state().sessions().keys().map(|id| id.0).collect();
        ids.get(index % ids.len().max(1)).copied()
    }

    fn book(&mut self, event: Event) -> Result<(), Caught> {
        let (seq, at) = (self.subject.state().seq() + 1, Instant(self.now));
        self.subject
            .apply(seq, at, &event)
            .map_err(|broken| Caught::Refused(format!("{broken}: {event:?}")))?;
        self.journal.push((at, event));
        Ok(())
    }

    fn buy(&mut self, tokens: i64, days: i64) -> Result<(), Caught> {
        let (from, until) = (self.now, self.now + days * DAY);
        self.model.buy(i128::from(tokens), from, until);
        let ticks = Ticks::from_tokens(tokens).unwrap();
        let (from, until) = (Instant(from), Instant(until));
        self.book(Event::PackBought { name: "pack".to_owned(), ticks, from, until })
    }

    fn allocate(&mut self, bucket: u16, tokens: i64) -> Result<(), Caught> {
        let ticks = Ticks::from_tokens(tokens).unwrap();
        let event = Event::Allocated { bucket: BucketId(bucket), ticks };
        if self.model.allocate(bucket, i128::from(tokens)) {
            return self.book(event);
        }
        self.must_be_refused(self.subject.state().seq() + 1, &event)
    }

    /// An event that contradicts the state is refused and changes nothing.
    fn must_be_refused(&mut self, seq: u64, event: &Event) -> Result<(), Caught> {
        let before = self.subject.state().checkpoint();
        let answer = self.subject.apply(seq, Instant(self.now), event);
        if answer.is_ok() || self.subject.state().checkpoint() != before {
            return Err(Caught::Model(format!("took what it must refuse: {event:?}")));
        }
        Ok(())
    }

    /// Somebody asks by their key, or whoever sits at the desk by its name.
    fn open(
        &mut self,
        person: Option<u32>,
        product: u16,
        bucket: Option<u16>,
        agent: Option<Said>,
    ) -> Result<(), Caught> {
        let said = agent.map(|said| AgentSaid {
            agreed: Ticks::from_tokens(said.agreed),
            clock_wrong: said.clock_wrong,
            lease: said.hours.map(|hours| hours * 3_600),
            ..AgentSaid::default()
        });
        let ask = Ask {
            person: person.map_or("desk".to_owned(), |person| format!("person-{person}")),
            product: format!("product-{product}"),
            bucket: bucket.map(|id| format!("bucket-{id}")),
            more: Circumstances { agent: said, ..Circumstances::default() },
            ..Ask::default()
        };
        let event = gate::open(self.subject.state(), Policies::default(), &ask, Instant(self.now));
        let id = self.subject.state().seq() + 1;
        let expected = match person.or(self.model.named(self.now)) {
            Some(person) => {
                let payer = bucket.unwrap_or(model::home(person));
                self.model.open(id, (person, product), payer, self.now, agent)
            }
            None => Answer::Refused("person-unknown"),
        };
        let answer = answer(&event);
        if answer != expected {
            return Err(Caught::Model(format!("answered {answer:?}, not {expected:?}")));
        }
        self.book(event)?;
        self.check_lease(id)?;
        if !self.is_lease(id) && !matches!(answer, Answer::Refused(_)) {
            self.seen.insert(id, self.now);
        }
        Ok(())
    }

    fn is_lease(&self, id: u64) -> bool {
        let session = self.subject.state().sessions().get(&SessionId(id));
        session.is_some_and(|session| session.lease.is_some())
    }

    /// It may be used for as long as the reference says.
    fn check_lease(&self, id: u64) -> Result<(), Caught> {
        let session = self.subject.state().sessions().get(&SessionId(id));
        let until = session.and_then(|session| session.lease).map(|until| until.0);
        if until == self.model.lease(id) {
            return Ok(());
        }
        Err(Caught::Model(format!("a lease until {until:?}, not {:?}", self.model.lease(id))))
    }

    fn alive(&mut self, id: u64) -> Result<(), Caught> {
        if self.is_lease(id) {
            return Ok(());
        }
        let previous = self.seen.insert(id, self.now).unwrap_or(self.now);
        self.settle(id, previous, self.now)
    }

    fn settle(&mut self, id: u64, previous: i64, at: i64) -> Result<(), Caught> {
        self.model.seen(id, previous, at);
        let seen = Seen { previous: Instant(previous), at: Instant(at) };
        while let Some(event) = gate::owed(self.subject.state(), SessionId(id), seen) {
            self.book(event)?;
        }
        Ok(())
    }

    fn end(&mut self, id: u64, cause: Cause) -> Result<(), Caught> {
        let last = self.seen.remove(&id).unwrap_or(self.now);
        let at = if cause == Cause::Closed { self.now } else { last };
        if !self.is_lease(id) {
            self.settle(id, last, at)?;
        }
        self.model.ended(id);
        let session = self.subject.state().sessions().get(&SessionId(id)).cloned();
        let closed = gate::close(self.subject.state(), SessionId(id), Instant(at), cause);
        let closed = closed.map_err(|id| Caught::Model(format!("{id} does not run")))?;
        if let Some((session, (person, product))) =
            session.and_then(|session| Some((session.clone(), session.metered_pair()?)))
            && session.lease.is_none()
        {
            self.uses.push(((person.0, product.0), session.opened.0, at));
        }
        self.book(closed)
    }

    fn reconcile(&mut self) -> Result<(), Caught> {
        let silent_before = self.now - TIME_TO_LIVE;
        let silent: Vec<u64> =
            self.seen.iter().filter(|(_, at)| **at < silent_before).map(|(id, _)| *id).collect();
        silent.into_iter().try_for_each(|id| self.end(id, Cause::Silent))?;
        self.end_lost_leases()?;
        self.model.expire(self.now);
        while let Some(event) = gate::expiry(self.subject.state(), Instant(self.now)) {
            self.book(event)?;
        }
        self.due()
    }

    /// Leases that are out for a day longer than they lasted.
    fn end_lost_leases(&mut self) -> Result<(), Caught> {
        let mut lost = self.model.lost(self.now);
        while let Some(event) = gate::lease_end(self.subject.state(), Instant(self.now)) {
            let Event::Closed { session, .. } = event else { unreachable!() };
            if !lost.remove(&session.0) {
                return Err(Caught::Model(format!("{session} was given up")));
            }
            self.model.ended(session.0);
            self.book(event)?;
        }
        match lost.first() {
            None => Ok(()),
            Some(id) => Err(Caught::Model(format!("lease {id} is out for ever"))),
        }
    }

    /// The last event comes again, under its old number and under the next one.
    fn repeat_event(&mut self) -> Result<(), Caught> {
        let Some((_, event)) = self.journal.last().cloned() else { return Ok(()) };
        let seq = self.subject.state().seq();
        self.must_be_refused(seq, &event)?;
        let repeatable = match &event {
            Event::HoldEnded { .. } | Event::Closed { .. } | Event::UnitCharged(_) => false,
            Event::UsageCharged(charges) => charges.is_empty(),
            Event::RequestAnswered { .. } | Event::RequestExpired(_) => false,
            Event::CarriedForward { .. } => false,
            Event::SeatMoved { person, .. } => person.is_none(),
            Event::TokensMoved(order) => !matches!(order.cause, MoveCause::Request(_)),
            _ => true,
        };
        if repeatable { Ok(()) } else { self.must_be_refused(seq + 1, &event) }
    }

    fn check(&self) -> Result<(), Caught> {
        let state = self.subject.state();
        invariant(state)?;
        self.check_seats(state)?;
        self.check_balances(state)?;
        self.check_requests(state)?;
        self.check_units(state)?;
        let restored = S::restore(state.checkpoint());
        let restored = restored.map_err(|_| Caught::Differs("restore"))?;
        invariant(&restored)?;
        let equal = restored.checkpoint() == state.checkpoint();
        if equal { Ok(()) } else { Err(Caught::Differs("restore")) }
    }

    fn check_balances(&self, state: &State) -> Result<(), Caught> {
        let balance = |account| i128::from(state.ledger().balance(account).0);
        let of =
            |account: fn(BucketId) -> Account| [0, 1, 2].map(|id| balance(account(BucketId(id))));
        let model = &self.model;
        let fixed = [Account::Unallocated, Account::Consumed, Account::Expired, Account::Uncovered];
        let found = (fixed.map(balance), of(Account::Available), of(Account::Held));
        let fixed = [model.unallocated, model.consumed, model.expired, model.uncovered];
        let expected = (fixed, model.available, model.held);
        if found != expected {
            return Err(Caught::Model(format!("balances {found:?}, not {expected:?}")));
        }
        let packs = state.ledger().packs().iter().map(|pack| i128::from(pack.remaining.0));
        let packs: Vec<i128> = packs.collect();
        if packs != model.packs_left() {
            return Err(Caught::Model(format!("packs {packs:?}, not {:?}", model.packs_left())));
        }
        Ok(())
    }

    /// The same units, by the same payers; no two overlap; each hold was resolved once.
    fn check_units(&self, state: &State) -> Result<(), Caught> {
        let mut found: BTreeMap<Pair, BTreeMap<i64, model::Payer>> = BTreeMap::new();
        for charge in state.charges().iter() {
            let units = found.entry((charge.person.0, charge.product.0)).or_default();
            units.insert(charge.at.0, (charge.bucket.0, charge.paid));
        }
        let mut expected = self.model.charges.clone();
        expected.retain(|_, units| !units.is_empty());
        if found != expected {
            return Err(Caught::Model(format!("units {found:?}, not {expected:?}")));
        }
        for ((_, product), units) in &found {
            let starts: Vec<i64> = units.keys().copied().collect();
            let overlap = |two: &[i64]| two[1] < model::unit_end(*product, two[0]);
            if starts.windows(2).any(overlap) {
                return Err(Caught::Model(format!("two charges in a window: {starts:?}")));
            }
        }
        let pairs = state.charges().pairs();
        let mut holds: Vec<(Pair, i64)> = pairs
            .flat_map(|(pair, known)| {
                known.holds().map(|hold| ((pair.0.0, pair.1.0), hold.start.0))
            })
            .collect();
        holds.sort_unstable();
        let tally = state.tally();
        let ended = tally.posted + tally.voided + tally.expired;
        if (&holds, ended) != (&self.model.holds(), self.model.holds_ended) {
            return Err(Caught::Model(format!("holds {holds:?}, {ended} ended")));
        }
        Ok(())
    }

    fn check_replay(&self) -> Result<(), Caught> {
        let mut replayed = State::default();
        for (seq, (at, event)) in (1..).zip(&self.journal) {
            replayed.apply(seq, *at, event).map_err(|_| Caught::Differs("replay"))?;
        }
        let equal = replayed.checkpoint() == self.subject.state().checkpoint();
        if equal { Ok(()) } else { Err(Caught::Differs("replay")) }
    }
}

fn invariant(state: &State) -> Result<(), Caught> {
    match invariants::violations(state).into_iter().next() {
        Some((name, what)) => Err(Caught::Invariant(name, what)),
        None => Ok(()),
    }
}

fn ids(pair: Pair) -> (PersonId, ProductId) {
    (PersonId(pair.0), ProductId(pair.1))
}

fn answer(event: &Event) -> Answer {
    match event {
        Event::Opened(opened) => match opened.route {
            Route::Seat(_) => Answer::Seat,
            Route::FreeSeat(_) => Answer::FreeSeat,
            Route::Tokens { bucket, ticks, .. } => {
                Answer::Tokens { bucket: bucket.0, ticks: i128::from(ticks.0) }
            }
        },
        Event::Refused(refused) => Answer::Refused(refused.reason.code()),
        _ => Answer::Refused("no answer"),
    }
}
