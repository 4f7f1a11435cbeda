//! Running sessions: heartbeats, holds, windows, silence, restarts, ends.

use crate::world::*;
use faregate_app::engine::Failure;
use faregate_core::event::{Cause, Event, Outcome, SessionId};
use faregate_core::when::{DAY, Instant};

fn opened(desk: &Desk) -> SessionId {
    SessionId(desk.open("k", "ana", "autocad").unwrap().seq)
}

fn last_closed(desk: &Desk) -> Option<(Instant, Cause, Option<Outcome>)> {
    desk.store.told().entries.iter().rev().find_map(|entry| match entry.event {
        Event::Closed { at, cause, hold, .. } => Some((at, cause, hold)),
        _ => None,
    })
}

/// Promise 8: closed within the grace, the tokens go back; alive after it, they are spent.
#[test]
fn a_hold_ends_once() {
    let check = |beats: &[i64], closed: i64, charges: usize, outcome| {
        let desk = World::new(100).start();
        let id = opened(&desk);
        assert_eq!(desk.state(|state| state.ledger().held()), tokens(7));
        for &minute in beats {
            assert!(desk.beat(id, T0.plus(minute * MINUTE), true));
        }
        desk.clock.set(T0.plus(closed * MINUTE));
        desk.close(id).unwrap();
        assert_eq!(desk.charged().len(), charges);
        assert_eq!(last_closed(&desk).map(|(_, _, hold)| hold), Some(outcome));
        let tally = desk.state(|state| state.tally());
        assert_eq!((tally.held, tally.posted + tally.voided + tally.expired), (1, 1));
    };
    check(&[], 4, 0, Some(Outcome::Voided));
    check(&[4], 4, 0, Some(Outcome::Voided));
    check(&[], 5, 1, None);
    check(&[5], 6, 1, None);
    check(&[4, 6], 60, 1, None);
}

#[test]
fn a_session_that_goes_on_is_charged_for_the_next_window() {
    let check = |beats: &[(i64, bool)], expected: &[i64]| {
        let desk = World::new(100).start();
        let id = opened(&desk);
        for &(minute, active) in beats {
            assert!(desk.beat(id, T0.plus(minute * MINUTE), active));
        }
        let expected: Vec<Instant> =
            expected.iter().map(|minute| T0.plus(minute * MINUTE)).collect();
        assert_eq!(desk.charged(), expected);
    };
    check(&[(5, true), (1_439, true), (1_440, true)], &[0]);
    check(&[(5, true), (1_439, true), (1_441, true)], &[0, 1_440]);
    check(&[(5, true), (1_300, true), (1_500, true)], &[0, 1_500]);
    check(&[(5, true), (1_424, true), (1_450, false), (1_460, true)], &[0, 1_460]);
    check(&[(5, true), (1_439, true), (1_450, false), (1_460, true)], &[0, 1_440]);
    check(&[(5, true), (1_450, false), (2_000, false)], &[0]);
}

/// F2: use lasts until the idle time after the last activity, and closing is no activity.
#[test]
fn closing_after_a_night_unused_costs_nothing_more() {
    let check = |last_active: i64, closed: i64, charges: usize| {
        let desk = World::new(100).start();
        let id = opened(&desk);
        desk.beat(id, T0.plus(5 * MINUTE), true);
        desk.beat(id, T0.plus(last_active * MINUTE), true);
        desk.beat(id, T0.plus(closed * MINUTE), false);
        desk.close(id).unwrap();
        assert_eq!(desk.charged().len(), charges, "active at {last_active}, closed at {closed}");
    };
    check(60, 1_500, 1);
    check(1_425, 1_500, 1);
    check(1_426, 1_500, 2);
    check(1_439, 1_440, 1);
    check(1_439, 1_441, 2);
}

/// Promise 9.
#[test]
fn a_silent_session_ends_when_it_was_last_in_use() {
    let desk = World::new(100).start();
    let id = opened(&desk);
    desk.beat(id, T0.plus(6 * MINUTE), true);
    desk.beat(id, T0.plus(10 * MINUTE), false);
    desk.reconcile(T0.plus(25 * MINUTE));
    assert_eq!(desk.state(|state| state.sessions().len()), 1);
    desk.reconcile(T0.plus(25 * MINUTE + 1));
    assert_eq!(desk.state(|state| state.sessions().len()), 0);
    assert_eq!(last_closed(&desk), Some((T0.plus(6 * MINUTE), Cause::Silent, None)));
    assert!(!desk.gate.heartbeat(id, true));
    let before = desk.store.told();
    desk.reconcile(T0.plus(60 * MINUTE));
    assert_eq!(desk.store.told(), before);
}

#[test]
fn a_session_silent_from_the_start_gives_its_tokens_back() {
    let desk = World::new(7).start();
    opened(&desk);
    desk.reconcile(T0.plus(16 * MINUTE));
    assert_eq!(last_closed(&desk), Some((T0, Cause::Silent, Some(Outcome::Expired))));
    assert_eq!(desk.state(|state| state.ledger().held()), tokens(0));
    assert!(is_opened(&desk.open("next", "ben", "autocad").unwrap()));
}

/// Promise 16: a session that shows itself just in time is not ended.
#[test]
fn a_heartbeat_that_comes_before_the_verdict_saves_the_session() {
    let desk = World::new(100).start();
    let id = opened(&desk);
    let held_up = desk.hold_up();
    desk.clock.set(T0.plus(16 * MINUTE));
    desk.gate.reconcile();
    assert!(desk.gate.heartbeat(id, true));
    held_up.send(()).unwrap();
    desk.run(|_| ());
    assert_eq!(desk.state(|state| state.sessions().len()), 1);
}

#[test]
fn a_restart_takes_every_session_as_heard_of() {
    let desk = World::new(100).start();
    let id = opened(&desk);
    let world = desk.stop();
    let later = T0.plus(3 * 3_600);
    world.clock.set(later);
    let engine = load(&world.store, &world.clock);
    let desk = Desk::start(engine, world.store, world.clock);
    desk.reconcile(later.plus(15 * MINUTE));
    assert!(desk.beat(id, later.plus(15 * MINUTE), true));
    assert_eq!(desk.charged(), [T0]);
    desk.reconcile(later.plus(30 * MINUTE + 1));
    assert_eq!(last_closed(&desk), Some((later.plus(15 * MINUTE), Cause::Silent, None)));
}

#[test]
fn a_session_closed_twice_ends_once() {
    let desk = World::new(100).start();
    let id = opened(&desk);
    desk.clock.set(T0.plus(20 * MINUTE));
    let first = desk.close(id).unwrap();
    assert_eq!((first.at, first.already), (T0.plus(20 * MINUTE), false));
    desk.clock.set(T0.plus(40 * MINUTE));
    let again = desk.close(id).unwrap();
    assert_eq!((again.at, again.already), (T0.plus(20 * MINUTE), true));
    let other = desk.close(SessionId(2));
    assert!(matches!(other, Err(Failure::NoSession(SessionId(2)))), "{other:?}");
    assert!(matches!(desk.close(SessionId(u64::MAX)), Err(Failure::NoSession(_))));
}

#[test]
fn closing_twice_in_one_batch_ends_once() {
    let desk = World::new(100).start();
    let id = opened(&desk);
    let held_up = desk.hold_up();
    let close = || {
        let (tell, ended) = std::sync::mpsc::channel();
        desk.gate.close(id, move |ending| tell.send(ending).unwrap());
        ended
    };
    let (first, again) = (close(), close());
    held_up.send(()).unwrap();
    let (first, again) = (first.recv().unwrap().unwrap(), again.recv().unwrap().unwrap());
    assert_eq!((first.already, again.already, again.at), (false, true, first.at));
}

/// Promise 7: two machines, one window.
#[test]
fn two_sessions_of_one_person_share_a_hold() {
    let desk = World::new(7).start();
    let (first, second) = (opened(&desk), SessionId(desk.open("l", "ana", "autocad").unwrap().seq));
    desk.clock.set(T0.plus(2 * MINUTE));
    desk.close(first).unwrap();
    assert_eq!(desk.state(|state| state.ledger().held()), tokens(7));
    desk.beat(second, T0.plus(6 * MINUTE), true);
    desk.close(second).unwrap();
    assert_eq!(desk.charged(), [T0]);
    assert_eq!(desk.store.told().gate_uses.len(), 2);
}

#[test]
fn packs_expire_by_themselves() {
    let desk = World::new(100).start();
    desk.reconcile(T0.plus(6 * 365 * DAY));
    assert_eq!(desk.state(|state| state.tokens_left()), tokens(0));
}

#[test]
fn a_gate_without_handles_stops_and_hands_the_engine_back() {
    let desk = World::new(100).start();
    opened(&desk);
    let world = desk.stop();
    assert_eq!(world.engine.state().read().sessions().len(), 1);
}
