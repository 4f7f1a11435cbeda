//! One row, borrowed from where it was read.

/// One row of a table.
#[derive(Clone, Copy, Debug)]
pub struct Row<'a> {
    /// The line on which it begins, from 1.
    pub line: u64,
    /// The row as it was written, quotes and all.
    pub raw: &'a str,
    /// All cells, one byte apart.
    pub(super) text: &'a str,
    /// Where each cell ends.
    pub(super) ends: &'a [u32],
    /// Which cells hold a number as such, not as text; empty where the source has no types.
    pub(super) numbers: &'a [bool],
}

impl<'a> Row<'a> {
    /// How many cells there are, at least one.
    #[must_use]
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether no cell says anything.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.iter().all(|cell| cell.trim_ascii().is_empty())
    }

    /// A cell, from 0.
    #[must_use]
    pub fn cell(&self, place: usize) -> Option<&'a str> {
        let start = match place.checked_sub(1) {
            None => 0,
            Some(before) => at(*self.ends.get(before)?).saturating_add(1),
        };
        self.text.get(start..at(*self.ends.get(place)?))
    }

    /// Whether a cell is a number in the source itself, so that no separator in it can be mistaken.
    #[must_use]
    pub fn is_number(&self, place: usize) -> bool {
        self.numbers.get(place).copied().unwrap_or(false)
    }

    /// Whether the source knows numbers from text, as a workbook does.
    #[must_use]
    pub fn is_typed(&self) -> bool {
        !self.numbers.is_empty()
    }

    /// The cells in order.
    pub fn iter(&self) -> impl Iterator<Item = &'a str> + use<'a> {
        let row = *self;
        (0..row.len()).map(move |place| row.cell(place).unwrap_or_default())
    }
}

fn at(end: u32) -> usize {
    usize::try_from(end).unwrap_or(usize::MAX)
}

/// A row, or what stands where one should be.
#[derive(Clone, Copy, Debug)]
pub enum Item<'a> {
    /// A row.
    Row(Row<'a>),
    /// Bytes that are no row.
    Broken(Broken<'a>),
}

/// Bytes that are no row.
#[derive(Clone, Copy, Debug)]
pub struct Broken<'a> {
    /// The line, from 1.
    pub line: u64,
    /// Why.
    pub why: Why,
    /// The bytes, or the beginning of them.
    pub raw: &'a [u8],
}

/// Why bytes are no row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Why {
    /// A row of more bytes than are read.
    TooLong,
    /// A quote that nobody closes.
    QuoteOpen,
    /// Bytes of no character in a file whose other rows are UTF-8.
    Damaged,
}
