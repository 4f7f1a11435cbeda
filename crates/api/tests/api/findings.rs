//! Findings: who sees which, and what becomes of those that are judged.

use crate::estate::{Call, Estate, Reply, now};
use faregate_app::access::Role;
use faregate_core::amount::Ticks;
use faregate_core::estate::{BucketId, BucketTerms, PersonId, ProductId};
use faregate_core::event::{BucketSet, DipCause, Event, Finding, VendorCharge};
use faregate_core::when::{DAY, Date};
use serde_json::{Value, json};

/// The vendor charged Anna and Ben for what a seat covers; Ben owns Bridges, which pays for himself.
fn estate() -> Estate {
    let day = Date(i32::try_from(now().0.div_euclid(DAY)).unwrap()).plus(-3);
    let charge = |person: u32, ticks: i64| VendorCharge {
        day,
        alias: "x".to_owned(),
        person: PersonId(person),
        product: ProductId(0),
        ticks: Ticks::from_tokens(ticks).unwrap(),
        finding: Finding::DoubleDip(DipCause::SameIdentity),
    };
    let terms = BucketTerms { owners: vec![PersonId(1)], ..BucketTerms::default() };
    let bridges = BucketSet { key: "bridges".to_owned(), name: "Bridges".to_owned(), terms };
    assert!(BucketId(1).index() == 1);
    Estate::after(vec![
        Event::BucketsSet(vec![bridges]),
        Event::VendorReported(vec![charge(0, 9), charge(1, 10)]),
    ])
}

async fn listed(estate: &Estate, key: &str, query: &str) -> Vec<Value> {
    let reply = estate.send(Call::get(&format!("/v1/findings{query}")).key(key)).await;
    assert_eq!(reply.status, 200, "{query}: {:?}", reply.body);
    reply.json()["rows"].as_array().unwrap().clone()
}

fn about(rows: &[Value]) -> Vec<&str> {
    rows.iter().map(|row| row["subject"].as_str().unwrap()).collect()
}

async fn judge(estate: &Estate, key: &str, id: &str, body: Value) -> Reply {
    let call = Call::post(&format!("/v1/findings/{id}/judgement"));
    estate.send(call.header("idempotency-key", &body.to_string()).key(key).json(&body)).await
}

#[tokio::test]
async fn owners_see_what_is_about_their_people() {
    let estate = estate();
    let (all, ben) =
        (["person/ben/product/revit", "person/anna/product/revit"], estate.member("ben"));
    let viewer = estate.key(Role::Viewer);
    let rows = listed(&estate, &viewer, "?class=double-dip").await;
    assert_eq!(about(&rows), all, "the dearest first");
    assert_eq!((&rows[0]["tokens"], &rows[0]["people"]), (&json!(10.0), &json!(["ben"])));
    assert_eq!(about(&listed(&estate, &ben, "?class=double-dip").await), [all[0]]);
    for member in ["anna", "carla", "zoe"] {
        assert_eq!(about(&listed(&estate, &estate.member(member), "").await), [""; 0], "{member}");
    }
    assert_eq!(about(&listed(&estate, &viewer, "?class=burst").await), [""; 0]);
    let day = now().plus(-DAY).to_string();
    let later = format!("?class=double-dip&from={}", &day[..10]);
    assert_eq!(about(&listed(&estate, &viewer, &later).await), [""; 0]);
    let page = estate.send(Call::get("/v1/findings?class=double-dip&limit=1").key(&viewer)).await;
    assert_eq!(
        (about(page.json()["rows"].as_array().unwrap()), &page.json()["next"]),
        (vec![all[0]], &json!("1"))
    );
    let unknown = estate.send(Call::get("/v1/findings?class=moon").key(&viewer)).await;
    assert_eq!((unknown.status.as_u16(), &unknown.json()["code"]), (400, &json!("unknown-class")));
}

#[tokio::test]
async fn what_is_dismissed_is_not_listed_again() {
    let estate = estate();
    let run = estate.key(Role::Administrator);
    let rows = listed(&estate, &run, "?class=double-dip").await;
    let (id, subject) = (rows[1]["id"].as_str().unwrap(), &rows[1]["subject"]);
    let body = |class: &str, confirmed: bool, why: &str| json!({ "class": class, "subject": subject, "confirmed": confirmed, "why": why });
    let refused = [
        (id, body("moon", false, "known"), "unknown-class"),
        (id, body("double-dip", false, " "), "no-reason"),
        ("123", body("double-dip", false, "known"), "bad-id"),
    ];
    let seq = estate.seq();
    for (id, body, code) in refused {
        let reply = judge(&estate, &run, id, body).await;
        assert_eq!((reply.status.as_u16(), &reply.json()["code"]), (422, &json!(code)));
    }
    let member =
        judge(&estate, &estate.member("ben"), id, body("double-dip", false, "known")).await;
    assert_eq!((member.status.as_u16(), estate.seq()), (403, seq));
    let confirmed = judge(&estate, &run, id, body("double-dip", true, "it is so")).await;
    assert_eq!(confirmed.status, 200, "{:?}", confirmed.body);
    assert_eq!(listed(&estate, &run, "?class=double-dip").await[1]["confirmed"], true);
    let dismissed = judge(&estate, &run, id, body("double-dip", false, "paid back")).await;
    assert_eq!(dismissed.json()["said"], json!([format!("finding {id} was dismissed")]));
    let left = listed(&estate, &run, "?class=double-dip").await;
    assert!(!about(&left).contains(&subject.as_str().unwrap()), "{left:?}");
}
