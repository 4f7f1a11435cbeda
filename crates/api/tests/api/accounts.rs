//! Accounts: signing in with a password, waiting after wrong ones, changing and disabling.

use crate::estate::{Call, Estate, Reply};
use axum::extract::ConnectInfo;
use faregate_app::access::Role;
use serde_json::{Value, json};

const FIRST: &str = "first of many words";
const SECOND: &str = "second of many words";

fn by_password(name: &str, password: &str) -> Call {
    Call::post("/v1/sign-in").json(&json!({ "name": name, "password": password }))
}

async fn add(estate: &Estate, name: &str, role: &str) -> Reply {
    let body = json!({ "name": name, "role": role, "password": FIRST, "must_change": false });
    let call = Call::post("/v1/accounts").key(&estate.key(Role::Administrator)).json(&body);
    estate.send(call).await
}

async fn change(estate: &Estate, name: &str, body: Value) -> Reply {
    let call = Call::new("PATCH", &format!("/v1/accounts/{name}"));
    estate.send(call.key(&estate.key(Role::Administrator)).json(&body)).await
}

/// The cookie of a sign-in, as a browser sends it back from our own page.
fn browser(call: Call, signed_in: &Reply) -> Call {
    let cookie = signed_in.header("set-cookie").split(';').next().unwrap().to_owned();
    call.header("cookie", &cookie).header("sec-fetch-site", "same-origin")
}

#[tokio::test]
async fn a_password_signs_in_as_who_one_is() {
    let estate = Estate::office();
    assert_eq!(add(&estate, "Anna", "member").await.status, 201);
    let signed_in = estate.send(by_password(" ANNA ", FIRST)).await;
    assert_eq!(signed_in.status, 204, "{:?}", signed_in.body);
    assert!(!signed_in.header("set-cookie").contains("Secure"), "there was no TLS");
    let me = estate.send(browser(Call::get("/v1/me"), &signed_in)).await.json();
    assert_eq!((&me["name"], &me["roles"]), (&json!("anna"), &json!(["member"])));
    // What is Anna's is Anna's.
    let own = estate.send(browser(Call::get("/v1/people/anna"), &signed_in)).await;
    assert_eq!(own.status, 200);
    let listed = estate.read("/v1/accounts").await.to_string();
    assert!(!listed.contains("argon2") && !listed.contains(FIRST), "{listed}");
}

#[tokio::test]
async fn a_wrong_name_looks_like_a_wrong_password() {
    let estate = Estate::office();
    add(&estate, "anna", "member").await;
    add(&estate, "carla", "member").await;
    change(&estate, "carla", json!({ "disabled": true })).await;
    let bare = json!({ "name": "bare", "role": "viewer" });
    let bare = Call::post("/v1/accounts").key(&estate.key(Role::Administrator)).json(&bare);
    assert_eq!(estate.send(bare).await.status, 201);
    let mut told = Vec::new();
    for (name, password) in
        [("anna", SECOND), ("nobody", FIRST), ("carla", FIRST), ("bare", FIRST), ("", "")]
    {
        let reply = estate.send(by_password(name, password)).await;
        assert_eq!((reply.status.as_u16(), reply.header("set-cookie")), (401, ""), "{name}");
        told.push(reply.body);
    }
    assert!(told.iter().all(|body| *body == told[0]), "{told:?}");
}

#[tokio::test]
async fn whoever_guesses_waits() {
    let estate = Estate::office();
    add(&estate, "anna", "member").await;
    for name in ["anna", "nobody"] {
        for _ in 0..4 {
            assert_eq!(estate.send(by_password(name, SECOND)).await.status, 401, "{name}");
        }
        // The right one does not help before the time.
        let waits = estate.send(by_password(name, FIRST)).await;
        assert_eq!((waits.status.as_u16(), waits.header("retry-after")), (429, "1"), "{name}");
        assert_eq!(waits.json()["code"], "wait");
    }
    estate.clock.pass(1);
    assert_eq!(estate.send(by_password("anna", SECOND)).await.status, 401);
    let waits = estate.send(by_password("anna", FIRST)).await;
    assert_eq!(waits.header("retry-after"), "2");
    estate.clock.pass(2);
    assert_eq!(estate.send(by_password("anna", FIRST)).await.status, 204);
    assert_eq!(estate.send(by_password("anna", SECOND)).await.status, 401, "forgiven");
}

#[tokio::test]
async fn an_administrators_password_is_replaced_at_once() {
    let estate = Estate::office();
    add(&estate, "anna", "member").await;
    let reset = change(&estate, "anna", json!({ "password": SECOND })).await;
    assert_eq!((reset.status.as_u16(), &reset.json()["must_change"]), (200, &json!(true)));
    let refused = estate.send(by_password("anna", SECOND)).await;
    assert_eq!((refused.status.as_u16(), refused.header("set-cookie")), (403, ""));
    assert_eq!(refused.json()["code"], "password-must-change");
    let with_new = |new: &str| {
        let body = json!({ "name": "anna", "password": SECOND, "new_password": new });
        Call::post("/v1/sign-in").json(&body)
    };
    for weak in [SECOND, "short", "password1234"] {
        let reply = estate.send(with_new(weak)).await;
        assert_eq!((reply.status.as_u16(), &reply.json()["code"]), (422, &json!("weak-password")));
    }
    let before = estate.send(with_new(FIRST)).await;
    assert_eq!(before.status, 204);
    // Chosen at a sign-in, another password ends what was signed in with the old one.
    let reset = change(&estate, "anna", json!({ "password": SECOND, "must_change": false })).await;
    assert_eq!(reset.status, 200);
    let there = estate.send(by_password("anna", SECOND)).await;
    let here = estate.send(with_new(FIRST)).await;
    let status = async |signed_in: &Reply| {
        estate.send(browser(Call::get("/v1/me"), signed_in)).await.status.as_u16()
    };
    let ended = [status(&before).await, status(&there).await, status(&here).await];
    assert_eq!(ended, [401, 401, 200]);
    assert_eq!(estate.send(by_password("anna", FIRST)).await.status, 204);
    assert_eq!(estate.send(by_password("anna", SECOND)).await.status, 401);
}

#[tokio::test]
async fn one_changes_ones_own_password_and_signs_out_everywhere() {
    let estate = Estate::office();
    add(&estate, "anna", "member").await;
    add(&estate, "ben", "member").await;
    let here = estate.send(by_password("anna", FIRST)).await;
    let there = estate.send(by_password("anna", FIRST)).await;
    let bens = estate.send(by_password("ben", FIRST)).await;
    let is_in = async |signed_in: &Reply| {
        estate.send(browser(Call::get("/v1/me"), signed_in)).await.status == 200
    };
    let change = |old: &str| {
        let body = json!({ "password": old, "new_password": SECOND });
        browser(Call::post("/v1/me/password").json(&body), &here)
    };
    assert_eq!(estate.send(change(SECOND)).await.status, 401);
    assert!(is_in(&there).await);
    assert_eq!(estate.send(change(FIRST)).await.status, 204);
    assert_eq!([is_in(&here).await, is_in(&there).await, is_in(&bens).await], [true, false, true]);
    let again = estate.send(by_password("anna", SECOND)).await;

    let listed = estate.send(browser(Call::get("/v1/me/sign-ins"), &here)).await.json();
    let rows = listed["rows"].as_array().unwrap();
    assert_eq!((rows.len(), rows.iter().filter(|row| row["current"] == true).count()), (2, 1));
    let out = estate.send(browser(Call::new("DELETE", "/v1/me/sign-ins"), &here)).await;
    assert_eq!(out.status, 204);
    assert_eq!([is_in(&here).await, is_in(&again).await, is_in(&bens).await], [false, false, true]);
}

#[tokio::test]
async fn another_role_and_disabling_end_sign_ins() {
    let estate = Estate::office();
    add(&estate, "anna", "member").await;
    for (body, stays) in [
        (json!({ "display": "Anna Lopez", "email": "anna@acme.example" }), true),
        (json!({ "role": "auditor" }), false),
        (json!({ "disabled": true }), false),
    ] {
        let signed_in = estate.send(by_password("anna", FIRST)).await;
        assert_eq!(change(&estate, "anna", body.clone()).await.status, 200, "{body}");
        let me = estate.send(browser(Call::get("/v1/me"), &signed_in)).await;
        assert_eq!(me.status == 200, stays, "{body}");
    }
    let row = estate.read("/v1/accounts").await["rows"][0].clone();
    let expected = json!({
        "name": "anna", "display": "Anna Lopez", "email": "anna@acme.example", "roles": ["viewer"],
        "has_password": true, "disabled": true, "must_change": false,
    });
    assert_eq!(row, expected);
}

/// Whoever is kept out comes in by no key of their name either; keys of others, and those that are made later, work.
#[tokio::test]
async fn disabling_revokes_keys_of_its_name() {
    let estate = Estate::office();
    add(&estate, "anna", "member").await;
    let keys = [estate.member("anna"), estate.member("Anna"), estate.key(Role::Workstation)];
    let work = async |keys: &[String]| {
        let mut work = Vec::new();
        for key in keys {
            work.push(estate.send(Call::get("/v1/me").key(key)).await.status == 200);
        }
        work
    };
    change(&estate, "anna", json!({ "role": "viewer" })).await;
    assert_eq!(work(&keys).await, [true; 3], "another role leaves them");
    change(&estate, "anna", json!({ "disabled": true })).await;
    assert_eq!(work(&keys).await, [false, false, true]);
    change(&estate, "anna", json!({ "disabled": false })).await;
    assert_eq!(work(&keys).await, [false, false, true], "what is revoked stays so");
    assert_eq!(work(&[estate.member("anna")]).await, [true]);
}

#[tokio::test]
async fn accounts_that_make_no_sense_are_refused() {
    let estate = Estate::office();
    add(&estate, "root", "administrator").await;
    let table = [
        (json!({ "name": "ROOT", "role": "viewer" }), 409, "account-taken"),
        (json!({ "name": "a b", "role": "viewer" }), 422, "bad-name"),
        (json!({ "name": "", "role": "viewer" }), 422, "bad-name"),
        (json!({ "name": "x", "role": "emperor" }), 422, "bad-role"),
        (json!({ "name": "x", "role": "workstation" }), 422, "machine-role"),
        (json!({ "name": "x", "role": "viewer", "password": "short" }), 422, "weak-password"),
        (json!({ "name": "x", "role": "viewer", "display": "a\nb" }), 422, "bad-text"),
    ];
    for (body, status, code) in table {
        let call = Call::post("/v1/accounts").key(&estate.key(Role::Administrator)).json(&body);
        let reply = estate.send(call).await;
        let found = (reply.status.as_u16(), reply.json()["code"].clone());
        assert_eq!(found, (status, json!(code)), "{body}");
    }
    for body in [json!({ "disabled": true }), json!({ "role": "viewer" })] {
        let reply = change(&estate, "root", body).await;
        assert_eq!(
            (reply.status.as_u16(), &reply.json()["code"]),
            (409, &json!("last-administrator"))
        );
    }
    add(&estate, "other", "administrator").await;
    assert_eq!(change(&estate, "root", json!({ "disabled": true })).await.status, 200);
    assert_eq!(change(&estate, "nobody", json!({})).await.status, 404);
}

#[tokio::test]
async fn cookies_are_secure_where_a_trusted_proxy_speaks_tls() {
    let table = [
        ("10.0.0.1:4711", &["https"][..], true),
        ("10.0.0.1:4711", &["http, HTTPS"][..], true),
        ("10.0.0.1:4711", &["https, http"][..], false),
        ("10.0.0.1:4711", &["https", "http"][..], false),
        ("10.0.0.1:4711", &[][..], false),
        ("203.0.113.7:4711", &["https"][..], false),
    ];
    for (peer, said, secure) in table {
        let estate =
            Estate::office().served(|server| server.behind(vec!["10.0.0.0/8".parse().unwrap()]));
        add(&estate, "anna", "member").await;
        let mut call = by_password("anna", FIRST).from(ConnectInfo(peer.parse().unwrap()));
        for line in said {
            call = call.header("x-forwarded-proto", line);
        }
        let signed_in = estate.send(call).await;
        assert_eq!(signed_in.status, 204);
        assert_eq!(signed_in.header("set-cookie").ends_with("; Secure"), secure, "{peer} {said:?}");
    }
}
