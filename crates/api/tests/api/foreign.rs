//! Promise 20: nobody reads, asks for or decides on what is not theirs, and nobody learns that it exists.

use crate::estate::{Call, Estate, Reply};
use crate::office::{BENS, BRIDGES_LOW, DORAS, POOR_LOW};
use crate::table::{ROUTES, Right};
use faregate_app::access::Role;
use serde_json::{Value, json};
use std::collections::BTreeSet;

type Keys = &'static [&'static str];

/// What each member sees: their buckets, requests, people and seats.
const SEEN: [(&str, Keys, Keys, Keys, usize); 6] = [
    // Owns General, and so all below it.
    ("anna", &["general", "bridges", "tunnels"], &[BENS], &["anna"], 0),
    // Owns Bridges; what lies above it is not his.
    ("ben", &["bridges", "tunnels"], &[BENS], &["ben"], 0),
    // Draws from General and owns nothing; holds a seat.
    ("carla", &["general"], &[], &["carla"], 1),
    ("dora", &["poor"], &[DORAS], &["dora"], 0),
    // Owns the contract.
    ("lena", &["general", "bridges", "poor", "tunnels"], &[DORAS, BENS], &["lena"], 0),
    // A key with a name that is nobody's.
    ("zoe", &[], &[], &[], 0),
];

const BUCKETS: [&str; 4] = ["general", "bridges", "tunnels", "poor"];
const PEOPLE: [&str; 6] = ["anna", "ben", "carla", "dora", "lena", "a.lopez"];

/// Routes that name things, and the calls that do: with a name of each kind that is theirs, somebody else's or
/// nobody's.
const NAMING: [(&str, &str, Names); 16] = [
    ("get", "/v1/buckets/{key}", Names::Bucket),
    ("get", "/v1/buckets/{key}/statement", Names::Bucket),
    ("get", "/v1/reports/{name}", Names::Bucket),
    ("get", "/v1/people/{key}", Names::Person),
    ("get", "/v1/burn/periods", Names::Bucket),
    ("get", "/v1/burn/pace", Names::Bucket),
    ("get", "/v1/forecasts", Names::Bucket),
    ("post", "/v1/forecasts/what-if", Names::Bucket),
    ("get", "/v1/alerts/{id}", Names::Alert),
    ("post", "/v1/orders", Names::Alert),
    ("get", "/v1/requests/{id}", Names::Request),
    ("post", "/v1/requests/{id}/answers", Names::Request),
    ("post", "/v1/requests", Names::Bucket),
    ("post", "/v1/orders", Names::Bucket),
    ("post", "/v1/orders", Names::Request),
    ("post", "/v1/quotes", Names::Person),
];

/// Routes that list things: what is not theirs is not in the list.
const LISTING: [(&str, &str); 6] = [
    ("get", "/v1/alerts"),
    ("get", "/v1/buckets"),
    ("get", "/v1/people"),
    ("get", "/v1/requests"),
    ("get", "/v1/seats"),
    // With a test of its own, in `findings.rs`.
    ("get", "/v1/findings"),
];

/// Routes that are closed to members, whatever they name.
const CLOSED: [(&str, &str); 63] = [
    ("get", "/v1/accounts"),
    ("post", "/v1/accounts"),
    ("patch", "/v1/accounts/{name}"),
    ("get", "/v1/keys"),
    ("post", "/v1/keys"),
    ("delete", "/v1/keys/{id}"),
    ("post", "/v1/findings/{id}/judgement"),
    ("get", "/v1/agents"),
    ("post", "/v1/agents/codes"),
    ("post", "/v1/sessions"),
    ("get", "/v1/sessions"),
    ("post", "/v1/sessions/batch"),
    ("post", "/v1/sessions/{id}/heartbeat"),
    ("post", "/v1/sessions/{id}/close"),
    ("get", "/v1/summary"),
    ("get", "/v1/burn"),
    ("get", "/v1/burn/daily"),
    ("get", "/v1/balances"),
    ("get", "/v1/sources"),
    ("get", "/v1/channels"),
    ("post", "/v1/channels/{name}/test"),
    ("get", "/v1/deliveries"),
    ("get", "/v1/events"),
    ("get", "/v1/groups"),
    ("get", "/v1/sites"),
    ("get", "/v1/policies"),
    ("get", "/v1/caps"),
    ("get", "/v1/alert-rules"),
    ("post", "/v1/alert-rules/trial"),
    ("get", "/v1/occasions"),
    ("get", "/v1/terms"),
    ("post", "/v1/estate"),
    ("post", "/v1/people/merge"),
    ("get", "/v1/statement"),
    ("get", "/v1/reconciliation"),
    ("get", "/v1/chargeback"),
    ("get", "/v1/double-dips"),
    ("get", "/v1/places/use"),
    ("get", "/v1/places/breaches"),
    ("get", "/v1/places/sharing"),
    ("post", "/v1/policies/check"),
    ("post", "/v1/policies/diff"),
    ("post", "/v1/policies/simulate"),
    ("post", "/v1/what-ifs"),
    ("get", "/v1/recommendations"),
    ("get", "/v1/plans"),
    ("post", "/v1/plans"),
    ("get", "/v1/plans/{id}"),
    ("get", "/v1/plans/{id}/verification"),
    ("post", "/v1/portfolio"),
    ("post", "/v1/sizing"),
    ("post", "/v1/renewal"),
    ("get", "/v1/uncharged"),
    ("get", "/v1/imports"),
    ("get", "/v1/imports/rejected"),
    ("get", "/v1/imports/{number}"),
    ("post", "/v1/imports/{number}/undo"),
    ("post", "/v1/imports/token-usage"),
    ("post", "/v1/imports/log"),
    ("get", "/v1/first-run"),
    ("post", "/v1/first-run/demo"),
    ("post", "/api/v1/events"),
    ("get", "/v1/caps?person=anna"),
];

/// Routes that tell of one's own decisions, each with a test of its own: below.
const DECIDED: [(&str, &str); 2] = [
    ("get", "/v1/decisions/{id}"),
    // In `decisions.rs`.
    ("get", "/v1/decisions"),
];

/// Routes that tell nobody's secrets: who the caller is, and what every caller may read.
const OPEN: [(&str, &str); 19] = [
    ("get", "/v1/sign-in/ways"),
    ("get", "/v1/sign-in/oidc"),
    ("get", "/v1/sign-in/oidc/callback"),
    // What it lists is looked at in `reports.rs`.
    ("get", "/v1/reports"),
    ("get", "/v1/refusals"),
    // Whose they are is looked at in `schedules.rs`.
    ("get", "/v1/report-schedules"),
    ("post", "/v1/report-schedules"),
    ("put", "/v1/report-schedules/{key}"),
    ("delete", "/v1/report-schedules/{key}"),
    ("post", "/v1/report-schedules/{key}/send"),
    // The catalogue, with prices for those who may ask for them: `products.rs`.
    ("get", "/v1/products"),
    ("get", "/v1/me"),
    ("get", "/v1/rights"),
    ("get", "/v1/about"),
    // They name nobody: a test below says whose they are.
    ("get", "/v1/me/burn"),
    ("get", "/v1/me/caps"),
    ("get", "/v1/me/sign-ins"),
    ("post", "/v1/me/password"),
    ("post", "/v1/sign-in"),
];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Names {
    Bucket,
    Person,
    Request,
    Alert,
}

/// All calls of a route that name one thing, with the key that a fresh order needs.
fn calls(method: &str, path: &str, names: Names, name: &str) -> Vec<Call> {
    let key = |call: Call| call.header("idempotency-key", &format!("{path} {name}"));
    let order = |body: Value| key(Call::post("/v1/orders")).json(&body);
    let filled = path.replace("{key}", name).replace("{id}", name);
    match (path, names) {
        ("/v1/requests/{id}/answers", _) => {
            vec![key(Call::post(&filled)).json(&json!({ "approve": 1 }))]
        }
        ("/v1/requests", _) => {
            vec![key(Call::post(path)).json(&json!({ "bucket": name, "tokens": 1, "why": "" }))]
        }
        ("/v1/orders", Names::Request) => {
            vec![order(json!({ "order": "answer", "request": name, "approve": null }))]
        }
        ("/v1/orders", Names::Alert) => vec![
            order(json!({ "order": "acknowledge-alert", "alert": name })),
            order(json!({ "order": "do-alert-step", "alert": name, "step": 1 })),
        ],
        ("/v1/reports/{name}", _) => ["burn", "statement"]
            .map(|report| Call::get(&format!("/v1/reports/{report}?bucket={name}")))
            .to_vec(),
        ("/v1/forecasts", _) => vec![Call::get(&format!("{path}?subject=bucket:{name}"))],
        ("/v1/forecasts/what-if", _) => {
            let change =
                json!({ "change": "bucket", "bucket": name, "times": 0, "from": "2026-06-01" });
            let of = |subject: &str, changes: Value| json!({ "subject": subject, "to": "2027-01-01", "changes": changes });
            let own = of(&format!("bucket:{name}"), json!([]));
            vec![
                Call::post(path).json(&own),
                Call::post(path).json(&of("contract", json!([change]))),
            ]
        }
        ("/v1/burn/periods" | "/v1/burn/pace", _) => {
            vec![Call::get(&format!("{path}?bucket={name}"))]
        }
        ("/v1/orders", _) => vec![
            order(json!({ "order": "set-plan", "bucket": name, "plan": "seasonal" })),
            order(json!({ "order": "transfer", "from": name, "tokens": 1, "why": "" })),
            order(json!({ "order": "request", "bucket": name, "tokens": 1, "why": "" })),
        ],
        ("/v1/quotes", _) => {
            vec![Call::post(path).json(&json!({ "person": name, "product": "revit", "host": "w" }))]
        }
        _ => vec![Call::new(&method.to_uppercase(), &filled)],
    }
}

#[tokio::test]
async fn what_is_not_theirs_is_as_if_it_were_not() {
    for (method, path, names) in NAMING {
        for (member, buckets, requests, people, _) in SEEN {
            let (all, theirs, none): (&[&str], &[&str], &str) = match names {
                Names::Bucket => (&BUCKETS, buckets, "nowhere"),
                Names::Person => (&PEOPLE, people, "nobody"),
                Names::Request => (&[BENS, DORAS], requests, "r999"),
                Names::Alert => (&[BRIDGES_LOW, POOR_LOW], alerts(member), "a999"),
            };
            let estate = Estate::office();
            let key = estate.member(member);
            for name in all.iter().filter(|name| !is_theirs(member, theirs, name)) {
                let seq = estate.seq();
                let foreign = calls(method, path, names, name);
                let unknown = calls(method, path, names, none);
                for (foreign, unknown) in foreign.into_iter().zip(unknown) {
                    let at = format!("{method} {path} {name} by {member}");
                    let foreign = estate.send(foreign.key(&key)).await;
                    let unknown = estate.send(unknown.key(&key)).await;
                    assert_eq!(foreign.status, 404, "{at}: {:?}", foreign.body);
                    assert_eq!(without(&foreign, name), without(&unknown, none), "{at}");
                }
                assert_eq!(estate.seq(), seq, "{method} {path} {name} by {member}: booked");
            }
        }
    }
}

/// The alerts that a member sees: those about buckets whose uses they see.
fn alerts(member: &str) -> Keys {
    match member {
        "anna" | "ben" => &[BRIDGES_LOW],
        "lena" => &[BRIDGES_LOW, POOR_LOW],
        _ => &[],
    }
}

/// Anna's other name is Anna's.
fn is_theirs(member: &str, theirs: &[&str], name: &str) -> bool {
    theirs.contains(&name) || (member == "anna" && name == "a.lopez")
}

fn without(reply: &Reply, name: &str) -> String {
    String::from_utf8_lossy(&reply.body).replace(name, "…")
}

#[tokio::test]
async fn what_is_theirs_they_get() {
    for (member, buckets, requests, people, _) in SEEN {
        let estate = Estate::office();
        let paths = buckets.iter().map(|key| format!("/v1/buckets/{key}"));
        let paths = paths.chain(buckets.iter().map(|key| format!("/v1/buckets/{key}/statement")));
        let paths = paths.chain(buckets.iter().map(|key| format!("/v1/burn/pace?bucket={key}")));
        let paths = paths.chain(buckets.iter().map(|key| format!("/v1/burn/periods?bucket={key}")));
        let paths = paths.chain(people.iter().map(|key| format!("/v1/people/{key}")));
        for path in paths.chain(requests.iter().map(|id| format!("/v1/requests/{id}"))) {
            let reply = estate.send(Call::get(&path).key(&estate.member(member))).await;
            assert_eq!(reply.status, 200, "{path} by {member}: {:?}", reply.body);
            for role in [Role::Viewer, Role::Administrator] {
                assert_eq!(estate.send(Call::get(&path).key(&estate.key(role))).await.status, 200);
            }
        }
    }
}

#[tokio::test]
async fn lists_hold_what_is_theirs() {
    let estate = Estate::office();
    for (member, buckets, requests, people, seats) in SEEN {
        let key = estate.member(member);
        let listed = async |path: &str, field: &str| {
            let reply = estate.send(Call::get(path).key(&key)).await;
            assert_eq!(reply.status, 200, "{path} by {member}");
            let rows = reply.json()["rows"].as_array().unwrap().clone();
            let text = |row: &Value| row[field].to_string().trim_matches('"').to_owned();
            rows.iter().map(text).collect::<BTreeSet<String>>()
        };
        let set = |all: &[&str]| all.iter().map(ToString::to_string).collect::<BTreeSet<String>>();
        assert_eq!(listed("/v1/buckets", "key").await, set(buckets), "{member}");
        assert_eq!(listed("/v1/requests?state=all", "id").await, set(requests), "{member}");
        assert_eq!(listed("/v1/alerts?state=all", "id").await, set(alerts(member)), "{member}");
        assert_eq!(listed("/v1/people", "key").await, set(people), "{member}");
        assert_eq!(listed("/v1/seats", "seat").await.len(), seats, "{member}");
    }
}

/// What is shown of one's own things tells nothing of the others.
#[tokio::test]
async fn what_is_theirs_names_nothing_foreign() {
    let estate = Estate::office();
    let ben = estate.member("ben");
    let bridges = estate.send(Call::get("/v1/buckets/bridges").key(&ben)).await.json();
    assert_eq!((&bridges["parent"], &bridges["owners"]), (&json!(null), &json!(["ben"])));
    let asked = estate.send(Call::get(&format!("/v1/requests/{BENS}")).key(&ben)).await.json();
    assert_eq!((&asked["from"], &asked["wall"]), (&json!(null), &json!(null)));
    assert_eq!(asked["can_answer"], json!(["anna", "lena"]), "whom to ask is no secret");
    // Carla draws from General, and sees nothing of what lies below.
    let carla = estate.member("carla");
    let general = estate.send(Call::get("/v1/buckets/general").key(&carla)).await.json();
    assert_eq!(general["with_below"]["allocated"], general["allocated"]);
}

#[tokio::test]
async fn closed_routes_tell_members_nothing() {
    let estate = Estate::office();
    let open = estate.open("k", "anna", "revit").await.json();
    let mine = open["session"].as_str().unwrap();
    for (method, path) in CLOSED {
        let answer = async |id: &str| {
            let call = Call::new(&method.to_uppercase(), &path.replace("{id}", id));
            let reply = estate.send(call.key(&estate.member("anna"))).await;
            (reply.status.as_u16(), reply.body)
        };
        let (status, body) = answer(mine).await;
        assert_eq!(status, 403, "{method} {path}: {body:?}");
        assert_eq!(answer("s999999").await, (status, body), "{method} {path}");
    }
}

/// Neither reading nor orders tell a member, a viewer or a workstation whether there is a plan.
#[tokio::test]
async fn plans_tell_nobody_else_that_they_are() {
    let estate = Estate::used().await;
    let plan = estate.drawn_plan().await;
    let seq = estate.seq();
    for key in [estate.member("anna"), estate.key(Role::Workstation), estate.key(Role::Viewer)] {
        for (order, rest) in [
            ("derive-plan", json!({ "without": [1] })),
            ("judge-plan", json!({ "approve": true, "why": "" })),
            ("step-plan", json!({ "moves": [1], "step": "done" })),
        ] {
            let answer = async |id: &str| {
                let mut body = rest.clone();
                (body["order"], body["plan"]) = (order.into(), id.into());
                let call = Call::post("/v1/orders").key(&key).header("idempotency-key", id);
                let reply = estate.send(call.json(&body)).await;
                (reply.status.as_u16(), reply.body)
            };
            let (status, body) = answer(&plan).await;
            assert_eq!(status, 403, "{order}: {body:?}");
            assert_eq!(answer("p999999").await, (status, body), "{order}");
        }
    }
    assert_eq!(estate.seq(), seq, "nothing was booked");
}

/// One's own burn is everybody's, narrowed to oneself; one's own caps are those that count for oneself.
#[tokio::test]
async fn what_one_used_is_ones_own() {
    let estate = Estate::office();
    let days = "from=2026-03-01&to=2026-03-04";
    let told = async |path: &str, key: &str| estate.send(Call::get(path).key(key)).await.json();
    let viewer = estate.key(Role::Viewer);
    let mut spent = 0.0;
    for (member, person) in
        [("anna", "anna"), ("a.lopez", "anna"), ("ben", "ben"), ("dora", "dora")]
    {
        let key = estate.member(member);
        for by in ["product", "day"] {
            let own = told(&format!("/v1/me/burn?by={by}&{days}"), &key).await;
            let all = told(&format!("/v1/burn?by={by}&{days}&person={person}"), &viewer).await;
            assert_eq!(own, all, "{member} by {by}");
            spent += own["total"]["tokens"].as_f64().unwrap();
        }
        let own = told("/v1/me/caps", &key).await["rows"].clone();
        let mut all = told(&format!("/v1/caps?person={person}"), &viewer).await["rows"].clone();
        all.as_array_mut().unwrap().retain(|cap| !cap["counted"].is_null());
        assert_eq!(own, all, "{member}");
    }
    assert!(spent > 0.0, "nobody used anything: nothing was compared");
    let nobody = told(&format!("/v1/me/burn?{days}"), &viewer).await;
    assert_eq!((&nobody["rows"], &nobody["total"]["tokens"]), (&json!([]), &json!(0.0)));
}

#[tokio::test]
async fn a_member_is_told_of_their_own_decisions_only() {
    let estate = Estate::office();
    let asks =
        [("anna", "anna"), ("a.lopez", "anna"), ("ben", "ben"), ("nobody", ""), ("dora", "dora")];
    for (index, (alias, _)) in asks.iter().enumerate() {
        estate.open(&format!("k{index}"), alias, "revit").await;
    }
    let first = estate.seq() - 4;
    for member in ["anna", "ben", "carla", "zoe"] {
        let told = async |seq: u64| {
            let call = Call::get(&format!("/v1/decisions/{seq}")).key(&estate.member(member));
            estate.send(call).await
        };
        let none = without(&told(99_999).await, "99999");
        for (seq, (alias, whose)) in (first..).zip(asks) {
            let reply = told(seq).await;
            if whose == member {
                assert_eq!(reply.status, 200, "{alias} by {member}: {:?}", reply.body);
                assert_eq!(reply.json()["holds"], true, "{alias}");
            } else {
                assert_eq!(reply.status, 404, "{alias} by {member}");
                assert_eq!(without(&reply, &seq.to_string()), none, "{alias} by {member}");
            }
        }
    }
}

/// A workstation may have named a bucket that the person does not see: what was in it stays out.
#[tokio::test]
async fn an_explanation_tells_nothing_of_a_foreign_bucket() {
    let estate = Estate::office();
    let body = json!({ "person": "dora", "product": "revit", "host": "w", "bucket": "general" });
    let call = Call::post("/v1/sessions").key(&estate.key(Role::Workstation)).json(&body);
    let decided = estate.send(call.header("idempotency-key", "k")).await.json();
    let path = format!("/v1/decisions/{}", decided["decision"]);
    let names = async |key: &str| {
        let told = estate.send(Call::get(&path).key(key)).await.json();
        let facts = told["facts"].as_array().unwrap().clone();
        facts.iter().any(|fact| fact["name"] == "bucket")
    };
    assert!(names(&estate.key(Role::Viewer)).await);
    assert!(!names(&estate.member("dora")).await);
}

/// Whoever gives may name any bucket to give to; whoever may not give learns of none.
#[tokio::test]
async fn a_transfer_reveals_no_bucket() {
    let estate = Estate::office();
    let send = async |member: &str, from: Option<&str>, to: &str| {
        let body = json!({ "order": "transfer", "from": from, "to": to, "tokens": 1, "why": "" });
        let call = Call::post("/v1/orders?dry_run=true").key(&estate.member(member));
        estate.send(call.json(&body)).await.status.as_u16()
    };
    let table = [
        // Ben owns Bridges and gives to whom he likes.
        ("ben", Some("bridges"), "poor", 200),
        ("ben", Some("bridges"), "nowhere", 404),
        // Carla owns nothing: what she draws from is not hers to give, wherever to.
        ("carla", Some("general"), "poor", 404),
        ("carla", Some("general"), "nowhere", 404),
        ("dora", Some("poor"), "poor", 403),
        ("dora", None, "poor", 403),
        ("dora", None, "bridges", 404),
        ("dora", None, "nowhere", 404),
        ("lena", None, "poor", 200),
    ];
    for (member, from, to, status) in table {
        assert_eq!(send(member, from, to).await, status, "{member} from {from:?} to {to}");
    }
}

/// A quote on a bucket tells what is in it.
#[tokio::test]
async fn a_quote_names_no_foreign_bucket() {
    let estate = Estate::office();
    for (bucket, status) in [("general", 200), ("bridges", 200), ("poor", 404), ("nowhere", 404)] {
        let body = json!({ "person": "anna", "product": "revit", "host": "w", "bucket": bucket });
        let call = Call::post("/v1/quotes").key(&estate.member("anna")).json(&body);
        assert_eq!(estate.send(call).await.status, status, "{bucket}");
    }
    for role in [Role::Workstation, Role::Viewer, Role::Administrator] {
        let body = json!({ "person": "ben", "product": "revit", "host": "w" });
        let call = Call::post("/v1/quotes").key(&estate.key(role)).json(&body);
        assert_eq!(estate.send(call).await.status, 200, "{role:?}");
    }
}

/// A route that is added stands in one of these tables, or this fails.
#[test]
fn every_route_is_in_a_table() {
    let naming = NAMING.into_iter().map(|(method, path, _)| (method, path));
    let tabled: BTreeSet<(&str, &str)> = naming
        .chain(LISTING)
        .chain(DECIDED)
        .chain(CLOSED.into_iter().filter(|(_, path)| !path.contains('?')))
        .chain(OPEN)
        .collect();
    // What devices sign has nobody's sight: it is bound to the device, in `agents.rs`.
    let seen = ROUTES.into_iter().filter(|(_, _, right, _)| *right != Right::Device);
    let routes: BTreeSet<(&str, &str)> = seen.map(|(method, path, ..)| (method, path)).collect();
    assert_eq!(tabled, routes);
}
