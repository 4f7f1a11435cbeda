//! Keys of programs: listed without their secrets, made once, revoked for good.

use crate::estate::{Call, Estate};
use faregate_app::access::Role;
use faregate_core::when::DAY;
use serde_json::json;

#[tokio::test]
async fn a_key_is_shown_once_and_opens_until_it_is_revoked() {
    let estate = Estate::office();
    let admin = estate.key(Role::Administrator);
    let make = |body| Call::post("/v1/keys").key(&admin).json(&body);
    let made = estate.send(make(json!({ "name": "bi", "role": "auditor", "days": 1 }))).await;
    assert_eq!(made.status, 201);
    let key = made.json()["key"].as_str().unwrap().to_owned();
    assert_eq!(made.json()["role"], "viewer");
    let me = || Call::get("/v1/me").key(&key);
    assert_eq!(estate.send(me()).await.status, 200);

    let listed = estate.read("/v1/keys").await;
    assert!(!listed.to_string().contains(&key), "the secret is listed");
    let rows = listed["rows"].as_array().unwrap().clone();
    let row = rows.iter().find(|row| row["name"] == "bi").unwrap();
    let path = format!("/v1/keys/{}", row["id"].as_str().unwrap());
    let revoke = || Call::new("DELETE", &path).key(&admin);
    assert_eq!(estate.send(revoke()).await.status, 204);
    assert_eq!(estate.send(me()).await.status, 401);
    assert_eq!(estate.send(revoke()).await.status, 404);
}

#[tokio::test]
async fn a_key_ends_by_itself() {
    let estate = Estate::office();
    let body = json!({ "name": "trial", "role": "viewer", "days": 1 });
    let call = Call::post("/v1/keys").key(&estate.key(Role::Administrator)).json(&body);
    let key = estate.send(call).await.json()["key"].as_str().unwrap().to_owned();
    let me = async || estate.send(Call::get("/v1/me").key(&key)).await.status.as_u16();
    estate.clock.pass(DAY - 1);
    assert_eq!(me().await, 200);
    estate.clock.pass(1);
    assert_eq!(me().await, 401);
}

#[tokio::test]
async fn keys_that_make_no_sense_are_not_made() {
    let estate = Estate::office();
    let admin = estate.key(Role::Administrator);
    let table = [
        (json!({ "name": "x", "role": "emperor" }), 422, "bad-role"),
        (json!({ "name": " ", "role": "viewer" }), 422, "out-of-range"),
        (json!({ "name": "x", "role": "viewer", "days": 0 }), 422, "out-of-range"),
        (json!({ "name": "nobody", "role": "member" }), 404, "unknown"),
        (json!({ "name": "x" }), 422, "bad-body"),
    ];
    for (body, status, code) in table {
        let reply = estate.send(Call::post("/v1/keys").key(&admin).json(&body)).await;
        let found = (reply.status.as_u16(), reply.json()["code"].clone());
        assert_eq!(found, (status, json!(code)), "{body}");
    }
}
