//! `/v1/events`: the summary, again whenever something was committed.

use crate::Server;
use crate::authority::{Authorized, ReadBurn};
use crate::problem::Problem;
use axum::extract::State;
use axum::response::sse::{Event, KeepAlive, Sse};
use serde::Serialize;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;
use tokio_stream::wrappers::WatchStream;
use tokio_stream::{Stream, StreamExt};
use utoipa::ToSchema;

/// One event of the stream.
#[derive(Debug, Serialize, ToSchema)]
pub struct SummaryEvent {
    /// Its name: `summary`.
    pub event: String,
    /// The JSON of `/v1/summary`.
    #[schema(content_media_type = "application/json")]
    pub data: String,
}

/// Server-sent events named `summary`, each with the JSON of `/v1/summary`; at most four a second.
#[utoipa::path(
    get, path = "/v1/events", tag = "burn",
    responses(
        (status = 200, content_type = "text/event-stream", body = SummaryEvent),
        (status = 401, body = Problem),
        (status = 403, body = Problem)
    ),
    security(("key" = []), ("cookie" = []))
)]
pub async fn events(
    _: Authorized<ReadBurn>,
    State(server): State<Server>,
) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    let mut newest = server.live.watch();
    // What is sent on from here on is new; so the first, computed afresh after this, leaves no gap.
    newest.mark_unchanged();
    let first = Arc::new(crate::live::current(&server.gate));
    let rest = WatchStream::from_changes(newest);
    let summaries = tokio_stream::once(first).chain(rest);
    let events = summaries.map(|summary| {
        let event = Event::default().event("summary");
        Ok(event.json_data(&*summary).unwrap_or_default())
    });
    Sse::new(events).keep_alive(KeepAlive::new().interval(Duration::from_secs(15)))
}
