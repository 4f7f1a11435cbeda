//! What was taken in: the list, one receipt, what is kept and not charged, and taking an import back.

use crate::estate::{Call, Estate, Reply};
use crate::first_run::LOG;
use faregate_app::access::Role;
use serde_json::{Value, json};

/// A code that nobody knows, and one of the log before.
const MORE: &str = " 8:00:00 (lmgrd) TIMESTAMP 3/2/2026\n \
                    8:42:20 (adskflex) OUT: \"87545RVT_2024_0F\" anna@ws-1\n \
                    9:42:20 (adskflex) IN: \"87545RVT_2024_0F\" anna@ws-1\n \
                    10:00:00 (adskflex) OUT: \"99999OURS_2024_0F\" ben@ws-2\n \
                    11:00:00 (adskflex) IN: \"99999OURS_2024_0F\" ben@ws-2\n";
/// The code again, and still open at the end.
const OPEN: &str = " 8:00:00 (lmgrd) TIMESTAMP 3/3/2026\n \
                    10:00:00 (adskflex) OUT: \"99999OURS_2024_0F\" anna@ws-1\n \
                    11:00:00 (adskflex) OUT: \"87545RVT_2024_0F\" ben@ws-2\n \
                    12:00:00 (adskflex) IN: \"87545RVT_2024_0F\" ben@ws-2\n";

async fn taken(estate: &Estate, name: &str, log: &str) {
    let call = Call::post(&format!("/v1/imports/log?zone=UTC&name={name}"))
        .header("content-type", "application/octet-stream")
        .body(log)
        .key(&estate.administrator("otto"));
    assert_eq!(estate.send(call).await.status, 200);
}

/// Two logs that tell of the same use, and a third.
async fn three() -> Estate {
    let estate = Estate::new();
    taken(&estate, "march.log", LOG).await;
    taken(&estate, "other.log", MORE).await;
    taken(&estate, "tuesday.log", OPEN).await;
    estate
}

fn numbers(found: &Value) -> Vec<u64> {
    let imports = found["rows"].as_array().unwrap();
    imports.iter().map(|one| one["number"].as_u64().unwrap()).collect()
}

async fn undo(estate: &Estate, number: &str, query: &str) -> Reply {
    let call = Call::post(&format!("/v1/imports/{number}/undo{query}"));
    estate.send(call.key(&estate.administrator("lena"))).await
}

#[tokio::test]
async fn imports_are_listed_the_newest_first() {
    let estate = three().await;
    let found = estate.read("/v1/imports").await;
    assert_eq!((numbers(&found), &found["count"]), (vec![3, 2, 1], &json!(3)));
    assert_eq!(found["next"], Value::Null);
    let first = &found["rows"][2];
    let told = ["kind", "files", "by", "sessions", "rejected", "quarantined", "undone"];
    let expected = [
        json!("flexnet"),
        json!(["march.log"]),
        json!("otto"),
        json!(1),
        json!(1),
        json!(0),
        Value::Null,
    ];
    assert_eq!(told.map(|name| first[name].clone()), expected);
    assert_eq!(estate.read("/v1/imports/1").await, *first);
    let overlap = json!({ "uses": 0, "times": 0, "prices": 0 });
    assert_eq!((&first["overlap"], &found["rows"][1]["duplicates"]), (&overlap, &json!(1)));
    assert_eq!(numbers(&Estate::new().read("/v1/imports").await), [0; 0]);
}

#[tokio::test]
async fn imports_are_paged_and_searched() {
    let estate = three().await;
    let table = [
        ("?limit=2", vec![3, 2], json!("2")),
        ("?limit=2&cursor=2", vec![1], Value::Null),
        ("?limit=3", vec![3, 2, 1], Value::Null),
        ("?q=OTHER", vec![2], Value::Null),
        ("?q=flex&limit=1", vec![3], json!("3")),
        ("?q=%20", vec![3, 2, 1], Value::Null),
        ("?q=vendor", vec![], Value::Null),
        ("?cursor=1", vec![], Value::Null),
        ("?cursor=0", vec![], Value::Null),
    ];
    for (query, expected, next) in table {
        let found = estate.read(&format!("/v1/imports{query}")).await;
        assert_eq!((numbers(&found), &found["next"]), (expected, &next), "{query}");
    }
    let key = estate.key(Role::Viewer);
    let reply = estate.send(Call::get("/v1/imports?cursor=x").key(&key)).await;
    assert_eq!((reply.status.as_u16(), &reply.json()["code"]), (400, &json!("bad-cursor")));
}

#[tokio::test]
async fn an_import_is_taken_back_once() {
    let estate = three().await;
    let seq = estate.seq();
    let tried = undo(&estate, "1", "?dry_run=true").await;
    assert_eq!((tried.status.as_u16(), estate.seq()), (200, seq), "{:?}", tried.body);
    let told = tried.json();
    let counts = ["sessions", "kept", "reversed", "charged"].map(|name| told[name].clone());
    assert_eq!(counts, [json!(0), json!(1), json!(0), json!(0)], "{told}");
    assert_eq!((&told["dry_run"], &told["kind"]), (&json!(true), &json!("flexnet")));
    // What two tell of goes with the second.
    assert_eq!(undo(&estate, "1", "").await.status, 200);
    let spent = |told: &Value| told["buckets"][0]["spent"].clone();
    let tried = undo(&estate, "2", "?dry_run=true").await.json();
    assert_eq!(tried["buckets"][0]["bucket"], "general");
    let done = undo(&estate, "2", "").await.json();
    assert_eq!((&done["sessions"], spent(&done)), (&json!(2), spent(&tried)));
    let [before, after] = ["before", "after"].map(|when| spent(&done)[when].as_f64().unwrap());
    assert!(after < before, "{done}");
    assert_eq!(done["dry_run"], false);
    let undone = estate.read("/v1/imports/2").await["undone"].clone();
    let by = json!({ "at": "2026-03-04T10:00:00Z", "by": "lena", "sessions": 2, "kept": 0, "reopened": 0 });
    assert_eq!(undone, by);
}

#[tokio::test]
async fn what_cannot_be_taken_back() {
    let estate = three().await;
    undo(&estate, "3", "").await;
    let seq = estate.seq();
    let table = [
        ("7", "", 404, "unknown-import"),
        ("0", "", 404, "unknown-import"),
        ("x", "", 404, "unknown-import"),
        ("4294967296", "?dry_run=true", 404, "unknown-import"),
        ("3", "", 409, "undone-already"),
        ("3", "?dry_run=true", 409, "undone-already"),
        ("1", "?dry_run=perhaps", 400, "bad-query"),
    ];
    for (number, query, status, code) in table {
        let reply = undo(&estate, number, query).await;
        let told = reply.json();
        assert_eq!((reply.status.as_u16(), &told["code"]), (status, &json!(code)), "{number}");
        assert!(told["help"].as_str().is_some_and(|help| !help.is_empty()), "{told}");
    }
    assert_eq!(estate.seq(), seq);
    let key = estate.key(Role::Viewer);
    let reply = estate.send(Call::get("/v1/imports/7").key(&key)).await;
    assert_eq!((reply.status.as_u16(), &reply.json()["code"]), (404, &json!("unknown-import")));
}

/// By product or code, and none once the imports that told of it are taken back.
#[tokio::test]
async fn what_is_kept_and_not_charged() {
    let estate = three().await;
    let found = estate.read("/v1/uncharged").await;
    let expected = json!({
        "key": "99999OURS_2024_0F", "name": "99999OURS_2024_0F", "why": "unknown-product",
        "help": found["rows"][0]["help"], "sessions": 2,
        "first": "2026-03-02T10:00:00Z", "last": "2026-03-03T12:00:00Z",
    });
    assert_eq!(found["rows"], json!([expected]));
    assert!(found["rows"][0]["help"].as_str().unwrap().contains("--features"));
    let summary = estate.read("/v1/summary").await;
    assert_eq!(summary["quarantined_sessions"], found["sessions"]);
    for (number, left) in [("2", 1), ("3", 0)] {
        undo(&estate, number, "").await;
        assert_eq!(estate.read("/v1/uncharged").await["sessions"], left, "{number}");
    }
}

/// Two lines that nobody can read, and one that is read.
const BAD: &str = " 8:00:00 (lmgrd) TIMESTAMP 3/4/2026\n \
                   8:10:00 (adskflex) OUT: nonsense\n \
                   8:20:00 (adskflex) IN: rubbish\n \
                   8:42:20 (adskflex) OUT: \"87545RVT_2024_0F\" anna@ws-1\n";

fn lines(found: &Value) -> Vec<(String, u64)> {
    let rows = found["rows"].as_array().unwrap();
    let line =
        |row: &Value| (row["file"].as_str().unwrap().to_owned(), row["line"].as_u64().unwrap());
    rows.iter().map(line).collect()
}

/// What an upload could not read is listed once, whatever comes of trying it.
#[tokio::test]
async fn rejected_lines_are_listed_those_that_came_last_first() {
    let estate = Estate::new();
    taken(&estate, "march.log", LOG).await;
    taken(&estate, "bad.log", BAD).await;
    taken(&estate, "bad.log", BAD).await;
    taken(&estate, "tried.log&dry_run=true", BAD).await;
    let all = [("bad.log", 3), ("bad.log", 2), ("march.log", 4)];
    let all = all.map(|(file, line)| (file.to_owned(), line));
    let table = [
        ("", &all[..], Value::Null, 3),
        ("?limit=2", &all[..2], json!("2"), 3),
        ("?limit=2&cursor=2", &all[2..], Value::Null, 3),
        ("?limit=3", &all[..], Value::Null, 3),
        ("?q=MARCH", &all[2..], Value::Null, 1),
        ("?q=rubbish", &all[..1], Value::Null, 1),
        ("?q=nowhere", &[], Value::Null, 0),
        ("?cursor=1", &[], Value::Null, 3),
    ];
    for (query, expected, next, count) in table {
        let found = estate.read(&format!("/v1/imports/rejected{query}")).await;
        assert_eq!(lines(&found), expected, "{query}");
        assert_eq!((&found["next"], &found["count"]), (&next, &json!(count)), "{query}");
    }
    let key = estate.key(Role::Viewer);
    let call = Call::get("/v1/imports/rejected?q=bad.log&format=csv").key(&key);
    let file = estate.send(call).await;
    let text = String::from_utf8(file.body.to_vec()).unwrap();
    let rows: Vec<&str> = text.lines().collect();
    assert_eq!((rows.len(), rows[0], rows[1]), (4, "# q: bad.log", "File,Line,Code,Why,Text"));
    assert!(rows[2].starts_with("bad.log,3,"), "{text}");
    assert!(file.header("content-disposition").contains("faregate-rejected-lines-2026-03-04.csv"));
    for (query, code) in [("?cursor=x", "bad-cursor"), ("?format=pdf", "bad-format")] {
        let reply = estate.send(Call::get(&format!("/v1/imports/rejected{query}")).key(&key)).await;
        assert_eq!((reply.status.as_u16(), &reply.json()["code"]), (400, &json!(code)), "{query}");
    }
}
