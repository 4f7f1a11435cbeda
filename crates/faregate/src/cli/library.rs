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
    /// Have reports sent by mail, by the clock
    #[command(subcommand)]
    Schedule(Schedule),
}

#[derive(Subcommand)]
pub(crate) enum Schedule {
    /// Print the reports that are sent
    List,
    /// Have one sent
    Add(Said),
    /// Change one, as a whole
    Change(Said),
    /// Send it no longer
    Remove {
        /// Its key
        key: String,
    },
    /// Send it now, beside its clock
    Send {
        /// Its key
        key: String,
    },
}

#[derive(Args)]
pub(crate) struct Said {
    /// Its key: small letters, digits and `-`
    pub key: String,
    /// Name of the report, as `faregate report list` prints it
    pub report: String,
    /// Who gets it: an e-mail address, or several
    #[arg(long, required = true, value_name = "ADDRESS", value_delimiter = ',')]
    pub to: Vec<String>,
    /// How often: daily, weekly (on Mondays) or monthly (on the first), each of the period before
    #[arg(long, default_value = "weekly", value_name = "CADENCE")]
    pub every: String,
    /// At which time of the day
    #[arg(long, default_value = "07:00", value_name = "HH:MM")]
    pub at: String,
    /// In which zone [default: the contract's]
    #[arg(long, value_name = "ZONE")]
    pub zone: Option<String>,
    /// xlsx, pdf, csv or ics [default: the report's usual one]
    #[arg(long, value_name = "FORMAT")]
    pub format: Option<String>,
    /// Mail channel of channels.toml on which it goes [default: the only one]
    #[arg(long, value_name = "CHANNEL")]
    pub channel: Option<String>,
    /// Only of this bucket
    #[arg(long, value_name = "BUCKET")]
    pub bucket: Option<String>,
    /// Money in this currency, where it can be converted
    #[arg(long, value_name = "CODE")]
    pub currency: Option<String>,
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
