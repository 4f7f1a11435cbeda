//! The same uses in any order, division or pace are charged the same.

use crate::paper::*;
use crate::stores::Shared;
use crate::world::*;
use faregate_app::import::flexnet::Follower;
use faregate_core::tariff::Meter;
use faregate_core::when::{DAY, Instant};
use faregate_ingest::features::FeatureTable;
use proptest::prelude::*;
use std::collections::BTreeMap;

/// On a grid of ten minutes, twice what sources may differ by: two starts are the same or far apart.
fn any_uses() -> impl Strategy<Value = Vec<Used>> {
    let user = prop::sample::select(vec!["ana", "ben", "eve"]);
    let feature = prop::sample::select(vec![AUTOCAD, REVIT]);
    let length = prop_oneof![4 => 0..20_i64, 1 => 20..400_i64];
    let one = (user, feature, 0..700_i64, length, prop::bool::weighted(0.9));
    let numbered = |all: Vec<(&str, &str, i64, i64, bool)>| {
        let each =
            all.into_iter().enumerate().map(|(number, (user, feature, start, length, ends))| {
                let closed = ends.then_some((start + length) * 10);
                Used { host: format!("WS-{number}"), ..used(user, feature, start * 10, closed) }
            });
        each.collect()
    };
    prop::collection::vec(one, 1..25).prop_map(numbered)
}

fn meters() -> impl Strategy<Value = Meter> {
    prop::sample::select(vec![Meter::Window24h, Meter::CalendarDay, Meter::StartedHour])
}

fn office_with(meter: Meter) -> World {
    let world = World::over(Shared::default(), meter, 1_000_000);
    world.clock.set(T0.plus(60 * DAY));
    world
}

fn charged_at_once(meter: Meter, logs: &[&str]) -> Vec<(String, String, Instant)> {
    let mut world = office_with(meter);
    import_all(&mut world.engine, logs);
    charged(&world.engine)
}

/// F3 by the book: stretches of at least five minutes, a window from the first use after the last window.
fn windows(uses: &[Used]) -> Vec<(String, String, Instant)> {
    let last = uses.iter().map(|one| one.closed.unwrap_or(one.opened)).max().unwrap_or(0);
    let mut pairs: BTreeMap<(&str, &str), Vec<(i64, i64)>> = BTreeMap::new();
    for one in uses {
        let product = if one.feature == AUTOCAD { "autocad" } else { "revit" };
        let closed = one.closed.unwrap_or(last.max(one.opened));
        if closed - one.opened >= 5 {
            pairs.entry((&one.user, product)).or_default().push((one.opened, closed));
        }
    }
    let mut expected = Vec::new();
    for ((user, product), mut stretches) in pairs {
        stretches.sort_unstable();
        let mut paid_until = i64::MIN;
        for (opened, closed) in stretches {
            let mut start = opened.max(paid_until);
            while start < closed {
                expected.push(charge(user, product, start));
                paid_until = start + 1_440;
                start = paid_until;
            }
        }
    }
    expected.sort();
    expected
}

#[test]
fn a_use_that_goes_on_is_charged_from_its_start_beside_a_unit_that_could_have_lasted_longer() {
    let uses = [
        Used { host: "WS-0".to_owned(), ..used("eve", AUTOCAD, 2_740, None) },
        Used { host: "WS-1".to_owned(), ..used("ana", AUTOCAD, 4_280, None) },
        Used { host: "WS-2".to_owned(), ..used("eve", AUTOCAD, 2_630, Some(2_700)) },
    ];
    let mut world = office_with(Meter::StartedHour);
    import_all(&mut world.engine, &[&log_until(&uses, 2_740)]);
    import_all(&mut world.engine, &[&log(&uses)]);
    assert_eq!(charged(&world.engine), charged_at_once(Meter::StartedHour, &[&log(&uses)]));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn charges_equal_an_independent_computation(uses in any_uses()) {
        prop_assert_eq!(charged_at_once(Meter::Window24h, &[&log(&uses)]), windows(&uses));
    }

    #[test]
    fn two_parts_in_either_order_are_charged_as_at_once(
        uses in any_uses(),
        parts in prop::collection::vec(any::<bool>(), 25),
        meter in meters(),
    ) {
        let closed: Vec<Used> = uses.into_iter().filter(|one| one.closed.is_some()).collect();
        let part = |wanted: bool| {
            let mine = closed.iter().zip(&parts).filter(|(_, part)| **part == wanted);
            log(&mine.map(|(one, _)| one.clone()).collect::<Vec<_>>())
        };
        let (one, other) = (part(true), part(false));
        prop_assume!(!one.is_empty() && !other.is_empty());
        let at_once = charged_at_once(meter, &[&log(&closed)]);
        for order in [[&*one, &*other], [&*other, &*one]] {
            let mut world = office_with(meter);
            order.iter().for_each(|log| { import_all(&mut world.engine, &[log]); });
            prop_assert_eq!(charged(&world.engine), at_once.clone());
        }
        prop_assert_eq!(charged_at_once(meter, &[&one, &other]), at_once);
    }

    #[test]
    fn copies_of_a_growing_log_are_charged_as_the_last_of_them(
        uses in any_uses(),
        ends in prop::collection::vec(0..8_000_i64, 1..4),
        meter in meters(),
    ) {
        let mut world = office_with(meter);
        for end in ends {
            let copy = log_until(&uses, end);
            if copy.contains("OUT") {
                import_all(&mut world.engine, &[&copy]);
            }
        }
        import_all(&mut world.engine, &[&log(&uses)]);
        prop_assert_eq!(charged(&world.engine), charged_at_once(meter, &[&log(&uses)]));
    }

    #[test]
    fn a_follower_ends_with_the_charges_of_one_import(
        uses in any_uses(),
        cuts in prop::collection::vec((any::<prop::sample::Index>(), any::<bool>()), 0..8),
        meter in meters(),
    ) {
        let text = log(&uses);
        let mut world = office_with(meter);
        let features = FeatureTable::shipped();
        let mut follower = Follower::new("live.log".to_owned(), options());
        let mut cuts: Vec<(usize, bool)> = cuts.iter().map(|(at, flush)| (at.index(text.len()), *flush)).collect();
        cuts.sort_unstable();
        cuts.push((text.len(), true));
        let mut fed = 0;
        for (cut, flush) in cuts {
            follower.feed(&text.as_bytes()[fed..cut]);
            fed = cut;
            if flush {
                follower.flush(&mut world.engine, &features).unwrap();
            }
        }
        prop_assert_eq!(charged(&world.engine), charged_at_once(meter, &[&text]));
        let mut whole = office_with(meter);
        import_all(&mut whole.engine, &[&text]);
        let open = |world: &World| {
            let mut open: Vec<u64> = world.engine.state().read().elsewhere().map(|open| open.identity).collect();
            open.sort_unstable();
            open
        };
        prop_assert_eq!(open(&world), open(&whole));
    }
}
