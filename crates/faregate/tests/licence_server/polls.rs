//! `faregate lmstat`: what is known, what is not, and that nobody is gone of whom nothing is known.

use crate::fake::{office, read};
use crate::process::Place;
use serde_json::Value;

const HEAD: &str = "lmutil - Copyright (c) 1989-2016 Flexera Software LLC. All Rights Reserved.
License server status: 27000@srv
srv: license server UP v11.16.2

Vendor daemon status (on srv):
 adskflex: UP v11.16.2
Feature usage info:
";
const DOWN: &str = "License server status: 27000@srv
srv: Cannot connect to license server system. (-15,570:115 \"Operation now in progress\")
";

/// An answer of the server: who holds AutoCAD.
fn held(users: &[&str]) -> String {
    let rows: String = users
        .iter()
        .map(|user| format!("    {user} ws-1 ws-1 (v1.0) (srv/27000 501), start Mon 3/2 8:00\n"))
        .collect();
    let count = users.len();
    format!(
        "{HEAD}Users of 64300ACD_F:  (Total of 5 licenses issued;  Total of {count} licenses in use)\n\n  \"64300ACD_F\" v1.0, vendor: adskflex\n\n{rows}"
    )
}

fn lmstat(place: &Place, text: &str) -> Value {
    place.write("lmstat.txt", text);
    let ran = place.run(&["lmstat", "lmstat.txt", "--at", "2026-03-02T12:00:00Z", "--json"], 0);
    serde_json::from_str(&ran.stdout).unwrap()
}

#[test]
fn who_holds_what_is_told_by_people_and_products() {
    let place = office();
    let told = lmstat(&place, &held(&["alopez", "zoe"]));
    let rows = told["held"].as_array().unwrap();
    assert_eq!(rows.len(), 2);
    assert_eq!((&rows[0]["person"], &rows[0]["what"]), (&"ana".into(), &"autocad".into()));
    assert_eq!(rows[1]["person"], Value::Null);
    assert_eq!(rows[0]["since"], "2026-03-02T08:00:00Z");
    assert_eq!(
        (&told["unknown"], &told["known"]),
        (&Value::from(Vec::<Value>::new()), &vec!["autocad"].into())
    );
}

#[test]
fn a_server_that_does_not_answer_is_not_known() {
    let place = office();
    for text in [DOWN, "", "half of an answ"] {
        let told = lmstat(&place, text);
        assert!(!told["unknown"].as_array().unwrap().is_empty(), "{told}");
        assert_eq!(told["known"], Value::from(Vec::<Value>::new()));
        assert_eq!(told["differences"], Value::from(Vec::<Value>::new()));
    }
    let poll = ["lmstat", "--json", "--limit", "1", "--", "sh", "-c"];
    for (script, why) in
        [("exec tail -f /dev/null", "did not end within 1 seconds"), ("exit 4", "exit status: 4")]
    {
        let told: Value =
            serde_json::from_str(&place.run(&[&poll[..], &[script]].concat(), 0).stdout).unwrap();
        assert!(told["unknown"][0].as_str().unwrap().contains(why), "{told}");
    }
    // Whole as it looks, an answer of a program that failed is not taken for one.
    place.write("whole.txt", &held(&["ana"]));
    let script = "cat whole.txt; exit 4";
    let told: Value =
        serde_json::from_str(&place.run(&[&poll[..], &[script]].concat(), 0).stdout).unwrap();
    assert_eq!(told["known"], Value::from(Vec::<Value>::new()), "{told}");
    place.run(&["lmstat"], 2);
    place.run(&["lmstat", "nosuch.txt"], 3);
}

/// One poll a run: the watch goes on where it was stopped.
fn watched(place: &Place, text: &str) -> Vec<String> {
    place.write("lmstat.txt", text);
    let args = ["lmstat", "--every", "1", "--times", "1", "--json", "--", "cat", "lmstat.txt"];
    let lines = place.run(&args, 0).stdout;
    lines
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap())
        .map(|line| {
            let text = |key: &str| line[key].as_str().unwrap_or_default().to_owned();
            format!("{} {}", text("seen"), text("user")).trim().to_owned()
        })
        .collect()
}

#[test]
fn nobody_is_gone_of_whom_nothing_is_known() {
    let place = office();
    assert_eq!(watched(&place, &held(&["ana", "ben"])), ["held ana", "held ben"]);
    assert_eq!(watched(&place, &held(&["ana", "ben"])), Vec::<String>::new());
    assert_eq!(watched(&place, DOWN), ["unknown"]);
    assert_eq!(watched(&place, DOWN), Vec::<String>::new());
    // Nor of whom the answer says less than it counts.
    let less = held(&["ana"]).replace("Total of 1 licenses in use", "Total of 2 licenses in use");
    assert_eq!(watched(&place, &less), Vec::<String>::new());
    assert_eq!(watched(&place, &held(&["ana"])), ["known", "gone ben"]);
    assert_eq!(watched(&place, &held(&[])), ["gone ana"]);
    assert_eq!(read(&place, "faregate-data/lmstat.jsonl").lines().count(), 6);
    // And it ended no session, nor charged anything.
    let doctor = place.run(&["doctor"], 0).stdout;
    assert!(!doctor.contains("FAIL"), "{doctor}");
}

#[test]
fn a_record_that_was_cut_goes_on() {
    let place = office();
    watched(&place, &held(&["ana", "ben"]));
    let path = place.path("faregate-data/lmstat.jsonl");
    let text = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, &text[..text.len() - 20]).unwrap();
    assert_eq!(watched(&place, &held(&["ana", "ben"])), ["held ben"]);
    assert_eq!(watched(&place, &held(&["ana", "ben"])), Vec::<String>::new());
}
