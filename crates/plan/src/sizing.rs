//! How many tokens to buy (F12 to F17).
//!
//! Everything is an *estimate*: tokens are plain numbers, money is in units of the contract's currency, shares
//! are 0 to 1. Nothing here books anything, and nothing reads a clock or draws ambient chance: a simulation
//! takes its seed.
//!
//! | module | answers | formula |
//! |---|---|---|
//! | [`demand`] | what will be needed, as a distribution | |
//! | [`order`] | how many tokens to buy, and what the guide's buffer buys | F12 |
//! | [`stock_out`] | what a missing token costs, by persona | F12 |
//! | [`packs`] | the packs and tiers that can really be bought | F12 |
//! | [`carry`] | what carrying tokens forward is worth | F13 |
//! | [`reorder`] | at which balance to buy again | F14 |
//! | [`bias`] | why people chosen for low use will use more | F15 |
//! | [`walls`] | what separate buckets cost | F16 |
//! | [`seats`] | seats by concurrent use | F17 |
//! | [`peaks`] | peak to average | |
//! | [`years`] | made-up years: simulation and bootstrap | |
//!
//! To add a question: a module that takes a [`demand::Demand`] and returns [`Invalid`] for what cannot be asked.

pub mod bias;
pub mod carry;
pub mod chance;
pub mod demand;
pub mod order;
pub mod packs;
pub mod peaks;
pub mod reorder;
pub mod seats;
pub mod stock_out;
pub mod walls;
pub mod years;

use core::fmt;

/// A question that has no answer.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Invalid {
    /// Not a number, or infinite.
    NotFinite(&'static str),
    /// Below zero.
    Negative(&'static str, f64),
    /// Zero or below.
    NotPositive(&'static str, f64),
    /// Outside 0 to 1.
    NotAShare(&'static str, f64),
    /// There is nothing of it.
    Empty(&'static str),
    /// Fewer days of history than can be drawn from.
    TooShort {
        /// Days that were given.
        days: usize,
        /// Days that are needed.
        needed: usize,
    },
    /// Two tiers begin at the same quantity.
    TiersOverlap(f64),
    /// An unused token would be worth as much as it costs: there is no end to buying.
    WorthKeeping {
        /// What an unused token is worth.
        worth: f64,
        /// What it costs.
        price: f64,
    },
    /// More of it than can be worked with.
    TooMany(&'static str, usize),
}

impl fmt::Display for Invalid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotFinite(what) => write!(f, "{what} is not a number"),
            Self::Negative(what, value) => write!(f, "{what} is `{value}`, below zero"),
            Self::NotPositive(what, value) => write!(f, "{what} is `{value}`, not above zero"),
            Self::NotAShare(what, value) => write!(f, "{what} is `{value}`, not between 0 and 1"),
            Self::Empty(what) => write!(f, "there is no {what}"),
            Self::TooShort { days, needed } => {
                write!(f, "`{days}` days of history, at least {needed} are needed")
            }
            Self::TiersOverlap(at) => write!(f, "two tiers begin at `{at}` tokens"),
            Self::WorthKeeping { worth, price } => {
                write!(f, "an unused token is worth `{worth}` and costs `{price}`")
            }
            Self::TooMany(what, count) => write!(f, "`{count}` {what} are too many"),
        }
    }
}

impl core::error::Error for Invalid {}

/// The value, when it is a number.
pub(crate) fn finite(what: &'static str, value: f64) -> Result<f64, Invalid> {
    if value.is_finite() { Ok(value) } else { Err(Invalid::NotFinite(what)) }
}

/// The value, when it is a number of at least zero.
pub(crate) fn not_negative(what: &'static str, value: f64) -> Result<f64, Invalid> {
    let value = finite(what, value)?;
    if value >= 0.0 { Ok(value) } else { Err(Invalid::Negative(what, value)) }
}

/// The value, when it is a number above zero.
pub(crate) fn positive(what: &'static str, value: f64) -> Result<f64, Invalid> {
    let value = finite(what, value)?;
    if value > 0.0 { Ok(value) } else { Err(Invalid::NotPositive(what, value)) }
}

/// The value, when it is between 0 and 1, both included.
pub(crate) fn share(what: &'static str, value: f64) -> Result<f64, Invalid> {
    let value = finite(what, value)?;
    if (0.0..=1.0).contains(&value) { Ok(value) } else { Err(Invalid::NotAShare(what, value)) }
}

/// A whole number as an estimate.
#[expect(clippy::cast_precision_loss, reason = "an estimate")]
pub(crate) fn count(of: usize) -> f64 {
    of as f64
}

/// The index of an estimate's whole part; zero for what is below.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "floors, and saturates"
)]
pub(crate) fn index(of: f64) -> usize {
    of as usize
}

/// Where a falling function passes zero, by bisection; the end of the range when it does not.
pub(crate) fn crossing(mut low: f64, mut high: f64, falling: impl Fn(f64) -> f64) -> f64 {
    for _ in 0..200 {
        let middle = low.midpoint(high);
        if falling(middle) > 0.0 { low = middle } else { high = middle }
    }
    low.midpoint(high)
}

#[cfg(test)]
mod tests;
