//! Every contradiction, with its numbers.

use super::super::*;
use super::collection;

fn check(name: &str, change: impl FnOnce(&mut Problem), expected: &Contradiction) {
    let mut problem = collection([50, 60, 20]);
    problem.people = vec![problem.people[0].clone(); 3];
    change(&mut problem);
    let found = solve(&problem).map(|solution| solution.cost).expect_err(name);
    assert_eq!(&found, expected, "{name}");
    assert!(!found.to_string().is_empty());
}

#[test]
fn of_people() {
    use Contradiction as C;
    check(
        "unknown",
        |p| p.people[1].uses[0].product = 9,
        &C::UnknownProduct { person: 1, product: 9 },
    );
    let contractor = |p: &mut Problem| {
        p.products[1].on_flex = false;
        p.people[2].may_hold = 0b0001;
    };
    check("not on flex", contractor, &C::NotOnFlex { person: 2, product: 1 });
    let nothing =
        |p: &mut Problem| (p.people[0].may_use_tokens, p.people[0].may_hold) = (false, 0b0110);
    check("no tokens", nothing, &C::NoTokens { person: 0, product: 0 });
    let kept = |p: &mut Problem| {
        p.products[2].on_flex = false;
        p.people[1].keeps = Some(0b0001);
    };
    check("keeps", kept, &C::KeepsUncovered { person: 1, product: 2 });
    let forbidden =
        |p: &mut Problem| (p.people[1].keeps, p.people[1].may_hold) = (Some(0b0100), 0b0011);
    check("forbidden", forbidden, &C::KeepsForbidden { person: 1, offering: 2 });
    let minimum = Minimum { department: 3, offerings: u64::MAX, people: 12 };
    let small = |p: &mut Problem| {
        p.people[1].department = 3;
        p.minima = vec![minimum];
    };
    check("department", small, &C::DepartmentTooSmall { department: 3, must: 12, has: 1 });
    let many = |p: &mut Problem| {
        p.products = vec![Product { on_flex: true }; 30];
        p.offerings = (0..30)
            .map(|product| Offering { most: Some(9), ..Offering::simple(1, 1 << product) })
            .collect();
        p.people[1].uses = (0..30).map(|product| Use { product, tokens: 1 }).collect();
    };
    check("ways", many, &C::TooManyWays { person: 1, most: 16_384 });
}

#[test]
fn of_what_is_bought() {
    use Contradiction as C;
    check(
        "many",
        |p| p.products = vec![Product { on_flex: true }; 65],
        &C::TooMany { what: "products", found: 65, most: 64 },
    );
    check(
        "negative",
        |p| p.offerings[1].price = -1,
        &C::OutOfRange { what: "a price of a seat", found: -1 },
    );
    let bounds = |p: &mut Problem| (p.offerings[0].owned, p.offerings[0].most) = (4, Some(3));
    check("bounds", bounds, &C::SeatBounds { offering: 0, least: 4, most: 3 });
    let short = |p: &mut Problem| {
        p.products[0].on_flex = false;
        p.offerings[0].most = Some(2);
        p.people.iter_mut().for_each(|person| person.may_hold = 0b0111);
    };
    check("short", short, &C::SeatsShort { offering: 0, needed: 3, most: 2 });
    let tiers = |p: &mut Problem| {
        p.offerings[2].tiers = vec![SeatTier { from: 9, price: 1 }, SeatTier { from: 9, price: 2 }];
    };
    check("tiers", tiers, &C::SeatTiersOverlap { offering: 2, first: 0, second: 1 });
    let same = |p: &mut Problem| p.tokens.tiers.push(p.tokens.tiers[0]);
    check("same start", same, &C::BandsOverlap { first: 0, second: 1, quantity: 0 });
    let overlap = |p: &mut Problem| {
        p.tokens.tiers[0].to = Some(500);
        p.tokens.tiers.push(TokenTier { from: 400, to: None, price: 1 });
    };
    check("overlap", overlap, &C::BandsOverlap { first: 0, second: 1, quantity: 400 });
    let most = |p: &mut Problem| {
        p.tokens.most = Some(100);
        p.people.iter_mut().for_each(|person| person.may_hold = 0b0011);
    };
    check("tokens", most, &C::TokensShort { needed: 420, most: 100 });
    let budget = |p: &mut Problem| {
        p.tokens.budget = Some(300_000_000);
        p.people.iter_mut().for_each(|person| person.may_hold = 0b0011);
    };
    check(
        "token budget",
        budget,
        &C::TokenBudgetTooSmall { budget: 300_000_000, needed: 420, affordable: 100 },
    );
    let whole = C::BudgetTooSmall { budget: 10_000_000_000, least_cost: 10_125_000_000 };
    check("budget", |p| p.budget = Some(10_000_000_000), &whole);
}

#[test]
fn of_constraints_together() {
    let both = |p: &mut Problem| {
        // All three need product 0; two seats of its own, two Collections, but the Collection is for others.
        p.products[0].on_flex = false;
        p.offerings[0].most = Some(1);
        p.offerings[3].most = Some(1);
    };
    let without_any = vec![Side::SeatsMost(0), Side::SeatsMost(3)];
    check("together", both, &Contradiction::Together { without_any });
}
