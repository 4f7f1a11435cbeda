//! The checks behind the promises, shown to fail: each against a fault planted into the store.

use crate::atomicity::check_atomic;
use crate::charges::{check_gate_use_outlives_late_data, check_known_uses_stay_known};
use crate::stores::{Fault, Shared};
use crate::world::*;
use faregate_core::tariff::Meter;
use std::panic::catch_unwind;

/// Promises 1 and 5: what was acknowledged is there after a crash, under its key.
fn check_acknowledged_answers_are_kept(fault: Fault) {
    let desk = World::over(Shared::with(fault), Meter::Window24h, 100).start();
    let told = ["ana", "ben", "eve"].map(|person| desk.open(person, person, "autocad").unwrap());
    let engine = load(&desk.store, &desk.clock);
    let restarted = Desk::start(engine, desk.store.clone(), desk.clock.clone());
    for (person, before) in ["ana", "ben", "eve"].into_iter().zip(told) {
        let again = restarted.open(person, person, "autocad").unwrap();
        assert!(again.repeated);
        assert_eq!((again.seq, again.answer), (before.seq, before.answer));
    }
}

#[test]
fn acknowledged_answers_are_kept() {
    check_acknowledged_answers_are_kept(Fault::None);
}

#[test]
fn planted_faults_are_caught() {
    let check = |fault: Fault, promise: fn(Fault)| {
        assert!(catch_unwind(|| promise(fault)).is_err(), "{fault:?} was not noticed");
    };
    check(Fault::LosesRequests, check_acknowledged_answers_are_kept);
    check(Fault::AcknowledgesTooEarly, check_acknowledged_answers_are_kept);
    check(Fault::ForgetsBlocks, check_known_uses_stay_known);
    check(Fault::ForgetsGateUses, check_gate_use_outlives_late_data);
    check(Fault::KeepsWhatIsRolledBack, check_atomic);
}
