//! Books of policies that were compiled lately: the same sets are compiled once, whoever asks for them.
//!
//! Compiling some hundreds of policies takes a part of a second, and whoever adopts a set has it compiled on the
//! deciding thread: what was checked then is what the gate asks afterwards.

use faregate_core::event::{Mode, PolicySet};
use faregate_policy::{Fault, RuleBook};
use std::sync::Arc;

/// So many books are kept: those in force and on trial, and those tried before they are adopted.
const BOOKS_MAX: usize = 6;

/// Names and texts of sets: all that a book depends on, whether its sets decide or are watched.
type Sources = Vec<(String, String)>;

/// The book of the sets in force, and that of all sets when any is on trial.
type Both = (Arc<RuleBook>, Option<Arc<RuleBook>>);

/// Books compiled lately, the last one used at the end.
#[derive(Default)]
pub(crate) struct Books {
    recent: Vec<(Sources, Arc<RuleBook>)>,
}

impl Books {
    /// The book of sets, compiled unless it was lately.
    ///
    /// # Errors
    /// All that is wrong with them.
    pub(super) fn of<'a>(
        &mut self,
        sets: impl Iterator<Item = &'a PolicySet>,
    ) -> Result<Arc<RuleBook>, Vec<Fault>> {
        let sets: Vec<&PolicySet> = sets.collect();
        let is_same = |(sources, _): &(Sources, Arc<RuleBook>)| {
            let texts = sources.iter().map(|(name, text)| (name.as_str(), text.as_str()));
            texts.eq(sets.iter().map(|set| (set.name.as_str(), set.text.as_str())))
        };
        let (sources, book) = match self.recent.iter().position(is_same) {
            Some(place) => self.recent.remove(place),
            None => {
                let book = Arc::new(RuleBook::load(sets.iter().copied())?);
                let sources = sets.iter().map(|set| (set.name.clone(), set.text.clone()));
                (sources.collect(), book)
            }
        };
        if self.recent.len() >= BOOKS_MAX {
            self.recent.remove(0);
        }
        self.recent.push((sources, Arc::clone(&book)));
        Ok(book)
    }

    /// The book of the sets in force, and that of all sets when any is on trial.
    ///
    /// # Errors
    /// All that is wrong with them.
    pub(super) fn both<'a>(
        &mut self,
        sets: impl Iterator<Item = &'a PolicySet> + Clone,
    ) -> Result<Both, Vec<Fault>> {
        let enforced = self.of(sets.clone().filter(|set| set.mode == Mode::Enforce))?;
        let any_on_trial = sets.clone().any(|set| set.mode == Mode::Monitor);
        let on_trial = if any_on_trial { Some(self.of(sets)?) } else { None };
        Ok((enforced, on_trial))
    }
}
