//! What can be said about the library of reports.

use super::budgets::Span;
use clap::{Args, Subcommand};
use std::path::PathBuf;

#[derive(Subcommand)]
pub(crate) enum Report {
    /// Print the reports that there are, and the formats of each
    List,
    /// Write one to a file
    Make(Make),
}

#[derive(Args)]
pub(crate) struct Make {
    /// Its name, as `faregate report list` prints it
    pub name: String,
    #[command(flatten)]
    pub span: Span,
    /// Only of this bucket; burn is of those below it, too
    #[arg(long, value_name = "BUCKET")]
    pub bucket: Option<String>,
    /// Money in this currency, where it can be converted [default: that of the token price]
    #[arg(long, value_name = "CODE")]
    pub currency: Option<String>,
    /// File to write, whose ending is the format [default: a name with the dates, in the usual format]
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
}
