//! Booking that identities are one person's, or are not.

use super::{Broken, State};
use crate::estate::{PersonId, ProductId};

impl State {
    /// Whether an identity runs something, on tokens or on a seat, or holds tokens.
    #[must_use]
    pub fn is_busy(&self, id: PersonId) -> bool {
        self.sessions.values().any(|session| session.person == id)
            || self.charges.pairs().any(|((person, _), _)| *person == id)
    }

    /// Whether anything was charged to an identity that still stands.
    #[must_use]
    pub fn was_charged(&self, id: PersonId) -> bool {
        let products = (0..self.estate.products().len()).filter_map(|n| u16::try_from(n).ok());
        let mut pairs = products.map(|product| (id, ProductId(product)));
        pairs.any(|pair| self.charges.of_pair(pair).next().is_some())
    }

    /// Makes an identity another's, or its own again. Nothing may run under one that goes, and nothing may be
    /// charged to it: whoever is somebody else has no use of their own.
    pub(super) fn merge_person(
        &mut self,
        id: PersonId,
        into: Option<PersonId>,
    ) -> Result<(), Broken> {
        let goes = into.is_some();
        if goes && (self.is_busy(id) || self.was_charged(id)) {
            return Err(Broken::Merge(id));
        }
        if self.estate.merge_person(id, into) { Ok(()) } else { Err(Broken::Merge(id)) }
    }
}
