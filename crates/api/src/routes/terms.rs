//! `/v1/terms`: what is agreed of the contract as a whole.

use crate::Server;
use crate::authority::{Authorized, ReadEstate};
use crate::problem::Problem;
use crate::wire::{Money, Tokens};
use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

/// What is agreed of the contract as a whole.
#[derive(Debug, Serialize, ToSchema)]
pub struct Terms {
    /// Keys of those who decide where no bucket's owner does.
    pub owners: Vec<String>,
    /// A request for this many tokens or more needs two who say yes.
    pub large: Option<Tokens>,
    /// A request nobody answers ends after so many seconds.
    pub request_seconds: i64,
    /// How often a seat may be given to somebody on a day; none at launch when it is 0.
    pub seat_moves_a_day: u32,
    /// On how many workstations at once a seat may be used; `null`: no limit.
    pub seat_hosts_max: Option<u32>,
    /// What giving a free seat to somebody at launch is reckoned to cost.
    pub seat_move_cost: Option<Money>,
    /// The part of an ending pack that lives on, between 0 and 1.
    pub carry_share: Option<f64>,
    /// For how many seconds it does.
    pub carry_seconds: Option<i64>,
}

/// What is agreed of the contract as a whole.
#[utoipa::path(
    get, path = "/v1/terms", operation_id = "terms", tag = "rules",
    responses((status = 200, body = Terms), (status = 401, body = Problem), (status = 403, body = Problem)),
    security(("key" = []), ("cookie" = []))
)]
pub async fn terms(_: Authorized<ReadEstate>, State(server): State<Server>) -> Json<Terms> {
    let state = server.gate.state().read();
    let terms = state.terms();
    let owners = terms.owners.iter().filter_map(|id| state.estate().person(*id));
    Json(Terms {
        owners: owners.map(|owner| owner.key.clone()).collect(),
        large: terms.large.map(Tokens::from),
        request_seconds: terms.request_seconds,
        seat_moves_a_day: terms.seat_moves_a_day,
        seat_hosts_max: terms.seat_hosts_max,
        seat_move_cost: terms.seat_move_cost.map(Money::from),
        carry_share: terms.carry.map(|(millionths, _)| f64::from(millionths) / 1e6),
        carry_seconds: terms.carry.map(|(_, seconds)| seconds),
    })
}
