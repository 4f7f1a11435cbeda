//! The mix of seats and tokens that costs least for everybody together, with its proof (F11).

use super::habits::Habits;
use super::market::{Market, micros};
use super::offered::{Misread, Offered};
use super::{Study, Unready};
use faregate_core::estate::{OfferingId, PersonId, ProductId};
use faregate_core::state::State;
use faregate_plan::portfolio::{
    Commitment, Contradiction, Effort, Marginal, Minimum, Offering, Person, Point, Problem,
    Product, SeatTier, Solution, TokenTier, Tokens, Use, certificate, frontier, marginal_values,
    solve_within,
};
use std::collections::BTreeMap;

/// A mask has so many places.
const PLACES: usize = 64;
/// The buffers along the curve of cost and risk, in millionths.
const BUFFERS: [u32; 6] = [0, 50_000, 100_000, 150_000, 200_000, 250_000];

/// What a mix is worth waiting for: some seconds, and a hundredth of a per cent.
pub const EFFORT: Effort = Effort { looks: 300_000_000, gap_millionths: 100 };

/// The names behind a problem's places.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Places {
    /// Products.
    pub products: Vec<ProductId>,
    /// Offerings.
    pub offerings: Vec<OfferingId>,
    /// People.
    pub people: Vec<PersonId>,
}

/// The cheapest mix, beside what there is now, with what lies around it.
#[derive(Clone, Debug)]
pub struct Mixed {
    /// Who and what the places are.
    pub places: Places,
    /// What was asked.
    pub problem: Problem,
    /// The answer, with its certificate.
    pub solution: Solution,
    /// Whether the certificate holds, checked by code that shares nothing with the search; what it found if not.
    pub fault: Option<String>,
    /// By offering: seats held now.
    pub held_now: Vec<u32>,
    /// Alternatives along the curve of cost and risk.
    pub points: Vec<Point>,
    /// What each constraint costs.
    pub marginals: Vec<Marginal>,
    /// What it leaves out, in sentences.
    pub gaps: Vec<String>,
}

/// Why there is no mix.
#[derive(Debug, thiserror::Error)]
pub enum Unmixed {
    /// Nothing can be said yet.
    #[error(transparent)]
    Unready(#[from] Unready),
    /// What is offered cannot be.
    #[error(transparent)]
    Misread(#[from] Misread),
    /// What must hold cannot hold together; in the estate's names.
    #[error("{0}")]
    Contradiction(String),
}

/// The cheapest mix for everybody who was looked at.
///
/// # Errors
/// [`Unmixed`].
pub fn mix(
    state: &State,
    study: &Study,
    offered: &Offered,
    spread: f64,
    effort: Effort,
) -> Result<Mixed, Unmixed> {
    let asked = Asked::new(state, study, offered)?;
    let Asked { places, problem, held_now, gaps } = asked;
    let said = |why: Contradiction| Unmixed::Contradiction(named(state, &places, &why));
    let solution = solve_within(&problem, effort).map_err(said)?;
    let fault = certificate::check(&problem, &solution).err().map(|fault| format!("{fault:?}"));
    let points = frontier(&problem, &BUFFERS, spread, effort).map_err(said)?;
    let marginals = marginal_values(&problem, &solution, effort);
    Ok(Mixed { places, problem, solution, fault, held_now, points, marginals, gaps })
}

/// A problem, and the names behind its places.
struct Asked {
    places: Places,
    problem: Problem,
    held_now: Vec<u32>,
    gaps: Vec<String>,
}

impl Asked {
    fn new(state: &State, study: &Study, offered: &Offered) -> Result<Self, Unmixed> {
        let Study { habits, market, bars, now, .. } = study;
        let mut gaps = market.gaps.clone();
        let people: Vec<PersonId> = habits.people().collect();
        let mut products: Vec<ProductId> = people
            .iter()
            .flat_map(|person| habits.products(*person).into_iter().chain(bars.unrated(*person)))
            .collect();
        products.sort_unstable();
        products.dedup();
        let is_covered =
            |id: &ProductId| market.offerings.iter().any(|one| one.covers.contains(id));
        products.retain(|id| {
            let stays = market.rated.contains_key(id) || is_covered(id);
            if !stays {
                let name = state.estate().product(*id).map_or("?", |known| known.name.as_str());
                gaps.push(format!(
                    "{name} has no price, neither on tokens nor as a seat: it is left out"
                ));
            }
            stays
        });
        if products.len() > PLACES {
            gaps.push(format!("only {PLACES} of {} products are looked at", products.len()));
            products.truncate(PLACES);
        }
        let offerings: Vec<OfferingId> =
            market.offerings.iter().take(PLACES).map(|offering| offering.id).collect();
        let places = Places { products, offerings, people };
        let mut problem = Problem {
            products: places
                .products
                .iter()
                .map(|product| Product { on_flex: market.rated.contains_key(product) })
                .collect(),
            tokens: tokens(offered, market),
            budget: offered.budget.map(micros),
            ..Problem::default()
        };
        let held_now = places.held(state, *now);
        problem.offerings = places.offered(state, market, offered, &held_now)?;
        for person in &places.people {
            problem.people.push(places.person(state, study, offered, *person)?);
        }
        problem.minima = minima(state, &places, offered)?;
        Ok(Self { places, problem, held_now, gaps })
    }
}

impl Places {
    fn product(&self, id: ProductId) -> Option<usize> {
        self.products.binary_search(&id).ok()
    }

    fn mask(&self, of: impl IntoIterator<Item = OfferingId>) -> u64 {
        let places =
            of.into_iter().filter_map(|id| self.offerings.iter().position(|one| *one == id));
        places.fold(0, |mask, place| mask | 1 << place)
    }

    fn held(&self, state: &State, now: faregate_core::when::Instant) -> Vec<u32> {
        let mut held = vec![0_u32; self.offerings.len()];
        for seat in state.estate().seats() {
            let place = self.offerings.iter().position(|one| *one == seat.offering);
            if seat.from <= now && now < seat.until {
                place
                    .and_then(|place| held.get_mut(place))
                    .into_iter()
                    .for_each(|count| *count += 1);
            }
        }
        held
    }

    fn offered(
        &self,
        state: &State,
        market: &Market,
        offered: &Offered,
        held: &[u32],
    ) -> Result<Vec<Offering>, Misread> {
        let mut tiers: BTreeMap<OfferingId, Vec<(u32, f64)>> = BTreeMap::new();
        for tier in &offered.seat_tier {
            let id = state.estate().offering_called(&tier.offering);
            let id = id.ok_or_else(|| Misread::Unknown("offering", tier.offering.clone()))?;
            tiers.entry(id).or_default().push((tier.from, tier.discount));
        }
        let of = |(id, held): (&OfferingId, &u32)| {
            let priced = market.offering(*id)?;
            let per_year = priced.per_year * (1.0 - offered.seat_discount);
            let covers = priced.covers.iter().filter_map(|product| self.product(*product));
            let mut discounts = tiers.get(id).cloned().unwrap_or_default();
            discounts.sort_by_key(|(from, _)| *from);
            let tiers = discounts.into_iter().map(|(from, discount)| SeatTier {
                from,
                price: micros(per_year * (1.0 - discount)),
            });
            Some(Offering {
                tiers: tiers.collect(),
                owned: if offered.within_term { *held } else { 0 },
                ..Offering::simple(micros(per_year), covers.fold(0, |mask, bit| mask | 1 << bit))
            })
        };
        Ok(self.offerings.iter().zip(held).filter_map(of).collect())
    }

    fn person(
        &self,
        state: &State,
        study: &Study,
        offered: &Offered,
        person: PersonId,
    ) -> Result<Person, Misread> {
        let Study { habits, market, bars, now, .. } = study;
        let mut uses = uses(habits, market, self, person);
        let unrated = bars.unrated(person).into_iter().filter_map(|id| self.product(id));
        uses.extend(
            unrated.filter_map(|place| Some(Use { product: u8::try_from(place).ok()?, tokens: 0 })),
        );
        let held = state.estate().seats_of(person, *now).into_iter();
        let present = self.mask(held.filter_map(|id| Some(state.estate().seat(id)?.offering)));
        let barred =
            self.offerings.iter().filter(|id| bars.to_seat(state, person, **id, *now).is_some());
        let barred = self.mask(barred.copied());
        let mut keeps = false;
        for name in &offered.keep {
            let id = state.estate().person_called(name);
            keeps |= id.ok_or_else(|| Misread::Unknown("person", name.clone()))? == person;
        }
        // Whoever needs what tokens cannot pay for may hold what covers it, whatever else stands against a seat.
        let must: u64 = self
            .offerings
            .iter()
            .filter(|id| {
                let covers = market.offering(**id).map_or(&[][..], |one| one.covers.as_slice());
                bars.unrated(person).iter().any(|product| covers.contains(product))
            })
            .fold(0, |mask, id| mask | self.mask([*id]));
        Ok(Person {
            may_hold: !barred | present | must,
            keeps: keeps.then_some(present),
            present,
            department: u32::from(state.payer(person).0),
            ..Person::new(uses)
        })
    }
}

/// What somebody would burn in a year, product by product, in whole tokens.
#[expect(clippy::cast_possible_truncation, reason = "tokens of one person's year")]
fn uses(habits: &Habits, market: &Market, places: &Places, person: PersonId) -> Vec<Use> {
    let of = |product: ProductId| {
        let place = u8::try_from(places.product(product)?).ok()?;
        let used = habits.of(market, person, None, |one| one == product);
        let tokens = (used.cost() / market.token.max(f64::MIN_POSITIVE)).round() as i64;
        Some(Use { product: place, tokens })
    };
    habits.products(person).into_iter().filter_map(of).collect()
}

fn tokens(offered: &Offered, market: &Market) -> Tokens {
    let list = offered.token_price.unwrap_or(market.token);
    let mut from: Vec<(u32, f64)> =
        offered.tier.iter().map(|tier| (tier.from, tier.discount)).collect();
    if !from.iter().any(|(from, _)| *from == 0) {
        from.push((0, 0.0));
    }
    from.sort_by_key(|(from, _)| *from);
    let ends = from.iter().skip(1).map(|(next, _)| Some(i64::from(*next) - 1)).chain([None]);
    let tiers = from.iter().zip(ends).map(|((from, discount), to)| TokenTier {
        from: i64::from(*from),
        to,
        price: micros(list * (1.0 - discount)),
    });
    let commitments = offered.commitment.iter().map(|one| Commitment {
        least: i64::from(one.from),
        discount_millionths: millionths(one.discount),
    });
    Tokens {
        tiers: tiers.collect(),
        commitments: commitments.collect(),
        carried: i64::from(offered.left_over),
        buffer_millionths: millionths(offered.buffer),
        budget: offered.token_budget.map(micros),
        ..Tokens::default()
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a share, checked when read"
)]
fn millionths(share: f64) -> u32 {
    (share * 1e6).round() as u32
}

fn minima(state: &State, places: &Places, offered: &Offered) -> Result<Vec<Minimum>, Misread> {
    let of = |one: &super::offered::Minimum| {
        let bucket = state.estate().bucket_called(&one.bucket);
        let bucket = bucket.ok_or_else(|| Misread::Unknown("bucket", one.bucket.clone()))?;
        let offering = state.estate().offering_called(&one.offering);
        let offering =
            offering.ok_or_else(|| Misread::Unknown("offering", one.offering.clone()))?;
        let offerings = places.mask([offering]);
        Ok(Minimum { department: u32::from(bucket.0), offerings, people: one.people })
    };
    offered.minimum.iter().map(of).collect()
}

/// A contradiction with the names of whom and what it is about.
fn named(state: &State, places: &Places, why: &Contradiction) -> String {
    let estate = state.estate();
    let person = |place: usize| {
        let known = places.people.get(place).and_then(|id| estate.person(*id));
        known.map_or("?", |known| known.key.as_str())
    };
    let product = |place: u8| {
        let known = places.products.get(usize::from(place)).and_then(|id| estate.product(*id));
        known.map_or("?", |known| known.name.as_str())
    };
    match why {
        Contradiction::NotOnFlex { person: who, product: what } => format!(
            "`{}` needs {}, which tokens cannot pay for, and may hold nothing that covers it",
            person(*who),
            product(*what)
        ),
        Contradiction::NoTokens { person: who, product: what } => format!(
            "`{}` may not use tokens, and may hold nothing that covers {}",
            person(*who),
            product(*what)
        ),
        Contradiction::KeepsUncovered { person: who, product: what } => format!(
            "`{}` keeps what they have, and that does not cover {}, which tokens cannot pay for",
            person(*who),
            product(*what)
        ),
        Contradiction::DepartmentTooSmall { department, must, has } => {
            let id = u16::try_from(*department).map(faregate_core::estate::BucketId);
            let known = id.ok().and_then(|id| estate.bucket(id));
            let key = known.map_or("?", |known| known.key.as_str());
            format!(
                "bucket `{key}` must have {must} people on seats, and has {has} who may hold one"
            )
        }
        Contradiction::BudgetTooSmall { budget, least_cost } => format!(
            "the budget is {}, and the cheapest mix costs {}",
            money(*budget),
            money(*least_cost)
        ),
        Contradiction::BandsOverlap { quantity, .. } => {
            format!("two tiers give two prices for {quantity} tokens")
        }
        other => other.to_string(),
    }
}

fn money(micros: i64) -> String {
    crate::views::grouped((micros / 1_000_000) as f64)
}
