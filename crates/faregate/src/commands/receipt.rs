//! What an import added, in one form for all kinds of files.

use crate::output::{self, Align, number};
use crate::{aside, say};
use faregate_api::wire::receipt::{Added, TakenBatch};
use faregate_app::import::intake::{More, Taken};
use faregate_app::import::vendor::{PoolComparison, Report, Unsettled};
use serde_json::{Value, json};
use std::path::Path;

/// So many lines are told; all of them with --json.
const LINES_TOLD: usize = 20;

/// What was added, by stable names; sessions kept and not charged by product, or by unknown code.
pub(super) fn in_json(taken: &Taken) -> Value {
    json!(Added::from(taken))
}

/// The same of files whose kind was found, with what they are.
pub(super) fn in_json_with_kind(taken: &Taken) -> Value {
    json!(TakenBatch::from(taken))
}

fn count(number: u64) -> String {
    output::number(number as f64)
}

fn of(number: u64, one: &str, many: &str) -> String {
    format!("{} {}", count(number), if number == 1 { one } else { many })
}

/// A line of a receipt, where there is something to count.
fn tell_some(number: u64, one: &str, many: &str) {
    if number > 0 {
        say!("{:>12} {}", count(number), if number == 1 { one } else { many });
    }
}

fn tell_any(number: u64, words: &str) {
    tell_some(number, words, words);
}

/// Tells what was added, after a few words of what it is.
pub(super) fn tell(before: &str, taken: &Taken) {
    if let More::Compared(found) = &taken.more {
        return tell_compared(found);
    }
    let counts = taken.counts;
    let span = counts
        .first
        .zip(counts.last)
        .map_or(String::new(), |(first, last)| format!(", {first} to {last}"));
    let added = of(counts.sessions, "session", "sessions");
    say!("{before}{added} added from {}{span}", source(taken));
    tell_any(counts.open_sessions, open(&taken.more));
    tell_any(counts.closed, "of earlier imports ended here");
    tell_any(counts.duplicates, "were there already");
    tell_quarantined(taken);
    tell_any(taken.released, "of earlier imports were not charged until now");
    tell_more(&taken.more);
    tell_some(counts.rejected, "line rejected", "lines rejected");
}

/// What was read.
fn source(taken: &Taken) -> String {
    match &taken.more {
        More::Polls { polls, .. } => of(*polls, "poll", "polls"),
        More::Table { .. } => of(taken.counts.events, "row", "rows"),
        More::Vendor { rows, zero_rows, .. } => {
            format!("{} with tokens, {} without", of(*rows, "row", "rows"), count(*zero_rows))
        }
        More::Nothing | More::Log(_) | More::Compared(_) => {
            of(taken.counts.events, "event", "events")
        }
    }
}

fn open(more: &More) -> &'static str {
    match more {
        More::Log(_) => "still open at the end of the log",
        More::Polls { .. } => "still held at the last poll",
        _ => "still open at the end of the file",
    }
}

fn tell_more(more: &More) {
    match more {
        More::Nothing | More::Compared(_) => {}
        More::Log(tally) => {
            tell_some(tally.denials, "denial", "denials");
            let before = "begun before the log";
            tell_some(
                tally.orphan_ins,
                &format!("check-in of a session {before}"),
                &format!("check-ins of sessions {before}"),
            );
            tell_some(
                tally.clock_steps,
                "step back of the server's clock",
                "steps back of the server's clock",
            );
        }
        More::Table { left_out, summaries } => {
            tell_some(*left_out, "row left out by the map", "rows left out by the map");
            tell_summaries(*summaries);
        }
        More::Polls { unknown, .. } => {
            let leaves = "not known in full: nobody is taken to have ended there";
            tell_some(*unknown, &format!("poll {leaves}"), &format!("polls {leaves}"));
        }
        More::Vendor { report, summaries, .. } => {
            tell_summaries(*summaries);
            tell_vendor(report);
        }
    }
}

fn tell_summaries(summaries: u64) {
    tell_some(summaries, "row that adds up others", "rows that add up others");
}

fn tell_vendor(report: &Report) {
    tell_any(report.matched, "matched what we had charged");
    tell_any(report.booked, "booked that we had not heard of");
    tell_any(report.double_dips, "paid twice: `faregate double-dips`");
    let prices = report.differences.len() as u64;
    tell_any(prices, "at a price that was not ours; the vendor's holds");
    tell_any(report.restated, "told otherwise by earlier reports");
    if report.restated > 0 {
        aside!(
            "note: both reports are on record, and the larger amounts read as paid twice; if this one replaces an \
             earlier one, take that back: `faregate import list`, `faregate import undo NUMBER`"
        );
    }
    report.both_names.iter().take(LINES_TOLD).for_each(|both| aside!("note: {both}"));
    let more = report.both_names.len().saturating_sub(LINES_TOLD);
    if more > 0 {
        aside!("and {more} people more by a name and a hash: --json lists all of them");
    }
}

/// `2,644 kept but not charged (Inventor 1,920: no rate; 12345FOO_2024_0F 3: unknown product)`.
fn tell_quarantined(taken: &Taken) {
    let by = taken
        .quarantined_by
        .iter()
        .map(|one| format!("{} {}: {}", one.name, count(one.sessions), one.why.words()));
    let by: Vec<String> = by.collect();
    let quarantined = taken.counts.quarantined;
    match &taken.more {
        _ if !by.is_empty() => {
            say!("{:>12} kept but not charged ({})", count(quarantined), by.join("; "));
        }
        More::Vendor { report, .. } if !report.quarantined.is_empty() => {
            let unsettled = &report.quarantined;
            tell_any(unsettled.len() as u64, "kept but not charged");
            unsettled.iter().take(LINES_TOLD).for_each(|Unsettled { line, why }| {
                aside!("not charged: line {line}: {why}");
            });
            let more = unsettled.len().saturating_sub(LINES_TOLD);
            if more > 0 {
                aside!("and {more} lines more: --json lists all of them");
            }
            aside!(
                "note: make them known (`faregate person alias`, --features) and import the report again"
            );
        }
        _ => {}
    }
}

/// Where the rejected lines are.
pub(super) fn tell_rejected(list: Option<&Path>) {
    if let Some(path) = list {
        say!("rejected lines are listed in {}", path.display());
    }
}

/// A report that names nobody, beside what we charged.
pub(super) fn tell_compared(found: &PoolComparison) {
    let cells = found.rows.iter().take(LINES_TOLD).map(|row| {
        let amounts = [row.ours, row.theirs, row.difference].map(|ticks| number(ticks.tokens()));
        [vec![row.day.to_string(), row.product.clone()], amounts.to_vec()].concat()
    });
    let columns = [
        ("day", Align::Left),
        ("product", Align::Left),
        ("ours", Align::Right),
        ("the vendor's", Align::Right),
        ("difference", Align::Right),
    ];
    output::table(&columns, &cells.collect::<Vec<_>>(), "the report has no rows with tokens");
    say!("{}", found.words);
}
