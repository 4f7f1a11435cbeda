//! What a handler takes out of a request. What cannot be read is a problem document, like every other error.

use crate::problem::Problem;
use axum::Json;
use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, Path, Query, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, header};
use serde::de::DeserializeOwned;

/// The query, read into `T`.
pub struct Params<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequestParts<S> for Params<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let read = Query::from_request_parts(parts, state).await;
        read.map(|Query(params)| Self(params)).map_err(|why| {
            let help = "see /openapi.json for the parameters of this path";
            Problem::bad_request("bad-query", why.body_text(), help)
        })
    }
}

/// The one variable segment of the path.
pub struct Segment(pub String);

impl<S: Send + Sync> FromRequestParts<S> for Segment {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let read = Path::from_request_parts(parts, state).await;
        read.map(|Path(text)| Self(text)).map_err(|why| {
            let help = "write it in percent-encoded UTF-8";
            Problem::bad_request("bad-path", why.body_text(), help)
        })
    }
}

/// The body, read from JSON into `T`.
pub struct Sent<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Sent<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let read = Json::from_request(request, state).await;
        let help = "see /openapi.json for the shape of the body";
        read.map(|Json(value)| Self(value))
            .map_err(|why| Problem::new(why.status(), "bad-body", why.body_text(), help))
    }
}

/// The body, when it says that it is CSV.
pub struct Csv(pub Bytes);

impl<S: Send + Sync> FromRequest<S> for Csv {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        if !is_said_to_be(request.headers(), "text/csv") {
            let (detail, help) =
                ("the body is not said to be CSV", "send `Content-Type: text/csv`");
            let status = StatusCode::UNSUPPORTED_MEDIA_TYPE;
            return Err(Problem::new(status, "bad-body", detail, help));
        }
        let read = Bytes::from_request(request, state).await;
        let help = "send up to 8 MB; `faregate import token-usage` takes larger reports";
        read.map(Self).map_err(|why| Problem::new(why.status(), "bad-body", why.body_text(), help))
    }
}

/// The body, when it says that it is events in JSON.
pub struct Events(pub Bytes);

impl<S: Send + Sync> FromRequest<S> for Events {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        const KINDS: [&str; 3] = [
            "application/cloudevents+json",
            "application/cloudevents-batch+json",
            "application/json",
        ];
        if !KINDS.iter().any(|kind| is_said_to_be(request.headers(), kind)) {
            let detail = "the body is not said to be events in JSON";
            let help = "send `Content-Type: application/cloudevents+json`, or `application/cloudevents-batch+json`";
            let status = StatusCode::UNSUPPORTED_MEDIA_TYPE;
            return Err(Problem::new(status, "bad-body", detail, help));
        }
        let read = Bytes::from_request(request, state).await;
        let help = "send up to 8 MB; `faregate import events` takes larger files";
        read.map(Self).map_err(|why| Problem::new(why.status(), "bad-body", why.body_text(), help))
    }
}

/// The body, when it says that it is a file of whatever kind.
pub struct File(pub Bytes);

impl<S: Send + Sync> FromRequest<S> for File {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        if !is_said_to_be(request.headers(), "application/octet-stream") {
            let detail = "the body is not said to be a file";
            let help = "send `Content-Type: application/octet-stream`, whatever is in it";
            let status = StatusCode::UNSUPPORTED_MEDIA_TYPE;
            return Err(Problem::new(status, "bad-body", detail, help));
        }
        let read = Bytes::from_request(request, state).await;
        let help = "send up to 64 MB, packed or not; `faregate import` takes larger files";
        read.map(Self).map_err(|why| Problem::new(why.status(), "bad-body", why.body_text(), help))
    }
}

/// Whether the body is said to be of a media type, whatever its parameters.
pub(crate) fn is_said_to_be(headers: &HeaderMap, media_type: &str) -> bool {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    let essence = kind.and_then(|kind| kind.split(';').next()).unwrap_or_default();
    essence.trim().eq_ignore_ascii_case(media_type)
}

/// The longest idempotency key.
const KEY_MAX: usize = 128;

/// The header that names a request for ever.
///
/// # Errors
/// A problem when it is missing, empty or too long.
pub(crate) fn idempotency_key(headers: &HeaderMap) -> Result<String, Problem> {
    let given = headers.get("idempotency-key").and_then(|value| value.to_str().ok());
    let key = given.ok_or_else(|| {
        let help = "send a fresh UUID with each new request, and the same one with each retry";
        Problem::bad_request("key-missing", "the header Idempotency-Key is missing", help)
    })?;
    checked_key(key.to_owned())
}

/// A key that is neither empty nor too long, and can be printed: a header could not carry another one.
pub(crate) fn checked_key(key: String) -> Result<String, Problem> {
    if key.is_empty() || key.len() > KEY_MAX {
        let detail = format!("an idempotency key of {} characters", key.len());
        let help = "use 1 to 128 characters, for example a UUID";
        return Err(Problem::bad_request("bad-key", detail, help));
    }
    if key.chars().any(char::is_control) {
        let detail = format!("the idempotency key `{}` has control characters", key.escape_debug());
        let help = "use characters that can be printed, for example a UUID";
        return Err(Problem::bad_request("bad-key", detail, help));
    }
    Ok(key)
}
