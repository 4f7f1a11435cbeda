//! `/metrics`: what operators watch, for Prometheus. It needs a key that may read burn, sent as a bearer token.

use crate::Server;
use crate::authority::{Authorized, ReadBurn};
use crate::metrics::exposition::CONTENT_TYPE;
use axum::extract::State;
use axum::http::header;
use axum::response::IntoResponse;

/// All metrics, as of now.
pub async fn metrics(_: Authorized<ReadBurn>, State(server): State<Server>) -> impl IntoResponse {
    ([(header::CONTENT_TYPE, CONTENT_TYPE)], server.metrics().await)
}
