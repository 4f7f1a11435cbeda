//! What can be said about buckets, packs, requests and their cost.

use clap::{Args, Subcommand, ValueEnum};
use std::path::PathBuf;

#[derive(Subcommand)]
pub(crate) enum Bucket {
    /// Print all buckets as a tree, with what each has
    List,
    /// Print one bucket
    Show {
        /// Its key
        key: String,
    },
    /// Open a bucket, or change what is agreed of one
    Set(SetBucket),
    /// Move tokens between two buckets, or between one and the unallocated part of the pool
    Transfer(Transfer),
    /// Print every change of a bucket's tokens in a period, to the tick
    Statement(Statement),
    /// Print what a wall between buckets costs: the safety stock of each, beside that of all together
    Wall(Wall),
    /// Take in buckets from a CSV file
    Import(ImportFile),
}

#[derive(Args)]
pub(crate) struct SetBucket {
    /// Its key; a new one opens a bucket
    pub key: String,
    /// Name to show
    #[arg(long)]
    pub name: Option<String>,
    /// Key of the bucket above
    #[arg(long, value_name = "BUCKET")]
    pub parent: Option<String>,
    /// Those who decide on it; repeat for several
    #[arg(long, value_name = "PERSON")]
    pub owner: Vec<String>,
    /// How long its allocation is for: open, month, quarter, year, or 2026-01-01..2026-12-31
    #[arg(long)]
    pub period: Option<String>,
    /// What becomes of the rest then: return, carry, expire
    #[arg(long)]
    pub leftover: Option<String>,
    /// Let those below borrow from it, on approval
    #[arg(long)]
    pub lends: Option<bool>,
    /// Tokens to give to it, when it is new
    #[arg(long, value_name = "N")]
    pub tokens: Option<String>,
    #[command(flatten)]
    pub trial: Trial,
}

#[derive(Args)]
pub(crate) struct Transfer {
    /// How many
    #[arg(value_name = "TOKENS", allow_negative_numbers = true)]
    pub tokens: String,
    /// Key of the bucket that gives [default: the unallocated part of the pool]
    #[arg(long, value_name = "BUCKET")]
    pub from: Option<String>,
    /// Key of the bucket that gets [default: the unallocated part of the pool]
    #[arg(long, value_name = "BUCKET")]
    pub to: Option<String>,
    /// Why
    #[arg(long, default_value = "")]
    pub why: String,
    #[command(flatten)]
    pub giver: Giver,
}

#[derive(Args)]
pub(crate) struct Statement {
    /// Its key [default: the whole contract]
    pub key: Option<String>,
    #[command(flatten)]
    pub span: Span,
}

#[derive(Args)]
pub(crate) struct Wall {
    /// Keys of the buckets [default: all that have tokens]
    pub keys: Vec<String>,
    /// Coefficient of variation of each demand
    #[arg(long, default_value_t = 0.2, allow_negative_numbers = true)]
    pub cv: f64,
    /// Standard deviations of safety
    #[arg(long, default_value_t = 2.0, allow_negative_numbers = true)]
    pub z: f64,
}

#[derive(Args)]
pub(crate) struct ImportFile {
    /// The file
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    #[command(flatten)]
    pub trial: Trial,
}

/// A period of dates.
#[derive(Args)]
pub(crate) struct Span {
    /// First date (YYYY-MM-DD) [default: the first of this month]
    #[arg(long, value_name = "DATE")]
    pub from: Option<String>,
    /// Last date (YYYY-MM-DD) [default: today]
    #[arg(long, value_name = "DATE")]
    pub to: Option<String>,
}

/// Whether to do it, or only to say what it would do.
#[derive(Args)]
pub(crate) struct Trial {
    /// Say what would change, and change nothing
    #[arg(long)]
    pub dry_run: bool,
}

/// Who gives an order, and whether it is meant.
#[derive(Args)]
pub(crate) struct Giver {
    /// For whom: any alias of a person [default: the operating system's account]
    #[arg(long = "as", value_name = "PERSON")]
    pub on_behalf_of: Option<String>,
    #[command(flatten)]
    pub trial: Trial,
}

#[derive(Subcommand)]
pub(crate) enum Pack {
    /// Print all packs
    List,
    /// Take in a pack
    Buy(Buy),
    /// Correct what a pack holds, because the vendor counts otherwise
    Correct(Correct),
    /// Note what the vendor says is left, and print what the difference to ours consists of
    Balance(Balance),
}

#[derive(Args)]
pub(crate) struct Buy {
    /// How many tokens
    #[arg(value_name = "TOKENS")]
    pub tokens: String,
    /// Name to show
    #[arg(long, default_value = "Pack")]
    pub name: String,
    /// What kind of pool it belongs to
    #[arg(long, value_enum, default_value_t = PackKind::Flex)]
    pub kind: PackKind,
    /// First date
    #[arg(long, value_name = "DATE")]
    pub from: String,
    /// Last date
    #[arg(long, value_name = "DATE")]
    pub until: String,
    /// What a token of it cost, for example 2.85
    #[arg(long)]
    pub price: Option<String>,
    /// Its currency
    #[arg(long, default_value = "USD")]
    pub currency: String,
    #[command(flatten)]
    pub giver: Giver,
}

#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum PackKind {
    /// A Flex pack
    Flex,
    /// The annual pool of an EBA (CY)
    ContractYear,
    /// The multi-year pool of an EBA (MY)
    MultiYear,
}

#[derive(Args)]
pub(crate) struct Correct {
    /// Number of the pack
    pub pack: u32,
    /// How many more it holds; negative for fewer
    #[arg(value_name = "TOKENS", allow_negative_numbers = true)]
    pub tokens: String,
    /// Who gains or loses them [default: the unallocated part of the pool]
    #[arg(long, value_name = "BUCKET")]
    pub bucket: Option<String>,
    /// Why
    #[arg(long)]
    pub why: String,
    #[command(flatten)]
    pub giver: Giver,
}

#[derive(Args)]
pub(crate) struct Balance {
    /// How many tokens the vendor says are left [default: print the last comparison]
    #[arg(value_name = "TOKENS", requires = "at")]
    pub tokens: Option<String>,
    /// As of when: a date, or a time in RFC 3339
    #[arg(long, value_name = "TIME")]
    pub at: Option<String>,
    #[command(flatten)]
    pub giver: Giver,
}

#[derive(Subcommand)]
pub(crate) enum Request {
    /// Print requests that wait for an answer
    List {
        /// Print all, also those that were answered
        #[arg(long)]
        all: bool,
    },
    /// Print one request, and who can answer it
    Show {
        /// Its id (r42)
        id: String,
    },
    /// Ask for tokens
    Make(MakeRequest),
    /// Say yes
    Approve(Approve),
    /// Say no
    Decline(Decline),
}

#[derive(Args)]
pub(crate) struct MakeRequest {
    /// How many
    #[arg(value_name = "TOKENS", allow_negative_numbers = true)]
    pub tokens: String,
    /// For which bucket [default: one's own]
    #[arg(long)]
    pub bucket: Option<String>,
    /// Why
    #[arg(long)]
    pub why: String,
    /// When they are given back, if they are only borrowed: a date
    #[arg(long, value_name = "DATE")]
    pub due: Option<String>,
    #[command(flatten)]
    pub giver: Giver,
}

#[derive(Args)]
pub(crate) struct Approve {
    /// Its id (r42)
    pub id: String,
    /// To how many [default: what was asked]
    #[arg(long, value_name = "N")]
    pub tokens: Option<String>,
    /// In your words
    #[arg(long, default_value = "")]
    pub comment: String,
    #[command(flatten)]
    pub giver: Giver,
}

#[derive(Args)]
pub(crate) struct Decline {
    /// Its id (r42)
    pub id: String,
    /// In your words
    #[arg(long, default_value = "")]
    pub comment: String,
    #[command(flatten)]
    pub giver: Giver,
}

#[derive(Args)]
pub(crate) struct Chargeback {
    /// What to split by: bucket, product, person, or a dimension of groups such as department, cost-centre
    #[arg(long, default_value = "department")]
    pub by: String,
    #[command(flatten)]
    pub span: Span,
    /// Currency to print, through the exchange rates that were told [default: the tariff's]
    #[arg(long)]
    pub currency: Option<String>,
}
