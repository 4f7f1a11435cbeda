//! Carrying out an approved plan: one write at a time, each with its outcome, resumable.
//!
//! The directory is read again first. A plan is refused when a group is not as it was, apart from
//! what this plan itself has done or may have done; a group that lost its marker is refused too.

use crate::digest::Digest;
use crate::directory::{AccountId, Change, Directory, DirectoryError, GroupId, GroupKey};
use crate::limits::Approved;
use crate::managed::Managed;
use crate::plan::{Direction, Plan, PlannedGroup, Step};
use crate::reading::{Reading, group_digest, read_groups};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// What became of a step.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// Not yet, or the run stopped before.
    NotTried,
    /// It was sent, and nobody heard the answer: it may or may not be so.
    Sent,
    /// Done.
    Done,
    /// It was so already.
    AlreadySo,
    /// It failed, in the server's words.
    Failed(String),
}

impl Outcome {
    fn is_settled(&self) -> bool {
        matches!(self, Self::Done | Self::AlreadySo)
    }
}

/// How far a plan has come. Kept beside the plan, it lets a run go on where another one stopped.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Progress {
    plan: Digest,
    outcomes: Vec<Outcome>,
}

impl Progress {
    /// Nothing tried yet.
    #[must_use]
    pub fn new(plan: &Plan) -> Self {
        Self { plan: plan.id().clone(), outcomes: vec![Outcome::NotTried; plan.steps().count()] }
    }

    /// The outcome of each step, in the order of [`Plan::steps`].
    #[must_use]
    pub fn outcomes(&self) -> &[Outcome] {
        &self.outcomes
    }

    /// Takes in what was recorded of a step; a number that the plan does not have is passed over.
    pub fn take_in(&mut self, step: usize, outcome: Outcome) {
        if let Some(kept) = self.outcomes.get_mut(step) {
            *kept = outcome;
        }
    }

    /// Whether every step is done or already so.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.outcomes.iter().all(Outcome::is_settled)
    }
}

/// How a run is to go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RunOptions {
    /// How many failures in a row end it.
    pub failures_max: u32,
}

impl Default for RunOptions {
    fn default() -> Self {
        Self { failures_max: 5 }
    }
}

/// Why a run ended before its last step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stopped {
    /// So many steps failed in a row.
    Failures(u32),
    /// The next step would have fared no better.
    Final(DirectoryError),
}

/// Counts of what became of the steps.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// Done, in this run or before.
    pub done: usize,
    /// Already so.
    pub already_so: usize,
    /// Failed.
    pub failed: usize,
    /// Not tried.
    pub not_tried: usize,
    /// Why it ended early, if it did.
    pub stopped: Option<Stopped>,
}

/// Why a plan is not carried out, or no further.
#[derive(Debug, thiserror::Error)]
pub enum ExecuteError {
    /// The progress is that of another plan.
    #[error("the progress belongs to plan `{0}`")]
    OtherPlan(String),
    /// A group is no longer as it was when the plan was made.
    #[error("group `{group}` has changed since the plan was made")]
    Changed {
        /// Which.
        group: GroupKey,
    },
    /// A group is no longer ours to change.
    #[error("group `{group}` may no longer be changed: {why}")]
    NotManaged {
        /// Which.
        group: GroupKey,
        /// Why.
        why: &'static str,
    },
    /// The directory could not be read.
    #[error(transparent)]
    Directory(#[from] DirectoryError),
    /// What became of a step could not be recorded, so no further one is tried.
    #[error("the progress cannot be recorded: {0}")]
    Record(#[from] std::io::Error),
}

impl ExecuteError {
    /// What to do about it.
    #[must_use]
    pub fn help(&self) -> &'static str {
        match self {
            Self::OtherPlan(_) => "start without a progress, or with that of this plan",
            Self::Changed { .. } => "plan again",
            Self::NotManaged { .. } => "list and mark the group, or plan without it",
            Self::Directory(error) => error.help(),
            Self::Record(_) => "make room, then execute the same plan again",
        }
    }
}

/// Where a run writes down each outcome, before and after each request.
pub type Recorder<'a> = dyn FnMut(usize, &Outcome) -> std::io::Result<()> + 'a;

/// Carries out a plan, or the rest of it.
///
/// # Errors
/// [`ExecuteError`]. Steps that fail are no error: their outcomes say so.
pub fn execute_plan(
    approved: Approved<'_>,
    managed: &Managed,
    directory: &mut dyn Directory,
    progress: &mut Progress,
    record: &mut Recorder<'_>,
    options: RunOptions,
) -> Result<Summary, ExecuteError> {
    let plan = approved.plan();
    if progress.plan != *plan.id() || progress.outcomes.len() != plan.steps().count() {
        return Err(ExecuteError::OtherPlan(progress.plan.short().to_owned()));
    }
    check_unchanged(plan, managed, directory, progress)?;
    let mut run = Run { directory, record, options, failures: 0, broken: BTreeSet::new() };
    let mut stopped = None;
    for (number, step) in plan.steps().enumerate() {
        let settled = progress.outcomes.get(number).is_some_and(Outcome::is_settled);
        if stopped.is_none() && !settled {
            stopped = run.take(number, step, progress)?;
        }
    }
    Ok(summary(progress, stopped))
}

fn check_unchanged(
    plan: &Plan,
    managed: &Managed,
    directory: &mut dyn Directory,
    progress: &Progress,
) -> Result<(), ExecuteError> {
    let keys: Vec<_> = plan.groups().iter().map(|group| group.key.clone()).collect();
    let reading = read_groups(directory, &keys, managed)?;
    let tried: Vec<_> = plan
        .steps()
        .zip(&progress.outcomes)
        .filter(|(_, outcome)| **outcome != Outcome::NotTried)
        .map(|(step, _)| step)
        .collect();
    plan.groups().iter().try_for_each(|planned| check_group(planned, managed, &reading, &tried))
}

fn check_group(
    planned: &PlannedGroup,
    managed: &Managed,
    reading: &Reading,
    tried: &[&Step],
) -> Result<(), ExecuteError> {
    let key = || planned.key.clone();
    let group = managed
        .judge(&planned.key, &reading.groups)
        .map_err(|reason| ExecuteError::NotManaged { group: key(), why: reason.words() })?;
    let members = reading.members.get(&group.id).map(|members| members.accounts.clone());
    let mut before: BTreeSet<AccountId> = members.unwrap_or_default();
    // What this plan did, or may have done, is put back: the rest has to be as it was read.
    for step in tried.iter().filter(|step| step.group_id == group.id) {
        match step.direction {
            Direction::Add => drop(before.remove(&step.account)),
            Direction::Remove => drop(before.insert(step.account.clone())),
        }
    }
    if group.id != planned.id || group_digest(group, &before) != planned.digest {
        return Err(ExecuteError::Changed { group: key() });
    }
    Ok(())
}

struct Run<'a, 'b> {
    directory: &'a mut dyn Directory,
    record: &'a mut Recorder<'b>,
    options: RunOptions,
    failures: u32,
    /// Groups that somebody else has changed meanwhile.
    broken: BTreeSet<GroupId>,
}

impl Run<'_, '_> {
    /// Takes a step; why to stop after it, if so.
    fn take(
        &mut self,
        number: usize,
        step: &Step,
        progress: &mut Progress,
    ) -> Result<Option<Stopped>, ExecuteError> {
        if self.broken.contains(&step.group_id) {
            return Ok(None);
        }
        let was_sent = progress.outcomes.get(number) == Some(&Outcome::Sent);
        self.note(number, Outcome::Sent, progress)?;
        let result = match step.direction {
            Direction::Add => self.directory.add(&step.group_id, &step.account),
            Direction::Remove => self.directory.remove(&step.group_id, &step.account),
        };
        let outcome = match &result {
            Ok(Change::Done) => Outcome::Done,
            // It was not so when the plan was made, and only this plan has asked for it since: undoing
            // has to take it back.
            Ok(Change::AlreadySo) if was_sent => Outcome::Done,
            Ok(Change::AlreadySo) => Outcome::AlreadySo,
            Err(error) => Outcome::Failed(error.to_string()),
        };
        self.note(number, outcome, progress)?;
        Ok(self.judge(step, result.err()))
    }

    fn note(
        &mut self,
        number: usize,
        outcome: Outcome,
        progress: &mut Progress,
    ) -> Result<(), ExecuteError> {
        (self.record)(number, &outcome)?;
        progress.take_in(number, outcome);
        Ok(())
    }

    fn judge(&mut self, step: &Step, error: Option<DirectoryError>) -> Option<Stopped> {
        let Some(error) = error else {
            self.failures = 0;
            return None;
        };
        self.failures = self.failures.saturating_add(1);
        if matches!(error, DirectoryError::Changed { .. }) {
            self.broken.insert(step.group_id.clone());
        }
        if error.is_final() {
            return Some(Stopped::Final(error));
        }
        (self.failures >= self.options.failures_max).then_some(Stopped::Failures(self.failures))
    }
}

fn summary(progress: &Progress, stopped: Option<Stopped>) -> Summary {
    let mut summary = Summary { stopped, ..Summary::default() };
    for outcome in &progress.outcomes {
        let count = match outcome {
            Outcome::Done => &mut summary.done,
            Outcome::AlreadySo => &mut summary.already_so,
            Outcome::Failed(_) => &mut summary.failed,
            Outcome::NotTried | Outcome::Sent => &mut summary.not_tried,
        };
        *count += 1;
    }
    summary
}

#[cfg(test)]
mod tests;
