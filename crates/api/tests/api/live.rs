//! Live pages: the summary at once, and again whenever something was committed.

use crate::estate::{Call, Estate};
use axum::body::Body;
use faregate_app::access::Role;
use http_body_util::BodyExt;
use serde_json::Value;

/// The events of a stream, one by one.
pub(crate) struct Events {
    body: Body,
    text: String,
}

impl Events {
    pub(crate) async fn of(estate: &Estate, key: &str) -> Self {
        let response = estate.begin(Call::get("/v1/events").key(key)).await;
        assert_eq!(response.status(), 200);
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        Self { body: response.into_body(), text: String::new() }
    }

    /// The next event's name and data.
    pub(crate) async fn next(&mut self) -> (String, Value) {
        loop {
            if let Some((event, rest)) = self.text.split_once("\n\n") {
                let named =
                    event.strip_prefix("event: ").and_then(|rest| rest.split_once("\ndata: "));
                let (name, data) = named.unwrap_or_else(|| panic!("an unknown event: {event}"));
                let told = (name.to_owned(), serde_json::from_str(data).unwrap());
                self.text = rest.to_owned();
                return told;
            }
            let frame = self.body.frame().await.unwrap().unwrap();
            self.text.push_str(std::str::from_utf8(frame.data_ref().unwrap()).unwrap());
        }
    }

    /// The data of the next event of a name.
    pub(crate) async fn next_called(&mut self, wanted: &str) -> Value {
        loop {
            let (name, data) = self.next().await;
            if name == wanted {
                return data;
            }
        }
    }
}

async fn events(estate: &Estate) -> Events {
    Events::of(estate, &estate.key(Role::Viewer)).await
}

#[tokio::test]
async fn the_first_event_is_the_summary() {
    let estate = Estate::new();
    let (name, first) = events(&estate).await.next().await;
    assert_eq!((name.as_str(), first), ("summary", estate.read("/v1/summary").await));
}

#[tokio::test]
async fn a_commit_is_told_to_every_page() {
    let estate = Estate::new();
    // Committed while nobody watches: the first event must have it all the same.
    estate.open("a", "anna", "autocad").await;
    let (mut one, mut other) = (events(&estate).await, events(&estate).await);
    let first = one.next_called("summary").await;
    assert_eq!(first["open_sessions"], 1);
    assert_eq!(other.next_called("summary").await, first);

    estate.open("b", "ben", "revit").await;
    for events in [&mut one, &mut other] {
        let mut newer = events.next_called("summary").await;
        while newer["seq"] == first["seq"] {
            newer = events.next_called("summary").await;
        }
        assert_eq!(newer["open_sessions"], 2);
        assert_eq!(newer, estate.read("/v1/summary").await);
    }
}
