//! `/v1/rights`: which role may do what.

use crate::Server;
use crate::authority::{Authorized, BeSomebody};
use crate::problem::Problem;
use axum::Json;
use axum::extract::State;
use faregate_app::access::Role;
use faregate_app::rights::Right;
use serde::Serialize;
use utoipa::ToSchema;

/// What each role may do.
#[derive(Debug, Serialize, ToSchema)]
pub struct RoleRights {
    /// All rights there are, in their order.
    pub rights: Vec<&'static str>,
    /// The roles, the least first.
    pub rows: Vec<RoleRow>,
}

/// A role, and what it may do.
#[derive(Debug, Serialize, ToSchema)]
pub struct RoleRow {
    /// Its key.
    pub role: &'static str,
    /// Whether it is a machine's.
    pub machine: bool,
    /// Its rights, in their order.
    pub rights: Vec<&'static str>,
}

/// Which role may do what: as Faregate ships it, with the `rights.cedar` of the data directory on top.
#[utoipa::path(
    get, path = "/v1/rights", operation_id = "role_rights", tag = "access",
    responses((status = 200, body = RoleRights), (status = 401, body = Problem)),
    security(("key" = []), ("cookie" = []))
)]
pub async fn list(_: Authorized<BeSomebody>, State(server): State<Server>) -> Json<RoleRights> {
    let row = |role: Role| RoleRow {
        role: role.key(),
        machine: role.is_machine(),
        rights: server.rights.of(role).iter().map(Right::key).collect(),
    };
    let rights = Right::ALL.iter().map(|right| right.key()).collect();
    Json(RoleRights { rights, rows: Role::ALL.map(row).into() })
}
