//! What can be said about workstations and their agents.

use super::budgets::Giver;
use clap::{Args, Subcommand};
use std::path::PathBuf;

#[derive(Subcommand)]
pub(crate) enum Agent {
    /// Print the workstations, and when they were last heard of
    List,
    /// Make codes with which workstations enrol; they are shown only now
    Code(MakeCodes),
    /// Let a workstation speak for itself no longer, from this moment on
    Revoke {
        /// Its id, as `faregate agent list` prints it: d42
        id: String,
        #[command(flatten)]
        giver: Giver,
    },
    /// Print the rules for agents that hold: what they watch, and how far they go
    Rules,
    /// Say whether a file of rules for agents can be read
    CheckRules {
        /// The file, in TOML
        file: PathBuf,
    },
    /// Let a file of rules for agents hold
    SetRules {
        /// The file, in TOML
        file: PathBuf,
        #[command(flatten)]
        giver: Giver,
    },
}

#[derive(Args)]
pub(crate) struct MakeCodes {
    /// How many
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=1_000))]
    pub count: u32,
    /// For how many days they can be used
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=30))]
    pub days: u32,
    /// Each enrols any number of workstations, and not just one
    #[arg(long)]
    pub shared: bool,
    /// Any name of the one person whose workstation it will be [default: anybody's]
    #[arg(long, value_name = "PERSON")]
    pub person: Option<String>,
}
