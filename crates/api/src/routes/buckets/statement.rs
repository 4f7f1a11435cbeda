//! `/v1/buckets/{key}/statement`: what one bucket had, what came and went, and what is left.

use crate::Server;
use crate::authority::{Authorized, ReadOwn};
use crate::extract::{Params, Segment};
use crate::problem::Problem;
use crate::routes::statement::{Period, StatementOf, drawn, shown};
use axum::Json;
use axum::extract::State;
use faregate_core::statement::Scope;

/// The statement of a bucket that the caller sees. It reads the journal from its beginning, for every page.
#[utoipa::path(
    get, path = "/v1/buckets/{key}/statement", operation_id = "bucket_statement", tag = "burn",
    params(("key" = String, Path, description = "key of the bucket"), Period),
    responses(
        (status = 200, body = StatementOf), (status = 400, body = Problem), (status = 401, body = Problem),
        (status = 403, body = Problem), (status = 404, body = Problem),
        (status = 429, description = "too many reports wait", body = Problem), (status = 503, body = Problem)
    ),
    security(("key" = []), ("cookie" = []))
)]
pub async fn of_bucket(
    who: Authorized<ReadOwn>,
    State(server): State<Server>,
    Segment(key): Segment,
    Params(period): Params<Period>,
) -> Result<Json<StatementOf>, Problem> {
    let dates = period.dates(&server)?;
    let bucket = {
        let (state, now) = (server.gate.state().read(), server.gate.now());
        let sight = who.sight(&state, now);
        let known = state.estate().bucket_called(&key).filter(|id| sight.bucket(&state, *id));
        known.ok_or_else(|| Problem::unknown("bucket", &key))?
    };
    let found = drawn(&server, Scope::Bucket(bucket), dates).await?;
    let (state, now) = (server.gate.state().read(), server.gate.now());
    shown(&state, who.sight(&state, now), &period, dates, &found).map(Json)
}
