//! What there is to open, and what it costs.

use crate::estate::{Call, Estate};
use faregate_app::access::Role;
use serde_json::{Value, json};

async fn rows(estate: &Estate, path: &str, key: &str) -> Vec<Value> {
    let reply = estate.send(Call::get(path).key(key)).await;
    assert_eq!(reply.status, 200, "{path}: {:?}", reply.body);
    reply.json()["rows"].as_array().unwrap().clone()
}

#[tokio::test]
async fn products_say_what_they_cost() {
    let estate = Estate::new();
    let usd = |amount: &str| json!({ "amount": amount, "currency": "USD" });
    let seat =
        json!({ "offering": "revit-seat", "offering_name": "Revit", "per_year": usd("2910.00") });
    let expected = [
        json!({
            "key": "revit", "name": "Revit", "unit_tokens": 10.0, "meter": "window-24h",
            "money": usd("30.00"), "seats": [seat],
        }),
        json!({
            "key": "autocad", "name": "AutoCAD", "unit_tokens": 7.0, "meter": "window-24h",
            "money": usd("21.00"), "seats": [],
        }),
        // It needs a seat, and none covers it.
        json!({
            "key": "navisworks", "name": "Navisworks", "unit_tokens": null, "meter": null,
            "money": null, "seats": [],
        }),
    ];
    assert_eq!(rows(&estate, "/v1/products", &estate.member("anna")).await, expected);
}

#[tokio::test]
async fn products_are_found_and_come_in_pages() {
    let estate = Estate::new();
    let key = estate.member("anna");
    let table: [(&str, &[&str]); 6] = [
        ("", &["revit", "autocad", "navisworks"]),
        ("?q=CAD", &["autocad"]),
        ("?q=vi", &["revit", "navisworks"]),
        ("?q=none", &[]),
        ("?limit=2", &["revit", "autocad"]),
        ("?limit=2&cursor=1", &["navisworks"]),
    ];
    for (query, keys) in table {
        let found = rows(&estate, &format!("/v1/products{query}"), &key).await;
        let found: Vec<&str> = found.iter().map(|row| row["key"].as_str().unwrap()).collect();
        assert_eq!(found, keys, "{query}");
    }
}

/// Rates are the tariff's, which is published; prices are the contract's.
#[tokio::test]
async fn prices_are_told_to_those_who_may_ask() {
    let estate = Estate::new();
    for role in Role::ALL {
        let row = &rows(&estate, "/v1/products?q=revit", &estate.key(role)).await[0];
        let told = [&row["money"], &row["seats"][0]["per_year"]].map(|price| !price.is_null());
        assert_eq!(told, [role != Role::Collector; 2], "{role:?}");
        assert_eq!(row["unit_tokens"], 10.0, "{role:?}");
    }
}
