//! What is wrong with groups.

use super::{Finding, Matter};
use crate::options::OptionsFile;
use crate::options::directive::{Directive, GroupKind};
use crate::options::groups::{Group, Groups};
use crate::options::name::Name;
use std::collections::{BTreeMap, BTreeSet};

pub(super) fn findings(file: &OptionsFile, groups: &Groups) -> Vec<Finding> {
    let used: BTreeSet<(GroupKind, &Name)> =
        file.directives().filter_map(|(_, directive)| directive.who()?.group()).collect();
    let names: BTreeSet<(GroupKind, &Name)> =
        groups.iter().map(|(kind, name, _)| (kind, name)).collect();
    let mut found = Vec::new();
    for (kind, name, group) in groups.iter() {
        if !used.contains(&(kind, name)) {
            let text = format!("no rule names {} `{name}`", kind.keyword());
            let help = "take the group out, or write the rule that is missing";
            found.push(Finding::new(Matter::UnusedGroup, group.lines.clone(), text, help));
        }
        found.extend(twins(name, group, groups.case_insensitive));
        let nested = group.members.iter().filter(|(member, _)| names.contains(&(kind, member)));
        found.extend(nested.map(|(member, line)| {
            let text = format!("the member `{member}` of `{name}` is the name of a group");
            Finding::new(Matter::Nested, [*line], text, "list its members; groups do not nest")
        }));
    }
    found.extend(late_switch(file));
    found
}

/// Members that are there twice, in whatever case.
fn twins(name: &Name, group: &Group, case_insensitive: bool) -> Vec<Finding> {
    let mut seen: BTreeMap<String, (&Name, usize)> = BTreeMap::new();
    let mut found = Vec::new();
    for (member, line) in &group.members {
        let Some((other, first)) = seen.insert(member.as_str().to_lowercase(), (member, *line))
        else {
            continue;
        };
        let (matter, text, help) = if other == member {
            (Matter::Repeated, format!("`{member}` is in `{name}` twice"), "take one out")
        } else if case_insensitive {
            (
                Matter::Case,
                format!("`{other}` and `{member}` in `{name}` are one member"),
                "take one out",
            )
        } else {
            (
                Matter::Case,
                format!("`{other}` and `{member}` in `{name}` differ in their case only"),
                "write GROUPCASEINSENSITIVE ON, if they are one person",
            )
        };
        let mut lines = vec![*line, first];
        lines.dedup();
        found.push(Finding::new(matter, lines, text, help));
    }
    found
}

/// The switch after groups: whether it holds for those before it is not documented.
fn late_switch(file: &OptionsFile) -> Option<Finding> {
    let mut lines = file.directives();
    let (group, _) = lines.find(|(_, rule)| matches!(rule, Directive::Group { .. }))?;
    let (line, _) = lines.find(|(_, rule)| matches!(rule, Directive::GroupCaseInsensitive(_)))?;
    let text = format!("GROUPCASEINSENSITIVE comes after the group of line {group}");
    let help = "put it before all groups, so that there is no doubt for which of them it holds";
    Some(Finding::new(Matter::Case, [line], text, help))
}
