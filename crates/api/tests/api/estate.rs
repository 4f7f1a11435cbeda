//! The estate under test: 100 tokens, four people, a clock that stands still, and a caller for its router.

use crate::schedules::Kept;
use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::ConnectInfo;
use axum::http::{HeaderMap, Method, Request, StatusCode, header};
use faregate_api::channels::{Channels, KnownChannel, Untold};
use faregate_api::token_usage::{UsageReport, UsageReports};
use faregate_api::{Server, authority::COOKIE, router};
use faregate_app::access::{Access, Credential, CredentialStore, Kind, Role, SecretHash, Secrets};
use faregate_app::engine::Engine;
use faregate_app::gate::Gate;
use faregate_app::import::vendor::{Report, Unsettled};
use faregate_app::memory::MemoryStore;
use faregate_app::notice::{self, Notice, Severity};
use faregate_app::outbox::{Delivery, Draft, Filter, MemoryOutbox, Outbox, Outcome, Tally};
use faregate_app::ports::{Clock, StoreError};
use faregate_core::amount::{Currency, Money, Ticks};
use faregate_core::estate::{
    Bucket, BucketId, Offering, OfferingId, Person, PersonId, Product, ProductId, Seat,
};
use faregate_core::event::{Charge, Event, Source};
use faregate_core::tariff::{Meter, Rate, SeatPrice, TariffParts, TokenPrice};
use faregate_core::when::{DAY, Date, Instant};
use http_body_util::BodyExt;
use serde_json::Value;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicI64, AtomicU8, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use tower::ServiceExt;

/// Wednesday 4 March 2026, 10:00 UTC; 11:00 in Madrid, where the contract's days are counted.
pub(crate) fn now() -> Instant {
    midnight(2026, 3, 4).plus(10 * 3_600)
}

fn midnight(year: i16, month: i8, day: i8) -> Instant {
    Instant(i64::from(Date::from_ymd(year, month, day).unwrap().0) * DAY)
}

/// What the server signs with.
pub(crate) const SECRET: [u8; 32] = [7; 32];

/// A clock that is set by hand.
pub(crate) struct HandClock(AtomicI64);

impl HandClock {
    pub(crate) fn pass(&self, seconds: i64) {
        self.0.fetch_add(seconds, Ordering::SeqCst);
    }
}

impl Clock for HandClock {
    fn now(&self) -> Instant {
        Instant(self.0.load(Ordering::SeqCst))
    }
}

/// Credentials that several [`Access`] share, as processes share a file.
#[derive(Clone, Default)]
pub(crate) struct SharedCredentials(Arc<Mutex<Vec<Credential>>>);

impl SharedCredentials {
    fn all_of_them(&self) -> std::sync::MutexGuard<'_, Vec<Credential>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl CredentialStore for SharedCredentials {
    fn all(&self) -> Result<Vec<Credential>, StoreError> {
        Ok(self.all_of_them().clone())
    }

    fn find(&self, hash: &SecretHash) -> Result<Option<Credential>, StoreError> {
        Ok(self.all_of_them().iter().find(|one| one.hash == *hash).cloned())
    }

    fn add(&self, credential: &Credential) -> Result<(), StoreError> {
        self.all_of_them().push(credential.clone());
        Ok(())
    }

    fn remove(&self, hash: &SecretHash) -> Result<(), StoreError> {
        self.all_of_them().retain(|one| one.hash != *hash);
        Ok(())
    }

    fn remove_expired(&self, now: Instant) -> Result<(), StoreError> {
        self.all_of_them().retain(|one| one.expires.is_none_or(|end| now < end));
        Ok(())
    }
}

/// Secrets that differ, and are the same in every run.
pub(crate) struct CountedSecrets(AtomicU8);

impl CountedSecrets {
    pub(crate) fn from(first: u8) -> Self {
        Self(AtomicU8::new(first))
    }
}

impl Secrets for CountedSecrets {
    fn secret(&self) -> [u8; 32] {
        [self.0.fetch_add(1, Ordering::SeqCst); 32]
    }
}

/// Reads any text as a report of one row, whose product nobody knows; `nobody` names nobody, `none` is none.
struct OneRow;

impl UsageReports for OneRow {
    fn read(&self, name: &str, bytes: &[u8]) -> Result<UsageReport, String> {
        let text = String::from_utf8_lossy(bytes).into_owned();
        if text == "none" {
            return Err("there is no column `Tokens`".to_owned());
        }
        let unsettled = |line, why: &str| Unsettled { line, why: why.to_owned() };
        let kept = unsettled(2, &format!("nobody knows `{text}` of {name}"));
        let taken = Report { matched: 3, booked: 2, double_dips: 1, ..Report::default() };
        let taken = Report {
            quarantined: vec![kept],
            rejected: vec![unsettled(4, "the day has not come yet")],
            ..taken
        };
        Ok(UsageReport {
            rows: 8,
            zero_rows: 1,
            rejected: vec![unsettled(9, "no product is named")],
            names_people: text != "nobody",
            take_in: Box::new(|_| Ok(taken)),
        })
    }
}

/// A server over the estate.
pub(crate) struct Estate {
    pub(crate) clock: Arc<HandClock>,
    pub(crate) credentials: SharedCredentials,
    pub(crate) access: Arc<Access>,
    pub(crate) gate: Gate,
    app: Router,
}

impl Estate {
    pub(crate) fn new() -> Self {
        Self::after(Vec::new())
    }

    /// The estate once these have happened too.
    pub(crate) fn after(events: Vec<Event>) -> Self {
        let clock = Arc::new(HandClock(AtomicI64::new(now().0)));
        let mut engine = Engine::load(Box::<MemoryStore>::default(), clock.clone()).unwrap();
        engine.append(contract()).unwrap();
        engine.append(people()).unwrap();
        engine.append(vec![Event::UsageCharged(charges())]).unwrap();
        engine.append(events).unwrap();
        let (gate, _deciding) = Gate::start(engine, clock.clone()).unwrap();
        let credentials = SharedCredentials::default();
        let secrets = Box::new(CountedSecrets::from(1));
        let access = Arc::new(Access::load(Box::new(credentials.clone()), secrets).unwrap());
        let server = Server::new(gate.clone(), Arc::clone(&access), &SECRET);
        let server = server.with_usage_reports(Arc::new(OneRow));
        let server = server.with_schedules(Arc::new(Kept::default()));
        let app = router(server.with_channels(Arc::new(OneChannel)));
        Self { clock, credentials, access, gate, app }
    }

    /// The same estate, as another server serves it.
    pub(crate) fn served(self, change: impl FnOnce(Server) -> Server) -> Self {
        let server = Server::new(self.gate.clone(), Arc::clone(&self.access), &SECRET);
        Self { app: router(change(server)), ..self }
    }

    /// The number of the journal's last entry.
    pub(crate) fn seq(&self) -> u64 {
        self.gate.state().read().seq()
    }

    /// A key for a role.
    pub(crate) fn key(&self, role: Role) -> String {
        self.access.issue(Kind::Key, role.key(), role, None).unwrap()
    }

    /// The secret of a one-time link.
    pub(crate) fn link(&self) -> String {
        let expires = Some(self.clock.now().plus(3_600));
        self.access.issue(Kind::Link, "Lena", Role::Administrator, expires).unwrap()
    }

    /// A sign-in, as the value of a `Cookie` header.
    pub(crate) fn cookie(&self) -> String {
        let secret = self.access.redeem(&self.link(), self.clock.now()).unwrap().unwrap();
        format!("other=1; {COOKIE}={secret}")
    }

    /// The answer's head, and its body still to come.
    pub(crate) async fn begin(&self, call: Call) -> axum::response::Response {
        self.app.clone().oneshot(call.request()).await.unwrap()
    }

    pub(crate) async fn send(&self, call: Call) -> Reply {
        let response = self.begin(call).await;
        let (status, headers) = (response.status(), response.headers().clone());
        let kind = headers.get(header::CONTENT_TYPE).map(|kind| kind.as_bytes().to_vec());
        let endless = kind.is_some_and(|kind| kind.starts_with(b"text/event-stream"));
        let body = if endless {
            Bytes::new()
        } else {
            response.into_body().collect().await.unwrap().to_bytes()
        };
        Reply { status, headers, body }
    }

    /// What an administrator gets to read.
    pub(crate) async fn read(&self, path: &str) -> Value {
        let reply = self.send(Call::get(path).key(&self.key(Role::Administrator))).await;
        assert_eq!(reply.status, StatusCode::OK, "{path}: {:?}", reply.body);
        reply.json()
    }

    /// What a workstation is told when it asks to open something.
    pub(crate) async fn open(&self, key: &str, person: &str, product: &str) -> Reply {
        let ask = serde_json::json!({ "person": person, "product": product, "host": "ws-1" });
        let call = Call::post("/v1/sessions").key(&self.key(Role::Workstation)).json(&ask);
        self.send(call.header("idempotency-key", key)).await
    }
}

/// A request in the making.
#[derive(Clone)]
pub(crate) struct Call {
    method: Method,
    path: String,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
    peer: Option<ConnectInfo<SocketAddr>>,
}

impl Call {
    pub(crate) fn new(method: &str, path: &str) -> Self {
        let (path, headers, body) = (path.to_owned(), Vec::new(), Vec::new());
        Self { method: method.parse().unwrap(), path, headers, body, peer: None }
    }

    pub(crate) fn get(path: &str) -> Self {
        Self::new("GET", path)
    }

    pub(crate) fn post(path: &str) -> Self {
        Self::new("POST", path)
    }

    pub(crate) fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    pub(crate) fn key(self, key: &str) -> Self {
        self.header("authorization", &format!("Bearer {key}"))
    }

    pub(crate) fn json(self, body: &Value) -> Self {
        self.header("content-type", "application/json").body(body.to_string())
    }

    pub(crate) fn body(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.body = body.into();
        self
    }

    /// From an address, as a connection tells it.
    pub(crate) fn from(self, peer: ConnectInfo<SocketAddr>) -> Self {
        Self { peer: Some(peer), ..self }
    }

    fn request(self) -> Request<Body> {
        let start = Request::builder().method(self.method).uri(self.path);
        let named = self.headers.iter().fold(start, |made, (name, value)| made.header(name, value));
        let mut request = named.body(Body::from(self.body)).unwrap();
        if let Some(peer) = self.peer {
            request.extensions_mut().insert(peer);
        }
        request
    }
}

/// A whole answer.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Reply {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|why| panic!("{why}: {:?}", self.body))
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }
}

fn tokens(count: i64) -> Ticks {
    Ticks::from_tokens(count).unwrap()
}

/// 100 tokens for 2026: 40 for General, 25 for Bridges, 5 for Poor, 30 in none.
fn contract() -> Vec<Event> {
    let product = |key: &str, name: &str| Product { key: key.to_owned(), name: name.to_owned() };
    let bucket = |key: &str, name: &str| Bucket { key: key.to_owned(), name: name.to_owned() };
    let covers = vec!["revit".to_owned()];
    let (key, name) = ("revit-seat".to_owned(), "Revit".to_owned());
    let allocated =
        |bucket, count| Event::Allocated { bucket: BucketId(bucket), ticks: tokens(count) };
    let (from, until) = (midnight(2026, 1, 1).plus(-3_600), midnight(2027, 1, 1).plus(-3_600));
    vec![
        Event::ContractAgreed { name: "Test AG".to_owned(), zone: "Europe/Madrid".to_owned() },
        Event::TariffAdopted(tariff()),
        Event::ProductsDefined(vec![
            product("revit", "Revit"),
            product("autocad", "AutoCAD"),
            product("navisworks", "Navisworks"),
        ]),
        Event::OfferingsDefined(vec![Offering { key, name, covers }]),
        Event::BucketsOpened(vec![
            bucket("general", "General"),
            bucket("bridges", "Bridges"),
            bucket("poor", "Poor"),
        ]),
        Event::PackBought { name: "Pack 2026".to_owned(), ticks: tokens(100), from, until },
        allocated(0, 40),
        allocated(1, 25),
        allocated(2, 5),
    ]
}

/// Revit costs 10 tokens a day of 24 hours and AutoCAD 7; Navisworks cannot be opened on tokens.
fn tariff() -> TariffParts {
    let money = |whole: i64| Money { micros: whole * 1_000_000, currency: Currency::USD };
    let rate = |product: &str, count| Rate {
        product: product.to_owned(),
        meter: Meter::Window24h,
        ticks: tokens(count),
        from: None,
        until: None,
        source: "made up".to_owned(),
    };
    let seat = SeatPrice {
        offering: "revit-seat".to_owned(),
        name: "Revit".to_owned(),
        per_year: money(2_910),
        covers: vec!["revit".to_owned()],
        source: "made up".to_owned(),
    };
    TariffParts {
        name: "test-daily".to_owned(),
        title: "Tokens by the day".to_owned(),
        source: "made up".to_owned(),
        grace_seconds: 300,
        idle_seconds: 900,
        prices: vec![TokenPrice { per_token: money(3), from: None }],
        rates: vec![rate("revit", 10), rate("autocad", 7)],
        seats: vec![seat],
    }
}

/// Anna and Carla on General, Ben on Bridges, Dora on Poor; Carla holds a seat for Revit.
fn people() -> Vec<Event> {
    let person = |key: &str, name: &str, bucket| Person {
        key: key.to_owned(),
        name: name.to_owned(),
        bucket: BucketId(bucket),
        aliases: vec![format!("{key}@test.example")],
    };
    let (from, until) = (midnight(2026, 1, 1), midnight(2027, 1, 1));
    let seat = Seat { offering: OfferingId(0), person: Some(PersonId(2)), from, until };
    vec![
        Event::PeopleAdded(vec![
            person("anna", "Anna", 0),
            person("ben", "Ben", 1),
            person("carla", "Carla", 0),
            person("dora", "Dora", 2),
        ]),
        Event::SeatsAdded(vec![seat]),
    ]
}

/// On 2 March Ben used AutoCAD; on the 3rd Anna used Revit, half an hour past midnight in Madrid.
fn charges() -> Vec<Charge> {
    let charge = |at, person, product, bucket, count| Charge {
        at,
        ticks: tokens(count),
        person: PersonId(person),
        product: ProductId(product),
        bucket: BucketId(bucket),
        meter: Meter::Window24h,
        source: Source::Log,
        paid: true,
    };
    vec![
        charge(midnight(2026, 3, 2).plus(9 * 3_600), 1, 1, 1, 7),
        charge(midnight(2026, 3, 2).plus(23 * 3_600 + 1_800), 0, 0, 0, 10),
    ]
}

/// A channel `ops` that takes everything, and one that takes nothing.
pub(crate) struct OneChannel;

impl Channels for OneChannel {
    fn list(&self) -> Result<Vec<KnownChannel>, StoreError> {
        let known = KnownChannel {
            name: "ops".to_owned(),
            kind: "slack",
            leads_to: "env:SLACK".to_owned(),
            is_quiet: false,
            tally: Tally { waiting: 1, off: Some((now(), "gone".to_owned())), ..Tally::default() },
        };
        Ok(vec![known])
    }

    fn test(&self, name: &str) -> Option<Result<(), Untold>> {
        let why = || Untold { why: "it is dead".to_owned(), help: "wake it".to_owned() };
        match name {
            "ops" => Some(Ok(())),
            "dead" => Some(Err(why())),
            _ => None,
        }
    }

    fn deliveries(&self, filter: &Filter) -> Result<Vec<Delivery>, StoreError> {
        let mut outbox = MemoryOutbox::default();
        outbox.begin(0)?;
        let draft = |seq: u64, channel: &str| {
            let id = seq.to_string();
            let notice = Notice {
                kind: notice::Kind::Raised,
                severity: Severity::Critical,
                title: format!("title {id}"),
                text: String::new(),
                facts: Vec::new(),
                steps: Vec::new(),
                link: None,
                chart: None,
                about: format!("a{id}"),
                id,
                at: now(),
            };
            Draft::new(seq, channel, notice, now())
        };
        outbox.expand(0, 3, &[draft(1, "ops"), draft(2, "dead"), draft(3, "ops")])?;
        outbox.settle("1-ops", &Outcome::Sent, now())?;
        outbox.list(filter)
    }
}
