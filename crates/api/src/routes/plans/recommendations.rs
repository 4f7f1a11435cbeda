//! `/v1/recommendations`: seat or tokens, for each person, and why.

use super::{PlanTerms, unready};
use crate::Server;
use crate::authority::{Authorized, ReadEstate};
use crate::extract::Params;
use crate::paging::{finds, page};
use crate::problem::Problem;
use crate::wire::Money;
use axum::Json;
use axum::extract::State;
use faregate_app::planning::{PersonAdvice, Study, study};
use faregate_core::amount;
use faregate_core::state;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// Of whom, and by which rule.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Which {
    /// The rule: `crossover`, `guide-000` or `guide-004`; `crossover` by default.
    rule: Option<String>,
    /// Only those who are to be moved.
    #[serde(default)]
    moves: bool,
    /// Part of a person's key or name.
    q: Option<String>,
    /// Rows on a page: 100 by default, 1,000 at most.
    #[param(maximum = 4_294_967_295_i64)]
    limit: Option<u32>,
    /// Where the page before ended: its `next`.
    #[param(pattern = "^[0-9]{1,19}$")]
    cursor: Option<String>,
}

/// What is said of one person and one offering.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Recommendation {
    /// Key of who.
    pub person: String,
    /// Their name.
    pub name: String,
    /// The seat in question, where they hold it.
    pub seat: Option<u32>,
    /// Key of the offering in question; `null`: none is of use to them.
    pub offering: Option<String>,
    /// Its name.
    pub offering_name: Option<String>,
    /// What is best for them: `seat`, `tokens`, or what they have.
    pub advice: &'static str,
    /// Why they stay what they are: `as-it-is`, `unsure`, `not-worth-it`, `too-little-known`, `kept`, `not-on-tokens`,
    /// `shared-login`, `service-account`, `contractor`, `region`; `null` when they are to be moved.
    pub stays: Option<&'static str>,
    /// Expected days of use in a year.
    pub days: f64,
    /// Days of use at which both cost the same; `null` where there is no such number.
    pub break_even: Option<f64>,
    /// The probability that the other route is cheaper than the present one, 0 to 1.
    pub p_saves: f64,
    /// What the other route is expected to save in a year; negative when it costs.
    pub saving: Money,
    /// What is lost on average by following the advice, beside knowing the future.
    pub regret: Money,
    /// What the use is expected to cost on tokens in a year.
    pub on_tokens: Money,
    /// What a seat costs in a year.
    pub seat_price: Money,
    /// Days since the last use; `null` where there was none.
    pub idle_days: Option<usize>,
    /// Whether they may open nothing any more.
    pub has_left: bool,
}

/// A page of what is best.
#[derive(Debug, Serialize, ToSchema)]
pub struct Recommendations {
    /// First day of the use that was looked at.
    pub known_from: String,
    /// Last day.
    pub known_to: String,
    /// What it leaves out, in sentences.
    pub gaps: Vec<String>,
    /// By person.
    pub rows: Vec<Recommendation>,
    /// Cursor of the next page; `null` at the end.
    pub next: Option<String>,
}

/// Seat or tokens, for everybody who used anything or holds a seat. It reads all use of a year, for every page.
#[utoipa::path(
    get, path = "/v1/recommendations", operation_id = "list_recommendations", tag = "plans", params(Which),
    responses(
        (status = 200, body = Recommendations), (status = 400, body = Problem), (status = 401, body = Problem),
        (status = 403, body = Problem), (status = 409, description = "nothing can be said yet", body = Problem),
        (status = 429, description = "too many reports wait", body = Problem), (status = 503, body = Problem)
    ),
    security(("key" = []), ("cookie" = []))
)]
pub async fn list(
    _: Authorized<ReadEstate>,
    State(server): State<Server>,
    Params(which): Params<Which>,
) -> Result<Json<Recommendations>, Problem> {
    let terms = PlanTerms { rule: which.rule.clone(), ..PlanTerms::default() }.read()?;
    let found = server.report(move |engine| Ok(study(engine, &terms, &[]))).await?;
    let found = found.map_err(unready)?;
    let state = server.gate.state().read();
    let rows = found.advice.people.iter().map(|one| shown(&state, &found, one));
    let wanted = rows.filter(|one| !which.moves || one.stays.is_none());
    let wanted = wanted.filter(|one| finds(which.q.as_deref(), &[&one.person, &one.name]));
    let page = page((1..).zip(wanted), which.limit, which.cursor.as_deref())?;
    Ok(Json(Recommendations {
        known_from: found.habits.first.to_string(),
        known_to: found.habits.last.to_string(),
        gaps: found.advice.gaps.clone(),
        rows: page.rows,
        next: page.next,
    }))
}

/// What is said of one person, as it is told.
#[must_use]
pub fn shown(state: &state::State, study: &Study, one: &PersonAdvice) -> Recommendation {
    let money = |units: f64| {
        let micros = if units.is_finite() { (units * 1e6).round() as i64 } else { 0 };
        Money::from(amount::Money { micros, currency: study.market.currency })
    };
    let person = state.estate().person(one.person);
    let offering = one.offering.and_then(|id| state.estate().offering(id));
    let on_seat = one.holds.is_some();
    let moves = one.stays.is_none();
    Recommendation {
        person: person.map(|known| known.key.clone()).unwrap_or_default(),
        name: person.map(|known| known.name.clone()).unwrap_or_default(),
        seat: one.holds.map(|holding| holding.seat.0),
        offering: offering.map(|known| known.key.clone()),
        offering_name: offering.map(|known| known.name.clone()),
        advice: if on_seat != moves { "seat" } else { "tokens" },
        stays: one.stays.map(faregate_app::planning::Standstill::key),
        days: one.found.days,
        break_even: Some(one.found.break_even).filter(|days| days.is_finite()),
        p_saves: one.found.p_saves,
        saving: money(one.found.saving),
        regret: money(one.found.regret),
        on_tokens: money(one.on_tokens),
        seat_price: money(one.seat),
        idle_days: one.idle_days,
        has_left: one.has_left,
    }
}
