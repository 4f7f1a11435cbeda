//! The vendor's price: which differences are taken over, and which are too large to be believed.

use faregate_core::amount::Ticks;
use faregate_core::charges::Pair;
use faregate_core::double_dip::bounds;
use faregate_core::event::Charge;
use faregate_core::state::State;
use faregate_core::tariff::Meter;
use faregate_core::when::Date;

/// A price this many times the tariff's, or that part of it, is not taken over.
const FACTOR_MAX: i64 = 3;
/// Nor one that differs by more tokens than this.
const TOKENS_MAX: i64 = 1_000;
/// What a day can hold of started hours and minutes, where clocks are put back.
const HOURS_A_DAY: i64 = 25;

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

/// Why a row's amount is not believed, whatever else is on record: so rows are told apart in every order alike.
pub(super) fn disbelieved(state: &State, pair: Pair, day: Date, theirs: Ticks) -> Option<String> {
    let rate = state.rate(pair.1, bounds(day).0)?;
    let units = match rate.meter {
        Meter::Window24h | Meter::CalendarDay => 1,
        Meter::StartedHour => HOURS_A_DAY,
        Meter::Minute => HOURS_A_DAY * 60,
        // A result costs what it costs.
        Meter::Result => return None,
    };
    let ours = rate.ticks.0.saturating_mul(units);
    let (low, high) = (ours.min(theirs.0), ours.max(theirs.0));
    let is_less = theirs.0 < ours;
    let far = high > low.saturating_mul(FACTOR_MAX)
        || Ticks::from_tokens(TOKENS_MAX).is_some_and(|most| high.saturating_sub(low) > most.0);
    // Of hours and minutes, a day may well have few.
    let doubted = far && !(is_less && units > 1);
    let (most, at) = (if units > 1 { "at most " } else { "" }, Ticks(ours));
    doubted.then(|| {
        format!("{theirs} tokens, where the tariff says {most}{at}: too far apart to be taken over")
    })
}

/// Prices of the same units that sum to `whole`: the last one takes the difference, those before it what it
/// cannot. The units stay, so that later use finds them.
pub(super) fn repriced(charges: &[Charge], whole: Ticks) -> Vec<Ticks> {
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
