//! Rights: which role may do what, decided by Cedar over a schema of its own.
//!
//! Roles and rights are few and fixed, so whoever asks often asks once for each and keeps the answers.
//! To add a right: its action in `policies/rights.cedarschema`, who has it in `policies/rights.cedar`, its
//! variant in `faregate_app::rights`.

use crate::fault::Fault;
use crate::load::Place;
use crate::text::{is_too_deep, statements};
use cedar_policy::{
    Authorizer, Context, Decision, Entities, EntityId, EntityTypeName, EntityUid, Policy, PolicyId,
    PolicySet as CedarSet, Request, Response, Schema, ValidationMode, Validator,
};
use core::str::FromStr;
use faregate_core::event::{Mode, PolicySet};
use std::sync::LazyLock;

/// What texts on rights can speak of, in Cedar's human syntax.
pub const RIGHTS_SCHEMA: &str = include_str!("../../../policies/rights.cedarschema");

/// The rights of each role, as Faregate ships them.
pub const SHIPPED_RIGHTS: &str = include_str!("../../../policies/rights.cedar");

/// Their name, where a fault is in them.
const SHIPPED_NAME: &str = "policies/rights.cedar";

static SCHEMA: LazyLock<Result<Schema, String>> = LazyLock::new(|| {
    let parsed = Schema::from_cedarschema_str(RIGHTS_SCHEMA);
    parsed.map(|(schema, _)| schema).map_err(|error| error.to_string())
});

/// The shipped rights, and those of a text on top.
pub struct RightsBook {
    texts: Vec<PolicySet>,
    /// The number of the text and the place in it of each policy, whose id is its number here.
    places: Vec<(usize, core::ops::Range<usize>)>,
    cedar: CedarSet,
    entities: Entities,
}

impl RightsBook {
    /// The shipped rights, with a text on top when there is one: its name, for faults, and what it says.
    ///
    /// # Errors
    /// What is wrong with the text, each with its place.
    pub fn load(added: Option<(&str, &str)>) -> Result<Self, Vec<Fault>> {
        let named = |(name, text): (&str, &str)| PolicySet {
            name: name.to_owned(),
            mode: Mode::Enforce,
            text: text.to_owned(),
        };
        let texts: Vec<PolicySet> = [Some((SHIPPED_NAME, SHIPPED_RIGHTS)), added]
            .into_iter()
            .flatten()
            .map(named)
            .collect();
        let places = texts.iter().enumerate().flat_map(|(number, set)| {
            statements(&set.text).into_iter().map(move |range| (number, range))
        });
        let places = places.collect();
        let entities = Entities::from_entities([], Some(schema()?))
            .map_err(|error| vec![broken(error.to_string())])?;
        let mut book = Self { texts, places, cedar: CedarSet::new(), entities };
        let mut faults = book.read();
        if faults.is_empty() {
            faults = book.validate(schema()?);
        }
        faults.sort();
        faults.dedup();
        if faults.is_empty() { Ok(book) } else { Err(faults) }
    }

    /// Whether a role has a right. Names that are in no schema have none.
    #[must_use]
    pub fn allows(&self, role: &str, right: &str) -> bool {
        self.response(role, right).is_some_and(|response| response.decision() == Decision::Allow)
    }

    /// What is wrong with the policy by which a role lacks a right.
    #[must_use]
    pub fn fault(&self, role: &str, right: &str, message: &str, help: &str) -> Fault {
        let response = self.response(role, right);
        let first = response.and_then(|response| {
            let mut numbers: Vec<usize> =
                response.diagnostics().reason().filter_map(number).collect();
            numbers.sort_unstable();
            numbers.first().copied()
        });
        match first.and_then(|number| self.place(number)) {
            Some(place) => place.fault(0, message, Some(help.to_owned())),
            None => broken(message.to_owned()),
        }
    }

    fn response(&self, role: &str, right: &str) -> Option<Response> {
        let schema = schema().ok()?;
        let [principal, action, resource] =
            [("Role", role), ("Action", right), ("Faregate", "here")]
                .map(|(kind, id)| uid(kind, id));
        let request =
            Request::new(principal?, action?, resource?, Context::empty(), Some(schema)).ok()?;
        Some(Authorizer::new().is_authorized(&request, &self.cedar, &self.entities))
    }

    /// Parses all policies; what is wrong with them.
    fn read(&mut self) -> Vec<Fault> {
        let (mut faults, mut read) = (Vec::new(), Vec::new());
        for number in 0..self.places.len() {
            let Some(place) = self.place(number) else { continue };
            if is_too_deep(place.text) {
                let help = "write several policies".to_owned();
                faults.push(place.fault(
                    0,
                    "the policy is nested too deeply, or too long",
                    Some(help),
                ));
                continue;
            }
            match Policy::parse(Some(PolicyId::new(number.to_string())), place.text) {
                Ok(policy) => read.push(policy),
                Err(errors) => {
                    faults.extend(errors.iter().map(|e| place.diagnosed(e, &e.to_string())));
                }
            }
        }
        for policy in read {
            if let Err(error) = self.cedar.add(policy) {
                faults.push(broken(error.to_string()));
            }
        }
        faults
    }

    /// Cedar's strict validation.
    fn validate(&self, schema: &Schema) -> Vec<Fault> {
        let found = Validator::new(schema.clone()).validate(&self.cedar, ValidationMode::Strict);
        let fault = |error: &cedar_policy::ValidationError| {
            let place = number(error.policy_id()).and_then(|number| self.place(number));
            place.map_or_else(
                || broken(error.to_string()),
                |place| place.diagnosed(error, &error.to_string()),
            )
        };
        found.validation_errors().map(fault).collect()
    }

    fn place(&self, number: usize) -> Option<Place<'_>> {
        let (text, range) = self.places.get(number)?;
        let set = self.texts.get(*text)?;
        Some(Place {
            set,
            start: range.start,
            text: set.text.get(range.clone()).unwrap_or_default(),
        })
    }
}

fn schema() -> Result<&'static Schema, Vec<Fault>> {
    SCHEMA.as_ref().map_err(|message| vec![broken(message.clone())])
}

fn broken(message: String) -> Fault {
    Fault { set: SHIPPED_NAME.to_owned(), line: 0, column: 0, message, help: None }
}

fn number(id: &PolicyId) -> Option<usize> {
    let text: &str = id.as_ref();
    text.parse().ok()
}

fn uid(kind: &str, id: &str) -> Option<EntityUid> {
    let kind = EntityTypeName::from_str(kind).ok()?;
    Some(EntityUid::from_type_name_and_id(kind, EntityId::new(id)))
}

#[cfg(test)]
mod tests;
