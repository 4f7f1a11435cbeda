//! Reports wait for each other, and keep neither heartbeats nor, given a reader, the gate waiting.

use crate::estate::{Call, Estate};
use faregate_app::access::Role;
use faregate_app::engine::Engine;
use faregate_app::memory::MemoryStore;
use faregate_core::event::Event;
use serde_json::json;
use std::sync::Arc;
use std::sync::mpsc::{Sender, channel};

/// Keeps the deciding thread waiting until the sender is dropped.
fn kept_waiting(estate: &Estate) -> Sender<()> {
    let (release, wait) = channel();
    estate.gate.run(move |_| {
        let _ = wait.recv();
    });
    release
}

#[tokio::test]
async fn with_a_reader_reports_do_not_need_the_gate() {
    let estate = Estate::new();
    let clock = estate.clock.clone();
    let reader = move || {
        let mut engine = Engine::load(Box::<MemoryStore>::default(), clock.clone())?;
        let (name, zone) = ("Another".to_owned(), "Europe/Madrid".to_owned());
        engine.append(vec![Event::ContractAgreed { name, zone }])?;
        Ok(engine)
    };
    let estate = estate.served(|server| server.reading(Arc::new(reader)));
    let session = estate.open("k", "anna", "revit").await.json()["session"].clone();
    let release = kept_waiting(&estate);
    let read = estate.read("/v1/statement").await;
    assert_eq!((&read["lines"], &read["adds_up"]), (&json!([]), &json!(true)), "the reader's own");
    let beat = format!("/v1/sessions/{}/heartbeat", session.as_str().unwrap());
    let beat = Call::post(&beat).key(&estate.key(Role::Workstation));
    assert_eq!(estate.send(beat).await.status, 204, "a heartbeat waits for nobody");
    drop(release);
}

#[tokio::test]
async fn a_reader_that_fails_is_a_problem() {
    let broken = || Err(faregate_app::ports::StoreError::Other("gone".to_owned()).into());
    let estate = Estate::new().served(|server| server.reading(Arc::new(broken)));
    let call = Call::get("/v1/statement").key(&estate.key(Role::Viewer));
    let reply = estate.send(call).await;
    assert_eq!((reply.status.as_u16(), &reply.json()["code"]), (503, &json!("store-failed")));
}

#[tokio::test]
async fn only_so_many_reports_wait() {
    let estate = Estate::new();
    let release = kept_waiting(&estate);
    let key = estate.key(Role::Viewer);
    let ask = || estate.begin(Call::get("/v1/statement").key(&key));
    let asked: Vec<_> = (0..17).map(|_| Box::pin(ask())).collect();
    let mut waiting = Vec::new();
    let mut turned_away = 0;
    for mut one in asked {
        match begun(&mut one).await {
            Some(reply) => {
                assert_eq!(reply.status(), 429);
                turned_away += 1;
            }
            None => waiting.push(one),
        }
    }
    assert_eq!((waiting.len(), turned_away), (16, 1));
    drop(release);
    for one in waiting {
        assert_eq!(one.await.status(), 200);
    }
}

/// Begins a future; its answer when it has one at once.
async fn begun<F: Future + Unpin>(one: &mut F) -> Option<F::Output> {
    std::future::poll_fn(|context| match std::pin::Pin::new(&mut *one).poll(context) {
        std::task::Poll::Ready(answer) => std::task::Poll::Ready(Some(answer)),
        std::task::Poll::Pending => std::task::Poll::Ready(None),
    })
    .await
}
