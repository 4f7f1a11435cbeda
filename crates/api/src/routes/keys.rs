//! `/v1/keys`: keys of programs, without their secrets.

use super::accounts::role;
use crate::Server;
use crate::authority::{Authorized, ManageAccess, ReadAccess};
use crate::extract::{Segment, Sent};
use crate::problem::Problem;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use faregate_app::access::{Credential, Kind, NoKey};
use faregate_app::engine::Failure;
use faregate_core::when::DAY;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The longest time that a key with an end may last, in days.
const DAYS_MAX: u32 = 3_660;

/// The keys in force.
#[derive(Debug, Serialize, ToSchema)]
pub struct Keys {
    /// By name.
    pub rows: Vec<Key>,
}

/// A key, without its secret.
#[derive(Debug, Serialize, ToSchema)]
pub struct Key {
    /// Its id, by which it is revoked.
    pub id: String,
    /// Whose it is.
    pub name: String,
    /// What its bearer may do.
    pub role: &'static str,
    /// When it ends; never by itself when it is null.
    pub expires: Option<String>,
}

impl From<&Credential> for Key {
    fn from(one: &Credential) -> Self {
        let expires = one.expires.map(|end| end.to_string());
        Self { id: one.id(), name: one.name.clone(), role: one.role.key(), expires }
    }
}

/// The keys in force.
#[utoipa::path(
    get, path = "/v1/keys", operation_id = "keys", tag = "access",
    responses((status = 200, body = Keys), (status = 401, body = Problem), (status = 403, body = Problem), (status = 503, body = Problem)),
    security(("key" = []), ("cookie" = []))
)]
pub async fn list(
    _: Authorized<ReadAccess>,
    State(server): State<Server>,
) -> Result<Json<Keys>, Problem> {
    let all = server.access.kept(Kind::Key, server.gate.now()).map_err(Failure::from)?;
    Ok(Json(Keys { rows: all.iter().map(Key::from).collect() }))
}

/// A key to make.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewKey {
    /// Whose it is; a member's bears one of the person's names.
    name: String,
    /// What its bearer may do.
    role: String,
    /// For how many days; until it is revoked by default.
    #[schema(minimum = 1, maximum = 3_660)]
    days: Option<u32>,
}

/// A key that was made.
#[derive(Debug, Serialize, ToSchema)]
pub struct MadeKey {
    /// The secret: shown now and never again.
    pub key: String,
    /// Whose it is.
    pub name: String,
    /// What its bearer may do.
    pub role: &'static str,
    /// When it ends; never by itself when it is null.
    pub expires: Option<String>,
}

/// Makes a key.
#[utoipa::path(
    post, path = "/v1/keys", operation_id = "make_key", tag = "access", request_body = NewKey,
    responses(
        (status = 201, body = MadeKey), (status = 400, body = Problem), (status = 401, body = Problem),
        (status = 403, body = Problem), (status = 404, description = "a member's key names nobody", body = Problem),
        (status = 413, body = Problem), (status = 415, body = Problem), (status = 422, body = Problem), (status = 503, body = Problem)
    ),
    security(("key" = []), ("cookie" = []))
)]
pub async fn make(
    _: Authorized<ManageAccess>,
    State(server): State<Server>,
    Sent(NewKey { name, role: wanted, days }): Sent<NewKey>,
) -> Result<(StatusCode, Json<MadeKey>), Problem> {
    let (role, now) = (role(&wanted)?, server.gate.now());
    let impossible = || {
        let help = "give a name of up to 128 bytes, and 1 to 3,660 days or none";
        let (status, detail) = (StatusCode::UNPROCESSABLE_ENTITY, "no key can be made of this");
        Problem::new(status, "out-of-range", detail, help)
    };
    if days.is_some_and(|days| !(1..=DAYS_MAX).contains(&days)) {
        return Err(impossible());
    }
    let expires = days.map(|days| now.plus(i64::from(days) * DAY));
    let is_person =
        |name: &str| server.gate.state().read().estate().person_known_as(name, now).is_some();
    let made = server.access.make_key(&name, role, expires, is_person);
    let key = made.map_err(|why| match why {
        NoKey::BadName => impossible(),
        NoKey::Nobody => Problem::unknown("person", &name),
        NoKey::Store(why) => Failure::from(why).into(),
    })?;
    let expires = expires.map(|end| end.to_string());
    Ok((StatusCode::CREATED, Json(MadeKey { key, name, role: role.key(), expires })))
}

/// Revokes a key: it opens nothing from here on.
#[utoipa::path(
    delete, path = "/v1/keys/{id}", operation_id = "revoke_key", tag = "access",
    params(("id" = String, Path, description = "the key's id")),
    responses((status = 204, description = "revoked"), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem), (status = 503, body = Problem)),
    security(("key" = []), ("cookie" = []))
)]
pub async fn revoke(
    _: Authorized<ManageAccess>,
    State(server): State<Server>,
    Segment(id): Segment,
) -> Result<StatusCode, Problem> {
    let found = server.access.revoke_with_id(Kind::Key, &id, server.gate.now());
    if found.map_err(Failure::from)?.is_some() {
        return Ok(StatusCode::NO_CONTENT);
    }
    let detail = format!("there is no key `{id}`");
    Err(Problem::new(StatusCode::NOT_FOUND, "unknown", detail, "`GET /v1/keys` lists them"))
}
