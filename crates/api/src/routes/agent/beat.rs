//! `/v1/agent/beat`: a workstation is alive, and so are its sessions.

use super::{few_enough, session_of};
use crate::Server;
use crate::agents::{Heard, Signed};
use crate::problem::Problem;
use crate::wire::Tokens;
use axum::Json;
use axum::extract::State;
use faregate_core::event::SessionId;
use faregate_core::gate::next_due;
use faregate_core::state;
use faregate_core::when::Instant;
use faregate_protocol::wire::{Beat, BeatAnswer, Pulse, PulseAnswer};

/// The longest name of a release that is kept.
const VERSION_MAX: usize = 64;

/// Notes that a workstation is alive, and these of its sessions. A session not heard of for 15 minutes ends.
#[utoipa::path(
    post, path = "/v1/agent/beat", operation_id = "agent_beat", tag = "agent", request_body = Beat,
    responses(
        (status = 200, body = BeatAnswer), (status = 400, body = Problem), (status = 401, body = Problem),
        (status = 413, body = Problem), (status = 415, body = Problem), (status = 422, body = Problem)
    ),
    security(("device" = []))
)]
pub async fn beat(
    State(server): State<Server>,
    signed: Signed<Beat>,
) -> Result<Json<BeatAnswer>, Problem> {
    let Signed { id, now, body, .. } = signed;
    few_enough(body.sessions.len())?;
    let (rules, owned) = {
        let state = server.gate.state().read();
        let own = |pulse: &Pulse| {
            let (session, running) = session_of(&state, id, &pulse.session)?;
            Some((session, next_unit(&state, running, now)))
        };
        (state.agent_rules_version(), body.sessions.iter().map(own).collect::<Vec<_>>())
    };
    let sessions = body.sessions.into_iter().zip(owned);
    let sessions: Vec<PulseAnswer> =
        sessions.map(|(pulse, own)| answer(&server, pulse, own)).collect();
    let alive = sessions.iter().filter(|answer| answer.runs).count();
    let clock_ahead = body.clock.saturating_sub(now.0);
    let version = body.version.chars().take(VERSION_MAX).collect();
    let heard = Heard { at: now, clock_ahead, version, sessions: alive };
    server.agents.heard().insert(id, heard);
    Ok(Json(BeatAnswer { now: now.0, rules, sessions }))
}

type NextUnit = Option<(Instant, Tokens)>;

/// When being used makes a session cost the next unit, and how much that is.
fn next_unit(state: &state::State, session: &state::Session, now: Instant) -> NextUnit {
    let pair = session.metered_pair()?;
    let held = state.charges().pair(pair).and_then(|known| known.hold);
    let due = match held {
        // What is held is agreed on; the unit after it is the next.
        Some(hold) => hold.meter.unit_end(hold.start, state.zone()),
        None => next_due(state, session)?,
    };
    let rate = state.rate(pair.1, due.max(now))?;
    Some((due, rate.ticks.into()))
}

fn answer(server: &Server, pulse: Pulse, own: Option<(SessionId, NextUnit)>) -> PulseAnswer {
    let runs = own.is_some_and(|(session, _)| server.gate.heartbeat(session, pulse.active));
    let next = own.and_then(|(_, next)| next).filter(|_| runs).unzip();
    PulseAnswer {
        session: pulse.session,
        runs,
        next_unit: next.0.map(|due: Instant| due.0),
        next_tokens: next.1.map(|tokens: Tokens| tokens.0),
    }
}
