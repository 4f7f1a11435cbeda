//! An options file in sentences, for whoever inherited it.

use super::OptionsFile;
use super::directive::{Directive, Feature, GroupKind, Verb, Who};
use super::groups::Groups;
use crate::features::{Code, FeatureTable, Form};

/// Something the file says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sentence {
    /// The lines that say it.
    pub lines: Vec<usize>,
    /// What they say.
    pub text: String,
}

/// What a file says, in its order; lines of one group, and of one list of a feature, are one sentence where the
/// first of them stands.
#[must_use]
pub fn explain(file: &OptionsFile, table: &FeatureTable) -> Vec<Sentence> {
    let groups = file.groups();
    let mut sentences: Vec<(String, Sentence)> = Vec::new();
    let mut places = std::collections::BTreeMap::new();
    for (line, directive) in file.directives() {
        let Some(key) = list(directive) else {
            let text = sentence(directive, &groups, table);
            sentences.push((String::new(), Sentence { lines: vec![line], text }));
            continue;
        };
        let place = *places.entry(key).or_insert(sentences.len());
        match sentences.get_mut(place) {
            Some((whom, sentence)) => {
                sentence.lines.push(line);
                if let Some(who) = directive.who() {
                    whom.push_str(", ");
                    whom.push_str(&people(who, &groups));
                }
            }
            None => {
                let whom = directive.who().map_or_else(String::new, |who| people(who, &groups));
                let text = sentence(directive, &groups, table);
                sentences.push((whom, Sentence { lines: vec![line], text }));
            }
        }
    }
    let finish = |(whom, sentence): (String, Sentence)| Sentence {
        text: sentence.text.replace(PLACE, &whom),
        ..sentence
    };
    sentences.into_iter().map(finish).collect()
}

/// Where the people of a list go; no name can have it.
const PLACE: &str = "\u{0}";

/// What lines that make up one list have in common.
fn list(directive: &Directive) -> Option<String> {
    match directive {
        Directive::Group { kind, name, .. } => Some(format!("{} {name}", kind.keyword())),
        Directive::Access { verb, feature, .. } => Some(format!("{} {feature}", verb.keyword())),
        Directive::AccessAll { include, .. } => Some(format!("all {include}")),
        _ => None,
    }
}

fn sentence(directive: &Directive, groups: &Groups, table: &FeatureTable) -> String {
    let product = |feature: &Feature| product(feature, table);
    let people = |who: &Who| people(who, groups);
    match directive {
        Directive::Group { kind, name, .. } => group(*kind, name, groups),
        Directive::Access { verb, feature, .. } => access(*verb, &product(feature)),
        Directive::AccessAll { include: true, .. } => {
            format!("Any feature is for {PLACE}, and for who is included for it by name.")
        }
        Directive::AccessAll { include: false, .. } => format!("No feature is for {PLACE}."),
        Directive::Reserve { count, feature, who } => format!(
            "{} of {} kept for {}; nobody else gets them.",
            licences(*count),
            product(feature) + if *count == 1 { " is" } else { " are" },
            people(who)
        ),
        Directive::Max { count, feature, who } => format!(
            "At most {} of {} at a time for {}.",
            licences(*count),
            product(feature),
            people(who)
        ),
        Directive::Timeout { feature, seconds } => {
            format!("{} is taken back after {} of idleness.", product(feature), time(*seconds))
        }
        Directive::TimeoutAll { seconds } => {
            format!("Any licence is taken back after {} of idleness.", time(*seconds))
        }
        Directive::Linger { feature, seconds } => {
            format!("{} stays out {} after its check-in.", product(feature), time(*seconds))
        }
        Directive::BorrowLowWater { feature, count } => {
            format!("{} of {} cannot be borrowed.", licences(*count), product(feature))
        }
        Directive::MaxBorrowHours { feature, hours } => {
            let seconds = hours.saturating_mul(3_600);
            format!("{} may be borrowed for {} at most.", product(feature), time(seconds))
        }
        Directive::MaxOverdraft { feature, count } => {
            format!("{} may be overdrawn by {count} at most.", product(feature))
        }
        other => switch(other),
    }
}

fn switch(directive: &Directive) -> String {
    match directive {
        Directive::GroupCaseInsensitive(true) => {
            "The case of members of groups does not matter.".to_owned()
        }
        Directive::GroupCaseInsensitive(false) => {
            "The case of members of groups matters.".to_owned()
        }
        Directive::Log { report, append, path } => format!(
            "The {} log is {} {}.",
            if *report { "report" } else { "debug" },
            if *append { "added to" } else { "written anew to" },
            path.as_str()
        ),
        Directive::NoLog(event) => {
            format!("The debug log leaves out {event} events, so Faregate cannot see them there.")
        }
        Directive::Other { keyword, .. } => {
            format!("{keyword} is FlexNet's own; Faregate leaves it alone.")
        }
        _ => String::new(),
    }
}

fn access(verb: Verb, product: &str) -> String {
    match verb {
        Verb::Include => format!("{product} is for {PLACE} and nobody else."),
        Verb::Exclude => format!("{product} is not for {PLACE}."),
        Verb::IncludeBorrow => format!("{product} is borrowed by {PLACE} and nobody else."),
        Verb::ExcludeBorrow => format!("{product} is not borrowed by {PLACE}."),
    }
}

fn group(kind: GroupKind, name: &super::Name, groups: &Groups) -> String {
    let members = groups.get(kind, name).map_or(0, |group| group.members.len());
    let what = match (kind, members) {
        (GroupKind::Users, 1) => "user",
        (GroupKind::Users, _) => "users",
        (GroupKind::Hosts, 1) => "host",
        (GroupKind::Hosts, _) => "hosts",
    };
    let word = if kind == GroupKind::Users { "group" } else { "group of hosts" };
    format!("The {word} `{name}` has {members} {what}.")
}

fn people(who: &Who, groups: &Groups) -> String {
    let size = who.group().map(|(kind, name)| match groups.get(kind, name) {
        Some(group) => format!("{} in it", group.members.len()),
        None => "which does not exist".to_owned(),
    });
    match (who, size) {
        (Who::Group(name), Some(size)) => format!("the group `{name}` ({size})"),
        (Who::HostGroup(name), Some(size)) => format!("the hosts `{name}` ({size})"),
        (Who::User(name), _) => format!("the user `{name}`"),
        (Who::Host(name), _) => format!("the host `{name}`"),
        (Who::Display(name), _) => format!("the display `{name}`"),
        (Who::Project(name), _) => format!("the project `{name}`"),
        (who, _) => format!("the addresses {}", who.to_string().trim_start_matches("INTERNET ")),
    }
}

/// A feature as people know it: `AutoCAD (64300ACD_T_F, subscription)`.
fn product(feature: &Feature, table: &FeatureTable) -> String {
    let form = match Code::parse(feature.code()).map(|code| (code.form, code.year)) {
        Some((Form::Package, _)) => ", perpetual",
        Some((Form::TermPackage, _)) => ", subscription",
        Some((Form::Component, _)) => ", one version",
        None => "",
    };
    match table.look_up(feature.code()) {
        Some(known) => format!("{} (`{feature}`{form})", known.name),
        None => format!("`{feature}`"),
    }
}

fn licences(count: u32) -> String {
    format!("{count} licence{}", if count == 1 { "" } else { "s" })
}

/// Seconds in the largest unit that needs no fraction.
fn time(seconds: u32) -> String {
    let units = [(86_400, "day"), (3_600, "hour"), (60, "minute")];
    let whole = |(size, _): &(u32, &str)| seconds >= *size && seconds.checked_rem(*size) == Some(0);
    let (size, unit) = units.into_iter().find(whole).unwrap_or((1, "second"));
    let count = seconds.checked_div(size).unwrap_or(0);
    format!("{count} {unit}{}", if count == 1 { "" } else { "s" })
}
