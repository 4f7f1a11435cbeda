//! Sets of policies, loaded: asked by the gate, explained to people, held against Cedar.

use crate::expr::NoValue;
use crate::facts::Facts;
use crate::fault::{Fault, Warning};
use crate::load::{Body, Loaded, Rule, load};
use crate::names::Names;
use crate::oracle::Prepared;
use crate::slice::Slices;
use cedar_policy::PolicySet as CedarSet;
use faregate_core::access::{Forbidden, Policy, Question, Verdict};
use faregate_core::event::{Mode, PolicySet, Reason};
use faregate_core::state::State;

/// Policies, ready to be asked.
#[derive(Clone, Debug, Default)]
pub struct RuleBook {
    /// Whether there is any set; without one everything is permitted.
    pub(crate) has_sets: bool,
    /// In the order of sets and text; a rule's number is its place here.
    pub(crate) rules: Vec<Rule>,
    /// Numbers of rules in the order in which they decide: forbids first, the most decisive before.
    order: Vec<u32>,
    pub(crate) names: Names,
    slices: Slices,
    pub(crate) cedar: CedarSet,
    warnings: Vec<Warning>,
}

/// What all policies together answer, with all that took part in it. Numbers are ascending.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// Whether the person gets through.
    pub permits: bool,
    /// The policies that determine it: all permits that hold, or all forbids.
    pub deciding: Vec<u32>,
    /// The policies that were left out because their condition has no value.
    pub failing: Vec<u32>,
}

const NOBODY_PERMITS: Verdict =
    Verdict::Forbid(Forbidden { reason: Reason::NotEligible, rule: None, is_final: false });

impl RuleBook {
    /// Loads sets of policies, all of them whatever their mode.
    ///
    /// # Errors
    /// All that is wrong with them, in the order of sets and lines.
    pub fn load<'a>(sets: impl IntoIterator<Item = &'a PolicySet>) -> Result<Self, Vec<Fault>> {
        let sets: Vec<&PolicySet> = sets.into_iter().collect();
        let Loaded { rules, names, cedar, warnings } = load(&sets)?;
        let mut order: Vec<u32> =
            (0..rules.len()).filter_map(|at| u32::try_from(at).ok()).collect();
        order.sort_by_key(|number| rank(&rules, *number));
        let scopes: Vec<_> = order
            .iter()
            .filter_map(|number| Some(rule(&rules, *number)?.narrowed.clone()))
            .collect();
        let slices = Slices::new(&scopes, names.len());
        let has_sets = !sets.is_empty();
        let mut book = Self { has_sets, rules, order, names, slices, cedar, warnings };
        book.warnings.extend(crate::reach::obvious(&book));
        Ok(book)
    }

    /// Loads those sets that are in force.
    ///
    /// # Errors
    /// All that is wrong with them.
    pub fn enforced<'a>(sets: impl IntoIterator<Item = &'a PolicySet>) -> Result<Self, Vec<Fault>> {
        Self::load(sets.into_iter().filter(|set| set.mode == Mode::Enforce))
    }

    /// Loads those in force and those on trial together; `None` when none is on trial.
    ///
    /// # Errors
    /// All that is wrong with them.
    pub fn on_trial<'a>(
        sets: impl IntoIterator<Item = &'a PolicySet>,
    ) -> Result<Option<Self>, Vec<Fault>> {
        let sets: Vec<&PolicySet> = sets.into_iter().collect();
        let any = sets.iter().any(|set| set.mode == Mode::Monitor);
        if any { Self::load(sets).map(Some) } else { Ok(None) }
    }

    /// What is allowed, and probably not meant.
    #[must_use]
    pub fn warnings(&self) -> &[Warning] {
        &self.warnings
    }

    /// How many policies there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.rules.len()
    }

    /// Whether there is no policy.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rules.is_empty()
    }

    /// The names of the policies that are not compiled, and for which Cedar is asked.
    pub fn left_to_cedar(&self) -> impl Iterator<Item = &str> {
        let left = self.rules.iter().filter(|rule| matches!(rule.body, Body::Cedar(..)));
        left.map(|rule| rule.notes.id.as_str())
    }

    /// The sentence that a policy has for the person.
    #[must_use]
    pub fn sentence(&self, rule: u32) -> Option<&str> {
        self.rule(rule)?.notes.say.as_deref()
    }

    /// All that a question's answer stands on. Slower than [`Policy::judge`], which stops once it knows.
    #[must_use]
    pub fn answer(&self, state: &State, question: &Question<'_>) -> Answer {
        let (mut permits, mut forbids, mut failing) = (Vec::new(), Vec::new(), Vec::new());
        if let Some(facts) = Facts::new(state, question, &self.names) {
            for (number, rule) in self.candidates(&facts) {
                match rule.holds(&facts) {
                    Ok(true) if rule.forbids => forbids.push(number),
                    Ok(true) => permits.push(number),
                    Ok(false) => {}
                    Err(NoValue) => failing.push(number),
                }
            }
        }
        let lets_through = !self.has_sets || (forbids.is_empty() && !permits.is_empty());
        let mut deciding = if forbids.is_empty() { permits } else { forbids };
        deciding.sort_unstable();
        failing.sort_unstable();
        Answer { permits: lets_through, deciding, failing }
    }

    /// Gets a question ready to be put to Cedar itself, with the entities that it reaches and those that
    /// policies left to Cedar name; `None` when person or product are not in the estate.
    #[must_use]
    pub fn prepare(&self, state: &State, question: &Question<'_>) -> Option<Prepared> {
        let bodies = self.rules.iter().map(|rule| &rule.body);
        let named = bodies.filter_map(|body| match body {
            Body::Cedar(_, named) => Some(named),
            Body::Compiled(_) => None,
        });
        Prepared::new(state, question, named.flatten())
    }

    pub(crate) fn rule(&self, number: u32) -> Option<&Rule> {
        rule(&self.rules, number)
    }

    fn candidates<'s>(
        &'s self,
        facts: &'s Facts<'_>,
    ) -> impl Iterator<Item = (u32, &'s Rule)> + 's {
        self.slices.candidates(facts).filter_map(|place| {
            let number = *self.order.get(place)?;
            Some((number, self.rule(number)?))
        })
    }
}

impl Policy for RuleBook {
    fn judge(&self, state: &State, question: &Question<'_>) -> Verdict {
        if !self.has_sets {
            return Verdict::Permit;
        }
        let Some(facts) = Facts::new(state, question, &self.names) else { return NOBODY_PERMITS };
        // In the order in which they decide, so that the first that holds is the answer.
        let mut holding =
            self.candidates(&facts).filter(|(_, rule)| rule.holds(&facts) == Ok(true));
        match holding.next() {
            None => NOBODY_PERMITS,
            Some((_, rule)) if !rule.forbids => Verdict::Permit,
            Some((number, rule)) => Verdict::Forbid(Forbidden {
                reason: rule.notes.reason,
                rule: Some(number),
                is_final: rule.notes.is_final,
            }),
        }
    }

    fn rule_name(&self, rule: u32) -> Option<&str> {
        Some(&self.rule(rule)?.notes.id)
    }
}

impl Rule {
    pub(crate) fn holds<'a>(&'a self, facts: &Facts<'a>) -> Result<bool, NoValue> {
        match &self.body {
            Body::Compiled(condition) => condition.holds(facts),
            Body::Cedar(alone, named) => Prepared::new(facts.state, facts.question, named)
                .map_or(Ok(false), |prepared| prepared.holds(alone)),
        }
    }
}

/// Forbids before permits; of forbids those that are final, then the most fundamental reason, then the first.
fn rank(rules: &[Rule], number: u32) -> (bool, bool, Reason, u32) {
    let found = rule(rules, number);
    let (forbids, notes) = (found.is_some_and(|rule| rule.forbids), found.map(|rule| &rule.notes));
    let is_final = notes.is_some_and(|notes| notes.is_final);
    (!forbids, !is_final, notes.map_or(Reason::NotEligible, |notes| notes.reason), number)
}

fn rule(rules: &[Rule], number: u32) -> Option<&Rule> {
    rules.get(usize::try_from(number).ok()?)
}

#[cfg(test)]
mod tests;
