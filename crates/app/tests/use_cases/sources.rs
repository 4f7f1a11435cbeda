//! What the store says of sources: receipts, read on as they come, without those that were undone.

use crate::world::*;
use faregate_app::engine::Engine;
use faregate_app::import::undo::undo;
use faregate_app::import::usage::{Rejected, Row, Usage};
use faregate_app::sources::{Assessed, Histories, assess};
use faregate_core::when::Zone;
use faregate_ingest::features::FeatureTable;

/// A file with a use of Ana's that ends so many minutes after the beginning, made then.
fn take_in(world: &mut World, file: &str, minutes: i64) {
    let ends = T0.plus(minutes * MINUTE);
    world.clock.set(ends);
    let features = FeatureTable::shipped();
    let mut list = |_: &str, one: &Rejected| panic!("{one:?}");
    let mut usage = Usage::begin(&mut world.engine, &features, &mut list).unwrap();
    usage.file(file).unwrap();
    let (opened, closed) = (ends.plus(-30), Some(ends));
    let row = Row {
        line: 1,
        who: "ana",
        host: "",
        product: "revit",
        opened,
        closed,
        id: None,
        tokens: None,
    };
    usage.add(&row, String::new).unwrap();
    assert_eq!(usage.finish("csv:hours").unwrap().counts.sessions, 1);
}

fn read(histories: &mut Histories, engine: &mut Engine) -> usize {
    let mut looks = 1;
    while !histories.read_on(engine).unwrap() {
        assert!(!is_current(histories, engine));
        looks += 1;
    }
    assert!(is_current(histories, engine));
    looks
}

fn is_current(histories: &Histories, engine: &Engine) -> bool {
    histories.is_current(&engine.state().read())
}

/// Names, the minute at which each ends, and the number of its last import.
fn told(histories: &Histories) -> Vec<(String, i64, u32)> {
    let found = assess(&[], histories, &Zone::utc(), T0.plus(MINUTE * 1_000));
    let told = |one: Assessed| {
        let ends = one.last_data.unwrap().since(T0) / MINUTE;
        (one.name, ends, one.last_import.unwrap().1)
    };
    found.into_iter().map(told).collect()
}

#[test]
fn receipts_are_read_on_and_undone_ones_forgotten() {
    let mut world = World::new(1_000);
    let mut histories = Histories::following(vec!["debug.log".to_owned()]);
    assert_eq!(read(&mut histories, &mut world.engine), 1);
    take_in(&mut world, "inbox/eba/a.csv", 10);
    take_in(&mut world, "debug.log", 20);
    read(&mut histories, &mut world.engine);
    let line = |name: &str, ends, batch| (name.to_owned(), ends, batch);
    assert_eq!(told(&histories), [line("eba", 10, 1), line("debug.log", 20, 2)]);
    take_in(&mut world, "inbox/eba/b.csv", 30);
    take_in(&mut world, "by-hand.csv", 40);
    assert!(!is_current(&histories, &world.engine));
    read(&mut histories, &mut world.engine);
    let all = [line("eba", 30, 3), line("debug.log", 20, 2), line("csv:hours", 40, 4)];
    assert_eq!(told(&histories), all);
    undo(&mut world.engine, &FeatureTable::shipped(), 3, false).unwrap();
    assert!(!is_current(&histories, &world.engine));
    read(&mut histories, &mut world.engine);
    assert_eq!(told(&histories)[0], line("eba", 10, 1));
    // What is undone before it is read counts for nothing either.
    take_in(&mut world, "inbox/eba/c.csv", 50);
    undo(&mut world.engine, &FeatureTable::shipped(), 5, false).unwrap();
    read(&mut histories, &mut world.engine);
    assert_eq!(told(&histories)[0], line("eba", 10, 1));
    let mut anew = Histories::following(vec!["debug.log".to_owned()]);
    read(&mut anew, &mut world.engine);
    assert_eq!(told(&anew), told(&histories));
}

/// Between two reads the gate decides: thousands of receipts are not one of them.
#[test]
fn many_receipts_are_read_some_at_a_time() {
    let mut world = World::new(1_000);
    for minute in 1..=300 {
        take_in(&mut world, "debug.log", minute);
    }
    let mut histories = Histories::default();
    assert_eq!(read(&mut histories, &mut world.engine), 2);
    assert_eq!(told(&histories), [("csv:hours".to_owned(), 300, 300)]);
}
