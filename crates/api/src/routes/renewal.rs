//! `/v1/renewal`: what a renewal is worth, lever by lever.

use super::sizing::{OfferBody, Within, unsized_pool};
use crate::Server;
use crate::authority::{Authorized, ReadPurchases};
use crate::extract::Sent;
use crate::problem::Problem;
use axum::Json;
use axum::extract::State;
use faregate_app::planning::pool::{SizedPool, size};
use faregate_app::planning::renew::{Renewed, renew};
use faregate_plan::renewal::levers::{Lever, Priority};
use faregate_plan::renewal::tornado::Assumption;
use serde::Serialize;
use utoipa::ToSchema;

/// The vendor's proposal under our own view of demand.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub struct Proposal {
    /// Tokens that the vendor begins with.
    pub last_year: f64,
    /// By how much it is said to grow.
    pub growth: f64,
    /// What is proposed.
    pub tokens: f64,
    /// What we expect.
    pub expected: f64,
    /// How probable it is that fewer are used, 0 to 1.
    pub probability_below: f64,
    /// Tokens paid for and not used, on average.
    pub expected_waste: f64,
    /// A discount below this does not pay for the waste.
    pub least_discount: f64,
}

/// One lever alone.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct LeverValue {
    /// Its number, from 1, by which combinations name it.
    pub number: usize,
    /// What it is, in words.
    pub text: String,
    /// `tier`, `commitment`, `carry-forward`, `rate-freeze` or `bundle`.
    pub kind: &'static str,
    /// What it is worth a year, in units of money; negative when it costs more than it saves.
    pub value: f64,
    /// The guide's priority: `high`, `medium-high` or `medium`.
    pub priority: &'static str,
    /// The least discount that is worth a commitment beside the best order without one.
    pub least_discount: Option<f64>,
    /// The range that the guide calls achievable.
    pub achievable: [f64; 2],
}

/// Some levers together.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Deal {
    /// The numbers of the levers.
    pub levers: Vec<usize>,
    /// Tokens to buy ahead.
    pub tokens: f64,
    /// What the year costs, in units of money.
    pub expected_cost: f64,
    /// What they are worth together.
    pub value: f64,
}

/// What the best combination hangs on.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub struct Sensitivity {
    /// What is moved: `demand`, `variation`, `stock-out` or `price`.
    pub assumption: &'static str,
    /// How far, in words.
    pub moved: &'static str,
    /// The value when it is low, in units of money.
    pub low: f64,
    /// The value when it is high.
    pub high: f64,
}

/// A commitment, and what it risks.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub struct Committed {
    /// Tokens.
    pub tokens: f64,
    /// How probable it is that fewer are used, 0 to 1.
    pub probability_below: f64,
    /// Tokens paid for and not used, on average.
    pub expected_waste: f64,
    /// The least discount that is worth it.
    pub least_discount: f64,
}

/// A renewal, put into numbers.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Renewal {
    /// First day of the charges that were looked at.
    pub known_from: String,
    /// Last day.
    pub known_to: String,
    /// ISO 4217 code of all money.
    pub currency: String,
    /// The price of a token, in units of money.
    pub price: f64,
    /// What a missing token costs beyond its price.
    pub stock_out: f64,
    /// Tokens of a year, on average.
    pub mean: f64,
    /// What 10, 50 and 90 % of the years stay within.
    pub quantiles: Vec<Within>,
    /// What is spent on seats a year, at list prices.
    pub seat_spend: f64,
    /// The vendor's proposal under our own view of demand.
    pub proposal: Proposal,
    /// Each lever alone, the most valuable first.
    pub levers: Vec<LeverValue>,
    /// The best combinations of one of each kind at most.
    pub deals: Vec<Deal>,
    /// What the best of them hangs on, the most important first.
    pub sensitivities: Vec<Sensitivity>,
    /// Commitments from 80 to 120 % of what is expected.
    pub commitments: Vec<Committed>,
    /// What it leaves out, in sentences.
    pub gaps: Vec<String>,
}

/// A lever in words.
#[must_use]
pub fn words(lever: &Lever) -> (&'static str, String) {
    let percent = |share: f64| format!("{:.1} %", share * 100.0);
    let tokens = |count: f64| faregate_app::views::grouped(count.round());
    match *lever {
        Lever::Tier { discount } => {
            ("tier", format!("a volume tier {} below list", percent(discount)))
        }
        Lever::Commitment { tokens: least, discount } => {
            let text =
                format!("{} more for a commitment to {} tokens", percent(discount), tokens(least));
            ("commitment", text)
        }
        Lever::CarryForward { share } => {
            ("carry-forward", format!("{} of the tokens may be carried forward", percent(share)))
        }
        Lever::RateFreeze { years: 1, .. } => ("rate-freeze", "prices stay for a year".to_owned()),
        Lever::RateFreeze { years, .. } => {
            ("rate-freeze", format!("prices stay for {years} years"))
        }
        Lever::Bundle { improvement, .. } => {
            ("bundle", format!("{} off seats and tokens bought together", percent(improvement)))
        }
    }
}

/// A renewal, as it is told.
#[must_use]
pub fn shown(pool: &SizedPool, found: &Renewed) -> Renewal {
    let within = |share: f64| Within { share, tokens: pool.years.quantile(share) };
    let stressed = &found.stressed;
    let levers = found.ranked.iter().filter_map(|ranked| {
        let lever = found.levers.get(ranked.lever)?;
        let (kind, text) = words(lever);
        let (low, high) = lever.achievable();
        Some(LeverValue {
            number: ranked.lever + 1,
            text,
            kind,
            value: ranked.value,
            priority: match ranked.priority {
                Priority::High => "high",
                Priority::MediumHigh => "medium-high",
                Priority::Medium => "medium",
            },
            least_discount: ranked.least_discount,
            achievable: [low, high],
        })
    });
    let deals = found.deals.iter().map(|deal| Deal {
        levers: deal.levers.iter().map(|place| place + 1).collect(),
        tokens: deal.tokens,
        expected_cost: deal.expected_cost,
        value: deal.value,
    });
    let sensitivities = found.tornado.iter().map(|bar| {
        let (assumption, moved) = match bar.assumption {
            Assumption::Demand => ("demand", "10 % less, 10 % more"),
            Assumption::Variation => ("variation", "half, one and a half times"),
            Assumption::StockOut => ("stock-out", "nothing, twice"),
            Assumption::Price => ("price", "10 % less, 10 % more"),
        };
        Sensitivity { assumption, moved, low: bar.low, high: bar.high }
    });
    let commitments = found.commitments.iter().map(|one| Committed {
        tokens: one.tokens,
        probability_below: one.probability_below,
        expected_waste: one.expected_waste,
        least_discount: one.least_discount,
    });
    Renewal {
        known_from: pool.known_from.to_string(),
        known_to: pool.known_to.to_string(),
        currency: pool.currency.code().to_owned(),
        price: pool.prices.price,
        stock_out: pool.prices.stock_out,
        mean: pool.years.mean(),
        quantiles: [0.10, 0.50, 0.90].map(within).to_vec(),
        seat_spend: found.seat_spend,
        proposal: Proposal {
            last_year: found.last_year,
            growth: found.growth,
            tokens: stressed.proposal.tokens,
            expected: stressed.demand.mean(),
            probability_below: stressed.proposal.probability_below,
            expected_waste: stressed.proposal.expected_waste,
            least_discount: stressed.proposal.least_discount,
        },
        levers: levers.collect(),
        deals: deals.collect(),
        sensitivities: sensitivities.collect(),
        commitments: commitments.collect(),
        gaps: pool.gaps.clone(),
    }
}

/// What a renewal is worth: the vendor's proposal under stress, and every lever, alone and together.
#[utoipa::path(
    post, path = "/v1/renewal", operation_id = "value_renewal", tag = "plans", request_body = OfferBody,
    responses(
        (status = 200, body = Renewal), (status = 400, body = Problem), (status = 401, body = Problem),
        (status = 403, body = Problem), (status = 409, description = "nothing can be said yet", body = Problem),
        (status = 413, body = Problem), (status = 415, body = Problem),
        (status = 422, description = "it cannot be offered", body = Problem),
        (status = 429, description = "too many reports wait", body = Problem), (status = 503, body = Problem)
    ),
    security(("key" = []), ("cookie" = []))
)]
pub async fn value(
    _: Authorized<ReadPurchases>,
    State(server): State<Server>,
    Sent(body): Sent<OfferBody>,
) -> Result<Json<Renewal>, Problem> {
    let (offered, drawing) = body.read()?;
    let now = server.gate.now();
    let found = server
        .report(move |engine| {
            let shared = engine.state();
            let state = shared.read();
            Ok(size(&state, &offered, drawing, now)
                .and_then(|pool| renew(&state, &pool, &offered, now).map(|found| (pool, found))))
        })
        .await?;
    let (pool, found) = found.map_err(unsized_pool)?;
    Ok(Json(shown(&pool, &found)))
}
