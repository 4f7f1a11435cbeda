//! Series of polls, ten minutes apart, and the uses that they tell of.

use super::*;
use std::collections::BTreeMap;

/// What one poll finds.
#[derive(Clone, Copy, Debug)]
enum Poll<'a> {
    /// These rows, each of a feature: `FEATURE user host handle start`.
    Rows(&'a [&'a str]),
    /// The server does not answer.
    Down,
    /// The output ends within the rows.
    Cut(&'a [&'a str]),
    /// One row of `F` cannot be read.
    Unread(&'a [&'a str]),
}

/// The output of a poll, and when it was made.
fn output(rows: &[&str]) -> String {
    let mut features: BTreeMap<&str, Vec<String>> = BTreeMap::from([("F", Vec::new())]);
    for row in rows {
        let [feature, user, host, handle, start] = row.split(' ').collect::<Vec<_>>()[..] else {
            panic!("{row}")
        };
        let row =
            format!("    {user} {host} {host} (v1) (s/1 {handle}), start Fri 10/20 {start}\n");
        features.entry(feature).or_default().push(row);
    }
    let blocks = features.into_iter().map(|(feature, rows)| {
        let count = rows.len();
        let head = format!(
            "Users of {feature}:  (Total of 9 licenses issued;  Total of {count} licenses in use)"
        );
        format!("{head}\n\n{}\n", rows.concat())
    });
    format!("{HEAD}{}", blocks.collect::<String>())
}

fn status(poll: Poll<'_>, polled: Instant) -> Status {
    let text = match poll {
        Poll::Rows(rows) => output(rows),
        Poll::Down => "lmgrd is not running: Cannot connect to license server system. (-15,570:115 \"x\")\n".to_owned(),
        Poll::Cut(rows) => output(rows).trim_end().trim_end_matches(|c: char| c != '(').to_owned(),
        Poll::Unread(rows) => output(rows).replacen("Users of F:  (Total of 9 licenses issued;  Total of 0 licenses in use)\n\n", "Users of F:  (Total of 9 licenses issued;  Total of 1 licenses in use)\n\n    a b c d e f (v1) (s/1 9), start Fri 10/20 1:00\n", 1),
    };
    let mut reader = Reader::new(polled, Zone::utc());
    reader.feed(text.as_bytes());
    reader.finish()
}

/// When the poll of this number is made: from 12:00 on.
fn at(number: usize) -> Instant {
    Zone::utc().start_of(Date::from_ymd(2017, 10, 20).unwrap()).plus(43_200 + 600 * number as i64)
}

/// Every use, as `feature user handle opened-seen gone`, in the order found, those that go on at the end.
fn series(polls: &[Poll<'_>]) -> Vec<String> {
    let clock = |at: Instant| at.to_string()[11..16].to_owned();
    let tell = |one: &Use| {
        let gone = one.gone.map_or("on".to_owned(), clock);
        let Use { feature, user, handle, opened, seen, .. } = one;
        let number = handle.rsplit(' ').next().unwrap();
        format!("{feature} {user} {number} {}-{} {gone}", clock(*opened), clock(*seen))
    };
    let mut snapshots = Snapshots::default();
    let mut told = Vec::new();
    for (number, poll) in polls.iter().enumerate() {
        let ended = snapshots.poll(at(number), &status(*poll, at(number))).unwrap();
        told.extend(ended.iter().map(tell));
    }
    told.extend(snapshots.open().iter().map(tell));
    told
}

const JO: &[&str] = &["F jo ws1 7 11:52"];
const NOBODY: Poll<'static> = Poll::Rows(&[]);

#[test]
fn a_use_lasts_from_the_start_that_is_printed_to_the_last_poll_that_saw_it() {
    let polls = [Poll::Rows(JO), Poll::Rows(JO), NOBODY, NOBODY];
    assert_eq!(series(&polls), ["F jo 7 11:52-12:10 12:20"]);
    assert_eq!(series(&polls[..2]), ["F jo 7 11:52-12:10 on"]);
}

#[test]
fn what_is_not_known_is_not_over() {
    for doubt in [Poll::Down, Poll::Cut(&["F bo ws2 8 11:00"]), Poll::Unread(&[])] {
        let again = [Poll::Rows(JO), doubt, Poll::Rows(JO), NOBODY];
        assert_eq!(series(&again), ["F jo 7 11:52-12:20 12:30"], "{doubt:?}");
        let gone = series(&[Poll::Rows(JO), doubt, NOBODY]);
        assert!(gone.contains(&"F jo 7 11:52-12:00 12:20".to_owned()), "{doubt:?}: {gone:?}");
        let unknown = series(&[Poll::Rows(JO), doubt]);
        assert!(unknown.contains(&"F jo 7 11:52-12:00 on".to_owned()), "{doubt:?}: {unknown:?}");
    }
}

#[test]
fn a_feature_that_the_server_does_not_speak_of_is_not_known() {
    let rows: &[&str] = &["G jo ws1 7 11:52"];
    assert_eq!(series(&[Poll::Rows(rows), NOBODY]), ["G jo 7 11:52-12:00 on"]);
}

#[test]
fn a_handle_that_is_given_out_again_is_another_use() {
    let later: &[&str] = &["F jo ws1 7 12:05"];
    assert_eq!(
        series(&[Poll::Rows(JO), Poll::Rows(later)]),
        ["F jo 7 11:52-12:00 12:10", "F jo 7 12:05-12:10 on"]
    );
}

#[test]
fn two_machines_and_two_handles_are_two_uses() {
    let rows: &[&str] = &["F jo ws1 7 11:52", "F jo ws2 7 11:52", "F jo ws1 8 11:52"];
    assert_eq!(series(&[Poll::Rows(rows), NOBODY]).len(), 3);
}

#[test]
fn a_package_and_its_component_are_one_use() {
    let check = |rows: &[&str], expected: &[&str]| {
        let whole = series(&[Poll::Rows(rows)]);
        let features: Vec<&str> = whole.iter().map(|one| one.split(' ').next().unwrap()).collect();
        assert_eq!(features, expected, "{rows:?}");
    };
    let (package, component) = ("64300ACD_F jo ws1 1 11:52", "87545ACD_2022_0F jo ws1 2 11:52");
    check(&[package, component], &["87545ACD_2022_0F"]);
    check(&[package], &["64300ACD_F"]);
    let collection = "86900AECX_F jo ws1 3 11:52";
    check(&[collection, component], &["87545ACD_2022_0F"]);
    // One component is of one package: its own product's before a collection.
    check(&[collection, package, component], &["86900AECX_F", "87545ACD_2022_0F"]);
    check(&["64300ACD_F bo ws1 1 11:52", component], &["64300ACD_F", "87545ACD_2022_0F"]);
    check(&["64300ACD_F jo ws1 1 11:51", component], &["64300ACD_F", "87545ACD_2022_0F"]);
}

#[test]
fn a_covered_package_stays_so_when_its_component_ends_first() {
    let both: &[&str] = &["64300ACD_F jo ws1 1 11:52", "87545ACD_2022_0F jo ws1 2 11:52"];
    let package = &both[..1];
    // A feature without rows is spoken of all the same.
    let polls = [Poll::Rows(both), Poll::Rows(package)];
    assert_eq!(series(&polls), ["87545ACD_2022_0F jo 2 11:52-12:00 on"]);
}

#[test]
fn polls_come_in_the_order_of_time() {
    let mut snapshots = Snapshots::default();
    let known = status(Poll::Rows(JO), at(1));
    snapshots.poll(at(1), &known).unwrap();
    for earlier in [at(0), at(1)] {
        let refused = snapshots.poll(earlier, &status(NOBODY, earlier)).unwrap_err();
        assert_eq!(refused, NotLater { polled: earlier, before: at(1) });
    }
    assert_eq!(snapshots.open().len(), 1);
    assert_eq!(
        snapshots.poll(at(0), &known).unwrap_err().to_string(),
        "a poll of 2017-10-20T12:00:00Z after one of 2017-10-20T12:10:00Z; give the polls in the order of time"
    );
}

#[test]
fn polls_that_leave_something_open_are_counted() {
    let mut snapshots = Snapshots::default();
    for (number, poll) in [Poll::Rows(JO), Poll::Down, Poll::Cut(JO), NOBODY].iter().enumerate() {
        snapshots.poll(at(number), &status(*poll, at(number))).unwrap();
    }
    assert_eq!(snapshots.unknown_polls(), 2);
}

#[test]
fn a_use_that_begins_after_the_poll_is_not_negative() {
    let ahead: &[&str] = &["F jo ws1 7 12:03"];
    assert_eq!(series(&[Poll::Rows(ahead), NOBODY]), ["F jo 7 12:03-12:03 12:10"]);
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(200) })]

    /// Against a model: who is absent at a poll that knows is gone, and nobody else is.
    #[test]
    fn uses_are_the_runs_of_presence_over_the_polls_that_know(polls in prop::collection::vec((0_u8..16, 0_u8..4), 1..30)) {
        const ROWS: [&str; 4] = ["F a w1 1 9:00", "F b w2 2 9:01", "F c w3 3 9:02", "F d w4 4 9:03"];
        let of = |bits: u8| (0..4).filter(move |who| bits >> who & 1 == 1);
        let mut expected = 0_usize;
        let mut present = 0_u8;
        let mut snapshots = Snapshots::default();
        let mut ended = 0;
        for (number, (bits, kind)) in polls.into_iter().enumerate() {
            let rows: Vec<&str> = of(bits).map(|who| ROWS[who]).collect();
            let poll = if kind == 0 { Poll::Down } else { Poll::Rows(&rows) };
            let found = snapshots.poll(at(number), &status(poll, at(number))).unwrap();
            prop_assert!(kind != 0 || found.is_empty());
            prop_assert!(found.iter().all(|one| one.seen < at(number) && one.seen >= one.opened));
            ended += found.len();
            if kind != 0 {
                expected += of(present & !bits).count();
                present = bits;
            }
            prop_assert_eq!(ended, expected);
            prop_assert_eq!(snapshots.open().len(), of(present).count());
        }
    }
}
