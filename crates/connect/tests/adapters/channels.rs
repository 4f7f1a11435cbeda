//! Channels against stubs of documented contracts, hostile ones, and libraries that are not ours.

use crate::stub::{Reply, Seen, Stub};
use faregate_app::notice::{Kind, Notice, Severity};
use faregate_app::outbox::Failure;
use faregate_connect::channels::{Channels, Outgoing, SendError, World, gathered, send, trial};
use faregate_connect::endpoint::{Resolve, SystemResolver};
use faregate_core::when::Instant;
use serde_json::{Value, json};
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

pub(crate) const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const NOW: Instant = Instant(1_790_000_000);

/// Sends a notice on the one channel of a file, with these variables.
pub(crate) fn tell(
    text: &str,
    notice: &Notice,
    variables: &[(&str, String)],
    resolver: &dyn Resolve,
) -> Result<(), SendError> {
    tell_at(text, notice, variables, resolver, NOW)
}

/// The same, at that instant.
pub(crate) fn tell_at(
    text: &str,
    notice: &Notice,
    variables: &[(&str, String)],
    resolver: &dyn Resolve,
    now: Instant,
) -> Result<(), SendError> {
    let channels = Channels::parse(text, Path::new("")).unwrap_or_else(|why| panic!("{why:?}"));
    let variable = |name: &str| {
        variables.iter().find(|(known, _)| *known == name).map(|(_, value)| value.clone())
    };
    let time_max = Duration::from_secs(10);
    let world = World { now, variable: &variable, resolver, time_max };
    send(&channels.channels[0], Outgoing { id: "812-x", notice }, &world)
}

/// A channel to a server on this machine.
fn here(kind: &str, more: &str) -> String {
    format!("[channels.x]\nkind = \"{kind}\"\nallowed_networks = [\"127.0.0.1\"]\n{more}")
}

fn secrets(stub: &Stub, path: &str) -> [(&'static str, String); 3] {
    [("URL", stub.url(path)), ("HOOK", SECRET.to_owned()), ("TOKEN", "canary-token".to_owned())]
}

fn notice(kind: Kind) -> Notice {
    Notice { kind, severity: Severity::Critical, ..trial("x", NOW) }
}

/// As much as could ever be said, in signs that grow when they are escaped.
fn endless() -> Notice {
    let long = "<&>\"\\[]*_é日".repeat(3_000);
    Notice {
        title: long.clone(),
        text: format!("{long}\n").repeat(3),
        facts: vec![(long.clone(), long.clone()); 300],
        steps: vec![long.clone(); 100],
        about: "a".repeat(3_000),
        link: Some("https://faregate.example/alerts".to_owned()),
        ..notice(Kind::Raised)
    }
}

fn body(seen: &Seen) -> Value {
    serde_json::from_str(&seen.body).unwrap()
}

/// What a stub that takes everything saw.
fn told(text: &str, path: &str, notice: &Notice) -> Vec<Seen> {
    let stub =
        Stub::start(|_| Reply::Text(200, vec![("Content-Type", "text/plain".into())], "ok".into()));
    let url = stub.url(path);
    let text = text.replace("HERE", &url);
    tell(&text, notice, &secrets(&stub, path), &SystemResolver).unwrap();
    stub.seen()
}

#[test]
fn a_webhook_is_signed_and_named() {
    let text = here("webhook", "url = \"env:URL\"\nsecret = \"env:HOOK\"\n");
    let seen = told(&text, "/hook?team=a", &notice(Kind::Raised)).remove(0);
    assert_eq!((seen.method.as_str(), seen.target.as_str()), ("POST", "/hook?team=a"));
    assert_eq!(seen.header("webhook-id"), Some("812-x"));
    assert_eq!(seen.header("webhook-timestamp"), Some("1790000000"));
    let key = faregate_connect::secret::Secret::new(SECRET);
    let signed = faregate_connect::channels::signature(&key, "812-x", NOW.0, &seen.body);
    assert_eq!(seen.header("webhook-signature"), signed.as_deref());
    assert_eq!(body(&seen)["type"], "alert.raised");
    assert_eq!(body(&seen)["data"]["severity"], "critical");
}

#[test]
fn slack_gets_no_more_than_it_takes() {
    let text = here("slack", "url = \"env:URL\"\n");
    for one in [endless(), notice(Kind::Test), gathered(&[endless(), endless()]).unwrap()] {
        let seen = told(&text, "/services/T/B/canary", &one).remove(0);
        let body = body(&seen);
        let blocks = body["blocks"].as_array().unwrap();
        assert!((2..=50).contains(&blocks.len()), "{}", blocks.len());
        assert!(!body["text"].as_str().unwrap().is_empty());
        for block in blocks {
            match block["type"].as_str().unwrap() {
                "header" => {
                    let text = block["text"]["text"].as_str().unwrap();
                    assert!((1..=150).contains(&text.chars().count()));
                }
                "section" if block["fields"].is_array() => {
                    let fields = block["fields"].as_array().unwrap();
                    assert!((1..=10).contains(&fields.len()));
                    let long = |field: &Value| field["text"].as_str().unwrap().chars().count();
                    assert!(fields.iter().all(|field| (1..=2_000).contains(&long(field))));
                }
                "section" => {
                    let text = block["text"]["text"].as_str().unwrap();
                    assert!((1..=3_000).contains(&text.chars().count()), "{}", text.len());
                    let is_link = text.starts_with("<https://faregate.example/");
                    assert!(is_link || !text.contains(['<', '>']), "{text}");
                }
                other => assert_eq!(other, "context"),
            }
        }
    }
}

#[test]
fn a_card_stays_within_what_teams_takes() {
    let text = here("teams", "url = \"env:URL\"\n");
    for one in [endless(), notice(Kind::Cleared)] {
        let seen = told(&text, "/workflows/1?sig=canary", &one).remove(0);
        assert_eq!(seen.target, "/workflows/1?sig=canary");
        assert!(seen.body.len() <= 28 * 1024, "{}", seen.body.len());
        let card = &body(&seen)["attachments"][0];
        assert_eq!(card["contentType"], "application/vnd.microsoft.card.adaptive");
        assert_eq!(card["content"]["type"], "AdaptiveCard");
    }
}

#[test]
fn pagerduty_knows_an_alert_by_its_key() {
    let text = here("pagerduty", "url = \"HERE\"\nrouting_key = \"env:TOKEN\"\n");
    let actions = |kind| {
        let seen = told(&text, "", &notice(kind));
        seen.iter()
            .map(|one| body(one)["event_action"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(actions(Kind::Raised), ["trigger"]);
    assert_eq!(actions(Kind::Escalated), ["trigger"]);
    assert_eq!(actions(Kind::Cleared), ["resolve"]);
    assert_eq!(actions(Kind::Test), ["trigger", "resolve"]);
    let seen = told(&text, "", &endless()).remove(0);
    let event = body(&seen);
    assert_eq!(seen.target, "/v2/enqueue");
    assert_eq!(event["routing_key"], "canary-token");
    assert!(event["dedup_key"].as_str().unwrap().len() <= 255);
    assert!(event["payload"]["summary"].as_str().unwrap().len() <= 1_024);
    assert_eq!(event["payload"]["severity"], "critical");
    assert!(seen.body.len() < 512 * 1024, "{}", seen.body.len());
}

#[test]
fn an_import_set_gets_pairs_of_strings_and_its_word_is_heard() {
    let text = here(
        "servicenow",
        "url = \"HERE\"\nuser = \"u\"\npassword = \"env:TOKEN\"\ninto = \"import:u_faregate\"\n",
    );
    let seen = told(&text, "", &notice(Kind::Raised)).remove(0);
    assert_eq!(seen.target, "/api/now/import/u_faregate/insertMultiple");
    assert_eq!(seen.header("authorization"), Some("Basic dTpjYW5hcnktdG9rZW4="));
    let body = body(&seen);
    let row = body["records"][0].as_object().unwrap();
    assert!(row.values().all(Value::is_string), "{row:?}");
    assert_eq!(row["u_id"], "812-x");
    let refuses =
        json!({ "result": [{ "status": "error", "error_message": "no map for canary-token" }] });
    let stub = Stub::start(move |_| Reply::json(201, &refuses));
    let text = text.replace("HERE", &stub.url(""));
    let why = tell(&text, &notice(Kind::Raised), &secrets(&stub, ""), &SystemResolver).unwrap_err();
    assert_eq!(why.failure, Failure::Refused);
    assert!(why.words.starts_with("its import set refused the row"), "{why}");
}

/// What is asked for and then made, where something is there already or nothing is.
fn asked(text: &str, found: Value, kind: Kind) -> Vec<(String, String)> {
    let stub = Stub::start(move |seen| match seen.target.as_str() {
        target if target.contains("search") || seen.method == "GET" => Reply::json(200, &found),
        _ => Reply::json(201, &json!({})),
    });
    let text = text.replace("HERE", &stub.url(""));
    tell(&text, &notice(kind), &secrets(&stub, ""), &SystemResolver).unwrap();
    let path = |target: &str| target.split('?').next().unwrap().to_owned();
    stub.seen().iter().map(|seen| (seen.method.clone(), path(&seen.target))).collect()
}

#[test]
fn an_issue_is_made_once_and_commented_on() {
    let text =
        here("jira", "url = \"HERE\"\nuser = \"u\"\ntoken = \"env:TOKEN\"\nproject = \"LIC\"\n");
    let search = ("POST".to_owned(), "/rest/api/3/search/jql".to_owned());
    let create = ("POST".to_owned(), "/rest/api/3/issue".to_owned());
    let comment = ("POST".to_owned(), "/rest/api/3/issue/LIC-7/comment".to_owned());
    let none = json!({ "issues": [] });
    let other =
        json!({ "issues": [{ "key": "LIC-7", "fields": { "labels": ["faregate-id-700-x"] } }] });
    let this =
        json!({ "issues": [{ "key": "LIC-7", "fields": { "labels": ["faregate-id-812-x"] } }] });
    assert_eq!(asked(&text, none.clone(), Kind::Raised), [search.clone(), create]);
    assert_eq!(asked(&text, other, Kind::Escalated), [search.clone(), comment]);
    assert_eq!(asked(&text, this, Kind::Raised), std::slice::from_ref(&search));
    assert_eq!(asked(&text, none, Kind::Cleared), [search]);
    let seen = told(&text, "", &endless());
    let fields = &body(&seen[1])["fields"];
    assert!(fields["summary"].as_str().unwrap().len() <= 255);
    for label in fields["labels"].as_array().unwrap() {
        let label = label.as_str().unwrap();
        assert!(label.len() <= 255 && !label.contains(' '), "{label}");
    }
}

#[test]
fn an_incident_is_made_once_and_noted_on() {
    let text = here("servicenow", "url = \"HERE\"\ntoken = \"env:TOKEN\"\ninto = \"incident\"\n");
    let table = "/api/now/table/incident".to_owned();
    let look = ("GET".to_owned(), table.clone());
    let none = json!({ "result": [] });
    let this =
        json!({ "result": [{ "sys_id": "s1", "description": "Faregate delivery 812-x.\n\nx" }] });
    let other = json!({ "result": [{ "sys_id": "s1", "description": "x" }] });
    assert_eq!(
        asked(&text, none.clone(), Kind::Raised),
        [look.clone(), ("POST".to_owned(), table.clone())]
    );
    assert_eq!(
        asked(&text, other, Kind::Cleared),
        [look.clone(), ("PATCH".to_owned(), format!("{table}/s1"))]
    );
    assert_eq!(asked(&text, this, Kind::Raised), std::slice::from_ref(&look));
    assert_eq!(asked(&text, none, Kind::Cleared), [look]);
}

const HOOK: &str = "url = \"env:URL\"\nsecret = \"env:HOOK\"\n";

/// What a webhook ends with, and how often it was asked.
fn failed(answer: impl Fn(&Seen) -> Reply + Send + Sync + 'static) -> (SendError, usize) {
    let stub = Stub::start(answer);
    let channels = Channels::parse(&here("webhook", HOOK), Path::new("")).unwrap();
    let url = stub.url("/canary-path");
    let variable = |name: &str| Some(if name == "URL" { url.clone() } else { SECRET.to_owned() });
    let time_max = Duration::from_millis(300);
    let world = World { now: NOW, variable: &variable, resolver: &SystemResolver, time_max };
    let notice = notice(Kind::Raised);
    let why =
        send(&channels.channels[0], Outgoing { id: "1", notice: &notice }, &world).unwrap_err();
    assert!(!format!("{why:?}").contains("canary"), "{why:?}");
    assert!(!why.help.is_empty());
    (why, stub.seen().len())
}

#[test]
fn what_a_receiver_answers_decides_what_follows() {
    let answer = |status, headers: Vec<(&'static str, String)>| {
        let (why, asked) = failed(move |_| Reply::Text(status, headers.clone(), String::new()));
        assert_eq!(asked, 1);
        why.failure
    };
    for status in [400, 401, 403, 404, 405, 413, 422] {
        assert_eq!(answer(status, vec![]), Failure::Refused, "{status}");
    }
    for status in [408, 429, 500, 502, 503, 504] {
        assert_eq!(answer(status, vec![]), Failure::Away(None), "{status}");
    }
    assert_eq!(answer(410, vec![]), Failure::Gone);
    let asked = |value: &str| vec![("Retry-After", value.to_owned())];
    assert_eq!(answer(429, asked("7")), Failure::Away(Some(7)));
    assert_eq!(answer(503, asked("soon")), Failure::Away(None));
    let moment = [
        asked("Sun, 06 Nov 1994 08:50:07 GMT"),
        vec![("Date", "Sun, 06 Nov 1994 08:49:37 GMT".to_owned())],
    ];
    assert_eq!(answer(503, moment.concat()), Failure::Away(Some(30)));
    let refused = answer(403, asked("9"));
    assert_eq!(refused, Failure::Refused, "a refusal is none that waiting mends");
}

#[test]
fn a_receiver_that_means_harm_gets_nothing_out_of_us() {
    let (why, _) = failed(|_| Reply::Silence);
    assert_eq!(
        (why.failure, why.words.as_str()),
        (Failure::Away(None), "it did not answer within 1 seconds")
    );
    let (why, _) = failed(|_| Reply::Hangup);
    assert_eq!(why.failure, Failure::Away(None));
    let to = "http://169.254.169.254/latest/meta-data/";
    let (why, asked) =
        failed(move |_| Reply::Text(302, vec![("Location", to.to_owned())], String::new()));
    assert_eq!((why.failure, asked), (Failure::Refused, 1));
    assert_eq!(why.words, format!("it redirects to `{to}`, which is not followed"));
    // Also what it echoes of the secret address, and an answer without an end.
    let (why, _) = failed(|seen| {
        let told = format!("you asked {}", seen.target);
        Reply::Text(403, vec![("Content-Type", "text/plain".into())], told)
    });
    assert_eq!(why.words, "it answered 403: you asked /(secret)");
    let head = b"HTTP/1.1 500 No\r\nContent-Type: text/plain\r\n\r\n";
    let (why, _) = failed(move |_| Reply::Endless(head, &[b'x'; 4_096]));
    assert!(why.words.len() < 400, "{why}");
}

#[test]
fn a_mail_server_that_says_nothing_is_not_waited_for() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let text = format!(
        "host = \"mail.example\"\nport = {port}\nfrom = \"a@b.example\"\nto = [\"c@d.example\"]\n"
    );
    let channels = Channels::parse(&here("mail", &text), Path::new("")).unwrap();
    let time_max = Duration::from_millis(300);
    let (variable, resolver) = (|_: &str| None, To("127.0.0.1"));
    let world = World { now: NOW, variable: &variable, resolver: &resolver, time_max };
    let notice = notice(Kind::Raised);
    let why =
        send(&channels.channels[0], Outgoing { id: "1", notice: &notice }, &world).unwrap_err();
    let expected = "the mail server did not answer within 1 seconds";
    assert_eq!((why.failure, why.words.as_str()), (Failure::Away(None), expected));
}

#[test]
fn an_answer_without_an_end_is_still_an_answer() {
    let head = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\n";
    let stub = Stub::start(move |_| Reply::Endless(head, &[b'x'; 4_096]));
    let text = here("webhook", HOOK);
    tell(&text, &notice(Kind::Raised), &secrets(&stub, "/"), &SystemResolver).unwrap();
}

/// Leads to one address when asked first, and into this machine ever after.
struct Rebinding(AtomicUsize, SocketAddr);

impl Resolve for Rebinding {
    fn resolve(&self, _: &str, _: u16) -> std::io::Result<Vec<SocketAddr>> {
        match self.0.fetch_add(1, Ordering::SeqCst) {
            0 => Ok(vec![self.1]),
            _ => Ok(vec!["127.0.0.1:1".parse().unwrap()]),
        }
    }
}

/// Every name leads there.
struct To(&'static str);

impl Resolve for To {
    fn resolve(&self, _: &str, port: u16) -> std::io::Result<Vec<SocketAddr>> {
        Ok(vec![SocketAddr::new(self.0.parse().unwrap(), port)])
    }
}

#[test]
fn no_channel_leads_inside_unless_the_operator_says_so() {
    let mail = "host = \"mail.example\"\nfrom = \"a@b.example\"\nto = [\"c@d.example\"]\n";
    let jira = "url = \"https://x.example\"\ntoken = \"env:TOKEN\"\nproject = \"LIC\"\n";
    let desk = "url = \"https://x.example\"\ntoken = \"env:TOKEN\"\ninto = \"incident\"\n";
    let duty = "url = \"https://x.example\"\nrouting_key = \"env:TOKEN\"\n";
    let chat = "url = \"env:URL\"\n";
    let kinds = [
        ("webhook", HOOK),
        ("slack", chat),
        ("teams", chat),
        ("mail", mail),
        ("jira", jira),
        ("servicenow", desk),
        ("pagerduty", duty),
    ];
    let inside = [
        "127.0.0.1",
        "10.1.2.3",
        "172.16.9.9",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "::1",
        "fd00::1",
        "fe80::1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "64:ff9b::7f00:1",
        "0.0.0.0",
    ];
    let variables = [
        ("URL", "https://hooks.example/x".to_owned()),
        ("HOOK", SECRET.to_owned()),
        ("TOKEN", "canary".to_owned()),
    ];
    for (kind, more) in kinds {
        for address in inside {
            let text = format!("[channels.x]\nkind = \"{kind}\"\n{more}");
            let why = tell(&text, &notice(Kind::Raised), &variables, &To(address)).unwrap_err();
            assert_eq!(why.failure, Failure::Refused, "{kind} to {address}: {why}");
            assert!(
                why.words.contains(" leads to ") && why.help.contains("allowed_networks"),
                "{why}"
            );
        }
    }
    // Unencrypted, only into networks that are listed.
    let plain = [("URL", "http://hooks.example/x".to_owned()), ("HOOK", SECRET.to_owned())];
    let text = format!("[channels.x]\nkind = \"webhook\"\n{HOOK}");
    let why = tell(&text, &notice(Kind::Raised), &plain, &To("93.184.216.34")).unwrap_err();
    assert_eq!(why.words, "`http://hooks.example` is not encrypted");
}

#[test]
fn a_name_is_resolved_once_and_its_address_kept() {
    let stub = Stub::start(|_| Reply::json(200, &json!({})));
    let address: SocketAddr = stub.url("").trim_start_matches("http://").parse().unwrap();
    let rebinding = Arc::new(Rebinding(AtomicUsize::new(0), address));
    let variables = [("URL", "http://hooks.example/x".to_owned()), ("HOOK", SECRET.to_owned())];
    tell(&here("webhook", HOOK), &notice(Kind::Raised), &variables, &*rebinding).unwrap();
    assert_eq!(rebinding.0.load(Ordering::SeqCst), 1);
    assert_eq!(stub.seen()[0].header("host"), Some("hooks.example"));
}

#[test]
fn a_secret_that_is_not_there_is_told_of() {
    let stub = Stub::start(|_| Reply::json(200, &json!({})));
    let told = |variables: &[(&str, String)]| {
        tell(&here("webhook", HOOK), &notice(Kind::Raised), variables, &SystemResolver)
            .unwrap_err()
            .words
    };
    let url = ("URL", stub.url("/"));
    assert_eq!(told(std::slice::from_ref(&url)), "env:HOOK: it is not set");
    assert_eq!(told(&[url.clone(), ("HOOK", " \n".to_owned())]), "env:HOOK: it is empty");
    let none = "the signing secret is none: it is `whsec_` and 24 to 64 bytes in base64";
    for secret in ["canary", "whsec_", "whsec_YWJj", "whsec_%%%"] {
        assert_eq!(told(&[url.clone(), ("HOOK", secret.to_owned())]), none);
    }
    assert!(stub.seen().is_empty());
}
