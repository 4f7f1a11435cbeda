//! Booking use: who was let through, what was charged, what was given back.

use super::{Broken, Session, State};
use crate::amount::Ticks;
use crate::caps::Used;
use crate::charges::{Hold, Pair, PairUse};
use crate::estate::Place;
use crate::event::{Charge, Event, Opened, Outcome, Refused, Route, SessionId, Unit};
use crate::when::Instant;

impl State {
    pub(super) fn apply_opened(
        &mut self,
        id: SessionId,
        at: Instant,
        opened: &Opened,
    ) -> Result<(), Broken> {
        let Opened { person, product, route, ref ask, ref basis, .. } = *opened;
        if let Route::FreeSeat(seat) = route {
            self.give_seat(seat, Some(person), at)?;
        }
        let mut used = Used { person, product, bucket: None, place: basis.place, at };
        let mut spent = Ticks::ZERO;
        if let Route::Tokens { bucket, ticks, meter, unit_start, grace_end } = route {
            let pair = (person, product);
            (used.bucket, spent) = (Some(bucket), ticks);
            let (start, lease) = (unit_start, basis.lease);
            if ticks.is_positive() {
                self.place(pair, Hold { bucket, ticks, meter, start, grace_end, lease })?;
            } else if lease.is_some() || !self.is_paid(pair, at) {
                self.charges.change_pair(pair, |known| join(known, (start, grace_end), lease));
            }
            self.charges.change_pair(pair, |known| {
                known.live = known.live.saturating_add(1);
                known.leases = known.leases.saturating_add(u32::from(lease.is_some()));
            });
        }
        self.counts.opened(&self.estate, &self.zone, id, &used, spent);
        let (host, lease) = (ask.host.clone(), basis.lease);
        let device = ask.more.agent.map(|said| said.device);
        let session = Session { person, product, host, route, opened: at, device, lease };
        if let Some(seat) = session.seat() {
            self.seat_sessions.entry(seat).or_default().push(id);
        }
        self.sessions.insert(id, session);
        self.tally.opened = self.tally.opened.saturating_add(1);
        Ok(())
    }

    fn is_paid(&self, pair: Pair, at: Instant) -> bool {
        self.charges.covered_until(pair, &self.zone).is_some_and(|end| at < end)
    }

    fn place(&mut self, pair: Pair, hold: Hold) -> Result<(), Broken> {
        let is_lease = hold.lease.is_some();
        let known = self.charges.pair(pair);
        // A lease shares the hold of those that run; those that run do not need one that is past.
        let clashes = known.is_some_and(|known| match is_lease {
            true => known.holds().next().is_some(),
            false => known.hold.is_some(),
        });
        if clashes {
            return Err(Broken::Hold(pair));
        }
        self.ledger.hold(hold.bucket, hold.ticks, hold.start)?;
        self.charges.change_pair(pair, |known| match is_lease {
            true => known.leased = Some(hold),
            false => known.hold = Some(hold),
        });
        self.tally.held = self.tally.held.saturating_add(1);
        Ok(())
    }

    /// The session runs no longer: neither for its seat nor for a cap.
    fn leave(&mut self, id: SessionId) {
        let seat = self.sessions.get(&id).and_then(Session::seat);
        if let Some(sessions) = seat.and_then(|seat| self.seat_sessions.get_mut(&seat)) {
            sessions.retain(|other| *other != id);
        }
        self.counts.closed(id);
        self.sessions.remove(&id);
    }

    /// Counts tokens that a person's use cost, or gave back, without a launch.
    fn count_spent(&mut self, charge: &Charge, ticks: Ticks) {
        if self.counts.caps().is_empty() {
            return;
        }
        let Charge { person, product, bucket, at, .. } = *charge;
        let used = Used { person, product, bucket: Some(bucket), place: Place::default(), at };
        self.counts.spent(&self.estate, &self.zone, &used, ticks);
    }

    pub(super) fn apply_refused(&mut self, refused: &Refused) {
        let count = self.refusals.entry(refused.reason).or_default();
        *count = count.saturating_add(1);
        self.tally.refused = self.tally.refused.saturating_add(1);
    }

    /// The hold that an event ends, before it is applied, and whose it is.
    #[must_use]
    pub fn hold_ended_by(&self, event: &Event) -> Option<(Pair, Hold)> {
        let (pair, hold) = match event {
            Event::HoldEnded { person, product, .. } => {
                let pair = (*person, *product);
                (pair, self.charges.pair(pair)?.first_to_end())
            }
            Event::Closed { session, hold: Some(_), .. } => {
                let session = self.sessions.get(session)?;
                let pair = session.metered_pair()?;
                (pair, self.charges.pair(pair)?.hold_of(session.lease.is_some()))
            }
            _ => return None,
        };
        Some((pair, hold?))
    }

    pub(super) fn end_hold(
        &mut self,
        pair: Pair,
        hold: Option<Hold>,
        outcome: Outcome,
    ) -> Result<(), Broken> {
        let Some(hold) = hold else {
            return Err(Broken::Hold(pair));
        };
        if outcome == Outcome::Posted {
            let charge = hold.charge(pair);
            self.charges.record(charge, &self.zone).map_err(Broken::ChargedTwice)?;
            self.ledger.post_hold(hold.bucket, hold.ticks, hold.start)?;
        } else {
            self.ledger.release_hold(hold.bucket, hold.ticks)?;
            self.count_spent(&hold.charge(pair), hold.ticks.negated());
        }
        let counter = match outcome {
            Outcome::Posted => &mut self.tally.posted,
            Outcome::Voided => &mut self.tally.voided,
            Outcome::Expired => &mut self.tally.expired,
        };
        *counter = counter.saturating_add(1);
        self.charges.change_pair(pair, |known| {
            if known.hold == Some(hold) { known.hold = None } else { known.leased = None }
        });
        Ok(())
    }

    pub(super) fn apply_charge(&mut self, charge: &Charge) -> Result<(), Broken> {
        if charge.paid {
            self.ledger.can_cover(charge.bucket, charge.ticks, charge.at)?;
        }
        self.charges.record(*charge, &self.zone).map_err(Broken::ChargedTwice)?;
        self.count_spent(charge, charge.ticks);
        match charge.paid {
            true => Ok(self.ledger.charge(charge.bucket, charge.ticks, charge.at)?),
            false => Ok(self.ledger.charge_uncovered(charge.ticks)?),
        }
    }

    pub(super) fn apply_reversal(&mut self, unit: Unit) -> Result<(), Broken> {
        let charge = self.charges.reverse(unit, &self.zone).ok_or(Broken::NoCharge(unit))?;
        self.count_spent(&charge, charge.ticks.negated());
        let payer = charge.paid.then_some(charge.bucket);
        Ok(self.ledger.reverse(payer, charge.ticks, charge.at)?)
    }

    pub(super) fn apply_closed(
        &mut self,
        id: SessionId,
        hold: Option<Outcome>,
    ) -> Result<(), Broken> {
        let session = self.sessions.get(&id).ok_or(Broken::NoSession(id))?;
        if let Some(pair) = session.metered_pair() {
            let is_lease = session.lease.is_some();
            if let Some(outcome) = hold {
                let known = self.charges.pair(pair).and_then(|known| known.hold_of(is_lease));
                self.end_hold(pair, known, outcome)?;
            }
            self.charges.change_pair(pair, |known| part(known, is_lease));
        }
        self.leave(id);
        Ok(())
    }
}

/// A session comes to share the pair's hold: a lease that of those that run, whoever runs that of a lease.
/// From then on it is theirs: use past the grace spends it.
fn join(known: &mut PairUse, (start, grace_end): (Instant, Instant), lease: Option<Instant>) {
    match (&mut known.hold, lease) {
        (Some(hold), Some(until)) => hold.lease = hold.lease.max(Some(until)),
        (None, None) => {
            known.hold = known.leased.take().map(|hold| Hold { start, grace_end, ..hold });
        }
        _ => {}
    }
}

/// A session leaves its pair. What those that ran have not spent stays with the leases that are out.
fn part(known: &mut PairUse, is_lease: bool) {
    known.live = known.live.saturating_sub(1);
    known.leases = known.leases.saturating_sub(u32::from(is_lease));
    let Some(hold) = &mut known.hold else { return };
    if known.leases == 0 {
        hold.lease = None;
    }
    if let Some(until) = hold.lease.filter(|_| known.live == known.leases) {
        known.leased = Some(Hold { grace_end: until, ..*hold });
        known.hold = None;
    }
}
