//! `/metrics`: what is told, to whom, that `promtool` finds nothing, and that what we ship names what is there.

use crate::estate::{Call, Estate};
use faregate_api::metrics::Beside;
use faregate_app::access::Role;
use serde_json::Value;
use std::collections::BTreeSet;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;

async fn told(estate: &Estate) -> String {
    let reply = estate.send(Call::get("/metrics").key(&estate.key(Role::Viewer))).await;
    assert_eq!(reply.status, 200);
    assert_eq!(reply.header("content-type"), "text/plain; version=0.0.4; charset=utf-8");
    String::from_utf8(reply.body.to_vec()).unwrap()
}

fn has(text: &str, line: &str) {
    assert!(text.lines().any(|one| one == line), "`{line}` is not told:\n{text}");
}

#[tokio::test]
async fn those_who_may_read_burn_are_told() {
    let estate = Estate::office();
    let status = async |call: Call| estate.send(call).await.status.as_u16();
    assert_eq!(status(Call::get("/metrics")).await, 401);
    for (role, expected) in [
        (Role::Viewer, 200),
        (Role::Administrator, 200),
        (Role::Workstation, 403),
        (Role::Collector, 403),
    ] {
        let call = Call::get("/metrics").key(&estate.key(role));
        assert_eq!(status(call).await, expected, "{role:?}");
    }
    assert_eq!(status(Call::get("/metrics").key(&estate.member("anna"))).await, 403);
}

/// 100 tokens: 40 for General of which 10 are spent, 25 for Bridges of which 7 are. Anna opens AutoCAD for 7;
/// nobody knows a product called Paint.
#[tokio::test]
async fn the_numbers_are_those_of_the_books() {
    let estate = Estate::new();
    estate.open("a", "anna", "autocad").await;
    estate.open("b", "anna", "paint").await;
    let text = told(&estate).await;
    for line in [
        "faregate_decision_duration_seconds_count 2",
        "faregate_decision_duration_seconds_bucket{le=\"+Inf\"} 2",
        "faregate_opens_waiting 0",
        "faregate_commits_failed_total 0",
        "faregate_opens_total 1",
        "faregate_refusals_total{reason=\"product-unknown\"} 1",
        "faregate_refusals_total{reason=\"bucket-exhausted\"} 0",
        "faregate_holds_total 1",
        "faregate_holds_resolved_total{outcome=\"posted\"} 0",
        "faregate_sessions_open{source=\"gate\"} 1",
        "faregate_tokens{account=\"purchased\"} 100",
        "faregate_tokens{account=\"unallocated\"} 30",
        "faregate_tokens{account=\"available\"} 46",
        "faregate_tokens{account=\"held\"} 7",
        "faregate_tokens{account=\"consumed\"} 17",
        "faregate_bucket_tokens{bucket=\"general\",state=\"held\"} 7",
        "faregate_bucket_tokens{bucket=\"bridges\",state=\"available\"} 18",
        "faregate_burn_last_hour_tokens 0",
        "faregate_invariant_violations{invariant=\"conservation\"} 0",
        "faregate_agents_enrolled 0",
        "# TYPE faregate_alerts_open gauge",
    ] {
        has(&text, line);
    }
    has(&text, &format!("faregate_journal_entries_total {}", estate.seq()));
    assert!(!text.contains("anna"), "nobody is named");
}

/// What the gate spends is told at the next look.
#[tokio::test]
async fn burn_follows_the_gate() {
    let estate = Estate::new();
    let opened = estate.open("a", "anna", "autocad").await.json();
    estate.clock.pass(400);
    let path = format!("/v1/sessions/{}/close", opened["session"].as_str().unwrap());
    let close = Call::post(&path).key(&estate.key(Role::Administrator));
    assert_eq!(estate.send(close).await.status, 200);
    let text = told(&estate).await;
    has(&text, "faregate_holds_resolved_total{outcome=\"posted\"} 1");
    has(&text, "faregate_burn_today_tokens{product=\"autocad\"} 7");
    has(&text, "faregate_burn_today_bucket_tokens{bucket=\"general\"} 7");
    has(&text, "faregate_burn_last_hour_tokens 7");
    estate.clock.pass(3_600);
    has(&told(&estate).await, "faregate_burn_last_hour_tokens 0");
}

#[tokio::test]
async fn what_the_binary_knows_is_told_beside() {
    let beside = Beside {
        alerts_open: vec![("warning", 2), ("critical", 0)],
        outbox_waiting: Some(3),
        outbox_oldest_seconds: Some(40),
        lake_behind_entries: None,
    };
    let estate = Estate::new();
    let estate = estate.served(move |server| server.measuring(Arc::new(move || beside.clone())));
    let text = told(&estate).await;
    has(&text, "faregate_alerts_open{severity=\"warning\"} 2");
    has(&text, "faregate_alerts_open{severity=\"critical\"} 0");
    has(&text, "faregate_outbox_waiting 3");
    has(&text, "faregate_outbox_oldest_seconds 40");
    assert!(!text.lines().any(|line| line.starts_with("faregate_lake_behind_entries")));
}

/// Names of families, from their `TYPE` lines.
fn families(text: &str) -> BTreeSet<String> {
    let types = text.lines().filter_map(|line| line.strip_prefix("# TYPE "));
    types.filter_map(|rest| rest.split(' ').next()).map(str::to_owned).collect()
}

/// Names of metrics in a text, a histogram's parts under its own name.
fn named(text: &str) -> BTreeSet<String> {
    let is_part = |c: char| c.is_ascii_lowercase() || c == '_';
    let words = text.split(|c: char| !is_part(c)).filter(|word| word.starts_with("faregate_"));
    let whole = |word: &str| {
        let parts = ["_bucket", "_sum", "_count"];
        let of = |part: &&str| word.strip_suffix(*part).filter(|of| of.ends_with("_seconds"));
        parts.iter().find_map(of).unwrap_or(word).to_owned()
    };
    words.map(whole).collect()
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn shipped(path: &str) -> String {
    std::fs::read_to_string(root().join(path)).unwrap()
}

fn expressions(panel: &Value) -> Vec<String> {
    let inner = panel["panels"].as_array().into_iter().flatten();
    let own = panel["targets"].as_array().into_iter().flatten();
    let own = own.map(|target| target["expr"].as_str().unwrap().to_owned());
    own.chain(inner.flat_map(expressions)).collect()
}

#[tokio::test]
async fn what_we_ship_names_what_is_there() {
    let known = families(&told(&Estate::new()).await);
    let dashboard: Value = serde_json::from_str(&shipped("deploy/grafana/faregate.json")).unwrap();
    let all = expressions(&dashboard);
    assert!(all.len() > 30, "{} expressions", all.len());
    let none = all.iter().find(|one| named(one).is_empty());
    assert_eq!(none, None, "an expression of no metric of ours");
    let drawn: BTreeSet<String> = all.iter().flat_map(|one| named(one)).collect();
    let rules = shipped("deploy/prometheus/rules.yml");
    for (file, names) in [("the dashboard", drawn), ("the rules", named(&rules))] {
        let unknown: Vec<&String> = names.difference(&known).collect();
        assert_eq!(unknown, Vec::<&String>::new(), "{file} name what is not there");
    }
    let documented = named(&shipped("docs/operating/metrics.md"));
    assert_eq!(documented, known, "docs/operating/metrics.md has a row for each");
}

/// `promtool`, where it is installed.
fn promtool(args: &[&str], input: &str) -> Option<(bool, String)> {
    let command = "promtool";
    let started = Command::new(command)
        .args(args)
        .current_dir(root().join("deploy/prometheus"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn();
    let Ok(mut child) = started else {
        println!("skipped: there is no `promtool` (Debian package `prometheus`)");
        return None;
    };
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    let done = child.wait_with_output().unwrap();
    let said = [done.stdout, done.stderr].concat();
    Some((done.status.success(), String::from_utf8_lossy(&said).into_owned()))
}

#[tokio::test]
async fn promtool_finds_nothing() {
    let estate = Estate::new();
    estate.open("a", "anna", "autocad").await;
    let text = told(&estate).await;
    if let Some((well, said)) = promtool(&["check", "metrics"], &text) {
        assert!(well && said.trim().is_empty(), "{said}");
        let (well, _) = promtool(&["check", "metrics"], &text.replacen("# HELP", "# ", 1)).unwrap();
        assert!(!well, "a family without help went unnoticed");
    }
    for args in [&["check", "rules", "rules.yml"][..], &["test", "rules", "rules_test.yml"]] {
        if let Some((well, said)) = promtool(args, "") {
            assert!(well, "{args:?}: {said}");
        }
    }
}
