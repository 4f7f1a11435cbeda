//! Names that can stand in an options file without being anything else there.

use core::fmt;

/// A name has at most so many bytes.
pub const NAME_BYTES_MAX: usize = 256;

/// A name of a user, a host, a group, a feature …: no line ends, quotes, `#` or control characters, no blanks but
/// spaces between words, no `\` at its end.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Name(Box<str>);

impl Name {
    /// Checks a name.
    ///
    /// # Errors
    /// What it has that a name must not have.
    pub fn new(text: &str) -> Result<Self, BadName> {
        check(text, NAME_BYTES_MAX, true)?;
        Ok(Self(text.into()))
    }

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it is the other one in another case.
    #[must_use]
    pub fn is_like(&self, other: &str) -> bool {
        alike(&self.0, other)
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The path of a log: as a name, but `#` is no comment in it, and it does not begin with `+`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogPath(Box<str>);

impl LogPath {
    /// Checks a path.
    ///
    /// # Errors
    /// What it has that a path must not have.
    pub fn new(text: &str) -> Result<Self, BadName> {
        check(text, 4 * NAME_BYTES_MAX, false)?;
        if text.starts_with('+') {
            return Err(BadName::Character(text.to_owned(), '+'));
        }
        Ok(Self(text.into()))
    }

    /// The path.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Why a text is no name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BadName {
    /// Nothing in it.
    Empty,
    /// It begins or ends with a blank.
    Edge(String),
    /// A character that could end a line or a word, or that nobody sees.
    Character(String, char),
    /// It ends with `\`, which joins lines.
    Backslash(String),
    /// More bytes than a name has.
    Long(usize),
}

impl fmt::Display for BadName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("a name is empty"),
            Self::Edge(name) => write!(f, "`{name}` begins or ends with a blank"),
            Self::Character(name, letter) if letter.is_control() => {
                write!(f, "`{}` has the control character {}", name.escape_debug(), code(*letter))
            }
            Self::Character(name, letter) => {
                write!(f, "`{}` has `{}`", name.escape_debug(), letter.escape_debug())
            }
            Self::Backslash(name) => write!(f, "`{name}` ends with `\\`, which joins lines"),
            Self::Long(bytes) => write!(f, "a name of {bytes} bytes"),
        }
    }
}

impl BadName {
    /// What to do.
    #[must_use]
    pub fn help(&self) -> String {
        match self {
            Self::Empty => "write a name".to_owned(),
            Self::Edge(_) => "take the blanks off its ends".to_owned(),
            Self::Character(_, '#') => {
                "give comments lines of their own, and take `#` out of names".to_owned()
            }
            Self::Character(_, letter) => format!("take {} out of the name", code(*letter)),
            Self::Backslash(_) => "take `\\` off its end".to_owned(),
            Self::Long(_) => format!("write at most {NAME_BYTES_MAX} bytes"),
        }
    }
}

fn code(letter: char) -> String {
    format!("U+{:04X}", u32::from(letter))
}

fn check(text: &str, bytes_max: usize, hash_ends: bool) -> Result<(), BadName> {
    let own = || text.to_owned();
    if text.is_empty() {
        return Err(BadName::Empty);
    }
    if text.len() > bytes_max {
        return Err(BadName::Long(text.len()));
    }
    if text.trim() != text {
        return Err(BadName::Edge(own()));
    }
    if text.ends_with('\\') {
        return Err(BadName::Backslash(own()));
    }
    let refused = |letter: &char| is_refused(*letter) || (hash_ends && *letter == '#');
    text.chars().find(refused).map_or(Ok(()), |letter| Err(BadName::Character(own(), letter)))
}

/// Line ends, quotes, controls, blanks that are no space, and marks that turn or hide text.
fn is_refused(letter: char) -> bool {
    letter == '"'
        || letter.is_control()
        || (letter.is_whitespace() && letter != ' ')
        || matches!(letter, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffd}')
}

/// The same but for case.
pub(super) fn alike(one: &str, other: &str) -> bool {
    one == other || one.to_lowercase() == other.to_lowercase()
}
