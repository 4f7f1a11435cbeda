//! What is wrong with an options file that can be read: contradictions, dead rules, groups that nobody uses or that
//! do not exist, codes of the wrong kind. Each with its lines and what to do.
//!
//! To add a finding: a variant of [`Matter`], a function that returns findings, its place in [`conflicts`], a row
//! in the tests' table.

mod codes;
mod dead;
mod members;

use super::directive::{Directive, Feature, GroupKind, Who};
use super::groups::Groups;
use super::name::Name;
use super::{Content, OptionsFile};
use crate::features::FeatureTable;
use core::fmt;
use std::collections::BTreeMap;

/// Something that does not do what it looks like.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// What it is about.
    pub matter: Matter,
    /// The lines, the one to look at first in front.
    pub lines: Vec<usize>,
    /// What is wrong.
    pub text: String,
    /// What to do.
    pub help: String,
}

/// What a finding is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Matter {
    /// A line that cannot be read.
    Bad,
    /// Two lines that say the opposite of each other.
    Contradiction,
    /// A line that is there twice.
    Repeated,
    /// More licences are reserved than a MAX lets them have.
    ReserveAboveMax,
    /// A group that does not exist.
    NoGroup,
    /// A group that no rule names.
    UnusedGroup,
    /// A member of a group that is the name of a group.
    Nested,
    /// Members that differ in their case only.
    Case,
    /// A rule that can never matter, as another one decides before it.
    Dead,
    /// A component code, where a package code is needed.
    Component,
    /// A code that is in no table.
    Unknown,
    /// A rule for one of a package's two forms.
    OneForm,
    /// A comment that a daemon could take to go on in the next line.
    Comment,
    /// A line of the operator that changes what Faregate's part means.
    Foreign,
    /// So many rules that not all were compared.
    Limit,
}

impl Finding {
    pub(super) fn new(
        matter: Matter,
        lines: impl IntoIterator<Item = usize>,
        text: String,
        help: impl Into<String>,
    ) -> Self {
        Self { matter, lines: lines.into_iter().collect(), text, help: help.into() }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let lines: Vec<String> = self.lines.iter().map(ToString::to_string).collect();
        let word = if lines.len() == 1 { "line" } else { "lines" };
        write!(f, "{word} {}: {}; {}", lines.join(", "), self.text, self.help)
    }
}

/// All that is wrong with a file, in the order of its lines.
#[must_use]
pub fn conflicts(file: &OptionsFile, table: &FeatureTable) -> Vec<Finding> {
    let groups = file.groups();
    let mut found = unreadable(file);
    found.extend(contradictions(file));
    found.extend(reserved_above_max(file));
    found.extend(missing_groups(file, &groups));
    found.extend(members::findings(file, &groups));
    found.extend(dead::findings(file, &groups));
    found.extend(codes::findings(file, table));
    found.sort_by(|one, other| (&one.lines, one.matter).cmp(&(&other.lines, other.matter)));
    found
}

fn unreadable(file: &OptionsFile) -> Vec<Finding> {
    let finding = |line: &super::Line| match line.content() {
        Content::Bad(fault) => {
            Some(Finding::new(Matter::Bad, [line.number()], fault.to_string(), fault.help()))
        }
        Content::Comment if line.source().trim_end().ends_with('\\') => Some(Finding::new(
            Matter::Comment,
            [line.number()],
            "a comment ends with `\\`, so that a daemon may take the next line for a part of it"
                .to_owned(),
            "take the `\\` off",
        )),
        _ => None,
    };
    file.lines().iter().filter_map(finding).collect()
}

/// What a line sets, apart from the value: two lines of one key are a repetition or a contradiction.
fn key(directive: &Directive) -> Option<(String, u32)> {
    let of = |word: &str, feature: &Feature| format!("{word} {feature}");
    Some(match directive {
        Directive::Max { count, feature, who } => (format!("MAX {feature} {who}"), *count),
        Directive::Timeout { feature, seconds } => (of("TIMEOUT", feature), *seconds),
        Directive::TimeoutAll { seconds } => ("TIMEOUTALL".to_owned(), *seconds),
        Directive::Linger { feature, seconds } => (of("LINGER", feature), *seconds),
        Directive::BorrowLowWater { feature, count } => (of("BORROW_LOWWATER", feature), *count),
        Directive::MaxBorrowHours { feature, hours } => (of("MAX_BORROW_HOURS", feature), *hours),
        Directive::MaxOverdraft { feature, count } => (of("MAX_OVERDRAFT", feature), *count),
        Directive::GroupCaseInsensitive(on) => ("GROUPCASEINSENSITIVE".to_owned(), (*on).into()),
        // An INCLUDE and an EXCLUDE of the same are one key with two values.
        Directive::Access { verb, feature, who } => {
            let verbs = if verb.excludes() { verb.opposite() } else { *verb };
            (format!("{} {feature} {who}", verbs.keyword()), verb.excludes().into())
        }
        Directive::AccessAll { include, who } => (format!("INCLUDEALL {who}"), (!*include).into()),
        _ => return None,
    })
}

fn contradictions(file: &OptionsFile) -> Vec<Finding> {
    let mut seen: BTreeMap<String, (usize, u32)> = BTreeMap::new();
    let mut found = Vec::new();
    for (line, directive) in file.directives() {
        let Some((key, value)) = key(directive) else { continue };
        let Some((first, other)) = seen.insert(key.clone(), (line, value)) else { continue };
        found.push(if value == other {
            let text = format!("the line is there twice, first as line {first}");
            Finding::new(Matter::Repeated, [line, first], text, "take one out")
        } else {
            opposed(directive, &key, line, first)
        });
    }
    found
}

fn opposed(directive: &Directive, key: &str, line: usize, first: usize) -> Finding {
    let (text, help) = match directive {
        Directive::Access { .. } | Directive::AccessAll { .. } => (
            format!("`{key}` is included and excluded; EXCLUDE wins"),
            "take out the INCLUDE, or the EXCLUDE",
        ),
        _ => (format!("`{key}` has two values"), "keep the line that you mean"),
    };
    Finding::new(Matter::Contradiction, [line, first], text, help)
}

fn reserved_above_max(file: &OptionsFile) -> Vec<Finding> {
    let mut reserved: BTreeMap<(&Feature, &Who), (Vec<usize>, u32)> = BTreeMap::new();
    for (line, directive) in file.directives() {
        if let Directive::Reserve { count, feature, who } = directive {
            let entry = reserved.entry((feature, who)).or_default();
            entry.0.push(line);
            entry.1 = entry.1.saturating_add(*count);
        }
    }
    let above = |(line, directive): (usize, &Directive)| {
        let Directive::Max { count, feature, who } = directive else { return None };
        let (lines, sum) = reserved.get(&(feature, who)).filter(|(_, sum)| sum > count)?;
        let text =
            format!("{sum} licences of `{feature}` are reserved for {who}, who may have {count}");
        let lines = lines.iter().copied().chain([line]);
        Some(Finding::new(Matter::ReserveAboveMax, lines, text, "reserve no more than MAX says"))
    };
    file.directives().filter_map(above).collect()
}

fn missing_groups(file: &OptionsFile, groups: &Groups) -> Vec<Finding> {
    let missing = |(line, directive): (usize, &Directive)| {
        let (kind, name) = directive.who()?.group()?;
        if groups.get(kind, name).is_some() {
            return None;
        }
        let text = format!("there is no {} `{name}`, so the rule is about nobody", kind.keyword());
        Some(Finding::new(Matter::NoGroup, [line], text, instead(groups, kind, name)))
    };
    file.directives().filter_map(missing).collect()
}

/// The group that was meant, where one is near.
fn instead(groups: &Groups, kind: GroupKind, name: &Name) -> String {
    let near = |(of, other, _): &(GroupKind, &Name, &super::Group)| {
        (*of != kind && *other == name) || (*of == kind && other.is_like(name.as_str()))
    };
    match groups.iter().find(near) {
        Some((of, other, _)) if of != kind => {
            format!("write {} `{other}`, which there is", of.keyword())
        }
        Some((_, other, _)) => format!("write `{other}`; the case of names counts"),
        None => format!("add {} {name} with its members, or take the rule out", kind.keyword()),
    }
}
