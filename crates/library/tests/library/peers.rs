//! Reports as programs read them that are not ours.

use crate::world::{World, asked};
use faregate_library::{Format, Report, make};
use std::process::Command;

/// What a reader says of a file; `None`, and a line that says why, where there is none.
fn read(world: &mut World, report: Report, format: Format, reader: &[&str]) -> Option<String> {
    let place = tempfile::tempdir().unwrap();
    let file = place.path().join(format!("report.{}", format.key()));
    std::fs::write(&file, make(&mut world.engine, &asked(report, format)).unwrap()).unwrap();
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tools/report-peers.sh");
    let said = Command::new(script)
        .arg(env!("CARGO_TARGET_TMPDIR"))
        .args(reader)
        .arg(&file)
        .output()
        .unwrap();
    let (out, why) =
        (String::from_utf8(said.stdout).unwrap(), String::from_utf8(said.stderr).unwrap());
    if said.status.code() == Some(69) {
        println!("skipped: {}", why.trim());
        return None;
    }
    assert!(said.status.success(), "{reader:?}: {why}");
    Some(out)
}

/// A virtual currency is none of ISO 4217, which this reader asks for wherever there is a currency.
#[test]
fn focus_finds_nothing_wrong_but_the_virtual_currency() {
    let mut world = World::new();
    let focus = |dataset| ["focus", dataset];
    let csv = Format::Csv;
    let Some(said) = read(&mut world, Report::CostAndUsage, csv, &focus("cost-and-usage")) else {
        return;
    };
    let wrong: Vec<&str> = said.lines().filter(|line| line.contains('[')).collect();
    let other = wrong.iter().filter(|line| {
        !(line.contains("bad_currency")
            && line.contains("PricingCurrency")
            && line.contains("'Token'"))
    });
    assert_eq!(other.collect::<Vec<_>>(), Vec::<&&str>::new());
    assert!(!wrong.is_empty(), "it read nothing: {said}");
    let dataset = focus("contract-commitment");
    let said = read(&mut world, Report::Commitments, csv, &dataset).unwrap();
    assert!(!said.contains('['), "{said}");
}

#[test]
fn calendars_workbooks_and_pages_are_read() {
    let mut world = World::new();
    let Some(events) = read(&mut world, Report::Calendar, Format::Ics, &["calendar"]) else {
        return;
    };
    assert!(
        events.contains("2027-05-15 00:00:00 =Flex, 2026 expires")
            || events.contains("2027-05-16 =Flex, 2026 expires"),
        "{events}"
    );
    let sheets = read(&mut world, Report::Burn, Format::Xlsx, &["workbook"]).unwrap();
    assert_eq!(
        sheets.lines().skip(1).take(4).collect::<Vec<_>>(),
        ["Summary", "By product", "By bucket", "By person"]
    );
    let pages = read(&mut world, Report::Evidence, Format::Pdf, &["pdf"]).unwrap();
    assert!(pages.trim().parse::<u32>().unwrap() > 0);
}
