//! Documents that people take into meetings: one typed [`Document`], as a workbook ([`xlsx()`]) and as a PDF ([`pdf()`]).
//!
//! This crate knows nothing of contracts: whoever makes a report says what is in it, and this crate how it looks.
//! It asks for no time, variable, file or network: equal documents are equal bytes, on every machine.
//! What people wrote goes in as text and is never read as a formula or as markup.
//!
//! A document is checked as a whole before anything is made of it; [`Error`] says what was wrong, and where.
//! A new kind of block is a variant of [`Block`], its rule in `document/check.rs`, and one function in each of
//! `xlsx/blocks.rs` and `pdf/blocks.rs`.
#![warn(missing_docs)]
#![cfg_attr(
    not(test),
    deny(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)
)]

mod document;
mod error;
mod pdf;
mod words;
mod xlsx;

pub use document::{
    Block, Cell, Chart, ChartKind, Column, Document, Emphasis, Figure, Kind, Paragraph, Section,
    Series, Span, Table,
};
pub use error::Error;
pub use pdf::pdf;
pub use xlsx::xlsx;
