//! Quotes: what would happen, what it costs, what else one could do. Nothing is booked.

use crate::estate::{Call, Estate};
use faregate_core::when::DAY;
use serde_json::{Value, json};

async fn quote(estate: &Estate, member: &str, product: &str) -> Value {
    let body = json!({ "person": member, "product": product, "host": "ws-1" });
    let seq = estate.seq();
    let reply = estate.send(Call::post("/v1/quotes").key(&estate.member(member)).json(&body)).await;
    assert_eq!(reply.status, 200, "{:?}", reply.body);
    assert_eq!(estate.seq(), seq, "a quote books nothing");
    reply.json()
}

#[tokio::test]
async fn on_tokens() {
    let estate = Estate::office();
    let quoted = quote(&estate, "anna", "autocad").await;
    let expected = json!({
        "route": "tokens", "tokens": 7.0, "money": { "amount": "21.00", "currency": "USD" },
        "unit_tokens": 7.0, "meter": "window-24h", "bucket": "general", "left": 23.0,
        "refusal": null, "rule": null, "breach": "report", "trial": null, "alternatives": [],
        "place": { "site": null, "country": null, "region": null, "trust": "unknown" },
        "warnings": ["this is outside of where these licences may be used, or nobody knows where it is: it is reported"],
    });
    assert_eq!(quoted, expected);
    estate.open("k", "anna", "autocad").await;
    let paid = quote(&estate, "anna", "autocad").await;
    assert_eq!((&paid["tokens"], &paid["unit_tokens"]), (&json!(0.0), &json!(7.0)), "paid already");
}

#[tokio::test]
async fn on_a_seat() {
    let quoted = quote(&Estate::office(), "carla", "revit").await;
    assert_eq!((&quoted["route"], &quoted["tokens"]), (&json!("seat"), &json!(0.0)));
    assert_eq!((&quoted["bucket"], &quoted["left"]), (&json!(null), &json!(null)));
}

/// Dora's bucket is too poor: there is a free seat, Carla's is idle once a month has passed, and Lena decides.
#[tokio::test]
async fn what_else_one_could_do() {
    let estate = Estate::office();
    let quoted = quote(&estate, "dora", "revit").await;
    assert_eq!(
        (&quoted["route"], &quoted["refusal"]["code"]),
        (&json!("refused"), &json!("bucket-exhausted"))
    );
    assert_eq!((&quoted["bucket"], &quoted["left"]), (&json!("poor"), &json!(5.0)));
    let kinds = |quoted: &Value| -> Vec<Value> {
        quoted["alternatives"].as_array().unwrap().iter().map(|one| one["kind"].clone()).collect()
    };
    assert_eq!(kinds(&quoted), ["free-seat", "ask-for-tokens"]);
    assert_eq!(quoted["alternatives"][1]["deciders"], json!(["Lena"]));

    estate.clock.pass(31 * DAY);
    let idle = quote(&estate, "dora", "revit").await;
    assert_eq!(kinds(&idle), ["free-seat", "idle-seats", "ask-for-tokens"]);
    assert_eq!(idle["alternatives"][1]["count"], 1);
    estate.open("carla", "carla", "revit").await;
    assert_eq!(kinds(&quote(&estate, "dora", "revit").await), ["free-seat", "ask-for-tokens"]);
}

#[tokio::test]
async fn a_refused_product_is_quoted_too() {
    let estate = Estate::office();
    for (product, code) in [("navisworks", "not-on-tariff"), ("paint", "product-unknown")] {
        let quoted = quote(&estate, "anna", product).await;
        assert_eq!(quoted["refusal"]["code"], code);
        assert_eq!(quoted["money"], json!({ "amount": "0.00", "currency": "USD" }));
    }
}
