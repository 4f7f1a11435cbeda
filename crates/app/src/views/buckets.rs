//! The tree of buckets with its balances, and what a wall between two of them costs.

use faregate_core::amount::Ticks;
use faregate_core::budget::wall;
use faregate_core::estate::BucketId;
use faregate_core::ledger::BucketBalance;
use faregate_core::state::State;
use faregate_core::when::{Date, Instant};

/// A bucket's balance, alone and with all those below it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BucketFigures {
    /// Which.
    pub id: BucketId,
    /// What it has itself.
    pub own: BucketBalance,
    /// What it has together with those below that the reader may see.
    pub with_below: BucketBalance,
}

/// The figures of all buckets that `sees` lets through, in id order.
#[must_use]
pub fn buckets(state: &State, sees: impl Fn(BucketId) -> bool) -> Vec<BucketFigures> {
    let all = (0u16..).map(BucketId).zip(state.ledger().buckets());
    let mut shown: Vec<BucketFigures> = all
        .filter(|(id, _)| sees(*id))
        .map(|(id, own)| BucketFigures { id, own: *own, with_below: *own })
        .collect();
    for index in 0..shown.len() {
        let BucketFigures { id, own, .. } = shown[index];
        for above in state.estate().buckets_above(id) {
            if let Ok(place) = shown.binary_search_by_key(&above, |figures| figures.id) {
                add(&mut shown[place].with_below, own);
            }
        }
    }
    shown
}

fn add(sum: &mut BucketBalance, more: BucketBalance) {
    let plus = |a: Ticks, b: Ticks| [a, b].into_iter().sum();
    sum.available = plus(sum.available, more.available);
    sum.held = plus(sum.held, more.held);
    sum.allocated = plus(sum.allocated, more.allocated);
    sum.spent = plus(sum.spent, more.spent);
}

/// Whole calendar months that a wall is reckoned over.
const WALL_MONTHS: usize = 6;
/// How many standard deviations of demand a safety stock is for.
const WALL_Z: f64 = 2.0;
/// How much demand varies where there is too little history to say.
const WALL_CV: f64 = 0.2;
/// Fewer months of use than this say nothing of how much demand varies.
const WALL_MONTHS_MIN: usize = 3;

/// What it costs to keep two budgets apart (F16): an estimate.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Wall {
    /// Mean tokens a month of the bucket with those below, and of the one above without it.
    pub means: (f64, f64),
    /// The coefficient of variation of a month's demand.
    pub cv: f64,
    /// Whether that is measured, or assumed for want of history.
    pub is_measured: bool,
    /// Safety stock that both need when they are kept apart.
    pub separate: f64,
    /// Safety stock that they would need together.
    pub pooled: f64,
}

/// The wall between a bucket and the one above it, or the rest of the contract; `None` without any use in the
/// last six whole months.
#[must_use]
pub fn wall_of(
    state: &State,
    bucket: BucketId,
    above: Option<BucketId>,
    now: Instant,
) -> Option<Wall> {
    let end = state.zone().date(now).month_start();
    let months = months_before(end);
    let mut demand = [Vec::new(), Vec::new()];
    for (from, until) in months.windows(2).filter_map(|pair| Some((*pair.first()?, *pair.last()?)))
    {
        let (mut ours, mut theirs) = (Ticks::ZERO, Ticks::ZERO);
        for (_, cells) in state.charges().days(from, until.plus(-1)) {
            for ((_, payer), cell) in cells {
                match side(state, *payer, bucket, above) {
                    Some(true) => ours = [ours, cell.ticks].into_iter().sum(),
                    Some(false) => theirs = [theirs, cell.ticks].into_iter().sum(),
                    None => {}
                }
            }
        }
        demand[0].push(ours.tokens());
        demand[1].push(theirs.tokens());
    }
    let means = (mean(&demand[0])?, mean(&demand[1])?);
    if means.0 + means.1 <= 0.0 {
        return None;
    }
    let measured = variation(&demand, means);
    let cv = measured.unwrap_or(WALL_CV);
    let (separate, pooled) = wall(&[means.0, means.1], cv, WALL_Z);
    Some(Wall { means, cv, is_measured: measured.is_some(), separate, pooled })
}

/// The first dates of the last whole months, and of the running one.
fn months_before(end: Date) -> Vec<Date> {
    let mut starts = vec![end];
    for _ in 0..WALL_MONTHS {
        starts.extend(starts.last().map(|start| start.plus(-1).month_start()));
    }
    starts.reverse();
    starts
}

/// Whether a payer is on the bucket's side of the wall, on the other, or on none.
fn side(state: &State, payer: BucketId, bucket: BucketId, above: Option<BucketId>) -> Option<bool> {
    let lineage = state.estate().buckets_above(payer);
    let is_in = |root: BucketId| payer == root || lineage.contains(&root);
    if is_in(bucket) {
        return Some(true);
    }
    above.is_none_or(is_in).then_some(false)
}

fn mean(demand: &[f64]) -> Option<f64> {
    (!demand.is_empty()).then(|| demand.iter().sum::<f64>() / demand.len() as f64)
}

/// How much the two demands vary, weighted by their means; `None` with too few months of use.
fn variation(demand: &[Vec<f64>; 2], means: (f64, f64)) -> Option<f64> {
    let used = demand[0].iter().zip(&demand[1]).filter(|(ours, theirs)| *ours + *theirs > 0.0);
    if used.count() < WALL_MONTHS_MIN {
        return None;
    }
    let deviation = |demand: &[f64], mean: f64| {
        let squares: f64 = demand.iter().map(|month| (month - mean).powi(2)).sum();
        (squares / demand.len() as f64).sqrt()
    };
    let deviations = deviation(&demand[0], means.0) + deviation(&demand[1], means.1);
    Some(deviations / (means.0 + means.1))
}
