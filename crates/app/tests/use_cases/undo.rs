//! Imports that are taken back: what is left is what the others make, in whatever order.

use crate::paper::*;
use crate::stores::{Fault, Shared};
use crate::world::*;
use faregate_app::engine::Engine;
use faregate_app::import::undo::{Report, undo};
use faregate_app::import::vendor;
use faregate_core::amount::Ticks;
use faregate_core::tariff::Meter;
use faregate_core::when::{DAY, Date, Instant};
use faregate_ingest::features::FeatureTable;
use faregate_ingest::vendor::VendorRow;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use std::collections::{BTreeMap, BTreeSet};
use std::panic::catch_unwind;

const NO_SUCH: &str = "99999NOSUCH_2022_0F";

fn take_back(engine: &mut Engine, batch: u32) -> Report {
    undo(engine, &FeatureTable::shipped(), batch, false).unwrap()
}

/// The number of the last import.
fn last(engine: &Engine) -> u32 {
    engine.state().read().imports().next() - 1
}

/// All that must be the same, by names: people and products that were known stay known, under ids of their own.
#[derive(Debug, PartialEq)]
struct Books {
    charges: Vec<(String, String, Instant, Ticks, bool)>,
    open: BTreeSet<(String, String, Instant)>,
    uses: BTreeSet<(String, String, String, u32, Instant, Instant)>,
    balances: Vec<(String, Ticks, Ticks)>,
    reported: Vec<(Date, String, String, Ticks, String)>,
    sessions: u64,
    quarantined: u64,
}

fn books(world: &World) -> Books {
    let shared = world.engine.state();
    let state = shared.read();
    assert_eq!(faregate_core::invariants::violations(&state), []);
    let estate = state.estate();
    let person = |id| estate.person(id).unwrap().key.clone();
    let product = |id| estate.product(id).unwrap().key.clone();
    let mut charges: Vec<_> = state
        .charges()
        .iter()
        .map(|one| (person(one.person), product(one.product), one.at, one.ticks, one.paid))
        .collect();
    charges.sort();
    let open = state.elsewhere().map(|one| (person(one.person), one.host.clone(), one.opened));
    let told = world.store.told();
    let name = |number: u32| told.names[number as usize].clone();
    // Places of units that only the vendor tells of stay where they were first reckoned, and count for nothing.
    let logged = told.uses.iter().flat_map(|(_, uses)| uses);
    let logged = logged.filter(|one| !name(one.host).starts_with("vendor report"));
    let uses = logged.map(|one| {
        let (user, host, feature) = (name(one.user), name(one.host), name(one.feature));
        (user, host, feature, one.ordinal, one.opened, one.closed)
    });
    let balances = estate.buckets().iter().zip(state.ledger().buckets());
    let balances = balances.map(|(one, of)| (one.key.clone(), of.spent, of.available));
    let reported = state.vendor().charges.iter().map(|one| {
        let finding = format!("{:?}", one.finding);
        (one.day, person(one.person), product(one.product), one.ticks, finding)
    });
    Books {
        charges,
        open: open.collect(),
        uses: uses.collect(),
        balances: balances.collect(),
        reported: reported.collect(),
        sessions: state.tally().imported,
        quarantined: state.tally().quarantined,
    }
}

/// What can be imported: a log of these uses, or a report of these rows.
#[derive(Clone, Debug)]
enum Source {
    Log(Vec<Used>),
    Report(Vec<VendorRow>),
}

fn take_in(world: &mut World, source: &Source) {
    match source {
        Source::Log(uses) => drop(import_all(&mut world.engine, &[&log(uses)])),
        Source::Report(rows) => {
            let features = FeatureTable::shipped();
            vendor::import(&mut world.engine, &features, "usage.csv", rows).unwrap();
        }
    }
}

fn world(fault: Fault) -> World {
    let world = World::over(Shared::with(fault), Meter::Window24h, 1_000_000);
    world.clock.set(T0.plus(60 * DAY));
    world
}

/// What is done with one of the sources: it is imported, or its last import is undone.
#[derive(Clone, Copy, Debug)]
enum Step {
    Import(usize),
    Undo(usize),
}

/// Whether logs disagree on when a use ended: then the first that tells of it is believed, so that order matters.
fn contradict(sources: &[Source]) -> bool {
    let logs = sources.iter().filter_map(|source| match source {
        Source::Log(uses) => Some(uses),
        Source::Report(_) => None,
    });
    let mut ends = BTreeMap::new();
    let mut ended = logs.flatten().filter_map(|one| Some((&one.host, one.closed?)));
    ended.any(|(host, closed)| *ends.entry(host).or_insert(closed) != closed)
}

/// Takes the steps, and compares with an office that only ever imported what stands at the end: logs first.
///
/// What a report tells of first and a log later is counted with either, so that sessions are compared of logs alone.
fn check_steps(sources: &[Source], steps: &[Step], fault: Fault) {
    let mut office = world(fault);
    let mut standing: Vec<(u32, usize)> = Vec::new();
    for step in steps {
        match *step {
            Step::Import(source) => {
                let before = last(&office.engine);
                take_in(&mut office, &sources[source]);
                // One that brings nothing is no import.
                let number = last(&office.engine);
                standing.extend((number > before).then_some((number, source)));
            }
            Step::Undo(source) => {
                let Some(place) = standing.iter().rposition(|(_, of)| *of == source) else {
                    continue;
                };
                take_back(&mut office.engine, standing.remove(place).0);
            }
        }
    }
    let found = books(&office);
    let replayed = World { engine: load(&office.store, &office.clock), ..office };
    assert_eq!(books(&replayed), found, "the journal says something else");
    let mut fresh = world(Fault::None);
    let is_log = |source: &&(u32, usize)| matches!(sources[source.1], Source::Log(_));
    if !contradict(sources) {
        standing.sort_unstable_by_key(|(_, source)| *source);
    }
    let (logs, reports): (Vec<_>, Vec<_>) = standing.iter().partition(is_log);
    logs.into_iter().chain(reports).for_each(|(_, source)| take_in(&mut fresh, &sources[source]));
    let mut expected = books(&fresh);
    if sources.iter().any(|source| matches!(source, Source::Report(_))) {
        expected.sessions = found.sessions;
    }
    assert_eq!(found, expected, "{steps:?}");
}

/// Uses that several logs may tell of; which, and with what end, the logs say.
fn pool() -> impl Strategy<Value = Vec<(usize, usize, i64, i64)>> {
    // Whose, of what, from when, for how long; apart by more than clocks differ.
    prop::collection::vec((0..2_usize, 0..3_usize, 0..400_i64, 0..200_i64), 1..8)
}

fn log_of(pool: &[(usize, usize, i64, i64)], told: &[u8]) -> Source {
    let one = |(place, (&(who, what, opened, length), said)): (usize, (_, &u8))| {
        let (user, feature) = (["ana", "eve"][who], [AUTOCAD, REVIT, NO_SUCH][what]);
        let opened = opened * 10;
        let closed = match said {
            1 => Some(opened + length * 10),
            2 => Some(opened + length * 10 + 60),
            _ => None,
        };
        let host = format!("WS-{place}");
        (*said > 0).then(|| Used { host, ..used(user, feature, opened, closed) })
    };
    Source::Log(pool.iter().zip(told).enumerate().filter_map(one).collect())
}

fn steps(sources: usize) -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        3 => (0..sources).prop_map(Step::Import),
        2 => (0..sources).prop_map(Step::Undo),
    ];
    prop::collection::vec(step, 1..9)
}

fn any_order_of_logs(fault: Fault, cases: u32) {
    let told = || prop::collection::vec(0..4_u8, 8);
    let made = (pool(), [told(), told(), told()], steps(3));
    let config = Config { cases, failure_persistence: None, ..Config::default() };
    let checked = TestRunner::new(config).run(&made, |(pool, told, steps)| {
        let sources: Vec<Source> = told.iter().map(|told| log_of(&pool, told)).collect();
        let is_empty = |source: &Source| matches!(source, Source::Log(uses) if uses.is_empty());
        prop_assume!(!sources.iter().any(is_empty));
        check_steps(&sources, &steps, fault);
        Ok(())
    });
    checked.unwrap();
}

#[test]
fn any_order_of_logs_and_undos_is_what_stands() {
    any_order_of_logs(Fault::None, 300);
}

#[test]
fn planted_undos_that_forget_are_caught() {
    let check = |fault: Fault| {
        let caught = catch_unwind(|| any_order_of_logs(fault, 300));
        assert!(caught.is_err(), "{fault:?} was not noticed");
    };
    check(Fault::ForgetsWhatWasTakenBack);
    check(Fault::ForgetsWhatWasToldAgain);
    check(Fault::ForgetsWhatWasToldOtherwise);
    check(Fault::ForgetsWhatGoesOn);
}

/// Logs, then reports, then undos in any order: as though the reports had come last.
fn any_order_of_reports(fault: Fault, cases: u32) {
    let told = || prop::collection::vec(0..4_u8, 8);
    // On which of four days, whose, of what, how many tokens.
    let row = (0..4_i32, 0..2_usize, 0..2_usize, prop_oneof![Just(7_i64), Just(10), Just(12)]);
    let report = || prop::collection::vec(row.clone(), 1..5);
    let undone = prop::collection::vec(0..4_usize, 1..4);
    let made = (pool(), [told(), told()], [report(), report()], undone);
    let config = Config { cases, failure_persistence: None, ..Config::default() };
    let checked = TestRunner::new(config).run(&made, |(pool, told, reports, undone)| {
        let logs = told.iter().map(|told| log_of(&pool, told));
        let reports = reports.iter().map(|rows| Source::Report(rows.iter().map(row_of).collect()));
        let sources: Vec<Source> = logs.chain(reports).collect();
        let is_empty = |source: &Source| matches!(source, Source::Log(uses) if uses.is_empty());
        prop_assume!(!sources.iter().any(is_empty));
        let mut steps: Vec<Step> = (0..sources.len()).map(Step::Import).collect();
        steps.extend(undone.iter().map(|source| Step::Undo(*source)));
        check_steps(&sources, &steps, fault);
        Ok(())
    });
    checked.unwrap();
}

fn row_of((day, who, what, whole): &(i32, usize, usize, i64)) -> VendorRow {
    let (who, product) = (["ana", "ben"][*who], ["autocad", "revit"][*what]);
    let day = Date(20_605).plus(*day);
    let tokens = tokens(*whole);
    VendorRow {
        line: 2,
        day,
        who: who.to_owned(),
        hashed: None,
        product: product.to_owned(),
        tokens,
    }
}

#[test]
fn any_order_of_undos_of_reports_is_what_stands() {
    any_order_of_reports(Fault::None, 200);
}

#[test]
fn a_planted_undo_that_forgets_rows_is_caught() {
    assert!(catch_unwind(|| any_order_of_reports(Fault::ForgetsWhatWasPaid, 200)).is_err());
}

/// What nobody saw end goes on to the end of the log that shows it longest, whichever log came last.
#[test]
fn a_use_that_goes_on_is_charged_to_the_end_of_the_log_that_shows_it_longest() {
    let open =
        |host: &str, opened| Used { host: host.to_owned(), ..used("ana", AUTOCAD, opened, None) };
    let ended = |host: &str, opened, closed| Used { closed: Some(closed), ..open(host, opened) };
    let longer = Source::Log(vec![open("WS-0", 1_870), ended("WS-5", 1_880, 1_880)]);
    let shorter = Source::Log(vec![open("WS-0", 1_870), ended("WS-4", 0, 0)]);
    let mut office = world(Fault::None);
    for source in [longer, shorter] {
        take_in(&mut office, &source);
        assert_eq!(charged(&office.engine), [charge("ana", "autocad", 1_870)]);
    }
}

/// A unit that covers a use beyond its log's end is no use up to there.
#[test]
fn a_use_that_goes_on_is_charged_no_further_than_its_log() {
    let open =
        |host: &str, opened| Used { host: host.to_owned(), ..used("ana", AUTOCAD, opened, None) };
    let ended = |host: &str, opened, closed| Used { closed: Some(closed), ..open(host, opened) };
    let logs = [
        Source::Log(vec![open("WS-6", 10), ended("WS-5", 1_400, 1_460)]),
        Source::Log(vec![open("WS-1", 0), ended("WS-0", 750, 2_200)]),
        Source::Log(vec![ended("WS-6", 10, 10)]),
    ];
    let mut office = world(Fault::None);
    logs.iter().for_each(|source| take_in(&mut office, source));
    let day = |count: i64| charge("ana", "autocad", count * 1_440);
    assert_eq!(charged(&office.engine), [day(0), day(1)]);
}
