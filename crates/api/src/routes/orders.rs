//! `/v1/orders`: whatever people tell Faregate to do with budgets, seats and rules.

use crate::Server;
use crate::authority::{Authorized, GiveOrders};
use crate::extract::{Params, Sent, idempotency_key};
use crate::problem::Problem;
use crate::wire::order::{Naming, OrderBody, OrderDone};
use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use faregate_app::engine::Failure;
use faregate_app::orders::{NotDone, Once, Order, carry_out, carry_out_once};
use serde::Deserialize;
use tokio::sync::oneshot;
use utoipa::IntoParams;

/// Whether it is only tried.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
pub struct Trying {
    /// Whether the order is only checked: nothing is booked then, and no `Idempotency-Key` is needed.
    pub(crate) dry_run: bool,
}

/// Gives an order. Which ones a caller may give depends on who owns what; who gives it is always whose key it is.
///
/// The same `Idempotency-Key` is carried out once, for ever; an order that was refused may be sent again.
#[utoipa::path(
    post, path = "/v1/orders", operation_id = "give_order", tag = "orders", request_body = OrderBody,
    params(Trying, ("Idempotency-Key" = Option<String>, Header, description = "names the order for ever; needed unless it is only tried", min_length = 1, max_length = 128)),
    responses(
        (status = 200, description = "carried out, or tried", body = OrderDone), (status = 400, body = Problem),
        (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, description = "it names something that the caller cannot see", body = Problem),
        (status = 409, description = "it contradicts what is true", body = Problem), (status = 413, body = Problem),
        (status = 415, body = Problem), (status = 422, description = "it makes no sense, or the key names another order", body = Problem),
        (status = 503, body = Problem)
    ),
    security(("key" = []), ("cookie" = []))
)]
pub async fn order(
    who: Authorized<GiveOrders>,
    State(server): State<Server>,
    Params(trying): Params<Trying>,
    headers: HeaderMap,
    Sent(body): Sent<OrderBody>,
) -> Result<Json<OrderDone>, Problem> {
    let key = key_unless_tried(&trying, &headers)?;
    given(&server, &who, key, body).await.map(Json)
}

/// The key under which an order is carried out; none when it is only tried.
pub(crate) fn key_unless_tried(
    trying: &Trying,
    headers: &HeaderMap,
) -> Result<Option<String>, Problem> {
    if trying.dry_run { Ok(None) } else { idempotency_key(headers).map(Some) }
}

/// Carries an order out once under its key; without a key it is only tried.
pub(crate) async fn given(
    server: &Server,
    who: &Authorized<GiveOrders>,
    key: Option<String>,
    body: OrderBody,
) -> Result<OrderDone, Problem> {
    let naming = body.naming();
    let digested = serde_json::to_vec(&body).unwrap_or_default();
    let zone = server.gate.state().read().zone().clone();
    let order = body.into_order(&zone)?;
    carried_out(server, who, key.map(|key| (key, digested)), (order, naming)).await
}

/// Carries an order out once under its key, which names what was sent; without a key it is only tried.
pub(crate) async fn carried_out(
    server: &Server,
    who: &Authorized<GiveOrders>,
    key: Option<(String, Vec<u8>)>,
    (order, naming): (Order, Naming),
) -> Result<OrderDone, Problem> {
    let (orderer, dry_run) = (who.orderer(), key.is_none());
    let once = key.map(|(key, digested)| Once::new(&orderer, &key, &digested));
    let sight = who.sight_at(server.gate.now());
    let (reply, waiting) = oneshot::channel();
    server.gate.run(move |engine| {
        let seen = {
            let shared = engine.state();
            let state = shared.read();
            sight(&state).order(&state, &order)
        };
        let done = seen.map_err(NotDone::from).and_then(|()| match once {
            Some(once) => carry_out_once(engine, &orderer, &order, once),
            None => carry_out(engine, &orderer, &order, true),
        });
        drop(reply.send(done));
    });
    // A dropped reply means that the thread has stopped.
    let done = waiting.await.unwrap_or(Err(NotDone::Failed(Failure::Stopping)))?;
    Ok(OrderDone::new(done, naming, dry_run))
}
