//! `/v1/imports/token-usage`: what the vendor says it charged, beside what we charged.

use crate::Server;
use crate::authority::{Authorized, RunFaregate};
use crate::extract::Csv;
use crate::problem::Problem;
use crate::routes::answered;
use crate::token_usage::UsageReport;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use faregate_app::import::vendor::{BothNames, Report, Unsettled};
use serde::Serialize;
use tokio::sync::oneshot;
use utoipa::ToSchema;

/// The name on the receipt.
const NAME: &str = "token-usage.csv";

/// A line that is not charged, and why.
#[derive(Debug, Serialize, ToSchema)]
pub struct UnsettledLine {
    /// Its number in the report.
    pub line: u32,
    /// Why, in words.
    pub why: String,
}

/// Somebody whom rows call by a name and by a hash, which are not known to be one person's.
#[derive(Debug, Serialize, ToSchema)]
pub struct NameAndHash {
    /// The name.
    pub name: String,
    /// The hash.
    pub hashed: String,
    /// How many rows show both.
    pub rows: u64,
    /// What to do about it, in words.
    pub text: String,
}

impl From<BothNames> for NameAndHash {
    fn from(both: BothNames) -> Self {
        let text = both.to_string();
        let BothNames { name, hashed, rows, .. } = both;
        Self { name, hashed, rows, text }
    }
}

/// What a report added.
#[derive(Debug, Serialize, ToSchema)]
pub struct UsageTaken {
    /// Rows with tokens.
    pub rows: u64,
    /// Rows of zero tokens, which say nothing.
    pub zero_rows: u64,
    /// Persons, products and days that we had charged as well.
    pub matched: u64,
    /// Those that we had not heard of, and that are charged now.
    pub booked: u64,
    /// Those that a seat covers: on record, never charged here.
    pub double_dips: u64,
    /// Quarantined rows that were there already.
    pub duplicates: u64,
    /// Where the vendor's price was not ours; the vendor's holds.
    pub price_differences: usize,
    /// Persons, products and days of which earlier reports told other amounts; both are on record until the one that
    /// no longer holds is taken back.
    pub restated: u64,
    /// Rows kept and not charged: nobody knows the person or the product, or the tariff has no rate.
    pub quarantined: Vec<UnsettledLine>,
    /// Rows that cannot be read, or cannot be true.
    pub rejected: Vec<UnsettledLine>,
    /// People whom rows call by a name and by a hash that are not known to be one's; nothing moves by that.
    pub both_names: Vec<NameAndHash>,
    /// All of it in words.
    pub text: String,
}

/// Takes in the vendor's usage report as one batch: all of it or nothing. Taken in again, it changes nothing.
#[utoipa::path(
    post, path = "/v1/imports/token-usage", operation_id = "import_token_usage", tag = "burn",
    request_body(content = String, content_type = "text/csv", description = "the report, as the vendor exports it"),
    responses(
        (status = 200, body = UsageTaken), (status = 400, body = Problem), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 413, body = Problem), (status = 415, body = Problem),
        (status = 422, description = "it is no such report, or names nobody", body = Problem), (status = 503, body = Problem)
    ),
    security(("key" = []), ("cookie" = []))
)]
pub async fn take_in(
    _: Authorized<RunFaregate>,
    State(server): State<Server>,
    Csv(bytes): Csv,
) -> Result<Json<UsageTaken>, Problem> {
    let reports = server.usage_reports.clone().ok_or_else(no_reader)?;
    let read = server.reckon(move || reports.read(NAME, &bytes)).await?;
    let UsageReport { rows, zero_rows, rejected, names_people, take_in } =
        read.map_err(no_report)?;
    if !names_people {
        return Err(names_nobody());
    }
    let (reply, waiting) = oneshot::channel();
    server.gate.run(move |engine| drop(reply.send(take_in(engine))));
    let taken = answered(waiting).await?;
    Ok(Json(shown(rows, zero_rows, rejected, taken)))
}

fn no_reader() -> Problem {
    let (detail, help) = (
        "this server was built without a reader of the vendor's reports",
        "use `faregate import token-usage` on the server",
    );
    Problem::new(StatusCode::SERVICE_UNAVAILABLE, "no-reader", detail, help)
}

fn no_report(why: String) -> Problem {
    let help =
        "export the report Token Usage from the vendor's account, as CSV; nothing was imported";
    Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "no-report", why, help)
}

fn names_nobody() -> Problem {
    let detail = "the report does not say who used what";
    let help = "export it with the column of user names; nothing was imported";
    Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "names-nobody", detail, help)
}

fn shown(rows: u64, zero_rows: u64, unread: Vec<Unsettled>, taken: Report) -> UsageTaken {
    let line = |Unsettled { line, why }| UnsettledLine { line, why };
    let both_names = taken.both_names.into_iter().map(NameAndHash::from).collect();
    let restated = taken.restated;
    let Report { counts, matched, booked, double_dips, quarantined, rejected, differences, .. } =
        taken;
    let mut rejected: Vec<UnsettledLine> = unread.into_iter().chain(rejected).map(line).collect();
    rejected.sort_by_key(|one| one.line);
    let text = format!(
        "{rows} rows with tokens: {matched} matched, {booked} booked, {double_dips} double-dips, {} quarantined, {} rejected.",
        quarantined.len(),
        rejected.len(),
    );
    UsageTaken {
        rows,
        zero_rows,
        matched,
        booked,
        double_dips,
        duplicates: counts.duplicates,
        price_differences: differences.len(),
        restated,
        quarantined: quarantined.into_iter().map(line).collect(),
        rejected,
        both_names,
        text,
    }
}
