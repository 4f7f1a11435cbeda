//! `/v1/refusals`: every reason to be turned away.

use crate::authority::{Authorized, BeSomebody};
use crate::problem::Problem;
use crate::wire::decision::Refusal;
use axum::Json;
use faregate_core::event::Reason;
use serde::Serialize;
use utoipa::ToSchema;

/// The catalogue of refusals.
#[derive(Debug, Serialize, ToSchema)]
pub struct Refusals {
    /// The most fundamental first.
    pub rows: Vec<Refusal>,
}

/// Every reason to be turned away, the most fundamental first. Codes never change.
#[utoipa::path(
    get, path = "/v1/refusals", operation_id = "list_refusals", tag = "rules",
    responses((status = 200, body = Refusals), (status = 401, body = Problem)),
    security(("key" = []), ("cookie" = []))
)]
pub async fn list(_: Authorized<BeSomebody>) -> Json<Refusals> {
    let rows = Reason::ALL.into_iter().map(|reason| Refusal::new(reason, None));
    Json(Refusals { rows: rows.collect() })
}
