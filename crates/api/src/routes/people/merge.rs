//! `/v1/people/merge`: two identities of one person, shown first and made one.

use crate::Server;
use crate::authority::{Authorized, RunFaregate};
use crate::extract::{Params, Sent};
use crate::problem::Problem;
use crate::routes::orders::{Trying, key_unless_tried};
use crate::wire::merge::{MergeBody, MergeDone};
use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use faregate_app::engine::Failure;
use faregate_app::orders::{NotDone, Once, carry_out, carry_out_once};
use tokio::sync::oneshot;

/// Makes an identity another person's, or takes that back: with `dry_run` it only says what would change.
///
/// All that was used under the identity is the person's then, and what both are charged is reckoned anew. The same
/// `Idempotency-Key` is carried out once, for ever.
#[utoipa::path(
    post, path = "/v1/people/merge", operation_id = "merge_people", tag = "estate", request_body = MergeBody,
    params(Trying, ("Idempotency-Key" = Option<String>, Header, description = "names the order for ever; needed unless it is only tried", min_length = 1, max_length = 128)),
    responses(
        (status = 200, description = "carried out, or tried", body = MergeDone), (status = 400, body = Problem),
        (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, description = "nobody has that name", body = Problem),
        (status = 409, description = "something speaks against it just now", body = Problem), (status = 413, body = Problem),
        (status = 415, body = Problem), (status = 422, description = "it makes no sense, or the key names another order", body = Problem),
        (status = 503, body = Problem)
    ),
    security(("key" = []), ("cookie" = []))
)]
pub async fn merge(
    who: Authorized<RunFaregate>,
    State(server): State<Server>,
    Params(trying): Params<Trying>,
    headers: HeaderMap,
    Sent(body): Sent<MergeBody>,
) -> Result<Json<MergeDone>, Problem> {
    let key = key_unless_tried(&trying, &headers)?;
    let (dry_run, orderer) = (key.is_none(), who.orderer());
    let digested = serde_json::to_vec(&("merge", &body)).unwrap_or_default();
    let once = key.map(|key| Once::new(&orderer, &key, &digested));
    let order = body.into_order()?;
    let (reply, waiting) = oneshot::channel();
    server.gate.run(move |engine| {
        drop(reply.send(match once {
            Some(once) => carry_out_once(engine, &orderer, &order, once),
            None => carry_out(engine, &orderer, &order, true),
        }));
    });
    // A dropped reply means that the thread has stopped.
    let done = waiting.await.unwrap_or(Err(NotDone::Failed(Failure::Stopping)))?;
    Ok(Json(MergeDone::new(done, dry_run)))
}
