//! What a report consists of: plain values, from which both formats are made.

mod check;

pub(crate) use check::{Day, check};

/// A report.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Document {
    /// What it is; never empty.
    pub title: String,
    /// What or whom it is about; may be empty.
    pub subtitle: String,
    /// When it was made, as people read it; it begins with a day such as `2026-11-23`.
    pub made: String,
    /// Its language as a tag of RFC 5646; decides how numbers are written, too.
    pub language: String,
    /// Its parts, each a sheet of the workbook.
    pub sections: Vec<Section>,
    /// Where the figures come from; texts refer to them by their number, from 1.
    pub sources: Vec<String>,
    /// What stands below each page; may be empty.
    pub footer: String,
}

/// A part of a report.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Section {
    /// Its heading, and the name of its sheet as far as sheets may be named so.
    pub title: String,
    /// What is in it, from top to bottom.
    pub blocks: Vec<Block>,
}

/// One piece of a section.
#[derive(Clone, Debug, PartialEq)]
pub enum Block {
    /// Sentences.
    Text(Vec<Paragraph>),
    /// A few figures that matter most, side by side.
    Figures(Vec<Figure>),
    /// Rows and columns.
    Table(Table),
    /// A picture of numbers.
    Chart(Chart),
}

/// A paragraph: its stretches of text, in order.
pub type Paragraph = Vec<Span>;

/// A stretch of text in one style, or a reference to a source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Span {
    /// Text as people wrote it; nothing in it has a meaning.
    Text(String, Emphasis),
    /// The number of a source, counted from 1, shown as `[1]`.
    Source(usize),
}

impl Span {
    /// Text without emphasis.
    #[must_use]
    pub fn plain(text: impl Into<String>) -> Self {
        Self::Text(text.into(), Emphasis::None)
    }

    /// Text that stands out.
    #[must_use]
    pub fn strong(text: impl Into<String>) -> Self {
        Self::Text(text.into(), Emphasis::Strong)
    }
}

/// How much a stretch of text stands out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Emphasis {
    /// Not at all.
    #[default]
    None,
    /// Semibold.
    Strong,
    /// Italic.
    Light,
}

/// A figure that matters.
#[derive(Clone, Debug, PartialEq)]
pub struct Figure {
    /// What it is.
    pub label: String,
    /// The figure.
    pub value: Cell,
    /// How to write it.
    pub kind: Kind,
    /// A few words below it; may be empty.
    pub note: String,
}

/// Rows and columns.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Table {
    /// What it shows.
    pub caption: String,
    /// Its columns, from left to right.
    pub columns: Vec<Column>,
    /// Its rows, each with one cell a column.
    pub rows: Vec<Vec<Cell>>,
    /// A last row that stands out; it is shown as given and never computed here.
    pub totals: Option<Vec<Cell>>,
    /// What to know when reading it; may be empty.
    pub note: String,
}

/// A column of a table.
#[derive(Clone, Debug, PartialEq)]
pub struct Column {
    /// What is in it.
    pub header: String,
    /// What its cells are.
    pub kind: Kind,
    /// About how many characters wide it should be; `None` follows its cells.
    pub width: Option<u16>,
}

impl Column {
    /// A column as wide as its cells ask for.
    #[must_use]
    pub fn new(header: impl Into<String>, kind: Kind) -> Self {
        Self { header: header.into(), kind, width: None }
    }
}

/// What the cells of a column are, and how they are written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Text.
    Text,
    /// Whole numbers.
    Whole,
    /// Numbers with so many digits after the mark, at most nine.
    Number {
        /// Digits after the mark.
        digits: u8,
    },
    /// Amounts of one currency.
    Money {
        /// Three capital letters, of ISO 4217.
        currency: String,
        /// Digits after the mark.
        digits: u8,
    },
    /// Shares of a whole, where 1 is all of it, written as per cent with one digit.
    Share,
    /// Days.
    Date,
}

/// A cell. A column of any kind may have text where there is no figure to give, with the reason.
#[derive(Clone, Debug, PartialEq)]
pub enum Cell {
    /// Nothing.
    Empty,
    /// Text as people wrote it.
    Text(String),
    /// A whole number: in columns of whole numbers, numbers and money.
    Whole(i64),
    /// An estimate: in columns of numbers, money and shares.
    Number(f64),
    /// An exact amount in millionths, rounded once, half to even, when it is written: in columns of numbers and money.
    Micros(i64),
    /// A day of the calendar of Gregory: in columns of days.
    Date {
        /// 1900 to 9999, as workbooks have it.
        year: u16,
        /// 1 to 12.
        month: u8,
        /// 1 to 31.
        day: u8,
    },
}

impl Cell {
    /// Text as people wrote it.
    #[must_use]
    pub fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }

    /// A day.
    #[must_use]
    pub fn date(year: u16, month: u8, day: u8) -> Self {
        Self::Date { year, month, day }
    }
}

/// A picture of numbers over labels.
#[derive(Clone, Debug, PartialEq)]
pub struct Chart {
    /// How they are drawn.
    pub kind: ChartKind,
    /// What it shows.
    pub title: String,
    /// One sentence that says what to see in it, for those who cannot see it, too; never empty.
    pub summary: String,
    /// What is drawn: each has a value, or a gap, a label.
    pub series: Vec<Series>,
    /// What stands below, from left to right.
    pub labels: Vec<String>,
    /// What the values are counted in.
    pub unit: String,
}

/// How the numbers of a chart are drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChartKind {
    /// Bars from zero, side by side.
    Bars,
    /// Lines.
    Lines,
    /// A band between the first series, its lower edge, and the second, its upper; the others are lines on it.
    Band,
}

/// One row of numbers of a chart.
#[derive(Clone, Debug, PartialEq)]
pub struct Series {
    /// What it is.
    pub name: String,
    /// Its values, one a label; `None` is a gap.
    pub values: Vec<Option<f64>>,
}

#[cfg(test)]
mod tests;
