//! What can be said about plans of moves.

use super::budgets::Giver;
use super::buying::Offer;
use clap::{Args, Subcommand, ValueEnum};

#[derive(Subcommand)]
pub(crate) enum Plan {
    /// Print who is best off with a seat and who with tokens, and why nobody else is moved
    Advice {
        #[command(flatten)]
        terms: Terms,
        /// Those who stay what they are as well
        #[arg(long)]
        all: bool,
        /// Only of people whose key or name has this in it
        #[arg(long, value_name = "TEXT")]
        person: Option<String>,
    },
    /// Print the mix of seats and tokens that costs least for everybody together, with its proof
    Mix(Offer),
    /// Draw a plan of the moves that save most; nothing moves yet
    Draw {
        /// Its name
        name: String,
        #[command(flatten)]
        terms: Terms,
        #[command(flatten)]
        giver: Giver,
    },
    /// Print the plans
    List,
    /// Print a plan with its moves
    Show {
        /// Its id: p42
        id: String,
        /// As CSV, for whoever moves seats by hand
        #[arg(long)]
        csv: bool,
        /// As CSV for `faregate what-if --seats`
        #[arg(long, conflicts_with = "csv")]
        seats: bool,
    },
    /// Print what one plan has and another has not
    Compare {
        /// Id of the one: p42
        one: String,
        /// Id of the other: p57
        other: String,
    },
    /// Draw a plan that is another without some of its moves
    Derive {
        /// Id of the other: p42
        id: String,
        /// The numbers of the moves that it does not have
        #[arg(long, value_name = "N", value_delimiter = ',', required = true)]
        without: Vec<u32>,
        /// Its name [default: the other's]
        #[arg(long)]
        name: Option<String>,
        #[command(flatten)]
        giver: Giver,
    },
    /// Let a plan be carried out; nobody decides on their own plan
    Approve(Judge),
    /// Let a plan not be carried out
    Reject(Judge),
    /// Make the moves of an approved plan that are due, or some of them
    CarryOut(Step),
    /// Take moves back that were made
    TakeBack(Step),
    /// Leave moves out
    Drop(Step),
    /// Print what a plan really saved, move by move
    Verify {
        /// Its id: p42
        id: String,
    },
}

#[derive(Args)]
pub(crate) struct Judge {
    /// Its id: p42
    pub id: String,
    /// Why
    #[arg(long, default_value = "")]
    pub why: String,
    #[command(flatten)]
    pub giver: Giver,
}

#[derive(Args)]
pub(crate) struct Step {
    /// Its id: p42
    pub id: String,
    /// Only these moves, by their numbers [default: all that are due]
    #[arg(long, value_name = "N", value_delimiter = ',')]
    pub moves: Option<Vec<u32>>,
    #[command(flatten)]
    pub giver: Giver,
}

/// Rules by which people are moved.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum RuleName {
    /// The break-even of each person, with a band and a probability
    Crossover,
    /// 13 days a month and more: a seat; fewer than 4: tokens
    #[value(name = "guide-000")]
    Guide000,
    /// Above the break-even: a seat; below a margin of each product: tokens
    #[value(name = "guide-004")]
    Guide004,
}

impl RuleName {
    pub(crate) fn key(self) -> &'static str {
        match self {
            Self::Crossover => "crossover",
            Self::Guide000 => "guide-000",
            Self::Guide004 => "guide-004",
        }
    }
}

/// By what advice is given and plans are drawn.
#[derive(Args)]
pub(crate) struct Terms {
    /// The rule
    #[arg(long, value_enum, default_value = "crossover")]
    pub rule: RuleName,
    /// How probable it must be that a move saves, 0 to 1 [default: the rule's]
    #[arg(long, value_name = "P")]
    pub probability: Option<f64>,
    /// What a move costs: it must save more [default: nothing]
    #[arg(long, value_name = "MONEY")]
    pub switching_cost: Option<f64>,
    /// The price of a token, in the tariff's currency [default: the tariff's]
    #[arg(long, value_name = "MONEY")]
    pub token_price: Option<String>,
    /// Off the list price of seats, in per cent
    #[arg(long, value_name = "PER CENT", default_value_t = 0.0)]
    pub seat_discount: f64,
    /// Days of use that are looked at
    #[arg(long, default_value_t = 365, value_parser = clap::value_parser!(i32).range(28..=1_100))]
    pub days: i32,
    /// Only hand on seats that are there; buy none
    #[arg(long)]
    pub no_buying: bool,
    /// Somebody who stays what they are; may be given several times
    #[arg(long, value_name = "PERSON")]
    pub keep: Vec<String>,
}
