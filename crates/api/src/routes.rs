//! One module a resource; the tree of files is the tree of paths.

pub mod about;
pub mod accounts;
pub mod agent;
pub mod agents;
pub mod alert_rules;
pub mod alerts;
pub mod balances;
pub mod buckets;
pub mod burn;
pub mod caps;
pub mod channels;
pub mod chargeback;
pub mod cloud_events;
pub mod decisions;
pub mod deliveries;
pub mod double_dips;
pub mod estate;
pub mod events;
pub mod findings;
pub mod first_run;
pub mod forecasts;
pub mod groups;
pub mod health;
pub mod imports;
pub mod keys;
pub mod me;
pub mod metrics;
pub mod occasions;
pub mod orders;
pub mod people;
pub mod places;
pub mod plans;
pub mod policies;
pub mod portfolio;
pub mod products;
pub mod quotes;
pub mod reconciliation;
pub mod refusals;
pub mod renewal;
pub mod report_schedules;
pub mod reports;
pub mod requests;
pub mod rights;
pub mod seats;
pub mod sessions;
pub mod sign_in;
pub mod sites;
pub mod sizing;
pub mod sources;
pub mod statement;
pub mod summary;
pub mod terms;
pub mod uncharged;
pub mod what_ifs;

use crate::problem::Problem;
use faregate_app::engine::Failure;
use faregate_core::state::State;
use faregate_core::when::{Date, Instant};
use tokio::sync::oneshot;

/// The years in which anybody asks for burn.
const YEARS: std::ops::RangeInclusive<i16> = 1970..=2999;

/// The longest span that is drawn or decided day by day.
pub(crate) const DAYS_MAX: i32 = 400;
/// The longest span of a table.
pub(crate) const TABLE_DAYS_MAX: i32 = 3_660;

/// No limit to the span of a report that reads the whole journal anyway.
pub(crate) const DAYS_ANY: i32 = i32::MAX;

/// Waits for an answer of the deciding thread.
pub(crate) async fn answered<T>(
    waiting: oneshot::Receiver<Result<T, Failure>>,
) -> Result<T, Problem> {
    // A dropped reply means that the thread has stopped.
    waiting.await.unwrap_or(Err(Failure::Stopping)).map_err(Problem::from)
}

/// Reads a date.
pub(crate) fn date(text: &str) -> Result<Date, Problem> {
    let date = text.parse::<Date>().ok().filter(|date| YEARS.contains(&date.ymd().0));
    date.ok_or_else(|| {
        let detail = format!("`{text}` is not a date of the years 1970 to 2999");
        Problem::bad_request("bad-date", detail, "write dates as YYYY-MM-DD")
    })
}

/// Reads a span of dates, both included; the last 30 days by default, at most `days_max`.
pub(crate) fn span(
    state: &State,
    now: Instant,
    from: Option<&str>,
    to: Option<&str>,
    days_max: i32,
) -> Result<(Date, Date), Problem> {
    let to = to.map(date).transpose()?.unwrap_or_else(|| state.zone().date(now));
    let from = from.map(date).transpose()?.unwrap_or_else(|| to.plus(-29));
    let days = i64::from(to.0) - i64::from(from.0) + 1;
    if !(1..=i64::from(days_max)).contains(&days) {
        let detail = format!("from {from} to {to} is {days} days");
        let help = "give a span of at least one day, and no longer than the path allows";
        return Err(Problem::bad_request("bad-span", detail, help));
    }
    Ok((from, to))
}
