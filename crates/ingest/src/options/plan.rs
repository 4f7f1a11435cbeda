//! What shall hold, as plain data, into an options file that says it.
//!
//! The file says no more and no less: [`super::effective`] over it answers as [`Wanted::allows`] does, which a test
//! holds for people and features at random. Two traps are met on the way. A group without members cannot be
//! written, and a rule that names a group which does not exist is dropped by the daemon; so rules about empty
//! groups are left out, and where that would leave an empty INCLUDE list, which lets everybody in, one name that
//! nobody has is included. And [`NOBODY`] may be in no group.

use super::OptionsFile;
use super::directive::{Directive, Feature, GroupKind, Verb, Who};
use super::effective::Asker;
use super::groups::Groups;
use super::name::Name;
use crate::features::{Code, FeatureTable, Form};
use core::fmt;
use std::collections::{BTreeMap, BTreeSet};

/// The user who is included where nobody shall be.
pub const NOBODY: &str = "faregate-nobody";

/// What shall hold.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wanted {
    /// Groups of users, by name, and who is in them, as FlexNet knows them.
    pub groups: BTreeMap<Name, BTreeSet<Name>>,
    /// Groups of hosts.
    pub host_groups: BTreeMap<Name, BTreeSet<Name>>,
    /// Whether the case of members of groups is ignored, as it should be: the same person signs in as `jo` and `Jo`.
    pub case_insensitive: bool,
    /// Seconds after which an idle licence of any feature is taken back.
    pub timeout_all: Option<u32>,
    /// Rules for features, each once.
    pub rules: BTreeMap<Feature, Rule>,
}

/// What shall hold for one feature.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rule {
    /// Who may open it; `None` for everybody, and nobody where the list is empty.
    pub only: Option<Vec<Who>>,
    /// Who may not, whatever `only` says.
    pub not: Vec<Who>,
    /// Who may borrow it; `None` for everybody.
    pub borrow_only: Option<Vec<Who>>,
    /// Who may not borrow it.
    pub borrow_not: Vec<Who>,
    /// Licences that are kept for somebody.
    pub reserve: Vec<(u32, Who)>,
    /// Licences that somebody gets at most.
    pub max: Vec<(u32, Who)>,
    /// Seconds after which an idle licence is taken back.
    pub timeout_seconds: Option<u32>,
    /// Hours that it may be borrowed for.
    pub borrow_hours_max: Option<u32>,
    /// Licences that cannot be borrowed.
    pub borrow_low_water: Option<u32>,
}

/// Why no file can be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BadPlan {
    /// A rule of a feature names a group that is not there.
    NoGroup(String, GroupKind, Name),
    /// Somebody is called like the name that nobody may have.
    Nobody(Name),
}

impl fmt::Display for BadPlan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoGroup(code, kind, name) => write!(
                f,
                "a rule of `{code}` names {} `{name}`, which does not exist; create it, or name another one",
                kind.keyword()
            ),
            Self::Nobody(group) => write!(
                f,
                "`{group}` has the member `{NOBODY}`, a name that nobody may have; rename that account"
            ),
        }
    }
}

/// The file that says what is wanted: switches, groups, then rules by feature, always in the same order.
///
/// # Errors
/// Every rule that names a group which does not exist; then no file is made.
pub fn generate(wanted: &Wanted) -> Result<OptionsFile, Vec<BadPlan>> {
    let bad = wanted.faults();
    if !bad.is_empty() {
        return Err(bad);
    }
    let mut file = OptionsFile::default();
    if wanted.case_insensitive {
        file.push(Directive::GroupCaseInsensitive(true));
    }
    file_timeout(wanted).into_iter().for_each(|directive| file.push(directive));
    for (kind, groups) in wanted.kinds() {
        for (name, members) in groups.iter().filter(|(_, members)| !members.is_empty()) {
            let members = members.iter().cloned().collect();
            file.push(Directive::Group { kind, name: name.clone(), members });
        }
    }
    for (feature, rule) in &wanted.rules {
        rule.directives(feature, wanted).into_iter().for_each(|directive| file.push(directive));
    }
    Ok(file)
}

fn file_timeout(wanted: &Wanted) -> Option<Directive> {
    wanted.timeout_all.map(|seconds| Directive::TimeoutAll { seconds })
}

impl Wanted {
    /// Whether somebody shall be able to open a feature; written without regard to options files, as the measure
    /// that the generated file is held against.
    #[must_use]
    pub fn allows(&self, feature: &Feature, asker: &Asker<'_>) -> bool {
        let Some(rule) = self.rules.get(feature) else { return true };
        let is = |who: &Who| self.is(who, asker);
        let listed = rule.only.as_ref().is_none_or(|only| only.iter().any(is));
        let none = rule.max.iter().any(|(count, who)| *count == 0 && is(who));
        listed && !none && !rule.not.iter().any(is)
    }

    fn is(&self, who: &Who, asker: &Asker<'_>) -> bool {
        let same = |member: &Name, text: &str| {
            member.as_str() == text || (self.case_insensitive && member.is_like(text))
        };
        match who {
            Who::Group(name) => {
                let members = self.groups.get(name).into_iter().flatten();
                members.into_iter().any(|member| same(member, asker.user))
            }
            Who::HostGroup(name) => {
                let members = self.host_groups.get(name).into_iter().flatten();
                members.into_iter().any(|member| same(member, asker.host))
            }
            // Of what is no group, there is one reading.
            _ => Groups::default().matches(who, asker),
        }
    }

    fn kinds(&self) -> [(GroupKind, &BTreeMap<Name, BTreeSet<Name>>); 2] {
        [(GroupKind::Users, &self.groups), (GroupKind::Hosts, &self.host_groups)]
    }

    fn members(&self, kind: GroupKind, name: &Name) -> Option<&BTreeSet<Name>> {
        match kind {
            GroupKind::Users => self.groups.get(name),
            GroupKind::Hosts => self.host_groups.get(name),
        }
    }

    fn faults(&self) -> Vec<BadPlan> {
        let nobody = |(name, members): (&Name, &BTreeSet<Name>)| {
            let taken = members.iter().any(|member| member.is_like(NOBODY));
            taken.then(|| BadPlan::Nobody(name.clone()))
        };
        let mut bad: Vec<BadPlan> = self.groups.iter().filter_map(nobody).collect();
        for (feature, rule) in &self.rules {
            let groups: BTreeSet<_> = rule.everybody().filter_map(Who::group).collect();
            let gone =
                groups.into_iter().filter(|(kind, name)| self.members(*kind, name).is_none());
            bad.extend(
                gone.map(|(kind, name)| BadPlan::NoGroup(feature.to_string(), kind, name.clone())),
            );
        }
        bad
    }

    /// Whether a rule about them can be written: an empty group cannot.
    fn is_anybody(&self, who: &Who) -> bool {
        who.group().is_none_or(|(kind, name)| {
            self.members(kind, name).is_some_and(|members| !members.is_empty())
        })
    }
}

impl Rule {
    /// Everybody whom it names.
    fn everybody(&self) -> impl Iterator<Item = &Who> {
        let lists = [self.only.as_deref(), self.borrow_only.as_deref()].into_iter().flatten();
        let counted = self.reserve.iter().chain(&self.max).map(|(_, who)| who);
        lists.flatten().chain(&self.not).chain(&self.borrow_not).chain(counted)
    }

    fn directives(&self, feature: &Feature, wanted: &Wanted) -> Vec<Directive> {
        let mut out = Vec::new();
        let mut access = |verb, list: &[Who]| {
            let kept: BTreeSet<&Who> = list.iter().filter(|who| wanted.is_anybody(who)).collect();
            let line =
                |who: &Who| Directive::Access { verb, feature: feature.clone(), who: who.clone() };
            out.extend(kept.iter().map(|who| line(who)));
            kept.is_empty()
        };
        let lists = [(Verb::Include, &self.only), (Verb::IncludeBorrow, &self.borrow_only)];
        for (verb, list) in lists {
            if let Some(list) = list
                && access(verb, list)
                && let Ok(nobody) = Name::new(NOBODY)
            {
                access(verb, &[Who::User(nobody)]);
            }
        }
        access(Verb::Exclude, &self.not);
        access(Verb::ExcludeBorrow, &self.borrow_not);
        out.extend(self.counted(feature, wanted));
        out.extend(self.measured(feature));
        out
    }

    fn counted(&self, feature: &Feature, wanted: &Wanted) -> Vec<Directive> {
        let written = |(_, who): &&(u32, Who)| wanted.is_anybody(who);
        let reserve = self.reserve.iter().filter(written).map(|(count, who)| Directive::Reserve {
            count: *count,
            feature: feature.clone(),
            who: who.clone(),
        });
        let max = self.max.iter().filter(written).map(|(count, who)| Directive::Max {
            count: *count,
            feature: feature.clone(),
            who: who.clone(),
        });
        reserve.chain(max).collect()
    }

    fn measured(&self, feature: &Feature) -> Vec<Directive> {
        let feature = || feature.clone();
        let timeout =
            self.timeout_seconds.map(|seconds| Directive::Timeout { feature: feature(), seconds });
        let hours = self
            .borrow_hours_max
            .map(|hours| Directive::MaxBorrowHours { feature: feature(), hours });
        let low = self
            .borrow_low_water
            .map(|count| Directive::BorrowLowWater { feature: feature(), count });
        timeout.into_iter().chain(hours).chain(low).collect()
    }
}

/// The package codes of a product family among the codes that a server serves, or a log or licence file names; each
/// in both its forms, `_F` and `_T_F`, as a rule has to name both and the number is the same. Component codes
/// are left out: rules of a package hold for all its versions.
pub fn package_codes<'a>(
    table: &FeatureTable,
    served: impl IntoIterator<Item = &'a str>,
    family: &str,
) -> Vec<Feature> {
    let packages = served
        .into_iter()
        .filter(|code| table.look_up(code).is_some_and(|feature| feature.family == family));
    let codes: BTreeSet<String> = packages.filter_map(both_forms).flatten().collect();
    codes.iter().filter_map(|code| Feature::new(Name::new(code).ok()?)).collect()
}

/// A package code and its twin, the perpetual one first; `None` for a code of another shape.
#[must_use]
pub fn both_forms(code: &str) -> Option<[String; 2]> {
    let stem = match Code::parse(code)?.form {
        Form::TermPackage => code.strip_suffix("_T_F"),
        Form::Package => code.strip_suffix("_F"),
        Form::Component => None,
    }?;
    Some([format!("{stem}_F"), format!("{stem}_T_F")])
}
