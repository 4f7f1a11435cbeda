//! `/v1/agent/close`: products were closed.

use super::{few_enough, session_of};
use crate::Server;
use crate::agents::Signed;
use crate::problem::Problem;
use crate::routes::answered;
use axum::Json;
use axum::extract::State;
use faregate_core::event::SessionId;
use faregate_protocol::wire::{Close, Closed};
use tokio::sync::oneshot;

/// Ends sessions of the workstation. Ending one again changes nothing.
#[utoipa::path(
    post, path = "/v1/agent/close", operation_id = "agent_close", tag = "agent", request_body = Close,
    responses(
        (status = 200, body = Closed), (status = 400, body = Problem), (status = 401, body = Problem),
        (status = 413, body = Problem), (status = 415, body = Problem), (status = 422, body = Problem), (status = 503, body = Problem)
    ),
    security(("device" = []))
)]
pub async fn close(
    State(server): State<Server>,
    signed: Signed<Close>,
) -> Result<Json<Closed>, Problem> {
    let asked = signed.body.sessions;
    few_enough(asked.len())?;
    let mut closed = Closed::default();
    for id in asked {
        let own = {
            let state = server.gate.state().read();
            session_of(&state, signed.id, &id).map(|(session, _)| session)
        };
        match own {
            Some(session) => {
                end(&server, session).await?;
                closed.ended.push(id);
            }
            None => closed.unknown.push(id),
        }
    }
    Ok(Json(closed))
}

async fn end(server: &Server, session: SessionId) -> Result<(), Problem> {
    let (reply, waiting) = oneshot::channel();
    server.gate.close(session, |ending| drop(reply.send(ending)));
    answered(waiting).await.map(drop)
}
