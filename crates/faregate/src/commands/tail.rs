//! `faregate tail flexnet`: a debug log as it grows.

use crate::cli::TailFlexnet;
use crate::fault::{Code, Fault};
use crate::say;
use crate::{estate, output};
use faregate_app::import::flexnet::Follower;
use faregate_core::event::Counts;
use faregate_ingest::flexnet::{Options, sniff};
use serde_json::json;
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
    let mut log = GrowingLog::open(&args.file, options)?;
    let (_directory, mut engine) = estate::open(path)?;
    let stop = Arc::new(AtomicBool::new(false));
    for signal in [signal_hook::consts::SIGINT, signal_hook::consts::SIGTERM] {
        signal_hook::flag::register(signal, Arc::clone(&stop)).map_err(anyhow::Error::from)?;
    }
    if !as_json {
        eprintln!("following `{}`; Ctrl-C stops", args.file.display());
    }
    while !stop.load(Ordering::Relaxed) {
        let grown = log.read_on()?;
        if grown {
            let counts = log.follower.flush(&mut engine, &features)?;
            say(&counts, as_json)?;
        } else if args.catch_up {
            break;
        } else {
            std::thread::sleep(POLL);
        }
    }
    Ok(engine.keep_snapshot()?)
}

fn say(counts: &Counts, as_json: bool) -> Result<(), Fault> {
    let Counts { sessions, open_sessions, closed, duplicates, last, .. } = *counts;
    let last = last.map(|at| at.to_string());
    if as_json {
        let line = json!({
            "sessions": sessions, "open_sessions": open_sessions, "closed": closed,
            "duplicates": duplicates, "last": last,
        });
        return output::json(&line);
    }
    if sessions + closed > 0 {
        say!("{}  {sessions} opened, {closed} closed", last.unwrap_or_default());
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
    pub follower: Follower,
}

impl GrowingLog {
    /// Opens the log at its beginning: what was taken in before is recognised again.
    pub(crate) fn open(path: &Path, options: Options) -> Result<Self, Fault> {
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
        Ok(Self { path: path.to_owned(), options, file, offset: 0, follower })
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
