//! Booking use: who was let through, what was charged, what was given back.

use super::{Broken, Session, State};
use crate::amount::Ticks;
use crate::caps::Used;
use crate::charges::{Hold, Pair};
use crate::estate::Place;
use crate::event::{Charge, Opened, Outcome, Refused, Route, SessionId, Unit};
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
            if ticks.is_positive() {
                if self.charges.pair(pair).is_some_and(|known| known.hold.is_some()) {
                    return Err(Broken::Hold(pair));
                }
                self.ledger.hold(bucket, ticks, unit_start)?;
                let hold = Hold { bucket, ticks, meter, start: unit_start, grace_end };
                self.charges.change_pair(pair, |known| known.hold = Some(hold));
                self.tally.held = self.tally.held.saturating_add(1);
            }
            self.charges.change_pair(pair, |known| known.live = known.live.saturating_add(1));
        }
        self.counts.opened(&self.estate, &self.zone, id, &used, spent);
        let session = Session { person, product, host: ask.host.clone(), route, opened: at };
        if let Some(seat) = session.seat() {
            self.seat_sessions.entry(seat).or_default().push(id);
        }
        self.sessions.insert(id, session);
        self.tally.opened = self.tally.opened.saturating_add(1);
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

    pub(super) fn end_hold(&mut self, pair: Pair, outcome: Outcome) -> Result<(), Broken> {
        let Some(hold) = self.charges.pair(pair).and_then(|known| known.hold) else {
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
        self.charges.change_pair(pair, |known| known.hold = None);
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
            if let Some(outcome) = hold {
                self.end_hold(pair, outcome)?;
            }
            self.charges.change_pair(pair, |known| known.live = known.live.saturating_sub(1));
        }
        self.leave(id);
        Ok(())
    }
}
