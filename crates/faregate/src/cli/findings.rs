//! What can be said about findings.

use super::budgets::Giver;
use clap::{Args, Subcommand, ValueEnum};

#[derive(Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(crate) struct Findings {
    #[command(subcommand)]
    pub action: Option<Judge>,
    #[command(flatten)]
    pub which: Which,
}

#[derive(Args)]
pub(crate) struct Which {
    /// Only those of this class, such as burst or shared-credentials
    #[arg(long)]
    pub class: Option<String>,
    #[command(flatten)]
    pub since: Since,
}

#[derive(Args)]
pub(crate) struct Since {
    /// First date (YYYY-MM-DD) [default: five weeks ago]
    #[arg(long, value_name = "DATE")]
    pub since: Option<String>,
}

#[derive(Subcommand)]
pub(crate) enum Judge {
    /// Say whether a finding is one; what is dismissed is not found again
    Judge {
        /// Its id, as `findings` prints it
        id: String,
        /// What it is worth
        #[arg(value_enum)]
        verdict: Verdict,
        /// Why
        #[arg(long)]
        why: String,
        #[command(flatten)]
        since: Since,
        #[command(flatten)]
        giver: Giver,
    },
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Verdict {
    /// It is one
    Confirm,
    /// It is none
    Dismiss,
}
