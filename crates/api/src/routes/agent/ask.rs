//! `/v1/agent/ask`: what opening a product would come to, before anything is spent.

use super::{question, refusal};
use crate::Server;
use crate::agents::Signed;
use crate::origin::Origin;
use crate::problem::Problem;
use crate::routes::quotes::{Quoted, quoted};
use crate::wire::Tokens;
use axum::Json;
use axum::extract::State;
use faregate_core::amount::Ticks;
use faregate_core::estate::{BucketId, PersonId};
use faregate_core::event;
use faregate_core::state;
use faregate_core::when::Instant;
use faregate_protocol::rules::Level;
use faregate_protocol::wire::{Ask, Asked, Bucket, Open};

/// Says what opening a product would come to, and how far the agent is to go. Books nothing.
#[utoipa::path(
    post, path = "/v1/agent/ask", operation_id = "agent_ask", tag = "agent", request_body = Ask,
    responses(
        (status = 200, body = Asked), (status = 400, body = Problem), (status = 401, body = Problem),
        (status = 403, description = "the workstation is another person's", body = Problem),
        (status = 413, body = Problem), (status = 415, body = Problem), (status = 422, body = Problem), (status = 503, body = Problem)
    ),
    security(("device" = []))
)]
pub async fn ask(
    State(server): State<Server>,
    origin: Origin,
    signed: Signed<Ask>,
) -> Result<Json<Asked>, Problem> {
    let Ask { account, product, version, bucket, clock } = signed.body.clone();
    let open = Open { account, product, version, bucket, clock, ..Open::default() };
    // The price is what is asked about: whatever it is, it is not refused for that.
    let ask = question(&server, origin, &signed, &open, Some(Ticks(i64::MAX)))?;
    let refused = quoted(&server, &server.gate.state().read(), &ask, signed.now).refusal.is_some();
    if refused {
        // Only what else one could do depends on which seats were used; whoever may open need not wait for it.
        server.read_on_seats().await?;
    }
    let state = server.gate.state().read();
    let (level, save_minutes) = level(&server, &state, &ask, signed.now);
    let quote = quoted(&server, &state, &ask, signed.now);
    let person = state.estate().person_known_as(&ask.person, signed.now);
    let buckets = person.map(|person| choices(&state, person)).unwrap_or_default();
    Ok(Json(told(quote, &state, buckets, (level, save_minutes))))
}

fn told(
    quote: Quoted,
    state: &state::State,
    buckets: Vec<Bucket>,
    (level, save_minutes): (Level, u32),
) -> Asked {
    let payer = quote.bucket.as_deref().and_then(|key| state.estate().bucket_called(key));
    let payer = payer.map(|id| bucket(state, id));
    Asked {
        route: quote.route.to_owned(),
        tokens: quote.tokens.0,
        money: quote.money.map(|money| format!("{} {}", money.amount, money.currency)),
        left: payer.as_ref().map(|bucket| bucket.left),
        bucket: payer,
        buckets,
        level,
        save_minutes,
        refusal: quote.refusal.map(refusal),
        instead: quote.alternatives.into_iter().map(|one| one.text).collect(),
        warnings: quote.warnings,
    }
}

/// How far the agent is to go for whoever asks.
fn level(server: &Server, state: &state::State, ask: &event::Ask, now: Instant) -> (Level, u32) {
    let (_, rules) = server.agents.rules(state);
    let estate = state.estate();
    let person = estate.person_known_as(&ask.person, now);
    let standing = person.and_then(|person| estate.standing(person));
    let groups = standing.map(|standing| standing.groups.as_slice()).unwrap_or_default();
    let keys = groups.iter().filter_map(|id| estate.group(*id));
    let keys: Vec<&str> = keys.map(|group| group.key.as_str()).collect();
    rules.level_of(&ask.product, &keys)
}

/// The buckets that a person may choose from, their own first; none where there is no choice.
fn choices(state: &state::State, person: PersonId) -> Vec<Bucket> {
    let own = state.payer(person);
    let all = (0..).map(BucketId).take_while(|id| state.estate().bucket(*id).is_some());
    let others = all.filter(|id| *id != own && state.may_spend_from(person, *id));
    let all: Vec<Bucket> = [own].into_iter().chain(others).map(|id| bucket(state, id)).collect();
    if all.len() > 1 { all } else { Vec::new() }
}

fn bucket(state: &state::State, id: BucketId) -> Bucket {
    let found = state.estate().bucket(id);
    Bucket {
        key: found.map(|bucket| bucket.key.clone()).unwrap_or_default(),
        name: found.map(|bucket| bucket.name.clone()).unwrap_or_default(),
        left: Tokens::from(state.free_tokens(Some(id)).max(Ticks::ZERO)).0,
    }
}
