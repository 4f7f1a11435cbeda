//! Why a row is not read.

use crate::sheet::Why;
use crate::sheet::date::BadDate;
use crate::sheet::number::BadNumber;

/// A row that could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rejected<'a> {
    /// The line, from 1.
    pub line: u64,
    /// Why.
    pub fault: Fault,
    /// The row as it was written, or its beginning.
    pub text: &'a str,
}

impl core::fmt::Display for Rejected<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "line {}: {}; {}", self.line, self.fault, self.fault.remedy())
    }
}

/// Why a row could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Bytes that are no row.
    Broken(Why),
    /// Another number of cells than the header has: how many, and how many that is.
    Fields(usize, usize),
    /// Not a day or a time; and why.
    Day(String, BadDate),
    /// Not an amount of tokens.
    Tokens(String, BadNumber),
    /// Not an amount of something else: the column, and what it says.
    Amount(String, String, BadNumber),
    /// Not an offset from UTC.
    Offset(String),
    /// A time whose zone nobody says.
    Zone(String),
    /// A day where a time is needed.
    Time(String),
    /// It ends before it begins.
    Backwards(String, String),
    /// It ends more than a year after it begins.
    Endless(String),
    /// Nobody is named, though the table has a column for it.
    Who,
    /// No product is named.
    Product,
    /// A word of the vendor's that is not known: the column, and what it says.
    Word(String, String),
    /// A name of more than 255 bytes, or with a line break or another control character in it: the column.
    Name(String),
}

impl Fault {
    /// The stable code, for machines.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Broken(Why::TooLong) => "row-too-long",
            Self::Broken(Why::QuoteOpen) => "quote-open",
            Self::Broken(Why::Damaged) => "text-damaged",
            Self::Fields(..) => "cells-shifted",
            Self::Day(_, BadDate::Ambiguous) => "day-ambiguous",
            Self::Day(..) => "day-unreadable",
            Self::Tokens(..) => "tokens-unreadable",
            Self::Amount(..) => "amount-unreadable",
            Self::Offset(_) => "offset-unreadable",
            Self::Zone(_) => "zone-unknown",
            Self::Time(_) => "time-missing",
            Self::Backwards(..) => "ends-before-it-begins",
            Self::Endless(_) => "lasts-too-long",
            Self::Who => "nobody-named",
            Self::Product => "no-product-named",
            Self::Word(..) => "word-unknown",
            Self::Name(_) => "name-unreadable",
        }
    }

    /// What the reader of the message can do about it.
    #[must_use]
    pub const fn remedy(&self) -> &'static str {
        match self {
            Self::Broken(Why::Damaged) => "save the file as UTF-8",
            Self::Broken(_) | Self::Fields(..) => {
                "put a value that holds the delimiter, a quote or a line break in double quotes, and double its quotes"
            }
            Self::Day(_, BadDate::Ambiguous) => "say --dates dmy or --dates mdy",
            Self::Day(_, BadDate::OtherOrder) => {
                "check --dates, and whether the column has one order"
            }
            Self::Day(_, BadDate::ShortYear) => "write years with four digits",
            Self::Day(..) => "correct it, or export the table again",
            Self::Tokens(_, BadNumber::Ambiguous) | Self::Amount(_, _, BadNumber::Ambiguous) => {
                "say --decimal point or --decimal comma"
            }
            Self::Tokens(..) | Self::Amount(..) | Self::Backwards(..) | Self::Endless(_) => {
                "correct it, or export the table again"
            }
            Self::Time(_) => "export times, or map the column as `day`",
            Self::Offset(_) => "write it as -8:00 or +05:30",
            Self::Zone(_) => "say it with --zone, such as Europe/Madrid or UTC",
            Self::Who => "export the table with the column of names, or of hashed ids",
            Self::Product => "export the table with the column of products",
            Self::Word(..) => "tell us of it: the vendor has a new word",
            Self::Name(_) => "shorten it to one line of at most 255 bytes",
        }
    }
}

impl core::fmt::Display for Fault {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self {
            Self::Broken(Why::TooLong) => {
                write!(f, "a row of more than {} bytes", crate::sheet::ROW_MAX)
            }
            Self::Broken(Why::QuoteOpen) => f.write_str("a quote is opened and never closed"),
            Self::Broken(Why::Damaged) => f.write_str("the text is not UTF-8"),
            Self::Fields(given, wanted) => {
                write!(f, "{given} fields, unlike the {wanted} of the header")
            }
            Self::Day(text, BadDate::Unreadable) => {
                write!(f, "`{text}` is no day such as 2026-01-31")
            }
            Self::Day(text, BadDate::Ambiguous) => {
                write!(
                    f,
                    "`{text}` is one of two days, and the rows before it say nothing of their order"
                )
            }
            Self::Day(text, BadDate::OtherOrder) => {
                write!(f, "`{text}` is no day in the order of its column")
            }
            Self::Day(text, BadDate::ShortYear) => write!(f, "the year of `{text}` has two digits"),
            Self::Day(text, BadDate::Unbelievable) => {
                write!(f, "`{text}` is not between 1980 and 2100")
            }
            Self::Tokens(text, BadNumber::Ambiguous) => {
                write!(f, "`{text}` is thousands or decimals of tokens")
            }
            Self::Tokens(text, _) => write!(f, "`{text}` is no number of tokens"),
            Self::Amount(column, text, BadNumber::Ambiguous) => {
                write!(f, "`{column}` is `{text}`, which is thousands or decimals")
            }
            Self::Amount(column, text, _) => {
                write!(f, "`{column}` is `{text}`, which is no amount")
            }
            Self::Offset(text) => write!(f, "`{text}` is no offset from UTC"),
            Self::Zone(text) => write!(f, "nothing says in which zone `{text}` is"),
            Self::Backwards(opened, closed) => {
                write!(f, "it is closed at `{closed}`, before it is opened at `{opened}`")
            }
            Self::Time(text) => write!(f, "`{text}` is a day without a time"),
            Self::Endless(closed) => {
                write!(f, "it is closed at `{closed}`, more than a year after it is opened")
            }
            Self::Who => f.write_str("nobody is named"),
            Self::Product => f.write_str("no product is named"),
            Self::Word(column, text) => {
                write!(f, "`{column}` is `{text}`, a word that is not known")
            }
            Self::Name(column) => {
                write!(f, "`{column}` has more than 255 bytes, or a control character")
            }
        }
    }
}
