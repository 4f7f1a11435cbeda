//! Files that say who and what there is: `estate.toml`, or one CSV a kind.
//!
//! Both forms become rows of text by column, and one function a kind reads those, so that a column means the
//! same in either. Keys stay text: what they name is for the plan to say, which knows the contract.
//! A cell that is missing or empty leaves what is there; `-` takes it away. Nothing here panics, whatever the
//! bytes; every fault is told with its file, line and remedy.
//!
//! To add a column: see `columns`.

mod columns;
mod countries;
mod fault;
mod raw;
mod read;
pub mod rows;
mod sheet;
mod tables;
pub mod words;

pub use columns::{Column, Kind};
pub use countries::country;

pub use fault::{FAULTS_MAX, Fault, Faults, nearest};

use crate::sheet::date::Order;
use crate::staff;
use std::sync::Arc;

/// The largest file that is read.
pub const BYTES_MAX: usize = 64 * 1024 * 1024;
/// The most rows of one import.
pub const ROWS_MAX: usize = 1_000_000;

/// Where something is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// The file's name.
    pub file: Arc<str>,
    /// The line, from 1.
    pub line: u32,
}

/// A row and where it is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row<T> {
    /// Where.
    pub source: Source,
    /// What it says.
    pub value: T,
}

/// All rows of an import, by kind, in the order written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Document {
    /// Groups.
    pub groups: Vec<Row<rows::Group>>,
    /// People.
    pub people: Vec<Row<rows::Person>>,
    /// Dated names.
    pub aliases: Vec<Row<rows::Alias>>,
    /// Seats.
    pub seats: Vec<Row<rows::Seat>>,
    /// Sites.
    pub sites: Vec<Row<rows::Site>>,
    /// Regions.
    pub regions: Vec<Row<rows::Region>>,
    /// Territories.
    pub territories: Vec<Row<rows::Territory>>,
    /// Schedules.
    pub schedules: Vec<Row<rows::Schedule>>,
    /// Buckets.
    pub buckets: Vec<Row<rows::Bucket>>,
    /// Caps.
    pub caps: Vec<Row<rows::Cap>>,
    /// What is agreed of the contract.
    pub terms: Vec<Row<rows::Terms>>,
    /// Exchange rates.
    pub exchange_rates: Vec<Row<rows::ExchangeRate>>,
    /// Columns of staff lists that say nothing that Faregate keeps, such as a salary.
    pub passed_over: Vec<Row<String>>,
}

/// Reads files one after the other into one document.
///
/// ```
/// use faregate_ingest::estate::{Kind, Reader};
/// let mut reader = Reader::default();
/// reader.toml("estate.toml", b"[[group]]\nkey = \"architects\"\n");
/// reader.csv(Kind::Person, "people.csv", b"First name,Last name,Email\nAna,Diaz,ana@acme.example\n");
/// let document = reader.finish().unwrap();
/// assert_eq!(document.people[0].value.key, "ana@acme.example");
/// ```
#[derive(Clone, Debug, Default)]
pub struct Reader {
    document: Document,
    rows_count: usize,
    faults: Faults,
    dates: Option<Order>,
}

impl Reader {
    /// The same, knowing whether days or months come first in the dates of staff lists.
    #[must_use]
    pub fn with_dates(mut self, order: Order) -> Self {
        self.dates = Some(order);
        self
    }

    /// Reads a file by its name: `….toml`, a kind's CSV such as `people.csv`, or a staff list such as `leavers.csv`.
    pub fn file(&mut self, file: &str, bytes: &[u8]) {
        let base = file.rsplit(['/', '\\']).next().unwrap_or(file);
        let (stem, extension) = base.rsplit_once('.').unwrap_or((base, ""));
        match extension.to_lowercase().as_str() {
            "toml" => self.toml(file, bytes),
            "csv" | "tsv" | "txt" => match Kind::named(stem) {
                Ok(kind) => self.csv(kind, file, bytes),
                Err(_) => match staff::Kind::named(stem) {
                    Some(kind) => self.staff(kind, file, bytes),
                    None => self.unnamed(file),
                },
            },
            _ => self.unnamed(file),
        }
    }

    fn unnamed(&mut self, file: &str) {
        let kinds = Kind::ALL.map(Kind::key).join(", ");
        let lists = staff::Kind::ALL.map(staff::Kind::key).join(", ");
        let help = format!("name it `estate.toml`, or `KIND.csv` with a kind of {kinds}, {lists}");
        self.faults.add(&start(file), "the file's name does not say what is in it", help);
    }

    /// Reads the tables of a TOML file.
    pub fn toml(&mut self, file: &str, bytes: &[u8]) {
        let source = start(file);
        if let Some(text) = self.text(&source, bytes) {
            tables::read(self, &source, text);
        }
    }

    /// Reads a CSV file of rows of one kind.
    pub fn csv(&mut self, kind: Kind, file: &str, bytes: &[u8]) {
        let source = start(file);
        if let Some(text) = self.text(&source, bytes) {
            sheet::read(self, kind, &source, text);
        }
    }

    /// Reads a list of a personnel department, or of the vendor's, into rows of people.
    pub fn staff(&mut self, kind: staff::Kind, file: &str, bytes: &[u8]) {
        let source = start(file);
        if bytes.len() > BYTES_MAX {
            return self.too_large(&source, bytes.len());
        }
        let list = staff::read(kind, &source, bytes, self.dates, &mut self.faults);
        self.document.passed_over.extend(list.passed_over);
        for staff::Listed { source, cells } in list.rows {
            let line = source.line;
            let cells = cells.into_iter().map(|(name, text)| (name, line, raw::Value::Text(text)));
            self.row(Kind::Person, source, cells.collect());
        }
    }

    /// All that was read.
    ///
    /// # Errors
    /// Every fault of every file, at most [`FAULTS_MAX`].
    pub fn finish(self) -> Result<Document, Vec<Fault>> {
        self.faults.or(self.document)
    }

    /// The text of a file that is neither too large nor of another encoding.
    fn text<'b>(&mut self, source: &Source, bytes: &'b [u8]) -> Option<&'b str> {
        if bytes.len() > BYTES_MAX {
            self.too_large(source, bytes.len());
            return None;
        }
        let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        match core::str::from_utf8(bytes) {
            Ok(text) => Some(text),
            Err(error) => {
                let good = bytes.get(..error.valid_up_to()).unwrap_or_default();
                let line = memchr::memchr_iter(b'\n', good).count().saturating_add(1);
                let line = u32::try_from(line).unwrap_or(u32::MAX);
                let at = Source { line, ..source.clone() };
                self.faults.add(&at, "the text is not UTF-8", "save the file as UTF-8");
                None
            }
        }
    }

    fn too_large(&mut self, source: &Source, bytes: usize) {
        let help = format!("divide it: {BYTES_MAX} are read at most");
        self.faults.add(source, format!("the file has {bytes} bytes"), help);
    }

    fn is_full(&self) -> bool {
        self.faults.is_full() || self.rows_count > ROWS_MAX
    }

    fn row(&mut self, kind: Kind, source: Source, cells: Vec<(&'static str, u32, raw::Value)>) {
        self.rows_count = self.rows_count.saturating_add(1);
        if self.rows_count > ROWS_MAX {
            let message = format!("there are more than {ROWS_MAX} rows");
            return self.faults.add(&source, message, "import them in several steps");
        }
        let faults = &mut self.faults;
        read::row(&mut raw::Raw { kind, source, cells, faults }, &mut self.document);
    }

    fn unknown_column(&mut self, kind: Kind, at: &Source, name: &str, near: Option<&str>) {
        let known = sheet::known(kind);
        let help = near.map_or(String::new(), |near| format!("did you mean `{near}`? "));
        let message = format!("a {} has no column `{name}`", kind.key());
        self.faults.add(at, message, format!("{help}known are {known}"));
    }
}

fn start(file: &str) -> Source {
    Source { file: Arc::from(file), line: 1 }
}

#[cfg(test)]
mod tests;
