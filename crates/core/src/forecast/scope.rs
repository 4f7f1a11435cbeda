//! The series of a scope, read from what was charged.

use super::Series;
use crate::amount::Ticks;
use crate::estate::{BucketId, ProductId};
use crate::event::Charge;
use crate::state::State;
use crate::when::Date;
use std::collections::BTreeSet;

/// Whose burn is looked at.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Scope {
    /// All of the contract.
    #[default]
    Pool,
    /// A bucket and all below it.
    Bucket(BucketId),
    /// A product, whoever pays.
    Product(ProductId),
    /// A product in a bucket and all below it.
    ProductOf(ProductId, BucketId),
}

/// The burn of a scope on each day from the first charge of the contract to the day before `today`.
///
/// Days without charges are zero: whether nothing was used or nothing was reported the charges do not say.
#[must_use]
pub fn series(state: &State, scope: &Scope, today: Date) -> Series {
    series_since(state, scope, Date(i32::MIN), today)
}

/// The same, from a date on.
pub(super) fn series_since(state: &State, scope: &Scope, since: Date, today: Date) -> Series {
    let (product, buckets) = match *scope {
        Scope::Pool => (None, None),
        Scope::Bucket(bucket) => (None, Some(with_below(state, bucket))),
        Scope::Product(product) => (Some(product), None),
        Scope::ProductOf(product, bucket) => (Some(product), Some(with_below(state, bucket))),
    };
    let mut days = Days::between(state, since, today);
    for (date, cells) in state.charges().days(days.first, today.plus(-1)) {
        let of_scope = cells.iter().filter(|((of, bucket), _)| {
            product.is_none_or(|product| product == *of)
                && buckets.as_ref().is_none_or(|buckets| buckets.contains(bucket))
        });
        days.add(date, of_scope.map(|(_, cell)| cell.ticks).sum());
    }
    days.series()
}

/// The same of the charges that a filter lets through: of some people, of a group, of a site.
#[must_use]
pub fn series_where(state: &State, today: Date, is_of: impl Fn(&Charge) -> bool) -> Series {
    let mut days = Days::between(state, Date(i32::MIN), today);
    for charge in state.charges().iter().filter(is_of) {
        days.add(state.zone().date(charge.at), charge.ticks);
    }
    days.series()
}

fn with_below(state: &State, bucket: BucketId) -> BTreeSet<BucketId> {
    let mut found = BTreeSet::new();
    let mut next = vec![bucket];
    while let Some(bucket) = next.pop() {
        // A tree has no way back to a bucket; whoever made one must not hold us here.
        if found.insert(bucket) {
            next.extend(state.estate().buckets_below(bucket));
        }
    }
    found
}

struct Days {
    first: Date,
    ticks: Vec<Ticks>,
}

impl Days {
    fn between(state: &State, since: Date, today: Date) -> Self {
        let first = state.charges().span().map_or(today, |(first, _)| first);
        let first = first.max(since).min(today);
        let days = usize::try_from(today.0.saturating_sub(first.0)).unwrap_or(0);
        Self { first, ticks: vec![Ticks::ZERO; days] }
    }

    /// Days outside are left out.
    fn add(&mut self, date: Date, ticks: Ticks) {
        let day = usize::try_from(date.0.saturating_sub(self.first.0)).ok();
        if let Some(slot) = day.and_then(|day| self.ticks.get_mut(day)) {
            *slot = slot.plus(ticks).unwrap_or(*slot);
        }
    }

    fn series(self) -> Series {
        let tokens = self.ticks.into_iter().map(Ticks::tokens).collect();
        Series { first: self.first, tokens }
    }
}
