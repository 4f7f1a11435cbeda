//! One Delta table: its files, its cursors, and commits that either take place as a whole or not at all.
//!
//! A cursor is a `txn` action of the commit that it speaks of, so what was read and what was written cannot part.
//! No commit is tried again by the library: whoever loses the race looks at the cursors anew and decides.

use crate::fault::LakeError;
use crate::files::Encoded;
use crate::place::Place;
use crate::tables::{MONTH, SCHEMA_VERSION, Table};
use bytes::Bytes;
use datafusion::catalog::TableProvider;
use deltalake::kernel::engine::arrow_conversion::TryIntoKernel;
use deltalake::kernel::transaction::{CommitBuilder, CommitProperties, TransactionError};
use deltalake::kernel::{Action, Add, Remove, StructType, Transaction};
use deltalake::operations::create::CreateBuilder;
use deltalake::protocol::{DeltaOperation, SaveMode};
use deltalake::{DeltaTable, DeltaTableError, TableProperty};
use faregate_core::when::Instant;
use object_store::{ObjectStoreExt, path::Path as ObjectPath};
use serde_json::Value;
use std::collections::HashMap;
use std::sync::Arc;

/// Commits between two checkpoints of a table's log.
const CHECKPOINT_COMMITS: &str = "20";

/// What is before the version in a table's description.
const DESCRIPTION: &str = "Faregate lake, version ";

/// One table of the lake.
pub(crate) struct Delta {
    inner: DeltaTable,
}

/// A file of a table, as its log has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct File {
    pub(crate) path: String,
    /// Of facts.
    pub(crate) month: Option<String>,
    pub(crate) bytes: u64,
    pub(crate) rows: u64,
    /// What the log says of its columns.
    stats: Value,
}

impl File {
    /// Whether a column has no value in some row, as far as is known.
    pub(crate) fn has_nulls(&self, column: &str) -> bool {
        self.stat("nullCount", column) != Some(0)
    }

    /// Whether a column can have a value between two.
    pub(crate) fn may_have(&self, column: &str, least: i64, greatest: i64) -> bool {
        let is_above = self.stat("minValues", column).is_some_and(|min| min > greatest);
        let is_below = self.stat("maxValues", column).is_some_and(|max| max < least);
        !is_above && !is_below && self.stat("nullCount", column) != i64::try_from(self.rows).ok()
    }

    fn stat(&self, kind: &str, column: &str) -> Option<i64> {
        self.stats.get(kind)?.get(column)?.as_i64()
    }
}

/// What a commit changes.
#[derive(Clone)]
pub(crate) struct Change {
    pub(crate) adds: Vec<Add>,
    pub(crate) removes: Vec<File>,
    pub(crate) cursors: Vec<(&'static str, u64)>,
    /// `false`: the same rows in other files.
    pub(crate) changes_rows: bool,
    /// When it is made.
    pub(crate) now: Instant,
}

impl Change {
    pub(crate) fn new(now: Instant) -> Self {
        let (adds, removes, cursors) = (Vec::new(), Vec::new(), Vec::new());
        Self { adds, removes, cursors, changes_rows: true, now }
    }
}

impl Delta {
    /// Opens a table, creates it when there is none, and makes it anew when an older release wrote it.
    pub(crate) async fn open(place: &Place, table: Table) -> Result<Self, LakeError> {
        let mut inner = DeltaTable::new(place.log_of(table)?);
        if inner.verify_deltatable_existence().await? {
            inner.load().await?;
            match version_of(&inner)? {
                SCHEMA_VERSION => return Ok(Self { inner }),
                found if found > SCHEMA_VERSION => {
                    return Err(LakeError::Newer { found, known: SCHEMA_VERSION });
                }
                _ => place.remove(table).await?,
            }
        }
        let inner = create(place, table).await?;
        Ok(Self { inner })
    }

    /// Opens a table to read it; `None` when there is none of this release's version.
    pub(crate) async fn find(place: &Place, table: Table) -> Result<Option<Self>, LakeError> {
        let mut inner = DeltaTable::new(place.log_of(table)?);
        if !inner.verify_deltatable_existence().await? {
            return Ok(None);
        }
        inner.load().await?;
        let known = version_of(&inner)? == SCHEMA_VERSION;
        Ok(known.then_some(Self { inner }))
    }

    /// Sees what others have committed.
    pub(crate) async fn refresh(&mut self) -> Result<(), LakeError> {
        Ok(self.inner.update_state().await?)
    }

    /// Of the last commit that was seen.
    pub(crate) fn version(&self) -> u64 {
        self.inner.version().unwrap_or(0)
    }

    /// How far a cursor has come; 0 before it was ever set.
    pub(crate) async fn cursor(&self, name: &str) -> Result<u64, LakeError> {
        let log = self.inner.log_store();
        let version = self.inner.snapshot()?.transaction_version(&*log, name).await?;
        Ok(version.and_then(|version| u64::try_from(version).ok()).unwrap_or(0))
    }

    /// The files that the table consists of.
    pub(crate) fn files(&self) -> Result<Vec<File>, LakeError> {
        let log = self.inner.snapshot()?.log_data();
        let files = log.iter().map(|view| File {
            path: view.object_store_path().to_string(),
            month: view.partition_values_map().remove(MONTH).flatten(),
            bytes: u64::try_from(view.size()).unwrap_or(0),
            rows: view.num_records().map_or(0, |rows| rows as u64),
            stats: view
                .stats()
                .and_then(|said| serde_json::from_str(&said).ok())
                .unwrap_or_default(),
        });
        Ok(files.collect())
    }

    /// What a file holds.
    pub(crate) async fn read(&self, file: &File) -> Result<Bytes, LakeError> {
        let store = self.inner.log_store().object_store(None);
        Ok(store.get(&ObjectPath::from(file.path.as_str())).await?.bytes().await?)
    }

    /// Stores a file, which becomes part of the table with the commit that adds it.
    ///
    /// The name says what is in it, so that whoever does the same work again, after a crash, writes the same file.
    pub(crate) async fn store(
        &self,
        month: Option<&str>,
        name: &str,
        encoded: Encoded,
        now: Instant,
    ) -> Result<Add, LakeError> {
        let Encoded { bytes, stats, .. } = encoded;
        let path = month.map_or_else(
            || format!("{name}.parquet"),
            |month| format!("{MONTH}={month}/{name}.parquet"),
        );
        let size = i64::try_from(bytes.len()).unwrap_or(i64::MAX);
        let store = self.inner.log_store().object_store(None);
        store.put(&ObjectPath::from(path.as_str()), bytes.into()).await?;
        let month = month.map(|month| (MONTH.to_owned(), Some(month.to_owned())));
        Ok(Add {
            path,
            partition_values: month.into_iter().collect(),
            size,
            modification_time: millis(now),
            data_change: true,
            stats: Some(stats),
            tags: None,
            deletion_vector: None,
            base_row_id: None,
            default_row_commit_version: None,
            clustering_provider: None,
        })
    }

    /// Commits; `false` when somebody else did first. Then nothing took place, and the table is as they left it.
    pub(crate) async fn commit(&mut self, change: Change) -> Result<bool, LakeError> {
        let Change { adds, removes, cursors, changes_rows, now } = change;
        let operation = match (changes_rows, removes.is_empty()) {
            (false, _) => DeltaOperation::Optimize { predicate: None, target_size: 0 },
            (true, true) => write(SaveMode::Append),
            (true, false) => write(SaveMode::Overwrite),
        };
        let adds = adds.into_iter().map(|add| Add { data_change: changes_rows, ..add });
        let removes = removes.into_iter().map(|file| remove(file, changes_rows, now));
        let actions: Vec<Action> =
            removes.map(Action::Remove).chain(adds.map(Action::Add)).collect();
        let version = |cursor: u64| i64::try_from(cursor).unwrap_or(i64::MAX);
        let cursors = cursors.into_iter().map(|(name, at)| Transaction::new(name, version(at)));
        let properties = CommitProperties::default()
            .with_max_retries(0)
            .with_application_transactions(cursors.collect());
        let log = self.inner.log_store();
        let done = CommitBuilder::from(properties)
            .with_actions(actions)
            .build(Some(self.inner.snapshot()?), log, operation)
            .await;
        self.refresh().await?;
        match done {
            Ok(_) => Ok(true),
            Err(DeltaTableError::Transaction {
                source: TransactionError::MaxCommitAttempts(_) | TransactionError::CommitConflict(_),
            }) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    /// The table as DataFusion reads it, as of the last look at its log.
    pub(crate) async fn provider(&self) -> Result<Arc<dyn TableProvider>, LakeError> {
        Ok(self.inner.table_provider().await?)
    }

    /// Some of its files as DataFusion reads them.
    pub(crate) async fn provider_of(
        &self,
        files: &[File],
    ) -> Result<Arc<dyn TableProvider>, LakeError> {
        let paths = files.iter().map(|file| file.path.clone());
        Ok(self.inner.table_provider().with_file_paths(paths).await?)
    }

    /// The table in the library's own terms, for what it does by itself.
    pub(crate) fn inner(&self) -> &DeltaTable {
        &self.inner
    }
}

async fn create(place: &Place, table: Table) -> Result<DeltaTable, LakeError> {
    let schema: StructType = table.schema().as_ref().try_into_kernel()?;
    let months = table.is_fact().then_some(MONTH);
    let created = CreateBuilder::new()
        .with_log_store(place.log_of(table)?)
        .with_table_name(table.name())
        .with_comment(format!("{DESCRIPTION}{SCHEMA_VERSION}"))
        .with_columns(schema.fields().cloned())
        .with_partition_columns(months)
        .with_configuration_property(TableProperty::CheckpointInterval, Some(CHECKPOINT_COMMITS))
        .await;
    match created {
        Ok(inner) => Ok(inner),
        // Somebody else created it meanwhile, or there is a reason for this error that loading names again.
        Err(error) => {
            let mut inner = DeltaTable::new(place.log_of(table)?);
            inner.load().await.map_err(|_| error)?;
            Ok(inner)
        }
    }
}

fn version_of(table: &DeltaTable) -> Result<u32, LakeError> {
    let metadata = table.snapshot()?.metadata();
    let version = metadata.description().and_then(|said| said.strip_prefix(DESCRIPTION));
    version.and_then(|version| version.parse().ok()).ok_or_else(|| {
        let table = table.table_url();
        LakeError::Damaged(format!("`{table}` is no table of a lake"))
    })
}

fn write(mode: SaveMode) -> DeltaOperation {
    DeltaOperation::Write { mode, partition_by: None, predicate: None }
}

fn remove(file: File, changes_rows: bool, now: Instant) -> Remove {
    let month = file.month.map(|month| (MONTH.to_owned(), Some(month)));
    Remove {
        path: file.path,
        data_change: changes_rows,
        deletion_timestamp: Some(millis(now)),
        extended_file_metadata: Some(true),
        partition_values: Some(month.into_iter().collect::<HashMap<_, _>>()),
        size: i64::try_from(file.bytes).ok(),
        tags: None,
        deletion_vector: None,
        base_row_id: None,
        default_row_commit_version: None,
    }
}

fn millis(at: Instant) -> i64 {
    at.0.saturating_mul(1_000)
}
