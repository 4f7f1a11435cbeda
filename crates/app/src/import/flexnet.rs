//! FlexNet debug logs, whole files at once or followed as they grow.

use super::{Outcome, Quarantined, Recording, Reported, SESSIONS_AT_ONCE};
use crate::engine::{Engine, Failure};
use faregate_core::event::{Counts, Source};
use faregate_core::when::Instant;
use faregate_ingest::features::{Code, FeatureTable, Form};
use faregate_ingest::flexnet::{
    Denial, NotADebugLog, Options, Reader, RejectReason, Rejected, Session, Sink, Tally, sniff,
};
use faregate_ingest::names::NameId;
use std::io::Read;

/// Bytes read at a time.
const CHUNK: usize = 1 << 20;
/// Seconds after its check-out in which a package may turn out to be part of another session.
const UNDECIDED_SECONDS: i64 = 5;

/// A file to be imported.
pub struct Input<'a> {
    /// Its name, for messages and the receipt.
    pub name: String,
    /// Its bytes.
    pub bytes: Box<dyn Read + 'a>,
}

/// Why nothing was imported. The store is as it was.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// The file is something else.
    #[error("{file}: {why}")]
    Format {
        /// Which file.
        file: String,
        /// What is wrong, and what to do.
        why: NotADebugLog,
    },
    /// The file cannot be read.
    #[error("{file}: {why}")]
    Io {
        /// Which file.
        file: String,
        /// The operating system's words.
        why: std::io::Error,
    },
    /// The operator stopped it.
    #[error("stopped; nothing was imported")]
    Stopped,
    /// The store or the core refused.
    #[error(transparent)]
    Failed(#[from] Failure),
}

/// What the caller is told while an import runs.
pub trait Watch {
    /// So many more bytes were read. `false` stops the import.
    fn read(&mut self, bytes: u64) -> bool;
    /// A line was rejected.
    fn rejected(&mut self, file: &str, rejected: &Rejected);
}

/// What an import added, and what its reader saw.
#[derive(Clone, Debug)]
pub struct Report {
    /// What was added.
    pub counts: Counts,
    /// What was kept and not charged, most sessions first.
    pub quarantined_by: Vec<Quarantined>,
    /// Sessions of earlier imports that were quarantined and are charged now.
    pub released: u64,
    /// What was read, over all files.
    pub tally: Tally,
}

impl Report {
    fn of(outcome: Outcome, tally: Tally) -> Self {
        let Outcome { counts, quarantined_by, released } = outcome;
        Self { counts, quarantined_by, released, tally }
    }
}

/// Imports debug logs as one batch.
///
/// # Errors
/// [`ImportError`]; nothing was imported then.
pub fn import(
    engine: &mut Engine,
    features: &FeatureTable,
    inputs: Vec<Input<'_>>,
    options: &Options,
    watch: &mut dyn Watch,
) -> Result<Report, ImportError> {
    let mut logs = Logs::begin(engine, features, options.clone())?;
    for Input { name, mut bytes } in inputs {
        logs.read(&name, &mut *bytes, watch)?;
    }
    Ok(logs.finish()?)
}

/// Debug logs on their way in, as one batch. Dropped without [`Logs::finish`], it leaves no trace.
pub struct Logs<'e> {
    recording: Recording<'e>,
    options: Options,
    tally: Tally,
    files: Vec<String>,
}

impl<'e> Logs<'e> {
    /// Begins a batch.
    ///
    /// # Errors
    /// [`Failure`] when the store cannot be read.
    pub fn begin(
        engine: &'e mut Engine,
        features: &'e FeatureTable,
        options: Options,
    ) -> Result<Self, Failure> {
        let mut recording = Recording::begin(engine, features)?;
        recording.lift_quarantine()?;
        Ok(Self { recording, options, tally: Tally::default(), files: Vec::new() })
    }

    /// Reads a log to its end.
    ///
    /// # Errors
    /// [`ImportError`]; then the batch is to be dropped.
    pub fn read(
        &mut self,
        name: &str,
        bytes: &mut dyn Read,
        watch: &mut dyn Watch,
    ) -> Result<(), ImportError> {
        self.files.push(name.to_owned());
        let one = read_file(&mut self.recording, (name, bytes), self.options.clone(), watch)?;
        self.recording.source_ended(one.last);
        add(&mut self.tally, &one);
        Ok(())
    }

    /// Rates what is new, books the charges and the receipt, and makes all of it durable.
    ///
    /// # Errors
    /// [`Failure`]; then nothing of the batch is kept.
    pub fn finish(self) -> Result<Report, Failure> {
        let Self { mut recording, tally, files, .. } = self;
        recording.tally(tally.events, tally.rejected);
        let span = tally.first.zip(tally.last);
        Ok(Report::of(recording.complete("flexnet", files, Source::Log, span)?, tally))
    }

    /// What [`Logs::finish`] would add. Nothing of the batch is kept.
    #[must_use]
    pub fn rehearse(self) -> Report {
        let Self { mut recording, tally, .. } = self;
        recording.tally(tally.events, tally.rejected);
        Report::of(recording.rehearse(tally.first.zip(tally.last)), tally)
    }
}

fn read_file(
    recording: &mut Recording<'_>,
    (name, input): (&str, &mut dyn Read),
    options: Options,
    watch: &mut dyn Watch,
) -> Result<Tally, ImportError> {
    let mut reader = Reader::with(options);
    let mut found = Found::default();
    let mut chunk = vec![0; CHUNK];
    let mut first = true;
    loop {
        let count = fill(input, &mut chunk)
            .map_err(|why| ImportError::Io { file: name.to_owned(), why })?;
        let bytes = chunk.get(..count).unwrap_or(&[]);
        if first {
            sniff(bytes).map_err(|why| ImportError::Format { file: name.to_owned(), why })?;
            first = false;
        }
        if bytes.is_empty() {
            reader.finish(&mut found);
        } else {
            reader.feed(bytes, &mut found);
        }
        found.reject_future(&reader, recording);
        found.rejected.drain(..).for_each(|rejected| watch.rejected(name, &rejected));
        found.hand_over(&reader, recording)?;
        if !watch.read(count as u64) {
            return Err(ImportError::Stopped);
        }
        if bytes.is_empty() {
            return Ok(reader.tally());
        }
    }
}

/// Reads until the chunk is full or the file ends.
fn fill(bytes: &mut dyn Read, chunk: &mut [u8]) -> std::io::Result<usize> {
    let mut filled = 0;
    while filled < chunk.len() {
        match bytes.read(&mut chunk[filled..]) {
            Ok(0) => break,
            Ok(count) => filled += count,
            Err(why) if why.kind() == std::io::ErrorKind::Interrupted => {}
            Err(why) => return Err(why),
        }
    }
    Ok(filled)
}

/// What a reader found since the last time, and how its names map to the recording's.
#[derive(Default)]
struct Found {
    sessions: Vec<Session>,
    rejected: Vec<Rejected>,
    numbers: Vec<Option<u32>>,
}

impl Sink for Found {
    fn session(&mut self, session: Session) {
        self.sessions.push(session);
    }

    fn denial(&mut self, _denial: Denial) {}

    fn rejected(&mut self, rejected: Rejected) {
        self.rejected.push(rejected);
    }
}

impl Found {
    /// Lists sessions that lie in the future; the recording counts them as rejected.
    fn reject_future(&mut self, reader: &Reader, recording: &Recording<'_>) {
        self.rejected.extend(future(reader, recording, &self.sessions));
    }

    fn hand_over(&mut self, reader: &Reader, recording: &mut Recording<'_>) -> Result<(), Failure> {
        let sessions = std::mem::take(&mut self.sessions);
        let added = self.add(reader, recording, &sessions);
        self.sessions = sessions;
        self.sessions.clear();
        added
    }

    fn add(
        &mut self,
        reader: &Reader,
        recording: &mut Recording<'_>,
        sessions: &[Session],
    ) -> Result<(), Failure> {
        for some in sessions.chunks(SESSIONS_AT_ONCE) {
            let reported: Vec<_> =
                some.iter().map(|session| self.reported(reader, recording, session)).collect();
            recording.add_all(&reported)?;
        }
        Ok(())
    }

    fn reported(
        &mut self,
        reader: &Reader,
        recording: &mut Recording<'_>,
        session: &Session,
    ) -> Reported {
        let mut number = |id: NameId| self.number(reader, recording, id);
        Reported {
            user: number(session.user),
            host: number(session.host),
            feature: number(session.feature),
            ordinal: session.ordinal.into(),
            opened: session.opened,
            closed: session.closed,
        }
    }

    fn number(&mut self, reader: &Reader, recording: &mut Recording<'_>, id: NameId) -> u32 {
        let place = id.0 as usize;
        if self.numbers.len() <= place {
            self.numbers.resize(place + 1, None);
        }
        match self.numbers.get_mut(place) {
            Some(Some(number)) => *number,
            Some(empty) => *empty.insert(recording.intern(reader.names().text(id))),
            None => recording.intern(reader.names().text(id)),
        }
    }
}

fn future(reader: &Reader, recording: &Recording<'_>, sessions: &[Session]) -> Vec<Rejected> {
    let future = sessions.iter().filter(|session| !recording.believes(session.opened));
    let listed = future.map(|session| {
        let text = |id: NameId| reader.names().text(id);
        let user = text(session.user);
        let text = format!("{} {user}@{}", text(session.feature), text(session.host));
        Rejected { line: session.line, reason: RejectReason::InTheFuture, text }
    });
    listed.collect()
}

fn add(total: &mut Tally, one: &Tally) {
    total.lines += one.lines;
    total.bytes += one.bytes;
    total.events += one.events;
    total.rejected += one.rejected;
    total.skipped += one.skipped;
    total.sessions += one.sessions;
    total.denials += one.denials;
    total.packages += one.packages;
    total.undecided += one.undecided;
    total.orphan_ins += one.orphan_ins;
    total.restarts += one.restarts;
    total.clock_steps += one.clock_steps;
    total.first = earliest(total.first, one.first);
    total.last = total.last.max(one.last);
}

/// What was read since an earlier tally of the same reader.
fn since(earlier: &Tally, now: Tally) -> Tally {
    Tally {
        lines: now.lines - earlier.lines,
        bytes: now.bytes - earlier.bytes,
        events: now.events - earlier.events,
        rejected: now.rejected - earlier.rejected,
        skipped: now.skipped - earlier.skipped,
        sessions: now.sessions - earlier.sessions,
        denials: now.denials - earlier.denials,
        packages: now.packages - earlier.packages,
        undecided: now.undecided.saturating_sub(earlier.undecided),
        orphan_ins: now.orphan_ins - earlier.orphan_ins,
        restarts: now.restarts - earlier.restarts,
        clock_steps: now.clock_steps - earlier.clock_steps,
        ..now
    }
}

fn earliest(a: Option<Instant>, b: Option<Instant>) -> Option<Instant> {
    match (a, b) {
        (Some(a), Some(b)) => Some(a.min(b)),
        _ => a.or(b),
    }
}

/// A growing log. Feed it what was appended; each [`Follower::flush`] is a batch of its own.
pub struct Follower {
    name: String,
    reader: Reader,
    sessions: Vec<Session>,
    rejected: Vec<Rejected>,
    flushed: Tally,
    /// Whether stored use of codes that are known by now was looked for.
    lifted: bool,
}

impl Follower {
    /// Follows a log from its beginning.
    #[must_use]
    pub fn new(name: String, options: Options) -> Self {
        let (sessions, rejected) = (Vec::new(), Vec::new());
        let (reader, flushed) = (Reader::with(options), Tally::default());
        Self { name, reader, sessions, rejected, flushed, lifted: false }
    }

    /// Takes the bytes that were appended since.
    pub fn feed(&mut self, bytes: &[u8]) {
        let mut found = Found::default();
        self.reader.feed(bytes, &mut found);
        self.sessions.append(&mut found.sessions);
        self.rejected.append(&mut found.rejected);
    }

    /// Says that the log ends here: lines that wait for a date are judged.
    pub fn finish(&mut self) {
        let mut found = Found::default();
        self.reader.finish(&mut found);
        self.sessions.append(&mut found.sessions);
        self.rejected.append(&mut found.rejected);
    }

    /// The lines rejected since the last time.
    pub fn take_rejected(&mut self) -> Vec<Rejected> {
        std::mem::take(&mut self.rejected)
    }

    /// Events recognised so far.
    #[must_use]
    pub fn events(&self) -> u64 {
        self.reader.tally().events
    }

    /// Records what was found since the last time, open sessions included; the report is of that.
    ///
    /// # Errors
    /// [`Failure`]; what was found is kept for the next try.
    pub fn flush(
        &mut self,
        engine: &mut Engine,
        features: &FeatureTable,
    ) -> Result<Report, Failure> {
        let tally = self.reader.tally();
        let mut recording = Recording::begin(engine, features)?;
        recording.follow();
        if !self.lifted {
            recording.lift_quarantine()?;
        }
        let mut found = Found::default();
        let mut open = self.reader.open_sessions();
        open.retain(|session| !self.is_undecided(session, tally.last));
        let future = future(&self.reader, &recording, &self.sessions);
        found.add(&self.reader, &mut recording, &self.sessions)?;
        found.add(&self.reader, &mut recording, &open)?;
        recording.tally(tally.events - self.flushed.events, tally.rejected - self.flushed.rejected);
        let span = tally.first.zip(tally.last);
        let outcome = recording.complete("flexnet", vec![self.name.clone()], Source::Log, span)?;
        self.sessions.clear();
        self.rejected.extend(future);
        self.lifted = true;
        let since = since(&self.flushed, tally);
        self.flushed = tally;
        Ok(Report::of(outcome, since))
    }

    /// Whether a package was checked out so lately that it may turn out to be part of another session.
    fn is_undecided(&self, session: &Session, last: Option<Instant>) -> bool {
        let code = Code::parse(self.reader.names().text(session.feature));
        let is_package = code.is_some_and(|code| code.form != Form::Component);
        is_package && last.is_some_and(|last| last.since(session.opened) <= UNDECIDED_SECONDS)
    }
}
