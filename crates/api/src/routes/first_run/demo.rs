//! `/v1/first-run/demo`: made-up data to look around with, in a ledger that is empty.

use crate::Server;
use crate::authority::{Authorized, Permission};
use crate::extract::Sent;
use crate::problem::Problem;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use faregate_app::engine::Failure;
use faregate_app::first_run::{NotFilled, contents};
use faregate_app::rights::Right;
use serde::{Deserialize, Serialize};
use tokio::sync::oneshot;
use utoipa::ToSchema;

/// Fill an empty ledger with made-up data: only who says who comes in may, for it cannot be taken out again.
pub struct FillWithDemo;

impl Permission for FillWithDemo {
    const WORDS: &'static str = "fill the ledger with made-up data";
    const RIGHT: Option<Right> = Some(Right::ManageAccess);
}

/// Which made-up data.
#[derive(Clone, Copy, Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Demo {
    /// Some dozens of people and a few months, instead of some hundreds and a year.
    pub small: bool,
}

/// What was made up.
#[derive(Debug, Serialize, ToSchema)]
pub struct Filled {
    /// How many people.
    pub people: u64,
    /// How many seats.
    pub seats: u64,
    /// How many sessions.
    pub sessions: u64,
}

/// Fills an empty ledger with made-up people, seats, packs and a history, as `faregate demo` does, on the contract's
/// own tariff. It stays: data of one's own goes into another data directory.
#[utoipa::path(
    post, path = "/v1/first-run/demo", operation_id = "fill_with_demo", tag = "estate", request_body = Demo,
    responses(
        (status = 200, body = Filled), (status = 400, body = Problem), (status = 401, body = Problem),
        (status = 403, body = Problem), (status = 409, description = "the ledger is not empty", body = Problem),
        (status = 413, body = Problem), (status = 415, body = Problem), (status = 422, body = Problem),
        (status = 429, description = "too many reports wait", body = Problem), (status = 503, body = Problem)
    ),
    security(("key" = []), ("cookie" = []))
)]
pub async fn fill(
    who: Authorized<FillWithDemo>,
    State(server): State<Server>,
    Sent(demo): Sent<Demo>,
) -> Result<Json<Filled>, Problem> {
    let (tariff, now) = {
        let state = server.gate.state().read();
        let there = contents(&state);
        if !there.is_empty() {
            return Err(not_filled(NotFilled::NotEmpty(there)));
        }
        (state.tariff().map(|(_, tariff)| tariff.parts().clone()), server.gate.now())
    };
    let (generator, tariff) = server.generator.clone().zip(tariff).ok_or_else(no_generator)?;
    let fill = server.reckon(move || generator.make_up(demo.small, now, tariff)).await?;
    let (reply, waiting) = oneshot::channel();
    let by = who.name().to_owned();
    server.gate.run(move |engine| drop(reply.send(fill(engine, &by))));
    // A dropped reply means that the thread has stopped.
    let filled = waiting.await.unwrap_or(Err(NotFilled::Failed(Failure::Stopping)));
    filled.map_err(not_filled)?;
    let state = server.gate.state().read();
    Ok(Json(Filled {
        people: state.estate().people().len() as u64,
        seats: state.estate().seats().len() as u64,
        sessions: state.tally().imported,
    }))
}

fn not_filled(why: NotFilled) -> Problem {
    let detail = why.to_string();
    match why {
        NotFilled::Failed(failure) => failure.into(),
        NotFilled::NotEmpty(_) => {
            let help = "made-up data is never mixed with one's own: use `faregate demo --data DIRECTORY` beside it";
            Problem::new(StatusCode::CONFLICT, "not-empty", detail, help)
        }
    }
}

fn no_generator() -> Problem {
    let detail = "this server has no generator of made-up data, or the contract no tariff";
    let help = "use `faregate demo --data DIRECTORY`";
    Problem::new(StatusCode::SERVICE_UNAVAILABLE, "no-generator", detail, help)
}
