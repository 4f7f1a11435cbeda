//! The contract under test: no grace, so that each launch is charged at once; one bucket runs dry.

use crate::ambient::WallClock;
use anyhow::{Context, Result, anyhow};
use faregate_app::engine::Engine;
use faregate_app::ports::Clock;
use faregate_app::setup::{NewContract, begin_contract};
use faregate_core::amount::Ticks;
use faregate_core::estate::{BucketId, BucketTerms, GENERAL, Person};
use faregate_core::event::{BucketSet, Event};
use faregate_core::when::DAY;
use faregate_ingest::features::FeatureTable;
use faregate_ingest::tariff::TariffFile;
use faregate_store::directory::DataDirectory;
use std::path::Path;
use std::sync::Arc;

pub(super) const PEOPLE: u32 = 2_000;
pub(super) const PRODUCTS: u32 = 10;
pub(super) const BUCKETS: u32 = 8;
/// Tokens bought.
pub(super) const TOKENS: i64 = 8_000_000;
/// Tokens for a product and 24 hours.
pub(super) const PRICE: i64 = 10;
/// The first bucket lasts for so many tokens only.
const SCARCE: i64 = 2_000;
/// Each of the other buckets.
const PLENTY: i64 = 1_000_000;

/// Begins the contract in a new data directory.
pub(super) fn create(path: &Path) -> Result<()> {
    let (_directory, store) = DataDirectory::create(path).map_err(|why| anyhow!("{why:?}"))?;
    let mut engine = Engine::load(Box::new(store), Arc::new(WallClock))?;
    engine.append(events()?)?;
    Ok(engine.keep_snapshot()?)
}

fn events() -> Result<Vec<Event>> {
    let mut text = "name = \"kill\"\ntitle = \"Kill\"\nsource = \"made up\"\n\
        [price]\namount = \"3.00\"\ncurrency = \"USD\"\n\
        [rules]\nmeter = \"window-24h\"\ngrace_minutes = 0\nidle_minutes = 15\n"
        .to_owned();
    for product in 0..PRODUCTS {
        text += &format!(
            "[[rate]]\nproduct = \"product-{product}\"\ntokens = {PRICE}\nsource = \"made up\"\n"
        );
    }
    let tariff = TariffFile::parse(&text).map_err(|bad| anyhow!("{bad}"))?.tariff.parts().clone();
    let (name, zone) = ("Kill".to_owned(), "UTC".to_owned());
    let contract = NewContract { name, zone, tariff, pack: None };
    let mut events = begin_contract(contract, &FeatureTable::shipped());
    let buckets = (0..BUCKETS).map(|number| format!("bucket-{number}"));
    // Everybody's own bucket is the general one; whoever names another one names one below it.
    let below = |key: String| {
        let terms = BucketTerms { parent: Some(GENERAL), ..BucketTerms::default() };
        BucketSet { name: key.clone(), key, terms }
    };
    events.push(Event::BucketsSet(buckets.map(below).collect()));
    let tokens = |count| Ticks::from_tokens(count).context("too many tokens");
    let now = WallClock.now();
    let (from, until) = (now.plus(-DAY), now.plus(366 * DAY));
    let (name, ticks) = ("Kill".to_owned(), tokens(TOKENS)?);
    events.push(Event::PackBought { name, ticks, from, until });
    for number in 0..BUCKETS {
        let ticks = tokens(if number == 0 { SCARCE } else { PLENTY })?;
        // The general bucket, number 0, gets nothing.
        events.push(Event::Allocated { bucket: BucketId(number as u16 + 1), ticks });
    }
    let person = |number| {
        let key = format!("user-{number}");
        Person { name: key.clone(), key, bucket: GENERAL, aliases: Vec::new() }
    };
    events.push(Event::PeopleAdded((0..PEOPLE).map(person).collect()));
    Ok(events)
}
