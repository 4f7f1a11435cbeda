use super::*;
use crate::sheet::date::Order;
use crate::sheet::number::Decimal;
use proptest::prelude::*;

fn told(report: &VendorReport) -> Vec<String> {
    let tell = |row: &VendorRow| {
        format!("{} {} {} {} {}", row.line, row.day, row.who, row.product, row.tokens)
    };
    report.rows.iter().map(tell).collect()
}

fn check(text: &str, expected: &[&str]) {
    let report = read(text.as_bytes()).unwrap();
    assert_eq!(told(&report), expected, "in:\n{text}");
    assert_eq!(report.rejected, [], "in:\n{text}");
}

#[test]
fn every_generation_of_headers_is_read() {
    check(
        "team_alias,offering_name,product_name,day_used,version,email,first_name,last_name,autodesk_id,hashed_autodesk_id,tokens_used,usage_type\n\
         Acme,Revit,Revit,2023-05-02,2023,ana@acme.example,Ana,Diaz,ana.d,0a1b,10,desktop\n",
        &["2 2023-05-02 ana@acme.example Revit 10"],
    );
    check(
        "\u{feff}Day used,Email,First name,Last name,Product,Feature,Team,Tokens used\r\n\
         2026-01-05,ana@acme.example,Ana,Diaz,\"Revit, cloud\",,Acme,2.5\r\n",
        &["2 2026-01-05 ana@acme.example Revit, cloud 2.5"],
    );
    check(
        "Team;Tokens used;Product;Day used;Hashed Autodesk ID;Email\nAcme;1,250;AutoCAD;1/31/2026;0a1b;*****\nAcme;12.5;AutoCAD;2/1/2026;0a1b;*****\n",
        &["2 2026-01-31 0a1b AutoCAD 1250", "3 2026-02-01 0a1b AutoCAD 12.5"],
    );
    check(
        "usageDate,userName,productName,tokens\n2026-01-05,ANA,Maya,-6\n",
        &["2 2026-01-05 ANA Maya -6"],
    );
}

#[test]
fn the_export_of_agreements_ends_its_header_with_a_comma() {
    let text = "\"contractYear\",\"tokenPool\",\"usageCategory\",\"usageDate\",\"productLineCode\",\"productName\",\"tokensConsumed\",\n\
                1,\"CY\",\"CLOUD_PRODUCT\",2016-01-01 00:00:00,\"F360PRO\",\"Fusion 360\",140.0,\n\
                1,\"CY\",\"CLOUD_PRODUCT\",2016-01-02 00:00:00,\"IW360P\",\"InfraWorks\",0.0,\n\
                1,\"CY\",\"CLOUD_PRODUCT\",2016-01-03 00:00:00,\"IW360P\",,0.5\n";
    let report = read(text.as_bytes()).unwrap();
    assert_eq!(told(&report), ["2 2016-01-01  Fusion 360 140", "4 2016-01-03  IW360P 0.5"]);
    assert_eq!((report.zero_rows, report.names_people, report.rejected.len()), (1, false, 0));
}

#[test]
fn bad_rows_are_told_with_line_and_reason() {
    let text = b"Day used,Email,Product,Tokens used\n\
        2026-02-30,a@x,Revit,1\n2026-02-03,a@x,Rev\xc3\xadt,lots\n2026-02-03,,Revit,1\n2026-02-03,a@x,,1\n2026-02-03,a@x\n2026-02-03,\xff,Revit,1\n2026-02-03,a@x,Revit,1,\n2026-02-03,a@x,Revit,12,50\n";
    let report = read(text).unwrap();
    let told: Vec<String> = report.rejected.iter().map(RejectedRow::to_string).collect();
    assert_eq!(
        told,
        [
            "line 2: `2026-02-30` is no day such as 2026-01-31",
            "line 3: `lots` is no number of tokens",
            "line 4: nobody is named",
            "line 5: no product is named",
            "line 6: 2 fields, unlike the 4 of the header",
            "line 7: the text is not UTF-8",
            "line 9: 5 fields, unlike the 4 of the header",
        ]
    );
    assert_eq!(report.rows.len(), 1);
}

#[test]
fn another_table_is_no_report() {
    let check = |text: &[u8], expected: &str| {
        let told = read(text).unwrap_err().to_string();
        assert!(told.starts_with(expected), "{told}");
    };
    check(b"", "the file is empty");
    check(b"a,b\n1,2\n", "there is no column `Day used`; export the report Token Usage");
    check(b"Day used,Product\n", "there is no column `Tokens used`");
    check(b"Day used,Tokens used\n", "there is no column `Product`");
    check(
        b"Day used,usageDate,Product,Tokens used\n",
        "`usageDate` is a second column of its kind; keep one",
    );
}

#[test]
fn what_can_be_read_in_two_ways_is_asked_about_and_can_be_said() {
    let text =
        b"Day used;Email;Product;Tokens used\n1/2/2026;a@x;Revit;1,250\n3/4/2026;a@x;Revit;2\n";
    let asked = read(text).unwrap_err().to_string();
    assert_eq!(
        asked,
        "whether days or months come first in `Day used` cannot be told, as in `1/2/2026` on line 2; say --dates dmy or --dates mdy"
    );
    let said = Said { dates: Some(Order::Dmy), ..Said::default() };
    let asked = read_as(text, said.clone()).unwrap_err().to_string();
    assert_eq!(
        asked,
        "whether `1,250` of `Tokens used` on line 2 is thousands or decimals cannot be told; say --decimal point or --decimal comma"
    );
    let said = Said { decimal: Some(Decimal::Comma), ..said };
    assert_eq!(
        told(&read_as(text, said).unwrap()),
        ["2 2026-02-01 a@x Revit 1.25", "3 2026-04-03 a@x Revit 2"]
    );
}

#[test]
fn the_real_export_is_read_whole() {
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../../shared/data/tokenflex/export-desktop-cloud-year1.csv"
    );
    let Ok(bytes) = std::fs::read(path) else { return println!("skipped: {path} is absent") };
    let report = read(&bytes).unwrap();
    let lines = bytes.iter().filter(|byte| **byte == b'\n').count() as u64;
    assert_eq!(report.rows.len() as u64 + report.zero_rows + 1, lines);
    assert_eq!(report.rejected, []);
    assert!(report.zero_rows > report.rows.len() as u64 / 2, "most rows are zero");
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_rows_are_read_or_told(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let _ = read(&bytes);
        let with_header = [b"Day used,Email,Product,Tokens used\n".as_slice(), &bytes].concat();
        let report = read(&with_header).unwrap();
        prop_assert!(report.rejected.iter().all(|row| row.line > 1));
    }
}
