//! `/v1/sign-in/ways`: how people can sign in here.

use crate::Server;
use crate::problem::Problem;
use axum::Json;
use axum::extract::State;
use faregate_app::engine::Failure;
use serde::Serialize;
use utoipa::ToSchema;

/// How people can sign in here, besides with a one-time link.
#[derive(Debug, Serialize, ToSchema)]
pub struct Ways {
    /// Whether anybody has a password.
    pub password: bool,
    /// What people call the identity provider at `/v1/sign-in/oidc`, if there is one.
    pub provider: Option<String>,
}

/// How can people sign in here?
#[utoipa::path(
    get, path = "/v1/sign-in/ways", operation_id = "ways_to_sign_in", tag = "access",
    responses((status = 200, body = Ways), (status = 401, body = Problem), (status = 503, body = Problem)),
    security(())
)]
pub async fn ways(State(server): State<Server>) -> Result<Json<Ways>, Problem> {
    let all = server.accounts.all().map_err(Failure::from)?;
    let password = all.iter().any(|account| account.password.is_some() && !account.disabled);
    let provider = server.provider.as_ref().map(|provider| provider.label().to_owned());
    Ok(Json(Ways { password, provider }))
}
