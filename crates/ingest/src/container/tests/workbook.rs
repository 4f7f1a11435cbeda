//! Workbooks, made by hand from their parts.

use super::make::zip;
use super::*;

const TYPES: &str = "<Types/>";
const ROOT: &str = r#"<Relationships xmlns="http://x"><Relationship Id="rId1" Type="http://x/officeDocument" Target="/xl/workbook.xml"/></Relationships>"#;
const RELATIONS: &str = r#"<Relationships>
<Relationship Id="rId1" Type="http://x/worksheet" Target="worksheets/sheet1.xml"/>
<Relationship Id="rId2" Type="http://x/worksheet" Target="../xl/worksheets/sheet2.xml"/>
<Relationship Id="rId3" Type="http://x/sharedStrings" Target="sharedStrings.xml"/>
<Relationship Id="rId4" Type="http://x/styles" Target="styles.xml"/></Relationships>"#;
const BOOK: &str = r#"<x:workbook xmlns:x="http://m" xmlns:r="http://r"><x:sheets>
<x:sheet name="Notes" sheetId="7" state="hidden" r:id="rId2"/><x:sheet name="Usage &amp; co" sheetId="1" r:id="rId1"/></x:sheets></x:workbook>"#;
const SHARED: &str = r#"<sst><si><t>Day used</t></si><si><r><t>To</t></r><r><t xml:space="preserve">kens </t></r><r><t>used</t></r><rPh><t>ignored</t></rPh></si><si><t>a&lt;b&#xfc;_x000D__x12</t></si></sst>"#;
const STYLES: &str = r#"<styleSheet><numFmts><numFmt numFmtId="164" formatCode="yyyy\-mm\-dd"/><numFmt numFmtId="165" formatCode="&quot;day&quot;0.00;d"/><numFmt numFmtId="166" formatCode="[Red][hh]:mm"/><numFmt numFmtId="167" formatCode="mm:ss"/><numFmt numFmtId="168" formatCode="[$-409]h:mm AM/PM"/><numFmt numFmtId="169" formatCode="mmm"/></numFmts>
<cellStyleXfs><xf numFmtId="14"/></cellStyleXfs>
<cellXfs><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="164"/><xf numFmtId="165"/><xf numFmtId="46"/><xf numFmtId="20"/><xf numFmtId="166"/><xf numFmtId="167"/><xf numFmtId="168"/><xf numFmtId="169"/></cellXfs></styleSheet>"#;

/// A workbook whose first sheet holds these rows.
fn book(rows: &str) -> Vec<u8> {
    book_of(&format!("<worksheet><sheetData>{rows}</sheetData></worksheet>"), BOOK, SHARED)
}

fn book_of(sheet: &str, book: &str, shared: &str) -> Vec<u8> {
    let parts: Vec<(&str, &[u8], bool)> = [
        ("[Content_Types].xml", TYPES),
        ("_rels/.rels", ROOT),
        ("xl/workbook.xml", book),
        ("xl/_rels/workbook.xml.rels", RELATIONS),
        ("xl/worksheets/sheet1.xml", sheet),
        ("xl/worksheets/sheet2.xml", "<worksheet><sheetData/></worksheet>"),
        ("xl/sharedStrings.xml", shared),
        ("xl/styles.xml", STYLES),
    ]
    .map(|(name, text)| (name, text.as_bytes(), true))
    .to_vec();
    zip(&parts)
}

/// Every row, as `line: cell|cell`, of the first sheet that is shown.
fn rows(bytes: &[u8], limits: &Limits) -> Result<Vec<String>, Fault> {
    let Contents::Workbook(book) = open("book.xlsx", Cursor::new(bytes), limits)? else {
        panic!("no workbook")
    };
    let mut rows = book.rows(None)?;
    let (mut row, mut told) = (Row::default(), Vec::new());
    while rows.next_row(&mut row)? {
        let cells: Vec<&str> = row.cells().iter().map(|cell| cell.text.as_str()).collect();
        told.push(format!("{}: {}", row.line, cells.join("|")));
    }
    Ok(told)
}

fn check(xml: &str, expected: &[&str]) {
    assert_eq!(rows(&book(xml), &Limits::default()).unwrap(), expected, "of {xml}");
}

#[track_caller]
fn refused(bytes: &[u8], limits: &Limits, expected: &str) {
    assert_eq!(rows(bytes, limits).unwrap_err().to_string(), expected);
}

#[test]
fn texts_are_shared_inline_or_in_runs() {
    check(
        r#"<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>1</v></c><c r="D1" t="s"><v>2</v></c></row>
        <row r="3"><c r="A3" t="inlineStr"><is><t>in</t></is></c><c r="B3" t="str"><f>A1</f><v>for&amp;mula</v></c></row>
        <row><c><v>5</v></c><c t="b"><v>1</v></c><c t="e"><v>#N/A</v></c><c/><c t="d"><v>2026-01-31</v></c></row>"#,
        &["1: Day used|Tokens used||a<bü\r_x12", "3: in|for&mula", "4: 5|TRUE|#N/A||2026-01-31"],
    );
}

#[test]
fn what_only_looks_like_a_code_of_a_letter_stays() {
    for (text, expected) in [
        ("A_x000D_B", "A\rB"),
        ("A_x+00D_B", "A_x+00D_B"),
        ("A_x00 D_B", "A_x00 D_B"),
        ("A_xD800_B", "A_xD800_B"),
        ("A_x000", "A_x000"),
    ] {
        let cell = format!(r#"<row><c t="inlineStr"><is><t>{text}</t></is></c></row>"#);
        check(&cell, &[&format!("1: {expected}")]);
    }
}

#[test]
fn a_number_is_a_date_where_its_style_says_so() {
    let cell = |style: u8, value: &str| format!(r#"<row><c s="{style}"><v>{value}</v></c></row>"#);
    for (style, value, expected) in [
        (1, "46053", "2026-01-31"),
        (2, "46053.395833333336", "2026-01-31T09:30:00"),
        (2, "46053.999999999", "2026-02-01"),
        (0, "46053", "46053"),
        (3, "46053", "46053"),
        (4, "1.1041666666666667", "26:30:00"),
        (5, "0.39583333333333331", "09:30:00"),
        (6, "1.1041666666666667", "26:30:00"),
        (1, "60", "1900-02-29"),
        (1, "61", "1900-03-01"),
        (1, "2958465", "9999-12-31"),
    ] {
        check(&cell(style, value), &[&format!("1: {expected}")]);
    }
    let since_1904 = BOOK.replace("<x:sheets>", r#"<x:workbookPr date1904="1"/><x:sheets>"#);
    // A time alone is one in either way of counting days.
    for (style, value, expected) in
        [(1, "44591", "2026-01-31"), (5, "0.5", "12:00:00"), (5, "1.5", "36:00:00")]
    {
        let row = cell(style, value);
        let sheet = format!("<worksheet><sheetData>{row}</sheetData></worksheet>");
        let found = rows(&book_of(&sheet, &since_1904, SHARED), &Limits::default()).unwrap();
        assert_eq!(found, [format!("1: {expected}")]);
    }
}

/// 36 hours are 36 hours, and no one and a half of anything.
#[test]
fn a_cell_of_a_date_or_a_time_is_never_a_bare_number() {
    let cell = |style: u8, value: &str| format!(r#"<row><c s="{style}"><v>{value}</v></c></row>"#);
    for (style, value, expected) in [
        (5, "0.99999999", "24:00:00"),
        (5, "1", "24:00:00"),
        (5, "1.5", "36:00:00"),
        (5, "60.999", "1463:58:34"),
        (5, "61", "1900-03-01"),
        (5, "46053.395833333336", "2026-01-31T09:30:00"),
        (7, "1.5", "36:00:00"),
        (8, "1.5", "36:00:00"),
        (9, "1.5", "1900-01-01T12:00:00"),
        (1, "1.5", "1900-01-01T12:00:00"),
        (1, "59", "1900-02-28"),
        (1, "2958466", "########"),
        (1, "-1", "########"),
        (5, "-0.5", "########"),
        (4, "-0.5", "########"),
    ] {
        check(&cell(style, value), &[&format!("1: {expected}")]);
    }
}

#[test]
fn numbers_have_the_digits_that_are_shown() {
    for (value, expected) in [
        ("2.2999999999999998", "2.3"),
        ("0.30000000000000004", "0.3"),
        ("1.4E2", "140"),
        ("-0", "0"),
        ("1250", "1250"),
        ("123456789012345678", "123456789012346000"),
        ("1e-7", "0.0000001"),
        ("nan", "nan"),
        ("lots", "lots"),
    ] {
        check(&format!("<row><c><v>{value}</v></c></row>"), &[&format!("1: {expected}")]);
    }
}

#[test]
fn a_sheet_is_found_by_name_and_hidden_ones_only_so() {
    let bytes = book("<row><c><v>1</v></c></row>");
    let Ok(Contents::Workbook(book)) = open("b.xlsx", Cursor::new(&bytes), &Limits::default())
    else {
        panic!("no workbook")
    };
    assert_eq!(book.sheets().collect::<Vec<_>>(), ["Notes", "Usage & co"]);
    assert!(!book.rows(Some("Notes")).unwrap().next_row(&mut Row::default()).unwrap());
    let fault = book.rows(Some("July")).err().unwrap();
    assert_eq!(
        fault.to_string(),
        "b.xlsx: there is no `July` in it; there are `Notes`, `Usage & co`"
    );
}

#[test]
fn a_row_forgets_the_one_before() {
    check(
        r#"<row><c r="A1"><v>1</v></c><c r="B1"><v>2</v></c><c r="C1"><v>3</v></c></row><row><c r="C2"><v>4</v></c></row><row/>"#,
        &["1: 1|2|3", "2: ||4", "3: "],
    );
}

#[test]
fn each_cap_of_a_sheet_holds() {
    let part = "book.xlsx: xl/worksheets/sheet1.xml: it has more than";
    let divide = "divide it, and import the parts";
    let limits =
        || Limits { columns_max: 3, cells_max: 4, cell_bytes_max: 20, ..Limits::default() };
    let wide = r#"<row><c r="D1"><v>1</v></c></row>"#;
    refused(&book(wide), &limits(), &format!("{part} 3 columns; {divide}"));
    // The empty cells that a place makes are counted too.
    let many = r#"<row><c r="C1"><v>1</v></c></row><row><c r="C2"><v>1</v></c></row>"#;
    refused(&book(many), &limits(), &format!("{part} 4 cells; {divide}"));
    let long = "<row><c><v>123456789012345678901</v></c></row>";
    refused(&book(long), &limits(), &format!("{part} 20 bytes in a cell; {divide}"));
    let runs = r#"<row><c t="inlineStr"><is><r><t>12345678901</t></r><r><t>12345678901</t></r></is></c></row>"#;
    refused(&book(runs), &limits(), &format!("{part} 20 bytes in a cell; {divide}"));
    let deep = "<a>".repeat(65);
    refused(&book(&deep), &limits(), &format!("{part} 64 elements within each other; {divide}"));
}

#[test]
fn an_endless_text_is_refused_before_it_is_kept() {
    let limits = Limits::default();
    let endless = format!("<row><c><v>{}</v></c></row>", "x".repeat(4 << 20));
    let part = "book.xlsx: xl/worksheets/sheet1.xml: it has more than";
    let expected = format!("{part} 147456 bytes in a cell; divide it, and import the parts");
    refused(&book(&endless), &limits, &expected);
}

#[test]
fn shared_texts_are_capped() {
    let limits = Limits { shared_bytes_max: 100, ..Limits::default() };
    let shared = format!("<sst>{}</sst>", "<si><t></t></si>".repeat(13));
    let bytes = book_of("<worksheet/>", BOOK, &shared);
    let fault = rows(&bytes, &limits).unwrap_err();
    assert_eq!(fault.problem, Problem::TooMany(100, "bytes of texts"));
}

#[test]
fn a_damaged_sheet_is_refused_and_told() {
    let part = "book.xlsx: xl/worksheets/sheet1.xml: it is damaged:";
    let again = "copy or download it again, or ask for a new export";
    for (xml, how) in [
        (r#"<row r="2"/><row r="2"/>"#, "row 2 comes too late"),
        (
            r#"<row><c r="B1"><v>1</v></c><c r="A1"><v>1</v></c></row>"#,
            "a cell of row 1 comes too late",
        ),
        (r#"<row><c t="s"><v>99</v></c></row>"#, "there is no shared text 99"),
        (r#"<row><c><v>&bomb;</v></c></row>"#, "an unknown entity"),
    ] {
        refused(&book(xml), &Limits::default(), &format!("{part} {how}; {again}"));
    }
    let declared = r#"<!DOCTYPE x [<!ENTITY a "aaaa">]><worksheet/>"#;
    let bytes = book_of(declared, BOOK, SHARED);
    refused(&bytes, &Limits::default(), &format!("{part} it declares a document type; {again}"));
    let cut = book_of("<worksheet><sheetData><row><c>", BOOK, SHARED);
    assert_eq!(rows(&cut, &Limits::default()).unwrap_err().code(), "container-damaged");
}

#[test]
fn documents_of_other_programs_are_named() {
    let help = "save the table as .xlsx or as CSV UTF-8";
    let opened = |bytes: &[u8]| match open("f", Cursor::new(bytes), &Limits::default()) {
        Err(fault) => fault.to_string(),
        Ok(_) => panic!("opened"),
    };
    let calc = zip(&[("mimetype", b"x", false), ("content.xml", b"<a/>", true)]);
    assert_eq!(opened(&calc), format!("f: it is a document of OpenOffice or LibreOffice; {help}"));
    let root = ROOT.replace("workbook.xml", "workbook.bin");
    let parts: &[(&str, &[u8], bool)] =
        &[("[Content_Types].xml", b"<a/>", true), ("_rels/.rels", root.as_bytes(), true)];
    assert_eq!(opened(&zip(parts)), format!("f: it is a binary workbook (.xlsb); {help}"));
    let old = [&b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"[..], &[0; 600]].concat();
    assert_eq!(opened(&old), format!("f: it is a document of Office before 2007; {help}"));
    let mut secret = [&b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"[..], &[0; 2_000]].concat();
    secret[30] = 9;
    secret[48] = 1;
    let name: Vec<u8> = "EncryptedPackage".encode_utf16().flat_map(u16::to_le_bytes).collect();
    secret[1_024 + 256..1_024 + 256 + name.len()].copy_from_slice(&name);
    assert_eq!(opened(&secret), "f: it is encrypted; save it without a password, and import that");
}

#[test]
fn a_sheet_whose_checksum_is_wrong_is_refused_at_its_end() {
    // What follows the rows is more than is read ahead.
    let rest = "x".repeat(100_000);
    let sheet = format!("<worksheet><sheetData><row/></sheetData><!--{rest}--></worksheet>");
    let mut bytes = book_of(&sheet, BOOK, SHARED);
    let sheet = memchr::memmem::rfind(&bytes, b"xl/worksheets/sheet1.xml").unwrap();
    // The checksum stands 30 bytes before the name in the directory.
    bytes[sheet - 30] ^= 1;
    let fault = rows(&bytes, &Limits::default()).unwrap_err();
    assert_eq!(fault.code(), "container-damaged");
    assert_eq!(fault.member.as_deref(), Some("xl/worksheets/sheet1.xml"));
}

#[test]
fn blanks_around_a_text_stay() {
    let spaced = r#"<row r="1" spans="1:2"><c r="A1" t="inlineStr"><is><t xml:space="preserve"> x </t></is></c></row>"#;
    check(spaced, &["1:  x "]);
}
