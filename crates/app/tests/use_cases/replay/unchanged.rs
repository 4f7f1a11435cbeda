//! Nothing is changed: the new books are the actual ones, on estates made up by chance, whoever told of the use.

use super::*;
use faregate_app::engine::{Engine, replayed};
use faregate_app::import::known::{KnownUse, record_generated};
use faregate_app::memory::MemoryStore;
use faregate_app::merge::Merge;
use faregate_app::orders::{Order, Orderer, carry_out};
use faregate_app::replay::{Change, Replayed, replay};
use faregate_core::estate::SeatId;
use faregate_core::event::Charge;
use faregate_core::invariants::violations;
use faregate_sim::{Size, generate};
use std::sync::Arc;

/// Replays into a store; what it holds comes to the state that is told.
pub(super) fn replayed_into(world: &World, change: &Change) -> (Replayed, MemoryStore) {
    let mut store: Shared = world.store.clone();
    let before = store.told();
    let (shared, mut into) = (world.engine.state(), MemoryStore::default());
    let found = replay(&mut store, &shared.read(), change, Some(&mut into)).unwrap();
    assert_eq!(world.store.told(), before, "the actual store is only read");
    let (state, _) = replayed(&mut into, State::default(), u64::MAX).unwrap();
    assert_eq!(state.checkpoint(), found.state.checkpoint());
    assert_eq!(violations(&state), []);
    let alone = replay(&mut store, &shared.read(), change, None).unwrap();
    assert_eq!(
        (alone.summary, alone.state.checkpoint()),
        (found.summary.clone(), state.checkpoint())
    );
    (found, into)
}

pub(super) fn charges(state: &State) -> Vec<Charge> {
    let mut all: Vec<Charge> = state.charges().iter().collect();
    all.sort_unstable_by_key(Charge::unit);
    all
}

/// The same units, prices, budgets and sources; what was paid depends on when it was told of.
fn without_payment(mut all: Vec<Charge>) -> Vec<Charge> {
    all.iter_mut().for_each(|charge| charge.paid = false);
    all
}

fn is_same(world: &World) -> Replayed {
    let (found, into) = replayed_into(world, &Change::default());
    let shared = world.engine.state();
    let actual = shared.read();
    assert_eq!(without_payment(charges(&found.state)), without_payment(charges(&actual)));
    assert_eq!(found.state.estate(), actual.estate());
    assert_eq!(found.summary.refused.0, found.summary.refused.1);
    assert_eq!(found.summary.total.before.ticks, found.summary.total.after.ticks);
    assert_eq!(found.summary.people_changed, 0);
    // What was replayed can be replayed once more.
    let shared = Engine::load(Box::new(into), Arc::new(world.clock.clone())).unwrap().state();
    assert_eq!(*shared.read().estate(), *actual.estate());
    found
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_change_is_what_happened(
        made in made(),
        merge in prop::option::of((0..6_usize, 0..6_usize)),
        moves in prop::collection::vec((0..2_u32, prop::option::of(0..6_u32)), 0..3),
    ) {
        let mut world = made.world();
        if world.engine.state().read().charges().span().is_none() {
            return Ok(());
        }
        for (seat, person) in moves {
            // A seat that is somebody's stays theirs.
            let event = Event::SeatMoved { seat: SeatId(seat), person: person.map(PersonId) };
            drop(world.engine.append(vec![event]));
        }
        if let Some((person, into)) = merge {
            let key = |place: usize| ["ana", "ben", "eve", "vic", "tom", "una"][place].to_owned();
            let order = Order::Merge(Merge { person: key(person), into: Some(key(into)) });
            drop(carry_out(&mut world.engine, &Orderer::new("root", true), &order, false));
        }
        is_same(&world);
    }
}

/// A made-up company whose use was told of in so many parts.
pub(super) fn company(seed: u64, parts: usize) -> World {
    let store = Shared::default();
    let now: Instant = "2026-11-22T07:30:00Z".parse().unwrap();
    let clock = Still::at(now);
    let mut engine = load(&store, &clock);
    let text = include_str!("../../../../../tariffs/flex-daily.toml");
    let tariff = faregate_ingest::tariff::TariffFile::parse(text).unwrap().tariff;
    let made_up = generate(seed, &Size { people: 40, months: 2 }, now, tariff.parts().clone());
    engine.append(made_up.setup).unwrap();
    for part in 0..parts {
        let some = made_up.sessions.iter().skip(part).step_by(parts);
        let uses = some.map(|one| KnownUse {
            person: one.person,
            product: one.product,
            host: &one.host,
            opened: one.opened,
            closed: one.closed,
        });
        record_generated(&mut engine, uses).unwrap();
    }
    World { store, clock, engine }
}

#[test]
fn a_company_unchanged_is_the_same_to_the_last_token() {
    for (seed, parts) in [(1, 1), (2, 3), (3, 5)] {
        let world = company(seed, parts);
        let found = is_same(&world);
        let shared = world.engine.state();
        assert_eq!(charges(&found.state), charges(&shared.read()), "paid as it was, too");
        assert_eq!(found.summary.total.before, found.summary.total.after);
        assert!(found.summary.total.after.money.is_some());
        assert_eq!(found.state.ledger().buckets(), shared.read().ledger().buckets());
        assert_eq!(found.summary.caveats, Vec::<String>::new());
    }
}

/// Another source's clock is two minutes behind, and Ana belongs to another bucket by now.
#[test]
fn what_came_first_decides_when_a_unit_begins_and_who_pays() {
    let mut world = seated();
    let before = charges(&world.engine.state().read());
    let uses = [used("ben", AUTOCAD, 2_998, 3_010), used("ana", REVIT, 1_198, 1_210)];
    let elsewhere = uses.map(|one| Used { host: "WS-9".to_owned(), ..one });
    import_all(&mut world.engine, &[&log(&elsewhere)]);
    let text = "[[bucket]]\nkey = \"north\"\n[[person]]\nkey = \"ana\"\nbucket = \"north\"\n";
    let document = bulk::read([("estate.toml", text)].into_iter()).unwrap();
    bulk::import(&mut world.engine, "root", &document).unwrap();
    assert_eq!(charges(&world.engine.state().read()), before);
    assert_eq!(charges(&is_same(&world).state), before);
}
