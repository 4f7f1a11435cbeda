//! The contract that races run on: 100,000 people, 40 products, 120 buckets with tokens enough.

use crate::ambient::WallClock;
use anyhow::{Context, Result, anyhow};
use faregate_app::engine::Engine;
use faregate_app::ports::Clock;
use faregate_app::setup::{NewContract, begin_contract};
use faregate_core::amount::Ticks;
use faregate_core::estate::{Bucket, BucketId, Person};
use faregate_core::event::Event;
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

/// Begins the contract in a new data directory.
pub(crate) fn create(path: &Path) -> Result<()> {
    let (_directory, store) = DataDirectory::create(path).map_err(|why| anyhow!("{why:?}"))?;
    let mut engine = Engine::load(Box::new(store), Arc::new(WallClock))?;
    engine.append(events()?)?;
    engine.keep_snapshot()?;
    Ok(())
}

fn events() -> Result<Vec<Event>> {
    let parsed = TariffFile::parse(&tariff(PRODUCTS)).map_err(|bad| anyhow!("{bad}"))?;
    let now = WallClock.now();
    let bought = Ticks::from_tokens(TOKENS * i64::from(BUCKETS)).context("too many tokens")?;
    let pack = Some((bought, now.plus(-DAY), now.plus(366 * DAY)));
    let (name, zone) = ("Races".to_owned(), "UTC".to_owned());
    let contract = NewContract { name, zone, tariff: parsed.tariff.parts().clone(), pack: None };
    let mut events = begin_contract(contract, &FeatureTable::shipped());
    let buckets = (0..BUCKETS).map(bucket_key);
    let buckets = buckets.map(|key| Bucket { name: key.clone(), key }).collect();
    events.push(Event::BucketsOpened(buckets));
    if let Some((ticks, from, until)) = pack {
        events.push(Event::PackBought { name: "Races".to_owned(), ticks, from, until });
    }
    let ticks = Ticks::from_tokens(TOKENS).context("too many tokens")?;
    // The general bucket, number 0, gets nothing.
    let ids = (1..=BUCKETS).filter_map(|number| u16::try_from(number).ok().map(BucketId));
    events.extend(ids.map(|bucket| Event::Allocated { bucket, ticks }));
    let people: Vec<Person> = (0..PEOPLE).map(person).collect();
    events.extend(people.chunks(CHUNK).map(|some| Event::PeopleAdded(some.to_vec())));
    Ok(events)
}

fn person(number: u32) -> Person {
    let key = format!("user{number:06}");
    let bucket = BucketId((number % BUCKETS) as u16 + 1);
    Person { name: key.clone(), key, bucket, aliases: Vec::new() }
}

pub(crate) fn bucket_key(number: u32) -> String {
    format!("bucket-{number}")
}
