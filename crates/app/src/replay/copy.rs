//! The uses themselves, taken over so that the result can be explained, imported into and replayed once more.

use super::NotReplayed;
use super::uses::{Uncounted, day_of};
use crate::ports::{BlockKind, Store};
use faregate_core::state::State;
use faregate_core::when::Instant;
use std::collections::BTreeMap;

/// The import that they are of: the only one of the new journal.
const BATCH: u32 = 1;

/// A new journal, but for the uses.
pub(super) struct Copied<'a, 's> {
    pub(super) state: State,
    pub(super) into: Option<&'a mut (dyn Store + 's)>,
    pub(super) caveats: Vec<String>,
    pub(super) uncounted: BTreeMap<(String, &'static str), Uncounted>,
    /// What began then or later is left out; `None` where the gate decided on all of it, and told of it.
    pub(super) until: Option<Instant>,
}

impl Copied<'_, '_> {
    /// Copies names and uses, and makes all of it durable.
    pub(super) fn copy_uses(&mut self, from: &mut dyn Store) -> Result<(), NotReplayed> {
        let Some(into) = &mut self.into else { return Ok(()) };
        into.add_names(0, &from.names()?)?;
        let until = self.until.unwrap_or(Instant(i64::MIN));
        for day in from.days_with_uses(Instant(i64::MIN))? {
            if day > day_of(until) {
                break;
            }
            let mut uses = from.uses_of(day)?;
            uses.retain(|one| one.opened < until);
            into.add_uses(BATCH, day, BlockKind::Told, &uses)?;
        }
        into.keep_snapshot(&self.state.checkpoint())?;
        Ok(into.commit()?)
    }
}
