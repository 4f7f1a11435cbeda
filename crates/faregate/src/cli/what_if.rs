//! What a past period would have been.

use clap::Args;
use std::path::PathBuf;

#[derive(Args)]
pub(crate) struct WhatIf {
    /// First date (YYYY-MM-DD) [default: the first of which use is known]
    #[arg(long, value_name = "DATE")]
    pub from: Option<String>,
    /// Last date (YYYY-MM-DD) [default: the last of which use is known]
    #[arg(long, value_name = "DATE")]
    pub until: Option<String>,
    /// A shipped tariff (flex-daily, guide-hourly, guide-daily) or a file
    #[arg(long, value_name = "NAME")]
    pub tariff: Option<String>,
    /// Price of a token, in the currency that it has
    #[arg(long, value_name = "PRICE")]
    pub token_price: Option<String>,
    /// Who gains or loses a seat: a table of person,offering,change,from
    #[arg(long, value_name = "FILE.csv")]
    pub seats: Option<PathBuf>,
    /// Policies beside those in force, or instead of those of their name: a file or a shipped set; repeat for several
    #[arg(long, value_name = "FILE")]
    pub policies: Vec<String>,
    /// Who belongs where and which bucket gets what: an estate file, or a directory of them; repeat for several
    #[arg(long, value_name = "FILE")]
    pub estate: Vec<PathBuf>,
    /// Keep the result as a data directory, on which every command works
    #[arg(long, value_name = "DIR")]
    pub into: Option<PathBuf>,
    /// At most this many rows of each kind
    #[arg(long, value_name = "N", default_value_t = 10)]
    pub limit: usize,
}
