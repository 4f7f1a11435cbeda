//! `/api/v1/events`: use that other programs tell of, as CloudEvents. The path is that of OpenMeter, so that its
//! clients need another address and nothing else.

use crate::Server;
use crate::authority::{Authorized, ReportUse};
use crate::extract::Events;
use crate::problem::Problem;
use axum::extract::State;
use axum::http::StatusCode;
use faregate_app::engine::Failure;
use faregate_app::import::delivery::{BadEvents, Delivery, NotDelivered};
use std::sync::Arc;
use tokio::sync::oneshot;

/// Takes in one event or a batch of them: all of it or nothing. An event whose `source` and `id` came before counts
/// once.
#[utoipa::path(
    post, path = "/api/v1/events", operation_id = "take_in_events", tag = "burn",
    request_body(
        content(
            (serde_json::Value = "application/cloudevents+json"),
            (Vec<serde_json::Value> = "application/cloudevents-batch+json"),
        ),
        description = "CloudEvents 1.0 in JSON: `subject` is the person, `data` has `product`, `host` and `duration_seconds`"
    ),
    responses(
        (status = 204, description = "they are in, now or already"),
        (status = 400, description = "what is wrong with which event; none of them is in", body = Problem),
        (status = 401, body = Problem), (status = 403, body = Problem), (status = 413, body = Problem),
        (status = 415, body = Problem), (status = 503, body = Problem)
    ),
    security(("key" = []), ("cookie" = []))
)]
pub async fn take_in(
    _: Authorized<ReportUse>,
    State(server): State<Server>,
    Events(bytes): Events,
) -> Result<StatusCode, Problem> {
    let delivery = server.reckon(move || Delivery::read(&bytes)).await?;
    let delivery = delivery.map_err(|faults| faulty(&faults))?;
    let features = Arc::clone(&server.features);
    let (reply, waiting) = oneshot::channel();
    server.gate.run(move |engine| drop(reply.send(delivery.take_in(engine, &features))));
    // A dropped reply means that the thread has stopped.
    match waiting.await.unwrap_or(Err(NotDelivered::Failed(Failure::Stopping))) {
        Ok(_) => Ok(StatusCode::NO_CONTENT),
        Err(NotDelivered::Faulty(faults)) => Err(faulty(&faults)),
        Err(NotDelivered::Failed(failure)) => Err(failure.into()),
    }
}

fn faulty(faults: &BadEvents) -> Problem {
    let mut told: Vec<String> = faults.first.iter().map(ToString::to_string).collect();
    let more = faults.count.saturating_sub(told.len() as u64);
    if more > 0 {
        told.push(format!("and {more} more"));
    }
    let help = "mend them and send all of it again; nothing was taken in";
    Problem::bad_request("bad-events", told.join("\n"), help)
}
