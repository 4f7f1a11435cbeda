//! What comes out: events, rejected ones, and the tally.

use crate::names::decode;
use faregate_core::when::Instant;
use xxhash_rust::xxh3::xxh3_128;

/// One use, as its event tells it. Texts live as long as the call that hands it out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Event<'a> {
    /// The line on which it begins, from 1.
    pub line: u64,
    /// Who sent it.
    pub source: &'a str,
    /// Which of theirs it is.
    pub id: &'a str,
    /// Its type.
    pub kind: &'a str,
    /// Whom it is about: the person.
    pub subject: &'a str,
    /// What was used.
    pub product: &'a str,
    /// On which workstation, where it says so.
    pub host: Option<&'a str>,
    /// When the use began.
    pub opened: Instant,
    /// When it ended; `None` where the event tells of no duration.
    pub closed: Option<Instant>,
    /// How much was used, in millionths, where it says so.
    pub value: Option<i64>,
}

impl Event<'_> {
    /// Which event this is: the same for every event of the same source and id, today and in later releases, and
    /// different for all others. XXH3 of 128 bits over the length of the source (8 bytes, little-endian), the source
    /// and the id.
    #[must_use]
    pub fn key(&self) -> u128 {
        let length = u64::try_from(self.source.len()).unwrap_or(u64::MAX);
        let size = self.source.len().saturating_add(self.id.len()).saturating_add(8);
        let mut bytes = Vec::with_capacity(size);
        bytes.extend_from_slice(&length.to_le_bytes());
        bytes.extend_from_slice(self.source.as_bytes());
        bytes.extend_from_slice(self.id.as_bytes());
        xxh3_128(&bytes)
    }
}

/// Where the reader puts what it finds, in the order of the file.
pub trait Sink {
    /// An event.
    fn event(&mut self, event: &Event<'_>);
    /// An event that cannot be used.
    fn rejected(&mut self, rejected: Rejected);
}

/// An event that was kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    /// See [`Event::line`].
    pub line: u64,
    /// See [`Event::key`].
    pub key: u128,
    /// The person.
    pub subject: String,
    /// What was used.
    pub product: String,
    /// Where.
    pub host: Option<String>,
    /// Since when.
    pub opened: Instant,
    /// Until when.
    pub closed: Option<Instant>,
    /// How much.
    pub value: Option<i64>,
}

/// A sink that keeps everything, for tests and small files.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Collected {
    /// Events in order.
    pub events: Vec<Kept>,
    /// Rejected ones in order.
    pub rejected: Vec<Rejected>,
}

impl From<&Event<'_>> for Kept {
    fn from(event: &Event<'_>) -> Self {
        Self {
            line: event.line,
            key: event.key(),
            subject: event.subject.to_owned(),
            product: event.product.to_owned(),
            host: event.host.map(str::to_owned),
            opened: event.opened,
            closed: event.closed,
            value: event.value,
        }
    }
}

impl Sink for Collected {
    fn event(&mut self, event: &Event<'_>) {
        self.events.push(Kept::from(event));
    }

    fn rejected(&mut self, rejected: Rejected) {
        self.rejected.push(rejected);
    }
}

/// An event that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rejected {
    /// The line on which it begins, from 1.
    pub line: u64,
    /// Why.
    pub reason: Reason,
    /// Its beginning, at most 200 characters.
    pub text: String,
}

impl Rejected {
    pub(super) fn new(line: u64, reason: Reason, bytes: &[u8]) -> Self {
        let text = decode(crate::names::head(bytes, 800));
        Self { line, reason, text: text.chars().take(200).collect() }
    }
}

impl core::fmt::Display for Rejected {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "line {}: {}: `{}`; {}", self.line, self.reason, self.text, self.reason.remedy())
    }
}

/// Why an event cannot be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reason {
    /// It is no JSON; what is wrong and where.
    Json(String),
    /// Another version of CloudEvents.
    Version(String),
    /// An attribute, or a field of `data`, is missing or empty.
    Missing(String),
    /// The time is none with an offset.
    Time(String),
    /// A number that is none, is below zero, or is too large: which field, and what it says.
    Number(String, String),
    /// More bytes than an event has.
    Long,
    /// The file ends within it.
    Cut,
    /// What stands between events is no comma or blank; nothing after it can be read.
    Between,
}

impl Reason {
    /// The stable code, for machines.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Json(_) => "json-unreadable",
            Self::Version(_) => "version-unknown",
            Self::Missing(_) => "attribute-missing",
            Self::Time(_) => "time-unreadable",
            Self::Number(..) => "number-unreadable",
            Self::Long => "event-too-long",
            Self::Cut => "event-cut",
            Self::Between => "batch-damaged",
        }
    }

    /// What the sender, or the reader of the message, can do about it.
    #[must_use]
    pub fn remedy(&self) -> String {
        match self {
            Self::Json(_) => "write one object a line, or a list of objects".to_owned(),
            Self::Version(_) => "send events of specversion 1.0".to_owned(),
            Self::Missing(name) => {
                format!("let the sender say `{name}`, or tell Faregate where it stands")
            }
            Self::Time(_) => "write it with its offset: 2026-01-05T09:00:00+01:00".to_owned(),
            Self::Number(..) => "write a number of 0 or more with at most six decimals".to_owned(),
            Self::Long => "send data of less than a mebibyte".to_owned(),
            Self::Cut => "import the file again when it was written whole".to_owned(),
            Self::Between => "write commas between the events of a list".to_owned(),
        }
    }
}

impl core::fmt::Display for Reason {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self {
            Self::Json(how) => write!(f, "no event in JSON ({how})"),
            Self::Version(version) => write!(f, "CloudEvents of version `{version}`"),
            Self::Missing(name) => write!(f, "no `{name}`"),
            Self::Time(time) => write!(f, "`{time}` is no time with an offset"),
            Self::Number(name, text) => write!(f, "`{name}` is `{text}`"),
            Self::Long => f.write_str("more than a mebibyte"),
            Self::Cut => f.write_str("the file ends within the event"),
            Self::Between => f.write_str("something else than an event in the list"),
        }
    }
}

/// What was read so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Bytes.
    pub bytes: u64,
    /// Events given to the sink.
    pub events: u64,
    /// Events rejected.
    pub rejected: u64,
    /// The earliest beginning.
    pub first: Option<Instant>,
    /// The latest beginning or end.
    pub last: Option<Instant>,
}
