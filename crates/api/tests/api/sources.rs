//! How fresh sources are, and what figures say of it.

use crate::estate::{Call, Estate, now};
use faregate_app::sources::{Kind, Known, Pulls};
use faregate_core::event::{Counts, Event, Receipt};
use faregate_core::when::{DAY, Instant};
use serde_json::{Value, json};
use std::sync::Arc;

const HOUR: i64 = 3_600;

fn imported(batch: u32, kind: &str, file: &str, last: Instant) -> Event {
    let counts = Counts { last: Some(last), ..Counts::default() };
    let (kind, files) = (kind.to_owned(), vec![file.to_owned()]);
    Event::Imported(Receipt { kind, files, counts, batch, ..Receipt::default() })
}

fn log() -> Known {
    Known {
        name: "debug.log".to_owned(),
        kind: Kind::Log,
        followed: Some("/var/log/debug.log".to_owned()),
        stale_after: Some(2 * HOUR),
        last_data: None,
        reported: None,
        pulls: None,
        is_at_work: false,
        waiting: 0,
        bad: Vec::new(),
        passed_over: Vec::new(),
    }
}

fn eba() -> Known {
    let last_error = Some((now(), "the vendor is away: no answer".to_owned()));
    let pulls = Pulls { failures: 1, last_error, next_due: Some(now()), ..Pulls::default() };
    Known {
        name: "eba".to_owned(),
        kind: Kind::Vendor,
        followed: None,
        pulls: Some(pulls),
        ..log()
    }
}

/// A log that ends three days ago, and the vendor's report of yesterday.
fn estate(known: Vec<Known>) -> Estate {
    let estate = Estate::after(vec![
        imported(1, "flexnet", "/var/log/debug.log", now().plus(-3 * DAY)),
        imported(2, "vendor", "inbox/eba/a.csv", now().plus(-DAY)),
    ]);
    estate.served(|server| server.with_sources(Arc::new(move || known.clone())))
}

#[tokio::test]
async fn sources_are_listed_with_how_they_stand() {
    let found = estate(vec![log(), eba()]).read("/v1/sources").await;
    let expected = json!({
        "name": "debug.log", "kind": "licence-server-log", "state": "warning",
        "why": "it ends on 2026-03-01, 3 days ago; more than 2 hours is stale",
        "last_data": "2026-03-01T10:00:00Z", "lag_seconds": 3 * DAY, "lag": "3 days",
        "stale_after_seconds": 2 * HOUR, "stale": true,
        "last_import": { "number": 1, "at": "2026-03-04T10:00:00Z" },
        "feeds": ["burn", "chargeback", "leakage", "double-dips", "places", "sessions"],
        "pulls": null, "waiting": 0, "bad": [], "passed_over": [],
    });
    assert_eq!(found["sources"][0], expected);
    let pulls = json!({
        "last_success": null, "last_failure": "2026-03-04T10:00:00Z",
        "last_error": "the vendor is away: no answer", "failures": 1,
        "next_due": "2026-03-04T10:00:00Z",
    });
    let eba = &found["sources"][1];
    assert_eq!((&eba["pulls"], &eba["state"]), (&pulls, &json!("warning")));
    assert_eq!((&eba["lag"], &eba["last_import"]["number"]), (&json!("10 hours"), &json!(2)));
    assert_eq!(found["text"], "2 sources, 2 of them stale.");
    assert_eq!(found["as_of"], "2026-03-04T10:00:00Z");
    let none = Estate::new().read("/v1/sources").await;
    assert_eq!(none["sources"], json!([]));
    assert_eq!(none["text"], "Nothing was imported yet, and no source is declared.");
}

/// Every report that depends on a source says so when that has ended before it does.
#[tokio::test]
async fn figures_say_which_sources_are_stale() {
    let estate = estate(vec![log(), Known { stale_after: None, ..eba() }]);
    let stale = async |path: &str| -> Vec<Value> {
        let stale = estate.read(path).await["stale"].clone();
        stale.as_array().unwrap_or_else(|| panic!("{path}")).clone()
    };
    let of_log = json!({
        "source": "debug.log", "kind": "licence-server-log", "last_data": "2026-03-01T10:00:00Z",
        "text": "What the licence server's log knows ends on 2026-03-01, 3 days ago: burn since then is from the gate and `eba` only.",
    });
    for path in ["/v1/burn/daily", "/v1/burn?by=day", "/v1/burn/daily?to=2026-03-01"] {
        assert_eq!(stale(path).await, std::slice::from_ref(&of_log), "{path}");
    }
    for path in ["/v1/chargeback?by=product", "/v1/double-dips"] {
        assert_eq!(stale(path).await.len(), 1, "{path}");
    }
    // Those days are known to their end, and a log says nothing of what the vendor says.
    for path in
        ["/v1/burn/daily?to=2026-02-28", "/v1/burn?by=day&to=2026-02-28", "/v1/reconciliation"]
    {
        assert_eq!(stale(path).await, Vec::<Value>::new(), "{path}");
    }
    assert_eq!(stale("/v1/burn/daily?to=2999-01-01").await.len(), 1);
}

/// What is imported while the server runs is seen by the next question.
#[tokio::test]
async fn a_source_that_goes_on_is_no_longer_stale() {
    let estate = estate(vec![log()]);
    let stale = async || estate.read("/v1/burn/daily").await["stale"].as_array().unwrap().len();
    assert_eq!(stale().await, 1);
    let (reply, done) = tokio::sync::oneshot::channel();
    let more = imported(3, "flexnet", "/var/log/debug.log", now());
    estate.gate.run(move |engine| reply.send(engine.append(vec![more])).unwrap());
    done.await.unwrap().unwrap();
    assert_eq!(stale().await, 0);
    estate.clock.pass(2 * HOUR + 1);
    assert_eq!(stale().await, 1, "and ends again");
}

#[tokio::test]
async fn a_span_that_makes_no_sense_is_refused_all_the_same() {
    let estate = estate(vec![log()]);
    let key = estate.key(faregate_app::access::Role::Viewer);
    for path in ["/v1/burn/daily?to=nonsense", "/v1/double-dips?to=nonsense"] {
        assert_eq!(estate.send(Call::get(path).key(&key)).await.status, 400, "{path}");
    }
}
