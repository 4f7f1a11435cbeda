//! `/v1/findings/{id}/judgement`: whether a finding is one.

use crate::Server;
use crate::authority::{Authorized, GiveOrders, RunFaregate};
use crate::extract::{Params, Segment, Sent};
use crate::problem::Problem;
use crate::routes::orders::{Trying, given, key_unless_tried};
use crate::wire::order::{OrderBody, OrderDone};
use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What somebody says of a finding.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct JudgementBody {
    /// Its class, as listed.
    class: String,
    /// What it is about, as listed.
    subject: String,
    /// Whether it is one; what is not is not listed again, and raises the threshold of its class and subject.
    confirmed: bool,
    /// Why.
    why: String,
}

/// Confirms or dismisses a finding: the order `judge-finding`.
#[utoipa::path(
    post, path = "/v1/findings/{id}/judgement", operation_id = "judge_finding", tag = "orders", request_body = JudgementBody,
    params(("id" = String, Path, description = "id of the finding", pattern = "^[0-9a-f]{16}$"), Trying, ("Idempotency-Key" = Option<String>, Header, description = "names the order for ever; needed unless it is only tried", min_length = 1, max_length = 128)),
    responses(
        (status = 200, description = "carried out, or tried", body = OrderDone), (status = 400, body = Problem),
        (status = 401, body = Problem), (status = 403, body = Problem), (status = 413, body = Problem),
        (status = 415, body = Problem), (status = 422, description = "it makes no sense, or the key names another order", body = Problem),
        (status = 503, body = Problem)
    ),
    security(("key" = []), ("cookie" = []))
)]
pub async fn judge(
    _: Authorized<RunFaregate>,
    who: Authorized<GiveOrders>,
    State(server): State<Server>,
    Params(trying): Params<Trying>,
    Segment(finding): Segment,
    headers: HeaderMap,
    Sent(body): Sent<JudgementBody>,
) -> Result<Json<OrderDone>, Problem> {
    let key = key_unless_tried(&trying, &headers)?;
    let JudgementBody { class, subject, confirmed, why } = body;
    let order = OrderBody::JudgeFinding { finding, class, subject, confirmed, why };
    given(&server, &who, key, order).await.map(Json)
}
