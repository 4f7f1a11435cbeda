//! F19: what the levers of a negotiation are worth, each alone and together.

use crate::numeric::{normal_below, normal_density};
use crate::sizing::carry::{WORTH_OF_PRICE, carry};
use crate::sizing::demand::Demand;
use crate::sizing::order::{Prices, at, order};
use crate::sizing::{Invalid, finite, not_negative, share};

/// All combinations are tried; more levers than this are too many to put on a table.
const LEVERS_MAX: usize = 10;

/// How much prices will rise a year without a freeze: normal, held at zero from below, and the same every year.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rise {
    /// Of the price; 0.05 for 5 %.
    pub mean: f64,
    /// Of the mean.
    pub deviation: f64,
}

impl Rise {
    /// 5 % ± 3 %, which reproduces the worked example of F19.
    pub const USUAL: Self = Self { mean: 0.05, deviation: 0.03 };
}

/// Something to negotiate for. Discounts and shares are 0 to 1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Lever {
    /// A volume tier: all tokens bought ahead cost so much less. Top-ups cost the list price.
    Tier {
        /// Of the price.
        discount: f64,
    },
    /// A commitment: exactly `tokens` are bought ahead, at a discount on top of the tier's.
    Commitment {
        /// Bought, used or not.
        tokens: f64,
        /// Of the price that is left.
        discount: f64,
    },
    /// So much of the order may be carried forward.
    CarryForward {
        /// φ, of the order.
        share: f64,
    },
    /// A better price for tokens and seats bought together.
    Bundle {
        /// Of the spend on both.
        improvement: f64,
        /// Money a year.
        spend: f64,
    },
    /// List prices stay for so many years.
    RateFreeze {
        /// 1, 2 …
        years: u32,
        /// Money a year, at today's prices; it is not scaled with what the other levers save.
        spend: f64,
        /// What else would happen.
        rise: Rise,
    },
}

/// What an expert's guide to negotiations ranks highest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Priority {
    /// "High"; for a commitment "with consumption data".
    High,
    /// "Medium–High".
    MediumHigh,
    /// "Medium".
    Medium,
}

impl Lever {
    /// The range that the guide calls achievable: discounts, shares, or years.
    #[must_use]
    pub const fn achievable(&self) -> (f64, f64) {
        match self {
            Self::Tier { .. } => (0.05, 0.18),
            Self::Commitment { .. } => (0.08, 0.22),
            Self::CarryForward { .. } => (0.05, 0.15),
            Self::Bundle { .. } => (0.02, 0.08),
            Self::RateFreeze { .. } => (1.0, 2.0),
        }
    }

    /// The guide's priority.
    #[must_use]
    pub const fn priority(&self) -> Priority {
        match self {
            Self::Tier { .. } | Self::Commitment { .. } => Priority::High,
            Self::CarryForward { .. } => Priority::MediumHigh,
            Self::Bundle { .. } | Self::RateFreeze { .. } => Priority::Medium,
        }
    }

    fn check(&self) -> Result<(), Invalid> {
        match *self {
            Self::Tier { discount } => share("a discount", discount).map(drop),
            Self::Commitment { tokens, discount } => {
                share("a discount", discount)?;
                not_negative("the commitment", tokens).map(drop)
            }
            Self::CarryForward { share: kept } => share("the share carried", kept).map(drop),
            Self::Bundle { improvement, spend } => {
                share("the improvement", improvement)?;
                not_negative("the spend", spend).map(drop)
            }
            Self::RateFreeze { spend, rise, .. } => {
                not_negative("the deviation of the rise", rise.deviation)?;
                finite("the rise", rise.mean)?;
                not_negative("the spend", spend).map(drop)
            }
        }
    }
}

/// What is negotiated about.
#[derive(Clone, Debug, PartialEq)]
pub struct Renewal {
    /// Next year's tokens.
    pub demand: Demand,
    /// Before any lever.
    pub prices: Prices,
}

/// Some levers together.
#[derive(Clone, Debug, PartialEq)]
pub struct Deal {
    /// Which of the levers that were asked about, by position.
    pub levers: Vec<usize>,
    /// To buy ahead.
    pub tokens: f64,
    /// Money a year: tokens bought, topped up and missed, less carried ones and what bundle and freeze save.
    pub expected_cost: f64,
    /// Money: what they are worth beside no lever at all; negative for a commitment that costs more than it saves.
    pub value: f64,
}

/// One lever alone.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ranked {
    /// By position.
    pub lever: usize,
    /// Money.
    pub value: f64,
    /// The guide's.
    pub priority: Priority,
    /// The least discount worth it, for a commitment: below it, no commitment is better.
    pub least_discount: Option<f64>,
}

impl Renewal {
    /// What these levers are worth together, with the order chosen again.
    ///
    /// Discounts multiply. The largest commitment of several counts. Top-ups cost the list price throughout.
    /// Carried tokens are worth [`WORTH_OF_PRICE`] of their price.
    ///
    /// # Errors
    /// A lever that is out of its range, prices as in [`order`], a deal that makes tokens free.
    pub fn deal(&self, levers: &[(usize, Lever)]) -> Result<Deal, Invalid> {
        let without = order(&self.demand, self.prices)?.expected_cost;
        let mut terms = Terms { prices: self.prices, committed: None, kept: 0.0, saved: 0.0 };
        for (_, lever) in levers {
            lever.check()?;
            terms.take(lever);
        }
        let (tokens, cost) = terms.best(&self.demand)?;
        let expected_cost = cost - terms.saved;
        let levers = levers.iter().map(|(at, _)| *at).collect();
        Ok(Deal { levers, tokens, expected_cost, value: without - expected_cost })
    }

    /// Each lever alone, the most valuable first.
    ///
    /// # Errors
    /// As [`Renewal::deal`].
    pub fn ranked(&self, levers: &[Lever]) -> Result<Vec<Ranked>, Invalid> {
        let alone = |(at, lever): (usize, &Lever)| {
            Ok(Ranked {
                lever: at,
                value: self.deal(&[(at, *lever)])?.value,
                priority: lever.priority(),
                least_discount: match *lever {
                    Lever::Commitment { tokens, .. } => Some(self.least_discount(tokens)?),
                    _ => None,
                },
            })
        };
        let ranked: Result<Vec<Ranked>, Invalid> = levers.iter().enumerate().map(alone).collect();
        let mut ranked = ranked?;
        ranked.sort_by(|one, other| other.value.total_cmp(&one.value));
        Ok(ranked)
    }

    /// Every combination of the levers, the most valuable first; the one without levers is worth nothing.
    ///
    /// # Errors
    /// As [`Renewal::deal`]; more than ten levers.
    pub fn combinations(&self, levers: &[Lever]) -> Result<Vec<Deal>, Invalid> {
        if levers.len() > LEVERS_MAX {
            return Err(Invalid::TooMany("levers", levers.len()));
        }
        let some = |set: u32| {
            let is_in = |at: &usize| {
                set.checked_shr(u32::try_from(*at).unwrap_or(32)).unwrap_or(0) & 1 == 1
            };
            let chosen = levers.iter().copied().enumerate().filter(|(at, _)| is_in(at));
            self.deal(&chosen.collect::<Vec<_>>())
        };
        let sets = 1_u32.checked_shl(u32::try_from(levers.len()).unwrap_or(0)).unwrap_or(1);
        let mut deals = (0..sets).map(some).collect::<Result<Vec<Deal>, Invalid>>()?;
        deals.sort_by(|one, other| other.value.total_cmp(&one.value));
        Ok(deals)
    }

    /// The discount from which on a commitment to `tokens` beats the best order without one: the cost is linear in
    /// it, (C(k) − C(Q*))/(p·k). Negative where even a dearer commitment would do.
    ///
    /// # Errors
    /// As [`order`]; a commitment that is not above zero.
    pub fn least_discount(&self, tokens: f64) -> Result<f64, Invalid> {
        crate::sizing::positive("the commitment", tokens)?;
        let best = order(&self.demand, self.prices)?.expected_cost;
        let committed = at(&self.demand, self.prices, tokens)?.expected_cost;
        Ok((committed - best) / (self.prices.price * tokens))
    }
}

/// What a set of levers makes of a contract.
struct Terms {
    prices: Prices,
    committed: Option<f64>,
    kept: f64,
    saved: f64,
}

impl Terms {
    fn take(&mut self, lever: &Lever) {
        match *lever {
            Lever::Tier { discount } => self.prices.price *= 1.0 - discount,
            Lever::Commitment { tokens, discount } => {
                self.prices.price *= 1.0 - discount;
                self.committed = Some(self.committed.map_or(tokens, |other| other.max(tokens)));
            }
            Lever::CarryForward { share } => self.kept = self.kept.max(share),
            Lever::Bundle { improvement, spend } => self.saved += improvement * spend,
            Lever::RateFreeze { years, spend, rise } => self.saved += freeze(years, spend, rise),
        }
    }

    /// Tokens and their cost; a commitment leaves no choice but to buy more than it.
    fn best(&self, demand: &Demand) -> Result<(f64, f64), Invalid> {
        let worth = (WORTH_OF_PRICE * self.prices.price).max(self.prices.salvage);
        let Some(least) = self.committed else {
            let found = carry(demand, self.prices, self.kept, worth)?.sized;
            return Ok((found.tokens, found.expected_cost));
        };
        let sized = at(demand, self.prices, least)?;
        let carried = demand.spare(least) - demand.spare((1.0 - self.kept) * least);
        Ok((least, sized.expected_cost - (worth - self.prices.salvage) * carried))
    }
}

/// What frozen prices save over so many years: Σ_t spend·E\[(1+g⁺)^t − 1\], with g ~ N(mean, deviation²), the same in
/// every year, and g⁺ = max(g, 0): vendors do not lower prices. Not discounted.
///
/// E\[(g⁺)^j\] for j = 1, 2 … follow M_j = μ·M_{j−1} + (j−1)σ²·M_{j−2} with M_0 = Φ(μ/σ) and
/// M_1 = μΦ(μ/σ) + σφ(μ/σ) (Winkler, Roodman and Britney, Management Science 19, 1972).
#[must_use]
pub fn freeze(years: u32, spend: f64, rise: Rise) -> f64 {
    // Nobody freezes prices for longer; and the moments grow.
    let years = years.min(10);
    let moments = moments(rise, years);
    let grown = |year: u32| {
        let mut chosen = 1.0;
        let term = |(power, moment): (u32, &f64)| {
            chosen *= f64::from(year.saturating_sub(power).saturating_add(1)) / f64::from(power);
            chosen * moment
        };
        (1..=year).zip(&moments).map(term).sum::<f64>()
    };
    spend * (1..=years).map(grown).sum::<f64>()
}

/// E\[(g⁺)^j\] for j from 1 to `count`.
fn moments(rise: Rise, count: u32) -> Vec<f64> {
    let Rise { mean, deviation } = rise;
    if deviation <= 0.0 {
        return (1..=count).map(|power| mean.max(0.0).powi(power.cast_signed())).collect();
    }
    let above = mean / deviation;
    let mut before = normal_below(above);
    let mut now = mean * before + deviation * normal_density(above);
    let mut moments = Vec::new();
    for power in 1..=count {
        moments.push(now.max(0.0));
        (before, now) = (now, mean * now + f64::from(power) * deviation * deviation * before);
    }
    moments
}
