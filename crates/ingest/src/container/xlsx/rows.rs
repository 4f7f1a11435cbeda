//! The rows of one sheet, in order.

use super::cell::{Cell, CellKind, Row, numeral};
use super::parts::{Inline, Sheet, unescape};
use super::xml::{Node, Tag, Xml};
use super::{Fault, Workbook};
use std::io::{Read, Seek};

/// Reads a sheet row by row.
pub struct Rows<'a, R: Read + Seek> {
    book: &'a Workbook<R>,
    xml: Xml<'a, R>,
    line: u32,
    cells: u64,
    ended: bool,
}

/// The cell at hand.
struct Open {
    kind: Form,
    style: usize,
    column: usize,
    inline: Inline,
    in_value: bool,
}

/// How a cell writes its value.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    Number,
    Shared,
    Text,
    Flag,
    Error,
    Date,
}

impl<'a, R: Read + Seek> Rows<'a, R> {
    pub(super) fn open(book: &'a Workbook<R>, sheet: &Sheet) -> Result<Self, Fault> {
        let xml = Xml::open(&book.archive, &sheet.part)?;
        Ok(Self { book, xml, line: 0, cells: 0, ended: false })
    }

    /// Reads the next row into `row`; `false` where there is none, and the sheet was read whole. Rows that the sheet
    /// does not have are skipped: the number of the next one tells.
    ///
    /// # Errors
    /// [`Fault`] when the sheet is damaged, or larger than the limits.
    pub fn next_row(&mut self, row: &mut Row) -> Result<bool, Fault> {
        row.clear();
        while !self.ended {
            match self.xml.next()? {
                Node::Open(tag) if tag.is(b"row") => {
                    let told = tag.number::<u32>(b"r");
                    let next = told.unwrap_or(self.line.saturating_add(1));
                    if next <= self.line {
                        return Err(self.xml.damaged(format!("row {next} comes too late")));
                    }
                    self.line = next;
                    row.line = next;
                    self.row(row)?;
                    return Ok(true);
                }
                Node::Close(end) if end.is(b"sheetData") => {
                    self.ended = true;
                    self.xml.drain()?;
                }
                Node::End => self.ended = true,
                _ => {}
            }
        }
        Ok(false)
    }

    fn row(&mut self, row: &mut Row) -> Result<(), Fault> {
        let limits = self.book.limits();
        let mut open: Option<Open> = None;
        let (mut text, mut next) = (String::new(), 0);
        loop {
            let node = self.xml.next()?;
            match (&node, &mut open) {
                (Node::Open(tag), None) if tag.is(b"c") => {
                    let begun = begun(tag, next);
                    let (column, line) = (begun.column, self.line);
                    if column < next {
                        return Err(self
                            .xml
                            .damaged(format!("a cell of row {line} comes too late")));
                    }
                    if column >= limits.columns_max {
                        return Err(self.xml.too_many(limits.columns_max, "columns"));
                    }
                    next = column.saturating_add(1);
                    open = Some(begun);
                }
                (Node::Close(end), Some(cell)) if end.is(b"c") => {
                    self.close(cell, &mut text, row)?;
                    open = None;
                }
                (Node::Close(end), _) if end.is(b"row") => break,
                (Node::End, _) => return Err(self.xml.damaged("it ends within a row")),
                (node, Some(cell)) => cell.take(node, &mut text),
                _ => {}
            }
            if text.len() > limits.cell_bytes_max {
                return Err(self.xml.too_many(limits.cell_bytes_max, "bytes in a cell"));
            }
        }
        self.cells = self.cells.saturating_add(u64::try_from(row.len()).unwrap_or(u64::MAX));
        if self.cells > limits.cells_max {
            let most = usize::try_from(limits.cells_max).unwrap_or(usize::MAX);
            return Err(self.xml.too_many(most, "cells"));
        }
        Ok(())
    }

    /// A cell ends: its text is what it means.
    fn close(&self, open: &Open, text: &mut String, row: &mut Row) -> Result<(), Fault> {
        let written = core::mem::take(text);
        if written.is_empty() {
            return Ok(());
        }
        let styles = &self.book.styles;
        let (kind, text) = match open.kind {
            Form::Number => numeral(written.trim(), styles.format(open.style), styles.since_1904),
            Form::Shared => {
                let number = written.trim().parse().ok();
                let shared = number.and_then(|number| self.book.shared.text(number));
                let missing = || self.xml.damaged(format!("there is no shared text {written}"));
                (CellKind::Text, shared.ok_or_else(missing)?.to_owned())
            }
            Form::Text => {
                let mut plain = written;
                unescape(&mut plain);
                (CellKind::Text, plain)
            }
            Form::Flag => {
                (CellKind::Flag, if written == "1" { "TRUE" } else { "FALSE" }.to_owned())
            }
            Form::Error => (CellKind::Error, written),
            Form::Date => (CellKind::Moment, written),
        };
        if let Some(cell) = row.cell(open.column).filter(|_| !text.is_empty()) {
            *cell = Cell { kind, text };
        }
        Ok(())
    }
}

/// The cell of a tag `<c r="B2" s="3" t="s">`; without a place it is the next one.
fn begun(tag: &Tag<'_>, next: usize) -> Open {
    let kind = match tag.raw(b"t").as_deref() {
        Some(b"s") => Form::Shared,
        Some(b"str" | b"inlineStr") => Form::Text,
        Some(b"b") => Form::Flag,
        Some(b"e") => Form::Error,
        Some(b"d") => Form::Date,
        _ => Form::Number,
    };
    let column = tag.raw(b"r").and_then(|place| column(&place)).unwrap_or(next);
    let style = tag.number(b"s").unwrap_or(0);
    Open { kind, style, column, inline: Inline::default(), in_value: false }
}

/// The column of `AB12`, from 0.
fn column(place: &[u8]) -> Option<usize> {
    let mut letters = place.iter().take_while(|byte| byte.is_ascii_uppercase());
    let count = letters.clone().count();
    let number = letters.try_fold(0_usize, |number, letter| {
        let digit = usize::from(letter.wrapping_sub(b'A')).saturating_add(1);
        number.checked_mul(26)?.checked_add(digit)
    })?;
    (count > 0).then(|| number.saturating_sub(1))
}

impl Open {
    fn take(&mut self, node: &Node<'_>, text: &mut String) {
        match node {
            Node::Open(tag) if tag.is(b"v") => self.in_value = true,
            Node::Close(end) if end.is(b"v") => self.in_value = false,
            Node::Text(part) if self.in_value => text.push_str(part),
            Node::Letter(letter) if self.in_value => text.push(*letter),
            node => self.inline.take(node, text),
        }
    }
}
