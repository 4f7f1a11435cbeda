//! `/v1/buckets`: the tree of budgets, and what is in them.

use crate::Server;
use crate::authority::{Authorized, ReadOwn};
use crate::extract::{Params, Segment};
use crate::paging::{Search, finds, page};
use crate::problem::Problem;
use crate::wire::Tokens;
use axum::Json;
use axum::extract::State;
use faregate_app::sight::Sight;
use faregate_app::views::buckets::{BucketFigures, buckets};
use faregate_core::estate::{Leftover, PersonId};
use faregate_core::ledger::BucketBalance;
use faregate_core::state;
use serde::Serialize;
use utoipa::ToSchema;

pub mod statement;

/// What a bucket has.
#[derive(Debug, Serialize, ToSchema)]
pub struct BucketAmounts {
    /// Free to spend.
    pub available: Tokens,
    /// Reserved for launches within their grace.
    pub held: Tokens,
    /// Spent.
    pub spent: Tokens,
    /// Ever allocated, less what expired.
    pub allocated: Tokens,
}

/// The dates that a bucket's allocation is for.
#[derive(Debug, Serialize, ToSchema)]
pub struct BucketPeriod {
    /// First date.
    #[schema(format = Date)]
    pub from: String,
    /// First date after.
    #[schema(format = Date)]
    pub until: String,
}

/// A bucket in its tree.
#[derive(Debug, Serialize, ToSchema)]
pub struct BucketNode {
    /// Key.
    pub key: String,
    /// Name.
    pub name: String,
    /// Key of the bucket above; `null` at the top, and where the caller does not see it.
    pub parent: Option<String>,
    /// Keys of those who decide on it.
    pub owners: Vec<String>,
    /// The running period; `null` where it has no end.
    pub period: Option<BucketPeriod>,
    /// What becomes of the rest when the period ends: `return`, `carry` or `expire`.
    pub leftover: &'static str,
    /// Whether those below may borrow from it, on approval.
    pub lends: bool,
    /// What it has itself.
    #[serde(flatten)]
    pub own: BucketAmounts,
    /// What it has together with those below it that the caller sees.
    pub with_below: BucketAmounts,
}

/// A page of buckets.
#[derive(Debug, Serialize, ToSchema)]
pub struct Buckets {
    /// In the order opened.
    pub rows: Vec<BucketNode>,
    /// Cursor of the next page; `null` at the end.
    pub next: Option<String>,
}

/// The tree of buckets: all, or those that the caller owns or draws from, and those below what they own.
#[utoipa::path(
    get, path = "/v1/buckets", operation_id = "list_buckets", tag = "estate", params(Search),
    responses((status = 200, body = Buckets), (status = 400, body = Problem), (status = 401, body = Problem), (status = 403, body = Problem)),
    security(("key" = []), ("cookie" = []))
)]
pub async fn list(
    who: Authorized<ReadOwn>,
    State(server): State<Server>,
    Params(which): Params<Search>,
) -> Result<Json<Buckets>, Problem> {
    let (state, now) = (server.gate.state().read(), server.gate.now());
    let sight = who.sight(&state, now);
    let figures = buckets(&state, |id| sight.bucket(&state, id)).into_iter();
    let found = figures.filter(|figures| {
        let known = state.estate().bucket(figures.id);
        known.is_some_and(|known| finds(which.q.as_deref(), &[&known.key, &known.name]))
    });
    let placed = found.map(|figures| (u64::from(figures.id.0), figures));
    let page = page(placed, which.limit, which.cursor.as_deref())?;
    let today = state.zone().date(now);
    let rows = page.rows.iter().map(|figures| shown(&state, sight, figures, today)).collect();
    Ok(Json(Buckets { rows, next: page.next }))
}

/// One bucket.
#[utoipa::path(
    get, path = "/v1/buckets/{key}", operation_id = "bucket", tag = "estate",
    params(("key" = String, Path, description = "key of the bucket")),
    responses(
        (status = 200, body = BucketNode), (status = 400, body = Problem), (status = 401, body = Problem),
        (status = 403, body = Problem), (status = 404, body = Problem)
    ),
    security(("key" = []), ("cookie" = []))
)]
pub async fn one(
    who: Authorized<ReadOwn>,
    State(server): State<Server>,
    Segment(key): Segment,
) -> Result<Json<BucketNode>, Problem> {
    let (state, now) = (server.gate.state().read(), server.gate.now());
    let sight = who.sight(&state, now);
    let known = state.estate().bucket_called(&key);
    let all = buckets(&state, |id| sight.bucket(&state, id));
    let figures = all.iter().find(|figures| Some(figures.id) == known);
    let figures = figures.ok_or_else(|| Problem::unknown("bucket", &key))?;
    Ok(Json(shown(&state, sight, figures, state.zone().date(now))))
}

fn shown(
    state: &state::State,
    sight: Sight,
    figures: &BucketFigures,
    today: faregate_core::when::Date,
) -> BucketNode {
    let estate = state.estate();
    let known = estate.bucket(figures.id);
    let terms = estate.bucket_terms(figures.id);
    let parent = terms.parent.filter(|parent| sight.bucket(state, *parent));
    let owner = |id: &PersonId| estate.person(*id).map(|person| person.key.clone());
    let period = terms.period.around(today);
    BucketNode {
        key: known.map(|known| known.key.clone()).unwrap_or_default(),
        name: known.map(|known| known.name.clone()).unwrap_or_default(),
        parent: parent.and_then(|parent| estate.bucket(parent)).map(|parent| parent.key.clone()),
        owners: terms.owners.iter().filter_map(owner).collect(),
        period: period
            .map(|(from, until)| BucketPeriod { from: from.to_string(), until: until.to_string() }),
        leftover: match terms.leftover {
            Leftover::Return => "return",
            Leftover::Carry => "carry",
            Leftover::Expire => "expire",
        },
        lends: terms.lends,
        own: figures.own.into(),
        with_below: figures.with_below.into(),
    }
}

impl From<BucketBalance> for BucketAmounts {
    fn from(balance: BucketBalance) -> Self {
        Self {
            available: balance.available.into(),
            held: balance.held.into(),
            spent: balance.spent.into(),
            allocated: balance.allocated.into(),
        }
    }
}
