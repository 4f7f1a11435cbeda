//! Leases: what they may use, what they hold, and who shares it.

use super::{DAY, GRACE, Hold, Model, Pair, Session, unit_end};
use crate::commands::Said;
use std::collections::BTreeSet;

pub(super) const NO_LEASE: &str = "no-lease";

/// Until when a lease may last, for all that is asked.
pub(super) fn asked(now: i64, said: Option<Said>) -> Option<i64> {
    said.and_then(|said| said.hours).map(|hours| now + (i64::from(hours) * 3_600).min(DAY))
}

impl Model {
    /// Until when the session with this id may be used without the server.
    pub(crate) fn lease(&self, id: u64) -> Option<i64> {
        self.sessions.get(&id)?.lease
    }

    /// Leases that are out for a day longer than they lasted.
    pub(crate) fn lost(&self, now: i64) -> BTreeSet<u64> {
        let lost = |session: &Session| session.lease.is_some_and(|until| until + DAY <= now);
        self.sessions.iter().filter(|(_, session)| lost(session)).map(|(id, _)| *id).collect()
    }

    /// The leases of a pair that are out on tokens: from when until when.
    fn out(&self, pair: Pair) -> Vec<(i64, i64)> {
        let of = self.sessions.values().filter(|one| one.pair == pair && one.seat.is_none());
        of.filter_map(|one| Some((one.opened, one.lease?))).collect()
    }

    /// All use of a lease, and of those that share its hold, lies in one unit.
    pub(super) fn lease_until(
        &self,
        pair: Pair,
        now: i64,
        said: Option<Said>,
    ) -> Result<Option<i64>, ()> {
        let Some(mut until) = asked(now, said) else { return Ok(None) };
        let end = |start| unit_end(pair.1, start);
        let (hold, leased) = (self.holds.get(&pair), self.leased.get(&pair));
        let last = self.charges.get(&pair).and_then(|units| units.last_key_value());
        let last = last.map(|(start, _)| *start).filter(|start| now < end(*start));
        if hold.is_some() || leased.is_some() {
            until = until.min(hold.map_or(i64::MAX, |hold| end(hold.start)));
            let shared = [hold, leased].into_iter().flatten().filter_map(|hold| hold.lease);
            until = shared.fold(until, i64::min);
        } else if let Some(last) = last {
            until = until.min(end(last));
            let earlier = self.out(pair).into_iter().filter(|(_, until)| last < end(until - 1));
            until = earlier.map(|(opened, _)| end(opened)).fold(until, i64::min);
        } else {
            until = until.min(end(now));
        }
        if now < until { Ok(Some(until)) } else { Err(()) }
    }

    /// Somebody comes to a hold that is there; whoever runs the product makes a lease's their own.
    pub(super) fn share(&mut self, pair: Pair, now: i64, lease: Option<i64>) {
        let is_paid = self.paid_until(pair).is_some_and(|(until, _)| now < until);
        match (self.holds.get_mut(&pair), lease) {
            (Some(hold), Some(_)) => hold.lease = hold.lease.max(lease),
            (None, None) if !is_paid => {
                let hold = self.leased.remove(&pair).expect("what lets them in");
                self.holds.insert(pair, Hold { start: now, grace_end: now + GRACE, ..hold });
            }
            _ => {}
        }
    }

    /// Somebody left: what nobody shares any more is given back, what only leases share is theirs.
    pub(super) fn leave(&mut self, pair: Pair) {
        let on_tokens = |one: &&Session| one.pair == pair && one.seat.is_none();
        let runs_on = self.sessions.values().filter(on_tokens).any(|one| one.lease.is_none());
        let is_out = !self.out(pair).is_empty();
        if !is_out {
            if let Some(hold) = self.leased.remove(&pair) {
                self.settle(pair, hold, false);
            }
            self.holds.entry(pair).and_modify(|hold| hold.lease = None);
        }
        if !runs_on && self.holds.contains_key(&pair) {
            match self.holds[&pair].lease {
                None => self.resolve(pair, false),
                Some(_) => {
                    let hold = self.holds.remove(&pair).expect("looked at above");
                    self.leased.insert(pair, hold);
                }
            }
        }
    }
}
