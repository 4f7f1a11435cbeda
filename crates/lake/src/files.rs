//! The bytes of a table's files: Parquet with zstd, and what Delta says of each file so that readers can pass it over.

use crate::fault::LakeError;
use crate::tables::Table;
use bytes::Bytes;
use datafusion::arrow::array::{
    Array, ArrayRef, ArrowPrimitiveType, AsArray, RecordBatch, RecordBatchReader,
};
use datafusion::arrow::compute::{max, min};
use datafusion::arrow::datatypes::{
    DataType, Date32Type, Int32Type, Int64Type, SchemaRef, TimestampMicrosecondType,
};
use deltalake::parquet::arrow::ArrowWriter;
use deltalake::parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use deltalake::parquet::basic::{Compression, ZstdLevel};
use deltalake::parquet::file::properties::WriterProperties;
use faregate_core::when::{Date, Instant};
use serde_json::{Map, Value, json};

/// How large a file may grow before another is begun, in bytes.
pub const FILE_BYTES: usize = 128 << 20;

/// Rows that are decoded at a time.
const BATCH_ROWS: usize = 64 << 10;

/// A file as it is to be stored.
pub(crate) struct Encoded {
    pub(crate) bytes: Vec<u8>,
    /// What Delta calls its statistics, as JSON.
    pub(crate) stats: String,
    pub(crate) rows: usize,
}

/// How the files of a table are written.
#[must_use]
pub fn properties(_: Table) -> WriterProperties {
    compressed()
}

/// How any file of rows is written.
pub(crate) fn compressed() -> WriterProperties {
    // The level is one that the format has, so the default never steps in.
    let level = ZstdLevel::try_new(3).unwrap_or_default();
    WriterProperties::builder().set_compression(Compression::ZSTD(level)).build()
}

/// Writes rows into files of a size.
pub(crate) struct Encoder {
    table: Table,
    schema: SchemaRef,
    writer: Option<ArrowWriter<Vec<u8>>>,
    stats: Stats,
    full: usize,
}

impl Encoder {
    pub(crate) fn new(table: Table, full: usize) -> Self {
        let schema = table.file_schema();
        let stats = Stats::new(&schema);
        Self { table, schema, writer: None, stats, full }
    }

    /// Adds rows; hands back a file once it is full.
    pub(crate) fn push(&mut self, rows: &RecordBatch) -> Result<Option<Encoded>, LakeError> {
        if rows.num_rows() == 0 {
            return Ok(None);
        }
        let mut writer = match self.writer.take() {
            Some(writer) => writer,
            None => {
                let properties = properties(self.table);
                ArrowWriter::try_new(Vec::new(), self.schema.clone(), Some(properties))?
            }
        };
        writer.write(rows)?;
        self.stats.add(rows);
        let is_full = writer.bytes_written() + writer.in_progress_size() >= self.full;
        self.writer = Some(writer);
        if is_full { self.finish() } else { Ok(None) }
    }

    /// Ends the file that was begun, if one was.
    pub(crate) fn finish(&mut self) -> Result<Option<Encoded>, LakeError> {
        let Some(writer) = self.writer.take() else { return Ok(None) };
        let stats = std::mem::replace(&mut self.stats, Stats::new(&self.schema));
        let bytes = writer.into_inner()?;
        Ok(Some(Encoded { bytes, rows: stats.rows, stats: stats.json() }))
    }
}

/// The rows of a file, so many at a time.
pub(crate) fn decoded(
    bytes: Bytes,
) -> Result<impl Iterator<Item = Result<RecordBatch, LakeError>>, LakeError> {
    let reader = ParquetRecordBatchReaderBuilder::try_new(bytes)?.with_batch_size(BATCH_ROWS);
    let reader = reader.build()?;
    // What the file says of itself beyond its columns is of no interest.
    let fields = reader.schema().fields().clone();
    let schema = SchemaRef::new(datafusion::arrow::datatypes::Schema::new(fields));
    Ok(reader.map(move |rows| Ok(rows?.with_schema(schema.clone())?)))
}

/// Least and greatest values, and how many are missing.
struct Stats {
    rows: usize,
    columns: Vec<ColumnStats>,
}

struct ColumnStats {
    name: String,
    kind: DataType,
    nulls: usize,
    span: Option<(i64, i64)>,
}

impl Stats {
    fn new(schema: &SchemaRef) -> Self {
        let column = |field: &std::sync::Arc<datafusion::arrow::datatypes::Field>| ColumnStats {
            name: field.name().clone(),
            kind: field.data_type().clone(),
            nulls: 0,
            span: None,
        };
        Self { rows: 0, columns: schema.fields().iter().map(column).collect() }
    }

    fn add(&mut self, rows: &RecordBatch) {
        self.rows += rows.num_rows();
        for (column, values) in self.columns.iter_mut().zip(rows.columns()) {
            column.nulls += values.null_count();
            let Some((least, greatest)) = span(values) else { continue };
            let (a, b) = column.span.unwrap_or((least, greatest));
            column.span = Some((a.min(least), b.max(greatest)));
        }
    }

    fn json(&self) -> String {
        let (mut least, mut greatest, mut nulls) = (Map::new(), Map::new(), Map::new());
        for column in &self.columns {
            nulls.insert(column.name.clone(), json!(column.nulls));
            let Some((a, b)) = column.span else { continue };
            least.insert(column.name.clone(), said(&column.kind, a));
            greatest.insert(column.name.clone(), said(&column.kind, b));
        }
        json!({
            "numRecords": self.rows,
            "minValues": least,
            "maxValues": greatest,
            "nullCount": nulls,
        })
        .to_string()
    }
}

/// The least and the greatest of a column of numbers or times.
fn span(values: &ArrayRef) -> Option<(i64, i64)> {
    fn of<T: ArrowPrimitiveType>(values: &ArrayRef) -> Option<(i64, i64)>
    where
        i64: From<T::Native>,
    {
        let values = values.as_primitive_opt::<T>()?;
        Some((min(values)?.into(), max(values)?.into()))
    }
    match values.data_type() {
        DataType::Int32 => of::<Int32Type>(values),
        DataType::Int64 => of::<Int64Type>(values),
        DataType::Date32 => of::<Date32Type>(values),
        DataType::Timestamp(..) => of::<TimestampMicrosecondType>(values),
        _ => None,
    }
}

/// A value as Delta's statistics have it.
fn said(kind: &DataType, value: i64) -> Value {
    match kind {
        DataType::Date32 => json!(Date(i32::try_from(value).unwrap_or_default()).to_string()),
        // Instants are whole seconds here.
        DataType::Timestamp(..) => {
            let seconds = Instant(value.div_euclid(1_000_000)).to_string();
            json!(seconds.replace('Z', ".000Z"))
        }
        _ => json!(value),
    }
}
