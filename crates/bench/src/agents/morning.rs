//! A morning: every agent beats every five minutes, and people open products, most of them in the middle of it.
//!
//! To open, an agent asks, its user reads the answer, it opens on what was agreed, beats for the session from then
//! on, and closes it in the end, or not this morning. Each answer is held against what the contract says.

use super::contract::{self, account, fare, level};
use super::pool::{Done, Pool};
use super::tally::{Kind, Tally};
use crate::ambient::{Tick, WallClock};
use crate::chance::Chance;
use anyhow::{Context, Result, ensure};
use faregate_app::ports::Clock;
use faregate_protocol::rules::SignedRules;
use faregate_protocol::signature::{Message, sign};
use faregate_protocol::wire::{
    Ask, Asked, Beat, BeatAnswer, Close, Closed, Open, Opened, Pulse, PulseAnswer,
};
use faregate_protocol::{SigningKey, VerifyingKey, jws};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::cmp::Reverse;
use std::collections::{BTreeSet, BinaryHeap};
use std::io::Write;
use std::time::Duration;

/// Between two beats of an agent.
const PERIOD_SECONDS: f64 = 300.0;
/// Questions a second to the endpoint that does nothing: what the machine adds to each answer.
const NULLS_A_SECOND: f64 = 20.0;
/// One session in so many is closed before the morning ends.
const CLOSED: f64 = 0.2;
/// Whoever has not answered by then will not.
const PATIENCE_SECONDS: f64 = 30.0;

/// What is due. Numbers are those of agents and of visits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Job {
    Null,
    Beat(u32),
    Rules(u32),
    Ask(u32),
    Open(u32),
    Close(u32),
}

/// How the morning goes.
#[derive(Clone, Copy)]
pub(super) struct Course {
    pub(super) opens: u32,
    pub(super) minutes: f64,
    /// So many times as fast as life.
    pub(super) speed: f64,
    pub(super) seed: u64,
}

impl Course {
    /// When it ends, on the clock of the run.
    pub(super) fn end(&self) -> Duration {
        self.lasting(self.minutes * 60.0)
    }

    /// So many seconds of life.
    fn lasting(&self, seconds: f64) -> Duration {
        Duration::from_secs_f64(seconds / self.speed)
    }
}

#[derive(Default)]
struct Agent {
    /// Version of the rules that it has.
    rules: u32,
    /// Visits whose sessions it keeps alive.
    visits: Vec<u32>,
    /// Those that its last beat told of.
    told: Vec<u32>,
}

/// Somebody works with a product.
pub(super) struct Visit {
    pub(super) agent: u32,
    product: u32,
    /// Seconds of life after which it is closed.
    stays: Option<f64>,
    /// The session that runs.
    pub(super) session: Option<String>,
}

/// The agents and what they have in front of them.
pub(super) struct Morning<'a> {
    course: Course,
    keys: &'a [SigningKey],
    server: VerifyingKey,
    agents: Vec<Agent>,
    pub(super) visits: Vec<Visit>,
    due: BinaryHeap<Reverse<(Duration, Job)>>,
    chance: Chance,
    start: Tick,
    pub(super) tally: Tally,
}

impl<'a> Morning<'a> {
    /// It begins now. All agents are without rules, as after a roll-out.
    pub(super) fn new(course: Course, keys: &'a [SigningKey], server: VerifyingKey) -> Self {
        let mut chance = Chance::new(course.seed);
        let visits = visits(&course, keys.len() as u32, &mut chance);
        let mut due = BinaryHeap::new();
        let count = keys.len() as u64;
        for (number, turn) in (0..).zip((0..count).map(|number| number * 7_919 % count)) {
            let first = course.lasting(PERIOD_SECONDS * turn as f64 / count as f64);
            // A morning of less than five minutes does not hear of everybody.
            if first < course.end() {
                due.push(Reverse((first, Job::Beat(number))));
            }
        }
        for number in 0..visits.len() as u32 {
            // Few at first, twice the mean in the middle, few at the end.
            let when = course.end().mul_f64(chance.unit().midpoint(chance.unit()));
            due.push(Reverse((when, Job::Ask(number))));
        }
        due.push(Reverse((Duration::ZERO, Job::Null)));
        let agents = keys.iter().map(|_| Agent::default()).collect();
        let (start, tally) = (Tick::now(), Tally::default());
        Self { course, keys, server, agents, visits, due, chance, start, tally }
    }

    /// Runs until nothing is due any more and all is answered; `each_minute` is called after every minute of life
    /// but the last.
    pub(super) fn run(
        &mut self,
        pool: &mut Pool<Job>,
        mut each_minute: impl FnMut(&Tally) -> Result<()>,
    ) -> Result<()> {
        self.start = Tick::now();
        let (minute, mut minutes) = (self.course.lasting(60.0), 1);
        // While it is full, what falls due waits for the server: its time runs from when it was due.
        let mut full_until = Duration::ZERO;
        loop {
            self.send(pool, full_until)?;
            let now = self.now();
            if !pool.has_room() {
                full_until = now;
            }
            let next = self.due.peek().map(|Reverse((when, _))| when.saturating_sub(now));
            let late = now.saturating_sub(self.course.end()).as_secs_f64();
            if (next.is_none() && pool.under_way() == 0) || late > PATIENCE_SECONDS {
                break;
            }
            let room = pool.has_room();
            let at_most = next.filter(|_| room).unwrap_or(Duration::from_millis(50));
            for done in pool.wait(at_most.min(Duration::from_millis(50)))? {
                self.take(done);
            }
            if self.now() >= minute * minutes && f64::from(minutes) < self.course.minutes {
                minutes += 1;
                each_minute(&self.tally)?;
            }
        }
        // What was asked and never answered, and what could not even be asked.
        pool.jobs().for_each(|job| self.tally.lost(Kind::of(job)));
        self.due.drain().for_each(|Reverse((_, job))| self.tally.lost(Kind::of(job)));
        Ok(())
    }

    fn now(&self) -> Duration {
        self.start.until(Tick::now())
    }

    /// Sends what is due, as far as there is room.
    fn send(&mut self, pool: &mut Pool<Job>, full_until: Duration) -> Result<()> {
        let mut request = Vec::with_capacity(1024);
        while pool.has_room() {
            let (now, tick) = (self.now(), Tick::now());
            let Some(Reverse((when, job))) = self.due.peek().copied().filter(|one| one.0.0 <= now)
            else {
                return Ok(());
            };
            self.due.pop();
            let waited = if when < full_until { now.saturating_sub(when) } else { Duration::ZERO };
            self.tally.late.add(now.saturating_sub(when).saturating_sub(waited));
            request.clear();
            self.write(job, &mut request)?;
            pool.send(job, tick.before(waited), &request)?;
            self.repeat(job, when);
        }
        Ok(())
    }

    /// What comes again and again is due again.
    fn repeat(&mut self, job: Job, when: Duration) {
        let period = match job {
            Job::Beat(_) => self.course.lasting(PERIOD_SECONDS),
            Job::Null => Duration::from_secs_f64(1.0 / NULLS_A_SECOND),
            _ => return,
        };
        if when + period < self.course.end() {
            self.due.push(Reverse((when + period, job)));
        }
    }

    fn in_a_while(&mut self, job: Job, seconds: f64) {
        let when = self.now() + self.course.lasting(seconds);
        self.due.push(Reverse((when, job)));
    }

    /// Appends the request of a job.
    fn write(&mut self, job: Job, out: &mut Vec<u8>) -> Result<()> {
        let clock = WallClock.now().0;
        match job {
            Job::Null => out.extend_from_slice(b"GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n"),
            Job::Rules(agent) => self.signed(agent, "GET", "/v1/agent/rules", b"", out),
            Job::Beat(agent) => {
                let beat = self.beat(agent, clock);
                self.post(agent, "/v1/agent/beat", &beat, out)?;
            }
            Job::Ask(number) => {
                let Visit { agent, product, .. } = self.visits[number as usize];
                let (account, product) = (account(agent), format!("product-{product}"));
                let ask = Ask { account, product, clock, ..Ask::default() };
                self.post(agent, "/v1/agent/ask", &ask, out)?;
            }
            Job::Open(number) => {
                let Visit { agent, product, .. } = self.visits[number as usize];
                let agreed = Some(fare(agent, product).1);
                let (account, product) = (account(agent), format!("product-{product}"));
                let key = format!("visit-{number}");
                let open = Open { key, account, product, agreed, clock, ..Open::default() };
                self.post(agent, "/v1/agent/open", &open, out)?;
            }
            Job::Close(number) => {
                let Visit { agent, session, .. } = &mut self.visits[number as usize];
                // From here on it may end at any moment: beats tell of it no longer.
                let (agent, session) = (*agent, session.take().context("it was never opened")?);
                self.agents[agent as usize].visits.retain(|one| *one != number);
                self.post(agent, "/v1/agent/close", &Close { sessions: vec![session] }, out)?;
            }
        }
        Ok(())
    }

    fn beat(&mut self, number: u32, clock: i64) -> Beat {
        let agent = &mut self.agents[number as usize];
        agent.told.clone_from(&agent.visits);
        let sessions = agent.told.iter().filter_map(|visit| {
            let session = self.visits[*visit as usize].session.clone()?;
            Some(Pulse { session, active: true })
        });
        let (sessions, version) = (sessions.collect(), "0.1.0".to_owned());
        Beat { clock, rules: agent.rules, version, sessions }
    }

    fn post(
        &mut self,
        agent: u32,
        target: &str,
        body: &impl Serialize,
        out: &mut Vec<u8>,
    ) -> Result<()> {
        let body = serde_json::to_vec(body)?;
        self.signed(agent, "POST", target, &body, out);
        Ok(())
    }

    fn signed(&mut self, agent: u32, method: &str, target: &str, body: &[u8], out: &mut Vec<u8>) {
        let mut nonce = [0; 16];
        nonce
            .chunks_mut(8)
            .for_each(|half| half.copy_from_slice(&self.chance.bits().to_le_bytes()));
        let key = &self.keys[agent as usize];
        let (id, created) = (format!("d{agent}"), WallClock.now().0);
        let headers = sign(key, &id, created, nonce, Message { method, target, body });
        // Writing to a vector cannot fail.
        let _ = write!(
            out,
            "{method} {target} HTTP/1.1\r\nhost: x\r\nuser-agent: faregate-agent/0.1.0\r\n\
             accept: application/json, application/jose\r\ncontent-digest: {}\r\nsignature-input: {}\r\n\
             signature: {}\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n",
            headers.content_digest,
            headers.signature_input,
            headers.signature,
            body.len()
        );
        out.extend_from_slice(body);
    }

    /// Takes an answer, and does what follows from it.
    fn take(&mut self, done: Done<Job>) {
        let kind = Kind::of(done.job);
        let Some((status, body)) = done.answer else { return self.tally.lost(kind) };
        match self.follow(done.job, status, &body) {
            Ok(()) => self.tally.right(kind, done.took),
            Err(why) => {
                let body = String::from_utf8_lossy(body.get(..200).unwrap_or(&body));
                self.tally.wrong(kind, &format!("{why:#}: {status} {body}"));
            }
        }
    }

    fn follow(&mut self, job: Job, status: u16, body: &[u8]) -> Result<()> {
        ensure!(status == 200, "not answered with 200");
        match job {
            Job::Null => Ok(()),
            Job::Beat(agent) => self.beaten(agent, &read(body)?),
            Job::Rules(agent) => self.ruled(agent, core::str::from_utf8(body)?),
            Job::Ask(visit) => self.asked(visit, &read(body)?),
            Job::Open(visit) => self.opened(visit, read(body)?),
            Job::Close(_) => {
                let Closed { ended, unknown } = read(body)?;
                ensure!(ended.len() == 1 && unknown.is_empty(), "a session could not be closed");
                Ok(())
            }
        }
    }

    fn beaten(&mut self, number: u32, answer: &BeatAnswer) -> Result<()> {
        let agent = &self.agents[number as usize];
        ensure!(answer.sessions.len() == agent.told.len(), "not all sessions were answered");
        for (visit, said) in agent.told.iter().zip(&answer.sessions) {
            // One that was closed meanwhile may run or not.
            let Visit { session: Some(session), product, .. } = &self.visits[*visit as usize]
            else {
                continue;
            };
            let PulseAnswer { session: told, runs, next_unit, next_tokens } = said;
            ensure!(told == session, "another session was answered");
            ensure!(*runs, "a session was lost");
            let (_, tokens) = fare(number, *product);
            ensure!(next_unit.is_some() == (tokens > 0.0), "a wrong next unit");
            ensure!(next_tokens.unwrap_or(0.0) == tokens, "a wrong price of the next unit");
        }
        ensure!(answer.rules == contract::RULES, "another version of the rules");
        if agent.rules != answer.rules {
            self.in_a_while(Job::Rules(number), 0.0);
        }
        Ok(())
    }

    fn ruled(&mut self, agent: u32, text: &str) -> Result<()> {
        let signed: SignedRules = jws::verify(&self.server, text)?;
        ensure!(signed.version == contract::RULES, "another version of the rules");
        ensure!(signed.rules.products.len() == contract::PRODUCTS as usize, "not all products");
        self.agents[agent as usize].rules = signed.version;
        Ok(())
    }

    fn asked(&mut self, number: u32, asked: &Asked) -> Result<()> {
        let Visit { agent, product, .. } = self.visits[number as usize];
        let (route, tokens) = fare(agent, product);
        ensure!((asked.route.as_str(), asked.tokens) == (route, tokens), "another fare");
        ensure!(asked.level == level(agent, product), "another level");
        let reads = 2.0 + 8.0 * self.chance.unit();
        self.in_a_while(Job::Open(number), reads);
        Ok(())
    }

    fn opened(&mut self, number: u32, opened: Opened) -> Result<()> {
        let visit = &mut self.visits[number as usize];
        let (agent, stays) = (visit.agent, visit.stays);
        let fare = fare(agent, visit.product);
        ensure!((opened.route.as_str(), opened.tokens) == fare, "another fare");
        ensure!(!opened.repeated, "this was never asked before");
        ensure!(opened.grant.is_some() == (opened.route == "seat"), "a grant for a seat only");
        visit.session = Some(opened.session.context("no session")?);
        self.agents[agent as usize].visits.push(number);
        let end = self.course.end();
        if let Some(stays) = stays.filter(|stays| self.now() + self.course.lasting(*stays) < end) {
            self.in_a_while(Job::Close(number), stays);
        }
        Ok(())
    }
}

/// Nobody opens the same product twice.
fn visits(course: &Course, agents: u32, chance: &mut Chance) -> Vec<Visit> {
    let mut known = BTreeSet::new();
    let most = (u64::from(agents) * u64::from(contract::PRODUCTS) / 2) as usize;
    while known.len() < most.min(course.opens as usize) {
        // Half of what is opened is what seats are bought for.
        let covered = chance.happens(0.5);
        let products = if covered { contract::COVERED } else { contract::PRODUCTS };
        known.insert((chance.below(agents), chance.below(products)));
    }
    let visit = |(agent, product)| {
        let stays = chance.happens(CLOSED).then(|| 30.0 + 300.0 * chance.unit());
        Visit { agent, product, stays, session: None }
    };
    known.into_iter().map(visit).collect()
}

fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T> {
    serde_json::from_slice(body).context("that is no such answer")
}

#[cfg(test)]
mod tests {
    use super::*;
    use faregate_protocol::rules::Level;

    const MINUTE: Course = Course { opens: 0, minutes: 1.0, speed: 1.0, seed: 1 };

    /// One agent, whose user has a seat, not of the product that they open.
    fn morning(keys: &[SigningKey]) -> Morning<'_> {
        let mut morning = Morning::new(MINUTE, keys, keys[0].verifying_key());
        morning.visits = vec![Visit { agent: 0, product: 20, stays: None, session: None }];
        morning
    }

    fn follows(morning: &mut Morning<'_>, job: Job, answer: &impl Serialize) -> bool {
        morning.follow(job, 200, &serde_json::to_vec(answer).unwrap()).is_ok()
    }

    fn opened() -> Opened {
        let session = Some("s9".to_owned());
        Opened { route: "tokens".to_owned(), tokens: 10.0, session, ..Opened::default() }
    }

    #[test]
    fn another_fare_or_level_than_the_contract_says_is_wrong() {
        let keys = contract::keys(1, 1);
        let mut morning = morning(&keys);
        let mut says = |route: &str, tokens, level| {
            let asked = Asked { route: route.to_owned(), tokens, level, ..Asked::default() };
            follows(&mut morning, Job::Ask(0), &asked)
        };
        assert!(says("tokens", 10.0, Level::Inform));
        assert!(!says("seat", 10.0, Level::Inform));
        assert!(!says("tokens", 9.0, Level::Inform));
        assert!(!says("tokens", 10.0, Level::Ask));
        assert!(morning.follow(Job::Null, 500, b"").is_err());
        let mut opens = |opened: Opened| follows(&mut morning, Job::Open(0), &opened);
        assert!(!opens(Opened { tokens: 20.0, ..opened() }));
        assert!(!opens(Opened { repeated: true, ..opened() }));
        assert!(!opens(Opened { grant: Some(String::new()), ..opened() }));
        assert!(!opens(Opened { session: None, ..opened() }));
        assert!(opens(opened()));
    }

    #[test]
    fn a_session_that_is_not_kept_is_wrong() {
        let keys = contract::keys(1, 1);
        let mut morning = morning(&keys);
        assert!(follows(&mut morning, Job::Open(0), &opened()));
        let good = PulseAnswer {
            session: "s9".to_owned(),
            runs: true,
            next_unit: Some(1),
            next_tokens: Some(10.0),
        };
        assert_eq!(morning.beat(0, 0).sessions.len(), 1);
        let mut beats = |sessions: Vec<PulseAnswer>, rules| {
            follows(&mut morning, Job::Beat(0), &BeatAnswer { now: 0, rules, sessions })
        };
        assert!(beats(vec![good.clone()], contract::RULES));
        assert!(!beats(vec![good.clone()], contract::RULES + 1));
        assert!(!beats(vec![], contract::RULES));
        assert!(!beats(vec![PulseAnswer { runs: false, ..good.clone() }], contract::RULES));
        assert!(!beats(vec![PulseAnswer { next_unit: None, ..good.clone() }], contract::RULES));
        assert!(!beats(vec![PulseAnswer { next_tokens: None, ..good.clone() }], contract::RULES));
        let other = PulseAnswer { session: "s8".to_owned(), ..good.clone() };
        assert!(!beats(vec![other], contract::RULES));
    }

    #[test]
    fn nothing_begins_after_the_end() {
        let keys = contract::keys(1, 10);
        let morning = Morning::new(MINUTE, &keys, keys[0].verifying_key());
        assert_eq!(morning.due.len(), 3, "two beats of ten, and the null endpoint");
        assert!(morning.due.iter().all(|Reverse((when, _))| *when < MINUTE.end()));
    }

    #[test]
    fn a_session_that_is_closed_need_not_run_any_more() {
        let keys = contract::keys(1, 1);
        let mut morning = morning(&keys);
        assert!(follows(&mut morning, Job::Open(0), &opened()));
        assert_eq!(morning.beat(0, 0).sessions.len(), 1);
        morning.write(Job::Close(0), &mut Vec::new()).unwrap();
        let ended = PulseAnswer {
            session: "s9".to_owned(),
            runs: false,
            next_unit: None,
            next_tokens: None,
        };
        let answer = BeatAnswer { now: 0, rules: contract::RULES, sessions: vec![ended] };
        assert!(follows(&mut morning, Job::Beat(0), &answer), "the beat was under way");
        assert!(morning.beat(0, 0).sessions.is_empty());
        let closed = |ended: &[&str]| Closed {
            ended: ended.iter().map(|&id| id.to_owned()).collect(),
            unknown: Vec::new(),
        };
        assert!(follows(&mut morning, Job::Close(0), &closed(&["s9"])));
        assert!(!follows(&mut morning, Job::Close(0), &closed(&[])));
    }
}
