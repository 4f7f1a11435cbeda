//! `/v1/findings`: what looks unusual, with evidence and cost, for somebody to look at.

pub mod judgement;

use crate::Server;
use crate::authority::{Authorized, ReadOwn};
use crate::extract::Params;
use crate::paging::page;
use crate::problem::Problem;
use crate::routes::{DAYS_ANY, span};
use crate::wire::{Money, Tokens};
use axum::Json;
use axum::extract::State;
use faregate_app::anomalies::{DAYS, findings, silences};
use faregate_core::anomaly::{self, Class};
use faregate_core::state;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// Which findings.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Which {
    /// Of one class, such as `burst`; all by default.
    class: Option<String>,
    /// First date; 34 days before the last by default.
    #[param(format = Date)]
    from: Option<String>,
    /// Last date; today by default.
    #[param(format = Date)]
    to: Option<String>,
    /// Findings on a page: 100 by default, 1,000 at most.
    #[param(maximum = 4_294_967_295_i64)]
    limit: Option<u32>,
    /// Where the page before ended: its `next`.
    #[param(pattern = "^[0-9]{1,19}$")]
    cursor: Option<String>,
}

/// Something that was measured.
#[derive(Debug, Serialize, ToSchema)]
pub struct FindingFact {
    /// What.
    pub name: &'static str,
    /// How much.
    pub value: String,
}

/// Who used what, where, from when to when.
#[derive(Debug, Serialize, ToSchema)]
pub struct FindingRow {
    /// Key of who.
    pub person: Option<String>,
    /// Key of what.
    pub product: Option<String>,
    /// Where, in words; empty when nobody knows.
    pub place: String,
    /// From when.
    pub from: String,
    /// To when.
    pub until: String,
    /// What it cost; 0 where only the whole finding has a cost.
    pub tokens: Tokens,
}

/// Something that somebody should look at. It blocks nothing by itself.
#[derive(Debug, Serialize, ToSchema)]
pub struct Finding {
    /// Its id: the same when it is found again.
    pub id: String,
    /// Its class, such as `burst`.
    pub class: &'static str,
    /// What it is about, such as `person/ana/product/revit`.
    pub subject: String,
    /// From when.
    pub from: String,
    /// To when.
    pub until: String,
    /// One sentence.
    pub text: String,
    /// What may be done about it.
    pub remedy: &'static str,
    /// What was measured.
    pub facts: Vec<FindingFact>,
    /// Who, where and when: 60 at most.
    pub rows: Vec<FindingRow>,
    /// Keys of everybody concerned.
    pub people: Vec<String>,
    /// Key of the product, where it is about one.
    pub product: Option<String>,
    /// What it cost so far.
    pub tokens: Tokens,
    /// The same at the price of now; `null` without a price.
    pub money: Option<Money>,
    /// What 30 days of it cost if nothing is done.
    pub tokens_monthly: Tokens,
    /// The same at the price of now; `null` without a price.
    pub money_monthly: Option<Money>,
    /// How far above its threshold it is: 1 is the threshold itself.
    pub strength: f64,
    /// Whether somebody has confirmed it; what was dismissed is not listed.
    pub confirmed: bool,
}

/// A page of findings.
#[derive(Debug, Serialize, ToSchema)]
pub struct Findings {
    /// First date.
    #[schema(format = Date)]
    pub from: String,
    /// Last date.
    #[schema(format = Date)]
    pub to: String,
    /// The dearest first.
    pub rows: Vec<Finding>,
    /// Cursor of the next page; `null` at the end.
    pub next: Option<String>,
}

/// What looks unusual in a period, the dearest first; a burst that goes on is among them. Owners of buckets see what
/// is about their people alone. It reads all use of the period, for every page.
#[utoipa::path(
    get, path = "/v1/findings", operation_id = "list_findings", tag = "burn", params(Which),
    responses(
        (status = 200, body = Findings), (status = 400, body = Problem), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 429, description = "too many reports wait", body = Problem), (status = 503, body = Problem)
    ),
    security(("key" = []), ("cookie" = []))
)]
pub async fn list(
    who: Authorized<ReadOwn>,
    State(server): State<Server>,
    Params(which): Params<Which>,
) -> Result<Json<Findings>, Problem> {
    let class = which.class.as_deref().map(class_called).transpose()?;
    let (from, to) = {
        let (state, now) = (server.gate.state().read(), server.gate.now());
        let (from, to) = span(&state, now, which.from.as_deref(), which.to.as_deref(), DAYS_ANY)?;
        (if which.from.is_some() { from } else { to.plus(1 - DAYS) }, to)
    };
    let silent = silences(&server.assessed().await?);
    let found = server.report(move |engine| findings(engine, from, to, &silent)).await?;
    let (state, now) = (server.gate.state().read(), server.gate.now());
    let sight = who.sight(&state, now);
    let seen = found.iter().filter(|one| sight.finding(&state, one));
    let seen = seen.filter(|one| class.is_none_or(|class| one.class == class));
    let page = page((1..).zip(seen), which.limit, which.cursor.as_deref())?;
    let rows = page.rows.into_iter().map(|one| shown(&state, one)).collect();
    Ok(Json(Findings { from: from.to_string(), to: to.to_string(), rows, next: page.next }))
}

fn class_called(key: &str) -> Result<Class, Problem> {
    Class::from_key(key).ok_or_else(|| {
        let detail = format!("`{key}` is no class of findings");
        Problem::bad_request("unknown-class", detail, "docs/concepts/anomalies.md lists them")
    })
}

fn shown(state: &state::State, one: &anomaly::Finding) -> Finding {
    let estate = state.estate();
    let person = |id| estate.person(id).map(|known| known.key.clone());
    let product = |id| estate.product(id).map(|known| known.key.clone());
    let price = || state.tariff()?.1.token_price(state.at(), state.zone());
    let money = |ticks| price().map(|price| Money::from(price.for_tokens(ticks)));
    let row = |row: &anomaly::Row| FindingRow {
        person: row.person.and_then(person),
        product: row.product.and_then(product),
        place: row.place.clone(),
        from: row.from.to_string(),
        until: row.until.to_string(),
        tokens: row.ticks.into(),
    };
    let fact = |(name, value): &(&'static str, String)| FindingFact { name, value: value.clone() };
    Finding {
        id: format!("{:016x}", one.id),
        class: one.class.key(),
        subject: one.subject.clone(),
        from: one.from.to_string(),
        until: one.until.to_string(),
        text: one.words.clone(),
        remedy: one.class.remedy(),
        facts: one.facts.iter().map(fact).collect(),
        rows: one.rows.iter().map(row).collect(),
        people: one.people.iter().filter_map(|id| person(*id)).collect(),
        product: one.product.and_then(product),
        tokens: one.cost.into(),
        money: money(one.cost),
        tokens_monthly: one.monthly.into(),
        money_monthly: money(one.monthly),
        strength: one.strength,
        confirmed: state.judgements().of(one.id).is_some_and(|judged| judged.confirmed),
    }
}
