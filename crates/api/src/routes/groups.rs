//! `/v1/groups`: named sets of people.

use crate::Server;
use crate::authority::{Authorized, ReadEstate};
use crate::extract::Params;
use crate::paging::{Search, finds, page};
use crate::problem::Problem;
use axum::Json;
use axum::extract::State;
use faregate_core::estate::{Group as Known, GroupId, PersonId};
use faregate_core::state;
use serde::Serialize;
use std::collections::HashMap;
use utoipa::ToSchema;

/// A named set of people.
#[derive(Debug, Serialize, ToSchema)]
pub struct Group {
    /// Key.
    pub key: String,
    /// Name.
    pub name: String,
    /// Groups of one dimension exclude each other.
    pub dimension: Option<String>,
    /// Keys of the groups whose members its members are as well.
    pub parents: Vec<String>,
    /// How many people are in it, through other groups or not.
    pub members: u64,
}

/// A page of groups.
#[derive(Debug, Serialize, ToSchema)]
pub struct Groups {
    /// In the order they became known.
    pub rows: Vec<Group>,
    /// Cursor of the next page; `null` at the end.
    pub next: Option<String>,
}

/// All groups.
#[utoipa::path(
    get, path = "/v1/groups", operation_id = "list_groups", tag = "estate", params(Search),
    responses((status = 200, body = Groups), (status = 400, body = Problem), (status = 401, body = Problem), (status = 403, body = Problem)),
    security(("key" = []), ("cookie" = []))
)]
pub async fn list(
    _: Authorized<ReadEstate>,
    State(server): State<Server>,
    Params(which): Params<Search>,
) -> Result<Json<Groups>, Problem> {
    let state = server.gate.state().read();
    let members = members(&state);
    let all = (0u32..).map(GroupId).zip(state.estate().groups());
    let found = all.filter(|(_, group)| finds(which.q.as_deref(), &[&group.key, &group.name]));
    let placed = found.map(|(id, group)| {
        let count = members.get(&id).copied().unwrap_or_default();
        (u64::from(id.0), shown(&state, group, count))
    });
    let page = page(placed, which.limit, which.cursor.as_deref())?;
    Ok(Json(Groups { rows: page.rows, next: page.next }))
}

fn members(state: &state::State) -> HashMap<GroupId, u64> {
    let mut members: HashMap<GroupId, u64> = HashMap::new();
    for id in (0u32..).map(PersonId).take(state.estate().people().len()) {
        for group in state.estate().groups_of(id) {
            *members.entry(*group).or_default() += 1;
        }
    }
    members
}

fn shown(state: &state::State, group: &Known, members: u64) -> Group {
    let parents = group.parents.iter().filter_map(|id| state.estate().group(*id));
    Group {
        key: group.key.clone(),
        name: group.name.clone(),
        dimension: group.dimension.clone(),
        parents: parents.map(|parent| parent.key.clone()).collect(),
        members,
    }
}
