//! `/v1/burn` and `/v1/burn/daily`: what was spent, by whom, on what, when.

use crate::Server;
use crate::authority::{Authorized, ReadBurn};
use crate::extract::Params;
use crate::problem::Problem;
use crate::routes::{DAYS_MAX, TABLE_DAYS_MAX, span};
use crate::sources::Stale;
use crate::wire::{Amount, Money};
use axum::Json;
use axum::extract::State;
use faregate_app::sources::Figure;
use faregate_app::views::grouped;
use faregate_core::amount::Ticks;
use faregate_core::burn::{self, Burn, Dimension};
use faregate_core::state;
use faregate_core::when::Date;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// Products that get a series of their own; the rest are summed as `other`.
const SERIES_MAX: usize = 8;

/// What burn is broken down by.
#[derive(Clone, Copy, Debug, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum By {
    /// Local dates of the contract.
    Day,
    /// Product families.
    Product,
    /// People.
    Person,
    /// Buckets.
    Bucket,
}

impl From<By> for Dimension {
    fn from(by: By) -> Self {
        match by {
            By::Day => Self::Day,
            By::Product => Self::Product,
            By::Person => Self::Person,
            By::Bucket => Self::Bucket,
        }
    }
}

/// Which burn.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Which {
    /// What to break down by.
    by: By,
    /// First date; 29 days before the last by default.
    #[param(format = Date)]
    from: Option<String>,
    /// Last date; today by default.
    #[param(format = Date)]
    to: Option<String>,
    /// At most this many rows; all by default.
    #[param(maximum = 4_294_967_295_i64)]
    limit: Option<u32>,
}

/// Which days.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Days {
    /// First date; 29 days before the last by default.
    #[param(format = Date)]
    from: Option<String>,
    /// Last date; today by default. At most 400 days.
    #[param(format = Date)]
    to: Option<String>,
}

/// One row of a burn table.
#[derive(Debug, Serialize, ToSchema)]
pub struct Row {
    /// Key of the day, product, person or bucket.
    pub key: String,
    /// Its name.
    pub name: String,
    /// Tokens spent.
    pub tokens: f64,
    /// Their price.
    pub money: Option<Money>,
    /// In how many charges.
    pub charges: u64,
    /// Share of the total, 0 to 1.
    pub share: f64,
}

/// A burn table.
#[derive(Debug, Serialize, ToSchema)]
pub struct Table {
    /// What it is broken down by.
    pub by: By,
    /// First date.
    pub from: String,
    /// Last date.
    pub to: String,
    /// Rows, the largest first; days by date.
    pub rows: Vec<Row>,
    /// Sum of all rows, also of those beyond the limit.
    pub total: Amount,
    /// Sources that end before the last date: what they would tell is not in the rows.
    pub stale: Vec<Stale>,
    /// The table in words.
    pub text: String,
}

/// One product's line.
#[derive(Debug, Serialize, ToSchema)]
pub struct Series {
    /// Key of the product, or `other`.
    pub key: String,
    /// Its name.
    pub name: String,
    /// Tokens of each day.
    pub tokens: Vec<f64>,
}

/// Burn by day, stacked by product.
#[derive(Debug, Serialize, ToSchema)]
pub struct Daily {
    /// First date.
    pub from: String,
    /// Last date.
    pub to: String,
    /// The zone in which days are counted.
    pub zone: String,
    /// All dates of the span.
    pub days: Vec<String>,
    /// One line for each of the largest products, and one for the rest.
    pub series: Vec<Series>,
    /// The straight depletion plan of each day: packs spread evenly over their terms. `null` without packs.
    pub plan: Option<Vec<f64>>,
    /// Sum of the span.
    pub total: Amount,
    /// Sources that end before the last date: what they would tell is not in the series.
    pub stale: Vec<Stale>,
    /// The chart in words.
    pub text: String,
}

/// Burn of a span, broken down by one dimension.
#[utoipa::path(
    get, path = "/v1/burn", tag = "burn", params(Which),
    responses(
        (status = 200, body = Table), (status = 400, body = Problem),
        (status = 401, body = Problem), (status = 403, body = Problem), (status = 503, body = Problem)
    ),
    security(("key" = []), ("cookie" = []))
)]
pub async fn burn(
    _: Authorized<ReadBurn>,
    State(server): State<Server>,
    Params(which): Params<Which>,
) -> Result<Json<Table>, Problem> {
    let stale = server.stale(Figure::Burn, which.to.as_deref()).await?;
    let state = server.gate.state().read();
    let (from, to) = span(
        &state,
        server.gate.now(),
        which.from.as_deref(),
        which.to.as_deref(),
        TABLE_DAYS_MAX,
    )?;
    let found = burn::burn(&state, which.by.into(), from, to);
    Ok(Json(Table { stale, ..table(which.by, from, to, &found, which.limit) }))
}

/// Burn of each day of a span, stacked by product, with the plan.
#[utoipa::path(
    get, path = "/v1/burn/daily", tag = "burn", params(Days),
    responses(
        (status = 200, body = Daily), (status = 400, body = Problem),
        (status = 401, body = Problem), (status = 403, body = Problem), (status = 503, body = Problem)
    ),
    security(("key" = []), ("cookie" = []))
)]
pub async fn daily(
    _: Authorized<ReadBurn>,
    State(server): State<Server>,
    Params(days): Params<Days>,
) -> Result<Json<Daily>, Problem> {
    let stale = server.stale(Figure::Burn, days.to.as_deref()).await?;
    let state = server.gate.state().read();
    let (from, to) =
        span(&state, server.gate.now(), days.from.as_deref(), days.to.as_deref(), DAYS_MAX)?;
    Ok(Json(Daily { stale, ..series(&state, from, to) }))
}

fn table(by: By, from: Date, to: Date, burn: &Burn, limit: Option<u32>) -> Table {
    let whole = burn.total.ticks.tokens();
    let share = |ticks: Ticks| if whole > 0.0 { ticks.tokens() / whole } else { 0.0 };
    let shown = burn.rows.iter().take(crate::paging::rows_of(limit, usize::MAX));
    let rows: Vec<Row> = shown
        .map(|row| Row {
            key: row.key.clone(),
            name: row.name.clone(),
            tokens: row.sum.ticks.tokens(),
            money: row.sum.money().map(Money::from),
            charges: row.sum.charges,
            share: share(row.sum.ticks),
        })
        .collect();
    let largest = rows.iter().max_by(|a, b| a.tokens.total_cmp(&b.tokens));
    let most = largest.map_or(String::new(), |row| {
        format!(
            " Most by {}: {} ({} %).",
            row.name,
            grouped(row.tokens),
            grouped(row.share * 100.0)
        )
    });
    let text = format!(
        "{} tokens from {from} to {to}, in {} charges.{most}",
        grouped(whole),
        burn.total.charges
    );
    let (from, to, total) = (from.to_string(), to.to_string(), burn.total.into());
    Table { by, from, to, rows, total, stale: Vec::new(), text }
}

fn series(state: &state::State, from: Date, to: Date) -> Daily {
    let (days, by_product) = burn::daily_by_product(state, from, to);
    let total = burn::total(state, from, to);
    let mut lines: Vec<(String, String, Vec<Ticks>)> = by_product
        .into_iter()
        .filter_map(|(id, line)| {
            state.estate().product(id).map(|p| (p.key.clone(), p.name.clone(), line))
        })
        .collect();
    lines.sort_by_key(|(key, _, line)| {
        (std::cmp::Reverse(line.iter().copied().sum::<Ticks>()), key.clone())
    });
    if lines.len() > SERIES_MAX {
        let rest = lines.split_off(SERIES_MAX);
        let sum_of =
            |day: usize| rest.iter().filter_map(|(_, _, line)| line.get(day).copied()).sum();
        lines.push(("other".to_owned(), "Other".to_owned(), (0..days.len()).map(sum_of).collect()));
    }
    let plan: Vec<Option<Ticks>> = days.iter().map(|day| burn::planned(state, *day)).collect();
    let planned = plan.iter().any(Option::is_some);
    let tokens = |line: &[Ticks]| line.iter().map(|ticks| ticks.tokens()).collect();
    Daily {
        from: from.to_string(),
        to: to.to_string(),
        zone: state.zone().name().to_owned(),
        text: chart_in_words(&days, &lines, total.ticks),
        days: days.iter().map(ToString::to_string).collect(),
        series: lines
            .into_iter()
            .map(|(key, name, line)| Series { key, name, tokens: tokens(&line) })
            .collect(),
        plan: planned
            .then(|| plan.iter().map(|ticks| ticks.unwrap_or_default().tokens()).collect()),
        total: total.into(),
        stale: Vec::new(),
    }
}

fn chart_in_words(days: &[Date], lines: &[(String, String, Vec<Ticks>)], total: Ticks) -> String {
    let of_day = |index: usize| {
        lines.iter().filter_map(|(_, _, line)| line.get(index).copied()).sum::<Ticks>()
    };
    let peak = (0..days.len()).map(|index| (of_day(index), index)).max();
    let span = format!("{} tokens in {} days.", grouped(total.tokens()), days.len());
    match (peak, lines.first()) {
        (Some((most, index)), Some((_, name, line))) if most.is_positive() => {
            let share = line.iter().copied().sum::<Ticks>().tokens() / total.tokens() * 100.0;
            let day = days.get(index).map(ToString::to_string).unwrap_or_default();
            let (most, share) = (grouped(most.tokens()), grouped(share));
            format!("{span} The highest day was {day} with {most}; {name} took {share} %.")
        }
        _ => span,
    }
}
