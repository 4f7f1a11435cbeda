//! Results that the vendor has thrown away before they were fetched.

use crate::pulling::Bench;
use crate::vendor::{State, Wrong};

/// A process that was away for long finds its query unknown, looked at or read: it is asked anew.
#[test]
fn a_query_that_is_gone_is_asked_anew() {
    let insights = "client_secret = \"env:SECRET\"\npersonal_token = \"env:PAT\"";
    let lines = "from = \"2018-03-01\"\nvia = \"query\"";
    for (kind, auth) in [("token-flex", ""), ("insights", insights)] {
        // The first look, and the first page.
        for target in ["&limit=1", "&limit=1000"] {
            for status in [404, 410] {
                let gone = ("GET", target, Wrong::Status(status, Vec::new()));
                let state = State { wrongs: [gone].into(), ..State::default() };
                let bench = Bench::with_auth(state, kind, lines, auth);
                let pulled = bench.pull().unwrap();
                let shown = format!("{kind} {target} {status}: {:?}", pulled.faults);
                assert!(pulled.is_whole && pulled.faults.is_empty(), "{shown}");
                assert_eq!(bench.vendor.state().queries.len(), 2, "{shown}");
                let files = bench.inbox().files("eba").unwrap();
                let file = files.iter().find(|file| file.sidecar.from.is_some()).unwrap();
                let text = std::fs::read_to_string(&file.path).unwrap();
                assert_eq!(text.lines().count() - 1, 2_500, "{shown}");
            }
        }
    }
}
