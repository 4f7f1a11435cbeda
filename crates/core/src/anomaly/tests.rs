use super::*;
use crate::estate::{Country, Network, PersonId, Place, ProductId, Site, SiteId, Trust};
use crate::event::{Charge, DipCause, Event, Source};
use crate::state::tests::{T0, World, dollars, rate, tariff, tokens};
use crate::tariff::{Meter, SeatPrice};
use crate::when::{HOUR, Zone};

mod judged;
mod numbers;

const MINUTE: i64 = 60;
const REVIT: ProductId = ProductId(0);
const ANNA: PersonId = PersonId(0);
const BEN: PersonId = PersonId(1);

/// The world of all tests, with two sites and a dear product.
struct Given {
    world: World,
    stretches: Vec<Stretch>,
    hosts: Vec<String>,
    dips: Vec<Dip>,
    silent: Vec<Silence>,
    first_used: BTreeMap<ProductId, Instant>,
    days: i64,
}

impl Given {
    fn new() -> Self {
        let mut world = World::new();
        for (key, country, zone) in
            [("mad", "ES", "Europe/Madrid"), ("nyc", "US", "America/New_York")]
        {
            let networks: Vec<Network> = Vec::new();
            let (country, zone) = (Country::new(country).unwrap(), Zone::named(zone).unwrap());
            let (key, name) = (key.to_owned(), key.to_uppercase());
            world.must(Event::SitesSet(vec![Site { key, name, country, zone, networks }]));
        }
        let hosts = ["ws-1", "ws-2"].map(str::to_owned).into();
        Self {
            world,
            stretches: Vec::new(),
            hosts,
            dips: Vec::new(),
            silent: Vec::new(),
            first_used: BTreeMap::new(),
            days: 35,
        }
    }

    /// Adds a use: the day, from one minute of it to another.
    fn used(&mut self, person: PersonId, day: i64, (from, until): (i64, i64)) -> &mut Stretch {
        let start = T0.plus(day * DAY);
        let (opened, closed) = (start.plus(from * MINUTE), start.plus(until * MINUTE));
        let (host, place) = (Some(0), Place::default());
        let one = Stretch { person, product: REVIT, host, place, opened, closed, on_seat: None };
        self.stretches.push(one);
        self.stretches.last_mut().unwrap()
    }

    /// Somebody's usual working days: nine to noon, on ten days.
    fn works(&mut self, person: PersonId) {
        for day in 20..30 {
            self.used(person, day, (540, 720));
        }
    }

    fn charged(&mut self, person: PersonId, product: ProductId, at: Instant, whole: i64) {
        let charge = Charge {
            at,
            ticks: tokens(whole),
            person,
            product,
            bucket: crate::estate::GENERAL,
            meter: Meter::Window24h,
            source: Source::Log,
            paid: false,
        };
        self.world.must(Event::UsageCharged(vec![charge]));
    }

    fn found(&mut self) -> Vec<Finding> {
        self.found_with(&Thresholds::default())
    }

    fn found_with(&mut self, thresholds: &Thresholds) -> Vec<Finding> {
        self.stretches.sort_by_key(|one| one.opened);
        let scene = Scene {
            state: &self.world.state,
            stretches: &self.stretches,
            hosts: &self.hosts,
            dips: &self.dips,
            silent: &self.silent,
            first_used: &self.first_used,
            known_from: T0.plus(-100 * DAY),
            term: self.world.state.zone().date(T0),
            from: T0,
            until: T0.plus(self.days * DAY),
        };
        find(&scene, thresholds)
    }

    fn classes(&mut self) -> Vec<Class> {
        let mut classes: Vec<Class> = self.found().iter().map(|one| one.class).collect();
        classes.sort_unstable();
        classes
    }
}

/// Uses of Anna's, from minute to minute of one day, and what is found of them.
#[track_caller]
fn check_day(name: &str, uses: &[(i64, i64)], expected: &[Class]) {
    let mut given = Given::new();
    given.works(ANNA);
    uses.iter().for_each(|one| {
        given.used(ANNA, 3, *one);
    });
    assert_eq!(given.classes(), expected, "{name}");
}

#[test]
fn long_sessions_and_what_was_left_open() {
    use Class::{LongSession, OvernightIdle};
    check_day("13 hours", &[(420, 1_200)], &[LongSession]);
    check_day("12.9 hours", &[(420, 1_194)], &[]);
    check_day("a restart is no break", &[(420, 800), (804, 1_200)], &[LongSession]);
    check_day("five minutes are one", &[(420, 800), (805, 1_205)], &[]);
    check_day("a lunch break", &[(420, 720), (765, 1_260)], &[]);
    check_day("until the next morning", &[(1_020, 1_950)], &[OvernightIdle]);
    check_day("until two in the night", &[(900, 1_560)], &[]);
    check_day("a short night", &[(1_300, 1_700)], &[]);
}

#[test]
fn a_long_session_is_on_one_workstation() {
    let mut given = Given::new();
    given.works(ANNA);
    given.used(ANNA, 3, (420, 840));
    given.used(ANNA, 3, (838, 1_260)).host = Some(1);
    assert_eq!(given.classes(), []);
}

#[test]
fn whoever_works_at_night_has_their_night_by_day() {
    let mut given = Given::new();
    (20..30).for_each(|day| {
        given.used(ANNA, day, (1_320, 1_560));
    });
    given.used(ANNA, 3, (1_200, 1_800));
    assert_eq!(given.classes(), [], "ten hours of a night shift");
    given.used(ANNA, 6, (1_320, 2_400));
    assert_eq!(given.classes(), [Class::OvernightIdle], "the morning and the noon after it");
}

#[test]
fn service_accounts_cover_their_week() {
    let check = |minutes: (i64, i64), days: i64, expected: &[Class]| {
        let mut given = Given::new();
        (0..days).for_each(|day| {
            given.used(ANNA, day, minutes);
        });
        assert_eq!(given.classes(), expected, "{minutes:?} on {days} days");
    };
    check((10, 1_430), 9, &[Class::ServiceAccount]);
    check((0, 1_225), 7, &[Class::ServiceAccount]);
    let mut given = Given::new();
    (0..7).for_each(|day| {
        given.used(ANNA, day, (0, 1_223));
    });
    assert!(!given.classes().contains(&Class::ServiceAccount), "84.9 %");
    let mut given = Given::new();
    (0..5).for_each(|day| {
        given.used(ANNA, day, (0, 1_440));
    });
    assert!(!given.classes().contains(&Class::ServiceAccount), "five days of seven");
}

/// Anna works on two workstations, so many minutes at once, on so many of her days.
#[track_caller]
fn check_shared(name: &str, minutes: i64, both: i64, days: i64, expected: &[Class]) {
    let mut given = Given::new();
    for day in 0..days {
        given.used(ANNA, day, (540, 720));
        if day < both {
            given.used(ANNA, day, (720 - minutes, 800)).host = Some(1);
        }
    }
    assert_eq!(given.classes(), expected, "{name}");
}

#[test]
fn shared_credentials_are_two_hosts_at_once() {
    use Class::SharedCredentials;
    check_shared("on eight of twenty days", 16, 8, 20, &[SharedCredentials]);
    check_shared("on seven", 16, 7, 20, &[]);
    check_shared("clocks that differ by a quarter of an hour", 15, 20, 20, &[]);
    check_shared("one after the other", -5, 20, 20, &[]);
    let mut given = Given::new();
    (given.days, given.world.now) = (60, T0);
    for day in 0..60 {
        given.used(ANNA, day, (540, 720));
        if day < 8 {
            given.used(ANNA, day, (600, 800)).host = Some(1);
        }
    }
    assert_eq!(given.classes(), [], "eight of sixty days are 13 %");
    let mut given = Given::new();
    for day in 0..20 {
        given.used(ANNA, day, (540, 720)).host = None;
        given.used(ANNA, day, (600, 800)).host = None;
    }
    assert_eq!(given.classes(), [], "nobody says on which workstation");
}

#[test]
fn what_was_left_open_is_nobody_at_work() {
    let mut given = Given::new();
    given.works(ANNA);
    for day in 0..10 {
        given.used(ANNA, day * 2, (900, 1_440 + 600));
        given.used(ANNA, day * 2 + 1, (540, 620)).host = Some(1);
    }
    assert!(!given.classes().contains(&Class::SharedCredentials));
}

fn at(site: u16, trust: Trust) -> Place {
    let country = Country::new(if site == 0 { "ES" } else { "US" });
    Place { site: Some(SiteId(site)), network: None, country, trust }
}

/// Anna opens something in Madrid at nine, and somewhere else so many minutes later, on so many days.
#[track_caller]
fn check_travel(name: &str, there: Place, later: i64, days: i64, expected: &[Class]) {
    let mut given = Given::new();
    for day in 0..days {
        given.used(ANNA, day * 3, (540, 560)).place = at(0, Trust::Network);
        given.used(ANNA, day * 3, (540 + later, 560 + later)).place = there;
    }
    let found = given.found();
    let classes: Vec<Class> = found
        .iter()
        .map(|one| one.class)
        .filter(|class| *class == Class::ImpossibleTravel)
        .collect();
    assert_eq!(classes, expected, "{name}");
}

#[test]
fn nobody_travels_that_fast() {
    use Class::ImpossibleTravel;
    let york = at(1, Trust::Network);
    check_travel("Madrid and New York within the hour", york, 60, 3, &[ImpossibleTravel]);
    check_travel("on two days", york, 60, 2, &[]);
    // 5,770 km at 900 km/h take 384.7 minutes.
    check_travel("just too fast", york, 383, 3, &[ImpossibleTravel]);
    check_travel("a flight", york, 386, 3, &[]);
    check_travel("a VPN's egress", at(1, Trust::Vpn), 60, 3, &[]);
    check_travel("what the workstation says of itself", at(1, Trust::Reported), 60, 3, &[]);
    check_travel("the same site", at(0, Trust::Network), 1, 3, &[]);
    let country =
        |code| Place { country: Country::new(code), trust: Trust::Geo, ..Place::default() };
    check_travel("Madrid and the US by address", country("US"), 60, 3, &[ImpossibleTravel]);
    // Madrid is 500 km from Lisbon.
    check_travel("Portugal within half an hour", country("PT"), 30, 3, &[ImpossibleTravel]);
    check_travel("Portugal by train", country("PT"), 240, 3, &[]);
    check_travel("a country without cities", country("XX"), 1, 3, &[]);
}

#[test]
fn off_site_is_outside_of_all_sites_for_whoever_works_at_one() {
    let check = |at_site: i64, away: i64, expected: bool| {
        let mut given = Given::new();
        (0..at_site)
            .for_each(|day| given.used(ANNA, day, (540, 720)).place = at(0, Trust::Network));
        let place = Place { country: Country::new("ES"), trust: Trust::Geo, ..Place::default() };
        (20..20 + away).for_each(|day| given.used(ANNA, day, (540, 720)).place = place);
        assert_eq!(given.classes().contains(&Class::OffSite), expected, "{at_site}, {away}");
    };
    check(10, 3, true);
    check(10, 2, false);
    check(9, 3, false);
}

#[test]
fn off_hours_are_far_from_ones_own_day() {
    let check = |minute: i64, days: i64, expected: &[Class]| {
        let mut given = Given::new();
        (0..20).for_each(|day| {
            given.used(ANNA, day, (540, 720));
        });
        (20..20 + days).for_each(|day| {
            given.used(ANNA, day, (minute, minute + 30));
        });
        assert_eq!(given.classes(), expected, "{minute} on {days} days");
    };
    check(1_380, 3, &[Class::OffHours]);
    check(1_380, 2, &[]);
    check(1_020, 5, &[]);
}

/// So many people open Revit, one every so many seconds, at 13:00 on a Wednesday; on other days a few do.
fn opened_at_once(people: u32, apart: i64) -> Given {
    let mut given = Given::new();
    for day in 0..30 {
        for person in 100..103 {
            given.used(PersonId(person), day, (740 + i64::from(person - 100) * 11, 900));
        }
    }
    for person in 0..people {
        let one = given.used(PersonId(200 + person), 23, (780, 900));
        one.opened = one.opened.plus(i64::from(person) * apart);
    }
    given
}

#[test]
fn a_burst_is_many_people_at_once() {
    let check = |people: u32, apart: i64, expected: &[Class]| {
        assert_eq!(opened_at_once(people, apart).classes(), expected, "{people}, {apart} s apart");
    };
    check(20, 28, &[Class::Burst]);
    check(10, 50, &[Class::Burst]);
    check(9, 10, &[]);
    // Fourteen in eleven minutes where they are never ten within ten: one each 70 seconds.
    check(14, 70, &[]);
    let mut again = Given::new();
    (0..20).for_each(|second| {
        again.used(ANNA, 23, (780 + second / 4, 900 + second));
    });
    (0..30).for_each(|day| {
        again.used(BEN, day, (600, 700));
    });
    assert_eq!(again.classes(), [], "one person who opens it twenty times is not many");
}

#[test]
fn what_happens_every_day_at_nine_is_no_burst() {
    // In the bins of nine, and across two of them.
    for (people, from) in [(14, 540), (20, 540), (20, 545), (40, 540)] {
        let mut given = Given::new();
        for day in 0..35 {
            (0..people).for_each(|person| {
                given.used(PersonId(person), day, (from + i64::from(person) * 9 / 40, 700));
            });
        }
        assert_eq!(given.classes(), [], "{people} people at minute {from}");
    }
}

#[test]
fn a_burst_says_who_where_and_how_much() {
    let mut given = opened_at_once(20, 28);
    given.hosts = (0..20).map(|seat| format!("MAD-TR2-{seat:02}")).collect();
    for (seat, one) in (0..).zip(given.stretches.iter_mut().filter(|one| one.person.0 >= 200)) {
        one.host = Some(seat);
    }
    given.charged(PersonId(1), REVIT, T0.plus(23 * DAY + 781 * MINUTE), 10);
    let opened = T0.plus(23 * DAY + 781 * MINUTE);
    given.stretches.push(Stretch {
        person: PersonId(1),
        host: None,
        opened,
        ..given.stretches[91]
    });
    let found = given.found();
    let [burst] = &found[..] else { panic!("{found:?}") };
    assert_eq!(
        burst.words,
        "21 people opened revit within 9 minutes, 20 of them at MAD-TR2-…, where 0.0 are usual."
            .replace("where 0.0", &format!("where {}", &burst.facts[2].1))
    );
    assert_eq!((burst.cost, burst.product), (tokens(10), Some(REVIT)));
    assert_eq!((burst.people.len(), burst.rows.len()), (21, 21));
    assert!(burst.facts.contains(&("tokens, if each is charged a unit", "210".to_owned())));
}

#[test]
fn a_burst_is_found_while_it_goes_on() {
    let given = opened_at_once(20, 28);
    let zone = Zone::utc();
    let openings = || {
        given.stretches.iter().map(|one| Opening {
            at: one.opened,
            product: one.product,
            person: one.person,
        })
    };
    let start = T0.plus(23 * DAY + 780 * MINUTE);
    let (first, last) = (zone.date(T0), zone.date(T0).plus(22));
    let before = openings().filter(|one| one.at < start.plus(-DAY / 2));
    let pace = Pace::new(before, &zone, first, last);
    let now = |seconds: i64| {
        let at = start.plus(seconds);
        bursts_now(&pace, openings().filter(|one| one.at <= at), at, &Thresholds::default())
    };
    assert_eq!(now(28 * 6), [], "seven people");
    let found = now(28 * 19);
    let [burst] = &found[..] else { panic!("{found:?}") };
    assert!(burst.people.len() >= 20 && burst.from <= start.plus(28));
    assert_eq!(now(2_000), [], "it is over");
}

#[test]
fn dips_are_one_finding_a_person_and_product() {
    let mut given = Given::new();
    let day = given.world.state.zone().date(T0);
    given.dips = (0..3)
        .map(|n| Dip {
            person: ANNA,
            product: ProductId(4),
            alias: None,
            day: day.plus(n),
            ticks: tokens(9),
            cost: None,
            cause: DipCause::SameIdentity,
        })
        .collect();
    let found = given.found();
    let [dip] = &found[..] else { panic!("{found:?}") };
    assert_eq!((dip.class, dip.cost, dip.strength), (Class::DoubleDip, tokens(27), 3.0));
    assert_eq!(dip.monthly, measure::scaled(tokens(27), 30.0 / 35.0));
}

/// An account with this key and name, whose Civil 3D is charged while Anna holds a seat for it.
#[track_caller]
fn check_second(key: &str, name: &str, bucket: u16, expected: &[Class]) {
    let mut given = Given::new();
    given.world.must(Event::PeopleAdded(vec![crate::estate::Person {
        key: key.to_owned(),
        name: name.to_owned(),
        bucket: crate::estate::BucketId(bucket),
        aliases: Vec::new(),
    }]));
    given.charged(PersonId(3), ProductId(4), T0.plus(DAY), 9);
    given.charged(PersonId(3), ProductId(4), T0.plus(31 * DAY), 9);
    let found = given.found();
    let classes: Vec<Class> = found.iter().map(|one| one.class).collect();
    assert_eq!(classes, expected, "{key}");
    found.iter().for_each(|one| assert_eq!(one.cost, tokens(9), "the seat ends on day 30"));
}

#[test]
fn a_second_account_looks_like_the_first() {
    use Class::DoubleDip;
    check_second("anna.ext", "anna", 0, &[DoubleDip]);
    check_second("anna-2", "Anna", 0, &[DoubleDip]);
    check_second("annabel", "anna", 0, &[]);
    check_second("anna.ext", "anna", 1, &[]);
    check_second("anna.ext", "somebody else", 0, &[]);
    check_second("ext.anna", "anna", 0, &[]);
}

#[test]
fn tokens_that_cost_as_much_as_a_seat() {
    let check = |charges: i64, product: ProductId, person: PersonId, expected: bool| {
        let mut given = Given::new();
        let seat = SeatPrice {
            offering: "c3d-seat".to_owned(),
            name: "Civil 3D".to_owned(),
            per_year: dollars(270_000_000),
            covers: vec!["civil-3d".to_owned()],
            source: "test".to_owned(),
        };
        let parts = tariff(vec![
            rate("civil-3d", Meter::Window24h, 9),
            rate("revit", Meter::Window24h, 10),
        ]);
        given
            .world
            .must(Event::TariffAdopted(crate::tariff::TariffParts { seats: vec![seat], ..parts }));
        given.days = 20;
        // 9 tokens at 3 dollars: ten of them cost what the seat does.
        (0..charges).for_each(|day| given.charged(person, product, T0.plus(day * DAY), 9));
        let found = given.classes().contains(&Class::WorthASeat);
        assert_eq!(found, expected, "{charges} of {product:?}");
    };
    check(10, ProductId(4), BEN, true);
    check(9, ProductId(4), BEN, false);
    check(10, REVIT, BEN, false);
    check(10, ProductId(4), ANNA, false);
}

#[test]
fn holders_of_seats_who_spend_tokens_elsewhere() {
    let check = |person: PersonId, product: ProductId, whole: i64, expected: &[Class]| {
        let mut given = Given::new();
        (0..29).for_each(|day| given.charged(person, product, T0.plus(day * DAY), whole));
        given.days = 29;
        assert_eq!(given.classes(), expected, "{person:?} {product:?} {whole}");
    };
    check(ANNA, REVIT, 4, &[Class::SeatHolderOnTokens]);
    check(ANNA, REVIT, 3, &[]);
    check(ANNA, ProductId(4), 4, &[]);
    check(BEN, REVIT, 4, &[]);
}

#[test]
fn new_products_and_silent_sources() {
    let mut given = Given::new();
    given.used(ANNA, 3, (540, 600));
    given.first_used = [(REVIT, T0.plus(3 * DAY)), (ProductId(4), T0.plus(-DAY))].into();
    given.silent = vec![Silence {
        source: "license-server".to_owned(),
        until: T0.plus(30 * DAY),
        late_seconds: 36 * HOUR,
    }];
    let found = given.found();
    let words: Vec<&str> = found.iter().map(|one| one.words.as_str()).collect();
    assert_eq!(
        words,
        [
            "revit was used for the first time on 2026-06-04, by 1 people until now.",
            "The source license-server has told nothing since 2026-07-01T00:00:00Z: what was used since is not in the figures.",
        ]
    );
}
