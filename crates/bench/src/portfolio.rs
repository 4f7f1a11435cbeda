//! Instances of the portfolio as a file that both the product and its peer read, and answers as the check reads them.

use anyhow::{Context, Result};
use faregate_plan::portfolio::{
    Commitment, Minimum, Offering, Person, Problem, Product, SeatTier, Solution, TokenTier, Tokens,
    Use,
};
use serde::Deserialize;
use serde_json::{Value, json};
use std::path::Path;

/// The first line of an instance.
#[derive(Deserialize)]
struct Head {
    on_flex: Vec<bool>,
    offerings: Vec<Listed>,
    tiers: Vec<(i64, i64)>,
    commitments: Vec<(i64, u32)>,
    minima: Vec<(u32, u32)>,
}

#[derive(Deserialize)]
struct Listed {
    price: i64,
    covers: u64,
    #[serde(default)]
    tiers: Vec<(u32, i64)>,
}

/// An instance that `peers/portfolio.py` wrote.
pub(crate) fn read(path: &Path) -> Result<Problem> {
    let text = std::fs::read_to_string(path)?;
    let mut lines = text.lines();
    let head: Head = serde_json::from_str(lines.next().context("an empty instance")?)?;
    let offerings = head.offerings.into_iter().map(|listed| {
        let tiers = listed.tiers.into_iter().map(|(from, price)| SeatTier { from, price });
        Offering { tiers: tiers.collect(), ..Offering::simple(listed.price, listed.covers) }
    });
    let offerings: Vec<Offering> = offerings.collect();
    let people: Result<Vec<Person>> = lines.map(|line| person(line, &offerings)).collect();
    let commitments = head.commitments.into_iter();
    let tiers = head.tiers.into_iter().map(|(from, price)| TokenTier { from, to: None, price });
    let minima = head.minima.into_iter();
    Ok(Problem {
        products: head.on_flex.into_iter().map(|on_flex| Product { on_flex }).collect(),
        offerings,
        people: people?,
        minima: minima
            .map(|(department, people)| Minimum { department, offerings: u64::MAX, people })
            .collect(),
        tokens: Tokens {
            tiers: tiers.collect(),
            commitments: commitments
                .map(|(least, discount_millionths)| Commitment { least, discount_millionths })
                .collect(),
            ..Tokens::default()
        },
        budget: None,
    })
}

/// Department, then product and tokens in turn; they may hold whatever covers something of theirs.
fn person(line: &str, offerings: &[Offering]) -> Result<Person> {
    let mut numbers = line.split(' ').map(str::parse::<i64>);
    let department = numbers.next().context("an empty line")?? as u32;
    let mut uses = Vec::new();
    while let (Some(product), Some(tokens)) = (numbers.next(), numbers.next()) {
        uses.push(Use { product: product? as u8, tokens: tokens? });
    }
    let used = uses.iter().fold(0_u64, |mask, used| mask | 1 << used.product);
    let may = offerings.iter().enumerate().filter(|(_, offering)| offering.covers & used != 0);
    let may_hold = may.fold(0_u64, |mask, (place, _)| mask | 1 << place);
    Ok(Person { department, may_hold, ..Person::new(uses) })
}

/// What the separate check needs.
pub(crate) fn answer(solution: &Solution) -> Value {
    let sets: Vec<u64> = solution.choices.iter().map(|choice| choice.offerings).collect();
    let bound = |bound: &faregate_plan::portfolio::BandBound| {
        let bands = bound.bands.iter().map(|band| json!([band.least, band.price, band.most]));
        json!({
            "bands": bands.collect::<Vec<_>>(), "held": bound.held, "dual": bound.dual, "proved": bound.proved,
            "tokens": bound.multipliers.tokens, "seats": bound.multipliers.seats, "minima": bound.multipliers.minima,
        })
    };
    let bounds: Vec<Value> = solution.certificate.bounds.iter().map(bound).collect();
    json!({
        "sets": sets, "cost": solution.cost.total(), "lower_bound": solution.certificate.lower_bound,
        "bounds": bounds,
    })
}
