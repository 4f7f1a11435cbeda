//! `/v1/agents`: the workstations, and when they were last heard of.

pub mod codes;

use crate::Server;
use crate::authority::{Authorized, ReadEstate};
use crate::problem::Problem;
use axum::Json;
use axum::extract::State;
use faregate_core::estate::{DeviceId, Enrolled};
use serde::Serialize;
use utoipa::ToSchema;

/// The workstations.
#[derive(Debug, Serialize, ToSchema)]
pub struct Agents {
    /// In the order enrolled; those that were revoked, too.
    pub rows: Vec<Agent>,
    /// Version of the rules that agents should have; 0: none were set.
    pub rules: u32,
}

/// A workstation.
#[derive(Debug, Serialize, ToSchema)]
pub struct Agent {
    /// Its id: `d42`.
    pub id: String,
    /// Name of the machine.
    pub name: String,
    /// Key of the person whose it is, when it is one person's alone.
    pub person: Option<String>,
    /// Since when it speaks for itself.
    pub enrolled: String,
    /// From when on no longer.
    pub revoked: Option<String>,
    /// When it was last heard of, since this server started.
    pub heard: Option<String>,
    /// How far its wall clock was ahead then, in seconds.
    pub clock_ahead: Option<i64>,
    /// Release of its agent.
    pub version: Option<String>,
    /// Sessions that go on there.
    pub sessions: Option<usize>,
}

/// All workstations that ever were enrolled.
#[utoipa::path(
    get, path = "/v1/agents", operation_id = "agents", tag = "estate",
    responses(
        (status = 200, body = Agents), (status = 401, body = Problem), (status = 403, body = Problem)
    ),
    security(("key" = []), ("cookie" = []))
)]
pub async fn list(_: Authorized<ReadEstate>, State(server): State<Server>) -> Json<Agents> {
    let state = server.gate.state().read();
    let heard = server.agents.heard();
    let row = |(id, enrolled): (DeviceId, &Enrolled)| {
        let last = heard.get(&id);
        let estate = state.estate();
        let owner = enrolled.device.person.and_then(|person| estate.person(estate.same_as(person)));
        Agent {
            id: id.to_string(),
            name: enrolled.device.name.clone(),
            person: owner.map(|person| person.key.clone()),
            enrolled: enrolled.at.to_string(),
            revoked: enrolled.revoked.map(|at| at.to_string()),
            heard: last.map(|last| last.at.to_string()),
            clock_ahead: last.map(|last| last.clock_ahead),
            version: last.map(|last| last.version.clone()),
            sessions: last.map(|last| last.sessions),
        }
    };
    let rows = state.estate().devices().map(row).collect();
    Json(Agents { rows, rules: state.agent_rules_version() })
}
