//! `faregate import flexnet`: debug logs, once.

use crate::cli::ImportFlexnet;
use crate::fault::{Code, Fault};
use crate::{estate, output};
use faregate_app::engine::Engine;
use faregate_app::import::flexnet::{Input, Report, Watch, import};
use faregate_app::setup::NewContract;
use faregate_core::when::Zone;
use faregate_ingest::flexnet::Rejected;
use faregate_store::directory::DataDirectory;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use serde_json::json;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

pub(crate) fn run(path: &Path, args: &ImportFlexnet, as_json: bool) -> Result<(), Fault> {
    let options = estate::log_options(&args.log)?;
    let features = estate::features(args.log.features.as_deref())?;
    let (inputs, bytes) = inputs(&args.files)?;
    let (_directory, mut engine) = open_or_create(path, &options.zone)?;
    let listed = args.rejected.clone().unwrap_or_else(|| path.join("rejected.csv"));
    let mut progress = Progress::start(bytes, as_json, listed)?;
    let report = import(&mut engine, &features, inputs, &options, &mut progress)?;
    let rejected = progress.finish()?;
    engine.keep_snapshot()?;
    if as_json { print_json(&report) } else { Ok(print_words(&report, rejected.as_deref())) }
}

/// A licence manager who comes with a log and nothing else gets a store on the usual terms.
fn open_or_create(path: &Path, zone: &Zone) -> Result<(DataDirectory, Engine), Fault> {
    if DataDirectory::exists(path) {
        return estate::open(path);
    }
    let tariff = estate::tariff("flex-daily")?.parts().clone();
    let name = "Autodesk contract".to_owned();
    let contract = NewContract { name, zone: zone.name().to_owned(), tariff, pack: None };
    let opened = super::init::create(path, contract, &estate::features(None)?)?;
    let shown = path.display();
    eprintln!(
        "created `{shown}` with the tariff flex-daily and no tokens; `faregate init` takes other terms"
    );
    Ok(opened)
}

/// All files are opened before anything is read, so that a wrong name changes nothing.
fn inputs(files: &[PathBuf]) -> Result<(Vec<Input<'static>>, u64), Fault> {
    let mut inputs = Vec::with_capacity(files.len());
    let mut total = 0;
    for path in files {
        let name = path.display().to_string();
        let bad = |why: std::io::Error| {
            Fault::new(Code::Input, format!("{name}: {why}"), "nothing was imported")
        };
        let file = File::open(path).map_err(bad)?;
        let metadata = file.metadata().map_err(bad)?;
        if metadata.is_dir() {
            let help = "name the log files in it; nothing was imported";
            return Err(Fault::new(Code::Input, format!("{name}: this is a directory"), help));
        }
        total += metadata.len();
        inputs.push(Input { name, bytes: Box::new(file) });
    }
    Ok((inputs, total))
}

/// The progress bar, the list of rejected lines, and the operator's Ctrl-C.
struct Progress {
    bar: ProgressBar,
    path: PathBuf,
    list: Option<BufWriter<File>>,
    failed: Option<std::io::Error>,
    stop: Arc<AtomicBool>,
}

impl Progress {
    fn start(bytes: u64, quiet: bool, path: PathBuf) -> Result<Self, Fault> {
        let target =
            if quiet { ProgressDrawTarget::hidden() } else { ProgressDrawTarget::stderr() };
        let template = "{bar:30} {bytes}/{total_bytes}  {bytes_per_sec}  {eta} left  {msg}";
        let style = ProgressStyle::with_template(template).map_err(anyhow::Error::from)?;
        let bar = ProgressBar::with_draw_target(Some(bytes), target).with_style(style);
        let stop = Arc::new(AtomicBool::new(false));
        signal_hook::flag::register(signal_hook::consts::SIGINT, Arc::clone(&stop))
            .map_err(anyhow::Error::from)?;
        Ok(Self { bar, path, list: None, failed: None, stop })
    }

    fn write(&mut self, file: &str, rejected: &Rejected) -> std::io::Result<()> {
        if self.list.is_none() {
            let mut list = BufWriter::new(File::create(&self.path)?);
            writeln!(list, "file,line,code,reason,text")?;
            self.list = Some(list);
        }
        let Some(list) = &mut self.list else { return Ok(()) };
        let reason = rejected.reason.to_string();
        let (file, reason, text) = (cell(file), cell(&reason), cell(&rejected.text));
        writeln!(list, "{file},{},{},{reason},{text}", rejected.line, rejected.reason.code())
    }

    /// Where the rejected lines are listed, if there were any.
    fn finish(mut self) -> Result<Option<PathBuf>, Fault> {
        self.bar.finish_and_clear();
        let written = match (self.failed.take(), &mut self.list) {
            (Some(why), _) => Err(why),
            (None, Some(list)) => list.flush(),
            (None, None) => return Ok(None),
        };
        let path = self.path.display();
        written.map_err(|why| {
            Fault::new(Code::Failed, format!("{path}: {why}"), "the import itself is complete")
        })?;
        Ok(Some(self.path))
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
        if let Err(why) = self.write(file, rejected) {
            self.failed.get_or_insert(why);
        }
    }
}

/// A CSV cell; one that a spreadsheet would take for a formula gets a quote in front.
fn cell(text: &str) -> String {
    let guard = if text.starts_with(['=', '+', '-', '@', '\t', '\r']) { "'" } else { "" };
    format!("\"{guard}{}\"", text.replace('"', "\"\""))
}

fn print_json(report: &Report) -> Result<(), Fault> {
    let Report { counts, tally } = report;
    output::json(&json!({
        "events": counts.events,
        "sessions": counts.sessions,
        "open_sessions": counts.open_sessions,
        "closed": counts.closed,
        "rejected": counts.rejected,
        "quarantined": counts.quarantined,
        "duplicates": counts.duplicates,
        "session_seconds": counts.seconds,
        "denials": tally.denials,
        "lines": tally.lines,
        "orphan_ins": tally.orphan_ins,
        "clock_steps": tally.clock_steps,
        "first": counts.first.map(|at| at.to_string()),
        "last": counts.last.map(|at| at.to_string()),
    }))
}

fn print_words(report: &Report, rejected: Option<&Path>) {
    let Report { counts, tally } = report;
    let count = |number: u64| output::number(number as f64);
    let span = counts
        .first
        .zip(counts.last)
        .map_or(String::new(), |(first, last)| format!(", {first} to {last}"));
    println!(
        "{} sessions added from {} events{span}",
        count(counts.sessions),
        count(counts.events)
    );
    let line = |number: u64, words: &str| {
        if number > 0 {
            println!("{:>12} {words}", count(number));
        }
    };
    line(counts.open_sessions, "still open at the end of the log");
    line(counts.closed, "of earlier imports ended here");
    line(counts.duplicates, "were there already");
    line(counts.quarantined, "kept but not charged: unknown product, or no rate for it");
    line(tally.denials, "denials");
    line(tally.orphan_ins, "check-ins of sessions begun before the log");
    line(tally.clock_steps, "steps back of the server's clock");
    line(counts.rejected, "lines rejected");
    if let Some(path) = rejected {
        println!("rejected lines are listed in {}", path.display());
    }
}
