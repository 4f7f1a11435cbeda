//! The estate as a whole: the same again, in order, in balance with the ledger, and as the domain describes it.

#[path = "fixture/rated.rs"]
mod rated;
#[path = "fixture/tariff.rs"]
mod tariff;

use faregate_core::amount::Ticks;
use faregate_core::event::Event;
use faregate_core::invariants;
use faregate_core::ledger::Account;
use faregate_core::when::{Date, Instant};
use faregate_sim::{Anomaly, DemoEstate, Persona, Size, generate};
use std::collections::{BTreeMap, BTreeSet};

const SUNDAY: &str = "2026-11-22T07:30:00Z";

fn at(text: &str) -> Instant {
    text.parse().unwrap()
}

fn estate(seed: u64, size: Size, now: &str) -> DemoEstate {
    generate(seed, &size, at(now), tariff::daily())
}

#[test]
fn a_seed_gives_one_estate() {
    let one = estate(1, Size::small(), SUNDAY);
    assert_eq!(one, estate(1, Size::small(), SUNDAY));
    assert_ne!(one.sessions, estate(2, Size::small(), SUNDAY).sessions);
}

#[test]
fn sessions_are_in_order_and_within_the_history() {
    let demo = estate(3, Size::demo(), SUNDAY);
    assert!(demo.sessions.is_sorted_by_key(|session| session.opened));
    for session in &demo.sessions {
        assert!(session.opened < session.closed && session.closed < at(SUNDAY), "{session:?}");
        assert!(session.opened >= at("2025-11-21T23:00:00Z"), "{session:?}");
    }
    assert!((40_000..160_000).contains(&demo.sessions.len()), "{}", demo.sessions.len());
}

/// Seeds, sizes and times of day at which all that holds of the ledger must hold.
#[test]
fn rating_the_history_leaves_the_books_in_order() {
    check(1, Size::demo(), SUNDAY);
    check(20_261_122, Size::demo(), "2026-03-01T12:00:00Z");
    check(7, Size::demo(), "2027-01-31T23:59:59Z");
    check(4, Size::small(), SUNDAY);
    check(5, Size::small(), "2026-05-31T22:00:00Z");
    check(6, Size { people: 120, months: 30 }, "2028-02-29T15:00:00Z");
}

#[test]
fn the_books_are_in_order_whatever_the_day_of_the_month() {
    for day in (0..92).step_by(3) {
        let now = at("2026-10-01T09:00:00Z").plus(day * 86_400);
        check(day.unsigned_abs(), Size::small(), &now.to_string());
    }
}

#[track_caller]
fn check(seed: u64, size: Size, now: &str) {
    let estate = estate(seed, size, now);
    let (state, unrated) = rated::rated(&estate, at(now)).unwrap();
    assert_eq!(invariants::violations(&state), []);
    assert_eq!(unrated, 0, "products without a rate are opened on seats only");
    let ledger = state.ledger();
    assert_eq!(ledger.balance(Account::Uncovered), Ticks::ZERO);
    assert_eq!(ledger.balance(Account::Consumed), estate.truth.tokens());
    let by_day: BTreeMap<_, Ticks> = state.charges().span().map_or_else(BTreeMap::new, |(a, b)| {
        let days = state.charges().days(a, b);
        days.map(|(date, cells)| (date, cells.values().map(|cell| cell.ticks).sum())).collect()
    });
    assert_eq!(by_day, estate.truth.tokens_by_day);
    let mut by_person = BTreeMap::new();
    for (date, ticks) in estate.truth.tokens_by_person.iter().flatten() {
        let sum: &mut Ticks = by_person.entry(*date).or_default();
        *sum = Ticks(sum.0 + ticks.0);
    }
    assert_eq!(by_person, estate.truth.tokens_by_day);
    let spent: Vec<Ticks> = ledger.buckets().iter().map(|bucket| bucket.spent).collect();
    assert_eq!(spent, estate.truth.tokens_by_bucket);
    let valid = ledger.packs().iter().filter(|pack| pack.from <= at(now) && at(now) < pack.until);
    let bought: Ticks = valid.map(|pack| pack.bought).sum();
    let left = state.tokens_left().tokens() / bought.tokens();
    assert!((0.25..0.55).contains(&left), "{left} of the pool left");
}

#[test]
fn little_is_lost_when_a_contract_year_ends() {
    let demo = estate(1, Size::demo(), SUNDAY);
    let (state, _) = rated::rated(&demo, at(SUNDAY)).unwrap();
    let old = &state.ledger().packs()[0];
    let lost = state.ledger().balance(Account::Expired).tokens() / old.bought.tokens();
    assert!((0.01..0.06).contains(&lost), "{lost}");
    assert_eq!(old.remaining, Ticks::ZERO);
    let fills: Vec<f64> = state.ledger().buckets().iter().map(fill).collect();
    assert!(fills.iter().any(|fill| *fill < 0.03), "one is nearly exhausted: {fills:?}");
    assert!(fills.iter().all(|fill| *fill > 0.0), "{fills:?}");
}

fn fill(bucket: &faregate_core::ledger::BucketBalance) -> f64 {
    bucket.available.tokens() / bucket.allocated.tokens()
}

/// Tokens a day over the Tuesdays between two dates.
fn tuesdays(estate: &DemoEstate, from: &str, to: &str) -> f64 {
    let (from, to): (Date, Date) = (from.parse().unwrap(), to.parse().unwrap());
    let days = estate.truth.tokens_by_day.range(from..to).filter(|(date, _)| date.weekday() == 1);
    let tokens: Vec<f64> = days.map(|(_, ticks)| ticks.tokens()).collect();
    tokens.iter().sum::<f64>() / tokens.len() as f64
}

#[test]
fn the_year_has_its_rhythm() {
    let demo = estate(1, Size { people: 2_000, months: 12 }, SUNDAY);
    let usual = tuesdays(&demo, "2026-09-01", "2026-11-20");
    let august = tuesdays(&demo, "2026-08-01", "2026-08-31") / usual;
    let christmas = tuesdays(&demo, "2025-12-22", "2026-01-04") / usual;
    assert!((0.62..0.85).contains(&august), "{august}");
    assert!((0.15..0.40).contains(&christmas), "{christmas}");
    let weekend: f64 = demo
        .truth
        .tokens_by_day
        .iter()
        .filter(|(date, _)| date.weekday() >= 5)
        .map(|(_, ticks)| ticks.tokens())
        .sum();
    assert!(weekend < 0.04 * demo.truth.tokens().tokens(), "{weekend}");
}

#[test]
fn personas_have_their_shares() {
    let demo = estate(9, Size::demo(), SUNDAY);
    let count = |persona| demo.truth.personas.iter().filter(|p| **p == persona).count() as f64;
    for (persona, share) in Persona::SHARES {
        let got = count(persona) / 400.0;
        assert!((got - share).abs() < 0.01, "{persona:?}: {got}, not {share}");
    }
}

#[test]
fn everything_in_the_setup_is_known_once() {
    let demo = estate(11, Size { people: 3_500, months: 1 }, SUNDAY);
    let mut aliases = BTreeSet::new();
    let mut people = 0;
    for event in &demo.setup {
        let Event::PeopleAdded(added) = event else { continue };
        people += added.len();
        for alias in added.iter().flat_map(|person| person.aliases.iter().chain([&person.key])) {
            assert!(aliases.insert(alias.to_lowercase()), "{alias}");
        }
    }
    assert_eq!(people, 3_500);
    let Event::BucketsOpened(buckets) = &demo.setup[3] else { panic!("{:?}", demo.setup[3]) };
    assert_eq!((buckets[0].key.as_str(), buckets[0].name.as_str()), ("general", "General"));
}

#[test]
fn what_is_planted_is_in_the_sessions() {
    let demo = estate(13, Size::demo(), SUNDAY);
    let mut kinds = BTreeSet::new();
    for anomaly in &demo.truth.anomalies {
        kinds.insert(match anomaly {
            Anomaly::TrainingBurst { at, product, people } => {
                let opens = demo.sessions.iter().filter(|session| {
                    session.product == *product
                        && (0..540).contains(&session.opened.since(*at))
                        && people.contains(&session.person)
                });
                assert!((14..=25).contains(&people.len()) && opens.count() >= people.len());
                "burst"
            }
            Anomaly::DoubleDip { account, holder, .. } => {
                assert_ne!(account, holder);
                assert!(demo.sessions.iter().any(|session| session.person == *account));
                "double-dip"
            }
            Anomaly::SharedCredentials { person, days } => {
                let mine = demo.sessions.iter().filter(|session| session.person == *person);
                let hosts: BTreeSet<_> = mine.map(|session| &session.host).collect();
                assert!(*days >= 8 && hosts.len() >= 2, "{days} days, {hosts:?}");
                "shared"
            }
            Anomaly::ServiceAccount { person } => {
                let mine = demo.sessions.iter().filter(|session| session.person == *person);
                assert!(mine.count() >= 60);
                "service"
            }
            Anomaly::LongSession { person, opened, closed, .. } => {
                assert!(closed.since(*opened) > 13 * 3_600);
                let found =
                    demo.sessions.iter().find(|s| s.person == *person && s.opened == *opened);
                assert_eq!(found.map(|session| session.closed), Some(*closed));
                "long"
            }
            other => panic!("the estate to show has {other:?}"),
        });
    }
    assert_eq!(kinds.len(), 5, "{kinds:?}");
}

#[test]
fn no_argument_is_too_strange() {
    let none = faregate_core::tariff::TariffParts { rates: Vec::new(), ..tariff::daily() };
    let size = Size { people: 0, months: 0 };
    for now in [Instant(i64::MIN), Instant(0), Instant(i64::MAX)] {
        let tiny = generate(u64::MAX, &size, now, none.clone());
        assert_eq!(tiny.truth.personas.len(), 1);
        let few = generate(0, &Size { people: 41, months: 1 }, now, tariff::daily());
        assert!(!few.sessions.is_empty());
    }
    let other = faregate_core::tariff::Rate { product: "fusion".into(), ..none_rate() };
    let odd = faregate_core::tariff::TariffParts { rates: vec![other], ..tariff::daily() };
    let estate = generate(1, &Size::small(), at(SUNDAY), odd);
    assert!(rated::rated(&estate, at(SUNDAY)).is_ok());
}

fn none_rate() -> faregate_core::tariff::Rate {
    tariff::daily().rates.remove(0)
}
