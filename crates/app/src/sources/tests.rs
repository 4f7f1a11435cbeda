//! What is judged, over receipts made up by hand.

use super::*;
use faregate_core::event::{Counts, Receipt};

/// 2026-11-22T10:00:00Z, a Sunday.
const NOW: Instant = Instant(1_795_341_600);

fn receipt(kind: &str, file: &str, batch: u32, last: Instant) -> Receipt {
    let counts = Counts { last: Some(last), ..Counts::default() };
    let (kind, files) = (kind.to_owned(), vec![file.to_owned()]);
    Receipt { kind, files, counts, batch, ..Receipt::default() }
}

/// Imports, by kind, file and how long ago they were made and their data ends.
fn told(followed: &[&str], imports: &[(&str, &str, i64, i64)]) -> Histories {
    let followed = followed.iter().map(|log| (*log).to_owned()).collect();
    let mut histories = Histories::following(followed);
    for (batch, (kind, file, made, ends)) in (1..).zip(imports) {
        histories.note(NOW.plus(-made), &receipt(kind, file, batch, NOW.plus(-ends)));
    }
    histories
}

fn known(name: &str, kind: Kind) -> Known {
    let found = Origin::Source(name.to_owned());
    Known { kind, ..undeclared(&found, &History::default()) }
}

fn followed(log: &str) -> Known {
    Known { followed: Some(log.to_owned()), ..known(log, Kind::Log) }
}

fn madrid() -> Zone {
    Zone::named("Europe/Madrid").unwrap()
}

fn judged(known: &[Known], histories: &Histories) -> Vec<Assessed> {
    assess(known, histories, &madrid(), NOW)
}

/// One source and one import of it: how it stands, whether it is stale, and why.
fn check(known: &Known, import: Option<(&str, &str, i64, i64)>, expected: (Standing, bool, &str)) {
    let logs: Vec<&str> = known.followed.as_deref().into_iter().collect();
    let imports: Vec<_> = import.into_iter().collect();
    let found = judged(std::slice::from_ref(known), &told(&logs, &imports));
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!((found[0].standing, found[0].is_stale, found[0].why.as_str()), expected);
}

#[test]
fn a_source_is_stale_after_what_the_operator_says_or_its_kind() {
    use Standing::{Stable, Warning};
    let log = |ends| Some(("flexnet", "debug.log", 0, ends));
    check(&followed("debug.log"), log(15 * MINUTE), (Stable, false, "up to date"));
    check(
        &followed("debug.log"),
        log(16 * MINUTE),
        (
            Warning,
            true,
            "it ends on 2026-11-22 at 10:44, 16 minutes ago; more than 15 minutes is stale",
        ),
    );
    let patient = Known { stale_after: Some(3 * DAY), ..followed("debug.log") };
    check(&patient, log(3 * DAY), (Stable, false, "up to date"));
    check(
        &patient,
        log(3 * DAY + 1),
        (Warning, true, "it ends on 2026-11-19, 3 days ago; more than 3 days is stale"),
    );
    check(&known("eba", Kind::Vendor), None, (Warning, true, "nothing of it has come yet"));
    let staff = |made| Some(("staff", "inbox/hr/list.csv", made, 0));
    check(&known("hr", Kind::Staff), staff(31 * DAY), (Stable, false, "up to date"));
    check(
        &known("hr", Kind::Staff),
        staff(32 * DAY),
        (Warning, true, "it ends on 2026-10-21, 32 days ago; more than 31 days is stale"),
    );
}

/// The vendor's rows of 20 November begin with that UTC day, and tell all of it.
#[test]
fn the_vendor_tells_whole_days() {
    let day = 34 * HOUR + DAY;
    let import = ("vendor", "inbox/eba/a.csv", 0, day);
    check(&known("eba", Kind::Vendor), Some(import), (Standing::Stable, false, "up to date"));
    let found = judged(&[known("eba", Kind::Vendor)], &told(&[], &[import]));
    assert_eq!(found[0].last_data.unwrap().to_string(), "2026-11-21T00:00:00Z");
    assert_eq!((found[0].lag_seconds, found[0].last_import), (Some(34 * HOUR), Some((NOW, 1))));
    let says_itself = Known { reported: Some(NOW.plus(-HOUR)), ..known("eba", Kind::Vendor) };
    let lag = |known: Known| judged(&[known], &told(&[], &[import]))[0].lag_seconds;
    assert_eq!(lag(says_itself.clone()), Some(HOUR), "what it says itself is newer");
    // Fresh but bad, or not taken in yet: figures know nothing of it.
    let (at, why) = (NOW, "no table".to_owned());
    let bad = vec![FileNote { file: "b.csv".to_owned(), at, why }];
    assert_eq!(lag(Known { bad, ..says_itself.clone() }), Some(34 * HOUR));
    assert_eq!(lag(Known { waiting: 1, ..says_itself }), Some(34 * HOUR));
    let ahead = Known { last_data: Some(NOW.plus(DAY)), ..known("eba", Kind::Vendor) };
    assert_eq!(judged(&[ahead], &told(&[], &[]))[0].lag_seconds, Some(0), "nobody knows tomorrow");
}

/// A log that is quiet every night: one longer silence is a failure, the second such night is not.
#[test]
fn quiet_that_is_usual_is_not_stale() {
    let night = 12 * HOUR;
    let line = |days_ago: i64| ("flexnet", "debug.log", days_ago * DAY, days_ago * DAY);
    let evening = |days_ago: i64| {
        let at = days_ago * DAY - night;
        ("flexnet", "debug.log", at, at)
    };
    let check = |imports: &[(&str, &str, i64, i64)], stale_after| {
        let found = judged(&[followed("debug.log")], &told(&["debug.log"], imports));
        assert_eq!(found[0].stale_after, stale_after, "{imports:?}");
    };
    check(&[line(3)], 15 * MINUTE);
    check(&[line(3), evening(3)], 15 * MINUTE);
    check(&[line(3), evening(3), line(2)], night * 5 / 4);
    check(&[line(9), line(3), evening(3), line(2)], night * 5 / 4);
    // A history of another year is no rhythm.
    check(&[line(400), line(300), line(200)], 15 * MINUTE);
    let told = told(&["debug.log"], &[line(3), evening(3), line(2)]);
    let patient = Known { stale_after: Some(60), ..followed("debug.log") };
    assert_eq!(judged(&[patient], &told)[0].stale_after, 60, "the operator knows better");
}

#[test]
fn only_so_many_waits_are_remembered() {
    let mut imports = vec![("flexnet", "debug.log", 400 * HOUR, 400 * HOUR)];
    imports.push(("flexnet", "debug.log", 300 * HOUR, 300 * HOUR));
    imports.push(("flexnet", "debug.log", 200 * HOUR, 200 * HOUR));
    imports.extend((0..64).map(|n| ("flexnet", "debug.log", (199 - n) * HOUR, (199 - n) * HOUR)));
    let found = judged(&[followed("debug.log")], &told(&["debug.log"], &imports));
    assert_eq!(found[0].stale_after, HOUR * 5 / 4);
}

#[test]
fn what_else_there_is_to_say() {
    use Standing::{Importing, Stable, Warning};
    let fresh = Some(("vendor", "inbox/eba/a.csv", 0, DAY));
    let eba = known("eba", Kind::Vendor);
    let pulls = |failures| {
        let last_error = Some((NOW, "the vendor is away: no answer".to_owned()));
        Some(Pulls { failures, last_error, ..Pulls::default() })
    };
    let bad = |file: &str| FileNote { file: file.into(), at: NOW, why: "no table".into() };
    let one_bad = vec![bad("b.csv")];
    let table = [
        (
            Known { is_at_work: true, ..eba.clone() },
            Importing,
            "something of it is being fetched or taken in",
        ),
        (Known { waiting: 1, ..eba.clone() }, Warning, "1 file waits to be taken in"),
        (
            Known { waiting: 2, is_at_work: true, bad: one_bad.clone(), ..eba.clone() },
            Importing,
            "2 files wait to be taken in",
        ),
        (Known { pulls: pulls(2), ..eba.clone() }, Stable, "up to date"),
        (
            Known { pulls: pulls(3), ..eba.clone() },
            Warning,
            "the last 3 pulls failed: the vendor is away: no answer",
        ),
        (Known { bad: one_bad, ..eba.clone() }, Warning, "`b.csv` could not be taken in: no table"),
        (
            Known { bad: vec![bad("b.csv"), bad("c.csv")], pulls: pulls(4), ..eba.clone() },
            Warning,
            "the last 4 pulls failed: the vendor is away: no answer; `b.csv` could not be taken in, and 1 more: no table",
        ),
        (
            Known { passed_over: vec![bad("users.csv"), bad("x.csv")], ..eba.clone() },
            Stable,
            "up to date; nothing in `users.csv` is booked, and 1 more: no table",
        ),
    ];
    for (one, standing, why) in table {
        check(&one, fresh, (standing, false, why));
    }
}

/// Imports by hand are sources as well, as long as somebody may wait for more.
#[test]
fn what_nobody_declares_ends_by_itself() {
    let table = [
        (DAY, &[][..], Standing::Stable, false),
        (3 * DAY, &[], Standing::Warning, true),
        (61 * DAY, &[], Standing::Ended, false),
        (3 * DAY, &[followed("debug.log")], Standing::Ended, false),
        (3 * DAY, &[known("eba", Kind::Vendor)], Standing::Warning, true),
    ];
    for (ends, declared, standing, is_stale) in table {
        let found = judged(declared, &told(&["debug.log"], &[("flexnet", "a.log", 0, ends)]));
        let last = found.last().unwrap();
        assert_eq!((last.name.as_str(), last.kind), ("flexnet", Kind::Log));
        assert_eq!((last.standing, last.is_stale), (standing, is_stale), "{ends} {declared:?}");
    }
    let made_up = judged(&[], &told(&[], &[("generated", "", 0, 3 * DAY)]));
    assert_eq!((made_up[0].standing, made_up[0].is_stale), (Standing::Ended, false));
    let two = told(&[], &[("csv:hr", "x.csv", 0, 0), ("vendor", "inbox/old/y.csv", 0, 0)]);
    let names: Vec<(String, Kind)> =
        judged(&[], &two).into_iter().map(|one| (one.name, one.kind)).collect();
    assert_eq!(names, [("old".to_owned(), Kind::Vendor), ("csv:hr".to_owned(), Kind::Table)]);
}

/// The words beside burn, for sources and the span that is asked for.
#[test]
fn figures_say_what_they_lack() {
    let told = told(
        &["debug.log"],
        &[("flexnet", "debug.log", 0, 3 * DAY), ("vendor", "inbox/eba/a.csv", 0, 4 * DAY)],
    );
    let check = |declared: &[Known], figure, until: Instant, expected: &[&str]| {
        let found = stale_for(&judged(declared, &told), figure, until, &madrid());
        let words: Vec<&str> = found.iter().map(|notice| notice.text.as_str()).collect();
        assert_eq!(words, expected);
    };
    let (log, eba) = (followed("debug.log"), known("eba", Kind::Vendor));
    let of_log = "What the licence server's log knows ends on 2026-11-19, 3 days ago: burn since then is from the gate only.";
    let of_eba = "What the vendor's report knows ends on 2026-11-18, 3 days ago: what it charged since then is not in these figures.";
    let both = [log.clone(), eba.clone()];
    check(&both, Figure::Burn, NOW, &[of_log, of_eba]);
    check(&both, Figure::Reconciliation, NOW, &[of_eba]);
    check(&both, Figure::Burn, NOW.plus(-3 * DAY), &[of_eba]);
    check(&both, Figure::Burn, NOW.plus(-5 * DAY), &[]);
    let fresh = Known { stale_after: Some(9 * DAY), ..eba.clone() };
    let and_eba = of_log.replace("the gate only", "the gate and `eba` only");
    check(&[log.clone(), fresh], Figure::Burn, NOW, &[&and_eba]);
    let sites = [log, Known { last_data: Some(NOW.plus(-HOUR)), ..followed("tokyo.log") }];
    check(
        &sites,
        Figure::Leakage,
        NOW,
        &[
            "What the licence server's log `debug.log` knows ends on 2026-11-19, 3 days ago: what it would tell of the time since then is missing.",
            "What the licence server's log `tokyo.log` knows ends on 2026-11-22 at 10:00, 60 minutes ago: what it would tell of the time since then is missing.",
        ],
    );
    check(
        &[known("hr", Kind::Staff)],
        Figure::Chargeback,
        NOW,
        &[
            "Nothing of the staff list has come yet: who is in which group is not from it.",
            of_eba,
            &of_log.replace(
                "burn since then is from the gate only",
                "what it would tell of the time since then is missing",
            ),
        ],
    );
}

#[test]
fn lengths_of_time_in_words() {
    let table = [
        (0, "0 minutes"),
        (60, "1 minute"),
        (2 * HOUR - 1, "119 minutes"),
        (2 * HOUR, "2 hours"),
        (2 * DAY - 1, "47 hours"),
        (2 * DAY, "2 days"),
        (400 * DAY, "400 days"),
    ];
    for (seconds, expected) in table {
        assert_eq!(words::length(seconds), expected);
    }
}

#[test]
fn kinds_of_receipts() {
    let table = [
        ("flexnet", Kind::Log),
        ("lmstat", Kind::Polls),
        ("vendor", Kind::Vendor),
        ("csv:hours", Kind::Table),
        ("cloudevents", Kind::Table),
    ];
    for (receipt, kind) in table {
        assert_eq!(Kind::of_receipt(receipt), kind, "{receipt}");
    }
    let keys: std::collections::BTreeSet<&str> = Kind::ALL.into_iter().map(Kind::key).collect();
    assert_eq!(keys.len(), Kind::ALL.len());
}
