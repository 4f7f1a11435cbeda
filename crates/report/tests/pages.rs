//! PDFs, read back with another library: text, properties and structure.

use std::collections::BTreeMap;

use faregate_report::{
    Block, Cell, Chart, ChartKind, Column, Document, Figure, Kind, Section, Series, Span, Table,
    pdf,
};
use lopdf::{Dictionary, Object};
use proptest::prelude::*;

#[path = "../examples/brief.rs"]
#[expect(dead_code, reason = "the example's own main")]
mod brief;

/// A PDF that was read.
struct Read {
    file: lopdf::Document,
}

/// Text in the order of the content, page by page, without spaces: where those fall is a matter of layout.
fn squeezed(text: &str) -> String {
    text.split_whitespace().collect()
}

impl Read {
    fn open(bytes: &[u8]) -> Self {
        Self { file: lopdf::Document::load_mem(bytes).unwrap() }
    }

    fn pages(&self) -> Vec<u32> {
        self.file.get_pages().into_keys().collect()
    }

    fn text(&self, page: u32) -> String {
        squeezed(&self.file.extract_text(&[page]).unwrap())
    }

    fn whole(&self) -> String {
        self.pages().into_iter().map(|page| self.text(page)).collect()
    }

    fn followed<'a>(&'a self, object: &'a Object) -> &'a Object {
        self.file.dereference(object).unwrap().1
    }

    fn dictionary<'a>(&'a self, of: &'a Dictionary, key: &str) -> &'a Dictionary {
        self.followed(of.get(key.as_bytes()).unwrap()).as_dict().unwrap()
    }

    fn string(&self, of: &Dictionary, key: &str) -> Option<String> {
        lopdf::decode_text_string(self.followed(of.get(key.as_bytes()).ok()?)).ok()
    }

    fn information(&self, key: &str) -> String {
        self.string(self.dictionary(&self.file.trailer, "Info"), key).unwrap()
    }

    /// How many parts of each role there are, and what is said for pictures.
    fn structure(&self) -> (BTreeMap<String, usize>, Vec<String>) {
        let root = self.dictionary(self.file.catalog().unwrap(), "StructTreeRoot");
        let (mut roles, mut said) = (BTreeMap::new(), Vec::new());
        let mut open = vec![root];
        while let Some(part) = open.pop() {
            if let Ok(role) = part.get(b"S").and_then(Object::as_name) {
                *roles.entry(String::from_utf8_lossy(role).into_owned()).or_insert(0) += 1;
            }
            said.extend(self.string(part, "Alt"));
            let Ok(children) = part.get(b"K") else { continue };
            let children = self.followed(children);
            let one = std::slice::from_ref(children);
            let children = children.as_array().map_or(one, Vec::as_slice);
            open.extend(children.iter().filter_map(|child| self.followed(child).as_dict().ok()));
        }
        (roles, said)
    }
}

fn of(blocks: Vec<Block>) -> Document {
    Document {
        title: "Title".to_owned(),
        made: "2026-11-23".to_owned(),
        language: "de".to_owned(),
        sections: vec![Section { title: "Section".to_owned(), blocks }],
        ..Document::default()
    }
}

fn table(rows: Vec<Vec<Cell>>) -> Block {
    let columns = vec![Column::new("Person", Kind::Text), Column::new("Tokens", Kind::Whole)];
    Block::Table(Table { caption: "Who used what".to_owned(), columns, rows, ..Table::default() })
}

#[test]
fn the_brief_says_what_it_should() {
    let read = Read::open(&pdf(&brief::document()).unwrap());
    let pages = read.pages().len();
    assert_eq!(pages, 3);
    for page in read.pages() {
        let text = read.text(page);
        assert!(text.contains(&format!("{page}/{pages}")), "page {page} has no number: {text}");
        assert!(text.contains("Confidential:estimates"), "page {page} has no footer: {text}");
    }
    let text = read.whole();
    for expected in [
        "Müller & Søn Engineering",
        "EUR 1,284,000",
        "the new prices [2]",
        "Worth, EUR",
        "Give back 38 seats that nobody used for 90 days",
        "\u{2212}18,240.50",
        "=0.31 EUR, as offered last year",
        "Łódź",
        "tokens a month",
        "[3] Forecast of 2026-11-22",
    ] {
        assert!(text.contains(&squeezed(expected)), "no {expected:?} in {text}");
    }
}

#[test]
fn no_heading_stands_alone_at_the_end_of_a_page() {
    let read = Read::open(&pdf(&brief::document()).unwrap());
    for (heading, first) in [
        ("Demand", "Tokens a month, used"),
        ("Sensitivities", "What changes when"),
        ("Sources", "[1]"),
    ] {
        let together = squeezed(&format!("{heading}{first}"));
        let stands = read.pages().iter().any(|page| read.text(*page).contains(&together));
        assert!(stands, "{heading} is parted from {first}");
    }
}

#[test]
fn the_brief_is_tagged_and_named() {
    let read = Read::open(&pdf(&brief::document()).unwrap());
    let catalog = read.file.catalog().unwrap();
    assert_eq!(read.string(catalog, "Lang").unwrap(), "en");
    assert_eq!(read.information("Title"), "Renewal 2027: what to ask for, and what it is worth");
    assert_eq!(read.information("CreationDate"), "D:20261123000000Z");
    let (roles, said) = read.structure();
    for (role, count) in [
        ("Title", 1),
        ("H1", 5),
        ("Table", 2),
        ("TH", 7 + 4),
        ("TR", 1 + 4 + 1 + 1 + 4),
        ("TD", 5 * 7 + 4 * 4),
        ("Figure", 3),
        ("LI", 4 + 3),
    ] {
        assert_eq!(roles.get(role), Some(&count), "{role} of {roles:?}");
    }
    assert!(said.iter().any(|alt| alt.starts_with("Tokens a month, used and expected. Use grew")));
    assert_eq!(said.len(), 3);
}

#[test]
fn equal_documents_are_equal_bytes() {
    assert_eq!(pdf(&brief::document()), pdf(&brief::document()));
}

#[test]
fn long_tables_break_with_their_header_on_each_page() {
    let row = |row: i64| vec![Cell::text(format!("person-{row}.")), Cell::Whole(row)];
    let read = Read::open(&pdf(&of(vec![table((0..10_000).map(row).collect())])).unwrap());
    let pages = read.pages();
    assert!(pages.len() > 150, "{} pages", pages.len());
    let texts: Vec<String> = pages.iter().map(|page| read.text(*page)).collect();
    for (number, text) in texts.iter().enumerate() {
        assert_eq!(text.matches("PersonTokens").count(), 1, "page {} of {text}", number + 1);
    }
    let whole = texts.concat();
    let mut people: Vec<i64> = whole
        .split("person-")
        .skip(1)
        .map(|rest| rest.split('.').next().unwrap().parse().unwrap())
        .collect();
    people.sort_unstable();
    assert!(people.iter().copied().eq(0..10_000), "each row once: {people:?}");
    let (roles, _) = read.structure();
    assert_eq!(roles.get("TH"), Some(&2), "a repeated header is not read out again");
    assert_eq!(roles.get("TR"), Some(&10_001));
}

#[test]
fn a_cell_higher_than_a_page_goes_on_over_pages() {
    let words: Vec<String> = (0..4_000).map(|word| format!("w{word};")).collect();
    let rows = vec![vec![Cell::text(words.join(" ")), Cell::Whole(7)]];
    let read = Read::open(&pdf(&of(vec![table(rows)])).unwrap());
    assert!(read.pages().len() >= 3);
    let text = read.whole();
    for word in words {
        assert!(text.contains(&word), "{word} is lost");
    }
}

#[test]
fn text_is_never_markup() {
    for text in [
        "#set page(width: 1cm)",
        "*strong* _light_ $x^2$ `code` @label <label> // comment",
        "\\frac{1}{2} {{ template }} ${x}",
        "(parenthesis) Tj ET \\) %PDF-1.7 endstream endobj",
        "<b>&amp;</b>",
        "fi fl ffi \u{2192} -> ... --",
        "e\u{301} Ω Ж \u{20ac}",
        "\u{202e}reversed\u{feff}",
    ] {
        let chart = Chart {
            kind: ChartKind::Bars,
            title: text.to_owned(),
            summary: text.to_owned(),
            series: vec![Series { name: text.to_owned(), values: vec![Some(1.0)] }],
            labels: vec![text.to_owned()],
            unit: text.to_owned(),
        };
        let figure = Figure {
            label: text.to_owned(),
            value: Cell::text(text),
            kind: Kind::Text,
            note: text.to_owned(),
        };
        let mut document = of(vec![
            Block::Text(vec![vec![Span::plain(text), Span::strong(text)]]),
            Block::Figures(vec![figure]),
            table(vec![vec![Cell::text(text), Cell::Empty]]),
            Block::Chart(chart),
        ]);
        document.title = text.to_owned();
        document.footer = text.to_owned();
        document.sources = vec![text.to_owned()];
        let read = Read::open(&pdf(&document).unwrap());
        let seen: String = squeezed(text).replace(['\u{202e}', '\u{feff}'], "");
        let count = read.whole().matches(&seen).count();
        assert!(count >= 12, "{count} times {seen:?} in {}", read.whole());
    }
}

#[test]
fn letters_that_no_font_has_are_in_the_text_all_the_same() {
    let text = vec![vec![Span::plain("漢字 and \u{1F600}")]];
    let read = Read::open(&pdf(&of(vec![Block::Text(text)])).unwrap());
    let page = read.file.get_pages()[&1];
    let content = read.file.get_and_decode_page_content(page).unwrap();
    let meant = content.operations.iter().flat_map(|operation| &operation.operands);
    let meant = meant.filter_map(|operand| read.string(operand.as_dict().ok()?, "ActualText"));
    let meant: String = meant.collect();
    assert!(meant.contains('字') && meant.contains('\u{1F600}'), "{meant:?}");
}

#[test]
fn wide_tables_stay_on_the_page() {
    let kind = Kind::Money { currency: "EUR".to_owned(), digits: 2 };
    let columns = (0..14).map(|number| Column::new(format!("Column {number}"), kind.clone()));
    let rows = vec![vec![Cell::Micros(123_456_789_012_345); 14]];
    let wide = Table { columns: columns.collect(), rows, ..Table::default() };
    let read = Read::open(&pdf(&of(vec![Block::Table(wide)])).unwrap());
    assert_eq!(read.whole().matches("123.456.789,01").count(), 14);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// Any text, of any letters, can be set, and meets what the library checks of PDF/UA.
    #[test]
    fn any_text_can_be_set(text in ".{0,60}|\\PC{0,60}", long in "[a-zß-ɏ]{0,300}") {
        let cell = Cell::text(format!("{text}\u{0}\u{fffe}{long}"));
        let mut document = of(vec![
            Block::Text(vec![vec![Span::plain(text.as_str()), Span::strong(long.as_str())]]),
            table(vec![vec![cell, Cell::text(text.as_str())]]),
        ]);
        document.sections[0].title.clone_from(&text);
        document.subtitle.clone_from(&text);
        document.footer.clone_from(&long);
        let made = pdf(&document);
        prop_assert!(made.is_ok(), "{:?}", made.err());
    }
}
