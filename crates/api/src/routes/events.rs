//! `/v1/events`: the summary, again whenever something was committed, and the decisions that were made.

use crate::Server;
use crate::authority::{Authorized, ReadBurn};
use crate::live::decisions::Tail;
use crate::problem::Problem;
use axum::extract::State;
use axum::response::sse::{Event, KeepAlive, Sse};
use faregate_app::rights::Right;
use faregate_app::sight::Sight;
use serde::Serialize;
use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;
use tokio_stream::wrappers::WatchStream;
use tokio_stream::{Stream, StreamExt};
use utoipa::ToSchema;

/// One event of the stream.
#[derive(Debug, Serialize, ToSchema)]
pub struct LiveEvent {
    /// Its name: `summary` or `decisions`.
    pub event: String,
    /// The JSON of `/v1/summary`, or of `NewDecisions`.
    #[schema(content_media_type = "application/json")]
    pub data: String,
}

/// Server-sent events named `summary`, each with the JSON of `/v1/summary`, and, for those who may read decisions,
/// events named `decisions`, each with `NewDecisions`: first the latest ones, then those that were made since. At
/// most four of each a second.
#[utoipa::path(
    get, path = "/v1/events", tag = "burn",
    responses(
        (status = 200, content_type = "text/event-stream", body = LiveEvent),
        (status = 401, body = Problem),
        (status = 403, body = Problem)
    ),
    security(("key" = []), ("cookie" = []))
)]
pub async fn events(
    who: Authorized<ReadBurn>,
    State(server): State<Server>,
) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    let mut newest = server.live.watch();
    // What is sent on from here on is new; so the first, computed afresh after this, leaves no gap.
    newest.mark_unchanged();
    let first = Arc::new(crate::live::current(&server.gate));
    let rest = WatchStream::from_changes(newest);
    let summaries = tokio_stream::once(first).chain(rest);
    let summaries = summaries.map(|summary| named("summary", &*summary));
    let now = server.gate.now();
    let sees_all = who.sight(&server.gate.state().read(), now) == Sight::Everything;
    let decisions: Told = if sees_all && who.rights().has(Right::ReadOwn) {
        Box::pin(decisions(&server).await)
    } else {
        Box::pin(tokio_stream::empty())
    };
    let events = summaries.merge(decisions).map(Ok);
    Sse::new(events).keep_alive(KeepAlive::new().interval(Duration::from_secs(15)))
}

type Told = Pin<Box<dyn Stream<Item = Event> + Send>>;

/// The latest decisions, then those that were made since: what a slow reader missed it is told of at once, or told
/// that there was more.
async fn decisions(server: &Server) -> impl Stream<Item = Event> + use<> {
    let mut newer = server.decisions.watch(&server.journal);
    newer.mark_unchanged();
    // A journal that cannot be read now is read a beat later.
    let first = Tail::default().look(&server.journal).await.unwrap_or_default();
    let tails = tokio_stream::once(Arc::new(first)).chain(WatchStream::from_changes(newer));
    let mut told = 0;
    tails.filter_map(move |tail| {
        let new = tail.since(told);
        told = told.max(tail.end());
        new.map(|new| named("decisions", &new))
    })
}

fn named(name: &str, data: &impl Serialize) -> Event {
    Event::default().event(name).json_data(data).unwrap_or_default()
}
