//! `daily_use`: how many pairs of person and product were used, day by day.

use super::ask::Ask;
use super::ask::Call;
use super::dims::{self, Dim};
use super::function::{ArrayRefs, Fold};
use super::rows::Rows;
use crate::kernels::daily::{self, Days};
use crate::kernels::{DIMENSIONS_MAX, Key};
use datafusion::arrow::array::{Date32Array, Int64Array};
use datafusion::arrow::datatypes::{DataType, Field};
use datafusion::common::plan_err;
use datafusion::error::{DataFusionError, Result};
use faregate_core::when::Date;
use std::sync::Arc;

#[derive(Clone)]
pub(super) struct Daily;

impl Fold for Daily {
    const NAME: &'static str = "daily_use";
    type Part = daily::Daily;

    fn check(call: &Call) -> Result<()> {
        if key(&call.by).len() > DIMENSIONS_MAX {
            return plan_err!("`daily_use` cannot count by so much at once: leave one out");
        }
        Ok(())
    }

    fn fields() -> Vec<Field> {
        vec![
            Field::new("day", DataType::Date32, false),
            Field::new("persons_products", DataType::Int64, false),
        ]
    }

    fn prepare(ask: &mut Ask, _wanted: &dyn Fn(&str) -> bool) {
        ask.dims = key(&ask.dims);
        ask.whole_keys_only = true;
        ask.columns.push("day");
    }

    fn new(_ask: &Ask) -> Self {
        Self
    }

    fn add(part: &mut Self::Part, month: Date, _ask: &Ask, rows: &Rows) -> Result<()> {
        let added = part.add(month.0, &rows.dims(), rows.kept.as_deref(), rows.days()?.slice());
        added.map_err(|foreign| DataFusionError::External(Box::new(foreign)))
    }

    fn fold(&mut self, month: Date, ask: &Ask, parts: Vec<Self::Part>) -> Result<ArrayRefs> {
        let mut parts = parts.into_iter();
        let mut all = parts.next().unwrap_or_default();
        parts.for_each(|part| all.merge(part));
        let counts = all.counts(ask.call.by.len());
        let each = counts.iter().flat_map(|(key, days)| counted(key, days));
        let found: Vec<(&Key, i32, u64)> = each.collect();
        let mut columns: ArrayRefs = (0..ask.call.by.len())
            .map(|place| dims::answer(found.iter().map(|(key, _, _)| *key), place))
            .collect();
        let days = found.iter().map(|(_, offset, _)| month.0 + offset);
        let count = |count: u64| i64::try_from(count).unwrap_or(i64::MAX);
        columns.push(Arc::new(Date32Array::from_iter_values(days)));
        columns.push(Arc::new(Int64Array::from_iter_values(found.iter().map(|row| count(row.2)))));
        Ok(columns)
    }
}

fn counted<'a>(key: &'a Key, days: &'a Days) -> impl Iterator<Item = (&'a Key, i32, u64)> {
    let counted = (0..).zip(days).filter(|(_, count)| **count > 0);
    counted.map(move |(offset, count)| (key, offset, *count))
}

/// What to count by, and what counts once a day.
fn key(by: &[Dim]) -> Vec<Dim> {
    let more = [Dim::Product, Dim::Person].into_iter().filter(|dim| !by.contains(dim));
    by.iter().copied().chain(more).collect()
}
