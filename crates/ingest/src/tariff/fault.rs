//! What can be wrong with a tariff file, in words for the person who wrote it.

use super::table::line_of;
use faregate_core::tariff::Meter;

/// A tariff file that cannot be used: every fault with its line, in the order of the lines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadTariffFile(pub Vec<(usize, Fault)>);

impl BadTariffFile {
    pub(super) fn syntax(text: &str, error: &toml::de::Error) -> Self {
        let line = line_of(text, error.span().map_or(0, |span| span.start));
        Self(vec![(line, Fault::Syntax(error.message().to_owned()))])
    }
}

impl core::fmt::Display for BadTariffFile {
    /// One fault a line: `line 12: …`.
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        for (place, (line, fault)) in self.0.iter().enumerate() {
            let newline = if place == 0 { "" } else { "\n" };
            write!(f, "{newline}line {line}: {fault}")?;
        }
        Ok(())
    }
}

impl core::error::Error for BadTariffFile {}

/// One fault.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Not TOML.
    Syntax(String),
    /// A key that no rule knows; with the known ones.
    UnknownKey(String, Vec<&'static str>),
    /// A key that must be there, and what to write.
    Missing(&'static str, &'static str),
    /// A value of the wrong type: key, value, what is expected.
    Type(&'static str, String, &'static str),
    /// An empty text.
    Empty(&'static str),
    /// Not a decimal number: key and value.
    Decimal(&'static str, String),
    /// More than six decimals: key and value.
    Decimals(&'static str, String),
    /// A number below zero: key and value.
    Negative(&'static str, String),
    /// A number that the ledger cannot hold.
    TooLarge(&'static str),
    /// Not a date.
    Date(&'static str, String),
    /// A meter that does not exist.
    Meter(String),
    /// Not a kebab-case key.
    Key(String),
    /// Not three capital letters.
    Currency(String),
    /// A second currency in one tariff.
    Currencies(String),
    /// A zone that the bundled data does not know.
    Zone(String),
    /// Two rates of a product in force on one date; with the line of the other.
    Overlap {
        /// The product's key.
        product: String,
        /// The line of the rate that was there first.
        other: usize,
    },
    /// A rate that ends before it begins.
    EmptySpan(String),
    /// Refused by the domain, in its words.
    Refused(String),
}

impl core::fmt::Display for Fault {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self {
            Self::Syntax(message) => write!(f, "not TOML: {message}"),
            Self::UnknownKey(key, known) => {
                write!(f, "unknown key `{key}`; known here: {}", known.join(", "))
            }
            Self::Missing(key, what) => write!(f, "`{key}` is missing; write {what}"),
            Self::Type(key, value, expected) => {
                write!(f, "`{key}` is `{value}`; write {expected}")
            }
            Self::Empty(key) => write!(f, "`{key}` is empty; say what it is, or what it rests on"),
            Self::Decimal(key, value) => {
                write!(f, "`{key}` is `{value}`; write a decimal number such as 7 or \"2.5\"")
            }
            Self::Decimals(key, value) => {
                write!(f, "`{key}` is `{value}`; write at most 6 decimals")
            }
            Self::Negative(key, value) => write!(f, "`{key}` is `{value}`; write 0 or more"),
            Self::TooLarge(key) => {
                write!(f, "`{key}` is more than the ledger can hold; write less")
            }
            Self::Date(key, value) => {
                write!(f, "`{key}` is `{value}`; write a date such as 2026-01-31")
            }
            Self::Meter(key) => {
                let known: Vec<&str> = Meter::ALL.iter().map(|meter| meter.key()).collect();
                write!(f, "unknown meter `{key}`; write one of {}", known.join(", "))
            }
            Self::Key(key) => write!(
                f,
                "`{key}` is no key; write lower-case letters and digits joined by hyphens, as in `civil-3d`"
            ),
            Self::Currency(code) => {
                write!(f, "unknown currency `{code}`; write three capital letters such as `USD`")
            }
            Self::Currencies(code) => {
                write!(f, "`{code}` is a second currency; write one tariff for each currency")
            }
            Self::Zone(zone) => {
                write!(f, "unknown time zone `{zone}`; write an IANA name such as `Europe/Madrid`")
            }
            Self::Overlap { product, other } => write!(
                f,
                "`{product}` has another rate in force on the same date, on line {other}; end one with `until` where the other begins with `from`"
            ),
            Self::EmptySpan(product) => {
                write!(f, "a rate of `{product}` ends before it begins; put `until` after `from`")
            }
            Self::Refused(words) => f.write_str(words),
        }
    }
}
