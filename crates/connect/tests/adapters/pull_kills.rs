//! Pulls that are killed: a process of its own, SIGKILL at each request before and after the vendor did
//! it, and every state of the disk that a kill between two of our writes leaves.

use crate::pulling::{Bench, Machine, NOON, source};
use crate::vendor::{State, Vendor, Wrong, content};
use faregate_connect::pace::{Chance, Pace};
use faregate_connect::pull::{Inbox, World, pull};
use serde_json::{Value, json};
use std::io::Read;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicI64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// What the child is told, in the directory that it runs in.
const ORDERS: &str = "orders.json";

/// The child: it pulls once and ends. Started as any other test, it finds no orders and has nothing to do.
#[test]
fn child_of_the_kills() {
    let Ok(orders) = std::fs::read(ORDERS) else { return };
    let orders: Value = serde_json::from_slice(&orders).unwrap();
    let word = |name: &str| orders[name].as_str().unwrap();
    let source = source(word("url"), word("kind"), word("lines"), word("auth"), Path::new(""));
    let world: Arc<dyn World> = Arc::new(Machine::new(orders["now"].as_i64().unwrap()));
    let pulled = pull(&source, &world, &mut Chance::new(1), &Inbox::new("inbox".into())).unwrap();
    assert!(pulled.is_whole && pulled.faults.is_empty());
}

/// Whom to kill, and when.
#[derive(Default)]
struct Killer {
    child: Mutex<Option<Child>>,
    seen: AtomicUsize,
    at: AtomicUsize,
    /// Whether the vendor has done what it was asked.
    after: bool,
    now: AtomicI64,
}

impl Killer {
    /// Whether the request is to be answered.
    fn hears(&self, is_done: bool) -> bool {
        if !is_done {
            self.seen.fetch_add(1, Ordering::SeqCst);
        }
        let is_now = self.seen.load(Ordering::SeqCst) == self.at.load(Ordering::SeqCst);
        if is_now && is_done == self.after {
            let mut child = self.child.lock().unwrap();
            let child = child.as_mut().unwrap();
            child.kill().unwrap();
            child.wait().unwrap();
            return false;
        }
        true
    }

    fn run(&self, directory: &Path, orders: &Value) -> bool {
        let mut orders = orders.clone();
        orders["now"] = json!(self.now.fetch_add(1_000, Ordering::SeqCst));
        std::fs::write(directory.join(ORDERS), orders.to_string()).unwrap();
        // The kill waits for the child to be known.
        let mut known = self.child.lock().unwrap();
        let program = std::path::absolute(std::env::args_os().next().unwrap()).unwrap();
        let mut child = Command::new(program)
            .args(["--exact", "pull_kills::child_of_the_kills"])
            .current_dir(directory)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut output = child.stdout.take().unwrap();
        *known = Some(child);
        drop(known);
        // It ends when the child does, however it does.
        output.read_to_end(&mut Vec::new()).unwrap();
        let status = self.child.lock().unwrap().as_mut().unwrap().wait().unwrap();
        status.success()
    }
}

struct Case {
    kind: &'static str,
    lines: &'static str,
    auth: &'static str,
    /// What the inbox holds in the end.
    files: usize,
    /// Exports that the vendor was asked for, of a pull that nobody kills.
    exports: usize,
}

/// Kills a pull at one request, lets the next one end; whether it came to that request.
fn kill_at(case: &Case, at: usize, after: bool) -> bool {
    let killer = Arc::new(Killer { after, ..Killer::default() });
    killer.at.store(at, Ordering::SeqCst);
    killer.now.store(NOON, Ordering::SeqCst);
    let (clock, hook) = (killer.clone(), killer.clone());
    let wrongs = [("GET", "/download/", Wrong::Cut(60))].into();
    let state = State { wrongs, rows: 2_100, times: None, token_uses: 9, ..State::default() };
    let now = move || clock.now.load(Ordering::SeqCst) - 1_000;
    let vendor = Vendor::start(state, now, move |_, is_done| hook.hears(is_done));
    let directory = tempfile::tempdir().unwrap();
    let orders = json!({"url": vendor.stub.url(""), "kind": case.kind, "lines": case.lines,
        "auth": case.auth});
    let ended = killer.run(directory.path(), &orders);
    let was_killed = killer.seen.load(Ordering::SeqCst) >= at;
    assert_eq!(ended, !was_killed, "request {at}");
    if was_killed {
        assert!(killer.run(directory.path(), &orders), "request {at}: the next pull ends");
    }
    let inbox = Inbox::new(directory.path().join("inbox"));
    let files = inbox.files("eba").unwrap();
    assert_eq!(files.len(), case.files, "request {at}");
    let state = vendor.state();
    assert_eq!(state.exports.len(), case.exports, "request {at}: nothing is asked for twice");
    assert_eq!(state.offences, Vec::<String>::new());
    for file in files.iter().filter(|file| file.sidecar.from.is_some()) {
        let text = std::fs::read_to_string(&file.path).unwrap();
        let is_export = |order: &Value| content(order, state.lines) == text;
        let of_exports = state.exports.values().any(|export| is_export(&export.order));
        assert!(of_exports || text.lines().count() == 2_101, "request {at}: {text}");
    }
    let left = std::fs::read_dir(directory.path().join("inbox/eba/.state")).unwrap();
    let left: Vec<_> =
        left.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    assert!(!left.iter().any(|name| name.contains("progress.json") || name.ends_with(".part")));
    was_killed
}

fn kill_everywhere(case: &Case) -> usize {
    let mut kills = 0;
    for after in [false, true] {
        kills += (1..).take_while(|at| kill_at(case, *at, after)).count();
    }
    assert!(kills >= 20, "{kills}");
    println!("{kills} kills");
    kills
}

#[test]
fn exports_survive_a_kill_at_every_request() {
    kill_everywhere(&Case {
        kind: "token-flex",
        lines: "from = \"2018-02-01\"\ndetail = \"days\"",
        auth: "",
        files: 4,
        exports: 2,
    });
}

#[test]
fn queries_survive_a_kill_at_every_request() {
    kill_everywhere(&Case {
        kind: "token-flex",
        lines: "from = \"2018-03-01\"\nvia = \"query\"",
        auth: "",
        files: 3,
        exports: 0,
    });
}

#[test]
fn exports_of_a_team_survive_a_kill_at_every_request() {
    kill_everywhere(&Case {
        kind: "insights",
        lines: "from = \"2018-02-01\"\nteam = \"4865648\"",
        auth: "client_secret = \"env:SECRET\"\npersonal_token = \"env:PAT\"",
        files: 5,
        exports: 2,
    });
}

/// A pull that was killed between two writes: the disk as it was then, and the pull after it.
#[test]
fn every_state_of_the_disk_between_two_writes_is_gone_on_from() {
    // What a download leaves when it is broken off: the stage is `fetching`.
    let bench = |cuts: usize| {
        let wrongs = [30, 0, 0, 0].iter().take(cuts);
        let wrongs = wrongs.map(|cut| ("GET", "/download/", Wrong::Cut(*cut))).collect();
        let lines = "from = \"2018-03-01\"\ndetail = \"days\"";
        let bench = Bench::new(State { wrongs, ..State::default() }, "token-flex", lines);
        assert_eq!(bench.pull().is_err(), cuts > 0);
        bench
    };
    let state = |bench: &Bench| bench.directory.path().join("inbox/eba/.state");
    let progress = |bench: &Bench| -> Value {
        serde_json::from_slice(&std::fs::read(state(bench).join("progress.json")).unwrap()).unwrap()
    };
    let write = |bench: &Bench, progress: &Value| {
        std::fs::write(state(bench).join("progress.json"), progress.to_string()).unwrap();
    };
    let check = |bench: &Bench, exports: usize| {
        assert!(bench.pull().unwrap().is_whole);
        assert_eq!(bench.labels(), ["contract", "daily-usage 2018-03-01", "usage-summary"]);
        assert_eq!(bench.vendor.state().exports.len(), exports);
        let files = bench.inbox().files("eba").unwrap();
        let file = files.iter().find(|file| file.sidecar.from.is_some()).unwrap();
        let order = bench.vendor.state().exports.values().next().unwrap().order.clone();
        assert_eq!(std::fs::read_to_string(&file.path).unwrap(), content(&order, 3));
        assert!(!state(bench).join("progress.json").exists());
    };
    let torn = bench(4);
    let stage = progress(&torn)["errands"][2]["stage"].clone();
    let (name, safe) =
        (stage["name"].as_str().unwrap().to_owned(), stage["bytes"].as_u64().unwrap());
    assert!(safe >= 30, "{stage}");
    let part = state(&torn).join(format!("{name}.csv.part"));
    // More was written than was known to be safe: it may be anything.
    let mut longer = std::fs::read(&part).unwrap();
    longer.extend([0; 500]);
    std::fs::write(&part, longer).unwrap();
    check(&torn, 1);

    // The file is whole and has its name, the sidecar is missing, and the progress knows nothing of it.
    let torn = bench(4);
    let mut known = progress(&torn);
    let name = known["errands"][2]["stage"]["name"].as_str().unwrap().to_owned();
    let order = torn.vendor.state().exports.values().next().unwrap().order.clone();
    std::fs::remove_file(state(&torn).join(format!("{name}.csv.part"))).unwrap();
    let home = torn.directory.path().join("inbox/eba");
    std::fs::write(home.join(format!("{name}.csv")), content(&order, 3)).unwrap();
    let asked = torn.vendor.count("GET", "/download/");
    check(&torn, 1);
    assert_eq!(torn.vendor.count("GET", "/download/"), asked, "it is here already");

    // Sidecar and file are here, and only the progress is behind.
    let whole = bench(0);
    let files = whole.inbox().files("eba").unwrap();
    let file = files.iter().find(|file| file.sidecar.from.is_some()).unwrap();
    let name = file.sidecar.file.trim_end_matches(".csv").to_owned();
    let ticket = whole.vendor.state().exports.keys().next().unwrap().clone();
    known["errands"][2]["stage"]["name"] = json!(name);
    known["errands"][2]["stage"]["ticket"] = json!(ticket);
    write(&whole, &known);
    whole.machine.wait(Duration::from_secs(60));
    let before = std::fs::read_to_string(home_of(&whole).join(format!("{name}.csv.pulled.json")));
    check(&whole, 1);
    let after = std::fs::read_to_string(home_of(&whole).join(format!("{name}.csv.pulled.json")));
    assert_eq!(before.unwrap(), after.unwrap(), "a sidecar is written once");

    // A replaced file leaves its forerunner's `.new` behind.
    let torn = bench(4);
    std::fs::write(state(&torn).join("progress.json.new"), "{\"torn").unwrap();
    check(&torn, 1);
}

fn home_of(bench: &Bench) -> std::path::PathBuf {
    bench.directory.path().join("inbox/eba")
}
