//! Tables as RFC 4180 has them: CRLF, quotes where they are needed, and no cell that a spreadsheet takes for a
//! formula.

use faregate_core::csv::guarded;
use faregate_report::{Cell, Column, Kind, Table};
use std::borrow::Cow;

/// A table, its header first; what sums its rows up is left out, lest it be summed again.
pub(crate) fn text(table: &Table) -> String {
    let header = table.columns.iter().map(|column| guarded(&column.header).into_owned());
    let rows = table
        .rows
        .iter()
        .map(|row| line(row.iter().zip(&table.columns).map(|(cell, column)| shown(cell, column))));
    line(header) + &rows.collect::<String>()
}

/// A line of cells that are as they are to be read.
pub(crate) fn line(cells: impl Iterator<Item = String>) -> String {
    cells.map(|cell| quoted(&cell).into_owned()).collect::<Vec<_>>().join(",") + "\r\n"
}

fn quoted(cell: &str) -> Cow<'_, str> {
    match cell.contains([',', '"', '\r', '\n']) {
        true => Cow::Owned(format!("\"{}\"", cell.replace('"', "\"\""))),
        false => Cow::Borrowed(cell),
    }
}

/// Numbers are written for machines, with a point and no marks between thousands.
fn shown(cell: &Cell, column: &Column) -> String {
    match cell {
        Cell::Empty => String::new(),
        Cell::Text(text) => guarded(text).into_owned(),
        Cell::Whole(whole) => whole.to_string(),
        Cell::Number(number) => match column.kind {
            Kind::Number { digits } | Kind::Money { digits, .. } => {
                format!("{number:.0$}", usize::from(digits))
            }
            _ => number.to_string(),
        },
        Cell::Micros(micros) => decimal(i128::from(*micros), 6),
        Cell::Date { year, month, day } => format!("{year:04}-{month:02}-{day:02}"),
    }
}

/// A decimal with so many places behind the point, without zeros at its end but for one: `12.0`, `0.5`.
pub(crate) fn decimal(value: i128, places: u32) -> String {
    let one = 10_i128.pow(places);
    let (whole, part) =
        (value.unsigned_abs() / one.unsigned_abs(), value.unsigned_abs() % one.unsigned_abs());
    let sign = if value < 0 { "-" } else { "" };
    let part = format!("{part:0width$}", width = places as usize);
    let part = part.trim_end_matches('0');
    format!("{sign}{whole}.{}", if part.is_empty() { "0" } else { part })
}
