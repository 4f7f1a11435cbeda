//! What can be said about buying: pools, renewals, the mix of seats and tokens.

use clap::Args;
use std::path::PathBuf;

/// What is offered, and how years are drawn.
#[derive(Args)]
pub(crate) struct Offer {
    /// What the vendor offers and what must hold, in TOML [default: the tariff's prices, and nothing else]
    #[arg(long, value_name = "FILE")]
    pub offer: Option<PathBuf>,
}

#[derive(Args)]
pub(crate) struct Size {
    #[command(flatten)]
    pub offer: Offer,
    /// How many years are drawn
    #[arg(long, default_value_t = 10_000, value_parser = clap::value_parser!(u32).range(100..=100_000))]
    pub years: u32,
    /// The same seed draws the same years
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
}

#[derive(Args)]
pub(crate) struct Renew {
    #[command(flatten)]
    pub size: Size,
    /// Write a brief for the negotiation, too: a .pdf or .xlsx file; may be given several times
    #[arg(long, value_name = "FILE")]
    pub brief: Vec<PathBuf>,
}
