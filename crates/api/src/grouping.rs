//! Lists in groups: which there are, or the rows of one of them.
//!
//! To let a list be grouped: a table of its columns, and in which groups a row is by each, as [`Named`].

use crate::problem::Problem;
use crate::sorting::Key;
use crate::wire::Money;
use axum::http::StatusCode;
use serde::Serialize;
use std::borrow::Cow;
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// Rows of a list that have the same in a column.
#[derive(Debug, Serialize, ToSchema)]
pub struct RowGroup {
    /// What to ask for as `in`, for its rows.
    #[serde(rename = "in")]
    pub of: String,
    /// Key of what they have; `null`: nothing.
    pub key: Option<String>,
    /// Its name.
    pub name: Option<String>,
    /// How many they are.
    pub rows: usize,
    /// What those of them who are to be moved are expected to save in a year; of recommendations only.
    pub saving: Option<Money>,
}

/// What a row has in a column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Named<'a> {
    key: Cow<'a, str>,
    name: Cow<'a, str>,
}

impl<'a> Named<'a> {
    pub(crate) fn new(key: impl Into<Cow<'a, str>>, name: impl Into<Cow<'a, str>>) -> Self {
        Self { key: key.into(), name: name.into() }
    }

    /// What has no name beside its key.
    pub(crate) fn key(key: &'a str) -> Self {
        Self::new(key, key)
    }
}

/// One group, with its rows.
pub(crate) struct Part<'a, T> {
    of: Option<Named<'a>>,
    pub(crate) rows: Vec<T>,
}

impl<T> From<Part<'_, T>> for RowGroup {
    fn from(Part { of, rows }: Part<'_, T>) -> Self {
        let (key, name) = of.map(|of| (of.key.into_owned(), of.name.into_owned())).unzip();
        let told = key.as_ref().map_or_else(|| NOTHING.to_owned(), |key| format!("{IS}{key}"));
        Self { of: told, key, name, rows: rows.len(), saving: None }
    }
}

/// How `in` says a key, and how that there is none: a key may be any text.
const IS: &str = "is:";
const NOTHING: &str = "nothing";

/// How a list is asked for: as it is, in groups, or those of one group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Grouping<C> {
    /// All rows, one by one.
    Rows,
    /// The groups by a column.
    Groups(C),
    /// The rows of one group.
    One(One<C>),
}

/// The rows that have this key in a column, or nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct One<C> {
    name: &'static str,
    column: C,
    key: Option<String>,
}

impl<C: Copy> Grouping<C> {
    /// Reads `group` and `in`, of these columns.
    pub(crate) fn read(
        group: Option<&str>,
        one: Option<&str>,
        columns: &[(&'static str, C)],
    ) -> Result<Self, Problem> {
        let Some(wanted) = group else {
            return if one.is_none() { Ok(Self::Rows) } else { Err(bad_in()) };
        };
        let known = columns.iter().find(|(name, _)| *name == wanted);
        let Some((name, column)) = known.copied() else {
            let names: Vec<&str> = columns.iter().map(|(name, _)| *name).collect();
            let detail = format!("this list cannot be grouped by `{wanted}`");
            let help = format!("group by {}", names.join(", "));
            return Err(Problem::new(StatusCode::BAD_REQUEST, "bad-group", detail, help));
        };
        let key = match one {
            None => return Ok(Self::Groups(column)),
            Some(NOTHING) => None,
            Some(one) => Some(one.strip_prefix(IS).ok_or_else(bad_in)?.to_owned()),
        };
        Ok(Self::One(One { name, column, key }))
    }

    /// How a file says it.
    pub(crate) fn words(&self) -> Option<String> {
        let Self::One(One { name, key, .. }) = self else { return None };
        Some(format!("{name} {}", key.as_deref().unwrap_or("none")))
    }

    /// Whether a row is to be shown, by what it has in the column of the group that is asked for.
    pub(crate) fn keeps<'a>(&self, of: impl FnOnce(C) -> Vec<Named<'a>>) -> bool {
        let Self::One(One { column, key, .. }) = self else { return true };
        let has = of(*column);
        match key {
            None => has.is_empty(),
            Some(key) => has.iter().any(|one| one.key == key.as_str()),
        }
    }
}

/// Rows in their groups, by name: what has nothing comes last, and a row that has several things is in several groups.
pub(crate) fn parts<'a, T: Copy>(
    rows: impl Iterator<Item = T>,
    of: impl Fn(T) -> Vec<Named<'a>>,
) -> impl Iterator<Item = Part<'a, T>> {
    let mut parts: BTreeMap<(Key, Cow<'a, str>), Part<'a, T>> = BTreeMap::new();
    let mut put = |order, of, row| {
        let part = parts.entry(order).or_insert_with(|| Part { of, rows: Vec::new() });
        part.rows.push(row);
    };
    for row in rows {
        let has = of(row);
        if has.is_empty() {
            put((Key::Nothing, Cow::Borrowed("")), None, row);
        }
        for one in has {
            put((Key::text(Some(&one.name)), one.key.clone()), Some(one), row);
        }
    }
    parts.into_values()
}

fn bad_in() -> Problem {
    let detail = "`in` is of a group, as the list of groups says it, beside the same `group`";
    Problem::bad_request("bad-group", detail, "use the `in` of a group as it is")
}

#[cfg(test)]
mod tests;
