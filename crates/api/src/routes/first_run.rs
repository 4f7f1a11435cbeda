//! `/v1/first-run`: what there is yet, and what is missing next.

pub mod demo;

use crate::Server;
use crate::authority::{Authorized, Permission as _, ReadBurn};
use crate::problem::Problem;
use axum::Json;
use axum::extract::State;
use demo::FillWithDemo;
use faregate_app::first_run::{Need, contents};
use serde::Serialize;
use utoipa::ToSchema;

/// Something that a contract needs before its figures say much.
#[derive(Debug, Serialize, ToSchema)]
pub struct Step {
    /// `contract`, `prices`, `packs`, `buckets`, `people`, `seats`, `use`, `deciders` or `sources`.
    pub step: &'static str,
    /// Whether there is any.
    pub done: bool,
    /// How much of it there is: rates, packs, buckets beside the general one, people, seats, sessions,
    /// deciders, sources.
    pub count: u64,
    /// What it is for, in a sentence.
    pub text: &'static str,
}

/// What there is yet.
#[derive(Debug, Serialize, ToSchema)]
pub struct FirstRun {
    /// Whether there is nothing but the contract.
    pub empty: bool,
    /// The contract's name.
    pub contract: String,
    /// The zone in which its days are counted.
    pub zone: String,
    /// Name of the tariff in force.
    pub tariff: Option<String>,
    /// What there can be, in the order in which people come to it.
    pub steps: Vec<Step>,
    /// The first step of which there is nothing; `null` when there is some of everything.
    pub next: Option<&'static str>,
    /// Whether the caller may fill the ledger with made-up data now.
    pub may_fill: bool,
}

/// What there is yet, and what is missing next.
#[utoipa::path(
    get, path = "/v1/first-run", operation_id = "first_run", tag = "estate",
    responses(
        (status = 200, body = FirstRun), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 503, body = Problem)
    ),
    security(("key" = []), ("cookie" = []))
)]
pub async fn look(
    who: Authorized<ReadBurn>,
    State(server): State<Server>,
) -> Result<Json<FirstRun>, Problem> {
    let sources = server.assessed().await?.len() as u64;
    let state = server.gate.state().read();
    let step = |need: Need| {
        let count = need.count(&state, sources);
        Step { step: need.key(), done: count > 0, count, text: need.words() }
    };
    let steps: Vec<Step> = Need::ALL.into_iter().map(step).collect();
    let empty = contents(&state).is_empty();
    let may = FillWithDemo::RIGHT.is_none_or(|right| who.rights().has(right));
    Ok(Json(FirstRun {
        empty,
        contract: state.name().to_owned(),
        zone: state.zone().name().to_owned(),
        tariff: state.tariff().map(|(_, tariff)| tariff.parts().name.clone()),
        next: steps.iter().find(|step| !step.done).map(|step| step.step),
        steps,
        may_fill: empty && may && server.generator.is_some(),
    }))
}
