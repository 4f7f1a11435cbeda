//! Made-up policies, estates and questions, all from a seed: what the compiled policies are held against Cedar
//! with. A construct that is compiled has a production in `trials::grammar`.

mod estate;
mod grammar;

pub use estate::{Asked, state};
pub use grammar::policy_set;

use crate::{Answer, RuleBook};
use faregate_core::access::{Forbidden, Policy, Question, Verdict};
use faregate_core::event::Reason;
use faregate_core::state::State;

/// SplitMix64: the same numbers for the same seed.
#[derive(Clone, Debug)]
pub struct Chance(u64);

impl Chance {
    /// Begins a sequence.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The next 64 bits.
    pub fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// Below `end`, all about equally likely; 0 when `end` is.
    pub fn below(&mut self, end: usize) -> usize {
        let end = u64::try_from(end).unwrap_or(u64::MAX);
        usize::try_from(self.bits().checked_rem(end).unwrap_or(0)).unwrap_or(0)
    }

    /// Once in so many times.
    pub fn once_in(&mut self, times: usize) -> bool {
        self.below(times) == 0
    }

    /// One of several.
    pub fn pick<T: Copy + Default>(&mut self, all: &[T]) -> T {
        let place = self.below(all.len());
        all.get(place).copied().unwrap_or_default()
    }
}

/// A book of made-up policies, those left out that Cedar's validation refuses.
#[must_use]
pub fn book(seed: u64, policies: usize) -> RuleBook {
    let mut chance = Chance::new(seed);
    let sets: Vec<_> = (0..policies)
        .map(|number| policy_set(&mut chance, number))
        .filter(|set| RuleBook::load([set]).is_ok())
        .collect();
    RuleBook::load(&sets).unwrap_or_default()
}

/// Asks ours and Cedar: how the two answers differ, or the answer.
///
/// # Errors
/// Both answers, as text.
pub fn compare(book: &RuleBook, state: &State, question: &Question<'_>) -> Result<Answer, String> {
    let ours = book.answer(state, question);
    let verdict = book.judge(state, question);
    let prepared = book.prepare(state, question).ok_or("the question cannot be prepared")?;
    let theirs = prepared.answer(book);
    if ours != theirs {
        return Err(format!("ours {ours:?}, Cedar's {theirs:?}"));
    }
    let expected = verdict_of(book, &theirs);
    if verdict != expected {
        return Err(format!("the verdict is {verdict:?}, Cedar's answer means {expected:?}"));
    }
    Ok(ours)
}

/// What the gate must be told, given Cedar's answer.
fn verdict_of(book: &RuleBook, answer: &Answer) -> Verdict {
    if answer.permits {
        return Verdict::Permit;
    }
    let rules = answer.deciding.iter().filter_map(|number| Some((*number, book.rule(*number)?)));
    let first =
        rules.min_by_key(|(number, rule)| (!rule.notes.is_final, rule.notes.reason, *number));
    Verdict::Forbid(Forbidden {
        reason: first.map_or(Reason::NotEligible, |(_, rule)| rule.notes.reason),
        rule: first.map(|(number, _)| number),
        is_final: first.is_some_and(|(_, rule)| rule.notes.is_final),
    })
}

#[cfg(test)]
mod tests;
