//! What a document is refused for: each error once.

use super::*;
use crate::Error;

fn document(block: Block) -> Document {
    Document {
        title: "A".to_owned(),
        made: "2026-11-23".to_owned(),
        language: "en".to_owned(),
        sections: vec![Section { title: "S".to_owned(), blocks: vec![block] }],
        sources: vec!["one".to_owned()],
        ..Document::default()
    }
}

fn table(kind: Kind, rows: Vec<Vec<Cell>>) -> Document {
    let columns = vec![Column::new("C", kind)];
    document(Block::Table(Table { caption: "T".to_owned(), columns, rows, ..Table::default() }))
}

fn chart(kind: ChartKind, summary: &str, series: Vec<Vec<Option<f64>>>) -> Document {
    let series = series.into_iter().map(|values| Series { name: "s".to_owned(), values });
    document(Block::Chart(Chart {
        kind,
        title: "Demand".to_owned(),
        summary: summary.to_owned(),
        series: series.collect(),
        labels: vec!["a".to_owned(), "b".to_owned()],
        unit: String::new(),
    }))
}

fn plain() -> Document {
    document(Block::Text(vec![vec![Span::plain("words"), Span::Source(1)]]))
}

#[test]
fn each_fault_is_refused_by_both_formats() {
    let made = |made: &str| Document { made: made.to_owned(), ..plain() };
    let language = |tag: &str| Document { language: tag.to_owned(), ..plain() };
    let two = vec![Some(1.0), None];
    let euros = |currency: &str| Kind::Money { currency: currency.to_owned(), digits: 2 };
    let wrong = |row| Error::Mismatch { table: "T".to_owned(), column: "C".to_owned(), row };
    let picture = |reason| Error::Chart { chart: "Demand".to_owned(), reason };
    let length = Error::RowLength { table: "T".to_owned(), row: 2, found: 2, expected: 1 };
    for (document, expected) in [
        (made("yesterday"), Error::Made("yesterday".to_owned())),
        (made("2026-02-29"), Error::Made("2026-02-29".to_owned())),
        (made("2026-11-231"), Error::Made("2026-11-231".to_owned())),
        (Document { title: " ".to_owned(), ..plain() }, Error::Untitled),
        (language(""), Error::Language(String::new())),
        (language("en US"), Error::Language("en US".to_owned())),
        (document(Block::Text(vec![vec![Span::Source(2)]])), Error::Source(2)),
        (document(Block::Text(vec![vec![Span::Source(0)]])), Error::Source(0)),
        (document(Block::Table(Table::default())), Error::NoColumns(String::new())),
        (table(Kind::Whole, vec![vec![Cell::Empty], vec![Cell::Empty, Cell::Empty]]), length),
        (table(Kind::Whole, vec![vec![Cell::Number(1.0)]]), wrong(1)),
        (table(Kind::Share, vec![vec![Cell::Whole(1)]]), wrong(1)),
        (table(Kind::Date, vec![vec![Cell::date(2026, 13, 1)]]), wrong(1)),
        (table(Kind::Share, vec![vec![Cell::Number(f64::NAN)]]), Error::NotFinite("C".to_owned())),
        (table(euros("eur"), vec![]), Error::Currency("eur".to_owned())),
        (table(euros("EURO"), vec![]), Error::Currency("EURO".to_owned())),
        (table(euros("E\"R"), vec![]), Error::Currency("E\"R".to_owned())),
        (chart(ChartKind::Bars, "", vec![two.clone()]), Error::Summary("Demand".to_owned())),
        (chart(ChartKind::Bars, "s", vec![]), picture("has nothing to show")),
        (chart(ChartKind::Band, "s", vec![two]), picture("is a band and has no two edges")),
        (
            chart(ChartKind::Lines, "s", vec![vec![]]),
            picture("has more or fewer values than labels"),
        ),
        (
            chart(ChartKind::Lines, "s", vec![vec![None, Some(f64::INFINITY)]]),
            Error::NotFinite("Demand".to_owned()),
        ),
    ] {
        assert_eq!(crate::xlsx(&document), Err(expected.clone()), "of {document:?}");
        assert_eq!(crate::pdf(&document), Err(expected), "of {document:?}");
    }
}

#[test]
fn the_edges_of_what_is_allowed_are_made() {
    for document in [
        plain(),
        Document { sections: vec![], sources: vec![], ..plain() },
        Document { language: "de-AT".to_owned(), footer: "&P & ".repeat(200), ..plain() },
        document(Block::Text(vec![vec![], vec![Span::plain("")]])),
        document(Block::Figures(vec![])),
        table(Kind::Date, vec![]),
        table(Kind::Date, vec![vec![Cell::date(2028, 2, 29)], vec![Cell::text("never")]]),
        chart(ChartKind::Lines, "s", vec![vec![None, None]]),
        chart(ChartKind::Band, "s", vec![vec![Some(-1.0), None], vec![Some(2.0), Some(3.0)]]),
        chart(ChartKind::Bars, "s", vec![vec![Some(0.0), Some(0.0)]]),
        chart(ChartKind::Lines, "s", vec![vec![Some(1e300), Some(-1e300)]]),
    ] {
        assert!(crate::xlsx(&document).is_ok(), "{:?} of {document:?}", crate::xlsx(&document));
        assert!(crate::pdf(&document).is_ok(), "{:?} of {document:?}", crate::pdf(&document));
    }
}
