//! What the agents saw: how long each kind of answer took, and whatever was wrong or never came.

use super::morning::Job;
use crate::load::Latency;
use std::time::Duration;

/// Wrong answers that are told in words.
const TOLD: usize = 10;

/// What is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Null,
    Beat,
    Rules,
    Ask,
    Open,
    Close,
}

impl Kind {
    pub(super) const ALL: [Self; 6] =
        [Self::Null, Self::Beat, Self::Rules, Self::Ask, Self::Open, Self::Close];

    pub(super) fn of(job: Job) -> Self {
        match job {
            Job::Null => Self::Null,
            Job::Beat(_) => Self::Beat,
            Job::Rules(_) => Self::Rules,
            Job::Ask(_) => Self::Ask,
            Job::Open(_) => Self::Open,
            Job::Close(_) => Self::Close,
        }
    }

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Null => "null endpoint",
            Self::Beat => "beats",
            Self::Rules => "rules",
            Self::Ask => "asks",
            Self::Open => "opens",
            Self::Close => "closes",
        }
    }
}

/// Answers of one kind.
#[derive(Default)]
pub(super) struct Answered {
    pub(super) count: u64,
    pub(super) wrong: u64,
    /// Requests that were never answered.
    pub(super) lost: u64,
    pub(super) latency: Latency,
}

/// All that the agents saw.
#[derive(Default)]
pub(super) struct Tally {
    answered: [Answered; Kind::ALL.len()],
    /// How late requests went out: the load generator's own fault.
    pub(super) late: Latency,
    /// What was wrong first.
    pub(super) words: Vec<String>,
}

impl Tally {
    pub(super) fn of(&self, kind: Kind) -> &Answered {
        // INVARIANT: a row for each kind.
        &self.answered[kind as usize]
    }

    pub(super) fn total(&self, figure: impl Fn(&Answered) -> u64) -> u64 {
        self.answered.iter().map(figure).sum()
    }

    pub(super) fn right(&mut self, kind: Kind, took: Duration) {
        let answered = &mut self.answered[kind as usize];
        answered.count += 1;
        answered.latency.add(took);
    }

    pub(super) fn wrong(&mut self, kind: Kind, why: &str) {
        self.answered[kind as usize].wrong += 1;
        self.tell(kind, why);
    }

    pub(super) fn lost(&mut self, kind: Kind) {
        self.answered[kind as usize].lost += 1;
        self.tell(kind, "never answered");
    }

    fn tell(&mut self, kind: Kind, why: &str) {
        if self.words.len() < TOLD {
            self.words.push(format!("{}: {why}", kind.name()));
        }
    }
}
