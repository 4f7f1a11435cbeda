//! What can be said of channels and deliveries.

use clap::{Args, Subcommand};
use std::path::PathBuf;

#[derive(Subcommand)]
pub(crate) enum Channel {
    /// Print where people are told, and whether it works
    List,
    /// Send a test on a channel, now
    Test {
        /// Its name, as the file of channels says it
        #[arg(value_name = "NAME")]
        name: String,
    },
    /// Check a file of channels, and send nothing
    Check {
        /// The file
        #[arg(value_name = "FILE")]
        file: PathBuf,
    },
}

#[derive(Args)]
pub(crate) struct Deliveries {
    /// On this channel only
    #[arg(long, value_name = "NAME")]
    pub channel: Option<String>,
    /// Standing like this only
    #[arg(long, value_name = "STATE", value_parser = ["waiting", "sent", "given-up"])]
    pub state: Option<String>,
    /// So many at most
    #[arg(long, value_name = "N", default_value_t = 100, value_parser = clap::value_parser!(u16).range(1..=1_000))]
    pub limit: u16,
}
