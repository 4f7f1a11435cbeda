//! Tables as RFC 4180 has them: CRLF, quotes where they are needed, and no cell that a spreadsheet takes for a
//! formula.

use faregate_core::csv::{guarded, quoted};
use faregate_report::{Cell, Column, Kind, Table};

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

#[cfg(test)]
mod tests {
    use super::*;
    use faregate_report::Column;

    #[test]
    fn decimals_have_a_point_and_no_zeros_to_spare() {
        let cases = [
            (0, 6, "0.0"),
            (12_000_000, 6, "12.0"),
            (500_000, 6, "0.5"),
            (-1_050_000, 6, "-1.05"),
            (-1, 6, "-0.000001"),
            (7, 0, "7.0"),
        ];
        for (value, places, expected) in cases {
            assert_eq!(decimal(value, places), expected);
        }
    }

    #[test]
    fn cells_are_quoted_where_they_must_be_and_are_never_formulas() {
        let column = |kind| Column::new("=a", kind);
        let table = Table {
            columns: vec![column(Kind::Text), column(Kind::Whole), column(Kind::Date)],
            rows: vec![vec![
                Cell::text("=1+1, \"x\""),
                Cell::Whole(-3),
                Cell::Date { year: 2026, month: 3, day: 9 },
            ]],
            totals: Some(vec![Cell::text("Total"), Cell::Whole(-3), Cell::Empty]),
            ..Table::default()
        };
        let expected = "'=a,'=a,'=a\r\n\"'=1+1, \"\"x\"\"\",-3,2026-03-09\r\n";
        assert_eq!(text(&table), expected);
    }
}
