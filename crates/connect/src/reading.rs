//! What was read of a directory, and its digest.

use crate::digest::Digest;
use crate::directory::{Account, AccountId, Directory, DirectoryError, Group, GroupId, GroupKey};
use crate::directory::{Members, Person};
use crate::managed::Managed;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// Who is to be in which group. A group that is not named here is let be; one that is named with
/// nobody in it is to be empty.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Desired {
    /// People by group.
    pub groups: BTreeMap<GroupKey, BTreeSet<Person>>,
    /// Who is to be in a group as well, and cannot be said to the directory.
    pub unsaid: BTreeSet<Unsaid>,
}

/// Somebody whom the directory cannot be told of: an account of theirs may be in the group all the
/// same, and would be taken out of it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Unsaid {
    /// The group.
    pub group: GroupKey,
    /// What we call them.
    pub name: String,
    /// Why, as a sentence's end: "cannot be said, since …".
    pub why: String,
}

impl Desired {
    /// Everybody named, once.
    fn people(&self) -> Vec<Person> {
        let by_key = self.groups.values().flatten().map(|person| (person.key(), person));
        by_key.collect::<BTreeMap<_, _>>().into_values().cloned().collect()
    }
}

/// What was read of a directory: all that a plan is made from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reading {
    /// Groups that bear one of the names, ours or not.
    pub groups: Vec<Group>,
    /// Members, of those groups only that are ours.
    pub members: BTreeMap<GroupId, Members>,
    /// Accounts by [`Person::key`].
    pub found: BTreeMap<String, Account>,
    /// Whose the accounts are, as far as the directory says: those found, and other members.
    pub described: BTreeMap<AccountId, Person>,
}

/// Reads what a plan needs: the groups, who is in them, and whose accounts those are.
///
/// # Errors
/// [`DirectoryError`]; an incomplete reading is none, since a plan made of it would take away.
pub fn read_directory(
    directory: &mut dyn Directory,
    desired: &Desired,
    managed: &Managed,
) -> Result<Reading, DirectoryError> {
    let keys: Vec<_> = desired.groups.keys().cloned().collect();
    let mut reading = read_groups(directory, &keys, managed)?;
    let people = desired.people();
    let accounts = directory.find(&people)?;
    for (person, account) in people.iter().zip(accounts) {
        reading.found.extend(account.map(|account| (person.key(), account)));
    }
    let known: BTreeSet<_> = reading.found.values().map(|account| &account.id).collect();
    let members = reading.members.values().flat_map(|members| &members.accounts);
    let unknown: BTreeSet<_> = members.filter(|id| !known.contains(id)).cloned().collect();
    let others = directory.describe(&unknown.into_iter().collect::<Vec<_>>())?;
    let all = reading.found.values().cloned().chain(others);
    reading.described = all.map(|account| (account.id, account.person)).collect();
    Ok(reading)
}

/// Reads the groups and their members only, as is done before a plan is carried out.
///
/// # Errors
/// [`DirectoryError`].
pub fn read_groups(
    directory: &mut dyn Directory,
    keys: &[GroupKey],
    managed: &Managed,
) -> Result<Reading, DirectoryError> {
    let names: Vec<_> = keys.iter().flat_map(|key| managed.names_of(key)).collect();
    let groups = directory.groups(&names)?;
    let mut members = BTreeMap::new();
    for group in keys.iter().filter_map(|key| managed.judge(key, &groups).ok()) {
        members.insert(group.id.clone(), directory.members(&group.id)?);
    }
    Ok(Reading { groups, members, ..Reading::default() })
}

/// The digest of one group: what it is called, what it says it is, and who is in it.
pub(crate) fn group_digest(group: &Group, accounts: &BTreeSet<AccountId>) -> Digest {
    let head = [group.id.0.as_str(), &group.name, &group.description];
    Digest::of(head.into_iter().chain(accounts.iter().map(|id| id.0.as_str())))
}
