//! What the operator says of a directory: `directory.toml`.
//!
//! ```toml
//! kind = "scim"                          # or "graph"
//! url = "https://id.example/scim/v2"     # graph: left out, it is Microsoft's
//! secret_file = "scim.token"             # or secret_variable = "SCIM_TOKEN"
//!
//! [groups]                               # the groups that are handed over, and who is to be in them
//! "Revit" = "revit"                      # whoever holds a seat of this offering
//! "Civil" = { product = "civil-3d" }     # whoever holds a seat that covers this product
//! "Maya" = { members_of = "animators" }  # the members of a group of the estate
//!
//! [limits]                               # what goes without confirmation
//! share_percent = 20
//! per_group = 50
//! ```
//!
//! A secret itself never stands in it, and no message quotes a line of it, should one stand there all
//! the same.

mod place;
mod written;

pub use place::{NoSecret, SecretPlace};

use crate::directory::GroupKey;
use crate::limits::Limits;
use crate::managed::{MARKER, Managed};
use crate::scim::Dialect;
use std::fmt;
use std::ops::Range;

/// Where Microsoft Graph is.
pub const GRAPH_URL: &str = "https://graph.microsoft.com/v1.0";
/// Where tokens for it come from.
pub const GRAPH_LOGIN_URL: &str = "https://login.microsoftonline.com";
/// What is asked for there.
pub const GRAPH_SCOPE: &str = "https://graph.microsoft.com/.default";

/// What the operator says of a directory, checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// The directory's address.
    pub url: String,
    /// How to talk to it.
    pub kind: Kind,
    /// Where the bearer token or the application's secret is.
    pub secret: SecretPlace,
    /// Networks that are allowed though they are not public.
    pub allowed_networks: Vec<String>,
    /// A file of certificates to trust instead of the public ones, in PEM.
    pub roots_file: Option<String>,
    /// Requests a second in the long run.
    pub requests_per_second: u32,
    /// How much may be taken away without confirmation.
    pub limits: Limits,
    /// What the groups that are handed over bear in the directory.
    pub managed: Managed,
    /// The groups that are handed over.
    pub groups: Vec<ManagedGroup>,
}

/// How to talk to a directory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    /// SCIM 2.0.
    Scim(Dialect),
    /// Microsoft Graph.
    Graph {
        /// The tenant's id or domain.
        tenant: String,
        /// The application's id.
        client_id: String,
        /// Where tokens come from.
        login_url: String,
    },
}

/// A group that is handed over, and who is to be in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ManagedGroup {
    /// Its name in the directory, without the marker.
    pub key: GroupKey,
    /// Who is to be in it.
    pub members: Source,
    /// The line that says so.
    pub line: usize,
}

/// Who is to be in a group, by keys of the estate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// Whoever holds a seat of this offering.
    Offering(String),
    /// Whoever holds a seat that covers this product.
    Product(String),
    /// The members of this group.
    MembersOf(String),
}

/// What is wrong with a line, and what to do about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SettingsFault {
    /// Counted from 1.
    pub line: usize,
    /// What is wrong.
    pub message: String,
    /// What to do about it.
    pub help: String,
}

impl fmt::Display for SettingsFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}; {}", self.line, self.message, self.help)
    }
}

impl SettingsFault {
    /// What is wrong at a place of a text.
    pub(crate) fn at(
        text: &str,
        span: &Range<usize>,
        message: impl Into<String>,
        help: &str,
    ) -> Self {
        Self { line: line(text, span), message: message.into(), help: help.to_owned() }
    }

    /// Why a text is not the TOML that was expected: the message alone, for what the error displays quotes the line, and
    /// a secret may stand there.
    pub(crate) fn unread(text: &str, error: &toml::de::Error, help: &str) -> Self {
        let message = error.message().lines().next().unwrap_or_default();
        Self::at(text, &error.span().unwrap_or_default(), message, help)
    }
}

/// The line of a place of a text, counted from 1.
pub(crate) fn line(text: &str, span: &Range<usize>) -> usize {
    let before = text.as_bytes().get(..span.start).unwrap_or_default();
    before.iter().filter(|byte| **byte == b'\n').count() + 1
}

impl Settings {
    /// Reads and checks settings.
    ///
    /// # Errors
    /// Every fault found, in the order of the lines; of a text that is not such TOML, the first.
    pub fn parse(text: &str) -> Result<Self, Vec<SettingsFault>> {
        written::read(text)
    }
}

#[cfg(test)]
mod tests;
