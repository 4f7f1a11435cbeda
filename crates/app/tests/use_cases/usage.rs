//! Uses with times from any table: told once, listed where they cannot be read, priced where they say what they cost.

use crate::paper::*;
use crate::stores::Shared;
use crate::world::*;
use faregate_app::engine::Engine;
use faregate_app::import::Outcome;
use faregate_app::import::delivery::{Delivery, NotDelivered};
use faregate_app::import::overlap::{Difference, differences};
use faregate_app::import::receipts::{Listed, list, show};
use faregate_app::import::undo::{UndoError, undo};
use faregate_app::import::usage::{Rejected, Row, Usage, id_of};
use faregate_app::import::vendor;
use faregate_core::amount::Ticks;
use faregate_core::event::{Finding, VendorCharge};
use faregate_core::tariff::Meter;
use faregate_core::when::{DAY, Date};
use faregate_ingest::features::FeatureTable;
use faregate_ingest::vendor::VendorRow;
use std::sync::Arc;

fn row<'a>(who: &'a str, product: &'a str, opened: i64, closed: i64) -> Row<'a> {
    let (opened, closed) = (T0.plus(opened * MINUTE), Some(T0.plus(closed * MINUTE)));
    Row { line: 2, who, host: "", product, opened, closed, id: None, tokens: None }
}

/// Takes rows in as one file; what it came to, and the lines that were not taken in.
fn take_in(engine: &mut Engine, kind: &str, rows: &[Row<'_>]) -> (Outcome, Vec<Rejected>) {
    let mut listed = Vec::new();
    let features = FeatureTable::shipped();
    let mut list = |file: &str, one: &Rejected| {
        assert_eq!(file, "table.csv");
        listed.push(one.clone());
    };
    let mut usage = Usage::begin(engine, &features, &mut list).unwrap();
    usage.file("table.csv").unwrap();
    rows.iter().for_each(|row| usage.add(row, || format!("line of {}", row.who)).unwrap());
    let outcome = usage.finish(kind).unwrap();
    (outcome, listed)
}

/// Takes files in as one batch.
fn take_files(engine: &mut Engine, files: &[&[Row<'_>]]) -> Outcome {
    let features = FeatureTable::shipped();
    let mut list = |_: &str, one: &Rejected| panic!("{one:?}");
    let mut usage = Usage::begin(engine, &features, &mut list).unwrap();
    for (number, rows) in files.iter().enumerate() {
        usage.file(&format!("{number}.csv")).unwrap();
        rows.iter().for_each(|row| usage.add(row, String::new).unwrap());
    }
    usage.finish("token-flex-sessions").unwrap()
}

fn priced<'a>(opened: i64, closed: i64, whole: i64) -> Row<'a> {
    Row { tokens: Some(tokens(whole)), ..row("ana", "autocad", opened, closed) }
}

/// What is charged and what was paid twice, in whole tokens, once files of uses with prices are in.
fn cost_of(meter: Meter, files: &[&[Row<'_>]]) -> (i64, usize) {
    let mut world = World::over(Shared::default(), meter, 1_000_000);
    world.clock.set(T0.plus(60 * DAY));
    take_files(&mut world.engine, files);
    let before = world.store.told();
    take_files(&mut world.engine, files);
    assert_eq!(world.store.told(), before, "told again, it changed something");
    let shared = world.engine.state();
    let state = shared.read();
    let dip = |one: &&VendorCharge| matches!(one.finding, Finding::DoubleDip(_));
    let dips = state.vendor().charges.iter().filter(dip).count();
    let sum: i64 = state.charges().iter().map(|charge| charge.ticks.0).sum();
    (sum / tokens(1).0, dips)
}

fn ticks_of(world: &World) -> Vec<Ticks> {
    world.engine.state().read().charges().iter().map(|charge| charge.ticks).collect()
}

fn last(world: &mut World) -> Listed {
    list(&mut world.engine, 1).unwrap().0.remove(0)
}

#[test]
fn rows_are_taken_in_once_with_a_receipt_of_their_kind() {
    let mut world = office();
    let rows = [row("ana", "autocad", 60, 120), row("ben", "revit", 90, 400)];
    let (outcome, listed) = take_in(&mut world.engine, "csv:plotters", &rows);
    assert_eq!((outcome.counts.sessions, outcome.counts.events, listed), (2, 2, Vec::new()));
    assert_eq!(charged(&world.engine), [charge("ana", "autocad", 60), charge("ben", "revit", 90)]);
    let receipt = last(&mut world).receipt;
    assert_eq!((receipt.kind.as_str(), receipt.batch), ("csv:plotters", 1));
    assert_eq!(receipt.files, ["table.csv"]);
    let before = world.store.told();
    let (again, _) = take_in(&mut world.engine, "csv:plotters", &rows);
    assert_eq!((again.counts.sessions, again.counts.duplicates), (0, 2));
    assert_eq!(world.store.told(), before);
}

#[test]
fn rows_that_cannot_be_true_are_listed() {
    let check = |row: Row<'_>, code: &str| {
        let mut world = office();
        let good = Row { line: 3, ..self::row("ana", "autocad", 60, 120) };
        let who = row.who;
        let (outcome, listed) = take_in(&mut world.engine, "csv:x", &[row, good]);
        assert_eq!((outcome.counts.sessions, outcome.counts.rejected), (1, 1), "{code}");
        let told: Vec<_> = listed.iter().map(|one| (one.line, one.code, &*one.text)).collect();
        assert_eq!(told, [(2, code, &*format!("line of {who}"))]);
    };
    check(row(" ", "autocad", 60, 120), "nobody");
    check(row("ana", "", 60, 120), "no-product");
    check(row("ana", "autocad", 60, 59), "ends-before-it-begins");
    check(row("ana", "autocad", 90 * 1_440, 90 * 1_440 + 5), "in-the-future");
    check(row("ana", "autocad", 59 * 1_440, 62 * 1_440), "ends-in-the-future");
    let credit = Row { tokens: Some(tokens(-7)), ..row("ana", "autocad", 60, 120) };
    check(credit, "negative-tokens");
}

#[test]
fn events_are_known_by_their_ids() {
    let mut world = office();
    let event = |id| Row { id, ..row("ana", "autocad", 60, 120) };
    let events = [event(id_of("farm/1")), event(id_of("farm/2")), event(id_of("farm/1"))];
    let (outcome, _) = take_in(&mut world.engine, "cloudevents", &events);
    assert_eq!((outcome.counts.sessions, outcome.counts.duplicates), (2, 1));
    assert_eq!(charged(&world.engine), [charge("ana", "autocad", 60)]);
}

/// The vendor's price holds, is withdrawn with its import, and the log's time stays within what clocks differ by.
#[test]
fn a_row_that_says_what_it_cost_sets_the_price() {
    let mut world = office();
    import_all(&mut world.engine, &[&log(&[used("ana", AUTOCAD, 60, 120)])]);
    let paid = Row { tokens: Some(tokens(9)), ..row("ana", "autocad", 62, 120) };
    take_in(&mut world.engine, "token-flex-sessions", &[paid]);
    assert_eq!(ticks_of(&world), [tokens(9)]);
    assert_eq!(charged(&world.engine), [charge("ana", "autocad", 60)]);
    let overlap = last(&mut world).receipt.overlap;
    assert_eq!((overlap.uses, overlap.times, overlap.prices), (1, 0, 1));
    let report = undo(&mut world.engine, &FeatureTable::shipped(), 2, false).unwrap();
    assert_eq!(report.sessions, 1);
    assert_eq!(ticks_of(&world), [tokens(7)]);
    assert_eq!(charged(&world.engine), [charge("ana", "autocad", 60)]);
}

/// An export without prices, then one with them: the uses are known, what they cost is not.
#[test]
fn prices_of_uses_that_are_known_already_are_taken_in() {
    let mut world = office();
    let plain = row("ana", "autocad", 540, 600);
    take_files(&mut world.engine, &[&[plain]]);
    let files: &[&[Row<'_>]] = &[&[priced(540, 600, 9)]];
    let outcome = take_files(&mut world.engine, files);
    assert_eq!((outcome.counts.sessions, outcome.counts.duplicates), (0, 1));
    assert_eq!(ticks_of(&world), [tokens(9)]);
    let receipt = last(&mut world).receipt;
    assert_eq!((receipt.batch, receipt.overlap.prices), (2, 1));
    let before = world.store.told();
    take_files(&mut world.engine, files);
    take_files(&mut world.engine, &[&[plain]]);
    assert_eq!(world.store.told(), before, "told again, it changed something");
    undo(&mut world.engine, &FeatureTable::shipped(), 2, false).unwrap();
    assert_eq!(ticks_of(&world), [tokens(7)]);
    assert_eq!(charged(&world.engine), [charge("ana", "autocad", 540)]);
}

/// What was kept of a report is released when uses with prices settle it, and what is kept of prices is kept once.
#[test]
fn what_is_kept_is_counted_once() {
    let mut world = office();
    let kept = |world: &World| world.engine.state().read().tally().quarantined;
    let (day, line) = (Date(20_605), 2);
    let (who, product) = ("eve".to_owned(), "autocad".to_owned());
    let row = VendorRow { line, day, who, hashed: None, product, tokens: tokens(7) };
    vendor::import(&mut world.engine, &FeatureTable::shipped(), "usage.csv", &[row]).unwrap();
    assert_eq!(kept(&world), 1);
    let of_eve = Row { who: "eve", ..priced(540, 600, 7) };
    take_files(&mut world.engine, &[&[of_eve]]);
    assert_eq!((kept(&world), charged(&world.engine).len()), (0, 1));
    let dear = priced(540, 600, 900);
    take_files(&mut world.engine, &[&[dear]]);
    assert_eq!(kept(&world), 1, "900 tokens are not believed");
    take_files(&mut world.engine, &[&[dear, priced(5_000, 5_100, 7)]]);
    assert_eq!((kept(&world), charged(&world.engine).len()), (1, 3));
}

/// However rows and files tell of uses, the vendor charged for each of them once.
#[test]
fn a_use_is_priced_once_and_two_uses_twice() {
    let (am, pm) = (priced(540, 600, 5), priced(900, 960, 5));
    let longer = priced(540, 700, 9);
    for (files, expected) in [
        (&[&[am, am][..]][..], 5),
        (&[&[am], &[am]], 5),
        (&[&[am, pm]], 10),
        (&[&[am], &[pm]], 10),
        // An export that grew beside the one before, in both orders.
        (&[&[am], &[am, pm]], 10),
        (&[&[am, pm], &[am]], 10),
        (&[&[am], &[longer, pm]], 14),
        (&[&[longer, pm], &[am]], 14),
    ] {
        assert_eq!(cost_of(Meter::StartedHour, files), (expected, 0), "{files:?}");
    }
    // A day that is one unit is told by the sum of its uses.
    assert_eq!(cost_of(Meter::Window24h, &[&[priced(540, 600, 7), priced(540, 600, 7)]]), (7, 0));
    assert_eq!(cost_of(Meter::Window24h, &[&[priced(540, 600, 4), priced(900, 960, 3)]]), (7, 0));
}

/// Events of one second are told apart by their ids, in their prices too.
#[test]
fn events_of_one_second_are_priced_each() {
    let event = |id| Row { id: id_of(id), ..priced(540, 600, 5) };
    let files: &[&[Row<'_>]] = &[&[event("1"), event("2")], &[event("2")]];
    assert_eq!(cost_of(Meter::StartedHour, files), (10, 0));
}

#[test]
fn the_receipt_counts_what_another_kind_of_source_tells_as_well() {
    let mut world = office();
    let uses =
        [used("ana", AUTOCAD, 60, 120), used("ben", REVIT, 0, 30), used("ana", REVIT, 0, 60)];
    import_all(&mut world.engine, &[&log(&uses)]);
    let rows = [
        row("ana", "autocad", 62, 121),
        row("ben", "revit", 20, 90),
        row("ana", "revit", 60, 90),
        row("eve", "revit", 0, 30),
    ];
    take_in(&mut world.engine, "csv:x", &rows);
    let overlap = last(&mut world).receipt.overlap;
    assert_eq!((overlap.uses, overlap.times), (2, 1));
    // Two imports of one kind are copies of each other, not two sources.
    take_in(&mut world.engine, "csv:x", &[row("eve", "revit", 10, 40)]);
    assert_eq!(last(&mut world).receipt.overlap.uses, 0);
    let features = FeatureTable::shipped();
    let (told, count) = differences(&mut world.engine, &features, 2, 10).unwrap();
    let minutes = |from: i64, until: i64| (T0.plus(from * MINUTE), T0.plus(until * MINUTE));
    let expected = Difference::Times {
        person: "ben".to_owned(),
        product: "revit".to_owned(),
        ours: minutes(20, 90),
        other: (1, "flexnet".to_owned()),
        theirs: minutes(0, 30),
    };
    assert_eq!((told, count), (vec![expected], 1));
    let (told, count) = differences(&mut world.engine, &features, 2, 0).unwrap();
    assert_eq!((told.len(), count), (0, 1));
}

/// Of very many faults the first are told, and how many there are.
#[test]
fn a_delivery_says_how_many_events_are_bad() {
    let event = |subject: &str, number: u32| {
        format!(
            r#"{{"specversion":"1.0","id":"{number}","source":"farm","type":"use","subject":"{subject}","time":"2027-06-01T09:00:00Z","data":{{"product":"autocad"}}}}"#
        )
    };
    let lines = |subject: &str| {
        let all: Vec<String> = (0..500).map(|number| event(subject, number)).collect();
        all.join("\n")
    };
    let bad = Delivery::read(b"{}\n".repeat(500).as_slice()).unwrap_err();
    assert_eq!((bad.count, bad.first.len(), bad.first[99].number), (500, 100, 100));
    assert_eq!(bad.to_string(), "500 events cannot be taken in");
    let mut world = office();
    let late = Delivery::read(lines("ana").as_bytes()).unwrap();
    let refused = late.take_in(&mut world.engine, &Arc::new(FeatureTable::shipped())).unwrap_err();
    assert_eq!(refused.to_string(), "500 events cannot be taken in");
    let NotDelivered::Faulty(bad) = refused else { panic!("{refused:?}") };
    assert_eq!((bad.count, bad.first.len(), bad.first[0].number), (500, 100, 1));
}

#[test]
fn an_undo_that_cannot_be_is_refused() {
    let mut world = office();
    let features = FeatureTable::shipped();
    let refused = undo(&mut world.engine, &features, 1, false);
    assert!(matches!(refused, Err(UndoError::NoSuch { batch: 1, last: 0 })), "{refused:?}");
    take_in(&mut world.engine, "csv:x", &[row("ana", "autocad", 60, 120)]);
    let before = world.store.told();
    let rehearsed = undo(&mut world.engine, &features, 1, true).unwrap();
    assert_eq!(world.store.told(), before, "a rehearsal changed something");
    assert_eq!(charged(&world.engine).len(), 1);
    let done = undo(&mut world.engine, &features, 1, false).unwrap();
    assert_eq!(done, rehearsed, "it did something else than it said");
    assert_eq!((done.sessions, done.reversed, done.charged), (1, 1, 0));
    assert_eq!(done.buckets[0].spent, (tokens(7), Ticks::ZERO));
    let refused = undo(&mut world.engine, &features, 1, false);
    assert!(matches!(refused, Err(UndoError::UndoneAlready { batch: 1, .. })), "{refused:?}");
    assert!(show(&mut world.engine, 1).unwrap().unwrap().undone.is_some());
    take_in(&mut world.engine, "csv:x", &[row("ana", "autocad", 60, 120)]);
    assert_eq!(charged(&world.engine).len(), 1);
    assert_eq!(show(&mut world.engine, 3).unwrap(), None);
    assert_eq!(list(&mut world.engine, 9).unwrap().1, 2);
}
