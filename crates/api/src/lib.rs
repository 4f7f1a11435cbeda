//! Faregate over HTTP.
//!
//! A handler takes an [`authority::Authorized`], calls one use case of `faregate-app` and maps the result to
//! a wire type. It decides nothing. Errors become one RFC 9457 problem document, in [`problem`].
//!
//! To add an endpoint: a handler and its wire types in `routes/`, its line in `described`, its rows in the tests
//! `tests/api/authority.rs` and `tests/api/foreign.rs`, and the OpenAPI snapshot under
//! `docs/reference/openapi.json` renewed with `faregate openapi`.
#![warn(missing_docs)]

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::Router;
use axum::http::{HeaderName, HeaderValue};
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
use utoipa::OpenApi;
use utoipa::openapi::RefOr;
use utoipa::openapi::path::{Operation, PathItem};
use utoipa::openapi::security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub mod agents;
pub mod authority;
mod beside;
pub mod channels;
pub mod extract;
pub mod journal;
pub mod live;
pub mod metrics;
pub mod origin;
pub mod page;
mod paging;
pub mod problem;
pub mod reading;
mod retry;
pub mod routes;
pub mod sources;
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
    /// What feature codes mean, in use that is sent.
    features: Arc<FeatureTable>,
    turns: reading::Turns,
    /// Whose what-if is being replayed.
    what_ifs: Arc<tokio::sync::Semaphore>,
    seats: Arc<Mutex<SeatUse>>,
    sources: sources::Board,
    measuring: Option<metrics::Measuring>,
    channels: Arc<dyn channels::Channels>,
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
            features: Arc::new(FeatureTable::shipped()),
            turns,
            what_ifs: Arc::new(tokio::sync::Semaphore::new(1)),
            seats,
            sources: sources::Board::default(),
            measuring: None,
            channels: Arc::new(channels::NoChannels),
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

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Faregate",
        description = "Lets each person through on the right fare: a seat, or tokens of a bucket.",
        license(name = "Apache-2.0", identifier = "Apache-2.0")
    ),
    servers((url = "/", description = "this server")),
    tags(
        (name = "gate", description = "Open, keep alive and close sessions."),
        (name = "orders", description = "Tell Faregate what to do: transfers, requests and their answers, rules."),
        (name = "estate", description = "Who and what there is: buckets, people, seats, places."),
        (name = "rules", description = "Policies, caps, terms, and the reasons to be turned away."),
        (name = "burn", description = "What was spent, by whom, on what."),
        (name = "reports", description = "Files to take along: workbooks, PDFs, FOCUS, calendars."),
        (name = "notices", description = "Channels that people are told on, and what was sent there."),
        (name = "alerts", description = "What is watched, what was raised, and what was done about it."),
        (name = "plans", description = "Who is best off with a seat and who with tokens, plans of moves, and what to buy."),
        (name = "agent", description = "What the agents of workstations say, signed, and hear."),
        (name = "access", description = "Sign in and out."),
    ),
    // What goes over the stream of events is named by no path.
    components(schemas(live::decisions::NewDecisions)),
    modifiers(&Credentials)
)]
struct Description;

/// How a caller proves who they are.
struct Credentials;

impl utoipa::Modify for Credentials {
    fn modify(&self, openapi: &mut utoipa::openapi::OpenApi) {
        let components = openapi.components.get_or_insert_with(Default::default);
        let key = HttpBuilder::new()
            .scheme(HttpAuthScheme::Bearer)
            .description(Some("an API key, `fg_…`"));
        components.add_security_scheme("key", SecurityScheme::Http(key.build()));
        let device = ApiKey::Header(ApiKeyValue::with_description(
            "Signature",
            "HTTP Message Signatures (RFC 9421) with the key of an enrolled workstation, over `@method`, `@path`, \
             `@query` and `content-digest`",
        ));
        components.add_security_scheme("device", SecurityScheme::ApiKey(device));
        let cookie = ApiKey::Cookie(ApiKeyValue::new(authority::COOKIE));
        components.add_security_scheme("cookie", SecurityScheme::ApiKey(cookie));
    }
}

/// All routes, and the description of those that are API.
fn described() -> (Router<Server>, utoipa::openapi::OpenApi) {
    let (router, mut description) = OpenApiRouter::with_openapi(Description::openapi())
        .merge(use_and_burn())
        .merge(orders_and_estate())
        .merge(reports())
        .merge(notices())
        .merge(monitoring())
        .merge(planning())
        .merge(workstations())
        .merge(ways_in())
        .split_for_parts();
    description.info.version = env!("CARGO_PKG_VERSION").to_owned();
    description.paths.paths.values_mut().flat_map(operations).for_each(name_problems);
    (router, description)
}

fn use_and_burn() -> OpenApiRouter<Server> {
    use routes::{balances, burn, decisions, events, quotes, sessions, sources, summary};
    OpenApiRouter::new()
        .routes(routes!(sessions::open, sessions::list))
        .routes(routes!(sessions::open_batch))
        .routes(routes!(sessions::heartbeat))
        .routes(routes!(sessions::close))
        .routes(routes!(quotes::make))
        .routes(routes!(decisions::list))
        .routes(routes!(decisions::explain))
        .routes(routes!(summary::summary))
        .routes(routes!(burn::burn))
        .routes(routes!(burn::daily))
        .routes(routes!(burn::periods::periods))
        .routes(routes!(burn::pace::pace))
        .routes(routes!(balances::balances))
        .routes(routes!(sources::list))
        .routes(routes!(events::events))
}

fn orders_and_estate() -> OpenApiRouter<Server> {
    use routes::{
        buckets, caps, estate, groups, orders, people, policies, products, refusals, requests,
        seats, sites, terms,
    };
    OpenApiRouter::new()
        .routes(routes!(orders::order))
        .routes(routes!(requests::list, requests::make))
        .routes(routes!(requests::one))
        .routes(routes!(requests::answers::answer))
        .routes(routes!(buckets::list))
        .routes(routes!(buckets::one))
        .routes(routes!(people::list))
        .routes(routes!(people::merge::merge))
        .routes(routes!(people::one))
        .routes(routes!(products::list))
        .routes(routes!(seats::list))
        .routes(routes!(groups::list))
        .routes(routes!(sites::list))
        .routes(routes!(estate::take_in))
        .routes(routes!(policies::list))
        .routes(routes!(caps::list))
        .routes(routes!(refusals::list))
        .routes(routes!(terms::terms))
}

fn reports() -> OpenApiRouter<Server> {
    use routes::{
        buckets, chargeback, cloud_events, double_dips, findings, imports, places, policies,
        reconciliation, reports, statement,
    };
    OpenApiRouter::new()
        .routes(routes!(reports::list))
        .routes(routes!(reports::one))
        .routes(routes!(statement::contract))
        .routes(routes!(buckets::statement::of_bucket))
        .routes(routes!(reconciliation::reconciliation))
        .routes(routes!(chargeback::chargeback))
        .routes(routes!(double_dips::list))
        .routes(routes!(findings::list))
        .routes(routes!(findings::judgement::judge))
        .routes(routes!(places::used::list))
        .routes(routes!(places::breaches::list))
        .routes(routes!(places::sharing::show))
        .routes(routes!(policies::check::check))
        .routes(routes!(policies::diff::diff))
        .routes(routes!(policies::simulate::run))
        .routes(routes!(imports::token_usage::take_in))
        .routes(routes!(cloud_events::take_in))
}

fn notices() -> OpenApiRouter<Server> {
    use routes::{channels, deliveries};
    OpenApiRouter::new()
        .routes(routes!(channels::list))
        .routes(routes!(channels::test::test))
        .routes(routes!(deliveries::list))
}

fn monitoring() -> OpenApiRouter<Server> {
    use routes::{alert_rules, alerts, forecasts, occasions, what_ifs};
    OpenApiRouter::new()
        .routes(routes!(alerts::list))
        .routes(routes!(alerts::one))
        .routes(routes!(alert_rules::list))
        .routes(routes!(alert_rules::try_out))
        .routes(routes!(forecasts::forecast))
        .routes(routes!(forecasts::what_if))
        .routes(routes!(what_ifs::run))
        .routes(routes!(occasions::list))
}

fn planning() -> OpenApiRouter<Server> {
    use routes::{plans, portfolio, renewal, sizing};
    OpenApiRouter::new()
        .routes(routes!(portfolio::find))
        .routes(routes!(renewal::value))
        .routes(routes!(sizing::pool))
        .routes(routes!(plans::list, plans::draw))
        .routes(routes!(plans::show))
        .routes(routes!(plans::verification::verify))
        .routes(routes!(plans::recommendations::list))
}

fn workstations() -> OpenApiRouter<Server> {
    use routes::{agent, agents};
    OpenApiRouter::new()
        .routes(routes!(agent::enrol::enrol))
        .routes(routes!(agent::rules::rules))
        .routes(routes!(agent::beat::beat))
        .routes(routes!(agent::ask::ask))
        .routes(routes!(agent::open::open))
        .routes(routes!(agent::close::close))
        .routes(routes!(agent::uses::uses))
        .routes(routes!(agents::list))
        .routes(routes!(agents::codes::make))
}

fn ways_in() -> OpenApiRouter<Server> {
    use routes::{accounts, keys, me, sign_in};
    OpenApiRouter::new()
        .routes(routes!(me::me))
        .routes(routes!(me::password::change))
        .routes(routes!(me::sign_ins::list, me::sign_ins::end_all))
        .routes(routes!(sign_in::sign_in))
        .routes(routes!(sign_in::ways::ways))
        .routes(routes!(sign_in::oidc::begin))
        .routes(routes!(sign_in::oidc::back))
        .routes(routes!(sign_in::sign_out))
        .routes(routes!(accounts::list, accounts::add))
        .routes(routes!(accounts::change))
        .routes(routes!(keys::list, keys::make))
        .routes(routes!(keys::revoke))
}

fn operations(item: &mut PathItem) -> impl Iterator<Item = &mut Operation> {
    [&mut item.get, &mut item.post, &mut item.put, &mut item.patch, &mut item.delete]
        .into_iter()
        .filter_map(Option::as_mut)
}

/// Errors are problem documents, which have a media type of their own.
fn name_problems(operation: &mut Operation) {
    let errors =
        operation.responses.responses.iter_mut().filter(|(status, _)| status.as_str() >= "400");
    for (_, response) in errors {
        if let RefOr::T(response) = response
            && let Some(content) = response.content.shift_remove("application/json")
        {
            response.content.insert("application/problem+json".to_owned(), content);
        }
    }
}

/// The OpenAPI 3.1 description, as served at `/openapi.json`.
#[must_use]
pub fn openapi() -> String {
    let text = described().1.to_pretty_json();
    text.unwrap_or_default() + "\n"
}

/// The whole server: API, sign-in link and page.
pub fn router(server: Server) -> Router {
    let description: &'static str = Box::leak(openapi().into_boxed_str());
    let json = [("content-type", "application/json")];
    let api = described().0.layer(axum::extract::DefaultBodyLimit::max(8 << 20));
    Router::new()
        .merge(api)
        .route("/openapi.json", axum::routing::get(move || async move { (json, description) }))
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
