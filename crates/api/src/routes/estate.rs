//! `/v1/estate`: people, groups, seats, sites and buckets from files, all of it or nothing.

use crate::Server;
use crate::authority::{Authorized, RunFaregate};
use crate::extract::{Params, Sent};
use crate::problem::Problem;
use crate::routes::orders::Trying;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use faregate_app::bulk::{self, Document, NotApplied, Order, Plan, Verb};
use faregate_app::engine::{Engine, Failure};
use faregate_core::when::Instant;
use serde::{Deserialize, Serialize};
use tokio::sync::oneshot;
use utoipa::ToSchema;

/// So many faults are told at once.
const FAULTS_TOLD: usize = 100;

/// Files to be taken in.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EstateFiles {
    /// The files; together they are one import.
    files: Vec<EstateFile>,
    /// Whether days (`dmy`) or months (`mdy`) come first in the dates of staff lists, where they do not tell.
    #[serde(default)]
    dates: Option<DateOrder>,
}

/// Whether days or months come first.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum DateOrder {
    /// `31/1/2026`
    Dmy,
    /// `1/31/2026`
    Mdy,
}

impl From<DateOrder> for Order {
    fn from(order: DateOrder) -> Self {
        match order {
            DateOrder::Dmy => Self::Dmy,
            DateOrder::Mdy => Self::Mdy,
        }
    }
}

/// A file, as its reader would see it.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EstateFile {
    /// Its name, which says what it is: `estate.toml`, `people.csv`, `seats.csv`.
    #[schema(max_length = 256)]
    name: String,
    /// What is in it.
    text: String,
}

impl EstateFile {
    /// Its name and its bytes.
    pub(crate) fn named(&self) -> (&str, &[u8]) {
        (&self.name, self.text.as_bytes())
    }
}

/// What becomes of one thing.
#[derive(Debug, Serialize, ToSchema)]
pub struct EstateChange {
    /// What it is: `person`, `bucket`.
    pub kind: &'static str,
    /// Its key.
    pub key: String,
    /// `added` or `changed`.
    pub verb: &'static str,
    /// All of it in words, with what was there before.
    pub words: String,
}

/// What became of the files, or would.
#[derive(Debug, Serialize, ToSchema)]
pub struct EstateTaken {
    /// How many of each kind were added, changed and left.
    pub summary: String,
    /// What changed.
    pub changes: Vec<EstateChange>,
    /// What somebody should know besides.
    pub notes: Vec<String>,
    /// Whether it was only tried.
    pub dry_run: bool,
}

/// Takes files in as one order. Taken in again, they change nothing.
#[utoipa::path(
    post, path = "/v1/estate", tag = "estate", request_body = EstateFiles,
    params(Trying),
    responses(
        (status = 200, description = "taken in, or tried", body = EstateTaken), (status = 400, body = Problem),
        (status = 401, body = Problem), (status = 403, body = Problem), (status = 413, body = Problem),
        (status = 415, body = Problem),
        (status = 422, description = "the files have faults; every one is named with its line", body = Problem),
        (status = 503, body = Problem)
    ),
    security(("key" = []), ("cookie" = []))
)]
pub async fn take_in(
    who: Authorized<RunFaregate>,
    State(server): State<Server>,
    Params(Trying { dry_run }): Params<Trying>,
    Sent(EstateFiles { files, dates }): Sent<EstateFiles>,
) -> Result<Json<EstateTaken>, Problem> {
    let texts = files.iter().map(EstateFile::named);
    let document = bulk::read_dated(texts, dates.map(Order::from)).map_err(not_taken)?;
    let (by, now) = (who.orderer().words(), server.gate.now());
    let (reply, waiting) = oneshot::channel();
    server.gate.run(move |engine| drop(reply.send(taken(engine, &by, &document, now, dry_run))));
    // A dropped reply means that the thread has stopped.
    let plan = waiting.await.unwrap_or(Err(NotApplied::Failure(Failure::Stopping)));
    plan.map(|plan| Json(EstateTaken::of(&plan, dry_run))).map_err(not_taken)
}

fn taken(
    engine: &mut Engine,
    by: &str,
    document: &Document,
    now: Instant,
    dry_run: bool,
) -> Result<Plan, NotApplied> {
    if dry_run {
        let shared = engine.state();
        return bulk::plan(&shared.read(), now, document).map_err(NotApplied::Faulty);
    }
    bulk::import(engine, by, document).map(|(plan, _)| plan)
}

impl EstateTaken {
    fn of(plan: &Plan, dry_run: bool) -> Self {
        let changed = plan.changes.iter().filter(|change| change.verb != Verb::Same);
        let changes = changed.map(|change| EstateChange {
            kind: change.kind.key(),
            key: change.key.clone(),
            verb: change.verb.key(),
            words: change.to_string(),
        });
        let (summary, notes) = (plan.summary(), plan.notes.clone());
        Self { summary, changes: changes.collect(), notes, dry_run }
    }
}

pub(crate) fn not_taken(why: NotApplied) -> Problem {
    match why {
        NotApplied::Failure(failure) => failure.into(),
        NotApplied::Moved { .. } => {
            Problem::new(StatusCode::CONFLICT, "moved", why.to_string(), "try again")
        }
        NotApplied::Faulty(faults) => {
            let told: Vec<String> =
                faults.iter().take(FAULTS_TOLD).map(ToString::to_string).collect();
            let help = "correct the files and send them again; nothing was changed";
            let status = StatusCode::UNPROCESSABLE_ENTITY;
            Problem::new(status, "faulty-files", told.join("\n"), help)
        }
    }
}
