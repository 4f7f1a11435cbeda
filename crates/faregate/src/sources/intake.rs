//! Files of a source's inbox, taken in and noted: one at a time, each as it was pulled.

use super::notes::{Became, Note};
use super::{Declared, seconds};
use crate::ambient;
use crate::commands::{self, rejected};
use crate::estate;
use crate::fault::{Code, Fault};
use faregate_app::engine::Engine;
use faregate_app::import::intake::{
    How, Kind, Offered, Refused, Rejected, Step, Taken, Watch, take_in,
};
use faregate_connect::pull::PulledFile;
use faregate_connect::sources::{self, Source};
use faregate_core::when::Instant;
use faregate_ingest::features::FeatureTable;
use faregate_ingest::mapping::Map;
use faregate_ingest::usage::Said;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::UNIX_EPOCH;

/// Rejected lines of one file that are listed; whoever has more has the wrong file.
const REJECTED_MAX: usize = 10_000;

/// A file of the inbox, and how it is to be read.
pub(crate) struct Incoming {
    path: PathBuf,
    /// What receipts call it: `inbox/SOURCE/FILE`.
    name: String,
    file: String,
    sha256: String,
    /// When it came.
    came: Option<Instant>,
    how: How,
}

/// What became of a file, and what to say of it.
pub(crate) enum Outcome {
    /// It is in the books, or never will be.
    Noted(Note),
    /// It was not its fault: it is to be tried again.
    Later(Fault),
    /// The operator stopped it.
    Stopped,
}

impl Declared {
    /// How a file of the inbox is to be read.
    pub(crate) fn incoming(&self, source: &Source, pulled: &PulledFile) -> Result<Incoming, Fault> {
        let sidecar = &pulled.sidecar;
        let (kind, map) = match &source.kind {
            sources::Kind::Folder(folder) => self.said_of(&folder.files)?,
            _ => (Kind::Usage, None),
        };
        let said = Said { zone: Some(estate::zone(&sidecar.zone)?), ..Said::default() };
        Ok(Incoming {
            path: pulled.path.clone(),
            name: format!("{}/{}/{}", super::INBOX, source.name, sidecar.file),
            file: sidecar.file.clone(),
            sha256: sidecar.sha256.clone(),
            came: sidecar.fetched_at.parse().ok(),
            how: How { kind, said, map, ..How::default() },
        })
    }

    /// Takes in all that waits of a source, one file after the other; what became of each.
    pub(crate) fn take_in(
        &self,
        source: &Source,
        engine: &mut Engine,
        rejected: &Path,
        stop: &AtomicBool,
    ) -> Result<Vec<Note>, Fault> {
        let features = estate::features(None)?;
        let (mut notes, mut done) = (self.notes(source)?, Vec::new());
        for file in self.waiting(source, &notes)? {
            match self.incoming(source, &file)?.take(engine, &features, rejected, stop) {
                Outcome::Noted(note) => {
                    notes.add(note.clone())?;
                    done.push(note);
                }
                Outcome::Later(fault) => return Err(fault),
                Outcome::Stopped => {
                    let help = "what was in the books before stays; the next pull goes on";
                    return Err(Fault::new(Code::Stopped, "stopped", help));
                }
            }
        }
        Ok(done)
    }

    /// What the operator's word for a folder's files means.
    fn said_of(&self, files: &str) -> Result<(Kind, Option<Arc<Map>>), Fault> {
        if let Some(map) = files.strip_prefix("csv:") {
            let beside = self.file.parent().unwrap_or(Path::new(""));
            return Ok((Kind::Mapped, Some(Arc::new(commands::intake::map(&beside.join(map))?))));
        }
        let kind = match files {
            "token-usage" => Kind::Usage,
            "lmstat" => Kind::Polls,
            "events" => Kind::Events,
            _ => Kind::Any,
        };
        Ok((kind, None))
    }
}

impl Incoming {
    /// Takes the file in; `stop` ends that, and leaves the books as they were.
    pub(crate) fn take(
        &self,
        engine: &mut Engine,
        features: &FeatureTable,
        rejected: &Path,
        stop: &AtomicBool,
    ) -> Outcome {
        let mut desk = Desk { stop, taken: Vec::new(), rejected: Vec::new() };
        let offered = match self.open() {
            Ok(offered) => offered,
            Err(fault) => return Outcome::Later(fault),
        };
        let done = take_in(engine, features, vec![offered], &self.how, &mut desk);
        let Desk { taken, rejected: lines, .. } = desk;
        if let Err(fault) = rejected::append(rejected, &self.name, &lines) {
            fault.report(false);
        }
        match done {
            Ok(()) => Outcome::Noted(self.note(Became::TakenIn, &taken, None)),
            // It is known, and says nothing that is booked: a list of users, for example.
            Err(Refused::File { code: "nothing-to-book", .. }) => {
                Outcome::Noted(self.note(Became::TakenIn, &taken, None))
            }
            Err(Refused::File { code: "file-unreadable", why, .. }) => {
                let help = "check the file and its disk; it is tried again";
                Outcome::Later(Fault::new(Code::Input, format!("{}: {why}", self.name), help))
            }
            Err(Refused::File { why, .. }) => {
                Outcome::Noted(self.note(Became::Bad, &taken, Some(why)))
            }
            Err(Refused::Stopped) => Outcome::Stopped,
            Err(Refused::Failed(failure)) => Outcome::Later(failure.into()),
        }
    }

    fn open(&self) -> Result<Offered<'static>, Fault> {
        let failed = |why: std::io::Error| {
            let help = "check the file and its disk; it is tried again";
            Fault::new(Code::Input, format!("{}: {why}", self.path.display()), help)
        };
        let file = File::open(&self.path).map_err(failed)?;
        let written = file.metadata().and_then(|metadata| metadata.modified()).map_err(failed)?;
        let written = written.duration_since(UNIX_EPOCH).ok().map(|since| Instant(seconds(since)));
        let written = self.came.or(written);
        Ok(Offered { name: self.name.clone(), source: Box::new(file), written })
    }

    fn note(&self, became: Became, taken: &[Taken], why: Option<String>) -> Note {
        let last = taken.iter().filter_map(|one| one.counts.last).max();
        Note {
            sha256: self.sha256.clone(),
            file: self.file.clone(),
            at: ambient::now().to_string(),
            became,
            imports: taken.iter().filter_map(|one| one.batch).collect(),
            last: last.map(|at| at.to_string()),
            why,
        }
    }
}

/// What is heard while a file is taken in.
struct Desk<'a> {
    stop: &'a AtomicBool,
    taken: Vec<Taken>,
    rejected: Vec<Rejected>,
}

impl Watch for Desk<'_> {
    fn read(&mut self, _: Step, _: u64) -> bool {
        !self.stop.load(Ordering::Relaxed)
    }

    fn rejected(&mut self, _: &str, rejected: &Rejected) {
        if self.rejected.len() < REJECTED_MAX {
            self.rejected.push(rejected.clone());
        }
    }

    fn passed_over(&mut self, _: &str, _: &str) {}

    fn taken(&mut self, taken: Taken) {
        self.taken.push(taken);
    }
}
