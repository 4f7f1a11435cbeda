use super::*;

mod hostile;

/// What a table reads as: `line: cell|cell`, or `line! why`.
pub(super) fn told(bytes: &[u8]) -> Vec<String> {
    let mut told = Vec::new();
    if let Err(foreign) = read(bytes, |item| told.push(tell(&item))) {
        told.push(foreign.code().to_owned());
    }
    told
}

fn tell(item: &Item<'_>) -> String {
    match item {
        Item::Row(row) => format!("{}: {}", row.line, row.iter().collect::<Vec<_>>().join("|")),
        Item::Broken(broken) => format!("{}! {:?}", broken.line, broken.why),
    }
}

fn check(text: &str, expected: &[&str]) {
    assert_eq!(told(text.as_bytes()), expected, "in:\n{text}");
}

#[test]
fn cells_are_cut_at_the_delimiter_and_quotes_taken_off() {
    check("a,b\n1,2\n", &["1: a|b", "2: 1|2"]);
    check("a,b\r\n1,\r\n\r\n,2", &["1: a|b", "2: 1|", "4: |2"]);
    check(
        "a,b\n\"x, y\",\"say \"\"hi\"\"\"\r\n\"\",z\n",
        &["1: a|b", "2: x, y|say \"hi\"", "3: |z"],
    );
    check("a,b\n\"two\nlines\",1\nx,y\n", &["1: a|b", "2: two\nlines|1", "4: x|y"]);
    check("a,b\nfive\" disk,1\n\"x\"y,2\n", &["1: a|b", "2: five\" disk|1", "3: xy|2"]);
    check("a,b\r1,2\r3,4\r", &["1: a|b", "2: 1|2", "3: 3|4"]);
}

#[test]
fn the_delimiter_is_the_one_that_rows_agree_on() {
    for delimiter in [',', ';', '\t', '|'] {
        let text = "day,tokens\n2026-01-31,7\n2026-02-01,9\n".replace(',', &delimiter.to_string());
        check(&text, &["1: day|tokens", "2: 2026-01-31|7", "3: 2026-02-01|9"]);
    }
    check("day;tokens;who\nx;1,5;a\ny;2,5;b\n", &["1: day|tokens|who", "2: x|1,5|a", "3: y|2,5|b"]);
    check("Use, by person\nday;tokens\nx;1\n", &["1: Use, by person", "2: day|tokens", "3: x|1"]);
    check("sep=|\na;b|c\n", &["2: a;b|c"]);
    check("sep=,\na;b;c\nd;e;f\n", &["2: a;b;c", "3: d;e;f"]);
    check("alone\n", &["1: alone"]);
}

#[test]
fn characters_are_read_however_they_are_written() {
    let text = "who;name\nañ;Núria 😀\n";
    let expected = ["1: who|name", "2: añ|Núria 😀"];
    assert_eq!(told(text.as_bytes()), expected);
    assert_eq!(told(format!("\u{feff}{text}").as_bytes()), expected);
    let units: Vec<u16> = text.encode_utf16().collect();
    let little: Vec<u8> = units.iter().flat_map(|unit| unit.to_le_bytes()).collect();
    let big: Vec<u8> = units.iter().flat_map(|unit| unit.to_be_bytes()).collect();
    for (mark, bytes) in [(b"\xff\xfe", &little), (b"\xfe\xff", &big)] {
        assert_eq!(told(bytes), expected, "by the zeros between letters");
        assert_eq!(told(&[mark.as_slice(), bytes].concat()), expected, "by its mark");
        let half = [mark.as_slice(), &bytes[..bytes.len() - 1]].concat();
        assert_eq!(told(&half), ["1: who|name", "2! Damaged"], "cut within a character");
    }
    assert_eq!(
        told(b"who;name\na;N\xfaria \x80\n\"b\";\"\xe9\"\n"),
        ["1: who|name", "2: a|Núria €", "3: b|é"]
    );
    let damaged = [text.as_bytes(), b"a;\xff\n"].concat();
    assert_eq!(told(&damaged)[2], "3! Damaged", "rows before it are UTF-8");
}

#[test]
fn a_row_keeps_its_own_words() {
    let mut raws = Vec::new();
    read(b"a;b\n\"x\";\"y\nz\"\r\n", |item| match item {
        Item::Row(row) => raws.push((row.raw.to_owned(), row.len())),
        Item::Broken(broken) => panic!("{broken:?}"),
    })
    .unwrap();
    assert_eq!(raws[1], ("\"x\";\"y\nz\"".to_owned(), 2));
}

#[test]
fn words_for_sums_are_known() {
    for word in ["Total", "GRAND TOTAL:", "Summe", " Zwischensumme ", "Total général", "Subtotal."]
    {
        assert!(is_summary(word), "{word}");
    }
    for word in ["", "Totally Accurate", "Tomas", "Sumner", "total.user@acme.example", "0"] {
        assert!(!is_summary(word), "{word}");
    }
    assert!(summary::begins_summary("Total for January"));
    assert!(!summary::begins_summary("Ana Total"));
}
