//! The contract that races run on: 100,000 people, 40 products, 120 buckets with tokens enough.

use crate::ambient::WallClock;
use anyhow::{Context, Result, anyhow};
use faregate_app::engine::Engine;
use faregate_app::ports::Clock;
use faregate_app::setup::{NewContract, begin_contract};
use faregate_core::amount::Ticks;
use faregate_core::estate::{BucketId, BucketTerms, GENERAL, Group, GroupId, Person, Standing};
use faregate_core::event::{BucketSet, Event, Mode, PersonSet, PolicySet};
use faregate_core::when::DAY;
use faregate_ingest::features::FeatureTable;
use faregate_ingest::tariff::TariffFile;
use faregate_store::directory::DataDirectory;
use std::fmt::Write;
use std::path::Path;
use std::sync::Arc;

pub(crate) const PEOPLE: u32 = 100_000;
pub(crate) const PRODUCTS: u32 = 40;
pub(crate) const BUCKETS: u32 = 120;
/// Tokens of each bucket; an open takes 10.
const TOKENS: i64 = 15_000_000;
/// People in one event.
const CHUNK: usize = 5_000;

/// A tariff that charges 10 tokens for each product and 24 hours.
pub(crate) fn tariff(products: u32) -> String {
    let mut text = "name = \"races\"\ntitle = \"Races\"\nsource = \"made up\"\n\
        [price]\namount = \"3.00\"\ncurrency = \"USD\"\n\
        [rules]\nmeter = \"window-24h\"\ngrace_minutes = 5\nidle_minutes = 15\n"
        .to_owned();
    for product in 0..products {
        // Writing to a text cannot fail.
        let _ = write!(
            text,
            "[[rate]]\nproduct = \"product-{product}\"\ntokens = 10\nsource = \"made up\"\n"
        );
    }
    text
}

/// Begins the contract in a new data directory, with so many policies in force.
pub(crate) fn create(path: &Path, policies: u32) -> Result<()> {
    let (_directory, store) = DataDirectory::create(path).map_err(|why| anyhow!("{why:?}"))?;
    let mut engine = Engine::load(Box::new(store), Arc::new(WallClock))?;
    engine.append(events()?)?;
    if policies > 0 {
        engine.append(ruled(policies))?;
    }
    engine.keep_snapshot()?;
    Ok(())
}

fn events() -> Result<Vec<Event>> {
    let parsed = TariffFile::parse(&tariff(PRODUCTS)).map_err(|bad| anyhow!("{bad}"))?;
    let now = WallClock.now();
    let bought = Ticks::from_tokens(TOKENS * i64::from(BUCKETS + 1)).context("too many tokens")?;
    let pack = Some((bought, now.plus(-DAY), now.plus(366 * DAY)));
    let (name, zone) = ("Races".to_owned(), "UTC".to_owned());
    let contract = NewContract { name, zone, tariff: parsed.tariff.parts().clone(), pack: None };
    let mut events = begin_contract(contract, &FeatureTable::shipped());
    // Everybody's own bucket is the general one; whoever names another one names one below it.
    let below = |key: String| {
        let terms = BucketTerms { parent: Some(GENERAL), ..BucketTerms::default() };
        BucketSet { name: key.clone(), key, terms }
    };
    events.push(Event::BucketsSet((0..BUCKETS).map(bucket_key).map(below).collect()));
    if let Some((ticks, from, until)) = pack {
        events.push(Event::PackBought { name: "Races".to_owned(), ticks, from, until });
    }
    let ticks = Ticks::from_tokens(TOKENS).context("too many tokens")?;
    let ids = (0..=BUCKETS).filter_map(|number| u16::try_from(number).ok().map(BucketId));
    events.extend(ids.map(|bucket| Event::Allocated { bucket, ticks }));
    let people: Vec<Person> = (0..PEOPLE).map(person).collect();
    events.extend(people.chunks(CHUNK).map(|some| Event::PeopleAdded(some.to_vec())));
    Ok(events)
}

/// Everybody in a group of 2,000, one policy in ten for a group and its products, the others for people.
fn ruled(policies: u32) -> Vec<Event> {
    const GROUPS: u32 = PEOPLE / 2_000;
    let group = |number: u32| {
        let key = format!("group-{number}");
        Group { name: key.clone(), key, dimension: None, parents: Vec::new() }
    };
    let groups: Vec<Group> = (0..GROUPS).map(group).collect();
    let set = |number: u32| {
        let Person { key, name, bucket, .. } = person(number);
        let groups = vec![GroupId(number % GROUPS)];
        PersonSet { key, name, bucket, standing: Standing { groups, ..Standing::default() } }
    };
    let people: Vec<PersonSet> = (0..PEOPLE).map(set).collect();
    let mut text = "@id(\"everybody\")\npermit (principal, action, resource);\n".to_owned();
    for number in 1..policies {
        let principal = match number % 10 {
            0 => format!("principal in Group::\"group-{}\"", number % GROUPS),
            _ => format!("principal == Person::\"user{:06}\"", number * 37 % PEOPLE),
        };
        let product = number % PRODUCTS;
        // Writing to a text cannot fail.
        let _ = writeln!(
            text,
            "@id(\"rule-{number}\")\nforbid ({principal}, action, resource == Product::\"product-{product}\") \
             when {{ context.weekday == 8 }};"
        );
    }
    let set = PolicySet { name: "races".to_owned(), mode: Mode::Enforce, text };
    let mut events = vec![Event::GroupsSet(groups)];
    events.extend(people.chunks(CHUNK).map(|some| Event::PeopleSet(some.to_vec())));
    events.push(Event::PolicyAdopted(set));
    events
}

fn person(number: u32) -> Person {
    let key = format!("user{number:06}");
    Person { name: key.clone(), key, bucket: GENERAL, aliases: Vec::new() }
}

pub(crate) fn bucket_key(number: u32) -> String {
    format!("bucket-{number}")
}
