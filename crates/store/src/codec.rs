//! Domain values as bytes: compact, versioned by tags, and apart from the domain's own types.
//!
//! Integers are LEB128 (signed ones zigzag), texts and lists carry their length, enum variants carry the tag
//! written here. Fields are never reordered and tags never reused: to change a shape, add a tag.

use faregate_core::alert::{Alert, AlertId, Crossing, Handling, Raised, Severity};
use faregate_core::amount::{Currency, Money, Ticks};
use faregate_core::anomaly::{Class, Judgement};
use faregate_core::budget::{LoanTerms, RequestId, Requested, Terms};
use faregate_core::burn::Point;
use faregate_core::caps::{Cap, CountsData, Each, Measure, Then};
use faregate_core::charges::{Hold, PairUse};
use faregate_core::estate::{
    AliasTerm, Breach, Bucket, BucketId, BucketTerms, Device, DeviceId, Enrolled, Evidence, Group,
    GroupId, Hours, Leftover, Network, Offering, OfferingId, Person, PersonId, Place, Product,
    ProductId, Region, Schedule, ScheduleId, Seat, SeatId, Site, SiteId, Standing, Trust,
};
use faregate_core::event::{
    AgentSaid, BucketSet, Cause, Charge, Counts, DipCause, Event, ExchangeRate, Fare,
    FeatureMapped, Mode, Move, OpenUse, Outcome, Overlap, PersonSet, PolicySet, Reason, Route,
    SessionId, Source, TokenRequest, Undone, Unit, VendorCharge,
};
use faregate_core::ledger::{Breakage, BucketBalance, Pack, PackKind};
use faregate_core::moves::{
    MoveKind, MovePlan, MoveStep, PlanId, PlanRecord, PlannedMove, Stepped, Verdict,
};
use faregate_core::state::{
    Agents, Budgets, Checkpoint, Import, Imports, KeptForecast, MonitorData, Occasion, Rulebook,
    Session, Surroundings, Tally, WrittenRule,
};
use faregate_core::tariff::{Meter, Rate, SeatPrice, TariffParts, TokenPrice};
use faregate_core::when::{Date, Instant};

/// Bytes that are not what they should be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Malformed(pub &'static str);

/// The bytes still to be read.
pub struct Input<'a>(pub &'a [u8]);

impl<'a> Input<'a> {
    fn byte(&mut self) -> Result<u8, Malformed> {
        let (first, rest) = self.0.split_first().ok_or(Malformed("cut short"))?;
        self.0 = rest;
        Ok(*first)
    }

    fn bytes(&mut self, count: usize) -> Result<&'a [u8], Malformed> {
        let (taken, rest) = self.0.split_at_checked(count).ok_or(Malformed("cut short"))?;
        self.0 = rest;
        Ok(taken)
    }
}

/// A value that can be written down and read back.
pub trait Wire: Sized {
    /// Appends the value.
    fn put(&self, out: &mut Vec<u8>);
    /// Reads a value.
    ///
    /// # Errors
    /// [`Malformed`] when the bytes are cut short or carry a tag that nobody gave out.
    fn get(input: &mut Input<'_>) -> Result<Self, Malformed>;
}

/// The value as bytes.
#[must_use]
pub fn encode<T: Wire>(value: &T) -> Vec<u8> {
    let mut out = Vec::with_capacity(64);
    value.put(&mut out);
    out
}

/// The value of bytes that hold it and nothing more.
///
/// # Errors
/// [`Malformed`].
pub fn decode<T: Wire>(bytes: &[u8]) -> Result<T, Malformed> {
    let mut input = Input(bytes);
    let value = T::get(&mut input)?;
    if input.0.is_empty() { Ok(value) } else { Err(Malformed("bytes left over")) }
}

impl Wire for u64 {
    fn put(&self, out: &mut Vec<u8>) {
        let mut rest = *self;
        while rest >= 0x80 {
            out.push((rest & 0x7f) as u8 | 0x80);
            rest >>= 7;
        }
        out.push(rest as u8);
    }

    fn get(input: &mut Input<'_>) -> Result<Self, Malformed> {
        let mut value = 0;
        for shift in (0..64).step_by(7) {
            let byte = input.byte()?;
            let bits = Self::from(byte & 0x7f);
            if shift == 63 && bits > 1 {
                return Err(Malformed("number too large"));
            }
            value |= bits << shift;
            if byte < 0x80 {
                return Ok(value);
            }
        }
        Err(Malformed("number too long"))
    }
}

impl Wire for i64 {
    fn put(&self, out: &mut Vec<u8>) {
        (((*self << 1) ^ (*self >> 63)) as u64).put(out);
    }

    fn get(input: &mut Input<'_>) -> Result<Self, Malformed> {
        let zigzag = u64::get(input)?;
        Ok((zigzag >> 1) as i64 ^ -((zigzag & 1) as i64))
    }
}

macro_rules! narrow {
    ($($small:ty as $wide:ty),+) => {$(
        impl Wire for $small {
            fn put(&self, out: &mut Vec<u8>) {
                <$wide>::from(*self).put(out);
            }
            fn get(input: &mut Input<'_>) -> Result<Self, Malformed> {
                <$small>::try_from(<$wide>::get(input)?).map_err(|_| Malformed("number too large"))
            }
        }
    )+};
}
narrow!(u32 as u64, u16 as u64, i32 as i64);

impl Wire for bool {
    fn put(&self, out: &mut Vec<u8>) {
        out.push(u8::from(*self));
    }

    fn get(input: &mut Input<'_>) -> Result<Self, Malformed> {
        match input.byte()? {
            0 => Ok(false),
            1 => Ok(true),
            _ => Err(Malformed("neither true nor false")),
        }
    }
}

impl Wire for String {
    fn put(&self, out: &mut Vec<u8>) {
        (self.len() as u64).put(out);
        out.extend_from_slice(self.as_bytes());
    }

    fn get(input: &mut Input<'_>) -> Result<Self, Malformed> {
        let length = usize::try_from(u64::get(input)?).map_err(|_| Malformed("text too long"))?;
        let bytes = input.bytes(length)?;
        Self::from_utf8(bytes.to_vec()).map_err(|_| Malformed("text is not UTF-8"))
    }
}

impl<T: Wire> Wire for Option<T> {
    fn put(&self, out: &mut Vec<u8>) {
        self.is_some().put(out);
        if let Some(value) = self {
            value.put(out);
        }
    }

    fn get(input: &mut Input<'_>) -> Result<Self, Malformed> {
        if bool::get(input)? { T::get(input).map(Some) } else { Ok(None) }
    }
}

impl<T: Wire> Wire for Vec<T> {
    fn put(&self, out: &mut Vec<u8>) {
        (self.len() as u64).put(out);
        self.iter().for_each(|item| item.put(out));
    }

    fn get(input: &mut Input<'_>) -> Result<Self, Malformed> {
        let length = usize::try_from(u64::get(input)?).map_err(|_| Malformed("list too long"))?;
        let mut items = Self::with_capacity(affordable::<T>(length, input));
        for _ in 0..length {
            items.push(T::get(input)?);
        }
        Ok(items)
    }
}

/// For how many items to reserve: a hostile length takes no more memory than the input does itself.
fn affordable<T>(length: usize, input: &Input<'_>) -> usize {
    length.min(input.0.len() / size_of::<T>().max(1))
}

impl<A: Wire, B: Wire> Wire for (A, B) {
    fn put(&self, out: &mut Vec<u8>) {
        self.0.put(out);
        self.1.put(out);
    }

    fn get(input: &mut Input<'_>) -> Result<Self, Malformed> {
        Ok((A::get(input)?, B::get(input)?))
    }
}

impl<A: Wire, B: Wire, C: Wire> Wire for (A, B, C) {
    fn put(&self, out: &mut Vec<u8>) {
        self.0.put(out);
        self.1.put(out);
        self.2.put(out);
    }

    fn get(input: &mut Input<'_>) -> Result<Self, Malformed> {
        Ok((A::get(input)?, B::get(input)?, C::get(input)?))
    }
}

impl<const N: usize> Wire for [Ticks; N] {
    fn put(&self, out: &mut Vec<u8>) {
        self.iter().for_each(|ticks| ticks.put(out));
    }

    fn get(input: &mut Input<'_>) -> Result<Self, Malformed> {
        let mut all = [Ticks::ZERO; N];
        for slot in &mut all {
            *slot = Ticks::get(input)?;
        }
        Ok(all)
    }
}

impl Wire for [u8; 32] {
    fn put(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(self);
    }

    fn get(input: &mut Input<'_>) -> Result<Self, Malformed> {
        input.bytes(32)?.try_into().map_err(|_| Malformed("cut short"))
    }
}

impl Wire for Currency {
    fn put(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(self.code().as_bytes());
    }

    fn get(input: &mut Input<'_>) -> Result<Self, Malformed> {
        let letters = input.bytes(3)?;
        let code = core::str::from_utf8(letters).map_err(|_| Malformed("currency is not text"))?;
        Self::new(code).ok_or(Malformed("currency is not three capitals"))
    }
}

macro_rules! newtypes {
    ($($name:ident),+) => {$(
        impl Wire for $name {
            fn put(&self, out: &mut Vec<u8>) {
                self.0.put(out);
            }
            fn get(input: &mut Input<'_>) -> Result<Self, Malformed> {
                Wire::get(input).map($name)
            }
        }
    )+};
}
newtypes!(Ticks, Instant, Date, PersonId, ProductId, BucketId, OfferingId, SeatId, SessionId);
newtypes!(GroupId, SiteId, ScheduleId, RequestId, DeviceId, PlanId);

macro_rules! records {
    ($($name:ident { $($field:ident),+ })+) => {$(
        impl Wire for $name {
            fn put(&self, out: &mut Vec<u8>) {
                let Self { $($field),+ } = self;
                $($field.put(out);)+
            }
            fn get(input: &mut Input<'_>) -> Result<Self, Malformed> {
                $(let $field = Wire::get(input)?;)+
                Ok(Self { $($field),+ })
            }
        }
    )+};
}
records! {
    Money { micros, currency }
    Product { key, name }
    Bucket { key, name }
    Person { key, name, bucket, aliases }
    Offering { key, name, covers }
    Seat { offering, person, from, until }
    TokenPrice { per_token, from }
    Rate { product, meter, ticks, from, until, source }
    SeatPrice { offering, name, per_year, covers, source }
    TariffParts { name, title, source, grace_seconds, idle_seconds, prices, rates, seats }
    Breakage { unallocated, buckets }
    AgentSaid { device, agreed, clock_wrong, lease }
    Evidence { address, country, site }
    Place { site, network, country, trust }
    Group { key, name, dimension, parents }
    Standing { groups, contractor, until }
    AliasTerm { alias, person, from, until }
    PersonSet { key, name, bucket, standing }
    BucketTerms { parent, owners, period, leftover, lends }
    BucketSet { key, name, terms }
    Network { cidr, room, vpn }
    Site { key, name, country, zone, networks }
    Region { key, name, countries }
    Hours { weekdays, from_minute, until_minute }
    Schedule { key, zone, hours, except, from, until }
    Terms {
        owners, large, request_seconds, seat_moves_a_day, seat_hosts_max, seat_move_cost, carry
    }
    PolicySet { name, mode, text }
    Cap { key, person, group, product, bucket, each, measure, span, limit, then, mode }
    CountsData { caps, tapes, running }
    Move { from, to, ticks, cause, why }
    LoanTerms { due }
    TokenRequest { by, bucket, from, ticks, why, expires, loan }
    Requested { request, at, approvals, progress, owing, needed }
    VendorCharge { day, alias, person, product, ticks, finding }
    ExchangeRate { price, of, from }
    Judgement { finding, class, subject, confirmed, why, at }
    PlannedMove {
        person, kind, offering, seat, on, cost_now, cost_then, p_saves, days, why
    }
    MovePlan { parent, name, by, currency, token_price, known_from, known_to, basis, moves }
    Verdict { at, by, approved, why }
    Stepped { at, moves, step }
    PlanRecord { plan, drawn, verdict, steps }
    WrittenRule { text, muted_until }
    KeptForecast { subject, made, until, expected, half, four_in_five, nineteen_in_twenty }
    MonitorData { rules, changes, alerts, kept, occasions }
    Occasion { key, name, subject, from, to, effect }
    AlertId { seq, place }
    Crossing { subject, name, value, limit, said, facts }
    Raised { rule, name, severity, channels, steps, crossings }
    Alert { rule, name, severity, channels, crossing, steps, at, handled }
    Point { date, share }
    Surroundings {
        groups, standings, aliases, merges, seat_moves, regions, sites, territories, schedules,
        bucket_terms
    }
    Rulebook { terms, policies, counts, changes }
    Budgets {
        requests, period_ends, shadow_price, vendor_balance, vendor_charges, exchange_rates, reviews,
        plans
    }
    Charge { at, ticks, person, product, bucket, meter, source, paid }
    Unit { person, product, at }
    FeatureMapped { code, product, released }
    OpenUse { identity, person, product, host, opened }
    Counts { events, sessions, open_sessions, closed, rejected, quarantined, duplicates, seconds, first, last }
    Overlap { uses, times, prices }
    Undone { batch, by, sessions, quarantined, kept, begun, ended, unreported }
    Import { seq, kind, undone }
    Imports { kinds, all }
    Hold { bucket, ticks, meter, start, grace_end, lease }
    PairUse { hold, live, leased, leases }
    Pack { name, bought, remaining, from, until, kind, price, carried }
    BucketBalance { available, held, allocated, spent }
    Session { person, product, host, route, opened, device, lease }
    Device { key, name, person }
    Enrolled { device, at, revoked }
    Agents { devices, rules, version }
    Tally { held, posted, voided, expired, opened, refused, imported, quarantined }
    Checkpoint {
        seq, at, name, zone, tariffs, products, buckets, people, offerings, seats, balances,
        bucket_balances, packs, charges, pairs, sessions, elsewhere, features, refusals,
        tally, surroundings, rulebook, budgets, agents, imports, monitor, judgements,
        move_plans
    }
}

macro_rules! tags {
    ($($name:ident { $($tag:literal => $variant:ident),+ })+) => {$(
        impl Wire for $name {
            fn put(&self, out: &mut Vec<u8>) {
                out.push(match self { $(Self::$variant => $tag),+ });
            }
            fn get(input: &mut Input<'_>) -> Result<Self, Malformed> {
                match input.byte()? {
                    $($tag => Ok(Self::$variant),)+
                    _ => Err(Malformed(concat!("unknown ", stringify!($name)))),
                }
            }
        }
    )+};
}
tags! {
    Meter { 0 => Window24h, 1 => CalendarDay, 2 => StartedHour, 3 => Minute, 4 => Result }
    Source { 0 => Gate, 1 => Log, 2 => Generated, 3 => Vendor }
    Outcome { 0 => Posted, 1 => Voided, 2 => Expired }
    Cause { 0 => Closed, 1 => Silent }
    Class {
        0 => Spike, 1 => Burst, 2 => LongSession, 3 => OvernightIdle, 4 => LevelShift,
        5 => WorthASeat, 6 => SeatHolderOnTokens, 7 => DoubleDip, 8 => NewProduct,
        9 => OffHours, 10 => OffSite, 11 => SharedCredentials, 12 => ImpossibleTravel,
        13 => ServiceAccount, 14 => SilentSource
    }
    Severity { 0 => Info, 1 => Warning, 2 => Critical }
    Reason {
        0 => ProductUnknown, 1 => PersonUnknown, 2 => BucketUnknown,
        3 => NotOnTariff, 4 => BucketExhausted, 5 => PoolExhausted,
        6 => AccessEnded, 7 => NotEligible, 8 => OutsideSchedule, 9 => RegionNotAllowed,
        10 => SeatHeldElsewhere, 11 => NoFreeSeat, 12 => BucketNotInForce,
        13 => ConcurrentCapReached, 14 => WindowCapReached, 15 => DailyCapReached,
        16 => MonthlyCapReached, 17 => ConfirmationNeeded, 18 => BucketNotYours,
        19 => NoLease, 20 => ClockWrong, 21 => TokensNotAgreed
    }
    Fare { 0 => Seat, 1 => FreeSeat, 2 => Tokens }
    Mode { 0 => Enforce, 1 => Monitor }
    MoveKind { 0 => Assign, 1 => Buy, 2 => Release }
    MoveStep { 0 => Done, 1 => Undone, 2 => Dropped }
    Trust { 0 => Unknown, 1 => Network, 2 => Vpn, 3 => Geo, 4 => Reported }
    Breach { 0 => Report, 1 => Quarantine, 2 => Refuse }
    Leftover { 0 => Return, 1 => Carry, 2 => Expire }
    PackKind { 0 => Flex, 1 => ContractYear, 2 => MultiYear }
    Measure { 0 => Tokens, 1 => Opens, 2 => Running, 3 => People }
    Each { 0 => Person, 1 => Room, 2 => Together }
    Then { 0 => Refuse, 1 => Confirm }
    DipCause { 0 => SecondIdentity, 1 => SeatCameLater, 2 => SameIdentity, 3 => SecondChargeInWindow }
}

macro_rules! variants {
    ($name:ident {
        $($tag:literal => $variant:ident { $($field:ident),+ },)*
        ; $($one_tag:literal => $one:ident,)*
    }) => {
        impl Wire for $name {
            fn put(&self, out: &mut Vec<u8>) {
                match self {
                    $(Self::$variant { $($field),+ } => {
                        out.push($tag);
                        $($field.put(out);)+
                    })*
                    $(Self::$one(value) => {
                        out.push($one_tag);
                        value.put(out);
                    })*
                }
            }
            fn get(input: &mut Input<'_>) -> Result<Self, Malformed> {
                match input.byte()? {
                    $($tag => {
                        $(let $field = Wire::get(input)?;)+
                        Ok(Self::$variant { $($field),+ })
                    })*
                    $($one_tag => Wire::get(input).map(Self::$one),)*
                    _ => Err(Malformed(concat!("unknown ", stringify!($name)))),
                }
            }
        }
    };
}
variants! { Route {
    1 => Tokens { bucket, ticks, meter, unit_start, grace_end },
    ; 0 => Seat,
    2 => FreeSeat,
} }
variants! { Event {
    0 => ContractAgreed { name, zone },
    7 => PackBought { name, ticks, from, until },
    8 => Allocated { bucket, ticks },
    9 => PackExpired { pack, breakage },
    12 => HoldEnded { person, product, outcome },
    14 => Closed { session, at, cause, hold },
    19 => Ordered { by, what },
    23 => SeatMoved { seat, person },
    32 => PackAdded { name, kind, ticks, from, until, price },
    33 => CarriedForward { pack, ticks, until },
    34 => Corrected { pack, bucket, ticks, why },
    37 => RequestAnswered { request, by, answer, comment },
    39 => PeriodEnded { bucket, until },
    40 => VendorBalance { at, ticks },
    44 => BreachReviewed { decision, accepted, why },
    50 => PersonMerged { person, into },
    60 => FindingJudged { finding, class, subject, confirmed, why },
    62 => AlertRuleSet { key, text },
    64 => AlertRuleMuted { key, until },
    66 => AlertHandled { alert, what },
    61 => PlanSet { bucket, plan },
    71 => MovesJudged { plan, by, approved, why },
    72 => MovesStepped { plan, moves, step },
    ; 1 => TariffAdopted,
    2 => ProductsDefined,
    3 => BucketsOpened,
    4 => OfferingsDefined,
    5 => PeopleAdded,
    6 => SeatsAdded,
    10 => Opened,
    11 => Refused,
    13 => UnitCharged,
    15 => UsageCharged,
    16 => UsageReversed,
    17 => Imported,
    18 => FeaturesMapped,
    20 => GroupsSet,
    21 => PeopleSet,
    22 => AliasesSet,
    24 => RegionsSet,
    25 => SitesSet,
    26 => TerritoriesSet,
    27 => SchedulesSet,
    28 => BucketsSet,
    29 => TermsSet,
    30 => PolicyAdopted,
    31 => PolicyRetired,
    35 => TokensMoved,
    36 => TokensRequested,
    38 => RequestExpired,
    41 => VendorReported,
    42 => ShadowPriced,
    43 => ExchangeRatesSet,
    45 => CapsSet,
    46 => DeviceEnrolled,
    47 => DeviceRevoked,
    48 => AgentRulesSet,
    49 => ImportUndone,
    63 => AlertRuleRemoved,
    65 => AlertRaised,
    67 => ForecastsKept,
    68 => OccasionSet,
    69 => OccasionRemoved,
    70 => MovesPlanned,
} }
variants! { Handling {
    0 => Acknowledged { note },
    1 => StepDone { step, said, channels },
    2 => Escalated { level, channels },
    3 => Ended { said },
    ;
} }

pub(crate) mod decided;
mod imported;
mod rules;

#[cfg(test)]
mod tests;
