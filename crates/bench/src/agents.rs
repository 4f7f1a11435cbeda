//! A morning of 100,000 workstation agents, each with a key of its own, on the real server.
//!
//! The generator is one thread that says what agents say: each request signed with the device's key, beats spread
//! evenly over five minutes, opens crowding in the middle of the morning, every answer held against the contract.
//! An agent opens a connection for each request (`--connect`); the default keeps 64, as a proxy in front would,
//! more than are ever under way at once, so that figures are those of the server and not of the kernel. After the
//! morning the server is stopped, and its store must hold exactly the sessions that run.

mod contract;
mod morning;
mod pool;
mod report;
mod tally;

use crate::ambient::{Tick, WallClock};
use crate::races::Setting;
use crate::server::Server;
use anyhow::{Context, Result, anyhow, ensure};
use clap::Args;
use faregate_app::engine::Engine;
use faregate_core::estate::DeviceId;
use faregate_core::event::SessionId;
use faregate_store::directory::DataDirectory;
use morning::{Course, Morning};
use pool::Pool;
use report::{Report, Used, progress};
use std::path::{Path, PathBuf};
use std::sync::Arc;

#[derive(Args)]
pub(crate) struct Agents {
    /// Workstations, each with a person
    #[arg(long, default_value_t = 100_000)]
    agents: u32,
    /// How long the morning is
    #[arg(long, default_value_t = 10.0)]
    minutes: f64,
    /// Products opened in that time
    #[arg(long, default_value_t = 30_000)]
    opens: u32,
    /// So many times as fast as life
    #[arg(long, default_value_t = 1.0)]
    speed: f64,
    /// Connections that are kept
    #[arg(long, default_value_t = 64)]
    connections: usize,
    /// A connection for each request, as agents have it
    #[arg(long)]
    connect: bool,
    /// The same seed has the same keys and the same morning
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// 2,000 agents for some seconds: whether it is right, not how fast
    #[arg(long)]
    short: bool,
    /// The server's binary, instead of the one built beside this program
    #[arg(long, value_name = "FILE")]
    binary: Option<PathBuf>,
}

/// Lets the agents have their morning.
///
/// # Errors
/// Whatever was wrong or lost.
pub(crate) fn run(args: &Agents) -> Result<()> {
    let (agents, opens, speed) =
        if args.short { (2_000, 600, 100.0) } else { (args.agents, args.opens, args.speed) };
    ensure!(agents > 0 && speed > 0.0 && args.connections > 0, "there must be some of each");
    let course = Course { opens, minutes: args.minutes, speed, seed: args.seed };
    let kept = (!args.connect).then_some(args.connections);
    let setting = Setting::new(args.binary.clone(), 1, 1.0, 1.0)?;
    let data = setting.fresh("store-agents")?;
    let keys = contract::keys(args.seed, agents);
    let (events, signs) = contract::create(&data, &keys)?;
    let size = bytes(&data)?;
    let started = Tick::now();
    let server = Server::start(&setting.binary, &data)?;
    let loaded = started.seconds();
    let at_rest = server.memory()?.0;
    let mut pool = Pool::new(server.address, kept)?;
    let mut morning = Morning::new(course, &keys, signs);
    let mut minutes = vec![Used::now(&server)?];
    morning.run(&mut pool, |tally| {
        minutes.push(Used::now(&server)?);
        eprintln!("minute {}: {}", minutes.len() - 1, progress(tally));
        Ok(())
    })?;
    minutes.push(Used::now(&server)?);
    let memory = server.memory()?;
    server.stop()?;
    let (last, sessions) = audit(&data, &morning)?;
    let grown = bytes(&data)?.saturating_sub(size);
    let (events, tally) = (last - events, &morning.tally);
    let report = Report { tally, minutes, loaded, at_rest, memory, events, grown, sessions };
    println!("{agents} agents, {opens} opens, {} minutes at {speed} x speed", args.minutes);
    println!("connections: {}", kept.map_or("one a request".to_owned(), |kept| kept.to_string()));
    report.print();
    let wrong = tally.total(|answered| answered.wrong + answered.lost);
    ensure!(wrong == 0, "{wrong} answers were wrong or never came");
    Ok(())
}

/// Holds the store as it was left against what the agents believe; the place of its last event, and how many
/// sessions run.
fn audit(data: &Path, morning: &Morning<'_>) -> Result<(u64, usize)> {
    let (_directory, store) = DataDirectory::open(data).map_err(|why| anyhow!("{why:?}"))?;
    let engine = Engine::load(Box::new(store), Arc::new(WallClock))?;
    let violations = engine.violations();
    ensure!(violations.is_empty(), "broken invariants: {violations:?}");
    let (shared, mut run) = (engine.state(), 0);
    let state = shared.read();
    for visit in &morning.visits {
        let Some(id) = &visit.session else { continue };
        let id: SessionId = id.parse().map_err(|_| anyhow!("`{id}` is no session"))?;
        let session = state.sessions().get(&id).with_context(|| format!("{id} does not run"))?;
        ensure!(session.device == Some(DeviceId(visit.agent)), "{id} is another device's");
        run += 1;
    }
    let stored = state.sessions().len();
    ensure!(stored == run, "{stored} sessions run in the store, {run} on the workstations");
    Ok((state.seq(), run))
}

/// What the files of a data directory come to.
fn bytes(data: &Path) -> Result<u64> {
    let mut sum = 0;
    for entry in std::fs::read_dir(data)? {
        sum += entry?.metadata()?.len();
    }
    Ok(sum)
}
