//! The gate: may this person open this product, and on what? And what running sessions owe as time goes on.
//!
//! Everything here reads a [`State`] and returns the next [`Event`]; nothing is changed. To add a refusal:
//! see the head of `event::reason`; its check stands in `gate::route` at its rank.

use crate::access::Policies;
use crate::amount::Ticks;
use crate::charges::PairUse;
use crate::estate::{BucketId, PersonId, ProductId};
use crate::event::{
    Ask, Basis, Cause, Charge, Event, Opened, Outcome, Refused, Route, SessionId, Source, Trial,
};
use crate::ledger::Pack;
use crate::state::{Session, State};
use crate::tariff::{Meter, Rate};
use crate::when::{DAY, Instant};

/// Answers a request to open a product: [`Event::Opened`] or [`Event::Refused`].
///
/// ```
/// use faregate_core::access::Policies;
/// use faregate_core::estate::Product;
/// use faregate_core::event::{Ask, Event, Reason};
/// use faregate_core::{gate, state::State, when::Instant};
///
/// let mut state = State::default();
/// let revit = Product { key: "revit".to_owned(), name: "Revit".to_owned() };
/// state.apply(1, Instant(0), &Event::ProductsDefined(vec![revit]))?;
///
/// let ask = Ask { person: "anna".to_owned(), product: "revit".to_owned(), ..Ask::default() };
/// let answer = gate::open(&state, Policies::default(), &ask, Instant(60));
/// // Nobody told us of Anna yet. The refusal is a fact: it is booked like everything else.
/// assert!(matches!(&answer, Event::Refused(refused) if refused.reason == Reason::PersonUnknown));
/// state.apply(2, Instant(60), &answer)?;
/// assert_eq!(state.tally().refused, 1);
/// # Ok::<(), faregate_core::state::Broken>(())
/// ```
#[must_use]
pub fn open(state: &State, policies: Policies<'_>, ask: &Ask, now: Instant) -> Event {
    let tariff = state.tariff().map_or(0, |(number, _)| number);
    let place = state.estate().locate(&ask.more.evidence);
    let mut basis = Basis { rules: state.rules(), place, ..Basis::default() };
    let asked = Asked { state, policy: policies.enforced, on_trial: false, ask, place, now };
    let found = asked.route();
    basis.trial = trial(&asked, policies, &found);
    let ask = ask.clone();
    match found {
        Ok(Found { person, product, route, breach, lease }) => {
            (basis.breach, basis.lease) = (breach, lease);
            Event::Opened(Opened { ask, person, product, route, tariff, basis })
        }
        Err(Turned { reason, rule }) => {
            basis.rule = rule;
            Event::Refused(Refused { ask, reason, tariff, basis })
        }
    }
}

/// What rules on trial would have said, when that is something else.
fn trial(
    asked: &Asked<'_>,
    policies: Policies<'_>,
    found: &Result<Found, Turned>,
) -> Option<Trial> {
    if policies.on_trial.is_none() && !asked.state.counts().any_on_trial() {
        return None;
    }
    let policy = policies.on_trial.unwrap_or(policies.enforced);
    let tried = Asked { policy, on_trial: true, ..*asked }.route();
    match (tried, found) {
        (Ok(tried), Ok(found)) if tried.route.fare() == found.route.fare() => None,
        (Err(tried), Err(found)) if tried.reason == found.reason => None,
        (Ok(tried), _) => Some(Trial::Opens(tried.route.fare())),
        (Err(Turned { reason, rule }), _) => Some(Trial::Refuses(reason, rule)),
    }
}

mod route;
use route::{Asked, Found, Turned};

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
    // A lease owes nothing for being out: what it was used for is charged when that is told.
    let pair = session.metered_pair().filter(|_| session.lease.is_none())?;
    match state.charges().pair(pair).and_then(|known| known.hold) {
        Some(hold) => Some(hold.grace_end),
        // However long it takes, one result is one charge.
        None if is_result(session) => None,
        // A charge that was reversed can leave the session uncovered; it owes nothing from before it was opened.
        None => {
            let due =
                state.charges().covered_until(pair, state.zone()).max(Some(session.opened))?;
            // A seat that came to them meanwhile covers what follows, until it is theirs no more: nobody pays twice.
            Some(state.estate().uncovered_from(pair.0, pair.1, due))
        }
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
    // What was seen on a seat is not looked at again when the seat is gone.
    let seated = state.estate().covering_seat(person, product, seen.previous).is_some();
    let after_seat = state.estate().uncovered_from(person, product, seen.previous);
    let due = if seated { due.max(after_seat) } else { due };
    if seen.at <= due {
        return None;
    }
    let idle = state.tariff().map_or(0, |(_, tariff)| tariff.parts().idle_seconds);
    // Use lasts until `idle` after the last activity (F2); past that, the next unit waits for the first activity.
    let was_idle = seen.previous.plus(idle) <= due;
    let start = if was_idle { seen.at } else { due };
    let rate = state.rate(product, start).filter(|rate| rate.meter != Meter::Result)?;
    let bucket = match session.route {
        Route::Tokens { bucket, .. } => bucket,
        Route::Seat(_) | Route::FreeSeat(_) => state.payer(person),
    };
    if state.estate().covering_seat(person, product, start).is_some() {
        return None;
    }
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
    let last_with_hold = known.filter(|known| is_last_with_hold(session, known));
    let hold = last_with_hold.map(|_| match cause {
        Cause::Closed => Outcome::Voided,
        Cause::Silent => Outcome::Expired,
    });
    Ok(Event::Closed { session: id, at, cause, hold })
}

/// Whether nobody else needs the hold that this session has: what is shared with leases stays with them.
fn is_last_with_hold(session: &Session, known: &PairUse) -> bool {
    match session.lease {
        Some(_) => known.leases <= 1 && known.leased.is_some(),
        None => known.running() <= 1 && known.hold.is_some_and(|hold| hold.lease.is_none()),
    }
}

/// The end of the first lease that has been out for [`RETURN_SECONDS`] longer than it lasted:
/// [`Event::Closed`].
///
/// Apply the event and ask again, until there is none.
#[must_use]
pub fn lease_end(state: &State, now: Instant) -> Option<Event> {
    let leases = state.sessions().iter().filter_map(|(id, session)| Some((session.lease?, *id)));
    let lost = leases.filter(|(until, _)| until.plus(RETURN_SECONDS) <= now).min();
    let (until, id) = lost?;
    close(state, id, until, Cause::Silent).ok()
}

/// What the end of a pack's term brings, for the first pack that has ended and still holds tokens:
/// [`Event::CarriedForward`] where the contract lets part of it live on, then [`Event::PackExpired`].
///
/// Apply the event and ask again, until there is none.
#[must_use]
pub fn expiry(state: &State, now: Instant) -> Option<Event> {
    let ended = |pack: &Pack| pack.until <= now && pack.remaining.is_positive();
    if !state.ledger().packs().iter().any(ended) {
        return None;
    }
    let holds: Vec<(Instant, Ticks)> = state
        .charges()
        .pairs()
        .flat_map(|(_, known)| known.holds())
        .map(|hold| (hold.start, hold.ticks))
        .collect();
    let mut packs = (0u32..).zip(state.ledger().packs()).filter(|(_, pack)| ended(pack));
    packs.find_map(|(number, pack)| {
        let carried = carried_forward(state, number, pack);
        carried.or_else(|| {
            let breakage = state.ledger().breakage(usize::try_from(number).ok()?, &holds);
            let lost = breakage.total().is_positive();
            lost.then_some(Event::PackExpired { pack: number, breakage })
        })
    })
}

/// A lease lasts no longer than this, in seconds.
pub const LEASE_SECONDS_MAX: i64 = DAY;

/// So long after its end a lease is waited for, in seconds: its workstation may be off for the night.
pub const RETURN_SECONDS: i64 = DAY;

/// All of something, in millionths.
const WHOLE: u32 = 1_000_000;

fn carried_forward(state: &State, number: u32, pack: &Pack) -> Option<Event> {
    let (millionths, seconds) = state.terms().carry.filter(|(_, seconds)| *seconds > 0)?;
    if pack.carried {
        return None;
    }
    let part = i128::from(millionths.min(WHOLE)).checked_mul(i128::from(pack.remaining.0))?;
    let part = part.checked_div(i128::from(WHOLE))?;
    let ticks = Ticks(i64::try_from(part).ok()?);
    let until = pack.until.plus(seconds);
    ticks.is_positive().then_some(Event::CarriedForward { pack: number, ticks, until })
}

fn grace_seconds(state: &State) -> i64 {
    state.tariff().map_or(0, |(_, tariff)| tariff.parts().grace_seconds)
}

#[cfg(test)]
mod tests;
