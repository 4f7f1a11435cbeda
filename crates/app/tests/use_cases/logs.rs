//! Importing logs: what is counted, what is kept once, what is quarantined.

use crate::paper::*;
use crate::world::*;
use faregate_app::import::flexnet::ImportError;
use faregate_core::event::{Counts, Event};

/// Ana opens AutoCAD twice; Ben's Revit is still open at minute 300.
fn day() -> Vec<Used> {
    vec![
        used("ana", AUTOCAD, 60, 120),
        used("ben", REVIT, 90, 400),
        used("ana", AUTOCAD, 130, 140),
        used("ben", AUTOCAD, 350, 353),
    ]
}

fn check(counts: &Counts, sessions: u64, open: u64, closed: u64, duplicates: u64) {
    let found = (counts.sessions, counts.open_sessions, counts.closed, counts.duplicates);
    assert_eq!(found, (sessions, open, closed, duplicates), "{counts:?}");
}

#[test]
fn an_import_counts_what_it_added() {
    let mut world = office();
    let counts = import_all(&mut world.engine, &[&log(&day())]);
    let expected = Counts {
        events: 8,
        sessions: 4,
        seconds: (60 + 310 + 10 + 3) * MINUTE,
        first: Some(T0.plus(60 * MINUTE)),
        last: Some(T0.plus(400 * MINUTE)),
        ..Counts::default()
    };
    assert_eq!(counts, expected);
    assert_eq!(charged(&world.engine), [charge("ana", "autocad", 60), charge("ben", "revit", 90)]);
    let told = world.store.told();
    let receipt = told.entries.last().map(|entry| entry.event.clone());
    assert!(
        matches!(receipt, Some(Event::Imported(receipt)) if receipt.counts == expected && receipt.files == ["0.log"])
    );
}

/// Promise 10.
#[test]
fn importing_again_changes_nothing() {
    let mut world = office();
    let text = log(&day());
    import_all(&mut world.engine, &[&text]);
    let before = world.store.told();
    check(&import_all(&mut world.engine, &[&text]), 0, 0, 0, 4);
    check(&import_all(&mut world.engine, &[&text, &text]), 0, 0, 0, 8);
    assert_eq!(world.store.told(), before);
    let mut restarted = load(&world.store, &world.clock);
    check(&import_all(&mut restarted, &[&text]), 0, 0, 0, 4);
}

#[test]
fn a_longer_copy_adds_what_is_new() {
    let mut world = office();
    check(&import_all(&mut world.engine, &[&log_until(&day(), 300)]), 3, 1, 0, 0);
    check(&import_all(&mut world.engine, &[&log_until(&day(), 300)]), 0, 0, 0, 3);
    check(&import_all(&mut world.engine, &[&log(&day())]), 1, 0, 1, 2);
    assert_eq!(world.engine.state().read().elsewhere().count(), 0);
    check(&import_all(&mut world.engine, &[&log_until(&day(), 300)]), 0, 0, 0, 3);
    let mut at_once = office();
    import_all(&mut at_once.engine, &[&log(&day())]);
    assert_eq!(charged(&world.engine), charged(&at_once.engine));
}

#[test]
fn overlapping_files_of_one_import_count_once() {
    let (short, long) = (log_until(&day(), 300), log(&day()));
    // The end of what the first file left open is news, not a duplicate.
    for (files, duplicates) in [([&*short, &*long], 2), ([&*long, &*short], 3)] {
        let mut world = office();
        check(&import_all(&mut world.engine, &files), 4, 0, 0, duplicates);
        assert_eq!(world.engine.state().read().elsewhere().count(), 0);
        assert_eq!(charged(&world.engine).len(), 2);
    }
}

#[test]
fn identical_openings_in_one_second_are_told_apart() {
    let mut world = office();
    let text = log(&[used("ana", AUTOCAD, 60, 120), used("ana", AUTOCAD, 60, 90)]);
    check(&import_all(&mut world.engine, &[&text]), 2, 0, 0, 0);
    check(&import_all(&mut world.engine, &[&text]), 0, 0, 0, 2);
    assert_eq!(charged(&world.engine).len(), 1);
}

/// Two lines a session: the package is not a second one.
#[test]
fn a_package_and_its_component_are_one_session() {
    let mut world = office();
    let mut text = log(&[used("ana", "64300ACD_F", 60, 120), used("ana", AUTOCAD, 60, 120)]);
    check(&import_all(&mut world.engine, &[&text]), 1, 0, 0, 0);
    text = text.replace("ana", "ben");
    check(&import_all(&mut world.engine, &[&text]), 1, 0, 0, 0);
}

#[test]
fn what_cannot_be_rated_is_quarantined() {
    let check = |feature: &str, quarantined: u64, products: usize| {
        let mut world = office();
        let before = world.engine.state().read().estate().products().len();
        let counts = import_all(&mut world.engine, &[&log(&[used("ana", feature, 60, 120)])]);
        assert_eq!((counts.sessions, counts.quarantined), (1, quarantined), "{feature}");
        assert_eq!(charged(&world.engine).len(), usize::from(quarantined == 0), "{feature}");
        let after = world.engine.state().read().estate().products().len();
        assert_eq!(after - before, products, "{feature}");
        assert_eq!(world.store.told().uses.len(), 1, "kept all the same");
    };
    check(AUTOCAD, 0, 0);
    check("99999NOSUCH_2022_0F", 1, 0);
    check("some_other_vendor", 1, 0);
    check("85986MAYA_2022_0F", 1, 1);
}

#[test]
fn names_that_differ_by_case_are_one_person() {
    let mut world = office();
    let uses = [
        used("Zoë", AUTOCAD, 60, 120),
        used("ZOË", AUTOCAD, 180, 240),
        used("zoë", AUTOCAD, 300, None),
        used("ANA", AUTOCAD, 60, 70),
    ];
    import_all(&mut world.engine, &[&log(&uses)]);
    assert_eq!(world.engine.state().read().estate().people().len(), 3);
    assert_eq!(
        charged(&world.engine),
        [charge("ana", "autocad", 60), charge("zoë", "autocad", 60)]
    );
}

#[test]
fn bad_lines_are_told_and_good_ones_kept() {
    let mut world = office();
    let text = format!(
        "{} 9:00:00 (adskflex) OUT: no quotes\n 9:01:00 (adskflex) OUT: \"{AUTOCAD}\" cut",
        log(&day())
    );
    let mut reading = Reading::default();
    let report = try_import(&mut world.engine, &[&text], &mut reading).unwrap();
    assert_eq!((report.counts.sessions, report.counts.rejected), (4, 2));
    assert_eq!(reading.rejected, [("0.log".to_owned(), 11), ("0.log".to_owned(), 12)]);
}

#[test]
fn a_foreign_file_stops_the_whole_import() {
    let mut world = office();
    let before = world.store.told();
    let refused =
        try_import(&mut world.engine, &[&log(&day()), "name,date\n"], &mut Reading::default());
    assert!(
        matches!(refused, Err(ImportError::Format { ref file, .. }) if file == "1.log"),
        "{refused:?}"
    );
    assert_eq!(world.store.told(), before);
    check(&import_all(&mut world.engine, &[&log(&day())]), 4, 0, 0, 0);
}

#[test]
fn a_stopped_import_keeps_nothing() {
    let mut world = office();
    let before = world.store.told();
    let (text, mut reading) = (log(&day()), Reading { stop_after: 1, ..Reading::default() });
    let stopped = try_import(&mut world.engine, &[&text, &text], &mut reading);
    assert!(matches!(stopped, Err(ImportError::Stopped)), "{stopped:?}");
    assert_eq!(world.store.told(), before);
    check(&import_all(&mut world.engine, &[&text]), 4, 0, 0, 0);
}

#[test]
fn two_imports_at_once_are_refused() {
    let mut world = office();
    let features = faregate_ingest::features::FeatureTable::shipped();
    world.engine.append(Vec::new()).unwrap();
    let mut other = load(&world.store, &world.clock);
    let recording = faregate_app::import::Recording::begin(&mut world.engine, &features).unwrap();
    assert!(faregate_app::import::Recording::begin(&mut other, &features).is_err());
    drop(recording);
    assert!(faregate_app::import::Recording::begin(&mut other, &features).is_ok());
}

/// A charge ahead of time would make the product free until then.
#[test]
fn use_that_begins_in_the_future_is_rejected() {
    let mut world = office();
    let far = 60 * 24 * 400;
    let text = log(&[used("ana", AUTOCAD, 60, 120), used("ben", REVIT, far, far + 60)]);
    let counts = import_all(&mut world.engine, &[&text]);
    assert_eq!((counts.sessions, counts.rejected), (1, 1), "{counts:?}");
    assert_eq!(charged(&world.engine), [charge("ana", "autocad", 60)]);
}

/// What one file leaves open is not charged up to the end of another.
#[test]
fn files_imported_together_are_charged_like_one_after_the_other() {
    let (day, later) = (1_440, 10 * 1_440);
    let left_open = log_until(&[used("ana", AUTOCAD, 60, None), used("ben", REVIT, 90, 100)], 600);
    let other = [used("ben", REVIT, later, later + 60), used("ana", REVIT, later, None)];
    let other = log_until(&other, later + 3 * day);
    for files in [[&*left_open, &*other], [&*other, &*left_open]] {
        let (mut together, mut apart) = (office(), office());
        import_all(&mut together.engine, &files);
        for file in files {
            import_all(&mut apart.engine, &[file]);
        }
        assert_eq!(charged(&together.engine), charged(&apart.engine));
        let ana = charged(&together.engine)
            .into_iter()
            .filter(|(user, what, _)| user == "ana" && what == "autocad");
        assert_eq!(ana.count(), 1, "charged up to the end of its own file");
        // A third time, all at once, nothing changes.
        import_all(&mut together.engine, &files);
        assert_eq!(charged(&together.engine), charged(&apart.engine));
    }
}
