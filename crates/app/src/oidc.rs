//! Signing in by an identity provider: what is asked of it, and what is made of its answer.
//!
//! The provider says who somebody is and in which groups; here is decided whether they come in, and as what.

use crate::access::{Access, Role};
use crate::accounts::Account;
use faregate_core::when::Instant;
use std::collections::BTreeMap;

/// What binds an answer to the browser that asked: each is made anew for each sign-in.
#[derive(Clone, PartialEq, Eq)]
pub struct Ask {
    /// Comes back beside the code: the answer is to this browser's question.
    pub state: String,
    /// Comes back within the token: the token was made for this sign-in.
    pub nonce: String,
    /// Proves to the provider that whoever brings the code is who asked for it (PKCE).
    pub verifier: String,
}

impl Ask {
    /// A fresh one.
    #[must_use]
    pub fn fresh(access: &Access) -> Self {
        let digits = || access.chance().iter().map(|byte| format!("{byte:02x}")).collect();
        Self { state: digits(), nonce: digits(), verifier: digits() }
    }
}

/// Whom a provider has proved somebody to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claimed {
    /// The name that the settings ask for.
    pub name: String,
    /// The groups that they are in.
    pub groups: Vec<String>,
}

/// Why a provider proves nothing.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unproved {
    /// It cannot be reached, or does not answer as providers do.
    #[error("the identity provider cannot be asked: {0}")]
    Away(String),
    /// It does not take the code, or says no.
    #[error("the identity provider refused: {0}")]
    Refused(String),
    /// What it sent is not to be believed.
    #[error("the identity provider's token is not believed: {0}")]
    NotBelieved(String),
}

/// Somebody who proves who people are. Both calls are slow.
pub trait IdentityProvider: Send + Sync {
    /// What people call it.
    fn label(&self) -> &str;

    /// Who comes in, of those that it proves.
    fn admission(&self) -> &Admission;

    /// Where a browser is sent to sign in.
    ///
    /// # Errors
    /// [`Unproved::Away`].
    fn address(&self, ask: &Ask, now: Instant) -> Result<String, Unproved>;

    /// Who it is that came back with a code.
    ///
    /// # Errors
    /// [`Unproved`].
    fn prove(&self, code: &str, ask: &Ask, now: Instant) -> Result<Claimed, Unproved>;
}

/// Who comes in, and as what.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Admission {
    /// Which groups give which roles; of several the greatest holds.
    pub roles: BTreeMap<String, Role>,
    /// The role of whoever has none by a group or an account.
    pub default_role: Option<Role>,
    /// Whether people come in whom no group of these, no account and no estate knows.
    pub unknown_people: bool,
}

/// Why somebody who proved who they are does not come in.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotAdmitted {
    /// Their account is disabled.
    #[error("the account `{0}` is disabled")]
    Disabled(String),
    /// Nobody knows them here.
    #[error("nobody here is called `{0}`")]
    Unknown(String),
    /// Nothing says what they may do.
    #[error("nothing gives `{0}` a role")]
    NoRole(String),
}

impl Admission {
    /// The role of somebody, with their account if they have one, and whether the estate knows them.
    ///
    /// # Errors
    /// [`NotAdmitted`].
    pub fn role(
        &self,
        claimed: &Claimed,
        account: Option<&Account>,
        is_person: bool,
    ) -> Result<Role, NotAdmitted> {
        let name = || claimed.name.clone();
        if account.is_some_and(|account| account.disabled) {
            return Err(NotAdmitted::Disabled(name()));
        }
        let of_groups = claimed.groups.iter().filter_map(|group| self.roles.get(group)).max();
        let given = of_groups.copied().or(account.map(|account| account.role));
        if given.is_none() && !is_person && !self.unknown_people {
            return Err(NotAdmitted::Unknown(name()));
        }
        given.or(self.default_role).ok_or_else(|| NotAdmitted::NoRole(name()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn account(role: Role, disabled: bool) -> Account {
        Account {
            name: "ana".to_owned(),
            display: "Ana".to_owned(),
            email: None,
            role,
            password: None,
            disabled,
            must_change: false,
        }
    }

    #[test]
    fn groups_come_before_accounts_and_accounts_before_the_default() {
        use NotAdmitted::{Disabled, NoRole, Unknown};
        let roles = [("buyers", Role::Procurement), ("it", Role::Administrator)];
        let roles = roles.map(|(group, role)| (group.to_owned(), role));
        let open = Admission {
            roles: roles.into(),
            default_role: Some(Role::Member),
            unknown_people: true,
        };
        let known = Admission { unknown_people: false, ..open.clone() };
        let strict = Admission { default_role: None, ..open.clone() };
        let (viewer, off) = (account(Role::Viewer, false), account(Role::Administrator, true));
        let ana = || "ana".to_owned();
        type Row<'a> =
            (&'a Admission, &'a [&'a str], Option<&'a Account>, bool, Result<Role, NotAdmitted>);
        let table: [Row<'_>; 11] = [
            (&open, &[], None, false, Ok(Role::Member)),
            (&open, &["buyers"], None, false, Ok(Role::Procurement)),
            (&open, &["x", "it", "buyers"], None, false, Ok(Role::Administrator)),
            (&open, &["buyers"], Some(&viewer), false, Ok(Role::Procurement)),
            (&open, &[], Some(&viewer), false, Ok(Role::Viewer)),
            (&open, &["it"], Some(&off), true, Err(Disabled(ana()))),
            (&known, &["x"], None, false, Err(Unknown(ana()))),
            (&known, &[], None, true, Ok(Role::Member)),
            (&known, &["it"], None, false, Ok(Role::Administrator)),
            (&known, &[], Some(&viewer), false, Ok(Role::Viewer)),
            (&strict, &["IT"], None, true, Err(NoRole(ana()))),
        ];
        for (admission, groups, account, is_person, expected) in table {
            let groups = groups.iter().map(ToString::to_string).collect();
            let claimed = Claimed { name: "ana".to_owned(), groups };
            let found = admission.role(&claimed, account, is_person);
            assert_eq!(found, expected, "{claimed:?} {account:?} {is_person}");
        }
    }
}
