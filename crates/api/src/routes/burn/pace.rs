//! `/v1/burn/pace`: what was used of the pool and of each bucket, beside what its plan says.

use crate::Server;
use crate::authority::{Authorized, ReadOutlook};
use crate::extract::Params;
use crate::problem::Problem;
use crate::wire::Tokens;
use axum::Json;
use axum::extract::State;
use faregate_app::sight::Sight;
use faregate_app::views::burn::{bucket_key, pace_in_words};
use faregate_core::burn;
use faregate_core::state;
use faregate_core::statement::Scope;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// Whose.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Whose {
    /// Key of a bucket: only its pace, with the plan drawn day by day.
    bucket: Option<String>,
}

/// A plan drawn day by day, beside what was used.
#[derive(Debug, Serialize, ToSchema)]
pub struct PlanCourse {
    /// All dates of the period.
    pub days: Vec<String>,
    /// What is to be used by the end of each.
    pub planned: Vec<Tokens>,
    /// What was used by the end of each, up to today.
    pub used: Vec<Tokens>,
}

/// How fast an allotment is used up, beside its plan.
#[derive(Debug, Serialize, ToSchema)]
pub struct PaceRow {
    /// Key of the bucket; `null` for the pool as a whole.
    pub bucket: Option<String>,
    /// First date of the period: the bucket's own, or the term of the packs that are valid now.
    #[schema(format = Date)]
    pub from: String,
    /// Last date of it.
    #[schema(format = Date)]
    pub to: String,
    /// What there was to use in it: what was used since its start, and what is left now.
    pub allotted: Tokens,
    /// What was used and paid for with it since the period began.
    pub used: Tokens,
    /// The plan that holds: `straight`, `seasonal` or `curve`.
    pub plan: &'static str,
    /// Why another plan holds than the one that was set.
    pub instead: Option<&'static str>,
    /// What the plan that holds says is to be used by now: an estimate, like all plans.
    pub planned: Tokens,
    /// What the straight plan says.
    pub straight: Tokens,
    /// What the seasonal plan says; `null` without four weeks of history.
    pub seasonal: Option<Tokens>,
    /// What the owner's own curve says; `null` where there is none of this period.
    pub curve: Option<Tokens>,
    /// `used / planned`: above 1 it is used up too fast. `null` while nothing is planned yet.
    pub pace: Option<f64>,
    /// By how many days use is ahead of the plan; behind it when negative.
    pub days_ahead: f64,
    /// The plan day by day, when one bucket was asked for, or there is only the pool.
    pub course: Option<PlanCourse>,
    /// All of it in words.
    pub text: String,
}

/// Paces: the pool first, then buckets in the order opened.
#[derive(Debug, Serialize, ToSchema)]
pub struct Paces {
    /// When it was true.
    pub as_of: String,
    /// One row each. Whoever has no period, because no pack is valid now, has none.
    pub rows: Vec<PaceRow>,
}

/// Paces of the pool and the buckets that the caller sees; the pool is for those who see everything.
#[utoipa::path(
    get, path = "/v1/burn/pace", operation_id = "burn_pace", tag = "burn", params(Whose),
    responses(
        (status = 200, body = Paces), (status = 400, body = Problem), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, description = "there is no such bucket that the caller sees", body = Problem), (status = 503, body = Problem)
    ),
    security(("key" = []), ("cookie" = []))
)]
pub async fn pace(
    who: Authorized<ReadOutlook>,
    State(server): State<Server>,
    Params(whose): Params<Whose>,
) -> Result<Json<Paces>, Problem> {
    let (state, now) = (server.gate.state().read(), server.gate.now());
    let sight = who.sight(&state, now);
    let asked = whose.bucket.as_deref().map(|key| {
        let known = state.estate().bucket_called(key).filter(|id| sight.bucket(&state, *id));
        known.map(Scope::Bucket).ok_or_else(|| Problem::unknown("bucket", key))
    });
    let asked = asked.transpose()?;
    let shown = |scope| asked.is_none_or(|only| only == scope) && is_seen(&state, sight, scope);
    let found = burn::paces(&state, shown, now);
    let is_one = asked.is_some() || found.len() == 1;
    let drawn = |scope| if is_one { burn::course(&state, scope, now) } else { None };
    let course = |scope| drawn(scope).map(PlanCourse::from);
    let rows = found.iter().map(|pace| PaceRow { course: course(pace.scope), ..row(&state, pace) });
    Ok(Json(Paces { as_of: now.to_string(), rows: rows.collect() }))
}

fn is_seen(state: &state::State, sight: Sight, scope: Scope) -> bool {
    match scope {
        Scope::Bucket(id) => sight.bucket(state, id),
        Scope::Contract | Scope::Unallocated => sight == Sight::Everything,
    }
}

fn row(state: &state::State, pace: &burn::Pace) -> PaceRow {
    PaceRow {
        bucket: bucket_key(state, pace.scope),
        from: pace.from.to_string(),
        to: pace.until.plus(-1).to_string(),
        allotted: pace.allotted.into(),
        used: pace.used.into(),
        plan: pace.plan,
        instead: pace.instead,
        planned: pace.planned.into(),
        straight: pace.straight.into(),
        seasonal: pace.seasonal.map(Tokens::from),
        curve: pace.curve.map(Tokens::from),
        pace: pace.ratio,
        days_ahead: pace.days_ahead,
        course: None,
        text: pace_in_words(state, pace),
    }
}

impl From<burn::Course> for PlanCourse {
    fn from(course: burn::Course) -> Self {
        let tokens = |all: Vec<_>| all.into_iter().map(Tokens::from).collect();
        Self {
            days: course.days.iter().map(ToString::to_string).collect(),
            planned: tokens(course.planned),
            used: tokens(course.used),
        }
    }
}
