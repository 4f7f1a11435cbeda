//! Beginning a contract: the first events of its journal.

use crate::rules::{BASE, shipped_set};
use faregate_core::amount::Ticks;
use faregate_core::estate::{Bucket, GENERAL, Offering, Product};
use faregate_core::event::Event;
use faregate_core::tariff::TariffParts;
use faregate_core::when::Instant;
use faregate_ingest::features::FeatureTable;
use std::collections::BTreeSet;

/// What is agreed at the start.
pub struct NewContract {
    /// Name to show.
    pub name: String,
    /// IANA zone in which its days are counted.
    pub zone: String,
    /// What use costs.
    pub tariff: TariffParts,
    /// Tokens bought, and the first instant and the first after the term.
    pub pack: Option<(Ticks, Instant, Instant)>,
}

/// The events that begin the contract: its products, offerings and the general bucket come from the tariff.
/// Everybody may open everything until further policies say otherwise.
#[must_use]
pub fn begin_contract(contract: NewContract, features: &FeatureTable) -> Vec<Event> {
    let NewContract { name, zone, tariff, pack } = contract;
    let products = products(&tariff, features);
    let offerings = offerings(&tariff);
    let general = Bucket { key: "general".to_owned(), name: "General".to_owned() };
    let mut events = vec![
        Event::ContractAgreed { name, zone },
        Event::TariffAdopted(tariff),
        Event::ProductsDefined(products),
        Event::OfferingsDefined(offerings),
        Event::BucketsOpened(vec![general]),
    ];
    events.extend(shipped_set(BASE).map(Event::PolicyAdopted));
    if let Some((ticks, from, until)) = pack {
        events.push(Event::PackBought { name: "First pack".to_owned(), ticks, from, until });
        events.push(Event::Allocated { bucket: GENERAL, ticks });
    }
    events
}

/// Every product that the tariff names, with the name people know it by.
fn products(tariff: &TariffParts, features: &FeatureTable) -> Vec<Product> {
    let rated = tariff.rates.iter().map(|rate| rate.product.as_str());
    let covered = tariff.seats.iter().flat_map(|seat| seat.covers.iter().map(String::as_str));
    let keys: BTreeSet<&str> = rated.chain(covered).collect();
    let families = features.families();
    let named = |key: &str| {
        let known = families.iter().find(|(family, _)| *family == key);
        let name = known.map_or_else(|| titled(key), |(_, name)| (*name).to_owned());
        Product { key: key.to_owned(), name }
    };
    keys.into_iter().map(named).collect()
}

fn offerings(tariff: &TariffParts) -> Vec<Offering> {
    let of = |seat: &faregate_core::tariff::SeatPrice| Offering {
        key: seat.offering.clone(),
        name: seat.name.clone(),
        covers: seat.covers.clone(),
    };
    tariff.seats.iter().map(of).collect()
}

/// `bim-collaborate-pro` as `Bim Collaborate Pro`: for products that no table names.
fn titled(key: &str) -> String {
    let capital = |word: &str| {
        let mut letters = word.chars();
        letters
            .next()
            .map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
    };
    key.split('-').map(capital).collect::<Vec<_>>().join(" ")
}
