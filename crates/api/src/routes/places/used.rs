//! `/v1/places/use`: use by month, country, site and what it is of.

use super::{domain, found};
use crate::Server;
use crate::authority::{Authorized, ReadEstate};
use crate::extract::Params;
use crate::paging::page;
use crate::problem::Problem;
use crate::routes::statement::Period;
use axum::Json;
use axum::extract::State;
use faregate_core::compliance::{Cell, Used};
use faregate_core::estate::Estate;
use serde::Serialize;
use utoipa::ToSchema;

/// Use at a place, in a month.
#[derive(Debug, Serialize, ToSchema)]
pub struct PlaceUse {
    /// First date of the month.
    #[schema(format = Date)]
    pub month: String,
    /// Code of the country; `null` where nothing speaks for one.
    pub country: Option<String>,
    /// Key of the site; `null` outside of all.
    pub site: Option<String>,
    /// `bucket` or `offering`; `null` for those turned away.
    pub of: Option<&'static str>,
    /// Its key.
    pub key: Option<String>,
    /// Requests let through.
    pub opened: u64,
    /// Requests turned away, for whatever reason.
    pub refused: u64,
    /// Of all these, outside of a territory.
    pub breaches: u64,
}

/// A page of use by place.
#[derive(Debug, Serialize, ToSchema)]
pub struct PlacesUsed {
    /// First date.
    #[schema(format = Date)]
    pub from: String,
    /// Last date.
    #[schema(format = Date)]
    pub to: String,
    /// By month, country, site and what it is of.
    pub rows: Vec<PlaceUse>,
    /// Cursor of the next page; `null` at the end.
    pub next: Option<String>,
}

/// Use by month, country, site and what it is of, as the gate saw it. It reads the journal, for every page.
#[utoipa::path(
    get, path = "/v1/places/use", operation_id = "place_use", tag = "estate", params(Period),
    responses(
        (status = 200, body = PlacesUsed), (status = 400, body = Problem), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 429, description = "too many reports wait", body = Problem), (status = 503, body = Problem)
    ),
    security(("key" = []), ("cookie" = []))
)]
pub async fn list(
    _: Authorized<ReadEstate>,
    State(server): State<Server>,
    Params(period): Params<Period>,
) -> Result<Json<PlacesUsed>, Problem> {
    let found = found(&server, period.from.as_deref(), period.to.as_deref()).await?;
    let state = server.gate.state().read();
    let rows = (1..).zip(&found.report.used);
    let rows = rows.map(|(place, (cell, used))| (place, shown(state.estate(), *cell, *used)));
    let page = page(rows, period.limit, period.cursor.as_deref())?;
    let (from, to) = (found.from.to_string(), found.to.to_string());
    Ok(Json(PlacesUsed { from, to, rows: page.rows, next: page.next }))
}

fn shown(estate: &Estate, cell: Cell, used: Used) -> PlaceUse {
    let (of, key) = cell.domain.map(|of| domain(estate, of)).unzip();
    PlaceUse {
        month: cell.month.to_string(),
        country: cell.country.map(|country| country.code().to_owned()),
        site: cell.site.and_then(|id| estate.site(id)).map(|site| site.key.clone()),
        of,
        key: key.flatten(),
        opened: used.opened,
        refused: used.refused,
        breaches: used.breaches,
    }
}
