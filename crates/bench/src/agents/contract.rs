//! The contract that the agents work under, and what is true of it: whose seat covers what, what a unit costs.
//!
//! Device `n`, its person and its account are `n`; three people in ten have a seat, of the first ten products.

use crate::ambient::WallClock;
use crate::chance::Chance;
use crate::estate::tariff;
use anyhow::{Context, Result, anyhow};
use faregate_app::engine::Engine;
use faregate_app::ports::Clock;
use faregate_app::setup::{NewContract, begin_contract};
use faregate_core::amount::Ticks;
use faregate_core::estate::{
    BucketId, BucketTerms, Device, GENERAL, Group, GroupId, Offering, OfferingId, PersonId, Seat,
    Standing,
};
use faregate_core::event::{BucketSet, Event, PersonSet};
use faregate_core::when::DAY;
use faregate_ingest::features::FeatureTable;
use faregate_ingest::tariff::TariffFile;
use faregate_protocol::rules::{Level, Rules};
use faregate_protocol::{SigningKey, VerifyingKey};
use faregate_store::directory::DataDirectory;
use std::fmt::Write;
use std::path::Path;
use std::sync::Arc;

pub(super) const PRODUCTS: u32 = 40;
/// Products that a seat covers: the first ones.
pub(super) const COVERED: u32 = 10;
/// Tokens for a product and 24 hours, by the tariff of the races.
pub(super) const PRICE: f64 = 10.0;
/// The version of the rules for agents once they were adopted.
pub(super) const RULES: u32 = 1;
const GROUPS: u32 = 50;
const BUCKETS: u32 = 120;
/// Tokens of each bucket: nobody is turned away.
const TOKENS: i64 = 1_000_000;
/// Products that stand still until the question is answered: the first ones.
const SUSPENDED: u32 = 5;
/// Things in one event.
const CHUNK: usize = 5_000;

/// The keys of the devices, the same for the same seed.
pub(super) fn keys(seed: u64, count: u32) -> Vec<SigningKey> {
    (0..count).map(|number| key(seed, number)).collect()
}

fn key(seed: u64, number: u32) -> SigningKey {
    let mut chance = Chance::new(seed ^ u64::from(number).rotate_left(32));
    let mut secret = [0; 32];
    secret.chunks_mut(8).for_each(|part| part.copy_from_slice(&chance.bits().to_le_bytes()));
    SigningKey::from_bytes(&secret)
}

pub(super) fn account(number: u32) -> String {
    format!("user{number:06}")
}

/// The route and the tokens that opening a product must come to.
pub(super) fn fare(person: u32, product: u32) -> (&'static str, f64) {
    if has_seat(person) && product < COVERED { ("seat", 0.0) } else { ("tokens", PRICE) }
}

/// How far the agent must be told to go.
pub(super) fn level(person: u32, product: u32) -> Level {
    match (person % GROUPS, product) {
        (0, _) => Level::Inform,
        (_, 0..SUSPENDED) => Level::Suspend,
        _ => Level::Ask,
    }
}

fn has_seat(person: u32) -> bool {
    person % 10 < 3
}

/// Begins the contract in a new data directory: as many people and enrolled devices as keys.
///
/// Returns the place of the last event, and the key with which the server signs.
pub(super) fn create(path: &Path, keys: &[SigningKey]) -> Result<(u64, VerifyingKey)> {
    let (directory, store) = DataDirectory::create(path).map_err(|why| anyhow!("{why:?}"))?;
    let secret = directory.server_secret([7; 32]).map_err(|why| anyhow!("{why:?}"))?;
    let mut engine = Engine::load(Box::new(store), Arc::new(WallClock))?;
    engine.append(events(keys)?)?;
    engine.keep_snapshot()?;
    let last = engine.state().read().seq();
    Ok((last, SigningKey::from_bytes(&secret).verifying_key()))
}

fn events(keys: &[SigningKey]) -> Result<Vec<Event>> {
    let tariff = TariffFile::parse(&tariff(PRODUCTS)).map_err(|bad| anyhow!("{bad}"))?;
    let (name, zone) = ("Agents".to_owned(), "UTC".to_owned());
    let contract = NewContract { name, zone, tariff: tariff.tariff.parts().clone(), pack: None };
    let mut events = begin_contract(contract, &FeatureTable::shipped());
    events.extend(buckets()?);
    events.push(Event::GroupsSet((0..GROUPS).map(group).collect()));
    let count = u32::try_from(keys.len())?;
    let people: Vec<PersonSet> = (0..count).map(person).collect();
    events.extend(people.chunks(CHUNK).map(|some| Event::PeopleSet(some.to_vec())));
    events.extend(seats(count));
    events.extend((0..).zip(keys).map(|(number, key)| Event::DeviceEnrolled(device(number, key))));
    events.push(Event::AgentRulesSet(rules()?));
    Ok(events)
}

fn buckets() -> Result<Vec<Event>> {
    let now = WallClock.now();
    let below = |number: u32| {
        let key = format!("bucket-{number}");
        let terms = BucketTerms { parent: Some(GENERAL), ..BucketTerms::default() };
        BucketSet { name: key.clone(), key, terms }
    };
    let all = TOKENS * i64::from(BUCKETS);
    let tokens = |count| Ticks::from_tokens(count).context("too many tokens");
    let (from, until) = (now.plus(-DAY), now.plus(366 * DAY));
    let pack = Event::PackBought { name: "Agents".to_owned(), ticks: tokens(all)?, from, until };
    let mut events = vec![Event::BucketsSet((0..BUCKETS).map(below).collect()), pack];
    let ticks = tokens(TOKENS)?;
    events.extend((0..BUCKETS).map(|number| Event::Allocated { bucket: bucket(number), ticks }));
    Ok(events)
}

/// The general bucket is number 0.
fn bucket(number: u32) -> BucketId {
    BucketId((number % BUCKETS) as u16 + 1)
}

fn group(number: u32) -> Group {
    let key = format!("group-{number}");
    Group { name: key.clone(), key, dimension: None, parents: Vec::new() }
}

fn person(number: u32) -> PersonSet {
    let key = account(number);
    let standing = Standing { groups: vec![GroupId(number % GROUPS)], ..Standing::default() };
    PersonSet { name: key.clone(), key, bucket: bucket(number), standing }
}

fn seats(people: u32) -> Vec<Event> {
    let key = "collection".to_owned();
    let covers = (0..COVERED).map(|product| format!("product-{product}")).collect();
    let now = WallClock.now();
    let (from, until) = (now.plus(-DAY), now.plus(366 * DAY));
    let seat =
        |number| Seat { offering: OfferingId(0), person: Some(PersonId(number)), from, until };
    let seats: Vec<Seat> = (0..people).filter(|number| has_seat(*number)).map(seat).collect();
    let offering = Event::OfferingsDefined(vec![Offering { name: key.clone(), key, covers }]);
    let added = seats.chunks(CHUNK).map(|some| Event::SeatsAdded(some.to_vec()));
    [offering].into_iter().chain(added).collect()
}

/// Every second workstation is one person's alone.
fn device(number: u32, key: &SigningKey) -> Device {
    let person = number.is_multiple_of(2).then_some(PersonId(number));
    Device { key: key.verifying_key().to_bytes(), name: format!("ws-{number:06}"), person }
}

/// As long as an operator's may be: each product by its processes, some people in another way.
fn rules() -> Result<String> {
    let mut text = String::new();
    for product in 0..PRODUCTS {
        let level = if product < SUSPENDED { "suspend" } else { "ask" };
        // Writing to a text cannot fail.
        let _ = write!(
            text,
            "[[product]]\nproduct = \"product-{product}\"\nname = \"Product {product}\"\nlevel = \"{level}\"\n\
             processes = [\"Product{product}.exe\", \"product{product}\"]\n\
             paths = ['C:\\Program Files\\*\\Product{product}.exe', '/opt/*/product{product}']\n"
        );
    }
    text += "[[group]]\ngroup = \"group-0\"\nlevel = \"inform\"\n";
    Rules::from_toml(&text).map_err(|wrong| anyhow!("{wrong}"))?;
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_agents_must_be_told_is_what_the_rules_say() {
        let rules = Rules::from_toml(&rules().unwrap()).unwrap();
        for (person, product) in [(0, 0), (0, 30), (1, 0), (1, 4), (1, 5), (50, 1), (51, 39)] {
            let group = format!("group-{}", person % GROUPS);
            let said = rules.level_of(&format!("product-{product}"), &[group.as_str()]).0;
            assert_eq!(said, level(person, product), "person {person}, product {product}");
        }
    }

    #[test]
    fn each_device_has_a_key_of_its_own_and_a_seed_gives_the_same_ones() {
        let public = |seed| keys(seed, 500).into_iter().map(|key| key.verifying_key().to_bytes());
        let mut all: Vec<[u8; 32]> = public(1).chain(public(2)).collect();
        assert!(all.iter().copied().eq(public(1).chain(public(2))));
        all.sort_unstable();
        all.dedup();
        assert_eq!(all.len(), 1_000);
    }
}
