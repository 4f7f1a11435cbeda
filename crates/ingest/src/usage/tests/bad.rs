//! What people's exports get wrong, and what is said of it.

use super::*;
use crate::sheet::ROW_MAX;

const HEADER: &str = "Day used,Email,Product,Tokens used\n";

fn check(text: &str, expected: &[&str]) {
    assert_eq!(told(text.as_bytes(), &Said::default()), expected, "in:\n{text}");
}

/// Rows below a header.
fn check_rows(rows: &str, expected: &[&str]) {
    check(&format!("{HEADER}{rows}"), expected);
}

#[test]
fn a_table_with_another_delimiter_says_what_was_seen() {
    check(
        "Day used:Email:Product:Tokens used\n2026-01-05:ana@x:Revit:10\n",
        &[
            "there is no column `Day used`: line 1 is one cell, `Day used:Email:Product:Tokens used`; export with cells parted by a comma, a semicolon, a tab or `|`",
        ],
    );
    // Rows that agree on another delimiter than the header's do not hide it.
    check(
        "Day used,Email,Product,Tokens used\n2026-01-05;ana|x;Rev|it;10\n2026-01-06;ana|x;Rev|it;10\n",
        &[
            "line 2: 1 fields, unlike the 4 of the header; put a value that holds the delimiter, a quote or a line break in double quotes, and double its quotes",
            "line 3: 1 fields, unlike the 4 of the header; put a value that holds the delimiter, a quote or a line break in double quotes, and double its quotes",
        ],
    );
}

#[test]
fn shifted_columns_are_rejected_row_by_row() {
    check_rows(
        "2026-01-05,ana@x,Revit, LT,10\n2026-01-05,ana@x,Revit\n2026-01-05,ana@x,Revit,10,,\n",
        &[
            "line 2: 5 fields, unlike the 4 of the header; put a value that holds the delimiter, a quote or a line break in double quotes, and double its quotes",
            "line 3: 3 fields, unlike the 4 of the header; put a value that holds the delimiter, a quote or a line break in double quotes, and double its quotes",
            "4 ana@x (Email) - Revit 2026-01-05 10",
        ],
    );
}

#[test]
fn the_order_of_dates_is_asked_about_or_told_by_other_rows() {
    check_rows(
        "3/3/2026,ana@x,Revit,10\n1/2/2026,ana@x,Revit,10\n",
        &[
            "whether days or months come first in `Day used` cannot be told, as in `1/2/2026` on line 3; say --dates dmy or --dates mdy",
        ],
    );
    check_rows(
        "1/2/2026,ana@x,Revit,10\n31/1/2026,ana@x,Revit,10\n",
        &["2 ana@x (Email) - Revit 2026-02-01 10", "3 ana@x (Email) - Revit 2026-01-31 10"],
    );
    check_rows(
        "1/31/2026,ana@x,Revit,10\n1/2/2026,ana@x,Revit,10\n31/1/2026,ana@x,Revit,10\n",
        &[
            "`Day used` has the day first in `31/1/2026` on line 4 and the month first in `1/31/2026` on line 2; export it in one order, or say --dates dmy or --dates mdy and see the others rejected",
        ],
    );
    let said = Said { dates: Some(Order::Mdy), ..Said::default() };
    let text = format!(
        "{HEADER}1/31/2026,ana@x,Revit,10\n31/1/2026,ana@x,Revit,10\n1/2/26,ana@x,Revit,10\n"
    );
    assert_eq!(
        told(text.as_bytes(), &said),
        [
            "2 ana@x (Email) - Revit 2026-01-31 10",
            "line 3: `31/1/2026` is no day in the order of its column; check --dates, and whether the column has one order",
            "line 4: the year of `1/2/26` has two digits; write years with four digits",
        ]
    );
}

#[test]
fn separators_of_amounts_are_asked_about_or_told_by_other_rows() {
    check_rows(
        "2026-01-05,ana@x,Revit,\"1,234\"\n",
        &[
            "whether `1,234` of `Tokens used` on line 2 is thousands or decimals cannot be told; say --decimal point or --decimal comma",
        ],
    );
    check_rows(
        "2026-01-05,ana@x,Revit,\"1,234\"\n2026-01-05,ana@x,Revit,140.0\n",
        &["2 ana@x (Email) - Revit 2026-01-05 1234", "3 ana@x (Email) - Revit 2026-01-05 140"],
    );
    check_rows(
        "2026-01-05,ana@x,Revit,\"1.234,5\"\n2026-01-05,ana@x,Revit,\"1.234\"\n",
        &["2 ana@x (Email) - Revit 2026-01-05 1234.5", "3 ana@x (Email) - Revit 2026-01-05 1234"],
    );
    check_rows(
        "2026-01-05,ana@x,Revit,\"0,5\"\n2026-01-05,ana@x,Revit,1.5\n",
        &[
            "`Tokens used` has a decimal point in `1.5` on line 3 and a decimal comma in `0,5` on line 2; export it in one form, or say --decimal point or --decimal comma and see the others rejected",
        ],
    );
}

#[test]
fn a_team_called_total_is_no_sum() {
    check(
        "Team,Day used,Email,Product,Tokens used\nTotal Access,soon,ana@x,Revit,10\nTotal Access,2026-01-05,ana@x,Revit,10\n",
        &[
            "line 2: `soon` is no day such as 2026-01-31; correct it, or export the table again",
            "3 ana@x (Email) - Revit 2026-01-05 10",
        ],
    );
}

#[test]
fn a_sum_asks_nothing() {
    check_rows(
        "2026-01-05,ana@x,Revit,10\nTotal,,,\"1,234\"\nTotal 1/2/2026,,,5\n",
        &["2 ana@x (Email) - Revit 2026-01-05 10"],
    );
}

#[test]
fn tokens_below_zero_are_given_back() {
    check_rows("2026-01-05,ana@x,Revit,-7.5\n", &["2 ana@x (Email) - Revit 2026-01-05 -7.5"]);
}

#[test]
fn titles_second_headers_and_sums_are_no_use() {
    let text = format!(
        "Token usage of Bridge Ltd\n\nPeriod,,January,\n{HEADER}Nutzungstag,E-Mail,Produkt,Tokens\n\
         2026-01-05,ana@x,Revit,10\nSubtotal,,,10\n{HEADER}2026-01-06,ben@x,Revit,10\n,,,\n2026-01-06,Total,All,20\nGrand total:,,,20\nTotal for January,,,20\n"
    );
    let (found, reader) = read(text.as_bytes(), &Said::default()).unwrap();
    let told: Vec<String> = found.rows.iter().map(tell).collect();
    assert_eq!(
        told,
        ["6 ana@x (Email) - Revit 2026-01-05 10", "9 ben@x (Email) - Revit 2026-01-06 10"]
    );
    let tally = reader.tally();
    assert_eq!((tally.rows, tally.headers, tally.summaries, tally.rejected), (8, 2, 4, 0));
    assert_eq!(reader.plan().header_line(), 4);
    check_rows(
        "Summe,,,10\nSummer,,,10\n",
        &["line 3: `Summer` is no day such as 2026-01-31; correct it, or export the table again"],
    );
}

/// There are people whose login is a word for a sum; what they are charged for a product on a day is no sum.
#[test]
fn somebody_called_sum_is_no_sum() {
    let text = format!(
        "{HEADER}2026-01-31,sum,Revit,10\n2026-01-31,sum,All products,20\n2026-01-31,sum,,20\n2026-01-31,ana@x,Total,20\n"
    );
    let (found, reader) = read(text.as_bytes(), &Said::default()).unwrap();
    let told: Vec<String> = found.rows.iter().map(tell).collect();
    assert_eq!((told.len(), reader.tally().summaries), (1, 3), "{told:?}");
    assert!(told[0].contains("sum") && told[0].ends_with("Revit 2026-01-31 10"), "{told:?}");
}

#[test]
fn a_first_row_that_names_nobody_is_no_header() {
    check(
        "email,role,last_accessed\n*****,Member,Never\n",
        &["line 2: nobody is named; export the table with the column of names, or of hashed ids"],
    );
}

#[test]
fn other_encodings_are_read() {
    let text = format!("{HEADER}2026-01-05,ana@x,Rénovation,10\n");
    let wide: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let marked = [b"\xff\xfe".as_slice(), &wide].concat();
    let latin: Vec<u8> =
        text.chars().map(|letter| u8::try_from(u32::from(letter)).unwrap()).collect();
    for bytes in [text.as_bytes(), &wide, &marked, &latin] {
        assert_eq!(told(bytes, &Said::default()), ["2 ana@x (Email) - Rénovation 2026-01-05 10"]);
    }
}

#[test]
fn what_is_no_table_is_refused_with_what_it_is() {
    check("", &["the file is empty; export it again"]);
    check(
        "<!doctype html><title>Sign in</title>",
        &[
            "the file is a web page, not a table: `Sign in`; the download was answered with an error or a sign-in: export it again",
        ],
    );
    check(
        "{\"errorCode\": \"AUTH-006\", \"message\": \"The token has expired\"}",
        &[
            "the file is JSON without `columns` and `rows`: `{\"errorCode\":\"AUTH-006\",\"message\":\"The token has expired\"}`; if this is an error, export it again",
        ],
    );
    check(
        "{\"columns\": [",
        &["the JSON cannot be read: EOF while parsing a list at line 1 column 13; fetch it again"],
    );
    check(
        "Name,Rooms\nA,1\n",
        &[
            "there is no column `Day used` among `Name`, `Rooms` of line 1; export it with that column, or explain the table with a map (--map, and --infer to begin one)",
        ],
    );
    check(
        "usageMonth,productName,tokensConsumed\n2026-01,Revit,10\n",
        &[
            "there is no column `usageDate` among `usageMonth`, `productName`, `tokensConsumed` of line 1; export it with that column, or explain the table with a map (--map, and --infer to begin one)",
        ],
    );
    check(
        "Day used,Email,EMAIL_ADDRESS,Product,Tokens used\n",
        &["`EMAIL_ADDRESS` is a second column of its kind; keep one"],
    );
}

#[test]
fn what_else_it_is_is_told() {
    let check = |head: &[u8], expected: &str| {
        assert_eq!(
            sniff(head).unwrap_err().to_string(),
            format!("the file is {expected}, not a table of use")
        );
    };
    check(b"8:00:00 (lmgrd) TIMESTAMP 5/6/2022\n", "a FlexNet debug log");
    check(
        b"lmutil - Copyright (c) 1989-2022 Flexera\nUsers of 64300ACD_F:\n",
        "the output of lmstat",
    );
    check(b"TIMEOUTALL 3600\nINCLUDE 64300ACD_F USER ana\n", "an options file");
    check(
        b"{\"specversion\": \"1.0\", \"id\": \"1\"}\n{\"specversion\": \"1.0\"}\n",
        "a stream of CloudEvents",
    );
}

#[test]
fn parts_of_seconds_are_rounded() {
    check(
        "sessionStartDate,usageMinutes,productName,userName\n2026-01-05T09:00:00Z,0.01,Revit,ana\n2026-01-05T09:00:00Z,0.008,Revit,ana\n",
        &[
            "2 ana (Login) - Revit 2026-01-05T09:00:00Z+1 -",
            "3 ana (Login) - Revit 2026-01-05T09:00:00Z+0 -",
        ],
    );
}

#[test]
fn a_number_of_json_is_never_asked_about() {
    check(
        "[{\"usageDate\": \"2026-01-05\", \"productName\": \"Revit\", \"tokens\": 1.234}]",
        &["2 - - Revit 2026-01-05 1.234"],
    );
}

#[test]
fn the_beginning_of_an_answer_tells_its_kind() {
    let head = b"{\"status\": \"DONE\", \"result\": {\"columns\": [\"usageDate\", \"productName\", \"tokensConsumed\"], \"rows\": [[\"2018";
    assert_eq!(sniff(head), Ok((Kind::TokenUsage, Generation::Api)));
    let head =
        b"[{\"usageDate\": \"2026-01-05\", \"productName\": \"Revit\", \"tokens\": 10}, {\"usa";
    assert_eq!(sniff(head), Ok((Kind::TokenUsage, Generation::Api)));
    assert_eq!(sniff(b"{\"rooms\": 1").unwrap_err().code(), "json-unreadable");
}

#[test]
fn a_line_without_end_costs_one_row() {
    let long = "x".repeat(ROW_MAX * 40);
    let text = format!("{HEADER}2026-01-05,ana@x,{long},10\n2026-01-05,ana@x,Revit,10\n");
    let (found, _) = read(text.as_bytes(), &Said::default()).unwrap();
    assert_eq!((found.rows.len(), found.rejected.len()), (1, 1));
    let (line, fault, text) = &found.rejected[0];
    assert_eq!(
        (*line, fault.to_string().as_str(), text.len()),
        (2, "a row of more than 65536 bytes", 1_000)
    );
}

#[test]
fn a_quote_that_nobody_closes_costs_one_row() {
    check_rows(
        "2026-01-05,\"ana@x,Revit,10\n2026-01-06,ben@x,Revit,10\n",
        &[
            "line 2: a quote is opened and never closed; put a value that holds the delimiter, a quote or a line break in double quotes, and double its quotes",
            "3 ben@x (Email) - Revit 2026-01-06 10",
        ],
    );
}

#[test]
fn sessions_say_where_their_clock_stands() {
    let text = "sessionStartDate,sessionEndDate,productName,userName\n2026-01-05 09:00:00,2026-01-05 10:00:00,Revit,ana\n";
    check(
        text,
        &[
            "the times of `sessionStartDate` name no zone; say it with --zone, such as Europe/Madrid or UTC",
        ],
    );
    assert_eq!(
        told(text.as_bytes(), &zone("Europe/Madrid")),
        ["2 ana (Login) - Revit 2026-01-05T08:00:00Z+3600 -"]
    );
    let offsets = "sessionStartDate,sessionEndDate,licenseServerTimeZoneOffset,productName,userName\n\
        2026-01-05 09:00:00,2026-01-05 10:00:00,-8:00,Revit,ana\n2026-01-05 09:00:00Z,,-8:00,Revit,ana\n\
        2026-01-05 09:00:00,,west,Revit,ana\n2026-01-05 09:00:00,,,Revit,ana\n2026-01-05,,-8:00,Revit,ana\n\
        2026-01-05 09:00:00,2028-01-05 09:00:00,-8:00,Revit,ana\n";
    check(
        offsets,
        &[
            "2 ana (Login) - Revit 2026-01-05T17:00:00Z+3600 -",
            "3 ana (Login) - Revit 2026-01-05T09:00:00Z+ -",
            "line 4: `west` is no offset from UTC; write it as -8:00 or +05:30",
            "line 5: nothing says in which zone `2026-01-05 09:00:00` is; say it with --zone, such as Europe/Madrid or UTC",
            "line 6: `2026-01-05` is a day without a time; export times, or map the column as `day`",
            "line 7: it is closed at `2028-01-05 09:00:00`, more than a year after it is opened; correct it, or export the table again",
        ],
    );
}

#[test]
fn every_bad_cell_says_what_it_is() {
    let text = "sessionStartDate,usageMinutes,tokensConsumed,chargeCategory,usageCategory,tokenPool,productName,userName\n\
        2026-01-05T09:00:00Z,90.5,10,CHARGED,DESKTOP_PRODUCT,CY,Revit,ana\n\
        soon,1,10,CHARGED,,,Revit,ana\n\
        1899-12-31T00:00:00Z,1,10,,,,Revit,ana\n\
        2026-01-05T09:00:00Z,-1,10,,,,Revit,ana\n\
        2026-01-05T09:00:00Z,1,many,,,,Revit,ana\n\
        2026-01-05T09:00:00Z,1,10,BARTER,,,Revit,ana\n\
        2026-01-05T09:00:00Z,1,10,,,,,ana\n\
        2026-01-05T09:00:00Z,1,10,,,,Revit,*****\n\
        2026-01-05T09:00:00Z,1,10,,,,Revit,\"a\nb\"\n";
    check(
        text,
        &[
            "2 ana (Login) - Revit 2026-01-05T09:00:00Z+5430 10",
            "line 3: `soon` is no day such as 2026-01-31; correct it, or export the table again",
            "line 4: `1899-12-31T00:00:00Z` is not between 1980 and 2100; correct it, or export the table again",
            "line 5: `usageMinutes` is `-1`, which is no amount; correct it, or export the table again",
            "line 6: `many` is no number of tokens; correct it, or export the table again",
            "line 7: `chargeCategory` is `BARTER`, a word that is not known; tell us of it: the vendor has a new word",
            "line 8: no product is named; export the table with the column of products",
            "line 9: nobody is named; export the table with the column of names, or of hashed ids",
            "line 10: `userName` has more than 255 bytes, or a control character; shorten it to one line of at most 255 bytes",
        ],
    );
}

#[test]
fn every_code_is_in_the_reference() {
    use crate::sheet::{Foreign, Why, date, number};
    let page = include_str!("../../../../../docs/reference/usage-files.md");
    let text = String::new;
    let dates = date::Unclear::Ambiguous { line: 1, value: text() };
    let numbers = number::Unclear::Ambiguous { line: 1, value: text() };
    let refusals = [
        Refusal::Foreign(Foreign::Empty),
        Refusal::Foreign(Foreign::Packed("")),
        Refusal::Foreign(Foreign::Html(text())),
        Refusal::Foreign(Foreign::Json(text())),
        Refusal::Foreign(Foreign::Binary),
        Refusal::Column { missing: text(), line: 1, found: Vec::new(), is_mapped: false },
        Refusal::Twice { line: 1, name: text() },
        Refusal::Dates { column: text(), why: dates },
        Refusal::Numbers { column: text(), why: numbers },
        Refusal::Zone { column: text() },
        Refusal::Json(text()),
    ];
    let faults = [
        Fault::Broken(Why::TooLong),
        Fault::Broken(Why::QuoteOpen),
        Fault::Broken(Why::Damaged),
        Fault::Fields(1, 2),
        Fault::Day(text(), date::BadDate::Unreadable),
        Fault::Day(text(), date::BadDate::Ambiguous),
        Fault::Tokens(text(), number::BadNumber::Unreadable),
        Fault::Amount(text(), text(), number::BadNumber::Unreadable),
        Fault::Offset(text()),
        Fault::Zone(text()),
        Fault::Time(text()),
        Fault::Backwards(text(), text()),
        Fault::Endless(text()),
        Fault::Who,
        Fault::Product,
        Fault::Word(text(), text()),
        Fault::Name(text()),
    ];
    let codes = refusals.iter().map(Refusal::code).chain(faults.iter().map(Fault::code));
    codes.for_each(|code| assert!(page.contains(&format!("`{code}`")), "{code}"));
}
