//! The policies of a contract, ready to be asked: read anew whenever the journal says that rules changed.

use faregate_core::access::{Open, Policies, Policy};
use faregate_core::state::State;
use std::sync::Arc;

/// Policies, ready to be asked.
#[derive(Clone)]
pub struct Rules {
    /// Of how many changes of rules this is the outcome.
    changes: u32,
    enforced: Arc<dyn Policy>,
    on_trial: Option<Arc<dyn Policy>>,
}

impl Default for Rules {
    fn default() -> Self {
        Self { changes: 0, enforced: Arc::new(Open), on_trial: None }
    }
}

impl Rules {
    /// The policies that hold in a state.
    #[must_use]
    pub fn of(state: &State) -> Self {
        Self { changes: state.rules(), ..Self::default() }
    }

    /// Whether they still hold.
    #[must_use]
    pub fn hold_in(&self, state: &State) -> bool {
        self.changes == state.rules()
    }

    /// What the gate asks.
    #[must_use]
    pub fn policies(&self) -> Policies<'_> {
        Policies { enforced: &*self.enforced, on_trial: self.on_trial.as_deref() }
    }
}
