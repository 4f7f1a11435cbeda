//! What the operator says of where use is reported: `sources.toml`.
//!
//! ```toml
//! [sources.eba]
//! kind = "token-flex"                  # or "insights", "folder"
//! contract = "11000000001"
//! every = "6h"
//!
//! [sources.eba.auth]
//! client_id = "faregate-at-acme"
//! client_secret = "file:eba.secret"    # or "env:EBA_SECRET"
//! ```
//!
//! A secret itself never stands in it, and no message quotes a value that could be one.
//! To add a setting: a field of `Written` below, its check, its row in the reference of the file.

mod written;

use crate::settings::{SecretPlace, SettingsFault};
use faregate_core::when::{Date, Zone};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Where the Token Flex Usage Data API is.
pub const TOKEN_FLEX_URL: &str = "https://developer.api.autodesk.com/tokenflex/v1";
/// Where the Insights API is.
pub const INSIGHTS_URL: &str = "https://developer.api.autodesk.com/insights/v1";
/// Where the vendor's access tokens come from.
pub const LOGIN_URL: &str = "https://developer.api.autodesk.com/authentication/v2";
/// Requests a minute in the long run, of one user, that the vendor allows.
pub const REQUESTS_PER_MINUTE_MAX: u32 = 5;
/// Requests in the one busy minute that the vendor allows in eight hours.
pub const BURST_MAX: u32 = 50;
/// Exports that the vendor lets one user have outstanding.
pub const OUTSTANDING_MAX: usize = 50;

/// All sources, checked.
#[derive(Clone, Debug)]
pub struct Sources {
    /// In the order of their names.
    pub sources: Vec<Source>,
}

/// One source of reported use.
#[derive(Clone, Debug)]
pub struct Source {
    /// Its name, which is also the name of its directory in the inbox.
    pub name: String,
    /// What it is.
    pub kind: Kind,
    /// How long from one pull to the next.
    pub every: Duration,
    /// In which zone times without one are meant, where the operator says so; it is handed on with each file. The
    /// vendor's own are in UTC.
    pub zone: Option<Zone>,
    /// After how long without news it counts as stale, where the operator says so.
    pub stale_after: Option<Duration>,
    /// How long files stay in the inbox; for ever, when nothing is said.
    pub keep: Option<Duration>,
    /// How long one pull goes on before it leaves the rest to the next.
    pub patience: Duration,
    /// The line that it begins at.
    pub line: usize,
}

/// What a source is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The vendor's Token Flex Usage Data API, of an enterprise agreement.
    TokenFlex(TokenFlex, Access),
    /// The vendor's Insights API, of teams with Flex tokens and seats.
    Insights(Insights, Access),
    /// A folder that somebody else puts files into.
    Folder(Folder),
}

/// What to pull of an enterprise agreement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenFlex {
    /// The contract's number.
    pub contract: String,
    /// How to ask.
    pub via: Via,
    /// How much detail.
    pub detail: Detail,
    /// The first day to ask for; the contract's own when nothing is said.
    pub from: Option<Date>,
    /// Whether to pull the values of the enrichment fields too.
    pub enrichment: bool,
}

/// What to pull of teams.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Insights {
    /// The team's id; all teams that we may see when nothing is said.
    pub team: Option<String>,
    /// The context of queries: the vendor's other name for a team's id.
    pub context: Option<String>,
    /// How to ask.
    pub via: Via,
    /// Which reports to export.
    pub reports: Vec<Report>,
    /// In which form.
    pub format: Format,
    /// The first day to ask for.
    pub from: Option<Date>,
}

/// How to ask the vendor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Via {
    /// For a file, which needs the right to write there.
    Export,
    /// For rows, page by page, which needs the right to read only.
    Query,
}

/// How much detail of an enterprise agreement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Detail {
    /// Each session.
    Sessions,
    /// Each person, product and day.
    Days,
}

/// A report of the Insights API.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Report {
    /// Subscriptions.
    Subscriptions,
    /// People and their roles.
    Users,
    /// Who used what on which day.
    Usage,
    /// Use summed up by product.
    UsageReport,
}

/// The form of an export.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Comma-separated values.
    Csv,
    /// A workbook.
    Excel,
    /// JSON.
    Json,
}

/// A folder to watch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Folder {
    /// Where it is.
    pub path: PathBuf,
    /// Which names are taken: `*` stands for anything, `?` for one character.
    pub pattern: String,
    /// What the files are.
    pub files: Files,
    /// For how long a file has to be left alone before it is taken to be whole.
    pub settle: Duration,
    /// How large a file may be.
    pub bytes_max: u64,
}

/// What the files of a folder are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Files {
    /// Whatever can be told by what is in it.
    Any,
    /// Debug logs of a licence server.
    Logs,
    /// The vendor's tables of use.
    TokenUsage,
    /// Outputs of `lmstat`.
    Polls,
    /// Events in JSON.
    Events,
    /// Lists of people.
    Staff,
    /// Tables that the map in this file explains, beside the file of sources.
    Mapped(String),
}

/// How to reach the vendor, and as whom.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Access {
    /// The API's address.
    pub url: String,
    /// Where access tokens come from.
    pub login_url: String,
    /// The application's id.
    pub client_id: String,
    /// Where the application's secret is; an application without one has a refresh token.
    pub client_secret: Option<SecretPlace>,
    /// The file of the refresh token, of a person who signed in; it is rewritten at each use.
    pub refresh_token: Option<PathBuf>,
    /// Where the personal access token for Insights is, sent as `ADSK-PAT`.
    pub personal_token: Option<SecretPlace>,
    /// Whose requests are counted together: the vendor counts by user.
    pub user: String,
    /// Networks that are allowed though they are not public.
    pub allowed_networks: Vec<String>,
    /// A file of certificates to trust instead of the public ones, in PEM.
    pub roots_file: Option<PathBuf>,
    /// Requests a minute in the long run.
    pub requests_per_minute: u32,
    /// Requests in the one busy minute of eight hours.
    pub burst: u32,
    /// How many exports to have outstanding.
    pub outstanding_max: usize,
    /// Whether to delete an export at the vendor's once its files are here.
    pub delete_exports: bool,
    /// How large a file may be.
    pub bytes_max: u64,
}

impl Sources {
    /// Reads and checks the file of sources that lies in the directory `beside`.
    ///
    /// ```
    /// use faregate_connect::sources::{Kind, Sources};
    /// use std::path::Path;
    ///
    /// let text = "[sources.drop]\nkind = \"folder\"\npath = \"in\"\nfiles = \"flexnet\"\n";
    /// let sources = Sources::parse(text, Path::new("etc")).unwrap();
    /// let Kind::Folder(folder) = &sources.find("drop").unwrap().kind else { panic!() };
    /// assert_eq!(folder.path, Path::new("etc/in"));
    ///
    /// let faults = Sources::parse("[sources.eba]\nkind = \"token-flex\"\n", Path::new("")).unwrap_err();
    /// assert!(faults[0].to_string().starts_with("line 2: `auth` is missing; "));
    /// ```
    ///
    /// # Errors
    /// Every fault found, in the order of the lines; of a text that is not such TOML, the first.
    pub fn parse(text: &str, beside: &Path) -> Result<Self, Vec<SettingsFault>> {
        written::read(text, beside)
    }

    /// The source of a name.
    #[must_use]
    pub fn find(&self, name: &str) -> Option<&Source> {
        self.sources.iter().find(|source| source.name == name)
    }
}

impl Files {
    /// The words for those that need no map.
    const WORDS: [(&str, Self); 6] = [
        ("any", Self::Any),
        ("flexnet", Self::Logs),
        ("token-usage", Self::TokenUsage),
        ("lmstat", Self::Polls),
        ("events", Self::Events),
        ("staff", Self::Staff),
    ];
    /// Before the file of a map.
    const MAPPED: &str = "csv:";

    /// What the operator's word means.
    fn named(word: &str) -> Option<Self> {
        match word.strip_prefix(Self::MAPPED) {
            Some(map) => (!map.is_empty()).then(|| Self::Mapped(map.to_owned())),
            None => {
                Self::WORDS.into_iter().find(|(known, _)| *known == word).map(|(_, files)| files)
            }
        }
    }

    /// The operator's word for it.
    #[must_use]
    pub fn word(&self) -> String {
        match self {
            Self::Mapped(map) => format!("{}{map}", Self::MAPPED),
            _ => Self::WORDS
                .into_iter()
                .find(|(_, files)| files == self)
                .map(|(word, _)| word.to_owned())
                .unwrap_or_default(),
        }
    }
}

impl Report {
    /// The vendor's word for it.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Subscriptions => "SUBSCRIPTIONS",
            Self::Users => "USERS",
            Self::Usage => "USAGE",
            Self::UsageReport => "USAGE_REPORT",
        }
    }

    /// Whether it is of a period.
    pub(crate) fn is_dated(self) -> bool {
        matches!(self, Self::Usage | Self::UsageReport)
    }
}

impl Format {
    /// The vendor's word for it, and how its files' names end.
    #[must_use]
    pub fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::Csv => ("CSV", "csv"),
            Self::Excel => ("EXCEL", "xlsx"),
            Self::Json => ("JSON", "json"),
        }
    }
}

#[cfg(test)]
mod tests;
