//! A directory in memory: the model that the planner is tested against, and that demos may use.

use crate::directory::{Account, AccountId, Change, Directory, DirectoryError, Group, GroupId};
use crate::directory::{Members, Person};
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// Groups, accounts and memberships, as plain data.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MemoryDirectory {
    /// All groups.
    pub groups: Vec<Group>,
    /// All accounts.
    pub accounts: Vec<Account>,
    /// Who is in which group.
    pub members: BTreeMap<GroupId, BTreeSet<AccountId>>,
    /// What the next writes fail with: `None` lets one through.
    pub faults: VecDeque<Option<DirectoryError>>,
    /// The writes that were tried, with whether they add.
    pub writes: Vec<(GroupId, AccountId, bool)>,
}

impl MemoryDirectory {
    /// The next write's fault, after writing the write down.
    fn write(
        &mut self,
        group: &GroupId,
        account: &AccountId,
        adds: bool,
    ) -> Result<&mut BTreeSet<AccountId>, DirectoryError> {
        self.writes.push((group.clone(), account.clone(), adds));
        match self.faults.pop_front().flatten() {
            Some(fault) => Err(fault),
            None => Ok(self.members.entry(group.clone()).or_default()),
        }
    }
}

fn change(changed: bool) -> Change {
    if changed { Change::Done } else { Change::AlreadySo }
}

impl Directory for MemoryDirectory {
    fn groups(&mut self, names: &[String]) -> Result<Vec<Group>, DirectoryError> {
        Ok(self.groups.iter().filter(|group| names.contains(&group.name)).cloned().collect())
    }

    fn members(&mut self, group: &GroupId) -> Result<Members, DirectoryError> {
        let accounts = self.members.get(group).cloned().unwrap_or_default();
        Ok(Members { accounts, others: 0 })
    }

    fn find(&mut self, people: &[Person]) -> Result<Vec<Option<Account>>, DirectoryError> {
        let account = |person: &Person| {
            self.accounts.iter().find(|account| account.person.key() == person.key()).cloned()
        };
        Ok(people.iter().map(account).collect())
    }

    fn describe(&mut self, accounts: &[AccountId]) -> Result<Vec<Account>, DirectoryError> {
        Ok(self.accounts.iter().filter(|account| accounts.contains(&account.id)).cloned().collect())
    }

    fn add(&mut self, group: &GroupId, account: &AccountId) -> Result<Change, DirectoryError> {
        self.write(group, account, true).map(|members| change(members.insert(account.clone())))
    }

    fn remove(&mut self, group: &GroupId, account: &AccountId) -> Result<Change, DirectoryError> {
        self.write(group, account, false).map(|members| change(members.remove(account)))
    }
}
