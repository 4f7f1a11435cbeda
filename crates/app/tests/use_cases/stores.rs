//! A store that several may hold, that fails when told to, and into which a fault can be planted.

use faregate_app::memory::MemoryStore;
use faregate_app::ports::{
    Batch, BlockKind, Entry, GateUse, Memo, Request, Store, StoreError, Use, UseBlock,
};
use faregate_core::state::Checkpoint;
use faregate_core::when::{Date, Instant};
use std::sync::mpsc::{Receiver, Sender};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// What a store can get wrong without anybody being told.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Fault {
    #[default]
    None,
    /// Requests are not kept with their answers.
    LosesRequests,
    /// An append is acknowledged and not stored.
    AcknowledgesTooEarly,
    /// Blocks of uses are dropped.
    ForgetsBlocks,
    /// Uses of the gate are dropped.
    ForgetsGateUses,
    /// A roll-back keeps what was written.
    KeepsWhatIsRolledBack,
    /// What was taken back stays.
    ForgetsWhatWasTakenBack,
    /// What was told again in the same words is not remembered.
    ForgetsWhatWasToldAgain,
    /// What was told again with another end is not remembered.
    ForgetsWhatWasToldOtherwise,
    /// What was shown as going on is not remembered.
    ForgetsWhatGoesOn,
    /// What the vendor charged is not remembered.
    ForgetsWhatWasPaid,
}

/// Two channels at an append: it says that it has begun, and waits to be let on.
pub(crate) struct Turnstile {
    pub(crate) begun: Sender<()>,
    pub(crate) go_on: Receiver<()>,
}

#[derive(Default)]
pub(crate) struct Plan {
    pub(crate) fault: Fault,
    /// Calls made so far.
    pub(crate) calls: u64,
    /// The call that fails, counted from 1.
    pub(crate) fails_at: Option<u64>,
    /// Appends find the disk full.
    pub(crate) full: bool,
    /// Reading fails as well.
    pub(crate) unreadable: bool,
    pub(crate) turnstile: Option<Turnstile>,
}

/// Clones share the content.
#[derive(Clone, Default)]
pub(crate) struct Shared {
    content: Arc<Mutex<MemoryStore>>,
    plan: Arc<Mutex<Plan>>,
}

/// All that a store tells, to be compared.
#[derive(Debug, PartialEq)]
pub(crate) struct Told {
    pub(crate) entries: Vec<Entry>,
    pub(crate) names: Vec<String>,
    pub(crate) uses: Vec<(Date, Vec<Use>)>,
    pub(crate) gate_uses: Vec<GateUse>,
    pub(crate) snapshot: Option<Checkpoint>,
}

impl Shared {
    pub(crate) fn with(fault: Fault) -> Self {
        let shared = Self::default();
        shared.plan().fault = fault;
        shared
    }

    pub(crate) fn plan(&self) -> MutexGuard<'_, Plan> {
        self.plan.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn content(&self) -> MutexGuard<'_, MemoryStore> {
        self.content.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn told(&self) -> Told {
        let mut store = self.content();
        let mut entries = Vec::new();
        let mut visit = |entry| {
            entries.push(entry);
            true
        };
        store.replay(0, &mut visit).unwrap();
        let days = store.days_with_uses(Instant(i64::MIN)).unwrap();
        let mut gate_uses = Vec::new();
        store.gate_uses(Instant(i64::MIN), &mut |one| gate_uses.push(one)).unwrap();
        Told {
            entries,
            names: store.names().unwrap(),
            uses: days.into_iter().map(|day| (day, store.uses_of(day).unwrap())).collect(),
            gate_uses,
            snapshot: store.snapshot().unwrap(),
        }
    }

    fn call(&self) -> Result<MutexGuard<'_, MemoryStore>, StoreError> {
        let mut plan = self.plan();
        plan.calls += 1;
        if plan.fails_at == Some(plan.calls) {
            return Err(StoreError::Other("planned".to_owned()));
        }
        Ok(self.content())
    }

    fn read(&self) -> Result<MutexGuard<'_, MemoryStore>, StoreError> {
        if self.plan().unreadable {
            return Err(StoreError::Other("unreadable".to_owned()));
        }
        self.call()
    }

    fn is(&self, fault: Fault) -> bool {
        self.plan().fault == fault
    }
}

impl Store for Shared {
    fn replay(
        &mut self,
        after: u64,
        visit: &mut dyn FnMut(Entry) -> bool,
    ) -> Result<(), StoreError> {
        self.read()?.replay(after, visit)
    }

    fn entry(&mut self, seq: u64) -> Result<Option<Entry>, StoreError> {
        self.read()?.entry(seq)
    }

    fn decisions(
        &mut self,
        first: u64,
        last: u64,
        visit: &mut dyn FnMut(Entry) -> bool,
    ) -> Result<(), StoreError> {
        self.read()?.decisions(first, last, visit)
    }

    fn request(&mut self, key: &str) -> Result<Option<Request>, StoreError> {
        self.read()?.request(key)
    }

    fn append(&mut self, batch: &Batch) -> Result<(), StoreError> {
        let turnstile = self.plan().turnstile.take();
        if let Some(Turnstile { begun, go_on }) = turnstile {
            begun.send(()).unwrap();
            go_on.recv().unwrap();
        }
        if self.plan().full {
            return Err(StoreError::Full);
        }
        if self.is(Fault::AcknowledgesTooEarly) && !batch.requests.is_empty() {
            return Ok(());
        }
        let mut batch = batch.clone();
        if self.is(Fault::LosesRequests) {
            batch.requests.clear();
        }
        if self.is(Fault::ForgetsGateUses) {
            batch.gate_uses.clear();
        }
        self.call()?.append(&batch)
    }

    fn snapshot(&mut self) -> Result<Option<Checkpoint>, StoreError> {
        self.read()?.snapshot()
    }

    fn keep_snapshot(&mut self, checkpoint: &Checkpoint) -> Result<(), StoreError> {
        self.call()?.keep_snapshot(checkpoint)
    }

    fn begin(&mut self) -> Result<(), StoreError> {
        self.call()?.begin()
    }

    fn commit(&mut self) -> Result<(), StoreError> {
        self.call()?.commit()
    }

    fn rollback(&mut self) {
        if self.is(Fault::KeepsWhatIsRolledBack) {
            let _ = self.content().commit();
        } else {
            self.content().rollback();
        }
    }

    fn names(&mut self) -> Result<Vec<String>, StoreError> {
        self.read()?.names()
    }

    fn add_names(&mut self, first: u32, names: &[String]) -> Result<(), StoreError> {
        self.call()?.add_names(first, names)
    }

    fn add_uses(
        &mut self,
        batch: u32,
        day: Date,
        kind: BlockKind,
        uses: &[Use],
    ) -> Result<(), StoreError> {
        let is_taken = kind == BlockKind::TakenBack && self.is(Fault::ForgetsWhatWasTakenBack);
        if is_taken || self.is(Fault::ForgetsBlocks) {
            return Ok(());
        }
        self.call()?.add_uses(batch, day, kind, uses)
    }

    fn use_blocks(
        &mut self,
        after: u64,
        visit: &mut dyn FnMut(UseBlock) -> bool,
    ) -> Result<(), StoreError> {
        self.read()?.use_blocks(after, visit)
    }

    fn blocks_of(&mut self, day: Date) -> Result<Vec<UseBlock>, StoreError> {
        self.read()?.blocks_of(day)
    }

    fn days_with_uses(&mut self, from: Instant) -> Result<Vec<Date>, StoreError> {
        self.read()?.days_with_uses(from)
    }

    fn uses_of(&mut self, day: Date) -> Result<Vec<Use>, StoreError> {
        self.read()?.uses_of(day)
    }

    fn add_memo(&mut self, batch: u32, day: Date, memo: &Memo) -> Result<(), StoreError> {
        let mut memo = memo.clone();
        match self.plan().fault {
            Fault::ForgetsWhatWasToldAgain => memo.again.clear(),
            Fault::ForgetsWhatWasToldOtherwise => memo.otherwise.clear(),
            Fault::ForgetsWhatGoesOn => memo.open.clear(),
            Fault::ForgetsWhatWasPaid => memo.paid.clear(),
            _ => {}
        }
        self.call()?.add_memo(batch, day, &memo)
    }

    fn memos_of(&mut self, day: Date) -> Result<Vec<(u32, Memo)>, StoreError> {
        self.read()?.memos_of(day)
    }

    fn days_of_batch(&mut self, batch: u32) -> Result<Vec<Date>, StoreError> {
        self.read()?.days_of_batch(batch)
    }

    fn gate_uses(
        &mut self,
        from: Instant,
        visit: &mut dyn FnMut(GateUse),
    ) -> Result<(), StoreError> {
        self.read()?.gate_uses(from, visit)
    }

    fn check(&mut self) -> Result<Vec<String>, StoreError> {
        self.read()?.check()
    }
}
