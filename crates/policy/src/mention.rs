//! What policies name: for whoever knows what there is.

use crate::book::RuleBook;
use crate::value::Kind;

/// A name that a policy mentions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mention<'a> {
    /// The policy's set.
    pub set: &'a str,
    /// Line of the policy in its set's text, counted from 1.
    pub line: usize,
    /// What is named, as it is written: `Group`, `Site`, `Schedule`.
    pub kind: &'static str,
    /// The name, in lower case.
    pub key: &'a str,
}

impl RuleBook {
    /// The names that policies mention, policy by policy, each once: those of people and groups, products and
    /// offerings, buckets, regions, countries, sites and schedules.
    pub fn mentions(&self) -> impl Iterator<Item = Mention<'_>> {
        self.rules.iter().flat_map(|rule| {
            let names = rule.names.iter().filter(|(kind, _)| *kind != Kind::Action);
            names.map(|(kind, key)| {
                let (set, line, kind) = (rule.set.as_str(), rule.line, kind.name());
                Mention { set, line, kind, key }
            })
        })
    }

    /// The set that a policy belongs to.
    #[must_use]
    pub fn set_of(&self, rule: u32) -> Option<&str> {
        Some(&self.rule(rule)?.set)
    }
}

#[cfg(test)]
mod tests;
