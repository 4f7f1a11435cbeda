//! Rules that can never matter: whoever they are about was turned away, or let in, by another one.

use super::{Finding, Matter};
use crate::options::OptionsFile;
use crate::options::directive::{Directive, Feature, GroupKind, Verb, Who};
use crate::options::groups::Groups;
use crate::options::name::Name;
use std::collections::{BTreeMap, BTreeSet};

/// Of a feature with more rules, the first ones are compared.
const RULES_MAX: usize = 1_000;

pub(super) fn findings(file: &OptionsFile, groups: &Groups) -> Vec<Finding> {
    let sets = Sets::of(groups);
    let mut rules: BTreeMap<&Feature, Vec<(usize, &Directive)>> = BTreeMap::new();
    let all: Vec<(usize, &Directive)> = file
        .directives()
        .filter(|(_, directive)| matches!(directive, Directive::AccessAll { .. }))
        .take(RULES_MAX)
        .collect();
    for (line, directive) in file.directives() {
        if let Some(feature) = directive.feature() {
            rules.entry(feature).or_insert_with(|| all.clone()).push((line, directive));
        }
    }
    rules.into_values().flat_map(|rules| of_feature(&rules, &sets)).collect()
}

fn of_feature(rules: &[(usize, &Directive)], sets: &Sets) -> Vec<Finding> {
    let limit = rules.get(RULES_MAX).map(|(line, directive)| {
        let code = directive.feature().map_or("", Feature::code);
        let text =
            format!("`{code}` has more than {RULES_MAX} rules, of which the first are compared");
        Finding::new(Matter::Limit, [*line], text, "put people into groups")
    });
    let rules: Vec<_> = rules.iter().take(RULES_MAX).copied().collect();
    let lists = Lists::of(&rules);
    let dead = rules.iter().filter_map(|(line, rule)| lists.death(*line, rule, sets));
    dead.chain(limit).collect()
}

/// Who is on which list.
struct Lists<'a> {
    listed: Vec<(Verb, usize, &'a Who)>,
}

impl<'a> Lists<'a> {
    fn of(rules: &[(usize, &'a Directive)]) -> Self {
        let listed = rules.iter().filter_map(|(line, rule)| match rule {
            Directive::Access { verb, who, .. } => Some((*verb, *line, who)),
            Directive::AccessAll { include, who } => {
                Some((if *include { Verb::Include } else { Verb::Exclude }, *line, who))
            }
            _ => None,
        });
        Self { listed: listed.collect() }
    }

    fn on(&self, verb: Verb) -> impl Iterator<Item = (usize, &'a Who)> {
        let on = self.listed.iter().filter(move |(of, ..)| *of == verb);
        on.map(|(_, line, who)| (*line, *who))
    }

    /// Why a rule can never matter, if so.
    fn death(&self, line: usize, rule: &Directive, sets: &Sets) -> Option<Finding> {
        match rule {
            Directive::Access { verb, who, .. } if verb.excludes() => self
                .doubled(*verb, line, who, sets)
                .or_else(|| self.outside(verb.opposite(), line, who, sets)),
            Directive::Access { verb, who, .. } => self
                .excluded(verb.opposite(), line, who, sets, "includes")
                .or_else(|| self.doubled(*verb, line, who, sets)),
            Directive::Reserve { who, .. } => self
                .excluded(Verb::Exclude, line, who, sets, "reserves for")
                .or_else(|| self.outside(Verb::Include, line, who, sets)),
            Directive::Max { who, .. } => self
                .excluded(Verb::Exclude, line, who, sets, "counts")
                .or_else(|| self.outside(Verb::Include, line, who, sets)),
            _ => None,
        }
    }

    /// An EXCLUDE is about all of them.
    fn excluded(
        &self,
        verb: Verb,
        line: usize,
        who: &Who,
        sets: &Sets,
        does: &str,
    ) -> Option<Finding> {
        let (other, whom) =
            self.on(verb).find(|(_, whom)| *whom != who && sets.covers(whom, who))?;
        let text = format!("it {does} {who}, whom line {other} excludes with {whom}");
        Some(Finding::new(Matter::Dead, [line, other], text, "take out one of the two"))
    }

    /// Another line of the same list is about all of them.
    fn doubled(&self, verb: Verb, line: usize, who: &Who, sets: &Sets) -> Option<Finding> {
        let wider = |(other, whom): &(usize, &Who)| {
            *other != line
                && *whom != who
                && sets.covers(whom, who)
                // Of two that are about the same people, the later one goes.
                && (!sets.covers(who, whom) || *other < line)
        };
        let (other, whom) = self.on(verb).find(wider)?;
        let text = format!("{who} is on the same list with {whom} of line {other}");
        Some(Finding::new(Matter::Dead, [line, other], text, "take the line out"))
    }

    /// There is an INCLUDE list, and none of them is on it.
    fn outside(&self, verb: Verb, line: usize, who: &Who, sets: &Sets) -> Option<Finding> {
        let mut list = self.on(verb).peekable();
        list.peek()?;
        let lines: Vec<usize> = self.on(verb).map(|(line, _)| line).take(3).collect();
        if list.any(|(_, whom)| !sets.apart(whom, who)) {
            return None;
        }
        let text = format!("{who} is not included, so this changes nothing for them");
        let help = "take the line out, or include them";
        Some(Finding::new(Matter::Dead, [line].into_iter().chain(lines), text, help))
    }
}

/// Groups as sets of the names that are compared.
struct Sets {
    users: BTreeMap<Name, BTreeSet<String>>,
    hosts: BTreeMap<Name, BTreeSet<String>>,
    case_insensitive: bool,
}

/// The users or hosts that somebody stands for.
enum Named<'a> {
    One(String),
    Many(&'a BTreeSet<String>),
}

impl Sets {
    fn of(groups: &Groups) -> Self {
        let case_insensitive = groups.case_insensitive;
        let mut sets = Self { users: BTreeMap::new(), hosts: BTreeMap::new(), case_insensitive };
        for (kind, name, group) in groups.iter() {
            let members = group.members.iter();
            let set =
                members.map(|(member, _)| folded(member.as_str(), case_insensitive)).collect();
            match kind {
                GroupKind::Users => sets.users.insert(name.clone(), set),
                GroupKind::Hosts => sets.hosts.insert(name.clone(), set),
            };
        }
        sets
    }

    /// The names that somebody stands for; `None` for a group that is not there, and for who is no user or host.
    fn names(&self, who: &Who) -> Option<(GroupKind, Named<'_>)> {
        let one = |name: &Name| Named::One(folded(name.as_str(), self.case_insensitive));
        Some(match who {
            Who::User(name) => (GroupKind::Users, one(name)),
            Who::Host(name) => (GroupKind::Hosts, one(name)),
            Who::Group(name) => (GroupKind::Users, Named::Many(self.users.get(name)?)),
            Who::HostGroup(name) => (GroupKind::Hosts, Named::Many(self.hosts.get(name)?)),
            _ => return None,
        })
    }

    /// Whether whoever `narrow` is about, `wide` is about too.
    fn covers(&self, wide: &Who, narrow: &Who) -> bool {
        match (wide, narrow) {
            _ if wide == narrow => return true,
            (Who::Internet(wide), Who::Internet(narrow)) => return wide.covers(narrow),
            (Who::User(_) | Who::Host(_), Who::User(_) | Who::Host(_)) => return false,
            // A USER or HOST line is about one spelling, a group in any case about more.
            (Who::User(_) | Who::Host(_), _) if self.case_insensitive => return false,
            _ => {}
        }
        match (self.names(wide), self.names(narrow)) {
            (Some((kind, wide)), Some((of, narrow))) => kind == of && wide.has_all(&narrow),
            _ => false,
        }
    }

    /// Whether nobody can be both; hosts and users can always meet.
    fn apart(&self, one: &Who, other: &Who) -> bool {
        match (self.names(one), self.names(other)) {
            (Some((GroupKind::Users, one)), Some((GroupKind::Users, other))) => {
                one.has_none(&other)
            }
            _ => false,
        }
    }
}

impl Named<'_> {
    fn has_all(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::One(one), Self::One(other)) => one == other,
            (Self::Many(many), Self::One(one)) => many.contains(one),
            (Self::One(one), Self::Many(many)) => many.len() == 1 && many.contains(one),
            (Self::Many(many), Self::Many(other)) => !other.is_empty() && other.is_subset(many),
        }
    }

    fn has_none(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::One(one), Self::One(other)) => one != other,
            (Self::Many(many), Self::One(one)) | (Self::One(one), Self::Many(many)) => {
                !many.contains(one)
            }
            (Self::Many(many), Self::Many(other)) => other.is_disjoint(many),
        }
    }
}

fn folded(name: &str, case_insensitive: bool) -> String {
    if case_insensitive { name.to_lowercase() } else { name.to_owned() }
}
