//! When the store or the clock fails: nobody is told what is not stored, and the gate goes on.

use crate::stores::Turnstile;
use crate::world::*;
use faregate_app::engine::{CLOCK_BEHIND_MAX_SECONDS, Failure};
use faregate_app::ports::{Batch, Entry, Store, StoreError};
use faregate_core::estate::GENERAL;
use faregate_core::event::{Event, SessionId};
use std::sync::mpsc::{TryRecvError, channel};

#[test]
fn nobody_is_answered_before_the_append() {
    let desk = World::new(100).start();
    let (begun, has_begun) = channel();
    let (let_on, go_on) = channel();
    desk.store.plan().turnstile = Some(Turnstile { begun, go_on });
    let held_up = desk.hold_up();
    let waiting =
        [("a", "ana"), ("b", "ben")].map(|(key, person)| desk.ask(key, person, "autocad"));
    held_up.send(()).unwrap();
    has_begun.recv().unwrap();
    for answered in &waiting {
        assert!(
            matches!(answered.try_recv(), Err(TryRecvError::Empty)),
            "answered before the append"
        );
    }
    let_on.send(()).unwrap();
    assert!(waiting.iter().all(|answered| is_opened(&answered.recv().unwrap().unwrap())));
}

/// Promise 12: everybody who shared the commit is told, the state is what is stored, and the gate goes on.
#[test]
fn a_full_disk_fails_everybody_and_the_gate_goes_on() {
    let desk = World::new(100).start();
    let running = desk.open("before", "ana", "revit").unwrap();
    let before = desk.store.told();
    desk.store.plan().full = true;
    let held_up = desk.hold_up();
    let waiting =
        [("a", "ana"), ("b", "ben")].map(|(key, person)| desk.ask(key, person, "autocad"));
    let (tell, ended) = channel();
    desk.gate.close(SessionId(running.seq), move |ending| tell.send(ending).unwrap());
    held_up.send(()).unwrap();
    for answered in waiting {
        let answer = answered.recv().unwrap();
        assert!(matches!(answer, Err(Failure::Store(StoreError::Full))), "{answer:?}");
    }
    assert!(matches!(ended.recv().unwrap(), Err(Failure::Store(StoreError::Full))));
    assert_eq!(desk.store.told(), before);
    assert_eq!(
        desk.state(|state| (state.seq(), state.sessions().len())),
        (before.entries.len() as u64, 1)
    );
    desk.store.plan().full = false;
    assert!(!desk.open("a", "ana", "autocad").unwrap().repeated);
    assert!(desk.gate.heartbeat(SessionId(running.seq), true), "the session is still watched");
}

/// A heartbeat that makes a session owe something asks again after a failure.
#[test]
fn what_a_heartbeat_owes_survives_a_failure() {
    let check = |break_it: &dyn Fn(&Desk), mend: &dyn Fn(&Desk)| {
        let desk = World::new(100).start();
        let id = SessionId(desk.open("k", "ana", "autocad").unwrap().seq);
        break_it(&desk);
        assert!(desk.gate.heartbeat(id, true));
        desk.run(|_| ());
        assert_eq!(desk.charged(), []);
        mend(&desk);
        assert!(desk.beat(id, T0.plus(7 * MINUTE), true));
        assert_eq!(desk.charged(), [T0]);
    };
    let full = |desk: &Desk| {
        desk.clock.set(T0.plus(6 * MINUTE));
        desk.store.plan().full = true;
    };
    check(&full, &|desk| desk.store.plan().full = false);
}

/// Memory that could not be brought back to what is stored is not decided on.
#[test]
fn a_store_that_cannot_be_read_either_is_read_later() {
    let desk = World::new(7).start();
    let before = desk.store.told().entries.len() as u64;
    {
        let mut plan = desk.store.plan();
        (plan.full, plan.unreadable) = (true, true);
    }
    let answer = desk.append(vec![Event::Allocated { bucket: GENERAL, ticks: tokens(0) }]);
    assert!(answer.is_err());
    {
        let mut plan = desk.store.plan();
        (plan.full, plan.unreadable) = (false, false);
    }
    let opened = desk.open("b", "ben", "autocad").unwrap();
    assert!(is_opened(&opened));
    assert_eq!(opened.seq, before + 1);
}

/// Promise 13's core: the writer that comes second changes nothing, sees the first one's truth, and goes on.
#[test]
fn a_fenced_writer_takes_in_what_the_other_wrote() {
    let desk = World::new(7).start();
    let next = desk.store.told().entries.len() as u64 + 1;
    let mut other = load(&desk.store, &desk.clock);
    let buy = Event::PackBought {
        name: "More".to_owned(),
        ticks: tokens(7),
        from: T0,
        until: T0.plus(100),
    };
    other.append(vec![buy, Event::Allocated { bucket: GENERAL, ticks: tokens(7) }]).unwrap();
    let fenced = desk.open("a", "ana", "autocad");
    assert!(
        matches!(fenced, Err(Failure::Store(StoreError::Fenced { seq })) if seq == next),
        "{fenced:?}"
    );
    assert_eq!(desk.store.told().entries.len() as u64, next + 1);
    assert_eq!(desk.state(|state| state.seq()), next + 1);
    let opened = desk.open("a", "ana", "autocad").unwrap();
    assert_eq!((opened.seq, opened.repeated), (next + 2, false));
}

/// Sessions that another writer opened are watched, so that they end when they fall silent.
#[test]
fn sessions_of_another_writer_are_watched() {
    let desk = World::new(100).start();
    let engine = load(&desk.store, &desk.clock);
    let other = Desk::start(engine, desk.store.clone(), desk.clock.clone());
    let theirs = SessionId(other.open("b", "ben", "autocad").unwrap().seq);
    assert!(desk.open("a", "ana", "autocad").is_err());
    assert!(desk.gate.heartbeat(theirs, false));
    desk.reconcile(T0.plus(16 * MINUTE));
    assert_eq!(desk.state(|state| state.sessions().len()), 0);
}

/// Promise 11: far behind the last entry nothing is written; a little behind, ledger time stands still.
#[test]
fn ledger_time_never_goes_back() {
    let desk = World::new(100).start();
    let check = |key: &str, behind: i64| {
        desk.clock.set(T0.plus(-behind));
        desk.open(key, "ana", "autocad").map(|decision| decision.at)
    };
    assert!(matches!(check("a", 1), Ok(at) if at == T0));
    assert!(matches!(check("b", CLOCK_BEHIND_MAX_SECONDS), Ok(at) if at == T0));
    let refused = check("c", CLOCK_BEHIND_MAX_SECONDS + 1);
    assert!(matches!(refused, Err(Failure::ClockBehind { seconds: 301 })), "{refused:?}");
    let refused = desk.append(vec![Event::Allocated { bucket: GENERAL, ticks: tokens(1) }]);
    assert!(matches!(refused, Err(Failure::ClockBehind { .. })), "{refused:?}");
    assert!(matches!(check("c", -60), Ok(at) if at == T0.plus(60)));
    let entries = desk.store.told().entries;
    assert!(entries.is_sorted_by_key(|entry| entry.at));
}

#[test]
fn an_event_that_breaks_a_rule_leaves_no_trace() {
    let desk = World::new(7).start();
    let before = desk.store.told();
    let good = Event::PackBought {
        name: "More".to_owned(),
        ticks: tokens(7),
        from: T0,
        until: T0.plus(100),
    };
    let bad = Event::Closed {
        session: SessionId(1),
        at: T0,
        cause: faregate_core::event::Cause::Closed,
        hold: None,
    };
    let refused = desk.append(vec![good, bad]);
    assert!(matches!(refused, Err(Failure::Broken(_))), "{refused:?}");
    assert_eq!(desk.store.told(), before);
    assert_eq!(desk.state(|state| state.tokens_left()), tokens(7));
}

/// A key whose answer is not in the journal is not decided anew: that would be a second answer.
#[test]
fn a_lost_answer_is_damage() {
    let world = World::new(100);
    let seq = world.store.told().entries.len() as u64 + 1;
    let event = Event::Allocated { bucket: GENERAL, ticks: tokens(0) };
    let mut desk = world.start();
    let first = desk.open("k", "ana", "autocad").unwrap();
    assert_eq!(first.seq, seq);
    let world = desk.stop();
    let mut store = crate::stores::Shared::default();
    let mut entries = world.store.told().entries;
    entries[usize::try_from(seq).unwrap() - 1] = Entry { seq, at: T0, event };
    let digest = world.store.clone().request("k").unwrap().unwrap();
    store.append(&Batch { entries, requests: vec![digest], gate_uses: Vec::new() }).unwrap();
    desk = World { engine: load(&store, &world.clock), store, clock: world.clock }.start();
    let answer = desk.open("k", "ana", "autocad");
    assert!(matches!(answer, Err(Failure::Store(StoreError::Damaged(_)))), "{answer:?}");
}
