//! Who pays what: the cost of use by group, bucket, product or person, in tokens and in money, in parts that
//! sum to the whole.
//!
//! The price of a token at the start of a unit is the mean of what the packs valid then cost, weighted by how
//! many tokens were bought of each; packs without a price of their own do not count, and without any that has
//! one the tariff's price holds. Which pack a unit was drawn from is no reason to charge one department less
//! than the other on the same day, so every unit of an instant costs the same.
//! Amounts stay exact until the total, which is rounded once, half to even (F1); it is shared by largest
//! remainder, so that the parts sum to it to the micro-unit.

use crate::amount::{Currency, Money, TICKS_PER_TOKEN, Ticks, div_half_even};
use crate::estate::{BucketId, GroupId, PersonId, ProductId};
use crate::event::Charge;
use crate::state::State;
use crate::when::{Date, Instant};
use core::fmt;
use std::collections::BTreeMap;

/// Parts of a micro-unit that prices are kept in: exchange rates have six decimals as well.
pub const PRICE_SCALE: i128 = 1_000_000;

/// What cost is split by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum By {
    /// The groups of a dimension: `department`, `cost-centre`.
    Group(String),
    /// Buckets: projects, departments, regions.
    Bucket,
    /// Product families.
    Product,
    /// People.
    Person,
}

/// One line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// Key of the group, bucket, product or person; empty for those in no group of the dimension.
    pub key: String,
    /// Its name.
    pub name: String,
    /// Tokens.
    pub ticks: Ticks,
    /// In how many charges.
    pub charges: u64,
    /// What they cost.
    pub money: Money,
}

/// Lines and their sum: `Σ rows = total` for tokens, charges and money.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// The lines, the largest first.
    pub rows: Vec<Row>,
    /// All of them, with the key `total`.
    pub total: Row,
}

/// The cost of a period.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chargeback {
    /// First date, in the contract's zone.
    pub from: Date,
    /// Last date.
    pub to: Date,
    /// What buckets paid for.
    pub paid: Part,
    /// What no bucket could pay for and the vendor bills all the same.
    pub uncovered: Part,
}

/// Why there is no sum of money. There is never one across currencies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NoSum {
    /// Nothing says what a token cost then.
    NoPrice(Date),
    /// No exchange rate from the one currency to the other is in force then.
    NoRate {
        /// The currency of the price.
        of: Currency,
        /// The currency of the report.
        to: Currency,
        /// When.
        on: Date,
    },
    /// An amount left the range.
    OutOfRange,
}

impl fmt::Display for NoSum {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoPrice(on) => write!(f, "nothing says what a token cost on {on}"),
            Self::NoRate { of, to, on } => {
                let (of, to) = (of.code(), to.code());
                write!(f, "no exchange rate from {of} to {to} is in force on {on}")
            }
            Self::OutOfRange => write!(f, "the amount is out of range"),
        }
    }
}

/// The cost of the units that began between two dates, both included, in one currency.
///
/// # Errors
/// [`NoSum`] when a unit's price, or its price in this currency, is not known.
pub fn chargeback(
    state: &State,
    by: &By,
    from: Date,
    to: Date,
    currency: Currency,
) -> Result<Chargeback, NoSum> {
    let span = state.zone().start_of(from)..state.zone().start_of(to.plus(1));
    let mut prices = TokenPrices::new(state, currency);
    let mut sums: BTreeMap<(bool, Key), Sum> = BTreeMap::new();
    for charge in state.charges().iter().filter(|charge| span.contains(&charge.at)) {
        let price = prices.at(charge.at)?;
        let sum = sums.entry((charge.paid, key(state, by, &charge))).or_default();
        sum.add(charge.ticks, price).ok_or(NoSum::OutOfRange)?;
    }
    let (mut paid, mut uncovered) = (Vec::new(), Vec::new());
    for ((is_paid, key), sum) in sums {
        if is_paid { paid.push((key, sum)) } else { uncovered.push((key, sum)) }
    }
    let paid = part(state, paid, currency)?;
    Ok(Chargeback { from, to, paid, uncovered: part(state, uncovered, currency)? })
}

/// What a line is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Key {
    Group(Option<GroupId>),
    Bucket(BucketId),
    Product(ProductId),
    Person(PersonId),
}

fn key(state: &State, by: &By, charge: &Charge) -> Key {
    match by {
        By::Group(dimension) => Key::Group(state.estate().group_in(charge.person, dimension)),
        By::Bucket => Key::Bucket(charge.bucket),
        By::Product => Key::Product(charge.product),
        By::Person => Key::Person(charge.person),
    }
}

fn named(state: &State, key: Key) -> (String, String) {
    let estate = state.estate();
    let found = match key {
        Key::Group(None) => Some((String::new(), "In no group".to_owned())),
        Key::Group(Some(id)) => estate.group(id).map(|g| (g.key.clone(), g.name.clone())),
        Key::Bucket(id) => estate.bucket(id).map(|b| (b.key.clone(), b.name.clone())),
        Key::Product(id) => estate.product(id).map(|p| (p.key.clone(), p.name.clone())),
        Key::Person(id) => estate.person(id).map(|p| (p.key.clone(), p.name.clone())),
    };
    found.unwrap_or_default()
}

#[derive(Clone, Copy, Debug, Default)]
struct Sum {
    ticks: Ticks,
    charges: u64,
    /// Ticks × price, exact.
    value: i128,
}

impl Sum {
    fn add(&mut self, ticks: Ticks, price: i128) -> Option<()> {
        self.ticks = self.ticks.plus(ticks)?;
        self.charges = self.charges.checked_add(1)?;
        self.value = self.value.checked_add(i128::from(ticks.0).checked_mul(price)?)?;
        Some(())
    }
}

fn part(state: &State, sums: Vec<(Key, Sum)>, currency: Currency) -> Result<Part, NoSum> {
    let unit = i128::from(TICKS_PER_TOKEN).saturating_mul(PRICE_SCALE);
    let values: Vec<i128> = sums.iter().map(|(_, sum)| sum.value).collect();
    let (whole, parts) = apportioned(&values, unit).ok_or(NoSum::OutOfRange)?;
    let row = |(key, name): (String, String), ticks, charges, micros| Row {
        key,
        name,
        ticks,
        charges,
        money: Money { micros, currency },
    };
    let each = sums.iter().zip(parts);
    let mut rows: Vec<Row> = each
        .map(|((key, sum), micros)| row(named(state, *key), sum.ticks, sum.charges, micros))
        .collect();
    rows.sort_by(|a, b| b.ticks.cmp(&a.ticks).then_with(|| a.key.cmp(&b.key)));
    let ticks = rows.iter().map(|row| row.ticks).sum();
    let charges = rows.iter().fold(0u64, |sum, row| sum.saturating_add(row.charges));
    let total = row(("total".to_owned(), "Total".to_owned()), ticks, charges, whole);
    Ok(Part { rows, total })
}

/// The sum of `values / unit`, rounded once, half to even, and each value's share of it by largest remainder.
///
/// `None` when an amount leaves the range.
fn apportioned(values: &[i128], unit: i128) -> Option<(i64, Vec<i64>)> {
    let exact = values.iter().try_fold(0i128, |sum, value| sum.checked_add(*value))?;
    let whole = div_half_even(exact, unit);
    let mut parts: Vec<i128> = values.iter().map(|value| value.div_euclid(unit)).collect();
    let left = whole.checked_sub(parts.iter().sum())?;
    let mut order: Vec<usize> = (0..values.len()).collect();
    let remainder = |place: &usize| values.get(*place).map_or(0, |value| value.rem_euclid(unit));
    order.sort_by_key(|place| core::cmp::Reverse(remainder(place)));
    for place in order.into_iter().take(usize::try_from(left).ok()?) {
        let part = parts.get_mut(place)?;
        *part = part.checked_add(1)?;
    }
    let small = |amount: i128| i64::try_from(amount).ok();
    Some((small(whole)?, parts.into_iter().map(small).collect::<Option<_>>()?))
}

/// What a token cost when, in one currency: the same between two changes, so each span is looked up once.
pub struct TokenPrices<'a> {
    state: &'a State,
    currency: Currency,
    /// The instants at which a price may change, ascending.
    changes: Vec<Instant>,
    known: BTreeMap<usize, i128>,
}

impl<'a> TokenPrices<'a> {
    /// Those of a contract.
    #[must_use]
    pub fn new(state: &'a State, currency: Currency) -> Self {
        let packs = state.ledger().packs().iter().flat_map(|pack| [pack.from, pack.until]);
        let prices = state.tariff().map_or(&[][..], |(_, tariff)| &tariff.parts().prices);
        let dates = prices.iter().filter_map(|price| price.from);
        let dates = dates.chain(state.exchange_rates().iter().map(|rate| rate.from));
        let mut changes: Vec<Instant> =
            dates.map(|date| state.zone().start_of(date)).chain(packs).collect();
        changes.sort_unstable();
        changes.dedup();
        Self { state, currency, changes, known: BTreeMap::new() }
    }

    /// Micro-units a token × [`PRICE_SCALE`].
    ///
    /// # Errors
    /// [`NoSum`] when nothing says what a token cost then, or no exchange rate is in force.
    pub fn at(&mut self, at: Instant) -> Result<i128, NoSum> {
        let span = self.changes.partition_point(|change| *change <= at);
        if let Some(price) = self.known.get(&span) {
            return Ok(*price);
        }
        let price = self.found(at)?;
        self.known.insert(span, price);
        Ok(price)
    }

    fn found(&self, at: Instant) -> Result<i128, NoSum> {
        let (mut weighted, mut bought) = (0i128, 0i128);
        let packs = self.state.ledger().packs().iter();
        for pack in packs.filter(|pack| pack.from <= at && at < pack.until) {
            let Some(price) = pack.price else { continue };
            let ticks = i128::from(pack.bought.0);
            let cost = self.converted(price, at)?.checked_mul(ticks).ok_or(NoSum::OutOfRange)?;
            weighted = weighted.checked_add(cost).ok_or(NoSum::OutOfRange)?;
            bought = bought.saturating_add(ticks);
        }
        if bought > 0 {
            return Ok(div_half_even(weighted, bought));
        }
        let tariff = self.state.tariff().map(|(_, tariff)| tariff);
        let price = tariff.and_then(|tariff| tariff.token_price(at, self.state.zone()));
        self.converted(price.ok_or_else(|| NoSum::NoPrice(self.state.zone().date(at)))?, at)
    }

    /// A price in this currency: micro-units × [`PRICE_SCALE`].
    ///
    /// # Errors
    /// [`NoSum`] when no exchange rate is in force then.
    pub fn converted(&self, price: Money, at: Instant) -> Result<i128, NoSum> {
        let (of, to, on) = (price.currency, self.currency, self.state.zone().date(at));
        let micros = i128::from(price.micros);
        if of == to {
            return micros.checked_mul(PRICE_SCALE).ok_or(NoSum::OutOfRange);
        }
        let rates = self.state.exchange_rates().iter();
        let ours =
            rates.filter(|rate| rate.of == of && rate.price.currency == to && rate.from <= on);
        let rate = ours.max_by_key(|rate| rate.from).ok_or(NoSum::NoRate { of, to, on })?;
        micros.checked_mul(i128::from(rate.price.micros)).ok_or(NoSum::OutOfRange)
    }
}

#[cfg(test)]
mod tests;
