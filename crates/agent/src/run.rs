//! The agent at work: carries out what the [`crate::machine`] decides.
//!
//! One thread looks and decides; each request has a short-lived thread of its own, so that a server that does not
//! answer holds nobody up. Between two looks the agent sleeps. It may be killed at any moment: what must not be
//! forgotten is on the disk before anything follows from it.

use crate::ambient;
use crate::book::{self, Book};
use crate::client::{Client, Seal};
use crate::clock::Now;
use crate::home::{Fault, Home};
use crate::lease::Order;
use crate::log::Log;
use crate::machine::{Effect, Input, Reply, Request, State};
use crate::ports::{ProcessId, Processes, Prompter, Times};
use crate::watch;
use faregate_protocol::rules::Rules;
use std::collections::BTreeSet;
use std::fs::{self, File};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::Duration;

/// How often processes are looked at.
const POLL_MILLIS: u64 = 2_000;
/// How often the agent looks up while something is under way, or somebody is asked.
const BUSY_MILLIS: u64 = 250;
/// How long one request may take: two tries are over in ten seconds.
const REQUEST_MILLIS: u64 = 4_500;
/// How long `--once` goes on at most.
const ONCE_MILLIS: u64 = 60_000;
/// Enough for TLS; the memory is touched only as far as it is needed.
const STACK_BYTES: usize = 512 * 1024;

/// The machine, the person, and the clocks.
pub struct Ports<P, T, Q> {
    /// Its processes.
    pub processes: P,
    /// Its clocks.
    pub times: T,
    /// Whoever sits there.
    pub prompter: Q,
}

/// A request's number, and what became of it.
type Answered = (u64, Reply);

/// An agent at work.
pub struct Agent<P, T, Q> {
    home: Home,
    ports: Ports<P, T, Q>,
    state: State,
    book: Book,
    log: Log,
    client: Arc<Client>,
    answers: Sender<Answered>,
    answered: Receiver<Answered>,
    known: BTreeSet<ProcessId>,
    others: BTreeSet<ProcessId>,
    rules_version: u32,
    poll: u64,
    asking: BTreeSet<u64>,
    is_durable: bool,
    _lock: File,
}

impl<P: Processes, T: Times, Q: Prompter> Agent<P, T, Q> {
    /// Takes up what is remembered in a directory.
    ///
    /// # Errors
    /// The device is not enrolled, an agent runs there already, or the directory cannot be used.
    pub fn new(home: Home, ports: Ports<P, T, Q>) -> Result<Self, Fault> {
        let settings = home.settings()?.test;
        let (device, key, identity) = home.device()?;
        home.make()?;
        let lock = home.lock()?;
        let opened = Book::open(home.path());
        let (book, reading) = opened.map_err(|error| home.fault("cannot be used", &error))?;
        let timeout = Duration::from_millis(settings.request_millis.unwrap_or(REQUEST_MILLIS));
        let certificates = home.certificates()?;
        let key = (key, device.device.as_str());
        let client = Client::new(&device.server, certificates.as_deref(), key, timeout)?;
        let sessions = reading.memory.sessions.values();
        let known = sessions.flat_map(|session| session.processes.iter().cloned()).collect();
        let (answers, answered) = channel();
        let version = env!("CARGO_PKG_VERSION");
        let state = State::new(identity, settings.waits(), version, reading.memory);
        let mut agent = Self {
            log: Log::open(home.path()),
            home,
            ports,
            state,
            book,
            client: Arc::new(client),
            answers,
            answered,
            known,
            others: BTreeSet::new(),
            rules_version: 0,
            poll: settings.poll_millis.unwrap_or(POLL_MILLIS),
            asking: BTreeSet::new(),
            is_durable: true,
            _lock: lock,
        };
        if reading.damaged > 0 {
            agent
                .say(&format!("{} lines of the memory were damaged and left out", reading.damaged));
        }
        Ok(agent)
    }

    /// Works until told to stop; `once`: until nothing is under way any more.
    pub fn run(&mut self, stop: &AtomicBool, once: bool) {
        self.say(concat!("agent ", env!("CARGO_PKG_VERSION"), " started"));
        self.look(true);
        let begun = self.now().millis();
        let mut looked = begun;
        let mut idle = None;
        while !stop.load(Ordering::Relaxed) {
            let is_busy = self.state.is_busy() || !self.asking.is_empty();
            self.wait(if is_busy { self.poll.min(BUSY_MILLIS) } else { self.poll });
            let millis = self.now().millis();
            if millis.saturating_sub(looked) >= self.poll {
                looked = millis;
                self.look(false);
                let asked = !self.known.is_empty();
                idle = asked.then(|| self.ports.times.idle()).flatten();
            }
            self.hear_person();
            self.step(Input::Tick(idle.map(|idle| idle.as_secs())));
            let is_over = !self.state.is_busy() && self.asking.is_empty();
            if once && (is_over || millis.saturating_sub(begun) > ONCE_MILLIS) {
                break;
            }
        }
        self.step(Input::Stop);
    }

    /// Waits for an answer of the server, or for time to pass.
    fn wait(&mut self, millis: u64) {
        match self.answered.recv_timeout(Duration::from_millis(millis)) {
            Ok((id, reply)) => self.step(Input::Reply(id, reply)),
            Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => {}
        }
        while let Ok((id, reply)) = self.answered.try_recv() {
            self.step(Input::Reply(id, reply));
        }
    }

    /// Looks at the processes, and at what the command line left.
    fn look(&mut self, first: bool) {
        self.orders();
        let rules = self.state.memory().rules.as_ref();
        let version = rules.map_or(0, |rules| rules.version);
        let rules = rules.map_or_else(Rules::default, |rules| rules.rules.clone());
        if version != self.rules_version {
            // What was no product may be one now.
            self.rules_version = version;
            self.others.clear();
        }
        let running = self.ports.processes.running(&|name| watch::is_wanted(&rules, name));
        let alive: BTreeSet<ProcessId> = running.iter().map(|process| process.id.clone()).collect();
        self.others.retain(|id| alive.contains(id));
        let gone: Vec<ProcessId> = self.known.difference(&alive).cloned().collect();
        for id in gone {
            self.known.remove(&id);
            self.step(Input::Gone(id));
        }
        if first {
            self.step(Input::Start);
        }
        for process in running {
            if self.known.contains(&process.id) || self.others.contains(&process.id) {
                continue;
            }
            let version = self.ports.processes.version(&process);
            let found = watch::product_of(&rules, &process, version.as_deref());
            let Some(product) = found.map(|watched| watched.product.clone()) else {
                self.others.insert(process.id);
                continue;
            };
            self.known.insert(process.id.clone());
            self.step(Input::Appeared { process, product, version });
        }
    }

    /// Leases that the command line fetched or wants given back.
    fn orders(&mut self) {
        let Ok(entries) = fs::read_dir(self.home.orders()) else { return };
        let mut paths: Vec<_> = entries.flatten().map(|entry| entry.path()).collect();
        paths.sort();
        for path in paths {
            let order = fs::read(&path).ok().and_then(|bytes| serde_json::from_slice(&bytes).ok());
            let input = match order {
                Some(Order::Lease { grant: Some(grant), .. }) => Input::Granted(grant),
                Some(Order::Return { session }) => Input::GiveBack(session),
                // Not answered yet, or not written to its end.
                Some(Order::Lease { grant: None, .. }) | None => continue,
            };
            self.step(input);
            // What was not written down is taken up again the next time: both are the same twice.
            if self.is_durable {
                drop(fs::remove_file(&path));
            }
        }
    }

    fn hear_person(&mut self) {
        for answer in self.ports.prompter.answers() {
            self.step(Input::Person(answer));
        }
    }

    fn now(&mut self) -> Now {
        let times = &mut self.ports.times;
        let (boot, since_boot, wall) = (times.boot(), times.since_boot(), times.wall());
        Now { boot, since_boot, wall, chance: ambient::chance() }
    }

    fn step(&mut self, input: Input) {
        let now = self.now();
        let effects = self.state.step(input, &now);
        let has_news = !effects.is_empty();
        self.carry_out(effects, &now);
        if has_news {
            self.tell_status(&now);
        }
    }

    fn carry_out(&mut self, effects: Vec<Effect>, now: &Now) {
        for effect in effects {
            match effect {
                Effect::Keep(records) => {
                    self.keep(&records);
                }
                Effect::Send(id, Request::Open(_)) if !self.is_written() => {
                    let why = "the request could not be written down on this machine".to_owned();
                    drop(self.answers.send((id, Reply::Unreachable(why))));
                }
                Effect::Send(id, request) => self.send(id, request, now),
                effect => self.act(effect, now),
            }
        }
    }

    /// Whether all that is remembered is on the disk; what could not be written before is tried once more.
    fn is_written(&mut self) -> bool {
        self.is_durable || self.keep(&[])
    }

    fn keep(&mut self, records: &[crate::memory::Record]) -> bool {
        let written = self.book.append(records, self.state.memory());
        if let Err(error) = &written
            && self.is_durable
        {
            self.say(&format!(
                "the memory cannot be written: {error}; help: make room on the disk"
            ));
        }
        self.is_durable = written.is_ok();
        self.is_durable
    }

    fn act(&mut self, effect: Effect, now: &Now) {
        let processes = &mut self.ports.processes;
        let (what, id, done) = match effect {
            Effect::Suspend(id) => ("stand still", id.pid, processes.suspend(&id)),
            Effect::Resume(id) => ("go on", id.pid, processes.resume(&id)),
            Effect::AskToClose(id) => ("close", id.pid, processes.ask_to_close(&id)),
            Effect::End(id) => ("end", id.pid, processes.end(&id)),
            Effect::Show(question) => {
                self.asking.insert(question.id);
                return self.ports.prompter.show(&question);
            }
            Effect::Withdraw(id) => {
                self.asking.remove(&id);
                return self.ports.prompter.withdraw(id);
            }
            Effect::Log(line) => return self.log.line(self.state.server_time(now), &line),
            Effect::Keep(_) | Effect::Send(..) => return,
        };
        if !done {
            self.say(&format!("process {id} could not be made to {what}"));
        }
    }

    fn send(&mut self, id: u64, request: Request, now: &Now) {
        let seal = Seal { created: self.state.server_time(now), nonce: ambient::chance() };
        let (client, sender) = (Arc::clone(&self.client), self.answers.clone());
        let work = move || drop(sender.send((id, client.send(&request, seal))));
        let spawned = std::thread::Builder::new().stack_size(STACK_BYTES).spawn(work);
        if let Err(error) = spawned {
            drop(self.answers.send((id, Reply::Unreachable(error.to_string()))));
        }
    }

    fn say(&mut self, line: &str) {
        let now = self.now();
        self.log.line(self.state.server_time(&now), line);
    }

    /// For `faregate-agent status`: read beside the running agent, and worth nothing after it.
    fn tell_status(&mut self, now: &Now) {
        let mut status = self.state.status(now);
        status.durable = self.is_durable;
        let path = self.home.path().join("status.json");
        let text = serde_json::to_vec(&status).unwrap_or_default();
        // A reader sees the old one or the new one; that it be on the disk matters to nobody.
        let next = path.with_extension("json.next");
        drop(fs::write(&next, text).and_then(|()| fs::rename(&next, &path)));
    }
}

/// What is remembered in a directory, for those who only look.
///
/// # Errors
/// It cannot be read.
pub fn remembered(home: &Home) -> Result<book::Reading, Fault> {
    book::read(home.path()).map_err(|error| home.fault("cannot be read", &error))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::home::Device;
    use crate::memory::Record;
    use crate::ports::{Answer, Process, Question};
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;
    use faregate_protocol::SigningKey;
    use faregate_protocol::wire::Open;

    struct Nobody;

    impl Processes for Nobody {
        fn running(&mut self, _: &dyn Fn(&str) -> bool) -> Vec<Process> {
            Vec::new()
        }
        fn version(&mut self, _: &Process) -> Option<String> {
            None
        }
        fn suspend(&mut self, _: &ProcessId) -> bool {
            false
        }
        fn resume(&mut self, _: &ProcessId) -> bool {
            false
        }
        fn ask_to_close(&mut self, _: &ProcessId) -> bool {
            false
        }
        fn end(&mut self, _: &ProcessId) -> bool {
            false
        }
    }

    impl Times for Nobody {
        fn wall(&mut self) -> i64 {
            0
        }
        fn since_boot(&mut self) -> Duration {
            Duration::ZERO
        }
        fn boot(&mut self) -> String {
            String::new()
        }
        fn idle(&mut self) -> Option<Duration> {
            None
        }
    }

    impl Prompter for Nobody {
        fn show(&mut self, _: &Question) {}
        fn withdraw(&mut self, _: u64) {}
        fn answers(&mut self) -> Vec<Answer> {
            Vec::new()
        }
    }

    #[test]
    fn what_could_not_be_written_down_is_not_sent_until_it_is() {
        let directory = tempfile::tempdir().unwrap();
        let home = Home::new(directory.path().to_owned());
        home.make().unwrap();
        let key = SigningKey::from_bytes(&[1; 32]);
        home.keep_key(&key).unwrap();
        let server_key = STANDARD.encode(key.verifying_key().to_bytes());
        let (server, device) = ("http://127.0.0.1:9".to_owned(), "d1".to_owned());
        home.keep_device(&Device { server, device, server_key }).unwrap();
        let ports = Ports { processes: Nobody, times: Nobody, prompter: Nobody };
        let mut agent = Agent::new(home, ports).unwrap();
        // As when the disk is full: what is rewritten has no place.
        let place = directory.path().join("memory.next");
        fs::create_dir(&place).unwrap();
        agent.book.forget_file();
        assert!(!agent.keep(&[Record::Close("s1".to_owned())]));
        let now = agent.now();
        for is_written in [false, true] {
            if is_written {
                fs::remove_dir(&place).unwrap();
            }
            agent.carry_out(vec![Effect::Send(1, Request::Open(Box::<Open>::default()))], &now);
            let (_, reply) = agent.answered.recv().unwrap();
            let Reply::Unreachable(said) = reply else { panic!("{reply:?}") };
            assert_eq!(said.contains("could not be written down"), !is_written, "{said}");
        }
    }
}
