//! CSV as people's tools write it: any delimiter of the usual three, any order of columns, known by header.

use super::columns::{Column, Kind};
use super::raw::Value;
use super::{Reader, Source};
use csv::{ByteRecord, ReaderBuilder};

/// What each column of the file is; `None` for one without a header.
type Columns = Vec<Option<&'static Column>>;

/// Reads a sheet of rows of one kind.
pub(super) fn read(reader: &mut Reader, kind: Kind, file: &Source, text: &str) {
    let (delimiter, text, skipped) = delimited(text);
    let mut lines = ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(delimiter)
        .from_reader(text.as_bytes());
    let mut record = ByteRecord::new();
    let mut columns: Option<Columns> = None;
    loop {
        let more = lines.read_byte_record(&mut record);
        let line = line_of(text.as_bytes(), &record).saturating_add(skipped);
        let at = Source { line, ..file.clone() };
        match more {
            Ok(true) => {}
            Ok(false) => break,
            Err(error) => {
                reader.faults.add(&at, format!("not CSV: {error}"), "save the table as CSV UTF-8");
                return;
            }
        }
        if record.iter().all(|cell| cell.trim_ascii().is_empty()) {
            continue;
        }
        match &columns {
            None => match header(reader, kind, &at, &record) {
                Some(found) => columns = Some(found),
                None => return,
            },
            Some(columns) => row(reader, kind, at, columns, &record),
        }
        if reader.is_full() {
            return;
        }
    }
    if columns.is_none() {
        let help = format!("write the names of the columns on the first line: {}", known(kind));
        reader.faults.add(file, "the table is empty", help);
    }
}

/// The line of a record, from 1. The reader's own count stands before the line ends that it has yet to skip.
pub(crate) fn line_of(bytes: &[u8], record: &ByteRecord) -> u32 {
    let Some(position) = record.position() else { return 1 };
    let start = usize::try_from(position.byte()).unwrap_or(usize::MAX);
    let ahead = bytes.get(start..).unwrap_or_default().iter();
    let ends = ahead.take_while(|byte| matches!(**byte, b'\n' | b'\r'));
    let skipped = ends.filter(|byte| **byte == b'\n').count();
    let line = position.line().saturating_add(u64::try_from(skipped).unwrap_or(u64::MAX));
    u32::try_from(line).unwrap_or(u32::MAX)
}

/// The delimiter, the text without a line that only names it, and how many lines that was.
fn delimited(text: &str) -> (u8, &str, u32) {
    let (first, rest) = text.split_once('\n').unwrap_or((text, ""));
    // Excel's own way to say it.
    if let Some(&[delimiter]) = first.trim_end().strip_prefix("sep=").map(str::as_bytes) {
        return (delimiter, rest, 1);
    }
    let count = |delimiter: u8| memchr::memchr_iter(delimiter, first.as_bytes()).count();
    let most = *b",;\t".iter().max_by_key(|d| (count(**d), **d == b',')).unwrap_or(&b',');
    (most, text, 0)
}

fn header(reader: &mut Reader, kind: Kind, at: &Source, record: &ByteRecord) -> Option<Columns> {
    let mut columns: Columns = Vec::new();
    let mut is_good = true;
    for cell in record {
        let name = String::from_utf8_lossy(cell.trim_ascii());
        let found = match (!name.is_empty()).then(|| kind.column(&name)) {
            None => None,
            Some(Ok(column)) if columns.iter().flatten().any(|c| c.name == column.name) => {
                let message = format!("`{name}` is a second column `{}`", column.name);
                reader.faults.add(at, message, "keep one of the two");
                is_good = false;
                None
            }
            Some(Ok(column)) => Some(column),
            Some(Err(near)) => {
                reader.unknown_column(kind, at, &name, near);
                is_good = false;
                None
            }
        };
        columns.push(found);
    }
    let has = |column: &Column| columns.iter().flatten().any(|c| c.name == column.name);
    for missing in kind.columns().iter().filter(|column| column.required && !has(column)) {
        let help = format!("every {} needs one; known columns: {}", kind.key(), known(kind));
        reader.faults.add(at, format!("there is no column `{}`", missing.name), help);
        is_good = false;
    }
    is_good.then_some(columns)
}

/// The names of a kind's columns.
pub(super) fn known(kind: Kind) -> String {
    kind.columns().iter().map(|column| column.name).collect::<Vec<_>>().join(", ")
}

fn row(reader: &mut Reader, kind: Kind, source: Source, columns: &Columns, record: &ByteRecord) {
    let given = record.len();
    if given != columns.len() && !is_only_longer(record, columns.len()) {
        let message = format!("the row has {given} fields, the header {}", columns.len());
        let help = "put a value that holds the delimiter in double quotes";
        reader.faults.add(&source, message, help);
        return;
    }
    let line = source.line;
    let cells = columns.iter().zip(record).filter_map(|(column, cell)| {
        let text = String::from_utf8_lossy(cell).into_owned();
        Some(((*column)?.name, line, Value::Text(text)))
    });
    let cells = cells.collect();
    let strays = columns.iter().zip(record).filter(|(column, _)| column.is_none());
    if strays.into_iter().any(|(_, cell)| !cell.trim_ascii().is_empty()) {
        let help = "name its column on the first line, or empty it";
        reader.faults.add(&source, "a value stands in a column without a name", help);
    }
    reader.row(kind, source, cells);
}

/// Whether all that is beyond the header is empty, as after a trailing delimiter.
fn is_only_longer(record: &ByteRecord, wanted: usize) -> bool {
    record.len() > wanted && record.iter().skip(wanted).all(|cell| cell.trim_ascii().is_empty())
}
