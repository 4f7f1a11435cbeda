//! `peaks`: how many sessions ran at once at most, day by day.

use super::ask::{Ask, Earlier};
use super::dims;
use super::function::{ArrayRefs, Fold};
use super::rows::Rows;
use crate::kernels::Key;
use crate::kernels::peaks::{self, Span, Spans};
use datafusion::arrow::array::{Date32Array, Int64Array};
use datafusion::arrow::datatypes::{DataType, Field};
use datafusion::error::Result;
use faregate_core::when::Date;
use std::sync::Arc;

#[derive(Clone)]
pub(super) struct Peaks(peaks::Peaks);

impl Fold for Peaks {
    const NAME: &'static str = "peaks";
    const EARLIER: Earlier = Earlier::Running;
    type Part = Spans;

    fn fields() -> Vec<Field> {
        vec![Field::new("day", DataType::Date32, false), Field::new("peak", DataType::Int64, false)]
    }

    fn prepare(ask: &mut Ask, _wanted: &dyn Fn(&str) -> bool) {
        ask.columns.extend(["opened", "closed"]);
    }

    fn new(_ask: &Ask) -> Self {
        Self(peaks::Peaks::default())
    }

    fn add(part: &mut Self::Part, _month: Date, _ask: &Ask, rows: &Rows) -> Result<()> {
        let (opened, closed) =
            (rows.instants("opened")?.seconds(), rows.instants("closed")?.seconds());
        part.add(&rows.dims(), rows.kept.as_deref(), &opened, &closed);
        Ok(())
    }

    fn fold(&mut self, month: Date, ask: &Ask, parts: Vec<Self::Part>) -> Result<ArrayRefs> {
        let days: Vec<Date> = (month.0..=month.next_month_start().0).map(Date).collect();
        let starts: Vec<i64> = days.iter().map(|day| ask.zone.start_of(*day).0).collect();
        let found = self.0.fold(Span { starts: &starts }, &parts);
        let each = found.iter().flat_map(|(key, peaks)| {
            let peaks = days.iter().zip(peaks).filter(|(day, _)| ask.wants(**day));
            peaks.filter_map(move |(day, peak)| Some((key, day.0, (*peak)?)))
        });
        let each: Vec<(&Key, i32, u32)> = each.collect();
        let mut columns: ArrayRefs = (0..ask.call.by.len())
            .map(|place| dims::answer(each.iter().map(|(key, _, _)| *key), place))
            .collect();
        columns.push(Arc::new(Date32Array::from_iter_values(each.iter().map(|row| row.1))));
        columns
            .push(Arc::new(Int64Array::from_iter_values(each.iter().map(|row| i64::from(row.2)))));
        Ok(columns)
    }

    fn goes_on(&self) -> bool {
        self.0.goes_on()
    }

    fn bytes(&self) -> usize {
        self.0.bytes()
    }
}
