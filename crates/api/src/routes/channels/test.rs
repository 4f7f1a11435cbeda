//! `/v1/channels/{name}/test`: sends something on a channel, to see that it arrives.

use crate::Server;
use crate::authority::{Authorized, RunFaregate};
use crate::extract::Segment;
use crate::problem::Problem;
use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What came of a test.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct Tested {
    /// Name of the channel.
    pub channel: String,
    /// Whether its receiver took the test.
    pub sent: bool,
    /// Why not.
    pub why: Option<String>,
    /// What to do about it.
    pub help: Option<String>,
}

/// Sends a test on a channel, now. A channel that was switched off is on again once one arrives.
#[utoipa::path(
    post, path = "/v1/channels/{name}/test", operation_id = "test_channel", tag = "notices",
    params(("name" = String, Path, description = "name of the channel")),
    responses(
        (status = 200, description = "it was tried", body = Tested), (status = 401, body = Problem),
        (status = 403, body = Problem), (status = 404, body = Problem), (status = 503, body = Problem)
    ),
    security(("key" = []), ("cookie" = []))
)]
pub async fn test(
    _: Authorized<RunFaregate>,
    State(server): State<Server>,
    Segment(name): Segment,
) -> Result<Json<Tested>, Problem> {
    let asked = name.clone();
    let tested = server.ask_channels(move |channels| channels.test(&asked)).await?;
    let tested = tested.ok_or_else(|| Problem::unknown("channel", &name))?;
    let sent = tested.is_ok();
    let (why, help) = tested.err().map(|untold| (untold.why, untold.help)).unzip();
    Ok(Json(Tested { channel: name, sent, why, help }))
}
