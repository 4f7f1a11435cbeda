//! `/v1/reports`: the library of reports, as files to take along.

use crate::Server;
use crate::authority::{Authorized, BeSomebody};
use crate::export::attached;
use crate::extract::{Params, Segment};
use crate::problem::Problem;
use crate::routes::chargeback::{currency, no_sum};
use crate::routes::{DAYS_ANY, span};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use faregate_app::engine::{Engine, Failure};
use faregate_app::rights::Right;
use faregate_app::sight::Sight;
use faregate_core::estate::BucketId;
use faregate_core::state;
use faregate_core::when::{Date, Instant};
use faregate_library::{Asked, Report, Unasked, Unmade, make};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// A report that can be had.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReportKnown {
    /// Its name in paths and files.
    pub name: &'static str,
    /// Its title.
    pub title: &'static str,
    /// What is in it.
    pub about: &'static str,
    /// The formats in which it can be had; the first is the usual one.
    pub formats: Vec<&'static str>,
    /// Whether it is of a period; the others are of now.
    pub of_period: bool,
    /// Whether one bucket can be asked for.
    pub of_bucket: bool,
    /// Whether it cannot be had without a bucket, by this caller.
    pub needs_bucket: bool,
}

/// The library.
#[derive(Debug, Serialize, ToSchema)]
pub struct Reports {
    /// The reports that this caller may have.
    pub rows: Vec<ReportKnown>,
}

/// Which file of a report.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct WhichReport {
    /// `xlsx`, `pdf`, `csv` or `ics`; the report's usual one by default.
    format: Option<String>,
    /// First date; 29 days before the last by default.
    #[param(format = Date)]
    from: Option<String>,
    /// Last date; today by default.
    #[param(format = Date)]
    to: Option<String>,
    /// Key of a bucket: only what is its.
    bucket: Option<String>,
    /// Money in this currency, where it can be converted.
    currency: Option<String>,
}

/// The reports that the caller may have.
#[utoipa::path(
    get, path = "/v1/reports", operation_id = "reports", tag = "reports",
    responses((status = 200, body = Reports), (status = 401, body = Problem), (status = 403, body = Problem)),
    security(("key" = []), ("cookie" = []))
)]
pub async fn list(who: Authorized<BeSomebody>) -> Json<Reports> {
    let may = |report: &Report| who.rights().has(report.right());
    let owns = who.rights().has(Right::ReadOwn);
    let reports = Report::ALL.into_iter().filter(|one| may(one) || owns && one.may_be_of_bucket());
    let rows = reports.map(|one| {
        let (title, about) = one.words();
        ReportKnown {
            name: one.key(),
            title,
            about,
            formats: one.formats().iter().map(|format| format.key()).collect(),
            of_period: one.is_of_period(),
            of_bucket: one.may_be_of_bucket(),
            needs_bucket: !may(&one),
        }
    });
    Json(Reports { rows: rows.collect() })
}

/// One report, made anew. Those of a bucket are its owners' as well.
#[utoipa::path(
    get, path = "/v1/reports/{name}", operation_id = "report", tag = "reports",
    params(("name" = String, Path, description = "name of the report"), WhichReport),
    responses(
        (status = 200, description = "the file", body = Vec<u8>, content_type = "application/octet-stream"),
        (status = 400, body = Problem), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem),
        (status = 422, description = "a price or an exchange rate is missing", body = Problem),
        (status = 429, description = "too many reports wait", body = Problem), (status = 503, body = Problem)
    ),
    security(("key" = []), ("cookie" = []))
)]
pub async fn one(
    who: Authorized<BeSomebody>,
    State(server): State<Server>,
    Segment(name): Segment,
    Params(which): Params<WhichReport>,
) -> Result<Response, Problem> {
    let report = Report::from_key(&name).ok_or_else(|| Problem::unknown("report", &name))?;
    let asked = {
        let (state, now) = (server.gate.state().read(), server.gate.now());
        let sight = who.sight(&state, now);
        let bucket = may_have(&who, (&state, sight), report, which.bucket.as_deref())?;
        let (from, to) = dates(&state, now, report, &which)?;
        let format = report.written_as(which.format.as_deref()).map_err(unasked)?;
        let currency = which.currency.as_deref().map(currency).transpose()?;
        Asked { report, format, from, to, bucket, currency, sight, now }
    };
    let wanted = asked.clone();
    let made = server.report(move |engine: &mut Engine| match make(engine, &wanted) {
        Err(Unmade::Failed(why)) => Err::<_, Failure>(why),
        made => Ok(made),
    });
    let bytes = made.await?.map_err(unmade)?;
    Ok(attached(&asked.file_name(), asked.format, bytes))
}

/// The period of a report that has one; today for the others.
fn dates(
    state: &state::State,
    now: Instant,
    report: Report,
    which: &WhichReport,
) -> Result<(Date, Date), Problem> {
    let said = which.from.is_some() || which.to.is_some();
    if report.takes_period(said).map_err(unasked)? {
        return span(state, now, which.from.as_deref(), which.to.as_deref(), DAYS_ANY);
    }
    let today = state.zone().date(now);
    Ok((today, today))
}

/// The bucket that is asked for, if any, and if the caller may have this report.
pub(crate) fn may_have(
    who: &Authorized<BeSomebody>,
    (state, sight): (&state::State, Sight),
    report: Report,
    asked: Option<&str>,
) -> Result<Option<BucketId>, Problem> {
    let owns = asked.is_some() && who.rights().has(Right::ReadOwn);
    if !owns && !who.rights().has(report.right()) {
        let role = who.role().with_article();
        let detail = format!("{role} may have reports of their own buckets only");
        return Err(Problem::forbidden(detail));
    }
    asked.map(|key| bucket(state, sight, report, key)).transpose()
}

/// The bucket, if the caller may have this report of it: what it was spent on is for its owners.
fn bucket(
    state: &state::State,
    sight: Sight,
    report: Report,
    key: &str,
) -> Result<BucketId, Problem> {
    report.takes_bucket().map_err(unasked)?;
    let sees = |id: &BucketId| match report {
        Report::Statement => sight.bucket(state, *id),
        _ => sight.uses_of(state, *id),
    };
    let known = state.estate().bucket_called(key).filter(sees);
    known.ok_or_else(|| Problem::unknown("bucket", key))
}

fn unasked(why: Unasked) -> Problem {
    let (code, help) = match &why {
        Unasked::NotWrittenAs(report, _) => {
            let all: Vec<&str> = report.formats().iter().map(|format| format.key()).collect();
            ("bad-format", format!("ask for one of {}", all.join(", ")))
        }
        Unasked::OfNow(_) => ("no-period", "leave `from` and `to` out".to_owned()),
        Unasked::NotOfBuckets(_) => ("no-bucket", "leave `bucket` out".to_owned()),
    };
    Problem::new(StatusCode::BAD_REQUEST, code, why.to_string(), help)
}

pub(crate) fn unmade(why: Unmade) -> Problem {
    match why {
        Unmade::NoSum(why) => no_sum(why),
        Unmade::Failed(why) => why.into(),
        Unmade::NotSo(..) | Unmade::Unwritable(_) => Problem::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            "unwritable",
            why.to_string(),
            "ask for a shorter period, or another format",
        ),
    }
}
