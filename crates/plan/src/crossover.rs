//! Seat or tokens, for one person (F4 to F7).
//!
//! What a person will use is a guess, and the guess is told as one: [`Population::fit`] learns from everybody
//! how far the past of a person says anything of their future, [`Outlook`] is what that makes of one person,
//! [`cheapest`] chooses among all offerings, and [`recommend`] says whether to move, and if not, why not.
//!
//! Money is in units of one currency, days are numbered from any first day, and a day's *exposure* is how
//! likely use is on it beside a usual working day: 1 on a Tuesday, little on a Sunday or in the holidays.
//! Use is counted in active days; what an active day costs is the person's own mean, so that days, windows
//! and hours are charged in the unit that the contract charges.

mod choice;
mod exposure;
mod outlook;
mod population;
mod rule;

pub use choice::{Choice, Need, Offer, cheapest};
pub use exposure::Exposure;
pub use outlook::{Counts, Outlook};
pub use population::Population;
pub use rule::{Band, Recommendation, Rule, Situation, Verdict, recommend};

/// The use at which a seat costs what tokens cost (F4): `seat / unit`, in units a year; infinite when a unit costs
/// nothing.
///
/// `seat` is the price of the seat for a year and `unit` what one unit of use costs, both after discounts: a discount
/// on tokens raises the break-even.
///
/// ```
/// use faregate_plan::crossover::break_even;
///
/// // Revit: $2,910 a year, 10 tokens a day at $3.
/// assert_eq!(break_even(2_910.0, 30.0), 97.0);
/// ```
#[must_use]
pub fn break_even(seat: f64, unit: f64) -> f64 {
    if unit > 0.0 { seat / unit } else { f64::INFINITY }
}

#[cfg(test)]
mod tests;
