//! Where a request comes from, and what follows of it: the peer's address, proxies, the atlas, what is reported.

use crate::estate::{Call, Estate};
use axum::extract::ConnectInfo;
use faregate_app::access::Role;
use faregate_app::ports::Atlas;
use faregate_core::estate::Country;
use serde_json::{Value, json};
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

/// Knows one block: 192.0.2.0/24 is French.
struct French;

impl Atlas for French {
    fn country(&self, address: IpAddr) -> Option<Country> {
        address.to_string().starts_with("192.0.2.").then(|| Country::new("FR")).flatten()
    }
}

fn behind_a_proxy() -> Estate {
    let proxies = vec!["10.0.0.1".parse().unwrap()];
    Estate::office().served(|server| server.behind(proxies).with_atlas(Arc::new(French)))
}

/// What is answered to Anna when a peer asks for her, with what it forwards and what it reports.
async fn opened(peer: &str, forwarded: Option<&str>, reported: Value) -> Value {
    let estate = behind_a_proxy();
    let mut body = json!({ "person": "anna", "product": "autocad", "host": "w" });
    for (field, value) in reported.as_object().unwrap() {
        body[field] = value.clone();
    }
    let call = Call::post("/v1/sessions").key(&estate.key(Role::Workstation));
    let call = call.header("idempotency-key", "k").json(&body);
    let call = forwarded.iter().fold(call, |call, hops| call.header("x-forwarded-for", hops));
    let peer = ConnectInfo(SocketAddr::new(peer.parse().unwrap(), 4711));
    let reply = estate.send(call.from(peer)).await;
    assert_eq!(reply.status, 201, "{:?}", reply.body);
    reply.json()
}

#[tokio::test]
async fn the_most_trusted_evidence_decides() {
    let madrid = json!({ "site": "madrid", "country": "ES", "region": "iberia" });
    let place = |trust: &str| {
        let mut place = madrid.clone();
        place["trust"] = trust.into();
        place
    };
    let france = json!({ "site": null, "country": "FR", "region": null, "trust": "geo" });
    let unknown = json!({ "site": null, "country": null, "region": null, "trust": "unknown" });
    let table = [
        ("10.20.3.4", None, json!({}), place("network"), json!(null)),
        ("10.0.0.1", Some("10.20.3.4"), json!({}), place("network"), json!(null)),
        // Whoever is no proxy is not believed.
        ("192.0.2.7", Some("10.20.3.4"), json!({}), france.clone(), json!("quarantine")),
        ("10.0.0.1", Some("10.20.3.4, 192.0.2.7"), json!({}), france.clone(), json!("quarantine")),
        ("198.51.100.7", None, json!({}), unknown.clone(), json!("report")),
        ("127.0.0.1", None, json!({}), unknown, json!("report")),
        // What the workstation says counts where nothing better is known, and only as what it says.
        ("198.51.100.7", None, json!({ "site": "madrid" }), place("reported"), json!(null)),
        ("198.51.100.7", None, json!({ "address": "10.20.3.4" }), place("reported"), json!(null)),
        (
            "192.0.2.7",
            None,
            json!({ "address": "10.20.3.4", "site": "madrid" }),
            france,
            json!("quarantine"),
        ),
    ];
    for (peer, forwarded, reported, place, breach) in table {
        let decided = opened(peer, forwarded, reported.clone()).await;
        let at = format!("{peer} {forwarded:?} {reported}");
        assert_eq!((&decided["place"], &decided["breach"]), (&place, &breach), "{at}");
        assert_eq!(decided["warnings"].as_array().unwrap().is_empty(), breach.is_null(), "{at}");
    }
}

#[tokio::test]
async fn further_fields_of_an_open() {
    let estate = Estate::office();
    let open = async |key: &str, more: Value| {
        let mut body = json!({ "person": "anna", "product": "revit", "host": "w" });
        more.as_object().unwrap().iter().for_each(|(field, value)| body[field] = value.clone());
        let call = Call::post("/v1/sessions").key(&estate.key(Role::Workstation)).json(&body);
        let reply = estate.send(call.header("idempotency-key", key)).await;
        (reply.status.as_u16(), reply.json())
    };
    let (status, problem) = open("a", json!({ "address": "next door" })).await;
    assert_eq!((status, &problem["code"]), (422, &json!("bad-address")));
    let (status, problem) = open("b", json!({ "fare": "first-class" })).await;
    assert_eq!((status, &problem["code"]), (422, &json!("bad-body")));
    let said = json!({ "version": "2027.1", "fare": "tokens", "confirm": true });
    assert_eq!(open("c", said.clone()).await.1["route"], "tokens");
    assert_eq!(open("c", said).await.1["repeated"], true);
    let (status, problem) = open("c", json!({ "version": "2027.2" })).await;
    assert_eq!((status, &problem["code"]), (422, &json!("key-reused")));

    let quoted =
        json!({ "person": "anna", "product": "revit", "host": "w", "address": "10.20.3.4" });
    let call = |key: &str| Call::post("/v1/quotes").key(key).json(&quoted);
    assert_eq!(estate.send(call(&estate.member("anna"))).await.status, 403, "no workstation");
    let reply = estate.send(call(&estate.key(Role::Workstation))).await;
    assert_eq!(reply.json()["place"]["trust"], "reported");
}
