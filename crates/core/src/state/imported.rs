//! What imports took in: uses that go on elsewhere, what feature codes stand for, how many are quarantined.

use super::{Broken, State};
use crate::estate::ProductId;
use crate::event::{Counts, FeatureMapped, OpenUse, Receipt, Undone, VendorCharge};
use std::collections::BTreeSet;

/// An import that has a number, as the state remembers it: its receipt is in the journal.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Import {
    /// Sequence number of its receipt.
    pub seq: u64,
    /// Which of the kinds of source it is.
    pub kind: u16,
    /// Sequence number of the event that took it back; 0 while it stands.
    pub undone: u64,
}

impl Import {
    /// Whether nobody took it back.
    #[must_use]
    pub const fn stands(&self) -> bool {
        self.undone == 0
    }
}

/// All imports that have a number.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Imports {
    /// Kinds of source, as receipts name them, in the order met.
    pub kinds: Vec<String>,
    /// All imports: the first is number 1.
    pub all: Vec<Import>,
}

impl Imports {
    /// The import with this number.
    #[must_use]
    pub fn get(&self, batch: u32) -> Option<&Import> {
        self.all.get(usize::try_from(batch).ok()?.checked_sub(1)?)
    }

    /// The number that the next import gets.
    #[must_use]
    pub fn next(&self) -> u32 {
        u32::try_from(self.all.len()).unwrap_or(u32::MAX).saturating_add(1)
    }

    /// The kind of source of an import; empty when it has no number.
    #[must_use]
    pub fn kind(&self, batch: u32) -> &str {
        let kind = self.get(batch).and_then(|import| self.kinds.get(usize::from(import.kind)));
        kind.map_or("", String::as_str)
    }

    /// Whether an import with this number still counts; what has no number always does.
    #[must_use]
    pub fn stands(&self, batch: u32) -> bool {
        self.get(batch).is_none_or(Import::stands)
    }

    fn add(&mut self, seq: u64, kind: &str) {
        let known = self.kinds.iter().position(|one| one == kind);
        let place = known.unwrap_or_else(|| {
            self.kinds.push(kind.to_owned());
            self.kinds.len().saturating_sub(1)
        });
        let kind = u16::try_from(place).unwrap_or(u16::MAX);
        self.all.push(Import { seq, kind, undone: 0 });
    }
}

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

    pub(super) fn apply_receipt(&mut self, seq: u64, receipt: &Receipt) -> Result<(), Broken> {
        if receipt.batch > 0 {
            if receipt.batch != self.imports.next() {
                return Err(Broken::Import(receipt.batch));
            }
            self.imports.add(seq, &receipt.kind);
        }
        self.end_and_begin(&receipt.ended, &receipt.begun);
        let Counts { sessions, quarantined, .. } = receipt.counts;
        self.tally.imported = self.tally.imported.saturating_add(sessions);
        self.tally.quarantined = self.tally.quarantined.saturating_add(quarantined);
        Ok(())
    }

    /// Only what stands can be undone; an import without a number never.
    pub(super) fn apply_undone(&mut self, seq: u64, undone: &Undone) -> Result<(), Broken> {
        let place = usize::try_from(undone.batch).ok().and_then(|batch| batch.checked_sub(1));
        let import = place.and_then(|place| self.imports.all.get_mut(place));
        let import = import.filter(|import| import.stands());
        import.ok_or(Broken::Import(undone.batch))?.undone = seq;
        self.end_and_begin(&undone.ended, &undone.begun);
        let Undone { sessions, quarantined, .. } = undone;
        self.tally.imported = self.tally.imported.saturating_sub(*sessions);
        self.tally.quarantined = self.tally.quarantined.saturating_sub(*quarantined);
        let gone: BTreeSet<_> = undone.unreported.iter().copied().collect();
        if !gone.is_empty() {
            let key = |one: &VendorCharge| (one.person, one.product, one.day);
            self.vendor.charges.retain(|one| !gone.contains(&key(one)));
        }
        Ok(())
    }

    fn end_and_begin(&mut self, ended: &[u64], begun: &[OpenUse]) {
        for identity in ended {
            self.elsewhere.remove(identity);
        }
        for open in begun {
            self.elsewhere.insert(open.identity, open.clone());
        }
    }

    /// All imports that have a number.
    #[must_use]
    pub fn imports(&self) -> &Imports {
        &self.imports
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
