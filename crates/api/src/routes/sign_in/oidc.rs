//! `/v1/sign-in/oidc`: to the identity provider, and back.
//!
//! What binds the answer to the browser that asked is in a cookie of that browser's, so that nothing is kept here
//! of those who never come back.

use super::cookie;
use crate::Server;
use crate::extract::Params;
use crate::origin::Tls;
use crate::problem::Problem;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use faregate_app::access::SIGN_IN_SECONDS;
use faregate_app::engine::Failure;
use faregate_app::oidc::{Ask, Claimed, IdentityProvider};
use serde::Deserialize;
use std::sync::Arc;
use utoipa::IntoParams;

/// The cookie of a browser on its way to the provider and back.
const COOKIE: &str = "faregate_oidc";
/// It may take this long, in seconds.
const SECONDS: i64 = 600;
/// The longest path to go to afterwards, in bytes.
const RETURN_MAX: usize = 1_024;

/// Where to go afterwards.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
pub struct Begin {
    /// A path of this server; its first page by default.
    return_to: Option<String>,
}

/// Goes to the identity provider to sign in.
#[utoipa::path(
    get, path = "/v1/sign-in/oidc", operation_id = "sign_in_by_provider", tag = "access", params(Begin),
    responses(
        (status = 303, description = "to the provider"), (status = 400, description = "that is no path of this server", body = Problem),
        (status = 401, body = Problem), (status = 404, description = "there is no provider", body = Problem),
        (status = 429, body = Problem), (status = 502, description = "the provider cannot be asked", body = Problem)
    ),
    security(())
)]
pub async fn begin(
    State(server): State<Server>,
    headers: HeaderMap,
    Tls(tls): Tls,
    Params(begin): Params<Begin>,
) -> Result<Response, Problem> {
    sent_off(&server, tls, begin).await.or_else(|why| told(&headers, why))
}

async fn sent_off(server: &Server, tls: bool, begin: Begin) -> Result<Response, Problem> {
    let provider = provider(server)?;
    let return_to = begin.return_to.unwrap_or_else(|| "/".to_owned());
    if !is_own(&return_to) {
        let help = "name a path such as `/burn`";
        return Err(Problem::bad_request("bad-return", "that is no path of this server", help));
    }
    let (ask, now) = (Ask::fresh(&server.access), server.gate.now());
    let kept = kept(&ask, &return_to);
    let address = server.asking.run(move || provider.address(&ask, now)).await??;
    let value = going(&kept, SECONDS, tls);
    Ok(([(header::SET_COOKIE, value)], Redirect::to(&address)).into_response())
}

/// What the provider sends a browser back with.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Back {
    /// To be changed for a token.
    code: Option<String>,
    /// What we sent the browser off with.
    state: Option<String>,
    /// Why there is no code.
    error: Option<String>,
    /// The same in words.
    error_description: Option<String>,
}

/// Comes back from the identity provider: signs in, and goes to where the browser wanted.
#[utoipa::path(
    get, path = "/v1/sign-in/oidc/callback", operation_id = "signed_in_by_provider", tag = "access", params(Back),
    responses(
        (status = 303, description = "signed in; the answer sets the cookie"),
        (status = 400, description = "this browser did not ask, or a while ago", body = Problem), (status = 401, body = Problem),
        (status = 403, description = "the provider said no, or they do not come in", body = Problem),
        (status = 404, description = "there is no provider", body = Problem), (status = 429, body = Problem),
        (status = 502, description = "the provider cannot be asked", body = Problem), (status = 503, body = Problem)
    ),
    security(())
)]
pub async fn back(
    State(server): State<Server>,
    headers: HeaderMap,
    Tls(tls): Tls,
    Params(back): Params<Back>,
) -> Result<Response, Problem> {
    came_back(&server, &headers, tls, back).await.or_else(|why| told(&headers, why))
}

async fn came_back(
    server: &Server,
    headers: &HeaderMap,
    tls: bool,
    back: Back,
) -> Result<Response, Problem> {
    let provider = provider(server)?;
    let (ask, return_to) = asked(headers)
        .filter(|(ask, _)| back.state.as_deref() == Some(&ask.state))
        .ok_or_else(|| {
            let detail = "this browser did not begin to sign in, or did so too long ago";
            Problem::bad_request("stale-sign-in", detail, "begin again from the page")
        })?;
    let Some(code) = back.code.filter(|_| back.error.is_none()) else {
        let words = back.error_description.or(back.error).unwrap_or_default();
        let words: String = words.chars().filter(|letter| !letter.is_control()).take(300).collect();
        return Err(refused(format!("the identity provider refused: {words}")));
    };
    let now = server.gate.now();
    let proving = Arc::clone(&provider);
    let claimed = server.asking.run(move || proving.prove(&code, &ask, now)).await??;
    let secret = admitted(server, &*provider, &claimed)?;
    let mut response = Redirect::to(&return_to).into_response();
    for value in [cookie(&secret, SIGN_IN_SECONDS, tls), going("", 0, tls)] {
        if let Ok(value) = HeaderValue::from_str(&value) {
            response.headers_mut().append(header::SET_COOKIE, value);
        }
    }
    Ok(response)
}

/// Leads a browser back to the page, which says in its reader's language why they are not in; a program gets the
/// problem itself.
fn told(headers: &HeaderMap, why: Problem) -> Result<Response, Problem> {
    let accepted = headers.get(header::ACCEPT).and_then(|value| value.to_str().ok());
    if accepted.is_some_and(|kinds| kinds.contains("text/html")) {
        return Ok(Redirect::to(&format!("/?failed={}", why.code)).into_response());
    }
    Err(why)
}

/// Signs in whom the provider has proved, if they come in; returns the sign-in's secret.
fn admitted(
    server: &Server,
    provider: &dyn IdentityProvider,
    claimed: &Claimed,
) -> Result<String, Problem> {
    let now = server.gate.now();
    let (account, is_person) = {
        let state = server.gate.state().read();
        let account = server.accounts.of(&claimed.name, state.estate(), now);
        let person = state.estate().person_known_as(&claimed.name, now);
        (account.map_err(Failure::from)?, person.is_some())
    };
    let role = provider.admission().role(claimed, account.as_ref(), is_person);
    let role = role.map_err(|why| refused(why.to_string()))?;
    // Under the account's name, where there is one: what ends its sign-ins ends this one too.
    let name = account.map_or_else(|| claimed.name.clone(), |account| account.name);
    Ok(server.access.sign_in(&name, role, now).map_err(Failure::from)?)
}

fn provider(server: &Server) -> Result<Arc<dyn IdentityProvider>, Problem> {
    server.provider.clone().ok_or_else(|| {
        let help = "an administrator names one in `sign-in.toml`";
        Problem::new(StatusCode::NOT_FOUND, "no-provider", "there is no identity provider", help)
    })
}

fn refused(detail: String) -> Problem {
    let help = "ask an administrator to let you in";
    Problem::new(StatusCode::FORBIDDEN, "not-admitted", detail, help)
}

/// Whether it is a path of this server and nothing that leads elsewhere.
fn is_own(path: &str) -> bool {
    let odd = |letter: char| letter.is_control() || letter == '\\';
    path.starts_with('/')
        && !path.starts_with("//")
        && path.len() <= RETURN_MAX
        && !path.contains(odd)
}

/// What a browser keeps until it comes back.
fn kept(ask: &Ask, return_to: &str) -> String {
    let path: String = return_to.bytes().map(|byte| format!("{byte:02x}")).collect();
    format!("{}.{}.{}.{path}", ask.state, ask.nonce, ask.verifier)
}

/// What this browser has kept, as far as it can be read. A path is looked at again: cookies can be set by others.
fn asked(headers: &HeaderMap) -> Option<(Ask, String)> {
    let kept = crate::authority::cookie_of(headers, COOKIE)?;
    let mut parts = kept.split('.').map(str::to_owned);
    let ask = Ask { state: parts.next()?, nonce: parts.next()?, verifier: parts.next()? };
    let digits = parts.next()?;
    let byte = |at: usize| u8::from_str_radix(digits.get(at..at + 2)?, 16).ok();
    let bytes: Option<Vec<u8>> = (0..digits.len()).step_by(2).map(byte).collect();
    let path = String::from_utf8(bytes?).ok().filter(|path| is_own(path))?;
    let is_whole = [&ask.state, &ask.nonce, &ask.verifier].iter().all(|part| part.len() == 64);
    (is_whole && parts.next().is_none()).then_some((ask, path))
}

fn going(kept: &str, seconds: i64, tls: bool) -> String {
    let secure = if tls { "; Secure" } else { "" };
    format!(
        "{COOKIE}={kept}; Path=/v1/sign-in/oidc; Max-Age={seconds}; HttpOnly; SameSite=Lax{secure}"
    )
}
