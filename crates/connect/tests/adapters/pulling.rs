//! What tests of pulls share: a clock that only waiting moves, a place to pull into, sources.

use crate::vendor::{CONTRACT, PAT, SECRET, State, Vendor};
use faregate_connect::pace::{Chance, Pace, Retry};
use faregate_connect::pull::{Health, Inbox, PullError, Pulled, Timing, World, health, pull};
use faregate_connect::sources::{Source, Sources};
use faregate_core::when::Instant;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// Noon of 2018-03-02.
pub(crate) const NOON: i64 = 1_519_992_000;

/// A machine whose time passes only when it waits.
pub(crate) struct Machine {
    base: i64,
    passed: Mutex<Duration>,
}

impl Machine {
    pub(crate) fn new(base: i64) -> Self {
        Self { base, passed: Mutex::default() }
    }

    pub(crate) fn seconds(&self) -> i64 {
        self.base + i64::try_from(self.now().as_secs()).unwrap()
    }
}

impl Pace for Machine {
    fn now(&self) -> Duration {
        *self.passed.lock().unwrap()
    }

    fn wait(&self, time: Duration) {
        *self.passed.lock().unwrap() += time;
    }
}

impl World for Machine {
    fn instant(&self) -> Instant {
        Instant(self.seconds())
    }

    fn variable(&self, name: &str) -> Option<String> {
        match name {
            "SECRET" => Some(SECRET.to_owned()),
            "PAT" => Some(PAT.to_owned()),
            _ => None,
        }
    }

    fn timing(&self) -> Timing {
        let usual = Timing::default();
        Timing {
            request_max: Duration::from_millis(1_500),
            download_max: Duration::from_millis(1_500),
            retry: Retry { tries_max: 4, ..usual.retry },
            ..usual
        }
    }
}

/// A source with these lines of its own and of its table `auth`.
pub(crate) fn source(url: &str, kind: &str, lines: &str, auth: &str, beside: &Path) -> Source {
    let path = if kind == "insights" { "insights" } else { "tokenflex" };
    let contract =
        if kind == "insights" { String::new() } else { format!("contract = \"{CONTRACT}\"\n") };
    let auth = if auth.is_empty() { "client_secret = \"env:SECRET\"" } else { auth };
    let text = format!(
        "[sources.eba]\nkind = \"{kind}\"\nurl = \"{url}/{path}/v1\"\n{contract}\
         allowed_networks = [\"127.0.0.1\"]\n{lines}\n[sources.eba.auth]\nclient_id = \"client-1\"\n\
         login_url = \"{url}/auth\"\n{auth}\n"
    );
    Sources::parse(&text, beside).unwrap().sources.remove(0)
}

/// A vendor, a machine and an inbox.
pub(crate) struct Bench {
    pub(crate) vendor: Vendor,
    pub(crate) machine: Arc<Machine>,
    pub(crate) directory: tempfile::TempDir,
    pub(crate) source: Source,
}

impl Bench {
    pub(crate) fn new(state: State, kind: &str, lines: &str) -> Self {
        Self::with_auth(state, kind, lines, "")
    }

    pub(crate) fn with_auth(state: State, kind: &str, lines: &str, auth: &str) -> Self {
        let machine = Arc::new(Machine::new(NOON));
        let clock = machine.clone();
        let vendor = Vendor::start(state, move || clock.seconds(), |_, _| true);
        let directory = tempfile::tempdir().unwrap();
        let source = source(&vendor.stub.url(""), kind, lines, auth, directory.path());
        Self { vendor, machine, directory, source }
    }

    pub(crate) fn inbox(&self) -> Inbox {
        Inbox::new(self.directory.path().join("inbox"))
    }

    pub(crate) fn pull(&self) -> Result<Pulled, PullError> {
        let world: Arc<dyn World> = self.machine.clone();
        let result = pull(&self.source, &world, &mut Chance::new(7), &self.inbox());
        if let Err(error) = &result {
            assert!(!format!("{error} {error:?}").contains("canary"), "{error}");
            assert!(!error.help().is_empty());
        }
        self.check_disk();
        result
    }

    pub(crate) fn health(&self) -> Health {
        health(&self.source, &self.inbox()).unwrap()
    }

    /// Nothing that opens a door is on the disk.
    fn check_disk(&self) {
        for (name, text) in self.disk() {
            let is_token = name.ends_with("refresh.token");
            assert!(is_token || !text.contains("canary"), "{name}: {text}");
        }
    }

    /// Every file below the directory, by its path from there.
    pub(crate) fn disk(&self) -> Vec<(String, String)> {
        let (mut found, mut left) = (Vec::new(), vec![self.directory.path().to_owned()]);
        while let Some(directory) = left.pop() {
            for entry in std::fs::read_dir(directory).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    left.push(path);
                } else {
                    let name = path.strip_prefix(self.directory.path()).unwrap();
                    let text = String::from_utf8_lossy(&std::fs::read(&path).unwrap()).into_owned();
                    found.push((name.display().to_string(), text));
                }
            }
        }
        found.sort();
        found
    }

    /// What each file of the inbox is, with the first day of its period.
    pub(crate) fn labels(&self) -> Vec<String> {
        let files = self.inbox().files("eba").unwrap();
        let mut labels: Vec<String> = files
            .iter()
            .map(|file| {
                let from = file.sidecar.from.clone().unwrap_or_default();
                format!("{} {from}", file.sidecar.what).trim().to_owned()
            })
            .collect();
        labels.sort();
        labels
    }
}
