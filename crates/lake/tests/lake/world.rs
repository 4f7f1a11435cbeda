//! A small contract with use of every kind, and a lake beside it.

use crate::store::Shared;
use datafusion::arrow::array::RecordBatch;
use datafusion::arrow::util::pretty::pretty_format_batches;
use faregate_app::engine::Engine;
use faregate_app::gate::{Answer, Gate, OpenRequest};
use faregate_app::import::known::{KnownUse, record_generated};
use faregate_app::ports::Clock;
use faregate_app::rules::{BASE, shipped_set};
use faregate_core::amount::{Currency, Money, Ticks};
use faregate_core::estate::Evidence;
use faregate_core::estate::{Bucket, BucketId, Person, PersonId, Product, ProductId};
use faregate_core::event::{Ask, Circumstances, Event, SessionId};
use faregate_core::state::State;
use faregate_core::tariff::{Meter, Rate, TariffParts, TokenPrice};
use faregate_core::when::{DAY, HOUR, Instant};
use faregate_lake::tables::Table;
use faregate_lake::{Lake, LakeSync, Means, Place, Privacy};
use object_store::ObjectStore;
use object_store::memory::InMemory;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::mpsc::channel;
use url::Url;

/// Monday 2026-06-01, midnight in UTC.
pub(crate) const T0: Instant = Instant(1_780_272_000);
/// How many people there are at first.
pub(crate) const PEOPLE: u32 = 12;

/// A clock that stands still.
#[derive(Clone)]
struct Still(Arc<AtomicI64>);

impl Clock for Still {
    fn now(&self) -> Instant {
        Instant(self.0.load(Ordering::SeqCst))
    }
}

/// The contract, its store, and where its lake is.
pub(crate) struct World {
    pub(crate) store: Shared,
    pub(crate) files: Arc<dyn ObjectStore>,
    clock: Still,
    spill: tempfile::TempDir,
}

fn tokens(whole: i64) -> Ticks {
    Ticks::from_tokens(whole).unwrap()
}

fn tariff() -> TariffParts {
    let rate = |(product, whole): (&str, i64)| Rate {
        product: product.to_owned(),
        meter: Meter::Window24h,
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
        grace_seconds: 300,
        idle_seconds: 1300,
        prices: vec![TokenPrice { per_token, from: None }],
        rates: [("autocad", 7), ("revit", 10)].map(rate).to_vec(),
        seats: Vec::new(),
    }
}

fn contract() -> Vec<Event> {
    let product = |key: &str| Product { key: key.to_owned(), name: key.to_uppercase() };
    let bucket = |key: &str| Bucket { key: key.to_owned(), name: key.to_uppercase() };
    let person = |number: u32| Person {
        key: format!("person{number}"),
        name: format!("Person {number}"),
        bucket: BucketId(u16::try_from(number % 3).unwrap()),
        aliases: Vec::new(),
    };
    let (from, until) = (T0.plus(-400 * DAY), T0.plus(400 * DAY));
    let pack = ("First pack".to_owned(), tokens(100_000));
    let mut events = vec![
        Event::ContractAgreed { name: "Test".to_owned(), zone: "Europe/Berlin".to_owned() },
        Event::TariffAdopted(tariff()),
        Event::ProductsDefined(["autocad", "revit", "vred"].map(product).to_vec()),
        Event::BucketsOpened(["general", "rail", "roads"].map(bucket).to_vec()),
        Event::PeopleAdded((0..PEOPLE).map(person).collect()),
        Event::PackBought { name: pack.0, ticks: pack.1, from, until },
    ];
    events
        .extend((0..3).map(|id| Event::Allocated { bucket: BucketId(id), ticks: tokens(20_000) }));
    events.extend(shipped_set(BASE).map(Event::PolicyAdopted));
    events
}

impl World {
    /// A contract without use, and no lake yet.
    pub(crate) fn new() -> Self {
        let world = Self {
            store: Shared::default(),
            files: Arc::new(InMemory::new()),
            clock: Still(Arc::new(AtomicI64::new(T0.0))),
            spill: tempfile::tempdir().unwrap(),
        };
        world.engine().append(contract()).unwrap();
        world
    }

    /// One with months of use: reported, at the gate, refused.
    pub(crate) fn used() -> Self {
        let world = Self::new();
        world.import(0, 60);
        world.gate(6);
        world.import(60, 40);
        world
    }

    pub(crate) fn engine(&self) -> Engine {
        Engine::load(Box::new(self.store.clone()), Arc::new(self.clock.clone())).unwrap()
    }

    pub(crate) fn state(&self) -> State {
        let engine = self.engine();
        let state = engine.state();
        state.read().clone()
    }

    pub(crate) fn append(&self, events: Vec<Event>) {
        self.engine().append(events).unwrap();
    }

    pub(crate) fn now(&self) -> Instant {
        self.clock.now()
    }

    pub(crate) fn clock(&self) -> Arc<dyn Clock> {
        Arc::new(self.clock.clone())
    }

    /// Lets time pass.
    pub(crate) fn wait(&self, seconds: i64) {
        self.clock.0.fetch_add(seconds, Ordering::SeqCst);
    }

    /// An import of made-up uses over three months.
    pub(crate) fn import(&self, first: u32, count: u32) {
        let hosts: Vec<String> = (0..5).map(|number| format!("PC-{number}")).collect();
        let uses = (first..first + count).map(|number| {
            let opened = T0.plus(i64::from(number % 90) * DAY - 91 * DAY + i64::from(number) * 611);
            KnownUse {
                person: PersonId(number % PEOPLE),
                product: ProductId(u16::try_from(number % 3).unwrap()),
                host: &hosts[number as usize % hosts.len()],
                opened,
                closed: opened.plus(200 + i64::from(number % 7) * HOUR),
            }
        });
        record_generated(&mut self.engine(), uses).unwrap();
    }

    /// Sessions through the gate: opened, closed within the grace or after it, and one that is refused.
    pub(crate) fn gate(&self, count: u32) {
        let (gate, deciding) = Gate::start(self.engine(), Arc::new(self.clock.clone())).unwrap();
        for number in 0..count {
            self.wait(HOUR);
            let product = if number % 2 == 0 { "autocad" } else { "revit" };
            let key = format!("{}-{number}", self.now().0);
            let Some(id) = ask(&gate, &key, &format!("person{number}"), product) else { continue };
            self.wait(if number % 3 == 0 { 60 } else { 900 });
            assert!(gate.heartbeat(id, true));
            let (reply, done) = channel();
            gate.close(id, move |closed| {
                let _ = reply.send(closed.is_ok());
            });
            assert!(done.recv().unwrap());
        }
        assert_eq!(ask(&gate, &format!("{}-nobody", self.now().0), "nobody", "revit"), None);
        gate.stop();
        deciding.join();
    }

    /// A session through the gate from an address, still open.
    pub(crate) fn open_from(&self, person: &str, product: &str, address: &str) -> SessionId {
        self.at_the_gate(|gate| {
            let address = Some(address.parse().unwrap());
            let evidence = Evidence { address, ..Evidence::default() };
            let more = Circumstances { evidence, ..Circumstances::default() };
            let key = format!("{}-{person}-{product}", self.now().0);
            ask_from(gate, &key, person, product, more).unwrap()
        })
    }

    /// Used past the grace, and closed.
    pub(crate) fn close(&self, id: SessionId) {
        self.wait(900);
        self.at_the_gate(|gate| {
            assert!(gate.heartbeat(id, true));
            let (reply, done) = channel();
            gate.close(id, move |closed| {
                let _ = reply.send(closed.is_ok());
            });
            assert!(done.recv().unwrap());
        });
    }

    fn at_the_gate<T>(&self, what: impl FnOnce(&Gate) -> T) -> T {
        let (gate, deciding) = Gate::start(self.engine(), Arc::new(self.clock.clone())).unwrap();
        let done = what(&gate);
        gate.stop();
        deciding.join();
        done
    }

    /// Each of so many people is refused a product that has no price.
    pub(crate) fn refuse(&self, people: u32) {
        let (gate, deciding) = Gate::start(self.engine(), Arc::new(self.clock.clone())).unwrap();
        for number in 0..people {
            let key = format!("{}-{number}-refused", self.now().0);
            assert_eq!(ask(&gate, &key, &format!("person{number}"), "vred"), None);
        }
        gate.stop();
        deciding.join();
    }

    pub(crate) fn place(&self) -> Place {
        Self::place_on(self.files.clone())
    }

    pub(crate) fn place_on(files: Arc<dyn ObjectStore>) -> Place {
        Place::behind(files, Url::parse("memory:///lake/").unwrap())
    }

    pub(crate) async fn sync_on(&self, files: Arc<dyn ObjectStore>) -> LakeSync {
        let lake = Lake::open(Self::place_on(files)).await.unwrap();
        LakeSync::new(lake, Privacy::default())
    }

    pub(crate) async fn sync(&self) -> LakeSync {
        let mut sync = self.sync_on(self.files.clone()).await;
        sync.run(&mut self.store.clone(), self.now()).await.unwrap();
        sync
    }

    pub(crate) fn means(&self) -> Means {
        Means { memory: 64 << 20, spill: self.spill.path().to_owned(), threads: 2 }
    }

    /// The facts of a lake made anew.
    pub(crate) async fn expected(&self) -> Vec<String> {
        let mut sync = self.sync_on(Arc::new(InMemory::new())).await;
        sync.run(&mut self.store.clone(), self.now()).await.unwrap();
        self.facts(sync.lake()).await
    }

    /// All facts, each row as a text, in the order of these texts.
    pub(crate) async fn facts(&self, lake: &Lake) -> Vec<String> {
        let mut all = Vec::new();
        for table in Table::ALL {
            let rows = self.ask(lake, &format!("SELECT * FROM {table}")).await;
            let text = pretty_format_batches(&rows).unwrap().to_string();
            let rows = text.lines().filter(|line| line.starts_with('|')).skip(1);
            let words = |line: &str| line.split_whitespace().collect::<Vec<_>>().join(" ");
            all.extend(rows.map(|line| format!("{table} {}", words(line))));
        }
        all.sort();
        all
    }

    pub(crate) async fn ask(&self, lake: &Lake, sql: &str) -> Vec<RecordBatch> {
        let context = lake.session(&self.means()).await.unwrap();
        context.sql(sql).await.unwrap().collect().await.unwrap()
    }
}

fn ask(gate: &Gate, key: &str, person: &str, product: &str) -> Option<SessionId> {
    ask_from(gate, key, person, product, Circumstances::default())
}

fn ask_from(
    gate: &Gate,
    key: &str,
    person: &str,
    product: &str,
    more: Circumstances,
) -> Option<SessionId> {
    let ask = Ask {
        person: person.to_owned(),
        product: product.to_owned(),
        host: "gate-pc".to_owned(),
        more,
        ..Ask::default()
    };
    let (reply, answer) = channel();
    gate.open(OpenRequest { key: key.to_owned(), ask }, move |decided| {
        drop(reply.send(decided.unwrap()));
    });
    let decision = answer.recv().unwrap();
    matches!(decision.answer, Answer::Opened(_)).then_some(SessionId(decision.seq))
}
