//! `/v1/places/use`: use by month, country, site and what it is of.

use super::{domain, found};
use crate::Server;
use crate::authority::{Authorized, ReadEstate};
use crate::extract::Params;
use crate::paging::page;
use crate::problem::Problem;
use axum::Json;
use axum::extract::State;
use faregate_core::compliance::{By, Of, Over, Row, Used};
use faregate_core::estate::Estate;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// What use is divided by, beside the place.
#[derive(Clone, Copy, Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum UseBy {
    /// The bucket, or the offering of the seat, that paid; whoever was turned away is a row of their own.
    #[default]
    Payer,
    /// The product that was asked for.
    Product,
    /// Nothing more.
    Place,
}

/// Over how long a row is counted.
#[derive(Clone, Copy, Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum UseOver {
    /// A month.
    #[default]
    Month,
    /// The whole period.
    Period,
}

/// Which use, and which page of it.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Which {
    /// What use is divided by, beside the place; by what paid if nothing is said.
    #[serde(default)]
    #[param(inline)]
    by: UseBy,
    /// Over how long a row is counted; a month if nothing is said.
    #[serde(default)]
    #[param(inline)]
    over: UseOver,
    /// First date; 29 days before the last by default.
    #[param(format = Date)]
    from: Option<String>,
    /// Last date; today by default.
    #[param(format = Date)]
    to: Option<String>,
    /// Rows on a page: 100 by default, 1,000 at most.
    #[param(maximum = 4_294_967_295_i64)]
    limit: Option<u32>,
    /// Where the page before ended: its `next`.
    #[param(pattern = "^[0-9]{1,19}$")]
    cursor: Option<String>,
}

/// Use at a place, in a month or the whole period.
#[derive(Debug, Serialize, ToSchema)]
pub struct PlaceUse {
    /// First date of the month; `null` over the whole period.
    #[schema(format = Date)]
    pub month: Option<String>,
    /// Code of the country; `null` where nothing speaks for one.
    pub country: Option<String>,
    /// Key of the site; `null` outside of all.
    pub site: Option<String>,
    /// `bucket` or `offering`, or `product`. `null` for those turned away, for products that the contract does not know,
    /// and where use is divided by nothing more.
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
    /// By month where there are months, country, site and what it is of.
    pub rows: Vec<PlaceUse>,
    /// Cursor of the next page; `null` at the end.
    pub next: Option<String>,
}

/// Use by country and site, and by what paid or which product, for each month or over the whole period, as the gate saw
/// it. It reads the journal, for every page.
#[utoipa::path(
    get, path = "/v1/places/use", operation_id = "place_use", tag = "estate", params(Which),
    responses(
        (status = 200, body = PlacesUsed), (status = 400, body = Problem), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 429, description = "too many reports wait", body = Problem), (status = 503, body = Problem)
    ),
    security(("key" = []), ("cookie" = []))
)]
pub async fn list(
    _: Authorized<ReadEstate>,
    State(server): State<Server>,
    Params(which): Params<Which>,
) -> Result<Json<PlacesUsed>, Problem> {
    let found = found(&server, which.from.as_deref(), which.to.as_deref()).await?;
    let state = server.gate.state().read();
    let rows = (1..).zip(found.report.rows(which.by.into(), which.over.into()));
    let rows = rows.map(|(place, (row, used))| (place, shown(state.estate(), row, used)));
    let page = page(rows, which.limit, which.cursor.as_deref())?;
    let (from, to) = (found.from.to_string(), found.to.to_string());
    Ok(Json(PlacesUsed { from, to, rows: page.rows, next: page.next }))
}

fn shown(estate: &Estate, row: Row, used: Used) -> PlaceUse {
    let (of, key) = match row.of {
        Some(Of::Payer(payer)) => Some(domain(estate, payer)),
        Some(Of::Product(id)) => {
            Some(("product", estate.product(id).map(|product| product.key.clone())))
        }
        None => None,
    }
    .unzip();
    PlaceUse {
        month: row.month.map(|month| month.to_string()),
        country: row.country.map(|country| country.code().to_owned()),
        site: row.site.and_then(|id| estate.site(id)).map(|site| site.key.clone()),
        of,
        key: key.flatten(),
        opened: used.opened,
        refused: used.refused,
        breaches: used.breaches,
    }
}

impl From<UseBy> for By {
    fn from(by: UseBy) -> Self {
        match by {
            UseBy::Payer => Self::Payer,
            UseBy::Product => Self::Product,
            UseBy::Place => Self::Place,
        }
    }
}

impl From<UseOver> for Over {
    fn from(over: UseOver) -> Self {
        match over {
            UseOver::Month => Self::Month,
            UseOver::Period => Self::Period,
        }
    }
}
