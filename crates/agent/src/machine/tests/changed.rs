//! The server stands otherwise than it said, or than the agent remembers.

use super::*;
use crate::ports::Choice;

/// Asked, and answered with a yes; the open is on its way.
fn agreed(level: Level) -> World {
    let mut world = World::new();
    world.server.level = level;
    world.appear(1);
    world.exchange();
    if level != Level::Inform {
        world.answer(QuestionKind::Spend, Choice::Spend);
    }
    world
}

#[test]
fn an_open_that_is_sent_again_tells_the_time_of_sending() {
    let mut world = agreed(Level::Suspend);
    let (id, _) = world.sent.pop().unwrap();
    world.pass_millis(900_000);
    world.step(Input::Reply(id, Reply::Unreachable("cut".to_owned())));
    world.run(2);
    let first = world.server.clocks[0];
    assert!(world.now.wall - first <= 2, "{} seconds old", world.now.wall - first);

    // The same when the agent died between.
    let mut world = agreed(Level::Suspend);
    let (_, request) = world.sent.pop().unwrap();
    world.server.answer(&request, START);
    world.crash();
    world.pass_millis(900_000);
    world.step(Input::Start);
    world.run(1);
    assert_eq!(world.server.clocks.len(), 2);
    assert!(world.now.wall - world.server.clocks[1] <= 2);
    assert_eq!((world.server.answers.len(), world.standing().as_str()), (1, "tokens"));

    // And when it is signed anew at once.
    let mut world = agreed(Level::Suspend);
    let (id, _) = world.sent.pop().unwrap();
    world.pass_millis(900_000);
    let problem = Problem { code: "clock-off".to_owned(), now: Some(START), ..Problem::default() };
    world.step(Input::Reply(id, Reply::Problem(problem)));
    world.exchange();
    assert_eq!(world.server.clocks.last(), Some(&world.now.wall));
}

#[test]
fn a_price_that_rose_between_is_asked_about_again() {
    let mut world = World::with_rules(&RULES.replace("\"suspend\"", "\"close\""));
    world.server.level = Level::Close;
    world.appear(1);
    world.exchange();
    world.server.tokens = 12.0;
    world.answer(QuestionKind::Spend, Choice::Spend);
    world.done.clear();
    world.exchange();
    assert!(world.asks(QuestionKind::Spend), "what it costs now");
    assert!(!world.asks(QuestionKind::Refused));
    world.answer(QuestionKind::Spend, Choice::Spend);
    world.exchange();
    assert_eq!((world.standing().as_str(), world.server.running.len()), ("tokens", 1));
    world.run(4_000);
    assert_eq!(world.done, ["resume 1"], "never ended");
}

#[test]
fn a_server_that_never_agrees_is_asked_now_and_then() {
    let mut world = World::new();
    world.server.level = Level::Inform;
    world.server.rise = 1.0;
    world.appear(1);
    let before = world.server.requests;
    world.run(300);
    let tries = world.server.requests - before;
    assert!((10..40).contains(&tries), "{tries} in five minutes");
    assert!(world.done.iter().all(|one| one.starts_with("suspend") || one.starts_with("resume")));
    world.server.rise = 0.0;
    world.run(31);
    assert_eq!(world.standing(), "tokens");
}

#[test]
fn a_key_that_the_server_knows_otherwise_is_given_up() {
    let mut world = agreed(Level::Suspend);
    let (id, request) = world.sent.pop().unwrap();
    let Request::Open(first) = request else { panic!("{request:?}") };
    let code = "key-reused".to_owned();
    world.step(Input::Reply(id, Reply::Problem(Problem { code, ..Problem::default() })));
    assert!(!world.asks(QuestionKind::Refused), "nobody is turned away for it");
    world.exchange();
    world.answer(QuestionKind::Spend, Choice::Spend);
    world.exchange();
    assert_eq!(world.standing(), "tokens");
    assert!(!world.server.answers.contains_key(&first.key), "with another key");
}

#[test]
fn what_was_gone_before_a_crash_was_not_used_until_the_next_start() {
    let mut world = World::new();
    world.grant(lease(), 1_000);
    world.server.mode = Mode::Down;
    world.appear(1);
    world.run(100);
    // The server is back, and it is being opened there when it goes away and the agent dies.
    (world.server.mode, world.server.tokens) = (Mode::Up, 0.0);
    for _ in 0..2_000 {
        if world.sent.iter().any(|(_, request)| matches!(request, Request::Open(_))) {
            break;
        }
        for (id, request) in std::mem::take(&mut world.sent) {
            let reply = world.server.answer(&request, world.server_time);
            world.step(Input::Reply(id, reply));
        }
        world.pass_millis(500);
        world.step(Input::Tick(Some(0)));
    }
    assert!(world.disk.sessions.values().all(|one| one.opening.is_some()));
    // A beat that fails notes that it goes on.
    for _ in 0..40 {
        world.pass_millis(10_000);
        world.step(Input::Tick(Some(0)));
        let is_beat = |(_, request): &(u64, Request)| matches!(request, Request::Beat(_));
        if let Some(at) = world.sent.iter().position(is_beat) {
            let (id, _) = world.sent.remove(at);
            world.step(Input::Reply(id, Reply::Unreachable("cut".to_owned())));
        }
    }
    world.go(1);
    let gone = world.server_time;
    world.crash();
    world.pass_millis(7_200_000);
    world.step(Input::Start);
    world.run(310);
    assert!(world.disk.sessions.is_empty());
    let mut told: Vec<(i64, i64)> =
        world.server.uses.values().map(|one| (one.opened, one.closed)).collect();
    told.sort_unstable();
    assert_eq!(told.last().map(|(_, closed)| *closed), Some(gone));
    assert!(told.windows(2).all(|two| two[0].1 <= two[1].0), "nothing twice: {told:?}");
}
