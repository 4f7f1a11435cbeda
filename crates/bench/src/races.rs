//! The races: ours and the peer's in one run, interleaved, at least five rounds.
//!
//! To add a race: a module that returns its outcomes, and its row in [`RACES`].

mod analytics;
mod batches;
pub(crate) mod decisions;
mod forecasts;
pub(crate) mod heartbeats;
pub(crate) mod ingestion;
mod policies;
mod portfolio;
mod sizing;

use crate::machine;
use crate::outcome::{Outcome, heading};
use anyhow::{Result, bail};
use clap::Args;
use serde_json::Value;
use std::path::PathBuf;

/// Fewer rounds say too little on a noisy machine.
const ROUNDS_MIN: usize = 5;

#[derive(Args)]
pub(crate) struct Races {
    /// Which: A1, C1, or all of A, B … [default: all]
    #[arg(value_name = "RACE")]
    names: Vec<String>,
    /// Rounds of each race
    #[arg(long, default_value_t = ROUNDS_MIN)]
    rounds: usize,
    /// Seconds of load in each heat of a round
    #[arg(long, default_value_t = 4.0)]
    seconds: f64,
    /// Share of the full log or history, for a quick look
    #[arg(long, default_value_t = 1.0)]
    scale: f64,
    /// So many policies are in force in races A1 to A3
    #[arg(long, default_value_t = 0, value_name = "N")]
    policies: u32,
    /// The server's binary, instead of the one built beside this program
    #[arg(long, value_name = "FILE")]
    binary: Option<PathBuf>,
    /// Print JSON instead of a table
    #[arg(long)]
    json: bool,
}

/// What every race is given.
pub(crate) struct Setting {
    /// The server's release binary.
    pub(crate) binary: PathBuf,
    /// Where the bench keeps files from one run to the next.
    pub(crate) home: PathBuf,
    pub(crate) rounds: usize,
    pub(crate) seconds: f64,
    pub(crate) scale: f64,
    /// How many policies are in force.
    pub(crate) policies: u32,
}

impl Setting {
    pub(crate) fn new(
        binary: Option<PathBuf>,
        rounds: usize,
        seconds: f64,
        scale: f64,
    ) -> Result<Self> {
        let binary = binary.map_or_else(crate::server::binary, Ok)?;
        let home = crate::ambient::own_directory()?.join("../bench");
        std::fs::create_dir_all(&home)?;
        let home = home.canonicalize()?;
        Ok(Self { binary, home, rounds, seconds, scale, policies: 0 })
    }

    /// An empty directory for a store, under a name of the race's.
    pub(crate) fn fresh(&self, name: &str) -> Result<PathBuf> {
        let path = self.home.join(name);
        if path.exists() {
            std::fs::remove_dir_all(&path)?;
        }
        Ok(path)
    }
}

type Race = fn(&Setting) -> Result<Vec<Outcome>>;

const RACES: [(&str, Race); 12] = [
    ("A1", decisions::run),
    ("A2", batches::run),
    ("A3", heartbeats::run),
    ("A4", policies::run),
    ("B1", ingestion::flexnet),
    ("B2", ingestion::table),
    ("B3", ingestion::events),
    ("C1", analytics::raw),
    ("C2", analytics::warm),
    ("D", portfolio::run),
    ("E", forecasts::run),
    ("E1", sizing::run),
];

pub(crate) fn run(args: &Races) -> Result<()> {
    let is_wanted = |name: &str| {
        args.names.is_empty() || args.names.iter().any(|wanted| name.starts_with(wanted.as_str()))
    };
    if let Some(name) = args.names.iter().find(|name| RACES.iter().all(|r| !r.0.starts_with(*name)))
    {
        bail!("no race `{name}`; there are A1 to A4, B1 to B3, C1, C2, D, E and E1");
    }
    if args.rounds < ROUNDS_MIN {
        eprintln!("fewer than {ROUNDS_MIN} rounds: a look, not a result");
    }
    let setting = Setting::new(args.binary.clone(), args.rounds, args.seconds, args.scale)?;
    let setting = Setting { policies: args.policies, ..setting };
    let mut outcomes = Vec::new();
    for (name, race) in RACES.iter().filter(|(name, _)| is_wanted(name)) {
        let before = machine::load_average();
        eprintln!("{name}: load average {before} before");
        let mut found = race(&setting)?;
        let load = format!(
            "{} policies in force; load average {before} before, {} after",
            setting.policies,
            machine::load_average()
        );
        found.iter_mut().for_each(|outcome| outcome.notes.push(load.clone()));
        outcomes.append(&mut found);
    }
    print(&outcomes, args.json);
    Ok(())
}

fn print(outcomes: &[Outcome], as_json: bool) {
    if as_json {
        println!("{}", outcomes.iter().map(Outcome::json).collect::<Value>());
        return;
    }
    println!("{}\n\n{}", machine::class(), heading());
    outcomes.iter().for_each(|outcome| println!("{}", outcome.line()));
    println!();
    for outcome in outcomes {
        outcome.wrong.iter().for_each(|wrong| println!("{}: WRONG: {wrong}", outcome.race));
        outcome.notes.iter().for_each(|note| println!("{}: {note}", outcome.race));
    }
}
