//! What can be said about the lake.

use clap::{Args, Subcommand};

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
