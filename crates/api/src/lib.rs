//! Faregate over HTTP.
//!
//! A handler takes an [`authority::Authorized`], calls one use case of `faregate-app` and maps the result to
//! a wire type. It decides nothing. Errors become one RFC 9457 problem document, in [`problem`].
//!
//! To add an endpoint: a handler and its wire types in `routes/`, its line in the module `described`, its rows in the tests
//! `tests/api/table.rs` and `tests/api/foreign.rs`, and the OpenAPI snapshot under
//! `docs/reference/openapi.json` renewed with `faregate openapi`.
#![warn(missing_docs)]

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::{HeaderName, HeaderValue};
use described::DESCRIBED;
use faregate_app::access::Access;
use faregate_app::accounts::{Accounts, MemoryAccounts};
use faregate_app::gate::Gate;
use faregate_app::import::FeatureTable;
use faregate_app::oidc::IdentityProvider;
use faregate_app::ports::{Atlas, NoAtlas};
use faregate_app::rights::Rights;
use faregate_app::views::quote::KnownRules;
use faregate_app::views::seats::SeatUse;
use faregate_core::estate::Cidr;
use tower_http::set_header::SetResponseHeaderLayer;

pub mod agents;
pub mod authority;
mod beside;
pub mod channels;
pub mod demo;
mod described;
mod export;
pub mod extract;
mod grouping;
pub mod journal;
pub mod live;
pub mod metrics;
pub mod origin;
pub mod page;
mod paging;
pub mod problem;
pub mod reading;
pub mod rejected;
mod retry;
pub mod routes;
pub mod schedules;
mod sorting;
pub mod sources;
mod studies;
pub mod token_usage;
pub mod watching;
pub mod wire;

/// What every handler can reach.
#[derive(Clone)]
pub struct Server {
    /// The deciding thread.
    pub gate: Gate,
    /// Who may come in.
    pub access: Arc<Access>,
    /// Who signs in with a password.
    pub accounts: Arc<Accounts>,
    /// Turns of passwords.
    hashing: beside::Beside,
    /// Who proves who people are.
    provider: Option<Arc<dyn IdentityProvider>>,
    /// Turns of those who ask it.
    asking: beside::Beside,
    /// What each role may do.
    pub rights: Arc<Rights>,
    /// The newest summary, for live pages.
    pub live: live::Live,
    decisions: live::decisions::Decisions,
    /// Proxies whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Arc<[Cidr]>,
    /// Tells countries of addresses.
    pub atlas: Arc<dyn Atlas>,
    /// The policies in force, for quotes.
    pub rules: Arc<KnownRules>,
    /// Workstation agents.
    pub agents: Arc<agents::Agents>,
    pub(crate) journal: journal::Journal,
    reader: Option<reading::Reader>,
    usage_reports: Option<Arc<dyn token_usage::UsageReports>>,
    /// Who makes up estates to look around in.
    generator: Option<Arc<dyn demo::Generator>>,
    /// What feature codes mean, in use that is sent.
    features: Arc<FeatureTable>,
    turns: reading::Turns,
    studies: studies::Studies,
    /// Whose what-if is being replayed.
    what_ifs: Arc<tokio::sync::Semaphore>,
    seats: Arc<Mutex<SeatUse>>,
    sources: sources::Board,
    rejected: rejected::List,
    measuring: Option<metrics::Measuring>,
    channels: Arc<dyn channels::Channels>,
    schedules: Arc<dyn schedules::Schedules>,
}

impl Server {
    /// A server of a contract, to be called within a runtime. It trusts no proxy and has no atlas. What it signs
    /// for agents, it signs with this secret: the same one in every run.
    #[must_use]
    pub fn new(gate: Gate, access: Arc<Access>, secret: &[u8; 32]) -> Self {
        let live = live::Live::start(&gate);
        let journal = journal::Journal::new(gate.clone());
        let (rules, seats) = (Arc::default(), Arc::default());
        let (trusted_proxies, atlas) = (Arc::default(), Arc::new(NoAtlas));
        let turns = reading::Turns::default();
        let agents = Arc::new(agents::Agents::new(secret, gate.now()));
        Self {
            gate,
            access,
            accounts: Arc::new(Accounts::new(Box::<MemoryAccounts>::default())),
            hashing: beside::Beside::default(),
            provider: None,
            asking: beside::Beside::default(),
            rights: Arc::new(Rights::shipped()),
            live,
            decisions: live::decisions::Decisions::default(),
            trusted_proxies,
            atlas,
            rules,
            agents,
            journal,
            reader: None,
            usage_reports: None,
            generator: None,
            features: Arc::new(FeatureTable::shipped()),
            turns,
            studies: studies::Studies::default(),
            what_ifs: Arc::new(tokio::sync::Semaphore::new(1)),
            seats,
            sources: sources::Board::default(),
            rejected: rejected::List::default(),
            measuring: None,
            channels: Arc::new(channels::NoChannels),
            schedules: Arc::new(schedules::NoSchedules),
        }
    }

    /// The same, behind proxies that tell the truth about who they ask for.
    #[must_use]
    pub fn behind(self, trusted: Vec<Cidr>) -> Self {
        Self { trusted_proxies: trusted.into(), ..self }
    }

    /// The same, with accounts that are kept.
    #[must_use]
    pub fn with_accounts(self, accounts: Accounts) -> Self {
        Self { accounts: Arc::new(accounts), ..self }
    }

    /// The same, with an identity provider.
    #[must_use]
    pub fn with_provider(self, provider: Option<Arc<dyn IdentityProvider>>) -> Self {
        Self { provider, ..self }
    }

    /// The same, with lists that read the journal in a store opened by `open` instead of the one that decides.
    #[must_use]
    pub fn browsing(self, open: journal::Opener) -> Self {
        Self { journal: self.journal.opened_by(open), ..self }
    }

    /// The same, with other rights of roles than the shipped ones.
    #[must_use]
    pub fn with_rights(self, rights: Rights) -> Self {
        Self { rights: Arc::new(rights), ..self }
    }

    /// The same, with an operator's data base of addresses.
    #[must_use]
    pub fn with_atlas(self, atlas: Arc<dyn Atlas>) -> Self {
        Self { atlas, ..self }
    }

    /// The same, with a reader of the vendor's usage reports; without one it takes none in.
    #[must_use]
    pub fn with_usage_reports(self, reports: Arc<dyn token_usage::UsageReports>) -> Self {
        Self { usage_reports: Some(reports), ..self }
    }

    /// The same, with a generator of made-up data; without one there is none.
    #[must_use]
    pub fn with_generator(self, generator: Arc<dyn demo::Generator>) -> Self {
        Self { generator: Some(generator), ..self }
    }

    /// When seats were last used, as of the last look at the journal.
    pub(crate) fn seats(&self) -> MutexGuard<'_, SeatUse> {
        self.seats.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Looks at what the journal says of seats since the last look, between two commits at a time.
    pub(crate) async fn read_on_seats(&self) -> Result<(), problem::Problem> {
        loop {
            let seats = Arc::clone(&self.seats);
            let (reply, waiting) = tokio::sync::oneshot::channel();
            self.gate.run(move |engine| {
                let mut seats = seats.lock().unwrap_or_else(PoisonError::into_inner);
                drop(reply.send(seats.read_on(engine)));
            });
            if routes::answered(waiting).await? {
                return Ok(());
            }
        }
    }
}

/// The OpenAPI 3.1 description, as served at `/openapi.json`.
#[must_use]
pub fn openapi() -> String {
    DESCRIBED.1.clone()
}

/// The whole server: API, sign-in link and page.
pub fn router(server: Server) -> Router {
    let (api, description) = &*DESCRIBED;
    let json = [("content-type", "application/json")];
    let api = api.clone().layer(DefaultBodyLimit::max(8 << 20));
    Router::new()
        .merge(api)
        .route(
            "/openapi.json",
            axum::routing::get(move || async move { (json, description.as_str()) }),
        )
        .route("/metrics", axum::routing::get(routes::metrics::metrics))
        .route("/healthz", axum::routing::get(routes::health::health))
        .route("/sign-in", axum::routing::get(routes::sign_in::follow_link))
        .route("/v1", axum::routing::any(problem::not_found))
        .route("/v1/", axum::routing::any(problem::not_found))
        .route("/v1/{*rest}", axum::routing::any(problem::not_found))
        .method_not_allowed_fallback(problem::method_not_allowed)
        .layer(header("cache-control", "no-store"))
        .layer(header("x-content-type-options", "nosniff"))
        .layer(header("referrer-policy", "no-referrer"))
        .fallback_service(page::service())
        .with_state(server)
}

/// A header of every answer that is no page.
fn header(name: &'static str, value: &'static str) -> SetResponseHeaderLayer<HeaderValue> {
    let name = HeaderName::from_static(name);
    SetResponseHeaderLayer::overriding(name, HeaderValue::from_static(value))
}

/// Serves until `stop` resolves, then lets running requests finish for a moment.
///
/// # Errors
/// The operating system's.
pub async fn serve(
    listener: tokio::net::TcpListener,
    gate: Gate,
    access: Arc<Access>,
    secret: &[u8; 32],
    stop: impl Future<Output = ()> + Send + 'static,
) -> std::io::Result<()> {
    run(listener, Server::new(gate, access, secret), stop).await
}

/// Serves a server until `stop` resolves, then lets running requests finish for a moment.
///
/// # Errors
/// The operating system's.
pub async fn run(
    listener: tokio::net::TcpListener,
    server: Server,
    stop: impl Future<Output = ()> + Send + 'static,
) -> std::io::Result<()> {
    use axum::serve::ListenerExt;
    // Where a request comes from is evidence: handlers see the peer's address.
    let app = router(server).into_make_service_with_connect_info::<SocketAddr>();
    // Small answers must not wait for more to send. A connection that refuses the option works all the same.
    let listener = listener.tap_io(|connection| drop(connection.set_nodelay(true)));
    let (stopping, stopped) = tokio::sync::oneshot::channel();
    let until = async move {
        stop.await;
        // The receiver is gone only when the server is.
        let _ = stopping.send(());
    };
    let server = axum::serve(listener, app).with_graceful_shutdown(until);
    // Live pages never hang up by themselves.
    let patience = async {
        let _ = stopped.await;
        tokio::time::sleep(PATIENCE).await;
    };
    tokio::select! {
        served = server => served,
        () = patience => Ok(()),
    }
}

/// How long running requests may take once the server is told to stop.
const PATIENCE: std::time::Duration = std::time::Duration::from_millis(500);
