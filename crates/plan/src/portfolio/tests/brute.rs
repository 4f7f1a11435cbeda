//! Every set for everybody.

use super::super::*;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::TestCaseError;

const UNIT: i64 = 1_000_000;

/// All mixes, the cheapest one's cost; by plain reckoning.
pub(super) fn least(problem: &Problem) -> Option<i64> {
    let sets = 1_u64 << problem.offerings.len();
    let all: Vec<Vec<u64>> = problem
        .people
        .iter()
        .map(|who| (0..sets).filter(|set| is_allowed(problem, who, *set)).collect())
        .collect();
    let mut chosen = vec![0; all.len()];
    let mut best = None;
    descend(problem, &all, &mut chosen, 0, &mut best);
    best.filter(|cost| problem.budget.is_none_or(|budget| *cost <= budget))
}

fn descend(
    problem: &Problem,
    all: &[Vec<u64>],
    chosen: &mut Vec<u64>,
    at: usize,
    best: &mut Option<i64>,
) {
    if at == all.len() {
        if let Some(cost) = cost(problem, chosen) {
            *best = Some(best.map_or(cost, |known: i64| known.min(cost)));
        }
        return;
    }
    for set in &all[at] {
        chosen[at] = *set;
        descend(problem, all, chosen, at + 1, best);
    }
}

fn covers(problem: &Problem, set: u64, product: u8) -> bool {
    (0..problem.offerings.len())
        .any(|o| set >> o & 1 == 1 && problem.offerings[o].covers >> product & 1 == 1)
}

fn is_allowed(problem: &Problem, who: &Person, set: u64) -> bool {
    let must =
        |used: &Use| !who.may_use_tokens || !problem.products[usize::from(used.product)].on_flex;
    set & !who.may_hold == 0
        && who.keeps.is_none_or(|kept| kept == set)
        && who.uses.iter().all(|used| !must(used) || covers(problem, set, used.product))
}

fn cost(problem: &Problem, sets: &[u64]) -> Option<i64> {
    for minimum in &problem.minima {
        let held = problem.people.iter().zip(sets);
        let count = held.filter(|(who, set)| {
            who.department == minimum.department && **set & minimum.offerings != 0
        });
        if count.count() < minimum.people as usize {
            return None;
        }
    }
    let mut sum = 0;
    for (place, offering) in problem.offerings.iter().enumerate() {
        let count = sets.iter().filter(|set| **set >> place & 1 == 1).count() as u32;
        let least = count.max(offering.least).max(offering.owned);
        let most = offering.most.unwrap_or(30);
        sum += (least..=most).map(|held| seats(offering, held - offering.owned)).min()?;
    }
    let mut used = 0;
    for (who, set) in problem.people.iter().zip(sets) {
        let open = who.uses.iter().filter(|one| !covers(problem, *set, one.product));
        used += open.map(|one| one.tokens).sum::<i64>();
        sum += if *set == who.present { 0 } else { who.switching };
    }
    Some(sum + tokens(&problem.tokens, used)?)
}

fn seats(offering: &Offering, bought: u32) -> i64 {
    let tier = offering.tiers.iter().rfind(|tier| tier.from <= bought);
    tier.map_or(offering.price, |tier| tier.price) * i64::from(bought)
}

fn tokens(tokens: &Tokens, used: i64) -> Option<i64> {
    let share = 1_000_000 + i64::from(tokens.buffer_millionths);
    let need = ((used * share + 999_999) / 1_000_000 - tokens.carried).max(0);
    let most = tokens.most.unwrap_or(i64::MAX);
    let mut costs = vec![];
    if need == 0 {
        costs.push(0);
    }
    for tier in &tokens.tiers {
        let promises =
            tokens.commitments.iter().map(|c| (c.least, c.discount_millionths)).chain([(0, 0)]);
        for (least, discount) in promises {
            let price = tier.price - tier.price / 1_000_000 * i64::from(discount);
            let quantity = need.max(tier.from).max(least);
            if quantity <= most.min(tier.to.unwrap_or(i64::MAX)) {
                costs.push(price * quantity);
            }
        }
    }
    costs.extend(
        tokens.flat.iter().filter(|flat| need <= flat.up_to.min(most)).map(|flat| flat.fee),
    );
    costs.into_iter().filter(|cost| tokens.budget.is_none_or(|budget| *cost <= budget)).min()
}

/// The solver's answer, its certificate, and brute force agree.
pub(super) fn compare(problem: &Problem) -> Result<(), TestCaseError> {
    let found = solve(problem);
    match (&found, least(problem)) {
        (Ok(solution), Some(cost)) => {
            prop_assert_eq!(solution.cost.total(), cost);
            prop_assert_eq!(solution.certificate.lower_bound, cost);
            prop_assert_eq!(certificate::check(problem, solution), Ok(()));
        }
        (Err(Contradiction::Undecided { .. }), _) => prop_assert!(false, "undecided"),
        (Err(_), None) => {}
        (found, cost) => prop_assert!(false, "{found:?} against {cost:?}"),
    }
    Ok(())
}

/// Up to four products and offerings, up to five people, and constraints of every kind.
pub(super) fn tiny(is_coupled: bool) -> impl Strategy<Value = Problem> {
    (1_usize..=4, 1_usize..=3).prop_flat_map(move |(products, offerings)| {
        let people = vec(person(products, offerings), 1..=if offerings < 3 { 5 } else { 4 });
        let minima = vec(minimum(offerings), if is_coupled { 0..=2 } else { 0..=0 });
        let list = vec(offering(products, is_coupled), offerings);
        let flex = vec(prop::bool::weighted(0.85), products);
        let budget = prop::option::weighted(0.1, (0_i64..30_000).prop_map(|n| n * UNIT));
        (flex, list, people, minima, buying(), budget).prop_map(
            |(flex, offerings, people, minima, tokens, budget)| Problem {
                products: flex.into_iter().map(|on_flex| Product { on_flex }).collect(),
                offerings,
                people,
                minima,
                tokens,
                budget,
            },
        )
    })
}

fn person(products: usize, offerings: usize) -> impl Strategy<Value = Person> {
    let used = (0..products, 0_i64..900)
        .prop_map(|(product, tokens)| Use { product: product as u8, tokens });
    let all = (1_u64 << offerings) - 1;
    let masks = (0..=all, 0..=all, prop::bool::weighted(0.8), prop::bool::weighted(0.1));
    (
        vec(used, 1..=3),
        masks,
        prop::bool::weighted(0.9),
        prop_oneof![3 => Just(0), 1 => 1_i64..500],
        0_u32..2,
    )
        .prop_map(
            move |(uses, (may, present, may_all, keeps), may_use_tokens, switching, department)| {
                let may_hold = if may_all { all } else { may };
                Person {
                    uses,
                    may_hold,
                    may_use_tokens,
                    keeps: keeps.then_some(present & may_hold),
                    present: if switching > 0 { present } else { 0 },
                    switching: switching * UNIT,
                    department,
                }
            },
        )
}

fn offering(products: usize, is_coupled: bool) -> impl Strategy<Value = Offering> {
    let share = 0.5;
    let tiers = prop::option::weighted(share, vec((1_u32..4, 0.4_f64..1.1), 1..=2));
    let counts =
        (prop::option::weighted(share, 0_u32..3), prop::option::weighted(share / 2.0, 0_u32..3));
    let most = prop::option::weighted(share / 2.0, 0_u32..5);
    (100_i64..2_500, 1_u64..1 << products, tiers, counts, most).prop_map(
        move |(price, covers, tiers, (owned, least), most)| {
            if !is_coupled {
                return Offering::simple(price * UNIT, covers);
            }
            let mut from = 0;
            let tiers = tiers.unwrap_or_default().into_iter().map(|(step, share)| {
                from += step;
                SeatTier { from, price: (price as f64 * share) as i64 * UNIT }
            });
            Offering {
                price: price * UNIT,
                covers,
                tiers: tiers.collect(),
                owned: owned.unwrap_or(0),
                least: least.unwrap_or(0),
                most,
            }
        },
    )
}

fn minimum(offerings: usize) -> impl Strategy<Value = Minimum> {
    (0_u32..2, 1_u64..1 << offerings, 0_u32..3)
        .prop_map(|(department, offerings, people)| Minimum { department, offerings, people })
}

fn buying() -> impl Strategy<Value = Tokens> {
    let tier = (0_i64..900, 1_i64..4, prop::option::weighted(0.2, 0_i64..1_000));
    let tiers = vec(tier, 0..=3).prop_map(|tiers| {
        let mut from = 0;
        let tiers = tiers.into_iter().enumerate().map(|(place, (step, price, _))| {
            from += if place == 0 { step / 300 * 100 } else { step + 1 };
            (from, price)
        });
        tiers
            .map(|(from, price)| TokenTier { from, to: None, price: price * UNIT })
            .collect::<Vec<_>>()
    });
    let promise = (0_i64..2_000, 0_u32..40)
        .prop_map(|(least, percent)| Commitment { least, discount_millionths: percent * 10_000 });
    let flat =
        (0_i64..3_000, 0_i64..2_500).prop_map(|(fee, up_to)| FlatFee { fee: fee * UNIT, up_to });
    let ends =
        (prop::option::weighted(0.2, 0_i64..3_000), prop::option::weighted(0.15, 0_i64..4_000));
    (tiers, vec(promise, 0..=2), vec(flat, 0..=1), 0_i64..400, 0_u32..25, ends).prop_map(
        |(mut tiers, commitments, flat, carried, percent, (most, budget))| {
            // Every second list of tiers has explicit ends.
            if carried % 2 == 0 {
                let starts: Vec<i64> =
                    tiers.iter().skip(1).map(|tier: &TokenTier| tier.from).collect();
                tiers.iter_mut().zip(starts).for_each(|(tier, next)| tier.to = Some(next - 1));
            }
            Tokens {
                tiers,
                commitments,
                flat,
                carried: carried / 100 * 100,
                buffer_millionths: percent * 10_000,
                most,
                budget: budget.map(|budget| budget * UNIT),
            }
        },
    )
}
