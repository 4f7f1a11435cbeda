//! `/v1/double-dips`: tokens paid although a seat of the person covers the product.

use crate::Server;
use crate::authority::{Authorized, ReadBurn};
use crate::extract::Params;
use crate::paging::page;
use crate::problem::Problem;
use crate::routes::statement::Period;
use crate::sources::Stale;
use crate::wire::{Money, Tokens};
use axum::Json;
use axum::extract::State;
use faregate_app::reports;
use faregate_app::sources::Figure;
use faregate_core::double_dip::Dip;
use faregate_core::event::DipCause;
use faregate_core::state;
use serde::Serialize;
use utoipa::ToSchema;

/// Tokens paid although a seat covered the use.
#[derive(Debug, Serialize, ToSchema)]
pub struct DoubleDip {
    /// The UTC day.
    #[schema(format = Date)]
    pub day: String,
    /// Key of who.
    pub person: String,
    /// Key of what.
    pub product: String,
    /// Under which name the vendor charged it; `null` for a charge of ours.
    pub charged_to: Option<String>,
    /// How many.
    pub tokens: Tokens,
    /// What they cost at that day's price.
    pub money: Option<Money>,
    /// How it came about: `second-identity`, `seat-came-later` or `same-identity`.
    pub cause: &'static str,
}

/// All tokens of a cause.
#[derive(Debug, Serialize, ToSchema)]
pub struct DipSum {
    /// The cause.
    pub cause: &'static str,
    /// How many.
    pub tokens: Tokens,
}

/// A page of double-dips, and the sums of the whole period.
#[derive(Debug, Serialize, ToSchema)]
pub struct DoubleDips {
    /// First UTC day.
    #[schema(format = Date)]
    pub from: String,
    /// Last UTC day.
    #[schema(format = Date)]
    pub to: String,
    /// By day, person and product.
    pub rows: Vec<DoubleDip>,
    /// Cursor of the next page; `null` at the end.
    pub next: Option<String>,
    /// All tokens of the period.
    pub tokens: Tokens,
    /// What they cost; `null` without prices, and across currencies.
    pub money: Option<Money>,
    /// The same by cause.
    pub by_cause: Vec<DipSum>,
    /// Sources that end before the last date: what they would tell is not in the rows.
    pub stale: Vec<Stale>,
}

/// What was paid twice on the UTC days of a period, by the vendor's charges and by our own.
#[utoipa::path(
    get, path = "/v1/double-dips", operation_id = "double_dips", tag = "burn", params(Period),
    responses((status = 200, body = DoubleDips), (status = 400, body = Problem), (status = 401, body = Problem), (status = 403, body = Problem), (status = 503, body = Problem)),
    security(("key" = []), ("cookie" = []))
)]
pub async fn list(
    _: Authorized<ReadBurn>,
    State(server): State<Server>,
    Params(period): Params<Period>,
) -> Result<Json<DoubleDips>, Problem> {
    let stale = server.stale(Figure::DoubleDips, period.to.as_deref()).await?;
    let (from, to) = period.dates(&server)?;
    let state = server.gate.state().read();
    let found = reports::double_dips(&state, from, to);
    let rows = (1..).zip(&found.rows).map(|(place, dip)| (place, shown(&state, dip)));
    let page = page(rows, period.limit, period.cursor.as_deref())?;
    let sum = |(cause, ticks): (&DipCause, &_)| DipSum {
        cause: cause_key(*cause),
        tokens: Tokens::from(*ticks),
    };
    Ok(Json(DoubleDips {
        from: from.to_string(),
        to: to.to_string(),
        rows: page.rows,
        next: page.next,
        tokens: found.ticks.into(),
        money: found.cost.map(Money::from),
        by_cause: found.by_cause.iter().map(sum).collect(),
        stale,
    }))
}

fn shown(state: &state::State, dip: &Dip) -> DoubleDip {
    let estate = state.estate();
    DoubleDip {
        day: dip.day.to_string(),
        person: estate.person(dip.person).map(|person| person.key.clone()).unwrap_or_default(),
        product: estate.product(dip.product).map(|known| known.key.clone()).unwrap_or_default(),
        charged_to: dip.alias.clone(),
        tokens: dip.ticks.into(),
        money: dip.cost.map(Money::from),
        cause: cause_key(dip.cause),
    }
}

fn cause_key(cause: DipCause) -> &'static str {
    match cause {
        DipCause::SecondIdentity => "second-identity",
        DipCause::SeatCameLater => "seat-came-later",
        DipCause::SameIdentity => "same-identity",
        DipCause::SecondChargeInWindow => "second-charge-in-window",
    }
}
