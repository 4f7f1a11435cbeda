use super::*;
use faregate_core::when::{Date, Zone};
use proptest::prelude::*;

/// Friday 2017-10-20 at 17:02 in Madrid.
fn polled() -> Instant {
    let zone = Zone::named("Europe/Madrid").unwrap();
    zone.start_of(Date::from_ymd(2017, 10, 20).unwrap()).plus(17 * 3_600 + 120)
}

fn reader() -> Reader {
    Reader::new(polled(), Zone::named("Europe/Madrid").unwrap())
}

const HEAD: &str = "lmutil - Copyright (c) 1989-2024 Flexera. All Rights Reserved.
Flexible License Manager status on Fri 10/20/2017 17:02

License server status: 27000@srv
    License file(s) on srv: C:\\L M\\a.lic:

srv: license server UP (MASTER) v11.18

Vendor daemon status (on srv):

  adskflex: UP v11.18
Feature usage info:

";

/// The feature `F` with so many licences in use, and these rows.
fn feature(in_use: u32, rows: &[&str]) -> String {
    let rows: String = rows.iter().map(|row| format!("    {row}\n")).collect();
    format!(
        "{HEAD}Users of F:  (Total of 9 licenses issued;  Total of {in_use} licenses in use)\n\n  \"F\" v1.0, vendor: adskflex, expiry: 1-jan-2030\n  floating license\n\n{rows}\n"
    )
}

fn read(text: &str) -> Status {
    let mut reader = reader();
    text.as_bytes().chunks(11).for_each(|chunk| reader.feed(chunk));
    reader.finish()
}

/// What one row says, or why it says nothing.
fn check(row: &str, expected: &str) {
    let status = read(&feature(1, &[row]));
    let said = |holder: &Holder| {
        let (since, zone) = (holder.since, Zone::named("Europe/Madrid").unwrap());
        let (year, month, day) = zone.date(since).ymd();
        let minute = zone.minute_of_day(since);
        let more = match (holder.licences, holder.linger, holder.pid) {
            (1, None, None) => String::new(),
            (count, linger, pid) => format!(" {count} {linger:?} {pid:?}"),
        };
        format!(
            "{}|{}|{}|{}|{} {year}-{month}-{day} {}:{:02}{more}",
            holder.user,
            holder.host,
            holder.display,
            holder.version,
            holder.handle,
            minute / 60,
            minute % 60
        )
    };
    let found = match (status.rejected.as_slice(), status.features[0].holders.as_slice()) {
        ([], [holder]) => said(holder),
        ([rejected], []) => rejected.to_string(),
        ([], []) => format!("{:?}", status.features[0].queued),
        other => format!("{other:?}"),
    };
    assert_eq!(found, expected, "{row}");
}

#[test]
fn rows() {
    check(
        "jo ws ws (v1.0) (srv/27000 501), start Fri 10/20 16:44",
        "jo|ws|ws|1.0|srv/27000 501 2017-10-20 16:44",
    );
    check(
        "jo ws (v1.0) (srv/27000 501), start Fri 10/20 0:05",
        "jo|ws||1.0|srv/27000 501 2017-10-20 0:05",
    );
    check(
        "Jo Ann WS ws (v1.0) (srv/27000 501), start Mon 10/16 9:40",
        "Jo Ann|WS|ws|1.0|srv/27000 501 2017-10-16 9:40",
    );
    check(
        "Jo Ann ws /dev/pts/0 (v1.0) (s/1 2), start Fri 10/20 1:00",
        "Jo Ann|ws|/dev/pts/0|1.0|s/1 2 2017-10-20 1:00",
    );
    check(
        "Jo Ann ws srv:10.0 (v1.0) (s/1 2), start Fri 10/20 1:00",
        "Jo Ann|ws|srv:10.0|1.0|s/1 2 2017-10-20 1:00",
    );
    check(
        "jo ws (v9) (v1.0) (s/1 2), start Fri 10/20 1:00, 5 licenses",
        "jo|ws|(v9)|1.0|s/1 2 2017-10-20 1:00 5 None None",
    );
    check(
        "jo ws d (v1.0) (s/1 2), start Fri 10/20 1:00 (linger: 10 / 3600), PID: 77 ",
        "jo|ws|d|1.0|s/1 2 2017-10-20 1:00 1 Some((10, 3600)) Some(77)",
    );
    check(
        "jo ws d (v1.0) (s/1 2), start Fri 10/20 1:00, 2 licenses (linger: 10 / 3600)",
        "jo|ws|d|1.0|s/1 2 2017-10-20 1:00 2 Some((10, 3600)) None",
    );
    check(
        "jo ws d (v1.0) (s/1 2) queued for 3 licenses",
        "[Waiting { user: \"jo\", host: \"ws\", licences: 3 }]",
    );
    check(
        "jo ws d (v1.0) (s/1 2) queued for 1 license",
        "[Waiting { user: \"jo\", host: \"ws\", licences: 1 }]",
    );
}

#[test]
fn the_year_is_the_latest_that_fits() {
    let row = |date: &str| format!("jo ws d (v1) (s/1 2), start {date}");
    let said = |date: &str| format!("jo|ws|d|1|s/1 2 {date}");
    check(&row("Fri 12/30 8:00"), &said("2016-12-30 8:00"));
    check(&row("Thu 10/20 8:00"), &said("2016-10-20 8:00"));
    check(&row("Mon 2/29 8:00"), &said("2016-2-29 8:00"));
    check(&row("Sat 10/21 0:30"), &said("2017-10-21 0:30"));
    check(&row("Sun 10/22 0:30"), &said("2006-10-22 0:30"));
    check(&row("Fri 10/20/2017 8:00:30"), &said("2017-10-20 8:00"));
    let help = "give the date of polling, and the zone of the machine that polls";
    let bad = format!("line 19: a date that has not that weekday in any year; {help}");
    check(&row("Thu 10/20/2017 8:00"), &bad);
    check(&row("Fri 2/30 8:00"), &bad);
    check(&row("Fri 10/20 24:00"), &bad);
    check(&row("Fre 10/20 8:00"), &bad);
}

#[test]
fn what_cannot_be_read_is_handed_back() {
    let ambiguous = "line 19: blanks that could part user, host and display in several places; tell Faregate the names of your machines or users";
    check("Jo Ann ws d (v1.0) (s/1 2), start Fri 10/20 1:00", ambiguous);
    check("jo ws My Display (v1.0) (s/1 2) queued for 1 license", ambiguous);
    let form = "line 19: no row that can be read; report the line, it is a form that Faregate does not know";
    check("jo (v1.0) (s/1 2), start Fri 10/20 1:00", form);
    check("jo ws d, start Fri 10/20 1:00", form);
    check("jo ws d (v1.0) (s/1 2), start Fri 10/20 1:00, later", form);
    check("3 RESERVATIONs for GROUP", form);
    let number = "line 19: a number that cannot be; report the line";
    check("jo ws d (v1.0) (s/1 2), start Fri 10/20 1:00, 99999999999 licenses", number);
    assert_eq!(
        read("Feature usage info:\n jo ws d (v1.0) (s/1 2), start Fri 10/20 1:00\n").rejected,
        [Rejected { line: 2, reason: Reason::NoFeature }]
    );
}

#[test]
fn hosts_of_other_rows_and_of_the_caller_explain_blanks() {
    let rows = [
        "Jo Ann ws1 My Display (v1) (s/1 2), start Fri 10/20 1:00",
        "bo WS1 d (v1) (s/1 3), start Fri 10/20 1:00",
    ];
    let status = read(&feature(2, &rows));
    assert!(status.rejected.is_empty());
    assert!(
        status.features[0]
            .holders
            .iter()
            .any(|one| one.user == "Jo Ann" && one.display == "My Display")
    );
    let mut reader = self::reader().knowing_hosts(["WS1"]);
    reader.feed(feature(1, &rows[..1]).as_bytes());
    assert!(reader.finish().is_complete());
    let mut reader = self::reader().knowing_users(["jo ann"]);
    reader.feed(feature(1, &rows[..1]).as_bytes());
    assert!(reader.finish().is_complete());
}

#[test]
fn reservations_count_and_missing_rows_are_noticed() {
    let row = "jo ws d (v1) (s/1 2), start Fri 10/20 1:00, 2 licenses";
    let kept = "4 RESERVATIONs for HOST_GROUP The Lab (srv/27000)";
    let status = read(&feature(6, &[row, kept]));
    assert_eq!(
        status.features[0].reservations,
        [Reservation { licences: 4, kind: "HOST_GROUP".into(), name: "The Lab".into() }]
    );
    assert!(matches!(status.holders("F"), Holding::Known([_])));
    let Holding::Unknown([_], why) = read(&feature(7, &[row, kept])).holders("F") else { panic!() };
    assert_eq!(why, "7 licences are in use, 2 of them are listed and 4 reserved");
    assert!(matches!(read(&feature(0, &[])).holders("F"), Holding::Known([])));
    assert!(matches!(read(&feature(0, &[])).holders("G"), Holding::Unknown([], _)));
}

/// Why the holders of F are not known.
fn unknown(text: &str, expected: &str) {
    match read(text).holders("F") {
        Holding::Unknown(_, why) => assert_eq!(why, expected, "{text}"),
        Holding::Known(holders) => panic!("{holders:?} in {text}"),
    }
}

#[test]
fn not_known_is_never_nobody() {
    let down =
        "Cannot connect to license server system. (-15,570:115 \"Operation now in progress\")";
    let whole = feature(0, &[]);
    let up = "srv: license server UP (MASTER) v11.18";
    unknown("", "the output does not come to who uses what");
    unknown(
        &format!("License server status: 1@srv\n\nsrv: {down}\n"),
        &format!("no licence server answers: {down}"),
    );
    unknown(
        &whole.replace(up, &format!("srv: {down}")),
        &format!("no licence server answers: {down}"),
    );
    unknown(&format!("Error getting status: {down}\n"), &format!("Error getting status: {down}"));
    unknown(
        &whole.replace(
            "adskflex: UP v11.18",
            "adskflex: The desired vendor daemon is down. (-97,121)",
        ),
        "the daemon `adskflex` is not up: The desired vendor daemon is down. (-97,121)",
    );
    unknown(
        &whole.replace(
            up,
            "a: license server UP v11\nb: license server UP v11\nc: license server UP v11",
        ),
        "none of the licence servers is the master",
    );
    unknown(
        &whole.replace(
            "(Total of 9 licenses issued;  Total of 0 licenses in use)",
            "(Error: 9 licenses, unsupported by licensed server)",
        ),
        "9 licenses, unsupported by licensed server",
    );
    unknown(
        &format!(
            "{whole}Cannot get users of F: Cannot read data from license server system. (-16,287)\n"
        ),
        "Cannot get users of F: Cannot read data from license server system. (-16,287)",
    );
    unknown(
        &whole.replace(":  (Total of", " Total of"),
        "Users of F Total of 9 licenses issued;  Total of 0 licenses in use)",
    );
    let row = feature(1, &["jo ws d (v1) (s/1 2), start Fri 10/20 16:44"]);
    unknown(row.trim_end(), "the output ends within a line");
    // Two of three servers, one of them the master, answer for all.
    let three = whole.replace(up, &format!("a: license server UP v11\n{up}\nc: {down}"));
    assert!(matches!(read(&three).holders("F"), Holding::Known([])));
    // A second system that is down leaves open what it serves.
    unknown(
        &format!("{whole}License server status: 1@other\nother: {down}\n"),
        &format!("no licence server answers: {down}"),
    );
}

#[test]
fn uncounted_features_and_latin_letters() {
    let text = feature(1, &["n\u{fa}ria ws d (v1) (s/1 2), start Fri 10/20 1:00"]).replace(
        "(Total of 9 licenses issued;  Total of 1 licenses in use)",
        "(Uncounted, node-locked)",
    );
    let latin: Vec<u8> = text.chars().map(|letter| letter as u8).collect();
    let mut reader = reader();
    reader.feed(&latin);
    let status = reader.finish();
    assert_eq!(status.features[0].licences, Licences::Uncounted);
    assert!(matches!(status.holders("F"), Holding::Known([one]) if one.user == "núria"));
    assert_eq!(read(&text.replace('\n', "\r\n")), status);
}

fn hostile() -> impl Strategy<Value = Vec<u8>> {
    const WORDS: [&str; 20] = [
        "Users of F:  (Total of 9 licenses issued;  Total of 1 license in use)",
        "Users of G: (",
        "License server status: x",
        "Vendor daemon status (on x):",
        "Feature usage info:",
        "srv: license server UP (MASTER)",
        "adskflex: UP",
        " jo ",
        " ws ",
        " ws ",
        "(v1.0) ",
        "(srv/1 2)",
        ", start Fri 10/20 16:44",
        ", start ",
        " queued for 1 license",
        "3 RESERVATIONs for GROUP G (s/1)",
        ", 4294967295 licenses",
        " (linger: 1 / 2)",
        ", PID: 7",
        "(",
    ];
    let part = prop_oneof![
        8 => prop::sample::select(WORDS.to_vec()).prop_map(|word| word.as_bytes().to_vec()),
        4 => Just(b"\n".to_vec()),
        1 => prop::collection::vec(any::<u8>(), 0..8),
    ];
    prop::collection::vec(part, 0..80).prop_map(|parts| parts.concat())
}

fn in_chunks(bytes: &[u8], size: usize) -> Status {
    let mut reader = reader();
    bytes.chunks(size).for_each(|chunk| reader.feed(chunk));
    reader.finish()
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(500) })]

    #[test]
    fn any_bytes_have_an_answer_and_chunks_do_not_matter(bytes in hostile(), size in 1_usize..40) {
        let status = in_chunks(&bytes, bytes.len().max(1));
        prop_assert_eq!(&in_chunks(&bytes, size), &status);
        prop_assert!(status.rejected.iter().all(|one| one.line > 0 && one.line <= status.lines));
    }

    /// Of an output that ends early, nothing is said to be nobody's that somebody holds.
    #[test]
    fn a_cut_output_never_says_nobody(cut in 0_usize..900) {
        let text = feature(2, &["jo ws d (v1) (s/1 2), start Fri 10/20 1:00", "bo ws2 d (v1) (s/1 3), start Fri 10/20 1:00"]);
        let cut = cut.min(text.trim_end().len() - 1);
        let status = in_chunks(&text.as_bytes()[..cut], 13);
        prop_assert!(matches!(status.holders("F"), Holding::Unknown(..)), "{}", cut);
    }
}

/// Real outputs, where they are at hand: every row is read.
#[test]
fn real_outputs() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data/lmstat");
    let Ok(files) = std::fs::read_dir(folder) else {
        println!("skipped: no outputs of lmstat in {folder}");
        return;
    };
    let mut paths: Vec<_> = files.map(|file| file.unwrap().path()).collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "txt"));
    paths.sort();
    for path in paths {
        let bytes = std::fs::read(&path).unwrap();
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let rows = text.lines().filter(|line| line.contains("), start ")).count();
        let mut reader = Reader::new(polled().plus(10 * 366 * 86_400), Zone::utc());
        reader = reader.knowing_hosts(["John_D"]).knowing_users(["Jane Doe Jr."]);
        reader.feed(&bytes);
        let status = reader.finish();
        let held: usize = status.features.iter().map(|feature| feature.holders.len()).sum();
        println!(
            "{}: {} features, {held} of {rows} rows, {} unknown, {} in doubt",
            path.file_name().unwrap().display(),
            status.features.len(),
            status.unknown.len(),
            status.features.iter().filter(|feature| feature.doubt().is_some()).count(),
        );
        assert_eq!((held, status.rejected.as_slice()), (rows, &[][..]), "{path:?}");
        let mut series = Snapshots::default();
        let at = polled().plus(11 * 366 * 86_400);
        assert_eq!(series.poll(at, &status), Ok(Vec::new()));
        println!("{} uses", series.open().len());
        assert!(series.open().len() <= held && (held == 0 || !series.open().is_empty()));
    }
}

mod snapshots;
