//! How a table is written, judged by its first bytes.

use super::encoding::{Encoding, Wide};
use super::foreign::{self, Foreign};
use super::scan::Scan;
use crate::names::decode;

/// So many bytes are enough to judge by.
pub const HEAD_BYTES: usize = 64 * 1024;
/// So many rows are looked at for the delimiter.
const ROWS: usize = 50;
/// What parts cells, the usual one first.
pub(crate) const DELIMITERS: [u8; 4] = *b",;\t|";

/// How a table is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Form {
    /// Its characters.
    pub encoding: Encoding,
    /// What parts its cells.
    pub delimiter: u8,
    /// What ends its lines; a carriage return before it is no part of the line.
    pub line_end: u8,
}

/// Judges a table by its first bytes, of which [`HEAD_BYTES`] are enough.
///
/// The delimiter is the one that makes the most rows have the same number of cells.
///
/// # Errors
/// [`Foreign`], with what the file is instead.
pub fn look(head: &[u8]) -> Result<Form, Foreign> {
    if let Some(foreign) = foreign::packed(head) {
        return Err(foreign);
    }
    let encoding = Encoding::of(head);
    let text = text(encoding, head);
    if text.trim().is_empty() {
        return Err(Foreign::Empty);
    }
    if let Some(foreign) = foreign::other(&text) {
        return Err(foreign);
    }
    // Macintosh Excel ends its lines so.
    let line_end = if !text.contains('\n') && text.contains('\r') { b'\r' } else { b'\n' };
    let delimiter = said(&text).unwrap_or_else(|| likeliest(text.as_bytes(), line_end));
    Ok(Form { encoding, delimiter, line_end })
}

/// The first bytes as text, whatever is damaged in them.
fn text(encoding: Encoding, head: &[u8]) -> String {
    let bytes = head.get(encoding.mark(head)..).unwrap_or_default();
    let mut wide = match encoding {
        Encoding::Utf16Le => Wide::new(false),
        Encoding::Utf16Be => Wide::new(true),
        Encoding::Utf8 | Encoding::Unmarked => return decode(cut(bytes)),
    };
    let mut out = Vec::new();
    wide.decode(bytes, &mut out);
    String::from_utf8_lossy(&out).into_owned()
}

/// Without the beginning of a character that the end of the head cuts.
fn cut(bytes: &[u8]) -> &[u8] {
    let good = match core::str::from_utf8(bytes) {
        Err(error) if error.error_len().is_none() => error.valid_up_to(),
        _ => bytes.len(),
    };
    bytes.get(..good).unwrap_or(bytes)
}

/// `sep=;` on the first line is Excel's own way to say it.
fn said(text: &str) -> Option<u8> {
    said_by(text.lines().next()?)
}

/// The delimiter that a line says and nothing else.
pub(super) fn said_by(line: &str) -> Option<u8> {
    match line.trim_end().strip_prefix("sep=")?.as_bytes() {
        [delimiter] if delimiter.is_ascii() => Some(*delimiter),
        _ => None,
    }
}

fn likeliest(text: &[u8], line_end: u8) -> u8 {
    let rated = DELIMITERS.map(|delimiter| (agreement(text, delimiter, line_end), delimiter));
    let best = rated.iter().rev().max_by_key(|(agreement, _)| *agreement);
    best.map_or(b',', |(_, delimiter)| *delimiter)
}

/// How many rows agree on how many cells there are, more than one; whether the first does; and on how many.
fn agreement(text: &[u8], delimiter: u8, line_end: u8) -> (usize, bool, usize) {
    let mut counts: Vec<usize> = Vec::new();
    let mut scan = Scan::default();
    let mut rest = text;
    while let Some(length) = scan.run(rest, delimiter, line_end) {
        counts.push(scan.ends.len());
        rest = rest.get(length.saturating_add(1)..).unwrap_or_default();
        scan.clear();
        if counts.len() >= ROWS {
            break;
        }
    }
    if counts.is_empty() {
        scan.finish();
        counts.push(scan.ends.len());
    }
    let alike = |count: usize| counts.iter().filter(|other| **other == count).count();
    let rate = |count: &usize| (alike(*count), counts.first() == Some(count), *count);
    let rated = counts.iter().filter(|count| **count > 1).map(rate);
    rated.max().unwrap_or_default()
}
