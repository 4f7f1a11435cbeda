//! A store with a fault planted, to show that the suite would notice.

use faregate_app::memory::MemoryStore;
use faregate_app::ports::{
    Batch, BlockKind, Entry, GateUse, Memo, Request, Store, StoreError, Use, UseBlock,
};
use faregate_core::state::Checkpoint;
use faregate_core::when::{Date, Instant};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mutant {
    LosesRequests,
    AcceptsAnySequence,
    ForgetsBlocks,
    KeepsWhatIsRolledBack,
    CommitsTooEarly,
    ReplaysFromTheStart,
    ForgetsWhoTold,
    VisitsBlocksFromTheStart,
    ForgetsWhatWasTakenBack,
    ForgetsMemos,
    TellsDecisionsFromTheEnd,
}

pub(super) struct Planted {
    inner: MemoryStore,
    mutant: Mutant,
    /// Entries taken against the rules, after those that the inner store has.
    extra: Vec<Entry>,
}

impl Planted {
    pub(super) fn new(mutant: Mutant) -> Self {
        Self { inner: MemoryStore::default(), mutant, extra: Vec::new() }
    }

    fn is(&self, mutant: Mutant) -> bool {
        self.mutant == mutant
    }
}

impl Store for Planted {
    fn replay(
        &mut self,
        after: u64,
        visit: &mut dyn FnMut(Entry) -> bool,
    ) -> Result<(), StoreError> {
        let after = if self.is(Mutant::ReplaysFromTheStart) { 0 } else { after };
        self.inner.replay(after, visit)?;
        self.extra.iter().cloned().all(visit);
        Ok(())
    }

    fn entry(&mut self, seq: u64) -> Result<Option<Entry>, StoreError> {
        self.inner.entry(seq)
    }

    fn decisions(
        &mut self,
        first: u64,
        last: u64,
        visit: &mut dyn FnMut(Entry) -> bool,
    ) -> Result<(), StoreError> {
        let last = if self.is(Mutant::TellsDecisionsFromTheEnd) { u64::MAX } else { last };
        self.inner.decisions(first, last, visit)
    }

    fn request(&mut self, key: &str) -> Result<Option<Request>, StoreError> {
        self.inner.request(key)
    }

    fn append(&mut self, batch: &Batch) -> Result<(), StoreError> {
        let mut batch = batch.clone();
        if self.is(Mutant::LosesRequests) {
            batch.requests.clear();
        }
        match self.inner.append(&batch) {
            Err(StoreError::Fenced { .. }) if self.is(Mutant::AcceptsAnySequence) => {
                self.extra.append(&mut batch.entries);
                Ok(())
            }
            done => done,
        }
    }

    fn snapshot(&mut self) -> Result<Option<Checkpoint>, StoreError> {
        self.inner.snapshot()
    }

    fn keep_snapshot(&mut self, checkpoint: &Checkpoint) -> Result<(), StoreError> {
        self.inner.keep_snapshot(checkpoint)
    }

    fn begin(&mut self) -> Result<(), StoreError> {
        self.inner.begin()
    }

    fn commit(&mut self) -> Result<(), StoreError> {
        self.inner.commit()
    }

    fn rollback(&mut self) {
        if self.is(Mutant::KeepsWhatIsRolledBack) {
            let _ = self.inner.commit();
        } else {
            self.inner.rollback();
        }
    }

    fn names(&mut self) -> Result<Vec<String>, StoreError> {
        self.inner.names()
    }

    fn add_names(&mut self, first: u32, names: &[String]) -> Result<(), StoreError> {
        self.inner.add_names(first, names)
    }

    fn add_uses(
        &mut self,
        batch: u32,
        day: Date,
        kind: BlockKind,
        uses: &[Use],
    ) -> Result<(), StoreError> {
        match self.mutant {
            Mutant::ForgetsBlocks if !self.inner.uses_of(day)?.is_empty() => Ok(()),
            Mutant::CommitsTooEarly => {
                self.inner.add_uses(batch, day, kind, uses)?;
                let _ = self.inner.commit();
                Ok(())
            }
            Mutant::ForgetsWhoTold => self.inner.add_uses(1, day, kind, uses),
            _ => self.inner.add_uses(batch, day, kind, uses),
        }
    }

    fn use_blocks(
        &mut self,
        after: u64,
        visit: &mut dyn FnMut(UseBlock) -> bool,
    ) -> Result<(), StoreError> {
        let after = if self.is(Mutant::VisitsBlocksFromTheStart) { 0 } else { after };
        self.inner.use_blocks(after, visit)
    }

    fn blocks_of(&mut self, day: Date) -> Result<Vec<UseBlock>, StoreError> {
        self.inner.blocks_of(day)
    }

    fn days_with_uses(&mut self, from: Instant) -> Result<Vec<Date>, StoreError> {
        self.inner.days_with_uses(from)
    }

    fn uses_of(&mut self, day: Date) -> Result<Vec<Use>, StoreError> {
        if self.is(Mutant::ForgetsWhatWasTakenBack) {
            let blocks = self.inner.blocks_of(day)?.into_iter();
            let told = blocks.filter(|block| block.kind == BlockKind::Told);
            return Ok(told.flat_map(|block| block.uses).collect());
        }
        self.inner.uses_of(day)
    }

    fn add_memo(&mut self, batch: u32, day: Date, memo: &Memo) -> Result<(), StoreError> {
        match self.mutant {
            Mutant::ForgetsMemos if !self.inner.memos_of(day)?.is_empty() => Ok(()),
            _ => self.inner.add_memo(batch, day, memo),
        }
    }

    fn memos_of(&mut self, day: Date) -> Result<Vec<(u32, Memo)>, StoreError> {
        self.inner.memos_of(day)
    }

    fn days_of_batch(&mut self, batch: u32) -> Result<Vec<Date>, StoreError> {
        self.inner.days_of_batch(batch)
    }

    fn gate_uses(
        &mut self,
        from: Instant,
        visit: &mut dyn FnMut(GateUse),
    ) -> Result<(), StoreError> {
        self.inner.gate_uses(from, visit)
    }

    fn check(&mut self) -> Result<Vec<String>, StoreError> {
        self.inner.check()
    }
}
