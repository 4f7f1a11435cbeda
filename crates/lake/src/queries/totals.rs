//! `usage_totals`: sessions, seconds and active days by month.

use super::ask::Ask;
use super::dims;
use super::function::{ArrayRefs, Fold};
use super::rows::Rows;
use crate::kernels::Key;
use crate::kernels::totals::{self, Columns, Total};
use datafusion::arrow::array::{Date32Array, Int32Array, Int64Array};
use datafusion::arrow::datatypes::{DataType, Field};
use datafusion::error::{DataFusionError, Result};
use faregate_core::when::Date;
use std::sync::Arc;

const MICROS: i64 = 1_000_000;

#[derive(Clone)]
pub(super) struct Totals;

impl Fold for Totals {
    const NAME: &'static str = "usage_totals";
    type Part = totals::Totals;

    fn fields() -> Vec<Field> {
        vec![
            Field::new("month", DataType::Date32, false),
            Field::new("sessions", DataType::Int64, false),
            Field::new("seconds", DataType::Int64, false),
            Field::new("active_days", DataType::Int32, false),
        ]
    }

    fn prepare(ask: &mut Ask, wanted: &dyn Fn(&str) -> bool) {
        if wanted("seconds") {
            ask.columns.extend(["opened", "closed"]);
        }
        if wanted("active_days") || ask.columns.is_empty() && ask.dims.is_empty() {
            ask.columns.push("day");
        }
    }

    fn new(_ask: &Ask) -> Self {
        Self
    }

    fn add(part: &mut Self::Part, month: Date, ask: &Ask, rows: &Rows) -> Result<()> {
        let reads = |name| ask.columns.contains(&name);
        let days = reads("day").then(|| rows.days()).transpose()?;
        let lengths = if reads("closed") { Some(lengths(rows)?) } else { None };
        let columns = Columns {
            rows: rows.count(),
            kept: rows.kept.as_deref(),
            days: days.as_ref().map(|days| days.slice()),
            seconds: lengths.as_deref(),
        };
        let added = part.add(month.0, &rows.dims(), columns);
        added.map_err(|foreign| DataFusionError::External(Box::new(foreign)))
    }

    fn fold(&mut self, month: Date, ask: &Ask, parts: Vec<Self::Part>) -> Result<ArrayRefs> {
        let mut parts = parts.into_iter();
        let mut all = parts.next().unwrap_or_default();
        parts.for_each(|part| all.merge(part));
        let found: Vec<(Key, Total)> = all.into_totals().collect();
        let keys = || found.iter().map(|(key, _)| key);
        let totals = || found.iter().map(|(_, total)| total);
        let mut columns: ArrayRefs =
            (0..ask.call.by.len()).map(|place| dims::answer(keys(), place)).collect();
        let count = |count: u64| i64::try_from(count).unwrap_or(i64::MAX);
        let days = |total: &Total| total.days.count().cast_signed();
        columns.push(Arc::new(Date32Array::from_value(month.0, found.len())));
        columns.push(Arc::new(Int64Array::from_iter_values(totals().map(|t| count(t.sessions)))));
        columns.push(Arc::new(Int64Array::from_iter_values(totals().map(|t| t.seconds / MICROS))));
        columns.push(Arc::new(Int32Array::from_iter_values(totals().map(days))));
        Ok(columns)
    }
}

/// In microseconds; whole seconds come out when they are added up.
fn lengths(rows: &Rows) -> Result<Vec<i64>> {
    let (opened, closed) = (rows.instants("opened")?, rows.instants("closed")?);
    let pairs = closed.slice().iter().zip(opened.slice());
    Ok(pairs.map(|(closed, opened)| closed.wrapping_sub(*opened)).collect())
}
