//! Local accounts: people who sign in with a name and a password.
//!
//! What an account may do is its role's, what is whose is the estate's: the sign-in name is one of the person's
//! names. A wrong name and a wrong password look the same and take as long. Hashing is slow by intent: never
//! call what says so from where others wait.

mod memory;
pub mod password;
mod throttle;

pub use memory::MemoryAccounts;

use crate::access::{Access, Role, SecretHash};
use crate::ports::StoreError;
use faregate_core::estate::Estate;
use faregate_core::when::Instant;
use password::Weak;
use std::net::IpAddr;
use std::sync::{Mutex, MutexGuard, PoisonError};
use throttle::Throttle;

/// The longest name, and the longest other text, in bytes.
const TEXT_MAX: usize = 128;

/// Somebody who may sign in with a password.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// The sign-in name, in lower case: one of the person's names, where they are one of the estate.
    pub name: String,
    /// The name to show.
    pub display: String,
    /// Where mail reaches them.
    pub email: Option<String>,
    /// What they may do.
    pub role: Role,
    /// The hash of their password, in PHC's form; without one nobody signs in with it.
    pub password: Option<String>,
    /// Whether it lets nobody in for now.
    pub disabled: bool,
    /// Whether they have to choose another password when they sign in.
    pub must_change: bool,
}

/// Keeps accounts across restarts.
pub trait AccountStore: Send + Sync {
    /// All of them, by name.
    ///
    /// # Errors
    /// [`StoreError`].
    fn accounts(&self) -> Result<Vec<Account>, StoreError>;
    /// The one with this name.
    ///
    /// # Errors
    /// [`StoreError`].
    fn account(&self, name: &str) -> Result<Option<Account>, StoreError>;
    /// Keeps one, instead of the one with its name.
    ///
    /// # Errors
    /// [`StoreError`]; nothing has changed.
    fn keep_account(&self, account: &Account) -> Result<(), StoreError>;
}

/// What is to be different about an account; `None`: as it is.
#[derive(Clone, Default)]
pub struct Change {
    /// The name to show.
    pub display: Option<String>,
    /// Where mail reaches them; empty: nowhere.
    pub email: Option<String>,
    /// What they may do.
    pub role: Option<Role>,
    /// Another password.
    pub password: Option<String>,
    /// Whether it lets nobody in.
    pub disabled: Option<bool>,
    /// Whether they have to choose another password; with a new password they do, unless this says otherwise.
    pub must_change: Option<bool>,
}

/// Why somebody is not let in, or an account not made or changed. Nothing has happened.
#[derive(Debug, thiserror::Error)]
pub enum Refused {
    /// The name or the password is wrong, or the account lets nobody in: nobody learns which.
    #[error("the name or the password is wrong")]
    Wrong,
    /// Too many tries have failed.
    #[error("too many tries have failed")]
    Wait {
        /// For how many seconds nothing is tried.
        seconds: i64,
    },
    /// The password is right and has to be replaced.
    #[error("another password has to be chosen")]
    MustChange,
    /// The new password may not be used.
    #[error("{0}")]
    Weak(Weak),
    /// There is an account of this name.
    #[error("there is an account `{0}` already")]
    Taken(String),
    /// There is none.
    #[error("there is no account `{0}`")]
    Unknown(String),
    /// It is no name of an account.
    #[error("`{0}` is no name to sign in with")]
    BadName(String),
    /// A text is too long, or has control characters.
    #[error("`{0}` is too long, or is no text")]
    BadText(String),
    /// The role is a machine's.
    #[error("a {} is a machine, and machines have keys", .0.key())]
    Machine(Role),
    /// Nobody else could manage access.
    #[error("`{0}` is the last administrator who can sign in")]
    LastAdministrator(String),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Who got in.
#[derive(Debug)]
pub struct SignedIn {
    /// The sign-in's secret.
    pub secret: String,
    /// The account.
    pub account: Account,
}

/// The accounts, and how often each was tried.
pub struct Accounts {
    store: Box<dyn AccountStore>,
    throttle: Mutex<Throttle>,
    /// Held from looking to keeping, so that two changes at once do not both leave the other as the last.
    changing: Mutex<()>,
}

impl Accounts {
    /// The accounts of a store.
    #[must_use]
    pub fn new(store: Box<dyn AccountStore>) -> Self {
        Self { store, throttle: Mutex::default(), changing: Mutex::default() }
    }

    /// All of them, by name.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn all(&self) -> Result<Vec<Account>, StoreError> {
        self.store.accounts()
    }

    /// The one with this name, however it is written.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn find(&self, name: &str) -> Result<Option<Account>, StoreError> {
        self.store.account(&folded(name))
    }

    /// Lets a try at a password through and counts it: before anything is hashed.
    ///
    /// # Errors
    /// [`Refused::Wait`]; [`Refused::Wrong`] when nobody can have such a name.
    pub fn admit(&self, name: &str, address: Option<IpAddr>, now: Instant) -> Result<(), Refused> {
        if name.len() > TEXT_MAX {
            return Err(Refused::Wrong);
        }
        let admitted = self.throttle().admit(&folded(name), address, now);
        admitted.map_err(|seconds| Refused::Wait { seconds })
    }

    /// Takes back a try that [`Self::admit`] let through, and that was never made.
    pub fn not_tried(&self, name: &str, address: Option<IpAddr>) {
        self.throttle().take_back(&folded(name), address);
    }

    /// The account of somebody, under any of their names; of several a disabled one, which keeps them out.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn of(
        &self,
        name: &str,
        estate: &Estate,
        now: Instant,
    ) -> Result<Option<Account>, StoreError> {
        let folded = folded(name);
        let person = estate.person_known_as(name, now);
        let is_theirs = |account: &Account| {
            account.name == folded
                || person.is_some() && estate.person_known_as(&account.name, now) == person
        };
        let theirs = self.store.accounts()?.into_iter().filter(is_theirs);
        Ok(theirs.max_by_key(|account| (account.disabled, account.name == folded)))
    }

    /// Signs somebody in, once [`Self::admit`] let them try. Slow.
    ///
    /// # Errors
    /// [`Refused`].
    pub fn sign_in(
        &self,
        access: &Access,
        (name, address): (&str, Option<IpAddr>),
        (given, new): (&str, Option<&str>),
        now: Instant,
    ) -> Result<SignedIn, Refused> {
        let proved = self.proved(name, address, given)?;
        let _changing = self.changing();
        let mut account = self.as_proved(&proved)?;
        if let Some(new) = new {
            account = self.choose(access, account, (given, new), None)?;
        } else if account.must_change {
            return Err(Refused::MustChange);
        }
        let secret = access.sign_in(&account.name, account.role, now)?;
        Ok(SignedIn { secret, account })
    }

    /// Replaces one's own password, once [`Self::admit`] let them try, and ends all other sign-ins of theirs but
    /// the one with this hash. Slow.
    ///
    /// # Errors
    /// [`Refused`].
    pub fn change_password(
        &self,
        access: &Access,
        (name, address): (&str, Option<IpAddr>),
        (given, new): (&str, &str),
        here: &SecretHash,
    ) -> Result<Account, Refused> {
        let proved = self.proved(name, address, given)?;
        let _changing = self.changing();
        let account = self.as_proved(&proved)?;
        self.choose(access, account, (given, new), Some(here))
    }

    /// Adds an account. Slow where it has a password.
    ///
    /// # Errors
    /// [`Refused`].
    pub fn add(
        &self,
        access: &Access,
        name: &str,
        role: Role,
        change: Change,
    ) -> Result<Account, Refused> {
        let name = folded(name);
        is_name(&name)?;
        let _changing = self.changing();
        if self.store.account(&name)?.is_some() {
            return Err(Refused::Taken(name));
        }
        let account = Account {
            display: name.clone(),
            name,
            email: None,
            role,
            password: None,
            disabled: false,
            must_change: false,
        };
        let account = changed(account, Change { role: Some(role), ..change }, access)?;
        self.store.keep_account(&account)?;
        Ok(account)
    }

    /// Changes an account. Whoever is signed in with it is signed out, unless only a name or an address changed; of one
    /// that is disabled, keys and links of its name are revoked. Slow where a password is set.
    ///
    /// # Errors
    /// [`Refused`].
    pub fn change(&self, access: &Access, name: &str, change: Change) -> Result<Account, Refused> {
        let _changing = self.changing();
        let before = self.find(name)?.ok_or_else(|| Refused::Unknown(folded(name)))?;
        let after = changed(before.clone(), change, access)?;
        if manages(&before) && !manages(&after) && !self.is_another_managing(&before.name)? {
            return Err(Refused::LastAdministrator(before.name));
        }
        self.store.keep_account(&after)?;
        let is_other = (after.role, &after.password, after.disabled)
            != (before.role, &before.password, before.disabled);
        if is_other {
            access.end_sign_ins(&after.name, None)?;
        }
        if after.disabled {
            access.revoke_keys(|name| folded(name) == after.name)?;
        }
        Ok(after)
    }

    /// The account whose password this is; the try turns out well.
    fn proved(&self, name: &str, address: Option<IpAddr>, given: &str) -> Result<Account, Refused> {
        let account = self.find(name)?.filter(|account| !account.disabled);
        let hash = account.as_ref().and_then(|account| account.password.as_deref());
        let is_right = password::is(given, hash);
        let account = account.filter(|_| is_right).ok_or(Refused::Wrong)?;
        self.throttle().forgive(&account.name, address);
        Ok(account)
    }

    /// The account as it is now, if what was proved of it still holds: proving is slow, and meanwhile an
    /// administrator may have disabled it or set another password. Only while [`Self::changing`] is held.
    fn as_proved(&self, proved: &Account) -> Result<Account, Refused> {
        let now = self.store.account(&proved.name)?.filter(|account| !account.disabled);
        now.filter(|account| account.password == proved.password).ok_or(Refused::Wrong)
    }

    /// Replaces a password that its owner has proved; whoever signed in with the old one is signed out.
    fn choose(
        &self,
        access: &Access,
        account: Account,
        (old, new): (&str, &str),
        but: Option<&SecretHash>,
    ) -> Result<Account, Refused> {
        if old == new {
            return Err(Refused::Weak(Weak::Same));
        }
        let password = Some(new.to_owned());
        let change = Change { password, must_change: Some(false), ..Change::default() };
        let account = changed(account, change, access)?;
        self.store.keep_account(&account)?;
        access.end_sign_ins(&account.name, but)?;
        Ok(account)
    }

    fn is_another_managing(&self, name: &str) -> Result<bool, StoreError> {
        let all = self.store.accounts()?;
        Ok(all.iter().any(|account| account.name != name && manages(account)))
    }

    fn throttle(&self) -> MutexGuard<'_, Throttle> {
        self.throttle.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn changing(&self) -> MutexGuard<'_, ()> {
        self.changing.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether an account can manage access.
fn manages(account: &Account) -> bool {
    account.role == Role::Administrator && !account.disabled && account.password.is_some()
}

fn changed(account: Account, change: Change, access: &Access) -> Result<Account, Refused> {
    let Change { display, email, role, password, disabled, must_change } = change;
    let mut account = account;
    for text in [&display, &email].into_iter().flatten() {
        if text.len() > TEXT_MAX || text.contains(char::is_control) {
            return Err(Refused::BadText(text.chars().take(TEXT_MAX).collect()));
        }
    }
    if let Some(role) = role {
        account.role = (!role.is_machine()).then_some(role).ok_or(Refused::Machine(role))?;
    }
    if let Some(password) = password {
        password::check(&account.name, &password).map_err(Refused::Weak)?;
        let hash = password::hashed(&password, &access.chance());
        let failed = || StoreError::Other("no password can be hashed here".to_owned());
        account.password = Some(hash.ok_or_else(failed)?);
        account.must_change = true;
    }
    account.display = display.filter(|name| !name.trim().is_empty()).unwrap_or(account.display);
    account.email = email.map_or(account.email, |email| Some(email).filter(|to| !to.is_empty()));
    account.disabled = disabled.unwrap_or(account.disabled);
    account.must_change = must_change.unwrap_or(account.must_change);
    Ok(account)
}

/// Names are the same in either case, and with blanks around them.
fn folded(name: &str) -> String {
    name.trim().to_lowercase()
}

fn is_name(name: &str) -> Result<(), Refused> {
    let is_letter = |letter: char| letter.is_alphanumeric() || "._-@+\\".contains(letter);
    let is_right = !name.is_empty() && name.len() <= TEXT_MAX && name.chars().all(is_letter);
    if is_right { Ok(()) } else { Err(Refused::BadName(name.chars().take(TEXT_MAX).collect())) }
}
