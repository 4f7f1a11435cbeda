//! What may change of people: the groups they are in, until when they may open anything, their further names.

use super::{Estate, GroupId, PersonId, folded, lookup, next};
use crate::when::Instant;
use rustc_hash::FxHashMap;
use std::collections::BTreeSet;

/// A named set of people: a fare group, a department, a cost centre, a class.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    /// Stable kebab-case key.
    pub key: String,
    /// Name to show.
    pub name: String,
    /// Groups of one dimension exclude each other (`fare`, `department`, `cost-centre`): a person is in one of
    /// them at most, and cost can be split by it.
    pub dimension: Option<String>,
    /// Groups whose members its members are as well.
    pub parents: Vec<GroupId>,
}

/// What is true of a person until it is changed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Standing {
    /// The groups that they were put into.
    pub groups: Vec<GroupId>,
    /// Whether they work here on a contract of their own.
    pub contractor: bool,
    /// The first instant at which they may open nothing any more.
    pub until: Option<Instant>,
}

/// A further name of a person, with its term: an Autodesk ID, a login, a FlexNet user name, a hashed id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AliasTerm {
    /// The name, as sources write it.
    pub alias: String,
    /// Whose it is.
    pub person: PersonId,
    /// First instant of its term.
    pub from: Instant,
    /// First instant after; [`Instant`]'s greatest when it has no end.
    pub until: Instant,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct PeopleTerms {
    groups: Vec<Group>,
    group_by_key: FxHashMap<String, GroupId>,
    /// Of those people who were given one.
    standings: FxHashMap<PersonId, Standing>,
    /// The groups of a person and all their parents, ascending.
    closures: FxHashMap<PersonId, Vec<GroupId>>,
    /// Those who were put into each group, its parents not included.
    members: FxHashMap<GroupId, BTreeSet<PersonId>>,
    aliases: FxHashMap<String, Vec<AliasTerm>>,
}

/// Why a group cannot be as it is said to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BadGroup {
    /// It would be above itself, or names a group that does not exist.
    Above(GroupId),
    /// Somebody is in it and in another one of its dimension.
    Exclusive(GroupId),
}

#[cfg(test)]
thread_local! {
    /// How often it was worked out which groups a person is in.
    pub(crate) static CLOSURES: core::cell::Cell<usize> = const { core::cell::Cell::new(0) };
}

impl Estate {
    /// The person known at this instant by this key, login, e-mail or FlexNet user name: whoever the identity
    /// was merged into.
    #[must_use]
    pub fn person_known_as(&self, alias: &str, at: Instant) -> Option<PersonId> {
        self.identity_known_as(alias, at).map(|id| self.same_as(id))
    }

    /// The identity known at this instant by this name: whose it was before any merge.
    #[must_use]
    pub fn identity_known_as(&self, alias: &str, at: Instant) -> Option<PersonId> {
        if self.people_terms.aliases.is_empty() {
            return self.identity_keyed(alias);
        }
        let terms = &self.people_terms.aliases;
        let dated = terms.get(alias).or_else(|| terms.get(&folded(alias)));
        let term = dated.into_iter().flatten().find(|term| term.from <= at && at < term.until);
        term.map(|term| term.person).or_else(|| self.identity_keyed(alias))
    }

    /// The person known by this key, login, e-mail or FlexNet user name, whatever its term: whose it was last.
    #[must_use]
    pub fn person_called(&self, alias: &str) -> Option<PersonId> {
        let dated = || self.people_terms.aliases.get(&folded(alias));
        self.person_keyed(alias).or_else(|| dated()?.last().map(|term| self.same_as(term.person)))
    }

    /// The person whose key, or name without a term, this is.
    #[must_use]
    pub fn person_keyed(&self, key: &str) -> Option<PersonId> {
        self.identity_keyed(key).map(|id| self.same_as(id))
    }

    /// The identity whose key, or name without a term, this is: whose it was before any merge.
    #[must_use]
    pub fn identity_keyed(&self, key: &str) -> Option<PersonId> {
        lookup(&self.person_by_alias, key)
    }

    /// Whether a name has terms, so that whose it is depends on when.
    #[must_use]
    pub fn is_dated(&self, alias: &str) -> bool {
        let terms = &self.people_terms.aliases;
        !terms.is_empty() && (terms.contains_key(alias) || terms.contains_key(&folded(alias)))
    }

    /// Adds a dated name. Its term must not overlap that of another identity's same name, merged or not, so that
    /// a merge can be taken back; it replaces that of the same identity which begins at the same time, so that a
    /// name can be given up.
    ///
    /// # Errors
    /// Whoever has the name in that term.
    pub fn add_alias(&mut self, term: AliasTerm) -> Result<(), PersonId> {
        let key = folded(&term.alias);
        if let Some(owner) = lookup(&self.person_by_alias, &key).filter(|id| *id != term.person) {
            return Err(owner);
        }
        let known = self.people_terms.aliases.entry(key).or_default();
        let overlaps = |other: &&AliasTerm| other.from < term.until && term.from < other.until;
        let mut others = known.iter().filter(|other| other.person != term.person);
        if let Some(other) = others.find(overlaps) {
            return Err(other.person);
        }
        // In the order of a snapshot read back: by start.
        let place = |other: &AliasTerm| (other.from, other.person).cmp(&(term.from, term.person));
        match known.binary_search_by(place) {
            Ok(same) => known.splice(same..=same, [term]).for_each(drop),
            Err(place) => known.insert(place, term),
        }
        Ok(())
    }

    /// All dated names, by name.
    #[must_use]
    pub fn alias_terms(&self) -> Vec<AliasTerm> {
        let mut all: Vec<AliasTerm> =
            self.people_terms.aliases.values().flatten().cloned().collect();
        all.sort_by_cached_key(|term| (folded(&term.alias), term.from, term.person));
        all
    }

    /// Every name of a person, of all their identities: the undated ones, and those whose term includes `at`.
    #[must_use]
    pub fn names_of(&self, id: PersonId, at: Instant) -> Vec<String> {
        let dated = self.people_terms.aliases.values().flatten();
        let is_theirs = |term: &&AliasTerm| self.same_as(term.person) == id;
        let now = dated.filter(is_theirs).filter(|term| term.from <= at && at < term.until);
        let mut names: Vec<String> = now.map(|term| term.alias.clone()).collect();
        names.extend(self.undated_names(id).map(str::to_owned));
        names.sort();
        names.dedup();
        names
    }

    /// Adds a group, or changes the one that has the key.
    ///
    /// # Errors
    /// The group that would be above itself.
    pub fn set_group(&mut self, group: Group) -> Result<GroupId, GroupId> {
        let (id, is_moved) = self.place_group(group)?;
        if is_moved {
            self.close_below(&[id]);
        }
        Ok(id)
    }

    /// Adds groups, or changes those that have the keys: all of them, one after the other, or none. What a
    /// change costs depends on who is in the groups that moved, not on how many people there are.
    ///
    /// # Errors
    /// [`BadGroup`], of the first that cannot be so.
    pub fn set_groups(&mut self, groups: &[Group]) -> Result<(), BadGroup> {
        let before = (self.people_terms.groups.clone(), self.people_terms.group_by_key.clone());
        let mut moved = Vec::new();
        let done = groups.iter().try_for_each(|group| {
            let dimension = group.dimension.as_deref();
            let known = self.group_called(&group.key);
            if let Some(id) = known.filter(|id| self.clash(*id, dimension).is_some()) {
                return Err(BadGroup::Exclusive(id));
            }
            let (id, is_moved) = self.place_group(group.clone()).map_err(BadGroup::Above)?;
            moved.extend(is_moved.then_some(id));
            Ok(())
        });
        match done {
            Ok(()) => self.close_below(&moved),
            Err(_) => (self.people_terms.groups, self.people_terms.group_by_key) = before,
        }
        done
    }

    /// Writes a group down, and tells whether its members are in other groups now.
    fn place_group(&mut self, group: Group) -> Result<(GroupId, bool), GroupId> {
        let key = folded(&group.key);
        let known = self.people_terms.group_by_key.get(&key).copied();
        let id = known.unwrap_or_else(|| GroupId(next(self.people_terms.groups.len())));
        let before = self.group(id).map(|group| group.parents.clone());
        let is_moved = before.is_some_and(|parents| parents != group.parents);
        // A group that stays where it is lies where it was found to fit.
        if known.is_none() || is_moved {
            let above = self.groups_above(&group.parents);
            if above.contains(&id) || above.iter().any(|parent| self.group(*parent).is_none()) {
                return Err(id);
            }
        }
        self.people_terms.group_by_key.insert(key, id);
        match self.people_terms.groups.get_mut(id.index()) {
            Some(slot) => *slot = group,
            None => self.people_terms.groups.push(group),
        }
        Ok((id, is_moved))
    }

    /// Says what is true of a person from now on.
    pub fn set_standing(&mut self, id: PersonId, standing: Standing) {
        let terms = &mut self.people_terms;
        for group in terms.standings.get(&id).map(|known| &known.groups).into_iter().flatten() {
            // No member is no entry, so that a snapshot read back equals what it was taken of.
            if let Some(members) = terms.members.get_mut(group) {
                members.remove(&id);
                if members.is_empty() {
                    terms.members.remove(group);
                }
            }
        }
        for group in &standing.groups {
            terms.members.entry(*group).or_default().insert(id);
        }
        terms.standings.insert(id, standing);
        self.close(id);
    }

    /// Changes a person's name and the bucket that pays for them.
    pub fn change_person(&mut self, id: PersonId, name: &str, bucket: super::BucketId) {
        if let Some(person) = self.people.get_mut(id.index()) {
            name.clone_into(&mut person.name);
            person.bucket = bucket;
        }
    }

    /// What is true of a person, when anything was said.
    #[must_use]
    pub fn standing(&self, id: PersonId) -> Option<&Standing> {
        self.people_terms.standings.get(&id)
    }

    /// All groups that a person is in, their groups' parents included, ascending; of who was merged into somebody,
    /// none.
    #[must_use]
    pub fn groups_of(&self, id: PersonId) -> &[GroupId] {
        if self.is_merged(id) {
            return &[];
        }
        self.people_terms.closures.get(&id).map_or(&[], Vec::as_slice)
    }

    /// The group of a dimension that a person is in: the one they were put into, before its parents.
    #[must_use]
    pub fn group_in(&self, id: PersonId, dimension: &str) -> Option<GroupId> {
        let is_of = |group: &&GroupId| {
            self.group(**group).is_some_and(|g| g.dimension.as_deref() == Some(dimension))
        };
        let direct = self.standing(id)?.groups.iter().find(is_of);
        direct.or_else(|| self.groups_of(id).iter().find(is_of)).copied()
    }

    /// Somebody who is in this group and would be in another of its dimension, were it of that.
    #[must_use]
    pub fn clash(&self, id: GroupId, dimension: Option<&str>) -> Option<PersonId> {
        let dimension = dimension?;
        let is_of = |other: &GroupId| {
            let known = self.group(*other).and_then(|group| group.dimension.as_deref());
            *other != id && known == Some(dimension)
        };
        let clashes = |standing: &Standing| standing.groups.iter().any(is_of);
        // What a group is of already, its members were found to fit.
        if self.group(id).is_some_and(|group| group.dimension.as_deref() == Some(dimension)) {
            return None;
        }
        let mut members = self.people_terms.members.get(&id).into_iter().flatten().copied();
        members.find(|member| self.standing(*member).is_some_and(clashes))
    }

    /// The second of two groups that exclude each other.
    #[must_use]
    pub fn excluded(&self, groups: &[GroupId]) -> Option<GroupId> {
        let dimension = |id: GroupId| self.group(id).and_then(|group| group.dimension.as_deref());
        let mut numbered = groups.iter().enumerate();
        let clashes = numbered.find(|(place, id)| {
            let earlier = groups.iter().take(*place);
            dimension(**id).is_some_and(|ours| {
                earlier.clone().any(|other| other != *id && dimension(*other) == Some(ours))
            })
        });
        clashes.map(|(_, id)| *id)
    }

    /// The group with this key.
    #[must_use]
    pub fn group_called(&self, key: &str) -> Option<GroupId> {
        lookup(&self.people_terms.group_by_key, key)
    }

    /// The group with this id.
    #[must_use]
    pub fn group(&self, id: GroupId) -> Option<&Group> {
        self.people_terms.groups.get(id.index())
    }

    /// All groups, in id order.
    #[must_use]
    pub fn groups(&self) -> &[Group] {
        &self.people_terms.groups
    }

    /// These groups and all above them, ascending.
    #[must_use]
    pub fn groups_above(&self, groups: &[GroupId]) -> Vec<GroupId> {
        let mut all = groups.to_vec();
        let mut next = 0;
        while let Some(group) = all.get(next).and_then(|id| self.group(*id)) {
            for &parent in &group.parents {
                if !all.contains(&parent) {
                    all.push(parent);
                }
            }
            next = next.saturating_add(1);
        }
        all.sort_unstable();
        all.dedup();
        all
    }

    /// Works out anew which groups the members of these groups, and of all below them, are in.
    fn close_below(&mut self, moved: &[GroupId]) {
        if moved.is_empty() {
            return;
        }
        let terms = &self.people_terms;
        let is_below =
            |id: GroupId| self.groups_above(&[id]).iter().any(|above| moved.contains(above));
        let members = terms.members.iter().filter(|(id, _)| is_below(**id));
        let members: BTreeSet<PersonId> =
            members.flat_map(|(_, all)| all.iter().copied()).collect();
        members.into_iter().for_each(|member| self.close(member));
    }

    fn close(&mut self, id: PersonId) {
        #[cfg(test)]
        CLOSURES.with(|count| count.set(count.get() + 1));
        let closure = self.standing(id).map(|standing| self.groups_above(&standing.groups));
        self.people_terms.closures.insert(id, closure.unwrap_or_default());
    }
}
