//! The agent and the server: beats, rules, and the queue of what is to be told.
//!
//! While nothing changes there is one beat a period and nothing else. A server that cannot be reached is tried
//! again after a wait that doubles, up to the period, with chance in it: a thousand agents must not come back at once.

use super::{Flight, Problem, Request, Settle, Stage, Turn};
use crate::memory::{Doubt, Pair, Record, Session, Through};
use faregate_protocol::jws;
use faregate_protocol::rules::SignedRules;
use faregate_protocol::wire::{
    Beat, BeatAnswer, Close, Closed, Pulse, PulseAnswer, Use, Uses, UsesTaken,
};
use std::collections::BTreeSet;

/// So much of a queue goes into one request.
const BATCH: usize = 500;

/// How it stands with the server.
#[derive(Debug, Default)]
pub(super) struct Contact {
    /// When the server last answered, in milliseconds since boot, if it did since the last failure.
    pub(super) good: Option<u64>,
    /// When the server last answered at all, by its time.
    pub(super) last: Option<i64>,
    /// Why it is not in contact.
    pub(super) why: Option<String>,
    failures: u32,
    beat_at: u64,
    beat_sent: Option<u64>,
    queue_at: u64,
    /// Uses and returns are told one by one: the server would not take them together.
    singly: bool,
    /// Keys of uses, and leases, that the server would not even take alone. They are tried again after a period, and
    /// nothing else waits for them.
    aside: BTreeSet<String>,
    aside_until: u64,
    /// The version of the rules that the server named, when it is not ours and was not asked for yet.
    wanted: Option<u32>,
}

impl Turn<'_> {
    /// What follows from how things are, whatever happened.
    pub(super) fn tend(&mut self) {
        if !self.state.started {
            return;
        }
        self.beat();
        if self.state.contact.good.is_some() {
            self.fetch_rules();
            self.settle();
            self.tell();
        }
    }

    pub(super) fn reached(&mut self) {
        let returned = self.state.contact.good.is_none();
        if returned {
            self.log("the server is there");
            let unknown = |one: &&Session| {
                one.through.as_ref().is_some_and(|through| through.session.is_none())
            };
            let pairs = self.state.memory.sessions.values().filter(unknown);
            let pairs: Vec<Pair> = pairs.map(|one| one.pair.clone()).collect();
            for pair in pairs {
                self.live(&pair).settle.get_or_insert(Settle::Returned);
            }
            self.ask_again();
            self.state.contact.queue_at = 0;
        }
        let at = self.server_time();
        let contact = &mut self.state.contact;
        (contact.good, contact.last) = (Some(self.now.millis()), Some(at));
        (contact.why, contact.failures) = (None, 0);
    }

    /// Who was turned away because the server was away is asked for again.
    fn ask_again(&mut self) {
        let pairs: Vec<Pair> = self.state.live.keys().cloned().collect();
        for pair in pairs {
            if matches!(self.live(&pair).stage, Stage::Denied { away: true, .. }) {
                self.begin(&pair);
            }
        }
    }

    pub(super) fn not_reached(&mut self, flight: &Flight, why: &str) {
        if self.state.contact.good.take().is_some() || self.state.contact.why.is_none() {
            self.log(format!("the server does not answer: {why}"));
        }
        self.state.contact.why = Some(why.to_owned());
        // Its failure is a failure of the server, not of the rules.
        match flight.request {
            Request::Beat(_) => self.beat_failed(),
            Request::Rules => self.rules_missed(),
            Request::Close(_) | Request::Uses(_) => {}
            Request::Ask(_) | Request::Open(_) => {
                // Found out by accident: the next beat looks after it soon.
                let soon = self.now.millis().saturating_add(self.back_off());
                self.state.contact.beat_at = self.state.contact.beat_at.min(soon);
            }
        }
    }

    /// The server answered that it does not want this; it is not asked again before the next period.
    pub(super) fn not_taken(&mut self, request: &Request, problem: &Problem) {
        let code = &problem.code;
        let next = self.now.millis().saturating_add(self.period());
        match request {
            Request::Beat(_) => {
                self.state.contact.good = None;
                self.state.contact.why =
                    Some(format!("the server does not accept this device: {code}"));
                self.state.contact.beat_at = next;
            }
            Request::Rules => self.rules_missed(),
            Request::Uses(uses) if matches!(problem.status, 400 | 413 | 422) => {
                self.take_apart(uses, next);
            }
            Request::Close(_) | Request::Uses(_) => self.state.contact.queue_at = next,
            Request::Ask(_) | Request::Open(_) => {}
        }
    }

    /// One bad part must not keep the others from being told.
    fn take_apart(&mut self, uses: &Uses, next: u64) {
        let contact = &mut self.state.contact;
        let mut parts = uses.uses.iter().map(|one| &one.key).chain(&uses.returned);
        if let (Some(only), None) = (parts.next(), parts.next()) {
            contact.aside.insert(only.clone());
            contact.aside_until = next;
        }
        contact.singly = true;
    }

    /// What is to be told next: all but what was put aside, or just one of it.
    fn untold(&self) -> (Vec<Use>, Vec<String>) {
        let contact = &self.state.contact;
        let waits = |key: &String| !contact.aside.contains(key);
        let most = if contact.singly { 1 } else { BATCH };
        let uses = self.state.memory.uses.values().filter(|one| waits(&one.key)).take(most);
        let uses: Vec<Use> = uses.cloned().collect();
        // What was used under a lease is told before it is given back.
        let most = if contact.singly { most - uses.len() } else { BATCH };
        let returned = self.state.memory.returns.iter().filter(|lease| waits(lease)).take(most);
        (uses, returned.cloned().collect())
    }

    fn beat(&mut self) {
        let millis = self.now.millis();
        let under_way = |flight: &Flight| matches!(flight.request, Request::Beat(_));
        if millis < self.state.contact.beat_at || self.state.flights.values().any(under_way) {
            return;
        }
        let since = self.state.contact.beat_sent.map(|sent| millis.saturating_sub(sent) / 1_000);
        let active = self.state.idle.zip(since).is_none_or(|(idle, since)| idle <= since);
        let pulse = |one: &Session| {
            let session = one.through.as_ref()?.session.clone()?;
            Some(Pulse { session, active })
        };
        let beat = Beat {
            clock: self.now.wall,
            rules: self.state.memory.rules.as_ref().map_or(0, |rules| rules.version),
            version: self.state.version.to_owned(),
            sessions: self.state.memory.sessions.values().filter_map(pulse).collect(),
        };
        self.state.contact.beat_sent = Some(millis);
        // Nine tenths of the period and a bit of chance: machines started together drift apart.
        let wait = self.chanced(self.period(), 9, 10);
        self.state.contact.beat_at = millis.saturating_add(wait);
        self.send(Request::Beat(beat), None);
    }

    fn beat_failed(&mut self) {
        let wait = self.back_off();
        let contact = &mut self.state.contact;
        contact.failures = contact.failures.saturating_add(1);
        contact.beat_at = self.now.millis().saturating_add(wait);
        self.note_offline();
    }

    /// What goes on without the server is noted, so that a crash does not forget how long.
    fn note_offline(&mut self) {
        let at = self.server_time();
        let step = i64::try_from(self.period() / 1_000).unwrap_or(i64::MAX);
        let stale = |one: &&Session| {
            let through = one.through.as_ref();
            through.is_some_and(|to| to.session.is_none() && at.saturating_sub(to.seen) >= step)
        };
        let pairs = self.state.memory.sessions.values().filter(stale);
        let pairs: Vec<Pair> = pairs.map(|one| one.pair.clone()).collect();
        pairs.iter().for_each(|pair| self.seen(pair, at));
    }

    fn seen(&mut self, pair: &Pair, at: i64) {
        self.change(pair, |one| {
            if let Some(through) = &mut one.through {
                through.seen = at;
            }
        });
    }

    /// Half of the wait is certain, the other half is chance.
    fn back_off(&self) -> u64 {
        let doubled = 1_u64 << self.state.contact.failures.min(20);
        let wait = self.state.waits.retry_millis.saturating_mul(doubled).min(self.period());
        self.chanced(wait, 1, 2)
    }

    /// At least so many parts of a time.
    fn chanced(&self, millis: u64, least: u64, of: u64) -> u64 {
        let sure = millis / of * least;
        let [one, two, three, four, ..] = self.now.chance;
        let chance = u64::from(u32::from_le_bytes([one, two, three, four]));
        sure + (millis - sure) * chance / u64::from(u32::MAX)
    }

    fn period(&self) -> u64 {
        let ruled = self.state.memory.rules.as_ref().map(|one| one.rules.heartbeat_seconds);
        let seconds = ruled.map_or(300, |seconds| u64::from(seconds.clamp(60, 3_600)));
        self.state.waits.heartbeat_seconds.unwrap_or(seconds).max(1).saturating_mul(1_000)
    }

    pub(super) fn beaten(&mut self, flight: &Flight, answer: BeatAnswer) {
        // The answer was made somewhere between: the middle is off by half the way at most.
        let way = self.now.millis().saturating_sub(flight.sent) / 2_000;
        let server = answer.now.saturating_add(i64::try_from(way).unwrap_or(0));
        self.state.clock.hear(server, self.now);
        let ours = self.state.memory.rules.as_ref().map_or(0, |rules| rules.version);
        if answer.rules == ours {
            // Also when the server went back to the rules that we have.
            self.set_doubt(None);
        }
        self.state.contact.wanted = (answer.rules != ours).then_some(answer.rules);
        answer.sessions.into_iter().for_each(|one| self.pulse(one));
    }

    fn pulse(&mut self, answer: PulseAnswer) {
        let of = |one: &&Session| {
            let through = one.through.as_ref();
            through.and_then(|to| to.session.as_ref()) == Some(&answer.session)
        };
        let found = self.state.memory.sessions.values().find(of);
        let Some((pair, through)) =
            found.and_then(|one| Some((one.pair.clone(), one.through.clone()?)))
        else {
            return;
        };
        let at = self.server_time();
        if answer.runs {
            self.seen(&pair, at);
            return self.next_unit(&pair, answer.next_unit.zip(answer.next_tokens));
        }
        self.log(format!("the server does not know {} any more", answer.session));
        // It was there at the last beat; what came after is told, and asked for anew.
        let through = Through { session: None, since: through.seen, seen: at, ..through };
        self.change(&pair, |one| one.through = Some(through));
        self.live(&pair).settle = Some(Settle::Lost);
    }

    fn fetch_rules(&mut self) {
        if self.state.contact.wanted.take().is_some() {
            self.send(Request::Rules, None);
        }
    }

    pub(super) fn rules(&mut self, text: &str) {
        match jws::verify::<SignedRules>(&self.state.identity.server_key, text) {
            Ok(rules) => {
                self.log(format!("rules {} are in force", rules.version));
                self.keep(Record::Rules(rules));
                self.set_doubt(None);
            }
            Err(error) => self.doubt(true, &error.to_string()),
        }
    }

    fn rules_missed(&mut self) {
        self.doubt(false, "the rules in force could not be fetched");
    }

    /// Doubts begin once: trying again makes nothing fresher.
    fn doubt(&mut self, undecodable: bool, why: &str) {
        let known = self.state.memory.doubt.clone();
        let since = known.as_ref().map_or(self.server_time(), |doubt| doubt.since);
        let undecodable = undecodable || known.is_some_and(|doubt| doubt.undecodable);
        self.set_doubt(Some(Doubt { since, undecodable, why: why.to_owned() }));
    }

    fn set_doubt(&mut self, doubt: Option<Doubt>) {
        if self.state.memory.doubt != doubt {
            if let Some(doubt) = &doubt {
                self.log(format!("the rules are doubtful: {}", doubt.why));
            }
            self.keep(Record::Doubt(doubt));
        }
    }

    /// Products that the server does not know of: the use so far is told, then they are opened, while they go on.
    fn settle(&mut self) {
        let waits = |live: &super::Live| live.settle.is_some() && matches!(live.stage, Stage::Rest);
        let pairs = self.state.live.iter().filter(|(_, live)| waits(live));
        let pairs: Vec<Pair> = pairs.map(|(pair, _)| pair.clone()).collect();
        let at = self.server_time();
        for pair in pairs {
            let through = self.session(&pair).and_then(|session| session.through.clone());
            let Some(through) = through.filter(|through| through.session.is_none()) else {
                self.live(&pair).settle = None;
                continue;
            };
            if !self.live(&pair).is_settling {
                self.live(&pair).is_settling = true;
                self.tell_use(&pair, &through, at);
                let through = Through { since: at, seen: at, ..through };
                self.change(&pair, |session| session.through = Some(through));
            }
            // A lease that is still to be given back would be taken for what pays; but nobody waits for one that
            // the server would not take.
            let aside = &self.state.contact.aside;
            let returns = self.state.memory.returns.iter().any(|lease| !aside.contains(lease));
            let of = |one: &&Use| (&one.account, &one.product) == (&pair.0, &pair.1);
            let mut uses = self.state.memory.uses.values().filter(of);
            if !returns && uses.all(|one| aside.contains(&one.key)) {
                self.live(&pair).is_settling = false;
                self.begin(&pair);
            }
        }
    }

    /// Sends what is in the queue, one request of a kind at a time.
    fn tell(&mut self) {
        if self.now.millis() < self.state.contact.queue_at {
            return;
        }
        let telling = |flight: &Flight| matches!(flight.request, Request::Uses(_));
        let closing = |flight: &Flight| matches!(flight.request, Request::Close(_));
        let memory = &self.state.memory;
        let has_uses = !(memory.uses.is_empty() && memory.returns.is_empty());
        if has_uses && !self.state.flights.values().any(telling) {
            self.tell_uses();
        }
        if !self.state.memory.closes.is_empty() && !self.state.flights.values().any(closing) {
            let sessions = self.state.memory.closes.iter().take(BATCH).cloned().collect();
            self.send(Request::Close(Close { sessions }), None);
        }
    }

    fn tell_uses(&mut self) {
        let (mut uses, mut returned) = self.untold();
        if uses.is_empty() && returned.is_empty() {
            self.state.contact.singly = false;
            if self.now.millis() < self.state.contact.aside_until {
                return;
            }
            // A period went by since something was put aside: whether the server takes it now.
            self.state.contact.aside.clear();
            (uses, returned) = self.untold();
        }
        self.send(Request::Uses(Uses { uses, returned }), None);
    }

    pub(super) fn closed(&mut self, flight: &Flight, closed: Closed) {
        let done = closed.ended.into_iter().chain(closed.unknown);
        done.for_each(|session| self.done(Record::CloseDone(session)));
        if let Request::Close(sent) = &flight.request {
            let closes = &self.state.memory.closes;
            let left = sent.sessions.iter().any(|session| closes.contains(session));
            self.not_in_a_circle(left);
        }
    }

    pub(super) fn taken(&mut self, flight: &Flight, taken: UsesTaken) {
        for (key, why) in taken.refused {
            self.log(format!("the server does not take the use {key}: {why}"));
            self.done(Record::UseDone(key));
        }
        taken.taken.into_iter().for_each(|key| self.done(Record::UseDone(key)));
        if let Request::Uses(sent) = &flight.request {
            sent.returned.iter().for_each(|lease| self.done(Record::ReturnDone(lease.clone())));
            let left = sent.uses.iter().any(|one| self.state.memory.uses.contains_key(&one.key));
            self.state.contact.singly &= self.state.memory.queue_length() > 0;
            self.not_in_a_circle(left);
        }
    }

    /// A server that leaves something of what it was sent is not sent it again at once.
    fn not_in_a_circle(&mut self, left: bool) {
        if left {
            self.state.contact.queue_at = self.now.millis().saturating_add(self.period());
        }
    }

    fn done(&mut self, record: Record) {
        let memory = &self.state.memory;
        let is_known = match &record {
            Record::UseDone(key) => memory.uses.contains_key(key),
            Record::CloseDone(session) => memory.closes.contains(session),
            Record::ReturnDone(lease) => memory.returns.contains(lease),
            _ => true,
        };
        if is_known {
            self.keep(record);
        }
    }
}
