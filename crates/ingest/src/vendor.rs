//! What the vendor says it charged: the *Flex Token Usage* report, in its three generations of headers, and
//! the export of Token Flex agreements.
//!
//! Columns are known by header, never by place: the vendor renamed and moved them twice. Rows of zero tokens
//! are skipped and counted; a row that cannot be read is handed back with its line and the reason.

use crate::estate::{BYTES_MAX, ROWS_MAX, line_of};
use csv::{ByteRecord, ReaderBuilder};
use faregate_core::amount::{Ticks, parse_micros};
use faregate_core::when::Date;

mod columns;
use columns::{Columns, Field};

/// What the vendor charged to somebody on a day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VendorRow {
    /// The line, from 1.
    pub line: u32,
    /// The UTC day.
    pub day: Date,
    /// Under which name: an e-mail, a login, a hashed id; empty where the report names nobody.
    pub who: String,
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

/// Why a row could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reason {
    /// Another number of fields than the header has: how many.
    Fields(usize),
    /// Not a day.
    Day(String),
    /// Not an amount that the ledger can hold.
    Tokens(String),
    /// Nobody is named, though the report has a column for it.
    Who,
    /// No product is named.
    Product,
    /// The text is damaged.
    Text,
}

impl core::fmt::Display for RejectedRow {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "line {}: ", self.line)?;
        match &self.reason {
            Reason::Fields(count) => write!(f, "{count} fields, unlike the header"),
            Reason::Day(text) => write!(f, "`{text}` is no day such as 2026-01-31"),
            Reason::Tokens(text) => write!(f, "`{text}` is no number of tokens"),
            Reason::Who => f.write_str("nobody is named"),
            Reason::Product => f.write_str("no product is named"),
            Reason::Text => f.write_str("the text is not UTF-8"),
        }
    }
}

/// Why a file is no such report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NoReport {
    /// A column is missing; what it is called.
    Column(&'static str),
    /// Two columns say the same.
    Twice(String),
    /// There is no line.
    Empty,
    /// There are more bytes than are read.
    TooLarge,
}

impl core::fmt::Display for NoReport {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self {
            Self::Column(name) => write!(
                f,
                "there is no column `{name}`; export the report Token Usage from the vendor's account, as CSV"
            ),
            Self::Twice(name) => write!(f, "`{name}` is a second column of its kind; keep one"),
            Self::Empty => f.write_str("the file is empty"),
            Self::TooLarge => write!(f, "the file has more than {BYTES_MAX} bytes; divide it"),
        }
    }
}

impl core::error::Error for NoReport {}

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
/// [`NoReport`] when the header says that it is none.
pub fn read(bytes: &[u8]) -> Result<VendorReport, NoReport> {
    if bytes.len() > BYTES_MAX {
        return Err(NoReport::TooLarge);
    }
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let mut lines = ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(delimiter(bytes))
        .from_reader(bytes);
    let mut record = ByteRecord::new();
    if !lines.read_byte_record(&mut record).unwrap_or(false) {
        return Err(NoReport::Empty);
    }
    let columns = Columns::of(&record)?;
    let mut report = VendorReport { names_people: columns.names_people(), ..Default::default() };
    while lines.read_byte_record(&mut record).unwrap_or(false) {
        if report.rows.len() >= ROWS_MAX {
            return Err(NoReport::TooLarge);
        }
        let line = line_of(bytes, &record);
        match row(line, &columns, &record) {
            Ok(Some(row)) => report.rows.push(row),
            Ok(None) => report.zero_rows = report.zero_rows.saturating_add(1),
            Err(reason) => report.rejected.push(RejectedRow { line, reason }),
        }
    }
    Ok(report)
}

fn delimiter(bytes: &[u8]) -> u8 {
    let first = bytes.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let count = |delimiter: u8| memchr::memchr_iter(delimiter, first).count();
    *b";\t,".iter().max_by_key(|delimiter| count(**delimiter)).unwrap_or(&b',')
}

/// One row; `None` when it is of zero tokens.
fn row(line: u32, columns: &Columns, record: &ByteRecord) -> Result<Option<VendorRow>, Reason> {
    if !columns.fits(record) {
        return Err(Reason::Fields(record.len()));
    }
    let text = |field: Field| columns.text(record, field);
    let written = text(Field::Tokens)?.unwrap_or_default();
    let tokens = amount(written).ok_or_else(|| Reason::Tokens(written.to_owned()))?;
    if tokens == Ticks::ZERO {
        return Ok(None);
    }
    let written = text(Field::Day)?.unwrap_or_default();
    let day = day(written).ok_or_else(|| Reason::Day(written.to_owned()))?;
    let product = text(Field::Product)?.or(text(Field::Offering)?).or(text(Field::Code)?);
    let product = product.ok_or(Reason::Product)?.to_owned();
    let who = columns.who(record)?;
    if who.is_none() && columns.names_people() {
        return Err(Reason::Who);
    }
    let who = who.unwrap_or_default();
    Ok(Some(VendorRow { line, day, who, product, tokens }))
}

/// `140.0`, `1,250` and `7`; the vendor gives tokens back with a minus.
fn amount(text: &str) -> Option<Ticks> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let fraction = fraction.trim_end_matches('0');
    let whole = ungrouped(whole)?;
    let text = if fraction.is_empty() { whole } else { format!("{whole}.{fraction}") };
    Ticks::from_micro_tokens(parse_micros(&text).ok()?)
}

/// Without the commas between thousands; `None` when one of them stands elsewhere.
fn ungrouped(whole: &str) -> Option<String> {
    let mut groups = whole.split(',');
    let first = groups.next()?;
    let good = groups.all(|group| group.len() == 3);
    (good && (!whole.contains(',') || first.trim_start_matches('-').len() <= 3))
        .then(|| whole.replace(',', ""))
}

/// `2026-01-31`, with a time behind it or not, or `1/31/2026` as the vendor's older exports write it.
fn day(text: &str) -> Option<Date> {
    let date = text.split([' ', 'T']).next().unwrap_or_default();
    if let Some((month, rest)) = date.split_once('/') {
        let (day, year) = rest.split_once('/')?;
        return Date::from_ymd(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?);
    }
    (date.len() == 10).then(|| date.parse().ok()).flatten()
}

#[cfg(test)]
mod tests;
