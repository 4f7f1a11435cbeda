//! Channels: where people are told, as the operator says in `channels.toml`.
//!
//! ```toml
//! [channels.ops]
//! kind = "slack"                        # or mail, webhook, teams, servicenow, jira, pagerduty
//! url = "file:slack.url"                # the address is a secret; or "env:SLACK_URL"
//! quiet = "19:00-07:00"                 # told in the morning, unless it is critical
//! quiet_days = ["sat", "sun"]
//!
//! [[digest]]
//! channel = "ops"
//! every = "daily"                       # or weekly, on Mondays; monthly, on the first
//! at = "07:00"
//! role = "licence-manager"              # or bucket-owner, with a bucket
//! ```
//!
//! A secret itself never stands in it, no message quotes a value that could be one, and nothing that a receiver answers
//! is repeated without them taken out.
//!
//! Each kind has a file that makes of a notice what its receiver takes, pure; [`send`] puts it on the wire, to addresses
//! that were checked and pinned. To add a kind: a variant of [`Kind`], its fields in `written.rs`, its file, its arm in
//! `send.rs`, and its row in the guide.

mod jira;
mod mail;
mod pagerduty;
mod picture;
mod quiet;
mod send;
mod servicenow;
mod slack;
mod teams;
mod webhook;
mod wire;
mod words;
mod written;

pub use quiet::Quiet;
pub use send::{Letter, Outgoing, SendError, World, send, send_letter};
pub use webhook::signature;
pub use words::{gathered, trial};

use crate::settings::{SecretPlace, SettingsFault};
use std::path::{Path, PathBuf};

/// Where events for PagerDuty go.
pub const PAGERDUTY_URL: &str = "https://events.pagerduty.com";
/// So many channels at most: each has a thread of its own.
pub const CHANNELS_MAX: usize = 64;

/// All channels and digests, checked.
#[derive(Clone, Debug, Default)]
pub struct Channels {
    /// In the order of their names.
    pub channels: Vec<Channel>,
    /// In the order of the file.
    pub digests: Vec<Digest>,
}

/// A channel.
#[derive(Clone, Debug)]
pub struct Channel {
    /// Its name.
    pub name: String,
    /// What it is.
    pub kind: Kind,
    /// When it is left in peace.
    pub quiet: Quiet,
    /// Networks that are allowed though they are not public.
    pub allowed_networks: Vec<String>,
    /// A file of certificates to trust instead of the public ones, in PEM.
    pub roots_file: Option<PathBuf>,
}

/// What a channel is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Mail, over SMTP.
    Mail(Mail),
    /// A receiver of Standard Webhooks.
    Webhook {
        /// Where it listens.
        url: Address,
        /// What we sign with, beginning with `whsec_`.
        secret: SecretPlace,
    },
    /// An incoming webhook of Slack; its address is the secret.
    Slack(Address),
    /// A workflow of Teams that takes an Adaptive Card; its address is the secret.
    Teams(Address),
    /// A ServiceNow instance.
    ServiceNow {
        /// The instance's address.
        url: String,
        /// As whom.
        login: Login,
        /// What becomes of a notice there.
        into: Into,
    },
    /// A Jira site.
    Jira {
        /// The site's address.
        url: String,
        /// As whom.
        login: Login,
        /// Key of the project.
        project: String,
        /// Name of the issues' type.
        issue_type: String,
    },
    /// PagerDuty, or whatever takes its Events API v2.
    PagerDuty {
        /// Where it listens.
        url: String,
        /// The service's key.
        routing_key: SecretPlace,
    },
}

/// How to send mail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mail {
    /// The mail server.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How the way there is encrypted.
    pub security: Security,
    /// As whom, where the server asks.
    pub login: Option<(String, SecretPlace)>,
    /// Who it is from, such as `Faregate <faregate@acme.example>`.
    pub from: String,
    /// Who gets it.
    pub to: Vec<String>,
}

/// How the way to a mail server is encrypted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Security {
    /// The connection becomes encrypted before anything is said, or nothing is.
    StartTls,
    /// The connection is encrypted from its beginning.
    Tls,
    /// It is not, which goes within listed networks only.
    None,
}

/// An address that may be a secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Address {
    /// It stands in the file.
    Plain(String),
    /// It stands where the file says.
    Secret(SecretPlace),
}

/// How to prove who we are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Login {
    /// A user and a password or token.
    Basic(String, SecretPlace),
    /// A token.
    Bearer(SecretPlace),
}

/// What becomes of a notice in ServiceNow.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Into {
    /// An incident for each alert, and notes on it.
    Incident,
    /// A row of an import set's table.
    ImportSet(String),
}

/// A summary at a time agreed on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Digest {
    /// Name of the channel.
    pub channel: String,
    /// How often.
    pub every: Every,
    /// At which minute of the contract's day.
    pub minute: u16,
    /// For whom.
    pub role: Role,
}

/// How often a digest is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Every {
    /// Each day.
    Day,
    /// Each Monday.
    Week,
    /// On the first of each month.
    Month,
}

/// For whom a digest is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Role {
    /// Who answers for all of it.
    LicenceManager,
    /// Who answers for a bucket, by its key.
    BucketOwner(String),
}

impl Every {
    /// The operator's word for it.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Day => "daily",
            Self::Week => "weekly",
            Self::Month => "monthly",
        }
    }
}

impl Digest {
    /// Its name: the same as long as the operator's lines are.
    #[must_use]
    pub fn name(&self) -> String {
        match &self.role {
            Role::LicenceManager => format!("{}-licence-manager", self.every.word()),
            Role::BucketOwner(bucket) => format!("{}-bucket-{bucket}", self.every.word()),
        }
    }
}

impl Channels {
    /// Reads and checks the file of channels that lies in the directory `beside`.
    ///
    /// ```
    /// use faregate_connect::channels::{Channels, Kind};
    /// use std::path::Path;
    ///
    /// let text = "[channels.ops]\nkind = \"slack\"\nurl = \"env:SLACK\"\n";
    /// let channels = Channels::parse(text, Path::new("")).unwrap();
    /// assert!(matches!(channels.find("ops").unwrap().kind, Kind::Slack(_)));
    ///
    /// let faults = Channels::parse("[channels.ops]\nkind = \"slack\"\n", Path::new("")).unwrap_err();
    /// assert!(faults[0].to_string().starts_with("line 2: `url` is missing; "));
    /// ```
    ///
    /// # Errors
    /// Every fault found, in the order of the lines; of a text that is not such TOML, the first.
    pub fn parse(text: &str, beside: &Path) -> Result<Self, Vec<SettingsFault>> {
        written::read(text, beside)
    }

    /// The channel of a name.
    #[must_use]
    pub fn find(&self, name: &str) -> Option<&Channel> {
        self.channels.iter().find(|channel| channel.name == name)
    }
}

impl Channel {
    /// The operator's word for its kind.
    #[must_use]
    pub fn kind_word(&self) -> &'static str {
        match self.kind {
            Kind::Mail(_) => "mail",
            Kind::Webhook { .. } => "webhook",
            Kind::Slack(_) => "slack",
            Kind::Teams(_) => "teams",
            Kind::ServiceNow { .. } => "servicenow",
            Kind::Jira { .. } => "jira",
            Kind::PagerDuty { .. } => "pagerduty",
        }
    }

    /// Where it leads, without anything that is or may be a secret.
    #[must_use]
    pub fn leads_to(&self) -> String {
        let host = |url: &str| match url.parse::<ureq::http::Uri>() {
            Ok(uri) => uri.host().unwrap_or_default().to_owned(),
            Err(_) => String::new(),
        };
        match &self.kind {
            Kind::Mail(mail) => mail.to.join(", "),
            Kind::Webhook { url: Address::Plain(url), .. }
            | Kind::Slack(Address::Plain(url))
            | Kind::Teams(Address::Plain(url))
            | Kind::ServiceNow { url, .. }
            | Kind::Jira { url, .. }
            | Kind::PagerDuty { url, .. } => host(url),
            Kind::Webhook { url: Address::Secret(place), .. }
            | Kind::Slack(Address::Secret(place))
            | Kind::Teams(Address::Secret(place)) => place.to_string(),
        }
    }
}

#[cfg(test)]
mod tests;
