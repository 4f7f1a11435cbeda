//! Bytes that nobody meant to be a table, and tables that somebody broke.

use super::*;
use proptest::prelude::*;

#[test]
fn what_is_no_table_says_what_it_is() {
    let check = |bytes: &[u8], expected: &str| {
        assert_eq!(read(bytes, |_| {}).unwrap_err().to_string(), expected);
    };
    check(b"", "the file is empty; export it again");
    check(b"\xef\xbb\xbf \r\n", "the file is empty; export it again");
    check(
        b"\x1f\x8b\x08rest",
        "the file is gzip, not a table of text; unpack it, or save it as CSV",
    );
    check(
        b"PK\x03\x04rest",
        "the file is a zip archive or a workbook, not a table of text; unpack it, or save it as CSV",
    );
    check(
        b"\n<!DOCTYPE html><html><head><title>Sign\n in</title></head>",
        "the file is a web page, not a table: `Sign in`; the download was answered with an error or a sign-in: export it again",
    );
    check(
        b"<?xml version=\"1.0\"?><Error>x</Error>",
        "the file is a web page, not a table; the download was answered with an error or a sign-in: export it again",
    );
    check(
        b"{\"errorCode\": \"AUTH-006\"}",
        "the file is JSON without `columns` and `rows`: `{\"errorCode\": \"AUTH-006\"}`; if this is an error, export it again",
    );
    check(b"a\0b,c\0\n", "the file is not text; export it as CSV");
    check(b"%PDF-1.7", "the file is not text; export it as CSV");
}

#[test]
fn a_long_line_costs_one_row_and_a_bounded_buffer() {
    let mut splitter = Splitter::new(look(b"a,b\n").unwrap());
    let mut told = Vec::new();
    let mut visit = |item: Item<'_>| told.push(tell(&item));
    splitter.feed(b"a,b\n1,", &mut visit);
    let chunk = vec![b'x'; 1 << 20];
    (0..64).for_each(|_| splitter.feed(&chunk, &mut visit));
    assert!(splitter.held_bytes() <= 2 * (1 << 20) + ROW_MAX, "{}", splitter.held_bytes());
    splitter.feed(b"\n2,3\n", &mut visit);
    splitter.finish(&mut visit);
    assert_eq!(told, ["1: a|b", "2! TooLong", "3: 2|3"]);
    let long = format!("a,b\n{}\n{}\n2,3\n", "x".repeat(ROW_MAX), "x".repeat(ROW_MAX + 1));
    let told = super::told(long.as_bytes());
    assert_eq!(
        (told[1].len(), &told[2..]),
        (ROW_MAX + 3, &["3! TooLong".to_owned(), "4: 2|3".to_owned()][..])
    );
}

#[test]
fn a_quote_that_nobody_closes_costs_its_own_line() {
    check("a,b\n\"x,1\ny,2\nz,3\n", &["1: a|b", "2! QuoteOpen", "3: y|2", "4: z|3"]);
    check("a,b\n\"x,1\ny,2", &["1: a|b", "2! QuoteOpen", "3: y|2"]);
    let rows = "y,2\n".repeat(50_000);
    let told = super::told(format!("a,b\n\"x,1\n{rows}\"z\",3\n").as_bytes());
    assert_eq!(
        (told.len(), told[1].as_str(), told[2].as_str()),
        (50_003, "2! QuoteOpen", "3: y|2")
    );
    assert_eq!(told[50_002], "50003: z|3");
}

#[test]
fn quotes_that_open_on_every_line_are_read_in_time() {
    // Each line leaves a quote open, whether it began within one or not.
    let rows = 300_000;
    let told = super::told(format!("a,b\n{}", "a\"b,\"\n".repeat(rows)).as_bytes());
    assert!(told.len() > rows / 2, "{}", told.len());
}

/// Cells of which tables are made.
fn cell() -> impl Strategy<Value = String> {
    prop_oneof![
        3 => "[a-z0-9 ]{0,6}",
        1 => "[a-zé\",;\n ]{0,8}",
    ]
}

fn quoted(cell: &str) -> String {
    let plain = !cell.contains([',', ';', '"', '\n']) && !cell.is_empty();
    if plain { cell.to_owned() } else { format!("\"{}\"", cell.replace('"', "\"\"")) }
}

fn in_chunks(bytes: &[u8], cuts: &[usize]) -> Vec<String> {
    let mut told = Vec::new();
    let Ok(form) = look(bytes) else { return told };
    let mut splitter = Splitter::new(form);
    let mut visit = |item: Item<'_>| told.push(tell(&item));
    let mut cuts: Vec<usize> = cuts.iter().map(|cut| 3 + cut % (bytes.len() + 1)).collect();
    cuts.retain(|cut| *cut < bytes.len());
    cuts.sort_unstable();
    let mut from = 0;
    for cut in cuts.into_iter().chain([bytes.len()]) {
        splitter.feed(&bytes[from..cut], &mut visit);
        from = cut;
    }
    splitter.finish(&mut visit);
    told
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_written_is_read(rows in prop::collection::vec(prop::collection::vec(cell(), 3), 1..12), crlf in any::<bool>()) {
        let end = if crlf { "\r\n" } else { "\n" };
        let line = |row: &Vec<String>| row.iter().map(|cell| quoted(cell)).collect::<Vec<_>>().join(",") + end;
        let text = format!("a,b,c{end}{}", rows.iter().map(line).collect::<String>());
        let form = Form { encoding: Encoding::Unmarked, delimiter: b',', line_end: b'\n' };
        let mut found = Vec::new();
        let mut splitter = Splitter::new(form);
        let mut visit = |item: Item<'_>| match item {
            Item::Row(row) => found.push(row.iter().map(str::to_owned).collect::<Vec<_>>()),
            Item::Broken(broken) => panic!("{broken:?}"),
        };
        splitter.feed(text.as_bytes(), &mut visit);
        splitter.finish(&mut visit);
        prop_assert_eq!(&found[1..], &rows[..]);
    }

    #[test]
    fn rows_are_those_that_others_read(text in "[ab,\"\n]{0,60}") {
        let form = Form { encoding: Encoding::Unmarked, delimiter: b',', line_end: b'\n' };
        let mut ours = Vec::new();
        let mut splitter = Splitter::new(form);
        let mut visit = |item: Item<'_>| ours.push(match item {
            Item::Row(row) => row.iter().map(str::to_owned).collect(),
            Item::Broken(_) => Vec::new(),
        });
        splitter.feed(text.as_bytes(), &mut visit);
        splitter.finish(&mut visit);
        let mut others = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text.as_bytes());
        let others: Vec<Vec<String>> = others.records().map(|row| row.unwrap().iter().map(str::to_owned).collect()).collect();
        // A quote that stays open is theirs to repair and ours to tell of.
        if ours.iter().all(|row: &Vec<String>| !row.is_empty()) {
            prop_assert_eq!(ours, others);
        }
    }

    #[test]
    fn chunks_do_not_matter(text in "[abé,;\"\r\n]{8,80}", cuts in prop::collection::vec(any::<usize>(), 0..20)) {
        prop_assert_eq!(in_chunks(text.as_bytes(), &cuts), in_chunks(text.as_bytes(), &[]));
    }

    #[test]
    fn any_bytes_are_rows_or_told(bytes in prop::collection::vec(any::<u8>(), 0..300), cuts in prop::collection::vec(any::<usize>(), 0..5)) {
        let _ = in_chunks(&bytes, &cuts);
        let _ = super::told(&bytes);
        for mark in [&b"\xff\xfe"[..], b"\xfe\xff", b"\xef\xbb\xbf", b"a,\"b\n"] {
            let _ = super::told(&[mark, &bytes].concat());
        }
    }
}
