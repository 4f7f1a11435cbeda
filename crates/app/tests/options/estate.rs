//! A small estate with policies.

use faregate_core::estate::{
    AliasTerm, Bucket, Cidr, Country, Group, GroupId, Hours, Network, Person, PersonId, Product,
    Schedule, Site, Standing,
};
use faregate_core::event::{Event, Mode, PersonSet, PolicySet};
use faregate_core::state::State;
use faregate_core::when::{Instant, Zone};

/// Monday 2026-06-01, midnight in UTC.
pub(crate) const T0: Instant = Instant(1_780_272_000);
pub(crate) const BASE: &str = "@id(\"everything\") permit (principal, action, resource);\n";

/// A state of these events.
pub(crate) fn state(events: Vec<Event>) -> State {
    let mut state = State::default();
    let agreed = Event::ContractAgreed { name: "Acme".to_owned(), zone: "UTC".to_owned() };
    let general = Bucket { key: "general".to_owned(), name: "General".to_owned() };
    let first = [agreed, Event::BucketsOpened(vec![general])];
    for (seq, event) in (1..).zip(first.into_iter().chain(events)) {
        state.apply(seq, T0, &event).unwrap();
    }
    state
}

pub(crate) fn products(keys: &[&str]) -> Event {
    let product = |key: &&str| Product { key: (*key).to_owned(), name: key.to_uppercase() };
    Event::ProductsDefined(keys.iter().map(product).collect())
}

pub(crate) fn people(keys: &[(&str, &[&str])]) -> Event {
    let person = |(key, aliases): &(&str, &[&str])| Person {
        key: (*key).to_owned(),
        name: (*key).to_owned(),
        aliases: aliases.iter().map(|alias| (*alias).to_owned()).collect(),
        ..person_of_nobody()
    };
    Event::PeopleAdded(keys.iter().map(person).collect())
}

fn person_of_nobody() -> Person {
    let bucket = faregate_core::estate::GENERAL;
    Person { key: String::new(), name: String::new(), bucket, aliases: Vec::new() }
}

pub(crate) fn groups(keys: &[&str]) -> Event {
    let group = |key: &&str| Group {
        key: (*key).to_owned(),
        name: (*key).to_owned(),
        dimension: None,
        parents: Vec::new(),
    };
    Event::GroupsSet(keys.iter().map(group).collect())
}

/// People in groups, by the numbers of the groups.
pub(crate) fn standings(all: &[(&str, &[u32])]) -> Event {
    let set = |(key, groups): &(&str, &[u32])| PersonSet {
        key: (*key).to_owned(),
        name: (*key).to_owned(),
        standing: Standing {
            groups: groups.iter().map(|id| GroupId(*id)).collect(),
            ..Standing::default()
        },
        ..PersonSet::default()
    };
    Event::PeopleSet(all.iter().map(set).collect())
}

pub(crate) fn alias(person: u32, alias: &str, from: Instant, until: Instant) -> AliasTerm {
    AliasTerm { alias: alias.to_owned(), person: PersonId(person), from, until }
}

pub(crate) fn policies(text: &str) -> Event {
    let name = "own".to_owned();
    Event::PolicyAdopted(PolicySet { name, mode: Mode::Enforce, text: text.to_owned() })
}

pub(crate) fn site(key: &str, networks: &[&str]) -> Site {
    let network =
        |cidr: &&str| Network { cidr: cidr.parse::<Cidr>().unwrap(), room: None, vpn: false };
    Site {
        key: key.to_owned(),
        name: key.to_owned(),
        country: Country::new("ES").unwrap(),
        zone: Zone::utc(),
        networks: networks.iter().map(network).collect(),
    }
}

pub(crate) fn schedule(key: &str, from_minute: u16, until_minute: u16) -> Schedule {
    Schedule {
        key: key.to_owned(),
        zone: Zone::utc(),
        hours: vec![Hours { weekdays: 0b111_1111, from_minute, until_minute }],
        except: Vec::new(),
        from: None,
        until: None,
    }
}
