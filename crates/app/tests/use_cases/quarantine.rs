//! What a feature code stands for: found once, kept for ever; and what happens once it is found.

use crate::paper::*;
use crate::world::*;
use faregate_app::import::flexnet::Report;
use faregate_app::import::uncharged::{Kept, uncharged};
use faregate_app::import::undo::undo;
use faregate_app::import::{Quarantined, Uncharged};
use faregate_core::event::Event;
use faregate_core::tariff::Meter;
use faregate_ingest::features::FeatureTable;

const OURS: &str = "99999OURS_2022_0F";

fn ours() -> FeatureTable {
    features("OURS,revit,Our Revit")
}

fn take(world: &mut World, log: &str, features: &FeatureTable) -> Report {
    import_by(&mut world.engine, &[log], features, &mut Reading::default()).unwrap()
}

fn quarantined(world: &World) -> u64 {
    world.engine.state().read().tally().quarantined
}

#[test]
fn a_product_found_once_stays_whatever_later_tables_say() {
    let first = log(&[used("ana", OURS, 60, 120)]);
    let earlier = log(&[used("ana", REVIT, 10, 20), used("ana", OURS, 4_000, 4_100)]);
    let expected = [10, 4_000].map(|minute| charge("ana", "revit", minute));
    for later in [FeatureTable::shipped(), features("OURS,autocad,Our AutoCAD"), ours()] {
        let mut world = office();
        take(&mut world, &first, &ours());
        assert_eq!(charged(&world.engine), [charge("ana", "revit", 60)]);
        world.engine = load(&world.store, &world.clock);
        assert_eq!(take(&mut world, &earlier, &later).counts.quarantined, 0);
        assert_eq!(charged(&world.engine), expected);
        world.engine.keep_snapshot().unwrap();
        world.engine = load(&world.store, &world.clock);
        assert_eq!(take(&mut world, &earlier, &later).counts.duplicates, 2);
        assert_eq!(charged(&world.engine), expected);
    }
}

#[test]
fn a_code_that_becomes_known_is_charged_from_its_first_use_on() {
    let mut world = office();
    let text = log(&[
        used("ana", OURS, 60, 120),
        used("ben", OURS, 90, 100),
        used("ben", "99999OTHER_2022_0F", 90, 100),
        used("ben", AUTOCAD, 90, 100),
    ]);
    let report = take(&mut world, &text, &FeatureTable::shipped());
    assert_eq!((report.counts.quarantined, quarantined(&world)), (3, 3));
    assert_eq!(charged(&world.engine), [charge("ben", "autocad", 90)]);
    let report = take(&mut world, &text, &ours());
    assert_eq!((report.released, report.counts.duplicates, quarantined(&world)), (2, 4, 1));
    let expected =
        [charge("ana", "revit", 60), charge("ben", "autocad", 90), charge("ben", "revit", 90)];
    assert_eq!(charged(&world.engine), expected);
    let before = world.store.told();
    assert_eq!(take(&mut world, &text, &ours()).released, 0);
    assert_eq!(take(&mut world, &text, &FeatureTable::shipped()).released, 0);
    assert_eq!(world.store.told(), before);
}

/// Any log brings the table: it need not be the one with the unknown code.
#[test]
fn a_use_still_open_is_released_too() {
    let ben = [used("ben", AUTOCAD, 60, 90), used("ben", AUTOCAD, 1_900, 1_950)];
    let uses = [&ben[..], &[used("ana", OURS, 60, 7_000)]].concat();
    let (begin, more, whole) = (log_until(&uses, 100), log_until(&uses, 2_000), log(&uses));
    let mut world = office();
    take(&mut world, &begin, &FeatureTable::shipped());
    assert_eq!(quarantined(&world), 1);
    assert_eq!(take(&mut world, &more, &ours()).released, 1);
    assert_eq!(quarantined(&world), 0);
    let of_ana = |world: &World| {
        charged(&world.engine).into_iter().filter(|(user, ..)| user == "ana").count()
    };
    assert_eq!(of_ana(&world), 2);
    let other = log(&[used("ana", REVIT, 9_000, 9_010)]);
    take(&mut world, &other, &FeatureTable::shipped());
    assert_eq!(of_ana(&world), 3, "what was charged stays");
    assert_eq!(take(&mut world, &whole, &FeatureTable::shipped()).released, 0);
    assert_eq!(of_ana(&world), 6);
    assert_eq!(world.engine.state().read().elsewhere().count(), 0);
}

/// Use does not say how many results there were: nothing is free in silence.
#[test]
fn use_that_is_charged_by_its_results_is_quarantined() {
    let mut world = office();
    let by_result = tariff(Meter::Result);
    world.engine.append(vec![Event::TariffAdopted(by_result)]).unwrap();
    let text = log(&[used("ana", REVIT, 60, 120)]);
    let report = take(&mut world, &text, &FeatureTable::shipped());
    assert_eq!((report.counts.sessions, report.counts.quarantined), (1, 1));
    let why: Vec<Uncharged> = report.quarantined_by.iter().map(|one| one.why).collect();
    assert_eq!((why, charged(&world.engine)), (vec![Uncharged::ByResult], vec![]));
}

#[test]
fn the_report_says_what_is_quarantined() {
    let mut world = office();
    let text = log(&[
        used("ana", "85986MAYA_2022_0F", 60, 120),
        used("ben", "85986MAYA_2022_0F", 60, 120),
        used("ben", OURS, 90, 100),
        used("ben", AUTOCAD, 90, 100),
    ]);
    let report = take(&mut world, &text, &FeatureTable::shipped());
    let one = |key: &str, name: &str, why, sessions| Quarantined {
        key: key.to_owned(),
        name: name.to_owned(),
        why,
        sessions,
    };
    let expected =
        [one("maya", "Maya", Uncharged::NoRate, 2), one(OURS, OURS, Uncharged::UnknownProduct, 1)];
    assert_eq!(report.quarantined_by, expected);
    assert_eq!((report.counts.quarantined, quarantined(&world)), (3, 3));
    let again = take(&mut world, &text, &FeatureTable::shipped());
    assert_eq!((again.quarantined_by, quarantined(&world)), (Vec::new(), 3));
}

fn kept(world: &mut World, features: &FeatureTable) -> Vec<(String, Uncharged, u64)> {
    let found = uncharged(&mut world.engine.looking(), features).unwrap();
    found.into_iter().map(|Kept { key, why, sessions, .. }| (key, why, sessions)).collect()
}

/// What is kept now is what imports counted, also while it goes on; nothing is left of what was taken back.
#[test]
fn all_that_is_kept_is_told() {
    let mut world = office();
    let shipped = FeatureTable::shipped();
    assert_eq!(kept(&mut world, &shipped), []);
    let first = log(&[
        used("ana", "85986MAYA_2022_0F", 60, 120),
        used("ben", "85986MAYA_2022_0F", 60, 120),
        used("ben", OURS, 90, 100),
        used("ben", AUTOCAD, 90, 100),
    ]);
    let second =
        log_until(&[used("ana", OURS, 3_000, 9_000), used("ben", REVIT, 3_000, 3_100)], 4_000);
    take(&mut world, &first, &shipped);
    take(&mut world, &second, &shipped);
    let maya = ("maya".to_owned(), Uncharged::NoRate, 2);
    let code = |why, sessions| (OURS.to_owned(), why, sessions);
    let expected = vec![code(Uncharged::UnknownProduct, 2), maya.clone()];
    let mut found = kept(&mut world, &shipped);
    found.sort();
    assert_eq!((found, quarantined(&world)), (expected, 4));
    let [first_use, last_use] = [90, 3_100].map(|minute| T0.plus(minute * MINUTE));
    let all = uncharged(&mut world.engine.looking(), &shipped).unwrap();
    let one = all.iter().find(|one| one.key == OURS).unwrap();
    assert_eq!((one.first, one.last), (first_use, last_use));
    // A table that knows the code changes nothing before something is imported by it.
    let mut found = kept(&mut world, &ours());
    found.sort();
    assert_eq!(found, [code(Uncharged::KnownByNow, 2), maya.clone()]);
    take(&mut world, &second, &ours());
    assert_eq!((kept(&mut world, &ours()), quarantined(&world)), (vec![maya], 2));
    let next = world.engine.state().read().imports().next();
    for batch in 1..next {
        undo(&mut world.engine, &shipped, batch, false).unwrap();
    }
    assert_eq!((kept(&mut world, &shipped), quarantined(&world)), (vec![], 0));
}
