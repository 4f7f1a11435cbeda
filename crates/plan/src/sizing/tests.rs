use super::bias::{correction, observed};
use super::carry::{WORTH_OF_PRICE, carry};
use super::demand::Demand;
use super::order::{Prices, at, curve, guide, order};
use super::packs::{Offer, Tier};
use super::peaks::peaks;
use super::reorder::{reorder_point, reorder_point_drawn};
use super::seats::{blocked, seats_by_erlang, seats_seen};
use super::stock_out::{Loss, cheapest_first, mixed, order_cheapest_first};
use super::walls::{Bucket, safety, wall_price};
use super::*;
use crate::numeric::ln_gamma;
use faregate_core::when::Date;
use proptest::prelude::*;

fn demand() -> Demand {
    Demand::normal(50_000.0, 7_500.0).unwrap()
}

const PRICES: Prices = Prices { price: 2.70, topup: 3.0, stock_out: 0.0, salvage: 0.0 };

/// F12, to the token.
#[test]
fn the_best_order() {
    for (stock_out, tokens) in [(0.0, 40_388.0), (12.0, 56_865.0), (60.0, 62_888.0)] {
        let sized = order(&demand(), Prices { stock_out, ..PRICES }).unwrap();
        assert_eq!(sized.tokens.round(), tokens, "s = {stock_out}");
        assert!((sized.service_level - sized.critical_ratio).abs() < 1e-9);
        assert!(
            (sized.tokens - 50_000.0 - (sized.expected_waste - sized.expected_short)).abs() < 1e-6
        );
    }
}

/// The guide: 50,000 tokens and 10 % off are $15,000 at $3.
#[test]
fn a_tenth_too_much_costs_what_the_guide_says() {
    let off = at(&demand(), Prices::list(3.0, 0.0), 55_000.0).unwrap();
    assert_eq!(off.tokens * 3.0 - 50_000.0 * 3.0, 15_000.0);
    let baseline = guide(&demand(), Prices { stock_out: 12.0, ..PRICES }, 50_000.0).unwrap();
    let levels = baseline.map(|(factor, sized)| (factor, (sized.service_level * 1e3).round()));
    assert_eq!(levels, [(1.15, 841.0), (1.20, 909.0), (1.25, 952.0)]);
    let best = order(&demand(), Prices { stock_out: 12.0, ..PRICES }).unwrap();
    assert!(baseline.iter().all(|(_, sized)| sized.expected_cost > best.expected_cost));
}

/// F13: the worked example has s = 1.50 and a carried token worth 97 % of its price; $4,624 to the dollar.
#[test]
fn carrying_forward() {
    let prices = Prices { stock_out: 1.5, ..PRICES };
    let carried = carry(&demand(), prices, 0.10, WORTH_OF_PRICE * 2.70).unwrap();
    assert_eq!(carried.sized.tokens.round(), 51_359.0);
    assert!((carried.value - 4_624.0).abs() < 1.0, "{}", carried.value);
}

/// F14, to the token.
#[test]
fn the_reorder_point() {
    assert_eq!(reorder_point(192.3, 90.0, 5.0, 0.99).unwrap().round(), 1_430.0);
    let daily: Vec<f64> = (0..364).map(|day| if day % 7 < 5 { 269.0 } else { 0.0 }).collect();
    let drawn = reorder_point_drawn(&daily, 5, 0.99, 7).unwrap();
    assert_eq!(drawn, 5.0 * 269.0, "the worst five days begin on a Monday");
    assert_eq!(drawn, reorder_point_drawn(&daily, 5, 0.99, 7).unwrap());
    let months = reorder_point_drawn(&daily, 28, 0.99, 7).unwrap();
    assert_eq!(months, 20.0 * 269.0, "whole weeks have no chance in them");
}

/// F15: a normal prior of 1.15 ± 0.10.
#[test]
fn picked_for_low_use() {
    assert_eq!(correction(None).unwrap().mean, 1.15);
    let half = correction(Some((1.35, 0.10))).unwrap();
    assert!(
        (half.mean - 1.25).abs() < 1e-12 && (half.deviation - 0.1 / 2_f64.sqrt()).abs() < 1e-12
    );
    assert!((correction(Some((1.30, 1e-4))).unwrap().mean - 1.30).abs() < 1e-6, "seen for sure");
    let (factor, error) = observed(&[(10.0, 12.0), (20.0, 22.0), (30.0, 38.0)]).unwrap();
    assert!((factor - 1.2).abs() < 1e-12 && (error - (12.0_f64).sqrt() / 60.0).abs() < 1e-12);
}

/// F16, to the token.
#[test]
fn walls_cost_safety() {
    let buckets = [Bucket { mean: 10_000.0, cv: 0.2 }, Bucket { mean: 5_000.0, cv: 0.2 }];
    let safety = safety(&buckets, 2.0).unwrap();
    assert_eq!((safety.separate.round(), safety.pooled.round()), (6_000.0, 4_472.0));
    let walls = wall_price(&buckets, Prices::list(3.0, 12.0), 0.5).unwrap();
    assert!(walls.wall_price > 0.0 && walls.borrowed > 0.0);
    assert!(walls.pool.expected_cost < walls.reserve_and_borrow);
    assert!(walls.reserve_and_borrow < walls.hard.expected_cost);
    let alone = wall_price(&buckets[..1], Prices::list(3.0, 12.0), 0.5).unwrap();
    assert!(alone.wall_price.abs() < 1e-6 && alone.borrowed < 1e-6, "one bucket has no walls");
}

/// F17.
#[test]
fn seats_by_concurrency() {
    assert_eq!(seats_by_erlang(40.0, 0.01).unwrap(), 53);
    assert_eq!(seats_by_erlang(0.0, 0.01).unwrap(), 0);
    assert!((blocked(2.0, 2).unwrap() - 0.4).abs() < 1e-12);
    let peaks: Vec<u32> = (1..=100).collect();
    assert_eq!(seats_seen(&peaks, 0.95).unwrap(), 95);
    assert_eq!(seats_seen(&peaks, 1.0).unwrap(), 100);
}

#[test]
fn stock_outs_by_persona() {
    let personas = [
        Loss { share_of_demand: 0.25, cost_a_token: 60.0 },
        Loss { share_of_demand: 0.75, cost_a_token: 4.0 },
    ];
    assert_eq!(mixed(&personas).unwrap(), 18.0);
    assert_eq!(cheapest_first(&personas, 0.0).unwrap(), 4.0);
    assert_eq!(cheapest_first(&personas, 0.5).unwrap(), 4.0, "only the cheap ones wait");
    assert!((cheapest_first(&personas, 1.0).unwrap() - 18.0).abs() < 1e-9, "everybody waits");
    let kept = order_cheapest_first(&demand(), PRICES, &personas).unwrap();
    let mix = order(&demand(), Prices { stock_out: 18.0, ..PRICES }).unwrap();
    let cheap = order(&demand(), Prices { stock_out: 4.0, ..PRICES }).unwrap();
    assert!(cheap.tokens <= kept.tokens + 1e-6 && kept.tokens < mix.tokens);
    let same = [Loss { share_of_demand: 0.5, cost_a_token: 4.0 }; 2];
    let same = order_cheapest_first(&demand(), PRICES, &same).unwrap();
    assert!((same.tokens - cheap.tokens).abs() < 1e-3, "one cost, one rule");
    assert!((same.expected_cost - cheap.expected_cost).abs() < 1e-3);
}

#[test]
fn packs_that_can_be_bought() {
    let list = |tiers: &[(f64, f64)], packs: &[u32]| {
        let tiers = tiers.iter().map(|(from, price)| Tier { from: *from, price: *price });
        Offer::new(tiers.collect(), packs.to_vec()).unwrap()
    };
    let prices = Prices { stock_out: 12.0, ..PRICES };
    let bought = |offer: &Offer| offer.cheapest(&demand(), prices).unwrap();
    let hundreds = bought(&list(&[(0.0, 2.7)], &[500, 100, 1_000]));
    assert_eq!(hundreds.sized.tokens, 56_900.0);
    assert_eq!(hundreds.packs, [(1_000, 56), (500, 1), (100, 4)]);
    let odd = bought(&list(&[(0.0, 2.7)], &[7_000, 11_000]));
    assert_eq!((odd.sized.tokens, odd.packs), (57_000.0, vec![(11_000, 2), (7_000, 5)]));
    // A tier just above is worth going to, one far above is not.
    let near = bought(&list(&[(0.0, 2.7), (58_000.0, 2.5)], &[100]));
    assert_eq!((near.sized.tokens, near.price), (58_000.0, 2.5));
    let far = bought(&list(&[(0.0, 2.7), (75_000.0, 2.6)], &[100]));
    assert_eq!((far.sized.tokens, far.price), (56_900.0, 2.7));
    // A dearer tier further up is left alone, and its beginning is a wall.
    let wall = bought(&list(&[(0.0, 2.7), (50_000.0, 5.0)], &[100]));
    assert_eq!((wall.sized.tokens, wall.price), (49_900.0, 2.7));
}

#[test]
fn peaks_are_of_whole_weeks_and_months() {
    // 2026-01-01 is a Thursday; a year of working days at 10, with one week at 30.
    let first: Date = "2026-01-01".parse().unwrap();
    let day = |day: i32| {
        let date = first.plus(day);
        let busy = if (60..67).contains(&day) { 30.0 } else { 10.0 };
        if date.weekday() < 5 { busy } else { 0.0 }
    };
    let daily: Vec<f64> = (0..365).map(day).collect();
    let found = peaks(first, &daily).unwrap();
    assert!((found.daily.unwrap() - 30.0 / (2_710.0 / 365.0)).abs() < 1e-9, "{found:?}");
    assert!(found.weekly.unwrap() > 1.5 && found.weekly.unwrap() < 3.0);
    assert!(found.monthly.unwrap() > 1.2 && found.monthly.unwrap() < 1.7);
    let short = peaks(first, &[1.0]).unwrap();
    assert_eq!((short.daily, short.weekly, short.monthly), (None, None, None));
}

#[test]
fn questions_without_an_answer() {
    let nan = f64::NAN;
    let said = |invalid: Invalid| invalid.to_string();
    assert_eq!(said(Demand::normal(1.0, 0.0).unwrap_err()), "the deviation is `0`, not above zero");
    assert_eq!(
        said(Demand::lognormal(1.0, -0.2).unwrap_err()),
        "the variation is `-0.2`, not above zero"
    );
    assert_eq!(said(Demand::lognormal(nan, 0.2).unwrap_err()), "the mean is not a number");
    assert_eq!(said(Demand::empirical(vec![]).unwrap_err()), "there is no total");
    assert_eq!(said(Demand::empirical(vec![1.0, nan]).unwrap_err()), "a total is not a number");
    let order = |prices| said(order(&demand(), prices).unwrap_err());
    assert_eq!(order(Prices { price: -1.0, ..PRICES }), "the price is `-1`, not above zero");
    assert_eq!(order(Prices { stock_out: nan, ..PRICES }), "the stock-out cost is not a number");
    assert_eq!(
        order(Prices { salvage: 2.7, ..PRICES }),
        "an unused token is worth `2.7` and costs `2.7`"
    );
    let tiers = vec![Tier { from: 100.0, price: 3.0 }, Tier { from: 100.0, price: 2.0 }];
    assert_eq!(said(Offer::new(tiers, vec![100]).unwrap_err()), "two tiers begin at `100` tokens");
    let short = reorder_point_drawn(&[1.0; 27], 5, 0.99, 1).unwrap_err();
    assert_eq!(said(short), "`27` days of history, at least 28 are needed");
    assert_eq!(said(mixed(&[]).unwrap_err()), "there is no share of demand");
    let carried = carry(&demand(), PRICES, 1.0, 2.8).unwrap_err();
    assert_eq!(said(carried), "an unused token is worth `2.8` and costs `2.7`");
    assert!(seats_by_erlang(nan, 0.01).is_err() && seats_by_erlang(1.0, 0.0).is_err());
    assert!(wall_price(&[], PRICES, 0.0).is_err() && observed(&[(1.0, 1.0)]).is_err());
    assert!(peaks(Date(0), &[-1.0]).is_err() && correction(Some((1.0, 0.0))).is_err());
}

/// Any demand of about 1,000 tokens.
fn any_demand() -> impl Strategy<Value = Demand> {
    prop_oneof![
        (100.0..2_000.0, 1.0..400.0).prop_map(|(mean, sd)| Demand::normal(mean, sd).unwrap()),
        (100.0..2_000.0, 0.05..0.9).prop_map(|(mean, cv)| Demand::lognormal(mean, cv).unwrap()),
        prop::collection::vec(0.0..2_000.0, 1..60)
            .prop_map(|totals| Demand::empirical(totals).unwrap()),
    ]
}

fn any_prices() -> impl Strategy<Value = Prices> {
    (0.5..5.0, 0.0..6.0, 0.0..30.0, 0.0..0.95).prop_map(|(price, topup, stock_out, salvage)| {
        Prices { price, topup, stock_out, salvage: salvage * price }
    })
}

proptest! {
    /// INVARIANT: no quantity is cheaper than the order; checked on a grid of 400.
    #[test]
    fn the_order_is_the_cheapest(demand in any_demand(), prices in any_prices()) {
        let best = order(&demand, prices).unwrap();
        prop_assert!(best.expected_cost.is_finite());
        for step in 0..400 {
            let other = at(&demand, prices, f64::from(step) * 10.0).unwrap();
            // Normal demand has a tail below zero tokens, where nothing can be ordered.
            prop_assert!(best.expected_cost <= other.expected_cost + 1e-6, "{step}: {best:?} {other:?}");
        }
    }

    /// INVARIANT: more tokens never serve worse, and the curve's ends enclose the order.
    #[test]
    fn the_curve_rises(demand in any_demand(), prices in any_prices()) {
        let curve = curve(&demand, prices, 40).unwrap();
        for pair in curve.windows(2) {
            prop_assert!(pair[0].tokens <= pair[1].tokens);
            prop_assert!(pair[0].service_level <= pair[1].service_level);
            prop_assert!(pair[0].expected_short >= pair[1].expected_short - 1e-9);
        }
    }

    /// INVARIANT: without a right to carry, F13 is F12; with one, it never costs more, and a larger one never less.
    #[test]
    fn a_right_never_hurts(demand in any_demand(), prices in any_prices(), kept in 0.0..0.5) {
        let worth = (0.97 * prices.price).min(prices.missing());
        let plain = order(&demand, prices).unwrap();
        if let Ok(none) = carry(&demand, prices, 0.0, worth) {
            prop_assert_eq!(none.sized.tokens, plain.tokens);
            prop_assert!(none.value.abs() < 1e-9);
            let some = carry(&demand, prices, kept, worth).unwrap();
            let more = carry(&demand, prices, kept + 0.3, worth).unwrap();
            prop_assert!(some.value >= -1e-6 && more.value >= some.value - 1e-6);
        }
    }

    /// INVARIANT: excess and spare are what they say: E[(D−q)⁺] − E[(q−D)⁺] = E[D] − q, and both shrink and grow.
    #[test]
    fn excess_and_spare(demand in any_demand(), tokens in 0.0..3_000.0) {
        let (excess, spare) = (demand.excess(tokens), demand.spare(tokens));
        prop_assert!((excess - spare - (demand.mean() - tokens)).abs() < 1e-6);
        // By the trapezoid rule: E[(D−q)⁺] = ∫ P(D > x) dx.
        let step = 0.5;
        let survival = |n: i32| 1.0 - demand.below(tokens + (f64::from(n) + 0.5) * step);
        let integral: f64 = (0..20_000).map(|n| survival(n) * step).sum();
        prop_assert!((integral - excess).abs() < 1.0 + 0.03 * excess, "{integral} {excess}");
    }

    /// INVARIANT: the recursion is Erlang's formula, (A^c/c!)/Σ A^k/k!.
    #[test]
    fn erlang_by_recursion_and_directly(load in 0.1..80.0, seats in 0_u32..120) {
        let term = |k: u32| (f64::from(k) * f64::ln(load) - ln_gamma(f64::from(k) + 1.0)).exp();
        let direct = term(seats) / (0..=seats).map(term).sum::<f64>();
        prop_assert!((blocked(load, seats).unwrap() - direct).abs() < 1e-10);
    }

    /// INVARIANT: what is bought is made of packs, and no quantity of packs near it is cheaper.
    #[test]
    fn purchases_are_packs(
        demand in any_demand(),
        prices in any_prices(),
        packs in prop::collection::vec(1_u32..300, 1..4),
        from in 1.0..1_500.0,
        cheaper in 0.7..1.1,
    ) {
        let tiers = vec![Tier { from: 0.0, price: 4.0 }, Tier { from, price: 4.0 * cheaper }];
        let prices = Prices { salvage: 0.0, ..prices };
        let offer = Offer::new(tiers.clone(), packs.clone()).unwrap();
        let bought = offer.cheapest(&demand, prices).unwrap();
        let sum: f64 = bought.packs.iter().map(|(pack, many)| f64::from(*pack) * *many as f64).sum();
        prop_assert_eq!(sum, bought.sized.tokens);
        let mut sold = vec![true];
        for tokens in 1..4_000_usize {
            let is_sold = packs.iter().any(|pack| {
                tokens.checked_sub(*pack as usize).is_some_and(|rest| sold[rest])
            });
            sold.push(is_sold);
        }
        for tokens in (0..4_000).filter(|tokens| sold[*tokens]) {
            let tokens = tokens as f64;
            let price = if tokens >= from { 4.0 * cheaper } else { 4.0 };
            let other = at(&demand, Prices { price, ..prices }, tokens).unwrap();
            prop_assert!(bought.sized.expected_cost <= other.expected_cost + 1e-6, "{} {:?}", tokens, bought);
        }
    }
}
