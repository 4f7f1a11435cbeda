//! Promises 8 and 9: each hold ends once, however expiry and settlement race; and nothing is held for longer
//! than a session may be silent.

use crate::desk::*;
use crate::planted::Fault;
use faregate_app::gate::TIME_TO_LIVE_SECONDS;
use faregate_app::ports::Entry;
use faregate_core::event::{Event, Route, SessionId};
use faregate_core::when::Instant;
use std::collections::BTreeMap;
use std::sync::Mutex;

const WORKSTATIONS: u64 = 6;
const TURNS: u64 = 150;

/// Holds that ended other than once, by the journal alone: what the state says is not asked.
fn ended_otherwise(journal: &[Entry]) -> (u64, Vec<String>) {
    let mut sessions = BTreeMap::new();
    let mut open = BTreeMap::new();
    let (mut placed, mut found) = (0, Vec::new());
    for Entry { seq, event, .. } in journal {
        let ended = match event {
            Event::Opened(opened) => {
                let pair = (opened.person, opened.product);
                sessions.insert(SessionId(*seq), pair);
                if matches!(opened.route, Route::Tokens { ticks, .. } if ticks.is_positive()) {
                    placed += 1;
                    if open.insert(pair, *seq).is_some() {
                        found.push(format!("event {seq}: a second hold"));
                    }
                }
                None
            }
            Event::HoldEnded { person, product, .. } => Some((*person, *product)),
            Event::Closed { session, hold: Some(_), .. } => sessions.get(session).copied(),
            _ => None,
        };
        if ended.is_some_and(|pair| open.remove(&pair).is_none()) {
            found.push(format!("event {seq}: no hold to end"));
        }
    }
    found.extend(open.values().map(|seq| format!("the hold of event {seq} never ended")));
    (placed, found)
}

/// Workstations open, beat and close, each close sent twice, while others declare them silent.
fn race(site: &Site) -> (u64, Vec<String>) {
    let desk = site.start();
    let running: Mutex<Vec<SessionId>> = Mutex::default();
    // One that is closed at once, however the others' clocks run.
    let first = desk.gate.asked(request("first", 0, PRODUCTS[0], None)).unwrap();
    desk.gate.closed(SessionId(first.seq)).unwrap();
    std::thread::scope(|scope| {
        for number in 0..WORKSTATIONS {
            let (gate, clock, running) = (desk.gate.clone(), &site.clock, &running);
            scope.spawn(move || {
                let mut chance = Chance(number + 100);
                for turn in 0..TURNS {
                    clock.advance(chance.below(90) as i64);
                    let person = chance.below(30);
                    let key = format!("{number}-{turn}");
                    let product = PRODUCTS[chance.place(2)];
                    let decision = gate.asked(request(&key, person, product, None)).unwrap();
                    let mut running = running.lock().unwrap();
                    running.push(SessionId(decision.seq));
                    let id = running[chance.place(running.len())];
                    drop(running);
                    match chance.below(4) {
                        0 => gate.reconcile(),
                        1 => drop((gate.heartbeat(id, true), gate.closed(id), gate.closed(id))),
                        _ => {
                            let _ = gate.heartbeat(id, chance.below(4) > 0);
                        }
                    }
                }
            });
        }
    });
    site.clock.advance(TIME_TO_LIVE_SECONDS + 1);
    desk.gate.reconcile();
    let engine = desk.stop();
    let tally = engine.state().read().tally();
    let (placed, mut found) = ended_otherwise(&site.journal());
    if (tally.held, tally.posted + tally.voided + tally.expired) != (placed, placed) {
        found.push(format!("{placed} holds in the journal, the tally says {tally:?}"));
    }
    for (what, count) in
        [("posted", tally.posted), ("voided", tally.voided), ("expired", tally.expired)]
    {
        assert!(count > 0, "none was {what}: {tally:?}");
    }
    (placed, found)
}

#[test]
fn each_hold_ends_once() {
    for backend in BACKENDS {
        let site = Site::new(backend, Fault::None, 30, &[10_000_000]);
        let (placed, found) = race(&site);
        println!("{backend:?}: {placed} holds / {} double resolutions", found.len());
        assert_eq!(found, Vec::<String>::new());
        assert_eq!(site.examined(), Vec::<String>::new());
        // A settlement that was booked twice, and one that was lost.
        let journal = site.journal();
        let is_end = |entry: &Entry| matches!(entry.event, Event::HoldEnded { .. });
        let place = journal.iter().position(is_end).unwrap();
        let mut twice = journal.clone();
        twice.insert(place, journal[place].clone());
        assert_ne!(ended_otherwise(&twice).1, Vec::<String>::new());
        let mut lost = journal;
        lost.remove(place);
        assert_ne!(ended_otherwise(&lost).1, Vec::<String>::new());
    }
}

/// For how long anything was held at most, in seconds, when agents die at any moment and somebody looks once a
/// minute, or not at all.
fn longest_hold(site: &Site, looks: bool) -> i64 {
    let desk = site.start();
    let mut chance = Chance(9);
    let mut alive: Vec<(SessionId, i64)> = Vec::new();
    let mut longest = 0;
    let state = desk.gate.state();
    for minute in 0..180 {
        if minute < 120 {
            let key = format!("m{minute}");
            let decision = desk.gate.asked(request(&key, minute, "revit", None)).unwrap();
            let dies = minute as i64 + chance.below(30) as i64;
            alive.push((SessionId(decision.seq), dies));
        }
        // The dead are silent; nobody closes.
        alive.retain(|(_, dies)| *dies > minute as i64);
        for (id, _) in &alive {
            assert!(desk.gate.heartbeat(*id, false), "{id} ended while it was heard of");
        }
        if looks {
            desk.gate.reconcile();
        }
        desk.gate.ran(|_| ());
        let now: Instant = desk.gate.now();
        let state = state.read();
        let dead = |id: &SessionId| !alive.iter().any(|(living, _)| living == id);
        for (id, _) in state.sessions().iter().filter(|(id, _)| dead(id)) {
            let heard = desk.gate.liveness().last_heard(*id).unwrap_or(now);
            longest = longest.max(now.since(heard));
        }
        drop(state);
        site.clock.advance(MINUTE);
    }
    longest
}

#[test]
fn no_session_outlives_its_silence() {
    for backend in BACKENDS {
        let bound = TIME_TO_LIVE_SECONDS + MINUTE;
        let site = Site::new(backend, Fault::None, 200, &[10_000_000]);
        let longest = longest_hold(&site, true);
        println!("{backend:?}: longest silence of a session {longest} s");
        assert!(longest <= bound, "{longest} s");
        assert_eq!(site.engine().state().read().sessions().len(), 0);
        let unwatched = Site::new(backend, Fault::None, 200, &[10_000_000]);
        assert!(longest_hold(&unwatched, false) > bound, "nobody looked, and nothing was noticed");
    }
}
