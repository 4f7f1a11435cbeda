//! Reports of a made-up estate: each in each format, FOCUS against the ledger, and all of it read by others.

#[path = "library/focus.rs"]
mod focus;
#[path = "library/peers.rs"]
mod peers;
#[path = "library/world.rs"]
mod world;

use faregate_library::{Format, Report, Unmade, make};
use world::{World, asked};

#[test]
fn each_report_is_made_in_each_of_its_formats_and_no_other() {
    let mut world = World::new();
    for report in Report::ALL {
        for format in Format::ALL {
            let made = make(&mut world.engine, &asked(report, format));
            if !report.formats().contains(&format) {
                assert!(matches!(made, Err(Unmade::NotSo(..))), "{report:?} as {format:?}");
                continue;
            }
            let bytes = made.unwrap();
            let begins: &[u8] = match format {
                Format::Xlsx => b"PK",
                Format::Pdf => b"%PDF-",
                Format::Ics => b"BEGIN:VCALENDAR\r\n",
                Format::Csv => b"",
            };
            assert!(bytes.starts_with(begins) && bytes.len() > 40, "{report:?} as {format:?}");
        }
    }
}

/// Equal questions have equal answers, to the byte.
#[test]
fn a_report_is_the_same_however_often_it_is_made() {
    let mut world = World::new();
    for (report, format) in [(Report::Burn, Format::Pdf), (Report::Chargeback, Format::Xlsx)] {
        let one = make(&mut world.engine, &asked(report, format)).unwrap();
        assert_eq!(one, make(&mut world.engine, &asked(report, format)).unwrap(), "{report:?}");
    }
}

#[test]
fn the_rows_of_burn_are_all_of_it() {
    let mut world = World::new();
    let rows = world.rows(Report::Burn);
    let tokens: f64 = rows.iter().map(|row| row["Tokens"].parse::<f64>().unwrap()).sum();
    let expected = world.burned().tokens();
    assert!(expected > 0.0);
    assert!((tokens - expected).abs() < 1e-9, "{tokens} of {expected}");
}

/// A bucket's report is of those below it, too, and of nothing else.
#[test]
fn burn_of_a_bucket_is_of_what_lies_below() {
    let mut world = World::new();
    let sum = |rows: Vec<world::Row>| -> f64 {
        rows.iter().map(|row| row["Tokens"].parse::<f64>().unwrap()).sum()
    };
    let whole = sum(world.rows(Report::Burn));
    let parts: f64 =
        world.leaves().into_iter().map(|id| sum(world.rows_of(Report::Burn, id))).sum();
    assert!((whole - parts).abs() < 1e-9, "{whole} is not {parts}");
}

#[test]
fn files_say_what_they_are_and_of_when() {
    let name = |report, format| asked(report, format).file_name();
    assert_eq!(name(Report::Burn, Format::Pdf), "faregate-burn-2026-04-01-to-2026-06-14.pdf");
    assert_eq!(name(Report::Calendar, Format::Ics), "faregate-calendar-2026-06-14.ics");
}
