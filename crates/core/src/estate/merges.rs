//! Identities that turned out to be one person's.
//!
//! A merge moves no name and forgets nothing: it says that one identity is another's from now on, and whoever
//! asks for the one is told of the other. So it can be taken back, and each gets what they came with.

use super::{Estate, Person, PersonId};
use rustc_hash::FxHashMap;

/// Who is somebody else by now. Whoever is merged into was nobody else's when that was said.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Merges(FxHashMap<PersonId, PersonId>);

impl Estate {
    /// The person that an identity is: itself, unless it was merged.
    #[must_use]
    pub fn same_as(&self, id: PersonId) -> PersonId {
        let merges = &self.merges.0;
        // A chain is no longer than there are merges; a damaged snapshot could have a circle.
        let mut last = id;
        for _ in 0..merges.len() {
            match merges.get(&last) {
                Some(next) => last = *next,
                None => break,
            }
        }
        last
    }

    /// Whether an identity is somebody else's by now.
    #[must_use]
    pub fn is_merged(&self, id: PersonId) -> bool {
        self.merges.0.contains_key(&id)
    }

    /// All identities of a person, their own first, the others in id order; none of who is merged.
    #[must_use]
    pub fn identities(&self, id: PersonId) -> Vec<PersonId> {
        if self.is_merged(id) {
            return Vec::new();
        }
        let mut others: Vec<PersonId> =
            self.merges.0.keys().copied().filter(|other| self.same_as(*other) == id).collect();
        others.sort_unstable();
        core::iter::once(id).chain(others).collect()
    }

    /// Everybody there is, in id order: who was merged into somebody is not told again.
    pub fn everybody(&self) -> impl Iterator<Item = (PersonId, &Person)> {
        let all = (0u32..).map(PersonId).zip(&self.people);
        all.filter(|(id, _)| !self.is_merged(*id))
    }

    /// The keys and the names without a term of all identities of a person, their own first.
    pub fn undated_names(&self, id: PersonId) -> impl Iterator<Item = &str> {
        let identities = self.identities(id).into_iter().filter_map(|id| self.person(id));
        identities.flat_map(|one| one.aliases.iter().chain([&one.key]).map(String::as_str))
    }

    /// Everybody who is somebody else by now, and into whom they were merged, in id order.
    #[must_use]
    pub fn merges(&self) -> Vec<(PersonId, PersonId)> {
        let mut all: Vec<_> = self.merges.0.iter().map(|(id, into)| (*id, *into)).collect();
        all.sort_unstable();
        all
    }

    /// Whether an identity can be made another's, or its own again.
    #[must_use]
    pub fn can_merge(&self, id: PersonId, into: Option<PersonId>) -> bool {
        match into {
            Some(into) => {
                let is_known = self.person(id).is_some() && self.person(into).is_some();
                is_known && id != into && !self.is_merged(id) && !self.is_merged(into)
            }
            None => self.is_merged(id),
        }
    }

    pub(crate) fn restore_merges(&mut self, merges: Vec<(PersonId, PersonId)>) {
        self.merges = Merges(merges.into_iter().collect());
        self.index_holders();
    }

    /// Makes an identity another's, or its own again, with the seats that were told of under its names; whether
    /// that could be done.
    pub fn merge_person(&mut self, id: PersonId, into: Option<PersonId>) -> bool {
        if !self.can_merge(id, into) {
            return false;
        }
        match into {
            Some(into) => self.merges.0.insert(id, into),
            None => self.merges.0.remove(&id),
        };
        self.index_holders();
        true
    }
}
