//! An outbox with a fault planted, to show that the suite would notice.

use faregate_app::outbox::{
    Delivery, Draft, Filter, MemoryOutbox, Outbox, Outcome, Standing, Tally,
};
use faregate_app::ports::StoreError;
use faregate_core::when::Instant;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mutant {
    ForgetsTheCursor,
    IgnoresTheCursor,
    MovesTheCursorAlone,
    AddsTwice,
    SendsEarly,
    Overtakes,
    SettlesAgain,
    KeepsWhatNeverWas,
}

pub(crate) struct Planted {
    inner: MemoryOutbox,
    mutant: Mutant,
    copies: u64,
}

impl Planted {
    pub(crate) fn new(mutant: Mutant) -> Self {
        Self { inner: MemoryOutbox::default(), mutant, copies: 0 }
    }

    fn is(&self, mutant: Mutant) -> bool {
        self.mutant == mutant
    }
}

impl Outbox for Planted {
    fn begin(&mut self, end: u64) -> Result<u64, StoreError> {
        if self.is(Mutant::KeepsWhatNeverWas) {
            let cursor = self.inner.begin(u64::MAX - 1)?;
            return Ok(cursor.min(end));
        }
        self.inner.begin(end)
    }

    fn expand(&mut self, after: u64, to: u64, drafts: &[Draft]) -> Result<(), StoreError> {
        let after =
            if self.is(Mutant::IgnoresTheCursor) { self.inner.begin(after)? } else { after };
        let to = if self.is(Mutant::ForgetsTheCursor) { after } else { to };
        let mut drafts = drafts.to_vec();
        if self.is(Mutant::AddsTwice) {
            for draft in &mut drafts {
                if self.inner.knows(&draft.id)? {
                    self.copies += 1;
                    draft.id = format!("{}-{}", draft.id, self.copies);
                }
            }
        }
        let done = self.inner.expand(after, to, &drafts);
        if self.is(Mutant::MovesTheCursorAlone) && done.is_err() {
            let cursor = self.inner.begin(u64::MAX - 1)?;
            self.inner.expand(cursor, to, &[])?;
        }
        done
    }

    fn knows(&mut self, id: &str) -> Result<bool, StoreError> {
        self.inner.knows(id)
    }

    fn due(
        &mut self,
        channel: &str,
        now: Instant,
        limit: usize,
    ) -> Result<Vec<Delivery>, StoreError> {
        let now = if self.is(Mutant::SendsEarly) { now.plus(1) } else { now };
        if !self.is(Mutant::Overtakes) {
            return self.inner.due(channel, now, limit);
        }
        let standing = Some(Standing::Waiting);
        let filter = Filter { channel: Some(channel.to_owned()), standing, limit };
        let mut all = self.inner.list(&filter)?;
        all.retain(|one| one.draft.due <= now);
        all.reverse();
        Ok(all)
    }

    fn settle(&mut self, id: &str, outcome: &Outcome, now: Instant) -> Result<(), StoreError> {
        let filter = Filter { limit: 100, ..Filter::default() };
        let is_over = |one: &Delivery| one.draft.id == id && one.standing != Standing::Waiting;
        if self.is(Mutant::SettlesAgain) && self.inner.list(&filter)?.iter().any(is_over) {
            let one = self.inner.list(&filter)?.into_iter().find(is_over).unwrap();
            self.inner.forget(Instant(i64::MAX))?;
            let cursor = self.inner.begin(u64::MAX - 1)?;
            self.inner.expand(cursor, cursor, &[one.draft])?;
        }
        self.inner.settle(id, outcome, now)
    }

    fn switch(&mut self, channel: &str, off: Option<&str>, now: Instant) -> Result<(), StoreError> {
        self.inner.switch(channel, off, now)
    }

    fn tally(&mut self, channel: &str) -> Result<Tally, StoreError> {
        self.inner.tally(channel)
    }

    fn list(&mut self, filter: &Filter) -> Result<Vec<Delivery>, StoreError> {
        self.inner.list(filter)
    }

    fn forget(&mut self, before: Instant) -> Result<(), StoreError> {
        self.inner.forget(before)
    }
}
