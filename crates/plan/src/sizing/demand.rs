//! What will be needed in a period, as a distribution of tokens.

use super::{Invalid, count, finite, index, not_negative, positive};
use crate::numeric::{normal_below, normal_density, normal_quantile};

/// The tokens that a period will need; never a single number.
#[derive(Clone, Debug, PartialEq)]
pub struct Demand(Shape);

#[derive(Clone, Debug, PartialEq)]
enum Shape {
    Normal {
        mean: f64,
        deviation: f64,
    },
    /// Of ln D: mean and deviation.
    Lognormal {
        mean: f64,
        location: f64,
        scale: f64,
    },
    /// Ascending, and for each what it and all above it sum to.
    Empirical {
        totals: Vec<f64>,
        sums_above: Vec<f64>,
    },
}

impl Demand {
    /// Normal, in tokens; what falls below zero is negligible when the deviation is under a third of the mean.
    ///
    /// # Errors
    /// A mean or a deviation that is not above zero, or not a number.
    pub fn normal(mean: f64, deviation: f64) -> Result<Self, Invalid> {
        positive("the mean", mean)?;
        positive("the deviation", deviation)?;
        Ok(Self(Shape::Normal { mean, deviation }))
    }

    /// Lognormal with this mean in tokens and this coefficient of variation: σ² = ln(1 + cv²), μ = ln mean − σ²/2.
    ///
    /// # Errors
    /// A mean or a variation that is not above zero, or not a number.
    pub fn lognormal(mean: f64, cv: f64) -> Result<Self, Invalid> {
        positive("the mean", mean)?;
        positive("the variation", cv)?;
        let variance = (cv * cv).ln_1p();
        let location = mean.ln() - variance / 2.0;
        Ok(Self(Shape::Lognormal { mean, location, scale: variance.sqrt() }))
    }

    /// As these totals came, each equally likely; in any order, none below zero.
    ///
    /// # Errors
    /// No totals, or one that is below zero or not a number.
    pub fn empirical(mut totals: Vec<f64>) -> Result<Self, Invalid> {
        if totals.is_empty() {
            return Err(Invalid::Empty("total"));
        }
        for total in &totals {
            not_negative("a total", *total)?;
        }
        totals.sort_unstable_by(f64::total_cmp);
        let mut sum = 0.0;
        let mut sums_above: Vec<f64> = totals
            .iter()
            .rev()
            .map(|total| {
                sum += total;
                sum
            })
            .collect();
        sums_above.reverse();
        Ok(Self(Shape::Empirical { totals, sums_above }))
    }

    /// E\[D\], in tokens.
    #[must_use]
    pub fn mean(&self) -> f64 {
        match &self.0 {
            Shape::Normal { mean, .. } | Shape::Lognormal { mean, .. } => *mean,
            Shape::Empirical { totals, sums_above } => {
                sums_above.first().map_or(0.0, |sum| sum / count(totals.len()))
            }
        }
    }

    /// Its standard deviation, in tokens.
    #[must_use]
    pub fn deviation(&self) -> f64 {
        match &self.0 {
            Shape::Normal { deviation, .. } => *deviation,
            Shape::Lognormal { mean, scale, .. } => mean * (scale * scale).exp_m1().sqrt(),
            Shape::Empirical { totals, .. } => {
                let mean = self.mean();
                let squares: f64 = totals.iter().map(|total| (total - mean).powi(2)).sum();
                (squares / count(totals.len()).max(1.0)).sqrt()
            }
        }
    }

    /// F(q) = P(D ≤ q), the service level that `tokens` buy.
    #[must_use]
    pub fn below(&self, tokens: f64) -> f64 {
        match &self.0 {
            Shape::Normal { mean, deviation } => normal_below((tokens - mean) / deviation),
            Shape::Lognormal { location, scale, .. } if tokens > 0.0 => {
                normal_below((tokens.ln() - location) / scale)
            }
            Shape::Lognormal { .. } => 0.0,
            Shape::Empirical { totals, .. } => {
                let below = totals.partition_point(|total| *total <= tokens);
                count(below) / count(totals.len())
            }
        }
    }

    /// The least q of at least zero tokens with F(q) ≥ `share`; shares are taken into 0 to 1.
    #[must_use]
    pub fn quantile(&self, share: f64) -> f64 {
        let share = if share.is_nan() { 0.0 } else { share.clamp(0.0, 1.0) };
        match &self.0 {
            Shape::Normal { mean, deviation } => {
                (mean + deviation * normal_quantile(share)).max(0.0)
            }
            Shape::Lognormal { location, scale, .. } => {
                (location + scale * normal_quantile(share)).exp()
            }
            Shape::Empirical { totals, .. } => {
                // The share may have been computed: 0.95·100 is not above 95.
                let rank = (share * count(totals.len()) - 1e-9).ceil().max(1.0);
                let at = index(rank).saturating_sub(1).min(totals.len().saturating_sub(1));
                totals.get(at).copied().unwrap_or(0.0)
            }
        }
    }

    /// E\[(D − q)⁺\]: the tokens that will be missing, on average, when `tokens` are there.
    ///
    /// Normal: σ(φ(z) − z(1 − Φ(z))) (Silver, Pyke and Thomas, Inventory and Production Management, 4th ed.,
    /// app. II). Lognormal: mean·Φ(d + σ) − q·Φ(d) with d = (μ − ln q)/σ, as in Black and Scholes. Empirical: exact.
    #[must_use]
    pub fn excess(&self, tokens: f64) -> f64 {
        let excess = match &self.0 {
            Shape::Normal { mean, deviation } => {
                let z = (tokens - mean) / deviation;
                deviation * (normal_density(z) - z * normal_below(-z))
            }
            Shape::Lognormal { mean, location, scale } if tokens > 0.0 => {
                let d = (location - tokens.ln()) / scale;
                mean * normal_below(d + scale) - tokens * normal_below(d)
            }
            Shape::Lognormal { mean, .. } => mean - tokens,
            Shape::Empirical { totals, sums_above } => {
                let at = totals.partition_point(|total| *total <= tokens);
                let above = totals.len().saturating_sub(at);
                let sum = sums_above.get(at).copied().unwrap_or(0.0);
                (sum - tokens * count(above)) / count(totals.len())
            }
        };
        excess.max(0.0)
    }

    /// E\[(q − D)⁺\]: the tokens that will be left, on average, when `tokens` are there.
    #[must_use]
    pub fn spare(&self, tokens: f64) -> f64 {
        (tokens - self.mean() + self.excess(tokens)).max(0.0)
    }

    /// The same uncertainty about `factor` times as many tokens.
    ///
    /// # Errors
    /// A factor that is not above zero, or not a number.
    pub fn scaled(&self, factor: f64) -> Result<Self, Invalid> {
        positive("the factor", factor)?;
        finite("the mean", self.mean() * factor)?;
        Ok(Self(match &self.0 {
            Shape::Normal { mean, deviation } => {
                Shape::Normal { mean: mean * factor, deviation: deviation * factor }
            }
            Shape::Lognormal { mean, location, scale } => Shape::Lognormal {
                mean: mean * factor,
                location: location + factor.ln(),
                scale: *scale,
            },
            Shape::Empirical { totals, sums_above } => Shape::Empirical {
                totals: totals.iter().map(|total| total * factor).collect(),
                sums_above: sums_above.iter().map(|sum| sum * factor).collect(),
            },
        }))
    }

    /// The same mean, with its uncertainty stretched by `factor`: the deviation of a normal, the variation of a
    /// lognormal, the distance from the mean of totals (not below zero).
    ///
    /// # Errors
    /// A factor that is not above zero, or not a number.
    pub fn stretched(&self, factor: f64) -> Result<Self, Invalid> {
        positive("the factor", factor)?;
        match &self.0 {
            Shape::Normal { mean, deviation } => Self::normal(*mean, deviation * factor),
            Shape::Lognormal { mean, scale, .. } => {
                Self::lognormal(*mean, (scale * scale).exp_m1().sqrt() * factor)
            }
            Shape::Empirical { totals, .. } => {
                let mean = self.mean();
                let stretch = |total: &f64| (mean + (total - mean) * factor).max(0.0);
                Self::empirical(totals.iter().map(stretch).collect())
            }
        }
    }

    /// A quantity with almost all of the demand below it: where searches end.
    pub(crate) fn highest(&self) -> f64 {
        match &self.0 {
            Shape::Empirical { totals, .. } => totals.last().copied().unwrap_or(0.0),
            _ => self.quantile(1.0),
        }
    }
}
