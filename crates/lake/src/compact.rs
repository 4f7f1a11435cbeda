//! Small files of a month into few sorted ones, and what nobody reads any more out of the way.
//!
//! Readers are never in the way: they go on with the files of the version that they began with, which stay until a
//! vacuum after the retention.

use crate::delta::{Change, File};
use crate::fault::LakeError;
use crate::files::{Encoder, FILE_BYTES};
use crate::lake::Lake;
use crate::privacy::digest;
use crate::session::Means;
use crate::tables::Table;
use chrono::Duration;
use datafusion::arrow::array::{ArrayRef, RecordBatch};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::prelude::{SessionContext, col};
use deltalake::operations::vacuum::{Clock, VacuumMode};
use faregate_core::when::Instant;
use futures::StreamExt;
use std::collections::BTreeMap;
use std::sync::Arc;

/// A file below this is small, in bytes.
const SMALL_BYTES: u64 = (FILE_BYTES / 2) as u64;

/// Days for which files that are part of the lake no longer are kept for those who read them.
pub const VACUUM_DAYS: i64 = 7;

/// What was put together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Compacted {
    /// Files that were read.
    pub before: u64,
    /// Files that hold their rows now.
    pub after: u64,
}

impl Lake {
    /// Puts together the small files of each table and month that has at least so many.
    ///
    /// # Errors
    /// [`LakeError`]; what was put together before stays so.
    pub async fn compact(
        &mut self,
        files_min: usize,
        means: &Means,
        now: Instant,
    ) -> Result<Compacted, LakeError> {
        let mut done = Compacted::default();
        for table in Table::FACTS.into_iter().chain([Table::Names]) {
            let mut months: BTreeMap<Option<String>, Vec<File>> = BTreeMap::new();
            let small = self.table(table)?.files()?.into_iter();
            for file in small.filter(|file| file.bytes < SMALL_BYTES) {
                months.entry(file.month.clone()).or_default().push(file);
            }
            for (month, mut files) in months {
                if files.len() >= files_min.max(2) {
                    files.sort_by(|a, b| a.path.cmp(&b.path));
                    done.before += files.len() as u64;
                    done.after += self.merge(table, month, files, means, now).await?;
                }
            }
        }
        Ok(done)
    }

    async fn merge(
        &mut self,
        table: Table,
        month: Option<String>,
        files: Vec<File>,
        means: &Means,
        now: Instant,
    ) -> Result<u64, LakeError> {
        let delta = self.table_mut(table)?;
        let context = SessionContext::new_with_config_rt(Default::default(), means.runtime()?);
        let schema = table.file_schema();
        let columns = schema.fields().iter().map(|field| col(field.name().as_str()));
        let order = table.order().iter().map(|name| col(*name).sort(true, true));
        let rows = context.read_table(delta.provider_of(&files).await?)?;
        let rows = rows.select(columns.collect::<Vec<_>>())?.sort(order.collect())?;
        let paths: Vec<&str> = files.iter().map(|file| file.path.as_str()).collect();
        let name = digest(paths.join("\n").as_bytes());
        let (mut encoder, mut parts, mut count) = (Encoder::new(table, FILE_BYTES), 0, 0);
        let mut change = Change { changes_rows: false, ..Change::new(now) };
        let mut stream = rows.execute_stream().await?;
        let mut is_over = false;
        while !is_over {
            let full = match stream.next().await {
                Some(rows) => encoder.push(&as_stored(&rows?, &schema)?)?,
                None => {
                    is_over = true;
                    encoder.finish()?
                }
            };
            let Some(encoded) = full else { continue };
            count += encoded.rows as u64;
            let name = format!("{name}-c{parts}");
            parts += 1;
            change.adds.push(delta.store(month.as_deref(), &name, encoded, now).await?);
        }
        let before: u64 = files.iter().map(|file| file.rows).sum();
        if count != before {
            let what = format!("{before} rows of `{table}` became {count}");
            return Err(LakeError::Damaged(what));
        }
        change.removes = files;
        if delta.commit(change).await? { Ok(parts) } else { Err(LakeError::Busy(table.name())) }
    }

    /// Removes files that are part of no table any more, after the retention, and those of writers that died.
    /// Tells how many.
    ///
    /// # Errors
    /// [`LakeError`].
    pub async fn vacuum(&mut self, days: i64, now: Instant) -> Result<u64, LakeError> {
        let mut removed = 0;
        for table in Table::ALL {
            removed += self.remove_files(table, VacuumMode::Full, days, now).await?;
        }
        Ok(removed)
    }

    /// Removes the files of names and people that are part of the lake no more, without waiting for whoever reads
    /// them. Files that no commit speaks of stay: another process may be about to commit them.
    pub(crate) async fn purge_names(&mut self, now: Instant) -> Result<(), LakeError> {
        for table in [Table::Names, Table::People] {
            // A second later, what was removed just now is past its retention of none.
            self.remove_files(table, VacuumMode::Lite, 0, now.plus(1)).await?;
        }
        Ok(())
    }

    async fn remove_files(
        &mut self,
        table: Table,
        mode: VacuumMode,
        days: i64,
        now: Instant,
    ) -> Result<u64, LakeError> {
        let vacuum = self.table(table)?.inner().clone().vacuum();
        let (_, metrics) = vacuum
            .with_mode(mode)
            .with_retention_period(Duration::days(days))
            .with_enforce_retention_duration(false)
            .with_clock(Arc::new(At(now)))
            .await?;
        self.table_mut(table)?.refresh().await?;
        Ok(metrics.files_deleted.len() as u64)
    }
}

#[derive(Debug)]
struct At(Instant);

impl Clock for At {
    fn current_timestamp_millis(&self) -> i64 {
        self.0.0.saturating_mul(1_000)
    }
}

/// Rows in the kinds of columns that files have, whatever kinds the engine reads them as.
fn as_stored(rows: &RecordBatch, schema: &SchemaRef) -> Result<RecordBatch, LakeError> {
    let columns = rows.columns().iter().zip(schema.fields());
    let columns = columns.map(|(values, field)| cast(values, field.data_type()));
    let columns: Vec<ArrayRef> = columns.collect::<Result<_, _>>()?;
    Ok(RecordBatch::try_new(schema.clone(), columns)?)
}
