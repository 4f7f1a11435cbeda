//! Lists that can be long, page by page. A cursor is the place of the last row: rows that come or go between
//! two pages neither repeat nor hide others.

use crate::problem::Problem;
use serde::Deserialize;
use utoipa::IntoParams;

/// Rows on a page when nothing is said.
pub(crate) const ROWS: usize = 100;
/// The most rows on a page.
pub(crate) const ROWS_MAX: usize = 1_000;

/// Which rows of a list that can be searched.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Search {
    /// Part of a key or name.
    pub(crate) q: Option<String>,
    /// Rows on a page: 100 by default, 1,000 at most.
    #[param(maximum = 4_294_967_295_i64)]
    pub(crate) limit: Option<u32>,
    /// Where the page before ended: its `next`.
    #[param(pattern = "^[0-9]{1,19}$")]
    pub(crate) cursor: Option<String>,
}

/// One page of rows.
pub(crate) struct Page<T> {
    pub(crate) rows: Vec<T>,
    /// Cursor of the next page; `None` at the end.
    pub(crate) next: Option<String>,
}

/// The page after a cursor, of rows that ascend by their places.
pub(crate) fn page<T>(
    rows: impl Iterator<Item = (u64, T)>,
    limit: Option<u32>,
    cursor: Option<&str>,
) -> Result<Page<T>, Problem> {
    let after = cursor.map(read).transpose()?;
    let mut later = rows.filter(|(place, _)| after.is_none_or(|after| *place > after));
    let limit = rows_of(limit, ROWS).clamp(1, ROWS_MAX);
    let shown: Vec<(u64, T)> = later.by_ref().take(limit).collect();
    let next = later.next().and(shown.last()).map(|(place, _)| place.to_string());
    Ok(Page { rows: shown.into_iter().map(|(_, row)| row).collect(), next })
}

fn read(text: &str) -> Result<u64, Problem> {
    text.parse().map_err(|_| Problem::bad_cursor(text))
}

/// Whether a search finds one of these texts: any part of it, in any case. No search finds everything.
pub(crate) fn finds(q: Option<&str>, texts: &[&str]) -> bool {
    let Some(q) = q.map(|q| q.trim().to_lowercase()).filter(|q| !q.is_empty()) else {
        return true;
    };
    texts.iter().any(|text| text.to_lowercase().contains(&q))
}

/// So many rows were asked for.
pub(crate) fn rows_of(limit: Option<u32>, usual: usize) -> usize {
    limit.map_or(usual, |limit| usize::try_from(limit).unwrap_or(usize::MAX))
}
