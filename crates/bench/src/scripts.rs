//! What the load asks of a server: opens one by one or in batches, heartbeats, and nothing at all.

use crate::chance::Chance;
use crate::estate::{BUCKETS, PEOPLE, PRODUCTS};
use crate::load::{Answer, Script};
use memchr::memmem;
use std::io::Write;

/// What every request to the API begins with.
#[derive(Clone)]
pub(crate) struct Caller {
    pub(crate) key: String,
}

impl Caller {
    fn post(&self, path: &str, extra: &str, body: &[u8], out: &mut Vec<u8>) {
        // Writing to a vector cannot fail.
        let _ = write!(
            out,
            "POST {path} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {}\r\n\
             content-type: application/json\r\n{extra}content-length: {}\r\n\r\n",
            self.key,
            body.len()
        );
        out.extend_from_slice(body);
    }
}

/// The null endpoint: the server's answer when nothing is asked of it.
pub(crate) struct Null;

impl Script for Null {
    fn ask(&mut self, _: usize, out: &mut Vec<u8>) -> bool {
        out.extend_from_slice(b"GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n");
        true
    }

    fn take(&mut self, _: usize, answer: Answer<'_>) -> u64 {
        u64::from(answer.is_success())
    }
}

/// A random ask: person, product and bucket.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ask {
    pub(crate) key: [u64; 2],
    person: u32,
    product: u32,
    bucket: u32,
}

impl Ask {
    fn random(chance: &mut Chance, buckets: u32) -> Self {
        Self {
            key: [chance.bits(), chance.bits()],
            person: chance.below(PEOPLE),
            product: chance.below(PRODUCTS),
            bucket: chance.below(buckets),
        }
    }

    /// The members of the JSON object, without braces.
    fn write(&self, out: &mut Vec<u8>) {
        let Self { person, product, bucket, .. } = self;
        let _ = write!(
            out,
            "\"person\":\"user{person:06}\",\"product\":\"product-{product}\",\
             \"host\":\"ws-{person:06}\",\"bucket\":\"bucket-{bucket}\""
        );
    }

    pub(crate) fn key_text(&self) -> String {
        let [high, low] = self.key;
        format!("{high:016x}{low:016x}")
    }

    /// Appends the request that opens this one alone.
    pub(crate) fn post(&self, caller: &Caller, out: &mut Vec<u8>) {
        let [high, low] = self.key;
        let mut body = Vec::with_capacity(128);
        body.push(b'{');
        self.write(&mut body);
        body.push(b'}');
        let extra = format!("idempotency-key: {high:016x}{low:016x}\r\n");
        caller.post("/v1/sessions", &extra, &body, out);
    }
}

/// Opens, one a request; remembers what was acknowledged.
pub(crate) struct Opens {
    caller: Caller,
    chance: Chance,
    buckets: u32,
    asked: Vec<Option<Ask>>,
    /// What was asked and acknowledged, and the number of the decision.
    pub(crate) acknowledged: Vec<(Ask, u64)>,
    /// Answers that reserved tokens or joined a unit paid for, and all others.
    pub(crate) on_tokens: u64,
}

impl Opens {
    /// On one bucket, the hot one, or on all.
    pub(crate) fn new(caller: Caller, seed: u64, connections: usize, hot: bool) -> Self {
        let buckets = if hot { 1 } else { BUCKETS };
        let (chance, asked) = (Chance::new(seed), vec![None; connections]);
        Self { caller, chance, buckets, asked, acknowledged: Vec::new(), on_tokens: 0 }
    }
}

impl Script for Opens {
    fn ask(&mut self, connection: usize, out: &mut Vec<u8>) -> bool {
        let ask = Ask::random(&mut self.chance, self.buckets);
        ask.post(&self.caller, out);
        if let Some(slot) = self.asked.get_mut(connection) {
            *slot = Some(ask);
        }
        true
    }

    fn take(&mut self, connection: usize, answer: Answer<'_>) -> u64 {
        let decision = decision(answer.body).filter(|_| answer.is_success());
        let asked = self.asked.get(connection).copied().flatten();
        let Some(acknowledged) = asked.zip(decision) else { return 0 };
        self.acknowledged.push(acknowledged);
        let tokens = memmem::find(answer.body, b"\"route\":\"tokens\"").is_some();
        self.on_tokens += u64::from(tokens);
        1
    }
}

/// The number behind `"decision":`.
pub(crate) fn decision(body: &[u8]) -> Option<u64> {
    let mark = b"\"decision\":";
    let rest = body.get(memmem::find(body, mark)? + mark.len()..)?;
    let digits = rest.iter().take_while(|byte| byte.is_ascii_digit());
    let number = digits.fold(0_u64, |sum, digit| sum.wrapping_mul(10) + u64::from(digit - b'0'));
    Some(number)
}

/// Opens in batches; counts decisions.
pub(crate) struct Batches {
    caller: Caller,
    chance: Chance,
    size: usize,
    /// Batches still to be asked for.
    left: u64,
    /// Ids of the sessions opened, when they are wanted.
    pub(crate) sessions: Option<Vec<u64>>,
    pub(crate) on_tokens: u64,
    body: Vec<u8>,
}

impl Batches {
    pub(crate) fn new(caller: Caller, seed: u64, size: usize) -> Self {
        let chance = Chance::new(seed);
        let (sessions, body) = (None, Vec::new());
        Self { caller, chance, size, left: u64::MAX, sessions, on_tokens: 0, body }
    }

    /// So many batches, and the ids of their sessions.
    pub(crate) fn counted(caller: Caller, seed: u64, size: usize, batches: u64) -> Self {
        Self { left: batches, sessions: Some(Vec::new()), ..Self::new(caller, seed, size) }
    }
}

impl Script for Batches {
    fn ask(&mut self, _: usize, out: &mut Vec<u8>) -> bool {
        if self.left == 0 {
            return false;
        }
        self.left -= 1;
        self.body.clear();
        for place in 0..self.size {
            let ask = Ask::random(&mut self.chance, BUCKETS);
            self.body.extend_from_slice(if place == 0 { b"[{" } else { b",{" });
            let [high, low] = ask.key;
            let _ = write!(self.body, "\"key\":\"{high:016x}{low:016x}\",");
            ask.write(&mut self.body);
            self.body.push(b'}');
        }
        self.body.push(b']');
        self.caller.post("/v1/sessions/batch", "", &self.body, out);
        true
    }

    fn take(&mut self, _: usize, answer: Answer<'_>) -> u64 {
        if !answer.is_success() {
            return 0;
        }
        self.on_tokens += memmem::find_iter(answer.body, b"\"route\":\"tokens\"").count() as u64;
        let places = memmem::find_iter(answer.body, b"\"decision\":");
        if let Some(sessions) = &mut self.sessions {
            sessions.extend(places.clone().filter_map(|at| decision(answer.body.get(at..)?)));
        }
        places.count() as u64
    }
}

/// Heartbeats of sessions that run, at random.
pub(crate) struct Heartbeats {
    caller: Caller,
    chance: Chance,
    sessions: Vec<u64>,
}

impl Heartbeats {
    pub(crate) fn new(caller: Caller, seed: u64, sessions: Vec<u64>) -> Self {
        Self { caller, chance: Chance::new(seed), sessions }
    }
}

impl Script for Heartbeats {
    fn ask(&mut self, _: usize, out: &mut Vec<u8>) -> bool {
        let place = self.chance.below(self.sessions.len() as u32);
        let Some(id) = self.sessions.get(place as usize) else { return false };
        let _ = write!(
            out,
            "POST /v1/sessions/s{id}/heartbeat HTTP/1.1\r\nhost: x\r\n\
             authorization: Bearer {}\r\ncontent-length: 0\r\n\r\n",
            self.caller.key
        );
        true
    }

    fn take(&mut self, _: usize, answer: Answer<'_>) -> u64 {
        u64::from(answer.is_success())
    }
}
