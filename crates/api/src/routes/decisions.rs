//! `/v1/decisions/{id}`: why somebody was let through or turned away.

use crate::Server;
use crate::authority::{Authorized, ReadOwn};
use crate::extract::Segment;
use crate::problem::Problem;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use faregate_app::explain::{self, Explanation};
use faregate_app::sight::Sight;
use faregate_core::event::{Ask, Event, SessionId};
use faregate_core::state;
use serde::Serialize;
use utoipa::ToSchema;

/// A fact that mattered.
#[derive(Debug, Serialize, ToSchema)]
pub struct Fact {
    /// What was looked at: `tariff`, `rules`, `product`, `person`, `access`, `groups`, `place`, `seat`, `rate`,
    /// `unit`, `policy`, `cap` or `bucket`; one name may stand for several facts.
    pub name: &'static str,
    /// What was found.
    pub found: String,
}

/// A decision, and everything that it stood on.
#[derive(Debug, Serialize, ToSchema)]
pub struct Explained {
    /// Place in the journal.
    pub decision: u64,
    /// When it was decided.
    pub at: String,
    /// What was decided: `opened`, or the code of the refusal.
    pub decided: &'static str,
    /// What the core decides today, given the journal up to then.
    pub recomputed: &'static str,
    /// Whether both are the same in every detail.
    pub holds: bool,
    /// The facts that mattered, in the order in which they were looked at.
    pub facts: Vec<Fact>,
}

impl From<Explanation> for Explained {
    fn from(explanation: Explanation) -> Self {
        let holds = explanation.holds();
        let Explanation { seq, at, decided, recomputed, facts } = explanation;
        let facts =
            facts.into_iter().map(|fact| Fact { name: fact.name, found: fact.found }).collect();
        let (decided, recomputed) = (outcome(&decided), outcome(&recomputed));
        Self { decision: seq, at: at.to_string(), decided, recomputed, holds, facts }
    }
}

/// What a decision came to, in one word.
fn outcome(event: &Event) -> &'static str {
    match event {
        Event::Refused(refused) => refused.reason.code(),
        _ => "opened",
    }
}

/// Recomputes a decision from the journal and says what mattered. A member is told of their own ones.
#[utoipa::path(
    get, path = "/v1/decisions/{id}", tag = "gate",
    params(("id" = String, Path, description = "place in the journal, or id of the session", pattern = "^s?[0-9]{1,19}$")),
    responses(
        (status = 200, body = Explained), (status = 400, body = Problem), (status = 401, body = Problem),
        (status = 403, body = Problem), (status = 404, body = Problem),
        (status = 429, description = "too many reports wait", body = Problem), (status = 503, body = Problem)
    ),
    security(("key" = []), ("cookie" = []))
)]
pub async fn explain(
    who: Authorized<ReadOwn>,
    State(server): State<Server>,
    Segment(id): Segment,
) -> Result<Json<Explained>, Problem> {
    let seq: SessionId = id.parse().map_err(|_| {
        let detail = format!("`{id}` is no place in the journal");
        Problem::bad_request("bad-id", detail, "use the number that the answer gave as `decision`")
    })?;
    let found = server.report(move |engine| explain::explain(engine, seq.0)).await?;
    let (state, now) = (server.gate.state().read(), server.gate.now());
    let sight = who.sight(&state, now);
    let seen = found.and_then(|explanation| as_seen(&state, sight, explanation));
    seen.map(|explanation| Json(explanation.into())).ok_or_else(|| {
        let detail = format!("entry {} of the journal is no decision", seq.0);
        let help = "use the number that the answer gave as `decision`";
        Problem::new(StatusCode::NOT_FOUND, "no-decision", detail, help)
    })
}

/// What the caller may know of a decision: all, or of their own what tells nothing of foreign buckets.
fn as_seen(state: &state::State, sight: Sight, explanation: Explanation) -> Option<Explanation> {
    if sight == Sight::Everything {
        return Some(explanation);
    }
    let ask = asked(&explanation.decided)?;
    let person = state.estate().person_known_as(&ask.person, explanation.at)?;
    let chosen = ask.bucket.as_deref().and_then(|key| state.estate().bucket_called(key));
    let hides = chosen.is_some_and(|bucket| !sight.bucket(state, bucket));
    let mut seen = sight.person(person).then_some(explanation)?;
    seen.facts.retain(|fact| !(hides && fact.name == "bucket"));
    Some(seen)
}

fn asked(event: &Event) -> Option<&Ask> {
    match event {
        Event::Opened(opened) => Some(&opened.ask),
        Event::Refused(refused) => Some(&refused.ask),
        _ => None,
    }
}
