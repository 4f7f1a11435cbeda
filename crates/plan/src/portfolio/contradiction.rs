//! What contradicts itself, told before anything is solved where it can be seen there.

use super::bands::{self, QUANTITY_MAX};
use super::problem::{Minimum, Offering, Person, Problem, TokenTier};
use core::fmt;

/// No price and no use of one product is larger than this.
const AMOUNT_MAX: i64 = 1 << 40;
/// Masks have so many bits.
const LIST_MAX: usize = 64;
const PEOPLE_MAX: usize = 1 << 24;

/// Constraints that cannot hold together, with their numbers. People, products, offerings and departments are
/// told by their places.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "a variant says what happened, its fields with what numbers")]
pub enum Contradiction {
    /// A list is longer than can be handled.
    TooMany { what: &'static str, found: usize, most: usize },
    /// An amount is negative or absurdly large.
    OutOfRange { what: &'static str, found: i64 },
    /// A use names a product that is not in the list.
    UnknownProduct { person: usize, product: u8 },
    /// A product is not on Flex, and no offering that covers it may be held.
    NotOnFlex { person: usize, product: u8 },
    /// A person may not use tokens, and may hold no offering that covers a product.
    NoTokens { person: usize, product: u8 },
    /// What the no-move list keeps does not cover what must be covered.
    KeepsUncovered { person: usize, product: u8 },
    /// The no-move list keeps an offering that the person may not hold.
    KeepsForbidden { person: usize, offering: usize },
    /// A person's products can be covered in more ways than can be handled.
    TooManyWays { person: usize, most: usize },
    /// A department has fewer people who may hold what it must have.
    DepartmentTooSmall { department: u32, must: u32, has: u32 },
    /// More seats must be held of an offering than may be.
    SeatBounds { offering: usize, least: u32, most: u32 },
    /// More people cannot do without an offering than seats of it may be held.
    SeatsShort { offering: usize, needed: u32, most: u32 },
    /// Two quantity discounts of an offering do not ascend.
    SeatTiersOverlap { offering: usize, first: usize, second: usize },
    /// Two tiers give two prices for the same quantity of tokens.
    BandsOverlap { first: usize, second: usize, quantity: i64 },
    /// Even with as many seats as allowed, more tokens are needed than can be bought.
    TokensShort { needed: i64, most: i64 },
    /// Even with as many seats as allowed, more tokens are needed than their budget buys.
    TokenBudgetTooSmall { budget: i64, needed: i64, affordable: i64 },
    /// No mix costs so little.
    BudgetTooSmall { budget: i64, least_cost: i64 },
    /// Each constraint can be met, but not all of them; without any one of these they could.
    Together { without_any: Vec<Side> },
    /// Nothing was found within the effort, and nothing was disproved.
    Undecided { looks: u64 },
}

/// A constraint that couples people.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Side {
    /// The most seats of an offering.
    SeatsMost(usize),
    /// A minimum, by its place.
    Minimum(usize),
    /// The most tokens, or their budget.
    Tokens,
}

impl fmt::Display for Contradiction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooMany { what, found, most } => write!(f, "{found} {what}, at most {most}"),
            Self::OutOfRange { what, found } => write!(f, "{what} of `{found}` is out of range"),
            Self::UnknownProduct { person, product } => {
                write!(f, "person {person} uses product `{product}`, which is not in the list")
            }
            Self::NotOnFlex { person, product } => write!(
                f,
                "person {person} needs product {product}, which is not on Flex, and may hold no offering that covers it"
            ),
            Self::NoTokens { person, product } => write!(
                f,
                "person {person} needs product {product}, may not use tokens, and may hold no offering that covers it"
            ),
            Self::KeepsUncovered { person, product } => write!(
                f,
                "person {person} keeps offerings that do not cover product {product}, which must be covered"
            ),
            Self::KeepsForbidden { person, offering } => {
                write!(f, "person {person} keeps offering {offering} and may not hold it")
            }
            Self::TooManyWays { person, most } => {
                write!(f, "person {person} can be served in more than {most} ways")
            }
            Self::DepartmentTooSmall { department, must, has } => write!(
                f,
                "department {department} must have {must} people with a seat and has {has} who may hold one"
            ),
            _ => self.fmt_shared(f),
        }
    }
}

impl Contradiction {
    /// Of what concerns everybody.
    fn fmt_shared(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::SeatBounds { offering, least, most } => {
                write!(f, "of offering {offering} at least {least} and at most {most} seats")
            }
            Self::SeatsShort { offering, needed, most } => write!(
                f,
                "{needed} people cannot do without offering {offering}, of which at most {most} seats may be held"
            ),
            Self::SeatTiersOverlap { offering, first, second } => write!(
                f,
                "discounts {first} and {second} of offering {offering} begin at the same number or descend"
            ),
            Self::BandsOverlap { first, second, quantity } => {
                write!(
                    f,
                    "bands overlap: {quantity} tokens have a price in tiers {first} and {second}"
                )
            }
            Self::TokensShort { needed, most } => {
                write!(f, "{needed} tokens are needed and {most} can be bought")
            }
            Self::TokenBudgetTooSmall { budget, needed, affordable } => write!(
                f,
                "{needed} tokens are needed and a budget of {budget} micro-units buys {affordable}"
            ),
            Self::BudgetTooSmall { budget, least_cost } => write!(
                f,
                "the budget of {budget} micro-units is less than the least cost, {least_cost}"
            ),
            Self::Together { without_any } => {
                write!(f, "these cannot all be met: {without_any:?}")
            }
            Self::Undecided { looks } => write!(f, "undecided after {looks} looks"),
            _ => Ok(()),
        }
    }
}

impl core::error::Error for Contradiction {}

type Found = Result<(), Contradiction>;

/// The first contradiction that can be seen without solving.
pub(super) fn find(problem: &Problem) -> Found {
    lengths(problem)?;
    problem
        .offerings
        .iter()
        .enumerate()
        .try_for_each(|(place, offering)| seats(place, offering))?;
    tokens(problem)?;
    let covered_by = covering(problem);
    problem.people.iter().enumerate().try_for_each(|(place, person)| {
        amounts(person)?;
        person
            .uses
            .iter()
            .try_for_each(|used| one_use(problem, &covered_by, place, person, used.product))?;
        kept(problem, place, person)
    })?;
    minima(problem)
}

fn lengths(problem: &Problem) -> Found {
    let lists = [
        ("products", problem.products.len(), LIST_MAX),
        ("offerings", problem.offerings.len(), LIST_MAX),
        ("people", problem.people.len(), PEOPLE_MAX),
        ("minima", problem.minima.len(), 1 << 12),
    ];
    let long = lists.into_iter().find(|(_, found, most)| found > most);
    long.map_or(Ok(()), |(what, found, most)| Err(Contradiction::TooMany { what, found, most }))
}

fn in_range(what: &'static str, found: i64, most: i64) -> Found {
    if (0..=most).contains(&found) {
        Ok(())
    } else {
        Err(Contradiction::OutOfRange { what, found })
    }
}

fn seats(place: usize, offering: &Offering) -> Found {
    in_range("a price of a seat", offering.price, AMOUNT_MAX)?;
    offering
        .tiers
        .iter()
        .try_for_each(|tier| in_range("a price of a seat", tier.price, AMOUNT_MAX))?;
    if let Some(most) = offering.most {
        let least = offering.least.max(offering.owned);
        if least > most {
            return Err(Contradiction::SeatBounds { offering: place, least, most });
        }
    }
    let pairs = offering.tiers.iter().zip(offering.tiers.iter().skip(1)).enumerate();
    let descends = pairs.into_iter().find(|(_, (one, next))| next.from <= one.from);
    descends.map_or(Ok(()), |(first, _)| {
        let second = first.saturating_add(1);
        Err(Contradiction::SeatTiersOverlap { offering: place, first, second })
    })
}

fn tokens(problem: &Problem) -> Found {
    let tokens = &problem.tokens;
    in_range("tokens carried", tokens.carried, QUANTITY_MAX)?;
    in_range("the most tokens", tokens.most.unwrap_or(0), QUANTITY_MAX)?;
    in_range("a budget for tokens", tokens.budget.unwrap_or(0), i64::MAX)?;
    in_range("a buffer", i64::from(tokens.buffer_millionths), 10_000_000)?;
    for tier in &tokens.tiers {
        in_range("a price of a token", tier.price, AMOUNT_MAX)?;
        in_range("a quantity of tokens", tier.from, QUANTITY_MAX)?;
        in_range("a quantity of tokens", tier.to.unwrap_or(0), QUANTITY_MAX)?;
    }
    for commitment in &tokens.commitments {
        in_range("a commitment", commitment.least, QUANTITY_MAX)?;
        in_range("a discount", i64::from(commitment.discount_millionths), 1_000_000)?;
    }
    for flat in &tokens.flat {
        in_range("a flat fee", flat.fee, 1 << 60)?;
        in_range("a quantity of tokens", flat.up_to, QUANTITY_MAX)?;
    }
    tokens.tiers.iter().enumerate().try_for_each(|(second, tier)| {
        let before = tokens.tiers.iter().take(second).enumerate();
        let shared =
            before.filter_map(|(first, other)| Some((first, overlap(other, tier)?))).next();
        shared.map_or(Ok(()), |(first, quantity)| {
            Err(Contradiction::BandsOverlap { first, second, quantity })
        })
    })
}

/// A quantity that has a price in both: tiers without an end give way to those that begin further up.
fn overlap(one: &TokenTier, other: &TokenTier) -> Option<i64> {
    let (low, high) = if one.from <= other.from { (one, other) } else { (other, one) };
    let shared = low.from == high.from || low.to.is_some_and(|to| to >= high.from);
    shared.then_some(high.from)
}

/// By product: the offerings that cover it.
fn covering(problem: &Problem) -> Vec<u64> {
    let by = |product: usize| {
        let covers = |offering: &Offering| bit_of(offering.covers, product);
        problem
            .offerings
            .iter()
            .enumerate()
            .filter(|(_, o)| covers(o))
            .fold(0, |mask, (place, _)| mask | bit(place))
    };
    (0..problem.products.len()).map(by).collect()
}

fn amounts(person: &Person) -> Found {
    in_range("a cost of switching", person.switching, AMOUNT_MAX)?;
    person.uses.iter().try_for_each(|used| in_range("a use in tokens", used.tokens, AMOUNT_MAX))
}

fn one_use(
    problem: &Problem,
    covered_by: &[u64],
    person: usize,
    who: &Person,
    product: u8,
) -> Found {
    let place = usize::from(product);
    let (Some(what), Some(by)) = (problem.products.get(place), covered_by.get(place)) else {
        return Err(Contradiction::UnknownProduct { person, product });
    };
    let must = !what.on_flex || !who.may_use_tokens;
    match who.keeps {
        Some(kept) if must && kept & by == 0 => {
            Err(Contradiction::KeepsUncovered { person, product })
        }
        None if must && who.may_hold & by == 0 => Err(if what.on_flex {
            Contradiction::NoTokens { person, product }
        } else {
            Contradiction::NotOnFlex { person, product }
        }),
        _ => Ok(()),
    }
}

fn kept(problem: &Problem, person: usize, who: &Person) -> Found {
    let Some(kept) = who.keeps else { return Ok(()) };
    let all = u64::MAX
        .checked_shr(64_u32.saturating_sub(u32::try_from(problem.offerings.len()).unwrap_or(64)));
    let bad = kept & !(who.may_hold & all.unwrap_or(0));
    if bad == 0 {
        return Ok(());
    }
    let offering = usize::try_from(bad.trailing_zeros()).unwrap_or(0);
    Err(Contradiction::KeepsForbidden { person, offering })
}

fn minima(problem: &Problem) -> Found {
    problem.minima.iter().try_for_each(|minimum| {
        let there = 64_usize.min(problem.offerings.len());
        let real = (0..there).fold(0, |mask, place| mask | bit(place));
        let may = |person: &&Person| {
            let set = person.keeps.unwrap_or(person.may_hold);
            person.department == minimum.department && set & minimum.offerings & real != 0
        };
        let has = u32::try_from(problem.people.iter().filter(may).count()).unwrap_or(u32::MAX);
        let Minimum { department, people: must, .. } = *minimum;
        if has >= must {
            Ok(())
        } else {
            Err(Contradiction::DepartmentTooSmall { department, must, has })
        }
    })
}

/// The mask of one place; places beyond 63 are told as too many before.
pub(super) fn bit(place: usize) -> u64 {
    u32::try_from(place).ok().and_then(|place| 1_u64.checked_shl(place)).unwrap_or(0)
}

pub(super) fn bit_of(mask: u64, place: usize) -> bool {
    mask & bit(place) != 0
}

/// Why this many tokens cannot be had.
pub(super) fn tokens_short(problem: &Problem, used: i64) -> Contradiction {
    let needed = bands::need(&problem.tokens, used);
    let most = bands::of(problem).iter().map(|band| band.most).max().unwrap_or(0);
    match problem.tokens.budget {
        Some(budget) => Contradiction::TokenBudgetTooSmall { budget, needed, affordable: most },
        None => Contradiction::TokensShort { needed, most },
    }
}
