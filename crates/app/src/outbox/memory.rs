//! The outbox in memory: for tests, and as the model that the other must agree with.

use super::{Delivery, Draft, Filter, Outbox, Outcome, Standing, Tally};
use crate::ports::StoreError;
use faregate_core::when::Instant;
use std::collections::BTreeMap;

/// An outbox that forgets everything when it is dropped.
#[derive(Debug, Default)]
pub struct MemoryOutbox {
    cursor: Option<u64>,
    deliveries: Vec<Delivery>,
    off: BTreeMap<String, (Instant, String)>,
}

impl MemoryOutbox {
    /// Whether an earlier one about the same thing waits.
    fn is_behind(&self, place: usize, one: &Delivery) -> bool {
        self.deliveries.iter().take(place).any(|earlier| {
            earlier.standing == Standing::Waiting
                && earlier.draft.channel == one.draft.channel
                && earlier.draft.notice.about == one.draft.notice.about
        })
    }
}

impl Outbox for MemoryOutbox {
    fn begin(&mut self, end: u64) -> Result<u64, StoreError> {
        if self.cursor.is_some_and(|cursor| cursor > end) {
            self.deliveries.retain(|one| one.draft.seq <= end);
            self.cursor = None;
        }
        Ok(*self.cursor.get_or_insert(end))
    }

    fn expand(&mut self, after: u64, to: u64, drafts: &[Draft]) -> Result<(), StoreError> {
        if self.cursor != Some(after) {
            return Err(StoreError::Fenced { seq: self.cursor.unwrap_or(0) });
        }
        for draft in drafts {
            if !self.knows(&draft.id)? {
                self.deliveries.push(Delivery {
                    draft: draft.clone(),
                    standing: Standing::Waiting,
                    tries: 0,
                    is_held: false,
                    touched: draft.due,
                    words: None,
                });
            }
        }
        self.cursor = Some(to);
        Ok(())
    }

    fn knows(&mut self, id: &str) -> Result<bool, StoreError> {
        Ok(self.deliveries.iter().any(|one| one.draft.id == id))
    }

    fn due(
        &mut self,
        channel: &str,
        now: Instant,
        limit: usize,
    ) -> Result<Vec<Delivery>, StoreError> {
        let all = self.deliveries.iter().enumerate();
        let mut due: Vec<Delivery> = all
            .filter(|(_, one)| one.draft.channel == channel && one.standing == Standing::Waiting)
            .filter(|(place, one)| one.draft.due <= now && !self.is_behind(*place, one))
            .map(|(_, one)| one.clone())
            .collect();
        due.sort_by_key(|one| one.draft.due);
        due.truncate(limit);
        Ok(due)
    }

    fn settle(&mut self, id: &str, outcome: &Outcome, now: Instant) -> Result<(), StoreError> {
        let waiting = |one: &&mut Delivery| one.standing == Standing::Waiting;
        let found = self.deliveries.iter_mut().filter(waiting).find(|one| one.draft.id == id);
        let Some(one) = found else { return Ok(()) };
        one.touched = now;
        match outcome {
            Outcome::Held { until } => (one.draft.due, one.is_held) = (*until, true),
            Outcome::Sent => {
                (one.standing, one.words, one.tries) = (Standing::Sent, None, one.tries + 1);
            }
            Outcome::Again { due, words } => {
                (one.draft.due, one.words, one.tries) = (*due, Some(words.clone()), one.tries + 1);
            }
            Outcome::GivenUp { words } => {
                let (standing, tries) = (Standing::GivenUp, one.tries + 1);
                (one.standing, one.words, one.tries) = (standing, Some(words.clone()), tries);
            }
        }
        Ok(())
    }

    fn switch(&mut self, channel: &str, off: Option<&str>, now: Instant) -> Result<(), StoreError> {
        match off {
            Some(words) => self.off.insert(channel.to_owned(), (now, words.to_owned())),
            None => self.off.remove(channel),
        };
        Ok(())
    }

    fn tally(&mut self, channel: &str) -> Result<Tally, StoreError> {
        let mut tally = Tally { off: self.off.get(channel).cloned(), ..Tally::default() };
        for one in self.deliveries.iter().filter(|one| one.draft.channel == channel) {
            match one.standing {
                Standing::Waiting => tally.waiting += 1,
                Standing::GivenUp => tally.given_up += 1,
                Standing::Sent => tally.last_sent = tally.last_sent.max(Some(one.touched)),
            }
            let failure = one.words.clone().map(|words| (one.touched, words));
            tally.last_failure = tally.last_failure.max(failure);
        }
        tally.last_failure = tally.last_failure.filter(|(at, _)| Some(*at) >= tally.last_sent);
        Ok(tally)
    }

    fn list(&mut self, filter: &Filter) -> Result<Vec<Delivery>, StoreError> {
        let wanted = |one: &&Delivery| {
            filter.channel.as_ref().is_none_or(|channel| *channel == one.draft.channel)
                && filter.standing.is_none_or(|standing| standing == one.standing)
        };
        Ok(self.deliveries.iter().rev().filter(wanted).take(filter.limit).cloned().collect())
    }

    fn forget(&mut self, before: Instant) -> Result<(), StoreError> {
        self.deliveries.retain(|one| one.standing == Standing::Waiting || one.touched >= before);
        Ok(())
    }
}
