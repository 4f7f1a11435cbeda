//! The plan: which accounts go into which group and which go out, computed and never guessed.
//!
//! A plan is immutable. Its `id` is the digest of all that it says, its `parent` the digest of the
//! directory that it was made from; whoever reads `id` out has read this very plan.
//! It must never name a group that [`Managed::judge`] does not hand over.

mod file;
mod table;

pub use file::PlanFileError;

use crate::digest::Digest;
use crate::directory::{AccountId, Group, GroupId, GroupKey, Person};
use crate::execute::{Outcome, Progress};
use crate::limits::{Limits, Share};
use crate::managed::{Managed, SkipReason};
use crate::reading::{Desired, Reading, Unsaid, group_digest};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// Which way an account goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Direction {
    /// Into the group.
    Add,
    /// Out of the group.
    Remove,
}

/// One account goes into, or out of, one group.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// The group, as we call it.
    pub group: GroupKey,
    /// The group, as the directory calls it.
    pub group_id: GroupId,
    /// Which way.
    pub direction: Direction,
    /// The account, as the directory calls it.
    pub account: AccountId,
    /// Whose it is; without an address when the directory does not say.
    pub person: Person,
}

/// Somebody who should be in a group and has no account.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Missing {
    /// The group.
    pub group: GroupKey,
    /// Who.
    pub person: Person,
}

/// A group that was named and is let be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Skipped {
    /// The group.
    pub group: GroupKey,
    /// Why.
    pub reason: SkipReason,
}

/// A group that the plan is about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlannedGroup {
    /// As we call it.
    pub key: GroupKey,
    /// As the directory calls it.
    pub id: GroupId,
    /// As people call it.
    pub name: String,
    /// How many people were in it.
    pub members_before: usize,
    /// Members that are no people; they are let be.
    pub others: usize,
    /// The digest of what was read of it.
    pub digest: Digest,
}

/// Who made a plan, when, and from what.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Origin {
    /// Who.
    pub by: String,
    /// When, in RFC 3339.
    pub at: String,
    /// The number of the last entry of the journal that what is desired was taken from.
    pub journal_seq: u64,
    /// The address of the directory that was read; the plan is for no other.
    pub directory: String,
    /// The plan that this one takes back, if it does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub undoes: Option<Digest>,
}

/// What is to be done, and what it was made from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    id: Digest,
    parent: Digest,
    body: Body,
}

/// All that a plan says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Body {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    origin: Option<Origin>,
    limits: Limits,
    groups: Vec<PlannedGroup>,
    adds: Vec<Step>,
    removes: Vec<Step>,
    missing_people: Vec<Missing>,
    unsaid_people: BTreeSet<Unsaid>,
    unmanaged_groups_skipped: Vec<Skipped>,
    share_removed: Share,
}

/// Plans how the directory becomes as desired. Pure: the same arguments give the same plan.
#[must_use]
pub fn plan_membership(
    desired: &Desired,
    managed: &Managed,
    reading: &Reading,
    limits: Limits,
) -> Plan {
    let mut body = Body { unsaid_people: desired.unsaid.clone(), ..Body::new(limits) };
    for (key, people) in &desired.groups {
        if let Some(planned) = body.take_in(key, managed, reading) {
            body.compare(&planned, people, reading);
        }
    }
    Plan::seal(body)
}

/// Plans how to take back what was done of a plan, and nothing else.
#[must_use]
pub fn plan_undo(
    plan: &Plan,
    progress: &Progress,
    managed: &Managed,
    reading: &Reading,
    limits: Limits,
) -> Plan {
    let mut body = Body::new(limits);
    let planned = plan.groups().iter().map(|group| &group.key);
    let keys: Vec<_> =
        planned.filter(|key| body.take_in(key, managed, reading).is_some()).collect();
    let steps = plan.steps().zip(progress.outcomes());
    // Of what was sent nobody knows; where it is so now, it was this plan.
    let done = steps.filter(|(_, outcome)| matches!(outcome, Outcome::Done | Outcome::Sent));
    for (step, _) in done {
        let is_in = reading
            .members
            .get(&step.group_id)
            .is_some_and(|members| members.accounts.contains(&step.account));
        if keys.contains(&&step.group) && is_in == (step.direction == Direction::Add) {
            body.push(step.reversed());
        }
    }
    Plan::seal(body)
}

impl Step {
    /// The step in a few words: `add ana@acme.example to Revit`.
    #[must_use]
    pub fn words(&self) -> String {
        let who = match self.person.email.as_str() {
            "" => format!("account {}", self.account),
            email => email.to_owned(),
        };
        match self.direction {
            Direction::Add => format!("add {who} to `{}`", self.group),
            Direction::Remove => format!("remove {who} from `{}`", self.group),
        }
    }

    fn reversed(&self) -> Self {
        let direction = match self.direction {
            Direction::Add => Direction::Remove,
            Direction::Remove => Direction::Add,
        };
        Self { direction, ..self.clone() }
    }
}

impl Body {
    fn new(limits: Limits) -> Self {
        Self {
            origin: None,
            limits,
            groups: Vec::new(),
            adds: Vec::new(),
            removes: Vec::new(),
            missing_people: Vec::new(),
            unsaid_people: BTreeSet::new(),
            unmanaged_groups_skipped: Vec::new(),
            share_removed: Share::default(),
        }
    }

    /// Takes a group into the plan, or notes why it is let be.
    fn take_in(
        &mut self,
        key: &GroupKey,
        managed: &Managed,
        reading: &Reading,
    ) -> Option<PlannedGroup> {
        let read = |group: &Group| reading.members.get(&group.id).cloned();
        let judged = managed.judge(key, &reading.groups);
        match judged.map(|group| (group, read(group))) {
            Ok((group, Some(members))) => {
                let planned = PlannedGroup {
                    key: key.clone(),
                    id: group.id.clone(),
                    name: group.name.clone(),
                    members_before: members.accounts.len(),
                    others: members.others,
                    digest: group_digest(group, &members.accounts),
                };
                self.groups.push(planned.clone());
                Some(planned)
            }
            Ok((_, None)) => self.skip(key, SkipReason::NotFound),
            Err(reason) => self.skip(key, reason),
        }
    }

    fn skip(&mut self, key: &GroupKey, reason: SkipReason) -> Option<PlannedGroup> {
        self.unmanaged_groups_skipped.push(Skipped { group: key.clone(), reason });
        None
    }

    /// Compares who is to be in a group with who is.
    fn compare(&mut self, group: &PlannedGroup, people: &BTreeSet<Person>, reading: &Reading) {
        let step = |direction, account: &AccountId, person: &Person| Step {
            group: group.key.clone(),
            group_id: group.id.clone(),
            direction,
            account: account.clone(),
            person: person.clone(),
        };
        let mut wanted = BTreeMap::new();
        for person in people {
            match reading.found.get(&person.key()) {
                Some(account) => drop(wanted.entry(&account.id).or_insert(person)),
                None => self
                    .missing_people
                    .push(Missing { group: group.key.clone(), person: person.clone() }),
            }
        }
        let is = reading.members.get(&group.id).map(|members| &members.accounts);
        let is = is.cloned().unwrap_or_default();
        let come = wanted.iter().filter(|(id, _)| !is.contains(**id));
        self.adds.extend(come.map(|(id, person)| step(Direction::Add, id, person)));
        let nobody = Person::default();
        let whose = |id| reading.described.get(id).unwrap_or(&nobody);
        let go = is.iter().filter(|id| !wanted.contains_key(id));
        self.removes.extend(go.map(|id| step(Direction::Remove, id, whose(id))));
    }

    fn push(&mut self, step: Step) {
        match step.direction {
            Direction::Add => self.adds.push(step),
            Direction::Remove => self.removes.push(step),
        }
    }

    fn parent(&self) -> Digest {
        Digest::of(
            self.groups.iter().flat_map(|group| [group.key.0.as_str(), group.digest.as_str()]),
        )
    }
}

impl Plan {
    fn seal(mut body: Body) -> Self {
        // By the person, since people read it; accounts' ids tell them nothing.
        let place = |step: &Step| (step.group.clone(), step.person.key(), step.account.clone());
        body.adds.sort_by_cached_key(place);
        body.removes.sort_by_cached_key(place);
        body.missing_people.sort();
        let of = body.groups.iter().map(|group| group.members_before).sum();
        body.share_removed = Share { removed: body.removes.len(), of };
        let parent = body.parent();
        let id = file::identity(&parent, &body);
        Self { id, parent, body }
    }

    /// The plan with who made it; its digest becomes another one.
    #[must_use]
    pub fn made(self, origin: Origin) -> Self {
        Self::seal(Body { origin: Some(origin), ..self.body })
    }

    /// Who made it, when and from what, where that was said.
    #[must_use]
    pub fn origin(&self) -> Option<&Origin> {
        self.body.origin.as_ref()
    }

    /// The digest of all that the plan says.
    #[must_use]
    pub fn id(&self) -> &Digest {
        &self.id
    }

    /// The digest of what was read of the groups.
    #[must_use]
    pub fn parent(&self) -> &Digest {
        &self.parent
    }

    /// How much it may take away without confirmation.
    #[must_use]
    pub fn limits(&self) -> Limits {
        self.body.limits
    }

    /// The groups that it is about.
    #[must_use]
    pub fn groups(&self) -> &[PlannedGroup] {
        &self.body.groups
    }

    /// Accounts that go into groups.
    #[must_use]
    pub fn adds(&self) -> &[Step] {
        &self.body.adds
    }

    /// Accounts that go out of groups.
    #[must_use]
    pub fn removes(&self) -> &[Step] {
        &self.body.removes
    }

    /// People who should be in a group and have no account.
    #[must_use]
    pub fn missing_people(&self) -> &[Missing] {
        &self.body.missing_people
    }

    /// People who should be in a group and whom the directory cannot be told of.
    #[must_use]
    pub fn unsaid_people(&self) -> &BTreeSet<Unsaid> {
        &self.body.unsaid_people
    }

    /// Groups that were named and are let be.
    #[must_use]
    pub fn unmanaged_groups_skipped(&self) -> &[Skipped] {
        &self.body.unmanaged_groups_skipped
    }

    /// How much of all memberships it takes away.
    #[must_use]
    pub fn share_removed(&self) -> Share {
        self.body.share_removed
    }

    /// All steps in the order in which they are taken: a run that stops half-way has taken nothing
    /// away before it has given everything.
    pub fn steps(&self) -> impl Iterator<Item = &Step> {
        self.body.adds.iter().chain(&self.body.removes)
    }

    /// Whether there is nothing to do.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.steps().next().is_none()
    }

    /// How much of each group it takes away.
    pub(crate) fn group_shares(&self) -> impl Iterator<Item = (&GroupKey, Share)> {
        self.groups().iter().map(|group| {
            let removed = self.removes().iter().filter(|step| step.group_id == group.id).count();
            (&group.key, Share { removed, of: group.members_before })
        })
    }
}

#[cfg(test)]
mod tests;
