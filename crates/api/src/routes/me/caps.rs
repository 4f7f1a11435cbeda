//! `/v1/me/caps`: how much one may use, and how much one did.

use crate::Server;
use crate::authority::{Authorized, ReadOwn};
use crate::problem::Problem;
use crate::routes::caps::{Caps, about};
use axum::Json;
use axum::extract::State;

/// The caps that count for the caller, and what they count now.
#[utoipa::path(
    get, path = "/v1/me/caps", operation_id = "own_caps", tag = "rules",
    responses((status = 200, body = Caps), (status = 401, body = Problem), (status = 403, body = Problem)),
    security(("key" = []), ("cookie" = []))
)]
pub async fn own(who: Authorized<ReadOwn>, State(server): State<Server>) -> Json<Caps> {
    let (state, now) = (server.gate.state().read(), server.gate.now());
    let person = state.estate().person_known_as(who.name(), now);
    let mut rows = about(&state, person, now);
    rows.retain(|cap| cap.counted.is_some());
    Json(Caps { rows })
}
