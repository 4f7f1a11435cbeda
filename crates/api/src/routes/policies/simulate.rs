//! `/v1/policies/simulate`: a past period, decided again under other policies.

use super::trying::{ChangedAnswer, Rows, TriedSet, changes, sets};
use crate::Server;
use crate::authority::{Authorized, ReadEstate};
use crate::extract::{Params, Sent};
use crate::problem::Problem;
use crate::routes::{DAYS_MAX, span};
use crate::wire::{Money, Tokens};
use axum::Json;
use axum::extract::State;
use faregate_app::rules::{self, Rules};
use faregate_app::simulate::{BASIS, Simulation, simulate};
use faregate_app::views::grouped;
use faregate_core::amount::Ticks;
use faregate_core::when::Date;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Asks that are decided again, about; a longer period is cut short.
const ASKS_MAX: u64 = 50_000;
/// Days that are tried first, to learn how many asks a day has.
const DAYS_FIRST: i32 = 7;

/// Which policies would have decided, and when.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Simulating {
    /// Sets that would hold, instead of those of their names or beside the others.
    #[serde(default)]
    #[schema(max_items = 64)]
    sets: Vec<TriedSet>,
    /// Names of sets that would hold no longer.
    #[serde(default)]
    without: Vec<String>,
    /// First date; 29 days before the last by default.
    #[schema(format = Date)]
    from: Option<String>,
    /// Last date; today by default. At most 400 days.
    #[schema(format = Date)]
    to: Option<String>,
}

/// What other policies would have done.
#[derive(Debug, Serialize, ToSchema)]
pub struct PolicySimulation {
    /// First date.
    #[schema(format = Date)]
    pub from: String,
    /// Last date that was simulated.
    #[schema(format = Date)]
    pub to: String,
    /// Whether the period was cut short, because it has more asks than are decided again at once.
    pub cut: bool,
    /// How many asks were decided, twice each: under the rules in force and under the others.
    pub asks: u64,
    /// How many end otherwise under the others.
    pub changed: u64,
    /// Those, as many as were asked for.
    pub rows: Vec<ChangedAnswer>,
    /// Tokens that the period costs under the rules in force.
    pub tokens_before: Tokens,
    /// Tokens that it costs under the others.
    pub tokens_after: Tokens,
    /// What the difference is worth at the price of the first date; negative when the others cost less.
    pub money: Option<Money>,
    /// How many asks ended otherwise when they happened than they do under the rules in force, on this basis.
    pub happened_otherwise: u64,
    /// Tokens that the period was charged when it happened.
    pub tokens_charged: Tokens,
    /// On which budgets and seats both were decided, in words.
    pub basis: &'static str,
    /// All of it in words.
    pub text: String,
}

/// Decides the asks of a past period twice, under the policies in force and under others, on the same budgets and
/// seats: what differs is what the others change. Books nothing. A period of very many asks is cut short, and the
/// answer says so.
#[utoipa::path(
    post, path = "/v1/policies/simulate", operation_id = "simulate_policies", tag = "rules", params(Rows), request_body = Simulating,
    responses(
        (status = 200, body = PolicySimulation), (status = 400, body = Problem), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, description = "no such set holds", body = Problem), (status = 413, body = Problem), (status = 415, body = Problem),
        (status = 422, description = "the policies have faults", body = Problem),
        (status = 429, description = "too many reports wait", body = Problem), (status = 503, body = Problem)
    ),
    security(("key" = []), ("cookie" = []))
)]
pub async fn run(
    _: Authorized<ReadEstate>,
    State(server): State<Server>,
    Params(rows): Params<Rows>,
    Sent(Simulating { sets: sent, without, from, to }): Sent<Simulating>,
) -> Result<Json<PolicySimulation>, Problem> {
    let tried = sets(sent)?;
    let (from, to) = {
        let (state, now) = (server.gate.state().read(), server.gate.now());
        span(&state, now, from.as_deref(), to.as_deref(), DAYS_MAX)?
    };
    let gate = server.gate.clone();
    let new = server.reckon(move || {
        let state = gate.state().read().clone();
        rules::proposed(&state, tried, &without)
    });
    let new = new.await??;
    let (found, until) = bounded(&server, &new, from, to).await?;
    Ok(Json(shown(&server, &found, &rows, (from, until), until < to)))
}

/// Simulates the period, or as many of its first days as have about [`ASKS_MAX`] asks: longer and longer
/// beginnings, each at its turn, so that the gate decides in between.
async fn bounded(
    server: &Server,
    rules: &Rules,
    from: Date,
    to: Date,
) -> Result<(Simulation, Date), Problem> {
    let whole = to.0 - from.0 + 1;
    let mut days = whole.min(DAYS_FIRST);
    loop {
        let (rules, last) = (rules.clone(), from.plus(days - 1));
        let read = move |engine: &mut faregate_app::engine::Engine| {
            let zone = engine.state().read().zone().clone();
            simulate(engine, &rules, zone.start_of(from), zone.start_of(last.plus(1)))
        };
        let found = server.report(read).await?;
        let more = (ASKS_MAX / found.answers.asks.max(1)).min(8);
        if days == whole || more < 2 {
            return Ok((found, last));
        }
        days = days.saturating_mul(i32::try_from(more).unwrap_or(8)).min(whole);
    }
}

fn shown(
    server: &Server,
    found: &Simulation,
    rows: &Rows,
    (from, to): (Date, Date),
    cut: bool,
) -> PolicySimulation {
    let state = server.gate.state().read();
    let on_first = state.zone().start_of(from);
    let tariff = state.tariff().map(|(_, tariff)| tariff);
    let price = tariff.and_then(|tariff| tariff.token_price(on_first, state.zone()));
    let difference = found.after.minus(found.before).unwrap_or_default();
    let (rows, changed) = changes(&found.answers, rows);
    let short = if cut { format!(" The period was cut short after {to}.") } else { String::new() };
    let number = |ticks: Ticks| grouped(ticks.tokens());
    let departure = found.departure().map_or(String::new(), |told| format!(" {}.", capital(&told)));
    let text = format!(
        "{} asks decided under both, {changed} otherwise: {} tokens instead of {}.{departure}{short}",
        found.answers.asks,
        number(found.after),
        number(found.before),
    );
    PolicySimulation {
        from: from.to_string(),
        to: to.to_string(),
        cut,
        asks: found.answers.asks,
        changed,
        rows,
        tokens_before: found.before.into(),
        tokens_after: found.after.into(),
        money: price.map(|price| price.for_tokens(difference).into()),
        happened_otherwise: found.happened.otherwise,
        tokens_charged: found.happened.charged.into(),
        basis: BASIS,
        text,
    }
}

fn capital(sentence: &str) -> String {
    let mut letters = sentence.chars();
    letters.next().map_or(String::new(), |first| first.to_uppercase().chain(letters).collect())
}
