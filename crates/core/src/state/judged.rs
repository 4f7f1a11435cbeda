//! What people said of findings: the journal keeps who and why, the state what it teaches.

use super::State;
use crate::anomaly::Judgement;
use crate::event::Event;
use crate::when::Instant;

/// So many judgements teach; older ones are in the journal.
const KEPT_MAX: usize = 10_000;

/// What people said of findings, in the order said.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Judgements(pub(crate) Vec<Judgement>);

impl Judgements {
    /// All that teach, the oldest first.
    #[must_use]
    pub fn all(&self) -> &[Judgement] {
        &self.0
    }

    /// The last word on a finding.
    #[must_use]
    pub fn of(&self, finding: u64) -> Option<&Judgement> {
        self.0.iter().rev().find(|one| one.finding == finding)
    }

    pub(super) fn add(&mut self, at: Instant, event: &Event) {
        if let Event::FindingJudged { finding, class, subject, confirmed, why } = event {
            let (finding, class, confirmed) = (*finding, *class, *confirmed);
            let (subject, why) = (subject.clone(), why.clone());
            self.0.push(Judgement { finding, class, subject, confirmed, why, at });
            let over = self.0.len().saturating_sub(KEPT_MAX);
            self.0.drain(..over);
        }
    }
}

impl State {
    /// What people said of findings.
    #[must_use]
    pub fn judgements(&self) -> &Judgements {
        &self.judgements
    }
}
