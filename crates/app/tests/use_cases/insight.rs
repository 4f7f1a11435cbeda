//! What looks into the journal: explanations, the doctor, snapshots.

use crate::world::*;
use faregate_app::doctor::examine;
use faregate_app::engine::Engine;
use faregate_app::explain::{explain, find_request};
use faregate_app::ports::Store;
use faregate_core::amount::Ticks;
use faregate_core::estate::GENERAL;
use faregate_core::event::{Event, SessionId};
use faregate_core::state::Checkpoint;

#[test]
fn decisions_are_recomputed_equal() {
    let desk = World::new(7).start();
    let held_up = desk.hold_up();
    let asked = [
        ("a", "ana", "autocad"),
        ("b", "ben", "autocad"),
        ("c", "ana", "autocad"),
        ("d", "eve", "revit"),
    ];
    let asked = asked.map(|(key, person, product)| desk.ask(key, person, product));
    held_up.send(()).unwrap();
    let decisions = asked.map(|answered| answered.recv().unwrap().unwrap());
    let (from, until) = (T0, T0.plus(1_000));
    let buy = Event::PackBought { name: "More".to_owned(), ticks: tokens(50), from, until };
    desk.append(vec![buy, Event::Allocated { bucket: GENERAL, ticks: tokens(50) }]).unwrap();
    let mut engine = desk.stop().engine;
    for decision in decisions {
        let found = explain(&mut engine, decision.seq).unwrap().unwrap();
        assert!(found.holds(), "{found:?}");
        assert_eq!((found.seq, found.at), (decision.seq, decision.at));
        assert!(found.facts.iter().any(|fact| fact.name == "tariff"));
    }
    assert!(explain(&mut engine, 1).unwrap().is_none(), "the contract is no decision");
    assert!(explain(&mut engine, 0).unwrap().is_none());
    assert!(explain(&mut engine, 1_000).unwrap().is_none());
    assert!(find_request(&mut engine, "a").unwrap().is_some());
    assert_eq!(find_request(&mut engine, "z").unwrap(), None);
}

/// A contract with a posted hold, and a snapshot of it.
fn lived_in() -> World {
    let desk = World::new(100).start();
    let id = SessionId(desk.open("k", "ana", "autocad").unwrap().seq);
    desk.beat(id, T0.plus(6 * MINUTE), true);
    let mut world = desk.stop();
    world.engine.keep_snapshot().unwrap();
    world
}

fn findings(engine: &mut Engine) -> Vec<(&'static str, String)> {
    let checks = examine(engine).unwrap();
    assert!(checks.len() >= 10);
    let each = |check: faregate_app::doctor::Check| {
        check.findings.into_iter().map(move |words| (check.name, words))
    };
    checks.into_iter().flat_map(each).collect()
}

#[test]
fn the_doctor_finds_nothing_wrong_with_a_sound_contract() {
    let mut world = lived_in();
    assert_eq!(findings(&mut world.engine), []);
    assert_eq!(findings(&mut load(&world.store, &world.clock)), []);
}

#[test]
fn the_doctor_finds_a_tampered_snapshot() {
    let check = |tamper: &dyn Fn(&mut Checkpoint), words: &str| {
        let world = lived_in();
        let mut store = world.store.clone();
        let mut snapshot = store.snapshot().unwrap().unwrap();
        tamper(&mut snapshot);
        store.keep_snapshot(&snapshot).unwrap();
        let found = findings(&mut load(&store, &world.clock));
        let said = found
            .iter()
            .any(|(name, found)| *name == "replay-equals-snapshot" && found.contains(words));
        assert!(said, "{found:?} does not say `{words}`");
    };
    check(&|snapshot| snapshot.charges[0].ticks = Ticks(1), "charges");
    check(&|snapshot| snapshot.balances[0] = Ticks(-1), "balances");
    check(&|snapshot| snapshot.bucket_balances[0].available = Ticks(1), "bucket balances");
    check(&|snapshot| snapshot.packs[0].remaining = Ticks(0), "packs");
    check(&|snapshot| snapshot.people[1].bucket = faregate_core::estate::BucketId(7), "estate");
    check(&|snapshot| snapshot.sessions.clear(), "holds and sessions");
    check(&|snapshot| snapshot.tally.posted = 9, "counters");
}

/// Loading leaves it aside in silence; the doctor does not.
#[test]
fn the_doctor_finds_a_snapshot_that_contradicts_itself() {
    let world = lived_in();
    let mut store = world.store.clone();
    let mut snapshot = store.snapshot().unwrap().unwrap();
    snapshot.charges.push(snapshot.charges[0]);
    store.keep_snapshot(&snapshot).unwrap();
    let found = findings(&mut load(&store, &world.clock));
    assert!(found.iter().any(|(_, words)| words.contains("contradicts itself")), "{found:?}");
}

/// A snapshot is a cache: what does not fit the journal is left aside.
#[test]
fn a_snapshot_that_does_not_fit_is_left_aside() {
    let check = |tamper: &dyn Fn(&mut Checkpoint)| {
        let world = lived_in();
        let mut store = world.store.clone();
        let sound = store.snapshot().unwrap().unwrap();
        let mut snapshot = sound.clone();
        tamper(&mut snapshot);
        store.keep_snapshot(&snapshot).unwrap();
        let engine = load(&store, &world.clock);
        assert_eq!(engine.state().read().checkpoint(), sound);
    };
    check(&|snapshot| snapshot.seq += 1);
    check(&|snapshot| snapshot.seq = 0);
    check(&|snapshot| snapshot.at = T0.plus(-1));
    check(&|snapshot| snapshot.zone = "Middle/Earth".to_owned());
    check(&|snapshot| snapshot.charges.push(snapshot.charges[0]));
    check(&|snapshot| snapshot.tariffs[0].grace_seconds = -1);
}

#[test]
fn a_snapshot_stands_in_for_the_events_before_it() {
    let world = lived_in();
    let before = world.engine.state().read().checkpoint();
    let desk = world.start();
    desk.open("next", "ben", "revit").unwrap();
    let world = desk.stop();
    let loaded = load(&world.store, &world.clock);
    let now = loaded.state().read().checkpoint();
    assert_ne!(now, before);
    assert_eq!(now, world.engine.state().read().checkpoint());
}
