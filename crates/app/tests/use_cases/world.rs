//! A small contract, a clock that is set by hand, and a gate that is asked and waited for.

use crate::stores::Shared;
use faregate_app::engine::{Engine, Failure};
use faregate_app::gate::{Answer, Deciding, Decision, Ending, Gate, OpenRequest};
use faregate_app::ports::Clock;
use faregate_app::setup::{NewContract, begin_contract};
use faregate_core::amount::{Currency, Money, Ticks};
use faregate_core::estate::{GENERAL, Person};
use faregate_core::event::{Ask, Event, Reason, SessionId};
use faregate_core::invariants::violations;
use faregate_core::state::State;
use faregate_core::tariff::{Meter, Rate, TariffParts, TokenPrice};
use faregate_core::when::{DAY, Instant};
use faregate_ingest::features::FeatureTable;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::mpsc::{Receiver, channel};

/// Monday 2026-06-01, midnight in UTC.
pub(crate) const T0: Instant = Instant(1_780_272_000);
pub(crate) const MINUTE: i64 = 60;

/// A clock that stands still.
#[derive(Clone)]
pub(crate) struct Still(Arc<AtomicI64>);

impl Still {
    pub(crate) fn at(at: Instant) -> Self {
        Self(Arc::new(AtomicI64::new(at.0)))
    }

    pub(crate) fn set(&self, at: Instant) {
        self.0.store(at.0, Ordering::SeqCst);
    }
}

impl Clock for Still {
    fn now(&self) -> Instant {
        Instant(self.0.load(Ordering::SeqCst))
    }
}

pub(crate) fn tokens(whole: i64) -> Ticks {
    Ticks::from_tokens(whole).unwrap()
}

/// AutoCAD costs 7 tokens a unit, Revit 10; launches under five minutes are free.
pub(crate) fn tariff(meter: Meter) -> TariffParts {
    let rate = |(product, whole): (&str, i64)| Rate {
        product: product.to_owned(),
        meter,
        ticks: tokens(whole),
        from: None,
        until: None,
        source: "test".to_owned(),
    };
    let per_token = Money { micros: 3_000_000, currency: Currency::USD };
    TariffParts {
        name: "test".to_owned(),
        title: "Test".to_owned(),
        source: "test".to_owned(),
        grace_seconds: 5 * MINUTE,
        idle_seconds: 15 * MINUTE,
        prices: vec![TokenPrice { per_token, from: None }],
        rates: [("autocad", 7), ("revit", 10)].map(rate).to_vec(),
        seats: Vec::new(),
    }
}

pub(crate) fn person(key: &str) -> Person {
    Person { key: key.to_owned(), name: key.to_owned(), bucket: GENERAL, aliases: Vec::new() }
}

/// Ana and Ben share so many tokens for ten years.
pub(crate) fn contract(meter: Meter, whole: i64) -> Vec<Event> {
    let pack = Some((tokens(whole), T0.plus(-5 * 365 * DAY), T0.plus(5 * 365 * DAY)));
    let (name, zone) = ("Acme".to_owned(), "UTC".to_owned());
    let mut events = begin_contract(
        NewContract { name, zone, tariff: tariff(meter), pack },
        &FeatureTable::shipped(),
    );
    events.push(Event::PeopleAdded(["ana", "ben"].map(person).to_vec()));
    events
}

/// An engine over a store that the test keeps hold of.
pub(crate) struct World {
    pub(crate) store: Shared,
    pub(crate) clock: Still,
    pub(crate) engine: Engine,
}

impl World {
    pub(crate) fn new(whole: i64) -> Self {
        Self::over(Shared::default(), Meter::Window24h, whole)
    }

    pub(crate) fn over(store: Shared, meter: Meter, whole: i64) -> Self {
        let clock = Still::at(T0);
        let mut engine = load(&store, &clock);
        engine.append(contract(meter, whole)).unwrap();
        Self { store, clock, engine }
    }

    pub(crate) fn start(self) -> Desk {
        Desk::start(self.engine, self.store, self.clock)
    }
}

pub(crate) fn load(store: &Shared, clock: &Still) -> Engine {
    Engine::load(Box::new(store.clone()), Arc::new(clock.clone())).unwrap()
}

/// A running gate.
pub(crate) struct Desk {
    pub(crate) gate: Gate,
    deciding: Deciding,
    pub(crate) store: Shared,
    pub(crate) clock: Still,
}

pub(crate) type Answered = Receiver<Result<Decision, Failure>>;

impl Desk {
    pub(crate) fn start(engine: Engine, store: Shared, clock: Still) -> Self {
        let (gate, deciding) = Gate::start(engine, Arc::new(clock.clone())).unwrap();
        Self { gate, deciding, store, clock }
    }

    /// Asks without waiting.
    pub(crate) fn ask(&self, key: &str, person: &str, product: &str) -> Answered {
        let (tell, answered) = channel();
        self.gate.open(request(key, person, product), move |answer| tell.send(answer).unwrap());
        answered
    }

    pub(crate) fn open(&self, key: &str, person: &str, product: &str) -> Result<Decision, Failure> {
        self.ask(key, person, product).recv().unwrap()
    }

    pub(crate) fn open_many(&self, requests: Vec<OpenRequest>) -> Result<Vec<Decision>, Failure> {
        let (tell, answered) = channel();
        self.gate.open_many(requests, move |answers| tell.send(answers).unwrap());
        answered.recv().unwrap()
    }

    pub(crate) fn close(&self, id: SessionId) -> Result<Ending, Failure> {
        let (tell, ended) = channel();
        self.gate.close(id, move |ending| tell.send(ending).unwrap());
        ended.recv().unwrap()
    }

    pub(crate) fn append(&self, events: Vec<Event>) -> Result<(), Failure> {
        self.run(|engine| engine.append(events))
    }

    /// Runs a task on the deciding thread, after all that was sent before.
    pub(crate) fn run<T: Send + 'static>(
        &self,
        task: impl FnOnce(&mut Engine) -> T + Send + 'static,
    ) -> T {
        let (tell, done) = channel();
        self.gate.run(move |engine| tell.send(task(engine)).unwrap());
        done.recv().unwrap()
    }

    /// Keeps the deciding thread busy until the returned sender is used: what is sent meanwhile is one batch.
    pub(crate) fn hold_up(&self) -> std::sync::mpsc::Sender<()> {
        let (let_go, wait) = channel();
        self.gate.run(move |_| wait.recv().unwrap());
        let_go
    }

    /// Sends a heartbeat and waits until what it made due is booked.
    pub(crate) fn beat(&self, id: SessionId, at: Instant, active: bool) -> bool {
        self.clock.set(at);
        let known = self.gate.heartbeat(id, active);
        self.run(|_| ());
        known
    }

    pub(crate) fn reconcile(&self, at: Instant) {
        self.clock.set(at);
        self.gate.reconcile();
        self.run(|_| ());
    }

    pub(crate) fn state<T>(&self, look: impl FnOnce(&State) -> T) -> T {
        let state = self.gate.state().read();
        assert_eq!(violations(&state), []);
        look(&state)
    }

    /// Starts of all charges not reversed.
    pub(crate) fn charged(&self) -> Vec<Instant> {
        self.state(|state| state.charges().iter().map(|charge| charge.at).collect())
    }

    pub(crate) fn stop(self) -> World {
        let Self { gate, deciding, store, clock } = self;
        drop(gate);
        World { store, clock, engine: deciding.join().unwrap() }
    }
}

pub(crate) fn request(key: &str, person: &str, product: &str) -> OpenRequest {
    let (person, product, host) = (person.to_owned(), product.to_owned(), "WS-1".to_owned());
    OpenRequest {
        key: key.to_owned(),
        ask: Ask { person, product, host, bucket: None, ..Ask::default() },
    }
}

pub(crate) fn is_opened(decision: &Decision) -> bool {
    matches!(decision.answer, Answer::Opened(_))
}

pub(crate) fn refusal(decision: &Decision) -> Option<Reason> {
    match &decision.answer {
        Answer::Refused(refused) => Some(refused.reason),
        Answer::Opened(_) => None,
    }
}
