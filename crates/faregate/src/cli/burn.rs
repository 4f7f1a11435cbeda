//! What can be asked of burn.

use super::budgets::Giver;
use clap::{Args, Subcommand, ValueEnum};

#[derive(Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(crate) struct Burn {
    #[command(subcommand)]
    pub action: Option<Action>,
    #[command(flatten)]
    pub table: Table,
}

#[derive(Subcommand)]
pub(crate) enum Action {
    /// Print today beside the same hour on comparable days, the usual spans, and how fast it goes
    Periods(Periods),
    /// Print what was used of the pool and of each bucket, beside what its plan says
    Pace {
        /// Key of a bucket [default: the pool and all buckets]
        #[arg(long)]
        bucket: Option<String>,
    },
    /// Say how a bucket's allotment, or the whole pool, is to be used up over its period
    Plan(Plan),
}

#[derive(Args)]
pub(crate) struct Table {
    /// What to break down by
    #[arg(long, value_enum, default_value_t = By::Day)]
    pub by: By,
    /// With `--by group`: of which dimension the groups are, such as department or cost-centre
    #[arg(long)]
    pub dimension: Option<String>,
    /// First date (YYYY-MM-DD) [default: the first with use]
    #[arg(long, value_name = "DATE")]
    pub from: Option<String>,
    /// Last date (YYYY-MM-DD) [default: the last with use]
    #[arg(long, value_name = "DATE")]
    pub to: Option<String>,
    #[command(flatten)]
    pub only: Only,
    /// Only of this person, by any of their names
    #[arg(long)]
    pub person: Option<String>,
    /// At most this many rows
    #[arg(long, value_name = "N")]
    pub limit: Option<usize>,
}

/// What burn is narrowed down to.
#[derive(Args)]
pub(crate) struct Only {
    /// Only of this product
    #[arg(long)]
    pub product: Option<String>,
    /// Only what belongs to this bucket itself
    #[arg(long)]
    pub bucket: Option<String>,
    /// Only of people who are in this group now, or in one below it
    #[arg(long)]
    pub group: Option<String>,
}

#[derive(Args)]
pub(crate) struct Periods {
    #[command(flatten)]
    pub only: Only,
}

#[derive(Args)]
pub(crate) struct Plan {
    /// Which plan
    #[arg(value_enum)]
    pub plan: PlanKind,
    /// Key of the bucket [default: the pool as a whole]
    #[arg(long)]
    pub bucket: Option<String>,
    /// Of a curve: by the end of a date this share is to be used, for example 2026-06-30=0.4; repeat in the
    /// order of dates
    #[arg(long, value_name = "DATE=SHARE")]
    pub point: Vec<String>,
    #[command(flatten)]
    pub giver: Giver,
}

#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum PlanKind {
    /// As much in every hour as in every other
    Straight,
    /// As use went before: by weekday, and by month once a year of use is known
    Seasonal,
    /// Through points of your own
    Curve,
}

#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum By {
    Day,
    Weekday,
    Hour,
    /// Hours of the week: a heat map
    WeekHour,
    Product,
    Person,
    Bucket,
    /// Buckets with a project's dates, those below them included
    Project,
    /// Groups of a `--dimension`
    Group,
    /// Groups of the dimension department
    Department,
    /// Where the gate saw a unit opened
    Site,
    /// Personas: by group of the dimension persona, else by use
    Segment,
    /// Who told of the use
    Source,
}
