//! `/v1/agent/uses`: use that the server has not seen, told once it is back.

use super::{is_theirs, name_of};
use crate::Server;
use crate::agents::Signed;
use crate::problem::Problem;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use faregate_app::engine;
use faregate_app::import::agent::{AHEAD_MAX_SECONDS, Failure, LateUse, take_in};
use faregate_core::estate::Device;
use faregate_core::event::SessionId;
use faregate_core::when::Instant;
use faregate_protocol::wire::{Use, Uses, UsesTaken};
use tokio::sync::oneshot;

/// Stretches of use in one request.
const USES_MAX: usize = 10_000;

/// Takes in use that the server has not seen, and leases that are given back. The same stretch is booked once,
/// however often and in whatever parts it is told; its times are evidence, and are bounded by the server's.
#[utoipa::path(
    post, path = "/v1/agent/uses", operation_id = "agent_uses", tag = "agent", request_body = Uses,
    responses(
        (status = 200, body = UsesTaken), (status = 400, body = Problem), (status = 401, body = Problem),
        (status = 413, body = Problem), (status = 415, body = Problem), (status = 422, body = Problem), (status = 503, body = Problem)
    ),
    security(("device" = []))
)]
pub async fn uses(
    State(server): State<Server>,
    signed: Signed<Uses>,
) -> Result<Json<UsesTaken>, Problem> {
    let Signed { id, device, now, body } = signed;
    if body.uses.len() > USES_MAX || body.returned.len() > USES_MAX {
        let detail = format!("{} stretches of use", body.uses.len());
        return Err(Problem::bad_request("too-many-uses", detail, "send at most 10,000"));
    }
    let mut taken = UsesTaken::default();
    let mut late = Vec::with_capacity(body.uses.len());
    // What begins in the future is neither taken nor refused: it can be told again when it is past.
    let soon = now.plus(AHEAD_MAX_SECONDS).0;
    for one in body.uses.into_iter().filter(|one| one.opened <= soon) {
        let key = one.key.clone();
        match late_use(&server, &device, one, now) {
            Ok(one) => late.push(one),
            Err(why) => taken.refused.push((key, why.to_owned())),
        }
    }
    let returned: Result<Vec<SessionId>, Problem> =
        body.returned.iter().map(|id| session(id)).collect();
    let (returned, keys) = (returned?, late.iter().map(|one| one.key.clone()).collect::<Vec<_>>());
    let (reply, waiting) = oneshot::channel();
    server.gate.run(move |engine| drop(reply.send(take_in(engine, id, late, returned))));
    let outcome = waiting.await.unwrap_or(Err(engine::Failure::Stopping.into())).map_err(told)?;
    taken.taken = keys;
    (taken.duplicates, taken.late) = (outcome.duplicates, outcome.late);
    Ok(Json(taken))
}

fn told(why: Failure) -> Problem {
    match why {
        Failure::Failed(failure) => failure.into(),
        other => {
            let help =
                "tell of a device's own leases only, and of each use apart if one is refused";
            Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "not-its-lease", other.to_string(), help)
        }
    }
}

fn late_use(
    server: &Server,
    device: &Device,
    told: Use,
    now: Instant,
) -> Result<LateUse, &'static str> {
    let Use { key, account, product, opened, closed, lease, basis: _ } = told;
    if account.len() > super::NAME_MAX || product.len() > super::NAME_MAX || key.is_empty() {
        return Err("a name is too long, or the key is missing");
    }
    if closed < opened {
        return Err("it ends before it begins");
    }
    let lease = match lease.map(|id| id.parse()) {
        None => None,
        Some(Ok(id)) => Some(id),
        Some(Err(_)) => return Err("the lease is no id of a session"),
    };
    let person = {
        let state = server.gate.state().read();
        let person = name_of(&state, &account, now);
        if is_theirs(&state, device, &person, now).is_err() {
            return Err("the workstation is another person's");
        }
        person
    };
    let (opened, closed, host) = (Instant(opened), Instant(closed), device.name.clone());
    Ok(LateUse { key, person, product, host, opened, closed, lease })
}

fn session(text: &str) -> Result<SessionId, Problem> {
    text.parse().map_err(|_| {
        let (status, detail) =
            (StatusCode::UNPROCESSABLE_ENTITY, format!("`{text}` is no id of a session"));
        Problem::new(status, "bad-id", detail, "ids look like `s42`")
    })
}
