//! Looks into the journal, beside the deciding thread where the binary says how: no decision waits for a page.

use crate::beside::Beside;
use crate::problem::Problem;
use crate::routes::answered;
use faregate_app::decisions::{Found, Look, latest, latest_of};
use faregate_app::engine::{Failure, SharedState};
use faregate_app::gate::Gate;
use faregate_app::looking::Looking;
use faregate_app::ports::Store;
use faregate_app::sight::Sight;
use faregate_core::state::State;
use std::sync::Arc;
use tokio::sync::oneshot;

/// Opens the store once more, only to read.
pub type Opener = Arc<dyn Fn() -> Result<Box<dyn Store>, Failure> + Send + Sync>;

/// Where the journal is read.
#[derive(Clone)]
pub(crate) struct Journal {
    gate: Gate,
    open: Option<Opener>,
    turns: Beside,
}

impl Journal {
    /// The journal of a gate, read between two of its commits.
    pub(crate) fn new(gate: Gate) -> Self {
        Self { gate, open: None, turns: Beside::saying("too many read the journal just now") }
    }

    /// The same, read in a store of its own.
    pub(crate) fn opened_by(self, open: Opener) -> Self {
        Self { open: Some(open), ..self }
    }

    /// The state as of the last commit.
    pub(crate) fn state(&self) -> &SharedState {
        self.gate.state()
    }

    /// The number of the last entry.
    pub(crate) fn end(&self) -> u64 {
        self.state().read().seq()
    }

    /// Looks at what is stored, when it is its turn.
    pub(crate) async fn look<T: Send + 'static>(
        &self,
        look: impl FnOnce(&mut Looking<'_>) -> Result<T, Failure> + Send + 'static,
    ) -> Result<T, Problem> {
        let Some(open) = self.open.clone() else {
            let (reply, waiting) = oneshot::channel();
            self.gate.run(move |engine| drop(reply.send(look(&mut engine.looking()))));
            return answered(waiting).await;
        };
        let state = self.gate.state().clone();
        let work =
            move || open().and_then(|mut store| look(&mut Looking::beside(&mut *store, state)));
        Ok(self.turns.run(work).await??)
    }

    /// The latest decisions that a caller sees.
    pub(crate) async fn decisions(
        &self,
        look: Look,
        sight: impl FnOnce(&State) -> Sight + Send + 'static,
    ) -> Result<Found, Problem> {
        let Some(open) = self.open.clone() else {
            let (reply, waiting) = oneshot::channel();
            self.gate.run(move |engine| drop(reply.send(latest_of(engine, &look, sight))));
            return answered(waiting).await;
        };
        let state = self.gate.state().clone();
        let work = move || open().and_then(|mut store| latest(&mut *store, &state, &look, sight));
        Ok(self.turns.run(work).await??)
    }
}
