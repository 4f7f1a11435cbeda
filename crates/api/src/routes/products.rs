//! `/v1/products`: what there is to open, and what it costs.

use crate::Server;
use crate::authority::{Authorized, BeSomebody};
use crate::extract::Params;
use crate::paging::{Search, finds, page};
use crate::problem::Problem;
use crate::wire::{Money, Tokens};
use axum::Json;
use axum::extract::State;
use faregate_app::rights::Right;
use faregate_core::amount;
use faregate_core::estate::{Offering, Product, ProductId};
use faregate_core::state;
use faregate_core::when::Instant;
use serde::Serialize;
use utoipa::ToSchema;

/// A subscription that covers a product.
#[derive(Debug, Serialize, ToSchema)]
pub struct SeatOffer {
    /// Key of the offering.
    pub offering: String,
    /// Its name.
    pub offering_name: String,
    /// List price of a seat for a year; `null` when none is known, or to whom no prices are told.
    pub per_year: Option<Money>,
}

/// A product, and what it costs.
#[derive(Debug, Serialize, ToSchema)]
pub struct ProductRow {
    /// Key.
    pub key: String,
    /// Name.
    pub name: String,
    /// What a unit of it costs on tokens today; `null` when it is not on the tariff.
    pub unit_tokens: Option<Tokens>,
    /// What a unit is, for example `window-24h`.
    pub meter: Option<&'static str>,
    /// What a unit costs at today's price of a token; `null` when none is known, or to whom no prices are told.
    pub money: Option<Money>,
    /// The subscriptions that cover it.
    pub seats: Vec<SeatOffer>,
}

/// A page of products.
#[derive(Debug, Serialize, ToSchema)]
pub struct Products {
    /// In the order they became known.
    pub rows: Vec<ProductRow>,
    /// Cursor of the next page; `null` at the end.
    pub next: Option<String>,
}

/// Products, with what they cost on tokens and which subscriptions cover them; prices are told to those who may ask
/// for them.
#[utoipa::path(
    get, path = "/v1/products", operation_id = "list_products", tag = "estate", params(Search),
    responses((status = 200, body = Products), (status = 400, body = Problem), (status = 401, body = Problem)),
    security(("key" = []), ("cookie" = []))
)]
pub async fn list(
    who: Authorized<BeSomebody>,
    State(server): State<Server>,
    Params(which): Params<Search>,
) -> Result<Json<Products>, Problem> {
    let (state, now) = (server.gate.state().read(), server.gate.now());
    let rights = who.rights();
    let tells_prices = rights.has(Right::AskPrice) || rights.has(Right::ReadBurn);
    let products = (0u16..).map(ProductId).zip(state.estate().products());
    let found = products
        .filter(|(_, product)| finds(which.q.as_deref(), &[&product.key, &product.name]))
        .map(|(id, product)| (u64::from(id.0), (id, product)));
    let page = page(found, which.limit, which.cursor.as_deref())?;
    let desk = Prices { state: &state, tells_prices, now };
    let rows = page.rows.into_iter().map(|(id, product)| desk.row(id, product)).collect();
    Ok(Json(Products { rows, next: page.next }))
}

/// What is told of prices.
struct Prices<'a> {
    state: &'a state::State,
    tells_prices: bool,
    now: Instant,
}

impl Prices<'_> {
    fn row(&self, id: ProductId, product: &Product) -> ProductRow {
        let rate = self.state.rate(id, self.now);
        let tariff = self.state.tariff().map(|(_, tariff)| tariff);
        let price = tariff.and_then(|tariff| tariff.token_price(self.now, self.state.zone()));
        let money = price.zip(rate).map(|(price, rate)| price.for_tokens(rate.ticks));
        let offerings = self.state.estate().offerings().iter();
        let covering = offerings.filter(|one| one.covers.contains(&product.key));
        ProductRow {
            key: product.key.clone(),
            name: product.name.clone(),
            unit_tokens: rate.map(|rate| rate.ticks.into()),
            meter: rate.map(|rate| rate.meter.key()),
            money: self.told(money),
            seats: covering.map(|offering| self.seat(offering)).collect(),
        }
    }

    fn seat(&self, offering: &Offering) -> SeatOffer {
        let listed = self.state.tariff().and_then(|(_, tariff)| {
            tariff.parts().seats.iter().find(|seat| seat.offering == offering.key)
        });
        SeatOffer {
            offering: offering.key.clone(),
            offering_name: offering.name.clone(),
            per_year: self.told(listed.map(|seat| seat.per_year)),
        }
    }

    fn told(&self, price: Option<amount::Money>) -> Option<Money> {
        price.filter(|_| self.tells_prices).map(Money::from)
    }
}
