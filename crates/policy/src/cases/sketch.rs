//! The estate of one case, made from a few lines.

use faregate_core::access::Question;
use faregate_core::estate::{
    BucketTerms, Country, Evidence, Group, GroupId, Hours, Network, Offering, Place, Product,
    Region, Schedule, Site, Standing,
};
use faregate_core::event::{Ask, BucketSet, Circumstances, Event, Fare, PersonSet};
use faregate_core::state::State;
use faregate_core::when::{Date, Instant, Zone};
use serde::Deserialize;
use std::collections::BTreeMap;

/// What all cases of a file share.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct EstateSketch {
    /// The contract's zone; UTC when none is named.
    zone: Option<String>,
    /// Groups, and those above each.
    groups: BTreeMap<String, Vec<String>>,
    /// Offerings, and the products that each covers.
    offerings: BTreeMap<String, Vec<String>>,
    /// Buckets, and the one above each.
    buckets: BTreeMap<String, String>,
    /// Regions, and the countries of each.
    regions: BTreeMap<String, Vec<String>>,
    sites: BTreeMap<String, SiteSketch>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct SiteSketch {
    country: String,
    network: Option<String>,
    #[serde(default)]
    vpn: bool,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum FareName {
    Seat,
    FreeSeat,
    Tokens,
}

impl From<FareName> for Fare {
    fn from(name: FareName) -> Self {
        match name {
            FareName::Seat => Self::Seat,
            FareName::FreeSeat => Self::FreeSeat,
            FareName::Tokens => Self::Tokens,
        }
    }
}

/// What must be answered.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Expected {
    Permit,
    Forbid,
}

impl Expected {
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Permit => "permit",
            Self::Forbid => "forbid",
        }
    }
}

/// Who asks for what, and what they must be answered.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Case {
    pub(super) it: String,
    person: Option<String>,
    #[serde(default)]
    groups: Vec<String>,
    #[serde(default)]
    contractor: bool,
    until: Option<String>,
    /// The person's own bucket.
    bucket: Option<String>,
    /// The bucket that would pay, when it is another one.
    pays: Option<String>,
    product: Option<String>,
    fare: FareName,
    /// The fare that the person asked for.
    asked: Option<FareName>,
    #[serde(default)]
    confirmed: bool,
    host: Option<String>,
    version: Option<String>,
    address: Option<String>,
    country: Option<String>,
    /// The site that the workstation reports.
    site: Option<String>,
    /// The schedules that go on.
    #[serde(default)]
    during: Vec<String>,
    at: Option<String>,
    /// 1 Monday to 7 Sunday, instead of `at`.
    weekday: Option<u8>,
    /// Minute of the day in the contract's zone, instead of `at`.
    minute: Option<u16>,
    pub(super) expect: Expected,
    pub(super) reason: Option<String>,
    pub(super) policy: Option<String>,
    #[serde(rename = "final")]
    pub(super) is_final: Option<bool>,
}

/// A case's state and question.
pub(super) struct Asked {
    pub(super) state: State,
    ask: Ask,
    place: Place,
    at: Instant,
    fare: Fare,
    person: String,
    product: String,
    pays: String,
}

/// The first Monday after the project's first day; any other would do.
const MONDAY: &str = "2026-11-23";

const GENERAL: &str = "general";

impl Asked {
    pub(super) fn new(sketch: &EstateSketch, case: &Case) -> Result<Self, String> {
        let zone = sketch.zone.as_deref().unwrap_or("UTC");
        let zone = Zone::named(zone).map_err(|unknown| unknown.to_string())?;
        let evidence = Evidence {
            address: parsed(case.address.as_deref(), "an address")?,
            country: case.country.as_deref().map(country).transpose()?,
            site: case.site.clone(),
        };
        let state = state(sketch, case, &zone)?;
        let place = state.estate().locate(&evidence);
        let more = Circumstances {
            version: case.version.clone(),
            evidence,
            fare: case.asked.map(Fare::from),
            confirmed: case.confirmed,
            agent: None,
        };
        let host = case.host.clone().unwrap_or_else(|| "ws-1".to_owned());
        Ok(Self {
            ask: Ask { host, more, ..Ask::default() },
            place,
            at: case.at(&zone)?,
            fare: case.fare.into(),
            person: case.person().to_owned(),
            product: case.product().to_owned(),
            pays: case.pays.as_deref().unwrap_or(case.bucket()).to_owned(),
            state,
        })
    }

    pub(super) fn question(&self) -> Question<'_> {
        let estate = self.state.estate();
        Question {
            person: estate.person_called(&self.person).unwrap_or_default(),
            product: estate.product_called(&self.product).unwrap_or_default(),
            fare: self.fare,
            bucket: estate.bucket_called(&self.pays).unwrap_or_default(),
            place: self.place,
            ask: &self.ask,
            at: self.at,
        }
    }
}

impl Case {
    fn person(&self) -> &str {
        self.person.as_deref().unwrap_or("somebody")
    }

    fn product(&self) -> &str {
        self.product.as_deref().unwrap_or("some-product")
    }

    fn bucket(&self) -> &str {
        self.bucket.as_deref().unwrap_or(GENERAL)
    }

    fn at(&self, zone: &Zone) -> Result<Instant, String> {
        if let Some(at) = parsed(self.at.as_deref(), "a time")? {
            return Ok(at);
        }
        let monday: Date = MONDAY.parse().map_err(|_| MONDAY.to_owned())?;
        let days = i32::from(self.weekday.unwrap_or(1)).saturating_sub(1);
        let seconds = i64::from(self.minute.unwrap_or(600)).saturating_mul(60);
        Ok(zone.start_of(monday.plus(days)).plus(seconds))
    }
}

fn parsed<T: core::str::FromStr>(text: Option<&str>, what: &str) -> Result<Option<T>, String> {
    let parse = |text: &str| text.parse().map_err(|_| format!("`{text}` is not {what}"));
    text.map(parse).transpose()
}

fn country(code: &str) -> Result<Country, String> {
    Country::new(code).ok_or_else(|| format!("`{code}` is not a country's two letters"))
}

fn state(sketch: &EstateSketch, case: &Case, zone: &Zone) -> Result<State, String> {
    let name = "cases".to_owned();
    let mut events = vec![Event::ContractAgreed { name, zone: zone.name().to_owned() }];
    events.extend(things(sketch, case));
    events.extend(places(sketch, case, zone)?);
    let (groups, numbers) = groups(sketch, case);
    events.extend(groups);
    let mut state = State::default();
    let apply = |state: &mut State, events: &[Event]| {
        events.iter().try_for_each(|event| {
            let seq = state.seq().saturating_add(1);
            state.apply(seq, Instant(0), event).map_err(|broken| broken.to_string())
        })
    };
    apply(&mut state, &events)?;
    let standing = Standing {
        groups: case.groups.iter().filter_map(|key| numbers.get(key).copied()).collect(),
        contractor: case.contractor,
        until: parsed(case.until.as_deref(), "a time")?,
    };
    let key = case.person().to_owned();
    let bucket = state.estate().bucket_called(case.bucket()).unwrap_or_default();
    let person = PersonSet { name: key.clone(), key, bucket, standing };
    apply(&mut state, &[Event::PeopleSet(vec![person])])?;
    Ok(state)
}

fn things(sketch: &EstateSketch, case: &Case) -> Vec<Event> {
    let mut products: Vec<&str> = vec![case.product()];
    products.extend(sketch.offerings.values().flatten().map(String::as_str));
    let product = |key: &&str| Product { key: (*key).to_owned(), name: (*key).to_owned() };
    let offerings = sketch.offerings.iter().map(|(key, covers)| Offering {
        key: key.clone(),
        name: key.clone(),
        covers: covers.clone(),
    });
    // All are opened before any is put below another one.
    let mut keys: Vec<&str> = vec![GENERAL, case.bucket()];
    keys.extend(case.pays.as_deref());
    keys.extend(sketch.buckets.iter().flat_map(|(key, above)| [key.as_str(), above.as_str()]));
    let mut known: Vec<&str> = Vec::new();
    keys.into_iter().for_each(|key| {
        if !known.contains(&key) {
            known.push(key)
        }
    });
    let number = |key: &str| known.iter().position(|known| *known == key);
    let number =
        |key: &str| Some(faregate_core::estate::BucketId(u16::try_from(number(key)?).ok()?));
    let set = |key: &str, parent| BucketSet {
        key: key.to_owned(),
        name: key.to_owned(),
        terms: BucketTerms { parent, ..BucketTerms::default() },
    };
    let below = sketch.buckets.iter().map(|(key, above)| set(key, number(above)));
    vec![
        Event::ProductsDefined(products.iter().map(product).collect()),
        Event::OfferingsDefined(offerings.collect()),
        Event::BucketsSet(known.iter().map(|key| set(key, None)).collect()),
        Event::BucketsSet(below.collect()),
    ]
}

fn places(sketch: &EstateSketch, case: &Case, zone: &Zone) -> Result<Vec<Event>, String> {
    let mut regions = Vec::new();
    for (key, codes) in &sketch.regions {
        let countries: Result<Vec<Country>, String> =
            codes.iter().map(|code| country(code)).collect();
        regions.push(Region { key: key.clone(), name: key.clone(), countries: countries? });
    }
    let mut sites = Vec::new();
    for (key, site) in &sketch.sites {
        let cidr = parsed(site.network.as_deref(), "a block of addresses")?;
        let networks = cidr.map(|cidr| Network { cidr, room: None, vpn: site.vpn });
        sites.push(Site {
            key: key.clone(),
            name: key.clone(),
            country: country(&site.country)?,
            zone: zone.clone(),
            networks: networks.into_iter().collect(),
        });
    }
    let always = Hours { weekdays: 0b111_1111, from_minute: 0, until_minute: 1_440 };
    let schedules = case.during.iter().map(|key| Schedule {
        key: key.clone(),
        zone: zone.clone(),
        hours: vec![always],
        except: Vec::new(),
        from: None,
        until: None,
    });
    let schedules = Event::SchedulesSet(schedules.collect());
    Ok(vec![Event::RegionsSet(regions), Event::SitesSet(sites), schedules])
}

/// The events that add all groups, and the groups' ids.
fn groups(sketch: &EstateSketch, case: &Case) -> (Vec<Event>, BTreeMap<String, GroupId>) {
    let above = sketch.groups.iter().flat_map(|(key, above)| core::iter::once(key).chain(above));
    let mut numbers: BTreeMap<String, GroupId> = BTreeMap::new();
    let mut first = Vec::new();
    for key in above.chain(&case.groups) {
        if !numbers.contains_key(key) {
            let id = GroupId(u32::try_from(first.len()).unwrap_or(u32::MAX));
            numbers.insert(key.clone(), id);
            first.push(group(key, Vec::new()));
        }
    }
    let then = sketch.groups.iter().map(|(key, above)| {
        group(key, above.iter().filter_map(|key| numbers.get(key).copied()).collect())
    });
    let events = vec![Event::GroupsSet(first), Event::GroupsSet(then.collect())];
    (events, numbers)
}

fn group(key: &str, parents: Vec<GroupId>) -> Group {
    Group { key: key.to_owned(), name: key.to_owned(), dimension: None, parents }
}
