//! `/v1/me/password`: another password of one's own.

use crate::Server;
use crate::authority::{Authorized, BeSomebody};
use crate::extract::Sent;
use crate::origin::Origin;
use crate::problem::Problem;
use crate::routes::sign_in::trying;
use crate::wire::password::Password;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;
use utoipa::ToSchema;

/// One's own password, and another one.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Another {
    /// The one so far.
    password: Password,
    /// The one from now on: at least 12 characters.
    new_password: Password,
}

/// Replaces one's own password, and ends all other sign-ins of one's own.
#[utoipa::path(
    post, path = "/v1/me/password", operation_id = "change_password", tag = "access", request_body = Another,
    responses(
        (status = 204, description = "replaced"), (status = 400, body = Problem),
        (status = 401, description = "nobody is signed in, or the password is wrong", body = Problem),
        (status = 403, body = Problem), (status = 413, body = Problem), (status = 415, body = Problem),
        (status = 422, description = "the new one may not be used", body = Problem),
        (status = 429, description = "too many tries failed: wait for `Retry-After`", body = Problem), (status = 503, body = Problem)
    ),
    security(("key" = []), ("cookie" = []))
)]
pub async fn change(
    who: Authorized<BeSomebody>,
    State(server): State<Server>,
    Origin(address): Origin,
    Sent(another): Sent<Another>,
) -> Result<StatusCode, Problem> {
    let (name, here) = (who.name().to_owned(), *who.hash());
    let changed = trying(&server, (name.clone(), address), move |accounts, access| {
        let passwords = (another.password.0.as_str(), another.new_password.0.as_str());
        accounts.change_password(access, (&name, address), passwords, &here)
    });
    changed.await?;
    Ok(StatusCode::NO_CONTENT)
}
