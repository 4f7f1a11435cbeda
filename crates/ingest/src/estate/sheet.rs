//! CSV as people's tools write it, known by header.

use super::columns::{Column, Kind};
use super::raw::Value;
use super::{Reader, Source};
use crate::sheet::{self, Broken, Foreign, Form, HEAD_BYTES, Item, Row, Why, look};

/// What each column of the file is; `None` for one without a header.
type Columns = Vec<Option<&'static Column>>;

/// Reads a sheet of rows of one kind.
pub(super) fn read(reader: &mut Reader, kind: Kind, file: &Source, text: &str) {
    let mut columns: Option<Columns> = None;
    let mut is_over = false;
    let form = match form(text) {
        Ok(form) => form,
        Err(Foreign::Empty) => return empty(reader, kind, file),
        Err(foreign) => return reader.faults.add(file, "not CSV", foreign.to_string()),
    };
    sheet::read_as(form, text.as_bytes(), |item| {
        if is_over || reader.is_full() {
            return;
        }
        match (&item, &columns) {
            (Item::Row(row), _) if row.is_empty() => {}
            (Item::Row(found), Some(columns)) => {
                row(reader, kind, at(file, found.line), columns, found);
            }
            (Item::Row(row), None) => {
                columns = header(reader, kind, &at(file, row.line), row);
                is_over = columns.is_none();
            }
            (Item::Broken(broken), _) => unread(reader, &at(file, broken.line), broken),
        }
    });
    if columns.is_none() && !is_over && !reader.is_full() {
        empty(reader, kind, file);
    }
}

/// How the table is written. Bars part the lists within its cells, not the cells.
fn form(text: &str) -> Result<Form, Foreign> {
    let head = text.as_bytes();
    let form = look(head.get(..HEAD_BYTES).unwrap_or(head))?;
    let delimiter = if form.delimiter == b'|' { b',' } else { form.delimiter };
    Ok(Form { delimiter, ..form })
}

fn empty(reader: &mut Reader, kind: Kind, file: &Source) {
    let help = format!("write the names of the columns on the first line: {}", known(kind));
    reader.faults.add(file, "the table is empty", help);
}

fn at(file: &Source, line: u64) -> Source {
    Source { line: u32::try_from(line).unwrap_or(u32::MAX), ..file.clone() }
}

fn unread(reader: &mut Reader, at: &Source, broken: &Broken<'_>) {
    let (message, help) = match broken.why {
        Why::TooLong => {
            ("the row is too long", "close the quote that it opens, or shorten its cells")
        }
        Why::QuoteOpen => ("a quote is opened and never closed", "close it, or double it"),
        Why::Damaged => ("the text is not UTF-8", "save the file as UTF-8"),
    };
    reader.faults.add(at, message, help);
}

fn header(reader: &mut Reader, kind: Kind, at: &Source, row: &Row<'_>) -> Option<Columns> {
    let mut columns: Columns = Vec::new();
    let mut is_good = true;
    for name in row.iter().map(str::trim) {
        let found = match (!name.is_empty()).then(|| kind.column(name)) {
            None => None,
            Some(Ok(column)) if columns.iter().flatten().any(|c| c.name == column.name) => {
                let message = format!("`{name}` is a second column `{}`", column.name);
                reader.faults.add(at, message, "keep one of the two");
                is_good = false;
                None
            }
            Some(Ok(column)) => Some(column),
            Some(Err(near)) => {
                reader.unknown_column(kind, at, name, near);
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

fn row(reader: &mut Reader, kind: Kind, source: Source, columns: &Columns, row: &Row<'_>) {
    let given = row.len();
    if given != columns.len() && !is_only_longer(row, columns.len()) {
        let message = format!("the row has {given} fields, the header {}", columns.len());
        let help = "put a value that holds the delimiter in double quotes";
        reader.faults.add(&source, message, help);
        return;
    }
    let line = source.line;
    let cells = columns
        .iter()
        .zip(row.iter())
        .filter_map(|(column, cell)| Some(((*column)?.name, line, Value::Text(cell.to_owned()))));
    let cells = cells.collect();
    let mut strays = columns.iter().zip(row.iter()).filter(|(column, _)| column.is_none());
    if strays.any(|(_, cell)| !cell.trim_ascii().is_empty()) {
        let help = "name its column on the first line, or empty it";
        reader.faults.add(&source, "a value stands in a column without a name", help);
    }
    reader.row(kind, source, cells);
}

/// Whether all that is beyond the header is empty, as after a trailing delimiter.
fn is_only_longer(row: &Row<'_>, wanted: usize) -> bool {
    row.len() > wanted && row.iter().skip(wanted).all(|cell| cell.trim_ascii().is_empty())
}

#[cfg(test)]
mod tests;
