//! Who is in which group, where the offices are, who decides on which budget: what a company agrees on before
//! it lets a gate decide.

use crate::catalogue::{DEPARTMENTS, buckets};
use crate::habits::Persona;
use crate::people::Player;
use crate::seats::Held;
use crate::sites::{SITES, address_block};
use faregate_core::budget::Terms;
use faregate_core::estate::{
    BucketTerms, Country, Group, GroupId, Network, Period, PersonId, Region, Site, Standing,
};
use faregate_core::event::{BucketSet, Event, PersonSet};
use faregate_core::when::{DAY, Instant, Zone};

/// People in one event, so that no event grows with the estate.
const BATCH: usize = 5_000;
/// Tokens that take two people to approve.
const LARGE_TOKENS: i64 = 5_000;
/// Contractors leave half a year from now.
const CONTRACT: i64 = 180 * DAY;

/// Where the regions lie.
const REGIONS: [(&str, &str, &[&str]); 3] = [
    ("europe", "Europe", &["ES", "GB", "PL"]),
    ("americas", "Americas", &["US"]),
    ("asia", "Asia-Pacific", &["SG"]),
];

/// The events that say so.
pub(crate) fn governance(players: &[Player], held: &[Vec<Held>], now: Instant) -> Vec<Event> {
    let mut events =
        vec![Event::GroupsSet(groups()), Event::RegionsSet(regions()), Event::SitesSet(sites())];
    let people: Vec<PersonSet> =
        players.iter().zip(held).map(|(player, held)| person(player, held, now)).collect();
    events.extend(people.chunks(BATCH).map(|batch| Event::PeopleSet(batch.to_vec())));
    events.push(Event::BucketsSet(owned(players)));
    let owners = players.iter().filter(|player| player.department == 0).map(|player| player.id);
    let large = faregate_core::amount::Ticks::from_tokens(LARGE_TOKENS);
    events.push(Event::TermsSet(Terms {
        owners: owners.take(2).collect(),
        large,
        ..Terms::default()
    }));
    events
}

/// The two fare groups, then the departments.
fn groups() -> Vec<Group> {
    let group = |key: &str, name: &str, dimension: &str| Group {
        key: key.to_owned(),
        name: name.to_owned(),
        dimension: Some(dimension.to_owned()),
        parents: Vec::new(),
    };
    let fares = [("subscription-group", "Subscription Group"), ("token-group", "Token Group")];
    let fares = fares.map(|(key, name)| group(key, name, "fare"));
    let departments = DEPARTMENTS
        .iter()
        .map(|known| group(&format!("dept-{}", known.key), known.name, "department"));
    fares.into_iter().chain(departments).collect()
}

fn person(player: &Player, held: &[Held], now: Instant) -> PersonSet {
    let fare = GroupId(u32::from(held.is_empty()));
    let department = GroupId(u32::try_from(player.department).unwrap_or(0).saturating_add(2));
    let contractor = player.persona == Persona::Contractor;
    let until = contractor.then(|| now.plus(CONTRACT));
    let standing = Standing { groups: vec![fare, department], contractor, until };
    let known = player.person();
    PersonSet { key: known.key, name: known.name, bucket: known.bucket, standing }
}

fn regions() -> Vec<Region> {
    let region = |(key, name, countries): (&str, &str, &[&str])| Region {
        key: key.to_owned(),
        name: name.to_owned(),
        countries: countries.iter().filter_map(|code| Country::new(code)).collect(),
    };
    REGIONS.map(region).into()
}

fn sites() -> Vec<Site> {
    let site = |(index, known): (usize, &crate::sites::Site)| {
        let block = |second: usize, third: &str, bits: u8| {
            format!("10.{second}.{third}.0/{bits}").parse().ok()
        };
        let office =
            |cidr, room: Option<&str>| Network { cidr, room: room.map(str::to_owned), vpn: false };
        let second = address_block(index);
        let networks = [
            block(second, "0", 16).map(|cidr| office(cidr, None)),
            block(second, "250", 24).map(|cidr| office(cidr, Some("Training room"))),
            block(second.saturating_add(100), "0", 16).map(|cidr| Network {
                cidr,
                room: None,
                vpn: true,
            }),
        ];
        Some(Site {
            key: known.code.to_lowercase(),
            name: known.city.to_owned(),
            country: Country::new(known.country)?,
            zone: Zone::named(known.zone).ok()?,
            networks: networks.into_iter().flatten().collect(),
        })
    };
    SITES.iter().enumerate().filter_map(site).collect()
}

/// Each department's bucket is for a year, and belongs to the first two of its people.
fn owned(players: &[Player]) -> Vec<BucketSet> {
    let set = |(department, bucket): (usize, faregate_core::estate::Bucket)| {
        let own = players.iter().filter(|player| player.department == department);
        let owners: Vec<PersonId> = own.map(|player| player.id).take(2).collect();
        let terms = BucketTerms { owners, period: Period::Months(12), ..BucketTerms::default() };
        BucketSet { key: bucket.key, name: bucket.name, terms }
    };
    buckets().into_iter().enumerate().map(set).collect()
}
