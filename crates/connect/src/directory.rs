//! What a directory is to us: groups, who is in them, and two ways to change that.

use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::fmt;

macro_rules! names {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub String);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                Self(text.to_owned())
            }
        }
    )*};
}

names! {
    /// What we call a group: its name in the directory, without the marker.
    GroupKey;
    /// What the directory calls a group.
    GroupId;
    /// What the directory calls an account.
    AccountId;
}

/// A person as Faregate knows them.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Person {
    /// E-mail address; people are the same when it is, letters' case aside.
    pub email: String,
    /// What the personnel system calls them: tried before the address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub external_id: Option<String>,
    /// First name.
    #[serde(default)]
    pub first_name: String,
    /// Last name.
    #[serde(default)]
    pub last_name: String,
}

impl Person {
    /// By what the same person is recognised in two lists.
    #[must_use]
    pub fn key(&self) -> String {
        faregate_core::estate::folded(&self.email)
    }
}

/// An account in the directory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// What the directory calls it.
    pub id: AccountId,
    /// The person behind it, as far as the directory says.
    pub person: Person,
}

/// Why the members of a group cannot be changed one by one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Fixed {
    /// A rule of the directory says who is in it.
    Dynamic,
    /// It is a copy of a group in an older directory, which is where it is changed.
    Synchronised,
    /// It gives administrators' roles, which Faregate has no business with.
    GivesRoles,
}

/// A group in the directory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    /// What the directory calls it.
    pub id: GroupId,
    /// What people call it.
    pub name: String,
    /// What it is for; SCIM has no such field.
    pub description: String,
    /// Why its members cannot be changed, if so.
    pub fixed: Option<Fixed>,
}

/// Who is in a group.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Members {
    /// Accounts of people.
    pub accounts: BTreeSet<AccountId>,
    /// How many others there are: groups within the group, devices, programs. They are let be.
    pub others: usize,
}

/// What became of a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// It was made.
    Done,
    /// It was so already.
    AlreadySo,
}

/// Why the directory could not do as told.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DirectoryError {
    /// It does not know us.
    #[error("the directory does not let us in: {words}")]
    Unauthorised {
        /// The server's words.
        words: String,
    },
    /// It refused.
    #[error("the directory answered {status}: {words}")]
    Refused {
        /// HTTP status.
        status: u16,
        /// The server's words.
        words: String,
    },
    /// The group changed between our reading and our writing.
    #[error("the group has changed since it was read: {words}")]
    Changed {
        /// The server's words.
        words: String,
    },
    /// It was busy each time.
    #[error("the directory was still busy after {tries} tries: {words}")]
    Busy {
        /// How often it was asked.
        tries: u32,
        /// The server's last words.
        words: String,
    },
    /// It asks us to wait for longer than we do.
    #[error("the directory asks to wait for {seconds} seconds")]
    WaitsTooLong {
        /// What it asks for.
        seconds: u64,
    },
    /// There was no answer.
    #[error("the directory cannot be reached: {0}")]
    Unreachable(String),
    /// It did not answer in time.
    #[error("the directory did not answer within {seconds} seconds")]
    Slow {
        /// What we wait for at most, rounded up.
        seconds: u64,
    },
    /// The answer is too large.
    #[error("the directory's answer is larger than {max} bytes")]
    TooLarge {
        /// What we read at most.
        max: u64,
    },
    /// It sends us elsewhere, where the token must not go.
    #[error("the directory redirects to `{to}`, which is not followed")]
    Redirected {
        /// Where to.
        to: String,
    },
    /// The answer is not what a directory answers.
    #[error("the directory answered with `{found}` instead of JSON")]
    NotJson {
        /// The content type, or what is wrong with the text.
        found: String,
    },
    /// The answer is JSON and still not what it should be.
    #[error("the directory's answer is not understood: {0}")]
    Unexpected(String),
    /// Two accounts could be meant, and guessing would give a licence to a stranger.
    #[error("{count} accounts answer to `{name}`")]
    Ambiguous {
        /// Who was looked for.
        name: String,
        /// How many were found.
        count: usize,
    },
    /// The directory cannot do what we need.
    #[error("the directory does not offer {0}")]
    Unable(&'static str),
}

impl DirectoryError {
    /// What to do about it.
    #[must_use]
    pub fn help(&self) -> &'static str {
        match self {
            Self::Unauthorised { .. } => "renew the token or secret, and check its permissions",
            Self::Refused { .. } => "look the words up in the directory's documentation",
            Self::Changed { .. } => "plan again",
            Self::Busy { .. } | Self::WaitsTooLong { .. } => "execute the same plan again later",
            Self::Unreachable(_) | Self::Slow { .. } => "check the address and the network",
            Self::TooLarge { .. } => "check the address; raise the limit for very large groups",
            Self::Redirected { .. } => "configure the address that it redirects to, if it is right",
            Self::NotJson { .. } | Self::Unexpected(_) => "check that the address is the API's",
            Self::Ambiguous { .. } => "give each account an address of its own in the directory",
            Self::Unable(_) => "use the CSV for administrators instead",
        }
    }

    /// Whether the next request will fare no better.
    #[must_use]
    pub fn is_final(&self) -> bool {
        matches!(self, Self::Unauthorised { .. } | Self::Redirected { .. } | Self::Unable(_))
    }
}

/// A directory of accounts and groups.
///
/// Every method may be called again after a failure; [`Directory::add`] and [`Directory::remove`]
/// change nothing when it is so already.
pub trait Directory {
    /// The groups that bear one of these names; a name that nobody bears is no error.
    ///
    /// # Errors
    /// [`DirectoryError`].
    fn groups(&mut self, names: &[String]) -> Result<Vec<Group>, DirectoryError>;

    /// Who is in a group, directly.
    ///
    /// # Errors
    /// [`DirectoryError`].
    fn members(&mut self, group: &GroupId) -> Result<Members, DirectoryError>;

    /// The account of each person, in their order.
    ///
    /// # Errors
    /// [`DirectoryError::Ambiguous`] when more than one could be meant.
    fn find(&mut self, people: &[Person]) -> Result<Vec<Option<Account>>, DirectoryError>;

    /// Who the accounts belong to, as far as the directory says; unknown ones are left out.
    ///
    /// # Errors
    /// [`DirectoryError`].
    fn describe(&mut self, accounts: &[AccountId]) -> Result<Vec<Account>, DirectoryError>;

    /// Puts an account into a group.
    ///
    /// # Errors
    /// [`DirectoryError`].
    fn add(&mut self, group: &GroupId, account: &AccountId) -> Result<Change, DirectoryError>;

    /// Takes an account out of a group; the account itself stays.
    ///
    /// # Errors
    /// [`DirectoryError`].
    fn remove(&mut self, group: &GroupId, account: &AccountId) -> Result<Change, DirectoryError>;
}
