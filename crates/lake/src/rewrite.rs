//! Files written anew with other rows: a month at a time, each month one commit.

use crate::delta::{Change, File};
use crate::fault::LakeError;
use crate::files::{Encoder, decoded};
use crate::lake::Lake;
use crate::privacy::digest;
use crate::tables::Table;
use datafusion::arrow::array::{ArrayRef, RecordBatch};
use faregate_core::when::Instant;
use std::collections::BTreeMap;

/// What becomes of some rows; `None`: they stay as they are.
pub(crate) type Rewriting<'a> =
    &'a (dyn Fn(&RecordBatch) -> Result<Option<RecordBatch>, LakeError> + Sync);

impl Lake {
    /// Writes the concerned files anew where their rows change, and tells how many. `tag` names the reason: the
    /// same rewriting of the same file has the same name.
    pub(crate) async fn rewrite(
        &mut self,
        table: Table,
        tag: &str,
        now: Instant,
        concerned: &(dyn Fn(&File) -> bool + Sync),
        change: Rewriting<'_>,
    ) -> Result<u64, LakeError> {
        let mut months: BTreeMap<Option<String>, Vec<File>> = BTreeMap::new();
        for file in self.table(table)?.files()?.into_iter().filter(concerned) {
            months.entry(file.month.clone()).or_default().push(file);
        }
        let mut written = 0;
        for (month, files) in months {
            written += self.rewrite_month(table, month, files, (tag, now), change).await?;
        }
        Ok(written)
    }

    async fn rewrite_month(
        &mut self,
        table: Table,
        month: Option<String>,
        files: Vec<File>,
        (tag, now): (&str, Instant),
        change: Rewriting<'_>,
    ) -> Result<u64, LakeError> {
        let delta = self.table_mut(table)?;
        let mut commit = Change::new(now);
        for file in files {
            let (mut encoder, mut differs) = (Encoder::new(table, usize::MAX), false);
            for rows in decoded(delta.read(&file).await?)? {
                let rows = rows?;
                let new = change(&rows)?;
                differs |= new.is_some();
                encoder.push(&new.unwrap_or(rows))?;
            }
            if !differs {
                continue;
            }
            if let Some(encoded) = encoder.finish()? {
                let name = format!("{}-{tag}", digest(file.path.as_bytes()));
                commit.adds.push(delta.store(month.as_deref(), &name, encoded, now).await?);
            }
            commit.removes.push(file);
        }
        let written = commit.removes.len() as u64;
        if written == 0 || delta.commit(commit).await? {
            return Ok(written);
        }
        Err(LakeError::Busy(table.name()))
    }
}

/// A column of rows.
pub(crate) fn column<'a>(rows: &'a RecordBatch, name: &str) -> Result<&'a ArrayRef, LakeError> {
    let missing = || LakeError::Damaged(format!("a file has no column `{name}`"));
    rows.column_by_name(name).ok_or_else(missing)
}
