//! A store in memory that the engine writes to and the lake reads from.

use faregate_app::memory::MemoryStore;
use faregate_app::ports::{
    Batch, BlockKind, Entry, GateUse, Memo, Request, Store, StoreError, Use, UseBlock,
};
use faregate_core::state::Checkpoint;
use faregate_core::when::{Date, Instant};
use std::sync::{Arc, Mutex, MutexGuard};

/// One store with several handles.
#[derive(Clone, Default)]
pub(crate) struct Shared(Arc<Mutex<MemoryStore>>);

impl Shared {
    fn content(&self) -> MutexGuard<'_, MemoryStore> {
        self.0.lock().unwrap()
    }
}

impl Store for Shared {
    fn replay(
        &mut self,
        after: u64,
        visit: &mut dyn FnMut(Entry) -> bool,
    ) -> Result<(), StoreError> {
        self.content().replay(after, visit)
    }

    fn entry(&mut self, seq: u64) -> Result<Option<Entry>, StoreError> {
        self.content().entry(seq)
    }

    fn decisions(
        &mut self,
        first: u64,
        last: u64,
        visit: &mut dyn FnMut(Entry) -> bool,
    ) -> Result<(), StoreError> {
        self.content().decisions(first, last, visit)
    }

    fn request(&mut self, key: &str) -> Result<Option<Request>, StoreError> {
        self.content().request(key)
    }

    fn append(&mut self, batch: &Batch) -> Result<(), StoreError> {
        self.content().append(batch)
    }

    fn snapshot(&mut self) -> Result<Option<Checkpoint>, StoreError> {
        self.content().snapshot()
    }

    fn keep_snapshot(&mut self, checkpoint: &Checkpoint) -> Result<(), StoreError> {
        self.content().keep_snapshot(checkpoint)
    }

    fn begin(&mut self) -> Result<(), StoreError> {
        self.content().begin()
    }

    fn commit(&mut self) -> Result<(), StoreError> {
        self.content().commit()
    }

    fn rollback(&mut self) {
        self.content().rollback()
    }

    fn names(&mut self) -> Result<Vec<String>, StoreError> {
        self.content().names()
    }

    fn add_names(&mut self, first: u32, names: &[String]) -> Result<(), StoreError> {
        self.content().add_names(first, names)
    }

    fn add_uses(
        &mut self,
        batch: u32,
        day: Date,
        kind: BlockKind,
        uses: &[Use],
    ) -> Result<(), StoreError> {
        self.content().add_uses(batch, day, kind, uses)
    }

    fn use_blocks(
        &mut self,
        after: u64,
        visit: &mut dyn FnMut(UseBlock) -> bool,
    ) -> Result<(), StoreError> {
        self.content().use_blocks(after, visit)
    }

    fn blocks_of(&mut self, day: Date) -> Result<Vec<UseBlock>, StoreError> {
        self.content().blocks_of(day)
    }

    fn days_with_uses(&mut self, from: Instant) -> Result<Vec<Date>, StoreError> {
        self.content().days_with_uses(from)
    }

    fn uses_of(&mut self, day: Date) -> Result<Vec<Use>, StoreError> {
        self.content().uses_of(day)
    }

    fn add_memo(&mut self, batch: u32, day: Date, memo: &Memo) -> Result<(), StoreError> {
        self.content().add_memo(batch, day, memo)
    }

    fn memos_of(&mut self, day: Date) -> Result<Vec<(u32, Memo)>, StoreError> {
        self.content().memos_of(day)
    }

    fn days_of_batch(&mut self, batch: u32) -> Result<Vec<Date>, StoreError> {
        self.content().days_of_batch(batch)
    }

    fn gate_uses(
        &mut self,
        from: Instant,
        visit: &mut dyn FnMut(GateUse),
    ) -> Result<(), StoreError> {
        self.content().gate_uses(from, visit)
    }

    fn check(&mut self) -> Result<Vec<String>, StoreError> {
        self.content().check()
    }
}
