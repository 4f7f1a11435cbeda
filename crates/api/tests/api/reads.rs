//! Balances, burn and sessions: every number against the estate reckoned by hand.

use crate::estate::{Call, Estate, Reply, now};
use faregate_app::access::Role;
use faregate_core::amount::Ticks;
use faregate_core::estate::{BucketId, PersonId, ProductId};
use faregate_core::event::{Charge, Counts, Event, OpenUse, Receipt, Source};
use faregate_core::tariff::Meter;
use faregate_core::when::{DAY, Instant};
use serde_json::{Value, json};

async fn get(estate: &Estate, path: &str) -> Reply {
    estate.send(Call::get(path).key(&estate.key(Role::Viewer))).await
}

/// 100 bought, 17 spent on 2 and 3 March; then Anna opens AutoCAD, 7 held.
#[tokio::test]
async fn the_summary() {
    let estate = Estate::new();
    estate.open("a", "anna", "autocad").await;
    let summary = estate.read("/v1/summary").await;
    let contract = json!({
        "id": "1", "name": "Test AG", "zone": "Europe/Madrid", "tariff": "test-daily",
        "price": { "amount": "3.00", "currency": "USD" },
    });
    assert_eq!(summary["contract"], contract);
    let balance = json!({
        "purchased": 100.0, "left": 83.0, "held": 7.0, "available": 76.0, "uncovered": 0.0,
    });
    assert_eq!(summary["balance"], balance);
    let usd = |amount: &str| json!({ "amount": amount, "currency": "USD" });
    let spans = &summary["burn"];
    assert_eq!(spans["yesterday"], json!({ "tokens": 10.0, "money": usd("30.00") }));
    assert_eq!(spans["month_to_date"], json!({ "tokens": 17.0, "money": usd("51.00") }));
    assert_eq!(spans["today"]["tokens"], 0.0);
    assert_eq!((&summary["open_sessions"], &summary["seq"]), (&json!(1), &json!(13)));
    assert_eq!(summary["usage"], json!({ "first": "2026-03-02", "last": "2026-03-03" }));
    assert_eq!(summary["as_of"], "2026-03-04T10:00:00Z");
}

#[tokio::test]
async fn the_balances() {
    let balances = Estate::new().read("/v1/balances").await;
    let pack = json!({
        "id": 1, "name": "Pack 2026", "bought": 100.0, "remaining": 83.0,
        "starts": "2026-01-01", "ends": "2026-12-31",
    });
    assert_eq!(balances["packs"], json!([pack]));
    assert_eq!(balances["unallocated"], 30.0);
    let bucket = |key: &str, name: &str, allocated: f64, spent: f64| {
        json!({
            "key": key, "name": name, "allocated": allocated, "spent": spent, "held": 0.0,
            "available": allocated - spent, "uncovered": 0.0,
        })
    };
    let expected = json!([
        bucket("general", "General", 40.0, 10.0),
        bucket("bridges", "Bridges", 25.0, 7.0),
        bucket("poor", "Poor", 5.0, 0.0),
    ]);
    assert_eq!(balances["buckets"], expected);
}

/// What nothing covered is spent from no bucket, yet belongs to one.
#[tokio::test]
async fn a_bucket_tells_of_its_uncovered_use() {
    let estate =
        Estate::after(vec![Event::UsageCharged(vec![Charge { paid: false, ..second_day() }])]);
    let balances = estate.read("/v1/balances").await;
    let found: Vec<[&Value; 3]> = balances["buckets"].as_array().unwrap()[..2]
        .iter()
        .map(|bucket| [&bucket["key"], &bucket["spent"], &bucket["uncovered"]])
        .collect();
    let expected = [
        [&json!("general"), &json!(10.0), &json!(10.0)],
        [&json!("bridges"), &json!(7.0), &json!(0.0)],
    ];
    assert_eq!(found, expected);
    assert_eq!(estate.read("/v1/summary").await["balance"]["uncovered"], 10.0);
}

/// Each dimension's rows as `key tokens charges share`.
#[tokio::test]
async fn burn_by_each_dimension() {
    let table = [
        ("day", vec![("2026-03-02", 7.0), ("2026-03-03", 10.0)]),
        ("product", vec![("revit", 10.0), ("autocad", 7.0)]),
        ("person", vec![("anna", 10.0), ("ben", 7.0)]),
        ("bucket", vec![("general", 10.0), ("bridges", 7.0)]),
    ];
    let estate = Estate::new();
    for (by, expected) in table {
        let path = format!("/v1/burn?by={by}&from=2026-03-02&to=2026-03-03");
        let burn = estate.read(&path).await;
        let rows = burn["rows"].as_array().unwrap();
        let found: Vec<(&str, f64)> = rows
            .iter()
            .map(|row| (row["key"].as_str().unwrap(), row["tokens"].as_f64().unwrap()))
            .collect();
        assert_eq!(found, expected, "{by}");
        assert_eq!(burn["total"]["tokens"], 17.0);
        assert_eq!(burn["total"]["money"], json!({ "amount": "51.00", "currency": "USD" }));
        let shares: f64 = rows.iter().map(|row| row["share"].as_f64().unwrap()).sum();
        assert!((shares - 1.0).abs() < 1e-9, "{by}: {shares}");
        let limited = estate.read(&format!("{path}&limit=1")).await;
        assert_eq!(limited["rows"], json!([rows[0]]), "{by}");
        assert_eq!(limited["total"], burn["total"], "the total is of all rows");
    }
    let none = estate.read("/v1/burn?by=day&from=2026-02-01&to=2026-02-02").await;
    assert_eq!((&none["total"]["tokens"], none["text"].is_string()), (&json!(0.0), true));
}

#[tokio::test]
async fn burn_of_each_day() {
    let daily = Estate::new().read("/v1/burn/daily?from=2026-03-01&to=2026-03-04").await;
    assert_eq!(daily["days"], json!(["2026-03-01", "2026-03-02", "2026-03-03", "2026-03-04"]));
    assert_eq!(daily["zone"], "Europe/Madrid");
    let expected = json!([
        { "key": "revit", "name": "Revit", "tokens": [0.0, 0.0, 10.0, 0.0] },
        { "key": "autocad", "name": "AutoCAD", "tokens": [0.0, 7.0, 0.0, 0.0] },
    ]);
    assert_eq!(daily["series"], expected);
    for planned in daily["plan"].as_array().unwrap() {
        let planned = planned.as_f64().unwrap();
        assert!((planned - 100.0 / 365.0).abs() < 1e-5, "100 tokens over 365 days: {planned}");
    }
    assert_eq!(daily["total"]["tokens"], 17.0);
}

#[tokio::test]
async fn spans_by_default_and_at_their_limits() {
    let estate = Estate::new();
    let daily = estate.read("/v1/burn/daily").await;
    assert_eq!((&daily["from"], &daily["to"]), (&json!("2026-02-03"), &json!("2026-03-04")));
    assert_eq!(daily["days"].as_array().unwrap().len(), 30);
    let table = [
        ("/v1/burn/daily?from=2025-01-29&to=2026-03-04", "200"),
        ("/v1/burn/daily?from=2025-01-28&to=2026-03-04", "bad-span"),
        ("/v1/burn/daily?from=2026-03-05&to=2026-03-04", "bad-span"),
        ("/v1/burn/daily?from=2026-03-05", "bad-span"),
        ("/v1/burn/daily?from=2026-02-30&to=2026-03-04", "bad-date"),
        ("/v1/burn/daily?to=04.03.2026", "bad-date"),
        ("/v1/burn/daily?to=", "bad-date"),
        ("/v1/burn/daily?from=2999-12-01&to=2999-12-31", "200"),
        ("/v1/burn/daily?from=1970-01-01&to=1970-01-01", "200"),
        ("/v1/burn/daily?to=1970-01-01", "200"),
        ("/v1/burn/daily?to=1969-12-31", "bad-date"),
        ("/v1/burn/daily?from=2026-03-04&to=9999-12-31", "bad-date"),
        ("/v1/burn?by=day&from=2016-03-01&to=2026-03-04", "200"),
        ("/v1/burn?by=day&from=2016-01-01&to=2026-03-04", "bad-span"),
        ("/v1/burn", "bad-query"),
        ("/v1/burn?by=colour", "bad-query"),
        ("/v1/burn?by=day&limit=-1", "bad-query"),
        ("/v1/burn?by=day&limit=4294967295", "200"),
        ("/v1/burn?by=day&limit=4294967296", "bad-query"),
        ("/v1/burn?by=day&by=day", "bad-query"),
    ];
    for (path, expected) in table {
        let reply = get(&estate, path).await;
        let found = if reply.status == 200 { "200".into() } else { reply.json()["code"].clone() };
        assert_eq!(found, expected, "{path}: {:?}", reply.body);
    }
}

#[tokio::test]
async fn sessions_come_in_pages() {
    let estate = Estate::new();
    let mut expected = Vec::new();
    for (person, product) in
        [("anna", "autocad"), ("ben", "revit"), ("carla", "revit"), ("anna", "revit")]
    {
        let key = format!("{person}-{product}");
        let opened = estate.open(&key, person, product).await.json();
        expected.insert(0, opened["session"].clone());
        estate.clock.pass(1);
    }
    let all = estate.read("/v1/sessions?state=open").await;
    let ids = |page: &Value| -> Vec<Value> {
        page["rows"].as_array().unwrap().iter().map(|row| row["id"].clone()).collect()
    };
    assert_eq!((ids(&all), &all["next"]), (expected.clone(), &Value::Null));
    let first = json!({
        "id": "s16", "person": "anna", "person_name": "Anna", "product": "revit",
        "product_name": "Revit", "host": "ws-1", "opened_at": "2026-03-04T10:00:03Z",
        "last_seen": "2026-03-04T10:00:03Z", "route": "tokens", "bucket": "general",
        "bucket_name": "General", "tokens": 10.0, "unclosed": false,
    });
    assert_eq!(all["rows"][0], first);

    let (mut seen, mut path) = (Vec::new(), "/v1/sessions?limit=1".to_owned());
    loop {
        let page = estate.read(&path).await;
        assert_eq!(page["total"], 4);
        seen.extend(ids(&page));
        let Some(next) = page["next"].as_str() else { break };
        path = format!("/v1/sessions?limit=1&cursor={next}");
    }
    assert_eq!(seen, expected, "each once, the latest first");
}

/// A log of 2022 and one that is followed today both show somebody at work.
#[tokio::test]
async fn a_log_that_ended_long_ago_shows_nobody_at_work_now() {
    let estate = Estate::after(vec![logged(), Event::UsageCharged(vec![second_day()])]);
    let summary = estate.read("/v1/summary").await;
    assert_eq!((&summary["open_sessions"], &summary["unclosed_sessions"]), (&json!(1), &json!(1)));
    assert_eq!(summary["quarantined_sessions"], 1);
    let text = summary["text"].as_str().unwrap();
    assert!(text.ends_with("1 session is open now. 1 more is not closed in its log."), "{text}");

    let page = estate.read("/v1/sessions").await;
    let counts = [&page["total"], &page["open_now"], &page["unclosed"]];
    assert_eq!(counts, [&json!(2), &json!(1), &json!(1)]);
    let fields = |row: usize| {
        let row = &page["rows"][row];
        json!([row["route"], row["opened_at"], row["last_seen"], row["unclosed"]])
    };
    let followed = json!(["log", "2026-03-02T23:30:00Z", "2026-03-03T23:30:00Z", false]);
    let ended = json!(["log", "2022-07-07T09:00:00Z", "2022-07-07T09:00:00Z", true]);
    assert_eq!([fields(0), fields(1)], [followed, ended]);
}

/// Anna's use of Revit, which [`Estate`] charged for its first day, and one of 2022.
fn logged() -> Event {
    let open = |identity, opened, product| OpenUse {
        identity,
        person: PersonId(0),
        product,
        host: "ws-1".to_owned(),
        opened,
    };
    let begun = vec![
        open(1, Instant(1_657_184_400), None),
        open(2, now().plus(-DAY - 37_800), Some(ProductId(0))),
    ];
    let counts = Counts { sessions: 2, quarantined: 1, ..Counts::default() };
    Event::Imported(Receipt { kind: "flexnet".to_owned(), counts, begun, ..Receipt::default() })
}

fn second_day() -> Charge {
    Charge {
        at: now().plus(-37_800),
        ticks: Ticks::from_tokens(10).unwrap(),
        person: PersonId(0),
        product: ProductId(0),
        bucket: BucketId(0),
        meter: Meter::Window24h,
        source: Source::Log,
        paid: true,
    }
}

#[tokio::test]
async fn a_page_goes_on_though_its_last_session_has_ended() {
    let estate = Estate::new();
    for person in ["anna", "ben", "carla"] {
        estate.open(person, person, "revit").await;
        estate.clock.pass(1);
    }
    let page = estate.read("/v1/sessions?limit=1").await;
    let last = page["rows"][0]["id"].as_str().unwrap();
    let close = Call::post(&format!("/v1/sessions/{last}/close"));
    estate.send(close.key(&estate.key(Role::Workstation))).await;
    let path = format!("/v1/sessions?limit=9&cursor={}", page["next"].as_str().unwrap());
    let rest = estate.read(&path).await;
    let people: Vec<&Value> =
        rest["rows"].as_array().unwrap().iter().map(|row| &row["person"]).collect();
    assert_eq!(people, ["ben", "anna"]);
}

#[tokio::test]
async fn what_cannot_be_listed() {
    let estate = Estate::new();
    let table = [
        ("/v1/sessions?state=closed", "bad-state"),
        ("/v1/sessions?cursor=nonsense", "bad-cursor"),
        ("/v1/sessions?cursor=", "bad-cursor"),
        ("/v1/sessions?limit=many", "bad-query"),
    ];
    for (path, code) in table {
        let reply = get(&estate, path).await;
        assert_eq!((reply.status.as_u16(), &reply.json()["code"]), (400, &json!(code)), "{path}");
    }
}
