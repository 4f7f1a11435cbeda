//! Products that appear, are let through or turned away, and go away.

use super::{Attempt, Effect, Live, Request, Settle, Stage, Turn};
use crate::memory::{Basis, Decided, Pair, Record, Session, Through};
use crate::ports::{Process, ProcessId, QuestionKind};
use faregate_protocol::grant::{Grant, GrantedFare};
use faregate_protocol::rules::Level;
use faregate_protocol::wire::{Ask, Asked, Open, Refusal, Use};

/// A server ends a session that it did not hear of for so long, in seconds.
const SILENCE_SECONDS: i64 = 900;
/// So long may somebody who was turned away go on without that being told, in seconds: closing takes its time.
const LEAVING_SECONDS: i64 = 60;
/// A product that was ended and is still there is ended again after so many milliseconds.
const END_AGAIN_MILLIS: u64 = 10_000;
/// What begins anew for the second time waits for so many milliseconds.
const ANEW_MILLIS: u64 = 30_000;

impl Turn<'_> {
    /// What was remembered and still runs is taken up where it was left.
    pub(super) fn start(&mut self) {
        let known: Vec<Pair> = self.state.memory.sessions.keys().cloned().collect();
        // Left behind by a crash, while an answer was awaited for what was gone: nobody knows more than was kept.
        let is_gone = |pair: &&Pair| self.session(pair).is_some_and(|one| one.processes.is_empty());
        let gone: Vec<Pair> = known.iter().filter(is_gone).cloned().collect();
        gone.iter().for_each(|pair| self.finish(pair));
        self.state.started = true;
        for pair in known {
            let Some(session) = self.session(&pair) else { continue };
            match &session.through {
                None => self.begin(&pair),
                Some(through) => {
                    let unknown = through.session.is_none();
                    self.live(&pair).settle = unknown.then_some(Settle::Returned);
                    self.log(format!("adopted {} of {}", pair.1, pair.0));
                }
            }
        }
    }

    /// Nothing is left standing still by an agent that is not there.
    pub(super) fn stop(&mut self) {
        let pairs: Vec<Pair> = self.state.memory.sessions.keys().cloned().collect();
        pairs.iter().for_each(|pair| self.let_move(pair));
        self.log("stopped");
    }

    pub(super) fn appeared(&mut self, process: Process, product: String, version: Option<String>) {
        let pair = (process.account, product);
        let known = self.session(&pair).is_some_and(|session| !session.processes.is_empty());
        if !known {
            let (level, save_minutes) = self.treatment(&pair);
            let session = Session {
                pair: pair.clone(),
                version,
                processes: [process.id].into(),
                since: self.server_time(),
                level,
                save_minutes,
                suspended: false,
                through: None,
                opening: None,
            };
            // A session that ended while its open was under way: whatever comes of that is not for this one.
            self.state.live.insert(pair.clone(), Live::default());
            self.keep(Record::Session(Box::new(session)));
            self.log(format!("appeared: {} of {}", pair.1, pair.0));
            return self.begin(&pair);
        }
        let is_suspended = self.session(&pair).is_some_and(|session| session.suspended);
        self.change(&pair, |session| {
            session.processes.insert(process.id.clone());
        });
        if is_suspended {
            self.out.push(Effect::Suspend(process.id));
        }
        // Started once more after a no: asked once more.
        if matches!(self.live(&pair).stage, Stage::Denied { .. }) && !self.is_running(&pair) {
            self.begin(&pair);
        }
    }

    /// How far to go: what the server last said of this person, or else the rules.
    fn treatment(&self, pair: &Pair) -> (Level, u32) {
        let ruled =
            |rules: &faregate_protocol::rules::SignedRules| rules.rules.level_of(&pair.1, &[]);
        let told = self.state.memory.treated.get(pair).copied();
        told.or(self.state.memory.rules.as_ref().map(ruled)).unwrap_or_default()
    }

    /// Asks the server what letting it through would come to; or goes on with an open that was never answered.
    pub(super) fn begin(&mut self, pair: &Pair) {
        self.withdraw(pair, &[QuestionKind::Notice]);
        let Some(session) = self.session(pair).cloned() else { return };
        self.stand(pair, session.level);
        let attempt = self.attempt();
        match session.opening {
            Some(open) => {
                self.stage(pair, Stage::Opening { attempt, asked: None });
                self.send_open(pair, open);
            }
            None => {
                self.stage(pair, Stage::Asking(attempt));
                self.send_ask(pair);
            }
        }
    }

    /// Begins once more where the server stands otherwise than it said: nobody is turned away for that. A server
    /// that never agrees with itself is asked now and then.
    pub(super) fn begin_anew(&mut self, pair: &Pair) {
        self.change(pair, |session| session.opening = None);
        let millis = self.now.millis();
        let before = self.live(pair).anew_at;
        let next = before.map_or(0, |at| at.saturating_add(ANEW_MILLIS));
        self.live(pair).anew_at = Some(next.max(millis));
        if next <= millis {
            return self.begin(pair);
        }
        let attempt = Attempt { retry_at: Some(next), ..self.attempt() };
        self.stage(pair, Stage::Asking(attempt));
    }

    fn attempt(&self) -> Attempt {
        Attempt { flight: None, failed: 0, since: self.now.millis(), retry_at: None }
    }

    pub(super) fn send_ask(&mut self, pair: &Pair) {
        let (account, product) = pair.clone();
        let version = self.session(pair).and_then(|session| session.version.clone());
        let clock = self.now.wall;
        let ask = Ask { account, product, version, bucket: None, clock };
        let flight = self.send(Request::Ask(ask), Some(pair));
        self.airborne(pair, flight);
    }

    /// The open is the same however often it is sent, but for the clock: that tells of the sending.
    pub(super) fn send_open(&mut self, pair: &Pair, open: Open) {
        let open = Open { clock: self.now.wall, ..open };
        let flight = self.send(Request::Open(Box::new(open)), Some(pair));
        self.airborne(pair, flight);
    }

    fn airborne(&mut self, pair: &Pair, flight: u64) {
        if let Stage::Asking(attempt) | Stage::Opening { attempt, .. } = &mut self.live(pair).stage
        {
            attempt.flight = Some(flight);
            attempt.retry_at = None;
        }
    }

    /// Opens, on what was agreed. The request is written down before it is sent.
    pub(super) fn open(
        &mut self,
        pair: &Pair,
        asked: Box<Asked>,
        agreed: Option<f64>,
        (bucket, confirm): (Option<String>, bool),
    ) {
        let (account, product) = pair.clone();
        let open = Open {
            key: self.fresh_key(),
            account,
            product,
            version: self.session(pair).and_then(|session| session.version.clone()),
            bucket,
            agreed,
            confirm,
            lease: None,
            clock: self.now.wall,
        };
        self.change(pair, |session| session.opening = Some(open.clone()));
        let attempt = self.attempt();
        self.stage(pair, Stage::Opening { attempt, asked: Some(asked) });
        self.send_open(pair, open);
    }

    /// Lets it go on, and remembers on what.
    pub(super) fn let_through(
        &mut self,
        pair: &Pair,
        through: Through,
        decided: (String, String, Option<u64>),
    ) {
        self.withdraw(pair, &[QuestionKind::Notice]);
        self.decided(pair, through.session.clone(), decided);
        let live = self.live(pair);
        *live = Live { is_idle_told: live.is_idle_told, ..Live::default() };
        self.change(pair, |session| session.through = Some(through));
        self.let_move(pair);
    }

    pub(super) fn through(&self, basis: Basis) -> Through {
        let at = self.server_time();
        Through { basis, session: None, lease: None, since: at, seen: at }
    }

    pub(super) fn decided(
        &mut self,
        pair: &Pair,
        session: Option<String>,
        (what, ground, decision): (String, String, Option<u64>),
    ) {
        self.log(format!("{} of {}: {what} ({ground})", pair.1, pair.0));
        let (pair, at) = (pair.clone(), self.server_time());
        let known = self.state.memory.decided.get(&pair);
        let is_news = known.is_none_or(|known| {
            (&known.session, &known.what, &known.ground, known.decision)
                != (&session, &what, &ground, decision)
                || at - known.at > 60
        });
        // Somebody who asks again and again does not make the file grow.
        if is_news {
            self.keep(Record::Decided(Decided { pair, session, at, what, ground, decision }));
        }
    }

    /// Turns somebody away: says why and what can be done, and asks the product to close as far as the level goes.
    pub(super) fn deny(
        &mut self,
        pair: &Pair,
        refusal: &Refusal,
        (away, decision): (bool, Option<u64>),
    ) {
        let Some(level) = self.session(pair).map(|session| session.level) else { return };
        let ground = format!("{}: {}", refusal.code, refusal.detail);
        self.decided(pair, None, ("refused".to_owned(), ground, decision));
        let settle = self.live(pair).settle.take();
        if self.is_running(pair) && (away || settle != Some(Settle::Lost)) {
            // It was let through before: it goes on, and is told when it ends.
            self.stage(pair, Stage::Rest);
            return self.tell_goes_on(pair, refusal);
        }
        let close_at = match level {
            Level::Inform => None,
            Level::Ask | Level::Close | Level::Suspend => self.unanswered_at(pair),
        };
        self.stage(pair, Stage::Denied { close_at, end_at: None, away });
        self.tell_refusal(pair, refusal, level);
    }

    /// When a product is asked to close though nobody answered: never while it stands still.
    pub(super) fn unanswered_at(&self, pair: &Pair) -> Option<u64> {
        let stands = self.session(pair).is_some_and(|session| session.suspended);
        let wait = self.state.waits.answer_seconds.saturating_mul(1_000);
        (!stands).then(|| self.now.millis().saturating_add(wait))
    }

    /// Asks a product to close, as the person said, or because nobody said otherwise. At the last level it is ended
    /// once there was time to save, unless it was let through: what was let through is never ended.
    pub(super) fn close(&mut self, pair: &Pair) {
        let Some(session) = self.session(pair).cloned() else { return };
        self.let_move(pair);
        self.out.extend(session.processes.iter().cloned().map(Effect::AskToClose));
        self.log(format!("asked {} of {} to close", pair.1, pair.0));
        if session.through.is_some() {
            let live = self.live(pair);
            (live.stage, live.settle) = (Stage::Rest, None);
            return;
        }
        let save = u64::from(session.save_minutes.max(1)) * 60_000;
        let ends = session.level == Level::Close;
        let end_at = ends.then(|| self.now.millis().saturating_add(save));
        self.stage(pair, Stage::Denied { close_at: None, end_at, away: false });
        if ends {
            self.tell_end(pair, session.save_minutes.max(1));
        }
    }

    /// Times that have come.
    pub(super) fn session_times(&mut self) {
        let millis = self.now.millis();
        let pairs: Vec<Pair> = self.state.live.keys().cloned().collect();
        for pair in pairs {
            let due = |at: Option<u64>| at.is_some_and(|at| at <= millis);
            match &self.live(&pair).stage {
                Stage::Asking(attempt) if due(attempt.retry_at) => self.send_ask(&pair),
                Stage::Opening { attempt, .. } if due(attempt.retry_at) => self.reopen(&pair),
                Stage::Questioned { until, .. } if due(*until) => {
                    self.withdraw(&pair, &[QuestionKind::Notice]);
                    let decided = ("asked to close", "nobody answered");
                    let decided = (decided.0.to_owned(), decided.1.to_owned(), None);
                    self.decided(&pair, None, decided);
                    self.close(&pair);
                }
                Stage::Denied { close_at, .. } if due(*close_at) => self.close(&pair),
                Stage::Denied { end_at, .. } if due(*end_at) => self.end(&pair),
                _ => {}
            }
        }
    }

    fn reopen(&mut self, pair: &Pair) {
        let open = self.session(pair).and_then(|session| session.opening.clone());
        if let Some(open) = open {
            self.send_open(pair, open);
        }
    }

    pub(super) fn end(&mut self, pair: &Pair) {
        let Some(session) = self.session(pair).cloned() else { return };
        self.out.extend(session.processes.into_iter().map(Effect::End));
        self.log(format!("ended {} of {}", pair.1, pair.0));
        let again = Some(self.now.millis().saturating_add(END_AGAIN_MILLIS));
        if let Stage::Denied { end_at, .. } = &mut self.live(pair).stage {
            *end_at = again;
        }
    }

    /// Lets a product that was not let through yet stand still, or go on, as the level says.
    pub(super) fn stand(&mut self, pair: &Pair, level: Level) {
        let Some(session) = self.session(pair).cloned() else { return };
        let still = level >= Level::Suspend && session.through.is_none();
        if still && !session.suspended {
            // Written down before, so that whoever comes after a crash lets it go on.
            self.change(pair, |session| session.suspended = true);
            self.out.extend(session.processes.into_iter().map(Effect::Suspend));
        } else if !still {
            self.let_move(pair);
        }
    }

    pub(super) fn let_move(&mut self, pair: &Pair) {
        if let Some(session) = self.session(pair).filter(|session| session.suspended).cloned() {
            self.out.extend(session.processes.into_iter().map(Effect::Resume));
            self.change(pair, |session| session.suspended = false);
        }
    }

    pub(super) fn gone(&mut self, id: &ProcessId) {
        let of = |session: &&Session| session.processes.contains(id);
        let found = self.state.memory.sessions.values().find(of);
        let Some(pair) = found.map(|session| session.pair.clone()) else { return };
        self.change(&pair, |session| {
            session.processes.remove(id);
        });
        let is_last = self.session(&pair).is_some_and(|session| session.processes.is_empty());
        // Before the start nobody knows when it went: what it was last known by counts.
        if is_last {
            self.finish(&pair);
        }
    }

    /// The last process of a session is gone.
    fn finish(&mut self, pair: &Pair) {
        let Some(session) = self.session(pair).cloned() else { return };
        self.log(format!("gone: {} of {}", pair.1, pair.0));
        self.leave_refusal_to_be_read(pair);
        self.withdraw(pair, &[QuestionKind::Refused]);
        match &session.through {
            Some(through) => self.settle_end(pair, through),
            None => self.tell_unpermitted(&session),
        }
        let under_way = |live: &Live| matches!(&live.stage, Stage::Opening { attempt, .. } if attempt.flight.is_some());
        if self.state.live.get(pair).is_some_and(under_way) {
            // The answer will name the session that is to be ended; the use was told above, once for all.
            let at = self.server_time();
            return self.change(pair, |session| (session.through, session.since) = (None, at));
        }
        self.forget(pair);
    }

    pub(super) fn forget(&mut self, pair: &Pair) {
        self.state.live.remove(pair);
        self.keep(Record::SessionGone(pair.clone()));
    }

    fn settle_end(&mut self, pair: &Pair, through: &Through) {
        let at = if self.state.started { self.server_time() } else { through.seen };
        match &through.session {
            None => self.tell_use(pair, through, at),
            Some(session) => {
                self.keep(Record::Close(session.clone()));
                // The server has ended it by itself: it is told of the rest.
                if at.saturating_sub(through.seen) > SILENCE_SECONDS {
                    let since = through.seen;
                    self.tell_use(pair, &Through { since, ..through.clone() }, at);
                }
            }
        }
    }

    fn tell_unpermitted(&mut self, session: &Session) {
        let at = self.server_time();
        let went_on = at.saturating_sub(session.since) >= LEAVING_SECONDS;
        if self.state.started && went_on && !session.suspended {
            for times in self.used_parts(session.since, at) {
                let key = self.fresh_key();
                self.keep(Record::Use(used(key, &session.pair, times, None, "none")));
            }
        }
    }

    /// Puts what was used of a stretch into the queue.
    pub(super) fn tell_use(&mut self, pair: &Pair, through: &Through, until: i64) {
        let lease = through.lease.as_deref();
        let end = lease.and_then(|id| self.lease(id)).map_or(i64::MAX, |grant| grant.until);
        for (opened, closed) in self.used_parts(through.since, until) {
            // What goes on past its lease is told without it: under it no more counts than it was given for.
            let under = (opened, closed.min(end));
            let past = (opened.max(end), closed);
            for (times, lease) in [(under, through.lease.clone()), (past, None)] {
                if times.0 < times.1 {
                    let key = self.fresh_key();
                    self.keep(Record::Use(used(key, pair, times, lease, through.basis.word())));
                }
            }
        }
    }

    /// The lease whose tokens this session holds, while it is known.
    pub(super) fn lease(&self, id: &str) -> Option<&Grant> {
        let is_it = |grant: &&Grant| match &grant.fare {
            GrantedFare::Lease { session, .. } => session == id,
            GrantedFare::Seat => false,
        };
        self.state.memory.grants.iter().find(is_it)
    }
}

fn used(
    key: String,
    (account, product): &Pair,
    (opened, closed): (i64, i64),
    lease: Option<String>,
    basis: &str,
) -> Use {
    let (account, product, basis) = (account.clone(), product.clone(), basis.to_owned());
    Use { key, account, product, opened, closed, lease, basis }
}
