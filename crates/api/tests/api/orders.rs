//! Orders: what each one does, what is wrong with bad ones, and that the same one counts once.

use crate::estate::{Call, Estate, Reply};
use crate::office::{BENS, DORAS};
use faregate_app::access::Role;
use serde_json::{Value, json};

async fn order(estate: &Estate, key: &str, name: &str, body: &Value) -> Reply {
    let call = Call::post("/v1/orders").key(key).header("idempotency-key", name);
    estate.send(call.json(body)).await
}

#[tokio::test]
async fn every_order_is_carried_out() {
    let table = [
        (
            json!({ "order": "transfer", "to": "poor", "tokens": 2.5, "why": "more" }),
            "2.5 tokens moved from the unallocated part of the pool to bucket `poor`",
        ),
        (
            json!({ "order": "request", "tokens": 1, "why": "more", "due": "2026-03-05" }),
            "1 tokens asked of the unallocated part of the pool; lena can say yes",
        ),
        (
            json!({ "order": "answer", "request": BENS, "approve": 2, "comment": "yes" }),
            "request r29 was approved: 2 tokens moved",
        ),
        (
            json!({ "order": "answer", "request": "29", "approve": null }),
            "request r29 was declined",
        ),
        (
            json!({
                "order": "buy", "name": "More", "kind": "contract-year", "tokens": 7,
                "from": "2026-03-01", "until": "2027-03-01T00:00:00Z",
                "price": { "amount": "2.85", "currency": "EUR" },
            }),
            "pack `More` of 7 tokens came in, unallocated",
        ),
        (
            json!({ "order": "correct", "pack": 1, "tokens": -0.000001, "why": "they say so" }),
            "pack 1 holds -0.000001 tokens more: they say so",
        ),
        (
            json!({ "order": "vendor-balance", "at": "2026-03-04", "tokens": 80 }),
            "the vendor said 80 tokens were left at 2026-03-03T23:00:00Z",
        ),
        (
            json!({ "order": "move-seat", "seat": 1, "person": "anna" }),
            "seat 1 is Anna's from now on",
        ),
        (json!({ "order": "move-seat", "seat": 0, "person": null }), "seat 0 of Carla is free now"),
        (
            json!({ "order": "adopt-policy", "name": "p", "text": "@id(\"p-1\") permit (principal, action, resource);" }),
            "policies `p` hold from now on",
        ),
        (json!({ "order": "retire-policy", "name": "house" }), "policies `house` hold no longer"),
        (
            json!({
                "order": "set-plan", "bucket": "bridges", "plan": "curve",
                "curve": [{ "date": "2026-03-31", "share": 0.25 }],
            }),
            "bucket `bridges` is used up by a curve plan from now on",
        ),
    ];
    for (body, said) in table {
        let estate = Estate::office();
        let (key, seq) = (estate.administrator("anna"), estate.seq());
        let tried = Call::post("/v1/orders?dry_run=true").key(&key).json(&body);
        let tried = estate.send(tried).await;
        assert_eq!(tried.status, 200, "{body}: {:?}", tried.body);
        assert_eq!((&tried.json()["id"], &tried.json()["dry_run"]), (&json!(null), &json!(true)));
        assert_eq!(estate.seq(), seq, "{body}: booked though only tried");

        let done = order(&estate, &key, "k", &body).await;
        assert_eq!(done.status, 200, "{body}: {:?}", done.body);
        assert_eq!((&done.json()["said"], &tried.json()["said"]), (&json!([said]), &json!([said])));
        let id = seq + 2;
        let id = if body["order"] == "request" { format!("r{id}") } else { id.to_string() };
        assert_eq!(done.json()["id"], json!(id), "{body}");
        assert!(estate.seq() > seq);
    }
}

/// Nobody says who they are in a body.
#[tokio::test]
async fn a_forged_person_is_impossible() {
    let estate = Estate::office();
    for field in ["by", "person", "name", "orderer"] {
        let mut body = json!({ "order": "answer", "request": BENS, "approve": 1 });
        body[field] = "anna".into();
        let reply = order(&estate, &estate.member("ben"), field, &body).await;
        assert_eq!((reply.status.as_u16(), &reply.json()["code"]), (422, &json!("bad-body")));
    }
    let own = json!({ "order": "answer", "request": BENS, "approve": 1 });
    let reply = order(&estate, &estate.member("ben"), "own", &own).await;
    assert_eq!((reply.status.as_u16(), &reply.json()["code"]), (403, &json!("own-request")));
}

/// Who gives a bad order: Anna as an administrator, one who is no person, or Anna as herself.
#[derive(Clone, Copy)]
enum Who {
    Admin,
    Stranger,
    Anna,
}

/// Orders that make sense nowhere, or name what is not there.
fn bad_orders() -> Vec<(Who, Value, u16, &'static str)> {
    let transfer =
        |tokens: Value| json!({ "order": "transfer", "to": "poor", "tokens": tokens, "why": "" });
    let buy = |from: &str, price: Value| json!({ "order": "buy", "name": "x", "tokens": 1, "from": from, "until": "2027-01-01", "price": price });
    let long = "x".repeat(2_001);
    vec![
        (
            Who::Admin,
            json!({ "order": "note-directory-run", "plan": "12", "said": "" }),
            422,
            "bad-digest",
        ),
        (
            Who::Admin,
            json!({ "order": "note-directory-run", "plan": "a".repeat(64), "said": long }),
            422,
            "too-long",
        ),
        (Who::Admin, transfer(json!(0)), 422, "no-amount"),
        (Who::Admin, transfer(json!(-1)), 422, "no-amount"),
        (Who::Admin, transfer(json!(0.0000001)), 422, "bad-amount"),
        (Who::Admin, transfer(json!(1.000_000_5)), 422, "bad-amount"),
        (Who::Admin, transfer(json!(1e12)), 422, "bad-amount"),
        (Who::Admin, transfer(json!("1")), 422, "bad-body"),
        (Who::Admin, transfer(json!(1_000)), 409, "too-few-tokens"),
        (Who::Admin, json!({ "order": "dance" }), 422, "bad-body"),
        (Who::Admin, json!({ "tokens": 1 }), 422, "bad-body"),
        (Who::Admin, buy("soon", json!(null)), 422, "bad-date"),
        (Who::Admin, buy("2026-02-30", json!(null)), 422, "bad-date"),
        (
            Who::Admin,
            buy("2026-01-01", json!({ "amount": "3,00", "currency": "USD" })),
            422,
            "bad-money",
        ),
        (
            Who::Admin,
            buy("2026-01-01", json!({ "amount": "3.00", "currency": "usd" })),
            422,
            "bad-money",
        ),
        (Who::Admin, buy("2028-01-01", json!(null)), 422, "ends-before-it-begins"),
        (
            Who::Admin,
            json!({ "order": "transfer", "to": "poor", "tokens": 1, "why": long }),
            422,
            "too-long",
        ),
    ]
}

/// Orders that would make sense elsewhere, or from somebody else.
fn orders_in_vain() -> Vec<(Who, Value, u16, &'static str)> {
    vec![
        (
            Who::Admin,
            json!({ "order": "transfer", "to": "nowhere", "tokens": 1, "why": "" }),
            404,
            "unknown",
        ),
        (Who::Admin, json!({ "order": "answer", "request": "x", "approve": 1 }), 422, "bad-id"),
        (
            Who::Admin,
            json!({ "order": "answer", "request": DORAS, "approve": 1 }),
            403,
            "not-decider",
        ),
        (Who::Admin, json!({ "order": "move-seat", "seat": 9, "person": null }), 404, "unknown"),
        (
            Who::Admin,
            json!({ "order": "move-seat", "seat": 0, "person": "ben" }),
            409,
            "seat-taken",
        ),
        (
            Who::Admin,
            json!({ "order": "review-breach", "decision": 1, "accepted": true, "why": "" }),
            404,
            "no-breach",
        ),
        (Who::Stranger, json!({ "order": "request", "tokens": 1, "why": "" }), 403, "no-person"),
        (
            Who::Anna,
            json!({ "order": "note-directory-run", "plan": "a".repeat(64), "said": "" }),
            403,
            "not-yours",
        ),
        (
            Who::Anna,
            json!({ "order": "vendor-balance", "at": "2026-03-04", "tokens": 1 }),
            403,
            "not-yours",
        ),
        (
            Who::Anna,
            json!({ "order": "review-breach", "decision": 1, "accepted": true, "why": "" }),
            403,
            "not-yours",
        ),
        (Who::Anna, json!({ "order": "move-seat", "seat": 9, "person": null }), 403, "not-yours"),
        (
            Who::Anna,
            json!({ "order": "transfer", "to": "general", "tokens": 1, "why": "" }),
            403,
            "not-yours",
        ),
    ]
}

#[tokio::test]
async fn what_is_wrong_with_an_order() {
    let estate = Estate::office();
    let keys =
        [estate.administrator("anna"), estate.key(Role::Administrator), estate.member("anna")];
    let seq = estate.seq();
    for (number, (who, body, status, code)) in
        bad_orders().into_iter().chain(orders_in_vain()).enumerate()
    {
        let reply = order(&estate, &keys[who as usize], &number.to_string(), &body).await;
        let problem = reply.json();
        assert_eq!(
            (reply.status.as_u16(), &problem["code"]),
            (status, &json!(code)),
            "{body}: {problem}"
        );
        assert_eq!(reply.header("content-type"), "application/problem+json", "{body}");
        assert!(problem["help"].as_str().is_some_and(|help| !help.is_empty()), "{body}");
    }
    assert_eq!(estate.seq(), seq, "nothing of it was booked");
}

#[tokio::test]
async fn an_order_counts_once() {
    let estate = Estate::office();
    let (anna, lena) = (estate.member("anna"), estate.administrator("lena"));
    let give = |tokens: i64| json!({ "order": "transfer", "from": "general", "to": "bridges", "tokens": tokens, "why": "" });
    let first = order(&estate, &anna, "k", &give(1)).await.json();
    let seq = estate.seq();
    let again = order(&estate, &anna, "k", &give(1)).await.json();
    assert_eq!((&again["id"], &again["repeated"]), (&first["id"], &json!(true)));
    let other = order(&estate, &anna, "k", &give(2)).await;
    assert_eq!((other.status.as_u16(), &other.json()["code"]), (422, &json!("key-reused")));
    assert_eq!(estate.seq(), seq);
    let theirs = order(&estate, &lena, "k", &give(2)).await.json();
    assert_eq!(theirs["repeated"], false, "everybody's keys are their own");

    for (name, code) in [("", "bad-key"), (&*"k".repeat(129), "bad-key")] {
        assert_eq!(order(&estate, &anna, name, &give(1)).await.json()["code"], code);
    }
    let without = estate.send(Call::post("/v1/orders").key(&anna).json(&give(1))).await;
    assert_eq!((without.status.as_u16(), &without.json()["code"]), (400, &json!("key-missing")));
}

/// From the request to the transfer, as people meet it.
#[tokio::test]
async fn a_request_is_answered() {
    let estate = Estate::office();
    let (ben, anna) = (estate.member("ben"), estate.member("anna"));
    let asking = json!({ "tokens": 4, "why": "a tender", "due": "2026-03-20T12:00:00Z" });
    let call = Call::post("/v1/requests").key(&ben).header("idempotency-key", "a");
    let asked = estate.send(call.clone().json(&asking)).await;
    assert_eq!(asked.status, 201, "{:?}", asked.body);
    let id = asked.json()["id"].as_str().unwrap().to_owned();
    assert_eq!(estate.send(call.json(&asking)).await.status, 200, "the same key asks once");

    let waiting = estate.send(Call::get("/v1/requests?q=tender").key(&anna)).await.json();
    let key = waiting["rows"][0]["bucket"].as_str().unwrap().to_owned();
    for (bucket, is_found) in [(key.as_str(), true), (&key[1..], false)] {
        let of = format!("/v1/requests?bucket={bucket}");
        let rows = estate.send(Call::get(&of).key(&anna)).await.json()["rows"].clone();
        let is_of = |row: &Value| row["bucket"] == *key;
        assert_eq!(!rows.as_array().unwrap().is_empty(), is_found, "{of}");
        assert!(rows.as_array().unwrap().iter().all(is_of), "{of}");
    }
    assert_eq!(waiting["rows"][0]["id"], json!(id));
    assert_eq!(waiting["rows"].as_array().unwrap().len(), 1);
    let path = format!("/v1/requests/{id}");
    let shown = estate.send(Call::get(&path).key(&anna)).await.json();
    let expected = json!({
        "id": id, "by": "ben", "by_name": "Ben", "bucket": "bridges", "bucket_name": "Bridges",
        "from": "general", "tokens": 4.0, "why": "a tender", "at": "2026-03-04T10:00:00Z",
        "expires": "2026-03-11T10:00:00Z", "due": "2026-03-20T12:00:00Z", "state": "waiting",
        "moved": null, "owing": 0.0, "approvals": [], "approvals_needed": 1,
        "can_answer": ["anna", "lena"], "wall": null,
    });
    assert_eq!(shown, expected);

    let call = Call::post(&format!("{path}/answers")).key(&anna).header("idempotency-key", "b");
    let answer = json!({ "approve": 3.25, "comment": "all there is" });
    let answered = estate.send(call.json(&answer)).await;
    assert_eq!(
        answered.json()["said"],
        json!([format!("request {id} was approved: 3.25 tokens moved")])
    );
    let shown = estate.send(Call::get(&path).key(&anna)).await.json();
    assert_eq!(
        (&shown["state"], &shown["moved"], &shown["owing"]),
        (&json!("approved"), &json!(3.25), &json!(3.25))
    );
    assert_eq!(shown["approvals"], json!([{ "person": "anna", "tokens": 3.25 }]));
    assert_eq!(shown["can_answer"], json!([]));
    let bridges = estate.send(Call::get("/v1/buckets/bridges").key(&ben)).await.json();
    assert_eq!(bridges["available"], 18.0 + 3.25);

    let call = Call::post(&format!("{path}/answers")).key(&anna).header("idempotency-key", "c");
    let late = estate.send(call.json(&json!({ "approve": null }))).await;
    assert_eq!((late.status.as_u16(), &late.json()["code"]), (409, &json!("already-answered")));
    let waiting = estate.send(Call::get("/v1/requests").key(&anna)).await.json();
    assert_eq!(waiting["rows"].as_array().unwrap().len(), 1, "only Ben's other one");
}

/// Amounts arrive exactly: no two of them share a number.
#[test]
fn tokens_are_exact() {
    use faregate_api::wire::Tokens;
    for text in ["0.1", "0.3", "1234.567891", "-0.000001", "2562047788.015215", "2562047787.999999"]
    {
        let read: Tokens = serde_json::from_str(text).unwrap();
        assert_eq!(read.ticks().unwrap().to_string(), text);
    }
    for text in ["0.0000001", "1e-9", "2562047789", "1e300", "0.12345678"] {
        let read: Tokens = serde_json::from_str(text).unwrap();
        assert!(read.ticks().is_err(), "{text}");
    }
}
