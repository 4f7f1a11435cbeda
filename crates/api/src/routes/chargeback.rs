//! `/v1/chargeback`: who pays what.

use crate::Server;
use crate::authority::{Authorized, ReadBurn};
use crate::extract::Params;
use crate::paging::page;
use crate::problem::Problem;
use crate::routes::{DAYS_ANY, span};
use crate::sources::Stale;
use crate::wire::{Money, Tokens};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use faregate_app::reports;
use faregate_app::sources::Figure;
use faregate_core::amount::Currency;
use faregate_core::chargeback::{By, Chargeback, NoSum, Row};
use faregate_core::state;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// Which cost.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Which {
    /// What to split by: `bucket`, `product`, `person`, or a dimension of groups such as `department` or
    /// `cost-centre`.
    by: String,
    /// First date; 29 days before the last by default.
    #[param(format = Date)]
    from: Option<String>,
    /// Last date; today by default.
    #[param(format = Date)]
    to: Option<String>,
    /// Three letters; the currency of the tariff's price by default.
    #[param(pattern = "^[A-Za-z]{3}$")]
    currency: Option<String>,
    /// Rows on a page: 100 by default, 1,000 at most.
    #[param(maximum = 4_294_967_295_i64)]
    limit: Option<u32>,
    /// Where the page before ended: its `next`.
    #[param(pattern = "^[0-9]{1,19}$")]
    cursor: Option<String>,
}

/// What one group, bucket, product or person costs.
#[derive(Debug, Serialize, ToSchema)]
pub struct CostRow {
    /// Its key; empty for those in no group of the dimension.
    pub key: String,
    /// Its name.
    pub name: String,
    /// Tokens.
    pub tokens: Tokens,
    /// In how many charges.
    pub charges: u64,
    /// What they cost.
    pub money: Money,
}

/// Rows of a page, and the sum of all.
#[derive(Debug, Serialize, ToSchema)]
pub struct CostPart {
    /// The largest first.
    pub rows: Vec<CostRow>,
    /// Sum of the rows of all pages, to the millionth.
    pub total: CostRow,
}

/// The cost of a period.
#[derive(Debug, Serialize, ToSchema)]
pub struct Costs {
    /// What it is split by.
    pub by: String,
    /// First date.
    #[schema(format = Date)]
    pub from: String,
    /// Last date.
    #[schema(format = Date)]
    pub to: String,
    /// What buckets paid for.
    pub paid: CostPart,
    /// What no bucket could pay for and the vendor bills all the same; its rows follow those that were paid.
    pub uncovered: CostPart,
    /// Cursor of the next page; `null` at the end.
    pub next: Option<String>,
    /// Sources that end before the last date: what they would tell is not in the rows.
    pub stale: Vec<Stale>,
}

/// Who pays what: the parts sum to the whole. There is never a sum across currencies.
#[utoipa::path(
    get, path = "/v1/chargeback", operation_id = "chargeback", tag = "burn", params(Which),
    responses(
        (status = 200, body = Costs), (status = 400, body = Problem), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 422, description = "no group is of that dimension, or a price or an exchange rate is missing", body = Problem),
        (status = 503, body = Problem)
    ),
    security(("key" = []), ("cookie" = []))
)]
pub async fn chargeback(
    _: Authorized<ReadBurn>,
    State(server): State<Server>,
    Params(which): Params<Which>,
) -> Result<Json<Costs>, Problem> {
    let stale = server.stale(Figure::Chargeback, which.to.as_deref()).await?;
    let (state, now) = (server.gate.state().read(), server.gate.now());
    let (from, to) = span(&state, now, which.from.as_deref(), which.to.as_deref(), DAYS_ANY)?;
    let currency = which.currency.as_deref().map(currency).transpose()?;
    let by = split(&state, &which.by)?;
    let found = reports::chargeback(&state, &by, from, to, currency).map_err(no_sum)?;
    Ok(Json(Costs { stale, ..shown(which, found)? }))
}

pub(crate) fn currency(text: &str) -> Result<Currency, Problem> {
    Currency::new(&text.to_uppercase()).ok_or_else(|| {
        let detail = format!("`{text}` is no currency");
        Problem::bad_request("bad-currency", detail, "use three letters, such as EUR")
    })
}

fn split(state: &state::State, by: &str) -> Result<By, Problem> {
    let groups = state.estate().groups().iter();
    let mut known: Vec<&str> = groups.filter_map(|group| group.dimension.as_deref()).collect();
    known.sort_unstable();
    known.dedup();
    match by {
        "bucket" => Ok(By::Bucket),
        "product" => Ok(By::Product),
        "person" => Ok(By::Person),
        dimension if known.contains(&dimension) => Ok(By::Group(dimension.to_owned())),
        dimension => {
            let all = [&known[..], &["bucket", "product", "person"]].concat().join(", ");
            let detail = format!("no group is of the dimension `{dimension}`");
            let help = format!("use one of {all}");
            let status = StatusCode::UNPROCESSABLE_ENTITY;
            Err(Problem::new(status, "no-dimension", detail, help))
        }
    }
}

pub(crate) fn no_sum(why: NoSum) -> Problem {
    let (code, help) = match why {
        NoSum::NoPrice(_) => {
            ("no-price", "give the packs a price, or adopt a tariff that has one on that date")
        }
        NoSum::NoRate { .. } => (
            "no-rate",
            "name exchange rates in an estate file ([[exchange_rate]]), or ask for another currency",
        ),
        NoSum::OutOfRange => ("out-of-range", "ask for a shorter period"),
    };
    Problem::new(StatusCode::UNPROCESSABLE_ENTITY, code, why.to_string(), help)
}

fn shown(which: Which, found: Chargeback) -> Result<Costs, Problem> {
    let Chargeback { from, to, paid, uncovered } = found;
    let all = paid.rows.iter().map(|row| (true, row));
    let all = all.chain(uncovered.rows.iter().map(|row| (false, row)));
    let page = page((1..).zip(all), which.limit, which.cursor.as_deref())?;
    let of = |is_paid: bool| {
        let ours = page.rows.iter().filter(|(paid, _)| *paid == is_paid);
        ours.map(|(_, row)| CostRow::from(*row)).collect()
    };
    Ok(Costs {
        by: which.by,
        from: from.to_string(),
        to: to.to_string(),
        paid: CostPart { rows: of(true), total: (&paid.total).into() },
        uncovered: CostPart { rows: of(false), total: (&uncovered.total).into() },
        next: page.next,
        stale: Vec::new(),
    })
}

impl From<&Row> for CostRow {
    fn from(row: &Row) -> Self {
        Self {
            key: row.key.clone(),
            name: row.name.clone(),
            tokens: row.ticks.into(),
            charges: row.charges,
            money: row.money.into(),
        }
    }
}
