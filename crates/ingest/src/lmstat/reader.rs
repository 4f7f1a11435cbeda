//! The output, line by line.

use super::date::Poll;
use super::row::{self, Known, Row, State};
use super::{Feature, Holder, Licences, Reason, Rejected, Status, Waiting, note};
use faregate_core::when::{Instant, Zone};
use std::collections::BTreeMap;

/// A longer line is no line of lmstat.
const LINE_BYTES_MAX: usize = 64 * 1024;
/// So many rows wait for others that explain them.
const UNCLEAR_MAX: usize = 100_000;

/// Reads the output of one poll, in pieces of any size.
#[derive(Clone, Debug)]
pub struct Reader {
    poll: Poll,
    known: Known,
    partial: Vec<u8>,
    status: Status,
    section: Section,
    /// Where the servers of the system at hand begin; an output may speak of several.
    system: usize,
    places: BTreeMap<String, usize>,
    place: Option<usize>,
    unclear: Vec<Unclear>,
    usage: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Section {
    Servers,
    Daemons,
    Usage,
}

/// A row whose blanks other rows may explain.
#[derive(Clone, Debug)]
struct Unclear {
    line: usize,
    place: usize,
    text: String,
}

impl Reader {
    /// A reader for an output that was written at this moment; the zone is that of the machine that polls.
    #[must_use]
    pub fn new(polled: Instant, zone: Zone) -> Self {
        Self {
            poll: Poll::new(polled, zone),
            known: Known::default(),
            partial: Vec::new(),
            status: Status::default(),
            section: Section::Servers,
            system: 0,
            places: BTreeMap::new(),
            place: None,
            unclear: Vec::new(),
            usage: false,
        }
    }

    /// The same, knowing names of machines, which part rows that have blanks in users and displays.
    #[must_use]
    pub fn knowing_hosts<'a>(mut self, hosts: impl IntoIterator<Item = &'a str>) -> Self {
        self.known.hosts.extend(hosts.into_iter().map(str::to_lowercase));
        self
    }

    /// The same, knowing names of users.
    #[must_use]
    pub fn knowing_users<'a>(mut self, users: impl IntoIterator<Item = &'a str>) -> Self {
        self.known.users.extend(users.into_iter().map(str::to_lowercase));
        self
    }

    /// Reads on.
    pub fn feed(&mut self, bytes: &[u8]) {
        for part in bytes.split_inclusive(|byte| *byte == b'\n') {
            // One byte over the limit says that the line is too long, and more need not be kept.
            let room = LINE_BYTES_MAX.saturating_add(1).saturating_sub(self.partial.len());
            self.partial.extend(part.iter().take(room));
            if part.ends_with(b"\n") {
                self.end_line(true);
            }
        }
    }

    /// What the poll says.
    #[must_use]
    pub fn finish(mut self) -> Status {
        if !self.partial.is_empty() {
            self.end_line(false);
        }
        self.end_system();
        for row in core::mem::take(&mut self.unclear) {
            let read = row::read(&row.text);
            let taken = read.and_then(|read| self.take(row.place, &read));
            if let Err(reason) = taken {
                self.reject(row.line, Some(row.place), reason);
            }
        }
        if !self.usage {
            self.doubt("the output does not come to who uses what");
        }
        self.status.rejected.sort_by_key(|rejected| rejected.line);
        self.status
    }

    fn doubt(&mut self, why: &str) {
        if !self.status.unknown.iter().any(|known| known == why) {
            self.status.unknown.push(why.to_owned());
        }
    }

    fn reject(&mut self, line: usize, place: Option<usize>, reason: Reason) {
        self.status.rejected.push(Rejected { line, reason });
        if let Some(feature) = place.and_then(|place| self.status.features.get_mut(place)) {
            feature.unread = feature.unread.saturating_add(1);
        }
    }

    fn end_line(&mut self, whole: bool) {
        self.status.lines = self.status.lines.saturating_add(1);
        let bytes = core::mem::take(&mut self.partial);
        if bytes.len() > LINE_BYTES_MAX {
            return self.reject(self.status.lines, self.place, Reason::Long);
        }
        let text = text(&bytes);
        let line = text.trim();
        if whole || self.section != Section::Usage || line.is_empty() {
            return self.line(line);
        }
        // A row that is cut could still be read, with another time or process.
        self.doubt("the output ends within a line");
        self.reject(self.status.lines, self.place, Reason::Cut);
    }

    fn line(&mut self, line: &str) {
        if line.is_empty() || self.heading(line) {
            return;
        }
        match self.section {
            Section::Servers => match note::server(line) {
                Some(server) => self.status.servers.push(server),
                None => self.error(line),
            },
            Section::Daemons => match note::daemon(line) {
                Some(daemon) => self.daemon(daemon),
                None => self.error(line),
            },
            Section::Usage => self.usage(line),
        }
    }

    /// Whether the line begins a part of the output.
    fn heading(&mut self, line: &str) -> bool {
        if line.starts_with("License server status:") {
            self.end_system();
            (self.section, self.place) = (Section::Servers, None);
        } else if line.starts_with("Vendor daemon status") {
            self.section = Section::Daemons;
        } else if line.starts_with("Feature usage info") {
            (self.section, self.usage) = (Section::Usage, true);
        } else if line.starts_with("Users of ") {
            (self.section, self.usage) = (Section::Usage, true);
            match note::feature(line) {
                Some((code, licences)) => self.begin(code, licences),
                None => {
                    self.place = None;
                    self.doubt(line);
                    self.reject(self.status.lines, None, Reason::Form);
                }
            }
        } else {
            return false;
        }
        true
    }

    /// Of a system of three servers, two and a master answer for all; of one, that one.
    fn end_system(&mut self) {
        let servers = self.status.servers.get(self.system..).unwrap_or(&[]);
        let up = servers.iter().any(|server| server.up);
        let leaderless = servers.len() > 2 && !servers.iter().any(|server| server.master);
        let error = servers.iter().find_map(|server| server.error.clone()).unwrap_or_default();
        let none = !servers.is_empty() && !up;
        self.system = self.status.servers.len();
        if none {
            self.doubt(&format!("no licence server answers: {error}"));
        } else if leaderless && up {
            self.doubt("none of the licence servers is the master");
        }
    }

    fn daemon(&mut self, daemon: super::Daemon) {
        if let Some(error) = &daemon.error {
            self.doubt(&format!("the daemon `{}` is not up: {error}", daemon.name));
        }
        self.status.daemons.push(daemon);
    }

    fn error(&mut self, line: &str) {
        if note::is_error(line) {
            self.doubt(line);
        }
    }

    fn begin(&mut self, code: &str, licences: Licences) {
        let next = self.status.features.len();
        let place = *self.places.entry(code.to_owned()).or_insert(next);
        self.place = Some(place);
        match self.status.features.get_mut(place) {
            Some(feature) => feature.licences = added(&feature.licences, licences),
            None => self.status.features.push(Feature {
                code: code.to_owned(),
                licences,
                holders: Vec::new(),
                reservations: Vec::new(),
                queued: Vec::new(),
                unread: 0,
            }),
        }
    }

    fn usage(&mut self, line: &str) {
        let number = self.status.lines;
        if line.starts_with("Cannot get users of ") || note::is_error(line) {
            return self.doubt(line);
        }
        if let Some(reservation) = note::reservation(line) {
            let feature = self.place.and_then(|place| self.status.features.get_mut(place));
            return match (reservation, feature) {
                (Some(reservation), Some(feature)) => feature.reservations.push(reservation),
                (None, Some(_)) => self.reject(number, self.place, Reason::Form),
                (_, None) => self.reject(number, None, Reason::NoFeature),
            };
        }
        if !row::resembles(line) {
            return;
        }
        let Some(place) = self.place else {
            return self.reject(number, None, Reason::NoFeature);
        };
        match row::read(line).and_then(|row| self.take(place, &row)) {
            Err(Reason::Ambiguous) if self.unclear.len() < UNCLEAR_MAX => {
                self.unclear.push(Unclear { line: number, place, text: line.to_owned() });
            }
            Err(reason) => self.reject(number, Some(place), reason),
            Ok(()) => {}
        }
    }

    fn take(&mut self, place: usize, row: &Row<'_>) -> Result<(), Reason> {
        let [user, host, display] = row::part(row.who, &self.known)?;
        self.known.hosts.insert(host.to_lowercase());
        let Some(feature) = self.status.features.get_mut(place) else {
            return Err(Reason::NoFeature);
        };
        match row.state {
            State::Queued(licences) => feature.queued.push(Waiting { user, host, licences }),
            State::Held { start, licences, linger, pid } => {
                let since = self.poll.instant(start).ok_or(Reason::Date)?;
                feature.holders.push(Holder {
                    user,
                    host,
                    display,
                    version: row.version.to_owned(),
                    handle: row.handle.to_owned(),
                    since,
                    licences,
                    linger,
                    pid,
                });
            }
        }
        Ok(())
    }
}

/// Licences of a feature that two systems serve.
fn added(one: &Licences, other: Licences) -> Licences {
    match (one, &other) {
        (
            Licences::Counted { issued, in_use },
            Licences::Counted { issued: more, in_use: used },
        ) => Licences::Counted {
            issued: issued.saturating_add(*more),
            in_use: in_use.saturating_add(*used),
        },
        (Licences::Error(_), _) => one.clone(),
        _ => other,
    }
}

/// The text of a line; what is not UTF-8 is what Windows writes.
fn text(bytes: &[u8]) -> String {
    match core::str::from_utf8(bytes) {
        Ok(text) => text.to_owned(),
        Err(_) => {
            let mut names = crate::names::Names::default();
            let id = names.intern(bytes);
            names.text(id).to_owned()
        }
    }
}
