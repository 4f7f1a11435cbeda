//! Everything that is true of a contract now: the fold of its journal.
//!
//! [`State::apply`] is the only way to change it. It decides nothing: it books what an event states and
//! refuses an event that would break an invariant, leaving the state as it was.

use crate::amount::Ticks;
use crate::charges::{Charges, Hold, Pair};
use crate::estate::{Estate, GENERAL, PersonId, ProductId};
use crate::event::{
    Cause, Charge, Event, OpenUse, Opened, Outcome, Reason, Refused, Route, SessionId, Unit,
};
use crate::ledger::{Ledger, Pack, Refusal};
use crate::tariff::{BadTariff, Rate, Tariff};
use crate::when::{Instant, UnknownZone, Zone};
use core::fmt;
use rustc_hash::FxHashMap;
use std::collections::BTreeMap;

/// Charges of one event that are fetched together.
const CHARGES_AT_ONCE: usize = 64;

/// A running session that our own gate let through.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// Who.
    pub person: PersonId,
    /// What.
    pub product: ProductId,
    /// On which workstation.
    pub host: String,
    /// On what.
    pub route: Route,
    /// Since when.
    pub opened: Instant,
}

impl Session {
    /// The pair whose units this session uses, unless it runs on a seat.
    #[must_use]
    pub fn metered_pair(&self) -> Option<Pair> {
        matches!(self.route, Route::Tokens { .. }).then_some((self.person, self.product))
    }
}

/// How many of what ever happened.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Holds ever placed.
    pub held: u64,
    /// Of those, posted.
    pub posted: u64,
    /// Of those, voided.
    pub voided: u64,
    /// Of those, expired.
    pub expired: u64,
    /// Requests let through.
    pub opened: u64,
    /// Requests turned away.
    pub refused: u64,
    /// Sessions taken in by imports.
    pub imported: u64,
    /// Of those, kept but not charged until now: unknown product, or no rate for it.
    pub quarantined: u64,
}

/// The state of one contract.
#[derive(Clone, Debug)]
pub struct State {
    pub(crate) name: String,
    pub(crate) zone: Zone,
    pub(crate) tariffs: Vec<Tariff>,
    pub(crate) estate: Estate,
    pub(crate) ledger: Ledger,
    pub(crate) charges: Charges,
    pub(crate) sessions: BTreeMap<SessionId, Session>,
    pub(crate) elsewhere: FxHashMap<u64, OpenUse>,
    pub(crate) features: BTreeMap<String, ProductId>,
    pub(crate) refusals: BTreeMap<Reason, u64>,
    pub(crate) tally: Tally,
    pub(crate) seq: u64,
    pub(crate) at: Instant,
}

impl Default for State {
    fn default() -> Self {
        Self {
            name: String::new(),
            zone: Zone::utc(),
            tariffs: Vec::new(),
            estate: Estate::default(),
            ledger: Ledger::default(),
            charges: Charges::default(),
            sessions: BTreeMap::new(),
            elsewhere: FxHashMap::default(),
            features: BTreeMap::new(),
            refusals: BTreeMap::new(),
            tally: Tally::default(),
            seq: 0,
            at: Instant(i64::MIN),
        }
    }
}

/// Why an event cannot be true. Nothing of it was applied.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Broken {
    /// The journal has a gap or a repetition.
    Sequence {
        /// What should come next.
        expected: u64,
        /// What came.
        got: u64,
    },
    /// Ledger time went back.
    ClockWentBack,
    /// The ledger refuses the entry.
    Ledger(Refusal),
    /// The unit overlaps one that was charged already.
    ChargedTwice(Charge),
    /// There is no such hold, or there is one already.
    Hold(Pair),
    /// There is no such session.
    NoSession(SessionId),
    /// There is no such charge, or it was reversed already.
    NoCharge(Unit),
    /// An id that was never given out.
    UnknownId,
    /// The contract began already; its zone never changes.
    AgreedAlready,
    /// The tariff is not valid.
    Tariff(BadTariff),
    /// The zone is not known to the bundled data.
    Zone(UnknownZone),
}

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sequence { expected, got } => {
                write!(f, "event {got} came where {expected} should")
            }
            Self::ClockWentBack => write!(f, "the event is older than the one before it"),
            Self::Ledger(refusal) => write!(f, "{refusal}"),
            Self::ChargedTwice(charge) => {
                let (person, product) = (charge.person.0, charge.product.0);
                write!(
                    f,
                    "person {person} was charged for product {product} from {} already",
                    charge.at
                )
            }
            Self::Hold((person, product)) => {
                write!(
                    f,
                    "the hold of person {} for product {} was resolved already",
                    person.0, product.0
                )
            }
            Self::NoSession(session) => write!(f, "there is no running session {session}"),
            Self::NoCharge(Unit { person, product, at }) => {
                let (person, product) = (person.0, product.0);
                write!(f, "person {person} was not charged for product {product} from {at}")
            }
            Self::AgreedAlready => write!(f, "the contract began already"),
            Self::UnknownId => write!(f, "the event names something that was never defined"),
            Self::Tariff(bad) => write!(f, "{bad}"),
            Self::Zone(unknown) => write!(f, "{unknown}"),
        }
    }
}

impl From<Refusal> for Broken {
    fn from(refusal: Refusal) -> Self {
        Self::Ledger(refusal)
    }
}

impl State {
    /// Applies the next event of the journal.
    ///
    /// # Errors
    /// [`Broken`] when the event contradicts what is true already. A decision of `gate` never does; when one
    /// does all the same, the caller throws the state away and replays, since a part may have been applied.
    pub fn apply(&mut self, seq: u64, at: Instant, event: &Event) -> Result<(), Broken> {
        let expected = self.seq.saturating_add(1);
        if seq != expected {
            return Err(Broken::Sequence { expected, got: seq });
        }
        if at < self.at {
            return Err(Broken::ClockWentBack);
        }
        self.apply_kind(seq, at, event)?;
        self.seq = seq;
        self.at = at;
        Ok(())
    }

    fn apply_kind(&mut self, seq: u64, at: Instant, event: &Event) -> Result<(), Broken> {
        match event {
            Event::Opened(opened) => self.apply_opened(SessionId(seq), at, opened),
            Event::Refused(refused) => {
                self.apply_refused(refused);
                Ok(())
            }
            Event::HoldEnded { person, product, outcome } => {
                self.end_hold((*person, *product), *outcome)
            }
            Event::UnitCharged(charge) => self.apply_charge(charge),
            Event::Closed { session, hold, cause: Cause::Closed | Cause::Silent, .. } => {
                self.apply_closed(*session, *hold)
            }
            Event::UsageCharged(charges) => charges.chunks(CHARGES_AT_ONCE).try_for_each(|some| {
                self.charges.fetch(some);
                some.iter().try_for_each(|charge| self.apply_charge(charge))
            }),
            Event::UsageReversed(units) => {
                units.iter().try_for_each(|&unit| self.apply_reversal(unit))
            }
            Event::Imported(receipt) => {
                self.apply_receipt(receipt);
                Ok(())
            }
            Event::PackBought { name, ticks, from, until } => {
                let pack = Pack {
                    name: name.clone(),
                    bought: *ticks,
                    remaining: *ticks,
                    from: *from,
                    until: *until,
                };
                Ok(self.ledger.buy(pack)?)
            }
            Event::Allocated { bucket, ticks } => Ok(self.ledger.allocate(*bucket, *ticks)?),
            Event::PackExpired { pack, breakage } => {
                Ok(self.ledger.expire(usize::try_from(*pack).unwrap_or(usize::MAX), breakage)?)
            }
            _ => self.apply_estate(event),
        }
    }

    /// The events that define who and what there is.
    fn apply_estate(&mut self, event: &Event) -> Result<(), Broken> {
        match event {
            Event::ContractAgreed { .. } if self.seq > 0 => return Err(Broken::AgreedAlready),
            Event::ContractAgreed { name, zone } => {
                self.zone = Zone::named(zone).map_err(Broken::Zone)?;
                self.name.clone_from(name);
            }
            Event::TariffAdopted(parts) => {
                self.tariffs.push(Tariff::new(parts.clone()).map_err(Broken::Tariff)?);
            }
            Event::ProductsDefined(products) => products.iter().for_each(|product| {
                self.estate.define_product(product.clone());
            }),
            Event::BucketsOpened(buckets) => buckets.iter().for_each(|bucket| {
                let id = self.estate.open_bucket(bucket.clone());
                if self.ledger.bucket(id).is_none() {
                    self.ledger.open_bucket();
                }
            }),
            Event::FeaturesMapped(mapped) => return self.apply_mapped(mapped),
            Event::OfferingsDefined(offerings) => offerings.iter().for_each(|offering| {
                self.estate.define_offering(offering.clone());
            }),
            Event::PeopleAdded(people) => {
                let known = |id| self.estate.bucket(id).is_some();
                if !people.iter().all(|person| known(person.bucket)) {
                    return Err(Broken::UnknownId);
                }
                people.iter().for_each(|person| {
                    self.estate.add_person(person.clone());
                });
            }
            Event::SeatsAdded(seats) => {
                let estate = &self.estate;
                if !seats.iter().all(|seat| estate.offering(seat.offering).is_some()) {
                    return Err(Broken::UnknownId);
                }
                seats.iter().for_each(|seat| {
                    self.estate.add_seat(seat.clone());
                });
            }
            // Spelt out, so that a new event cannot be forgotten.
            Event::PackBought { .. }
            | Event::Allocated { .. }
            | Event::PackExpired { .. }
            | Event::Opened(_)
            | Event::Refused(_)
            | Event::HoldEnded { .. }
            | Event::UnitCharged(_)
            | Event::Closed { .. }
            | Event::UsageCharged(_)
            | Event::UsageReversed(_)
            | Event::Imported(_) => {}
        }
        Ok(())
    }

    fn apply_opened(&mut self, id: SessionId, at: Instant, opened: &Opened) -> Result<(), Broken> {
        if let Route::Tokens { bucket, ticks, meter, unit_start, grace_end } = opened.route {
            let pair = (opened.person, opened.product);
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
        let Opened { person, product, route, ref ask, .. } = *opened;
        self.sessions
            .insert(id, Session { person, product, host: ask.host.clone(), route, opened: at });
        self.tally.opened = self.tally.opened.saturating_add(1);
        Ok(())
    }

    fn apply_refused(&mut self, refused: &Refused) {
        let count = self.refusals.entry(refused.reason).or_default();
        *count = count.saturating_add(1);
        self.tally.refused = self.tally.refused.saturating_add(1);
    }

    fn end_hold(&mut self, pair: Pair, outcome: Outcome) -> Result<(), Broken> {
        let Some(hold) = self.charges.pair(pair).and_then(|known| known.hold) else {
            return Err(Broken::Hold(pair));
        };
        if outcome == Outcome::Posted {
            let charge = hold.charge(pair);
            self.charges.record(charge, &self.zone).map_err(Broken::ChargedTwice)?;
            self.ledger.post_hold(hold.bucket, hold.ticks, hold.start)?;
        } else {
            self.ledger.release_hold(hold.bucket, hold.ticks)?;
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

    fn apply_charge(&mut self, charge: &Charge) -> Result<(), Broken> {
        if charge.paid {
            self.ledger.can_cover(charge.bucket, charge.ticks, charge.at)?;
        }
        self.charges.record(*charge, &self.zone).map_err(Broken::ChargedTwice)?;
        match charge.paid {
            true => Ok(self.ledger.charge(charge.bucket, charge.ticks, charge.at)?),
            false => Ok(self.ledger.charge_uncovered(charge.ticks)?),
        }
    }

    fn apply_reversal(&mut self, unit: Unit) -> Result<(), Broken> {
        let charge = self.charges.reverse(unit, &self.zone).ok_or(Broken::NoCharge(unit))?;
        let payer = charge.paid.then_some(charge.bucket);
        Ok(self.ledger.reverse(payer, charge.ticks, charge.at)?)
    }

    fn apply_closed(&mut self, id: SessionId, hold: Option<Outcome>) -> Result<(), Broken> {
        let session = self.sessions.get(&id).ok_or(Broken::NoSession(id))?;
        if let Some(pair) = session.metered_pair() {
            if let Some(outcome) = hold {
                self.end_hold(pair, outcome)?;
            }
            self.charges.change_pair(pair, |known| known.live = known.live.saturating_sub(1));
        }
        self.sessions.remove(&id);
        Ok(())
    }

    /// The tariff in force and its number, once one was adopted.
    #[must_use]
    pub fn tariff(&self) -> Option<(u32, &Tariff)> {
        let last = self.tariffs.len().checked_sub(1)?;
        Some((u32::try_from(last).unwrap_or(u32::MAX), self.tariffs.get(last)?))
    }

    /// The rate in force for a product at an instant.
    #[must_use]
    pub fn rate(&self, product: ProductId, at: Instant) -> Option<&Rate> {
        let key = &self.estate.product(product)?.key;
        self.tariff()?.1.rate(key, at, &self.zone)
    }

    /// Sequence number of the last event applied.
    #[must_use]
    pub fn seq(&self) -> u64 {
        self.seq
    }

    /// When the last event was appended; ledger time never goes back before it.
    #[must_use]
    pub fn at(&self) -> Instant {
        self.at
    }

    /// Name of the contract; empty before there is one.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The zone in which the contract's days are counted.
    #[must_use]
    pub fn zone(&self) -> &Zone {
        &self.zone
    }

    /// All tariffs ever adopted, in order.
    #[must_use]
    pub fn tariffs(&self) -> &[Tariff] {
        &self.tariffs
    }

    /// Who and what there is.
    #[must_use]
    pub fn estate(&self) -> &Estate {
        &self.estate
    }

    /// Whose tokens are where.
    #[must_use]
    pub fn ledger(&self) -> &Ledger {
        &self.ledger
    }

    /// What was charged.
    #[must_use]
    pub fn charges(&self) -> &Charges {
        &self.charges
    }

    /// Sessions running through our own gate, by id.
    #[must_use]
    pub fn sessions(&self) -> &BTreeMap<SessionId, Session> {
        &self.sessions
    }

    /// How often each reason was given.
    #[must_use]
    pub fn refusals(&self) -> &BTreeMap<Reason, u64> {
        &self.refusals
    }

    /// How many of what ever happened.
    #[must_use]
    pub fn tally(&self) -> Tally {
        self.tally
    }

    /// Tokens not spent, not expired: unallocated, available and held.
    #[must_use]
    pub fn tokens_left(&self) -> Ticks {
        self.ledger.packs().iter().map(|pack| pack.remaining).sum()
    }

    /// The bucket that pays for a person's use.
    #[must_use]
    pub fn payer(&self, person: PersonId) -> crate::estate::BucketId {
        self.estate.person(person).map_or(GENERAL, |person| person.bucket)
    }
}

mod checkpoint;
mod imported;
pub use checkpoint::Checkpoint;
#[cfg(test)]
pub(crate) mod tests;
