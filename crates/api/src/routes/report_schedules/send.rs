//! `/v1/report-schedules/{key}/send`: a report, now.

use super::theirs;
use crate::Server;
use crate::authority::{Authorized, BeSomebody};
use crate::extract::Segment;
use crate::problem::Problem;
use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

/// A report on its way.
#[derive(Debug, Serialize, ToSchema)]
pub struct Sending {
    /// The delivery's id: `/v1/deliveries` says what becomes of it.
    pub delivery: String,
}

/// Sends the report of a schedule now, beside its clock: of the period that it would be of today.
#[utoipa::path(
    post, path = "/v1/report-schedules/{key}/send", operation_id = "send_report", tag = "reports",
    params(("key" = String, Path, description = "key of the schedule")),
    responses(
        (status = 200, body = Sending), (status = 400, body = Problem), (status = 401, body = Problem),
        (status = 403, body = Problem), (status = 404, body = Problem), (status = 503, body = Problem)
    ),
    security(("key" = []), ("cookie" = []))
)]
pub async fn send(
    who: Authorized<BeSomebody>,
    State(server): State<Server>,
    Segment(key): Segment,
) -> Result<Json<Sending>, Problem> {
    let schedule = theirs(&who, &server, &key).await?;
    let now = server.gate.now();
    let delivery = server.ask_schedules(move |kept| kept.send(&schedule, now)).await?;
    Ok(Json(Sending { delivery }))
}
