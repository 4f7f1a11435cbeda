//! The vendor's report beside the gate and the logs: one charge a unit, whoever told of it, in whatever order.

use crate::paper::*;
use crate::stores::{Fault, Shared};
use crate::world::*;
use faregate_app::engine::Engine;
use faregate_app::import::Uncharged;
use faregate_app::import::uncharged::uncharged;
use faregate_app::import::undo::undo;
use faregate_app::import::vendor::{Report, compare, import};
use faregate_core::double_dip::report;
use faregate_core::estate::{AliasTerm, Offering, OfferingId, PersonId, Product, Seat, SeatId};
use faregate_core::event::{DipCause, Event, Finding, SessionId, Source};
use faregate_core::state::Checkpoint;
use faregate_core::tariff::{Meter, Rate, TariffParts};
use faregate_core::when::{DAY, Date, Instant};
use faregate_ingest::features::FeatureTable;
use faregate_ingest::vendor::{VendorReport, VendorRow, read};
use proptest::prelude::*;
use std::collections::BTreeSet;
use std::panic::catch_unwind;

const MONDAY: Date = Date(20_605);

/// A row of so many whole tokens on a day counted from Monday 2026-06-01.
fn row(day: i32, who: &str, product: &str, whole: i64) -> VendorRow {
    let (day, tokens) = (MONDAY.plus(day), tokens(whole));
    VendorRow {
        line: 2,
        day,
        who: who.to_owned(),
        hashed: None,
        product: product.to_owned(),
        tokens,
    }
}

fn take_in(engine: &mut Engine, rows: &[VendorRow]) -> Report {
    import(engine, &FeatureTable::shipped(), "usage.csv", rows).unwrap()
}

/// Imports, then imports again and finds everything as it was.
fn take_in_twice(world: &mut World, rows: &[VendorRow]) -> Report {
    let report = take_in(&mut world.engine, rows);
    let before = world.store.told();
    let again = take_in(&mut world.engine, rows);
    assert_eq!(world.store.told(), before, "the second import changed something");
    assert_eq!((again.booked, again.differences.len()), (0, 0));
    assert_eq!(again.counts.sessions, 0);
    report
}

fn sources(engine: &Engine) -> Vec<Source> {
    engine.state().read().charges().iter().map(|charge| charge.source).collect()
}

#[test]
fn what_we_charged_is_matched_and_what_we_did_not_is_booked() {
    let check = |uses: &[Used], rows: &[VendorRow], expected: (u64, u64), charges: &[i64]| {
        let mut world = office();
        if !uses.is_empty() {
            import_all(&mut world.engine, &[&log(uses)]);
        }
        let report = take_in_twice(&mut world, rows);
        assert_eq!((report.matched, report.booked), expected, "{rows:?}");
        let expected: Vec<_> = charges.iter().map(|at| charge("ana", "autocad", *at)).collect();
        assert_eq!(charged(&world.engine), expected, "{rows:?}");
    };
    let ana = |day| row(day, "ana", "autocad", 7);
    check(&[], &[ana(0)], (0, 1), &[0]);
    check(&[used("ana", AUTOCAD, 600, 700)], &[ana(0)], (1, 0), &[600]);
    check(&[used("ana", AUTOCAD, 1_200, 1_300)], &[ana(0), ana(1)], (1, 1), &[1_200, 2_640]);
    // Late on the day before, by our clock; the vendor has it on the next.
    check(&[used("ana", AUTOCAD, 1_437, 1_500)], &[ana(1)], (1, 0), &[1_437]);
    // Names and feature codes are products as well.
    let mut named = ana(0);
    named.product = "AutoCAD".to_owned();
    let mut coded = ana(1);
    coded.product = AUTOCAD.to_owned();
    check(&[], &[named, coded], (0, 2), &[0, 1_440]);
}

/// Two exports of one month, the second with other amounts, say so; a day that only grows does not, nor one of which
/// the second says the same, and undoing the first makes the second one's books.
#[test]
fn amounts_told_otherwise_are_counted_until_one_report_is_taken_back() {
    let mut world = office();
    let first = [row(0, "ana", "autocad", 7), row(1, "ana", "autocad", 7)];
    assert_eq!(take_in_twice(&mut world, &first).restated, 0);
    let grown = [row(0, "ana", "autocad", 7), row(0, "ana", "autocad", 14)];
    assert_eq!(take_in(&mut world.engine, &grown).restated, 0, "the day only grows");
    let mut world = office();
    assert_eq!(take_in(&mut world.engine, &first).restated, 0);
    let second = [row(0, "ana", "autocad", 7), row(1, "ana", "autocad", 14)];
    let restating = take_in(&mut world.engine, &second);
    assert_eq!((restating.restated, restating.second_charges), (1, 1));
    undo(&mut world.engine, &FeatureTable::shipped(), 1, false).unwrap();
    let mut alone = office();
    take_in(&mut alone.engine, &second);
    assert_eq!(charged(&world.engine), charged(&alone.engine));
    let told = |engine: &Engine| engine.state().read().vendor().charges.clone();
    assert_eq!(told(&world.engine), told(&alone.engine));
}

/// A unit that only the vendor tells of leaves no room for the one after it: that one begins later.
#[test]
fn a_unit_between_two_others_shifts_the_next() {
    let mut world = office();
    let uses = [used("ana", AUTOCAD, 1_200, 1_260), used("ana", AUTOCAD, 3_420, 3_540)];
    import_all(&mut world.engine, &[&log(&uses)]);
    let rows = [0, 1, 2].map(|day| row(day, "ana", "autocad", 7));
    let report = take_in_twice(&mut world, &rows);
    assert_eq!(report.booked, 2);
    let expected = [1_200, 2_640, 4_080].map(|at| charge("ana", "autocad", at));
    assert_eq!(charged(&world.engine), expected);
}

/// Two workstations, the gate, a log and the vendor tell of one use, in every order.
fn tell_of_one_use(order: &[&str], fault: Fault) -> World {
    let mut world = World::over(Shared::with(fault), Meter::Window24h, 1_000_000);
    for source in order {
        match *source {
            "gate" => {
                let desk = world.start();
                desk.clock.set(T0.plus(540 * MINUTE));
                let ids = ["one", "two"].map(|key| {
                    let opened = desk.open(key, "ana", "autocad").unwrap();
                    SessionId(opened.seq)
                });
                desk.beat(ids[0], T0.plus(550 * MINUTE), true);
                ids.into_iter().for_each(|id| {
                    desk.close(id).unwrap();
                });
                world = desk.stop();
            }
            "log" => {
                let other = Used { host: "WS-2".to_owned(), ..used("ana", AUTOCAD, 541, 548) };
                import_all(&mut world.engine, &[&log(&[used("ana", AUTOCAD, 540, 550), other])]);
            }
            _ => drop(take_in_twice(&mut world, &[row(0, "ana", "autocad", 7)])),
        }
    }
    world
}

/// Promise 7.
#[test]
fn one_use_is_one_charge_whoever_tells_of_it() {
    let orders = [
        ["gate", "log", "vendor"],
        ["gate", "vendor", "log"],
        ["log", "gate", "vendor"],
        ["log", "vendor", "gate"],
        ["vendor", "gate", "log"],
        ["vendor", "log", "gate"],
    ];
    for order in orders {
        let world = tell_of_one_use(&order, Fault::None);
        assert_eq!(charged(&world.engine).len(), 1, "{order:?}");
    }
}

/// What only the vendor tells of stays charged, whatever comes in of the days before.
fn check_reported_use_outlives_late_data(fault: Fault) {
    let mut world = World::over(Shared::with(fault), Meter::Window24h, 1_000_000);
    world.clock.set(T0.plus(60 * DAY));
    take_in(&mut world.engine, &[row(5, "ana", "autocad", 7)]);
    import_all(&mut world.engine, &[&log(&[used("ana", AUTOCAD, 60, 120)])]);
    assert_eq!(charged(&world.engine), [60, 7_200].map(|at| charge("ana", "autocad", at)));
}

#[test]
fn reported_use_outlives_late_data() {
    check_reported_use_outlives_late_data(Fault::None);
}

#[test]
fn a_planted_fault_is_caught() {
    let faulty = || check_reported_use_outlives_late_data(Fault::ForgetsBlocks);
    assert!(catch_unwind(faulty).is_err(), "a forgotten use was not noticed");
}

#[test]
fn the_vendor_s_price_holds() {
    let mut world = office();
    let uses = [used("ana", AUTOCAD, 60, 120), used("ben", REVIT, 60, 120)];
    import_all(&mut world.engine, &[&log(&uses)]);
    let rows =
        [row(0, "ana", "autocad", 9), row(0, "ben", "revit", 10), row(3, "ben", "revit", 12)];
    let report = take_in_twice(&mut world, &rows);
    let differences: Vec<_> =
        report.differences.iter().map(|one| (one.day, one.ours, one.theirs)).collect();
    let expected = [(MONDAY, tokens(7), tokens(9)), (MONDAY.plus(3), tokens(10), tokens(12))];
    assert_eq!(differences, expected);
    // Late use of the same unit keeps it.
    import_all(&mut world.engine, &[&log(&[used("ana", AUTOCAD, 30, 40)])]);
    let state = world.engine.state();
    let mut spent: Vec<i64> =
        state.read().charges().iter().map(|one| one.ticks.0 / tokens(1).0).collect();
    spent.sort_unstable();
    assert_eq!(spent, [7, 10, 12], "another unit, at the tariff's price");
    take_in_twice(&mut world, &rows);
}

fn with_seat(world: &mut World) {
    let covers = vec!["autocad".to_owned()];
    let (key, name) = ("autocad-seat".to_owned(), "AutoCAD".to_owned());
    let (from, until) = (T0, T0.plus(300 * DAY));
    let offering = OfferingId(0);
    let alias = |alias: &str| AliasTerm {
        alias: alias.to_owned(),
        person: PersonId(0),
        from: Instant(0),
        until: Instant(i64::MAX),
    };
    let events = vec![
        Event::OfferingsDefined(vec![Offering { key, name, covers }]),
        Event::SeatsAdded(vec![Seat { offering, person: None, from, until }]),
        Event::AliasesSet(vec![alias("ana.second@example.com")]),
    ];
    world.engine.append(events).unwrap();
    world.clock.set(T0.plus(2 * DAY + DAY / 2));
    let person = Some(PersonId(0));
    world.engine.append(vec![Event::SeatMoved { seat: SeatId(0), person }]).unwrap();
    world.clock.set(T0.plus(60 * DAY));
}

#[test]
fn what_a_seat_covers_is_a_double_dip_and_no_charge() {
    let mut world = World::new(1_000_000);
    with_seat(&mut world);
    let rows = [
        row(1, "ana", "autocad", 7),
        row(2, "ana", "autocad", 7),
        row(3, "ana", "autocad", 7),
        row(4, "ana.second@example.com", "autocad", 7),
        row(4, "ana", "revit", 10),
    ];
    let found = take_in_twice(&mut world, &rows);
    assert_eq!((found.booked, found.double_dips), (2, 3));
    let expected = [charge("ana", "autocad", 1_440), charge("ana", "revit", 4 * 1_440)];
    assert_eq!(charged(&world.engine), expected);
    let state = world.engine.state();
    let dips = report(&state.read(), MONDAY, MONDAY.plus(9));
    let causes: Vec<_> = dips.rows.iter().map(|dip| dip.cause).collect();
    let expected = [DipCause::SeatCameLater, DipCause::SameIdentity, DipCause::SecondIdentity];
    assert_eq!(causes, expected);
    assert_eq!(dips.ticks, tokens(21));
    let findings = state.read().vendor().charges.iter().map(|one| one.finding).collect::<Vec<_>>();
    assert_eq!(findings.iter().filter(|one| **one == Finding::Booked).count(), 2);
    // A log of the same days charges nothing of what the seat covers, and takes nothing back.
    import_all(&mut world.engine, &[&log(&[used("ana", AUTOCAD, 1_500, 1_600)])]);
    assert_eq!(charged(&world.engine).len(), 2);
}

#[test]
fn what_nobody_knows_is_quarantined_and_charged_once_known() {
    let mut world = office();
    let rows = [row(0, "eve", "autocad", 7), row(0, "ana", "Maya", 6), row(1, "ana", "solids", 6)];
    let found = take_in_twice(&mut world, &rows);
    assert_eq!((found.counts.quarantined, found.quarantined.len()), (3, 3));
    assert_eq!(found.quarantined[0].why, "nobody knows `eve`");
    assert_eq!(charged(&world.engine), []);
    let state = world.engine.state();
    assert_eq!(state.read().estate().people().len(), 2, "nobody is made up");
    assert_eq!(state.read().tally().quarantined, 3);
    let kept = |world: &mut World| {
        let found = uncharged(&mut world.engine.looking(), &FeatureTable::shipped()).unwrap();
        let mut found: Vec<_> = found.into_iter().map(|one| (one.why, one.sessions)).collect();
        found.sort();
        found
    };
    let expected = vec![
        (Uncharged::UnknownProduct, 1),
        (Uncharged::UnknownProduct, 1),
        (Uncharged::UnknownPerson, 1),
    ];
    assert_eq!(kept(&mut world), expected);
    world.engine.append(vec![Event::PeopleAdded(vec![person("eve")])]).unwrap();
    let maya = Product { key: "maya".to_owned(), name: "Maya".to_owned() };
    world.engine.append(vec![Event::ProductsDefined(vec![maya])]).unwrap();
    let found = take_in_twice(&mut world, &rows);
    assert_eq!((found.booked, found.quarantined.len()), (1, 2), "known, and still without a rate");
    assert!(found.quarantined.iter().any(|one| one.why.contains("no rate for `maya`")));
    assert_eq!(charged(&world.engine), [charge("eve", "autocad", 0)]);
    // The row without a rate is kept under its product now; it counts once.
    assert_eq!(kept(&mut world), [(Uncharged::UnknownProduct, 1), (Uncharged::NoRate, 1)]);
    assert_eq!(state.read().tally().quarantined, 2);
}

fn know(world: &mut World, key: &str) {
    world.engine.append(vec![Event::PeopleAdded(vec![person(key)])]).unwrap();
}

/// From now on the tariff has a rate for it.
fn price_maya(world: &mut World) {
    let mut parts = tariff(Meter::Window24h);
    parts.rates.push(Rate {
        product: "maya".to_owned(),
        ticks: tokens(6),
        ..parts.rates[0].clone()
    });
    world.engine.append(vec![Event::TariffAdopted(parts)]).unwrap();
}

fn kept_in(world: &World) -> u64 {
    world.engine.state().read().tally().quarantined
}

/// What is kept of one person is released when they are known, whoever was before.
#[test]
fn each_row_that_was_kept_is_released_once() {
    let mut world = office();
    let rows =
        [row(0, "eve", "autocad", 7), row(0, "mia", "autocad", 7), row(1, "mia", "revit", 10)];
    take_in_twice(&mut world, &rows);
    assert_eq!(kept_in(&world), 3);
    know(&mut world, "eve");
    take_in_twice(&mut world, &rows);
    assert_eq!(kept_in(&world), 2);
    know(&mut world, "mia");
    take_in_twice(&mut world, &rows);
    assert_eq!(kept_in(&world), 0);
    assert_eq!(charged(&world.engine).len(), 3);
}

/// A row that the tariff has no rate for is counted once, under whatever product it was kept before.
#[test]
fn a_row_without_a_rate_is_released_with_the_rate() {
    let mut world = office();
    let rows = [row(0, "ana", "Maya", 6), row(0, "zoe", "Maya", 6)];
    take_in_twice(&mut world, &rows);
    assert_eq!(kept_in(&world), 2);
    let maya = Product { key: "maya".to_owned(), name: "Maya".to_owned() };
    world.engine.append(vec![Event::ProductsDefined(vec![maya])]).unwrap();
    take_in_twice(&mut world, &rows);
    assert_eq!((kept_in(&world), charged(&world.engine).len()), (2, 0));
    price_maya(&mut world);
    take_in_twice(&mut world, &rows);
    assert_eq!((kept_in(&world), charged(&world.engine).len()), (1, 1));
    know(&mut world, "zoe");
    take_in_twice(&mut world, &rows);
    assert_eq!((kept_in(&world), charged(&world.engine).len()), (0, 2));
}

/// A day without a rate is kept as one, whatever names of its person its rows bear, and released as one.
#[test]
fn a_day_without_a_rate_is_released_once_under_all_its_names() {
    let mut world = office();
    let maya = Product { key: "maya".to_owned(), name: "Maya".to_owned() };
    let second = AliasTerm {
        alias: "ana.b".to_owned(),
        person: PersonId(0),
        from: Instant(0),
        until: Instant(i64::MAX),
    };
    let known = vec![Event::ProductsDefined(vec![maya]), Event::AliasesSet(vec![second])];
    world.engine.append(known).unwrap();
    let rows = [row(0, "ana", "Maya", 6), row(0, "ana.b", "Maya", 4), row(0, "zoe", "Maya", 6)];
    take_in_twice(&mut world, &rows);
    assert_eq!(kept_in(&world), 2);
    price_maya(&mut world);
    for one in &rows[..2] {
        take_in_twice(&mut world, std::slice::from_ref(one));
        assert_eq!(kept_in(&world), 1, "zoe's is kept still");
    }
}

/// Somebody new is known by now, and what they were charged is not believed: it is kept for that, and once.
#[test]
fn a_row_that_was_kept_and_is_not_believed_is_counted_once() {
    let mut world = office();
    let rows = [row(0, "eve", "revit", 900)];
    take_in_twice(&mut world, &rows);
    know(&mut world, "eve");
    take_in_twice(&mut world, &rows);
    assert_eq!((kept_in(&world), charged(&world.engine).len()), (1, 0));
}

#[test]
fn what_cannot_be_true_is_rejected() {
    let mut world = office();
    let rows = [row(900, "ana", "autocad", 7), row(0, "ana", "autocad", 0)];
    let found = take_in_twice(&mut world, &rows);
    let why: Vec<&str> = found.rejected.iter().map(|one| one.why.as_str()).collect();
    assert_eq!(why, ["the day has not come yet", "no amount above zero"]);
    assert_eq!(charged(&world.engine), []);
}

#[test]
fn results_are_charged_as_reported() {
    let mut world = office();
    let rate = Rate { meter: Meter::Result, ..tariff(Meter::Result).rates[1].clone() };
    let parts = TariffParts { rates: vec![rate], ..tariff(Meter::Result) };
    world.engine.append(vec![Event::TariffAdopted(parts)]).unwrap();
    let found = take_in_twice(&mut world, &[row(0, "ana", "revit", 35)]);
    assert_eq!(found.booked, 1);
    assert_eq!(sources(&world.engine), [Source::Vendor]);
    assert_eq!(world.engine.state().read().charges().iter().next().unwrap().ticks, tokens(35));
}

#[test]
fn a_failure_leaves_nothing_behind() {
    let mut world = office();
    let before = world.store.told();
    let rows = [row(0, "ana", "autocad", 9), row(1, "eve", "autocad", 7)];
    let failed = (1..).find_map(|call| {
        let now = world.store.plan().calls;
        world.store.plan().fails_at = Some(now + call);
        let done = import(&mut world.engine, &FeatureTable::shipped(), "usage.csv", &rows);
        world.store.plan().fails_at = None;
        if done.is_err() {
            assert_eq!(world.store.told(), before, "call {call}");
            assert_eq!(charged(&world.engine), []);
        }
        done.is_ok().then_some(call - 1)
    });
    assert!(failed.unwrap() >= 4, "{failed:?} calls can fail");
    assert_eq!(charged(&world.engine).len(), 1);
}

/// Ana and Ben, each under a second name as well.
fn with_second_names(meter: Meter) -> World {
    let mut world = World::over(Shared::default(), meter, 1_000_000);
    let alias = |(person, alias): (u32, &str)| AliasTerm {
        alias: alias.to_owned(),
        person: PersonId(person),
        from: Instant(0),
        until: Instant(i64::MAX),
    };
    let aliases = [(0, "ana.b"), (1, "bokoro")].map(alias).to_vec();
    world.engine.append(vec![Event::AliasesSet(aliases)]).unwrap();
    world.clock.set(T0.plus(60 * DAY));
    world
}

/// The state but for what receipts count.
fn books(world: &World) -> Checkpoint {
    let (tally, imports) = Default::default();
    Checkpoint { seq: 0, tally, imports, ..world.engine.state().read().checkpoint() }
}

fn dips_of(world: &World) -> Vec<(String, i64, DipCause)> {
    let shared = world.engine.state();
    let found = report(&shared.read(), MONDAY, MONDAY.plus(30));
    let one = |dip: faregate_core::double_dip::Dip| {
        (dip.alias.unwrap_or_default(), dip.ticks.0 / tokens(1).0, dip.cause)
    };
    found.rows.into_iter().map(one).collect()
}

/// One unit is one charge: what the vendor charged beyond it is a double-dip, in one file, in several, in any order.
#[test]
fn whatever_exceeds_a_unit_is_a_double_dip() {
    use DipCause::{SecondChargeInWindow, SecondIdentity};
    let ben = |who, whole| row(0, who, "revit", whole);
    let check = |rows: &[VendorRow], spent: i64, dips: &[(&str, i64, DipCause)]| {
        let mut orders = vec![vec![rows.to_vec()]];
        let is_one = |row: &VendorRow| rows.iter().filter(|one| *one == row).count() == 1;
        if rows.iter().all(is_one) {
            let each: Vec<_> = rows.iter().map(|row| vec![row.clone()]).collect();
            orders.push(each.iter().rev().cloned().collect());
            orders.push(each);
        }
        for files in orders {
            for logged in [false, true] {
                let mut world = with_second_names(Meter::Window24h);
                if logged {
                    import_all(&mut world.engine, &[&log(&[used("ben", REVIT, 600, 700)])]);
                }
                for file in &files {
                    take_in_twice(&mut world, file);
                }
                let sum: i64 = {
                    let shared = world.engine.state();
                    let state = shared.read();
                    state.charges().iter().map(|charge| charge.ticks.0 / tokens(1).0).sum()
                };
                let expected: Vec<_> = dips
                    .iter()
                    .map(|(who, whole, cause)| ((*who).to_owned(), *whole, *cause))
                    .collect();
                assert_eq!((sum, dips_of(&world)), (spent, expected), "{files:?}, {logged}");
            }
        }
    };
    check(&[ben("ben", 10), ben("bokoro", 10)], 10, &[("bokoro", 10, SecondIdentity)]);
    check(&[ben("ben", 10), ben("ben", 10)], 10, &[("ben", 10, SecondChargeInWindow)]);
    check(&[ben("ben", 10), ben("ben", 12)], 10, &[("ben", 12, SecondChargeInWindow)]);
    check(&[ben("ben", 12), ben("bokoro", 10)], 10, &[("ben", 12, SecondIdentity)]);
    check(&[ben("ben", 12), ben("bokoro", 11)], 12, &[("bokoro", 11, SecondIdentity)]);
    check(&[ben("bokoro", 12)], 12, &[]);
    let next = row(1, "ben", "revit", 10);
    check(&[ben("bokoro", 10), next], 20, &[]);
}

#[test]
fn a_price_too_far_from_ours_is_quarantined() {
    let check = |rows: &[VendorRow], spent: i64, quarantined: usize| {
        for logged in [false, true] {
            let mut world = with_second_names(Meter::Window24h);
            if logged {
                import_all(&mut world.engine, &[&log(&[used("ben", REVIT, 600, 700)])]);
            }
            let found = take_in_twice(&mut world, rows);
            assert_eq!(found.quarantined.len(), quarantined, "{rows:?}");
            assert!(found.quarantined.iter().all(|one| one.why.contains("the tariff says 10")));
            let shared = world.engine.state();
            let state = shared.read();
            assert_eq!(state.tally().quarantined, quarantined as u64);
            let sum: i64 = state.charges().iter().map(|one| one.ticks.0 / tokens(1).0).sum();
            assert_eq!(sum, if logged && spent == 0 { 10 } else { spent }, "{rows:?}, {logged}");
            assert_eq!(report(&state, MONDAY, MONDAY).rows.len(), 0);
        }
    };
    let ben = |whole| row(0, "ben", "revit", whole);
    check(&[ben(30)], 30, 0);
    check(&[ben(31)], 0, 1);
    check(&[ben(3)], 0, 1);
    check(&[ben(50_000)], 0, 1);
    check(&[ben(50_000), ben(10)], 10, 1);
}

/// The same rows in one file and in several, each backwards, taken in once and again.
fn check_any_files_make_the_same_books(
    uses: &[Used],
    rows: &[VendorRow],
    files: &[usize],
    accumulates: bool,
) {
    let first = |meter| {
        let mut world = with_second_names(meter);
        if !uses.is_empty() {
            import_all(&mut world.engine, &[&log(uses)]);
        }
        world
    };
    for meter in [Meter::Window24h, Meter::CalendarDay, Meter::StartedHour] {
        let mut whole = first(meter);
        take_in_twice(&mut whole, rows);
        charged(&whole.engine);
        let mut parts: Vec<Vec<VendorRow>> = vec![Vec::new(); 4];
        for (row, file) in rows.iter().zip(files) {
            parts[*file].push(row.clone());
        }
        parts.iter_mut().for_each(|part| part.reverse());
        let mut world = first(meter);
        let mut told = BTreeSet::new();
        for part in &parts {
            // Planted: what an earlier file told of is done with, as it was before reports accumulated.
            let of = |row: &VendorRow| {
                let shared = world.engine.state();
                let person = shared.read().estate().person_known_as(&row.who, T0);
                (person, row.product.clone(), row.day)
            };
            let part = part.iter().filter(|row| accumulates || !told.contains(&of(row)));
            let part: Vec<VendorRow> = part.cloned().collect();
            told.extend(part.iter().map(of));
            take_in(&mut world.engine, &part);
        }
        assert_eq!(books(&world), books(&whole), "{meter:?}");
        let before = world.store.told();
        for part in parts.iter().rev() {
            take_in(&mut world.engine, part);
        }
        assert_eq!(world.store.told(), before, "imported again, it changed something");
    }
}

#[test]
fn a_planted_import_that_forgets_is_caught() {
    let rows = [row(0, "ben", "revit", 10), row(0, "bokoro", "revit", 10)];
    let check = |accumulates| check_any_files_make_the_same_books(&[], &rows, &[0, 1], accumulates);
    check(true);
    assert!(catch_unwind(|| check(false)).is_err(), "an import that forgets was not noticed");
}

/// The unit that the last day gets depends on the one that the first day gets, and on use between them.
#[test]
fn late_days_shift_those_after_them() {
    let uses = [
        used("ana", AUTOCAD, 2_040, 2_100),
        used("ana", AUTOCAD, 3_180, 3_240),
        used("ana", AUTOCAD, -240, -200),
    ];
    let rows = [0, 2, 1].map(|day| row(day, "ana", "autocad", 7));
    for files in [[0, 1, 2], [2, 0, 1], [1, 0, 2], [1, 0, 0]] {
        check_any_files_make_the_same_books(&uses, &rows, &files, true);
        check_any_files_make_the_same_books(&[], &rows[..2], &files[..2], true);
    }
}

#[test]
fn a_report_that_names_nobody_is_compared_and_books_nothing() {
    let mut world = office();
    let uses = [used("ana", AUTOCAD, 60, 120), used("ben", REVIT, 1_500, 1_600)];
    import_all(&mut world.engine, &[&log(&uses)]);
    let text = "\"productName\",\"usageDate\",\"tokensConsumed\",\n\
        AutoCAD,2026-06-01 00:00:00,140.0,\nMaya,2026-06-01 00:00:00,6.0,\n\
        AutoCAD,2026-06-02 00:00:00,0.0,\nAutoCAD,2026-06-02 00:00:00,2.5,\n";
    let read: VendorReport = read(text.as_bytes()).unwrap();
    assert!(!read.names_people);
    let before = world.store.told();
    let found = take_in(&mut world.engine, &read.rows);
    let again = take_in(&mut world.engine, &read.rows);
    assert_eq!((world.store.told(), &again), (before, &found));
    assert_eq!((found.quarantined.len(), found.rejected.len(), found.booked), (0, 0, 0));
    let pool = found.pool.unwrap();
    let shared = world.engine.state();
    assert_eq!(pool, compare(&shared.read(), &FeatureTable::shipped(), &read));
    let micro = |ticks: faregate_core::amount::Ticks| ticks.0 * 10 / tokens(1).0;
    let rows: Vec<_> = pool
        .rows
        .iter()
        .map(|row| {
            (row.day.0 - MONDAY.0, row.product.as_str(), micro(row.ours), micro(row.difference))
        })
        .collect();
    let expected = [
        (0, "Maya", 0, 60),
        (0, "autocad", 70, 1_330),
        (1, "autocad", 0, 25),
        (1, "revit", 100, -100),
    ];
    assert_eq!(rows, expected);
    assert_eq!((micro(pool.ours), micro(pool.theirs), micro(pool.difference)), (170, 1_485, 1_315));
    assert_eq!(pool.left_out, 0);
    assert!(pool.words.contains("names nobody") && pool.words.contains("books nothing"));
    // Of very many, those that differ most.
    let many = (0..300).map(|day| row(day - 300, "", "autocad", i64::from(day) + 1));
    let found = take_in(&mut world.engine, &many.collect::<Vec<_>>()).pool.unwrap();
    assert_eq!((found.rows.len(), found.left_out), (200, 100));
    assert_eq!(found.rows.first().map(|row| row.theirs), Some(tokens(101)));
}

/// Uses in steps of twenty minutes over two weeks, none within the clocks' tolerance of midnight, and days that
/// the vendor charged.
fn any_report() -> impl Strategy<Value = (Vec<Used>, Vec<VendorRow>)> {
    let user = || prop::sample::select(vec!["ana", "ben"]);
    let feature = prop::sample::select(vec![AUTOCAD, REVIT]);
    let product = prop::sample::select(vec!["autocad", "revit"]);
    let one = (user(), feature, 0..900_i64, 1..100_i64).prop_map(|(user, feature, start, long)| {
        used(user, feature, start * 20 + 10, (start + long) * 20 + 10)
    });
    let row = (0..14_i32, user(), product, prop_oneof![Just(7), Just(10), 4..=21_i64])
        .prop_map(|(day, who, product, whole)| row(day, who, product, whole));
    (prop::collection::vec(one, 0..10), prop::collection::vec(row, 0..20))
}

/// One row a person, product and day, as the vendor writes them.
fn once(rows: Vec<VendorRow>) -> Vec<VendorRow> {
    let mut seen = BTreeSet::new();
    rows.into_iter()
        .filter(|row| seen.insert((row.day, row.who.clone(), row.product.clone())))
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    /// After a report, what the vendor charged to somebody for a day is what we charged, and nothing twice.
    #[test]
    fn the_vendor_s_charges_are_ours((uses, rows) in any_report(), meter in prop::sample::select(vec![
        Meter::Window24h, Meter::CalendarDay, Meter::StartedHour, Meter::Minute,
    ])) {
        let mut world = World::over(Shared::default(), meter, 1_000_000);
        world.clock.set(T0.plus(60 * DAY));
        if !uses.is_empty() {
            import_all(&mut world.engine, &[&log(&uses)]);
        }
        let rows = once(rows);
        take_in_twice(&mut world, &rows);
        charged(&world.engine);
        let shared = world.engine.state();
        let state = shared.read();
        for row in &rows {
            let pair = (
                state.estate().person_called(&row.who).unwrap(),
                state.estate().product_called(&row.product).unwrap(),
            );
            let utc = |at: Instant| Date(i32::try_from(at.0.div_euclid(DAY)).unwrap());
            let ours = state.charges().of_pair(pair).filter(|charge| utc(charge.at) == row.day);
            let sum: faregate_core::amount::Ticks = ours.map(|charge| charge.ticks).sum();
            prop_assert_eq!(sum, row.tokens, "{:?}", row);
        }
    }

    /// Whatever the order and the files that the rows come in, the books are the same, and stay so.
    #[test]
    fn any_files_make_the_same_books(
        (uses, rows) in any_report(),
        seconds in prop::collection::vec(any::<bool>(), 20),
        files in prop::collection::vec(0..4_usize, 20),
    ) {
        let rows = rows.into_iter().zip(seconds).map(|(row, second)| match (second, row.who.as_str()) {
            (false, _) => row,
            (true, "ana") => VendorRow { who: "ana.b".to_owned(), ..row },
            (true, _) => VendorRow { who: "Bokoro".to_owned(), ..row },
        });
        let mut seen = BTreeSet::new();
        let rows: Vec<_> = rows
            .filter(|row| seen.insert((row.day, row.who.clone(), row.product.clone(), row.tokens)))
            .collect();
        check_any_files_make_the_same_books(&uses, &rows, &files, true);
    }
}
