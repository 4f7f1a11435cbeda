//! Every route of the description, for every kind of caller.

use crate::estate::{Call, Estate};
use crate::first_run::LOG;
use crate::office::{BENS, BRIDGES_LOW};
use crate::table::{ROUTES, Right};
use faregate_app::access::{Kind, Role};
use faregate_app::ports::Clock;
use faregate_app::rights::Rights;
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// Who calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Caller {
    Nobody,
    Stranger,
    Viewer,
    Workstation,
    /// A render farm's.
    Collector,
    /// Anna, with a key of her own.
    Member,
    Procurement,
    /// Anna, who is trusted with decisions.
    Approver,
    LicenceManager,
    Administrator,
    /// An administrator's browser, on our own page.
    Browser,
    /// The same browser, on another site's page.
    CrossSite,
    /// The same, in a browser that says only where the page is from.
    ForeignOrigin,
}

/// Routes that say nothing before people have used something for some weeks.
const PLANNING: [&str; 5] =
    ["/v1/recommendations", "/v1/plans", "/v1/portfolio", "/v1/sizing", "/v1/renewal"];

/// Signing out takes the caller's right away, so it has a table of its own.
const SIGN_OUT: [(&str, &str, Right, u16); 2] = [
    ("post", "/v1/sign-out", Right::BeSomebody, 204),
    ("delete", "/v1/me/sign-ins", Right::BeSomebody, 204),
];

const CALLERS: [Caller; 13] = [
    Caller::Nobody,
    Caller::Stranger,
    Caller::Viewer,
    Caller::Workstation,
    Caller::Collector,
    Caller::Member,
    Caller::Procurement,
    Caller::Approver,
    Caller::LicenceManager,
    Caller::Administrator,
    Caller::Browser,
    Caller::CrossSite,
    Caller::ForeignOrigin,
];

fn expected(method: &str, right: Right, caller: Caller, well: u16) -> u16 {
    let foreign = matches!(caller, Caller::CrossSite | Caller::ForeignOrigin);
    if right == Right::Anybody {
        return if foreign { 403 } else { well };
    }
    match caller {
        _ if right == Right::Device => 401,
        _ if right == Right::Open => well,
        Caller::Nobody | Caller::Stranger => 401,
        Caller::CrossSite | Caller::ForeignOrigin if method != "get" => 403,
        _ if right == Right::BeSomebody || has(caller, right) => well,
        _ => 403,
    }
}

/// Which rights each kind of caller has, in words apart from the code's.
fn has(caller: Caller, right: Right) -> bool {
    use Right::{
        Answer, Ask, Estate, Outlook, Own, Purchases, Read, ReadAccess, Report, Reports, Spend,
        Tokens,
    };
    let rights: &[Right] = match caller {
        Caller::Nobody | Caller::Stranger => &[],
        Caller::Viewer => &[Read, Reports, Estate, Own, Outlook, Purchases, Ask, ReadAccess],
        Caller::Workstation => &[Spend, Ask],
        Caller::Collector => &[Report],
        Caller::Member => &[Own, Reports, Outlook, Ask, Tokens, Answer],
        Caller::Procurement => &[Read, Reports, Outlook, Purchases],
        Caller::Approver => &[Read, Reports, Estate, Own, Outlook, Purchases, Ask, Tokens, Answer],
        Caller::LicenceManager => return !matches!(right, Right::Access | Right::ReadAccess),
        _ => return true,
    };
    rights.contains(&right)
}

fn as_caller(estate: &Estate, caller: Caller, call: Call) -> Call {
    match caller {
        Caller::Nobody => call,
        Caller::Stranger => call.key("fg_not-a-key"),
        Caller::Viewer => call.key(&estate.key(Role::Viewer)),
        Caller::Workstation => call.key(&estate.key(Role::Workstation)),
        Caller::Collector => call.key(&estate.key(Role::Collector)),
        Caller::Member => call.key(&estate.member("anna")),
        Caller::Procurement => call.key(&estate.key(Role::Procurement)),
        Caller::Approver => call.key(&estate.named("anna", Role::Approver)),
        Caller::LicenceManager => call.key(&estate.named("anna", Role::LicenceManager)),
        // A person as well, so that they can ask and decide as people do.
        Caller::Administrator => call.key(&estate.administrator("anna")),
        Caller::Browser => {
            call.header("cookie", &estate.cookie()).header("sec-fetch-site", "same-origin")
        }
        Caller::CrossSite => {
            call.header("cookie", &estate.cookie()).header("sec-fetch-site", "cross-site")
        }
        Caller::ForeignOrigin => call
            .header("cookie", &estate.cookie())
            .header("host", "faregate.example")
            .header("origin", "https://evil.example"),
    }
}

/// A request that a caller with the right would have answered well.
async fn well_formed(estate: &Estate, method: &str, path: &str, plan: &str) -> Call {
    let ask = json!({ "person": "anna", "product": "revit", "host": "ws-1" });
    let opened = estate.open("before", "anna", "revit").await.json();
    let session = opened["session"].as_str().unwrap_or("s1");
    let id = match path {
        _ if path.starts_with("/v1/plans") => plan,
        _ if path.starts_with("/v1/requests") => BENS,
        _ if path.starts_with("/v1/alerts") => BRIDGES_LOW,
        _ if path.starts_with("/v1/findings") => "0123456789abcdef",
        _ if path.starts_with("/v1/keys") => &some_key(estate),
        _ => session,
    };
    let key = if path.starts_with("/v1/people") { "anna" } else { "general" };
    let path = path.replace("{id}", id).replace("{key}", key).replace("{name}", "ops");
    let path = path.replace("{number}", "7");
    let call = Call::new(&method.to_uppercase(), &path).header("idempotency-key", "k");
    let transfer =
        json!({ "order": "transfer", "from": "general", "to": "bridges", "tokens": 1, "why": "" });
    match (method, path.as_str()) {
        ("post", "/v1/sessions" | "/v1/quotes") => call.json(&ask),
        ("post", "/v1/sessions/batch") => call.json(&json!([])),
        ("post", "/v1/orders") => call.json(&transfer),
        ("post", "/v1/requests") => call.json(&json!({ "tokens": 1, "why": "a test" })),
        ("post", answers) if answers.ends_with("/answers") => call.json(&json!({ "approve": 1 })),
        ("post", "/v1/estate") => {
            let text = "First name,Last name,Email\nAna,Diaz,ana@acme.example\n";
            call.json(&json!({ "files": [{ "name": "people.csv", "text": text }] }))
        }
        ("post", judgement) if judgement.ends_with("/judgement") => {
            let body = json!({ "class": "burst", "subject": "product/revit", "confirmed": true, "why": "a class" });
            call.json(&body)
        }
        ("post", "/v1/me/password") => {
            call.json(&json!({ "password": "none", "new_password": "correct horse" }))
        }
        ("post", "/v1/accounts") => call.json(&json!({ "name": "new", "role": "approver" })),
        ("patch", _) => call.json(&json!({ "disabled": true })),
        ("post", "/v1/keys") => call.json(&json!({ "name": "new", "role": "viewer" })),
        ("post", "/v1/people/merge") => call.json(&json!({ "person": "carla", "into": "dora" })),
        ("post", "/v1/agents/codes" | "/v1/first-run/demo") => call.json(&json!({})),
        ("post", "/v1/alert-rules/trial") => {
            let text = "[[rule]]\nkey = \"r\"\nwatch = \"burn\"\nover = \"day\"\nabove = 5\n";
            call.json(&json!({ "text": text }))
        }
        ("post", "/v1/forecasts/what-if") => {
            call.json(&json!({ "to": "2027-01-01", "changes": [], "subject": "bucket:general" }))
        }
        ("post", "/v1/plans") => call.json(&json!({ "name": "next year" })),
        ("post", "/v1/sizing" | "/v1/renewal") => call.json(&json!({ "years": 100 })),
        ("post", "/v1/policies/check") => call.json(&json!({ "sets": [] })),
        (
            "post",
            "/v1/policies/diff" | "/v1/policies/simulate" | "/v1/what-ifs" | "/v1/portfolio",
        ) => call.json(&json!({})),
        ("post" | "put", schedules) if schedules.starts_with("/v1/report-schedules") => {
            call.json(&schedule(method))
        }
        ("post", "/v1/imports/token-usage" | "/v1/imports/log" | "/api/v1/events") => {
            file(call, path.as_str())
        }
        (_, report) if report.starts_with("/v1/reports/") => {
            Call::get("/v1/reports/statement?bucket=general")
        }
        (_, "/v1/chargeback") => Call::get("/v1/chargeback?by=product"),
        (_, "/v1/forecasts") => Call::get("/v1/forecasts?subject=bucket:general"),
        (_, "/v1/burn") => Call::get("/v1/burn?by=day"),
        (_, "/v1/sign-in") => call.json(&json!({ "token": estate.link() })),
        _ => call,
    }
}

/// A schedule of a report of General's, which has no key where it is changed.
fn schedule(method: &str) -> Value {
    let to = ["ana@acme.example"];
    let mut said = json!({ "report": "burn", "bucket": "general", "every": "daily", "to": to });
    if method == "post" {
        said["key"] = "new".into();
    }
    said
}

/// What is no JSON of ours.
fn file(call: Call, path: &str) -> Call {
    let (call, kind, body) = match path {
        "/v1/imports/token-usage" => (call, "text/csv", "1 row"),
        "/v1/imports/log" => {
            (Call::post("/v1/imports/log?zone=UTC"), "application/octet-stream", LOG)
        }
        _ => (call, "application/cloudevents-batch+json", "[]"),
    };
    call.header("content-type", kind).body(body)
}

/// The id of a key that nobody calls with.
fn some_key(estate: &Estate) -> String {
    estate.named("unused", Role::Viewer);
    let all = estate.access.kept(Kind::Key, estate.clock.now()).unwrap();
    all.iter().find(|one| one.name == "unused").unwrap().id()
}

#[tokio::test]
async fn every_route_asks_for_its_right() {
    for (method, path, right, well) in ROUTES.into_iter().chain(SIGN_OUT) {
        for caller in CALLERS {
            let expected = expected(method, right, caller, well);
            let is_told = expected == well && PLANNING.iter().any(|one| path.starts_with(one));
            let estate = if is_told { Estate::used().await } else { Estate::office() };
            let names_a_plan = is_told && path.contains("{id}");
            let plan = if names_a_plan { estate.made_plan().await } else { "p1".to_owned() };
            let call = well_formed(&estate, method, path, &plan).await;
            let reply = estate.send(as_caller(&estate, caller, call)).await;
            assert_eq!(reply.status, expected, "{method} {path} by {caller:?}: {:?}", reply.body);
            if expected == 401 {
                // Whoever is told that they are nobody is told how to be somebody.
                assert_eq!(reply.header("www-authenticate"), "Bearer", "{method} {path}");
            }
        }
    }
}

#[test]
fn the_table_is_the_description() {
    let description: Value = serde_json::from_str(&faregate_api::openapi()).unwrap();
    let described: BTreeSet<(String, String)> = description["paths"]
        .as_object()
        .unwrap()
        .iter()
        .flat_map(|(path, item)| {
            item.as_object().unwrap().keys().map(|method| (method.clone(), path.clone()))
        })
        .collect();
    let tabled: BTreeSet<(String, String)> = ROUTES
        .into_iter()
        .chain(SIGN_OUT)
        .map(|(method, path, ..)| (method.to_owned(), path.to_owned()))
        .collect();
    assert_eq!(described, tabled);
}

#[tokio::test]
async fn a_right_is_not_found_in_odd_places() {
    let estate = Estate::new();
    let key = estate.key(Role::Administrator);
    let cookie = estate.cookie();
    let sign_in = cookie.split_once(&format!("{}=", faregate_api::authority::COOKIE)).unwrap().1;
    let refused = [
        // A key is no sign-in and a sign-in is no key; a link is neither.
        Call::get("/v1/me").header("cookie", &format!("faregate_sign_in={key}")),
        Call::get("/v1/me").key(sign_in),
        Call::get("/v1/me").key(&estate.link()),
        // A key in the query would end up in logs.
        Call::get(&format!("/v1/me?key={key}")),
        Call::get("/v1/me").header("authorization", &format!("Basic {key}")),
        Call::get("/v1/me").header("authorization", &key),
        // A wrong key is not made good by a cookie beside it.
        Call::get("/v1/me").key("fg_wrong").header("cookie", &cookie),
    ];
    for call in refused {
        assert_eq!(estate.send(call).await.status, 401);
    }
    let lower = Call::get("/v1/me").header("authorization", &format!("bearer {key}"));
    assert_eq!(estate.send(lower).await.status, 200);
}

#[tokio::test]
async fn me_is_who_calls() {
    let estate = Estate::new();
    let me = estate.send(Call::get("/v1/me").key(&estate.key(Role::Viewer))).await.json();
    let rights = [
        "read-burn",
        "read-estate",
        "read-own",
        "read-outlook",
        "read-purchases",
        "ask-price",
        "read-access",
    ];
    let viewer = json!({ "name": "viewer", "roles": ["viewer"], "rights": rights, "person": null, "zone": "Europe/Madrid" });
    assert_eq!(me, viewer);
    let me = estate.send(Call::get("/v1/me").header("cookie", &estate.cookie())).await.json();
    assert_eq!((&me["name"], &me["roles"]), (&json!("Lena"), &json!(["administrator"])));
    assert_eq!(me["rights"].as_array().unwrap().len(), 17);
}

/// Whose name somebody has is whom they are; a machine is nobody.
#[tokio::test]
async fn me_says_which_person_one_is() {
    let anna = json!({ "key": "anna", "name": "Anna", "bucket": "general" });
    let table = [
        ("anna", Role::Member, &anna),
        ("a.lopez", Role::Member, &anna),
        ("anna@test.example", Role::Administrator, &anna),
        ("zoe", Role::Member, &Value::Null),
        ("anna", Role::Workstation, &Value::Null),
        ("anna", Role::Collector, &Value::Null),
    ];
    let estate = Estate::office();
    for (name, role, person) in table {
        let me = estate.send(Call::get("/v1/me").key(&estate.named(name, role))).await.json();
        assert_eq!((&me["name"], &me["person"]), (&json!(name), person), "{role:?}");
    }
}

/// `/v1/orders` takes all orders, and each asks for a right of its own.
#[tokio::test]
async fn orders_ask_for_rights_of_their_own() {
    let estate = Estate::used().await;
    let plan = estate.drawn_plan().await;
    let seat = json!({ "order": "move-seat", "seat": 0, "person": null });
    let judge = json!({ "order": "judge-plan", "plan": plan, "approve": true, "why": "" });
    let step = json!({ "order": "step-plan", "plan": plan, "moves": [1], "step": "done" });
    let buy = json!({
        "order": "buy", "name": "spring", "tokens": 5, "from": "2026-01-01", "until": "2099-12-31",
    });
    let balance = json!({ "order": "vendor-balance", "tokens": 5, "at": "2026-03-03" });
    let request = json!({ "order": "request", "tokens": 1, "why": "" });
    let orders = [&seat, &judge, &step, &buy, &balance, &request];
    let table = [
        (Role::Member, [false, false, false, false, false, true]),
        (Role::Procurement, [false, false, false, true, false, false]),
        (Role::Approver, [false, true, false, false, false, true]),
        (Role::LicenceManager, [true; 6]),
        (Role::Administrator, [true; 6]),
    ];
    for (role, may) in table {
        let key = estate.named("anna", role);
        for (order, may) in orders.into_iter().zip(may) {
            let reply =
                estate.send(Call::post("/v1/orders?dry_run=true").key(&key).json(order)).await;
            let told = String::from_utf8_lossy(&reply.body).into_owned();
            assert_ne!(reply.json()["code"], "bad-body", "{order}: {told}");
            assert_eq!(reply.status != 403, may, "{} {order}: {told}", role.key());
        }
        // Who acts for somebody else is in the record under both names.
        let call = Call::get("/v1/me").key(&key).header("faregate-on-behalf-of", "ben");
        let acts = estate.send(call).await.status == 200;
        assert_eq!(acts, role == Role::Administrator, "{}", role.key());
    }
}

/// What an administrator has added holds for every route that asks for the right.
#[tokio::test]
async fn rights_of_ones_own_hold_for_routes_and_orders() {
    let text =
        "permit (principal == Role::\"viewer\", action == Action::\"give-orders\", resource);
        permit (principal == Role::\"viewer\", action == Action::\"run-faregate\", resource);
        forbid (principal == Role::\"viewer\", action == Action::\"read-estate\", resource);";
    let rights = Rights::with("rights.cedar", text).unwrap();
    let estate = Estate::office().served(|server| server.with_rights(rights));
    let key = estate.key(Role::Viewer);
    let seat = json!({ "order": "retire-policy", "name": "none" });
    let order = Call::post("/v1/orders?dry_run=true").key(&key).json(&seat);
    assert_eq!(estate.send(order).await.status, 404, "they may, and there is none");
    assert_eq!(estate.send(Call::get("/v1/groups").key(&key)).await.status, 403);
    assert_eq!(estate.send(Call::get("/v1/balances").key(&key)).await.status, 200);
}
