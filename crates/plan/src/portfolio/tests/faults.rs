//! A certificate that was tampered with is caught.

use super::super::certificate::{Fault, check};
use super::super::*;
use super::collection;

fn solved() -> (Problem, Solution) {
    let mut problem = collection([50, 60, 20]);
    problem.people = vec![problem.people[0].clone(); 6];
    problem.people[1].uses.truncate(1);
    problem.people[2].present = 0b1000;
    problem.people[2].switching = 5_000_000;
    problem.people[3].keeps = Some(0b0001);
    problem.offerings[3].tiers = vec![SeatTier { from: 3, price: 3_000_000_000 }];
    problem.minima = vec![Minimum { department: 0, offerings: 0b1000, people: 2 }];
    problem.tokens.tiers.push(TokenTier { from: 900, to: None, price: 2_900_000 });
    let solution = solve(&problem).unwrap();
    assert_eq!(check(&problem, &solution), Ok(()));
    (problem, solution)
}

#[test]
fn planted_faults_are_caught() {
    type Plant = fn(&mut Solution);
    type Caught = fn(&Fault) -> bool;
    let cases: [(&str, Plant, Caught); 15] = [
        ("a choice is missing", |s| s.choices.truncate(5), |f| matches!(f, Fault::Length { .. })),
        ("a count is missing", |s| s.held.truncate(3), |f| matches!(f, Fault::Length { .. })),
        (
            "an offering that is none",
            |s| s.choices[0].offerings = 1 << 9,
            |f| matches!(f, Fault::Forbidden { person: 0 }),
        ),
        (
            "kept was moved",
            |s| s.choices[3].offerings = 0b1000,
            |f| matches!(f, Fault::Forbidden { person: 3 }),
        ),
        (
            "tokens of a person",
            |s| s.choices[1].tokens += 1,
            |f| matches!(f, Fault::Tokens { person: 1 }),
        ),
        ("too few seats", |s| s.held[3] -= 1, |f| matches!(f, Fault::Seats { offering: 3 })),
        ("the sum of tokens", |s| s.used += 1, |f| matches!(f, Fault::Used { .. })),
        ("too few bought", |s| s.bought -= 1, |f| matches!(f, Fault::Purchase { .. })),
        ("a band that is none", |s| s.band.price -= 1, |f| matches!(f, Fault::Purchase { .. })),
        (
            "cost of seats",
            |s| s.cost.seats -= 1,
            |f| matches!(f, Fault::Cost { what: "seats", .. }),
        ),
        (
            "cost of switching",
            |s| s.cost.switching += 1,
            |f| matches!(f, Fault::Cost { what: "switching", .. }),
        ),
        (
            "the whole",
            |s| s.certificate.cost -= 1,
            |f| matches!(f, Fault::Cost { what: "the whole", .. }),
        ),
        (
            "a bound too high",
            |s| {
                s.certificate.bounds[0].dual += 1_000_000;
                s.certificate.bounds[0].proved += 1_000_000;
            },
            |f| matches!(f, Fault::Bound { bound: 0, .. } | Fault::LowerBound),
        ),
        (
            "a negative price",
            |s| s.certificate.bounds[0].multipliers.tokens = -1,
            |f| matches!(f, Fault::Multipliers { bound: 0 }),
        ),
        (
            "a box is missing",
            |s| s.certificate.bounds.truncate(0),
            |f| matches!(f, Fault::NotCovered),
        ),
    ];
    let (problem, solution) = solved();
    for (name, plant, is_it) in cases {
        let mut wrong = solution.clone();
        plant(&mut wrong);
        let fault = check(&problem, &wrong).expect_err(name);
        assert!(is_it(&fault), "{name}: {fault:?}");
    }
    let mut high = solution.clone();
    high.certificate.lower_bound += 1;
    assert_eq!(check(&problem, &high), Err(Fault::LowerBound));
}

#[test]
fn a_minimum_and_a_cover_that_are_missed_are_caught() {
    let (problem, mut solution) = solved();
    let mut asked = problem.clone();
    asked.minima[0].people = 6;
    assert!(matches!(check(&asked, &solution), Err(Fault::Minimum { minimum: 0, .. })));
    let mut asked = problem.clone();
    asked.products[0].on_flex = false;
    solution.choices.iter_mut().take(1).for_each(|choice| choice.offerings = 0);
    assert!(matches!(check(&asked, &solution), Err(Fault::Uncovered { person: 0, product: 0 })));
}

#[test]
fn a_band_said_to_be_out_of_reach_is_looked_at() {
    let problem = collection([40, 50, 20]);
    let mut solution = solve(&problem).unwrap();
    let bound = solution.certificate.bounds.pop().unwrap();
    solution.certificate.out_of_reach.push(bound.bands[0]);
    assert!(matches!(check(&problem, &solution), Err(Fault::InReach { .. })));
}
