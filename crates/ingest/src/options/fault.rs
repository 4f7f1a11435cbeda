//! What can be wrong with a line, in words for the person who wrote it.

use super::LINE_CHARACTERS_MAX;
use super::name::BadName;
use core::fmt;

/// A line that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadLine {
    /// Its number, from 1.
    pub line: usize,
    /// What is wrong.
    pub fault: Fault,
}

/// What is wrong with a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// A control character, which a daemon may take for the end of the line.
    Control(char),
    /// A quotation that does not end.
    Quote,
    /// More characters than a line has.
    Long(usize),
    /// The last line of the file says that another one continues it.
    Dangling,
    /// A first word that is no directive.
    Keyword(String),
    /// Something is missing: the directive, and what.
    Missing(&'static str, &'static str),
    /// A word too many: the directive, and the word.
    Surplus(&'static str, String),
    /// A name that cannot be one.
    Name(BadName),
    /// A number that is none: what it counts, and what is written.
    Number(&'static str, String),
    /// A TYPE that does not exist.
    Kind(String),
    /// A range of addresses that is none.
    Range(String),
    /// A feature that is none, or a pool of it that is none.
    Feature(String),
    /// A word out of a list: the directive, what is written, what can be.
    Choice(&'static str, String, &'static str),
}

impl From<BadName> for Fault {
    fn from(bad: BadName) -> Self {
        Self::Name(bad)
    }
}

impl fmt::Display for BadLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}; {}", self.line, self.fault, self.fault.help())
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Control(letter) => {
                write!(f, "the control character U+{:04X}", u32::from(*letter))
            }
            Self::Quote => f.write_str("a quotation without an end"),
            Self::Long(count) => write!(f, "{count} characters"),
            Self::Dangling => f.write_str("the last line ends with `\\`"),
            Self::Keyword(word) => write!(f, "unknown directive `{}`", word.escape_debug()),
            Self::Missing(keyword, what) => write!(f, "{keyword} without {what}"),
            Self::Surplus(keyword, word) => {
                write!(f, "`{}` is one word too many for {keyword}", word.escape_debug())
            }
            Self::Name(bad) => bad.fmt(f),
            Self::Number(what, word) => write!(f, "`{}` for {what}", word.escape_debug()),
            Self::Kind(word) => write!(f, "unknown type `{}`", word.escape_debug()),
            Self::Range(word) => write!(f, "`{}` is no range of addresses", word.escape_debug()),
            Self::Feature(word) => write!(f, "`{}` is no feature", word.escape_debug()),
            Self::Choice(keyword, word, _) => write!(f, "{keyword} `{}`", word.escape_debug()),
        }
    }
}

impl Fault {
    /// What to do about it.
    #[must_use]
    pub fn help(&self) -> String {
        match self {
            Self::Control(_) => "take it out".to_owned(),
            Self::Quote => "write `\"` at both ends of a name".to_owned(),
            Self::Long(_) => format!(
                "write at most {LINE_CHARACTERS_MAX}; give a group several lines of the same name"
            ),
            Self::Dangling => "take the `\\` off, or write what follows".to_owned(),
            Self::Keyword(_) => {
                "correct its spelling, or begin the line with `#` to make it a comment".to_owned()
            }
            Self::Missing(_, what) => format!("write {what}"),
            Self::Surplus(..) => {
                "take it out, or put quotes around a name that has blanks".to_owned()
            }
            Self::Name(bad) => bad.help(),
            Self::Number(..) => "write a whole number from 0 to 4294967295".to_owned(),
            Self::Kind(_) => {
                "write USER, HOST, GROUP, HOST_GROUP, INTERNET, DISPLAY or PROJECT".to_owned()
            }
            Self::Range(_) => {
                "write an address whose parts may be `*`, such as 192.168.0.*".to_owned()
            }
            Self::Feature(_) => {
                "write its code, as in 64300ACD_F, or one pool of it, as in 64300ACD_F:VERSION=1.0"
                    .to_owned()
            }
            Self::Choice(_, _, known) => format!("write {known}"),
        }
    }
}
