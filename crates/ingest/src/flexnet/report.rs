//! What comes out of a debug log: sessions, denials, rejected lines and the tally.

use crate::names::{NameId, decode, head};
use faregate_core::when::Instant;

/// Where the reader puts what it finds, in the order in which it becomes certain.
///
/// Sessions arrive when they end, so not in the order in which they began.
pub trait Sink {
    /// A session that ended, or that was still open at the end of the file.
    fn session(&mut self, session: Session);
    /// Somebody who did not get a licence, or not at once.
    fn denial(&mut self, denial: Denial);
    /// A line that looks like usage and could not be used.
    fn rejected(&mut self, rejected: Rejected);
}

/// A sink that keeps everything, for tests and small files.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Collected {
    /// Sessions in order of arrival.
    pub sessions: Vec<Session>,
    /// Denials in order of arrival.
    pub denials: Vec<Denial>,
    /// Rejected lines in order of arrival.
    pub rejected: Vec<Rejected>,
}

impl Sink for Collected {
    fn session(&mut self, session: Session) {
        self.sessions.push(session);
    }

    fn denial(&mut self, denial: Denial) {
        self.denials.push(denial);
    }

    fn rejected(&mut self, rejected: Rejected) {
        self.rejected.push(rejected);
    }
}

/// One use of one product by one person on one machine.
///
/// (user, host, feature, opened, ordinal) identifies it in every copy of the log, wherever that
/// copy begins or ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Session {
    /// The component's feature code; the package's where no component was logged.
    pub feature: NameId,
    /// The user name as the client sent it; one person may have several, also by case.
    pub user: NameId,
    /// The workstation.
    pub host: NameId,
    /// When the licence went out.
    pub opened: Instant,
    /// When it came back, never before `opened`; `None` while it is out.
    pub closed: Option<Instant>,
    /// 0 for the first check-out of this user, host and feature in this second, 1 for the second …
    pub ordinal: u16,
    /// How it ended.
    pub ended: Ended,
    /// How many licences it held, at least 1.
    pub licences: u16,
    /// The IP address of the workstation, which only a verbose log says; else empty.
    pub address: NameId,
    /// The line of the check-out, from 1.
    pub line: u64,
}

/// How a session ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Ended {
    /// The client gave the licence back.
    In,
    /// The server took it back after the time-out of the options file.
    Inactive,
    /// The server gave it back on its orderly way down.
    Shutdown,
    /// The server died or was started anew while the licence was out.
    ServerRestart,
    /// It did not: still out at the end of the file.
    Open,
}

/// Somebody who asked for a licence and did not get it, or not at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Denial {
    /// What the server answered.
    pub kind: DenialKind,
    /// The feature asked for.
    pub feature: NameId,
    /// Who asked; empty for [`DenialKind::Expired`], which names nobody.
    pub user: NameId,
    /// From which machine; empty for [`DenialKind::Expired`].
    pub host: NameId,
    /// From which IP address, which only a verbose log says; else empty.
    pub address: NameId,
    /// When.
    pub at: Instant,
    /// FlexNet's major error, for example −4; 0 where the line has none.
    pub major: i32,
    /// FlexNet's minor error, for example 342; 0 where the line has none.
    pub minor: i32,
    /// The server's words, without the error numbers; may be empty.
    pub reason: NameId,
    /// The line, from 1.
    pub line: u64,
}

/// What the server answered instead of a licence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DenialKind {
    /// No licence free, or the options file excludes the user.
    Denied,
    /// The server has no such feature.
    Unsupported,
    /// Put into the queue.
    Queued,
    /// Left the queue, with a licence (an `OUT` follows) or without.
    Dequeued,
    /// The feature's licences have passed their expiry date.
    Expired,
}

/// A line that looks like usage and could not be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rejected {
    /// Its number, from 1.
    pub line: u64,
    /// Why.
    pub reason: RejectReason,
    /// Its beginning, at most 200 characters.
    pub text: String,
}

impl Rejected {
    pub(crate) fn new(line: u64, reason: RejectReason, bytes: &[u8]) -> Self {
        // A character takes at most four bytes.
        let text = decode(head(bytes, 800));
        Self { line, reason, text: text.chars().take(200).collect() }
    }
}

impl core::fmt::Display for Rejected {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        let (fact, remedy) = (self.reason.fact(), self.reason.remedy());
        write!(f, "line {}: {fact}: `{}`; {remedy}", self.line, self.text)
    }
}

/// Why a line was rejected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RejectReason {
    /// No feature code in quotes.
    FeatureUnreadable,
    /// No `user@host`, or one half of it is empty.
    HolderUnreadable,
    /// A name of more than 255 bytes.
    NameTooLong,
    /// The time of day is missing or impossible.
    TimeUnreadable,
    /// The file ends within the line.
    LineCut,
    /// More than 64 KiB without an end.
    LineTooLong,
    /// No line of the file gives a date.
    DateUnknown,
    /// Too many events before the first date for keeping them in memory.
    DateTooLate,
    /// The use begins more than a day after now. The caller finds it: the reader knows no clock.
    InTheFuture,
}

impl RejectReason {
    /// The stable code, for machines.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::FeatureUnreadable => "feature-unreadable",
            Self::HolderUnreadable => "holder-unreadable",
            Self::NameTooLong => "name-too-long",
            Self::TimeUnreadable => "time-unreadable",
            Self::LineCut => "line-cut",
            Self::LineTooLong => "line-too-long",
            Self::DateUnknown => "date-unknown",
            Self::DateTooLate => "date-too-late",
            Self::InTheFuture => "in-the-future",
        }
    }

    /// What is wrong, in words.
    #[must_use]
    pub const fn fact(self) -> &'static str {
        match self {
            Self::FeatureUnreadable => "no feature code in quotes",
            Self::HolderUnreadable => "no user@host after the feature code",
            Self::NameTooLong => "a name of more than 255 bytes",
            Self::TimeUnreadable => "no time of day at the start of the line",
            Self::LineCut => "the file ends within this line",
            Self::LineTooLong => "a line of more than 65536 bytes",
            Self::DateUnknown => "nothing in the file says which day this is",
            Self::DateTooLate => "too many events before the first date of the file",
            Self::InTheFuture => "a use that begins after today",
        }
    }

    /// What the reader of the message can do about it.
    #[must_use]
    pub const fn remedy(self) -> &'static str {
        match self {
            Self::FeatureUnreadable | Self::HolderUnreadable | Self::TimeUnreadable => {
                "check whether the file was edited or two writers share it; the line itself is lost"
            }
            Self::NameTooLong | Self::LineTooLong => {
                "check whether the file is damaged; the line itself is lost"
            }
            Self::LineCut => "import the file again when the server has written the rest",
            Self::InTheFuture => "check the clocks of both servers, and --zone and --start-date",
            Self::DateUnknown | Self::DateTooLate => {
                "say on which day the file begins: --start-date YYYY-MM-DD"
            }
        }
    }
}

impl core::fmt::Display for RejectReason {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "{}; {}", self.fact(), self.remedy())
    }
}

/// What was read so far. `lines == events + rejected + skipped`, once the reader has finished.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Lines, a cut last one included.
    pub lines: u64,
    /// Bytes.
    pub bytes: u64,
    /// Lines understood as usage: OUT, IN, DENIED, UNSUPPORTED, UPGRADE, QUEUED, DEQUEUED, EXPIRED.
    pub events: u64,
    /// Lines handed back as rejected.
    pub rejected: u64,
    /// All other lines: banners, statistics, dates, errors.
    pub skipped: u64,
    /// Sessions given to the sink, open ones included.
    pub sessions: u64,
    /// Denials given to the sink.
    pub denials: u64,
    /// Package check-outs that belong to the session of a component, so that they are no session.
    pub packages: u64,
    /// Package check-outs so close to the end that their component may be in the next copy.
    pub undecided: u64,
    /// Check-ins of licences that went out before the file began.
    pub orphan_ins: u64,
    /// Starts of the server, or of one daemon, after the one with which the file may begin.
    pub restarts: u64,
    /// Times at which the server's clock was behind the line before, other than by daylight saving.
    pub clock_steps: u64,
    /// The earliest event.
    pub first: Option<Instant>,
    /// The latest event.
    pub last: Option<Instant>,
}

impl Tally {
    pub(crate) fn span(&mut self, at: Instant) {
        self.first = Some(self.first.map_or(at, |first| first.min(at)));
        self.last = Some(self.last.map_or(at, |last| last.max(at)));
    }
}
