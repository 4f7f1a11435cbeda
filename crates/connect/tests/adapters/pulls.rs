//! Pulls that go well: what is asked for, what comes, what is not asked for again.

use crate::pulling::{Bench, NOON};
use crate::vendor::{State, Wrong, content};
use faregate_connect::pace::Pace;
use faregate_connect::pull::{Inbox, PullError, Sidecar, World, sweep};
use faregate_core::when::{Date, Instant};
use serde_json::Value;
use std::time::Duration;

fn token_flex(lines: &str) -> Bench {
    Bench::new(State::default(), "token-flex", lines)
}

#[test]
fn a_contract_comes_month_by_month_as_the_vendor_wrote_it() {
    let bench = token_flex("zone = \"Europe/Berlin\"");
    let pulled = bench.pull().unwrap();
    assert!(pulled.is_whole && pulled.faults.is_empty());
    let months = ["2018-01-01", "2018-02-01", "2018-03-01"];
    let mut expected = vec!["contract".to_owned(), "usage-summary".to_owned()];
    for what in ["cloud-usage", "desktop-sessions", "other-usage"] {
        expected.extend(months.iter().map(|month| format!("{what} {month}")));
    }
    expected.sort();
    assert_eq!(bench.labels(), expected);
    assert_eq!(pulled.files.len(), expected.len());
    let file = pulled.files.iter().find(|file| file.sidecar.what == "desktop-sessions").unwrap();
    let sidecar = &file.sidecar;
    assert_eq!(
        (sidecar.from.as_deref(), sidecar.until.as_deref()),
        (Some("2018-01-01"), Some("2018-02-01"))
    );
    assert_eq!((sidecar.source.as_str(), sidecar.zone.as_deref()), ("eba", Some("Europe/Berlin")));
    assert_eq!(sidecar.freshness.newest(), Date::from_ymd(2018, 3, 1));
    let text = std::fs::read_to_string(&file.path).unwrap();
    assert_eq!(sidecar.bytes, text.len() as u64);
    let orders: Vec<Value> =
        bench.vendor.state().exports.values().map(|export| export.order.clone()).collect();
    assert!(orders.iter().any(|order| content(order, 3) == text), "{text}");
    assert_eq!(orders.len(), 9);
    // All exports are looked at with one request; each is asked for once.
    assert_eq!(bench.vendor.count("POST", "/requests"), 9);
    assert!(bench.vendor.count("GET", "/requests") <= 4);
    assert!(bench.vendor.state().offences.is_empty());
    assert!(
        !bench.disk().iter().any(|(name, _)| name.ends_with(".part") || name.contains("progress"))
    );
}

#[test]
fn what_did_not_change_is_not_asked_for_again() {
    let bench = token_flex("delete_exports = true");
    let first = bench.pull().unwrap();
    assert_eq!(first.files.len(), 11);
    assert_eq!(bench.vendor.count("DELETE", "%23"), 9);
    assert!(bench.vendor.state().exports.is_empty());
    let before = bench.vendor.stub.seen().len();
    let second = bench.pull().unwrap();
    assert!(second.is_whole && second.files.is_empty());
    // The last days, the contract, and a token.
    assert_eq!(bench.vendor.stub.seen().len() - before, 3);
    bench.vendor.state().last_used = "2018-03-02".to_owned();
    let third = bench.pull().unwrap();
    assert_eq!(third.files.len(), 11, "the vendor corrects what is not settled");
    assert!(bench.vendor.state().offences.is_empty());
}

#[test]
fn enrichment_comes_with_its_values() {
    let bench = token_flex("enrichment = true\nfrom = \"2018-03-01\"\ndetail = \"days\"");
    bench.pull().unwrap();
    let values = ["enrichment", "enrichment-1", "enrichment-3"];
    let mut expected = vec!["contract", "daily-usage 2018-03-01", "usage-summary"];
    expected.splice(2..2, values);
    assert_eq!(bench.labels(), expected);
    let files = bench.inbox().files("eba").unwrap();
    let file = files.iter().find(|file| file.sidecar.what == "enrichment-3").unwrap();
    let text = std::fs::read_to_string(&file.path).unwrap();
    assert!(text.contains("\u{5730}\u{7406}"), "{text}");
}

#[test]
fn a_query_comes_page_by_page_and_becomes_one_file() {
    for kind in ["token-flex", "insights"] {
        let auth = match kind {
            "insights" => "client_secret = \"env:SECRET\"\npersonal_token = \"env:PAT\"",
            _ => "",
        };
        let lines = "via = \"query\"\nfrom = \"2018-03-01\"";
        let bench = Bench::with_auth(State::default(), kind, lines, auth);
        let pulled = bench.pull().unwrap();
        let file = pulled.files.iter().find(|file| file.sidecar.from.is_some()).unwrap();
        let text = std::fs::read_to_string(&file.path).unwrap();
        let mut reader = csv::Reader::from_reader(text.as_bytes());
        let header = reader.headers().unwrap().iter().collect::<Vec<_>>().join(" ");
        assert_eq!(header, "usageDate userName tokensConsumed customField1");
        let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
        assert_eq!(rows.len(), 2_500);
        for (at, row) in rows.iter().enumerate() {
            assert_eq!(row.get(1), Some(&*format!("a \"quoted\", {at}")));
            assert_eq!(row.get(2), Some(&*format!("{at}.5")));
        }
        assert!(bench.vendor.state().exports.is_empty());
        assert_eq!(bench.vendor.count("GET", "limit=1000"), 3);
    }
}

#[test]
fn a_result_without_rows_is_a_file_without_rows() {
    let state = State { rows: 0, ..State::default() };
    let bench = Bench::new(state, "token-flex", "via = \"query\"\nfrom = \"2018-03-01\"");
    let pulled = bench.pull().unwrap();
    let file = pulled.files.iter().find(|file| file.sidecar.from.is_some()).unwrap();
    let text = std::fs::read_to_string(&file.path).unwrap();
    assert_eq!(text, "usageDate,userName,tokensConsumed,customField1\n");
}

#[test]
fn a_team_comes_with_all_files_of_each_export() {
    let auth = "client_secret = \"env:SECRET\"\npersonal_token = \"env:PAT\"";
    let lines = "team = \"4865648\"\nreports = [\"users\", \"usage\"]\nfrom = \"2018-02-10\"";
    let bench = Bench::with_auth(State::default(), "insights", lines, auth);
    let pulled = bench.pull().unwrap();
    assert!(pulled.is_whole);
    let expected = [
        "teams",
        "usage 2018-02-01",
        "usage 2018-02-01",
        "usage 2018-03-01",
        "usage 2018-03-01",
        "users",
        "users",
    ];
    assert_eq!(bench.labels(), expected);
    assert_eq!(bench.vendor.count("POST", "/exports"), 3);
    assert!(bench.vendor.state().offences.is_empty());
    let lines = "team = \"1\"\nreports = [\"users\"]";
    let other = Bench::with_auth(State::default(), "insights", lines, auth);
    let error = other.pull().unwrap_err();
    assert_eq!(
        error.to_string(),
        "there is no team `1` among those that we may see: 4865648, 4865647"
    );
}

#[test]
fn a_refresh_token_is_used_once_and_the_next_one_kept() {
    let auth = "client_secret = \"env:SECRET\"\nrefresh_token = \"file:refresh.token\"";
    let state = State { token_uses: 7, ..State::default() };
    let bench = Bench::with_auth(state, "token-flex", "", auth);
    let file = bench.directory.path().join("refresh.token");
    let error = bench.pull().unwrap_err();
    assert!(error.to_string().contains("refresh.token"), "{error}");
    std::fs::write(&file, "canary-refresh-0\n").unwrap();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = |mode| std::fs::set_permissions(&file, PermissionsExt::from_mode(mode)).unwrap();
        mode(0o640);
        let error = bench.pull().unwrap_err();
        assert!(error.to_string().starts_with("others can read `"), "{error}");
        mode(0o600);
    }
    // A token is not spent where the next one could not be written.
    let blocked = bench.directory.path().join("refresh.token.new");
    std::fs::create_dir(&blocked).unwrap();
    let error = bench.pull().unwrap_err();
    assert!(matches!(error, PullError::Disk { .. }), "{error}");
    assert_eq!(bench.vendor.state().tokens, 0);
    std::fs::remove_dir(&blocked).unwrap();
    assert!(bench.pull().unwrap().is_whole);
    let tokens = bench.vendor.state().tokens;
    assert!(tokens > 2, "tokens end in the middle of a pull");
    let kept = std::fs::read_to_string(&file).unwrap();
    assert_eq!(kept, format!("canary-refresh-{tokens}\n"));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    }
    bench.vendor.state().refresh_token = "another".to_owned();
    let error = bench.pull().unwrap_err();
    assert_eq!(error.to_string(), "the vendor does not let us in: invalid_grant");
    assert!(error.help().contains("sign in again"));
}

#[test]
fn health_says_how_a_source_is_doing() {
    let bench = token_flex("every = \"6h\"");
    let health = bench.health();
    assert!(health.is_due(Instant(NOON)));
    let pulled = bench.pull().unwrap();
    let health = bench.health();
    assert_eq!(health.next_due, pulled.next_due);
    let wait = health.next_due.since(Instant(NOON));
    assert!((21_600..=21_600 + 1_080).contains(&wait), "{wait}");
    assert_eq!((health.failures, health.last_error.clone()), (0, None));
    let now = health.last_success.unwrap();
    assert_eq!(health.lag_days(now), Some(1));
    assert!(!health.is_due(now));
    // The vendor itself may be behind.
    bench.vendor.state().last_used = "2018-02-20".to_owned();
    bench.pull().unwrap();
    assert_eq!(bench.health().lag_days(now), Some(10));
}

#[test]
fn files_are_kept_for_as_long_as_the_source_says() {
    let bench = token_flex("keep = \"30d\"\nfrom = \"2018-03-01\"\ndetail = \"days\"");
    bench.pull().unwrap();
    let march = ["contract", "daily-usage 2018-03-01", "usage-summary"];
    assert_eq!(bench.labels(), march);
    let pace: &dyn Pace = &*bench.machine;
    let inbox = Inbox::new(bench.directory.path().join("inbox"));
    let sweep = |may_go: &dyn Fn(&Sidecar) -> bool| {
        sweep(&bench.source, bench.machine.instant(), &inbox, may_go).unwrap();
    };
    pace.wait(Duration::from_secs(29 * 86_400));
    sweep(&|_| true);
    assert_eq!(bench.labels(), march);
    pace.wait(Duration::from_secs(2 * 86_400));
    // Nobody took the contract in yet.
    sweep(&|sidecar| sidecar.what != "contract");
    assert_eq!(bench.labels(), ["contract"]);
    let count = || {
        let disk = bench.disk();
        disk.iter().filter(|(name, _)| !name.contains("/.")).count()
    };
    assert_eq!(count(), 2, "a file and its sidecar");
    // Somebody removes the file: its sidecar goes with it, however young it is.
    std::fs::remove_file(&inbox.files("eba").unwrap()[0].path).unwrap();
    sweep(&|_| false);
    assert_eq!(count(), 0);
}

#[test]
fn no_two_pull_from_a_source_at_once() {
    let bench = token_flex("");
    bench.pull().unwrap();
    let lock = bench.directory.path().join("inbox/eba/.state/lock");
    let file = std::fs::File::open(lock).unwrap();
    file.lock().unwrap();
    let error = bench.pull().unwrap_err();
    assert_eq!(error.to_string(), "another process pulls from this source");
}

#[test]
fn the_documented_answers_of_the_vendor_are_understood() {
    let directory =
        std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/api");
    let read = |name: &str| -> Option<Value> {
        serde_json::from_str(&std::fs::read_to_string(directory.join(name)).ok()?).ok()
    };
    let (Some(last), Some(contract), Some(export), Some(result)) = (
        read("tokenflex_usage_last_GET_200.json"),
        read("tokenflex_contract_GET_200.json"),
        read("tokenflex_export_request_GET_200.json"),
        read("tokenflex_query_result_DONE.json"),
    ) else {
        println!("skipped: the vendor's documented answers are not on this machine");
        return;
    };
    let bench = token_flex("from = \"2018-03-01\"\nvia = \"query\"");
    bench.vendor.state().wrongs.extend([
        ("GET", "/last", Wrong::Instead(last)),
        ("GET", "/contract/", Wrong::Instead(contract)),
        ("GET", "limit=1000", Wrong::Instead(result)),
    ]);
    let pulled = bench.pull().unwrap();
    assert_eq!(pulled.freshness.newest(), Date::from_ymd(2018, 9, 13));
    assert_eq!(pulled.freshness.0.len(), 9);
    let file = pulled.files.iter().find(|file| file.sidecar.from.is_some()).unwrap();
    let text = std::fs::read_to_string(&file.path).unwrap();
    let expected = "usageCategory,productName,tokensConsumed\n\
        PRODUCT_CONSUMPTION,Moldflow Adviser Ultimate,60.0\nPRODUCT_CONSUMPTION,ReMake,46.0\n\
        PRODUCT_CONSUMPTION,Revit Live,128.0\nPRODUCT_CONSUMPTION,Vault Office,3.0\n";
    assert_eq!(text, expected);
    // The documented export: its address leads to where we send nothing, and ended years before.
    let bench = token_flex("from = \"2018-03-01\"\ndetail = \"days\"");
    bench.vendor.state().wrongs.push_back(("GET", "/requests/", Wrong::Instead(export)));
    assert!(!bench.pull().unwrap_err().to_string().contains("signature"));
}
