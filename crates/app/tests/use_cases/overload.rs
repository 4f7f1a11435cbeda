//! Promise 22: more opens than can be served soon are told to come back; what runs already goes on.

use crate::world::*;
use faregate_app::engine::Failure;
use faregate_app::gate::OPENS_WAITING_MAX;
use faregate_core::event::SessionId;

#[test]
fn opens_beyond_the_bound_are_told_to_come_back() {
    let desk = World::new(100).start();
    let running = SessionId(desk.open("first", "ana", "autocad").unwrap().seq);
    let let_go = desk.hold_up();

    let waiting = |index: usize| desk.ask(&format!("k{}", index % 8), "ana", "autocad");
    let waiting: Vec<Answered> = (0..OPENS_WAITING_MAX).map(waiting).collect();
    assert!(matches!(desk.open("one-more", "ben", "revit"), Err(Failure::Busy)));
    let batch = vec![request("a", "ben", "revit"), request("b", "ben", "revit")];
    assert!(matches!(desk.open_many(batch.clone()), Err(Failure::Busy)));
    assert!(desk.gate.heartbeat(running, true), "a heartbeat is never turned away");
    let (tell, ended) = std::sync::mpsc::channel();
    desk.gate.close(running, move |ending| tell.send(ending).unwrap());

    let_go.send(()).unwrap();
    assert!(waiting.into_iter().all(|answered| answered.recv().unwrap().is_ok()));
    assert!(!ended.recv().unwrap().unwrap().already, "nor is a close");
    assert!(desk.open("one-more", "ben", "revit").is_ok(), "the same key is good later");
    assert!(desk.open_many(batch).is_ok());
}

/// A place is free again however its open ends.
#[test]
fn a_place_is_given_back_when_nobody_answers() {
    let desk = World::new(100).start();
    let let_go = desk.hold_up();
    desk.gate.stop();
    let unheard: Vec<Answered> =
        (0..OPENS_WAITING_MAX).map(|_| desk.ask("k", "ana", "autocad")).collect();
    let_go.send(()).unwrap();
    // The thread has stopped: the replies are dropped, and with them their places.
    assert!(unheard.into_iter().all(|answered| answered.recv().is_err()));
    assert!(matches!(desk.open("k", "ana", "autocad"), Err(Failure::Stopping)));
}
