//! Watching in a server: once a second all alert rules are measured on what is committed, beside the gate, and
//! what changed is booked through it. What looks unusual is searched now and then, on a store of its own.
//!
//! It takes no input and may die at any time: what it remembers is a cache, and what it booked is in the journal.

use crate::aside;
use crate::notices::Desk;
use faregate_api::Server;
use faregate_api::metrics::Beside;
use faregate_api::reading::Reader;
use faregate_app::alerts::outlook;
use faregate_app::alerts::unusual::{burst_now, found, is_in_sight};
use faregate_app::alerts::watch::{Around, Change, Watch, note};
use faregate_app::alerts::written::Written;
use faregate_app::anomalies::{self, Pace, bursts_going_on};
use faregate_app::engine::{Engine, Failure};
use faregate_app::gate::Gate;
use faregate_core::alert::{self, Findings, Severity};
use faregate_core::state::State;
use faregate_core::when::Instant;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::task::JoinHandle;
use tokio::time::MissedTickBehavior;

/// Between two looks: who is told learns of it within two.
const LOOK: Duration = Duration::from_secs(1);
/// Sources and workstations are asked about again after so many seconds.
const AROUND_SECONDS: i64 = 15;
/// Between two searches for what is unusual: each reads five weeks of use.
const SEARCH: Duration = Duration::from_secs(900);
/// The first one waits until the server has begun its work.
const SEARCH_FIRST: Duration = Duration::from_secs(10);

/// Watches until it is stopped.
pub(crate) struct Watching {
    looking: JoinHandle<()>,
    searching: JoinHandle<()>,
}

/// What the last search came to.
#[derive(Default)]
struct Searched {
    findings: Findings,
    /// How many openings are usual; `None` before the first search.
    pace: Option<Arc<Pace>>,
}

type Shared = Arc<Mutex<Searched>>;

impl Watching {
    /// Starts, within a runtime.
    pub(crate) fn start(server: &Server, reader: Reader) -> Self {
        let searched = Shared::default();
        let searching = search(server.gate.clone(), reader, Arc::clone(&searched));
        let looking = look(server.clone(), searched);
        Self { looking: tokio::spawn(looking), searching: tokio::spawn(searching) }
    }

    /// Stops; what has begun to be booked is booked.
    pub(crate) fn stop(&self) {
        self.looking.abort();
        self.searching.abort();
    }
}

async fn look(server: Server, searched: Shared) {
    let started = server.gate.now();
    let (mut watch, mut around) = (Watch::default(), Around::default());
    let (mut asked, mut bursts): (Option<Instant>, Findings) = Default::default();
    let mut beats = tokio::time::interval(LOOK);
    beats.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        beats.tick().await;
        let now = server.gate.now();
        if asked.is_none_or(|at| !(0..AROUND_SECONDS).contains(&now.since(at))) {
            around = server.around(started).await;
            asked = Some(now);
        }
        let pace = {
            let known = searched.lock().unwrap_or_else(PoisonError::into_inner);
            known.findings.clone_into(&mut around.findings);
            known.pace.clone()
        };
        let gate = server.gate.clone();
        let looked = tokio::task::spawn_blocking(move || {
            bursts = pace.map_or_else(Findings::new, |pace| going_on(&gate, &pace, bursts));
            around.findings.extend(bursts.iter().cloned());
            let changes = changes(&gate, &mut watch, &around);
            (watch, around, bursts, changes)
        });
        // The process ends when a look panics; a runtime that shuts down takes it along.
        let Ok(back) = looked.await else { return };
        let changes;
        (watch, around, bursts, changes) = back;
        if !changes.is_empty() {
            book(&server.gate, changes).await;
        }
    }
}

/// What changed since the last look. Forecasts are made while nobody waits for the state.
fn changes(gate: &Gate, watch: &mut Watch, around: &Around) -> Vec<Change> {
    let now = gate.now();
    let mut changes = Vec::new();
    if watch.is_blind(now) {
        let gathered = outlook::gather_gently(gate.state(), now);
        let today = gate.state().read().zone().date(now);
        changes.extend(watch.see(&gathered, (now, today)));
    }
    changes.extend(watch.look(&gate.state().read(), around, now));
    changes
}

/// Books changes between two commits, and waits until they are.
async fn book(gate: &Gate, changes: Vec<Change>) {
    let (done, waiting) = tokio::sync::oneshot::channel();
    gate.run(move |engine| drop(done.send(note(engine, changes))));
    if let Ok(Err(why)) = waiting.await {
        aside!("alerts could not be booked, and are looked for again: {why}");
    }
}

/// Searches for what is unusual, for as long as a rule asks for it.
async fn search(gate: Gate, reader: Reader, shared: Shared) {
    tokio::time::sleep(SEARCH_FIRST).await;
    let mut told = String::new();
    loop {
        if asks_for_findings(&gate) {
            let reader = Arc::clone(&reader);
            let searched = tokio::task::spawn_blocking(move || unusual(&mut reader()?));
            match searched.await {
                Ok(Ok(all)) => *shared.lock().unwrap_or_else(PoisonError::into_inner) = all,
                Ok(Err(why)) if why.to_string() != told => {
                    told = why.to_string();
                    aside!("what is unusual could not be searched for: {told}");
                }
                Ok(Err(_)) => {}
                Err(_) => return,
            }
        }
        tokio::time::sleep(SEARCH).await;
    }
}

fn asks_for_findings(gate: &Gate) -> bool {
    let state = gate.state().read();
    let mut rules = state.monitor().rules().values();
    rules.any(|known| {
        let rule = Written::one(&known.text).and_then(|written| written.rule());
        rule.is_ok_and(|rule| matches!(rule.watch, alert::Watch::Findings { .. }))
    })
}

/// What is unusual in the last five weeks, and what is usual.
fn unusual(engine: &mut Engine) -> Result<Searched, Failure> {
    let today = {
        let now = engine.now()?;
        engine.state().read().zone().date(now)
    };
    let all = anomalies::findings(engine, today.plus(1 - anomalies::DAYS), today, &[])?;
    let shared = engine.state();
    let state = shared.read();
    let findings = all.iter().map(|one| found(&state, one)).collect();
    drop(state);
    Ok(Searched { findings, pace: Some(Arc::new(anomalies::pace(engine)?)) })
}

/// The bursts that go on, and those that did within the hour: one look at each session.
fn going_on(gate: &Gate, pace: &Pace, seen: Findings) -> Findings {
    let (now, state) = (gate.now(), gate.state().read());
    let now_on = bursts_going_on(&state, pace, now);
    let mut all: Findings = now_on.iter().map(|one| burst_now(&state, one)).collect();
    let is_over = |one: &alert::Found| !all.iter().any(|other| other.id == one.id);
    let over = seen.into_iter().filter(|one| is_in_sight(one, now) && is_over(one));
    let over: Findings = over.collect();
    all.extend(over);
    all
}

/// What metrics tell of alerts and of messages on their way.
pub(crate) fn beside(state: &State, desk: &Desk) -> Beside {
    let open = state.monitor().open();
    let mut counts = Severity::ALL.map(|severity| (severity.key(), 0));
    for (_, alert) in open {
        counts[alert.severity as usize].1 += 1;
    }
    let waiting = desk.waiting();
    Beside {
        alerts_open: counts.to_vec(),
        outbox_waiting: waiting.map(|(count, _)| count),
        outbox_oldest_seconds: waiting.and_then(|(_, oldest)| oldest),
        lake_behind_entries: None,
    }
}
