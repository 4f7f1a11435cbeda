//! The streaming reader: chunks of bytes in, sessions out.

use super::clock::{Clock, Stamp};
use super::daemons::Daemons;
use super::event::{Event, What};
use super::holders::{Features, Holders};
use super::line::{Line, resembles_usage};
use super::mark::{self, Mark};
use super::packages::Contents;
use super::pairs::{Held, Key, Pairs, Role, is_undecided};
use super::report::{Denial, Ended, RejectReason, Rejected, Session, Sink, Tally};
use super::usage::{Kind, Usage, notes, words};
use super::verbose;
use crate::names::{NameId, Names};
use faregate_core::when::{Date, Instant, Zone};

/// Bytes of a line that is kept while its end is awaited.
const LINE_MAX: usize = 65_536;
/// Lines taken apart before the first of them is applied.
const AHEAD: usize = 16;
/// Events kept while the first date is awaited. At six hours between dates this is 48 a second.
const WAITING_MAX: usize = if cfg!(test) { 100 } else { 1 << 20 };

/// How to read a log.
#[derive(Clone, Debug)]
pub struct Options {
    /// The zone of the licence server's clock.
    pub zone: Zone,
    /// The date of the first line, for a log that says none; dates in the log go before it.
    pub start_date: Option<Date>,
}

/// Reads one debug log, in chunks of any size.
///
/// ```
/// use faregate_core::when::Zone;
/// use faregate_ingest::flexnet::{Collected, Reader};
///
/// let mut found = Collected::default();
/// let mut reader = Reader::new(Zone::utc());
/// reader.feed(b"8:00:00 (lmgrd) TIMESTAMP 5/6/2022\n", &mut found);
/// reader.feed(b"8:01:00 (adskflex) OUT: \"87545ACD_2022_0F\" jo@ws1  \n", &mut found);
/// reader.feed(b"9:01:00 (adskflex) IN: \"87545ACD_2022_0F\" jo@ws1  \n", &mut found);
/// reader.finish(&mut found);
/// assert_eq!(found.sessions.len(), 1);
/// assert_eq!(reader.names().text(found.sessions[0].user), "jo");
/// ```
#[derive(Clone, Debug)]
pub struct Reader {
    partial: Vec<u8>,
    state: State,
    finished: bool,
}

impl Reader {
    /// A reader for a log that says its dates.
    #[must_use]
    pub fn new(zone: Zone) -> Self {
        Self::with(Options { zone, start_date: None })
    }

    /// A reader with all options.
    #[must_use]
    pub fn with(options: Options) -> Self {
        Self { partial: Vec::new(), state: State::new(options), finished: false }
    }

    /// Takes the next bytes of the file.
    pub fn feed(&mut self, chunk: &[u8], out: &mut impl Sink) {
        let length = u64::try_from(chunk.len()).unwrap_or(u64::MAX);
        self.state.tally.bytes = self.state.tally.bytes.saturating_add(length);
        let mut rest = chunk;
        // The first line, and one that was begun before, are on their own.
        while self.state.tally.lines == 0 || !self.partial.is_empty() {
            let Some((line, after)) = divided(rest) else { return self.keep(rest) };
            rest = after;
            self.keep(line);
            self.state.line(&self.partial, out);
            self.partial.clear();
        }
        let mut ahead = Vec::with_capacity(AHEAD);
        while let Some((line, after)) = divided(rest) {
            rest = after;
            ahead.push(Parsed::read(line));
            if ahead.len() == AHEAD {
                self.state.lines(&mut ahead, out);
            }
        }
        self.state.lines(&mut ahead, out);
        self.keep(rest);
    }

    /// Keeps the beginning of a line, one byte more than allowed at most.
    fn keep(&mut self, bytes: &[u8]) {
        let room = LINE_MAX.saturating_add(1).saturating_sub(self.partial.len());
        self.partial.extend_from_slice(bytes.get(..room).unwrap_or(bytes));
    }

    /// Says that the file ends here: judges a cut last line and hands out what is still open.
    pub fn finish(&mut self, out: &mut impl Sink) {
        if self.finished {
            return;
        }
        self.finished = true;
        if !self.partial.is_empty() {
            self.state.last_line(&self.partial, out);
        }
        self.state.end(out);
    }

    /// The texts behind the ids of everything handed out.
    #[must_use]
    pub fn names(&self) -> &Names {
        &self.state.names
    }

    /// What was read so far; complete after [`Self::finish`].
    #[must_use]
    pub fn tally(&self) -> Tally {
        Tally { clock_steps: self.state.clock.steps(), ..self.state.tally }
    }

    /// The sessions that are open at this point of the file, in the order of their check-outs.
    #[must_use]
    pub fn open_sessions(&self) -> Vec<Session> {
        let open = self.state.pairs.all().into_iter();
        open.filter(|(_, held)| held.role != Role::Covered)
            .map(|(key, held)| self.state.session(key, &held, None, Ended::Open))
            .collect()
    }
}

/// The first line, without its end, and what comes after.
fn divided(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (line, rest) = bytes.split_at_checked(memchr::memchr(b'\n', bytes)?)?;
    Some((line, rest.get(1..).unwrap_or(&[])))
}

/// A line taken apart, and nothing looked up yet.
struct Parsed<'a> {
    /// Without carriage return.
    text: &'a [u8],
    line: Option<Line<'a>>,
    usage: Option<Result<Usage<'a>, RejectReason>>,
}

impl<'a> Parsed<'a> {
    fn read(line: &'a [u8]) -> Self {
        let text = line.strip_suffix(b"\r").unwrap_or(line);
        let line = if text.len() > LINE_MAX { None } else { Line::read(text) };
        let usage = line.as_ref().and_then(|line| Usage::read(line.message));
        Self { text, line, usage }
    }

    fn holder(&self) -> Option<&'a [u8]> {
        Some(self.usage?.ok()?.holder)
    }
}

/// Everything but the bytes of an unfinished line.
#[derive(Clone, Debug)]
struct State {
    clock: Clock,
    names: Names,
    holders: Holders,
    features: Features,
    daemons: Daemons,
    contents: Contents,
    pairs: Pairs,
    /// Events before the first date.
    waiting: Vec<Event>,
    /// Set when `waiting` overflowed; until the first date every event is rejected.
    lost: bool,
    served: bool,
    place: u64,
    tally: Tally,
}

impl State {
    fn new(options: Options) -> Self {
        Self {
            clock: Clock::new(options.zone, options.start_date),
            names: Names::default(),
            holders: Holders::default(),
            features: Features::default(),
            daemons: Daemons::default(),
            contents: Contents::default(),
            pairs: Pairs::default(),
            waiting: Vec::new(),
            lost: false,
            served: false,
            place: 0,
            tally: Tally::default(),
        }
    }

    /// Several complete lines. What they need is fetched for all of them first.
    fn lines(&mut self, lines: &mut Vec<Parsed<'_>>, out: &mut impl Sink) {
        self.holders.fetch(lines.iter().filter_map(Parsed::holder));
        for line in lines.drain(..) {
            self.parsed(&line, out);
        }
    }

    /// One complete line, without its end.
    fn line(&mut self, line: &[u8], out: &mut impl Sink) {
        self.parsed(&Parsed::read(self.without_mark(line)), out);
    }

    /// The first line of a file may begin with a byte-order mark.
    fn without_mark<'a>(&self, line: &'a [u8]) -> &'a [u8] {
        match self.tally.lines {
            0 => line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(line),
            _ => line,
        }
    }

    fn parsed(&mut self, &Parsed { text, line, usage }: &Parsed<'_>, out: &mut impl Sink) {
        self.tally.lines = self.tally.lines.saturating_add(1);
        if text.len() > LINE_MAX {
            return self.reject(RejectReason::LineTooLong, text, out);
        }
        let Some(line) = line else { return self.without_time(text, out) };
        self.clock.tick(line.second);
        if self.clock.dated() {
            // Every line tells in which pass of a repeated hour the log is.
            let now = self.clock.now();
            self.clock.instant(now);
        }
        let daemon = self.daemons.find(line.daemon);
        if usage.is_some() || mark::shows_life(line.message) {
            self.daemons.saw(daemon, self.clock.now());
        }
        match usage {
            Some(Ok(usage)) => self.usage(&usage, daemon, out),
            Some(Err(reason)) => self.reject(reason, text, out),
            None => {
                self.skip();
                self.mark(&line, daemon, out);
            }
        }
    }

    fn without_time(&mut self, text: &[u8], out: &mut impl Sink) {
        if resembles_usage(text) {
            self.reject(RejectReason::TimeUnreadable, text, out);
        } else {
            self.skip();
        }
    }

    /// The last line has no end. It is whole only if the two blanks after `user@host` are there
    /// and nothing was begun after them: half a host name would be another host.
    fn last_line(&mut self, bytes: &[u8], out: &mut impl Sink) {
        let usage = Line::read(bytes).and_then(|line| Usage::read(line.message));
        let whole = match usage {
            Some(Ok(usage)) => {
                let tail = usage.tail;
                let plain = tail.trim_ascii().is_empty() || tail.ends_with(b")");
                verbose::is_whole(tail) || (tail.starts_with(b"  ") && plain)
            }
            Some(Err(_)) => false,
            None => {
                // A cut date would be another date; nothing else of this line matters.
                self.tally.lines = self.tally.lines.saturating_add(1);
                return self.without_time(bytes, out);
            }
        };
        if whole {
            return self.line(bytes, out);
        }
        let text = self.without_mark(bytes.strip_suffix(b"\r").unwrap_or(bytes));
        self.tally.lines = self.tally.lines.saturating_add(1);
        self.reject(RejectReason::LineCut, text, out);
    }

    fn usage(&mut self, usage: &Usage<'_>, daemon: u16, out: &mut impl Sink) {
        let seat = self.holders.find(usage.holder, &mut self.names);
        let (feature, package) = self.features.find(usage.feature, &mut self.names);
        let (tail, verbose) = verbose::divided(usage.tail);
        let what = match usage.kind {
            Kind::Out => What::Out { licences: notes(tail).licences },
            Kind::In => What::In { ended: notes(tail).ended },
            Kind::Upgrade => What::Upgrade { licences: notes(tail).licences },
            Kind::Denial(kind) => {
                let words = words(tail);
                let reason = self.names.intern(words.text);
                What::Denial { kind, major: words.major, minor: words.minor, reason }
            }
        };
        self.place = self.place.saturating_add(1);
        let address = self.address(verbose, usage.holder);
        let (at, line, place) = (self.clock.now(), self.tally.lines, self.place);
        self.event(Event { what, seat, feature, address, package, daemon, at, line, place }, out);
    }

    /// The name of an address is the same however it is written.
    fn address(&mut self, verbose: &[u8], holder: &[u8]) -> NameId {
        if verbose.is_empty() {
            return NameId::EMPTY;
        }
        let address = verbose::address(verbose, holder);
        address.map_or(NameId::EMPTY, |ip| self.names.intern(ip.to_string().as_bytes()))
    }

    fn mark(&mut self, line: &Line<'_>, daemon: u16, out: &mut impl Sink) {
        match Mark::read(line) {
            Mark::Date(date) => self.told(date, out),
            Mark::ServerStarted(date) => {
                if let Some(date) = date {
                    self.told(date, out);
                }
                let again = core::mem::replace(&mut self.served, true);
                let vendors: Vec<u16> = self.daemons.vendors().collect();
                let died = self.bury(&vendors, out);
                self.restarted(again || died);
            }
            Mark::DaemonStarted(name) => {
                let started = self.daemons.find(name);
                let forks: Vec<u16> = self.daemons.forks(started).collect();
                let died = self.bury(&forks, out);
                self.restarted(died);
            }
            Mark::DaemonEnded(name) => {
                let ended = self.daemons.find(name);
                self.life(What::DaemonEnded, ended, self.clock.now(), out);
            }
            Mark::Chatter if self.contents.wants(daemon, line.message) => {
                let packages = &mut self.pairs.packages;
                self.contents.read(daemon, line.message, &mut self.names, packages);
            }
            Mark::Chatter => {}
        }
    }

    fn restarted(&mut self, really: bool) {
        self.tally.restarts = self.tally.restarts.saturating_add(u64::from(really));
    }

    /// Ends what these daemons gave, at the last sign of life of any of them: they died together.
    /// Returns whether one of them was alive.
    fn bury(&mut self, daemons: &[u16], out: &mut impl Sink) -> bool {
        let alive: Vec<(u16, Stamp)> = daemons
            .iter()
            .filter_map(|daemon| self.daemons.bury(*daemon).map(|alive| (*daemon, alive)))
            .collect();
        let Some(last) = alive.iter().map(|(_, alive)| *alive).max() else { return false };
        for (daemon, _) in alive {
            self.life(What::DaemonStarted, daemon, last, out);
        }
        true
    }

    fn life(&mut self, what: What, daemon: u16, at: Stamp, out: &mut impl Sink) {
        let (line, place, none) = (self.tally.lines, self.place, NameId::EMPTY);
        let (seat, feature, address, package) = (0, none, none, false);
        self.event(Event { what, seat, feature, address, package, daemon, at, line, place }, out);
    }

    /// A date was read; if it is the first, everything before it can be dated backwards.
    fn told(&mut self, date: Date, out: &mut impl Sink) {
        if let Some(days) = self.clock.told(date) {
            self.daemons.shift(days);
            self.lost = false;
            for event in core::mem::take(&mut self.waiting) {
                self.apply(&Event { at: event.at.shifted(days), ..event }, out);
            }
        }
        let now = self.clock.now();
        self.clock.instant(now);
    }

    fn event(&mut self, event: Event, out: &mut impl Sink) {
        if self.clock.dated() {
            return self.apply(&event, out);
        }
        if self.waiting.len() >= WAITING_MAX {
            self.lost = true;
            self.reject_waiting(RejectReason::DateTooLate, out);
        }
        if self.lost {
            self.reject_event(&event, RejectReason::DateTooLate, out);
        } else {
            self.waiting.push(event);
        }
    }

    /// A dated event.
    fn apply(&mut self, event: &Event, out: &mut impl Sink) {
        if event.what == What::DaemonStarted {
            return self.daemon_started(event, out);
        }
        let at = self.clock.instant(event.at);
        if event.what == What::DaemonEnded {
            return self.daemons.end(event.daemon, event.at);
        }
        self.tally.events = self.tally.events.saturating_add(1);
        self.tally.span(at);
        let key = Key::new(event.seat, event.feature);
        match event.what {
            What::Out { licences } => self.out(event, licences, at, out),
            What::In { ended } => self.back(key, at, ended, out),
            What::Upgrade { licences } => self.pairs.upgrade(key, licences),
            What::Denial { kind, major, minor, reason } => {
                let (user, host) = self.holder(event);
                let Event { feature, address, line, .. } = *event;
                self.tally.denials = self.tally.denials.saturating_add(1);
                out.denial(Denial {
                    kind,
                    feature,
                    user,
                    host,
                    address,
                    at,
                    major,
                    minor,
                    reason,
                    line,
                });
            }
            What::DaemonStarted | What::DaemonEnded => {}
        }
    }

    /// EXPIRED names nobody.
    fn holder(&self, event: &Event) -> (NameId, NameId) {
        self.holders.names(event.seat)
    }

    fn out(&mut self, event: &Event, licences: u16, at: Instant, out: &mut impl Sink) {
        if let Some(ended) = self.daemons.take_end(event.daemon) {
            self.gone(event.daemon, ended, out);
            self.restarted(true);
        }
        let covers = self.pairs.out(event, licences, at, &self.names);
        self.tally.packages = self.tally.packages.saturating_add(u64::from(covers));
    }

    /// The whole check-out ends, also where an IN names fewer licences than its OUT.
    fn back(&mut self, key: Key, at: Instant, ended: Ended, out: &mut impl Sink) {
        match self.pairs.back(key) {
            Some(held) => self.hand_out(key, &held, Some(at), ended, out),
            None => self.tally.orphan_ins = self.tally.orphan_ins.saturating_add(1),
        }
    }

    fn daemon_started(&mut self, event: &Event, out: &mut impl Sink) {
        let said = self.daemons.take_end(event.daemon);
        self.gone(event.daemon, said.unwrap_or(event.at), out);
    }

    /// Ends every session whose licence this daemon gave.
    fn gone(&mut self, daemon: u16, at: Stamp, out: &mut impl Sink) {
        let at = self.clock.earlier(at);
        let daemons = &self.daemons;
        let gone = self.pairs.take(|held| daemons.gone_with(held.daemon, daemon));
        for (key, held) in gone {
            self.hand_out(key, &held, Some(at), Ended::ServerRestart, out);
        }
    }

    fn hand_out(
        &mut self,
        key: Key,
        held: &Held,
        closed: Option<Instant>,
        ended: Ended,
        out: &mut impl Sink,
    ) {
        if held.role == Role::Covered {
            return;
        }
        self.tally.sessions = self.tally.sessions.saturating_add(1);
        out.session(self.session(key, held, closed, ended));
    }

    fn session(&self, key: Key, held: &Held, closed: Option<Instant>, ended: Ended) -> Session {
        let (user, host) = self.holders.names(key.seat());
        Session {
            feature: key.feature(),
            user,
            host,
            opened: held.opened,
            // A clock that stepped back must not make a session negative.
            closed: closed.map(|closed| closed.max(held.opened)),
            ordinal: held.ordinal,
            ended,
            licences: held.licences,
            address: held.address,
            line: held.line,
        }
    }

    /// The end of the file.
    fn end(&mut self, out: &mut impl Sink) {
        self.reject_waiting(RejectReason::DateUnknown, out);
        let vendors: Vec<u16> = self.daemons.vendors().collect();
        for daemon in vendors {
            if let Some(ended) = self.daemons.take_end(daemon) {
                self.gone(daemon, ended, out);
            }
        }
        for (key, held) in self.pairs.all() {
            if is_undecided(&held, self.clock.latest()) {
                self.tally.undecided = self.tally.undecided.saturating_add(1);
            } else {
                self.hand_out(key, &held, None, Ended::Open, out);
            }
        }
    }

    fn skip(&mut self) {
        self.tally.skipped = self.tally.skipped.saturating_add(1);
    }

    fn reject(&mut self, reason: RejectReason, text: &[u8], out: &mut impl Sink) {
        self.tally.rejected = self.tally.rejected.saturating_add(1);
        out.rejected(Rejected::new(self.tally.lines, reason, text));
    }

    fn reject_waiting(&mut self, reason: RejectReason, out: &mut impl Sink) {
        for event in core::mem::take(&mut self.waiting) {
            self.reject_event(&event, reason, out);
        }
    }

    /// The line itself is gone; its words are put together again.
    fn reject_event(&mut self, event: &Event, reason: RejectReason, out: &mut impl Sink) {
        let Some(word) = event.what.word() else { return };
        let (user, host) = self.holder(event);
        let name = |id| self.names.text(id);
        let text = format!("{word}: \"{}\" {}@{}", name(event.feature), name(user), name(host));
        self.tally.rejected = self.tally.rejected.saturating_add(1);
        out.rejected(Rejected::new(event.line, reason, text.as_bytes()));
    }
}
