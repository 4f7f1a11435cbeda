//! What can be said about the lake.

use clap::{Args, Subcommand};
use std::net::SocketAddr;
use std::path::PathBuf;

#[derive(Subcommand)]
pub(crate) enum Lake {
    /// Bring all that the store has into the lake; a server does it every minute
    Sync,
    /// Print where the lake is, and what is in it
    Status,
    /// Compare the lake with the store: sums to the tick, counts to the row
    Check,
    /// Put small files together into large sorted ones
    Compact,
    /// Remove files that nothing in the lake names any more
    Vacuum(Vacuum),
    /// Let the lake name a person no longer; sums stay what they are
    Erase(Erase),
}

#[derive(Args)]
pub(crate) struct Vacuum {
    /// Keep what was removed since so many days: whoever reads the lake may be at it still
    #[arg(long, value_name = "N", default_value_t = 7)]
    pub days: u32,
}

#[derive(Args)]
pub(crate) struct Erase {
    /// Any of their names
    pub person: String,
}

#[derive(Args)]
pub(crate) struct Sql {
    /// A statement in SQL, the name of a query, or - for a statement on standard input
    /// [default: print the queries that have names]
    pub question: Option<String>,
    /// A parameter of a query with a name; repeat for several
    #[arg(long = "param", value_name = "NAME=VALUE")]
    pub parameters: Vec<String>,
    /// Print CSV instead of words
    #[arg(long, conflicts_with = "parquet")]
    pub csv: bool,
    /// Write a Parquet file instead of printing rows
    #[arg(long, value_name = "FILE")]
    pub parquet: Option<PathBuf>,
    /// Give up after so many seconds
    #[arg(long, value_name = "SECONDS", default_value_t = 300, value_parser = clap::value_parser!(u64).range(1..))]
    pub time: u64,
    /// Take so much memory for sorting and joining, in MiB; what needs more goes to the disk
    #[arg(long, value_name = "MIB", default_value_t = 512, value_parser = clap::value_parser!(u64).range(16..))]
    pub memory: u64,
}

/// The endpoint for programs that speak PostgreSQL.
#[derive(Args)]
pub(crate) struct Endpoint {
    /// Also answer SQL over the lake here, to programs that speak PostgreSQL; port 0 takes a free one
    #[arg(long, value_name = "ADDR")]
    pub sql: Option<SocketAddr>,
    /// Certificate of that endpoint, in PEM; needed when it listens to other machines
    #[arg(long, value_name = "FILE", requires_all = ["sql", "sql_key"])]
    pub sql_certificate: Option<PathBuf>,
    /// Key of the certificate, in PEM
    #[arg(long, value_name = "FILE", requires_all = ["sql", "sql_certificate"])]
    pub sql_key: Option<PathBuf>,
    /// How many may be connected to it at once
    #[arg(long, value_name = "N", default_value_t = 32, requires = "sql")]
    pub sql_connections: usize,
    /// How many seconds a statement may take
    #[arg(long, value_name = "SECONDS", default_value_t = 300, requires = "sql")]
    pub sql_time: u64,
}
