//! The races against the peers, the targets of quality, the morning of the agents, and the kill test.
//!
//! `cargo run --release -p faregate-bench -- races` runs ours and the peers in one run, interleaved, and
//! prints each figure with its target. Nothing of this ships with the product.

mod agents;
mod ambient;
mod chance;
mod command;
mod estate;
mod forecasts;
mod growth;
mod kill;
mod load;
mod logs;
mod look;
mod machine;
mod outcome;
mod peers;
mod portfolio;
mod quality;
mod races;
mod scripts;
mod server;

use clap::{Parser, Subcommand};

#[derive(Parser)]
#[command(name = "faregate-bench", arg_required_else_help = true, disable_help_subcommand = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Race the peers
    Races(races::Races),
    /// Measure the targets of quality
    Quality(quality::Quality),
    /// Load one server without a peer, to profile it
    Look(look::Look),
    /// Import 1, 10, 100 million sessions: time, memory and disk as a curve
    Growth(growth::Growth),
    /// A morning of 100,000 workstation agents
    Agents(agents::Agents),
    /// Kill the server under load and look for what it acknowledged
    Kill {
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        args: Vec<String>,
    },
}

fn main() -> anyhow::Result<()> {
    match Cli::parse().command {
        Command::Races(args) => races::run(&args),
        Command::Quality(args) => quality::run(&args),
        Command::Look(args) => look::run(&args),
        Command::Growth(args) => growth::run(&args),
        Command::Agents(args) => agents::run(&args),
        Command::Kill { args } => kill::run(&args),
    }
}
