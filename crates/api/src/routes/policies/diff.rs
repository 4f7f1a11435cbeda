//! `/v1/policies/diff`: how answers would differ today under other policies.

use super::trying::{ChangedAnswer, Rows, TriedSet, changes, sets};
use crate::Server;
use crate::authority::{Authorized, ReadEstate};
use crate::extract::{Params, Sent};
use crate::problem::Problem;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use faregate_app::rules;
use faregate_app::simulate::compare;
use faregate_core::state;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// So many answers are compared: people times products.
const ANSWERS_MAX: usize = 500_000;

/// Which policies would decide.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Diffing {
    /// Sets that would hold, instead of those of their names or beside the others.
    #[serde(default)]
    #[schema(max_items = 64)]
    sets: Vec<TriedSet>,
    /// Names of sets that would hold no longer.
    #[serde(default)]
    without: Vec<String>,
}

/// How answers would differ.
#[derive(Debug, Serialize, ToSchema)]
pub struct PolicyDiff {
    /// How many answers were compared: one for each person and product.
    pub asks: u64,
    /// How many would differ.
    pub changed: u64,
    /// Those, as many as were asked for.
    pub rows: Vec<ChangedAnswer>,
    /// All of it in words.
    pub text: String,
}

/// How the answers of today would differ under other policies, for every person and product: on a workstation
/// that nothing is known of, on the bucket that pays for the person. Reckoned on a copy, off the gate.
#[utoipa::path(
    post, path = "/v1/policies/diff", operation_id = "diff_policies", tag = "rules", params(Rows), request_body = Diffing,
    responses(
        (status = 200, body = PolicyDiff), (status = 400, body = Problem), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, description = "no such set holds", body = Problem), (status = 413, body = Problem), (status = 415, body = Problem),
        (status = 422, description = "the policies have faults, or there is too much to compare", body = Problem),
        (status = 429, description = "too many reports wait", body = Problem), (status = 503, body = Problem)
    ),
    security(("key" = []), ("cookie" = []))
)]
pub async fn diff(
    _: Authorized<ReadEstate>,
    State(server): State<Server>,
    Params(rows): Params<Rows>,
    Sent(Diffing { sets: sent, without }): Sent<Diffing>,
) -> Result<Json<PolicyDiff>, Problem> {
    let tried = sets(sent)?;
    is_bearable(&server.gate.state().read())?;
    let (gate, known) = (server.gate.clone(), server.rules.clone());
    let found = server.reckon(move || {
        let state = gate.state().read().clone();
        let (old, new) = (known.of(&state), rules::proposed(&state, tried, &without)?);
        Ok::<_, Problem>(compare(&state, &old, &new, gate.now()))
    });
    let found = found.await??;
    let (rows, changed) = changes(&found, &rows);
    let text = format!("{changed} of {} answers would change.", found.asks);
    Ok(Json(PolicyDiff { asks: found.asks, changed, rows, text }))
}

fn is_bearable(state: &state::State) -> Result<(), Problem> {
    let answers = state.estate().people().len().saturating_mul(state.estate().products().len());
    if answers <= ANSWERS_MAX {
        return Ok(());
    }
    let detail = format!("{answers} answers to compare, more than {ANSWERS_MAX}");
    let help = "compare them with `faregate policy diff`, or simulate a past period";
    Err(Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "too-much", detail, help))
}
