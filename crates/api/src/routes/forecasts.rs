//! `/v1/forecasts`: what will be burned, when tokens run out, and how good it was to listen to past forecasts.

use crate::Server;
use crate::authority::{Authorized, ReadOutlook};
use crate::extract::{Params, Sent};
use crate::problem::Problem;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use faregate_app::alerts::outlook::Whose;
use faregate_app::forecasts::{self, Changed, Expected};
use faregate_app::sight::Sight;
use faregate_core::forecast::{Change, Record, Total};
use faregate_core::state;
use faregate_core::when::Date;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// So many changes at once.
const CHANGES_MAX: usize = 32;

/// Whose future, and how far.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Which {
    /// `contract`, `bucket:KEY` or `product:KEY`; the contract by default.
    subject: Option<String>,
    /// The last day; four weeks ahead by default, a year at most.
    #[param(format = Date)]
    to: Option<String>,
}

/// From one number of tokens to another.
#[derive(Debug, Serialize, ToSchema)]
pub struct Range {
    /// As often as above `high` it ends below this.
    pub low: f64,
    /// As often as below `low` it ends above this.
    pub high: f64,
}

/// Tokens of a span: an estimate.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ForecastEstimate)]
pub struct Estimate {
    /// Expected.
    pub expected: f64,
    /// Half of all cases.
    pub half: Range,
    /// Four cases of five.
    pub four_in_five: Range,
    /// Nineteen cases of twenty.
    pub nineteen_in_twenty: Range,
}

/// When what is left is used up, if nothing is bought.
#[derive(Debug, Serialize, ToSchema)]
pub struct UsedUp {
    /// What is left.
    pub left: f64,
    /// The day on which it is expected to be used up; `null`: not before the term ends.
    pub on: Option<String>,
    /// In four cases of five not before this day; `null`: not before the term ends.
    pub not_before: Option<String>,
    /// In four cases of five not after this day; `null`: later than the term ends.
    pub not_after: Option<String>,
}

/// How good past forecasts were.
#[derive(Debug, Serialize, ToSchema)]
pub struct PastForecasts {
    /// How long they were: `7 days`, `28 days`, `month end`.
    pub span: String,
    /// How many were scored.
    pub count: u32,
    /// Mean absolute error, as a share of what came.
    pub error: Option<f64>,
    /// Mean error, as a share of what came: above zero when too much was expected.
    pub bias: Option<f64>,
    /// Which share of them the band of four in five held.
    pub four_in_five_held: f64,
    /// Which share of them the band of nineteen in twenty held.
    pub nineteen_in_twenty_held: f64,
}

/// What is expected of a subject.
#[derive(Debug, Serialize, ToSchema)]
pub struct Forecast {
    /// Whose: `contract`, `bucket:KEY` or `product:KEY`.
    pub subject: String,
    /// Their name.
    pub subject_name: String,
    /// On how many days of use it stands; 0 when nothing was ever used, and nothing can be said.
    pub history_days: u32,
    /// The days ahead, today first.
    pub days: Vec<String>,
    /// Tokens expected of each.
    pub tokens: Vec<f64>,
    /// All of them together.
    pub total: Option<Estimate>,
    /// The month, with what was used of it already.
    pub month_end: Option<Estimate>,
    /// Last day of the term.
    pub term_last: Option<String>,
    /// What is still to come until then.
    pub term_end: Option<Estimate>,
    /// When what is left is used up.
    pub used_up: Option<UsedUp>,
    /// How good past forecasts were, once some can be scored.
    pub past: Vec<PastForecasts>,
    /// In sentences.
    pub text: String,
}

/// Something that may happen.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(tag = "change", rename_all = "kebab-case", deny_unknown_fields)]
pub enum WhatIfChange {
    /// So many more people use a product, each as those who do now; fewer when negative.
    People {
        /// Key of the product.
        product: String,
        /// How many.
        count: f64,
        /// From which day on.
        #[schema(format = Date)]
        from: String,
    },
    /// A bucket, with those below it, burns so many times as much: 0 when its project stops.
    Bucket {
        /// Key of the bucket.
        bucket: String,
        /// How many times.
        times: f64,
        /// From which day on.
        #[schema(format = Date)]
        from: String,
    },
    /// A product's rate is so many times today's.
    Rate {
        /// Key of the product.
        product: String,
        /// How many times.
        times: f64,
        /// From which day on.
        #[schema(format = Date)]
        from: String,
    },
}

/// What if.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WhatIf {
    /// `contract`, `bucket:KEY` or `product:KEY`; the contract by default.
    subject: Option<String>,
    /// The last day; a year ahead at most.
    #[schema(format = Date)]
    to: String,
    /// What may happen.
    #[schema(max_items = 32)]
    changes: Vec<WhatIfChange>,
}

/// A forecast beside what it would be with changes.
#[derive(Debug, Serialize, ToSchema)]
pub struct WhatIfResult {
    /// The last day.
    pub to: String,
    /// Without the changes.
    pub before: Estimate,
    /// With them.
    pub after: Estimate,
    /// The days ahead, today first.
    pub days: Vec<String>,
    /// Tokens of each with the changes.
    pub tokens: Vec<f64>,
    /// When what is left is used up without the changes.
    pub used_up_before: Option<String>,
    /// When with them.
    pub used_up_after: Option<String>,
    /// What cannot be said: changes that have no part in it.
    pub warnings: Vec<String>,
    /// In a sentence.
    pub text: String,
}

/// What is expected of the contract, a bucket or a product. Members see the buckets whose uses they see.
#[utoipa::path(
    get, path = "/v1/forecasts", operation_id = "forecast", tag = "burn", params(Which),
    responses((status = 200, body = Forecast), (status = 400, body = Problem), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem), (status = 429, body = Problem), (status = 503, body = Problem)),
    security(("key" = []), ("cookie" = []))
)]
pub async fn forecast(
    who: Authorized<ReadOutlook>,
    State(server): State<Server>,
    Params(which): Params<Which>,
) -> Result<Json<Forecast>, Problem> {
    let now = server.gate.now();
    let key = which.subject.unwrap_or_else(|| "contract".to_owned());
    let to = which.to.as_deref().map(date).transpose()?;
    let (material, records, subject) = {
        let state = server.gate.state().read();
        let whose = seen(&state, who.sight(&state, now), &key)?;
        let subject = whose.subject.clone();
        let (material, records) = forecasts::material(&state, whose, now);
        (material, records, subject)
    };
    let expected = move || material.map(|material| material.expected(to, records));
    let found = server.reckon(expected).await?;
    Ok(Json(found.map_or_else(|| nothing(&subject), |found| shown(&found))))
}

/// What would be expected if something happened. Nothing is saved.
#[utoipa::path(
    post, path = "/v1/forecasts/what-if", operation_id = "what_if", tag = "burn", request_body = WhatIf,
    responses(
        (status = 200, body = WhatIfResult), (status = 400, body = Problem), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem), (status = 409, description = "nothing was ever used", body = Problem), (status = 413, body = Problem), (status = 415, body = Problem),
        (status = 422, body = Problem)
    ),
    security(("key" = []), ("cookie" = []))
)]
pub async fn what_if(
    who: Authorized<ReadOutlook>,
    State(server): State<Server>,
    Sent(WhatIf { subject, to, changes }): Sent<WhatIf>,
) -> Result<Json<WhatIfResult>, Problem> {
    let (state, now) = (server.gate.state().read(), server.gate.now());
    let sight = who.sight(&state, now);
    let key = subject.unwrap_or_else(|| "contract".to_owned());
    let whose = seen(&state, sight, &key)?;
    if changes.len() > CHANGES_MAX {
        return Err(senseless(format!("{} changes are too many", changes.len())));
    }
    let read = |change: &WhatIfChange| change.read(&state, sight);
    let meant = changes.iter().map(read).collect::<Result<Vec<Change>, Problem>>()?;
    let found = forecasts::with_changes(&state, &whose, &meant, date(&to)?, now);
    let found = found.ok_or_else(|| {
        let detail = "nothing was used yet, so nothing can be said";
        Problem::new(StatusCode::CONFLICT, "no-history", detail, "take in some use first")
    })?;
    Ok(Json(changed(&found, &whose.subject.name)))
}

impl WhatIfChange {
    fn read(&self, state: &state::State, sight: Sight) -> Result<Change, Problem> {
        let estate = state.estate();
        let product =
            |key: &str| estate.product_called(key).ok_or_else(|| Problem::unknown("product", key));
        let times = |factor: f64| match (0.0..=1e3).contains(&factor) {
            true => Ok(factor),
            false => Err(senseless(format!("`{factor}` times is not between 0 and 1,000"))),
        };
        Ok(match self {
            Self::People { product: key, count, from } => {
                if !(-1e6..=1e6).contains(count) {
                    return Err(senseless(format!("`{count}` people are too many")));
                }
                Change::People { product: product(key)?, count: *count, from: date(from)? }
            }
            Self::Bucket { bucket: key, times: factor, from } => {
                let id = estate.bucket_called(key).filter(|id| sight.bucket(state, *id));
                let bucket = id.ok_or_else(|| Problem::unknown("bucket", key))?;
                Change::Bucket { bucket, factor: times(*factor)?, from: date(from)? }
            }
            Self::Rate { product: key, times: factor, from } => {
                Change::Rate { product: product(key)?, factor: times(*factor)?, from: date(from)? }
            }
        })
    }
}

/// The subject with this key, when the caller may see its burn.
fn seen(state: &state::State, sight: Sight, key: &str) -> Result<Whose, Problem> {
    let unknown = || Problem::unknown("subject", key);
    let whose = forecasts::whose(state, key).ok_or_else(unknown)?;
    let sees = match key.strip_prefix("bucket:") {
        Some(bucket) => {
            state.estate().bucket_called(bucket).is_some_and(|id| sight.bucket(state, id))
        }
        None => sight.contract(state),
    };
    if sees { Ok(whose) } else { Err(unknown()) }
}

fn date(text: &str) -> Result<Date, Problem> {
    text.parse().map_err(|_| {
        let detail = format!("`{text}` is not a date");
        Problem::bad_request("bad-date", detail, "write dates as YYYY-MM-DD")
    })
}

fn senseless(detail: String) -> Problem {
    let help = "see the description of the request";
    Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "senseless-change", detail, help)
}

/// The forecast of a subject that has used nothing.
#[must_use]
pub fn nothing(subject: &faregate_core::alert::Subject) -> Forecast {
    Forecast {
        subject: subject.key(),
        subject_name: subject.name.clone(),
        history_days: 0,
        days: Vec::new(),
        tokens: Vec::new(),
        total: None,
        month_end: None,
        term_last: None,
        term_end: None,
        used_up: None,
        past: Vec::new(),
        text: format!("{} has used nothing yet, so nothing can be said.", subject.name),
    }
}

/// A forecast as it is on the wire.
#[must_use]
pub fn shown(found: &Expected) -> Forecast {
    let text = |date: Option<Date>| date.map(|date| date.to_string());
    let used_up = found.depletion.as_ref().map(|(left, depletion)| {
        let [_, (first, last), _] = depletion.bands;
        UsedUp {
            left: *left,
            on: text(depletion.expected),
            not_before: text(first),
            not_after: text(last),
        }
    });
    Forecast {
        subject: found.subject.key(),
        subject_name: found.subject.name.clone(),
        history_days: found.history_days,
        days: found.days.iter().map(|(date, _)| date.to_string()).collect(),
        tokens: found.days.iter().map(|(_, tokens)| *tokens).collect(),
        total: Some(estimate(&found.total)),
        month_end: Some(estimate(&found.month_end)),
        term_last: found.term_end.as_ref().map(|(last, _)| last.to_string()),
        term_end: found.term_end.as_ref().map(|(_, total)| estimate(total)),
        used_up,
        past: found.records.iter().map(|(span, record)| past(span, record)).collect(),
        text: found.text.clone(),
    }
}

fn estimate(total: &Total) -> Estimate {
    let [half, four, nineteen] = total.bands.map(|band| Range { low: band.low, high: band.high });
    let expected = total.expected;
    Estimate { expected, half, four_in_five: four, nineteen_in_twenty: nineteen }
}

fn past(span: &str, record: &Record) -> PastForecasts {
    let [_, four, nineteen] = record.held;
    PastForecasts {
        span: span.to_owned(),
        count: record.forecasts,
        error: record.mape,
        bias: record.bias,
        four_in_five_held: four,
        nineteen_in_twenty_held: nineteen,
    }
}

/// A what-if as it is on the wire; `name` is the subject's.
#[must_use]
pub fn changed(found: &Changed, name: &str) -> WhatIfResult {
    let warning = |place: &usize| format!("change {} has no part in the burn of {name}", place + 1);
    let text = |date: Option<Date>| date.map(|date| date.to_string());
    let (before, after) = (found.before.expected, found.after.expected);
    let more = if after >= before { "more" } else { "less" };
    WhatIfResult {
        to: found.to.to_string(),
        before: estimate(&found.before),
        after: estimate(&found.after),
        days: found.days.iter().map(|(date, _)| date.to_string()).collect(),
        tokens: found.days.iter().map(|(_, tokens)| *tokens).collect(),
        used_up_before: text(found.used_up.0),
        used_up_after: text(found.used_up.1),
        warnings: found.without_part.iter().map(warning).collect(),
        text: format!(
            "{name} would burn {after:.0} tokens until {}: {:.0} {more} than without the changes.",
            found.to,
            (after - before).abs()
        ),
    }
}
