//! Imports beside a running server: it takes them back, and lists what it could not read.

use crate::process::{Place, Server};
use serde_json::Value;

const LOG: &str = " 8:00:00 (adskflex) TIMESTAMP 3/2/2026\n \
                   8:42:20 (adskflex) OUT: \"87545RVT_2024_0F\" ben@ws-1\n \
                   9:42:20 (adskflex) IN: \"87545RVT_2024_0F\" ben@ws-1\n \
                   10:00:00 (adskflex) OUT: \"99999OURS_2024_0F\" ben@ws-1\n \
                   10:10:00 (adskflex) IN: \"99999OURS_2024_0F\" ben@ws-1\n \
                   11:00:00 (adskflex) OUT: nonsense\n";

fn place() -> Place {
    let place = Place::new();
    place.run(&["init", "--tokens", "1000", "--from", "2026-01-01", "--until", "2099-12-31"], 0);
    place.write("march.log", LOG);
    place.run(&["import", "flexnet", "march.log", "--zone", "UTC"], 0);
    place
}

fn json(place: &Place, command: &[&str]) -> Value {
    let told = place.run(&[command, &["--json"]].concat(), 0);
    serde_json::from_str(&told.stdout).unwrap_or_else(|why| panic!("{why}: {}", told.stdout))
}

/// What a command says is the same with a server between and without one.
#[test]
fn an_undo_reaches_the_server() {
    let place = place();
    let tried = json(&place, &["import", "undo", "1", "--dry-run"]);
    let shown = json(&place, &["import", "show", "1"]);
    let uncharged = json(&place, &["import", "uncharged"]);
    let server = Server::start(&place, &[]);
    assert_eq!(json(&place, &["import", "undo", "1", "--dry-run"]), tried);
    assert_eq!(server.get("/v1/imports/1").1, shown);
    assert_eq!(server.get("/v1/uncharged").1, uncharged);
    let (_, rejected) = server.get("/v1/imports/rejected");
    assert_eq!(
        (&rejected["count"], &rejected["rows"][0]["line"]),
        (&Value::from(1), &Value::from(6))
    );
    place.run(&["import", "undo", "9"], 13);
    let done = place.run(&["import", "undo", "1"], 0);
    assert!(done.stdout.starts_with("import 1 (flexnet) undone\n"), "{}", done.stdout);
    place.run(&["import", "undo", "1"], 13);
    assert_eq!(server.get("/v1/uncharged").1["sessions"], 0);
    place.run(&["import", "undo", "1", "--features", "march.log"], 5);
    server.stop("TERM");
}
