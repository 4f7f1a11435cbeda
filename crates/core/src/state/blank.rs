//! The same contract before anything happened in it: what a past period is rated in once more.

use super::State;
use crate::estate::Estate;
use crate::tariff::Tariff;

impl State {
    /// A contract with these people and products, this tariff and this one's zone, names and codes, in which nothing
    /// was bought, used or decided. Its buckets are there, and empty.
    #[must_use]
    pub fn blank(&self, estate: Estate, tariff: Tariff) -> Self {
        let mut blank = Self {
            name: self.name.clone(),
            zone: self.zone.clone(),
            tariffs: vec![tariff],
            features: self.features.clone(),
            terms: self.terms.clone(),
            ..Self::default()
        };
        estate.buckets().iter().for_each(|_| blank.ledger.open_bucket());
        blank.estate = estate;
        blank
    }
}
