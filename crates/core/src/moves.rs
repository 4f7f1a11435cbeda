//! Plans of moves: who is to get which seat, and who is to use tokens instead.
//!
//! A plan is drawn once and never changed: who wants another draws it with this one as its parent. It says for each
//! move what it is expected to save, so that months later what came can be held against what was promised.
//! Money is what was estimated when the plan was drawn, in whole micro-units; nothing of it is booked.

use crate::amount::Currency;
use crate::estate::{OfferingId, PersonId, SeatId};
use crate::when::{Date, Instant};
use core::fmt;
use std::collections::BTreeMap;

/// A plan is named by the journal's sequence number of its drawing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PlanId(pub u64);

impl fmt::Display for PlanId {
    /// `p` and the number: `p42`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "p{}", self.0)
    }
}

impl core::str::FromStr for PlanId {
    type Err = core::num::ParseIntError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.strip_prefix('p').unwrap_or(text).parse().map(Self)
    }
}

/// What becomes of somebody.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum MoveKind {
    /// They get a seat that is there: a free one, or one that the same plan takes from somebody.
    #[default]
    Assign,
    /// They get a seat that has to be bought first.
    Buy,
    /// Their seat is taken; from then on they use tokens.
    Release,
}

impl MoveKind {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Assign, Self::Buy, Self::Release];

    /// The name on the wire.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Assign => "assign",
            Self::Buy => "buy",
            Self::Release => "release",
        }
    }

    /// The kind with this name.
    #[must_use]
    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.key() == key)
    }
}

/// One move, as it was promised.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PlannedMove {
    /// Who.
    pub person: PersonId,
    /// What becomes of them.
    pub kind: MoveKind,
    /// The offering of the seat that they get or lose.
    pub offering: OfferingId,
    /// The seat, where it is there.
    pub seat: Option<SeatId>,
    /// When: at once, or when a term ends.
    pub on: Date,
    /// What the use in question costs in a year as things are, in micro-units of money.
    pub cost_now: i64,
    /// What it will cost after the move.
    pub cost_then: i64,
    /// How probable it is that the move saves, in thousandths.
    pub p_saves: u16,
    /// Expected days of use in a year.
    pub days: u16,
    /// Why, in a sentence.
    pub why: String,
}

impl PlannedMove {
    /// What the move saves in a year, in micro-units; negative when it costs.
    #[must_use]
    pub const fn saving(&self) -> i64 {
        self.cost_now.saturating_sub(self.cost_then)
    }
}

/// A plan, as it was drawn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MovePlan {
    /// The plan that it was made from.
    pub parent: Option<PlanId>,
    /// Name to show.
    pub name: String,
    /// Who drew it.
    pub by: String,
    /// The currency of its amounts.
    pub currency: Currency,
    /// The price of a token that it reckons with, in micro-units.
    pub token_price: i64,
    /// The first day of the use that it was drawn from.
    pub known_from: Date,
    /// The last.
    pub known_to: Date,
    /// By which rule, at which prices, in words.
    pub basis: String,
    /// The moves, each at its place for ever.
    pub moves: Vec<PlannedMove>,
}

impl MovePlan {
    /// What all moves save in a year, in micro-units.
    #[must_use]
    pub fn saving(&self) -> i64 {
        self.moves.iter().fold(0, |sum, one| sum.saturating_add(one.saving()))
    }
}

/// What was done with moves of a plan.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum MoveStep {
    /// The seats were moved.
    #[default]
    Done,
    /// They were moved back.
    Undone,
    /// They are not to be moved.
    Dropped,
}

impl MoveStep {
    /// Whether it can come after the last step of a move: what is done can only be undone, what is dropped only be
    /// picked up again.
    #[must_use]
    pub fn follows(self, last: Option<Self>) -> bool {
        match self {
            Self::Done => !matches!(last, Some(Self::Done | Self::Dropped)),
            Self::Undone => matches!(last, Some(Self::Done | Self::Dropped)),
            Self::Dropped => !matches!(last, Some(Self::Done | Self::Dropped)),
        }
    }

    /// The name on the wire.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Undone => "undone",
            Self::Dropped => "dropped",
        }
    }
}

/// What was decided on a plan.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Verdict {
    /// When.
    pub at: Instant,
    /// By whom.
    pub by: String,
    /// Whether it may be carried out.
    pub approved: bool,
    /// Why, in their words.
    pub why: String,
}

/// A step of carrying a plan out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Stepped {
    /// When.
    pub at: Instant,
    /// Which moves, by their places in the plan from 0.
    pub moves: Vec<u32>,
    /// What was done with them.
    pub step: MoveStep,
}

/// A plan, and what became of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlanRecord {
    /// As it was drawn.
    pub plan: MovePlan,
    /// When.
    pub drawn: Instant,
    /// What was decided on it.
    pub verdict: Option<Verdict>,
    /// What was done, in order.
    pub steps: Vec<Stepped>,
}

/// Where a plan stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PlanStatus {
    /// Nobody decided on it yet.
    Drawn,
    /// It may be carried out, and no move was made.
    Approved,
    /// It may not.
    Rejected,
    /// Some moves were made.
    Underway,
    /// Every move was made or dropped.
    Finished,
}

impl PlanStatus {
    /// The name on the wire.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Drawn => "drawn",
            Self::Approved => "approved",
            Self::Rejected => "rejected",
            Self::Underway => "underway",
            Self::Finished => "finished",
        }
    }
}

impl PlanRecord {
    /// The last step of every move, by place, and when it was; `None` when nothing was done.
    #[must_use]
    pub fn last_steps(&self) -> Vec<Option<(MoveStep, Instant)>> {
        let mut last = vec![None; self.plan.moves.len()];
        for stepped in &self.steps {
            for place in &stepped.moves {
                let slot = usize::try_from(*place).ok().and_then(|place| last.get_mut(place));
                if let Some(slot) = slot {
                    *slot = Some((stepped.step, stepped.at));
                }
            }
        }
        last
    }

    /// Where the plan stands.
    #[must_use]
    pub fn status(&self) -> PlanStatus {
        match &self.verdict {
            None => PlanStatus::Drawn,
            Some(verdict) if !verdict.approved => PlanStatus::Rejected,
            Some(_) => {
                let last = self.last_steps();
                let is_settled = |step: &Option<(MoveStep, Instant)>| {
                    matches!(step, Some((MoveStep::Done | MoveStep::Dropped, _)))
                };
                if last.iter().all(is_settled) {
                    PlanStatus::Finished
                } else if last.iter().any(|step| matches!(step, Some((MoveStep::Done, _)))) {
                    PlanStatus::Underway
                } else {
                    PlanStatus::Approved
                }
            }
        }
    }

    /// Whether a step can be taken of all these moves.
    #[must_use]
    pub fn allows(&self, places: &[u32], step: MoveStep) -> bool {
        let last = self.last_steps();
        let fits = |place: &u32| {
            let known = usize::try_from(*place).ok().and_then(|place| last.get(place));
            known.is_some_and(|last| step.follows(last.map(|(last, _)| last)))
        };
        self.verdict.as_ref().is_some_and(|verdict| verdict.approved) && places.iter().all(fits)
    }
}

/// All plans, by id.
pub type Plans = BTreeMap<PlanId, PlanRecord>;

#[cfg(test)]
mod tests;
