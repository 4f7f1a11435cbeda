//! Rows that were never text: of a workbook, or of the answer of an API.

use super::Row;
use crate::container::{self, CellKind};

/// One row, built cell by cell. Cleared, it keeps its memory for the next.
///
/// ```
/// use faregate_ingest::sheet::Cells;
/// let mut cells = Cells::default();
/// cells.text("AutoCAD");
/// cells.number("1234.5");
/// let row = cells.row(2);
/// assert_eq!((row.cell(0), row.cell(1), row.is_number(1)), (Some("AutoCAD"), Some("1234.5"), true));
/// ```
#[derive(Clone, Debug, Default)]
pub struct Cells {
    text: String,
    ends: Vec<u32>,
    numbers: Vec<bool>,
}

impl Cells {
    /// Forgets all cells.
    pub fn clear(&mut self) {
        self.text.clear();
        self.ends.clear();
        self.numbers.clear();
    }

    /// Adds a cell of text; a date goes as `2026-01-31` or `2026-01-31 09:00:00`.
    pub fn text(&mut self, text: &str) {
        self.push(text, false);
    }

    /// Adds a number, written with a decimal point, if any, and without separators of thousands.
    pub fn number(&mut self, text: &str) {
        self.push(text, true);
    }

    /// The cells of a workbook's row instead of those that were there.
    pub fn fill(&mut self, row: &container::Row) {
        self.clear();
        row.cells().iter().for_each(|cell| self.push(&cell.text, cell.kind == CellKind::Number));
    }

    fn push(&mut self, text: &str, is_number: bool) {
        if !self.ends.is_empty() {
            // Where a row of text has its delimiter.
            self.text.push('\t');
        }
        self.text.push_str(text);
        self.ends.push(u32::try_from(self.text.len()).unwrap_or(u32::MAX));
        self.numbers.push(is_number);
    }

    /// The row, at its line of the sheet, from 1.
    #[must_use]
    pub fn row(&self, line: u64) -> Row<'_> {
        let (text, ends, numbers) = (&self.text, &self.ends, &self.numbers);
        Row { line, raw: text, text, ends, numbers }
    }
}
