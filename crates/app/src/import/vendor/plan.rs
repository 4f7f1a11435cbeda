//! What a report changes: what is reckoned beside what is on record.

use super::derive::{Derived, Known};
use super::{Groups, Rows, prices};
use faregate_core::amount::Ticks;
use faregate_core::charges::Pair;
use faregate_core::estate::folded;
use faregate_core::event::{Charge, Finding, Unit, VendorCharge};
use faregate_core::state::State;
use faregate_core::when::{Date, Instant};
use rustc_hash::FxHashMap;
use std::collections::BTreeMap;

/// What a report changes.
#[derive(Default)]
pub(super) struct Plan {
    pub(super) reversed: Vec<Unit>,
    pub(super) charged: Vec<Charge>,
    pub(super) reported: Vec<VendorCharge>,
}

impl Plan {
    pub(super) fn is_empty(&self) -> bool {
        self.reversed.is_empty() && self.charged.is_empty() && self.reported.is_empty()
    }

    /// Puts what changes in the order in which it is booked.
    pub(super) fn sort(&mut self) {
        self.reversed.sort_unstable();
        self.charged.sort_unstable_by_key(|charge| (charge.at, charge.person, charge.product));
    }

    /// Adds what of a pair is not as it is on record.
    pub(super) fn add(&mut self, known: &Known<'_>, record: &Record<'_>, derived: Derived) {
        let (state, (person, product)) = (known.state, known.pair);
        let wanted: BTreeMap<Instant, Charge> =
            derived.charges.into_iter().map(|charge| (charge.at, charge)).collect();
        let is_same = |one: &Charge, other: &Charge| {
            (one.ticks, one.source, one.meter) == (other.ticks, other.source, other.meter)
        };
        for charge in state.charges().of_pair(known.pair).filter(|one| one.at >= known.from) {
            if !wanted.get(&charge.at).is_some_and(|wanted| is_same(wanted, &charge)) {
                self.reversed.push(charge.unit());
            }
        }
        for (at, charge) in wanted {
            let on_record = state.charges().get(Unit { person, product, at });
            if !on_record.is_some_and(|known| is_same(&known, &charge)) {
                let bucket = on_record.map_or(charge.bucket, |known| known.bucket);
                self.charged.push(Charge { bucket, ..charge });
            }
        }
        for (day, found) in derived.found {
            if !says_same(record.of(known.pair, day), &found) {
                self.reported.extend(found);
            }
        }
    }
}

/// Whether what is on record says the same as what was found, in whatever order.
pub(super) fn says_same(before: &[&VendorCharge], now: &[VendorCharge]) -> bool {
    let order = |one: &VendorCharge| (folded(&one.alias), one.ticks, key_of(one.finding));
    let mut before = before.to_vec();
    before.sort_by_key(|one| order(one));
    let mut now: Vec<&VendorCharge> = now.iter().collect();
    now.sort_by_key(|one| order(one));
    now == before
}

fn key_of(finding: Finding) -> u8 {
    match finding {
        Finding::Matched => 0,
        Finding::Booked => 1,
        Finding::DoubleDip(_) => 2,
    }
}

/// What is on record from a day on, by person, product and day: looked up once, for a day has as many rows as there
/// are people.
pub(super) struct Record<'s>(FxHashMap<(Pair, Date), Vec<&'s VendorCharge>>);

impl<'s> Record<'s> {
    /// What is on record from the first of these days on, and of the two before it: so far back a unit near midnight
    /// can be another day's.
    pub(super) fn since(state: &'s State, days: impl Iterator<Item = Date>) -> Self {
        let mut record: FxHashMap<(Pair, Date), Vec<&VendorCharge>> = FxHashMap::default();
        let Some(first) = days.min().map(|day| day.plus(-2)) else { return Self(record) };
        let all = &state.vendor().charges;
        let start = all.partition_point(|charge| charge.day < first);
        for charge in all.iter().skip(start) {
            let key = ((charge.person, charge.product), charge.day);
            record.entry(key).or_default().push(charge);
        }
        Self(record)
    }

    /// What is on record of a pair on a day, in its order.
    pub(super) fn of(&self, pair: Pair, day: Date) -> &[&'s VendorCharge] {
        self.0.get(&(pair, day)).map_or(&[], Vec::as_slice)
    }
}

/// Of how many persons, products and days the report at hand tells other amounts than are on record: each has some
/// that the other has not. A day that only grows is no such, for its rows may be in several files.
pub(super) fn restated(record: &Record<'_>, groups: &Groups) -> u64 {
    let days = groups.iter().flat_map(|(pair, days)| {
        days.iter().map(|(day, told)| (record.of(*pair, *day), &told.rows))
    });
    let restated = days.filter(|(known, told)| {
        let known: Vec<(String, Ticks)> =
            known.iter().map(|one| (folded(&one.alias), one.ticks)).collect();
        known.iter().any(|row| !told.contains_key(row))
            && told.keys().any(|row| !known.contains(row))
    });
    restated.count() as u64
}

/// Puts to the rows of a report what is on record of the same people and products: from two days before the first,
/// as far back as a unit near midnight can be another day's.
pub(super) fn recall(state: &State, groups: &mut Groups) {
    let firsts: BTreeMap<Pair, Date> = groups
        .iter()
        .filter_map(|(pair, days)| Some((*pair, days.keys().next()?.plus(-2))))
        .collect();
    let Some(first) = firsts.values().min() else { return };
    let mut counts: BTreeMap<(Pair, Date, String, Ticks), u32> = BTreeMap::new();
    let all = &state.vendor().charges;
    let start = all.partition_point(|charge| charge.day < *first);
    for charge in all.iter().skip(start) {
        let pair = (charge.person, charge.product);
        if firsts.get(&pair).is_none_or(|first| charge.day < *first) {
            continue;
        }
        let key = (pair, charge.day, folded(&charge.alias), charge.ticks);
        let count = counts.entry(key).or_default();
        *count = count.saturating_add(1);
        let doubted = prices::disbelieved(state, pair, charge.day, charge.ticks).is_some();
        let row = Rows { alias: charge.alias.clone(), count: *count, line: 0, doubted };
        let days = groups.entry(pair).or_default();
        days.entry(charge.day).or_default().add(&charge.alias, charge.ticks, row);
    }
}

/// Charges with whether their bucket can pay, in the order in which they are booked.
pub(super) fn settled(state: &State, charges: &[Charge]) -> Vec<Charge> {
    let mut ledger = state.ledger().clone();
    let pay = |charge: &Charge| {
        let paid = ledger.charge(charge.bucket, charge.ticks, charge.at).is_ok();
        Charge { paid, ..*charge }
    };
    charges.iter().map(pay).collect()
}
