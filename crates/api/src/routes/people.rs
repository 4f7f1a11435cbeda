//! `/v1/people`: who there is, by which names, and what is theirs.

use crate::Server;
use crate::authority::{Authorized, ReadOwn};
use crate::extract::{Params, Segment};
use crate::paging::{Search, finds, page};
use crate::problem::Problem;
use crate::routes::seats::{Seat, shown as shown_seat};
use crate::wire::Tokens;
use crate::wire::session::Session;
use axum::Json;
use axum::extract::State;
use faregate_app::views::{self, seats::SeatUse};
use faregate_core::estate::{Estate, GroupId, Person, PersonId};
use faregate_core::state;
use faregate_core::when::Instant;
use serde::Serialize;
use utoipa::ToSchema;

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
#[derive(Debug, Serialize, ToSchema)]
pub struct People {
    /// In the order they became known.
    pub rows: Vec<PersonRow>,
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

/// People: all, or the caller alone.
#[utoipa::path(
    get, path = "/v1/people", operation_id = "list_people", tag = "estate", params(Search),
    responses((status = 200, body = People), (status = 400, body = Problem), (status = 401, body = Problem), (status = 403, body = Problem)),
    security(("key" = []), ("cookie" = []))
)]
pub async fn list(
    who: Authorized<ReadOwn>,
    State(server): State<Server>,
    Params(which): Params<Search>,
) -> Result<Json<People>, Problem> {
    let state = server.gate.state().read();
    let sight = who.sight(&state, server.gate.now());
    let estate = state.estate();
    let seen = estate.everybody().filter(|(id, person)| {
        sight.person(*id) && finds(which.q.as_deref(), &texts(estate, *id, person))
    });
    let placed = seen.map(|(id, person)| (u64::from(id.0), (id, person)));
    let page = page(placed, which.limit, which.cursor.as_deref())?;
    let rows = page.rows.into_iter().map(|(id, person)| row(&state, id, person)).collect();
    Ok(Json(People { rows, next: page.next }))
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
