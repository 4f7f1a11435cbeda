//! A store that fails at any call leaves what there was.

use crate::paper::*;
use crate::stores::{Fault, Shared};
use crate::world::*;
use faregate_app::import::flexnet::Follower;
use faregate_core::tariff::Meter;
use faregate_ingest::features::FeatureTable;

fn uses(first_day: i64) -> Vec<Used> {
    let each = |day: i64| {
        let start = day * 1_440;
        vec![
            used("ana", AUTOCAD, start + 60, start + 120),
            used("new", REVIT, start + 90, start + 95),
        ]
    };
    let mut uses: Vec<Used> = (first_day..first_day + 4).flat_map(each).collect();
    uses.push(used("ben", AUTOCAD, (first_day + 3) * 1_440 + 200, None));
    uses
}

/// Promise 10: fails the n-th call for every n until the import goes through.
pub(crate) fn check_atomic(fault: Fault) {
    for nth in 1.. {
        let mut world = World::over(Shared::with(fault), Meter::Window24h, 1_000);
        world.clock.set(T0.plus(60 * 86_400));
        import_all(&mut world.engine, &[&log(&uses(0))]);
        let (before, checkpoint) = (world.store.told(), world.engine.state().read().checkpoint());
        let calls = world.store.plan().calls;
        world.store.plan().fails_at = Some(calls + nth);
        let done = try_import(&mut world.engine, &[&log(&uses(2))], &mut Reading::default());
        if let Ok(report) = done {
            assert!(nth > 10, "only {} calls were made to fail", nth - 1);
            assert_eq!(report.counts.sessions, 5);
            return;
        }
        assert_eq!(world.store.told(), before, "after a failure of call {nth}");
        assert_eq!(
            world.engine.state().read().checkpoint(),
            checkpoint,
            "after a failure of call {nth}"
        );
        let again = import_all(&mut world.engine, &[&log(&uses(2))]);
        assert_eq!((again.sessions, again.duplicates), (5, 4), "after a failure of call {nth}");
    }
}

#[test]
fn an_import_is_kept_whole_or_not_at_all() {
    check_atomic(Fault::None);
}

#[test]
fn what_a_follower_found_is_kept_for_the_next_try() {
    for nth in 1.. {
        let mut world = office();
        let mut follower = Follower::new("live.log".to_owned(), options());
        follower.feed(log(&uses(0)).as_bytes());
        let calls = world.store.plan().calls;
        world.store.plan().fails_at = Some(calls + nth);
        if follower.flush(&mut world.engine, &FeatureTable::shipped()).is_ok() {
            assert!(nth > 5, "only {} calls were made to fail", nth - 1);
            return;
        }
        let counts = follower.flush(&mut world.engine, &FeatureTable::shipped()).unwrap().counts;
        assert_eq!((counts.sessions, counts.events), (9, 17));
        let counts = follower.flush(&mut world.engine, &FeatureTable::shipped()).unwrap().counts;
        assert_eq!((counts.sessions, counts.duplicates, counts.events), (0, 1, 0));
    }
}
