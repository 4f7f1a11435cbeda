//! `/v1/recommendations`: seat or tokens, for each person, and why.

use crate::Server;
use crate::authority::{Authorized, ReadEstate};
use crate::export::{self, filters};
use crate::extract::Params;
use crate::grouping::{Grouping, Named, Part, RowGroup, parts};
use crate::paging::finds;
use crate::problem::Problem;
use crate::sorting::{Key, Order};
use crate::studies::Found;
use crate::wire::Money;
use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use faregate_app::planning::{PersonAdvice, Standstill};
use faregate_core::amount;
use faregate_core::state;
use faregate_library::list::List;
use faregate_library::{Cell, Format, Kind};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// Of whom, and by which rule.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Which {
    /// The rule: `crossover`, `guide-000` or `guide-004`; `crossover` by default.
    rule: Option<String>,
    /// Only those who are to be moved.
    #[serde(default)]
    moves: bool,
    /// Part of a person's key or name.
    q: Option<String>,
    /// Key of a person: what is said of them alone.
    person: Option<String>,
    /// By `person`, `name`, `offering`, `advice`, `stays`, `days`, `break-even`, `p-saves`, `saving`, `regret`,
    /// `on-tokens`, `seat-price` or `idle-days`; with a `-` in front, the other way round. By person as they became
    /// known by default.
    sort: Option<String>,
    /// Into groups, by `advice`, `stays`, `offering` or `bucket`: the answer has the groups, or with `in` the rows of one.
    group: Option<String>,
    /// The rows of this group alone: its `in`.
    #[serde(rename = "in")]
    one: Option<String>,
    /// `json`, or a file of all of them: `csv` or `xlsx`.
    format: Option<String>,
    /// Rows on a page: 100 by default, 1,000 at most.
    #[param(maximum = 4_294_967_295_i64)]
    limit: Option<u32>,
    /// Where the page before ended: its `next`.
    #[param(pattern = "^[0-9]{1,19}\\.[0-9A-Za-z_-]{1,4000}$")]
    cursor: Option<String>,
}

/// What is said of one person and one offering.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Recommendation {
    /// Key of who.
    pub person: String,
    /// Their name.
    pub name: String,
    /// The seat in question, where they hold it.
    pub seat: Option<u32>,
    /// Key of the offering in question; `null`: none is of use to them.
    pub offering: Option<String>,
    /// Its name.
    pub offering_name: Option<String>,
    /// What is best for them: `seat`, `tokens`, or what they have.
    pub advice: &'static str,
    /// Why they stay what they are: `as-it-is`, `unsure`, `not-worth-it`, `too-little-known`, `kept`, `not-on-tokens`,
    /// `shared-login`, `service-account`, `contractor`, `region`; `null` when they are to be moved.
    pub stays: Option<&'static str>,
    /// Expected days of use in a year.
    pub days: f64,
    /// Days of use at which both cost the same; `null` where there is no such number.
    pub break_even: Option<f64>,
    /// The probability that the other route is cheaper than the present one, 0 to 1.
    pub p_saves: f64,
    /// What the other route is expected to save in a year; negative when it costs.
    pub saving: Money,
    /// What is lost on average by following the advice, beside knowing the future.
    pub regret: Money,
    /// What the use is expected to cost on tokens in a year.
    pub on_tokens: Money,
    /// What a seat costs in a year.
    pub seat_price: Money,
    /// Days since the last use; `null` where there was none.
    pub idle_days: Option<usize>,
    /// Whether they may open nothing any more.
    pub has_left: bool,
}

/// A page of what is best.
#[derive(Debug, Serialize, ToSchema)]
pub struct Recommendations {
    /// First day of the use that was looked at.
    pub known_from: String,
    /// Last day.
    pub known_to: String,
    /// What it leaves out, in sentences.
    pub gaps: Vec<String>,
    /// In the order asked for.
    pub rows: Vec<Recommendation>,
    /// Where groups were asked for: these, by name, and no rows.
    pub groups: Option<Vec<RowGroup>>,
    /// Cursor of the next page; `null` at the end.
    pub next: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum By {
    Person,
    Name,
    Offering,
    Advice,
    Stays,
    Days,
    BreakEven,
    Saves,
    Saving,
    Regret,
    OnTokens,
    SeatPrice,
    IdleDays,
}

const COLUMNS: [(&str, By); 13] = [
    ("person", By::Person),
    ("name", By::Name),
    ("offering", By::Offering),
    ("advice", By::Advice),
    ("stays", By::Stays),
    ("days", By::Days),
    ("break-even", By::BreakEven),
    ("p-saves", By::Saves),
    ("saving", By::Saving),
    ("regret", By::Regret),
    ("on-tokens", By::OnTokens),
    ("seat-price", By::SeatPrice),
    ("idle-days", By::IdleDays),
];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum GroupBy {
    Advice,
    Stays,
    Offering,
    Bucket,
}

const GROUPS: [(&str, GroupBy); 4] = [
    ("advice", GroupBy::Advice),
    ("stays", GroupBy::Stays),
    ("offering", GroupBy::Offering),
    ("bucket", GroupBy::Bucket),
];

/// Seat or tokens, for everybody who used anything or holds a seat. It reads all use of a year for the first page, and
/// the pages that follow are of the same study. With `format`, or with `Accept`, a file of all that obey the filters.
#[utoipa::path(
    get, path = "/v1/recommendations", operation_id = "list_recommendations", tag = "plans", params(Which),
    responses(
        (status = 200, body = Recommendations), (status = 400, body = Problem), (status = 401, body = Problem),
        (status = 403, body = Problem), (status = 409, description = "nothing can be said yet", body = Problem),
        (status = 422, description = "more rows than a file holds", body = Problem),
        (status = 429, description = "too many reports wait", body = Problem), (status = 503, body = Problem)
    ),
    security(("key" = []), ("cookie" = []))
)]
pub async fn list(
    _: Authorized<ReadEstate>,
    State(server): State<Server>,
    headers: HeaderMap,
    Params(which): Params<Which>,
) -> Result<Response, Problem> {
    let format = export::format(which.format.as_deref(), &headers)?;
    let order = Order::read(which.sort.as_deref(), &COLUMNS)?;
    let grouping = Grouping::read(which.group.as_deref(), which.one.as_deref(), &GROUPS)?;
    let cursor = which.cursor.as_deref().map(cursor).transpose()?;
    let found = server.studied(which.rule.clone(), cursor.map(|(revision, _)| revision)).await?;
    let wanted = {
        let state = server.gate.state().read();
        let people = (1..).zip(&found.advice.people);
        let wanted = people.filter(|(_, one)| {
            is_wanted(&state, &which, one) && grouping.keeps(|column| groups(&state, column, one))
        });
        if let (Grouping::Groups(column), None) = (&grouping, format) {
            let parts = parts(wanted.map(|(_, one)| one), |one| groups(&state, *column, one));
            let groups = parts.map(|part| with_saving(part, found.currency)).collect();
            return Ok(Json(told(&found, Vec::new(), Some(groups), None)).into_response());
        }
        let by = |column, one: &&PersonAdvice| key(&state, column, one);
        if format.is_none() {
            let page = order.page(wanted, by, (which.limit, cursor.map(|(_, rest)| rest)))?;
            let rows = page.rows.into_iter().map(|one| shown(&state, found.currency, one));
            let next = page.next.map(|rest| format!("{}.{rest}", found.revision));
            return Ok(Json(told(&found, rows.collect(), None, next)).into_response());
        }
        order.all(wanted, by).into_iter().cloned().collect::<Vec<_>>()
    };
    let asked = [
        ("rule", which.rule),
        ("moves", which.moves.then(|| "only".to_owned())),
        ("person", which.person),
        ("group", grouping.words()),
        ("search", which.q),
        ("sorted by", order.words()),
    ];
    let (name, title) = ("recommendations", "Recommendations");
    let columns = columns(found.currency);
    let list = List { name, title, filters: filters(asked), columns, ..List::default() };
    let cells =
        move |state: &state::State, one: &PersonAdvice| Some(cells(state, found.currency, one));
    export::file(&server, format.unwrap_or(Format::Csv), list, wanted, cells).await
}

fn told(
    found: &Found,
    rows: Vec<Recommendation>,
    groups: Option<Vec<RowGroup>>,
    next: Option<String>,
) -> Recommendations {
    Recommendations {
        known_from: found.first.to_string(),
        known_to: found.last.to_string(),
        gaps: found.advice.gaps.clone(),
        rows,
        groups,
        next,
    }
}

/// The revision of the study that a page was of, and where it ended.
fn cursor(text: &str) -> Result<(u64, &str), Problem> {
    let parts = text.split_once('.');
    let read = parts.and_then(|(revision, rest)| Some((revision.parse().ok()?, rest)));
    read.ok_or_else(|| Problem::bad_cursor(text))
}

fn is_wanted(state: &state::State, which: &Which, one: &PersonAdvice) -> bool {
    let person = state.estate().person(one.person);
    let texts = person.map_or(["", ""], |person| [person.key.as_str(), person.name.as_str()]);
    let is_theirs = which.person.as_deref().is_none_or(|key| texts[0] == key);
    is_theirs && (!which.moves || one.stays.is_none()) && finds(which.q.as_deref(), &texts)
}

fn groups<'a>(state: &'a state::State, column: GroupBy, one: &'a PersonAdvice) -> Vec<Named<'a>> {
    let estate = state.estate();
    let found = match column {
        GroupBy::Advice => Some(Named::key(advice(one))),
        GroupBy::Stays => one.stays.map(|why| Named::key(why.key())),
        GroupBy::Offering => {
            let offering = one.offering.and_then(|id| estate.offering(id));
            offering.map(|offering| Named::new(&offering.key, &offering.name))
        }
        GroupBy::Bucket => {
            let bucket = estate.person(one.person).and_then(|known| estate.bucket(known.bucket));
            bucket.map(|bucket| Named::new(&bucket.key, &bucket.name))
        }
    };
    Vec::from_iter(found)
}

/// A group, with what its moves are expected to save.
fn with_saving(part: Part<'_, &PersonAdvice>, currency: amount::Currency) -> RowGroup {
    let moves = part.rows.iter().filter(|one| one.stays.is_none());
    let saving = money(moves.map(|one| one.found.saving).sum(), currency);
    RowGroup { saving: Some(saving), ..RowGroup::from(part) }
}

fn key(state: &state::State, column: By, one: &PersonAdvice) -> Key {
    let person = state.estate().person(one.person);
    let offering = one.offering.and_then(|id| state.estate().offering(id));
    match column {
        By::Person => Key::text(person.map(|person| person.key.as_str())),
        By::Name => Key::text(person.map(|person| person.name.as_str())),
        By::Offering => Key::text(offering.map(|offering| offering.name.as_str())),
        By::Advice => Key::text(Some(advice(one))),
        By::Stays => Key::text(one.stays.map(Standstill::key)),
        By::Days => Key::estimate(Some(one.found.days)),
        By::BreakEven => Key::estimate(Some(one.found.break_even)),
        By::Saves => Key::estimate(Some(one.found.p_saves)),
        By::Saving => Key::estimate(Some(one.found.saving)),
        By::Regret => Key::estimate(Some(one.found.regret)),
        By::OnTokens => Key::estimate(Some(one.on_tokens)),
        By::SeatPrice => Key::estimate(Some(one.seat)),
        By::IdleDays => Key::number(one.idle_days.and_then(|days| i64::try_from(days).ok())),
    }
}

fn columns(currency: amount::Currency) -> Vec<(&'static str, Kind)> {
    let money = || Kind::Money { currency: currency.code().to_owned(), digits: 2 };
    vec![
        ("Person", Kind::Text),
        ("Name", Kind::Text),
        ("Seat", Kind::Whole),
        ("Offering", Kind::Text),
        ("Offering name", Kind::Text),
        ("Advice", Kind::Text),
        ("Stays because", Kind::Text),
        ("Days of use a year", Kind::Number { digits: 1 }),
        ("Break-even days", Kind::Number { digits: 1 }),
        ("Probability that it saves", Kind::Share),
        ("Saving a year", money()),
        ("Regret", money()),
        ("On tokens a year", money()),
        ("Seat a year", money()),
        ("Idle days", Kind::Whole),
        ("Has left", Kind::Text),
    ]
}

fn cells(state: &state::State, currency: amount::Currency, one: &PersonAdvice) -> Vec<Cell> {
    let row = shown(state, currency, one);
    vec![
        Cell::Text(row.person),
        Cell::Text(row.name),
        export::whole(row.seat),
        export::text(row.offering),
        export::text(row.offering_name),
        Cell::text(row.advice),
        export::text(row.stays),
        export::estimate(Some(row.days)),
        export::estimate(row.break_even),
        export::estimate(Some(row.p_saves)),
        export::estimate(Some(one.found.saving)),
        export::estimate(Some(one.found.regret)),
        export::estimate(Some(one.on_tokens)),
        export::estimate(Some(one.seat)),
        export::whole(row.idle_days),
        export::yes(row.has_left),
    ]
}

fn advice(one: &PersonAdvice) -> &'static str {
    let (on_seat, moves) = (one.holds.is_some(), one.stays.is_none());
    if on_seat != moves { "seat" } else { "tokens" }
}

/// What is said of one person, as it is told.
#[must_use]
pub fn shown(
    state: &state::State,
    currency: amount::Currency,
    one: &PersonAdvice,
) -> Recommendation {
    let money = |units| money(units, currency);
    let person = state.estate().person(one.person);
    let offering = one.offering.and_then(|id| state.estate().offering(id));
    Recommendation {
        person: person.map(|known| known.key.clone()).unwrap_or_default(),
        name: person.map(|known| known.name.clone()).unwrap_or_default(),
        seat: one.holds.map(|holding| holding.seat.0),
        offering: offering.map(|known| known.key.clone()),
        offering_name: offering.map(|known| known.name.clone()),
        advice: advice(one),
        stays: one.stays.map(Standstill::key),
        days: one.found.days,
        break_even: Some(one.found.break_even).filter(|days| days.is_finite()),
        p_saves: one.found.p_saves,
        saving: money(one.found.saving),
        regret: money(one.found.regret),
        on_tokens: money(one.on_tokens),
        seat_price: money(one.seat),
        idle_days: one.idle_days,
        has_left: one.has_left,
    }
}

fn money(units: f64, currency: amount::Currency) -> Money {
    let micros = if units.is_finite() { (units * 1e6).round() as i64 } else { 0 };
    Money::from(amount::Money { micros, currency })
}
