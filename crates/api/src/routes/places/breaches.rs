//! `/v1/places/breaches`: use outside of territories, what speaks for it, and what was made of it.

use super::found;
use crate::Server;
use crate::authority::{Authorized, ReadEstate};
use crate::extract::Params;
use crate::paging::page;
use crate::problem::Problem;
use crate::routes::sites::{Territory, territory};
use crate::wire::decision::Place;
use axum::Json;
use axum::extract::State;
use faregate_core::compliance::{Done, Evident};
use faregate_core::state;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// Which breaches.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Reviewed {
    /// Those that were let through and that nobody has looked at.
    #[default]
    Waiting,
    /// All, also those that were refused or only reported.
    All,
}

/// Which breaches.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Which {
    /// Those that wait for somebody to look at them, by default, or all.
    #[serde(default)]
    #[param(inline)]
    state: Reviewed,
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

/// What speaks for a place.
#[derive(Debug, Serialize, ToSchema)]
pub struct PlaceEvidence {
    /// The address that the request came from.
    pub address: Option<String>,
    /// The country that the operator's address data base gives for it.
    pub country: Option<String>,
    /// Key of the site that the workstation reported.
    pub site: Option<String>,
}

/// What somebody found who looked at it.
#[derive(Debug, Serialize, ToSchema)]
pub struct Review {
    /// Whether it is in order.
    pub accepted: bool,
    /// Why.
    pub why: String,
}

/// Use outside of a territory.
#[derive(Debug, Serialize, ToSchema)]
pub struct PlaceBreach {
    /// The decision's number: it can be explained and reviewed by it.
    pub decision: u64,
    /// When.
    pub at: String,
    /// Who, as they called themselves.
    pub person: String,
    /// Key of the product.
    pub product: String,
    /// Name of the workstation.
    pub host: String,
    /// What spoke for the place.
    pub evidence: PlaceEvidence,
    /// What was made of that.
    pub place: Place,
    /// The territory that it lies outside of, as in force then.
    pub territory: Option<Territory>,
    /// `refused`, `quarantined`, `reported` or `on-trial`.
    pub done: &'static str,
    /// `null` while nobody has looked at it.
    pub review: Option<Review>,
}

/// A page of breaches.
#[derive(Debug, Serialize, ToSchema)]
pub struct PlaceBreaches {
    /// First date.
    #[schema(format = Date)]
    pub from: String,
    /// Last date.
    #[schema(format = Date)]
    pub to: String,
    /// In order of time.
    pub rows: Vec<PlaceBreach>,
    /// Cursor of the next page; `null` at the end.
    pub next: Option<String>,
    /// How many of the period wait for somebody to look at them.
    pub waiting: usize,
}

/// Use outside of territories, with its evidence. The order `review-breach` answers one. It reads the journal,
/// for every page.
#[utoipa::path(
    get, path = "/v1/places/breaches", operation_id = "place_breaches", tag = "estate", params(Which),
    responses(
        (status = 200, body = PlaceBreaches), (status = 400, body = Problem), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 429, description = "too many reports wait", body = Problem), (status = 503, body = Problem)
    ),
    security(("key" = []), ("cookie" = []))
)]
pub async fn list(
    _: Authorized<ReadEstate>,
    State(server): State<Server>,
    Params(which): Params<Which>,
) -> Result<Json<PlaceBreaches>, Problem> {
    let found = found(&server, which.from.as_deref(), which.to.as_deref()).await?;
    let state = server.gate.state().read();
    let of_state = |one: &&Evident| which.state == Reviewed::All || waits(one);
    let rows = found.report.breaches.iter().filter(of_state);
    let rows = rows.map(|one| (one.decision, shown(&state, one)));
    let page = page(rows, which.limit, which.cursor.as_deref())?;
    let (from, to) = (found.from.to_string(), found.to.to_string());
    let waiting = found.report.waiting().count();
    Ok(Json(PlaceBreaches { from, to, rows: page.rows, next: page.next, waiting }))
}

fn waits(one: &Evident) -> bool {
    one.done == Done::Quarantined && one.review.is_none()
}

fn shown(state: &state::State, one: &Evident) -> PlaceBreach {
    let evidence = &one.evidence;
    PlaceBreach {
        decision: one.decision,
        at: one.at.to_string(),
        person: one.person.clone(),
        product: one.product.clone(),
        host: one.host.clone(),
        evidence: PlaceEvidence {
            address: evidence.address.map(|address| address.to_string()),
            country: evidence.country.map(|country| country.code().to_owned()),
            site: evidence.site.clone(),
        },
        place: Place::new(state, one.place),
        territory: one.territory.as_ref().map(|known| territory(state, known)),
        done: one.done.key(),
        review: one.review.clone().map(|(accepted, why)| Review { accepted, why }),
    }
}
