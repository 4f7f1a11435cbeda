//! Where a row with quotes ends, and what its cells say without them. It goes on where the bytes ended.

use memchr::{memchr, memchr2};

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum State {
    /// Before the first byte of a cell.
    #[default]
    Start,
    /// In a cell, not between quotes.
    Plain,
    /// Between quotes.
    Quoted,
    /// After a quote that ends the cell, or is the first of two.
    Quote,
}

/// One row on its way.
#[derive(Clone, Debug, Default)]
pub(super) struct Scan {
    state: State,
    /// How many bytes were looked at.
    at: usize,
    /// The cells without quotes, one byte apart.
    pub(super) text: Vec<u8>,
    /// Where each of them ends.
    pub(super) ends: Vec<u32>,
}

impl Scan {
    pub(super) fn clear(&mut self) {
        self.state = State::Start;
        self.at = 0;
        self.text.clear();
        self.ends.clear();
    }

    /// Looks at the rest of a row, given all of its bytes so far. Returns its length without the line end,
    /// or `None` where these bytes end within it.
    pub(super) fn run(&mut self, bytes: &[u8], delimiter: u8, line_end: u8) -> Option<usize> {
        while let Some(byte) = bytes.get(self.at) {
            match self.state {
                State::Start if *byte == b'"' => {
                    self.state = State::Quoted;
                    self.at = self.at.saturating_add(1);
                }
                State::Quote if *byte == b'"' => {
                    self.state = State::Quoted;
                    self.take(b"\"");
                }
                State::Quoted => self.quoted(bytes),
                _ if *byte == line_end => {
                    self.end_cell();
                    return Some(self.at);
                }
                _ if *byte == delimiter => {
                    self.end_cell();
                    self.text.push(delimiter);
                    self.at = self.at.saturating_add(1);
                    self.state = State::Start;
                }
                _ => {
                    self.state = State::Plain;
                    let rest = bytes.get(self.at..).unwrap_or_default();
                    let end = memchr2(delimiter, line_end, rest).unwrap_or(rest.len());
                    self.take(rest.get(..end).unwrap_or(rest));
                }
            }
        }
        None
    }

    /// The row ends where its bytes do. Returns whether it is whole: no quote is open.
    pub(super) fn finish(&mut self) -> bool {
        self.end_cell();
        self.state != State::Quoted
    }

    fn quoted(&mut self, bytes: &[u8]) {
        let rest = bytes.get(self.at..).unwrap_or_default();
        match memchr(b'"', rest) {
            None => self.take(rest),
            Some(end) => {
                self.take(rest.get(..end).unwrap_or(rest));
                self.at = self.at.saturating_add(1);
                self.state = State::Quote;
            }
        }
    }

    fn take(&mut self, bytes: &[u8]) {
        self.text.extend_from_slice(bytes);
        self.at = self.at.saturating_add(bytes.len());
    }

    fn end_cell(&mut self) {
        self.ends.push(u32::try_from(self.text.len()).unwrap_or(u32::MAX));
    }
}
