//! What stands against a move, whatever it would save: what the vendor's terms, the law or somebody's word forbid.

use crate::engine::Failure;
use crate::ports::Store;
use crate::replay::uses::Shadow;
use faregate_core::anomaly::{Class, Finding};
use faregate_core::estate::{Domain, OfferingId, PersonId, Place, ProductId};
use faregate_core::event::Event;
use faregate_core::state::State;
use faregate_core::when::{DAY, Instant};
use rustc_hash::{FxHashMap, FxHashSet};
use std::collections::BTreeSet;

/// Where somebody was when they asked last says where they will be, if it is not longer ago.
const PLACE_DAYS: i64 = 90;

/// Why somebody is not moved.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Bar {
    /// They are on the list of those who stay what they are.
    Kept,
    /// They use a product that cannot be had for tokens, and their seat covers it.
    NotOnTokens(ProductId),
    /// Two people seem to use the account: a seat is for one.
    SharedLogin,
    /// It seems to be no human: seats are for people.
    ServiceAccount,
    /// They work on a contract of their own, and stay on tokens.
    Contractor,
    /// Seats of the offering may not be used where they are.
    Region(OfferingId),
}

impl Bar {
    /// Stable name on the wire.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Kept => "kept",
            Self::NotOnTokens(_) => "not-on-tokens",
            Self::SharedLogin => "shared-login",
            Self::ServiceAccount => "service-account",
            Self::Contractor => "contractor",
            Self::Region(_) => "region",
        }
    }
}

/// What stands against moves, for everybody.
#[derive(Clone, Debug, Default)]
pub struct Bars {
    kept: FxHashSet<PersonId>,
    shared: FxHashSet<PersonId>,
    service: FxHashSet<PersonId>,
    unrated: FxHashMap<PersonId, BTreeSet<ProductId>>,
    places: FxHashMap<PersonId, Place>,
}

/// Gathers what stands against moves: use without a rate from `shadow`, doubtful accounts from `findings`, and where
/// people were last from the journal.
///
/// # Errors
/// [`Failure`] when the store cannot be read.
pub fn bars(
    state: &State,
    store: &mut dyn Store,
    shadow: &Shadow,
    findings: &[Finding],
    kept: impl IntoIterator<Item = PersonId>,
    now: Instant,
) -> Result<Bars, Failure> {
    let of_class = |class: Class| {
        let about = findings.iter().filter(move |finding| finding.class == class);
        about
            .flat_map(|finding| finding.people.iter().map(|person| state.estate().same_as(*person)))
    };
    let mut found = Bars {
        kept: kept.into_iter().map(|person| state.estate().same_as(person)).collect(),
        shared: of_class(Class::SharedCredentials).collect(),
        service: of_class(Class::ServiceAccount).collect(),
        ..Bars::default()
    };
    for (person, product) in shadow.unrated_pairs() {
        found.unrated.entry(person).or_default().insert(product);
    }
    let since = now.plus(-PLACE_DAYS * DAY);
    if state.tally().opened > 0 && !state.estate().territories().is_empty() {
        store.replay(0, &mut |entry| {
            if let Event::Opened(opened) = entry.event
                && entry.at >= since
            {
                let person = state.estate().same_as(opened.person);
                found.places.insert(person, opened.basis.place);
            }
            true
        })?;
    }
    Ok(found)
}

impl Bars {
    /// What keeps somebody from getting a seat of an offering.
    #[must_use]
    pub fn to_seat(
        &self,
        state: &State,
        person: PersonId,
        offering: OfferingId,
        now: Instant,
    ) -> Option<Bar> {
        let is_contractor = state.estate().standing(person).is_some_and(|known| known.contractor);
        let known = |place: &Place| *place != Place::default();
        let place = self.places.get(&person).copied().filter(known);
        let domains = [Domain::Offering(offering)];
        let is_outside =
            place.is_some_and(|place| state.estate().breach(&domains, place, now).is_some());
        let bars = [
            (self.kept.contains(&person), Bar::Kept),
            (self.shared.contains(&person), Bar::SharedLogin),
            (self.service.contains(&person), Bar::ServiceAccount),
            (is_contractor, Bar::Contractor),
            (is_outside, Bar::Region(offering)),
        ];
        bars.into_iter().find_map(|(holds, bar)| holds.then_some(bar))
    }

    /// What keeps somebody from losing a seat that covers these products.
    #[must_use]
    pub fn to_tokens(&self, person: PersonId, covers: &[ProductId]) -> Option<Bar> {
        if self.kept.contains(&person) {
            return Some(Bar::Kept);
        }
        let used = self.unrated.get(&person)?;
        used.iter()
            .find(|product| covers.contains(product))
            .map(|product| Bar::NotOnTokens(*product))
    }

    /// Products that somebody uses and tokens cannot pay for.
    #[must_use]
    pub fn unrated(&self, person: PersonId) -> Vec<ProductId> {
        self.unrated.get(&person).map_or_else(Vec::new, |used| used.iter().copied().collect())
    }
}
