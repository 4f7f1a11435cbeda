//! `/v1/plans`: plans of moves, and `/v1/recommendations`: what is best for each person.

pub mod recommendations;
pub mod verification;

use crate::Server;
use crate::authority::{Authorized, GiveOrders, ReadEstate, RunFaregate};
use crate::extract::{Params, Segment, Sent};
use crate::paging::page;
use crate::problem::Problem;
use crate::routes::orders::{Trying, carried_out, key_unless_tried};
use crate::wire::Money;
use crate::wire::order::{self, Naming, OrderDone, plan_id};
use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use faregate_app::orders::Order;
use faregate_app::planning::{Terms, Unready, study};
use faregate_core::amount;
use faregate_core::moves::{PlanId, PlanRecord};
use faregate_core::state;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// By what a plan is drawn. Everything may be left out.
#[derive(Clone, Debug, Default, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct PlanTerms {
    /// The rule: `crossover`, `guide-000` or `guide-004`; `crossover` by default.
    pub rule: Option<String>,
    /// How probable it must be that a move saves, 0 to 1.
    #[schema(minimum = 0, maximum = 1)]
    pub probability: Option<f64>,
    /// What a move costs, in units of money: it must save more.
    #[schema(minimum = 0)]
    pub switching_cost: Option<f64>,
    /// The price of a token; the tariff's by default.
    pub token_price: Option<Money>,
    /// Off the list price of seats, 0 to 1.
    #[schema(minimum = 0, maximum = 1)]
    pub seat_discount: f64,
    /// Days of use that are looked at: 28 to 1,100, 365 by default.
    #[schema(minimum = 28, maximum = 1100)]
    pub days: Option<i32>,
    /// Whether only seats that are there are handed on, and none is bought.
    pub no_buying: bool,
    /// Names of people who stay what they are.
    #[schema(max_items = 10_000)]
    pub keep: Vec<String>,
}

impl PlanTerms {
    /// The terms, checked.
    ///
    /// # Errors
    /// What cannot be, and how to write it.
    pub fn read(&self) -> Result<Terms, Problem> {
        let name = self.rule.as_deref().unwrap_or("crossover");
        let mut terms = Terms::by_rule(name).ok_or_else(|| {
            let detail = format!("`{name}` is no rule");
            Problem::bad_request(
                "unknown-rule",
                detail,
                "there are crossover, guide-000 and guide-004",
            )
        })?;
        let share = |name: &str, value: f64| match (0.0..=1.0).contains(&value) {
            true => Ok(value),
            false => {
                let detail = format!("`{value}` is no {name}");
                Err(Problem::bad_request("bad-share", detail, "write a share from 0 to 1: 0.8"))
            }
        };
        if let Some(probability) = self.probability {
            share("probability", probability)?;
        }
        if let Some(cost) = self.switching_cost.filter(|cost| !(0.0..f64::INFINITY).contains(cost))
        {
            let detail = format!("a move cannot cost `{cost}`");
            return Err(Problem::bad_request("bad-money", detail, "write 0 or more"));
        }
        terms.require(self.probability, self.switching_cost);
        terms.seat_discount = share("discount", self.seat_discount)?;
        terms.token_price = self.token_price.clone().map(order::money).transpose()?;
        terms.days = self.days.unwrap_or(365);
        if !(28..=1_100).contains(&terms.days) {
            let detail = format!("{} days cannot be looked at", terms.days);
            return Err(Problem::bad_request("bad-days", detail, "give 28 to 1,100 days"));
        }
        terms.may_buy = !self.no_buying;
        Ok(terms)
    }
}

/// A plan to draw.
#[derive(Clone, Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PlanBody {
    /// Its name.
    #[schema(max_length = 200)]
    pub name: String,
    /// By what it is drawn.
    #[serde(default)]
    pub terms: PlanTerms,
}

/// A plan that was drawn, and what it leaves out.
#[derive(Clone, Debug, Deserialize, Serialize, ToSchema)]
pub struct PlanDrawn {
    /// What was booked; its id names the plan.
    pub done: OrderDone,
    /// What the plan leaves out, in sentences.
    pub gaps: Vec<String>,
}

/// Which plans.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Which {
    /// Rows on a page: 100 by default, 1,000 at most.
    #[param(maximum = 4_294_967_295_i64)]
    limit: Option<u32>,
    /// Where the page before ended: its `next`.
    #[param(pattern = "^[0-9]{1,19}$")]
    cursor: Option<String>,
}

/// A plan, without its moves.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PlanHead {
    /// Its id.
    pub id: String,
    /// The plan that it was made from.
    pub parent: Option<String>,
    /// Its name.
    pub name: String,
    /// Who drew it.
    pub by: String,
    /// When.
    pub drawn: String,
    /// Where it stands: `drawn`, `approved`, `rejected`, `underway` or `finished`.
    pub status: &'static str,
    /// Who decided on it.
    pub judged_by: Option<String>,
    /// When.
    pub judged: Option<String>,
    /// Why.
    pub why: Option<String>,
    /// First day of the use that it was drawn from.
    pub known_from: String,
    /// Last day.
    pub known_to: String,
    /// By which rule, at which prices.
    pub basis: String,
    /// How many moves it has.
    pub moves: usize,
    /// How many of them were made.
    pub made: usize,
    /// What it is to save in a year; negative when it costs.
    pub saving: Money,
}

/// A page of plans.
#[derive(Debug, Serialize, ToSchema)]
pub struct Plans {
    /// The newest first.
    pub rows: Vec<PlanHead>,
    /// Cursor of the next page; `null` at the end.
    pub next: Option<String>,
}

/// One move of a plan.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PlanMove {
    /// Its number in the plan, from 1.
    pub number: u32,
    /// Key of who.
    pub person: String,
    /// Their name.
    pub name: String,
    /// What becomes of them: `assign`, `buy` or `release`.
    pub kind: &'static str,
    /// Key of the offering.
    pub offering: String,
    /// Number of the seat, where it is there.
    pub seat: Option<u32>,
    /// When.
    pub on: String,
    /// What the use in question costs in a year as things are.
    pub cost_now: Money,
    /// What it will cost.
    pub cost_then: Money,
    /// The difference; negative when it costs.
    pub saving: Money,
    /// How probable it is that the move saves, 0 to 1; `null` for a seat that goes to somebody else.
    pub p_saves: Option<f64>,
    /// Expected days of use in a year.
    pub days: u16,
    /// Why, in a sentence.
    pub why: String,
    /// What was done: `done`, `undone`, `dropped`, or `null`.
    pub step: Option<&'static str>,
    /// When.
    pub at: Option<String>,
}

/// A plan with a page of its moves.
#[derive(Debug, Serialize, ToSchema)]
pub struct PlanShown {
    /// The plan.
    pub plan: PlanHead,
    /// Its moves, by number.
    pub rows: Vec<PlanMove>,
    /// Cursor of the next page; `null` at the end.
    pub next: Option<String>,
}

/// A plan's head, for whoever lists plans.
#[must_use]
pub fn head(id: PlanId, record: &PlanRecord) -> PlanHead {
    let plan = &record.plan;
    let verdict = record.verdict.as_ref();
    let made = record.last_steps().into_iter().flatten();
    let made = made.filter(|(step, _)| *step == faregate_core::moves::MoveStep::Done).count();
    PlanHead {
        id: id.to_string(),
        parent: plan.parent.map(|parent| parent.to_string()),
        name: plan.name.clone(),
        by: plan.by.clone(),
        drawn: record.drawn.to_string(),
        status: record.status().key(),
        judged_by: verdict.map(|verdict| verdict.by.clone()),
        judged: verdict.map(|verdict| verdict.at.to_string()),
        why: verdict.map(|verdict| verdict.why.clone()),
        known_from: plan.known_from.to_string(),
        known_to: plan.known_to.to_string(),
        basis: plan.basis.clone(),
        moves: plan.moves.len(),
        made,
        saving: money(plan.saving(), record),
    }
}

fn money(micros: i64, record: &PlanRecord) -> Money {
    amount::Money { micros, currency: record.plan.currency }.into()
}

/// A plan's moves, by number.
pub fn moves<'a>(
    state: &'a state::State,
    record: &'a PlanRecord,
) -> impl Iterator<Item = PlanMove> + 'a {
    let last = record.last_steps();
    (1_u32..).zip(&record.plan.moves).zip(last).map(move |((number, one), last)| {
        let person = state.estate().person(one.person);
        let offering = state.estate().offering(one.offering);
        PlanMove {
            number,
            person: person.map(|known| known.key.clone()).unwrap_or_default(),
            name: person.map(|known| known.name.clone()).unwrap_or_default(),
            kind: one.kind.key(),
            offering: offering.map(|known| known.key.clone()).unwrap_or_default(),
            seat: one.seat.map(|seat| seat.0),
            on: one.on.to_string(),
            cost_now: money(one.cost_now, record),
            cost_then: money(one.cost_then, record),
            saving: money(one.saving(), record),
            p_saves: (one.p_saves > 0).then(|| f64::from(one.p_saves) / 1_000.0),
            days: one.days,
            why: one.why.clone(),
            step: last.map(|(step, _)| step.key()),
            at: last.map(|(_, at)| at.to_string()),
        }
    })
}

/// The plans of moves, the newest first.
#[utoipa::path(
    get, path = "/v1/plans", operation_id = "list_plans", tag = "plans", params(Which),
    responses(
        (status = 200, body = Plans), (status = 400, body = Problem), (status = 401, body = Problem),
        (status = 403, body = Problem)
    ),
    security(("key" = []), ("cookie" = []))
)]
pub async fn list(
    _: Authorized<ReadEstate>,
    State(server): State<Server>,
    Params(which): Params<Which>,
) -> Result<Json<Plans>, Problem> {
    let state = server.gate.state().read();
    // Places ascend while ids descend, and are the plans' own: a plan that is drawn between two pages moves none.
    let plans = state.move_plans().iter().rev();
    let plans = plans.map(|plan| (i64::MAX.unsigned_abs().saturating_sub(plan.0.0), plan));
    let page = page(plans, which.limit, which.cursor.as_deref())?;
    let rows = page.rows.into_iter().map(|(id, record)| head(*id, record)).collect();
    Ok(Json(Plans { rows, next: page.next }))
}

/// A plan with its moves.
#[utoipa::path(
    get, path = "/v1/plans/{id}", operation_id = "get_plan", tag = "plans",
    params(("id" = String, Path, description = "id of the plan", pattern = "^p[0-9]{1,19}$"), Which),
    responses(
        (status = 200, body = PlanShown), (status = 400, body = Problem), (status = 401, body = Problem),
        (status = 403, body = Problem), (status = 404, body = Problem), (status = 422, body = Problem)
    ),
    security(("key" = []), ("cookie" = []))
)]
pub async fn show(
    _: Authorized<ReadEstate>,
    State(server): State<Server>,
    Segment(id): Segment,
    Params(which): Params<Which>,
) -> Result<Json<PlanShown>, Problem> {
    let state = server.gate.state().read();
    let (id, record) = called(&state, &id)?;
    let rows = (1..).zip(moves(&state, record));
    let page = page(rows, which.limit, which.cursor.as_deref())?;
    Ok(Json(PlanShown { plan: head(id, record), rows: page.rows, next: page.next }))
}

/// Draws a plan of moves from the use of the last year. It reads all use that is known; nothing moves before somebody
/// else approves the plan and it is carried out.
#[utoipa::path(
    post, path = "/v1/plans", operation_id = "draw_plan", tag = "plans", request_body = PlanBody,
    params(Trying, ("Idempotency-Key" = Option<String>, Header, description = "names the order for ever; needed unless it is only tried", min_length = 1, max_length = 128)),
    responses(
        (status = 200, description = "drawn, or tried", body = PlanDrawn), (status = 400, body = Problem),
        (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 409, description = "nothing can be said yet", body = Problem), (status = 413, body = Problem),
        (status = 415, body = Problem), (status = 422, description = "nobody has to move, or the key names another order", body = Problem),
        (status = 429, description = "too many reports wait", body = Problem), (status = 503, body = Problem)
    ),
    security(("key" = []), ("cookie" = []))
)]
pub async fn draw(
    _: Authorized<RunFaregate>,
    who: Authorized<GiveOrders>,
    State(server): State<Server>,
    Params(trying): Params<Trying>,
    headers: HeaderMap,
    Sent(body): Sent<PlanBody>,
) -> Result<Json<PlanDrawn>, Problem> {
    let key = key_unless_tried(&trying, &headers)?;
    let digested = serde_json::to_vec(&body).unwrap_or_default();
    let (terms, keep) = (body.terms.read()?, body.terms.keep.clone());
    let (name, by) = (body.name, who.orderer().name().to_owned());
    let drawn = server
        .report(move |engine| {
            let found = study(engine, &terms, &keep);
            let shared = engine.state();
            let state = shared.read();
            Ok(found.map(|study| study.draw(&state, &terms, &name, &by)))
        })
        .await?
        .map_err(unready)?;
    let order = Order::DrawPlan(Box::new(drawn.plan));
    let key = key.map(|key| (key, digested));
    let done = carried_out(&server, &who, key, (order, Naming::Plan)).await?;
    Ok(Json(PlanDrawn { done, gaps: drawn.gaps }))
}

/// The plan of this id.
fn called<'a>(state: &'a state::State, id: &str) -> Result<(PlanId, &'a PlanRecord), Problem> {
    let id = plan_id(id)?;
    let record = state.move_plans().get(&id).ok_or_else(|| {
        let detail = format!("there is no plan {id}");
        Problem::new(StatusCode::NOT_FOUND, "unknown", detail, "`GET /v1/plans` lists them")
    })?;
    Ok((id, record))
}

/// Why nothing can be said, for whoever asked.
pub(crate) fn unready(why: Unready) -> Problem {
    let detail = why.to_string();
    let help = match why {
        Unready::Failed(failure) => return failure.into(),
        Unready::NoPrice => "adopt a tariff with prices, or give `token_price`",
        Unready::NoUse(_) => "take in a log or an export of use first",
        Unready::TooShort(_) => "wait, or take in older use",
        Unready::NoPerson(_) => "give a key, a login or an e-mail of somebody who is known",
        Unready::NoMove(_) => "carry it out first",
    };
    Problem::new(StatusCode::CONFLICT, "not-ready", detail, help)
}
