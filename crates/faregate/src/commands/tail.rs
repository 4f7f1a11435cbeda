//! `faregate tail flexnet`: a debug log as it grows.

use crate::cli::TailFlexnet;
use crate::commands::{receipt, rejected};
use crate::fault::{Code, Fault};
use crate::{aside, say};
use crate::{estate, output};
use faregate_app::engine::Engine;
use faregate_app::import::flexnet::{Follower, Report};
use faregate_app::import::intake::Taken;
use faregate_core::event::Counts;
use faregate_ingest::features::FeatureTable;
use faregate_ingest::flexnet::{Options, RejectReason, sniff};
use std::fs::File;
use std::io::{ErrorKind, Read, Seek, SeekFrom};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// Between two looks at the file.
pub(crate) const POLL: Duration = Duration::from_millis(500);
/// Bytes taken between two batches: catching up with a large log is not one transaction.
const CHUNK: u64 = 64 << 20;

pub(crate) fn run(path: &Path, args: &TailFlexnet, as_json: bool) -> Result<(), Fault> {
    let options = estate::log_options(&args.log)?;
    let features = estate::features(args.log.features.as_deref())?;
    GrowingLog::judge(&args.file, &options)?;
    let mut log = GrowingLog::open(&args.file, options, &path.join(rejected::NAME))?;
    let (_directory, mut engine) = estate::open(path)?;
    let stop = Arc::new(AtomicBool::new(false));
    for signal in [signal_hook::consts::SIGINT, signal_hook::consts::SIGTERM] {
        signal_hook::flag::register(signal, Arc::clone(&stop)).map_err(anyhow::Error::from)?;
    }
    if !as_json {
        aside!("following `{}`; Ctrl-C stops", args.file.display());
    }
    while !stop.load(Ordering::Relaxed) {
        let grown = log.read_on()?;
        if grown {
            say(&log.take_in(&mut engine, &features)?, as_json)?;
        } else if args.catch_up {
            break;
        } else {
            std::thread::sleep(POLL);
        }
    }
    Ok(engine.keep_snapshot()?)
}

fn say(report: &Report, as_json: bool) -> Result<(), Fault> {
    if as_json {
        let taken = Taken::log(Vec::new(), report.clone());
        return output::json(&receipt::in_json(&taken));
    }
    let Counts { sessions, closed, rejected, quarantined, last, .. } = report.counts;
    let more = [
        (quarantined, "not charged"),
        (report.released, "not charged until now"),
        (rejected, "rejected"),
    ];
    let more = more.iter().filter(|(count, _)| *count > 0);
    let more: String = more.map(|(count, words)| format!(", {count} {words}")).collect();
    if sessions + closed > 0 || !more.is_empty() {
        let last = last.map(|at| at.to_string()).unwrap_or_default();
        say!("{last}  {sessions} opened, {closed} closed{more}");
    }
    Ok(())
}

/// A log file that grows, and may be rotated away.
pub(crate) struct GrowingLog {
    path: PathBuf,
    options: Options,
    file: File,
    offset: u64,
    /// What its lines say.
    follower: Follower,
    /// Where rejected lines are listed.
    listed: PathBuf,
}

impl GrowingLog {
    /// Refuses a log in which nothing says on which day it begins, as an import does.
    pub(crate) fn judge(path: &Path, options: &Options) -> Result<(), Fault> {
        let mut log = Self::open(path, options.clone(), Path::new(""))?;
        log.read_on()?;
        log.follower.finish();
        let rejected = log.follower.take_rejected();
        let undated = rejected.iter().find(|one| {
            matches!(one.reason, RejectReason::DateUnknown | RejectReason::DateTooLate)
        });
        match undated.filter(|_| log.follower.events() == 0) {
            Some(undated) => {
                let message = format!("{}: {undated}", path.display());
                Err(Fault::new(Code::Undated, message, "nothing was imported"))
            }
            None => Ok(()),
        }
    }

    /// Opens the log at its beginning: what was taken in before is recognised again.
    pub(crate) fn open(path: &Path, options: Options, listed: &Path) -> Result<Self, Fault> {
        let mut file = File::open(path).map_err(|why| unreadable(path, &why))?;
        let mut first = Vec::new();
        file.by_ref()
            .take(64 << 10)
            .read_to_end(&mut first)
            .map_err(|why| unreadable(path, &why))?;
        // An empty log is one that has not begun yet.
        if !first.is_empty() {
            let shown = path.display();
            sniff(&first).map_err(|why| Fault::not_a_log(&shown.to_string(), why))?;
        }
        let follower = Follower::new(path.display().to_string(), options.clone());
        let (path, listed) = (path.to_owned(), listed.to_owned());
        Ok(Self { path, options, file, offset: 0, follower, listed })
    }

    /// Feeds the follower what was appended; returns whether there was anything.
    pub(crate) fn read_on(&mut self) -> Result<bool, Fault> {
        let path = self.path.clone();
        let failed = |why: std::io::Error| unreadable(&path, &why);
        let grown = self.appended().map_err(failed)?;
        if !grown.is_empty() || !self.begins_anew().map_err(failed)? {
            self.follower.feed(&grown);
            return Ok(!grown.is_empty());
        }
        self.file = File::open(&self.path).map_err(failed)?;
        self.offset = 0;
        self.follower = Follower::new(self.path.display().to_string(), self.options.clone());
        let grown = self.appended().map_err(failed)?;
        self.follower.feed(&grown);
        Ok(!grown.is_empty())
    }

    /// Where it is.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Takes in what was read, and lists the lines that were rejected.
    pub(crate) fn take_in(
        &mut self,
        engine: &mut Engine,
        features: &FeatureTable,
    ) -> Result<Report, Fault> {
        let report = self.follower.flush(engine, features)?;
        let rejected = self.follower.take_rejected();
        rejected::append(&self.listed, &self.path.display().to_string(), &rejected)?;
        Ok(report)
    }

    fn appended(&mut self) -> std::io::Result<Vec<u8>> {
        let mut grown = Vec::new();
        self.file.seek(SeekFrom::Start(self.offset))?;
        self.file.by_ref().take(CHUNK).read_to_end(&mut grown)?;
        self.offset += grown.len() as u64;
        Ok(grown)
    }

    /// Whether the log was rotated: cut to begin anew, or moved away and another put in its place.
    fn begins_anew(&self) -> std::io::Result<bool> {
        let there = match std::fs::metadata(&self.path) {
            // Between moving the old one away and making the new one.
            Err(why) if why.kind() == ErrorKind::NotFound => return Ok(false),
            there => there?,
        };
        let followed = self.file.metadata()?;
        let another = (there.dev(), there.ino()) != (followed.dev(), followed.ino());
        Ok(another || there.len() < self.offset)
    }
}

fn unreadable(path: &Path, why: &std::io::Error) -> Fault {
    let help = "check the path and that this user may read it";
    Fault::new(Code::Input, format!("{}: {why}", path.display()), help)
}
