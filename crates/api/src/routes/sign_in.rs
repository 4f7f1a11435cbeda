//! Signing in by a one-time link, and out again.

use crate::Server;
use crate::authority::{Authorized, BeSomebody, COOKIE, is_same_origin, sign_in_cookie};
use crate::problem::Problem;
use axum::Json;
use axum::extract::rejection::JsonRejection;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use faregate_app::access::SIGN_IN_SECONDS;
use faregate_app::engine::Failure;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Who the caller is.
#[derive(Debug, Serialize, ToSchema)]
pub struct Me {
    /// Name.
    pub name: String,
    /// Roles.
    pub roles: Vec<&'static str>,
}

/// Who am I?
#[utoipa::path(
    get, path = "/v1/me", tag = "access",
    responses((status = 200, body = Me), (status = 401, body = Problem)),
    security(("key" = []), ("cookie" = []))
)]
pub async fn me(who: Authorized<BeSomebody>) -> Json<Me> {
    Json(Me { name: who.name().to_owned(), roles: vec![who.role().key()] })
}

/// A one-time code.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Code {
    /// The part of the link after `token=`.
    token: String,
}

/// Signs in with the code of a one-time link.
#[utoipa::path(
    post, path = "/v1/sign-in", tag = "access", request_body = Code,
    responses(
        (status = 204, description = "signed in; the answer sets the cookie"), (status = 400, body = Problem),
        (status = 401, body = Problem), (status = 403, body = Problem), (status = 413, body = Problem),
        (status = 415, body = Problem), (status = 422, body = Problem), (status = 503, body = Problem)
    ),
    security(())
)]
pub async fn sign_in(
    State(server): State<Server>,
    headers: HeaderMap,
    body: Result<Json<Code>, JsonRejection>,
) -> Result<Response, Problem> {
    if !is_same_origin(&headers) {
        return Err(Problem::cross_site());
    }
    let Json(code) = body.map_err(|why| {
        Problem::new(why.status(), "bad-body", why.body_text(), "send {\"token\": \"…\"}")
    })?;
    let cookie = redeemed(&server, &code.token)?;
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
    Query(link): Query<Link>,
) -> Response {
    if method != Method::GET {
        return StatusCode::OK.into_response();
    }
    let cookie = link.token.and_then(|token| redeemed(&server, &token).ok());
    match cookie {
        Some(cookie) => ([(header::SET_COOKIE, cookie)], Redirect::to("/")).into_response(),
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
) -> Result<Response, Problem> {
    if let Some(secret) = sign_in_cookie(&headers) {
        server.access.revoke(secret).map_err(Failure::from)?;
    }
    let gone = format!("{COOKIE}=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax");
    Ok((StatusCode::NO_CONTENT, [(header::SET_COOKIE, gone)]).into_response())
}

/// Uses a link up; returns the cookie of the sign-in.
fn redeemed(server: &Server, token: &str) -> Result<String, Problem> {
    let secret = server.access.redeem(token, server.gate.now()).map_err(Failure::from)?;
    let secret = secret.ok_or_else(|| {
        let help = "get a new one from the server with `faregate sign-in`";
        Problem::new(
            StatusCode::UNAUTHORIZED,
            "link-used",
            "this link was used or has expired",
            help,
        )
    })?;
    Ok(format!("{COOKIE}={secret}; Path=/; Max-Age={SIGN_IN_SECONDS}; HttpOnly; SameSite=Lax"))
}
