//! `/v1/summary`: the first screen.

use crate::authority::{Authorized, ReadBurn};
use crate::problem::Problem;
use crate::{Server, live, wire};
use axum::Json;
use axum::extract::State;

/// Balances, burn and projection, as of the last commit.
#[utoipa::path(
    get, path = "/v1/summary", tag = "burn",
    responses((status = 200, body = wire::Summary), (status = 401, body = Problem), (status = 403, body = Problem)),
    security(("key" = []), ("cookie" = []))
)]
pub async fn summary(_: Authorized<ReadBurn>, State(server): State<Server>) -> Json<wire::Summary> {
    Json(live::current(&server.gate))
}
