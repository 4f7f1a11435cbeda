//! Files of a source's inbox, taken in and noted: one at a time, each as it was pulled.

use super::Declared;
use super::notes::{Became, Note, Notes, Polled, Version, poll_of};
use crate::ambient;
use crate::commands::{self, rejected};
use crate::estate;
use crate::fault::{Code, Fault};
use faregate_app::engine::Engine;
use faregate_app::import::intake::{
    How, Kind, More, Offered, Refused, Rejected, Step, Taken, Watch, take_in,
};
use faregate_app::import::receipts;
use faregate_app::import::undo::{UndoError, undo};
use faregate_connect::pull::PulledFile;
use faregate_connect::sources::{self, Files, Source};
use faregate_core::when::Instant;
use faregate_ingest::features::FeatureTable;
use faregate_ingest::mapping::Map;
use faregate_ingest::usage::Said;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Rejected lines of one file that are listed; whoever has more has the wrong file.
const REJECTED_MAX: usize = 10_000;

/// A file of the inbox, and how it is to be read.
pub(crate) struct Incoming {
    path: PathBuf,
    /// What receipts call it: `inbox/SOURCE/FILE`.
    name: String,
    file: String,
    sha256: String,
    /// When it was written.
    written: Option<Instant>,
    /// Its moment, where that is what tells a poll from another with the same content.
    poll: Option<String>,
    /// The polls before it, from which it is read on: a use that is in those and not in this has ended.
    before: Vec<PulledFile>,
    how: How,
    /// Which answer of the vendor's it is of.
    version: Option<Version>,
    /// Files of earlier answers about the same, as receipts call them: it takes their place.
    supersedes: Vec<String>,
}

/// What became of a file, and what to say of it.
pub(crate) enum Outcome {
    /// It is in the books, or never will be.
    Noted(Box<Note>),
    /// It was not its fault: it is to be tried again.
    Later(Fault),
    /// The operator stopped it.
    Stopped,
}

impl Outcome {
    fn noted(note: Note) -> Self {
        Self::Noted(Box::new(note))
    }
}

impl Declared {
    /// How a file of the inbox is to be read.
    pub(crate) fn incoming(
        &self,
        source: &Source,
        pulled: &PulledFile,
        notes: &Notes,
    ) -> Result<Incoming, Fault> {
        let sidecar = &pulled.sidecar;
        let name = |file: &String| format!("{}/{}/{file}", super::INBOX, source.name);
        let version = Version::of(sidecar);
        let earlier = version.as_ref().map(|version| notes.superseded_by(version));
        let (kind, map) = match &source.kind {
            sources::Kind::Folder(folder) => self.said_of(&folder.files)?,
            _ => (Kind::Usage, None),
        };
        let is_poll = kind == Kind::Polls;
        let before = if is_poll { self.before(source, pulled, notes)? } else { Vec::new() };
        let zone = sidecar.zone.as_deref().map(estate::zone).transpose()?;
        // Said since the file came.
        let said = Said { zone: zone.or_else(|| source.zone.clone()), ..Said::default() };
        Ok(Incoming {
            path: pulled.path.clone(),
            name: name(&sidecar.file),
            file: sidecar.file.clone(),
            sha256: sidecar.sha256.clone(),
            written: sidecar.known_since().parse().ok(),
            poll: poll_of(sidecar).map(str::to_owned),
            how: How { kind, said, map, in_books: before.len(), ..How::default() },
            before,
            version,
            supersedes: earlier.unwrap_or_default().iter().map(name).collect(),
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
        // Looked at anew each time: what takes the place of several files may need some of them again.
        while let Some(file) = self.waiting(source, &notes)?.first() {
            match self.incoming(source, file, &notes)?.take(engine, &features, rejected, stop) {
                Outcome::Noted(note) => {
                    notes.add(Note::clone(&note))?;
                    done.push(*note);
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
    fn said_of(&self, files: &Files) -> Result<(Kind, Option<Arc<Map>>), Fault> {
        let kind = match files {
            Files::Mapped(map) => {
                let beside = self.file.parent().unwrap_or(Path::new(""));
                let map = commands::intake::map(&beside.join(map))?;
                return Ok((Kind::Mapped, Some(Arc::new(map))));
            }
            Files::Logs => Kind::Logs,
            Files::TokenUsage => Kind::Usage,
            Files::Polls => Kind::Polls,
            Files::Events => Kind::Events,
            // Lists of people never come here: they are kept for somebody to read.
            Files::Any | Files::Staff => Kind::Any,
        };
        Ok((kind, None))
    }
}

impl Incoming {
    /// Takes the file in; `stop` ends that, and leaves the books as they were.
    ///
    /// What it takes the place of is taken back first, once it is certain that the file itself can be taken in.
    /// Killed in between, the next look takes it in.
    pub(crate) fn take(
        &self,
        engine: &mut Engine,
        features: &FeatureTable,
        rejected: &Path,
        stop: &AtomicBool,
    ) -> Outcome {
        let mut desk = Desk::new(stop);
        let undone = match self.make_room(engine, features, &mut desk) {
            Ok(undone) => undone,
            Err(outcome) => return outcome,
        };
        let done = self.read(engine, features, &self.how, &mut desk);
        let lines = desk.lines();
        let taken = desk.taken;
        if let Err(fault) = rejected::append(rejected, &self.name, &lines) {
            fault.report(false);
        }
        match done {
            Ok(()) => Outcome::noted(Note { undone, ..self.note(Became::TakenIn, &taken, None) }),
            Err(outcome) => outcome,
        }
    }

    /// Takes back what the file takes the place of; the numbers of those imports.
    fn make_room(
        &self,
        engine: &mut Engine,
        features: &FeatureTable,
        desk: &mut Desk<'_>,
    ) -> Result<Vec<u32>, Outcome> {
        let mut earlier = Vec::new();
        for file in &self.supersedes {
            let found = receipts::standing_of(engine, file);
            earlier.extend(found.map_err(|failure| Outcome::Later(failure.into()))?);
        }
        if earlier.is_empty() {
            return Ok(earlier);
        }
        let mut trial = Desk::new(desk.stop);
        let how = How { dry_run: true, ..self.how.clone() };
        self.read(engine, features, &how, &mut trial)?;
        earlier.sort_unstable_by_key(|number| std::cmp::Reverse(*number));
        for number in &earlier {
            match undo(engine, features, *number, false) {
                Ok(_) | Err(UndoError::UndoneAlready { .. } | UndoError::NoSuch { .. }) => {}
                Err(UndoError::Failed(failure)) => return Err(Outcome::Later(failure.into())),
            }
        }
        Ok(earlier)
    }

    /// Reads the file, and books what is in it unless it is only tried; what became of it when that was not done.
    fn read(
        &self,
        engine: &mut Engine,
        features: &FeatureTable,
        how: &How,
        desk: &mut Desk<'_>,
    ) -> Result<(), Outcome> {
        let offered = self.open().map_err(Outcome::Later)?;
        let refused = match take_in(engine, features, offered, how, desk) {
            Ok(()) => return Ok(()),
            Err(refused) => refused,
        };
        let taken = &desk.taken;
        Err(match refused {
            // A list of users, for example.
            Refused::File { code: "nothing-to-book", why, .. } => {
                Outcome::noted(self.note(Became::PassedOver, taken, Some(why)))
            }
            Refused::File { code: "file-unreadable", why, .. } => {
                let help = "check the file and its disk; it is tried again";
                Outcome::Later(Fault::new(Code::Input, format!("{}: {why}", self.name), help))
            }
            Refused::File { code: "zone-unknown", why, .. } => {
                let why = format!("{why}; in the file of sources that is the line `zone`");
                Outcome::noted(self.note(Became::Bad, taken, Some(why)))
            }
            Refused::File { why, .. } => Outcome::noted(self.note(Became::Bad, taken, Some(why))),
            Refused::Stopped => Outcome::Stopped,
            Refused::Failed(failure) => Outcome::Later(failure.into()),
        })
    }

    /// The file, after the polls before it.
    fn open(&self) -> Result<Vec<Offered<'static>>, Fault> {
        let before = self.before.iter().map(|PulledFile { path, sidecar }| {
            let name = format!("{}/{}/{}", super::INBOX, sidecar.source, sidecar.file);
            open(path, name, sidecar.known_since().parse().ok())
        });
        before.chain([open(&self.path, self.name.clone(), self.written)]).collect()
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
            undone: Vec::new(),
            version: self.version.clone(),
            poll: self.poll.clone(),
            polled: taken.iter().flat_map(polled).collect(),
        }
    }
}

/// The servers that were polled.
fn polled(taken: &Taken) -> Vec<Polled> {
    let More::Polls { servers, .. } = &taken.more else { return Vec::new() };
    let noted =
        servers.iter().map(|one| Polled { server: one.server.clone(), shows_all: one.shows_all });
    noted.collect()
}

fn open(path: &Path, name: String, written: Option<Instant>) -> Result<Offered<'static>, Fault> {
    let failed = |why: std::io::Error| {
        let help = "check the file and its disk; it is tried again";
        Fault::new(Code::Input, format!("{}: {why}", path.display()), help)
    };
    let file = File::open(path).map_err(failed)?;
    Ok(Offered { name, source: Box::new(file), written })
}

/// What is heard while a file is taken in.
struct Desk<'a> {
    stop: &'a AtomicBool,
    taken: Vec<Taken>,
    rejected: Vec<Rejected>,
    /// Rejected lines that are not listed.
    more: u64,
}

impl<'a> Desk<'a> {
    fn new(stop: &'a AtomicBool) -> Self {
        Self { stop, taken: Vec::new(), rejected: Vec::new(), more: 0 }
    }

    /// The rejected lines, and at the end how many more there are.
    fn lines(&mut self) -> Vec<Rejected> {
        let mut lines = std::mem::take(&mut self.rejected);
        if self.more > 0 {
            let line = lines.last().map_or(0, |last| last.line);
            let reason = format!("and {} more lines after this one, not listed", self.more);
            lines.push(Rejected { line, code: "more-rejected", reason, text: String::new() });
        }
        lines
    }
}

impl Watch for Desk<'_> {
    fn read(&mut self, _: Step, _: u64) -> bool {
        !self.stop.load(Ordering::Relaxed)
    }

    fn rejected(&mut self, _: &str, rejected: &Rejected) {
        if self.rejected.len() < REJECTED_MAX {
            self.rejected.push(rejected.clone());
        } else {
            self.more += 1;
        }
    }

    fn passed_over(&mut self, _: &str, _: &str) {}

    fn taken(&mut self, taken: Taken) {
        self.taken.push(taken);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_that_is_cut_says_so() {
        let stop = AtomicBool::new(false);
        let mut desk = Desk::new(&stop);
        let one = |line| Rejected {
            line,
            code: "row-unreadable",
            reason: "no time".to_owned(),
            text: String::new(),
        };
        let max = REJECTED_MAX as u64;
        (1..=max).for_each(|line| desk.rejected("a.csv", &one(line)));
        let whole = desk.lines();
        assert_eq!((whole.len(), whole[0].line), (REJECTED_MAX, 1));
        (1..=max + 2).for_each(|line| desk.rejected("a.csv", &one(line)));
        let cut = desk.lines();
        let last = cut.last().unwrap();
        assert_eq!((cut.len(), last.line), (REJECTED_MAX + 1, max));
        assert_eq!(last.reason, "and 2 more lines after this one, not listed");
    }
}
