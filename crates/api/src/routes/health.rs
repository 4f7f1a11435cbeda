//! `/healthz`: whether the gate decides.

use crate::Server;
use crate::problem::Problem;
use crate::routes::answered;
use axum::extract::State;
use axum::http::StatusCode;
use std::time::Duration;
use tokio::sync::oneshot;

/// How long the gate may take to look up.
const PATIENCE: Duration = Duration::from_secs(5);

/// `ok` when the deciding thread answers and could write; a problem of 503 when it does not.
pub async fn health(State(server): State<Server>) -> Result<&'static str, Problem> {
    decides(&server).await.map(|()| "ok\n")
}

/// Whether the deciding thread answers and could write.
pub(crate) async fn decides(server: &Server) -> Result<(), Problem> {
    let (reply, waiting) = oneshot::channel();
    server.gate.run(|engine| drop(reply.send(engine.now())));
    match tokio::time::timeout(PATIENCE, answered(waiting)).await {
        Ok(answer) => answer.map(|_| ()),
        Err(_) => Err(silent()),
    }
}

fn silent() -> Problem {
    let detail = format!("the gate did not answer within {} seconds", PATIENCE.as_secs());
    let help = "it may be taking in a large file; look again before you restart it";
    Problem::new(StatusCode::SERVICE_UNAVAILABLE, "not-deciding", detail, help)
}
