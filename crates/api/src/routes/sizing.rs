//! `/v1/sizing`: how many tokens to buy for the year to come.

use crate::Server;
use crate::authority::{Authorized, ReadPurchases};
use crate::extract::Sent;
use crate::problem::Problem;
use crate::routes::plans::unready;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use faregate_app::planning::offered::{Misread, Offered};
use faregate_app::planning::pool::{Drawing, SizedPool, Unsized, YEARS, size};
use faregate_plan::sizing::order;
use faregate_plan::sizing::packs;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What is offered, and how years are drawn.
#[derive(Clone, Debug, Default, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct OfferBody {
    /// What the vendor offers and what must hold, in TOML: docs/reference/offer-files.md. Empty: the tariff's prices.
    #[schema(max_length = 100_000)]
    pub offered: String,
    /// How many years are drawn: 100 to 100,000, 10,000 by default.
    #[schema(minimum = 100, maximum = 100_000)]
    pub years: Option<u32>,
    /// The same seed draws the same years; 1 by default.
    #[schema(maximum = 9_007_199_254_740_991_i64)]
    pub seed: Option<u64>,
}

impl OfferBody {
    /// What is offered, checked, and how years are drawn.
    ///
    /// # Errors
    /// What cannot be read, with its line.
    pub fn read(&self) -> Result<(Offered, Drawing), Problem> {
        let offered = Offered::read(&self.offered).map_err(|why| misread(&why))?;
        let years = self.years.map_or(YEARS, |years| usize::try_from(years).unwrap_or(YEARS));
        if !(100..=100_000).contains(&years) {
            let detail = format!("{years} years cannot be drawn");
            return Err(Problem::bad_request("bad-years", detail, "give 100 to 100,000"));
        }
        Ok((offered, Drawing { years, seed: self.seed.unwrap_or(1), threads: 2 }))
    }
}

/// What is written cannot be offered.
pub(crate) fn misread(why: &Misread) -> Problem {
    let help = "docs/reference/offer-files.md tells what can be written";
    Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid-offer", why.to_string(), help)
}

/// Why no pool can be sized, for whoever asked.
pub(crate) fn unsized_pool(why: Unsized) -> Problem {
    match why {
        Unsized::Unready(why) => unready(why),
        Unsized::Misread(why) => misread(&why),
    }
}

/// A quantity of tokens, and what it means.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub struct Quantity {
    /// Tokens bought ahead.
    pub tokens: f64,
    /// The share of years without a top-up, 0 to 1.
    pub service_level: f64,
    /// Tokens left over, on average.
    pub expected_waste: f64,
    /// Tokens missing, on average.
    pub expected_short: f64,
    /// What it costs in a year, on average, in units of money.
    pub expected_cost: f64,
}

impl From<order::Sized> for Quantity {
    fn from(sized: order::Sized) -> Self {
        Self {
            tokens: sized.tokens,
            service_level: sized.service_level,
            expected_waste: sized.expected_waste,
            expected_short: sized.expected_short,
            expected_cost: sized.expected_cost,
        }
    }
}

/// An order that can be bought.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Purchase {
    /// What it means.
    pub quantity: Quantity,
    /// The price of a token, in units of money.
    pub price: f64,
    /// Packs: their size, and how many.
    pub packs: Vec<PackCount>,
}

/// So many packs of a size.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub struct PackCount {
    /// Tokens in a pack.
    pub size: u32,
    /// How many.
    pub count: u64,
}

impl From<&packs::Purchase> for Purchase {
    fn from(purchase: &packs::Purchase) -> Self {
        let packs =
            purchase.packs.iter().map(|(size, count)| PackCount { size: *size, count: *count });
        Self { quantity: purchase.sized.into(), price: purchase.price, packs: packs.collect() }
    }
}

/// The guide's rule: a buffer on what was used.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub struct Buffer {
    /// 1.15, 1.2 and 1.25 times what was used.
    pub factor: f64,
    /// What it means.
    pub quantity: Quantity,
}

/// A bar of the distribution of years.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub struct YearsBar {
    /// From so many tokens.
    pub from: f64,
    /// To so many.
    pub to: f64,
    /// How many years.
    pub years: usize,
}

/// What a share of the years stays within.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub struct Within {
    /// Of the years, 0 to 1.
    pub share: f64,
    /// Tokens.
    pub tokens: f64,
}

/// What walls between buckets cost.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub struct WallPrice {
    /// Every bucket buys for itself.
    pub hard: Quantity,
    /// Everybody draws on one pool.
    pub pool: Quantity,
    /// What the hard wall costs a year beyond the pool, in units of money.
    pub price: f64,
    /// Tokens that buckets would borrow from each other in a year, with a reserve each and approval.
    pub borrowed: f64,
}

/// The right to carry tokens forward.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub struct CarryForward {
    /// The best order with it.
    pub quantity: Quantity,
    /// Tokens carried, on average.
    pub expected_carried: f64,
    /// What the right is worth a year, in units of money.
    pub value: f64,
}

/// A pool for the year to come.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Sizing {
    /// First day of the charges that were looked at.
    pub known_from: String,
    /// Last day.
    pub known_to: String,
    /// People on tokens in these days.
    pub people: usize,
    /// What was charged, as a year's tokens.
    pub baseline: f64,
    /// By what it was multiplied because its people were picked for low use, 1 when they were not.
    pub factor: f64,
    /// ISO 4217 code of all money.
    pub currency: String,
    /// The price of a token, and of one bought as a top-up, in units of money.
    pub price: f64,
    /// One bought as a top-up.
    pub topup_price: f64,
    /// What a missing token costs beyond that.
    pub stock_out: f64,
    /// How many years were drawn.
    pub years: usize,
    /// Their mean, in tokens.
    pub mean: f64,
    /// What 5, 10, 25, 50, 75, 90, 95 and 99 % of the years stay within.
    pub quantiles: Vec<Within>,
    /// Their distribution, for a picture.
    pub bars: Vec<YearsBar>,
    /// The quantity that costs least.
    pub best: Quantity,
    /// The cheapest order that can be bought.
    pub purchase: Purchase,
    /// The best order of each tier.
    pub by_tier: Vec<Purchase>,
    /// The guide's buffers, and what they really buy.
    pub guide: Vec<Buffer>,
    /// From scarce to plentiful.
    pub curve: Vec<Quantity>,
    /// The right to carry tokens forward; `null` without one.
    pub carry_forward: Option<CarryForward>,
    /// Order a top-up when so many tokens are left.
    pub reorder_at: f64,
    /// The same by the normal distribution.
    pub reorder_at_normal: f64,
    /// The busiest month over the mean one; `null` where there are too few.
    pub peak_month: Option<f64>,
    /// The busiest week over the mean one.
    pub peak_week: Option<f64>,
    /// What walls between buckets cost; `null` for fewer than two.
    pub walls: Option<WallPrice>,
    /// What it leaves out, in sentences.
    pub gaps: Vec<String>,
}

/// A pool, as it is told.
#[must_use]
pub fn shown(pool: &SizedPool) -> Sizing {
    let shares = [0.05, 0.10, 0.25, 0.50, 0.75, 0.90, 0.95, 0.99];
    let within = |share: f64| Within { share, tokens: pool.years.quantile(share) };
    let bars =
        pool.bars.iter().map(|bar| YearsBar { from: bar.from, to: bar.to, years: bar.years });
    Sizing {
        known_from: pool.known_from.to_string(),
        known_to: pool.known_to.to_string(),
        people: pool.people,
        baseline: pool.baseline,
        factor: pool.factor.0,
        currency: pool.currency.code().to_owned(),
        price: pool.prices.price,
        topup_price: pool.prices.topup,
        stock_out: pool.prices.stock_out,
        years: pool.years.totals().len(),
        mean: pool.years.mean(),
        quantiles: shares.map(within).to_vec(),
        bars: bars.collect(),
        best: pool.best.into(),
        purchase: (&pool.purchase).into(),
        by_tier: pool.by_tier.iter().map(Purchase::from).collect(),
        guide: pool
            .guide
            .iter()
            .map(|(factor, sized)| Buffer { factor: *factor, quantity: (*sized).into() })
            .collect(),
        curve: pool.curve.iter().map(|sized| (*sized).into()).collect(),
        carry_forward: pool.carried.map(|carried| CarryForward {
            quantity: carried.sized.into(),
            expected_carried: carried.expected_carried,
            value: carried.value,
        }),
        reorder_at: pool.reorder,
        reorder_at_normal: pool.reorder_normal,
        peak_month: pool.peaks.monthly,
        peak_week: pool.peaks.weekly,
        walls: pool.walls.map(|walls| WallPrice {
            hard: walls.hard.into(),
            pool: walls.pool.into(),
            price: walls.wall_price,
            borrowed: walls.borrowed,
        }),
        gaps: pool.gaps.clone(),
    }
}

/// How many tokens to buy: years drawn from the charges of people on tokens, and what each quantity means.
#[utoipa::path(
    post, path = "/v1/sizing", operation_id = "size_pool", tag = "plans", request_body = OfferBody,
    responses(
        (status = 200, body = Sizing), (status = 400, body = Problem), (status = 401, body = Problem),
        (status = 403, body = Problem), (status = 409, description = "nothing can be said yet", body = Problem),
        (status = 413, body = Problem), (status = 415, body = Problem),
        (status = 422, description = "it cannot be offered", body = Problem),
        (status = 429, description = "too many reports wait", body = Problem), (status = 503, body = Problem)
    ),
    security(("key" = []), ("cookie" = []))
)]
pub async fn pool(
    _: Authorized<ReadPurchases>,
    State(server): State<Server>,
    Sent(body): Sent<OfferBody>,
) -> Result<Json<Sizing>, Problem> {
    let (offered, drawing) = body.read()?;
    let now = server.gate.now();
    let found = server
        .report(move |engine| Ok(size(&engine.state().read(), &offered, drawing, now)))
        .await?;
    Ok(Json(shown(&found.map_err(unsized_pool)?)))
}
