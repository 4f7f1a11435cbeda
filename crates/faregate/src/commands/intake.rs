//! `faregate import FILE...`: files of whatever kind, and those whose kind is said.

mod reading;

pub(crate) use reading::map;

use super::import::rejected_in;
use super::progress::Meter;
use super::rejected::List;
use super::{import, imports, receipt};
use crate::cli::imports::{Events, Files, Import, Source};
use crate::fault::{Code, Fault};
use crate::serving::Serving;
use crate::{aside, estate, output, say};
use faregate_app::engine::Engine;
use faregate_app::import::intake::{
    How, Kind, Offered, Refused, Rejected, Step, Taken, Watch, take_in,
};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

pub(crate) fn run(path: &Path, args: &Import, as_json: bool) -> Result<(), Fault> {
    match &args.source {
        None => files(path, &args.files, Kind::Any, as_json),
        Some(Source::Flexnet(args)) => import::run(path, args, as_json),
        Some(Source::Usage(args)) => usage(path, args, as_json),
        Some(Source::Csv(args)) => files(path, args, Kind::Mapped, as_json),
        Some(Source::Events(args)) => events(path, args, as_json),
        Some(Source::Lmstat(args)) => files(path, args, Kind::Polls, as_json),
        Some(Source::List(args)) => imports::list(path, args, as_json),
        Some(Source::Show(args)) => imports::show(path, args, as_json),
        Some(Source::Undo(args)) => imports::undo(path, args, as_json),
        Some(Source::Uncharged) => imports::uncharged(path, as_json),
    }
}

fn files(path: &Path, args: &Files, kind: Kind, as_json: bool) -> Result<(), Fault> {
    let how = reading::how(&args.reading, kind)?;
    print(path, args, &how, as_json)
}

/// The vendor's reports can be taken in beside a server as well: it does so itself.
fn usage(path: &Path, args: &Files, as_json: bool) -> Result<(), Fault> {
    let there = Serving::find(path).filter(|_| args.reading.says_nothing());
    match (there, args.files.as_slice()) {
        (Some(serving), [file]) if estate::open(path).is_err_and(|fault| fault.is_in_use()) => {
            sent(&serving, file, as_json)
        }
        _ => files(path, args, Kind::Usage, as_json),
    }
}

/// The server that uses the store takes the report in.
fn sent(serving: &Serving, file: &Path, as_json: bool) -> Result<(), Fault> {
    let shown = file.display();
    let bytes = std::fs::read(file).map_err(|why| {
        Fault::new(Code::Input, format!("{shown}: {why}"), "nothing was imported")
    })?;
    let answer = serving.send("/v1/imports/token-usage", None, "text/csv", &bytes)?;
    if as_json {
        return output::json(&json!({ "dry_run": false, "imports": [answer], "passed_over": [] }));
    }
    say!("{shown} (vendor, by the server): {}", answer["text"].as_str().unwrap_or_default());
    for (list, what) in [("quarantined", "not charged"), ("rejected", "rejected")] {
        for one in answer[list].as_array().into_iter().flatten() {
            aside!("{what}: line {}: {}", one["line"], one["why"].as_str().unwrap_or_default());
        }
    }
    Ok(())
}

fn events(path: &Path, args: &Events, as_json: bool) -> Result<(), Fault> {
    let how = reading::how(&args.files.reading, Kind::Events)?;
    let how = reading::with_fields(how, &args.fields)?;
    print(path, &args.files, &how, as_json)
}

fn print(path: &Path, args: &Files, how: &How, as_json: bool) -> Result<(), Fault> {
    if args.reading.infer {
        return reading::infer(&args.files, &args.reading, as_json);
    }
    let offered = reading::offered(&args.files, &args.reading)?;
    let opened = estate::open(path);
    let help = "stop that server first, or let it watch the folder of such files: `faregate serve --sources FILE`";
    let (_directory, mut engine) = opened.map_err(|fault| fault.helped_if_in_use(help))?;
    let Done { taken, passed_over, rejected, failed } =
        take(path, &mut engine, offered, (args, how), as_json)?;
    if as_json {
        if let Some(fault) = failed {
            return Err(fault);
        }
        let passed_over = passed_over.iter().map(|(what, why)| json!({ "what": what, "why": why }));
        return output::json(&json!({
            "dry_run": how.dry_run,
            "imports": taken.iter().map(receipt::in_json_with_kind).collect::<Vec<Value>>(),
            "passed_over": passed_over.collect::<Vec<Value>>(),
            "rejected_list": rejected,
        }));
    }
    passed_over.iter().for_each(|(what, why)| aside!("passed over: {what}: {why}"));
    taken.iter().for_each(|one| receipt::tell(&before(one), one));
    receipt::tell_rejected(rejected.as_deref());
    match failed {
        Some(fault) => Err(fault),
        None if how.dry_run => {
            aside!("nothing was imported: --dry-run");
            Ok(())
        }
        None => Ok(()),
    }
}

/// `plotters.csv (csv:plotters, import 3): `.
fn before(taken: &Taken) -> String {
    const FILES_TOLD: usize = 2;
    let mut files = taken.files.iter().take(FILES_TOLD).cloned().collect::<Vec<_>>().join(", ");
    let more = taken.files.len().saturating_sub(FILES_TOLD);
    if more > 0 {
        files.push_str(&format!(" and {more} more"));
    }
    let number = taken.batch.map_or_else(String::new, |batch| format!(", import {batch}"));
    format!("{files} ({}{number}): ", taken.kind)
}

/// What became of files.
struct Done {
    taken: Vec<Taken>,
    /// What was left out, and why.
    passed_over: Vec<(String, String)>,
    /// Where rejected lines are listed.
    rejected: Option<PathBuf>,
    /// Why not all of them are in, when others were before that.
    failed: Option<Fault>,
}

/// Takes files in; a fault before anything was booked is one, after that it is part of what was done.
fn take(
    path: &Path,
    engine: &mut Engine,
    (offered, bytes): (Vec<Offered<'_>>, u64),
    (Files { files, reading }, how): (&Files, &How),
    quiet: bool,
) -> Result<Done, Fault> {
    let features = estate::features(reading.features.as_deref())?;
    let read: Vec<&PathBuf> = files.iter().chain(&reading.features).chain(&reading.map).collect();
    let list = rejected_in(path, reading.rejected.as_deref(), &read)?;
    let meter = Meter::start(bytes, quiet)?;
    let mut desk =
        Desk { meter, list, taken: Vec::new(), passed_over: Vec::new(), step: Step::Looking };
    let done = take_in(engine, &features, offered, how, &mut desk);
    let Desk { meter, list, taken, passed_over, .. } = desk;
    meter.finish();
    let failed = match done {
        Err(refused) if taken.is_empty() || how.dry_run => return Err(refused.into()),
        Err(refused) => Some(
            Fault::from(refused)
                .after("what is listed above is in; `faregate import undo` takes it back"),
        ),
        Ok(()) => None,
    };
    Ok(Done { taken, passed_over, rejected: list.finish()?, failed })
}

/// The progress bar, the list of rejected lines, and what came of it.
struct Desk {
    meter: Meter,
    list: List,
    taken: Vec<Taken>,
    passed_over: Vec<(String, String)>,
    step: Step,
}

impl Watch for Desk {
    fn read(&mut self, step: Step, bytes: u64) -> bool {
        if step != self.step {
            self.step = step;
            self.meter.say(match step {
                Step::Looking => "looking",
                Step::Reading => "",
                Step::Rating => "rating",
            });
            if step == Step::Reading && self.taken.is_empty() {
                self.meter.again();
            }
        }
        self.meter.read(bytes)
    }

    fn rejected(&mut self, file: &str, rejected: &Rejected) {
        self.list.add(file, rejected);
    }

    fn passed_over(&mut self, what: &str, why: &str) {
        self.passed_over.push((what.to_owned(), why.to_owned()));
    }

    fn taken(&mut self, taken: Taken) {
        self.taken.push(taken);
    }
}

impl From<Refused> for Fault {
    fn from(refused: Refused) -> Self {
        let code = match &refused {
            Refused::Stopped => return Self::new(Code::Stopped, refused.to_string(), ""),
            Refused::Failed(_) => Code::Failed,
            Refused::File { code, .. } => match *code {
                "file-unreadable" => Code::Input,
                "file-empty" => Code::Empty,
                "file-compressed" => Code::Compressed,
                "file-utf-16" => Code::Utf16,
                "file-binary" => Code::Binary,
                "log-undated" => Code::Undated,
                "dates-unclear" | "numbers-unclear" | "zone-unknown" | "map-missing"
                | "poll-undated" => Code::Open,
                _ => Code::Format,
            },
        };
        match refused {
            Refused::Failed(failure) => failure.into(),
            refused => Self::new(code, refused.to_string(), "nothing was imported"),
        }
    }
}
