//! Everything that is true of a contract now: the fold of its journal.
//!
//! [`State::apply`] is the only way to change it. It decides nothing: it books what an event states and
//! refuses an event that would break an invariant, leaving the state as it was.

use crate::amount::{Money, Ticks};
use crate::budget::{RequestId, Requested, Terms};
use crate::burn::{BadCurve, Plan};
use crate::caps::Counts;
use crate::charges::{Charges, Pair};
use crate::estate::{
    BucketId, DeviceId, Estate, GENERAL, GroupId, PersonId, ProductId, SeatId, SiteId,
};
use crate::event::{
    Cause, Charge, Event, ExchangeRate, OpenUse, PolicySet, Reason, Route, SessionId, Unit,
    VendorCharge,
};
use crate::ledger::{Ledger, Refusal};
use crate::moves::{PlanId, Plans};
use crate::tariff::{BadTariff, Rate, Tariff};
use crate::when::{Date, Instant, UnknownZone, Zone};
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
    /// The workstation, when its agent asked.
    pub device: Option<DeviceId>,
    /// Until when it may be used without the server: then nothing is heard of it before it comes back.
    pub lease: Option<Instant>,
}

impl Session {
    /// The pair whose units this session uses, unless it runs on a seat.
    #[must_use]
    pub fn metered_pair(&self) -> Option<Pair> {
        matches!(self.route, Route::Tokens { .. }).then_some((self.person, self.product))
    }

    /// The bucket that this session spends from, unless it runs on a seat.
    #[must_use]
    pub fn bucket(&self) -> Option<BucketId> {
        match self.route {
            Route::Tokens { bucket, .. } => Some(bucket),
            Route::Seat(_) | Route::FreeSeat(_) => None,
        }
    }

    /// The seat that this session uses, unless it runs on tokens.
    #[must_use]
    pub fn seat(&self) -> Option<SeatId> {
        match self.route {
            Route::Seat(seat) | Route::FreeSeat(seat) => Some(seat),
            Route::Tokens { .. } => None,
        }
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
    /// Sessions that run on each seat.
    pub(crate) seat_sessions: FxHashMap<SeatId, Vec<SessionId>>,
    pub(crate) elsewhere: FxHashMap<u64, OpenUse>,
    pub(crate) features: BTreeMap<String, ProductId>,
    pub(crate) imports: Imports,
    pub(crate) refusals: BTreeMap<Reason, u64>,
    pub(crate) tally: Tally,
    pub(crate) terms: Terms,
    pub(crate) policies: BTreeMap<String, PolicySet>,
    pub(crate) counts: Counts,
    /// How many times policies, caps or terms changed.
    pub(crate) rules: u32,
    pub(crate) requests: Requests,
    /// The first date after each bucket's last period that was dealt with.
    pub(crate) period_ends: BTreeMap<BucketId, Date>,
    pub(crate) shadow_price: Option<Money>,
    pub(crate) vendor: Vendor,
    pub(crate) exchange_rates: Vec<ExchangeRate>,
    /// How allotments are to be used up, where that is not straight; the pool's under `None`.
    pub(crate) plans: BTreeMap<Option<BucketId>, Plan>,
    /// Decisions whose use outside of a territory somebody looked at: whether it is in order, and why.
    pub(crate) reviews: BTreeMap<u64, (bool, String)>,
    pub(crate) agent_rules: String,
    /// How many times they were set.
    pub(crate) agent_rules_version: u32,
    pub(crate) monitor: Monitor,
    pub(crate) judgements: Judgements,
    pub(crate) move_plans: Plans,
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
            seat_sessions: FxHashMap::default(),
            elsewhere: FxHashMap::default(),
            features: BTreeMap::new(),
            imports: Imports::default(),
            refusals: BTreeMap::new(),
            tally: Tally::default(),
            terms: Terms::default(),
            policies: BTreeMap::new(),
            counts: Counts::default(),
            rules: 0,
            requests: Requests::default(),
            period_ends: BTreeMap::new(),
            shadow_price: None,
            vendor: Vendor::default(),
            exchange_rates: Vec::new(),
            plans: BTreeMap::new(),
            reviews: BTreeMap::new(),
            agent_rules: String::new(),
            agent_rules_version: 0,
            monitor: Monitor::default(),
            judgements: Judgements::default(),
            move_plans: Plans::new(),
            seq: 0,
            at: Instant(i64::MIN),
        }
    }
}

/// What the vendor says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Vendor {
    /// Its last balance: as of when, and how many tokens are left.
    pub balance: Option<(Instant, Ticks)>,
    /// What it charged, in the order reported.
    pub charges: Vec<VendorCharge>,
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
    /// A group would be above itself, or name one that does not exist.
    Group(GroupId),
    /// The person is in another group of its dimension already.
    Exclusive(GroupId),
    /// A bucket would be above itself, or below one that does not exist.
    Bucket(BucketId),
    /// The name is another person's at that time.
    Alias(PersonId),
    /// A network is another site's already.
    Site(SiteId),
    /// The seat is somebody's, or its term is over.
    Seat(SeatId),
    /// There is no such request, or it was answered.
    Request(RequestId),
    /// A device in force has the key already, or there is none in force with this id.
    Device(DeviceId),
    /// The identity is somebody else's already, or nobody else's, or it runs, holds or was charged something.
    Merge(PersonId),
    /// There is no such import that stands, or its number is not the next.
    Import(u32),
    /// There is no such alert that is open or no such rule, or the rule has told of the subject already.
    Alert(String),
    /// There is no such plan of moves that this could be done with, or it names what is not there.
    MovePlan(PlanId),
    /// There is no set of policies of this name.
    NoPolicy(String),
    /// The points of a plan do not follow each other.
    Curve(BadCurve),
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
            Self::Group(group) => write!(f, "group {} would be above itself", group.0),
            Self::Exclusive(group) => {
                write!(f, "group {} and another one of these exclude each other", group.0)
            }
            Self::Bucket(bucket) => write!(f, "bucket {} would be above itself", bucket.0),
            Self::Alias(person) => write!(f, "person {} has this name at that time", person.0),
            Self::Site(site) => write!(f, "a network of site {} is another's already", site.0),
            Self::Seat(seat) => write!(f, "seat {} cannot be given to anybody now", seat.0),
            Self::Request(request) => write!(f, "no request {request} waits for an answer"),
            Self::Device(device) => {
                write!(f, "device {} is in force already, or no longer", device.0)
            }
            Self::Merge(person) => {
                write!(f, "person {} cannot become another's, or their own again, now", person.0)
            }
            Self::Import(batch) => write!(f, "import {batch} was undone already, or never made"),
            Self::Alert(name) => {
                write!(f, "`{name}` is no open alert, no alert rule, or told already")
            }
            Self::MovePlan(plan) => write!(f, "this cannot be done with plan {plan}"),
            Self::NoPolicy(name) => write!(f, "there are no policies named `{name}`"),
            Self::Curve(bad) => write!(f, "{bad}"),
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
                let hold = self.hold_ended_by(event).map(|(_, hold)| hold);
                self.end_hold((*person, *product), hold, *outcome)
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
            Event::Imported(receipt) => self.apply_receipt(seq, receipt),
            Event::ImportUndone(undone) => self.apply_undone(seq, undone),
            Event::FindingJudged { .. } => {
                self.judgements.add(at, event);
                Ok(())
            }
            _ => {
                let done = self.apply_budget(seq, at, event);
                let done = done.or_else(|| self.apply_monitor(seq, at, event));
                let done = done.or_else(|| self.apply_moves(seq, at, event));
                done.unwrap_or_else(|| self.apply_estate(at, event))
            }
        }
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

    /// What is agreed of the contract.
    #[must_use]
    pub fn terms(&self) -> &Terms {
        &self.terms
    }

    /// The sets of policies that hold, by name.
    #[must_use]
    pub fn policies(&self) -> &BTreeMap<String, PolicySet> {
        &self.policies
    }

    /// The caps, and what was counted for them.
    #[must_use]
    pub fn counts(&self) -> &Counts {
        &self.counts
    }

    /// How many times policies, caps or terms changed.
    #[must_use]
    pub fn rules(&self) -> u32 {
        self.rules
    }

    /// All requests for tokens, by id.
    #[must_use]
    pub fn requests(&self) -> &BTreeMap<RequestId, Requested> {
        self.requests.all()
    }

    /// How many requests of a person wait for an answer.
    #[must_use]
    pub fn requests_waiting(&self, person: PersonId, now: Instant) -> usize {
        self.requests.waiting_of(person, now)
    }

    /// The first date after each bucket's last period that was dealt with.
    #[must_use]
    pub fn period_ends(&self) -> &BTreeMap<BucketId, Date> {
        &self.period_ends
    }

    /// What a token is worth just now (F10), once that was reckoned.
    #[must_use]
    pub fn shadow_price(&self) -> Option<Money> {
        self.shadow_price
    }

    /// What the vendor says.
    #[must_use]
    pub fn vendor(&self) -> &Vendor {
        &self.vendor
    }

    /// What currencies are worth in others, in the order told.
    #[must_use]
    pub fn exchange_rates(&self) -> &[ExchangeRate] {
        &self.exchange_rates
    }

    /// How a bucket's allotment, or the whole pool, is to be used up.
    #[must_use]
    pub fn plan(&self, bucket: Option<BucketId>) -> &Plan {
        self.plans.get(&bucket).unwrap_or(&Plan::Straight)
    }

    /// Decisions whose use outside of a territory somebody looked at: whether it is in order, and why.
    #[must_use]
    pub fn reviews(&self) -> &BTreeMap<u64, (bool, String)> {
        &self.reviews
    }

    /// The rules for agents, as text; empty before any were set.
    #[must_use]
    pub fn agent_rules(&self) -> &str {
        &self.agent_rules
    }

    /// How many times the rules for agents were set.
    #[must_use]
    pub fn agent_rules_version(&self) -> u32 {
        self.agent_rules_version
    }

    /// The sessions that run on a seat.
    #[must_use]
    pub fn sessions_on(&self, seat: SeatId) -> &[SessionId] {
        self.seat_sessions.get(&seat).map_or(&[], Vec::as_slice)
    }

    /// The bucket that pays for a person's use.
    #[must_use]
    pub fn payer(&self, person: PersonId) -> crate::estate::BucketId {
        self.estate.person(person).map_or(GENERAL, |person| person.bucket)
    }

    /// Whether a person may choose this bucket: the one that pays for them, one of the same branch of the tree,
    /// above it or below, or one that they decide on.
    #[must_use]
    pub fn may_spend_from(&self, person: PersonId, bucket: BucketId) -> bool {
        let own = self.payer(person);
        bucket == own
            || self.estate.buckets_above(own).contains(&bucket)
            || self.estate.buckets_above(bucket).contains(&own)
            || self.deciders(Some(bucket)).contains(&person)
    }
}

mod blank;
mod budgeted;
mod checkpoint;
mod imported;
mod judged;
mod merged;
mod monitored;
mod planned;
mod requests;
mod settled;
mod used;
pub use checkpoint::{Agents, Budgets, Checkpoint, Rulebook, Surroundings};
pub use imported::{Import, Imports};
pub use judged::Judgements;
pub use monitored::{KeptForecast, Monitor, MonitorData, Occasion, OccasionEffect, WrittenRule};
use requests::Requests;
#[cfg(test)]
pub(crate) mod tests;
