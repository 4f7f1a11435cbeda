//! What was spent: burn by every dimension there is, with money and shares.
//!
//! Every charge has exactly one row in every dimension, so that the rows always sum to the total. To add a
//! dimension: a variant of [`Dimension`], its `Key` and label in `dimension`, a row in the tests.

use crate::amount::{Money, TICKS_PER_TOKEN, Ticks, div_half_even};
use crate::estate::ProductId;
use crate::state::State;
use crate::tariff::Tariff;
use crate::when::{DAY, Date, Instant};
use std::collections::BTreeMap;

mod dimension;
mod filter;
mod pace;
mod periods;
mod plan;
mod segments;
mod sites;
pub use dimension::Dimension;
use dimension::{Key, Reader};
pub use filter::Filter;
pub use pace::{Course, Pace, course, pace, paces, period};
pub use periods::{Periods, Span, Usual, Velocity, contract_year, periods};
pub use plan::{BadCurve, CURVE_POINTS_MAX, Plan, Point, Shape, check_curve};
pub use segments::{SEGMENT_DAYS, Segment};
pub use sites::Sites;

/// One line of a burn report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// Key of the day, product, person, …; empty for what is in none of the dimension.
    pub key: String,
    /// Its name.
    pub name: String,
    /// How much.
    pub sum: Sum,
}

/// Tokens, charges and what the tokens cost.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sum {
    /// Tokens spent.
    pub ticks: Ticks,
    /// In how many charges.
    pub charges: u64,
    /// Their price, exact: ticks × micro-units a token.
    value: i128,
    /// Set once a price was known; without one there is no money.
    price: Option<Money>,
    /// Whether prices of several currencies were met.
    mixed: bool,
}

impl Sum {
    fn add(&mut self, ticks: Ticks, charges: u64, price: Option<Money>) {
        self.ticks = self.ticks.plus(ticks).unwrap_or(self.ticks);
        self.charges = self.charges.saturating_add(charges);
        let micros = price.map_or(0, |price| price.micros);
        self.value =
            self.value.saturating_add(i128::from(ticks.0).saturating_mul(i128::from(micros)));
        self.note_price(price);
    }

    fn join(&mut self, other: &Self) {
        self.ticks = self.ticks.plus(other.ticks).unwrap_or(self.ticks);
        self.charges = self.charges.saturating_add(other.charges);
        self.value = self.value.saturating_add(other.value);
        self.note_price(other.price);
        self.mixed |= other.mixed;
    }

    fn note_price(&mut self, price: Option<Money>) {
        let differs = |known: Money| price.is_some_and(|price| price.currency != known.currency);
        self.mixed |= self.price.is_some_and(differs);
        self.price = price.or(self.price);
    }

    /// What the tokens cost at the prices of their days, rounded once; `None` without a price, and when the
    /// prices are in several currencies: there is no sum across them.
    #[must_use]
    pub fn money(&self) -> Option<Money> {
        if self.mixed {
            return None;
        }
        let micros = div_half_even(self.value, i128::from(TICKS_PER_TOKEN));
        let micros = i64::try_from(micros).ok()?;
        self.price.map(|price| Money { micros, currency: price.currency })
    }
}

/// A burn report: rows by amount (those of a clock or calendar in its order), and the total of *all* rows, also
/// of those cut off.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Burn {
    /// The rows.
    pub rows: Vec<Row>,
    /// The sum of everything in the span.
    pub total: Sum,
}

/// Burn between two dates, both included, broken down by one dimension.
#[must_use]
pub fn burn(state: &State, by: &Dimension, filter: &Filter, from: Date, to: Date) -> Burn {
    let sums = match by {
        Dimension::Day | Dimension::Product | Dimension::Bucket | Dimension::Project
            if filter.is_of_cells() =>
        {
            by_cell(state, by, filter, from, to)
        }
        _ => by_charge(state, by, filter, from, to),
    };
    let mut total = Sum::default();
    sums.values().for_each(|sum| total.join(sum));
    let named = |(key, sum): (Key, Sum)| {
        let (key, name) = key.named(state);
        Row { key, name, sum }
    };
    let mut rows: Vec<Row> = sums.into_iter().map(named).collect();
    if !by.is_ordered() {
        largest_first(&mut rows);
    }
    Burn { rows, total }
}

/// Tokens of each product on each day, both dates included; days without use are zero.
#[must_use]
pub fn daily_by_product(
    state: &State,
    from: Date,
    to: Date,
) -> (Vec<Date>, BTreeMap<ProductId, Vec<Ticks>>) {
    let days: Vec<Date> = (from.0..=to.0).map(Date).collect();
    let mut series: BTreeMap<ProductId, Vec<Ticks>> = BTreeMap::new();
    for (date, cells) in state.charges().days(from, to) {
        let index = usize::try_from(date.0.saturating_sub(from.0)).unwrap_or(usize::MAX);
        for ((product, _), cell) in cells {
            let line = series.entry(*product).or_insert_with(|| vec![Ticks::ZERO; days.len()]);
            if let Some(slot) = line.get_mut(index) {
                *slot = slot.plus(cell.ticks).unwrap_or(*slot);
            }
        }
    }
    (days, series)
}

/// Tokens spent between two dates, both included.
#[must_use]
pub fn total(state: &State, from: Date, to: Date) -> Sum {
    let prices = Prices::of(state);
    let mut sum = Sum::default();
    for (date, cells) in state.charges().days(from, to) {
        let price = prices.on(date);
        cells.values().for_each(|cell| sum.add(cell.ticks, u64::from(cell.charges), price));
    }
    sum
}

/// The straight depletion plan of a day: each valid pack spread evenly over its term. `None` without packs.
#[must_use]
pub fn planned(state: &State, date: Date) -> Option<Ticks> {
    let noon = state.zone().start_of(date).plus(DAY / 2);
    let valid = state.ledger().packs().iter().filter(|pack| pack.from <= noon && noon < pack.until);
    let shares = valid.map(|pack| {
        let seconds = i128::from(pack.until.since(pack.from).max(1));
        let share =
            i128::from(pack.bought.0).saturating_mul(i128::from(DAY)).div_euclid(seconds.max(1));
        Ticks(i64::try_from(share).unwrap_or(i64::MAX))
    });
    let sum: Ticks = shares.sum();
    sum.is_positive().then_some(sum)
}

/// Days are kept summed by product and bucket: what asks for no more than that need not look at the charges.
fn by_cell(
    state: &State,
    by: &Dimension,
    filter: &Filter,
    from: Date,
    to: Date,
) -> BTreeMap<Key, Sum> {
    let prices = Prices::of(state);
    let mut sums: BTreeMap<Key, Sum> = BTreeMap::new();
    for (date, cells) in state.charges().days(from, to) {
        let price = prices.on(date);
        for (&(product, bucket), cell) in cells {
            if filter.has_cell(product, bucket) {
                let key = Key::of_cell(state, by, date, product, bucket);
                sums.entry(key).or_default().add(cell.ticks, u64::from(cell.charges), price);
            }
        }
    }
    sums
}

fn by_charge(
    state: &State,
    by: &Dimension,
    filter: &Filter,
    from: Date,
    to: Date,
) -> BTreeMap<Key, Sum> {
    let zone = state.zone();
    let span = zone.start_of(from)..zone.start_of(to.plus(1));
    let (prices, reader) = (Prices::of(state), Reader::new(state, by, to));
    let mut sums: BTreeMap<Key, Sum> = BTreeMap::new();
    for charge in state.charges().within(span).filter(|charge| filter.has(state, charge)) {
        let price = prices.at(charge.at);
        sums.entry(reader.key(&charge)).or_default().add(charge.ticks, 1, price);
    }
    sums
}

fn largest_first(rows: &mut [Row]) {
    rows.sort_by(|a, b| b.sum.ticks.cmp(&a.sum.ticks).then_with(|| a.key.cmp(&b.key)));
}

/// Token prices, looked up often.
struct Prices<'a> {
    state: &'a State,
    tariff: Option<&'a Tariff>,
    constant: Option<Money>,
}

impl<'a> Prices<'a> {
    fn of(state: &'a State) -> Self {
        let tariff = state.tariff().map(|(_, tariff)| tariff);
        let constant = tariff.and_then(|tariff| match tariff.parts().prices.as_slice() {
            [only] if only.from.is_none() => Some(only.per_token),
            _ => None,
        });
        Self { state, tariff, constant }
    }

    fn at(&self, at: Instant) -> Option<Money> {
        self.constant.or_else(|| self.tariff?.token_price(at, self.state.zone()))
    }

    fn on(&self, date: Date) -> Option<Money> {
        self.constant.or_else(|| self.at(self.state.zone().start_of(date)))
    }
}

#[cfg(test)]
mod tests;
