//! Events tried on copies of the parts that they touch, so that one which contradicts the journal is refused
//! before the state is touched: the state is then as it was, and need not be loaded again.
//!
//! Tokens that move, packs and seats are tried here. What defines the estate is checked whole by the core
//! before it is booked, and by whoever plans it; charges come from the core itself.

use faregate_core::amount::Ticks;
use faregate_core::estate::{Bucket, Estate, PersonId, SeatId};
use faregate_core::event::Event;
use faregate_core::ledger::{Ledger, Pack, PackKind, Refusal};
use faregate_core::state::{Broken, State};
use faregate_core::when::Instant;
use std::borrow::Cow;
use std::collections::BTreeMap;

/// Tries events in their order.
///
/// # Errors
/// [`Broken`], as the state would say; nothing was changed.
pub(crate) fn rehearse(state: &State, now: Instant, events: &[Event]) -> Result<(), Broken> {
    seats(state, now, events)?;
    // Where use is charged in between, balances are not what a copy without charges says.
    if events.iter().any(is_use) || !events.iter().any(moves_tokens) {
        return Ok(());
    }
    let mut copy = Copy { ledger: state.ledger().clone(), estate: Cow::Borrowed(state.estate()) };
    events.iter().try_for_each(|event| copy.book(event))?;
    copy.in_range()
}

/// Seats that pass from hand to hand: in their term, and to nobody while somebody holds them.
fn seats(state: &State, now: Instant, events: &[Event]) -> Result<(), Broken> {
    let mut holders: BTreeMap<SeatId, Option<PersonId>> = BTreeMap::new();
    for event in events {
        let Event::SeatMoved { seat: id, person } = event else { continue };
        // One that the same events add is not known yet, and nobody else's.
        let Some(seat) = state.estate().seat(*id) else { continue };
        let known = || state.estate().holder(*id, now);
        let holder = holders.entry(*id).or_insert_with(known);
        let is_in_term = seat.from <= now && now < seat.until;
        if !is_in_term || (person.is_some() && holder.is_some()) {
            return Err(Broken::Seat(*id));
        }
        *holder = *person;
    }
    Ok(())
}

fn is_use(event: &Event) -> bool {
    matches!(
        event,
        Event::Opened(_)
            | Event::HoldEnded { .. }
            | Event::UnitCharged(_)
            | Event::Closed { .. }
            | Event::UsageCharged(_)
            | Event::UsageReversed(_)
    )
}

fn moves_tokens(event: &Event) -> bool {
    matches!(
        event,
        Event::PackBought { .. }
            | Event::PackAdded { .. }
            | Event::CarriedForward { .. }
            | Event::Corrected { .. }
            | Event::PackExpired { .. }
            | Event::Allocated { .. }
            | Event::TokensMoved(_)
    )
}

/// Balances, and what buckets there are.
struct Copy<'a> {
    ledger: Ledger,
    estate: Cow<'a, Estate>,
}

impl Copy<'_> {
    fn book(&mut self, event: &Event) -> Result<(), Refusal> {
        let index = |pack: u32| usize::try_from(pack).unwrap_or(usize::MAX);
        match event {
            Event::BucketsOpened(buckets) => buckets.iter().for_each(|bucket| self.open(bucket)),
            Event::BucketsSet(buckets) => buckets.iter().for_each(|set| {
                self.open(&Bucket { key: set.key.clone(), name: set.name.clone() });
            }),
            Event::PackBought { ticks, .. } | Event::PackAdded { ticks, .. } => {
                self.buy(*ticks)?;
            }
            Event::CarriedForward { pack, ticks, until } => {
                self.ledger.carry(index(*pack), *ticks, *until)?;
            }
            Event::Corrected { pack, bucket, ticks, .. } => {
                self.ledger.correct(index(*pack), *bucket, *ticks)?;
            }
            Event::PackExpired { pack, breakage } => self.ledger.expire(index(*pack), breakage)?,
            Event::Allocated { bucket, ticks } => self.ledger.allocate(*bucket, *ticks)?,
            Event::TokensMoved(order) => {
                self.ledger.transfer(order.from, order.to, order.ticks)?;
            }
            _ => {}
        }
        Ok(())
    }

    fn open(&mut self, bucket: &Bucket) {
        let id = self.estate.to_mut().open_bucket(bucket.clone());
        if self.ledger.bucket(id).is_none() {
            self.ledger.open_bucket();
        }
    }

    fn buy(&mut self, ticks: Ticks) -> Result<(), Refusal> {
        let kind = PackKind::default();
        self.ledger.buy(Pack { bought: ticks, remaining: ticks, kind, ..Pack::default() })
    }

    /// Whether all tokens that are left have a sum: everything that adds them up counts on it.
    fn in_range(&self) -> Result<(), Broken> {
        let mut left = self.ledger.packs().iter().map(|pack| pack.remaining);
        let sum = left.try_fold(Ticks::ZERO, Ticks::plus);
        sum.map(drop).ok_or(Broken::Ledger(Refusal::OutOfRange))
    }
}

#[cfg(test)]
mod tests;
