//! A small estate with some of everything, and questions about it.

use super::Chance;
use faregate_core::access::Question;
use faregate_core::estate::{
    BucketId, BucketTerms, Country, Evidence, GENERAL, Group, GroupId, Hours, Network, Offering,
    PersonId, Place, Product, ProductId, Region, Schedule, Site, SiteId, Standing, Trust,
};
use faregate_core::event::{Ask, BucketSet, Circumstances, Event, Fare, PersonSet};
use faregate_core::state::State;
use faregate_core::when::{HOUR, Instant, Zone};

/// The vocabulary that made-up policies share with made-up estates. Some of it is in no estate.
pub(super) const GROUPS: [&str; 7] =
    ["engineering", "civil", "token-group", "training", "site-office", "managers", "nowhere"];
pub(super) const PEOPLE: [&str; 4] = ["p0", "p1", "p7", "nobody"];
pub(super) const PRODUCTS: [&str; 5] = ["revit", "civil-3d", "autocad", "maya", "no-product"];
pub(super) const OFFERINGS: [&str; 4] = ["aec", "media", "single", "no-offering"];
pub(super) const BUCKETS: [&str; 5] = ["general", "design", "design-team", "rail", "no-bucket"];
pub(super) const SITES: [&str; 3] = ["madrid-1", "berlin-1", "no-site"];
pub(super) const COUNTRIES: [&str; 4] = ["es", "de", "us", "jp"];
pub(super) const REGIONS: [&str; 3] = ["emea", "americas", "no-region"];
pub(super) const SCHEDULES: [&str; 4] = ["office-hours", "training", "always", "no-schedule"];
pub(super) const HOSTS: [&str; 5] = ["ws-17", "WS-17", "lab*3", "ñ-host", ""];
pub(super) const VERSIONS: [&str; 4] = ["2025.1", "2026", "26*", ""];

const EPOCH: i64 = 1_763_942_400;

fn text(text: &str) -> String {
    text.to_owned()
}

/// An estate of so many people. Keys are not all in the case that policies write them in.
#[must_use]
pub fn state(seed: u64, people: u32) -> State {
    let mut chance = Chance::new(seed);
    let mut state = State::default();
    let events = [places(), things(), groups(&mut chance), vec![persons(&mut chance, people)]];
    let agreed = Event::ContractAgreed { name: text("T"), zone: text("Europe/Madrid") };
    for (seq, event) in (1..).zip(core::iter::once(agreed).chain(events.into_iter().flatten())) {
        // A made-up estate is made to be right; what would not apply is left out of it.
        let _ = state.apply(seq, Instant(0), &event);
    }
    state
}

fn things() -> Vec<Event> {
    let product = |key: &str| Product { key: text(key), name: text(key) };
    let offering = |key: &str, covers: &[&str]| Offering {
        key: text(key),
        name: text(key),
        covers: covers.iter().copied().map(text).collect(),
    };
    let bucket = |key: &str, parent| BucketSet {
        key: text(key),
        name: text(key),
        terms: BucketTerms { parent, ..BucketTerms::default() },
    };
    vec![
        Event::ProductsDefined(["Revit", "civil-3d", "autocad", "maya"].map(product).to_vec()),
        Event::OfferingsDefined(vec![
            offering("AEC", &["Revit", "civil-3d", "autocad"]),
            offering("media", &["maya", "autocad"]),
            offering("aec", &["maya"]),
        ]),
        Event::BucketsSet(vec![
            bucket("general", None),
            bucket("Design", None),
            bucket("design-team", Some(BucketId(1))),
            bucket("rail", Some(BucketId(2))),
        ]),
    ]
}

fn places() -> Vec<Event> {
    let network = |cidr| Network { cidr, room: None, vpn: false };
    let site = |key: &str, code: &str, cidr: &str| {
        Some(Site {
            key: text(key),
            name: text(key),
            country: Country::new(code)?,
            zone: Zone::utc(),
            networks: cidr.parse().into_iter().map(network).collect(),
        })
    };
    let schedule = |key: &str, weekdays, from_minute, until_minute| Schedule {
        key: text(key),
        zone: Zone::utc(),
        hours: vec![Hours { weekdays, from_minute, until_minute }],
        except: Vec::new(),
        from: None,
        until: None,
    };
    let region = |key: &str, codes: &[&str]| Region {
        key: text(key),
        name: text(key),
        countries: codes.iter().filter_map(|code| Country::new(code)).collect(),
    };
    let sites = [site("Madrid-1", "es", "10.20.0.0/16"), site("berlin-1", "de", "2001:db8::/32")];
    vec![
        Event::RegionsSet(vec![region("EMEA", &["es", "de"]), region("americas", &["us"])]),
        Event::SitesSet(sites.into_iter().flatten().collect()),
        Event::SchedulesSet(vec![
            schedule("Office-Hours", 0b1_1111, 480, 1_080),
            schedule("training", 0b10, 540, 780),
            schedule("always", 0b111_1111, 0, 1_440),
        ]),
    ]
}

fn groups(chance: &mut Chance) -> Vec<Event> {
    let mut groups = Vec::new();
    let keys = ["engineering", "Civil", "token-group", "training", "site-office", "managers"];
    for (number, key) in (0..).zip(keys) {
        let parents = if number > 0 && chance.once_in(2) {
            vec![GroupId(u32::try_from(chance.below(number)).unwrap_or(0))]
        } else {
            Vec::new()
        };
        let dimension = chance.once_in(3).then(|| format!("dimension-{number}"));
        groups.push(Group { key: text(key), name: text(key), dimension, parents });
    }
    vec![Event::GroupsSet(groups)]
}

fn persons(chance: &mut Chance, people: u32) -> Event {
    let person = |number: u32| {
        let groups = (0..6).filter(|_| chance.once_in(4)).map(GroupId).collect();
        let until = chance.once_in(3).then(|| moment(chance));
        PersonSet {
            key: if number.is_multiple_of(3) { format!("P{number}") } else { format!("p{number}") },
            name: text("N"),
            bucket: BucketId(u16::try_from(chance.below(4)).unwrap_or(0)),
            standing: Standing { groups, contractor: chance.once_in(3), until },
        }
    };
    Event::PeopleSet((0..people).map(person).collect())
}

/// Mostly within some weeks, now and then where numbers end.
fn moment(chance: &mut Chance) -> Instant {
    let some_time = i64::try_from(chance.below(40 * 24)).unwrap_or(0).saturating_mul(HOUR);
    match chance.below(40) {
        0 => Instant(i64::MAX),
        1 => Instant(i64::MIN),
        2 => Instant(-1),
        _ => Instant(EPOCH.saturating_add(some_time)),
    }
}

/// A question that owns its ask.
#[derive(Clone, Debug)]
pub struct Asked {
    ask: Ask,
    person: PersonId,
    product: ProductId,
    fare: Fare,
    bucket: BucketId,
    place: Place,
    at: Instant,
}

impl Asked {
    /// A question about an estate that [`state`] made with so many people.
    #[must_use]
    pub fn random(chance: &mut Chance, people: u32) -> Self {
        let fares = [Some(Fare::Seat), Some(Fare::FreeSeat), Some(Fare::Tokens)];
        let maybe = |chance: &mut Chance, all: &[&'static str]| {
            (!chance.once_in(3)).then(|| text(chance.pick(all)))
        };
        let addresses = ["10.20.3.4", "127.0.0.1", "224.0.0.9", "::1", "2001:db8::7", "ff02::1"];
        let mapped = ["::ffff:10.20.3.4", "0.0.0.0", "255.255.255.255"];
        let address = maybe(chance, if chance.clone().once_in(5) { &mapped } else { &addresses });
        let address = address.and_then(|address| address.parse().ok());
        let more = Circumstances {
            version: maybe(chance, &VERSIONS),
            evidence: Evidence { address, country: None, site: None },
            fare: chance.pick(&[None, fares[0], fares[1], fares[2]]),
            confirmed: chance.once_in(2),
            agent: None,
        };
        let host = text(chance.pick(&HOSTS));
        let id = |chance: &mut Chance, end: usize| u16::try_from(chance.below(end)).unwrap_or(0);
        let person = chance.below(usize::try_from(people).unwrap_or(1));
        Self {
            ask: Ask { host, more, ..Ask::default() },
            person: PersonId(u32::try_from(person).unwrap_or(0)),
            product: ProductId(id(chance, 4)),
            fare: chance.pick(&fares).unwrap_or(Fare::Tokens),
            bucket: if chance.once_in(2) { GENERAL } else { BucketId(id(chance, 4)) },
            place: place(chance),
            at: moment(chance),
        }
    }

    /// As the policies are asked it.
    #[must_use]
    pub fn question(&self) -> Question<'_> {
        let Self { ref ask, person, product, fare, bucket, place, at } = *self;
        Question { person, product, fare, bucket, place, ask, at }
    }
}

fn place(chance: &mut Chance) -> Place {
    let country = Country::new(chance.pick(&COUNTRIES));
    match chance.below(4) {
        0 => Place::default(),
        1 => Place { country, trust: Trust::Geo, ..Place::default() },
        number => {
            let madrid = number == 2;
            Place {
                site: Some(SiteId(u16::from(!madrid))),
                network: Some(0),
                country: Country::new(if madrid { "es" } else { "de" }),
                trust: if chance.once_in(2) { Trust::Network } else { Trust::Vpn },
            }
        }
    }
}
