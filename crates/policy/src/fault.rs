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

/// What is allowed, and probably not meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Warning {
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
