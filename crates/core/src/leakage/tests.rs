//! Tables in a small language, one line a fact; see [`script::Script`]. Days count from Monday 2026-06-01, times
//! from the local day's first instant.

mod properties;
mod script;

use super::*;
use crate::usage::Interval;
use crate::when::Instant;
use script::{Mutant, found, judged};
use std::panic::catch_unwind;

/// Rows are `day person product kind host minutes tokens cause`.
fn check(zone: &str, script: &str, expected: &[&str]) {
    check_with(Mutant::None, zone, script, expected);
}

fn check_with(mutant: Mutant, zone: &str, script: &str, expected: &[&str]) {
    assert_eq!(found(mutant, zone, script), expected, "{script}");
}

/// Somebody else passes the gate on every day, so that it is rolled out and heard of.
const ROLLED_OUT: &str = "cover 1 9
    1 00:10 open cleo daily hq; 1 00:20 close cleo daily; 1 00:10 log cleo daily hq 10
    2 00:10 open cleo daily hq; 2 00:20 close cleo daily; 2 00:10 log cleo daily hq 10
    3 00:10 open cleo daily hq; 3 00:20 close cleo daily; 3 00:10 log cleo daily hq 10
";

fn rolled_out(script: &str) -> String {
    format!("{ROLLED_OUT}{script}")
}

const TOLERANCE: (&str, &[&str]) = (
    // The log's clock is four minutes slow, and the session was over before the use began by it.
    "1 09:04 open ben revit ws; 1 09:05 close ben revit; 1 09:08 log ben revit ws 60
     2 09:00 open ben revit ws; 2 10:00 close ben revit; 2 09:00 log ben revit ws 60
     2 10:06 log ben revit ws 60
     3 09:00 log ben revit ws 1; 3 09:04 open ben revit ws; 3 09:05 close ben revit",
    &["2 ben revit used-without-asking ws 60 10 bypassed"],
);

const ALIAS: (&str, &[&str]) = (
    "alias ben b.old 1 2
     1 09:00 open ben revit ws; 1 10:00 close ben revit; 1 09:00 log b.old revit ws 60
     3 09:00 open ben revit ws; 3 10:00 close ben revit; 3 09:00 log ben revit ws 60",
    &[],
);

const COVERAGE: (&str, &[&str]) = (
    "1 09:00 log ben revit ws 10; 1 09:00 open ben revit ws; 1 09:10 close ben revit
     12 09:00 open ben revit ws; 12 10:00 close ben revit
     12 13:00 log cleo revit hq 10; 12 13:00 open cleo revit hq; 12 13:10 close cleo revit",
    &[],
);

#[test]
fn what_was_asked_for_is_no_leakage() {
    let (script, expected) = TOLERANCE;
    check("UTC", &rolled_out(script), expected);
    let (script, expected) = ALIAS;
    check("UTC", &rolled_out(script), expected);
    let (script, expected) = COVERAGE;
    check("UTC", &rolled_out(script), expected);
}

/// A tolerance, a dated name or a coverage that is ignored changes what is found.
#[test]
fn planted_mutants_are_caught() {
    let planted = [
        (Mutant::NoTolerance, TOLERANCE),
        (Mutant::NoAliases, ALIAS),
        (Mutant::AlwaysCovered, COVERAGE),
    ];
    for (mutant, (script, expected)) in planted {
        let faulty = || check_with(mutant, "UTC", &rolled_out(script), expected);
        assert!(catch_unwind(faulty).is_err(), "{mutant:?} was not noticed");
    }
}

#[test]
fn use_without_asking_has_a_likely_cause() {
    let cases: [(&str, &[&str]); 8] = [
        (
            "2 09:00 log ben revit new 60",
            &["2 ben revit used-without-asking new 60 10 agent-missing"],
        ),
        (
            "1 09:00 open ben daily ws; 1 10:00 close ben daily; 1 09:00 log ben daily ws 60
             2 09:00 log ben revit ws 60",
            &["2 ben revit used-without-asking ws 60 10 agent-off"],
        ),
        (
            "2 09:00 open ben daily ws; 2 10:00 close ben daily; 2 09:00 log ben daily ws 60
             2 09:00 log ben revit ws 60",
            &["2 ben revit used-without-asking ws 60 10 bypassed"],
        ),
        (
            "alias ben b.two 1 9
             2 09:00 open ben daily ws; 2 10:00 close ben daily; 2 09:00 log ben daily ws 60
             2 09:00 log b.two revit ws 60",
            &["2 ben revit used-without-asking ws 60 10 another-identity"],
        ),
        // The agent had been there since the evening before.
        (
            "1 22:00 open ben daily ws; 2 10:00 close ben daily; 1 22:00 log ben daily ws 720
             2 09:00 log ben revit ws 60",
            &["2 ben revit used-without-asking ws 60 10 bypassed"],
        ),
        // Nobody else was there either.
        ("5 09:00 log ben revit hq 60", &["5 ben revit used-without-asking hq 60 10 gate-silent"]),
        // Within the grace, and on a seat: no cost.
        ("2 09:00 log ben revit new 4", &["2 ben revit used-without-asking new 4 0 agent-missing"]),
        (
            "2 09:00 log anna civil-3d new 60",
            &["2 anna civil-3d used-without-asking new 60 0 agent-missing"],
        ),
    ];
    cases.iter().for_each(|(script, expected)| check("UTC", &rolled_out(script), expected));
    let before = "cover 1 3; 1 09:00 log ben revit ws 60; 2 09:00 open ben revit ws; \
                  2 09:30 close ben revit; 2 09:00 log ben revit ws 30";
    check("UTC", before, &["1 ben revit used-without-asking ws 60 10 before-roll-out"]);
}

/// F2: use goes on for as long as idle time is allowed after the last sign of life.
#[test]
fn a_session_that_fell_silent_lasts_to_the_end_of_the_idle_time() {
    let script = |log: &str| {
        rolled_out(&format!("2 09:00 open ben revit ws; 2 10:00 silent ben revit; {log}"))
    };
    check("UTC", &script("2 10:18 log ben revit ws 60"), &[]);
    let late = ["2 ben revit used-without-asking ws 60 10 bypassed"];
    let log = "2 09:00 log ben revit ws 60; 2 10:21 log ben revit ws 60";
    check("UTC", &script(log), &late);
}

#[test]
fn use_over_midnight_is_judged_by_what_was_known_each_evening() {
    let script = "2 22:00 log ben revit ws 240; 3 01:00 open ben revit ws; 3 02:00 close ben revit";
    check("UTC", &rolled_out(script), &["2 ben revit used-without-asking ws 120 10 agent-off"]);
    let script = "2 22:00 open ben revit ws; 2 22:30 close ben revit; 2 22:00 log ben revit ws 240";
    check("UTC", &rolled_out(script), &[]);
    let script = "2 22:00 log ben revit new 240";
    let expected = [
        "2 ben revit used-without-asking new 120 10 agent-missing",
        "3 ben revit used-without-asking new 120 0 agent-missing",
    ];
    check("UTC", &rolled_out(script), &expected);
}

/// What runs on two workstations at once counts once, for the first.
#[test]
fn rows_are_by_workstation_and_sum_to_the_use() {
    let script = "2 09:00 log ben revit a 120; 2 10:00 log ben revit b 120";
    let expected = [
        "2 ben revit used-without-asking a 120 10 agent-missing",
        "2 ben revit used-without-asking b 60 0 agent-missing",
    ];
    check("UTC", &rolled_out(script), &expected);
    let script =
        "2 09:00 log ben revit a 180; 2 09:30 log ben revit b 30; 2 11:00 log ben revit c 120";
    let expected = [
        "2 ben revit used-without-asking a 180 10 agent-missing",
        "2 ben revit used-without-asking b 0 0 agent-missing",
        "2 ben revit used-without-asking c 60 0 agent-missing",
    ];
    check("UTC", &rolled_out(script), &expected);
    let instant = ["2 ben revit used-without-asking a 0 0 agent-missing"];
    check("UTC", &rolled_out("2 09:00 log ben revit a 0"), &instant);
}

#[test]
fn what_was_asked_and_not_reported_has_a_likely_cause() {
    let script = |open: &str| {
        rolled_out(&format!(
            "2 08:00 log cleo revit hq 600; 2 08:00 open cleo revit hq; 2 18:00 close cleo revit
             2 09:00 charge ben revit 10; {open}"
        ))
    };
    let row = |minutes: i64, cause: &str| {
        vec![format!("2 ben revit asked-but-not-reported ws {minutes} 10 {cause}")]
    };
    let check = |open: &str, expected: Vec<String>| {
        let expected: Vec<&str> = expected.iter().map(String::as_str).collect();
        super::tests::check("UTC", &script(open), &expected);
    };
    check("2 09:00 open ben revit ws; 2 11:00 close ben revit", row(120, "other-server"));
    check("2 09:00 open ben revit ws seat; 2 11:00 close ben revit", row(120, "named-user"));
    check(
        "2 09:00 open ben revit ws; 2 09:00 close ben revit",
        vec!["2 ben revit asked-but-not-reported ws 0 0 launch-failed".to_owned()],
    );
    let late = "2 12:30 open ben revit ws; 2 13:00 close ben revit";
    check(late, vec!["2 ben revit asked-but-not-reported ws 30 0 log-gap".to_owned()]);
    // On a day on which the log tells of nobody, nothing is said of anybody.
    check("5 09:00 open ben revit ws; 5 11:00 close ben revit", Vec::new());
    // No log ever names the product; a session before the log began; one that a log tells of.
    check("2 09:00 open ben hourly ws; 2 11:00 close ben hourly", Vec::new());
    check("10 09:00 open ben revit ws; 10 11:00 close ben revit", Vec::new());
    check(
        "2 09:00 open ben revit ws; 2 11:00 close ben revit; 2 10:59 log ben revit ws 1",
        Vec::new(),
    );
}

#[test]
fn what_was_charged_although_refused_has_a_likely_cause() {
    let refused = "2 09:00 refuse ben revit ws; ";
    let row = |tail: &str| vec![format!("2 ben revit charged-although-refused {tail}")];
    let cases = [
        ("2 09:02 log ben revit ws 60", row("ws 60 10 bypassed")),
        ("inform ws; 2 09:02 log ben revit ws 60", row("ws 60 10 inform-only")),
        ("alias ben b.two 1 9; 2 09:02 log b.two revit ws 60", row("ws 60 10 another-identity")),
        // A later permit explains it.
        (
            "2 09:05 open ben revit ws; 2 10:00 close ben revit; 2 09:05 log ben revit ws 55",
            Vec::new(),
        ),
        ("2 vendor ben revit 12", row("- 0 12 bypassed")),
        // One use told of twice is one row, at what the vendor charged.
        ("2 09:02 log ben revit ws 60; 2 vendor ben revit 12", row("ws 60 12 bypassed")),
    ];
    for (script, expected) in cases {
        let expected: Vec<&str> = expected.iter().map(String::as_str).collect();
        check("UTC", &rolled_out(&format!("{refused}{script}")), &expected);
    }
    // A session before it explains nothing; one between it and the use is a permit that came later.
    let session = |time: &str, until: &str| {
        format!(
            "2 {time} open ben revit ws; 2 {until} close ben revit; 2 {time} log ben revit ws 10; "
        )
    };
    let before = format!("{}{refused}2 09:02 log ben revit ws 60", session("07:00", "07:10"));
    check("UTC", &rolled_out(&before), &["2 ben revit charged-although-refused ws 60 10 bypassed"]);
    let between = format!("{refused}{}2 10:00 log ben revit ws 60", session("09:10", "09:20"));
    check("UTC", &rolled_out(&between), &["2 ben revit used-without-asking ws 60 10 bypassed"]);
    let everywhere = format!("inform *; {refused}2 09:02 log ben revit ws 60");
    let expected = ["2 ben revit charged-although-refused ws 60 10 inform-only"];
    check("UTC", &rolled_out(&everywhere), &expected);
    // It holds for a day, over midnight as well. Two days later it is use without asking.
    let next = "1 22:00 refuse ben revit ws; 2 09:00 log ben revit ws 60";
    check("UTC", &rolled_out(next), &["2 ben revit charged-although-refused ws 60 10 bypassed"]);
    let later = "1 09:00 refuse ben revit ws; 3 09:02 log ben revit ws 60";
    check("UTC", &rolled_out(later), &["3 ben revit used-without-asking ws 60 10 agent-off"]);
}

#[test]
fn the_vendor_s_charges_are_compared_with_sessions_and_logs() {
    let cases: [(&str, &[&str]); 5] = [
        ("2 09:00 open ben revit ws; 2 10:00 close ben revit; 2 vendor ben revit 10", &[]),
        ("2 vendor ben revit 10", &["2 ben revit used-without-asking - 0 10 another-identity"]),
        (
            "3 09:00 open ben daily ws; 3 10:00 close ben daily; 3 09:00 log ben daily ws 60
             2 vendor ben revit 10",
            &["2 ben revit used-without-asking - 0 10 out-of-sight"],
        ),
        // Use that was asked for goes on over midnight, and the vendor charges the next day.
        (
            "1 22:00 open ben revit ws; 1 22:30 close ben revit; 1 22:00 log ben revit ws 300
             2 vendor ben revit 10",
            &[],
        ),
        (
            "2 09:00 log ben revit new 60; 2 vendor ben revit 11",
            &["2 ben revit used-without-asking new 60 11 agent-missing"],
        ),
    ];
    cases.iter().for_each(|(script, expected)| check("UTC", &rolled_out(script), expected));
}

/// In New York a UTC day begins in the evening before: what went on then explains a charge on it.
#[test]
fn the_vendor_s_day_is_not_ours() {
    let zone = "America/New_York";
    let asked = "1 20:30 open ben revit ws; 1 21:00 close ben revit; 2 vendor ben revit 10";
    check(zone, &rolled_out(asked), &[]);
    let goes_on =
        "1 19:00 open ben revit ws; 1 19:10 close ben revit; 1 19:00 log ben revit ws 120";
    check(zone, &rolled_out(&format!("{goes_on}; 2 vendor ben revit 10")), &[]);
    let expected = ["2 ben revit used-without-asking - 0 10 another-identity"];
    check(zone, &rolled_out("2 vendor ben revit 10"), &expected);
}

/// A unit on record is what it cost; a unit that a session brought about is not the leak's.
#[test]
fn cost_is_what_is_on_record() {
    let cases: [(&str, &[&str]); 5] = [
        (
            "2 22:00 log ben revit new 240; 2 22:00 charge ben revit 8 log",
            &[
                "2 ben revit used-without-asking new 120 8 agent-missing",
                "3 ben revit used-without-asking new 120 0 agent-missing",
            ],
        ),
        // Clocks differ about its beginning.
        (
            "2 09:00 log ben revit new 60; 2 08:57 charge ben revit 8 log",
            &["2 ben revit used-without-asking new 60 8 agent-missing"],
        ),
        (
            "2 09:00 log ben revit new 60; 2 09:00 charge ben revit 8 log",
            &["2 ben revit used-without-asking new 60 8 agent-missing"],
        ),
        (
            "2 06:00 open ben revit ws; 2 07:00 close ben revit; 2 06:00 log ben revit ws 60
             2 06:00 charge ben revit 10; 2 09:00 log ben revit new 60",
            &["2 ben revit used-without-asking new 60 0 agent-missing"],
        ),
        (
            "2 09:00 log ben hourly new 150",
            &["2 ben hourly used-without-asking new 150 15 agent-missing"],
        ),
    ];
    cases.iter().for_each(|(script, expected)| check("UTC", &rolled_out(script), expected));
}

/// Sunday 2026-10-25 has 25 hours in Berlin, Sunday 2027-03-28 has 23; day 1 is 2026-06-01.
#[test]
fn days_are_local_and_as_long_as_they_are() {
    let (autumn, spring) = (147, 301);
    let script = |day: i32, minutes: i64| {
        format!(
            "cover 1 400; 1 09:00 open ben daily ws; 1 10:00 close ben daily; 1 09:00 log ben daily ws 60
             {day} 00:00 log ben revit new {minutes}"
        )
    };
    let of = |day: i32, minutes: i64, tokens: i64| {
        format!("{day} ben revit used-without-asking new {minutes} {tokens} gate-silent")
    };
    for (day, minutes) in [(autumn, 1_500), (spring, 1_380)] {
        let rows = found(Mutant::None, "Europe/Berlin", &script(day, minutes));
        let tokens = if minutes > 1_440 { 20 } else { 10 };
        assert_eq!(rows, [of(day, minutes, tokens)]);
        let rows = found(Mutant::None, "Europe/Berlin", &script(day, minutes + 60));
        assert_eq!(rows[0], of(day, minutes, tokens));
        assert!(rows[1].starts_with(&format!("{} ben revit", day + 1)), "{rows:?}");
    }
}

#[test]
fn sums_say_what_the_rows_say() {
    let script = "2 09:00 log ben revit a 60; 2 09:00 log anna revit b 30; 3 vendor ben revit 10
                  12 09:00 log ben revit a 60";
    let found = judged(Mutant::None, "UTC", &rolled_out(script));
    assert_eq!((found.total.rows, found.total.seconds), (3, 90 * 60));
    assert_eq!(found.total.money.map(|money| money.to_string()).as_deref(), Some("90.00"));
    assert_eq!(found.by_kind[&Kind::WithoutAsking], found.total);
    assert_eq!(found.by_host[&Some("a".to_owned())].seconds, 60 * 60);
    assert_eq!(found.by_host[&None].seconds, 0);
    assert_eq!(found.by_department[&None], found.total);
    let expected = Measured { asked: 30 * 60, not_asked: 90 * 60, not_covered: 60 * 60 };
    assert_eq!(found.measured, expected);
    assert_eq!(found.share(), Some((90 * 60, 120 * 60)));
    assert!(found.words().starts_with("1.5 of 2.0 logged hours (75.0 %) ran without"));
    assert!(found.words().contains("Of 14 days, logs cover 9,"), "{}", found.words());
}

#[test]
fn a_report_keeps_so_many_rows_and_counts_all() {
    let script = "2 09:00 log ben revit a 60; 2 09:00 log anna revit b 30";
    let all = judged(Mutant::None, "UTC", &rolled_out(script));
    let mut few = Leakage::new(all.from, all.to);
    let world = crate::state::tests::World::new();
    let day = Day { rows: all.rows.clone(), ..Day::default() };
    few.add(&world.state, day, 1);
    assert_eq!((few.rows.len(), few.rows_left_out, few.total), (1, 1, all.total));
    few.quarantine(Origin::Log, "eve", 60);
    few.quarantine(Origin::Log, "eve", 30);
    let eve = few.unknown[&(Origin::Log, "eve".to_owned())];
    assert_eq!(eve, Unknown { count: 2, seconds: 90 });
    assert_eq!(few.words().split(". Of").next(), Some("No use was logged"));
}

#[test]
fn spans_that_touch_are_one() {
    let span = |start: i64, end: i64| Interval { start: Instant(start), end: Instant(end) };
    let mut spans = Spans::default();
    [span(10, 20), span(40, 50), span(20, 30), span(0, 5)]
        .into_iter()
        .for_each(|one| spans.add(one));
    assert_eq!(spans.around(Instant(25)), Some(span(10, 30)));
    assert!(spans.cover(span(12, 30)) && !spans.cover(span(12, 31)) && !spans.cover(span(31, 32)));
    assert!(spans.touch(span(30, 41)) && !spans.touch(span(30, 40)));
    spans.add(span(5, 40));
    assert_eq!(spans.around(Instant(49)), Some(span(0, 50)));
}

#[test]
fn keys_are_unlike_and_words_are_there() {
    let keys: BTreeSet<&str> = Cause::ALL.iter().map(|cause| cause.key()).collect();
    assert_eq!(keys.len(), Cause::ALL.len());
    assert!(Cause::ALL.iter().all(|cause| cause.words().len() > 20));
    let kinds: BTreeSet<&str> = Kind::ALL.iter().map(|kind| kind.key()).collect();
    assert_eq!(kinds.len(), Kind::ALL.len());
}
