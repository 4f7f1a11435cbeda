//! The columns of a batch of sessions as the slices that kernels take.

use super::ask::Ask;
use super::dims::{Dim, column};
use crate::kernels::UNKNOWN;
use datafusion::arrow::array::Scalar;
use datafusion::arrow::array::{Array, ArrayRef, AsArray, BooleanArray, Int32Array, StringArray};
use datafusion::arrow::compute::kernels::cmp::eq;
use datafusion::arrow::datatypes::{Date32Type, Int32Type, TimestampMicrosecondType};
use datafusion::arrow::record_batch::RecordBatch;
use datafusion::error::{DataFusionError, Result};

/// A batch of sessions.
pub(super) struct Rows {
    batch: RecordBatch,
    ids: Vec<Int32Array>,
    /// Which rows count; all when absent.
    pub(super) kept: Option<Vec<bool>>,
}

impl Rows {
    /// Takes what the question asks for out of a batch.
    pub(super) fn of(ask: &Ask, batch: RecordBatch) -> Result<Self> {
        let ids = ask.dims.iter().map(|dim| ids(ask, &batch, *dim));
        let ids = ids.collect::<Result<Vec<_>>>()?;
        let mut rows = Self { batch, ids, kept: None };
        rows.keep(ask)?;
        Ok(rows)
    }

    pub(super) fn dims(&self) -> Vec<&[i32]> {
        self.ids.iter().map(|ids| ids.values().as_ref()).collect()
    }

    pub(super) fn count(&self) -> usize {
        self.batch.num_rows()
    }

    pub(super) fn days(&self) -> Result<Days> {
        let days = column(&self.batch, "day")?;
        Ok(Days(days.as_primitive_opt::<Date32Type>().ok_or_else(|| unlike("day"))?.clone()))
    }

    /// Microseconds since 1970.
    pub(super) fn instants(&self, name: &'static str) -> Result<Instants> {
        let column = column(&self.batch, name)?;
        let instants = column.as_primitive_opt::<TimestampMicrosecondType>();
        Ok(Instants(instants.ok_or_else(|| unlike(name))?.clone()))
    }

    fn keep(&mut self, ask: &Ask) -> Result<()> {
        if let Some(fare) = &ask.fare {
            let wanted = Scalar::new(fare_like(&column(&self.batch, "fare")?, fare)?);
            let is = eq(&column(&self.batch, "fare")?, &wanted)?;
            self.keep_where(&is);
        }
        if ask.whole_keys_only {
            let known = |ids: &Int32Array| ids.values().contains(&UNKNOWN);
            for ids in self.ids.clone().iter().filter(|ids| known(ids)) {
                self.keep_where(&ids.values().iter().map(|id| Some(*id != UNKNOWN)).collect());
            }
        }
        if let Some(days) = &ask.days_within {
            let found = self.days()?;
            let within = found.slice().iter().map(|day| Some(days.contains(day))).collect();
            self.keep_where(&within);
        }
        Ok(())
    }

    fn keep_where(&mut self, also: &BooleanArray) {
        if also.true_count() == also.len() {
            return;
        }
        let kept = self.kept.get_or_insert_with(|| vec![true; also.len()]);
        for (kept, also) in kept.iter_mut().zip(also.values()) {
            *kept &= also;
        }
    }
}

/// Days since 1970.
pub(super) struct Days(datafusion::arrow::array::Date32Array);

impl Days {
    pub(super) fn slice(&self) -> &[i32] {
        self.0.values()
    }
}

/// Microseconds since 1970.
pub(super) struct Instants(datafusion::arrow::array::TimestampMicrosecondArray);

impl Instants {
    pub(super) fn slice(&self) -> &[i64] {
        self.0.values()
    }

    /// Whole seconds since 1970.
    pub(super) fn seconds(&self) -> Vec<i64> {
        self.0.values().iter().map(|micros| micros.div_euclid(1_000_000)).collect()
    }
}

fn ids(ask: &Ask, batch: &RecordBatch, dim: Dim) -> Result<Int32Array> {
    let ids = column(batch, dim.column())?;
    let ids = ids.as_primitive_opt::<Int32Type>().ok_or_else(|| unlike(dim.column()))?;
    let known = |id: Option<i32>| id.unwrap_or(UNKNOWN);
    Ok(match dim {
        Dim::BucketAt(level) => {
            // One person's rows follow each other and are mostly of one bucket.
            let mut last = (UNKNOWN, UNKNOWN);
            let at = |id| {
                if id != last.0 {
                    last = (id, ask.tree.at(id, level));
                }
                last.1
            };
            Int32Array::from_iter_values(ids.iter().map(known).map(at))
        }
        _ if ids.null_count() == 0 => ids.clone(),
        _ => Int32Array::from_iter_values(ids.iter().map(known)),
    })
}

/// The fare's name in the type of the column, which differs with where the rows come from.
fn fare_like(column: &ArrayRef, fare: &str) -> Result<ArrayRef> {
    let text: ArrayRef = std::sync::Arc::new(StringArray::from(vec![fare]));
    Ok(datafusion::arrow::compute::cast(&text, column.data_type())?)
}

fn unlike(name: &str) -> DataFusionError {
    DataFusionError::Plan(format!("the sessions' column `{name}` is of another type"))
}
