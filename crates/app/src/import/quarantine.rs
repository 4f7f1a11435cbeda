//! Use that is kept and not charged: what of it there is, and when it is released.

use super::{Recording, Reported};
use crate::engine::Failure;
use faregate_core::event::{Counts, OpenUse};
use faregate_core::state::State;
use faregate_core::tariff::Meter;
use faregate_core::when::Instant;
use std::collections::BTreeMap;

/// What a batch added.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    /// How many of what.
    pub counts: Counts,
    /// What was kept and not charged, most sessions first.
    pub quarantined_by: Vec<Quarantined>,
    /// Sessions of earlier batches that were quarantined and are charged now.
    pub released: u64,
}

/// Sessions of one product, or of one unknown feature code, that are kept and not charged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Quarantined {
    /// The product's key, or the code.
    pub key: String,
    /// The product's name, or the code.
    pub name: String,
    /// Why not.
    pub why: Uncharged,
    /// How many sessions.
    pub sessions: u64,
}

/// Why use is kept and not charged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Uncharged {
    /// Nobody knows the product.
    UnknownProduct,
    /// The tariff has no rate for it.
    NoRate,
    /// Results are charged, and use does not say how many: the vendor's report does.
    ByResult,
    /// Nobody knows the person whom the vendor's report names.
    UnknownPerson,
    /// The amount in the vendor's report is not believed.
    Doubted,
    /// What it was kept for is known by now, and what says so has not come again.
    KnownByNow,
}

impl Uncharged {
    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::UnknownProduct,
        Self::NoRate,
        Self::ByResult,
        Self::UnknownPerson,
        Self::Doubted,
        Self::KnownByNow,
    ];

    /// Its name on the wire.
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Self::UnknownProduct => "unknown-product",
            Self::NoRate => "no-rate",
            Self::ByResult => "by-result",
            Self::UnknownPerson => "unknown-person",
            Self::Doubted => "doubted",
            Self::KnownByNow => "known-by-now",
        }
    }

    /// The same for people.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::UnknownProduct => "unknown product",
            Self::NoRate => "no rate",
            Self::ByResult => "charged by the result, as the vendor reports it",
            Self::UnknownPerson => "unknown person",
            Self::Doubted => "the vendor's amount is not believed",
            Self::KnownByNow => "known by now",
        }
    }

    /// What charges it.
    #[must_use]
    pub fn help(self) -> &'static str {
        match self {
            Self::UnknownProduct => {
                "name the product in a table of feature codes: `faregate import FILE --features FEATURES`"
            }
            Self::NoRate => {
                "a seat covers it; a rate stands in the tariff that a contract begins with: `faregate init --tariff FILE`"
            }
            Self::ByResult => "import the vendor's report: `faregate import token-usage FILE`",
            Self::UnknownPerson => {
                "say whose name it is, `faregate person alias`, and import the report again"
            }
            Self::Doubted => "correct the report and import it again",
            Self::KnownByNow => "import anything that tells of it again",
        }
    }
}

impl Recording<'_> {
    /// Rates stored use of feature codes that no table knew when they came in, and that this one knows.
    ///
    /// # Errors
    /// [`Failure`] when the store fails.
    pub fn lift_quarantine(&mut self) -> Result<(), Failure> {
        let shared = self.engine.state();
        let state = shared.read();
        let newly_known = self.names.newly_known(&state);
        if !newly_known.contains(&true) {
            return Ok(());
        }
        for day in self.engine.store.days_with_uses(Instant(0))? {
            for one in self.engine.store.uses_of(day)? {
                if newly_known.get(one.feature as usize) == Some(&true) {
                    self.lift(&state, one.user, one.feature, one.opened);
                }
            }
        }
        Ok(())
    }

    fn lift(&mut self, state: &State, user: u32, feature: u32, opened: Instant) {
        let person = self.names.person(state, user, opened);
        let Some(pair) = person.zip(self.names.product(state, feature)) else { return };
        self.touch(pair, opened);
        if self.can_rate(state, pair, opened) {
            self.names.release(feature, pair.1);
        }
    }

    /// A use that is open in an earlier batch, under a code that nobody knew then.
    pub(super) fn lift_open(&mut self, state: &State, identity: u64, reported: &Reported) {
        let unknown = state.open_elsewhere(identity).filter(|open| open.product.is_none());
        let first = !self.going_on.contains_key(&identity);
        if unknown.is_some() && first {
            self.lift(state, reported.user, reported.feature, reported.opened);
        }
    }

    /// Uses that go on and whose product is known by now.
    pub(super) fn recognised(&self, state: &State) -> Vec<OpenUse> {
        let unknown = state.elsewhere().filter(|open| open.product.is_none());
        let mut recognised: Vec<OpenUse> = unknown
            .filter_map(|open| {
                let ((_, product), _) = self.going_on.get(&open.identity)?;
                Some(OpenUse { product: Some(*product), ..open.clone() })
            })
            .collect();
        recognised.sort_unstable_by_key(|open| open.identity);
        recognised
    }

    /// What of the batch is quarantined, by product or unknown code.
    pub(super) fn quarantined_by(&mut self) -> Vec<Quarantined> {
        let shared = self.engine.state();
        let state = shared.read();
        let mut by_key: BTreeMap<(Uncharged, String), Quarantined> = BTreeMap::new();
        for (feature, sessions) in std::mem::take(&mut self.quarantined) {
            let product = self.names.product(&state, feature);
            let text = self.names.text(feature);
            let name = |id| self.names.product_name(&state, id);
            let key = product.and_then(|id| self.names.product_key(&state, id)).unwrap_or(text);
            let name = product.and_then(name).unwrap_or(text);
            let by_result = |id| {
                self.names.product_key(&state, id).is_some_and(|key| is_by_result(&state, key))
            };
            let why = match product {
                None => Uncharged::UnknownProduct,
                Some(id) if by_result(id) => Uncharged::ByResult,
                Some(_) => Uncharged::NoRate,
            };
            let one = by_key.entry((why, key.to_owned())).or_insert_with(|| Quarantined {
                key: key.to_owned(),
                name: name.to_owned(),
                why,
                sessions: 0,
            });
            one.sessions += sessions;
        }
        let mut all: Vec<Quarantined> = by_key.into_values().collect();
        all.sort_by_key(|one| std::cmp::Reverse(one.sessions));
        all
    }
}

/// Whether the tariff charges this product's results, not its use, at any time.
pub(super) fn is_by_result(state: &State, key: &str) -> bool {
    let rates = state.tariff().map(|(_, tariff)| tariff.parts().rates.as_slice());
    let rates = rates.unwrap_or_default().iter();
    rates.filter(|rate| rate.product == key).any(|rate| rate.meter == Meter::Result)
}
