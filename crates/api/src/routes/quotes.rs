//! `/v1/quotes`: what opening a product would come to, and what else one could do. Nothing is booked.

use crate::Server;
use crate::authority::{AskPrice, Authorized};
use crate::extract::Sent;
use crate::origin::Origin;
use crate::problem::Problem;
use crate::wire::ask::Open;
use crate::wire::decision::{self, Place, Refusal, Tried, basis, breach_key};
use crate::wire::{Money, Tokens};
use axum::Json;
use axum::extract::State;
use faregate_app::gate::Answer;
use faregate_app::rights::Right;
use faregate_app::rules::Rules;
use faregate_app::sight::Sight;
use faregate_app::views::quote::{Alternative, Quote, quote};
use faregate_core::event::Ask;
use faregate_core::state;
use faregate_core::when::Instant;
use serde::Serialize;
use utoipa::ToSchema;

/// What would happen.
#[derive(Debug, Serialize, ToSchema)]
pub struct Quoted {
    /// `seat`, `free-seat`, `tokens` or `refused`.
    pub route: &'static str,
    /// Tokens that would be reserved; 0 when the running unit was paid already, or on a seat.
    pub tokens: Tokens,
    /// What they cost at today's price.
    pub money: Option<Money>,
    /// What a unit of the product costs on tokens; `null` when it is not on the tariff.
    pub unit_tokens: Option<Tokens>,
    /// What a unit is, for example `window-24h`.
    pub meter: Option<&'static str>,
    /// Key of the bucket that would pay.
    pub bucket: Option<String>,
    /// What would be free in it afterwards.
    pub left: Option<Tokens>,
    /// Why not, when refused.
    pub refusal: Option<Refusal>,
    /// The policy or cap that would turn the person away.
    pub rule: Option<String>,
    /// Where the request came from, as far as is known.
    pub place: Place,
    /// `report` or `quarantine`, when it would be let through outside of its territory.
    pub breach: Option<&'static str>,
    /// What rules on trial would have said, when that is something else.
    pub trial: Option<Tried>,
    /// What the person should know all the same.
    pub warnings: Vec<String>,
    /// What they could do instead.
    pub alternatives: Vec<Instead>,
}

/// What somebody could do instead.
#[derive(Debug, Default, Serialize, ToSchema)]
pub struct Instead {
    /// `free-seat`, `own-seat-in-use`, `idle-seats` or `ask-for-tokens`.
    pub kind: &'static str,
    /// In a sentence.
    pub text: String,
    /// The workstations on which their seat is in use.
    pub hosts: Vec<String>,
    /// How many seats there are.
    pub count: Option<usize>,
    /// Names of those who decide.
    pub deciders: Vec<String>,
}

/// What opening a product would come to just now. Books nothing, and promises nothing.
#[utoipa::path(
    post, path = "/v1/quotes", operation_id = "quote", tag = "gate", request_body = Open,
    responses(
        (status = 200, body = Quoted), (status = 400, body = Problem), (status = 401, body = Problem),
        (status = 403, body = Problem), (status = 404, description = "the caller does not see the person or the bucket", body = Problem),
        (status = 413, body = Problem), (status = 415, body = Problem), (status = 422, body = Problem), (status = 503, body = Problem)
    ),
    security(("key" = []), ("cookie" = []))
)]
pub async fn make(
    who: Authorized<AskPrice>,
    State(server): State<Server>,
    origin: Origin,
    Sent(asked): Sent<Open>,
) -> Result<Json<Quoted>, Problem> {
    if asked.address.is_some() && !who.rights().has(Right::SpendTokens) {
        return Err(Problem::forbidden("only a workstation may report an address"));
    }
    let ask = asked.into_ask(&server, origin)?;
    server.read_on_seats().await?;
    let (state, now) = (server.gate.state().read(), server.gate.now());
    may_ask(who.sight(&state, now), &state, &ask.person, ask.bucket.as_deref(), now)?;
    Ok(Json(quoted(&server, &state, &ask, now)))
}

/// What a question would come to.
pub(crate) fn quoted(server: &Server, state: &state::State, ask: &Ask, now: Instant) -> Quoted {
    let rules = server.rules.of(state);
    let quote = quote(state, &rules, &server.seats(), ask, now);
    shown(state, &rules, quote)
}

/// A quote tells of a person and a bucket: whoever sees neither gets none.
fn may_ask(
    sight: Sight,
    state: &state::State,
    person: &str,
    bucket: Option<&str>,
    now: Instant,
) -> Result<(), Problem> {
    if sight == Sight::Everything {
        return Ok(());
    }
    let known = state.estate().person_known_as(person, now);
    if !known.is_some_and(|id| sight.person(id)) {
        return Err(Problem::unknown("person", person));
    }
    let Some(key) = bucket else { return Ok(()) };
    let known = state.estate().bucket_called(key);
    let seen = known.is_some_and(|id| sight.bucket(state, id));
    if seen { Ok(()) } else { Err(Problem::unknown("bucket", key)) }
}

fn shown(state: &state::State, rules: &Rules, quote: Quote) -> Quoted {
    let stood_on = basis(&quote.answer).clone();
    let (route, refusal, warnings) = match &quote.answer {
        Answer::Opened(opened) => (opened.route.fare().key(), None, decision::warnings(opened)),
        Answer::Refused(refused) => {
            let say =
                stood_on.rule.as_deref().and_then(|rule| rules.sentence(rule)).map(str::to_owned);
            ("refused", Some(Refusal::new(refused.reason, say)), Vec::new())
        }
    };
    let (bucket, left) = quote.bucket.unzip();
    Quoted {
        route,
        tokens: quote.tokens.into(),
        money: quote.money.map(Money::from),
        unit_tokens: quote.unit.map(|(ticks, _)| ticks.into()),
        meter: quote.unit.map(|(_, meter)| meter.key()),
        bucket: bucket.and_then(|id| state.estate().bucket(id)).map(|bucket| bucket.key.clone()),
        left: left.map(Tokens::from),
        refusal,
        place: Place::new(state, stood_on.place),
        breach: stood_on.breach.map(breach_key),
        trial: stood_on.trial.map(Tried::from),
        rule: stood_on.rule,
        warnings,
        alternatives: quote.alternatives.into_iter().map(|one| instead(state, one)).collect(),
    }
}

fn instead(state: &state::State, alternative: Alternative) -> Instead {
    let estate = state.estate();
    match alternative {
        Alternative::FreeSeat(offering) => {
            let name = estate.offering(offering).map_or("?", |offering| offering.name.as_str());
            let text = format!("nobody holds a seat of {name} that would cover this: ask for it");
            Instead { kind: "free-seat", text, count: Some(1), ..Instead::default() }
        }
        Alternative::OwnSeatInUse(hosts) => {
            let text =
                format!("your seat is in use on {}: close the product there", hosts.join(", "));
            Instead { kind: "own-seat-in-use", text, hosts, ..Instead::default() }
        }
        Alternative::IdleSeats(count) => {
            let text = format!(
                "{count} seats of colleagues were not used here for 30 days: ask your licence manager"
            );
            Instead { kind: "idle-seats", text, count: Some(count), ..Instead::default() }
        }
        Alternative::AskForTokens { bucket, deciders } => {
            let people = deciders.iter().filter_map(|id| estate.person(*id));
            let deciders: Vec<String> = people.map(|person| person.name.clone()).collect();
            let bucket = estate.bucket(bucket).map_or("?", |bucket| bucket.name.as_str());
            let who =
                if deciders.is_empty() { "nobody yet".to_owned() } else { deciders.join(", ") };
            let text = format!("ask for more tokens in {bucket}; it is decided by {who}");
            Instead { kind: "ask-for-tokens", text, deciders, ..Instead::default() }
        }
    }
}
