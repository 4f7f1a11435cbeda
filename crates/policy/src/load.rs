//! From texts to rules: parsing, Cedar's strict validation, and what is ours to check.

use crate::annotations::Annotations;
use crate::compile::{self, Scope};
use crate::expr::Expr;
use crate::fault::{Doubt, Fault, Warning};
use crate::names::Names;
use crate::schema::schema;
use crate::text::{is_too_deep, line_and_column, statements};
use crate::value::{Kind, folded};
use cedar_policy::{Effect, Policy, PolicyId, PolicySet as CedarSet, ValidationMode, Validator};
use faregate_core::event::PolicySet;
use miette::Diagnostic;
use serde_json::Value as Json;
use std::collections::BTreeSet;

/// An entity that a policy names.
pub(crate) type Named = (Kind, String);

/// A policy, checked and compiled.
#[derive(Clone, Debug)]
pub(crate) struct Rule {
    pub(crate) notes: Annotations,
    pub(crate) set: String,
    pub(crate) line: usize,
    pub(crate) forbids: bool,
    /// The scope as written.
    pub(crate) scope: Scope,
    /// The scope as it is looked up: narrowed by what the condition asks for first.
    pub(crate) narrowed: Scope,
    pub(crate) body: Body,
    /// The entities that it names, in order, each once.
    pub(crate) names: Vec<Named>,
}

/// How the condition is found to hold.
#[derive(Clone, Debug)]
pub(crate) enum Body {
    /// By ourselves.
    Compiled(Expr),
    /// By Cedar, given this policy alone and the entities that it names.
    Cedar(Box<CedarSet>, Vec<Named>),
}

/// What came of loading.
pub(crate) struct Loaded {
    pub(crate) rules: Vec<Rule>,
    pub(crate) names: Names,
    pub(crate) cedar: CedarSet,
    pub(crate) warnings: Vec<Warning>,
}

/// A policy's place: its set and where its text begins there.
pub(crate) struct Place<'a> {
    pub(crate) set: &'a PolicySet,
    pub(crate) start: usize,
    pub(crate) text: &'a str,
}

impl Place<'_> {
    pub(crate) fn fault(&self, offset: usize, message: &str, help: Option<String>) -> Fault {
        let at = self.start.saturating_add(offset);
        let (line, column) = line_and_column(&self.set.text, at);
        let message = plain(message);
        Fault { set: self.set.name.clone(), line, column, message, help }
    }

    /// Cedar's own error, each of its places.
    pub(crate) fn diagnosed(&self, error: &dyn Diagnostic, message: &str) -> Fault {
        let label = error.labels().and_then(|mut labels| labels.next());
        let help = error.help().map(|help| plain(nameless(&help.to_string())));
        self.fault(label.map_or(0, |label| label.offset()), nameless(message), help)
    }
}

/// Messages are lower-case and have no full stop.
fn plain(text: &str) -> String {
    let text = text.trim().trim_end_matches('.');
    let mut letters = text.chars();
    let first = letters.next().map(|first| first.to_lowercase().to_string()).unwrap_or_default();
    // A name or an acronym at the beginning stays as it is.
    let shouts = text.chars().nth(1).is_some_and(char::is_uppercase);
    if shouts { text.to_owned() } else { first + letters.as_str() }
}

/// Loads sets of policies, in their order.
pub(crate) fn load(sets: &[&PolicySet]) -> Result<Loaded, Vec<Fault>> {
    let mut loading = Loading::default();
    for set in sets {
        for range in statements(&set.text) {
            let text = set.text.get(range.clone()).unwrap_or_default();
            loading.add(Place { set, start: range.start, text });
        }
    }
    let warnings = loading.validate();
    let Loading { rules, mut faults, names, cedar, .. } = loading;
    if faults.is_empty() {
        return Ok(Loaded { rules, names, cedar, warnings });
    }
    faults.sort();
    faults.dedup();
    Err(faults)
}

#[derive(Default)]
struct Loading<'a> {
    places: Vec<Place<'a>>,
    rules: Vec<Rule>,
    faults: Vec<Fault>,
    names: Names,
    cedar: CedarSet,
    ids: BTreeSet<String>,
}

impl<'a> Loading<'a> {
    fn add(&mut self, place: Place<'a>) {
        match self.read(&place) {
            Ok(rule) => self.rules.push(rule),
            Err(mut faults) => self.faults.append(&mut faults),
        }
        self.places.push(place);
    }

    fn read(&mut self, place: &Place<'_>) -> Result<Rule, Vec<Fault>> {
        if is_too_deep(place.text) {
            let help = "write a set instead of a chain, or several policies".to_owned();
            return Err(vec![place.fault(
                0,
                "the policy is nested too deeply, or too long",
                Some(help),
            )]);
        }
        // The number of the place is the policy's id in Cedar, by which its errors are found again.
        let id = PolicyId::new(self.places.len().to_string());
        let policy = Policy::parse(Some(id), place.text).map_err(|errors| {
            let each = errors.iter().map(|error| place.diagnosed(error, &error.to_string()));
            each.collect::<Vec<_>>()
        })?;
        let forbids = policy.effect() == Effect::Forbid;
        let mut faults = Vec::new();
        let notes = Annotations::read(policy.annotations(), forbids);
        let notes = notes.inspect_err(|wrong| {
            for (name, message, help) in wrong {
                let offset = place.text.find(&format!("@{name}")).filter(|_| !name.is_empty());
                faults.push(place.fault(offset.unwrap_or(0), message, Some(help.clone())));
            }
        });
        let json =
            policy.to_json().map_err(|error| vec![place.diagnosed(&error, &error.to_string())])?;
        let entities = entities_in(&json);
        faults.extend(entities.iter().filter_map(|named| wrong_key(place, named)));
        let Ok(notes) = notes else { return Err(faults) };
        if !self.ids.insert(notes.id.clone()) {
            let message = format!("another policy is named `{}`", notes.id);
            let help = "names are unique in all sets together: give it another one".to_owned();
            faults.push(place.fault(place.text.find("@id").unwrap_or(0), &message, Some(help)));
        }
        if let Err(error) = self.cedar.add(policy.clone()) {
            faults.push(place.fault(0, &error.to_string(), None));
        }
        if faults.is_empty() {
            self.rule(place, notes, &policy, &json, entities)
        } else {
            Err(faults)
        }
    }

    fn rule(
        &mut self,
        place: &Place<'_>,
        notes: Annotations,
        policy: &Policy,
        json: &Json,
        entities: BTreeSet<Named>,
    ) -> Result<Rule, Vec<Fault>> {
        let everything = Scope { fares: 0b111, who: None, what: None };
        let scope = compile::scope(json, &mut self.names);
        let condition = compile::condition(json, &mut self.names).filter(|_| scope.is_some());
        let scope = scope.unwrap_or(everything);
        let mut narrowed = scope.clone();
        let body = match condition {
            Some(condition) => {
                compile::narrow(&mut narrowed, &condition);
                Body::Compiled(condition)
            }
            None => {
                let alone = CedarSet::from_policies([policy.clone()]);
                let alone =
                    alone.map_err(|error| vec![place.fault(0, &error.to_string(), None)])?;
                Body::Cedar(Box::new(alone), entities.iter().cloned().collect())
            }
        };
        let (line, _) = line_and_column(&place.set.text, place.start);
        let (set, forbids) = (place.set.name.clone(), policy.effect() == Effect::Forbid);
        let names = entities.into_iter().collect();
        Ok(Rule { notes, set, line, forbids, scope, narrowed, body, names })
    }

    /// Cedar's strict validation of all that could be read.
    fn validate(&mut self) -> Vec<Warning> {
        let schema = match schema() {
            Ok(schema) => schema.clone(),
            Err(message) => {
                let (set, help) = (String::new(), None);
                self.faults.push(Fault { set, line: 0, column: 0, message, help });
                return Vec::new();
            }
        };
        let found = Validator::new(schema).validate(&self.cedar, ValidationMode::Strict);
        for error in found.validation_errors() {
            if let Some(place) = self.place(error.policy_id()) {
                self.faults.push(place.diagnosed(error, &error.to_string()));
            }
        }
        let warnings = found.validation_warnings().filter_map(|warning| {
            let place = self.place(warning.policy_id())?;
            let fault = place.diagnosed(warning, &warning.to_string());
            let help = "look whether this is what you mean".to_owned();
            let Fault { set, line, message, help: cedar_help, .. } = fault;
            let help = cedar_help.unwrap_or(help);
            Some(Warning { doubt: Doubt::Odd, set, line, message, help })
        });
        warnings.collect()
    }

    fn place(&self, id: &PolicyId) -> Option<&Place<'a>> {
        let number: &str = id.as_ref();
        self.places.get(number.parse::<usize>().ok()?)
    }
}

/// Cedar begins its messages with the id that we made up.
fn nameless(message: &str) -> &str {
    let rest = message.strip_prefix("for policy `").and_then(|rest| rest.split_once("`, "));
    rest.map_or(message, |(_, rest)| rest)
}

/// All entities that a policy names.
fn entities_in(json: &Json) -> BTreeSet<Named> {
    let mut found = BTreeSet::new();
    let mut todo = vec![json];
    while let Some(json) = todo.pop() {
        if let Some((kind, key)) = compile::entity_of(json) {
            found.insert((kind, key.to_owned()));
        }
        match json {
            Json::Array(parts) => todo.extend(parts),
            Json::Object(parts) => todo.extend(parts.values()),
            _ => {}
        }
    }
    found
}

/// A key that is not written as the estate's keys are would never match anything.
fn wrong_key(place: &Place<'_>, (kind, key): &Named) -> Option<Fault> {
    let right = folded(key);
    if *kind == Kind::Action || *right == **key {
        return None;
    }
    let offset = place.text.find(&format!("{}::\"{key}\"", kind.name())).unwrap_or(0);
    let message = format!("`{key}` is not how keys are written here");
    let help = format!("write {}::\"{right}\"", kind.name());
    Some(place.fault(offset, &message, Some(help)))
}

#[cfg(test)]
mod tests;
