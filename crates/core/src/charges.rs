//! What was charged to whom: the projection that answers "one charge per person, product and unit".

use crate::amount::Ticks;
use crate::estate::{BucketId, PersonId, ProductId};
use crate::event::{Charge, Source};
use crate::when::{Date, Instant, Zone};
use rustc_hash::FxHashMap;
use std::collections::{BTreeMap, BTreeSet};

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
    pub meter: crate::tariff::Meter,
    /// Start of the unit.
    pub start: Instant,
    /// Use that lasts to this instant is spent, whatever comes after.
    pub grace_end: Instant,
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

/// What is known of one person's use of one product.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PairUse {
    /// Numbers of the charges not reversed, by start.
    charges: Vec<u32>,
    /// The hold not resolved yet.
    pub hold: Option<Hold>,
    /// How many sessions run on tokens now.
    pub live: u32,
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

/// All charges of a contract, by number, by pair and by day.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Charges {
    all: Vec<Charge>,
    reversed: BTreeSet<u32>,
    pairs: FxHashMap<Pair, PairUse>,
    days: BTreeMap<Date, DayCells>,
}

impl Charges {
    /// Records a charge, unless its unit overlaps one that is there.
    ///
    /// # Errors
    /// The charge that is in the way.
    pub fn record(&mut self, charge: Charge, zone: &Zone) -> Result<(), Charge> {
        let number = u32::try_from(self.all.len()).unwrap_or(u32::MAX);
        let known = self.pairs.entry((charge.person, charge.product)).or_default();
        let (place, clash) = locate(&self.all, &known.charges, &charge, zone);
        if let Some(clash) = clash {
            return Err(*clash);
        }
        known.charges.insert(place, number);
        self.count(&charge, zone, 1);
        self.all.push(charge);
        Ok(())
    }

    /// The charge on record whose unit overlaps that of `charge`, if there is one.
    #[must_use]
    pub fn overlapping(&self, charge: &Charge, zone: &Zone) -> Option<&Charge> {
        let known = self.pairs.get(&(charge.person, charge.product))?;
        locate(&self.all, &known.charges, charge, zone).1
    }

    /// Records a charge that was reversed later, so that it keeps its number and nothing else.
    pub fn record_reversed(&mut self, charge: Charge) {
        let number = u32::try_from(self.all.len()).unwrap_or(u32::MAX);
        self.reversed.insert(number);
        self.all.push(charge);
    }

    /// Takes a charge out of the units and the days, and returns it; it keeps its number.
    pub fn reverse(&mut self, number: u32, zone: &Zone) -> Option<Charge> {
        let charge = *self.get(number)?;
        if !self.reversed.insert(number) {
            return None;
        }
        if let Some(known) = self.pairs.get_mut(&(charge.person, charge.product)) {
            known.charges.retain(|&n| n != number);
        }
        self.count(&charge, zone, -1);
        Some(charge)
    }

    /// The charge with this number, reversed or not.
    #[must_use]
    pub fn get(&self, number: u32) -> Option<&Charge> {
        self.all.get(usize::try_from(number).unwrap_or(usize::MAX))
    }

    /// All charges not reversed, in the order booked.
    pub fn iter(&self) -> impl Iterator<Item = &Charge> + '_ {
        (0u32..)
            .zip(&self.all)
            .filter(|(number, _)| !self.reversed.contains(number))
            .map(|(_, charge)| charge)
    }

    /// All charges ever booked, and the numbers of those reversed since.
    #[must_use]
    pub fn booked(&self) -> (&[Charge], Vec<u32>) {
        (&self.all, self.reversed.iter().copied().collect())
    }

    /// What is known of a pair.
    #[must_use]
    pub fn pair(&self, pair: Pair) -> Option<&PairUse> {
        self.pairs.get(&pair)
    }

    /// What is known of a pair, to be changed.
    pub fn pair_mut(&mut self, pair: Pair) -> &mut PairUse {
        self.pairs.entry(pair).or_default()
    }

    /// All pairs, in no particular order.
    pub fn pairs(&self) -> impl Iterator<Item = (&Pair, &PairUse)> + '_ {
        self.pairs.iter()
    }

    /// A pair's charges not reversed, with their numbers, by start.
    pub fn of_pair(&self, pair: Pair) -> impl DoubleEndedIterator<Item = (u32, &Charge)> + '_ {
        let numbers = self.pairs.get(&pair).map_or(&[][..], |known| &known.charges);
        numbers.iter().filter_map(|&number| Some((number, self.get(number)?)))
    }

    /// The first instant that a pair's charges and hold do not cover, or `None` when there are none.
    #[must_use]
    pub fn covered_until(&self, pair: Pair, zone: &Zone) -> Option<Instant> {
        let charged = self
            .of_pair(pair)
            .next_back()
            .map(|(_, charge)| charge.meter.unit_end(charge.at, zone));
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

/// Where among its pair's charges (`numbers`, by start) a charge belongs, and the one that is in its way.
fn locate<'a>(
    all: &'a [Charge],
    numbers: &[u32],
    charge: &Charge,
    zone: &Zone,
) -> (usize, Option<&'a Charge>) {
    let get = |number: &u32| all.get(usize::try_from(*number).unwrap_or(usize::MAX));
    let place = numbers.partition_point(|n| get(n).is_some_and(|other| other.at <= charge.at));
    let before = place.checked_sub(1).and_then(|index| numbers.get(index)).and_then(get);
    let after = numbers.get(place).and_then(get);
    let in_the_way = before
        .filter(|before| clash(before, charge, zone))
        .or_else(|| after.filter(|after| clash(charge, after, zone)));
    (place, in_the_way)
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
