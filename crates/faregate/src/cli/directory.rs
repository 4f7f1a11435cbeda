//! What can be said about the company's directory.

use clap::{Args, Subcommand};
use std::path::PathBuf;

#[derive(Subcommand)]
pub(crate) enum Directory {
    /// Read the directory, print who would go into which group and who out, and keep that as a plan; change nothing
    Plan(Settings),
    /// Print a plan, and how far it has come
    Show {
        /// Its first digits, or its file
        plan: String,
    },
    /// Carry a plan out, or what is left of it
    Execute(Execute),
    /// Plan to take back what was done of a plan; change nothing
    Undo {
        /// Its first digits, or its file
        plan: String,
        #[command(flatten)]
        settings: Settings,
    },
    /// Write the vendor's bulk-import files: of a plan, or of everybody who is to have each product
    Csv(Csv),
}

#[derive(Args)]
pub(crate) struct Settings {
    /// What to do with which directory [default: directory.toml in the data directory]
    #[arg(long, value_name = "FILE")]
    pub settings: Option<PathBuf>,
}

#[derive(Args)]
pub(crate) struct Execute {
    /// Its first digits, or its file
    pub plan: String,
    /// The plan's digest, as `show` prints it: more may go than the limits allow
    #[arg(long, value_name = "DIGEST")]
    pub confirm: Option<String>,
    /// For whom: any alias of a person [default: the operating system's account]
    #[arg(long = "as", value_name = "PERSON")]
    pub on_behalf_of: Option<String>,
    #[command(flatten)]
    pub settings: Settings,
}

#[derive(Args)]
pub(crate) struct Csv {
    /// A plan's first digits, or its file; without one, everybody is assigned what they are to have
    pub plan: Option<String>,
    /// An empty directory for the files; it is made if it is not there
    #[arg(long, value_name = "DIR")]
    pub into: PathBuf,
    /// Begin the files with a byte order mark, which some spreadsheets need for accents
    #[arg(long)]
    pub bom: bool,
    #[command(flatten)]
    pub settings: Settings,
}
