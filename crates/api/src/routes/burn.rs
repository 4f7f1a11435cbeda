//! `/v1/burn` and below: what was spent, by whom, on what, when, and beside which plan.

use crate::Server;
use crate::authority::{Authorized, ReadBurn};
use crate::extract::Params;
use crate::problem::Problem;
use crate::routes::{DAYS_MAX, TABLE_DAYS_MAX, span};
use crate::sources::Stale;
use crate::wire::{Amount, Money};
use axum::Json;
use axum::extract::State;
use faregate_app::reports;
use faregate_app::sources::Figure;
use faregate_app::views::{self, grouped};
use faregate_core::amount::Ticks;
use faregate_core::burn::{self, Burn, Dimension};
use faregate_core::state;
use faregate_core::when::Date;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

pub mod pace;
pub mod periods;

/// Products that get a series of their own; the rest are summed as `other`.
const SERIES_MAX: usize = 8;

/// What burn is broken down by.
#[derive(Clone, Copy, Debug, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum By {
    /// Local dates of the contract.
    Day,
    /// Days of the week, Monday first.
    Weekday,
    /// Local hours of the day, `00` to `23`.
    Hour,
    /// Hours of the week, `mon-00` to `sun-23`: a heat map.
    WeekHour,
    /// Product families.
    Product,
    /// People.
    Person,
    /// Buckets.
    Bucket,
    /// Buckets with a project's dates, those below them included.
    Project,
    /// Groups of the `dimension` that people are in now.
    Group,
    /// Groups of the dimension `department`.
    Department,
    /// Sites where our own gate saw a unit opened; it reads the journal.
    Site,
    /// Personas: groups of the dimension `persona`, else by use of the last 90 days.
    Segment,
    /// Who told of the use: gate, logs, the vendor.
    Source,
}

impl By {
    /// The dimension; sites are read from the journal.
    async fn dimension(
        self,
        server: &Server,
        of_groups: Option<&str>,
    ) -> Result<Dimension, Problem> {
        let groups = |name: &str| {
            views::burn::groups_of(&server.gate.state().read(), name).map_err(Problem::from)
        };
        Ok(match self {
            Self::Day => Dimension::Day,
            Self::Weekday => Dimension::Weekday,
            Self::Hour => Dimension::Hour,
            Self::WeekHour => Dimension::WeekHour,
            Self::Product => Dimension::Product,
            Self::Person => Dimension::Person,
            Self::Bucket => Dimension::Bucket,
            Self::Project => Dimension::Project,
            Self::Department => groups("department")?,
            Self::Group => groups(of_groups.ok_or_else(|| {
                let help = "say which groups, for example `dimension=department`";
                Problem::bad_request("no-dimension", "groups are of many dimensions", help)
            })?)?,
            Self::Site => Dimension::Site(server.report(reports::sites).await?),
            Self::Segment => Dimension::Segment,
            Self::Source => Dimension::Source,
        })
    }
}

/// Which burn.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Which {
    /// What to break down by.
    by: By,
    /// Of groups: which ones, for example `department`.
    #[param(max_length = 256)]
    dimension: Option<String>,
    /// First date; 29 days before the last by default.
    #[param(format = Date)]
    from: Option<String>,
    /// Last date; today by default.
    #[param(format = Date)]
    to: Option<String>,
    /// Only of this product.
    product: Option<String>,
    /// Only what belongs to this bucket itself.
    bucket: Option<String>,
    /// Only of people who are in this group now, or in one below it.
    group: Option<String>,
    /// Only of this person, by any of their names.
    person: Option<String>,
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
    /// Key of the day, product, person, …; empty for what is in none, or not known.
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
    /// Rows, the largest first; those of a clock or calendar in its order.
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
        (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, description = "a key stands for nothing", body = Problem),
        (status = 422, description = "no group is of that dimension", body = Problem),
        (status = 429, description = "too many reports wait", body = Problem), (status = 503, body = Problem)
    ),
    security(("key" = []), ("cookie" = []))
)]
pub async fn burn(
    _: Authorized<ReadBurn>,
    State(server): State<Server>,
    Params(which): Params<Which>,
) -> Result<Json<Table>, Problem> {
    let stale = server.stale(Figure::Burn, which.to.as_deref()).await?;
    let by = which.by.dimension(&server, which.dimension.as_deref()).await?;
    let (state, now) = (server.gate.state().read(), server.gate.now());
    let (from, to) = span(&state, now, which.from.as_deref(), which.to.as_deref(), TABLE_DAYS_MAX)?;
    let Which { by: named, product, bucket, group, person, limit, .. } = which;
    let narrowed = views::burn::Narrowed { product, bucket, group, person };
    let filter = narrowed.filter(&state, now)?;
    let found = burn::burn(&state, &by, &filter, from, to);
    let text = views::burn::table_in_words(&found, &by, &from.to_string(), &to.to_string());
    Ok(Json(Table { stale, text, ..table(named, from, to, &found, limit) }))
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

pub(crate) fn table(by: By, from: Date, to: Date, burn: &Burn, limit: Option<u32>) -> Table {
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
    let (from, to, total) = (from.to_string(), to.to_string(), burn.total.into());
    Table { by, from, to, rows, total, stale: Vec::new(), text: String::new() }
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
