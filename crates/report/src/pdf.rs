//! A PDF: A4, tagged, in the document's language, drawn from the numbers themselves.
//!
//! Laying out and drawing are apart: blocks become items on pages (`page`), and only when all pages are known
//! are they drawn (`draw`), because each page says how many there are.
//! The library refuses what does not meet PDF/UA-1, so that every document that is made meets what can be checked of it.

mod blocks;
mod chart;
mod draw;
mod face;
mod lines;
mod page;
mod scale;
mod table;
mod tags;

use crate::document::{Document, check};
use crate::error::Error;
use crate::words::Words;
use face::Faces;
use page::Layout;

/// The document as PDF 1.7, tagged as PDF/UA-1 asks.
///
/// Equal documents are equal bytes. Letters that the fonts do not have (they have Latin, Greek and Cyrillic)
/// are shown as boxes, and are in the text of the document all the same.
///
/// # Errors
///
/// What [`Error`] lists: nothing is written when anything in the document is wrong.
pub fn pdf(document: &Document) -> Result<Vec<u8>, Error> {
    let made = check(document)?;
    let faces = Faces::new().ok_or_else(|| Error::Pdf("its fonts cannot be read".to_owned()))?;
    let mut layout = Layout::new(&faces, Words::of(&document.language));
    layout.document(document);
    draw::draw(document, made, &faces, layout.finish(document))
}
