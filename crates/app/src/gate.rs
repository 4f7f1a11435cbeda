//! The gate as a service: one thread that decides, many callers that wait for durable answers.
//!
//! Callers send jobs; the thread takes all that are waiting, decides them in order against the state,
//! commits once for all of them (group commit), and only then answers. It is the contract's only writer.

use crate::engine::{Engine, Failure, SharedState, Work};
use crate::liveness::{Beat, Liveness};
use crate::ports::{Clock, GateUse, Request};
use faregate_core::event::{Ask, Cause, Event, Opened, Reason, Route, SessionId};
use faregate_core::gate::{self, Seen};
use faregate_core::when::Instant;
use rustc_hash::FxHashMap;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;

/// A session not heard of for this long has ended, in seconds: three heartbeats of five minutes.
pub const TIME_TO_LIVE_SECONDS: i64 = 900;
/// At most this many jobs share a commit.
const JOBS_PER_COMMIT: usize = 4_096;

/// A request to open a product, under the client's idempotency key.
#[derive(Clone, Debug)]
pub struct OpenRequest {
    /// Names the request for ever.
    pub key: String,
    /// What is asked.
    pub ask: Ask,
}

/// The durable answer to a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    /// Its place in the journal; the session's id, when one was opened.
    pub seq: u64,
    /// When it was decided.
    pub at: Instant,
    /// A session, or a refusal.
    pub answer: Answer,
    /// Key of the bucket that pays, when tokens do.
    pub bucket: Option<String>,
    /// Whether the same request had been answered before, and this is that answer.
    pub repeated: bool,
}

/// A session, or a refusal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// Come through.
    Opened(Opened),
    /// Not today.
    Refused(Reason),
}

impl Answer {
    fn of(event: &Event) -> Option<Self> {
        match event {
            Event::Opened(opened) => Some(Self::Opened(opened.clone())),
            Event::Refused(refused) => Some(Self::Refused(refused.reason)),
            _ => None,
        }
    }
}

/// How a session ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ending {
    /// When it was last in use.
    pub at: Instant,
    /// Whether it had ended before.
    pub already: bool,
}

type Reply<T> = Box<dyn FnOnce(Result<T, Failure>) + Send>;
type Task = Box<dyn FnOnce(&mut Engine) + Send>;

enum Job {
    Open(OpenRequest, Reply<Decision>),
    OpenMany(Vec<OpenRequest>, Reply<Vec<Decision>>),
    Alive(SessionId, Seen),
    Close(SessionId, Option<Instant>, Cause, Reply<Ending>),
    ExpirePacks,
    Task(Task),
}

/// A handle to the deciding thread; cheap to clone.
#[derive(Clone)]
pub struct Gate {
    jobs: Sender<Job>,
    state: SharedState,
    liveness: Arc<Liveness>,
    clock: Arc<dyn Clock>,
}

/// Stops the deciding thread when told to, and waits for it.
pub struct Deciding {
    thread: Mutex<Option<JoinHandle<Engine>>>,
}

impl Deciding {
    /// Waits until all handles are dropped and the last job is done; returns the engine.
    pub fn join(self) -> Option<Engine> {
        let thread = self.thread.lock().unwrap_or_else(PoisonError::into_inner).take()?;
        thread.join().ok()
    }
}

impl Gate {
    /// Starts deciding for a contract.
    ///
    /// # Errors
    /// The operating system's, when no thread can be had.
    pub fn start(engine: Engine, clock: Arc<dyn Clock>) -> std::io::Result<(Self, Deciding)> {
        let (jobs, waiting) = channel();
        let state = engine.state();
        let liveness = Arc::new(Liveness::default());
        watch_running(&state, &liveness, clock.now());
        let watching = Arc::clone(&liveness);
        let run = move || decide_until_closed(engine, &waiting, &watching);
        let thread = std::thread::Builder::new().name("gate".to_owned()).spawn(run)?;
        let deciding = Deciding { thread: Mutex::new(Some(thread)) };
        Ok((Self { jobs, state, liveness, clock }, deciding))
    }

    /// The state as of the last commit.
    #[must_use]
    pub fn state(&self) -> &SharedState {
        &self.state
    }

    /// When sessions were last heard of.
    #[must_use]
    pub fn liveness(&self) -> &Liveness {
        &self.liveness
    }

    /// The server's clock.
    #[must_use]
    pub fn now(&self) -> Instant {
        self.clock.now()
    }

    /// Asks to open a product; `reply` gets the answer once it is durable.
    pub fn open(&self, request: OpenRequest, reply: impl FnOnce(Result<Decision, Failure>) + Send + 'static) {
        self.send(Job::Open(request, Box::new(reply)));
    }

    /// Asks many at once; all answers share one commit.
    pub fn open_many(
        &self,
        requests: Vec<OpenRequest>,
        reply: impl FnOnce(Result<Vec<Decision>, Failure>) + Send + 'static,
    ) {
        self.send(Job::OpenMany(requests, Box::new(reply)));
    }

    /// Notes that a session is alive; returns whether there is such a session.
    #[must_use]
    pub fn heartbeat(&self, id: SessionId, active: bool) -> bool {
        match self.liveness.beat(id, self.clock.now(), active) {
            Beat::Unknown => false,
            Beat::Noted => true,
            Beat::Owes(seen) => {
                self.send(Job::Alive(id, seen));
                true
            }
        }
    }

    /// Ends a session now.
    pub fn close(&self, id: SessionId, reply: impl FnOnce(Result<Ending, Failure>) + Send + 'static) {
        self.send(Job::Close(id, None, Cause::Closed, Box::new(reply)));
    }

    /// Runs a use case that needs the engine, between two commits.
    pub fn run(&self, task: impl FnOnce(&mut Engine) + Send + 'static) {
        self.send(Job::Task(Box::new(task)));
    }

    /// Ends sessions that fell silent and packs whose term is over. Takes no input: call it now and then.
    pub fn reconcile(&self) {
        let silent_before = self.clock.now().plus(-TIME_TO_LIVE_SECONDS);
        for (id, last_used) in self.liveness.silent_since(silent_before) {
            self.send(Job::Close(id, Some(last_used), Cause::Silent, Box::new(|_| ())));
        }
        self.send(Job::ExpirePacks);
    }

    /// A job that nobody takes any more is answered by dropping it: callers see their reply dropped.
    fn send(&self, job: Job) {
        if let Err(unsent) = self.jobs.send(job) {
            match unsent.0 {
                Job::Open(_, reply) => reply(Err(Failure::Stopping)),
                Job::OpenMany(_, reply) => reply(Err(Failure::Stopping)),
                Job::Close(_, _, _, reply) => reply(Err(Failure::Stopping)),
                Job::Alive(..) | Job::ExpirePacks | Job::Task(_) => {}
            }
        }
    }
}

fn watch_running(state: &SharedState, liveness: &Liveness, now: Instant) {
    let state = state.read();
    for (id, session) in state.sessions() {
        liveness.watch(*id, now.max(session.opened), gate::next_due(&state, session));
    }
}

fn decide_until_closed(mut engine: Engine, waiting: &Receiver<Job>, liveness: &Liveness) -> Engine {
    while let Ok(first) = waiting.recv() {
        let mut jobs = Vec::with_capacity(64);
        let mut next = Some(first);
        while let Some(job) = next {
            if let Job::Task(task) = job {
                decide(&mut engine, liveness, std::mem::take(&mut jobs));
                task(&mut engine);
            } else {
                jobs.push(job);
            }
            next = if jobs.len() < JOBS_PER_COMMIT { waiting.try_recv().ok() } else { None };
        }
        decide(&mut engine, liveness, jobs);
    }
    engine
}

/// What is said to a caller once the commit has been acknowledged.
enum Pending {
    Open(Reply<Decision>, Result<Decision, Failure>),
    OpenMany(Reply<Vec<Decision>>, Result<Vec<Decision>, Failure>),
    Close(Reply<Ending>, Result<Ending, Failure>),
}

impl Pending {
    fn say(self) {
        match self {
            Self::Open(reply, answer) => reply(answer),
            Self::OpenMany(reply, answers) => reply(answers),
            Self::Close(reply, ending) => reply(ending),
        }
    }

    fn fail(self, failure: &Failure) {
        match self {
            Self::Open(reply, _) => reply(Err(again(failure))),
            Self::OpenMany(reply, _) => reply(Err(again(failure))),
            Self::Close(reply, _) => reply(Err(again(failure))),
        }
    }
}

/// One failed commit fails every job that shared it, each with its own copy of the reason.
fn again(failure: &Failure) -> Failure {
    use crate::ports::StoreError;
    match failure {
        Failure::Store(StoreError::Full) => StoreError::Full.into(),
        Failure::Store(StoreError::Fenced { seq }) => StoreError::Fenced { seq: *seq }.into(),
        Failure::ClockBehind { seconds } => Failure::ClockBehind { seconds: *seconds },
        Failure::Broken(broken) => Failure::Broken(broken.clone()),
        other => StoreError::Other(other.to_string()).into(),
    }
}

fn decide(engine: &mut Engine, liveness: &Liveness, jobs: Vec<Job>) {
    if jobs.is_empty() {
        return;
    }
    let shared = engine.state();
    let now = engine.now();
    let mut pending = Vec::with_capacity(jobs.len());
    let (committed, touched) = match now {
        Err(failure) => {
            pending.extend(jobs.into_iter().filter_map(unanswered));
            (Err(failure), Vec::new())
        }
        Ok(now) => {
            let mut round = Round::new(engine, Work::on(shared.write(), now));
            pending.extend(jobs.into_iter().filter_map(|job| round.take(job)));
            let Round { work, touched, broken, .. } = round;
            let committed = match broken {
                Some(failure) => {
                    drop(work);
                    engine.reload().and(Err(failure))
                }
                None => engine.commit(work),
            };
            (committed, touched)
        }
    };
    match committed {
        Ok(()) => {
            follow(&shared, liveness, &touched);
            pending.into_iter().for_each(Pending::say);
        }
        Err(failure) => pending.into_iter().for_each(|waiting| waiting.fail(&failure)),
    }
}

fn unanswered(job: Job) -> Option<Pending> {
    match job {
        Job::Open(_, reply) => Some(Pending::Open(reply, Err(Failure::Stopping))),
        Job::OpenMany(_, reply) => Some(Pending::OpenMany(reply, Err(Failure::Stopping))),
        Job::Close(_, _, _, reply) => Some(Pending::Close(reply, Err(Failure::Stopping))),
        Job::Alive(..) | Job::ExpirePacks | Job::Task(_) => None,
    }
}

/// Brings the watch over sessions in line with what was committed.
fn follow(shared: &SharedState, liveness: &Liveness, touched: &[SessionId]) {
    let state = shared.read();
    for &id in touched {
        match state.sessions().get(&id) {
            Some(session) if liveness.last_heard(id).is_some() => {
                liveness.set_due(id, gate::next_due(&state, session));
            }
            Some(session) => liveness.watch(id, session.opened, gate::next_due(&state, session)),
            None => liveness.forget(id),
        }
    }
}

/// The jobs of one commit being decided, in order.
struct Round<'e, 's> {
    engine: &'e mut Engine,
    work: Work<'s>,
    /// Keys answered in this round, not stored yet.
    fresh: FxHashMap<String, (u128, Decision)>,
    touched: Vec<SessionId>,
    /// Set when the core refused an event that was just decided: a bug. Nothing of the round is kept.
    broken: Option<Failure>,
}

impl<'e, 's> Round<'e, 's> {
    fn new(engine: &'e mut Engine, work: Work<'s>) -> Self {
        Self { engine, work, fresh: FxHashMap::default(), touched: Vec::new(), broken: None }
    }

    fn take(&mut self, job: Job) -> Option<Pending> {
        match job {
            Job::Open(request, reply) => Some(Pending::Open(reply, self.open(request))),
            Job::OpenMany(requests, reply) => {
                let answers = requests.into_iter().map(|request| self.open(request)).collect();
                Some(Pending::OpenMany(reply, answers))
            }
            Job::Close(id, at, cause, reply) => Some(Pending::Close(reply, self.close(id, at, cause))),
            Job::Alive(id, seen) => {
                self.settle(id, seen);
                None
            }
            Job::ExpirePacks => {
                while let Some(event) = gate::expiry(&self.work.guard, self.work.now) {
                    self.apply(event)?;
                }
                None
            }
            Job::Task(_) => None,
        }
    }

    fn open(&mut self, request: OpenRequest) -> Result<Decision, Failure> {
        let digest = digest(&request.ask);
        if let Some(answered) = self.answered(&request.key, digest)? {
            return Ok(answered);
        }
        let event = gate::open(&self.work.guard, &request.ask, self.work.now);
        let answer = Answer::of(&event);
        let (Some(seq), Some(answer)) = (self.apply(event), answer) else {
            return Err(Failure::Stopping);
        };
        self.work.answer(request.key.clone(), digest, seq);
        let bucket = self.bucket_key(&answer);
        let decision = Decision { seq, at: self.work.now, answer, bucket, repeated: false };
        self.fresh.insert(request.key, (digest, Decision { repeated: true, ..decision.clone() }));
        if matches!(decision.answer, Answer::Opened(_)) {
            self.touched.push(SessionId(seq));
            let seen = Seen { previous: self.work.now, at: self.work.now };
            self.settle(SessionId(seq), seen);
        }
        Ok(decision)
    }

    /// The answer that this key was given before, in this round or ever.
    fn answered(&mut self, key: &str, digest: u128) -> Result<Option<Decision>, Failure> {
        let same = |found: u128| if found == digest { Ok(()) } else { Err(Failure::KeyReused) };
        if let Some((found, decision)) = self.fresh.get(key) {
            same(*found)?;
            return Ok(Some(decision.clone()));
        }
        let Some(Request { seq, digest: found, .. }) = self.engine.store.request(key)? else {
            return Ok(None);
        };
        same(found)?;
        let entry = self.engine.store.entry(seq)?;
        Ok(entry.and_then(|entry| {
            let answer = Answer::of(&entry.event)?;
            let bucket = self.bucket_key(&answer);
            Some(Decision { seq, at: entry.at, answer, bucket, repeated: true })
        }))
    }

    fn bucket_key(&self, answer: &Answer) -> Option<String> {
        match answer {
            Answer::Opened(Opened { route: Route::Tokens { bucket, .. }, .. }) => {
                self.work.guard.estate().bucket(*bucket).map(|bucket| bucket.key.clone())
            }
            _ => None,
        }
    }

    /// Books all that a session owes, having been seen.
    fn settle(&mut self, id: SessionId, seen: Seen) {
        self.touched.push(id);
        while let Some(event) = gate::owed(&self.work.guard, id, seen) {
            if self.apply(event).is_none() {
                return;
            }
        }
    }

    fn close(&mut self, id: SessionId, at: Option<Instant>, cause: Cause) -> Result<Ending, Failure> {
        let at = at.unwrap_or(self.work.now).min(self.work.now);
        let Some(session) = self.work.guard.sessions().get(&id).cloned() else {
            return self.closed_before(id);
        };
        self.settle(id, Seen { previous: at, at });
        let event = gate::close(&self.work.guard, id, at, cause).map_err(Failure::NoSession)?;
        self.apply(event);
        if let Some((person, product)) = session.metered_pair() {
            let closed = at.max(session.opened);
            self.work.ended(GateUse { person: person.0, product: product.0, opened: session.opened, closed });
        }
        Ok(Ending { at, already: false })
    }

    fn closed_before(&mut self, id: SessionId) -> Result<Ending, Failure> {
        let opened = self.engine.store.entry(id.0)?;
        match opened {
            Some(entry) if matches!(entry.event, Event::Opened(_)) => Ok(Ending { at: entry.at, already: true }),
            _ => Err(Failure::NoSession(id)),
        }
    }

    fn apply(&mut self, event: Event) -> Option<u64> {
        match self.work.apply(event) {
            Ok(seq) => Some(seq),
            Err(broken) => {
                self.broken = Some(broken.into());
                None
            }
        }
    }
}

/// Tells a retry from a key used twice.
fn digest(ask: &Ask) -> u128 {
    let bucket = ask.bucket.as_deref().unwrap_or("\u{0}");
    let text = [ask.person.as_str(), &ask.product, &ask.host, bucket].join("\u{1f}");
    xxhash_rust::xxh3::xxh3_128(text.as_bytes())
}
