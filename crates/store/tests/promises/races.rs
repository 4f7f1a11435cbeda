//! Promise 4: of two who open the last token at once, exactly one wins.

use crate::desk::*;
use crate::planted::Fault;
use faregate_app::engine::Failure;
use faregate_app::gate::Gate;
use faregate_app::ports::StoreError;
use faregate_core::estate::BucketId;
use faregate_core::event::Event;
use std::sync::Barrier;

/// Races between two fillings of the buckets.
const LANES: u64 = 100;

/// Races that did not have exactly one winner. Each race is for the last tokens of one bucket; before each round
/// the buckets are filled for so many launches.
fn races(gates: [&Gate; 2], rounds: u64, fill: i64) -> u64 {
    let barrier = Barrier::new(2);
    let run = |side: u64| {
        let (gate, barrier) = (gates[side as usize], &barrier);
        move || {
            let mut won = Vec::new();
            for round in 0..rounds {
                if side == 0 && fill > 0 {
                    gate.decided(move |_, _| filling(fill));
                }
                barrier.wait();
                for lane in 0..LANES {
                    let race = round * LANES + lane;
                    barrier.wait();
                    won.push(wins(gate, race * 2 + side, lane));
                }
                barrier.wait();
            }
            won
        }
    };
    let [first, second] = std::thread::scope(|scope| {
        [scope.spawn(run(0)), scope.spawn(run(1))].map(|side| side.join().unwrap())
    });
    let unfair = first.iter().zip(&second).filter(|(one, other)| one == other).count() as u64;
    assert_eq!(first.len() as u64, rounds * LANES);
    unfair
}

fn filling(fill: i64) -> Vec<Event> {
    let ticks = tokens(PRICE * fill);
    (0..LANES as u16).map(|lane| Event::Allocated { bucket: BucketId(lane), ticks }).collect()
}

/// Whether this person gets through; whoever lost the store to another writer asks again.
fn wins(gate: &Gate, person: u64, bucket: u64) -> bool {
    let wanted = request(&format!("race-{person}"), person, "revit", Some(bucket));
    for _ in 0..1_000 {
        match gate.asked(wanted.clone()) {
            Ok(decision) => return is_opened(&decision),
            Err(Failure::Store(StoreError::Fenced { .. } | StoreError::Other(_))) => {}
            Err(failure) => panic!("{failure}"),
        }
    }
    panic!("no answer to a thousand tries");
}

/// A contract for so many rounds, its buckets holding so many tokens each at first.
fn site(backend: Backend, fault: Fault, rounds: u64, each: i64) -> Site {
    Site::new(backend, fault, (rounds * LANES * 2) as u32, &[each; LANES as usize])
}

#[test]
fn the_last_token_has_one_winner() {
    for backend in BACKENDS {
        let site = site(backend, Fault::None, 100, 0);
        let desk = site.start();
        let unfair = races([&desk.gate; 2], 100, 1);
        println!("{backend:?}: 10000 races / {unfair} double wins");
        assert_eq!(unfair, 0);
        let tally = desk.stop().state().read().tally();
        assert_eq!((tally.held, tally.opened, tally.refused), (10_000, 10_000, 10_000));
    }
}

/// Two processes that both take themselves for the only one.
#[test]
fn the_last_token_has_one_winner_across_two_gates() {
    for backend in BACKENDS {
        let site = site(backend, Fault::None, 1, PRICE);
        let (one, other) = (site.start(), site.start());
        assert_eq!(races([&one.gate, &other.gate], 1, 0), 0);
        assert_eq!(site.engine().state().read().tally().opened, LANES, "{backend:?}");
        assert_eq!(site.examined(), Vec::<String>::new());
    }
}

#[test]
fn a_race_that_is_not_fair_is_noticed() {
    for backend in BACKENDS {
        let desk = site(backend, Fault::None, 1, 0).start();
        assert_eq!(races([&desk.gate; 2], 1, 2), LANES, "buckets filled twice");
        let unfenced = site(backend, Fault::LosesFencing, 1, PRICE);
        let (one, other) = (unfenced.start(), unfenced.start());
        assert_ne!(races([&one.gate, &other.gate], 1, 0), 0, "no fencing");
    }
}
