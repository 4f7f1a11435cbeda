//! `/v1/imports`: reported use, import by import.

pub mod log;
pub mod rejected;
pub mod token_usage;
pub mod undo;

use crate::Server;
use crate::authority::{Authorized, ReadBurn};
use crate::extract::{Params, Segment};
use crate::paging::{ROWS, ROWS_MAX, Search, rows_of};
use crate::problem::Problem;
use crate::wire::import::Import;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use faregate_app::import::receipts::{self, Wanted};
use serde::Serialize;
use utoipa::ToSchema;

/// A page of imports.
#[derive(Debug, Serialize, ToSchema)]
pub struct Imports {
    /// The newest first.
    pub rows: Vec<Import>,
    /// Cursor of the next page; `null` at the end. A search may find nothing on a page and go on.
    pub next: Option<String>,
    /// How many imports there are, found or not.
    pub count: u32,
}

/// What was taken in, import by import, the newest first; `q` is part of a kind or of a file's name.
#[utoipa::path(
    get, path = "/v1/imports", operation_id = "list_imports", tag = "burn", params(Search),
    responses(
        (status = 200, body = Imports), (status = 400, body = Problem), (status = 401, body = Problem),
        (status = 403, body = Problem), (status = 429, body = Problem), (status = 503, body = Problem)
    ),
    security(("key" = []), ("cookie" = []))
)]
pub async fn list(
    _: Authorized<ReadBurn>,
    State(server): State<Server>,
    Params(Search { q, limit, cursor }): Params<Search>,
) -> Result<Json<Imports>, Problem> {
    let number = |text: &String| text.parse::<u32>().map_err(|_| Problem::bad_cursor(text));
    let part = q.map(|q| q.trim().to_owned()).filter(|q| !q.is_empty());
    let before = cursor.as_ref().map(number).transpose()?;
    let wanted = Wanted { part, before, rows_max: rows_of(limit, ROWS).clamp(1, ROWS_MAX) };
    let found = server.journal.look(move |store| receipts::latest(store, &wanted)).await?;
    Ok(Json(Imports {
        rows: found.imports.iter().map(Import::from).collect(),
        next: found.next.map(|next| next.to_string()),
        count: found.count,
    }))
}

/// One import: its receipt, how much of it others tell of, and what became of it when it was taken back.
#[utoipa::path(
    get, path = "/v1/imports/{number}", operation_id = "show_import", tag = "burn",
    params(("number" = u32, Path, description = "the import's number")),
    responses(
        (status = 200, body = Import), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem), (status = 429, body = Problem), (status = 503, body = Problem)
    ),
    security(("key" = []), ("cookie" = []))
)]
pub async fn show(
    _: Authorized<ReadBurn>,
    State(server): State<Server>,
    Segment(number): Segment,
) -> Result<Json<Import>, Problem> {
    let batch = batch(&number)?;
    let found = server.journal.look(move |store| receipts::one(store, batch)).await?;
    found.map(|one| Json(Import::from(&one))).ok_or_else(|| unknown(&number))
}

/// The number of an import, as a path says it.
pub(crate) fn batch(number: &str) -> Result<u32, Problem> {
    number.parse().map_err(|_| unknown(number))
}

fn unknown(number: &str) -> Problem {
    let help = "`GET /v1/imports` tells the numbers";
    Problem::new(
        StatusCode::NOT_FOUND,
        "unknown-import",
        format!("there is no import `{number}`"),
        help,
    )
}
