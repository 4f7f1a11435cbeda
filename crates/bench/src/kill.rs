//! Killing the server under load, and looking whether everything that was acknowledged is still there.
//!
//! The real server on a store of its own; many connections that open, ask again and close; `SIGKILL` at a
//! seeded moment. After each kill `doctor` looks at the store as it was left, the server starts again, and
//! every acknowledged answer of the round, and a sample of the older ones, is asked for again: it must be
//! the same, and the tokens spent must be those of the answers, no more and no less. At the end all
//! answers ever given are asked for again.

mod caller;
mod contract;
mod load;
mod record;

use crate::ambient::{self, Tick};
use crate::chance::Chance;
use crate::command::output;
use crate::server::{Server, binary};
use anyhow::{Context, Result, bail};
use caller::Caller;
use clap::Parser;
use load::Load;
use record::{Losses, Record};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

/// Older answers that are asked for again after each kill.
const SAMPLE: usize = 500;

/// Kill the server under load and look for what it acknowledged
#[derive(Parser)]
#[command(name = "faregate-bench kill")]
struct Plan {
    /// So many times
    #[arg(long, default_value_t = 100)]
    kills: u32,
    /// 10 times
    #[arg(long)]
    short: bool,
    /// Connections
    #[arg(long, default_value_t = 16)]
    connections: u32,
    /// The same seed kills at the same moments
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

/// Runs the kill test.
///
/// # Errors
/// Whatever went missing.
pub(crate) fn run(args: &[String]) -> Result<()> {
    let named = ["kill".to_owned()].into_iter().chain(args.iter().cloned());
    let mut plan = Plan::try_parse_from(named).unwrap_or_else(|wrong| wrong.exit());
    if plan.short {
        plan.kills = 10;
    }
    let binary = binary()?;
    let data = ambient::own_directory()?.join(format!("kill-{}", ambient::chance()));
    contract::create(&data)?;
    let start = Tick::now();
    let mut test = Test { binary, data, record: Record::default(), losses: Losses::default() };
    let ran = test.rounds(&plan);
    let Test { data, record, losses, .. } = test;
    let line =
        format!("{} kills / {} acks / {} lost", plan.kills, record.acknowledged(), losses.count());
    println!("{line}");
    println!("{}; {:.0} s", record.in_words(), start.seconds());
    losses.first().iter().for_each(|loss| eprintln!("lost: {loss}"));
    // A store in which something is missing is kept, to be looked at.
    if let Err(why) = ran {
        return Err(why.context(format!("the store is kept in `{}`", data.display())));
    }
    if losses.count() > 0 {
        bail!("{line}; the store is kept in `{}`", data.display());
    }
    Ok(std::fs::remove_dir_all(&data)?)
}

struct Test {
    binary: PathBuf,
    data: PathBuf,
    record: Record,
    losses: Losses,
}

impl Test {
    fn rounds(&mut self, plan: &Plan) -> Result<()> {
        let mut chance = Chance::new(plan.seed);
        let mut server = Server::start(&self.binary, &self.data)?;
        for round in 1..=plan.kills {
            let load = Load::start(&server, round, plan, &self.record, &mut chance)?;
            std::thread::sleep(moment(&mut chance));
            server.kill()?;
            let seen = load.end()?;
            healthy(&self.binary, &self.data)?;
            server = Server::start(&self.binary, &self.data)?;
            let mut caller = Caller::of(&server)?;
            let fresh = self.record.take(seen, &mut self.losses);
            self.record.settle(&mut caller, &mut self.losses)?;
            self.record.verify(fresh, &mut caller, &mut self.losses)?;
            let sample = self.record.sample(SAMPLE, &mut chance);
            self.record.verify_some(&sample, &mut caller, &mut self.losses)?;
            self.record.verify_spent(&mut caller, &mut self.losses)?;
            eprint!("\r{round} kills, {} acks ", self.record.acknowledged());
        }
        eprintln!();
        self.record.verify(0, &mut Caller::of(&server)?, &mut self.losses)?;
        server.stop()?;
        healthy(&self.binary, &self.data)
    }
}

/// How long the load runs before the kill; now and then hardly at all.
fn moment(chance: &mut Chance) -> Duration {
    let millis = if chance.happens(0.1) { chance.below(10) } else { chance.below(400) };
    Duration::from_millis(u64::from(millis))
}

/// What `doctor` says of the store as the kill left it.
fn healthy(binary: &Path, data: &Path) -> Result<()> {
    let mut doctor = Command::new(binary);
    doctor.args(["--json", "doctor", "--data"]).arg(data);
    output(&mut doctor).map(drop).context("the store is not healthy after a kill")
}
