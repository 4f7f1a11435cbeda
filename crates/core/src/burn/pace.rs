//! Pace: what was used of an allotment beside what its plan says. Everything here but the sums of tokens is an
//! *estimate*, never booked.

use super::Filter;
use super::plan::{Plan, Shape, days};
use crate::amount::Ticks;
use crate::estate::BucketId;
use crate::ledger::Account;
use crate::state::State;
use crate::statement::Scope;
use crate::when::{Date, Instant};
use rustc_hash::FxHashMap;

/// How fast an allotment is used up, beside its plan.
#[derive(Clone, Debug, PartialEq)]
pub struct Pace {
    /// Whose: [`Scope::Contract`] for the pool as a whole, or a bucket.
    pub scope: Scope,
    /// First date of the period: the bucket's, or the term of the packs that are valid now.
    pub from: Date,
    /// First date after.
    pub until: Date,
    /// What there was to use in it: what was used since its start and what is left now, so that tokens which came
    /// or went meanwhile count as if they had been, or not been, there all the time.
    pub allotted: Ticks,
    /// What was used, and paid for with it, since the period began.
    pub used: Ticks,
    /// Which plan holds: `straight`, `seasonal` or `curve`.
    pub plan: &'static str,
    /// Why another plan holds than the one that was set, in words.
    pub instead: Option<&'static str>,
    /// What the plan that holds says is to be used by now.
    pub planned: Ticks,
    /// What the straight plan says.
    pub straight: Ticks,
    /// What the seasonal plan says; `None` without four weeks of history.
    pub seasonal: Option<Ticks>,
    /// What the owner's own says; `None` when there is none of this period.
    pub curve: Option<Ticks>,
    /// `used / planned`: above 1 it is used up too fast. `None` while nothing is planned yet.
    pub ratio: Option<f64>,
    /// By how many days use is ahead of the plan; behind it when negative.
    pub days_ahead: f64,
}

/// A plan drawn day by day, beside what was used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Course {
    /// All dates of the period.
    pub days: Vec<Date>,
    /// What is to be used by the end of each.
    pub planned: Vec<Ticks>,
    /// What was used by the end of each, up to today.
    pub used: Vec<Ticks>,
}

/// The paces of the pool and of all buckets that `shown` says, the pool first, then by id. Who has no period,
/// because no pack is valid now, has none.
#[must_use]
pub fn paces(state: &State, shown: impl Fn(Scope) -> bool, now: Instant) -> Vec<Pace> {
    let buckets = (0u16..).map(BucketId).zip(state.estate().buckets());
    let scopes = core::iter::once(Scope::Contract).chain(buckets.map(|(id, _)| Scope::Bucket(id)));
    let scopes: Vec<(Scope, (Date, Date))> = scopes
        .filter(|scope| shown(*scope))
        .filter_map(|scope| Some((scope, period(state, scope, now)?)))
        .collect();
    let used = Used::of(state, &scopes, now);
    scopes.into_iter().map(|(scope, period)| paced(state, scope, period, &used, now)).collect()
}

/// The pace of one.
#[must_use]
pub fn pace(state: &State, scope: Scope, now: Instant) -> Option<Pace> {
    paces(state, |one| one == scope, now).pop()
}

/// The plan that holds for one, day by day, beside what was used.
#[must_use]
pub fn course(state: &State, scope: Scope, now: Instant) -> Option<Course> {
    let pace = pace(state, scope, now)?;
    let plans = Plans::of(state, scope, (pace.from, pace.until), now);
    let (shape, _, _) = plans.in_force(state.plan(bucket_of(scope)));
    let zone = state.zone();
    let dates: Vec<Date> = (pace.from.0..pace.until.0).map(Date).collect();
    let planned = |date: &Date| part(pace.allotted, shape.share_at(zone.start_of(date.plus(1))));
    let start = zone.start_of(pace.from);
    let mut by_day: FxHashMap<Date, Ticks> = FxHashMap::default();
    for charge in state.charges().within(start..now.plus(1)) {
        if charge.paid && is_of(scope, charge.bucket) {
            let sum = by_day.entry(zone.date(charge.at)).or_default();
            *sum = sum.plus(charge.ticks).unwrap_or(*sum);
        }
    }
    let mut sum = Ticks::ZERO;
    let so_far = dates.iter().take_while(|date| **date <= zone.date(now));
    let used = so_far.map(|date| {
        let today = by_day.get(date).copied().unwrap_or_default();
        sum = sum.plus(today).unwrap_or(sum);
        sum
    });
    let used = used.collect();
    Some(Course { planned: dates.iter().map(planned).collect(), days: dates, used })
}

fn bucket_of(scope: Scope) -> Option<BucketId> {
    match scope {
        Scope::Bucket(id) => Some(id),
        Scope::Contract | Scope::Unallocated => None,
    }
}

fn is_of(scope: Scope, bucket: BucketId) -> bool {
    bucket_of(scope).is_none_or(|only| only == bucket)
}

/// A bucket's own period, or else the term of the packs that are valid now: its first date and the first after.
#[must_use]
pub fn period(state: &State, scope: Scope, now: Instant) -> Option<(Date, Date)> {
    let own = |id| state.estate().bucket_terms(id).period.around(state.zone().date(now));
    bucket_of(scope).and_then(own).or_else(|| pool_term(state, now))
}

/// From the first date of the packs that are valid now to the first after all of them.
fn pool_term(state: &State, now: Instant) -> Option<(Date, Date)> {
    let valid = || state.ledger().packs().iter().filter(|p| p.from <= now && now < p.until);
    let from = valid().map(|pack| pack.from).min()?;
    let until = valid().map(|pack| pack.until).max()?;
    let zone = state.zone();
    // A term that ends within a day includes that day.
    Some((zone.date(from), zone.date(until.plus(-1)).plus(1)))
}

/// What was paid for since the start of each scope's period, from one look at the charges.
struct Used(Vec<(Scope, Ticks)>);

impl Used {
    fn of(state: &State, scopes: &[(Scope, (Date, Date))], now: Instant) -> Self {
        let zone = state.zone();
        let starts: Vec<(Scope, Instant)> =
            scopes.iter().map(|(scope, (from, _))| (*scope, zone.start_of(*from))).collect();
        let first = starts.iter().map(|(_, start)| *start).min().unwrap_or(now);
        let whole = starts.iter().position(|(scope, _)| bucket_of(*scope).is_none());
        let places: FxHashMap<BucketId, usize> = starts
            .iter()
            .enumerate()
            .filter_map(|(place, (scope, _))| Some((bucket_of(*scope)?, place)))
            .collect();
        let mut sums = vec![Ticks::ZERO; starts.len()];
        for charge in state.charges().within(first..now.plus(1)).filter(|charge| charge.paid) {
            for place in whole.into_iter().chain(places.get(&charge.bucket).copied()) {
                let is_in = starts.get(place).is_some_and(|(_, start)| *start <= charge.at);
                if let Some(sum) = sums.get_mut(place).filter(|_| is_in) {
                    *sum = sum.plus(charge.ticks).unwrap_or(*sum);
                }
            }
        }
        Self(starts.into_iter().zip(sums).map(|((scope, _), sum)| (scope, sum)).collect())
    }

    fn by(&self, scope: Scope) -> Ticks {
        self.0.iter().find(|(one, _)| *one == scope).map_or(Ticks::ZERO, |(_, sum)| *sum)
    }
}

/// The three plans over a period.
struct Plans {
    straight: Shape,
    seasonal: Option<Shape>,
    curve: Option<Shape>,
}

impl Plans {
    fn of(state: &State, scope: Scope, (from, until): (Date, Date), now: Instant) -> Self {
        let zone = state.zone();
        let filter =
            bucket_of(scope).map_or_else(Filter::default, |id| Filter::of_buckets(vec![id]));
        // The year before the period, so that the plan stays what it was while the period goes on; a first
        // period is planned by what is known of it.
        let seasonal = |today| Shape::seasonal(state, &filter, (from, until), today);
        let curve = match state.plan(bucket_of(scope)) {
            Plan::Curve(points) => Shape::curve(zone, points, from, until),
            Plan::Straight | Plan::Seasonal => None,
        };
        Self {
            straight: Shape::straight(zone, from, until),
            seasonal: seasonal(from).or_else(|| seasonal(zone.date(now))),
            curve,
        }
    }

    /// The plan that holds, its key, and why it is not the one that was set.
    fn in_force(&self, set: &Plan) -> (&Shape, &'static str, Option<&'static str>) {
        let (straight, key) = (&self.straight, Plan::Straight.key());
        match set {
            Plan::Straight => (straight, key, None),
            Plan::Seasonal => match &self.seasonal {
                Some(shape) => (shape, set.key(), None),
                None => (straight, key, Some("less than four weeks of use are known")),
            },
            Plan::Curve(_) => match &self.curve {
                Some(shape) => (shape, set.key(), None),
                None => (straight, key, Some("the curve has no date in this period")),
            },
        }
    }
}

fn paced(state: &State, scope: Scope, period: (Date, Date), used: &Used, now: Instant) -> Pace {
    let plans = Plans::of(state, scope, period, now);
    let used = used.by(scope);
    let allotted = used.plus(left(state, scope)).unwrap_or(used);
    let by_now = |shape: &Shape| part(allotted, shape.share_at(now));
    let (shape, plan, instead) = plans.in_force(state.plan(bucket_of(scope)));
    let planned = by_now(shape);
    let share = if allotted.is_positive() { used.tokens() / allotted.tokens() } else { 0.0 };
    let is_even = used == planned || !allotted.is_positive();
    let met = if is_even { now } else { shape.when(share, now) };
    Pace {
        scope,
        from: period.0,
        until: period.1,
        allotted,
        used,
        plan,
        instead,
        planned,
        straight: by_now(&plans.straight),
        seasonal: plans.seasonal.as_ref().map(by_now),
        curve: plans.curve.as_ref().map(by_now),
        ratio: planned.is_positive().then(|| used.tokens() / planned.tokens()),
        days_ahead: days(now, met),
    }
}

/// What is neither spent nor lost now, the held part included.
fn left(state: &State, scope: Scope) -> Ticks {
    let ledger = state.ledger();
    match bucket_of(scope) {
        Some(id) => [Account::Available(id), Account::Held(id)]
            .map(|one| ledger.balance(one))
            .into_iter()
            .sum(),
        None => state.tokens_left(),
    }
}

/// A share of an amount, to the nearest millionth of a token.
#[expect(clippy::cast_possible_truncation, reason = "an estimate; `as` saturates")]
fn part(whole: Ticks, share: f64) -> Ticks {
    Ticks::from_micro_tokens((whole.tokens() * share * 1e6).round() as i64).unwrap_or(whole)
}
