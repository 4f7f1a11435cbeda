//! Reports that are sent by the clock: who may have which sent, and who may change that.

use crate::estate::{Call, Estate, Reply};
use faregate_api::schedules::Schedules;
use faregate_app::access::Role;
use faregate_app::ports::StoreError;
use faregate_core::when::{Instant, Zone};
use faregate_library::schedule::{Cadence, Schedule};
use faregate_library::{Format, Report};
use serde_json::{Value, json};
use std::sync::Mutex;

/// Schedules that are kept in memory; what is sent is told by its id.
pub(crate) struct Kept(Mutex<Vec<Schedule>>);

impl Default for Kept {
    /// Seats, for whoever is called `otto`.
    fn default() -> Self {
        let seats = Schedule {
            key: "seats".to_owned(),
            report: Report::Seats,
            format: Format::Xlsx,
            bucket: None,
            currency: None,
            every: Cadence::Month,
            minute: 420,
            zone: Zone::utc(),
            channel: "mail".to_owned(),
            to: vec!["otto@acme.example".to_owned()],
            by: "otto".to_owned(),
            role: Role::Administrator,
        };
        Self(Mutex::new(vec![seats]))
    }
}

impl Schedules for Kept {
    fn all(&self) -> Result<Vec<Schedule>, StoreError> {
        Ok(self.0.lock().unwrap().clone())
    }

    fn keep(&self, schedule: Schedule) -> Result<(), StoreError> {
        let mut all = self.0.lock().unwrap();
        all.retain(|one| one.key != schedule.key);
        all.push(schedule);
        Ok(())
    }

    fn forget(&self, key: &str) -> Result<(), StoreError> {
        self.0.lock().unwrap().retain(|one| one.key != key);
        Ok(())
    }

    fn mail_channels(&self) -> Vec<String> {
        vec!["mail".to_owned()]
    }

    fn send(&self, schedule: &Schedule, now: Instant) -> Result<String, StoreError> {
        Ok(schedule.notice(schedule.zone.date(now), Some(now)))
    }
}

async fn call(estate: &Estate, key: &str, method: &str, path: &str, body: &Value) -> Reply {
    let call = Call::new(method, &format!("/v1/report-schedules{path}")).key(key);
    estate.send(if body.is_null() { call } else { call.json(body) }).await
}

fn burn(key: &str) -> Value {
    json!({ "key": key, "report": "burn", "every": "weekly", "to": ["ana@acme.example"] })
}

#[tokio::test]
async fn a_schedule_is_added_changed_sent_and_removed() {
    let estate = Estate::office();
    let lena = estate.named("lena", Role::Viewer);
    let added = call(&estate, &lena, "POST", "", &burn("mine")).await;
    let expected = json!({
        "key": "mine", "report": "burn", "format": "xlsx", "bucket": null, "currency": null,
        "every": "weekly", "at": "07:00", "zone": "Europe/Madrid", "channel": "mail",
        "to": ["ana@acme.example"], "by": "lena", "role": "viewer",
    });
    assert_eq!((added.status.as_u16(), added.json()), (201, expected.clone()));
    let again = call(&estate, &lena, "POST", "", &burn("mine")).await;
    assert_eq!((again.status.as_u16(), &again.json()["code"]), (409, &json!("schedule-taken")));
    let said = json!({
        "report": "burn", "format": "pdf", "every": "daily", "at": "18:30", "zone": "UTC",
        "to": ["ana@acme.example", "bo@acme.example"], "currency": "eur",
    });
    let changed = call(&estate, &lena, "PUT", "/mine", &said).await.json();
    let told = ["format", "every", "at", "zone", "currency"].map(|name| changed[name].clone());
    assert_eq!(told, ["pdf", "daily", "18:30", "UTC", "EUR"].map(Value::from));
    let listed = call(&estate, &lena, "GET", "", &Value::Null).await.json();
    assert_eq!(listed["channels"], json!(["mail"]));
    let keys: Vec<&Value> =
        listed["rows"].as_array().unwrap().iter().map(|row| &row["key"]).collect();
    assert_eq!(keys, ["seats", "mine"]);
    let sent = call(&estate, &lena, "POST", "/mine/send", &Value::Null).await.json();
    assert_eq!(sent["delivery"], "report-mine.1772618400.2026-03-04");
    assert_eq!(call(&estate, &lena, "DELETE", "/mine", &Value::Null).await.status, 204);
    assert_eq!(call(&estate, &lena, "DELETE", "/mine", &Value::Null).await.status, 404);
}

/// A report by mail asks for the same right as the report; a bucket that is foreign is as if it were not.
#[tokio::test]
async fn who_may_have_a_report_may_have_it_sent() {
    let estate = Estate::office();
    let ask = |key: String, report: &str, bucket: Option<&str>| {
        json!({
            "key": key, "report": report, "bucket": bucket, "every": "daily",
            "to": ["x@acme.example"],
        })
    };
    let ben = estate.member("ben");
    let table = [
        (&ben, "burn", Some("bridges"), 201),
        (&ben, "burn", Some("general"), 404),
        (&ben, "burn", Some("nowhere"), 404),
        (&ben, "burn", None, 403),
        (&ben, "seats", None, 403),
        (&estate.key(Role::Procurement), "chargeback", None, 201),
        (&estate.key(Role::Procurement), "seats", None, 403),
        (&estate.key(Role::Viewer), "seats", None, 201),
        (&estate.key(Role::Workstation), "burn", None, 403),
        (&estate.key(Role::Viewer), "none", None, 404),
    ];
    for (index, (key, report, bucket, status)) in table.into_iter().enumerate() {
        let body = ask(format!("x{index}"), report, bucket);
        let reply = call(&estate, key, "POST", "", &body).await;
        assert_eq!(reply.status.as_u16(), status, "{report} {bucket:?}: {:?}", reply.body);
    }
}

/// Nobody sees what is sent of reports that they may not have, nor changes what others asked for.
#[tokio::test]
async fn schedules_are_theirs_who_asked() {
    let estate = Estate::office();
    let (ben, viewer) = (estate.member("ben"), estate.key(Role::Viewer));
    let of_ben = json!({
        "key": "bens", "report": "statement", "bucket": "bridges", "every": "monthly",
        "to": ["ben@acme.example"],
    });
    assert_eq!(call(&estate, &ben, "POST", "", &of_ben).await.status, 201);
    let keys = async |key: &str| {
        let listed = call(&estate, key, "GET", "", &Value::Null).await.json();
        let rows = listed["rows"].as_array().unwrap().clone();
        rows.iter().map(|row| row["key"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(keys(&ben).await, ["bens"]);
    assert_eq!(keys(&viewer).await, ["seats", "bens"]);
    assert_eq!(keys(&estate.member("dora")).await, Vec::<String>::new());
    for (method, path) in [("DELETE", "/seats"), ("POST", "/seats/send")] {
        let told = async |key: &str| call(&estate, key, method, path, &Value::Null).await.status;
        assert_eq!(told(&ben).await, 404, "{method} {path}: none that Ben sees");
        assert_eq!(told(&viewer).await, 403, "{method} {path}: otto's");
    }
    let manager = estate.key(Role::LicenceManager);
    assert_eq!(call(&estate, &manager, "DELETE", "/bens", &Value::Null).await.status, 204);
}

#[tokio::test]
async fn what_cannot_be_sent_is_told() {
    let estate = Estate::office();
    let key = estate.key(Role::Viewer);
    for (field, value, code) in [
        ("every", json!("hourly"), "bad-schedule"),
        ("at", json!("7"), "bad-schedule"),
        ("at", json!("24:00"), "bad-schedule"),
        ("zone", json!("Mars/Olympus"), "bad-schedule"),
        ("format", json!("ics"), "bad-schedule"),
        ("currency", json!("euros"), "bad-schedule"),
        ("to", json!([]), "bad-schedule"),
        ("to", json!(["ana@acme.example\r\nBcc: x@evil.example"]), "bad-schedule"),
        ("key", json!("A b"), "bad-schedule"),
        ("channel", json!("slack"), "no-channel"),
    ] {
        let mut body = burn("x");
        body[field] = value.clone();
        let reply = call(&estate, &key, "POST", "", &body).await;
        let problem = reply.json();
        assert_eq!(
            (reply.status.as_u16(), &problem["code"]),
            (422, &json!(code)),
            "{field} {value}"
        );
    }
    let bare = Estate::office().served(|server| server);
    let reply = call(&bare, &bare.key(Role::Viewer), "POST", "", &burn("x")).await;
    assert_eq!(reply.json()["code"], "no-channel", "this server sends no mail");
}
