//! Paid twice: tokens charged while a seat of the person covers the product, by the vendor or by ourselves.
//!
//! What the vendor charged is in [`crate::event::VendorCharge`]; it is no charge of ours (`docs/adr/0012`), so
//! nothing is counted twice here.

use crate::amount::{Money, Ticks};
use crate::charges::Pair;
use crate::estate::{PersonId, ProductId, folded};
use crate::event::{DipCause, Finding, VendorCharge};
use crate::state::State;
use crate::usage::Interval;
use crate::when::{DAY, Date, Instant, Zone};
use std::collections::{BTreeMap, BTreeSet};

/// Puts on record what the vendor charged: all that is said of a name, a day and a product replaces what was said
/// of them before. The record is in one order, whatever the order in which it was told.
pub(crate) fn take_over(known: &mut Vec<VendorCharge>, new: &[VendorCharge]) {
    let day = |charge: &VendorCharge| charge.day;
    let Some((first, last)) = new.iter().map(day).min().zip(new.iter().map(day).max()) else {
        return;
    };
    if !known.is_sorted_by_key(day) {
        known.sort_by_key(day);
    }
    let name = |charge: &VendorCharge| (charge.day, folded(&charge.alias), charge.product);
    let replaced: BTreeSet<_> = new.iter().map(name).collect();
    let start = known.partition_point(|charge| charge.day < first);
    let end = known.partition_point(|charge| charge.day <= last).max(start);
    let mut days: Vec<VendorCharge> = known.splice(start..end, []).collect();
    days.retain(|charge| !replaced.contains(&name(charge)));
    days.extend(new.iter().cloned());
    days.sort_by_cached_key(|charge| (name(charge), charge.ticks));
    known.splice(start..start, days);
}

/// The first and the last instant of a UTC day.
#[must_use]
pub fn bounds(day: Date) -> (Instant, Instant) {
    let start = Instant(i64::from(day.0).saturating_mul(DAY));
    (start, start.plus(DAY.saturating_sub(1)))
}

/// How a charge of the vendor's under this name, for a pair on a UTC day, is a double-dip; `None` when no seat
/// of the person covers the product at the day's end: then it may be for use after the seat was gone.
#[must_use]
pub fn cause(state: &State, (person, product): Pair, who: &str, day: Date) -> Option<DipCause> {
    let (start, end) = bounds(day);
    let estate = state.estate();
    estate.covering_seat(person, product, end)?;
    let known = estate.person(person)?;
    let usual = core::iter::once(&known.key).chain(known.aliases.first());
    if !usual.map(|name| folded(name)).any(|name| name == folded(who)) {
        return Some(DipCause::SecondIdentity);
    }
    let came_later = estate.covering_seat(person, product, start).is_none();
    Some(if came_later { DipCause::SeatCameLater } else { DipCause::SameIdentity })
}

/// The first instant of a UTC day, from `from` on, at which no seat of the person covers the product.
#[must_use]
pub fn uncovered_from(
    state: &State,
    (person, product): Pair,
    from: Instant,
    day: Date,
) -> Option<Instant> {
    let rest = Interval { start: from, end: bounds(day).1.plus(1) };
    let free = state.estate().uncovered_parts(person, product, rest);
    free.first().map(|part| part.start)
}

/// Tokens paid although a seat covered the use.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dip {
    /// Who.
    pub person: PersonId,
    /// What.
    pub product: ProductId,
    /// Under which name the vendor charged it; `None` for a charge of ours.
    pub alias: Option<String>,
    /// The UTC day.
    pub day: Date,
    /// How many.
    pub ticks: Ticks,
    /// What they cost at the tariff's price of that day, rounded half to even; `None` without a price.
    pub cost: Option<Money>,
    /// How it came about.
    pub cause: DipCause,
}

/// All double-dips of a period.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Dips {
    /// By day, person and product.
    pub rows: Vec<Dip>,
    /// All tokens.
    pub ticks: Ticks,
    /// What they cost: the sum of the rows; `None` without prices, and across currencies.
    pub cost: Option<Money>,
    /// Tokens by cause.
    pub by_cause: BTreeMap<DipCause, Ticks>,
}

/// The double-dips of the UTC days between two dates, both included.
#[must_use]
pub fn report(state: &State, from: Date, to: Date) -> Dips {
    let mut rows: Vec<Dip> = reported(state).chain(charged(state)).collect();
    rows.retain(|dip| from <= dip.day && dip.day <= to);
    rows.sort_by_key(|dip| (dip.day, dip.person, dip.product));
    let mut dips = Dips::default();
    for dip in &rows {
        dips.ticks = dips.ticks.plus(dip.ticks).unwrap_or(dips.ticks);
        let cause = dips.by_cause.entry(dip.cause).or_default();
        *cause = cause.plus(dip.ticks).unwrap_or(*cause);
    }
    let mut costs = rows.iter().map(|dip| dip.cost);
    let first = costs.next().flatten();
    dips.cost = costs.fold(first, |sum, cost| sum.zip(cost).and_then(|(sum, cost)| sum.plus(cost)));
    Dips { rows, ..dips }
}

/// What the vendor charged.
fn reported(state: &State) -> impl Iterator<Item = Dip> + '_ {
    state.vendor().charges.iter().filter_map(move |charge| {
        let Finding::DoubleDip(cause) = charge.finding else { return None };
        let (person, product, day, ticks) =
            (charge.person, charge.product, charge.day, charge.ticks);
        let (alias, cost) = (Some(charge.alias.clone()), cost(state, bounds(day).0, ticks));
        Some(Dip { person, product, alias, day, ticks, cost, cause })
    })
}

/// What we charged ourselves: a unit that began while a seat covered it, as of a session from before the seat.
fn charged(state: &State) -> impl Iterator<Item = Dip> + '_ {
    state.charges().iter().filter_map(move |charge| {
        let (person, product, at, ticks) = (charge.person, charge.product, charge.at, charge.ticks);
        state.estate().covering_seat(person, product, at)?;
        let day = Zone::utc().date(at);
        let known = state.estate().person(person)?;
        let cause =
            cause(state, (person, product), &known.key, day).unwrap_or(DipCause::SameIdentity);
        let (alias, cost) = (None, cost(state, at, ticks));
        Some(Dip { person, product, alias, day, ticks, cost, cause })
    })
}

fn cost(state: &State, at: Instant, ticks: Ticks) -> Option<Money> {
    let price = state.tariff()?.1.token_price(at, state.zone())?;
    Some(price.for_tokens(ticks))
}

#[cfg(test)]
mod tests;
