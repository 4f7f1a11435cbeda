//! A retry after a change of network is the same question.

use crate::estate::{Call, Estate};
use faregate_app::access::Role;
use serde_json::{Value, json};

const HOME: Option<&str> = Some("10.20.3.4");
const HOTEL: Option<&str> = Some("198.51.100.7");

fn body(person: &str, address: Option<&str>, site: Option<&str>) -> Value {
    json!({ "person": person, "product": "revit", "host": "w", "address": address, "site": site })
}

async fn open(estate: &Estate, body: &Value) -> (u16, Value) {
    let call = Call::post("/v1/sessions").key(&estate.key(Role::Workstation)).json(body);
    let reply = estate.send(call.header("idempotency-key", "k")).await;
    (reply.status.as_u16(), reply.json())
}

#[tokio::test]
async fn what_the_server_makes_of_an_address_is_no_part_of_the_question() {
    // First, then again: whether that is the same question.
    let table = [
        (body("anna", HOME, None), body("anna", HOTEL, None), true),
        (body("anna", HOTEL, None), body("anna", HOME, None), true),
        (body("anna", HOME, None), body("ben", HOTEL, None), false),
        (body("anna", HOME, None), body("anna", HOTEL, Some("lisbon")), false),
        (body("anna", None, Some("madrid")), body("anna", None, None), false),
    ];
    for (first, again, is_same) in table {
        let estate = Estate::office();
        let (status, mut decided) = open(&estate, &first).await;
        assert_eq!(status, 201, "{first}: {decided}");
        let seq = estate.seq();
        let (status, answer) = open(&estate, &again).await;
        assert_eq!(estate.seq(), seq, "{again}: booked");
        if is_same {
            decided["repeated"] = true.into();
            assert_eq!((status, answer), (200, decided), "{first} then {again}");
        } else {
            assert_eq!((status, &answer["code"]), (422, &json!("key-reused")), "{again}");
        }
    }
}

#[tokio::test]
async fn nor_is_it_in_a_batch() {
    let estate = Estate::office();
    let keyed = |key: &str, person: &str, address: Option<&str>| {
        let mut body = body(person, address, None);
        body["key"] = key.into();
        body
    };
    let send = async |requests: Value| {
        let call = Call::post("/v1/sessions/batch").key(&estate.key(Role::Workstation));
        let reply = estate.send(call.json(&requests)).await;
        (reply.status.as_u16(), reply.json())
    };
    let (_, first) = send(json!([keyed("a", "anna", HOME)])).await;
    let (status, both) = send(json!([keyed("a", "anna", HOTEL), keyed("b", "ben", HOTEL)])).await;
    assert_eq!((status, &both[0]["session"]), (200, &first[0]["session"]), "{both}");
    assert_eq!((&both[0]["repeated"], &both[1]["repeated"]), (&json!(true), &json!(false)));
    let seq = estate.seq();
    for clash in [
        json!([keyed("c", "anna", HOME), keyed("c", "ben", HOME)]),
        json!([keyed("c", "anna", HOME), keyed("a", "ben", HOTEL)]),
    ] {
        let (status, problem) = send(clash).await;
        assert_eq!((status, &problem["code"]), (422, &json!("key-reused")));
    }
    assert_eq!(estate.seq(), seq, "nobody was let through");
}
