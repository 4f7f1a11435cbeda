//! `lmutil lmstat -a`: who holds what, as the licence server says at one moment.
//!
//! A second source beside the debug log. It never says "nobody" for "not known": a server that does not answer, a
//! daemon that is down, an output that ends early and a row that cannot be read leave the question open, and
//! [`Status::holders`] then answers [`Holding::Unknown`] with the reason.
//!
//! Rows carry no year; it is the latest one, up to the moment of polling, in which the date has that weekday.
//! Users and displays may have blanks, so a row can be read in several ways. It is taken when one of them is right:
//! host and display are the same, the display is a terminal, the host is one that other rows or the caller know, or
//! the caller knows the user. Otherwise the row is handed back, never guessed.

mod date;
mod note;
mod reader;
mod row;
mod snapshots;

pub use reader::Reader;
pub use snapshots::{NotLater, Snapshots, Use};

use core::fmt;
use faregate_core::when::{Instant, Zone};

/// Whether a line is the first of an output, of which a file may have several.
#[must_use]
pub fn begins(line: &[u8]) -> bool {
    line.starts_with(b"lmutil - Copyright") || line.starts_with(b"lmstat - Copyright")
}

/// The moment of polling, where a line of the output says it; the zone is that of the machine that polls.
#[must_use]
pub fn polled(line: &[u8], zone: &Zone) -> Option<Instant> {
    date::polled(core::str::from_utf8(line).ok()?, zone)
}

/// What one poll says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Status {
    /// The servers, in order.
    pub servers: Vec<Server>,
    /// The vendor daemons, in order.
    pub daemons: Vec<Daemon>,
    /// Why nothing is known, or not all; empty where the server answered in full.
    pub unknown: Vec<String>,
    /// The features, in order, each once.
    pub features: Vec<Feature>,
    /// Lines that look like usage and cannot be read.
    pub rejected: Vec<Rejected>,
    /// Lines in all.
    pub lines: usize,
}

/// A licence server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Server {
    /// Its host.
    pub host: String,
    /// Whether it is up; of three, the master is the one that answers.
    pub up: bool,
    /// Whether it is the master.
    pub master: bool,
    /// What it said instead.
    pub error: Option<String>,
}

/// A vendor daemon.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Daemon {
    /// Its name: `adskflex`.
    pub name: String,
    /// Whether it is up.
    pub up: bool,
    /// What was said instead.
    pub error: Option<String>,
}

/// One feature.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Feature {
    /// Its code.
    pub code: String,
    /// Its licences.
    pub licences: Licences,
    /// Who holds one.
    pub holders: Vec<Holder>,
    /// Licences kept for somebody, that nobody holds at the moment.
    pub reservations: Vec<Reservation>,
    /// Who waits.
    pub queued: Vec<Waiting>,
    /// Lines of the feature that could not be read.
    pub unread: usize,
}

/// How many licences there are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Licences {
    /// So many issued, so many in use, reserved ones among them.
    Counted {
        /// How many there are.
        issued: u32,
        /// How many are not free.
        in_use: u32,
    },
    /// As many as anybody wants.
    Uncounted,
    /// The server said something else.
    Error(String),
}

/// Somebody who holds licences.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Holder {
    /// The user.
    pub user: String,
    /// Their machine.
    pub host: String,
    /// The display or terminal client; empty where there is none.
    pub display: String,
    /// The version of the product that asked, as it says.
    pub version: String,
    /// The server, its port and the number of the licence: `srv/27000 501`.
    pub handle: String,
    /// Since when.
    pub since: Instant,
    /// How many licences.
    pub licences: u32,
    /// Seconds that it lingers on, and of how many, once it is checked in.
    pub linger: Option<(u32, u32)>,
    /// The process on their machine.
    pub pid: Option<u64>,
}

/// Licences kept for somebody.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reservation {
    /// How many.
    pub licences: u32,
    /// USER, HOST, GROUP, HOST_GROUP …
    pub kind: String,
    /// Whose.
    pub name: String,
}

/// Somebody who waits for licences.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waiting {
    /// The user.
    pub user: String,
    /// Their machine.
    pub host: String,
    /// How many licences.
    pub licences: u32,
}

/// A line that looks like usage and cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rejected {
    /// Its number, from 1.
    pub line: usize,
    /// What is wrong with it.
    pub reason: Reason,
}

/// Why a line cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// No feature comes before it.
    NoFeature,
    /// It has not the form of a row.
    Form,
    /// Blanks in it could part user, host and display in several places.
    Ambiguous,
    /// Its date has not that weekday in any year.
    Date,
    /// A number that cannot be.
    Number,
    /// More bytes than a line has.
    Long,
    /// The output ends within it.
    Cut,
}

impl Reason {
    /// What to do.
    #[must_use]
    pub const fn help(self) -> &'static str {
        match self {
            Self::NoFeature => "feed the output from its beginning",
            Self::Form => "report the line, it is a form that Faregate does not know",
            Self::Ambiguous => "tell Faregate the names of your machines or users",
            Self::Date => "give the date of polling, and the zone of the machine that polls",
            Self::Number => "report the line",
            Self::Long => "check that this is the output of lmstat",
            Self::Cut => "poll again, with more time",
        }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NoFeature => "a row before any feature",
            Self::Form => "no row that can be read",
            Self::Ambiguous => "blanks that could part user, host and display in several places",
            Self::Date => "a date that has not that weekday in any year",
            Self::Number => "a number that cannot be",
            Self::Long => "too long for a line",
            Self::Cut => "the output ends within the line",
        })
    }
}

impl fmt::Display for Rejected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}; {}", self.line, self.reason, self.reason.help())
    }
}

/// Who holds a feature.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Holding<'a> {
    /// These, and nobody else.
    Known(&'a [Holder]),
    /// These at least; why it may not be all.
    Unknown(&'a [Holder], String),
}

impl Status {
    /// Who holds a feature, or why that is not known.
    #[must_use]
    pub fn holders(&self, code: &str) -> Holding<'_> {
        let feature = self.features.iter().find(|feature| feature.code == code);
        let holders = feature.map_or(&[][..], |feature| &feature.holders);
        let why = match (self.unknown.first(), feature) {
            (Some(why), _) => Some(why.clone()),
            (None, None) => Some(format!("the server does not speak of `{code}`")),
            (None, Some(feature)) => feature.doubt(),
        };
        match why {
            Some(why) => Holding::Unknown(holders, why),
            None => Holding::Known(holders),
        }
    }

    /// Whether the server answered in full and every row was read.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.unknown.is_empty() && self.features.iter().all(|feature| feature.doubt().is_none())
    }
}

impl Feature {
    /// Why the rows may not be all.
    fn doubt(&self) -> Option<String> {
        if self.unread > 0 {
            return Some(format!("{} of its lines cannot be read", self.unread));
        }
        let Licences::Counted { in_use, .. } = self.licences else {
            let Licences::Error(error) = &self.licences else { return None };
            return Some(error.clone());
        };
        let held = self.holders.iter().map(|holder| u64::from(holder.licences)).sum::<u64>();
        let reserved = self.reservations.iter().map(|kept| u64::from(kept.licences)).sum::<u64>();
        // Reservations count as in use in some versions and not in others.
        let fits = held <= u64::from(in_use) && held.saturating_add(reserved) >= u64::from(in_use);
        let text = || {
            format!(
                "{in_use} licences are in use, {held} of them are listed and {reserved} reserved"
            )
        };
        (!fits).then(text)
    }
}

#[cfg(test)]
mod tests;
