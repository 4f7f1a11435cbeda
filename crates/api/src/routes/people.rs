//! `/v1/people`: who there is, by which names, and what is theirs.

use crate::Server;
use crate::authority::{Authorized, ReadOwn};
use crate::export::{self, filters};
use crate::extract::{Params, Segment};
use crate::grouping::{Grouping, Named, RowGroup, parts};
use crate::paging::finds;
use crate::problem::Problem;
use crate::routes::seats::{Seat, shown as shown_seat};
use crate::sorting::{Key, Order};
use crate::wire::Tokens;
use crate::wire::session::Session;
use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use faregate_app::views::{self, seats::SeatUse};
use faregate_core::estate::{Estate, GroupId, Person, PersonId};
use faregate_core::state;
use faregate_core::when::Instant;
use faregate_library::list::List;
use faregate_library::{Cell, Format, Kind};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

pub mod merge;

/// A person, in a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct PersonRow {
    /// Key.
    pub key: String,
    /// Name.
    pub name: String,
    /// Key of the bucket that pays for them.
    pub bucket: Option<String>,
    /// Keys of the groups that they were put into.
    pub groups: Vec<String>,
    /// Whether they work here on a contract of their own.
    pub contractor: bool,
    /// When their access ends, or ended.
    pub until: Option<String>,
}

/// A page of people.
#[derive(Debug, Default, Serialize, ToSchema)]
pub struct People {
    /// In the order asked for; that in which they became known by default.
    pub rows: Vec<PersonRow>,
    /// Where groups were asked for: these, by name, and no rows.
    pub groups: Option<Vec<RowGroup>>,
    /// Cursor of the next page; `null` at the end.
    pub next: Option<String>,
}

/// A name by which sources know a person.
#[derive(Debug, Serialize, ToSchema)]
pub struct KnownAs {
    /// The name.
    pub name: String,
    /// Since when; `null`: always.
    pub from: Option<String>,
    /// First instant at which it is theirs no longer; `null`: it stays.
    pub until: Option<String>,
}

/// A person, and what is theirs.
#[derive(Debug, Serialize, ToSchema)]
pub struct OnePerson {
    /// Who.
    #[serde(flatten)]
    pub person: PersonRow,
    /// Their names.
    pub names: Vec<KnownAs>,
    /// The seats that they hold.
    pub seats: Vec<Seat>,
    /// Their sessions without an end.
    pub sessions: Vec<Session>,
    /// Tokens that their use has cost this calendar month, whoever paid.
    pub month_to_date: Tokens,
}

/// Which people, in which order, as what.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct WhichPeople {
    /// Part of a key or name.
    q: Option<String>,
    /// By `name`, `key`, `bucket`, `contractor` or `until`; with a `-` in front, the other way round. In the order
    /// they became known by default.
    sort: Option<String>,
    /// Into groups, by `bucket`, `group` or `kind`: the answer has the groups, or with `in` the rows of one.
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

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum By {
    Name,
    Key,
    Bucket,
    Contractor,
    Until,
}

const COLUMNS: [(&str, By); 5] = [
    ("name", By::Name),
    ("key", By::Key),
    ("bucket", By::Bucket),
    ("contractor", By::Contractor),
    ("until", By::Until),
];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum GroupBy {
    Bucket,
    Group,
    Kind,
}

const GROUPS: [(&str, GroupBy); 3] =
    [("bucket", GroupBy::Bucket), ("group", GroupBy::Group), ("kind", GroupBy::Kind)];

/// People: all, or the caller alone. With `format`, or with `Accept`, a file of all that obey the filters.
#[utoipa::path(
    get, path = "/v1/people", operation_id = "list_people", tag = "estate", params(WhichPeople),
    responses(
        (status = 200, body = People), (status = 400, body = Problem), (status = 401, body = Problem),
        (status = 403, body = Problem), (status = 422, description = "more rows than a file holds", body = Problem),
        (status = 429, description = "too many files are being made", body = Problem)
    ),
    security(("key" = []), ("cookie" = []))
)]
pub async fn list(
    who: Authorized<ReadOwn>,
    State(server): State<Server>,
    headers: HeaderMap,
    Params(which): Params<WhichPeople>,
) -> Result<Response, Problem> {
    let format = export::format(which.format.as_deref(), &headers)?;
    let order = Order::read(which.sort.as_deref(), &COLUMNS)?;
    let grouping = Grouping::read(which.group.as_deref(), which.one.as_deref(), &GROUPS)?;
    let everybody = {
        let state = server.gate.state().read();
        let sight = who.sight(&state, server.gate.now());
        let estate = state.estate();
        let seen = estate.everybody().filter(|(id, person)| {
            sight.person(*id)
                && grouping.keeps(|column| groups(estate, column, *id))
                && finds(which.q.as_deref(), &texts(estate, *id, person))
        });
        let seen = seen.map(|(id, _)| id);
        if let (Grouping::Groups(column), None) = (&grouping, format) {
            let parts = parts(seen, |id| groups(estate, *column, id));
            let told =
                People { groups: Some(parts.map(RowGroup::from).collect()), ..People::default() };
            return Ok(Json(told).into_response());
        }
        let placed = seen.map(|id| (u64::from(id.0), id));
        let by = |column, id: &PersonId| key(&state, column, *id);
        if format.is_none() {
            let page = order.page(placed, by, (which.limit, which.cursor.as_deref()))?;
            let rows = page.rows.into_iter().filter_map(|id| known(&state, id)).collect();
            let told = People { rows, groups: None, next: page.next };
            return Ok(Json(told).into_response());
        }
        order.all(placed, by)
    };
    let asked = [("group", grouping.words()), ("search", which.q), ("sorted by", order.words())];
    let list = List {
        name: "people",
        title: "People",
        filters: filters(asked),
        columns: columns(),
        ..List::default()
    };
    let cells = |state: &state::State, id: &PersonId| Some(cells(known(state, *id)?));
    export::file(&server, format.unwrap_or(Format::Csv), list, everybody, cells).await
}

fn key(state: &state::State, column: By, id: PersonId) -> Key {
    let estate = state.estate();
    let Some(person) = estate.person(id) else { return Key::Nothing };
    let standing = estate.standing(id);
    match column {
        By::Name => Key::text(Some(&person.name)),
        By::Key => Key::text(Some(&person.key)),
        By::Bucket => Key::text(estate.bucket(person.bucket).map(|bucket| bucket.key.as_str())),
        By::Contractor => Key::number(Some(standing.is_some_and(|known| known.contractor))),
        By::Until => Key::number(standing.and_then(|known| known.until).map(|until| until.0)),
    }
}

fn groups(estate: &Estate, column: GroupBy, id: PersonId) -> Vec<Named<'_>> {
    let standing = estate.standing(id);
    match column {
        GroupBy::Bucket => {
            let bucket = estate.person(id).and_then(|person| estate.bucket(person.bucket));
            Vec::from_iter(bucket.map(|bucket| Named::new(&bucket.key, &bucket.name)))
        }
        GroupBy::Group => {
            let groups = standing.into_iter().flat_map(|known| &known.groups);
            let groups = groups.filter_map(|id| estate.group(*id));
            groups.map(|group| Named::new(&group.key, &group.name)).collect()
        }
        GroupBy::Kind => {
            let contractor = standing.is_some_and(|known| known.contractor);
            vec![Named::key(if contractor { "contractor" } else { "staff" })]
        }
    }
}

fn known(state: &state::State, id: PersonId) -> Option<PersonRow> {
    state.estate().person(id).map(|person| row(state, id, person))
}

fn columns() -> Vec<(&'static str, Kind)> {
    ["Key", "Name", "Bucket", "Groups", "Contractor", "Access until"]
        .map(|header| (header, Kind::Text))
        .to_vec()
}

fn cells(row: PersonRow) -> Vec<Cell> {
    vec![
        Cell::Text(row.key),
        Cell::Text(row.name),
        export::text(row.bucket),
        Cell::Text(row.groups.join(", ")),
        export::yes(row.contractor),
        export::text(row.until),
    ]
}

/// One person, by any of their names.
#[utoipa::path(
    get, path = "/v1/people/{key}", operation_id = "person", tag = "estate",
    params(("key" = String, Path, description = "key of the person, or another of their names")),
    responses(
        (status = 200, body = OnePerson), (status = 400, body = Problem), (status = 401, body = Problem),
        (status = 403, body = Problem), (status = 404, body = Problem), (status = 503, body = Problem)
    ),
    security(("key" = []), ("cookie" = []))
)]
pub async fn one(
    who: Authorized<ReadOwn>,
    State(server): State<Server>,
    Segment(key): Segment,
) -> Result<Json<OnePerson>, Problem> {
    server.read_on_seats().await?;
    let (state, now) = (server.gate.state().read(), server.gate.now());
    let sight = who.sight(&state, now);
    let id = state.estate().person_known_as(&key, now).filter(|id| sight.person(*id));
    let known = id.and_then(|id| Some((id, state.estate().person(id)?)));
    let (id, person) = known.ok_or_else(|| Problem::unknown("person", &key))?;
    let sessions = views::sessions_of(&state, server.gate.liveness(), now, |other| other == id);
    let month = state.zone().date(now).month_start();
    Ok(Json(OnePerson {
        person: row(&state, id, person),
        names: names(&state, id),
        seats: seats(&state, &server.seats(), id, now),
        sessions: sessions.iter().map(Session::from).collect(),
        month_to_date: views::spent_since(&state, id, month).into(),
    }))
}

fn texts<'a>(estate: &'a Estate, id: PersonId, person: &'a Person) -> Vec<&'a str> {
    estate.undated_names(id).chain([person.name.as_str()]).collect()
}

fn row(state: &state::State, id: PersonId, person: &Person) -> PersonRow {
    let estate = state.estate();
    let standing = estate.standing(id).cloned().unwrap_or_default();
    let group = |id: &GroupId| estate.group(*id).map(|group| group.key.clone());
    PersonRow {
        key: person.key.clone(),
        name: person.name.clone(),
        bucket: estate.bucket(person.bucket).map(|bucket| bucket.key.clone()),
        groups: standing.groups.iter().filter_map(group).collect(),
        contractor: standing.contractor,
        until: standing.until.map(|until| until.to_string()),
    }
}

fn names(state: &state::State, id: PersonId) -> Vec<KnownAs> {
    let estate = state.estate();
    let identities = estate.identities(id);
    let undated = estate.undated_names(id);
    let undated = undated.map(|name| KnownAs { name: name.to_owned(), from: None, until: None });
    let dated = estate.alias_terms().into_iter().filter(|term| identities.contains(&term.person));
    let dated = dated.map(|term| KnownAs {
        name: term.alias,
        from: (term.from > Instant(i64::MIN)).then(|| term.from.to_string()),
        until: (term.until < Instant(i64::MAX)).then(|| term.until.to_string()),
    });
    undated.chain(dated).collect()
}

fn seats(state: &state::State, used: &SeatUse, id: PersonId, now: Instant) -> Vec<Seat> {
    let held = state.estate().seats_of(id, now);
    held.into_iter().filter_map(|seat| shown_seat(state, used, seat, now)).collect()
}
