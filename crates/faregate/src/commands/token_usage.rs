//! `faregate import token-usage`: what the vendor says it charged, beside what we charged.

use crate::cli::ImportTokenUsage;
use crate::estate;
use crate::fault::{Code, Fault};
use crate::output;
use crate::{aside, say};
use faregate_app::import::vendor;
use faregate_ingest::vendor::read;
use serde_json::{Value, json};
use std::path::Path;

pub(crate) fn run(path: &Path, args: &ImportTokenUsage, as_json: bool) -> Result<(), Fault> {
    let shown = args.file.display().to_string();
    let bytes = std::fs::read(&args.file).map_err(|why| {
        Fault::new(Code::Input, format!("{shown}: {why}"), "nothing was imported")
    })?;
    let report = read(&bytes).map_err(|why| {
        Fault::new(Code::Format, format!("{shown}: {why}"), "nothing was imported")
    })?;
    let features = estate::features(args.features.as_deref())?;
    let (_directory, mut engine) = estate::open(path).map_err(|fault| {
        fault.helped_if_in_use("stop that server first, and start it again when the report is in")
    })?;
    let rejected: Vec<String> = report.rejected.iter().map(ToString::to_string).collect();
    let done = vendor::import(&mut engine, &features, &shown, &report.rows)?;
    let unsettled = |all: &[vendor::Unsettled]| -> Vec<Value> {
        all.iter().map(|one| json!({ "line": one.line, "why": one.why })).collect()
    };
    if as_json {
        return output::json(&json!({
            "rows": report.rows.len(), "zero_rows": report.zero_rows, "matched": done.matched,
            "booked": done.booked, "double_dips": done.double_dips,
            "duplicates": done.counts.duplicates, "quarantined": unsettled(&done.quarantined),
            "rejected": rejected, "impossible": unsettled(&done.rejected),
            "price_differences": done.differences.len(),
        }));
    }
    say!("{shown}: {} rows with tokens, {} without", report.rows.len(), report.zero_rows);
    say!("  matched      {} that we had charged", done.matched);
    say!("  booked       {} that we had not heard of", done.booked);
    say!("  double-dips  {} that a seat covers: `faregate double-dips`", done.double_dips);
    say!("  duplicates   {} that were there already", done.counts.duplicates);
    say!("  prices       {} where the vendor's was not ours, and holds", done.differences.len());
    let lines = done.quarantined.iter().map(|one| ("quarantined", one.line, &one.why));
    let lines = lines.chain(done.rejected.iter().map(|one| ("rejected", one.line, &one.why)));
    lines.for_each(|(what, line, why)| aside!("{what}: line {line}: {why}"));
    rejected.iter().for_each(|line| aside!("rejected: {line}"));
    if !done.quarantined.is_empty() {
        aside!(
            "note: make them known (`faregate person alias`, --features) and import the report again"
        );
    }
    Ok(())
}
