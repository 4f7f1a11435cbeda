//! What can be said about policies, caps and what the gate would answer.

use super::budgets::{Giver, Span};
use clap::{Args, Subcommand, ValueEnum};
use std::path::PathBuf;

#[derive(Subcommand)]
pub(crate) enum Policy {
    /// Print the sets of policies that hold
    List,
    /// Print a set of policies, as it holds or as it is shipped
    Show {
        /// Its name
        name: String,
    },
    /// Say whether policies are valid, and what is wrong with them
    Check {
        /// Files, or names of shipped sets
        #[arg(required = true, value_name = "FILE")]
        sets: Vec<String>,
    },
    /// Run the cases that stand beside policies
    Test {
        /// Files, or names of shipped sets [default: all shipped ones]
        #[arg(value_name = "FILE")]
        sets: Vec<String>,
        /// The cases [default: NAME.tests.toml beside the file]
        #[arg(long, value_name = "FILE")]
        cases: Option<PathBuf>,
    },
    /// Print who would be let through and turned away otherwise than today, person by product
    Diff(PolicyChange),
    /// Decide a past period again under other policies: who would have been turned away, what it would have cost
    Simulate(Simulate),
    /// Let a set of policies hold, instead of the one of its name
    Adopt(Adopt),
    /// Let a set of policies hold no longer
    Retire {
        /// Its name
        name: String,
        #[command(flatten)]
        giver: Giver,
    },
}

/// Policies that hold in place of those of their names.
#[derive(Args)]
pub(crate) struct PolicyChange {
    /// Files, or names of shipped sets; each replaces the set of its name
    #[arg(value_name = "FILE")]
    pub sets: Vec<String>,
    /// Sets that would hold no longer
    #[arg(long, value_name = "NAME")]
    pub without: Vec<String>,
}

#[derive(Args)]
pub(crate) struct Simulate {
    #[command(flatten)]
    pub change: PolicyChange,
    #[command(flatten)]
    pub span: Span,
    /// At most this many rows
    #[arg(long, value_name = "N", default_value_t = 50)]
    pub limit: usize,
}

#[derive(Args)]
pub(crate) struct Adopt {
    /// A file, or the name of a shipped set
    #[arg(value_name = "FILE")]
    pub set: String,
    /// Its name [default: the file's]
    #[arg(long)]
    pub name: Option<String>,
    /// Whether it decides or is only watched
    #[arg(long, value_enum, default_value_t = Mode::Monitor)]
    pub mode: Mode,
    #[command(flatten)]
    pub giver: Giver,
}

#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum Mode {
    /// What it would have done is recorded; nobody is turned away for it
    Monitor,
    /// It decides
    Enforce,
}

#[derive(Args)]
pub(crate) struct Quote {
    /// Any alias of the person
    pub person: String,
    /// Key of the product
    pub product: String,
    /// Key of the bucket that shall pay [default: the person's own]
    #[arg(long)]
    pub bucket: Option<String>,
    /// Name of the workstation
    #[arg(long, default_value = "")]
    pub host: String,
    /// Address that the request comes from
    #[arg(long, value_name = "IP")]
    pub address: Option<std::net::IpAddr>,
    /// A data base of addresses and countries, in MaxMind's format
    #[arg(long, value_name = "FILE.mmdb", requires = "address")]
    pub atlas: Option<PathBuf>,
    /// Key of the site that the workstation reports
    #[arg(long)]
    pub site: Option<String>,
    /// The fare that is asked for
    #[arg(long, value_enum)]
    pub fare: Option<Fare>,
    /// At which time, in RFC 3339 [default: now]
    #[arg(long, value_name = "TIME")]
    pub at: Option<String>,
}

#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum Fare {
    /// A seat
    Seat,
    /// Tokens
    Tokens,
}
