//! `faregate import flexnet`: debug logs, once.

use crate::cli::ImportFlexnet;
use crate::commands::rejected::{self, List};
use crate::fault::{Code, Fault};
use crate::{aside, say};
use crate::{estate, output};
use faregate_app::engine::Engine;
use faregate_app::import::flexnet::{Input, Report, Watch, import};
use faregate_app::setup::NewContract;
use faregate_core::when::Zone;
use faregate_ingest::features::FeatureTable;
use faregate_ingest::flexnet::{Options, RejectReason, Rejected, sniff};
use faregate_store::directory::DataDirectory;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use serde_json::json;
use std::fs::File;
use std::io::{Cursor, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// The files of a store.
const KEPT: [&str; 4] = ["faregate.db", "faregate.db-wal", "faregate.db-shm", "faregate.lock"];
/// Bytes by which a file is judged before anything is written.
const FIRST_BYTES: u64 = 64 << 10;

pub(crate) fn run(path: &Path, args: &ImportFlexnet, as_json: bool) -> Result<(), Fault> {
    let options = estate::log_options(&args.log)?;
    let features = estate::features(args.log.features.as_deref())?;
    let (inputs, bytes) = inputs(&args.files)?;
    let fresh = !DataDirectory::exists(path);
    let (directory, mut engine) = open_or_create(path, &options.zone, fresh)?;
    let progress = list(path, args).and_then(|list| Progress::start(bytes, as_json, list));
    let recorded =
        progress.and_then(|progress| record(&mut engine, &features, inputs, &options, progress));
    match recorded {
        Ok((report, rejected)) => {
            if fresh {
                created(path);
            }
            if as_json {
                return print_json(&report);
            }
            print_words(&report, rejected.as_deref());
            Ok(())
        }
        Err(fault) => {
            drop(engine);
            if fresh {
                discard(&directory);
            }
            Err(fault)
        }
    }
}

/// The list of rejected lines takes the place of no file that the import reads or keeps.
fn list(path: &Path, args: &ImportFlexnet) -> Result<List, Fault> {
    let kept = KEPT.map(|name| path.join(name));
    let kept = kept.iter().chain(&args.files).chain(&args.log.features);
    let kept: Vec<&Path> = kept.map(PathBuf::as_path).collect();
    List::begin(&args.rejected.clone().unwrap_or_else(|| path.join(rejected::NAME)), &kept)
}

fn record(
    engine: &mut Engine,
    features: &FeatureTable,
    inputs: Vec<Input<'static>>,
    options: &Options,
    mut progress: Progress,
) -> Result<(Report, Option<PathBuf>), Fault> {
    let report = import(engine, features, inputs, options, &mut progress)?;
    if let Some(undated) = progress.undated.take().filter(|_| report.tally.events == 0) {
        return Err(Fault::new(Code::Undated, undated, "nothing was imported"));
    }
    let rejected = progress.finish()?;
    // No snapshot: it would double the memory, and replaying what was imported is as quick as reading one.
    Ok((report, rejected))
}

/// A licence manager who comes with a log and nothing else gets a store on the usual terms.
fn open_or_create(path: &Path, zone: &Zone, fresh: bool) -> Result<(DataDirectory, Engine), Fault> {
    if !fresh {
        return estate::open(path);
    }
    let tariff = estate::tariff("flex-daily")?.parts().clone();
    let name = "Autodesk contract".to_owned();
    let contract = NewContract { name, zone: zone.name().to_owned(), tariff, pack: None };
    super::init::create(path, contract, &estate::features(None)?)
}

fn created(path: &Path) {
    let shown = path.display();
    aside!(
        "created `{shown}` with the tariff flex-daily and no tokens; `faregate init` takes other terms"
    );
}

/// Takes back the store that an import began and could not fill: the next one may say another zone.
fn discard(directory: &DataDirectory) {
    for name in KEPT {
        // What is not there needs no removing.
        let _ = std::fs::remove_file(directory.path().join(name));
    }
    let _ = std::fs::remove_dir(directory.path());
}

/// All files are opened and judged before anything is written, so that a wrong one changes nothing.
fn inputs(files: &[PathBuf]) -> Result<(Vec<Input<'static>>, u64), Fault> {
    let mut inputs = Vec::with_capacity(files.len());
    let mut total = 0;
    for path in files {
        let name = path.display().to_string();
        let bad = |why: std::io::Error| {
            let help = "check the path and that this user may read it; nothing was imported";
            Fault::new(Code::Input, format!("{name}: {why}"), help)
        };
        let mut file = File::open(path).map_err(bad)?;
        let metadata = file.metadata().map_err(bad)?;
        if metadata.is_dir() {
            let help = "name the log files in it; nothing was imported";
            return Err(Fault::new(Code::Input, format!("{name}: this is a directory"), help));
        }
        let mut first = Vec::new();
        Read::by_ref(&mut file).take(FIRST_BYTES).read_to_end(&mut first).map_err(bad)?;
        sniff(&first).map_err(|why| Fault::not_a_log(&name, why))?;
        total += metadata.len();
        // A pipe cannot be read twice.
        inputs.push(Input { name, bytes: Box::new(Cursor::new(first).chain(file)) });
    }
    Ok((inputs, total))
}

/// The progress bar, the list of rejected lines, and the operator's Ctrl-C.
struct Progress {
    bar: ProgressBar,
    list: List,
    /// The first line that nothing gives a date, in words.
    undated: Option<String>,
    stop: Arc<AtomicBool>,
}

impl Progress {
    fn start(bytes: u64, quiet: bool, list: List) -> Result<Self, Fault> {
        let target =
            if quiet { ProgressDrawTarget::hidden() } else { ProgressDrawTarget::stderr() };
        let template = "{bar:30} {bytes}/{total_bytes}  {bytes_per_sec}  {eta} left  {msg}";
        let style = ProgressStyle::with_template(template).map_err(anyhow::Error::from)?;
        let bar = ProgressBar::with_draw_target(Some(bytes), target).with_style(style);
        let stop = Arc::new(AtomicBool::new(false));
        // The first Ctrl-C stops in good order; a second one does not wait for the next bytes.
        let code = i32::from(Code::Stopped as u8);
        signal_hook::flag::register_conditional_shutdown(
            signal_hook::consts::SIGINT,
            code,
            Arc::clone(&stop),
        )
        .map_err(anyhow::Error::from)?;
        signal_hook::flag::register(signal_hook::consts::SIGINT, Arc::clone(&stop))
            .map_err(anyhow::Error::from)?;
        Ok(Self { bar, list, undated: None, stop })
    }

    /// Where the rejected lines are listed, if there were any.
    fn finish(self) -> Result<Option<PathBuf>, Fault> {
        self.bar.finish_and_clear();
        self.list.finish()
    }
}

impl Watch for Progress {
    fn read(&mut self, bytes: u64) -> bool {
        self.bar.inc(bytes);
        if bytes == 0 {
            self.bar.set_message("rating");
        }
        !self.stop.load(Ordering::Relaxed)
    }

    fn rejected(&mut self, file: &str, rejected: &Rejected) {
        if matches!(rejected.reason, RejectReason::DateUnknown | RejectReason::DateTooLate) {
            self.undated.get_or_insert_with(|| format!("{file}: {rejected}"));
        }
        self.list.add(file, rejected);
    }
}

fn print_json(report: &Report) -> Result<(), Fault> {
    output::json(&in_json(report))
}

/// What was added, by stable names; sessions kept and not charged by product, or by unknown code.
pub(super) fn in_json(report: &Report) -> serde_json::Value {
    let Report { counts, quarantined_by, released, tally } = report;
    let by = quarantined_by.iter().map(|one| (one.key.clone(), json!(one.sessions)));
    json!({
        "events": counts.events,
        "sessions": counts.sessions,
        "open_sessions": counts.open_sessions,
        "closed": counts.closed,
        "rejected": counts.rejected,
        "quarantined": counts.quarantined,
        "quarantined_by": by.collect::<serde_json::Map<_, _>>(),
        "released": released,
        "duplicates": counts.duplicates,
        "session_seconds": counts.seconds,
        "denials": tally.denials,
        "lines": tally.lines,
        "orphan_ins": tally.orphan_ins,
        "clock_steps": tally.clock_steps,
        "first": counts.first.map(|at| at.to_string()),
        "last": counts.last.map(|at| at.to_string()),
    })
}

/// `2,644 kept but not charged (Inventor 1,920: no rate; 12345FOO_2024_0F 3: unknown product)`.
fn print_quarantined(report: &Report) {
    let by = report.quarantined_by.iter().map(|one| {
        let why = if one.known { "no rate" } else { "unknown product" };
        format!("{} {}: {why}", one.name, output::number(one.sessions as f64))
    });
    let by: Vec<String> = by.collect();
    if !by.is_empty() {
        let count = output::number(report.counts.quarantined as f64);
        say!("{count:>12} kept but not charged ({})", by.join("; "));
    }
}

fn print_words(report: &Report, rejected: Option<&Path>) {
    let Report { counts, released, tally, .. } = report;
    let count = |number: u64| output::number(number as f64);
    let span = counts
        .first
        .zip(counts.last)
        .map_or(String::new(), |(first, last)| format!(", {first} to {last}"));
    let of = |number: u64, one: &str, many: &str| {
        format!("{} {}", count(number), if number == 1 { one } else { many })
    };
    let added = of(counts.sessions, "session", "sessions");
    say!("{added} added from {}{span}", of(counts.events, "event", "events"));
    let line = |number: u64, words: &str| {
        if number > 0 {
            say!("{:>12} {words}", count(number));
        }
    };
    let some =
        |number: u64, one: &str, many: &str| line(number, if number == 1 { one } else { many });
    line(counts.open_sessions, "still open at the end of the log");
    line(counts.closed, "of earlier imports ended here");
    line(counts.duplicates, "were there already");
    print_quarantined(report);
    line(*released, "of earlier imports were not charged until now");
    some(tally.denials, "denial", "denials");
    let before = "begun before the log";
    some(
        tally.orphan_ins,
        &format!("check-in of a session {before}"),
        &format!("check-ins of sessions {before}"),
    );
    some(tally.clock_steps, "step back of the server's clock", "steps back of the server's clock");
    some(counts.rejected, "line rejected", "lines rejected");
    if let Some(path) = rejected {
        say!("rejected lines are listed in {}", path.display());
    }
}
