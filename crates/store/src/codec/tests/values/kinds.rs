//! The kinds of values, each with its fields: the compiler asks for a new field, `every_kind_is_made` for a
//! new variant.

use super::*;
use faregate_core::budget::{Answer, Progress};
use faregate_core::burn::Plan;
use faregate_core::caps::Span;
use faregate_core::estate::{Domain, Period, Territory};
use faregate_core::event::{Ask, Finding, MoveCause, Opened, Refused, Trial};
use faregate_core::moves::{
    MoveKind, MovePlan, MoveStep, PlanId, PlanRecord, PlannedMove, Stepped, Verdict,
};
use faregate_core::state::OccasionEffect;

macro_rules! newtypes {
    ($($name:ident),+) => {$(
        impl Made for $name {
            fn made(chance: &mut Chance) -> Self {
                Self(Made::made(chance))
            }
        }
    )+};
}
newtypes!(Ticks, Instant, Date, PersonId, ProductId, BucketId, OfferingId, SeatId, SessionId);
newtypes!(GroupId, SiteId, ScheduleId, RequestId, DeviceId, PlanId);

macro_rules! records {
    ($($name:ident { $($field:ident),+ })+) => {$(
        impl Made for $name {
            fn made(chance: &mut Chance) -> Self {
                Self { $($field: Made::made(chance)),+ }
            }
        }
    )+};
}
records! {
    Ask { person, product, host, bucket, more }
    Opened { ask, person, product, route, tariff, basis }
    Refused { ask, reason, tariff, basis }
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
    Territory { domain, allowed, from, until, breach, unknown }
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
    Counts {
        events, sessions, open_sessions, closed, rejected, quarantined, duplicates, seconds, first,
        last
    }
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

/// What the first release did not know of: often left out.
macro_rules! later_records {
    ($($name:ident { $($field:ident),+ })+) => {$(
        impl Made for $name {
            fn made(chance: &mut Chance) -> Self {
                let all = Self { $($field: Made::made(chance)),+ };
                if chance.below(2) == 0 { Self::default() } else { all }
            }
        }
    )+};
}
later_records! {
    Circumstances { version, evidence, fare, confirmed, agent }
    AgentSaid { device, agreed, clock_wrong, lease }
    Basis { rules, place, breach, rule, trial, lease }
}

/// Variants: plain ones, those that carry values in a row, those with fields.
macro_rules! choices {
    ($($name:ident {
        $($plain:ident)*
        $(; rows $($row:ident($($part:ident),+))+)?
        $(; records $($variant:ident { $($field:ident),+ })+)?
    })+) => {$(
        impl Made for $name {
            fn made(chance: &mut Chance) -> Self {
                let makers: &[fn(&mut Chance) -> Self] = &[
                    $(|_| Self::$plain,)*
                    $($(|chance| {
                        $(let $part = Made::made(chance);)+
                        Self::$row($($part),+)
                    },)*)?
                    $($(|chance| {
                        $(let $field = Made::made(chance);)+
                        Self::$variant { $($field),+ }
                    },)*)?
                ];
                chance.of(makers)(chance)
            }
        }
    )+};
}
choices! {
    Meter { Window24h CalendarDay StartedHour Minute Result }
    Source { Gate Log Generated Vendor }
    Outcome { Posted Voided Expired }
    Cause { Closed Silent }
    Class {
        Spike Burst LongSession OvernightIdle LevelShift WorthASeat SeatHolderOnTokens
        DoubleDip NewProduct OffHours OffSite SharedCredentials
        ImpossibleTravel ServiceAccount SilentSource
    }
    Severity { Info Warning Critical }
    Handling {
        ; records
        Acknowledged { note } StepDone { step, said, channels } Escalated { level, channels }
        Ended { said }
    }
    Fare { Seat FreeSeat Tokens }
    Mode { Enforce Monitor }
    MoveKind { Assign Buy Release }
    MoveStep { Done Undone Dropped }
    Trust { Unknown Network Vpn Geo Reported }
    Breach { Report Quarantine Refuse }
    Leftover { Return Carry Expire }
    PackKind { Flex ContractYear MultiYear }
    Measure { Tokens Opens Running People }
    Each { Person Room Together }
    Then { Refuse Confirm }
    DipCause { SecondIdentity SeatCameLater SameIdentity SecondChargeInWindow }
    Period { Open; rows Months(count) Dates(from, until) }
    Domain { Pool; rows Bucket(id) Offering(id) Seat(id) }
    Span { Day Week Month; rows Seconds(count) }
    Trial { ; rows Opens(fare) Refuses(reason, rule) }
    MoveCause { Order PeriodEnd; rows Request(id) LoanReturned(id) }
    OccasionEffect { Holiday; rows Share(thousandths) TokensADay(ticks) }
    Answer { Decline; rows Approve(ticks) }
    Progress { Waiting Declined Expired Returned; rows Approved(ticks) }
    Plan { Straight Seasonal; rows Curve(points) }
    Finding { Matched Booked; rows DoubleDip(cause) }
    Route { ; rows Seat(id) FreeSeat(id); records Tokens { bucket, ticks, meter, unit_start, grace_end } }
    Event {
        ; rows
        TariffAdopted(parts) ProductsDefined(all) BucketsOpened(all) OfferingsDefined(all)
        PeopleAdded(all) SeatsAdded(all) Opened(one) Refused(one) UnitCharged(one)
        UsageCharged(all) UsageReversed(all) Imported(receipt) FeaturesMapped(all) GroupsSet(all)
        PeopleSet(all) AliasesSet(all) RegionsSet(all) SitesSet(all) TerritoriesSet(all)
        SchedulesSet(all) BucketsSet(all) TermsSet(terms) PolicyAdopted(set) PolicyRetired(name)
        CapsSet(all) TokensMoved(order) TokensRequested(one) RequestExpired(id)
        VendorReported(all) ShadowPriced(price) ExchangeRatesSet(all)
        DeviceEnrolled(device) DeviceRevoked(id) AgentRulesSet(text)
        ImportUndone(undone) AlertRuleRemoved(key) AlertRaised(raised) ForecastsKept(all)
        OccasionSet(one) OccasionRemoved(key)
        MovesPlanned(one)
        ; records
        FindingJudged { finding, class, subject, confirmed, why }
        AlertRuleSet { key, text }
        AlertRuleMuted { key, until }
        AlertHandled { alert, what }
        ContractAgreed { name, zone }
        PackBought { name, ticks, from, until }
        Allocated { bucket, ticks }
        PackExpired { pack, breakage }
        HoldEnded { person, product, outcome }
        Closed { session, at, cause, hold }
        Ordered { by, what }
        SeatMoved { seat, person }
        PackAdded { name, kind, ticks, from, until, price }
        CarriedForward { pack, ticks, until }
        Corrected { pack, bucket, ticks, why }
        RequestAnswered { request, by, answer, comment }
        PeriodEnded { bucket, until }
        VendorBalance { at, ticks }
        BreachReviewed { decision, accepted, why }
        PersonMerged { person, into }
        PlanSet { bucket, plan }
        MovesJudged { plan, by, approved, why }
        MovesStepped { plan, moves, step }
    }
}

/// Half of them were made before imports were numbered.
impl Made for Receipt {
    fn made(chance: &mut Chance) -> Self {
        let all = Self {
            kind: Made::made(chance),
            files: Made::made(chance),
            counts: Made::made(chance),
            begun: Made::made(chance),
            ended: Made::made(chance),
            batch: Made::made(chance),
            by: Made::made(chance),
            overlap: Made::made(chance),
        };
        if all.batch > 0 && chance.below(2) == 0 {
            return all;
        }
        let (batch, by, overlap) = Default::default();
        Self { batch, by, overlap, ..all }
    }
}

impl Made for Reason {
    fn made(chance: &mut Chance) -> Self {
        chance.of(&Self::ALL)
    }
}
