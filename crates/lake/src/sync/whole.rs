//! Whether the last sync came to its end. Tables are committed one after the other; between two of them they say
//! different things of one event, which is no fault of theirs.

use super::JOURNAL;
use crate::delta::Change;
use crate::fault::LakeError;
use crate::lake::Lake;
use crate::tables::Table;
use faregate_core::when::Instant;

/// The last event that some table had when a sync came to its end.
const WHOLE: &str = "whole";

impl Lake {
    /// Whether all tables are as of one event, as of the last look at their logs. Where they are not, a sync is at
    /// work or was cut short: the next one goes on.
    ///
    /// # Errors
    /// [`LakeError::Table`].
    pub async fn is_whole(&self) -> Result<bool, LakeError> {
        Ok(self.table(Table::Imports)?.cursor(WHOLE).await? >= self.reached().await?)
    }

    /// Notes that a sync came to its end.
    pub(super) async fn end(&mut self, now: Instant) -> Result<(), LakeError> {
        if !self.is_whole().await? {
            let cursors = vec![(WHOLE, self.reached().await?)];
            // Where somebody else was first, the next run notes it.
            self.table_mut(Table::Imports)?.commit(Change { cursors, ..Change::new(now) }).await?;
        }
        Ok(())
    }

    /// The last event that some table has.
    async fn reached(&self) -> Result<u64, LakeError> {
        let mut reached = 0;
        for table in Table::ALL {
            reached = reached.max(self.table(table)?.cursor(JOURNAL).await?);
        }
        Ok(reached)
    }
}
