//! Price bands: each tier with each commitment is one linear price between two quantities.

use super::problem::{Problem, TokenTier, Tokens};

const MILLION: i128 = 1_000_000;

/// No purchase is larger, so that sums stay far inside their range.
pub(super) const QUANTITY_MAX: i64 = 1 << 50;

/// What a band is made of, by places in the lists of [`Tokens`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Origin {
    /// Nothing is bought.
    Nothing,
    /// A tier and, maybe, a commitment.
    Tier {
        /// Which tier.
        tier: usize,
        /// Which commitment.
        commitment: Option<usize>,
    },
    /// A flat fee.
    Flat(usize),
}

/// Between two quantities tokens cost a fixed sum and a price each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Band {
    /// L: at least this quantity is bought.
    pub least: i64,
    /// U: at most; never more than all could use.
    pub most: i64,
    /// Whatever the quantity, in micro-units.
    pub fixed: i64,
    /// Of one unit, in micro-units.
    pub price: i64,
    /// Where it comes from.
    pub origin: Origin,
}

impl Band {
    /// What this quantity costs in this band.
    pub(super) fn cost(&self, quantity: i64) -> i128 {
        let variable = i128::from(self.price).saturating_mul(i128::from(quantity));
        variable.saturating_add(i128::from(self.fixed))
    }

    /// The band with its upper end lowered to what a budget allows; `None` when it allows none of it.
    fn within(self, budget: Option<i64>) -> Option<Self> {
        let Some(budget) = budget else { return Some(self) };
        let left = budget.checked_sub(self.fixed).filter(|left| *left >= 0)?;
        let affordable = left.checked_div(self.price).unwrap_or(QUANTITY_MAX);
        let most = self.most.min(affordable);
        (most >= self.least).then_some(Self { most, ..self })
    }
}

/// All bands of a problem within its token budget, by least quantity and price.
pub(super) fn of(problem: &Problem) -> Vec<Band> {
    let tokens = &problem.tokens;
    let mut bands: Vec<Band> = priced(tokens).chain(flat(tokens)).collect();
    bands.push(Band { least: 0, most: 0, fixed: 0, price: 0, origin: Origin::Nothing });
    let end = tokens.most.unwrap_or(QUANTITY_MAX).min(QUANTITY_MAX);
    // Nobody buys more than all could use.
    let all = problem.people.iter().flat_map(|person| &person.uses);
    let all = need(tokens, all.fold(0, |sum, used| sum.saturating_add(used.tokens)));
    let ended = bands
        .into_iter()
        .map(|band| Band { most: band.most.min(end).min(all.max(band.least)), ..band });
    let mut kept: Vec<Band> = ended
        .filter(|band| band.least <= band.most)
        .filter_map(|band| band.within(tokens.budget))
        .collect();
    let key = |band: &Band| (band.least, band.price, band.fixed, band.most);
    kept.sort_by_key(|band| (key(band), band.origin));
    kept.dedup_by_key(|band| key(band));
    kept
}

fn priced(tokens: &Tokens) -> impl Iterator<Item = Band> + '_ {
    tokens.tiers.iter().enumerate().flat_map(move |(tier, prices)| {
        let promised = tokens.commitments.iter().enumerate().map(move |(place, commitment)| {
            let price = discounted(prices.price, commitment.discount_millionths);
            band(prices, prices.from.max(commitment.least), price, tier, Some(place))
        });
        core::iter::once(band(prices, prices.from, prices.price, tier, None)).chain(promised)
    })
}

fn band(prices: &TokenTier, least: i64, price: i64, tier: usize, promise: Option<usize>) -> Band {
    let most = prices.to.unwrap_or(QUANTITY_MAX);
    Band { least, most, fixed: 0, price, origin: Origin::Tier { tier, commitment: promise } }
}

fn flat(tokens: &Tokens) -> impl Iterator<Item = Band> + '_ {
    tokens.flat.iter().enumerate().map(|(place, flat)| Band {
        least: 0,
        most: flat.up_to,
        fixed: flat.fee,
        price: 0,
        origin: Origin::Flat(place),
    })
}

/// A price less so many millionths of it, rounded half to even.
fn discounted(price: i64, discount_millionths: u32) -> i64 {
    let kept = MILLION.saturating_sub(i128::from(discount_millionths)).max(0);
    let scaled = i128::from(price).saturating_mul(kept);
    i64::try_from(half_even(scaled)).unwrap_or(i64::MAX)
}

/// What has to be bought when so much is used: (1+b)·T − R₀, rounded up, or nothing.
pub(super) fn need(tokens: &Tokens, used: i64) -> i64 {
    let share = MILLION.saturating_add(i128::from(tokens.buffer_millionths));
    let buffered = i128::from(used).saturating_mul(share);
    let whole = buffered.saturating_add(999_999).checked_div(MILLION).unwrap_or(0);
    let needed = whole.saturating_sub(i128::from(tokens.carried));
    i64::try_from(needed.max(0)).unwrap_or(i64::MAX)
}

/// The most that may be used when so much is bought.
pub(super) fn usable(tokens: &Tokens, bought: i64) -> i64 {
    let have = i128::from(bought).saturating_add(i128::from(tokens.carried));
    let share = MILLION.saturating_add(i128::from(tokens.buffer_millionths));
    let used = have.saturating_mul(MILLION).checked_div(share).unwrap_or(0);
    i64::try_from(used).unwrap_or(i64::MAX)
}

/// The cheapest way to buy what this use needs: the band's place, the quantity and its cost.
pub(super) fn cheapest(bands: &[Band], tokens: &Tokens, used: i64) -> Option<(usize, i64, i128)> {
    let needed = need(tokens, used);
    let fits = bands.iter().enumerate().filter(|(_, band)| needed <= band.most);
    let priced = fits.map(|(place, band)| {
        let quantity = needed.max(band.least);
        (place, quantity, band.cost(quantity))
    });
    priced.min_by_key(|(_, _, cost)| *cost)
}

/// Millionths to whole numbers, half to even.
fn half_even(millionths: i128) -> i128 {
    let (whole, rest) = (millionths.div_euclid(MILLION), millionths.rem_euclid(MILLION));
    let twice = rest.saturating_mul(2);
    let up = twice > MILLION || (twice == MILLION && whole.rem_euclid(2) == 1);
    whole.saturating_add(i128::from(up))
}
