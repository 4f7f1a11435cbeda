//! Who may come in: API keys of programs, sign-ins of people, and the one-time links that begin them.
//!
//! A secret is shown once and kept only as its SHA-256: 256 random bits need no slow hash. What is stolen
//! from the store opens nothing.

use crate::ports::StoreError;
use faregate_core::when::{DAY, Instant};
use rustc_hash::{FxHashMap, FxHashSet};
use sha2::{Digest, Sha256};
use std::sync::{PoisonError, RwLock};

/// A sign-in lasts this long, in seconds.
pub const SIGN_IN_SECONDS: i64 = 12 * 3_600;
/// A link can be used for this long, in seconds.
pub const LINK_SECONDS: i64 = DAY;

/// The longest name of a key, in bytes.
const KEY_NAME_MAX: usize = 128;

/// Why no key is made.
#[derive(Debug, thiserror::Error)]
pub enum NoKey {
    /// Nobody could tell whose it is.
    #[error("a key's name has 1 to {KEY_NAME_MAX} bytes, and no control characters")]
    BadName,
    /// A member's key without a person would open nothing, and nobody would know why.
    #[error("a member's key bears the name of a person, and nobody has this one")]
    Nobody,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The SHA-256 of a secret.
pub type SecretHash = [u8; 32];

/// What a credential is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A program's key.
    Key,
    /// A link that can be used once, to sign in.
    Link,
    /// A browser that has signed in.
    SignIn,
    /// A code that enrols one workstation.
    Code,
    /// A code that enrols any number of workstations until it expires.
    SharedCode,
}

/// What its bearer is; what that lets them do, [`crate::rights`] says. A later one is greater.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// A machine: opens and closes sessions; reads nothing.
    Workstation,
    /// A machine: reports use; reads nothing.
    Collector,
    /// A person with a key of their own: their credential's name is one of their names. Sees what is theirs,
    /// asks for tokens, decides where they are the ones to decide.
    Member,
    /// Reads everything, and changes nothing: an auditor.
    Viewer,
    /// Reads what was spent and what to buy; takes in packs.
    Procurement,
    /// Reads everything; answers requests that wait for them, judges plans of moves.
    Approver,
    /// Everything but who comes in.
    LicenceManager,
    /// Everything.
    Administrator,
}

impl Role {
    /// All roles, in their order.
    pub const ALL: [Self; 8] = [
        Self::Workstation,
        Self::Collector,
        Self::Member,
        Self::Viewer,
        Self::Procurement,
        Self::Approver,
        Self::LicenceManager,
        Self::Administrator,
    ];

    /// The name on the wire.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Workstation => "workstation",
            Self::Collector => "collector",
            Self::Member => "member",
            Self::Viewer => "viewer",
            Self::Procurement => "procurement",
            Self::Approver => "approver",
            Self::LicenceManager => "licence-manager",
            Self::Administrator => "administrator",
        }
    }

    /// The role with this name; viewers are called auditors as well.
    #[must_use]
    pub fn from_key(key: &str) -> Option<Self> {
        let key = if key == "auditor" { "viewer" } else { key };
        Self::ALL.into_iter().find(|role| role.key() == key)
    }

    /// Whether it is a machine's, and no person's.
    #[must_use]
    pub const fn is_machine(self) -> bool {
        matches!(self, Self::Workstation | Self::Collector)
    }

    /// The name with its article, for sentences.
    #[must_use]
    pub fn with_article(self) -> String {
        let article = if matches!(self, Self::Approver | Self::Administrator) { "an" } else { "a" };
        format!("{article} {}", self.key())
    }
}

/// A credential, without its secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Credential {
    /// Hash of the secret.
    pub hash: SecretHash,
    /// What it is for.
    pub kind: Kind,
    /// Whose it is.
    pub name: String,
    /// What its bearer may do.
    pub role: Role,
    /// When it ends; `None`: when it is revoked.
    pub expires: Option<Instant>,
}

/// So many hexadecimal digits of a credential's hash are its id.
const ID_DIGITS: usize = 12;

impl Credential {
    /// Its id, by which it is listed and revoked: the beginning of the hash, which opens nothing.
    #[must_use]
    pub fn id(&self) -> String {
        let digits: String = self.hash.iter().map(|byte| format!("{byte:02x}")).collect();
        digits.chars().take(ID_DIGITS).collect()
    }
}

/// Keeps credentials across restarts.
pub trait CredentialStore: Send + Sync {
    /// All of them.
    ///
    /// # Errors
    /// [`StoreError`].
    fn all(&self) -> Result<Vec<Credential>, StoreError>;
    /// The one with this hash.
    ///
    /// # Errors
    /// [`StoreError`].
    fn find(&self, hash: &SecretHash) -> Result<Option<Credential>, StoreError>;
    /// Adds one.
    ///
    /// # Errors
    /// [`StoreError`].
    fn add(&self, credential: &Credential) -> Result<(), StoreError>;
    /// Removes one.
    ///
    /// # Errors
    /// [`StoreError`].
    fn remove(&self, hash: &SecretHash) -> Result<(), StoreError>;
    /// Removes those that are no longer in force.
    ///
    /// # Errors
    /// [`StoreError`].
    fn remove_expired(&self, now: Instant) -> Result<(), StoreError>;
}

/// Makes secrets of 256 random bits. A port, so that chance stays an argument.
pub trait Secrets: Send + Sync {
    /// A fresh secret.
    fn secret(&self) -> [u8; 32];
}

/// The credentials in force.
pub struct Access {
    store: Box<dyn CredentialStore>,
    secrets: Box<dyn Secrets>,
    known: RwLock<FxHashMap<SecretHash, Credential>>,
    /// Those that are in no store.
    lent: RwLock<FxHashSet<SecretHash>>,
}

impl Access {
    /// Loads the credentials in force.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn load(
        store: Box<dyn CredentialStore>,
        secrets: Box<dyn Secrets>,
    ) -> Result<Self, StoreError> {
        let known =
            store.all()?.into_iter().map(|credential| (credential.hash, credential)).collect();
        Ok(Self { store, secrets, known: RwLock::new(known), lent: RwLock::default() })
    }

    /// Looks at the store again: what another process revoked there since opens nothing any more, and what has
    /// expired is forgotten.
    ///
    /// # Errors
    /// [`StoreError`]; those in force are as they were.
    pub fn reload(&self, now: Instant) -> Result<(), StoreError> {
        // Under the lock, or one that is issued meanwhile would be lost from memory.
        let mut known = self.write();
        // A store is written to only when there is something to remove.
        if known.values().any(|one| one.expires.is_some_and(|end| end <= now)) {
            self.store.remove_expired(now)?;
        }
        let lent = self.lent.read().unwrap_or_else(PoisonError::into_inner);
        let stored = self.store.all()?;
        known.retain(|hash, _| lent.contains(hash));
        known.extend(stored.into_iter().map(|credential| (credential.hash, credential)));
        Ok(())
    }

    /// Issues a credential and returns its secret, which is shown once and never again.
    ///
    /// # Errors
    /// [`StoreError`]; nothing was issued.
    pub fn issue(
        &self,
        kind: Kind,
        name: &str,
        role: Role,
        expires: Option<Instant>,
    ) -> Result<String, StoreError> {
        let secret = fresh(kind, &*self.secrets);
        let credential =
            Credential { hash: hashed(&secret), kind, name: name.to_owned(), role, expires };
        self.store.add(&credential)?;
        self.write().insert(credential.hash, credential);
        Ok(secret)
    }

    /// Makes a key for a program or a person; returns its secret, which is shown once.
    ///
    /// # Errors
    /// [`NoKey`]; nothing was issued.
    pub fn make_key(
        &self,
        name: &str,
        role: Role,
        expires: Option<Instant>,
        is_person: impl FnOnce(&str) -> bool,
    ) -> Result<String, NoKey> {
        let is_text = !name.trim().is_empty() && !name.contains(char::is_control);
        if !is_text || name.len() > KEY_NAME_MAX {
            return Err(NoKey::BadName);
        }
        if role == Role::Member && !is_person(name) {
            return Err(NoKey::Nobody);
        }
        Ok(self.issue(Kind::Key, name, role, expires)?)
    }

    /// Issues a key that is never stored: it dies with this process.
    pub fn lend(&self, name: &str, role: Role) -> String {
        let kind = Kind::Key;
        let secret = fresh(kind, &*self.secrets);
        let hash = hashed(&secret);
        let credential = Credential { hash, kind, name: name.to_owned(), role, expires: None };
        let mut known = self.write();
        self.lent.write().unwrap_or_else(PoisonError::into_inner).insert(hash);
        known.insert(hash, credential);
        secret
    }

    /// The credential of this kind with this secret, if it is in force.
    #[must_use]
    pub fn check(&self, kind: Kind, secret: &str, now: Instant) -> Option<Credential> {
        if !looks_like(kind, secret) {
            return None;
        }
        let hash = hashed(secret);
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner).get(&hash).cloned();
        let credential = known.or_else(|| self.made_elsewhere(&hash))?;
        let in_force = credential.kind == kind && credential.expires.is_none_or(|end| now < end);
        in_force.then_some(credential)
    }

    /// The credential with this hash, if it is still in force: for whoever came in with it and stays.
    #[must_use]
    pub fn find(&self, hash: &SecretHash, now: Instant) -> Option<Credential> {
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner).get(hash).cloned();
        known.filter(|credential| credential.expires.is_none_or(|end| now < end))
    }

    /// A credential that another process has put into the store since: `faregate key` beside a server.
    fn made_elsewhere(&self, hash: &SecretHash) -> Option<Credential> {
        // Under the lock, or one that is being removed would come back into memory, and stay.
        let mut known = self.write();
        let credential = self.store.find(hash).ok()??;
        known.insert(*hash, credential.clone());
        Some(credential)
    }

    /// Uses a link up and signs its bearer in; returns the sign-in's secret, or `None` when it is no good.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn redeem(&self, link: &str, now: Instant) -> Result<Option<String>, StoreError> {
        let Some(credential) = self.check(Kind::Link, link, now) else { return Ok(None) };
        // INVARIANT: removing decides who was first; the second of two at once finds nothing to remove.
        if !self.remove(&credential.hash)? {
            return Ok(None);
        }
        let expires = Some(now.plus(SIGN_IN_SECONDS));
        self.issue(Kind::SignIn, &credential.name, credential.role, expires).map(Some)
    }

    /// The workstation's enrolment code with this secret, if it is in force: for one workstation, or for many.
    #[must_use]
    pub fn find_code(&self, code: &str, now: Instant) -> Option<Credential> {
        self.check(Kind::SharedCode, code, now).or_else(|| self.check(Kind::Code, code, now))
    }

    /// Uses a workstation's enrolment code up, unless it was made for many; the code, or `None` when it is no good.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn use_code(&self, code: &str, now: Instant) -> Result<Option<Credential>, StoreError> {
        let Some(single) = self.find_code(code, now) else { return Ok(None) };
        if single.kind == Kind::SharedCode {
            return Ok(Some(single));
        }
        // INVARIANT: removing decides who was first, as for links.
        Ok(self.remove(&single.hash)?.then_some(single))
    }

    /// Ends the sign-in with this secret.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn revoke(&self, secret: &str) -> Result<(), StoreError> {
        self.remove(&hashed(secret)).map(|_| ())
    }

    /// Signs somebody in who has proved who they are; returns the sign-in's secret.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn sign_in(&self, name: &str, role: Role, now: Instant) -> Result<String, StoreError> {
        self.issue(Kind::SignIn, name, role, Some(now.plus(SIGN_IN_SECONDS)))
    }

    /// The credentials of a kind that are in force and kept, by name.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn kept(&self, kind: Kind, now: Instant) -> Result<Vec<Credential>, StoreError> {
        let mut all = self.store.all()?;
        all.retain(|one| one.kind == kind && one.expires.is_none_or(|end| now < end));
        all.sort_by(|a, b| (&a.name, a.hash).cmp(&(&b.name, b.hash)));
        Ok(all)
    }

    /// Ends all sign-ins with this name but one; says how many.
    ///
    /// # Errors
    /// [`StoreError`]; those before it have ended.
    pub fn end_sign_ins(&self, name: &str, but: Option<&SecretHash>) -> Result<usize, StoreError> {
        self.remove_those(|one| {
            one.kind == Kind::SignIn && one.name == name && Some(&one.hash) != but
        })
    }

    /// Revokes all keys and links whose name is meant; says how many.
    ///
    /// # Errors
    /// [`StoreError`]; those before it are revoked.
    pub fn revoke_keys(&self, is_meant: impl Fn(&str) -> bool) -> Result<usize, StoreError> {
        self.remove_those(|one| matches!(one.kind, Kind::Key | Kind::Link) && is_meant(&one.name))
    }

    /// Revokes the credential of this kind with this id; returns what it was.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn revoke_with_id(
        &self,
        kind: Kind,
        id: &str,
        now: Instant,
    ) -> Result<Option<Credential>, StoreError> {
        let found = self.kept(kind, now)?.into_iter().find(|one| one.id() == id);
        if let Some(found) = &found {
            self.remove(&found.hash)?;
        }
        Ok(found)
    }

    /// Chance, for whoever keeps secrets beside these.
    pub(crate) fn chance(&self) -> [u8; 32] {
        self.secrets.secret()
    }

    /// Removes all credentials that are meant; says how many. Those before a failure are gone.
    fn remove_those(&self, is_meant: impl Fn(&Credential) -> bool) -> Result<usize, StoreError> {
        let theirs = self.store.all()?.into_iter().filter(is_meant);
        let removed: Result<Vec<bool>, StoreError> =
            theirs.map(|one| self.remove(&one.hash)).collect();
        Ok(removed?.len())
    }

    /// Removes a credential for good; says whether it was known.
    fn remove(&self, hash: &SecretHash) -> Result<bool, StoreError> {
        let mut known = self.write();
        self.store.remove(hash)?;
        Ok(known.remove(hash).is_some())
    }

    fn write(&self) -> std::sync::RwLockWriteGuard<'_, FxHashMap<SecretHash, Credential>> {
        self.known.write().unwrap_or_else(PoisonError::into_inner)
    }
}

fn fresh(kind: Kind, secrets: &dyn Secrets) -> String {
    let bytes = secrets.secret();
    bytes.iter().fold(prefix(kind).to_owned(), |text, byte| text + &format!("{byte:02x}"))
}

/// What secrets of a kind begin with, so that a leaked one is recognised.
const fn prefix(kind: Kind) -> &'static str {
    match kind {
        Kind::Key => "fg_",
        Kind::Link => "fgl_",
        Kind::SignIn => "fgs_",
        Kind::Code | Kind::SharedCode => "fge_",
    }
}

/// Whether it is worth looking up: a guess of another shape costs neither a hash nor a query.
fn looks_like(kind: Kind, secret: &str) -> bool {
    let digits = secret.strip_prefix(prefix(kind));
    digits.is_some_and(|digits| {
        digits.len() == 64 && digits.bytes().all(|byte| byte.is_ascii_hexdigit())
    })
}

fn hashed(secret: &str) -> SecretHash {
    Sha256::digest(secret.as_bytes()).into()
}
