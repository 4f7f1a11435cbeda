//! Lists in the order that a caller asks for. A cursor holds what the last row was sorted by beside its place, so that
//! it stays right when rows come, go or change between two pages.
//!
//! To let a list be sorted: a table of its columns, and what a row has in each as a [`Key`].

use crate::paging::{self, Page, ROWS, ROWS_MAX, rows_of};
use crate::problem::Problem;
use axum::http::StatusCode;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use faregate_core::estate::folded;
use serde_json::{Value, json};
use std::cmp::Ordering;

/// What a row is sorted by. Where there is nothing, it comes last, whichever way round.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Key {
    Number(i64),
    Text(String),
    Nothing,
}

impl Key {
    /// A text, without regard to case; nothing where it is empty.
    pub(crate) fn text(text: Option<&str>) -> Self {
        let text = text.map(folded).filter(|text| !text.is_empty());
        text.map_or(Self::Nothing, Self::Text)
    }

    pub(crate) fn number(number: Option<impl Into<i64>>) -> Self {
        number.map_or(Self::Nothing, |number| Self::Number(number.into()))
    }

    /// An estimate, to a millionth.
    pub(crate) fn estimate(value: Option<f64>) -> Self {
        let value = value.filter(|value| value.is_finite());
        value.map_or(Self::Nothing, |value| Self::Number((value * 1e6).round() as i64))
    }

    fn to_json(&self) -> Value {
        match self {
            Self::Number(number) => json!(number),
            Self::Text(text) => json!(text),
            Self::Nothing => Value::Null,
        }
    }

    fn of_json(value: &Value) -> Option<Self> {
        match value {
            Value::Null => Some(Self::Nothing),
            Value::String(text) => Some(Self::Text(text.clone())),
            value => value.as_i64().map(Self::Number),
        }
    }
}

/// The order of a list: by a column that the caller named, or by the places of its rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Order<C>(Option<By<C>>);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct By<C> {
    name: &'static str,
    column: C,
    descending: bool,
}

impl<C: Copy> Order<C> {
    /// Reads `name` or `-name`, of these columns.
    pub(crate) fn read(
        asked: Option<&str>,
        columns: &[(&'static str, C)],
    ) -> Result<Self, Problem> {
        let Some(asked) = asked else { return Ok(Self(None)) };
        let (wanted, descending) =
            asked.strip_prefix('-').map_or((asked, false), |wanted| (wanted, true));
        let known = columns.iter().find(|(name, _)| *name == wanted);
        let by = known.map(|(name, column)| By { name, column: *column, descending });
        by.map(|by| Self(Some(by))).ok_or_else(|| {
            let names: Vec<&str> = columns.iter().map(|(name, _)| *name).collect();
            let detail = format!("this list cannot be sorted by `{wanted}`");
            let help =
                format!("sort by {}; a `-` in front turns the order around", names.join(", "));
            Problem::new(StatusCode::BAD_REQUEST, "bad-sort", detail, help)
        })
    }

    /// How a file says it.
    pub(crate) fn words(&self) -> Option<String> {
        let way = |descending| if descending { ", descending" } else { "" };
        self.0.as_ref().map(|by| format!("{}{}", by.name, way(by.descending)))
    }

    /// One page of rows with their places, which ascend.
    pub(crate) fn page<T>(
        &self,
        rows: impl Iterator<Item = (u64, T)>,
        key: impl Fn(C, &T) -> Key,
        (limit, cursor): (Option<u32>, Option<&str>),
    ) -> Result<Page<T>, Problem> {
        let Some(by) = &self.0 else { return paging::page(rows, limit, cursor) };
        let after = cursor.map(|cursor| by.read_cursor(cursor)).transpose()?;
        let keyed = rows.map(|(place, row)| (key(by.column, &row), place, row));
        let mut later: Vec<(Key, u64, T)> = keyed
            .filter(|(key, place, _)| {
                after.as_ref().is_none_or(|(last, at)| by.order((key, *place), (last, *at)).is_gt())
            })
            .collect();
        let limit = rows_of(limit, ROWS).clamp(1, ROWS_MAX);
        let order = |a: &(Key, u64, T), b: &(Key, u64, T)| by.order((&a.0, a.1), (&b.0, b.1));
        let is_last = later.len() <= limit;
        if !is_last {
            later.select_nth_unstable_by(limit, order);
            later.truncate(limit);
        }
        later.sort_unstable_by(order);
        let next = later.last().filter(|_| !is_last).map(|(key, place, _)| by.cursor(key, *place));
        Ok(Page { rows: later.into_iter().map(|(_, _, row)| row).collect(), next })
    }

    /// All rows, in this order.
    pub(crate) fn all<T>(
        &self,
        rows: impl Iterator<Item = (u64, T)>,
        key: impl Fn(C, &T) -> Key,
    ) -> Vec<T> {
        let Some(by) = &self.0 else { return rows.map(|(_, row)| row).collect() };
        let mut all: Vec<_> = rows.map(|(place, row)| (key(by.column, &row), place, row)).collect();
        all.sort_unstable_by(|a, b| by.order((&a.0, a.1), (&b.0, b.1)));
        all.into_iter().map(|(_, _, row)| row).collect()
    }
}

impl<C> By<C> {
    fn order(&self, a: (&Key, u64), b: (&Key, u64)) -> Ordering {
        let keys = match (a.0, b.0) {
            (Key::Nothing, _) | (_, Key::Nothing) => a.0.cmp(b.0),
            (a, b) if self.descending => b.cmp(a),
            (a, b) => a.cmp(b),
        };
        keys.then(a.1.cmp(&b.1))
    }

    /// The order that it belongs to, what the last row was sorted by, and its place.
    fn cursor(&self, key: &Key, place: u64) -> String {
        let text = json!([self.name, self.descending, key.to_json(), place]).to_string();
        URL_SAFE_NO_PAD.encode(text)
    }

    fn read_cursor(&self, cursor: &str) -> Result<(Key, u64), Problem> {
        let bytes = URL_SAFE_NO_PAD.decode(cursor).ok();
        let said: Option<Value> = bytes.and_then(|bytes| serde_json::from_slice(&bytes).ok());
        let read = said.and_then(|said| {
            let is_ours = said.get(0)? == self.name && said.get(1)? == self.descending;
            let (key, place) = (Key::of_json(said.get(2)?)?, said.get(3)?.as_u64()?);
            is_ours.then_some((key, place))
        });
        read.ok_or_else(|| Problem::bad_cursor(cursor))
    }
}

#[cfg(test)]
mod tests;
