//! History sent through rules before they are saved.

use super::runbook::unknown_placeholder;
use super::written::Written;
use faregate_core::alert::past::{self, Firing};
use faregate_core::alert::{Findings, Rule, Scene, Scope, Usual, Views, Watch, measure, usual};
use faregate_core::anomaly::Class;
use faregate_core::estate::Estate;
use faregate_core::state::State;
use faregate_core::when::{Date, Instant};
use std::collections::BTreeMap;

/// A rule that crosses for at least so many subjects and for nearly all of them says nothing.
const EVERYONE_MIN: usize = 10;
/// Nearly all: so many in a hundred.
const EVERYONE_PER_CENT: usize = 90;

/// What a rule would have said.
#[derive(Clone, Debug)]
pub struct Tried {
    /// Its key.
    pub key: String,
    /// Its name.
    pub name: String,
    /// The alerts that there would have been; `None`: history cannot tell.
    pub firings: Option<Vec<Firing>>,
    /// In a sentence.
    pub said: String,
}

/// Sends the days from `from` to `to`, both included, through rules.
#[must_use]
pub fn tried(
    rules: &[Rule],
    state: &State,
    findings: &Findings,
    (from, to): (Date, Date),
    now: Instant,
) -> Vec<Tried> {
    let zone = state.zone();
    let span = (zone.start_of(from), zone.start_of(to.plus(1)).min(now));
    let try_one = |rule: &Rule| {
        let firings = past::firings(rule, state, findings, span);
        let said = match &firings {
            Ok(firings) => past::in_words(firings, from, to, |at| zone.date(at)),
            Err(unknown) => format!("history cannot tell: {}", unknown.0),
        };
        let (key, name) = (rule.key.clone(), rule.name.clone());
        Tried { key, name, firings: firings.ok(), said }
    };
    rules.iter().map(try_one).collect()
}

/// What is wrong with a rule in this estate; `None`: nothing.
#[must_use]
pub fn misfit(rule: &Rule, estate: &Estate) -> Option<String> {
    let unknown = |what: &str, key: &str| Some(format!("there is no {what} `{key}`"));
    let missing = match &rule.scope {
        Scope::Bucket(Some(key)) if estate.bucket_called(key).is_none() => unknown("bucket", key),
        Scope::Product(Some(key)) if estate.product_called(key).is_none() => {
            unknown("product", key)
        }
        Scope::Group(key) if estate.group_called(key).is_none() => unknown("group", key),
        Scope::Person(Some(key)) if estate.person_keyed(key).is_none() => unknown("person", key),
        Scope::Groups(name) => {
            let is_in =
                |group: &faregate_core::estate::Group| group.dimension.as_ref() == Some(name);
            if estate.groups().iter().any(is_in) { None } else { unknown("dimension", name) }
        }
        _ => None,
    };
    let schedule = rule.schedule.as_ref().filter(|key| estate.schedule_called(key).is_none());
    let schedule = schedule.and_then(|key| unknown("schedule", key));
    let classes: &[String] = match &rule.watch {
        Watch::Findings { classes } => classes,
        _ => &[],
    };
    let class = classes.iter().find(|key| Class::from_key(key).is_none());
    let class = class.and_then(|key| unknown("class of finding", key));
    let placeholder = rule.steps.iter().find_map(|step| unknown_placeholder(&step.text));
    let placeholder = placeholder.map(|name| format!("nothing fills in `{{{name}}}`"));
    missing.or(schedule).or(class).or(placeholder)
}

/// How many cross the limit of a rule now, of how many, where that is nearly everybody.
#[must_use]
pub fn crossed_by_everyone(rule: &Rule, state: &State, now: Instant) -> Option<(usize, usize)> {
    let usual: Usual = BTreeMap::from([(rule.key.clone(), usual(rule, state, now))]);
    let (views, findings) = (Views::new(), Findings::new());
    let scene = Scene {
        state,
        now,
        views: &views,
        usual: &usual,
        findings: &findings,
        sources: &[],
        agents: None,
    };
    let readings = measure(rule, &scene);
    let crossed = readings.iter().filter(|reading| reading.is_crossed).count();
    let is_everyone =
        crossed >= EVERYONE_MIN && crossed * 100 >= readings.len() * EVERYONE_PER_CENT;
    is_everyone.then_some((crossed, readings.len()))
}

/// Rules as they are written, and what each means.
///
/// # Errors
/// What is wrong, and what to write instead.
pub fn read(text: &str) -> Result<Vec<(Written, Rule)>, String> {
    let with_rule = |written: Written| written.rule().map(|rule| (written, rule));
    Written::all(text)?.into_iter().map(with_rule).collect()
}
