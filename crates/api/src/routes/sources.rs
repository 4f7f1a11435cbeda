//! `/v1/sources`: where use comes from, and how fresh each source is.

use crate::Server;
use crate::authority::{Authorized, ReadBurn};
use crate::problem::Problem;
use axum::Json;
use axum::extract::State;
use faregate_app::sources::{self, Assessed, length};
use faregate_core::when::Instant;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The last import of a source.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct LastImport {
    /// Its number.
    pub number: u32,
    /// When it was made durable.
    pub at: String,
}

/// How the pulls of a source are doing.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct Pulls {
    /// When one last brought everything there was.
    pub last_success: Option<String>,
    /// When one last failed.
    pub last_failure: Option<String>,
    /// Why it failed.
    pub last_error: Option<String>,
    /// How many have failed since one succeeded.
    pub failures: u32,
    /// When the next one is due.
    pub next_due: Option<String>,
}

/// A file of which nothing was booked.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct FileNote {
    /// Its name.
    pub file: String,
    /// When it was looked at.
    pub at: String,
    /// Why nothing was.
    pub why: String,
}

/// A source of use.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct Source {
    /// Its name; of one that nobody declares, what its receipts call its kind.
    pub name: String,
    /// What it is: `licence-server-log`, `licence-server-polls`, `vendor`, `table` or `staff`.
    pub kind: String,
    /// How it stands: `importing`, `stable`, `warning` or `ended`.
    pub state: String,
    /// Why, in words.
    pub why: String,
    /// The last instant that it knows of.
    pub last_data: Option<String>,
    /// Seconds since then.
    pub lag_seconds: Option<i64>,
    /// The same in words.
    pub lag: Option<String>,
    /// After how many seconds without news it is stale.
    pub stale_after_seconds: i64,
    /// Whether it is.
    pub stale: bool,
    /// When something of it was last taken in.
    pub last_import: Option<LastImport>,
    /// What depends on it: `burn`, `chargeback`, `double-dips`, `leakage`, `places`, `reconciliation`, `sessions`.
    pub feeds: Vec<String>,
    /// How its pulls are doing; `null` when it is not pulled.
    pub pulls: Option<Pulls>,
    /// Files that lie in the inbox and are not taken in yet.
    pub waiting: u64,
    /// Files that could not be taken in, the newest first.
    pub bad: Vec<FileNote>,
    /// Files that are recognised and say nothing that is booked, the newest first.
    pub passed_over: Vec<FileNote>,
}

/// All sources.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct Sources {
    /// When this was true.
    pub as_of: String,
    /// The declared ones in the order of their names, then what was imported by hand.
    pub sources: Vec<Source>,
    /// All of it in words.
    pub text: String,
}

/// Where use comes from: up to when each source tells, and whether it is stale.
#[utoipa::path(
    get, path = "/v1/sources", operation_id = "list_sources", tag = "burn",
    responses(
        (status = 200, body = Sources), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 503, body = Problem)
    ),
    security(("key" = []), ("cookie" = []))
)]
pub async fn list(
    _: Authorized<ReadBurn>,
    State(server): State<Server>,
) -> Result<Json<Sources>, Problem> {
    let assessed = server.assessed().await?;
    Ok(Json(Sources::of(&assessed, server.gate.now())))
}

impl Sources {
    /// Sources as they are told, judged at that instant.
    #[must_use]
    pub fn of(assessed: &[Assessed], now: Instant) -> Self {
        let stale = assessed.iter().filter(|one| one.is_stale).count();
        let text = match (assessed.len(), stale) {
            (0, _) => "Nothing was imported yet, and no source is declared.".to_owned(),
            (1, 0) => "1 source, not stale.".to_owned(),
            (1, _) => "1 source, and it is stale.".to_owned(),
            (all, 0) => format!("{all} sources, none of them stale."),
            (all, stale) => format!("{all} sources, {stale} of them stale."),
        };
        Self { as_of: now.to_string(), sources: assessed.iter().map(shown).collect(), text }
    }
}

fn shown(one: &Assessed) -> Source {
    let text = |at: Option<Instant>| at.map(|at| at.to_string());
    Source {
        name: one.name.clone(),
        kind: one.kind.key().to_owned(),
        state: one.standing.key().to_owned(),
        why: one.why.clone(),
        last_data: text(one.last_data),
        lag_seconds: one.lag_seconds,
        lag: one.lag_seconds.map(length),
        stale_after_seconds: one.stale_after,
        stale: one.is_stale,
        last_import: one.last_import.map(|(at, number)| LastImport { number, at: at.to_string() }),
        feeds: one.kind.feeds().iter().map(|figure| figure.key().to_owned()).collect(),
        pulls: one.pulls.as_ref().map(pulls),
        waiting: one.waiting,
        bad: one.bad.iter().map(file_note).collect(),
        passed_over: one.passed_over.iter().map(file_note).collect(),
    }
}

fn pulls(pulls: &sources::Pulls) -> Pulls {
    let (last_failure, last_error) = pulls.last_error.clone().unzip();
    Pulls {
        last_success: pulls.last_success.map(|at| at.to_string()),
        last_failure: last_failure.map(|at| at.to_string()),
        last_error,
        failures: pulls.failures,
        next_due: pulls.next_due.map(|at| at.to_string()),
    }
}

fn file_note(note: &sources::FileNote) -> FileNote {
    FileNote { file: note.file.clone(), at: note.at.to_string(), why: note.why.clone() }
}
