//! Whether a mix is allowed, and costs what is said.

use super::{Fault, covered, has};
use crate::portfolio::bands::Band;
use crate::portfolio::problem::{Offering, Person, Problem};
use crate::portfolio::solution::{Choice, Solution};

type Checked = Result<(), Fault>;

pub(super) fn check(problem: &Problem, solution: &Solution) -> Checked {
    if solution.choices.len() != problem.people.len() {
        return Err(Fault::Length { what: "choices" });
    }
    if solution.held.len() != problem.offerings.len() {
        return Err(Fault::Length { what: "seats held" });
    }
    let pairs = problem.people.iter().zip(&solution.choices);
    pairs.enumerate().try_for_each(|(place, (who, choice))| person(problem, place, who, choice))?;
    seats(problem, solution)?;
    minima(problem, solution)?;
    tokens(problem, solution)?;
    let switching = sum(problem.people.iter().zip(&solution.choices).map(|(who, choice)| {
        if choice.offerings == who.present { 0 } else { i128::from(who.switching) }
    }));
    same("switching", solution.cost.switching, switching)?;
    let total = solution.cost.total();
    same("the whole", solution.certificate.cost, i128::from(total))?;
    match problem.budget {
        Some(budget) if total > budget => Err(Fault::Cost { what: "the budget", found: total }),
        _ => Ok(()),
    }
}

fn sum(parts: impl Iterator<Item = i128>) -> i128 {
    parts.fold(0, i128::saturating_add)
}

fn same(what: &'static str, said: i64, found: i128) -> Checked {
    if i128::from(said) == found {
        return Ok(());
    }
    Err(Fault::Cost { what, found: i64::try_from(found).unwrap_or(i64::MAX) })
}

fn person(problem: &Problem, place: usize, who: &Person, choice: &Choice) -> Checked {
    let set = choice.offerings;
    let exists = |place: usize| place < problem.offerings.len();
    let is_allowed = (0..64).all(|o| !has(set, o) || (exists(o) && has(who.may_hold, o)));
    if !is_allowed || who.keeps.is_some_and(|kept| kept != set) {
        return Err(Fault::Forbidden { person: place });
    }
    let covers = covered(problem, set);
    let (mut tokens, mut mask) = (0_i128, 0_u64);
    for used in &who.uses {
        let product = usize::from(used.product);
        if has(covers, product) {
            continue;
        }
        let on_flex = problem.products.get(product).is_some_and(|product| product.on_flex);
        if !on_flex || !who.may_use_tokens {
            return Err(Fault::Uncovered { person: place, product: used.product });
        }
        tokens = tokens.saturating_add(i128::from(used.tokens));
        mask |= 1_u64.checked_shl(u32::from(used.product)).unwrap_or(0);
    }
    let is_told = i128::from(choice.tokens) == tokens && choice.on_tokens == mask;
    if is_told { Ok(()) } else { Err(Fault::Tokens { person: place }) }
}

fn seats(problem: &Problem, solution: &Solution) -> Checked {
    let mut paid = 0_i128;
    for (place, (offering, held)) in problem.offerings.iter().zip(&solution.held).enumerate() {
        let assigned =
            solution.choices.iter().filter(|choice| has(choice.offerings, place)).count();
        let bought = held.checked_sub(offering.owned);
        let is_enough =
            usize::try_from(*held).is_ok_and(|held| held >= assigned) && *held >= offering.least;
        let (Some(bought), true) =
            (bought, is_enough && offering.most.is_none_or(|most| *held <= most))
        else {
            return Err(Fault::Seats { offering: place });
        };
        paid = paid.saturating_add(seat_cost(offering, bought));
    }
    same("seats", solution.cost.seats, paid)
}

/// All seats bought at the price of the last tier that they reach.
pub(super) fn seat_cost(offering: &Offering, bought: u32) -> i128 {
    let reached = offering.tiers.iter().rev().find(|tier| tier.from <= bought);
    let price = reached.map_or(offering.price, |tier| tier.price);
    i128::from(price).saturating_mul(i128::from(bought))
}

fn minima(problem: &Problem, solution: &Solution) -> Checked {
    problem.minima.iter().enumerate().try_for_each(|(place, minimum)| {
        let pairs = problem.people.iter().zip(&solution.choices);
        let counts = pairs.filter(|(who, choice)| {
            who.department == minimum.department && choice.offerings & minimum.offerings != 0
        });
        let people = u32::try_from(counts.count()).unwrap_or(u32::MAX);
        if people >= minimum.people {
            Ok(())
        } else {
            Err(Fault::Minimum { minimum: place, people })
        }
    })
}

fn tokens(problem: &Problem, solution: &Solution) -> Checked {
    let tokens = &problem.tokens;
    let used = sum(solution.choices.iter().map(|choice| i128::from(choice.tokens)));
    if i128::from(solution.used) != used {
        return Err(Fault::Used { found: i64::try_from(used).unwrap_or(i64::MAX) });
    }
    let bought = i128::from(solution.bought);
    // (1+b)·T ≤ B + R₀, in millionths.
    let buffered =
        used.saturating_mul(i128::from(tokens.buffer_millionths).saturating_add(1_000_000));
    let have = bought.saturating_add(i128::from(tokens.carried)).saturating_mul(1_000_000);
    let band = &solution.band;
    let cost = i128::from(band.price).saturating_mul(bought).saturating_add(i128::from(band.fixed));
    let is_known = known_bands(problem).iter().any(|known| same_band(known, band));
    let is_within =
        band.least <= solution.bought && solution.bought <= band.most && solution.bought >= 0;
    let is_affordable = tokens.budget.is_none_or(|budget| cost <= i128::from(budget));
    if !(is_known && is_within && is_affordable && buffered <= have) {
        return Err(Fault::Purchase { bought: solution.bought });
    }
    same("tokens", solution.cost.tokens, cost)
}

/// The same price over the same quantities; where a budget ends it is told by the purchase.
pub(super) fn same_band(one: &Band, other: &Band) -> bool {
    (one.least, one.price, one.fixed, one.most)
        == (other.least, other.price, other.fixed, other.most)
}

/// All there is to buy, from the problem alone.
pub(super) fn known_bands(problem: &Problem) -> Vec<Band> {
    use crate::portfolio::bands::Origin;
    let tokens = &problem.tokens;
    // Nobody buys more than all could use.
    let used =
        sum(problem.people.iter().flat_map(|who| &who.uses).map(|used| i128::from(used.tokens)));
    let buffered =
        used.saturating_mul(i128::from(tokens.buffer_millionths).saturating_add(1_000_000));
    let all = buffered
        .saturating_add(999_999)
        .div_euclid(1_000_000)
        .saturating_sub(i128::from(tokens.carried));
    let all = i64::try_from(all.max(0)).unwrap_or(i64::MAX);
    let mut known = Vec::new();
    let mut add = |least: i64, end: Option<i64>, fixed: i64, price: i64| {
        let ends = [end, tokens.most, Some(1_i64 << 50)];
        let most = ends.into_iter().flatten().min().unwrap_or(0);
        let affordable = tokens.budget.map_or(i64::MAX, |budget| {
            let left = budget.saturating_sub(fixed);
            if left < 0 { -1 } else { left.checked_div(price).unwrap_or(i64::MAX) }
        });
        let most = most.min(affordable).min(all.max(least));
        if least <= most {
            known.push(Band { least, most, fixed, price, origin: Origin::Nothing });
        }
    };
    for tier in &tokens.tiers {
        add(tier.from, tier.to, 0, tier.price);
        for promise in &tokens.commitments {
            let off =
                i128::from(tier.price).saturating_mul(i128::from(promise.discount_millionths));
            let exact = i128::from(tier.price).saturating_mul(1_000_000).saturating_sub(off);
            add(tier.from.max(promise.least), tier.to, 0, half_even(exact));
        }
    }
    for flat in &tokens.flat {
        add(0, Some(flat.up_to), flat.fee, 0);
    }
    add(0, Some(0), 0, 0);
    known
}

/// Millionths to whole numbers.
fn half_even(millionths: i128) -> i64 {
    let (whole, rest) = (millionths.div_euclid(1_000_000), millionths.rem_euclid(1_000_000));
    let up = rest > 500_000 || (rest == 500_000 && whole.rem_euclid(2) != 0);
    i64::try_from(whole.saturating_add(i128::from(up))).unwrap_or(i64::MAX)
}
