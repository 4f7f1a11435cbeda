//! Where units were opened. The state forgets places once a session ends; the journal does not.

use crate::charges::Pair;
use crate::estate::SiteId;
use crate::event::{Charge, Event, Opened, Route, Source};
use crate::state::State;
use crate::when::Instant;
use std::collections::BTreeMap;

/// Where each person opened each product on tokens, and when.
///
/// A unit that the gate charged belongs to the site of the last opening before it began: its own, or, where
/// use went on into a further unit, that of the session that went on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sites(BTreeMap<Pair, Vec<(Instant, Option<SiteId>)>>);

impl Sites {
    /// Takes the next entry of the journal.
    pub fn note(&mut self, at: Instant, event: &Event) {
        if let Event::Opened(Opened {
            person, product, basis, route: Route::Tokens { .. }, ..
        }) = event
        {
            self.0.entry((*person, *product)).or_default().push((at, basis.place.site));
        }
    }

    /// The same, once the journal is read: what identities opened belongs to the people they are.
    #[must_use]
    pub fn of_people(self, state: &State) -> Self {
        let mut all: BTreeMap<Pair, Vec<(Instant, Option<SiteId>)>> = BTreeMap::new();
        for ((identity, product), opened) in self.0 {
            all.entry((state.estate().same_as(identity), product)).or_default().extend(opened);
        }
        // A stable sort: of two at one instant, the one journalled last stays last.
        all.values_mut().for_each(|opened| opened.sort_by_key(|(at, _)| *at));
        Self(all)
    }

    pub(super) fn of(&self, charge: &Charge) -> Option<SiteId> {
        if charge.source != Source::Gate {
            return None;
        }
        let opened = self.0.get(&(charge.person, charge.product))?;
        let before = opened.partition_point(|(at, _)| *at <= charge.at);
        opened.get(before.checked_sub(1)?)?.1
    }
}
