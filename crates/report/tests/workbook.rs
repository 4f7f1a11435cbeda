//! Workbooks, read back part by part.

use std::collections::BTreeMap;
use std::io::{Cursor, Read};

use faregate_report::{
    Block, Cell, Chart, ChartKind, Column, Document, Figure, Kind, Section, Series, Span, Table,
    xlsx,
};
use proptest::prelude::*;
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

#[path = "../examples/brief.rs"]
#[expect(dead_code, reason = "the example's own main")]
mod brief;

/// A workbook as its parts.
struct Book {
    parts: BTreeMap<String, String>,
}

/// A cell as it is stored: its type, its value, the code of its number format, and whether it is marked as text.
#[derive(Debug, PartialEq)]
struct Stored {
    kind: String,
    value: String,
    format: String,
    text: bool,
}

impl Book {
    fn open(bytes: &[u8]) -> Self {
        let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
        let mut parts = BTreeMap::new();
        for index in 0..archive.len() {
            let mut file = archive.by_index(index).unwrap();
            let year = file.last_modified().map(|time| time.year());
            let name = file.name().unwrap().into_owned();
            assert_eq!(year, Some(1980), "{name} was given the time of a clock");
            let mut text = String::new();
            file.read_to_string(&mut text).unwrap();
            parts.insert(name, text);
        }
        Self { parts }
    }

    fn part(&self, name: &str) -> &str {
        self.parts.get(name).unwrap_or_else(|| panic!("no part {name}"))
    }

    fn with<'a>(&'a self, beginning: &'a str) -> impl Iterator<Item = (&'a String, &'a String)> {
        self.parts.iter().filter(move |(name, _)| name.starts_with(beginning))
    }

    /// The strings that sheets share.
    fn shared(&self) -> Vec<String> {
        let Some(text) = self.parts.get("xl/sharedStrings.xml") else { return Vec::new() };
        let mut strings = Vec::new();
        for event in events(text) {
            match event {
                Event::Start(start) if start.name().as_ref() == b"si" => {
                    strings.push(String::new())
                }
                Event::Text(text) => {
                    if let Some(last) = strings.last_mut() {
                        *last += &text.decode().unwrap();
                    }
                }
                Event::GeneralRef(reference) => {
                    let name = reference.decode().unwrap().into_owned();
                    let letter = reference.resolve_char_ref().unwrap();
                    let known = quick_xml::escape::resolve_xml_entity(&name).map(str::to_owned);
                    let text = letter.map(String::from).or(known).unwrap();
                    if let Some(last) = strings.last_mut() {
                        *last += &text;
                    }
                }
                _ => {}
            }
        }
        strings
    }

    /// The number format of each style, and whether it marks text.
    fn styles(&self) -> Vec<(String, bool)> {
        let text = self.part("xl/styles.xml");
        let mut formats = BTreeMap::new();
        let (mut styles, mut within) = (Vec::new(), false);
        for event in events(text) {
            match event {
                Event::Start(start) | Event::Empty(start) => match start.name().as_ref() {
                    b"numFmt" => {
                        formats.insert(value(&start, "numFmtId"), value(&start, "formatCode"));
                    }
                    b"cellXfs" => within = true,
                    b"xf" if within => {
                        let id = value(&start, "numFmtId");
                        let format = formats.get(&id).cloned().unwrap_or(id);
                        styles.push((format, value(&start, "quotePrefix") == "1"));
                    }
                    _ => {}
                },
                Event::End(end) if end.name().as_ref() == b"cellXfs" => within = false,
                _ => {}
            }
        }
        styles
    }

    /// The cells of the sheet of this number, counted from 1.
    fn cells(&self, sheet: usize) -> BTreeMap<String, Stored> {
        let (shared, styles) = (self.shared(), self.styles());
        let mut cells = BTreeMap::new();
        let mut place = String::new();
        let mut in_value = false;
        for event in events(self.part(&format!("xl/worksheets/sheet{sheet}.xml"))) {
            match event {
                Event::Start(start) if start.name().as_ref() == b"c" => {
                    place = value(&start, "r");
                    let style: usize = value(&start, "s").parse().unwrap_or(0);
                    let (format, text) = styles[style].clone();
                    let kind = value(&start, "t");
                    cells
                        .insert(place.clone(), Stored { kind, value: String::new(), format, text });
                }
                Event::Start(start) => in_value = start.name().as_ref() == b"v",
                Event::Text(text) if in_value => {
                    let cell = cells.get_mut(&place).unwrap();
                    let text = text.decode().unwrap().into_owned();
                    let string = cell.kind == "s";
                    cell.value =
                        if string { shared[text.parse::<usize>().unwrap()].clone() } else { text };
                    in_value = false;
                }
                _ => {}
            }
        }
        cells
    }

    /// No sheet and no table may hold a formula.
    fn assert_no_formula(&self) {
        for (name, text) in self.with("xl/worksheets/").chain(self.with("xl/tables/")) {
            for event in events(text) {
                if let Event::Start(start) | Event::Empty(start) = event {
                    let formula = start.name().as_ref() == b"f"
                        || start.name().as_ref().ends_with(b"Formula");
                    assert!(!formula, "a formula in {name}");
                }
            }
        }
    }
}

fn events(text: &str) -> impl Iterator<Item = Event<'_>> {
    let mut reader = Reader::from_str(text);
    std::iter::from_fn(move || match reader.read_event().unwrap() {
        Event::Eof => None,
        event => Some(event),
    })
}

fn value(start: &BytesStart<'_>, name: &str) -> String {
    let attribute = start.try_get_attribute(name).unwrap();
    attribute.map_or_else(String::new, |found| {
        let raw = String::from_utf8(found.value.into_owned()).unwrap();
        quick_xml::escape::unescape(&raw).unwrap().into_owned()
    })
}

fn of_table(caption: &str, headers: &[&str], rows: Vec<Vec<Cell>>) -> Document {
    let columns = headers.iter().map(|header| Column::new(*header, Kind::Text)).collect();
    let table = Table { caption: caption.to_owned(), columns, rows, ..Table::default() };
    Document {
        title: caption.to_owned(),
        subtitle: caption.to_owned(),
        made: "2026-11-23".to_owned(),
        language: "en".to_owned(),
        sections: vec![Section { title: caption.to_owned(), blocks: vec![Block::Table(table)] }],
        sources: vec![caption.to_owned()],
        footer: caption.to_owned(),
    }
}

/// Texts that a spreadsheet or a typesetter might take for something else.
const HOSTILE: &[&str] = &[
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1:A9)",
    "\t=cmd|' /C calc'!A0",
    " =HYPERLINK(\"http://example.org\")",
    "{=1}",
    "https://example.org/",
    "#set page(width: 1cm)",
    "*strong* _light_ $x^2$ `code` @label <label> // comment",
    "<b>&amp;</b>",
    "&P &A &\"Arial\"",
    "2026-01-02",
    "1e5",
    "0042",
    "漢字 \u{1F600} e\u{301} \u{202e}abc",
];

#[test]
fn the_brief_has_typed_cells() {
    let book = Book::open(&xlsx(&brief::document()).unwrap());
    book.assert_no_formula();
    for (name, text) in &book.parts {
        assert!(events(text).count() > 0, "{name} is empty");
    }
    let levers = book.cells(3);
    for (place, kind, value, format) in [
        ("A7", "s", "Drop idle seats", "0"),
        ("C7", "", "96900", "#,##0\\ [$EUR]"),
        ("F7", "", "0.075", "0.0%"),
        ("G7", "", "46397", "yyyy\\-mm\\-dd"),
        ("G10", "s", "any time", "0"),
        ("C11", "", "212500", "#,##0\\ [$EUR]"),
    ] {
        let found = levers.get(place).unwrap_or_else(|| panic!("no cell {place}: {levers:?}"));
        assert_eq!((&*found.kind, &*found.value, &*found.format), (kind, value, format), "{place}");
    }
    let sensitivities = book.cells(5);
    let marked = sensitivities.values().find(|cell| cell.value.starts_with("=0.31")).unwrap();
    assert_eq!((&*marked.kind, marked.text), ("s", true));
}

#[test]
fn the_brief_has_tables_charts_and_properties() {
    let book = Book::open(&xlsx(&brief::document()).unwrap());
    let tables: Vec<_> = book.with("xl/tables/table").collect();
    assert_eq!(tables.len(), 5, "two tables, and the numbers of three charts");
    for (name, table) in tables {
        assert!(table.contains("<autoFilter "), "{name} has no filter");
        assert!(table.contains(r#"showRowStripes="1""#), "{name} is not banded");
    }
    assert_eq!(book.with("xl/charts/chart").count(), 3);
    let band = book.part("xl/charts/chart1.xml");
    assert!(band.contains("<c:areaChart>") && band.contains("<c:lineChart>"));
    assert!(book.part("xl/drawings/drawing1.xml").contains("descr=\"Use grew from"));
    let levers = book.part("xl/worksheets/sheet3.xml");
    assert!(levers.contains(r#"<pane ySplit="6" topLeftCell="A7""#), "the header stays in sight");
    assert!(levers.contains(r#"orientation="landscape""#) && levers.contains(r#"paperSize="9""#));
    let core = book.part("docProps/core.xml");
    assert!(
        core.contains("<dc:title>Renewal 2027: what to ask for, and what it is worth</dc:title>")
    );
    assert!(core.contains(">2026-11-23T00:00:00Z</dcterms:created>"), "{core}");
    assert!(!core.contains(">2026-11-23T00:00:01"));
    let sheets: Vec<String> = events(book.part("xl/workbook.xml"))
        .filter_map(|event| match event {
            Event::Empty(start) if start.name().as_ref() == b"sheet" => Some(value(&start, "name")),
            _ => None,
        })
        .collect();
    assert_eq!(sheets, ["Cover", "In short", "Levers", "Demand", "Sensitivities"]);
}

#[test]
fn equal_documents_are_equal_bytes() {
    assert_eq!(xlsx(&brief::document()), xlsx(&brief::document()));
}

#[test]
fn no_text_becomes_a_formula() {
    for text in HOSTILE {
        let mut document = of_table(
            text,
            &[text, text, ""],
            vec![vec![Cell::text(*text), Cell::Empty, Cell::text(*text)]],
        );
        document.sections[0].blocks.extend([
            Block::Text(vec![
                vec![Span::plain(*text)],
                vec![Span::plain(*text), Span::strong(*text)],
            ]),
            Block::Figures(vec![Figure {
                label: (*text).to_owned(),
                value: Cell::text(*text),
                kind: Kind::Whole,
                note: (*text).to_owned(),
            }]),
            Block::Chart(Chart {
                kind: ChartKind::Lines,
                title: (*text).to_owned(),
                summary: (*text).to_owned(),
                series: vec![Series { name: (*text).to_owned(), values: vec![Some(1.0)] }],
                labels: vec![(*text).to_owned()],
                unit: (*text).to_owned(),
            }),
        ]);
        let book = Book::open(&xlsx(&document).unwrap());
        book.assert_no_formula();
        let cells = book.cells(2);
        let same = cells.values().filter(|cell| cell.value == *text && cell.kind == "s").count();
        assert!(same >= 10, "{same} cells hold {text:?} as it is: {cells:?}");
        for (name, chart) in book.with("xl/charts/") {
            for reference in chart.split("<c:f>").skip(1) {
                let cell = reference.split("</c:f>").next().unwrap();
                assert!(cell.contains("!$"), "{name} refers to {cell}");
            }
        }
    }
}

#[test]
fn ten_thousand_rows_are_one_table() {
    let rows = (0..10_000).map(|row| vec![Cell::text(format!("person {row}"))]).collect();
    let book = Book::open(&xlsx(&of_table("Long", &["Person"], rows)).unwrap());
    assert!(book.part("xl/tables/table1.xml").contains(r#"ref="A4:A10004""#));
}

#[test]
fn amounts_keep_their_digits() {
    let columns = vec![
        Column::new("A", Kind::Money { currency: "USD".to_owned(), digits: 2 }),
        Column::new("B", Kind::Whole),
    ];
    let rows = vec![vec![Cell::Micros(1_234_560_000), Cell::Whole(i64::MAX)]];
    let mut document = of_table("T", &[], vec![]);
    document.sections[0].blocks = vec![Block::Table(Table { columns, rows, ..Table::default() })];
    let cells = Book::open(&xlsx(&document).unwrap()).cells(2);
    let stored = |place: &str| (cells[place].kind.as_str(), cells[place].value.as_str());
    assert_eq!(stored("A4"), ("", "1234.56"));
    assert_eq!(cells["A4"].format, "#,##0.00\\ [$USD]");
    assert_eq!(stored("B4"), ("s", "9,223,372,036,854,775,807"), "a double would lose digits");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// Any text is stored as a string, is read back as it was, and is never a formula.
    #[test]
    fn any_text_comes_back(text in "[^\\x00-\\x1f\\u{7f}\\u{fffe}\\u{ffff}]{1,40}") {
        let document = of_table("T", &["C"], vec![vec![Cell::text(text.as_str())]]);
        let book = Book::open(&xlsx(&document).unwrap());
        book.assert_no_formula();
        let cells = book.cells(2);
        prop_assert_eq!(&cells["A5"].kind, "s");
        prop_assert_eq!(&cells["A5"].value, &text);
    }
}
