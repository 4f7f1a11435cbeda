//! What seats and tokens cost: the prices that plans reckon with.

use super::Terms;
use faregate_core::amount::{Currency, Money, Ticks};
use faregate_core::estate::{OfferingId, ProductId};
use faregate_core::state::State;
use faregate_core::when::Instant;
use rustc_hash::FxHashMap;

/// An offering with its price.
#[derive(Clone, Debug, PartialEq)]
pub struct Priced {
    /// Which.
    pub id: OfferingId,
    /// A seat of it for a year, after discount, in units of money.
    pub per_year: f64,
    /// What it covers.
    pub covers: Vec<ProductId>,
}

/// Prices at one moment, in one currency.
#[derive(Clone, Debug, PartialEq)]
pub struct Market {
    /// The currency of all of them.
    pub currency: Currency,
    /// One token, in units of money.
    pub token: f64,
    /// Offerings with a price, by id.
    pub offerings: Vec<Priced>,
    /// Products that tokens can pay for at all, and what a unit of each takes.
    pub rated: FxHashMap<ProductId, Ticks>,
    /// What has no price, and what has one in another currency, in sentences.
    pub gaps: Vec<String>,
}

impl Market {
    /// The prices in force; `None` where there is no price of a token: nothing can be compared then.
    #[must_use]
    pub fn of(state: &State, terms: &Terms, now: Instant) -> Option<Self> {
        let (_, tariff) = state.tariff()?;
        let token = terms.token_price.or_else(|| tariff.token_price(now, state.zone()))?;
        let estate = state.estate();
        let (mut offerings, mut gaps) = (Vec::new(), Vec::new());
        for (id, offering) in (0..).map(OfferingId).zip(estate.offerings()) {
            let listed = tariff.parts().seats.iter().find(|seat| seat.offering == offering.key);
            let Some(listed) = listed else {
                gaps.push(format!("there is no price for a seat of {}", offering.name));
                continue;
            };
            if listed.per_year.currency != token.currency {
                let code = listed.per_year.currency.code();
                gaps.push(format!(
                    "a seat of {} is priced in {code}, tokens are not",
                    offering.name
                ));
                continue;
            }
            let covers = offering.covers.iter().filter_map(|key| estate.product_called(key));
            let per_year = units(listed.per_year) * (1.0 - terms.seat_discount);
            offerings.push(Priced { id, per_year, covers: covers.collect() });
        }
        let products = (0..).map(ProductId).zip(estate.products()).map(|(id, _)| id);
        let rated = products.filter_map(|id| Some((id, state.rate(id, now)?.ticks))).collect();
        Some(Self { currency: token.currency, token: units(token), offerings, rated, gaps })
    }

    /// The same, at another price of a token, in micro-units: that of a plan that was drawn before.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "an estimate in floats")]
    pub fn at(self, token_price: i64) -> Self {
        Self { token: token_price as f64 / 1e6, ..self }
    }

    /// The offering with this id, if it has a price.
    #[must_use]
    pub fn offering(&self, id: OfferingId) -> Option<&Priced> {
        self.offerings.iter().find(|offering| offering.id == id)
    }

    /// What a unit of these products costs on average, in units of money: what a day costs of which nothing is known.
    pub(super) fn usual(&self, is_of: impl Fn(ProductId) -> bool) -> f64 {
        let rates = self.rated.iter().filter(|(product, _)| is_of(**product));
        let (sum, count) = rates
            .fold((0.0, 0.0), |(sum, count), (_, ticks)| (sum + self.price(*ticks), count + 1.0));
        if count > 0.0 { sum / count } else { 0.0 }
    }

    /// What so many tokens cost, in units of money.
    #[must_use]
    pub fn price(&self, ticks: Ticks) -> f64 {
        ticks.tokens() * self.token
    }
}

#[expect(clippy::cast_precision_loss, reason = "an estimate in floats")]
fn units(money: Money) -> f64 {
    money.micros as f64 / 1e6
}

/// Units of money as whole micro-units, as plans keep them.
#[must_use]
#[expect(clippy::cast_possible_truncation, reason = "an estimate, far below 2^63 micro-units")]
pub(super) fn micros(units: f64) -> i64 {
    (units * 1e6).round() as i64
}
