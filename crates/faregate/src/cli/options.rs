//! What can be said about the licence server: its options file, and who holds what there.

use super::budgets::Giver;
use clap::{Args, Subcommand};
use std::path::PathBuf;

#[derive(Subcommand)]
pub(crate) enum Options {
    /// Print what would change in an options file, and what no line of it can say; writes nothing
    #[command(visible_alias = "diff")]
    Plan(Planned),
    /// Write the options file, have it re-read, and take it back where the daemon did not take it
    Apply(Apply),
    /// Print an options file in sentences
    Explain(OptionsFile),
    /// Print what is wrong with an options file: contradictions, dead rules, unknown names
    Check(OptionsFile),
    /// Print an options file as policies
    Import(ImportOptions),
}

#[derive(Args)]
pub(crate) struct Planned {
    #[command(flatten)]
    pub file: OptionsFile,
    /// What no policy says: codes, reservations, times, borrowing (TOML)
    #[arg(long, value_name = "FILE")]
    pub settings: Option<PathBuf>,
    /// The daemon's debug log, which lists what it serves and repeats its options
    #[arg(long, value_name = "FILE")]
    pub log: Option<PathBuf>,
    /// The daemon whose lines of the log count
    #[arg(long, default_value = "adskflex", value_name = "NAME")]
    pub daemon: String,
}

#[derive(Args)]
pub(crate) struct OptionsFile {
    /// The options file
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    /// More feature codes: lines of code-or-product-part,family-key,display name
    #[arg(long, value_name = "FILE")]
    pub features: Option<PathBuf>,
}

#[derive(Args)]
pub(crate) struct Apply {
    #[command(flatten)]
    pub planned: Planned,
    /// Write only what this plan said, as `options plan` printed its id
    #[arg(long, value_name = "ID")]
    pub plan: Option<String>,
    /// How long to wait for the daemon to repeat its options
    #[arg(long, default_value_t = 30, value_name = "SECONDS")]
    pub wait: u64,
    /// How long the command to re-read may take
    #[arg(long, default_value_t = 60, value_name = "SECONDS")]
    pub limit: u64,
    /// The command to re-read, to the end of the line: lmutil lmreread -c @server -all
    #[arg(long, num_args = 1.., allow_hyphen_values = true, value_name = "COMMAND")]
    pub reread: Vec<String>,
}

#[derive(Args)]
pub(crate) struct ImportOptions {
    #[command(flatten)]
    pub file: OptionsFile,
    /// Adopt them under this name, on trial: nobody is turned away for them
    #[arg(long, value_name = "NAME")]
    pub adopt: Option<String>,
    #[command(flatten)]
    pub giver: Giver,
}

#[derive(Args)]
pub(crate) struct Lmstat {
    /// What `lmutil lmstat -a` printed; `-` reads standard input
    #[arg(value_name = "FILE", required_unless_present = "command", conflicts_with = "command")]
    pub file: Option<PathBuf>,
    /// When that was, in RFC 3339 [default: now]
    #[arg(long, value_name = "TIME", requires = "file")]
    pub at: Option<String>,
    /// Zone of the machine that polls [default: the contract's]
    #[arg(long)]
    pub zone: Option<String>,
    /// More feature codes: lines of code-or-product-part,family-key,display name
    #[arg(long, value_name = "FILE")]
    pub features: Option<PathBuf>,
    /// Poll again and again, and record who came and went in lmstat.jsonl of the data directory
    #[arg(long, value_name = "SECONDS", requires = "command", value_parser = clap::value_parser!(u64).range(1..))]
    pub every: Option<u64>,
    /// Stop after so many polls
    #[arg(long, value_name = "N", requires = "every")]
    pub times: Option<u64>,
    /// How long one poll may take
    #[arg(long, default_value_t = 60, value_name = "SECONDS")]
    pub limit: u64,
    /// The command to poll with: lmutil lmstat -a -c @server
    #[arg(last = true, value_name = "COMMAND")]
    pub command: Vec<String>,
}
