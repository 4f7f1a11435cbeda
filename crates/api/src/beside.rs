//! Slow work is done beside the workers that answer, a few at once: a password takes tens of milliseconds and
//! 19 MiB, an identity provider may take seconds.

use crate::problem::Problem;
use axum::http::StatusCode;
use std::sync::Arc;
use tokio::sync::Semaphore;

/// So many are at work at once.
const WORKING_MAX: usize = 2;
/// So many may wait for their turn, those at work included.
const WAITING_MAX: usize = 32;

/// Turns of those who want something done that is slow.
#[derive(Clone)]
pub(crate) struct Beside {
    waiting: Arc<Semaphore>,
    working: Arc<Semaphore>,
}

impl Default for Beside {
    fn default() -> Self {
        let turns = |count| Arc::new(Semaphore::new(count));
        Self { waiting: turns(WAITING_MAX), working: turns(WORKING_MAX) }
    }
}

impl Beside {
    /// Does slow work when it is its turn.
    pub(crate) async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Problem> {
        let busy = || {
            let (detail, help) = ("too many people sign in just now", "try again after a moment");
            Problem::new(StatusCode::TOO_MANY_REQUESTS, "busy", detail, help)
        };
        let place = Arc::clone(&self.waiting).try_acquire_owned().map_err(|_| busy())?;
        let turn = Arc::clone(&self.working).acquire_owned().await.map_err(|_| busy())?;
        // The turn goes with the work, not with the caller, who may hang up.
        let worked = tokio::task::spawn_blocking(move || {
            let done = work();
            drop((place, turn));
            done
        });
        worked.await.map_err(|_| {
            let help = "look at the server's log";
            Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "failed", "the work broke off", help)
        })
    }
}
