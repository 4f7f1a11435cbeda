//! What a renewal is worth: the vendor's proposal under stress, and every lever, alone and together.

use super::offered::{Offered, Renewal as Asked};
use super::pool::{SizedPool, Unsized};
use faregate_core::estate::OfferingId;
use faregate_core::state::State;
use faregate_core::when::Instant;
use faregate_plan::renewal::commitment::{Commitment, Stressed, commitment, stress};
use faregate_plan::renewal::levers::{Deal, Lever, Ranked, Renewal, Rise};
use faregate_plan::renewal::tornado::{Bar, tornado};

/// Of all combinations of levers, so many are told.
const DEALS: usize = 12;

/// A renewal, put into numbers.
#[derive(Clone, Debug, PartialEq)]
pub struct Renewed {
    /// Tokens that the vendor begins with.
    pub last_year: f64,
    /// By how much it is said to grow.
    pub growth: f64,
    /// The proposal under our own view of demand.
    pub stressed: Stressed,
    /// What is spent on seats a year, in units of money.
    pub seat_spend: f64,
    /// The levers that were put a value on.
    pub levers: Vec<Lever>,
    /// Each alone, the most valuable first.
    pub ranked: Vec<Ranked>,
    /// The best of their combinations, one of a kind at most.
    pub deals: Vec<Deal>,
    /// What the best one hangs on.
    pub tornado: Vec<Bar>,
    /// Commitments from 80 to 120 % of what is expected, and the least discount that is worth each.
    pub commitments: Vec<Commitment>,
}

/// Puts a renewal into numbers, from a sized pool.
///
/// # Errors
/// What is offered cannot be.
pub fn renew(
    state: &State,
    pool: &SizedPool,
    offered: &Offered,
    now: Instant,
) -> Result<Renewed, Unsized> {
    let asked = &offered.renewal;
    let demand = pool.years.demand().clone();
    let (mean, deviation) = (demand.mean(), demand.deviation());
    let last_year = asked.last_year.unwrap_or(pool.baseline);
    // Our own view, unless told: what the drawn years say, beside what the vendor begins with.
    let [trend, spread] = asked.trend.unwrap_or([mean / last_year - 1.0, deviation / mean]);
    let stressed = stress(last_year, asked.growth, trend, spread)?;
    let seat_spend = seats(state, now);
    let levers = levers(asked, mean, (mean * pool.prices.price, seat_spend));
    let renewal = Renewal { demand: demand.clone(), prices: pool.prices };
    let ranked = renewal.ranked(&levers)?;
    let mut deals = Vec::new();
    for chosen in combinations(&levers) {
        let chosen: Vec<(usize, Lever)> =
            chosen.iter().filter_map(|at| Some((*at, *levers.get(*at)?))).collect();
        deals.push(renewal.deal(&chosen)?);
    }
    deals.sort_by(|one, other| other.value.total_cmp(&one.value));
    deals.truncate(DEALS);
    let best: Vec<Lever> = deals.first().map_or_else(Vec::new, |deal| {
        deal.levers.iter().filter_map(|at| levers.get(*at).copied()).collect()
    });
    let commitments = [0.8, 0.9, 1.0, 1.1, 1.2].map(|share| commitment(&demand, share * mean));
    Ok(Renewed {
        last_year,
        growth: asked.growth,
        stressed,
        seat_spend,
        tornado: tornado(&renewal, &best)?,
        commitments: commitments.into_iter().collect::<Result<_, _>>()?,
        levers,
        ranked,
        deals,
    })
}

/// What the seats in their terms cost in a year, in units of money; offerings without a price are left out.
#[expect(clippy::cast_precision_loss, reason = "an estimate in floats")]
fn seats(state: &State, now: Instant) -> f64 {
    let Some((_, tariff)) = state.tariff() else { return 0.0 };
    let estate = state.estate();
    let in_term = estate.seats().iter().filter(|seat| seat.from <= now && now < seat.until);
    let price = |id: OfferingId| {
        let key = &estate.offering(id)?.key;
        let listed = tariff.parts().seats.iter().find(|seat| seat.offering == *key)?;
        Some(listed.per_year.micros as f64 / 1e6)
    };
    in_term.filter_map(|seat| price(seat.offering)).sum()
}

fn levers(asked: &Asked, mean: f64, (tokens, seats): (f64, f64)) -> Vec<Lever> {
    let tiers = asked.tier.iter().map(|discount| Lever::Tier { discount: *discount });
    let commitments = asked.commit_to.iter().flat_map(|share| {
        let tokens = share * mean;
        asked
            .commitment
            .iter()
            .map(move |discount| Lever::Commitment { tokens, discount: *discount })
    });
    let carried = asked.carry_forward.iter().map(|share| Lever::CarryForward { share: *share });
    let [mean_rise, deviation] = asked.rise;
    let rise = Rise { mean: mean_rise, deviation };
    let frozen =
        asked.freeze.iter().map(|years| Lever::RateFreeze { years: *years, spend: tokens, rise });
    let bundles = asked
        .bundle
        .iter()
        .map(|improvement| Lever::Bundle { improvement: *improvement, spend: tokens + seats });
    tiers.chain(commitments).chain(carried).chain(frozen).chain(bundles).collect()
}

/// Every choice of at most one lever of each kind, the empty one left out.
fn combinations(levers: &[Lever]) -> Vec<Vec<usize>> {
    let kind = |lever: &Lever| match lever {
        Lever::Tier { .. } => 0,
        Lever::Commitment { .. } => 1,
        Lever::CarryForward { .. } => 2,
        Lever::RateFreeze { .. } => 3,
        Lever::Bundle { .. } => 4,
    };
    let mut all: Vec<Vec<usize>> = vec![Vec::new()];
    for wanted in 0..5 {
        let of_kind = levers.iter().enumerate().filter(|(_, lever)| kind(lever) == wanted);
        let places: Vec<usize> = of_kind.map(|(place, _)| place).collect();
        let longer = all.iter().flat_map(|chosen| {
            places.iter().map(|place| chosen.iter().copied().chain([*place]).collect::<Vec<_>>())
        });
        let longer: Vec<Vec<usize>> = longer.collect();
        all.extend(longer);
    }
    all.retain(|chosen| !chosen.is_empty());
    all
}
