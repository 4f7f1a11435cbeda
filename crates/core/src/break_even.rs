//! The use at which a seat costs the same as tokens (F4): `B = S(1 − d_seat) / (p(1 − d_token)·r)`.

use crate::tariff::{Meter, Tariff};

/// What changes the list prices, as fractions: 0.25 is 25 % off.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Terms {
    /// Price of one token, when it is not the tariff's.
    pub token_price: Option<f64>,
    /// Discount on seats.
    pub seat_discount: f64,
    /// Discount on tokens.
    pub token_discount: f64,
}

/// One offering's break-even.
#[derive(Clone, Debug, PartialEq)]
pub struct BreakEven {
    /// Key of the offering.
    pub offering: String,
    /// Its name.
    pub name: String,
    /// Price of the seat for a year, after discount, in units of money.
    pub seat_per_year: f64,
    /// Key of the product whose rate is used: the first that the offering covers.
    pub product: String,
    /// Tokens for one unit of its use.
    pub tokens_per_unit: f64,
    /// What one unit is.
    pub meter: Meter,
    /// Units a year at which both cost the same.
    pub units_per_year: f64,
}

/// The break-even of every offering in the tariff whose primary product has a rate above zero.
///
/// Rates are the latest of each product. Offerings without a price or a rate are left out: there is no
/// break-even to state.
#[must_use]
#[expect(clippy::cast_precision_loss, reason = "an estimate in floats")]
pub fn table(tariff: &Tariff, terms: Terms) -> Vec<BreakEven> {
    let parts = tariff.parts();
    let latest = parts.prices.iter().max_by_key(|price| price.from);
    let list = latest.map(|price| price.per_token.micros as f64 / 1e6);
    let Some(price) = terms.token_price.or(list) else { return Vec::new() };
    let token = price * (1.0 - terms.token_discount);
    let of = |seat: &crate::tariff::SeatPrice| {
        let product = seat.covers.first()?;
        let rate = parts
            .rates
            .iter()
            .filter(|rate| rate.product == *product)
            .max_by_key(|rate| rate.from)?;
        let (per_unit, per_year) =
            (rate.ticks.tokens(), seat.per_year.micros as f64 / 1e6 * (1.0 - terms.seat_discount));
        let unit_price = token * per_unit;
        (unit_price > 0.0).then(|| BreakEven {
            offering: seat.offering.clone(),
            name: seat.name.clone(),
            seat_per_year: per_year,
            product: product.clone(),
            tokens_per_unit: per_unit,
            meter: rate.meter,
            units_per_year: per_year / unit_price,
        })
    };
    parts.seats.iter().filter_map(of).collect()
}

#[cfg(test)]
mod tests;
