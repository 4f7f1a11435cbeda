use super::*;
use crate::usage::{Collected, Said, Survey, read_into};
use proptest::prelude::*;
use std::sync::Arc;

const MINIMAL: &str =
    "name = \"portal\"\n[columns]\nwho = \"user\"\nproduct = \"app\"\nopened = \"start\"\n";

fn map(text: &str) -> Map {
    text.parse().unwrap_or_else(|bad: BadMap| panic!("{bad}\nin:\n{text}"))
}

/// What a table reads as by a map.
fn told(map_text: &str, table: &str) -> Vec<String> {
    let mut found = Collected::default();
    let survey = Survey::mapped(Arc::new(map(map_text)), Said::default());
    if let Err(refusal) = read_into(table.as_bytes(), survey, &mut found) {
        return vec![refusal.to_string()];
    }
    let rejected = found.rejected.iter().map(|(line, fault, _)| format!("line {line}: {fault}"));
    found.rows.iter().map(crate::usage::tests::tell).chain(rejected).collect()
}

#[test]
fn a_map_reads_a_table_that_nobody_knows() {
    let text = r#"
name = "acme-portal"
delimiter = ";"
zone = "Europe/Berlin"
dates = "dmy"
decimal = "comma"
who_is = "login"
duration_in = "hours"

[columns]
who = "Benutzer"
host = "rechner"
product = "Programm"
opened = "Beginn"
duration = "Dauer"
tokens = "Token"

[constants]
site = "Berlin"

[[skip]]
column = "Art"
is = ["Test", "intern"]

[[skip]]
column = "Land"
is_not = ["DE"]

[products]
"Revit 2026" = "revit"
"#;
    let table = "Art;Land;Benutzer;Rechner;Programm;Beginn;Dauer;Token\n\
        produktiv;DE;jö@acme.example;WS1;Revit 2026;01.02.2026 09:00;1,5;1.234,5\n\
        Test;DE;x;WS1;Revit 2026;01.02.2026 09:00;1;1\n\
        produktiv;AT;x;WS1;Revit 2026;01.02.2026 09:00;1;1\n\
        produktiv;DE;ben;WS2;AutoCAD;01.07.2026 09:00;0,25;7\n";
    assert_eq!(
        told(text, table),
        [
            "2 jö@acme.example (Login) WS1 revit 2026-02-01T08:00:00Z+5400 1234.5",
            "5 ben (Login) WS2 AutoCAD 2026-07-01T07:00:00Z+900 7",
        ]
    );
}

#[test]
fn the_map_of_the_reference_is_one() {
    let page = include_str!("../../../../docs/reference/usage-files.md");
    let (_, after) = page.split_once("```toml\n").unwrap();
    let example = map(after.split_once("```").unwrap().0);
    assert_eq!((example.name(), example.skips.len(), example.columns.len()), ("acme-portal", 2, 6));
    for (key, _) in COLUMNS {
        assert!(page.contains(&format!("`{key}`")), "{key}");
    }
}

#[test]
fn dates_may_be_numbers() {
    let text = "name = \"p\"\ndates = { opened = \"epoch\", closed = \"epoch-ms\" }\n[columns]\nwho = \"u\"\nproduct = \"p\"\nopened = \"a\"\nclosed = \"b\"\n";
    assert_eq!(
        told(
            text,
            "u,p,a,b\nana,Revit,1769850000,1769853600000\nana,Revit,1769850000000,\nana,Revit,soon,\n"
        ),
        [
            "2 ana (Login) - Revit 2026-01-31T09:00:00Z+3600 -",
            "line 3: `1769850000000` is not between 1980 and 2100",
            "line 4: `soon` is no day such as 2026-01-31",
        ]
    );
}

#[test]
fn rows_that_are_left_out_say_nothing_of_the_others() {
    let text = "name = \"p\"\n[columns]\nwho = \"u\"\nproduct = \"p\"\nday = \"d\"\n[[skip]]\ncolumn = \"u\"\nis = [\"test\"]\n";
    let table = "u,p,d\nana,Revit,1/13/2026\ntest,Revit,13/1/2026\nana,Revit,1/2/2026\n";
    assert_eq!(
        told(text, table),
        ["2 ana (Login) - Revit 2026-01-13 -", "4 ana (Login) - Revit 2026-01-02 -"]
    );
}

#[test]
fn what_all_rows_have_may_be_said_once() {
    let text = "name = \"p\"\n[columns]\nday = \"date\"\ntokens = \"n\"\n[constants]\nwho = \"render-farm\"\nproduct = \"maya\"\n";
    assert_eq!(
        told(text, "date,n\n2026-01-31,7\nTotal,7\n"),
        ["2 render-farm (Login) - maya 2026-01-31 7"]
    );
}

#[test]
fn what_the_table_lacks_or_leaves_open_is_told() {
    let lacks = "there is no column `start` among `user`, `app` of line 1; export it with that column, or correct the map";
    assert_eq!(told(MINIMAL, "user,app\nana,Revit\n"), [lacks]);
    let table = "user,app,start\nana,Revit,1/2/2026 09:00\n";
    assert_eq!(
        told(MINIMAL, table),
        ["the times of `start` name no zone; say it with --zone, such as Europe/Madrid or UTC"]
    );
    let in_utc = format!("zone = \"UTC\"\n{MINIMAL}");
    assert_eq!(
        told(&in_utc, table),
        [
            "whether days or months come first in `start` cannot be told, as in `1/2/2026 09:00` on line 2; say --dates dmy or --dates mdy"
        ]
    );
    let wrong = format!("delimiter = \";\"\n{MINIMAL}");
    assert!(
        told(&wrong, table)[0]
            .starts_with("there is no column `user`: line 1 is one cell, `user,app,start`")
    );
}

fn check(text: &str, expected: &str) {
    let found = text.parse::<Map>().map_or_else(|bad| bad.to_string(), |_| "fine".to_owned());
    assert_eq!(found, expected, "in:\n{text}");
}

#[test]
fn every_fault_of_a_map_has_its_line_and_a_remedy() {
    check(MINIMAL, "fine");
    let with = |line: &str| format!("{line}\n{MINIMAL}");
    check(
        &with("nmae = \"x\""),
        "line 1: unknown key `nmae`; did you mean `name`? known here: name, delimiter, zone, dates, decimal, who_is, duration_in, columns, constants, skip, products",
    );
    check(
        &with("zone = \"Berlin\""),
        "line 1: unknown time zone `Berlin`; write an IANA name such as `Europe/Madrid`",
    );
    check(
        &with("dates = \"d/m/y\""),
        "line 1: `dates` is `d/m/y`; write dmy, mdy, epoch or epoch-ms",
    );
    check(&with("dates = 3"), "line 1: `dates` is `3`; write dmy, mdy, epoch or epoch-ms");
    check(
        &with("dates = { opend = \"dmy\" }"),
        "line 1: unknown key `opend`; did you mean `opened`? known here: opened, closed, day",
    );
    check(&with("decimal = \",\""), "line 1: `decimal` is `,`; write point or comma");
    check(
        &with("delimiter = \"::\""),
        "line 1: `delimiter` is `::`; write one character, such as \";\" or \"\\t\"",
    );
    check(
        &with("who_is = \"nick\""),
        "line 1: `who_is` is `nick`; write email, login, autodesk-id, hashed or full-name",
    );
    check(
        &with("duration_in = \"days\""),
        "line 1: `duration_in` is `days`; write seconds, minutes or hours",
    );
    check(
        &MINIMAL.replace("portal", "My Portal"),
        "line 1: `name` is `My Portal`; write a name of lower-case letters, digits and hyphens, such as \"portal\"",
    );
}

#[test]
fn every_fault_of_its_tables_has_too() {
    let and = |lines: &str| format!("{MINIMAL}{lines}\n");
    check(
        &and("usr = \"x\""),
        "line 6: unknown key `usr`; known here: who, host, product, feature, version, opened, closed, offset, day, duration, tokens, quantity, item, team, site, bucket",
    );
    check(&and("host = \"User\""), "line 6: `User` is named twice; a column says one thing");
    check(&and("host = \"\""), "line 6: `host` is ``; write the header of a column, in quotes");
    check(&and("day = \"date\""), "line 2: `opened` and `day` at once; a table has times or days");
    check(
        &and("[constants]\nwho = \"x\""),
        "line 6: `who` is a column and a constant; keep one of the two",
    );
    check(
        &and("[constants]\nclosed = \"x\""),
        "line 7: unknown key `closed`; known here: who, host, product, feature, team, site, bucket",
    );
    check(
        &and("[[skip]]\nis = [\"x\"]"),
        "line 6: `column` is missing; write the header of a column",
    );
    check(
        &and("[[skip]]\ncolumn = \"x\""),
        "line 6: `is` is missing; write is = [\"…\"], or is_not = [\"…\"]",
    );
    check(
        &and("[[skip]]\ncolumn = \"x\"\nis = \"y\""),
        "line 8: `is` is `y`; write a list of texts, such as [\"named\"]",
    );
    check(
        &and("[[skip]]\ncolumn = \"x\"\nis = [\"y\"]\nis_not = [\"z\"]"),
        "line 6: `is` and `is_not` at once; write two [[skip]]",
    );
    check(&and("[products]\nRevit = 3"), "line 7: `Revit` is `3`; write a product's key in quotes");
    check(
        "[columns]\nhost = \"h\"\n",
        "line 1: `name` is missing; write a name of lower-case letters, digits and hyphens, such as \"portal\"\n\
         line 1: `who` is missing; write the header of the column of names\n\
         line 1: `product` is missing; write the header of the column of products, or a constant\n\
         line 1: `opened` is missing; write the header of the column of times at which use begins, or `day`",
    );
    assert!("name = \n".parse::<Map>().unwrap_err().to_string().starts_with("line 1: not TOML: "));
}

#[test]
fn a_proposal_reads_the_table_it_was_made_for() {
    let table = "session_id,user_email,product_name,product_code,bucket,region,host,ip,mode,start_utc,end_utc,tokens\n\
        1,ana@acme.example,Revit,RVT_2026_0F,design,EMEA,WS-1,10.0.0.1,flex,2026-01-05T09:00:00Z,2026-01-05T10:00:00Z,10\n\
        2,ben@acme.example,Revit,RVT_2026_0F,design,EMEA,WS-2,10.0.0.2,named,2026-01-05T09:00:00Z,2026-01-05T10:00:00Z,0\n\
        3,ben@acme.example,Maya,MAYA_2026_0F,design,EMEA,WS-2,10.0.0.2,named,2026-01-06T09:00:00Z,2026-01-06T10:00:00Z,0\n\
        4,ben@acme.example,Maya,MAYA_2026_0F,design,EMEA,WS-2,10.0.0.2,flex,2026-01-07T09:00:00Z,2026-01-07T10:00:00Z,6\n";
    let proposed = infer(table.as_bytes()).unwrap();
    assert_eq!(
        proposed,
        r#"# Proposed by the header on line 1 and 4 rows. Read it before you use it: a line with a question
# mark is for you to decide.
name = "table"  # receipts say csv:table

[columns]
who = "user_email"  # its values are e-mail addresses
product = "product_name"  # by its name; or is it `product_code`?
opened = "start_utc"  # by its name; its values are times
closed = "end_utc"  # by its name; its values are times
tokens = "tokens"  # by its name; its values are amounts
host = "host"  # by its name
site = "region"  # by its name
bucket = "bucket"  # by its name
# not used: `session_id`, `product_code`, `ip`, `mode`

# ? are some of these rows no use on tokens? then leave them out:
# [[skip]]
# column = "mode"
# is = ["flex", "named"]
"#
    );
    assert_eq!(told(&proposed, table).len(), 4);
    assert_eq!(
        told(&proposed, table)[0],
        "2 ana@acme.example (Email) WS-1 Revit 2026-01-05T09:00:00Z+3600 10"
    );
}

#[test]
fn a_proposal_asks_where_it_is_not_sure() {
    let table = "Nutzung im Januar\nBenutzer;Programm;Beginn;Dauer;Token\njo;Revit;1.2.2026 9:00;90;1,250\njo;Revit;2.3.2026 9:00;90;2\n";
    let proposed = infer(table.as_bytes()).unwrap();
    for line in [
        "# Proposed by the header on line 2 ",
        "# zone = \"Europe/Madrid\"  # ? the times of `Beginn` name no zone: which is it?",
        "# dates = \"dmy\"  # ? `1.2.2026 9:00` on line 3 of `Beginn` has the day or the month first: dmy or mdy?",
        "# decimal = \"point\"  # ? `1,250` on line 3 of `Token` is thousands or decimals: point or comma?",
        "duration_in = \"minutes\"  # ? what does `Dauer` count: seconds, minutes or hours?",
        "duration = \"Dauer\"  # by its name; its values are amounts",
    ] {
        assert!(proposed.contains(line), "{line}\nin:\n{proposed}");
    }
    map(&proposed);
    let nothing = infer(b"a,b\n1,2\n").unwrap();
    for line in [
        "# who = \"\"  # ? which",
        "# product = \"\"  # ? which",
        "# opened = \"\"  # ? which",
        "# not used: `a`, `b`",
    ] {
        assert!(nothing.contains(line), "{line}\nin:\n{nothing}");
    }
    let odd =
        infer(b"user,\"app \\ \"\"x\"\"\",start_utc\nana,Revit,2026-01-05T09:00:00Z\n").unwrap();
    assert!(odd.contains("product = \"app \\\\ \\\"x\\\"\"  #"), "{odd}");
    map(&odd);
    let epochs = infer(b"user,app,start,end\nana,Revit,1769850000,1769853600\n").unwrap();
    assert!(epochs.contains("dates = { opened = \"epoch\", closed = \"epoch\" }"), "{epochs}");
    map(&epochs);
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_table_has_a_proposal_that_is_toml(rows in prop::collection::vec(prop::collection::vec("[a-z0-9@\"\\\\#\u{1}é:/. -]{0,12}", 1..5), 1..8)) {
        let quoted = |cell: &String| format!("\"{}\"", cell.replace('"', "\"\""));
        let line = |row: &Vec<String>| row.iter().map(quoted).collect::<Vec<_>>().join(",");
        let table = rows.iter().map(line).collect::<Vec<_>>().join("\n");
        if let Ok(proposed) = infer(table.as_bytes()) {
            match proposed.parse::<Map>() {
                Ok(_) => {}
                Err(BadMap(faults)) => {
                    let asked = |fault: &Fault| matches!(fault, Fault::Missing(..) | Fault::Twice(_) | Fault::Value(..));
                    prop_assert!(faults.iter().all(|(_, fault)| asked(fault)), "{:?}\n{}", faults, proposed);
                }
            }
        }
    }

    #[test]
    fn any_text_is_a_map_or_told(text in "[a-z=\"\\[\\]{}\n., 0-9]{0,60}", tail in prop::sample::select(vec!["", "\n[columns]\nwho=\"", "\n[[skip]]\n", "\ndates={"])) {
        let _ = format!("{text}{tail}").parse::<Map>();
        let _ = format!("{tail}{text}").parse::<Map>();
    }

    #[test]
    fn any_bytes_are_read_by_a_map(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = infer(&bytes);
        let bytes = [b"user,app,start\n".as_slice(), &bytes].concat();
        let _ = infer(&bytes);
        let survey = Survey::mapped(Arc::new(map(MINIMAL)), Said::default());
        let _ = read_into(&bytes, survey, &mut Collected::default());
    }
}
