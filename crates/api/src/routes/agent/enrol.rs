//! `/v1/agent/enrol`: a workstation becomes known, with a code from whoever runs the server.

use crate::Server;
use crate::agents::Sealed;
use crate::problem::Problem;
use axum::Json;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use faregate_app::access::{Credential, Kind};
use faregate_app::engine::Failure;
use faregate_app::orders::{Order, Orderer, carry_out};
use faregate_core::estate::DeviceId;
use faregate_core::state;
use faregate_protocol::VerifyingKey;
use faregate_protocol::signature::NEW_DEVICE;
use faregate_protocol::wire::{Enrol, Enrolled};
use std::sync::Arc;
use tokio::sync::oneshot;

/// Who ordered it, in the journal: whoever made the code did, in another process.
const ORDERER: &str = "enrolment code";

/// Enrols a workstation. The request is signed with the key that it carries (`keyid="new"`), which proves that the
/// workstation has it. The code is used up, unless it was made for many.
#[utoipa::path(
    post, path = "/v1/agent/enrol", operation_id = "enrol", tag = "agent", request_body = Enrol,
    responses(
        (status = 200, body = Enrolled), (status = 400, body = Problem),
        (status = 401, description = "the signature or the code is no good", body = Problem),
        (status = 409, description = "the key is another device's", body = Problem),
        (status = 413, body = Problem), (status = 415, body = Problem), (status = 422, body = Problem), (status = 503, body = Problem)
    ),
    security(("device" = []))
)]
pub async fn enrol(
    State(server): State<Server>,
    request: Request,
) -> Result<Json<Enrolled>, Problem> {
    let sealed = Sealed::read(request, &server).await?;
    let asked: Enrol = sealed.body()?;
    let key = public_key(&asked.public_key)?;
    if sealed.key_id() != NEW_DEVICE {
        let help = "sign the enrolment with keyid=\"new\"";
        return Err(Problem::bad_request("bad-key", "this device is enrolled already", help));
    }
    let known = device_with(&server, key.to_bytes());
    if known.is_none() && server.access.find_code(&asked.code, server.gate.now()).is_none() {
        // Before anything is remembered of the request: anybody can make up keys.
        return Err(bad_code());
    }
    let now = sealed.open(&server, &key)?;
    let name = asked.name.trim().to_owned();
    if name.is_empty() || name.len() > super::NAME_MAX || name.chars().any(char::is_control) {
        let help = "send the machine's name, 1 to 256 bytes that can be printed";
        return Err(Problem::bad_request("bad-name", "that is no name of a machine", help));
    }
    let id = match known {
        // The answer got lost: whoever has the key is that device.
        Some(id) => id,
        None => book(&server, key.to_bytes(), name, asked.code).await?,
    };
    let server_key = STANDARD.encode(server.agents.public_key().to_bytes());
    Ok(Json(Enrolled { device: id.to_string(), server_key, now: now.0 }))
}

/// Enrols a device, and uses its code up once that is durable: between two commits, so that one code is one device.
async fn book(
    server: &Server,
    key: [u8; 32],
    name: String,
    code: String,
) -> Result<DeviceId, Problem> {
    let (access, now) = (Arc::clone(&server.access), server.gate.now());
    let (reply, waiting) = oneshot::channel();
    server.gate.run(move |engine| {
        let booked = match access.find_code(&code, now) {
            Some(found) if may_enrol(&engine.state().read(), &found, &key) => {
                let person = (!found.name.is_empty()).then_some(found.name);
                let order = Order::EnrolDevice { key, name, person };
                let done = carry_out(engine, &Orderer::new(ORDERER, true), &order, false);
                done.map_err(Problem::from).and_then(|_| {
                    let used = access.use_code(&code, now).map_err(Failure::from)?;
                    used.map(drop).ok_or_else(bad_code)
                })
            }
            _ => Err(bad_code()),
        };
        drop(reply.send(booked));
    });
    waiting.await.unwrap_or(Err(Failure::Stopping.into()))?;
    device_with(server, key).ok_or_else(bad_code)
}

/// A key that was revoked comes back with a code of its own only, not with one that many know.
fn may_enrol(state: &state::State, code: &Credential, key: &[u8; 32]) -> bool {
    let was_revoked = || state.estate().devices().any(|(_, one)| one.device.key == *key);
    code.kind == Kind::Code || !was_revoked()
}

/// The device in force that has a key.
fn device_with(server: &Server, key: [u8; 32]) -> Option<DeviceId> {
    server.gate.state().read().estate().device_with_key(&key).map(|(id, _)| id)
}

fn bad_code() -> Problem {
    let (detail, help) =
        ("the code is used, expired or none at all", "ask an administrator for a fresh one");
    Problem::new(StatusCode::UNAUTHORIZED, "bad-code", detail, help)
}

fn public_key(text: &str) -> Result<VerifyingKey, Problem> {
    let bytes = STANDARD.decode(text).ok().and_then(|bytes| <[u8; 32]>::try_from(bytes).ok());
    let key = bytes.and_then(|bytes| VerifyingKey::from_bytes(&bytes).ok());
    key.filter(|key| !key.is_weak()).ok_or_else(|| {
        let help = "send 32 bytes of an Ed25519 public key in base64";
        Problem::bad_request("bad-key", "that is no public key", help)
    })
}
