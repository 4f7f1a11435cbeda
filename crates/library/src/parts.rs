//! What documents share: their frame, and cells.

use crate::Asked;
use faregate_core::amount::{Money, Ticks};
use faregate_core::state::State;
use faregate_core::when::{Date, Instant};
use faregate_report::{Block, Cell, Column, Document, Figure, Kind, Section, Span, Table};

/// A document of the contract, with what was asked on its cover.
pub(crate) fn document(state: &State, asked: &Asked, sections: Vec<Section>) -> Document {
    let name = if state.name().is_empty() { "Faregate" } else { state.name() };
    let span = match asked.report.is_of_period() {
        true => format!("{} to {}", asked.from, asked.to),
        false => format!("as of {}", asked.to),
    };
    let bucket = asked.bucket.and_then(|id| state.estate().bucket(id));
    let of = bucket.map_or_else(String::new, |bucket| format!(", bucket {}", bucket.name));
    Document {
        title: asked.report.words().0.to_owned(),
        subtitle: format!("{name}{of}, {span}"),
        made: state.zone().date(asked.now).to_string(),
        language: "en".to_owned(),
        sections,
        sources: vec![format!(
            "The journal of this contract up to entry {}; days are those of {}.",
            state.seq(),
            state.zone().name()
        )],
        footer: format!("{name}: {}", asked.report.words().1),
    }
}

pub(crate) fn section(title: &str, blocks: Vec<Block>) -> Section {
    Section { title: title.to_owned(), blocks }
}

pub(crate) fn sentence(text: impl Into<String>) -> Block {
    Block::Text(vec![vec![Span::plain(text)]])
}

pub(crate) fn figure(label: &str, value: Cell, kind: Kind, note: impl Into<String>) -> Figure {
    Figure { label: label.to_owned(), value, kind, note: note.into() }
}

/// A table; without rows, the sentence that says so instead.
pub(crate) fn table(
    caption: &str,
    columns: Vec<Column>,
    rows: Vec<Vec<Cell>>,
    totals: Option<Vec<Cell>>,
) -> Block {
    let note = if rows.is_empty() { "There are none.".to_owned() } else { String::new() };
    let totals = totals.filter(|_| !rows.is_empty());
    Block::Table(Table { caption: caption.to_owned(), columns, rows, totals, note })
}

pub(crate) fn column(header: &str, kind: Kind) -> Column {
    Column::new(header, kind)
}

pub(crate) const TOKENS: Kind = Kind::Number { digits: 1 };

pub(crate) fn tokens(ticks: Ticks) -> Cell {
    Cell::Micros(ticks.micro_tokens())
}

/// A column of money, where the currency is known.
pub(crate) fn money_kind(money: Option<Money>) -> Kind {
    money.map_or(Kind::Text, |money| Kind::Money {
        currency: money.currency.code().to_owned(),
        digits: 2,
    })
}

pub(crate) fn money(money: Option<Money>) -> Cell {
    money.map_or(Cell::Empty, |money| Cell::Micros(money.micros))
}

pub(crate) fn text(text: impl Into<String>) -> Cell {
    Cell::Text(text.into())
}

pub(crate) fn whole(count: u64) -> Cell {
    Cell::Whole(i64::try_from(count).unwrap_or(i64::MAX))
}

/// A day, as text where workbooks have none such.
pub(crate) fn date(date: Date) -> Cell {
    let (year, month, day) = date.ymd();
    match (u16::try_from(year), u8::try_from(month), u8::try_from(day)) {
        (Ok(year @ 1_900..=9_999), Ok(month), Ok(day)) => Cell::Date { year, month, day },
        _ => Cell::Text(date.to_string()),
    }
}

/// The last day before an instant at which something ends.
pub(crate) fn last_day(state: &State, until: Instant) -> Date {
    state.zone().date(until.plus(-1))
}
