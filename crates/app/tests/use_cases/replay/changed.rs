//! Something is changed: what comes of it is what a hand computation, or a fresh import, says.

use super::unchanged::{charges, company, replayed_into};
use super::*;
use faregate_app::engine::Engine;
use faregate_app::memory::MemoryStore;
use faregate_app::replay::{Change, NotReplayed, SeatChange, replay};
use faregate_core::amount::{Currency, Money};
use faregate_core::estate::OfferingId;
use faregate_core::event::{Charge, Mode, PolicySet};
use faregate_core::tariff::Rate;
use std::sync::Arc;

fn changed_tariff(tariff_parts: faregate_core::tariff::TariffParts) -> Change {
    Change { tariff: Some(Tariff::new(tariff_parts).unwrap()), ..Change::default() }
}

#[test]
fn another_tariff_is_a_fresh_import_under_it() {
    let uses = [
        used("ana", AUTOCAD, 60, 400),
        used("ben", AUTOCAD, 100, 3_000),
        used("ana", REVIT, 800, 900),
        used("ana", REVIT, 1_430, 1_500),
        used("ana", REVIT, 5_000, 5_003),
    ];
    let fresh = |meter: Meter| {
        let mut world = World::over(Shared::default(), meter, 100_000);
        world.clock.set(T0.plus(40 * DAY));
        import_all(&mut world.engine, &[&log(&uses)]);
        world
    };
    let from = fresh(Meter::Window24h);
    for meter in [Meter::CalendarDay, Meter::StartedHour, Meter::Minute] {
        let (found, _) = replayed_into(&from, &changed_tariff(tariff(meter)));
        let expected = fresh(meter);
        assert_eq!(charges(&found.state), charges(&expected.engine.state().read()), "{meter:?}");
        assert_eq!(found.summary.mode, faregate_app::replay::Mode::Rated);
    }
}

#[test]
fn a_seat_takes_exactly_what_it_covers() {
    let world = company(5, 1);
    let shared = world.engine.state();
    let state = shared.read();
    let estate = state.estate();
    // Somebody who never held a seat and was charged most, and the offering that covers most of it.
    let never = |charge: &Charge| estate.seats_ever(charge.person).is_empty();
    let all: Vec<Charge> = charges(&state).into_iter().filter(never).collect();
    let (offering, covers) = (0u16..)
        .zip(estate.offerings())
        .max_by_key(|(_, offering)| {
            let covered = |charge: &&Charge| {
                offering.covers.contains(&estate.product(charge.product).unwrap().key)
            };
            all.iter().filter(covered).count()
        })
        .map(|(id, offering)| (OfferingId(id), offering.covers.clone()))
        .unwrap();
    let is_covered =
        |charge: &Charge| covers.contains(&estate.product(charge.product).unwrap().key);
    let person = all.iter().find(|charge| is_covered(charge)).unwrap().person;
    let theirs: Vec<Charge> = all
        .iter()
        .filter(|charge| charge.person == person && is_covered(charge))
        .copied()
        .collect();
    let from = state.zone().start_of(state.zone().date(theirs[theirs.len() / 2].at));
    let change = |gains| SeatChange { person, offering, from, gains };
    let (found, into) =
        replayed_into(&world, &Change { seats: vec![change(true)], ..Change::default() });
    let goes =
        |charge: &&Charge| charge.person == person && is_covered(charge) && charge.at >= from;
    let expected: Vec<Charge> = charges(&state).iter().filter(|c| !goes(c)).copied().collect();
    assert!(charges(&state).iter().any(|charge| goes(&charge)));
    assert_eq!(charges(&found.state), expected);
    assert_eq!(found.summary.people_changed, 1);
    assert_eq!(found.summary.people[0].key, estate.person(person).unwrap().key);
    let seats = found.summary.seats.iter();
    let dearer = seats.filter(|row| row.days.1 > row.days.0 && row.after != row.before).count();
    assert_eq!(dearer, 1);
    // And taken away again, from the replayed books, it is all as it was.
    let replayed = Engine::load(Box::new(into), Arc::new(world.clock.clone())).unwrap();
    let lost = Change { seats: vec![change(false)], ..Change::default() };
    let mut again = MemoryStore::default();
    let store =
        &mut replayed_store(&world, &Change { seats: vec![change(true)], ..Change::default() });
    let back = replay(store, &replayed.state().read(), &lost, Some(&mut again)).unwrap();
    let ticks =
        |all: Vec<Charge>| all.iter().map(|one| (one.unit(), one.ticks)).collect::<Vec<_>>();
    assert_eq!(ticks(charges(&back.state)), ticks(charges(&state)));
}

fn replayed_store(world: &World, change: &Change) -> MemoryStore {
    replayed_into(world, change).1
}

#[test]
fn a_price_changes_money_and_nothing_else() {
    let world = company(6, 1);
    let per_token = Money { micros: 6_000_000, currency: Currency::USD };
    let change = Change { token_price: Some(per_token), ..Change::default() };
    let (found, _) = replayed_into(&world, &change);
    assert_eq!(charges(&found.state), charges(&world.engine.state().read()));
    let total = found.summary.total;
    assert_eq!(total.after.money, Some(per_token.for_tokens(total.after.ticks)));
    assert_ne!(total.after.money, total.before.money);
}

#[test]
fn a_layout_says_who_pays_from_what() {
    let world = seated();
    let text = "[[bucket]]\nkey = \"small\"\ntokens = 10\n[[bucket]]\nkey = \"general\"\ntokens = 500\n\
                [[person]]\nkey = \"ben\"\nbucket = \"small\"\n";
    let document = bulk::read([("estate.toml", text)].into_iter()).unwrap();
    let (found, _) =
        replayed_into(&world, &Change { buckets: Some(document), ..Change::default() });
    let rows: Vec<_> = found
        .summary
        .buckets
        .iter()
        .map(|row| (row.key.as_str(), row.before.ticks, row.after.ticks))
        .collect();
    // Ben's two windows of AutoCAD are his bucket's: it pays the first and cannot pay the second.
    assert_eq!(rows, [("general", tokens(24), tokens(10)), ("small", tokens(0), tokens(14))]);
    assert_eq!(found.summary.uncovered, (tokens(0), tokens(7)));
    let balance = |id: usize| found.state.ledger().buckets()[id].available;
    assert_eq!((balance(0), balance(1)), (tokens(490), tokens(3)));
    assert_eq!(found.summary.caveats, Vec::<String>::new());
    let text = "[[bucket]]\nkey = \"huge\"\ntokens = 5000\n";
    let document = bulk::read([("estate.toml", text)].into_iter()).unwrap();
    let (found, _) =
        replayed_into(&world, &Change { buckets: Some(document), ..Change::default() });
    assert_eq!(found.summary.caveats.len(), 1);
    assert!(found.summary.caveats[0].starts_with("an allocation of 5000 tokens to `huge`"));
}

#[test]
fn other_policies_are_asked_anew() {
    let world = seated();
    let sets = |more: Option<PolicySet>| {
        let base = faregate_app::rules::shipped_set(faregate_app::rules::BASE);
        Change { policies: Some(base.into_iter().chain(more).collect()), ..Change::default() }
    };
    let (same, _) = replayed_into(&world, &sets(None));
    assert_eq!(same.summary.total.before.ticks, same.summary.total.after.ticks);
    assert_eq!(
        (same.summary.refused, same.summary.mode),
        ((0, 0), faregate_app::replay::Mode::Decided)
    );
    let text =
        "@id(\"no-ben\") forbid (principal == Person::\"ben\", action, resource);".to_owned();
    let no_ben = PolicySet { name: "no-ben".to_owned(), mode: Mode::Enforce, text };
    let (found, _) = replayed_into(&world, &sets(Some(no_ben)));
    assert_eq!((found.summary.total.after.ticks, found.summary.refused), (tokens(10), (0, 1)));
}

#[test]
fn what_cannot_be_replayed_is_said() {
    let refused = |world: &World, change: &Change| {
        let mut store: Shared = world.store.clone();
        let shared = world.engine.state();
        let done = replay(&mut store, &shared.read(), change, None);
        done.map(|found| found.summary).unwrap_err().to_string()
    };
    let empty = World::new(10);
    assert_eq!(refused(&empty, &Change::default()), NotReplayed::NothingKnown.to_string());
    let world = seated();
    let date = |text: &str| text.parse().unwrap();
    let period = Some((date("2025-01-01"), date("2025-02-01")));
    assert_eq!(
        refused(&world, &Change { period, ..Change::default() }),
        "no use is known from 2025-01-01 to 2025-02-01: what is known is from 2026-06-01 to 2026-06-03"
    );
    let (offering, from) = (OfferingId(0), T0);
    let lost = SeatChange { person: PersonId(1), offering, from, gains: false };
    assert_eq!(
        refused(&world, &Change { seats: vec![lost], ..Change::default() }),
        "`ben` holds no seat of `aec` on 2026-06-01 or later"
    );
    let broken = PolicySet { name: "x".to_owned(), mode: Mode::Enforce, text: "permit".to_owned() };
    assert!(
        !refused(&world, &Change { policies: Some(vec![broken]), ..Change::default() }).is_empty()
    );
}

#[test]
fn a_tariff_without_a_rate_says_of_what() {
    let world = seated();
    let mut parts = tariff(Meter::Window24h);
    parts.rates.retain(|rate: &Rate| rate.product != "revit");
    let (found, _) = replayed_into(&world, &changed_tariff(parts));
    let uncounted = &found.summary.uncounted;
    assert!(uncounted.iter().any(|(key, why, one)| {
        (key.as_str(), *why, one.uses) == ("revit", "the tariff has no rate for it", 2)
    }));
    assert_eq!(found.state.tally().quarantined, 3);
}
