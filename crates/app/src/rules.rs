//! The policies of a contract, ready to be asked: read anew whenever the journal says that rules changed.

use crate::engine::SharedState;
use crate::orders::{Kind, OrderRefusal};
use faregate_core::access::{Forbidden, Policies, Policy, Question, Verdict};
use faregate_core::event::{Event, Mode, PolicySet, Reason};
use faregate_core::state::State;
use faregate_core::when::Instant;
use faregate_policy::cases::{Cases, Failure};
use faregate_policy::{Fault, Mention, READY, Ready, RuleBook, Ruling};
use std::collections::BTreeMap;
use std::sync::Arc;

mod books;
mod unmeant;
pub(crate) use books::Books;
pub use faregate_policy::{Doubt, Warning};

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
    enforced: Arc<RuleBook>,
    /// Those in force and those on trial together, when any are on trial.
    on_trial: Option<Arc<RuleBook>>,
    /// Set when the journal holds policies that this release cannot read.
    unreadable: bool,
}

impl Rules {
    /// The policies that hold in a state. Where they cannot be read, nobody is let through: such policies were
    /// never adopted by this release, and guessing what another one meant by them is not for a gate.
    #[must_use]
    pub fn of(state: &State) -> Self {
        Self::kept(&mut Books::default(), state)
    }

    /// As [`Rules::of`], compiling only what was not compiled lately.
    pub(crate) fn kept(books: &mut Books, state: &State) -> Self {
        let changes = state.rules();
        match books.both(state.policies().values()) {
            Ok((enforced, on_trial)) => Self { changes, enforced, on_trial, unreadable: false },
            Err(_) => Self { changes, unreadable: true, ..Self::default() },
        }
    }

    /// The policies that would hold if these sets were all there are.
    ///
    /// # Errors
    /// All that is wrong with them.
    pub fn from_sets(sets: &[PolicySet]) -> Result<Self, Vec<Fault>> {
        let (enforced, on_trial) = Books::default().both(sets.iter())?;
        Ok(Self { enforced, on_trial, ..Self::default() })
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
        let on_trial = self.on_trial.as_deref().map(|book| book as &dyn Policy);
        Policies { enforced: &*self.enforced, on_trial }
    }

    /// The policies in force whose scope matches a question, with what came of each.
    #[must_use]
    pub fn rulings(&self, state: &State, question: &Question<'_>) -> Vec<Ruling<'_>> {
        self.enforced.explain(state, question)
    }

    /// The names that the policies in force mention.
    pub(crate) fn mentions(&self) -> impl Iterator<Item = Mention<'_>> {
        self.enforced.mentions()
    }

    /// The sentence that a policy in force, by its name, has for the person.
    #[must_use]
    pub fn sentence(&self, name: &str) -> Option<&str> {
        let book = &self.enforced;
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

/// What is allowed in sets of policies and probably not meant, were they adopted: they are judged beside the sets that a
/// contract has, and where none is known beside [`BASE`], with which every contract begins.
///
/// # Errors
/// All that is wrong with them, each with its place and what to do about it.
pub fn check(
    sets: Vec<PolicySet>,
    contract: Option<(&SharedState, Instant)>,
) -> Result<Vec<Warning>, Vec<String>> {
    let mut held = match contract {
        Some((contract, _)) => contract.read().policies().clone(),
        None => shipped_set(BASE).into_iter().map(|set| (set.name.clone(), set)).collect(),
    };
    let tried: Vec<String> = sets.iter().map(|set| set.name.clone()).collect();
    held.extend(sets.into_iter().map(|set| (set.name.clone(), set)));
    let worded = |faults: Vec<Fault>| faults.iter().map(ToString::to_string).collect::<Vec<_>>();
    let book = deciding(&mut Books::default(), &held, &tried).map_err(worded)?;
    Ok(match contract {
        // Of a copy: nobody is kept from deciding while all that people might open is asked for.
        Some((contract, now)) => {
            let copy = contract.read().clone();
            warnings(&copy, &book, &tried, now)
        }
        None => book.warnings().to_vec(),
    })
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

/// The policies that would decide: the sets in force but for those named in `without`, and `tried` beside them, each
/// instead of the one of its name. Whatever their mode, those that are tried decide.
///
/// # Errors
/// [`OrderRefusal`] when a name in `without` is no set's, or the sets have faults together.
pub fn proposed(
    state: &State,
    tried: Vec<PolicySet>,
    without: &[String],
) -> Result<Rules, OrderRefusal> {
    let held = state.policies();
    if let Some(name) = without.iter().find(|name| !held.contains_key(*name)) {
        let message = format!("no policies are called `{name}`");
        let help = "`faregate policy list` names those that hold";
        return Err(OrderRefusal::new(Kind::Unknown, "unknown", message, help));
    }
    let mut sets = held.clone();
    sets.retain(|name, set| set.mode == Mode::Enforce && !without.contains(name));
    let deciding = tried.into_iter().map(|set| PolicySet { mode: Mode::Enforce, ..set });
    sets.extend(deciding.map(|set| (set.name.clone(), set)));
    let sets: Vec<PolicySet> = sets.into_values().collect();
    Rules::from_sets(&sets)
        .map_err(|faults| invalid(&faults, "correct the policies; nothing was changed"))
}

/// The event that lets a set of policies hold, and what its author should know.
///
/// # Errors
/// [`OrderRefusal`] when the set does not validate; what held before holds on.
pub(crate) fn adopt(
    state: &State,
    books: &mut Books,
    set: PolicySet,
    now: Instant,
) -> Result<(Event, Vec<String>), OrderRefusal> {
    let name = set.name.as_str();
    if name.is_empty() || name.chars().any(|c| !(c.is_ascii_alphanumeric() || c == '-')) {
        let message = format!("`{name}` is no name for a set of policies");
        let help = "use letters, digits and hyphens";
        return Err(OrderRefusal::new(Kind::Invalid, "bad-name", message, help));
    }
    const HELP: &str = "correct the policies and try again; what held before holds on";
    let (mut sets, tried) = (state.policies().clone(), [set.name.clone()]);
    sets.insert(set.name.clone(), set.clone());
    let book = deciding(books, &sets, &tried).map_err(|faults| invalid(&faults, HELP))?;
    let warnings = warnings(state, &book, &tried, now);
    Ok((Event::PolicyAdopted(set), warnings.iter().map(ToString::to_string).collect()))
}

/// The policies that would decide if all these sets were adopted. Whatever the mode of those that are tried, they are
/// judged as if they decided: that is where they are meant to go.
fn deciding(
    books: &mut Books,
    sets: &BTreeMap<String, PolicySet>,
    tried: &[String],
) -> Result<Arc<RuleBook>, Vec<Fault>> {
    let decides = |set: &&PolicySet| set.mode == Mode::Enforce || tried.contains(&set.name);
    let book = books.of(sets.values().filter(decides))?;
    // What the gate will ask is compiled here and now, and kept: it can be read, or nothing is adopted.
    books.both(sets.values())?;
    Ok(book)
}

/// What is allowed in the sets that are tried, and probably not meant.
fn warnings(state: &State, book: &RuleBook, tried: &[String], now: Instant) -> Vec<Warning> {
    let is_tried = |set: &str| tried.iter().any(|name| name == set);
    let mut warnings = book.warnings().to_vec();
    warnings.extend(unmeant::unknown_names(state.estate(), book, is_tried));
    let reach = book.reach(state, now, PEOPLE_ASKED);
    if reach.people == 0 || reach.shut_out < reach.people {
        let locked_out = |set: &String| unmeant::locked_out(state, book, set, now);
        warnings.extend(tried.iter().filter_map(locked_out));
    } else if !warnings.iter().any(|warning| warning.doubt.shuts_out_everyone()) {
        warnings.push(nobody_through());
    }
    warnings
}

fn nobody_through() -> Warning {
    Warning {
        doubt: Doubt::RefusesEveryone,
        set: String::new(),
        line: 0,
        message: "in force, these policies refuse everyone".to_owned(),
        help: "look at whose answers would change, and say whom, what or when they are about"
            .to_owned(),
    }
}

fn invalid(faults: &[Fault], help: &str) -> OrderRefusal {
    let lines: Vec<String> = faults.iter().map(ToString::to_string).collect();
    OrderRefusal::new(Kind::Invalid, "invalid-policies", lines.join("\n"), help)
}

#[cfg(test)]
mod tests;
