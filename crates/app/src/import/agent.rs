//! Use that agents tell of afterwards: of times without the server, under a lease or not.
//!
//! What a workstation says of times is evidence, and is cut to what can be true. What it says twice counts once,
//! for ever. A lease that comes back gives its tokens to the use that it was for, and the rest to its bucket.

use super::{Recording, Reported};
use crate::engine::{self, Engine, Work};
use crate::ports::{Store, StoreError};
use faregate_core::charges::Pair;
use faregate_core::estate::{BucketId, DeviceId, Enrolled};
use faregate_core::event::{Cause, Event, Opened, Outcome as Resolved, Route, SessionId, Source};
use faregate_core::gate;
use faregate_core::state::{Session, State};
use faregate_core::usage::Interval;
use faregate_core::when::Instant;
use faregate_ingest::features::FeatureTable;
use std::collections::{BTreeMap, BTreeSet};

/// How far a workstation's clock may be ahead of ours, in seconds.
pub const AHEAD_MAX_SECONDS: i64 = 300;

/// One use that an agent tells of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LateUse {
    /// What the agent calls it, for messages.
    pub key: String,
    /// Any alias of the person.
    pub person: String,
    /// Product key.
    pub product: String,
    /// Workstation name.
    pub host: String,
    /// When it was opened, by the workstation's clock.
    pub opened: Instant,
    /// When it was closed.
    pub closed: Instant,
    /// The lease that it was under.
    pub lease: Option<SessionId>,
}

/// What became of the uses that an agent told of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    /// New ones.
    pub booked: u64,
    /// Those that were known.
    pub duplicates: u64,
    /// Of the new ones, those under no lease that was out: the vendor bills them all the same.
    pub late: u64,
    /// Those whose times could not be true: they were cut to what can, or left out where nothing was left.
    pub clamped: u64,
    /// Those that begin in the future: not taken in; they can be told again when it is past.
    pub early: u64,
}

/// Why nothing was taken in.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// Nobody enrolled the device.
    #[error("no device {} is enrolled; enrol it first", .0.0)]
    NoDevice(DeviceId),
    /// The store or the core refused.
    #[error(transparent)]
    Failed(#[from] engine::Failure),
}

impl From<StoreError> for Failure {
    fn from(failed: StoreError) -> Self {
        Self::Failed(failed.into())
    }
}

/// Takes in what an agent tells of: its uses, and the leases that it gives back. All of it or nothing.
///
/// The same again, in parts, in another order or weeks later, changes nothing. A lease that is not this device's, or
/// not for that person and product, counts for nothing: the use is booked without it, since the vendor bills it
/// anyway, and a lease that is out no more need not be given back.
///
/// # Errors
/// [`Failure`]; nothing was booked.
pub fn take_in(
    engine: &mut Engine,
    device: DeviceId,
    uses: Vec<LateUse>,
    returned: Vec<SessionId>,
) -> Result<Outcome, Failure> {
    let now = engine.ready()?;
    let shared = engine.state();
    let enrolled = shared.read().estate().device(device).cloned();
    let enrolled = enrolled.ok_or(Failure::NoDevice(device))?;
    let named = uses.iter().filter_map(|one| one.lease).chain(returned.iter().copied());
    let mut leases = BTreeMap::new();
    for id in named.collect::<BTreeSet<_>>() {
        leases.extend(lease_of(&mut *engine.store, device, id)?.map(|lease| (id, lease)));
    }
    let mut outcome = Outcome::default();
    let earliest = first_enrolled(&shared.read(), &enrolled);
    let told = Told { earliest, leases: &leases, latest: now.plus(AHEAD_MAX_SECONDS) };
    let mut parts = Vec::with_capacity(uses.len());
    for one in &uses {
        parts.extend(told.part(&shared.read(), one, &mut outcome));
    }
    let features = FeatureTable::shipped();
    let mut recording = Recording::begin(engine, &features)?;
    for part in &parts {
        recording.tell(part, &mut outcome)?;
    }
    let is_out =
        |id: &SessionId| leases.contains_key(id) && shared.read().sessions().contains_key(id);
    recording.leased.returned = returned.into_iter().filter(is_out).collect();
    let first = parts.iter().map(|part| part.interval.start).min();
    let span = first.zip(parts.iter().map(|part| part.interval.end).max());
    recording.finish("agent", vec![enrolled.device.name], Source::Log, span)?;
    Ok(outcome)
}

/// Since when the workstation is known under any of its ids: enrolled anew with the key that it has, it still has
/// to tell of what was before.
fn first_enrolled(state: &State, enrolled: &Enrolled) -> Instant {
    let same = state.estate().devices().filter(|(_, one)| one.device.key == enrolled.device.key);
    same.map(|(_, one)| one.at).min().unwrap_or(enrolled.at)
}

/// A lease as it was given.
struct Lease {
    pair: Pair,
    /// From its opening until its end.
    span: Interval,
    /// Whose tokens it holds, unless it runs on a seat.
    bucket: Option<BucketId>,
}

/// The lease of this device with this id, out or not.
fn lease_of(
    store: &mut dyn Store,
    device: DeviceId,
    id: SessionId,
) -> Result<Option<Lease>, StoreError> {
    let Some(entry) = store.entry(id.0)? else { return Ok(None) };
    let Event::Opened(Opened { ask, person, product, route, basis, .. }) = entry.event else {
        return Ok(None);
    };
    let is_its_own = ask.more.agent.is_some_and(|said| said.device == device);
    let bucket = match route {
        Route::Tokens { bucket, .. } => Some(bucket),
        Route::Seat(_) | Route::FreeSeat(_) => None,
    };
    let lease = basis.lease.filter(|_| is_its_own).map(|until| Lease {
        pair: (person, product),
        span: Interval { start: entry.at, end: until },
        bucket,
    });
    Ok(lease)
}

/// By what it is judged what a workstation tells of.
struct Told<'a> {
    earliest: Instant,
    leases: &'a BTreeMap<SessionId, Lease>,
    latest: Instant,
}

/// What of a use can be true: under its lease, or without one.
struct Part<'a> {
    one: &'a LateUse,
    interval: Interval,
    lease: Option<(SessionId, &'a Lease)>,
    /// Tells apart openings that were cut to the same instant.
    ordinal: u32,
}

impl<'a> Told<'a> {
    /// What of a use can be true. Only its end depends on when it is told of: by its beginning it is known again.
    fn part(&self, state: &State, one: &'a LateUse, outcome: &mut Outcome) -> Option<Part<'a>> {
        if one.opened > self.latest {
            outcome.early += 1;
            return None;
        }
        let whole = Interval { start: one.opened, end: one.closed };
        let lease = self.lease_of(state, one);
        let span = lease.map(|(_, lease)| lease.span);
        let latest = span.map_or(self.latest, |span| span.end.min(self.latest));
        let interval = Interval {
            start: span.map_or(self.earliest, |span| span.start).max(whole.start),
            end: whole.end.min(latest),
        };
        let is_cut = interval != whole;
        outcome.clamped += u64::from(is_cut || interval.end < interval.start);
        // A launch of no length is kept like that of a log; one of which nothing is left is not.
        let is_left =
            if is_cut { interval.start < interval.end } else { interval.start <= interval.end };
        let ordinal = if interval.start == whole.start { 0 } else { ordinal(whole.start) };
        is_left.then_some(Part { one, interval, lease, ordinal })
    }

    /// The lease of a use, when it is one of this device for that person and product.
    fn lease_of(&self, state: &State, one: &LateUse) -> Option<(SessionId, &'a Lease)> {
        let id = one.lease?;
        let lease = self.leases.get(&id)?;
        let person = state.estate().person_known_as(&one.person, lease.span.start);
        let pair = person.zip(state.estate().product_called(&one.product));
        (pair == Some(lease.pair)).then_some((id, lease))
    }
}

/// The same for the same told opening, in every batch.
fn ordinal(opened: Instant) -> u32 {
    let hash = xxhash_rust::xxh3::xxh3_64(&opened.0.to_le_bytes());
    u32::try_from(hash & 0xffff).unwrap_or_default().max(1)
}

/// What a batch makes of leases.
#[derive(Default)]
pub(super) struct Leased {
    /// Those that came back.
    returned: Vec<SessionId>,
    /// Pairs with new use under a lease that costs tokens: whose.
    spent: Vec<(Pair, Interval, BucketId)>,
}

impl Leased {
    pub(super) fn is_empty(&self) -> bool {
        self.returned.is_empty()
    }

    /// Whose tokens pay for units of a pair that begin in a lease.
    pub(super) fn payers(&self) -> &[(Pair, Interval, BucketId)] {
        &self.spent
    }
}

impl Recording<'_> {
    fn tell(&mut self, part: &Part<'_>, outcome: &mut Outcome) -> Result<(), engine::Failure> {
        let Part { one, interval: Interval { start, end }, lease, ordinal } = *part;
        let reported = Reported {
            user: self.intern(&one.person),
            host: self.intern(&one.host),
            feature: self.intern(&one.product),
            ordinal,
            opened: start,
            closed: Some(end),
        };
        let before = self.counts.sessions;
        self.add(reported)?;
        if self.counts.sessions == before {
            outcome.duplicates += 1;
            return Ok(());
        }
        outcome.booked += 1;
        let Some((id, Lease { pair, span, bucket })) = lease else {
            outcome.late += u64::from(one.lease.is_some());
            return Ok(());
        };
        let shared = self.engine.state();
        let state = shared.read();
        outcome.late += u64::from(!state.sessions().contains_key(&id));
        let grace = state.tariff().map_or(0, |(_, tariff)| tariff.parts().grace_seconds).max(1);
        let is_seated = state.estate().covering_seat(pair.0, pair.1, start).is_some();
        let costs = end.since(start) >= grace && state.rate(pair.1, start).is_some() && !is_seated;
        self.leased.spent.extend(bucket.filter(|_| costs).map(|bucket| (*pair, *span, bucket)));
        Ok(())
    }

    /// Gives back what was held for leases that were used, so that the use is charged from it, and for those that
    /// came back.
    pub(super) fn free_leased(&self, work: &mut Work<'_>) -> Result<(), engine::Failure> {
        let used: BTreeSet<Pair> = self.leased.spent.iter().map(|(pair, ..)| *pair).collect();
        for pair in used {
            let known = work.guard.charges().pair(pair).copied().unwrap_or_default();
            let (person, product) = pair;
            if known.hold.is_some_and(|hold| hold.lease.is_none()) && known.leased.is_some() {
                // Whoever runs the product now has a hold of their own: these leases are past.
                self.end_leases(work, |session| session.metered_pair() == Some(pair))?;
            } else if known.first_to_end().is_some_and(|hold| hold.lease.is_some()) {
                work.apply(Event::HoldEnded { person, product, outcome: Resolved::Voided })?;
            }
        }
        let returned: BTreeSet<SessionId> = self.leased.returned.iter().copied().collect();
        returned.into_iter().try_for_each(|id| self.end_lease(work, id))
    }

    /// Ends the leases for which nothing is held or paid any more.
    pub(super) fn end_empty_leases(&self, work: &mut Work<'_>) -> Result<(), engine::Failure> {
        let used: BTreeSet<Pair> = self.leased.spent.iter().map(|(pair, ..)| *pair).collect();
        for pair in used {
            let charges = work.guard.charges();
            let held = charges.pair(pair).is_some_and(|known| known.first_to_end().is_some());
            let paid = charges.covered_until(pair, work.guard.zone());
            let is_empty = |session: &Session| !held && paid < session.lease;
            self.end_leases(work, |one| one.metered_pair() == Some(pair) && is_empty(one))?;
        }
        Ok(())
    }

    fn end_leases(
        &self,
        work: &mut Work<'_>,
        which: impl Fn(&Session) -> bool,
    ) -> Result<(), engine::Failure> {
        let all = work.guard.sessions().iter();
        let some = all.filter(|(_, session)| session.lease.is_some() && which(session));
        let ids: Vec<SessionId> = some.map(|(id, _)| *id).collect();
        ids.into_iter().try_for_each(|id| self.end_lease(work, id))
    }

    fn end_lease(&self, work: &mut Work<'_>, id: SessionId) -> Result<(), engine::Failure> {
        let until = work.guard.sessions().get(&id).and_then(|session| session.lease);
        let Some(until) = until else { return Ok(()) };
        let closed = gate::close(&work.guard, id, until.min(work.now), Cause::Closed);
        work.apply(closed.map_err(engine::Failure::NoSession)?)?;
        Ok(())
    }
}
