//! Pulls that meet a vendor in trouble: each fault once, and what becomes of it.

use crate::pulling::{Bench, NOON, source};
use crate::stub::Seen;
use crate::vendor::{State, Wrong, content};
use faregate_connect::pace::Pace;
use faregate_connect::pull::PullError;
use faregate_core::when::Instant;
use serde_json::json;
use std::time::Duration;

/// One month, one export.
const SMALL: &str = "from = \"2018-03-01\"\ndetail = \"days\"";
const QUERY: &str = "from = \"2018-03-01\"\nvia = \"query\"";

fn small(wrongs: impl IntoIterator<Item = (&'static str, &'static str, Wrong)>) -> Bench {
    Bench::new(
        State { wrongs: wrongs.into_iter().collect(), ..State::default() },
        "token-flex",
        SMALL,
    )
}

/// The month is here as the vendor wrote it, once, and was asked for once.
#[track_caller]
fn check_whole(bench: &Bench, asked: usize) {
    assert_eq!(bench.labels(), ["contract", "daily-usage 2018-03-01", "usage-summary"]);
    let files = bench.inbox().files("eba").unwrap();
    let file = files.iter().find(|file| file.sidecar.from.is_some()).unwrap();
    let text = std::fs::read_to_string(&file.path).unwrap();
    let state = bench.vendor.state();
    let whole = |lines| state.exports.values().any(|export| content(&export.order, lines) == text);
    assert!(whole(state.lines), "{text}");
    assert_eq!(state.exports.len(), asked);
    assert_eq!(state.offences, Vec::<String>::new());
}

#[test]
fn a_fault_that_passes_does_no_harm() {
    let after = |seconds: u64| vec![("Retry-After", seconds.to_string())];
    let faults = [
        Wrong::Status(429, after(30)),
        Wrong::Status(500, Vec::new()),
        Wrong::Status(503, after(10)),
        Wrong::Silence,
        Wrong::Unheard,
        Wrong::Cut(10),
        Wrong::Page,
        Wrong::Status(401, Vec::new()),
    ];
    // Of every request that may be sent twice.
    for target in ["/last", "/contract/", "/summary", "%23", "/download/"] {
        for fault in &faults {
            if target == "/download/" && *fault == Wrong::Page {
                continue;
            }
            let bench = small([("GET", target, fault.clone())]);
            let pulled = bench.pull().unwrap_or_else(|error| panic!("{target} {fault:?}: {error}"));
            assert!(pulled.is_whole && pulled.faults.is_empty(), "{target} {fault:?}");
            check_whole(&bench, 1);
        }
    }
}

#[test]
fn an_order_that_may_have_been_heard_is_looked_for_before_it_is_given_again() {
    // Done and not answered; not done: the list tells which.
    for fault in [Wrong::Unheard, Wrong::Cut(5), Wrong::Status(500, Vec::new()), Wrong::Silence] {
        let bench = small([("POST", "/requests", fault.clone())]);
        let error = bench.pull().unwrap_err();
        assert!(matches!(error, PullError::Away { .. }), "{fault:?}: {error}");
        let health = bench.health();
        assert_eq!((health.failures, health.last_success), (1, None));
        assert!(bench.pull().unwrap().is_whole);
        check_whole(&bench, 1);
        let was_done = matches!(fault, Wrong::Unheard | Wrong::Cut(_));
        assert_eq!(bench.vendor.count("POST", "/requests"), if was_done { 1 } else { 2 });
        assert_eq!(bench.vendor.count("GET", "fromDate"), 1, "{fault:?}");
    }
    // What was certainly not taken is given again at once.
    let wait = vec![("Retry-After", "20".to_owned())];
    let bench = small([("POST", "/requests", Wrong::Status(429, wait))]);
    assert!(bench.pull().unwrap().is_whole);
    check_whole(&bench, 1);
    assert_eq!(bench.vendor.count("GET", "fromDate"), 0);
}

#[test]
fn an_order_of_a_team_is_known_again_too() {
    let auth = "client_secret = \"env:SECRET\"\npersonal_token = \"env:PAT\"";
    let lines = "team = \"4865648\"\nfrom = \"2018-03-01\"";
    for fault in [Wrong::Unheard, Wrong::Status(500, Vec::new())] {
        let wrongs = [("POST", "/exports", fault.clone())].into();
        let state = State { wrongs, ..State::default() };
        let bench = Bench::with_auth(state, "insights", lines, auth);
        let error = bench.pull().unwrap_err();
        assert!(matches!(error, PullError::Away { .. }), "{fault:?}: {error}");
        assert!(bench.pull().unwrap().is_whole);
        assert_eq!(bench.vendor.state().exports.len(), 1, "{fault:?}");
        assert_eq!(bench.labels().len(), 3);
    }
}

#[test]
fn a_wait_that_is_too_long_is_left_to_the_next_pull() {
    for status in [429, 503] {
        let wait = vec![("Retry-After", "900".to_owned())];
        let bench = small([("GET", "/last", Wrong::Status(status, wait))]);
        let error = bench.pull().unwrap_err();
        assert!(matches!(error, PullError::Throttled { seconds: Some(900), .. }), "{error}");
        let health = bench.health();
        let (at, words) = health.last_error.unwrap();
        assert!(words.starts_with("the vendor takes no more requests just now: "), "{words}");
        let waits = health.next_due.since(at);
        assert!((900..=945).contains(&waits), "{waits}");
    }
}

#[test]
fn failures_wait_longer_each_time_up_to_the_usual_rhythm() {
    let down = (0..40).map(|_| ("", "", Wrong::Status(503, Vec::new())));
    let bench = small(down);
    let mut waits = Vec::new();
    for _ in 0..8 {
        let error = bench.pull().unwrap_err();
        assert_eq!(error.to_string(), "the vendor is away: busy at each of 4 tries: told to");
        let health = bench.health();
        waits.push(health.next_due.since(health.last_error.unwrap().0));
    }
    for (wait, least) in waits.iter().zip([300, 600, 1_200, 2_400, 4_800, 9_600, 19_200, 21_600]) {
        assert!((least..=least + least / 20).contains(wait), "{waits:?}");
    }
    bench.vendor.state().wrongs.clear();
    assert!(bench.pull().unwrap().is_whole);
    assert_eq!(bench.health().failures, 0);
}

#[test]
fn an_export_that_fails_is_tried_again_and_then_given_up() {
    let failed = |status: &str| Wrong::Instead(json!({"requestKey": "k", "requestStatus": status}));
    let bench = small([("GET", "%23", failed("Error"))]);
    let pulled = bench.pull().unwrap();
    assert!(pulled.is_whole && pulled.faults.is_empty());
    check_whole(&bench, 1);
    assert_eq!(bench.vendor.count("POST", "/retry"), 1);

    let bench = small((0..3).map(|_| ("GET", "%23", failed("TIMEOUT"))));
    let pulled = bench.pull().unwrap();
    assert!(pulled.is_whole);
    assert_eq!(pulled.faults.len(), 1);
    assert_eq!(pulled.faults[0].words, "it says TIMEOUT and no more");
    assert_eq!(bench.labels(), ["contract", "usage-summary"], "the rest came");
    let health = bench.health();
    assert_eq!(health.last_error.unwrap().1, "daily-usage: it says TIMEOUT and no more");
    assert_eq!(health.last_success, None);
    // The next pull asks anew.
    assert!(bench.pull().unwrap().faults.is_empty());
    check_whole(&bench, 2);
}

#[test]
fn what_expired_is_asked_for_anew() {
    for status in [json!("EXPIRED"), json!("Expired")] {
        let gone = Wrong::Instead(json!({"requestStatus": status}));
        let bench = small([("GET", "%23", gone)]);
        assert!(bench.pull().unwrap().is_whole);
        check_whole(&bench, 2);
    }
    let bench = small([("GET", "%23", Wrong::Status(404, Vec::new()))]);
    assert!(bench.pull().unwrap().is_whole);
    check_whole(&bench, 2);
}

#[test]
fn a_status_that_nobody_documented_stops_the_pull() {
    let odd = Wrong::Instead(json!({"requestStatus": "Paused"}));
    let bench = small([("GET", "%23", odd)]);
    let error = bench.pull().unwrap_err();
    assert_eq!(error.to_string(), "the vendor's answer is not understood: the status `Paused`");
    assert!(bench.pull().unwrap().is_whole);
    check_whole(&bench, 1);
}

#[test]
fn an_address_that_ended_is_renewed() {
    let bench = small([("GET", "/download/", Wrong::Status(403, Vec::new()))]);
    assert!(bench.pull().unwrap().is_whole);
    check_whole(&bench, 1);
    assert_eq!(bench.vendor.count("POST", "refreshUrl"), 0, "the address was good for long");
    // An export whose addresses are no good is asked for anew.
    let bench = small((0..4).map(|_| ("GET", "/download/", Wrong::Status(403, Vec::new()))));
    assert!(bench.pull().unwrap().is_whole);
    check_whole(&bench, 2);
    // A pull that stops before the download, and goes on when the address has ended.
    let bench = small([("GET", "/download/", Wrong::Page)]);
    let error = bench.pull().unwrap_err();
    assert!(error.to_string().ends_with("a web page instead of a file"), "{error}");
    let pace: &dyn Pace = &*bench.machine;
    pace.wait(Duration::from_secs(400));
    assert!(bench.pull().unwrap().is_whole);
    check_whole(&bench, 1);
    assert_eq!(bench.vendor.count("POST", "refreshUrl"), 1);
}

#[test]
fn a_download_that_breaks_off_goes_on_where_it_stopped() {
    let cuts = |lengths: &[usize]| {
        let cut = |length: &usize| ("GET", "/download/", Wrong::Cut(*length));
        State { lines: 5_000, wrongs: lengths.iter().map(cut).collect(), ..State::default() }
    };
    let bench = Bench::new(cuts(&[100, 70_000, 1, 3, 2, 1, 100_000]), "token-flex", SMALL);
    assert!(bench.pull().unwrap().is_whole);
    check_whole(&bench, 1);
    let downloads: Vec<_> = bench
        .vendor
        .stub
        .seen()
        .into_iter()
        .filter(|one| one.target.contains("/download/"))
        .collect();
    let ranges: Vec<_> = downloads.iter().map(|one| one.header("range").unwrap_or("all")).collect();
    assert_eq!(ranges[..4], ["all", "bytes=100-", "bytes=70100-", "bytes=70101-"]);
    let has = |one: &Seen, name: &str| one.header(name).is_some();
    assert!(downloads.iter().all(|one| has(one, "range") == has(one, "if-range")));
    // A server that knows nothing of ranges: from the beginning.
    let bench = Bench::new(State { ranges: false, ..cuts(&[70_000]) }, "token-flex", SMALL);
    assert!(bench.pull().unwrap().is_whole);
    check_whole(&bench, 1);
    // A server that sends less than was asked for.
    let bench = Bench::new(State { stride: 50_000, ..cuts(&[70_000]) }, "token-flex", SMALL);
    assert!(bench.pull().unwrap().is_whole);
    check_whole(&bench, 1);
    // The next pull goes on too, when all tries of one were in vain.
    let bench = Bench::new(cuts(&[90_000, 0, 0, 0]), "token-flex", SMALL);
    let error = bench.pull().unwrap_err();
    assert!(
        error.to_string().starts_with("the vendor is away: the download broke off: "),
        "{error}"
    );
    assert!(bench.pull().unwrap().is_whole);
    check_whole(&bench, 1);
    let last = bench.vendor.stub.seen().pop().unwrap();
    assert_eq!(last.header("range"), Some("bytes=90000-"));
}

#[test]
fn two_versions_of_a_file_are_not_mixed() {
    let bench = Bench::new(
        State {
            lines: 5_000,
            wrongs: [("GET", "/download/", Wrong::Cut(70_000))]
                .into_iter()
                .chain((0..3).map(|_| ("GET", "/download/", Wrong::Cut(0))))
                .collect(),
            ..State::default()
        },
        "token-flex",
        SMALL,
    );
    bench.pull().unwrap_err();
    bench.vendor.state().lines = 4_000;
    assert!(bench.pull().unwrap().is_whole);
    check_whole(&bench, 1);
    // The new one may even be shorter than what was there of the old one.
    let wrongs = [("GET", "/download/", Wrong::Cut(90_000)), ("GET", "/download/", Wrong::Silence)];
    let bench = Bench::new(
        State { lines: 5_000, wrongs: wrongs.into(), ..State::default() },
        "token-flex",
        &format!("{SMALL}\nbytes_max = 1000000"),
    );
    bench.vendor.state().wrongs.extend((0..3).map(|_| ("GET", "/download/", Wrong::Cut(0))));
    bench.pull().unwrap_err();
    bench.vendor.state().lines = 10;
    assert!(bench.pull().unwrap().is_whole);
    check_whole(&bench, 1);
}

#[test]
fn a_server_that_mixes_versions_or_hides_lengths_is_not_believed() {
    let raw = |head: &str, body: &str| {
        let text = format!("HTTP/1.1 {head}\r\nContent-Type: text/csv\r\n\r\n{body}");
        ("GET", "/download/", Wrong::Raw(text))
    };
    let cut = || ("GET", "/download/", Wrong::Cut(70_000));
    let other = |range: &str, tag: &str| {
        let head =
            format!("206 X\r\nContent-Length: 4\r\nContent-Range: bytes {range}\r\nETag: {tag}");
        raw(&head, "evil")
    };
    for wrongs in [
        // The rest of another version, under the right place and length; another part of the same one.
        vec![cut(), other("70000-70003/70004", "\"v2\"")],
        vec![cut(), other("69999-70002/70004", "\"v5000\"")],
        vec![cut(), other("0-3/4", "\"v5000\"")],
        // Nobody could tell whether this is all of it.
        vec![raw("200 X\r\nConnection: close", "evil")],
        // There is nothing after what we have, of another version that is as long.
        vec![
            cut(),
            raw("416 X\r\nContent-Length: 0\r\nContent-Range: bytes */70000\r\nETag: \"v2\"", ""),
        ],
        // What came without a version is begun anew.
        vec![raw("200 X\r\nContent-Length: 900", "evil")],
    ] {
        let state = State { lines: 5_000, wrongs: wrongs.into(), ..State::default() };
        let bench = Bench::new(state, "token-flex", SMALL);
        assert!(bench.pull().unwrap().is_whole);
        check_whole(&bench, 1);
    }
    let chunked = "200 X\r\nTransfer-Encoding: chunked";
    let bench = small([raw(chunked, "4\r\ngood\r\n0\r\n\r\n")]);
    assert!(bench.pull().unwrap().is_whole);
    let files = bench.inbox().files("eba").unwrap();
    let file = files.iter().find(|file| file.sidecar.from.is_some()).unwrap();
    assert_eq!(std::fs::read_to_string(&file.path).unwrap(), "good");
    let bench = small([raw(chunked, "4\r\nevil\r\n4\r\nev")]);
    assert!(bench.pull().unwrap().is_whole);
    check_whole(&bench, 1);
}

#[test]
fn a_list_that_is_behind_loses_no_export() {
    let lines = "from = \"2018-02-01\"\ndetail = \"days\"";
    let empty = ("GET", "fromDate", Wrong::Instead(json!([])));
    let bench =
        Bench::new(State { wrongs: [empty].into(), ..State::default() }, "token-flex", lines);
    assert!(bench.pull().unwrap().is_whole);
    assert_eq!(bench.vendor.count("POST", "/requests"), 2);
    assert_eq!(bench.labels().len(), 4);
}

#[test]
fn a_source_that_becomes_another_begins_anew() {
    let mut bench = small([("GET", "/download/", Wrong::Page)]);
    bench.pull().unwrap_err();
    let url = bench.vendor.stub.url("");
    let lines = "from = \"2018-03-01\"\nvia = \"query\"";
    // There is no request left to plan with: that is not the end of a pull.
    let spent = format!("{lines}\nrequests_per_minute = 1\nburst = 1\npatience = \"1s\"");
    bench.source = source(&url, "token-flex", &spent, "", bench.directory.path());
    let pulled = bench.pull().unwrap();
    assert!(!pulled.is_whole && pulled.files.is_empty());
    bench.source = source(&url, "token-flex", lines, "", bench.directory.path());
    assert!(bench.pull().unwrap().is_whole);
    assert_eq!(bench.vendor.state().queries.len(), 1);
    // What was taken of the one was not taken of the other.
    bench.source = source(&url, "token-flex", SMALL, "", bench.directory.path());
    assert_eq!(bench.pull().unwrap().files.len(), 3);
}

#[test]
fn a_file_that_is_too_large_is_not_taken() {
    for ranges in [true, false] {
        let state = State { lines: 5_000, ranges, ..State::default() };
        let bench = Bench::new(state, "token-flex", &format!("{SMALL}\nbytes_max = 99999"));
        let pulled = bench.pull().unwrap();
        assert_eq!(bench.labels(), ["contract", "usage-summary"], "the rest came");
        let words = &pulled.faults[0].words;
        assert!(words.ends_with("is larger than 99999 bytes"), "{words}");
        assert!(bench.disk().iter().all(|(_, text)| text.len() < 100_000));
    }
    // Nor one that does not say beforehand how large it is.
    let chunked =
        "HTTP/1.1 200 X\r\nTransfer-Encoding: chunked\r\n\r\nb\r\neleven byte\r\n0\r\n\r\n";
    let bench = Bench::new(State::default(), "token-flex", &format!("{SMALL}\nbytes_max = 10"));
    let raw = Wrong::Raw(chunked.to_owned());
    bench.vendor.state().wrongs.push_back(("GET", "/download/", raw));
    let words = bench.pull().unwrap().faults.remove(0).words;
    assert!(words.ends_with("is larger than 10 bytes"), "{words}");
}

#[test]
fn pages_that_repeat_change_or_stop_are_noticed() {
    let page = |offset: u64, total: u64, from: u64, count: u64| {
        let rows: Vec<_> = (from..from + count).map(|at| json!(["d", at])).collect();
        let result = json!({"columns": ["usageDate", "n"], "rows": rows, "total": total,
            "offset": offset, "limit": 1000});
        ("GET", "limit=1000", Wrong::Instead(json!({"status": "DONE", "result": result})))
    };
    let run = |wrongs: Vec<(&'static str, &'static str, Wrong)>| {
        let state = State { wrongs: wrongs.into(), ..State::default() };
        let bench = Bench::new(state, "token-flex", QUERY);
        let result = bench.pull();
        (bench, result)
    };
    let rows = |bench: &Bench| {
        let files = bench.inbox().files("eba").unwrap();
        let file = files.iter().find(|file| file.sidecar.from.is_some()).unwrap();
        std::fs::read_to_string(&file.path).unwrap().lines().count() - 1
    };
    // A page again, once: it is asked for again.
    let whole = vec![page(0, 4, 0, 2), page(0, 4, 0, 2), page(2, 4, 0, 2), page(2, 4, 2, 2)];
    let (bench, result) = run(whole);
    assert!(result.unwrap().is_whole);
    assert_eq!(rows(&bench), 4);
    // A page further on than was asked for.
    let (bench, result) =
        run(vec![page(0, 6, 0, 2), page(4, 6, 4, 2), page(2, 6, 2, 2), page(4, 6, 4, 2)]);
    let pulled = result.unwrap();
    assert_eq!(rows(&bench), 6);
    let text = std::fs::read_to_string(&pulled.files.last().unwrap().path).unwrap();
    assert_eq!(text, "usageDate,n\nd,0\nd,1\nd,2\nd,3\nd,4\nd,5\n");
    // The same page for ever, under its own number or the next one's; a page without rows.
    for bad in [page(0, 4, 0, 2), page(2, 4, 0, 2), page(2, 4, 9, 0)] {
        let mut pages = vec![page(0, 4, 0, 2)];
        pages.extend((0..4).map(|_| bad.clone()));
        let (bench, result) = run(pages);
        assert!(result.unwrap().is_whole);
        assert_eq!((rows(&bench), bench.vendor.state().queries.len()), (2_500, 2), "asked anew");
    }
    // Another result than before: the query is asked anew.
    let (bench, result) = run(vec![page(0, 4, 0, 2), page(2, 5, 2, 3)]);
    assert!(result.unwrap().is_whole);
    assert_eq!((rows(&bench), bench.vendor.state().queries.len()), (2_500, 2));
    // More was written than was known to be safe.
    let down = (0..4).map(|_| ("GET", "limit=1000", Wrong::Status(500, Vec::new())));
    let (bench, result) = run([page(0, 4, 0, 2)].into_iter().chain(down).collect());
    result.unwrap_err();
    let disk = bench.disk();
    let (part, safe) = disk.iter().find(|(name, _)| name.ends_with(".part")).unwrap();
    let torn = format!("{safe}{}", "torn,".repeat(1_000));
    std::fs::write(bench.directory.path().join(part), torn).unwrap();
    bench.vendor.state().wrongs.push_back(page(2, 4, 2, 2));
    let pulled = bench.pull().unwrap();
    let text = std::fs::read_to_string(&pulled.files[0].path).unwrap();
    assert_eq!(text, "usageDate,n\nd,0\nd,1\nd,2\nd,3\n");
    // The vendor has thrown it away in between.

    let gone = ("GET", "limit=1000", Wrong::Instead(json!({"status": "EXPIRED"})));
    let (bench, result) = run(vec![page(0, 4, 0, 2), gone]);
    assert!(result.unwrap().is_whole);
    assert_eq!((rows(&bench), bench.vendor.state().queries.len()), (2_500, 2));
}

#[test]
fn a_pull_keeps_to_its_patience_and_the_next_one_goes_on() {
    let state = State { looks: 60, ..State::default() };
    let bench = Bench::new(state, "token-flex", &format!("{SMALL}\npatience = \"10m\""));
    let mut pulls = 0;
    loop {
        let before = bench.machine.seconds();
        let pulled = bench.pull().unwrap();
        pulls += 1;
        assert!(bench.machine.seconds() - before <= 15 * 60, "a request beyond its patience");
        if pulled.is_whole {
            break;
        }
        let wait = pulled.next_due.since(Instant(bench.machine.seconds()));
        assert!((60..=63).contains(&wait), "{wait}");
        assert_eq!(bench.health().last_success, None);
    }
    assert!(pulls > 5, "{pulls}");
    check_whole(&bench, 1);
}

#[test]
fn years_of_history_stay_within_the_vendors_limits() {
    // Forty months of three kinds each, with the burst at the beginning.
    let state = State { looks: 2, ..State::default() };
    let bench = Bench::new(
        state,
        "token-flex",
        "from = \"2015-01-01\"\npatience = \"1d\"\noutstanding_max = 50",
    );
    let pulled = bench.pull().unwrap();
    assert!(pulled.is_whole);
    assert_eq!(pulled.files.len(), 39 * 3 + 2);
    let state = bench.vendor.state();
    assert_eq!(state.offences, Vec::<String>::new());
    let times = state.times.clone().unwrap();
    println!("{} requests in {} s", times.len(), times[times.len() - 1] - times[0]);
    assert!(times.len() >= 120, "{}", times.len());
    assert!(times.iter().filter(|at| **at == times[0]).count() > 5, "the burst was used");
}

#[test]
fn a_full_quota_of_exports_is_waited_for() {
    // Others of the same user have all but two.
    let state = State { quota: 2, ..State::default() };
    let bench = Bench::new(state, "token-flex", "from = \"2018-01-01\"\noutstanding_max = 9");
    assert!(bench.pull().unwrap().is_whole);
    assert_eq!(bench.labels().len(), 11);
    let state = bench.vendor.state();
    assert_eq!(state.exports.len(), 9);
    assert_eq!(state.offences, Vec::<String>::new());
}

#[test]
fn an_export_that_never_comes_is_asked_for_anew() {
    let state = State { looks: usize::MAX, ..State::default() };
    let bench = Bench::new(state, "token-flex", SMALL);
    assert!(!bench.pull().unwrap().is_whole);
    bench.vendor.state().looks = 0;
    let pace: &dyn Pace = &*bench.machine;
    pace.wait(Duration::from_secs(86_400));
    assert!(!bench.pull().unwrap().is_whole, "it may come yet");
    pace.wait(Duration::from_secs(86_400));
    assert!(bench.pull().unwrap().is_whole);
    check_whole(&bench, 2);
}

#[test]
fn a_vendor_that_does_not_let_us_in_is_told_of_once() {
    let auth = "client_secret = \"file:wrong.secret\"";
    let bench = Bench::with_auth(State::default(), "token-flex", SMALL, auth);
    std::fs::write(bench.directory.path().join("wrong.secret"), " \n").unwrap();
    let error = bench.pull().unwrap_err();
    assert!(error.to_string().starts_with("there is no secret in `"), "{error}");
    std::fs::write(bench.directory.path().join("wrong.secret"), "wrong\n").unwrap();
    let error = bench.pull().unwrap_err();
    assert_eq!(error.to_string(), "the vendor does not let us in: invalid_grant");
    assert_eq!(bench.vendor.stub.seen().len(), 1, "nothing is asked without a token");
    // A token that is refused each time is renewed once and no more.
    let bench = small((0..9).map(|_| ("GET", "/last", Wrong::Status(401, Vec::new()))));
    let error = bench.pull().unwrap_err();
    assert!(matches!(error, PullError::SignIn { .. }), "{error}");
    assert_eq!((bench.vendor.count("GET", "/last"), bench.vendor.count("POST", "/token")), (2, 2));
    let error = small([("GET", "/last", Wrong::Status(403, Vec::new()))]).pull().unwrap_err();
    assert_eq!(error.to_string(), "the vendor answered 403: told to");
}

#[test]
fn a_refused_order_does_not_hold_up_the_others() {
    let bench = Bench::new(State::default(), "token-flex", "from = \"2018-03-01\"");
    bench.vendor.state().wrongs.push_back(("POST", "/requests", Wrong::Status(400, Vec::new())));
    let pulled = bench.pull().unwrap();
    assert!(pulled.is_whole);
    assert_eq!(pulled.faults.len(), 1);
    assert_eq!(pulled.faults[0].words, "told to");
    assert_eq!(bench.labels().len(), 4, "two of three, and two documents");
}

#[test]
fn a_download_leads_only_where_requests_may_go() {
    for url in [
        "http://169.254.169.254/latest/meta-data",
        "https://10.1.2.3/x",
        "file:///etc/passwd",
        "canary",
        "https://",
    ] {
        let ready = json!({"requestStatus": "Download", "downloadUrl": url});
        let bench = small([("GET", "%23", Wrong::Instead(ready))]);
        let error = bench.pull().unwrap_err();
        assert!(
            matches!(error, PullError::Address(_) | PullError::NotUnderstood { .. }),
            "{url}: {error}"
        );
        assert_eq!(bench.vendor.count("GET", "/download/"), 0);
    }
    let elsewhere = vec![("Location", "http://169.254.169.254/x?canary".to_owned())];
    let bench = small([("GET", "/download/", Wrong::Status(302, elsewhere))]);
    let error = bench.pull().unwrap_err();
    assert!(
        error.to_string().contains("`http://169.254.169.254/x`, which is not followed"),
        "{error}"
    );
}

#[test]
fn a_damaged_state_is_told_of_and_not_overwritten() {
    let bench = small([]);
    bench.pull().unwrap();
    for name in ["taken.json", "health.json"] {
        let path = bench.directory.path().join("inbox/eba/.state").join(name);
        let whole = std::fs::read(&path).unwrap();
        std::fs::write(&path, "{\"torn").unwrap();
        let error = bench.pull().unwrap_err();
        assert!(error.to_string().contains(name), "{error}");
        assert_eq!(std::fs::read(&path).unwrap(), b"{\"torn");
        std::fs::write(&path, whole).unwrap();
    }
    assert!(bench.pull().is_ok());
    assert!(bench.machine.seconds() >= NOON);
}
