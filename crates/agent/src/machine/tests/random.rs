//! Whatever happens in whatever order, and wherever the agent is killed: what must always be true.

use super::*;
use crate::ports::Choice;

/// A small generator: the seed is the case, so that a failing one can be repeated.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % sides
    }
}

fn disturb(world: &mut World, dice: &mut Dice, pids: &mut BTreeSet<u32>, next: &mut u32) {
    match dice.roll(14) {
        0 | 1 => {
            *next += 1;
            pids.insert(*next);
            world.appear(*next);
        }
        2 => {
            if let Some(pid) = pids.pop_first() {
                world.go(pid);
            }
        }
        3 => {
            world.crash();
            world.step(Input::Start);
        }
        4 => world.server.mode = Mode::Down,
        5 => world.server.mode = Mode::Unavailable,
        6 | 7 => world.server.mode = Mode::Up,
        8 => {
            // The server decides, and its answer is lost.
            for (id, request) in std::mem::take(&mut world.sent) {
                world.server.answer(&request, world.server_time);
                world.step(Input::Reply(id, Reply::Unreachable("cut".to_owned())));
            }
        }
        9 => world.server.running.clear(),
        10 => world.server.tokens = [0.0, 10.0][usize::try_from(dice.roll(2)).unwrap()],
        11 => world.pass_millis(dice.roll(7_200_000)),
        _ => {
            let ids: Vec<u64> = world.questions.keys().copied().collect();
            for id in ids {
                let choice =
                    [Choice::Spend, Choice::Close, Choice::Read, Choice::Retry, Choice::GoOn]
                        [usize::try_from(dice.roll(5)).unwrap()];
                world.step(Input::Person(Answer { id, choice, bucket: None }));
            }
        }
    }
    world.run(dice.roll(4));
}

#[test]
fn in_the_end_all_is_closed_told_and_nothing_stands_still() {
    let mut opened = 0;
    for seed in 0..150 {
        let mut dice = Dice(seed);
        let mut world = World::with_rules(&format!("graced_opens = 3\n{RULES}"));
        let (mut pids, mut next) = (BTreeSet::new(), 0);
        for _ in 0..40 {
            disturb(&mut world, &mut dice, &mut pids, &mut next);
            let running =
                world.state.memory.sessions.values().filter_map(|one| one.through.as_ref());
            let sessions: Vec<&String> = running.filter_map(|one| one.session.as_ref()).collect();
            assert!(sessions.len() <= 1, "seed {seed}: one session for one person and product");
        }
        world.server.mode = Mode::Up;
        world.run_minutes(15);
        let sessions = world.state.memory.sessions.values();
        let known = sessions.filter_map(|one| one.through.as_ref()?.session.as_ref());
        assert!(known.into_iter().all(|id| world.server.running.contains(id)), "seed {seed}");
        for pid in pids {
            world.go(pid);
        }
        world.run_minutes(15);
        assert_eq!(world.disk.queue_length(), 0, "seed {seed}: all is told");
        assert!(world.disk.sessions.is_empty() && world.still.is_empty(), "seed {seed}");
        opened += world.server.answers.len();
        let uses: Vec<&Use> = world.server.uses.values().collect();
        for (at, one) in uses.iter().enumerate() {
            assert!(one.opened < one.closed, "seed {seed}");
            let apart = |other: &&&Use| other.closed <= one.opened || one.closed <= other.opened;
            assert!(
                uses[at + 1..].iter().all(|other| apart(&other)),
                "seed {seed}: no second told twice"
            );
        }
    }
    assert!(opened > 150, "the cases do something: {opened}");
}
