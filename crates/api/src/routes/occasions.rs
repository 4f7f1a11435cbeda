//! `/v1/occasions`: what people know of days to come, which forecasts reckon with.

use crate::Server;
use crate::authority::{Authorized, ReadEstate};
use crate::problem::Problem;
use crate::wire::Tokens;
use axum::Json;
use axum::extract::State;
use faregate_core::state::{self, OccasionEffect};
use serde::Serialize;
use utoipa::ToSchema;

/// A holiday, a training week, the start or the end of a project.
#[derive(Debug, Serialize, ToSchema)]
pub struct Occasion {
    /// Its key.
    pub key: String,
    /// Its name.
    pub name: String,
    /// Whose burn it changes: `contract`, `bucket:KEY` or `product:KEY`.
    pub subject: String,
    /// The first day.
    pub from: String,
    /// The last day.
    pub to: String,
    /// Whether nobody works.
    pub holiday: bool,
    /// How many times what would have been burned.
    pub times: Option<f64>,
    /// So many tokens more a day.
    pub tokens_a_day: Option<Tokens>,
}

/// All occasions.
#[derive(Debug, Serialize, ToSchema)]
pub struct Occasions {
    /// By their first days.
    pub rows: Vec<Occasion>,
}

/// All occasions, by their first days.
#[utoipa::path(
    get, path = "/v1/occasions", operation_id = "list_occasions", tag = "burn",
    responses((status = 200, body = Occasions), (status = 401, body = Problem), (status = 403, body = Problem)),
    security(("key" = []), ("cookie" = []))
)]
pub async fn list(_: Authorized<ReadEstate>, State(server): State<Server>) -> Json<Occasions> {
    Json(all(&server.gate.state().read()))
}

/// All occasions, as they are on the wire.
#[must_use]
pub fn all(state: &state::State) -> Occasions {
    let mut all: Vec<&state::Occasion> = state.monitor().occasions().values().collect();
    all.sort_by(|a, b| (a.from, &a.key).cmp(&(b.from, &b.key)));
    Occasions { rows: all.into_iter().map(shown).collect() }
}

fn shown(one: &state::Occasion) -> Occasion {
    let (times, tokens_a_day) = match one.effect {
        OccasionEffect::Holiday => (None, None),
        OccasionEffect::Share(thousandths) => (Some(thousandths as f64 / 1e3), None),
        OccasionEffect::TokensADay(ticks) => (None, Some(ticks.into())),
    };
    Occasion {
        key: one.key.clone(),
        name: one.name.clone(),
        subject: one.subject.clone(),
        from: one.from.to_string(),
        to: one.to.to_string(),
        holiday: one.effect == OccasionEffect::Holiday,
        times,
        tokens_a_day,
    }
}
