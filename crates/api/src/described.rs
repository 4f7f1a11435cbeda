//! All routes, and what is said of them: the OpenAPI description.
//!
//! To add a route: its line in the function of its subject.

use crate::{Server, authority, live, routes};
use axum::Router;
use axum::extract::DefaultBodyLimit;
use std::sync::LazyLock;
use utoipa::OpenApi;
use utoipa::openapi::RefOr;
use utoipa::openapi::path::{Operation, PathItem};
use utoipa::openapi::security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa_axum::router::{OpenApiRouter, UtoipaMethodRouterExt};
use utoipa_axum::routes;

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

/// All routes, and the description of those that are API as it is served: made once, however many servers there are.
pub(crate) static DESCRIBED: LazyLock<(Router<Server>, String)> = LazyLock::new(described);

fn described() -> (Router<Server>, String) {
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
    (router, description.to_pretty_json().unwrap_or_default() + "\n")
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
        buckets, caps, estate, first_run, groups, orders, people, policies, products, refusals,
        requests, seats, sites, terms,
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
        .routes(routes!(first_run::look))
        .routes(routes!(first_run::demo::fill))
        .routes(routes!(policies::list))
        .routes(routes!(caps::list))
        .routes(routes!(refusals::list))
        .routes(routes!(terms::terms))
}

fn reports() -> OpenApiRouter<Server> {
    use routes::{
        buckets, chargeback, cloud_events, double_dips, findings, imports, places, policies,
        reconciliation, report_schedules, reports, statement, uncharged,
    };
    OpenApiRouter::new()
        .routes(routes!(reports::list))
        .routes(routes!(reports::one))
        .routes(routes!(report_schedules::list, report_schedules::add))
        .routes(routes!(report_schedules::change, report_schedules::remove))
        .routes(routes!(report_schedules::send::send))
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
        .routes(routes!(uncharged::list))
        .routes(routes!(imports::list))
        .routes(routes!(imports::show))
        .routes(routes!(imports::rejected::list))
        .routes(routes!(imports::undo::take_back))
        .routes(routes!(imports::token_usage::take_in))
        .routes(
            routes!(imports::log::take_in).layer(DefaultBodyLimit::max(imports::log::BYTES_MAX)),
        )
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
    use routes::{about, accounts, keys, me, rights, sign_in};
    OpenApiRouter::new()
        .routes(routes!(me::me))
        .routes(routes!(me::burn::own))
        .routes(routes!(me::caps::own))
        .routes(routes!(rights::list))
        .routes(routes!(about::about))
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
