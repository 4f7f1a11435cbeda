//! Statements, reconciliation, chargeback, double-dips, places, and the vendor's report.

use crate::estate::{Call, Estate, Reply, now};
use axum::extract::ConnectInfo;
use faregate_app::access::Role;
use faregate_core::amount::Ticks;
use faregate_core::estate::{BucketId, PersonId, ProductId};
use faregate_core::event::{DipCause, Event, Finding, VendorCharge};
use faregate_core::when::{DAY, Date};
use serde_json::{Value, json};
use std::net::SocketAddr;

async fn get(estate: &Estate, path: &str) -> Reply {
    estate.send(Call::get(path).key(&estate.key(Role::Viewer))).await
}

/// The causes and amounts of a statement's lines.
fn lines(statement: &Value) -> Vec<(String, f64)> {
    let lines = statement["lines"].as_array().unwrap().iter();
    let text = |line: &Value| line["cause"].as_str().unwrap().to_owned();
    lines.map(|line| (text(line), line["tokens"].as_f64().unwrap())).collect()
}

#[tokio::test]
async fn a_statement_says_what_came_and_went() {
    let estate = Estate::new();
    let general = estate.read("/v1/buckets/general/statement").await;
    assert_eq!((&general["bucket"], &general["adds_up"]), (&json!("general"), &json!(true)));
    assert_eq!((&general["from"], &general["to"]), (&json!("2026-02-03"), &json!("2026-03-04")));
    let balance = |total: f64| json!({ "total": total, "held": 0.0 });
    assert_eq!((&general["opening"], &general["closing"]), (&balance(0.0), &balance(30.0)));
    assert_eq!(lines(&general), [("allocated".to_owned(), 40.0), ("consumed".to_owned(), -10.0)]);
    let used = json!({
        "date": "2026-03-04", "cause": "consumed", "party": { "kind": "product", "key": "revit" },
        "tokens": -10.0, "balance": 30.0, "units": 1, "used_from": "2026-03-03",
        "used_to": "2026-03-03", "by": null,
        "words": "1 unit of Revit, 10 tokens, used 2026-03-03",
    });
    assert_eq!(general["lines"][1], used);

    let contract = estate.read("/v1/statement").await;
    let closing = (contract["bucket"].clone(), contract["closing"].clone());
    assert_eq!(closing, (json!(null), balance(83.0)));
    assert_eq!(lines(&contract)[0], ("bought".to_owned(), 100.0));
    let before = estate.read("/v1/statement?from=2026-03-01&to=2026-03-03").await;
    assert_eq!((&before["lines"], &before["closing"]), (&json!([]), &balance(0.0)));
}

#[tokio::test]
async fn a_statement_comes_in_pages() {
    let estate = Estate::new();
    let whole = estate.read("/v1/statement").await["lines"].as_array().unwrap().clone();
    let (mut seen, mut path) = (Vec::new(), "/v1/statement?limit=1".to_owned());
    loop {
        let page = estate.read(&path).await;
        assert_eq!(page["adds_up"], true, "the sums are of the whole period");
        seen.extend(page["lines"].as_array().unwrap().clone());
        let Some(next) = page["next"].as_str() else { break };
        path = format!("/v1/statement?limit=1&cursor={next}");
    }
    assert_eq!(seen, whole);
}

/// Ben sees Bridges and not General above it: his statement does not name it.
#[tokio::test]
async fn a_statement_names_no_foreign_bucket() {
    let estate = Estate::office();
    let moved = json!({ "order": "transfer", "from": "general", "to": "bridges", "tokens": 3, "why": "General has more" });
    let order = Call::post("/v1/orders").header("idempotency-key", "k").json(&moved);
    let reply = estate.send(order.key(&estate.member("anna"))).await;
    assert_eq!(reply.status, 200, "{:?}", reply.body);
    let seen_by = async |key: &str| {
        let reply = estate.send(Call::get("/v1/buckets/bridges/statement").key(key)).await.json();
        let lines = reply["lines"].as_array().unwrap().clone();
        lines.into_iter().find(|line| line["cause"] == "transferred-in").unwrap()
    };
    let full = seen_by(&estate.member("anna")).await;
    assert_eq!(full["party"], json!({ "kind": "bucket", "key": "general" }));
    assert!(full["words"].as_str().unwrap().contains("General has more"), "{full}");
    let his = seen_by(&estate.member("ben")).await;
    assert_eq!(his["party"], json!({ "kind": "bucket", "key": null }));
    assert_eq!(
        (&his["words"], &his["tokens"]),
        (&json!("3 tokens from another bucket"), &json!(3.0))
    );
}

#[tokio::test]
async fn ours_beside_the_vendors() {
    let none = Estate::new().read("/v1/reconciliation").await;
    assert_eq!(none["balance"], json!(null));
    let ticks = Ticks::from_tokens(80).unwrap();
    let estate = Estate::after(vec![Event::VendorBalance { at: now(), ticks }]);
    let told = estate.read("/v1/reconciliation").await;
    let balance = &told["balance"];
    assert_eq!((&balance["ours"], &balance["theirs"]), (&json!(83.0), &json!(80.0)));
    let parts = json!([{ "cause": "unexplained", "tokens": 3.0, "count": 0, "words": "none of these explains it" }]);
    assert_eq!((&balance["difference"], &balance["parts"]), (&json!(3.0), &parts));
    assert!(told["text"].as_str().unwrap().ends_with("a difference of 3."), "{told}");
}

#[tokio::test]
async fn who_pays_what() {
    let estate = Estate::office();
    let costs = estate.read("/v1/chargeback?by=product").await;
    let money = |amount: &str| json!({ "amount": amount, "currency": "USD" });
    let revit = json!({ "key": "revit", "name": "Revit", "tokens": 10.0, "charges": 1, "money": money("30.00") });
    assert_eq!(costs["paid"]["rows"][0], revit);
    assert_eq!(costs["paid"]["total"]["money"], money("51.00"));
    assert_eq!((&costs["uncovered"]["rows"], &costs["next"]), (&json!([]), &json!(null)));
    let table = [
        ("by=bucket", "general"),
        ("by=person", "anna"),
        // Anna is of the staff, Ben of no group.
        ("by=fare", "staff"),
    ];
    for (query, first) in table {
        let costs = estate.read(&format!("/v1/chargeback?{query}&limit=1")).await;
        assert_eq!(
            (&costs["paid"]["rows"][0]["key"], &costs["next"]),
            (&json!(first), &json!("1"))
        );
        let rest = estate.read(&format!("/v1/chargeback?{query}&cursor=1")).await;
        assert_eq!(rest["paid"]["rows"].as_array().unwrap().len(), 1, "{query}");
    }
    let refused = [
        ("by=cost-centre", 422, "no-dimension"),
        ("by=product&currency=EUR", 422, "no-rate"),
        ("by=product&currency=euro", 400, "bad-currency"),
        ("by=product&from=2026-02-30", 400, "bad-date"),
        ("from=2026-03-01", 400, "bad-query"),
    ];
    for (query, status, code) in refused {
        let reply = get(&estate, &format!("/v1/chargeback?{query}")).await;
        let problem = reply.json();
        assert_eq!((reply.status.as_u16(), &problem["code"]), (status, &json!(code)), "{query}");
        assert!(!problem["help"].as_str().unwrap().is_empty(), "{query}");
    }
}

#[tokio::test]
async fn what_was_paid_twice() {
    let day = Date(i32::try_from(now().0 / DAY).unwrap());
    let charge = VendorCharge {
        day,
        alias: "c.second".to_owned(),
        person: PersonId(2),
        product: ProductId(0),
        ticks: Ticks::from_tokens(10).unwrap(),
        finding: Finding::DoubleDip(DipCause::SecondIdentity),
    };
    let estate = Estate::after(vec![Event::VendorReported(vec![charge])]);
    let dips = estate.read("/v1/double-dips").await;
    let row = json!({
        "day": "2026-03-04", "person": "carla", "product": "revit", "charged_to": "c.second",
        "tokens": 10.0, "money": { "amount": "30.00", "currency": "USD" }, "cause": "second-identity",
    });
    assert_eq!((&dips["rows"], &dips["tokens"]), (&json!([row]), &json!(10.0)));
    assert_eq!(dips["by_cause"], json!([{ "cause": "second-identity", "tokens": 10.0 }]));
    let earlier = estate.read("/v1/double-dips?to=2026-03-03").await;
    assert_eq!((&earlier["rows"], &earlier["money"]), (&json!([]), &json!(null)));
}

/// Anna opens AutoCAD in Madrid and somewhere unknown to a territory that quarantines; Carla on her seat.
async fn abroad() -> Estate {
    let estate = Estate::office();
    for (key, peer, person) in [("home", "10.20.3.4", "anna"), ("away", "198.51.100.7", "ben")] {
        let body = json!({ "person": person, "product": "autocad", "host": "w", "fare": "tokens" });
        let call = Call::post("/v1/sessions").key(&estate.key(Role::Workstation)).json(&body);
        let peer = ConnectInfo(SocketAddr::new(peer.parse().unwrap(), 4711));
        let reply = estate.send(call.header("idempotency-key", key).from(peer)).await;
        assert_eq!(reply.status, 201, "{:?}", reply.body);
    }
    estate
}

#[tokio::test]
async fn where_what_is_used() {
    let estate = abroad().await;
    let used = estate.read("/v1/places/use").await["rows"].clone();
    let row = |country: Value, site: Value, key: &str, breaches: u64| {
        json!({
            "month": "2026-03-01", "country": country, "site": site, "of": "bucket", "key": key,
            "opened": 1, "refused": 0, "breaches": breaches,
        })
    };
    let rows = [
        row(json!(null), json!(null), "bridges", 1),
        row(json!("ES"), json!("madrid"), "general", 0),
    ];
    assert_eq!(used, json!(rows));
    // By product, and the whole period in a row.
    let product = estate.read("/v1/places/use?by=product&over=period").await["rows"].clone();
    let row = |country: Value, site: Value, breaches: u64| {
        json!({
            "month": null, "country": country, "site": site, "of": "product", "key": "autocad",
            "opened": 1, "refused": 0, "breaches": breaches,
        })
    };
    let abroad = row(json!(null), json!(null), 1);
    assert_eq!(product, json!([abroad, row(json!("ES"), json!("madrid"), 0)]));
    let place = estate.read("/v1/places/use?by=place&limit=1").await["rows"][0].clone();
    assert_eq!((&place["month"], &place["of"]), (&json!("2026-03-01"), &json!(null)));
    for wrong in ["by=month", "over=year"] {
        assert_eq!(get(&estate, &format!("/v1/places/use?{wrong}")).await.status, 400, "{wrong}");
    }
    let next = estate.read("/v1/places/use?limit=1").await["next"].clone();
    let rest = estate.read(&format!("/v1/places/use?cursor={}", next.as_str().unwrap())).await;
    assert_eq!(rest["rows"], json!([rows[1]]));

    estate.clock.pass(3_600);
    let shared = estate.read("/v1/places/sharing").await;
    assert_eq!(
        shared["regions"].as_array().unwrap().len(),
        0,
        "nothing has ended, and nothing is later"
    );
    assert_eq!((&shared["peak_at"], &shared["sum_of_peaks"]), (&json!(null), &json!(0)));
    estate.open("later", "carla", "revit").await;
    let shared = estate.read("/v1/places/sharing").await;
    let regions: Vec<&Value> =
        shared["regions"].as_array().unwrap().iter().map(|one| &one["region"]).collect();
    assert_eq!(
        (regions, &shared["peak_of_sum"]),
        (vec![&json!("iberia"), &json!("unknown")], &json!(2))
    );
    assert_eq!(shared["regions"][0]["seconds"][10], 3_600);
}

#[tokio::test]
async fn use_outside_of_territories_is_shown_until_it_is_reviewed() {
    let estate = abroad().await;
    assert_eq!(estate.read("/v1/places/breaches").await["rows"], json!([]), "only reported");
    let all = estate.read("/v1/places/breaches?state=all").await;
    let breach = &all["rows"][0];
    assert_eq!((&breach["person"], &breach["done"]), (&json!("ben"), &json!("reported")));
    let evidence = json!({ "address": "198.51.100.7", "country": null, "site": null });
    assert_eq!((&breach["evidence"], &breach["place"]["trust"]), (&evidence, &json!("unknown")));
    assert_eq!((&breach["territory"]["of"], &breach["review"]), (&json!("pool"), &json!(null)));
    let (decision, why) = (&breach["decision"], "he was at a client's");
    let order =
        json!({ "order": "review-breach", "decision": decision, "accepted": true, "why": why });
    let call = Call::post("/v1/orders").header("idempotency-key", "k").json(&order);
    let reply = estate.send(call.key(&estate.administrator("anna"))).await;
    assert_eq!(reply.status, 200, "{:?}", reply.body);
    let all = estate.read("/v1/places/breaches?state=all").await;
    assert_eq!(all["rows"][0]["review"], json!({ "accepted": true, "why": why }));
    assert_eq!(get(&estate, "/v1/places/breaches?state=mine").await.status, 400);
}

#[tokio::test]
async fn the_vendors_report_is_taken_in() {
    let estate = Estate::new();
    let send = async |kind: &str, text: &str| {
        let call = Call::post("/v1/imports/token-usage").header("content-type", kind).body(text);
        estate.send(call.key(&estate.key(Role::Administrator))).await
    };
    let taken = send("Text/CSV; charset=utf-8", "Paint").await;
    let expected = json!({
        "rows": 8, "zero_rows": 1, "matched": 3, "booked": 2, "double_dips": 1, "duplicates": 0,
        "price_differences": 0, "restated": 0,
        "quarantined": [{ "line": 2, "why": "nobody knows `Paint` of token-usage.csv" }],
        "rejected": [
            { "line": 4, "why": "the day has not come yet" },
            { "line": 9, "why": "no product is named" },
        ],
        "both_names": [],
        "text": "8 rows with tokens: 3 matched, 2 booked, 1 double-dips, 1 quarantined, 2 rejected.",
    });
    assert_eq!((taken.status.as_u16(), taken.json()), (200, expected));
    let refused = [
        ("text/csv", "none", 422, "no-report"),
        ("text/csv", "nobody", 422, "names-nobody"),
        ("application/json", "{}", 415, "bad-body"),
        ("", "Paint", 415, "bad-body"),
    ];
    for (kind, text, status, code) in refused {
        let reply = send(kind, text).await;
        let found = (reply.status.as_u16(), reply.json()["code"].clone());
        assert_eq!(found, (status, json!(code)), "{kind} {text}");
    }
    let long = "x".repeat((8 << 20) + 1);
    assert_eq!(send("text/csv", &long).await.status, 413);

    let bare = Estate::new().served(|server| server);
    let call = Call::post("/v1/imports/token-usage").header("content-type", "text/csv").body("x");
    let reply = bare.send(call.key(&bare.key(Role::Administrator))).await;
    assert_eq!((reply.status.as_u16(), &reply.json()["code"]), (503, &json!("no-reader")));
}

/// A list of another department's whose dates say nothing of their order is asked about, and the answer is a field.
#[tokio::test]
async fn staff_lists_say_the_order_of_their_dates() {
    let estate = Estate::new();
    let list = "E-mail;Last day;Salary\nben@acme.example;03/05/2099;50000\n";
    let send = async |dates: serde_json::Value| {
        let mut body = json!({ "files": [{ "name": "leavers.csv", "text": list }] });
        if !dates.is_null() {
            body["dates"] = dates;
        }
        let call = Call::post("/v1/estate?dry_run=true").json(&body);
        estate.send(call.key(&estate.key(Role::Administrator))).await
    };
    let asked = send(json!(null)).await;
    assert_eq!((asked.status.as_u16(), &asked.json()["code"]), (422, &json!("faulty-files")));
    assert!(asked.json()["detail"].as_str().unwrap().contains("--dates dmy"), "{:?}", asked.body);
    for (dates, until) in [("dmy", "2099-05-04"), ("mdy", "2099-03-06")] {
        let taken = send(json!(dates)).await.json();
        let words = taken["changes"][0]["words"].as_str().unwrap().to_owned();
        assert!(words.contains(until), "{dates}: {words}");
        let notes = json!(["leavers.csv:1: the column `Salary` says nothing that is kept"]);
        assert_eq!(taken["notes"], notes);
    }
    assert_eq!(send(json!("ymd")).await.status, 422);
}

/// Events as OpenMeter's clients send them: in once, however often they come, or not at all.
#[tokio::test]
async fn events_are_taken_in_once_or_not_at_all() {
    let estate = Estate::new();
    let send = async |kind: &str, body: &str| {
        let call = Call::post("/api/v1/events").header("content-type", kind).body(body);
        estate.send(call.key(&estate.key(Role::Administrator))).await
    };
    let event = |id: &str, subject: &str| {
        let day = now().plus(-86_400);
        json!({
            "specversion": "1.0", "type": "session", "id": id, "source": "farm",
            "subject": subject, "time": day.to_string(), "datacontenttype": "application/json",
            "data": { "product": "revit", "host": "ws-9", "duration_seconds": 3_600 },
        })
    };
    let one = "application/cloudevents+json; charset=utf-8";
    let batch = "application/cloudevents-batch+json";
    let spent = async || estate.read("/v1/burn?by=person").await["rows"].clone();
    let before = spent().await;
    let nobody = json!([event("1", "ben"), event("2", " "), event("3", "anna")]).to_string();
    let refused = send(batch, &nobody).await;
    assert_eq!((refused.status.as_u16(), &refused.json()["code"]), (400, &json!("bad-events")));
    let detail = refused.json()["detail"].as_str().unwrap().to_owned();
    assert!(
        detail.starts_with("event 2: no `subject`; ") && !detail.contains("event 1"),
        "{detail}"
    );
    assert_eq!(spent().await, before, "a part of it is in");
    let mut future = event("4", "ben");
    future["time"] = json!(now().plus(3 * 86_400).to_string());
    let refused = send(batch, &json!([event("1", "ben"), future]).to_string()).await;
    assert_eq!(refused.status, 400);
    assert_eq!(refused.json()["detail"], "event 2: it begins more than a day after now");
    assert_eq!(spent().await, before, "a part of it is in");
    assert_eq!(send(one, &event("1", "ben").to_string()).await.status, 204);
    let after = spent().await;
    assert_ne!(after, before);
    for (kind, body) in [
        (one, event("1", "ben").to_string()),
        (batch, json!([event("1", "ben"), event("1", "ben")]).to_string()),
        ("application/json", json!([]).to_string()),
    ] {
        assert_eq!(send(kind, &body).await.status, 204, "{body}");
        assert_eq!(spent().await, after, "told again, it counted again");
    }
    assert_eq!(send("text/plain", "[]").await.status, 415);
    assert_eq!(send(one, "{").await.status, 400);
    assert_eq!(send(one, &"x".repeat((8 << 20) + 1)).await.status, 413);
}

/// What a bucket could not pay for stands apart.
#[tokio::test]
async fn uncovered_use_is_charged_back_apart() {
    let uncovered = faregate_core::event::Charge {
        at: now().plus(-3_600),
        ticks: Ticks::from_tokens(7).unwrap(),
        person: PersonId(3),
        product: ProductId(1),
        bucket: BucketId(2),
        meter: faregate_core::tariff::Meter::Window24h,
        source: faregate_core::event::Source::Log,
        paid: false,
    };
    let estate = Estate::after(vec![Event::UsageCharged(vec![uncovered])]);
    let costs = estate.read("/v1/chargeback?by=bucket&limit=2").await;
    assert_eq!((&costs["uncovered"]["rows"], &costs["next"]), (&json!([]), &json!("2")));
    assert_eq!(costs["uncovered"]["total"]["tokens"], 7.0);
    let last = estate.read("/v1/chargeback?by=bucket&limit=2&cursor=2").await;
    assert_eq!(
        (&last["paid"]["rows"], &last["uncovered"]["rows"][0]["key"]),
        (&json!([]), &json!("poor"))
    );
}

#[tokio::test]
async fn the_library_is_what_the_caller_may_have() {
    let estate = Estate::office();
    let names = async |key: String| -> Vec<(String, bool)> {
        let reply = estate.send(Call::get("/v1/reports").key(&key)).await.json();
        let rows = reply["rows"].as_array().unwrap().iter();
        let name = |row: &Value| row["name"].as_str().unwrap().to_owned();
        rows.map(|row| (name(row), row["needs_bucket"].as_bool().unwrap())).collect()
    };
    let all = names(estate.key(Role::Viewer)).await;
    assert!(all.len() == 9 && all.iter().all(|(_, needs)| !needs), "{all:?}");
    let own = names(estate.member("ben")).await;
    assert_eq!(own, [("burn".to_owned(), true), ("statement".to_owned(), true)]);
    let bought = names(estate.key(Role::Procurement)).await;
    assert!(bought.iter().all(|(name, _)| name != "seats" && name != "evidence"), "{bought:?}");
    assert_eq!(names(estate.key(Role::Workstation)).await, []);
}

#[tokio::test]
async fn a_report_is_a_file_with_a_name() {
    let estate = Estate::new();
    let path = "/v1/reports/burn?from=2026-03-01&to=2026-03-04";
    for (format, begins, media) in [
        ("xlsx", "PK", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        ("pdf", "%PDF-", "application/pdf"),
        ("csv", "Key,Name,Tokens", "text/csv; charset=utf-8"),
    ] {
        let reply = get(&estate, &format!("{path}&format={format}")).await;
        assert_eq!((reply.status.as_u16(), reply.header("content-type")), (200, media));
        let name =
            format!("attachment; filename=\"faregate-burn-2026-03-01-to-2026-03-04.{format}\"");
        assert_eq!(reply.header("content-disposition"), name);
        assert!(reply.body.starts_with(begins.as_bytes()), "{format}");
    }
}

#[tokio::test]
async fn what_cannot_be_asked_of_a_report_is_said() {
    let estate = Estate::office();
    for (path, status, code) in [
        ("nothing", 404, "unknown"),
        ("burn?format=ics", 400, "bad-format"),
        ("burn?format=docx", 400, "bad-format"),
        ("seats?from=2026-01-01", 400, "no-period"),
        ("chargeback?bucket=general", 400, "no-bucket"),
        ("burn?bucket=nowhere", 404, "unknown"),
        ("focus-cost-and-usage?currency=euro", 400, "bad-currency"),
    ] {
        let reply = get(&estate, &format!("/v1/reports/{path}")).await;
        let found = (reply.status.as_u16(), reply.json()["code"].clone());
        assert_eq!(found, (status, json!(code)), "{path}");
    }
    // Carla draws from General, and what others drew is not hers to see.
    let carla = estate.member("carla");
    let of = |path: &str| Call::get(path).key(&carla);
    assert_eq!(estate.send(of("/v1/reports/statement?bucket=general")).await.status, 200);
    assert_eq!(estate.send(of("/v1/reports/burn?bucket=general")).await.status, 404);
    assert_eq!(estate.send(of("/v1/reports/burn")).await.status, 403);
}
