//! What is told, when the server takes only a part of it.

use super::*;

/// Three uses wait, one after the other, and a lease is to be given back; the server is away.
fn waiting() -> World {
    let mut world = World::new();
    world.grant(lease(), 1_000);
    world.server.mode = Mode::Down;
    for pid in 1..=3 {
        world.appear(pid);
        world.run(100);
        world.go(pid);
    }
    world.step(Input::GiveBack("s900".to_owned()));
    assert_eq!((world.disk.uses.len(), world.disk.returns.len()), (3, 1));
    world
}

fn back(world: &mut World) {
    world.server.mode = Mode::Up;
    world.run(310);
}

#[test]
fn what_the_server_takes_goes_in_one_request() {
    let mut world = waiting();
    back(&mut world);
    assert_eq!((world.server.uses.len(), world.server.told, world.disk.queue_length()), (3, 1, 0));
}

#[test]
fn a_bad_use_is_told_alone_and_keeps_nothing_back() {
    let mut world = waiting();
    let middle = world.disk.uses.values().nth(1).unwrap().opened;
    world.server.bad.insert(middle);
    let before = world.server.requests;
    back(&mut world);
    assert_eq!((world.server.uses.len(), world.disk.uses.len()), (2, 1));
    assert_eq!(world.server.returned, ["s900"]);
    world.run_minutes(60);
    let tries = world.server.requests - before;
    assert!(tries < 80, "the bad one is told once a period: {tries}");
    world.server.bad.clear();
    world.run_minutes(6);
    assert_eq!((world.server.uses.len(), world.disk.queue_length()), (3, 0), "and never lost");
}

#[test]
fn a_bad_return_does_not_keep_products_from_being_settled() {
    let mut world = World::new();
    world.grant(lease(), 24);
    world.server.mode = Mode::Down;
    world.appear(1);
    world.run(60);
    world.step(Input::GiveBack("bad".to_owned()));
    world.server.tokens = 0.0;
    back(&mut world);
    assert_eq!((world.standing().as_str(), world.server.running.len()), ("tokens", 1));
    assert_eq!((world.server.uses.len(), world.disk.returns.len()), (1, 1));
}

#[test]
fn what_the_server_refuses_for_good_is_not_told_again() {
    let mut world = waiting();
    world.server.is_choosy = true;
    back(&mut world);
    assert_eq!((world.disk.queue_length(), world.server.uses.len()), (0, 0));
    assert_eq!(world.server.told, 1);
}
