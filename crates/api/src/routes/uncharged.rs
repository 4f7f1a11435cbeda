//! `/v1/uncharged`: use that is kept and not charged, and why.

use crate::Server;
use crate::authority::{Authorized, ReadBurn};
use crate::problem::Problem;
use crate::wire::uncharged::UnchargedUse;
use axum::Json;
use axum::extract::State;
use faregate_app::import::uncharged::uncharged;
use std::sync::Arc;

/// What is kept and not charged now, by product or by unknown code, most sessions first. It reads the stored use
/// beside the gate, when it is its turn among the reports.
#[utoipa::path(
    get, path = "/v1/uncharged", operation_id = "list_uncharged", tag = "burn",
    responses(
        (status = 200, body = UnchargedUse), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 429, body = Problem), (status = 503, body = Problem)
    ),
    security(("key" = []), ("cookie" = []))
)]
pub async fn list(
    _: Authorized<ReadBurn>,
    State(server): State<Server>,
) -> Result<Json<UnchargedUse>, Problem> {
    let features = Arc::clone(&server.features);
    let found = server.report(move |engine| uncharged(&mut engine.looking(), &features)).await?;
    Ok(Json(UnchargedUse::of(&found)))
}
