//! The library of reports: documents for people, tables of FOCUS for FinOps tools, a calendar.
//!
//! Reads the state and the journal and computes nothing of its own: the arithmetic is `core`'s, the look `report`'s.
//! To add a report: a variant of [`Report`] with its words, and a module with its content.

use faregate_app::engine::Engine;
use faregate_report::{Block, Document, Section, Table, pdf, xlsx};

mod asked;
mod burn;
mod calendar;
mod chargeback;
mod csv;
mod dips;
mod evidence;
mod focus;
pub mod list;
mod parts;
pub mod schedule;
mod seats;
mod statement;

pub use asked::{Asked, Format, Report, Unasked, Unmade};
pub use faregate_report::{Cell, Kind};

/// The bytes of a report's file.
///
/// # Errors
/// [`Unmade`].
pub fn make(engine: &mut Engine, asked: &Asked) -> Result<Vec<u8>, Unmade> {
    if !asked.report.formats().contains(&asked.format) {
        return Err(Unmade::NotSo(asked.report, asked.format));
    }
    let text = match asked.report {
        Report::CostAndUsage => focus::cost_and_usage(&engine.state().read(), asked)?,
        Report::Commitments => focus::commitments(&engine.state().read(), asked)?,
        Report::Calendar => calendar::calendar(&engine.state().read(), asked.now),
        _ => return written(&document(engine, asked)?, asked.format),
    };
    Ok(text.into_bytes())
}

/// A report as a document, from which all formats for people are made.
///
/// # Errors
/// [`Unmade`].
fn document(engine: &mut Engine, asked: &Asked) -> Result<Document, Unmade> {
    let sections = match asked.report {
        Report::Chargeback => chargeback::sections(&engine.state().read(), asked)?,
        Report::Statement => statement::sections(engine, asked)?,
        Report::DoubleDips => dips::sections(&engine.state().read(), asked),
        Report::Seats => seats::sections(engine, asked)?,
        Report::Evidence => evidence::sections(engine, asked)?,
        _ => burn::sections(&engine.state().read(), asked),
    };
    Ok(parts::document(&engine.state().read(), asked, sections))
}

fn written(document: &Document, format: Format) -> Result<Vec<u8>, Unmade> {
    let unwritable = |why: faregate_report::Error| Unmade::Unwritable(why.to_string());
    match format {
        Format::Xlsx => xlsx(document).map_err(unwritable),
        Format::Pdf => pdf(document).map_err(unwritable),
        Format::Csv | Format::Ics => {
            Ok(tables(&document.sections).next().map(csv::text).unwrap_or_default().into_bytes())
        }
    }
}

fn tables(sections: &[Section]) -> impl Iterator<Item = &Table> {
    sections.iter().flat_map(|section| &section.blocks).filter_map(|block| match block {
        Block::Table(table) => Some(table),
        Block::Text(_) | Block::Figures(_) | Block::Chart(_) => None,
    })
}
