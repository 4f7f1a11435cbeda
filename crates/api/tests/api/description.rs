//! The OpenAPI description: valid, complete, and the one that is committed.

use crate::estate::{Call, Estate};
use serde_json::Value;
use std::path::Path;

fn description() -> Value {
    serde_json::from_str(&faregate_api::openapi()).unwrap()
}

#[test]
fn the_committed_description_is_current() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/reference/openapi.json");
    let committed = std::fs::read_to_string(&file).unwrap_or_default();
    assert!(
        committed == faregate_api::openapi(),
        "docs/reference/openapi.json is out of date; renew it:\n\
         faregate openapi > docs/reference/openapi.json"
    );
}

#[tokio::test]
async fn the_server_serves_it() {
    let reply = Estate::new().send(Call::get("/openapi.json")).await;
    assert_eq!(reply.header("content-type"), "application/json");
    assert_eq!(reply.body, faregate_api::openapi());
}

#[test]
fn it_is_openapi_3_1_and_complete() {
    let all = description();
    assert!(all["openapi"].as_str().unwrap().starts_with("3.1."));
    assert_eq!(all["info"]["version"], env!("CARGO_PKG_VERSION"));
    for (path, item) in all["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let at = format!("{method} {path}");
            let responses = operation["responses"].as_object().unwrap();
            let statuses: Vec<&str> = responses.keys().map(String::as_str).collect();
            assert!(statuses.iter().any(|status| status.starts_with('2')), "{at}: {statuses:?}");
            assert!(statuses.contains(&"401"), "{at}: {statuses:?}");
            let takes_body = operation.get("requestBody").is_some();
            assert_eq!(takes_body, statuses.contains(&"415"), "{at}: {statuses:?}");
            assert_eq!(takes_body, statuses.contains(&"413"), "{at}: {statuses:?}");
            assert_eq!(path.contains('{'), has_path_parameter(operation), "{at}");
            for (status, response) in
                responses.iter().filter(|(status, _)| status.as_str() >= "400")
            {
                let problem = &response["content"]["application/problem+json"]["schema"]["$ref"];
                assert_eq!(problem, "#/components/schemas/Problem", "{at} {status}");
            }
            assert!(operation.get("security").is_some(), "{at}");
            assert!(operation["summary"].is_string(), "{at} has no summary");
        }
    }
}

fn has_path_parameter(operation: &Value) -> bool {
    let parameters = operation["parameters"].as_array();
    parameters.is_some_and(|all| all.iter().any(|one| one["in"] == "path"))
}

#[test]
fn every_reference_leads_somewhere() {
    let all = description();
    let mut references = Vec::new();
    collect(&all, &mut references);
    assert!(!references.is_empty());
    for reference in references {
        let place = reference.strip_prefix('#').unwrap();
        assert!(all.pointer(place).is_some(), "{reference} leads nowhere");
    }
}

fn collect(value: &Value, references: &mut Vec<String>) {
    match value {
        Value::Object(fields) => {
            references.extend(fields.get("$ref").and_then(Value::as_str).map(str::to_owned));
            fields.values().for_each(|one| collect(one, references));
        }
        Value::Array(items) => items.iter().for_each(|one| collect(one, references)),
        _ => {}
    }
}
