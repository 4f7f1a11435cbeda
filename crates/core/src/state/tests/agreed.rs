//! What is agreed and asked: events that contradict what is true are refused whole, also when only the last of
//! what they list does.

use super::*;
use crate::budget::{Answer, LoanTerms};
use crate::caps::{Cap, Each, Measure, Span, Then};
use crate::estate::{
    AliasTerm, BucketTerms, Cidr, Country, Group, Leftover, Network, Period, Region, Schedule,
    Site, Standing, Territory,
};
use crate::event::{BucketSet, Finding, Mode, Move, MoveCause, PersonSet, TokenRequest};
use crate::ledger::PackKind;

fn group(key: &str, dimension: Option<&str>, parents: &[u32]) -> Group {
    Group {
        key: key.to_owned(),
        name: String::new(),
        dimension: dimension.map(str::to_owned),
        parents: parents.iter().map(|id| GroupId(*id)).collect(),
    }
}

fn person(key: &str, bucket: u16, groups: &[u32]) -> PersonSet {
    let groups = groups.iter().map(|id| GroupId(*id)).collect();
    let standing = Standing { groups, ..Standing::default() };
    PersonSet { key: key.to_owned(), name: key.to_owned(), bucket: BucketId(bucket), standing }
}

fn bucket(key: &str, parent: Option<u16>, owners: &[u32]) -> BucketSet {
    let (parent, owners) = (parent.map(BucketId), owners.iter().map(|id| PersonId(*id)).collect());
    let terms = BucketTerms { parent, owners, lends: true, ..BucketTerms::default() };
    BucketSet { key: key.to_owned(), name: key.to_owned(), terms }
}

fn site(key: &str, cidr: &str) -> Site {
    let network = Network { cidr: cidr.parse::<Cidr>().unwrap(), room: None, vpn: false };
    let (key, name, networks) = (key.to_owned(), String::new(), vec![network]);
    Site { key, name, country: Country::new("ES").unwrap(), zone: Zone::utc(), networks }
}

fn alias(name: &str, person: u32) -> AliasTerm {
    AliasTerm { alias: name.to_owned(), person: PersonId(person), from: T0, until: T0.plus(DAY) }
}

/// Fares 0 and 1, and 2 that is none; Anna is in 0 and 2. `lab` lies below `design`.
fn settled() -> World {
    let mut world = World::new();
    world.must(Event::GroupsSet(vec![
        group("gold", Some("fare"), &[]),
        group("silver", Some("fare"), &[]),
        group("team", None, &[0]),
    ]));
    world.must(Event::PeopleSet(vec![person("anna", 0, &[0, 2]), person("dora", 1, &[1])]));
    world.must(Event::BucketsSet(vec![bucket("lab", Some(1), &[1]), bucket("new", Some(2), &[])]));
    world.must(Event::SitesSet(vec![site("madrid", "10.1.0.0/16")]));
    world.must(Event::AliasesSet(vec![alias("desk", 0)]));
    world
}

#[test]
fn what_contradicts_an_agreement_is_refused_whole() {
    let world = settled();
    let groups = |second: Group| Event::GroupsSet(vec![group("other", None, &[]), second]);
    let people = |second: PersonSet| Event::PeopleSet(vec![person("eva", 0, &[]), second]);
    let buckets = |second: BucketSet| Event::BucketsSet(vec![bucket("other", None, &[]), second]);
    let sites = |second: Site| Event::SitesSet(vec![site("paris", "10.2.0.0/16"), second]);
    let names = |second: AliasTerm| Event::AliasesSet(vec![alias("laptop", 1), second]);
    let moved = |seat, person| Event::SeatMoved { seat: SeatId(seat), person };
    let rows = [
        (groups(group("gold", Some("fare"), &[2])), Broken::Group(GroupId(0))),
        (groups(group("next", None, &[9])), Broken::Group(GroupId(4))),
        (groups(group("team", Some("fare"), &[])), Broken::Exclusive(GroupId(2))),
        (people(person("anna", 0, &[0, 1])), Broken::Exclusive(GroupId(1))),
        (people(person("anna", 0, &[9])), Broken::UnknownId),
        (people(person("anna", 9, &[])), Broken::UnknownId),
        (buckets(bucket("design", Some(2), &[])), Broken::Bucket(BucketId(1))),
        (buckets(bucket("next", Some(5), &[])), Broken::Bucket(BucketId(5))),
        (buckets(bucket("next", Some(9), &[])), Broken::Bucket(BucketId(5))),
        (buckets(bucket("next", None, &[9])), Broken::UnknownId),
        (Event::BucketsSet(vec![bucket("next", Some(4), &[])]), Broken::Bucket(BucketId(4))),
        (sites(site("rome", "10.1.0.0/16")), Broken::Site(SiteId(2))),
        (names(alias("DESK", 1)), Broken::Alias(PersonId(0))),
        (names(alias("anna", 1)), Broken::Alias(PersonId(0))),
        (names(alias("other", 9)), Broken::UnknownId),
        (moved(0, Some(PersonId(1))), Broken::Seat(SeatId(0))),
        (moved(0, Some(PersonId(9))), Broken::UnknownId),
        (moved(9, None), Broken::UnknownId),
        (Event::PolicyRetired("none".into()), Broken::NoPolicy("none".into())),
        (
            Event::TermsSet(Terms { owners: vec![PersonId(9)], ..Terms::default() }),
            Broken::UnknownId,
        ),
        (Event::PeriodEnded { bucket: BucketId(9), until: Date(0) }, Broken::UnknownId),
    ];
    for (event, expected) in &rows {
        check(&format!("{event:?}"), &world, event, expected);
    }
    let texts = rows.map(|(_, broken)| broken.to_string());
    assert!(texts.iter().all(|text| !text.is_empty() && !text.ends_with('.')));
}

/// A person is the one with the key; somebody's dated name is no key.
#[test]
fn a_new_key_adds_a_person() {
    let mut world = settled();
    let known = world.state.estate().people().len();
    world.must(Event::PeopleSet(vec![person("desk", 1, &[])]));
    assert_eq!(world.state.estate().people().len(), known + 1);
    world.must(Event::PeopleSet(vec![person("ANNA", 1, &[1])]));
    assert_eq!(world.state.estate().people().len(), known + 1);
    assert_eq!(world.state.payer(PersonId(0)), BucketId(1));
    assert_eq!(world.state.estate().groups_of(PersonId(0)), [GroupId(1)]);
}

fn asked(by: u32, bucket: u16, from: Option<u16>) -> TokenRequest {
    TokenRequest {
        by: PersonId(by),
        bucket: BucketId(bucket),
        from: from.map(BucketId),
        ticks: tokens(10),
        why: String::new(),
        expires: T0.plus(DAY),
        loan: Some(LoanTerms { due: T0.plus(DAY) }),
    }
}

fn moves(from: Option<u16>, to: Option<u16>, whole: i64, cause: MoveCause) -> Event {
    let (from, to) = (from.map(BucketId), to.map(BucketId));
    Event::TokensMoved(Move { from, to, ticks: tokens(whole), cause, why: String::new() })
}

#[test]
fn what_contradicts_a_request_is_refused() {
    let mut world = settled();
    world.must(Event::TokensRequested(asked(2, 2, Some(1))));
    let id = RequestId(world.state.seq());
    let says = |by, answer| Event::RequestAnswered {
        request: id,
        by: PersonId(by),
        answer,
        comment: String::new(),
    };
    let yes = Answer::Approve(tokens(10));
    world.must(says(1, yes));
    let refused = Broken::Request(id);
    let (approved, returned) = (MoveCause::Request(id), MoveCause::LoanReturned(id));
    for (name, event) in [
        ("their own", says(2, yes)),
        ("their own, declined", says(2, Answer::Decline)),
        ("said already", says(1, yes)),
        ("to somebody else", moves(Some(1), Some(0), 10, approved)),
        ("from somebody else", moves(Some(0), Some(2), 10, approved)),
        ("returned before it was lent", moves(Some(2), Some(1), 10, returned)),
    ] {
        check(name, &world, &event, &refused);
    }
    let strangers = [asked(77, 2, Some(1)), asked(2, 9, Some(1)), asked(2, 2, Some(9))];
    for stranger in strangers {
        check("a stranger", &world, &Event::TokensRequested(stranger), &Broken::UnknownId);
    }
    let other = Broken::Request(RequestId(999));
    let unknown = MoveCause::Request(RequestId(999));
    check("no request", &world, &moves(Some(1), Some(2), 1, unknown), &other);
    check("no request", &world, &Event::RequestExpired(RequestId(999)), &other);
    let below = Broken::Ledger(Refusal::BelowFloor(Account::Available(BucketId(1))));
    check("too many", &world, &moves(Some(1), Some(2), 41, approved), &below);
    world.must(moves(Some(1), Some(2), 10, approved));
    check("twice", &world, &moves(Some(1), Some(2), 10, approved), &refused);
    check("too late", &world, &says(0, Answer::Decline), &refused);
    check("expired", &world, &Event::RequestExpired(id), &refused);
    check("more than is owed", &world, &moves(Some(2), Some(1), 11, returned), &refused);
    check("to somebody else", &world, &moves(Some(2), Some(0), 10, returned), &refused);
    world.must(moves(Some(2), Some(1), 4, returned));
    world.must(moves(Some(2), Some(1), 6, returned));
    check("returned", &world, &moves(Some(2), Some(1), 1, returned), &refused);
}

fn rules() -> Vec<Event> {
    let (from, until) = (T0, T0.plus(90 * DAY));
    let mut lab = bucket("lab", Some(1), &[1]);
    (lab.terms.period, lab.terms.leftover) = (Period::Months(3), Leftover::Carry);
    let cap = Cap {
        key: "all".to_owned(),
        person: None,
        group: Some(GroupId(2)),
        product: None,
        bucket: None,
        each: Each::Person,
        measure: Measure::Running,
        span: Span::Day,
        limit: 9,
        then: Then::Refuse,
        mode: Mode::Monitor,
    };
    let carry = Some((100_000, DAY));
    let terms = Terms { owners: vec![PersonId(0)], carry, ..Terms::default() };
    let policy = PolicySet { name: "base".into(), text: "permit".into(), ..PolicySet::default() };
    let spain = Country::new("ES").unwrap();
    vec![
        Event::BucketsSet(vec![lab]),
        Event::GroupsSet(vec![group("firm", None, &[]), group("gold", Some("fare"), &[3])]),
        Event::CapsSet(vec![cap.clone(), Cap { measure: Measure::Opens, ..cap }]),
        Event::TermsSet(terms),
        Event::PolicyAdopted(policy.clone()),
        Event::PolicyAdopted(PolicySet { name: "other".into(), ..policy }),
        Event::PolicyRetired("base".into()),
        Event::RegionsSet(vec![Region {
            key: "emea".into(),
            name: "".into(),
            countries: vec![spain],
        }]),
        Event::TerritoriesSet(vec![Territory {
            domain: crate::estate::Domain::Pool,
            allowed: vec!["emea".into()],
            from,
            until,
            breach: crate::estate::Breach::Report,
            unknown: crate::estate::Breach::Refuse,
        }]),
        Event::SchedulesSet(vec![Schedule {
            key: "office".into(),
            zone: Zone::utc(),
            hours: Vec::new(),
            except: Vec::new(),
            from: None,
            until: None,
        }]),
    ]
}

fn figures() -> Vec<Event> {
    let (from, until) = (T0, T0.plus(90 * DAY));
    let price = Some(dollars(2_700_000));
    let vendor = VendorCharge {
        day: Date(20_000),
        alias: "anna".to_owned(),
        person: PersonId(0),
        product: ProductId(0),
        ticks: tokens(3),
        finding: Finding::Booked,
    };
    vec![
        Event::PackAdded {
            name: "eba".into(),
            kind: PackKind::MultiYear,
            ticks: tokens(50),
            from,
            until,
            price,
        },
        Event::CarriedForward { pack: 1, ticks: tokens(5), until: until.plus(DAY) },
        Event::Corrected { pack: 1, bucket: None, ticks: tokens(-2), why: String::new() },
        Event::SeatMoved { seat: SeatId(0), person: None },
        Event::SeatMoved { seat: SeatId(0), person: Some(PersonId(2)) },
        Event::TokensRequested(asked(2, 2, Some(1))),
        Event::VendorBalance { at: T0, ticks: tokens(7) },
        Event::VendorReported(vec![vendor]),
        Event::ShadowPriced(dollars(1)),
        Event::ExchangeRatesSet(vec![ExchangeRate {
            price: dollars(1_100_000),
            of: crate::amount::Currency::new("EUR").unwrap(),
            from: Date(20_000),
        }]),
        Event::BreachReviewed { decision: 7, accepted: true, why: "trip".into() },
    ]
}

/// Everything that a snapshot can hold, at once.
#[test]
fn a_checkpoint_holds_all_that_is_agreed() {
    let mut world = settled();
    rules().into_iter().chain(figures()).for_each(|event| world.must(event));
    world.open(&World::ask("anna", "revit", None));
    world.open(&World::ask("cleo", "civil-3d", None));
    assert_eq!(world.state.rules(), 5);
    let restored = State::restore(world.state.checkpoint()).unwrap();
    assert_eq!(restored.checkpoint(), world.state.checkpoint());
    assert_eq!(restored.estate(), world.state.estate());
    assert_eq!(restored.counts(), world.state.counts());
    assert_eq!(restored.sessions_on(SeatId(0)), world.state.sessions_on(SeatId(0)));
    assert_eq!(crate::invariants::violations(&restored), []);
}

/// Whoever runs something, or was charged, is not made anybody else.
#[test]
fn a_merge_of_who_has_use_is_refused() {
    let mut world = settled();
    let (anna, ben) = (PersonId(0), PersonId(1));
    let merged = |person, into| Event::PersonMerged { person, into };
    check("itself", &world, &merged(ben, Some(ben)), &Broken::Merge(ben));
    check("apart", &world, &merged(ben, None), &Broken::Merge(ben));
    let mut seated = world.clone();
    seated.open(&World::ask("anna", "civil-3d", None));
    check("on a seat", &seated, &merged(anna, Some(ben)), &Broken::Merge(anna));
    world.open(&World::ask("ben", "revit", None));
    check("running", &world, &merged(ben, Some(anna)), &Broken::Merge(ben));
    let id = SessionId(world.state.seq());
    world.now = T0.plus(2 * GRACE);
    world.alive(id);
    world.end(id, Cause::Closed);
    check("charged", &world, &merged(ben, Some(anna)), &Broken::Merge(ben));
    let unit = world.state.charges().iter().next().unwrap().unit();
    world.must(Event::UsageReversed(vec![unit]));
    world.must(merged(ben, Some(anna)));
    assert!(world.state.estate().is_merged(ben));
    let restored = State::restore(world.state.checkpoint()).unwrap();
    assert_eq!(restored.estate(), world.state.estate());
    world.must(merged(ben, None));
    assert!(!world.state.estate().is_merged(ben));
}
