//! Tables of use: what the vendor's exports and APIs say, and any table that a map explains, as rows of one shape.
//!
//! A table is gone through twice. [`Survey`] finds the header, tells the [`Kind`], and decides for each column what
//! its dates and amounts mean; where the values leave that open, it asks ([`Refusal`]) and nothing is read. What it
//! decided is the [`Plan`], by which a [`Reader`] then reads in one pass, in bounded memory: rows to a [`Sink`],
//! and every row that it cannot read, with line, reason and its own words.
//! Columns are known by header, never by place. A summary row or a second header is counted and no use.
//!
//! To add a column: a variant and an alias in `field`, its line in `build`. To add a kind: `kind`.

mod build;
mod fault;
mod field;
mod json;
mod kind;
mod plan;
mod reader;
mod refusal;
mod survey;
mod words;

pub use fault::{Fault, Rejected};
pub(crate) use field::{Field, Layout, plain};
pub use kind::{Generation, Kind};
pub(crate) use plan::{DateForm, Format};
pub use plan::{Page, Plan};
pub(crate) use reader::read_into;
pub use reader::{Collected, Owned, Reader, Sink, Tally, read};
pub use refusal::Refusal;
pub use survey::Survey;
pub use words::{ChargeCategory, TokenPool, UsageCategory};

use crate::flexnet::{self, NotADebugLog};
use crate::sheet::Foreign;
use crate::sheet::date::Order;
use crate::sheet::number::Decimal;
use faregate_core::amount::Ticks;
use faregate_core::when::{Date, Instant, Zone};
use memchr::memmem;
use std::borrow::Cow;

/// What somebody said of a table whose values leave it open.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Said {
    /// Whether days or months come first.
    pub dates: Option<Order>,
    /// What parts decimals.
    pub decimal: Option<Decimal>,
    /// The zone of times that name none.
    pub zone: Option<Zone>,
}

/// One row of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UsageRow<'a> {
    /// The line, from 1.
    pub line: u64,
    /// Who; `None` where the table names nobody.
    pub who: Option<Who<'a>>,
    /// The vendor's hash of their id, where there is one, beside another name or as the only one.
    pub hashed: Option<&'a str>,
    /// On which machine.
    pub host: Option<&'a str>,
    /// Which product, as it is written, or as the map calls it.
    pub product: Option<&'a str>,
    /// The feature code, where there is one beside the product.
    pub feature: Option<&'a str>,
    /// The version.
    pub version: Option<&'a str>,
    /// When.
    pub when: When,
    /// For how many seconds it was used, where that is said.
    pub seconds: Option<i64>,
    /// Tokens charged; below zero where the vendor gives them back.
    pub tokens: Option<Ticks>,
    /// How much of something else: uses, results; in millionths.
    pub quantity: Option<i64>,
    /// What was charged of it.
    pub charge: Option<ChargeCategory>,
    /// What kind of use it was.
    pub category: Option<UsageCategory>,
    /// Which tokens.
    pub pool: Option<TokenPool>,
    /// The vendor's id of what was charged.
    pub item: Option<&'a str>,
    /// The team.
    pub team: Option<&'a str>,
    /// The site.
    pub site: Option<&'a str>,
    /// The bucket.
    pub bucket: Option<&'a str>,
    /// What is said of a seat.
    pub seat: Seat,
}

/// Somebody by a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Who<'a> {
    /// The name.
    pub name: Cow<'a, str>,
    /// What kind of name it is.
    pub kind: NameKind,
}

/// What kind of name somebody is known by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum NameKind {
    /// An e-mail address.
    Email,
    /// A login.
    Login,
    /// The vendor's id.
    AutodeskId,
    /// The vendor's hash of the id, where personal data are off.
    Hashed,
    /// First and last name.
    FullName,
}

/// When something was used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
    /// From when to when; `None` while it goes on.
    Session {
        /// When it was opened.
        opened: Instant,
        /// When it was closed, never before it was opened.
        closed: Option<Instant>,
    },
    /// On a day: of UTC in the vendor's reports.
    Day(Date),
    /// As the report sees it on the day it was made: [`Seat`] says what it knows.
    Report,
}

/// What a report says of a seat.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Seat {
    /// When it was assigned.
    pub assigned: Option<Date>,
    /// When it was taken away.
    pub unassigned: Option<Date>,
    /// When it was used last.
    pub last_used: Option<Date>,
    /// On how many days it was used.
    pub days_used: Option<u32>,
    /// For how many days it was not.
    pub days_inactive: Option<u32>,
}

/// Judges a file by its first bytes, of which [`crate::sheet::HEAD_BYTES`] are enough.
///
/// # Errors
/// [`Refusal`], with what the file is instead or which column it lacks. What only all rows can tell, such as the
/// order of its dates, is not asked about here.
pub fn sniff(head: &[u8]) -> Result<(Kind, Generation), Refusal> {
    let mut survey = Survey::new(Said::default());
    survey.feed(head);
    let refused =
        |refusal| likely(head).map_or(refusal, |what| Refusal::Foreign(Foreign::Text(what)));
    survey.kind().map_err(refused)
}

/// What else that Faregate reads a file looks like.
fn likely(head: &[u8]) -> Option<&'static str> {
    if memmem::find(head, b"\"specversion\"").is_some() {
        return Some("a stream of CloudEvents");
    }
    match flexnet::sniff(head) {
        Ok(()) => Some("a FlexNet debug log"),
        Err(NotADebugLog::Other("JSON" | "XML or HTML" | "a CSV table")) => None,
        Err(NotADebugLog::Other(what)) => Some(what),
        Err(_) => None,
    }
}

#[cfg(test)]
pub(crate) mod tests;
