//! A real Prometheus, where there is one, asks our server and fires one of our alerts.

use super::{ask, place_of};
use crate::process::{Place, Server, poll};
use serde_json::Value;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};

/// Killed when dropped.
struct Prometheus(Child);

impl Drop for Prometheus {
    fn drop(&mut self) {
        // It may have ended already; then there is nothing to kill.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Starts one that asks every second; `None` where none is installed. It says itself where it listens.
fn start(place: &Place, server: &Server, key: &str) -> Option<(Prometheus, String)> {
    let rules = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../deploy/prometheus/rules.yml");
    place.write("key", key.trim());
    let (rules, target) = (rules.display(), &server.address);
    let config = format!(
        "global: {{ scrape_interval: 1s, evaluation_interval: 1s }}\nrule_files: [\"{rules}\"]\n\
         scrape_configs:\n  - job_name: faregate\n    authorization: {{ credentials_file: key }}\n    \
         static_configs: [{{ targets: [\"{target}\"] }}]\n"
    );
    place.write("prometheus.yml", &config);
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let listen = format!("--web.listen-address={port}");
    let started = Command::new("prometheus")
        .args(["--config.file=prometheus.yml", "--storage.tsdb.path=tsdb", &listen])
        .current_dir(place.path(""))
        .stderr(Stdio::piped())
        .spawn();
    let Ok(mut child) = started else {
        println!("skipped: there is no `prometheus` (Debian package `prometheus`)");
        return None;
    };
    let mut said = BufReader::new(child.stderr.take().unwrap());
    let child = Prometheus(child);
    let mut line = String::new();
    while !line.contains("ready to receive web requests") {
        line.clear();
        assert!(said.read_line(&mut line).unwrap() > 0, "it ended");
    }
    // Nobody reads on: it must not stand still for that.
    std::thread::spawn(move || std::io::copy(&mut said, &mut std::io::sink()));
    Some((child, port.to_string()))
}

fn asked(address: &str, path: &str) -> Value {
    let mut stream = TcpStream::connect(address).unwrap();
    let head = format!("GET {path} HTTP/1.0\r\nhost: prometheus\r\n\r\n");
    stream.write_all(head.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let (_, body) = answer.split_once("\r\n\r\n").unwrap();
    serde_json::from_str(body).unwrap()
}

#[test]
fn a_prometheus_that_asks_fires_an_alert() {
    // Of twelve tokens a log's use has taken ten: AutoCAD costs seven.
    let place = place_of(12);
    let server = Server::start(&place, &[]);
    let key = place.run(&["key", "--role", "viewer"], 0).stdout;
    assert_eq!(server.call("GET", "/metrics", "", None, "").0, 401);
    assert_eq!(server.call("GET", "/metrics", key.trim(), None, "").0, 200);
    let Some((_prometheus, address)) = start(&place, &server, &key) else { return };
    let query = |expression: &str| {
        let found = asked(&address, &format!("/api/v1/query?query={expression}"));
        let value = &found["data"]["result"][0]["value"][1];
        value.as_str().map(str::to_owned)
    };
    // Seen once before people are turned away, so that the count is seen to grow.
    let before = poll(|| query("faregate_refusals_total%7Breason=%22bucket-exhausted%22%7D"));
    assert_eq!(before, "0");
    let (status, refused) = server.open("k", &ask("autocad"));
    assert_eq!((status, &refused["refusal"]["code"]), (200, &"bucket-exhausted".into()));
    let alert = poll(|| {
        let found = asked(&address, "/api/v1/alerts");
        let all = found["data"]["alerts"].as_array().unwrap().clone();
        all.into_iter().find(|one| one["state"] == "firing")
    });
    assert_eq!(alert["labels"]["alertname"], "FaregateBucketExhausted");
    let summary = alert["annotations"]["summary"].as_str().unwrap();
    assert!(summary.contains("bucket-exhausted"), "{summary}");
    server.stop("TERM");
}
