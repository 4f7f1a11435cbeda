//! The gate as a service: one thread that decides, many callers that wait for durable answers.
//!
//! Callers send jobs; the thread takes all that are waiting, decides them in order against the state,
//! commits once for all of them (group commit), and only then answers. It is the contract's only writer.

use crate::engine::{Engine, Failure, SharedState, Work};
use crate::liveness::{Beat, Liveness};
use crate::ports::{Clock, StoreError};
use faregate_core::event::{Ask, Event, Opened, Refused, SessionId};
use faregate_core::gate::{self, Seen};
use faregate_core::when::Instant;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;

mod round;
pub mod timing;
use round::Round;
use timing::Timing;

/// A session not heard of for this long has ended, in seconds: three heartbeats of five minutes.
pub const TIME_TO_LIVE_SECONDS: i64 = 900;
/// So many jobs share a commit: while one half of the callers waits for the disk, the other half can ask.
const JOBS_PER_COMMIT: usize = 32;
/// So many share one when more have been waiting for a while: then fewer commits count for more.
const JOBS_PER_COMMIT_MAX: usize = 4_096;
/// After so many full commits in a row more have been waiting for a while.
const FULL_COMMITS: usize = 16;

/// So many opens may wait for an answer; whoever asks beyond is told to come back (promise 22). It is twice the
/// largest batch, and less than a second's work. Heartbeats and closes are never turned away.
pub const OPENS_WAITING_MAX: usize = 20_000;

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
    Refused(Refused),
}

impl Answer {
    fn of(event: &Event) -> Option<Self> {
        match event {
            Event::Opened(opened) => Some(Self::Opened(opened.clone())),
            Event::Refused(refused) => Some(Self::Refused(refused.clone())),
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
    Open(Box<OpenRequest>, Reply<Decision>),
    OpenMany(Vec<OpenRequest>, Reply<Vec<Decision>>),
    Alive(SessionId, Seen),
    Close(SessionId, Reply<Ending>),
    /// Not heard of since an instant.
    Silent(SessionId, Instant),
    Reconcile,
    Task(Task),
    Stop,
}

/// A handle to the deciding thread; cheap to clone.
#[derive(Clone)]
pub struct Gate {
    jobs: Sender<Job>,
    /// Opens that wait for an answer.
    opens: Arc<AtomicUsize>,
    state: SharedState,
    liveness: Arc<Liveness>,
    clock: Arc<dyn Clock>,
    timing: Arc<Timing>,
}

/// Stops the deciding thread when told to, and waits for it.
pub struct Deciding {
    thread: Mutex<Option<JoinHandle<Engine>>>,
}

impl Deciding {
    /// Waits until the gate was told to stop, or all handles are dropped; returns the engine.
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
        let (watching, timing) = (Arc::clone(&liveness), Arc::<Timing>::default());
        let counting = Arc::clone(&timing);
        let run = move || decide_until_closed(engine, &waiting, &watching, &counting);
        let thread = std::thread::Builder::new().name("gate".to_owned()).spawn(run)?;
        let deciding = Deciding { thread: Mutex::new(Some(thread)) };
        let opens = Arc::default();
        Ok((Self { jobs, opens, state, liveness, clock, timing }, deciding))
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

    /// How long answers take.
    #[must_use]
    pub fn timing(&self) -> &Timing {
        &self.timing
    }

    /// How many opens wait for their answer.
    #[must_use]
    pub fn opens_waiting(&self) -> usize {
        self.opens.load(Ordering::Relaxed)
    }

    /// The server's clock.
    #[must_use]
    pub fn now(&self) -> Instant {
        self.clock.now()
    }

    /// Asks to open a product; `reply` gets the answer once it is durable.
    pub fn open(
        &self,
        request: OpenRequest,
        reply: impl FnOnce(Result<Decision, Failure>) + Send + 'static,
    ) {
        match Place::take(&self.opens, 1) {
            Some(place) => {
                self.send(Job::Open(Box::new(request), place.until(self.timed(1, reply))))
            }
            None => reply(Err(Failure::Busy)),
        }
    }

    /// Asks many at once; all answers share one commit.
    pub fn open_many(
        &self,
        requests: Vec<OpenRequest>,
        reply: impl FnOnce(Result<Vec<Decision>, Failure>) + Send + 'static,
    ) {
        match Place::take(&self.opens, requests.len()) {
            Some(place) => {
                let reply = self.timed(requests.len(), reply);
                self.send(Job::OpenMany(requests, place.until(reply)));
            }
            None => reply(Err(Failure::Busy)),
        }
    }

    /// The same reply, with how long it took noted for so many answers.
    fn timed<T: 'static>(
        &self,
        answers: usize,
        reply: impl FnOnce(Result<T, Failure>) + Send + 'static,
    ) -> impl FnOnce(Result<T, Failure>) + Send + 'static {
        let (clock, timing) = (Arc::clone(&self.clock), Arc::clone(&self.timing));
        let asked = clock.elapsed();
        move |answer| {
            let took = clock.elapsed().saturating_sub(asked);
            (0..answers).for_each(|_| timing.answered(took));
            reply(answer);
        }
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
    pub fn close(
        &self,
        id: SessionId,
        reply: impl FnOnce(Result<Ending, Failure>) + Send + 'static,
    ) {
        self.send(Job::Close(id, Box::new(reply)));
    }

    /// Runs a use case that needs the engine, between two commits.
    pub fn run(&self, task: impl FnOnce(&mut Engine) + Send + 'static) {
        self.send(Job::Task(Box::new(task)));
    }

    /// Ends sessions that fell silent, and does what time alone brings: the ends of packs and periods, loans due. Takes no input: call it now and then.
    pub fn reconcile(&self) {
        let silent_before = self.clock.now().plus(-TIME_TO_LIVE_SECONDS);
        for (id, _) in self.liveness.silent_since(silent_before) {
            self.send(Job::Silent(id, silent_before));
        }
        self.send(Job::Reconcile);
    }

    /// Ends the deciding thread once it has done what was asked before; whoever asks later is told so.
    pub fn stop(&self) {
        self.send(Job::Stop);
    }

    /// A job that nobody takes any more is answered by dropping it: callers see their reply dropped.
    fn send(&self, job: Job) {
        if let Err(unsent) = self.jobs.send(job) {
            match unsent.0 {
                Job::Open(_, reply) => reply(Err(Failure::Stopping)),
                Job::OpenMany(_, reply) => reply(Err(Failure::Stopping)),
                Job::Close(_, reply) => reply(Err(Failure::Stopping)),
                Job::Alive(..) | Job::Silent(..) | Job::Reconcile | Job::Task(_) | Job::Stop => {}
            }
        }
    }
}

/// Places among the opens that wait; dropped, answered or not, they are free again.
struct Place {
    opens: Arc<AtomicUsize>,
    count: usize,
}

impl Place {
    fn take(opens: &Arc<AtomicUsize>, count: usize) -> Option<Self> {
        let place = Self { opens: Arc::clone(opens), count };
        let before = opens.fetch_add(count, Ordering::Relaxed);
        (before.saturating_add(count) <= OPENS_WAITING_MAX).then_some(place)
    }

    fn until<T: 'static>(
        self,
        reply: impl FnOnce(Result<T, Failure>) + Send + 'static,
    ) -> Reply<T> {
        Box::new(move |answer| {
            drop(self);
            reply(answer);
        })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.opens.fetch_sub(self.count, Ordering::Relaxed);
    }
}

fn watch_running(state: &SharedState, liveness: &Liveness, now: Instant) {
    let state = state.read();
    for (id, session) in state.sessions().iter().filter(|(_, session)| session.lease.is_none()) {
        let (since, due) = (now.max(session.opened), gate::next_due(&state, session));
        liveness.watch(*id, since, due, session.device);
    }
}

fn decide_until_closed(
    mut engine: Engine,
    waiting: &Receiver<Job>,
    liveness: &Liveness,
    timing: &Timing,
) -> Engine {
    let mut full = 0;
    while let Ok(first) = waiting.recv() {
        let limit = if full < FULL_COMMITS { JOBS_PER_COMMIT } else { JOBS_PER_COMMIT_MAX };
        let mut jobs = Vec::with_capacity(64);
        let mut next = Some(first);
        while let Some(job) = next {
            match job {
                Job::Task(task) => {
                    decide(&mut engine, liveness, timing, std::mem::take(&mut jobs));
                    task(&mut engine);
                }
                Job::Stop => {
                    decide(&mut engine, liveness, timing, jobs);
                    return engine;
                }
                job => jobs.push(job),
            }
            next = if jobs.len() < limit { waiting.try_recv().ok() } else { None };
        }
        full = if jobs.len() == limit { full + 1 } else { 0 };
        decide(&mut engine, liveness, timing, jobs);
    }
    engine
}

/// What is said to a caller once the commit has been acknowledged.
enum Pending {
    Open(Reply<Decision>, Result<Box<Decision>, Failure>),
    OpenMany(Reply<Vec<Decision>>, Result<Vec<Decision>, Failure>),
    Close(Reply<Ending>, Result<Ending, Failure>),
}

impl Pending {
    fn say(self) {
        match self {
            Self::Open(reply, answer) => reply(answer.map(|decision| *decision)),
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
    match failure {
        Failure::Store(StoreError::Full) => StoreError::Full.into(),
        Failure::Store(StoreError::Fenced { seq }) => StoreError::Fenced { seq: *seq }.into(),
        Failure::ClockBehind { seconds } => Failure::ClockBehind { seconds: *seconds },
        Failure::Broken(broken) => Failure::Broken(broken.clone()),
        other => StoreError::Other(other.to_string()).into(),
    }
}

fn decide(engine: &mut Engine, liveness: &Liveness, timing: &Timing, jobs: Vec<Job>) {
    if jobs.is_empty() {
        return;
    }
    let shared = engine.state();
    let (pending, committed) = match engine.ready() {
        Err(failure) => (jobs.into_iter().filter_map(unanswered).collect(), Err(failure)),
        Ok(now) => {
            let mut round = Round::new(engine, liveness, Work::on(shared.write(), now));
            let pending: Vec<Pending> =
                jobs.into_iter().filter_map(|job| round.take(job)).collect();
            let Round { work, touched, broken, .. } = round;
            let committed = match broken {
                Some(failure) => engine.give_up(work, failure),
                None => engine.commit(work),
            };
            (pending, committed.map(|()| touched))
        }
    };
    timing.committed(committed.is_ok());
    match committed {
        Ok(touched) => {
            follow(&shared, liveness, &touched);
            pending.into_iter().for_each(Pending::say);
        }
        Err(failure) => {
            // Heartbeats that were to settle something have not: they ask again. And the state may hold
            // sessions that another writer opened.
            let state = shared.read();
            let all: Vec<SessionId> = state.sessions().keys().copied().collect();
            drop(state);
            follow(&shared, liveness, &all);
            pending.into_iter().for_each(|waiting| waiting.fail(&failure));
        }
    }
}

/// What waits for an answer to a job that was not even looked at.
fn unanswered(job: Job) -> Option<Pending> {
    match job {
        Job::Open(_, reply) => Some(Pending::Open(reply, Err(Failure::Stopping))),
        Job::OpenMany(_, reply) => Some(Pending::OpenMany(reply, Err(Failure::Stopping))),
        Job::Close(_, reply) => Some(Pending::Close(reply, Err(Failure::Stopping))),
        Job::Alive(..) | Job::Silent(..) | Job::Reconcile | Job::Task(_) | Job::Stop => None,
    }
}

/// Brings the watch over sessions in line with what was committed.
fn follow(shared: &SharedState, liveness: &Liveness, touched: &[SessionId]) {
    let state = shared.read();
    for &id in touched {
        match state.sessions().get(&id) {
            // Nothing is heard of a lease before it comes back.
            Some(session) if session.lease.is_some() => {}
            Some(session) if liveness.last_heard(id).is_some() => {
                liveness.set_due(id, gate::next_due(&state, session));
            }
            Some(session) => {
                let due = gate::next_due(&state, session);
                liveness.watch(id, session.opened, due, session.device);
            }
            None => liveness.forget(id),
        }
    }
}
