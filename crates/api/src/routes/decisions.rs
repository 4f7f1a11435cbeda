//! `/v1/decisions/{id}`: why somebody was let through or turned away.

use crate::Server;
use crate::authority::{Authorized, ReadBurn};
use crate::extract::Segment;
use crate::problem::Problem;
use crate::routes::answered;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use faregate_app::explain::{self, Explanation};
use faregate_core::event::{Event, SessionId};
use serde::Serialize;
use tokio::sync::oneshot;
use utoipa::ToSchema;

/// A fact that mattered.
#[derive(Debug, Serialize, ToSchema)]
pub struct Fact {
    /// What was looked at.
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

/// Recomputes a decision from the journal and says what mattered.
#[utoipa::path(
    get, path = "/v1/decisions/{id}", tag = "gate",
    params(("id" = String, Path, description = "place in the journal, or id of the session", pattern = "^s?[0-9]{1,19}$")),
    responses(
        (status = 200, body = Explained), (status = 400, body = Problem), (status = 401, body = Problem),
        (status = 403, body = Problem), (status = 404, body = Problem), (status = 503, body = Problem)
    ),
    security(("key" = []), ("cookie" = []))
)]
pub async fn explain(
    _: Authorized<ReadBurn>,
    State(server): State<Server>,
    Segment(id): Segment,
) -> Result<Json<Explained>, Problem> {
    let seq: SessionId = id.parse().map_err(|_| {
        let detail = format!("`{id}` is no place in the journal");
        Problem::bad_request("bad-id", detail, "use the number that the answer gave as `decision`")
    })?;
    let (reply, waiting) = oneshot::channel();
    server.gate.run(move |engine| drop(reply.send(explain::explain(engine, seq.0))));
    let explanation = answered(waiting).await?.ok_or_else(|| {
        let detail = format!("entry {} of the journal is no decision", seq.0);
        let help = "use the number that the answer gave as `decision`";
        Problem::new(StatusCode::NOT_FOUND, "no-decision", detail, help)
    })?;
    Ok(Json(explanation.into()))
}
