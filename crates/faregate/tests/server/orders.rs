//! Orders given beside a running server: they reach it through `serving.json`, in the name of a person.

use crate::process::{Place, Server, signal};
use serde_json::{Value, json};
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;

const ESTATE: &str = r#"
[[bucket]]
key = "north"
parent = "general"
owners = ["nora"]
tokens = 300
[[bucket]]
key = "south"
parent = "general"
owners = ["sam"]
tokens = 10
[[person]]
key = "gina"
[[person]]
key = "nora"
bucket = "north"
[[person]]
key = "sam"
name = "Sam Öz"
aliases = ["Öz"]
bucket = "south"
[[seat]]
offering = "aec-collection"
from = "2026-01-01"
until = "2099-12-31"
[terms]
owners = ["gina"]
"#;

pub(crate) fn place() -> Place {
    let place = Place::new();
    place.run(&["init", "--tokens", "1000", "--from", "2026-01-01", "--until", "2099-12-31"], 0);
    place.write("estate.toml", ESTATE);
    place.run(&["estate", "apply", "estate.toml"], 0);
    place
}

fn announcement(place: &Place) -> PathBuf {
    place.path("faregate-data/serving.json")
}

/// A bucket's available tokens, as the server says.
fn available(server: &Server, bucket: &str) -> f64 {
    let (_, told) = server.get(&format!("/v1/buckets/{bucket}"));
    told["available"].as_f64().unwrap_or_else(|| panic!("{told}"))
}

fn first_line(text: &str) -> &str {
    text.lines().next().unwrap_or_default()
}

/// Uses the data directory as another process does.
fn locked(place: &Place) -> std::fs::File {
    let path = place.path("faregate-data/faregate.lock");
    let lock = std::fs::File::options().write(true).open(path).unwrap();
    lock.lock().unwrap();
    lock
}

#[test]
fn orders_reach_the_server() {
    let place = place();
    let server = Server::start(&place, &[]);
    let mode = std::fs::metadata(announcement(&place)).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600, "whoever reads the key owns the server");

    let told = place.run(&["bucket", "transfer", "40", "--from", "north", "--to", "south"], 0);
    assert_eq!(told.stdout, "40 tokens moved from bucket `north` to bucket `south`\n");
    assert_eq!((available(&server, "north"), available(&server, "south")), (260.0, 50.0));
    let refused = place.run(&["bucket", "transfer", "4000", "--from", "north"], 13);
    let why = "faregate: bucket `north` has only 260 tokens free";
    assert_eq!(first_line(&refused.stderr), why);
    place.run(&["bucket", "transfer", "4", "--from", "nrth"], 2);

    place.run(&["seat", "assign", "0", "sam"], 0);
    place.run(&["seat", "assign", "0", "nora"], 13);
    let tried = place.run(&["policy", "adopt", "office-hours", "--dry-run"], 0);
    assert!(tried.stdout.starts_with("would: "), "{}", tried.stdout);
    place.run(&["policy", "adopt", "subscription-and-token-groups", "--mode", "enforce"], 0);
    place.write("bad.cedar", "@id(\"x\") forbid (principal in Grop::\"a\", action, resource);");
    let bad = place.run(&["policy", "adopt", "bad.cedar"], 14);
    assert!(first_line(&bad.stderr).contains("unrecognized entity type `Grop`"), "{}", bad.stderr);
    assert_eq!(server.get("/v1/policies").1["rows"].as_array().map(Vec::len), Some(2));

    place.write("more.toml", "[[person]]\nkey = \"mia\"\n");
    place.run(&["estate", "apply", "more.toml"], 0);
    assert_eq!(server.get("/v1/people/mia").0, 200);
    let wrong = place.run(&["person", "set", "mia", "--bucket", "desing"], 15);
    assert_eq!(
        first_line(&wrong.stderr),
        "faregate: there is no bucket `desing`; add a bucket of this key"
    );

    server.stop("TERM");
    assert!(!announcement(&place).exists(), "a server that stops takes its key away");
    place.run(&["doctor"], 0);
}

#[test]
fn who_is_named_is_who_acts() {
    let place = place();
    let server = Server::start(&place, &[]);
    let ask = ["request", "make", "20", "--why", "a tender", "--json"];
    let nobody = place.run(&ask, 13);
    assert!(nobody.stderr.contains("`command line` is no person"), "{}", nobody.stderr);
    let made = place.run(&[&ask[..], &["--as", "sam"]].concat(), 0).stdout;
    let made: Value = serde_json::from_str(&made).unwrap();
    let id = made["id"].as_str().unwrap();
    let (_, request) = server.get(&format!("/v1/requests/{id}"));
    assert_eq!(request["by"], "sam", "{request}");

    let own = place.run(&["request", "approve", id, "--as", "sam"], 13);
    assert_eq!(first_line(&own.stderr), "faregate: nobody decides on their own request");
    let other = place.run(&["request", "approve", id, "--as", "nora"], 13);
    assert!(other.stderr.contains("`nora` does not decide"), "{}", other.stderr);
    place.run(&["request", "approve", id, "--as", "gina", "--tokens", "15"], 0);
    assert_eq!(available(&server, "south"), 25.0);
    place.run(&["request", "decline", id, "--as", "gina"], 13);

    // A header cannot carry every name; acting as somebody else instead would be worse than not at all.
    let named = place.run(&["request", "make", "5", "--why", "x", "--as", "O\u{7f}z"], 2);
    assert!(named.stderr.contains("cannot be told to the server"), "{}", named.stderr);
    place.run(&["request", "make", "5", "--why", "by header", "--as", "Öz"], 0);
    server.stop("TERM");
    // Without a server between, any name of theirs will do.
    place.run(&["request", "make", "5", "--why", "x", "--as", "Öz"], 0);
    let statement = place.run(&["bucket", "statement", "south"], 0).stdout;
    assert!(statement.contains("by gina: a tender"), "{statement}");
}

#[test]
fn what_only_reads_goes_on_beside_the_server() {
    let place = place();
    let server = Server::start(&place, &[]);
    let (_, opened) =
        server.open("k", &json!({ "person": "nora", "product": "revit", "host": "ws-1" }));
    assert_eq!(opened["route"], "tokens", "{opened}");
    let commands = [
        "quote sam revit",
        "bucket list",
        "bucket show north",
        "bucket statement north",
        "bucket wall",
        "pack list",
        "pack balance",
        "request list",
        "chargeback --by bucket",
        "double-dips",
        "person list",
        "person show sam",
        "group list",
        "seat list",
        "site list",
        "place breaches",
        "place use",
        "place follow-the-sun",
        "estate export",
        "policy list",
        "policy diff subscription-and-token-groups",
        "policy simulate subscription-and-token-groups",
        "caps",
        "refusals",
        "explain k",
        "key list",
    ];
    for command in commands {
        let words: Vec<&str> = command.split(' ').collect();
        place.run(&words, 0);
    }
    assert!(place.run(&["bucket", "show", "north"], 0).stdout.contains("290"));
    server.stop("TERM");
}

#[test]
fn imports_beside_a_server_say_what_to_do() {
    let place = place();
    place.write("a.log", " 8:00:00 (adskflex) TIMESTAMP 3/2/2026\n");
    place.write("usage.csv", "usageDate,userName,productName,tokensConsumed\n");
    let server = Server::start(&place, &[]);
    let log = place.run(&["import", "flexnet", "a.log", "--zone", "UTC"], 5);
    assert!(log.stderr.contains("`faregate serve --tail FILE`"), "{}", log.stderr);
    let report = place.run(&["import", "token-usage", "usage.csv"], 0);
    assert!(
        report.stdout.contains("0 rows with tokens"),
        "the server took it in: {}",
        report.stdout
    );
    server.stop("TERM");
}

#[test]
fn a_killed_server_misleads_nobody() {
    let place = place();
    let server = Server::start(&place, &[]);
    let address = server.address.clone();
    server.kill();
    assert!(announcement(&place).exists());

    // Somebody else uses the directory, and the announcement is a dead server's.
    let lock = locked(&place);
    let order = ["bucket", "transfer", "5", "--from", "north", "--to", "south"];
    let refused = place.run(&order, 5);
    let why = format!(
        "faregate: another process uses the data directory, and no server answers at http://{address}: "
    );
    assert!(refused.stderr.starts_with(&why), "{}", refused.stderr);
    assert!(refused.stderr.contains("help: "), "{}", refused.stderr);
    drop(lock);

    // Nobody uses it: the order is carried out, and the announcement is taken away.
    place.run(&order, 0);
    assert!(!announcement(&place).exists());
    Server::start(&place, &[]).stop("INT");
    place.run(&["doctor"], 0);
}

#[test]
fn another_program_at_that_address_is_not_taken_for_the_server() {
    let place = place();
    let lock = locked(&place);
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let stranger = std::thread::spawn(move || {
        use std::io::{Read, Write};
        let (mut one, _) = listener.accept().unwrap();
        let _ = one.read(&mut [0; 4096]);
        let answer = "HTTP/1.1 200 OK\r\ncontent-length: 5\r\nconnection: close\r\n\r\nhello";
        one.write_all(answer.as_bytes()).unwrap();
    });
    let text = json!({ "url": format!("http://{address}"), "key": "fg_x" }).to_string();
    std::fs::write(announcement(&place), text).unwrap();
    let told = place.run(&["bucket", "transfer", "5", "--from", "north", "--to", "south"], 1);
    stranger.join().unwrap();
    let why = format!("faregate: what answers at http://{address} is no Faregate server\n");
    assert!(told.stderr.starts_with(&why), "{}", told.stderr);
    drop(lock);
}

#[test]
fn a_proxy_in_the_environment_never_sees_the_key() {
    let place = place();
    let server = Server::start(&place, &[]);
    let mut command = place.command(&["bucket", "transfer", "5", "--from", "north"]);
    let done =
        command.env("http_proxy", "http://127.0.0.1:9").env("HTTP_PROXY", "http://127.0.0.1:9");
    let done = done.env("ALL_PROXY", "http://127.0.0.1:9").output().unwrap();
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    server.stop("TERM");
}

#[test]
fn keys_are_listed_and_revoked_beside_the_server() {
    let place = place();
    let server = Server::start(&place, &[]);
    let member = place.run(&["key", "--role", "member", "--name", "sam"], 0).stdout;
    let me = |key: &str| server.call("GET", "/v1/me", key.trim(), None, "").0;
    assert_eq!(me(&member), 200);
    let unknown = place.run(&["key", "--role", "member", "--name", "zoe"], 2);
    assert_eq!(first_line(&unknown.stderr), "faregate: nobody is called `zoe`");

    let all = place.run(&["key", "list", "--json"], 0).stdout;
    let all: Vec<Value> = serde_json::from_str(&all).unwrap();
    assert!(!all.iter().any(|key| key.to_string().contains(member.trim())), "no secret is listed");
    let one = all.iter().find(|key| key["name"] == "sam").unwrap();
    assert_eq!((&one["role"], &one["kind"]), (&json!("member"), &json!("key")));
    let id = one["id"].as_str().unwrap();
    assert!(place.run(&["key", "list"], 0).stdout.contains(id));

    place.run(&["key", "revoke", "0123456789ab"], 2);
    place.run(&["key", "revoke", id], 0);
    crate::process::poll(|| (me(&member) == 401).then_some(()));
    place.run(&["key", "revoke", id], 2);
    // The server's own key is in no store, and goes on.
    place.run(&["bucket", "transfer", "5", "--from", "north"], 0);
    server.stop("TERM");
}

#[test]
fn proxies_and_an_atlas_tell_where_a_request_comes_from() {
    let place = place();
    let fixture = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/atlas.mmdb");
    let territory = "[[territory]]\nof = \"pool\"\nallowed = [\"ES\"]\nbreach = \"refuse\"\n";
    place.write("territory.toml", territory);
    place.run(&["estate", "apply", "territory.toml"], 0);
    let quote = |address: &str| {
        let args = ["quote", "nora", "revit", "--address", address, "--atlas", fixture, "--json"];
        let told = place.run(&args, 0).stdout;
        serde_json::from_str::<Value>(&told).unwrap()["route"].clone()
    };
    assert_eq!((quote("203.0.113.7"), quote("198.51.100.1")), (json!("tokens"), json!("refused")));
    place.run(&["quote", "nora", "revit", "--address", "203.0.113.7", "--atlas", "estate.toml"], 3);
    place.run(&["serve", "--atlas", "no-such.mmdb"], 3);
    place.run(&["serve", "--trusted-proxy", "10.0.0.0/99"], 2);

    let trusting = ["--atlas", fixture, "--trusted-proxy", "127.0.0.0/8"];
    for (args, expected) in [(&trusting[..], "refused"), (&trusting[..2], "tokens")] {
        let server = Server::start(&place, args);
        let body = json!({ "person": "nora", "product": "revit", "host": "ws-1" }).to_string();
        let (_, told) = server.ask_from("198.51.100.1", "/v1/quotes", &body);
        assert_eq!(told["route"], expected, "{args:?}: {told}");
        server.stop("TERM");
    }
    let mut server = place.command(&["serve", "--atlas", fixture, "--listen", "127.0.0.1:0"]);
    let mut child = server
        .stdout(std::process::Stdio::null())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    let stderr = child.stderr.take().unwrap();
    std::io::BufRead::read_line(&mut std::io::BufReader::new(stderr), &mut line).unwrap();
    assert!(line.starts_with("atlas `Faregate-Test`, made on 2026-11-01T00:00:00Z, "), "{line}");
    signal(&child, "KILL");
    child.wait().unwrap();
}
