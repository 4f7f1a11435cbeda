//! Opening, keeping alive and closing.

use crate::estate::{Call, Estate, Reply};
use faregate_app::access::Role;
use serde_json::{Value, json};

async fn batch(estate: &Estate, requests: &Value) -> Reply {
    let call = Call::post("/v1/sessions/batch").key(&estate.key(Role::Workstation));
    estate.send(call.json(requests)).await
}

async fn ended(estate: &Estate, session: &Value) -> Reply {
    let path = format!("/v1/sessions/{}/close", session.as_str().unwrap());
    estate.send(Call::post(&path).key(&estate.key(Role::Workstation))).await
}

/// Status of a heartbeat.
async fn beat(estate: &Estate, id: &str) -> u16 {
    let path = format!("/v1/sessions/{id}/heartbeat");
    estate.send(Call::post(&path).key(&estate.key(Role::Workstation))).await.status.as_u16()
}

#[tokio::test]
async fn three_answers_and_their_shapes() {
    let estate = Estate::new();
    let nowhere = json!({ "site": null, "country": null, "region": null, "trust": "unknown" });
    let on_tokens = estate.open("t", "anna@test.example", "autocad").await;
    assert_eq!(on_tokens.status, 201);
    let expected = json!({
        "decision": 13, "at": "2026-03-04T10:00:00Z", "route": "tokens", "session": "s13",
        "bucket": "general", "tokens": 7.0, "free_until": "2026-03-04T10:05:00Z",
        "refusal": null, "repeated": false, "rule": null, "place": nowhere, "breach": null,
        "trial": null, "warnings": [],
    });
    assert_eq!(on_tokens.json(), expected);

    let on_a_seat = estate.open("s", "carla", "revit").await;
    assert_eq!(on_a_seat.status, 201);
    let expected = json!({
        "decision": 14, "at": "2026-03-04T10:00:00Z", "route": "seat", "session": "s14",
        "bucket": null, "tokens": 0.0, "free_until": null, "refusal": null, "repeated": false,
        "rule": null, "place": nowhere, "breach": null, "trial": null, "warnings": [],
    });
    assert_eq!(on_a_seat.json(), expected);

    let refused = estate.open("r", "dora", "revit").await;
    assert_eq!(refused.status, 200, "a refusal is an answer");
    let expected = json!({
        "decision": 15, "at": "2026-03-04T10:00:00Z", "route": "refused", "session": null,
        "bucket": null, "tokens": 0.0, "free_until": null, "repeated": false,
        "rule": null, "place": nowhere, "breach": null, "trial": null, "warnings": [],
        "refusal": {
            "code": "bucket-exhausted",
            "detail": "your bucket does not have enough tokens left",
            "say": null,
            "transient": true,
            "remedies": ["ask the owner of your bucket for tokens", "use a viewer"],
        },
    });
    assert_eq!(refused.json(), expected);
}

#[tokio::test]
async fn every_refusal_has_its_code() {
    let estate = Estate::new();
    let open = |body: Value| {
        let key = body.to_string();
        let call = Call::post("/v1/sessions").key(&estate.key(Role::Workstation)).json(&body);
        estate.send(call.header("idempotency-key", &key))
    };
    let ask =
        |person: &str, product: &str| json!({ "person": person, "product": product, "host": "" });
    let mut to_nowhere = ask("anna", "revit");
    to_nowhere["bucket"] = "nowhere".into();
    let table = [
        (ask("anna", "paint"), "product-unknown"),
        (ask("", ""), "product-unknown"),
        (ask("zoe", "revit"), "person-unknown"),
        (to_nowhere, "bucket-unknown"),
        (ask("anna", "navisworks"), "not-on-tariff"),
        (ask("dora", "autocad"), "bucket-exhausted"),
    ];
    for (body, code) in table {
        let reply = open(body).await;
        assert_eq!((reply.status.as_u16(), &reply.json()["refusal"]["code"]), (200, &json!(code)));
    }
    let mut on_bridges = ask("ben", "autocad");
    on_bridges["bucket"] = "bridges".into();
    assert_eq!(open(on_bridges).await.json()["bucket"], "bridges");
}

#[tokio::test]
async fn a_retry_gets_the_same_answer() {
    let estate = Estate::new();
    for (key, person) in [("opened", "anna"), ("refused", "zoe")] {
        let mut first = estate.open(key, person, "revit").await.json();
        estate.clock.pass(86_400);
        let retry = estate.open(key, person, "revit").await;
        assert_eq!(retry.status, 200);
        first["repeated"] = true.into();
        assert_eq!(retry.json(), first);

        let other = estate.open(key, person, "autocad").await;
        assert_eq!((other.status.as_u16(), &other.json()["code"]), (422, &json!("key-reused")));
    }
    let spent = estate.read("/v1/balances").await["buckets"][0]["held"].clone();
    assert_eq!(spent, 10.0, "one hold, however many retries");
}

#[tokio::test]
async fn a_batch_answers_in_order_and_all_or_nothing() {
    let estate = Estate::new();
    let ask = |key: &str, person: &str, product: &str| json!({ "key": key, "person": person, "product": product, "host": "ws-1" });
    let requests =
        json!([ask("a", "anna", "revit"), ask("b", "zoe", "revit"), ask("a", "anna", "revit")]);
    let reply = batch(&estate, &requests).await;
    assert_eq!(reply.status, 200);
    let answers = reply.json();
    let told = |index: usize| (answers[index]["route"].clone(), answers[index]["repeated"].clone());
    assert_eq!(told(0), (json!("tokens"), json!(false)));
    assert_eq!(told(1), (json!("refused"), json!(false)));
    assert_eq!(told(2), (json!("tokens"), json!(true)));

    let seq = estate.read("/v1/summary").await["seq"].clone();
    let clash = json!([ask("c", "ben", "revit"), ask("a", "ben", "revit")]);
    let reply = batch(&estate, &clash).await;
    assert_eq!((reply.status.as_u16(), &reply.json()["code"]), (422, &json!("key-reused")));
    let torn = json!([ask("c", "ben", "revit"), ask("", "ben", "revit")]);
    assert_eq!(batch(&estate, &torn).await.json()["code"], "bad-key");
    for key in ["a\nb", "\u{1}order by", "\u{7f}", "\t"] {
        let reply =
            batch(&estate, &json!([ask("c", "ben", "revit"), ask(key, "ben", "revit")])).await;
        assert_eq!(
            (reply.status.as_u16(), &reply.json()["code"]),
            (400, &json!("bad-key")),
            "{key:?}"
        );
    }
    assert_eq!(estate.read("/v1/summary").await["seq"], seq, "nobody was let through");
    assert_eq!(batch(&estate, &json!([])).await.json(), json!([]));
}

#[tokio::test]
async fn a_batch_has_a_limit() {
    let estate = Estate::new();
    let one = json!({ "key": "k", "person": "anna", "product": "revit", "host": "" });
    let reply = batch(&estate, &Value::Array(vec![one.clone(); 10_001])).await;
    assert_eq!((reply.status.as_u16(), &reply.json()["code"]), (400, &json!("batch-too-large")));
    let reply = batch(&estate, &Value::Array(vec![one; 10_000])).await;
    assert_eq!((reply.status.as_u16(), reply.json().as_array().unwrap().len()), (200, 10_000));
}

#[tokio::test]
async fn a_launch_closed_within_its_grace_costs_nothing() {
    let estate = Estate::new();
    let session = estate.open("a", "anna", "revit").await.json()["session"].clone();
    estate.clock.pass(299);
    let reply = ended(&estate, &session).await;
    let closed = json!({ "session": session, "at": "2026-03-04T10:04:59Z", "already": false });
    assert_eq!((reply.status.as_u16(), reply.json()), (200, closed));
    let general = estate.read("/v1/balances").await["buckets"][0].clone();
    assert_eq!((&general["held"], &general["spent"]), (&json!(0.0), &json!(10.0)));
}

#[tokio::test]
async fn closing_again_changes_nothing_and_says_so() {
    let estate = Estate::new();
    let session = estate.open("a", "anna", "autocad").await.json()["session"].clone();
    estate.clock.pass(600);
    let mut first = ended(&estate, &session).await.json();
    let general = estate.read("/v1/balances").await["buckets"][0].clone();
    assert_eq!((&general["held"], &general["spent"]), (&json!(0.0), &json!(17.0)));
    estate.clock.pass(600);
    first["already"] = true.into();
    assert_eq!(ended(&estate, &session).await.json(), first);
    assert_eq!(estate.read("/v1/balances").await["buckets"][0], general);
}

#[tokio::test]
async fn heartbeats_keep_alive_what_runs() {
    let estate = Estate::new();
    let session = estate.open("a", "anna", "autocad").await.json()["session"].clone();
    let id = session.as_str().unwrap();
    estate.clock.pass(300);
    let idle = format!("{id}/heartbeat?idle=true");
    let idle = Call::post(&format!("/v1/sessions/{idle}")).key(&estate.key(Role::Workstation));
    assert_eq!(estate.send(idle).await.status, 204);
    assert_eq!(beat(&estate, id).await, 204);
    let row = estate.read("/v1/sessions").await["rows"][0].clone();
    assert_eq!(row["last_seen"], "2026-03-04T10:05:00Z");

    ended(&estate, &session).await;
    for id in [id, "s999999", "s1", "s18446744073709551615"] {
        assert_eq!(beat(&estate, id).await, 404, "{id}");
    }
    for id in ["x1", "s", "-1", "s18446744073709551616", "%20"] {
        assert_eq!(beat(&estate, id).await, 400, "{id}");
    }
    let unknown = ended(&estate, &json!("s999999")).await;
    assert_eq!((unknown.status.as_u16(), &unknown.json()["code"]), (404, &json!("no-session")));
    assert_eq!(ended(&estate, &json!("s1")).await.status, 404, "an entry that is no session");
}

#[tokio::test]
async fn a_decision_is_explained() {
    let estate = Estate::new();
    estate.open("a", "anna", "revit").await;
    estate.open("b", "dora", "revit").await;
    let opened = estate.read("/v1/decisions/s13").await;
    assert_eq!((&opened["decided"], &opened["holds"]), (&json!("opened"), &json!(true)));
    assert_eq!(opened["facts"][0]["name"], "tariff");
    let refused = estate.read("/v1/decisions/14").await;
    assert_eq!(refused["decided"], "bucket-exhausted");
    assert_eq!(refused["recomputed"], "bucket-exhausted");
    for (id, status) in [("1", 404), ("99", 404), ("anna", 400)] {
        let call = Call::get(&format!("/v1/decisions/{id}"));
        let reply = estate.send(call.key(&estate.key(Role::Viewer))).await;
        assert_eq!(reply.status, status, "{id}");
    }
}
