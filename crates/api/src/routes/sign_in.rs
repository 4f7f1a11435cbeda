//! Signing in by a one-time link or a password, and out again.

pub mod oidc;
pub mod ways;

use crate::Server;
use crate::authority::{Authorized, BeSomebody, COOKIE, is_same_origin, sign_in_cookie};
use crate::origin::{Origin, Tls};
use crate::problem::Problem;
use crate::wire::password::Password;
use axum::Json;
use axum::extract::rejection::JsonRejection;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use faregate_app::access::{Access, SIGN_IN_SECONDS};
use faregate_app::accounts::{Accounts, Refused};
use faregate_app::engine::Failure;
use serde::Deserialize;
use std::net::IpAddr;
use std::sync::Arc;
use utoipa::ToSchema;

/// A one-time code.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Code {
    /// The part of the link after `token=`.
    token: String,
}

/// A name and a password.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ByPassword {
    /// The name of the account.
    name: String,
    /// Its password.
    password: Password,
    /// Another password from now on; needed once after an administrator has set it.
    new_password: Option<Password>,
}

/// How somebody signs in.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(untagged)]
pub enum Proof {
    /// With a one-time link.
    Code(Code),
    /// With a password.
    Password(ByPassword),
}

/// Signs in, with the code of a one-time link or with a name and a password.
#[utoipa::path(
    post, path = "/v1/sign-in", tag = "access", request_body = Proof,
    responses(
        (status = 204, description = "signed in; the answer sets the cookie"), (status = 400, body = Problem),
        (status = 401, body = Problem), (status = 403, body = Problem), (status = 413, body = Problem),
        (status = 415, body = Problem), (status = 422, body = Problem),
        (status = 429, description = "too many tries failed: wait for `Retry-After`", body = Problem), (status = 503, body = Problem)
    ),
    security(())
)]
pub async fn sign_in(
    State(server): State<Server>,
    headers: HeaderMap,
    Origin(address): Origin,
    Tls(tls): Tls,
    body: Result<Json<Proof>, JsonRejection>,
) -> Result<Response, Problem> {
    if !is_same_origin(&headers) {
        return Err(Problem::cross_site());
    }
    let Json(proof) = body.map_err(|why| {
        let help = "send {\"token\": \"…\"}, or {\"name\": \"…\", \"password\": \"…\"}";
        Problem::new(why.status(), "bad-body", why.body_text(), help)
    })?;
    let secret = match proof {
        Proof::Code(code) => redeemed(&server, &code.token)?,
        Proof::Password(given) => proved(&server, given, address).await?,
    };
    let cookie = cookie(&secret, SIGN_IN_SECONDS, tls);
    Ok((StatusCode::NO_CONTENT, [(header::SET_COOKIE, cookie)]).into_response())
}

/// Where a one-time link leads.
#[derive(Debug, Deserialize)]
pub struct Link {
    token: Option<String>,
}

/// Follows a one-time link: signs in and goes to the page, or to the page that explains links.
///
/// A HEAD is a look at the link, by a mail scanner or a chat's preview: it must not use it up.
pub async fn follow_link(
    State(server): State<Server>,
    method: Method,
    Tls(tls): Tls,
    Query(link): Query<Link>,
) -> Response {
    if method != Method::GET {
        return StatusCode::OK.into_response();
    }
    let secret = link.token.and_then(|token| redeemed(&server, &token).ok());
    match secret {
        Some(secret) => {
            let cookie = cookie(&secret, SIGN_IN_SECONDS, tls);
            ([(header::SET_COOKIE, cookie)], Redirect::to("/")).into_response()
        }
        None => Redirect::to("/?sign-in=stale").into_response(),
    }
}

/// Signs out: the sign-in is worth nothing from here on.
#[utoipa::path(
    post, path = "/v1/sign-out", tag = "access",
    responses((status = 204, description = "signed out"), (status = 401, body = Problem), (status = 403, body = Problem), (status = 503, body = Problem)),
    security(("key" = []), ("cookie" = []))
)]
pub async fn sign_out(
    _: Authorized<BeSomebody>,
    State(server): State<Server>,
    headers: HeaderMap,
    Tls(tls): Tls,
) -> Result<Response, Problem> {
    if let Some(secret) = sign_in_cookie(&headers) {
        server.access.revoke(secret).map_err(Failure::from)?;
    }
    Ok((StatusCode::NO_CONTENT, [(header::SET_COOKIE, cookie("", 0, tls))]).into_response())
}

/// The cookie that carries a sign-in; browsers that came by TLS send it by TLS only.
pub(crate) fn cookie(secret: &str, seconds: i64, tls: bool) -> String {
    let secure = if tls { "; Secure" } else { "" };
    format!("{COOKIE}={secret}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Lax{secure}")
}

/// Signs in whoever knows the password; returns the sign-in's secret.
async fn proved(
    server: &Server,
    given: ByPassword,
    address: Option<IpAddr>,
) -> Result<String, Problem> {
    let now = server.gate.now();
    let (name, from) = (given.name.clone(), (given.name.clone(), address));
    let signed_in = trying(server, from, move |accounts, access| {
        let new = given.new_password.as_ref().map(|new| new.0.as_str());
        accounts.sign_in(access, (&name, address), (&given.password.0, new), now)
    });
    Ok(signed_in.await?.secret)
}

/// Tries a password, beside the workers: one that has to wait is not tried, one for which there is no room does not
/// count.
pub(crate) async fn trying<T: Send + 'static>(
    server: &Server,
    (name, address): (String, Option<IpAddr>),
    work: impl FnOnce(&Accounts, &Access) -> Result<T, Refused> + Send + 'static,
) -> Result<T, Problem> {
    server.accounts.admit(&name, address, server.gate.now())?;
    let (accounts, access) = (Arc::clone(&server.accounts), Arc::clone(&server.access));
    let tried = server.hashing.run(move || work(&accounts, &access)).await;
    Ok(tried.inspect_err(|_| server.accounts.not_tried(&name, address))??)
}

/// Uses a link up; returns the sign-in's secret.
fn redeemed(server: &Server, token: &str) -> Result<String, Problem> {
    let secret = server.access.redeem(token, server.gate.now()).map_err(Failure::from)?;
    secret.ok_or_else(|| {
        let help = "get a new one from the server with `faregate sign-in`";
        Problem::new(
            StatusCode::UNAUTHORIZED,
            "link-used",
            "this link was used or has expired",
            help,
        )
    })
}
