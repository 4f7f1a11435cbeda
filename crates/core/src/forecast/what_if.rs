//! What if: more people, a project that stops, other rates. Each is a part of the burn, forecast by itself and
//! added to, or taken off, the whole.

use super::scope::{Scope, series};
use super::{Calendar, Forecast, Model, fit};
use crate::estate::{BucketId, PersonId, ProductId};
use crate::state::State;
use crate::when::Date;
use std::collections::BTreeSet;

/// People count as users of a product when they were charged for it within so many days.
pub const USERS_DAYS: i32 = 91;

/// Something that may happen.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Change {
    /// So many more people use a product, each as those do who use it now; fewer when negative.
    People {
        /// What they use.
        product: ProductId,
        /// How many.
        count: f64,
        /// From when on.
        from: Date,
    },
    /// A bucket, and all below it, burns so many times as much: nothing, when its project stops.
    Bucket {
        /// Which.
        bucket: BucketId,
        /// How many times.
        factor: f64,
        /// From when on.
        from: Date,
    },
    /// A product's rate is so many times today's.
    Rate {
        /// Whose.
        product: ProductId,
        /// How many times.
        factor: f64,
        /// From when on.
        from: Date,
    },
}

/// A forecast with changes.
#[derive(Clone, Debug)]
pub struct WhatIf {
    /// With all changes that have a part in the scope.
    pub forecast: Forecast,
    /// The changes that have none: nobody uses the product lately, or the bucket lies elsewhere.
    pub without_part: Vec<Change>,
}

/// A scope's forecast with changes, from `today` to a date, both included. Without changes it is the forecast.
///
/// Changes work on the scope's own part of what they change. Two changes of the same burn, as the rate of a
/// product and the stop of a project that uses it, each work on what there is without the other.
#[must_use]
pub fn what_if(
    state: &State,
    scope: &Scope,
    calendar: &Calendar,
    changes: &[Change],
    (today, to): (Date, Date),
) -> WhatIf {
    let model = |scope: &Scope| fit(&series(state, scope, today), calendar);
    let forecast = model(scope).project(today, to);
    let start = WhatIf { forecast, without_part: Vec::new() };
    changes.iter().fold(start, |mut sum, change| {
        match change.part(state, scope, today) {
            Some((part, times, from)) => {
                let part = model(&part).unplanned().project(today, to);
                sum.forecast = sum.forecast.plus(times, &part, from);
            }
            None => sum.without_part.push(*change),
        }
        sum
    })
}

impl Change {
    /// Which part of a scope's burn comes how many times more, and from when on; `None` where it has no part.
    fn part(&self, state: &State, scope: &Scope, today: Date) -> Option<(Scope, f64, Date)> {
        match *self {
            Self::People { product, count, from } => {
                let users = users(state, product, today);
                let part = Scope::Product(product);
                let is_seen = of_product(scope, product).is_some();
                (users > 0.0 && is_seen).then(|| (part, count / users, from))
            }
            Self::Bucket { bucket, factor, from } => {
                Some((of_bucket(state, scope, bucket)?, factor - 1.0, from))
            }
            Self::Rate { product, factor, from } => {
                Some((of_product(scope, product)?, factor - 1.0, from))
            }
        }
    }
}

impl Model {
    /// Without the tokens that are planned: a part of the burn has no part in them.
    fn unplanned(mut self) -> Self {
        self.calendar.planned.retain(|plan| matches!(plan.effect, super::Effect::Factor(_)));
        self
    }
}

/// How many people were charged for a product lately.
fn users(state: &State, product: ProductId, today: Date) -> f64 {
    let since = state.zone().start_of(today.plus(USERS_DAYS.saturating_neg()));
    let of_product =
        |charge: &crate::event::Charge| charge.product == product && charge.at >= since;
    let people: BTreeSet<PersonId> =
        state.charges().iter().filter(of_product).map(|charge| charge.person).collect();
    f64::from(u32::try_from(people.len()).unwrap_or(u32::MAX))
}

fn of_product(scope: &Scope, product: ProductId) -> Option<Scope> {
    match *scope {
        Scope::Pool => Some(Scope::Product(product)),
        Scope::Bucket(bucket) => Some(Scope::ProductOf(product, bucket)),
        Scope::Product(of) | Scope::ProductOf(of, _) => (of == product).then(|| scope.clone()),
    }
}

fn of_bucket(state: &State, scope: &Scope, bucket: BucketId) -> Option<Scope> {
    let is_below = |under: BucketId| state.estate().buckets_above(bucket).contains(&under);
    match *scope {
        Scope::Pool => Some(Scope::Bucket(bucket)),
        Scope::Product(product) => Some(Scope::ProductOf(product, bucket)),
        Scope::Bucket(of) if of == bucket || is_below(of) => Some(Scope::Bucket(bucket)),
        Scope::Bucket(of) => {
            state.estate().buckets_above(of).contains(&bucket).then(|| scope.clone())
        }
        Scope::ProductOf(product, of) if of == bucket || is_below(of) => {
            Some(Scope::ProductOf(product, bucket))
        }
        Scope::ProductOf(_, of) => {
            state.estate().buckets_above(of).contains(&bucket).then(|| scope.clone())
        }
    }
}
