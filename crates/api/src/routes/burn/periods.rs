//! `/v1/burn/periods`: today beside the same hour on comparable days, the usual spans, and how fast it goes.

use crate::Server;
use crate::authority::{Authorized, ReadOutlook};
use crate::extract::Params;
use crate::problem::Problem;
use crate::sources::Stale;
use crate::wire::Amount;
use axum::Json;
use axum::extract::State;
use faregate_app::sight::Sight;
use faregate_app::sources::Figure;
use faregate_app::views::burn::{Narrowed, buckets_seen, periods_in_words};
use faregate_core::burn::{self, Filter};
use faregate_core::state;
use faregate_core::when::Instant;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// Of what.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Of {
    /// Only what belongs to this bucket itself.
    bucket: Option<String>,
    /// Only of this product.
    product: Option<String>,
    /// Only of people who are in this group now, or in one below it; members may not ask for it.
    group: Option<String>,
}

/// A period, and the one before it up to the same point.
#[derive(Debug, Serialize, ToSchema)]
pub struct BurnSpan {
    /// `today`, `yesterday`, `last-7-days`, `last-28-days`, `month-to-date` or `contract-year-to-date`.
    pub key: &'static str,
    /// First date.
    #[schema(format = Date)]
    pub from: String,
    /// Last date.
    #[schema(format = Date)]
    pub to: String,
    /// What was spent in it.
    pub amount: Amount,
    /// What was spent in the one before: up to the same time of day, where this one still goes on.
    pub before: Amount,
}

/// What is spent in the same stretch on comparable days: the last eight same weekdays that were no holidays.
#[derive(Debug, Serialize, ToSchema)]
pub struct UsualBurn {
    /// On average.
    pub mean: Amount,
    /// On the day with the least.
    pub low: Amount,
    /// On the day with the most.
    pub high: Amount,
    /// On how many days.
    pub days: u32,
}

/// What was spent in the last stretch of time.
#[derive(Debug, Serialize, ToSchema)]
pub struct BurnVelocity {
    /// `hour`, `day` or `week`.
    pub key: &'static str,
    /// How long it is.
    pub seconds: i64,
    /// What was spent in it.
    pub amount: Amount,
    /// What is spent in as long up to the same time of day; `null` where there is no comparable day.
    pub usual: Option<UsualBurn>,
}

/// Burn of the usual periods.
#[derive(Debug, Serialize, ToSchema)]
pub struct BurnPeriods {
    /// When it was true.
    pub as_of: String,
    /// The zone in which days are counted.
    pub zone: String,
    /// Today so far, beside yesterday up to the same time.
    pub today: BurnSpan,
    /// Comparable days up to the same time; `null` where there is none.
    pub usual: Option<UsualBurn>,
    /// Yesterday, the last 7 and 28 days, this month, this contract year.
    pub spans: Vec<BurnSpan>,
    /// How fast it goes now.
    pub velocity: Vec<BurnVelocity>,
    /// Sources that end before now: what they would tell is not in the numbers.
    pub stale: Vec<Stale>,
    /// All of it in words.
    pub text: String,
}

/// Burn of the usual periods: of everything, or of the buckets that the caller sees.
#[utoipa::path(
    get, path = "/v1/burn/periods", operation_id = "burn_periods", tag = "burn", params(Of),
    responses(
        (status = 200, body = BurnPeriods), (status = 400, body = Problem), (status = 401, body = Problem),
        (status = 403, body = Problem), (status = 404, description = "a key stands for nothing that the caller sees", body = Problem),
        (status = 503, body = Problem)
    ),
    security(("key" = []), ("cookie" = []))
)]
pub async fn periods(
    who: Authorized<ReadOutlook>,
    State(server): State<Server>,
    Params(of): Params<Of>,
) -> Result<Json<BurnPeriods>, Problem> {
    let stale = server.stale(Figure::Burn, None).await?;
    let (state, now) = (server.gate.state().read(), server.gate.now());
    let filter = filter(&state, who.sight(&state, now), of, now)?;
    let found = burn::periods(&state, &filter, now);
    let zone = state.zone().name().to_owned();
    Ok(Json(BurnPeriods { stale, zone, ..BurnPeriods::from(&found) }))
}

/// What the caller asks for, of what they see: which groups there are and who is in them is not theirs to learn.
fn filter(state: &state::State, sight: Sight, of: Of, now: Instant) -> Result<Filter, Problem> {
    let Of { bucket, product, group } = of;
    let seen = buckets_seen(state, sight);
    if seen.is_some() && group.is_some() {
        return Err(Problem::forbidden("a member may not ask for the burn of a group"));
    }
    let key = bucket.clone().unwrap_or_default();
    let narrowed = Narrowed { product, bucket, group, person: None };
    let filter = narrowed.filter(state, now)?;
    match (&filter.buckets, seen) {
        (Some(asked), Some(seen)) if asked.iter().any(|id| !seen.contains(id)) => {
            Err(Problem::unknown("bucket", &key))
        }
        (None, Some(seen)) => Ok(Filter { buckets: Some(seen), ..filter }),
        _ => Ok(filter),
    }
}

impl From<&burn::Periods> for BurnPeriods {
    fn from(found: &burn::Periods) -> Self {
        Self {
            as_of: found.as_of.to_string(),
            zone: String::new(),
            today: (&found.today).into(),
            usual: found.usual.map(UsualBurn::from),
            spans: found.spans.iter().map(BurnSpan::from).collect(),
            velocity: found.velocity.iter().map(BurnVelocity::from).collect(),
            stale: Vec::new(),
            text: periods_in_words(found),
        }
    }
}

impl From<&burn::Span> for BurnSpan {
    fn from(span: &burn::Span) -> Self {
        let (from, to) = (span.from.to_string(), span.to.to_string());
        Self { key: span.key, from, to, amount: span.sum.into(), before: span.before.into() }
    }
}

impl From<burn::Usual> for UsualBurn {
    fn from(usual: burn::Usual) -> Self {
        let burn::Usual { mean, low, high, days } = usual;
        Self { mean: mean.into(), low: low.into(), high: high.into(), days }
    }
}

impl From<&burn::Velocity> for BurnVelocity {
    fn from(velocity: &burn::Velocity) -> Self {
        Self {
            key: velocity.key,
            seconds: velocity.seconds,
            amount: velocity.sum.into(),
            usual: velocity.usual.map(UsualBurn::from),
        }
    }
}
