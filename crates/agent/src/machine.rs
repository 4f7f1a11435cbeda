//! What the agent decides: pure, so that every case can be tried and every decision repeated.
//!
//! [`State::step`] takes what happened and says what to do. Time and chance are in [`Now`]; the rest is done by
//! [`crate::run`], which owes this much:
//! - effects are carried out in order. The first may be [`Effect::Keep`]: it is on the disk before the others are
//!   done. If it cannot be written, requests to open are not sent, and are answered with [`Reply::Unreachable`];
//! - every [`Effect::Send`] gets one [`Input::Reply`];
//! - a [`Input::Tick`] comes every few seconds.
//!
//! Never here: a wait, a file, a clock, a second request to open where one may have been sent.

mod away;
mod contact;
mod person;
mod replies;
mod sessions;
mod sleep;
mod status;
pub(crate) mod words;

#[cfg(test)]
mod tests;

use crate::clock::{Clock, Now};
use crate::memory::{Memory, Pair, Record, Session};
use crate::ports::{Answer, Process, ProcessId, Question, QuestionKind};
use faregate_protocol::VerifyingKey;
use faregate_protocol::wire::{
    Ask, Asked, Beat, BeatAnswer, Close, Closed, Open, Opened, Uses, UsesTaken,
};
pub use status::{SessionStatus, Status, fare_word};
use std::collections::BTreeMap;

/// Something happened.
#[derive(Clone, Debug)]
pub enum Input {
    /// The agent has looked at what runs, and said of each remembered process that went away.
    Start,
    /// A process of a product appeared.
    Appeared {
        /// The process.
        process: Process,
        /// Its product.
        product: String,
        /// The product's version, where it can be told.
        version: Option<String>,
    },
    /// A process of a product went away.
    Gone(ProcessId),
    /// A request was answered, or not.
    Reply(u64, Reply),
    /// The person answered.
    Person(Answer),
    /// A grant was fetched by the command line: a JWS.
    Granted(String),
    /// The lease of this session shall be given back.
    GiveBack(String),
    /// Time went by; for how long nobody touched keyboard or mouse, in seconds, where that is known.
    Tick(Option<u64>),
    /// The agent stops: nothing may be left standing still.
    Stop,
}

/// What became of a request.
#[derive(Clone, Debug)]
pub enum Reply {
    /// Signed rules.
    Rules(String),
    /// To a beat.
    Beat(BeatAnswer),
    /// To a question.
    Asked(Box<Asked>),
    /// To an open.
    Opened(Box<Opened>),
    /// To closes.
    Closed(Closed),
    /// To uses.
    Taken(UsesTaken),
    /// The server does not accept the request: a problem document.
    Problem(Problem),
    /// The server is there and cannot answer now, for this reason.
    Unavailable(String),
    /// The server cannot be reached, for this reason.
    Unreachable(String),
}

/// A problem document of the server.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Deserialize)]
#[serde(default)]
pub struct Problem {
    /// The HTTP status.
    pub status: u16,
    /// Stable code.
    pub code: String,
    /// What happened.
    pub detail: String,
    /// What to do about it.
    pub help: String,
    /// The server's time, with `clock-off`.
    pub now: Option<i64>,
}

/// A request to the server.
#[derive(Clone, Debug)]
pub enum Request {
    /// For the rules in force.
    Rules,
    /// The device is alive.
    Beat(Beat),
    /// What would opening come to?
    Ask(Ask),
    /// A product is opened.
    Open(Box<Open>),
    /// Sessions ended.
    Close(Close),
    /// Use that the server has not seen.
    Uses(Uses),
}

/// Something to do.
#[derive(Clone, Debug)]
pub enum Effect {
    /// Write these down, as one.
    Keep(Vec<Record>),
    /// Send this.
    Send(u64, Request),
    /// Let a process stand still.
    Suspend(ProcessId),
    /// Let it go on.
    Resume(ProcessId),
    /// Ask it to close.
    AskToClose(ProcessId),
    /// End it.
    End(ProcessId),
    /// Show a question.
    Show(Question),
    /// Take it back.
    Withdraw(u64),
    /// Write a line to the log.
    Log(String),
}

/// Who this device is, and whom it believes.
#[derive(Clone, Debug)]
pub struct Identity {
    /// The device, as in `keyid`.
    pub device: String,
    /// The server's key.
    pub server_key: VerifyingKey,
}

/// How long the agent waits for what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waits {
    /// Before a request is sent a second time, in milliseconds.
    pub try_millis: u64,
    /// After a first failure to reach the server, in milliseconds; doubled each time, up to the heartbeat's period.
    pub retry_millis: u64,
    /// For a person who does not answer, before a product that does not stand still is asked to close, in seconds.
    pub answer_seconds: u64,
    /// Instead of the period that the rules say, in seconds.
    pub heartbeat_seconds: Option<u64>,
}

impl Default for Waits {
    fn default() -> Self {
        Self { try_millis: 500, retry_millis: 5_000, answer_seconds: 300, heartbeat_seconds: None }
    }
}

/// All that the agent knows.
pub struct State {
    identity: Identity,
    waits: Waits,
    version: &'static str,
    /// What is remembered.
    pub(crate) memory: Memory,
    clock: Clock,
    started: bool,
    live: BTreeMap<Pair, Live>,
    flights: BTreeMap<u64, Flight>,
    questions: BTreeMap<u64, (Pair, Question)>,
    last_id: u64,
    contact: contact::Contact,
    idle: Option<u64>,
    /// When somebody last touched the machine, by the server's time.
    last_active: Option<i64>,
    /// The last look at the clock, in milliseconds since boot.
    looked: Option<u64>,
    /// Beginning of the sleep after which nobody touched the machine yet.
    nap: Option<i64>,
}

/// What is known of a session while the agent runs.
#[derive(Debug, Default)]
struct Live {
    stage: Stage,
    /// The server is to be told of the use so far and asked again, while the product goes on.
    settle: Option<Settle>,
    /// The use so far is in the queue; once that is told, the server is asked.
    is_settling: bool,
    cliff: Option<person::Cliff>,
    is_idle_told: bool,
    /// When it last began anew, or will, in milliseconds since boot: the server stood otherwise than it had said.
    anew_at: Option<u64>,
}

/// Why a product that runs is opened once more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Settle {
    /// It was opened while the server was away, which is back.
    Returned,
    /// The server does not know the session any more.
    Lost,
}

/// How far the way to a decision is.
#[derive(Debug, Default)]
enum Stage {
    /// Nothing is under way.
    #[default]
    Rest,
    /// The server is asked what it would come to.
    Asking(Attempt),
    /// The person is asked.
    Questioned { asked: Box<Asked>, confirm: bool, until: Option<u64> },
    /// The server is asked to let it through; with `asked` before, if it was.
    Opening { attempt: Attempt, asked: Option<Box<Asked>> },
    /// It was turned away.
    Denied { close_at: Option<u64>, end_at: Option<u64>, away: bool },
}

/// A request that is tried again.
#[derive(Clone, Copy, Debug)]
struct Attempt {
    flight: Option<u64>,
    failed: u32,
    since: u64,
    retry_at: Option<u64>,
}

/// A request under way.
#[derive(Clone, Debug)]
struct Flight {
    request: Request,
    /// Whose, when it is about a session.
    pair: Option<Pair>,
    /// Whether it was sent again after the clock was set right.
    again: bool,
    sent: u64,
}

impl State {
    /// From what is remembered.
    #[must_use]
    pub fn new(identity: Identity, waits: Waits, version: &'static str, memory: Memory) -> Self {
        let live = memory.sessions.keys().map(|pair| (pair.clone(), Live::default())).collect();
        Self {
            identity,
            waits,
            version,
            clock: Clock::new(memory.anchor.clone()),
            memory,
            started: false,
            live,
            flights: BTreeMap::new(),
            questions: BTreeMap::new(),
            last_id: 0,
            contact: contact::Contact::default(),
            idle: None,
            last_active: None,
            looked: None,
            nap: None,
        }
    }

    /// Takes in what happened; what is to be done about it.
    pub fn step(&mut self, input: Input, now: &Now) -> Vec<Effect> {
        self.clock.look(now);
        let mut turn = Turn { state: self, now, kept: Vec::new(), out: Vec::new(), keys: 0 };
        turn.wake();
        turn.take(input);
        turn.tend();
        if let Some(anchor) = turn.state.clock.to_keep(now) {
            turn.keep(Record::Anchor(anchor));
        }
        let Turn { kept, out, .. } = turn;
        let kept = (!kept.is_empty()).then_some(Effect::Keep(kept));
        kept.into_iter().chain(out).collect()
    }

    /// The server's time by the best that is known.
    #[must_use]
    pub fn server_time(&self, now: &Now) -> i64 {
        self.clock.server_time(now)
    }

    /// What is remembered.
    #[must_use]
    pub fn memory(&self) -> &Memory {
        &self.memory
    }

    /// Whether requests are under way, or are to be sent again in a moment.
    #[must_use]
    pub fn is_busy(&self) -> bool {
        let trying = |live: &Live| matches!(live.stage, Stage::Asking(_) | Stage::Opening { .. });
        !self.flights.is_empty() || self.live.values().any(trying)
    }
}

/// One step: the state, and what is to be done.
struct Turn<'a> {
    state: &'a mut State,
    now: &'a Now,
    kept: Vec<Record>,
    out: Vec<Effect>,
    keys: u32,
}

impl Turn<'_> {
    fn take(&mut self, input: Input) {
        match input {
            Input::Start => self.start(),
            Input::Appeared { process, product, version } => {
                self.appeared(process, product, version);
            }
            Input::Gone(id) => self.gone(&id),
            Input::Reply(id, reply) => self.reply(id, reply),
            Input::Person(answer) => self.person(&answer),
            Input::Granted(text) => self.granted(&text),
            Input::GiveBack(session) => self.give_back(&session),
            Input::Tick(idle) => {
                self.state.idle = idle;
                self.touched(idle);
                self.tick();
            }
            Input::Stop => self.stop(),
        }
    }

    /// Remembers, and has it written down.
    fn keep(&mut self, record: Record) {
        self.state.memory.apply(record.clone());
        self.kept.push(record);
    }

    fn log(&mut self, line: impl Into<String>) {
        self.out.push(Effect::Log(line.into()));
    }

    fn send(&mut self, request: Request, pair: Option<&Pair>) -> u64 {
        let id = self.fresh_id();
        let sent = self.now.millis();
        let pair = pair.cloned();
        let flight = Flight { request: request.clone(), pair, again: false, sent };
        self.state.flights.insert(id, flight);
        self.out.push(Effect::Send(id, request));
        id
    }

    fn fresh_id(&mut self) -> u64 {
        self.state.last_id += 1;
        self.state.last_id
    }

    /// A name that nothing else ever has.
    fn fresh_key(&mut self) -> String {
        self.keys += 1;
        let chance: String = self.now.chance.iter().map(|byte| format!("{byte:02x}")).collect();
        format!("{chance}-{}", self.keys)
    }

    fn server_time(&self) -> i64 {
        self.state.clock.server_time(self.now)
    }

    fn session(&self, pair: &Pair) -> Option<&Session> {
        self.state.memory.sessions.get(pair)
    }

    /// Changes a session, and has it written down.
    fn change(&mut self, pair: &Pair, change: impl FnOnce(&mut Session)) {
        if let Some(mut session) = self.session(pair).cloned() {
            change(&mut session);
            self.keep(Record::Session(Box::new(session)));
        }
    }

    fn live(&mut self, pair: &Pair) -> &mut Live {
        self.state.live.entry(pair.clone()).or_default()
    }

    fn stage(&mut self, pair: &Pair, stage: Stage) {
        self.live(pair).stage = stage;
    }

    fn is_running(&self, pair: &Pair) -> bool {
        self.session(pair).is_some_and(|session| session.through.is_some())
    }

    /// Takes back what is asked about a session, but for these kinds.
    fn withdraw(&mut self, pair: &Pair, but: &[QuestionKind]) {
        let of = |(_, (whose, question)): &(&u64, &(Pair, Question))| {
            whose == pair && !but.contains(&question.kind)
        };
        let ids: Vec<u64> = self.state.questions.iter().filter(of).map(|(id, _)| *id).collect();
        for id in ids {
            self.state.questions.remove(&id);
            self.out.push(Effect::Withdraw(id));
        }
    }
}
