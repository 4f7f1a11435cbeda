//! `/v1/decisions`: what the gate decided, and why somebody was let through or turned away.

mod files;

use crate::Server;
use crate::authority::{Authorized, ReadOwn};
use crate::export;
use crate::extract::{Params, Segment};
use crate::paging::{ROWS, ROWS_MAX, rows_of};
use crate::problem::Problem;
use crate::routes::date;
use crate::wire::decision::row::DecisionRow;
use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use faregate_app::decisions::{LOOKED_AT_MAX, Look, Wanted, about, asked};
use faregate_app::explain::{self, Explanation};
use faregate_app::sight::Sight;
use faregate_core::event::{Event, Reason, SessionId};
use faregate_core::state;
use faregate_core::when::Zone;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// What a decision came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum CameTo {
    /// Somebody was let through.
    Allowed,
    /// Somebody was turned away.
    Refused,
}

/// Which decisions.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Which {
    /// Those that let somebody through, or those that turned somebody away; all by default.
    #[param(inline)]
    outcome: Option<CameTo>,
    /// Code of a refusal: those that turned somebody away for this reason.
    reason: Option<String>,
    /// Any name of a person: those about them.
    person: Option<String>,
    /// Key of a product.
    product: Option<String>,
    /// First date.
    from: Option<String>,
    /// Last date, included.
    to: Option<String>,
    /// `json`, or a file of all of them: `csv` or `xlsx`.
    format: Option<String>,
    /// Rows on a page: 100 by default, 1,000 at most.
    #[param(maximum = 4_294_967_295_i64)]
    limit: Option<u32>,
    /// Where the page before ended: its `next`.
    #[param(pattern = "^[0-9]{1,19}$")]
    cursor: Option<String>,
}

impl Which {
    /// Where to look, in the zone of the contract.
    pub(crate) fn look(&self, zone: &Zone) -> Result<Look, Problem> {
        let reason = self.reason.as_deref().map(reason).transpose()?;
        let from = self.from.as_deref().map(date).transpose()?;
        let to = self.to.as_deref().map(date).transpose()?;
        let before = self
            .cursor
            .as_deref()
            .map(|text| text.parse::<u64>().map_err(|_| Problem::bad_cursor(text)));
        let wanted = Wanted {
            allowed: self.outcome.map(|outcome| outcome == CameTo::Allowed),
            reason,
            person: self.person.clone(),
            product: self.product.clone(),
            from: from.map(|date| zone.start_of(date)),
            until: to.map(|date| zone.start_of(date.plus(1))),
        };
        let rows_max = rows_of(self.limit, ROWS).clamp(1, ROWS_MAX);
        let (before, looked_at_max) = (before.transpose()?, LOOKED_AT_MAX);
        Ok(Look { wanted, before, after: 0, rows_max, looked_at_max })
    }
}

fn reason(code: &str) -> Result<Reason, Problem> {
    Reason::from_code(code).ok_or_else(|| {
        let detail = format!("there is no reason `{code}`");
        Problem::bad_request(
            "bad-reason",
            detail,
            "`GET /v1/refusals` lists the codes of all reasons",
        )
    })
}

/// A page of decisions.
#[derive(Debug, Serialize, ToSchema)]
pub struct Decisions {
    /// The latest first. There may be few of them, or none, although more follow: one answer looks at so much of the
    /// journal and no more.
    pub rows: Vec<DecisionRow>,
    /// Cursor of the next page; `null` at the end.
    pub next: Option<String>,
}

/// What the gate decided, the latest first: who was let through, and who was turned away. A member is told of their
/// own decisions. With `format`, or with `Accept`, a file of all that obey the filters.
#[utoipa::path(
    get, path = "/v1/decisions", operation_id = "list_decisions", tag = "gate", params(Which),
    responses(
        (status = 200, body = Decisions), (status = 400, body = Problem), (status = 401, body = Problem),
        (status = 403, body = Problem), (status = 422, description = "more rows than a file holds", body = Problem),
        (status = 429, description = "too many read the journal", body = Problem), (status = 503, body = Problem)
    ),
    security(("key" = []), ("cookie" = []))
)]
pub async fn list(
    who: Authorized<ReadOwn>,
    State(server): State<Server>,
    headers: HeaderMap,
    Params(which): Params<Which>,
) -> Result<Response, Problem> {
    let format = export::format(which.format.as_deref(), &headers)?;
    let (look, now) = (which.look(server.gate.state().read().zone())?, server.gate.now());
    if let Some(format) = format {
        return files::file(&who, &server, &which, (look, now), format).await;
    }
    let found = server.journal.decisions(look, who.sight_at(now)).await?;
    let state = server.gate.state().read();
    let sight = who.sight(&state, now);
    let rows = found.decisions.iter().filter_map(|entry| DecisionRow::new(&state, sight, entry));
    let next = found.next.map(|next| next.to_string());
    Ok(Json(Decisions { rows: rows.collect(), next }).into_response())
}

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
    let person = about(state, &explanation.decided, explanation.at)?;
    let chosen = ask.bucket.as_deref().and_then(|key| state.estate().bucket_called(key));
    let hides = chosen.is_some_and(|bucket| !sight.bucket(state, bucket));
    let mut seen = sight.person(person).then_some(explanation)?;
    seen.facts.retain(|fact| !(hides && fact.name == "bucket"));
    Some(seen)
}
