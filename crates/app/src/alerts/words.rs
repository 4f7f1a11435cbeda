//! Rules in words.

use crate::views::grouped;
use faregate_core::alert::{Level, Rule, Scope, Span, WHOLE, Watch};

/// What a rule watches, in a phrase: `more than 500 tokens today, of the contract`.
#[must_use]
pub fn watched(rule: &Rule) -> String {
    let what = match &rule.watch {
        Watch::Burn { span, above } => {
            let span = match span {
                Span::Hour => "in an hour",
                Span::Day => "in a day",
                Span::Week => "in seven days",
                Span::Month => "in a month",
            };
            format!("more than {} {span}", level(*above, "what is usual"))
        }
        Watch::Left { below } => format!("less than {} left", level(*below, "the tokens")),
        Watch::RunsOut { within_days, chance } => {
            format!("a chance of {} to run out within {within_days} days", share(*chance))
        }
        Watch::Pace { above } => format!("more than {} of the plan spent", share(*above)),
        Watch::Projected { above } => {
            format!("a month projected above {} tokens", grouped(above.tokens()))
        }
        Watch::Findings { classes } if classes.is_empty() => "anything unusual".to_owned(),
        Watch::Findings { classes } => format!("unusual: {}", classes.join(", ")),
        Watch::PackEnds { within_days } => format!("a pack ends within {within_days} days"),
        Watch::SourceStale => "a source is silent for too long".to_owned(),
        Watch::AgentsHeard { below } => {
            format!("less than {} of the workstations heard of", share(*below))
        }
        Watch::RequestWaits { seconds } => format!("a request waits for {} hours", seconds / 3_600),
    };
    match scope(&rule.scope) {
        Some(of) => format!("{what}, of {of}"),
        None => what,
    }
}

fn scope(scope: &Scope) -> Option<String> {
    Some(match scope {
        Scope::Contract => return None,
        Scope::Bucket(None) => "each bucket".to_owned(),
        Scope::Bucket(Some(key)) => format!("bucket {key}"),
        Scope::Product(None) => "each product".to_owned(),
        Scope::Product(Some(key)) => format!("product {key}"),
        Scope::Group(key) => format!("group {key}"),
        Scope::Groups(dimension) => format!("each {dimension}"),
        Scope::Person(None) => "each person".to_owned(),
        Scope::Person(Some(key)) => format!("person {key}"),
    })
}

fn level(level: Level, of: &str) -> String {
    match level {
        Level::Tokens(ticks) => format!("{} tokens", grouped(ticks.tokens())),
        Level::Share(thousandths) => format!("{} of {of}", share(thousandths)),
    }
}

fn share(thousandths: i64) -> String {
    let (whole, tenth) = (thousandths / (WHOLE / 100), thousandths % (WHOLE / 100));
    if tenth == 0 { format!("{whole} %") } else { format!("{whole}.{tenth} %") }
}
