//! What holds for every log and for every file that is none.

use super::*;
use proptest::prelude::*;
use std::collections::HashSet;

/// Lines of a plausible log, times rising by up to an hour a line.
fn log() -> impl Strategy<Value = Vec<String>> {
    let step = prop_oneof![4 => 0_u32..3, 2 => 3_u32..600, 1 => 600_u32..3_600];
    prop::collection::vec((step, 0_u8..12, 0_u8..3, 0_u8..3), 1..120).prop_map(|steps| {
        let mut now = 1_651_800_000_u32; // 2022-05-06 01:20 UTC
        let mut lines = Vec::new();
        let mut stamped = u32::MAX;
        for (step, what, who, product) in steps {
            now += step;
            let hour = now / 3_600;
            if hour != stamped {
                stamped = hour;
                let (_, month, day) = Date(i32::try_from(now / 86_400).unwrap()).ymd();
                lines.push(line(now, "lmgrd", &format!("TIMESTAMP {month}/{day}/2022")));
            }
            let holder = ["jo@ws1", "Jo Ann@ws2", "núria@ws3"][usize::from(who)];
            let (package, component) = [
                ("64300ACD_F", "87545ACD_2022_0F"),
                ("85950RVT_F", "87561RVT_2022_0F"),
                ("1X_F", "tool"),
            ][usize::from(product)];
            let mut event = |word: &str, feature: &str| {
                lines.push(line(now, "adskflex", &format!("{word}: \"{feature}\" {holder}  ")));
            };
            match what {
                0..4 if product < 2 => {
                    event("OUT", package);
                    event("OUT", component);
                }
                0..4 => event("OUT", component),
                4..8 => event("IN", component),
                8 => event("IN", package),
                9 => event("DENIED", component),
                10 => lines.push(line(now, "adskflex", "EXITING DUE TO SIGNAL 15")),
                _ => lines.push(line(now, "adskflex", "(@adskflex-SLOG@) OUT: IN: words")),
            }
        }
        lines
    })
}

fn line(now: u32, daemon: &str, message: &str) -> String {
    let second = now % 86_400;
    format!(
        "{:2}:{:02}:{:02} ({daemon}) {message}\n",
        second / 3_600,
        second / 60 % 60,
        second % 60
    )
}

/// What identifies each session.
pub(super) fn identities(lines: &[String]) -> HashSet<(String, String, String, i64, u16)> {
    let (found, reader) = read(lines.concat().as_bytes(), "UTC", None);
    let name = |id| reader.names().text(id).to_owned();
    let sessions = found.sessions.iter();
    let set: HashSet<_> = sessions
        .map(|s| (name(s.feature), name(s.user), name(s.host), s.opened.0, s.ordinal))
        .collect();
    assert_eq!(set.len(), found.sessions.len(), "an identity is used twice");
    set
}

/// The result of reading `bytes` in chunks that end at the cuts.
fn in_chunks(bytes: &[u8], cuts: &[usize]) -> (Collected, Tally) {
    let mut found = Collected::default();
    let mut reader = Reader::new(Zone::utc());
    let mut cuts: Vec<usize> = cuts.iter().map(|cut| cut % (bytes.len() + 1)).collect();
    cuts.sort_unstable();
    let mut from = 0;
    for cut in cuts.into_iter().chain([bytes.len()]) {
        reader.feed(&bytes[from..cut], &mut found);
        from = cut;
    }
    reader.finish(&mut found);
    (found, reader.tally())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(200) })]

    #[test]
    fn chunks_do_not_matter(lines in log(), cuts in prop::collection::vec(any::<usize>(), 0..40)) {
        let bytes = lines.concat().into_bytes();
        prop_assert_eq!(in_chunks(&bytes, &cuts), in_chunks(&bytes, &[]));
    }

    #[test]
    fn a_session_has_one_identity_in_every_copy(lines in log(), from in any::<usize>(), until in any::<usize>()) {
        let (from, until) = (from % lines.len(), until % lines.len());
        let whole = identities(&lines);
        prop_assert!(identities(&lines[from..]).is_subset(&whole), "a copy that begins later");
        prop_assert!(identities(&lines[..until]).is_subset(&whole), "a copy that ends earlier");
    }

    #[test]
    fn no_session_is_negative_and_every_check_out_counts_once(lines in log()) {
        let (found, reader) = read(lines.concat().as_bytes(), "UTC", None);
        for session in &found.sessions {
            prop_assert!(session.closed.is_none_or(|closed| closed >= session.opened));
        }
        let outs = lines.iter().filter(|line| line.contains(") OUT: \"")).count() as u64;
        let tally = reader.tally();
        prop_assert_eq!(tally.sessions + tally.packages + tally.undecided, outs);
    }

    #[test]
    fn any_bytes_are_read_and_every_line_is_accounted_for(bytes in hostile(), cuts in prop::collection::vec(any::<usize>(), 0..5)) {
        let _ = sniff(&bytes);
        let (found, tally) = in_chunks(&bytes, &cuts);
        prop_assert_eq!(tally.lines, tally.events + tally.rejected + tally.skipped);
        prop_assert_eq!(found.rejected.len() as u64, tally.rejected);
        prop_assert_eq!(tally.bytes, bytes.len() as u64);
        prop_assert_eq!((found, tally), in_chunks(&bytes, &[]));
    }
}

/// Bytes from nowhere, mixed with the words that the reader looks for.
fn hostile() -> impl Strategy<Value = Vec<u8>> {
    const WORDS: [&str; 24] = [
        "8:00:00 (adskflex) ",
        " 9:59:60 (lmgrd) ",
        "23:59:59 (adskflex_2) ",
        "0:00:00 (x) ",
        "OUT: ",
        "IN: ",
        "DENIED: ",
        "UNSUPPORTED: ",
        "EXPIRED: ",
        "UPGRADE: ",
        "\"87545ACD_2022_0F\" ",
        "\"64300ACD_F\" ",
        "a@b  ",
        " @",
        "(3 licenses)",
        "(INACTIVE)",
        "(-4,342:1 \"\")",
        "TIMESTAMP 2/29/2024",
        "EXITING DUE TO SIGNAL 9",
        "64300ACD_F (consisting of:\t\t87545ACD_2022_0F",
        ") 1A_F",
        "FlexNet Licensing (v1) started on h (p) (5/5/2022)",
        "Started adskflex (pid 1)",
        "(@adskflex-SLOG@) Time: Wed Mar 30 2016 05:56:18",
    ];
    let part = prop_oneof![
        6 => prop::sample::select(WORDS.to_vec()).prop_map(|word| word.as_bytes().to_vec()),
        3 => Just(b"\n".to_vec()),
        1 => prop::collection::vec(any::<u8>(), 0..8),
    ];
    prop::collection::vec(part, 0..80).prop_map(|parts| parts.concat())
}
