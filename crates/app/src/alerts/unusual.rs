//! What is unusual, as rules look at it.

use faregate_core::alert::{Found, Subject};
use faregate_core::anomaly::{Burst, Class, Finding};
use faregate_core::estate::{PersonId, ProductId};
use faregate_core::state::State;
use faregate_core::when::Instant;

/// A burst is told of once: those that overlap it within an hour are the same.
const BURST_SECONDS: i64 = 3_600;

/// A finding, with everybody and everything that it is about.
#[must_use]
pub fn found(state: &State, finding: &Finding) -> Found {
    let facts = finding.facts.iter().map(|(name, value)| ((*name).to_owned(), value.clone()));
    let cost = [
        ("cost so far".to_owned(), format!("{} tokens", finding.cost)),
        ("30 days more".to_owned(), format!("{} tokens", finding.monthly)),
    ];
    Found {
        id: finding.id,
        class: finding.class.key().to_owned(),
        at: finding.from,
        until: finding.until,
        about: about(state, &finding.people, finding.product),
        said: finding.words.clone(),
        facts: facts.chain(cost).collect(),
    }
}

/// A burst that goes on.
#[must_use]
pub fn burst_now(state: &State, burst: &Burst) -> Found {
    let product = state.estate().product(burst.product);
    let name = product.map_or("a product", |product| product.name.as_str());
    let names = burst.people.iter().filter_map(|id| state.estate().person(*id));
    let names: Vec<&str> = names.map(|person| person.name.as_str()).collect();
    let place = burst.place.as_ref().map(|(place, here)| format!("{here} of them at {place}"));
    let said = format!(
        "{} people are opening {name} since {}{}; {:.1} are usual",
        burst.people.len(),
        burst.from,
        place.as_ref().map_or(String::new(), |place| format!(", {place}")),
        burst.expected
    );
    let place = place.map(|place| ("Where".to_owned(), place));
    let who = ("Who".to_owned(), names.join(", "));
    Found {
        id: id(burst),
        class: Class::Burst.key().to_owned(),
        at: burst.from,
        until: burst.until,
        about: about(state, &burst.people, Some(burst.product)),
        said,
        facts: [who].into_iter().chain(place).collect(),
    }
}

/// The same for as long as a burst of a product goes on within an hour of the clock or the next.
fn id(burst: &Burst) -> u64 {
    let hour = burst.from.0.div_euclid(BURST_SECONDS).unsigned_abs();
    (u64::from(burst.product.0) << 40) | hour
}

/// Subjects that something about these people and this product concerns.
fn about(state: &State, people: &[PersonId], product: Option<ProductId>) -> Vec<String> {
    let estate = state.estate();
    let mut all = Vec::new();
    for person in people {
        all.extend(Subject::person(state, *person));
        let own = estate.groups_of(*person);
        let above = estate.groups_above(own);
        let groups = own.iter().chain(&above);
        all.extend(groups.filter_map(|id| Subject::group(state, *id)));
        let payer = state.payer(*person);
        let buckets = [payer].into_iter().chain(estate.buckets_above(payer));
        all.extend(buckets.filter_map(|id| Subject::bucket(state, id)));
    }
    all.extend(product.and_then(|id| Subject::product(state, id)));
    let mut keys: Vec<String> = all.iter().map(Subject::key).collect();
    keys.sort_unstable();
    keys.dedup();
    keys
}

/// How long a burst that was seen stays in sight, so that its alert does not end while people still come.
#[must_use]
pub fn is_in_sight(found: &Found, now: Instant) -> bool {
    now.since(found.until) < BURST_SECONDS
}
