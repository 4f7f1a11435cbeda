//! `/v1/about`: what runs here.

use crate::Server;
use crate::authority::{Authorized, BeSomebody};
use crate::problem::Problem;
use crate::routes::health;
use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

/// What runs here.
#[derive(Debug, Serialize, ToSchema)]
pub struct About {
    /// The release.
    pub version: &'static str,
    /// The place in the journal up to which everything is decided.
    pub seq: u64,
    /// The server's time.
    pub now: String,
}

/// What runs here, and whether it decides: where it does not, this is a problem of 503.
#[utoipa::path(
    get, path = "/v1/about", operation_id = "about", tag = "access",
    responses((status = 200, body = About), (status = 401, body = Problem), (status = 503, body = Problem)),
    security(("key" = []), ("cookie" = []))
)]
pub async fn about(
    _: Authorized<BeSomebody>,
    State(server): State<Server>,
) -> Result<Json<About>, Problem> {
    health::decides(&server).await?;
    let seq = server.gate.state().read().seq();
    Ok(Json(About { version: env!("CARGO_PKG_VERSION"), seq, now: server.gate.now().to_string() }))
}
