//! An office: a server with an estate, a proxy before it, and people whose account is the one that runs the tests.

use crate::process::{Place, Server};
use crate::proxy::Proxy;
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;
use std::time::Duration;

/// Looks at something until it is so: at most for two minutes and a little, never for luck.
const LOOKS_MAX: usize = 12_000;
const BETWEEN_LOOKS: Duration = Duration::from_millis(10);

/// Waits for a condition.
pub(crate) fn until<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    for _ in 0..LOOKS_MAX {
        if let Some(found) = look() {
            return found;
        }
        pause(BETWEEN_LOOKS);
    }
    panic!("it never came to be: {what}")
}

/// Lets the others work for a moment; nobody wakes this thread.
pub(crate) fn pause(time: Duration) {
    std::thread::park_timeout(time);
}

/// Seconds since the machine was started.
pub(crate) fn uptime() -> f64 {
    let text = std::fs::read_to_string("/proc/uptime").unwrap();
    text.split(' ').next().unwrap().parse().unwrap()
}

/// The library that shifts what a program takes for the time, where it is installed.
pub(crate) fn time_shifter() -> Option<&'static Path> {
    let places =
        ["/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu", "/usr/lib64", "/usr/lib"];
    static FOUND: OnceLock<Option<PathBuf>> = OnceLock::new();
    let found = || {
        let files = places.iter().map(|place| Path::new(place).join("faketime/libfaketime.so.1"));
        files.into_iter().find(|file| file.exists())
    };
    FOUND.get_or_init(found).as_deref()
}

/// A wall clock of a program's own: the real one, and so many seconds.
pub(crate) struct WallClock {
    file: PathBuf,
    shifter: &'static Path,
    /// Whether waits are as fast as the clock.
    hurries: bool,
}

impl WallClock {
    /// A clock that is right at first; none where nothing can shift it.
    pub(crate) fn new(file: PathBuf) -> Option<Self> {
        let clock = Self { file, shifter: time_shifter()?, hurries: false };
        clock.set(0);
        Some(clock)
    }

    /// Steps it: what it is off the real one by, in seconds.
    pub(crate) fn set(&self, seconds: i64) {
        self.write(&format!("{seconds:+}\n"));
    }

    /// Lets time pass so much faster for programs started from here on, their waits included.
    pub(crate) fn hurry(&mut self, rate: u32) {
        self.hurries = true;
        self.write(&format!("+0 x{rate}\n"));
    }

    fn write(&self, text: &str) {
        let next = self.file.with_extension("next");
        std::fs::write(&next, text).unwrap();
        std::fs::rename(&next, &self.file).unwrap();
    }

    /// Lets a program take it for the time.
    pub(crate) fn give(&self, command: &mut Command) {
        command
            .env("LD_PRELOAD", self.shifter)
            .env("FAKETIME_TIMESTAMP_FILE", &self.file)
            .env("FAKETIME_NO_CACHE", "1");
        if !self.hurries {
            // Waits count by the monotonic clock, which nobody can set.
            command.env("FAKETIME_DONT_FAKE_MONOTONIC", "1").env("DONT_FAKE_MONOTONIC", "1");
        }
    }
}

/// What an office is made of.
pub(crate) struct Plan<'a> {
    /// A word of this test's own, in the names of its processes.
    pub(crate) tag: &'a str,
    pub(crate) tariff: &'a str,
    /// TOML besides the person who works here.
    pub(crate) estate: &'a str,
    /// Rules for agents, in which `{name}` stands before each name of a process.
    pub(crate) rules: &'a str,
    pub(crate) seed: u64,
}

/// An office.
pub(crate) struct Office {
    pub(crate) place: Place,
    pub(crate) proxy: Proxy,
    pub(crate) clock: Option<WallClock>,
    server: Option<Server>,
    /// What the name of each process of this office begins with.
    name: String,
}

impl Office {
    pub(crate) fn new(plan: &Plan<'_>) -> Self {
        let place = Place::new();
        place.write("tariff.toml", plan.tariff);
        let estate = format!(
            "{}\n[[person]]\nkey = \"jo\"\nname = \"Jo\"\naliases = [\"{}\"]\nbucket = \"bridge-west\"\n",
            plan.estate,
            account()
        );
        place.write("estate.toml", &estate);
        let name = format!("{}{}-", plan.tag, std::process::id());
        place.write("agents.toml", &plan.rules.replace("{name}", &name));
        let days = ["--from", "2026-01-01", "--until", "2199-12-31"];
        let init = ["init", "--tokens", "100000", "--tariff", "tariff.toml"];
        place.run(&[&init[..], &days].concat(), 0);
        place.run(&["estate", "apply", "estate.toml"], 0);
        place.run(&["agent", "set-rules", "agents.toml"], 0);
        let clock = WallClock::new(place.path("server-clock"));
        let mut office = Self { place, proxy: Proxy::start(plan.seed), clock, server: None, name };
        office.serve();
        office
    }

    /// Starts the server, at a port of its own behind the proxy.
    pub(crate) fn serve(&mut self) {
        let mut command = self.place.command(&["serve", "--json", "--listen", "127.0.0.1:0"]);
        self.clock.iter().for_each(|clock| clock.give(&mut command));
        let server = Server::spawn(command);
        self.proxy.lead_to(Some(&server.address));
        self.server = Some(server);
    }

    /// Ends the server without a chance to put anything in order.
    pub(crate) fn kill_server(&mut self) {
        self.server.take().into_iter().for_each(Server::kill);
    }

    /// Kills the server and starts it again, with time so much faster; whether that can be had.
    pub(crate) fn hurry(&mut self, rate: u32) -> bool {
        self.kill_server();
        let hurried = self.clock.as_mut().map(|clock| clock.hurry(rate)).is_some();
        self.serve();
        hurried
    }

    /// Kills the server and starts it again, with time as fast as everywhere, and so many seconds ahead.
    pub(crate) fn steady(&mut self, ahead: i64) {
        self.kill_server();
        self.clock = WallClock::new(self.place.path("server-clock"));
        self.clock.iter().for_each(|clock| clock.set(ahead));
        self.serve();
    }

    pub(crate) fn is_served(&self) -> bool {
        self.server.is_some()
    }

    pub(crate) fn get(&self, path: &str) -> Value {
        let (status, body) = self.server.as_ref().unwrap().get(path);
        assert_eq!(status, 200, "{path}: {body}");
        body
    }

    /// A code for one device.
    pub(crate) fn code(&self) -> String {
        self.place.run(&["agent", "code"], 0).stdout.trim().to_owned()
    }

    /// Tokens of a bucket: held and spent.
    pub(crate) fn bucket(&self, key: &str) -> (f64, f64) {
        let found = self.get(&format!("/v1/buckets/{key}"));
        (found["held"].as_f64().unwrap(), found["spent"].as_f64().unwrap())
    }

    /// Products that the server takes for open, with their routes.
    pub(crate) fn open(&self) -> Vec<(String, String)> {
        let page = self.get("/v1/sessions?limit=500");
        let rows = page["rows"].as_array().unwrap();
        let word = |row: &Value, name: &str| row[name].as_str().unwrap().to_owned();
        rows.iter().map(|row| (word(row, "product"), word(row, "route"))).collect()
    }

    /// Everything that must be true of the books is.
    pub(crate) fn examine(&self) {
        self.place.run(&["doctor"], 0);
    }

    /// The executable of a product: a copy of `sleep`.
    pub(crate) fn program(&self, product: &str) -> PathBuf {
        let path = self.place.path(&format!("{}{product}", self.name));
        if !path.exists() {
            // By another program: a file that this one writes is busy in whatever another thread starts meanwhile.
            let copied = Command::new("/bin/cp").arg("/bin/sleep").arg(&path).status();
            assert!(copied.unwrap().success());
        }
        path
    }
}

/// The account that runs the tests, as the process list shows it.
pub(crate) fn account() -> String {
    let said = Command::new("id").arg("-un").output().unwrap();
    String::from_utf8(said.stdout).unwrap().trim().to_owned()
}
