//! A small contract that the tests of every module set up, and what the state refuses.

mod agreed;

use super::*;
use crate::access::Policies;
use crate::estate::{
    Bucket, BucketId, Offering, OfferingId, Person, PersonId, Product, ProductId, Seat,
};
use crate::event::{Ask, Basis, Counts, Opened, Outcome, Receipt, Source};
use crate::gate::{self, Seen};
use crate::ledger::Account;
use crate::tariff::{Meter, TariffParts, TokenPrice};
use crate::{amount::Money, when::DAY};

/// Monday 2026-06-01, midnight in UTC: minute 0 of every script.
pub(crate) const T0: Instant = Instant(1_780_272_000);
/// Launches shorter than this cost nothing.
pub(crate) const GRACE: i64 = 300;

pub(crate) fn tokens(whole: i64) -> Ticks {
    Ticks::from_tokens(whole).unwrap()
}

pub(crate) fn rate(product: &str, meter: Meter, whole: i64) -> Rate {
    let (product, ticks) = (product.to_owned(), tokens(whole));
    Rate { product, meter, ticks, from: None, until: None, source: "test".to_owned() }
}

pub(crate) fn tariff(rates: Vec<Rate>) -> TariffParts {
    TariffParts {
        name: "test".to_owned(),
        title: "Test".to_owned(),
        source: "test".to_owned(),
        grace_seconds: GRACE,
        idle_seconds: 900,
        prices: vec![TokenPrice { per_token: dollars(3_000_000), from: None }],
        rates,
        seats: Vec::new(),
    }
}

pub(crate) fn dollars(micros: i64) -> Money {
    Money { micros, currency: crate::amount::Currency::USD }
}

/// A contract under test and its clock.
#[derive(Clone)]
pub(crate) struct World {
    pub(crate) state: State,
    pub(crate) now: Instant,
    pub(crate) seen: BTreeMap<SessionId, Instant>,
}

impl World {
    /// Products by meter; Anna holds a seat for Civil 3D, Ben's bucket is `design`, `lab` is empty.
    /// 1,000 tokens for a year: 300 to `general`, 40 to `design`.
    pub(crate) fn new() -> Self {
        Self::in_zone("UTC")
    }

    pub(crate) fn in_zone(zone: &str) -> Self {
        let state = State::default();
        let mut world = Self { state, now: T0.plus(-DAY), seen: BTreeMap::new() };
        setup(zone).into_iter().for_each(|event| world.must(event));
        world.buy("year", 1_000, 0, 365);
        world.allocate(0, 300);
        world.allocate(1, 40);
        world.now = T0;
        world
    }

    pub(crate) fn happen(&mut self, event: &Event) -> Result<(), Broken> {
        self.state.apply(self.state.seq() + 1, self.now, event)
    }

    pub(crate) fn must(&mut self, event: Event) {
        self.happen(&event).unwrap_or_else(|broken| panic!("{broken}: {event:?}"));
        assert_eq!(crate::invariants::violations(&self.state), [], "after {event:?}");
    }

    pub(crate) fn buy(&mut self, name: &str, whole: i64, from_day: i64, until_day: i64) {
        let (from, until) = (T0.plus(from_day * DAY), T0.plus(until_day * DAY));
        self.must(Event::PackBought { name: name.to_owned(), ticks: tokens(whole), from, until });
    }

    pub(crate) fn allocate(&mut self, bucket: u16, whole: i64) {
        self.must(Event::Allocated { bucket: BucketId(bucket), ticks: tokens(whole) });
    }

    pub(crate) fn ask(person: &str, product: &str, bucket: Option<&str>) -> Ask {
        let bucket = bucket.map(str::to_owned);
        let (person, product) = (person.to_owned(), product.to_owned());
        Ask { person, product, bucket, ..Ask::default() }
    }

    /// Asks the gate and books its answer.
    pub(crate) fn open(&mut self, ask: &Ask) -> Event {
        self.open_under(Policies::default(), ask)
    }

    /// Asks the gate under these policies and books its answer.
    pub(crate) fn open_under(&mut self, policies: Policies<'_>, ask: &Ask) -> Event {
        let event = gate::open(&self.state, policies, ask, self.now);
        self.must(event.clone());
        if matches!(event, Event::Opened(_)) {
            self.seen.insert(SessionId(self.state.seq()), self.now);
        }
        event
    }

    /// Books all that a session owes, now that it was seen alive.
    pub(crate) fn alive(&mut self, id: SessionId) -> Vec<Event> {
        let previous = self.seen.insert(id, self.now).unwrap_or(self.now);
        self.settle(id, Seen { previous, at: self.now })
    }

    /// Ends a session: closed now, or silent since it was last seen.
    pub(crate) fn end(&mut self, id: SessionId, cause: Cause) -> Vec<Event> {
        let last = self.seen.get(&id).copied().unwrap_or(self.now);
        let at = if cause == Cause::Closed { self.now } else { last };
        let mut events = self.settle(id, Seen { previous: last, at });
        let closed = gate::close(&self.state, id, at, cause).unwrap();
        self.must(closed.clone());
        events.push(closed);
        events
    }

    fn settle(&mut self, id: SessionId, seen: Seen) -> Vec<Event> {
        let mut events = Vec::new();
        while let Some(event) = gate::owed(&self.state, id, seen) {
            self.must(event.clone());
            events.push(event);
        }
        events
    }
}

fn setup(zone: &str) -> Vec<Event> {
    let text = str::to_owned;
    let keys = ["revit", "hourly", "daily", "minutely", "civil-3d", "unrated", "solve"];
    let product = |key: &&str| Product { key: text(key), name: text(key) };
    let bucket = |key: &&str| Bucket { key: text(key), name: text(key) };
    let person = |(key, bucket): &(&str, u16)| Person {
        key: text(key),
        name: text(key),
        bucket: BucketId(*bucket),
        aliases: vec![format!("{key}@example.com")],
    };
    vec![
        Event::ContractAgreed { name: text("Test"), zone: text(zone) },
        Event::TariffAdopted(tariff(vec![
            rate("revit", Meter::Window24h, 10),
            rate("hourly", Meter::StartedHour, 5),
            rate("daily", Meter::CalendarDay, 4),
            rate("minutely", Meter::Minute, 1),
            rate("civil-3d", Meter::Window24h, 9),
            rate("solve", Meter::Result, 5),
        ])),
        Event::ProductsDefined(keys.iter().map(product).collect()),
        Event::BucketsOpened(["general", "design", "lab"].iter().map(bucket).collect()),
        Event::OfferingsDefined(vec![Offering {
            key: text("c3d-seat"),
            name: text("Civil 3D"),
            covers: vec![text("civil-3d")],
        }]),
        Event::PeopleAdded([("anna", 0), ("ben", 1), ("cleo", 0)].iter().map(person).collect()),
        Event::SeatsAdded(vec![Seat {
            offering: OfferingId(0),
            person: Some(PersonId(0)),
            from: T0,
            until: T0.plus(30 * DAY),
        }]),
    ]
}

/// An event that contradicts what is true is refused, and the state is as it was.
fn check(name: &str, world: &World, event: &Event, expected: &Broken) {
    let mut world = world.clone();
    let before = world.state.checkpoint();
    assert_eq!(world.happen(event).as_ref(), Err(expected), "{name}");
    assert_eq!(world.state.checkpoint(), before, "{name}: the state changed");
}

fn charge(minute: i64, whole: i64, paid: bool) -> Charge {
    Charge {
        at: T0.plus(minute * 60),
        ticks: tokens(whole),
        person: PersonId(0),
        product: ProductId(0),
        bucket: BucketId(0),
        meter: Meter::Window24h,
        source: Source::Log,
        paid,
    }
}

fn opened(ticks: i64) -> Event {
    let route = Route::Tokens {
        bucket: BucketId(0),
        ticks: tokens(ticks),
        meter: Meter::Window24h,
        unit_start: T0,
        grace_end: T0.plus(GRACE),
    };
    let ask = World::ask("cleo", "revit", None);
    let (person, product, basis) = (PersonId(2), ProductId(0), Basis::default());
    Event::Opened(Opened { ask, person, product, route, tariff: 0, basis })
}

#[test]
fn what_contradicts_the_journal_is_refused_and_changes_nothing() {
    let mut world = World::new();
    world.must(Event::UsageCharged(vec![charge(0, 10, true)]));
    world.must(opened(10));
    let pair = (PersonId(2), ProductId(0));
    let ended = |outcome| Event::HoldEnded { person: pair.0, product: pair.1, outcome };
    let below = |account| Broken::Ledger(Refusal::BelowFloor(account));
    let at_once = |c: Charge| Event::UnitCharged(c);
    check("a second hold of a pair", &world, &opened(10), &Broken::Hold(pair));
    check(
        "a unit within another",
        &world,
        &at_once(charge(60, 10, true)),
        &Broken::ChargedTwice(charge(0, 10, true)),
    );
    check(
        "a unit that runs into another",
        &world,
        &at_once(charge(-60, 10, false)),
        &Broken::ChargedTwice(charge(0, 10, true)),
    );
    check(
        "more than the bucket has",
        &world,
        &at_once(charge(2_880, 281, true)),
        &below(Account::Available(BucketId(0))),
    );
    let never = charge(7, 10, true).unit();
    check("no such charge", &world, &Event::UsageReversed(vec![never]), &Broken::NoCharge(never));
    let silent = Event::Closed { session: SessionId(99), at: T0, cause: Cause::Silent, hold: None };
    check("no such session", &world, &silent, &Broken::NoSession(SessionId(99)));
    let much = Event::Allocated { bucket: BucketId(2), ticks: tokens(661) };
    check("more than is unallocated", &world, &much, &below(Account::Unallocated));
    let nowhere = Event::Allocated { bucket: BucketId(9), ticks: tokens(1) };
    let no_bucket = Broken::Ledger(Refusal::NoBucket(BucketId(9)));
    check("a bucket that is not there", &world, &nowhere, &no_bucket);
    let (from, until) = (T0, T0.plus(DAY));
    let ticks = tokens(-5);
    let negative = Event::PackBought { name: String::new(), ticks, from, until };
    check("a pack below zero", &world, &negative, &Broken::Ledger(Refusal::OutOfRange));
    let moved = Event::ContractAgreed { name: String::new(), zone: "UTC".to_owned() };
    check("a contract that began already", &world, &moved, &Broken::AgreedAlready);
    let bad = tariff(vec![rate("revit", Meter::Window24h, -1)]);
    let refused = BadTariff::NegativeRate { product: "revit".to_owned(), rate: 0 };
    check("a bad tariff", &world, &Event::TariffAdopted(bad), &Broken::Tariff(refused));
    let seat = Seat { offering: OfferingId(5), person: None, from, until };
    check("an unknown offering", &world, &Event::SeatsAdded(vec![seat]), &Broken::UnknownId);
    let mut stranger = world.state.estate.people()[0].clone();
    stranger.bucket = BucketId(9);
    check("an unknown bucket", &world, &Event::PeopleAdded(vec![stranger]), &Broken::UnknownId);
    world.must(ended(Outcome::Posted));
    for again in [Outcome::Posted, Outcome::Voided, Outcome::Expired] {
        check("a hold resolved twice", &world, &ended(again), &Broken::Hold(pair));
    }
    let posted = world.state.charges().of_pair(pair).next().unwrap().unit();
    world.must(Event::UsageReversed(vec![posted]));
    check("reversed twice", &world, &Event::UsageReversed(vec![posted]), &Broken::NoCharge(posted));
}

#[test]
fn a_contract_does_not_begin_in_a_zone_that_is_not_there() {
    let zone = Event::ContractAgreed { name: String::new(), zone: "Mars/Olympus".to_owned() };
    let unknown = Broken::Zone(UnknownZone("Mars/Olympus".to_owned()));
    let mut state = State::default();
    assert_eq!(state.apply(1, T0, &zone), Err(unknown));
    assert_eq!(state.seq(), 0);
}

#[test]
fn the_journal_has_no_gap_and_time_does_not_go_back() {
    let mut world = World::new();
    world.must(Event::Imported(Receipt::default()));
    let before = world.state.checkpoint();
    let next = before.seq + 1;
    let event = Event::Imported(Receipt::default());
    for seq in [next - 1, next + 1, 0] {
        let gap = Broken::Sequence { expected: next, got: seq };
        assert_eq!(world.state.apply(seq, world.now, &event), Err(gap));
    }
    let back = world.state.apply(next, world.now.plus(-1), &event);
    assert_eq!(back, Err(Broken::ClockWentBack));
    assert_eq!(world.state.checkpoint(), before);
    assert_eq!(world.state.apply(next, world.now, &event), Ok(()));
}

#[test]
fn reversing_a_charge_gives_its_tokens_back_whoever_paid() {
    let mut world = World::new();
    let before = world.state.checkpoint();
    let charges = [charge(0, 10, true), charge(2_880, 7, false)];
    world.must(Event::UsageCharged(charges.to_vec()));
    assert_eq!(world.state.ledger().balance(Account::Consumed), tokens(17));
    assert_eq!(world.state.ledger().balance(Account::Uncovered), tokens(-7));
    assert_eq!(world.state.charges().span().unwrap().0.to_string(), "2026-06-01");
    world.must(Event::UsageReversed(charges.iter().map(Charge::unit).collect()));
    let after = world.state.checkpoint();
    assert_eq!((after.balances, after.bucket_balances), (before.balances, before.bucket_balances));
    assert_eq!((after.packs, after.charges), (before.packs, Vec::new()));
    assert_eq!(world.state.charges().span(), None);
}

#[test]
fn a_use_of_an_import_is_elsewhere_until_a_later_import_ends_it() {
    let mut world = World::new();
    let (person, product, host) = (PersonId(0), ProductId(0), "pc".to_owned());
    let open = OpenUse { identity: 7, person, product: Some(product), host, opened: T0 };
    let counts = Counts { sessions: 3, ..Counts::default() };
    world.must(Event::Imported(Receipt {
        begun: vec![open.clone()],
        counts,
        ..Receipt::default()
    }));
    assert_eq!(world.state.elsewhere().collect::<Vec<_>>(), [&open]);
    world.must(Event::Imported(Receipt { ended: vec![7], ..Receipt::default() }));
    assert_eq!(world.state.elsewhere().count(), 0);
    assert_eq!(world.state.tally().imported, 3);
}

#[test]
fn a_checkpoint_restores_to_the_state_it_was_taken_of() {
    let mut world = World::in_zone("Europe/Madrid");
    world.must(Event::UsageCharged(vec![charge(0, 10, true)]));
    world.must(Event::UsageReversed(vec![charge(0, 10, true).unit()]));
    world.must(Event::UsageCharged(vec![charge(60, 10, true)]));
    world.must(opened(10));
    world.open(&World::ask("nobody", "revit", None));
    for state in [State::default(), world.state] {
        let restored = State::restore(state.checkpoint()).unwrap();
        assert_eq!(restored.checkpoint(), state.checkpoint());
        assert_eq!(restored.estate(), state.estate());
    }
}

#[test]
fn a_checkpoint_that_contradicts_itself_is_refused() {
    let mut world = World::new();
    world.must(Event::UsageCharged(vec![charge(0, 10, true)]));
    let mut twice = world.state.checkpoint();
    twice.charges.push(charge(1, 10, true));
    let broken = State::restore(twice).err();
    assert_eq!(broken, Some(Broken::ChargedTwice(charge(0, 10, true))));
}

#[test]
fn what_is_said_of_a_broken_event_names_it() {
    let text = |broken: Broken| broken.to_string();
    let gap = Broken::Sequence { expected: 2, got: 5 };
    assert_eq!(text(gap), "event 5 came where 2 should");
    assert_eq!(text(Broken::NoSession(SessionId(4))), "there is no running session s4");
    let never = text(Broken::NoCharge(charge(0, 1, true).unit()));
    assert_eq!(never, "person 0 was not charged for product 0 from 2026-06-01T00:00:00Z");
    let twice = text(Broken::ChargedTwice(charge(0, 1, true)));
    assert_eq!(twice, "person 0 was charged for product 0 from 2026-06-01T00:00:00Z already");
}
