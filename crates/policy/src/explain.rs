//! Which policies spoke to a question, and what came of each.

use crate::book::RuleBook;
use crate::compile::Scope;
use crate::expr::{NoValue, fare_bit};
use crate::facts::Facts;
use faregate_core::access::Question;
use faregate_core::event::Reason;
use faregate_core::state::State;

/// What a policy wants.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// To let through.
    Permit,
    /// To turn away.
    Forbid,
}

/// What came of a policy's condition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Finding {
    /// It is true: the policy counts.
    Held,
    /// It is false.
    Failed,
    /// It has no value, for example because a number overflowed: the policy is left out.
    Errored,
}

/// A policy whose scope matches a question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ruling<'a> {
    /// Its number, as in `core::access::Forbidden::rule`.
    pub rule: u32,
    /// Its name.
    pub id: &'a str,
    /// The set it stands in.
    pub set: &'a str,
    /// Where it begins in the set's text, counted from 1.
    pub line: usize,
    /// What it wants.
    pub effect: Effect,
    /// What came of its condition.
    pub finding: Finding,
    /// The reason that it gives, when it forbids.
    pub reason: Option<Reason>,
    /// Whether its no is final.
    pub is_final: bool,
    /// Its sentence for the person.
    pub say: Option<&'a str>,
}

impl RuleBook {
    /// Every policy whose scope matches the question, in the order of sets and text.
    #[must_use]
    pub fn explain(&self, state: &State, question: &Question<'_>) -> Vec<Ruling<'_>> {
        let Some(facts) = Facts::new(state, question, &self.names) else { return Vec::new() };
        let rules = (0_u32..).zip(&self.rules).filter(|(_, rule)| matches(&rule.scope, &facts));
        let rulings = rules.map(|(number, rule)| Ruling {
            rule: number,
            id: &rule.notes.id,
            set: &rule.set,
            line: rule.line,
            effect: if rule.forbids { Effect::Forbid } else { Effect::Permit },
            finding: match rule.holds(&facts) {
                Ok(true) => Finding::Held,
                Ok(false) => Finding::Failed,
                Err(NoValue) => Finding::Errored,
            },
            reason: rule.forbids.then_some(rule.notes.reason),
            is_final: rule.forbids && rule.notes.is_final,
            say: rule.notes.say.as_deref(),
        });
        rulings.collect()
    }
}

fn matches(scope: &Scope, facts: &Facts<'_>) -> bool {
    scope.fares & fare_bit(facts.question.fare) != 0
        && scope.who.as_ref().is_none_or(|names| facts.who.has_any(names))
        && scope.what.as_ref().is_none_or(|names| facts.is_what(names))
}
