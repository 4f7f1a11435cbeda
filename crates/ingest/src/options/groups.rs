//! Groups, the lines of one name taken together, and who is in them.

use super::OptionsFile;
use super::directive::{Directive, GroupKind, Who};
use super::effective::Asker;
use super::name::{Name, alike};
use super::range::Range;
use std::collections::BTreeMap;

/// The groups of a file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Groups {
    groups: BTreeMap<(GroupKind, Name), Group>,
    /// Whether the case of members is ignored; in force for the whole file, wherever it is written.
    pub case_insensitive: bool,
}

/// A group: its members, each with the line that put it there.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Group {
    /// Members and lines, in the order of the file.
    pub members: Vec<(Name, usize)>,
    /// The lines that make it up.
    pub lines: Vec<usize>,
}

impl Groups {
    pub(super) fn of(file: &OptionsFile) -> Self {
        let mut groups = Self::default();
        for (line, directive) in file.directives() {
            match directive {
                Directive::Group { kind, name, members } => {
                    let group = groups.groups.entry((*kind, name.clone())).or_default();
                    group.lines.push(line);
                    group.members.extend(members.iter().map(|member| (member.clone(), line)));
                }
                Directive::GroupCaseInsensitive(on) => groups.case_insensitive = *on,
                _ => {}
            }
        }
        groups
    }

    /// A group by its name, the case of which counts.
    #[must_use]
    pub fn get(&self, kind: GroupKind, name: &Name) -> Option<&Group> {
        self.groups.get(&(kind, name.clone()))
    }

    /// All groups, in the order of their kinds and names.
    pub fn iter(&self) -> impl Iterator<Item = (GroupKind, &Name, &Group)> {
        self.groups.iter().map(|((kind, name), group)| (*kind, name, group))
    }

    /// Whether a rule about `who` is about this asker.
    #[must_use]
    pub fn matches(&self, who: &Who, asker: &Asker<'_>) -> bool {
        match who {
            Who::User(name) => name.as_str() == asker.user,
            Who::Host(name) => is_host(name, asker, false),
            Who::Display(name) => asker.display == Some(name.as_str()),
            Who::Project(name) => asker.project == Some(name.as_str()),
            Who::Internet(range) => asker.address.is_some_and(|address| range.contains(address)),
            Who::Group(name) => self.get(GroupKind::Users, name).is_some_and(|group| {
                group.members.iter().any(|(member, _)| self.same(member.as_str(), asker.user))
            }),
            Who::HostGroup(name) => self.get(GroupKind::Hosts, name).is_some_and(|group| {
                group
                    .members
                    .iter()
                    .any(|(member, _)| is_host(member, asker, self.case_insensitive))
            }),
        }
    }

    fn same(&self, one: &str, other: &str) -> bool {
        if self.case_insensitive { alike(one, other) } else { one == other }
    }
}

/// A host is written by its name or, with wildcards, by its address.
fn is_host(name: &Name, asker: &Asker<'_>, any_case: bool) -> bool {
    let by_name =
        if any_case { alike(name.as_str(), asker.host) } else { name.as_str() == asker.host };
    by_name
        || asker.address.is_some_and(|address| {
            Range::parse(name.as_str()).is_ok_and(|range| range.contains(address))
        })
}
