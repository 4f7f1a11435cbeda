//! The estate and its rules, as they are read; and how long lists are turned over.

use crate::estate::{Call, Estate};
use faregate_app::access::Role;
use faregate_core::estate::{BucketId, Person};
use faregate_core::event::{Event, Reason};
use faregate_core::when::DAY;
use serde_json::{Value, json};

#[tokio::test]
async fn the_tree_of_buckets() {
    let estate = Estate::office();
    let rows = estate.read("/v1/buckets").await["rows"].clone();
    let amounts = |available: f64, spent: f64, allocated: f64| json!({ "available": available, "held": 0.0, "spent": spent, "allocated": allocated });
    let general = json!({
        "key": "general", "name": "General", "parent": null, "owners": ["anna", "lena"],
        "period": null, "leftover": "return", "lends": true, "available": 30.0, "held": 0.0,
        "spent": 10.0, "allocated": 40.0, "with_below": amounts(53.0, 17.0, 70.0),
    });
    assert_eq!(rows[0], general);
    let bridges = json!({
        "key": "bridges", "name": "Bridges", "parent": "general", "owners": ["ben"],
        "period": { "from": "2026-01-01", "until": "2026-04-01" }, "leftover": "return",
        "lends": false, "available": 18.0, "held": 0.0, "spent": 7.0, "allocated": 25.0,
        "with_below": amounts(23.0, 7.0, 30.0),
    });
    assert_eq!(rows[1], bridges);
    assert_eq!(estate.read("/v1/buckets/BRIDGES").await, bridges, "keys are matched in any case");
    assert_eq!(rows.as_array().unwrap().len(), 4);
}

#[tokio::test]
async fn a_person() {
    let estate = Estate::office();
    estate.open("k", "anna", "autocad").await;
    let anna = estate.read("/v1/people/a.lopez").await;
    let names = json!([
        { "name": "anna@test.example", "from": null, "until": null },
        { "name": "anna", "from": null, "until": null },
        { "name": "a.lopez", "from": "2026-03-03T10:00:00Z", "until": null },
    ]);
    assert_eq!(
        (&anna["key"], &anna["bucket"], &anna["groups"]),
        (&json!("anna"), &json!("general"), &json!(["staff"]))
    );
    assert_eq!((&anna["names"], &anna["month_to_date"]), (&names, &json!(10.0)));
    assert_eq!((&anna["seats"], &anna["sessions"][0]["product"]), (&json!([]), &json!("autocad")));
    assert_eq!(anna["until"], json!(null));
}

#[tokio::test]
async fn seats() {
    let estate = Estate::office();
    let all = estate.read("/v1/seats").await["rows"].clone();
    let carlas = json!({
        "seat": 0, "offering": "revit-seat", "offering_name": "Revit", "holder": "carla",
        "holder_name": "Carla", "from": "2026-01-01T00:00:00Z", "until": "2027-01-01T00:00:00Z",
        "in_use_on": [], "last_used": null,
    });
    assert_eq!((&all[0], &all[1]["holder"]), (&carlas, &json!(null)));
    for (query, seat) in [("state=free", 1), ("state=held", 0), ("q=CARL", 0)] {
        let rows = estate.read(&format!("/v1/seats?{query}")).await["rows"].clone();
        assert_eq!(
            (rows.as_array().unwrap().len(), &rows[0]["seat"]),
            (1, &json!(seat)),
            "{query}"
        );
    }
    let session = estate.open("k", "carla", "revit").await.json()["session"].clone();
    estate.clock.pass(60);
    let used = estate.read("/v1/seats?state=held").await["rows"][0].clone();
    assert_eq!(
        (&used["in_use_on"], &used["last_used"]),
        (&json!(["ws-1"]), &json!("2026-03-04T10:01:00Z"))
    );
    let close = Call::post(&format!("/v1/sessions/{}/close", session.as_str().unwrap()));
    estate.send(close.key(&estate.key(Role::Workstation))).await;
    estate.clock.pass(DAY);
    let used = estate.read("/v1/seats?state=held").await["rows"][0].clone();
    assert_eq!(
        (&used["in_use_on"], &used["last_used"]),
        (&json!([]), &json!("2026-03-04T10:01:00Z"))
    );
}

#[tokio::test]
async fn places_groups_rules_and_terms() {
    let estate = Estate::office();
    let sites = estate.read("/v1/sites").await;
    let networks = json!([{ "cidr": "10.20.0.0/16", "room": null, "vpn": false }]);
    assert_eq!(
        (&sites["sites"][0]["key"], &sites["sites"][0]["networks"]),
        (&json!("madrid"), &networks)
    );
    assert_eq!(sites["regions"][0]["countries"], json!(["ES", "PT"]));
    let territory = &sites["territories"][0];
    assert_eq!((&territory["of"], &territory["breach"]), (&json!("pool"), &json!("quarantine")));
    assert_eq!(territory["unknown"], "report");
    let staff = json!({ "key": "staff", "name": "Staff", "dimension": "fare", "parents": [], "members": 1 });
    assert_eq!(estate.read("/v1/groups").await["rows"], json!([staff]));
    let policies = estate.read("/v1/policies").await["rows"].clone();
    let shown = |index: usize| (policies[index]["name"].clone(), policies[index]["mode"].clone());
    assert_eq!(shown(0), (json!("base"), json!("enforce")));
    assert_eq!(shown(1), (json!("house"), json!("monitor")));
    let terms = estate.read("/v1/terms").await;
    assert_eq!((&terms["owners"], &terms["request_seconds"]), (&json!(["lena"]), &json!(7 * DAY)));
}

#[tokio::test]
async fn caps_and_what_counts_for_somebody() {
    let estate = Estate::office();
    let counted = async |path: &str| estate.read(path).await["rows"][0]["counted"].clone();
    assert_eq!(counted("/v1/caps").await, json!(null));
    assert_eq!(counted("/v1/caps?person=anna").await, json!(0.0));
    assert_eq!(counted("/v1/caps?person=ben").await, json!(null), "not of the group");
    estate.open("a", "anna", "autocad").await;
    assert_eq!(counted("/v1/caps?person=a.lopez").await, json!(7.0));
    let key = estate.key(Role::Viewer);
    assert_eq!(estate.send(Call::get("/v1/caps?person=zoe").key(&key)).await.status, 404);

    // What the cap would say is told while it is only watched.
    estate.open("b", "anna", "revit").await;
    let third = json!({ "person": "anna", "product": "navisworks", "host": "w" });
    let quoted = Call::post("/v1/quotes").key(&key).json(&third);
    assert_eq!(estate.send(quoted).await.json()["trial"], json!(null), "refused all the same");
}

#[tokio::test]
async fn every_refusal_is_in_the_catalogue() {
    let rows = Estate::new().read("/v1/refusals").await["rows"].clone();
    let codes: Vec<&Value> = rows.as_array().unwrap().iter().map(|row| &row["code"]).collect();
    assert_eq!(codes, Reason::ALL.map(Reason::code));
}

#[tokio::test]
async fn long_lists_come_in_pages() {
    let person = |number: usize| Person {
        key: format!("p{number}"),
        name: format!("Person {number}"),
        bucket: BucketId(0),
        aliases: Vec::new(),
    };
    let estate = Estate::after(vec![Event::PeopleAdded((0..250).map(person).collect())]);
    let (mut seen, mut path) = (Vec::new(), "/v1/people?q=person&limit=100".to_owned());
    loop {
        let page = estate.read(&path).await;
        seen.extend(page["rows"].as_array().unwrap().iter().map(|row| row["key"].clone()));
        let Some(next) = page["next"].as_str() else { break };
        path = format!("/v1/people?q=person&limit=100&cursor={next}");
    }
    assert_eq!(seen, (0..250).map(|number| json!(format!("p{number}"))).collect::<Vec<_>>());
    let key = estate.key(Role::Viewer);
    for path in ["people", "buckets", "seats", "requests", "groups"] {
        let reply = estate.send(Call::get(&format!("/v1/{path}?cursor=x")).key(&key)).await;
        assert_eq!(
            (reply.status.as_u16(), &reply.json()["code"]),
            (400, &json!("bad-cursor")),
            "{path}"
        );
    }
}
