//! The first run: what is missing next, and made-up data in a ledger that is empty.

use crate::world::{Still, T0, person};
use faregate_app::engine::Engine;
use faregate_app::first_run::{MadeUp, Need, NotFilled, contents, fill};
use faregate_app::import::known::{KnownUse, record_generated};
use faregate_app::memory::MemoryStore;
use faregate_app::setup::{NewContract, begin_contract};
use faregate_core::amount::Ticks;
use faregate_core::estate::{PersonId, ProductId};
use faregate_core::event::Event;
use faregate_core::invariants::violations;
use faregate_core::state::State;
use faregate_core::tariff::TariffParts;
use faregate_core::when::Instant;
use faregate_ingest::features::FeatureTable;
use faregate_ingest::tariff::TariffFile;
use faregate_sim::{DemoEstate, Size, UseRecord, generate};
use std::collections::BTreeMap;
use std::sync::Arc;

fn tariff() -> TariffParts {
    let text = include_str!("../../../../tariffs/flex-daily.toml");
    TariffFile::parse(text).unwrap().tariff.parts().clone()
}

fn fresh() -> Engine {
    Engine::load(Box::<MemoryStore>::default(), Arc::new(Still::at(T0))).unwrap()
}

/// What `faregate init` leaves.
fn begun() -> Engine {
    let (name, zone) = ("Acme".to_owned(), "America/Denver".to_owned());
    let contract = NewContract { name, zone, tariff: tariff(), pack: None };
    let mut engine = fresh();
    engine.append(begin_contract(contract, &FeatureTable::shipped())).unwrap();
    engine
}

fn made_up() -> DemoEstate {
    generate(1, &Size { people: 12, months: 2 }, T0, tariff())
}

fn known(one: &UseRecord) -> KnownUse<'_> {
    let UseRecord { opened, person, product, closed, ref host } = *one;
    KnownUse { person, product, host, opened, closed }
}

/// What was charged to whom for what, by keys; who holds what; how much is left where.
#[derive(Debug, PartialEq)]
struct Books {
    charged: BTreeMap<(String, String), Vec<(Instant, Ticks)>>,
    held: Vec<(String, Option<String>, Instant, Instant)>,
    left: Vec<(String, Ticks)>,
    sessions: u64,
}

fn books(state: &State) -> Books {
    let estate = state.estate();
    let products = || (0u16..).map(ProductId).zip(estate.products());
    let people = (0u32..).map(PersonId).zip(estate.people());
    let pairs = people.flat_map(|person| products().map(move |product| (person, product)));
    let charged = pairs.map(|((id, person), (product, known))| {
        let units = state.charges().of_pair((id, product)).map(|unit| (unit.at, unit.ticks));
        ((person.key.clone(), known.key.clone()), units.collect::<Vec<_>>())
    });
    let key = |id: PersonId| estate.person(id).map(|person| person.key.clone());
    let held = estate.seats().iter().map(|seat| {
        let offering = estate.offering(seat.offering).unwrap().key.clone();
        (offering, seat.person.and_then(key), seat.from, seat.until)
    });
    let left = estate.buckets().iter().zip(state.ledger().buckets());
    Books {
        charged: charged.filter(|(_, units)| !units.is_empty()).collect(),
        held: held.collect(),
        left: left.map(|(bucket, balance)| (bucket.key.clone(), balance.available)).collect(),
        sessions: state.tally().imported,
    }
}

/// Products and offerings have other ids in a contract that was agreed than in a journal of the demo's own.
#[test]
fn made_up_data_is_the_same_in_a_contract_that_was_agreed() {
    let demo = made_up();
    let mut own = fresh();
    own.append(demo.setup.clone()).unwrap();
    record_generated(&mut own, demo.sessions.iter().map(known)).unwrap();
    let mut here = begun();
    let uses = demo.sessions.iter().map(known).collect();
    fill(&mut here, "otto", MadeUp { setup: demo.setup.clone(), uses }).unwrap();
    let (own, here) = (own.state(), here.state());
    let (own, here) = (own.read(), here.read());
    let keys = |state: &State| -> Vec<String> {
        state.estate().products().iter().map(|product| product.key.clone()).collect()
    };
    assert_ne!(keys(&own), keys(&here), "else this would show nothing");
    let expected = books(&own);
    assert!(expected.sessions > 100 && expected.held.len() > 3, "{expected:?}");
    assert_eq!(books(&here), expected);
    assert_eq!(violations(&here), Vec::new());
    assert_eq!((here.name(), here.zone().name()), ("Acme", "America/Denver"), "it is still theirs");
    let rest: Vec<Need> = Need::ALL.into_iter().filter(|need| need.count(&here, 0) == 0).collect();
    assert_eq!(rest, [Need::Sources]);
}

#[test]
fn what_is_missing_is_told_in_order() {
    let engine = begun();
    let missing = |engine: &Engine| -> Vec<&str> {
        let shared = engine.state();
        let state = shared.read();
        Need::ALL.into_iter().filter(|need| need.count(&state, 0) == 0).map(Need::key).collect()
    };
    let all = ["packs", "buckets", "people", "seats", "use", "deciders", "sources"];
    assert_eq!(missing(&engine), all);
    assert_eq!(missing(&fresh())[..2], ["contract", "prices"]);
    assert!(Need::ALL.into_iter().all(|need| need.words().ends_with('.')));
}

/// One's own data and made-up data are never mixed, and a refusal leaves everything as it was.
#[test]
fn nothing_is_made_up_where_something_is() {
    let ticks = Ticks::from_tokens(5).unwrap();
    let (name, from, until) = ("pack".to_owned(), T0, T0.plus(1_000));
    let demo = made_up();
    for (event, there) in [
        (Event::PackBought { name, ticks, from, until }, "packs"),
        (Event::PeopleAdded(vec![person("ana")]), "people"),
    ] {
        let mut engine = begun();
        engine.append(vec![event]).unwrap();
        let before = engine.state().read().checkpoint();
        let uses = demo.sessions.iter().map(known).collect();
        let refused = fill(&mut engine, "otto", MadeUp { setup: demo.setup.clone(), uses });
        let Err(NotFilled::NotEmpty(what)) = refused else { panic!("{refused:?}") };
        assert_eq!(what, [there]);
        assert_eq!(engine.state().read().checkpoint(), before);
    }
    // What was filled is not filled again.
    let mut engine = begun();
    for is_first in [true, false] {
        let uses = demo.sessions.iter().map(known).collect();
        let made_up = MadeUp { setup: demo.setup.clone(), uses };
        assert_eq!(fill(&mut engine, "otto", made_up).is_ok(), is_first);
    }
    let state = engine.state();
    assert!(contents(&state.read()).contains(&"use".to_owned()));
}
