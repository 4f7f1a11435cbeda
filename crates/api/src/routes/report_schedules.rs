//! `/v1/report-schedules`: reports that are sent by mail, by the clock.

pub mod send;

use crate::Server;
use crate::authority::{Authorized, BeSomebody};
use crate::extract::{Segment, Sent};
use crate::problem::Problem;
use crate::routes::chargeback::currency;
use crate::routes::reports::may_have;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use faregate_app::access::Role;
use faregate_app::rights::Right;
use faregate_core::state;
use faregate_core::when::Zone;
use faregate_library::schedule::{Cadence, Schedule, TO_MAX};
use faregate_library::{Format, Report};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A report that is sent by the clock.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReportSchedule {
    /// Its name: small letters, digits and `-`.
    pub key: String,
    /// Which report.
    pub report: String,
    /// `xlsx`, `pdf`, `csv` or `ics`.
    pub format: String,
    /// Key of a bucket: only what is its.
    pub bucket: Option<String>,
    /// Money in this currency, where it can be converted.
    pub currency: Option<String>,
    /// `daily`, of the day before; `weekly`, on Mondays, of the week before; `monthly`, on the first, of the month
    /// before.
    pub every: String,
    /// At which time of the day: `07:00`.
    pub at: String,
    /// In which zone.
    pub zone: String,
    /// The mail channel on which it goes.
    pub channel: String,
    /// E-mail addresses of those who get it.
    pub to: Vec<String>,
    /// Who asked for it: what they see is what is in it.
    pub by: String,
    /// As what they asked.
    pub role: String,
}

/// What is said of a schedule that is added or changed. Whoever says it is who asks for it.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SaidSchedule {
    /// Which report.
    pub report: String,
    /// `xlsx`, `pdf`, `csv` or `ics`; the report's usual one by default.
    pub format: Option<String>,
    /// Key of a bucket: only what is its.
    pub bucket: Option<String>,
    /// Money in this currency, where it can be converted.
    pub currency: Option<String>,
    /// `daily`, `weekly` or `monthly`.
    pub every: String,
    /// At which time of the day: `07:00` by default.
    pub at: Option<String>,
    /// In which zone; the contract's by default.
    pub zone: Option<String>,
    /// The mail channel on which it goes; by default the only one.
    pub channel: Option<String>,
    /// E-mail addresses of those who get it.
    #[schema(min_items = 1, max_items = 50)]
    pub to: Vec<String>,
}

/// A schedule that is added.
#[derive(Clone, Debug, Deserialize, ToSchema)]
pub struct NewSchedule {
    /// Its name: small letters, digits and `-`.
    pub key: String,
    /// What is said of it.
    #[serde(flatten)]
    pub said: SaidSchedule,
}

/// Schedules.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReportSchedules {
    /// In the order of their keys.
    pub rows: Vec<ReportSchedule>,
    /// The mail channels on which reports can go.
    pub channels: Vec<String>,
}

/// The schedules of reports that the caller may have, and of those that they asked for.
#[utoipa::path(
    get, path = "/v1/report-schedules", operation_id = "report_schedules", tag = "reports",
    responses(
        (status = 200, body = ReportSchedules), (status = 401, body = Problem), (status = 503, body = Problem)
    ),
    security(("key" = []), ("cookie" = []))
)]
pub async fn list(
    who: Authorized<BeSomebody>,
    State(server): State<Server>,
) -> Result<Json<ReportSchedules>, Problem> {
    let (all, channels) =
        server.ask_schedules(|kept| Ok((kept.all()?, kept.mail_channels()))).await?;
    let state = server.gate.state().read();
    let seen = all.iter().filter(|one| sees(&who, &server, &state, one));
    Ok(Json(ReportSchedules { rows: seen.map(ReportSchedule::from).collect(), channels }))
}

/// Has a report sent by the clock. It asks for the same right as the report itself.
#[utoipa::path(
    post, path = "/v1/report-schedules", operation_id = "add_report_schedule", tag = "reports", request_body = NewSchedule,
    responses(
        (status = 201, body = ReportSchedule), (status = 400, body = Problem), (status = 401, body = Problem),
        (status = 403, body = Problem), (status = 404, description = "there is no such report or bucket", body = Problem),
        (status = 409, description = "there is one of this name", body = Problem), (status = 413, body = Problem),
        (status = 415, body = Problem), (status = 422, body = Problem), (status = 503, body = Problem)
    ),
    security(("key" = []), ("cookie" = []))
)]
pub async fn add(
    who: Authorized<BeSomebody>,
    State(server): State<Server>,
    Sent(NewSchedule { key, said }): Sent<NewSchedule>,
) -> Result<(StatusCode, Json<ReportSchedule>), Problem> {
    let schedule = read(&who, &server, key, said)?;
    let told = ReportSchedule::from(&schedule);
    let kept = server.ask_schedules(move |kept| {
        let is_there = kept.all()?.iter().any(|one| one.key == schedule.key);
        if is_there { Ok(Err(schedule.key)) } else { kept.keep(schedule).map(Ok) }
    });
    kept.await?.map_err(|key| {
        let detail = format!("there is a schedule `{key}` already");
        let help = "change that one, or take another key";
        Problem::new(StatusCode::CONFLICT, "schedule-taken", detail, help)
    })?;
    Ok((StatusCode::CREATED, Json(told)))
}

/// Changes a schedule as a whole. One's own can be changed, and all by those who run Faregate; from then on it is of
/// whoever changed it.
#[utoipa::path(
    put, path = "/v1/report-schedules/{key}", operation_id = "change_report_schedule", tag = "reports",
    params(("key" = String, Path, description = "key of the schedule")), request_body = SaidSchedule,
    responses(
        (status = 200, body = ReportSchedule), (status = 400, body = Problem), (status = 401, body = Problem),
        (status = 403, body = Problem), (status = 404, body = Problem), (status = 413, body = Problem),
        (status = 415, body = Problem), (status = 422, body = Problem), (status = 503, body = Problem)
    ),
    security(("key" = []), ("cookie" = []))
)]
pub async fn change(
    who: Authorized<BeSomebody>,
    State(server): State<Server>,
    Segment(key): Segment,
    Sent(said): Sent<SaidSchedule>,
) -> Result<Json<ReportSchedule>, Problem> {
    theirs(&who, &server, &key).await?;
    let schedule = read(&who, &server, key, said)?;
    let told = ReportSchedule::from(&schedule);
    server.ask_schedules(move |kept| kept.keep(schedule)).await?;
    Ok(Json(told))
}

/// Removes a schedule.
#[utoipa::path(
    delete, path = "/v1/report-schedules/{key}", operation_id = "remove_report_schedule", tag = "reports",
    params(("key" = String, Path, description = "key of the schedule")),
    responses(
        (status = 204, description = "it is gone"), (status = 400, body = Problem), (status = 401, body = Problem),
        (status = 403, body = Problem), (status = 404, body = Problem), (status = 503, body = Problem)
    ),
    security(("key" = []), ("cookie" = []))
)]
pub async fn remove(
    who: Authorized<BeSomebody>,
    State(server): State<Server>,
    Segment(key): Segment,
) -> Result<StatusCode, Problem> {
    theirs(&who, &server, &key).await?;
    server.ask_schedules(move |kept| kept.forget(&key)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// A schedule that the caller may change.
async fn theirs(
    who: &Authorized<BeSomebody>,
    server: &Server,
    key: &str,
) -> Result<Schedule, Problem> {
    let all = server.ask_schedules(|kept| kept.all()).await?;
    let state = server.gate.state().read();
    let found = all.into_iter().find(|one| one.key == key);
    let found = found.filter(|one| sees(who, server, &state, one));
    let found = found.ok_or_else(|| Problem::unknown("schedule", key))?;
    if found.by != who.name() && !who.rights().has(Right::RunFaregate) {
        let detail = format!("`{key}` is a schedule of `{}`", found.by);
        return Err(Problem::forbidden(detail));
    }
    Ok(found)
}

/// Whether the caller may have the report of a schedule, or asked for it.
fn sees(
    who: &Authorized<BeSomebody>,
    server: &Server,
    state: &state::State,
    one: &Schedule,
) -> bool {
    let sight = who.sight(state, server.gate.now());
    let may = may_have(who, (state, sight), one.report, one.bucket.as_deref()).is_ok();
    may || one.by == who.name()
}

/// A schedule as it is said, if the caller may have its report.
fn read(
    who: &Authorized<BeSomebody>,
    server: &Server,
    key: String,
    said: SaidSchedule,
) -> Result<Schedule, Problem> {
    let report = Report::from_key(&said.report);
    let report = report.ok_or_else(|| Problem::unknown("report", &said.report))?;
    let own = {
        let state = server.gate.state().read();
        let sight = who.sight(&state, server.gate.now());
        may_have(who, (&state, sight), report, said.bucket.as_deref())?;
        state.zone().name().to_owned()
    };
    let usual = report.formats().first().map_or("", |format| format.key());
    let written = ReportSchedule {
        key,
        report: said.report,
        format: said.format.unwrap_or_else(|| usual.to_owned()),
        bucket: said.bucket,
        currency: said.currency,
        every: said.every,
        at: said.at.unwrap_or_else(|| "07:00".to_owned()),
        zone: said.zone.unwrap_or(own),
        channel: channel(server, said.channel)?,
        to: said.to,
        by: who.name().to_owned(),
        role: who.role().key().to_owned(),
    };
    written.read().map_err(bad)
}

/// The mail channel of a name, or the only one there is.
fn channel(server: &Server, asked: Option<String>) -> Result<String, Problem> {
    let known = server.schedules.mail_channels();
    let help = match known.as_slice() {
        [] => "declare a channel of the kind `mail` in `channels.toml`".to_owned(),
        known => format!("name one of {}", known.join(", ")),
    };
    let found = match asked {
        Some(asked) => known.into_iter().find(|name| *name == asked),
        None => <[String; 1]>::try_from(known).ok().map(|[only]| only),
    };
    found.ok_or_else(|| {
        let detail = "reports go by mail, and it is not said on which channel";
        Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "no-channel", detail, help)
    })
}

/// The minute of a day, from `07:00`.
fn minute(at: &str) -> Option<u16> {
    let (hour, minute) =
        at.split_once(':').filter(|(hour, minute)| hour.len() + minute.len() == 4)?;
    let part = |text: &str, below: u16| text.parse::<u16>().ok().filter(|part| *part < below);
    Some(part(hour, 24)? * 60 + part(minute, 60)?)
}

fn bad(detail: String) -> Problem {
    let help = format!("see the guide to reports; a report goes to at most {TO_MAX} addresses");
    Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "bad-schedule", detail, help)
}

impl From<&Schedule> for ReportSchedule {
    fn from(one: &Schedule) -> Self {
        Self {
            key: one.key.clone(),
            report: one.report.key().to_owned(),
            format: one.format.key().to_owned(),
            bucket: one.bucket.clone(),
            currency: one.currency.map(|currency| currency.code().to_owned()),
            every: one.every.key().to_owned(),
            at: format!("{:02}:{:02}", one.minute / 60, one.minute % 60),
            zone: one.zone.name().to_owned(),
            channel: one.channel.clone(),
            to: one.to.clone(),
            by: one.by.clone(),
            role: one.role.key().to_owned(),
        }
    }
}

impl ReportSchedule {
    /// The schedule that it says.
    ///
    /// # Errors
    /// What it says that cannot be, in words.
    pub fn read(&self) -> Result<Schedule, String> {
        let report = Report::from_key(&self.report);
        let code = self.currency.as_deref();
        let currency = code.map(|code| currency(code).map_err(|why| why.detail)).transpose()?;
        let schedule = Schedule {
            key: self.key.clone(),
            report: report.ok_or_else(|| format!("there is no report `{}`", self.report))?,
            format: Format::from_key(&self.format)
                .ok_or_else(|| format!("there is no format `{}`", self.format))?,
            bucket: self.bucket.clone(),
            currency,
            every: Cadence::from_key(&self.every)
                .ok_or_else(|| "a report is sent daily, weekly or monthly".to_owned())?,
            minute: minute(&self.at)
                .ok_or_else(|| "write the time of the day as 07:00".to_owned())?,
            zone: Zone::named(&self.zone)
                .map_err(|_| format!("there is no zone `{}`", self.zone))?,
            channel: self.channel.clone(),
            to: self.to.clone(),
            by: self.by.clone(),
            role: Role::from_key(&self.role)
                .ok_or_else(|| format!("there is no role `{}`", self.role))?,
        };
        schedule.fault().map_or(Ok(schedule), Err)
    }
}
