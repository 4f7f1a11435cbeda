//! What the past of one person says of a year to come (F6).

use super::Population;
use crate::numeric::ln_gamma;

/// Active days of one person among exposed days, as far as they count for the future.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Counts {
    /// Days of use.
    pub active: f64,
    /// Days on which use was to be expected, in usual working days.
    pub exposed: f64,
}

impl Counts {
    /// The counts of months, oldest first, each month before the last `decay` times less worth than the one after it.
    #[must_use]
    pub fn faded(months: &[Self], decay: f64) -> Self {
        let mut worth = 1.0;
        let mut sum = Self::default();
        for month in months.iter().rev() {
            sum.active += worth * month.active;
            sum.exposed += worth * month.exposed;
            worth *= decay;
        }
        sum
    }

    /// The share of exposed days with use, 0 to 1.
    #[must_use]
    pub fn level(self) -> f64 {
        if self.exposed > 0.0 { (self.active / self.exposed).clamp(0.0, 1.0) } else { 0.0 }
    }
}

/// How many days of use somebody will have: a beta-binomial of what they did, and, with the probability that
/// everything changes, of what people do.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Outlook {
    /// Shape of the beta distribution of the person's level.
    pub alpha: f64,
    /// Its other shape.
    pub beta: f64,
    /// Days to come on which use is to be expected, in usual working days.
    pub exposed: f64,
    /// Probability that the person becomes another kind of user.
    pub change: f64,
    /// Shapes of the population's levels.
    pub people: (f64, f64),
}

impl Outlook {
    /// Of one person: their months, oldest first, and the exposed days to come.
    #[must_use]
    pub fn new(population: &Population, months: &[Counts], exposed: f64) -> Self {
        let known = Counts::faded(months, population.decay);
        let (a, b) = population.prior;
        let idle = (known.exposed - known.active).max(0.0);
        Self {
            alpha: a + population.worth * known.active,
            beta: b + population.worth * idle,
            exposed,
            change: population.change_within(exposed),
            people: population.prior,
        }
    }

    /// Expected days of use.
    #[must_use]
    pub fn days(&self) -> f64 {
        let (a, b) = self.people;
        let own = self.alpha / (self.alpha + self.beta);
        let others = a / (a + b);
        self.exposed * ((1.0 - self.change) * own + self.change * others)
    }

    /// The probability of more than so many days of use:
    /// `(1 − ε)·P(BetaBin(n′, α, β) > days) + ε·P(BetaBin(n′, a, b) > days)`.
    #[must_use]
    pub fn exceeds(&self, days: f64) -> f64 {
        let own = above(days, self.exposed, self.alpha, self.beta);
        let others = above(days, self.exposed, self.people.0, self.people.1);
        ((1.0 - self.change) * own + self.change * others).clamp(0.0, 1.0)
    }

    /// What is expected beyond so many days: `E[(X − days)⁺]`, in days.
    #[must_use]
    pub fn beyond(&self, days: f64) -> f64 {
        let own = excess(days, self.exposed, self.alpha, self.beta);
        let others = excess(days, self.exposed, self.people.0, self.people.1);
        (1.0 - self.change) * own + self.change * others
    }
}

/// ln of the beta-binomial probability of `k` in `n`; both may be fractions, as faded counts are.
pub(super) fn ln_chance(k: f64, n: f64, a: f64, b: f64) -> f64 {
    let rest = (n - k).max(0.0);
    ln_gamma(n + 1.0) - ln_gamma(k + 1.0) - ln_gamma(rest + 1.0) + ln_beta(k + a, rest + b)
        - ln_beta(a, b)
}

fn ln_beta(a: f64, b: f64) -> f64 {
    ln_gamma(a) + ln_gamma(b) - ln_gamma(a + b)
}

/// P(X > days), X beta-binomial.
fn above(days: f64, n: f64, a: f64, b: f64) -> f64 {
    sum(n, a, b, |k, chance| if k > days { chance } else { 0.0 })
}

/// E[(X − days)⁺].
fn excess(days: f64, n: f64, a: f64, b: f64) -> f64 {
    sum(n, a, b, |k, chance| (k - days).max(0.0) * chance)
}

/// Sums over all counts from 0 to `n`, rounded to whole days.
fn sum(n: f64, a: f64, b: f64, term: impl Fn(f64, f64) -> f64) -> f64 {
    let n = n.round().clamp(0.0, 4_000.0);
    let mut total = 0.0;
    let (mut k, mut ln) = (0.0, ln_chance(0.0, n, a, b));
    while k <= n {
        total += term(k, ln.exp());
        // The ratio of two neighbours: p(k+1)/p(k) = (n−k)(k+a) / ((k+1)(n−k−1+b)).
        let ratio = (n - k) * (k + a) / ((k + 1.0) * (n - k - 1.0 + b));
        if ratio <= 0.0 {
            break;
        }
        ln += ratio.ln();
        k += 1.0;
    }
    total
}
