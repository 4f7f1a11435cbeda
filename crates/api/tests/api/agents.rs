//! Workstations that sign what they say: who is believed, what they are told, and what they cannot do.

use crate::estate::{Call, Estate, Reply};
use faregate_app::access::Role;
use faregate_app::ports::Clock;
use faregate_core::when::DAY;
use faregate_protocol::grant::{Grant, GrantedFare};
use faregate_protocol::rules::SignedRules;
use faregate_protocol::signature::{Message, WINDOW_SECONDS, sign};
use faregate_protocol::{SigningKey, VerifyingKey, jws};
use serde_json::{Value, json};
use std::sync::atomic::{AtomicU64, Ordering};

const RULES: &str = r#"
level = "suspend"
[[product]]
product = "revit"
processes = ["Revit.exe"]
"#;

/// A workstation with its key.
pub(crate) struct Workstation {
    key: SigningKey,
    pub(crate) id: String,
    nonces: AtomicU64,
}

impl Workstation {
    fn new(seed: u8) -> Self {
        Self {
            key: SigningKey::from_bytes(&[seed; 32]),
            id: "new".to_owned(),
            nonces: AtomicU64::new(1),
        }
    }

    /// One that is enrolled.
    pub(crate) async fn enrolled(estate: &Estate, seed: u8) -> Self {
        let code = code(estate, json!({})).await;
        let mut device = Self::new(seed);
        let reply = device.enrol(estate, &code).await;
        assert_eq!(reply.status, 200, "{:?}", reply.body);
        device.id = reply.json()["device"].as_str().unwrap().to_owned();
        device
    }

    async fn enrol(&self, estate: &Estate, code: &str) -> Reply {
        let body = self.enrolment(code);
        estate.send(self.signed_as(estate, "new", "POST", "/v1/agent/enrol", body)).await
    }

    fn enrolment(&self, code: &str) -> Value {
        let public_key = base64(&self.key.verifying_key().to_bytes());
        json!({ "code": code, "name": format!("ws-{}", self.key.to_bytes()[0]), "public_key": public_key,
            "version": "0.1.0", "system": "linux" })
    }

    fn nonce(&self) -> [u8; 16] {
        let count = self.nonces.fetch_add(1, Ordering::SeqCst).to_le_bytes();
        [count, count].concat().try_into().unwrap()
    }

    fn signed_as(&self, estate: &Estate, id: &str, method: &str, path: &str, body: Value) -> Call {
        let body = if body.is_null() { String::new() } else { body.to_string() };
        self.signed_at(estate.clock.now().0, self.nonce(), id, (method, path, &body))
    }

    fn signed_at(&self, created: i64, nonce: [u8; 16], id: &str, said: (&str, &str, &str)) -> Call {
        let (method, target, body) = said;
        let message = Message { method, target, body: body.as_bytes() };
        let headers = sign(&self.key, id, created, nonce, message);
        Call::new(method, target)
            .header("content-digest", &headers.content_digest)
            .header("signature-input", &headers.signature_input)
            .header("signature", &headers.signature)
            .header("content-type", "application/json")
            .body(body)
    }

    pub(crate) async fn post(&self, estate: &Estate, path: &str, body: Value) -> Reply {
        estate.send(self.signed_as(estate, &self.id, "POST", path, body)).await
    }

    async fn told(&self, estate: &Estate, path: &str, body: Value) -> Value {
        let reply = self.post(estate, path, body).await;
        assert_eq!(reply.status, 200, "{path}: {:?}", reply.body);
        reply.json()
    }

    async fn open(&self, estate: &Estate, key: &str, account: &str, more: Value) -> Value {
        let mut body = json!({ "key": key, "account": account, "product": "revit", "clock": estate.clock.now().0 });
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        self.told(estate, "/v1/agent/open", body).await
    }
}

fn base64(bytes: &[u8]) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD.encode(bytes)
}

async fn code(estate: &Estate, wanted: Value) -> String {
    let call = Call::post("/v1/agents/codes").key(&estate.key(Role::Administrator)).json(&wanted);
    let reply = estate.send(call).await;
    assert_eq!(reply.status, 200, "{:?}", reply.body);
    reply.json()["codes"][0].as_str().unwrap().to_owned()
}

async fn order(estate: &Estate, order: Value) -> Reply {
    let key = format!("order {}", estate.seq());
    let call = Call::post("/v1/orders").key(&estate.administrator("anna")).json(&order);
    estate.send(call.header("idempotency-key", &key)).await
}

fn problem(reply: &Reply) -> (u16, String) {
    (reply.status.as_u16(), reply.json()["code"].as_str().unwrap().to_owned())
}

fn server_key() -> VerifyingKey {
    SigningKey::from_bytes(&crate::estate::SECRET).verifying_key()
}

#[tokio::test]
async fn a_code_enrols_one_workstation_and_its_answer_may_get_lost() {
    let estate = Estate::new();
    let code = code(&estate, json!({})).await;
    let first = Workstation::new(1);
    let told = first.enrol(&estate, &code).await;
    assert_eq!(told.json()["device"], "d0");
    assert_eq!(told.json()["server_key"], base64(&server_key().to_bytes()));
    let seq = estate.seq();
    let again = first.enrol(&estate, &code).await;
    assert_eq!(
        (again.status.as_u16(), again.json()),
        (200, told.json()),
        "whoever has the key is that device"
    );
    assert_eq!(estate.seq(), seq, "nothing was booked for it");
    let second = Workstation::new(2).enrol(&estate, &code).await;
    assert_eq!(problem(&second), (401, "bad-code".to_owned()));
    for wrong in ["", "fge_0", &estate.key(Role::Administrator)] {
        assert_eq!(Workstation::new(3).enrol(&estate, wrong).await.status, 401, "{wrong}");
    }
}

#[tokio::test]
async fn codes_expire_and_some_are_for_many() {
    let estate = Estate::new();
    let (one_day, shared) =
        (code(&estate, json!({})).await, code(&estate, json!({ "days": 2, "shared": true })).await);
    estate.clock.pass(86_400);
    assert_eq!(Workstation::new(1).enrol(&estate, &one_day).await.status, 401);
    for seed in 2..5 {
        assert_eq!(Workstation::new(seed).enrol(&estate, &shared).await.status, 200, "{seed}");
    }
    estate.clock.pass(86_400);
    assert_eq!(Workstation::new(5).enrol(&estate, &shared).await.status, 401);
}

#[tokio::test]
async fn who_was_revoked_does_not_come_back_with_a_code_that_many_know() {
    let estate = Estate::office();
    let device = Workstation::enrolled(&estate, 1).await;
    order(&estate, json!({ "order": "revoke-device", "device": device.id })).await;
    let shared = code(&estate, json!({ "shared": true })).await;
    assert_eq!(problem(&device.enrol(&estate, &shared).await), (401, "bad-code".to_owned()));
    assert_eq!(Workstation::new(2).enrol(&estate, &shared).await.status, 200);
}

#[tokio::test]
async fn an_enrolment_proves_that_it_has_the_key() {
    let estate = Estate::new();
    let code = code(&estate, json!({})).await;
    let (thief, owner) = (Workstation::new(1), Workstation::new(2));
    let body = owner.enrolment(&code);
    let stolen =
        estate.send(thief.signed_as(&estate, "new", "POST", "/v1/agent/enrol", body)).await;
    assert_eq!(problem(&stolen), (401, "signature".to_owned()));
    assert_eq!(owner.enrol(&estate, &code).await.status, 200, "the code was not used up by it");
}

#[tokio::test]
async fn nobody_speaks_for_another_device_replays_or_backdates() {
    let estate = Estate::new();
    let (one, other) =
        (Workstation::enrolled(&estate, 1).await, Workstation::enrolled(&estate, 2).await);
    let now = estate.clock.now().0;
    let beat = ("POST", "/v1/agent/beat", r#"{"clock":0}"#);
    let send = |call: Call| estate.send(call);
    let forged = one.signed_at(now, one.nonce(), &other.id, beat);
    assert_eq!(problem(&send(forged).await), (401, "signature".to_owned()));
    let good = one.signed_at(now, one.nonce(), &one.id, beat);
    assert_eq!(send(good.clone()).await.status, 200);
    assert_eq!(problem(&send(good.clone()).await), (401, "replayed".to_owned()));
    estate.clock.pass(WINDOW_SECONDS + 1);
    let late = send(good).await;
    assert_eq!(problem(&late), (401, "clock-off".to_owned()));
    assert_eq!(late.json()["now"], json!(estate.clock.now().0), "so that it can set itself right");
    for created in [now - 1, now + 2 * WINDOW_SECONDS + 2] {
        let stale = one.signed_at(created, one.nonce(), &one.id, beat);
        assert_eq!(problem(&send(stale).await), (401, "clock-off".to_owned()), "{created}");
    }
    for nobody in ["d99", "d", "new", "x1", "d-1"] {
        let call = one.signed_at(estate.clock.now().0, one.nonce(), nobody, beat);
        assert_eq!(send(call).await.status, 401, "{nobody}");
    }
    let unsigned = Call::post("/v1/agent/beat")
        .key(&estate.key(Role::Administrator))
        .json(&json!({ "clock": 0 }));
    assert_eq!(
        problem(&send(unsigned).await),
        (401, "signature".to_owned()),
        "a key is no signature"
    );
}

#[tokio::test]
async fn a_revoked_device_says_nothing_more() {
    let estate = Estate::office();
    let device = Workstation::enrolled(&estate, 1).await;
    assert_eq!(
        order(&estate, json!({ "order": "revoke-device", "device": device.id })).await.status,
        200
    );
    let reply = device.post(&estate, "/v1/agent/beat", json!({ "clock": 0 })).await;
    assert_eq!(problem(&reply), (401, "device-revoked".to_owned()));
    let again = order(&estate, json!({ "order": "revoke-device", "device": device.id })).await;
    assert_eq!(problem(&again), (409, "revoked-already".to_owned()));
    let unknown = order(&estate, json!({ "order": "revoke-device", "device": "d77" })).await;
    assert_eq!(unknown.status, 404);
    let code = code(&estate, json!({})).await;
    assert_eq!(
        device.enrol(&estate, &code).await.json()["device"],
        "d1",
        "a fresh code enrols it anew"
    );
}

#[tokio::test]
async fn tokens_are_spent_only_when_agreed_on() {
    let estate = Estate::new();
    let device = Workstation::enrolled(&estate, 1).await;
    let ask = json!({ "account": "ACME\\ben", "product": "revit", "clock": estate.clock.now().0 });
    let seq = estate.seq();
    let asked = device.told(&estate, "/v1/agent/ask", ask).await;
    assert_eq!(
        (&asked["route"], &asked["tokens"], &asked["money"]),
        (&json!("tokens"), &json!(10.0), &json!("30.00 USD"))
    );
    assert_eq!(asked["bucket"], json!({ "key": "bridges", "name": "Bridges", "left": 18.0 }));
    assert_eq!(estate.seq(), seq, "nothing was booked");
    let refused = device.open(&estate, "k1", "ACME\\ben", json!({})).await;
    assert_eq!(
        (&refused["route"], &refused["refusal"]["code"]),
        (&json!("refused"), &json!("tokens-not-agreed"))
    );
    let too_few = device.open(&estate, "k2", "ACME\\ben", json!({ "agreed": 9.999999 })).await;
    assert_eq!(too_few["refusal"]["code"], "tokens-not-agreed");
    let opened = device.open(&estate, "k3", "ACME\\ben", json!({ "agreed": 10 })).await;
    assert_eq!(
        (&opened["route"], &opened["tokens"], &opened["grant"]),
        (&json!("tokens"), &json!(10.0), &Value::Null)
    );
    let again = device.open(&estate, "k3", "ACME\\ben", json!({ "agreed": 10 })).await;
    assert_eq!((&again["session"], &again["repeated"]), (&opened["session"], &json!(true)));
    let second = device.open(&estate, "k4", "ben", json!({})).await;
    assert_eq!(
        (&second["route"], &second["tokens"]),
        (&json!("tokens"), &json!(0.0)),
        "the unit is held already"
    );
}

#[tokio::test]
async fn the_same_key_of_two_devices_names_two_requests() {
    let estate = Estate::new();
    let (one, other) =
        (Workstation::enrolled(&estate, 1).await, Workstation::enrolled(&estate, 2).await);
    let first = one.open(&estate, "k", "ben", json!({ "agreed": 10 })).await;
    let second = other.open(&estate, "k", "ben", json!({ "agreed": 10 })).await;
    assert_eq!(second["repeated"], false);
    assert_ne!(first["session"], second["session"]);
}

#[tokio::test]
async fn a_seat_comes_with_a_grant_and_a_wrong_clock_does_not_lock_it() {
    let estate = Estate::new();
    let device = Workstation::enrolled(&estate, 1).await;
    let wrong = json!({ "clock": estate.clock.now().0 - WINDOW_SECONDS - 1 });
    let opened = device.open(&estate, "k1", "carla", wrong.clone()).await;
    assert_eq!(opened["route"], "seat");
    let grant: Grant = jws::verify(&server_key(), opened["grant"].as_str().unwrap()).unwrap();
    assert_eq!(
        (grant.device.as_str(), grant.account.as_str(), grant.fare),
        ("d0", "carla", GrantedFare::Seat)
    );
    let mut with_tokens = wrong;
    with_tokens["agreed"] = json!(10);
    let refused = device.open(&estate, "k2", "ben", with_tokens).await;
    assert_eq!(refused["refusal"]["code"], "clock-wrong");
}

#[tokio::test]
async fn a_lease_is_held_and_signed() {
    let estate = Estate::new();
    let device = Workstation::enrolled(&estate, 1).await;
    let leased = device.open(&estate, "k1", "ben", json!({ "agreed": 10, "lease": 7_200 })).await;
    assert_eq!((&leased["route"], &leased["tokens"]), (&json!("tokens"), &json!(10.0)));
    let grant: Grant = jws::verify(&server_key(), leased["grant"].as_str().unwrap()).unwrap();
    let session = leased["session"].as_str().unwrap().to_owned();
    let epoch = leased["decision"].as_u64().unwrap();
    assert_eq!(grant.fare, GrantedFare::Lease { session: session.clone(), epoch });
    assert_eq!(grant.until, estate.clock.now().0 + 7_200);
    estate.clock.pass(3_600);
    estate.gate.reconcile();
    let start = estate.clock.now().0 - 1_800;
    let uses = json!({ "uses": [{ "key": "u1", "account": "ben", "product": "revit", "opened": start,
        "closed": start + 900, "lease": session }], "returned": [session] });
    let taken = device.told(&estate, "/v1/agent/uses", uses.clone()).await;
    assert_eq!((&taken["taken"], &taken["refused"]), (&json!(["u1"]), &json!([])));
    let left = estate.read("/v1/buckets/bridges").await;
    let again = device.told(&estate, "/v1/agent/uses", uses).await;
    assert_eq!(again["duplicates"], 1);
    assert_eq!(estate.read("/v1/buckets/bridges").await, left, "told twice, booked once");
}

#[tokio::test]
async fn a_session_is_its_devices_alone() {
    let estate = Estate::new();
    let (one, other) =
        (Workstation::enrolled(&estate, 1).await, Workstation::enrolled(&estate, 2).await);
    let opened = one.open(&estate, "k1", "ben", json!({ "agreed": 10 })).await;
    let session = opened["session"].as_str().unwrap();
    let beat = json!({ "clock": 0, "sessions": [{ "session": session, "active": true }] });
    let heard = |answer: &Value| answer["sessions"][0]["runs"].as_bool().unwrap();
    assert!(heard(&one.told(&estate, "/v1/agent/beat", beat.clone()).await));
    assert!(!heard(&other.told(&estate, "/v1/agent/beat", beat).await));
    let close = json!({ "sessions": [session] });
    let closed = other.told(&estate, "/v1/agent/close", close.clone()).await;
    assert_eq!(closed, json!({ "ended": [], "unknown": [session] }));
    let key = estate.key(Role::Workstation);
    for path in
        [format!("/v1/sessions/{session}/heartbeat"), format!("/v1/sessions/{session}/close")]
    {
        let reply = estate.send(Call::post(&path).key(&key)).await;
        assert_eq!(
            problem(&reply),
            (404, "no-session".to_owned()),
            "a key closes no device's session"
        );
    }
    let closed = one.told(&estate, "/v1/agent/close", close.clone()).await;
    assert_eq!(closed["ended"], json!([session]));
    assert_eq!(one.told(&estate, "/v1/agent/close", close).await["unknown"], json!([session]));
}

#[tokio::test]
async fn a_beat_tells_of_the_next_unit() {
    let estate = Estate::new();
    let device = Workstation::enrolled(&estate, 1).await;
    let opened = device.open(&estate, "k1", "ben", json!({ "agreed": 10 })).await;
    let began = estate.clock.now().0;
    let beat = json!({ "clock": began + 7, "version": "1.2.3", "sessions": [{ "session": opened["session"], "active": true }] });
    for wait in [0, 600] {
        estate.clock.pass(wait);
        let answer = device.told(&estate, "/v1/agent/beat", beat.clone()).await;
        let pulse = &answer["sessions"][0];
        assert_eq!(
            (&pulse["next_unit"], &pulse["next_tokens"]),
            (&json!(began + 86_400), &json!(10.0)),
            "{wait}"
        );
    }
    let listed = estate.read("/v1/agents").await;
    let row = &listed["rows"][0];
    assert_eq!(
        (&row["id"], &row["version"], &row["sessions"]),
        (&json!("d0"), &json!("1.2.3"), &json!(1))
    );
    assert_eq!(row["clock_ahead"], json!(-593), "it said the same time ten minutes later");
}

#[tokio::test]
async fn rules_are_read_before_they_hold_and_signed() {
    let estate = Estate::office();
    let device = Workstation::enrolled(&estate, 1).await;
    let set = |text: &str| order(&estate, json!({ "order": "set-agent-rules", "text": text }));
    assert_eq!(problem(&set("level = \"kill\"").await), (422, "invalid-agent-rules".to_owned()));
    assert_eq!(set("[[product]]\nproduct = \"nope\"\nprocesses = [\"x\"]").await.status, 404);
    assert_eq!(set("[[group]]\ngroup = \"nope\"").await.status, 404);
    assert_eq!(set(RULES).await.status, 200);
    let beat = device.told(&estate, "/v1/agent/beat", json!({ "clock": 0 })).await;
    let call = device.signed_as(&estate, &device.id, "GET", "/v1/agent/rules", Value::Null);
    let reply = estate.send(call).await;
    assert_eq!(reply.header("content-type"), "application/jose");
    let text = String::from_utf8(reply.body.to_vec()).unwrap();
    let signed: SignedRules = jws::verify(&server_key(), &text).unwrap();
    assert_eq!((json!(signed.version), signed.rules.products.len()), (beat["rules"].clone(), 1));
    let seq = estate.seq();
    assert_eq!(set(RULES).await.status, 200);
    assert_eq!(estate.seq(), seq, "the same rules again change nothing");
}

#[tokio::test]
async fn rules_hold_from_when_they_are_changed() {
    let estate = Estate::office();
    let device = Workstation::enrolled(&estate, 1).await;
    let ask = json!({ "account": "ben", "product": "revit", "clock": 0 });
    for level in ["suspend", "close", "inform"] {
        let set = json!({ "order": "set-agent-rules", "text": format!("level = \"{level}\"") });
        assert_eq!(order(&estate, set).await.status, 200);
        assert_eq!(device.told(&estate, "/v1/agent/ask", ask.clone()).await["level"], level);
    }
}

#[tokio::test]
async fn whoever_is_refused_is_told_of_seats_that_nobody_uses() {
    let estate = Estate::office();
    let device = Workstation::enrolled(&estate, 1).await;
    let ask = json!({ "account": "dora", "product": "revit", "clock": 0 });
    let instead = async || {
        let asked = device.told(&estate, "/v1/agent/ask", ask.clone()).await;
        assert_eq!(asked["refusal"]["code"], "bucket-exhausted");
        asked["instead"].to_string()
    };
    assert!(!instead().await.contains("were not used here"));
    estate.clock.pass(31 * DAY);
    assert!(instead().await.contains("1 seats of colleagues were not used here for 30 days"));
}

#[tokio::test]
async fn a_workstation_of_one_person_is_theirs() {
    let estate = Estate::new();
    let code = code(&estate, json!({ "person": "ben@test.example" })).await;
    let mut device = Workstation::new(1);
    device.id = device.enrol(&estate, &code).await.json()["device"].as_str().unwrap().to_owned();
    assert_eq!(device.open(&estate, "k1", "ben", json!({ "agreed": 10 })).await["route"], "tokens");
    let body = json!({ "key": "k2", "account": "carla", "product": "revit", "clock": 0 });
    let reply = device.post(&estate, "/v1/agent/open", body).await;
    assert_eq!(problem(&reply), (403, "not-your-workstation".to_owned()));
    let of = |key: &str, account: &str| {
        json!({ "key": key, "account": account, "product": "revit",
            "opened": estate.clock.now().0, "closed": estate.clock.now().0 + 60 })
    };
    let told = json!({ "uses": [of("u1", "carla"), of("u2", "ben")] });
    let taken = device.told(&estate, "/v1/agent/uses", told).await;
    assert_eq!(taken["taken"], json!(["u2"]));
    assert_eq!(taken["refused"][0][0], "u1", "nor is use of others booked from here");
}

#[tokio::test]
async fn what_cannot_be_read_is_said() {
    let estate = Estate::new();
    let device = Workstation::enrolled(&estate, 1).await;
    let bad = [
        ("/v1/agent/beat", json!({}), 422),
        ("/v1/agent/open", json!({ "key": "", "account": "a", "product": "p", "clock": 0 }), 400),
        (
            "/v1/agent/open",
            json!({ "key": "k", "account": "a".repeat(300), "product": "p", "clock": 0 }),
            400,
        ),
        (
            "/v1/agent/open",
            json!({ "key": "k", "account": "ben", "product": "revit", "clock": 0, "agreed": 1e300 }),
            422,
        ),
        ("/v1/agent/uses", json!({ "uses": [], "returned": ["nonsense"] }), 422),
    ];
    for (path, body, status) in bad {
        let reply = device.post(&estate, path, body.clone()).await;
        assert_eq!(reply.status, status, "{path} {body}: {:?}", reply.body);
    }
    let unknown = device.open(&estate, "k9", "nobody", json!({ "agreed": 10 })).await;
    assert_eq!(unknown["refusal"]["code"], "person-unknown");
}
