//! The cheapest way to cover what somebody needs (F5).

/// What somebody needs of one product in a year.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Need {
    /// Number of the product.
    pub product: usize,
    /// What it would cost on tokens.
    pub on_tokens: f64,
    /// Whether it can be had for tokens at all: if not, a seat has to cover it.
    pub has_rate: bool,
}

/// What can be bought.
#[derive(Clone, Debug, PartialEq)]
pub struct Offer {
    /// Price of one seat for a year.
    pub per_year: f64,
    /// Numbers of the products that it covers.
    pub covers: Vec<usize>,
}

/// A way to cover needs, and what it costs in a year.
#[derive(Clone, Debug, PartialEq)]
pub struct Choice {
    /// Numbers of the offers to hold, ascending; none: tokens only.
    pub offers: Vec<usize>,
    /// Price of their seats.
    pub seats: f64,
    /// What is left on tokens.
    pub tokens: f64,
}

impl Choice {
    /// Seats and tokens.
    #[must_use]
    pub fn total(&self) -> f64 {
        self.seats + self.tokens
    }
}

/// So many needs are covered exactly; of those who use more products, the cheapest stay on tokens.
const EXACT: usize = 12;

/// The cheapest of all sets of offers with tokens for what they leave; `None` when a product that has no rate is
/// covered by no offer.
///
/// Exact for up to twelve products: the best way to cover each set of them is built from the best ways to cover
/// smaller ones, offer by offer. Of equal totals the one with fewer offers, lower numbers first.
///
/// ```
/// use faregate_plan::crossover::{Need, Offer, cheapest};
///
/// // F5: Revit 40 days, Civil 3D 50, Navisworks 20, at $3 and 10, 9 and 7 tokens; a Collection for $3,375.
/// let need = |product, days: f64, rate: f64| Need { product, on_tokens: days * rate * 3.0, has_rate: true };
/// let collection = [Offer { per_year: 3_375.0, covers: vec![0, 1, 2] }];
/// let rare = cheapest(&[need(0, 40.0, 10.0), need(1, 50.0, 9.0), need(2, 20.0, 7.0)], &collection).unwrap();
/// assert_eq!((rare.offers.len(), rare.total()), (0, 2_970.0));
/// let often = cheapest(&[need(0, 50.0, 10.0), need(1, 60.0, 9.0), need(2, 20.0, 7.0)], &collection).unwrap();
/// assert_eq!((often.offers, often.seats), (vec![0], 3_375.0));
/// ```
#[must_use]
pub fn cheapest(needs: &[Need], offers: &[Offer]) -> Option<Choice> {
    let mut needs: Vec<Need> = needs.to_vec();
    // What must be covered first, then the dearest.
    needs.sort_by(|a, b| {
        a.has_rate
            .cmp(&b.has_rate)
            .then(b.on_tokens.total_cmp(&a.on_tokens))
            .then(a.product.cmp(&b.product))
    });
    let beyond: f64 = needs.iter().skip(EXACT).map(|need| need.on_tokens).sum();
    if needs.iter().skip(EXACT).any(|need| !need.has_rate) {
        return None;
    }
    needs.truncate(EXACT);
    let ways = Ways::new(&needs, offers);
    let mut best: Option<Choice> = None;
    for (mask, way) in (0_u32..).zip(&ways.best) {
        let Some(seats) = way.cost.filter(|_| ways.required & !mask == 0) else { continue };
        let left =
            (0_u32..).zip(&needs).filter(|(bit, _)| mask.checked_shr(*bit).unwrap_or(0) & 1 == 0);
        let tokens = left.map(|(_, need)| need.on_tokens).sum::<f64>() + beyond;
        let held = way.held;
        let better = best.as_ref().is_none_or(|best| {
            let fewer = (held.count_ones(), held)
                < (set_of(&best.offers).count_ones(), set_of(&best.offers));
            let (total, known) = (seats + tokens, best.total());
            total < known || (total.total_cmp(&known).is_eq() && fewer)
        });
        if better {
            let offers = (0..128_usize).filter(|offer| held >> offer & 1 == 1);
            best = Some(Choice { offers: offers.collect(), seats, tokens });
        }
    }
    best
}

fn set_of(offers: &[usize]) -> u128 {
    offers.iter().filter_map(|&offer| 1_u128.checked_shl(u32::try_from(offer).ok()?)).sum()
}

/// The cheapest way to cover each set of needs.
struct Ways {
    best: Vec<Way>,
    /// Needs that have no rate.
    required: u32,
}

#[derive(Clone, Copy, Default)]
struct Way {
    cost: Option<f64>,
    /// Which offers, as bits.
    held: u128,
}

impl Ways {
    fn new(needs: &[Need], offers: &[Offer]) -> Self {
        let bit_of = |product: &usize| needs.iter().position(|need| need.product == *product);
        let cover = |offer: &Offer| {
            let bits = offer.covers.iter().filter_map(bit_of);
            bits.fold(0_u32, |mask, bit| {
                mask | 1_u32.checked_shl(u32::try_from(bit).unwrap_or(31)).unwrap_or(0)
            })
        };
        // More than 128 offers cannot be numbered in the set; no price list comes near it.
        let covers: Vec<(u128, f64, u32)> = (0_u32..128)
            .zip(offers)
            .filter_map(|(n, offer)| Some((1_u128.checked_shl(n)?, offer.per_year, cover(offer))))
            .filter(|(_, _, mask)| *mask != 0)
            .collect();
        let sets = 1_usize.checked_shl(u32::try_from(needs.len()).unwrap_or(0)).unwrap_or(1);
        let mut best = vec![Way::default(); sets];
        if let Some(nothing) = best.first_mut() {
            nothing.cost = Some(0.0);
        }
        // Each set is reached from a smaller one by an offer that adds to it, so one pass in order is enough.
        for from in 0..sets {
            let Some(&Way { cost: Some(cost), held }) = best.get(from) else { continue };
            for (bit, price, mask) in &covers {
                let to = from | usize::try_from(*mask).unwrap_or(0);
                let Some(known) = best.get_mut(to).filter(|_| to != from) else { continue };
                let total = cost + price;
                if known.cost.is_none_or(|known| total < known) {
                    *known = Way { cost: Some(total), held: held | bit };
                }
            }
        }
        let required = (0_u32..).zip(needs).filter(|(_, need)| !need.has_rate);
        let required =
            required.fold(0, |mask, (bit, _)| mask | 1_u32.checked_shl(bit).unwrap_or(0));
        Self { best, required }
    }
}
