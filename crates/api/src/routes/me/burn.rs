//! `/v1/me/burn`: what one's own use cost.

use crate::Server;
use crate::authority::{Authorized, ReadOwn};
use crate::extract::Params;
use crate::problem::Problem;
use crate::routes::burn::{By, Table, table};
use crate::routes::{TABLE_DAYS_MAX, span};
use axum::Json;
use axum::extract::State;
use faregate_app::sources::Figure;
use faregate_app::views;
use faregate_core::burn::{self, Burn, Dimension, Filter, Sum};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

/// What one's own burn is broken down by.
#[derive(Clone, Copy, Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum OwnBy {
    /// Local dates of the contract.
    Day,
    /// Product families.
    #[default]
    Product,
}

/// Which burn of one's own.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
pub struct Which {
    /// What to break down by; products by default.
    #[param(inline)]
    by: OwnBy,
    /// First date; 29 days before the last by default.
    #[param(format = Date)]
    from: Option<String>,
    /// Last date; today by default.
    #[param(format = Date)]
    to: Option<String>,
}

/// What one's own use cost, whoever paid. Whoever is none of the people has used nothing.
#[utoipa::path(
    get, path = "/v1/me/burn", operation_id = "own_burn", tag = "burn", params(Which),
    responses(
        (status = 200, body = Table), (status = 400, body = Problem),
        (status = 401, body = Problem), (status = 403, body = Problem), (status = 503, body = Problem)
    ),
    security(("key" = []), ("cookie" = []))
)]
pub async fn own(
    who: Authorized<ReadOwn>,
    State(server): State<Server>,
    Params(which): Params<Which>,
) -> Result<Json<Table>, Problem> {
    let stale = server.stale(Figure::Burn, which.to.as_deref()).await?;
    let (named, by) = match which.by {
        OwnBy::Day => (By::Day, Dimension::Day),
        OwnBy::Product => (By::Product, Dimension::Product),
    };
    let (state, now) = (server.gate.state().read(), server.gate.now());
    let (from, to) = span(&state, now, which.from.as_deref(), which.to.as_deref(), TABLE_DAYS_MAX)?;
    let found = match state.estate().person_known_as(who.name(), now) {
        Some(person) => {
            let filter = Filter { person: Some(person), ..Filter::default() };
            burn::burn(&state, &by, &filter, from, to)
        }
        None => Burn { rows: Vec::new(), total: Sum::default() },
    };
    let text = views::burn::table_in_words(&found, &by, &from.to_string(), &to.to_string());
    Ok(Json(Table { stale, text, ..table(named, from, to, &found, None) }))
}
