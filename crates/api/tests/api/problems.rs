//! Every error is a problem document.

use crate::estate::{Call, Estate, Reply};
use axum::response::IntoResponse;
use faregate_api::problem::Problem;
use faregate_app::access::Role;
use faregate_app::engine::Failure;
use faregate_app::ports::StoreError;
use faregate_core::event::SessionId;
use faregate_core::state::Broken;
use serde_json::json;

/// Checks the shape, and the status and code.
fn check(reply: &Reply, status: u16, code: &str) {
    assert_eq!(reply.header("content-type"), "application/problem+json", "{code}: {reply:?}");
    let problem = reply.json();
    let mut fields: Vec<&String> = problem.as_object().unwrap().keys().collect();
    fields.sort_unstable();
    assert_eq!(fields, ["code", "detail", "help", "status", "title", "type"]);
    assert_eq!((reply.status.as_u16(), &problem["code"]), (status, &json!(code)));
    assert_eq!((&problem["status"], &problem["type"]), (&json!(status), &json!("about:blank")));
    for field in ["title", "detail", "help"] {
        assert!(problem[field].as_str().is_some_and(|text| !text.is_empty()), "{code}: {field}");
    }
}

#[tokio::test]
async fn what_a_caller_can_do_wrong() {
    let estate = Estate::new();
    let admin = estate.key(Role::Administrator);
    let open = || Call::post("/v1/sessions").key(&admin).header("idempotency-key", "k");
    let ask = json!({ "person": "anna", "product": "revit", "host": "ws-1" });
    let with = |field: &str, value: &str| {
        let mut body = ask.clone();
        body[field] = value.into();
        body
    };
    let no_key = Call::post("/v1/sessions").key(&admin).json(&ask);
    let long = "x".repeat(257);
    let table = [
        (Call::get("/v1/me"), 401, "not-signed-in"),
        (Call::get("/v1/summary").key(&estate.key(Role::Workstation)), 403, "not-allowed"),
        (Call::post("/v1/sign-in").header("sec-fetch-site", "cross-site"), 403, "cross-site"),
        (Call::get("/v1/nothing").key(&admin), 404, "no-such-path"),
        (Call::get("/v1/"), 404, "no-such-path"),
        (Call::get("/v1"), 404, "no-such-path"),
        (Call::new("DELETE", "/v1/sessions").key(&admin), 405, "no-such-method"),
        (Call::get("/v1/sign-in"), 405, "no-such-method"),
        (Call::post("/openapi.json"), 405, "no-such-method"),
        (open().json(&json!("x".repeat(9 << 20))), 413, "bad-body"),
        (open().body(ask.to_string()), 415, "bad-body"),
        (open().header("content-type", "text/plain").body(ask.to_string()), 415, "bad-body"),
        (open().header("content-type", "application/json").body("{"), 400, "bad-body"),
        (open().header("content-type", "application/json").body([0xff, 0xfe]), 400, "bad-body"),
        (open().json(&json!({ "person": "anna" })), 422, "bad-body"),
        (open().json(&json!({ "person": 1, "product": 2, "host": 3 })), 422, "bad-body"),
        (open().json(&with("colour", "red")), 422, "bad-body"),
        (no_key.clone(), 400, "key-missing"),
        (no_key.clone().header("idempotency-key", ""), 400, "bad-key"),
        (no_key.header("idempotency-key", &"k".repeat(129)), 400, "bad-key"),
        (open().json(&with("host", &long)), 400, "name-too-long"),
        (open().json(&with("bucket", &long)), 400, "name-too-long"),
        (Call::post("/v1/sessions/x/close").key(&admin), 400, "bad-id"),
        (Call::post("/v1/sessions/%FF/close").key(&admin), 400, "bad-path"),
        (Call::post("/v1/sessions/s1/heartbeat?idle=perhaps").key(&admin), 400, "bad-query"),
        (Call::post("/v1/sign-in").json(&json!({})), 422, "bad-body"),
    ];
    for (call, status, code) in table {
        check(&estate.send(call).await, status, code);
    }
}

#[tokio::test]
async fn a_wrong_method_is_told_the_right_ones() {
    let estate = Estate::new();
    let table = [
        ("DELETE", "/v1/sessions", "POST,GET,HEAD"),
        ("PUT", "/v1/summary", "GET,HEAD"),
        ("GET", "/v1/sessions/s1/close", "POST"),
        ("GET", "/v1/sign-in", "POST"),
    ];
    for (method, path, allowed) in table {
        let reply = estate.send(Call::new(method, path)).await;
        let sorted = |list: &str| {
            let mut words: Vec<String> =
                list.split(',').map(|word| word.trim().to_owned()).collect();
            words.sort();
            words
        };
        assert_eq!(sorted(reply.header("allow")), sorted(allowed), "{method} {path}");
    }
}

#[tokio::test]
async fn a_clock_that_steps_back_is_waited_for() {
    let estate = Estate::new();
    estate.clock.pass(-300);
    assert_eq!(estate.open("a", "anna", "autocad").await.status, 201, "five minutes are forgiven");
    estate.clock.pass(-1);
    let reply = estate.open("b", "anna", "revit").await;
    check(&reply, 503, "clock-behind");
    assert_eq!(reply.header("retry-after"), "1");
    let read = estate.send(Call::get("/v1/summary").key(&estate.key(Role::Viewer))).await;
    assert_eq!(read.status, 200, "reading goes on");
    estate.clock.pass(301);
    assert_eq!(estate.open("b", "anna", "revit").await.status, 201, "it recovers by itself");
}

#[tokio::test]
async fn every_failure_has_its_status() {
    let table = [
        (Failure::KeyReused, 422, "key-reused"),
        (Failure::NoSession(SessionId(7)), 404, "no-session"),
        (Failure::Busy, 429, "busy"),
        (Failure::Stopping, 503, "stopping"),
        (Failure::ClockBehind { seconds: 400 }, 503, "clock-behind"),
        (StoreError::Full.into(), 503, "disk-full"),
        (StoreError::Fenced { seq: 7 }.into(), 503, "stepped-down"),
        (StoreError::Damaged("page 3".to_owned()).into(), 503, "store-failed"),
        (StoreError::Newer { found: 9, known: 1 }.into(), 503, "store-failed"),
        (StoreError::Other("locked".to_owned()).into(), 503, "store-failed"),
        (Broken::NoSession(SessionId(7)).into(), 409, "contradiction"),
    ];
    for (failure, status, code) in table {
        let response = Problem::from(failure).into_response();
        let (head, body) = response.into_parts();
        let body = axum::body::to_bytes(body, usize::MAX).await.unwrap();
        check(&Reply { status: head.status, headers: head.headers, body }, status, code);
    }
}
