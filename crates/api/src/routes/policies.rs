//! `/v1/policies`: the sets of policies that hold.

use crate::Server;
use crate::authority::{Authorized, ReadEstate};
use crate::problem::Problem;
use crate::wire::order::RuleMode;
use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

pub mod check;
pub mod diff;
pub mod simulate;
pub mod trying;

/// A set of policies that holds.
#[derive(Debug, Serialize, ToSchema)]
pub struct PolicySet {
    /// Its name.
    pub name: String,
    /// Whether it decides or is only watched.
    pub mode: RuleMode,
    /// The policies, in Cedar.
    pub text: String,
}

/// All sets of policies that hold.
#[derive(Debug, Serialize, ToSchema)]
pub struct Policies {
    /// By name.
    pub rows: Vec<PolicySet>,
}

/// The sets of policies that hold, by name.
#[utoipa::path(
    get, path = "/v1/policies", operation_id = "list_policies", tag = "rules",
    responses((status = 200, body = Policies), (status = 401, body = Problem), (status = 403, body = Problem)),
    security(("key" = []), ("cookie" = []))
)]
pub async fn list(_: Authorized<ReadEstate>, State(server): State<Server>) -> Json<Policies> {
    let state = server.gate.state().read();
    let rows = state.policies().values().map(|set| PolicySet {
        name: set.name.clone(),
        mode: set.mode.into(),
        text: set.text.clone(),
    });
    Json(Policies { rows: rows.collect() })
}
