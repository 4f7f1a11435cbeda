//! `/v1/statement`: what there was, what came and went and why, and what is left.

use crate::Server;
use crate::authority::{Authorized, ReadBurn};
use crate::extract::Params;
use crate::paging::page;
use crate::problem::Problem;
use crate::routes::{DAYS_ANY, span};
use crate::wire::Tokens;
use axum::Json;
use axum::extract::State;
use faregate_app::reports;
use faregate_app::sight::Sight;
use faregate_core::state;
use faregate_core::statement::{self, Cause, Line, Party, Scope};
use faregate_core::when::Date;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// Which lines of a statement.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Lines {
    /// All of them.
    #[default]
    All,
    /// What came and went otherwise than by use.
    Moves,
}

/// Which period, and which page of its lines.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Period {
    /// First date; 29 days before the last by default.
    #[param(format = Date)]
    pub(crate) from: Option<String>,
    /// Last date; today by default.
    #[param(format = Date)]
    pub(crate) to: Option<String>,
    /// Which lines: all by default, or only those that are not use.
    #[serde(default)]
    #[param(inline)]
    pub(crate) lines: Lines,
    /// Lines on a page: 100 by default, 1,000 at most.
    #[param(maximum = 4_294_967_295_i64)]
    pub(crate) limit: Option<u32>,
    /// Where the page before ended: its `next`.
    #[param(pattern = "^[0-9]{1,19}$")]
    pub(crate) cursor: Option<String>,
}

impl Period {
    /// Its first and last date.
    pub(crate) fn dates(&self, server: &Server) -> Result<(Date, Date), Problem> {
        let (state, now) = (server.gate.state().read(), server.gate.now());
        span(&state, now, self.from.as_deref(), self.to.as_deref(), DAYS_ANY)
    }
}

/// What there is at an instant.
#[derive(Debug, Serialize, ToSchema)]
pub struct StatementBalance {
    /// Not spent and not lost, the held part included.
    pub total: Tokens,
    /// Of those, reserved for launches within their grace.
    pub held: Tokens,
}

/// Who is on the other side of a line.
#[derive(Debug, Serialize, ToSchema)]
pub struct StatementParty {
    /// `vendor`, `unallocated`, `bucket` or `product`.
    pub kind: &'static str,
    /// Key of the bucket or product; `null` where there is none, or the caller does not see it.
    pub key: Option<String>,
}

/// A change of the balance.
#[derive(Debug, Serialize, ToSchema)]
pub struct StatementLine {
    /// The date on which it was booked.
    #[schema(format = Date)]
    pub date: String,
    /// Why, for example `consumed`, `transferred-in`, `breakage`.
    pub cause: &'static str,
    /// Who is on the other side.
    pub party: Option<StatementParty>,
    /// How much came; negative when it went.
    pub tokens: Tokens,
    /// What there was then, held tokens included.
    pub balance: Tokens,
    /// Of use: how many units.
    pub units: u64,
    /// Of use: the first date on which these units began.
    pub used_from: Option<String>,
    /// Of use: the last.
    pub used_to: Option<String>,
    /// Who ordered or approved it, by name.
    pub by: Option<String>,
    /// All of it in words.
    pub words: String,
}

/// A statement of account: the lines of a page, the balances of the whole period.
#[derive(Debug, Serialize, ToSchema)]
pub struct StatementOf {
    /// Key of the bucket; `null` for the whole contract.
    pub bucket: Option<String>,
    /// First date.
    #[schema(format = Date)]
    pub from: String,
    /// Last date.
    #[schema(format = Date)]
    pub to: String,
    /// What there was before.
    pub opening: StatementBalance,
    /// What changed, by date; within a date, use comes last, a line a product.
    pub lines: Vec<StatementLine>,
    /// Cursor of the next page; `null` at the end.
    pub next: Option<String>,
    /// What there was after.
    pub closing: StatementBalance,
    /// Whether opening and all lines together are closing, to the millionth.
    pub adds_up: bool,
}

/// The statement of the whole contract. It reads the journal from its beginning, for every page.
#[utoipa::path(
    get, path = "/v1/statement", operation_id = "statement", tag = "burn", params(Period),
    responses(
        (status = 200, body = StatementOf), (status = 400, body = Problem), (status = 401, body = Problem),
        (status = 403, body = Problem), (status = 429, description = "too many reports wait", body = Problem), (status = 503, body = Problem)
    ),
    security(("key" = []), ("cookie" = []))
)]
pub async fn contract(
    who: Authorized<ReadBurn>,
    State(server): State<Server>,
    Params(period): Params<Period>,
) -> Result<Json<StatementOf>, Problem> {
    let dates = period.dates(&server)?;
    let found = drawn(&server, Scope::Contract, dates).await?;
    let (state, now) = (server.gate.state().read(), server.gate.now());
    shown(&state, who.sight(&state, now), &period, dates, &found).map(Json)
}

/// Draws a statement up.
pub(crate) async fn drawn(
    server: &Server,
    scope: Scope,
    (from, to): (Date, Date),
) -> Result<statement::Statement, Problem> {
    let read = move |engine: &mut _| reports::statements(engine, &[scope], from, to);
    let found = server.report(read).await?.pop();
    // There is one statement a scope.
    found.ok_or_else(|| faregate_app::engine::Failure::Stopping.into())
}

/// A page of a statement.
pub(crate) fn shown(
    state: &state::State,
    sight: Sight,
    period: &Period,
    (from, to): (Date, Date),
    found: &statement::Statement,
) -> Result<StatementOf, Problem> {
    let wanted = |line: &Line| period.lines == Lines::All || line.cause != Cause::Consumed;
    let lines = (1..).zip(&found.lines).filter(|(_, line)| wanted(line));
    let rows = lines.map(|(place, line)| (place, row(state, sight, line)));
    let page = page(rows, period.limit, period.cursor.as_deref())?;
    let bucket = match found.scope {
        Scope::Bucket(id) => state.estate().bucket(id).map(|bucket| bucket.key.clone()),
        Scope::Contract | Scope::Unallocated => None,
    };
    Ok(StatementOf {
        bucket,
        from: from.to_string(),
        to: to.to_string(),
        opening: found.opening.into(),
        lines: page.rows,
        next: page.next,
        closing: found.closing.into(),
        adds_up: found.adds_up(),
    })
}

impl From<statement::Balance> for StatementBalance {
    fn from(balance: statement::Balance) -> Self {
        Self { total: balance.total.into(), held: balance.held.into() }
    }
}

fn row(state: &state::State, sight: Sight, line: &Line) -> StatementLine {
    let foreign = !reports::sees_party(state, sight, line);
    let (used_from, used_to) = line.used.unzip();
    StatementLine {
        date: line.date.to_string(),
        cause: line.cause.key(),
        party: line.party.map(|party| other_side(state, party, foreign)),
        tokens: line.ticks.into(),
        balance: line.balance.into(),
        units: line.units,
        used_from: used_from.map(|date| date.to_string()),
        used_to: used_to.map(|date| date.to_string()),
        by: line.by.clone(),
        words: reports::line_in_words(state, sight, line),
    }
}

fn other_side(state: &state::State, party: Party, foreign: bool) -> StatementParty {
    let estate = state.estate();
    let (kind, key) = match party {
        Party::Vendor => ("vendor", None),
        Party::Unallocated => ("unallocated", None),
        Party::Bucket(id) => ("bucket", estate.bucket(id).map(|bucket| bucket.key.clone())),
        Party::Product(id) => ("product", estate.product(id).map(|product| product.key.clone())),
    };
    StatementParty { kind, key: key.filter(|_| !foreign) }
}
