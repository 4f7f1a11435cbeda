//! On which fare a person gets through: their own seat, a unit that is paid already, a free seat, tokens.
//!
//! Nobody pays twice: whoever holds a seat that covers the product goes on that seat or not at all.

use super::{LEASE_SECONDS_MAX, grace_seconds};
use crate::access::{Forbidden, Policy, Question, Verdict};
use crate::amount::Ticks;
use crate::caps::{Cap, Then, Used};
use crate::charges::{Hold, Pair};
use crate::estate::{Breach, BucketId, Domain, PersonId, Place, ProductId, SeatId};
use crate::event::{Ask, Fare, Mode, Reason, Route};
use crate::ledger::{Account, Refusal};
use crate::state::State;
use crate::tariff::Meter;
use crate::when::Instant;

/// A request, and all that it is looked at with.
#[derive(Clone, Copy)]
pub(super) struct Asked<'a> {
    pub(super) state: &'a State,
    pub(super) policy: &'a dyn Policy,
    /// Whether rules that are only watched decide as well.
    pub(super) on_trial: bool,
    pub(super) ask: &'a Ask,
    pub(super) place: Place,
    pub(super) now: Instant,
}

/// Somebody gets through.
#[derive(Clone, Debug)]
pub(super) struct Found {
    pub(super) person: PersonId,
    pub(super) product: ProductId,
    pub(super) route: Route,
    pub(super) breach: Option<Breach>,
    /// Until when without the server, when that was asked for.
    pub(super) lease: Option<Instant>,
}

/// Somebody does not.
#[derive(Clone, Debug)]
pub(super) struct Turned {
    pub(super) reason: Reason,
    pub(super) rule: Option<String>,
}

impl From<Reason> for Turned {
    fn from(reason: Reason) -> Self {
        Self { reason, rule: None }
    }
}

/// Why a fare will not do, and whether another may be tried.
struct Closed {
    turned: Turned,
    is_final: bool,
    /// Whether a policy said no, and lets them be routed to another fare.
    sent_on: bool,
}

impl From<Turned> for Closed {
    fn from(turned: Turned) -> Self {
        Self { turned, is_final: false, sent_on: false }
    }
}

impl From<Reason> for Closed {
    fn from(reason: Reason) -> Self {
        Turned::from(reason).into()
    }
}

/// Who wants what, and who would pay.
#[derive(Clone, Copy)]
struct Subject {
    person: PersonId,
    product: ProductId,
    bucket: BucketId,
}

/// A route, what is done about its place, and until when it may be used without the server.
type Way = (Route, Option<Breach>, Option<Instant>);

/// The first way that is open; else what stood between the person and the one that came nearest.
fn nearest(ways: impl Iterator<Item = Result<Way, Closed>>) -> Result<Way, Turned> {
    let mut nearest: Option<Turned> = None;
    for way in ways {
        let Closed { turned, is_final, .. } = match way {
            Ok(way) => return Ok(way),
            Err(closed) => closed,
        };
        if is_final {
            return Err(turned);
        }
        if nearest.as_ref().is_none_or(|known| known.reason < turned.reason) {
            nearest = Some(turned);
        }
    }
    Err(nearest.unwrap_or_else(|| Reason::NotEligible.into()))
}

impl Asked<'_> {
    /// The fare on which the person gets through, or the reason why on none.
    pub(super) fn route(&self) -> Result<Found, Turned> {
        let subject = self.subject()?;
        let Subject { person, product, .. } = subject;
        let through = |(route, breach, lease)| Found { person, product, route, breach, lease };
        let mut seats = self.state.estate().covering_seats(person, product, self.now).peekable();
        if seats.peek().is_some() {
            return nearest(seats.map(|seat| self.on_seat(subject, seat))).map(through);
        }
        let on = |fare: &Fare| match fare {
            Fare::Tokens => self.on_tokens(subject),
            Fare::Seat | Fare::FreeSeat => self.on_free_seat(subject),
        };
        let Some(asked) = self.ask.more.fare else {
            return nearest(self.order(subject).iter().map(on)).map(through);
        };
        // Whoever asks for one fare gets no other, unless the rules send them there.
        match on(&asked) {
            Err(Closed { turned, is_final: false, sent_on: true }) => {
                let other = if asked == Fare::Tokens { Fare::FreeSeat } else { Fare::Tokens };
                nearest([Err(turned.into()), on(&other)].into_iter()).map(through)
            }
            way => nearest([way].into_iter()).map(through),
        }
    }

    fn subject(&self) -> Result<Subject, Reason> {
        let estate = self.state.estate();
        let product = estate.product_called(&self.ask.product).ok_or(Reason::ProductUnknown)?;
        let known = estate.person_known_as(&self.ask.person, self.now);
        let person = known.ok_or(Reason::PersonUnknown)?;
        let bucket = match &self.ask.bucket {
            Some(key) => estate.bucket_called(key).ok_or(Reason::BucketUnknown)?,
            None => self.state.payer(person),
        };
        if !self.state.may_spend_from(person, bucket) {
            return Err(Reason::BucketNotYours);
        }
        let ended = estate.standing(person).and_then(|standing| standing.until);
        if ended.is_some_and(|until| until <= self.now) {
            return Err(Reason::AccessEnded);
        }
        Ok(Subject { person, product, bucket })
    }

    /// Which fares to try, in order. A free seat costs no tokens, but keeps it from somebody else: where that
    /// is reckoned to cost more than the launch's tokens are worth just now (F10), tokens come first.
    fn order(&self, subject: Subject) -> &'static [Fare] {
        if self.state.terms().seat_moves_a_day == 0 {
            return &[Fare::Tokens];
        }
        let tokens_first = self.is_paid(subject) || self.tokens_are_cheap(subject);
        if tokens_first { &[Fare::Tokens, Fare::FreeSeat] } else { &[Fare::FreeSeat, Fare::Tokens] }
    }

    fn is_paid(&self, Subject { person, product, .. }: Subject) -> bool {
        let meter = self.state.rate(product, self.now).map(|rate| rate.meter);
        meter.is_some_and(|meter| self.paid_already((person, product), meter).is_some())
    }

    fn tokens_are_cheap(&self, subject: Subject) -> bool {
        let worth = self.state.shadow_price().zip(self.state.rate(subject.product, self.now));
        let worth = worth.map(|(price, rate)| price.for_tokens(rate.ticks));
        let cost = self.state.terms().seat_move_cost;
        worth.zip(cost).is_some_and(|(worth, cost)| {
            worth.currency == cost.currency && worth.micros < cost.micros
        })
    }

    fn on_seat(&self, subject: Subject, seat: SeatId) -> Result<Way, Closed> {
        self.permitted(subject, Fare::Seat)?;
        let breach = self.within(&self.seat_domains(seat))?;
        self.seat_is_here(seat)?;
        self.under_caps(subject, None, Ticks::ZERO)?;
        // A seat needs no lease: nothing is held, and a session that nobody hears of ends by itself.
        Ok((Route::Seat(seat), breach, None))
    }

    fn on_free_seat(&self, subject: Subject) -> Result<Way, Closed> {
        self.permitted(subject, Fare::FreeSeat)?;
        let (state, now) = (self.state, self.now);
        let today = state.zone().date(now);
        let most = state.terms().seat_moves_a_day;
        let may_move = |seat| {
            let moved = state.estate().moves_on(seat, today, |at| state.zone().date(at));
            // Whoever held it last may still be using it.
            let is_idle = state.sessions_on(seat).is_empty();
            moved < most && is_idle && self.within(&self.seat_domains(seat)).is_ok()
        };
        let free = state.estate().free_seat(subject.product, now, may_move);
        let seat = free.ok_or(Reason::NoFreeSeat)?;
        let breach = self.within(&self.seat_domains(seat))?;
        self.under_caps(subject, None, Ticks::ZERO)?;
        Ok((Route::FreeSeat(seat), breach, None))
    }

    fn on_tokens(&self, subject: Subject) -> Result<Way, Closed> {
        let Subject { person, product, bucket } = subject;
        self.permitted(subject, Fare::Tokens)?;
        let mut domains = vec![Domain::Pool, Domain::Bucket(bucket)];
        domains.extend(self.state.estate().buckets_above(bucket).into_iter().map(Domain::Bucket));
        let breach = self.within(&domains)?;
        let rate = self.state.rate(product, self.now).ok_or(Reason::NotOnTariff)?;
        let lease = self.lease_on_tokens((person, product), rate.meter)?;
        if let Some((route, payer)) = self.paid_already((person, product), rate.meter) {
            self.under_caps(subject, Some(payer), Ticks::ZERO)?;
            return Ok((route, breach, lease));
        }
        if !self.state.estate().in_force(bucket, self.state.zone().date(self.now)) {
            return Err(Reason::BucketNotInForce.into());
        }
        self.under_caps(subject, Some(bucket), rate.ticks)?;
        match self.state.ledger().can_cover(bucket, rate.ticks, self.now) {
            Ok(()) => {}
            Err(Refusal::BelowFloor(Account::Available(_))) => {
                return Err(Reason::BucketExhausted.into());
            }
            Err(_) => return Err(Reason::PoolExhausted.into()),
        }
        self.agent_agrees(rate.ticks)?;
        let (ticks, meter, unit_start) = (rate.ticks, rate.meter, self.now);
        // A result is billed when it is asked for: there is no launch that could be too short.
        let grace = if meter == Meter::Result { 0 } else { grace_seconds(self.state) };
        let grace_end = lease.unwrap_or(unit_start.plus(grace));
        Ok((Route::Tokens { bucket, ticks, meter, unit_start, grace_end }, breach, lease))
    }

    /// An agent asks its user before it spends their tokens, and dates the use by its own clock.
    ///
    /// This comes last: nobody is asked for a yes that would get them nothing.
    fn agent_agrees(&self, ticks: Ticks) -> Result<(), Reason> {
        match self.ask.more.agent {
            Some(said) if said.clock_wrong => Err(Reason::ClockWrong),
            Some(said) if said.agreed.unwrap_or_default() < ticks => Err(Reason::TokensNotAgreed),
            _ => Ok(()),
        }
    }

    /// Until when an agent may let its user go on without the server, as far as it asked for that.
    fn lease_asked(&self) -> Option<Instant> {
        let seconds = i64::from(self.ask.more.agent?.lease?);
        Some(self.now.plus(seconds.min(LEASE_SECONDS_MAX)))
    }

    /// The same on tokens: all use within a lease lies in one unit, so that it costs no more than what is held
    /// for it.
    fn lease_on_tokens(&self, pair: Pair, meter: Meter) -> Result<Option<Instant>, Reason> {
        let Some(asked) = self.lease_asked() else { return Ok(None) };
        if !matches!(meter, Meter::Window24h | Meter::CalendarDay) {
            return Err(Reason::NoLease);
        }
        let (charges, zone) = (self.state.charges(), self.state.zone());
        let known = charges.pair(pair).copied().unwrap_or_default();
        let held = known.hold.map(|hold| hold.meter.unit_end(hold.start, zone));
        let shared = known.holds().filter_map(|hold| hold.lease).chain(held).min();
        let paid = || self.paid_for_leases(pair, meter);
        let end = shared.or_else(paid).unwrap_or_else(|| meter.unit_end(self.now, zone));
        // A lease that is past and did not come back may have used all that is held for it.
        if self.now < asked.min(end) { Ok(Some(asked.min(end))) } else { Err(Reason::NoLease) }
    }

    /// The unit that the pair has paid for, or reserved, and that still covers this instant; and who paid.
    fn paid_already(&self, pair: Pair, meter: Meter) -> Option<(Route, BucketId)> {
        let (charges, now, ticks) = (self.state.charges(), self.now, Ticks::ZERO);
        let known = charges.pair(pair).copied().unwrap_or_default();
        if meter.ends_with_use() && known.running() == 0 {
            return None;
        }
        let covers = |end: &Instant| now < *end;
        let is_paid = charges.covered_until(pair, self.state.zone()).filter(covers).is_some();
        // Running sessions have one hold at a time: while it is unresolved, further ones join it, also past its
        // unit's end.
        let (unit_start, bucket) = match known.hold {
            Some(hold) => (hold.start, hold.bucket),
            None if is_paid => {
                let last = charges.of_pair(pair).next_back()?;
                (last.at, last.bucket)
            }
            None => return self.leased_already(known.leased?, meter),
        };
        let grace_end = now;
        Some((Route::Tokens { bucket, ticks, meter, unit_start, grace_end }, bucket))
    }

    /// Until when the unit that is paid covers a further lease, whatever the leases that are out were used for:
    /// use from before makes the unit begin, and end, the earlier.
    fn paid_for_leases(&self, pair: Pair, meter: Meter) -> Option<Instant> {
        let (charges, zone) = (self.state.charges(), self.state.zone());
        let end = charges.covered_until(pair, zone).filter(|end| self.now < *end)?;
        if charges.pair(pair).is_none_or(|known| known.leases == 0) {
            return Some(end);
        }
        let start = charges.of_pair(pair).next_back()?.at;
        let out = self.state.sessions().values().filter(|one| one.metered_pair() == Some(pair));
        let reaches = |until: Instant| start < meter.unit_end(until.plus(-1), zone);
        let out = out.filter(|one| one.lease.is_some_and(reaches));
        let ends = out.map(|one| meter.unit_end(one.opened, zone));
        ends.chain([end]).min()
    }

    /// What is held for a lease that is out, shared: whoever runs the product here makes it their own hold.
    fn leased_already(&self, held: Hold, meter: Meter) -> Option<(Route, BucketId)> {
        let Hold { bucket, start, lease, .. } = held;
        let is_lease = self.lease_asked().is_some();
        let grace_end = self.now.plus(grace_seconds(self.state));
        let (unit_start, grace_end) =
            if is_lease { (start, lease?) } else { (self.now, grace_end) };
        let route = Route::Tokens { bucket, ticks: Ticks::ZERO, meter, unit_start, grace_end };
        (Some(self.now) < lease).then_some((route, bucket))
    }

    fn permitted(&self, subject: Subject, fare: Fare) -> Result<(), Closed> {
        let Subject { person, product, bucket } = subject;
        let (place, ask, at) = (self.place, self.ask, self.now);
        let question = Question { person, product, fare, bucket, place, ask, at };
        match self.policy.judge(self.state, &question) {
            Verdict::Permit => Ok(()),
            Verdict::Forbid(Forbidden { reason, rule, is_final }) => {
                let rule = rule.and_then(|rule| self.policy.rule_name(rule)).map(str::to_owned);
                Err(Closed { turned: Turned { reason, rule }, is_final, sent_on: !is_final })
            }
        }
    }

    /// Whether what would be used may be used here; if not, and it is let through all the same, how so.
    fn within(&self, domains: &[Domain]) -> Result<Option<Breach>, Reason> {
        match self.state.estate().breach(domains, self.place, self.now) {
            Some(Breach::Refuse) => Err(Reason::RegionNotAllowed),
            other => Ok(other),
        }
    }

    fn seat_domains(&self, seat: SeatId) -> [Domain; 2] {
        let offering = self.state.estate().seat(seat).map(|seat| seat.offering);
        [Domain::Seat(seat), Domain::Offering(offering.unwrap_or_default())]
    }

    /// A seat may be used on so many workstations at once.
    fn seat_is_here(&self, seat: SeatId) -> Result<(), Reason> {
        let Some(most) = self.state.terms().seat_hosts_max else { return Ok(()) };
        let sessions = self.state.sessions_on(seat).iter();
        let running = sessions.filter_map(|id| self.state.sessions().get(id));
        let mut hosts: Vec<&str> = running.map(|session| session.host.as_str()).collect();
        hosts.sort_unstable();
        hosts.dedup();
        let elsewhere = hosts.iter().filter(|host| **host != self.ask.host).count();
        let most = usize::try_from(most).unwrap_or(usize::MAX);
        if elsewhere >= most { Err(Reason::SeatHeldElsewhere) } else { Ok(()) }
    }

    fn under_caps(
        &self,
        subject: Subject,
        bucket: Option<BucketId>,
        ticks: Ticks,
    ) -> Result<(), Closed> {
        let (state, place, at) = (self.state, self.place, self.now);
        let Subject { person, product, .. } = subject;
        let used = Used { person, product, bucket, place, at };
        let decides = |cap: &Cap| {
            let confirmed = cap.then == Then::Confirm && self.ask.more.confirmed;
            (self.on_trial || cap.mode == Mode::Enforce) && !confirmed
        };
        match state.counts().reached(state.estate(), state.zone(), &used, ticks, decides) {
            None => Ok(()),
            Some(reached) => {
                let (reason, rule) = (reached.cap.reason(), Some(reached.cap.key.clone()));
                Err(Turned { reason, rule }.into())
            }
        }
    }
}
