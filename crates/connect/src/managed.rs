//! Which groups are Faregate's to change: those on a list *and* marked in the directory itself.
//!
//! The list is ours and the marker theirs, so no one side alone can hand a group over.

use crate::directory::{Fixed, Group, GroupKey};
use faregate_core::estate::folded;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// What a managed group's description or name begins with, unless told otherwise.
pub const MARKER: &str = "[faregate]";

/// The groups that may be changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Managed {
    marker: String,
    allowed: BTreeSet<GroupKey>,
}

/// Why a group is let be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SkipReason {
    /// It is not on the list.
    NotAllowed,
    /// The directory has no such group.
    NotFound,
    /// Neither its description nor its name begins with the marker.
    NotMarked,
    /// Several marked groups bear the name.
    Ambiguous,
    /// A rule of the directory says who is in it.
    Dynamic,
    /// It is changed in another directory.
    Synchronised,
    /// It gives administrators' roles.
    GivesRoles,
}

impl SkipReason {
    /// The reason as a sentence's end: "skipped, since …".
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::NotAllowed => "it is not on the list of managed groups",
            Self::NotFound => "the directory has no such group",
            Self::NotMarked => "neither its description nor its name begins with the marker",
            Self::Ambiguous => "several marked groups bear this name",
            Self::Dynamic => "a rule of the directory says who is in it",
            Self::Synchronised => "it is synchronised from another directory",
            Self::GivesRoles => "it gives administrators' roles",
        }
    }
}

/// Why a list of managed groups is none.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ManagedError {
    /// An empty marker would mark everything.
    #[error("the marker is empty")]
    NoMarker,
}

impl Managed {
    /// The groups of this list, once they bear this marker.
    ///
    /// # Errors
    /// [`ManagedError::NoMarker`].
    pub fn new(
        marker: &str,
        allowed: impl IntoIterator<Item = GroupKey>,
    ) -> Result<Self, ManagedError> {
        let marker = marker.trim().to_owned();
        if marker.is_empty() {
            return Err(ManagedError::NoMarker);
        }
        Ok(Self { marker, allowed: allowed.into_iter().collect() })
    }

    /// The names under which a group may be found.
    #[must_use]
    pub fn names_of(&self, key: &GroupKey) -> [String; 2] {
        [key.0.clone(), format!("{} {key}", self.marker)]
    }

    /// Of the groups found, the one that is ours to change under this key.
    ///
    /// # Errors
    /// The [`SkipReason`] when none is.
    pub fn judge<'a>(&self, key: &GroupKey, found: &'a [Group]) -> Result<&'a Group, SkipReason> {
        if !self.allowed.contains(key) {
            return Err(SkipReason::NotAllowed);
        }
        let names = self.names_of(key).map(|name| folded(&name));
        let named: Vec<_> =
            found.iter().filter(|group| names.contains(&folded(&group.name))).collect();
        let mut marked = named.iter().filter(|group| self.marks(group));
        match (named.is_empty(), marked.next(), marked.next()) {
            (true, ..) => Err(SkipReason::NotFound),
            (_, None, _) => Err(SkipReason::NotMarked),
            (_, Some(_), Some(_)) => Err(SkipReason::Ambiguous),
            (_, Some(group), None) => group.fixed.map_or(Ok(*group), |fixed| Err(fixed.into())),
        }
    }

    fn marks(&self, group: &Group) -> bool {
        [&group.description, &group.name].iter().any(|text| text.starts_with(&self.marker))
    }
}

impl From<Fixed> for SkipReason {
    fn from(fixed: Fixed) -> Self {
        match fixed {
            Fixed::Dynamic => Self::Dynamic,
            Fixed::Synchronised => Self::Synchronised,
            Fixed::GivesRoles => Self::GivesRoles,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn group(id: &str, name: &str, description: &str, fixed: Option<Fixed>) -> Group {
        Group { id: id.into(), name: name.into(), description: description.into(), fixed }
    }

    #[track_caller]
    fn check(key: &str, found: &[Group], expected: Result<&str, SkipReason>) {
        let managed = Managed::new(MARKER, ["Revit".into(), "Civil".into()]).unwrap();
        let judged = managed.judge(&key.into(), found).map(|group| group.id.0.as_str());
        assert_eq!(judged, expected);
    }

    #[test]
    fn a_group_is_ours_when_it_is_listed_and_marked() {
        let marked = group("1", "Revit", "[faregate] people with Revit", None);
        check("Revit", std::slice::from_ref(&marked), Ok("1"));
        check("Revit", &[group("2", "[faregate] revit", "", None)], Ok("2"));
        check("Maya", &[group("3", "Maya", "[faregate]", None)], Err(SkipReason::NotAllowed));
        check("Civil", std::slice::from_ref(&marked), Err(SkipReason::NotFound));
        let plain = group("4", "Revit", "not [faregate]", None);
        check("Revit", std::slice::from_ref(&plain), Err(SkipReason::NotMarked));
        check("Revit", &[plain, marked.clone()], Ok("1"));
        let twice = [marked, group("5", "[faregate] Revit", "", None)];
        check("Revit", &twice, Err(SkipReason::Ambiguous));
        for (fixed, reason) in [
            (Fixed::Dynamic, SkipReason::Dynamic),
            (Fixed::Synchronised, SkipReason::Synchronised),
            (Fixed::GivesRoles, SkipReason::GivesRoles),
        ] {
            check("Revit", &[group("6", "[faregate] Revit", "", Some(fixed))], Err(reason));
        }
    }

    #[test]
    fn an_empty_marker_is_refused() {
        assert_eq!(Managed::new(" ", []), Err(ManagedError::NoMarker));
    }
}
