//! People and places of an options file as conditions of a policy.

use crate::options::directive::{GroupKind, Who};
use crate::options::groups::Groups;
use crate::options::name::Name;
use crate::options::range::Range;
use std::collections::BTreeSet;

/// A list: conditions of which one is enough.
#[derive(Clone, Debug)]
pub(super) struct Terms {
    pub(super) any_of: BTreeSet<String>,
    pub(super) lines: BTreeSet<usize>,
    /// Whether everybody on the list could be said.
    pub(super) complete: bool,
}

impl Default for Terms {
    fn default() -> Self {
        Self { any_of: BTreeSet::new(), lines: BTreeSet::new(), complete: true }
    }
}

impl Terms {
    /// The condition to be on the list; `None` where nobody is.
    pub(super) fn any(&self) -> Option<Condition> {
        (!self.any_of.is_empty()).then(|| Condition::any(&self.any_of))
    }
}

/// A condition, or that it does not hold.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Condition {
    text: String,
    negative: bool,
}

impl Condition {
    /// Any of them; of none, what never holds.
    pub(super) fn any(terms: &BTreeSet<String>) -> Self {
        let text: Vec<&str> = terms.iter().map(String::as_str).collect();
        let text = if text.is_empty() { "false".to_owned() } else { text.join(" || ") };
        Self { text, negative: false }
    }

    pub(super) fn not(self) -> Self {
        Self { negative: !self.negative, ..self }
    }

    pub(super) fn or(self, other: String) -> Self {
        Self { text: format!("{} || {other}", self.text()), negative: false }
    }

    pub(super) fn and(&self, other: &Self) -> Self {
        Self { text: format!("({}) && ({})", self.text(), other.text()), negative: false }
    }

    pub(super) fn text(&self) -> String {
        if self.negative { format!("!({})", self.text) } else { self.text.clone() }
    }

    /// How a policy says it: `when` or `unless`, and the rest.
    pub(super) fn clause(&self) -> (&'static str, &str) {
        (if self.negative { "unless" } else { "when" }, &self.text)
    }
}

/// The conditions under which a line is about somebody, none where it is about nobody.
///
/// # Errors
/// What a policy cannot ask for.
pub(super) fn term(
    who: &Who,
    groups: &Groups,
    person: &dyn Fn(&str) -> Option<String>,
) -> Result<Vec<String>, &'static str> {
    Ok(match who {
        Who::User(name) => vec![format!("principal == Person::{}", literal(&key(name, person)))],
        Who::Group(name) => match groups.get(GroupKind::Users, name) {
            Some(_) => {
                vec![format!("principal in Group::{}", literal(&name.as_str().to_lowercase()))]
            }
            None => Vec::new(),
        },
        Who::Host(name) => vec![host(name)?],
        Who::HostGroup(name) => match groups.get(GroupKind::Hosts, name) {
            Some(group) => hosts(&group.members)?,
            None => Vec::new(),
        },
        Who::Internet(range) => vec![address(range)?],
        Who::Display(_) => return Err("policies do not know displays"),
        Who::Project(_) => return Err("policies do not know LM_PROJECT"),
    })
}

/// The key of a user: as policies write them, in lower case.
pub(super) fn key(user: &Name, person: &dyn Fn(&str) -> Option<String>) -> String {
    person(user.as_str()).unwrap_or_else(|| user.as_str().to_owned()).to_lowercase()
}

fn host(name: &Name) -> Result<String, &'static str> {
    match Range::parse(name.as_str()) {
        Ok(range) => address(&range),
        Err(_) => Ok(format!("context.host == {}", literal(name.as_str()))),
    }
}

fn hosts(members: &[(Name, usize)]) -> Result<Vec<String>, &'static str> {
    let (ranges, names): (Vec<_>, Vec<_>) =
        members.iter().partition(|(name, _)| Range::parse(name.as_str()).is_ok());
    let names: BTreeSet<String> = names.iter().map(|(name, _)| literal(name.as_str())).collect();
    let names: Vec<String> = names.into_iter().collect();
    let mut terms: Vec<String> =
        ranges.iter().map(|(name, _)| host(name)).collect::<Result<_, _>>()?;
    if !names.is_empty() {
        terms.push(format!("[{}].contains(context.host)", names.join(", ")));
    }
    Ok(terms)
}

fn address(range: &Range) -> Result<String, &'static str> {
    let block = range.block().ok_or("a wildcard before the end of an address is no block")?;
    Ok(format!("(context has address && context.address.isInRange(ip({})))", literal(&block)))
}

/// A text in quotes. Names have neither quotes nor control characters; names of products might.
pub(super) fn literal(text: &str) -> String {
    let mut out = String::from("\"");
    for letter in text.chars() {
        match letter {
            '"' | '\\' => out.extend(['\\', letter]),
            letter if letter.is_control() => out.push(' '),
            letter => out.push(letter),
        }
    }
    out.push('"');
    out
}
