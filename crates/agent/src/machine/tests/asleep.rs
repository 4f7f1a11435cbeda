//! The machine sleeps while products are open.

use super::*;
use crate::ports::Choice;

/// Opened on tokens with a yes, and known to the server.
fn opened() -> World {
    let mut world = World::new();
    world.server.tokens = 0.0;
    world.appear(1);
    world.exchange();
    assert_eq!(world.standing(), "tokens");
    world
}

/// What was told, in seconds since a time.
fn told(world: &World, since: i64) -> Vec<(i64, i64)> {
    let uses = world.server.uses.values();
    let mut all: Vec<(i64, i64)> =
        uses.map(|one| (one.opened - since, one.closed - since)).collect();
    all.sort_unstable();
    all
}

#[test]
fn a_weekend_with_the_lid_closed_is_no_use() {
    let mut world = opened();
    world.run_minutes(8 * 60);
    let friday = world.server_time;
    // The server ends what it does not hear of.
    world.server.running.clear();
    world.sleep_hours(64);
    world.step(Input::Tick(Some(0)));
    let monday = world.server_time - friday;
    world.run(400);
    let all = told(&world, friday);
    assert!(all.iter().any(|(_, closed)| *closed == 0), "until Friday evening: {all:?}");
    for (from, to) in all {
        assert!(to <= 0 || from >= monday, "{from} to {to} was slept");
        assert!(to - from <= 400);
    }
}

#[test]
fn without_the_server_each_stretch_awake_is_told_and_outlasts_a_crash() {
    for crash in [false, true] {
        let mut world = World::new();
        world.grant(lease(), 1_000);
        world.server.mode = Mode::Down;
        world.appear(1);
        world.run(3);
        let start = world.server_time;
        world.run_minutes(60);
        let friday = world.server_time - start;
        world.sleep_hours(64);
        // It wakes by itself, and nobody is there for ten minutes.
        let slept = 64 * 3_600;
        for step in 0_u64..60 {
            world.step(Input::Tick(Some(slept + step * 10)));
            world.pass_millis(10_000);
        }
        world.step(Input::Tick(Some(0)));
        let monday = world.server_time - start;
        if crash {
            world.crash();
            world.step(Input::Start);
        }
        world.run_minutes(10);
        world.go(1);
        let end = world.server_time - start;
        world.server.mode = Mode::Up;
        world.run(400);
        let all = told(&world, start);
        assert_eq!(all.len(), 2, "{all:?}");
        assert_eq!((all[0].1, all[1]), (friday, (monday, end)), "crash: {crash}");
        assert!(all[0].0 <= 0);
    }
}

#[test]
fn what_nobody_touches_any_more_is_told_until_it_was_idle() {
    let mut world = World::new();
    world.grant(lease(), 1_000);
    world.server.mode = Mode::Down;
    world.appear(1);
    world.run(60);
    let touched = world.server_time;
    for idle in 1_u64..=2_000 {
        world.pass_millis(1_000);
        world.step(Input::Tick(Some(idle)));
    }
    world.go(1);
    world.server.mode = Mode::Up;
    world.run(400);
    assert_eq!(told(&world, touched).iter().map(|(_, to)| *to).collect::<Vec<_>>(), [900]);
}

#[test]
fn time_to_save_does_not_run_while_the_machine_sleeps() {
    let close = level_rules();
    let mut world = World::with_rules(&close);
    world.server.level = Level::Close;
    world.appear(1);
    world.exchange();
    world.answer(QuestionKind::Spend, Choice::Close);
    world.run(300);
    world.done.clear();
    world.sleep_hours(64);
    world.step(Input::Tick(Some(0)));
    world.run(299);
    assert!(world.done.is_empty(), "half of the time to save is left: {:?}", world.done);
    world.run(2);
    assert_eq!(world.done, ["end 1"]);
}

#[test]
fn before_the_next_unit_there_is_time_to_save_after_sleep_too() {
    let rules = level_rules().replace("viewer", "close_before_next_unit = true\n    viewer");
    let mut world = World::with_rules(&rules);
    (world.server.level, world.server.tokens) = (Level::Close, 0.0);
    world.appear(1);
    world.exchange();
    world.server.next_unit = Some(world.server_time + 1_000);
    world.run(450);
    assert!(world.done.contains(&"close 1".to_owned()), "{:?}", world.done);
    let asked = world.server_time;
    world.done.clear();
    world.sleep_hours(1);
    world.step(Input::Tick(Some(0)));
    let slept = world.server_time - asked;
    world.run(400);
    assert!(world.done.is_empty(), "{:?} after {slept}", world.done);
    world.run(250);
    assert!(world.done.contains(&"end 1".to_owned()), "{:?}", world.done);
}

#[test]
fn a_question_waits_for_whoever_was_away_with_the_machine() {
    let mut world = World::with_rules(&RULES.replace("\"suspend\"", "\"ask\""));
    world.server.level = Level::Ask;
    world.appear(1);
    world.exchange();
    world.run(100);
    world.sleep_hours(10);
    world.step(Input::Tick(Some(0)));
    let ends = world.questions.values().next().unwrap().ends.unwrap();
    assert_eq!(ends - world.now.wall, 200, "it counts down what is left");
    world.run(198);
    assert!(world.done.is_empty());
    world.run(3);
    assert_eq!(world.done, ["close 1"]);
}

fn level_rules() -> String {
    RULES.replace("\"suspend\"", "\"close\"")
}
