//! The live demo: lively at any hour, and not spendthrift.

#[path = "fixture/rated.rs"]
mod rated;
#[path = "fixture/tariff.rs"]
mod tariff;

use faregate_core::access::Policies;
use faregate_core::event::{Ask, Cause, Event, SessionId};
use faregate_core::gate::{self, Seen};
use faregate_core::invariants;
use faregate_core::state::State;
use faregate_core::when::{HOUR, Instant};
use faregate_sim::{Action, Size, Workstations, generate};
use std::collections::BTreeMap;

const NIGHT: &str = "2026-11-22T01:30:00Z";

struct Live {
    state: State,
    workstations: Workstations,
    running: BTreeMap<usize, SessionId>,
    now: Instant,
    opens: usize,
    closes: usize,
    refusals: usize,
}

impl Live {
    fn new(seed: u64, size: Size) -> Self {
        let now = NIGHT.parse().unwrap();
        let estate = generate(seed, &size, now, tariff::daily());
        let (state, _) = rated::rated(&estate, now).unwrap();
        let count = Workstations::count_for(state.estate().people().len());
        let workstations = Workstations::new(seed, &state, now, count);
        let running = BTreeMap::new();
        Self { state, workstations, running, now, opens: 0, closes: 0, refusals: 0 }
    }

    fn apply(&mut self, event: &Event) {
        let seq = self.state.seq() + 1;
        self.state.apply(seq, self.now, event).unwrap();
    }

    fn beat(&mut self, id: SessionId) {
        let seen = Seen { previous: self.now.plus(-60), at: self.now };
        while let Some(event) = gate::owed(&self.state, id, seen) {
            self.apply(&event);
        }
    }

    fn act(&mut self, action: Action) {
        match action {
            Action::Open { workstation, person, product, host, .. } => {
                let asked = Ask { person, product, host, bucket: None, ..Ask::default() };
                let event = gate::open(&self.state, Policies::default(), &asked, self.now);
                self.apply(&event);
                if let Event::Refused(_) = event {
                    self.refusals += 1;
                    self.workstations.turned_away(workstation, self.now);
                } else {
                    self.opens += 1;
                    self.running.insert(workstation, SessionId(self.state.seq()));
                }
            }
            Action::Heartbeat { workstation } => self.beat(self.running[&workstation]),
            Action::Close { workstation } => {
                let id = self.running.remove(&workstation).unwrap();
                self.beat(id);
                let event = gate::close(&self.state, id, self.now, Cause::Closed).unwrap();
                self.apply(&event);
                self.closes += 1;
            }
        }
    }

    fn run(&mut self, seconds: i64) {
        let end = self.now.plus(seconds);
        while let Some(due) = self.workstations.next_due().filter(|due| *due <= end) {
            self.now = self.now.max(due);
            for action in self.workstations.step(self.now) {
                self.act(action);
            }
        }
        self.now = end;
    }
}

#[test]
fn the_demo_is_lively_in_the_night_of_a_sunday() {
    let mut live = Live::new(1, Size::demo());
    live.run(600);
    for _ in 0..6 {
        let (opens, closes) = (live.opens, live.closes);
        live.run(600);
        assert!((15..=45).contains(&live.workstations.open()), "{}", live.workstations.open());
        assert!(live.opens - opens > 25 && live.closes - closes > 25, "{}", live.opens - opens);
    }
    assert!(live.refusals > 0 && live.refusals * 10 < live.opens, "{}", live.refusals);
    assert_eq!(invariants::violations(&live.state), []);
}

#[test]
fn a_day_of_the_demo_costs_about_what_a_working_day_does() {
    let mut live = Live::new(2, Size::demo());
    let before = live.state.tokens_left().tokens();
    let days = live.state.charges().span().map_or(1, |(a, b)| b.0 - a.0);
    let usual: f64 =
        live.state.charges().iter().map(|c| c.ticks.tokens()).sum::<f64>() / f64::from(days);
    live.run(24 * HOUR);
    let spent = before - live.state.tokens_left().tokens();
    assert!(spent > 0.2 * usual && spent < 3.0 * usual, "{spent}, usually {usual}");
}

#[test]
fn the_same_seed_does_the_same_and_a_pause_is_not_made_up_for() {
    let (mut one, mut two) = (Live::new(3, Size::small()), Live::new(3, Size::small()));
    one.run(900);
    two.run(900);
    assert_eq!((one.opens, one.closes), (two.opens, two.closes));
    assert!(one.opens > 5, "{}", one.opens);
    let later = one.now.plus(72 * HOUR);
    let count = Workstations::count_for(60);
    assert!(one.workstations.step(later).len() <= count);
}

#[test]
fn without_people_nothing_happens() {
    let mut nobody = Workstations::new(1, &State::default(), Instant(0), 5);
    assert_eq!(nobody.step(Instant(100)), []);
    assert_eq!(Workstations::new(1, &State::default(), Instant(0), 0).next_due(), None);
}
