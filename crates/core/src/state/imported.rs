//! What imports took in: uses that go on elsewhere, what feature codes stand for, how many are quarantined.

use super::{Broken, State};
use crate::estate::ProductId;
use crate::event::{Counts, FeatureMapped, OpenUse, Receipt};

impl State {
    pub(super) fn apply_mapped(&mut self, mapped: &[FeatureMapped]) -> Result<(), Broken> {
        if !mapped.iter().all(|one| self.estate.product(one.product).is_some()) {
            return Err(Broken::UnknownId);
        }
        for FeatureMapped { code, product, released } in mapped {
            self.features.insert(code.clone(), *product);
            self.tally.quarantined = self.tally.quarantined.saturating_sub(*released);
        }
        Ok(())
    }

    pub(super) fn apply_receipt(&mut self, receipt: &Receipt) {
        for identity in &receipt.ended {
            self.elsewhere.remove(identity);
        }
        for open in &receipt.begun {
            self.elsewhere.insert(open.identity, open.clone());
        }
        let Counts { sessions, quarantined, .. } = receipt.counts;
        self.tally.imported = self.tally.imported.saturating_add(sessions);
        self.tally.quarantined = self.tally.quarantined.saturating_add(quarantined);
    }

    /// Uses that logs show as still going on, in no particular order.
    pub fn elsewhere(&self) -> impl Iterator<Item = &OpenUse> + '_ {
        self.elsewhere.values()
    }

    /// The use with this identity, while logs show it as still going on.
    #[must_use]
    pub fn open_elsewhere(&self, identity: u64) -> Option<&OpenUse> {
        self.elsewhere.get(&identity)
    }

    /// Whether a log shows this use as still going on.
    #[must_use]
    pub fn is_open_elsewhere(&self, identity: u64) -> bool {
        self.elsewhere.contains_key(&identity)
    }

    /// The product that a feature code was found to be.
    #[must_use]
    pub fn product_of_feature(&self, code: &str) -> Option<ProductId> {
        self.features.get(code).copied()
    }
}
