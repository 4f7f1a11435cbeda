//! What a policy is asked, and what it answers. The policies themselves are text in the journal; whoever reads
//! that text implements [`Policy`]. The gate asks; it never knows in which language the answer was written.

use crate::estate::{BucketId, PersonId, Place, ProductId};
use crate::event::{Ask, Fare, Reason};
use crate::state::State;
use crate::when::Instant;

/// May this person open this product, on this fare, here and now?
#[derive(Clone, Copy, Debug)]
pub struct Question<'a> {
    /// Who.
    pub person: PersonId,
    /// What.
    pub product: ProductId,
    /// On what: every fare is a question of its own.
    pub fare: Fare,
    /// The bucket that would pay.
    pub bucket: BucketId,
    /// From where.
    pub place: Place,
    /// What was asked, in the asker's words.
    pub ask: &'a Ask,
    /// When.
    pub at: Instant,
}

/// What policies answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Yes.
    Permit,
    /// No, and what follows.
    Forbid(Forbidden),
}

/// A policy's no.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Forbidden {
    /// Which reason is given; the policy may name one of those that [`Reason::is_for_policies`] allows.
    pub reason: Reason,
    /// The deciding policy, counted from 0 in the set it stands in; `None` when simply none permits it.
    pub rule: Option<u32>,
    /// Whether the person is turned away at once, instead of being routed to another fare.
    pub is_final: bool,
}

/// Policies, ready to be asked. Pure: the same question about the same state has the same answer.
pub trait Policy: Send + Sync {
    /// Answers a question.
    fn judge(&self, state: &State, question: &Question<'_>) -> Verdict;

    /// The name of a rule that [`Forbidden::rule`] counts.
    fn rule_name(&self, rule: u32) -> Option<&str>;
}

/// Permits everything: what holds before any policy was adopted.
#[derive(Clone, Copy, Debug, Default)]
pub struct Open;

impl Policy for Open {
    fn judge(&self, _: &State, _: &Question<'_>) -> Verdict {
        Verdict::Permit
    }

    fn rule_name(&self, _: u32) -> Option<&str> {
        None
    }
}

/// The policies that decide, and those that are only watched.
#[derive(Clone, Copy)]
pub struct Policies<'a> {
    /// Those in force.
    pub enforced: &'a dyn Policy,
    /// Those in force and those on trial together, when any are on trial.
    pub on_trial: Option<&'a dyn Policy>,
}

impl Default for Policies<'_> {
    fn default() -> Self {
        Self { enforced: &Open, on_trial: None }
    }
}
