//! Rent or buy while the term runs (F9): when somebody has spent on tokens what a seat costs, buy the seat.
//!
//! Whoever knows nothing of the future can do no better than this: it never costs more than `2 − β` times
//! what the best decision in hindsight costs, β the share of the price that is not spent when the seat is bought, and no
//! rule without chance has a better worst case (Karlin, Manasse, Rudolph, Sleator: Competitive snoopy caching, 1988).

/// Somebody on tokens, beside the price of the seat that would cover what they use.
///
/// ```
/// use faregate_plan::online::Meter;
///
/// // F9: $27 a day against a seat of $2,910: buy on the 108th day of use.
/// let mut meter = Meter::new(2_910.0);
/// let bought = (1..).find(|_| !meter.spend(27.0));
/// assert_eq!(bought, Some(108));
/// assert_eq!(meter.total(), 5_799.0);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Meter {
    /// Price of the seat for its term.
    seat: f64,
    spent: f64,
    is_bought: bool,
}

impl Meter {
    /// Nothing is spent yet. A price below zero counts as zero.
    #[must_use]
    pub fn new(seat: f64) -> Self {
        Self { seat: seat.max(0.0), spent: 0.0, is_bought: false }
    }

    /// Takes one use that costs so much on tokens; whether it goes on tokens. The use whose tokens would bring the
    /// spending to the seat's price goes on the seat that is bought for it.
    pub fn spend(&mut self, tokens: f64) -> bool {
        if !self.is_bought && self.spent + tokens.max(0.0) >= self.seat {
            self.is_bought = true;
        }
        if !self.is_bought {
            self.spent += tokens.max(0.0);
        }
        !self.is_bought
    }

    /// Whether the seat is to be bought, or was.
    #[must_use]
    pub const fn is_bought(&self) -> bool {
        self.is_bought
    }

    /// Tokens, in money, and the seat once it is bought.
    #[must_use]
    pub fn total(&self) -> f64 {
        self.spent + if self.is_bought { self.seat } else { 0.0 }
    }
}

/// The worst that the rule can come to beside the best decision in hindsight, when every use costs `day`: `2 − β`, β
/// the share of the price that is not spent yet when the seat is bought. Below 2 whatever uses cost.
///
/// ```
/// assert_eq!(format!("{:.3}", faregate_plan::online::worst_ratio(2_910.0, 27.0)), "1.993");
/// ```
#[must_use]
pub fn worst_ratio(seat: f64, day: f64) -> f64 {
    if seat <= 0.0 || day <= 0.0 {
        return 1.0;
    }
    let uses = ((seat / day).ceil() - 1.0).max(0.0);
    1.0 + uses * day / seat
}

#[cfg(test)]
mod tests;
