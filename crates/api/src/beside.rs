//! Slow work is done beside the workers that answer, a few at once: a password takes tens of milliseconds and
//! 19 MiB, an identity provider may take seconds, the journal is on a disk.

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
    /// What is said when too many wait.
    busy: &'static str,
}

impl Default for Beside {
    fn default() -> Self {
        Self::saying("too many people sign in just now")
    }
}

impl Beside {
    /// Turns, and what is said when too many wait for theirs.
    pub(crate) fn saying(busy: &'static str) -> Self {
        let turns = |count| Arc::new(Semaphore::new(count));
        Self { waiting: turns(WAITING_MAX), working: turns(WORKING_MAX), busy }
    }

    /// Does slow work when it is its turn.
    pub(crate) async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Problem> {
        let busy = || {
            let help = "try again after a moment";
            Problem::new(StatusCode::TOO_MANY_REQUESTS, "busy", self.busy, help)
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
