//! An alert's life on a real server: a rule is set, crossed and told of; somebody takes it on and does a step; a
//! restart raises nothing anew; the alert ends when the value is back.

#[path = "server/process.rs"]
#[expect(dead_code, reason = "shared with the tests of the server, which do more with it")]
mod process;

use process::{Place, Server};
use serde_json::{Value, json};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::Duration;

const RULES: &str = r#"
[[rule]]
key = "few"
name = "Few tokens are left"
watch = "left"
below = 500
severity = "critical"
[[rule.step]]
text = "Say that {left} of {given} are left."
[[rule.step]]
text = "How many to buy?"
do = "size-top-up"
[[rule.step]]
text = "Not now."
do = "mute"
for = "4h"
"#;

/// The open alerts, once there are so many.
fn open(server: &Server, count: usize) -> Vec<Value> {
    let (_never, ticks) = channel::<()>();
    for _ in 0..600 {
        let (status, told) = server.get("/v1/alerts");
        assert_eq!(status, 200, "{told}");
        let rows = told["rows"].as_array().unwrap();
        if rows.len() == count {
            return rows.clone();
        }
        assert_eq!(ticks.recv_timeout(Duration::from_millis(100)), Err(RecvTimeoutError::Timeout));
    }
    panic!("there never were {count} alerts");
}

fn json_of(place: &Place, args: &[&str]) -> Value {
    let args = [args, &["--json"]].concat();
    serde_json::from_str(&place.run(&args, 0).stdout).unwrap()
}

#[test]
fn an_alert_is_raised_taken_on_done_about_and_over() {
    let place = Place::new();
    let year = ["--from", "2026-01-01", "--until", "2099-12-31"];
    place.run(&[&["init", "--tokens", "400"][..], &year].concat(), 0);
    place.write("rules.toml", RULES);
    let server = Server::start(&place, &[]);
    let tried = place.run(&["alert", "try", "rules.toml"], 0).stdout;
    assert!(tried.starts_with("few: it would have fired once from "), "{tried}");
    let set = place.run(&["alert", "set", "rules.toml"], 0);
    assert_eq!(set.stdout, "rule `few` is watched from now on\n");
    assert!(set.stderr.contains("names no channel"), "{}", set.stderr);

    let alert = open(&server, 1).remove(0);
    assert_eq!(alert["said"], "the contract has 400 of 400 tokens left (100 %)");
    assert_eq!(alert["steps"][0]["text"], "Say that 400 of 400 are left.");
    let id = alert["id"].as_str().unwrap();
    assert_eq!(json_of(&place, &["alert", "list"])[0]["id"], *id);
    let rules = json_of(&place, &["alert", "rules"]);
    assert_eq!(
        (&rules[0]["watches"], &rules[0]["open"]),
        (&json!("less than 500 tokens left"), &json!(1))
    );

    let done = json_of(&place, &["alert", "ack", id, "--note", "I call procurement"]);
    assert!(
        done["said"][0].as_str().unwrap().starts_with(&format!("alert {id} is taken on by ")),
        "{done}"
    );
    let sized = place.run(&["alert", "step", id, "2"], 0).stdout;
    assert!(sized.contains("too little history"), "{sized}");
    let wrong = place.run(&["alert", "step", id, "9"], 2).stderr;
    assert!(wrong.contains(&format!("alert {id} has no step 9")), "{wrong}");
    let known = json_of(&place, &["alert", "show", id]);
    assert_eq!((&known["acknowledged"], &known["steps"][1]["done"]), (&json!(true), &json!(true)));
    assert_eq!(known["handled"][0]["said"], "I call procurement");

    // What it has raised it raises once, also after it was killed.
    server.kill();
    let server = Server::start(&place, &[]);
    place.run(&["alert", "step", id, "3"], 0);
    let rule = json_of(&place, &["alert", "rules"]);
    assert!(rule[0]["muted_until"].is_string(), "{rule}");
    assert_eq!(open(&server, 1)[0]["id"], *id);

    let buy = ["pack", "buy", "600"];
    place.run(&[&buy[..], &year].concat(), 0);
    open(&server, 0);
    let over = json_of(&place, &["alert", "list", "--all"]);
    assert_eq!((over.as_array().unwrap().len(), &over[0]["id"]), (1, &json!(id)));
    assert_eq!(over[0]["handled"][3]["what"], "ended");
    place.run(&["alert", "remove", "few"], 0);
    server.stop("TERM");
    place.run(&["doctor"], 0);
}
