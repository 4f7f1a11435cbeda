//! An estate of 100,000 people, and policies such as licence managers write.

use crate::chance::Chance;
use anyhow::Result;
use faregate_core::access::Question;
use faregate_core::estate::{
    BucketId, BucketTerms, Country, Evidence, Group, GroupId, Hours, Network, Offering, PersonId,
    Place, Product, ProductId, Region, Schedule, Site, SiteId, Standing, Trust,
};
use faregate_core::event::{
    Ask, BucketSet, Circumstances, Event, Fare, Mode, PersonSet, PolicySet,
};
use faregate_core::state::State;
use faregate_core::when::{Instant, Zone};
use std::fmt::Write as _;

const PEOPLE: u32 = 100_000;
const PRODUCTS: u16 = 120;
const OFFERINGS: usize = 12;
const BUCKETS: u16 = 120;
const SITES: u16 = 40;
/// Departments below divisions below one company; and beside them two fare groups and projects.
const DEPARTMENTS: u32 = 200;
const DIVISIONS: u32 = 10;
const PROJECTS: u32 = 300;

/// Monday 2026-11-23, noon in UTC.
const NOW: i64 = 1_795_435_200;

pub(super) fn state() -> Result<State> {
    let mut state = State::default();
    let agreed = Event::ContractAgreed { name: "A4".to_owned(), zone: "Europe/Madrid".to_owned() };
    let mut events = vec![agreed];
    events.extend(things());
    events.extend(places()?);
    events.push(groups());
    events.push(people());
    for (seq, event) in (1..).zip(&events) {
        state.apply(seq, Instant(NOW), event).map_err(|broken| anyhow::anyhow!("{broken}"))?;
    }
    Ok(state)
}

fn things() -> Vec<Event> {
    let product = |number: u16| {
        let key = format!("product-{number}");
        Product { name: key.clone(), key }
    };
    let offering = |number: usize| {
        let key = format!("collection-{number}");
        let covers = (0..PRODUCTS).filter(|product| usize::from(*product) % OFFERINGS == number);
        let covers = covers.map(|product| format!("product-{product}")).collect();
        Offering { name: key.clone(), key, covers }
    };
    let bucket = |number: u16| {
        let key = if number == 0 { "general".to_owned() } else { format!("bucket-{number}") };
        let parent = (number > 10).then_some(BucketId(number % 10));
        BucketSet { name: key.clone(), key, terms: BucketTerms { parent, ..Default::default() } }
    };
    vec![
        Event::ProductsDefined((0..PRODUCTS).map(product).collect()),
        Event::OfferingsDefined((0..OFFERINGS).map(offering).collect()),
        Event::BucketsSet((0..BUCKETS).map(bucket).collect()),
    ]
}

fn places() -> Result<Vec<Event>> {
    let countries: Vec<Country> =
        ["es", "de", "fr", "us", "jp"].into_iter().filter_map(Country::new).collect();
    let mut sites = Vec::new();
    for number in 0..SITES {
        let cidr = format!("10.{number}.0.0/16").parse().map_err(|bad| anyhow::anyhow!("{bad}"))?;
        let key = format!("site-{number}");
        let country = countries[usize::from(number) % countries.len()];
        let networks = vec![Network { cidr, room: None, vpn: false }];
        sites.push(Site { name: key.clone(), key, country, zone: Zone::utc(), networks });
    }
    let region = |key: &str, countries: &[Country]| Region {
        key: key.to_owned(),
        name: key.to_owned(),
        countries: countries.to_vec(),
    };
    let schedule = |key: &str, from_minute, until_minute| Schedule {
        key: key.to_owned(),
        zone: Zone::utc(),
        hours: vec![Hours { weekdays: 0b1_1111, from_minute, until_minute }],
        except: Vec::new(),
        from: None,
        until: None,
    };
    Ok(vec![
        Event::RegionsSet(vec![
            region("emea", &countries[..3]),
            region("americas", &countries[3..4]),
            region("apac", &countries[4..]),
        ]),
        Event::SitesSet(sites),
        Event::SchedulesSet(vec![
            schedule("office-hours", 480, 1_080),
            schedule("training", 540, 780),
        ]),
    ])
}

fn groups() -> Event {
    let group = |key: String, parents| Group { name: key.clone(), key, dimension: None, parents };
    let mut groups = vec![group("company".to_owned(), Vec::new())];
    let division = |number| group(format!("division-{number}"), vec![GroupId(0)]);
    groups.extend((0..DIVISIONS).map(division));
    let department =
        |number: u32| group(format!("department-{number}"), vec![GroupId(1 + number % DIVISIONS)]);
    groups.extend((0..DEPARTMENTS).map(department));
    groups
        .extend(["token-group", "subscription-group"].map(|key| group(key.to_owned(), Vec::new())));
    groups.extend((0..PROJECTS).map(|number| group(format!("project-{number}"), Vec::new())));
    Event::GroupsSet(groups)
}

/// Each in a department, a fare group and two projects, and so in six or seven groups.
fn people() -> Event {
    let mut chance = Chance::new(4);
    let fares = 1 + DIVISIONS + DEPARTMENTS;
    let person = |number: u32| {
        let key = format!("user{number:06}");
        let groups = vec![
            GroupId(1 + DIVISIONS + chance.below(DEPARTMENTS)),
            GroupId(fares + chance.below(2)),
            GroupId(fares + 2 + chance.below(PROJECTS)),
            GroupId(fares + 2 + chance.below(PROJECTS)),
        ];
        let until = chance.happens(0.1).then(|| Instant(NOW + i64::from(chance.below(9_000_000))));
        let standing = Standing { groups, contractor: chance.happens(0.1), until };
        let bucket = BucketId(chance.below(u32::from(BUCKETS)) as u16);
        PersonSet { name: key.clone(), key, bucket, standing }
    };
    Event::PeopleSet((0..PEOPLE).map(person).collect())
}

/// Policies: some for all, the others for departments, projects, people and products, as they come to be.
pub(super) fn policies(count: u32) -> PolicySet {
    let mut text = "@id(\"base\") permit (principal, action, resource);\n".to_owned();
    let general = [
        "@id(\"tokens-in-hours\") @reason(\"outside-schedule\") forbid (principal, \
         action == Action::\"open-on-tokens\", resource) \
         unless { context.during.contains(Schedule::\"office-hours\") };",
        "@id(\"contractors\") forbid (principal, action in [Action::\"open-on-seat\", \
         Action::\"take-free-seat\"], resource) when { principal.contractor };",
        "@id(\"token-group\") forbid (principal in Group::\"token-group\", \
         action == Action::\"take-free-seat\", resource);",
        "@id(\"emea\") @reason(\"region-not-allowed\") forbid (principal in Group::\"division-3\", \
         action, resource) when { context has region && context.region != Region::\"emea\" };",
    ];
    general.iter().for_each(|policy| text.extend([*policy, "\n"]));
    for number in 5..count {
        // Writing to a text cannot fail.
        let _ = writeln!(text, "@id(\"rule-{number}\") {}", particular(number));
    }
    PolicySet { name: "a4".to_owned(), mode: Mode::Enforce, text }
}

fn particular(number: u32) -> String {
    let (department, project) = (number * 7 % DEPARTMENTS, number * 11 % PROJECTS);
    let product = number * 13 % u32::from(PRODUCTS);
    let (site, bucket) = (number % u32::from(SITES), number % u32::from(BUCKETS - 1) + 1);
    let collection = number as usize % OFFERINGS;
    match number % 8 {
        0 => format!(
            "permit (principal in Group::\"department-{department}\", action, \
             resource == Product::\"product-{product}\");"
        ),
        1 => format!(
            "permit (principal in Group::\"project-{project}\", action, \
             resource in Offering::\"collection-{collection}\") when {{ context.weekday < 6 }};"
        ),
        2 => format!(
            "forbid (principal in Group::\"department-{department}\", action, \
             resource in Offering::\"collection-{collection}\") \
             unless {{ context has site && context.site == Site::\"site-{site}\" }};"
        ),
        3 => format!(
            "forbid (principal in Group::\"project-{project}\", \
             action == Action::\"open-on-tokens\", resource) \
             when {{ !(context.bucket in Bucket::\"bucket-{bucket}\") && context.confirmed }};"
        ),
        4 => format!(
            "forbid (principal == Person::\"user{:06}\", action, \
             resource == Product::\"product-{product}\");",
            number * 197 % PEOPLE
        ),
        5 => format!(
            "forbid (principal, action, resource == Product::\"product-{product}\") \
             when {{ principal has until && principal.until < context.now.offset(duration(\"7d\")) }};"
        ),
        6 => format!(
            "forbid (principal, action, resource) when {{ principal in \
             [Group::\"project-{project}\", Group::\"department-{department}\"] && \
             context.host like \"lab-*\" && context.minute > 1200 }};"
        ),
        _ => format!(
            "forbid (principal in Group::\"department-{department}\", action, \
             resource == Product::\"product-{product}\") when {{ context has address && \
             !context.address.isInRange(ip(\"10.{site}.0.0/16\")) }};"
        ),
    }
}

/// A question that owns its ask.
pub(super) struct Asked {
    ask: Ask,
    person: PersonId,
    product: ProductId,
    fare: Fare,
    bucket: BucketId,
    place: Place,
    at: Instant,
}

impl Asked {
    pub(super) fn random(chance: &mut Chance) -> Self {
        let site = chance.below(u32::from(SITES));
        let address = format!("10.{site}.{}.7", chance.below(250)).parse().ok();
        let evidence = Evidence { address, country: None, site: None };
        let more = Circumstances { evidence, confirmed: chance.happens(0.1), ..Default::default() };
        let country = ["es", "de", "fr", "us", "jp"][site as usize % 5];
        Self {
            ask: Ask { host: format!("ws-{}", chance.below(5_000)), more, ..Default::default() },
            person: PersonId(chance.below(PEOPLE)),
            product: ProductId(chance.below(u32::from(PRODUCTS)) as u16),
            fare: [Fare::Seat, Fare::FreeSeat, Fare::Tokens][chance.below(3) as usize],
            bucket: BucketId(chance.below(u32::from(BUCKETS)) as u16),
            place: Place {
                site: Some(SiteId(site as u16)),
                network: Some(0),
                country: Country::new(country),
                trust: Trust::Network,
            },
            at: Instant(NOW + i64::from(chance.below(604_800))),
        }
    }

    pub(super) fn question(&self) -> Question<'_> {
        let Self { ref ask, person, product, fare, bucket, place, at } = *self;
        Question { person, product, fare, bucket, place, ask, at }
    }
}
