//! `/v1/me/sign-ins`: where one is signed in.

use crate::Server;
use crate::authority::{Authorized, BeSomebody};
use crate::problem::Problem;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use faregate_app::access::Kind;
use faregate_app::engine::Failure;
use serde::Serialize;
use utoipa::ToSchema;

/// Sign-ins with the caller's name.
#[derive(Debug, Serialize, ToSchema)]
pub struct SignIns {
    /// Each browser that is signed in.
    pub rows: Vec<SignedIn>,
}

/// A browser that is signed in.
#[derive(Debug, Serialize, ToSchema)]
pub struct SignedIn {
    /// Its id, as `faregate key list` prints it.
    pub id: String,
    /// What it may do.
    pub role: &'static str,
    /// When it ends by itself.
    pub expires: Option<String>,
    /// Whether it is the one that asks.
    pub current: bool,
}

/// Where am I signed in?
#[utoipa::path(
    get, path = "/v1/me/sign-ins", operation_id = "sign_ins", tag = "access",
    responses((status = 200, body = SignIns), (status = 401, body = Problem), (status = 503, body = Problem)),
    security(("key" = []), ("cookie" = []))
)]
pub async fn list(
    who: Authorized<BeSomebody>,
    State(server): State<Server>,
) -> Result<Json<SignIns>, Problem> {
    let all = server.access.kept(Kind::SignIn, server.gate.now()).map_err(Failure::from)?;
    // A key is not whoever signs in under the same name.
    let own = all.into_iter().filter(|one| who.is_signed_in() && one.name == who.name());
    let rows = own.map(|one| SignedIn {
        id: one.id(),
        role: one.role.key(),
        expires: one.expires.map(|end| end.to_string()),
        current: one.hash == *who.hash(),
    });
    Ok(Json(SignIns { rows: rows.collect() }))
}

/// Signs out everywhere: in every browser, this one too.
#[utoipa::path(
    delete, path = "/v1/me/sign-ins", operation_id = "sign_out_everywhere", tag = "access",
    responses((status = 204, description = "signed out everywhere"), (status = 401, body = Problem), (status = 403, body = Problem), (status = 503, body = Problem)),
    security(("key" = []), ("cookie" = []))
)]
pub async fn end_all(
    who: Authorized<BeSomebody>,
    State(server): State<Server>,
) -> Result<StatusCode, Problem> {
    if who.is_signed_in() {
        server.access.end_sign_ins(who.name(), None).map_err(Failure::from)?;
    }
    Ok(StatusCode::NO_CONTENT)
}
