//! Every reason to be turned away, in order of precedence.

use super::*;
use crate::access::{Forbidden, Policy, Question, Verdict};
use crate::budget::Terms;
use crate::caps::{Cap, Each, Measure, Span, Then};
use crate::estate::{
    Breach, BucketTerms, Cidr, Country, Domain, Network, Offering, OfferingId, Period, Seat, Site,
    Standing, Territory,
};
use crate::event::{BucketSet, Mode, PersonSet};
use crate::state::tests::T0;
use crate::when::Zone;

/// Forbids what the name of the asker says, on every fare.
struct ByName;

impl Policy for ByName {
    fn judge(&self, state: &State, question: &Question<'_>) -> Verdict {
        let person = state.estate().person(question.person).unwrap();
        let reason = match person.key.as_str() {
            "barred" => Reason::NotEligible,
            "late" => Reason::OutsideSchedule,
            _ => return Verdict::Permit,
        };
        Verdict::Forbid(Forbidden { reason, rule: Some(0), is_final: false })
    }

    fn rule_name(&self, _: u32) -> Option<&str> {
        Some("by-name")
    }
}

/// Whatever stands in the way of people whose time is over, of barred and late ones, of those abroad,
/// of people with a seat (`daan`), of whoever pays from `lab` (its dates are past, nothing is in it).
fn obstructed() -> World {
    let mut world = World::new();
    for (key, until) in [("gone", Some(T0)), ("barred", None), ("late", None), ("daan", None)] {
        let standing = Standing { until, ..Standing::default() };
        let (key, name, bucket) = (key.to_owned(), String::new(), BucketId(2));
        world.must(Event::PeopleSet(vec![PersonSet { key, name, bucket, standing }]));
    }
    let covers = vec!["unrated".to_owned(), "revit".to_owned()];
    let offering = Offering { key: "all".to_owned(), name: String::new(), covers };
    world.must(Event::OfferingsDefined(vec![offering]));
    let person = world.state.estate().person_called("daan");
    let (offering, from, until) = (OfferingId(1), T0, T0.plus(900 * DAY));
    world.must(Event::SeatsAdded(vec![Seat { offering, person, from, until }]));
    let site = |key: &str, country: &str, cidr: &str| Site {
        key: key.to_owned(),
        name: String::new(),
        country: Country::new(country).unwrap(),
        zone: Zone::utc(),
        networks: vec![Network { cidr: cidr.parse::<Cidr>().unwrap(), room: None, vpn: false }],
    };
    let sites = vec![site("madrid", "ES", "10.1.0.0/16"), site("lima", "PE", "10.2.0.0/16")];
    world.must(Event::SitesSet(sites));
    let territory = |domain| Territory {
        domain,
        allowed: vec!["ES".to_owned()],
        from: T0,
        until: T0.plus(900 * DAY),
        breach: Breach::Refuse,
        unknown: Breach::Report,
    };
    let offering = territory(Domain::Offering(OfferingId(1)));
    world.must(Event::TerritoriesSet(vec![territory(Domain::Pool), offering]));
    let period = Period::Dates("2026-01-01".parse().unwrap(), "2026-02-01".parse().unwrap());
    let terms = BucketTerms { period, parent: Some(BucketId(1)), ..BucketTerms::default() };
    world.must(Event::BucketsSet(vec![BucketSet { key: "lab".into(), name: "Lab".into(), terms }]));
    let terms = Terms { seat_hosts_max: Some(1), seat_moves_a_day: 1, ..Terms::default() };
    world.must(Event::TermsSet(terms));
    world
}

/// A cap that nothing stays under, on use that this bucket pays for.
fn cap(key: &str, bucket: u16, measure: Measure, span: Span, then: Then) -> Cap {
    let (key, bucket) = (key.to_owned(), Some(BucketId(bucket)));
    let (each, limit, mode) = (Each::Together, 0, Mode::Enforce);
    let (person, group, product) = (None, None, None);
    Cap { key, person, group, product, bucket, each, measure, span, limit, then, mode }
}

/// Caps of all kinds, the least fundamental first: the order in which they were made does not matter.
fn capped(from: usize) -> World {
    let mut world = obstructed();
    let kinds = [
        ("ask", Measure::Opens, Span::Day, Then::Confirm),
        ("month", Measure::Opens, Span::Month, Then::Refuse),
        ("day", Measure::Tokens, Span::Day, Then::Refuse),
        ("hours", Measure::Opens, Span::Seconds(600), Then::Refuse),
        ("running", Measure::Running, Span::Day, Then::Refuse),
    ];
    let caps = |bucket| {
        kinds.iter().take(kinds.len() - from).map(move |(key, measure, span, then)| {
            cap(&format!("{key}-{bucket}"), bucket, *measure, *span, *then)
        })
    };
    world.must(Event::CapsSet(caps(0).chain(caps(1)).chain(caps(2)).collect()));
    world
}

/// One row a reason: what is asked brings it about together with every reason below it that can apply.
#[test]
fn the_most_fundamental_reason_is_given_first() {
    // The only pack ends after 365 days, hour 8,760; a script of one line begins with all caps.
    let rows: [(Reason, World, &str); 26] = [
        (Reason::ProductUnknown, capped(0), "0:00 open nobody nothing nowhere from=10.2.0.1"),
        (Reason::ProductUnknown, capped(0), "0:00 open ben nothing"),
        (Reason::PersonUnknown, capped(0), "0:00 open nobody unrated nowhere from=10.2.0.1"),
        (Reason::PersonUnknown, capped(0), "0:00 open nobody revit"),
        (Reason::BucketUnknown, capped(0), "0:00 open gone unrated nowhere from=10.2.0.1"),
        (Reason::BucketUnknown, capped(0), "0:00 open anna civil-3d nowhere"),
        (Reason::BucketNotYours, capped(0), "0:00 open gone unrated general from=10.2.0.1"),
        (Reason::AccessEnded, capped(0), "0:00 open gone unrated from=10.2.0.1"),
        (Reason::NotEligible, capped(0), "0:00 open barred unrated fare=tokens from=10.2.0.1"),
        (Reason::OutsideSchedule, capped(0), "0:00 open late unrated fare=tokens from=10.2.0.1"),
        (
            Reason::RegionNotAllowed,
            capped(0),
            "0:00 open ben unrated lab fare=tokens from=10.2.0.1",
        ),
        (Reason::NotOnTariff, capped(0), "8760:00 open ben unrated lab fare=tokens from=10.1.0.1"),
        (Reason::NoLease, capped(0), "0:00 open ben minutely lab fare=tokens lease=60 clock-wrong"),
        (Reason::SeatHeldElsewhere, capped(0), "0:00 open daan revit host=b"),
        (Reason::NoFreeSeat, capped(0), "0:00 open ben unrated"),
        (Reason::BucketNotInForce, capped(0), "0:00 open ben revit lab"),
        (Reason::ConcurrentCapReached, capped(0), "8760:00 open ben revit"),
        (Reason::WindowCapReached, capped(1), "8760:00 open ben revit"),
        (Reason::DailyCapReached, capped(2), "8760:00 open ben revit"),
        (Reason::MonthlyCapReached, capped(3), "8760:00 open ben revit"),
        (Reason::ConfirmationNeeded, capped(4), "8760:00 open ben revit"),
        (Reason::BucketExhausted, branched(), "8760:00 open ben revit lab clock-wrong"),
        (Reason::PoolExhausted, World::new(), "8760:00 open ben revit clock-wrong"),
        (Reason::ClockWrong, World::new(), "0:00 open ben revit clock-wrong"),
        (Reason::TokensNotAgreed, World::new(), "0:00 open ben revit agreed=9"),
        (Reason::TokensNotAgreed, World::new(), "0:00 open ben revit lease=3600"),
    ];
    let mut given: Vec<Reason> = rows.iter().map(|(reason, ..)| *reason).collect();
    for (reason, mut world, line) in rows {
        if reason == Reason::SeatHeldElsewhere {
            let elsewhere = world.open(&asked("daan", "revit", &["host=a"]));
            assert!(matches!(elsewhere, Event::Opened(_)), "{elsewhere:?}");
        }
        let policies = Policies { enforced: &ByName, on_trial: None };
        check_under(policies, world, reason.code(), &format!("{line} => {}", reason.code()));
    }
    assert!(given.is_sorted(), "rows follow the precedence");
    given.dedup();
    assert_eq!(given, Reason::ALL, "every reason has its row");
    assert!(Reason::ALL.is_sorted());
}

#[test]
fn every_reason_has_words_of_its_own() {
    for reason in Reason::ALL {
        assert!(!reason.remedies().is_empty(), "{reason:?} leaves people alone");
        assert!(reason.remedies().iter().all(|remedy| !remedy.is_empty()));
        let sentence = reason.sentence();
        assert!(sentence.starts_with(char::is_lowercase) && !sentence.ends_with('.'));
        let others = Reason::ALL.iter().filter(|other| other.code() == reason.code());
        assert_eq!(others.count(), 1);
        assert_eq!(Reason::from_code(reason.code()), Some(reason));
    }
    assert_eq!(Reason::from_code("no-such-reason"), None);
    let transient = Reason::ALL.iter().filter(|reason| reason.is_transient()).count();
    assert_eq!(transient, 12, "a new reason says whether it passes by itself");
}

/// Where somebody is, and what is done about it, stands in the decision.
#[test]
fn use_outside_of_a_territory_is_on_record() {
    let mut world = obstructed();
    let mut territories = world.state.estate().territories().to_vec();
    let bucket = Territory {
        domain: Domain::Bucket(BucketId(1)),
        breach: Breach::Quarantine,
        allowed: vec!["PE".to_owned()],
        ..territories[0].clone()
    };
    territories[0].breach = Breach::Report;
    territories.push(bucket);
    world.must(Event::TerritoriesSet(territories));
    for (person, product, from, expected) in [
        ("ben", "revit", "from=10.1.0.1", Some(Breach::Quarantine)),
        ("ben", "revit", "from=10.2.0.1", Some(Breach::Report)),
        ("ben", "daily", "from=192.0.2.1", Some(Breach::Report)),
        ("cleo", "daily", "from=10.1.0.1", None),
        ("anna", "civil-3d", "from=10.2.0.1", None),
        ("daan", "revit", "from=192.0.2.1", Some(Breach::Report)),
    ] {
        let event = world.open(&asked(person, product, &[from]));
        let Event::Opened(opened) = event else { panic!("{person} {from}: {event:?}") };
        assert_eq!(opened.basis.breach, expected, "{person} {product} {from}");
        assert_eq!(opened.basis.rules, 1);
    }
    let abroad = world.open(&asked("daan", "revit", &["from=10.2.0.1"]));
    assert_eq!(said(&abroad), "region-not-allowed", "a seat's territory forbids it");
}

/// Where a territory refuses what comes from nobody knows where, leaving the place out does not help.
#[test]
fn an_unknown_place_is_refused_where_its_territory_says_so() {
    let mut world = obstructed();
    let mut territories = world.state.estate().territories().to_vec();
    territories[0].unknown = Breach::Refuse;
    world.must(Event::TerritoriesSet(territories));
    check_in(
        world,
        "nobody knows where",
        "0:00 open ben revit fare=tokens => region-not-allowed
         0:00 open ben revit fare=tokens from=192.0.2.1 => region-not-allowed
         0:00 open ben revit fare=tokens from=10.1.0.1 => 10 of bucket 1 from 0:00
         0:00 open daan revit => seat 1",
    );
}
