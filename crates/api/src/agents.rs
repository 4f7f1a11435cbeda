//! Workstation agents: who signed a request, and what this server signs for them.
//!
//! A handler for agents takes a [`Signed`], which only the check below makes: the device is enrolled and not
//! revoked, its key signed this very request, a moment ago, and for the first time.

use crate::Server;
use crate::extract::is_said_to_be;
use crate::problem::Problem;
use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use axum::http::{HeaderMap, Method, StatusCode};
use faregate_core::estate::{Device, DeviceId};
use faregate_core::state::State;
use faregate_core::when::Instant;
use faregate_protocol::rules::Rules;
use faregate_protocol::signature::{
    CONTENT_DIGEST, Claim, Message, SIGNATURE, SIGNATURE_INPUT, WINDOW_SECONDS,
};
use faregate_protocol::{SigningKey, VerifyingKey, jws};
use rustc_hash::FxHashMap;
use serde::de::DeserializeOwned;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

mod heard;
mod replays;
pub use heard::Heard;
use replays::Replays;

/// What a server knows of its agents beside the journal: it is gone with the process.
pub struct Agents {
    key: SigningKey,
    replays: Mutex<Replays>,
    heard: Mutex<FxHashMap<DeviceId, Heard>>,
    /// The rules last read, and their version.
    rules: Mutex<(u32, Arc<Rules>)>,
}

impl Agents {
    /// A server that signs with this key, and believes no request from before it started.
    #[must_use]
    pub fn new(secret: &[u8; 32], started: Instant) -> Self {
        Self {
            key: SigningKey::from_bytes(secret),
            replays: Mutex::new(Replays::new(started)),
            heard: Mutex::default(),
            rules: Mutex::default(),
        }
    }

    /// The key that agents hold its documents against.
    #[must_use]
    pub fn public_key(&self) -> VerifyingKey {
        self.key.verifying_key()
    }

    /// Signs a document.
    ///
    /// # Errors
    /// A problem, when it cannot be written.
    pub(crate) fn sign<D: jws::Document>(&self, document: &D) -> Result<String, Problem> {
        jws::sign(&self.key, document).map_err(|why| {
            let status = StatusCode::INTERNAL_SERVER_ERROR;
            Problem::new(status, "not-signed", why.to_string(), "this is a bug: please report it")
        })
    }

    /// The rules in force and their version, read anew only when they changed. What was adopted was read before;
    /// nothing adopted means that nothing is watched.
    pub(crate) fn rules(&self, state: &State) -> (u32, Arc<Rules>) {
        let version = state.agent_rules_version();
        let mut known = self.rules.lock().unwrap_or_else(PoisonError::into_inner);
        if known.0 != version {
            let read = Rules::from_toml(state.agent_rules()).unwrap_or_default();
            *known = (version, Arc::new(read));
        }
        known.clone()
    }

    /// What was heard of devices since the server started.
    pub fn heard(&self) -> MutexGuard<'_, FxHashMap<DeviceId, Heard>> {
        self.heard.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether a request made at an instant, by the device's clock, comes in time and for the first time.
    fn admit(&self, key: &VerifyingKey, claim: &Claim, now: Instant) -> Result<(), Problem> {
        let mut replays = self.replays.lock().unwrap_or_else(PoisonError::into_inner);
        match replays.admit(now, Instant(claim.created), key.to_bytes(), claim.nonce) {
            Ok(()) => Ok(()),
            Err(replays::Refused::Clock) => Err(clock_off(now)),
            Err(replays::Refused::Again) => Err(not_believed(
                "replayed",
                "this request was made before",
                "sign each request anew, with a fresh nonce",
            )),
        }
    }
}

/// A request that a device signed, and its body.
pub struct Signed<T> {
    /// Which device.
    pub id: DeviceId,
    /// The device as enrolled.
    pub device: Device,
    /// When the request came.
    pub now: Instant,
    /// The body.
    pub body: T,
}

impl<T: DeserializeOwned> FromRequest<Server> for Signed<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, server: &Server) -> Result<Self, Problem> {
        let sealed = Sealed::read(request, server).await?;
        let (id, device) = enrolled(server, &sealed.claim.key_id)?;
        let key = VerifyingKey::from_bytes(&device.key).map_err(|_| unknown_device())?;
        let now = sealed.open(server, &key)?;
        let body = sealed.body()?;
        Ok(Self { id, device, now, body })
    }
}

/// A signed request, of which nothing is believed yet.
pub(crate) struct Sealed {
    claim: Claim,
    method: String,
    target: String,
    content: Bytes,
}

impl Sealed {
    pub(crate) async fn read(request: Request, server: &Server) -> Result<Self, Problem> {
        let claim = claim(request.headers())?;
        if request.method() != Method::GET && !is_said_to_be(request.headers(), "application/json")
        {
            let (detail, help) =
                ("the body is not said to be JSON", "send `Content-Type: application/json`");
            let status = StatusCode::UNSUPPORTED_MEDIA_TYPE;
            return Err(Problem::new(status, "bad-body", detail, help));
        }
        let method = request.method().as_str().to_owned();
        let target =
            request.uri().path_and_query().map_or("/", |target| target.as_str()).to_owned();
        let content = Bytes::from_request(request, server).await.map_err(|why| {
            let help = "send up to 8 MB at once";
            Problem::new(why.status(), "bad-body", why.body_text(), help)
        })?;
        Ok(Self { claim, method, target, content })
    }

    /// The id of the key that is said to have signed.
    pub(crate) fn key_id(&self) -> &str {
        &self.claim.key_id
    }

    /// Holds the request against a key; when it came.
    pub(crate) fn open(&self, server: &Server, key: &VerifyingKey) -> Result<Instant, Problem> {
        let Self { method, target, content, .. } = self;
        let message = Message { method, target, body: content };
        self.claim.verify(key, message).map_err(|why| {
            not_believed(
                "signature",
                why.to_string(),
                "enrol the device again, if its key was lost",
            )
        })?;
        let now = server.gate.now();
        // Only what is signed may fill the memory of what came before.
        server.agents.admit(key, &self.claim, now)?;
        Ok(now)
    }

    /// The body, read from JSON; nothing is read from an empty one.
    pub(crate) fn body<T: DeserializeOwned>(&self) -> Result<T, Problem> {
        let content: &[u8] = if self.content.is_empty() { b"null" } else { &self.content };
        serde_json::from_slice(content).map_err(|why| {
            let status = StatusCode::UNPROCESSABLE_ENTITY;
            Problem::new(status, "bad-body", why.to_string(), "see /openapi.json for its shape")
        })
    }
}

fn claim(headers: &HeaderMap) -> Result<Claim, Problem> {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let read = Claim::read(text(CONTENT_DIGEST), text(SIGNATURE_INPUT), text(SIGNATURE));
    read.map_err(|why| {
        not_believed("signature", why.to_string(), "this path is for enrolled agents")
    })
}

/// The device in force with this id.
fn enrolled(server: &Server, key_id: &str) -> Result<(DeviceId, Device), Problem> {
    let id: DeviceId = key_id.parse().map_err(|_| unknown_device())?;
    let state = server.gate.state().read();
    let enrolled = state.estate().device(id).ok_or_else(unknown_device)?;
    if enrolled.revoked.is_some() {
        let (detail, help) = ("this device was revoked", "enrol it again with a fresh code");
        return Err(not_believed("device-revoked", detail, help));
    }
    Ok((id, enrolled.device.clone()))
}

fn unknown_device() -> Problem {
    not_believed("no-such-device", "no such device is enrolled", "enrol it with a fresh code")
}

fn clock_off(now: Instant) -> Problem {
    let detail = format!("the request was not made within {WINDOW_SECONDS} s of the server's time");
    let help = "sign it again at the time that `now` tells";
    Problem { now: Some(now.0), ..not_believed("clock-off", detail, help) }
}

fn not_believed(code: &'static str, detail: impl Into<String>, help: &'static str) -> Problem {
    Problem::new(StatusCode::UNAUTHORIZED, code, detail, help)
}
