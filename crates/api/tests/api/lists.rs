//! Lists in the order that is asked for, and as files.

use crate::estate::{Call, Estate, Reply};
use faregate_app::access::Role;
use faregate_core::estate::{BucketId, Person};
use faregate_core::event::Event;
use serde_json::{Value, json};
use std::sync::mpsc::channel;

async fn get(estate: &Estate, path: &str) -> Reply {
    estate.send(Call::get(path).key(&estate.key(Role::Viewer))).await
}

/// What the rows of all pages have in a field, page after page of a size.
async fn walk(estate: &Estate, path: &str, limit: usize, field: &str) -> Vec<Value> {
    let (mut seen, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = get(estate, &format!("{path}&limit={limit}{cursor}")).await;
        assert_eq!(page.status, 200, "{path}: {:?}", page.body);
        let page = page.json();
        seen.extend(page["rows"].as_array().unwrap().iter().map(|row| row[field].clone()));
        let Some(next) = page["next"].as_str() else { return seen };
        cursor = format!("&cursor={next}");
    }
}

/// Where two have the same, or nothing, they stay as they became known; what has nothing comes last.
#[tokio::test]
async fn lists_are_sorted_page_by_page() {
    let estate = Estate::office();
    let people: [(&str, Value); 6] = [
        ("/v1/people?sort=-name", json!(["lena", "dora", "carla", "ben", "anna"])),
        ("/v1/people?sort=key", json!(["anna", "ben", "carla", "dora", "lena"])),
        ("/v1/people?sort=bucket", json!(["ben", "anna", "carla", "lena", "dora"])),
        ("/v1/people?sort=-bucket", json!(["dora", "anna", "carla", "lena", "ben"])),
        ("/v1/people?sort=-until", json!(["anna", "ben", "carla", "dora", "lena"])),
        ("/v1/people?sort=-key&q=n", json!(["lena", "ben", "anna"])),
    ];
    let seats: [(&str, Value); 5] = [
        ("/v1/seats?sort=-seat", json!([1, 0])),
        ("/v1/seats?sort=holder", json!([0, 1])),
        // Nobody holds the other.
        ("/v1/seats?sort=-holder", json!([0, 1])),
        ("/v1/seats?sort=-from", json!([1, 0])),
        ("/v1/seats?sort=offering&state=free", json!([1])),
    ];
    for limit in [1, 2, 9] {
        for (path, keys) in &people {
            let found = walk(&estate, path, limit, "key").await;
            assert_eq!(json!(found), *keys, "{path} by {limit}");
        }
        for (path, numbers) in &seats {
            let found = walk(&estate, path, limit, "seat").await;
            assert_eq!(json!(found), *numbers, "{path} by {limit}");
        }
    }
}

#[tokio::test]
async fn an_order_that_is_none_names_those_that_are() {
    let estate = Estate::used().await;
    for (path, columns) in [
        ("/v1/people", "name, key, bucket, contractor, until"),
        ("/v1/seats", "seat, offering, holder, from, until, last-used"),
        (
            "/v1/recommendations",
            "person, name, offering, advice, stays, days, break-even, p-saves, saving, regret, on-tokens, seat-price, idle-days",
        ),
    ] {
        let reply = get(&estate, &format!("{path}?sort=colour")).await;
        assert_eq!(reply.status, 400, "{path}");
        let problem = reply.json();
        assert_eq!(problem["code"], "bad-sort");
        assert_eq!(problem["detail"], "this list cannot be sorted by `colour`");
        let help = format!("sort by {columns}; a `-` in front turns the order around");
        assert_eq!(problem["help"], help);
        // A page of one order goes on under no other.
        for cursor in ["1.1", "1", "e30"] {
            let reply = get(&estate, &format!("{path}?sort=name&cursor={cursor}")).await;
            if path != "/v1/seats" {
                assert_eq!(reply.json()["code"], "bad-cursor", "{path} {cursor}");
            }
        }
    }
}

/// Pages after the first ask nothing of the gate's thread, and are of the same study though others act meanwhile.
#[tokio::test]
async fn recommendations_are_studied_once_for_all_pages() {
    let estate = Estate::used().await;
    for sort in ["", "&sort=-days", "&sort=saving", "&sort=stays", "&sort=-advice"] {
        let whole = walk(&estate, &format!("/v1/recommendations?{sort}"), 99, "person").await;
        assert!(whole.len() > 2, "{whole:?}");
        let first = get(&estate, &format!("/v1/recommendations?limit=1{sort}")).await.json();
        // Somebody opens a product: what is studied from here on is of another revision.
        estate.open(&format!("k{sort}"), "anna", "autocad").await;
        let (release, wait) = channel::<()>();
        estate.gate.run(move |_| {
            let _ = wait.recv();
        });
        let cursor = first["next"].as_str().unwrap();
        let rest = format!("/v1/recommendations?limit=99&cursor={cursor}{sort}");
        let rest = get(&estate, &rest).await.json();
        drop(release);
        let of = |page: &Value| -> Vec<Value> {
            page["rows"].as_array().unwrap().iter().map(|row| row["person"].clone()).collect()
        };
        assert_eq!([of(&first), of(&rest)].concat(), whole, "{sort}");
    }
    let anna = get(&estate, "/v1/recommendations?q=anna").await.json();
    assert_eq!(anna["rows"][0]["offering_name"], "Revit");
}

fn csv(reply: &Reply) -> Vec<String> {
    let text = String::from_utf8(reply.body.to_vec()).unwrap();
    text.split_terminator("\r\n").map(str::to_owned).collect()
}

#[tokio::test]
async fn lists_are_files_of_all_that_obey_the_filters() {
    let estate = Estate::used().await;
    estate.open("a", "anna", "revit").await;
    estate.open("b", "nobody", "revit").await;
    let table = [
        (
            "people?sort=-name",
            5,
            "# sorted by: name, descending",
            "Key,Name,Bucket,Groups,Contractor,Access until",
        ),
        (
            "people?q=ann&limit=1",
            1,
            "# search: ann",
            "Key,Name,Bucket,Groups,Contractor,Access until",
        ),
        (
            "people?group=bucket&in=is:bridges",
            1,
            "# group: bucket bridges",
            "Key,Name,Bucket,Groups,Contractor,Access until",
        ),
        (
            "seats?state=held",
            1,
            "# state: held",
            "Seat,Offering,Offering name,Holder,Holder name,From,Last day,In use on,Last used",
        ),
        (
            "decisions?reason=person-unknown&from=2026-03-01",
            1,
            "# reason: person-unknown; from: 2026-03-01",
            "Decision,At (UTC),",
        ),
        (
            "recommendations?moves=true&q=anna",
            1,
            "# moves: only; search: anna",
            "Person,Name,Seat,Offering,",
        ),
    ];
    for (path, rows, filters, header) in table {
        let reply = get(&estate, &format!("/v1/{path}&format=csv")).await;
        assert_eq!(reply.status, 200, "{path}: {:?}", reply.body);
        let name = path.split('?').next().unwrap();
        assert_eq!(reply.header("content-type"), "text/csv; charset=utf-8");
        let disposition = format!("attachment; filename=\"faregate-{name}-2026-03-04.csv\"");
        assert_eq!(reply.header("content-disposition"), disposition);
        let lines = csv(&reply);
        assert_eq!((lines[0].as_str(), lines.len()), (filters, rows + 2), "{path}: {lines:?}");
        assert!(lines[1].starts_with(header), "{path}: {}", lines[1]);

        let book = get(&estate, &format!("/v1/{path}&format=xlsx")).await;
        assert_eq!(book.status, 200, "{path}");
        assert!(book.body.starts_with(b"PK"), "{path}");
        assert!(book.header("content-disposition").ends_with(".xlsx\""));
        let page = get(&estate, &format!("/v1/{path}&format=json")).await;
        assert!(page.json()["rows"].is_array(), "{path}");
        let other = get(&estate, &format!("/v1/{path}&format=pdf")).await;
        assert_eq!((other.status.as_u16(), &other.json()["code"]), (400, &json!("bad-format")));
    }
}

#[tokio::test]
async fn a_file_says_what_the_page_says() {
    let estate = Estate::office();
    let people = csv(&get(&estate, "/v1/people?format=csv").await);
    assert_eq!(people[1..3], ["anna,Anna,general,staff,no,", "ben,Ben,bridges,,no,"]);
    let seats = csv(&get(&estate, "/v1/seats?format=csv").await);
    assert_eq!(seats[1], "0,revit-seat,Revit,carla,Carla,2026-01-01,2027-01-01,,");
    let decided = estate.open("k", "carla", "revit").await.json()["decision"].clone();
    let decisions = csv(&get(&estate, "/v1/decisions?format=csv").await);
    let expected = format!(
        "{decided},2026-03-04T10:00:00Z,allowed,seat,carla,carla,Carla,revit,Revit,ws-1,,0.0,,,,,,"
    );
    assert_eq!(decisions[1..], [expected]);
}

/// The header says it as well; where it says something else first, it is a page.
#[tokio::test]
async fn a_file_is_asked_for_by_accept() {
    let estate = Estate::office();
    let book = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
    for (accept, kind) in [
        ("text/csv", "text/csv; charset=utf-8"),
        ("TEXT/CSV;q=0.9, application/json", "text/csv; charset=utf-8"),
        (book, book),
        ("application/json", "application/json"),
        ("*/*", "application/json"),
        ("application/json, text/csv", "application/json"),
    ] {
        let call = Call::get("/v1/people").key(&estate.key(Role::Viewer)).header("accept", accept);
        assert_eq!(estate.send(call).await.header("content-type"), kind, "{accept}");
    }
}

/// A file holds no more than the page would show, and nothing in it is a formula.
#[tokio::test]
async fn a_file_is_of_what_the_caller_sees() {
    let evil = Person {
        key: "evil".to_owned(),
        name: "=HYPERLINK(\"http://evil.example\")".to_owned(),
        bucket: BucketId(0),
        aliases: Vec::new(),
    };
    let estate = Estate::after(vec![Event::PeopleAdded(vec![evil])]);
    let people = csv(&get(&estate, "/v1/people?q=evil&format=csv").await);
    assert_eq!(people[2], "evil,\"'=HYPERLINK(\"\"http://evil.example\"\")\",general,,no,");
    estate.open("a", "anna", "revit").await;
    estate.open("b", "ben", "revit").await;
    let key = estate.member("ben");
    for (path, rows) in [("people", 1), ("seats", 0), ("decisions", 1)] {
        let call = Call::get(&format!("/v1/{path}?format=csv")).key(&key);
        let lines = csv(&estate.send(call).await);
        assert_eq!(lines.len(), rows + 1, "{path}: {lines:?}");
    }
    let call = Call::get("/v1/recommendations?format=csv").key(&key);
    assert_eq!(estate.send(call).await.status, 403);
}

/// Each group says how many rows it has, and asking for it gives these.
#[tokio::test]
async fn lists_are_grouped_by_the_server() {
    let estate = Estate::used().await;
    for (path, groups) in [
        ("/v1/people?group=bucket", json!([["is:bridges", 1], ["is:general", 3], ["is:poor", 1]])),
        ("/v1/people?group=kind", json!([["is:staff", 5]])),
        ("/v1/people?group=kind&q=anna", json!([["is:staff", 1]])),
        ("/v1/people?group=group", json!([["is:staff", 1], ["nothing", 4]])),
        ("/v1/seats?group=state", json!([["is:free", 1], ["is:held", 1]])),
        ("/v1/seats?group=offering&state=held", json!([["is:revit-seat", 1]])),
    ] {
        let page = get(&estate, path).await.json();
        let found = page["groups"].as_array().unwrap().iter();
        let found: Vec<Value> = found.map(|group| json!([group["in"], group["rows"]])).collect();
        assert_eq!(json!(found), groups, "{path}");
        assert_eq!(page["rows"], json!([]), "{path}");
    }
    for path in [
        "/v1/people?group=bucket",
        "/v1/seats?group=last-day",
        "/v1/recommendations?group=advice",
        "/v1/recommendations?group=stays",
        "/v1/recommendations?group=offering",
        "/v1/recommendations?group=bucket",
    ] {
        let mut sum = 0;
        for group in get(&estate, path).await.json()["groups"].as_array().unwrap() {
            let of_group = format!("{path}&in={}", group["in"].as_str().unwrap());
            let rows = walk(&estate, &of_group, 1, "x").await;
            assert_eq!(json!(rows.len()), group["rows"], "{path} {group}");
            sum += group["rows"].as_u64().unwrap();
        }
        let whole = path.split('?').next().unwrap();
        let whole = walk(&estate, &format!("{whole}?"), 9, "x").await.len();
        assert_eq!(sum, whole as u64, "{path}: each row is in one group");
    }
    let problem = get(&estate, "/v1/seats?group=colour").await.json();
    assert_eq!(problem["help"], "group by offering, state, last-day");
}

/// What a group of recommendations saves is what its moves save; those who stay as they are save nothing.
#[tokio::test]
async fn groups_of_recommendations_say_what_their_moves_save() {
    let estate = Estate::used().await;
    let amount = |money: &Value| money["amount"].as_str().unwrap().parse::<f64>().unwrap();
    let moves = get(&estate, "/v1/recommendations?moves=true").await.json();
    let moves = moves["rows"].as_array().unwrap();
    assert!(!moves.is_empty(), "somebody is to be moved");
    let saved: f64 = moves.iter().map(|row| amount(&row["saving"])).sum();
    for group in ["advice", "bucket"] {
        let page = get(&estate, &format!("/v1/recommendations?group={group}")).await.json();
        let groups = page["groups"].as_array().unwrap();
        let sum: f64 = groups.iter().map(|group| amount(&group["saving"])).sum();
        assert!((sum - saved).abs() < 0.01, "{group}: {sum} and {saved}");
    }
    let anna = get(&estate, "/v1/recommendations?person=anna").await.json();
    let people = anna["rows"].as_array().unwrap().iter().map(|row| &row["person"]);
    assert!(people.clone().count() > 0 && people.clone().all(|person| person == "anna"));
}
