//! Golden logs, one for each trap: `fixtures/NAME.log` and, by hand, `fixtures/NAME.expected`.

use super::*;
use faregate_core::when::{Date, Zone};
use std::fmt::Write as _;

const FIXTURES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures");

fn read(bytes: &[u8], zone: &str, start_date: Option<Date>) -> (Collected, Reader) {
    let mut found = Collected::default();
    let zone = Zone::named(zone).unwrap();
    let mut reader = Reader::with(Options { zone, start_date });
    reader.feed(bytes, &mut found);
    reader.finish(&mut found);
    (found, reader)
}

/// Everything that was found, a line each, in the order of the log.
fn transcript(found: &Collected, reader: &Reader) -> String {
    let name = |id| reader.names().text(id);
    let mut lines: Vec<(u64, String)> = Vec::new();
    for s in &found.sessions {
        let mut text =
            format!("{} {}@{} {}", name(s.feature), name(s.user), name(s.host), s.opened);
        match s.closed {
            Some(closed) => write!(text, " +{}s {:?}", closed.since(s.opened), s.ended).unwrap(),
            None => write!(text, " {:?}", s.ended).unwrap(),
        }
        if s.ordinal > 0 {
            write!(text, " #{}", s.ordinal).unwrap();
        }
        if s.licences > 1 {
            write!(text, " x{}", s.licences).unwrap();
        }
        if !name(s.address).is_empty() {
            write!(text, " from {}", name(s.address)).unwrap();
        }
        lines.push((s.line, text));
    }
    for d in &found.denials {
        let mut who = format!("{}@{}", name(d.user), name(d.host));
        if !name(d.address).is_empty() {
            write!(who, " from {}", name(d.address)).unwrap();
        }
        let (feature, reason) = (name(d.feature), name(d.reason));
        let (at, major, minor) = (d.at, d.major, d.minor);
        lines.push((
            d.line,
            format!("{:?} {feature} {who} {at} ({major},{minor}) {reason}", d.kind),
        ));
    }
    for r in &found.rejected {
        lines.push((r.line, format!("rejected {} `{}`", r.reason.code(), r.text)));
    }
    lines.sort();
    let mut out = String::new();
    for (line, text) in lines {
        writeln!(out, "{line}: {text}").unwrap();
    }
    let t = reader.tally();
    writeln!(
        out,
        "lines {} = {} events + {} rejected + {} skipped",
        t.lines, t.events, t.rejected, t.skipped
    )
    .unwrap();
    for (what, count) in [
        ("packages", t.packages),
        ("undecided", t.undecided),
        ("orphan ins", t.orphan_ins),
        ("restarts", t.restarts),
        ("clock steps", t.clock_steps),
    ] {
        if count > 0 {
            writeln!(out, "{what} {count}").unwrap();
        }
    }
    out
}

fn bytes(name: &str) -> Vec<u8> {
    let mut bytes = std::fs::read(format!("{FIXTURES}/{name}.log")).unwrap();
    // The repository keeps text; the fixture about a cut line must not end in a line end.
    if name == "rejected" && bytes.ends_with(b"\n") {
        bytes.pop();
    }
    bytes
}

/// Reads a fixture and compares with what is expected of it.
fn check(name: &str, zone: &str) {
    let (found, reader) = read(&bytes(name), zone, None);
    let expected =
        std::fs::read_to_string(format!("{FIXTURES}/{name}.expected")).unwrap_or_default();
    let found = transcript(&found, &reader);
    assert!(found == expected, "{name}\n--- found\n{found}--- expected\n{expected}");
}

macro_rules! golden {
    ($($test:ident: $name:literal in $zone:literal;)*) => {
        $(#[test] fn $test() { check($name, $zone); })*
        const GOLDEN: &[(&str, &str)] = &[$(($name, $zone)),*];
    };
}

golden! {
    a_component_is_the_session_and_a_package_alone_counts: "standalone-and-package" in "Europe/Madrid";
    names_hold_blanks_accents_and_at_signs: "names" in "UTC";
    denials_carry_reason_and_numbers: "denials" in "UTC";
    chatter_is_no_usage: "chatter" in "UTC";
    unreadable_usage_is_rejected_with_a_reason: "rejected" in "UTC";
    midnight_begins_a_day_once: "midnight" in "UTC";
    a_log_without_a_head_is_dated_backwards: "midstream" in "UTC";
    a_log_without_any_date_is_rejected: "undated" in "UTC";
    small_steps_back_are_no_midnight: "clock-steps" in "UTC";
    the_repeated_hour_is_read_in_order: "fall-back" in "Europe/Madrid";
    the_skipped_hour_makes_no_negative_session: "spring-forward" in "Europe/Madrid";
    a_restart_ends_what_was_out: "restarts" in "UTC";
    a_daemon_with_a_file_of_its_own_restarts_too: "daemon-alone" in "UTC";
    identical_check_outs_are_told_apart: "identical" in "UTC";
    a_package_at_the_very_end_waits_for_its_component: "package-at-the-end" in "UTC";
    a_verbose_log_says_where_somebody_is: "verbose" in "UTC";
}

#[test]
fn every_fixture_is_used() {
    for file in std::fs::read_dir(FIXTURES).unwrap() {
        let name = file.unwrap().file_name().into_string().unwrap();
        let stem = name.rsplit_once('.').unwrap().0.to_owned();
        assert!(GOLDEN.iter().any(|(golden, _)| *golden == stem), "{name}");
    }
}

/// The same log as another machine would have stored it.
fn check_stored(change: impl Fn(String) -> Vec<u8>) {
    let plain = String::from_utf8(bytes("names")).unwrap();
    let (found, reader) = read(&change(plain), "UTC", None);
    let expected = std::fs::read_to_string(format!("{FIXTURES}/names.expected")).unwrap();
    assert_eq!(transcript(&found, &reader), expected);
}

#[test]
fn line_ends_marks_padding_and_encoding_do_not_matter() {
    check_stored(|text| text.replace('\n', "\r\n").into_bytes());
    check_stored(|text| format!("\u{feff}{text}").into_bytes());
    check_stored(|text| text.replace("\n10", "\n 10").into_bytes());
    check_stored(|text| {
        text.chars().map(|letter| u8::try_from(u32::from(letter)).unwrap()).collect()
    });
}

#[test]
fn a_person_is_the_same_in_a_log_of_either_encoding() {
    let log = "8:00:00 (lmgrd) TIMESTAMP 5/6/2022\n8:00:01 (adskflex) OUT: \"f\" Jürgen Müller@büro-7  \n\
        9:00:00 (adskflex) IN: \"f\" Jürgen Müller@büro-7  \n";
    let latin: Vec<u8> =
        log.chars().map(|letter| u8::try_from(u32::from(letter)).unwrap()).collect();
    let both = [log.as_bytes(), &latin].map(|bytes| {
        let (found, reader) = read(bytes, "UTC", None);
        let user = reader.names().text(found.sessions[0].user).to_owned();
        assert_eq!(user.chars().filter(|letter| *letter == 'ü').count(), 2);
        transcript(&found, &reader)
    });
    assert_eq!(both[0], both[1]);
    // A server whose code page was changed writes on in the same file: one out and one in, one session.
    let half = log.find("9:00").unwrap();
    let latin_half = latin.iter().rposition(|byte| *byte == b'9').unwrap();
    let mixed = [&log.as_bytes()[..half], &latin[latin_half..]].concat();
    let (found, reader) = read(&mixed, "UTC", None);
    assert_eq!(transcript(&found, &reader), both[0]);
}

#[test]
fn a_rejected_line_is_told_in_its_own_letters() {
    let log = format!("8:00:00 (adskflex) OUT: no feature {}", "ü".repeat(500));
    let (found, _) = read(log.as_bytes(), "UTC", None);
    assert_eq!(found.rejected[0].text.chars().count(), 200);
    assert!(found.rejected[0].text.ends_with('ü') && !found.rejected[0].text.contains('Ã'));
}

#[test]
fn a_verbose_line_that_is_cut_is_rejected() {
    let log = "8:00:00 (lmgrd) TIMESTAMP 5/6/2022\n8:00:01 (adskflex) OUT: \"f\" jo@ws  ^^^ 11.19 jo 10.0.0.7 12 1 ^^^";
    assert_eq!(read(log.as_bytes(), "UTC", None).0.sessions.len(), 1);
    for until in log.len() - 26..log.len() - 1 {
        let (found, _) = read(&log.as_bytes()[..until], "UTC", None);
        assert_eq!(found.rejected.len(), 1, "{}", &log[..until]);
    }
}

#[test]
fn a_start_date_dates_a_log_that_says_none() {
    let (found, _) = read(&bytes("undated"), "UTC", Date::from_ymd(2022, 5, 6));
    assert_eq!(found.sessions[0].opened.to_string(), "2022-05-06T22:00:00Z");
    assert_eq!(found.sessions[0].closed.unwrap().to_string(), "2022-05-07T01:00:00Z");
}

#[test]
fn too_many_events_before_the_first_date_are_rejected_until_it_comes() {
    let mut log = " 1:00:00 (adskflex) OUT: \"f\" a@b  \n".repeat(150);
    log.push_str(" 2:00:00 (lmgrd) TIMESTAMP 5/6/2022\n 2:00:01 (adskflex) OUT: \"f\" a@b  \n");
    let (found, reader) = read(log.as_bytes(), "UTC", None);
    assert_eq!((found.rejected.len(), found.sessions.len()), (150, 1));
    assert!(found.rejected.iter().all(|rejected| rejected.reason == RejectReason::DateTooLate));
    let tally = reader.tally();
    assert_eq!(tally.lines, tally.events + tally.rejected + tally.skipped);
}

#[test]
fn a_line_without_end_takes_no_memory() {
    let mut log = b"1:00:00 (lmgrd) TIMESTAMP 5/6/2022\n".to_vec();
    log.resize(200_000, b'x');
    log.extend_from_slice(b"\n 2:00:01 (adskflex) OUT: \"f\" a@b  \n");
    let (found, _) = read(&log, "UTC", None);
    assert_eq!(found.rejected[0].reason, RejectReason::LineTooLong);
    assert_eq!(found.rejected[0].text.len(), 200);
    assert_eq!(found.sessions.len(), 1);
}

#[test]
fn a_name_that_is_too_long_is_rejected() {
    let log = format!("1:00:00 (adskflex) OUT: \"f\" {}@b  \n", "a".repeat(256));
    assert_eq!(read(log.as_bytes(), "UTC", None).0.rejected[0].reason, RejectReason::NameTooLong);
}

#[test]
fn a_rejection_reads_well() {
    let (found, _) = read(&bytes("undated"), "UTC", None);
    assert_eq!(
        found.rejected[0].to_string(),
        "line 1: nothing in the file says which day this is: `OUT: \"87545ACD_2022_0F\" jo@ws1`; say on which day the file begins: --start-date YYYY-MM-DD"
    );
}

#[test]
fn an_unlisted_package_knows_its_component_by_product_or_neighbourhood() {
    let sessions = |second: &str, between: &str| {
        let log = format!(
            "8:00:00 (adskflex) TIMESTAMP 5/6/2022\n8:00:01 (adskflex) OUT: \"86900AECX_F\" a@b  \n{between}{second}\n9:00:00 (adskflex) DENIED: \"x\" a@b  \n"
        );
        read(log.as_bytes(), "UTC", None).0.sessions.len()
    };
    let component = "8:00:01 (adskflex) OUT: \"87561RVT_2022_0F\" a@b  ";
    let other = "8:00:01 (adskflex) OUT: \"87561RVT_2022_0F\" c@d  \n";
    assert_eq!(sessions(component, ""), 1, "a neighbour in the same second");
    let tool = "8:00:01 (adskflex) OUT: \"tool\" a@b  ";
    assert_eq!(sessions(tool, ""), 2, "a neighbour of another vendor");
    assert_eq!(sessions(component, other), 3, "somebody else came between");
    assert_eq!(
        sessions("8:00:05 (adskflex) OUT: \"87999AECX_2022_0F\" a@b  ", other),
        2,
        "the same product"
    );
    assert_eq!(sessions("8:00:09 (adskflex) OUT: \"87999AECX_2022_0F\" a@b  ", ""), 2, "too late");
}

#[test]
fn any_white_space_parts_the_contents_of_a_package() {
    // A form feed in such a list once stopped the reader for ever.
    let log = "8:00:00 (adskflex) TIMESTAMP 5/6/2022\n\
        8:00:00 (adskflex) 86900AECX_F (consisting of:\t\u{c}\r87561RVT_2022_0F\u{c})\n\
        8:00:01 (adskflex) OUT: \"86900AECX_F\" a@b  \n8:00:01 (adskflex) OUT: \"87999X_2022_0F\" a@b  \n\
        8:00:02 (adskflex) OUT: \"87561RVT_2022_0F\" a@b  \n9:00:00 (adskflex) DENIED: \"x\" a@b  \n";
    let (found, reader) = read(log.as_bytes(), "UTC", None);
    assert_eq!((found.sessions.len(), reader.tally().packages), (2, 1));
}

#[test]
fn a_component_before_its_package_is_the_same_session() {
    let log = b"8:00:00 (adskflex) TIMESTAMP 5/6/2022\n8:00:01 (adskflex) OUT: \"87545ACD_2022_0F\" a@b  \n8:00:01 (adskflex) OUT: \"64300ACD_F\" a@b  \n9:00:00 (adskflex) IN: \"64300ACD_F\" a@b  \n9:00:00 (adskflex) IN: \"87545ACD_2022_0F\" a@b  \n";
    let (found, reader) = read(log, "UTC", None);
    assert_eq!(found.sessions.len(), 1);
    assert_eq!(reader.names().text(found.sessions[0].feature), "87545ACD_2022_0F");
}

#[test]
fn open_sessions_are_told_at_any_time() {
    let mut reader = Reader::new(Zone::utc());
    let mut found = Collected::default();
    reader.feed(
        b"8:00:00 (adskflex) TIMESTAMP 5/6/2022\n8:00:01 (adskflex) OUT: \"f\" a@b  \n",
        &mut found,
    );
    assert_eq!(reader.open_sessions().len(), 1);
    reader.finish(&mut found);
    reader.finish(&mut found);
    assert_eq!(found.sessions, reader.open_sessions());
}

#[test]
fn files_that_are_no_debug_log_are_named() {
    use NotADebugLog::{Binary, Compressed, Empty, Other, Unrecognised, Utf16};
    let check = |bytes: &[u8], expected| assert_eq!(sniff(bytes), expected, "{bytes:?}");
    check(b"", Err(Empty));
    check(b" \n\n", Err(Empty));
    check(b"\x1f\x8b\x08rest", Err(Compressed("gzip")));
    check(b"PK\x03\x04rest", Err(Compressed("zip")));
    check(b"\xff\xfe8\x00:\x000\x00", Err(Utf16));
    check(b"8\x00:\x000\x000\x00:\x000\x00", Err(Utf16));
    check(b"\x01\x02\x00\x80\x90\x00\x07zz", Err(Binary));
    check(b"{\"a\": 1}", Err(Other("JSON")));
    check(b"team,offering,product,day\n", Err(Other("a CSV table")));
    check(b"License server status: 27000@lic1\n", Err(Other("the output of lmstat")));
    check(b"TIMEOUTALL 5400\n", Err(Other("an options file")));
    check(b"hello\nworld\n", Err(Unrecognised));
    for (name, _) in GOLDEN {
        assert_eq!(sniff(&bytes(name)), Ok(()), "{name}");
    }
    assert!(Binary.to_string().contains("encrypted"));
}

/// The real logs, where they are at hand: the counts that were established by hand.
#[test]
fn the_real_logs_hold_exactly_so_many_sessions() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data/flexnet");
    let table = crate::features::FeatureTable::shipped();
    for (name, zone, sessions, denials, outs) in [
        ("adskflex-v11.18-2022.log", "Europe/Madrid", 4_556, 2, 8_402),
        ("adskflex-v11.12-2016-options.log", "Europe/Madrid", 959, 0, 1_918),
    ] {
        let Ok(bytes) = std::fs::read(format!("{folder}/{name}")) else {
            println!("skipped: no {name} in {folder}");
            continue;
        };
        assert_eq!(sniff(&bytes), Ok(()));
        let (found, reader) = read(&bytes, zone, None);
        assert_eq!(found.sessions.len(), sessions, "{name}");
        assert_eq!(found.denials.len(), denials, "{name}");
        assert_eq!(found.rejected, [], "{name}");
        let tally = reader.tally();
        assert_eq!(tally.packages + tally.sessions, outs, "{name}");
        assert_eq!(
            (tally.orphan_ins, tally.restarts, tally.clock_steps, tally.undecided),
            (0, 0, 0, 0)
        );
        let codes = (0..reader.names().count())
            .map(|id| reader.names().text(crate::names::NameId(id as u32)));
        for code in codes.filter(|code| crate::features::Code::parse(code).is_some()) {
            assert!(table.look_up(code).is_some(), "{name}: {code}");
        }
    }
}

/// A copy that was rotated, without head, dates or package lists, holds the same sessions.
#[test]
fn a_part_of_a_real_log_holds_sessions_of_the_whole() {
    let file = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../../shared/data/flexnet/adskflex-v11.18-2022.log"
    );
    let Ok(log) = std::fs::read_to_string(file) else {
        println!("skipped: no {file}");
        return;
    };
    let lines: Vec<String> = log.split_inclusive('\n').map(str::to_owned).collect();
    let whole = properties::identities(&lines);
    for from in (500..lines.len()).step_by(1_777) {
        let until = lines.len().min(from + 9_000);
        let part = properties::identities(&lines[from..until]);
        assert!(part.is_subset(&whole), "lines {from} to {until}");
        assert!(part.len() > 10 || until == lines.len());
    }
}

mod properties;
