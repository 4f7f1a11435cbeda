//! Files of whatever kind: known by what is in them, taken in as a whole or not at all, and charged once.

use crate::packed::{gzip, workbook, zip};
use crate::paper::*;
use crate::world::*;
use faregate_app::engine::Engine;
use faregate_app::import::intake::{
    How, Kind, More, Offered, Refused, Rejected, Step, Taken, Watch, take_in,
};
use faregate_core::amount::Ticks;
use faregate_core::when::Zone;
use faregate_ingest::features::FeatureTable;
use faregate_ingest::usage::Said;
use std::io::Cursor;
use std::sync::Arc;

/// What an import told.
#[derive(Default)]
struct Told {
    taken: Vec<Taken>,
    /// File, line and code.
    rejected: Vec<(String, u64, &'static str)>,
    passed_over: Vec<String>,
    bytes: u64,
    /// So many are let through.
    stop_after: Option<u64>,
    rated: bool,
}

impl Watch for Told {
    fn read(&mut self, step: Step, bytes: u64) -> bool {
        self.bytes += bytes;
        self.rated |= step == Step::Rating;
        self.stop_after.is_none_or(|most| self.bytes <= most)
    }

    fn rejected(&mut self, file: &str, one: &Rejected) {
        self.rejected.push((file.to_owned(), one.line, one.code));
    }

    fn passed_over(&mut self, what: &str, _why: &str) {
        self.passed_over.push(what.to_owned());
    }

    fn taken(&mut self, taken: Taken) {
        self.taken.push(taken);
    }
}

fn utc() -> How {
    How { said: Said { zone: Some(Zone::utc()), ..Said::default() }, ..How::default() }
}

fn mapped(map: &str) -> How {
    How { map: Some(Arc::new(map.parse().unwrap())), ..utc() }
}

fn offered<'a>(name: &str, bytes: &[u8]) -> Offered<'a> {
    let written = Some(T0.plus(12 * 60 * MINUTE));
    Offered { name: name.to_owned(), source: Box::new(Cursor::new(bytes.to_vec())), written }
}

fn try_files(
    engine: &mut Engine,
    files: &[(&str, &[u8])],
    how: &How,
    told: &mut Told,
) -> Result<(), Refused> {
    let files = files.iter().map(|(name, bytes)| offered(name, bytes)).collect();
    take_in(engine, &FeatureTable::shipped(), files, how, told)
}

fn take(engine: &mut Engine, files: &[(&str, &[u8])], how: &How) -> Told {
    let mut told = Told::default();
    try_files(engine, files, how, &mut told).unwrap();
    told
}

/// Ana uses AutoCAD on 1 June 2026 from 09:00 to 10:00 UTC, as every kind of file tells it.
const EVENT: &str = r#"{"specversion":"1.0","type":"session","id":"7","source":"farm","subject":"ana","time":"2026-06-01T09:00:00Z","data":{"product":"autocad","host":"WS-ana","duration_seconds":3600}}"#;
const SESSIONS: &str = "usageDate,productName,userName,machineName,sessionStartDate,sessionEndDate,licenseServerTimeZoneOffset,chargeCategory,tokensConsumed,\n2026-06-01,AutoCAD,ana,WS-ana,2026-06-01 11:00:00,2026-06-01 12:00:00,\"+02:00\",CHARGED,7.0,\n";
const JSON: &str = r#"{"columns":["productName","userName","sessionStartDate","sessionEndDate","tokensConsumed"],"rows":[["AutoCAD","ana","2026-06-01T09:00:00Z","2026-06-01T10:00:00Z",7]]}"#;
const CHARGES: &str = "usageDate,userName,productName,tokensConsumed\n2026-06-01,ana,AutoCAD,7\n";
const PORTAL: &str = "Benutzer;Programm;Beginn;Dauer\nana;CAD;01.06.2026 09:00;1\n";
const MAP: &str = "name = \"portal\"\ndates = \"dmy\"\nduration_in = \"hours\"\n[columns]\nwho = \"Benutzer\"\nproduct = \"Programm\"\nopened = \"Beginn\"\nduration = \"Dauer\"\n[products]\n\"CAD\" = \"autocad\"\n";
const POLLS: &str = "lmutil - Copyright (c) 1989-2023 Flexera.\nFlexible License Manager status on Mon 6/1/2026 09:30\n\nUsers of 87545ACD_2022_0F:  (Total of 9 licenses issued;  Total of 1 license in use)\n\n    ana WS-ana WS-ana (v1.000) (srv/27000 101), start Mon 6/1 9:00\n\nlmutil - Copyright (c) 1989-2023 Flexera.\nFlexible License Manager status on Mon 6/1/2026 10:00\n\nUsers of 87545ACD_2022_0F:  (Total of 9 licenses issued;  Total of 0 licenses in use)\n\n";

fn debug_log() -> String {
    log(&[used("ana", AUTOCAD, 540, 600)])
}

/// Each way to tell of it: a name, the bytes, how it is read, and what the receipt calls it.
fn tellers() -> Vec<(&'static str, Vec<u8>, How, &'static str)> {
    let table: Vec<Vec<&str>> = SESSIONS
        .lines()
        .map(|line| {
            line.trim_end_matches(',').split(',').map(|cell| cell.trim_matches('"')).collect()
        })
        .collect();
    vec![
        ("a.log", debug_log().into_bytes(), utc(), "flexnet"),
        ("a.log.gz", gzip(debug_log().as_bytes()), utc(), "flexnet"),
        ("events.json", format!("[{EVENT}]").into_bytes(), How::default(), "cloudevents"),
        ("events.ndjson.gz", gzip(EVENT.as_bytes()), How::default(), "cloudevents"),
        ("sessions.csv", SESSIONS.as_bytes().to_vec(), How::default(), "token-flex-sessions"),
        ("sessions.xlsx", workbook(&[("Sessions", &table)]), How::default(), "token-flex-sessions"),
        (
            "sessions.zip",
            zip(&[("june/s.csv", SESSIONS.as_bytes())]),
            How::default(),
            "token-flex-sessions",
        ),
        ("answer.json", JSON.as_bytes().to_vec(), How::default(), "token-flex-sessions"),
        ("portal.csv", PORTAL.as_bytes().to_vec(), mapped(MAP), "csv:portal"),
        ("polls.txt", POLLS.as_bytes().to_vec(), How::default(), "lmstat"),
        ("usage.csv", CHARGES.as_bytes().to_vec(), How::default(), "vendor"),
    ]
}

#[test]
fn what_a_file_is_is_told_by_what_is_in_it() {
    for (name, bytes, how, kind) in tellers() {
        let mut world = office();
        let told = take(&mut world.engine, &[(name, &bytes)], &how);
        let [taken] = told.taken.as_slice() else { panic!("{name}") };
        assert_eq!((taken.kind.as_str(), taken.batch), (kind, Some(1)), "{name}");
        assert_eq!((taken.counts.sessions, taken.counts.rejected), (1, 0), "{name}");
        // Of a day, nobody knows when.
        let minute = if kind == "vendor" { 0 } else { 540 };
        assert_eq!(charged(&world.engine), [charge("ana", "autocad", minute)], "{name}");
        assert!(told.rated && told.rejected.is_empty() && told.passed_over.is_empty(), "{name}");
        let before = world.store.told();
        let again = take(&mut world.engine, &[(name, &bytes)], &how);
        assert_eq!((again.taken[0].batch, again.taken[0].counts.sessions), (None, 0), "{name}");
        assert_eq!(world.store.told(), before, "{name} changed something, taken in again");
    }
}

/// Whoever tells of it, and in whatever order, it costs once; and what the log says of when it was holds.
#[test]
fn the_same_use_told_in_every_way_is_charged_once() {
    let (mut forth, mut back) = (tellers(), tellers());
    back.reverse();
    forth.rotate_left(3);
    for order in [tellers(), forth, back] {
        let mut world = office();
        for (name, bytes, how, _) in &order {
            take(&mut world.engine, &[(name, bytes)], how);
            assert_eq!(charged(&world.engine).len(), 1, "{name}");
        }
        let ticks: Vec<Ticks> =
            world.engine.state().read().charges().iter().map(|charge| charge.ticks).collect();
        assert_eq!(ticks, [tokens(7)]);
    }
}

/// Files of several kinds at once are a batch a kind, and the vendor's report comes after the log.
#[test]
fn kinds_are_sorted_so_that_the_report_comes_last() {
    let mut world = office();
    let log = debug_log();
    let files: [(&str, &[u8]); 3] = [
        ("usage.csv", CHARGES.as_bytes()),
        ("e.json", EVENT.as_bytes()),
        ("a.log", log.as_bytes()),
    ];
    let told = take(&mut world.engine, &files, &utc());
    let kinds: Vec<&str> = told.taken.iter().map(|taken| taken.kind.as_str()).collect();
    assert_eq!(kinds, ["flexnet", "cloudevents", "vendor"]);
    let More::Vendor { report, rows, .. } = &told.taken[2].more else { panic!("{:?}", told.taken) };
    assert_eq!((report.matched, report.booked, *rows), (1, 0, 1));
    assert_eq!(charged(&world.engine), [charge("ana", "autocad", 540)]);
}

#[test]
fn a_trial_says_what_would_be_and_changes_nothing() {
    for (name, bytes, how, _) in tellers() {
        let mut world = office();
        let before = world.store.told();
        let trial = How { dry_run: true, ..how.clone() };
        let tried = take(&mut world.engine, &[(name, &bytes)], &trial);
        assert_eq!(world.store.told(), before, "{name}");
        assert_eq!(tried.taken[0].batch, None);
        let done = take(&mut world.engine, &[(name, &bytes)], &how);
        assert_eq!(tried.taken[0].counts, done.taken[0].counts, "{name}");
    }
}

/// Stopped after any number of bytes, before the books or in the middle of them, an import never was.
#[test]
fn stopped_anywhere_it_never_was() {
    for (name, bytes, how, _) in tellers() {
        let mut world = office();
        let before = world.store.told();
        let mut most = 0;
        loop {
            let mut told = Told { stop_after: Some(most), ..Told::default() };
            match try_files(&mut world.engine, &[(name, &bytes)], &how, &mut told) {
                Err(refused) => assert!(matches!(refused, Refused::Stopped), "{name}: {refused}"),
                Ok(()) => break,
            }
            assert_eq!(world.store.told(), before, "{name} after {most} bytes");
            most = told.bytes;
        }
        assert!(most > 0, "{name} was never stopped");
    }
}

/// A fault in any file is found before the first of them is booked, and the message says what to do.
#[test]
fn one_bad_file_keeps_all_of_them_out() {
    let log = debug_log();
    let check = |name: &str, bytes: &[u8], how: &How, code: &str, words: &str| {
        let mut world = office();
        let before = world.store.told();
        let mut told = Told::default();
        let files = [("events.json", EVENT.as_bytes()), (name, bytes)];
        let refused = try_files(&mut world.engine, &files, how, &mut told).unwrap_err();
        assert_eq!(world.store.told(), before, "{name}");
        let Refused::File { file, code: found, why } = refused else { panic!("{refused}") };
        assert_eq!((file.as_str(), found), (name, code), "{why}");
        assert!(why.contains(words), "{name}: {why}");
    };
    let any = How::default();
    check("a.log", log.as_bytes(), &any, "zone-unknown", "--zone");
    let open = "usageDate,userName,productName,tokensConsumed\n1/2/2026,ana,AutoCAD,7\n";
    check("days.csv", open.as_bytes(), &any, "dates-unclear", "--dates dmy or --dates mdy");
    let open = "usageDate,userName,productName,tokensConsumed\n2026-06-01,ana,AutoCAD,\"1,234\"\n";
    check("sums.csv", open.as_bytes(), &any, "numbers-unclear", "--decimal point");
    let open = "productName,userName,sessionStartDate,sessionEndDate\nAutoCAD,ana,2026-06-01 09:00,2026-06-01 10:00\n";
    check("local.csv", open.as_bytes(), &any, "zone-unknown", "--zone");
    check("table.csv", b"a,b,c\n1,2,3\n", &any, "column-missing", "--map");
    check("letter.txt", b"Dear licence manager,\n", &any, "column-missing", "no debug log");
    check("empty.csv", b"", &any, "file-empty", "export it again");
    check("page.csv", b"<html><title>Sign in</title></html>", &any, "file-a-web-page", "Sign in");
    check(
        "cut.zip",
        &zip(&[("s.csv", SESSIONS.as_bytes())])[..100],
        &any,
        "container-cut",
        "again",
    );
    check("nothing.zip", &zip(&[]), &any, "file-empty", "pack it again");
    check("a.opt", b"TIMEOUTALL 900\n", &any, "file-of-another-format", "an options file");
    check(
        "nobody.csv",
        b"productName,sessionStartDate,tokensConsumed\nAutoCAD,2026-06-01T09:00:00Z,7\n",
        &any,
        "names-nobody",
        "userName",
    );
    let events = How { kind: Kind::Events, ..How::default() };
    check("a.csv", SESSIONS.as_bytes(), &events, "file-of-another-format", "not JSON");
    let report = "Day used,Email,Product\n2026-06-01,ana,AutoCAD\n";
    check("report.csv", report.as_bytes(), &any, "nothing-to-book", "usage-report");
}

#[test]
fn the_kind_that_was_said_is_the_only_one() {
    let check = |kind: Kind, how: How, bytes: &[u8], code: &str| {
        let mut world = office();
        let how = How { kind, ..how };
        let refused = try_files(&mut world.engine, &[("f", bytes)], &how, &mut Told::default());
        let Err(Refused::File { code: found, .. }) = refused else { panic!("{refused:?}") };
        assert_eq!(found, code);
    };
    let log = debug_log();
    check(Kind::Usage, utc(), log.as_bytes(), "file-of-another-format");
    check(Kind::Usage, utc(), EVENT.as_bytes(), "file-of-another-format");
    check(Kind::Polls, utc(), log.as_bytes(), "file-of-another-format");
    check(Kind::Mapped, utc(), PORTAL.as_bytes(), "map-missing");
    check(Kind::Mapped, mapped(MAP), SESSIONS.as_bytes(), "column-missing");
}

#[test]
fn what_says_nothing_that_is_booked_is_passed_over_and_told() {
    let mut world = office();
    let users = "email,role,last_accessed\nana@bridge.example,Member,2026-01-05\n";
    let members: [(&str, &[u8]); 3] = [
        ("readme.txt", b"Exported on Monday"),
        ("users.csv", users.as_bytes()),
        ("s.csv", SESSIONS.as_bytes()),
    ];
    let told = take(&mut world.engine, &[("june.zip", &zip(&members))], &How::default());
    assert_eq!(told.passed_over, ["june.zip: readme.txt", "june.zip: users.csv"]);
    assert_eq!(told.taken[0].files, ["june.zip: s.csv"]);
    let sheet = vec![
        vec!["Benutzer", "Programm", "Beginn", "Dauer"],
        vec!["ben", "CAD", "2026-06-01 11:00", "1"],
    ];
    let notes = vec![vec!["nothing"]];
    let book = workbook(&[("Notes", &notes), ("June", &sheet)]);
    let how = How { sheet: Some("June".to_owned()), ..mapped(MAP) };
    let told = take(&mut world.engine, &[("june.xlsx", &book)], &how);
    assert_eq!(told.passed_over, ["june.xlsx: Notes"]);
    assert_eq!(told.taken[0].files, ["june.xlsx: June"]);
    assert_eq!(charged(&world.engine).len(), 2);
}

#[test]
fn rows_that_cannot_be_read_are_told_with_their_line() {
    let check = |name: &str, bytes: String, how: &How, expected: &[(u64, &str)]| {
        let mut world = office();
        let told = take(&mut world.engine, &[(name, bytes.as_bytes())], how);
        let found: Vec<_> = told.rejected.iter().map(|(_, line, code)| (*line, *code)).collect();
        assert_eq!(found, expected, "{name}");
        assert!(told.rejected.iter().all(|(file, ..)| file == name));
        assert_eq!(told.taken[0].counts.rejected, expected.len() as u64, "{name}");
        assert_eq!(charged(&world.engine).len(), 1, "{name}");
    };
    let any = How::default();
    check(
        "events.json",
        format!("{EVENT}\n{{\"specversion\":\"1.0\"}}\n"),
        &any,
        &[(2, "attribute-missing")],
    );
    let bad =
        "2026-06-01,AutoCAD,ana,W,2026-06-01 12:00:00,2026-06-01 11:00:00,+02:00,CHARGED,0,\n";
    check("sessions.csv", format!("{SESSIONS}{bad}"), &any, &[(3, "ends-before-it-begins")]);
    let credit =
        "2026-06-02,AutoCAD,ana,W,2026-06-02 12:00:00,2026-06-02 13:00:00,+02:00,CHARGED,-7,\n";
    check("credit.csv", format!("{SESSIONS}{credit}"), &any, &[(3, "negative-tokens")]);
    let rows = "2026-06-02,ana,AutoCAD,many\n2026-06-03,ana,AutoCAD,-7\n";
    check(
        "usage.csv",
        format!("{CHARGES}{rows}"),
        &any,
        &[(3, "tokens-unreadable"), (4, "row-unbelievable")],
    );
    let odd = HELD.replace("Mon 6/1", "Mon 13/41");
    let polls = [poll("Mon 6/1/2026 09:30", &[HELD]), poll("Mon 6/1/2026 10:30", &[HELD, &odd])];
    check("polls.txt", polls.concat(), &any, &[(14, "row-unreadable")]);
    check("portal.csv", format!("{PORTAL}ana;CAD\n"), &mapped(MAP), &[(3, "cells-shifted")]);
}

/// Two exports that overlap, at once: a charge that both tell of is one charge.
#[test]
fn a_charge_in_two_copies_of_an_export_is_one() {
    let mut world = office();
    let more = "2026-06-01,AutoCAD,ana,WS-ana,2026-06-01 13:00:00,2026-06-01 14:00:00,\"+02:00\",CHARGED,1.5,\n";
    let longer = format!("{SESSIONS}{more}");
    let files = [("may.csv", SESSIONS.as_bytes()), ("june.csv", longer.as_bytes())];
    let told = take(&mut world.engine, &files, &How::default());
    assert_eq!((told.taken[0].counts.sessions, told.taken[0].counts.duplicates), (2, 1));
    let sum: Ticks = world.engine.state().read().charges().iter().map(|one| one.ticks).sum();
    assert_eq!(sum, Ticks(tokens(17).0 / 2), "the vendor charged 7 and 1.5");
}

/// A table by day, by a map: as long as the grace from the day's first instant, or as long as it says.
#[test]
fn days_of_a_mapped_table_are_charged() {
    let map = "name = \"days\"\n[columns]\nwho = \"who\"\nproduct = \"what\"\nday = \"day\"\n";
    let mut world = office();
    let table = "who,what,day\nana,autocad,2026-06-01\nana,autocad,2026-06-03\n";
    let told = take(&mut world.engine, &[("days.csv", table.as_bytes())], &mapped(map));
    assert_eq!(told.taken[0].kind, "csv:days");
    let days = [charge("ana", "autocad", 0), charge("ana", "autocad", 2 * 1_440)];
    assert_eq!(charged(&world.engine), days);
}

/// With tokens and no times, such a table is a report of charges, and compared.
#[test]
fn a_mapped_table_of_charges_is_a_report() {
    let map = "name = \"t\"\n[columns]\nwho = \"who\"\nproduct = \"what\"\nday = \"day\"\ntokens = \"n\"\n";
    let mut world = office();
    // Somebody is called `sum`; what adds up others is counted.
    let table = "who,what,day,n\nana,autocad,2026-06-01,7\nsum,autocad,2026-06-01,7\nTotal,all,2026-06-01,14\n";
    let told = take(&mut world.engine, &[("t.csv", table.as_bytes())], &mapped(map));
    assert!(matches!(told.taken[0].more, More::Vendor { rows: 2, summaries: 1, .. }));
    assert_eq!(told.taken[0].counts.quarantined, 1, "nobody knows `sum`");
    // With times it is uses, whose price it says.
    let map = map.replace("day = \"day\"", "opened = \"day\"");
    let table = "who,what,day,n\nben,autocad,2026-06-01T09:00:00Z,6\n";
    let told = take(&mut world.engine, &[("t.csv", table.as_bytes())], &mapped(&map));
    assert_eq!((told.taken[0].kind.as_str(), told.taken[0].counts.open_sessions), ("csv:t", 1));
}

#[test]
fn a_report_that_names_nobody_is_compared_and_books_nothing() {
    let mut world = office();
    take(&mut world.engine, &[("a.log", debug_log().as_bytes())], &utc());
    let before = world.store.told();
    let pool = "usageDate,productLineCode,productName,tokensConsumed\n2026-06-01,ACD,AutoCAD,9\n";
    let told = take(&mut world.engine, &[("pool.csv", pool.as_bytes())], &How::default());
    let More::Compared(found) = &told.taken[0].more else { panic!("{:?}", told.taken) };
    assert_eq!((found.ours, found.theirs), (tokens(7), tokens(9)));
    assert_eq!(world.store.told(), before);
}

/// Whom nobody knows stays unknown, whatever else is taken in after the report: their bucket would pay for strangers.
#[test]
fn a_stranger_in_a_report_is_not_made_known_by_what_comes_after() {
    let mut world = office();
    let usage = "usageDate,userName,productName,tokensConsumed\n2026-06-01,zoe,AutoCAD,7\n";
    take(&mut world.engine, &[("usage.csv", usage.as_bytes())], &How::default());
    for (name, bytes, how, _) in tellers() {
        take(&mut world.engine, &[(name, &bytes)], &how);
        // Told of again, they would be charged by now.
        take(&mut world.engine, &[("usage.csv", usage.as_bytes())], &How::default());
        let charged = charged(&world.engine);
        assert!(charged.iter().all(|(who, ..)| who == "ana"), "{name}: {charged:?}");
    }
}

/// The same person, product, workstation and time under another id, or of another source, is another event.
#[test]
fn events_are_told_apart_by_their_source_and_id() {
    let mut world = office();
    let events = [EVENT, &EVENT.replace("\"7\"", "\"8\""), &EVENT.replace("farm", "cloud"), EVENT];
    let told =
        take(&mut world.engine, &[("e.json", events.join("\n").as_bytes())], &How::default());
    assert_eq!((told.taken[0].counts.sessions, told.taken[0].counts.duplicates), (3, 1));
    assert_eq!(charged(&world.engine).len(), 1);
}

/// An event that says nothing of how long it was is long enough to be charged; one whose value is tokens sets the
/// price.
#[test]
fn events_without_a_length_are_charged() {
    let mut world = office();
    let event = EVENT.replace(",\"duration_seconds\":3600", ",\"value\":9");
    let how = How { value_is_tokens: true, ..How::default() };
    take(&mut world.engine, &[("e.json", event.as_bytes())], &how);
    let state = world.engine.state();
    let ticks: Vec<Ticks> = state.read().charges().iter().map(|charge| charge.ticks).collect();
    assert_eq!(ticks, [tokens(9)]);
}

fn poll(time: &str, rows: &[&str]) -> String {
    let count = rows.len();
    let rows: String = rows.iter().map(|row| format!("    {row}\n")).collect();
    format!(
        "lmutil - Copyright (c) 1989-2023 Flexera.\nFlexible License Manager status on {time}\n\nUsers of {AUTOCAD}:  (Total of 9 licenses issued;  Total of {count} licenses in use)\n\n{rows}\n"
    )
}

const HELD: &str = "ana WS-ana WS-ana (v1.000) (srv/27000 101), start Mon 6/1 9:00";

/// Polls in files of any order: what is not seen any more ended when it was seen last, and what goes on is charged
/// as far as is known. A poll that is not later than the one before says nothing, and is told.
#[test]
fn polls_are_one_series_in_the_order_of_time() {
    let (one, two) = (poll("Mon 6/1/2026 09:30", &[HELD]), poll("Mon 6/1/2026 12:30", &[HELD]));
    let three = poll("Tue 6/2/2026 10:00", &[HELD]);
    let mut world = office();
    let files = [("3.txt", three.as_bytes()), ("1.txt", one.as_bytes()), ("2.txt", two.as_bytes())];
    let told = take(&mut world.engine, &files, &How::default());
    assert!(matches!(told.taken[0].more, More::Polls { polls: 3, unknown: 0, .. }));
    assert_eq!((told.taken[0].counts.sessions, told.taken[0].counts.open_sessions), (1, 1));
    // Twenty-five hours so far: two windows.
    let charges = [charge("ana", "autocad", 540), charge("ana", "autocad", 540 + 1_440)];
    assert_eq!(charged(&world.engine), charges);
    let four = poll("Tue 6/2/2026 11:00", &[]);
    let files =
        [("3.txt", three.as_bytes()), ("4.txt", four.as_bytes()), ("3b.txt", three.as_bytes())];
    let told = take(&mut world.engine, &files, &How::default());
    assert_eq!((told.taken[0].counts.sessions, told.taken[0].counts.closed), (0, 1));
    assert_eq!(told.passed_over, ["1 polls"]);
    assert_eq!(charged(&world.engine), charges);
}

/// Two servers serve the same feature: each knows its own uses, and no use is known up to a poll of the other.
#[test]
fn polls_of_two_servers_are_two_series() {
    let of = |server: &str, text: String| {
        text.replace("\nUsers", &format!("\n{server}: license server UP (MASTER) v11.19\n\nUsers"))
    };
    let files = [
        ("a1.txt", of("srv-a", poll("Mon 6/1/2026 09:30", &[HELD]))),
        ("b1.txt", of("srv-b", poll("Mon 6/1/2026 10:00", &[]))),
        ("a2.txt", of("srv-a", poll("Mon 6/1/2026 11:00", &[HELD]))),
        ("b2.txt", of("srv-b", poll("Wed 6/3/2026 10:00", &[]))),
    ];
    let files = files.each_ref().map(|(name, text)| (*name, text.as_bytes()));
    let mut world = office();
    let told = take(&mut world.engine, &files, &How::default());
    let More::Polls { servers, polls: 4, .. } = &told.taken[0].more else { panic!() };
    assert!(servers.iter().map(|one| one.server.as_str()).eq(["srv-a", "srv-b"]));
    assert!(servers.iter().all(|one| one.shows_all));
    assert_eq!((told.taken[0].counts.open_sessions, told.taken[0].counts.closed), (1, 0));
    assert_eq!(charged(&world.engine), [charge("ana", "autocad", 540)]);
    // Read on from the first two, which are in the books: nothing of them is told again.
    let last = of("srv-a", poll("Wed 6/3/2026 11:00", &[]));
    let files = [files[0], files[2], ("a3.txt", last.as_bytes())];
    let told = take(&mut world.engine, &files, &How { in_books: 2, ..How::default() });
    assert_eq!((told.taken[0].counts.duplicates, told.taken[0].counts.closed), (0, 1));
    assert_eq!(told.taken[0].files, ["a3.txt"]);
    assert_eq!(charged(&world.engine), [charge("ana", "autocad", 540)]);
}

/// A server that does not answer has let nobody go.
#[test]
fn a_poll_that_knows_nothing_ends_nobody() {
    let down = "lmutil - Copyright (c) 1989-2023 Flexera.\nFlexible License Manager status on Mon 6/1/2026 10:00\n\nError getting status: Cannot connect to license server system. (-15,570:115 \"Operation now in progress\")\n";
    let text =
        [poll("Mon 6/1/2026 09:30", &[HELD]).as_str(), down, &poll("Mon 6/1/2026 10:30", &[HELD])]
            .concat();
    let mut world = office();
    let told = take(&mut world.engine, &[("p.txt", text.as_bytes())], &How::default());
    assert!(matches!(told.taken[0].more, More::Polls { polls: 3, unknown: 1, .. }));
    assert_eq!((told.taken[0].counts.sessions, told.taken[0].counts.open_sessions), (1, 1));
}

/// An output that does not say when it was is of the moment at which its file was written.
#[test]
fn a_poll_without_a_date_is_as_old_as_its_file() {
    let text = poll("Mon 6/1/2026 09:30", &[HELD]);
    let text: String = text
        .lines()
        .filter(|line| !line.contains("status on"))
        .map(|line| format!("{line}\n"))
        .collect();
    let mut world = office();
    let told = take(&mut world.engine, &[("p.txt", text.as_bytes())], &How::default());
    assert_eq!(told.taken[0].counts.last, Some(T0.plus(720 * MINUTE)));
    let mut files = vec![offered("p.txt", text.as_bytes())];
    files[0].written = None;
    let features = FeatureTable::shipped();
    let refused =
        take_in(&mut world.engine, &features, files, &How::default(), &mut Told::default());
    assert!(refused.unwrap_err().to_string().contains("--at"));
}
