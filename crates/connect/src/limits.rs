//! How much a plan may take away before somebody confirms it.
//!
//! [`Approved`] is a value that only [`Plan::approve`] makes, and executing takes one: a plan that
//! exceeds its limits cannot be carried out by forgetting to check.

use crate::digest::Digest;
use crate::directory::GroupKey;
use crate::plan::Plan;
use serde::{Deserialize, Serialize};
use std::fmt;

/// How much may be taken away without confirmation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Limits {
    /// The largest share of a group's members, and of all, in percent.
    pub share_max_percent: u8,
    /// The most members of one group.
    pub per_group_max: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { share_max_percent: 20, per_group_max: 50 }
    }
}

/// How many of how many.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Share {
    /// Memberships taken away.
    pub removed: usize,
    /// Memberships there were.
    pub of: usize,
}

impl Share {
    /// Whether it is more than so many percent.
    #[must_use]
    pub fn exceeds(self, percent: u8) -> bool {
        self.removed as u128 * 100 > self.of as u128 * u128::from(percent)
    }
}

impl fmt::Display for Share {
    /// In tenths of a percent, rounded up: what exceeds a limit also looks as if it did.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let tenths = (self.removed as u128 * 1000).div_ceil(self.of.max(1) as u128);
        write!(f, "{}.{} %", tenths / 10, tenths % 10)
    }
}

/// What a plan exceeds.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Excess {
    /// The share of a group.
    #[error("group `{group}` would lose {share} of its {} members, {max} % are allowed", .share.of)]
    GroupShare {
        /// Which.
        group: GroupKey,
        /// How much of it.
        share: Share,
        /// How much is allowed.
        max: u8,
    },
    /// The number in a group.
    #[error("group `{group}` would lose {removed} members, {max} are allowed")]
    GroupCount {
        /// Which.
        group: GroupKey,
        /// How many.
        removed: usize,
        /// How many are allowed.
        max: usize,
    },
    /// Somebody who should stay may be among those who go, since nobody can say which account is theirs.
    #[error("group `{group}` would lose {removed} members while {unsaid} people cannot be said")]
    Unsaid {
        /// Which.
        group: GroupKey,
        /// How many would go.
        removed: usize,
        /// How many cannot be said.
        unsaid: usize,
    },
    /// The share of all.
    #[error("{share} of all {} memberships would go, {max} % are allowed", .share.of)]
    TotalShare {
        /// How much of all.
        share: Share,
        /// How much is allowed.
        max: u8,
    },
}

/// Why a plan is not approved.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ApprovalError {
    /// It takes away more than its limits.
    #[error("the plan takes away more than it may: {}", list(.0))]
    Exceeds(Vec<Excess>),
    /// It was confirmed as another plan.
    #[error("plan `{plan}` was confirmed as `{confirmed}`")]
    OtherPlan {
        /// This plan.
        plan: String,
        /// What was confirmed.
        confirmed: String,
    },
}

impl ApprovalError {
    /// What to do about it.
    #[must_use]
    pub fn help(&self) -> &'static str {
        match self {
            Self::Exceeds(_) => "read the plan, and confirm it with its digest",
            Self::OtherPlan { .. } => "confirm with the digest of the plan that you read",
        }
    }
}

fn list(excesses: &[Excess]) -> String {
    excesses.iter().map(Excess::to_string).collect::<Vec<_>>().join("; ")
}

/// Somebody has read this very plan and wants it, limits or not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Confirmed(Digest);

impl Confirmed {
    /// Confirms a plan by its digest, as typed: all of it, or at least its first 12 digits.
    ///
    /// # Errors
    /// [`ApprovalError::OtherPlan`].
    pub fn new(plan: &Plan, typed: &str) -> Result<Self, ApprovalError> {
        let typed = typed.trim().to_ascii_lowercase();
        if typed.len() < 12 || !plan.id().as_str().starts_with(&typed) {
            let plan = plan.id().short().to_owned();
            return Err(ApprovalError::OtherPlan { plan, confirmed: typed });
        }
        Ok(Self(plan.id().clone()))
    }
}

/// A plan that may be carried out. Nothing but [`Plan::approve`] makes one:
///
/// ```compile_fail
/// fn force(plan: &faregate_connect::plan::Plan) -> faregate_connect::limits::Approved<'_> {
///     faregate_connect::limits::Approved(plan)
/// }
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Approved<'a>(&'a Plan);

impl<'a> Approved<'a> {
    /// The plan.
    #[must_use]
    pub fn plan(self) -> &'a Plan {
        self.0
    }
}

impl Plan {
    /// What this plan exceeds of its own limits.
    #[must_use]
    pub fn excesses(&self) -> Vec<Excess> {
        let limits = self.limits();
        let max = limits.share_max_percent;
        let mut found = Vec::new();
        for (group, share) in self.group_shares() {
            if share.exceeds(max) {
                found.push(Excess::GroupShare { group: group.clone(), share, max });
            }
            if share.removed > limits.per_group_max {
                let (group, removed) = (group.clone(), share.removed);
                found.push(Excess::GroupCount { group, removed, max: limits.per_group_max });
            }
            let unsaid = self.unsaid_people().iter().filter(|one| one.group == *group).count();
            if share.removed > 0 && unsaid > 0 {
                let (group, removed) = (group.clone(), share.removed);
                found.push(Excess::Unsaid { group, removed, unsaid });
            }
        }
        if self.share_removed().exceeds(max) {
            found.push(Excess::TotalShare { share: self.share_removed(), max });
        }
        found
    }

    /// Approves the plan: it stays within its limits, or this very plan was confirmed.
    ///
    /// # Errors
    /// [`ApprovalError`].
    pub fn approve(&self, confirmed: Option<&Confirmed>) -> Result<Approved<'_>, ApprovalError> {
        if let Some(Confirmed(other)) = confirmed
            && other != self.id()
        {
            let (plan, confirmed) = (self.id().short().to_owned(), other.short().to_owned());
            return Err(ApprovalError::OtherPlan { plan, confirmed });
        }
        let excesses = self.excesses();
        if confirmed.is_none() && !excesses.is_empty() {
            return Err(ApprovalError::Exceeds(excesses));
        }
        Ok(Approved(self))
    }
}
