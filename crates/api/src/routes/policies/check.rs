//! `/v1/policies/check`: whether policies can be adopted.

use super::trying::{TriedSet, sets};
use crate::Server;
use crate::authority::{Authorized, ReadEstate};
use crate::extract::Sent;
use crate::problem::Problem;
use axum::Json;
use axum::extract::State;
use faregate_app::rules;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Policies to look at.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Checking {
    /// The sets; the shipped `base` stands beside them unless one has its name.
    #[schema(max_items = 64)]
    sets: Vec<TriedSet>,
}

/// What was found.
#[derive(Debug, Serialize, ToSchema)]
pub struct PolicyCheck {
    /// Whether they can be adopted.
    pub valid: bool,
    /// All that is wrong with them, each with its place and what to do about it.
    pub faults: Vec<String>,
    /// What is allowed, and probably not meant; among it names that nothing bears.
    pub warnings: Vec<String>,
}

/// Whether policies can be adopted, and what their author should know. Changes nothing.
#[utoipa::path(
    post, path = "/v1/policies/check", operation_id = "check_policies", tag = "rules", request_body = Checking,
    responses(
        (status = 200, body = PolicyCheck), (status = 400, body = Problem), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 413, body = Problem), (status = 415, body = Problem), (status = 422, body = Problem),
        (status = 429, description = "too many reports wait", body = Problem), (status = 503, body = Problem)
    ),
    security(("key" = []), ("cookie" = []))
)]
pub async fn check(
    _: Authorized<ReadEstate>,
    State(server): State<Server>,
    Sent(Checking { sets: sent }): Sent<Checking>,
) -> Result<Json<PolicyCheck>, Problem> {
    let (sets, gate) = (sets(sent)?, server.gate.clone());
    let checked = match server.reckon(move || rules::check(sets, Some(gate.state()))).await? {
        Ok(warnings) => PolicyCheck { valid: true, faults: Vec::new(), warnings },
        Err(faults) => PolicyCheck { valid: false, faults, warnings: Vec::new() },
    };
    Ok(Json(checked))
}
