//! The portfolio: how far cost and bound are apart, and tiny cases against brute force.

use super::{Figure, Side};
use crate::chance::Chance;
use crate::peers::optimiser::Optimiser;
use crate::portfolio::read;
use crate::races::Setting;
use anyhow::{Result, anyhow};
use faregate_plan::portfolio::{
    Contradiction, Minimum, Offering, Person, Problem, Product, SeatTier, TokenTier, Tokens, Use,
    certificate, solve,
};

const TINY: f64 = 2_000.0;
const PEOPLE: f64 = 100_000.0;

pub(super) fn run(setting: &Setting) -> Result<Vec<Figure>> {
    let mut figures = vec![tiny(setting)];
    match Optimiser::find(&setting.home) {
        Ok(peer) => figures.push(gap(setting, &peer)?),
        Err(why) => {
            eprintln!("portfolio: the gap skipped, its instance needs Python packages: {why:#}")
        }
    }
    Ok(figures)
}

/// Of the instance of race D.
fn gap(setting: &Setting, peer: &Optimiser) -> Result<Figure> {
    let people = ((PEOPLE * setting.scale) as usize).max(100);
    let problem = read(&peer.make(people, false)?)?;
    let solution = solve(&problem).map_err(|why| anyhow!("{why}"))?;
    certificate::check(&problem, &solution)?;
    let (cost, dual) = (solution.cost.total() as f64, solution.certificate.dual_bound() as f64);
    Ok(Figure {
        name: "portfolio: gap",
        value: solution.certificate.gap() * 100.0,
        target: 0.01,
        side: Side::AtMost,
        unit: "%",
        note: format!(
            "{people} people; by the multipliers alone {:.6} %",
            (cost - dual) / cost * 100.0
        ),
    })
}

fn tiny(setting: &Setting) -> Figure {
    let count = ((TINY * setting.scale) as u64).max(50);
    let (mut equal, mut possible) = (0, 0);
    for seed in 0..count {
        let problem = made(&mut Chance::new(0x0d_0000 + seed));
        let least = brute(&problem);
        possible += u64::from(least.is_some());
        let is_equal = match (solve(&problem), least) {
            (Ok(solution), Some(cost)) => {
                solution.cost.total() == cost
                    && solution.certificate.lower_bound == cost
                    && certificate::check(&problem, &solution).is_ok()
            }
            (Err(Contradiction::Undecided { .. }), _) => false,
            (Err(_), None) => true,
            _ => false,
        };
        equal += u64::from(is_equal);
    }
    Figure {
        name: "portfolio: tiny cases equal to brute force",
        value: equal as f64 / count as f64 * 100.0,
        target: 100.0,
        side: Side::Exactly,
        unit: "%",
        note: format!("{count} cases, {possible} of them possible"),
    }
}

/// Up to five people, four products and three offerings, with discounts, owned seats, counts and minima.
fn made(chance: &mut Chance) -> Problem {
    let products = 1 + chance.below(4);
    let offerings = 1 + chance.below(3);
    let price = |chance: &mut Chance| i64::from(100 + chance.below(2_400)) * 1_000_000;
    let offering = |chance: &mut Chance| {
        let full = price(chance);
        let tier = SeatTier {
            from: 1 + chance.below(3),
            price: full * i64::from(50 + chance.below(50)) / 100,
        };
        let owned = if chance.happens(0.3) { chance.below(3) } else { 0 };
        Offering {
            tiers: if chance.happens(0.4) { vec![tier] } else { Vec::new() },
            owned,
            least: if chance.happens(0.2) { chance.below(3) } else { 0 },
            most: chance.happens(0.2).then(|| owned + chance.below(4)),
            ..Offering::simple(full, 1 + u64::from(chance.below((1 << products) - 1)))
        }
    };
    let person = |chance: &mut Chance| {
        let count = 1 + chance.below(3);
        let uses = (0..count)
            .map(|_| Use {
                product: chance.below(products) as u8,
                tokens: i64::from(chance.below(900)),
            })
            .collect();
        Person {
            department: chance.below(2),
            may_use_tokens: chance.happens(0.9),
            ..Person::new(uses)
        }
    };
    let minimum = |chance: &mut Chance| Minimum {
        department: chance.below(2),
        offerings: 1 + u64::from(chance.below((1 << offerings) - 1)),
        people: chance.below(3),
    };
    let mut tokens = Tokens::at(3_000_000);
    tokens.tiers.push(TokenTier {
        from: i64::from(100 + chance.below(1_500)),
        to: None,
        price: 2_000_000,
    });
    tokens.carried = i64::from(chance.below(300));
    tokens.buffer_millionths = chance.below(25) * 10_000;
    Problem {
        products: (0..products).map(|_| Product { on_flex: chance.happens(0.85) }).collect(),
        offerings: (0..offerings).map(|_| offering(chance)).collect(),
        people: (0..=chance.below(5).min(4)).map(|_| person(chance)).collect(),
        minima: (0..chance.below(3)).map(|_| minimum(chance)).collect(),
        tokens,
        budget: None,
    }
}

/// The cheapest of all mixes.
fn brute(problem: &Problem) -> Option<i64> {
    let sets = 1_u64 << problem.offerings.len();
    let all = (0..problem.people.len()).fold(1, |product, _| product * sets);
    let mix = |code: u64| {
        (0..problem.people.len()).map(move |place| code / sets.pow(place as u32) % sets)
    };
    (0..all).filter_map(|code| cost(problem, &mix(code).collect::<Vec<_>>())).min()
}

fn cost(problem: &Problem, sets: &[u64]) -> Option<i64> {
    let mut used = 0;
    for (who, set) in problem.people.iter().zip(sets) {
        let held = problem.offerings.iter().enumerate().filter(|(place, _)| set >> place & 1 == 1);
        let covers = held.fold(0, |all, (_, offering)| all | offering.covers);
        for one in who.uses.iter().filter(|one| covers >> one.product & 1 == 0) {
            let may = who.may_use_tokens && problem.products[usize::from(one.product)].on_flex;
            used += may.then_some(one.tokens)?;
        }
    }
    for minimum in &problem.minima {
        let pairs = problem.people.iter().zip(sets);
        let count = pairs.filter(|(who, set)| {
            who.department == minimum.department && **set & minimum.offerings != 0
        });
        (count.count() >= minimum.people as usize).then_some(())?;
    }
    let mut sum = 0;
    for (place, offering) in problem.offerings.iter().enumerate() {
        let count = sets.iter().filter(|set| **set >> place & 1 == 1).count() as u32;
        let held = count.max(offering.least).max(offering.owned)..=offering.most.unwrap_or(20);
        let seats = |held: u32| {
            let bought = held - offering.owned;
            let tier = offering.tiers.iter().rfind(|tier| tier.from <= bought);
            tier.map_or(offering.price, |tier| tier.price) * i64::from(bought)
        };
        sum += held.map(seats).min()?;
    }
    let tokens = &problem.tokens;
    let share = 1_000_000 + i64::from(tokens.buffer_millionths);
    let need = ((used * share + 999_999) / 1_000_000 - tokens.carried).max(0);
    let bought = tokens.tiers.iter().map(|tier| tier.price * need.max(tier.from)).min()?;
    Some(sum + bought)
}
