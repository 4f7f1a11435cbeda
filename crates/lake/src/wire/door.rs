//! Who may come in, what they see, and what is noted of them.

use crate::rights::Rights;
use faregate_app::access::{Access, Credential, Kind, Role, SecretHash};
use faregate_app::gate::Gate;
use faregate_app::sight::Sight;
use faregate_core::when::{Instant, Zone};
use std::sync::Arc;

/// Takes a line of the log: who signed in, and what they asked.
pub type Audit = Arc<dyn Fn(&str) + Send + Sync>;

/// The server's keys and its state, and the log.
pub struct Door {
    access: Arc<Access>,
    gate: Gate,
    audit: Audit,
}

impl Door {
    /// A door by the keys of `access`, with what is true at `gate`.
    #[must_use]
    pub fn new(access: Arc<Access>, gate: Gate, audit: Audit) -> Self {
        Self { access, gate, audit }
    }

    /// Whoever bears this name and this key; machines read nothing here, nor do those who may not read of people.
    pub(super) fn enter(&self, name: &str, key: &str) -> Option<Credential> {
        let known = self.access.check(Kind::Key, key, self.gate.now())?;
        let closed = [Role::Workstation, Role::Collector, Role::Procurement];
        let reads = !closed.contains(&known.role);
        (known.name == name && reads).then_some(known)
    }

    /// What the bearer of a key sees now; nothing once it was revoked or has expired.
    pub(super) fn rights(&self, key: &SecretHash) -> Option<Rights> {
        let now = self.gate.now();
        let known = self.access.find(key, now)?;
        let state = self.gate.state().read();
        Some(Rights::of(Sight::of(known.role, &known.name, &state, now), &state))
    }

    /// Whether a key still opens.
    pub(super) fn is_open_to(&self, key: &SecretHash) -> bool {
        self.access.find(key, self.gate.now()).is_some()
    }

    pub(super) fn now(&self) -> Instant {
        self.gate.now()
    }

    /// The contract's zone.
    pub(super) fn zone(&self) -> Zone {
        self.gate.state().read().zone().clone()
    }

    /// Notes a line; names and statements come from outside, and never begin another.
    pub(super) fn note(&self, line: &str) {
        let plain = |letter: char| if letter.is_control() { ' ' } else { letter };
        (self.audit)(&line.chars().map(plain).collect::<String>());
    }
}
