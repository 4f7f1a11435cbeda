//! An order under a key is carried out once, also after a restart; only who may gives it.

use crate::world::*;
use faregate_app::engine::{Engine, Failure};
use faregate_app::orders::{Done, Kind, NotDone, Once, Order, Orderer, carry_out_once};
use faregate_core::estate::GENERAL;
use faregate_core::ledger::Account;

fn orderer(name: &str, is_administrator: bool) -> Orderer {
    Orderer::new(name, is_administrator)
}

fn transfer(whole: i64) -> Order {
    let to = Some("general".to_owned());
    Order::Transfer { from: None, to, ticks: tokens(whole), why: "a test".to_owned() }
}

fn ordered(engine: &mut Engine, who: &Orderer, key: &str, whole: i64) -> Result<Done, NotDone> {
    let body = whole.to_string();
    carry_out_once(engine, who, &transfer(whole), Once::new(who, key, body.as_bytes()))
}

/// All tokens of the contract lie in the general bucket: give ten back, so that they can be moved.
fn freed(world: &mut World) -> i64 {
    let back = Order::Transfer {
        from: Some("general".to_owned()),
        to: None,
        ticks: tokens(10),
        why: "to be moved".to_owned(),
    };
    let (root, key) = (orderer("root", true), Once::new(&orderer("root", true), "back", b""));
    carry_out_once(&mut world.engine, &root, &back, key).unwrap();
    free(&world.engine)
}

fn free(engine: &Engine) -> i64 {
    engine.state().read().ledger().balance(Account::Available(GENERAL)).micro_tokens() / 1_000_000
}

#[test]
fn the_same_key_is_carried_out_once() {
    let mut world = World::new(100);
    let before = freed(&mut world);
    let (root, other) = (orderer("root", true), orderer("other", true));
    let done = ordered(&mut world.engine, &root, "k", 3).unwrap();
    assert!(!done.repeated);
    let again = ordered(&mut world.engine, &root, "k", 3).unwrap();
    assert_eq!((again.seq, again.repeated), (done.seq, true));
    let reused = ordered(&mut world.engine, &root, "k", 4);
    assert!(matches!(reused, Err(NotDone::Failed(Failure::KeyReused))));
    assert_eq!(free(&world.engine), before + 3);

    // After a restart as before it; and somebody else's key is another key.
    let mut engine = load(&world.store, &world.clock);
    assert!(ordered(&mut engine, &root, "k", 3).unwrap().repeated);
    assert!(!ordered(&mut engine, &other, "k", 3).unwrap().repeated);
    assert_eq!(free(&engine), before + 6);
}

#[test]
fn what_was_refused_is_looked_at_anew() {
    let mut world = World::new(100);
    let root = orderer("root", true);
    let refused = ordered(&mut world.engine, &root, "k", 5);
    assert!(matches!(refused, Err(NotDone::Refused(why)) if why.kind == Kind::Conflict));
    freed(&mut world);
    assert!(!ordered(&mut world.engine, &root, "k", 5).unwrap().repeated);
}

/// Whoever may not give an order learns nothing of what it names.
#[test]
fn only_administrators_review_breaches() {
    let mut world = World::new(100);
    let ana = orderer("ana", false);
    let review = Order::ReviewBreach { decision: 99, accepted: true, why: String::new() };
    let refused = carry_out_once(&mut world.engine, &ana, &review, Once::new(&ana, "k", b""));
    assert!(matches!(refused, Err(NotDone::Refused(why)) if why.kind == Kind::Forbidden));
}
