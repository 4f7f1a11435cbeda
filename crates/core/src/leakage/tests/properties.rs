//! What holds of any three sources.

use super::script::{Mutant, judged};
use crate::amount::Ticks;
use crate::leakage::{Kind, Leakage, Sum};
use proptest::prelude::*;
use std::collections::BTreeSet;

/// Uses, sessions and refusals of three people over six days, of which a log covers some.
fn any_script() -> impl Strategy<Value = String> {
    let who = || prop::sample::select(vec!["anna", "ben", "cleo"]);
    let what = || prop::sample::select(vec!["revit", "hourly", "civil-3d"]);
    let host = || prop::sample::select(vec!["a", "b"]);
    let time = || (1..7_i32, 0..24_u32, 0..60_u32);
    let log =
        (time(), who(), what(), host(), 0..3_000_i64).prop_map(|(at, who, what, host, long)| {
            format!("{} log {who} {what} {host} {long}", text(at))
        });
    let refuse = (time(), who(), what(), host())
        .prop_map(|(at, who, what, host)| format!("{} refuse {who} {what} {host}", text(at)));
    let open =
        (time(), who(), what(), host()).prop_map(|((day, hour, minute), who, what, host)| {
            let (open, close) = (text((day, hour, minute)), text((day + 1, 0, 30)));
            format!("{open} open {who} {what} {host}; {close} close {who} {what}")
        });
    let vendor = (1..7_i32, who(), what())
        .prop_map(|(day, who, what)| format!("{day} vendor {who} {what} 7"));
    let cover =
        (1..4_i32, 0..3_i32).prop_map(|(from, days)| format!("cover {from} {}", from + days));
    let line = prop_oneof![4 => log, 2 => open, 1 => refuse, 1 => vendor, 1 => cover];
    prop::collection::vec(line, 0..24).prop_map(|lines| lines.join("\n"))
}

fn text((day, hour, minute): (i32, u32, u32)) -> String {
    format!("{day} {hour:02}:{minute:02}")
}

/// Logged minutes of each person and product on the report's days, counted one by one.
fn minutes_logged(script: &str) -> i64 {
    let mut minutes = BTreeSet::new();
    for line in script.lines().filter(|line| line.contains(" log ")) {
        let words: Vec<&str> = line.split(' ').collect();
        let [day, time, _, who, what, _, long] = words.as_slice() else { panic!("{line}") };
        let (hour, minute) = time.split_once(':').unwrap();
        let number = |text: &str| text.parse::<i64>().unwrap();
        let start = number(day) * 1_440 + number(hour) * 60 + number(minute);
        minutes.extend((start..start + number(long)).map(|at| (*who, *what, at)));
    }
    minutes.len() as i64
}

fn added<'a>(sums: impl Iterator<Item = &'a Sum>) -> (u64, i64, Ticks) {
    sums.fold((0, 0, Ticks::ZERO), |(rows, seconds, ticks), sum| {
        (rows + sum.rows, seconds + sum.seconds, ticks.plus(sum.ticks).unwrap())
    })
}

fn sums_agree(found: &Leakage) {
    let Sum { rows, seconds, ticks, .. } = found.total;
    let total = (rows, seconds, ticks);
    assert_eq!(added(found.by_kind.values()), total);
    assert_eq!(added(found.by_cause.values()), total);
    assert_eq!(added(found.by_person.values()), total);
    assert_eq!(added(found.by_host.values()), total);
    assert_eq!(added(found.by_department.values()), total);
    assert_eq!(rows, found.rows.len() as u64);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 192, failure_persistence: None, ..ProptestConfig::default() })]

    /// Every minute of logged use is in exactly one of asked, not asked and not covered, and all sums agree.
    #[test]
    fn every_minute_is_in_one_place(script in any_script()) {
        // Two more days follow the last fact: use that outlasts them would be cut off.
        let long = format!("{script}\n12 00:00 refuse anna revit c");
        let found = judged(Mutant::None, "UTC", &long);
        prop_assert_eq!(found.measured.total(), minutes_logged(&script) * 60);
        sums_agree(&found);
        let leaked = found.rows.iter().filter(|row| row.kind != Kind::NotReported);
        prop_assert_eq!(leaked.map(|row| row.seconds).sum::<i64>(), found.measured.not_asked);
    }

    /// Where no log and no report covers anything, nothing is found.
    #[test]
    fn silence_is_no_leakage(script in any_script()) {
        let deaf: Vec<&str> = script.lines().filter(|line| !line.starts_with("cover") && !line.contains("vendor")).collect();
        let found = judged(Mutant::None, "Europe/Berlin", &deaf.join("\n"));
        prop_assert_eq!(found.rows, []);
        prop_assert_eq!(found.measured.asked + found.measured.not_asked, 0);
    }

    /// Asking more never makes more use leak.
    #[test]
    fn asking_helps(script in any_script()) {
        let without: Vec<&str> = script.lines().filter(|line| !line.contains(" open ")).collect();
        let asked = judged(Mutant::None, "UTC", &script).measured;
        let not = judged(Mutant::None, "UTC", &format!("{}\n9 00:00 refuse anna revit c", without.join("\n"))).measured;
        prop_assert!(asked.not_asked <= not.not_asked, "{:?} {:?}", asked, not);
    }
}
