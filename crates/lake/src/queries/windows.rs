//! `charge_windows`: exact windows of so many hours, by the month in which they opened.

use super::ask::{Ask, Call, Earlier};
use super::dims::{self, Dim};
use super::function::{ArrayRefs, Fold};
use super::rows::Rows;
use crate::kernels::Key;
use crate::kernels::windows;
use datafusion::arrow::array::{Date32Array, Int64Array};
use datafusion::arrow::datatypes::{DataType, Field};
use datafusion::common::plan_err;
use datafusion::error::Result;
use faregate_core::when::{Date, HOUR};
use std::sync::Arc;

const MICROS: i64 = 1_000_000;

#[derive(Clone)]
pub(super) struct Windows(windows::Windows);

impl Fold for Windows {
    const NAME: &'static str = "charge_windows";
    const NUMBERS: usize = 1;
    // Which launch opens a window depends on every launch before it.
    const EARLIER: Earlier = Earlier::Everything;
    type Part = windows::Launches;

    fn check(call: &Call) -> Result<()> {
        if call.by.contains(&Dim::Person) && call.by.contains(&Dim::Product) {
            return Ok(());
        }
        plan_err!("a window is one person's with one product: count by 'person, product'")
    }

    fn fields() -> Vec<Field> {
        vec![
            Field::new("month", DataType::Date32, false),
            Field::new("windows", DataType::Int64, false),
        ]
    }

    fn prepare(ask: &mut Ask, _wanted: &dyn Fn(&str) -> bool) {
        ask.whole_keys_only = true;
        ask.columns.push("opened");
    }

    fn new(ask: &Ask) -> Self {
        let start = |day: Option<Date>| day.map(|day| ask.zone.start_of(day).0 * MICROS);
        let counted =
            start(ask.call.from).unwrap_or(i64::MIN)..start(ask.call.until).unwrap_or(i64::MAX);
        let hours = ask.call.rest.first().copied().unwrap_or(24);
        Self(windows::Windows::new(hours.saturating_mul(HOUR * MICROS), counted))
    }

    fn add(part: &mut Self::Part, _month: Date, _ask: &Ask, rows: &Rows) -> Result<()> {
        part.add(&rows.dims(), rows.kept.as_deref(), rows.instants("opened")?.slice());
        Ok(())
    }

    fn fold(&mut self, month: Date, ask: &Ask, parts: Vec<Self::Part>) -> Result<ArrayRefs> {
        self.0.fold(&parts);
        let found: Vec<(Key, u64)> = self.0.take_counts().collect();
        let keys = || found.iter().map(|(key, _)| key);
        let mut columns: ArrayRefs =
            (0..ask.call.by.len()).map(|place| dims::answer(keys(), place)).collect();
        let count = |count: u64| i64::try_from(count).unwrap_or(i64::MAX);
        columns.push(Arc::new(Date32Array::from_value(month.0, found.len())));
        columns.push(Arc::new(Int64Array::from_iter_values(found.iter().map(|row| count(row.1)))));
        Ok(columns)
    }

    fn bytes(&self) -> usize {
        self.0.bytes()
    }
}
