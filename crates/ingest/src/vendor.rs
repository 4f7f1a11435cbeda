//! What the vendor says it charged: the *Flex Token Usage* report, in its three generations of headers, and
//! the export of Token Flex agreements.
//!
//! A table of use ([`crate::usage`]) of which only the charges by day are wanted. Rows of zero tokens are skipped
//! and counted; a row that cannot be read is handed back with its line and the reason.

use crate::estate::{BYTES_MAX, ROWS_MAX};
use crate::sheet::Foreign;
use crate::usage::{self, Rejected, Said, Sink, Survey, UsageRow, When};
use faregate_core::amount::Ticks;
use faregate_core::when::Date;

pub use crate::usage::{Fault as Reason, Refusal};

/// What the vendor charged to somebody on a day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VendorRow {
    /// The line, from 1.
    pub line: u32,
    /// The UTC day.
    pub day: Date,
    /// Under which name: an e-mail, a login, a hashed id; empty where the report names nobody.
    pub who: String,
    /// The vendor's hash of their id, where the row has one; `who` is it when the row has no other name.
    pub hashed: Option<String>,
    /// What was used, as the vendor writes it.
    pub product: String,
    /// How much.
    pub tokens: Ticks,
}

/// A row that could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RejectedRow {
    /// The line, from 1.
    pub line: u32,
    /// Why.
    pub reason: Reason,
}

impl core::fmt::Display for RejectedRow {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "line {}: {}", self.line, self.reason)
    }
}

/// Why a file is no such report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NoReport {
    /// It is another table or none, or leaves open what it means.
    Refused(Refusal),
    /// There are more bytes or rows than are read.
    TooLarge,
}

impl core::fmt::Display for NoReport {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self {
            Self::Refused(Refusal::Foreign(Foreign::Empty)) => f.write_str("the file is empty"),
            Self::Refused(Refusal::Column { missing, .. }) => write!(
                f,
                "there is no column `{missing}`; export the report Token Usage from the vendor's account, as CSV"
            ),
            Self::Refused(refusal) => refusal.fmt(f),
            Self::TooLarge => {
                write!(f, "the file has more than {BYTES_MAX} bytes or {ROWS_MAX} rows; divide it")
            }
        }
    }
}

impl core::error::Error for NoReport {}

impl From<Refusal> for NoReport {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

/// A report as it was read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct VendorReport {
    /// Rows with tokens, in the order written.
    pub rows: Vec<VendorRow>,
    /// Rows that could not be read.
    pub rejected: Vec<RejectedRow>,
    /// Rows of zero tokens.
    pub zero_rows: u64,
    /// Whether the report says who used what.
    pub names_people: bool,
}

/// Reads a report.
///
/// # Errors
/// [`NoReport`] when the header says that it is none, or its dates and amounts can be read in two ways.
pub fn read(bytes: &[u8]) -> Result<VendorReport, NoReport> {
    read_as(bytes, Said::default())
}

/// Reads a report of which somebody said what it leaves open.
///
/// # Errors
/// [`NoReport`], as [`read`].
pub fn read_as(bytes: &[u8], said: Said) -> Result<VendorReport, NoReport> {
    if bytes.len() > BYTES_MAX {
        return Err(NoReport::TooLarge);
    }
    let mut report = VendorReport::default();
    let reader = usage::read_into(bytes, Survey::charges(said), &mut report)?;
    if report.rows.len() > ROWS_MAX {
        return Err(NoReport::TooLarge);
    }
    report.zero_rows = reader.tally().left_out;
    report.names_people = reader.plan().names_people();
    Ok(report)
}

impl Sink for VendorReport {
    fn row(&mut self, row: &UsageRow<'_>) {
        let (When::Day(day), Some(tokens)) = (row.when, row.tokens) else { return };
        // One more than is read tells that there are too many.
        if self.rows.len() > ROWS_MAX {
            return;
        }
        let who = row.who.as_ref().map_or_else(String::new, |who| who.name.clone().into_owned());
        let hashed = row.hashed.map(str::to_owned);
        let product = row.product.unwrap_or_default().to_owned();
        self.rows.push(VendorRow { line: line(row.line), day, who, hashed, product, tokens });
    }

    fn rejected(&mut self, rejected: &Rejected<'_>) {
        let (line, reason) = (line(rejected.line), rejected.fault.clone());
        self.rejected.push(RejectedRow { line, reason });
    }
}

fn line(line: u64) -> u32 {
    u32::try_from(line).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests;
