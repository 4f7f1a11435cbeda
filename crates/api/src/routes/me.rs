//! `/v1/me`: who the caller is, their password and their sign-ins.

pub mod password;
pub mod sign_ins;

use crate::authority::{Authorized, BeSomebody};
use crate::problem::Problem;
use axum::Json;
use faregate_app::rights::Right;
use serde::Serialize;
use utoipa::ToSchema;

/// Who the caller is.
#[derive(Debug, Serialize, ToSchema)]
pub struct Me {
    /// Name.
    pub name: String,
    /// Roles.
    pub roles: Vec<&'static str>,
    /// What they may do, by the names that `faregate rights` prints.
    pub rights: Vec<&'static str>,
}

/// Who am I?
#[utoipa::path(
    get, path = "/v1/me", tag = "access",
    responses((status = 200, body = Me), (status = 401, body = Problem)),
    security(("key" = []), ("cookie" = []))
)]
pub async fn me(who: Authorized<BeSomebody>) -> Json<Me> {
    let rights = who.rights().iter().map(Right::key).collect();
    Json(Me { name: who.name().to_owned(), roles: vec![who.role().key()], rights })
}
