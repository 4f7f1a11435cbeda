//! The policies of a contract, ready to be asked: read anew whenever the journal says that rules changed.

use crate::orders::{Kind, OrderRefusal};
use faregate_core::access::{Forbidden, Policies, Policy, Question, Verdict};
use faregate_core::event::{Event, Mode, PolicySet, Reason};
use faregate_core::state::State;
use faregate_core::when::Instant;
use faregate_policy::cases::{Cases, Failure};
use faregate_policy::{Fault, READY, Ready, RuleBook, Ruling, Shelf};
use std::sync::Arc;

/// The sets that every release ships: name, policies, and the cases beside them.
pub fn shipped() -> impl Iterator<Item = (&'static str, &'static str, &'static str)> {
    READY.iter().map(|ready| (ready.name, ready.text, ready.tests))
}

/// The set that permits what no other one forbids: every contract begins with it.
pub const BASE: &str = "base";
/// So many people, spread over all of them, are asked about before a set is adopted.
const PEOPLE_ASKED: usize = 500;

/// A shipped set, in force.
#[must_use]
pub fn shipped_set(name: &str) -> Option<PolicySet> {
    let found = Ready::named(name)?;
    Some(PolicySet { name: name.to_owned(), mode: Mode::Enforce, text: found.text.to_owned() })
}

/// Policies, ready to be asked.
#[derive(Clone, Default)]
pub struct Rules {
    /// Of how many changes of rules this is the outcome.
    changes: u32,
    shelf: Arc<Shelf>,
    /// Set when the journal holds policies that this release cannot read.
    unreadable: bool,
}

impl Rules {
    /// The policies that hold in a state. Where they cannot be read, nobody is let through: such policies were
    /// never adopted by this release, and guessing what another one meant by them is not for a gate.
    #[must_use]
    pub fn of(state: &State) -> Self {
        let (shelf, unreadable) = match Shelf::of(state) {
            Ok(shelf) => (shelf, false),
            Err(_) => (Shelf::default(), true),
        };
        Self { changes: state.rules(), shelf: Arc::new(shelf), unreadable }
    }

    /// The policies that would hold if these sets were all there are.
    ///
    /// # Errors
    /// All that is wrong with them.
    pub fn from_sets(sets: &[PolicySet]) -> Result<Self, Vec<Fault>> {
        let enforced = RuleBook::enforced(sets)?;
        let on_trial = RuleBook::on_trial(sets)?;
        Ok(Self { shelf: Arc::new(Shelf { enforced, on_trial }), ..Self::default() })
    }

    /// Whether they still hold.
    #[must_use]
    pub fn hold_in(&self, state: &State) -> bool {
        self.changes == state.rules()
    }

    /// Whether the journal holds policies that this release cannot read.
    #[must_use]
    pub fn are_unreadable(&self) -> bool {
        self.unreadable
    }

    /// What the gate asks.
    #[must_use]
    pub fn policies(&self) -> Policies<'_> {
        if self.unreadable {
            return Policies { enforced: &Shut, on_trial: None };
        }
        self.shelf.policies()
    }

    /// The policies in force whose scope matches a question, with what came of each.
    #[must_use]
    pub fn rulings(&self, state: &State, question: &Question<'_>) -> Vec<Ruling<'_>> {
        self.shelf.enforced.explain(state, question)
    }

    /// The sentence that a policy in force, by its name, has for the person.
    #[must_use]
    pub fn sentence(&self, name: &str) -> Option<&str> {
        let book = &self.shelf.enforced;
        let numbers = (0_u32..).take(book.len());
        let rule = numbers.into_iter().find(|rule| book.rule_name(*rule) == Some(name))?;
        book.sentence(rule)
    }
}

/// Lets nobody through.
struct Shut;

impl Policy for Shut {
    fn judge(&self, _: &State, _: &Question<'_>) -> Verdict {
        Verdict::Forbid(Forbidden { reason: Reason::NotEligible, rule: None, is_final: true })
    }

    fn rule_name(&self, _: u32) -> Option<&str> {
        None
    }
}

/// What is allowed in sets of policies, and probably not meant.
///
/// # Errors
/// All that is wrong with them, each with its place and what to do about it.
pub fn check(sets: &[PolicySet]) -> Result<Vec<String>, Vec<String>> {
    let worded = |faults: Vec<Fault>| faults.iter().map(ToString::to_string).collect::<Vec<_>>();
    let book = RuleBook::load(sets).map_err(worded)?;
    Ok(book.warnings().iter().map(ToString::to_string).collect())
}

/// How many policies a set holds, when it can be read.
#[must_use]
pub fn count(set: &PolicySet) -> Option<usize> {
    RuleBook::load([set]).ok().map(|book| book.len())
}

/// Runs cases against a set and the shipped ones that the cases name: how many hold, and what the others say.
#[must_use]
pub fn test_cases(set: &PolicySet, cases: &str) -> (usize, Vec<String>) {
    let worded = |failure: Failure| failure.to_string();
    let read = match Cases::read(cases) {
        Ok(read) => read,
        Err(failure) => return (0, vec![worded(failure)]),
    };
    let beside = read.with.iter().filter(|name| **name != set.name);
    let beside: Vec<PolicySet> = beside.filter_map(|name| shipped_set(name)).collect();
    match RuleBook::load(beside.iter().chain([set])) {
        Ok(book) => {
            let report = read.run(&book);
            (report.passed, report.failures.into_iter().map(worded).collect())
        }
        Err(faults) => (0, faults.iter().map(ToString::to_string).collect()),
    }
}

/// The sets of a state after one of them was replaced or added.
#[must_use]
pub fn with(state: &State, set: PolicySet) -> Vec<PolicySet> {
    let others = state.policies().values().filter(|known| known.name != set.name);
    others.cloned().chain([set.clone()]).collect()
}

/// The event that lets a set of policies hold, and what its author should know.
///
/// # Errors
/// [`OrderRefusal`] when the set does not validate; what held before holds on.
pub(crate) fn adopt(
    state: &State,
    name: &str,
    mode: Mode,
    text: &str,
    now: Instant,
) -> Result<(Event, Vec<String>), OrderRefusal> {
    if name.is_empty() || name.chars().any(|c| !(c.is_ascii_alphanumeric() || c == '-')) {
        let message = format!("`{name}` is no name for a set of policies");
        let help = "use letters, digits and hyphens";
        return Err(OrderRefusal::new(Kind::Invalid, "bad-name", message, help));
    }
    let set = PolicySet { name: name.to_owned(), mode, text: text.to_owned() };
    // Whatever its mode, it is judged as if it decided: that is where it is meant to go.
    let deciding = PolicySet { mode: Mode::Enforce, ..set.clone() };
    let sets: Vec<PolicySet> = with(state, deciding)
        .into_iter()
        .filter(|known| known.name == name || known.mode == Mode::Enforce)
        .collect();
    let book = RuleBook::load(&sets).map_err(|faults| invalid(&faults))?;
    let mut warnings: Vec<String> = book.warnings().iter().map(ToString::to_string).collect();
    let reach = book.reach(state, now, PEOPLE_ASKED);
    if reach.people > 0 && reach.shut_out == reach.people {
        warnings.push("in force, these policies refuse everyone".to_owned());
    }
    Ok((Event::PolicyAdopted(set), warnings))
}

fn invalid(faults: &[Fault]) -> OrderRefusal {
    let lines: Vec<String> = faults.iter().map(ToString::to_string).collect();
    let help = "correct the policies and try again; what held before holds on";
    OrderRefusal::new(Kind::Invalid, "invalid-policies", lines.join("\n"), help)
}
