//! What can be said of imports once they are made.

use clap::Args;

#[derive(Args)]
pub(crate) struct List {
    /// How many at most
    #[arg(long, default_value_t = 20, value_name = "COUNT")]
    pub limit: usize,
}

#[derive(Args)]
pub(crate) struct Show {
    /// Its number, as `faregate import list` tells it
    #[arg(value_name = "NUMBER")]
    pub number: u32,
    /// List where sources of other kinds tell otherwise of the same use
    #[arg(long)]
    pub differences: bool,
}

#[derive(Args)]
pub(crate) struct Undo {
    /// Its number, as `faregate import list` tells it
    #[arg(value_name = "NUMBER")]
    pub number: u32,
    /// Say what it would do, and do nothing
    #[arg(long)]
    pub dry_run: bool,
    /// More feature codes: lines of code-or-product-part,family-key,display name
    #[arg(long, value_name = "FILE")]
    pub features: Option<std::path::PathBuf>,
}
