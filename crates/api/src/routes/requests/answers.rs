//! `/v1/requests/{id}/answers`: yes or no.

use super::id_of;
use crate::Server;
use crate::authority::{Authorized, GiveOrders};
use crate::extract::{Params, Segment, Sent};
use crate::problem::Problem;
use crate::routes::orders::{Trying, given, key_unless_tried};
use crate::wire::Tokens;
use crate::wire::order::{OrderBody, OrderDone};
use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use serde::Deserialize;
use utoipa::ToSchema;

/// Somebody who decides says yes or no.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Answering {
    /// Yes, to so many tokens; `null`: no.
    approve: Option<Tokens>,
    /// In their words.
    #[serde(default)]
    comment: String,
}

/// Answers a request: the order `answer`, for people. With the last yes that it needs the tokens move.
#[utoipa::path(
    post, path = "/v1/requests/{id}/answers", operation_id = "answer_request", tag = "orders", request_body = Answering,
    params(
        ("id" = String, Path, description = "id of the request", pattern = "^r?[0-9]{1,19}$"),
        Trying,
        ("Idempotency-Key" = Option<String>, Header, description = "names the order for ever; needed unless it is only tried", min_length = 1, max_length = 128)
    ),
    responses(
        (status = 200, body = OrderDone), (status = 400, body = Problem), (status = 401, body = Problem),
        (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem),
        (status = 413, body = Problem), (status = 415, body = Problem), (status = 422, body = Problem), (status = 503, body = Problem)
    ),
    security(("key" = []), ("cookie" = []))
)]
pub async fn answer(
    who: Authorized<GiveOrders>,
    State(server): State<Server>,
    Segment(request): Segment,
    Params(trying): Params<Trying>,
    headers: HeaderMap,
    Sent(Answering { approve, comment }): Sent<Answering>,
) -> Result<Json<OrderDone>, Problem> {
    let key = key_unless_tried(&trying, &headers)?;
    let request = id_of(&request)?.to_string();
    let body = OrderBody::Answer { request, approve, comment };
    given(&server, &who, key, body).await.map(Json)
}
