//! ServiceNow: rows of an import set, or an incident for each alert.

use super::Into;
use super::send::{Outgoing, SendError};
use super::wire::{Post, Wire};
use super::words::{headline, line, lines, plain};
use crate::courier::encoded;
use faregate_app::notice::{Kind, Notice, Severity};
use serde_json::{Value, json};
use ureq::http::Method;

const SHORT_MAX: usize = 160;
const LONG_MAX: usize = 3_900;

/// Hands a notice in, as the operator wants it there.
pub(super) fn send(wire: &Wire, into: &Into, one: Outgoing<'_>) -> Result<(), SendError> {
    match into {
        Into::ImportSet(table) => {
            let path = format!("{}/api/now/import/{}/insertMultiple", wire.path, encoded(table));
            let body = json!({ "records": [row(one)] });
            taken(&wire.run(Post::json(&path, body.to_string()))?)
        }
        Into::Incident => incident(wire, one),
    }
}

/// A row is pairs of strings and nothing else.
fn row(one: Outgoing<'_>) -> Value {
    let Outgoing { id, notice } = one;
    let facts = notice.facts.iter().map(|(label, value)| format!("{label}: {value}"));
    json!({
        "u_id": id, "u_about": notice.about, "u_kind": notice.kind.key(),
        "u_severity": notice.severity.key(), "u_title": line(&notice.title, SHORT_MAX),
        "u_text": lines(&notice.text, LONG_MAX),
        "u_facts": lines(&facts.collect::<Vec<_>>().join("\n"), LONG_MAX),
        "u_steps": lines(&notice.steps.join("\n"), LONG_MAX),
        "u_link": notice.link.clone().unwrap_or_default(), "u_at": notice.at.to_string(),
    })
}

/// An import set says of each row what became of it, and still answers with success.
fn taken(answer: &Value) -> Result<(), SendError> {
    let rows = [&answer["result"], &answer["records"]].into_iter().find_map(Value::as_array);
    let failed = |row: &&Value| row["status"] == "error";
    match rows.and_then(|rows| rows.iter().find(failed)) {
        None => Ok(()),
        Some(row) => {
            let why = row["error_message"].as_str().unwrap_or("no reason given");
            let words = format!("its import set refused the row: {}", line(why, 300));
            Err(SendError::settings(words, "check the import set's transform map"))
        }
    }
}

/// Makes an incident, or says on the one that is open what is new: what was made before is not made twice.
fn incident(wire: &Wire, one: Outgoing<'_>) -> Result<(), SendError> {
    let Outgoing { id, notice } = one;
    let table = format!("{}/api/now/table/incident", wire.path);
    let query = format!("active=true^correlation_id={}", correlation(notice));
    let fields = "sysparm_limit=1&sysparm_fields=sys_id,description&sysparm_query=";
    let found = wire.run(Post::get(&format!("{table}?{fields}{}", encoded(&query))))?;
    let there = &found["result"][0];
    let is_this = there["description"].as_str().is_some_and(|text| text.contains(&mark(id)));
    match (there["sys_id"].as_str(), notice.kind) {
        (Some(_), _) if is_this => Ok(()),
        (Some(key), _) => {
            let note = format!("{}\n\n{}", headline(notice, SHORT_MAX), plain(notice));
            let body = json!({ "work_notes": lines(&note, LONG_MAX) }).to_string();
            let path = format!("{table}/{}", encoded(key));
            wire.run(Post { method: Method::PATCH, ..Post::json(&path, body) }).map(drop)
        }
        // Nobody was told of it here, or somebody has closed it already.
        (None, Kind::Cleared) => Ok(()),
        (None, _) => wire.run(Post::json(&table, new_incident(one).to_string())).map(drop),
    }
}

fn new_incident(one: Outgoing<'_>) -> Value {
    let Outgoing { id, notice } = one;
    let urgency = match notice.severity {
        Severity::Critical => "1",
        Severity::Warning => "2",
        Severity::Info => "3",
    };
    json!({
        "short_description": headline(notice, SHORT_MAX),
        "description": format!("{}\n\n{}", mark(id), lines(&plain(notice), LONG_MAX)),
        "correlation_id": correlation(notice), "correlation_display": "Faregate",
        "urgency": urgency, "impact": urgency,
    })
}

fn correlation(notice: &Notice) -> String {
    // `^` would begin another condition of a query.
    format!("faregate-{}", line(&notice.about, 80).replace(['^', '@'], "-"))
}

fn mark(id: &str) -> String {
    format!("Faregate delivery {id}.")
}
