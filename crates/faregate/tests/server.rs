//! The program as a process: signals, locks, ports, restarts, a log that grows.

#[path = "server/accounts.rs"]
mod accounts;
#[path = "server/first_run.rs"]
mod first_run;
#[path = "server/imports.rs"]
mod imports;
#[path = "server/metrics.rs"]
mod metrics;
#[path = "server/oidc.rs"]
mod oidc;
#[path = "server/orders.rs"]
mod orders;
#[path = "server/process.rs"]
mod process;

use process::{Place, Server, poll};
use serde_json::{Value, json};
use std::fs::File;
use std::io::Write;
use std::process::Stdio;

const HEAD: &str = " 8:00:00 (adskflex) TIMESTAMP 3/2/2026\n";
const OUT: &str = " 8:42:20 (adskflex) OUT: \"87545RVT_2024_0F\" anna@ws-1\n";
const IN: &str = " 9:42:20 (adskflex) IN: \"87545RVT_2024_0F\" anna@ws-1\n";

/// A place with a store of 100 tokens, in which Anna is known from a log.
fn place_with_anna() -> Place {
    place_of(100)
}

/// The same with so many tokens.
fn place_of(tokens: u32) -> Place {
    let (place, tokens) = (Place::new(), tokens.to_string());
    place.write("a.log", &format!("{HEAD}{OUT}{IN}"));
    place.run(&["init", "--tokens", &tokens, "--from", "2026-01-01", "--until", "2199-12-31"], 0);
    place.run(&["import", "flexnet", "a.log", "--zone", "UTC"], 0);
    place
}

fn ask(product: &str) -> Value {
    json!({ "person": "anna", "product": product, "host": "ws-1" })
}

#[test]
fn one_directory_has_one_server() {
    let place = place_with_anna();
    let server = Server::start(&place, &[]);
    let second = place.run(&["serve", "--listen", "127.0.0.1:0"], 5);
    assert!(second.stderr.contains("another process uses"), "{}", second.stderr);
    place.run(&["import", "flexnet", "a.log", "--zone", "UTC"], 5);
    let port = server.address.rsplit_once(':').unwrap().1.to_owned();
    place.run(&["init", "--data", "other"], 0);
    let taken = format!("127.0.0.1:{port}");
    place.run(&["serve", "--data", "other", "--listen", &taken], 8);
    // Reading and key-making go on beside the server.
    place.run(&["doctor"], 0);
    place.run(&["burn"], 0);
    assert_eq!(server.get("/v1/summary").0, 200);
    server.stop("TERM");
}

#[test]
fn a_key_made_beside_the_server_works_at_once() {
    let place = place_with_anna();
    let server = Server::start(&place, &[]);
    let key = place.run(&["key", "--role", "viewer"], 0).stdout;
    assert_eq!(server.call("GET", "/v1/me", key.trim(), None, "").1["roles"], json!(["viewer"]));
    let link = place.run(&["sign-in"], 0).stdout;
    let token = link.trim().rsplit_once("token=").unwrap().1;
    let body = json!({ "token": token }).to_string();
    assert_eq!(server.call("POST", "/v1/sign-in", "", None, &body).0, 204);
    assert_eq!(server.call("POST", "/v1/sign-in", "", None, &body).0, 401);
    server.stop("TERM");
}

#[test]
fn told_to_stop_it_stops_in_good_order_and_sessions_go_on() {
    for signal in ["TERM", "INT"] {
        let place = place_with_anna();
        let server = Server::start(&place, &[]);
        let (status, opened) = server.open("k", &ask("autocad"));
        assert_eq!((status, &opened["route"]), (201, &json!("tokens")));
        server.stop(signal);

        // The snapshot holds all of the journal, and nothing waits in SQLite's log.
        assert!(!place.path("faregate-data/faregate.db-wal").exists(), "{signal}");
        place.run(&["doctor"], 0);

        let again = Server::start(&place, &[]);
        let (_, page) = again.get("/v1/sessions");
        assert_eq!(page["rows"][0]["id"], opened["session"]);
        let mut repeated = opened.clone();
        repeated["repeated"] = true.into();
        assert_eq!(again.open("k", &ask("autocad")), (200, repeated));
        let path = format!("/v1/sessions/{}/close", opened["session"].as_str().unwrap());
        assert_eq!(again.post(&path, &Value::Null).1["already"], false);
        again.stop(signal);
    }
}

#[test]
fn a_live_page_does_not_keep_the_server() {
    let place = place_with_anna();
    let server = Server::start(&place, &[]);
    let _page = server.listen("/v1/events");
    server.stop("TERM");
}

#[test]
fn decisions_are_explained_by_number_session_and_key() {
    let place = place_with_anna();
    let server = Server::start(&place, &[]);
    let (_, opened) = server.open("key-opened", &ask("revit"));
    let (status, refused) = server.open("key-refused", &ask("paint"));
    assert_eq!((status, &refused["refusal"]["code"]), (200, &json!("product-unknown")));
    let number = opened["decision"].to_string();
    let ids = [number.as_str(), opened["session"].as_str().unwrap(), "key-opened"];
    for id in ids {
        let told = place.run(&["explain", id], 0).stdout;
        assert!(told.starts_with(&format!("decision {number} at 20")), "{told}");
        assert!(told.contains("let through on 10 tokens (tokens)"), "{told}");
        assert!(told.ends_with("recomputed from the journal: the same\n"), "{told}");
    }
    let told: Value =
        serde_json::from_str(&place.run(&["--json", "explain", "key-refused"], 0).stdout).unwrap();
    assert_eq!((&told["code"], &told["holds"]), (&json!("product-unknown"), &json!(true)));
    place.run(&["explain", "1"], 2);
    server.stop("TERM");
    place.run(&["explain", "key-opened"], 0);
}

#[test]
fn a_followed_log_is_taken_in_as_it_grows() {
    let place = place_with_anna();
    place.write("grows.log", HEAD);
    let server = Server::start(&place, &["--tail", "grows.log", "--zone", "UTC"]);
    let log = || File::options().append(true).open(place.path("grows.log")).unwrap();
    // The last line may still be written to: it counts once the next has begun.
    let more = OUT.replace("anna@ws-1", "ben@ws-2") + " 8:50:00 (adskflex) TIMESTAMP 3/2/2026\n";
    log().write_all(more.as_bytes()).unwrap();
    let open = poll(|| {
        let (_, page) = server.get("/v1/sessions");
        (page["total"] == 1).then(|| page["rows"][0].clone())
    });
    assert_eq!((&open["person"], &open["route"]), (&json!("ben"), &json!("log")));

    let (start, end) = IN.split_at(20);
    log().write_all(start.as_bytes()).unwrap();
    log().write_all(end.replace("anna@ws-1", "ben@ws-2").as_bytes()).unwrap();
    poll(|| (server.get("/v1/sessions").1["total"] == 0).then_some(()));
    let (_, burn) = server.get("/v1/burn?by=person&from=2026-03-02&to=2026-03-02");
    assert_eq!((&burn["rows"][1]["key"], &burn["total"]["tokens"]), (&json!("ben"), &json!(20.0)));

    // Rotated: cut to begin anew, then moved away, with a longer one in its place.
    let sessions =
        |count: u64| poll(|| (server.get("/v1/sessions").1["total"] == count).then_some(()));
    let end = " 9:00:00 (adskflex) TIMESTAMP 3/4/2026\n";
    place.write("grows.log", &format!("{HEAD}{OUT}").replace("3/2/", "3/4/"));
    log().write_all(end.as_bytes()).unwrap();
    sessions(1);
    std::fs::rename(place.path("grows.log"), place.path("grows.log.1")).unwrap();
    let longer = format!("{HEAD}{OUT}{}", OUT.replace("anna@ws-1", "carla@ws-3"));
    place.write("fresh.log", &(longer.replace("3/2/", "3/4/") + end));
    std::fs::rename(place.path("fresh.log"), place.path("grows.log")).unwrap();
    sessions(2);
    server.stop("TERM");
    place.run(&["doctor"], 0);
}

/// Feeds an import through a pipe, for as long as it reads.
fn begin_import(place: &Place) -> (std::process::Child, std::thread::JoinHandle<()>) {
    process::make_pipe(&place.path("pipe.log"));
    let mut command = place.command(&["import", "flexnet", "pipe.log", "--zone", "UTC"]);
    let child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let mut pipe = File::options().write(true).open(place.path("pipe.log")).unwrap();
    let (fed, feeding) = std::sync::mpsc::channel();
    let feeder = std::thread::spawn(move || {
        let day = format!("{}{}", OUT, IN).repeat(2_000).replace("anna", "zoe");
        let mut written = pipe.write_all(HEAD.as_bytes());
        // Enough that some megabytes have been read, then on until nobody reads.
        for round in 0.. {
            written = written.and_then(|()| pipe.write_all(day.as_bytes()));
            if round == 20 {
                fed.send(()).unwrap();
            }
            if written.is_err() {
                return;
            }
        }
    });
    feeding.recv().unwrap();
    (child, feeder)
}

#[test]
fn an_import_that_is_stopped_leaves_nothing() {
    for (signal, code) in [("INT", Some(130)), ("KILL", None)] {
        let place = place_with_anna();
        let before = place.run(&["doctor", "--json"], 0).stdout;
        let burned = place.run(&["burn", "--by", "person", "--json"], 0).stdout;
        let (mut child, feeder) = begin_import(&place);
        process::signal(&child, signal);
        assert_eq!(child.wait().unwrap().code(), code, "{signal}");
        feeder.join().unwrap();
        assert_eq!(place.run(&["doctor", "--json"], 0).stdout, before, "{signal}");
        assert_eq!(place.run(&["burn", "--by", "person", "--json"], 0).stdout, burned, "{signal}");
        // The next start is as before: the directory is free, and the same log imports.
        let again = place.run(&["import", "flexnet", "a.log", "--zone", "UTC"], 0).stdout;
        assert!(again.starts_with("0 sessions added"), "{again}");
        Server::start(&place, &[]).stop("TERM");
    }
}

#[test]
fn a_first_import_that_is_stopped_leaves_no_store() {
    let place = Place::new();
    let (mut child, feeder) = begin_import(&place);
    process::signal(&child, "INT");
    assert_eq!(child.wait().unwrap().code(), Some(130));
    feeder.join().unwrap();
    assert!(!place.path("faregate-data").exists());
}

#[test]
fn a_reader_that_has_seen_enough_is_no_failure() {
    let place = place_with_anna();
    for args in [&["burn"][..], &["openapi"], &["completions", "bash"], &["doctor"]] {
        let mut child =
            place.command(args).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        drop(child.stdout.take());
        let ended = child.wait_with_output().unwrap();
        let complaint = String::from_utf8_lossy(&ended.stderr);
        assert!(!complaint.contains("panicked"), "{args:?}: {complaint}");
        assert!(ended.status.success(), "{args:?}: {}", ended.status);
    }
}

#[test]
fn a_demo_serves_and_is_made_anew() {
    let place = Place::new();
    for _ in 0..2 {
        let demo = ["demo", "--small", "--no-workstations", "--data", "faregate-demo"];
        let server = Server::start_as(&place, &demo);
        let (_, summary) = server.get("/v1/summary");
        assert!(summary["balance"]["left"].as_f64().unwrap() > 0.0, "{summary}");
        server.stop("TERM");
        place.run(&["doctor", "--data", "faregate-demo"], 0);
    }
}
