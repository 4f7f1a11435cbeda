//! F12 as the vendor sells it: packs of certain sizes, and a lower price from certain quantities on.
//!
//! The price of a tier is that of every token of the order. Within a tier the expected cost is convex, so the best
//! order is beside the tier's own optimum or at one of the tier's ends; each tier is tried and the cheapest wins.
//! A tier is not taken because it is there: the next one may cost more than it saves.

use super::demand::Demand;
use super::order::{Prices, Sized, at, order};
use super::{Invalid, count, index, not_negative, positive};

/// The smallest pack and the number of sizes may be at most this.
const PACK_MAX: u32 = 100_000;
const SIZES_MAX: usize = 64;
/// Beyond this a quantity is not counted in packs any more.
const TOKENS_MAX: f64 = 1e15;

/// From so many tokens on, each token of the order costs `price`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Tier {
    /// The least order of the tier, in tokens.
    pub from: f64,
    /// Units of money a token.
    pub price: f64,
}

/// What the vendor sells.
#[derive(Clone, Debug, PartialEq)]
pub struct Offer {
    tiers: Vec<Tier>,
    /// Ascending.
    packs: Vec<u32>,
    /// By remainder of the smallest pack: the least sum of packs that has it, and the pack added last.
    least: Vec<Option<(u64, u32)>>,
}

/// An order that can be bought.
#[derive(Clone, Debug, PartialEq)]
pub struct Purchase {
    /// What it means.
    pub sized: Sized,
    /// Units of money a token.
    pub price: f64,
    /// Size of a pack and how many of it, largest first.
    pub packs: Vec<(u32, u64)>,
}

impl Offer {
    /// Tiers in any order, and the sizes of packs, for example 100, 500 and 1,000. Orders smaller than all tiers
    /// cannot be placed; let one begin at 0.
    ///
    /// # Errors
    /// No tiers or packs, a pack of 0 or more than 100,000 tokens, two tiers that begin at the same quantity,
    /// prices that are not above zero.
    pub fn new(mut tiers: Vec<Tier>, mut packs: Vec<u32>) -> Result<Self, Invalid> {
        for tier in &tiers {
            not_negative("the beginning of a tier", tier.from)?;
            positive("the price of a tier", tier.price)?;
        }
        tiers.sort_unstable_by(|one, other| one.from.total_cmp(&other.from));
        let mut pairs = tiers.iter().zip(tiers.iter().skip(1));
        if let Some((_, twice)) = pairs.find(|(one, next)| next.from - one.from < 1e-9) {
            return Err(Invalid::TiersOverlap(twice.from));
        }
        packs.sort_unstable();
        packs.dedup();
        match (tiers.is_empty(), packs.first()) {
            (true, _) => return Err(Invalid::Empty("tier")),
            (_, None) => return Err(Invalid::Empty("pack")),
            (_, Some(0)) => return Err(Invalid::NotPositive("the size of a pack", 0.0)),
            (_, Some(_)) => {}
        }
        if packs.len() > SIZES_MAX {
            return Err(Invalid::TooMany("sizes of packs", packs.len()));
        }
        if let Some(large) = packs.iter().find(|pack| **pack > PACK_MAX) {
            return Err(Invalid::TooMany("tokens in a pack", usize::try_from(*large).unwrap_or(0)));
        }
        let least = least_sums(&packs);
        Ok(Self { tiers, packs, least })
    }

    /// The cheapest order, by expected cost; `prices.price` is replaced by the tiers'.
    ///
    /// # Errors
    /// As [`order`].
    pub fn cheapest(&self, demand: &Demand, prices: Prices) -> Result<Purchase, Invalid> {
        let best = self.by_tier(demand, prices)?.into_iter();
        let best =
            best.min_by(|one, other| one.sized.expected_cost.total_cmp(&other.sized.expected_cost));
        best.ok_or(Invalid::Empty("order within the tiers"))
    }

    /// The best order within each tier, so that one can see what the next tier would cost.
    ///
    /// # Errors
    /// As [`order`].
    pub fn by_tier(&self, demand: &Demand, prices: Prices) -> Result<Vec<Purchase>, Invalid> {
        let ends = self.tiers.iter().skip(1).map(|tier| tier.from).chain([f64::INFINITY]);
        let mut found = Vec::with_capacity(self.tiers.len());
        for (tier, end) in self.tiers.iter().zip(ends) {
            found.extend(self.within(
                demand,
                Prices { price: tier.price, ..prices },
                tier.from,
                end,
            )?);
        }
        Ok(found)
    }

    fn within(
        &self,
        demand: &Demand,
        prices: Prices,
        from: f64,
        end: f64,
    ) -> Result<Option<Purchase>, Invalid> {
        let best = order(demand, prices)?.tokens.clamp(from, end).min(TOKENS_MAX);
        // A tier's end is the next one's beginning, so the last quantity of this tier is below it.
        let below = if best < end { self.at_most(best) } else { self.at_most(end.ceil() - 1.0) };
        let quantities = [below, Some(self.at_least(best)), Some(self.at_least(from))];
        let mut cheapest: Option<Sized> = None;
        for tokens in quantities.into_iter().flatten().map(whole) {
            if tokens < from || tokens >= end {
                continue;
            }
            let sized = at(demand, prices, tokens)?;
            if cheapest.is_none_or(|found| sized.expected_cost < found.expected_cost) {
                cheapest = Some(sized);
            }
        }
        let purchase = |sized: Sized| Purchase {
            sized,
            price: prices.price,
            packs: self.packed(floor(sized.tokens)),
        };
        Ok(cheapest.map(purchase))
    }

    fn smallest(&self) -> u64 {
        self.packs.first().map_or(1, |pack| u64::from(*pack).max(1))
    }

    fn is_sold(&self, tokens: u64) -> bool {
        let remainder = tokens.checked_rem(self.smallest()).and_then(|r| usize::try_from(r).ok());
        let least = remainder.and_then(|remainder| self.least.get(remainder).copied().flatten());
        least.is_some_and(|(least, _)| least <= tokens)
    }

    fn at_most(&self, tokens: f64) -> Option<u64> {
        let tokens = floor(tokens);
        // Nothing is always sold, and every multiple of the smallest pack is: the search is short.
        (tokens.saturating_sub(self.smallest())..=tokens).rev().find(|tokens| self.is_sold(*tokens))
    }

    fn at_least(&self, tokens: f64) -> u64 {
        let tokens = floor(tokens.ceil());
        let end = tokens.saturating_add(self.smallest());
        (tokens..=end).find(|tokens| self.is_sold(*tokens)).unwrap_or(end)
    }

    /// How many packs of each size, largest first; greedily where that comes out even.
    fn packed(&self, tokens: u64) -> Vec<(u32, u64)> {
        let mut left = tokens;
        let mut packs = Vec::new();
        for pack in self.packs.iter().rev() {
            let many = left.checked_div(u64::from(*pack)).unwrap_or(0);
            left = left.saturating_sub(many.saturating_mul(u64::from(*pack)));
            packs.push((*pack, many));
        }
        if left > 0 {
            packs = self.unwound(tokens);
        }
        packs.retain(|(_, many)| *many > 0);
        packs
    }

    /// The packs behind the least sum with this remainder, and the smallest ones for what is left.
    fn unwound(&self, tokens: u64) -> Vec<(u32, u64)> {
        let mut packs: Vec<(u32, u64)> = self.packs.iter().rev().map(|pack| (*pack, 0)).collect();
        let mut left = tokens;
        let step = |left: u64| {
            let remainder = usize::try_from(left.checked_rem(self.smallest())?).ok()?;
            self.least.get(remainder).copied().flatten().filter(|(least, _)| *least > 0)
        };
        while let Some((_, last)) = step(left) {
            left = left.saturating_sub(u64::from(last));
            let found = packs.iter_mut().find(|(pack, _)| *pack == last);
            found.into_iter().for_each(|(_, many)| *many = many.saturating_add(1));
        }
        if let Some((pack, many)) = packs.last_mut() {
            *many = many.saturating_add(left.checked_div(u64::from(*pack)).unwrap_or(0));
        }
        packs
    }
}

/// The shortest sums by remainder of the smallest pack, by relaxing until nothing changes (Nijenhuis 1979).
fn least_sums(packs: &[u32]) -> Vec<Option<(u64, u32)>> {
    let smallest = packs.first().copied().unwrap_or(1).max(1);
    let modulus = usize::try_from(smallest).unwrap_or(1);
    let mut least = vec![None; modulus];
    if let Some(zero) = least.first_mut() {
        *zero = Some((0, 0));
    }
    for &pack in packs.iter().skip(1) {
        let step = usize::try_from(pack).unwrap_or(0).checked_rem(modulus).unwrap_or(0);
        // Each cycle of remainders, twice around: the second time it begins from its least.
        let cycles = gcd(step, modulus);
        for start in 0..cycles {
            let mut at = start;
            let around = modulus.checked_div(cycles.max(1)).unwrap_or(0).saturating_mul(2);
            for _ in 0..around {
                let next = at.saturating_add(step).checked_rem(modulus).unwrap_or(0);
                let sum = least.get(at).copied().flatten().map(|(sum, _)| sum);
                let sum = sum.map(|sum: u64| sum.saturating_add(u64::from(pack)));
                if let Some((sum, cell)) = sum.zip(least.get_mut(next))
                    && cell.is_none_or(|(found, _)| sum < found)
                {
                    *cell = Some((sum, pack));
                }
                at = next;
            }
        }
    }
    least
}

fn gcd(one: usize, other: usize) -> usize {
    let (mut one, mut other) = (one, other);
    while other > 0 {
        (one, other) = (other, one.checked_rem(other).unwrap_or(0));
    }
    one
}

fn floor(tokens: f64) -> u64 {
    u64::try_from(index(tokens.min(TOKENS_MAX))).unwrap_or(u64::MAX)
}

fn whole(tokens: u64) -> f64 {
    usize::try_from(tokens).map_or(f64::INFINITY, count)
}
