//! What can be said of imports, before and after they are made.

use super::ImportFlexnet;
use clap::{Args, Subcommand, ValueEnum};
use std::path::PathBuf;

#[derive(Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub(crate) struct Import {
    #[command(subcommand)]
    pub source: Option<Source>,
    #[command(flatten)]
    pub files: Files,
}

#[derive(Subcommand)]
pub(crate) enum Source {
    /// FlexNet debug logs (lmgrd -l, DEBUGLOG)
    Flexnet(ImportFlexnet),
    /// The vendor's exports, of every generation: Token Usage, Token Flex by session or by day
    #[command(visible_alias = "token-usage")]
    Usage(Files),
    /// Any table, explained by a map: --map, and --infer to begin one
    Csv(Files),
    /// CloudEvents in JSON: one, one a line, or a batch
    Events(Events),
    /// Outputs of lmstat, in any order, each the licence server at one moment
    Lmstat(Files),
    /// What was imported, the newest first
    List(List),
    /// The receipt of an import
    Show(Show),
    /// Take an import back: what it alone told of never was
    Undo(Undo),
    /// What is kept and not charged, and why
    Uncharged,
}

/// Files, and how they are to be read.
#[derive(Args)]
pub(crate) struct Files {
    /// The files, packed with gzip or zip or not; what each one is, is told by what is in it
    #[arg(required = true, value_name = "FILE")]
    pub files: Vec<PathBuf>,
    #[command(flatten)]
    pub reading: Reading,
}

/// Files of events, and where they say what.
#[derive(Args)]
pub(crate) struct Events {
    #[command(flatten)]
    pub files: Files,
    #[command(flatten)]
    pub fields: Fields,
}

/// Where an event says what.
#[derive(Args)]
pub(crate) struct Fields {
    /// The field of `data` that says the product, such as $.usage.product [default: product]
    #[arg(long, value_name = "FIELD", conflicts_with = "type_is_product")]
    pub product: Option<String>,
    /// The type of an event is the product
    #[arg(long)]
    pub type_is_product: bool,
    /// The field that says the workstation [default: host]
    #[arg(long, value_name = "FIELD")]
    pub host: Option<String>,
    /// The field that says how long it was used [default: duration_seconds]
    #[arg(long, value_name = "FIELD")]
    pub duration: Option<String>,
    /// What a duration counts
    #[arg(long, value_enum, default_value_t = Unit::Seconds)]
    pub duration_in: Unit,
    /// The field that says how many tokens were charged; without it, none does
    #[arg(long, value_name = "FIELD")]
    pub tokens: Option<String>,
    /// The time of an event is when the use ended
    #[arg(long)]
    pub time_is_end: bool,
}

#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum Unit {
    Milliseconds,
    Seconds,
    Minutes,
    Hours,
}

/// What a file may leave open, and what becomes of it.
#[derive(Args)]
pub(crate) struct Reading {
    /// Zone of times that name none, for example Europe/Madrid
    #[arg(long)]
    pub zone: Option<String>,
    /// Whether days or months come first in dates such as 1/2/2026
    #[arg(long, value_enum)]
    pub dates: Option<Dates>,
    /// What parts decimals in amounts such as 1,234
    #[arg(long, value_enum)]
    pub decimal: Option<Decimal>,
    /// A map that explains a table that nobody knows (TOML)
    #[arg(long, value_name = "MAP", conflicts_with = "infer")]
    pub map: Option<PathBuf>,
    /// Print a map that is proposed for the table, and import nothing
    #[arg(long)]
    pub infer: bool,
    /// The sheet of a workbook [default: the first that is not hidden]
    #[arg(long, value_name = "NAME")]
    pub sheet: Option<String>,
    /// Date of the first line, for a log that says none (YYYY-MM-DD)
    #[arg(long, value_name = "DATE")]
    pub start_date: Option<String>,
    /// When lmstat was asked, where its output does not say so [default: when the file was written]
    #[arg(long, value_name = "TIME")]
    pub at: Option<String>,
    /// More feature codes: lines of code-or-product-part,family-key,display name
    #[arg(long, value_name = "FILE")]
    pub features: Option<PathBuf>,
    /// Where rejected lines are listed [default: rejected.csv in the data directory]
    #[arg(long, value_name = "FILE")]
    pub rejected: Option<PathBuf>,
    /// Say what would be added, and do nothing
    #[arg(long)]
    pub dry_run: bool,
}

impl Reading {
    /// Whether nothing was said.
    pub(crate) fn says_nothing(&self) -> bool {
        let said = [
            self.zone.is_some(),
            self.dates.is_some(),
            self.decimal.is_some(),
            self.map.is_some(),
            self.infer,
            self.sheet.is_some(),
            self.start_date.is_some(),
            self.at.is_some(),
            self.features.is_some(),
            self.rejected.is_some(),
            self.dry_run,
        ];
        !said.contains(&true)
    }
}

/// Whether days or months come first.
#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum Dates {
    /// 31/1/2026
    Dmy,
    /// 1/31/2026
    Mdy,
}

impl From<Dates> for faregate_ingest::sheet::date::Order {
    fn from(dates: Dates) -> Self {
        match dates {
            Dates::Dmy => Self::Dmy,
            Dates::Mdy => Self::Mdy,
        }
    }
}

/// What parts decimals.
#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum Decimal {
    /// 1,234.5
    Point,
    /// 1.234,5
    Comma,
}

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
