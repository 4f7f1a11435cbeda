//! What can be said of the sources of use.

use clap::{Args, Subcommand};
use std::path::PathBuf;

#[derive(Subcommand)]
pub(crate) enum Source {
    /// Print where use comes from, how fresh each source is, and what to look at
    List(Named),
    /// Print all that is known of a source
    Show(Show),
    /// Fetch what is new at a source now, and take it in
    Pull(Pull),
    /// Check a file of sources, and do nothing
    Check {
        /// The file
        #[arg(value_name = "FILE")]
        file: PathBuf,
    },
}

#[derive(Args)]
pub(crate) struct Named {
    /// The file of sources [default: sources.toml in the data directory]
    #[arg(long, value_name = "FILE")]
    pub sources: Option<PathBuf>,
}

#[derive(Args)]
pub(crate) struct Show {
    /// Its name
    #[arg(value_name = "NAME")]
    pub name: String,
    #[command(flatten)]
    pub named: Named,
}

#[derive(Args)]
pub(crate) struct Pull {
    /// Its name, as the file of sources says it
    #[arg(value_name = "NAME")]
    pub name: String,
    /// Also take in what could not be taken in before
    #[arg(long)]
    pub again: bool,
    #[command(flatten)]
    pub named: Named,
}
