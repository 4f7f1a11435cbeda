//! Who gives an order: the account that typed it, and the person who acts.

use crate::access::Role;
use crate::rights::{Right, RightSet, Rights};

/// Who gives an order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Orderer {
    account: String,
    identity: String,
    on_behalf_of: Option<String>,
    rights: RightSet,
}

impl Orderer {
    /// Whoever bears this name: that of their key or sign-in, or of the operating system's account.
    ///
    /// Administrators may give every order; whoever else it is, those of members.
    #[must_use]
    pub fn new(account: impl Into<String>, is_administrator: bool) -> Self {
        let role = if is_administrator { Role::Administrator } else { Role::Member };
        Self::with_rights(account, Rights::shipped().of(role))
    }

    /// The same, with the rights of their role.
    #[must_use]
    pub fn with_rights(account: impl Into<String>, rights: RightSet) -> Self {
        let account = account.into();
        Self { identity: account.clone(), account, on_behalf_of: None, rights }
    }

    /// What is the credential's own, where names may be given twice: their idempotency keys are kept apart by
    /// it. It is their name unless this is called.
    #[must_use]
    pub fn identified(self, identity: impl Into<String>) -> Self {
        Self { identity: identity.into(), ..self }
    }

    /// The person for whom they act, by any of their names: the person acts, and the record names both.
    #[must_use]
    pub fn on_behalf_of(self, person: Option<impl Into<String>>) -> Self {
        Self { on_behalf_of: person.map(Into::into), ..self }
    }

    /// The name of whoever acts: the person for whom the order is given, else the account's own.
    #[must_use]
    pub fn name(&self) -> &str {
        self.on_behalf_of.as_deref().unwrap_or(&self.account)
    }

    /// The person for whom they act, where they act for somebody.
    #[must_use]
    pub fn stands_for(&self) -> Option<&str> {
        self.on_behalf_of.as_deref()
    }

    /// Whether they may do what only those who run Faregate may.
    #[must_use]
    pub fn runs_faregate(&self) -> bool {
        self.may(Right::RunFaregate)
    }

    /// Whether they have a right.
    #[must_use]
    pub fn may(&self, right: Right) -> bool {
        self.rights.has(right)
    }

    /// What keeps their idempotency keys apart from everybody else's. Lengths go in, so that no two read the
    /// same.
    pub(super) fn namespace(&self) -> String {
        let (identity, name) = (&self.identity, self.name());
        format!("{}:{identity} {}:{name}", identity.len(), name.len())
    }

    /// For the record: the account, and for whom it acted.
    #[must_use]
    pub fn words(&self) -> String {
        match &self.on_behalf_of {
            Some(person) if *person != self.account => format!("{}, as {person}", self.account),
            _ => self.account.clone(),
        }
    }
}
