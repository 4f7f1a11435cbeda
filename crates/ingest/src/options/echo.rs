//! What the daemon says in its debug log that it understood of the options file.
//!
//! After a start or a re-read the daemon repeats the options that it takes. [`Reader`] finds each such echo, and
//! [`agrees`] compares one with the file that was written: what is missing in it was not understood, what is in it
//! and not in the file comes from another file. Seen in real logs: RESERVING, INCLUDE_BORROW, INCLUDE and EXCLUDE of
//! a USER_GROUP, MAX of a USER, timeouts of all features and borrow intervals; the other types are read by the same
//! pattern. GROUP, HOST_GROUP, LINGER, BORROW_LOWWATER, MAX_OVERDRAFT and the logs have no echo, so nothing is said
//! about them. The members of a group are not in the echo either.

mod compare;
mod read;

pub use compare::{Difference, Kind, agrees};
pub use read::Reader;

use super::directive::{Verb, Who};
use std::collections::{BTreeMap, BTreeSet};

/// One echo.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Echo {
    /// The line of the log where it begins, from 1.
    pub line: usize,
    /// The options file, where its path is said.
    pub path: Option<String>,
    /// What was understood, in order.
    pub said: Vec<Said>,
    /// Lines about options that could not be read: number and text.
    pub unread: Vec<(usize, String)>,
    /// Packages and their components, as the daemon lists what it serves.
    pub packages: BTreeMap<String, BTreeSet<String>>,
    /// All features that the daemon listed; empty where it listed none.
    pub served: BTreeSet<String>,
}

impl Echo {
    /// What of it stands after a line of the log; `None` where nothing does.
    #[must_use]
    pub fn after(mut self, line: usize) -> Option<Self> {
        self.said.retain(|said| said.line > line);
        self.unread.retain(|(number, _)| *number > line);
        let is_new = self.line > line || !self.said.is_empty() || !self.unread.is_empty();
        is_new.then_some(self)
    }
}

/// Something that was understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    /// The line of the log, from 1.
    pub line: usize,
    /// What.
    pub what: Understood,
}

/// What was understood.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Understood {
    /// `INCLUDE USER_GROUP name in feature` and the three like it; no feature stands for all.
    Access(Verb, Option<String>, Who),
    /// `RESERVING n feature/key licenses for TYPE name`.
    Reserve(u32, String, Who),
    /// `RESERVATION of feature for TYPE name exceeds license count - ignored.`
    ReserveIgnored(String, Who),
    /// `MAX n TYPE name for feature`.
    Max(u32, String, Who),
    /// `feature: INACTIVITY TIMEOUT set to n seconds`; no feature stands for all.
    Timeout(Option<String>, u32),
    /// `Max borrow interval for feature, f, set to n hours`, which the licence may say as well.
    BorrowHours(String, u32),
}

impl Understood {
    /// The feature that it is about; `None` for all.
    #[must_use]
    pub fn code(&self) -> Option<&str> {
        match self {
            Self::Access(_, code, _) | Self::Timeout(code, _) => code.as_deref(),
            Self::Reserve(_, code, _)
            | Self::ReserveIgnored(code, _)
            | Self::Max(_, code, _)
            | Self::BorrowHours(code, _) => Some(code),
        }
    }
}
