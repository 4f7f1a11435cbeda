//! People whom the vendor names by a hash: one across imports, and what files show of who they are moves nothing.

use crate::paper::*;
use crate::stores::Shared;
use crate::world::*;
use faregate_app::engine::Engine;
use faregate_app::import::vendor::{Report, WhichKnown, import};
use faregate_app::merge::Merge;
use faregate_app::orders::{Order, Orderer, carry_out};
use faregate_core::double_dip;
use faregate_core::estate::AliasTerm;
use faregate_core::event::Event;
use faregate_core::state::Checkpoint;
use faregate_core::tariff::Meter;
use faregate_core::when::{DAY, Date, Instant};
use faregate_ingest::features::FeatureTable;
use faregate_ingest::vendor::VendorRow;
use proptest::prelude::*;

const MONDAY: Date = Date(20_605);

/// A row as it is with personal data on: by a name, and the hash beside it.
fn shown(day: i32, who: &str, hash: &str, whole: i64) -> VendorRow {
    VendorRow {
        line: 2,
        day: MONDAY.plus(day),
        who: who.to_owned(),
        hashed: Some(hash.to_owned()),
        product: "revit".to_owned(),
        tokens: tokens(whole),
    }
}

/// The same with personal data off.
fn hidden(day: i32, hash: &str, whole: i64) -> VendorRow {
    shown(day, hash, hash, whole)
}

/// As exports write it that have no column of hashes.
fn plain(day: i32, who: &str, whole: i64) -> VendorRow {
    VendorRow { hashed: None, ..shown(day, who, "", whole) }
}

fn take_in(engine: &mut Engine, rows: &[VendorRow]) -> Report {
    import(engine, &FeatureTable::shipped(), "usage.csv", rows).unwrap()
}

/// Takes the files in once more and finds everything as it was.
fn change_nothing(world: &mut World, files: &[&[VendorRow]]) {
    let before = world.store.told();
    files.iter().for_each(|rows| drop(take_in(&mut world.engine, rows)));
    assert_eq!(world.store.told(), before, "told again, it changed something");
}

fn know(engine: &mut Engine, people: &[&str]) {
    let people = people.iter().map(|key| person(key)).collect();
    engine.append(vec![Event::PeopleAdded(people)]).unwrap();
}

/// Says that a hash is a name of somebody's.
fn alias(engine: &mut Engine, hash: &str, who: &str) {
    let id = engine.state().read().estate().person_called(who).unwrap();
    let (from, until) = (Instant(i64::MIN), Instant(i64::MAX));
    let term = AliasTerm { alias: hash.to_owned(), person: id, from, until };
    engine.append(vec![Event::AliasesSet(vec![term])]).unwrap();
}

fn merge(engine: &mut Engine, person: &str, into: &str) {
    let order = Order::Merge(Merge { person: person.to_owned(), into: Some(into.to_owned()) });
    carry_out(engine, &Orderer::new("root", true), &order, false).unwrap();
}

/// Who was charged how much on which day, in order.
fn charges(engine: &Engine) -> Vec<(String, i32, i64)> {
    let shared = engine.state();
    let state = shared.read();
    let mut all: Vec<_> = state
        .charges()
        .iter()
        .map(|one| {
            let day = i32::try_from(one.at.since(T0).div_euclid(DAY)).unwrap();
            let key = state.estate().person(one.person).unwrap().key.clone();
            (key, day, one.ticks.0 / tokens(1).0)
        })
        .collect();
    all.sort();
    all
}

fn charge_of(who: &str, day: i32, whole: i64) -> (String, i32, i64) {
    (who.to_owned(), day, whole)
}

fn told(report: &Report) -> Vec<(&str, &str, u64, WhichKnown)> {
    let told = report.both_names.iter();
    told.map(|both| (both.name.as_str(), both.hashed.as_str(), both.rows, both.known)).collect()
}

fn paid_twice(engine: &Engine) -> i64 {
    let shared = engine.state();
    let found = double_dip::report(&shared.read(), MONDAY, MONDAY.plus(30));
    found.ticks.0 / tokens(1).0
}

#[test]
fn a_hash_is_one_person_across_imports() {
    let mut world = office();
    let first = [hidden(0, "0A1B", 10)];
    let report = take_in(&mut world.engine, &first);
    assert_eq!((report.booked, report.quarantined.len()), (0, 1), "nobody is made up");
    let report = take_in(&mut world.engine, &first);
    assert_eq!((report.counts.quarantined, report.counts.duplicates), (0, 1));
    know(&mut world.engine, &["0a1b"]);
    take_in(&mut world.engine, &first);
    // Another generation of headers, in another case.
    let second = [hidden(3, "0a1b", 10), plain(5, "0a1B", 10)];
    let report = take_in(&mut world.engine, &second);
    assert_eq!(told(&report), [], "a hash alone shows nothing of who it is");
    assert_eq!(charges(&world.engine), [0, 3, 5].map(|day| charge_of("0a1b", day, 10)));
    change_nothing(&mut world, &[&second, &first]);
}

/// Nothing moves until somebody says so, nothing is charged a second time meanwhile, and then it is one charge.
#[test]
fn a_row_that_shows_both_moves_nothing() {
    let mut world = office();
    know(&mut world.engine, &["0a1b"]);
    let off = [hidden(0, "0a1b", 10)];
    let on = [shown(0, "ana", "0a1b", 10), shown(3, "Ana", "0A1B", 10)];
    take_in(&mut world.engine, &off);
    let report = take_in(&mut world.engine, &on);
    assert_eq!(told(&report), [("ana", "0a1b", 2, WhichKnown::Apart)]);
    let said = "`ana` and `0a1b` are one person by 2 rows: `faregate person merge ana 0a1b` shows what would change";
    assert_eq!(report.both_names[0].to_string(), said);
    let apart = [charge_of("0a1b", 0, 10), charge_of("ana", 3, 10)];
    assert_eq!(charges(&world.engine), apart, "a day on record stays as it is on record");
    change_nothing(&mut world, &[&on, &off]);
    merge(&mut world.engine, "0a1b", "ana");
    assert_eq!(charges(&world.engine), [charge_of("ana", 0, 10), charge_of("ana", 3, 10)]);
    assert_eq!(paid_twice(&world.engine), 0);
    change_nothing(&mut world, &[&off, &on]);
    assert_eq!(told(&take_in(&mut world.engine, &on)), [], "it is known by now");
}

#[test]
fn the_name_that_is_known_is_who_it_is() {
    const EVA: &str = "eva@acme.example";
    let check = |person: &str, known: WhichKnown, say: &str| {
        let mut world = office();
        know(&mut world.engine, &[person]);
        let on = [shown(0, EVA, "77fe", 10)];
        let report = take_in(&mut world.engine, &on);
        assert_eq!(told(&report), [(EVA, "77fe", 1, known)]);
        assert!(report.both_names[0].to_string().ends_with(say), "{}", report.both_names[0]);
        assert_eq!(charges(&world.engine), [charge_of(person, 0, 10)]);
        change_nothing(&mut world, &[&on]);
    };
    let alias = "one row: `faregate person alias eva@acme.example 77fe` makes it known";
    check(EVA, WhichKnown::Name, alias);
    let alias = "one row: `faregate person alias 77fe eva@acme.example` makes it known";
    check("77fe", WhichKnown::Hash, alias);
    let mut world = office();
    let report = take_in(&mut world.engine, &[shown(0, EVA, "77fe", 10)]);
    assert_eq!((told(&report), report.quarantined.len()), (Vec::new(), 1), "nobody knows either");
}

/// What asks for more is told first.
#[test]
fn people_apart_are_told_before_names_that_are_new() {
    let mut world = office();
    know(&mut world.engine, &["0a1b", "77fe"]);
    let on =
        [shown(0, "ana", "c0de", 10), shown(0, "new", "77fe", 10), shown(0, "ben", "0a1b", 10)];
    let report = take_in(&mut world.engine, &on);
    let order: Vec<&str> = told(&report).iter().map(|both| both.0).collect();
    assert_eq!(order, ["ben", "new", "ana"]);
}

/// One export has the names, the next the hashes only: the vendor charged once.
#[test]
fn a_charge_told_under_a_name_and_then_a_hash_is_one() {
    let mut world = office();
    alias(&mut world.engine, "0a1b", "ana");
    let (on, off) = ([plain(0, "ana", 10)], [hidden(0, "0a1b", 10)]);
    take_in(&mut world.engine, &on);
    let report = take_in(&mut world.engine, &off);
    assert_eq!((report.matched, report.booked, report.double_dips), (1, 0, 0));
    assert_eq!((charges(&world.engine).len(), paid_twice(&world.engine)), (1, 0));
    // Another amount is another charge.
    take_in(&mut world.engine, &[hidden(0, "0a1b", 12)]);
    assert_eq!(paid_twice(&world.engine), 12);
}

/// What is on record under the hash is some of the export; the rest of it is still what the names told of.
#[test]
fn an_export_of_hashes_is_the_same_however_often_it_comes() {
    let check = |off: &[VendorRow], twice: i64| {
        let mut world = office();
        alias(&mut world.engine, "0a1b", "ana");
        take_in(&mut world.engine, &[plain(0, "ana", 10)]);
        take_in(&mut world.engine, off);
        assert_eq!((charges(&world.engine).len(), paid_twice(&world.engine)), (1, twice));
        for _ in 0..3 {
            change_nothing(&mut world, &[off]);
        }
        // In another order too.
        let turned: Vec<VendorRow> = off.iter().rev().cloned().collect();
        change_nothing(&mut world, &[&turned, &[plain(0, "ana", 10)]]);
        assert_eq!((charges(&world.engine).len(), paid_twice(&world.engine)), (1, twice));
    };
    check(&[hidden(0, "0a1b", 10), hidden(0, "0a1b", 12)], 12);
    check(&[hidden(0, "0a1b", 10), hidden(0, "0A1B", 10)], 10);
}

/// A row that is kept under the hash is released with the row that shows the e-mail, and the other way round.
#[test]
fn what_is_kept_under_one_name_is_released_under_the_other() {
    const EVA: &str = "eva@acme.example";
    let kept = |world: &World| world.engine.state().read().tally().quarantined;
    let (off, on) = ([hidden(0, "77fe", 10)], [shown(0, EVA, "77fe", 10)]);
    let check = |first: &[VendorRow], then: &[VendorRow], known: &str, other: &str| {
        let mut world = office();
        take_in(&mut world.engine, first);
        assert_eq!(kept(&world), 1);
        know(&mut world.engine, &[known]);
        alias(&mut world.engine, other, known);
        take_in(&mut world.engine, then);
        assert_eq!((kept(&world), charges(&world.engine).len()), (0, 1), "{known}");
        change_nothing(&mut world, &[then, first]);
        assert_eq!(kept(&world), 0, "{known}");
    };
    check(&off, &on, EVA, "77fe");
    check(&on, &off, EVA, "77fe");
    check(&on, &off, "77fe", EVA);
    // An export without the hash.
    check(&off, &[plain(0, EVA, 10)], EVA, "77fe");
    // The hash is nobody's yet, and the row that shows it says whose row it was.
    let mut world = office();
    take_in(&mut world.engine, &off);
    know(&mut world.engine, &[EVA]);
    take_in(&mut world.engine, &on);
    assert_eq!((kept(&world), charges(&world.engine).len()), (0, 1));
}

/// Two accounts of one person are two charges, under their hashes as under their names.
#[test]
fn a_second_account_is_still_paid_twice() {
    let mut world = office();
    ["0a1b", "77fe", "a.lopez"].iter().for_each(|name| alias(&mut world.engine, name, "ana"));
    let on = [plain(0, "ana", 10), plain(0, "a.lopez", 10)];
    take_in(&mut world.engine, &on);
    assert_eq!((charges(&world.engine).len(), paid_twice(&world.engine)), (1, 10));
    let off = [hidden(0, "77fe", 10), hidden(0, "0a1b", 10)];
    change_nothing(&mut world, &[&off, &on]);
    // A third account of the same amount has no row to be told again.
    alias(&mut world.engine, "c0de", "ana");
    let more = [off.to_vec(), vec![hidden(0, "c0de", 10)]].concat();
    take_in(&mut world.engine, &more);
    assert_eq!((charges(&world.engine).len(), paid_twice(&world.engine)), (1, 20));
    change_nothing(&mut world, &[&more, &on]);
}

/// What is true but for how it came about.
fn books(world: &World) -> Checkpoint {
    let (tally, imports) = Default::default();
    let shared = world.engine.state();
    let state = shared.read();
    Checkpoint { seq: 0, at: T0, tally, imports, ..state.checkpoint() }
}

/// What the vendor charged: Ana's account and Ben's, on some days.
fn truth() -> impl Strategy<Value = Vec<(i32, bool, i64)>> {
    let one = (0..6, any::<bool>(), 6..11_i64);
    prop::collection::btree_map(
        one.clone().prop_map(|(day, is_ana, _)| (day, is_ana)),
        6..11_i64,
        1..8,
    )
    .prop_map(|all| all.into_iter().map(|((day, is_ana), whole)| (day, is_ana, whole)).collect())
}

fn exported(truth: &[(i32, bool, i64)], with_names: bool) -> Vec<VendorRow> {
    let row = |&(day, is_ana, whole): &(i32, bool, i64)| {
        let (who, hash) = if is_ana { ("ana", "0a1b") } else { ("ben", "77fe") };
        if with_names { shown(day, who, hash, whole) } else { hidden(day, hash, whole) }
    };
    truth.iter().map(row).collect()
}

fn fresh() -> World {
    let mut world = World::over(Shared::default(), Meter::Window24h, 1_000_000);
    world.clock.set(T0.plus(60 * DAY));
    know(&mut world.engine, &["0a1b"]);
    alias(&mut world.engine, "77fe", "ben");
    world
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    /// Exports without names, then with: whenever it is said whose the hash is, the books come to the same, and each
    /// charge is one.
    #[test]
    fn it_does_not_matter_when_it_is_known_whose_a_hash_is(
        truth in truth(),
        parts in prop::collection::vec((any::<prop::sample::Index>(), any::<bool>()), 1..4),
        at in any::<prop::sample::Index>(),
    ) {
        let upto = |part: &prop::sample::Index| &truth[..=part.index(truth.len())];
        let mut files: Vec<Vec<VendorRow>> = parts.iter().map(|(part, names)| exported(upto(part), *names)).collect();
        files.sort_by_key(|rows| rows.first().is_some_and(|row| row.hashed.as_deref() != Some(&row.who)));
        let at = at.index(files.len() + 1);
        let taken = |merged: usize| {
            let mut world = fresh();
            for number in 0..=files.len() {
                if number == merged {
                    merge(&mut world.engine, "0a1b", "ana");
                }
                if let Some(rows) = files.get(number) {
                    take_in(&mut world.engine, rows);
                }
            }
            world
        };
        let (first, later) = (taken(0), taken(at));
        prop_assert_eq!(books(&first), books(&later));
        let most = parts.iter().map(|(part, _)| upto(part).len()).max().unwrap_or(0);
        let expected: Vec<i64> = truth[..most].iter().map(|(_, _, whole)| *whole).collect();
        let charged: i64 = charges(&later.engine).iter().map(|one| one.2).sum();
        prop_assert_eq!(charged + paid_twice(&later.engine), expected.iter().sum::<i64>());
    }
}
