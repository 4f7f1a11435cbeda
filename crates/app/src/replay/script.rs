//! What is taken over of the actual journal, with the change applied: in which order, and what of it waits for its time.
//!
//! Who and what there is comes first, since use is booked in order of its time and may have been told of before anybody
//! knew whose it is. What moves tokens or seats waits for its time, but for what was agreed before any use was known.

use super::{Change, NotReplayed, SeatChange};
use crate::ports::{Entry, Store};
use faregate_core::estate::{PersonId, Seat, SeatId};
use faregate_core::event::{Event, Move, MoveCause, Opened, Refused, Route};
use faregate_core::state::State;
use faregate_core::tariff::{TariffParts, TokenPrice};
use faregate_core::usage::Interval;
use faregate_core::when::Instant;
use std::collections::BTreeMap;

/// What the new journal is made of, but for the use.
#[derive(Debug, Default)]
pub(super) struct Script {
    /// When the new journal begins.
    pub(super) begins: Instant,
    /// What it begins with, in order.
    pub(super) first: Vec<Event>,
    /// What follows at its time, in order.
    pub(super) timed: Vec<(Instant, Event)>,
    /// What is left out, and how often.
    pub(super) left_out: BTreeMap<&'static str, u64>,
    /// How often somebody was refused in the period.
    pub(super) refused: u64,
}

/// A script in the making.
struct Writer<'a> {
    change: &'a Change,
    /// Whether the layout gives tokens, so that nothing else does.
    is_endowed: bool,
    span: Interval,
    script: Script,
    /// Seats whose term ends sooner.
    cut: BTreeMap<SeatId, Instant>,
    seats: u32,
    has_tariff: bool,
    /// Whether any use was known by then.
    is_used: bool,
    /// Whose an identity is in the end.
    merges: Vec<(PersonId, PersonId)>,
}

impl Script {
    /// Reads the actual journal; use is known from an instant on.
    pub(super) fn read(
        store: &mut dyn Store,
        actual: &State,
        change: &Change,
        (span, first_use): (Interval, Instant),
    ) -> Result<Self, NotReplayed> {
        let tokens = change.buckets.iter().flat_map(|document| &document.buckets);
        let mut writer = Writer {
            change,
            is_endowed: tokens.into_iter().any(|row| row.value.tokens.is_some()),
            span,
            script: Self { begins: Instant(i64::MAX), ..Self::default() },
            cut: cut(actual, &change.seats, span)?,
            seats: 0,
            has_tariff: false,
            is_used: false,
            merges: Vec::new(),
        };
        store.replay(0, &mut |entry| {
            writer.take(entry);
            true
        })?;
        writer.finish(first_use.min(span.start))
    }
}

impl Writer<'_> {
    fn take(&mut self, Entry { at, event, .. }: Entry) {
        self.script.begins = self.script.begins.min(at);
        match event {
            Event::TariffAdopted(parts) => self.tariff(parts),
            Event::SeatsAdded(seats) => self.seats(seats),
            Event::FeaturesMapped(mut mapped) => {
                mapped.iter_mut().for_each(|one| one.released = 0);
                self.script.first.push(Event::FeaturesMapped(mapped));
            }
            Event::PersonMerged { person, into } => {
                self.merges.retain(|(merged, _)| *merged != person);
                self.merges.extend(into.map(|into| (person, into)));
            }
            Event::SeatMoved { .. } => self.script.timed.push((at, event)),
            Event::Opened(Opened { person, route, .. }) => {
                self.is_used = true;
                if let Route::FreeSeat(seat) = route {
                    let given = Event::SeatMoved { seat, person: Some(person) };
                    self.script.timed.push((at, given));
                }
            }
            Event::Imported(_) => self.is_used = true,
            Event::Refused(refused) => self.refused(at, refused),
            Event::PackAdded { name, kind, ticks, from, until, price } => {
                // The other price holds for all tokens, whatever a pack of them cost.
                let price = price.filter(|_| self.change.token_price.is_none());
                self.tokens(at, Event::PackAdded { name, kind, ticks, from, until, price });
            }
            event if moves_tokens(&event) => self.tokens(at, event),
            event if is_kept(&event, self.change) => self.script.first.push(event),
            event => {
                if let Some(what) = missed(&event) {
                    *self.script.left_out.entry(what).or_default() += 1;
                }
            }
        }
    }

    fn tariff(&mut self, mut parts: TariffParts) {
        if let Some(tariff) = &self.change.tariff {
            if std::mem::replace(&mut self.has_tariff, true) {
                return;
            }
            parts = tariff.parts().clone();
        }
        if let Some(per_token) = self.change.token_price {
            parts.prices = vec![TokenPrice { per_token, from: None }];
        }
        self.script.first.push(Event::TariffAdopted(parts));
    }

    fn seats(&mut self, mut seats: Vec<Seat>) {
        for (seat, id) in seats.iter_mut().zip(self.seats..) {
            if let Some(until) = self.cut.get(&SeatId(id)) {
                seat.until = seat.until.min((*until).max(seat.from));
            }
        }
        self.seats += u32::try_from(seats.len()).unwrap_or(u32::MAX);
        self.script.first.push(Event::SeatsAdded(seats));
    }

    fn refused(&mut self, at: Instant, refused: Refused) {
        if self.span.start <= at && at < self.span.end {
            self.script.refused += 1;
            // Under other policies everybody asks anew.
            if self.change.policies.is_none() {
                self.script.timed.push((at, Event::Refused(refused)));
            }
        }
    }

    fn tokens(&mut self, at: Instant, event: Event) {
        let gives = matches!(
            event,
            Event::Allocated { .. } | Event::TokensMoved(_) | Event::PeriodEnded { .. }
        );
        if self.is_endowed && gives {
            return;
        }
        let event = match event {
            // Requests are not taken over; what they moved is.
            Event::TokensMoved(Move { from, to, ticks, cause, why }) => {
                let cause = match cause {
                    MoveCause::Request(_) | MoveCause::LoanReturned(_) => MoveCause::Order,
                    cause => cause,
                };
                Event::TokensMoved(Move { from, to, ticks, cause, why })
            }
            event => event,
        };
        match self.is_used {
            true => self.script.timed.push((at, event)),
            false => self.script.first.push(event),
        }
    }

    fn finish(mut self, first_use: Instant) -> Result<Script, NotReplayed> {
        if self.change.tariff.is_some() && !self.has_tariff {
            return Err(NotReplayed::NoTariff);
        }
        let gained = self.change.seats.iter().filter(|change| change.gains);
        let until = self.span.end;
        let gained = gained.map(|&SeatChange { person, offering, from, .. }| Seat {
            offering,
            person: Some(person),
            from: from.max(self.span.start),
            until: until.max(from.plus(1)),
        });
        let gained: Vec<Seat> = gained.collect();
        let first = &mut self.script.first;
        first.extend((!gained.is_empty()).then_some(Event::SeatsAdded(gained)));
        let sets = self.change.policies.iter().flatten().cloned();
        first.extend(sets.map(Event::PolicyAdopted));
        let merges = self.merges.iter();
        first
            .extend(merges.map(|&(person, into)| Event::PersonMerged { person, into: Some(into) }));
        self.script.begins = self.script.begins.min(first_use);
        Ok(self.script)
    }
}

/// The seats whose term ends sooner, and when.
fn cut(
    actual: &State,
    changes: &[SeatChange],
    span: Interval,
) -> Result<BTreeMap<SeatId, Instant>, NotReplayed> {
    let estate = actual.estate();
    let mut cut = BTreeMap::new();
    for change in changes.iter().filter(|change| !change.gains) {
        let from = change.from.max(span.start);
        let is_theirs = |id: &&SeatId| {
            let held = estate.seat(**id).filter(|seat| seat.until > from);
            held.is_some_and(|seat| {
                seat.offering == change.offering
                    && !cut.contains_key(*id)
                    && estate.holder(**id, from.max(seat.from)) == Some(change.person)
            })
        };
        let found = estate.seats_ever(change.person).iter().find(is_theirs).copied();
        let id = found.ok_or_else(|| NotReplayed::NoSeat {
            person: estate.person(change.person).map_or_else(String::new, |one| one.key.clone()),
            offering: estate
                .offering(change.offering)
                .map_or_else(String::new, |one| one.key.clone()),
            date: actual.zone().date(from),
        })?;
        cut.insert(id, from);
    }
    Ok(cut)
}

pub(super) fn moves_tokens(event: &Event) -> bool {
    matches!(
        event,
        Event::PackBought { .. }
            | Event::PackAdded { .. }
            | Event::Allocated { .. }
            | Event::TokensMoved(_)
            | Event::Corrected { .. }
            | Event::CarriedForward { .. }
            | Event::PackExpired { .. }
            | Event::PeriodEnded { .. }
    )
}

/// What says who and what there is, and by which rules.
fn is_kept(event: &Event, change: &Change) -> bool {
    match event {
        Event::PolicyAdopted(_) | Event::PolicyRetired(_) => change.policies.is_none(),
        event => matches!(
            event,
            Event::ContractAgreed { .. }
                | Event::ProductsDefined(_)
                | Event::BucketsOpened(_)
                | Event::OfferingsDefined(_)
                | Event::PeopleAdded(_)
                | Event::GroupsSet(_)
                | Event::PeopleSet(_)
                | Event::AliasesSet(_)
                | Event::RegionsSet(_)
                | Event::SitesSet(_)
                | Event::TerritoriesSet(_)
                | Event::SchedulesSet(_)
                | Event::BucketsSet(_)
                | Event::TermsSet(_)
                | Event::CapsSet(_)
                | Event::ExchangeRatesSet(_)
                | Event::VendorBalance { .. }
                | Event::ShadowPriced(_)
                | Event::DeviceEnrolled(_)
                | Event::DeviceRevoked(_)
                | Event::AgentRulesSet(_)
                | Event::OccasionSet(_)
                | Event::OccasionRemoved(_)
                | Event::PlanSet { .. }
        ),
    }
}

/// What people may miss in the new journal.
fn missed(event: &Event) -> Option<&'static str> {
    match event {
        Event::TokensRequested(_) => Some("requests for tokens"),
        Event::AlertRuleSet { .. } => Some("alert rules"),
        Event::FindingJudged { .. } | Event::BreachReviewed { .. } => Some("reviews"),
        _ => None,
    }
}
