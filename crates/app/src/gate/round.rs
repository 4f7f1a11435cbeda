//! One round of the gate: the jobs that share a commit, decided in order.

use super::{Answer, Decision, Ending, Job, OpenRequest, Pending};
use crate::engine::{Engine, Failure, Work, outside};
use crate::liveness::Liveness;
use crate::ports::{Entry, GateUse, Request, StoreError};
use crate::rules::Rules;
use faregate_core::budget;
use faregate_core::event::{
    AgentSaid, Ask, Cause, Circumstances, Event, Fare, Opened, Route, SessionId,
};
use faregate_core::gate::{self, Seen};
use faregate_core::shadow;
use faregate_core::when::Instant;
use rustc_hash::FxHashMap;

/// The end of a session that was closed twice is looked for among this many events after its opening.
const ENDING_SOUGHT_EVENTS: u64 = 50_000;

/// The jobs of one commit being decided, in order.
pub(super) struct Round<'e, 's> {
    engine: &'e mut Engine,
    liveness: &'e Liveness,
    rules: Rules,
    pub(super) work: Work<'s>,
    /// Keys answered in this round, not stored yet.
    fresh: FxHashMap<String, (u128, Decision)>,
    pub(super) touched: Vec<SessionId>,
    /// Set when the core refused an event that was just decided: a bug. Nothing of the round is kept.
    pub(super) broken: Option<Failure>,
}

impl<'e, 's> Round<'e, 's> {
    pub(super) fn new(engine: &'e mut Engine, liveness: &'e Liveness, work: Work<'s>) -> Self {
        let (fresh, touched) = (FxHashMap::default(), Vec::new());
        let rules = engine.rules();
        Self { engine, liveness, rules, work, fresh, touched, broken: None }
    }

    pub(super) fn take(&mut self, job: Job) -> Option<Pending> {
        match job {
            Job::Open(request, reply) => {
                Some(Pending::Open(reply, self.open(from_outside(*request)).map(Box::new)))
            }
            Job::OpenMany(requests, reply) => {
                let requests = requests.into_iter().map(from_outside).collect();
                Some(Pending::OpenMany(reply, self.open_many(requests)))
            }
            Job::Close(id, reply) => {
                Some(Pending::Close(reply, self.close(id, None, Cause::Closed)))
            }
            Job::Silent(id, before) => {
                // It may have been heard of since it was taken for silent.
                let last_used = self.liveness.silent(id, before)?;
                // A failure leaves the session for the next time.
                let _ = self.close(id, Some(last_used), Cause::Silent);
                None
            }
            Job::Alive(id, seen) => {
                self.settle(id, seen);
                None
            }
            Job::Reconcile => {
                self.price_tokens();
                while let Some(event) = self.due_by_itself() {
                    self.apply(event)?;
                }
                None
            }
            Job::Task(_) | Job::Stop => None,
        }
    }

    /// Reckons once a day what a token is worth (F10), where the way to a free seat depends on it.
    fn price_tokens(&mut self) {
        let today = self.work.guard.zone().date(self.work.now);
        let is_asked = self.work.guard.terms().seat_move_cost.is_some();
        if !is_asked || !self.engine.is_first_on(today) {
            return;
        }
        let price = shadow::price(&self.work.guard, self.work.now);
        let changed = price.filter(|price| self.work.guard.shadow_price() != Some(*price));
        if let Some(price) = changed {
            self.apply(Event::ShadowPriced(price));
        }
    }

    /// What time alone brings: packs and periods that end, loans that are due, requests nobody answered.
    fn due_by_itself(&self) -> Option<Event> {
        let (state, now) = (&self.work.guard, self.work.now);
        gate::expiry(state, now)
            .or_else(|| gate::lease_end(state, now))
            .or_else(|| budget::due(state, now))
    }

    /// Nobody is let through unless all keys are good: else the caller would not learn who was.
    fn open_many(&mut self, requests: Vec<OpenRequest>) -> Result<Vec<Decision>, Failure> {
        let mut asked = FxHashMap::default();
        for request in &requests {
            let digest = digest(&request.ask);
            self.answered(&request.key, digest)?;
            if asked.insert(&request.key, digest).is_some_and(|before| before != digest) {
                return Err(Failure::KeyReused);
            }
        }
        requests.into_iter().map(|request| self.open(request)).collect()
    }

    fn open(&mut self, request: OpenRequest) -> Result<Decision, Failure> {
        let digest = digest(&request.ask);
        if let Some(answered) = self.answered(&request.key, digest)? {
            return Ok(answered);
        }
        let policies = self.rules.policies();
        let event = gate::open(&self.work.guard, policies, &request.ask, self.work.now);
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
        let answer = entry.and_then(|entry| Some((entry.at, Answer::of(&entry.event)?)));
        let Some((at, answer)) = answer else {
            let lost = format!("the answer to request `{key}` is not in the journal");
            return Err(StoreError::Damaged(lost).into());
        };
        let bucket = self.bucket_key(&answer);
        Ok(Some(Decision { seq, at, answer, bucket, repeated: true }))
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

    fn close(
        &mut self,
        id: SessionId,
        at: Option<Instant>,
        cause: Cause,
    ) -> Result<Ending, Failure> {
        self.touched.push(id);
        let at = at.unwrap_or(self.work.now).min(self.work.now);
        let Some(session) = self.work.guard.sessions().get(&id).cloned() else {
            return self.closed_before(id);
        };
        self.settle_last(id, at);
        let event = gate::close(&self.work.guard, id, at, cause).map_err(Failure::NoSession)?;
        self.apply(event);
        // What a lease was used for is told by its workstation, if it was.
        let used = session.metered_pair().filter(|_| session.lease.is_none());
        if let Some((person, product)) = used {
            let closed = at.max(session.opened);
            self.work.ended(GateUse {
                person: person.0,
                product: product.0,
                opened: session.opened,
                closed,
            });
        }
        Ok(Ending { at, already: false })
    }

    /// Books what a session owes at its end. A launch lasts as long as it was open; further units are owed
    /// only while it was in use (F2), and closing is no use.
    fn settle_last(&mut self, id: SessionId, at: Instant) {
        while let Some(event @ Event::HoldEnded { .. }) =
            gate::owed(&self.work.guard, id, Seen { previous: at, at })
        {
            if self.apply(event).is_none() {
                return;
            }
        }
        let idle = self.work.guard.tariff().map_or(0, |(_, tariff)| tariff.parts().idle_seconds);
        let used = self.liveness.last_used(id).map_or(at, |used| used.plus(idle).min(at));
        self.settle(id, Seen { previous: used, at: used });
    }

    fn closed_before(&mut self, id: SessionId) -> Result<Ending, Failure> {
        match self.engine.store.entry(id.0)? {
            Some(entry) if matches!(entry.event, Event::Opened(_)) => {
                let at = self.ended_at(id)?.unwrap_or(entry.at);
                Ok(Ending { at, already: true })
            }
            _ => Err(Failure::NoSession(id)),
        }
    }

    /// When the journal says that a session ended, unless that is too far on to look for.
    fn ended_at(&mut self, id: SessionId) -> Result<Option<Instant>, Failure> {
        let closed = |entry: &Entry| match entry.event {
            Event::Closed { session, at, .. } if session == id => Some(at),
            _ => None,
        };
        // It may have been closed in this very round.
        let mut found = self.work.batch.entries.iter().find_map(closed);
        let last = id.0.saturating_add(ENDING_SOUGHT_EVENTS);
        self.engine.store.replay(id.0, &mut |entry| {
            found = found.or(closed(&entry));
            found.is_none() && entry.seq < last
        })?;
        Ok(found)
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

/// The request under the key that is stored: no client can name what Faregate itself has answered.
fn from_outside(request: OpenRequest) -> OpenRequest {
    OpenRequest { key: outside(request.key), ..request }
}

/// Tells a retry from a key used twice. Lengths go in as well, so that no two asks read the same.
///
/// What the server adds of its own (the address, what a data base says of it) is no part of the question: a
/// laptop that tries again from another network asks the same.
fn digest(ask: &Ask) -> u128 {
    let mut bytes = Vec::with_capacity(96);
    let texts = [Some(&ask.person), Some(&ask.product), Some(&ask.host), ask.bucket.as_ref()];
    texts.into_iter().for_each(|text| put_text(&mut bytes, text));
    let Circumstances { version, evidence, fare, confirmed, agent } = &ask.more;
    // What the first release did not know of is left out where nothing was said, so that its digests hold.
    let says_more = version.is_some() || evidence.site.is_some() || fare.is_some() || *confirmed;
    if says_more || agent.is_some() {
        put_text(&mut bytes, version.as_ref());
        put_text(&mut bytes, evidence.site.as_ref());
        bytes.extend_from_slice(fare.map_or("", Fare::key).as_bytes());
        bytes.push(u8::from(*confirmed));
    }
    // How far its clock is off is found out by the server: a retry after it was set right asks the same.
    if let Some(AgentSaid { device, agreed, lease, clock_wrong: _ }) = agent {
        let agreed = agreed.map_or(i64::MIN, |ticks| ticks.0);
        bytes.extend_from_slice(&device.0.to_le_bytes());
        bytes.extend_from_slice(&agreed.to_le_bytes());
        bytes.extend_from_slice(&lease.map_or(u64::MAX, u64::from).to_le_bytes());
    }
    xxhash_rust::xxh3::xxh3_128(&bytes)
}

fn put_text(bytes: &mut Vec<u8>, text: Option<&String>) {
    let length = text.map_or(u64::MAX, |text| text.len() as u64);
    bytes.extend_from_slice(&length.to_le_bytes());
    bytes.extend_from_slice(text.map_or(&[], |text| text.as_bytes()));
}
