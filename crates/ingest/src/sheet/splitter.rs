//! Bytes into rows: chunks of any size in, rows and broken rows out, in bounded memory.
//!
//! Most rows have no quote and are cut where they stand, without a copy. A row with quotes may go on over
//! several lines. Where a quote stays open for [`ROW_MAX`] bytes, the line that opened it is handed back, and the
//! lines that it would have swallowed are read one by one: every byte is looked at twice at most.

use super::encoding::{Encoding, Wide};
use super::look::{Form, said_by};
use super::row::{Broken, Item, Row, Why};
use super::scan::Scan;
use crate::names::decode;
use memchr::{memchr, memchr_iter};

/// The most bytes of a row.
pub const ROW_MAX: usize = 64 * 1024;

/// Cuts a table into rows.
#[derive(Clone, Debug)]
pub struct Splitter {
    form: Form,
    /// Bytes of the file's mark that are still to be skipped.
    mark: Option<usize>,
    wide: Option<Wide>,
    widened: Vec<u8>,
    rows: Rows,
}

impl Splitter {
    /// For a table of this form.
    #[must_use]
    pub fn new(form: Form) -> Self {
        let wide = match form.encoding {
            Encoding::Utf16Le => Some(Wide::new(false)),
            Encoding::Utf16Be => Some(Wide::new(true)),
            Encoding::Utf8 | Encoding::Unmarked => None,
        };
        Self { form, mark: None, wide, widened: Vec::new(), rows: Rows::new(form) }
    }

    /// Takes the next bytes of the file. The first chunk has the whole of the file's mark, if it has one.
    pub fn feed(&mut self, chunk: &[u8], visit: &mut impl FnMut(Item<'_>)) {
        let mark = match self.mark {
            Some(_) => 0,
            None => self.form.encoding.mark(chunk),
        };
        self.mark = Some(mark);
        let chunk = chunk.get(mark..).unwrap_or_default();
        match &mut self.wide {
            None => self.rows.take(chunk, visit),
            Some(wide) => {
                self.widened.clear();
                wide.decode(chunk, &mut self.widened);
                self.rows.take(&self.widened, visit);
            }
        }
    }

    /// Says that the file ends here.
    pub fn finish(&mut self, visit: &mut impl FnMut(Item<'_>)) {
        if let Some(wide) = &mut self.wide {
            self.widened.clear();
            wide.finish(&mut self.widened);
            self.rows.take(&self.widened, visit);
        }
        self.rows.finish(visit);
    }

    #[cfg(test)]
    pub(super) fn held_bytes(&self) -> usize {
        self.rows.held.capacity().saturating_add(self.widened.capacity())
    }
}

/// Cuts UTF-8, or what is nearly that.
#[derive(Clone, Debug)]
struct Rows {
    delimiter: u8,
    line_end: u8,
    /// The line of the next row.
    line: u64,
    /// A row that is not whole yet.
    held: Vec<u8>,
    scan: Scan,
    /// The rest of a line that is too long is not read.
    is_skipping: bool,
    /// For so many bytes a row is a line, whatever its quotes say.
    line_by_line: usize,
    ends: Vec<u32>,
    /// Whether the file is UTF-8, once a row beyond ASCII has told.
    is_utf8: Option<bool>,
}

/// What the beginning of some bytes is.
enum Next {
    /// A row of so many bytes without its end; whether its cells are in the scan.
    Row { length: usize, is_scanned: bool },
    /// A line of so many bytes that is no row.
    Broken { length: usize, why: Why },
    /// A quote that stays open for too long.
    RunAway,
    /// A line that is too long already, and goes on.
    TooLong,
    /// A row that goes on.
    Partial,
}

impl Rows {
    fn new(form: Form) -> Self {
        Self {
            delimiter: form.delimiter,
            line_end: form.line_end,
            line: 1,
            held: Vec::new(),
            scan: Scan::default(),
            is_skipping: false,
            line_by_line: 0,
            ends: Vec::new(),
            is_utf8: (form.encoding != Encoding::Unmarked).then_some(true),
        }
    }

    fn take(&mut self, chunk: &[u8], visit: &mut impl FnMut(Item<'_>)) {
        let mut rest = chunk;
        while self.is_skipping || !self.held.is_empty() {
            // What was begun before goes on line by line, so that what follows it is not copied.
            let Some(length) = memchr(self.line_end, rest) else {
                if !self.is_skipping {
                    self.hold(rest, visit);
                }
                return;
            };
            let (line, after) = rest.split_at_checked(length.saturating_add(1)).unwrap_or_default();
            rest = after;
            if self.is_skipping {
                self.is_skipping = false;
                self.line = self.line.saturating_add(1);
            } else {
                self.hold(line, visit);
            }
        }
        let left = self.cut(rest, visit);
        self.held.extend_from_slice(left);
    }

    /// Adds to the row that is not whole yet, and cuts what has become whole.
    fn hold(&mut self, bytes: &[u8], visit: &mut impl FnMut(Item<'_>)) {
        self.held.extend_from_slice(bytes);
        let held = core::mem::take(&mut self.held);
        let left = self.cut(&held, visit).len();
        let whole = held.len().saturating_sub(left);
        self.held = held;
        self.held.drain(..whole);
    }

    /// Cuts rows off these bytes and returns what is left: a row that goes on, shorter than [`ROW_MAX`].
    fn cut<'b>(&mut self, bytes: &'b [u8], visit: &mut impl FnMut(Item<'_>)) -> &'b [u8] {
        let mut rest = bytes;
        while !rest.is_empty() {
            let length = match self.next(rest) {
                Next::Partial => return rest,
                Next::TooLong => {
                    self.broken(rest.get(..ROW_MAX).unwrap_or(rest), Why::TooLong, visit);
                    self.is_skipping = true;
                    return &[];
                }
                Next::RunAway => {
                    self.line_by_line = ROW_MAX;
                    self.scan.clear();
                    continue;
                }
                Next::Broken { length, why } => {
                    let head = rest.get(..length.min(ROW_MAX)).unwrap_or(rest);
                    self.broken(head, why, visit);
                    self.line = self.line.saturating_add(1);
                    length
                }
                Next::Row { length, is_scanned } => {
                    self.row(rest.get(..length).unwrap_or(rest), is_scanned, visit);
                    length
                }
            };
            self.scan.clear();
            let taken = length.saturating_add(1);
            self.line_by_line = self.line_by_line.saturating_sub(taken);
            rest = rest.get(taken..).unwrap_or_default();
        }
        rest
    }

    fn next(&mut self, bytes: &[u8]) -> Next {
        let Some(length) = memchr(self.line_end, bytes) else {
            return if bytes.len() > ROW_MAX { Next::TooLong } else { Next::Partial };
        };
        let line = bytes.get(..length).unwrap_or(bytes);
        if length > ROW_MAX {
            return Next::Broken { length, why: Why::TooLong };
        }
        if memchr(b'"', line).is_none() {
            return Next::Row { length, is_scanned: false };
        }
        if self.line_by_line > 0 {
            return self.single(line);
        }
        let reach = bytes.get(..ROW_MAX.saturating_add(1)).unwrap_or(bytes);
        match self.scan.run(reach, self.delimiter, self.line_end) {
            Some(length) => Next::Row { length, is_scanned: true },
            None if reach.len() > ROW_MAX => Next::RunAway,
            None => Next::Partial,
        }
    }

    /// A line with quotes that has to be a row by itself.
    fn single(&mut self, line: &[u8]) -> Next {
        self.scan.clear();
        let length = line.len();
        self.scan.run(line, self.delimiter, self.line_end);
        match self.scan.finish() {
            true => Next::Row { length, is_scanned: true },
            false => Next::Broken { length, why: Why::QuoteOpen },
        }
    }

    fn finish(&mut self, visit: &mut impl FnMut(Item<'_>)) {
        if self.is_skipping || self.held.is_empty() {
            return;
        }
        let mut held = core::mem::take(&mut self.held);
        held.push(self.line_end);
        self.scan.clear();
        let left = self.cut(&held, visit);
        if !left.is_empty() {
            // A quote was open to the end.
            self.line_by_line = left.len();
            self.scan.clear();
            self.cut(left, visit);
        }
    }

    fn broken(&self, raw: &[u8], why: Why, visit: &mut impl FnMut(Item<'_>)) {
        visit(Item::Broken(Broken { line: self.line, why, raw: without_return(raw) }));
    }

    fn row(&mut self, raw: &[u8], is_scanned: bool, visit: &mut impl FnMut(Item<'_>)) {
        let line = self.line;
        let more = if is_scanned { memchr_iter(self.line_end, raw).count() } else { 0 };
        let lines = u64::try_from(more).unwrap_or(u64::MAX).saturating_add(1);
        self.line = line.saturating_add(lines);
        let raw = without_return(raw);
        if raw.is_empty() {
            return;
        }
        match core::str::from_utf8(raw) {
            Ok(text) => {
                if self.is_utf8.is_none() && !text.is_ascii() {
                    self.is_utf8 = Some(true);
                }
                self.good(line, text, is_scanned, visit);
            }
            Err(_) if self.is_utf8 == Some(true) => {
                visit(Item::Broken(Broken { line, why: Why::Damaged, raw }));
            }
            Err(_) => {
                self.is_utf8 = Some(false);
                let text = decode(raw);
                if is_scanned {
                    self.scan.clear();
                    self.scan.run(text.as_bytes(), self.delimiter, self.line_end);
                    self.scan.finish();
                }
                self.good(line, &text, is_scanned, visit);
            }
        }
    }

    fn good(&mut self, line: u64, raw: &str, is_scanned: bool, visit: &mut impl FnMut(Item<'_>)) {
        if line == 1 && said_by(raw).is_some() {
            return;
        }
        if !is_scanned {
            self.ends.clear();
            let ends = memchr_iter(self.delimiter, raw.as_bytes()).chain([raw.len()]);
            self.ends.extend(ends.map(|end| u32::try_from(end).unwrap_or(u32::MAX)));
            return visit(Item::Row(Row { line, raw, text: raw, ends: &self.ends, numbers: &[] }));
        }
        let scan = &mut self.scan;
        if scan.text.last() == Some(&b'\r') {
            scan.text.pop();
            if let Some(last) = scan.ends.last_mut() {
                *last = last.saturating_sub(1);
            }
        }
        // Without quotes, text stays text.
        let text = core::str::from_utf8(&scan.text).unwrap_or_default();
        visit(Item::Row(Row { line, raw, text, ends: &scan.ends, numbers: &[] }));
    }
}

/// A line without the carriage return before its end.
fn without_return(line: &[u8]) -> &[u8] {
    line.strip_suffix(b"\r").unwrap_or(line)
}
