//! What can be wrong with a map, in words for the person who wrote it.

/// A map that cannot be used: every fault with its line, in the order of the lines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadMap(pub Vec<(usize, Fault)>);

impl core::fmt::Display for BadMap {
    /// One fault a line: `line 12: …`.
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        for (place, (line, fault)) in self.0.iter().enumerate() {
            let newline = if place == 0 { "" } else { "\n" };
            write!(f, "{newline}line {line}: {fault}")?;
        }
        Ok(())
    }
}

impl core::error::Error for BadMap {}

/// One fault.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Not TOML.
    Syntax(String),
    /// A key that no rule knows; the known one that is most like it, and all known ones.
    UnknownKey(String, Option<&'static str>, String),
    /// A key that must be there, and what to write.
    Missing(&'static str, &'static str),
    /// A value of the wrong form: key, value, what is expected.
    Value(String, String, String),
    /// A zone that the bundled data does not know.
    Zone(String),
    /// A column of the table that is named twice.
    Twice(String),
    /// What is said both of a column and of all rows.
    Both(String),
    /// Two keys that contradict each other.
    Contradiction(&'static str),
}

impl core::fmt::Display for Fault {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self {
            Self::Syntax(message) => write!(f, "not TOML: {message}"),
            Self::UnknownKey(key, near, known) => {
                write!(f, "unknown key `{key}`; ")?;
                if let Some(near) = near {
                    write!(f, "did you mean `{near}`? ")?;
                }
                write!(f, "known here: {known}")
            }
            Self::Missing(key, what) => write!(f, "`{key}` is missing; write {what}"),
            Self::Value(key, value, expected) => {
                write!(f, "`{key}` is `{value}`; write {expected}")
            }
            Self::Zone(zone) => {
                write!(f, "unknown time zone `{zone}`; write an IANA name such as `Europe/Madrid`")
            }
            Self::Twice(header) => write!(f, "`{header}` is named twice; a column says one thing"),
            Self::Both(key) => {
                write!(f, "`{key}` is a column and a constant; keep one of the two")
            }
            Self::Contradiction(what) => f.write_str(what),
        }
    }
}
