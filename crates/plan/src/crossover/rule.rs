//! When to move somebody: hysteresis, and how sure one has to be (F7).

use super::{Outlook, break_even};

/// Between which levels nobody is moved, as shares of the break-even or in days of use a month.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Band {
    /// To a seat above `up` times the break-even, to tokens below `down` times it.
    OfBreakEven {
        /// 13/12 by default.
        up: f64,
        /// 1/3 by default.
        down: f64,
    },
    /// To a seat above `up` days of use a month, to tokens below `down`, whatever they cost.
    DaysAMonth {
        /// More than so many days.
        up: f64,
        /// Fewer than so many days.
        down: f64,
    },
}

/// When a move is recommended.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rule {
    /// Within it people stay what they are.
    pub band: Band,
    /// How probable it must be that the move saves, 0 to 1.
    pub probability: f64,
    /// What a move costs in work and disturbance: it must save more.
    pub switching_cost: f64,
}

impl Default for Rule {
    /// F7: up above 13/12 of the break-even, down below a third of it, and only if P ≥ 0.8.
    fn default() -> Self {
        let band = Band::OfBreakEven { up: 13.0 / 12.0, down: 1.0 / 3.0 };
        Self { band, probability: 0.8, switching_cost: 0.0 }
    }
}

impl Rule {
    /// Guide 000: 12 days a month equal a seat, so 13 and more are a seat's, 4 and fewer are tokens'; no questions asked
    /// of how sure that is, nor what a move costs.
    #[must_use]
    pub const fn guide_000() -> Self {
        Self {
            band: Band::DaysAMonth { up: 12.0, down: 4.0 },
            probability: 0.0,
            switching_cost: 0.0,
        }
    }

    /// Guide 004: a seat above the break-even, tokens below a margin of it that is the product's (38.7 % for Revit, 34.9
    /// % for Inventor, 50.4 % for Maya).
    #[must_use]
    pub const fn guide_004(margin: f64) -> Self {
        let band = Band::OfBreakEven { up: 1.0, down: margin };
        Self { band, probability: 0.0, switching_cost: 0.0 }
    }
}

/// Somebody whose route is in question: one offering's price against the tokens that it displaces.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Situation {
    /// Whether they hold the seat now.
    pub on_seat: bool,
    /// What the seat costs over the horizon.
    pub seat: f64,
    /// What an active day costs on tokens, of the products that the seat covers.
    pub day: f64,
    /// Months in the horizon.
    pub months: f64,
}

/// What became of the question.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Give them a seat.
    ToSeat,
    /// Let them use tokens.
    ToTokens,
    /// The level lies within the band.
    WithinBand,
    /// A move would save, but not surely enough.
    Unsure,
    /// A move would save less than it costs.
    NotWorthIt,
}

/// A recommendation with what stands behind it; money over the horizon.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Recommendation {
    /// What to do.
    pub verdict: Verdict,
    /// Expected days of use over the horizon.
    pub days: f64,
    /// Days of use at which both cost the same.
    pub break_even: f64,
    /// Probability that the other route is cheaper than the present one.
    pub p_saves: f64,
    /// What the other route is expected to save; below zero it costs more.
    pub saving: f64,
    /// What is lost on average by following the recommendation, beside knowing the future.
    pub regret: f64,
}

/// Whether to move somebody.
///
/// The level is compared with the band, then the probability and the saving with the rule: the first that
/// fails is the verdict.
#[must_use]
pub fn recommend(outlook: &Outlook, at: Situation, rule: &Rule) -> Recommendation {
    let even = break_even(at.seat, at.day);
    let days = outlook.days();
    let above = outlook.exceeds(even);
    let (p_saves, saving) = if at.on_seat {
        (1.0 - above, at.seat - days * at.day)
    } else {
        (above, days * at.day - at.seat)
    };
    let verdict = verdict(days, even, at, (p_saves, saving), rule);
    let ends_on_seat = match verdict {
        Verdict::ToSeat => true,
        Verdict::ToTokens => false,
        _ => at.on_seat,
    };
    Recommendation {
        verdict,
        days,
        break_even: even,
        p_saves,
        saving,
        regret: regret(outlook, at, even, ends_on_seat),
    }
}

fn verdict(
    days: f64,
    even: f64,
    at: Situation,
    (p_saves, saving): (f64, f64),
    rule: &Rule,
) -> Verdict {
    let (level, up, down) = match rule.band {
        Band::OfBreakEven { up, down } => (days, up * even, down * even),
        Band::DaysAMonth { up, down } => (days / at.months.max(f64::MIN_POSITIVE), up, down),
    };
    let is_outside = if at.on_seat { level < down } else { level > up };
    if !is_outside {
        Verdict::WithinBand
    } else if p_saves < rule.probability {
        Verdict::Unsure
    } else if saving <= rule.switching_cost {
        Verdict::NotWorthIt
    } else if at.on_seat {
        Verdict::ToTokens
    } else {
        Verdict::ToSeat
    }
}

/// On a seat: what tokens would have cost less. On tokens: what they cost beyond the seat's price.
fn regret(outlook: &Outlook, at: Situation, even: f64, ends_on_seat: bool) -> f64 {
    if !even.is_finite() {
        return if ends_on_seat { at.seat } else { 0.0 };
    }
    let beyond = outlook.beyond(even) * at.day;
    // E[(even − X)⁺] = even − E[X] + E[(X − even)⁺].
    if ends_on_seat { (even - outlook.days()).mul_add(at.day, beyond).max(0.0) } else { beyond }
}
