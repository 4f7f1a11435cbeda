//! `/v1/agents/codes`: codes with which workstations enrol.

use crate::Server;
use crate::authority::{Authorized, RunFaregate};
use crate::extract::Sent;
use crate::problem::Problem;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use faregate_app::access::{Kind, Role};
use faregate_app::engine::Failure;
use faregate_core::when::DAY;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The longest time that a code can be used for, in days.
const DAYS_MAX: u32 = 30;
/// Codes that are made at once.
const COUNT_MAX: u32 = 1_000;

/// Which codes to make.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Wanted {
    /// How many.
    #[serde(default = "one")]
    #[schema(minimum = 1, maximum = 1_000)]
    pub count: u32,
    /// For how many days they can be used.
    #[serde(default = "one")]
    #[schema(minimum = 1, maximum = 30)]
    pub days: u32,
    /// Whether each enrols any number of workstations, and not just one.
    #[serde(default)]
    pub shared: bool,
    /// Any name of the one person whose workstation it will be; anybody's by default.
    pub person: Option<String>,
}

const fn one() -> u32 {
    1
}

/// Codes, shown once and never again.
#[derive(Debug, Serialize, ToSchema)]
pub struct Codes {
    /// Each enrols one workstation, or many when they are shared.
    pub codes: Vec<String>,
    /// When they expire.
    pub expires: String,
}

/// Makes codes with which workstations enrol.
#[utoipa::path(
    post, path = "/v1/agents/codes", operation_id = "enrolment_codes", tag = "estate", request_body = Wanted,
    responses(
        (status = 200, body = Codes), (status = 400, body = Problem), (status = 401, body = Problem),
        (status = 403, body = Problem), (status = 404, description = "there is no such person", body = Problem),
        (status = 413, body = Problem), (status = 415, body = Problem), (status = 422, body = Problem), (status = 503, body = Problem)
    ),
    security(("key" = []), ("cookie" = []))
)]
pub async fn make(
    _: Authorized<RunFaregate>,
    State(server): State<Server>,
    Sent(Wanted { count, days, shared, person }): Sent<Wanted>,
) -> Result<Json<Codes>, Problem> {
    if !(1..=COUNT_MAX).contains(&count) || !(1..=DAYS_MAX).contains(&days) {
        let (status, help) =
            (StatusCode::UNPROCESSABLE_ENTITY, "ask for 1 to 1,000 codes for 1 to 30 days");
        let detail = format!("{count} codes for {days} days");
        return Err(Problem::new(status, "out-of-range", detail, help));
    }
    let now = server.gate.now();
    let owner = person.as_deref().unwrap_or_default();
    if !owner.is_empty() {
        let known = server.gate.state().read().estate().person_known_as(owner, now);
        known.ok_or_else(|| Problem::unknown("person", owner))?;
    }
    let expires = now.plus(i64::from(days) * DAY);
    let kind = if shared { Kind::SharedCode } else { Kind::Code };
    let issue = |_| server.access.issue(kind, owner, Role::Workstation, Some(expires));
    let codes: Result<Vec<String>, _> = (0..count).map(issue).collect();
    Ok(Json(Codes { codes: codes.map_err(Failure::from)?, expires: expires.to_string() }))
}
