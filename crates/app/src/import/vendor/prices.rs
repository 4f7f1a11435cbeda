//! Where the vendor's price is not ours, the vendor's holds: a reversal and a new charge of the same unit.

use super::Judged;
use super::matching::Verdict;
use crate::engine::{Failure, Work};
use faregate_core::amount::Ticks;
use faregate_core::charges::Pair;
use faregate_core::double_dip::bounds;
use faregate_core::event::{Charge, Event, Source};
use faregate_core::state::State;
use faregate_core::when::Date;

/// A day that the vendor charged otherwise than we did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Difference {
    /// Who used what.
    pub pair: Pair,
    /// The UTC day.
    pub day: Date,
    /// What we had charged.
    pub ours: Ticks,
    /// What the vendor charged, and what is charged now.
    pub theirs: Ticks,
}

/// Our charges that the vendor's charge is.
fn ours(state: &State, one: &Judged) -> Vec<Charge> {
    let (start, last) = bounds(one.day);
    let of_pair = state.charges().of_pair(one.pair);
    let ours = of_pair.filter(|charge| match &one.verdict {
        Verdict::Matched(units) => units.contains(&charge.at),
        Verdict::Missing(_) => start <= charge.at && charge.at <= last,
        Verdict::DoubleDip => false,
    });
    ours.collect()
}

/// How the vendor's price differs; `None` when it does not, or nothing of ours is charged yet.
pub(super) fn difference(state: &State, one: &Judged) -> Option<Difference> {
    let charges = ours(state, one);
    let sum: Ticks = charges.iter().map(|charge| charge.ticks).sum();
    let (pair, day, theirs) = (one.pair, one.day, one.group.ticks);
    (!charges.is_empty() && sum != theirs).then_some(Difference { pair, day, ours: sum, theirs })
}

/// Charges at the vendor's prices what differs.
pub(super) fn put_right(
    work: &mut Work<'_>,
    judged: &[Judged],
) -> Result<Vec<Difference>, Failure> {
    let (mut differences, mut units, mut charges) = (Vec::new(), Vec::new(), Vec::new());
    for one in judged {
        let Some(difference) = difference(&work.guard, one) else { continue };
        let ours = ours(&work.guard, one);
        for (old, new) in ours.iter().zip(repriced(&ours, difference.theirs)) {
            if old.ticks != new {
                units.push(old.unit());
                charges.push(Charge { ticks: new, source: Source::Vendor, ..*old });
            }
        }
        differences.push(difference);
    }
    if !units.is_empty() {
        units.sort_unstable();
        work.apply(Event::UsageReversed(units))?;
        charges.sort_unstable_by_key(Charge::unit);
        let charges = settled(&work.guard, charges);
        work.apply(Event::UsageCharged(charges))?;
    }
    Ok(differences)
}

/// Prices of the same units that sum to `whole`: the last one takes the difference, those before it what it
/// cannot. The units stay, so that later use finds them.
fn repriced(charges: &[Charge], whole: Ticks) -> Vec<Ticks> {
    let sum: Ticks = charges.iter().map(|charge| charge.ticks).sum();
    let mut left = whole.minus(sum).unwrap_or_default();
    let mut prices: Vec<Ticks> = charges.iter().map(|charge| charge.ticks).collect();
    for price in prices.iter_mut().rev() {
        let new = Ticks(price.plus(left).unwrap_or(*price).0.max(0));
        left = left.minus(new.minus(*price).unwrap_or_default()).unwrap_or_default();
        *price = new;
    }
    prices
}

/// Charges with whether their bucket can pay, in the order in which they are booked.
pub(super) fn settled(state: &State, charges: Vec<Charge>) -> Vec<Charge> {
    let mut ledger = state.ledger().clone();
    let pay = |charge: Charge| {
        let paid = ledger.charge(charge.bucket, charge.ticks, charge.at).is_ok();
        Charge { paid, ..charge }
    };
    charges.into_iter().map(pay).collect()
}
