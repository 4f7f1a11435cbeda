//! A machine, a person and a server made up for tests: every step is held against what must always be true.

mod asleep;
mod changed;
mod flow;
mod matrix;
mod queue;
mod random;

use super::*;
use faregate_protocol::SigningKey;
use faregate_protocol::grant::{Grant, GrantedFare};
use faregate_protocol::jws;
use faregate_protocol::rules::{Level, Rules, SignedRules};
use faregate_protocol::wire::{Bucket, PulseAnswer, Refusal, Use};
use std::collections::BTreeSet;
use std::time::Duration;

pub(super) const START: i64 = 1_767_225_600;
pub(super) const RULES: &str = r#"
    level = "suspend"
    save_minutes = 10
    [[product]]
    product = "revit"
    name = "Revit"
    processes = ["Revit.exe"]
    viewer = "Design Review"
"#;

/// How the server is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mode {
    Up,
    Down,
    Unavailable,
}

/// A server that answers at once, when it does.
pub(super) struct Server {
    pub(super) key: SigningKey,
    pub(super) mode: Mode,
    /// What opening comes to, and whether it is granted.
    pub(super) tokens: f64,
    pub(super) seat: bool,
    pub(super) refusal: Option<Refusal>,
    pub(super) level: Level,
    pub(super) rules: (u32, String),
    pub(super) answers: BTreeMap<String, Opened>,
    pub(super) bodies: BTreeMap<String, String>,
    pub(super) running: BTreeSet<String>,
    pub(super) uses: BTreeMap<String, Use>,
    pub(super) returned: Vec<String>,
    pub(super) next_unit: Option<i64>,
    pub(super) beats: Vec<Beat>,
    /// Whether it passes over what it is told.
    pub(super) is_deaf: bool,
    pub(super) asks: u32,
    /// Uses that it cannot read, by their beginning; and requests of uses that it took.
    pub(super) bad: BTreeSet<i64>,
    pub(super) told: u32,
    /// Whether it refuses every use for good.
    pub(super) is_choosy: bool,
    /// How much more an open comes to than was said.
    pub(super) rise: f64,
    /// The clocks of opens.
    pub(super) clocks: Vec<i64>,
    /// How often anything was asked of it, there or not.
    pub(super) requests: usize,
}

impl Server {
    fn new() -> Self {
        let key = SigningKey::from_bytes(&[1; 32]);
        let rules = (1, signed_rules(&key, 1, RULES));
        Self {
            key,
            mode: Mode::Up,
            tokens: 10.0,
            seat: false,
            refusal: None,
            level: Level::Suspend,
            rules,
            answers: BTreeMap::new(),
            bodies: BTreeMap::new(),
            running: BTreeSet::new(),
            uses: BTreeMap::new(),
            returned: Vec::new(),
            next_unit: None,
            beats: Vec::new(),
            is_deaf: false,
            asks: 0,
            bad: BTreeSet::new(),
            told: 0,
            is_choosy: false,
            rise: 0.0,
            clocks: Vec::new(),
            requests: 0,
        }
    }

    pub(super) fn answer(&mut self, request: &Request, now: i64) -> Reply {
        self.requests += 1;
        match self.mode {
            Mode::Up => self.said(request, now),
            Mode::Down => Reply::Unreachable("no route".to_owned()),
            Mode::Unavailable => Reply::Unavailable("status 503".to_owned()),
        }
    }

    fn said(&mut self, request: &Request, now: i64) -> Reply {
        match request {
            Request::Rules => Reply::Rules(self.rules.1.clone()),
            Request::Beat(beat) => self.beat(beat, now),
            Request::Ask(_) => {
                self.asks += 1;
                Reply::Asked(Box::new(self.asked()))
            }
            Request::Open(open) => Reply::Opened(Box::new(self.open(open))),
            Request::Close(_) if self.is_deaf => Reply::Closed(Closed::default()),
            Request::Uses(_) if self.is_deaf => Reply::Taken(UsesTaken::default()),
            Request::Close(close) => {
                close.sessions.iter().for_each(|session| drop(self.running.take(session)));
                let ended = close.sessions.clone();
                Reply::Closed(Closed { ended, unknown: Vec::new() })
            }
            Request::Uses(uses) if uses.uses.iter().any(|one| self.bad.contains(&one.opened)) => {
                unprocessable()
            }
            Request::Uses(uses) if uses.returned.iter().any(|lease| lease == "bad") => {
                unprocessable()
            }
            Request::Uses(uses) => {
                self.told += 1;
                if self.is_choosy {
                    let refused = uses.uses.iter().map(|one| (one.key.clone(), "foreign".into()));
                    let refused = refused.collect();
                    return Reply::Taken(UsesTaken { refused, ..UsesTaken::default() });
                }
                let taken = uses.uses.iter().map(|one| one.key.clone()).collect();
                let told = uses.uses.iter().map(|one| (one.key.clone(), one.clone()));
                self.uses.extend(told);
                self.returned.extend(uses.returned.clone());
                Reply::Taken(UsesTaken { taken, ..UsesTaken::default() })
            }
        }
    }

    fn beat(&mut self, beat: &Beat, now: i64) -> Reply {
        let next_unit = self.next_unit;
        let answer = |session: &String| PulseAnswer {
            session: session.clone(),
            runs: self.running.contains(session),
            next_unit,
            next_tokens: next_unit.map(|_| 10.0),
        };
        let sessions = beat.sessions.iter().map(|pulse| answer(&pulse.session)).collect();
        self.beats.push(beat.clone());
        Reply::Beat(BeatAnswer { now, rules: self.rules.0, sessions })
    }

    fn asked(&self) -> Asked {
        let bucket = Bucket { key: "bw".to_owned(), name: "Bridge West".to_owned(), left: 412.0 };
        let route = match (&self.refusal, self.seat) {
            (Some(_), _) => "refused",
            (None, true) => "seat",
            (None, false) => "tokens",
        };
        Asked {
            route: route.to_owned(),
            tokens: if self.seat { 0.0 } else { self.tokens },
            money: Some("30.00 USD".to_owned()),
            left: Some(412.0),
            bucket: Some(bucket),
            level: self.level,
            save_minutes: 10,
            refusal: self.refusal.clone(),
            ..Asked::default()
        }
    }

    fn open(&mut self, open: &Open) -> Opened {
        self.clocks.push(open.clock);
        let body = serde_json::to_string(&Open { clock: 0, ..open.clone() }).unwrap();
        let first = self.bodies.entry(open.key.clone()).or_insert_with(|| body.clone());
        assert_eq!(*first, body, "a key names one request for ever");
        if let Some(known) = self.answers.get(&open.key) {
            return Opened { repeated: true, ..known.clone() };
        }
        let mut opened = Opened { decision: 7, route: "refused".to_owned(), ..Opened::default() };
        let tokens = if self.seat { 0.0 } else { self.tokens + self.rise };
        if let Some(refusal) = &self.refusal {
            opened.refusal = Some(refusal.clone());
        } else if open.agreed.unwrap_or(0.0) < tokens {
            let code = "tokens-not-agreed".to_owned();
            opened.refusal = Some(Refusal { code, ..Refusal::default() });
        } else {
            let session = format!("s{}", self.answers.len() + 1);
            opened.route = if self.seat { "seat" } else { "tokens" }.to_owned();
            opened.tokens = tokens;
            opened.session = Some(session.clone());
            self.running.insert(session);
        }
        self.answers.insert(open.key.clone(), opened.clone());
        opened
    }
}

fn unprocessable() -> Reply {
    let (status, code) = (422, "bad-body".to_owned());
    Reply::Problem(Problem { status, code, ..Problem::default() })
}

pub(super) fn signed_rules(key: &SigningKey, version: u32, text: &str) -> String {
    let rules = Rules::from_toml(text).unwrap();
    jws::sign(key, &SignedRules { version, issued: START, rules }).unwrap()
}

/// A machine with an agent.
pub(super) struct World {
    pub(super) state: State,
    pub(super) server: Server,
    pub(super) now: Now,
    /// What is on the disk.
    pub(super) disk: Memory,
    /// Requests on their way, until the server is run.
    pub(super) sent: Vec<(u64, Request)>,
    pub(super) questions: BTreeMap<u64, Question>,
    pub(super) shown: Vec<Question>,
    /// Everything else that was done, in words.
    pub(super) done: Vec<String>,
    /// Processes that stand still.
    pub(super) still: BTreeSet<u32>,
    server_time: i64,
    steps: u64,
}

impl World {
    /// After the first contact: the rules are there, the time is known.
    pub(super) fn new() -> Self {
        let mut world = Self::cold(Server::new(), Memory::default());
        world.step(Input::Start);
        world.run(2);
        assert_eq!(world.disk.rules.as_ref().map(|rules| rules.version), Some(1));
        world.done.clear();
        world
    }

    pub(super) fn with_rules(text: &str) -> Self {
        let mut world = Self::new();
        world.server.rules = (2, signed_rules(&world.server.key, 2, text));
        world.run(301);
        world.done.clear();
        world
    }

    fn cold(server: Server, memory: Memory) -> Self {
        let since_boot = Duration::from_secs(1_000);
        let now = Now { boot: "b1".to_owned(), since_boot, wall: START, chance: [0; 16] };
        Self {
            state: state(&server, memory.clone()),
            server,
            now,
            disk: memory,
            sent: Vec::new(),
            questions: BTreeMap::new(),
            shown: Vec::new(),
            done: Vec::new(),
            still: BTreeSet::new(),
            server_time: START,
            steps: 0,
        }
    }

    /// Power goes off and on, or the agent is killed: only the disk is left. Processes go on within one boot.
    pub(super) fn crash(&mut self) {
        self.disk = copy(&self.disk);
        self.state = state(&self.server, copy(&self.disk));
        self.sent.clear();
        self.questions.clear();
    }

    pub(super) fn step(&mut self, input: Input) {
        self.steps += 1;
        self.now.chance = [0; 16];
        self.now.chance[..8].copy_from_slice(&self.steps.to_le_bytes());
        let effects = self.state.step(input, &self.now);
        let is_quiet = effects.is_empty() && !self.steps.is_multiple_of(50);
        for (at, effect) in effects.into_iter().enumerate() {
            if let Effect::Keep(records) = &effect {
                assert_eq!(at, 0, "what is kept is kept before anything is done");
                records.iter().cloned().for_each(|record| self.disk.apply(record));
                continue;
            }
            self.act(effect);
        }
        if is_quiet {
            return;
        }
        let said = |memory: &Memory| serde_json::to_string(&memory.records()).unwrap();
        assert_eq!(said(&self.disk), said(&self.state.memory), "the disk knows all");
    }

    fn act(&mut self, effect: Effect) {
        match effect {
            Effect::Keep(_) => unreachable!("kept before"),
            Effect::Send(id, request) => {
                if let Request::Open(open) = &request {
                    let opening = |session: &Session| {
                        session.opening.as_ref().is_some_and(|kept| kept.key == open.key)
                    };
                    assert!(self.disk.sessions.values().any(opening), "written before it is sent");
                }
                self.sent.push((id, request));
            }
            Effect::Suspend(id) => {
                self.still.insert(id.pid);
                let noted =
                    |session: &Session| session.suspended && session.processes.contains(&id);
                assert!(self.disk.sessions.values().any(noted), "noted before it stands still");
                self.done.push(format!("suspend {}", id.pid));
            }
            Effect::Resume(id) => {
                self.still.remove(&id.pid);
                self.done.push(format!("resume {}", id.pid));
            }
            Effect::AskToClose(id) => {
                assert!(!self.still.contains(&id.pid), "what stands still cannot close");
                self.done.push(format!("close {}", id.pid));
            }
            Effect::End(id) => self.done.push(format!("end {}", id.pid)),
            Effect::Show(question) => {
                assert!(!question.choices.is_empty() && !question.title.is_empty());
                self.shown.push(question.clone());
                self.questions.insert(question.id, question);
            }
            Effect::Withdraw(id) => drop(self.questions.remove(&id)),
            Effect::Log(line) => {
                if line.contains("flagged") {
                    self.done.push("flag".to_owned());
                }
            }
        }
    }

    /// Lets seconds pass, the server answering at once.
    pub(super) fn run(&mut self, seconds: u64) {
        for _ in 0..seconds * 2 {
            self.exchange();
            self.pass_millis(500);
            self.step(Input::Tick(Some(0)));
        }
        self.exchange();
    }

    /// Lets minutes pass, with a look now and then.
    pub(super) fn run_minutes(&mut self, minutes: u64) {
        for _ in 0..minutes * 6 {
            self.exchange();
            self.pass_millis(10_000);
            self.step(Input::Tick(Some(0)));
        }
        self.run(2);
    }

    /// Lets the server answer what was sent, and what follows from that.
    pub(super) fn exchange(&mut self) {
        for _ in 0..50 {
            let sent = std::mem::take(&mut self.sent);
            if sent.is_empty() {
                return;
            }
            for (id, request) in sent {
                let reply = self.server.answer(&request, self.server_time);
                self.step(Input::Reply(id, reply));
            }
        }
        panic!("the agent and the server talk in a circle");
    }

    pub(super) fn pass_millis(&mut self, millis: u64) {
        self.now.since_boot += Duration::from_millis(millis);
        let whole = self.now.since_boot.as_secs();
        let seconds = i64::try_from(whole).unwrap() - 1_000;
        let passed = START + seconds - self.server_time;
        self.server_time += passed;
        self.now.wall += passed;
    }

    /// Lets hours pass asleep.
    pub(super) fn sleep_hours(&mut self, hours: u64) {
        self.pass_millis(hours * 3_600_000);
    }

    pub(super) fn appear(&mut self, pid: u32) {
        let id = self.id(pid);
        let process =
            Process { id, name: "Revit.exe".to_owned(), path: None, account: "jo".to_owned() };
        let product = "revit".to_owned();
        self.step(Input::Appeared { process, product, version: Some("2025".to_owned()) });
    }

    pub(super) fn go(&mut self, pid: u32) {
        let id = self.id(pid);
        self.still.remove(&pid);
        self.step(Input::Gone(id));
    }

    fn id(&self, pid: u32) -> ProcessId {
        ProcessId { boot: self.now.boot.clone(), pid, start: u64::from(pid) }
    }

    pub(super) fn answer(&mut self, kind: QuestionKind, choice: crate::ports::Choice) {
        let found = self.questions.values().find(|question| question.kind == kind);
        let id = found.unwrap_or_else(|| panic!("nobody asks {kind:?}")).id;
        self.step(Input::Person(Answer { id, choice, bucket: None }));
    }

    pub(super) fn asks(&self, kind: QuestionKind) -> bool {
        self.questions.values().any(|question| question.kind == kind)
    }

    pub(super) fn standing(&self) -> String {
        let status = self.state.status(&self.now);
        status.sessions.first().map_or("gone".to_owned(), |one| one.standing.clone())
    }

    /// The code of the last decision, when it was a refusal.
    pub(super) fn refused(&self) -> String {
        let decided = self.disk.decided.values().next();
        let refused = decided.filter(|one| one.what == "refused");
        let code = refused.and_then(|one| one.ground.split(':').next());
        code.unwrap_or_default().to_owned()
    }

    pub(super) fn grant(&mut self, fare: GrantedFare, hours: i64) {
        let grant = Grant {
            device: "d1".to_owned(),
            account: "jo".to_owned(),
            product: "revit".to_owned(),
            fare,
            given: self.server_time,
            until: self.server_time + hours * 3_600,
        };
        let text = jws::sign(&self.server.key, &grant).unwrap();
        self.step(Input::Granted(text));
    }
}

pub(super) fn lease() -> GrantedFare {
    GrantedFare::Lease { session: "s900".to_owned(), epoch: 900 }
}

fn state(server: &Server, memory: Memory) -> State {
    let server_key = server.key.verifying_key();
    let identity = Identity { device: "d1".to_owned(), server_key };
    State::new(identity, Waits::default(), "1", memory)
}

/// Through its records, as through the disk.
fn copy(memory: &Memory) -> Memory {
    let text = serde_json::to_string(&memory.records()).unwrap();
    let records: Vec<Record> = serde_json::from_str(&text).unwrap();
    let mut copy = Memory::default();
    records.into_iter().for_each(|record| copy.apply(record));
    copy
}
