//! Either store, opened as often as a test likes, with a fault planted when it wants one.

use faregate_app::memory::MemoryStore;
use faregate_app::ports::{
    Batch, BlockKind, Entry, GateUse, Memo, Request, Store, StoreError, Use, UseBlock,
};
use faregate_core::amount::Ticks;
use faregate_core::state::Checkpoint;
use faregate_core::when::{Date, Instant};
use faregate_store::sqlite::SqliteStore;
use std::sync::{Arc, Mutex, PoisonError};

/// What a store can get wrong without anybody being told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    None,
    /// Whoever appends second is told that it was stored.
    LosesFencing,
    /// Requests are not kept with their answers.
    LosesRequests,
    /// Now and then an append is acknowledged and not stored.
    AcknowledgesTooEarly,
    /// A snapshot has a tick too many.
    AddsATick,
}

/// Of so many appends one is lost by [`Fault::AcknowledgesTooEarly`].
const LOST_EACH: u64 = 20;

pub(crate) enum Inner {
    Memory(Arc<Mutex<MemoryStore>>),
    Sqlite(Box<SqliteStore>),
}

pub(crate) struct Planted {
    inner: Inner,
    fault: Fault,
    appends: u64,
}

impl Planted {
    pub(crate) fn new(inner: Inner, fault: Fault) -> Self {
        Self { inner, fault, appends: 0 }
    }

    fn is(&self, fault: Fault) -> bool {
        self.fault == fault
    }

    fn with<T>(&mut self, work: impl FnOnce(&mut dyn Store) -> T) -> T {
        match &mut self.inner {
            Inner::Memory(store) => {
                work(&mut *store.lock().unwrap_or_else(PoisonError::into_inner))
            }
            Inner::Sqlite(store) => work(&mut **store),
        }
    }
}

impl Store for Planted {
    fn replay(
        &mut self,
        after: u64,
        visit: &mut dyn FnMut(Entry) -> bool,
    ) -> Result<(), StoreError> {
        self.with(|store| store.replay(after, visit))
    }

    fn entry(&mut self, seq: u64) -> Result<Option<Entry>, StoreError> {
        self.with(|store| store.entry(seq))
    }

    fn decisions(
        &mut self,
        first: u64,
        last: u64,
        visit: &mut dyn FnMut(Entry) -> bool,
    ) -> Result<(), StoreError> {
        self.with(|store| store.decisions(first, last, visit))
    }

    fn request(&mut self, key: &str) -> Result<Option<Request>, StoreError> {
        self.with(|store| store.request(key))
    }

    fn append(&mut self, batch: &Batch) -> Result<(), StoreError> {
        self.appends += 1;
        if self.is(Fault::AcknowledgesTooEarly) && self.appends.is_multiple_of(LOST_EACH) {
            return Ok(());
        }
        let mut batch = batch.clone();
        if self.is(Fault::LosesRequests) {
            batch.requests.clear();
        }
        match self.with(|store| store.append(&batch)) {
            Err(StoreError::Fenced { .. }) if self.is(Fault::LosesFencing) => Ok(()),
            done => done,
        }
    }

    fn snapshot(&mut self) -> Result<Option<Checkpoint>, StoreError> {
        let mut snapshot = self.with(|store| store.snapshot())?;
        if self.is(Fault::AddsATick) {
            for balance in snapshot.iter_mut().flat_map(|kept| &mut kept.bucket_balances) {
                balance.available = Ticks(balance.available.0 + 1);
            }
        }
        Ok(snapshot)
    }

    fn keep_snapshot(&mut self, checkpoint: &Checkpoint) -> Result<(), StoreError> {
        self.with(|store| store.keep_snapshot(checkpoint))
    }

    fn begin(&mut self) -> Result<(), StoreError> {
        self.with(|store| store.begin())
    }

    fn commit(&mut self) -> Result<(), StoreError> {
        self.with(|store| store.commit())
    }

    fn rollback(&mut self) {
        self.with(|store| store.rollback());
    }

    fn names(&mut self) -> Result<Vec<String>, StoreError> {
        self.with(|store| store.names())
    }

    fn add_names(&mut self, first: u32, names: &[String]) -> Result<(), StoreError> {
        self.with(|store| store.add_names(first, names))
    }

    fn add_uses(
        &mut self,
        batch: u32,
        day: Date,
        kind: BlockKind,
        uses: &[Use],
    ) -> Result<(), StoreError> {
        self.with(|store| store.add_uses(batch, day, kind, uses))
    }

    fn use_blocks(
        &mut self,
        after: u64,
        visit: &mut dyn FnMut(UseBlock) -> bool,
    ) -> Result<(), StoreError> {
        self.with(|store| store.use_blocks(after, visit))
    }

    fn blocks_of(&mut self, day: Date) -> Result<Vec<UseBlock>, StoreError> {
        self.with(|store| store.blocks_of(day))
    }

    fn days_with_uses(&mut self, from: Instant) -> Result<Vec<Date>, StoreError> {
        self.with(|store| store.days_with_uses(from))
    }

    fn uses_of(&mut self, day: Date) -> Result<Vec<Use>, StoreError> {
        self.with(|store| store.uses_of(day))
    }

    fn add_memo(&mut self, batch: u32, day: Date, memo: &Memo) -> Result<(), StoreError> {
        self.with(|store| store.add_memo(batch, day, memo))
    }

    fn memos_of(&mut self, day: Date) -> Result<Vec<(u32, Memo)>, StoreError> {
        self.with(|store| store.memos_of(day))
    }

    fn days_of_batch(&mut self, batch: u32) -> Result<Vec<Date>, StoreError> {
        self.with(|store| store.days_of_batch(batch))
    }

    fn gate_uses(
        &mut self,
        from: Instant,
        visit: &mut dyn FnMut(GateUse),
    ) -> Result<(), StoreError> {
        self.with(|store| store.gate_uses(from, visit))
    }

    fn check(&mut self) -> Result<Vec<String>, StoreError> {
        self.with(|store| store.check())
    }
}
