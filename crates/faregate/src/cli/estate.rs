//! What can be said about people, groups, seats and places.

use super::budgets::{Giver, ImportFile, Span, Trial};
use super::imports::Dates;
use clap::{Args, Subcommand, ValueEnum};
use std::path::PathBuf;

#[derive(Subcommand)]
pub(crate) enum Estate {
    /// Take in people, groups, seats, sites, buckets, caps and terms from files: all of it, or nothing
    Apply {
        /// TOML or CSV files (people.csv, groups.csv, seats.csv, …)
        #[arg(required = true, value_name = "FILE")]
        files: Vec<PathBuf>,
        /// Whether days or months come first in the dates of leavers.csv and other lists
        #[arg(long, value_enum)]
        dates: Option<Dates>,
        #[command(flatten)]
        trial: Trial,
    },
    /// Print the estate as a file that `estate apply` takes in
    Export,
}

#[derive(Subcommand)]
pub(crate) enum Person {
    /// Print people
    List {
        /// Only those whose key, name or alias contains this
        #[arg(long, value_name = "TEXT")]
        search: Option<String>,
        /// At most this many
        #[arg(long, value_name = "N", default_value_t = 50)]
        limit: usize,
    },
    /// Print one person: names, groups, seats, what they use
    Show {
        /// Any alias
        alias: String,
    },
    /// Add a person, or change one
    Set(SetPerson),
    /// Give a person a further name
    Alias(AliasPerson),
    /// Print what would change if two were one person, and make them one with --apply
    Merge(MergePeople),
    /// Print what would change if a merge were taken back, and take it back with --apply
    Unmerge(UnmergePerson),
    /// Take in people from a CSV file, or from a list that another department keeps
    Import(ImportPeople),
}

#[derive(Args)]
pub(crate) struct ImportPeople {
    /// The file
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    /// What the file is a list of, when it is not written for Faregate
    #[arg(long, value_enum)]
    pub list: Option<List>,
    /// Whether days or months come first in the dates of such a list
    #[arg(long, value_enum)]
    pub dates: Option<Dates>,
    #[command(flatten)]
    pub trial: Trial,
}

/// A list of people that another department keeps.
#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum List {
    /// Who leaves, and their last day
    Leavers,
    /// Who belongs to which department and cost centre, and reports to whom
    OrgChart,
    /// Who has an account with the vendor
    NamedUsers,
}

#[derive(Args)]
pub(crate) struct SetPerson {
    /// Their key; a new one adds a person
    pub key: String,
    /// Name to show
    #[arg(long)]
    pub name: Option<String>,
    /// The bucket that pays for them
    #[arg(long)]
    pub bucket: Option<String>,
    /// Groups that they are in, instead of those they were in; repeat for several
    #[arg(long, value_name = "GROUP")]
    pub group: Vec<String>,
    /// Whether they work here on a contract of their own
    #[arg(long)]
    pub contractor: Option<bool>,
    /// Last date on which they may open anything
    #[arg(long, value_name = "DATE")]
    pub until: Option<String>,
    #[command(flatten)]
    pub trial: Trial,
}

#[derive(Args)]
pub(crate) struct AliasPerson {
    /// Whose: their key
    pub key: String,
    /// The name: a login, e-mail, Autodesk ID, FlexNet user name, hashed id
    pub alias: String,
    /// First date on which it is theirs
    #[arg(long, value_name = "DATE")]
    pub from: Option<String>,
    /// Last date on which it is theirs
    #[arg(long, value_name = "DATE")]
    pub until: Option<String>,
    #[command(flatten)]
    pub trial: Trial,
}

#[derive(Args)]
pub(crate) struct MergePeople {
    /// Any alias of the person who stays
    pub person: String,
    /// Any alias of who turned out to be the same person: what they used becomes that of the first
    pub other: String,
    /// Do it, and not only print it
    #[arg(long)]
    pub apply: bool,
    /// For whom: any alias of a person [default: the operating system's account]
    #[arg(long = "as", value_name = "PERSON")]
    pub on_behalf_of: Option<String>,
}

#[derive(Args)]
pub(crate) struct UnmergePerson {
    /// Key, or a name without dates, of who was merged into somebody
    pub person: String,
    /// Do it, and not only print it
    #[arg(long)]
    pub apply: bool,
    /// For whom: any alias of a person [default: the operating system's account]
    #[arg(long = "as", value_name = "PERSON")]
    pub on_behalf_of: Option<String>,
}

#[derive(Subcommand)]
pub(crate) enum Group {
    /// Print all groups, and how many are in each
    List,
    /// Add a group, or change one
    Set(SetGroup),
    /// Take in groups from a CSV file
    Import(ImportFile),
}

#[derive(Args)]
pub(crate) struct SetGroup {
    /// Its key; a new one adds a group
    pub key: String,
    /// Name to show
    #[arg(long)]
    pub name: Option<String>,
    /// Groups of one dimension exclude each other
    #[arg(long)]
    pub dimension: Option<String>,
    /// Groups whose members its members are as well; repeat for several
    #[arg(long, value_name = "GROUP")]
    pub parent: Vec<String>,
    #[command(flatten)]
    pub trial: Trial,
}

#[derive(Subcommand)]
pub(crate) enum Seat {
    /// Print all seats
    List {
        /// Only those that nobody holds
        #[arg(long)]
        free: bool,
    },
    /// Give a free seat to somebody
    Assign {
        /// Its number
        seat: u32,
        /// Any alias of the person
        person: String,
        #[command(flatten)]
        giver: Giver,
    },
    /// Free a seat
    Free {
        /// Its number
        seat: u32,
        #[command(flatten)]
        giver: Giver,
    },
    /// Take in seats from a CSV file
    Import(ImportFile),
}

#[derive(Subcommand)]
pub(crate) enum Site {
    /// Print all sites, regions, and what may be used where
    List,
    /// Take in sites from a CSV file
    Import(ImportFile),
}

#[derive(Args)]
pub(crate) struct PlaceUse {
    /// What use is divided by, beside the place
    #[arg(long, value_enum, default_value_t = UseBy::Payer)]
    pub by: UseBy,
    /// Over how long a row is counted
    #[arg(long, value_enum, default_value_t = UseOver::Month)]
    pub over: UseOver,
    #[command(flatten)]
    pub span: Span,
}

#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum UseBy {
    /// The bucket, or the offering of the seat, that paid
    Payer,
    /// The product that was asked for
    Product,
    /// Nothing more
    Place,
}

#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum UseOver {
    /// A month
    Month,
    /// The whole period
    Period,
}

#[derive(Subcommand)]
pub(crate) enum Place {
    /// Print use outside of its territory, with the evidence
    Breaches(Span),
    /// Print use by place, and by what paid or which product; for each month or the whole period
    Use(PlaceUse),
    /// Print use by hour and region: how far pools could be shared across zones
    FollowTheSun(Span),
    /// Say whether use outside of its territory is in order
    Review {
        /// Number of the decision
        decision: u64,
        /// It is in order
        #[arg(long, conflicts_with = "reject", required_unless_present = "reject")]
        accept: bool,
        /// It is not
        #[arg(long)]
        reject: bool,
        /// Why
        #[arg(long)]
        why: String,
        #[command(flatten)]
        giver: Giver,
    },
}
