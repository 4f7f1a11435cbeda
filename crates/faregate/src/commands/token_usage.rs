//! `faregate import token-usage`: what the vendor says it charged, beside what we charged.

use crate::cli::ImportTokenUsage;
use crate::estate;
use crate::fault::{Code, Fault};
use crate::output::{self, Align, number};
use crate::serving::Serving;
use crate::{aside, say};
use faregate_app::engine::Engine;
use faregate_app::import::vendor::{self, Unsettled};
use faregate_ingest::vendor::{VendorReport, read};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::path::Path;

/// So many lines are told; all of them with --json.
const LINES_TOLD: usize = 20;

/// What a report added, as the API tells it too.
#[derive(Serialize, Deserialize)]
struct Taken {
    rows: u64,
    zero_rows: u64,
    matched: u64,
    booked: u64,
    double_dips: u64,
    duplicates: u64,
    price_differences: u64,
    quarantined: Vec<Line>,
    rejected: Vec<Line>,
}

/// A line that is not charged, and why.
#[derive(Serialize, Deserialize)]
struct Line {
    line: u32,
    why: String,
}

impl From<&Unsettled> for Line {
    fn from(Unsettled { line, why }: &Unsettled) -> Self {
        Self { line: *line, why: why.clone() }
    }
}

pub(crate) fn run(path: &Path, args: &ImportTokenUsage, as_json: bool) -> Result<(), Fault> {
    let shown = args.file.display().to_string();
    let nothing = "nothing was imported";
    let bytes = std::fs::read(&args.file)
        .map_err(|why| Fault::new(Code::Input, format!("{shown}: {why}"), nothing))?;
    let report =
        read(&bytes).map_err(|why| Fault::new(Code::Format, format!("{shown}: {why}"), nothing))?;
    if !report.names_people {
        return compare(path, args, &report, as_json);
    }
    let taken = match estate::open(path) {
        Ok((_directory, mut engine)) => here(&mut engine, args, &shown, &report)?,
        Err(fault) => match Serving::find(path) {
            Some(serving) if fault.is_in_use() && args.features.is_none() => {
                there(&serving, &bytes)?
            }
            _ => {
                let help = "stop that server first, and start it again when the report is in";
                return Err(fault.helped_if_in_use(help));
            }
        },
    };
    if as_json {
        return output::json(&taken);
    }
    tell(&shown, &taken);
    Ok(())
}

/// A report that names nobody can be compared as a whole, and books nothing.
fn compare(
    path: &Path,
    args: &ImportTokenUsage,
    report: &VendorReport,
    as_json: bool,
) -> Result<(), Fault> {
    let engine = estate::read(path)?;
    let features = estate::features(args.features.as_deref())?;
    let shared = engine.state();
    let found = vendor::compare(&shared.read(), &features, report);
    if as_json {
        let rows = found.rows.iter().map(|row| {
            json!({
                "day": row.day.to_string(), "product": row.product, "ours": row.ours.tokens(),
                "theirs": row.theirs.tokens(), "difference": row.difference.tokens(),
            })
        });
        let rows: Vec<Value> = rows.collect();
        return output::json(&json!({
            "names_people": false, "rows": rows, "left_out": found.left_out,
            "ours": found.ours.tokens(), "theirs": found.theirs.tokens(),
            "difference": found.difference.tokens(), "words": found.words,
        }));
    }
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
    Ok(())
}

fn here(
    engine: &mut Engine,
    args: &ImportTokenUsage,
    shown: &str,
    report: &VendorReport,
) -> Result<Taken, Fault> {
    let features = estate::features(args.features.as_deref())?;
    let done = vendor::import(engine, &features, shown, &report.rows)?;
    let unread = report.rejected.iter().map(|row| {
        let told = row.to_string();
        let why = told.split_once(": ").map_or(told.as_str(), |(_, why)| why).to_owned();
        Line { line: row.line, why }
    });
    let mut rejected: Vec<Line> = unread.chain(done.rejected.iter().map(Line::from)).collect();
    rejected.sort_by_key(|one| one.line);
    Ok(Taken {
        rows: report.rows.len() as u64,
        zero_rows: report.zero_rows,
        matched: done.matched,
        booked: done.booked,
        double_dips: done.double_dips,
        duplicates: done.counts.duplicates,
        price_differences: done.differences.len() as u64,
        quarantined: done.quarantined.iter().map(Line::from).collect(),
        rejected,
    })
}

/// The server that uses the store takes the report in.
fn there(serving: &Serving, bytes: &[u8]) -> Result<Taken, Fault> {
    let answer = serving.send("/v1/imports/token-usage", None, "text/csv", bytes)?;
    serde_json::from_value(answer).map_err(|why| anyhow::Error::from(why).into())
}

fn tell(shown: &str, taken: &Taken) {
    say!("{shown}: {} rows with tokens, {} without", taken.rows, taken.zero_rows);
    say!("  matched      {} that we had charged", taken.matched);
    say!("  booked       {} that we had not heard of", taken.booked);
    say!("  double-dips  {} that were paid twice: `faregate double-dips`", taken.double_dips);
    say!("  duplicates   {} that were there already", taken.duplicates);
    say!("  prices       {} where the vendor's was not ours, and holds", taken.price_differences);
    let quarantined = taken.quarantined.iter().map(|one| ("quarantined", one));
    let lines = quarantined.chain(taken.rejected.iter().map(|one| ("rejected", one)));
    let more = lines.clone().count().saturating_sub(LINES_TOLD);
    lines.take(LINES_TOLD).for_each(|(what, one)| aside!("{what}: line {}: {}", one.line, one.why));
    if more > 0 {
        aside!("and {more} lines more: --json lists all of them");
    }
    if !taken.quarantined.is_empty() {
        aside!(
            "note: make them known (`faregate person alias`, --features) and import the report again"
        );
    }
}
