//! `/v1/agent`: what the agent of a workstation says, signed with the workstation's key, and hears.
//!
//! The shapes are those of `faregate_protocol::wire`, shared with the agent.

pub mod ask;
pub mod beat;
pub mod close;
pub mod enrol;
pub mod open;
pub mod rules;
pub mod uses;

use crate::Server;
use crate::agents::Signed;
use crate::origin::Origin;
use crate::problem::Problem;
use crate::wire::decision::Refusal;
use axum::http::StatusCode;
use faregate_core::amount::Ticks;
use faregate_core::estate::{Device, DeviceId, Evidence};
use faregate_core::event::{AgentSaid, Ask, Circumstances, SessionId};
use faregate_core::state::{Session, State};
use faregate_core::when::Instant;
use faregate_protocol::signature::WINDOW_SECONDS;
use faregate_protocol::wire;

/// The longest name that an agent may send.
const NAME_MAX: usize = 256;

/// The most sessions in one request.
const SESSIONS_MAX: usize = 1_000;

/// The question for the gate. The workstation is the one that signed, whatever its agent says; `agreed` is what
/// its user agreed to spend.
fn question<T>(
    server: &Server,
    origin: Origin,
    signed: &Signed<T>,
    open: &wire::Open,
    agreed: Option<Ticks>,
) -> Result<Ask, Problem> {
    let optional = [&open.version, &open.bucket].into_iter().flatten();
    if [&open.account, &open.product].into_iter().chain(optional).any(|name| name.len() > NAME_MAX)
    {
        let detail = "a name of more than 256 bytes";
        return Err(Problem::bad_request("name-too-long", detail, "shorten it"));
    }
    let person = {
        let state = server.gate.state().read();
        let person = name_of(&state, &open.account, signed.now);
        is_theirs(&state, &signed.device, &person, signed.now)?;
        person
    };
    let clock_wrong = signed.now.0.abs_diff(open.clock) > WINDOW_SECONDS.unsigned_abs();
    let agent = AgentSaid { device: signed.id, agreed, clock_wrong, lease: open.lease };
    let country = origin.0.and_then(|address| server.atlas.country(address));
    let more = Circumstances {
        version: open.version.clone(),
        evidence: Evidence { address: origin.0, country, site: None },
        fare: None,
        confirmed: open.confirm,
        agent: Some(agent),
    };
    let (product, host) = (open.product.clone(), signed.device.name.clone());
    Ok(Ask { person, product, host, bucket: open.bucket.clone(), more })
}

/// The name that an account is known by: as it is, or without the domain before it (`ACME\jo`).
fn name_of(state: &State, account: &str, now: Instant) -> String {
    let bare = account.rsplit_once('\\').map_or(account, |(_, bare)| bare);
    let is_known = |name: &str| state.estate().person_known_as(name, now).is_some();
    let name = if !is_known(account) && is_known(bare) { bare } else { account };
    name.to_owned()
}

/// Some workstations are one person's alone: from there nobody else opens anything.
fn is_theirs(state: &State, device: &Device, person: &str, now: Instant) -> Result<(), Problem> {
    let Some(owner) = device.person.map(|owner| state.estate().same_as(owner)) else {
        return Ok(());
    };
    if state.estate().person_known_as(person, now) == Some(owner) {
        return Ok(());
    }
    let detail = format!("the workstation {} is not that of {person}", device.name);
    let help = "sign in to your own workstation, or have this one enrolled for everybody";
    Err(Problem::new(StatusCode::FORBIDDEN, "not-your-workstation", detail, help))
}

/// One workstation has so many sessions at once.
fn few_enough(sessions: usize) -> Result<(), Problem> {
    if sessions <= SESSIONS_MAX {
        return Ok(());
    }
    let detail = format!("{sessions} sessions of one workstation");
    Err(Problem::bad_request("too-many-sessions", detail, "send at most 1,000"))
}

/// The session that runs on this device and has this id.
fn session_of<'a>(
    state: &'a State,
    device: DeviceId,
    id: &str,
) -> Option<(SessionId, &'a Session)> {
    let id: SessionId = id.parse().ok()?;
    let session = state.sessions().get(&id)?;
    (session.device == Some(device)).then_some((id, session))
}

fn refusal(refusal: Refusal) -> wire::Refusal {
    let Refusal { code, detail, say, transient, remedies } = refusal;
    wire::Refusal {
        code: code.to_owned(),
        detail: say.unwrap_or_else(|| detail.to_owned()),
        remedies: remedies.iter().map(|&remedy| remedy.to_owned()).collect(),
        transient,
    }
}
