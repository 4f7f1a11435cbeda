//! `/v1/seats`: who holds which subscription, and whether it is used.

use crate::Server;
use crate::authority::{Authorized, ReadOwn};
use crate::export::{self, filters};
use crate::extract::Params;
use crate::grouping::{Grouping, Named, RowGroup, parts};
use crate::paging::finds;
use crate::problem::Problem;
use crate::sorting::{Key, Order};
use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use faregate_app::views::seats::{SeatUse, hosts};
use faregate_core::estate::{Offering, Person, SeatId};
use faregate_core::state;
use faregate_core::when::Instant;
use faregate_library::list::List;
use faregate_library::{Cell, Format, Kind};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// Which seats.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Holding {
    /// Those that nobody holds.
    Free,
    /// Those that somebody holds.
    Held,
}

/// Which seats.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Which {
    /// Those that nobody holds, or those that somebody does; all by default.
    #[param(inline)]
    state: Option<Holding>,
    /// Part of the offering's key or name, or of the holder's.
    q: Option<String>,
    /// By `seat`, `offering`, `holder`, `from`, `until` or `last-used`; with a `-` in front, the other way round. In
    /// the order bought by default.
    sort: Option<String>,
    /// Into groups, by `offering`, `state` or `last-day`: the answer has the groups, or with `in` the rows of one.
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
    #[param(pattern = "^[0-9A-Za-z_-]{1,4000}$")]
    cursor: Option<String>,
}

/// One named-user subscription, within its term.
#[derive(Debug, Serialize, ToSchema)]
pub struct Seat {
    /// Its number, for the order `move-seat`.
    pub seat: u32,
    /// Key of what was bought.
    pub offering: String,
    /// Its name.
    pub offering_name: String,
    /// Key of who holds it.
    pub holder: Option<String>,
    /// Their name.
    pub holder_name: Option<String>,
    /// When its term began.
    pub from: String,
    /// When its term is over.
    pub until: String,
    /// The workstations on which it is used now.
    pub in_use_on: Vec<String>,
    /// When it was last used, as far as the gate saw: use that only a log tells of does not count.
    pub last_used: Option<String>,
}

/// A page of seats.
#[derive(Debug, Default, Serialize, ToSchema)]
pub struct Seats {
    /// In the order asked for; that in which they were bought by default.
    pub rows: Vec<Seat>,
    /// Where groups were asked for: these, by name, and no rows.
    pub groups: Option<Vec<RowGroup>>,
    /// Cursor of the next page; `null` at the end.
    pub next: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum By {
    Seat,
    Offering,
    Holder,
    From,
    Until,
    LastUsed,
}

const COLUMNS: [(&str, By); 6] = [
    ("seat", By::Seat),
    ("offering", By::Offering),
    ("holder", By::Holder),
    ("from", By::From),
    ("until", By::Until),
    ("last-used", By::LastUsed),
];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum GroupBy {
    Offering,
    State,
    LastDay,
}

const GROUPS: [(&str, GroupBy); 3] =
    [("offering", GroupBy::Offering), ("state", GroupBy::State), ("last-day", GroupBy::LastDay)];

/// Seats within their term: all, or those that the caller holds. With `format`, or with `Accept`, a file of all that
/// obey the filters.
#[utoipa::path(
    get, path = "/v1/seats", operation_id = "list_seats", tag = "estate", params(Which),
    responses(
        (status = 200, body = Seats), (status = 400, body = Problem), (status = 401, body = Problem),
        (status = 403, body = Problem), (status = 422, description = "more rows than a file holds", body = Problem),
        (status = 429, description = "too many files are being made", body = Problem), (status = 503, body = Problem)
    ),
    security(("key" = []), ("cookie" = []))
)]
pub async fn list(
    who: Authorized<ReadOwn>,
    State(server): State<Server>,
    headers: HeaderMap,
    Params(which): Params<Which>,
) -> Result<Response, Problem> {
    let format = export::format(which.format.as_deref(), &headers)?;
    let order = Order::read(which.sort.as_deref(), &COLUMNS)?;
    let grouping = Grouping::read(which.group.as_deref(), which.one.as_deref(), &GROUPS)?;
    server.read_on_seats().await?;
    let now = server.gate.now();
    let seats = {
        let state = server.gate.state().read();
        let (sight, used) = (who.sight(&state, now), server.seats());
        let ids = (0u32..).map(SeatId).take(state.estate().seats().len());
        let seen = ids.filter(|id| sight.seat(&state, *id, now));
        let found = seen.filter(|id| {
            is_wanted(&state, &which, *id, now)
                && grouping.keeps(|column| groups(&state, column, *id, now))
        });
        if let (Grouping::Groups(column), None) = (&grouping, format) {
            let parts = parts(found, |id| groups(&state, *column, id, now));
            let told =
                Seats { groups: Some(parts.map(RowGroup::from).collect()), ..Seats::default() };
            return Ok(Json(told).into_response());
        }
        let placed = found.map(|id| (u64::from(id.0), id));
        let by = |column, id: &SeatId| key(&state, &used, (column, *id), now);
        if format.is_none() {
            let page = order.page(placed, by, (which.limit, which.cursor.as_deref()))?;
            let rows = page.rows.into_iter().filter_map(|id| shown(&state, &used, id, now));
            let told = Seats { rows: rows.collect(), groups: None, next: page.next };
            return Ok(Json(told).into_response());
        }
        order.all(placed, by)
    };
    let state = which.state.map(|state| if state == Holding::Free { "free" } else { "held" });
    let asked = [
        ("state", state.map(str::to_owned)),
        ("group", grouping.words()),
        ("search", which.q),
        ("sorted by", order.words()),
    ];
    let list = List {
        name: "seats",
        title: "Seats",
        filters: filters(asked),
        columns: columns(),
        ..List::default()
    };
    let used = server.clone();
    let cells = move |state: &state::State, id: &SeatId| {
        // Released at once: whoever reads a page takes it as well.
        let last = used.seats().last_used(state, *id, now);
        cells(state, (*id, last), now)
    };
    export::file(&server, format.unwrap_or(Format::Csv), list, seats, cells).await
}

/// Whether a seat is within its term, and wanted.
fn is_wanted(state: &state::State, which: &Which, id: SeatId, now: Instant) -> bool {
    let Some((offering, holder)) = named(state, id, now) else { return false };
    let of_state = match which.state {
        None => true,
        Some(Holding::Free) => holder.is_none(),
        Some(Holding::Held) => holder.is_some(),
    };
    let offering = offering.map(|known| [known.key.as_str(), known.name.as_str()]);
    let holder = holder.map(|known| [known.key.as_str(), known.name.as_str()]);
    let texts: Vec<&str> = offering.into_iter().chain(holder).flatten().collect();
    of_state && finds(which.q.as_deref(), &texts)
}

/// What a seat within its term is of, and who holds it.
fn named(
    state: &state::State,
    id: SeatId,
    now: Instant,
) -> Option<(Option<&Offering>, Option<&Person>)> {
    let estate = state.estate();
    let seat = estate.seat(id).filter(|seat| seat.from <= now && now < seat.until)?;
    let holder = estate.holder(id, now).and_then(|holder| estate.person(holder));
    Some((estate.offering(seat.offering), holder))
}

fn key(state: &state::State, used: &SeatUse, (column, id): (By, SeatId), now: Instant) -> Key {
    let Some((seat, (offering, holder))) = state.estate().seat(id).zip(named(state, id, now))
    else {
        return Key::Nothing;
    };
    match column {
        By::Seat => Key::number(Some(id.0)),
        By::Offering => Key::text(offering.map(|offering| offering.name.as_str())),
        By::Holder => Key::text(holder.map(|holder| holder.name.as_str())),
        By::From => Key::number(Some(seat.from.0)),
        By::Until => Key::number(Some(seat.until.0)),
        By::LastUsed => Key::number(used.last_used(state, id, now).map(|at| at.0)),
    }
}

fn groups(state: &state::State, column: GroupBy, id: SeatId, now: Instant) -> Vec<Named<'_>> {
    let Some((seat, (offering, holder))) = state.estate().seat(id).zip(named(state, id, now))
    else {
        return Vec::new();
    };
    match column {
        GroupBy::Offering => {
            Vec::from_iter(offering.map(|offering| Named::new(&offering.key, &offering.name)))
        }
        GroupBy::State => vec![Named::key(if holder.is_some() { "held" } else { "free" })],
        GroupBy::LastDay => {
            let day = export::last_date(state, seat.until).to_string();
            vec![Named::new(day.clone(), day)]
        }
    }
}

fn columns() -> Vec<(&'static str, Kind)> {
    vec![
        ("Seat", Kind::Whole),
        ("Offering", Kind::Text),
        ("Offering name", Kind::Text),
        ("Holder", Kind::Text),
        ("Holder name", Kind::Text),
        ("From", Kind::Date),
        ("Last day", Kind::Date),
        ("In use on", Kind::Text),
        ("Last used", Kind::Date),
    ]
}

fn cells(
    state: &state::State,
    (id, last_used): (SeatId, Option<Instant>),
    now: Instant,
) -> Option<Vec<Cell>> {
    let (seat, (offering, holder)) = state.estate().seat(id).zip(named(state, id, now))?;
    Some(vec![
        Cell::Whole(i64::from(id.0)),
        export::text(offering.map(|offering| offering.key.as_str())),
        export::text(offering.map(|offering| offering.name.as_str())),
        export::text(holder.map(|holder| holder.key.as_str())),
        export::text(holder.map(|holder| holder.name.as_str())),
        export::day(state, Some(seat.from)),
        export::last_day(state, seat.until),
        Cell::Text(hosts(state, id).join(", ")),
        export::day(state, last_used),
    ])
}

/// A seat within its term.
pub(crate) fn shown(
    state: &state::State,
    used: &SeatUse,
    id: SeatId,
    now: Instant,
) -> Option<Seat> {
    let (seat, (offering, holder)) = state.estate().seat(id).zip(named(state, id, now))?;
    Some(Seat {
        seat: id.0,
        offering: offering.map(|offering| offering.key.clone()).unwrap_or_default(),
        offering_name: offering.map(|offering| offering.name.clone()).unwrap_or_default(),
        holder: holder.map(|holder| holder.key.clone()),
        holder_name: holder.map(|holder| holder.name.clone()),
        from: seat.from.to_string(),
        until: seat.until.to_string(),
        in_use_on: hosts(state, id),
        last_used: used.last_used(state, id, now).map(|at| at.to_string()),
    })
}
