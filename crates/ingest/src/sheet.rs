//! Tables as people export them: bytes in, rows of cells out, each with its line and its own words.
//!
//! One reader for every table: `look` judges the first bytes, [`Splitter`] turns chunks of any size into rows,
//! [`date`] and [`number`] read cells whose order or separators a column decides, and [`is_summary`] knows a
//! row that adds up others. A row that cannot be read is [`Item::Broken`], never dropped and never repaired.
//! A workbook's rows come as [`Cells`], so that whoever reads rows need not know what they were written in.
//!
//! Memory is bounded whatever the bytes: a row has at most [`ROW_MAX`] bytes, and what is longer costs one row.
//! Nothing here guesses: what a cell means in two ways is handed back as a question.

mod cells;
pub mod date;
mod encoding;
mod foreign;
mod look;
pub mod number;
mod row;
mod scan;
mod splitter;
mod summary;

pub use cells::Cells;
pub use encoding::Encoding;
pub use foreign::Foreign;
pub(crate) use foreign::shown;
pub(crate) use look::DELIMITERS;
pub use look::{Form, HEAD_BYTES, look};
pub use row::{Broken, Item, Row, Why};
pub use splitter::{ROW_MAX, Splitter};
pub use summary::is_summary;
pub(crate) use summary::{adds_up, begins_summary, is_everything};

/// The rows of a table in memory, each handed to `visit`.
///
/// ```
/// use faregate_ingest::sheet::{self, Item};
/// let mut cells = Vec::new();
/// sheet::read(b"day;who\n2026-01-31;\"Diaz; Ana\"\n", |item| match item {
///     Item::Row(row) => cells.push((row.line, row.iter().map(str::to_owned).collect::<Vec<_>>())),
///     Item::Broken(_) => {}
/// })
/// .unwrap();
/// assert_eq!(cells[1], (2, vec!["2026-01-31".to_owned(), "Diaz; Ana".to_owned()]));
/// ```
///
/// # Errors
/// [`Foreign`] when the bytes are no table.
pub fn read(bytes: &[u8], visit: impl FnMut(Item<'_>)) -> Result<Form, Foreign> {
    let form = look(bytes.get(..HEAD_BYTES).unwrap_or(bytes))?;
    read_as(form, bytes, visit);
    Ok(form)
}

/// The rows of a table in memory whose form is known.
pub fn read_as(form: Form, bytes: &[u8], mut visit: impl FnMut(Item<'_>)) {
    let mut splitter = Splitter::new(form);
    splitter.feed(bytes, &mut visit);
    splitter.finish(&mut visit);
}

#[cfg(test)]
mod tests;
