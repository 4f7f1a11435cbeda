//! Live pages: the summary at once, and again whenever something was committed.

use crate::estate::{Call, Estate};
use axum::body::Body;
use faregate_app::access::Role;
use http_body_util::BodyExt;
use serde_json::Value;

/// The events of a stream, one by one.
struct Events {
    body: Body,
    text: String,
}

impl Events {
    async fn of(estate: &Estate) -> Self {
        let call = Call::get("/v1/events").key(&estate.key(Role::Viewer));
        let response = estate.begin(call).await;
        assert_eq!(response.status(), 200);
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        Self { body: response.into_body(), text: String::new() }
    }

    async fn next(&mut self) -> Value {
        loop {
            if let Some((event, rest)) = self.text.split_once("\n\n") {
                let data = event.strip_prefix("event: summary\ndata: ");
                let data = data.unwrap_or_else(|| panic!("an unknown event: {event}"));
                let summary = serde_json::from_str(data).unwrap();
                self.text = rest.to_owned();
                return summary;
            }
            let frame = self.body.frame().await.unwrap().unwrap();
            self.text.push_str(std::str::from_utf8(frame.data_ref().unwrap()).unwrap());
        }
    }
}

#[tokio::test]
async fn the_first_event_is_the_summary() {
    let estate = Estate::new();
    let first = Events::of(&estate).await.next().await;
    assert_eq!(first, estate.read("/v1/summary").await);
}

#[tokio::test]
async fn a_commit_is_told_to_every_page() {
    let estate = Estate::new();
    // Committed while nobody watches: the first event must have it all the same.
    estate.open("a", "anna", "autocad").await;
    let (mut one, mut other) = (Events::of(&estate).await, Events::of(&estate).await);
    let first = one.next().await;
    assert_eq!(first["open_sessions"], 1);
    assert_eq!(other.next().await, first);

    estate.open("b", "ben", "revit").await;
    for events in [&mut one, &mut other] {
        let mut newer = events.next().await;
        while newer["seq"] == first["seq"] {
            newer = events.next().await;
        }
        assert_eq!(newer["open_sessions"], 2);
        assert_eq!(newer, estate.read("/v1/summary").await);
    }
}
