//! The second time through a table: rows and rejected rows to a sink, in one pass and in bounded memory.

use super::build::build;
use super::fault::{Fault, Rejected};
use super::plan::Plan;
use super::refusal::Refusal;
use super::survey::Survey;
use super::{Said, UsageRow, When, json};
use crate::sheet::{Broken, Cells, Item, Row, Splitter, adds_up, is_everything, is_summary};

/// Where the reader puts what it finds, in the order of the lines.
pub trait Sink {
    /// A row.
    fn row(&mut self, row: &UsageRow<'_>);
    /// A row that could not be read.
    fn rejected(&mut self, rejected: &Rejected<'_>);
}

/// What was read so far. `rows == kept + rejected + left_out + summaries + headers`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Rows below the header that say something.
    pub rows: u64,
    /// Rows handed to the sink.
    pub kept: u64,
    /// Rows handed back.
    pub rejected: u64,
    /// Rows that a map leaves out; of a report of charges, those of zero tokens.
    pub left_out: u64,
    /// Rows that add up others.
    pub summaries: u64,
    /// Headers after the first.
    pub headers: u64,
}

/// Reads one table by its plan, in chunks of any size.
///
/// ```
/// use faregate_ingest::usage::{Collected, Reader, Said, Survey};
/// let table = b"Day used,Email,Product,Tokens used\n2026-01-31,ana@acme.example,Revit,10\nTotal,,,10\n";
/// let mut survey = Survey::new(Said::default());
/// survey.feed(table);
/// let mut reader = Reader::new(survey.finish().unwrap());
/// let mut found = Collected::default();
/// reader.feed(table, &mut found);
/// reader.finish(&mut found);
/// assert_eq!((reader.tally().kept, reader.tally().summaries), (1, 1));
/// ```
#[derive(Clone, Debug)]
pub struct Reader {
    splitter: Option<Splitter>,
    /// JSON, which is read when it is whole.
    held: Vec<u8>,
    body: Body,
}

impl Reader {
    /// A reader for the table whose plan this is.
    #[must_use]
    pub fn new(plan: Plan) -> Self {
        let splitter = plan.form.map(Splitter::new);
        Self { splitter, held: Vec::new(), body: Body { plan, tally: Tally::default() } }
    }

    /// Takes the next bytes of the file.
    pub fn feed(&mut self, chunk: &[u8], out: &mut impl Sink) {
        match &mut self.splitter {
            Some(splitter) => splitter.feed(chunk, &mut |item| self.body.item(&item, out)),
            None => json::hold(&mut self.held, chunk),
        }
    }

    /// Takes the next row of a workbook.
    pub fn cells(&mut self, line: u64, cells: &Cells, out: &mut impl Sink) {
        self.body.row(&cells.row(line), out);
    }

    /// Says that the file ends here.
    pub fn finish(&mut self, out: &mut impl Sink) {
        if let Some(splitter) = &mut self.splitter {
            return splitter.finish(&mut |item| self.body.item(&item, out));
        }
        let held = core::mem::take(&mut self.held);
        // The survey has read the same bytes, so that they are JSON, or none where a workbook was read.
        let _ = json::rows(&held, |line, cells| self.body.row(&cells.row(line), out));
    }

    /// What was read so far.
    #[must_use]
    pub fn tally(&self) -> Tally {
        self.body.tally
    }

    /// By what it is read.
    #[must_use]
    pub fn plan(&self) -> &Plan {
        &self.body.plan
    }
}

#[derive(Clone, Debug)]
struct Body {
    plan: Plan,
    tally: Tally,
}

impl Body {
    fn item(&mut self, item: &Item<'_>, out: &mut impl Sink) {
        match item {
            Item::Row(row) => self.row(row, out),
            Item::Broken(broken) => self.broken(broken, out),
        }
    }

    fn row(&mut self, row: &Row<'_>, out: &mut impl Sink) {
        if row.line <= self.plan.header_line {
            return;
        }
        let Self { plan, tally } = self;
        // Blank rows cannot be booked, so that the look at every cell is only theirs.
        let count = match build(plan, row) {
            Err(_) if row.is_empty() => return,
            _ if is_repeated(plan, row) => &mut tally.headers,
            Ok(None) => &mut tally.left_out,
            Ok(Some(found)) if is_sum(&found) => &mut tally.summaries,
            Ok(Some(found)) => {
                out.row(&found);
                &mut tally.kept
            }
            Err(Fault::Day(..) | Fault::Tokens(..) | Fault::Amount(..))
                if tally.rows == 0 && is_second_header(plan, row) =>
            {
                &mut tally.headers
            }
            Err(_) if adds_up(row) => &mut tally.summaries,
            Err(fault) => {
                out.rejected(&Rejected { line: row.line, fault, text: head(row.raw) });
                &mut tally.rejected
            }
        };
        *count = count.saturating_add(1);
        tally.rows = tally.rows.saturating_add(1);
    }

    fn broken(&mut self, broken: &Broken<'_>, out: &mut impl Sink) {
        let Self { plan, tally } = self;
        if broken.line <= plan.header_line {
            return;
        }
        tally.rows = tally.rows.saturating_add(1);
        tally.rejected = tally.rejected.saturating_add(1);
        let raw = broken.raw.get(..TEXT_MAX).unwrap_or(broken.raw);
        let text = String::from_utf8_lossy(raw);
        let fault = Fault::Broken(broken.why);
        out.rejected(&Rejected { line: broken.line, fault, text: head(&text) });
    }
}

/// So much of a rejected row is told.
const TEXT_MAX: usize = 1_000;

fn head(text: &str) -> &str {
    let end = (0..=TEXT_MAX.min(text.len())).rev().find(|end| text.is_char_boundary(*end));
    text.get(..end.unwrap_or(0)).unwrap_or_default()
}

/// The header once more, as where files were joined.
fn is_repeated(plan: &Plan, row: &Row<'_>) -> bool {
    row.cell(0).map(str::trim) == plan.layout.names.first().map(String::as_str)
        && plan.layout.is_header(row)
}

/// The row below the header says what its columns are, in another language or in units: no figure stands where
/// dates and amounts belong.
fn is_second_header(plan: &Plan, row: &Row<'_>) -> bool {
    let measured = plan.layout.columns().filter(|(_, field)| field.is_date() || field.is_number());
    let cells =
        measured.filter_map(|(place, _)| row.cell(place)).filter(|cell| !cell.trim().is_empty());
    let mut cells = cells.peekable();
    cells.peek().is_some()
        && cells.all(|cell| !cell.contains(|letter: char| letter.is_ascii_digit()))
}

/// A sum that could be booked: in place of a product it says so, or in place of a name where no one product of some
/// day is told of. Somebody may be called `sum`.
fn is_sum(row: &UsageRow<'_>) -> bool {
    let product = row.product.or(row.feature).unwrap_or_default();
    let is_of_one = !is_everything(product) && row.when != When::Report;
    row.product.is_some_and(is_summary)
        || (!is_of_one && row.who.as_ref().is_some_and(|who| is_summary(&who.name)))
}

/// A sink that keeps everything, for tests and small files.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Collected {
    /// The rows.
    pub rows: Vec<Owned>,
    /// Rejected rows: line, fault, text.
    pub rejected: Vec<(u64, Fault, String)>,
}

/// A row that owns its texts: no more than what most of its readers ask for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Owned {
    /// The line, from 1.
    pub line: u64,
    /// Who.
    pub who: Option<(String, super::NameKind)>,
    /// On which machine.
    pub host: Option<String>,
    /// Which product.
    pub product: Option<String>,
    /// When.
    pub when: When,
    /// For how many seconds.
    pub seconds: Option<i64>,
    /// Tokens charged.
    pub tokens: Option<faregate_core::amount::Ticks>,
}

impl From<&UsageRow<'_>> for Owned {
    fn from(row: &UsageRow<'_>) -> Self {
        Self {
            line: row.line,
            who: row.who.as_ref().map(|who| (who.name.clone().into_owned(), who.kind)),
            host: row.host.map(str::to_owned),
            product: row.product.map(str::to_owned),
            when: row.when,
            seconds: row.seconds,
            tokens: row.tokens,
        }
    }
}

impl Sink for Collected {
    fn row(&mut self, row: &UsageRow<'_>) {
        self.rows.push(Owned::from(row));
    }

    fn rejected(&mut self, rejected: &Rejected<'_>) {
        self.rejected.push((rejected.line, rejected.fault.clone(), rejected.text.to_owned()));
    }
}

/// Reads a table in memory, for tests and small files.
///
/// # Errors
/// [`Refusal`], with what has to be said or exported anew.
pub fn read(bytes: &[u8], said: &Said) -> Result<(Collected, Reader), Refusal> {
    let mut found = Collected::default();
    let reader = read_into(bytes, Survey::new(said.clone()), &mut found)?;
    Ok((found, reader))
}

/// Reads a table in memory into a sink.
pub(crate) fn read_into(
    bytes: &[u8],
    mut survey: Survey,
    out: &mut impl Sink,
) -> Result<Reader, Refusal> {
    survey.feed(bytes);
    let mut reader = Reader::new(survey.finish()?);
    reader.feed(bytes, out);
    reader.finish(out);
    Ok(reader)
}
