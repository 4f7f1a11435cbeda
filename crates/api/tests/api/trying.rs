//! What can be tried before it holds: policies, requests and answers; and whether the gate is well.

use crate::estate::{Call, Estate};
use crate::office::BENS;
use faregate_app::access::Role;
use serde_json::{Value, json};

const NO_REVIT: &str =
    "@id(\"no-revit\") forbid (principal, action, resource == Product::\"revit\");";

async fn post(estate: &Estate, path: &str, body: &Value) -> (u16, Value) {
    let call = Call::post(path).key(&estate.key(Role::Viewer)).json(body);
    let reply = estate.send(call).await;
    (reply.status.as_u16(), reply.json())
}

fn sets(text: &str) -> Value {
    json!([{ "name": "new", "text": text }])
}

#[tokio::test]
async fn policies_are_checked() {
    let estate = Estate::office();
    let check =
        async |sets: Value| post(&estate, "/v1/policies/check", &json!({ "sets": sets })).await;
    let well = json!({ "valid": true, "faults": [], "warnings": [] });
    assert_eq!(check(json!([])).await, (200, well.clone()));
    assert_eq!(check(sets(NO_REVIT)).await, (200, well));
    // As the command does: the contract has a group `staff`.
    let named = |group: &str| {
        format!("@id(\"a\") forbid (principal in Group::\"{group}\", action, resource);")
    };
    let (_, known) = check(sets(&named("staff"))).await;
    assert_eq!(known["warnings"], json!([]));
    let (_, unknown) = check(sets(&named("stuff"))).await;
    let warning = json!({
        "code": "unknown-name", "shuts_out_everyone": false, "set": "new", "line": 1,
        "message": "there is no group `stuff`", "help": "did you mean Group::\"staff\"?",
    });
    assert_eq!((&unknown["valid"], &unknown["warnings"]), (&json!(true), &json!([warning])));
    let (status, broken) = check(sets("forbid (")).await;
    assert_eq!((status, &broken["valid"]), (200, &json!(false)));
    assert!(!broken["faults"].as_array().unwrap().is_empty());
    let (status, long) = check(sets(&" ".repeat(262_145))).await;
    assert_eq!((status, &long["code"]), (422, &json!("too-long")));
    let many = vec![json!({ "name": "n", "text": "" }); 65];
    assert_eq!(check(json!(many)).await.0, 422);
}

/// What is said of a first set is what adopting it does: where `base` holds no longer, nothing permits beside it.
#[tokio::test]
async fn a_first_set_that_only_forbids_turns_everybody_away() {
    let estate = Estate::office();
    let key = estate.key(Role::Administrator);
    let order = async |body: Value, once: &str| {
        let call = Call::post("/v1/orders").key(&key).header("idempotency-key", once);
        estate.send(call.json(&body)).await
    };
    let retired = order(json!({ "order": "retire-policy", "name": "base" }), "retire").await;
    assert_eq!(retired.status, 200, "{:?}", retired.json());
    let body = json!({ "sets": sets(NO_REVIT) });
    let (_, checked) = post(&estate, "/v1/policies/check", &body).await;
    let warning = &checked["warnings"][0];
    assert_eq!((&checked["valid"], &warning["code"]), (&json!(true), &json!("nothing-permits")));
    assert_eq!((&warning["shuts_out_everyone"], &warning["set"]), (&json!(true), &json!(null)));
    let (_, diff) = post(&estate, "/v1/policies/diff", &body).await;
    let rows = diff["rows"].as_array().unwrap();
    assert!(!rows.is_empty() && rows.iter().all(|row| row["after"] == "not-eligible"), "{diff}");

    let adopt =
        json!({ "order": "adopt-policy", "name": "new", "text": NO_REVIT, "mode": "enforce" });
    let adopted = order(adopt, "adopt").await.json();
    let said = format!(
        "{}\n  help: {}",
        warning["message"].as_str().unwrap(),
        warning["help"].as_str().unwrap()
    );
    assert_eq!(adopted["warnings"], json!([said]), "{adopted}");
    let refused = estate.open("a", "anna", "autocad").await.json();
    assert_eq!(refused["refusal"]["code"], "not-eligible", "{refused}");
}

#[tokio::test]
async fn policies_are_compared_with_those_that_hold() {
    let estate = Estate::office();
    let seq = estate.seq();
    let body = json!({ "sets": sets(NO_REVIT) });
    let (status, diff) = post(&estate, "/v1/policies/diff?limit=1", &body).await;
    // Anna, Ben, Lena and Dora would be turned away from Revit, and Carla from her seat.
    assert_eq!((status, &diff["asks"]), (200, &json!(15)), "{diff}");
    assert_eq!(diff["rows"].as_array().unwrap().len(), 1);
    assert_eq!(
        (&diff["rows"][0]["product"], &diff["rows"][0]["rule"]),
        (&json!("revit"), &json!("no-revit"))
    );
    assert!(diff["changed"].as_u64().unwrap() >= 4, "{diff}");
    let (_, same) = post(&estate, "/v1/policies/diff", &json!({})).await;
    assert_eq!((&same["changed"], &same["rows"]), (&json!(0), &json!([])));
    let table = [
        (json!({ "without": ["nowhere"] }), 404, "unknown"),
        (json!({ "sets": sets("forbid (") }), 422, "invalid-policies"),
        (json!({ "set": [] }), 422, "bad-body"),
    ];
    for path in ["/v1/policies/diff", "/v1/policies/simulate"] {
        for (body, status, code) in &table {
            let (found, problem) = post(&estate, path, body).await;
            assert_eq!(
                (found, &problem["code"]),
                (*status, &json!(code)),
                "{path} {body}: {problem}"
            );
        }
    }
    assert_eq!(estate.seq(), seq, "nothing was booked");
}

#[tokio::test]
async fn a_past_period_is_decided_again() {
    let estate = Estate::office();
    estate.open("a", "anna", "revit").await;
    estate.open("b", "ben", "autocad").await;
    estate.clock.pass(600);
    let seq = estate.seq();
    let body = json!({ "sets": sets(NO_REVIT), "from": "2026-03-04", "to": "2026-03-04" });
    let (status, found) = post(&estate, "/v1/policies/simulate", &body).await;
    assert_eq!((status, &found["asks"], &found["changed"]), (200, &json!(2), &json!(1)), "{found}");
    let row = json!({
        "person": "anna", "product": "revit", "before": "tokens", "after": "not-eligible",
        "rule": "no-revit", "times": 1,
    });
    assert_eq!((&found["rows"], &found["cut"]), (&json!([row]), &json!(false)));
    assert_eq!((&found["from"], &found["to"]), (&json!("2026-03-04"), &json!("2026-03-04")));
    // A period longer than what is tried first is simulated to its end.
    let (_, year) = post(&estate, "/v1/policies/simulate", &json!({ "from": "2025-03-05" })).await;
    assert_eq!(
        (&year["to"], &year["cut"], &year["asks"]),
        (&json!("2026-03-04"), &json!(false), &json!(2))
    );
    let (status, problem) =
        post(&estate, "/v1/policies/simulate", &json!({ "from": "2020-01-01" })).await;
    assert_eq!((status, &problem["code"]), (400, &json!("bad-span")));
    assert_eq!(estate.seq(), seq, "nothing was booked");
}

#[tokio::test]
async fn a_past_period_is_replayed() {
    let estate = Estate::office();
    let (status, problem) = post(&estate, "/v1/what-ifs", &json!({})).await;
    assert_eq!((status, &problem["code"]), (409, &json!("nothing-known")), "{problem}");
    estate.open("a", "anna", "revit").await;
    estate.open("b", "ben", "autocad").await;
    estate.clock.pass(600);
    let seq = estate.seq();
    let (status, same) = post(&estate, "/v1/what-ifs", &json!({})).await;
    assert_eq!(status, 200, "{same}");
    assert_eq!(same["total"]["tokens_before"], same["total"]["tokens_after"], "{same}");
    let sets = json!({ "policies": sets(NO_REVIT) });
    let (status, found) = post(&estate, "/v1/what-ifs", &sets).await;
    assert_eq!((status, &found["refused_after"]), (200, &json!(1)), "{found}");
    assert!(found["basis"].as_str().unwrap().contains("asks the gate anew"));
    let seat = |person: &str| json!({ "seats": [{ "person": person, "offering": "none", "gains": true }] });
    let table = [
        (json!({ "to": "2020-01-01", "from": "2019-01-01" }), 409, "outside-known"),
        (json!({ "to": "2020-01-01", "from": "2020-02-01" }), 400, "bad-span"),
        (json!({ "from": "soon" }), 400, "bad-date"),
        (json!({ "tariff": "[[rate]]" }), 422, "bad-tariff"),
        (json!({ "token_price": "dear" }), 422, "bad-amount"),
        (seat("nobody"), 422, "faulty-files"),
        (json!({ "policies": [{ "name": "x", "text": "forbid (" }] }), 422, "invalid-policies"),
        (
            json!({ "estate": [{ "name": "estate.toml", "text": "[[bucket]]" }] }),
            422,
            "faulty-files",
        ),
        (json!({ "plan": 1 }), 422, "bad-body"),
    ];
    for (body, status, code) in &table {
        let (found, problem) = post(&estate, "/v1/what-ifs", body).await;
        assert_eq!((found, &problem["code"]), (*status, &json!(code)), "{body}: {problem}");
    }
    assert_eq!(estate.seq(), seq, "nothing was booked");
}

#[tokio::test]
async fn requests_and_answers_are_tried() {
    let estate = Estate::office();
    let seq = estate.seq();
    let answers = format!("/v1/requests/{BENS}/answers");
    let table = [
        ("/v1/requests", "ben", json!({ "tokens": 2, "why": "a tender" }), 200),
        ("/v1/requests", "ben", json!({ "tokens": -2, "why": "a tender" }), 422),
        (answers.as_str(), "anna", json!({ "approve": 3 }), 200),
        (answers.as_str(), "ben", json!({ "approve": 3 }), 403),
    ];
    for (path, member, body, status) in table {
        let call = Call::post(&format!("{path}?dry_run=true")).json(&body);
        let reply = estate.send(call.key(&estate.member(member))).await;
        assert_eq!(reply.status, status, "{path} by {member}: {:?}", reply.body);
        if status == 200 {
            let done = reply.json();
            assert_eq!((&done["dry_run"], &done["id"]), (&json!(true), &json!(null)));
            let call = Call::post(path).json(&body).key(&estate.member(member));
            assert_eq!(estate.send(call).await.json()["code"], "key-missing", "{path}");
        }
    }
    assert_eq!(estate.seq(), seq, "nothing was booked");
}

#[tokio::test]
async fn an_explanation_has_all_its_facts() {
    let estate = Estate::office();
    estate.open("k", "anna", "revit").await;
    let told = estate.read(&format!("/v1/decisions/{}", estate.seq())).await;
    let facts = told["facts"].as_array().unwrap();
    let found = |name: &str| -> Vec<&str> {
        let named = facts.iter().filter(|fact| fact["name"] == name);
        named.map(|fact| fact["found"].as_str().unwrap()).collect()
    };
    assert_eq!(found("groups"), ["staff"]);
    assert_eq!(found("cap"), ["`twenty-a-day` stood at 0 of 20"]);
    assert_eq!(found("place"), ["unknown"]);
    assert!(found("policy").iter().all(|said| said.contains("(base, line")), "{facts:?}");
    assert!(!found("policy").is_empty());
}

#[tokio::test]
async fn health_is_the_gates() {
    let estate = Estate::new();
    let health = async || estate.send(Call::get("/healthz")).await;
    let well = health().await;
    assert_eq!((well.status.as_u16(), &well.body[..]), (200, &b"ok\n"[..]));
    estate.clock.pass(-301);
    let behind = health().await;
    assert_eq!((behind.status.as_u16(), &behind.json()["code"]), (503, &json!("clock-behind")));
    estate.gate.stop();
    let stopping = health().await;
    assert_eq!((stopping.status.as_u16(), &stopping.json()["code"]), (503, &json!("stopping")));
    assert_eq!(stopping.header("retry-after"), "1");
}
