//! `/v1/seats`: who holds which subscription, and whether it is used.

use crate::Server;
use crate::authority::{Authorized, ReadOwn};
use crate::extract::Params;
use crate::paging::{finds, page};
use crate::problem::Problem;
use axum::Json;
use axum::extract::State;
use faregate_app::views::seats::{SeatUse, hosts};
use faregate_core::estate::SeatId;
use faregate_core::state;
use faregate_core::when::Instant;
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
    /// Rows on a page: 100 by default, 1,000 at most.
    #[param(maximum = 4_294_967_295_i64)]
    limit: Option<u32>,
    /// Where the page before ended: its `next`.
    #[param(pattern = "^[0-9]{1,19}$")]
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
#[derive(Debug, Serialize, ToSchema)]
pub struct Seats {
    /// In the order bought.
    pub rows: Vec<Seat>,
    /// Cursor of the next page; `null` at the end.
    pub next: Option<String>,
}

/// Seats within their term: all, or those that the caller holds.
#[utoipa::path(
    get, path = "/v1/seats", operation_id = "list_seats", tag = "estate", params(Which),
    responses(
        (status = 200, body = Seats), (status = 400, body = Problem), (status = 401, body = Problem),
        (status = 403, body = Problem), (status = 503, body = Problem)
    ),
    security(("key" = []), ("cookie" = []))
)]
pub async fn list(
    who: Authorized<ReadOwn>,
    State(server): State<Server>,
    Params(which): Params<Which>,
) -> Result<Json<Seats>, Problem> {
    server.read_on_seats().await?;
    let (state, now) = (server.gate.state().read(), server.gate.now());
    let (sight, used) = (who.sight(&state, now), server.seats());
    let ids = (0u32..).map(SeatId).take(state.estate().seats().len());
    let seen = ids.filter(|id| sight.seat(&state, *id, now));
    let seen = seen.filter_map(|id| Some((u64::from(id.0), shown(&state, &used, id, now)?)));
    let found = seen.filter(|(_, seat)| {
        let of_state = match which.state {
            None => true,
            Some(Holding::Free) => seat.holder.is_none(),
            Some(Holding::Held) => seat.holder.is_some(),
        };
        let holder = [seat.holder.as_deref(), seat.holder_name.as_deref()];
        let texts = [&*seat.offering, &*seat.offering_name].into_iter();
        let texts: Vec<&str> = texts.chain(holder.into_iter().flatten()).collect();
        of_state && finds(which.q.as_deref(), &texts)
    });
    let page = page(found, which.limit, which.cursor.as_deref())?;
    Ok(Json(Seats { rows: page.rows, next: page.next }))
}

/// A seat within its term.
pub(crate) fn shown(
    state: &state::State,
    used: &SeatUse,
    id: SeatId,
    now: Instant,
) -> Option<Seat> {
    let estate = state.estate();
    let seat = estate.seat(id).filter(|seat| seat.from <= now && now < seat.until)?;
    let offering = estate.offering(seat.offering);
    let holder = estate.holder(id, now).and_then(|holder| estate.person(holder));
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
