//! Lines that imports did not take in: what the binary, which keeps the list of them, does for the routes.

use crate::Server;
use crate::beside::Beside;
use crate::problem::Problem;
use faregate_app::engine::Failure;
use faregate_app::ports::StoreError;
use serde::Serialize;
use std::sync::{Arc, Mutex, PoisonError};
use utoipa::ToSchema;

/// A line that was not taken in, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct RejectedLine {
    /// The file, or the part of it.
    pub file: String,
    /// The line's number, from 1.
    pub line: u64,
    /// Why, for machines.
    pub code: String,
    /// Why, in words.
    pub reason: String,
    /// Its beginning.
    pub text: String,
}

/// What keeps the list. Its calls may wait for the disk.
pub trait RejectedLines: Send + Sync {
    /// Calls `visit` with each line of the list, in the order in which they came.
    ///
    /// # Errors
    /// [`StoreError`]; `visit` may have been called then.
    fn each(&self, visit: &mut dyn FnMut(RejectedLine)) -> Result<(), StoreError>;

    /// Adds those of these lines that are not listed yet.
    ///
    /// # Errors
    /// [`StoreError`].
    fn add(&self, lines: &[RejectedLine]) -> Result<(), StoreError>;
}

/// A list in memory: it ends with the server.
#[derive(Debug, Default)]
pub struct MemoryRejected(Mutex<Vec<RejectedLine>>);

impl RejectedLines for MemoryRejected {
    fn each(&self, visit: &mut dyn FnMut(RejectedLine)) -> Result<(), StoreError> {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
        all.into_iter().for_each(visit);
        Ok(())
    }

    fn add(&self, lines: &[RejectedLine]) -> Result<(), StoreError> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for line in lines {
            if !all.contains(line) {
                all.push(line.clone());
            }
        }
        Ok(())
    }
}

/// The list, and turns of those who read it.
#[derive(Clone)]
pub(crate) struct List {
    lines: Arc<dyn RejectedLines>,
    turns: Beside,
}

impl Default for List {
    fn default() -> Self {
        Self::kept_by(Arc::new(MemoryRejected::default()))
    }
}

impl List {
    fn kept_by(lines: Arc<dyn RejectedLines>) -> Self {
        Self { lines, turns: Beside::saying("too many read the rejected lines just now") }
    }
}

impl Server {
    /// The same, with a list of rejected lines that somebody keeps beside it.
    #[must_use]
    pub fn with_rejected(self, lines: Arc<dyn RejectedLines>) -> Self {
        Self { rejected: List::kept_by(lines), ..self }
    }

    /// Asks what keeps the list, when it is the caller's turn.
    pub(crate) async fn ask_rejected<T: Send + 'static>(
        &self,
        ask: impl FnOnce(&dyn RejectedLines) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, Problem> {
        let lines = Arc::clone(&self.rejected.lines);
        let asked = self.rejected.turns.run(move || ask(&*lines)).await?;
        asked.map_err(|why| Failure::from(why).into())
    }
}
