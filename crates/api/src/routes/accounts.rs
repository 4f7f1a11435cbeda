//! `/v1/accounts`: people who sign in with a name and a password.

use crate::Server;
use crate::authority::{Authorized, ManageAccess, ReadAccess};
use crate::extract::{Segment, Sent};
use crate::problem::Problem;
use crate::wire::password::Password;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use faregate_app::access::Role;
use faregate_app::accounts::{self, Change};
use faregate_app::engine::Failure;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use utoipa::ToSchema;

/// The accounts.
#[derive(Debug, Serialize, ToSchema)]
pub struct Accounts {
    /// By name.
    pub rows: Vec<Account>,
}

/// An account, without its password.
#[derive(Debug, Serialize, ToSchema)]
pub struct Account {
    /// The name to sign in with.
    pub name: String,
    /// The name to show.
    pub display: String,
    /// Where mail reaches them.
    pub email: Option<String>,
    /// What they may do.
    pub roles: Vec<&'static str>,
    /// Whether there is a password to sign in with.
    pub has_password: bool,
    /// Whether it lets nobody in for now.
    pub disabled: bool,
    /// Whether another password has to be chosen at the next sign-in.
    pub must_change: bool,
}

impl From<accounts::Account> for Account {
    fn from(account: accounts::Account) -> Self {
        Self {
            name: account.name,
            display: account.display,
            email: account.email,
            roles: vec![account.role.key()],
            has_password: account.password.is_some(),
            disabled: account.disabled,
            must_change: account.must_change,
        }
    }
}

/// Who may sign in with a password.
#[utoipa::path(
    get, path = "/v1/accounts", operation_id = "accounts", tag = "access",
    responses((status = 200, body = Accounts), (status = 401, body = Problem), (status = 403, body = Problem), (status = 503, body = Problem)),
    security(("key" = []), ("cookie" = []))
)]
pub async fn list(
    _: Authorized<ReadAccess>,
    State(server): State<Server>,
) -> Result<Json<Accounts>, Problem> {
    let all = server.accounts.all().map_err(Failure::from)?;
    Ok(Json(Accounts { rows: all.into_iter().map(Account::from).collect() }))
}

/// An account to add.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewAccount {
    /// The name to sign in with: one of the person's names, where they are one of the estate.
    name: String,
    /// A role of people.
    role: String,
    /// The name to show.
    display: Option<String>,
    /// Where mail reaches them.
    email: Option<String>,
    /// Their first password: at least 12 characters.
    password: Option<Password>,
    /// Whether another password has to be chosen at the first sign-in; yes, unless this is false.
    must_change: Option<bool>,
}

/// Adds an account.
#[utoipa::path(
    post, path = "/v1/accounts", operation_id = "add_account", tag = "access", request_body = NewAccount,
    responses(
        (status = 201, body = Account), (status = 400, body = Problem), (status = 401, body = Problem),
        (status = 403, body = Problem), (status = 409, description = "there is one of this name", body = Problem),
        (status = 413, body = Problem), (status = 415, body = Problem),
        (status = 422, description = "the name, the role or the password may not be used", body = Problem),
        (status = 429, description = "too many passwords are being hashed", body = Problem), (status = 503, body = Problem)
    ),
    security(("key" = []), ("cookie" = []))
)]
pub async fn add(
    _: Authorized<ManageAccess>,
    State(server): State<Server>,
    Sent(new): Sent<NewAccount>,
) -> Result<(StatusCode, Json<Account>), Problem> {
    let NewAccount { name, role: wanted, display, email, password, must_change } = new;
    let role = role(&wanted)?;
    let (accounts, access) = (Arc::clone(&server.accounts), Arc::clone(&server.access));
    let password = password.map(|password| password.0);
    let change = Change { display, email, password, must_change, ..Change::default() };
    let added = server.hashing.run(move || accounts.add(&access, &name, role, change)).await??;
    Ok((StatusCode::CREATED, Json(added.into())))
}

/// What is different about an account; what is not named stays as it is.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AccountChange {
    /// Another role of people.
    role: Option<String>,
    /// The name to show.
    display: Option<String>,
    /// Where mail reaches them; empty: nowhere.
    email: Option<String>,
    /// Another password: at least 12 characters.
    password: Option<Password>,
    /// Whether it lets nobody in.
    disabled: Option<bool>,
    /// Whether another password has to be chosen at the next sign-in; with `password` it does, unless this is false.
    must_change: Option<bool>,
}

/// Changes an account. Another role or password, and disabling it, end all its sign-ins; disabling it revokes all keys
/// of its name as well.
#[utoipa::path(
    patch, path = "/v1/accounts/{name}", operation_id = "change_account", tag = "access", request_body = AccountChange,
    params(("name" = String, Path, description = "the name to sign in with")),
    responses(
        (status = 200, body = Account), (status = 400, body = Problem), (status = 401, body = Problem),
        (status = 403, body = Problem), (status = 404, body = Problem),
        (status = 409, description = "it is the last administrator's", body = Problem), (status = 413, body = Problem),
        (status = 415, body = Problem), (status = 422, description = "the role or the password may not be used", body = Problem),
        (status = 429, description = "too many passwords are being hashed", body = Problem), (status = 503, body = Problem)
    ),
    security(("key" = []), ("cookie" = []))
)]
pub async fn change(
    _: Authorized<ManageAccess>,
    State(server): State<Server>,
    Segment(name): Segment,
    Sent(change): Sent<AccountChange>,
) -> Result<Json<Account>, Problem> {
    let AccountChange { role: wanted, display, email, password, disabled, must_change } = change;
    let role = wanted.as_deref().map(role).transpose()?;
    let password = password.map(|password| password.0);
    let change = Change { display, email, role, password, disabled, must_change };
    let (accounts, access) = (Arc::clone(&server.accounts), Arc::clone(&server.access));
    let changed = server.hashing.run(move || accounts.change(&access, &name, change)).await??;
    Ok(Json(changed.into()))
}

/// The role of this name.
pub(crate) fn role(key: &str) -> Result<Role, Problem> {
    Role::from_key(key).ok_or_else(|| {
        let known: Vec<&str> = Role::ALL.iter().map(|role| role.key()).collect();
        let help = format!("the roles are {}", known.join(", "));
        let detail = format!("there is no role `{key}`");
        Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "bad-role", detail, help)
    })
}
