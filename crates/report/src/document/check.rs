//! What must be true of a document before anything is made of it.

use super::{Block, Cell, Chart, ChartKind, Document, Figure, Kind, Paragraph, Span, Table};
use crate::error::Error;

/// A day of the calendar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Day {
    pub(crate) year: u16,
    pub(crate) month: u8,
    pub(crate) day: u8,
}

/// The first thing that is wrong with a document, or the day it was made on.
pub(crate) fn check(document: &Document) -> Result<Day, Error> {
    let made = day_of(&document.made).ok_or_else(|| Error::Made(document.made.clone()))?;
    if document.title.trim().is_empty() {
        return Err(Error::Untitled);
    }
    if !is_language(&document.language) {
        return Err(Error::Language(document.language.clone()));
    }
    let sources = document.sources.len();
    for section in &document.sections {
        for block in &section.blocks {
            match block {
                Block::Text(paragraphs) => text(paragraphs, sources)?,
                Block::Figures(figures) => self::figures(&section.title, figures)?,
                Block::Table(table) => self::table(table)?,
                Block::Chart(chart) => self::chart(chart)?,
            }
        }
    }
    Ok(made)
}

/// The day that a text such as `2026-11-23, 14:05` begins with.
fn day_of(text: &str) -> Option<Day> {
    let (date, rest) = text.split_at_checked(10)?;
    let mut parts = date.split('-');
    let mut part = |digits: usize| {
        let part = parts.next()?;
        let plain = part.len() == digits && part.bytes().all(|byte| byte.is_ascii_digit());
        plain.then(|| part.parse::<u16>().ok()).flatten()
    };
    let (year, month, day) = (part(4)?, part(2)?, part(2)?);
    let day = Day { year, month: u8::try_from(month).ok()?, day: u8::try_from(day).ok()? };
    (is_day(day) && !rest.starts_with(|next: char| next.is_ascii_digit())).then_some(day)
}

fn is_day(Day { year, month, day }: Day) -> bool {
    let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    let days = match month {
        2 if leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => 0,
    };
    (1900..=9999).contains(&year) && (1..=days).contains(&day)
}

fn is_language(tag: &str) -> bool {
    let mut parts = tag.split('-');
    let main = parts.next().unwrap_or_default();
    let letters =
        (2..=3).contains(&main.len()) && main.bytes().all(|byte| byte.is_ascii_alphabetic());
    letters
        && parts.all(|part| {
            (1..=8).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphanumeric())
        })
}

fn text(paragraphs: &[Paragraph], sources: usize) -> Result<(), Error> {
    for span in paragraphs.iter().flatten() {
        if let Span::Source(number) = span
            && !(1..=sources).contains(number)
        {
            return Err(Error::Source(*number));
        }
    }
    Ok(())
}

fn figures(section: &str, figures: &[Figure]) -> Result<(), Error> {
    for (index, figure) in figures.iter().enumerate() {
        kind(&figure.kind)?;
        cell(&figure.kind, &figure.value, section, &figure.label, index + 1)?;
    }
    Ok(())
}

fn table(table: &Table) -> Result<(), Error> {
    if table.columns.is_empty() {
        return Err(Error::NoColumns(table.caption.clone()));
    }
    for column in &table.columns {
        kind(&column.kind)?;
    }
    let rows = table.rows.iter().zip(1..);
    for (row, number) in rows.chain(table.totals.iter().map(|totals| (totals, 0))) {
        if row.len() != table.columns.len() {
            return Err(Error::RowLength {
                table: table.caption.clone(),
                row: number,
                found: row.len(),
                expected: table.columns.len(),
            });
        }
        for (value, column) in row.iter().zip(&table.columns) {
            cell(&column.kind, value, &table.caption, &column.header, number)?;
        }
    }
    Ok(())
}

fn kind(kind: &Kind) -> Result<(), Error> {
    match kind {
        Kind::Money { currency, .. }
            if currency.len() != 3 || !currency.bytes().all(|byte| byte.is_ascii_uppercase()) =>
        {
            Err(Error::Currency(currency.clone()))
        }
        _ => Ok(()),
    }
}

fn cell(kind: &Kind, value: &Cell, table: &str, column: &str, row: usize) -> Result<(), Error> {
    let number = matches!(kind, Kind::Number { .. } | Kind::Money { .. });
    let fits = match value {
        Cell::Empty | Cell::Text(_) => true,
        Cell::Whole(_) => number || *kind == Kind::Whole,
        Cell::Micros(_) => number,
        Cell::Number(value) if !value.is_finite() => {
            return Err(Error::NotFinite(column.to_owned()));
        }
        Cell::Number(_) => number || *kind == Kind::Share,
        Cell::Date { year, month, day } => {
            *kind == Kind::Date && is_day(Day { year: *year, month: *month, day: *day })
        }
    };
    let mismatch = || Error::Mismatch { table: table.to_owned(), column: column.to_owned(), row };
    if fits { Ok(()) } else { Err(mismatch()) }
}

fn chart(chart: &Chart) -> Result<(), Error> {
    let wrong = |reason| Err(Error::Chart { chart: chart.title.clone(), reason });
    if chart.summary.trim().is_empty() {
        return Err(Error::Summary(chart.title.clone()));
    }
    if chart.labels.is_empty() || chart.series.is_empty() {
        return wrong("has nothing to show");
    }
    if chart.kind == ChartKind::Band && chart.series.len() < 2 {
        return wrong("is a band and has no two edges");
    }
    if chart.series.iter().any(|series| series.values.len() != chart.labels.len()) {
        return wrong("has more or fewer values than labels");
    }
    let mut values = chart.series.iter().flat_map(|series| &series.values).flatten();
    if values.any(|value| !value.is_finite()) {
        return Err(Error::NotFinite(chart.title.clone()));
    }
    Ok(())
}
