//! What the server says, and what follows.

use super::away::Away;
use super::{Effect, Flight, Problem, Reply, Request, Settle, Stage, Turn};
use crate::memory::{Basis, Pair, Record, Through};
use faregate_protocol::grant::{Grant, GrantedFare};
use faregate_protocol::jws;
use faregate_protocol::rules::Level;
use faregate_protocol::wire::{Asked, Opened, Refusal};

/// The refusal that a yes of the person settles.
const CONFIRMATION: &str = "confirmation-needed";
/// The refusal of an open on a price or a route that changed since the server said it.
const NOT_AGREED: &str = "tokens-not-agreed";
/// The problem of an open whose key names another for the server.
const KEY_REUSED: &str = "key-reused";
/// The problem of a request that the server saw before; what it answered then is not known.
const DOUBLED: &str = "replayed";

impl Turn<'_> {
    pub(super) fn reply(&mut self, id: u64, reply: Reply) {
        let Some(flight) = self.state.flights.remove(&id) else { return };
        match reply {
            Reply::Problem(problem) => self.problem(id, flight, problem),
            Reply::Unavailable(why) => self.nothing(id, &flight, Away::Unavailable, &why),
            Reply::Unreachable(why) => self.nothing(id, &flight, Away::Unreachable, &why),
            good => {
                self.reached();
                self.answered(id, &flight, good);
            }
        }
    }

    fn answered(&mut self, id: u64, flight: &Flight, reply: Reply) {
        match (reply, &flight.pair) {
            (Reply::Asked(asked), Some(pair)) if self.awaits(pair, id) => self.asked(pair, asked),
            (Reply::Opened(opened), Some(pair)) => self.opened(pair, id, *opened),
            (Reply::Rules(text), _) => self.rules(&text),
            (Reply::Beat(answer), _) => self.beaten(flight, answer),
            (Reply::Closed(closed), _) => self.closed(flight, closed),
            (Reply::Taken(taken), _) => self.taken(flight, taken),
            _ => {}
        }
    }

    /// Whether the session still waits for this very answer.
    fn awaits(&self, pair: &Pair, id: u64) -> bool {
        let stage = self.state.live.get(pair).map(|live| &live.stage);
        match stage {
            Some(Stage::Asking(attempt) | Stage::Opening { attempt, .. }) => {
                attempt.flight == Some(id)
            }
            _ => false,
        }
    }

    /// The server does not take the request as it is.
    fn problem(&mut self, id: u64, flight: Flight, problem: Problem) {
        // Sent twice by somebody on the way: what became of the first is asked for, signed anew.
        let is_doubled = problem.code == DOUBLED;
        if (problem.now.is_some() || is_doubled) && !flight.again {
            if let Some(server) = problem.now {
                self.state.clock.hear(server, self.now);
                self.log("the server's time was taken over: requests are signed with it");
            }
            let request = flight.request.clone().at(self.now.wall);
            self.state.flights.insert(id, Flight { again: true, ..flight });
            return self.out.push(Effect::Send(id, request));
        }
        if is_doubled {
            return self.nothing(id, &flight, Away::Unreachable, "its requests arrive twice");
        }
        self.refused_request(&flight.request, &problem);
        if let Some(pair) = flight.pair.filter(|pair| self.awaits(pair, id)) {
            if self.leave_if_gone(&pair) {
                return;
            }
            if problem.code == KEY_REUSED {
                return self.begin_anew(&pair);
            }
            // What the server would not take was not opened by it.
            self.change(&pair, |session| session.opening = None);
            let Problem { code, detail, help, .. } = problem;
            let refusal = Refusal { code, detail, remedies: vec![help], transient: true };
            self.deny(&pair, &refusal, (false, None));
        }
    }

    fn nothing(&mut self, id: u64, flight: &Flight, away: Away, why: &str) {
        self.not_reached(flight, why);
        if let Some(pair) = flight.pair.as_ref().filter(|pair| self.awaits(pair, id))
            && !self.leave_if_gone(pair)
        {
            self.failed(pair, away, why);
        }
    }

    /// A product that went away while the server was asked needs no answer any more.
    fn leave_if_gone(&mut self, pair: &Pair) -> bool {
        let gone = self.session(pair).is_some_and(|session| session.processes.is_empty());
        if gone {
            self.forget(pair);
        }
        gone
    }

    fn asked(&mut self, pair: &Pair, asked: Box<Asked>) {
        self.treat(pair, asked.level, asked.save_minutes);
        if matches!(asked.route.as_str(), "tokens" | "refused") {
            self.forget_seat(pair);
        }
        if let Some(refusal) = asked.refusal.clone() {
            return self.deny(pair, &refusal, (false, None));
        }
        let bucket = asked.bucket.as_ref().map(|bucket| bucket.key.clone());
        if asked.tokens <= 0.0 {
            if self.may_open_free(pair) {
                let agreed = (asked.route == "tokens").then_some(0.0);
                self.open(pair, asked, agreed, (None, false));
            }
        } else if self.may_spend(pair) {
            if asked.level == Level::Inform {
                let agreed = Some(asked.tokens);
                self.open(pair, asked, agreed, (bucket, false));
            } else {
                self.question(pair, asked, None);
            }
        }
    }

    /// Whoever has no seat any more has none while the server is away either.
    fn forget_seat(&mut self, pair: &Pair) {
        let is_seat = |grant: &&Grant| {
            grant.fare == GrantedFare::Seat
                && (&grant.account, &grant.product) == (&pair.0, &pair.1)
        };
        if let Some(grant) = self.state.memory.grants.iter().find(is_seat).cloned() {
            self.keep(Record::GrantGone(grant));
        }
    }

    /// How far to go was said anew: that counts from now on, and while the server is away.
    fn treat(&mut self, pair: &Pair, level: Level, save_minutes: u32) {
        if self.state.memory.treated.get(pair) != Some(&(level, save_minutes)) {
            self.keep(Record::Treated(pair.clone(), level, save_minutes));
        }
        let known = self.session(pair).map(|session| (session.level, session.save_minutes));
        if known != Some((level, save_minutes)) {
            self.change(pair, |one| (one.level, one.save_minutes) = (level, save_minutes));
        }
        self.stand(pair, level);
    }

    fn opened(&mut self, pair: &Pair, id: u64, opened: Opened) {
        let is_awaited = self.awaits(pair, id);
        if is_awaited {
            self.change(pair, |session| session.opening = None);
        }
        let gone = self.session(pair).is_none_or(|session| session.processes.is_empty());
        match &opened.session {
            // Nobody is there to use it.
            Some(session) if gone || !is_awaited => {
                self.keep(Record::Close(session.clone()));
                self.leave_if_gone(pair);
            }
            Some(session) => self.opened_as(pair, session.clone(), &opened),
            None if is_awaited && !self.leave_if_gone(pair) => self.not_opened(pair, opened),
            None => {}
        }
    }

    fn opened_as(&mut self, pair: &Pair, session: String, opened: &Opened) {
        let basis = if opened.route == "tokens" { Basis::Tokens } else { Basis::Seat };
        let through = Through { session: Some(session), ..self.through(basis) };
        let told = match std::mem::take(&mut self.live(pair).stage) {
            Stage::Opening { asked, .. } => asked,
            _ => None,
        };
        let what = format!("opened on {}", basis.place());
        let ground = match opened.tokens > 0.0 {
            true => format!("the server: {} tokens", super::words::number(opened.tokens)),
            false => "the server".to_owned(),
        };
        self.let_through(pair, through, (what, ground, Some(opened.decision)));
        if let Some(grant) = &opened.grant {
            self.granted(grant);
        }
        let was_asked = told.is_some_and(|asked| asked.level != Level::Inform);
        self.tell_opened(pair, opened, was_asked);
    }

    fn not_opened(&mut self, pair: &Pair, opened: Opened) {
        let refusal = opened.refusal.unwrap_or_default();
        let asked = match std::mem::take(&mut self.live(pair).stage) {
            Stage::Opening { asked, .. } => asked,
            _ => None,
        };
        match asked {
            Some(asked) if refusal.code == CONFIRMATION => {
                self.question(pair, asked, Some(&refusal));
            }
            // What was asked before is not known any more after a crash.
            None if refusal.code == CONFIRMATION => self.begin_anew(pair),
            _ if refusal.code == NOT_AGREED => self.begin_anew(pair),
            _ => self.deny(pair, &refusal, (false, Some(opened.decision))),
        }
    }

    /// Takes a grant in, when the server signed it for this device.
    pub(super) fn granted(&mut self, text: &str) {
        match jws::verify::<Grant>(&self.state.identity.server_key, text) {
            Ok(grant) if grant.device == self.state.identity.device => {
                let at = self.server_time();
                let old = self.state.memory.grants.iter().filter(|one| one.until <= at);
                let old: Vec<Grant> = old.cloned().collect();
                old.into_iter().for_each(|grant| self.keep(Record::GrantGone(grant)));
                self.keep(Record::Grant(grant));
            }
            Ok(grant) => self.log(format!("a grant of {} was put aside", grant.device)),
            Err(error) => self.log(format!("a grant was put aside: {error}")),
        }
    }

    /// Gives a lease back: what was used under it is told first.
    pub(super) fn give_back(&mut self, lease: &str) {
        let at = self.server_time();
        let under: Vec<(Pair, Through)> = self
            .state
            .memory
            .sessions
            .values()
            .filter_map(|one| {
                let through = one.through.clone()?;
                (through.lease.as_deref() == Some(lease)).then(|| (one.pair.clone(), through))
            })
            .collect();
        for (pair, through) in under {
            self.tell_use(&pair, &through, at);
            self.change(&pair, |one| {
                one.through = Some(Through { lease: None, since: at, seen: at, ..through });
            });
            self.live(&pair).settle = Some(Settle::Returned);
        }
        if let Some(grant) = self.lease(lease).cloned() {
            self.keep(Record::GrantGone(grant));
        }
        self.keep(Record::Return(lease.to_owned()));
        self.log(format!("the lease {lease} is given back"));
    }

    fn refused_request(&mut self, request: &Request, problem: &Problem) {
        let what = request.name();
        self.log(format!(
            "the server does not take {what}: {} ({}); {}",
            problem.code, problem.detail, problem.help
        ));
        self.not_taken(request, problem);
    }
}

impl Request {
    /// The same, sent at another time by the wall clock.
    fn at(mut self, wall: i64) -> Self {
        match &mut self {
            Self::Beat(beat) => beat.clock = wall,
            Self::Ask(ask) => ask.clock = wall,
            Self::Open(open) => open.clock = wall,
            Self::Rules | Self::Close(_) | Self::Uses(_) => {}
        }
        self
    }

    /// As a word in the log.
    pub(super) fn name(&self) -> &'static str {
        match self {
            Self::Rules => "rules",
            Self::Beat(_) => "beat",
            Self::Ask(_) => "ask",
            Self::Open(_) => "open",
            Self::Close(_) => "close",
            Self::Uses(_) => "uses",
        }
    }
}
