//! Requests of a channel: to a checked and pinned address, once, with nothing secret in what is said of them.

use super::send::{SendError, World};
use super::{Channel, Login};
use crate::courier::{Call, Courier, CourierOptions, Opened, header, refusal};
use crate::directory::DirectoryError;
use crate::endpoint::{Allowed, Endpoint, EndpointError};
use crate::pace::{Pace, retry_after};
use crate::secret::Secret;
use crate::settings::SecretPlace;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use faregate_app::outbox::Failure;
use serde_json::Value;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use ureq::http::{Method, Uri};

/// How much of an answer is read.
const ANSWER_BYTES_MAX: u64 = 64 * 1024;

/// What a setting makes impossible is told in words.
pub(super) type Prepared<T> = Result<T, &'static str>;

/// A request, before anybody knows where to.
#[derive(Debug)]
pub(super) struct Post {
    pub(super) method: Method,
    /// Path and query.
    pub(super) path: String,
    pub(super) headers: Vec<(&'static str, String)>,
    pub(super) body: Option<String>,
}

impl Post {
    pub(super) fn json(path: &str, body: String) -> Self {
        Self { method: Method::POST, body: Some(body), ..Self::get(path) }
    }

    pub(super) fn get(path: &str) -> Self {
        Self { method: Method::GET, path: path.to_owned(), headers: Vec::new(), body: None }
    }
}

/// The way to a receiver.
pub(super) struct Wire {
    courier: Courier,
    /// What stands in the address after the host: the path of a request that has none of its own.
    pub(super) path: String,
    authorization: Option<Secret>,
    secrets: Vec<Secret>,
}

impl Wire {
    /// The way to an address; `secrets` are not to be repeated, and the address's path is one of them when `hidden`.
    pub(super) fn new(
        channel: &Channel,
        url: &str,
        hidden: bool,
        mut secrets: Vec<Secret>,
        world: &World<'_>,
    ) -> Result<Self, SendError> {
        let (origin, path) = split(url).ok_or_else(|| {
            let words = if hidden {
                "the secret address is none".to_owned()
            } else {
                format!("`{url}` is no address")
            };
            SendError::settings(
                words,
                "write it as the receiver shows it, beginning with `https://`",
            )
        })?;
        if hidden {
            secrets.push(Secret::new(path.trim_start_matches('/')));
        }
        let endpoint = checked(channel, &origin, world)?;
        let roots = roots(channel)?;
        let options = CourierOptions {
            time_max: world.time_max,
            bytes_max: ANSWER_BYTES_MAX,
            roots,
            ..CourierOptions::default()
        };
        let courier = Courier::new(endpoint, Arc::new(AtOnce), options).map_err(|why| {
            SendError::settings(why.to_string(), "name a file of certificates in PEM")
        })?;
        Ok(Self { courier, path, authorization: None, secrets })
    }

    /// The same, telling who we are.
    pub(super) fn signed_in(mut self, login: &Login, world: &World<'_>) -> Result<Self, SendError> {
        let told = match login {
            Login::Bearer(place) => format!("Bearer {}", secret(place, world)?.expose()),
            Login::Basic(user, place) => {
                let password = secret(place, world)?;
                let both = STANDARD.encode(format!("{user}:{}", password.expose()));
                self.secrets.extend([Secret::new(&both), password]);
                format!("Basic {both}")
            }
        };
        self.secrets.extend(told.split_once(' ').map(|(_, token)| Secret::new(token)));
        self.authorization = Some(Secret::new(&told));
        Ok(self)
    }

    /// Sends a request once. What it answers, as far as that is JSON.
    pub(super) fn run(&self, post: Post) -> Result<Value, SendError> {
        let Post { method, path, headers, body } = post;
        let call = Call {
            method,
            path: &path,
            accept: "application/json, */*;q=0.5",
            headers,
            secret_header: self.authorization.as_ref().map(|secret| ("authorization", secret)),
            body: body.map(|body| ("application/json", body)),
            secrets: self.secrets.iter().collect(),
            ..Call::default()
        };
        let opened = self.courier.open(&call).map_err(|why| self.failed(&why))?;
        let Opened { status, headers, mut body } = opened;
        if (200..300).contains(&status) {
            // A receiver that took it may answer what it likes.
            let read = body.with_config().limit(ANSWER_BYTES_MAX).read_to_vec();
            return Ok(read
                .ok()
                .and_then(|bytes| serde_json::from_slice(&bytes).ok())
                .unwrap_or_default());
        }
        let asked = header(&headers, "retry-after")
            .and_then(|asked| retry_after(asked, header(&headers, "date")))
            .map(|asked| i64::try_from(asked.as_secs()).unwrap_or(i64::MAX));
        let words = format!("it answered {status}: {}", refusal(&headers, body, &call));
        Err(answered(status, asked, words))
    }

    fn failed(&self, why: &DirectoryError) -> SendError {
        let (failure, words, help) = match why {
            DirectoryError::Slow { seconds } => (
                Failure::Away(None),
                format!("it did not answer within {seconds} seconds"),
                "look whether it is overloaded",
            ),
            DirectoryError::Redirected { to } => (
                Failure::Refused,
                format!("it redirects to `{to}`, which is not followed"),
                "write the address that it leads to, if that is meant",
            ),
            DirectoryError::TooLarge { max } => (
                Failure::Away(None),
                format!("its answer is larger than {max} bytes"),
                "check the address",
            ),
            DirectoryError::Unreachable(words) => (
                Failure::Away(None),
                format!("it cannot be reached: {words}"),
                "check the address, its port and its certificate",
            ),
            other => (Failure::Away(None), other.to_string(), "check the address"),
        };
        let words = self.secrets.iter().fold(words, |words, secret| secret.scrub(&words));
        SendError { failure, words, help }
    }
}

/// What an answer means that is no success.
fn answered(status: u16, asked: Option<i64>, words: String) -> SendError {
    let (failure, help) = match status {
        408 | 425 | 429 | 500.. => (Failure::Away(asked), "nothing: it is tried again"),
        401 | 403 => (Failure::Refused, "check the channel's secret, and what it may do there"),
        404 => (Failure::Refused, "check the channel's address"),
        410 => (Failure::Gone, "make a new address there, write it down, and test the channel"),
        _ => (Failure::Refused, "check the channel's settings"),
    };
    SendError { failure, words, help }
}

/// Origin, and path with query.
fn split(url: &str) -> Option<(String, String)> {
    let uri: Uri = url.trim().parse().ok()?;
    let origin = format!("{}://{}", uri.scheme_str()?, uri.authority()?);
    let path = uri.path_and_query().map_or("", |path| path.as_str());
    Some((origin, if path == "/" { String::new() } else { path.to_owned() }))
}

/// An address that was resolved once, and leads nowhere that it must not.
pub(super) fn checked(
    channel: &Channel,
    origin: &str,
    world: &World<'_>,
) -> Result<Endpoint, SendError> {
    let allowed = Allowed::new(channel.allowed_networks.iter().map(String::as_str));
    allowed.and_then(|allowed| Endpoint::new(origin, world.resolver, &allowed)).map_err(|why| {
        let (failure, help) = match &why {
            EndpointError::Unresolved { .. } => (Failure::Away(None), "check the name, and the machine's resolver"),
            EndpointError::Forbidden { .. } | EndpointError::NotEncrypted(_) => {
                (Failure::Refused, "list its network in the channel's `allowed_networks`, if it really is to be told there")
            }
            _ => (Failure::Refused, "write the address as the receiver shows it"),
        };
        SendError { failure, words: why.to_string(), help }
    })
}

/// The certificates to trust instead of the public ones.
pub(super) fn roots(channel: &Channel) -> Result<Option<Vec<u8>>, SendError> {
    let Some(file) = &channel.roots_file else { return Ok(None) };
    let read = std::fs::read(file).map_err(|why| {
        SendError::settings(
            format!("`{}`: {why}", file.display()),
            "name a file of certificates in PEM",
        )
    });
    read.map(Some)
}

/// A secret, from where it is.
pub(super) fn secret(place: &SecretPlace, world: &World<'_>) -> Result<Secret, SendError> {
    let read = place.read(Path::new(""), world.variable);
    read.map_err(|why| SendError::settings(format!("{place}: {why}"), "put the secret there"))
}

/// Requests of channels go one at a time, and are tried again by the outbox: nothing waits here.
struct AtOnce;

impl Pace for AtOnce {
    fn now(&self) -> Duration {
        Duration::ZERO
    }

    fn wait(&self, _: Duration) {}
}
