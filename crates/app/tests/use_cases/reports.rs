//! Reports over a journal: statements, reconciliation, chargeback, compliance.

use crate::paper::*;
use crate::world::*;
use faregate_app::reports;
use faregate_core::amount::{Currency, Ticks};
use faregate_core::chargeback::{By, NoSum};
use faregate_core::compliance::{self, Compliance, Over, Used};
use faregate_core::estate::{Bucket, BucketId, GENERAL};
use faregate_core::event::Event;
use faregate_core::statement::{Cause, Scope};
use faregate_core::when::{DAY, Date};

const MONDAY: Date = Date(20_605);

/// Ana used AutoCAD on Monday; the log came in on Wednesday, when the lab was given 50 tokens.
fn lived_in() -> World {
    let mut world = World::new(1_000);
    world.clock.set(T0.plus(2 * DAY));
    import_all(&mut world.engine, &[&log(&[used("ana", AUTOCAD, 60, 120)])]);
    let lab = Bucket { key: "lab".to_owned(), name: "Lab".to_owned() };
    let why = "a course".to_owned();
    let ordered = Event::Ordered { by: "cfo".to_owned(), what: "50 tokens to the lab".to_owned() };
    let moved = faregate_core::event::Move {
        from: Some(GENERAL),
        to: Some(BucketId(1)),
        ticks: tokens(50),
        cause: faregate_core::event::MoveCause::Order,
        why,
    };
    let events = vec![Event::BucketsOpened(vec![lab]), ordered, Event::TokensMoved(moved)];
    world.engine.append(events).unwrap();
    world
}

#[test]
fn statements_of_all_buckets_make_the_pool() {
    let mut world = lived_in();
    let scopes =
        [Scope::Contract, Scope::Unallocated, Scope::Bucket(GENERAL), Scope::Bucket(BucketId(1))];
    let all =
        reports::statements(&mut world.engine, &scopes, MONDAY.plus(2), MONDAY.plus(2)).unwrap();
    assert!(all.iter().all(|one| one.adds_up()), "{all:?}");
    let closing: Vec<Ticks> = all.iter().map(|one| one.closing.total).collect();
    assert_eq!(closing, [tokens(993), tokens(0), tokens(943), tokens(50)]);
    let words: Vec<&str> = all[2].lines.iter().map(|line| line.words.as_str()).collect();
    let expected =
        ["50 tokens to Lab, by cfo: a course", "1 unit of AutoCAD, 7 tokens, used 2026-06-01"];
    assert_eq!(words, expected);
    assert_eq!(all[3].lines[0].cause, Cause::TransferredIn);
    let later =
        reports::statements(&mut world.engine, &scopes, MONDAY.plus(9), MONDAY.plus(10)).unwrap();
    assert!(later.iter().all(|one| one.lines.is_empty() && one.opening == one.closing));
    let opening: Vec<Ticks> = later.iter().map(|one| one.opening.total).collect();
    assert_eq!(opening, closing);
}

#[test]
fn the_vendor_s_balance_is_explained() {
    let mut world = lived_in();
    assert_eq!(reports::reconciliation(&mut world.engine).unwrap(), None);
    let told = Event::VendorBalance { at: T0.plus(DAY), ticks: tokens(990) };
    world.engine.append(vec![told]).unwrap();
    let found = reports::reconciliation(&mut world.engine).unwrap().unwrap();
    assert_eq!((found.ours, found.theirs), (tokens(1_000), tokens(990)));
    let parts: Vec<_> = found.parts.iter().map(|part| (part.gap.key(), part.ticks)).collect();
    assert_eq!(parts, [("booked-since", tokens(7)), ("unexplained", tokens(3))]);
}

#[test]
fn cost_is_in_the_tariff_s_currency_unless_asked_otherwise() {
    let world = lived_in();
    let shared = world.engine.state();
    let state = shared.read();
    let found = reports::chargeback(&state, &By::Person, MONDAY, MONDAY, None).unwrap();
    assert_eq!(found.paid.total.money.to_string(), "21.00");
    let euro = Currency::new("EUR");
    let missing = reports::chargeback(&state, &By::Person, MONDAY, MONDAY, euro);
    assert!(matches!(missing, Err(NoSum::NoRate { .. })), "{missing:?}");
}

#[test]
fn decisions_are_read_for_compliance() {
    let desk = World::new(1_000).start();
    desk.open("a", "ana", "autocad").unwrap();
    desk.open("b", "eve", "autocad").unwrap();
    let mut engine = desk.stop().engine;
    let found = reports::compliance(&mut engine, MONDAY, MONDAY).unwrap();
    let later = reports::compliance(&mut engine, MONDAY.plus(1), MONDAY.plus(1)).unwrap();
    let rows = |found: &Compliance| {
        found.rows(compliance::By::Place, Over::Period).into_values().collect()
    };
    let rows: [Vec<Used>; 2] = [&found, &later].map(rows);
    assert_eq!(rows, [vec![Used { opened: 1, refused: 1, breaches: 0 }], Vec::new()]);
    assert_eq!(found.breaches, []);
    assert!(reports::double_dips(&engine.state().read(), MONDAY, MONDAY).rows.is_empty());
    assert_eq!(reports::shadow_price(&engine.state().read(), T0), None, "no history yet");
}
