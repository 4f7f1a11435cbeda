//! `/v1/me`: who the caller is, what they used, their password and their sign-ins.

pub mod burn;
pub mod caps;
pub mod password;
pub mod sign_ins;

use crate::Server;
use crate::authority::{Authorized, BeSomebody};
use crate::problem::Problem;
use axum::Json;
use axum::extract::State;
use faregate_app::rights::Right;
use serde::Serialize;
use utoipa::ToSchema;

/// The person whose name a caller has.
#[derive(Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct MyPerson {
    /// Key: what lists name them by.
    pub key: String,
    /// Name.
    pub name: String,
    /// Key of the bucket that pays for them.
    pub bucket: Option<String>,
}

/// Who the caller is.
#[derive(Debug, Serialize, ToSchema)]
pub struct Me {
    /// Name.
    pub name: String,
    /// Roles.
    pub roles: Vec<&'static str>,
    /// What they may do, by the names that `faregate rights` prints.
    pub rights: Vec<&'static str>,
    /// Which of the people they are, by their name; `null` when it is nobody's, and for machines.
    pub person: Option<MyPerson>,
    /// The zone in which the contract's days are counted.
    pub zone: String,
}

/// Who am I?
#[utoipa::path(
    get, path = "/v1/me", tag = "access",
    responses((status = 200, body = Me), (status = 401, body = Problem)),
    security(("key" = []), ("cookie" = []))
)]
pub async fn me(who: Authorized<BeSomebody>, State(server): State<Server>) -> Json<Me> {
    let rights = who.rights().iter().map(Right::key).collect();
    let person = person(&who, &server);
    let zone = server.gate.state().read().zone().name().to_owned();
    Json(Me { name: who.name().to_owned(), roles: vec![who.role().key()], rights, person, zone })
}

/// The person whose name the caller has; a machine's name may be like a person's, and is not theirs.
fn person(who: &Authorized<BeSomebody>, server: &Server) -> Option<MyPerson> {
    if who.role().is_machine() {
        return None;
    }
    let (state, now) = (server.gate.state().read(), server.gate.now());
    let estate = state.estate();
    let id = estate.person_known_as(who.name(), now)?;
    let person = estate.person(id)?;
    Some(MyPerson {
        key: person.key.clone(),
        name: person.name.clone(),
        bucket: estate.bucket(state.payer(id)).map(|bucket| bucket.key.clone()),
    })
}
