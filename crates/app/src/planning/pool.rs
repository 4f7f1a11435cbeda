//! How many tokens to buy: the demand of a year, drawn from what was charged, and what each quantity of tokens means.

use super::market::Market;
use super::offered::{Misread, Offered};
use super::{Terms, Unready};
use faregate_core::amount::Currency;
use faregate_core::estate::PersonId;
use faregate_core::state::State;
use faregate_core::when::{Date, Instant};
use faregate_plan::sizing::Invalid;
use faregate_plan::sizing::bias::correction;
use faregate_plan::sizing::carry::{Carried, WORTH_OF_PRICE, carry};
use faregate_plan::sizing::order::{Prices, Sized, curve, guide, order};
use faregate_plan::sizing::packs::{Offer, Purchase, Tier};
use faregate_plan::sizing::peaks::{Peaks, peaks};
use faregate_plan::sizing::reorder::{reorder_point, reorder_point_drawn};
use faregate_plan::sizing::stock_out::{Loss, mixed};
use faregate_plan::sizing::walls::{Bucket, Walls, wall_price};
use faregate_plan::sizing::years::bootstrap::{Bootstrap, History, Outlook};
use faregate_plan::sizing::years::distribution::{Bin, Distribution};
use faregate_plan::sizing::years::simulate;
use std::collections::BTreeMap;

/// Years that are drawn when nobody says.
pub const YEARS: usize = 10_000;
/// Points of the service-level curve.
const POINTS: usize = 39;
/// What a missing token is taken to cost beyond its price where nobody says: this share of it, as in F19's example.
const STOCK_OUT: f64 = 0.5;
/// The year, in days.
const YEAR: f64 = 365.25;
/// With fewer days of charges nothing is said.
pub(super) const DAYS_MIN: usize = 28;
/// Histories are taken back so far.
const DAYS: i32 = 728;

/// How the years are drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Drawing {
    /// How many.
    pub years: usize,
    /// The same seed draws the same years.
    pub seed: u64,
    /// On so many threads; the answer is the same on any number.
    pub threads: usize,
}

/// A pool for the year to come.
#[derive(Clone, Debug, PartialEq)]
pub struct SizedPool {
    /// First day of the charges that were looked at.
    pub known_from: Date,
    /// Last day.
    pub known_to: Date,
    /// People on tokens in these days.
    pub people: usize,
    /// What was charged, as a year's tokens.
    pub baseline: f64,
    /// By what the baseline was multiplied because its people were picked (F15), and how sure that is.
    pub factor: (f64, f64),
    /// The currency of all money.
    pub currency: Currency,
    /// What tokens cost.
    pub prices: Prices,
    /// What years come to.
    pub years: Distribution,
    /// Of that, by tokens, for a picture.
    pub bars: Vec<Bin>,
    /// The quantity that costs least.
    pub best: Sized,
    /// The cheapest order that can be bought, in packs and tiers.
    pub purchase: Purchase,
    /// The best order of each tier.
    pub by_tier: Vec<Purchase>,
    /// The guide's buffers of 15 to 25 %, and what they really buy.
    pub guide: [(f64, Sized); 3],
    /// Quantities from scarce to plentiful.
    pub curve: Vec<Sized>,
    /// The right to carry tokens forward, where there is one.
    pub carried: Option<Carried>,
    /// When to order a top-up: at so many tokens left, drawn from lead times that were seen.
    pub reorder: f64,
    /// The same by the normal distribution.
    pub reorder_normal: f64,
    /// How far peaks rise above the mean.
    pub peaks: Peaks,
    /// What hard walls between the buckets cost; `None` for fewer than two.
    pub walls: Option<Walls>,
    /// What it leaves out, in sentences.
    pub gaps: Vec<String>,
}

/// Why no pool can be sized.
#[derive(Debug, thiserror::Error)]
pub enum Unsized {
    /// Nothing can be said yet.
    #[error(transparent)]
    Unready(#[from] Unready),
    /// What is offered cannot be.
    #[error(transparent)]
    Misread(#[from] Misread),
}

impl From<Invalid> for Unsized {
    fn from(invalid: Invalid) -> Self {
        Self::Misread(invalid.into())
    }
}

/// What people on tokens were charged, day by day.
struct Charged {
    first: Date,
    last: Date,
    people: Vec<History>,
    /// All of them together.
    daily: Vec<f64>,
    /// By bucket, the share of the tokens and the daily totals.
    buckets: BTreeMap<u16, Vec<f64>>,
}

/// Sizes the pool for the year to come.
///
/// # Errors
/// [`Unsized`].
pub fn size(
    state: &State,
    offered: &Offered,
    drawing: Drawing,
    now: Instant,
) -> Result<SizedPool, Unsized> {
    let market = Market::of(state, &Terms::default(), now).ok_or(Unready::NoPrice)?;
    let charged = Charged::of(state, now).ok_or(Unready::NoUse(DAYS))?;
    let days = charged.daily.len();
    if days < DAYS_MIN {
        return Err(Unready::TooShort(days).into());
    }
    let prices = prices(state, offered, &market, &charged)?;
    let mut gaps = Vec::new();
    if offered.stock_out.is_none() {
        gaps.push(format!(
            "nobody said what a missing token costs: {:.2} {} beyond its price is assumed",
            prices.stock_out,
            market.currency.code()
        ));
    }
    if days < 330 {
        gaps.push(format!("{days} days of charges are known, not a year: seasons are not in them"));
    }
    let factor = if offered.picked { Some(correction(None)?) } else { None };
    let outlook = factor.map_or(Outlook::USUAL, |factor| Outlook { factor, ..Outlook::USUAL });
    let model = Bootstrap::new(&charged.people, outlook)?;
    let years = simulate(&model, drawing.years, drawing.seed, drawing.threads)?;
    let demand = years.demand().clone();
    let all: f64 = charged.daily.iter().sum();
    let baseline = all / count(days) * YEAR;
    let tiers = tiers(offered, prices.price);
    let offer = Offer::new(tiers, offered.packs.clone())?;
    let worth = WORTH_OF_PRICE * prices.price;
    let has_carry = offered.carry_forward > 0.0;
    let carried =
        has_carry.then(|| carry(&demand, prices, offered.carry_forward, worth)).transpose()?;
    let lead = usize::try_from(offered.lead_days).unwrap_or(1).max(1);
    let mean = all / count(days);
    let squares: f64 = charged.daily.iter().map(|one| (one - mean).powi(2)).sum();
    let deviation = (squares / (count(days) - 1.0).max(1.0)).sqrt();
    Ok(SizedPool {
        known_from: charged.first,
        known_to: charged.last,
        people: charged.people.len(),
        baseline,
        factor: factor.map_or((1.0, 0.0), |factor| (factor.mean, factor.deviation)),
        currency: market.currency,
        prices,
        bars: years.histogram(60),
        best: order(&demand, prices)?,
        purchase: offer.cheapest(&demand, prices)?,
        by_tier: offer.by_tier(&demand, prices)?,
        guide: guide(&demand, prices, baseline)?,
        curve: curve(&demand, prices, POINTS)?,
        carried,
        reorder: reorder_point_drawn(&charged.daily, lead, offered.service, drawing.seed)?,
        reorder_normal: reorder_point(mean, deviation, count(lead), offered.service)?,
        peaks: peaks(charged.first, &charged.daily)?,
        walls: walls(&charged, prices)?,
        years,
        gaps,
    })
}

impl Charged {
    /// Of the last two years at most; `None` where nothing was charged.
    fn of(state: &State, now: Instant) -> Option<Self> {
        let zone = state.zone();
        let today = zone.date(now);
        let (known, _) = state.charges().span()?;
        let (first, last) = (known.max(today.plus(-DAYS)), today.plus(-1));
        let days = usize::try_from(last.0 - first.0 + 1).ok().filter(|days| *days > 0)?;
        let (mut people, mut places) = (Vec::new(), BTreeMap::<PersonId, usize>::new());
        let (mut daily, mut buckets) = (vec![0.0; days], BTreeMap::<u16, Vec<f64>>::new());
        let span = zone.start_of(first)..zone.start_of(today);
        for charge in state.charges().within(span) {
            let day = usize::try_from(zone.date(charge.at).0 - first.0).unwrap_or(usize::MAX);
            let Some(total) = daily.get_mut(day) else { continue };
            let tokens = charge.ticks.tokens();
            *total += tokens;
            let bucket = state.payer(charge.person).0;
            let of_bucket = buckets.entry(bucket).or_insert_with(|| vec![0.0; days]);
            of_bucket.get_mut(day).into_iter().for_each(|total| *total += tokens);
            let place = *places.entry(charge.person).or_insert_with(|| {
                people.push(History { group: usize::from(bucket), daily: vec![0.0; days] });
                people.len() - 1
            });
            let own: Option<&mut History> = people.get_mut(place);
            own.and_then(|own| own.daily.get_mut(day)).into_iter().for_each(|day| *day += tokens);
        }
        // Groups are counted from 0, and no higher than there are people.
        let numbers: BTreeMap<usize, usize> =
            buckets.keys().map(|key| usize::from(*key)).zip(0..).collect();
        for one in &mut people {
            one.group = numbers.get(&one.group).copied().unwrap_or(0);
        }
        (!people.is_empty()).then_some(Self { first, last, people, daily, buckets })
    }
}

fn prices(
    state: &State,
    offered: &Offered,
    market: &Market,
    charged: &Charged,
) -> Result<Prices, Unsized> {
    let price = offered.token_price.unwrap_or(market.token);
    let stock_out = offered.stock_out.unwrap_or(STOCK_OUT * price);
    let mut losses = Vec::new();
    for (key, daily) in &charged.buckets {
        let known = state.estate().bucket(faregate_core::estate::BucketId(*key));
        let cost = known.and_then(|bucket| offered.stock_out_of.get(&bucket.key));
        let all: f64 = charged.daily.iter().sum();
        losses.push(Loss {
            share_of_demand: daily.iter().sum::<f64>() / all.max(f64::MIN_POSITIVE),
            cost_a_token: cost.copied().unwrap_or(stock_out),
        });
    }
    for key in offered.stock_out_of.keys() {
        if state.estate().bucket_called(key).is_none() {
            return Err(Misread::Unknown("bucket", key.clone()).into());
        }
    }
    let topup = offered.topup_price.unwrap_or(price);
    Ok(Prices { price, topup, stock_out: mixed(&losses)?, salvage: 0.0 })
}

fn tiers(offered: &Offered, price: f64) -> Vec<Tier> {
    let list = Tier { from: 0.0, price };
    let further = offered
        .tier
        .iter()
        .map(|tier| Tier { from: f64::from(tier.from), price: price * (1.0 - tier.discount) });
    let has_first = offered.tier.iter().any(|tier| tier.from == 0);
    further.chain((!has_first).then_some(list)).collect()
}

/// What walls between the buckets cost, by the spread of each bucket's months.
fn walls(charged: &Charged, prices: Prices) -> Result<Option<Walls>, Unsized> {
    let of = |daily: &Vec<f64>| {
        let months: Vec<f64> = daily.chunks_exact(28).map(|month| month.iter().sum()).collect();
        let n = count(months.len());
        let mean = months.iter().sum::<f64>() / n.max(1.0);
        let squares: f64 = months.iter().map(|month| (month - mean).powi(2)).sum();
        let deviation = (squares / (n - 1.0).max(1.0)).sqrt();
        // Months are taken as independent: a year's spread is √13 of a month's beside 13 times its mean.
        let cv = deviation / mean.max(f64::MIN_POSITIVE) / 13.0_f64.sqrt();
        (mean > 0.0 && cv > 0.0).then_some(Bucket { mean: mean * YEAR / 28.0, cv })
    };
    let buckets: Vec<Bucket> = charged.buckets.values().filter_map(of).collect();
    if buckets.len() < 2 {
        return Ok(None);
    }
    Ok(Some(wall_price(&buckets, prices, 0.0)?))
}

#[expect(clippy::cast_precision_loss, reason = "days, far fewer than 2^53")]
fn count(number: usize) -> f64 {
    number as f64
}
