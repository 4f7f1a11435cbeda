//! `/v1/agent/open`: a product is opened, on what its user agreed to.

use super::{question, refusal};
use crate::Server;
use crate::agents::Signed;
use crate::extract::checked_key;
use crate::origin::Origin;
use crate::problem::Problem;
use crate::routes::answered;
use crate::wire::Tokens;
use crate::wire::decision::Decided;
use axum::Json;
use axum::extract::State;
use faregate_app::gate::{Answer, Decision, OpenRequest};
use faregate_core::event::{self, Route, SessionId};
use faregate_core::when::{DAY, Instant};
use faregate_protocol::grant::{Grant, GrantedFare};
use faregate_protocol::wire::{Open, Opened};
use tokio::sync::oneshot;

/// A seat may be taken for granted while the server is away for so long.
const SEAT_GRANT_SECONDS: i64 = 30 * DAY;

/// Opens a product. No more tokens are held than the user agreed to; the same `key` gets the same answer for ever.
///
/// A refusal is an answer, not an error. On a seat, or with a lease, the answer carries a signed grant.
#[utoipa::path(
    post, path = "/v1/agent/open", operation_id = "agent_open", tag = "agent", request_body = Open,
    responses(
        (status = 200, body = Opened), (status = 400, body = Problem), (status = 401, body = Problem),
        (status = 403, description = "the workstation is another person's", body = Problem),
        (status = 413, body = Problem), (status = 415, body = Problem), (status = 422, description = "the key was used for another request", body = Problem),
        (status = 429, description = "too many wait already", body = Problem), (status = 503, body = Problem)
    ),
    security(("device" = []))
)]
pub async fn open(
    State(server): State<Server>,
    origin: Origin,
    signed: Signed<Open>,
) -> Result<Json<Opened>, Problem> {
    let key = checked_key(signed.body.key.clone())?;
    let agreed = signed.body.agreed.map(|tokens| Tokens(tokens).ticks()).transpose()?;
    let ask = question(&server, origin, &signed, &signed.body, agreed)?;
    // Two devices may choose the same key: each has its own.
    let key = format!("{}:{key}", signed.id);
    let (reply, waiting) = oneshot::channel();
    server.gate.open(OpenRequest { key, ask }, |answer| drop(reply.send(answer)));
    let decision = answered(waiting).await?;
    let grant = grant(&server, &signed, &decision)?;
    Ok(Json(told(&server, decision, grant)))
}

fn told(server: &Server, decision: Decision, grant: Option<String>) -> Opened {
    let free_until = match &decision.answer {
        Answer::Opened(event::Opened { route: Route::Tokens { ticks, grace_end, .. }, .. }) => {
            ticks.is_positive().then_some(grace_end.0)
        }
        _ => None,
    };
    let decided = Decided::new(server, decision);
    Opened {
        decision: decided.decision,
        route: decided.route.to_owned(),
        session: decided.session,
        tokens: decided.tokens.0,
        bucket: decided.bucket,
        free_until,
        refusal: decided.refusal.map(refusal),
        grant,
        warnings: decided.warnings,
        repeated: decided.repeated,
    }
}

/// What the device may do while the server is away: signed only for what goes on now.
fn grant(
    server: &Server,
    signed: &Signed<Open>,
    decision: &Decision,
) -> Result<Option<String>, Problem> {
    let Answer::Opened(_) = &decision.answer else { return Ok(None) };
    let id = SessionId(decision.seq);
    let found = {
        let state = server.gate.state().read();
        state.sessions().get(&id).and_then(|session| {
            let seated = session.seat().is_some();
            let lease = |until: Instant| (lease(id), until);
            let seat = (GrantedFare::Seat, signed.now.plus(SEAT_GRANT_SECONDS));
            if seated { Some(seat) } else { session.lease.map(lease) }
        })
    };
    let Some((fare, until)) = found else { return Ok(None) };
    let grant = Grant {
        device: signed.id.to_string(),
        account: signed.body.account.clone(),
        product: signed.body.product.clone(),
        fare,
        given: signed.now.0,
        until: until.0,
    };
    server.agents.sign(&grant).map(Some)
}

fn lease(id: SessionId) -> GrantedFare {
    GrantedFare::Lease { session: id.to_string(), epoch: id.0 }
}
