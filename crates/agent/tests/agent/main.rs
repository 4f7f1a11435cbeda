//! The program as people run it, against a server that believes only what is signed, and products that are copies of
//! `sleep` under a name of their own.
#![cfg(target_os = "linux")]

mod server;

use faregate_agent::ambient;
use server::Server;
use std::os::unix::process::CommandExt as _;
use std::path::PathBuf;
use std::process::{Child, Command, Output, Stdio};
use tempfile::TempDir;

/// A machine: a state directory, a product, a server.
struct Machine {
    directory: TempDir,
    server: Server,
    product: PathBuf,
}

/// A child that does not outlive its test.
struct Started(Child);

impl Drop for Started {
    fn drop(&mut self) {
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

impl Machine {
    fn new(name: &str) -> Self {
        Self::with_time(name, ambient::wall())
    }

    fn with_time(name: &str, time: i64) -> Self {
        let directory = tempfile::tempdir().unwrap();
        // Of this run alone: other runs' products are none of this one's.
        let name = format!("{name}{}", std::process::id() % 1_000_000);
        let rules = format!(
            "level = \"suspend\"\n[[product]]\nproduct = \"revit\"\nprocesses = [\"{name}\"]\n"
        );
        let product = directory.path().join(name);
        std::fs::copy("/bin/sleep", &product).unwrap();
        let machine = Self { server: Server::start(&rules, time), directory, product };
        std::fs::create_dir(machine.state()).unwrap();
        let answers = machine.directory.path().join("answers");
        std::fs::write(&answers, "spend = spend\nrefused = close\n").unwrap();
        let settings = format!(
            "[test]\npoll_millis = 50\ntry_millis = 50\nretry_millis = 100\nheartbeat_seconds = 1\n\
             answer_seconds = 1\nanswers = {answers:?}\n"
        );
        std::fs::write(machine.state().join("agent.toml"), settings).unwrap();
        machine
    }

    fn enrolled(name: &str) -> Self {
        Self::new(name).enrol()
    }

    fn enrol(self) -> Self {
        let machine = self;
        let code = machine.directory.path().join("code");
        std::fs::write(&code, "one-time\n").unwrap();
        let (address, code) = (machine.server.address.clone(), code.to_str().unwrap().to_owned());
        let done = machine.agent(&["enrol", "--server", &address, "--code-file", &code]);
        assert!(done.status.success(), "{done:?}");
        machine
    }

    fn state(&self) -> PathBuf {
        self.directory.path().join("state")
    }

    fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_faregate-agent"));
        command.arg("--state").arg(self.state()).args(words).stdin(Stdio::null());
        command
    }

    fn agent(&self, words: &[&str]) -> Output {
        self.command(words).output().unwrap()
    }

    fn run(&self) -> Started {
        Started(self.command(&["run", "--no-ui"]).spawn().unwrap())
    }

    fn start_product(&self) -> Started {
        Started(Command::new(&self.product).arg("600").process_group(0).spawn().unwrap())
    }

    fn why(&self) -> serde_json::Value {
        let said = self.agent(&["why", "revit", "--json"]);
        serde_json::from_slice(&said.stdout).unwrap_or_else(|_| panic!("{said:?}"))
    }
}

fn text(output: &Output) -> String {
    let (out, err) = (&output.stdout, &output.stderr);
    format!("{}{}", String::from_utf8_lossy(out), String::from_utf8_lossy(err))
}

fn asked(known: &server::Known, path: &str) -> usize {
    known.requests.iter().filter(|(target, _)| target.ends_with(path)).count()
}

/// Beats that told of a session.
fn pulses(known: &server::Known, session: &str) -> usize {
    let of = |(path, body): &&(String, serde_json::Value)| {
        path.ends_with("/beat") && body["sessions"][0]["session"] == session
    };
    known.requests.iter().filter(of).count()
}

#[test]
fn a_product_is_opened_taken_up_after_a_kill_and_closed() {
    let machine = Machine::enrolled("fgopen");
    machine.server.known().tokens = 10.0;
    let agent = machine.run();
    machine.server.until("rules", |known| asked(known, "/rules") > 0);
    let product = machine.start_product();
    machine.server.until("a beat of the session", |known| pulses(known, "s1") > 0);
    let why = text(&machine.agent(&["why", "revit"]));
    assert!(why.contains("opened on tokens as s1") && why.contains("explain 7"), "{why}");
    let status = machine.agent(&["status", "--json"]);
    let status: serde_json::Value = serde_json::from_slice(&status.stdout).unwrap();
    assert_eq!((&status["running"], &status["connected"]), (&true.into(), &true.into()));
    assert_eq!(status["sessions"][0]["standing"], "tokens");
    let second = text(&machine.agent(&["run", "--no-ui"]));
    assert!(second.contains("an agent runs already"), "{second}");

    drop(agent);
    let before = pulses(&machine.server.known(), "s1");
    let agent = machine.run();
    machine.server.until("a beat after the kill", |known| pulses(known, "s1") > before);
    assert_eq!(machine.server.known().opened.len(), 1, "never opened twice");
    drop(product);
    machine.server.until("a close", |known| known.running.is_empty());
    drop(agent);
    let why = text(&machine.agent(&["why", "s1"]));
    assert!(why.contains("opened on tokens"), "{why}");
    assert!(text(&machine.agent(&["status"])).contains("does not run"));
    assert!(text(&machine.agent(&["logs"])).contains("gone: revit"));
}

#[test]
fn an_answer_that_is_lost_opens_nothing_twice() {
    let machine = Machine::enrolled("fglost");
    machine.server.known().loses_answer = true;
    let _product = machine.start_product();
    let _agent = machine.run();
    machine.server.until("a beat of the session", |known| pulses(known, "s1") > 0);
    let known = machine.server.known();
    assert_eq!((known.opened.len(), asked(&known, "/open")), (1, 2));
}

#[test]
fn without_the_server_only_a_lease_opens() {
    let machine = Machine::enrolled("fgaway");
    machine.server.known().tokens = 10.0;
    let agent = machine.run();
    machine.server.until("rules", |known| asked(known, "/rules") > 0);
    machine.server.until("another beat", |known| asked(known, "/beat") > 1);
    machine.server.known().away = true;
    let mut product = machine.start_product();
    let ended = product.0.wait().unwrap();
    assert!(!ended.success(), "asked to close: {ended:?}");
    let why = machine.why();
    let account = why[0]["pair"][0].as_str().unwrap().to_owned();
    drop(agent);

    let lease = ["lease", "revit", "--hours", "2", "--account", account.as_str()];
    let refused = machine.agent(&lease);
    assert_eq!(refused.status.code(), Some(4), "{refused:?}");
    machine.server.known().away = false;
    let leased = machine.agent(&lease);
    assert!(leased.status.success(), "{leased:?}");
    assert_eq!(machine.server.known().opened.len(), 1);
    machine.server.known().away = true;
    let product = machine.start_product();
    let once = machine.agent(&["run", "--no-ui", "--once"]);
    assert!(once.status.success(), "{once:?}");
    let why = machine.why();
    assert_eq!(why[0]["what"], "opened on a lease", "{why}");
    let returned = machine.agent(&["return", "--account", account.as_str()]);
    assert!(returned.status.success(), "{returned:?}");
    drop(product);
    machine.server.known().away = false;
    let _agent = machine.run();
    machine.server.until("the lease back", |known| known.uses.returned == ["s1"]);
}

#[test]
fn a_lease_says_what_it_holds_and_agrees_to_no_more() {
    let machine = Machine::enrolled("fglease");
    machine.server.known().tokens = 10.0;
    machine.server.known().doubles = true;
    let lease = ["lease", "revit", "--hours", "2", "--account", "jo"];
    let said = machine.agent(&lease);
    assert!(said.status.success(), "signed once more: {said:?}");
    let said = text(&said);
    assert!(said.starts_with("holds 10 tokens (about 30.00 USD) of Bridge West until "), "{said}");
    let known = machine.server.known();
    let (path, open) = known.requests.last().unwrap();
    assert_eq!((path.as_str(), &open["agreed"]), ("/v1/agent/open", &10.0.into()));
}

#[test]
fn a_lease_that_is_over_when_its_answer_comes_is_given_back_and_asked_for_anew() {
    let machine = Machine::enrolled("fgpast");
    let lease = ["lease", "revit", "--hours", "2", "--account", "jo"];
    {
        let mut known = machine.server.known();
        (known.tokens, known.loses_answer, known.lease_seconds) = (10.0, true, Some(-10));
    }
    assert_eq!(machine.agent(&lease).status.code(), Some(4));
    machine.server.known().lease_seconds = None;
    assert!(machine.agent(&lease).status.success());
    {
        let known = machine.server.known();
        assert_eq!((known.opened.len(), asked(&known, "/open")), (2, 3));
    }
    let _agent = machine.run();
    machine.server.until("the old lease back", |known| known.uses.returned == ["s1"]);
}

#[test]
fn an_order_outlives_a_problem() {
    let machine = Machine::enrolled("fgorder");
    let lease = ["lease", "revit", "--hours", "2", "--account", "jo"];
    machine.server.known().loses_answer = true;
    assert_eq!(machine.agent(&lease).status.code(), Some(4));
    let devices = std::mem::take(&mut machine.server.known().devices);
    assert_eq!(machine.agent(&lease).status.code(), Some(5), "the server does not know it");
    machine.server.known().devices = devices;
    assert!(machine.agent(&lease).status.success());
    assert_eq!(machine.server.known().opened.len(), 1, "held once");
}

#[test]
fn nobody_signs_by_a_clock_that_is_years_off() {
    let machine = Machine::with_time("fgtime", 1_500_000_000).enrol();
    let _agent = machine.run();
    machine.server.until("beats", |known| asked(known, "/beat") > 2);
    // Once each: enrolling, and the first request of the first agent.
    assert_eq!(machine.server.known().disbelieved, 2);
}

#[test]
fn faults_say_what_to_do() {
    let machine = Machine::new("fgfault");
    for (words, code, said) in [
        (vec!["status"], 3, "enrol --server URL"),
        (vec!["run", "--no-ui"], 3, "enrol --server URL"),
        (vec!["enrol", "--server", "http://example.com"], 2, "there is no code"),
        (vec!["enrol", "--server", "https://a", "--code-file", "/nowhere"], 2, "/nowhere"),
        (vec!["logs"], 1, "has the agent run here"),
        (vec!["fly"], 2, "no command `fly`"),
    ] {
        let done = machine.agent(&words);
        assert_eq!(done.status.code(), Some(code), "{words:?} {done:?}");
        assert!(text(&done).contains(said), "{words:?} {done:?}");
    }
    assert!(!machine.state().join("device.key").exists());
}

#[test]
fn the_key_is_its_owners_alone() {
    use std::os::unix::fs::PermissionsExt as _;
    let machine = Machine::enrolled("fgkey");
    let mode = |path: &str| {
        let found = std::fs::metadata(machine.state().join(path)).unwrap();
        found.permissions().mode() & 0o777
    };
    assert_eq!((mode("device.key"), mode("")), (0o600, 0o700));
}
