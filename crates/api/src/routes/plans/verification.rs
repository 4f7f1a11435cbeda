//! `/v1/plans/{id}/verification`: what a plan really saved.

use super::{called, unready};
use crate::Server;
use crate::authority::{Authorized, ReadEstate};
use crate::extract::Segment;
use crate::problem::Problem;
use crate::wire::Money;
use axum::Json;
use axum::extract::State;
use faregate_app::planning::{Verified, hold_against};
use faregate_core::amount;
use faregate_core::moves::{PlanId, PlanRecord};
use faregate_core::state;
use serde::Serialize;
use utoipa::ToSchema;

/// What became of one move.
#[derive(Debug, Serialize, ToSchema)]
pub struct MoveVerified {
    /// Its number in the plan, from 1.
    pub number: u32,
    /// Key of who.
    pub person: String,
    /// Since when it holds.
    pub since: String,
    /// Days that were looked at.
    pub days: i64,
    /// What it was to save in these days.
    pub promised: Money,
    /// What it saved; negative when it cost.
    pub saved: Money,
    /// Whether it is too early to say: fewer than 28 days.
    pub is_early: bool,
}

/// How often moves that were said to save with some probability did.
#[derive(Debug, Serialize, ToSchema)]
pub struct Calibration {
    /// Probabilities from this on, a tenth wide.
    pub from: f64,
    /// How many moves.
    pub moves: u32,
    /// The mean of what was said.
    pub said: f64,
    /// The share that did save.
    pub came: f64,
}

/// A plan held against what came.
#[derive(Debug, Serialize, ToSchema)]
pub struct PlanVerification {
    /// The plan.
    pub plan: String,
    /// What its moves were to save so far.
    pub promised: Money,
    /// What they saved.
    pub saved: Money,
    /// By number; moves that were not made are left out.
    pub rows: Vec<MoveVerified>,
    /// By tenths of the probability that was told.
    pub calibration: Vec<Calibration>,
    /// The mean squared difference between what was said and what came, 0 to 1; `null` where it is too early.
    pub brier: Option<f64>,
}

/// Holds a plan against the use since its moves were made. It reads all use since.
#[utoipa::path(
    get, path = "/v1/plans/{id}/verification", operation_id = "verify_plan", tag = "plans",
    params(("id" = String, Path, description = "id of the plan", pattern = "^p[0-9]{1,19}$")),
    responses(
        (status = 200, body = PlanVerification), (status = 400, body = Problem), (status = 401, body = Problem),
        (status = 403, body = Problem), (status = 404, body = Problem), (status = 422, body = Problem),
        (status = 409, description = "nothing can be said yet", body = Problem),
        (status = 429, description = "too many reports wait", body = Problem), (status = 503, body = Problem)
    ),
    security(("key" = []), ("cookie" = []))
)]
pub async fn verify(
    _: Authorized<ReadEstate>,
    State(server): State<Server>,
    Segment(id): Segment,
) -> Result<Json<PlanVerification>, Problem> {
    let (id, record) = {
        let state = server.gate.state().read();
        let (id, record) = called(&state, &id)?;
        (id, record.clone())
    };
    let asked = record.clone();
    let found = server.report(move |engine| Ok(hold_against(engine, &asked, id))).await?;
    let found = found.map_err(unready)?;
    let state = server.gate.state().read();
    Ok(Json(shown(&state, id, &record, &found)))
}

/// What was found, as it is told.
#[must_use]
pub fn shown(
    state: &state::State,
    id: PlanId,
    record: &PlanRecord,
    found: &Verified,
) -> PlanVerification {
    let money = |micros| Money::from(amount::Money { micros, currency: record.plan.currency });
    let person = |place: u32| {
        let one = record.plan.moves.get(usize::try_from(place).ok()?)?;
        state.estate().person(one.person).map(|known| known.key.clone())
    };
    let rows = found.moves.iter().map(|one| MoveVerified {
        number: one.place.saturating_add(1),
        person: person(one.place).unwrap_or_default(),
        since: one.since.to_string(),
        days: one.days,
        promised: money(one.promised),
        saved: money(one.saved),
        is_early: one.is_early,
    });
    let calibration = found.calibration.iter().map(|one| Calibration {
        from: one.from,
        moves: one.moves,
        said: one.said,
        came: one.came,
    });
    PlanVerification {
        plan: id.to_string(),
        promised: money(found.promised),
        saved: money(found.saved),
        rows: rows.collect(),
        calibration: calibration.collect(),
        brier: found.brier,
    }
}
