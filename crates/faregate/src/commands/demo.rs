//! `faregate demo`: a made-up estate with history and live workstations.

use crate::ambient::WallClock;
use crate::aside;
use crate::cli::Demo;
use crate::commands::serve::{Listening, serve};
use crate::estate;
use crate::fault::{Code, Fault};
use crate::giving::fault;
use crate::sources::keeping::Board;
use faregate_api::demo::{Fill, Generator};
use faregate_app::alerts::STANDARD;
use faregate_app::engine::Engine;
use faregate_app::first_run::{MadeUp, NotFilled, fill};
use faregate_app::gate::{Answer, Gate, OpenRequest};
use faregate_app::import::known::{KnownUse, record_generated};
use faregate_app::orders::{NotDone, Order, Orderer, carry_out};
use faregate_app::ports::Clock;
use faregate_core::estate::Evidence;
use faregate_core::event::{Ask, Circumstances, SessionId};
use faregate_core::tariff::TariffParts;
use faregate_core::when::Instant;
use faregate_sim::{Action, DemoEstate, Size, UseRecord, Workstations, generate};
use faregate_store::directory::{DataDirectory, Unusable};
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc;
use std::time::Duration;

/// Where the demo's store is when nobody says.
const DATA: &str = "faregate-demo";
/// What a server makes up is the same for everybody.
const SEED: u64 = 1;
/// File that marks a directory as the demo's, so that it may be made anew.
const MARK: &str = "made-up-by-faregate-demo";

pub(crate) fn run(data: Option<&Path>, args: &Demo, as_json: bool) -> Result<(), Fault> {
    let path = data.unwrap_or(Path::new(DATA));
    clear(path)?;
    let now = WallClock.now();
    let size = if args.small { Size::small() } else { Size::demo() };
    if !as_json {
        aside!("making up {} people and {} months of history …", size.people, size.months);
    }
    let made_up = generate(args.seed, &size, now, estate::tariff("flex-daily")?.parts().clone());
    let (directory, store) = DataDirectory::create(path)?;
    mark(path)?;
    let mut engine = Engine::load(Box::new(store), Arc::new(WallClock))?;
    record(&mut engine, made_up)?;
    let (seed, off) = (args.seed, args.no_workstations);
    let board = Board::default();
    serve(&directory, engine, Listening::at(args.listen), as_json, &board, |gate| {
        if !off {
            let gate = gate.clone();
            tokio::task::spawn_blocking(move || run_workstations(&gate, seed));
        }
        Ok(())
    })
}

/// Each demo begins anew; a store that is not the demo's is never touched.
fn clear(path: &Path) -> Result<(), Fault> {
    let failed = |why: std::io::Error| Fault::from(Unusable::Io(path.to_owned(), why));
    let is_empty = std::fs::read_dir(path).map_or(true, |mut files| files.next().is_none());
    if is_empty {
        return Ok(());
    }
    if !path.join(MARK).exists() {
        let message = format!("`{}` holds something that the demo did not make", path.display());
        return Err(Fault::new(Code::Data, message, "name another directory with --data"));
    }
    if let Err(in_use @ Unusable::InUse(_)) = DataDirectory::open(path) {
        return Err(in_use.into());
    }
    std::fs::remove_dir_all(path).map_err(failed)
}

fn mark(path: &Path) -> Result<(), Fault> {
    let text = "This directory is made anew by each `faregate demo`.\n";
    std::fs::write(path.join(MARK), text).map_err(|why| Unusable::Io(path.to_owned(), why).into())
}

/// Makes up what a server fills an empty ledger with.
pub(crate) struct MadeUpEstates;

impl Generator for MadeUpEstates {
    fn make_up(&self, small: bool, now: Instant, tariff: TariffParts) -> Fill {
        let size = if small { Size::small() } else { Size::demo() };
        let made_up = generate(SEED, &size, now, tariff);
        Box::new(move |engine, by| {
            let uses = made_up.sessions.iter().map(known).collect();
            fill(engine, by, MadeUp { setup: made_up.setup, uses })?;
            watch(engine, by)
        })
    }
}

/// Sets the usual alert rules, as whoever fills the ledger.
fn watch(engine: &mut Engine, by: &str) -> Result<(), NotFilled> {
    let rules = Order::SetAlertRules { text: STANDARD.to_owned(), anyway: true };
    match carry_out(engine, &Orderer::new(by, true), &rules, false) {
        Ok(_) | Err(NotDone::Refused(_)) => Ok(()),
        Err(NotDone::Failed(failure)) => Err(failure.into()),
    }
}

/// Books the estate and its history the way an import would.
fn record(engine: &mut Engine, made_up: DemoEstate) -> Result<(), Fault> {
    engine.append(made_up.setup)?;
    record_generated(engine, made_up.sessions.iter().map(known))?;
    let watched = Order::SetAlertRules { text: STANDARD.to_owned(), anyway: true };
    carry_out(engine, &Orderer::new("demo", true), &watched, false).map_err(fault)?;
    engine.keep_snapshot()?;
    Ok(())
}

fn known(one: &UseRecord) -> KnownUse<'_> {
    let UseRecord { opened, person, product, closed, ref host } = *one;
    KnownUse { person, product, host, opened, closed }
}

/// Lets the workstations do what their schedule says, until the gate stops.
fn run_workstations(gate: &Gate, seed: u64) {
    let now = gate.now();
    let mut stations = {
        let state = gate.state().read();
        Workstations::new(seed, &state, now, Workstations::count_for(state.estate().people().len()))
    };
    let mut running = BTreeMap::new();
    let mut asked = 0_u64;
    loop {
        let now = gate.now();
        for action in stations.step(now) {
            asked += 1;
            let key = format!("demo-{seed}-{}-{asked}", now.0);
            if !act(gate, &mut stations, &mut running, action, key) {
                return;
            }
        }
        std::thread::sleep(Duration::from_millis(250));
    }
}

/// Does one thing; `false` when the gate has stopped.
fn act(
    gate: &Gate,
    stations: &mut Workstations,
    running: &mut BTreeMap<usize, SessionId>,
    action: Action,
    key: String,
) -> bool {
    match action {
        Action::Open { workstation, person, product, host, address } => {
            let (reply, answer) = mpsc::channel();
            let evidence = Evidence { address: Some(address), ..Evidence::default() };
            let more = Circumstances { evidence, ..Circumstances::default() };
            let ask = Ask { person, product, host, bucket: None, more };
            gate.open(OpenRequest { key, ask }, move |decided| drop(reply.send(decided)));
            let Ok(Ok(decision)) = answer.recv() else { return false };
            match decision.answer {
                Answer::Opened(_) => drop(running.insert(workstation, SessionId(decision.seq))),
                Answer::Refused(_) => stations.turned_away(workstation, gate.now()),
            }
        }
        Action::Heartbeat { workstation } => {
            // A session that was ended for its silence has no heartbeat to give.
            running.get(&workstation).map(|id| gate.heartbeat(*id, true));
        }
        Action::Close { workstation } => {
            if let Some(id) = running.remove(&workstation) {
                gate.close(id, drop);
            }
        }
    }
    true
}
