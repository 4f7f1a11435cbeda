//! `/v1/imports/{number}/undo`: taking an import back.

use super::batch;
use crate::Server;
use crate::authority::{Authorized, RunFaregate};
use crate::extract::{Params, Segment};
use crate::problem::Problem;
use crate::wire::import::ImportUndo;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use faregate_app::engine::Failure;
use faregate_app::import::undo::{UndoError, undo};
use serde::Deserialize;
use std::sync::Arc;
use tokio::sync::oneshot;
use utoipa::IntoParams;

/// How it is done.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct How {
    /// Whether it is only said what it would do.
    #[serde(default)]
    dry_run: bool,
}

/// Takes an import back, by further entries: what nobody else tells of goes, the charges that this touches are
/// derived again, and nothing is removed. The deciding thread does it, as it takes imports in: nothing is decided
/// meanwhile, on a try neither, and a large import takes seconds. What was taken back once is not taken back again.
#[utoipa::path(
    post, path = "/v1/imports/{number}/undo", operation_id = "undo_import", tag = "burn",
    params(("number" = u32, Path, description = "the import's number"), How),
    responses(
        (status = 200, body = ImportUndo), (status = 400, body = Problem), (status = 401, body = Problem),
        (status = 403, body = Problem), (status = 404, body = Problem),
        (status = 409, description = "it was taken back before", body = Problem), (status = 503, body = Problem)
    ),
    security(("key" = []), ("cookie" = []))
)]
pub async fn take_back(
    who: Authorized<RunFaregate>,
    State(server): State<Server>,
    Segment(number): Segment,
    Params(How { dry_run }): Params<How>,
) -> Result<Json<ImportUndo>, Problem> {
    let batch = batch(&number)?;
    let features = Arc::clone(&server.features);
    let by = who.orderer().name().to_owned();
    let (reply, waiting) = oneshot::channel();
    server.gate.run(move |engine| {
        let done = engine.acting_as(&by, |engine| undo(engine, &features, batch, dry_run));
        drop(reply.send(done));
    });
    // A dropped reply means that the thread has stopped.
    let done = waiting.await.unwrap_or(Err(UndoError::Failed(Failure::Stopping)));
    done.map(|report| Json(ImportUndo::new(&report, dry_run))).map_err(refused)
}

fn refused(why: UndoError) -> Problem {
    let detail = why.to_string();
    let (status, code, help) = match why {
        UndoError::Failed(failure) => return failure.into(),
        UndoError::NoSuch { .. } => {
            (StatusCode::NOT_FOUND, "unknown-import", "`GET /v1/imports` tells the numbers")
        }
        UndoError::UndoneAlready { .. } => {
            (StatusCode::CONFLICT, "undone-already", "its files can be imported again")
        }
    };
    Problem::new(status, code, detail, help)
}
