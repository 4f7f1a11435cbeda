//! Burn in every dimension, the usual periods, plans and the pace beside them, reckoned by hand.

use crate::estate::{Call, Estate, Reply, now};
use faregate_app::access::Role;
use faregate_core::amount::Ticks;
use faregate_core::estate::{BucketId, PersonId, ProductId};
use faregate_core::event::{Charge, Event, Source};
use faregate_core::tariff::Meter;
use faregate_core::when::{DAY, Instant};
use serde_json::{Value, json};

async fn get(estate: &Estate, key: &str, path: &str) -> Reply {
    estate.send(Call::get(path).key(key)).await
}

fn rows(burn: &Value) -> Vec<(&str, f64)> {
    let rows = burn["rows"].as_array().unwrap().iter();
    rows.map(|row| (row["key"].as_str().unwrap(), row["tokens"].as_f64().unwrap())).collect()
}

/// Ben used AutoCAD on Monday 2 March at ten in Madrid, Anna Revit on Tuesday half an hour past midnight.
#[tokio::test]
async fn every_dimension_has_its_rows() {
    let table = [
        ("weekday", vec![("mon", 7.0), ("tue", 10.0)]),
        ("hour", vec![("00", 10.0), ("10", 7.0)]),
        ("week-hour", vec![("mon-10", 7.0), ("tue-00", 10.0)]),
        ("project", vec![("", 17.0)]),
        ("group&dimension=fare", vec![("staff", 10.0), ("", 7.0)]),
        ("group&dimension=FARE", vec![("staff", 10.0), ("", 7.0)]),
        ("site", vec![("", 17.0)]),
        ("segment", vec![("occasional", 17.0)]),
        ("source", vec![("log", 17.0)]),
        ("day&product=revit", vec![("2026-03-03", 10.0)]),
        ("person&bucket=bridges", vec![("ben", 7.0)]),
        ("product&group=staff", vec![("revit", 10.0)]),
        ("bucket&person=a.lopez", vec![("general", 10.0)]),
        ("hour&person=ben&product=revit", vec![]),
    ];
    let estate = Estate::office();
    for (by, expected) in table {
        let burn = estate.read(&format!("/v1/burn?by={by}&from=2026-03-02&to=2026-03-03")).await;
        assert_eq!(rows(&burn), expected, "{by}");
        let whole: f64 = expected.iter().map(|(_, tokens)| tokens).sum();
        assert_eq!(burn["total"]["tokens"], json!(whole), "{by}");
    }
    let site = estate.read("/v1/burn?by=site&from=2026-03-02&to=2026-03-03").await;
    let text = site["text"].as_str().unwrap();
    assert!(text.contains("Of 17 the site is not known"), "{text}");
}

#[tokio::test]
async fn what_cannot_be_answered_says_why() {
    let table = [
        ("by=group", 400, "no-dimension"),
        ("by=group&dimension=floor", 422, "no-dimension"),
        ("by=department", 422, "no-dimension"),
        ("by=day&product=paint", 404, "unknown"),
        ("by=day&bucket=nowhere", 404, "unknown"),
        ("by=day&group=nobody", 404, "unknown"),
        ("by=day&person=nobody", 404, "unknown"),
    ];
    let estate = Estate::office();
    for (question, status, code) in table {
        let viewer = estate.key(Role::Viewer);
        let reply = get(&estate, &viewer, &format!("/v1/burn?{question}")).await;
        assert_eq!((reply.status.as_u16(), &reply.json()["code"]), (status, &json!(code)));
    }
}

/// What our own gate let through knows its site; the unit is charged after five minutes of grace.
#[tokio::test]
async fn the_gate_knows_sites() {
    let estate = Estate::office();
    let ask = json!({ "person": "dora", "product": "autocad", "host": "w", "bucket": "poor", "site": "madrid" });
    let funds = json!({ "order": "transfer", "to": "poor", "tokens": 9, "why": "" });
    let key = estate.administrator("lena");
    let order = Call::post("/v1/orders").key(&key).header("idempotency-key", "f").json(&funds);
    assert_eq!(estate.send(order).await.status, 200);
    let open = Call::post("/v1/sessions").key(&key).header("idempotency-key", "k").json(&ask);
    let opened = estate.send(open).await;
    assert_eq!(opened.status, 201, "{:?}", opened.body);
    estate.clock.pass(400);
    let id = opened.json()["session"].as_str().unwrap().to_owned();
    let beat = Call::post(&format!("/v1/sessions/{id}/heartbeat")).key(&key).json(&json!({}));
    assert_eq!(estate.send(beat).await.status, 204);
    let close = Call::post(&format!("/v1/sessions/{id}/close")).key(&key);
    assert_eq!(estate.send(close).await.status, 200);
    let burn = estate.read("/v1/burn?by=site").await;
    assert_eq!(rows(&burn), [("", 17.0), ("madrid", 7.0)]);
    let burn = estate.read("/v1/burn?by=source").await;
    assert_eq!(rows(&burn), [("log", 17.0), ("gate", 7.0)]);
}

/// Wednesday 4 March, eleven in Madrid. A week ago at ten Dora used 4, and at noon 8.
fn week_ago() -> Vec<Event> {
    let charge = |at: Instant, product, count| Charge {
        at,
        ticks: Ticks::from_tokens(count).unwrap(),
        person: PersonId(3),
        product: ProductId(product),
        bucket: BucketId(0),
        meter: Meter::Window24h,
        source: Source::Log,
        paid: true,
    };
    let ago = now().plus(-7 * DAY);
    vec![Event::UsageCharged(vec![
        charge(ago.plus(-3_600), 0, 4),
        charge(ago.plus(3_600), 1, 8),
        charge(now(), 1, 2),
    ])]
}

#[tokio::test]
async fn the_usual_periods_stand_beside_the_ones_before() {
    let estate = Estate::after(week_ago());
    let found = estate.read("/v1/burn/periods").await;
    let usd = |amount: &str| json!({ "amount": amount, "currency": "USD" });
    assert_eq!(found["today"]["amount"], json!({ "tokens": 2.0, "money": usd("6.00") }));
    assert_eq!(found["today"]["before"]["tokens"], 10.0, "yesterday up to eleven");
    let amounts = |usual: &Value| {
        ["mean", "low", "high"].map(|field| usual[field]["tokens"].as_f64().unwrap())
    };
    assert_eq!((amounts(&found["usual"]), &found["usual"]["days"]), ([4.0; 3], &json!(1)));
    let spans: Vec<(&str, f64, f64)> = found["spans"]
        .as_array()
        .unwrap()
        .iter()
        .map(|span| {
            let tokens = |field: &str| span[field]["tokens"].as_f64().unwrap();
            (span["key"].as_str().unwrap(), tokens("amount"), tokens("before"))
        })
        .collect();
    let expected = [
        ("yesterday", 10.0, 7.0),
        ("last-7-days", 19.0, 4.0),
        ("last-28-days", 31.0, 0.0),
        ("month-to-date", 19.0, 0.0),
        ("contract-year-to-date", 31.0, 0.0),
    ];
    assert_eq!(spans, expected);
    let velocity: Vec<f64> = found["velocity"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["amount"]["tokens"].as_f64().unwrap())
        .collect();
    assert_eq!(velocity, [2.0, 2.0, 27.0]);
    let only = estate.read("/v1/burn/periods?bucket=bridges&product=autocad").await;
    assert_eq!(only["spans"][1]["amount"]["tokens"], 7.0);
    assert!(only["text"].as_str().unwrap().starts_with("0 tokens today so far"), "{only}");
}

/// A member is told of the buckets that they see, and of no group.
#[tokio::test]
async fn members_see_the_burn_of_their_buckets() {
    let estate = Estate::office();
    let spent = async |member: &str, question: &str| {
        let key = estate.member(member);
        let reply = get(&estate, &key, &format!("/v1/burn/periods{question}")).await;
        match reply.status.as_u16() {
            200 => Ok(reply.json()["spans"][3]["amount"]["tokens"].as_f64().unwrap()),
            status => Err(status),
        }
    };
    let table = [
        ("anna", "", Ok(17.0)),
        ("ben", "", Ok(7.0)),
        ("dora", "", Ok(0.0)),
        ("zoe", "", Ok(0.0)),
        ("lena", "", Ok(17.0)),
        ("anna", "?bucket=general", Ok(10.0)),
        ("anna", "?bucket=general&product=autocad", Ok(0.0)),
        ("ben", "?bucket=general", Err(404)),
        ("ben", "?bucket=nowhere", Err(404)),
        ("ben", "?group=staff", Err(403)),
        ("ben", "?group=nobody", Err(403)),
    ];
    for (member, question, expected) in table {
        assert_eq!(spent(member, question).await, expected, "{member} {question}");
    }
}

#[tokio::test]
async fn paces_stand_beside_their_plans() {
    let estate = Estate::new();
    let found = estate.read("/v1/burn/pace").await;
    let rows = found["rows"].as_array().unwrap();
    let row = |row: &Value| (row["bucket"].clone(), row["used"].clone(), row["allotted"].clone());
    let expected = [
        (json!(null), json!(17.0), json!(100.0)),
        (json!("general"), json!(10.0), json!(40.0)),
        (json!("bridges"), json!(7.0), json!(25.0)),
        (json!("poor"), json!(0.0), json!(5.0)),
    ];
    assert_eq!(rows.iter().map(row).collect::<Vec<_>>(), expected);
    // 62 days and eleven hours of 365.
    let pool = &rows[0];
    assert_eq!((&pool["from"], &pool["to"]), (&json!("2026-01-01"), &json!("2026-12-31")));
    assert_eq!(pool["planned"], json!(17.111_872));
    assert_eq!((&pool["plan"], &pool["course"]), (&json!("straight"), &json!(null)));
    let one = estate.read("/v1/burn/pace?bucket=bridges").await;
    let course = &one["rows"][0]["course"];
    let days = course["days"].as_array().unwrap();
    let used = course["used"].as_array().unwrap();
    assert_eq!((days.len(), used.len()), (365, 63));
    assert_eq!((&used[59], &used[60], &used[62]), (&json!(0.0), &json!(7.0), &json!(7.0)));
    assert_eq!(course["planned"][364], 25.0);
}

#[tokio::test]
async fn owners_set_the_plans_of_their_buckets() {
    let curve =
        json!([{ "date": "2026-02-28", "share": 0.5 }, { "date": "2026-03-20", "share": 0.75 }]);
    let plan = |bucket: Value, plan: &str, curve: Value| json!({ "order": "set-plan", "bucket": bucket, "plan": plan, "curve": curve });
    let table = [
        ("ben", plan(json!("bridges"), "curve", curve.clone()), 200, ""),
        // She owns what lies above, and sees it; its owner decides on it.
        ("anna", plan(json!("bridges"), "seasonal", json!([])), 403, "not-yours"),
        ("anna", plan(json!("general"), "seasonal", json!([])), 200, ""),
        ("carla", plan(json!("general"), "seasonal", json!([])), 403, "not-yours"),
        ("carla", plan(json!("bridges"), "seasonal", json!([])), 404, "unknown"),
        ("dora", plan(json!(null), "seasonal", json!([])), 403, "not-yours"),
        ("zoe", plan(json!(null), "seasonal", json!([])), 403, "no-person"),
        ("lena", plan(json!(null), "seasonal", json!([])), 200, ""),
        ("ben", plan(json!("bridges"), "curve", json!([])), 422, "bad-curve"),
        ("ben", plan(json!("bridges"), "straight", curve.clone()), 422, "bad-curve"),
        (
            "ben",
            plan(json!("bridges"), "curve", json!([{ "date": "soon", "share": 1 }])),
            422,
            "bad-curve",
        ),
        (
            "ben",
            plan(json!("bridges"), "curve", json!([{ "date": "2026-03-01", "share": -1 }])),
            422,
            "bad-curve",
        ),
        (
            "ben",
            plan(json!("bridges"), "curve", json!([{ "date": "2026-03-01", "share": 1.5 }])),
            422,
            "bad-curve",
        ),
        ("ben", plan(json!("bridges"), "dance", json!([])), 422, "bad-body"),
    ];
    for (member, body, status, code) in table {
        let estate = Estate::office();
        let call =
            Call::post("/v1/orders").key(&estate.member(member)).header("idempotency-key", "k");
        let reply = estate.send(call.json(&body)).await;
        assert_eq!(reply.status, status, "{member} {body}: {:?}", reply.body);
        if status != 200 {
            assert_eq!(reply.json()["code"], code, "{member} {body}");
            continue;
        }
        let key = body["bucket"].as_str().map_or(String::new(), |key| format!("?bucket={key}"));
        let found = estate.read(&format!("/v1/burn/pace{key}")).await;
        let row = &found["rows"][0];
        if body["plan"] == "curve" {
            // Quarter to date: half of what Bridges has by the end of February.
            assert_eq!((&row["plan"], &row["from"]), (&json!("curve"), &json!("2026-01-01")));
            assert_eq!(
                row["course"]["planned"][58],
                json!(row["allotted"].as_f64().unwrap() / 2.0)
            );
        } else {
            assert_eq!(row["plan"], "straight");
            assert!(row["instead"].as_str().unwrap().contains("four weeks"), "{row}");
        }
    }
}
