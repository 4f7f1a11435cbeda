//! A series of outputs of `lmstat`: each says who holds what at one moment, the series since when and until when.

use super::kinds::{Desk, names};
use super::look::{Found, Part};
use super::open::{bytes, chunks};
use super::{More, Polled, Refused, Rejected, Taken};
use crate::engine::Failure;
use crate::import::usage::{Row, Usage, id_of};
use faregate_core::when::{Instant, Zone};
use faregate_ingest::lmstat::{self, Reader, Snapshots, Status, Use};
use std::collections::{BTreeMap, BTreeSet};

/// Bytes read at a time.
const CHUNK: usize = 256 << 10;
/// The largest output.
const OUTPUT_MAX: usize = 64 << 20;

/// Takes outputs in, in the order of time.
pub(super) fn take(desk: &mut Desk<'_, '_, '_>, parts: &[Part]) -> Result<Taken, Refused> {
    let (zone, users) = {
        let state = desk.engine.state();
        let state = state.read();
        let people = state.estate().people().iter();
        let names = people.flat_map(|person| person.aliases.iter().chain([&person.key])).cloned();
        let zone = desk.how.said.zone.clone().unwrap_or_else(|| state.zone().clone());
        (zone, names.collect::<Vec<String>>())
    };
    let (watching, in_books) = (desk.watching, desk.how.in_books);
    let mut rejected = |file: &str, one: &Rejected| watching.rejected(file, one);
    let mut usage = Usage::begin(desk.engine, desk.features, &mut rejected)?;
    let mut series = Series::new(zone, users);
    for part in parts {
        let Found::Polls(at) = part.found else { continue };
        series.is_new = part.file >= in_books;
        if series.is_new {
            usage.file(&part.name)?;
        }
        let mut file = File::new(at);
        let mut failed = None;
        bytes(&mut desk.offered[part.file], &part.place, watching, |bytes| {
            let mut chunk = vec![0; CHUNK];
            let read = chunks(bytes, &mut chunk, |bytes| {
                let fed = file.feed(bytes, &mut |at, output| series.poll(at, output, &mut usage));
                failed = fed.err();
                failed.is_none()
            });
            read.map_err(|error| Refused::io(&part.name, &error))
        })?;
        let fed = match failed {
            Some(failure) => Err(failure),
            None => file.finish(&mut |at, output| series.poll(at, output, &mut usage)),
        };
        fed.map_err(|why| why.of(&part.name))?;
    }
    series.goes_on(&mut usage)?;
    if series.late > 0 {
        let why =
            "they are not later than the one before, so that they say nothing of when a use ended";
        watching.passed_over(&format!("{} polls", series.late), why);
    }
    watching.rate()?;
    let more =
        More::Polls { polls: series.polls, unknown: series.unknown, servers: series.servers() };
    let outcome = if desk.how.dry_run { usage.rehearse()? } else { usage.finish("lmstat")? };
    let files = names(parts.iter().filter(|part| part.file >= in_books));
    Ok(Taken::of("lmstat".to_owned(), files, outcome, more))
}

/// Why a file of outputs is not taken in.
enum Unfit {
    TooLong,
    Failed(Failure),
}

impl From<Failure> for Unfit {
    fn from(failure: Failure) -> Self {
        Self::Failed(failure)
    }
}

impl Unfit {
    fn of(self, file: &str) -> Refused {
        let why = format!(
            "one output has more than {OUTPUT_MAX} bytes; check that this is what lmstat prints"
        );
        match self {
            Self::TooLong => Refused::file(file, "file-too-large", why),
            Self::Failed(failure) => Refused::Failed(failure),
        }
    }
}

type Poll<'p> = &'p mut dyn FnMut(Instant, &Output) -> Result<(), Failure>;

/// One output, and the line of the file on which it begins.
struct Output {
    bytes: Vec<u8>,
    /// From 0.
    line: u64,
}

/// A file of one output after the other.
struct File {
    /// The moment of an output that does not say its own: that of the file.
    at: Instant,
    output: Output,
    /// Where the line at hand begins.
    begun: usize,
    lines: u64,
    /// Whether the output at hand has its first line; what somebody wrote above it belongs to it.
    is_headed: bool,
}

impl File {
    fn new(at: Instant) -> Self {
        Self {
            at,
            output: Output { bytes: Vec::new(), line: 0 },
            begun: 0,
            lines: 0,
            is_headed: false,
        }
    }

    fn feed(&mut self, bytes: &[u8], poll: Poll<'_>) -> Result<(), Unfit> {
        for piece in bytes.split_inclusive(|byte| *byte == b'\n') {
            self.output.bytes.extend_from_slice(piece);
            if self.output.bytes.len() > OUTPUT_MAX {
                return Err(Unfit::TooLong);
            }
            if piece.ends_with(b"\n") {
                self.line(poll)?;
            }
        }
        Ok(())
    }

    /// A line is there; one that begins an output ends the one before.
    fn line(&mut self, poll: Poll<'_>) -> Result<(), Unfit> {
        let begins = self.output.bytes.get(self.begun..).is_some_and(lmstat::begins);
        if begins && std::mem::replace(&mut self.is_headed, true) {
            let rest = self.output.bytes.split_off(self.begun);
            let next = Output { bytes: rest, line: self.lines };
            let whole = std::mem::replace(&mut self.output, next);
            poll(self.at, &whole)?;
        }
        self.begun = self.output.bytes.len();
        self.lines += 1;
        Ok(())
    }

    fn finish(self, poll: Poll<'_>) -> Result<(), Unfit> {
        Ok(poll(self.at, &self.output)?)
    }
}

/// The polls so far: of each server a series of its own, for none of them knows of another's uses.
struct Series {
    zone: Zone,
    users: Vec<String>,
    servers: BTreeMap<String, Server>,
    /// Whether the polls at hand are not in the books yet.
    is_new: bool,
    polls: u64,
    /// Polls that left something open.
    unknown: u64,
    /// Polls that are not later than the one before.
    late: u64,
}

/// The polls of one server so far.
#[derive(Default)]
struct Server {
    snapshots: Snapshots,
    /// The last one that was not in the books.
    last: Option<Instant>,
}

impl Series {
    fn new(zone: Zone, users: Vec<String>) -> Self {
        let servers = BTreeMap::new();
        Self { zone, users, servers, is_new: true, polls: 0, unknown: 0, late: 0 }
    }

    fn poll(&mut self, at: Instant, output: &Output, usage: &mut Usage<'_>) -> Result<(), Failure> {
        if output.bytes.trim_ascii().is_empty() {
            return Ok(());
        }
        let mut lines = output.bytes.split(|byte| *byte == b'\n');
        let polled = lines.find_map(|line| lmstat::polled(line, &self.zone)).unwrap_or(at);
        let reader = Reader::new(polled, self.zone.clone());
        let mut reader = reader.knowing_users(self.users.iter().map(String::as_str));
        reader.feed(&output.bytes);
        let status = reader.finish();
        let server = self.servers.entry(server(&status)).or_default();
        let ended = server.snapshots.poll(polled, &status);
        if !self.is_new {
            return Ok(());
        }
        let Ok(ended) = ended else {
            self.late += 1;
            return Ok(());
        };
        server.last = Some(polled);
        self.polls += 1;
        self.unknown += u64::from(!status.is_complete());
        reject(&status, output.line, usage);
        usage.known_until(polled);
        ended.iter().try_for_each(|one| add(one, Some(one.seen), usage))
    }

    /// Uses that nobody saw end, of servers that were polled anew: each is known up to the last poll of its own.
    fn goes_on(&self, usage: &mut Usage<'_>) -> Result<(), Failure> {
        for Server { snapshots, last } in self.servers.values() {
            let Some(last) = *last else { continue };
            usage.source_ends()?;
            snapshots.open().iter().try_for_each(|one| add(one, None, usage))?;
            usage.known_until(last);
        }
        Ok(())
    }

    fn servers(&self) -> Vec<Polled> {
        let anew = self.servers.iter().filter(|(_, server)| server.last.is_some());
        anew.map(|(name, server)| Polled {
            server: name.clone(),
            shows_all: server.snapshots.shows_all(),
        })
        .collect()
    }
}

/// Whose poll it is: servers that answer together are one, in whatever order they are listed.
fn server(status: &Status) -> String {
    let hosts: BTreeSet<String> =
        status.servers.iter().map(|server| server.host.to_lowercase()).collect();
    hosts.into_iter().collect::<Vec<_>>().join(",")
}

fn reject(status: &Status, before: u64, usage: &mut Usage<'_>) {
    for one in &status.rejected {
        let line = before + one.line as u64;
        let reason = format!("{}; {}", one.reason, one.reason.help());
        usage.reject(line, "row-unreadable", reason, String::new());
    }
}

fn add(one: &Use, closed: Option<Instant>, usage: &mut Usage<'_>) -> Result<(), Failure> {
    let Use { feature, user, host, handle, opened, .. } = one;
    let row = Row {
        line: 0,
        who: user,
        host,
        product: feature,
        opened: *opened,
        closed,
        id: id_of(handle),
        tokens: None,
    };
    usage.add(&row, || format!("{feature} {user}@{host}"))
}
