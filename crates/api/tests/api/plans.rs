//! Plans of moves over HTTP: drawn once, approved by somebody else, carried out, taken back and held against what came;
//! and what cannot be said, or not yet.

use crate::estate::{Call, Estate, Reply, now};
use faregate_app::access::Role;
use faregate_core::when::DAY;
use serde_json::{Value, json};

/// Days of use before today.
const DAYS: i64 = 60;

impl Estate {
    /// The office after two months in which Anna used Revit every day and Ben AutoCAD once a week.
    pub(crate) async fn used() -> Self {
        let estate = Self::office();
        let event = |subject: &str, product: &str, ago: i64| {
            json!({
                "specversion": "1.0", "type": "session", "id": format!("{subject}-{ago}"),
                "source": "farm", "subject": subject, "time": now().plus(-ago * DAY).to_string(),
                "data": { "product": product, "host": "ws-9", "duration_seconds": 3_600 },
            })
        };
        let anna = (1..=DAYS).map(|ago| event("anna", "revit", ago));
        let ben = (1..=DAYS).step_by(7).map(|ago| event("ben", "autocad", ago));
        let batch: Vec<Value> = anna.chain(ben).collect();
        let call = Call::post("/api/v1/events").key(&estate.key(Role::Collector));
        let call = call.header("content-type", "application/cloudevents-batch+json");
        let reply = estate.send(call.body(json!(batch).to_string())).await;
        assert_eq!(reply.status, 204, "{:?}", reply.body);
        estate
    }

    /// The id of a plan that Lena drew.
    pub(crate) async fn drawn_plan(&self) -> String {
        let drawn = draw(self, &self.administrator("lena"), "k", &json!({ "name": "seats" })).await;
        assert_eq!(drawn.status, 200, "{:?}", drawn.body);
        drawn.json()["done"]["id"].as_str().unwrap().to_owned()
    }

    /// The id of a plan that Otto approved and carried out.
    pub(crate) async fn made_plan(&self) -> String {
        let (plan, otto) = (self.drawn_plan().await, self.administrator("otto"));
        for body in [judge(&plan), step(&plan, "done")] {
            let reply = order(self, &otto, &body).await;
            assert_eq!(reply.status, 200, "{body}: {:?}", reply.body);
        }
        plan
    }
}

fn judge(plan: &str) -> Value {
    json!({ "order": "judge-plan", "plan": plan, "approve": true, "why": "it pays" })
}

fn step(plan: &str, what: &str) -> Value {
    json!({ "order": "step-plan", "plan": plan, "moves": null, "step": what })
}

async fn order(estate: &Estate, key: &str, body: &Value) -> Reply {
    let call = Call::post("/v1/orders").key(key).header("idempotency-key", &body.to_string());
    estate.send(call.json(body)).await
}

async fn draw(estate: &Estate, key: &str, name: &str, body: &Value) -> Reply {
    let call = Call::post("/v1/plans").key(key).header("idempotency-key", name);
    estate.send(call.json(body)).await
}

async fn plans(estate: &Estate) -> Vec<Value> {
    estate.read("/v1/plans").await["rows"].as_array().unwrap().clone()
}

#[track_caller]
fn refused(reply: &Reply, status: u16, code: &str) {
    let problem = reply.json();
    assert_eq!((reply.status.as_u16(), &problem["code"]), (status, &json!(code)), "{problem}");
    assert!(problem["help"].as_str().is_some_and(|help| !help.is_empty()), "{problem}");
}

#[tokio::test]
async fn a_plan_is_drawn_once_and_goes_its_way() {
    let estate = Estate::used().await;
    let (lena, otto) = (estate.administrator("lena"), estate.administrator("otto"));
    let body = json!({ "name": "seats for 2026" });
    let tried = Call::post("/v1/plans?dry_run=true").key(&lena).json(&body);
    let tried = estate.send(tried).await.json();
    assert_eq!((&tried["done"]["id"], plans(&estate).await), (&json!(null), Vec::<Value>::new()));

    let first = draw(&estate, &lena, "k", &body).await.json();
    let id = first["done"]["id"].as_str().unwrap().to_owned();
    assert_eq!(first["done"]["said"], tried["done"]["said"]);
    let seq = estate.seq();
    let again = draw(&estate, &lena, "k", &body).await.json();
    assert_eq!((&again["done"]["id"], &again["done"]["repeated"]), (&json!(id), &json!(true)));
    refused(&draw(&estate, &lena, "k", &json!({ "name": "other" })).await, 422, "key-reused");
    assert_eq!((estate.seq(), plans(&estate).await.len()), (seq, 1), "one key draws one plan");

    let shown = estate.read(&format!("/v1/plans/{id}")).await;
    assert_eq!((&shown["plan"]["status"], &shown["plan"]["by"]), (&json!("drawn"), &json!("lena")));
    let row = &shown["rows"][0];
    assert_eq!(
        (&row["person"], &row["kind"], &row["seat"]),
        (&json!("anna"), &json!("assign"), &json!(1)),
        "the free seat goes to Anna, who used Revit every day: {shown}"
    );
    // Carla never used hers: nothing is saved before its term ends.
    let row = &shown["rows"][1];
    assert_eq!((&row["person"], &row["on"]), (&json!("carla"), &json!("2027-01-01")), "{shown}");

    refused(&order(&estate, &otto, &step(&id, "done")).await, 409, "not-approved");
    refused(&order(&estate, &lena, &judge(&id)).await, 403, "own-plan");
    assert_eq!(order(&estate, &otto, &judge(&id)).await.status, 200);
    let late = json!({ "order": "judge-plan", "plan": id, "approve": false, "why": "" });
    refused(&order(&estate, &otto, &late).await, 409, "already-answered");
    let verification = format!("/v1/plans/{id}/verification");
    let early = estate.send(Call::get(&verification).key(&otto)).await;
    refused(&early, 409, "not-ready");

    assert_eq!(order(&estate, &otto, &step(&id, "done")).await.status, 200);
    let seats = estate.read("/v1/seats").await;
    assert_eq!(seats["rows"][1]["holder"], "anna", "{seats}");
    estate.clock.pass(30 * DAY);
    // Ben is heard of, so that these days are known.
    let event = json!([{
        "specversion": "1.0", "type": "session", "id": "later", "source": "farm", "subject": "ben",
        "time": now().plus(30 * DAY - 61).to_string(),
        "data": { "product": "autocad", "host": "ws-9", "duration_seconds": 60 },
    }]);
    let call = Call::post("/api/v1/events").key(&estate.key(Role::Collector));
    let call = call.header("content-type", "application/cloudevents-batch+json");
    assert_eq!(estate.send(call.body(event.to_string())).await.status, 204);
    let held = estate.read(&verification).await;
    assert_eq!(
        (&held["rows"][0]["person"], &held["rows"][0]["days"]),
        (&json!("anna"), &json!(30))
    );
    assert_eq!(held["rows"][0]["is_early"], false);
    // She used nothing in these days: the seat displaced no tokens, though much was promised.
    let promised = held["promised"]["amount"].as_str().unwrap().parse::<f64>().unwrap();
    assert!(promised > 0.0, "{held}");
    assert_eq!(
        held["brier"],
        Value::Null,
        "a seat that was paid for says nothing of how sure one was"
    );

    assert_eq!(order(&estate, &otto, &step(&id, "undone")).await.status, 200);
    assert_eq!(estate.read("/v1/seats").await["rows"][1]["holder"], Value::Null);
    let shown = estate.read(&format!("/v1/plans/{id}")).await;
    assert_eq!((&shown["rows"][0]["step"], &shown["plan"]["made"]), (&json!("undone"), &json!(0)));
}

#[tokio::test]
async fn whoever_drew_a_plan_is_nobody_else_under_another_name() {
    let estate = Estate::used().await;
    let drawn = draw(&estate, &estate.administrator("anna"), "k", &json!({ "name": "x" })).await;
    let id = drawn.json()["done"]["id"].as_str().unwrap().to_owned();
    for name in ["anna", "a.lopez", "anna@test.example"] {
        refused(&order(&estate, &estate.administrator(name), &judge(&id)).await, 403, "own-plan");
    }
}

#[tokio::test]
async fn pages_of_plans_neither_repeat_nor_hide_any() {
    let estate = Estate::used().await;
    let lena = estate.administrator("lena");
    let mut drawn = Vec::new();
    for name in ["a", "b", "c"] {
        let reply = draw(&estate, &lena, name, &json!({ "name": name })).await.json();
        drawn.push(reply["done"]["id"].clone());
    }
    let page = estate.read("/v1/plans?limit=2").await;
    let ids = |page: &Value| {
        let rows = page["rows"].as_array().unwrap();
        rows.iter().map(|row| row["id"].clone()).collect::<Vec<_>>()
    };
    assert_eq!(ids(&page), [drawn[2].clone(), drawn[1].clone()], "the newest first");
    draw(&estate, &lena, "d", &json!({ "name": "d" })).await;
    let next = page["next"].as_str().unwrap();
    let rest = estate.read(&format!("/v1/plans?limit=2&cursor={next}")).await;
    assert_eq!((ids(&rest), &rest["next"]), (vec![drawn[0].clone()], &json!(null)));
}

#[tokio::test]
async fn what_cannot_be_said_yet() {
    let estate = Estate::new();
    let key = estate.key(Role::Administrator);
    let empty = json!({});
    for path in ["/v1/sizing", "/v1/renewal", "/v1/portfolio"] {
        refused(&estate.send(Call::post(path).key(&key).json(&empty)).await, 409, "not-ready");
    }
    let drawn = draw(&estate, &key, "k", &json!({ "name": "x" })).await;
    refused(&drawn, 409, "not-ready");
    let asked = estate.send(Call::get("/v1/recommendations").key(&key)).await;
    refused(&asked, 409, "not-ready");
    // Charges of two days are known.
    let sized = estate.send(Call::post("/v1/sizing").key(&key).json(&empty)).await.json();
    assert_eq!(
        sized["detail"],
        "charges of 2 days are known, and nothing can be said with fewer than 28"
    );
}

#[tokio::test]
async fn what_is_no_offer() {
    let estate = Estate::used().await;
    let key = estate.key(Role::Viewer);
    let overlap = "[[tier]]\nfrom = 100\ndiscount = 0.1\n[[tier]]\nfrom = 100\ndiscount = 0.2\n";
    let least = "[[minimum]]\nbucket = \"bridges\"\noffering = \"revit-seat\"\npeople = 9\n";
    let table = [
        ("token_price = -1\n", "invalid-offer", "line 1: `token_price` is -1"),
        (overlap, "invalid-offer", "line 5: two of `tier` begin at 100: they overlap"),
        ("lead_days = 1\nprize = 1\n", "invalid-offer", "line 2: unknown field `prize`"),
        (least, "contradiction", "bucket `bridges` must have 9 people on seats"),
    ];
    for (offered, code, detail) in table {
        let body = json!({ "offered": offered });
        let paths = ["/v1/portfolio", "/v1/sizing", "/v1/renewal"];
        for path in &paths[..if code == "contradiction" { 1 } else { 3 }] {
            let reply = estate.send(Call::post(path).key(&key).json(&body)).await;
            refused(&reply, 422, code);
            let told = reply.json()["detail"].as_str().unwrap().to_owned();
            assert!(told.starts_with(detail), "{path}: {told}");
        }
    }
    for body in [json!({ "years": 99 }), json!({ "years": 100_001 })] {
        refused(
            &estate.send(Call::post("/v1/sizing").key(&key).json(&body)).await,
            400,
            "bad-years",
        );
    }
    let unknown = json!({ "offered": "keep = [\"nobody\"]\n" });
    let reply = estate.send(Call::post("/v1/portfolio").key(&key).json(&unknown)).await;
    assert_eq!(reply.json()["detail"], "there is no person `nobody`");
    refused(&reply, 422, "invalid-offer");
}

#[tokio::test]
async fn what_is_no_plan() {
    let estate = Estate::used().await;
    let (lena, otto) = (estate.administrator("lena"), estate.administrator("otto"));
    let terms = |terms: Value| json!({ "name": "x", "terms": terms });
    for (body, status, code) in [
        (json!({ "name": " " }), 422, "no-name"),
        (json!({ "name": "x", "by": "otto" }), 422, "bad-body"),
        (terms(json!({ "rule": "dice" })), 400, "unknown-rule"),
        (terms(json!({ "probability": 1.5 })), 400, "bad-share"),
        (terms(json!({ "seat_discount": -0.1 })), 400, "bad-share"),
        (terms(json!({ "switching_cost": -1 })), 400, "bad-money"),
        (terms(json!({ "days": 27 })), 400, "bad-days"),
        (terms(json!({ "keep": ["nobody"] })), 409, "not-ready"),
        (terms(json!({ "keep": ["anna", "carla"] })), 422, "no-moves"),
    ] {
        refused(&draw(&estate, &lena, &body.to_string(), &body).await, status, code);
    }
    let id = estate.made_plan().await;
    let seq = estate.seq();
    let of = |order: &str, rest: Value| {
        let mut body = rest;
        (body["order"], body["plan"]) = (order.into(), id.clone().into());
        body
    };
    for (body, status, code) in [
        (
            json!({ "order": "judge-plan", "plan": "p999", "approve": true, "why": "" }),
            404,
            "unknown",
        ),
        (json!({ "order": "judge-plan", "plan": "x", "approve": true, "why": "" }), 422, "bad-id"),
        (of("derive-plan", json!({ "without": [3] })), 422, "unknown"),
        (of("derive-plan", json!({ "without": [1, 2] })), 422, "no-moves"),
        (of("step-plan", json!({ "moves": [0], "step": "done" })), 422, "unknown"),
        (of("step-plan", json!({ "moves": [1], "step": "done" })), 409, "cannot-move"),
        (of("step-plan", json!({ "moves": [2], "step": "done" })), 409, "too-early"),
        (of("step-plan", json!({ "moves": [1], "step": "flown" })), 422, "bad-body"),
    ] {
        refused(&order(&estate, &otto, &body).await, status, code);
    }
    assert_eq!(estate.seq(), seq, "nothing of it was booked");
    for path in ["/v1/plans/p999", "/v1/plans/p999/verification"] {
        refused(&estate.send(Call::get(path).key(&lena)).await, 404, "unknown");
    }
}
