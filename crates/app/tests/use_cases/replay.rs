//! A past period once more: unchanged it comes to what was charged, changed to what a hand computation says.

use crate::made_up::made;
use crate::paper::*;
use crate::stores::Shared;
use crate::world::*;
use faregate_app::bulk;
use faregate_app::replay::uses::{Shadow, shadow_units};
use faregate_core::amount::Ticks;
use faregate_core::estate::{Offering, PersonId};
use faregate_core::event::Event;
use faregate_core::state::State;
use faregate_core::tariff::{Meter, Tariff};
use faregate_core::when::{DAY, Instant};
use proptest::prelude::*;

const EVER: (Instant, Instant) = (Instant(i64::MIN), Instant(i64::MAX));

fn shadow_of(world: &World, meter: Meter, (from, until): (Instant, Instant)) -> Shadow {
    let tariff = Tariff::new(tariff(meter)).unwrap();
    let mut store: Shared = world.store.clone();
    let state = world.engine.state();
    shadow_units(&state.read(), &mut store, &tariff, from, until).unwrap()
}

type Unit = (PersonId, u16, Instant, Ticks);

fn units(shadow: &Shadow) -> Vec<Unit> {
    let of = |id| shadow.units(id).map(move |unit| (id, unit.product.0, unit.start, unit.ticks));
    let mut all: Vec<Unit> = shadow.people().flat_map(of).collect();
    all.sort_unstable();
    all
}

fn charged_to(state: &State, who: impl Fn(PersonId) -> bool) -> Vec<Unit> {
    let charges = state.charges().iter().filter(|charge| who(charge.person));
    let unit = |charge: faregate_core::event::Charge| {
        (charge.person, charge.product.0, charge.at, charge.ticks)
    };
    let mut all: Vec<Unit> = charges.map(unit).collect();
    all.sort_unstable();
    all
}

/// Ana has a seat for AutoCAD; Ben has none.
fn seated() -> World {
    let mut world = World::new(1_000);
    let covers = vec!["autocad".to_owned()];
    let aec = Offering { key: "aec".to_owned(), name: "AEC".to_owned(), covers };
    world.engine.append(vec![Event::OfferingsDefined(vec![aec])]).unwrap();
    let seat =
        "[[seat]]\noffering = \"aec\"\nperson = \"ana\"\nfrom = 2026-01-01\nuntil = 2027-01-01\n";
    let document = bulk::read([("estate.toml", seat)].into_iter()).unwrap();
    bulk::import(&mut world.engine, "root", &document).unwrap();
    world.clock.set(T0.plus(40 * DAY));
    let uses = [
        used("ana", AUTOCAD, 60, 120),
        used("ana", REVIT, 60, 64),
        used("ana", REVIT, 1_200, 1_300),
        used("ana", AUTOCAD, 1_400, 1_600),
        used("ben", AUTOCAD, 3_000, 3_000 + 1_500),
        used("ben", "00000XYZ_2022_0F", 10, 20),
    ];
    import_all(&mut world.engine, &[&log(&uses)]);
    world
}

#[test]
fn a_shadow_is_what_use_costs_without_seats() {
    let world = seated();
    let (ana, ben) = (PersonId(0), PersonId(1));
    let at = |minute: i64| T0.plus(minute * MINUTE);
    let shadow = shadow_of(&world, Meter::Window24h, EVER);
    let state = world.engine.state();
    let product = |key| state.read().estate().product_called(key).unwrap().0;
    let (autocad, revit) = (product("autocad"), product("revit"));
    // Four minutes of Revit are within the grace; the window of the second hour covers the third.
    let expected = [
        (ana, autocad, at(60), tokens(7)),
        (ana, autocad, at(1_500), tokens(7)),
        (ana, revit, at(1_200), tokens(10)),
        (ben, autocad, at(3_000), tokens(7)),
        (ben, autocad, at(3_000 + 1_440), tokens(7)),
    ];
    let mut expected = expected.to_vec();
    expected.sort_unstable();
    assert_eq!(units(&shadow), expected);
    assert_eq!((shadow.len(), shadow.is_empty()), (5, false));
    assert_eq!(charged_to(&state.read(), |id| id == ana).len(), 1);
    let days = shadow.known().unwrap();
    assert_eq!(
        (days.0.to_string(), days.1.to_string()),
        ("2026-06-01".into(), "2026-06-03".into())
    );
    let unknown = shadow.unknown().values().map(|one| (one.uses, one.seconds));
    assert_eq!(unknown.collect::<Vec<_>>(), [(1, 600)]);
    // A part of it, of which a window that began before covers the beginning.
    let part = shadow_of(&world, Meter::Window24h, (at(1_450), at(3_001)));
    let inside = |unit: &&Unit| at(1_450) <= unit.2 && unit.2 < at(3_001);
    assert_eq!(units(&part), expected.iter().filter(inside).copied().collect::<Vec<_>>());
    // Another meter: each started hour of each uninterrupted stretch.
    let hourly = shadow_of(&world, Meter::StartedHour, EVER);
    assert_eq!(units(&hourly).len(), 1 + 4 + 2 + 25);
}

#[test]
fn use_without_a_rate_is_told_apart() {
    let world = seated();
    let mut parts = tariff(Meter::Window24h);
    parts.rates.retain(|rate| rate.product != "revit");
    let mut store = world.store.clone();
    let state = world.engine.state();
    let state = state.read();
    let tariff = Tariff::new(parts).unwrap();
    let shadow = shadow_units(&state, &mut store, &tariff, EVER.0, EVER.1).unwrap();
    let revit = state.estate().product_called("revit").unwrap();
    let unrated: Vec<_> = shadow.unrated().iter().map(|(id, one)| (*id, one.uses)).collect();
    assert_eq!((unrated, shadow.len()), (vec![(revit, 2)], 4));
    let nothing = World::new(10);
    let none = shadow_of(&nothing, Meter::Window24h, EVER);
    assert_eq!((none.known(), none.is_empty()), (None, true));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    /// Who never held a seat is charged what their shadow says, whoever told of the use.
    #[test]
    fn without_seats_a_shadow_is_what_was_charged(made in made()) {
        let world = made.world();
        let shadow = shadow_of(&world, made.meter, EVER);
        let shared = world.engine.state();
        let state = shared.read();
        let never = |id: PersonId| state.estate().seats_ever(id).is_empty();
        let shadows: Vec<Unit> =
            units(&shadow).into_iter().filter(|unit| never(unit.0)).collect();
        prop_assert_eq!(shadows, charged_to(&state, never));
    }
}

#[path = "replay/changed.rs"]
mod changed;
#[path = "replay/unchanged.rs"]
mod unchanged;
