//! The gate: may this person open this product, and on what? And what running sessions owe as time goes on.
//!
//! Everything here reads a [`State`] and returns the next [`Event`]; nothing is changed. To add a refusal:
//! a variant of `Reason`, its check in [`open`] at its rank, a row in the tests.

use crate::amount::Ticks;
use crate::estate::{BucketId, PersonId, ProductId};
use crate::event::{
    Ask, Cause, Charge, Event, Opened, Outcome, Reason, Refused, Route, SessionId, Source,
};
use crate::ledger::{Account, Refusal};
use crate::state::{Session, State};
use crate::tariff::{Meter, Rate};
use crate::when::Instant;

/// Answers a request to open a product: [`Event::Opened`] or [`Event::Refused`].
///
/// ```
/// use faregate_core::estate::Product;
/// use faregate_core::event::{Ask, Event, Reason};
/// use faregate_core::{gate, state::State, when::Instant};
///
/// let mut state = State::default();
/// let revit = Product { key: "revit".to_owned(), name: "Revit".to_owned() };
/// state.apply(1, Instant(0), &Event::ProductsDefined(vec![revit]))?;
///
/// let ask = Ask { person: "anna".to_owned(), product: "revit".to_owned(), ..Ask::default() };
/// let answer = gate::open(&state, &ask, Instant(60));
/// // Nobody told us of Anna yet. The refusal is a fact: it is booked like everything else.
/// assert!(matches!(&answer, Event::Refused(refused) if refused.reason == Reason::PersonUnknown));
/// state.apply(2, Instant(60), &answer)?;
/// assert_eq!(state.tally().refused, 1);
/// # Ok::<(), faregate_core::state::Broken>(())
/// ```
#[must_use]
pub fn open(state: &State, ask: &Ask, now: Instant) -> Event {
    let tariff = state.tariff().map_or(0, |(number, _)| number);
    let ask = ask.clone();
    match find_route(state, &ask, now) {
        Ok((person, product, route)) => {
            Event::Opened(Opened { ask, person, product, route, tariff })
        }
        Err(reason) => Event::Refused(Refused { ask, reason, tariff }),
    }
}

fn find_route(
    state: &State,
    ask: &Ask,
    now: Instant,
) -> Result<(PersonId, ProductId, Route), Reason> {
    let estate = state.estate();
    let product = estate.product_called(&ask.product).ok_or(Reason::ProductUnknown)?;
    let person = estate.person_called(&ask.person).ok_or(Reason::PersonUnknown)?;
    let bucket = match &ask.bucket {
        Some(key) => estate.bucket_called(key).ok_or(Reason::BucketUnknown)?,
        None => state.payer(person),
    };
    let route = match estate.covering_seat(person, product, now) {
        Some(seat) => Route::Seat(seat),
        None => on_tokens(state, (person, product), bucket, now)?,
    };
    Ok((person, product, route))
}

fn on_tokens(
    state: &State,
    pair: (PersonId, ProductId),
    bucket: BucketId,
    now: Instant,
) -> Result<Route, Reason> {
    let rate = state.rate(pair.1, now).ok_or(Reason::NotOnTariff)?;
    let meter = rate.meter;
    // A result is billed when it is asked for: there is no launch that could be too short.
    let grace = if meter == Meter::Result { 0 } else { grace_seconds(state) };
    let grace_end = now.plus(grace);
    if let Some(route) = paid_already(state, pair, meter, now) {
        return Ok(route);
    }
    match state.ledger().can_cover(bucket, rate.ticks, now) {
        Ok(()) => {
            Ok(Route::Tokens { bucket, ticks: rate.ticks, meter, unit_start: now, grace_end })
        }
        Err(Refusal::BelowFloor(Account::Available(_))) => Err(Reason::BucketExhausted),
        Err(_) => Err(Reason::PoolExhausted),
    }
}

/// The unit that the pair has paid for, or reserved, and that still covers `now`.
fn paid_already(
    state: &State,
    pair: (PersonId, ProductId),
    meter: Meter,
    now: Instant,
) -> Option<Route> {
    let charges = state.charges();
    let running = charges.pair(pair).is_some_and(|known| known.live > 0);
    if meter.ends_with_use() && !running {
        return None;
    }
    let hold = charges.pair(pair).and_then(|known| known.hold);
    // A pair has one hold at a time: while it is unresolved, further sessions join it, also past its unit's end.
    if hold.is_none() {
        charges.covered_until(pair, state.zone()).filter(|end| now < *end)?;
    }
    let last = charges.of_pair(pair).next_back().map(|charge| (charge.at, charge.bucket));
    let (unit_start, bucket) = hold.map(|hold| (hold.start, hold.bucket)).or(last)?;
    Some(Route::Tokens { bucket, ticks: Ticks::ZERO, meter, unit_start, grace_end: now })
}

/// When a session was last heard of, and when before that.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seen {
    /// The time before last.
    pub previous: Instant,
    /// The last time.
    pub at: Instant,
}

/// The instant at which being alive makes a session owe something; `None` when it never will.
#[must_use]
pub fn next_due(state: &State, session: &Session) -> Option<Instant> {
    let pair = session.metered_pair()?;
    match state.charges().pair(pair).and_then(|known| known.hold) {
        Some(hold) => Some(hold.grace_end),
        // However long it takes, one result is one charge.
        None if is_result(session) => None,
        // A charge that was reversed can leave the session uncovered; it owes nothing from before it was opened.
        None => state.charges().covered_until(pair, state.zone()).max(Some(session.opened)),
    }
}

/// The next thing that a session owes, having been seen alive: its hold posted, or a further unit charged.
///
/// Apply the event and ask again, until there is none.
#[must_use]
pub fn owed(state: &State, id: SessionId, seen: Seen) -> Option<Event> {
    let session = state.sessions().get(&id)?;
    let (person, product) = session.metered_pair()?;
    let due = next_due(state, session)?;
    if seen.at < due {
        return None;
    }
    if let Some(hold) = state.charges().pair((person, product)).and_then(|known| known.hold) {
        // Late data may have charged the held unit meanwhile: then the use is paid, and the tokens go back.
        let unit = hold.charge((person, product));
        let paid = state.charges().overlapping(&unit, state.zone()).is_some();
        let outcome = if paid { Outcome::Voided } else { Outcome::Posted };
        return Some(Event::HoldEnded { person, product, outcome });
    }
    if seen.at == due {
        return None;
    }
    let idle = state.tariff().map_or(0, |(_, tariff)| tariff.parts().idle_seconds);
    // Use lasts until `idle` after the last activity (F2); past that, the next unit waits for the first activity.
    let was_idle = seen.previous.plus(idle) <= due;
    let start = if was_idle { seen.at } else { due };
    let rate = state.rate(product, start).filter(|rate| rate.meter != Meter::Result)?;
    let bucket = match session.route {
        Route::Tokens { bucket, .. } => bucket,
        Route::Seat(_) => state.payer(person),
    };
    Some(Event::UnitCharged(priced(state, rate, (person, product), bucket, start, Source::Gate)))
}

fn is_result(session: &Session) -> bool {
    matches!(session.route, Route::Tokens { meter: Meter::Result, .. })
}

/// The charge of one unit, paid by the bucket when it can, booked as uncovered when it cannot: the vendor
/// bills running use whatever we think of it.
#[must_use]
pub fn priced(
    state: &State,
    rate: &Rate,
    (person, product): (PersonId, ProductId),
    bucket: BucketId,
    at: Instant,
    source: Source,
) -> Charge {
    let paid = state.ledger().can_cover(bucket, rate.ticks, at).is_ok();
    Charge { paid, ..unpaid(rate, (person, product), bucket, at, source) }
}

/// The charge of one unit, before anybody was found to pay for it.
pub(crate) fn unpaid(
    rate: &Rate,
    (person, product): (PersonId, ProductId),
    bucket: BucketId,
    at: Instant,
    source: Source,
) -> Charge {
    let Rate { ticks, meter, .. } = *rate;
    Charge { at, ticks, person, product, bucket, meter, source, paid: false }
}

/// Ends a session, after all that it [`owed`] was booked: [`Event::Closed`].
///
/// # Errors
/// The id, when no such session runs.
pub fn close(state: &State, id: SessionId, at: Instant, cause: Cause) -> Result<Event, SessionId> {
    let session = state.sessions().get(&id).ok_or(id)?;
    let at = at.max(session.opened);
    let known = session.metered_pair().and_then(|pair| state.charges().pair(pair));
    let last_with_hold = known.filter(|known| known.live <= 1 && known.hold.is_some());
    let hold = last_with_hold.map(|_| match cause {
        Cause::Closed => Outcome::Voided,
        Cause::Silent => Outcome::Expired,
    });
    Ok(Event::Closed { session: id, at, cause, hold })
}

/// The packs whose term has ended and that still hold tokens: [`Event::PackExpired`] for the first of them.
#[must_use]
pub fn expiry(state: &State, now: Instant) -> Option<Event> {
    let ended = |pack: &crate::ledger::Pack| pack.until <= now && pack.remaining.is_positive();
    let mut packs = (0u32..).zip(state.ledger().packs()).filter(|(_, pack)| ended(pack));
    packs.find_map(|(number, _)| {
        let breakage = state.ledger().breakage(usize::try_from(number).ok()?);
        breakage.total().is_positive().then_some(Event::PackExpired { pack: number, breakage })
    })
}

fn grace_seconds(state: &State) -> i64 {
    state.tariff().map_or(0, |(_, tariff)| tariff.parts().grace_seconds)
}

#[cfg(test)]
mod tests;
