//! Looking into what is stored and decided: with the engine that decides, or beside it in a store of its own. What is
//! looked at so cannot be changed.

use crate::engine::{Engine, SharedState};
use crate::ports::Store;

/// A store to look into, and the state as of the last commit.
pub struct Looking<'s> {
    pub(crate) store: &'s mut dyn Store,
    pub(crate) state: SharedState,
}

impl<'s> Looking<'s> {
    /// In a store that was opened beside the gate, only to read.
    #[must_use]
    pub fn beside(store: &'s mut dyn Store, state: SharedState) -> Self {
        Self { store, state }
    }

    /// The state as of the last commit.
    #[must_use]
    pub fn state(&self) -> &SharedState {
        &self.state
    }
}

impl Engine {
    /// Its own store and state, to look into.
    pub fn looking(&mut self) -> Looking<'_> {
        let state = self.state();
        Looking { store: &mut *self.store, state }
    }
}
