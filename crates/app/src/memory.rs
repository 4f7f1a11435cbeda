//! The store in memory: for tests, and as the model that the others must agree with.

use crate::ports::{
    Batch, BlockKind, Entry, GateUse, Memo, Request, Store, StoreError, Use, UseBlock, left_of,
};
use faregate_core::event::Event;
use faregate_core::state::Checkpoint;
use faregate_core::when::{Date, Instant};
use std::collections::{BTreeMap, BTreeSet};

#[derive(Clone, Default)]
struct Content {
    entries: Vec<Entry>,
    requests: BTreeMap<String, Request>,
    snapshot: Option<Checkpoint>,
    names: Vec<String>,
    blocks: Vec<UseBlock>,
    memos: Vec<(u32, Date, Memo)>,
    gate_uses: Vec<GateUse>,
}

/// A store that forgets everything when it is dropped.
#[derive(Default)]
pub struct MemoryStore {
    content: Content,
    before: Option<Box<Content>>,
}

impl Store for MemoryStore {
    fn replay(
        &mut self,
        after: u64,
        visit: &mut dyn FnMut(Entry) -> bool,
    ) -> Result<(), StoreError> {
        let later = self.content.entries.iter().filter(|entry| entry.seq > after);
        later.cloned().all(visit);
        Ok(())
    }

    fn entry(&mut self, seq: u64) -> Result<Option<Entry>, StoreError> {
        Ok(self.content.entries.iter().find(|entry| entry.seq == seq).cloned())
    }

    fn decisions(
        &mut self,
        first: u64,
        last: u64,
        visit: &mut dyn FnMut(Entry) -> bool,
    ) -> Result<(), StoreError> {
        let is_decision = |event: &Event| matches!(event, Event::Opened(_) | Event::Refused(_));
        let between = self
            .content
            .entries
            .iter()
            .rev()
            .filter(|entry| (first..=last).contains(&entry.seq) && is_decision(&entry.event));
        between.cloned().all(visit);
        Ok(())
    }

    fn request(&mut self, key: &str) -> Result<Option<Request>, StoreError> {
        Ok(self.content.requests.get(key).cloned())
    }

    fn append(&mut self, batch: &Batch) -> Result<(), StoreError> {
        let next = self.content.entries.last().map_or(1, |entry| entry.seq + 1);
        if let Some((entry, _)) =
            batch.entries.iter().zip(next..).find(|(entry, next)| entry.seq != *next)
        {
            return Err(StoreError::Fenced { seq: entry.seq });
        }
        let mut keys: BTreeSet<&str> = BTreeSet::new();
        for Request { key, .. } in &batch.requests {
            if self.content.requests.contains_key(key) || !keys.insert(key) {
                return Err(StoreError::Other(format!("request `{key}` was answered already")));
            }
        }
        self.content.entries.extend(batch.entries.iter().cloned());
        let keyed = batch.requests.iter().map(|request| (request.key.clone(), request.clone()));
        self.content.requests.extend(keyed);
        self.content.gate_uses.extend(&batch.gate_uses);
        Ok(())
    }

    fn snapshot(&mut self) -> Result<Option<Checkpoint>, StoreError> {
        Ok(self.content.snapshot.clone())
    }

    fn keep_snapshot(&mut self, checkpoint: &Checkpoint) -> Result<(), StoreError> {
        self.content.snapshot = Some(checkpoint.clone());
        Ok(())
    }

    fn begin(&mut self) -> Result<(), StoreError> {
        if self.before.is_some() {
            return Err(StoreError::Other("a transaction is open already".to_owned()));
        }
        self.before = Some(Box::new(self.content.clone()));
        Ok(())
    }

    fn commit(&mut self) -> Result<(), StoreError> {
        self.before = None;
        Ok(())
    }

    fn rollback(&mut self) {
        if let Some(before) = self.before.take() {
            self.content = *before;
        }
    }

    fn names(&mut self) -> Result<Vec<String>, StoreError> {
        Ok(self.content.names.clone())
    }

    fn add_names(&mut self, first: u32, names: &[String]) -> Result<(), StoreError> {
        if usize::try_from(first).ok() != Some(self.content.names.len()) {
            return Err(StoreError::Damaged(format!("name {first} is not the next")));
        }
        self.content.names.extend_from_slice(names);
        Ok(())
    }

    fn add_uses(
        &mut self,
        batch: u32,
        day: Date,
        kind: BlockKind,
        uses: &[Use],
    ) -> Result<(), StoreError> {
        if !uses.is_empty() {
            let number = self.content.blocks.len() as u64 + 1;
            let uses = uses.to_vec();
            self.content.blocks.push(UseBlock { number, batch, day, kind, uses });
        }
        Ok(())
    }

    fn use_blocks(
        &mut self,
        after: u64,
        visit: &mut dyn FnMut(UseBlock) -> bool,
    ) -> Result<(), StoreError> {
        let later = self.content.blocks.iter().filter(|block| block.number > after);
        later.cloned().all(visit);
        Ok(())
    }

    fn blocks_of(&mut self, day: Date) -> Result<Vec<UseBlock>, StoreError> {
        Ok(self.content.blocks.iter().filter(|block| block.day == day).cloned().collect())
    }

    fn days_with_uses(&mut self, from: Instant) -> Result<Vec<Date>, StoreError> {
        let days: BTreeSet<Date> = self.content.blocks.iter().map(|block| block.day).collect();
        let mut touching = Vec::new();
        for day in days {
            if self.uses_of(day)?.iter().any(|one| one.closed >= from) {
                touching.push(day);
            }
        }
        Ok(touching)
    }

    fn uses_of(&mut self, day: Date) -> Result<Vec<Use>, StoreError> {
        Ok(left_of(self.blocks_of(day)?))
    }

    fn add_memo(&mut self, batch: u32, day: Date, memo: &Memo) -> Result<(), StoreError> {
        if !memo.is_empty() {
            self.content.memos.push((batch, day, memo.clone()));
        }
        Ok(())
    }

    fn memos_of(&mut self, day: Date) -> Result<Vec<(u32, Memo)>, StoreError> {
        let memos = self.content.memos.iter().filter(|(_, of, _)| *of == day);
        let mut memos: Vec<_> = memos.map(|(batch, _, memo)| (*batch, memo.clone())).collect();
        memos.sort_by_key(|(batch, _)| *batch);
        Ok(memos)
    }

    fn days_of_batch(&mut self, batch: u32) -> Result<Vec<Date>, StoreError> {
        let told = self.content.blocks.iter().map(|block| (block.batch, block.day));
        let known = self.content.memos.iter().map(|(batch, day, _)| (*batch, *day));
        let days: BTreeSet<Date> =
            told.chain(known).filter(|(of, _)| *of == batch).map(|(_, day)| day).collect();
        Ok(days.into_iter().collect())
    }

    fn gate_uses(
        &mut self,
        from: Instant,
        visit: &mut dyn FnMut(GateUse),
    ) -> Result<(), StoreError> {
        self.content.gate_uses.iter().filter(|one| one.closed >= from).copied().for_each(visit);
        Ok(())
    }

    fn check(&mut self) -> Result<Vec<String>, StoreError> {
        Ok(Vec::new())
    }
}
