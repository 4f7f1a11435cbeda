//! The estate with an organisation: who owns which bucket, who asks for what, where people sit, which rules hold.

use crate::estate::{Estate, now};
use faregate_app::access::{Kind, Role};
use faregate_core::alert::{Crossing, Raised, Severity};
use faregate_core::amount::Ticks;
use faregate_core::budget::Terms;
use faregate_core::caps::{Cap, Each, Measure, Span, Then};
use faregate_core::estate::{
    AliasTerm, Breach, BucketId, BucketTerms, Country, Domain, Group, GroupId, Leftover, Network,
    OfferingId, Period, Person, PersonId, Region, Seat, Site, Standing, Territory,
};
use faregate_core::event::{BucketSet, Event, Mode, PersonSet, PolicySet, TokenRequest};
use faregate_core::when::{DAY, Instant, Zone};

/// Bridges has little left, and so has Poor.
pub(crate) const BRIDGES_LOW: &str = "a28";
pub(crate) const POOR_LOW: &str = "a28-1";
/// Ben asks for three tokens for Bridges, which Anna and Lena decide on.
pub(crate) const BENS: &str = "r29";
/// Dora asks for two for Poor, which only Lena decides on.
pub(crate) const DORAS: &str = "r30";

pub(crate) const ANNA: PersonId = PersonId(0);
const BEN: PersonId = PersonId(1);
const DORA: PersonId = PersonId(3);
const LENA: PersonId = PersonId(4);

impl Estate {
    /// The estate, organised. General lies above Bridges, and Bridges above Tunnels.
    pub(crate) fn office() -> Self {
        let estate = Self::after(events());
        let seq = estate.seq();
        assert_eq!(DORAS, format!("r{seq}"), "the last of the events is Dora's request");
        estate
    }

    /// A key of somebody's own.
    pub(crate) fn member(&self, name: &str) -> String {
        self.access.issue(Kind::Key, name, Role::Member, None).unwrap()
    }

    /// A key of somebody who runs Faregate and is a person as well.
    pub(crate) fn administrator(&self, name: &str) -> String {
        self.named(name, Role::Administrator)
    }

    /// A key with a person's name, for a role.
    pub(crate) fn named(&self, name: &str, role: Role) -> String {
        self.access.issue(Kind::Key, name, role, None).unwrap()
    }
}

fn tokens(count: i64) -> Ticks {
    Ticks::from_tokens(count).unwrap()
}

fn bucket(key: &str, name: &str, parent: Option<u16>, owners: &[PersonId]) -> BucketSet {
    let terms = BucketTerms {
        parent: parent.map(BucketId),
        owners: owners.to_vec(),
        period: if key == "bridges" { Period::Months(3) } else { Period::Open },
        leftover: Leftover::Return,
        lends: key == "general",
    };
    BucketSet { key: key.to_owned(), name: name.to_owned(), terms }
}

/// A rule that two buckets have crossed.
const LOW: &str = "[[rule]]\nkey = \"low\"\nwatch = \"left\"\nscope = \"bucket\"\nbelow = \"20 %\"\n\
                   channels = [\"ops\"]\n[[rule.step]]\ntext = \"Ask its owner.\"\n";

fn low(subjects: &[&str]) -> Event {
    let crossing = |subject: &&str| Crossing {
        subject: (*subject).to_owned(),
        name: (*subject).to_owned(),
        value: 150,
        limit: 200,
        said: format!("{subject} has little left"),
        facts: vec![("Tokens left".to_owned(), "3".to_owned())],
    };
    Event::AlertRaised(Raised {
        rule: "low".to_owned(),
        name: "Low".to_owned(),
        severity: Severity::Warning,
        channels: vec!["ops".to_owned()],
        steps: vec!["Ask its owner.".to_owned()],
        crossings: subjects.iter().map(crossing).collect(),
    })
}

fn asked(by: PersonId, bucket: u16, from: Option<u16>, count: i64, why: &str) -> Event {
    Event::TokensRequested(TokenRequest {
        by,
        bucket: BucketId(bucket),
        from: from.map(BucketId),
        ticks: tokens(count),
        why: why.to_owned(),
        expires: now().plus(7 * DAY),
        loan: None,
    })
}

fn events() -> Vec<Event> {
    let lena = Person {
        key: "lena".to_owned(),
        name: "Lena".to_owned(),
        bucket: BucketId(0),
        aliases: Vec::new(),
    };
    let (from, until) = (now().plus(-40 * DAY), now().plus(300 * DAY));
    let free = Seat { offering: OfferingId(0), person: None, from, until };
    vec![
        Event::PeopleAdded(vec![lena]),
        Event::BucketsSet(vec![
            bucket("general", "General", None, &[ANNA, LENA]),
            bucket("bridges", "Bridges", Some(0), &[BEN]),
            bucket("tunnels", "Tunnels", Some(1), &[]),
            bucket("poor", "Poor", None, &[]),
        ]),
        Event::TermsSet(Terms { owners: vec![LENA], ..Terms::default() }),
        Event::GroupsSet(vec![Group {
            key: "staff".to_owned(),
            name: "Staff".to_owned(),
            dimension: Some("fare".to_owned()),
            parents: Vec::new(),
        }]),
        Event::PeopleSet(vec![PersonSet {
            key: "anna".to_owned(),
            name: "Anna".to_owned(),
            bucket: BucketId(0),
            standing: Standing { groups: vec![GroupId(0)], ..Standing::default() },
        }]),
        Event::AliasesSet(vec![AliasTerm {
            alias: "a.lopez".to_owned(),
            person: ANNA,
            from: now().plus(-DAY),
            until: Instant(i64::MAX),
        }]),
        Event::SeatsAdded(vec![free]),
        Event::RegionsSet(vec![Region {
            key: "iberia".to_owned(),
            name: "Iberia".to_owned(),
            countries: vec![Country::new("ES").unwrap(), Country::new("PT").unwrap()],
        }]),
        Event::SitesSet(vec![madrid()]),
        Event::TerritoriesSet(vec![Territory {
            domain: Domain::Pool,
            allowed: vec!["iberia".to_owned()],
            from: now().plus(-DAY),
            until: now().plus(DAY),
            breach: Breach::Quarantine,
            unknown: Breach::Report,
        }]),
        Event::CapsSet(vec![cap()]),
        Event::PolicyAdopted(faregate_app::rules::shipped_set("base").unwrap()),
        Event::PolicyAdopted(PolicySet {
            name: "house".to_owned(),
            mode: Mode::Monitor,
            text: "@id(\"house-1\") permit (principal, action, resource);".to_owned(),
        }),
        // Of what General has, so that Bridges' request can be answered; then the two requests.
        Event::Allocated { bucket: BucketId(3), ticks: tokens(5) },
        Event::AlertRuleSet { key: "low".to_owned(), text: LOW.to_owned() },
        low(&["bucket:bridges", "bucket:poor"]),
        asked(BEN, 1, Some(0), 3, "a deadline"),
        asked(DORA, 2, None, 2, "nothing is left"),
    ]
}

fn madrid() -> Site {
    Site {
        key: "madrid".to_owned(),
        name: "Madrid".to_owned(),
        country: Country::new("ES").unwrap(),
        zone: Zone::named("Europe/Madrid").unwrap(),
        networks: vec![Network { cidr: "10.20.0.0/16".parse().unwrap(), room: None, vpn: false }],
    }
}

/// Members of the staff may open so much a day, once that is decided.
fn cap() -> Cap {
    Cap {
        key: "twenty-a-day".to_owned(),
        person: None,
        group: Some(GroupId(0)),
        product: None,
        bucket: None,
        each: Each::Person,
        measure: Measure::Tokens,
        span: Span::Day,
        limit: tokens(20).0,
        then: Then::Refuse,
        mode: Mode::Monitor,
    }
}
