//! `/v1/imports/rejected`: lines that imports did not take in.

use crate::Server;
use crate::authority::{Authorized, ReadBurn};
use crate::export::{self, check_rows, filters};
use crate::extract::Params;
use crate::paging::{ROWS, ROWS_MAX, finds, rows_of};
use crate::problem::Problem;
use crate::rejected::{RejectedLine, RejectedLines};
use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use faregate_core::state;
use faregate_library::list::List;
use faregate_library::{Cell, Format, Kind};
use serde::{Deserialize, Serialize};
use std::collections::VecDeque;
use utoipa::{IntoParams, ToSchema};

/// Which lines.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Which {
    /// Part of the file's name, of the reason or its code, or of the line.
    q: Option<String>,
    /// Rows on a page: 100 by default, 1,000 at most.
    #[param(maximum = 4_294_967_295_i64)]
    limit: Option<u32>,
    /// Where the page before ended: its `next`.
    #[param(pattern = "^[0-9]{1,19}$")]
    cursor: Option<String>,
    /// All of them as a file, `csv` or `xlsx`; a page as `json` when nothing is said.
    format: Option<String>,
}

/// A page of rejected lines.
#[derive(Debug, Serialize, ToSchema)]
pub struct Rejected {
    /// Those that came last first. A line can be there from an import that was taken back.
    pub rows: Vec<RejectedLine>,
    /// Cursor of the next page; `null` at the end.
    pub next: Option<String>,
    /// How many obey the search.
    pub count: u64,
}

/// Lines that imports did not take in, those that came last first. An import on the command line begins the list anew;
/// what a server takes in adds to it. With `format`, or with `Accept`, a file of all that obey the search.
#[utoipa::path(
    get, path = "/v1/imports/rejected", operation_id = "list_rejected", tag = "burn", params(Which),
    responses(
        (status = 200, body = Rejected), (status = 400, body = Problem), (status = 401, body = Problem),
        (status = 403, body = Problem), (status = 422, description = "more rows than a file holds", body = Problem),
        (status = 429, body = Problem), (status = 503, body = Problem)
    ),
    security(("key" = []), ("cookie" = []))
)]
pub async fn list(
    _: Authorized<ReadBurn>,
    State(server): State<Server>,
    headers: HeaderMap,
    Params(which): Params<Which>,
) -> Result<Response, Problem> {
    let number = |text: &String| text.parse::<u64>().map_err(|_| Problem::bad_cursor(text));
    let before = which.cursor.as_ref().map(number).transpose()?;
    let Which { q, limit, format, .. } = which;
    if let Some(format) = export::format(format.as_deref(), &headers)? {
        return file(&server, q, format).await;
    }
    let rows_max = rows_of(limit, ROWS).clamp(1, ROWS_MAX);
    let Found { mut rows, count } = found(&server, q, before, rows_max).await?;
    let is_last = rows.len() <= rows_max;
    rows.truncate(rows_max);
    let next = rows.back().filter(|_| !is_last).map(|(place, _)| place.to_string());
    let rows = rows.into_iter().map(|(_, row)| row).collect();
    Ok(Json(Rejected { rows, next, count }).into_response())
}

/// Lines with their places from 1, those that came last first: one more than were asked for, where there are more.
struct Found {
    rows: VecDeque<(u64, RejectedLine)>,
    count: u64,
}

async fn found(
    server: &Server,
    q: Option<String>,
    before: Option<u64>,
    rows_max: usize,
) -> Result<Found, Problem> {
    let look = move |lines: &dyn RejectedLines| {
        let mut found = Found { rows: VecDeque::new(), count: 0 };
        let mut place = 0;
        lines.each(&mut |row| {
            place += 1;
            if !finds(q.as_deref(), &[&row.file, &row.code, &row.reason, &row.text]) {
                return;
            }
            found.count += 1;
            if before.is_none_or(|before| place < before) {
                found.rows.push_front((place, row));
                found.rows.truncate(rows_max.saturating_add(1));
            }
        })?;
        Ok(found)
    };
    server.ask_rejected(look).await
}

/// All that obey the search, as a file.
async fn file(server: &Server, q: Option<String>, format: Format) -> Result<Response, Problem> {
    let found = found(server, q.clone(), None, export::ROWS_MAX).await?;
    check_rows(found.rows.len())?;
    let (name, title, filters) = ("rejected-lines", "Rejected lines", filters([("q", q)]));
    let columns = vec![
        ("File", Kind::Text),
        ("Line", Kind::Whole),
        ("Code", Kind::Text),
        ("Why", Kind::Text),
        ("Text", Kind::Text),
    ];
    let list = List { name, title, filters, columns, ..List::default() };
    let cells = |_: &state::State, (_, row): &(u64, RejectedLine)| {
        let RejectedLine { file, line, code, reason, text } = row.clone();
        let line = export::whole(Some(line));
        Some(vec![Cell::Text(file), line, Cell::Text(code), Cell::Text(reason), Cell::Text(text)])
    };
    export::file(server, format, list, found.rows.into(), cells).await
}
