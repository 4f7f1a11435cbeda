//! The latest decisions: which, whose, in pages, and live.

use crate::estate::{Call, Estate};
use crate::live::Events;
use faregate_app::access::Role;
use faregate_app::rights::Rights;
use serde_json::{Value, json};

/// Who asks for what, the first first, and what comes of it.
const ASKED: [(&str, &str, &str); 6] = [
    ("anna", "revit", "allowed"),
    ("nobody", "revit", "refused"),
    ("a.lopez", "autocad", "allowed"),
    ("ben", "revit", "allowed"),
    ("dora", "navisworks", "refused"),
    ("carla", "revit", "allowed"),
];

/// The office once these were asked, an hour apart; and the place of the first.
async fn asked() -> (Estate, u64) {
    let estate = Estate::office();
    let mut places = Vec::new();
    for (index, (person, product, outcome)) in ASKED.into_iter().enumerate() {
        let decided = estate.open(&format!("k{index}"), person, product).await.json();
        let is_refused = !decided["refusal"].is_null();
        assert_eq!(is_refused, outcome == "refused", "{person}: {decided}");
        places.push(decided["decision"].as_u64().unwrap());
        estate.clock.pass(3_600);
    }
    (estate, places[0])
}

async fn page(estate: &Estate, path: &str, key: &str) -> (Vec<Value>, Value) {
    let reply = estate.send(Call::get(path).key(key)).await;
    assert_eq!(reply.status, 200, "{path}: {:?}", reply.body);
    let page = reply.json();
    (page["rows"].as_array().unwrap().clone(), page["next"].clone())
}

/// As which names the rows were asked, the latest first.
fn names(rows: &[Value]) -> Vec<&str> {
    rows.iter().map(|row| row["asked_as"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn the_latest_come_first_and_say_what_they_came_to() {
    let (estate, first) = asked().await;
    let (rows, next) = page(&estate, "/v1/decisions", &estate.key(Role::Viewer)).await;
    let all: Vec<&str> = ASKED.into_iter().rev().map(|(person, ..)| person).collect();
    assert_eq!((names(&rows), next), (all, Value::Null));
    let unknown = json!({ "site": null, "country": null, "region": null, "trust": "unknown" });
    let anna = json!({
        "decision": first, "at": "2026-03-04T10:00:00Z", "outcome": "allowed", "route": "tokens",
        "session": format!("s{first}"), "asked_as": "anna", "person": "anna", "person_name": "Anna",
        "product": "revit", "product_name": "Revit", "host": "ws-1", "bucket": "general",
        "bucket_name": "General", "tokens": 10.0, "code": null, "detail": null, "rule": null,
        "place": unknown, "breach": "report", "trial": null,
    });
    assert_eq!(rows[5], anna);
    let nobody = &rows[4];
    assert_eq!((&nobody["code"], &nobody["person"]), (&json!("person-unknown"), &Value::Null));
    assert!(nobody["detail"].as_str().is_some_and(|detail| !detail.is_empty()), "{nobody}");
    assert_eq!((&nobody["session"], &nobody["route"]), (&Value::Null, &json!("refused")));
    assert_eq!((&rows[3]["person"], &rows[0]["route"]), (&json!("anna"), &json!("seat")));
}

#[tokio::test]
async fn they_are_filtered() {
    let (estate, _) = asked().await;
    let table: [(&str, &[&str]); 14] = [
        ("outcome=refused", &["dora", "nobody"]),
        ("outcome=allowed&product=Revit", &["carla", "ben", "anna"]),
        ("reason=person-unknown", &["nobody"]),
        ("reason=person-unknown&outcome=allowed", &[]),
        ("reason=bucket-exhausted", &[]),
        // Whatever she is called.
        ("person=anna", &["a.lopez", "anna"]),
        ("person=ANNA@test.example", &["a.lopez", "anna"]),
        ("person=nobody", &["nobody"]),
        ("person=somebody", &[]),
        ("product=autocad", &["a.lopez"]),
        ("product=none", &[]),
        ("from=2026-03-04&to=2026-03-04", &["carla", "dora", "ben", "a.lopez", "nobody", "anna"]),
        ("from=2026-03-05", &[]),
        ("to=2026-03-03", &[]),
    ];
    for (query, expected) in table {
        let (rows, next) =
            page(&estate, &format!("/v1/decisions?{query}"), &estate.key(Role::Viewer)).await;
        assert_eq!((names(&rows).as_slice(), next), (expected, Value::Null), "{query}");
    }
    for (query, code) in [
        ("reason=none", "bad-reason"),
        ("outcome=perhaps", "bad-query"),
        ("cursor=-1", "bad-cursor"),
        ("from=yesterday", "bad-date"),
    ] {
        let call = Call::get(&format!("/v1/decisions?{query}")).key(&estate.key(Role::Viewer));
        let reply = estate.send(call).await;
        assert_eq!((reply.status.as_u16(), &reply.json()["code"]), (400, &json!(code)), "{query}");
    }
}

/// Days are the contract's: in Madrid it is an hour later.
#[tokio::test]
async fn days_begin_at_midnight_of_the_contract() {
    let estate = Estate::office();
    // 22:59 and 23:01 UTC.
    estate.clock.pass(12 * 3_600 + 3_540);
    estate.open("a", "anna", "revit").await;
    estate.clock.pass(120);
    estate.open("b", "ben", "revit").await;
    for (query, expected) in [("to=2026-03-04", "anna"), ("from=2026-03-05", "ben")] {
        let (rows, _) =
            page(&estate, &format!("/v1/decisions?{query}"), &estate.key(Role::Viewer)).await;
        assert_eq!(names(&rows), [expected], "{query}");
    }
}

#[tokio::test]
async fn pages_follow_each_other_while_others_ask() {
    let (estate, _) = asked().await;
    let key = estate.key(Role::Viewer);
    for (limit, query) in [(2, ""), (1, "&person=anna"), (2, "&outcome=allowed")] {
        let (all, _) = page(&estate, &format!("/v1/decisions?limit=99{query}"), &key).await;
        let before = all.iter().map(|row| row["decision"].as_u64().unwrap()).max().unwrap();
        let mut found: Vec<Value> = Vec::new();
        let mut path = format!("/v1/decisions?limit={limit}{query}");
        loop {
            let (rows, next) = page(&estate, &path, &key).await;
            found.extend(rows);
            // Asked between two pages: it stands before them all.
            estate.open(&path, "anna", "revit").await;
            let Some(next) = next.as_str() else { break };
            path = format!("/v1/decisions?limit={limit}{query}&cursor={next}");
        }
        let older = found.into_iter().filter(|row| row["decision"].as_u64() <= Some(before));
        assert_eq!(older.collect::<Vec<_>>(), all, "{query}");
    }
}

#[tokio::test]
async fn a_member_is_told_of_their_own() {
    let (estate, _) = asked().await;
    for (member, own) in [
        ("anna", vec!["a.lopez", "anna"]),
        ("ben", vec!["ben"]),
        ("dora", vec!["dora"]),
        ("zoe", vec![]),
    ] {
        let key = estate.member(member);
        let (rows, _) = page(&estate, "/v1/decisions", &key).await;
        assert_eq!(names(&rows), own, "{member}");
        // To ask for somebody else's tells no more than to ask for nobody's.
        for foreign in ["carla", "nobody", "somebody"] {
            let (rows, _) = page(&estate, &format!("/v1/decisions?person={foreign}"), &key).await;
            assert_eq!(rows, Vec::<Value>::new(), "{foreign} by {member}");
        }
    }
}

/// A workstation may have named a bucket that the person does not see.
#[tokio::test]
async fn a_member_is_told_of_no_foreign_bucket() {
    let estate = Estate::office();
    let body = json!({ "person": "dora", "product": "revit", "host": "w", "bucket": "general" });
    let call = Call::post("/v1/sessions").key(&estate.key(Role::Workstation)).json(&body);
    estate.send(call.header("idempotency-key", "k")).await;
    for (key, bucket) in
        [(estate.key(Role::Viewer), json!("general")), (estate.member("dora"), Value::Null)]
    {
        let (rows, _) = page(&estate, "/v1/decisions", &key).await;
        assert_eq!(rows[0]["bucket"], bucket);
        assert_eq!(rows[0]["bucket_name"].is_null(), bucket.is_null());
    }
}

#[tokio::test]
async fn a_page_is_told_of_new_decisions() {
    let (estate, first) = asked().await;
    let mut events = Events::of(&estate, &estate.key(Role::Viewer)).await;
    let latest = events.next_called("decisions").await;
    let (rows, _) = page(&estate, "/v1/decisions", &estate.key(Role::Viewer)).await;
    assert_eq!(latest, json!({ "rows": rows, "more": false }));
    assert_eq!(rows[5]["decision"], first);

    estate.open("later", "ben", "autocad").await;
    let news = events.next_called("decisions").await;
    let (rows, _) = page(&estate, "/v1/decisions?limit=1", &estate.key(Role::Viewer)).await;
    assert_eq!(news, json!({ "rows": rows, "more": false }));
}

/// However many decisions there are, a page gets the latest, and is told that there are more.
#[tokio::test]
async fn a_burst_is_told_in_part() {
    let estate = Estate::office();
    let mut events = Events::of(&estate, &estate.key(Role::Viewer)).await;
    let open =
        |person: &str| json!({ "key": person, "person": person, "product": "revit", "host": "w" });
    let all: Vec<Value> = (0..300).map(|number| open(&format!("p{number}"))).collect();
    let call = Call::post("/v1/sessions/batch").key(&estate.key(Role::Workstation));
    assert_eq!(estate.send(call.json(&json!(all))).await.status, 200);
    let burst = events.next_called("decisions").await;
    assert_eq!(burst["more"], true);
    let latest: Vec<String> = (280..300).rev().map(|number| format!("p{number}")).collect();
    assert_eq!(names(burst["rows"].as_array().unwrap()), latest);
}

/// The stream is of those who read burn; who may not read decisions, or only their own, is told of none there.
#[tokio::test]
async fn the_stream_keeps_decisions_from_those_who_may_not_read_them() {
    let (estate, _) = asked().await;
    let text = "permit (principal == Role::\"member\", action == Action::\"read-burn\", resource);";
    let rights = Rights::with("rights.cedar", text).unwrap();
    let estate = estate.served(|server| server.with_rights(rights));
    for key in [estate.key(Role::Procurement), estate.member("anna")] {
        let mut events = Events::of(&estate, &key).await;
        let (name, _) = events.next().await;
        assert_eq!(name, "summary");
        estate.open(&key, "ben", "autocad").await;
        // Decisions would come with the same beat, or the one before.
        for beat in 0..3 {
            let (name, _) = events.next().await;
            assert_eq!(name, "summary");
            estate.open(&format!("{key} {beat}"), "anna", "autocad").await;
        }
    }
}
