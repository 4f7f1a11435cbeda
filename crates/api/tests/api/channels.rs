//! Channels and deliveries over the API.

use crate::estate::{Call, Estate};
use faregate_app::access::Role;
use serde_json::json;

#[tokio::test]
async fn channels_are_listed_with_what_is_wrong_with_them() {
    let estate = Estate::new();
    let told = estate.send(Call::get("/v1/channels").key(&estate.key(Role::Viewer))).await.json();
    let ops = &told["channels"][0];
    assert_eq!(
        (&ops["name"], &ops["kind"], &ops["state"]),
        (&json!("ops"), &json!("slack"), &json!("off"))
    );
    assert!(ops["why"].as_str().unwrap().ends_with(": gone"), "{ops}");
    assert_eq!(ops["waiting"], 1);
}

#[tokio::test]
async fn a_test_says_whether_it_arrived() {
    let estate = Estate::new();
    let test = async |name: &str| {
        let call = Call::post(&format!("/v1/channels/{name}/test"));
        let reply = estate.send(call.key(&estate.key(Role::Administrator))).await;
        (reply.status.as_u16(), reply.json())
    };
    let (status, told) = test("ops").await;
    assert_eq!((status, &told["sent"], &told["why"]), (200, &json!(true), &json!(null)));
    let (status, told) = test("dead").await;
    assert_eq!((status, &told["sent"]), (200, &json!(false)));
    assert_eq!((&told["why"], &told["help"]), (&json!("it is dead"), &json!("wake it")));
    assert_eq!(test("nobody").await.0, 404);
}

#[tokio::test]
async fn deliveries_are_filtered() {
    let estate = Estate::new();
    let listed = async |query: &str| {
        let call = Call::get(&format!("/v1/deliveries{query}"));
        let reply = estate.send(call.key(&estate.key(Role::Viewer))).await;
        let all = reply.json()["deliveries"].as_array().cloned().unwrap_or_default();
        let ids = all.iter().map(|one| one["id"].as_str().unwrap().to_owned());
        (reply.status.as_u16(), ids.collect::<Vec<_>>().join(" "))
    };
    assert_eq!(listed("").await, (200, "3-ops 2-dead 1-ops".to_owned()));
    assert_eq!(listed("?channel=ops").await, (200, "3-ops 1-ops".to_owned()));
    assert_eq!(listed("?state=sent").await, (200, "1-ops".to_owned()));
    assert_eq!(listed("?limit=1").await, (200, "3-ops".to_owned()));
    assert_eq!(listed("?limit=0").await, (200, "3-ops".to_owned()));
    assert_eq!(listed("?state=lost").await.0, 422);
    assert_eq!(listed("?limit=many").await.0, 400);
}
