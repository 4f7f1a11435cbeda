//! Pulling use from where it is reported: the vendor's APIs, and folders.
//!
//! [`pull`] asks a [`Source`] for what is new and lays it into an [`Inbox`]: each file as it was written
//! there, and beside it a [`Sidecar`] that says what it is. An importer takes the files from the inbox;
//! nothing here reads what is in them.
//!
//! A pull may be killed at any moment. What was asked for is on the disk before the next request goes
//! out, files appear under their names only when they are whole, and the next call goes on from there.
//! The time, chance, the environment and waiting are arguments: a [`World`] and a seed.
//!
//! What this must never do: exceed the vendor's limits, ask for an export a second time that it asked
//! for already, send a token to where a download lies, or keep an address that lets anybody download.
//!
//! To add an API, implement `desk::Desk` in a file of its own and name it in `engine`.

mod budget;
mod desk;
mod download;
mod engine;
mod errands;
mod folder;
mod inbox;
mod insights;
mod login;
mod state;
mod token_flex;
mod wire;

pub use inbox::{Inbox, PulledFile, Sidecar};
pub use state::{Fault, Freshness, Health};

use crate::courier::CourierError;
use crate::directory::DirectoryError;
use crate::endpoint::EndpointError;
use crate::pace::{Chance, Pace, Retry};
use crate::sources::{Kind, Source};
use faregate_core::when::Instant;
use std::io;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

/// What a pull needs of the machine.
pub trait World: Pace {
    /// The wall clock.
    fn instant(&self) -> Instant;

    /// An environment variable that the file of sources names.
    fn variable(&self, name: &str) -> Option<String>;

    /// How long to wait for answers, and when to ask again.
    fn timing(&self) -> Timing {
        Timing::default()
    }
}

/// How long to wait for answers, and when to ask again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timing {
    /// How long one request may take, from connecting to the last byte.
    pub request_max: Duration,
    /// How long one download may take before it is broken off and resumed.
    pub download_max: Duration,
    /// When to ask again while the vendor is busy or away.
    pub retry: Retry,
    /// When to look again whether an export is ready.
    pub poll: Retry,
}

impl Default for Timing {
    fn default() -> Self {
        let (first, longest) = (Duration::from_secs(15), Duration::from_secs(300));
        Self {
            request_max: Duration::from_secs(60),
            download_max: Duration::from_secs(600),
            retry: Retry {
                tries_max: 5,
                first: Duration::from_secs(2),
                longest: Duration::from_secs(120),
            },
            poll: Retry { tries_max: u32::MAX, first, longest },
        }
    }
}

/// What a pull has brought.
#[derive(Clone, Debug)]
pub struct Pulled {
    /// The files that it laid into the inbox.
    pub files: Vec<PulledFile>,
    /// Up to when the vendor has use, as it says itself.
    pub freshness: Freshness,
    /// When to pull next.
    pub next_due: Instant,
    /// Whether everything is here that there was to pull; else the next pull goes on with the rest.
    pub is_whole: bool,
    /// What the vendor could not be brought to give, after several tries.
    pub faults: Vec<Fault>,
}

/// Why a pull ended early. What it had brought by then stays, and the next one goes on from there.
#[derive(Debug, thiserror::Error)]
pub enum PullError {
    /// The place of a secret holds none.
    #[error("there is no secret in {place}")]
    NoSecret {
        /// The file or variable.
        place: String,
    },
    /// Others than its owner can read a refresh token.
    #[error("others can read `{0}`")]
    OpenToOthers(String),
    /// The address is none that a token is sent to.
    #[error(transparent)]
    Address(#[from] EndpointError),
    /// The certificates cannot be used.
    #[error(transparent)]
    Roots(#[from] CourierError),
    /// The vendor does not let us in.
    #[error("the vendor does not let us in: {words}")]
    SignIn {
        /// The vendor's words.
        words: String,
    },
    /// The vendor refused.
    #[error("the vendor answered {status}: {words}")]
    Refused {
        /// HTTP status.
        status: u16,
        /// The vendor's words.
        words: String,
    },
    /// The vendor wants fewer requests.
    #[error("the vendor takes no more requests just now: {words}")]
    Throttled {
        /// How long to wait, if it says so.
        seconds: Option<u64>,
        /// The vendor's words.
        words: String,
    },
    /// The vendor is away: no answer, half an answer, or an error of its own, each time.
    #[error("the vendor is away: {words}")]
    Away {
        /// What happened last.
        words: String,
    },
    /// The answer is not what the vendor documents.
    #[error("the vendor's answer is not understood: {words}")]
    NotUnderstood {
        /// What is wrong with it.
        words: String,
    },
    /// A file is larger than the source's limit.
    #[error("`{what}` is larger than {max} bytes")]
    TooLarge {
        /// What was being fetched.
        what: String,
        /// The limit.
        max: u64,
    },
    /// The team is none that we may see.
    #[error("there is no team `{team}` among those that we may see: {known}")]
    NoTeam {
        /// What the file of sources says.
        team: String,
        /// The teams that there are.
        known: String,
    },
    /// Another process pulls from the same source.
    #[error("another process pulls from this source")]
    AnotherPull,
    /// The file system fails.
    #[error("{path}: {why}")]
    Disk {
        /// The file.
        path: String,
        /// What it says.
        why: io::Error,
    },
}

impl PullError {
    /// What to do about it.
    #[must_use]
    pub fn help(&self) -> &'static str {
        match self {
            Self::NoSecret { .. } => "put the secret there, and nothing else",
            Self::OpenToOthers(_) => "take the file from the others, with chmod 600",
            Self::Address(why) => why.help(),
            Self::Roots(_) => "name a file of certificates in PEM",
            Self::SignIn { .. } => {
                "renew the secret; with a refresh token, sign in again and put the new one into its file"
            }
            Self::Refused { .. } => "check the contract or team, and the rights of the user",
            Self::Throttled { .. } | Self::Away { .. } => {
                "nothing: the next pull goes on from here"
            }
            Self::NotUnderstood { .. } => "check that the address is the API's",
            Self::TooLarge { .. } => "raise bytes_max of the source, if there is space",
            Self::NoTeam { .. } => "write one of these ids, or leave it out for all teams",
            Self::AnotherPull => "wait until it has ended",
            Self::Disk { .. } => "check the file, its directory and the space that is left",
        }
    }

    fn disk(path: &Path, why: io::Error) -> Self {
        Self::Disk { path: path.display().to_string(), why }
    }

    fn not_understood(words: impl Into<String>) -> Self {
        Self::NotUnderstood { words: words.into() }
    }

    /// How long the vendor asked us to wait, in seconds; whoever asks for longer than a day is asked again after one.
    fn asked_to_wait(&self) -> Option<i64> {
        const LONGEST: i64 = 86_400;
        match self {
            Self::Throttled { seconds, .. } => {
                seconds.map(|asked| i64::try_from(asked).unwrap_or(LONGEST).min(LONGEST))
            }
            _ => None,
        }
    }
}

impl From<DirectoryError> for PullError {
    /// What the courier says of a directory, said of the vendor.
    fn from(error: DirectoryError) -> Self {
        match error {
            DirectoryError::Unauthorised { words } => Self::SignIn { words },
            DirectoryError::Refused { status, words } => Self::Refused { status, words },
            DirectoryError::Busy { tries, words } => {
                Self::Away { words: format!("busy at each of {tries} tries: {words}") }
            }
            DirectoryError::WaitsTooLong { seconds } => {
                let words = format!("it asks to wait for {seconds} seconds");
                Self::Throttled { seconds: Some(seconds), words }
            }
            DirectoryError::Unreachable(words) => Self::Away { words },
            DirectoryError::Slow { seconds } => {
                Self::Away { words: format!("no answer within {seconds} seconds") }
            }
            DirectoryError::TooLarge { max } => {
                Self::TooLarge { what: "an answer".to_owned(), max }
            }
            DirectoryError::Redirected { to } => {
                Self::not_understood(format!("it redirects to `{to}`, which is not followed"))
            }
            DirectoryError::NotJson { found } => {
                Self::not_understood(format!("`{found}` instead of JSON"))
            }
            other => Self::not_understood(other.to_string()),
        }
    }
}

/// Pulls what is new at a source into an inbox, or goes on with a pull that did not come to its end.
///
/// Blocks for at most the source's `patience`, give or take a wait or a download. The same seed of
/// `chance` gives the same waits. What it did is in [`health`] afterwards, whichever way it ended.
///
/// # Errors
/// [`PullError`]; what had come by then is in the inbox, and stays.
pub fn pull(
    source: &Source,
    world: &Arc<dyn World>,
    chance: &mut Chance,
    inbox: &Inbox,
) -> Result<Pulled, PullError> {
    let place = inbox.open(&source.name)?;
    let health = inbox.health(&source.name)?;
    let begun = world.instant();
    let result = match &source.kind {
        Kind::Folder(folder) => folder::look(source, folder, &place, &**world),
        Kind::TokenFlex(_, access) | Kind::Insights(_, access) => {
            engine::run(source, access, world, chance, &place)
        }
    };
    let health = health.after(source, begun, world.instant(), &result, chance);
    place.keep_health(&health)?;
    let mut pulled = result?;
    pulled.next_due = health.next_due;
    Ok(pulled)
}

/// Takes away files that are older than the source keeps them, as far as they `may_go`: whoever takes files in knows
/// of which that is done. A file whose sidecar alone is left takes that with it.
///
/// # Errors
/// [`PullError`]; what was swept by then is gone.
pub fn sweep(
    source: &Source,
    now: Instant,
    inbox: &Inbox,
    may_go: &dyn Fn(&Sidecar) -> bool,
) -> Result<(), PullError> {
    inbox.open(&source.name)?.sweep(source, now, may_go)
}

/// How a source is doing: when it last brought something, what went wrong, when it is due.
///
/// # Errors
/// [`PullError::Disk`].
pub fn health(source: &Source, inbox: &Inbox) -> Result<Health, PullError> {
    inbox.health(&source.name)
}
