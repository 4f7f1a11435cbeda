//! Why no document was made.

/// What is wrong with a document, and where, or what the writer of a format said.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The day that the document was made on.
    #[error("`{0}` does not begin with a day such as 2026-11-23")]
    Made(String),
    /// The language is no tag of RFC 5646 such as `en` or `de-AT`.
    #[error("`{0}` is not the tag of a language, such as en or de-AT")]
    Language(String),
    /// A document needs a title: it is what a screen reader says first.
    #[error("the document has no title")]
    Untitled,
    /// A table that has no columns.
    #[error("table `{0}` has no columns")]
    NoColumns(String),
    /// A row is longer or shorter than its table is wide; the row is counted from 1, the totals are row 0.
    #[error("row {row} of table `{table}` has {found} cells, not {expected}")]
    RowLength {
        /// The caption of the table.
        table: String,
        /// Which row.
        row: usize,
        /// How many cells it has.
        found: usize,
        /// How many columns there are.
        expected: usize,
    },
    /// A cell is not what its column, or a key figure not what its kind says.
    #[error("row {row} of `{table}` has in `{column}` something else than the column says")]
    Mismatch {
        /// The caption of the table, or the title of the section for a key figure.
        table: String,
        /// The header of the column, or the label of the figure.
        column: String,
        /// Which row, counted from 1; the totals are row 0.
        row: usize,
    },
    /// A number that is infinite or not a number.
    #[error("`{0}` holds a number that is not finite")]
    NotFinite(String),
    /// A currency is three capital letters.
    #[error("`{0}` is not the code of a currency, such as EUR")]
    Currency(String),
    /// A chart that has nothing to show, series of several lengths, or a band without two edges.
    #[error("chart `{chart}` {reason}")]
    Chart {
        /// Its title.
        chart: String,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// A text names a source that the document does not list.
    #[error("there is no source {0}")]
    Source(usize),
    /// A chart without a sentence that says what it shows: those who cannot see it would get nothing.
    #[error("chart `{0}` has no sentence that says what it shows")]
    Summary(String),
    /// The workbook could not be written, for example for a text that is too long for a cell.
    #[error("the workbook cannot be written: {0}")]
    Workbook(String),
    /// The PDF could not be written.
    #[error("the PDF cannot be written: {0}")]
    Pdf(String),
}
