//! The races against the peers, the targets of quality, and the kill test.

mod kill;

use clap::{Parser, Subcommand};

#[derive(Parser)]
#[command(name = "faregate-bench", arg_required_else_help = true, disable_help_subcommand = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Kill the server under load and look for what it acknowledged
    Kill {
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        args: Vec<String>,
    },
}

fn main() -> anyhow::Result<()> {
    match Cli::parse().command {
        Command::Kill { args } => kill::run(&args),
    }
}
