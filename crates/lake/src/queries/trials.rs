//! A lake of given sessions and answers of it, for the races: the files are those that a sync and a compaction
//! leave behind.

use super::{History, Kept, Look, register};
use crate::FILE_BYTES;
use crate::delta::Change;
use crate::fault::LakeError;
use crate::files::Encoder;
use crate::lake::Lake;
use crate::session::Means;
use crate::tables::Table;
use datafusion::arrow::array::{ArrayRef, AsArray, Int32Array, RecordBatch, StringArray};
use datafusion::arrow::array::{Date32Array, Int64Array, TimestampMicrosecondArray};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::{DataType, Int64Type, TimeUnit};
use datafusion::prelude::SessionContext;
use deltalake::parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use faregate_core::when::{DAY, Date, Instant, Zone};
use std::fs::File;
use std::path::Path;
use std::sync::Arc;

/// Rows that are written at a time.
const BATCH_ROWS: usize = 1 << 16;
const MICROS: i64 = 1_000_000;

/// A session of the races' generator.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Row {
    product: i32,
    user: i32,
    start: i64,
    end: i64,
    host: i32,
    bucket: i32,
    region: i32,
    on_tokens: bool,
}

/// Fills a lake with the generator's sessions, month by month; the bytes of its files.
///
/// Bucket 0 is the top, 1 to `segments` are the segments, and the buckets come after them.
///
/// # Errors
/// [`LakeError`] when the sessions cannot be read or the lake not be written.
pub async fn fill(lake: &mut Lake, sessions: &Path) -> Result<u64, LakeError> {
    let mut filling = Filling { lake, table: Table::Sessions, change: Change::new(Instant(0)) };
    let (mut month, mut rows) = (Date(0), Vec::new());
    let mut segments = std::collections::BTreeMap::new();
    let file = File::open(sessions).map_err(|error| LakeError::Damaged(error.to_string()))?;
    for batch in ParquetRecordBatchReaderBuilder::try_new(file)?.build()? {
        for (row, segment) in read(&batch?)? {
            let first = date(row.start).month_start();
            if first != month {
                filling.month(month, std::mem::take(&mut rows)).await?;
                month = first;
            }
            segments.insert(row.bucket, segment);
            rows.push(row);
        }
    }
    filling.month(month, rows).await?;
    let bytes = filling.commit().await?;
    let mut filling = Filling { lake, table: Table::Buckets, change: Change::new(Instant(0)) };
    filling.add(None, std::iter::once(tree(&segments)?)).await?;
    filling.commit().await?;
    Ok(bytes)
}

/// A session over all rows.
pub struct Asking(SessionContext);

impl Asking {
    /// Over the lake as it is, keeping answers there.
    ///
    /// # Errors
    /// [`LakeError`] when it cannot be read.
    pub async fn of(lake: &Lake, means: &Means, kept: Arc<Kept>) -> Result<Self, LakeError> {
        let context = lake.session(means).await?;
        let look: Arc<dyn Look> = Arc::new(History::of(lake, Zone::utc()).await?.keeping(kept));
        register(&context, &look);
        Ok(Self(context))
    }

    /// Asks SQL of which one number of each row is wanted: how many rows there are, and the sum of the numbers.
    ///
    /// # Errors
    /// [`LakeError`] when it cannot be asked.
    pub async fn ask(&self, sql: &str) -> Result<(i64, i64), LakeError> {
        let sql = format!("SELECT count(*), sum(CAST(v AS BIGINT)) FROM ({sql})");
        let found = self.0.sql(&sql).await?.collect().await?;
        let number = |place: usize| {
            let column = found.first().map(|batch| batch.column(place).clone());
            column.map_or(0, |column| column.as_primitive::<Int64Type>().values().iter().sum())
        };
        Ok((number(0), number(1)))
    }
}

fn date(second: i64) -> Date {
    Date(i32::try_from(second.div_euclid(DAY)).unwrap_or(i32::MAX))
}

fn read(batch: &RecordBatch) -> Result<Vec<(Row, i32)>, LakeError> {
    let column = |name: &str| -> Result<Vec<i64>, LakeError> {
        let missing = || LakeError::Damaged(format!("the generator wrote no `{name}`"));
        let column = batch.column_by_name(name).ok_or_else(missing)?;
        // Parquet knows no whole seconds, so the generator's instants come back finer than it wrote them.
        let column = match column.data_type() {
            DataType::Timestamp(..) => &cast(column, &DataType::Timestamp(TimeUnit::Second, None))?,
            _ => column,
        };
        let column = cast(column, &DataType::Int64)?;
        Ok(column.as_primitive::<Int64Type>().values().to_vec())
    };
    let [user, product, bucket, segment, region, host, mode, start, end] = [
        "user_id",
        "product_id",
        "bucket_id",
        "segment_id",
        "region_id",
        "host_id",
        "mode",
        "start_ts",
        "end_ts",
    ]
    .map(column);
    let (user, product, bucket, segment) = (user?, product?, bucket?, segment?);
    let (region, host, mode, start, end) = (region?, host?, mode?, start?, end?);
    let id = |id: i64| i32::try_from(id).unwrap_or(i32::MAX);
    let row = |at: usize| {
        let row = Row {
            product: id(product[at]),
            user: id(user[at]),
            start: start[at],
            end: end[at],
            host: id(host[at]),
            bucket: id(bucket[at]) + BUCKETS_BEGIN,
            region: id(region[at]),
            on_tokens: mode[at] == 1,
        };
        (row, id(segment[at]) + 1)
    };
    Ok((0..batch.num_rows()).map(row).collect())
}

/// The ids of buckets come after those of the segments.
const BUCKETS_BEGIN: i32 = 1_000;

/// The generator's two levels of buckets, below one top.
fn tree(segments: &std::collections::BTreeMap<i32, i32>) -> Result<RecordBatch, LakeError> {
    let middle: std::collections::BTreeSet<i32> = segments.values().copied().collect();
    let top = std::iter::once((0, None));
    let middle = middle.into_iter().map(|segment| (segment, Some(0)));
    let leaves = segments.iter().map(|(bucket, segment)| (*bucket, Some(*segment)));
    let nodes: Vec<(i32, Option<i32>)> = top.chain(middle).chain(leaves).collect();
    let names = || -> ArrayRef {
        Arc::new(nodes.iter().map(|(id, _)| Some(id.to_string())).collect::<StringArray>())
    };
    let ids = Int32Array::from_iter_values(nodes.iter().map(|node| node.0));
    let parents = nodes.iter().map(|node| node.1).collect::<Int32Array>();
    let columns: Vec<ArrayRef> = vec![Arc::new(ids), names(), names(), Arc::new(parents), names()];
    Ok(RecordBatch::try_new(Table::Buckets.file_schema(), columns)?)
}

/// Rows of one table on their way into it.
struct Filling<'a> {
    lake: &'a mut Lake,
    table: Table,
    change: Change,
}

impl Filling<'_> {
    async fn month(&mut self, first: Date, mut rows: Vec<Row>) -> Result<(), LakeError> {
        if rows.is_empty() {
            return Ok(());
        }
        rows.sort_unstable();
        let (year, month, _) = first.ymd();
        let batches: Result<Vec<_>, _> = rows.chunks(BATCH_ROWS).map(batch).collect();
        drop(rows);
        self.add(Some(&format!("{year:04}-{month:02}")), batches?.into_iter()).await
    }

    async fn add(
        &mut self,
        month: Option<&str>,
        rows: impl Iterator<Item = RecordBatch>,
    ) -> Result<(), LakeError> {
        let mut encoder = Encoder::new(self.table, FILE_BYTES);
        let mut files = Vec::new();
        for batch in rows {
            files.extend(encoder.push(&batch)?);
        }
        files.extend(encoder.finish()?);
        for file in files {
            let name = format!("part-{}", self.change.adds.len());
            let table = self.lake.table(self.table)?;
            let add = table.store(month, &name, file, self.change.now).await?;
            self.change.adds.push(add);
        }
        Ok(())
    }

    async fn commit(self) -> Result<u64, LakeError> {
        let bytes = self.change.adds.iter().map(|add| add.size.unsigned_abs()).sum();
        if self.lake.table_mut(self.table)?.commit(self.change).await? {
            return Ok(bytes);
        }
        Err(LakeError::Damaged(format!("somebody else writes `{}`", self.table)))
    }
}

/// Rows as table `sessions` has them.
fn batch(rows: &[Row]) -> Result<RecordBatch, LakeError> {
    let ids = |id: fn(&Row) -> i32| -> ArrayRef {
        Arc::new(Int32Array::from_iter_values(rows.iter().map(id)))
    };
    let instants = |second: fn(&Row) -> i64| -> ArrayRef {
        let micros = rows.iter().map(|row| second(row) * MICROS);
        Arc::new(TimestampMicrosecondArray::from_iter_values(micros).with_timezone("UTC"))
    };
    let longs = |value: i64| -> ArrayRef { Arc::new(Int64Array::from_value(value, rows.len())) };
    let texts = |text: fn(&Row) -> &'static str| -> ArrayRef {
        Arc::new(StringArray::from_iter_values(rows.iter().map(text)))
    };
    let days = Date32Array::from_iter_values(rows.iter().map(|row| date(row.start).0));
    let columns: Vec<ArrayRef> = vec![
        Arc::new(days),
        instants(|row| row.start),
        instants(|row| row.end),
        ids(|row| row.user),
        ids(|row| row.product),
        ids(|row| row.user),
        ids(|row| row.host),
        ids(|row| row.product),
        longs(0),
        ids(|row| row.bucket),
        ids(|row| row.region),
        texts(|row| if row.on_tokens { "tokens" } else { "seat" }),
        texts(|_| "flexnet"),
        longs(1),
        longs(1),
    ];
    Ok(RecordBatch::try_new(Table::Sessions.file_schema(), columns)?)
}
