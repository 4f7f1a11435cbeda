//! `/v1/imports/log`: a file of use, whatever kind it is: a licence server's log, an export, events, packed or not.

use crate::Server;
use crate::authority::{Authorized, RunFaregate};
use crate::extract::{File, Params};
use crate::problem::Problem;
use crate::rejected::RejectedLine;
use crate::routes::date;
use crate::wire::receipt::TakenBatch;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use faregate_app::engine::Failure;
use faregate_app::import::intake::{
    How, Offered, Order, Refused, Rejected, Step, Taken, Watch, take_in as take_files_in,
};
use faregate_core::when::Zone;
use serde::{Deserialize, Serialize};
use std::io::Cursor;
use std::sync::Arc;
use tokio::sync::oneshot;
use utoipa::{IntoParams, ToSchema};

/// The largest file that is taken in; the command line takes larger ones.
pub(crate) const BYTES_MAX: usize = 64 << 20;
/// So many rejected lines are told.
const LINES_TOLD: usize = 100;
/// So many are listed: whoever has more brought another kind of file.
const LINES_LISTED: usize = 10_000;
/// The longest name of a file.
const NAME_MAX: usize = 200;

/// What is said of the file, where it leaves that open.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Said {
    /// Its name, for the receipt and for messages; `upload` by default.
    name: Option<String>,
    /// The zone of times that name none, such as `Europe/Madrid`: the logs of licence servers name none.
    zone: Option<String>,
    /// The date of the first line, for a log that says none.
    #[param(format = Date)]
    start_date: Option<String>,
    /// The order of dates that can be read in two ways: `dmy` or `mdy`.
    dates: Option<String>,
    /// Whether everything is done but the booking.
    #[serde(default)]
    dry_run: bool,
}

/// Something that was recognised and left out.
#[derive(Debug, Serialize, ToSchema)]
pub struct PassedOver {
    /// What.
    pub what: String,
    /// Why.
    pub why: String,
}

/// What the file added.
#[derive(Debug, Default, Serialize, ToSchema)]
pub struct LogTaken {
    /// Whether nothing was booked, because nothing was to be.
    pub dry_run: bool,
    /// Each batch: one a kind of use that is in the file.
    pub imports: Vec<TakenBatch>,
    /// What was recognised and says nothing that is booked.
    pub passed_over: Vec<PassedOver>,
    /// The first hundred lines that were rejected.
    pub rejected: Vec<RejectedLine>,
    /// How many were. The first 10,000 are in the list of rejected lines, unless it was a try, or `unlisted` says why
    /// not.
    pub rejected_lines: u64,
    /// Why they are not in that list, where that failed.
    pub unlisted: Option<String>,
}

/// Takes in a file of use, told by what is in it, as `faregate import` does: each kind of use in it is one batch, in
/// the books as a whole or not at all. Taken in again, it changes nothing.
#[utoipa::path(
    post, path = "/v1/imports/log", operation_id = "import_log", tag = "burn", params(Said),
    request_body(content = Vec<u8>, content_type = "application/octet-stream", description = "the file, packed or not"),
    responses(
        (status = 200, body = LogTaken), (status = 400, body = Problem), (status = 401, body = Problem),
        (status = 403, body = Problem), (status = 413, body = Problem), (status = 415, body = Problem),
        (status = 422, description = "it is not read, or leaves open what it means; the code says which", body = Problem),
        (status = 503, body = Problem)
    ),
    security(("key" = []), ("cookie" = []))
)]
pub async fn take_in(
    who: Authorized<RunFaregate>,
    State(server): State<Server>,
    Params(said): Params<Said>,
    File(bytes): File,
) -> Result<Json<LogTaken>, Problem> {
    let (how, name) = (how(&said)?, name(said.name)?);
    let features = Arc::clone(&server.features);
    let (reply, waiting) = oneshot::channel();
    let by = who.name().to_owned();
    server.gate.run(move |engine| {
        let offered = Offered { name, source: Box::new(Cursor::new(bytes)), written: None };
        let answer = LogTaken { dry_run: how.dry_run, ..LogTaken::default() };
        let mut told = Told { answer, rejected: Vec::new() };
        let done = engine.acting_as(&by, |engine| {
            take_files_in(engine, &features, vec![offered], &how, &mut told)
        });
        drop(reply.send(done.map(|()| told)));
    });
    // A dropped reply means that the thread has stopped.
    let taken = waiting.await.unwrap_or(Err(Refused::Failed(Failure::Stopping)));
    Ok(Json(listed(&server, taken.map_err(refused)?).await))
}

/// What came of it, once its rejected lines are in the list.
async fn listed(server: &Server, told: Told) -> LogTaken {
    let Told { mut answer, rejected } = told;
    answer.rejected = rejected.iter().take(LINES_TOLD).cloned().collect();
    if !answer.dry_run && !rejected.is_empty() {
        let failed = server.ask_rejected(move |list| list.add(&rejected)).await.err();
        // What could be read is in the books all the same.
        answer.unlisted = failed.map(|problem| problem.detail);
    }
    answer
}

fn name(said: Option<String>) -> Result<String, Problem> {
    let name = said.unwrap_or_else(|| "upload".to_owned());
    let fits = (1..=NAME_MAX).contains(&name.len()) && !name.chars().any(char::is_control);
    fits.then_some(name).ok_or_else(|| {
        let detail = "this is no name of a file";
        Problem::bad_request("bad-name", detail, "use 1 to 200 characters that can be printed")
    })
}

fn how(said: &Said) -> Result<How, Problem> {
    let mut how = How { dry_run: said.dry_run, ..How::default() };
    how.start_date = said.start_date.as_deref().map(date).transpose()?;
    how.said.zone = said.zone.as_deref().map(zone).transpose()?;
    how.said.dates = said.dates.as_deref().map(order).transpose()?;
    Ok(how)
}

fn zone(name: &str) -> Result<Zone, Problem> {
    Zone::named(name).map_err(|_| {
        let detail = format!("there is no zone `{name}`");
        Problem::bad_request("bad-zone", detail, "use an IANA name, such as Europe/Madrid")
    })
}

fn order(key: &str) -> Result<Order, Problem> {
    let known = match key {
        "dmy" => Some(Order::Dmy),
        "mdy" => Some(Order::Mdy),
        _ => None,
    };
    known.ok_or_else(|| {
        let detail = format!("`{key}` is no order of dates");
        Problem::bad_request("bad-order", detail, "write dmy or mdy")
    })
}

/// What came of the file so far.
struct Told {
    answer: LogTaken,
    rejected: Vec<RejectedLine>,
}

impl Watch for Told {
    fn read(&mut self, _: Step, _: u64) -> bool {
        true
    }

    fn rejected(&mut self, file: &str, rejected: &Rejected) {
        self.answer.rejected_lines += 1;
        if self.rejected.len() == LINES_LISTED {
            return;
        }
        let Rejected { line, code, reason, text } = rejected.clone();
        let (file, code) = (file.to_owned(), code.to_owned());
        self.rejected.push(RejectedLine { file, line, code, reason, text });
    }

    fn passed_over(&mut self, what: &str, why: &str) {
        self.answer.passed_over.push(PassedOver { what: what.to_owned(), why: why.to_owned() });
    }

    fn taken(&mut self, taken: Taken) {
        self.answer.imports.push((&taken).into());
    }
}

fn refused(why: Refused) -> Problem {
    let detail = why.to_string();
    match why {
        Refused::Failed(failure) => failure.into(),
        Refused::Stopped => Failure::Stopping.into(),
        Refused::File { code, .. } => {
            let help = match code {
                "zone-unknown" => "name the zone in which its times are: `?zone=Europe/Madrid`",
                "dates-unclear" => "say the order of its dates: `?dates=dmy` or `?dates=mdy`",
                "log-undated" => "say the date of its first line: `?start_date=2026-01-31`",
                "numbers-unclear" | "map-missing" | "poll-undated" => {
                    "use `faregate import` on the server, which can be told more"
                }
                _ => "nothing was imported",
            };
            Problem::new(StatusCode::UNPROCESSABLE_ENTITY, code, detail, help)
        }
    }
}
