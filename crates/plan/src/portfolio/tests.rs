//! Tiny problems against brute force, every contradiction, planted faults, and the examples of the formulas.

mod brute;
mod faults;
mod refusals;

use super::*;
use proptest::prelude::*;

/// $3 and 10, 9 and 7 tokens a day: Revit, Civil 3D and Navisworks, and the Collection that covers them (F5).
fn collection(days: [i64; 3]) -> Problem {
    let rates = [10, 9, 7];
    let uses = (0..3)
        .zip(days.iter().zip(rates))
        .map(|(product, (days, rate))| Use { product, tokens: days * rate });
    Problem {
        products: vec![Product { on_flex: true }; 3],
        offerings: vec![
            Offering::simple(2_910_000_000, 0b001),
            Offering::simple(2_870_000_000, 0b010),
            Offering::simple(1_110_000_000, 0b100),
            Offering::simple(3_375_000_000, 0b111),
        ],
        people: vec![Person::new(uses.collect())],
        tokens: Tokens::at(3_000_000),
        ..Problem::default()
    }
}

#[test]
fn the_example_of_f5_falls_out() {
    let tokens = solve(&collection([40, 50, 20])).unwrap();
    assert_eq!(tokens.cost.total(), 2_970_000_000);
    assert_eq!(tokens.choices, [Choice { offerings: 0, on_tokens: 0b111, tokens: 990 }]);
    let seat = solve(&collection([50, 60, 20])).unwrap();
    assert_eq!(seat.cost.total(), 3_375_000_000);
    assert_eq!(seat.choices, [Choice { offerings: 0b1000, on_tokens: 0, tokens: 0 }]);
    for solution in [&tokens, &seat] {
        assert_eq!(solution.certificate.lower_bound, solution.cost.total());
    }
}

#[test]
fn a_tier_is_reached_by_buying_more_than_is_needed() {
    let mut problem = collection([40, 50, 20]);
    problem.tokens.tiers.push(TokenTier { from: 1_000, to: None, price: 2_000_000 });
    let solution = solve(&problem).unwrap();
    assert_eq!(
        (solution.bought, solution.used, solution.cost.total()),
        (1_000, 990, 2_000_000_000)
    );
    problem.offerings[0].tiers = vec![SeatTier { from: 2, price: 100_000_000 }];
    let solution = solve(&problem).unwrap();
    assert_eq!((solution.held[0], solution.choices[0].offerings), (2, 0b1));
    assert_eq!(certificate::check(&problem, &solution), Ok(()));
}

#[test]
fn commitments_and_tiers_combine() {
    let tokens = Tokens {
        tiers: vec![
            TokenTier { from: 0, to: None, price: 3_000_000 },
            TokenTier { from: 100, to: None, price: 2_550_000 },
        ],
        commitments: vec![Commitment { least: 50, discount_millionths: 80_000 }],
        ..Tokens::default()
    };
    let problem = Problem { tokens, ..collection([1, 1, 1]) };
    let bands: Vec<(i64, i64)> =
        bands::of(&problem).iter().map(|band| (band.least, band.price)).collect();
    assert_eq!(
        bands,
        [(0, 0), (0, 3_000_000), (50, 2_760_000), (100, 2_346_000), (100, 2_550_000)]
    );
}

#[test]
fn carried_tokens_and_buffers_are_reckoned() {
    let mut problem = collection([40, 50, 20]);
    problem.tokens.buffer_millionths = 150_000;
    problem.tokens.carried = 500;
    let solution = solve(&problem).unwrap();
    // 990 × 1.15 = 1,138.5, less 500.
    assert_eq!((solution.bought, solution.cost.total()), (639, 1_917_000_000));
}

#[test]
fn the_frontier_buys_service() {
    let problem = collection([40, 50, 20]);
    let points = frontier(&problem, &[0, 100_000, 200_000], 0.1, Effort::default()).unwrap();
    let costs: Vec<i64> = points.iter().map(|point| point.cost).collect();
    assert_eq!(costs, [2_970_000_000, 3_267_000_000, 3_375_000_000]);
    let service: Vec<String> = points.iter().map(|point| format!("{:.2}", point.service)).collect();
    assert_eq!(service, ["0.50", "0.84", "1.00"]);
}

#[test]
fn constraints_have_their_values() {
    let mut problem = collection([50, 60, 20]);
    problem.people = vec![problem.people[0].clone(); 3];
    problem.people[2].keeps = Some(0b0001);
    problem.people[1].department = 1;
    problem.offerings[3].owned = 1;
    problem.minima = vec![Minimum { department: 1, offerings: 0b0001, people: 1 }];
    let solution = solve(&problem).unwrap();
    let values = marginal_values(&problem, &solution, Effort::default());
    assert_eq!(certificate::check(&problem, &solution), Ok(()));
    let cost = |change: &dyn Fn(&mut Problem)| {
        let mut other = problem.clone();
        change(&mut other);
        solution.cost.total() - solve(&other).unwrap().cost.total()
    };
    let minimum = cost(&|p| p.minima[0].people = 0);
    assert!(minimum > 0 && values.contains(&Marginal::Minimum { minimum: 0, saves: minimum }));
    let owned = cost(&|p| p.offerings[3].owned = 2);
    assert!(values.contains(&Marginal::OwnedSeat { offering: 3, saves: owned }));
    let kept = values
        .iter()
        .any(|value| matches!(value, Marginal::Keeps { person: 2, saves } if *saves > 0));
    assert!(kept, "{values:?}");
}

#[test]
fn equal_problems_have_equal_answers() {
    let mut problem = collection([50, 60, 20]);
    problem.people = (0..40)
        .map(|n| {
            Person::new(vec![
                Use { product: (n % 3) as u8, tokens: 37 * n },
                Use { product: 2, tokens: 500 - n },
            ])
        })
        .collect();
    problem.tokens.tiers.push(TokenTier { from: 9_000, to: None, price: 2_000_000 });
    assert_eq!(solve(&problem), solve(&problem));
    problem.offerings[3].tiers = vec![SeatTier { from: 5, price: 3_000_000_000 }];
    assert_eq!(solve(&problem), solve(&problem));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    #[test]
    fn tiny_problems_equal_brute_force(problem in brute::tiny(false)) {
        brute::compare(&problem)?;
    }

    #[test]
    fn tiny_coupled_problems_equal_brute_force(problem in brute::tiny(true)) {
        brute::compare(&problem)?;
    }
}
