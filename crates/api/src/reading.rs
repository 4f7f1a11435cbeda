//! Reports that read the whole journal: one at a time, and off the deciding thread where the binary says how.
//!
//! Heartbeats never wait for a report, and two reports never follow each other without the gate deciding in
//! between. On the deciding thread (the default) opens and closes wait while a report reads; with
//! [`Server::reading`] they do not.

use crate::Server;
use crate::problem::Problem;
use crate::routes::answered;
use axum::http::StatusCode;
use faregate_app::engine::{Engine, Failure};
use std::sync::Arc;
use tokio::sync::{OwnedMutexGuard, OwnedSemaphorePermit, Semaphore, oneshot};

/// So many reports wait for their turn; whoever asks beyond is told to come back.
const WAITING_MAX: usize = 16;

/// Opens the contract once more, only to read.
pub type Reader = Arc<dyn Fn() -> Result<Engine, Failure> + Send + Sync>;

/// Whose turn it is to read.
#[derive(Clone)]
pub(crate) struct Turns {
    waiting: Arc<Semaphore>,
    turn: Arc<tokio::sync::Mutex<()>>,
}

impl Default for Turns {
    fn default() -> Self {
        Self { waiting: Arc::new(Semaphore::new(WAITING_MAX)), turn: Arc::default() }
    }
}

/// Held by whoever reads; it goes with the work, not with the caller, who may hang up.
pub(crate) type Turn = (OwnedSemaphorePermit, OwnedMutexGuard<()>);

impl Turns {
    async fn take(&self) -> Result<Turn, Problem> {
        let place = Arc::clone(&self.waiting).try_acquire_owned().map_err(|_| busy())?;
        Ok((place, Arc::clone(&self.turn).lock_owned().await))
    }
}

fn busy() -> Problem {
    let (detail, help) =
        ("too many reports wait for their turn", "ask again when the others are done");
    Problem::new(StatusCode::TOO_MANY_REQUESTS, "busy", detail, help)
}

impl Server {
    /// The same, with reports that read a contract opened by `reader` instead of the one that decides.
    #[must_use]
    pub fn reading(self, reader: Reader) -> Self {
        Self { reader: Some(reader), ..self }
    }

    /// Reads, when it is this report's turn.
    pub(crate) async fn report<T: Send + 'static>(
        &self,
        read: impl FnOnce(&mut Engine) -> Result<T, Failure> + Send + 'static,
    ) -> Result<T, Problem> {
        let turn = self.turns.take().await?;
        let (reply, waiting) = oneshot::channel();
        match self.reader.clone() {
            Some(open) => {
                let work = move || {
                    let found = open().and_then(|mut engine| read(&mut engine));
                    drop(turn);
                    drop(reply.send(found));
                };
                drop(tokio::task::spawn_blocking(work));
            }
            None => self.gate.run(move |engine| {
                let found = read(engine);
                drop(turn);
                drop(reply.send(found));
            }),
        }
        answered(waiting).await
    }

    /// Reckons with the processor alone, when it is this report's turn.
    pub(crate) async fn reckon<T: Send + 'static>(
        &self,
        reckon: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Problem> {
        let turn = self.turns.take().await?;
        let (reply, waiting) = oneshot::channel();
        let work = move || {
            let found = reckon();
            drop(turn);
            drop(reply.send(Ok(found)));
        };
        drop(tokio::task::spawn_blocking(work));
        answered(waiting).await
    }
}
