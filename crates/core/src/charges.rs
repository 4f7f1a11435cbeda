//! What was charged to whom: the projection that answers "one charge per person, product and unit".

use crate::amount::Ticks;
use crate::estate::{BucketId, PersonId, ProductId};
use crate::event::{Charge, Source, Unit};
use crate::tariff::Meter;
use crate::when::{Date, Instant, Zone};
use rustc_hash::FxHashMap;
use std::collections::BTreeMap;

/// A person and a product: what a charge window belongs to.
pub type Pair = (PersonId, ProductId);

/// Tokens reserved for the unit of use that a pair has begun.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hold {
    /// Which bucket reserved them.
    pub bucket: BucketId,
    /// How many.
    pub ticks: Ticks,
    /// What is counted.
    pub meter: Meter,
    /// Start of the unit.
    pub start: Instant,
    /// Use that lasts to this instant is spent, whatever comes after.
    pub grace_end: Instant,
    /// Until when leases may use it without the server, when there are any.
    pub lease: Option<Instant>,
}

impl Hold {
    /// The charge that posting the hold makes.
    #[must_use]
    pub fn charge(&self, (person, product): Pair) -> Charge {
        let Self { bucket, ticks, meter, start, .. } = *self;
        let source = Source::Gate;
        Charge { at: start, ticks, person, product, bucket, meter, source, paid: true }
    }
}

/// What goes on now between one person and one product.
///
/// A lease keeps its hold apart from the others': whether it is used nobody knows before it comes back.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PairUse {
    /// The hold of running sessions, not resolved yet.
    pub hold: Option<Hold>,
    /// How many sessions are on tokens now, leases among them.
    pub live: u32,
    /// The hold that only leases have.
    pub leased: Option<Hold>,
    /// How many leases are out.
    pub leases: u32,
}

impl PairUse {
    /// How many sessions run on tokens now, as far as is known: leases are not heard of.
    #[must_use]
    pub fn running(&self) -> u32 {
        self.live.saturating_sub(self.leases)
    }

    /// The hold that ends first: that of running sessions, else that of leases.
    #[must_use]
    pub fn first_to_end(&self) -> Option<Hold> {
        self.hold.or(self.leased)
    }

    /// The hold that sessions of a kind have: leases, or others.
    #[must_use]
    pub fn hold_of(&self, is_lease: bool) -> Option<Hold> {
        if is_lease { self.leased } else { self.hold }
    }

    /// Both holds.
    pub fn holds(self) -> impl Iterator<Item = Hold> {
        self.hold.into_iter().chain(self.leased)
    }
}

/// A day's totals, by product and bucket.
pub type DayCells = BTreeMap<(ProductId, BucketId), DayCell>;

/// One product's and bucket's share of a day.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DayCell {
    /// How much.
    pub ticks: Ticks,
    /// In how many charges.
    pub charges: u32,
}

/// All that charges have in common but for when, who and what: a few hundred kinds cover millions of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Kind {
    ticks: Ticks,
    bucket: BucketId,
    meter: Meter,
    source: Source,
    paid: bool,
}

/// A charge in eight bytes: when it begins in the upper 40 bits, so that it sorts by that, its kind below.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Packed(u64);

impl Packed {
    /// Bits of the kind's number.
    const KIND_BITS: u32 = 24;
    /// Seconds before 1970 that are the earliest: 17,000 years, further than the calendar reaches.
    const EPOCH: i64 = 1 << 39;

    fn new(at: Instant, kind: u32) -> Self {
        let seconds = at.0.clamp(Self::EPOCH.saturating_neg(), Self::EPOCH.saturating_sub(1));
        let seconds = seconds.saturating_add(Self::EPOCH).unsigned_abs();
        Self((seconds << Self::KIND_BITS) | u64::from(kind))
    }

    fn at(self) -> Instant {
        Instant((self.0 >> Self::KIND_BITS).cast_signed().saturating_sub(Self::EPOCH))
    }

    fn kind(self) -> usize {
        usize::try_from(self.0 & ((1 << Self::KIND_BITS) - 1)).unwrap_or(usize::MAX)
    }
}

/// All charges of a contract that stand, by person and product and by day.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Charges {
    kinds: Vec<Kind>,
    kind_numbers: FxHashMap<Kind, u32>,
    /// Each pair's charges, by start.
    units: FxHashMap<Pair, Vec<Packed>>,
    /// Pairs that hold tokens or run sessions.
    busy: FxHashMap<Pair, PairUse>,
    days: BTreeMap<Date, DayCells>,
}

impl Charges {
    /// Records a charge, unless its unit overlaps one that is there.
    ///
    /// # Errors
    /// The charge that is in the way.
    pub fn record(&mut self, charge: Charge, zone: &Zone) -> Result<(), Charge> {
        if let Some(clash) = self.overlapping(&charge, zone) {
            return Err(clash);
        }
        let Charge { at, ticks, person, product, bucket, meter, source, paid } = charge;
        let kind = self.kind_number(Kind { ticks, bucket, meter, source, paid });
        let unit = Packed::new(at, kind);
        let known = self.units.entry((person, product)).or_default();
        let place = known.partition_point(|other| *other < unit);
        known.insert(place, unit);
        self.count(&charge, zone, 1);
        Ok(())
    }

    /// Brings what recording these charges needs into the cache: the processor waits for all of it at once,
    /// where charges recorded one by one wait one after the other.
    pub(crate) fn fetch(&self, charges: &[Charge]) {
        let units = charges.iter().filter_map(|one| self.units.get(&(one.person, one.product)));
        core::hint::black_box(units.filter_map(|units| units.last()).max());
    }

    /// The charge on record whose unit overlaps that of `charge`, if there is one.
    #[must_use]
    pub fn overlapping(&self, charge: &Charge, zone: &Zone) -> Option<Charge> {
        let pair = (charge.person, charge.product);
        let known = self.units.get(&pair)?;
        let place = known.partition_point(|other| other.at() <= charge.at);
        let get = |index: usize| known.get(index).and_then(|unit| self.unpacked(pair, *unit));
        let before = place.checked_sub(1).and_then(get);
        let after = get(place);
        before
            .filter(|before| clash(before, charge, zone))
            .or_else(|| after.filter(|after| clash(charge, after, zone)))
    }

    /// Takes a charge out, and returns it; `None` when there is none for the unit.
    pub fn reverse(&mut self, unit: Unit, zone: &Zone) -> Option<Charge> {
        let pair = (unit.person, unit.product);
        let known = self.units.get_mut(&pair)?;
        let place = known.partition_point(|other| other.at() < unit.at);
        let packed = *known.get(place).filter(|found| found.at() == unit.at)?;
        known.remove(place);
        if known.is_empty() {
            self.units.remove(&pair);
        }
        let charge = self.unpacked(pair, packed)?;
        self.count(&charge, zone, -1);
        Some(charge)
    }

    /// The charge for a unit.
    #[must_use]
    pub fn get(&self, unit: Unit) -> Option<Charge> {
        let pair = (unit.person, unit.product);
        let known = self.units.get(&pair)?;
        let place = known.partition_point(|other| other.at() < unit.at);
        known.get(place).and_then(|packed| self.unpacked(pair, *packed)).filter(|c| c.at == unit.at)
    }

    /// All charges: each pair's by start, the pairs in no particular order.
    pub fn iter(&self) -> impl Iterator<Item = Charge> + '_ {
        self.units
            .iter()
            .flat_map(|(pair, units)| units.iter().filter_map(|unit| self.unpacked(*pair, *unit)))
    }

    /// Charges of units that began at an instant or later, each pair's latest first, the pairs in no order.
    ///
    /// Looks at every pair once, and only at those of its charges that it returns: for a window of seconds
    /// that is one comparison a pair, however long the history.
    pub fn since(&self, at: Instant) -> impl Iterator<Item = Charge> + '_ {
        let first = Packed::new(at, 0);
        self.units.iter().flat_map(move |(pair, units)| {
            let recent = units.iter().rev().take_while(move |unit| **unit >= first);
            recent.filter_map(|unit| self.unpacked(*pair, *unit))
        })
    }

    /// Charges of units that began in a span, each pair's by start, the pairs in no order.
    ///
    /// Each pair's are found by halving, so that what lies outside costs nothing.
    pub fn within(&self, span: core::ops::Range<Instant>) -> impl Iterator<Item = Charge> + '_ {
        self.units.iter().flat_map(move |(pair, units)| {
            let from = units.partition_point(|unit| unit.at() < span.start);
            let until = units.partition_point(|unit| unit.at() < span.end).max(from);
            let inside = units.get(from..until).unwrap_or_default();
            inside.iter().filter_map(|unit| self.unpacked(*pair, *unit))
        })
    }

    /// What goes on now between a person and a product, if anything does.
    #[must_use]
    pub fn pair(&self, pair: Pair) -> Option<&PairUse> {
        self.busy.get(&pair)
    }

    /// Changes what goes on now between a person and a product.
    pub fn change_pair(&mut self, pair: Pair, change: impl FnOnce(&mut PairUse)) {
        let known = self.busy.entry(pair).or_default();
        change(known);
        if *known == PairUse::default() {
            self.busy.remove(&pair);
        }
    }

    /// All pairs that hold tokens or run sessions, in no particular order.
    pub fn pairs(&self) -> impl Iterator<Item = (&Pair, &PairUse)> + '_ {
        self.busy.iter()
    }

    /// A pair's charges, by start.
    pub fn of_pair(&self, pair: Pair) -> impl DoubleEndedIterator<Item = Charge> + '_ {
        let units = self.units.get(&pair).map_or(&[][..], Vec::as_slice);
        units.iter().filter_map(move |unit| self.unpacked(pair, *unit))
    }

    /// The first instant that a pair's charges and hold do not cover, or `None` when there are none.
    #[must_use]
    pub fn covered_until(&self, pair: Pair, zone: &Zone) -> Option<Instant> {
        let last = self.of_pair(pair).next_back();
        let charged = last.map(|charge| charge.meter.unit_end(charge.at, zone));
        let held =
            self.pair(pair).and_then(|p| p.hold).map(|hold| hold.meter.unit_end(hold.start, zone));
        charged.max(held)
    }

    /// Totals by product and bucket for each day with charges, in `from..=to`.
    pub fn days(&self, from: Date, to: Date) -> impl Iterator<Item = (Date, &DayCells)> + '_ {
        let range = (from <= to).then(|| self.days.range(from..=to));
        range.into_iter().flatten().map(|(date, cells)| (*date, cells))
    }

    /// First and last day with charges.
    #[must_use]
    pub fn span(&self) -> Option<(Date, Date)> {
        Some((*self.days.first_key_value()?.0, *self.days.last_key_value()?.0))
    }

    fn kind_number(&mut self, kind: Kind) -> u32 {
        if let Some(number) = self.kind_numbers.get(&kind) {
            return *number;
        }
        let number = u32::try_from(self.kinds.len()).unwrap_or(u32::MAX);
        self.kind_numbers.insert(kind, number);
        self.kinds.push(kind);
        number
    }

    fn unpacked(&self, (person, product): Pair, unit: Packed) -> Option<Charge> {
        let Kind { ticks, bucket, meter, source, paid } = *self.kinds.get(unit.kind())?;
        Some(Charge { at: unit.at(), ticks, person, product, bucket, meter, source, paid })
    }

    fn count(&mut self, charge: &Charge, zone: &Zone, sign: i64) {
        let date = zone.date(charge.at);
        let cells = self.days.entry(date).or_default();
        let key = (charge.product, charge.bucket);
        let cell = cells.entry(key).or_default();
        let delta = if sign < 0 { charge.ticks.negated() } else { charge.ticks };
        cell.ticks = cell.ticks.plus(delta).unwrap_or(cell.ticks);
        cell.charges = cell.charges.saturating_add_signed(if sign < 0 { -1 } else { 1 });
        if cell.charges == 0 {
            cells.remove(&key);
        }
        if cells.is_empty() {
            self.days.remove(&date);
        }
    }
}

/// Whether two units of one pair, the first starting no later, are one too many.
fn clash(first: &Charge, second: &Charge, zone: &Zone) -> bool {
    if first.meter.ends_with_use() {
        return first.at == second.at;
    }
    second.at < first.meter.unit_end(first.at, zone)
}

#[cfg(test)]
mod tests;
