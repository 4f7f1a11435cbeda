//! `faregate import list`, `show` and `undo`: what was taken in, import by import, and taking it back.

use crate::cli::imports::{List, Show, Undo};
use crate::fault::{Code, Fault};
use crate::output::{self, Align, number};
use crate::serving::Serving;
use crate::{aside, estate, say};
use faregate_api::wire::import::{BeforeAfter, BucketUndo, Import, ImportUndo};
use faregate_api::wire::uncharged::UnchargedUse;
use faregate_app::import::Uncharged;
use faregate_app::import::overlap::{Difference, differences};
use faregate_app::import::receipts::{self, Listed};
use faregate_app::import::uncharged::{self, Kept};
use faregate_app::import::undo::{self, UndoError};
use faregate_core::event::Counts;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::path::Path;

/// Differences listed at most.
const DIFFERENCES_MAX: usize = 200;
/// Names of files told in a table.
const FILES_TOLD: usize = 2;

pub(crate) fn list(path: &Path, args: &List, as_json: bool) -> Result<(), Fault> {
    let mut engine = estate::read(path)?;
    let (listed, count) = receipts::list(&mut engine, args.limit)?;
    if as_json {
        let imports: Vec<Import> = listed.iter().map(Import::from).collect();
        return output::json(&json!({ "imports": imports, "count": count }));
    }
    let columns = [
        ("number", Align::Right),
        ("when", Align::Left),
        ("kind", Align::Left),
        ("files", Align::Left),
        ("events", Align::Right),
        ("sessions", Align::Right),
        ("rejected", Align::Right),
        ("quarantined", Align::Right),
        ("duplicates", Align::Right),
        ("overlap", Align::Right),
        ("who", Align::Left),
        ("", Align::Left),
    ];
    let rows: Vec<Vec<String>> = listed.iter().map(row).collect();
    output::table(&columns, &rows, "nothing was imported yet");
    let left = u64::from(count).saturating_sub(listed.len() as u64);
    if left > 0 {
        aside!("{} older ones are not shown: --limit", counted(left));
    }
    Ok(())
}

fn row(one: &Listed) -> Vec<String> {
    let Listed { at, receipt, undone } = one;
    let Counts { events, sessions, rejected, quarantined, duplicates, .. } = receipt.counts;
    let more = receipt.files.len().saturating_sub(FILES_TOLD);
    let mut files = receipt.files.iter().take(FILES_TOLD).cloned().collect::<Vec<_>>().join(", ");
    if more > 0 {
        files.push_str(&format!(" and {more} more"));
    }
    let named = [receipt.batch.to_string(), at.to_string(), receipt.kind.clone(), files];
    let numbers = [events, sessions, rejected, quarantined, duplicates, receipt.overlap.uses];
    let state = if undone.is_some() { "undone" } else { "" };
    let rest = [receipt.by.clone(), state.to_owned()];
    named.into_iter().chain(numbers.map(counted)).chain(rest).collect()
}

fn counted(count: u64) -> String {
    number(count as f64)
}

pub(crate) fn show(path: &Path, args: &Show, as_json: bool) -> Result<(), Fault> {
    let mut engine = estate::read(path)?;
    let last = engine.state().read().imports().next() - 1;
    let found = receipts::show(&mut engine, args.number)?;
    let found = found.ok_or_else(|| Fault::from(UndoError::NoSuch { batch: args.number, last }))?;
    let told = if args.differences {
        let features = estate::features(None)?;
        Some(differences(&mut engine, &features, args.number, DIFFERENCES_MAX)?)
    } else {
        None
    };
    if as_json {
        let mut value = json!(Import::from(&found));
        if let Some((told, count)) = &told {
            value["differences"] = told.iter().map(difference_in_json).collect();
            value["differences_count"] = json!(count);
        }
        return output::json(&value);
    }
    tell(&found);
    if let Some((told, count)) = told {
        tell_differences(&told, count);
    }
    Ok(())
}

fn tell(found: &Listed) {
    let Listed { at, receipt, undone } = found;
    let by = if receipt.by.is_empty() { String::new() } else { format!(" by {}", receipt.by) };
    say!("import {}: {}, on {at}{by}", receipt.batch, receipt.kind);
    receipt.files.iter().for_each(|file| say!("  file         {file}"));
    let Counts { first, last, .. } = receipt.counts;
    if let Some((first, last)) = first.zip(last) {
        say!("  span         {first} to {last}");
    }
    let counts = receipt.counts;
    let overlap = receipt.overlap;
    let lines = [
        ("events", counts.events, "recognised"),
        ("sessions", counts.sessions, "added"),
        ("open", counts.open_sessions, "still going on at its end"),
        ("closed", counts.closed, "of earlier imports that it saw end"),
        ("rejected", counts.rejected, "lines"),
        ("quarantined", counts.quarantined, "kept and not charged"),
        ("duplicates", counts.duplicates, "that were there already"),
        ("overlap", overlap.uses, "that a source of another kind tells of as well"),
        ("times", overlap.times, "of those begin or end otherwise there"),
        ("prices", overlap.prices, "where the vendor's was not ours, and holds"),
    ];
    for (name, count, words) in lines {
        say!("  {name:<11} {:>10}  {words}", counted(count));
    }
    if let Some((at, undone)) = undone {
        say!(
            "undone on {at}: {} went, {} stayed",
            sessions(undone.sessions),
            sessions(undone.kept)
        );
    }
}

fn sessions(count: u64) -> String {
    format!("{} {}", counted(count), if count == 1 { "session" } else { "sessions" })
}

fn tell_differences(told: &[Difference], count: u64) {
    for one in told {
        match one {
            Difference::Times { person, product, ours, other: (batch, kind), theirs } => say!(
                "{person} {product}: {} to {} here, {} to {} in import {batch} ({kind})",
                ours.0,
                ours.1,
                theirs.0,
                theirs.1
            ),
            Difference::Price { person, product, day, tariff, charged } => {
                say!("{person} {product} on {day}: {charged} tokens, the tariff says {tariff}");
            }
        }
    }
    let left = count.saturating_sub(told.len() as u64);
    match (count, left) {
        (0, _) => aside!("no differences"),
        (_, 0) => {}
        _ => aside!("{} more are not listed", counted(left)),
    }
}

fn difference_in_json(one: &Difference) -> Value {
    match one {
        Difference::Times { person, product, ours, other: (batch, kind), theirs } => json!({
            "what": "times", "person": person, "product": product, "import": batch, "kind": kind,
            "ours": [ours.0.to_string(), ours.1.to_string()],
            "theirs": [theirs.0.to_string(), theirs.1.to_string()],
        }),
        Difference::Price { person, product, day, tariff, charged } => json!({
            "what": "price", "person": person, "product": product, "day": day.to_string(),
            "tariff": tariff.tokens(), "charged": charged.tokens(),
        }),
    }
}

/// Takes an import back: in the store, or, while a server uses it, by that server.
pub(crate) fn undo(path: &Path, args: &Undo, as_json: bool) -> Result<(), Fault> {
    let done = match (estate::open(path), Serving::find(path)) {
        (Ok((_directory, mut engine)), _) => {
            let features = estate::features(args.features.as_deref())?;
            let report = undo::undo(&mut engine, &features, args.number, args.dry_run)?;
            ImportUndo::new(&report, args.dry_run)
        }
        (Err(fault), Some(serving)) if fault.is_in_use() && args.features.is_none() => {
            ask(&serving, args)?
        }
        (Err(fault), _) => {
            let own_codes = "stop that server first: it knows other feature codes";
            let help = if args.features.is_some() { own_codes } else { crate::giving::WAIT };
            return Err(fault.helped_if_in_use(help));
        }
    };
    if as_json {
        return output::json(&json!(done));
    }
    tell_undo(&done);
    Ok(())
}

fn ask(serving: &Serving, args: &Undo) -> Result<ImportUndo, Fault> {
    let Undo { number, dry_run, .. } = args;
    let path = format!("/v1/imports/{number}/undo?dry_run={dry_run}");
    let answer = serving.post_and_wait(&path, Some(&crate::ambient::account()), &json!({}))?;
    serde_json::from_value(answer).map_err(|why| anyhow::Error::from(why).into())
}

fn tell_undo(undo: &ImportUndo) {
    let ImportUndo { number: batch, kind, sessions: gone, kept, .. } = undo;
    let done = if undo.dry_run { "would be undone" } else { "undone" };
    say!("import {batch} ({kind}) {done}");
    let lines = [
        (*gone, "sessions that nobody else tells of go"),
        (*kept, "stay, since another import tells of them"),
        (undo.reopened, "go on again, as other imports show them"),
        (undo.reversed, "charges are taken back"),
        (undo.charged, "charges are made anew"),
    ];
    for (count, words) in lines.into_iter().filter(|(count, _)| *count > 0) {
        say!("{:>12} {words}", counted(count));
    }
    let cells = undo.buckets.iter().map(|one| {
        let BucketUndo { spent, available, .. } = one;
        let amounts = [spent.before, spent.after, available.before, available.after];
        [vec![one.bucket.clone()], amounts.map(|tokens| number(tokens.0)).to_vec()].concat()
    });
    let cells: Vec<Vec<String>> = cells.collect();
    let columns = [
        ("bucket", Align::Left),
        ("spent before", Align::Right),
        ("after", Align::Right),
        ("available before", Align::Right),
        ("after", Align::Right),
    ];
    if cells.is_empty() {
        aside!("no bucket changes");
    } else {
        output::table(&columns, &cells, "");
    }
    let BeforeAfter { before, after } = undo.uncovered;
    if before != after {
        say!("uncovered: {} tokens before, {} after", number(before.0), number(after.0));
    }
    aside!("people, products and feature codes that it made known stay known");
}

/// What is kept and not charged now, by product or by unknown code, and why.
pub(crate) fn uncharged(path: &Path, as_json: bool) -> Result<(), Fault> {
    let (mut engine, features) = (estate::read(path)?, estate::features(None)?);
    let found = uncharged::uncharged(&mut engine.looking(), &features)?;
    if as_json {
        return output::json(&json!(UnchargedUse::of(&found)));
    }
    let columns = [
        ("product or code", Align::Left),
        ("sessions", Align::Right),
        ("first", Align::Left),
        ("last", Align::Left),
        ("why", Align::Left),
    ];
    let row = |one: &Kept| {
        let named = [one.name.clone(), counted(one.sessions)];
        let rest = [one.first.to_string(), one.last.to_string(), one.why.words().to_owned()];
        named.into_iter().chain(rest).collect()
    };
    let rows: Vec<Vec<String>> = found.iter().map(row).collect();
    output::table(&columns, &rows, "everything that was taken in is charged or on a seat");
    let whys: BTreeSet<Uncharged> = found.iter().map(|one| one.why).collect();
    whys.into_iter().for_each(|why| aside!("{}: {}", why.words(), why.help()));
    Ok(())
}

impl From<UndoError> for Fault {
    fn from(error: UndoError) -> Self {
        let help = match &error {
            UndoError::NoSuch { .. } => "`faregate import list` tells the numbers",
            UndoError::UndoneAlready { .. } => "its files can be imported again",
            UndoError::Failed(_) => "",
        };
        match error {
            UndoError::Failed(failure) => failure.into(),
            other => Self::new(Code::Refused, other.to_string(), help),
        }
    }
}
