//! Rows on their way into a table: cells in the order of its columns, sorted when they are taken.

use crate::fault::LakeError;
use crate::tables::Table;
use datafusion::arrow::array::{
    ArrayRef, BooleanBuilder, Date32Builder, Int32Builder, Int64Builder, RecordBatch,
    StringBuilder, TimestampMicrosecondBuilder,
};
use datafusion::arrow::compute::{SortColumn, lexsort_to_indices, take_record_batch};
use datafusion::arrow::datatypes::{DataType, SchemaRef};
use faregate_core::when::{Date, Instant};
use std::sync::Arc;

/// Microseconds in one second: instants are whole seconds here, and microseconds in Delta.
const MICROS: i64 = 1_000_000;

/// One cell of a row.
#[derive(Clone, Copy, Debug)]
pub enum Cell<'a> {
    /// Nothing is known.
    Null,
    /// An id or a small number.
    Int(i32),
    /// A number.
    Long(i64),
    /// A text.
    Text(&'a str),
    /// Yes or no.
    Flag(bool),
    /// A date in the contract's zone.
    Day(Date),
    /// An instant.
    At(Instant),
}

impl Cell<'_> {
    /// An id, or nothing.
    pub fn id(id: Option<impl Into<i64>>) -> Self {
        id.map_or(Self::Null, |id| Self::Int(i32::try_from(id.into()).unwrap_or(i32::MAX)))
    }

    /// A count.
    #[must_use]
    pub fn count(count: u64) -> Self {
        Self::Long(i64::try_from(count).unwrap_or(i64::MAX))
    }

    /// An instant, or nothing.
    #[must_use]
    pub fn at(at: Option<Instant>) -> Self {
        at.map_or(Self::Null, Self::At)
    }
}

impl<'a> Cell<'a> {
    /// A text, or nothing.
    #[must_use]
    pub fn text(text: Option<&'a str>) -> Self {
        text.map_or(Self::Null, Self::Text)
    }
}

enum Column {
    Int(Int32Builder),
    Long(Int64Builder),
    Text(StringBuilder),
    Flag(BooleanBuilder),
    Day(Date32Builder),
    At(TimestampMicrosecondBuilder),
}

impl Column {
    fn of(kind: &DataType) -> Self {
        match kind {
            DataType::Int32 => Self::Int(Int32Builder::new()),
            DataType::Int64 => Self::Long(Int64Builder::new()),
            DataType::Boolean => Self::Flag(BooleanBuilder::new()),
            DataType::Date32 => Self::Day(Date32Builder::new()),
            DataType::Timestamp(..) => {
                Self::At(TimestampMicrosecondBuilder::new().with_timezone("UTC"))
            }
            _ => Self::Text(StringBuilder::new()),
        }
    }

    /// Whether the cell is one of this column's.
    fn push(&mut self, cell: Cell<'_>) -> bool {
        match (self, cell) {
            (Self::Int(column), Cell::Int(value)) => column.append_value(value),
            (Self::Int(column), Cell::Null) => column.append_null(),
            (Self::Long(column), Cell::Long(value)) => column.append_value(value),
            (Self::Long(column), Cell::Null) => column.append_null(),
            (Self::Text(column), Cell::Text(value)) => column.append_value(value),
            (Self::Text(column), Cell::Null) => column.append_null(),
            (Self::Flag(column), Cell::Flag(value)) => column.append_value(value),
            (Self::Day(column), Cell::Day(value)) => column.append_value(value.0),
            (Self::At(column), Cell::At(value)) => {
                column.append_value(value.0.saturating_mul(MICROS));
            }
            (Self::At(column), Cell::Null) => column.append_null(),
            _ => return false,
        }
        true
    }

    fn take(&mut self) -> ArrayRef {
        match self {
            Self::Int(column) => Arc::new(column.finish()),
            Self::Long(column) => Arc::new(column.finish()),
            Self::Text(column) => Arc::new(column.finish()),
            Self::Flag(column) => Arc::new(column.finish()),
            Self::Day(column) => Arc::new(column.finish()),
            Self::At(column) => Arc::new(column.finish()),
        }
    }
}

/// Rows of one file of a table: all of one month, where the table has months.
pub struct Rows {
    table: Table,
    schema: SchemaRef,
    columns: Vec<Column>,
    count: usize,
}

impl Rows {
    /// None yet.
    #[must_use]
    pub fn new(table: Table) -> Self {
        let schema = table.file_schema();
        let columns = schema.fields().iter().map(|field| Column::of(field.data_type())).collect();
        Self { table, schema, columns, count: 0 }
    }

    /// Adds a row: a cell for each column of [`Table::file_schema`].
    ///
    /// # Errors
    /// [`LakeError::Damaged`] when a cell is of another kind than its column.
    pub fn push(&mut self, cells: &[Cell<'_>]) -> Result<(), LakeError> {
        let fits = cells.len() == self.columns.len()
            && self.columns.iter_mut().zip(cells).all(|(column, cell)| column.push(*cell));
        self.count += 1;
        if fits {
            return Ok(());
        }
        Err(LakeError::Damaged(format!("a row of `{}` does not fit: {cells:?}", self.table)))
    }

    /// How many.
    #[must_use]
    pub fn len(&self) -> usize {
        self.count
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// Takes them all, in the table's order.
    ///
    /// # Errors
    /// [`LakeError::Columns`] when a column that is never null has no value.
    pub fn take(&mut self) -> Result<RecordBatch, LakeError> {
        self.count = 0;
        let columns = self.columns.iter_mut().map(Column::take).collect();
        sorted(self.table, &RecordBatch::try_new(self.schema.clone(), columns)?)
    }
}

/// Rows in the table's order.
fn sorted(table: Table, rows: &RecordBatch) -> Result<RecordBatch, LakeError> {
    let by: Vec<SortColumn> = table
        .order()
        .iter()
        .filter_map(|name| rows.column_by_name(name))
        .map(|values| SortColumn { values: values.clone(), options: None })
        .collect();
    let places = lexsort_to_indices(&by, None)?;
    Ok(take_record_batch(rows, &places)?)
}
