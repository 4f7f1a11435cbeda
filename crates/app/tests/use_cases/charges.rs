//! Charges after imports: one a person, product and unit, whoever told of the use.

use crate::paper::*;
use crate::stores::{Fault, Shared};
use crate::world::*;
use faregate_core::event::{Event, SessionId};
use faregate_core::tariff::Meter;
use faregate_core::when::DAY;

/// The gate's clock reads minute `minute`; the session lasts so many minutes.
fn through_the_gate(desk: &Desk, minute: i64, minutes: i64) {
    desk.clock.set(T0.plus(minute * MINUTE));
    let id = SessionId(desk.open(&format!("at {minute}"), "ana", "autocad").unwrap().seq);
    desk.clock.set(T0.plus((minute + minutes) * MINUTE));
    desk.close(id).unwrap();
}

fn gate_then_log(
    fault: Fault,
    gate: &[(i64, i64)],
    uses: &[Used],
) -> Vec<(String, String, faregate_core::when::Instant)> {
    let desk = World::over(Shared::with(fault), Meter::Window24h, 1_000_000).start();
    gate.iter().for_each(|&(minute, minutes)| through_the_gate(&desk, minute, minutes));
    let mut world = desk.stop();
    world.clock.set(T0.plus(60 * DAY));
    import_all(&mut world.engine, &[&log(uses)]);
    charged(&world.engine)
}

/// Promise 7.
#[test]
fn the_gate_and_the_log_of_the_same_use_are_one_charge() {
    let check = |gate: &[(i64, i64)], uses: &[Used], expected: &[i64]| {
        let expected: Vec<_> =
            expected.iter().map(|minute| charge("ana", "autocad", *minute)).collect();
        assert_eq!(gate_then_log(Fault::None, gate, uses), expected, "{gate:?} and {uses:?}");
    };
    check(&[(60, 60)], &[used("ana", AUTOCAD, 60, 120)], &[60]);
    check(&[(60, 60)], &[used("ANA", AUTOCAD, 63, 121)], &[60]);
    check(&[(60, 60)], &[used("ana", AUTOCAD, 57, 121)], &[60]);
    check(&[(60, 60)], &[used("ana", AUTOCAD, 600, 700)], &[60]);
    check(&[(60, 60)], &[used("ana", AUTOCAD, 30, 50)], &[30]);
    check(&[(60, 60)], &[used("ana", AUTOCAD, 2_000, 2_100)], &[60, 2_000]);
    check(&[(60, 3)], &[used("ana", AUTOCAD, 60, 63)], &[]);
}

/// A use that only the gate knows of keeps its charge when an earlier use is reported late.
pub(crate) fn check_gate_use_outlives_late_data(fault: Fault) {
    let late = [used("ana", AUTOCAD, 0, 60)];
    let found = gate_then_log(fault, &[(5_000, 60)], &late);
    assert_eq!(found, [charge("ana", "autocad", 0), charge("ana", "autocad", 5_000)]);
}

#[test]
fn a_use_of_the_gate_outlives_late_data() {
    check_gate_use_outlives_late_data(Fault::None);
}

/// A session that runs while its own log is imported is charged once.
#[test]
fn a_running_session_and_its_log_are_one_charge() {
    let desk = World::new(1_000).start();
    let id = SessionId(desk.open("k", "ana", "autocad").unwrap().seq);
    desk.beat(id, T0.plus(10 * MINUTE), true);
    let text = log(&[used("ana", AUTOCAD, 0, None), used("ben", REVIT, 10, 20)]);
    desk.run(move |engine| import_all(engine, &[&text]));
    desk.beat(id, T0.plus(20 * MINUTE), true);
    desk.close(id).unwrap();
    assert_eq!(desk.charged(), [T0, T0.plus(10 * MINUTE)]);
}

/// An open use is charged as far as its log goes, and on when the log goes on.
#[test]
fn an_open_use_is_charged_as_far_as_its_log_goes() {
    let mut world = office();
    let open = used("ana", AUTOCAD, 0, None);
    let with = |minute: i64| {
        log(&[open.clone(), used("ben", REVIT, 0, 10), used("ben", REVIT, minute, minute + 10)])
    };
    let starts = |world: &World| {
        charged(&world.engine).into_iter().filter(|(user, ..)| user == "ana").count()
    };
    import_all(&mut world.engine, &[&with(100)]);
    assert_eq!(starts(&world), 1);
    import_all(&mut world.engine, &[&with(2 * 1_440)]);
    assert_eq!(starts(&world), 3);
    let before = world.store.told();
    import_all(&mut world.engine, &[&with(2 * 1_440)]);
    import_all(&mut world.engine, &[&with(100)]);
    assert_eq!(world.store.told(), before);
}

/// A log that nobody goes on with leaves uses open: other logs must not charge them for ever.
#[test]
fn an_open_use_is_not_charged_by_other_logs() {
    let mut world = office();
    import_all(
        &mut world.engine,
        &[&log(&[used("ana", AUTOCAD, 0, None), used("ben", REVIT, 0, 100)])],
    );
    let later = used("ana", AUTOCAD, 30 * 1_440, 30 * 1_440 + 60);
    import_all(&mut world.engine, &[&log(&[Used { host: "other".to_owned(), ..later }])]);
    let expected = [
        charge("ana", "autocad", 0),
        charge("ana", "autocad", 30 * 1_440),
        charge("ben", "revit", 0),
    ];
    assert_eq!(charged(&world.engine), expected);
    // Reported late, from before: the open use keeps what it was charged.
    let early = used("ana", AUTOCAD, -5 * 1_440, -5 * 1_440 + 60);
    import_all(&mut world.engine, &[&log(&[Used { host: "other".to_owned(), ..early }])]);
    assert_eq!(charged(&world.engine).len(), 4);
    let reversed = world
        .store
        .told()
        .entries
        .iter()
        .any(|entry| matches!(entry.event, Event::UsageReversed(_)));
    assert!(!reversed, "nothing was taken back");
}

/// Re-importing after the blocks were lost would count every session anew.
pub(crate) fn check_known_uses_stay_known(fault: Fault) {
    let mut world = World::over(Shared::with(fault), Meter::Window24h, 1_000);
    let text = log(&[used("ana", AUTOCAD, 0, 60), used("ben", REVIT, 10, 50)]);
    import_all(&mut world.engine, &[&text]);
    let again = import_all(&mut world.engine, &[&text]);
    assert_eq!((again.sessions, again.duplicates), (0, 2));
}

#[test]
fn known_uses_stay_known() {
    check_known_uses_stay_known(Fault::None);
}
