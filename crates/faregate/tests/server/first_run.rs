//! From an empty data directory to pages that show something, and the decisions of a store that is on the disk.

use crate::process::{Place, Server};
use crate::{ask, place_with_anna};
use serde_json::{Value, json};

#[test]
fn an_empty_ledger_is_filled_once_and_its_books_hold() {
    let place = Place::new();
    place.run(&["init"], 0);
    let server = Server::start(&place, &[]);
    let (_, before) = server.get("/v1/first-run");
    let told = [&before["next"], &before["empty"], &before["may_fill"]];
    assert_eq!(told, [&json!("packs"), &json!(true), &json!(true)]);
    let (status, filled) = server.post("/v1/first-run/demo", &json!({ "small": true }));
    assert_eq!(status, 200, "{filled}");
    assert!(filled["people"].as_u64() >= Some(60), "{filled}");
    assert!(filled["sessions"].as_u64() > Some(1_000), "{filled}");
    let (status, again) = server.post("/v1/first-run/demo", &json!({ "small": true }));
    assert_eq!((status, &again["code"]), (409, &json!("not-empty")));
    let (_, after) = server.get("/v1/first-run");
    assert_eq!((&after["next"], &after["empty"]), (&Value::Null, &json!(false)));
    let (_, summary) = server.get("/v1/summary");
    assert!(summary["balance"]["left"].as_f64() > Some(0.0), "{summary}");
    let (_, rules) = server.get("/v1/alert-rules");
    assert!(!rules["rows"].as_array().unwrap().is_empty(), "{rules}");
    server.stop("TERM");
    place.run(&["doctor"], 0);
}

#[test]
fn decisions_are_read_from_the_store_beside_the_gate() {
    let place = place_with_anna();
    let server = Server::start(&place, &[]);
    for (key, product) in [("a", "revit"), ("b", "paint"), ("c", "autocad")] {
        server.open(key, &ask(product));
    }
    let (_, all) = server.get("/v1/decisions");
    let rows = all["rows"].as_array().unwrap();
    let products: Vec<&str> = rows.iter().map(|row| row["product"].as_str().unwrap()).collect();
    assert_eq!((products, &all["next"]), (vec!["autocad", "paint", "revit"], &Value::Null));
    let (_, refused) = server.get("/v1/decisions?outcome=refused&limit=1");
    assert_eq!(refused["rows"], json!([rows[1]]));
    let (_, page) = server.get("/v1/decisions?limit=2");
    let next = page["next"].as_str().unwrap();
    assert_eq!(server.get(&format!("/v1/decisions?cursor={next}")).1["rows"], json!([rows[2]]));
    server.stop("TERM");
    let again = Server::start(&place, &[]);
    assert_eq!(again.get("/v1/decisions").1["rows"], all["rows"]);
    again.stop("TERM");
}
