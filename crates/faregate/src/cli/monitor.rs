//! What can be said about alerts, forecasts and what is known of days to come.

use super::budgets::{Giver, Span};
use clap::{Args, Subcommand};
use std::path::PathBuf;

#[derive(Subcommand)]
pub(crate) enum Alert {
    /// Print the alerts that are not over
    List {
        /// Those that are over as well
        #[arg(long)]
        all: bool,
        /// Only of the rule with this key
        #[arg(long, value_name = "KEY")]
        rule: Option<String>,
    },
    /// Print an alert with its runbook, and what was done about it
    Show {
        /// Its id: a42
        id: String,
    },
    /// Take care of an alert: nobody else is told of it
    Ack {
        /// Its id: a42
        id: String,
        /// What you are going to do
        #[arg(long, default_value = "")]
        note: String,
        #[command(flatten)]
        giver: Giver,
    },
    /// Do a step of an alert's runbook
    Step {
        /// Its id: a42
        id: String,
        /// Number of the step, counted from 1
        step: u16,
        /// What came of it
        #[arg(long, default_value = "")]
        note: String,
        #[command(flatten)]
        giver: Giver,
    },
    /// Print the rules
    Rules,
    /// Print the rules that come with Faregate, to be changed and set
    Standard {
        /// A channel that they tell; may be given several times
        #[arg(long, value_name = "NAME")]
        channel: Vec<String>,
    },
    /// Print how often rules would have fired, and save nothing
    Try {
        /// The rules, in TOML
        file: PathBuf,
        #[command(flatten)]
        span: Span,
    },
    /// Say how often rules would have fired in the last year, and watch them from now on
    Set {
        /// The rules, in TOML
        file: PathBuf,
        /// Even where one would fire for nearly everybody at once
        #[arg(long)]
        anyway: bool,
        #[command(flatten)]
        giver: Giver,
    },
    /// Watch a rule no longer
    Remove {
        /// Its key
        key: String,
        #[command(flatten)]
        giver: Giver,
    },
    /// Tell nobody what a rule raises
    Mute {
        /// Its key
        key: String,
        /// Until when: YYYY-MM-DD or RFC 3339
        #[arg(long, value_name = "TIME")]
        until: String,
        #[command(flatten)]
        giver: Giver,
    },
    /// Tell people again what a rule raises
    Unmute {
        /// Its key
        key: String,
        #[command(flatten)]
        giver: Giver,
    },
}

#[derive(Args)]
pub(crate) struct Forecast {
    /// Of the bucket with this key, and those below it [default: the contract]
    #[arg(long, value_name = "KEY", conflicts_with = "product")]
    pub bucket: Option<String>,
    /// Of the product with this key
    #[arg(long, value_name = "KEY")]
    pub product: Option<String>,
    /// The last day (YYYY-MM-DD) [default: four weeks ahead]
    #[arg(long, value_name = "DATE")]
    pub to: Option<String>,
    /// What if so many more people used a product: revit=20@2027-03-01
    #[arg(long, value_name = "PRODUCT=N@DATE")]
    pub people: Vec<String>,
    /// What if a bucket burned so many times as much, 0 when its project stops: bridges=0@2027-03-01
    #[arg(long, value_name = "BUCKET=TIMES@DATE")]
    pub scale: Vec<String>,
    /// What if the rate of a product were so many times today's: revit=1.2@2027-04-01
    #[arg(long, value_name = "PRODUCT=TIMES@DATE")]
    pub rate: Vec<String>,
}

#[derive(Subcommand)]
pub(crate) enum Occasion {
    /// Print what is known of days
    List,
    /// Let forecasts reckon with something that is known of some days
    Set(SetOccasion),
    /// Let forecasts reckon with it no longer
    Remove {
        /// Its key
        key: String,
        #[command(flatten)]
        giver: Giver,
    },
}

#[derive(Args)]
pub(crate) struct SetOccasion {
    /// Its key
    pub key: String,
    /// Its name [default: the key]
    #[arg(long)]
    pub name: Option<String>,
    /// The first day (YYYY-MM-DD)
    #[arg(long, value_name = "DATE")]
    pub from: String,
    /// The last day [default: the first]
    #[arg(long, value_name = "DATE")]
    pub to: Option<String>,
    /// Of the bucket with this key [default: the contract]
    #[arg(long, value_name = "KEY", conflicts_with = "product")]
    pub bucket: Option<String>,
    /// Of the product with this key
    #[arg(long, value_name = "KEY")]
    pub product: Option<String>,
    /// How many times what would have been burned [default: a holiday]
    #[arg(long, value_name = "N", conflicts_with = "tokens_a_day")]
    pub times: Option<f64>,
    /// So many tokens more a day, or fewer when negative
    #[arg(long, value_name = "N", allow_negative_numbers = true)]
    pub tokens_a_day: Option<String>,
    #[command(flatten)]
    pub giver: Giver,
}
