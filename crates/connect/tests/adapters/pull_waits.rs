//! How long the vendor asks us to wait, and that it is waited for.

use crate::pulling::{Bench, NOON};
use crate::vendor::{State, Wrong};
use faregate_connect::pull::PullError;

const DAY: i64 = 86_400;

fn busy(after: &str) -> Wrong {
    Wrong::Status(429, vec![("Retry-After", after.to_owned())])
}

/// Two exports, of which the vendor answers the second as it is told to.
fn second_is(wrong: Wrong, lines: &str) -> Bench {
    let lines = format!("from = \"2018-02-01\"\ndetail = \"days\"\n{lines}");
    let wrongs = [("POST", "/requests", Wrong::Unheard), ("POST", "/requests", wrong)];
    let bench = Bench::new(State { looks: 9, ..State::default() }, "token-flex", &lines);
    // The first is asked for, and its answer is not heard: the next pull finds it.
    bench.vendor.state().wrongs.extend(wrongs);
    bench.pull().unwrap_err();
    bench
}

/// In how many seconds the next pull is due.
fn left(bench: &Bench) -> i64 {
    bench.health().next_due.0 - bench.machine.seconds()
}

#[test]
fn an_hour_that_is_asked_for_is_waited_though_an_export_is_outstanding() {
    let bench = second_is(busy("3600"), "");
    let error = bench.pull().unwrap_err();
    assert!(matches!(error, PullError::Throttled { seconds: Some(3_600), .. }), "{error}");
    assert!((3_600..=3_780).contains(&left(&bench)), "{}", left(&bench));
    assert!(bench.pull().unwrap().is_whole, "the next one goes on");
    assert_eq!(bench.vendor.state().exports.len(), 2);
}

/// A quota that is full says for how long as well.
#[test]
fn a_minute_that_is_asked_for_is_waited_before_the_next_look() {
    let bench = second_is(busy("60"), "patience = \"1d\"");
    let more = (0..3).map(|_| ("POST", "/requests", busy("60")));
    bench.vendor.state().wrongs.extend(more);
    let before = bench.machine.seconds();
    assert!(bench.pull().unwrap().is_whole);
    assert!(bench.machine.seconds() - before >= 4 * 60, "each of the four was waited for");
    assert_eq!(bench.vendor.state().exports.len(), 2);
}

/// The patience is over, and what the vendor asked for last is not.
#[test]
fn a_wait_that_is_asked_for_outlasts_the_patience() {
    let state = State {
        wrongs: (0..4).map(|_| ("GET", "/last", busy("100"))).collect(),
        ..State::default()
    };
    let lines = "from = \"2018-03-01\"\ndetail = \"days\"\npatience = \"250s\"";
    let bench = Bench::new(state, "token-flex", lines);
    assert!(!bench.pull().unwrap().is_whole);
    assert!(bench.machine.seconds() - NOON >= 250);
    assert!((100..=110).contains(&left(&bench)), "{}", left(&bench));
}

/// No number in a header ends the server, and none keeps a source from being asked ever again.
#[test]
fn a_wait_without_end_is_a_day() {
    for after in ["9223372036854775807", "18446744073709551615", "315360000"] {
        let state = State { wrongs: [("GET", "/last", busy(after))].into(), ..State::default() };
        let bench = Bench::new(state, "token-flex", "from = \"2018-03-01\"\ndetail = \"days\"");
        bench.pull().unwrap_err();
        assert!((DAY..=DAY + DAY / 20).contains(&left(&bench)), "{after}: {}", left(&bench));
        assert!(bench.pull().unwrap().is_whole);
    }
}
