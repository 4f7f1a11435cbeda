//! What an import added, in one form for all kinds of files: the API answers with it, and the command line prints it.

use faregate_app::import::intake::{More, Taken};
use faregate_app::import::vendor::{BothNames, PoolComparison, Unsettled};
use serde::Serialize;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// What one batch added.
#[derive(Debug, Serialize, ToSchema)]
pub struct TakenBatch {
    /// Its kind: `flexnet`, `lmstat`, `cloudevents`, `csv:NAME` or `vendor`.
    pub kind: String,
    /// Its files.
    pub files: Vec<String>,
    /// Its number, to take it back by; `null` when it brought nothing new, or was only tried.
    pub number: Option<u32>,
    /// What it added.
    #[serde(flatten)]
    pub added: Added,
}

/// What was added.
#[derive(Debug, Serialize, ToSchema)]
pub struct Added {
    /// Lines, rows or events that were recognised.
    pub events: u64,
    /// Sessions that are new.
    pub sessions: u64,
    /// Sessions without an end yet.
    pub open_sessions: u64,
    /// Sessions of earlier imports that ended here.
    pub closed: u64,
    /// Lines that cannot be read.
    pub rejected: u64,
    /// Sessions kept and not charged.
    pub quarantined: u64,
    /// Those by product, or by unknown code.
    pub quarantined_by: BTreeMap<String, u64>,
    /// Sessions of earlier imports that were not charged until now.
    pub released: u64,
    /// Sessions that were there already.
    pub duplicates: u64,
    /// How long the new sessions lasted together, in seconds.
    pub session_seconds: i64,
    /// What only this kind tells, under names of its own: of a log `denials`, `lines`, `orphan_ins` and
    /// `clock_steps`.
    #[serde(flatten)]
    #[schema(value_type = Object)]
    pub more: Map<String, Value>,
    /// When the first began.
    pub first: Option<String>,
    /// When the last ended.
    pub last: Option<String>,
}

impl From<&Taken> for TakenBatch {
    fn from(taken: &Taken) -> Self {
        let (kind, files, number) = (taken.kind.clone(), taken.files.clone(), taken.batch);
        Self { kind, files, number, added: taken.into() }
    }
}

impl From<&Taken> for Added {
    fn from(taken: &Taken) -> Self {
        let counts = taken.counts;
        let by = taken.quarantined_by.iter().map(|one| (one.key.clone(), one.sessions));
        let [first, last] = [counts.first, counts.last].map(|at| at.map(|at| at.to_string()));
        Self {
            events: counts.events,
            sessions: counts.sessions,
            open_sessions: counts.open_sessions,
            closed: counts.closed,
            rejected: counts.rejected,
            quarantined: counts.quarantined,
            quarantined_by: by.collect(),
            released: taken.released,
            duplicates: counts.duplicates,
            session_seconds: counts.seconds,
            first,
            last,
            more: more(&taken.more),
        }
    }
}

fn more(more: &More) -> Map<String, Value> {
    let told = match more {
        More::Nothing => json!({}),
        More::Log(tally) => json!({
            "denials": tally.denials, "lines": tally.lines, "orphan_ins": tally.orphan_ins,
            "clock_steps": tally.clock_steps,
        }),
        More::Table { left_out, summaries } => {
            json!({ "left_out": left_out, "summaries": summaries })
        }
        More::Polls { polls, unknown, .. } => json!({ "polls": polls, "unknown_polls": unknown }),
        More::Vendor { report, rows, zero_rows, summaries } => json!({
            "rows": rows, "zero_rows": zero_rows, "summaries": summaries, "matched": report.matched,
            "booked": report.booked, "double_dips": report.double_dips,
            "price_differences": report.differences.len(), "restated": report.restated,
            "unsettled": report.quarantined.iter().map(line).collect::<Vec<_>>(),
            "both_names": report.both_names.iter().map(both_names).collect::<Vec<_>>(),
        }),
        More::Compared(found) => compared(found),
    };
    match told {
        Value::Object(told) => told,
        _ => Map::new(),
    }
}

fn line(Unsettled { line, why }: &Unsettled) -> Value {
    json!({ "line": line, "why": why })
}

fn both_names(both: &BothNames) -> Value {
    let BothNames { name, hashed, rows, .. } = both;
    json!({ "name": name, "hashed": hashed, "rows": rows, "text": both.to_string() })
}

/// A report that names nobody, beside what we charged.
fn compared(found: &PoolComparison) -> Value {
    let rows = found.rows.iter().map(|row| {
        json!({
            "day": row.day.to_string(), "product": row.product, "ours": row.ours.tokens(),
            "theirs": row.theirs.tokens(), "difference": row.difference.tokens(),
        })
    });
    json!({
        "names_people": false, "rows": rows.collect::<Vec<_>>(), "left_out": found.left_out,
        "ours": found.ours.tokens(), "theirs": found.theirs.tokens(),
        "difference": found.difference.tokens(), "words": found.words,
    })
}
