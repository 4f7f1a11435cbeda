//! Servers that mean harm, or are broken as if they did.

use crate::stub::{Reply, Seen, Stub};
use crate::{Steps, courier};
use faregate_connect::courier::{Courier, CourierOptions};
use faregate_connect::directory::{Directory, DirectoryError};
use faregate_connect::endpoint::{Allowed, Endpoint, EndpointError, Resolve};
use faregate_connect::graph::{GraphAccess, GraphDirectory, GraphOptions};
use faregate_connect::pace::Retry;
use faregate_connect::scim::{ScimDirectory, ScimOptions};
use faregate_connect::secret::Secret;
use serde_json::json;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

const TOKEN: &str = "canary-bearer";

/// One try each, short and small.
fn impatient() -> CourierOptions {
    CourierOptions {
        retry: Retry { tries_max: 1, ..Retry::default() },
        time_max: Duration::from_millis(300),
        bytes_max: 100_000,
        ..CourierOptions::default()
    }
}

/// What reading from such a server ends with.
fn refusal(answer: impl Fn(&Seen) -> Reply + Send + Sync + 'static) -> (DirectoryError, Stub) {
    let stub = Stub::start(answer);
    let courier = courier(&stub.url("/v2"), &Arc::default(), impatient());
    let result = ScimDirectory::connect(courier, Secret::new(TOKEN), ScimOptions::default())
        .and_then(|mut directory| directory.groups(&["x".to_owned()]));
    let error = result.unwrap_err();
    assert!(!format!("{error} {error:?}").contains("canary"), "{error}");
    assert!(!error.help().is_empty());
    (error, stub)
}

#[track_caller]
fn check(expected: &str, answer: impl Fn(&Seen) -> Reply + Send + Sync + 'static) {
    assert_eq!(refusal(answer).0.to_string(), expected);
}

fn typed(kind: &str, body: &str) -> Reply {
    Reply::Text(200, vec![("Content-Type", kind.to_owned())], body.to_owned())
}

#[test]
fn answers_without_end_are_cut_off() {
    let head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n\"";
    let expected = "the directory's answer is larger than 100000 bytes";
    check(expected, move |_| Reply::Endless(head, &[b'x'; 4096]));
    let head =
        b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 9999999999\r\n\r\n";
    check(expected, move |_| Reply::Endless(head, &[b' '; 4096]));
    let (error, _stub) = refusal(|_| Reply::Endless(b"HTTP/1.1 200 OK\r\nX: ", &[b'x'; 4096]));
    assert!(matches!(error, DirectoryError::TooLarge { .. }), "{error}");
    // Also of a refusal, only so much is read.
    let head = b"HTTP/1.1 400 No\r\nContent-Type: text/plain\r\n\r\n";
    let (error, _stub) = refusal(move |_| Reply::Endless(head, &[b'x'; 4096]));
    assert!(error.to_string().len() < 400, "{error}");
}

#[test]
fn a_slow_answer_is_not_waited_for() {
    let expected = "the directory did not answer within 1 seconds";
    check(expected, |_| Reply::Silence);
    let (error, _stub) = refusal(|_| Reply::Hangup);
    assert!(matches!(error, DirectoryError::Unreachable(_)), "{error}");
}

#[test]
fn what_is_no_json_is_no_answer() {
    let page = "the directory answered with `text/html` instead of JSON";
    check(page, |_| typed("text/html", "<html>sign in</html>"));
    check(page, |_| typed("text/html", "{\"patch\": {\"supported\": true}}"));
    let (error, _stub) = refusal(|_| typed("application/json", "{\"patch\": "));
    assert!(error.to_string().starts_with("the directory answered with `broken JSON: "), "{error}");
    let deep = "[".repeat(50_000);
    let (error, _stub) = refusal(move |_| typed("application/json", &deep));
    assert!(matches!(error, DirectoryError::NotJson { .. }), "{error}");
    check("the directory does not offer PATCH", |_| typed("application/json", "[1]"));
    check("the directory does not offer PATCH", |_| Reply::Text(204, Vec::new(), String::new()));
}

#[test]
fn redirects_are_not_followed() {
    for status in [301, 302, 303, 307, 308] {
        let to = "http://169.254.169.254/latest/meta-data/";
        let location = vec![("Location", to.to_owned())];
        let (error, stub) = refusal(move |_| Reply::Text(status, location.clone(), String::new()));
        let expected = format!("the directory redirects to `{to}`, which is not followed");
        assert_eq!(error.to_string(), expected);
        assert!(error.is_final());
        assert_eq!(stub.seen().len(), 1, "nothing is sent after it");
    }
}

#[test]
fn an_echoed_token_is_not_repeated() {
    let (error, _stub) = refusal(|seen| {
        let sent = seen.header("authorization").unwrap_or_default();
        Reply::json(403, &json!({"detail": format!("you sent {sent}\u{1b}[31m\n")}))
    });
    let expected = "the directory answered 403: you sent Bearer (secret) [31m ";
    assert_eq!(error.to_string(), expected);
    let (error, _stub) = refusal(|seen| {
        let sent = seen.header("authorization").unwrap_or_default().replace("Bearer ", "");
        Reply::Text(302, vec![("Location", format!("/x?{sent}"))], String::new())
    });
    assert_eq!(error, DirectoryError::Redirected { to: "/x?(secret)".to_owned() });
    check("the directory answered with `text/(secret)` instead of JSON", |seen| {
        let sent = seen.header("authorization").unwrap_or_default().replace("Bearer ", "");
        typed(&format!("text/{sent}"), "x")
    });
}

#[test]
fn lists_without_an_end_end() {
    let offers = json!({"patch": {"supported": true}, "filter": {"supported": "True"}});
    let config =
        move |seen: &Seen| seen.target.contains("Config").then(|| Reply::json(200, &offers));
    let list =
        |total: u64| json!({"totalResults": total, "Resources": [{"id": "1", "displayName": "x"}]});
    let answer = config.clone();
    let repeats = "the directory's answer is not understood: the pages of a list repeat each other";
    check(repeats, move |seen| answer(seen).unwrap_or_else(|| Reply::json(200, &list(9))));
    let answer = config.clone();
    let short = "the directory's answer is not understood: a list of 9 that ends after 0";
    check(short, move |seen| {
        answer(seen).unwrap_or_else(|| Reply::json(200, &json!({"totalResults": 9})))
    });
    let without = "the directory's answer is not understood: a list without `totalResults`";
    check(without, move |seen| config(seen).unwrap_or_else(|| Reply::json(200, &json!({}))));
}

#[test]
fn a_link_to_the_next_page_leads_nowhere_else() {
    for link in [
        "https://evil.example/v1.0/groups?x",
        "http://169.254.169.254/v1.0/groups",
        "/v1.0/groups",
        "HERE/../beta/users",
        "HERE.evil.example/groups",
        "https://evil.example/canary-bearer",
    ] {
        let stub = Stub::start(move |seen| match seen.method.as_str() {
            "POST" => Reply::json(200, &json!({"access_token": TOKEN, "expires_in": 3600})),
            _ => {
                let here = format!("http://{}/v1.0", seen.header("host").unwrap_or_default());
                let next = link.replace("HERE", &here);
                Reply::json(200, &json!({"value": [], "@odata.nextLink": next}))
            }
        });
        let access = GraphAccess {
            tenant: "t".to_owned(),
            client_id: "c".to_owned(),
            client_secret: Secret::new("canary-secret"),
            scope: "s".to_owned(),
        };
        let courier = |path: &str| courier(&stub.url(path), &Arc::default(), impatient());
        let (login, api) = (courier(""), courier("/v1.0"));
        let mut directory = GraphDirectory::new(login, api, access, GraphOptions::default());
        let error = directory.groups(&["x".to_owned()]).unwrap_err();
        assert!(matches!(error, DirectoryError::Redirected { .. }), "{link}: {error}");
        assert!(!error.to_string().contains("canary"), "{error}");
        assert_eq!(stub.seen().len(), 2, "{link}");
    }
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

#[test]
fn a_name_is_resolved_once_and_its_address_kept() {
    let stub = Stub::start(|_| Reply::json(200, &json!({})));
    let address = stub.url("").trim_start_matches("http://").parse().unwrap();
    let rebinding = Rebinding(AtomicUsize::new(0), address);
    let allowed = Allowed::new(["127.0.0.1"]).unwrap();
    let endpoint = Endpoint::new("http://id.example/v2", &rebinding, &allowed).unwrap();
    let courier = Courier::new(endpoint, Arc::<Steps>::default(), impatient()).unwrap();
    let error = ScimDirectory::connect(courier, Secret::new(TOKEN), ScimOptions::default());
    assert_eq!(error.unwrap_err(), DirectoryError::Unable("PATCH"));
    assert_eq!(rebinding.0.load(Ordering::SeqCst), 1);
    assert_eq!(stub.seen()[0].header("host"), Some("id.example"));
    // Without the list, the same name is refused before anything is sent.
    let second = Endpoint::new("https://id.example/v2", &rebinding, &Allowed::default());
    assert!(matches!(second, Err(EndpointError::Forbidden { .. })));
}

#[test]
fn a_wait_that_is_too_long_is_not_waited() {
    let forever = vec![("Retry-After", "86400".to_owned())];
    let expected = "the directory asks to wait for 86400 seconds";
    check(expected, move |_| Reply::Text(429, forever.clone(), String::new()));
    let expected = "the directory was still busy after 1 tries: no reason given";
    check(expected, |_| Reply::Text(503, Vec::new(), String::new()));
}
