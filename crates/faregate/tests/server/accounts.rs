//! Accounts and rights beside a running server.

use crate::process::{Place, Server};
use serde_json::json;
use std::io::Write;
use std::process::{Output, Stdio};

pub(crate) const PASSWORD: &str = "four words of mine";

/// Runs a command with a password in a pipe.
pub(crate) fn piped(place: &Place, args: &[&str], password: &str) -> Output {
    let mut command = place.command(args);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    writeln!(child.stdin.take().unwrap(), "{password}").unwrap();
    child.wait_with_output().unwrap()
}

#[test]
fn an_account_made_beside_a_server_signs_in_there() {
    let place = Place::new();
    place.run(&["init"], 0);
    let server = Server::start(&place, &[]);
    let sign_in = || {
        let body = json!({ "name": "ana", "password": PASSWORD }).to_string();
        server.call("POST", "/v1/sign-in", "", None, &body).0
    };
    assert_eq!(sign_in(), 401);
    let add = ["account", "add", "Ana", "--role", "approver", "--keep-password"];
    let added = piped(&place, &add, PASSWORD);
    assert!(added.status.success(), "{added:?}");
    assert_eq!(added.stdout, b"ana, an approver, may sign in\n");
    assert_eq!(sign_in(), 204);
    let weak = piped(&place, &["account", "reset", "ana"], "password1234");
    assert_eq!(weak.status.code(), Some(13), "{weak:?}");

    let kept =
        |name: &str| std::fs::read(place.path("faregate-data").join(name)).unwrap_or_default();
    for name in ["faregate.db", "faregate.db-wal"] {
        let there = kept(name).windows(PASSWORD.len()).any(|bytes| bytes == PASSWORD.as_bytes());
        assert!(!there, "the password is in {name}");
    }
    let listed = place.run(&["account", "list", "--json"], 0).stdout;
    assert!(listed.contains("\"role\":\"approver\"") && !listed.contains("argon2"), "{listed}");

    assert!(place.run(&["key", "list"], 0).stdout.contains("sign-in"));
    place.run(&["account", "disable", "ana"], 0);
    assert!(!place.run(&["key", "list"], 0).stdout.contains("sign-in"), "signed out");
    assert_eq!(sign_in(), 401);
    place.run(&["account", "disable", "ana", "--undo"], 0);
    assert_eq!(sign_in(), 204);
    place.run(&["account", "set", "ana", "--role", "auditor"], 0);
    server.stop("TERM");
}

#[test]
fn rights_of_ones_own_hold_from_the_next_start() {
    let place = Place::new();
    place.run(&["init"], 0);
    let collector = || {
        let made = place.run(&["key", "--role", "collector"], 0).stdout;
        made.trim().to_owned()
    };
    let permit =
        "permit (principal == Role::\"collector\", action == Action::\"read-burn\", resource);\n";
    place.write("faregate-data/rights.cedar", permit);
    let server = Server::start(&place, &[]);
    assert_eq!(server.call("GET", "/v1/balances", &collector(), None, "").0, 200);
    assert_eq!(server.call("GET", "/v1/groups", &collector(), None, "").0, 403);
    server.stop("TERM");

    for (text, told) in [
        ("\npermit (principal == Role::\"colector\", action, resource);", "rights.cedar:2:"),
        ("forbid (principal, action, resource);", "administrators would lose the right"),
    ] {
        place.write("faregate-data/rights.cedar", text);
        let refused = place.run(&["serve", "--listen", "127.0.0.1:0"], 14);
        assert!(refused.stderr.contains(told), "{}", refused.stderr);
        place.run(&["rights"], 14);
    }
}
