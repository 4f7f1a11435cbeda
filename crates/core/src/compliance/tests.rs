use super::*;
use crate::access::Policies;
use crate::estate::{Country, Network, Region, Site, Trust};
use crate::event::{Cause, Circumstances, SessionId};
use crate::gate;
use crate::state::tests::{T0, World};
use crate::when::{DAY, HOUR, Zone};

/// Madrid in Europe, Pune in Asia; tokens of `design` belong in Europe.
fn events(breach: Breach) -> Vec<Event> {
    let text = str::to_owned;
    let country = |code: &str| Country::new(code).unwrap();
    let site = |(key, code, zone, cidr): (&str, &str, &str, &str)| Site {
        key: text(key),
        name: text(key),
        country: country(code),
        zone: Zone::named(zone).unwrap(),
        networks: vec![Network { cidr: cidr.parse().unwrap(), room: None, vpn: false }],
    };
    let region = |(key, code): (&str, &str)| Region {
        key: text(key),
        name: text(key),
        countries: vec![country(code)],
    };
    let domain = Domain::Bucket(BucketId(1));
    let (from, until) = (T0, T0.plus(300 * DAY));
    let sites = [
        ("madrid", "ES", "Europe/Madrid", "10.1.0.0/16"),
        ("pune", "IN", "Asia/Kolkata", "10.2.0.0/16"),
    ];
    vec![
        Event::RegionsSet([("europe", "ES"), ("asia", "IN")].map(region).to_vec()),
        Event::SitesSet(sites.map(site).to_vec()),
        Event::TerritoriesSet(vec![Territory {
            domain,
            allowed: vec![text("europe")],
            from,
            until,
            breach,
            unknown: Breach::Report,
        }]),
    ]
}

/// A contract and its journal; the fold begins where the journal does.
struct Watched {
    first: State,
    world: World,
    journal: Vec<(u64, Instant, Event)>,
}

impl Watched {
    fn new(breach: Breach) -> Self {
        let world = World::new();
        let mut watched = Self { first: world.state.clone(), world, journal: Vec::new() };
        events(breach).into_iter().for_each(|event| watched.book(event));
        watched
    }

    fn book(&mut self, event: Event) {
        self.world.must(event.clone());
        self.journal.push((self.world.state.seq(), self.world.now, event));
    }

    fn at(&mut self, hour: i64) {
        self.world.now = T0.plus(hour * HOUR);
    }

    /// Opens from an address; the session, when there is one.
    fn open(&mut self, person: &str, product: &str, address: &str) -> Option<SessionId> {
        let evidence = Evidence { address: address.parse().ok(), ..Evidence::default() };
        let more = Circumstances { evidence, ..Circumstances::default() };
        let ask = Ask { more, ..World::ask(person, product, None) };
        let answer = gate::open(&self.world.state, Policies::default(), &ask, self.world.now);
        let opened = matches!(answer, Event::Opened(_));
        self.book(answer);
        opened.then(|| SessionId(self.world.state.seq()))
    }

    fn close(&mut self, id: Option<SessionId>) {
        let now = self.world.now;
        let seen = gate::Seen { previous: now, at: now };
        while let Some(event) = gate::owed(&self.world.state, id.unwrap(), seen) {
            self.book(event);
        }
        let closed = gate::close(&self.world.state, id.unwrap(), now, Cause::Closed).unwrap();
        self.book(closed);
    }

    fn report(&self, from_day: i64, until_day: i64) -> Compliance {
        let (from, until) = (T0.plus(from_day * DAY), T0.plus(until_day * DAY));
        let mut fold = Fold::new(self.first.clone(), from, until);
        self.journal.iter().for_each(|(seq, at, event)| fold.apply(*seq, *at, event).unwrap());
        fold.finish()
    }
}

#[test]
fn breaches_come_with_their_evidence() {
    let check = |breach: Breach, done: Done, opens: bool| {
        let mut watched = Watched::new(breach);
        assert!(watched.open("ben", "revit", "10.1.0.7").is_some());
        let opened = watched.open("ben", "daily", "10.2.0.7");
        assert_eq!(opened.is_some(), opens, "{breach:?}");
        let decision = watched.world.state.seq();
        assert!(watched.open("cleo", "revit", "10.2.0.8").is_some(), "another bucket");
        let report = watched.report(0, 9);
        let [one] = report.breaches.as_slice() else { panic!("{:?}", report.breaches) };
        assert_eq!((one.decision, one.at, one.done), (decision, T0, done));
        assert_eq!((one.person.as_str(), one.product.as_str()), ("ben", "daily"));
        assert_eq!((one.place.country, one.place.trust), (Country::new("in"), Trust::Network));
        assert_eq!(one.evidence.address, "10.2.0.7".parse().ok());
        let territory = one.territory.as_ref().unwrap();
        assert_eq!(territory.domain, Domain::Bucket(BucketId(1)));
        assert_eq!(report.waiting().count(), usize::from(done == Done::Quarantined));
    };
    check(Breach::Refuse, Done::Refused, false);
    check(Breach::Quarantine, Done::Quarantined, true);
    check(Breach::Report, Done::Reported, true);
}

#[test]
fn what_was_looked_at_waits_no_longer() {
    let mut watched = Watched::new(Breach::Quarantine);
    watched.open("ben", "revit", "10.2.0.7");
    let decision = watched.world.state.seq();
    assert_eq!(watched.report(0, 1).waiting().count(), 1);
    watched.at(40 * 24);
    let why = "a journey".to_owned();
    watched.book(Event::BreachReviewed { decision, accepted: true, why: why.clone() });
    let report = watched.report(0, 1);
    assert_eq!(report.waiting().count(), 0);
    assert_eq!(report.breaches[0].review, Some((true, why)));
}

/// In June Ben from Madrid, Ben turned away in Pune, Anna from nobody knows where; in July Ben and Cleo, who also asks
/// for what nobody knows.
fn two_months() -> Compliance {
    let mut watched = Watched::new(Breach::Refuse);
    watched.open("ben", "revit", "10.1.0.7");
    watched.open("ben", "daily", "10.2.0.7");
    watched.open("anna", "civil-3d", "192.168.0.1");
    watched.at(30 * 24);
    watched.open("ben", "revit", "10.1.0.7");
    watched.open("cleo", "revit", "10.2.0.7");
    watched.open("cleo", "nothing", "10.2.0.7");
    assert!(watched.report(1, 2).rows(By::Payer, Over::Month).is_empty());
    watched.report(0, 60)
}

#[test]
fn use_is_a_table_by_place_and_what_else_is_asked_for() {
    let report = two_months();
    let check = |by: By, over: Over, expected: &[&str]| {
        let rows: Vec<String> = report.rows(by, over).iter().map(in_words).collect();
        assert_eq!(rows, expected, "{by:?} {over:?}");
    };
    let june = [
        "2026-06-01 - - Payer(Offering(OfferingId(0))) 1/0/0",
        "2026-06-01 ES 0 Payer(Bucket(BucketId(1))) 1/0/0",
        "2026-06-01 IN 1 - 0/1/1",
    ];
    let july = [
        "2026-07-01 ES 0 Payer(Bucket(BucketId(1))) 1/0/0",
        "2026-07-01 IN 1 - 0/1/0",
        "2026-07-01 IN 1 Payer(Bucket(BucketId(0))) 1/0/0",
    ];
    check(By::Payer, Over::Month, &[june, july].concat());
    let payers = [
        "all - - Payer(Offering(OfferingId(0))) 1/0/0",
        "all ES 0 Payer(Bucket(BucketId(1))) 2/0/0",
        "all IN 1 - 0/2/1",
        "all IN 1 Payer(Bucket(BucketId(0))) 1/0/0",
    ];
    check(By::Payer, Over::Period, &payers);
    let products = [
        "all - - Product(ProductId(4)) 1/0/0",
        "all ES 0 Product(ProductId(0)) 2/0/0",
        "all IN 1 - 0/1/0",
        "all IN 1 Product(ProductId(0)) 1/0/0",
        "all IN 1 Product(ProductId(2)) 0/1/1",
    ];
    check(By::Product, Over::Period, &products);
    let months = [
        "2026-06-01 - - - 1/0/0",
        "2026-06-01 ES 0 - 1/0/0",
        "2026-06-01 IN 1 - 0/1/1",
        "2026-07-01 ES 0 - 1/0/0",
        "2026-07-01 IN 1 - 1/1/0",
    ];
    check(By::Place, Over::Month, &months);
    check(By::Place, Over::Period, &["all - - - 1/0/0", "all ES 0 - 2/0/0", "all IN 1 - 1/2/1"]);
}

#[test]
fn nothing_is_lost_however_use_is_divided() {
    let report = two_months();
    for by in [By::Payer, By::Product, By::Place] {
        for over in [Over::Month, Over::Period] {
            let mut sum = Used::default();
            report.rows(by, over).into_values().for_each(|used| sum.add(used));
            assert_eq!(sum, Used { opened: 4, refused: 2, breaches: 1 }, "{by:?} {over:?}");
        }
    }
}

fn in_words((row, used): (&Row, &Used)) -> String {
    let month = row.month.map_or("all".to_owned(), |month| month.to_string());
    let country = row.country.map_or("-".to_owned(), |country| country.code().to_owned());
    let site = row.site.map_or("-".to_owned(), |site| site.0.to_string());
    let of = row.of.map_or("-".to_owned(), |of| format!("{of:?}"));
    let Used { opened, refused, breaches } = used;
    format!("{month} {country} {site} {of} {opened}/{refused}/{breaches}")
}

#[test]
fn the_territory_is_the_one_in_force_then() {
    let mut watched = Watched::new(Breach::Report);
    watched.open("ben", "revit", "10.2.0.7");
    watched.book(Event::TerritoriesSet(Vec::new()));
    watched.open("ben", "daily", "10.2.0.7");
    let breaches = watched.report(0, 1).breaches;
    assert_eq!(breaches.len(), 1);
    assert!(breaches[0].territory.is_some());
}

#[test]
fn regions_that_work_at_other_hours_share() {
    let mut watched = Watched::new(Breach::Report);
    // Pune 4 to 10 with two, Madrid 9 to 15 with two; between 9 and 10 one of Pune's still runs.
    watched.at(4);
    let pune = ["ben", "cleo"].map(|who| watched.open(who, "revit", "10.2.0.7"));
    watched.at(8);
    watched.close(pune[0]);
    watched.at(9);
    let madrid = ["anna", "ben"].map(|who| watched.open(who, "daily", "10.1.0.7"));
    watched.at(10);
    watched.close(pune[1]);
    watched.at(15);
    watched.close(madrid[0]);
    let sharing = watched.report(0, 1).sharing;
    let hours = |used: &RegionUse| used.seconds.map(|seconds| seconds / HOUR);
    let [asia, europe] = sharing.regions.as_slice() else { panic!("{sharing:?}") };
    assert_eq!((asia.region.as_str(), asia.peak, asia.at_the_peak_of_all), ("asia", 2, 1));
    assert_eq!((europe.region.as_str(), europe.peak, europe.at_the_peak_of_all), ("europe", 2, 2));
    assert_eq!((sharing.peak_of_sum, sharing.sum_of_peaks), (3, 4));
    assert_eq!(sharing.peak_at, T0.plus(9 * HOUR));
    assert_eq!(hours(asia)[3..11], [0, 2, 2, 2, 2, 1, 1, 0]);
    // The one that still runs is known to run to the end of the journal.
    assert_eq!(hours(europe)[8..16], [0, 2, 2, 2, 2, 2, 2, 0]);
    let verdict = "Pools of their own have to serve 4 sessions, a shared one 3: 1 fewer.";
    assert!(sharing.words.ends_with(verdict), "{}", sharing.words);
    assert_eq!(watched.report(2, 3).sharing.peak_of_sum, 0);
}

/// One after the other is not at once.
#[test]
fn what_ends_makes_room_for_what_begins() {
    let mut watched = Watched::new(Breach::Report);
    watched.at(4);
    let first = watched.open("ben", "revit", "10.2.0.7");
    watched.at(8);
    watched.close(first);
    let second = watched.open("cleo", "revit", "10.2.0.7");
    watched.at(9);
    watched.close(second);
    let sharing = watched.report(0, 1).sharing;
    assert_eq!((sharing.peak_of_sum, sharing.sum_of_peaks), (1, 1));
    assert!(sharing.words.ends_with("sharing one pool spares nothing."), "{}", sharing.words);
}
