//! What each fuzz target does with its bytes: one function a parser, one table of all.
//!
//! The targets of libFuzzer call these functions, and so does the test `crates/ingest/tests/fuzz.rs`, which needs no
//! other compiler and runs everywhere. Each function holds what is true of every file, whatever its bytes: nothing
//! panics, chunks make no difference, every line is accounted for, and whoever is refused is told why.
//!
//! To add a parser: its function, its row in [`ALL`], a file in `fuzz/fuzz_targets/` with its `[[bin]]`, and a few
//! small hostile files in `fuzz/corpus/NAME/`. The test fails while one of them is missing.

use faregate_core::when::{Instant, Zone};
use faregate_ingest::estate::{FAULTS_MAX, Fault};
use faregate_ingest::features::FeatureTable;
use faregate_ingest::lmstat::{Holding, Snapshots};
use faregate_ingest::options::{self, Name, OptionsFile};
use faregate_ingest::tariff::TariffFile;
use faregate_ingest::{cloudevents, container, estate, flexnet, lmstat, mapping, sheet, staff};
use faregate_ingest::{usage, vendor};
use std::io::{Cursor, Read, Seek};

/// One parser.
pub(crate) struct Entry {
    /// Its target, and the directory of its corpus.
    pub(crate) name: &'static str,
    /// Reads any bytes, and panics where something is not as it must be.
    pub(crate) run: fn(&[u8]),
    /// Further files to begin with: directories from the root of the repository.
    pub(crate) seeds: &'static [&'static str],
}

const fn entry(name: &'static str, run: fn(&[u8]), seeds: &'static [&'static str]) -> Entry {
    Entry { name, run, seeds }
}

/// Every parser.
pub(crate) const ALL: &[Entry] = &[
    entry("flexnet", flexnet, &["crates/ingest/fixtures"]),
    entry("lmstat", lmstat, &[]),
    entry("options", options, &[]),
    entry("estate", estate, &[]),
    entry("staff", staff, &[]),
    entry("tariff", tariff, &["tariffs"]),
    entry("features", features, &[]),
    entry("vendor", vendor, &["crates/ingest/src/usage/tests/exports"]),
    entry("sheet", sheet, &["crates/ingest/src/usage/tests/exports"]),
    entry("usage", usage, &["crates/ingest/src/usage/tests/exports"]),
    entry("mapping", mapping, &[]),
    entry("container", container, &[]),
    entry("cloudevents", cloudevents, &[]),
];

/// A debug log.
pub(crate) fn flexnet(bytes: &[u8]) {
    let _ = flexnet::sniff(bytes);
    let Ok(zone) = Zone::named("Europe/Madrid") else { return };
    let read = |size: usize| {
        let (mut found, mut reader) =
            (flexnet::Collected::default(), flexnet::Reader::new(zone.clone()));
        bytes.chunks(size).for_each(|chunk| reader.feed(chunk, &mut found));
        reader.finish(&mut found);
        (found, reader.tally())
    };
    let (found, tally) = read(bytes.len().max(1));
    assert_eq!(tally.lines, tally.events + tally.rejected + tally.skipped);
    let ends = |session: &flexnet::Session| session.closed.is_none_or(|end| end >= session.opened);
    assert!(found.sessions.iter().all(ends));
    assert_eq!((found, tally), read(7));
}

/// An output of lmstat, and a series of it.
pub(crate) fn lmstat(bytes: &[u8]) {
    let polled = Instant(1_508_511_720);
    let read = |size: usize| {
        let mut reader = lmstat::Reader::new(polled, Zone::utc());
        bytes.chunks(size).for_each(|chunk| reader.feed(chunk));
        reader.finish()
    };
    let status = read(bytes.len().max(1));
    assert_eq!(status, read(7));
    assert!(status.rejected.iter().all(|one| one.line > 0 && one.line <= status.lines));
    for feature in &status.features {
        let known = matches!(status.holders(&feature.code), Holding::Known(_));
        assert!(!known || (feature.unread == 0 && status.unknown.is_empty()));
    }
    let mut series = Snapshots::default();
    assert_eq!(series.poll(polled, &status), Ok(Vec::new()), "nothing ends in the first poll");
    let before = series.open();
    assert!(before.iter().all(|one| one.seen >= one.opened && one.gone.is_none()));
    let down = lmstat::Reader::new(polled, Zone::utc()).finish();
    assert_eq!(series.poll(polled.plus(60), &down), Ok(Vec::new()), "not known is not over");
    assert_eq!(series.open(), before);
}

/// An options file: kept as it is, read the same when written again, merged once; everything else answers.
pub(crate) fn options(bytes: &[u8]) {
    use options::effective::{Asker, effective_borrow};
    let (text, encoding) = options::encoding::decode(bytes);
    assert_eq!(options::encoding::encode(&text, encoding).as_deref(), Some(bytes));
    let file = OptionsFile::parse(&text);
    assert_eq!(file.render(), text);
    let written = OptionsFile::of(file.directives().map(|(_, directive)| directive.clone()));
    assert_eq!(OptionsFile::parse(&written.render()), written);
    if let Ok(merged) = options::region::merge(&text, &written) {
        let again = options::region::merge(&merged.text, &written).map(|again| again.text);
        assert_eq!(again, Ok(merged.text));
    }
    if let Ok(name) = Name::new(&text) {
        assert!(!name.as_str().contains(['\n', '\r', '"', '#']));
    }
    let table = FeatureTable::shipped();
    let _ = (options::conflicts::conflicts(&file, &table), options::region::clashes(&file));
    let _ =
        (options::explain::explain(&file, &table), options::policies::to_policies(&file, &table));
    let asker = Asker { user: "jo", host: "ws", ..Asker::default() };
    let _ = effective_borrow(&file, "64300ACD_F", &asker);
    let mut reader = options::echo::Reader::new("adskflex");
    reader.feed(bytes);
    for echo in reader.finish() {
        let _ = options::echo::agrees(&file, &echo);
    }
}

/// Files of an estate; the first byte says which.
pub(crate) fn estate(bytes: &[u8]) {
    let Some((first, rest)) = bytes.split_first() else { return };
    let mut reader = estate::Reader::default();
    // The letters from `a` on are kinds, so that a person can write a seed.
    match estate::Kind::ALL.get(usize::from(first.wrapping_sub(b'a'))) {
        Some(kind) => reader.csv(*kind, "fuzz.csv", rest),
        None => reader.toml("fuzz.toml", rest),
    }
    told(reader);
}

/// Lists of people; the first byte says of whom, and in which order its dates are.
pub(crate) fn staff(bytes: &[u8]) {
    let Some((first, rest)) = bytes.split_first() else { return };
    let number = usize::from(first.wrapping_sub(b'a'));
    let Some(kind) = staff::Kind::ALL.get(number % 4) else { return };
    let reader = estate::Reader::default();
    let mut reader = match number / 4 % 3 {
        1 => reader.with_dates(sheet::date::Order::Dmy),
        2 => reader.with_dates(sheet::date::Order::Mdy),
        _ => reader,
    };
    reader.staff(*kind, "fuzz.csv", rest);
    told(reader);
}

/// Rows, or faults that can be told.
fn told(reader: estate::Reader) {
    if let Err(faults) = reader.finish() {
        assert!(!faults.is_empty() && faults.len() <= FAULTS_MAX);
        let good = |fault: &Fault| fault.line > 0 && !fault.help.is_empty();
        assert!(faults.iter().all(good));
    }
}

/// A tariff.
pub(crate) fn tariff(bytes: &[u8]) {
    let Ok(text) = core::str::from_utf8(bytes) else { return };
    if let Err(bad) = TariffFile::parse(text) {
        assert!(!bad.to_string().is_empty());
    }
}

/// A table of feature codes.
pub(crate) fn features(bytes: &[u8]) {
    let Ok(text) = core::str::from_utf8(bytes) else { return };
    let mut table = FeatureTable::shipped();
    let before = table.families().len();
    if table.extend(text).is_err() {
        assert_eq!(table.families().len(), before, "a bad table changes nothing");
    }
    for line in text.lines() {
        let _ = table.look_up(line);
    }
}

/// A report of the vendor's charges.
pub(crate) fn vendor(bytes: &[u8]) {
    match vendor::read(bytes) {
        Ok(report) => assert!(report.rows.iter().all(|row| row.line > 0)),
        Err(refusal) => assert!(!refusal.to_string().is_empty()),
    }
}

/// Rows of any table.
pub(crate) fn sheet(bytes: &[u8]) {
    let mut last = 0;
    let read = sheet::read(bytes, |item| {
        let line = match item {
            sheet::Item::Row(row) => {
                assert_eq!(row.iter().count(), row.len());
                for cell in row.iter() {
                    let _ = (sheet::date::read(cell, None), sheet::number::read(cell, None));
                }
                row.line
            }
            sheet::Item::Broken(broken) => broken.line,
        };
        assert!(line > last, "lines grow");
        last = line;
    });
    if let Err(foreign) = read {
        assert!(!foreign.to_string().is_empty());
    }
}

/// A table of use.
pub(crate) fn usage(bytes: &[u8]) {
    let _ = usage::sniff(bytes);
    match usage::read(bytes, &usage::Said::default()) {
        Ok((found, reader)) => {
            let _ = reader.tally();
            assert!(
                found
                    .rejected
                    .iter()
                    .all(|(line, fault, _)| { *line > 0 && !fault.to_string().is_empty() })
            );
        }
        Err(refusal) => assert!(!refusal.to_string().is_empty()),
    }
}

/// A map, and the table that follows it after a line of `---`; and the map that is proposed for the bytes.
pub(crate) fn mapping(bytes: &[u8]) {
    if let Ok(proposed) = mapping::infer(bytes) {
        assert!(!proposed.is_empty());
    }
    let Ok(text) = core::str::from_utf8(bytes) else { return };
    let (map, table) = text.split_once("\n---\n").unwrap_or((text, ""));
    match map.parse::<mapping::Map>() {
        Err(bad) => assert!(!bad.to_string().is_empty()),
        Ok(map) => {
            let said = usage::Said::default();
            let mut survey = usage::Survey::mapped(std::sync::Arc::new(map), said);
            survey.feed(table.as_bytes());
            let Ok(plan) = survey.finish() else { return };
            let (mut reader, mut found) = (usage::Reader::new(plan), usage::Collected::default());
            reader.feed(table.as_bytes(), &mut found);
            reader.finish(&mut found);
        }
    }
}

/// A container: all that is in it, within small limits.
pub(crate) fn container(bytes: &[u8]) {
    let limits = container::Limits {
        unpacked_bytes_max: 1 << 20,
        members_max: 20,
        shared_bytes_max: 1 << 16,
        cells_max: 10_000,
        columns_max: 100,
        cell_bytes_max: 1 << 12,
        depth_max: 16,
        ..container::Limits::default()
    };
    match container::open("fuzz", Cursor::new(bytes), &limits) {
        Ok(container::Contents::Plain(mut plain)) => {
            let mut same = Vec::new();
            assert!(plain.read_to_end(&mut same).is_ok() && same == bytes);
        }
        Ok(container::Contents::Gzip(mut gzip)) => unpacked(&mut gzip, &limits),
        Ok(container::Contents::Zip(archive)) => {
            for name in archive.names() {
                match archive.member(name) {
                    Ok(mut member) => unpacked(&mut member, &limits),
                    Err(fault) => assert!(!fault.help().is_empty()),
                }
            }
        }
        Ok(container::Contents::Workbook(book)) => {
            let names: Vec<&str> = book.sheets().collect();
            let all = names.into_iter().map(Some).chain([None]);
            all.for_each(|name| rows(&book, name, &limits));
        }
        Err(fault) => assert!(!fault.help().is_empty() && !fault.code().is_empty()),
    }
}

/// No more comes out than may, and what stops it is told.
fn unpacked(reader: &mut dyn Read, limits: &container::Limits) {
    let mut bytes = Vec::new();
    if let Err(error) = reader.read_to_end(&mut bytes) {
        assert!(container::Fault::of(&error).is_some(), "{error}");
    }
    assert!(bytes.len() as u64 <= limits.unpacked_bytes_max);
}

fn rows<R: Read + Seek>(
    book: &container::Workbook<R>,
    sheet: Option<&str>,
    limits: &container::Limits,
) {
    let Ok(mut rows) = book.rows(sheet) else { return };
    let (mut row, mut last, mut cells) = (container::Row::default(), 0, 0);
    while let Ok(true) = rows.next_row(&mut row) {
        assert!(row.line > last && row.cells().len() <= limits.columns_max);
        (last, cells) = (row.line, cells + row.cells().len() as u64);
        assert!(row.cells().iter().all(|cell| cell.text.len() <= limits.cell_bytes_max));
    }
    assert!(cells <= limits.cells_max);
}

/// Events.
pub(crate) fn cloudevents(bytes: &[u8]) {
    let _ = cloudevents::sniff(bytes);
    let read = |size: usize| {
        let mut found = cloudevents::Collected::default();
        let mut reader = cloudevents::Reader::new(cloudevents::Fields::default());
        bytes.chunks(size).for_each(|chunk| reader.feed(chunk, &mut found));
        reader.finish(&mut found);
        (found, reader.tally())
    };
    let (found, tally) = read(bytes.len().max(1));
    assert_eq!(tally.events, found.events.len() as u64);
    assert_eq!(tally.rejected, found.rejected.len() as u64);
    assert!(found.events.iter().all(|one| one.closed.is_none_or(|end| end >= one.opened)));
    assert!(found.rejected.iter().all(|one| one.line > 0 && !one.reason.remedy().is_empty()));
    assert_eq!((found, tally), read(7));
}
