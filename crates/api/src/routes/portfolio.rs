//! `/v1/portfolio`: the mix of seats and tokens that costs least, with its proof.

use super::plans::unready;
use super::sizing::{OfferBody, misread};
use crate::Server;
use crate::authority::{Authorized, ReadPurchases};
use crate::extract::Sent;
use crate::problem::Problem;
use crate::wire::Money;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use faregate_app::planning::mix::{EFFORT, Mixed, Unmixed, mix};
use faregate_app::planning::{Terms, Unready, study};
use faregate_core::amount::{self, Currency};
use faregate_core::state;
use faregate_plan::portfolio::{Band, Marginal, Origin};
use serde::Serialize;
use utoipa::ToSchema;

/// The relative spread of what all use together: F12's worked example.
pub const SPREAD: f64 = 0.15;

/// An offering in the mix.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct MixOffering {
    /// Its key.
    pub offering: String,
    /// Its name.
    pub name: String,
    /// Seats in their terms now.
    pub now: u32,
    /// Seats in the mix.
    pub seats: u32,
}

/// A mix along the curve of cost and risk.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct MixPoint {
    /// Tokens bought beyond what is expected, as a share of it.
    pub buffer: f64,
    /// What it costs.
    pub cost: Money,
    /// Seats.
    pub seats: u64,
    /// Tokens bought.
    pub tokens: i64,
    /// How probable it is that the tokens last, 0 to 1.
    pub service: f64,
}

/// What a constraint costs.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct MixMarginal {
    /// Which, in words.
    pub text: String,
    /// What it would save to relax it by one.
    pub value: Money,
}

/// The bound of one price of tokens.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct MixBand {
    /// Which, in words.
    pub text: String,
    /// No mix that buys tokens at this price costs less.
    pub bound: Money,
}

/// The mix that costs least, with its proof.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Portfolio {
    /// First day of the use that was looked at.
    pub known_from: String,
    /// Last day.
    pub known_to: String,
    /// People.
    pub people: usize,
    /// What it costs in a year.
    pub cost: Money,
    /// Of that, seats bought.
    pub seats: Money,
    /// Of that, tokens bought.
    pub tokens_cost: Money,
    /// Tokens bought.
    pub tokens: i64,
    /// Tokens that will be used.
    pub tokens_used: i64,
    /// People who hold a seat in it.
    pub on_seats: usize,
    /// No mix costs less than this.
    pub lower_bound: Money,
    /// How far the cost lies above it, as a share of the cost: 0 is a proof.
    pub gap: f64,
    /// Whether a check that shares nothing with the search agrees.
    pub is_checked: bool,
    /// By offering.
    pub offerings: Vec<MixOffering>,
    /// By price of tokens.
    pub bands: Vec<MixBand>,
    /// Alternatives.
    pub alternatives: Vec<MixPoint>,
    /// What each constraint costs.
    pub marginals: Vec<MixMarginal>,
    /// What it leaves out, in sentences.
    pub gaps: Vec<String>,
}

/// A mix, as it is told.
#[must_use]
pub fn shown(
    state: &state::State,
    (known, currency): ((String, String), Currency),
    found: &Mixed,
) -> Portfolio {
    let money = |micros: i64| Money::from(amount::Money { micros, currency });
    let solution = &found.solution;
    let offering = |place: usize| {
        let id = found.places.offerings.get(place)?;
        state.estate().offering(*id)
    };
    let offerings = found.held_now.iter().zip(&solution.held).enumerate();
    let offerings = offerings.filter_map(|(place, (now, seats))| {
        let known = offering(place)?;
        let (offering, name) = (known.key.clone(), known.name.clone());
        Some(MixOffering { offering, name, now: *now, seats: *seats })
    });
    let points = found.points.iter().map(|point| MixPoint {
        buffer: f64::from(point.buffer_millionths) / 1e6,
        cost: money(point.cost),
        seats: point.seats,
        tokens: point.bought,
        service: point.service,
    });
    let bands = solution
        .certificate
        .bounds
        .iter()
        .map(|one| MixBand { text: band_words(&one.bands), bound: money(one.proved) });
    Portfolio {
        known_from: known.0,
        known_to: known.1,
        people: found.problem.people.len(),
        cost: money(solution.cost.total()),
        seats: money(solution.cost.seats),
        tokens_cost: money(solution.cost.tokens),
        tokens: solution.bought,
        tokens_used: solution.used,
        on_seats: solution.choices.iter().filter(|choice| choice.offerings != 0).count(),
        lower_bound: money(solution.certificate.lower_bound),
        gap: solution.certificate.gap(),
        is_checked: found.fault.is_none(),
        offerings: offerings.collect(),
        bands: bands.collect(),
        alternatives: points.collect(),
        marginals: found.marginals.iter().map(|one| marginal(state, found, one, money)).collect(),
        gaps: found.gaps.clone(),
    }
}

/// A constraint in words, and what it would save to relax it by one.
fn marginal(
    state: &state::State,
    found: &Mixed,
    one: &Marginal,
    money: impl Fn(i64) -> Money,
) -> MixMarginal {
    let name = |place: usize| {
        let id = found.places.offerings.get(place);
        let known = id.and_then(|id| state.estate().offering(*id));
        known.map_or("?", |known| known.name.as_str()).to_owned()
    };
    let (text, value) = match one {
        Marginal::Token { value } => {
            ("a token more or less".to_owned(), value / faregate_plan::portfolio::certificate::FINE)
        }
        Marginal::TokenLimit { saves } => ("the limit on tokens".to_owned(), *saves),
        Marginal::Budget { left } => ("what the budget leaves".to_owned(), *left),
        Marginal::Minimum { minimum, saves } => {
            (format!("minimum {}: one person fewer", minimum + 1), *saves)
        }
        Marginal::OwnedSeat { offering, saves } => {
            (format!("one owned seat of {} more", name(*offering)), *saves)
        }
        Marginal::SeatsMost { offering, saves } => {
            (format!("one seat of {} more allowed", name(*offering)), *saves)
        }
        Marginal::Commitment { commitment, saves } => {
            (format!("without commitment {}", commitment + 1), *saves)
        }
        Marginal::Keeps { person, saves } => {
            let id = found.places.people.get(*person);
            let known = id.and_then(|id| state.estate().person(*id));
            let key = known.map_or("?", |known| known.key.as_str());
            (format!("were {key} free to move"), *saves)
        }
    };
    MixMarginal { text, value: money(value) }
}

/// Price bands in words: from which quantity on, at which price.
fn band_words(bands: &[Band]) -> String {
    let words = |band: &Band| match band.origin {
        Origin::Nothing => "no tokens bought".to_owned(),
        Origin::Flat(fee) => format!("flat fee {}", fee + 1),
        Origin::Tier { commitment, .. } => {
            let price = amount::Money { micros: band.price, currency: Currency::USD };
            let promised = commitment.map_or("", |_| ", committed");
            format!("from {} tokens at {price}{promised}", band.least)
        }
    };
    bands.iter().map(words).collect::<Vec<_>>().join("; ")
}

/// Why there is no mix, for whoever asked.
fn unmixed(why: Unmixed) -> Problem {
    match why {
        // What is offered names somebody whom nobody knows: waiting does not help.
        Unmixed::Unready(why @ Unready::NoPerson(_)) => {
            let Problem { detail, help, .. } = unready(why);
            Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid-offer", detail, help)
        }
        Unmixed::Unready(why) => unready(why),
        Unmixed::Misread(why) => misread(&why),
        Unmixed::Contradiction(detail) => {
            let help = "relax one of them";
            Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "contradiction", detail, help)
        }
    }
}

/// The mix of seats and tokens that costs least for everybody together, with its certificate.
#[utoipa::path(
    post, path = "/v1/portfolio", operation_id = "find_portfolio", tag = "plans", request_body = OfferBody,
    responses(
        (status = 200, body = Portfolio), (status = 400, body = Problem), (status = 401, body = Problem),
        (status = 403, body = Problem), (status = 409, description = "nothing can be said yet", body = Problem),
        (status = 413, body = Problem), (status = 415, body = Problem),
        (status = 422, description = "it cannot be offered, or what must hold contradicts itself", body = Problem),
        (status = 429, description = "too many reports wait", body = Problem), (status = 503, body = Problem)
    ),
    security(("key" = []), ("cookie" = []))
)]
pub async fn find(
    _: Authorized<ReadPurchases>,
    State(server): State<Server>,
    Sent(body): Sent<OfferBody>,
) -> Result<Json<Portfolio>, Problem> {
    let (offered, _) = body.read()?;
    let found = server
        .report(move |engine| {
            let studied = study(engine, &Terms::default(), &offered.keep).map_err(Unmixed::from);
            let shared = engine.state();
            let state = shared.read();
            Ok(studied.and_then(|study| {
                let found = mix(&state, &study, &offered, SPREAD, EFFORT)?;
                let known = (study.habits.first.to_string(), study.habits.last.to_string());
                Ok(shown(&state, (known, study.market.currency), &found))
            }))
        })
        .await?;
    found.map(Json).map_err(unmixed)
}
