//! `/v1/requests`: who asks for tokens, who can say yes, what was said.

use crate::Server;
use crate::authority::{Authorized, GiveOrders, ReadOwn};
use crate::extract::{Params, Segment, Sent};
use crate::paging::{finds, page};
use crate::problem::Problem;
use crate::routes::orders::{Trying, given, key_unless_tried};
use crate::wire::Tokens;
use crate::wire::order::{OrderBody, OrderDone};
use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use faregate_app::sight::Sight;
use faregate_app::views::buckets::{Wall, wall_of};
use faregate_app::views::grouped;
use faregate_core::budget::{Progress, RequestId, Requested, approvals_needed};
use faregate_core::estate::{BucketId, PersonId};
use faregate_core::state;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

pub mod answers;

/// Which requests.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Stage {
    /// Those that wait for an answer.
    #[default]
    Waiting,
    /// All there ever were.
    All,
}

/// Which requests.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Which {
    /// Those that wait, by default, or all.
    #[serde(default)]
    #[param(inline)]
    state: Stage,
    /// Key of a bucket: only those that ask for it.
    bucket: Option<String>,
    /// Part of a bucket's name or key, of the asker's, or of the reason.
    q: Option<String>,
    /// Rows on a page: 100 by default, 1,000 at most.
    #[param(maximum = 4_294_967_295_i64)]
    limit: Option<u32>,
    /// Where the page before ended: its `next`.
    #[param(pattern = "^[0-9]{1,19}$")]
    cursor: Option<String>,
}

/// A yes.
#[derive(Debug, Serialize, ToSchema)]
pub struct Approval {
    /// Key of whose it is.
    pub person: String,
    /// To how many tokens.
    pub tokens: Tokens,
}

/// A request for tokens.
#[derive(Debug, Serialize, ToSchema)]
pub struct TokenRequest {
    /// Its id.
    pub id: String,
    /// Key of who asks.
    pub by: String,
    /// Their name.
    pub by_name: String,
    /// Key of the bucket they ask for.
    pub bucket: String,
    /// Its name.
    pub bucket_name: String,
    /// Key of the bucket that would give; `null` for the unallocated part of the pool, and where the caller does
    /// not see it.
    pub from: Option<String>,
    /// How many.
    pub tokens: Tokens,
    /// Why.
    pub why: String,
    /// Since when.
    pub at: String,
    /// When it ends unanswered.
    pub expires: String,
    /// When the tokens are given back, if they are only borrowed.
    pub due: Option<String>,
    /// `waiting`, `approved`, `declined`, `expired` or `returned`.
    pub state: &'static str,
    /// How many tokens moved.
    pub moved: Option<Tokens>,
    /// Of a loan: how much was not given back yet.
    pub owing: Tokens,
    /// Who said yes so far.
    pub approvals: Vec<Approval>,
    /// How many have to say yes.
    pub approvals_needed: usize,
    /// Keys of those who can answer it now.
    pub can_answer: Vec<String>,
}

/// A page of requests.
#[derive(Debug, Serialize, ToSchema)]
pub struct Requests {
    /// The latest first.
    pub rows: Vec<TokenRequest>,
    /// Cursor of the next page; `null` at the end.
    pub next: Option<String>,
}

/// What keeping two budgets apart costs: estimates in tokens.
#[derive(Debug, Serialize, ToSchema)]
pub struct WallFigures {
    /// Mean tokens a month of the bucket, with those below it.
    pub mean: f64,
    /// Mean tokens a month of the one above without it, or of the rest of the contract.
    pub mean_above: f64,
    /// How much a month's demand varies: deviation over mean.
    pub variation: f64,
    /// Safety stock that the two need apart.
    pub separate: f64,
    /// Safety stock that they would need together.
    pub pooled: f64,
    /// All of it in words.
    pub text: String,
}

/// A request, and what speaks for it.
#[derive(Debug, Serialize, ToSchema)]
pub struct OneRequest {
    /// The request.
    #[serde(flatten)]
    pub request: TokenRequest,
    /// What the wall between the two buckets costs; `null` without use, and where the caller sees only one side.
    pub wall: Option<WallFigures>,
}

/// Somebody asks for tokens.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Asking {
    /// Key of the bucket; the caller's own by default.
    bucket: Option<String>,
    /// How many.
    tokens: Tokens,
    /// Why.
    why: String,
    /// When they are given back, if they are only borrowed: `YYYY-MM-DD` or RFC 3339.
    due: Option<String>,
}

/// Requests for tokens, the latest first: all, or those that the caller may see.
#[utoipa::path(
    get, path = "/v1/requests", operation_id = "list_requests", tag = "orders", params(Which),
    responses((status = 200, body = Requests), (status = 400, body = Problem), (status = 401, body = Problem), (status = 403, body = Problem)),
    security(("key" = []), ("cookie" = []))
)]
pub async fn list(
    who: Authorized<ReadOwn>,
    State(server): State<Server>,
    Params(which): Params<Which>,
) -> Result<Json<Requests>, Problem> {
    let (state, now) = (server.gate.state().read(), server.gate.now());
    let sight = who.sight(&state, now);
    let of_stage = |requested: &Requested| {
        which.state == Stage::All || requested.progress == Progress::Waiting
    };
    let seen = state
        .requests()
        .iter()
        .rev()
        .filter(|(_, requested)| of_stage(requested) && sight.request(&state, requested));
    let shown = seen.map(|(id, known)| (u64::MAX - id.0, shown(&state, sight, *id, known)));
    let of_bucket =
        shown.filter(|(_, row)| which.bucket.as_ref().is_none_or(|key| *key == row.bucket));
    let found = of_bucket.filter(|(_, row)| {
        finds(which.q.as_deref(), &[&row.bucket, &row.bucket_name, &row.by, &row.by_name, &row.why])
    });
    let page = page(found, which.limit, which.cursor.as_deref())?;
    Ok(Json(Requests { rows: page.rows, next: page.next }))
}

/// Asks for tokens for a bucket: the order `request`, for people.
#[utoipa::path(
    post, path = "/v1/requests", operation_id = "request_tokens", tag = "orders", request_body = Asking,
    params(Trying, ("Idempotency-Key" = Option<String>, Header, description = "names the order for ever; needed unless it is only tried", min_length = 1, max_length = 128)),
    responses(
        (status = 201, description = "the request waits for an answer", body = OrderDone),
        (status = 200, description = "tried, or carried out before", body = OrderDone), (status = 400, body = Problem),
        (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem),
        (status = 413, body = Problem), (status = 415, body = Problem), (status = 422, body = Problem), (status = 503, body = Problem)
    ),
    security(("key" = []), ("cookie" = []))
)]
pub async fn make(
    who: Authorized<GiveOrders>,
    State(server): State<Server>,
    Params(trying): Params<Trying>,
    headers: HeaderMap,
    Sent(Asking { bucket, tokens, why, due }): Sent<Asking>,
) -> Result<(StatusCode, Json<OrderDone>), Problem> {
    let key = key_unless_tried(&trying, &headers)?;
    let body = OrderBody::Request { bucket, tokens, why, due };
    let done = given(&server, &who, key, body).await?;
    let is_new = !done.repeated && !done.dry_run;
    let status = if is_new { StatusCode::CREATED } else { StatusCode::OK };
    Ok((status, Json(done)))
}

/// A request, who can answer it, and what the wall between the two buckets costs (an estimate).
#[utoipa::path(
    get, path = "/v1/requests/{id}", operation_id = "request", tag = "orders",
    params(("id" = String, Path, description = "id of the request", pattern = "^r?[0-9]{1,19}$")),
    responses(
        (status = 200, body = OneRequest), (status = 400, body = Problem), (status = 401, body = Problem),
        (status = 403, body = Problem), (status = 404, body = Problem)
    ),
    security(("key" = []), ("cookie" = []))
)]
pub async fn one(
    who: Authorized<ReadOwn>,
    State(server): State<Server>,
    Segment(id): Segment,
) -> Result<Json<OneRequest>, Problem> {
    let id = id_of(&id)?;
    let (state, now) = (server.gate.state().read(), server.gate.now());
    let sight = who.sight(&state, now);
    let known = sight.request_with(&state, id)?;
    let (bucket, from) = (known.request.bucket, known.request.from);
    let wall = sees_both(&state, sight, bucket, from).then(|| wall_of(&state, bucket, from, now));
    let wall = wall.flatten().map(WallFigures::from);
    Ok(Json(OneRequest { request: shown(&state, sight, id, known), wall }))
}

/// The id in a path.
fn id_of(text: &str) -> Result<RequestId, Problem> {
    text.parse().map_err(|_| {
        let detail = format!("`{text}` is no id of a request");
        Problem::bad_request("bad-id", detail, "ids look like `r42`")
    })
}

/// What lies on the other side of a wall is somebody else's: the figures tell of both.
fn sees_both(state: &state::State, sight: Sight, bucket: BucketId, from: Option<BucketId>) -> bool {
    let owns_pool = |own: PersonId| state.terms().owners.contains(&own);
    let sees_from = match (sight, from) {
        (Sight::Everything, _) => true,
        (_, Some(from)) => sight.bucket(state, from),
        (Sight::Own(own), None) => own.is_some_and(owns_pool),
    };
    sees_from && sight.bucket(state, bucket)
}

fn shown(state: &state::State, sight: Sight, id: RequestId, known: &Requested) -> TokenRequest {
    let estate = state.estate();
    let key = |id: PersonId| estate.person(id).map(|person| person.key.clone()).unwrap_or_default();
    let bucket = estate.bucket(known.request.bucket);
    let from = known.request.from.filter(|from| sight.bucket(state, *from));
    let (stage, moved) = stage(known.progress);
    let approvals = known.approvals.iter();
    TokenRequest {
        id: id.to_string(),
        by: key(known.request.by),
        by_name: estate.person(known.request.by).map(|by| by.name.clone()).unwrap_or_default(),
        bucket: bucket.map(|bucket| bucket.key.clone()).unwrap_or_default(),
        bucket_name: bucket.map(|bucket| bucket.name.clone()).unwrap_or_default(),
        from: from.and_then(|from| estate.bucket(from)).map(|from| from.key.clone()),
        tokens: known.request.ticks.into(),
        why: known.request.why.clone(),
        at: known.at.to_string(),
        expires: known.request.expires.to_string(),
        due: known.request.loan.map(|loan| loan.due.to_string()),
        state: stage,
        moved: moved.map(Tokens::from),
        owing: known.owing.into(),
        approvals: approvals
            .map(|(person, ticks)| Approval { person: key(*person), tokens: (*ticks).into() })
            .collect(),
        approvals_needed: approvals_needed(state, known),
        can_answer: can_answer(state, known).into_iter().map(key).collect(),
    }
}

fn stage(progress: Progress) -> (&'static str, Option<faregate_core::amount::Ticks>) {
    match progress {
        Progress::Waiting => ("waiting", None),
        Progress::Approved(ticks) => ("approved", Some(ticks)),
        Progress::Declined => ("declined", None),
        Progress::Expired => ("expired", None),
        Progress::Returned => ("returned", None),
    }
}

/// Those who decide on it, but for the asker and those who have said yes.
fn can_answer(state: &state::State, known: &Requested) -> Vec<PersonId> {
    if known.progress != Progress::Waiting {
        return Vec::new();
    }
    let mut deciders = state.deciders(known.request.from);
    let has_said = |id: &PersonId| known.approvals.iter().any(|(said, _)| said == id);
    deciders.retain(|id| *id != known.request.by && !has_said(id));
    deciders
}

impl From<Wall> for WallFigures {
    fn from(wall: Wall) -> Self {
        let (mean, mean_above) = (wall.means.0.round(), wall.means.1.round());
        let (separate, pooled) = (wall.separate.round(), wall.pooled.round());
        let how = if wall.is_measured {
            "as it did in the last six months"
        } else {
            "by a fifth, which is assumed"
        };
        let text = format!(
            "If demand varies {how}, the two budgets need {} tokens in reserve apart and {} together: the wall costs {}.",
            grouped(separate),
            grouped(pooled),
            grouped(separate - pooled),
        );
        Self { mean, mean_above, variation: wall.cv, separate, pooled, text }
    }
}
