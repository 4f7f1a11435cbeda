//! The first run: what is missing, a log that is handed in, and made-up data for an empty ledger.

use crate::estate::{Call, Estate, Reply};
use faregate_app::access::Role;
use faregate_app::import::receipts;
use serde_json::{Value, json};

/// Three lines of use of a Revit feature, and one that nobody can read.
pub(crate) const LOG: &str = " 8:00:00 (lmgrd) TIMESTAMP 3/2/2026\n \
                              8:42:20 (adskflex) OUT: \"87545RVT_2024_0F\" anna@ws-1\n \
                              9:42:20 (adskflex) IN: \"87545RVT_2024_0F\" anna@ws-1\n \
                              10:00:00 (adskflex) OUT: nonsense\n";

fn upload(query: &str, body: impl Into<Vec<u8>>) -> Call {
    let call = Call::post(&format!("/v1/imports/log{query}"));
    call.header("content-type", "application/octet-stream").body(body)
}

async fn sent(estate: &Estate, call: Call) -> Reply {
    estate.send(call.key(&estate.administrator("otto"))).await
}

fn counts(estate: &Estate) -> (u64, u64) {
    let state = estate.gate.state().read();
    (state.tally().imported, state.seq())
}

#[tokio::test]
async fn what_is_missing_next() {
    let estate = Estate::new();
    let found = estate.read("/v1/first-run").await;
    let steps = found["steps"].as_array().unwrap();
    let told: Vec<(&str, u64)> = steps
        .iter()
        .map(|step| (step["step"].as_str().unwrap(), step["count"].as_u64().unwrap()))
        .collect();
    let expected = [
        ("contract", 1),
        ("prices", 2),
        ("packs", 1),
        ("buckets", 2),
        ("people", 4),
        ("seats", 1),
        ("use", 0),
        ("deciders", 0),
        ("sources", 0),
    ];
    assert_eq!(told, expected);
    assert!(steps.iter().all(|step| step["done"] == (step["count"] != 0)), "{steps:?}");
    let rest = [&found["next"], &found["empty"], &found["may_fill"], &found["contract"]];
    assert_eq!(rest, [&json!("use"), &json!(false), &json!(false), &json!("Test AG")]);
    assert_eq!((&found["zone"], &found["tariff"]), (&json!("Europe/Madrid"), &json!("test-daily")));
    estate.open("k", "anna", "revit").await;
    assert_eq!(estate.read("/v1/first-run").await["next"], "deciders");
}

/// What is there is never mixed with what is made up; the binary's tests fill an empty one.
#[tokio::test]
async fn a_ledger_with_something_in_it_is_not_filled() {
    let estate = Estate::new();
    let seq = estate.seq();
    let reply = sent(&estate, Call::post("/v1/first-run/demo").json(&json!({}))).await;
    assert_eq!((reply.status.as_u16(), &reply.json()["code"]), (409, &json!("not-empty")));
    let detail = "the ledger is not empty: it has packs, buckets, people, seats, charges";
    assert_eq!(reply.json()["detail"], detail);
    let key = estate.key(Role::LicenceManager);
    let call = Call::post("/v1/first-run/demo").key(&key).json(&json!({}));
    let reply = estate.send(call).await;
    assert_eq!(reply.status, 403);
    let why = "a licence-manager may not fill the ledger with made-up data";
    assert_eq!(reply.json()["detail"], why);
    assert_eq!(estate.seq(), seq);
}

#[tokio::test]
async fn a_log_is_taken_in_once() {
    let estate = Estate::new();
    let tried = sent(&estate, upload("?zone=UTC&dry_run=true", LOG)).await;
    assert_eq!(tried.status, 200, "{:?}", tried.body);
    assert_eq!((&tried.json()["dry_run"], counts(&estate).0), (&json!(true), 0));
    let taken = sent(&estate, upload("?zone=UTC&name=march.log", LOG)).await.json();
    let batch = &taken["imports"][0];
    let told = ["kind", "number", "sessions", "rejected", "denials", "first", "last"];
    let expected = [
        json!("flexnet"),
        json!(1),
        json!(1),
        json!(1),
        json!(0),
        json!("2026-03-02T08:42:20Z"),
        json!("2026-03-02T09:42:20Z"),
    ];
    assert_eq!(told.map(|name| batch[name].clone()), expected, "{taken}");
    assert_eq!(batch["files"], json!(["march.log"]));
    assert_eq!((&taken["rejected_lines"], &taken["dry_run"]), (&json!(1), &json!(false)));
    let line = &taken["rejected"][0];
    assert_eq!((&line["file"], &line["line"]), (&json!("march.log"), &json!(4)), "{line}");
    assert!(line["reason"].as_str().is_some_and(|reason| !reason.is_empty()), "{line}");
    assert_eq!(counts(&estate).0, 1);
    // Whoever sent it is on the receipt.
    let (reply, receipt) = tokio::sync::oneshot::channel();
    estate.gate.run(move |engine| drop(reply.send(receipts::show(engine, 1))));
    assert_eq!(receipt.await.unwrap().unwrap().unwrap().receipt.by, "otto");
    let again = sent(&estate, upload("?zone=UTC&name=march.log", LOG)).await.json();
    assert_eq!(again["imports"][0]["duplicates"], 1);
    assert_eq!((&again["imports"][0]["number"], counts(&estate).0), (&Value::Null, 1));
}

/// Whatever is wrong with it is told with a code, and nothing of it is in the books.
#[tokio::test]
async fn what_is_no_log() {
    let estate = Estate::new();
    let before = counts(&estate);
    let undated = LOG.split_once('\n').unwrap().1;
    let table = [
        ("?zone=UTC", "", 422, "file-empty"),
        ("?zone=UTC", "just a text\n", 422, ""),
        ("?zone=UTC", undated, 422, "log-undated"),
        ("?zone=Mars/Olympus", LOG, 400, "bad-zone"),
        ("?dates=sideways", LOG, 400, "bad-order"),
        ("?start_date=tomorrow", LOG, 400, "bad-date"),
        ("?name=%0A", LOG, 400, "bad-name"),
        ("?colour=red&dry_run=perhaps", LOG, 400, "bad-query"),
    ];
    for (query, body, status, code) in table {
        let reply = sent(&estate, upload(query, body)).await;
        let problem = reply.json();
        assert_eq!(reply.status.as_u16(), status, "{query} {body:?}: {problem}");
        assert!(code.is_empty() || problem["code"] == code, "{query} {body:?}: {problem}");
        assert!(problem["help"].as_str().is_some_and(|help| !help.is_empty()), "{problem}");
    }
    let json = Call::post("/v1/imports/log").json(&json!({}));
    assert_eq!(sent(&estate, json).await.status, 415);
    assert_eq!(counts(&estate), before);
}

/// Files are larger than other bodies may be, and not without bounds.
#[tokio::test]
async fn a_file_is_so_large_at_most() {
    let estate = Estate::new();
    let comment = "#".repeat(9 << 20) + "\n";
    let large = sent(&estate, upload("?zone=UTC", comment)).await;
    assert_eq!(large.status, 422, "it was looked at: {:?}", large.json());
    let larger = sent(&estate, upload("", vec![b'#'; (64 << 20) + 1])).await;
    assert_eq!(larger.status, 413);
}
