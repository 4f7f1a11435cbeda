//! A contract on one of the stores, a clock that is set by hand, and the gate that decides for it.

use crate::planted::{Fault, Inner, Planted};
use faregate_app::doctor::examine;
use faregate_app::engine::{Engine, Failure};
use faregate_app::gate::{Answer, Deciding, Decision, Ending, Gate, OpenRequest};
use faregate_app::memory::MemoryStore;
use faregate_app::ports::{Clock, Entry, Store};
use faregate_core::amount::{Currency, Money, Ticks};
use faregate_core::budget::Terms;
use faregate_core::estate::{Bucket, BucketId, BucketTerms, GENERAL, Person, PersonId, Product};
use faregate_core::event::{Ask, BucketSet, Event, SessionId};
use faregate_core::state::State;
use faregate_core::tariff::{Meter, Rate, TariffParts, TokenPrice};
use faregate_core::when::{DAY, Instant};
use faregate_store::sqlite::SqliteStore;
use std::path::PathBuf;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::mpsc::channel;
use std::sync::{Arc, Mutex};

/// Monday 2026-06-01, midnight in UTC.
pub(crate) const T0: Instant = Instant(1_780_272_000);
pub(crate) const MINUTE: i64 = 60;
/// What each product costs for 24 hours.
pub(crate) const PRICE: i64 = 10;
pub(crate) const PRODUCTS: [&str; 2] = ["autocad", "revit"];

/// A clock that moves when it is told to.
#[derive(Clone)]
pub(crate) struct Hand(Arc<AtomicI64>);

impl Hand {
    pub(crate) fn advance(&self, seconds: i64) {
        self.0.fetch_add(seconds, Ordering::SeqCst);
    }
}

impl Clock for Hand {
    fn now(&self) -> Instant {
        Instant(self.0.load(Ordering::SeqCst))
    }
}

/// Random numbers from a seed.
pub(crate) struct Chance(pub(crate) u64);

impl Chance {
    pub(crate) fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % bound
    }

    /// An index into so many.
    pub(crate) fn place(&mut self, count: usize) -> usize {
        self.below(count as u64) as usize
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Backend {
    Memory,
    Sqlite,
}

pub(crate) const BACKENDS: [Backend; 2] = [Backend::Memory, Backend::Sqlite];

/// Where a contract is kept.
pub(crate) struct Site {
    pub(crate) backend: Backend,
    pub(crate) clock: Hand,
    fault: Fault,
    memory: Arc<Mutex<MemoryStore>>,
    directory: tempfile::TempDir,
}

pub(crate) fn tokens(whole: i64) -> Ticks {
    Ticks::from_tokens(whole).unwrap()
}

impl Site {
    /// A contract with so many people, and buckets with so many tokens each; `p0` decides on requests.
    pub(crate) fn new(backend: Backend, fault: Fault, people: u32, buckets: &[i64]) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let clock = Hand(Arc::new(AtomicI64::new(T0.0)));
        let memory = Arc::default();
        let site = Self { backend, clock, fault, memory, directory };
        site.engine().append(contract(people, buckets)).unwrap();
        site
    }

    pub(crate) fn path(&self) -> PathBuf {
        self.directory.path().join("faregate.db")
    }

    /// The store, opened once more.
    pub(crate) fn store(&self) -> Box<dyn Store> {
        let inner = match self.backend {
            Backend::Memory => Inner::Memory(Arc::clone(&self.memory)),
            Backend::Sqlite => Inner::Sqlite(Box::new(SqliteStore::open(&self.path()).unwrap())),
        };
        Box::new(Planted::new(inner, self.fault))
    }

    pub(crate) fn engine(&self) -> Engine {
        Engine::load(self.store(), Arc::new(self.clock.clone())).unwrap()
    }

    pub(crate) fn start(&self) -> Desk {
        let (gate, deciding) = Gate::start(self.engine(), Arc::new(self.clock.clone())).unwrap();
        Desk { gate, deciding }
    }

    pub(crate) fn journal(&self) -> Vec<Entry> {
        let mut entries = Vec::new();
        let mut visit = |entry| {
            entries.push(entry);
            true
        };
        self.store().replay(0, &mut visit).unwrap();
        entries
    }

    /// What the doctor finds in the store as it is.
    pub(crate) fn examined(&self) -> Vec<String> {
        let checks = examine(&mut self.engine()).unwrap();
        checks.into_iter().flat_map(|check| check.findings).collect()
    }
}

fn below(Bucket { key, name }: Bucket) -> BucketSet {
    let terms = BucketTerms { parent: Some(GENERAL), ..BucketTerms::default() };
    BucketSet { key, name, terms }
}

fn contract(people: u32, buckets: &[i64]) -> Vec<Event> {
    let rate = |product: &str| Rate {
        product: product.to_owned(),
        meter: Meter::Window24h,
        ticks: tokens(PRICE),
        from: None,
        until: None,
        source: "test".to_owned(),
    };
    let per_token = Money { micros: 3_000_000, currency: Currency::USD };
    let tariff = TariffParts {
        name: "test".to_owned(),
        title: "Test".to_owned(),
        source: "test".to_owned(),
        grace_seconds: 5 * MINUTE,
        idle_seconds: 15 * MINUTE,
        prices: vec![TokenPrice { per_token, from: None }],
        rates: PRODUCTS.map(rate).to_vec(),
        seats: Vec::new(),
    };
    let product = |key: &str| Product { key: key.to_owned(), name: key.to_owned() };
    let bucket = |number| {
        let key = format!("b{number}");
        Bucket { name: key.clone(), key }
    };
    let person = |number| {
        let key = format!("p{number}");
        Person { name: key.clone(), key, bucket: GENERAL, aliases: Vec::new() }
    };
    let (from, until) = (T0.plus(-DAY), T0.plus(3_650 * DAY));
    let name = "Pack".to_owned();
    let mut events = vec![
        Event::ContractAgreed { name: "Bank".to_owned(), zone: "UTC".to_owned() },
        Event::TariffAdopted(tariff),
        Event::ProductsDefined(PRODUCTS.map(product).to_vec()),
        Event::BucketsOpened((0..buckets.len()).map(bucket).collect()),
        // Below the one that everybody pays from: everybody may choose any of them.
        Event::BucketsSet((1..buckets.len()).map(bucket).map(below).collect()),
        Event::PeopleAdded((0..people).map(person).collect()),
        Event::TermsSet(Terms { owners: vec![PersonId(0)], ..Terms::default() }),
        Event::PackBought { name, ticks: tokens(100_000_000), from, until },
    ];
    let given = (0u16..).zip(buckets).filter(|(_, whole)| **whole > 0);
    events.extend(given.map(|(number, whole)| Event::Allocated {
        bucket: BucketId(number),
        ticks: tokens(*whole),
    }));
    events
}

/// A running gate; threads clone the handle.
pub(crate) struct Desk {
    pub(crate) gate: Gate,
    deciding: Deciding,
}

impl Desk {
    /// Stops and hands the engine back, once all was done that was asked.
    pub(crate) fn stop(self) -> Engine {
        let Self { gate, deciding } = self;
        gate.stop();
        drop(gate);
        deciding.join().unwrap()
    }
}

pub(crate) fn request(key: &str, person: u64, product: &str, bucket: Option<u64>) -> OpenRequest {
    let ask = Ask {
        person: format!("p{person}"),
        product: product.to_owned(),
        host: "WS-1".to_owned(),
        bucket: bucket.map(|number| format!("b{number}")),
        ..Ask::default()
    };
    OpenRequest { key: key.to_owned(), ask }
}

/// What the gate's callers do, and wait for.
pub(crate) trait Waiting {
    fn asked(&self, request: OpenRequest) -> Result<Decision, Failure>;
    fn closed(&self, id: SessionId) -> Result<Ending, Failure>;
    fn ran<T: Send + 'static>(&self, task: impl FnOnce(&mut Engine) -> T + Send + 'static) -> T;
    /// Appends what is decided on the state as it is then; returns what was.
    fn decided(
        &self,
        decide: impl FnOnce(&State, Instant) -> Vec<Event> + Send + 'static,
    ) -> Vec<Event>;
}

impl Waiting for Gate {
    fn asked(&self, request: OpenRequest) -> Result<Decision, Failure> {
        let (tell, answered) = channel();
        self.open(request, move |answer| tell.send(answer).unwrap());
        answered.recv().unwrap()
    }

    fn closed(&self, id: SessionId) -> Result<Ending, Failure> {
        let (tell, ended) = channel();
        self.close(id, move |ending| tell.send(ending).unwrap());
        ended.recv().unwrap()
    }

    fn ran<T: Send + 'static>(&self, task: impl FnOnce(&mut Engine) -> T + Send + 'static) -> T {
        let (tell, done) = channel();
        self.run(move |engine| tell.send(task(engine)).unwrap());
        done.recv().unwrap()
    }

    fn decided(
        &self,
        decide: impl FnOnce(&State, Instant) -> Vec<Event> + Send + 'static,
    ) -> Vec<Event> {
        self.ran(|engine| {
            let shared = engine.state();
            let events = match engine.now() {
                Ok(now) => decide(&shared.read(), now),
                Err(_) => Vec::new(),
            };
            match engine.append(events.clone()) {
                Ok(()) => events,
                Err(_) => Vec::new(),
            }
        })
    }
}

pub(crate) fn is_opened(decision: &Decision) -> bool {
    matches!(decision.answer, Answer::Opened(_))
}
