//! Every error as one RFC 9457 problem document, mapped here and nowhere else.

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use faregate_app::accounts::Refused;
use faregate_app::engine::Failure;
use faregate_app::oidc::Unproved;
use faregate_app::orders::{Kind, NotDone, OrderRefusal};
use faregate_app::ports::StoreError;
use serde::Serialize;
use std::borrow::Cow;
use utoipa::ToSchema;

/// An RFC 9457 problem document.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Problem {
    /// Always `about:blank`: `code` says what happened.
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// The HTTP status in words.
    pub title: &'static str,
    /// The HTTP status.
    pub status: u16,
    /// What happened, for the reader.
    pub detail: String,
    /// Stable code, for programs.
    pub code: &'static str,
    /// What to do about it.
    pub help: Cow<'static, str>,
    /// The server's time in seconds since 1970 UTC, for an agent whose clock is off.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub now: Option<i64>,
    /// After how many seconds to try again, where that helps.
    #[serde(skip)]
    pub retry_seconds: u16,
}

impl Problem {
    /// A problem of a status.
    #[must_use]
    pub fn new(
        status: StatusCode,
        code: &'static str,
        detail: impl Into<String>,
        help: impl Into<Cow<'static, str>>,
    ) -> Self {
        let title = status.canonical_reason().unwrap_or("Error");
        Self {
            kind: "about:blank",
            title,
            status: status.as_u16(),
            detail: detail.into(),
            code,
            help: help.into(),
            now: None,
            retry_seconds: 1,
        }
    }

    /// The request cannot be understood.
    #[must_use]
    pub fn bad_request(code: &'static str, detail: impl Into<String>, help: &'static str) -> Self {
        Self::new(StatusCode::BAD_REQUEST, code, detail, help)
    }

    /// Nobody has proved who they are.
    #[must_use]
    pub fn unauthorized() -> Self {
        let help = "sign in with the link that the server printed, or send `Authorization: Bearer` with an API key";
        Self::new(StatusCode::UNAUTHORIZED, "not-signed-in", "you are not signed in", help)
    }

    /// Whoever it is may not do this.
    #[must_use]
    pub fn forbidden(detail: impl Into<String>) -> Self {
        Self::new(
            StatusCode::FORBIDDEN,
            "not-allowed",
            detail,
            "ask an administrator for a role that may",
        )
    }
}

impl Problem {
    /// A browser asks with its sign-in, but on behalf of another site's page.
    #[must_use]
    pub fn cross_site() -> Self {
        let (detail, help) =
            ("another site's page asked for this", "open Faregate's own page and do it there");
        Self::new(StatusCode::FORBIDDEN, "cross-site", detail, help)
    }

    /// There is no such thing, or none that the caller may see.
    #[must_use]
    pub fn unknown(what: &'static str, name: &str) -> Self {
        OrderRefusal::unknown(what, name).into()
    }

    /// The cursor of a page is none.
    #[must_use]
    pub fn bad_cursor(text: &str) -> Self {
        let detail = format!("`{text}` is no cursor");
        Self::bad_request("bad-cursor", detail, "use the `next` of the page before as it is")
    }
}

impl From<OrderRefusal> for Problem {
    fn from(refusal: OrderRefusal) -> Self {
        let status = match refusal.kind {
            Kind::Unknown => StatusCode::NOT_FOUND,
            Kind::Forbidden => StatusCode::FORBIDDEN,
            Kind::Conflict => StatusCode::CONFLICT,
            Kind::Invalid => StatusCode::UNPROCESSABLE_ENTITY,
        };
        Self::new(status, refusal.code, refusal.message, refusal.help)
    }
}

impl From<Refused> for Problem {
    fn from(why: Refused) -> Self {
        let detail = why.to_string();
        let (status, code, help) = match why {
            Refused::Store(error) => return Failure::Store(error).into(),
            Refused::Wait { seconds } => {
                let help = format!("wait {seconds} seconds, and try again");
                let status = StatusCode::TOO_MANY_REQUESTS;
                let retry_seconds = u16::try_from(seconds).unwrap_or(u16::MAX);
                return Self { retry_seconds, ..Self::new(status, "wait", detail, help) };
            }
            Refused::Wrong => (
                StatusCode::UNAUTHORIZED,
                "wrong-password",
                "try again, or ask an administrator for another password",
            ),
            Refused::MustChange => (
                StatusCode::FORBIDDEN,
                "password-must-change",
                "send `new_password` beside the one that you have",
            ),
            Refused::Weak(_) => (
                StatusCode::UNPROCESSABLE_ENTITY,
                "weak-password",
                "take several words that belong together only for you",
            ),
            Refused::Taken(_) => {
                (StatusCode::CONFLICT, "account-taken", "change it, or take another name")
            }
            Refused::Unknown(_) => {
                (StatusCode::NOT_FOUND, "unknown", "`GET /v1/accounts` lists them")
            }
            Refused::BadName(_) => (
                StatusCode::UNPROCESSABLE_ENTITY,
                "bad-name",
                "names have up to 128 letters, digits and . _ - @ + \\",
            ),
            Refused::BadText(_) => {
                (StatusCode::UNPROCESSABLE_ENTITY, "bad-text", "write up to 128 bytes in one line")
            }
            Refused::Machine(_) => {
                (StatusCode::UNPROCESSABLE_ENTITY, "machine-role", "make a key for it")
            }
            Refused::LastAdministrator(_) => {
                (StatusCode::CONFLICT, "last-administrator", "let somebody else be one first")
            }
        };
        Self::new(status, code, detail, help)
    }
}

impl From<Unproved> for Problem {
    fn from(why: Unproved) -> Self {
        let detail = why.to_string();
        let (status, code, help) = match why {
            Unproved::Away(_) => (
                StatusCode::BAD_GATEWAY,
                "provider-away",
                "try again after a moment, or sign in with a password or a link",
            ),
            Unproved::Refused(_) => {
                (StatusCode::FORBIDDEN, "not-admitted", "begin again from the page")
            }
            Unproved::NotBelieved(_) => (
                StatusCode::FORBIDDEN,
                "not-believed",
                "ask an administrator to look at `sign-in.toml` and at the clocks",
            ),
        };
        Self::new(status, code, detail, help)
    }
}

impl From<NotDone> for Problem {
    fn from(why: NotDone) -> Self {
        match why {
            NotDone::Refused(refusal) => refusal.into(),
            NotDone::Failed(failure) => failure.into(),
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let retry_seconds = self.retry_seconds;
        let mut response = (status, Json(self)).into_response();
        let kind = HeaderValue::from_static("application/problem+json");
        response.headers_mut().insert(header::CONTENT_TYPE, kind);
        if status == StatusCode::UNAUTHORIZED {
            let scheme = HeaderValue::from_static("Bearer");
            response.headers_mut().insert(header::WWW_AUTHENTICATE, scheme);
        }
        if matches!(status, StatusCode::SERVICE_UNAVAILABLE | StatusCode::TOO_MANY_REQUESTS) {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(retry_seconds));
        }
        response
    }
}

impl From<Failure> for Problem {
    fn from(failure: Failure) -> Self {
        let detail = failure.to_string();
        let unavailable =
            |code, help| Self::new(StatusCode::SERVICE_UNAVAILABLE, code, detail.clone(), help);
        match failure {
            Failure::KeyReused => Self::new(
                StatusCode::UNPROCESSABLE_ENTITY,
                "key-reused",
                detail,
                "use a fresh Idempotency-Key for a new request; repeat the old body to get the old answer",
            ),
            Failure::NoSession(_) => {
                Self::new(StatusCode::NOT_FOUND, "no-session", detail, "open a session first")
            }
            Failure::Busy => Self::new(
                StatusCode::TOO_MANY_REQUESTS,
                "busy",
                detail,
                "repeat the request after a moment, with the same Idempotency-Key",
            ),
            Failure::Stopping => unavailable("stopping", "try again when the server is back"),
            Failure::ClockBehind { .. } => {
                unavailable("clock-behind", "set the server's clock right")
            }
            Failure::Store(StoreError::Full) => {
                unavailable("disk-full", "free space on the server's disk")
            }
            Failure::Store(StoreError::Fenced { .. }) => {
                unavailable("stepped-down", "another server writes to this store: use that one")
            }
            Failure::Store(_) => unavailable("store-failed", "run `faregate doctor` on the server"),
            // Nothing was booked: what was asked for contradicts what is on record by now.
            Failure::Broken(_) => Self::new(
                StatusCode::CONFLICT,
                "contradiction",
                detail,
                "look at what is there, and try again",
            ),
        }
    }
}

/// Answers requests to paths below `/v1` that do not exist.
pub async fn not_found() -> Problem {
    Problem::new(
        StatusCode::NOT_FOUND,
        "no-such-path",
        "there is no such path",
        "see /openapi.json for all paths",
    )
}

/// Answers requests whose path exists with another method; the router adds `Allow`.
pub async fn method_not_allowed() -> Problem {
    let help = "see /openapi.json for the methods of each path";
    Problem::new(
        StatusCode::METHOD_NOT_ALLOWED,
        "no-such-method",
        "this path does not take that method",
        help,
    )
}
