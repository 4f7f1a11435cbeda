//! What is wrong with a set of policies, for whoever wrote it.

use core::fmt;

/// Why a set of policies cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Fault {
    /// The set's name.
    pub set: String,
    /// Line in its text, counted from 1.
    pub line: usize,
    /// Column in that line, counted from 1 in characters.
    pub column: usize,
    /// What is wrong: lower-case, without a full stop.
    pub message: String,
    /// What to do about it.
    pub help: Option<String>,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}: {}", self.set, self.line, self.column, self.message)?;
        self.help.iter().try_for_each(|help| write!(f, "\n  help: {help}"))
    }
}

/// Why what is allowed is probably not meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Doubt {
    /// No policy permits anything, and what nobody permits is refused.
    NothingPermits,
    /// A policy forbids everybody everything.
    ForbidsEverything,
    /// All whom a sample of the contract asked about are turned away.
    RefusesEveryone,
    /// A set forbids people the seats that they hold.
    LockedOut,
    /// A name that nothing bears.
    UnknownName,
    /// Cedar's own: a condition that never holds, a letter that looks like another one.
    Odd,
}

impl Doubt {
    /// Its stable code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::NothingPermits => "nothing-permits",
            Self::ForbidsEverything => "forbids-everything",
            Self::RefusesEveryone => "refuses-everyone",
            Self::LockedOut => "locked-out",
            Self::UnknownName => "unknown-name",
            Self::Odd => "odd",
        }
    }

    /// Whether nobody at all would get through.
    #[must_use]
    pub const fn shuts_out_everyone(self) -> bool {
        matches!(self, Self::NothingPermits | Self::ForbidsEverything | Self::RefusesEveryone)
    }
}

/// What is allowed, and probably not meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Warning {
    /// Why it is pointed out.
    pub doubt: Doubt,
    /// The set's name; empty when all sets together are meant.
    pub set: String,
    /// Line in its text, counted from 1; 0 when no place is meant.
    pub line: usize,
    /// What is noticed: lower-case, without a full stop.
    pub message: String,
    /// What to do about it.
    pub help: String,
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.set.as_str(), self.line) {
            ("", _) => write!(f, "{}", self.message)?,
            (set, line) => write!(f, "{set}:{line}: {}", self.message)?,
        }
        write!(f, "\n  help: {}", self.help)
    }
}
