//! `/v1/agent/rules`: what agents watch and how far they go, signed by the server.

use crate::Server;
use crate::agents::Signed;
use crate::problem::Problem;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use faregate_protocol::rules::{Rules, SignedRules};

/// The rules in force, as a compact JWS of `faregate-rules`.
#[utoipa::path(
    get, path = "/v1/agent/rules", operation_id = "agent_rules", tag = "agent",
    responses(
        (status = 200, description = "a compact JWS", body = String, content_type = "application/jose"),
        (status = 401, body = Problem), (status = 500, body = Problem)
    ),
    security(("device" = []))
)]
pub async fn rules(State(server): State<Server>, signed: Signed<()>) -> Result<Response, Problem> {
    let (version, rules) = server.agents.rules(&server.gate.state().read());
    let rules = Rules::clone(&rules);
    let text = server.agents.sign(&SignedRules { version, issued: signed.now.0, rules })?;
    Ok(([(header::CONTENT_TYPE, "application/jose")], text).into_response())
}
