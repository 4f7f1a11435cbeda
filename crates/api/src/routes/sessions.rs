//! `/v1/sessions`: open, list, keep alive, close.

use crate::Server;
use crate::authority::{Authorized, ReadBurn, SpendTokens};
use crate::extract::{Params, Segment};
use crate::problem::Problem;
use crate::routes::answered;
use axum::Json;
use axum::extract::State;
use axum::extract::rejection::JsonRejection;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use faregate_app::gate::{Answer, Decision, OpenRequest};
use faregate_app::views;
use faregate_core::event::{Ask, Opened, Reason, Route, SessionId};
use serde::{Deserialize, Serialize};
use tokio::sync::oneshot;
use utoipa::{IntoParams, ToSchema};

/// The longest idempotency key.
const KEY_MAX: usize = 128;
/// The longest name in a request.
const NAME_MAX: usize = 256;
/// The most opens in one batch.
const BATCH_MAX: usize = 10_000;
/// The most rows on a page.
const ROWS_MAX: usize = 1_000;

/// Somebody wants to open a product.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Open {
    /// Any alias of the person: key, login, e-mail, FlexNet user name.
    #[schema(max_length = 256)]
    person: String,
    /// Key of the product.
    #[schema(max_length = 256)]
    product: String,
    /// Name of the workstation.
    #[schema(max_length = 256)]
    host: String,
    /// Key of the bucket that shall pay; the person's own by default.
    #[schema(max_length = 256)]
    bucket: Option<String>,
}

/// One open of a batch, with its own idempotency key.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct KeyedOpen {
    /// Names the request for ever.
    #[schema(min_length = 1, max_length = 128)]
    key: String,
    /// Any alias of the person.
    #[schema(max_length = 256)]
    person: String,
    /// Key of the product.
    #[schema(max_length = 256)]
    product: String,
    /// Name of the workstation.
    #[schema(max_length = 256)]
    host: String,
    /// Key of the bucket that shall pay.
    #[schema(max_length = 256)]
    bucket: Option<String>,
}

/// The answer to an open.
#[derive(Debug, Serialize, ToSchema)]
pub struct Decided {
    /// Place in the journal; explain it with `faregate explain`.
    pub decision: u64,
    /// When it was decided.
    pub at: String,
    /// `seat`, `tokens` or `refused`.
    pub route: &'static str,
    /// Id of the session, unless refused.
    pub session: Option<String>,
    /// Key of the bucket that pays.
    pub bucket: Option<String>,
    /// Tokens reserved now; 0 when the running unit was paid already, or on a seat.
    pub tokens: f64,
    /// A launch closed before this instant costs nothing.
    pub free_until: Option<String>,
    /// Why not, when refused.
    pub refusal: Option<Refusal>,
    /// Whether this request had been answered before, and this is that answer.
    pub repeated: bool,
}

/// Why somebody is turned away.
#[derive(Debug, Serialize, ToSchema)]
pub struct Refusal {
    /// Stable code.
    pub code: &'static str,
    /// What happened.
    pub detail: &'static str,
    /// Whether the same question may be answered differently later.
    pub transient: bool,
    /// What the person can do.
    pub remedies: &'static [&'static str],
}

impl From<Reason> for Refusal {
    fn from(reason: Reason) -> Self {
        let (code, detail) = (reason.code(), reason.sentence());
        Self { code, detail, transient: reason.is_transient(), remedies: reason.remedies() }
    }
}

impl From<Decision> for Decided {
    fn from(decision: Decision) -> Self {
        let mut decided = Self {
            decision: decision.seq,
            at: decision.at.to_string(),
            route: "refused",
            session: None,
            bucket: decision.bucket,
            tokens: 0.0,
            free_until: None,
            refusal: None,
            repeated: decision.repeated,
        };
        match decision.answer {
            Answer::Refused(refused) => decided.refusal = Some(refused.reason.into()),
            Answer::Opened(Opened { route, .. }) => {
                decided.session = Some(SessionId(decision.seq).to_string());
                decided.route = "seat";
                if let Route::Tokens { ticks, grace_end, .. } = route {
                    decided.route = "tokens";
                    decided.tokens = ticks.tokens();
                    decided.free_until = ticks.is_positive().then(|| grace_end.to_string());
                }
            }
        }
        decided
    }
}

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
        (status = 503, body = Problem)
    ),
    security(("key" = []), ("cookie" = []))
)]
pub async fn open(
    _: Authorized<SpendTokens>,
    State(server): State<Server>,
    headers: HeaderMap,
    body: Result<Json<Open>, JsonRejection>,
) -> Result<Response, Problem> {
    let key = idempotency_key(&headers)?;
    let Open { person, product, host, bucket } = json(body)?;
    let request = checked(key, Ask { person, product, host, bucket, ..Ask::default() })?;
    let (reply, waiting) = oneshot::channel();
    // A caller that has gone away does not want its answer; the decision stands all the same.
    server.gate.open(request, |answer| drop(reply.send(answer)));
    let decided = Decided::from(answered(waiting).await?);
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
        (status = 413, body = Problem), (status = 415, body = Problem), (status = 422, body = Problem), (status = 503, body = Problem)
    ),
    security(("key" = []), ("cookie" = []))
)]
pub async fn open_batch(
    _: Authorized<SpendTokens>,
    State(server): State<Server>,
    body: Result<Json<Vec<KeyedOpen>>, JsonRejection>,
) -> Result<Json<Vec<Decided>>, Problem> {
    let requests = json(body)?;
    if requests.len() > BATCH_MAX {
        let detail = format!("{} requests in one batch", requests.len());
        return Err(Problem::bad_request("batch-too-large", detail, "send at most 10,000 at once"));
    }
    let requests: Result<Vec<OpenRequest>, Problem> = requests
        .into_iter()
        .map(|KeyedOpen { key, person, product, host, bucket }| {
            checked(key, Ask { person, product, host, bucket, ..Ask::default() })
        })
        .collect();
    let (reply, waiting) = oneshot::channel();
    server.gate.open_many(requests?, |answers| drop(reply.send(answers)));
    Ok(Json(answered(waiting).await?.into_iter().map(Decided::from).collect()))
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
    _: Authorized<SpendTokens>,
    State(server): State<Server>,
    Segment(id): Segment,
    Params(Idle { idle }): Params<Idle>,
) -> Result<StatusCode, Problem> {
    let id = session_id(&id)?;
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
    _: Authorized<SpendTokens>,
    State(server): State<Server>,
    Segment(id): Segment,
) -> Result<Json<Ended>, Problem> {
    let id = session_id(&id)?;
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
    limit: Option<usize>,
    /// Where the page before ended: its `next`.
    #[param(pattern = "^-?[0-9]+[.].+$")]
    cursor: Option<String>,
}

/// A session that goes on.
#[derive(Debug, Serialize, ToSchema)]
pub struct Session {
    /// Its id.
    pub id: String,
    /// Key of the person.
    pub person: String,
    /// Name of the person.
    pub person_name: String,
    /// Key of the product.
    pub product: String,
    /// Name of the product.
    pub product_name: String,
    /// Name of the workstation.
    pub host: String,
    /// Since when.
    pub opened_at: String,
    /// Last heard of.
    pub last_seen: String,
    /// `seat`, `tokens`, or `log` when only a licence server's log tells of it.
    pub route: &'static str,
    /// Key of the bucket that pays.
    pub bucket: Option<String>,
    /// Its name.
    pub bucket_name: Option<String>,
    /// What the running unit cost.
    pub tokens: f64,
    /// Whether a log shows it without an end, and not of the last day: nobody knows whether it goes on.
    pub unclosed: bool,
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
    let limit = which.limit.unwrap_or(100).clamp(1, ROWS_MAX);
    let page: Vec<&views::OpenSession> = later.by_ref().take(limit).collect();
    let next = later.next().and(page.last()).map(|last| Place::of(last).write());
    let rows = page.into_iter().map(Session::from).collect();
    Ok(Json(Sessions { rows, next, total, open_now: total - unclosed, unclosed }))
}

/// Where a page ends: what its last session is sorted by.
struct Place {
    opened: i64,
    id: String,
}

impl Place {
    fn of(session: &views::OpenSession) -> Self {
        Self { opened: session.opened.0, id: session.id.clone() }
    }

    fn write(&self) -> String {
        format!("{}.{}", self.opened, self.id)
    }

    fn read(text: &str) -> Result<Self, Problem> {
        let parts = text.split_once('.').filter(|(_, id)| !id.is_empty());
        let place = parts.and_then(|(opened, id)| Some((opened.parse().ok()?, id.to_owned())));
        place.map(|(opened, id)| Self { opened, id }).ok_or_else(|| {
            let detail = format!("`{text}` is no cursor");
            Problem::bad_request("bad-cursor", detail, "use the `next` of the page before as it is")
        })
    }

    fn precedes(&self, session: &views::OpenSession) -> bool {
        (session.opened.0, &session.id) < (self.opened, &self.id)
    }
}

impl From<&views::OpenSession> for Session {
    fn from(open: &views::OpenSession) -> Self {
        let open = open.clone();
        let (bucket, bucket_name) = open.bucket.unzip();
        Self {
            id: open.id,
            person: open.person,
            person_name: open.person_name,
            product: open.product,
            product_name: open.product_name,
            host: open.host,
            opened_at: open.opened.to_string(),
            last_seen: open.last_seen.to_string(),
            route: open.route,
            bucket,
            bucket_name,
            tokens: open.tokens.tokens(),
            unclosed: open.unclosed,
        }
    }
}

fn idempotency_key(headers: &HeaderMap) -> Result<String, Problem> {
    let given = headers.get("idempotency-key").and_then(|value| value.to_str().ok());
    given.map(str::to_owned).ok_or_else(|| {
        let help = "send a fresh UUID with each new request, and the same one with each retry";
        Problem::bad_request("key-missing", "the header Idempotency-Key is missing", help)
    })
}

fn checked(key: String, ask: Ask) -> Result<OpenRequest, Problem> {
    if key.is_empty() || key.len() > KEY_MAX {
        let detail = format!("an idempotency key of {} characters", key.len());
        return Err(Problem::bad_request(
            "bad-key",
            detail,
            "use 1 to 128 characters, for example a UUID",
        ));
    }
    let names = [&ask.person, &ask.product, &ask.host];
    if names.iter().any(|name| name.len() > NAME_MAX)
        || ask.bucket.as_ref().is_some_and(|b| b.len() > NAME_MAX)
    {
        return Err(Problem::bad_request(
            "name-too-long",
            "a name of more than 256 bytes",
            "shorten it",
        ));
    }
    Ok(OpenRequest { key, ask })
}

fn json<T>(body: Result<Json<T>, JsonRejection>) -> Result<T, Problem> {
    let help = "see /openapi.json for the shape of the body";
    body.map(|Json(value)| value)
        .map_err(|why| Problem::new(why.status(), "bad-body", why.body_text(), help))
}

fn session_id(text: &str) -> Result<SessionId, Problem> {
    text.parse().map_err(|_| {
        let detail = format!("`{text}` is no id of a session");
        Problem::bad_request("bad-id", detail, "ids look like `s42`")
    })
}

fn no_session(id: SessionId) -> Problem {
    faregate_app::engine::Failure::NoSession(id).into()
}
