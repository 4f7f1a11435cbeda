//! `/v1/sessions`: open, list, keep alive, close.

use crate::Server;
use crate::authority::{Authorized, ReadBurn, SpendTokens};
use crate::extract::{Params, Segment, Sent, checked_key, idempotency_key};
use crate::origin::Origin;
use crate::paging::{ROWS_MAX, rows_of};
use crate::problem::Problem;
use crate::retry::{self, Asked};
use crate::routes::answered;
use crate::wire::ask::{KeyedOpen, Open};
use crate::wire::decision::Decided;
use crate::wire::session::{Place, Session};
use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use faregate_app::rights::Right;
use faregate_app::views;
use faregate_core::event::SessionId;
use serde::{Deserialize, Serialize};
use tokio::sync::oneshot;
use utoipa::{IntoParams, ToSchema};

/// The most opens in one batch.
const BATCH_MAX: usize = 10_000;
/// Asks to open a product. The same `Idempotency-Key` gets the same answer for ever.
///
/// A refusal is an answer, not an error: 200 with `route: refused`. A session is 201.
#[utoipa::path(
    post, path = "/v1/sessions", tag = "gate", request_body = Open,
    params(("Idempotency-Key" = String, Header, description = "names the request for ever", min_length = 1, max_length = 128)),
    responses(
        (status = 201, description = "a session", body = Decided),
        (status = 200, description = "a refusal, or the answer given before", body = Decided),
        (status = 400, body = Problem), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 413, body = Problem), (status = 415, body = Problem), (status = 422, description = "the key was used for another request", body = Problem),
        (status = 429, description = "too many wait already", body = Problem), (status = 503, body = Problem)
    ),
    security(("key" = []), ("cookie" = []))
)]
pub async fn open(
    _: Authorized<SpendTokens>,
    State(server): State<Server>,
    origin: Origin,
    headers: HeaderMap,
    Sent(asked): Sent<Open>,
) -> Result<Response, Problem> {
    let key = idempotency_key(&headers)?;
    let decision = retry::open(&server, asked.under(key, &server, origin)?).await?;
    let decided = Decided::new(&server, decision);
    let fresh = decided.session.is_some() && !decided.repeated;
    let status = if fresh { StatusCode::CREATED } else { StatusCode::OK };
    Ok((status, Json(decided)).into_response())
}

/// Asks to open many products at once; each request carries its own key. All answers share one commit.
#[utoipa::path(
    post, path = "/v1/sessions/batch", tag = "gate", request_body = Vec<KeyedOpen>,
    responses(
        (status = 200, description = "answers in the order of the requests", body = Vec<Decided>),
        (status = 400, body = Problem), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 413, body = Problem), (status = 415, body = Problem), (status = 422, body = Problem),
        (status = 429, description = "too many wait already", body = Problem), (status = 503, body = Problem)
    ),
    security(("key" = []), ("cookie" = []))
)]
pub async fn open_batch(
    _: Authorized<SpendTokens>,
    State(server): State<Server>,
    origin: Origin,
    Sent(requests): Sent<Vec<KeyedOpen>>,
) -> Result<Json<Vec<Decided>>, Problem> {
    if requests.len() > BATCH_MAX {
        let detail = format!("{} requests in one batch", requests.len());
        return Err(Problem::bad_request("batch-too-large", detail, "send at most 10,000 at once"));
    }
    let asked: Result<Vec<Asked>, Problem> = requests
        .into_iter()
        .map(|keyed| {
            let (key, asked) = keyed.split();
            asked.under(checked_key(key)?, &server, origin)
        })
        .collect();
    let decisions = retry::open_many(&server, asked?).await?;
    Ok(Json(decisions.into_iter().map(|decision| Decided::new(&server, decision)).collect()))
}

/// Says that a session is alive. A session not heard of for 15 minutes ends.
#[utoipa::path(
    post, path = "/v1/sessions/{id}/heartbeat", tag = "gate",
    params(("id" = String, Path, description = "id of the session", pattern = "^s?[0-9]{1,19}$"), Idle),
    responses(
        (status = 204, description = "noted"), (status = 400, body = Problem), (status = 401, body = Problem),
        (status = 403, body = Problem), (status = 404, description = "no such session runs", body = Problem)
    ),
    security(("key" = []), ("cookie" = []))
)]
pub async fn heartbeat(
    who: Authorized<SpendTokens>,
    State(server): State<Server>,
    Segment(id): Segment,
    Params(Idle { idle }): Params<Idle>,
) -> Result<StatusCode, Problem> {
    let id = own_session(&server, &who, &id)?;
    if server.gate.heartbeat(id, !idle) { Ok(StatusCode::NO_CONTENT) } else { Err(no_session(id)) }
}

/// How a session was used since the last heartbeat.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
pub struct Idle {
    /// Whether the product sat idle.
    idle: bool,
}

/// How a session ended.
#[derive(Debug, Serialize, ToSchema)]
pub struct Ended {
    /// Id of the session.
    pub session: String,
    /// When it was last in use.
    pub at: String,
    /// Whether it had ended before.
    pub already: bool,
}

/// Ends a session. Ending it again changes nothing and says so.
#[utoipa::path(
    post, path = "/v1/sessions/{id}/close", tag = "gate",
    params(("id" = String, Path, description = "id of the session", pattern = "^s?[0-9]{1,19}$")),
    responses(
        (status = 200, body = Ended), (status = 400, body = Problem), (status = 401, body = Problem),
        (status = 403, body = Problem), (status = 404, body = Problem), (status = 503, body = Problem)
    ),
    security(("key" = []), ("cookie" = []))
)]
pub async fn close(
    who: Authorized<SpendTokens>,
    State(server): State<Server>,
    Segment(id): Segment,
) -> Result<Json<Ended>, Problem> {
    let id = own_session(&server, &who, &id)?;
    let (reply, waiting) = oneshot::channel();
    server.gate.close(id, |ending| drop(reply.send(ending)));
    let ending = answered(waiting).await?;
    Ok(Json(Ended { session: id.to_string(), at: ending.at.to_string(), already: ending.already }))
}

/// Which sessions.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Which {
    /// Only `open` for now: those that go on.
    #[serde(default)]
    #[param(pattern = "^open$")]
    state: Option<String>,
    /// Rows on a page: 100 by default, 1,000 at most.
    #[param(maximum = 4_294_967_295_i64)]
    limit: Option<u32>,
    /// Where the page before ended: its `next`.
    #[param(pattern = "^-?[0-9]+[.].+$")]
    cursor: Option<String>,
}

/// A page of sessions.
#[derive(Debug, Serialize, ToSchema)]
pub struct Sessions {
    /// The latest first.
    pub rows: Vec<Session>,
    /// Cursor of the next page; `null` at the end.
    pub next: Option<String>,
    /// How many there are in all.
    pub total: usize,
    /// Of those, the ones that go on now.
    pub open_now: usize,
    /// Of those, the ones that a log shows without an end, and not of the last day.
    pub unclosed: usize,
}

/// Sessions without an end, the latest first.
#[utoipa::path(
    get, path = "/v1/sessions", tag = "gate", params(Which),
    responses(
        (status = 200, body = Sessions), (status = 400, body = Problem),
        (status = 401, body = Problem), (status = 403, body = Problem)
    ),
    security(("key" = []), ("cookie" = []))
)]
pub async fn list(
    _: Authorized<ReadBurn>,
    State(server): State<Server>,
    Params(which): Params<Which>,
) -> Result<Json<Sessions>, Problem> {
    if which.state.as_deref().is_some_and(|state| state != "open") {
        return Err(Problem::bad_request(
            "bad-state",
            "only open sessions can be listed",
            "use state=open",
        ));
    }
    let after = which.cursor.as_deref().map(Place::read).transpose()?;
    let gate = &server.gate;
    let all = views::open_sessions(&gate.state().read(), gate.liveness(), gate.now());
    let total = all.len();
    let unclosed = all.iter().filter(|session| session.unclosed).count();
    // The session that the page before ended with may have ended itself since: go on after its place.
    let follows =
        |session: &&views::OpenSession| after.as_ref().is_none_or(|place| place.precedes(session));
    let mut later = all.iter().filter(follows);
    let limit = rows_of(which.limit, 100).clamp(1, ROWS_MAX);
    let page: Vec<&views::OpenSession> = later.by_ref().take(limit).collect();
    let next = later.next().and(page.last()).map(|last| Place::of(last).write());
    let rows = page.into_iter().map(Session::from).collect();
    Ok(Json(Sessions { rows, next, total, open_now: total - unclosed, unclosed }))
}

/// The session with this id. For those of an enrolled workstation only that workstation speaks, and whoever runs
/// Faregate.
fn own_session(
    server: &Server,
    who: &Authorized<SpendTokens>,
    text: &str,
) -> Result<SessionId, Problem> {
    let id: SessionId = text.parse().map_err(|_| {
        let detail = format!("`{text}` is no id of a session");
        Problem::bad_request("bad-id", detail, "ids look like `s42`")
    })?;
    let is_devices = server.gate.liveness().device(id).is_some() || is_lease(server, id);
    let runs = who.rights().has(Right::RunFaregate);
    if is_devices && !runs { Err(no_session(id)) } else { Ok(id) }
}

/// Leases are not watched, since nothing is heard of them before they come back.
fn is_lease(server: &Server, id: SessionId) -> bool {
    server.gate.liveness().last_heard(id).is_none()
        && server.gate.state().read().sessions().get(&id).is_some_and(|one| one.lease.is_some())
}

fn no_session(id: SessionId) -> Problem {
    faregate_app::engine::Failure::NoSession(id).into()
}
